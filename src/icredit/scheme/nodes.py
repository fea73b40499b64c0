"""The tree of a scheme: categories, and indicators with their way from a value to a score."""

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag

from icredit.methods.aggregation import Aggregation
from icredit.methods.cases import Number
from icredit.methods.normalisation import Normalisation
from icredit.methods.step import Direction
from icredit.methods.treatment import Average, Transform, WinsorisePoints
from icredit.scheme.parts import Basis, Expression, Identifier, Label, Model

Missing = Literal["zero", "exclude", "impute", "worst", "reject"]


def _winsorising(value: Any) -> str:
    return "by points" if isinstance(value, dict | WinsorisePoints) else "by levels"


Winsorise = Annotated[
    Annotated[tuple[Number, Number], Tag("by levels")] | Annotated[WinsorisePoints, Tag("by points")],
    Discriminator(_winsorising),
]


class Clip(Model):
    """Fixed bounds of an indicator's values; values beyond become the bound."""

    lower: Number | None = Field(default=None, description="In the indicator's unit; may differ by case.")
    upper: Number | None = Field(default=None, description="In the indicator's unit; may differ by case.")


class Treatment(Model):
    """What is done to an indicator's values before normalisation, in this order."""

    clip: Clip | None = Field(default=None, description="Fixed bounds; values beyond become the bound.")
    winsorise: Winsorise | None = Field(
        default=None,
        description="Two quantile levels, e.g. [0.01, 0.99]: values beyond become the quantile. Or points: one extreme "
        "value after the other becomes the next, until the group's values are no longer skewed.",
    )
    transform: Transform | None = Field(
        default=None, description="log: ln(x - min + 0.01 (max - min)) of the group; ln: ln(x); log1p: ln(1 + x)."
    )
    within: tuple[str, ...] | None = Field(
        default=None, description="Columns that make the groups of these statistics; default: those of the method."
    )


class Imputation(Model):
    """What a missing value becomes by `missing: impute`."""

    by: Average = Field(default="median", description="The median or the mean of the group's values.")
    within: tuple[str, ...] | None = Field(
        default=None, description="Columns that make the groups; default: those of the method."
    )


class Defaults(Model):
    """What holds for every indicator that does not say otherwise itself."""

    direction: Direction | None = None
    treat: Treatment | None = None
    normalise: Normalisation | None = None
    missing: Missing | None = None
    impute: Imputation | None = None


class _Part(Model):
    """What categories and indicators have in common."""

    id: Identifier
    label: Label
    weight: Number | None = Field(default=None, description="Weight beside its siblings; may differ by case.")
    bonus: bool = Field(
        default=False, description="Added on top of what the siblings make: weight (default 1) times its score."
    )


class Indicator(_Part):
    """A leaf of the tree: a value computed from fields, normalised and weighted."""

    unit: str | None = Field(default=None, description="Unit of the value, for people.")
    basis: Basis | None = Field(
        default=None, description="How far this indicator is confirmed, if not as the scheme's."
    )
    source: str | None = Field(default=None, description="Where the definition comes from.")
    value: Expression = Field(description="SQL expression over fields (and other indicators); may differ by stage.")
    applies: str | None = Field(
        default=None,
        description="SQL condition over fields; where it is false the indicator has no meaning for the enterprise, is "
        "left out and its weight goes to its siblings. Unknown counts as true.",
    )
    direction: Direction = Field(default="higher", description="Which values are better.")
    treat: Treatment = Treatment.model_construct()
    normalise: Normalisation
    missing: Missing = Field(
        default="exclude",
        description="zero: earns the lowest score of the method; exclude: weight goes to siblings; impute: median or "
        "mean of its group; worst: the worst value of its group; reject: the enterprise is not scored.",
    )
    impute: Imputation = Field(default=Imputation.model_construct(), description="How `missing: impute` finds a value.")

    def nodes(self) -> "Iterator[Node]":
        """The node alone: an indicator has no children."""
        yield self


class Category(_Part):
    """An inner node of the tree."""

    aggregate: Aggregation = Field(default="arithmetic", description="How the children become one score.")
    cap: Number | None = Field(default=None, description="The highest score, bonus included.")
    minimum_availability: Number | None = Field(
        default=None, description="Share of the children that must have a score; with fewer the node has none."
    )
    indicators: tuple["Node", ...] = Field(min_length=1)

    def nodes(self) -> "Iterator[Node]":
        """The node and all below it, from the top, in file order."""
        yield self
        for child in self.indicators:
            yield from child.nodes()


def _kind(node: Any) -> str:
    has = node.get("indicators") if isinstance(node, dict) else getattr(node, "indicators", None)
    return "indicator" if has is None else "category"


Node = Annotated[Annotated[Indicator, Tag("indicator")] | Annotated[Category, Tag("category")], Discriminator(_kind)]
