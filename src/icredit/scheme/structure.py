"""From plain data to a `Scheme`: pydantic's findings told as faults with a line, and all of them in one go.

pydantic stops at the shape of the data; what a scheme *means* is checked later, on the built model. So that an author
sees both kinds of fault at once, a part with a wrong shape is reported and then taken away or replaced by a harmless
stand-in. What such a part would have meant is not known: the checks of meaning leave it alone (`spoiled`).
"""

from __future__ import annotations

import copy
from typing import Any, NamedTuple, get_args

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from icredit.errors import Fault
from icredit.methods.normalisation import METHODS
from icredit.scheme import model
from icredit.scheme.nodes import Defaults
from icredit.scheme.places import keys_at
from icredit.scheme.source import Path, Source
from icredit.text import did_you_mean, nearest

_LABEL = {"zh": "?", "en": "?"}
_METHOD = {"method": "goalposts", "lower": 0, "upper": 1}
_STAND_INS: dict[str, Any] = {
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
    "normalise": _METHOD,
}

#: How the ids begin that stand in for missing ones; no message that speaks of such an id is of use to an author.
STAND_IN_ID = "unnamed_"

_STAGED = {
    "value": "an SQL expression, or a mapping of stage to expression",
    **dict.fromkeys(("weight", "lower", "upper", "minimum_coverage"), "a number, or a mapping of stage to number"),
    "minimum": "a number",
    "maximum": "a number",
    "scale": "two numbers, such as [0, 100]",
    "usual": "two numbers, such as [10, 1000]",
    "winsorise": "two quantile levels, such as [0.01, 0.99]",
}

# Repairing one part may bring to light the next; nobody has so many layers of faults.
_ROUNDS = 12


class Built(NamedTuple):
    """What could be built from a file.

    Attributes:
        scheme: with stand-ins for faulty parts; None if not even that was possible.
        faults: what has a wrong shape.
        spoiled: the paths of the parts that were replaced or taken away.
    """

    scheme: model.Scheme | None
    faults: tuple[Fault, ...] = ()
    spoiled: frozenset[Path] = frozenset()


def build(source: Source) -> Built:
    """The scheme of a file, and what is wrong with the shape of the file."""
    data = with_defaults(copy.deepcopy(source.data))
    faults: list[Fault] = []
    spoiled: set[Path] = set()
    for round_number in range(_ROUNDS):
        try:
            return Built(model.Scheme.model_validate(data), tuple(faults), frozenset(spoiled))
        except ValidationError as error:
            grouped = _grouped(data, error.errors(include_url=False))
        for path, found in grouped.items():
            # Later rounds see what repairs have done, which is no fault of the author's.
            if round_number == 0:
                faults.append(source.fault(path, _message(data, path, found)))
            spoiled.add(path)
        # Items of lists are taken away from the end, so that the places of the others stay what they are.
        for path, found in sorted(grouped.items(), key=lambda item: _order(item[0]), reverse=True):
            _repair(data, path, found[0]["type"])
    return Built(None, tuple(faults), frozenset(spoiled))


def with_defaults(data: Any) -> Any:
    """The data with the defaults of indicators put into every indicator that does not state them itself."""
    defaults = data.get("defaults") if isinstance(data, dict) else None
    if isinstance(defaults, dict):
        _take_over(data.get("indicators"), {key: defaults[key] for key in Defaults.model_fields if key in defaults})
    return data


def _take_over(nodes: Any, defaults: dict[str, Any]) -> None:
    for node in nodes if isinstance(nodes, list) else []:
        if not isinstance(node, dict):
            continue
        if "indicators" in node:
            _take_over(node["indicators"], defaults)
        else:
            node.update({key: copy.deepcopy(value) for key, value in defaults.items() if key not in node})


def _order(path: Path) -> list[tuple[int, str]]:
    return [(part, "") if isinstance(part, int) else (0, part) for part in path]


def _grouped(data: Any, details: list[ErrorDetails]) -> dict[Path, list[ErrorDetails]]:
    """Pydantic's findings by the part they speak of, the outermost of parts within each other."""
    grouped: dict[Path, list[ErrorDetails]] = {}
    for detail in details:
        grouped.setdefault(_real_path(data, detail), []).append(detail)
    # pydantic counts only the correct items of a list, and calls it too short for the others.
    short = {path for path, found in grouped.items() if all(detail["type"] == "too_short" for detail in found)}
    for path in short:
        if any(len(other) > len(path) and other[: len(path)] == path for other in grouped):
            del grouped[path]
    return grouped


def _real_path(data: Any, detail: ErrorDetails) -> Path:
    """The path that pydantic gives, without the names of union variants; a missing key is kept as the last part."""
    path: Path = ()
    here = data
    named = False
    for index, part in enumerate(detail["loc"]):
        last = index == len(detail["loc"]) - 1
        if path[-1:] == ("normalise",) and isinstance(here, dict) and part == here.get("method") and not named:
            named = True  # the name of the variant, which may be that of a key as well
        elif isinstance(here, dict) and (part in here or (last and detail["type"] == "missing")):
            path, here = (*path, part), here.get(part)
        elif isinstance(here, list) and isinstance(part, int) and part < len(here):
            path, here = (*path, part), here[part]
    if detail["type"] == "extra_forbidden" or _lacks_key(detail):
        return path
    start = 2 if path[:1] == ("fields",) else 0  # a field may have the id of a key
    staged = next((index for index, part in enumerate(path) if index >= start and part in _STAGED), None)
    if staged is not None and path[staged] == "winsorise" and not isinstance(path[-1], int):
        return path  # by points, with keys of its own
    return path if staged is None else path[: staged + 1]


def _lacks_key(detail: ErrorDetails) -> bool:
    """Whether a key is missing; a missing item of a list, such as the second of two levels, makes the list wrong."""
    return detail["type"] == "missing" and not isinstance(detail["loc"][-1], int)


def _message(data: Any, path: Path, found: list[ErrorDetails]) -> str:
    """What is wrong at a path, in our words where pydantic's are not for people."""
    detail, key = found[0], str(path[-1]) if path else "the file"
    given = detail["input"]
    tell = {
        "missing": lambda: f"missing key '{key}'",
        "extra_forbidden": lambda: _unknown_key(data, path),
        "union_tag_invalid": lambda: _unknown_method(given),
        "union_tag_not_found": lambda: f"'{key}' needs a key 'method'; methods: {', '.join(METHODS)}",
        "literal_error": lambda: _not_one_of(key, detail),
        "string_pattern_mismatch": lambda: f"'{given}' cannot be an id: letters, digits and _ only, first a letter",
    }.get(detail["type"])
    if tell is not None and (detail["type"] != "missing" or _lacks_key(detail)):
        return tell()
    if not path:
        return "a scheme is a mapping of keys such as id, title, fields, indicators"
    if key in _STAGED and len(path) != 2:  # noqa: PLR2004  # ("fields", "weight") is a field
        return f"'{key}' must be {_STAGED[key]}"
    if detail["type"] == "string_type" and isinstance(given, int | float):
        return f"'{key}' must be text; put it in quotes: \"{given}\""
    if detail["type"] == "tuple_type":
        return f"'{key}' must be a list, in square brackets"
    return f"'{key}': {detail['msg'][0].lower()}{detail['msg'][1:]}"


def _unknown_method(given: Any) -> str:
    method = str(given.get("method")) if isinstance(given, dict) else str(given)
    return f"unknown method '{method}'{did_you_mean(method, METHODS)}; methods: {', '.join(METHODS)}"


def _not_one_of(key: str, detail: ErrorDetails) -> str:
    expected = str(detail.get("ctx", {}).get("expected", "")).replace("'", "").replace(" or ", ", ").split(", ")
    given = str(detail["input"])
    return f"'{key}' cannot be '{given}'{did_you_mean(given, expected)}; one of: {', '.join(expected)}"


def _unknown_key(data: Any, path: Path) -> str:
    here = data
    for part in path[:-1]:
        here = here[part]
    known = [key for key in keys_at(here, path[:-1]) if key != path[-1]]
    return f"unknown key '{path[-1]}'{did_you_mean(str(path[-1]), known)}"


def _repair(data: Any, path: Path, kind: str) -> None:
    """Replace the part at `path` by a stand-in, or take it away."""
    here = data
    for part in path[:-1]:
        if part == "normalise" and path[0] == "indicators" and kind != "extra_forbidden":
            here[part] = copy.deepcopy(_METHOD)  # anything wrong below is mended by replacing all of it
            return
        try:
            here = here[part]
        except (KeyError, IndexError, TypeError):
            return  # gone with the repair of something around it
    if not path:
        return
    key = path[-1]
    if isinstance(here, list) and isinstance(key, int):
        del here[key : key + 1]
    elif isinstance(here, dict):
        _repair_key(here, str(key), path, kind)


def _repair_key(here: dict[str, Any], key: str, path: Path, kind: str) -> None:
    if path[:1] == ("fields",) and len(path) == 2:  # noqa: PLR2004  # a whole field
        here[key] = {"label": {"zh": STAND_IN_ID + key, "en": STAND_IN_ID + key}, "type": "text"}
    elif kind == "extra_forbidden" or (key not in _STAND_INS and key != "id") or _may_go(key, path):
        here.pop(key, None)
    elif key == "id":
        here[key] = STAND_IN_ID + "_".join(map(str, path[:-1]))
    elif key == "type":
        # The type that was meant, as far as one can tell.
        guessed = nearest(str(here.get(key)), get_args(model.FieldType), limit=1) or (
            ["amount"] if "unit" in here else []
        )
        here[key] = guessed[0] if guessed else _STAND_INS[key]
    elif key == "label":
        here[key] = {language: STAND_IN_ID + "_".join(map(str, path)) for language in ("zh", "en")}
    elif key in ("zh", "en"):
        here[key] = STAND_IN_ID + "_".join(map(str, path))
    else:
        here[key] = copy.deepcopy(_STAND_INS[key])


def _may_go(key: str, path: Path) -> bool:
    """Whether a faulty part can do without: the bounds and the note of a field, the label of a grade."""
    return (key == "minimum" and path[0] == "fields") or (key == "label" and path[0] == "grades") or key == "note"
