"""Where weights from data are known to mislead: what was seen, with its numbers, and a sentence about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from icredit.methods.weighting import NOISE, correlations, first_loadings, varying
from icredit.text import listed, plain

#: Fewer enterprises than this leave any weights to chance, fewer than this for each sibling those by correlations.
FEW_ROWS = 30
FEW_ROWS_EACH = 5

#: Half of the scores are one, or no more than five differ, or they spread over less than a hundredth of the scale.
_HALF = 0.5
_FEW_VALUES = 5
_FLAT = 0.01

#: From here on two siblings say the same.
_SAME = 0.99

#: What was seen: the rule, the children, the numbers.
_Seen = tuple[str, tuple[str, ...], dict[str, float | str]]

#: Rule -> what is said of it.
SENTENCES = {
    "few_rows": "only {rows} enterprises{where}: weights from fewer than 30 rest on chance",
    "small_groups": "{count} of {of} groups have fewer than 30 enterprises, so that their weights rest on chance: {which}",
    "empty_group": "no enterprise{where} was scored: its weights stay as they are",
    "few_rows_each": "{node}{where}: {rows} enterprises for {children} children: {method} wants at least 5 for each",
    "constant": "{node}{where}: all scores of {child} are equal: its weight is 0",
    "all_constant": "{node}{where}: no child's scores differ: all weigh the same",
    "no_difference": "{node}{where}: {method} finds nothing that sets one child above another: all weigh the same",
    "one_value": "{node}{where}: {share:.0%} of the scores of {child} are {value}: its weight of {weight:.1%} by {method} "
    "tells of that more than of its importance",
    "few_values": "{node}{where}: {child} has only {values} different scores: its weight of {weight:.1%} by {method} "
    "depends on where they were put",
    "flat": "{node}{where}: the scores of {child} hardly differ (standard deviation {deviation:.2g}): {method} gives it "
    "{weight:.1%}",
    "missing": "{node}{where}: {share:.0%} of the enterprises have no score of {child}",
    "concentrated": "{node}{where}: {child} alone gets {weight:.1%} of the weight",
    "same": "{node}{where}: {child} and {other} say the same (correlation {correlation:.3f}), and together weigh "
    "{weight:.1%}",
    "unknown_correlation": "{node}{where}: the correlation of {child} and {other} is unknown, for too few enterprises have "
    "both; it counts as 0",
    "negative_loading": "{node}{where}: {child} pulls against its siblings (loading {loading:.2f} on the first "
    "component): its weight of {weight:.1%} counts that as agreement",
    "two_children": "{node}{where}: of two children, pca always gives each the half",
    "inconsistent": "the judgements about the children of {node} contradict each other: consistency ratio {ratio:.2f}; farthest from the others is {child} to "
    "{other}, {said:.3g}, where the weights say {implied:.3g}",
}


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing to know about new weights.

    Attributes:
        rule: what kind of thing.
        node: the node whose children it is about; None for the whole.
        case: the group it was seen in; None where there is but one.
        children: the children it is about.
        numbers: what was counted or measured.
    """

    rule: str
    node: str | None
    case: str | None
    children: tuple[str, ...]
    numbers: Mapping[str, float | str]

    def sentence(self) -> str:
        """The remark in words."""
        child, other, *_ = (*self.children, "", "")
        where = "" if self.case is None else f" in {self.case}"
        return SENTENCES[self.rule].format(node=self.node, where=where, child=child, other=other, **self.numbers)


def small_groups(rows: Mapping[str | None, int]) -> list[Remark]:
    """Groups of no or few enterprises; of many such groups, one remark."""
    found = [Remark("empty_group", None, case, (), {}) for case, count in rows.items() if not count]
    few = {case: count for case, count in rows.items() if 0 < count < FEW_ROWS}
    if len(few) <= 1:
        return found + [Remark("few_rows", None, case, (), {"rows": count}) for case, count in few.items()]
    which = listed([f"{case} ({count})" for case, count in few.items()])
    return [*found, Remark("small_groups", None, None, (), {"count": len(few), "of": len(rows), "which": which})]


def remarks_on(
    method: str,
    node: str,
    case: str | None,
    scores: pl.DataFrame,
    weights: Mapping[str, float],
    scale: tuple[float, float],
) -> list[Remark]:
    """What is to be said of the weights of one family in one group.

    Args:
        method: how they were found.
        node: the node whose children they are about.
        case: the group; None where there is but one.
        scores: in points, a row an enterprise and a column a child.
        weights: of each child, shares that are together 1.
        scale: the ends of the scheme's scale, in points.
    """
    differing = varying(scores)
    if not differing:
        return [Remark("all_constant", node, case, (), {})]
    rest = scores.select(differing)
    found: list[_Seen] = [("constant", (name,), {}) for name in scores.columns if name not in differing]
    if method in ("critic", "pca") and scores.height < FEW_ROWS_EACH * rest.width:
        found.append(("few_rows_each", (), {"rows": scores.height, "children": rest.width}))
    for name in differing:
        found += [(rule, (name,), numbers) for rule, numbers in _of_column(rest[name], method, scale)]
    found += _of_pairs(rest, method)
    if method == "pca":
        found += _of_components(rest)
    largest = max(weights, key=lambda name: weights[name])
    if len(weights) > 2 and weights[largest] > _HALF:  # noqa: PLR2004  # of two, one always has half
        found.append(("concentrated", (largest,), {}))
    return [
        Remark(rule, node, case, of, {"method": method, "weight": sum(weights[name] for name in of), **numbers})
        for rule, of, numbers in found
    ]


def _of_pairs(scores: pl.DataFrame, method: str) -> list[_Seen]:
    """What correlations say."""
    pairs = correlations(scores)
    found: list[_Seen] = []
    for pair, correlation in pairs.items():
        if correlation is None and method in ("critic", "pca"):
            found.append(("unknown_correlation", pair, {}))
        elif correlation is not None and correlation >= _SAME:
            found.append(("same", pair, {"correlation": correlation}))
    if method == "critic" and pairs and all((correlation or 0.0) >= 1 - NOISE for correlation in pairs.values()):
        found.append(("no_difference", (), {}))
    return found


def _of_components(scores: pl.DataFrame) -> list[_Seen]:
    """What principal components say."""
    if scores.width == 2:  # noqa: PLR2004  # the one number of children of which they say nothing
        return [("two_children", (), {})]
    loadings = first_loadings(scores)
    return [
        ("negative_loading", (name,), {"loading": loading}) for name, loading in loadings.items() if loading < -NOISE
    ]


def _of_column(scores: pl.Series, method: str, scale: tuple[float, float]) -> list[tuple[str, dict[str, float | str]]]:
    """The rules that one child's scores break, and the numbers of each."""
    found: list[tuple[str, dict[str, float | str]]] = []
    present = scores.drop_nulls().sort()
    missing = scores.null_count() / scores.len()
    if missing >= _HALF:
        found.append(("missing", {"share": missing}))
    if method == "pca":
        return found
    counts = present.value_counts(sort=True)
    commonest, times = counts.filter(pl.col("count") == counts["count"].max()).sort(scores.name).row(0)
    deviation = present.std()
    if times / present.len() >= _HALF:
        found.append(("one_value", {"share": times / present.len(), "value": plain(round(commonest, 4))}))
    elif counts.height <= _FEW_VALUES:
        found.append(("few_values", {"values": counts.height}))
    elif isinstance(deviation, float) and deviation < _FLAT * (scale[1] - scale[0]):
        found.append(("flat", {"deviation": deviation}))
    return found
