"""Whether the fields of a scheme can be meant: bounds, units, choices, headers."""

from __future__ import annotations

from icredit import units
from icredit.methods.staged import STAGE
from icredit.scheme.expressions import TODAY
from icredit.scheme.fields import FIXED_COLUMNS, IDENTITY, NUMERIC_TYPES, submission_fields
from icredit.scheme.model import Choice, FieldSpec, Scheme
from icredit.scheme.source import Found, Path
from icredit.text import did_you_mean, fold, plain


def fields(scheme: Scheme) -> Found:
    """Types, units, bounds and choices that fit each other; ids that icredit does not use itself."""
    for name, spec in scheme.fields.items():
        path: Path = ("fields", name)
        if name == TODAY:
            yield path, f"'{TODAY}' means the --as-of date in expressions; choose another id"
        if name in IDENTITY:
            if spec.type != IDENTITY[name].type:
                yield (*path, "type"), f"the identity column '{name}' is always of type {IDENTITY[name].type}"
        elif name in FIXED_COLUMNS or name.startswith("source_"):
            yield path, f"'{name}' is a column that icredit makes itself; choose another id"
        elif (spec.type == "choice") != bool(spec.choices):
            yield path, f"'{name}': a field of type choice, and no other, has choices"
        yield from _bounds(path, name, spec)


def _bounds(path: Path, name: str, spec: FieldSpec) -> Found:
    if spec.type in NUMERIC_TYPES:
        if spec.minimum is not None and spec.maximum is not None and spec.minimum >= spec.maximum:
            yield (*path, "minimum"), f"minimum {plain(spec.minimum)} is not below maximum {plain(spec.maximum)}"
        if spec.unit is not None:
            yield from _unit(path, spec)
        elif spec.type == "amount":
            yield path, f"the amount '{name}' needs a unit, such as 万元"
    else:
        for key in ("minimum", "maximum", "unit"):
            if getattr(spec, key) is not None:
                yield (*path, key), f"'{key}' is for numbers; '{name}' is a {spec.type}"


def _unit(path: Path, spec: FieldSpec) -> Found:
    kind = units.kind_of(str(spec.unit))
    if spec.type == "count" and kind is None:
        return  # things may be counted in any word
    if kind != spec.type:
        known = units.units_of(spec.type)
        yield (*path, "unit"), f"'{spec.unit}' is no unit of a {spec.type}{did_you_mean(str(spec.unit), known)}"


def choices(scheme: Scheme) -> Found:
    """No text means two choices of a field, or two stages."""
    lists: list[tuple[Path, tuple[Choice, ...]]] = [
        (("fields", name, "choices"), spec.choices) for name, spec in scheme.fields.items()
    ]
    lists.append((("stages",), submission_fields(scheme)[STAGE].choices))
    for path, items in lists:
        owner: dict[str, str] = {}
        for index, choice in enumerate(items):
            names = {fold(text) for text in (choice.id, choice.label.zh, choice.label.en, *choice.aliases)}
            for name in sorted(names):
                if owner.setdefault(name, choice.id) != choice.id:
                    yield (*path, index), f"'{name}' would mean both '{owner[name]}' and '{choice.id}'"


def headers(scheme: Scheme) -> Found:
    """No header means two fields."""
    owner: dict[str, str] = {}
    for name, spec in submission_fields(scheme).items():
        own = {fold(text) for text in (name, spec.label.zh, spec.label.en, *spec.aliases)}
        for text in sorted(own):
            if text in owner:
                where: Path = ("fields", name) if name in scheme.fields else ("fields", owner[text])
                yield where, f"the header '{text}' would mean both '{owner[text]}' and '{name}'"
            owner.setdefault(text, name)
