"""Files that appear whole or not at all: written beside their place, then renamed into it, all of a run together."""

from __future__ import annotations

import contextlib
import errno
import os
import re
import secrets
import shutil
import stat
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from icredit.errors import IcreditError, OutputError, reason_of

_REASONS = {
    errno.ENOSPC: "no space left on the disk",
    errno.EDQUOT: "the disk quota is used up",
    errno.EACCES: "permission denied",
    errno.EPERM: "not permitted",
    errno.EFBIG: "the file has become too large",
    errno.EROFS: "the folder is read-only",
    errno.ENOENT: "the folder does not exist",
    errno.ENOTDIR: "a part of the path is not a folder",
    errno.EISDIR: "it is a folder",
    errno.ENAMETOOLONG: "the name is too long",
}


@contextmanager
def output_errors(path: Path) -> Iterator[None]:
    """Tell any OSError of the block as an OutputError about `path`."""
    try:
        yield
    except IcreditError:
        raise
    except Exception as error:
        if not isinstance(error, OSError) and not type(error).__module__.startswith(("polars", "xlsxwriter")):
            raise
        raise OutputError(f"{path}: cannot be written: {plain_reason(error)}", hint="nothing was changed") from None


def plain_reason(error: BaseException) -> str:
    """Why something could not be written, in plain words where there are any."""
    number = getattr(error, "errno", None) or _errno_of(error)
    return _REASONS.get(number or 0) or reason_of(error)


def _errno_of(error: BaseException) -> int | None:
    """The number of the system's error that a library has wrapped in one of its own."""
    found = re.search(r"os error (\d+)", str(error))
    if found:
        return int(found[1])
    inner = next((arg for arg in error.args if isinstance(arg, OSError)), None)
    return inner.errno if inner is not None else None


class FileGroup:
    """Output files of one run. Use as a context manager; `commit` at the end, else nothing changes."""

    def __init__(self) -> None:
        self._staged: list[tuple[Path, Path]] = []
        self._stale: list[Path] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for temporary, _ in self._staged:
            _discard(temporary)
        self._staged.clear()

    def stage(self, path: Path) -> Path:
        """The temporary file to write what shall stand at `path`."""
        with output_errors(path):
            target = Path(os.path.realpath(path))  # a link stays a link; what it points to is replaced
            if target.is_dir():
                raise OSError(errno.EISDIR, "")
            if _is_special(target):
                handle, name = tempfile.mkstemp(suffix=".tmp")
                os.close(handle)
                temporary = Path(name)
            else:
                temporary = _beside(target)
                os.close(os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))
                if target.exists():
                    if not os.access(target, os.W_OK):
                        temporary.unlink()
                        raise OSError(errno.EACCES, "")
                    temporary.chmod(stat.S_IMODE(target.stat().st_mode))
            self._staged.append((temporary, target))
            return temporary

    def write_text(self, path: Path, text: str, encoding: str = "utf-8") -> None:
        """Stage a text file."""
        staged = self.stage(path)
        with output_errors(path):
            staged.write_bytes(text.encode(encoding, "backslashreplace"))  # names of files may be no text

    def remove(self, path: Path) -> None:
        """Let a file of an earlier run go when this run's files take their places."""
        with output_errors(path):
            if path.is_dir():
                raise OSError(errno.EISDIR, "")
        self._stale.append(path)

    def commit(self) -> None:
        """Put every staged file in its place, in the order in which they were staged; if one fails, put all back."""
        for temporary, target in self._staged:
            with output_errors(target):
                _sync(temporary)
        for temporary, target in self._staged:
            if _is_special(target):  # it cannot be taken back, so it goes before anything else has changed
                with output_errors(target), temporary.open("rb") as source, target.open("wb") as sink:
                    shutil.copyfileobj(source, sink)
        regular = [(temporary, target) for temporary, target in self._staged if not _is_special(target)]
        undo = _Undo()
        try:
            for temporary, target in regular:
                with output_errors(target):
                    undo.keep(target)
                    temporary.replace(target)
            for path in self._stale:
                with output_errors(path):
                    undo.keep(path)
                    path.unlink(missing_ok=True)
        except BaseException:
            undo.roll_back()
            raise
        undo.forget()
        for folder in {target.parent for _, target in regular}:
            with contextlib.suppress(OSError):
                _sync(folder)


class _Undo:
    """What stood in the places of a group before it was committed."""

    def __init__(self) -> None:
        self._kept: list[tuple[Path, Path | None]] = []

    def keep(self, target: Path) -> None:
        """Keep what stands at `target` under a second name, or that nothing does."""
        if not target.exists():
            self._kept.append((target, None))
            return
        second = _beside(target)
        try:
            os.link(target, second)
        except OSError:  # a file system without links
            shutil.copy2(target, second)
        self._kept.append((target, second))

    def roll_back(self) -> None:
        """Put back what stood there."""
        for target, second in reversed(self._kept):
            with contextlib.suppress(OSError):
                if second is None:
                    target.unlink(missing_ok=True)
                else:
                    if not (target.exists() and target.samefile(second)):
                        second.replace(target)
                    second.unlink(missing_ok=True)

    def forget(self) -> None:
        """Let the old files go."""
        for _, second in self._kept:
            if second is not None:
                _discard(second)


def _beside(target: Path) -> Path:
    """A new name in the folder of `target`, hidden and short whatever the length of the target's name."""
    return target.with_name(f".icredit-{secrets.token_hex(8)}.tmp")


def _discard(path: Path) -> None:
    with contextlib.suppress(OSError):
        path.unlink(missing_ok=True)


def _is_special(path: Path) -> bool:
    """A pipe or device, such as /dev/null, which cannot be renamed over."""
    return path.exists() and not path.is_file() and not path.is_dir()


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def refuse_overwriting_inputs(outputs: Iterable[Path], inputs: Iterable[Path]) -> None:
    """Raise OutputError if one of the outputs is one of the inputs."""
    sources = {os.path.realpath(path): path for path in inputs}
    for path in outputs:
        source = sources.get(os.path.realpath(path))
        if source is not None:
            raise OutputError(
                f"{path}: is an input of this run and would be overwritten", hint="name another file with -o"
            )
