"""The values of a JSON document, their numbers as their own digits, read and written again."""

import json


class Number(str):
    """The digits of a number, as the document writes them."""

    __slots__ = ()


DECODER = json.JSONDecoder(parse_float=Number, parse_int=Number, parse_constant=Number)


def written(value: object) -> str:
    """A value as compact JSON, its numbers as they were."""
    match value:
        case Number():
            return value
        case dict():
            return "{" + ",".join(f"{_quoted(k)}:{written(v)}" for k, v in value.items()) + "}"
        case list():
            return "[" + ",".join(written(item) for item in value) + "]"
        case _:
            return _quoted(value)


def text_of(value: object) -> str | None:
    """A value as the text of a cell: a text bare, lists and objects as JSON."""
    if value is None or isinstance(value, str):
        return value
    return written(value)


_quoted = json.JSONEncoder(ensure_ascii=False).encode
