"""How a text is cut for its rows to be written once."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.decoding.batches import GROUP, WIDEST, piece
from assets.decoding.bytes import Scan


def text(lines: int, width: int) -> Scan:
    scan = Scan()
    scan.lines, scan.bytes, scan.longest = lines, lines * width, width
    return scan


@given(lines=st.integers(0, 10**8), width=st.integers(1, 10**5), threads=st.integers(1, 64))
def test_a_piece_holds_a_group_and_a_half_to_two(lines, width, threads):
    cut = piece(text(lines, width), threads)
    assert cut is None or (width < cut < WIDEST and 1.6 < cut / width / GROUP < 1.95)


@pytest.mark.parametrize(("lines", "threads"), [(0, 2), (1000, 2), (300_000, 2), (1_000_000, 16)])
def test_a_text_too_short_for_all_threads_is_cut_as_duckdb_does(lines, threads):
    assert piece(text(lines, 155), threads) is None


@pytest.mark.parametrize(("lines", "threads"), [(1_000_000, 2), (5_000_000, 8), (50_000_000, 16)])
def test_a_long_text_is_cut_in_pieces(lines, threads):
    assert piece(text(lines, 155), threads) is not None
