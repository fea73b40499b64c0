"""Files that appear whole or not at all: written beside their place, then renamed into it, all of a run together."""

from __future__ import annotations

import errno
import os
import shutil
import stat
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from types import TracebackType
from typing import Self

from icredit.errors import OutputError
from icredit.output.failures import output_errors
from icredit.output.interruption import PutOff
from icredit.output.journal import Journal, discard, take_place
from icredit.output.lock import Locks
from icredit.output.places import Place, is_special, sync


class FileGroup:
    """Output files of one run. Use as a context manager; `commit` at the end, else nothing changes.

    Args:
        check: called before anything changes; what it raises keeps everything as it was.
        lock_timeout: seconds to wait for another run that writes one of the files.

    Attributes:
        committed: whether the new files hold.
        written: the files that were put in place, without pipes and devices.
    """

    def __init__(self, check: Callable[[], None] | None = None, lock_timeout: float = 0.0) -> None:
        self.committed = False
        self.written: list[Path] = []
        self._check = check
        self._locks = Locks(lock_timeout)
        self._staged: list[tuple[Path, Path]] = []
        self._stale: list[Path] = []
        self._places: dict[Path, Place] = {}
        self._seal: Path | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.tidy()

    def tidy(self) -> None:
        """Remove what is not in its place, and let go of the outputs; nothing if that has been done before."""
        with PutOff():
            for temporary, _ in self._staged:
                discard(temporary)
            self._staged.clear()
            self._locks.release()

    def stage(self, path: Path, place: Place | None = None) -> Path:
        """The temporary file to write what shall stand at `path`; in the place of its own name, or in that of a folder.

        Raises:
            OutputError: nothing can be written there, or another run is about to.
        """
        with output_errors(path):
            target = Path(os.path.realpath(path))  # a link stays a link; what it points to is replaced
            if target.is_dir():
                raise OSError(errno.EISDIR, "")
            if is_special(target):
                handle, name = tempfile.mkstemp(suffix=".tmp")
                os.close(handle)
                self._staged.append((Path(name), target))
                return Path(name)
            temporary = self._take(path, target, place).temporary()
            self._staged.append((temporary, target))
            os.close(os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))
            if target.exists():
                if not os.access(target, os.W_OK):
                    raise OSError(errno.EACCES, "")
                temporary.chmod(stat.S_IMODE(target.stat().st_mode))
            return temporary

    def write_text(self, path: Path, text: str, encoding: str = "utf-8") -> Path:
        """Stage a text file, and return the temporary one."""
        staged = self.stage(path)
        with output_errors(path):
            staged.write_bytes(text.encode(encoding, "backslashreplace"))  # names of files may be no text
        return staged

    def seal(self, path: Path, text: str) -> None:
        """Stage the text file that describes the others: the old one goes before they change, the new one comes last.

        So, whoever finds it, however early or late, finds with it the files that it describes.
        """
        self.write_text(path, text)
        self._seal = self._staged[-1][1]

    def remove(self, path: Path, place: Place | None = None) -> None:
        """Let a file of an earlier run go when this run's files take their places."""
        with output_errors(path):
            if path.is_dir():
                raise OSError(errno.EISDIR, "")
            target = Path(os.path.realpath(path))
            if target.parent.is_dir():
                self._take(path, target, place)
                self._stale.append(target)

    def _take(self, path: Path, target: Path, place: Place | None) -> Place:
        if place is None or place.folder != target.parent:
            place = Place.of(target)
        take_place(self._locks, place, path)
        self._places[target] = place
        return place

    def commit(self) -> None:
        """Put every staged file in its place, the seal last; if one fails, put all back."""
        for temporary, target in self._staged:
            with output_errors(target):
                sync(temporary)
        if self._check is not None:
            self._check()
        with PutOff() as interruption:
            for temporary, target in self._staged:
                if is_special(target):  # it cannot be taken back, so it goes before anything else has changed
                    with output_errors(target), temporary.open("rb") as source, target.open("wb") as sink:
                        shutil.copyfileobj(source, sink)
            journal = Journal()
            try:
                self._switch(journal)
                interruption.raise_noted()
                journal.close()
            except BaseException:
                journal.roll_back()
                raise
            self.committed = True
            self.written = [target for _, target in self._staged if not is_special(target)]
            journal.forget()

    def _switch(self, journal: Journal) -> None:
        regular = [(temporary, target) for temporary, target in self._staged if not is_special(target)]
        regular.sort(key=lambda pair: pair[1] == self._seal)
        for path in (*(target for _, target in regular), *self._stale):
            with output_errors(path):
                journal.keep(path, self._places[path])
        if regular:
            with output_errors(regular[0][1]):
                journal.write()
        for path in (*([self._seal] if self._seal is not None else []), *self._stale):
            with output_errors(path):
                path.unlink(missing_ok=True)
        for temporary, target in regular:
            with output_errors(target):
                temporary.replace(target)


def refuse_overwriting_inputs(outputs: Iterable[Path], inputs: Iterable[Path]) -> None:
    """Raise OutputError if one of the outputs is one of the inputs."""
    sources = {os.path.realpath(path): path for path in inputs}
    for path in outputs:
        source = sources.get(os.path.realpath(path))
        if source is not None:
            raise OutputError(
                f"{path}: is an input of this run and would be overwritten", hint="name another file with -o"
            )
