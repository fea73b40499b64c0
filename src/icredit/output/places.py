"""Where an output's hidden helpers stand: its lock, its journal, and the files on their way to it or from it.

The files of a run share their beginning (scores.csv, scores.rejects.csv, scores.manifest.json), and so they share a
place: whoever writes one of them keeps others from writing any.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
from pathlib import Path
from typing import NamedTuple

_BESIDE = re.compile(r"\.(?:rejects|manifest)$")


class Place(NamedTuple):
    """A folder, and the outputs in it whose names begin alike. The hidden names are short however long those are."""

    folder: Path
    key: str

    @classmethod
    def of(cls, path: Path) -> Place:
        """The place of an output; a link is the file it points to."""
        target = Path(os.path.realpath(path))
        # Capitals do not count: on many disks Scores.csv and scores.csv are one file.
        name = _BESIDE.sub("", target.stem).casefold()
        return cls(target.parent, hashlib.sha256(name.encode("utf-8", "surrogateescape")).hexdigest()[:16])

    @classmethod
    def whole(cls, folder: Path) -> Place:
        """The place of all files that one run writes into a folder, however many and whatever their names."""
        return cls(Path(os.path.realpath(folder)), "0" * 16)

    @property
    def lock(self) -> Path:
        """What a run holds while it makes the outputs of this place."""
        return self.folder / f".icredit-{self.key}.lock"

    @property
    def journal(self) -> Path:
        """What stands while the outputs are switched from the old ones to the new."""
        return self.folder / f".icredit-{self.key}.journal"

    def temporary(self) -> Path:
        """A new name for a file on its way."""
        return self.folder / f".icredit-{self.key}-{secrets.token_hex(8)}.tmp"

    @property
    def rows(self) -> str:
        """How the name of a folder begins in which a run keeps rows that are too many for the memory."""
        return f".icredit-{self.key}-rows-"

    def is_temporary(self, name: str) -> bool:
        """Whether a name is one that `temporary` gives."""
        return re.fullmatch(rf"\.icredit-{self.key}-[0-9a-f]{{16}}\.tmp", name) is not None

    def temporaries(self) -> list[Path]:
        """The files that are on their way and the folders of rows, or what a killed run left of them."""
        with os.scandir(self.folder) as entries:
            names = [entry.name for entry in entries]
        return [self.folder / name for name in names if self.is_temporary(name) or name.startswith(self.rows)]


def is_special(path: Path) -> bool:
    """A pipe or device, such as /dev/null, which cannot be renamed over, nor belongs to one run."""
    return path.exists() and not path.is_file() and not path.is_dir()


def sync(path: Path) -> None:
    """Have the disk keep a file, or the names in a folder."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
