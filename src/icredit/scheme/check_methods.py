"""Whether treatment and normalisation of the indicators can be meant."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from icredit.methods.normalisation import UNDIRECTED, Goalposts, Piecewise, Tier, Tiers
from icredit.scheme.check_cases import groupable, together
from icredit.scheme.model import Scheme
from icredit.scheme.nodes import Imputation, Indicator
from icredit.scheme.source import Found, Path
from icredit.scheme.walk import nodes_with_paths
from icredit.text import did_you_mean, plain


def methods(scheme: Scheme) -> Found:
    """Every indicator's way from values to scores."""
    known = groupable(scheme)
    for path, node in nodes_with_paths(scheme.indicators):
        if isinstance(node, Indicator):
            yield from _method(scheme, path, node)
            yield from _treatment(scheme, path, node)
            yield from _missing(scheme, path, node)
            for where, groups in (
                (("normalise", "within"), node.normalise.groups),
                (("treat", "within"), node.treat.within or ()),
                (("impute", "within"), node.impute.within or ()),
            ):
                yield from within((*path, *where), groups, known)
    yield from within(("ranking", "grades_within"), scheme.ranking.grades_within, known)


def within(path: Path, columns: tuple[str, ...], known: set[str]) -> Found:
    """Columns of groups exist, and none stands twice."""
    for column in {name for name in columns if columns.count(name) > 1}:
        yield path, f"'{column}' stands twice in {path[-1]}"
    for column in columns:
        if column not in known:
            hint = did_you_mean(column, known)
            yield path, f"cannot group within '{column}'{hint}: a text or choice field is needed"


def _method(scheme: Scheme, path: Path, leaf: Indicator) -> Found:
    method = leaf.normalise
    here = (*path, "normalise")
    if isinstance(method, Goalposts):
        for where, (low, high) in together(scheme, method.lower, method.upper):
            if low >= high:
                yield (*here, "lower"), f"lower {plain(low)} is not below upper {plain(high)}{where}"
    scale = getattr(method, "range", None)
    if scale is not None and not _rise(scale):
        yield (*here, "range"), f"the range must rise, not [{plain(scale[0])}, {plain(scale[1])}]"
    if method.smallest is not None and not method.groups:
        yield (*here, "minimum_group"), "minimum_group is for groups (within), and there are none"
    if isinstance(method, Piecewise) and not _rise([value for value, _ in method.points]):
        yield (*here, "points"), "the values of the points must rise from one to the next"
    for index, tier in enumerate(method.tiers if isinstance(method, Tiers) else ()):
        yield from _tier(scheme, (*here, "tiers", index), tier)
    if leaf.direction == "lower" and method.method in UNDIRECTED:
        yield (
            (*path, "direction"),
            f"the method '{method.method}' says itself which values are better; leave the direction out",
        )


def _rise(numbers: Sequence[float]) -> bool:
    return all(low < high for low, high in pairwise(numbers))


def _tier(scheme: Scheme, path: Path, tier: Tier) -> Found:
    lowest = [bound for bound in (tier.at_least, tier.above) if bound is not None]
    highest = [bound for bound in (tier.at_most, tier.below) if bound is not None]
    if not lowest and not highest:
        yield path, "a tier needs a bound: at_least, above, at_most or below"
    if len(lowest) > 1 or len(highest) > 1:
        yield path, "a tier has one lower bound and one upper bound at most"
    for where, (low, high) in together(scheme, lowest[0], highest[0]) if lowest and highest else ():
        if low > high or (low == high and not (tier.at_least is not None and tier.at_most is not None)):
            yield path, f"nothing lies between {plain(low)} and {plain(high)}{where}"


def _treatment(scheme: Scheme, path: Path, leaf: Indicator) -> Found:
    here = (*path, "treat")
    if isinstance(leaf.treat.winsorise, tuple):
        for where, (low, high) in together(scheme, *leaf.treat.winsorise):
            if not 0 <= low < high <= 1:
                message = f"winsorise levels must rise within [0, 1], not [{plain(low)}, {plain(high)}]{where}"
                yield (*here, "winsorise"), message
    clip = leaf.treat.clip
    if clip is not None:
        if clip.lower is None and clip.upper is None:
            yield (*here, "clip"), "clip needs a lower or an upper bound"
        elif clip.lower is not None and clip.upper is not None:
            for where, (low, high) in together(scheme, clip.lower, clip.upper):
                if low >= high:
                    yield (*here, "clip"), f"lower {plain(low)} is not below upper {plain(high)}{where}"
    if leaf.treat.within is not None and leaf.treat.winsorise is None and leaf.treat.transform != "log":
        yield (*here, "within"), "nothing in this treatment looks at a group"


def _missing(scheme: Scheme, path: Path, leaf: Indicator) -> Found:
    if leaf.missing == "zero" and leaf.normalise.floor(scheme.scale) is None:
        yield (
            (*path, "missing"),
            f"'zero' has no meaning for the method '{leaf.normalise.method}', which has no lowest score; worst has",
        )
    if leaf.missing != "impute" and leaf.impute != Imputation.model_construct():
        yield (*path, "impute"), "'impute' says how a value is found by missing: impute, which is not the rule here"
