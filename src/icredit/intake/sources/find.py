"""Which files the user means: paths, folders, patterns, standard input."""

from __future__ import annotations

import glob
from collections.abc import Iterable
from pathlib import Path

from icredit.errors import InputError
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
    found: dict[Path, None] = {}
    for name in map(str, names):
        path = Path(name)
        if name == STANDARD_INPUT:
            found[path] = None
        elif path.is_dir():
            files = [file for file in sorted(path.iterdir()) if _is_submission(file)]
            if not files:
                raise InputError(f"{name}: no file in this folder is of a kind icredit reads", hint=_KINDS)
            found.update(dict.fromkeys(files))
        elif path.exists():
            if path.suffix.lower() not in ENDINGS:
                raise InputError(f"{name}: icredit does not read files ending in '{path.suffix}'", hint=_KINDS)
            found[path] = None
        elif files := [file for file in map(Path, sorted(glob.glob(name))) if _is_submission(file)]:  # noqa: PTH207  # a pattern may be absolute
            found.update(dict.fromkeys(files))
        else:
            raise InputError(f"{name}: no such file", hint=_nearby(path))
    return list(found)


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
