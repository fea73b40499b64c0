"""Finding the manifest that says how a file was made."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from icredit import lists
from icredit.errors import InputError, UsageError, reason_of
from icredit.output import manifest as manifests
from icredit.output.tables import WRITERS
from icredit.plain_files import MOST_MANIFEST_BYTES, read_plain


class Made(NamedTuple):
    """A file, and how it was made.

    Attributes:
        file: the scored table or list; it need not be there.
        said: what its manifest says, or its sheet 说明 About.
        where: the manifest, or the workbook itself.
    """

    file: Path
    said: Mapping[str, Any]
    where: Path

    @property
    def is_list(self) -> bool:
        """Whether it is a ranked list."""
        return bool(self.said["format"] == lists.FORMAT)


def find_made(path: Path) -> Made:
    """What says how a file was made: it may be the file or its manifest.

    Raises:
        InputError: nothing says so, or it cannot be read.
        UsageError: the file is none of icredit's.
    """
    if path.suffix.lower() == ".json":
        content = _load(path)
        file = path.with_name(Path(content["output"]["file"]).name)
        return Made(file, content, path)
    if path.suffix.lower() not in WRITERS:
        hint = f"name a scored table, a list ({', '.join(WRITERS)}), or its manifest"
        raise UsageError(f"{path}: icredit writes no tables of this kind", hint=hint)
    if path.suffix.lower() == ".xlsx" and path.is_file():
        said = lists.said_by_workbook(path)
        if said is not None:
            return Made(path, said, path)
    beside = manifests.manifest_path(path)
    if not beside.exists():
        missing = "no such file" if not path.exists() else f"no manifest beside it ({beside.name})"
        raise InputError(f"{path}: {missing}", hint="the manifest says how it was made; name a file that has one")
    content = _load(beside)
    of = path.with_name(Path(content["output"]["file"]).name)
    if of.name != path.name and of.exists():
        raise InputError(f"{beside}: is the manifest of {of.name}, not of {path.name}", hint=f"verify {of}")
    return Made(path, content, beside)


def _load(path: Path) -> dict[str, Any]:
    """A manifest of a table or a list, whole enough to be asked for its output."""
    try:
        content = json.loads(read_plain(path, MOST_MANIFEST_BYTES))
        known = content["format"] in (manifests.FORMAT, lists.FORMAT)
        whole = known and all(isinstance(content["output"][key], str) for key in ("file", "sha256"))
    except (ValueError, RecursionError, KeyError, TypeError) as error:
        raise InputError(f"{path}: is no manifest of icredit: {reason_of(error)}") from None
    if not whole:
        raise InputError(f"{path}: is no manifest of icredit")
    return dict(content)
