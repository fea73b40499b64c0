"""What `icredit scheme show` says above and below the tree."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from icredit.output.basis import basis_note
from icredit.output.scheme_tree import DOUBT
from icredit.output.scheme_words import as_written, earned_by, in_words
from icredit.scheme.model import Condition, Scheme, Total
from icredit.text import plain

# Conditions that need no word of their own about what they decide.
_CONDITIONS = (("eligibility", "资格条件 eligibility"), ("vetoes", "一票否决 vetoes"))


def head(scheme: Scheme) -> list[str]:
    """Name, digest, what it extends, and what of it is not official."""
    lines = [f"{scheme.id}  {scheme.title.zh} {scheme.title.en}  ({scheme.edition})", f"sha256 {scheme.digest}"]
    lines += [f"沿用 extends {base.id}  sha256 {base.sha256}" for base in scheme.extends]
    note = basis_note(scheme)
    return lines if note is None else [*lines, note]


def doubt(*, marked: bool) -> list[str]:
    """What the mark in the tree means, if there is one."""
    return ["", f"{DOUBT} 口径未经官方确认 the wording is not confirmed as official"] if marked else []


def rest(scheme: Scheme) -> list[str]:
    """All that decides beside the tree: how the whole is made, stages, totals, conditions, verdict, grades."""
    lines = _section("总分 score", _whole(scheme))
    stages = [f"{stage.id} {stage.label.zh}: {as_written(stage.when)}" for stage in scheme.stages]
    lines += _section("阶段 stages" + _mark(scheme.basis.stages), stages)
    lines += _section("其他总分 totals", map(_total, scheme.totals))
    for key, title in _CONDITIONS:
        lines += _section(title, _conditions(getattr(scheme, key)))
    if scheme.verdict is not None:
        required = [f"必备 require  {line}" for line in _conditions(scheme.verdict.require)]
        direct = [f"直接通过 direct  {line}" for line in _conditions(scheme.verdict.direct)]
        lines += _section("评价结论 verdict", [*required, *direct])
    grades = ", ".join(f"{grade.id} {earned_by(grade)}" for grade in scheme.grades)
    within = f"  (within {', '.join(scheme.ranking.grades_within)})" if scheme.ranking.grades_within else ""
    lines += _section("等级 grades" + _mark(scheme.basis.grades), [grades + within] if grades else [])
    return lines


def _section(title: str, lines: Iterable[str]) -> list[str]:
    found = [f"  {line}" for line in lines]
    return ["", title, *found] if found else []


def _mark(basis: str) -> str:
    return "" if basis == "official" else f" ({basis})"


def _whole(scheme: Scheme) -> list[str]:
    """How the top nodes become the score, as far as that is not what it mostly is."""
    said = []
    if scheme.scale != (0.0, 100.0):
        said.append(f"scale {plain(scheme.scale[0])} … {plain(scheme.scale[1])}")
    if scheme.aggregate != "arithmetic":
        said.append(f"aggregate {in_words(scheme.aggregate)}")
    if scheme.cap is not None:
        said.append(f"上限 cap {in_words(scheme.cap)}")
    if scheme.minimum_availability is not None:
        said.append(f"minimum_availability {in_words(scheme.minimum_availability)}")
    if scheme.ranking.minimum_coverage:
        said.append(f"minimum_coverage {in_words(scheme.ranking.minimum_coverage)}")
    return [", ".join(said)] if said else []


def _total(total: Total) -> str:
    name = f"{total.id} {total.label.zh} {total.label.en}"
    if total.value is not None:
        return f"{name}: {as_written(total.value)}"
    weights = ", ".join(f"{node} {in_words(weight)}" for node, weight in (total.weights or {}).items())
    return f"{name}: {in_words(total.aggregate)} {weights}"


def _conditions(conditions: Sequence[Condition]) -> list[str]:
    return [f"{one.message.zh} {one.message.en}: {as_written(one.when)}" for one in conditions]
