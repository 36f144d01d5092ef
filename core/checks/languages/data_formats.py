"""What strict parsers say about data: JSON with and without comments, TOML, YAML, XML.

`read_*` answers whether a text is sound, `*_values` what it says: two texts with equal values
differ only in comments and white space. None: unknown.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NoReturn

from core.checks.languages.answers import SOUND, ParseError, Reading

if TYPE_CHECKING:
    import yaml

_TEMPLATE = re.compile(r"(?<!\$)\{\{|\{%|\{#|<%")
"""A template marker: the text is not YAML or JSON yet. `${{` is an expression of a CI system."""

_JSONC_TOKEN = re.compile(
    r"//[^\n]*+|/\*(?:[^*]|\*(?!/))*+\*/|/\*.*+|\"(?:\\.|[^\"\\\n])*+\"?|[^\s/\"]", re.DOTALL
)
_EMPTY_WITH_COMMA = re.compile(r"[\[{]\s*+,")
_DEEP = "it is nested too deeply"


def read_json(data: bytes) -> Reading:
    """What a strict JSON parser says; NaN and a comment are errors, a BOM is unknown."""
    text = _decoded(data)
    if isinstance(text, Reading):
        return text
    error = _json_error(text)
    if error is None:
        return SOUND
    # A reader of this file may accept comments; its name does not tell what it accepts.
    return Reading(error, certain=_json_error(_plain_json(text)) is not None)


def read_jsonc(data: bytes) -> Reading:
    """What a parser of JSON with comments says."""
    text = _decoded(data)
    if isinstance(text, Reading):
        return text
    error = _json_error(_plain_json(text))
    return Reading(error) if error else SOUND


def read_json_lines(data: bytes) -> Reading:
    """What a strict JSON parser says of each line."""
    text = _decoded(data)
    if isinstance(text, Reading):
        return text
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip() and (error := _json_error(line)):
            return Reading(ParseError(error.message, number, error.column))
    return SOUND


def json_values(data: bytes, *, comments: bool = False) -> str | None:
    """A JSON text's values in order, numbers as they are written."""
    text = _decoded(data)
    if isinstance(text, Reading):
        return None
    try:
        return repr(
            json.loads(
                _plain_json(text) if comments else text,
                object_pairs_hook=lambda pairs: ("object", pairs),
                parse_int=lambda digits: ("number", digits),
                parse_float=lambda digits: ("number", digits),
                parse_constant=_refuse,
            )
        )
    except (ValueError, RecursionError):
        return None


def _json_error(text: str) -> ParseError | None:
    try:
        json.loads(text, parse_constant=_refuse, parse_int=str, parse_float=str)
    except json.JSONDecodeError as error:
        return ParseError(error.msg, error.lineno, error.colno)
    except ValueError as error:
        return ParseError(str(error), 1, 1)
    except RecursionError:
        return None
    return None


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not valid JSON")


def _plain_json(text: str) -> str:
    """JSON with comments as JSON: they, and a comma before a closing bracket, become blanks."""

    if _EMPTY_WITH_COMMA.search(text):
        return text
    parts: list[str] = []
    position, comma = 0, -1  # where a part begins; the part with a possibly trailing comma
    for token in _JSONC_TOKEN.finditer(text):
        parts.append(text[position : token.start()])
        position = token.end()
        word = token[0]
        if word.startswith(("//", "/*")):
            parts.append("".join("\n" if c == "\n" else " " for c in word))
            continue
        if word in "]}" and comma >= 0:
            parts[comma] = " "
        comma = len(parts) if word == "," else -1
        parts.append(word)
    return "".join([*parts, text[position:]])


def read_toml(data: bytes) -> Reading:
    """What a parser of TOML 1.1 says."""
    import tomli

    text = _decoded(data)
    if isinstance(text, Reading):
        return text
    try:
        tomli.loads(text)
    except tomli.TOMLDecodeError as error:
        return Reading(ParseError(error.msg, error.lineno, error.colno))
    except ValueError as error:  # a number of thousands of digits
        return Reading(unjudged=f"the parser gave up ({type(error).__name__})")
    except RecursionError:
        return Reading(unjudged=_DEEP)
    return SOUND


def toml_values(data: bytes) -> str | None:
    """A TOML text's values in order."""
    import tomli

    text = _decoded(data)
    if isinstance(text, Reading):
        return None
    try:
        return repr(tomli.loads(text))
    except (ValueError, RecursionError):
        return None


def read_yaml(data: bytes) -> Reading:
    """What a parser of YAML says; a template is not judged.

    YAML's grammar has no notion of valid tags or aliases: an undefined alias is sound.
    """
    import yaml

    text = _decoded(data)
    if isinstance(text, Reading):
        return text
    if _TEMPLATE.search(text):
        return Reading(unjudged="it is a template")
    try:
        for _ in _yaml_events(text):
            pass
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        return Reading(ParseError(error.problem or "invalid YAML", *place), certain=False)
    except yaml.YAMLError as error:
        return Reading(ParseError(str(error), 1, 1), certain=False)
    except RecursionError:
        return Reading(unjudged=_DEEP)
    return SOUND


def yaml_values(data: bytes) -> str | None:
    """A YAML text's documents, keys and values in order, with how each scalar is to be read.

    A first line such as `#cloud-config` counts, and so do directives.
    """
    import yaml

    text = _decoded(data)
    if isinstance(text, Reading) or _TEMPLATE.search(text):
        return None
    first = text.split("\n", 1)[0].rstrip()
    found = [first if re.match(r"#\S", first) else ""]
    try:
        found.extend(map(_event_text, _yaml_events(text)))
    except (yaml.YAMLError, RecursionError):
        return None
    return "\n".join(found)


def _yaml_events(text: str) -> Iterator[yaml.Event]:
    import yaml

    loader: type[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    yield from yaml.parse(text, Loader=loader)


def _event_text(event: yaml.Event) -> str:
    """The effective part of an event. A plain scalar may be a number, a quoted one is a string."""
    fields = [type(event).__name__]
    for name in ("anchor", "tag", "implicit", "value", "version", "tags"):
        value = getattr(event, name, None)
        if name == "implicit":
            value = value if isinstance(value, tuple) else None
        fields.append(repr(value))
    fields.append(str(getattr(event, "style", None) in (None, "")))
    return " ".join(fields)


_XML_ENCODINGS = ("unknown encoding", "encoding specified in XML declaration is incorrect")


def read_xml(data: bytes) -> Reading:
    """Is it well-formed XML? Nothing outside of the text is fetched."""
    from xml.parsers import expat

    parser = expat.ParserCreate()
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        message = expat.ErrorString(error.code)
        # Something outside of the text may define an entity; an encoding may be unknown here.
        is_own = message not in (expat.errors.XML_ERROR_UNDEFINED_ENTITY, *_XML_ENCODINGS)
        return Reading(ParseError(message, error.lineno, error.offset + 1), certain=is_own)
    return SOUND


def _decoded(data: bytes) -> str | Reading:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        return Reading(unjudged=f"it is not UTF-8 (byte {error.start})")
    if text.startswith("\ufeff"):
        return Reading(unjudged="it starts with a byte order mark, which parsers treat differently")
    return text
