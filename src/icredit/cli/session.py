"""What every command of a run shares: its settings, its log, the outputs it holds and the inputs it watches.

Nothing heavy is imported here: `--help` must be quick.
"""

from __future__ import annotations

import time
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from icredit.errors import ExitStatus, IcreditError, UsageError
from icredit.inputs import Inputs
from icredit.output import console

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from types import TracebackType

    from icredit.intake import Submission
    from icredit.output.atomic import FileGroup
    from icredit.output.log import RunLog


class Session:
    """One run of the program. `main` enters it; commands ask for it with `session`."""

    def __init__(self, words: Sequence[str] = ()) -> None:
        self.words = list(words)
        self.lock_timeout = 0.0
        self.config: Path | None = None
        self._log: RunLog | None = None
        self._began = time.monotonic()
        self._groups: list[FileGroup] = []
        self._inputs = Inputs()
        self._held = ExitStack()

    def __enter__(self) -> Self:
        global _current  # one run at a time
        self._before, _current = _current, self
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        global _current  # noqa: PLW0603  # see __enter__
        _current = self._before
        console.divert(None)
        for group in self._groups:
            group.tidy()  # an interruption may have struck while it tidied up itself
        self._held.close()

    @property
    def has_written(self) -> bool:
        """Whether files of the run stand already, so that an interruption cannot say that nothing was written."""
        return any(group.committed for group in self._groups)

    def open_log(self, log: RunLog) -> None:
        """Record the run in a log; what there is to say besides errors goes there alone if nobody is at a terminal.

        Raises:
            OutputError: the log takes nothing.
        """
        from icredit._version import __version__

        self._held.callback(log.close)
        log.record(
            "start", icredit=__version__, command=" ".join(self.words), folder=str(Path.cwd()), config=self.config
        )
        self._log = log
        console.divert(self._aside)

    def record(self, event: str, level: str = "info", **facts: Any) -> None:
        """Record an event, if there is a log. One that takes no more is told once, and the run goes on without."""
        if self._log is not None:
            try:
                self._log.record(event, level, **facts)
            except IcreditError as error:
                self._log = None
                console.divert(None)
                console.say(f"icredit: {error.message}; the run goes on without")

    def hold(self, *outputs: Path | None, folder: Path | None = None) -> Self:
        """Keep other runs from writing these outputs, or all that goes into a folder, until this one ends, and put right
        what a killed one left there; return this session.

        Raises:
            OutputError: another run holds one of them for longer than the timeout, or nothing can be written there.
            UsageError: one of them is the log.
        """
        from icredit.output.journal import take, take_place
        from icredit.output.lock import Locks
        from icredit.output.places import Place

        paths = [path for path in outputs if path is not None]
        log = self._log.path.resolve() if self._log is not None else None
        for path in paths:
            if path.resolve() == log:
                raise UsageError(f"{path}: is the log of this run", hint="name another file with -o or --log-file")
        locks = self._held.enter_context(Locks(self.lock_timeout))
        take(locks, paths)
        if folder is not None and folder.is_dir():  # one that is missing is made later, if there is anything to write
            take_place(locks, Place.whole(folder), folder)
        return self

    def watch(self, paths: Iterable[object]) -> None:
        """Watch inputs: no file is put in its place if one of them is no longer what it is now."""
        self._inputs.watch(paths)

    def watch_table(self, table: Path) -> None:
        """Watch a scored table and its manifest, from when they belong together; raises InputError if they never do."""
        from icredit.output.manifest import manifest_path
        from icredit.output.steady import settle

        together = [table, manifest_path(table)] if table.name else []
        settle(together)
        self.watch(together)

    def require_unchanged(self) -> None:
        """Refuse inputs that are no longer what they were; raises InputError."""
        self._inputs.require_unchanged()

    def group(self) -> FileGroup:
        """A group of output files of this run."""
        from icredit.output.atomic import FileGroup

        self._groups.append(FileGroup(self.require_unchanged, self.lock_timeout))
        return self._groups[-1]

    def record_submission(self, submission: Submission) -> None:
        """Record what was read, file by file, and how much was found in it."""
        if self._log is None:
            return
        for file in submission.files:
            facts = (
                {"rows": file.rows, "sha256": file.sha256} if file.unreadable is None else {"error": file.unreadable}
            )
            self.record("input", "info" if file.unreadable is None else "error", file=file.file, **facts)
        self.record(
            "findings",
            rows=submission.rows_read,
            rejected=submission.rejected,
            errors=submission.errors.height,
            warnings=submission.warnings.height,
        )

    def end(self, status: int, error: str | None = None) -> None:
        """Record how the run ended: what was written, what went wrong, and the exit status."""
        console.divert(None)
        if self._log is None:
            return
        from icredit.output.manifest import sha256_of

        for group in self._groups:
            for path in group.written:
                with suppress(OSError):  # somebody has taken it away again
                    self.record("output", file=path, sha256=sha256_of(path))
        if error is not None:
            self.record("error", "error", message=error)
        seconds = round(time.monotonic() - self._began, 3)
        self.record("end", status=status, meaning=ExitStatus(status).meaning, seconds=seconds)

    def _aside(self, text: str) -> bool:
        if text.strip():
            self.record("note", message=text.strip())
        return not console.is_heard()


_current = Session()


def session() -> Session:
    """The run that is going on."""
    return _current
