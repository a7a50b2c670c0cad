"""Names and values written in SQL so that they are read back the same. Pure text: no connection."""

from datetime import datetime


def quoted(*names: str) -> str:
    """A name, or a dotted name, safe in SQL."""
    return ".".join('"' + name.replace('"', '""') + '"' for name in names)


def literal(value: object) -> str:
    """A value written in SQL so that it is read back the same: DuckDB knows no escape but `''`.

    Raises:
        ValueError: a text with a NUL, which no SQL text can hold.
    """
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return f"'{value!r}'::double"  # bare, DuckDB reads 0.1 as a decimal
    if isinstance(value, list | tuple):
        return f"[{', '.join(literal(each) for each in value)}]"
    if isinstance(value, datetime):
        return f"'{value.isoformat(sep=' ')}'::timestamp"
    text = str(value)
    if "\0" in text:
        raise ValueError("a NUL cannot be written in SQL")
    return "'" + text.replace("'", "''") + "'"
