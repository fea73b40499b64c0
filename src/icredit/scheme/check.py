"""What a scheme means: names that exist, weights that add up to something, bounds in order, no circles.

Each check is one function that yields faults with the path of the part they speak of; `check` runs them all. Those about
fields and about expressions have modules of their own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

from icredit.errors import Fault
from icredit.methods.normalisation import GROUPING_COLUMNS, Goalposts
from icredit.methods.staged import Number
from icredit.scheme import check_expressions, check_fields
from icredit.scheme.fields import FIXED_COLUMNS
from icredit.scheme.model import Category, Indicator, Node, Scheme, weight_in
from icredit.scheme.source import Found, Path, Source
from icredit.scheme.structure import STAND_IN_ID
from icredit.scheme.walk import nodes_with_paths
from icredit.text import did_you_mean, plain


def check(scheme: Scheme, source: Source, spoiled: frozenset[Path] = frozenset()) -> list[Fault]:
    """Everything wrong with the meaning of a scheme.

    Args:
        scheme: as built, with stand-ins in the place of parts of a wrong shape.
        source: the file, for the lines.
        spoiled: the paths of those parts. What only follows from them is no fault of its own.
    """
    unclear = frozenset(str(path[1]) for path in spoiled if path[:1] == ("fields",) and len(path) > 1)
    stages_unclear = any(
        path[:1] == ("stages",) and (path[-1] == "id" or isinstance(path[-1], int)) for path in spoiled
    )
    checks: tuple[Callable[[Scheme], Found], ...] = (
        _scale,
        _ids,
        check_fields.fields,
        check_fields.headers,
        check_fields.choices,
        partial(check_fields.years, unclear=unclear),
        *(() if stages_unclear else (_stage_mappings,)),
        _weights,
        _normalisation,
        partial(check_expressions.conditions, unclear=unclear),
        partial(check_expressions.values, unclear=unclear),
        check_expressions.circles,
        _ranking,
    )
    return [
        Fault(source.line(path), message)
        for one in checks
        for path, message in one(scheme)
        if STAND_IN_ID not in message and not _follows(path, spoiled)
    ]


def _follows(path: Path, spoiled: frozenset[Path]) -> bool:
    """Whether a part is, holds or belongs to one that had a wrong shape."""
    return any(path[: len(bad)] == bad or (bad[: len(path)] == path and bad[-1] == "weight") for bad in spoiled)


def _scale(scheme: Scheme) -> Found:
    if scheme.scale[0] >= scheme.scale[1]:
        yield (
            ("scale",),
            f"the lower end {plain(scheme.scale[0])} of the scale is not below the upper end {plain(scheme.scale[1])}",
        )


def _ids(scheme: Scheme) -> Found:
    lists: list[tuple[str, list[tuple[Path, str]]]] = [
        ("node", [((*path, "id"), node.id) for path, node in nodes_with_paths(scheme.indicators)]),
        ("stage", [(("stages", i, "id"), stage.id) for i, stage in enumerate(scheme.stages)]),
        ("grade", [(("grades", i, "id"), grade.id) for i, grade in enumerate(scheme.grades)]),
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
        if node.id in FIXED_COLUMNS:
            yield (*path, "id"), f"'{node.id}' is a column of every scored table; choose another id"


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
                yield (*path, "normalise", "lower"), f"lower {plain(low)} is not below upper {plain(high)}{where}"
    for column in {name for name in method.within if method.within.count(name) > 1}:
        yield (*path, "normalise", "within"), f"'{column}' stands twice in within"
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
                message = f"winsorise levels must rise within [0, 1], not [{plain(low)}, {plain(high)}]{where}"
                yield (*path, "treat", "winsorise"), message


def _numbers_by_stage(scheme: Scheme, low: Number, high: Number) -> Iterator[tuple[str, float, float]]:
    if not isinstance(low, Mapping) and not isinstance(high, Mapping):
        yield "", low, high
        return
    for stage in scheme.stage_ids:
        pair = [value.get(stage) if isinstance(value, Mapping) else value for value in (low, high)]
        if pair[0] is not None and pair[1] is not None:
            yield f" in stage '{stage}'", pair[0], pair[1]


def _ranking(scheme: Scheme) -> Found:
    flat = [grade.minimum for grade in scheme.grades if not isinstance(grade.minimum, Mapping)]
    for minimum, times in Counter(flat).items():
        if times > 1:
            yield ("grades",), f"two grades begin at {plain(minimum)}"
    coverage = scheme.ranking.minimum_coverage
    for share in coverage.values() if isinstance(coverage, Mapping) else [coverage]:
        if not 0 <= share <= 1:
            yield ("ranking", "minimum_coverage"), f"minimum_coverage is a share between 0 and 1, not {plain(share)}"
