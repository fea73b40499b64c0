"""A run that is killed at any moment leaves the files that stood before or all of its own, once the next one looks."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from command_line import clean_csv, environment, faulty_csv
from icredit.output import journal
from icredit.output.atomic import FileGroup
from icredit.output.lock import Locks
from icredit.output.places import Place
from killing import contents, killed_at_step

Patch = pytest.MonkeyPatch

#: More steps than any of these groups takes.
MANY = 200

OLD = {
    "scores.csv": b"old table",
    "scores.rejects.csv": b"old rejects",
    "scores.manifest.json": b"old table, in short",
    "kept/scale.json": b"old scale",
}
NEW = {"scores.csv": b"new table", "scores.manifest.json": b"new table, in short", "kept/scale.json": b"new scale"}


@pytest.fixture(autouse=True)
def no_waiting_for_the_disk(monkeypatch: Patch) -> None:
    """What a killed process has written is there, synced or not; syncing would only take its time."""
    monkeypatch.setattr(os, "fsync", lambda handle: None)


@pytest.fixture
def standing(tmp_path: Path) -> Path:
    """A folder with the files of an earlier run."""
    put(tmp_path, OLD)
    return tmp_path


def put(folder: Path, files: dict[str, bytes]) -> None:
    """Make a folder hold these files and no others."""
    for path in [path for path in folder.rglob("*") if path.is_file()]:
        path.unlink()
    for name, content in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(content)


def switch(folder: Path) -> None:
    """Write the new files, two of them in the place of the first and one in another folder."""
    with FileGroup() as group:
        group.seal(folder / "scores.manifest.json", NEW["scores.manifest.json"].decode())
        group.stage(folder / "scores.csv").write_bytes(NEW["scores.csv"])
        group.remove(folder / "scores.rejects.csv")
        group.stage(folder / "kept" / "scale.json").write_bytes(NEW["kept/scale.json"])
        group.commit()


def look(folder: Path, *names: str) -> None:
    """Take the locks of some outputs as the next command does, by default of the table."""
    with Locks() as locks:
        journal.take(locks, [folder / name for name in names or ("scores.csv",)])


def seen(folder: Path) -> dict[str, bytes]:
    """What a reader sees who knows nothing of locks and journals."""
    return {name: content for name, content in contents(folder).items() if ".icredit-" not in name}


@pytest.mark.parametrize(("first", "every"), [("scores.xlsx", 1), ("kept/scale.json", 3)])
def test_killed_at_each_step(standing: Path, first: str, every: int) -> None:
    """Whatever output of the killed run the next one takes, all are the old ones or all the new ones, and nothing else
    is left, from the moment on at which the new ones hold.
    """
    found = []
    for number in range(1, MANY, every):
        put(standing, OLD)
        if not killed_at_step(number, lambda: switch(standing)):
            break
        between = seen(standing)
        # The manifest, where there is one, is that of the table.
        assert between.get("scores.manifest.json", between["scores.csv"]).startswith(between["scores.csv"])
        look(standing, first)
        found.append(seen(standing))
        look(standing, "scores.csv", "kept/scale.json")
        assert contents(standing) == found[-1], "nothing hidden is left"

    assert found == [OLD] * found.count(OLD) + [NEW] * found.count(NEW)
    assert found.count(OLD) > 20 // every
    assert found.count(NEW) > 3 // every


def test_killed_while_putting_back(standing: Path) -> None:
    """The command that puts the old files back may be killed as well, at each of its steps."""
    for number in range(20, MANY):
        put(standing, OLD)
        assert killed_at_step(number, lambda: switch(standing))
        if seen(standing)["kept/scale.json"] == NEW["kept/scale.json"]:
            break
    middle = contents(standing)
    assert "scores.manifest.json" not in middle
    steps = 0
    for number in range(1, MANY, 2):
        put(standing, middle)
        if not killed_at_step(number, lambda: look(standing)):
            break
        steps = number
        look(standing)
        assert seen(standing) == OLD

    assert steps > 10


def test_rows_that_a_killed_run_has_left(standing: Path) -> None:
    """A folder with the rows of a large batch goes as well; that of a run on another output stays."""
    for name in ("scores.csv", "other.csv"):
        rows = standing / f"{Place.of(standing / name).rows}x1"
        rows.mkdir()
        (rows / "1").write_text("rows")
    look(standing)
    assert [path.name for path in standing.iterdir() if path.name.startswith(".")] == [rows.name]


def test_without_second_names(standing: Path, monkeypatch: Patch) -> None:
    """On a file system without hard links old files are copied, and put back just as well."""

    def no_links(*args: object, **kwargs: object) -> None:
        raise OSError

    monkeypatch.setattr(os, "link", no_links)
    found = set()
    for number in range(25, MANY, 3):
        put(standing, OLD)
        if not killed_at_step(number, lambda: switch(standing)):
            break
        look(standing)
        found.add(frozenset(seen(standing).items()))

    assert found == {frozenset(OLD.items()), frozenset(NEW.items())}


def test_killed_at_random_moments(tmp_path: Path) -> None:
    """50 runs of `score` in turn of two batches, one with rejected rows and one without, each killed at any moment."""
    clean_csv(tmp_path / "a.csv", 4)
    faulty_csv(tmp_path / "b.csv", 4, 1)
    (tmp_path / "out").mkdir()
    code = f"import killing; from pathlib import Path; killing.score_until_killed(Path({str(tmp_path)!r}), 50)"
    env = environment(PYTHONPATH=str(Path(__file__).parent), POLARS_MAX_THREADS="2")
    done = subprocess.run(
        [sys.executable, "-c", code], env=env, capture_output=True, text=True, timeout=300, check=False
    )

    assert done.returncode == 0, done.stderr
    found = done.stdout.splitlines()
    assert len(found) == 50
    assert set(found) <= {"a killed", "b killed", "a done", "b done"}, "old files or new ones"
    assert sum(line.endswith("killed") for line in found) > 25
