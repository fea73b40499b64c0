"""The fuzzer: a short run of both subjects, that inputs follow from seed and number, and that it misses no failure."""

from __future__ import annotations

import sys

import pytest

import troubled
from fuzz import intake, scheme
from fuzz.__main__ import main
from fuzz.run import run

#: Inputs of each subject that every run of the tests tries; docs/limits.md says what came of many more.
SHORT = 150


@pytest.mark.parametrize("part", range(3))
def test_damaged_submissions(part: int) -> None:
    """Damaged files of every format are read, or refused in one or two lines."""
    verdicts = {intake.check(intake.make(7, number)) for number in range(part, SHORT, 3)}
    assert verdicts == {"read", "refused"}


@pytest.mark.parametrize("part", range(3))
def test_damaged_schemes(part: int) -> None:
    """Damaged schemes score, or are refused with faults of one line each."""
    verdicts = {scheme.check(scheme.make(7, number)) for number in range(part, SHORT, 3)}
    assert {"scored", "refused"} <= verdicts


def test_an_input_follows_from_seed_and_number() -> None:
    """The same seed and number give the same bytes, another of either gives others."""
    for subject in (intake, scheme):
        inputs = {(seed, number): subject.make(seed, number).data for seed in (1, 2) for number in range(4)}
        assert all(subject.make(*place).data == data for place, data in inputs.items())
        assert len(set(inputs.values())) == len(inputs)


@pytest.mark.skipif(sys.platform != "linux", reason="the limits are those of Linux")
def test_no_failure_is_missed() -> None:
    """A process that dies, an input without end, an error of another kind and too much memory each count, by number."""
    result = run("tests.troubled", 1, 0, 9, seconds=0.5, megabytes=60)
    failed = {troubled.DEADLY, troubled.ENDLESS, troubled.RAISING, troubled.LARGE}
    assert result.failures.keys() == failed
    assert result.verdicts == {"read": 9 - len(failed), "failed": len(failed)}
    assert "status -11" in result.failures[troubled.DEADLY]
    assert "status -27" in result.failures[troubled.ENDLESS]  # SIGPROF
    assert result.failures[troubled.RAISING].startswith("ValueError: 'trouble' troubled.py:")
    assert result.failures[troubled.LARGE].startswith("memory: ")


def test_the_command_repeats_one_input(capsys: pytest.CaptureFixture[str]) -> None:
    """One input can be tried again by its number; the status says whether it failed."""
    assert main(["scheme", "--first", "3", "--inputs", "1"]) == 0
    told = capsys.readouterr().out
    assert told.startswith("scheme, seed 1, numbers 3 to 3\n1 inputs: 1 ")
