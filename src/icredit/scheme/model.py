"""What a scheme file says, as frozen models. `docs/scheme.md` explains every key; `docs/scheme.schema.json` is made
from these models, so their descriptions are what an editor shows.
"""

import hashlib
import json
from collections.abc import Iterator
from typing import Literal

from pydantic import Field
from pydantic.json_schema import SkipJsonSchema

from icredit.methods.aggregation import Aggregation
from icredit.methods.cases import Number, Real
from icredit.scheme.nodes import Category, Defaults, Indicator, Node
from icredit.scheme.parts import Basis, Identifier, Label, Model

FieldType = Literal["amount", "count", "share", "text", "date", "flag", "choice"]


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


class Condition(Model):
    """A condition over fields and results, and what to say of an enterprise for which it decides."""

    when: str = Field(
        description="SQL condition over fields, `<indicator>.value`, `<node>.score`, `score` and `coverage`."
    )
    message: Label


class Verdict(Model):
    """Who passes: whoever meets every requirement, or one of the conditions for passing directly."""

    require: tuple[Condition, ...] = Field(default=(), description="All of them must hold.")
    direct: tuple[Condition, ...] = Field(default=(), description="One that holds is enough, whatever the score.")


class Total(Model):
    """A further total over the same nodes: with other weights, or by an expression."""

    id: Identifier
    label: Label
    aggregate: Aggregation = Field(default="arithmetic", description="How the weighted nodes become one score.")
    weights: dict[str, Number] | None = Field(default=None, description="Node -> weight.")
    value: str | None = Field(
        default=None, description="SQL expression over fields, `<indicator>.value`, `<node>.score` and `score`."
    )


class Grade(Model):
    """A grade and what earns it: the smallest (rounded) score, or a place among the best of those ranked."""

    id: str = Field(min_length=1, max_length=20)
    minimum: Number | None = Field(default=None, description="The smallest score.")
    top: Number | None = Field(
        default=None, description="Share of the ranked enterprises, from the best: 0.1 is a tenth."
    )
    label: Label | None = None


class Ranking(Model):
    """How scores become ranks."""

    decimals: int = Field(default=4, ge=0, le=12, description="Scores are ranked and graded on this many decimals.")
    ties: Literal["min"] = Field(default="min", description="min: equal scores share the best rank (1, 2, 2, 4).")
    minimum_coverage: Number = Field(default=0.0, description="Share of the weight, below which nobody is ranked.")
    grades_within: tuple[str, ...] = Field(
        default=(), description="Columns that make the groups whose best a grade's `top` speaks of; none: all ranked."
    )


class BasisSpec(Model):
    """Where the parts of a scheme come from; what is not said to be official is a project default."""

    indicators: Basis = "project-default"
    weights: Basis = "project-default"
    stages: Basis = "project-default"
    normalisation: Basis = "project-default"
    grades: Basis = "project-default"


class ExtendedScheme(Model):
    """A scheme that another one was made of."""

    id: str = Field(description="Its id.")
    sha256: str = Field(description="Its digest.")
    file: str = Field(exclude=True, repr=False, description="Where it was read.")


class Scheme(Model):
    """One complete evaluation rule set."""

    id: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$", max_length=64)
    title: Label
    edition: str = Field(min_length=1)
    basis: BasisSpec = BasisSpec.model_construct()
    scale: tuple[Real, Real] = Field(default=(0.0, 100.0), description="Range of every normalised value and score.")
    fields: dict[Identifier, FieldSpec] = Field(min_length=1)
    checks: tuple[CheckSpec, ...] = ()
    stages: tuple[StageSpec, ...] = ()
    defaults: Defaults = Field(
        default=Defaults.model_construct(),
        description="Keys of indicators that hold where an indicator does not state them itself.",
    )
    aggregate: Aggregation = Field(default="arithmetic", description="How the top nodes become the score.")
    cap: Number | None = Field(default=None, description="The highest score of the whole, bonus included.")
    minimum_availability: Number | None = Field(
        default=None, description="Share of the top nodes that must have a score; with fewer there is none."
    )
    indicators: tuple[Node, ...] = Field(min_length=1)
    totals: tuple[Total, ...] = Field(default=(), description="Further totals, each a column of the scored table.")
    eligibility: tuple[Condition, ...] = Field(default=(), description="Conditions that must hold to be ranked at all.")
    vetoes: tuple[Condition, ...] = Field(
        default=(), description="Conditions that take an enterprise out of the ranking."
    )
    verdict: Verdict | None = Field(default=None, description="Who passes, and why.")
    grades: tuple[Grade, ...] = ()
    ranking: Ranking = Ranking.model_construct()
    # For people only: how the content came about is no part of the content, nor of its digest.
    extends: SkipJsonSchema[tuple[ExtendedScheme, ...]] = Field(
        default=(), exclude=True, repr=False, description="The schemes of which this one was made, the nearest first."
    )

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
        # The indicators have taken over the defaults.
        said = self.model_dump(mode="json", exclude={"defaults"})
        content = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(content.encode()).hexdigest()

    def parts_by_basis(self, basis: Basis) -> list[str]:
        """The parts that the scheme has and that have a basis; one without stages has none to tell of."""
        absent = [part for part in ("stages", "grades") if not getattr(self, part)]
        return [part for part, own in self.basis.model_dump().items() if own == basis and part not in absent]
