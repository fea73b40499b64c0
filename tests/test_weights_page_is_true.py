"""docs/weights.md says what the methods do: its examples run, and every method and remark has its place."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from conftest import ROOT
from icredit.cli.main import main
from icredit.cli.weights import MethodChoice
from icredit.methods.pairwise import RANDOM_INDEX
from icredit.output.overlay import TITLES
from icredit.scheme import Scheme
from icredit.scheme.judgements import parse_judgements
from icredit.scoring.weighting_remarks import SENTENCES
from icredit.text import plain

PAGE = (ROOT / "docs" / "weights.md").read_text("utf-8")


def blocks(language: str) -> list[str]:
    """Return the fenced blocks of a language."""
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


def test_the_python_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every snippet runs after those above it, and its assertions hold."""
    monkeypatch.chdir(ROOT)
    snippets = blocks("python")
    assert sum(snippet.count("assert ") for snippet in snippets) >= 12
    namespace: dict[str, Any] = {}
    for snippet in snippets:
        exec(snippet, namespace)  # noqa: S102  # that is the test


def test_the_commands_run(folder: Path) -> None:
    """Every command of the page ends with 0."""
    (folder / "samples").symlink_to(ROOT / "samples")
    commands = [line.split()[2:] for block in blocks("console") for line in block.splitlines()]
    assert len(commands) == 3
    for words in commands:
        assert main(words) == 0
    assert (folder / "critic.yaml").is_file()


def test_both_files_of_judgements_say_the_same(national: Scheme) -> None:
    """The list and the matrix on the page are one set of judgements."""
    one, other = (parse_judgements(block, national) for block in blocks("csv"))
    assert one["score"] == [pytest.approx(row) for row in other["score"]]


def test_every_method_has_a_section() -> None:
    """Each choice of --method is the beginning of a heading, and has a title for its schemes."""
    headings = [line.removeprefix("## ").split(":")[0] for line in PAGE.splitlines() if line.startswith("## ")]
    for method in MethodChoice:
        assert method.value in headings
        assert method.value in TITLES


def test_every_remark_is_in_the_table() -> None:
    """Each rule of a warning stands in the table of warnings, and nothing else does."""
    table = PAGE.split("| rule |")[1].split("\n\n")[0]
    rules = [rule for line in table.splitlines()[2:] for rule in re.findall(r"`(\w+)`", line.split("|")[1])]
    assert sorted(rules) == sorted(SENTENCES)


def test_the_random_indices_are_those_of_the_program() -> None:
    """The row of the table is the constant, from the third on."""
    row = next(line for line in PAGE.splitlines() if line.startswith("| random index |"))
    shown = [float(cell) for cell in row.strip("|").split("|")[2:]]
    assert shown == list(RANDOM_INDEX[2:])
    assert plain(RANDOM_INDEX[0]) == "0"
