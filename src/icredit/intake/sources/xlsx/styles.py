"""What the cell styles of a workbook say of numbers: shown as a percentage, as a date, or as a length of time."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from icredit.intake.sources.cell_text import shows_percent
from icredit.intake.sources.xlsx.elements import Attributes, read_elements

# ECMA-376, 18.8.30, with the formats of East Asian editions.
_PERCENT_FORMATS = frozenset((9, 10))
_DATE_FORMATS = frozenset((*range(14, 23), *range(27, 37), 45, 47, *range(50, 59)))
_DURATION_FORMATS = frozenset((46,))

# Excel allows 255 characters; the patterns below are not meant for millions.
_LONGEST_FORMAT = 1_000

# Parts of a number format that are shown as they are, or only choose a colour, a condition or a language.
_NO_CODE = re.compile(r'"[^"]*"?|[\\_*].|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.IGNORECASE | re.DOTALL)
_DURATION = re.compile(r"\[(?:h+|m+|s+)\]", re.IGNORECASE)
_DATE = re.compile(r"[dyhms]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Styles:
    """Numbers of the cell styles that show a number in a way that matters."""

    percent: tuple[int, ...] = ()
    date: tuple[int, ...] = ()
    duration: tuple[int, ...] = ()


def read_styles(chunks: Iterable[bytes]) -> Styles:
    """The cell styles of a workbook.

    Raises:
        ValueError: the XML is damaged.
    """
    codes: dict[int, str] = {}
    used: list[int] = []

    def told(parent: str, name: str, attributes: Attributes) -> None:
        if name == "numFmt" and parent == "numFmts":
            codes[_number(attributes.get("numFmtId"))] = attributes.get("formatCode", "")[:_LONGEST_FORMAT]
        elif name == "xf" and parent == "cellXfs":
            used.append(_number(attributes.get("numFmtId")))

    read_elements(chunks, told)
    shows = {number: _shows(number, codes.get(number)) for number in set(used)}

    def styles(what: str) -> tuple[int, ...]:
        return tuple(index for index, number in enumerate(used) if shows[number] == what)

    return Styles(styles("percent"), styles("date"), styles("duration"))


def _shows(number: int, code: str | None) -> str:
    """How a number format shows numbers. A workbook may give a built-in number another meaning."""
    if code is None:
        kinds = (("percent", _PERCENT_FORMATS), ("date", _DATE_FORMATS), ("duration", _DURATION_FORMATS))
        return next((what for what, numbers in kinds if number in numbers), "number")
    if shows_percent(code):
        return "percent"
    # The first section is that of positive numbers.
    shown = _NO_CODE.sub("", code).split(";")[0]
    if _DURATION.search(shown):
        return "duration"
    return "date" if _DATE.search(shown) else "number"


def _number(text: str | None) -> int:
    """The number of a format; 0, which shows numbers as they are, if it is none."""
    return int(text) if text is not None and text.isascii() and text.isdigit() and len(text) < 10 else 0  # noqa: PLR2004  # 32 bits
