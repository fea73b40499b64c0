"""Which files the user means: paths, folders, patterns, standard input."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterable
from pathlib import Path

from icredit.errors import InputError, reason_of
from icredit.text import nearest

STANDARD_INPUT = "-"

TEXT_ENDINGS = (".csv", ".tsv", ".txt")
WORKBOOK_ENDINGS = (".xlsx", ".xlsm", ".xls", ".ods")
ENDINGS = (*TEXT_ENDINGS, *WORKBOOK_ENDINGS, ".parquet")


def find_files(names: Iterable[str | Path]) -> list[Path]:
    """The files behind the names, in order of name within a folder or pattern, none twice.

    Raises:
        InputError: a name that is no file, folder or pattern with a match, or a file of a kind icredit does not read.
    """
    found: dict[str, Path] = {}
    for name in map(str, names):
        try:
            files = _files(name)
        except InputError:
            raise
        except (OSError, ValueError) as error:  # no permission, a name too long, a zero byte
            raise InputError(f"{name[:200]}: cannot be read: {reason_of(error)}") from None
        for file in files:
            # One file named in two ways is one file.
            found.setdefault(STANDARD_INPUT if name == STANDARD_INPUT else os.path.realpath(file), file)
    if not found:
        raise InputError("no file was named", hint=_KINDS)
    return list(found.values())


def _files(name: str) -> list[Path]:
    path = Path(name)
    if name == STANDARD_INPUT:
        return [path]
    if not name.strip():
        raise InputError(f"'{name}': no such file", hint=_KINDS)
    if path.is_dir():
        files = [file for file in sorted(path.iterdir()) if _is_submission(file)]
        if not files:
            raise InputError(f"{name}: no file in this folder is of a kind icredit reads", hint=_KINDS)
        return files
    if path.exists():
        if path.suffix.lower() not in ENDINGS:
            raise InputError(f"{name}: icredit does not read files ending in '{path.suffix}'", hint=_KINDS)
        return [path]
    files = [file for file in map(Path, sorted(glob.glob(name))) if _is_submission(file)]  # noqa: PTH207  # may be absolute
    if not files:
        raise InputError(f"{name}: no such file", hint=_nearby(path))
    return files


_KINDS = f"it reads {', '.join(ENDINGS)}"


def _is_submission(path: Path) -> bool:
    # ~$x.xlsx is the lock file that Excel keeps beside an open workbook.
    return path.is_file() and path.suffix.lower() in ENDINGS and not path.name.startswith(("~$", "."))


def _nearby(path: Path) -> str | None:
    try:
        near = nearest(path.name, [file.name for file in path.parent.iterdir()], limit=1)
    except OSError:
        return f"the folder {path.parent} does not exist"
    return f"did you mean {path.parent / near[0]}?" if near else None
