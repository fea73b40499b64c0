"""Of two runs that write one output the second is refused, or waits, and is told who holds it."""

from __future__ import annotations

import fcntl
import json
import os
import platform
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from command_line import clean_csv, environment, icredit, snapshot
from icredit.errors import OutputError
from icredit.output.atomic import FileGroup
from icredit.output.lock import Locks
from icredit.output.places import Place

Captured = pytest.CaptureFixture[str]
Patch = pytest.MonkeyPatch


@contextmanager
def held_by_another(path: Path, **signed: object) -> Iterator[None]:
    """Hold an output as another process does: the system tells processes apart by who has opened the lock."""
    lock = Place.of(path).lock
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        json.dump({"pid": 4711, "host": "night", "since": "2026-01-15T02:15:00+08:00", "command": "x", **signed}, file)
        file.flush()
        yield
        lock.unlink()


@pytest.mark.parametrize(
    ("words", "held"),
    [
        (["score", "in.csv"], "scores.csv"),
        (["score", "in.csv"], "scores.xlsx"),
        (["score", "in.csv"], "scores.rejects.csv"),
        (["score", "in.csv", "--save-reference", "scale.json"], "scale.json"),
        (["validate", "in.csv", "-o", "findings.csv"], "findings.csv"),
        (["template"], "template.xlsx"),
        (["weights", "--method", "equal", "-o", "equal.yaml"], "equal.yaml"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else value,
)
def test_every_command_is_refused(folder: Path, capsys: Captured, words: list[str], held: str) -> None:
    """Whoever writes an output that another run holds ends with 4, at once, knowing by whom, and has changed nothing."""
    clean_csv(folder / "in.csv")
    with held_by_another(folder / held, command="icredit score in.csv"):
        before = snapshot(folder)
        assert icredit(*words) == 4
        assert snapshot(folder) == before

    told = capsys.readouterr().err
    assert f"{words[-1] if words[-2:-1] in (['-o'], ['--save-reference']) else ''}" in told
    assert "process 4711 on night since 2026-01-15T02:15:00+08:00: icredit score in.csv" in told
    assert "--lock-timeout" in told
    assert len(told.splitlines()) == 2


@pytest.mark.parametrize("held", ["scores2.csv", "my.scores.csv", "scores.top.csv", "other/scores.csv"])
def test_other_outputs_are_free(folder: Path, held: str) -> None:
    """Outputs of other names, or of the same in another folder, hold nobody up."""
    (folder / "other").mkdir()
    with held_by_another(folder / held), Locks() as locks:
        assert locks.hold([folder / "scores.csv"])


def test_a_list_is_refused(folder: Path, capsys: Captured) -> None:
    """`rank -o` looks at its output before it looks at the table."""
    with held_by_another(folder / "list.csv"):
        assert icredit("rank", "-o", "list.csv") == 4
    assert icredit("rank", "-o", "list.csv") == 3


def test_waiting(folder: Path) -> None:
    """With a timeout the second run waits until the first has ended, and not longer."""
    done = threading.Event()

    def hold() -> None:
        with held_by_another(folder / "scores.csv"):
            done.wait(0.3)

    first = threading.Thread(target=hold)
    first.start()
    while not Place.of(folder / "scores.csv").lock.exists():
        time.sleep(0.01)
    began = time.monotonic()
    with Locks(timeout=30) as locks:
        locks.hold([folder / "scores.csv"])
        assert 0.1 < time.monotonic() - began < 10
    first.join()
    assert list(folder.iterdir()) == []


def test_waiting_in_vain(folder: Path, capsys: Captured) -> None:
    """When the time is up the message says how long that was."""
    clean_csv(folder / "in.csv")
    with held_by_another(folder / "scores.csv"):
        assert icredit("score", "in.csv", "--lock-timeout", "0.2") == 4
    assert "has been for 0.2 s" in capsys.readouterr().err


def test_the_holder_says_who_it_is(folder: Path) -> None:
    """A lock names process, host, time with zone, and command."""
    with Locks() as locks:
        locks.hold([folder / "scores.csv"])
        found = json.loads(Place.of(folder / "scores.csv").lock.read_bytes())

    assert found["pid"] == os.getpid()
    assert found["host"] == platform.node()
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d", found["since"])
    assert found["command"]


@pytest.mark.parametrize("content", [b"", b"\xff", b"[]", b'{"pid": 1}'])
def test_a_holder_that_has_not_said_who_it_is(folder: Path, content: bytes) -> None:
    """A lock that says nothing yet is a lock all the same."""
    with held_by_another(folder / "scores.csv"):
        Place.of(folder / "scores.csv").lock.write_bytes(content)
        with pytest.raises(OutputError, match="it has only just begun"), FileGroup() as group:
            group.stage(folder / "scores.csv")


def test_a_lock_that_a_killed_run_has_left(folder: Path) -> None:
    """A lock file that nobody holds holds nobody up, and goes when the next run ends."""
    Place.of(folder / "scores.csv").lock.write_text('{"pid": 1}')

    clean_csv(folder / "in.csv")
    assert icredit("score", "in.csv", "--quiet") == 0

    assert sorted(path.name for path in folder.iterdir()) == ["in.csv", "scores.csv", "scores.manifest.json"]


def test_a_lock_that_is_removed_while_one_waits(folder: Path) -> None:
    """Who waited for a lock that its holder removed has nothing, and takes the one that others will find."""
    path = Place.of(folder / "scores.csv").lock
    real = os.open
    opened = []

    def late(name: Path, *rest: int) -> int:
        handle = real(name, *rest)
        opened.append(name)
        if len(opened) == 1:
            path.unlink()  # its holder ends between our opening and our locking
        return handle

    with Locks() as locks, pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "open", late)
        locks.hold([folder / "scores.csv"])
        assert path.exists()
        assert opened == [path, path]


def test_many_at_once(folder: Path) -> None:
    """Of processes that all write one output, one after the other, no two are at it at the same time."""
    code = (
        "import sys, time\n"
        "from pathlib import Path\n"
        "from icredit.output.lock import Locks\n"
        "for _ in range(20):\n"
        "    with Locks(60) as locks:\n"
        "        locks.hold([Path('out.csv')])\n"
        "        with open('log', 'a') as log:\n"
        "            log.write('<'); log.flush(); time.sleep(0.001); log.write('>')\n"
    )
    running = [subprocess.Popen([sys.executable, "-c", code], cwd=folder, env=environment()) for _ in range(3)]
    assert [one.wait(60) for one in running] == [0, 0, 0]

    assert (folder / "log").read_text() == "<>" * 60
    assert [path.name for path in folder.iterdir()] == ["log"]


def test_a_run_is_not_in_its_own_way(folder: Path) -> None:
    """A run that holds an output writes it through groups of its own, and goes on holding it."""
    path = folder / "scores.csv"
    with Locks() as locks:
        locks.hold([path, folder / "scores.manifest.json"])
        with FileGroup() as group:
            group.stage(path).write_text("new")
            group.commit()
        assert Place.of(path).lock.exists()

    assert [found.name for found in folder.iterdir()] == ["scores.csv"]


def test_a_folder_of_copies_is_one_output(folder: Path) -> None:
    """`--annotate FOLDER` holds the folder, and needs no lock for each of its copies."""
    (folder / "checked").mkdir()
    with Locks() as locks, pytest.MonkeyPatch.context() as patch:
        locks.hold_place(Place.whole(folder / "checked"), folder / "checked")
        patch.setattr(os, "open", None)
        with FileGroup() as group:
            assert (
                group._take(Path("x"), folder / "checked" / "x.xlsx", Place.whole(folder / "checked")).key == "0" * 16
            )
