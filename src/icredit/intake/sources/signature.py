"""What a file is, by its content: names and endings lie more often than one would think."""

from __future__ import annotations

import io
import re
import struct
import zipfile
from typing import Literal

from icredit.intake.sources.compound import SIGNATURE, CompoundFile

Kind = Literal[
    "xlsx",  # also .xlsm: a zip with a workbook in XML
    "xlsb",  # a zip with a workbook in binary records
    "ods",  # an OpenDocument spreadsheet, encrypted or not
    "xls",  # binary records, in a compound file or bare
    "encrypted",  # an .xlsx with a password
    "xmlss",  # the workbook in one XML file of Excel 2003
    "html",  # a web page
    "parquet",
    "doc",  # a text document or a presentation, of whatever program
    "pdf",
    "image",
    "zip",  # any other archive
    "empty",  # nothing, or nothing but blanks
    "text",  # everything else; whether it is text, decoding tells
]

# As much of a file as tells a page or an XML file by its beginning.
_HEAD = 16_384

# How files begin -> what they are.
_MAGIC: tuple[tuple[bytes, Kind], ...] = (
    (b"PAR1", "parquet"),
    (b"%PDF", "pdf"),
    (b"{\\rtf", "doc"),
    (b"PK\x05\x06", "zip"),
    (b"Rar!\x1a\x07", "zip"),
    (b"7z\xbc\xaf\x27\x1c", "zip"),
    (b"\x1f\x8b", "zip"),
    (b"\x89PNG", "image"),
    (b"\xff\xd8\xff", "image"),
    (b"GIF8", "image"),
    (b"II*\0", "image"),
    (b"MM\0*", "image"),
)

# How a page begins, after comments and declarations.
_PAGE = (
    rb"\s*+(?:<\?xml[^>]*+>\s*+|<!--(?>.*?-->)\s*+)*+"
    rb"<(?:!doctype\s+html|html|head|meta|title|style|body|table|center|div|font|form)\b"
)

# What stands in the head of an XML file that is a workbook of Excel 2003.
_SIGNS = (b"urn:schemas-microsoft-com:office:spreadsheet", b'progid="Excel.Sheet"')

#: The kinds of record with which the binary records of a workbook begin.
BOF = (0x0009, 0x0209, 0x0409, 0x0809)

_ENCRYPTED = "encryptedpackage"
_ODS = b"application/vnd.oasis.opendocument.spreadsheet"

# What lies in a zip -> what the zip is; the first that is there decides.
_PARTS: tuple[tuple[str, Kind], ...] = (
    ("xl/workbook.xml", "xlsx"),
    ("xl/workbook.bin", "xlsb"),
    ("word/", "doc"),
    ("ppt/", "doc"),
    ("xl/", "xlsx"),
)


def kind_of(data: bytes) -> Kind:
    """What a file is. A damaged one is what is left of it; its reader says that it is damaged."""
    head = data[:_HEAD]
    if head.startswith(b"PK\x03\x04"):
        return _zipped(data)
    if head.startswith(SIGNATURE):
        return _compound(data)
    for beginning, kind in _MAGIC:
        if head.startswith(beginning):
            return kind
    if is_bare(head):
        return "xls"
    return "empty" if not data or data.isspace() else _marked(head)


def is_bare(data: bytes) -> bool:
    """Whether bytes are records without a container, as Excel 2 to 4 wrote and some exports still do."""
    head = data[:4].ljust(4, b"\xff")
    kind, length = struct.unpack("<HH", head)
    return kind in BOF and 4 <= length <= 20  # noqa: PLR2004  # all the lengths there were


def _marked(head: bytes) -> Kind:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        head = head[2:].replace(b"\0", b"")
    head = head.removeprefix(b"\xef\xbb\xbf")
    if head.lstrip()[:1] != b"<":
        return "text"
    if any(sign in head for sign in _SIGNS):
        return "xmlss"
    return "html" if re.match(_PAGE, head, re.IGNORECASE | re.DOTALL) else "text"


def _zipped(data: bytes) -> Kind:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            # Some programs write names as Windows writes paths.
            names = [name.replace("\\", "/").lower() for name in archive.namelist()]
            if "content.xml" in names:
                return "ods" if _is_spreadsheet(archive) else "doc"
    except Exception:  # noqa: BLE001  # a cut archive has no list, but each part has its name before it
        names = [part for part, _ in _PARTS if part.encode() in data]
        if _ODS in data[:_HEAD]:
            return "ods"
    return next((kind for part, kind in _PARTS if any(name.startswith(part) for name in names)), "zip")


def _is_spreadsheet(archive: zipfile.ZipFile) -> bool:
    """Whether an OpenDocument file is a spreadsheet, as far as it says; not every program writes its type."""
    try:
        with archive.open("mimetype") as part:
            return part.read(len(_ODS)) == _ODS
    except KeyError:
        return True


def _compound(data: bytes) -> Kind:
    try:
        names = CompoundFile(data).names
    except ValueError:
        return "encrypted" if _ENCRYPTED.encode("utf-16-le") in data.lower() else "xls"
    if _ENCRYPTED in names:
        return "encrypted"
    return "xls" if names & {"workbook", "book"} or not names else "doc"
