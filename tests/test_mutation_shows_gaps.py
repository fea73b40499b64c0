"""`python -m mutation` changes a module in small ways, one at a time, and a change that no test notices survives."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from command_line import environment
from conftest import ROOT
from mutation.mutants import Mutant, mutants, mutated
from mutation.report import Result, Results, report

SMALL = '''"""A docstring is no behaviour."""
from dataclasses import dataclass
from typing import Literal

Name = Literal["one", "two"]

def passes(marks: float, staff: int = 0) -> bool:
    """Whether marks are enough."""
    if not staff:
        raise ValueError(f"no {staff + 1} staff")
    return marks >= 60.0 and staff < 500
'''


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A small module."""
    path = tmp_path / "small.py"
    path.write_text(SMALL, "utf-8")
    return path


def test_every_slip_is_made_once(small: Path) -> None:
    """Comparisons, conditions, constants, returns and `not` are changed; types, docstrings and messages are not."""
    found = [(one.line, one.kind, one.before, one.after) for one in mutants(small, small.parent)]
    assert found == [
        (7, "constant", "0", "1"),
        (7, "constant", "0", "-1"),
        (9, "condition turned round", found[2][2], found[2][3]),
        (9, "sign or not removed", "not staff", "staff"),
        (10, "statement removed", "raise ValueError(f'no {staff + 1} staff')", "pass"),
        (11, "returns nothing", "return marks >= 60.0 and staff < 500", "return None"),
        (11, "and for or", "marks >= 60.0 and staff < 500", "marks >= 60.0 or staff < 500"),
        (11, "condition dropped", "marks >= 60.0 and staff < 500", "staff < 500"),
        (11, "condition dropped", "marks >= 60.0 and staff < 500", "marks >= 60.0"),
        (11, "comparison", "marks >= 60.0", "marks > 60.0"),
        (11, "comparison", "marks >= 60.0", "marks < 60.0"),
        (11, "constant", "60.0", "61.0"),
        (11, "comparison", "staff < 500", "staff <= 500"),
        (11, "comparison", "staff < 500", "staff >= 500"),
        (11, "constant", "500", "501"),
        (11, "constant", "500", "499"),
    ]


def test_a_mutant_does_what_it_says(small: Path) -> None:
    """The module without a change passes 60 marks of 10 people, and with the eleventh does not."""

    def passes(number: int | None) -> bool:
        names: dict[str, object] = {}
        exec(compile(mutated(small, number), small, "exec"), names)  # noqa: S102  # our own seven lines
        return bool(eval("passes(60.0, 10)", names))  # noqa: S307

    assert passes(None)
    assert not passes(9)


def test_only_what_no_test_notices_survives(small: Path) -> None:
    """A test at the limit notices `>` for `>=` and does not notice another limit of staff, each in its own process."""
    tests = small.parent / "test_small.py"
    tests.write_text("from small import passes\n\ndef test_limit():\n    assert passes(60.0, 10)\n", "utf-8")
    script = (
        "import sys; from pathlib import Path; from mutation.trial import trial, warm\n"
        "warm(())\n"
        "path = Path(sys.argv[1])\n"
        "print(*(trial(path, path.parent, number, [sys.argv[2]]).outcome for number in (None, 9, 14)), sep=', ')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(small), str(tests)],
        cwd=small.parent,
        env=environment(PYTHONPATH=str(ROOT)),
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    assert done.stdout == "survived, killed, survived\n", done.stderr


def test_results_are_kept_and_told(tmp_path: Path) -> None:
    """A room's score is the share of noticed mutants; one that does not end is noticed; results outlast a run."""
    found = [Mutant("src/m.py", number, (1, 1), 1, "constant", "0", str(number)) for number in range(4)]
    results = Results(tmp_path / "results.jsonl")
    for mutant, outcome in zip(found, ("killed", "out of time", "survived"), strict=False):
        results.add(mutant, Result(outcome, 1.0))
    again = Results(tmp_path / "results.jsonl")
    assert [again.of(mutant) for mutant in found] == [results.of(mutant) for mutant in found]
    assert again.of(found[3]) is None
    text = report([("methods", mutant) for mutant in found], again)
    assert "| methods | 3 | 1 | 1 | 1 | 66.7 % |" in text
    assert text.endswith("- `src/m.py:1` constant: `0` -> `2`")
