"""YAML as an agent writes it: read with its line numbers, held to a model, refused in French.

Knows PyYAML and how to tell an error; what the words mean is in `checks.contract` and
`checks.territory`.
"""

import difflib
import re
import typing
from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from checks.partitions import VARIABLES as PARTITION_VARIABLES
from resources.errors import DeclarationError
from resources.files import why

VARIABLE = re.compile(r"\{([a-z_]+)\}")
# How Great Expectations calls the table at hand in a query: it fills it in itself.
BATCH = "batch"
# What is filled in later: the table at hand, the period asked for.
LATER = (BATCH, *PARTITION_VARIABLES)
Location = tuple[int | str, ...]
Model = TypeVar("Model", bound=BaseModel)

# libyaml reads ten times faster; the pure Python loader reads the same.
Loader: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class Declaration:
    """What a YAML text says, and on which line it says it."""

    path: Path
    content: dict[str, Any]
    lines: Mapping[Location, int]

    def line(self, location: Location) -> int:
        """The line of a place, or of the nearest place around it."""
        while location and location not in self.lines:
            location = location[:-1]
        return self.lines.get(location, 1)

    def refusal(self, faults: Iterable[tuple[Location, str]]) -> DeclarationError:
        """The error that tells every fault with its line, what still stands and what to do."""
        placed = sorted((self.line(place), sentence) for place, sentence in faults)
        told = (f"  ligne {line} : {sentence}" for line, sentence in placed)
        return DeclarationError(
            f"{shown(self.path)} ne peut pas être lu :\n"
            + "\n".join(dict.fromkeys(told))
            + "\nRien n’a été exécuté ni modifié. Corrigez ce fichier puis relancez."
        )

    def held_to(self, model: type[Model]) -> Model:
        """The content as a model.

        Raises:
            DeclarationError: with every fault of the file at once, not the first alone.
        """
        try:
            return model.model_validate(self.content)
        except ValidationError as error:
            faults = [(fault["loc"], _sentence(fault, model)) for fault in error.errors()]
        raise self.refusal(faults)


def read_declaration(
    path: Path,
    text: str | None = None,
    *,
    first_line: int = 1,
    variables: Mapping[str, str] | None = None,
) -> Declaration:
    """Read a YAML file, or the YAML `text` that stands in it from `first_line` on.

    `variables` replace `{epci}` and the like in every text value.

    Raises:
        DeclarationError: unreadable file, broken YAML, repeated key, unknown variable.
    """
    if text is None:
        text = text_of(path)
    content, lines = _parsed(path, text, first_line)
    if variables is None:
        return Declaration(path, deepcopy(content), lines)
    declaration = Declaration(path, content, lines)
    faults: list[tuple[Location, str]] = []
    content = _with_variables(content, variables, (), faults)
    if faults:
        raise declaration.refusal(faults)
    return Declaration(path, content, lines)


def shown(path: Path) -> str:
    """A path as an agent knows it: from the current folder when it is inside."""
    try:
        return str(path.resolve().relative_to(Path.cwd()))
    except ValueError:
        return str(path)


def closest(word: str, words: Iterable[str]) -> str:
    """« ; le plus proche : « title » », or nothing when no known word is near."""
    found = difflib.get_close_matches(word, list(words), n=1, cutoff=0.6)
    return f" ; le mot le plus proche est « {found[0]} »" if found else ""


def text_of(path: Path) -> str:
    """The text of a declaration.

    Raises:
        DeclarationError: no such file, unreadable, or not in UTF-8.
    """
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise _whole(path, "ce fichier n’existe pas") from None
    except UnicodeDecodeError:
        raise _whole(path, "ce fichier n’est pas en UTF-8 ; enregistrez-le en UTF-8") from None
    except OSError as error:
        raise _whole(path, f"ce fichier est illisible ({why(error)})") from None


def _whole(path: Path, what: str) -> DeclarationError:
    return DeclarationError(
        f"{shown(path)} : {what}. Rien n’a été exécuté ni modifié. "
        "Corrigez ce fichier puis relancez."
    )


def _lines(
    node: yaml.Node, place: Location, path: Path, first_line: int
) -> Iterator[tuple[Location, int]]:
    if isinstance(node, yaml.MappingNode):
        seen: dict[str, int] = {}
        for key, value in node.value:
            word, line = str(key.value), key.start_mark.line
            if word in seen:
                raise _whole(
                    path,
                    f"ligne {line + first_line}, « {word} » est déjà écrit "
                    f"ligne {seen[word] + first_line} ; gardez un seul des deux",
                )
            seen[word] = line
            yield (*place, word), line
            yield from _lines(value, (*place, word), path, first_line)
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            yield (*place, index), value.start_mark.line
            yield from _lines(value, (*place, index), path, first_line)


@lru_cache(256)
def _parsed(
    path: Path, text: str, first_line: int
) -> tuple[dict[str, Any], Mapping[Location, int]]:
    """The content of a text and the line of each place: read once, as often as it is loaded."""
    try:
        loader = Loader(text)
        try:
            node = loader.get_single_node()
            if not isinstance(node, yaml.MappingNode):
                raise _whole(path, "le fichier est vide ou ne commence pas par des mots-clés")
            lines = {place: line + first_line for place, line in _lines(node, (), path, first_line)}
            content = loader.construct_document(node)
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + first_line if error.problem_mark else first_line
        raise _whole(
            path, f"ligne {line}, la syntaxe YAML est incorrecte ({error.problem})"
        ) from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise _whole(path, f"la syntaxe YAML est incorrecte ({type(error).__name__})") from None
    return content, lines


def _with_variables(
    content: Any, variables: Mapping[str, str], place: Location, faults: list[tuple[Location, str]]
) -> Any:
    if isinstance(content, dict):
        return {
            key: _with_variables(value, variables, (*place, str(key)), faults)
            for key, value in content.items()
        }
    if isinstance(content, list):
        return [
            _with_variables(value, variables, (*place, index), faults)
            for index, value in enumerate(content)
        ]
    if not isinstance(content, str):
        return content

    def replaced(match: re.Match[str]) -> str:
        name = match.group(1)
        if name in variables:
            return variables[name]
        if name in LATER:
            return match.group(0)
        faults.append(
            (
                place,
                f"la variable « {{{name}}} » n’existe pas dans le fichier du territoire"
                + closest(name, variables),
            )
        )
        return match.group(0)

    return VARIABLE.sub(replaced, content)


def _words(model: Any, place: Location) -> list[str]:
    """The words that may stand at a place: fields of the model the place leads to."""
    for step in place:
        if not (isinstance(model, type) and issubclass(model, BaseModel)):
            return []
        if isinstance(step, int):
            continue
        field = _field(model, step)
        model = _model_inside(field) if field is not None else None
    if not (isinstance(model, type) and issubclass(model, BaseModel)):
        return []
    return [field.alias or name for name, field in model.model_fields.items()]


def _field(model: type[BaseModel], word: str) -> Any:
    for name, field in model.model_fields.items():
        if word in (name, field.alias):
            return field.annotation
    return None


def _model_inside(annotation: Any) -> Any:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for inner in typing.get_args(annotation):
        if (found := _model_inside(inner)) is not None:
            return found
    return None


def _sentence(fault: ErrorDetails, model: type[BaseModel]) -> str:
    """One pydantic fault in French, without the faulty value unless it is a word of ours."""
    place = tuple(step for step in fault["loc"])
    word = str(place[-1]) if place else ""
    if word == "[key]":
        word = str(place[-3])
    context = fault.get("ctx", {})
    match fault["type"]:
        case "extra_forbidden":
            return f"« {word} » n’est pas un mot connu ici" + closest(
                word, _words(model, place[:-1])
            )
        case "missing":
            return f"il manque « {word} », qui est obligatoire"
        case "literal_error":
            expected = str(context["expected"]).replace("' or '", "', '").replace("'", "")
            given = str(fault["input"])
            choices = [choice.strip() for choice in expected.split(",")]
            return (
                f"« {given} » n’est pas possible pour « {word} »{closest(given, choices)} "
                f"(choix : {', '.join(choices)})"
            )
        case "string_type":
            return f"« {word} » attend un texte ; mettez la valeur entre guillemets"
        case "value_error":
            return str(context["error"])
        case "string_pattern_mismatch" if "years?" in str(context["pattern"]):
            return f"« {word} » attend un nombre et days, months ou years, comme « 10 years »"
        case "string_too_short":
            return f"« {word} » est vide ou trop court : écrivez-le en toutes lettres"
        case "string_pattern_mismatch":
            return f"« {word} » n’a pas la forme attendue ({context['pattern']})"
        case "int_type" | "int_parsing" | "float_type" | "float_parsing":
            return f"« {word} » attend un nombre"
        case "date_type" | "date_parsing" | "date_from_datetime_parsing":
            return f"« {word} » attend une date, comme 2026-01-31"
        case "bool_type" | "bool_parsing":
            return f"« {word} » attend true ou false"
        case "list_type":
            return f"« {word} » attend une liste"
        case "dict_type" | "model_type" | "model_attributes_type":
            return f"« {word} » attend des mots-clés (« mot: valeur »)"
        case "too_short":
            return f"« {word} » ne peut pas être vide"
        case _:
            return f"« {word} » est incorrect ({fault['type']})"
