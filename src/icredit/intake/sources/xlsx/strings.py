"""The shared strings of a workbook: every text stands once, and the cells refer to it by number."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import polars as pl

from icredit.intake.sources.grid_builder import Room
from icredit.intake.sources.xlsx.elements import Attributes, TextElements
from icredit.intake.sources.xlsx.escapes import resolved, unescape
from icredit.intake.sources.xlsx.plain_xml import NO_CHARACTERS, NotPlainError, PlainXml, split
from icredit.intake.sources.xml_events import read_xml

# As in `cells`, every character decides what the next may be.
_BLANK = r"[ \t\r\n]*$"
_PIECE = rf'^<t(?: (?:xml:space="preserve" ?)?)?(?:/>|>([^<{NO_CHARACTERS}]+)?</t>)</si>{_BLANK}'

# Texts that are Python objects at once, and their characters.
_AT_ONCE, _CHARACTERS = 50_000, 2**24

Keep = Callable[[pl.Series], None]


def shared_strings(stream: Callable[[], Iterable[bytes]], file: str, size: int = 0) -> pl.Series:
    """The texts by their number. `stream` gives the XML, once more if it is not written in the plain way.

    Raises:
        InputError: they are too many, or too long.
        ValueError: the XML is damaged.
    """
    try:
        return _all(plain_strings, stream(), Room(file, size))
    except NotPlainError:
        return _all(parsed_strings, stream(), Room(file, size))


def _all(read: Callable[[Iterable[bytes], Keep], None], stream: Iterable[bytes], room: Room) -> pl.Series:
    kept = [pl.Series(dtype=pl.String())]

    def keep(texts: pl.Series) -> None:
        room.take(cells=texts.len(), characters=int(texts.str.len_bytes().sum()))
        kept.append(texts)

    read(stream, keep)
    return pl.concat(kept)


def plain_strings(stream: Iterable[bytes], keep: Keep) -> None:
    """Hand over the texts in order, some at a time.

    Raises:
        NotPlainError: not every one is written plainly, without format. As with cells, every piece must match wholly.
    """
    xml = PlainXml(stream, "sst", b"</si>")
    for piece in xml.pieces():
        parts = split(piece, "<si>")
        texts = parts.slice(1)
        if not parts.head(1).str.contains("^" + _BLANK).all() or not texts.str.contains(_PIECE).all():
            raise NotPlainError
        if texts.len():
            keep(resolved(texts.str.extract(_PIECE).fill_null("")))
    xml.read_around()


def parsed_strings(stream: Iterable[bytes], keep: Keep) -> None:
    """As `plain_strings`, for any XML: parts in different formats are joined, how a text is pronounced is left out.

    Raises:
        ValueError: the XML is damaged.
    """
    reader = _Reader(keep)
    read_xml(stream, reader)
    reader.hand_over()


class _Reader(TextElements):
    def __init__(self, keep: Keep) -> None:
        super().__init__()
        self._keep = keep
        self._texts: list[str] = []
        self._characters = 0

    def begin(self, parent: str, name: str, attributes: Attributes) -> None:
        super().begin(parent, name, attributes)
        if name == "si":
            self.collected()  # what stood outside

    def finish(self, name: str) -> None:
        super().finish(name)
        if name == "si":
            text = unescape(self.collected() or "")
            self._texts.append(text)
            self._characters += len(text)
            if len(self._texts) >= _AT_ONCE or self._characters > _CHARACTERS:
                self.hand_over()

    def hand_over(self) -> None:
        """Hand over what is collected."""
        self._keep(pl.Series(self._texts, dtype=pl.String()))
        self._texts.clear()
        self._characters = 0
