"""Pressing Tab offers commands, options, zones by slug and by Chinese name, and schemes; and it does so at once."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from command_line import environment, icredit
from icredit.scheme import bundled_schemes

Captured = pytest.CaptureFixture[str]
Patch = pytest.MonkeyPatch

# The program that belongs to this Python.
PROGRAM = Path(sys.executable).with_name("icredit")


@pytest.fixture
def offered(folder: Path, capsys: Captured, monkeypatch: Patch) -> object:
    """What bash is told to offer behind a beginning, by the protocol of completion."""

    def ask(line: str) -> list[str]:
        words = line.split(" ")
        monkeypatch.setenv("_ICREDIT_COMPLETE", "complete_bash")
        monkeypatch.setenv("COMP_WORDS", line)
        monkeypatch.setenv("COMP_CWORD", str(len(words) - 1))
        assert icredit() == 0
        return capsys.readouterr().out.split()

    return ask


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("icredit val", ["validate"]),
        ("icredit --lock", ["--lock-timeout"]),
        ("icredit score --save", ["--save-reference"]),
        ("icredit score --zone changs", ["changshu", "changsha"]),
        ("icredit rank --zone 长沙", ["长沙"]),
        ("icredit rank --zone changsha --zone 长沙高新技", ["长沙高新技术产业开发区"]),
        ("icredit template --zone 株洲高", ["株洲高新区"]),
        ("icredit zones 长沙高新区", ["长沙高新区"]),
        ("icredit rank --zone nowhere", []),
        ("icredit score --scheme ics", ["ics-national-2022", "ics-national-2024", "ics-national-2025"]),
        ("icredit validate --scheme tech", ["tech-sme-2017"]),
        ("icredit scheme show ", sorted(bundled_schemes())),
        ("icredit scheme diff ics-national-2024 tech", ["tech-sme-2017"]),
        ("icredit score --scheme mine.y", []),
        ("icredit --log-format ", ["text", "json"]),
        ("icredit score --labels z", ["zh"]),
    ],
)
def test_what_is_offered(offered: object, line: str, wanted: list[str]) -> None:
    """What begins like the last word and may stand there; files are left to the shell."""
    assert callable(offered)
    assert offered(line) == wanted


def test_further_zones_are_offered(offered: object, folder: Path) -> None:
    """Zones of ./zones.csv, or of the file that the line names, are completed as well; a file with faults spoils nothing."""
    assert callable(offered)
    header = "slug,short_name,full_name,province\n"
    (folder / "zones.csv").write_text(header + "zzz-here,示例,示例高新技术产业开发区,湖南\n", "utf-8")
    (folder / "more.csv").write_text(header + "zzz-more,例示,例示高新技术产业开发区,湖南\n", "utf-8")
    (folder / "bad.csv").write_text("x")
    assert offered("icredit rank --zone zzz") == ["zzz-here"]
    assert offered("icredit rank --zones more.csv --zone zzz") == ["zzz-more"]
    assert offered("icredit rank --zones bad.csv --zone changsha") == ["changsha"]


def test_nobody_waits() -> None:
    """Completion loads neither frames nor models of schemes."""
    code = (
        "import os, sys\n"
        "os.environ.update(_ICREDIT_COMPLETE='complete_bash', COMP_WORDS='icredit score --{}', COMP_CWORD='3')\n"
        "from icredit.cli.main import main; main([])\n"
        "print(*sorted({{'polars', 'yaml', 'icredit.scheme', 'tomllib'}} & set(sys.modules)), 'loaded', file=sys.stderr)"
    )
    for option in ("zone ch", "scheme i"):
        done = subprocess.run(
            [sys.executable, "-c", code.format(option)], env=environment(), capture_output=True, timeout=60, check=True
        )
        assert done.stdout.split()
        assert done.stderr == b"loaded\n"


#: Shell -> what makes it complete a line as if Tab had been pressed behind `--zone changsh`.
PRESSED = {
    "bash": """
        eval "$(_ICREDIT_COMPLETE=source_bash icredit)"
        complete -p icredit >/dev/null || exit 1
        COMP_WORDS=(icredit score --zone changsh); COMP_CWORD=3
        _icredit_completion icredit
        printf '%s\\n' "${COMPREPLY[@]}"
    """,
    "fish": """
        _ICREDIT_COMPLETE=source_fish icredit | source
        complete -C 'icredit score --zone changsh'
    """,
    "zsh": """
        autoload -Uz compinit; compinit -u -D
        eval "$(_ICREDIT_COMPLETE=source_zsh icredit)"
        [[ $_comps[icredit] = _icredit_completion ]] || exit 1
        _arguments() { print -r -- "$*" | grep -o 'changsh[au]' | sort -u }
        words=(icredit score --zone changsh); CURRENT=4
        _icredit_completion
    """,
}


@pytest.mark.parametrize("shell", sorted(PRESSED))
def test_in_the_shell_itself(tmp_path: Path, shell: str) -> None:
    """The script that a shell is given makes it offer the two zones."""
    if shutil.which(shell) is None or not PROGRAM.exists():
        pytest.skip(f"no {shell} here")
    env = environment(PATH=f"{PROGRAM.parent}{os.pathsep}{os.environ['PATH']}", HOME=str(tmp_path), TERM="xterm")
    done = subprocess.run(
        [shell, "-c", PRESSED[shell]], env=env, capture_output=True, text=True, timeout=60, check=False
    )
    assert {line.split("\t")[0] for line in done.stdout.split("\n") if line} == {"changsha", "changshu"}, done
