"""Whether the fields of a scheme can be meant: bounds, units, choices, headers, what stands for last year."""

from __future__ import annotations

from icredit import units
from icredit.methods.cases import STAGE
from icredit.scheme.expressions import TODAY
from icredit.scheme.fields import IDENTITY, NUMERIC_TYPES, submission_fields
from icredit.scheme.model import Choice, FieldSpec, Scheme
from icredit.scheme.source import Found, Path
from icredit.scored_table import TABLE_COLUMNS
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
        elif name in TABLE_COLUMNS or name.startswith("source_"):
            yield path, f"'{name}' is a column that icredit makes itself; choose another id"
        elif (spec.type == "choice") != bool(spec.choices):
            yield path, f"'{name}': a field of type choice, and no other, has choices"
        yield from _bounds(path, name, spec)
        yield from _none(path, name, spec)
        yield from _usual(path, name, spec)


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


def _none(path: Path, name: str, spec: FieldSpec) -> Found:
    """无 can only mean a zero that the field takes."""
    where = (*path, "none_means")
    if spec.none_means == "missing":
        return
    if spec.type not in NUMERIC_TYPES:
        yield where, f"'none_means' is for numbers; '{name}' is a {spec.type}"
    elif spec.minimum is not None and spec.minimum > 0:
        yield where, f"无 would mean 0, which is below the minimum {plain(spec.minimum)}"
    elif spec.maximum is not None and spec.maximum < 0:
        yield where, f"无 would mean 0, which is above the maximum {plain(spec.maximum)}"


def _usual(path: Path, name: str, spec: FieldSpec) -> Found:
    where = (*path, "usual")
    if spec.usual is None:
        return
    low, high = spec.usual
    if spec.type != "amount":
        yield where, f"'usual' is for amounts; '{name}' is a {spec.type}"
    elif not 0 <= low < high:
        yield where, f"the usual range must rise from 0 or more, not [{plain(low)}, {plain(high)}]"


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


def years(scheme: Scheme, unclear: frozenset[str] = frozenset()) -> Found:
    """What stands for last year is last year's of another field that holds the same kind of thing.

    Args:
        scheme: the scheme.
        unclear: fields that had a wrong shape, of whose type nothing is known.
    """
    known = submission_fields(scheme)
    for name, spec in scheme.fields.items():
        path: Path = ("fields", name, "last_year_of")
        this_year = spec.last_year_of
        if this_year is None:
            continue
        circle = _circle(scheme, name)
        if name in IDENTITY:
            yield path, f"the identity column '{name}' is filled in as it was, not from another field"
        elif this_year not in known:
            yield path, f"unknown field '{this_year}'{did_you_mean(this_year, known)}"
        elif len(circle) == 1:
            yield path, f"'{name}' cannot be last year's of itself; what stays the same has carry_over: true"
        elif circle:
            if name == min(circle, key=list(scheme.fields).index):  # one circle is one fault
                yield path, f"cycle: {' is last year of '.join((*circle, name))}"
        elif not {name, this_year} & unclear:
            yield from _alike(path, (name, spec), (this_year, known[this_year]))
        if spec.carry_over and name not in IDENTITY:
            yield (*path[:-1], "carry_over"), f"'{name}' is either carried over or last year's of '{this_year}'"


def _circle(scheme: Scheme, name: str) -> list[str]:
    """The fields from `name` over `last_year_of` back to it; empty if the way does not come back."""
    way = [name]
    while (spec := scheme.fields.get(way[-1])) is not None and spec.last_year_of is not None:
        if spec.last_year_of in way:
            return way if spec.last_year_of == name else []
        way.append(spec.last_year_of)
    return []


def _alike(path: Path, last: tuple[str, FieldSpec], this: tuple[str, FieldSpec]) -> Found:
    # Fields of one type have units of one kind: `_unit` sees to that.
    if last[1].type != this[1].type:
        yield path, f"'{last[0]}' is of type {last[1].type}, but '{this[0]}' of type {this[1].type}"
        return
    ids = [choice.id for choice in last[1].choices]
    more = [choice.id for choice in this[1].choices if choice.id not in ids]
    if more:
        yield path, f"'{this[0]}' has choices that '{last[0]}' has not: {', '.join(more)}"


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
