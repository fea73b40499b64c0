"""Help needs no heavy imports, knows every command with an example, and lists every exit status."""

from __future__ import annotations

import pkgutil
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import typer

import icredit
import icredit.cli
from command_line import clean_csv, environment
from command_line import icredit as run
from command_line import program as program_run
from icredit.cli.app import COMMANDS as COMMAND_MODULES
from icredit.cli.app import program
from icredit.errors import ExitStatus

Captured = pytest.CaptureFixture[str]

COMMANDS = [
    *[["score"], ["rank"], ["validate"], ["verify"], ["template"], ["weights"], ["zones"], ["rule"]],
    *[["scheme", "list"], ["scheme", "show"], ["scheme", "diff"], ["scheme", "check"], ["scheme", "schema"]],
]

#: pydantic is not among them: typer loads it by itself.
HEAVY = {"polars", "openpyxl", "xlsxwriter", "python_calamine", "yaml", "numpy"}


#: What a batch in CSV, scored with a saved reference, needs nothing of.
NOT_FOR_CSV = {
    *{"openpyxl", "xlsxwriter", "python_calamine", "xlrd", "rich.console", "rich.table", "numpy"},
    *{"icredit.scheme.overlay", "icredit.scheme.origins", "icredit.scheme.judgements", "icredit.scheme.difference"},
    *{"icredit.intake.sources.html", "icredit.intake.sources.spreadsheetml", "icredit.intake.sources.biff"},
    *{"icredit.scoring.weighting", "icredit.output.workbook", "icredit.output.scored", "icredit.ranking"},
}


def loaded_by(code: str) -> set[str]:
    """Return the modules that are loaded after some code ran in a fresh interpreter."""
    script = f"{code}\nimport sys\nprint(' '.join(sorted(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", script], env=environment(), capture_output=True, text=True, timeout=60, check=True
    )
    return set(done.stdout.splitlines()[-1].split())


@pytest.mark.parametrize(
    ("code", "commands"),
    [
        ("import icredit", set()),
        ("import icredit.cli", set()),
        ("from icredit.cli.main import main; main(['--help'])", set(COMMAND_MODULES)),
        ("from icredit.cli.main import main; main(['--version'])", set()),
        ("from icredit.cli.main import main; main(['score', '--help'])", {"score"}),
        ("from icredit.cli.main import main; main(['scroe'])", set()),
    ],
)
def test_nothing_heavy_is_imported(code: str, commands: set[str]) -> None:
    """Neither the package, nor help, nor a mistyped command waits for frames, models, workbooks or other commands."""
    loaded = loaded_by(code)

    assert not loaded & HEAVY
    assert {name for name in COMMAND_MODULES if f"icredit.cli.{name}" in loaded} == commands
    assert "icredit.output.atomic" not in loaded


def test_one_enterprise_needs_no_more_than_its_own_rooms(tmp_path: Path) -> None:
    """Scoring a CSV with a saved reference loads neither readers of other formats, nor what other commands need."""
    file, saved = clean_csv(tmp_path / "batch.csv"), tmp_path / "saved.json"
    assert run("score", file, "-o", tmp_path / "scores.csv", "--save-reference", saved) == 0
    words = ["score", str(file), "-o", str(tmp_path / "late.csv"), "--reference", str(saved)]

    loaded = loaded_by(f"from icredit.cli.main import main; assert main({words!r}) == 0")

    assert {"polars", "icredit.cli.score", "icredit.scoring.run"} <= loaded
    assert not loaded & NOT_FOR_CSV


def test_every_module_of_a_command_is_named() -> None:
    """Each module of the command line but those that all share is a command, and has registered one."""
    found = {module.name for module in pkgutil.iter_modules(icredit.cli.__path__)} - {
        *("app", "completion", "main", "options", "session", "settings")
    }

    assert found == set(COMMAND_MODULES)
    built: Any = typer.main.get_command(program)
    assert [command.name or name for name, command in built.commands.items()] == list(COMMAND_MODULES)
    with pytest.raises(KeyError):
        built.commands["app"]


def test_a_mistyped_command_is_corrected(capsys: Captured) -> None:
    """The nearest command is named, also of a group."""
    assert run("scroe") == 2
    assert "No such command 'scroe'. Did you mean 'score'?" in capsys.readouterr().err
    assert run("scheme", "shwo") == 2
    assert "No such command 'shwo'. Did you mean 'show'?" in capsys.readouterr().err


def test_shells_complete_commands_and_options() -> None:
    """What completes a command in a shell is told the commands, and the options of the one that was typed."""

    def completed(line: str) -> list[str]:
        words = {"_ICREDIT_COMPLETE": "complete_bash", "COMP_WORDS": line, "COMP_CWORD": str(line.count(" "))}
        return program_run(env=words).stdout.decode().split()

    assert completed("icredit sc") == ["score", "scheme"]
    assert completed("icredit score --ref") == ["--reference"]


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
        done = program_run(*words, env={"COLUMNS": "80"})
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
