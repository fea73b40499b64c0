"""Whether what differs by stage, or by another column, differs in a way that can be meant."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from icredit.methods.cases import RESERVED, STAGE, By, cases_of, column_of, in_case
from icredit.methods.normalisation import GROUPING_COLUMNS, Tiers
from icredit.scheme.fields import submission_fields
from icredit.scheme.model import Scheme
from icredit.scheme.nodes import Category, Indicator
from icredit.scheme.source import Found, Path
from icredit.scheme.walk import nodes_with_paths
from icredit.text import did_you_mean

_BOUNDS = ("at_least", "above", "at_most", "below")


def groupable(scheme: Scheme) -> set[str]:
    """The columns that make groups: fixed ones, and fields of type text or choice."""
    return {*GROUPING_COLUMNS, *(name for name, spec in scheme.fields.items() if spec.type in ("text", "choice"))}


def differing(scheme: Scheme) -> Iterator[tuple[Path, str, Any]]:
    """Everything in a scheme that may differ by case: its path, its key, what it says."""
    for key in ("aggregate", "cap", "minimum_availability"):
        yield (key,), key, getattr(scheme, key)
    for path, node in nodes_with_paths(scheme.indicators):
        yield (*path, "weight"), "weight", node.weight
        if isinstance(node, Category):
            for key in ("aggregate", "cap", "minimum_availability"):
                yield (*path, key), key, getattr(node, key)
        else:
            yield from _of_indicator(path, node)
    for index, total in enumerate(scheme.totals):
        yield ("totals", index, "aggregate"), "aggregate", total.aggregate
        for node_id, weight in (total.weights or {}).items():
            yield ("totals", index, "weights", node_id), "weight", weight
    for index, grade in enumerate(scheme.grades):
        yield ("grades", index, "minimum"), "minimum", grade.minimum
        yield ("grades", index, "top"), "top", grade.top
    yield ("ranking", "minimum_coverage"), "minimum_coverage", scheme.ranking.minimum_coverage


def _of_indicator(path: Path, leaf: Indicator) -> Iterator[tuple[Path, str, Any]]:
    yield (*path, "value"), "value", leaf.value
    if isinstance(leaf.treat.winsorise, tuple):
        for level in leaf.treat.winsorise:
            yield (*path, "treat", "winsorise"), "winsorise", level
    if leaf.treat.clip is not None:
        for key in ("lower", "upper"):
            yield (*path, "treat", "clip", key), key, getattr(leaf.treat.clip, key)
    method = leaf.normalise
    if isinstance(method, Tiers):
        yield (*path, "normalise", "otherwise"), "otherwise", method.otherwise
        for index, tier in enumerate(method.tiers):
            for key in (*_BOUNDS, "marks"):
                yield (*path, "normalise", "tiers", index, key), key, getattr(tier, key)
    for key in ("lower", "upper", "target"):
        if hasattr(method, key):
            yield (*path, "normalise", key), key, getattr(method, key)


def cases(scheme: Scheme) -> Found:
    """Every mapping by stage names all stages and no other; another column exists and has such values."""
    for path, key, value in differing(scheme):
        if isinstance(value, By):
            yield from _by(scheme, path, value)
        elif isinstance(value, Mapping):
            yield from _by_stage(scheme, path, key, value)
    for index, name in enumerate(scheme.stage_ids):
        if name in RESERVED:
            yield ("stages", index, "id"), f"no stage can be called '{name}', which has a meaning of its own"


def _by_stage(scheme: Scheme, path: Path, key: str, value: Mapping[str, Any]) -> Found:
    if not value and not scheme.stage_ids:
        yield path, f"'{key}' says nothing: the mapping is empty"
    what = "expression" if key == "value" else "weight" if key == "weight" else f"'{key}'"
    for stage in scheme.stage_ids:
        if stage not in value:
            yield path, f"missing {what} for stage '{stage}'"
    for stage in value:
        if stage not in scheme.stage_ids:
            yield (*path, stage), f"unknown stage '{stage}'{did_you_mean(stage, scheme.stage_ids)}"


def _by(scheme: Scheme, path: Path, value: By[Any]) -> Found:
    known = groupable(scheme)
    if value.by not in known:
        hint = did_you_mean(value.by, known)
        yield (*path, "by"), f"nothing can differ by '{value.by}'{hint}: a text or choice field is needed"
        return
    spec = submission_fields(scheme).get(value.by)
    choices = [choice.id for choice in spec.choices] if spec is not None and spec.type == "choice" else None
    for case in value.cases:
        if choices is not None and case not in choices:
            yield (*path, "cases", case), f"'{value.by}' is never '{case}'{did_you_mean(case, choices)}"


def together(scheme: Scheme, *values: Any) -> Iterator[tuple[str, list[Any]]]:
    """What several things say in each case that any of them tells apart: the case in words, and what each says.

    Things that differ by several columns at once are left out: too many cases to tell one by one.
    """
    columns = {column for value in values if (column := column_of(value)) is not None}
    if len(columns) > 1:
        return
    if not columns:
        yield "", list(values)
        return
    column = next(iter(columns))
    named = dict.fromkeys(case for value in values for case in cases_of(value))
    for case in scheme.stage_ids if column == STAGE else named:
        said = [in_case(value, {column: case}) for value in values]
        where = f" in stage '{case}'" if column == STAGE else f" where {column} is {case or 'another'}"
        if None not in said:
            yield where, said
