"""What a scheme file says, as frozen models. `docs/scheme.md` explains every key; `docs/scheme.schema.json` is made
from these models, so their descriptions are what an editor shows.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag

from icredit.methods.aggregation import Aggregation
from icredit.methods.normalisation import Direction, Normalisation
from icredit.methods.staged import Number, Real
from icredit.methods.treatment import Transform

Basis = Literal["official", "reported", "project-default"]
FieldType = Literal["amount", "count", "share", "text", "date", "flag", "choice"]
Expression = str | dict[str, str]
Identifier = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_]*$", max_length=64)]


class Model(BaseModel):
    """Base of all parts of a scheme: immutable, no unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True, allow_inf_nan=False)


class Label(Model):
    """What people read, in Chinese and English."""

    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)


class Choice(Model):
    """One allowed value of a choice field."""

    id: Identifier
    label: Label
    aliases: tuple[str, ...] = ()


class FieldSpec(Model):
    """One column of a submission: what it holds and what of it is valid."""

    label: Label
    aliases: tuple[str, ...] = Field(default=(), description="Other headers that mean this field.")
    type: FieldType = Field(description="amount, count, share: numbers; text, date, flag (yes or no), choice.")
    unit: str | None = Field(
        default=None, description="Unit of the stored number: 万元, 人, %; other units are converted."
    )
    minimum: Real | None = Field(default=None, description="Smallest valid number, in `unit`. Counts start at 0.")
    maximum: Real | None = Field(default=None, description="Largest valid number, in `unit`.")
    required: bool = Field(default=False, description="A blank is an error.")
    choices: tuple[Choice, ...] = Field(default=(), description="The allowed values of a choice field.")
    max_length: int = Field(default=200, ge=1, le=10_000, description="Longest valid text, in characters.")
    format: Literal["credit_code"] | None = Field(
        default=None, description="credit_code: a unified social credit code with its check digit."
    )
    none_means: Literal["missing", "zero"] = Field(
        default="missing", description="What 无 (none) in a cell of a number means: nothing was filed, or 0."
    )
    usual: tuple[Real, Real] | None = Field(
        default=None,
        description="Range in which the median of an ordinary batch lies, in `unit`. Where the header states no unit and "
        "the median would fit far better in another one, a warning says so.",
    )
    last_year_of: Identifier | None = Field(
        default=None, description="The field of which this is last year's amount; `template --previous` fills it in."
    )
    carry_over: bool = Field(
        default=False, description="Does not change from year to year: `template --previous` fills in last year's."
    )
    template: bool = Field(default=True, description="Whether the blank workbook asks for this column.")
    note: Label | None = Field(default=None, description="Help for the person who fills in the column.")


class CheckSpec(Model):
    """A rule across the cells of a row."""

    level: Literal["error", "warning"] = Field(description="An error keeps the row from being scored.")
    when: str = Field(description="SQL condition over fields that holds for a bad row; `today` is the --as-of date.")
    message: Label


class StageSpec(Model):
    """A stage of life that chooses the weights; the first whose condition holds, unless a stage was submitted."""

    id: Identifier
    label: Label
    when: str = Field(description="SQL condition over fields.")
    aliases: tuple[str, ...] = ()


class Treatment(Model):
    """What is done to an indicator's values before normalisation, in this order."""

    winsorise: tuple[Number, Number] | None = Field(
        default=None, description="Two quantile levels, e.g. [0.01, 0.99]; values beyond become the quantile."
    )
    transform: Transform | None = Field(default=None, description="log: ln(x - min + 0.01 (max - min)) of the group.")


class Indicator(Model):
    """A leaf of the tree: a value computed from fields, normalised and weighted."""

    id: Identifier
    label: Label
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
    weight: Number | None = Field(default=None, description="Weight beside its siblings; may differ by stage.")
    treat: Treatment = Treatment()
    normalise: Normalisation
    missing: Literal["zero", "exclude", "impute", "reject"] = Field(
        default="exclude",
        description="zero: earns the lower end; exclude: weight goes to siblings; impute: median of its group; "
        "reject: the enterprise is not scored.",
    )

    def nodes(self) -> Iterator[Node]:
        """The node alone: an indicator has no children."""
        yield self


class Category(Model):
    """An inner node of the tree."""

    id: Identifier
    label: Label
    weight: Number | None = Field(default=None, description="Weight beside its siblings; may differ by stage.")
    aggregate: Aggregation = Field(default="arithmetic", description="How the children become one score.")
    indicators: tuple[Node, ...] = Field(min_length=1)

    def nodes(self) -> Iterator[Node]:
        """The node and all below it, from the top, in file order."""
        yield self
        for child in self.indicators:
            yield from child.nodes()


def _kind(node: Any) -> str:
    has = node.get("indicators") if isinstance(node, dict) else getattr(node, "indicators", None)
    return "indicator" if has is None else "category"


Node = Annotated[Annotated[Indicator, Tag("indicator")] | Annotated[Category, Tag("category")], Discriminator(_kind)]


class Veto(Model):
    """A condition that takes an enterprise out of the ranking whatever its score."""

    when: str = Field(description="SQL condition over fields.")
    message: Label


class Grade(Model):
    """A grade and the smallest (rounded) score that earns it."""

    id: str = Field(min_length=1, max_length=20)
    minimum: Number
    label: Label | None = None


class Ranking(Model):
    """How scores become ranks."""

    decimals: int = Field(default=4, ge=0, le=12, description="Scores are ranked and graded on this many decimals.")
    ties: Literal["min"] = Field(default="min", description="min: equal scores share the best rank (1, 2, 2, 4).")
    minimum_coverage: Number = Field(default=0.0, description="Share of the weight, below which nobody is ranked.")


class BasisSpec(Model):
    """Where the parts of a scheme come from; what is not said to be official is a project default."""

    indicators: Basis = "project-default"
    weights: Basis = "project-default"
    stages: Basis = "project-default"
    normalisation: Basis = "project-default"
    grades: Basis = "project-default"


class Scheme(Model):
    """One complete evaluation rule set."""

    id: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$", max_length=64)
    title: Label
    edition: str = Field(min_length=1)
    basis: BasisSpec = BasisSpec()
    scale: tuple[Real, Real] = Field(default=(0.0, 100.0), description="Range of every normalised value and score.")
    fields: dict[Identifier, FieldSpec] = Field(min_length=1)
    checks: tuple[CheckSpec, ...] = ()
    stages: tuple[StageSpec, ...] = ()
    aggregate: Aggregation = Field(default="arithmetic", description="How the top nodes become the score.")
    indicators: tuple[Node, ...] = Field(min_length=1)
    vetoes: tuple[Veto, ...] = ()
    grades: tuple[Grade, ...] = ()
    ranking: Ranking = Ranking()

    @property
    def stage_ids(self) -> tuple[str, ...]:
        """The ids of the stages, in the order of their rules."""
        return tuple(stage.id for stage in self.stages)

    def nodes(self) -> Iterator[Node]:
        """Every category and indicator, from the top, in file order."""
        for node in self.indicators:
            yield from node.nodes()

    @property
    def categories(self) -> tuple[Category, ...]:
        """All inner nodes, from the top, in file order."""
        return tuple(node for node in self.nodes() if isinstance(node, Category))

    @property
    def leaves(self) -> tuple[Indicator, ...]:
        """All indicators, in file order."""
        return tuple(node for node in self.nodes() if isinstance(node, Indicator))

    @property
    def digest(self) -> str:
        """SHA-256 of everything the scheme says, whatever its layout and comments."""
        content = json.dumps(self.model_dump(mode="json"), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(content.encode()).hexdigest()

    def project_defaults(self) -> list[str]:
        """The parts that are no published rule and must be shown as project defaults."""
        return [part for part, basis in self.basis.model_dump().items() if basis != "official"]


def weight_in(weight: Number | None, stage: str | None) -> float:
    """A node's weight in a stage; 1 where no sibling states one."""
    if weight is None:
        return 1.0
    if isinstance(weight, Mapping):
        return weight[stage] if stage is not None else 0.0
    return weight


def effective_weights(scheme: Scheme, stage: str | None) -> dict[str, float]:
    """Node id -> share of the whole, for one stage: the product down the tree of weight over the siblings' weights."""
    shares: dict[str, float] = {}

    def descend(nodes: tuple[Node, ...], share: float) -> None:
        total = sum(weight_in(node.weight, stage) for node in nodes)
        for node in nodes:
            shares[node.id] = share * weight_in(node.weight, stage) / total if total > 0 else 0.0
            if isinstance(node, Category):
                descend(node.indicators, shares[node.id])

    descend(scheme.indicators, 1.0)
    return shares
