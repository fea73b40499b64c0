"""An input that vanishes or changes during a run ends it with status 3, and nothing is written."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

import icredit.intake
import icredit.output.manifest
from command_line import clean_csv, snapshot
from command_line import icredit as run
from conftest import NATIONAL
from icredit.errors import InputError
from icredit.inputs import Inputs

Captured = pytest.CaptureFixture[str]
Patch = pytest.MonkeyPatch


def grow(path: Path) -> None:
    """What an upload that has not ended does."""
    with path.open("a") as file:
        file.write("x")


def touch(path: Path) -> None:
    """The same size, another content perhaps."""
    os.utime(path, ns=(1, path.stat().st_mtime_ns + 1))


def replace(path: Path) -> None:
    """Another file of the same size and time."""
    state = path.stat()
    new = path.with_name("new")
    new.write_bytes(path.read_bytes())
    os.utime(new, ns=(state.st_atime_ns, state.st_mtime_ns))
    new.replace(path)


CHANGES = [(grow, "was changed"), (touch, "was changed"), (replace, "was changed"), (Path.unlink, "has vanished")]


@pytest.mark.parametrize(("change", "told"), CHANGES)
def test_each_change_is_noticed(tmp_path: Path, change: Callable[[Path], None], told: str) -> None:
    """Size, time of change, identity and existence are all looked at."""
    path = tmp_path / "in.csv"
    path.write_text("a")
    inputs = Inputs()
    inputs.watch([path, tmp_path / "missing", tmp_path, Path(os.devnull), "bundled", None])
    inputs.require_unchanged()

    change(path)

    with pytest.raises(InputError, match=rf"in\.csv: {told} during the run; nothing was written"):
        inputs.require_unchanged()


@pytest.mark.parametrize(
    ("words", "file"),
    [
        (["score", "in.csv"], "in.csv"),
        (["score", "in.csv", "--scheme", "mine.yaml"], "mine.yaml"),
        (["score", "in.csv"], "zones.csv"),
        (["validate", "in.csv"], "in.csv"),
        (["validate", "in.csv", "-o", "findings.csv"], "in.csv"),
        (["weights", "in.csv", "--method", "sd", "-o", "sd.yaml"], "in.csv"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else value,
)
def test_every_command_looks(folder: Path, capsys: Captured, monkeypatch: Patch, words: list[str], file: str) -> None:
    """Submissions, schemes and registers that change after they were read end a command with 3 and one message."""
    clean_csv(folder / "in.csv", 40)
    (folder / "mine.yaml").write_bytes(NATIONAL.read_bytes())
    (folder / "zones.csv").write_text(
        "slug,short_name,full_name,province\nmore,示例,示例高新技术产业开发区,湖南\n", "utf-8"
    )
    real = icredit.intake.read

    def read(*args: object, **kwargs: object) -> object:
        found = real(*args, **kwargs)  # type: ignore[arg-type]  # as it is called
        touch(folder / file)
        return found

    monkeypatch.setattr(icredit.intake, "read", read)
    names = set(snapshot(folder))

    assert run(*words) == 3

    told = capsys.readouterr().err.splitlines()[-2:]
    assert told[0] == f"icredit: {file}: was changed during the run; nothing was written"
    assert set(snapshot(folder)) == names


def test_a_table_that_is_replaced_while_it_is_ranked(folder: Path, capsys: Captured, monkeypatch: Patch) -> None:
    """A list is of one table and its manifest, not of two runs."""
    clean_csv(folder / "in.csv")
    assert run("score", "in.csv", "--quiet") == 0
    real = icredit.output.manifest.load_manifest

    def load(path: Path) -> object:
        found = real(path)
        replace(folder / "scores.csv")
        return found

    monkeypatch.setattr("icredit.output.scored.load_manifest", load)
    assert run("rank") == 3
    assert "scores.csv: was changed during the run" in capsys.readouterr().err
