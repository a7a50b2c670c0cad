"""Small workbooks written by hand, so that what is in them is known to the sign."""

import datetime as dt
import io
import zipfile
from dataclasses import dataclass
from xml.sax.saxutils import escape


@dataclass(frozen=True)
class Code:
    """A number that the sheet shows with five digits, as postal codes often are."""

    number: int


Cell = Code | str | int | float | bool | dt.date | dt.datetime | dt.timedelta | None
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
# 0 general, 1 day, 2 moment, 3 duration, 4 five digits.
STYLES = f"""<styleSheet xmlns="{MAIN}"><numFmts count="3">
<numFmt numFmtId="166" formatCode="00000"/>
<numFmt numFmtId="164" formatCode="dd/mm/yyyy hh:mm"/><numFmt numFmtId="165" formatCode="[h]:mm"/>
</numFmts><fonts count="1"><font/></fonts><fills count="1"><fill/></fills>
<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>
<cellXfs count="5"><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/><xf numFmtId="165"/>
<xf numFmtId="166"/>
</cellXfs></styleSheet>"""


def xlsx(
    rows: list[list[Cell]], *, merged: str = "", raw: str = "", hidden: str = "", **others: object
) -> bytes:
    """A workbook of a sheet « Feuille », then of the `others`; `raw` is put after the rows."""
    sheets = {"Feuille": rows, **others}
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        kinds = f"{PACKAGE}/content-types"
        sheet_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
        book_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
        archive.writestr(
            "[Content_Types].xml",
            f'<Types xmlns="{kinds}"><Default Extension="xml" ContentType="{sheet_type}"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{book_type}"/></Types>',
        )
        archive.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="r1" '
            f'Type="{RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        )
        told = "".join(
            f'<sheet name="{name}" sheetId="{at}" r:id="r{at}" '
            f'state="{"hidden" if name == hidden else "visible"}"/>'
            for at, name in enumerate(sheets, 1)
        )
        archive.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}"><sheets>{told}</sheets></workbook>',
        )
        links = "".join(
            f'<Relationship Id="r{at}" Type="{RELATIONS}/worksheet" '
            f'Target="worksheets/sheet{at}.xml"/>'
            for at in range(1, len(sheets) + 1)
        )
        archive.writestr(
            "xl/_rels/workbook.xml.rels",
            f'<Relationships xmlns="{PACKAGE}/relationships">{links}<Relationship Id="s" '
            f'Type="{RELATIONS}/styles" Target="styles.xml"/></Relationships>',
        )
        archive.writestr("xl/styles.xml", STYLES)
        for at, (name, content) in enumerate(sheets.items(), 1):
            own = name == "Feuille"
            archive.writestr(
                f"xl/worksheets/sheet{at}.xml",
                f'<worksheet xmlns="{MAIN}"><sheetData>{_rows(content)}{raw if own else ""}'  # type: ignore[arg-type]
                f"</sheetData>{merged if own else ''}</worksheet>",
            )
    return file.getvalue()


def merging(*ranges: str) -> str:
    """Merged cells, like `A1:B1`."""
    return "<mergeCells>" + "".join(f'<mergeCell ref="{one}"/>' for one in ranges) + "</mergeCells>"


def _rows(rows: list[list[Cell]]) -> str:
    return "".join(
        f'<row r="{y}">'
        + "".join(_cell(f"{chr(64 + x)}{y}", cell) for x, cell in enumerate(row, 1))
        + "</row>"
        for y, row in enumerate(rows, 1)
    )


def _cell(place: str, cell: Cell) -> str:
    match cell:
        case None:
            return ""
        case bool():
            return f'<c r="{place}" t="b"><v>{int(cell)}</v></c>'
        case str() if cell.startswith("="):
            formula, _, value = cell[1:].partition("→")
            return f'<c r="{place}"><f>{formula}</f><v>{value}</v></c>'
        case str() if cell.startswith("#"):
            return f'<c r="{place}" t="e"><v>{cell}</v></c>'
        case str():
            return f'<c r="{place}" t="inlineStr"><is><t>{escape(cell)}</t></is></c>'
        case Code():
            return f'<c r="{place}" s="4"><v>{cell.number}</v></c>'
        case dt.timedelta():
            return f'<c r="{place}" s="3"><v>{cell / dt.timedelta(days=1)!r}</v></c>'
        case dt.datetime() | dt.date():
            moment = cell if isinstance(cell, dt.datetime) else dt.datetime.combine(cell, dt.time())
            serial = (moment - dt.datetime(1899, 12, 30)) / dt.timedelta(days=1)
            style = 2 if isinstance(cell, dt.datetime) else 1
            return f'<c r="{place}" s="{style}"><v>{serial!r}</v></c>'
    return f'<c r="{place}"><v>{cell!r}</v></c>'


def ods(rows: list[list[str | float | bool | dt.date | None]]) -> bytes:
    """An OpenDocument spreadsheet of one sheet, with the million empty rows LibreOffice adds."""
    spaces = {
        name: f"urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"
        for name in ("office", "table", "text")
    }
    told = " ".join(f'xmlns:{name}="{uri}"' for name, uri in spaces.items())
    body = "".join(
        f"<table:table-row>{''.join(map(_ods_cell, row))}</table:table-row>" for row in rows
    )
    empty = (
        '<table:table-row table:number-rows-repeated="1048000">'
        '<table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", kind, zipfile.ZIP_STORED)
        archive.writestr(
            "META-INF/manifest.xml",
            "<manifest:manifest "
            'xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
            f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/>'
            "</manifest:manifest>",
        )
        archive.writestr(
            "content.xml",
            f"<office:document-content {told}><office:body><office:spreadsheet>"
            f'<table:table table:name="Feuille">{body}{empty}</table:table>'
            "</office:spreadsheet></office:body></office:document-content>",
        )
    return file.getvalue()


def _ods_cell(cell: str | float | bool | dt.date | None) -> str:
    match cell:
        case None:
            return "<table:table-cell/>"
        case bool():
            kind = f'boolean" office:boolean-value="{str(cell).lower()}'
        case str():
            kind = "string"
        case dt.date():
            kind = f'date" office:date-value="{cell.isoformat()}'
        case _:
            kind = f'float" office:value="{cell!r}'
    return (
        f'<table:table-cell office:value-type="{kind}"><text:p>{escape(str(cell))}</text:p>'
        "</table:table-cell>"
    )
