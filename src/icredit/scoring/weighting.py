"""`derive_weights`, the verb: weights for the families of a scheme, from what their scores show or people judge."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Literal, get_args

import polars as pl

from icredit.errors import DataError, UsageError
from icredit.methods.cases import STAGE, By, Number
from icredit.methods.pairwise import Priorities, priorities
from icredit.methods.weighting import marks, shares
from icredit.queries import collect
from icredit.scheme.check_cases import groupable
from icredit.scheme.families import Family, families
from icredit.scheme.fields import USCC
from icredit.scheme.load import load_scheme
from icredit.scheme.weights import reweighted, weight_in
from icredit.scored_table import FIXED_COLUMNS, SCORED
from icredit.scoring.conform import conform
from icredit.scoring.run import score
from icredit.scoring.weighting_remarks import Remark, remarks_on, small_groups
from icredit.text import did_you_mean

if TYPE_CHECKING:
    from icredit.intake import Submission
    from icredit.scheme.judgements import Judgements
    from icredit.scheme.model import Scheme

Method = Literal["equal", "sd", "entropy", "critic", "pca", "ahp"]

#: Saaty's rule: judgements with a larger consistency ratio should be thought over.
MAX_INCONSISTENCY = 0.1

#: The methods that look at scores.
FROM_DATA = ("sd", "entropy", "critic", "pca")

_Shares = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Weighting:
    """New weights for some families of a scheme.

    Attributes:
        method: how they were found.
        base: the scheme as it was.
        scheme: the scheme with the new weights.
        families: those that have new weights.
        within: the column by whose values the weights differ; None if they hold for all.
        rows: value of that column -> how many scored enterprises were looked at; under None all of them.
        changes: node -> new weight: marks that sum to 100 in a family, in every case.
        consistency: node of a family -> what the judgements about its children say.
        remarks: where the weights may mislead.
    """

    method: Method
    base: Scheme
    scheme: Scheme
    families: tuple[Family, ...]
    within: str | None
    rows: Mapping[str | None, int]
    changes: Mapping[str, Number]
    consistency: Mapping[str, Priorities]
    remarks: tuple[Remark, ...]


def derive_weights(
    data: pl.DataFrame | Submission | None = None,
    scheme: Scheme | None = None,
    *,
    method: Method,
    within: str | None = None,
    levels: Sequence[str] = (),
    judgements: Judgements | None = None,
    max_inconsistency: float | None = MAX_INCONSISTENCY,
    as_of: date | None = None,
) -> Weighting:
    """Weights by a method, for the children of every category and for the top nodes.

    The data are scored under the scheme as it is; the method looks at the scores of the enterprises with the status
    `scored`. Nodes that are a bonus keep their weights.

    Args:
        data: as for `icredit.score`; None for `equal` and `ahp`, which look at none.
        scheme: default as `load_scheme()`.
        method: `equal`, `sd`, `entropy`, `critic`, `pca` or `ahp`.
        within: a column that makes groups, such as `stage`: weights of their own for each.
        levels: the nodes whose children are weighted, `score` for the top; default: all of which the weights are shares,
            or that were judged.
        judgements: for `ahp`: what `icredit.read_judgements` read.
        max_inconsistency: judgements with a larger consistency ratio are refused; None takes any, with a remark.
        as_of: as for `icredit.score`.

    Raises:
        UsageError: the method and what it is given do not fit; a level or column is unknown.
        DataError: no enterprise was scored, or judgements contradict each other too much.
    """
    scheme = scheme or load_scheme()
    if method not in get_args(Method):
        raise UsageError(f"no method '{method}'{did_you_mean(method, get_args(Method))}")
    if (judgements is not None) != (method == "ahp"):
        raise UsageError("judgements are for the method ahp, and ahp for judgements")
    if (data is not None) != (method in FROM_DATA):
        needs = "needs submissions" if method in FROM_DATA else "takes no submissions"
        raise UsageError(f"the method {method} {needs}")
    if within is not None and method not in FROM_DATA:
        raise UsageError(f"the method {method} is the same in every group", hint="leave out --within")
    chosen = _families(scheme, levels, judgements)
    if judgements is not None:
        return _judged(scheme, chosen, judgements, max_inconsistency)
    if data is None:
        found = {family.node: dict.fromkeys(family.ids, 1.0) for family in chosen}
        return _weighting(method, scheme, chosen, None, {}, {None: found}, {}, ())
    return _measured(method, scheme, chosen, within, _groups(data, scheme, within, as_of))


def _families(scheme: Scheme, levels: Sequence[str], judgements: Judgements | None) -> tuple[Family, ...]:
    known = {family.node: family for family in families(scheme)}
    for name in levels:
        family = known.get(name)
        if family is None:
            raise UsageError(f"no category '{name}'{did_you_mean(name, known)}", hint=f"levels: {', '.join(known)}")
        if judgements is not None and name not in judgements:
            raise UsageError(f"no judgements about the children of {name}")
        if not family.shares:
            raise UsageError(
                f"the weights of the children of {name} are no shares of it: it adds, or takes one of them"
            )
        if len(family.ids) <= 1:
            raise UsageError(f"{name} has no two children that share out its weight")
    usual = [node for node, family in known.items() if family.shares and len(family.ids) > 1]
    names = levels or (usual if judgements is None else list(judgements))
    found = tuple(family for family in known.values() if family.node in names)
    if not found:
        raise UsageError("there is nothing to weigh: no node has two children whose weights are shares of it")
    return found


def _judged(scheme: Scheme, chosen: tuple[Family, ...], judgements: Judgements, most: float | None) -> Weighting:
    found = {family.node: priorities(judgements[family.node]) for family in chosen}
    remarks = []
    for family in chosen:
        judged = found[family.node]
        if judged.worst is None or judged.ratio <= (MAX_INCONSISTENCY if most is None else most):
            continue
        row, column, implied = judged.worst
        pair = (family.ids[row], family.ids[column])
        said = judgements[family.node][row][column]
        numbers = {"ratio": judged.ratio, "said": said, "implied": implied}
        remarks.append(Remark("inconsistent", family.node, None, pair, numbers))
    if remarks and most is not None:
        raise DataError(
            "\n  ".join(remark.sentence() for remark in remarks),
            hint=f"think them over, or take them as they are with --allow-inconsistent; the limit is {most:g}",
        )
    weights = {family.node: dict(zip(family.ids, found[family.node].weights, strict=True)) for family in chosen}
    return _weighting("ahp", scheme, chosen, None, {}, {None: weights}, found, remarks)


def _groups(
    data: pl.DataFrame | Submission, scheme: Scheme, within: str | None, as_of: date | None
) -> dict[str | None, pl.DataFrame]:
    """The scored enterprises, all under None, and those of each value of the column."""
    table = score(data, scheme, as_of=as_of).filter(pl.col("status") == SCORED)
    if table.is_empty():
        raise DataError("no enterprise was scored, so there is nothing to derive weights from")
    if within is None:
        return {None: table}
    if within not in groupable(scheme):
        raise UsageError(
            f"nothing can differ by '{within}'{did_you_mean(within, groupable(scheme))}: a text or choice field is needed"
        )
    if within not in FIXED_COLUMNS:
        frame = data if isinstance(data, pl.DataFrame) else data.frame
        fields = collect(conform(frame.lazy(), scheme).select(USCC, within))
        if fields[USCC].n_unique() < fields.height:
            raise UsageError("several rows have one uscc, so that their groups are not known")
        table = table.join(fields, on=USCC, how="left")
    present = sorted(table[within].drop_nulls().unique().to_list())
    values = scheme.stage_ids if within == STAGE else present
    if not values:
        raise DataError(f"no scored enterprise has a {within}")
    return {None: table, **{value: table.filter(pl.col(within) == value) for value in values}}


def _measured(
    method: Method,
    scheme: Scheme,
    chosen: tuple[Family, ...],
    within: str | None,
    groups: Mapping[str | None, pl.DataFrame],
) -> Weighting:
    remarks = small_groups({case: rows.height for case, rows in groups.items() if case is not None or within is None})
    found: dict[str | None, dict[str, _Shares]] = {}
    for case, rows in groups.items():
        if case is None and within == STAGE:  # every enterprise has a stage, so nothing is left for all others
            continue
        found[case] = {}
        for family in chosen:
            scores = rows.select(family.ids)
            if rows.is_empty():
                found[case][family.node] = _present_weights(family, {STAGE: case})
                continue
            try:
                found[case][family.node] = shares(method, scores)
            except ValueError as error:
                raise UsageError(
                    f"the method {method} needs scores of 0 and more, and {error} has some below",
                    hint="choose another method, or a scale that begins at 0",
                ) from None
            if (case is None) == (within is None):
                remarks += remarks_on(method, family.node, case, scores, found[case][family.node], scheme.scale)
    counts = {case: rows.height for case, rows in groups.items()}
    return _weighting(method, scheme, chosen, within, counts, found, {}, remarks)


def _present_weights(family: Family, case: Mapping[str, str | None]) -> _Shares:
    """The weights that the scheme has; equal ones if it has none in this case."""
    weights = {child.id: weight_in(child.weight, case) for child in family.children}
    return weights if sum(weights.values()) > 0 else dict.fromkeys(family.ids, 1.0)


def _weighting(
    method: Method,
    scheme: Scheme,
    chosen: tuple[Family, ...],
    within: str | None,
    rows: Mapping[str | None, int],
    found: Mapping[str | None, Mapping[str, _Shares]],
    consistency: Mapping[str, Priorities],
    remarks: Sequence[Remark],
) -> Weighting:
    changes: dict[str, Number] = {}
    for family in chosen:
        rounded = {case: marks(of_case[family.node]) for case, of_case in found.items()}
        for child in family.ids:
            changes[child] = _number(within, {case: of_case[child] for case, of_case in rounded.items()})
    return Weighting(
        method, scheme, reweighted(scheme, changes), chosen, within, rows, changes, consistency, tuple(remarks)
    )


def _number(within: str | None, found: Mapping[str | None, float]) -> Number:
    """A weight as a scheme writes it: one, one a stage, or one a value of another column and one for all others."""
    named = {case: value for case, value in found.items() if case is not None}
    if within is None:
        return found[None]
    return named if within == STAGE else By[float](by=within, cases=named, otherwise=found[None])
