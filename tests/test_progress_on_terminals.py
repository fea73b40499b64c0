"""A terminal shows how far a run is, and nothing of that remains; where there is no terminal, nothing is shown."""

from __future__ import annotations

import io
import os
import pty
import re
import signal
import subprocess
import time
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from threading import Event, Lock
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from command_line import clean_csv, command, enterprise, environment, faulty_csv, icredit, write_csv
from icredit.errors import InputError
from icredit.intake import read
from icredit.intake.rows import Store
from icredit.intake.validate import TableValidator
from icredit.output import progress_line
from icredit.output.progress_line import EVERY, ProgressLine, State, line
from icredit.progress import SILENT, Part, Phase
from icredit.scheme import load_scheme
from icredit.scoring import score_with_account

Patch = pytest.MonkeyPatch
Captured = pytest.CaptureFixture[str]

# Seconds after which a line that has to come is given up.
PATIENCE = 60


class Heard:
    """Progress that is written down: of every phase its total, what was done, and the files."""

    def __init__(self) -> None:
        self.phases: list[tuple[Phase, int | None, int]] = []
        self.names: set[str] = set()
        self._lock = Lock()

    def begin(self, phase: Phase, total: int | None = None) -> None:
        """See `Progress`."""
        self.phases.append((phase, total, 0))

    def at(self, name: str) -> None:
        """See `Progress`."""
        self.names.add(name)

    def advance(self, amount: int) -> None:
        """See `Progress`."""
        assert amount > 0
        with self._lock:
            phase, total, done = self.phases[-1]
            self.phases[-1] = (phase, total, done + amount)


class Terminal(io.StringIO):
    """A terminal, and what a person sees on it."""

    def __init__(self, awaited: str = "") -> None:
        super().__init__()
        self.seen = Event()
        self._awaited = awaited

    def isatty(self) -> bool:
        """It is one."""
        return True

    def write(self, text: str) -> int:
        """Write, and see whether what somebody waits for is there."""
        if self._awaited in text:
            self.seen.set()
        return super().write(text)


def screen(written: str) -> list[str]:
    """The lines that a terminal shows in the end: a return goes back to the beginning, and what is there is replaced."""
    shown = []
    for row in written.replace("\r\n", "\n").split("\n"):
        cells: list[str] = []
        at = 0
        for sign in re.findall(r"\x1b\[K|.", row, re.DOTALL):
            if sign == "\r":
                at = 0
            elif sign == "\x1b[K":
                del cells[at:]
            else:
                cells[at : at + 1] = [sign]
                at += 1
        shown.append("".join(cells).rstrip())
    return shown


@contextmanager
def heard(patch: Patch) -> Iterator[Heard]:
    """What a command tells of its progress."""
    ears = Heard()

    with patch.context() as changed:
        for name in ("score", "validate", "weights"):
            changed.setattr(f"icredit.cli.{name}.progress_line", lambda *, quiet: nullcontext(ears))
        yield ears


@pytest.mark.parametrize("ending", ["csv", "parquet", "ndjson", "xlsx"])
def test_phases_come_in_order_and_end_at_their_totals(folder: Path, monkeypatch: Patch, ending: str) -> None:
    """Reading counts bytes, those of files with errors or without anything readable as well; writing counts rows."""
    clean_csv(folder / "长沙.csv", 5)
    write_csv(folder / "errors.csv", [enterprise(6, **{"净利润（万元）": "不是数字"})])
    (folder / "none.csv").write_text("no header\n", "utf-8")
    size = sum(path.stat().st_size for path in folder.glob("*.csv"))

    with heard(monkeypatch) as ears:
        assert (
            icredit("score", *sorted(folder.glob("*.csv")), "-o", f"积分.{ending}", "--save-reference", "r.json") == 0
        )

    assert ears.phases == [
        (Phase.READ, size, size),
        (Phase.MEASURE, None, 0),
        (Phase.SCORE, None, 0),
        (Phase.WRITE, 5, 5),
    ]
    assert ears.names == {"长沙.csv", "errors.csv", "none.csv", f"积分.{ending}"}


def test_of_standard_input_nobody_knows_how_much_there_is(folder: Path, monkeypatch: Patch) -> None:
    """Nor of any other pipe: then there is no total; nor of how long findings take to be written."""
    clean_csv(folder / "in.csv")
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO((folder / "in.csv").read_bytes())))

    with heard(monkeypatch) as ears:
        assert icredit("validate", "-", "-o", "findings.csv") == 0

    assert [(phase, total) for phase, total, _ in ears.phases] == [(Phase.READ, None), (Phase.WRITE, None)]


def test_weights_tell_what_they_do(folder: Path, monkeypatch: Patch) -> None:
    """Reading the submissions, then finding the weights."""
    size = clean_csv(folder / "in.csv").stat().st_size

    with heard(monkeypatch) as ears:
        assert icredit("weights", "--method", "sd", "in.csv") == 0

    assert ears.phases == [(Phase.READ, size, size), (Phase.WEIGH, None, 0)]


def test_a_batch_in_pieces_ends_at_its_bytes_and_rows(tmp_path: Path, monkeypatch: Patch) -> None:
    """Reading a file in pieces ends at its bytes, scoring it at its rows."""
    path = clean_csv(tmp_path / "large.csv", 30)
    size = path.stat().st_size
    monkeypatch.setattr("icredit.intake.sources.dispatch.LARGE", 1_000)
    monkeypatch.setattr("icredit.intake.sources.large_text._PIECE", 700)
    ears, scheme = Heard(), load_scheme("ics-national-2024")

    with Store(tmp_path, most=0) as store:
        submission = read(path, scheme, store=store, progress=ears)
        assert len(submission.rows.kept) > 1
        score_with_account(submission, scheme, store, progress=ears)

    assert ears.phases == [(Phase.READ, size, size), (Phase.MEASURE, None, 0), (Phase.SCORE, 30, 30)]


def test_rows_are_told_many_at_a_time(folder: Path, monkeypatch: Patch) -> None:
    """Validating tells of slices of 100,000 rows, here of 4, each in its share of the bytes; a sheet, of 1,000 rows."""
    size = clean_csv(folder / "in.csv", 10).stat().st_size
    monkeypatch.setattr("icredit.queries._ROWS", 4)
    monkeypatch.setattr("icredit.output.workbook._TOLD", 3)
    told: list[tuple[Phase, int]] = []
    real = Heard.advance

    def advance(ears: Heard, amount: int) -> None:
        real(ears, amount)
        told.append((ears.phases[-1][0], amount))

    monkeypatch.setattr(Heard, "advance", advance)

    with heard(monkeypatch):
        assert icredit("score", "in.csv", "-o", "out.xlsx") == 0

    half = size // 2
    ends = [half, half + half * 4 // 10, half + half * 8 // 10, 2 * half, size]
    steps = [after - before for before, after in zip([0, *ends], ends, strict=False)]
    assert [amount for phase, amount in told if phase is Phase.READ] == [step for step in steps if step]
    assert [amount for phase, amount in told if phase is Phase.WRITE] == [3, 3, 3, 1]


@given(share=st.integers(0, 10**12), amounts=st.lists(st.integers(0, 10**6), max_size=20), spare=st.integers(-5, 10**6))
def test_a_part_tells_its_share_and_no_more(share: int, amounts: list[int], spare: int) -> None:
    """Whatever is done of it, and whatever its size was thought to be."""
    told: list[int] = []
    total = max(sum(amounts) + spare, 0)
    part = Part(told.append, share, total)

    for number, amount in enumerate(amounts, start=1):
        part.advance(amount)
        if total:
            assert sum(told) == share * min(sum(amounts[:number]), total) // total
    part.finish()

    assert sum(told) == share
    assert 0 not in told


# On the terminal


def run_in(terminal: Terminal, patch: Patch, *words: str, ending: BaseException | None = None) -> int:
    """Run a command whose validation waits until the terminal has shown what it awaits, and may end then."""
    real = TableValidator.validate

    def validate(*args: Any) -> Any:
        assert terminal.seen.wait(PATIENCE)
        if ending is not None:
            raise ending
        return real(*args)

    with patch.context() as changed:
        changed.setattr(TableValidator, "validate", validate)
        changed.setattr("sys.stderr", terminal)
        changed.setattr(progress_line, "DELAY", 0)
        changed.setattr(progress_line, "EVERY", 0.001)
        changed.delenv("TERM", raising=False)
        return icredit(*words)


@pytest.mark.parametrize("words", [["score"], ["score", "--json"], ["validate"], ["weights", "--method", "sd"]])
def test_nothing_remains_when_all_is_done(folder: Path, monkeypatch: Patch, capsys: Captured, words: list[str]) -> None:
    """In the end the terminal shows what a pipe would get, and the file that was read was shown in between."""
    faulty_csv(folder / "长沙.csv", 5, 1)
    status = icredit(*words, "长沙.csv")
    told = capsys.readouterr()
    assert "\r" not in told.err
    assert "\x1b" not in told.err
    terminal = Terminal("长沙.csv")

    assert run_in(terminal, monkeypatch, *words, "长沙.csv") == status

    assert "读取校验 read, validate [" in terminal.getvalue()
    assert screen(terminal.getvalue()) == told.err.split("\n")
    if words != ["score", "--json"]:  # which tells the time
        assert capsys.readouterr().out == told.out


@pytest.mark.parametrize(
    ("ending", "status", "told"),
    [
        (KeyboardInterrupt(), 130, "icredit: interrupted; nothing was written"),
        (InputError("in.csv: is of no use", hint="ask for another"), 3, "icredit: in.csv: is of no use"),
    ],
    ids=["interrupted", "error"],
)
def test_nothing_remains_when_a_run_ends_early(
    folder: Path, monkeypatch: Patch, ending: BaseException, status: int, told: str
) -> None:
    """The message stands where the line was."""
    clean_csv(folder / "in.csv")
    terminal = Terminal("in.csv")

    assert run_in(terminal, monkeypatch, "score", "in.csv", ending=ending) == status

    assert screen(terminal.getvalue())[0] == told
    assert "read, validate" not in "".join(screen(terminal.getvalue()))
    assert [path.name for path in folder.iterdir()] == ["in.csv"]


def test_nothing_flashes_up_in_a_short_run(folder: Path, monkeypatch: Patch) -> None:
    """What is over before the delay is shown nothing, and waits for nothing."""
    clean_csv(folder / "in.csv")
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    monkeypatch.setattr(progress_line, "DELAY", PATIENCE * 60)

    assert icredit("score", "in.csv") == 0

    assert "\r" not in terminal.getvalue()
    assert "\x1b" not in terminal.getvalue()


def test_a_line_that_gave_way_to_a_message_comes_back_at_once(monkeypatch: Patch) -> None:
    """Only the first line of a run has to wait."""
    terminal = Terminal("score")
    shown = ProgressLine(terminal)
    monkeypatch.setattr(progress_line, "EVERY", 0.001)
    monkeypatch.setattr(progress_line, "DELAY", 0)
    for phase in (Phase.READ, Phase.SCORE):
        terminal.seen.clear()
        terminal._awaited = phase.name.lower()
        with shown:
            shown.begin(phase)
            assert terminal.seen.wait(PATIENCE)
        assert screen(terminal.getvalue()) == [""]
        monkeypatch.setattr(progress_line, "DELAY", PATIENCE * 60)


def test_without_a_person_there_is_no_line(monkeypatch: Patch) -> None:
    """In a pipe, with --quiet, and in a terminal that cannot take a line back."""

    def chosen(stream: io.StringIO, *, quiet: bool = False, term: str = "xterm") -> object:
        monkeypatch.setattr("sys.stderr", stream)
        monkeypatch.setenv("TERM", term)
        with progress_line.progress_line(quiet=quiet) as progress:
            return progress

    assert isinstance(chosen(Terminal()), ProgressLine)
    assert chosen(io.StringIO()) is SILENT
    assert chosen(Terminal(), quiet=True) is SILENT
    assert chosen(Terminal(), term="dumb") is SILENT


@pytest.mark.parametrize("own", [True, False])
def test_a_program_in_the_background_leaves_the_terminal_alone(monkeypatch: Patch, own: bool) -> None:  # noqa: FBT001
    """Whoever has put it aside writes there."""
    monkeypatch.setattr(Terminal, "fileno", lambda terminal: 2, raising=False)
    monkeypatch.setattr(os, "tcgetpgrp", lambda handle: os.getpgrp() + (not own))
    terminal = Terminal()
    shown = ProgressLine(terminal)
    shown.begin(Phase.SCORE)

    shown._draw()

    assert bool(terminal.getvalue()) is own


def test_ctrl_c_in_a_real_terminal_leaves_one_message(folder: Path) -> None:
    """The line is gone, the status 130, and no file is there."""
    main, side = pty.openpty()
    running = subprocess.Popen(
        command("score", "-"), env=environment(TERM="xterm"), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=side
    )
    os.close(side)
    data = b""
    while b"read, validate" not in data:
        data += os.read(main, 65536)
    running.send_signal(signal.SIGINT)
    running.communicate(timeout=PATIENCE)
    while b"written" not in data:
        data += os.read(main, 65536)
    os.close(main)

    assert running.returncode == 130
    assert screen(data.decode()) == ["icredit: interrupted; nothing was written", ""]
    assert not list(folder.iterdir())


# The line


def cells(text: str) -> int:
    """Cells that a text takes: two for what Unicode calls wide."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)


STATES = st.builds(
    State,
    st.sampled_from(Phase),
    st.none() | st.integers(0, 10**10),
    st.integers(0, 10**10),
    st.text(st.sampled_from("ab.- 长沙高新区（终稿）企业\x1b\r\n\u202e"), max_size=80),
)


@given(state=STATES, seconds=st.floats(0, 5_999), drawn=st.integers(0, 10**5), width=st.integers(40, 200))
def test_a_line_fits_any_terminal(state: State, seconds: float, drawn: int, width: int) -> None:
    """It leaves room for ^C, whatever a file is called, and no name moves the cursor."""
    text = line(state, seconds, drawn, width)

    assert cells(text) <= width - 4
    assert text.isprintable()
    assert f"{int(seconds) // 60}:{int(seconds) % 60:02}" in text
    if state.total and state.done:
        assert f"{100 * min(state.done, state.total) // state.total}% " in text


@pytest.mark.parametrize(
    ("width", "encoding", "wanted"),
    [
        (40, None, "读取校验 [#######...]  75% 1:05"),
        (60, None, "读取校验 read, validate [###########....]  75% 1:05"),
        (80, None, "读取校验 read, validate [###############.....]  75% 1:05  长沙高新区企业..."),
        (100, None, "读取校验 read, validate [##################.......]  75% 1:05  长沙高新区企业名单（终稿）.csv"),
        (60, "latin-1", r"\u8bfb\u53d6\u6821\u9a8c read, validate [###########...."),
    ],
)
def test_lines_of_some_widths(width: int, encoding: str | None, wanted: str) -> None:
    """A narrow terminal is spared the English and the file; an old one gets escapes, measured as such."""
    state = State(Phase.READ, 400, 300, "长沙高新区企业名单（终稿）.csv")

    assert line(state, 65.9, 0, width, encoding).startswith(wanted)


def test_lines_cost_less_than_a_hundredth_of_a_processor() -> None:
    """All that are written in a second, each with another content."""
    states = [State(Phase.READ, 10**9, done, "长沙高新区企业名单.csv") for done in range(1, 10**9, 10**7)]

    def spent() -> float:
        before = time.thread_time()
        for number, state in enumerate(states):
            line(state, number, number, 120)
        return (time.thread_time() - before) / len(states)

    assert min(spent() for _ in range(5)) / EVERY < 0.01


def test_a_mark_goes_to_and_fro_while_nothing_is_known() -> None:
    """From the left end of the bar to the right one and back, a cell a line."""
    bars = [line(State(Phase.SCORE), 0, drawn, 40)[4:14] for drawn in range(17)]

    places = [bar.index("##") for bar in bars]
    assert places == [*range(9), *range(7, -1, -1)]
    assert {len(bar.strip()) for bar in bars} == {2}
