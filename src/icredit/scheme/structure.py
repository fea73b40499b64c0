"""From plain data to a `Scheme`: pydantic's findings told as faults with a line, and all of them in one go.

pydantic stops at the shape of the data; what a scheme *means* is checked later, on the built model. So that an author
sees both kinds of fault at once, a part with a wrong shape is reported and then replaced by a harmless stand-in.
"""

from __future__ import annotations

import copy
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from icredit.errors import Fault
from icredit.methods.normalisation import METHODS, Goalposts, MinMax
from icredit.scheme import model
from icredit.scheme.source import Path, Source
from icredit.text import did_you_mean, nearest

_LABEL = {"zh": "?", "en": "?"}
_STAND_INS: dict[str, Any] = {
    "id": "unnamed",
    "title": _LABEL,
    "edition": "?",
    "label": _LABEL,
    "message": _LABEL,
    "zh": "?",
    "en": "?",
    "type": "text",
    "level": "error",
    "when": "false",
    "value": "0",
    "minimum": 0,
    "normalise": {"method": "goalposts", "lower": 0, "upper": 1},
}

_STAGED = {
    "value": "an SQL expression, or a mapping of stage to expression",
    **dict.fromkeys(
        ("weight", "lower", "upper", "minimum", "minimum_coverage"), "a number, or a mapping of stage to number"
    ),
    "winsorise": "two quantile levels, such as [0.01, 0.99]",
}

_KEYS = {
    key
    for part in (*vars(model).values(), MinMax, Goalposts)
    if isinstance(part, type) and issubclass(part, BaseModel)
    for key in part.model_fields
}


def build(source: Source) -> tuple[model.Scheme | None, list[Fault]]:
    """The scheme (with stand-ins for faulty parts, or None if not even that is possible) and the faults found."""
    try:
        return model.Scheme.model_validate(source.data), []
    except ValidationError as error:
        details = error.errors(include_url=False)
    repaired = copy.deepcopy(source.data)
    grouped: dict[Path, list[ErrorDetails]] = {}
    for detail in details:
        grouped.setdefault(_real_path(source.data, detail), []).append(detail)
    faults = []
    for path, found in grouped.items():
        if found[0]["type"] == "too_short" and any(
            len(other) > len(path) and other[: len(path)] == path for other in grouped
        ):
            continue  # pydantic counts only the correct items of a list; the others are told one by one
        faults.append(Fault(source.line(path), _message(path, found)))
        _repair(repaired, path, found[0]["type"])
    try:
        return model.Scheme.model_validate(repaired), faults
    except (ValidationError, TypeError):
        return None, faults


def _real_path(data: Any, detail: ErrorDetails) -> Path:
    """The path that pydantic gives, without the names of union variants; a missing key is kept as the last part."""
    path: Path = ()
    here = data
    for index, part in enumerate(detail["loc"]):
        last = index == len(detail["loc"]) - 1
        if isinstance(here, dict) and (part in here or (last and detail["type"] == "missing")):
            path, here = (*path, part), here.get(part)
        elif isinstance(here, list) and isinstance(part, int) and part < len(here):
            path, here = (*path, part), here[part]
    staged = next((index for index, part in enumerate(path) if part in _STAGED and index >= len(path) - 2), None)
    return path if staged is None or detail["type"] == "missing" else path[: staged + 1]


def _message(path: Path, found: list[ErrorDetails]) -> str:
    """What is wrong at a path, in our words where pydantic's are not for people."""
    detail, key = found[0], str(path[-1]) if path else "the file"
    given = detail["input"]
    tell = {
        "missing": lambda: f"missing key '{key}'",
        "extra_forbidden": lambda: f"unknown key '{key}'{did_you_mean(key, _KEYS)}",
        "union_tag_invalid": lambda: _unknown_method(given),
        "union_tag_not_found": lambda: f"'{key}' needs a key 'method'; methods: {', '.join(METHODS)}",
        "literal_error": lambda: _not_one_of(key, detail),
        "string_pattern_mismatch": lambda: f"'{given}' cannot be an id: letters, digits and _ only, first a letter",
    }.get(detail["type"])
    if tell is not None:
        return tell()
    if not path:
        return "a scheme is a mapping of keys such as id, title, fields, indicators"
    if key in _STAGED:
        return f"'{key}' must be {_STAGED[key]}"
    return f"'{key}': {detail['msg'][0].lower()}{detail['msg'][1:]}"


def _unknown_method(given: Any) -> str:
    method = str(given.get("method")) if isinstance(given, dict) else str(given)
    return f"unknown method '{method}'{did_you_mean(method, METHODS)}; methods: {', '.join(METHODS)}"


def _not_one_of(key: str, detail: ErrorDetails) -> str:
    expected = str(detail.get("ctx", {}).get("expected", "")).replace("'", "").replace(" or ", ", ").split(", ")
    given = str(detail["input"])
    return f"'{key}' cannot be '{given}'{did_you_mean(given, expected)}; one of: {', '.join(expected)}"


def _repair(data: Any, path: Path, kind: str) -> None:
    """Replace the part at `path` by a stand-in, or take it away."""
    here = data
    for depth, part in enumerate(path[:-1]):
        # Anything wrong below `normalise` is mended by replacing all of it.
        if part == "normalise":
            here[part] = _STAND_INS["normalise"]
            return
        try:
            here = here[part]
        except (KeyError, IndexError, TypeError):
            return
        if depth == len(path) - 1:
            return
    if not path or not isinstance(here, dict):
        return
    key = str(path[-1])
    if kind == "extra_forbidden" or key not in _STAND_INS:
        here.pop(key, None)
    elif key == "id":
        here[key] = "unnamed_" + "_".join(map(str, path[:-1]))
    elif key == "type":
        # The type that was meant, as far as one can tell, lest its absence makes other keys look wrong.
        guessed = nearest(str(here.get(key)), get_args(model.FieldType), limit=1) or (
            ["amount"] if "unit" in here else []
        )
        here[key] = guessed[0] if guessed else _STAND_INS[key]
    else:
        here[key] = copy.deepcopy(_STAND_INS[key])
