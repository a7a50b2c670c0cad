"""Archives: gzip files and members of ZIP files, and the traps laid in them (A23, E6, E8)."""

import gzip
import io
import struct
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from resources.archives import Limits, opened
from resources.errors import SourceError
from tests.decoded import contract, decode

PLAIN = "a,b\n1,é\n2,y\n"
ROWS = [("1", "é"), ("2", "y")]
HELD = contract("a", "b")


def zipped(**members: str | bytes) -> bytes:
    """A ZIP file; `__` stands for a dot in names."""
    return packed({name.replace("__", "."): content for name, content in members.items()})


def packed(members: dict[str, str | bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file.getvalue()


def refused(content: bytes, held=HELD) -> SourceError:
    with pytest.raises(SourceError) as error:
        decode(content, held)
    return error.value


def of(member: str, **words: object):
    return contract("a", "b", member=member, **words)


# gzip


def test_a_gzip_file_is_known_by_its_bytes():
    assert decode(gzip.compress(PLAIN.encode()), HELD).rows == ROWS


def test_gzip_members_one_after_the_other_are_one_file():
    start, end = PLAIN[:7].encode(), PLAIN[7:].encode()
    assert decode(gzip.compress(start) + gzip.compress(end), HELD).rows == ROWS


@pytest.mark.parametrize("kept", [1, 5, 11, -9, -1])
def test_a23_a_gzip_file_cut_anywhere_is_refused(kept):
    assert refused(
        gzip.compress(PLAIN.encode() * 50)[:kept] if kept != 1 else b"\x1f\x8b"
    ).code == ("ARCHIVE")


def test_a23_a_gzip_file_followed_by_something_else_is_refused():
    assert refused(gzip.compress(PLAIN.encode()) + b"garbage").code == "ARCHIVE"


def test_a23_a_gzip_file_followed_by_padding_is_read():
    assert decode(gzip.compress(PLAIN.encode()) + b"\0" * 512, HELD).rows == ROWS


def test_a23_a_gzip_file_whose_checksum_is_wrong_is_refused():
    content = bytearray(gzip.compress(PLAIN.encode()))
    content[-6] ^= 1
    assert refused(bytes(content)).code == "ARCHIVE"


@pytest.mark.slow
def test_a23_a_gzip_bomb_is_refused_with_memory_flat():
    bomb = gzip.compress(b"0" * (64 << 20))
    tracemalloc.start()
    try:
        assert refused(bomb).code == "BOMBE"
        assert tracemalloc.get_traced_memory()[1] < 16 << 20
    finally:
        tracemalloc.stop()


@pytest.mark.slow
def test_a_contract_may_allow_more_to_come_out():
    rows = "a,b\n" + "1,x\n" * 400_000
    bomb = gzip.compress(rows.encode())
    assert refused(bomb).code == "BOMBE"
    held = contract("a", "b", transport={"max_ratio": 5000})
    assert len(decode(bomb, held).rows) == 400_000
    held = contract("a", "b", transport={"max_ratio": 5000, "max_mb": 1})
    assert refused(bomb, held).code == "TROP_GROS"


# Members of a ZIP file


@pytest.mark.parametrize("pattern", ["b.csv", "b*", "*b.csv"])
def test_the_member_is_named_or_matched_by_a_pattern(pattern):
    assert decode(zipped(a__txt="no", b__csv=PLAIN), of(pattern)).rows == ROWS


def test_a_member_in_a_folder_is_found_even_with_windows_slashes():
    assert decode(packed({"données\\b.csv": PLAIN}), of("données/*.csv")).rows == ROWS


def test_what_macos_adds_is_not_a_member():
    content = packed({"b.csv": PLAIN, "__MACOSX/._b.csv": b"\0"})
    assert decode(content, of("*.csv")).rows == ROWS


def test_no_member_or_several_are_refused_with_the_list():
    content = zipped(b__csv=PLAIN, c__csv=PLAIN)
    assert "« b.csv », « c.csv »" in str(refused(content, of("*.csv")))
    assert "« b.csv », « c.csv »" in str(refused(content, of("d.csv")))
    assert "« b.csv », « c.csv »" in str(refused(content, HELD))


def test_a_member_of_what_is_no_archive_is_refused():
    assert refused(PLAIN.encode(), of("b.csv")).code == "ARCHIVE"


@pytest.mark.parametrize("cut", [30, 100, -1, -30])
def test_a_zip_file_cut_anywhere_is_refused(cut):
    content = zipped(b__csv=PLAIN * 20)
    assert refused(content[:cut], of("b.csv")).code == "ARCHIVE"


def test_a_member_whose_bytes_changed_is_refused():
    content = bytearray(packed({"b.csv": PLAIN}, zipfile.ZIP_STORED))
    content[content.index(b"1,\xc3")] = ord("7")
    assert refused(bytes(content), of("b.csv")).code == "ARCHIVE"


def test_an_encrypted_member_is_refused():
    content = bytearray(zipped(b__csv=PLAIN))
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    error = refused(bytes(content), of("b.csv"))
    assert (error.code, "mot de passe" in str(error)) == ("ARCHIVE", True)


def test_e6_a_method_that_inflates_without_bound_is_refused():
    assert refused(packed({"b.csv": PLAIN}, zipfile.ZIP_BZIP2), of("b.csv")).code == "ARCHIVE"


@pytest.mark.slow
def test_e6_a_zip_bomb_is_refused():
    assert refused(packed({"b.csv": b"0" * (64 << 20)}), of("b.csv")).code == "BOMBE"


def test_e6_a_zip_bomb_that_lies_about_its_size_is_refused():
    content = bytearray(packed({"b.csv": b"0" * (8 << 20)}))
    directory = content.index(b"PK\x01\x02")
    struct.pack_into("<I", content, directory + 24, 100)
    assert refused(bytes(content), of("b.csv")).code in ("BOMBE", "ARCHIVE")


@pytest.mark.parametrize("pack", [gzip.compress, lambda plain: packed({"c.csv": plain})])
def test_e6_an_archive_in_the_archive_is_refused(pack: Callable[[bytes], bytes]):
    assert refused(packed({"b.csv": pack(PLAIN.encode())}), of("b.csv")).code == "BOMBE"


def test_e6_a_zip_in_a_gzip_file_is_a_zip_file():
    assert decode(gzip.compress(zipped(b__csv=PLAIN)), of("b.csv")).rows == ROWS


def with_entries(count: int) -> bytes:
    """A directory of `count` lines that all lead to one member."""
    content = zipped(b__csv=PLAIN)
    start = content.index(b"PK\x01\x02")
    entry = content[start : content.index(b"PK\x05\x06")]
    directory = entry * count
    end = struct.pack(
        "<4s4H2IH", b"PK\x05\x06", 0, 0, min(count, 0xFFFF), min(count, 0xFFFF),
        len(directory), start, 0,
    )  # fmt: skip
    return content[:start] + directory + end


def test_e6_a_million_entries_are_refused_before_they_are_read():
    content = with_entries(1_000_000)
    tracemalloc.start()
    try:
        assert refused(content, of("b.csv")).code == "BOMBE"
        assert tracemalloc.get_traced_memory()[1] < 80 << 20  # the content itself, written
    finally:
        tracemalloc.stop()


def test_e6_a_million_entries_announced_in_64_bits_are_refused(tmp_path):
    file = tmp_path / "x.zip"
    record = struct.pack(
        "<4sQ2H2I4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, 1 << 20, 1 << 20, 1 << 27, 0
    )
    locator = struct.pack("<4sIQI", b"PK\x06\x07", 0, 0, 1)
    end = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    file.write_bytes(record + locator + end)
    with pytest.raises(SourceError) as error, opened(file, Limits(1, 1)):
        pass
    assert error.value.code == "BOMBE"


def test_e6_entries_that_overlap_are_refused():
    content = bytearray(packed({"b.csv": PLAIN, "c.csv": PLAIN}))
    second = content.index(b"PK\x01\x02", content.index(b"PK\x01\x02") + 4)
    struct.pack_into("<I", content, second + 42, 3)
    assert refused(bytes(content), of("b.csv")).code == "BOMBE"


@pytest.mark.parametrize(
    "name", ["../../etc/cron.d/x", "/etc/passwd", "C:\\Windows\\x.csv", "..\\x.csv", "a/../../x"]
)
def test_e8_a_name_that_leads_outside_is_refused_and_writes_nothing(name, tmp_path):
    content = packed({"b.csv": PLAIN, name: "stolen"})
    error = refused(content, of("b.csv"))
    assert error.code == "ARCHIVE"
    assert "etc" not in str(error)


def test_e8_a_symbolic_link_is_refused():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("b.csv", PLAIN)
        link = zipfile.ZipInfo("lien.csv")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    assert refused(file.getvalue(), of("*.csv")).code == "ARCHIVE"


def test_e8_two_members_of_the_same_name_are_refused():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("b.csv", PLAIN)
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("b.csv", "a,b\n9,9\n")
    assert refused(file.getvalue(), of("b.csv")).code == "ARCHIVE"


def test_what_is_unpacked_is_named_by_the_platform(tmp_path: Path):
    file = tmp_path / "x.zip"
    file.write_bytes(zipped(b__csv=PLAIN))
    with opened(file, Limits(1 << 20, 200)) as archive:
        archive.extract("b.csv", tmp_path / "y")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["x.zip", "y"]
