"""Weights in the cases that a scheme tells apart, and what share of the whole each node has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain, product
from typing import Any

from icredit.methods.cases import STAGE, Number, cases_of, column_of, in_case
from icredit.scheme.model import Scheme
from icredit.scheme.nodes import Category, Indicator, Node

#: Column -> value, for each column by which something in a scheme differs; None for a value that is not named.
Case = Mapping[str, str | None]


def weight_in(weight: Number | None, case: Case) -> float:
    """A node's weight in a case; 1 where no sibling states one, 0 where the case has none."""
    return 1.0 if weight is None else in_case(weight, case) or 0.0


def weight_cases(*schemes: Scheme) -> list[Case]:
    """All the cases that the weights of one or more schemes tell apart, one if they are the same for all."""
    columns: dict[str, dict[str | None, None]] = {}
    for said in chain.from_iterable(_that_weigh(scheme) for scheme in schemes):
        if (column := column_of(said)) is not None:
            columns.setdefault(column, {}).update(dict.fromkeys(cases_of(said)))
    return [dict(zip(columns, values, strict=True)) for values in product(*columns.values())]


def _that_weigh(scheme: Scheme) -> Iterator[Any]:
    """The weights of a scheme, and the methods that weigh marks in some cases and shares in others."""
    for node in scheme.nodes():
        if node.weight is not None:
            yield node.weight
    methods = [scheme.aggregate, *(category.aggregate for category in scheme.categories)]
    yield from (method for method in methods if "sum" in cases_of(method).values())


def effective_weights(scheme: Scheme, case: Case | str | None = None) -> dict[str, float]:
    """Node id -> share of the whole, for one case: the product down the tree of weight over the siblings' weights.

    Where scores are added (`aggregate: sum`) a node weighs what it can earn: of 20, 50 and 30 marks the second is half.
    A bonus, which comes on top, and all below it have no share. A case that is one word is a stage.
    """
    return shares_below(scheme, scheme, {STAGE: case} if isinstance(case, str) else case or {})


def shares_below(parent: Scheme | Category, scheme: Scheme, case: Case, whole: float = 1.0) -> dict[str, float]:
    """Node id -> share of what a part of the scheme makes up, for all nodes below it."""
    shares: dict[str, float] = {}
    weights = [0.0 if node.bonus else weight_in(node.weight, case) for node in parent.indicators]
    if in_case(parent.aggregate, case) == "sum":
        marks = [weight * _most(node, scheme, case) for weight, node in zip(weights, parent.indicators, strict=True)]
        weights = marks if sum(marks) > 0 else weights
    total = sum(weights)
    for node, weight in zip(parent.indicators, weights, strict=True):
        shares[node.id] = whole * weight / total if total > 0 else 0.0
        if isinstance(node, Category):
            shares |= shares_below(node, scheme, case, shares[node.id])
    return shares


def _most(node: Node, scheme: Scheme, case: Case) -> float:
    """What a node can earn in a case, without a bonus; nobody can earn less than nothing."""
    if isinstance(node, Indicator):
        return max(node.normalise.ceiling(scheme.scale), 0.0)
    weighed = [(weight_in(child.weight, case), child) for child in node.indicators if not child.bonus]
    earned = [(weight, _most(child, scheme, case)) for weight, child in weighed if weight > 0]
    if in_case(node.aggregate, case) == "sum":
        return sum(weight * most for weight, most in earned)
    return max((most for _, most in earned), default=0.0)


def reweighted(scheme: Scheme, weights: Mapping[str, Number]) -> Scheme:
    """The scheme with other weights for some nodes."""

    def changed(node: Node) -> Node:
        update: dict[str, object] = {"weight": weights[node.id]} if node.id in weights else {}
        if isinstance(node, Category):
            update["indicators"] = tuple(changed(child) for child in node.indicators)
        return node.model_copy(update=update)

    return scheme.model_copy(update={"indicators": tuple(changed(node) for node in scheme.indicators)})
