"""What a scheme means: names that exist, weights that add up to something, bounds in order, no cycles.

Each check is one function that yields faults with the path of the part they speak of; `check` runs them all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from typing import Any

import polars as pl

from icredit import units
from icredit.errors import Fault
from icredit.methods.normalisation import GROUPING_COLUMNS, Goalposts
from icredit.methods.staged import Number
from icredit.scheme.expressions import TODAY, Compiled, ExpressionError, compile_expression, result_type
from icredit.scheme.fields import IDENTITY, NUMERIC_TYPES, expression_schema, submission_fields
from icredit.scheme.model import Category, FieldSpec, Indicator, Node, Scheme, weight_in
from icredit.scheme.source import Path, Source
from icredit.text import did_you_mean, fold

Found = Iterator[tuple[Path, str]]

#: Columns of the scored table that no category or indicator may be named after.
RESERVED_COLUMNS = "rank zone_rank stage_rank uscc name zone province stage status score grade coverage".split()


#: How much of an expression a message repeats.
_SHOWN = 60


def check(scheme: Scheme, source: Source) -> list[Fault]:
    """Everything wrong with the meaning of a scheme."""
    checks: tuple[Callable[[Scheme], Found], ...] = (
        _scale,
        _ids,
        _fields,
        _labels,
        _stage_mappings,
        _weights,
        _normalisation,
        _conditions,
        _values,
        _cycles,
        _grades,
    )
    return [Fault(source.line(path), message) for one in checks for path, message in one(scheme)]


def nodes_with_paths(nodes: tuple[Node, ...], path: Path = ("indicators",)) -> Iterator[tuple[Path, Node]]:
    """Every node with its path in the file."""
    for index, node in enumerate(nodes):
        yield (*path, index), node
        if isinstance(node, Category):
            yield from nodes_with_paths(node.indicators, (*path, index, "indicators"))


def value_order(scheme: Scheme) -> list[Indicator]:
    """The indicators in an order in which each stands behind those its value refers to.

    Raises:
        graphlib.CycleError: the values refer to each other in a circle.
    """
    by_id = {leaf.id: leaf for leaf in scheme.leaves}
    fields = expression_schema(scheme)
    graph: dict[str, list[str]] = {
        leaf.id: sorted(name for name in _names(leaf) if name in by_id and name not in fields) for leaf in scheme.leaves
    }
    return [by_id[name] for name in TopologicalSorter(graph).static_order()]


def _names(leaf: Indicator) -> set[str]:
    names: set[str] = set()
    for text in _texts(leaf.value):
        try:
            names |= compile_expression(text).names
        except ExpressionError:
            continue  # reported where expressions are checked
    return names


def _texts(value: str | Mapping[str, str]) -> list[str]:
    return list(value.values()) if isinstance(value, Mapping) else [value]


def _scale(scheme: Scheme) -> Found:
    if scheme.scale[0] >= scheme.scale[1]:
        yield (
            ("scale",),
            f"the lower end {scheme.scale[0]:g} of the scale is not below the upper end {scheme.scale[1]:g}",
        )


def _ids(scheme: Scheme) -> Found:
    lists: list[tuple[str, list[tuple[Path, str]]]] = [
        ("node", [((*path, "id"), node.id) for path, node in nodes_with_paths(scheme.indicators)]),
        ("stage", [(("stages", i, "id"), stage.id) for i, stage in enumerate(scheme.stages)]),
        ("grade", [(("grades", i, "id"), grade.id) for i, grade in enumerate(scheme.grades)]),
        ("check", [(("checks", i, "id"), one.id) for i, one in enumerate(scheme.checks) if one.id]),
    ]
    lists += [
        (
            f"choice of {name}",
            [(("fields", name, "choices", i, "id"), choice.id) for i, choice in enumerate(spec.choices)],
        )
        for name, spec in scheme.fields.items()
    ]
    for what, ids in lists:
        seen: set[str] = set()
        for path, name in ids:
            if name in seen:
                yield path, f"duplicate id: the {what} '{name}' exists already"
            seen.add(name)
    for path, node in nodes_with_paths(scheme.indicators):
        if node.id in RESERVED_COLUMNS:
            yield (*path, "id"), f"'{node.id}' is a column of every scored table; choose another id"


def _fields(scheme: Scheme) -> Found:
    for name, spec in scheme.fields.items():
        path: Path = ("fields", name)
        if name == TODAY:
            yield path, f"'{TODAY}' means the --as-of date in expressions; choose another id"
        if name in IDENTITY:
            if spec.type != IDENTITY[name].type:
                yield (*path, "type"), f"the identity column '{name}' is always of type {IDENTITY[name].type}"
        elif name in RESERVED_COLUMNS or name.startswith("source_"):
            yield path, f"'{name}' is a column that icredit makes itself; choose another id"
        elif (spec.type == "choice") != bool(spec.choices):
            yield path, f"'{name}': a field of type choice, and no other, has choices"
        yield from _bounds(path, name, spec)


def _bounds(path: Path, name: str, spec: FieldSpec) -> Found:
    if spec.type in NUMERIC_TYPES:
        if spec.minimum is not None and spec.maximum is not None and spec.minimum >= spec.maximum:
            yield (*path, "minimum"), f"minimum {spec.minimum:g} is not below maximum {spec.maximum:g}"
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


def _labels(scheme: Scheme) -> Found:
    owner: dict[str, str] = {}
    for name, spec in submission_fields(scheme).items():
        own = {fold(text) for text in (name, spec.label.zh, spec.label.en, *spec.aliases)}
        for text in sorted(own):
            if text in owner:
                where: Path = ("fields", name) if name in scheme.fields else ("fields", owner[text])
                yield where, f"the header '{text}' would mean both '{owner[text]}' and '{name}'"
            owner.setdefault(text, name)


def _stage_mappings(scheme: Scheme) -> Found:
    """Every mapping by stage names all stages and no other; a missing weight is reported here too."""
    for path, key, value in _staged_values(scheme):
        if not isinstance(value, Mapping):
            continue
        what = "expression" if key == "value" else "weight" if key == "weight" else f"'{key}'"
        for stage in scheme.stage_ids:
            if stage not in value:
                yield path, f"missing {what} for stage '{stage}'"
        for stage in value:
            if stage not in scheme.stage_ids:
                yield (*path, stage), f"unknown stage '{stage}'{did_you_mean(stage, scheme.stage_ids)}"


def _staged_values(scheme: Scheme) -> Iterator[tuple[Path, str, Any]]:
    for path, node in nodes_with_paths(scheme.indicators):
        yield (*path, "weight"), "weight", node.weight
        if isinstance(node, Indicator):
            yield (*path, "value"), "value", node.value
            for level in node.treat.winsorise or ():
                yield (*path, "treat", "winsorise"), "winsorise", level
            if isinstance(node.normalise, Goalposts):
                for key in ("lower", "upper"):
                    yield (*path, "normalise", key), key, getattr(node.normalise, key)
    for index, grade in enumerate(scheme.grades):
        yield ("grades", index, "minimum"), "minimum", grade.minimum
    yield ("ranking", "minimum_coverage"), "minimum_coverage", scheme.ranking.minimum_coverage


def _weights(scheme: Scheme) -> Found:
    families: list[tuple[Path, tuple[Node, ...]]] = [(("indicators",), scheme.indicators)]
    families += [
        ((*path, "indicators"), node.indicators)
        for path, node in nodes_with_paths(scheme.indicators)
        if isinstance(node, Category)
    ]
    for path, siblings in families:
        stated = [node.weight is not None for node in siblings]
        for index, node in enumerate(siblings):
            if any(stated) and node.weight is None:
                yield (*path, index), f"missing weight: '{node.id}' has none, its siblings have"
            numbers = node.weight.values() if isinstance(node.weight, Mapping) else [node.weight or 0.0]
            if min(numbers, default=0.0) < 0:
                yield (*path, index, "weight"), f"the weight of '{node.id}' is below zero"
        for stage in scheme.stage_ids or (None,):
            try:
                total = sum(weight_in(node.weight, stage) for node in siblings)
            except KeyError:
                continue  # the missing weight is reported already
            if total == 0:
                where = f" in stage '{stage}'" if stage else ""
                names = ", ".join(node.id for node in siblings)
                yield path, f"the weights of {names} are all zero{where}"


def _numbers_by_stage(scheme: Scheme, low: Number, high: Number) -> Iterator[tuple[str, float, float]]:
    if not isinstance(low, Mapping) and not isinstance(high, Mapping):
        yield "", low, high
        return
    for stage in scheme.stage_ids:
        pair = [value.get(stage) if isinstance(value, Mapping) else value for value in (low, high)]
        if pair[0] is not None and pair[1] is not None:
            yield f" in stage '{stage}'", pair[0], pair[1]


def _normalisation(scheme: Scheme) -> Found:
    groupable = {*GROUPING_COLUMNS, *(name for name, spec in scheme.fields.items() if spec.type in ("text", "choice"))}
    for path, node in nodes_with_paths(scheme.indicators):
        if isinstance(node, Indicator):
            yield from _method(scheme, path, node, groupable)


def _method(scheme: Scheme, path: Path, leaf: Indicator, groupable: set[str]) -> Found:
    method = leaf.normalise
    if isinstance(method, Goalposts):
        for where, low, high in _numbers_by_stage(scheme, method.lower, method.upper):
            if low >= high:
                yield (*path, "normalise", "lower"), f"lower {low:g} is not below upper {high:g}{where}"
    for column in method.within:
        if column not in groupable:
            hint = did_you_mean(column, groupable)
            yield (
                (*path, "normalise", "within"),
                f"cannot group within '{column}'{hint}: a text or choice field is needed",
            )
    if leaf.treat.winsorise is not None:
        for where, low, high in _numbers_by_stage(scheme, *leaf.treat.winsorise):
            if not 0 <= low < high <= 1:
                message = f"winsorise levels must rise within [0, 1], not [{low:g}, {high:g}]{where}"
                yield (*path, "treat", "winsorise"), message


def _conditions(scheme: Scheme) -> Found:
    fields = expression_schema(scheme)
    conditions: list[tuple[Path, str]] = [
        *((("checks", i, "when"), one.when) for i, one in enumerate(scheme.checks)),
        *((("stages", i, "when"), stage.when) for i, stage in enumerate(scheme.stages)),
        *((("vetoes", i, "when"), veto.when) for i, veto in enumerate(scheme.vetoes)),
        *(
            ((*path, "applies"), node.applies)
            for path, node in nodes_with_paths(scheme.indicators)
            if isinstance(node, Indicator) and node.applies is not None
        ),
    ]
    for path, text in conditions:
        for message in _expression(text, fields, condition=True):
            yield path, message


def _values(scheme: Scheme) -> Found:
    fields = expression_schema(scheme)
    names = {**{leaf.id: pl.Float64() for leaf in scheme.leaves}, **fields}
    for path, node in nodes_with_paths(scheme.indicators):
        if not isinstance(node, Indicator):
            continue
        items = node.value.items() if isinstance(node.value, Mapping) else [("", node.value)]
        for stage, text in items:
            where: Path = (*path, "value", stage) if stage else (*path, "value")
            for message in _expression(text, names, condition=False):
                yield where, message


def _expression(text: str, names: Mapping[str, pl.DataType], *, condition: bool) -> Iterator[str]:
    shown = f"'{text if len(text) <= _SHOWN else text[: _SHOWN - 3] + '...'}'"
    try:
        compiled: Compiled = compile_expression(text)
    except ExpressionError as error:
        yield f"expression {shown} {error}"
        return
    unknown = sorted(compiled.names - set(names))
    for name in unknown:
        yield f"unknown field '{name}' in expression {shown}{did_you_mean(name, names)}"
    if unknown:
        return
    try:
        found = result_type(compiled, {name: names[name] for name in compiled.names})
    except ExpressionError as error:
        yield f"expression {shown} {error}"
        return
    if condition and found not in (pl.Boolean, pl.Null):
        yield f"condition {shown} must be true or false, but gives {found}"
    if not condition and not (found.is_numeric() or found in (pl.Boolean, pl.Null)):
        yield f"value {shown} must be a number, but gives {found}"


def _cycles(scheme: Scheme) -> Found:
    try:
        value_order(scheme)
    except CycleError as error:
        circle: list[str] = error.args[1]
        for path, node in nodes_with_paths(scheme.indicators):
            if node.id == circle[0] and isinstance(node, Indicator):
                yield (*path, "value"), f"a cycle: {' -> '.join(reversed(circle))}"
                return


def _grades(scheme: Scheme) -> Found:
    repeated = [
        m for m, n in Counter(g.minimum for g in scheme.grades if not isinstance(g.minimum, Mapping)).items() if n > 1
    ]
    for minimum in repeated:
        yield ("grades",), f"two grades begin at {minimum:g}"
