"""Help needs no heavy imports, knows every command with an example, and lists every exit status."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

import icredit
from command_line import environment, program
from command_line import icredit as run
from icredit.errors import ExitStatus

Captured = pytest.CaptureFixture[str]

COMMANDS = [
    *[["score"], ["rank"], ["validate"], ["template"], ["weights"], ["zones"], ["rule"]],
    *[["scheme", "list"], ["scheme", "show"], ["scheme", "diff"], ["scheme", "check"], ["scheme", "schema"]],
]

#: pydantic is not among them: typer loads it by itself.
HEAVY = {"polars", "openpyxl", "xlsxwriter", "python_calamine", "yaml", "numpy"}


def loaded_by(code: str) -> set[str]:
    """Return the top-level modules that are loaded after some code ran in a fresh interpreter."""
    script = f"{code}\nimport sys\nprint(' '.join(sorted(name for name in sys.modules if '.' not in name)))"
    done = subprocess.run(
        [sys.executable, "-c", script], env=environment(), capture_output=True, text=True, timeout=60, check=True
    )
    return set(done.stdout.splitlines()[-1].split())


@pytest.mark.parametrize(
    "code",
    [
        "import icredit",
        "import icredit.cli",
        "from icredit.cli.main import main; main(['--help'])",
        "from icredit.cli.main import main; main(['--version'])",
        "from icredit.cli.main import main; main(['score', '--help'])",
        "from icredit.cli.main import main; main(['scroe'])",
    ],
)
def test_nothing_heavy_is_imported(code: str) -> None:
    """Neither the package, nor help, nor a mistyped command waits for frames, models or workbooks."""
    assert not loaded_by(code) & HEAVY


def test_a_list_needs_no_scheme(tmp_path: Path) -> None:
    """A list for programs is made without the models of schemes, without intake, and without the writer of workbooks."""
    table = pl.DataFrame({"rank": [1], "zone_rank": [1], "stage_rank": [1], "score": [1], "status": ["scored"]})
    table = table.with_columns(pl.lit("x").alias(name) for name in ("uscc", "zone", "province", "stage", "grade"))
    table.write_csv(tmp_path / "scores.csv")
    words = ["rank", str(tmp_path / "scores.csv"), "--zone", "changsha", "-o", str(tmp_path / "list.csv")]
    code = f"""
from icredit.cli.main import main
assert main({words}) == 0
import sys
unneeded = ("icredit.scheme.", "icredit.intake.", "icredit.scoring.")
assert not [name for name in sys.modules if name.startswith(unneeded)]
"""
    assert not loaded_by(code) & (HEAVY - {"polars"} | {"rich"})


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_every_command_has_help_with_an_example(capsys: Captured, words: list[str]) -> None:
    """The help of a command says what it does and shows a line that one can type; -h is short for --help."""
    assert run(*words, "--help") == 0
    told = capsys.readouterr()
    run(*words, "-h")

    assert capsys.readouterr() == told
    assert f"Usage: icredit {' '.join(words)}" in told.out
    assert "[[" not in told.out
    assert re.search(rf"^ +icredit {' '.join(words)}\b", told.out, re.MULTILINE), "an example"
    assert told.err == ""


def test_the_list_of_commands_is_complete(capsys: Captured) -> None:
    """`icredit --help` lists every command, and the tests above know all of them."""
    run("--help")
    top = capsys.readouterr().out
    run("scheme", "--help")
    below = capsys.readouterr().out

    listed = re.findall(r"^  ([a-z]+)  ", top.split("Commands:")[1], re.MULTILINE)
    listed_below = re.findall(r"^  ([a-z]+)  ", below.split("Commands:")[1], re.MULTILINE)
    assert {(name,) for name in listed if name != "scheme"} | {("scheme", name) for name in listed_below} == {
        tuple(words) for words in COMMANDS
    }


def test_help_lists_every_exit_status(capsys: Captured) -> None:
    """Each status stands in the help with what it means."""
    assert run("--help") == 0

    section = capsys.readouterr().out.split("Exit status:")[1]
    found = {int(number): meaning for number, meaning in re.findall(r"^ +(\d+)  (.+)$", section, re.MULTILINE)}
    assert found == {status.value: status.meaning for status in ExitStatus}
    assert sorted(found) == [0, 1, 2, 3, 4, 130]


def test_no_words_mean_help(capsys: Captured) -> None:
    """`icredit` alone shows what `icredit --help` shows."""
    assert run() == 0
    alone = capsys.readouterr().out
    run("--help")

    assert capsys.readouterr().out == alone


def test_help_is_in_both_languages(capsys: Captured) -> None:
    """The first lines say what the program is for in Chinese and in English."""
    run("--help")

    out = capsys.readouterr().out
    assert "创新积分" in out
    assert "Innovation-credit scores" in out


def test_help_fits_its_width() -> None:
    """On a terminal of 80 columns no line of any help is wider, a Chinese character counting two."""
    from rich.cells import cell_len  # noqa: PLC0415  # the only test that measures

    for words in (["--help"], ["score", "--help"], ["rank", "--help"]):
        done = program(*words, env={"COLUMNS": "80"})
        assert max(cell_len(line) for line in done.stdout.decode().splitlines()) <= 80


@pytest.mark.parametrize("words", [["--version"], ["--version", "score"]])
def test_version(capsys: Captured, words: list[str]) -> None:
    """`--version` is one line with name and number, and wins over whatever follows."""
    assert run(*words) == 0

    assert capsys.readouterr().out == f"icredit {icredit.__version__}\n"
    assert re.fullmatch(r"\d+\.\d+\.\d+\S*", icredit.__version__)


def test_options_show_their_defaults(capsys: Captured) -> None:
    """Where an option has a default that matters, the help of its command names it."""
    run("score", "--help")
    score = capsys.readouterr().out
    run("rank", "--help")
    rank = capsys.readouterr().out

    assert "scores.csv" in score
    assert "scores.csv" in rank
    assert "500" in rank
