"""The log says of each run what it was asked, what it read, found and wrote, and how it ended."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import re
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

import icredit as package
from command_line import clean_csv, faulty_csv, icredit
from icredit.errors import ExitStatus

Captured = pytest.CaptureFixture[str]
Patch = pytest.MonkeyPatch


@pytest.fixture
def submitted(folder: Path) -> Path:
    """A current folder with a submission in which one of five rows has an error."""
    faulty_csv(folder / "in.csv", 4, 1)
    return folder


def events(path: Path) -> list[dict[str, Any]]:
    """The lines of a log of objects."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def sha256(path: Path) -> str:
    """The hash of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_run_in_json(submitted: Path, capsys: Captured) -> None:
    """Start, inputs, findings, outputs with their hashes, and the end, each with the time and its zone."""
    words = ["score", "in.csv", "-q", "--log-file", "run.log", "--log-format", "json"]
    assert icredit(*words) == 0
    assert capsys.readouterr() == ("", "")

    found = events(submitted / "run.log")
    for event in found:
        assert datetime.fromisoformat(event.pop("time")).utcoffset() is not None
        assert event.pop("pid") == os.getpid()
        assert event.pop("level") == "info"
    end = found.pop()
    assert 0 <= end.pop("seconds") < 60
    assert end == {"event": "end", "status": 0, "meaning": "done"}
    assert found == [
        {
            "event": "start",
            "icredit": package.__version__,
            "command": " ".join(words),
            "folder": str(submitted),
            "config": None,
        },
        {"event": "input", "file": "in.csv", "rows": 5, "sha256": sha256(submitted / "in.csv")},
        {"event": "findings", "rows": 5, "rejected": 1, "errors": 1, "warnings": 0},
        *(
            {"event": "output", "file": str(submitted / name), "sha256": sha256(submitted / name)}
            for name in ("scores.csv", "scores.rejects.csv", "scores.manifest.json")
        ),
    ]


def test_a_run_in_text(submitted: Path) -> None:
    """The same as lines for people, one an event, added to those of earlier runs."""
    for _ in range(2):
        assert icredit("score", "in.csv", "-q", "--log-file", "run.log") == 0

    lines = (submitted / "run.log").read_text("utf-8").splitlines()
    assert len(lines) == 2 * 7
    for line in lines:
        assert re.match(rf"\d{{4}}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{{3}}[+-]\d\d:\d\d {os.getpid()} INFO [a-z]+ ", line)
    assert lines[1].endswith(f" INFO input file=in.csv rows=5 sha256={sha256(submitted / 'in.csv')}")
    assert " INFO end status=0 meaning=done seconds=" in lines[-1]


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (["score", "in.csv", "--strict"], ExitStatus.DATA),
        (["score", "in.csv", "--labels", "fr"], ExitStatus.USAGE),
        (["scheme", "check", "bad.yaml"], ExitStatus.USAGE),
        (["score", "nothing.csv"], ExitStatus.INPUT),
        (["score", "in.csv", "-o", "missing/x.csv"], ExitStatus.OUTPUT),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_errors_are_the_sentences_of_standard_error(
    submitted: Path, capsys: Captured, words: list[str], status: ExitStatus
) -> None:
    """A run that ends with another status says the same in both places, and nothing else on standard error."""
    (submitted / "bad.yaml").write_text("id: 1")

    assert icredit(*words, "--log-file", "run.log", "--log-format", "json") == status

    *_, error, end = events(submitted / "run.log")
    assert (end["status"], end["meaning"]) == (status, status.meaning)
    assert (error["event"], error["level"]) == ("error", "error")
    assert capsys.readouterr() == ("", error["message"] + "\n")


def test_without_a_terminal_remarks_go_into_the_log(submitted: Path, capsys: Captured, monkeypatch: Patch) -> None:
    """In cron standard output has the summary and standard error nothing; a person sees everything all the same."""
    assert icredit("score", "in.csv") == 0
    plain = capsys.readouterr()
    assert "1 row rejected" in plain.err

    assert icredit("score", "in.csv", "--log-file", "run.log", "--log-format", "json") == 0
    assert capsys.readouterr() == (plain.out, "")
    noted = [event["message"] for event in events(submitted / "run.log") if event["event"] == "note"]
    assert [line.strip() for line in plain.err.splitlines() if line] == noted

    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    assert icredit("score", "in.csv", "--log-file", "run.log") == 0
    assert capsys.readouterr() == plain


def test_names_cannot_forge_lines(folder: Path) -> None:
    """Line breaks, escapes and bytes that are no text in the name of a file stay within their line."""
    name = "a\nb\x1b[31m\udcff.csv"
    clean_csv(folder / name, 2)
    assert icredit("score", name, "-q", "--log-file", "a.log", "--log-format", "json") == 0
    assert icredit("score", name, "-q", "--log-file", "a.log") == 0

    lines = (folder / "a.log").read_bytes().decode("utf-8").split("\n")
    assert len(lines) == 2 * 6 + 1
    assert json.loads(lines[1])["file"].startswith("a\nb\x1b[31m")
    assert "\x1b" not in "".join(lines)


@pytest.mark.parametrize("content", ["统一社会信用代码,企业名称\n", "id: x\n", "{\n", " 2026-01-01T"])
def test_what_is_no_log_is_left_alone(submitted: Path, capsys: Captured, content: str) -> None:
    """A file with something else in it, named by mistake, is not added to."""
    (submitted / "data.csv").write_text(content, "utf-8")
    assert icredit("score", "in.csv", "--log-file", "data.csv") == 4
    assert "data.csv: is no log" in capsys.readouterr().err
    assert (submitted / "data.csv").read_text("utf-8") == content


@pytest.mark.parametrize(
    ("name", "status"), [("missing/a.log", 4), (".", 4), ("/dev/full", 4), ("/dev/null", 0), ("x" * 300, 4)]
)
def test_a_log_that_cannot_be_written(submitted: Path, name: str, status: int) -> None:
    """It is found out before anything is done."""
    assert icredit("score", "in.csv", "-q", "--log-file", name) == status
    assert (submitted / "scores.csv").exists() == (status == 0)


def test_a_log_that_takes_no_more(submitted: Path, capsys: Captured, monkeypatch: Patch) -> None:
    """When the disk of the log fills up during the run that is told once, and the run does what it was asked."""
    real, lines = os.write, []

    def write(handle: int, data: bytes) -> int:
        if b" INFO " in data:
            lines.append(data)
            if len(lines) > 2:
                raise OSError(errno.ENOSPC, "No space left on device")
        return real(handle, data)

    monkeypatch.setattr(os, "write", write)
    assert icredit("score", "in.csv", "-q", "--log-file", "run.log") == 0

    told = capsys.readouterr().err
    assert told == "icredit: run.log: cannot be written: no space left on the disk; the run goes on without\n"
    assert (submitted / "scores.csv").exists()


def test_the_log_is_no_output(submitted: Path, capsys: Captured) -> None:
    """One file cannot be both."""
    assert icredit("score", "in.csv", "-o", "a.csv", "--log-file", "./a.csv") == 2
    assert "is the log of this run" in capsys.readouterr().err


def test_a_log_without_a_run(folder: Path) -> None:
    """Help is no run."""
    assert icredit("score", "--help", "--log-file", "a.log") == 0
    assert list(folder.iterdir()) == []
