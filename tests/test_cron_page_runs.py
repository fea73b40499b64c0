"""The nightly job of docs/cron.md does what the page says, as it is written there."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from command_line import clean_csv, faulty_csv, icredit, read_csv
from conftest import ROOT
from icredit.cli.settings import KEYS
from icredit.errors import ExitStatus

PAGE = (ROOT / "docs" / "cron.md").read_text("utf-8")


def block(language: str, number: int = 0) -> str:
    """A fenced block of the page."""
    return str(re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)[number])


@pytest.fixture
def server(tmp_path: Path) -> Path:
    """A folder for / of the page's machine, with the submissions and the settings."""
    (tmp_path / "opt/icredit/bin").mkdir(parents=True)
    program = tmp_path / "opt/icredit/bin/icredit"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m icredit "$@"\n')
    program.chmod(0o755)
    (tmp_path / "srv/icredit/submissions").mkdir(parents=True)
    (tmp_path / "srv/icredit/out").mkdir()
    (tmp_path / "srv/icredit/icredit.toml").write_text(block("toml"))
    clean_csv(tmp_path / "srv/icredit/submissions/a.csv", 3)
    return tmp_path


def as_cron(line: str, server: Path) -> subprocess.CompletedProcess[bytes]:
    """Run a line as cron does: by sh, from the home folder, with hardly any environment."""
    line = line.replace("/opt/", f"{server}/opt/").replace("/srv/", f"{server}/srv/")
    env = {"HOME": str(server), "LOGNAME": "icredit", "SHELL": "/bin/sh", "PATH": "/usr/bin:/bin"}
    return subprocess.run(["/bin/sh", "-c", line], cwd=server, env=env, capture_output=True, timeout=120, check=False)


def crontab_line() -> str:
    """The command of the crontab line."""
    *times, command = block("crontab").strip().split(" ", 5)
    assert all(re.fullmatch(r"\*|\d+", time) for time in times)
    assert "%" not in command.replace("\\%", ""), "cron takes it for a new line"
    return command


def require_outputs(server: Path) -> None:
    """The new files stand, as the settings say, and nothing else."""
    out = server / "srv/icredit/out"
    assert sorted(path.name for path in out.iterdir()) == ["changsha.xlsx", "scores.csv", "scores.manifest.json"]
    assert [row["名次"] for row in read_csv(out / "scores.csv")] == ["1", "2", "3"]
    log = (server / "srv/icredit/icredit.log").read_text("utf-8")
    assert len(re.findall(r"INFO end status=0 meaning=done", log)) == 2


def test_the_crontab_line(server: Path) -> None:
    """It scores, makes the list, and prints the summary and nothing else."""
    done = as_cron(crontab_line(), server)

    assert (done.returncode, done.stderr) == (0, b"")
    assert "out/scores.csv" in done.stdout.decode()
    require_outputs(server)


def test_a_bad_night(server: Path) -> None:
    """With too many errors nothing is written, the list is not made, and one message says why."""
    faulty_csv(server / "srv/icredit/submissions/b.csv", 4, 1)
    done = as_cron(crontab_line(), server)

    assert (done.returncode, done.stdout) == (1, b"")
    assert len(done.stderr.decode().splitlines()) == 2
    assert "--max-rejects 5% allows 0" in done.stderr.decode()
    assert list((server / "srv/icredit/out").iterdir()) == []


def test_the_service(server: Path) -> None:
    """The commands of the unit, one after the other in its folder, do the same."""
    unit = block("ini")
    folder = re.search(r"^WorkingDirectory=(.*)$", unit, re.MULTILINE)
    commands = re.findall(r"^ExecStart=(.*)$", unit, re.MULTILINE)
    assert folder
    assert len(commands) == 2
    assert "Type=oneshot" in unit, "only then may there be several"
    for line in commands:
        assert as_cron(f"cd {folder[1]} && {line}", server).returncode == 0
    require_outputs(server)


def test_the_units_are_those_of_one_job() -> None:
    """The timer is at the time of the crontab line, and both do the same."""
    minute, hour, *_ = block("crontab").split()
    assert f"OnCalendar=*-*-* {hour.zfill(2)}:{minute}:00" in block("ini", 1)
    for line in re.findall(r"^ExecStart=(.*)$", block("ini"), re.MULTILINE):
        assert line in block("crontab")


def test_the_settings_are_known() -> None:
    """Each key of the page is one."""
    assert set(tomllib.loads(block("toml"))) <= set(KEYS)


def test_every_setting_is_documented() -> None:
    """docs/cli.md has a row for each key, with its variable, and no other; and a file that is accepted."""
    section = (ROOT / "docs" / "cli.md").read_text("utf-8").split("### Settings")[1].split("\n### ")[0]
    rows = re.findall(r"^\| `([a-z_]+)` \| `([A-Z_]+)` \|", section, re.MULTILINE)
    assert dict(rows) == {key: f"ICREDIT_{key.upper()}" for key in KEYS}


def test_every_status_has_its_advice() -> None:
    """The table of the page has each status."""
    assert [int(number) for number in re.findall(r"^\| (\d+) \|", PAGE, re.MULTILINE)] == list(map(int, ExitStatus))


@pytest.mark.parametrize("option", ["--config", "--log-file", "--log-format", "--lock-timeout", "--version"])
def test_options_of_the_program_are_documented(option: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Each stands in the help and in docs/cli.md."""
    assert icredit("--help") == 0
    assert f"  {option} " in capsys.readouterr().out
    section = (ROOT / "docs" / "cli.md").read_text("utf-8").split("## Options of the program")[1].split("\n### ")[0]
    assert f"| `{option}" in section
