"""Parts of a scheme in words short enough for a cell: numbers, methods, cases."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from icredit.methods.aggregation import Power
from icredit.methods.cases import STAGE, cases_of
from icredit.methods.normalisation import Method, Piecewise, Tier, Tiers
from icredit.scheme.model import Grade, Scheme
from icredit.scheme.nodes import Category, Indicator
from icredit.scheme.weights import Case
from icredit.text import plain

#: What holds for every value that is not named.
OTHERS = "其他"

_SIGNS = {"at_least": "≥", "above": ">", "at_most": "≤", "below": "<"}

# Cells that the table of a method's marks may take before it is counted instead.
_MOST = 48


def in_words(value: Any) -> str:
    """A number or method, or those of the cases: 60 or 50/55/60."""
    return "/".join(map(_one, cases_of(value).values()))


def _one(said: object) -> str:
    if isinstance(said, Power):
        return f"power {plain(said.power)}"
    return plain(said) if isinstance(said, float) else str(said)


def case_in_words(case: Case, scheme: Scheme) -> str:
    """Whom a case is about: the label of a stage, `column=value`, 其他 for all others; blank if about everybody."""
    labels = {stage.id: stage.label.zh for stage in scheme.stages}

    def one(column: str, value: str | None) -> str:
        if value is None:
            return OTHERS if len(case) == 1 else f"{column}={OTHERS}"
        return labels.get(value, value) if column == STAGE else f"{column}={value}"

    return " ".join(one(column, value) for column, value in case.items())


def method_of(node: Category | Indicator) -> str:
    """The name of the method by which a node gets its score."""
    return in_words(node.aggregate) if isinstance(node, Category) else node.normalise.method


def numbers_of(node: Category | Indicator) -> str:
    """The numbers that matter most of how a node gets its score."""
    if isinstance(node, Category):
        cap = [] if node.cap is None else [f"cap {in_words(node.cap)}"]
        share = node.minimum_availability
        return ", ".join([*cap, *([] if share is None else [f"availability {in_words(share)}"])])
    return _numbers(node.normalise)


def _numbers(method: Method) -> str:
    if isinstance(method, Tiers):
        steps = [*map(_tier, method.tiers), f"else {in_words(method.otherwise)}"]
        return _short("; ".join(steps), f"{len(method.tiers)} tiers")
    if isinstance(method, Piecewise):
        points = " ".join(f"{plain(value)}:{plain(marks)}" for value, marks in method.points)
        return _short(points, f"{len(method.points)} points")
    said = [
        f"{name} {_number(value)}"
        for name, value in method
        if name not in ("method", "lower", "upper") and _differs(method, name)
    ]
    lower, upper = getattr(method, "lower", None), getattr(method, "upper", None)
    ends = [] if lower is None or upper is None else [f"{in_words(lower)} … {in_words(upper)}"]
    return ", ".join(ends + said)


def _differs(method: Method, name: str) -> bool:
    field = type(method).model_fields[name]
    return bool(field.is_required() or getattr(method, name) != field.get_default())


def _number(value: Any) -> str:
    if isinstance(value, tuple):
        return " ".join(map(_number, value))
    return str(value).lower() if isinstance(value, bool) else in_words(value)


def _tier(tier: Tier) -> str:
    bounds = [f"{sign}{in_words(bound)}" for name, sign in _SIGNS.items() if (bound := getattr(tier, name)) is not None]
    return f"{' '.join(bounds) or 'all'}: {in_words(tier.marks)}"


def _short(text: str, otherwise: str) -> str:
    return text if len(text) <= _MOST else otherwise


def earned_by(grade: Grade) -> str:
    """What earns a grade."""
    if grade.minimum is not None:
        return f">= {in_words(grade.minimum)}"
    return "" if grade.top is None else f"top {in_words(grade.top)}"


def as_written(value: Any) -> str:
    """Plain data in one line, much as a scheme file has it; — for nothing."""
    if value is None:
        return "—"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return plain(value)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {as_written(part)}" for key, part in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(as_written, value)) + "]"
    return " ".join(str(value).split())
