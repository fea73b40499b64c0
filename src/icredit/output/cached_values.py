"""What a workbook's formulas last came to.

openpyxl reads a cell's formula or its value, never both, and so writes formulas without values. Excel calculates them when
it opens the file, but other readers, and Excel itself before editing is allowed, would see empty cells.
"""

from __future__ import annotations

import io
import xml.sax
import zipfile
from collections.abc import Mapping
from typing import Any
from xml.etree.ElementTree import iterparse
from xml.sax.saxutils import XMLGenerator
from xml.sax.xmlreader import AttributesImpl

_SPACE = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"

#: Address of a cell -> the type and the text of its formula's value, as the file has them.
Values = Mapping[str, tuple[str | None, str]]


def cached_values(data: bytes, parts: Mapping[str, str]) -> dict[str, Values]:
    """The values of the formulas of every sheet.

    Args:
        data: an .xlsx or .xlsm.
        parts: name of a sheet -> name of its part in the file.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = set(archive.namelist())
        return {sheet: _read(archive, part) for sheet, part in parts.items() if part in names}


def _read(archive: zipfile.ZipFile, part: str) -> Values:
    found: dict[str, tuple[str | None, str]] = {}
    with archive.open(part) as source:
        for _, element in iterparse(source):  # noqa: S314  # expat limits what entities can grow to
            if element.tag == _SPACE + "c":
                value, place, kind = element.findtext(_SPACE + "v"), element.get("r"), element.get("t")
                if place and value and kind != "s" and element.find(_SPACE + "f") is not None:
                    found[place] = (kind, value)
            elif element.tag == _SPACE + "row":
                element.clear()
    return found


def with_cached_values(written: io.BytesIO, values: Mapping[str, Values]) -> bytes:
    """A workbook as openpyxl wrote it with the values of its formulas put in.

    Args:
        written: the workbook.
        values: name of a sheet's part -> the values of its formulas.
    """
    content = io.BytesIO()
    with zipfile.ZipFile(written) as source, zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as target:
        # In order of name and without times, so that the same workbook gives the same bytes.
        for name in sorted(source.namelist()):
            part = source.read(name)
            if values.get(name):
                part = _filled(part, values[name])
            target.writestr(zipfile.ZipInfo(name), part, zipfile.ZIP_DEFLATED)
    return content.getvalue()


def _filled(part: bytes, values: Values) -> bytes:
    sheet = io.BytesIO()
    xml.sax.parse(io.BytesIO(part), _Filler(sheet, values))  # noqa: S317  # openpyxl has just written it
    return sheet.getvalue()


class _Filler(XMLGenerator):
    """Copies a sheet; where a cell has a formula and its value is known, writes the value too."""

    def __init__(self, out: Any, values: Values) -> None:
        super().__init__(out, "utf-8", short_empty_elements=True)
        self._values = values
        self._value: str | None = None
        self._formula = False

    def startElement(self, name: str, attrs: Any) -> None:  # noqa: N802  # the name that the parser calls
        if name == "c":
            kind, self._value = self._values.get(attrs["r"], (None, None))
            self._formula = False
            if kind is not None:
                attrs = AttributesImpl({**dict(attrs), "t": kind})
        self._formula |= name == "f"
        super().startElement(name, attrs)
        if name == "v" and self._formula and self._value is not None:
            self.characters(self._value)
            self._value = None
