"""What differs between two schemes, as data. Two schemes of which nothing is told here have the same digest.

Parts that have an id are compared by it: fields, stages, nodes, totals, grades. Checks and other conditions have none; of
two lists those belong together that say the same, or have the same condition, or the same message.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import isclose
from operator import attrgetter
from typing import Any, Literal

from pydantic import BaseModel

from icredit.methods.cases import STAGE
from icredit.scheme.model import Scheme, Verdict
from icredit.scheme.nodes import Category, Node
from icredit.scheme.parts import Label
from icredit.scheme.weights import Case, effective_weights, weight_cases

What = Literal["added", "removed", "changed", "moved", "reordered"]

#: Cases up to which the shares of all nodes are compared.
MOST_CASES = 1_000

_TOP = ("id", "title", "edition", "scale", "aggregate", "cap", "minimum_availability")
# Shares below this are the noise of floating point.
_NOISE = 1e-9


@dataclass(frozen=True, slots=True)
class Change:
    """One difference.

    Attributes:
        part: scheme, basis, field, check, stage, node, share, total, eligibility, veto, verdict, require, direct, grade or
            ranking.
        what: what became of it.
        id: the id of the part, or the condition of one that has none; None for the scheme itself.
        label: what people call it.
        key: the key that changed; None where the whole part was added, removed, moved or put elsewhere among its like.
        before: plain data of the first scheme; of a part that was removed what is not default.
        after: the same of the second one.
        case: for a share, the stage or other case in which it is one.
    """

    part: str
    what: What
    id: str | None = None
    label: Label | None = None
    key: str | None = None
    before: Any = None
    after: Any = None
    case: Case | None = None

    def as_dict(self) -> dict[str, Any]:
        """The difference as JSON has it."""
        return {
            "part": self.part,
            "what": self.what,
            "id": self.id,
            "label": None if self.label is None else self.label.model_dump(),
            "key": self.key,
            "case": None if self.case is None else dict(self.case),
            "before": self.before,
            "after": self.after,
        }


def difference(before: Scheme, after: Scheme) -> list[Change]:
    """What became of the first scheme where it became the second one, in the order of a scheme file."""
    one, other = before.verdict or Verdict(), after.verdict or Verdict()
    return [
        *_keys("scheme", before, after, _TOP),
        *_keys("basis", before.basis, after.basis),
        *_parts("field", before.fields.items(), after.fields.items(), ordered=False),
        *_conditions("check", before.checks, after.checks),
        *_listed("stage", before.stages, after.stages),
        *_nodes(before, after),
        *_shares(before, after),
        *_listed("total", before.totals, after.totals),
        *_conditions("eligibility", before.eligibility, after.eligibility),
        *_conditions("veto", before.vetoes, after.vetoes),
        *_presence("verdict", before.verdict, after.verdict),
        *_conditions("require", one.require, other.require),
        *_conditions("direct", one.direct, other.direct),
        *_listed("grade", before.grades, after.grades),
        *_keys("ranking", before.ranking, after.ranking),
    ]


def _dump(part: BaseModel, *, brief: bool = False) -> dict[str, Any]:
    """A part as plain data, without id and children; brief: without defaults."""
    return part.model_dump(mode="json", exclude={"id", "indicators"}, exclude_defaults=brief)


def _keys(
    part: str,
    before: BaseModel,
    after: BaseModel,
    keys: Iterable[str] | None = None,
    name: str | None = None,
    label: Label | None = None,
) -> Iterator[Change]:
    one, other = before.model_dump(mode="json"), after.model_dump(mode="json")
    children = {"indicators"} if part == "node" else set()
    for key in keys or [key for key in dict.fromkeys((*one, *other)) if key not in {"id"} | children]:
        if one.get(key) != other.get(key):
            yield Change(part, "changed", name, label, key, one.get(key), other.get(key))


def _presence(part: str, before: BaseModel | None, after: BaseModel | None) -> Iterator[Change]:
    if (before is None) != (after is None):
        yield Change(part, "added" if before is None else "removed")


def _label(part: BaseModel) -> Label | None:
    label = getattr(part, "label", None) or getattr(part, "message", None)
    return label if isinstance(label, Label) else None


def _listed(part: str, before: Sequence[Any], after: Sequence[Any]) -> Iterator[Change]:
    yield from _parts(part, [(one.id, one) for one in before], [(one.id, one) for one in after])


def _parts(
    part: str,
    before: Iterable[tuple[str, BaseModel]],
    after: Iterable[tuple[str, BaseModel]],
    *,
    ordered: bool = True,
) -> Iterator[Change]:
    """Differences of parts with ids; the order of fields is nothing that a scheme says."""
    one, other = dict(before), dict(after)
    for name, old in one.items():
        if name not in other:
            yield Change(part, "removed", name, _label(old), before=_dump(old, brief=True))
    for name, new in other.items():
        if name not in one:
            yield Change(part, "added", name, _label(new), after=_dump(new, brief=True))
        else:
            yield from _keys(part, one[name], new, name=name, label=_label(new))
    if ordered:
        yield from _order(part, list(one), list(other))


def _order(
    part: str, before: list[str], after: list[str], name: str | None = None, label: Label | None = None
) -> Iterator[Change]:
    """Whether those that are in both lists stand in another order."""
    old, new = [one for one in before if one in after], [one for one in after if one in before]
    if old != new:
        yield Change(part, "reordered", name, label, before=old, after=new)


def _conditions(part: str, before: Sequence[Any], after: Sequence[Any]) -> Iterator[Change]:
    pairs = _matched(before, after)
    partners = set(pairs.values())
    for index, old in enumerate(before):
        if index not in partners:
            yield Change(part, "removed", old.when, _label(old), before=_dump(old, brief=True))
    for index, new in enumerate(after):
        if index not in pairs:
            yield Change(part, "added", new.when, _label(new), after=_dump(new, brief=True))
        else:
            yield from _keys(part, before[pairs[index]], new, name=new.when, label=_label(new))
    order = [pairs[index] for index in sorted(pairs)]
    if order != sorted(order):
        was, now = [before[index].when for index in sorted(order)], [before[index].when for index in order]
        yield Change(part, "reordered", before=was, after=now)


def _matched(before: Sequence[Any], after: Sequence[Any]) -> dict[int, int]:
    """Place in the second list -> place of its partner in the first."""
    pairs: dict[int, int] = {}
    free = list(range(len(before)))
    for said in (_all_of, attrgetter("when"), attrgetter("message")):
        for place, new in enumerate(after):
            partner = next((index for index in free if said(before[index]) == said(new)), None)
            if place not in pairs and partner is not None:
                pairs[place] = partner
                free.remove(partner)
    return pairs


def _all_of(condition: Any) -> Any:
    return condition


def _families(scheme: Scheme) -> dict[str | None, tuple[Node, ...]]:
    """Id of a category, None for the top -> its children."""
    return {None: scheme.indicators, **{category.id: category.indicators for category in scheme.categories}}


def _nodes(before: Scheme, after: Scheme) -> Iterator[Change]:
    one, other = ({node.id: node for node in scheme.nodes()} for scheme in (before, after))
    old_above, new_above = (
        {node.id: name for name, family in _families(scheme).items() for node in family} for scheme in (before, after)
    )
    for name, old in one.items():
        if name not in other:
            yield Change("node", "removed", name, old.label, before={"in": old_above[name], **_dump(old, brief=True)})
    for name, new in other.items():
        if name not in one:
            yield Change("node", "added", name, new.label, after={"in": new_above[name], **_dump(new, brief=True)})
            continue
        if old_above[name] != new_above[name]:
            yield Change("node", "moved", name, new.label, None, old_above[name], new_above[name])
        kinds = ["category" if isinstance(node, Category) else "indicator" for node in (one[name], new)]
        if kinds[0] != kinds[1]:
            yield Change("node", "changed", name, new.label, "kind", kinds[0], kinds[1])
        yield from _keys("node", one[name], new, name=name, label=new.label)
    old_families, labels = _families(before), {node.id: node.label for node in after.nodes()}
    for above, family in _families(after).items():
        old_ids = [node.id for node in old_families.get(above, ())]
        label = None if above is None else labels[above]
        yield from _order("node", old_ids, [node.id for node in family], above, label)


def _shares(before: Scheme, after: Scheme) -> Iterator[Change]:
    """How the effective weight of every node changed, in every case that either scheme tells apart."""
    cases = weight_cases(before, after)
    if len(cases) > MOST_CASES:
        return
    pairs = [(case, _shares_in(before, case), _shares_in(after, case)) for case in cases]
    labels = {node.id: node.label for scheme in (before, after) for node in scheme.nodes()}
    names = [node.id for node in after.nodes()]
    names += [node.id for node in before.nodes() if node.id not in set(names)]
    for name in names:
        for case, old, new in pairs:
            one, other = old.get(name), new.get(name)
            if one is None and other is None:
                continue
            if one is None or other is None or not isclose(one, other, rel_tol=_NOISE, abs_tol=_NOISE):
                yield Change("share", "changed", name, labels[name], "share", one, other, case)


def _shares_in(scheme: Scheme, case: Case) -> Mapping[str, float]:
    """The shares of all nodes; none for a stage that the scheme does not have but whose weights go by stages."""
    staged = any(STAGE in own for own in weight_cases(scheme))
    if staged and case.get(STAGE) not in scheme.stage_ids:
        return {}
    return effective_weights(scheme, case)
