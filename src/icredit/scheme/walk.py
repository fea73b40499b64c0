"""Ways through the tree of a scheme: every node with its place in the file, indicators in the order of their values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from graphlib import TopologicalSorter

from icredit.scheme.expressions import ExpressionError, compile_expression
from icredit.scheme.fields import expression_schema
from icredit.scheme.model import Scheme
from icredit.scheme.nodes import Category, Indicator, Node
from icredit.scheme.source import Path


def nodes_with_paths(nodes: tuple[Node, ...], path: Path = ("indicators",)) -> Iterator[tuple[Path, Node]]:
    """Every node with its path in the file."""
    for index, node in enumerate(nodes):
        yield (*path, index), node
        if isinstance(node, Category):
            yield from nodes_with_paths(node.indicators, (*path, index, "indicators"))


def value_graph(scheme: Scheme) -> dict[str, list[str]]:
    """Indicator -> the other indicators that its value refers to; a name that is a field's means the field."""
    others = {leaf.id for leaf in scheme.leaves} - set(expression_schema(scheme))
    return {leaf.id: sorted(names_used(leaf) & others) for leaf in scheme.leaves}


def value_order(scheme: Scheme) -> list[Indicator]:
    """The indicators in an order in which each stands behind those its value refers to.

    Raises:
        graphlib.CycleError: the values refer to each other in a circle.
    """
    by_id = {leaf.id: leaf for leaf in scheme.leaves}
    return [by_id[name] for name in TopologicalSorter(value_graph(scheme)).static_order()]


def names_used(leaf: Indicator) -> set[str]:
    """The names of fields and indicators that a value refers to."""
    names: set[str] = set()
    for text in leaf.value.values() if isinstance(leaf.value, Mapping) else [leaf.value]:
        try:
            names |= compile_expression(text).names
        except ExpressionError:
            continue  # reported where expressions are checked
    return names
