"""Which files the user means: paths, folders, patterns, standard input."""

from __future__ import annotations

import glob
import os
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from icredit.errors import InputError, reason_of
from icredit.text import counted, listed, nearest, pattern, shown

STANDARD_INPUT = "-"

#: What standard input is called in messages and manifests.
STANDARD_INPUT_NAME = "<stdin>"

TEXT_ENDINGS = (".csv", ".tsv", ".txt")
WORKBOOK_ENDINGS = (".xlsx", ".xlsm", ".xls", ".ods")
ENDINGS = (*TEXT_ENDINGS, *WORKBOOK_ENDINGS, ".parquet")

#: What may hold enterprises all the same: a file of these kinds is opened, and read by what it is, or refused by a
#: sentence of its own. Passed over, the enterprises in it would be missing from every list.
OPENED = (".xlsb", ".xlt", ".xltx", ".et", ".ett", ".numbers", ".htm", ".html", ".xml", ".zip", ".rar", ".7z", ".gz")

_KINDS = f"it reads {', '.join(ENDINGS)}"

# What systems leave in folders.
_OF_THE_SYSTEM = frozenset(("thumbs.db", "desktop.ini", "__macosx"))

_NUMBER = pattern(r"([0-9]+)")


class FoundFiles(NamedTuple):
    """The files behind some names.

    Attributes:
        files: in order of the names, and of the files' own names within a folder or pattern; none twice.
        notes: what was passed over in the folders, one sentence each.
        moved: file -> where it is by now, if not under the name by which it is told.
    """

    files: tuple[Path, ...]
    notes: tuple[str, ...] = ()
    moved: Mapping[Path, Path] = {}


def find_files(names: Iterable[str | Path], *, own: Collection[Path] = ()) -> FoundFiles:
    """The files behind the names.

    A folder is the submissions in it, without those in its subfolders; `**` in a pattern means subfolders, too. In order
    of name 2.xlsx comes before 10.xlsx.

    Args:
        names: of files, folders, patterns, or `-`.
        own: files that an earlier run wrote and this one will replace: in a folder they are no submissions.

    Raises:
        InputError: a name that is no file, folder or pattern with a match, or a file of a kind icredit does not read.
    """
    found: dict[str, Path] = {}
    passed = _PassedOver({os.path.realpath(path) for path in own})
    for name in map(str, names):
        try:
            files = list(_files(name, passed))
        except InputError:
            raise
        except (OSError, ValueError) as error:  # no permission, a name too long, a zero byte
            raise InputError(f"{name[:200]}: cannot be read: {reason_of(error)}") from None
        for file in files:
            # One file named in two ways is one file.
            found.setdefault(STANDARD_INPUT if name == STANDARD_INPUT else os.path.realpath(file), file)
    if not found:
        if passed.locks:
            raise InputError(f"{passed.locks[0]}: {_IS_LOCK}", hint="name the workbook itself")
        raise InputError("no file was named", hint=_KINDS)
    return FoundFiles(tuple(found.values()), tuple(passed.notes({file.parent for file in found.values()})))


_IS_LOCK = "is no workbook but the mark that one is open in another program"


@dataclass(slots=True)
class _PassedOver:
    """What stands in the folders and is not read."""

    own: set[str]
    written: list[Path] = field(default_factory=list)
    locks: list[Path] = field(default_factory=list)
    others: list[Path] = field(default_factory=list)
    folders: list[Path] = field(default_factory=list)

    def submissions(self, paths: Iterable[Path]) -> Iterator[Path]:
        """Those of the paths that are submissions, in order of name; the rest is remembered."""
        for path in sorted(paths, key=by_name):
            if path.name.startswith(".") or path.name.lower() in _OF_THE_SYSTEM:
                continue
            if path.is_dir():
                self.folders.append(path)
            elif _is_lock(path):
                self.locks.append(path)
            elif self.own and os.path.realpath(path) in self.own:
                self.written.append(path)
            elif path.suffix.lower() in (*ENDINGS, *OPENED) and (path.is_file() or not path.exists()):
                yield path  # a link that leads nowhere is a file that cannot be read
            else:
                self.others.append(path)

    def notes(self, read: Collection[Path]) -> Iterator[str]:
        """What is to be said; `read` are the folders whose files are read."""
        for folder in dict.fromkeys(path.parent for path in (*self.others, *self.locks, *self.written)):
            others = [path for path in self.others if path.parent == folder]
            if others:
                yield f"{shown(folder)}: {counted(len(others), 'file')} of other kinds passed over: {_named(others)}"
            locks = [path for path in self.locks if path.parent == folder]
            if locks:
                yield (
                    f"{shown(folder)}: {counted(len(locks), 'workbook')} open in another program, whose unsaved changes "
                    f"are not read: {_named(locks)}"
                )
            written = [path for path in self.written if path.parent == folder]
            if written:
                yield f"{shown(folder)}: passed over what an earlier run wrote: {_named(written)}"
        unread = [folder for folder in self.folders if folder not in read and _holds_submissions(folder)]
        for parent in dict.fromkeys(folder.parent for folder in unread):
            inside = [folder for folder in unread if folder.parent == parent]
            yield (
                f"{shown(parent)}: {counted(len(inside), 'subfolder')} with further files not read: {_named(inside)}; "
                f"'{shown(parent / '**')}' means them too"
            )


def _files(name: str, passed: _PassedOver) -> Iterator[Path]:
    path = Path(name)
    if name == STANDARD_INPUT:
        yield path
    elif not name.strip():
        raise InputError(f"'{name}': no such file", hint=_KINDS)
    elif path.is_dir():
        files = list(passed.submissions(path.iterdir()))
        if not files:
            raise InputError(f"{name}: no file in this folder is of a kind icredit reads", hint=_inside(path))
        yield from files
    elif path.exists():
        if _is_lock(path):
            passed.locks.append(path)  # shells name them along with the others: submissions/*.xlsx
        elif path.suffix.lower() not in (*ENDINGS, *OPENED):
            raise InputError(f"{name}: icredit does not read files ending in '{path.suffix}'", hint=_KINDS)
        else:
            yield path
    else:
        deep = "**" in path.parts
        matches = map(Path, glob.glob(name, recursive=True))  # noqa: PTH207  # may be absolute
        files = list(passed.submissions(match for match in matches if not (deep and match.is_dir())))
        if not files:
            raise InputError(f"{name}: no such file", hint=_nearby(path))
        yield from files


def _is_lock(path: Path) -> bool:
    # ~$x.xlsx is the file that Excel and WPS keep beside an open workbook.
    return path.name.startswith("~$")


def by_name(path: Path) -> tuple[list[tuple[int, int, str]], str]:
    """The key that sorts files by name; numbers in names count as numbers: 2.xlsx before 10.xlsx."""
    parts = _NUMBER.split(str(path))
    return [(1, int(part), "") if index % 2 else (0, 0, part) for index, part in enumerate(parts)], str(path)


def _holds_submissions(folder: Path) -> bool:
    """Whether a folder, or one below it, has a file that would be read."""
    return any(
        Path(name).suffix.lower() in (*ENDINGS, *OPENED) and not name.startswith(("~$", "."))
        for _, _, names in os.walk(folder)
        for name in names
    )


def _named(paths: Iterable[Path]) -> str:
    return listed([shown(path.name) for path in paths])


def _inside(folder: Path) -> str:
    """What to do about a folder without submissions."""
    inside = [path for path in folder.iterdir() if path.is_dir() and not path.name.startswith(".")]
    if any(map(_holds_submissions, inside)):
        return f"its subfolders have some; name them all with '{shown(folder / '**')}'"
    return _KINDS


def _nearby(path: Path) -> str | None:
    try:
        near = nearest(path.name, [file.name for file in path.parent.iterdir()], limit=1)
    except OSError:
        return f"the folder {path.parent} does not exist"
    return f"did you mean {path.parent / near[0]}?" if near else None
