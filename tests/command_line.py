"""What the tests of the command line share: running it, small submissions of known content, looking at files."""

from __future__ import annotations

import csv
import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from collections.abc import Iterable, Mapping
from pathlib import Path

from icredit.cli.main import main

_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"

#: What a clean enterprise files; whatever a test is about replaces a cell or adds one.
CLEAN = {
    "统一社会信用代码": "",
    "企业名称": "",
    "所属高新区": "长沙高新区",
    "研发费用金额（万元）": "300",
    "上年研发费用金额（万元）": "250",
    "科技人员数（人）": "40",
    "职工总数（人）": "120",
    "高新技术产品收入（万元）": "2000",
    "营业收入（万元）": "3000",
    "上年营业收入（万元）": "2500",
    "净利润（万元）": "200",
    "净资产（万元）": "1500",
}


def credit_code(number: int) -> str:
    """Return a code of no real enterprise with the check digit of GB 32100: 31 less the weighted sum modulo 31."""
    body = f"9199{number:013d}"
    total = sum(_ALPHABET.index(sign) * 3**place for place, sign in enumerate(body))
    return body + _ALPHABET[-total % 31]


def enterprise(number: int, **cells: str) -> dict[str, str]:
    """Return a clean row, the better the higher the number; `cells` replaces by header."""
    row = {**CLEAN, "统一社会信用代码": credit_code(number), "企业名称": f"示例企业{number}号"}
    row["研发费用金额（万元）"] = str(300 + number)
    return {**row, **cells}


def write_csv(path: Path, rows: Iterable[Mapping[str, str]]) -> Path:
    """Write rows as a CSV whose columns are those of the first row."""
    table = list(rows)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(table[0]), restval="")
        writer.writeheader()
        writer.writerows(table)
    return path


def clean_csv(path: Path, count: int = 6) -> Path:
    """Write a submission of `count` clean enterprises."""
    return write_csv(path, [enterprise(number) for number in range(1, count + 1)])


def faulty_csv(path: Path, clean: int, faulty: int) -> Path:
    """Write a submission in which the last `faulty` rows have one error each."""
    rows = [enterprise(number) for number in range(1, clean + faulty + 1)]
    for row in rows[clean:]:
        row["净利润（万元）"] = "不是数字"
    return write_csv(path, rows)


def read_csv(path: Path) -> list[dict[str, str]]:
    """Read a CSV with or without a byte-order mark; every cell is text."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def icredit(*words: object) -> int:
    """Run a command in this process and return its exit status."""
    return main([os.fspath(word) if isinstance(word, Path) else str(word) for word in words])


def environment(**changes: str) -> dict[str, str]:
    """Return the environment of a program, without what would change the layout, the scheme or the time it starts in.

    A program that may not keep what it compiled compiles all of icredit anew, which takes as long as the rest of its start.
    """
    unwanted = (
        *("ICREDIT_SCHEME", "COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR", "TERM"),
        *("PYTHONWARNINGS", "PYTHONDONTWRITEBYTECODE"),
    )
    return {name: value for name, value in os.environ.items() if name not in unwanted} | changes


def command(*words: object) -> list[str]:
    """Return the argument list that starts icredit as a program."""
    return [sys.executable, "-m", "icredit", *(str(word) for word in words)]


def program(
    *words: object, folder: Path | None = None, env: Mapping[str, str] | None = None, stdin: bytes = b""
) -> subprocess.CompletedProcess[bytes]:
    """Run icredit as a program of its own and return what came of it."""
    return subprocess.run(
        command(*words),
        cwd=folder,
        env=environment(**(env or {})),
        input=stdin,
        capture_output=True,
        timeout=60,
        check=False,
    )


def snapshot(folder: Path) -> dict[str, tuple[bytes, int] | None]:
    """Return content and time of change of every file below a folder; None for a folder."""
    return {
        str(path.relative_to(folder)): (path.read_bytes(), path.stat().st_mtime_ns) if path.is_file() else None
        for path in sorted(folder.rglob("*"))
    }


def on_terminal(folder: Path, width: int, *words: str, status: int = 0, colours: bool = True, **env: str) -> list[str]:
    """Run a command in a terminal of some width and return its lines without attributes of text."""
    main, side = pty.openpty()
    fcntl.ioctl(side, termios.TIOCSWINSZ, struct.pack("HHHH", 40, width, 0, 0))
    done = subprocess.Popen(
        command(*words),
        cwd=folder,
        env=environment(TERM="xterm-256color", **env),
        stdin=subprocess.DEVNULL,
        stdout=side,
        stderr=subprocess.PIPE,
    )
    os.close(side)
    data = b""
    while True:
        try:
            part = os.read(main, 65536)
        except OSError:  # the other side has closed
            break
        if not part:
            break
        data += part
    os.close(main)
    _, told = done.communicate(timeout=30)
    assert done.returncode == status, told.decode()
    attributes = {number for found in re.findall(rb"\x1b\[([0-9;]*)m", data) for number in found.split(b";")}
    assert colours or not {int(number or 0) for number in attributes} - set(range(30)), "30 and above are colours"
    plain = re.sub(r"\x1b\[[0-9;]*m", "", data.decode("utf-8"))
    assert "\x1b" not in plain
    return plain.replace("\r\n", "\n").rstrip("\n").split("\n")


def reading(file: Path) -> subprocess.Popen[bytes]:
    """Start the program on a standard input that stays open, and return when it is reading it."""
    running = subprocess.Popen(
        command("score", "-"),
        env=environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert running.stdin is not None
    # More than a pipe holds: once all is written, the program is reading.
    running.stdin.write(file.read_bytes() * 300)
    running.stdin.flush()
    return running
