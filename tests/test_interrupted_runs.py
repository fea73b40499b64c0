"""An interruption, by Ctrl-C or by a signal that ends a service, leaves the old files and nothing else, status 130."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from command_line import clean_csv, environment, icredit, reading, snapshot
from icredit.output.atomic import FileGroup
from icredit.output.interruption import PutOff

Captured = pytest.CaptureFixture[str]
Patch = pytest.MonkeyPatch

#: What the program says, whatever interrupted it.
SAID = b"icredit: interrupted; nothing was written\n"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_signals_that_end_a_service(folder: Path, number: signal.Signals) -> None:
    """SIGTERM and SIGHUP while the program reads end it like Ctrl-C."""
    clean_csv(folder / "in.csv")
    before = snapshot(folder)
    # The tests themselves may run under nohup, whose children ignore SIGHUP.
    usual = signal.signal(number, signal.SIG_DFL)
    try:
        running = reading(folder / "in.csv")
    finally:
        signal.signal(number, usual)
    assert any(name.endswith(".lock") for name in set(snapshot(folder)) - set(before)), "it holds its output"
    running.send_signal(number)

    assert running.communicate(timeout=30) == (b"", SAID)
    assert running.returncode == 130
    assert snapshot(folder) == before


def test_a_terminal_that_does_not_matter(folder: Path) -> None:
    """Under nohup a closed terminal interrupts nothing."""
    code = (
        "import signal, runpy, sys\n"
        "signal.signal(signal.SIGHUP, signal.SIG_IGN)\n"
        "sys.argv = ['icredit', '--version']\n"
        "try: runpy.run_module('icredit', run_name='__main__')\n"
        "finally: print(signal.getsignal(signal.SIGHUP) is signal.SIG_IGN, signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], env=environment(), capture_output=True, timeout=60, check=False)
    assert done.stdout.splitlines()[-1] == b"True True"


def test_while_polars_computes(folder: Path) -> None:
    """Ctrl-C while polars is at work, without Python having a word, arrives within a second."""
    code = (
        "import os, signal, sys, threading, time\n"
        "import polars as pl\n"
        "import icredit.scoring\n"
        "from icredit.cli.main import main\n"
        "def endless(*args, **kwargs):\n"
        "    threading.Timer(0.3, lambda: (print(time.monotonic(), flush=True), os.kill(os.getpid(), signal.SIGINT))).start()\n"
        "    rows = pl.LazyFrame({'a': range(1_000_000)})\n"
        "    for _ in range(2_000): rows = rows.with_columns(pl.col('a') * 31 % 1_000_003)\n"
        "    rows.collect()\n"
        "icredit.scoring.score_with_account = endless\n"
        "status = main(['score', 'in.csv'])\n"
        "print(time.monotonic(), status)\n"
    )
    clean_csv(folder / "in.csv")
    before = snapshot(folder)
    done = subprocess.run([sys.executable, "-c", code], env=environment(), capture_output=True, timeout=60, check=False)
    sent, arrived, status = map(float, done.stdout.split())
    assert status == 130
    assert arrived - sent < 1
    assert snapshot(folder) == before


@pytest.mark.parametrize("step", ["link", "replace", "unlink"])
def test_while_files_are_switched(folder: Path, monkeypatch: Patch, step: str) -> None:
    """A signal in the middle of the switch is put off to its end, and then everything is put back."""
    for name in ("a.csv", "b.csv", "c.csv"):
        (folder / name).write_text("old")
    before = snapshot(folder)
    real: Callable[..., Any] = getattr(os, step)
    calls = []

    def interrupted(*args: Any, **kwargs: Any) -> Any:
        calls.append(args)
        if len(calls) == 1:
            signal.raise_signal(signal.SIGINT)
        return real(*args, **kwargs)

    def switch() -> None:
        with FileGroup() as group:
            group.stage(folder / "a.csv").write_text("new")
            group.stage(folder / "b.csv").write_text("new")
            group.remove(folder / "c.csv")
            monkeypatch.setattr(os, step, interrupted)
            group.commit()

    with pytest.raises(KeyboardInterrupt):
        switch()

    monkeypatch.undo()
    assert calls
    assert snapshot(folder) == before


def test_too_late(folder: Path, capsys: Captured, monkeypatch: Patch) -> None:
    """An interruption after the files were put in place does not say that nothing was written."""
    clean_csv(folder / "in.csv", 2)

    def interrupt(*args: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("icredit.output.summary.score_summary", interrupt)
    assert icredit("score", "in.csv") == 130
    assert capsys.readouterr().err == "icredit: interrupted after the files were written\n"
    assert (folder / "scores.manifest.json").exists()

    assert icredit("score", "in.csv", "-o", "missing/x.csv") == 4, "the next run of the process knows nothing of it"


def test_a_second_one_while_tidying_up(folder: Path, monkeypatch: Patch) -> None:
    """Pressing Ctrl-C again leaves no temporary file either."""
    real = os.unlink

    def unlink(*args: Any, **kwargs: Any) -> None:
        signal.raise_signal(signal.SIGINT)
        real(*args, **kwargs)

    def fail() -> None:
        with FileGroup() as group:
            group.stage(folder / "a.csv")
            group.stage(folder / "b.csv")
            monkeypatch.setattr(os, "unlink", unlink)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(("where", "name"), [(FileGroup, "__exit__"), (sys.modules["icredit.cli.main"], "_outcome")])
def test_one_that_comes_twice(folder: Path, capsys: Captured, monkeypatch: Patch, where: object, name: str) -> None:
    """One Ctrl-C while polars computes is raised by polars and then by Python, wherever that is by then."""
    clean_csv(folder / "in.csv", 2)
    before = snapshot(folder)

    def interrupt(*args: object, **kwargs: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("icredit.output.run.write_table", interrupt)
    monkeypatch.setattr(where, name, interrupt)
    assert icredit("score", "in.csv") == 130
    monkeypatch.undo()
    assert capsys.readouterr().err == SAID.decode()
    assert snapshot(folder) == before


def test_signals_of_others_are_left_alone() -> None:
    """What a program that uses the package does about a signal stands afterwards, and while it is ignored it stays so."""
    heard: list[int] = []
    before = signal.signal(signal.SIGTERM, lambda number, frame: heard.append(number))
    ignored = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with PutOff():
            assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
        signal.raise_signal(signal.SIGTERM)
    finally:
        signal.signal(signal.SIGTERM, before)
        signal.signal(signal.SIGHUP, ignored)
    assert heard == [signal.SIGTERM]
