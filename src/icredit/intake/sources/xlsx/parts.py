"""The parts of a workbook file: which sheets there are, the shared strings, the cell styles."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from icredit.errors import reason_of
from icredit.intake.sources.limits import ALWAYS_UNPACKED, MOST_PACKED
from icredit.intake.sources.xlsx.elements import Attributes, read_elements
from icredit.intake.sources.xlsx.escapes import unescape
from icredit.intake.sources.xlsx.styles import Styles, read_styles

# What the parts of one workbook may unpack to: 60 bytes for each cell of all of Excel's rows in 60 columns, and half as much.
_MOST_BYTES = 6 * 2**30

# The ways to pack that Excel knows; others can ask for gigabytes before the first byte comes.
_PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)

_BLOCK = 2 * 2**20

# What the standard library raises over a damaged archive, beside ValueError.
_DAMAGED = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, NotImplementedError, OverflowError)


@dataclass(frozen=True, slots=True)
class SheetPart:
    """A worksheet by its name and the name of its part."""

    name: str
    part: str
    hidden: bool


class PasswordError(ValueError):
    """A part of the archive is encrypted."""


class Package:
    """An open workbook file.

    Raises:
        ValueError: a part is missing, damaged or too large; the message is for people.
    """

    def __init__(self, data: bytes) -> None:
        with _archive_errors():
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        # Names are compared without case and with either slash: some programs write xl\worksheets\Sheet1.xml.
        self._parts = {_path("", part.filename).lower(): part for part in self._zip.infolist()}
        unpacked = sum(part.file_size for part in self._parts.values())
        if unpacked > min(_MOST_BYTES, ALWAYS_UNPACKED + MOST_PACKED * len(data)):
            raise ValueError(f"it would unpack to {unpacked / 2**20:,.0f} MB, which no table needs")
        #: The worksheets in order; charts and macro sheets are none.
        self.sheets: list[SheetPart] = []
        #: Whether serial dates count from 1904.
        self.epoch_1904 = False
        self._related: dict[str, str] = {}
        self._read_book(self._main_part())

    def stream(self, part: str) -> Iterator[bytes]:
        """The bytes of a part, block by block."""
        found = self._parts.get(part.lower())
        if found is None:
            raise ValueError(f"its part {part[:100]} is missing")
        if found.compress_type not in _PACKED:
            raise ValueError(f"its part {part[:100]} is packed in a way that Excel does not know")
        with _archive_errors(), self._zip.open(found) as file:
            # The zip reader gives no more than the size that the table of contents states.
            while block := file.read(_BLOCK):
                yield block

    def styles(self) -> Styles:
        """What the cell styles say of numbers."""
        part = self._related.get("styles")
        return Styles() if part is None else read_styles(self.stream(part))

    @property
    def strings(self) -> str | None:
        """The part with the shared strings; None if there is none."""
        return self._related.get("sharedStrings")

    def _read_book(self, book: str) -> None:
        folder, _, name = book.rpartition("/")
        relations = self._relations_of(f"{folder}/_rels/{name}.rels".lstrip("/"), folder)
        for kind, target in reversed(relations.values()):
            self._related[kind] = target

        def told(parent: str, name: str, attributes: Attributes) -> None:
            if name == "workbookPr":
                self.epoch_1904 |= attributes.get("date1904") in ("1", "true")
            elif name == "sheet" and parent == "sheets":
                identifier = next((value for key, value in attributes.items() if key.endswith(" id")), "")
                kind, target = relations.get(identifier, ("", ""))
                if kind == "worksheet":
                    hidden = attributes.get("state", "visible") != "visible"
                    self.sheets.append(SheetPart(unescape(attributes.get("name", "")), target, hidden))

        read_elements(self.stream(book), told)
        if len({sheet.part for sheet in self.sheets}) != len(self.sheets):
            raise ValueError("two of its sheets are one and the same part")

    def _main_part(self) -> str:
        relations = self._relations_of("_rels/.rels", "")
        return next((target for kind, target in relations.values() if kind == "officeDocument"), "xl/workbook.xml")

    def _relations_of(self, part: str, folder: str) -> dict[str, tuple[str, str]]:
        """Identifier -> kind and part."""
        found: dict[str, tuple[str, str]] = {}

        def told(parent: str, name: str, attributes: Attributes) -> None:
            if name == "Relationship" and attributes.get("TargetMode") != "External":
                kind = attributes.get("Type", "").rpartition("/")[2]
                found[attributes.get("Id", "")] = kind, _path(folder, attributes.get("Target", ""))

        if part.lower() in self._parts:
            read_elements(self.stream(part), told)
        return found


@contextmanager
def _archive_errors() -> Iterator[None]:
    """What the zip reader raises, as the error of this package."""
    try:
        yield
    except _DAMAGED as error:
        raise ValueError(f"its archive is damaged: {reason_of(error)}") from None
    except RuntimeError as error:  # it has no class of its own for this
        raise PasswordError(str(error)) from None


def _path(folder: str, target: str) -> str:
    """The part that a relation means: relative to the folder of the part that states it, or from the root."""
    target = target.replace("\\", "/")
    found: list[str] = []
    for part in (target if target.startswith("/") else f"{folder}/{target}").split("/"):
        if part == "..":
            found = found[:-1]
        elif part not in ("", "."):
            found.append(part)
    return "/".join(found)
