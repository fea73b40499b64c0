"""What was done to the values on their way to scores: for the summary, the console and the manifest."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from icredit.text import listed

if TYPE_CHECKING:
    from icredit.scheme.model import Scheme
    from icredit.scoring import Done


def done_as_dict(done: Done) -> dict[str, Any]:
    """What was done to the values of an indicator, as the manifest has it."""
    found: dict[str, Any] = {"imputed": done.imputed, "treated": done.treated}
    if done.compared_within:
        found["compared_within"] = {_groups(level): number for level, number in done.compared_within.items()}
    return found


def account_lines(account: Mapping[str, Done], scheme: Scheme) -> list[str]:
    """A line for each larger group within which enterprises were compared because their own is too small."""
    labels = {leaf.id: leaf.label for leaf in scheme.leaves}
    lines = []
    for level in dict.fromkeys(level for done in account.values() for level in done.compared_within):
        there = {name: done.compared_within[level] for name, done in account.items() if level in done.compared_within}
        names = listed([f"{labels[name].zh} ({number:,})" for name, number in there.items()])
        lines.append(f"组别过小 groups too small, compared within {_groups(level)} instead: {names}")
    return lines


def _groups(level: tuple[str, ...]) -> str:
    return " x ".join(level) or "the whole batch"
