"""Whether the tree can be meant: weights that add up to something, bonuses, caps, further totals."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from icredit.methods.aggregation import Aggregation, Power
from icredit.methods.cases import Number, cases_of, column_of
from icredit.scheme.check_cases import together
from icredit.scheme.model import Scheme
from icredit.scheme.nodes import Category, Node
from icredit.scheme.source import Found, Path
from icredit.scheme.walk import nodes_with_paths
from icredit.scheme.weights import weight_cases
from icredit.text import did_you_mean, plain

# Combinations of stages and the like that the weights of one scheme may tell apart.
_MOST_CASES = 1_000


def _families(scheme: Scheme) -> Iterator[tuple[Path, tuple[Node, ...]]]:
    yield ("indicators",), scheme.indicators
    for path, node in nodes_with_paths(scheme.indicators):
        if isinstance(node, Category):
            yield (*path, "indicators"), node.indicators


def weights(scheme: Scheme) -> Found:
    """All siblings have a weight or none has; none is negative, and not all are zero; the bonus stands apart."""
    for path, siblings in _families(scheme):
        counted = [node for node in siblings if not node.bonus]
        stated = any(node.weight is not None for node in counted)
        for index, node in enumerate(siblings):
            if stated and node.weight is None and not node.bonus:
                yield (*path, index), f"missing weight: '{node.id}' has none, its siblings have"
            if node.weight is not None and min(cases_of(node.weight).values(), default=0) < 0:
                yield (*path, index, "weight"), f"the weight of '{node.id}' is below zero"
        if not counted:
            yield path, "a bonus needs a sibling that is none, to come on top of"
            continue
        if not all(node.weight is not None for node in counted):
            continue
        names = ", ".join(node.id for node in counted)
        for where, numbers in together(scheme, *(node.weight for node in counted)):
            if sum(numbers) == 0:
                yield path, f"the weights of {names} are all zero{where}"
    if (
        len({column_of(node.weight) for node in scheme.nodes()} - {None}) > 1
        and len(weight_cases(scheme)) > _MOST_CASES
    ):
        yield ("indicators",), f"the weights tell more than {_MOST_CASES:,} cases apart"


def aggregation(scheme: Scheme) -> Found:
    """Exponents, caps and shares of children that can be meant."""
    nodes: list[tuple[Path, Category | Scheme]] = [((), scheme)]
    nodes += [(path, node) for path, node in nodes_with_paths(scheme.indicators) if isinstance(node, Category)]
    for path, node in nodes:
        yield from _exponents((*path, "aggregate"), node.aggregate)
        if node.minimum_availability is not None:
            yield from shares((*path, "minimum_availability"), node.minimum_availability)
    for index, total in enumerate(scheme.totals):
        yield from _exponents(("totals", index, "aggregate"), total.aggregate)


def _exponents(path: Path, method: Aggregation) -> Found:
    for one in cases_of(method).values():
        if isinstance(one, Power) and one.power == 0:
            yield path, "the power 0 is the geometric mean; write: aggregate: geometric"


def shares(path: Path, value: Number) -> Found:
    """A number is a share, in every case."""
    for share in cases_of(value).values():
        if not 0 <= share <= 1:
            yield path, f"{path[-1]} is a share between 0 and 1, not {plain(share)}"


def totals(scheme: Scheme) -> Found:
    """A total has weights or a value, and speaks of nodes that exist."""
    known = [node.id for node in scheme.nodes()]
    for index, total in enumerate(scheme.totals):
        path: Path = ("totals", index)
        if (total.weights is None) == (total.value is None):
            yield path, f"the total '{total.id}' needs either weights or a value"
        if total.value is not None and total.aggregate != "arithmetic":
            yield (*path, "aggregate"), "a total with a value is aggregated by its expression alone"
        for node, weight in (total.weights or {}).items():
            if node not in known:
                yield (*path, "weights", node), f"unknown node '{node}'{did_you_mean(node, known)}"
            if min(cases_of(weight).values(), default=0) < 0:
                yield (*path, "weights", node), f"the weight of '{node}' is below zero"
        for where, numbers in together(scheme, *(total.weights or {}).values()):
            if total.weights is not None and sum(numbers) == 0:
                yield (*path, "weights"), f"the weights of '{total.id}' are all zero{where}"


def grades(scheme: Scheme) -> Found:
    """Grades go by score or by place, all in one way, and no two begin in the same place."""
    flat = Counter(grade.minimum for grade in scheme.grades if isinstance(grade.minimum, float))
    for minimum, times in flat.items():
        if times > 1:
            yield ("grades",), f"two grades begin at {plain(minimum)}"
    for index, grade in enumerate(scheme.grades):
        if (grade.minimum is None) == (grade.top is None):
            yield ("grades", index), f"the grade '{grade.id}' needs a 'minimum', or as 'top' a share of the best"
        if grade.top is not None:
            yield from shares(("grades", index, "top"), grade.top)
    ways = {grade.top is None for grade in scheme.grades if (grade.top is None) != (grade.minimum is None)}
    if len(ways) > 1:
        yield ("grades",), "some grades go by score and some by place; all must go one way"
    if len({column_of(grade.minimum) for grade in scheme.grades} - {None}) > 1:
        yield ("grades",), "the minima of grades differ by several columns; only one is possible"
    rising = [grade.top for grade in scheme.grades if isinstance(grade.top, float)]
    if rising != sorted(set(rising)):
        yield (
            ("grades",),
            "grades by place stand from the best to the last, each with a larger share than the one before",
        )
    if scheme.ranking.grades_within and not any(grade.top is not None for grade in scheme.grades):
        yield ("ranking", "grades_within"), "grades_within is for grades by place (top), and there are none"
