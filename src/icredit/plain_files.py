"""Reading a file that somebody named: a plain one, and no larger than anything of its kind.

A pipe without a writer would be waited for without end, and a device such as /dev/zero never ends.
"""

from __future__ import annotations

import stat
from pathlib import Path

from icredit.errors import InputError, reason_of

#: Bytes of a submission: 10 million enterprises in 60 columns take five GB as CSV. A file with holes can claim any size.
MOST_BYTES = 16 * 2**30

#: Bytes of a file of zones or judgements: a hundred times the national register, or a matrix of 15 indicators a thousand times.
MOST_TABLE_BYTES = 4_000_000

#: Bytes of a reference: the places of 520,000 enterprises in 18 indicators that are ranked take 750 MB.
MOST_REFERENCE_BYTES = 2**30


#: Bytes of a manifest: an account of 178 files and more, with every row that was left out.
MOST_MANIFEST_BYTES = 2**28


def require_plain(path: Path, most: int, *, pipe: bool = False) -> None:
    """Refuse what is no plain file, or larger than it may be; a pipe only unless it will do.

    Raises:
        InputError: it is a folder, pipe or device, too large, or not there.
    """
    try:
        found = path.stat()
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: cannot be read: {reason_of(error)}") from None
    if stat.S_ISDIR(found.st_mode):
        raise InputError(f"{path}: cannot be read: it is a folder", hint="name a file")
    if not stat.S_ISREG(found.st_mode) and not (pipe and stat.S_ISFIFO(found.st_mode)):
        raise InputError(
            f"{path}: cannot be read: it is a pipe or device, no plain file", hint="write it to a file first"
        )
    if found.st_size > most:
        raise InputError(
            f"{path}: cannot be read: it has {found.st_size:,} bytes, more than {most:,}", hint="is it the right file?"
        )


def read_plain(path: Path, most: int) -> bytes:
    """The bytes of a plain file.

    Raises:
        InputError: as `require_plain`, or it cannot be read.
    """
    require_plain(path, most)
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {reason_of(error)}") from None
