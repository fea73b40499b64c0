"""Every trap ends as it should: read rightly, or refused by a sentence that names the reason, and docs/traps.md shows how."""

from __future__ import annotations

import sys
from collections import Counter

import pytest

from conftest import ROOT
from icredit.intake.rules import RULES
from traps import GROUPS
from traps.page import page
from traps.trap import Trap, outcome

TRAPS = [trap for traps in GROUPS.values() for trap in traps]


@pytest.mark.parametrize("trap", TRAPS, ids=lambda trap: trap.en)
def test_every_trap(trap: Trap) -> None:
    """What is read, found, left out, noted or refused is what the trap says, and nothing else."""
    found = outcome(trap)
    if trap.refused is not None:
        assert found.refused is not None, found
        assert trap.refused in found.refused
        return
    assert found.refused is None
    assert [{name: read[name] for name in wanted} for read, wanted in zip(found.rows, trap.rows, strict=True)] == list(
        trap.rows
    )
    assert found.findings == list(trap.findings)
    assert found.left_out == list(trap.left_out)
    assert [part in note for part, note in zip(trap.notes, found.notes, strict=True)] == [True] * len(trap.notes), found
    assert found.values == trap.values


def test_traps_are_told_apart() -> None:
    """No name stands twice, in either language, within a group."""
    for traps in GROUPS.values():
        for names in ([trap.zh for trap in traps], [trap.en for trap in traps]):
            assert Counter(names).most_common(1)[0][1] == 1


def test_every_rule_has_its_trap() -> None:
    """Each rule is met by a trap, but that of too long a text: no field of the national scheme limits one."""
    met = {finding.split(" ")[0] for trap in TRAPS for finding in trap.findings}
    assert set(RULES) - met == {"IC208"}


def test_the_page_is_current() -> None:
    """docs/traps.md is what this file prints."""
    assert (ROOT / "docs" / "traps.md").read_text("utf-8") == page(GROUPS)


if __name__ == "__main__":
    sys.stdout.write(page(GROUPS))
