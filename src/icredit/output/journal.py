"""Switching a group of files so that a run killed at any moment leaves the old ones or the new ones.

Several files cannot be renamed at once. So, while they are switched one by one, a journal stands beside the first: it
names every file of the group and the second name under which the old one is kept. Taking the journal away is the
moment at which the new files hold. Whoever finds a journal whose run has died puts the old files back:

1. the new files are written under hidden names and synced;
2. every old file gets a second, hidden name;
3. the journal is written, synced and renamed to its name;
4. new files are renamed into their places, stale ones removed;
5. the journal is removed, then the second names.

Up to 5 the group can always be put back, by the run itself if something fails, or by the next command that takes the
lock; from 5 on there is nothing left to do but to remove hidden files. Each step of putting back may be done twice, so
that a command killed while it puts back does no harm either. Files of a group in other places have a journal there
that names the first.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

from icredit.errors import OutputError
from icredit.output.failures import output_errors
from icredit.output.lock import Locks
from icredit.output.places import Place, sync

_FORMAT = "icredit-journal-1"


def take(locks: Locks, paths: Iterable[Path]) -> None:
    """Hold outputs, and put right what a run that was killed has left there.

    Raises:
        OutputError: another run holds one of them, or it cannot be put right.
    """
    for place in locks.hold(paths):
        recover(place, locks)


def take_place(locks: Locks, place: Place, path: Path) -> None:
    """`take` a place, of which `path` is told."""
    if locks.hold_place(place, path):
        recover(place, locks)


def recover(place: Place, locks: Locks) -> None:
    """Put back the old files of a run that was killed while it switched them, and remove what it left; `place` is held.

    Raises:
        OutputError: something else stands in the journal's place, or a file cannot be put back.
    """
    with output_errors(place.journal):
        content = _load(place.journal)
        if content is not None and "first" in content:
            first = _place_of_journal(content["first"], place)
            if first is not None and locks.hold_place(first, first.journal):
                recover(first, locks)
            place.journal.unlink(missing_ok=True)
        elif content is not None:
            kept = [_Kept.load(entry, place) for entry in content["files"]]
            others = {one.place for one in kept} - {place}
            for other in others:
                locks.hold_place(other, other.journal)
            for one in reversed(kept):
                one.put_back()
            _sync_folders(one.target.parent for one in kept)
            place.journal.unlink()
            for other in others:
                recover(other, locks)
        for path in place.temporaries():
            discard(path)


class _Kept(NamedTuple):
    """What stood in the place of one file."""

    target: Path
    second: Path | None
    place: Place

    @classmethod
    def load(cls, entry: dict[str, Any], first: Place) -> _Kept:
        """An entry of the journal of `first`, if that may decide about the file: a journal beside it must say so."""
        target = first.folder / entry["file"]
        place = Place(target.parent, entry["key"])
        kept = cls(target, None if entry["second"] is None else place.folder / entry["second"], place)
        content = None if place == first else _load(place.journal)
        allowed = place == first or (content is not None and content.get("first") == str(first.journal))
        if not allowed or (kept.second is not None and not place.is_temporary(entry["second"])):
            raise _foreign(first.journal)
        return kept

    def as_dict(self, first: Place) -> dict[str, str | None]:
        """The entry for the journal of `first`; its folder may be found by another path when the file is put back."""
        file = self.target.name if self.place.folder == first.folder else str(self.target)
        return {"file": file, "key": self.place.key, "second": None if self.second is None else self.second.name}

    def put_back(self) -> None:
        """Let the old file stand again, or none; nothing if that has been done before."""
        if self.second is None:
            self.target.unlink(missing_ok=True)
        elif self.second.exists():
            if not (self.target.exists() and self.target.samefile(self.second)):
                self.second.replace(self.target)
            self.second.unlink(missing_ok=True)


class Journal:
    """The journal of a group that is being switched."""

    def __init__(self) -> None:
        self._kept: list[_Kept] = []
        self._written: list[Path] = []

    def keep(self, target: Path, place: Place) -> None:
        """Keep what stands at `target`, in the folder of `place`, under a second name, or that nothing does."""
        if not target.exists():
            self._kept.append(_Kept(target, None, place))
            return
        second = place.temporary()
        self._kept.append(_Kept(target, second, place))
        try:
            os.link(target, second)
        except OSError:  # a file system without links, or a file that may not have a second name
            shutil.copy2(target, second)
            sync(second)

    def write(self) -> None:
        """Write down what was kept, before anything changes; a single file needs no journal, being renamed at once."""
        if len(self._kept) < 2:  # noqa: PLR2004  # one
            return
        first, *others = dict.fromkeys(one.place for one in self._kept)
        for other in others:
            self._write(other, {"first": str(first.journal)})
        self._write(first, {"files": [one.as_dict(first) for one in self._kept]})
        self.sync()

    def _write(self, place: Place, content: dict[str, Any]) -> None:
        temporary = place.temporary()
        self._written.append(place.journal)
        try:
            temporary.write_text(json.dumps({"format": _FORMAT, **content}), "utf-8")
            sync(temporary)
            temporary.replace(place.journal)
        except BaseException:
            discard(temporary)
            raise

    def sync(self) -> None:
        """Have the disk keep the names of all files."""
        _sync_folders(one.target.parent for one in self._kept)

    def close(self) -> None:
        """Let the new files hold: remove the first journal. What it kept is left for `forget`."""
        self.sync()
        if self._written:
            self._written[-1].unlink()

    def roll_back(self) -> None:
        """Put everything back, as far as it goes; if it does not go, the journal stays for the next command."""
        whole = True
        for one in reversed(self._kept):
            try:
                one.put_back()
            except OSError:
                whole = False
        if whole:
            self.sync()
            self._drop()

    def forget(self) -> None:
        """Remove what is no longer needed, now that the new files hold."""
        self.sync()  # the journal is gone for good before what it names is
        self._drop()
        for one in self._kept:
            if one.second is not None:
                discard(one.second)

    def _drop(self) -> None:
        for path in reversed(self._written):
            discard(path)


def _load(path: Path) -> dict[str, Any] | None:
    """What stands in a journal, if there is one and this user has written it."""
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
    except FileNotFoundError:
        return None
    with open(handle, "rb") as file:  # noqa: PTH123  # by its handle
        own = os.fstat(handle).st_uid == os.geteuid() if hasattr(os, "geteuid") else True
        try:
            content = json.loads(file.read())
            known = content["format"] == _FORMAT and ("first" in content or isinstance(content["files"], list))
        except (ValueError, KeyError, TypeError):
            known = False
    if not own:
        raise OutputError(
            f"{path}: another user's run was killed while it switched its files",
            hint="let that user run any command of icredit that writes them, which puts the old ones back",
        )
    if not known:
        raise _foreign(path)
    return dict(content)


def _place_of_journal(path: str, found_in: Place) -> Place | None:
    """The place of the first journal of a group, if that still stands."""
    folder, key = Path(path).parent, Path(path).name.removeprefix(".icredit-").removesuffix(".journal")
    place = Place(folder, key)
    if str(place.journal) != path or place == found_in:
        raise _foreign(found_in.journal)
    return place if place.journal.exists() else None


def _foreign(path: Path) -> OutputError:
    return OutputError(
        f"{path}: is no journal that icredit has left", hint="look at the files beside it, then remove it"
    )


def _sync_folders(folders: Iterable[Path]) -> None:
    for folder in dict.fromkeys(folders):
        with contextlib.suppress(OSError):  # some systems cannot
            sync(folder)


def discard(path: Path) -> None:
    """Remove a hidden file or folder, if it is there and lets itself be removed."""
    with contextlib.suppress(OSError):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        path.unlink(missing_ok=True)
