"""Why something could not be written, in plain words, whoever found out: the system, polars or xlsxwriter."""

from __future__ import annotations

import errno
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

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
    errno.ENOLCK: "the file system has no locks, which keep two runs apart",
    errno.ENOTSUP: "the file system cannot do what a safe output needs",
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
