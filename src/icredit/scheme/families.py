"""The families of a tree: a node and those of its children that share out its weight."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from icredit.methods.cases import cases_of
from icredit.scheme.model import Scheme
from icredit.scheme.nodes import Category, Node

#: The family of the top nodes goes by the column of their total; no node can be called so.
TOP = "score"

# In a sum weights are marks, not shares; of the best or worst child they say no more than who takes part.
_NO_SHARES = ("sum", "maximum", "minimum")


@dataclass(frozen=True, slots=True)
class Family:
    """A node and its children without the bonus, in file order.

    Attributes:
        node: the id of the node, or TOP.
        children: the children that share out the weight.
        bonus: the ids of those that come on top.
        shares: whether the children's weights are shares of the node; they are not where it adds marks, or takes the
            best or the worst of them.
    """

    node: str
    children: tuple[Node, ...]
    bonus: tuple[str, ...]
    shares: bool

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of the children."""
        return tuple(child.id for child in self.children)


def families(scheme: Scheme) -> Iterator[Family]:
    """All families of a scheme, from the top, in file order."""
    yield _family(TOP, scheme)
    for category in scheme.categories:
        yield _family(category.id, category)


def _family(name: str, node: Scheme | Category) -> Family:
    return Family(
        name,
        tuple(child for child in node.indicators if not child.bonus),
        tuple(child.id for child in node.indicators if child.bonus),
        not any(method in _NO_SHARES for method in cases_of(node.aggregate).values()),
    )
