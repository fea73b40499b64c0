"""XML read as it streams by: names with their namespaces, no document types, and no more than fits.

A document type could define entities that grow without end, or name files to fetch; no spreadsheet program writes one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NoReturn, Protocol
from xml.parsers import expat

from icredit.intake.sources.limits import LONGEST_TEXT

# The parser holds a text or a tag as a whole, so none may be longer than this.
_LONGEST = LONGEST_TEXT


class Handler(Protocol):
    """What is told about a document. Names are a namespace, a blank and a name; without a namespace the name alone."""

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """An element begins."""

    def end(self, name: str) -> None:
        """An element ends."""

    def text(self, text: str) -> None:
        """A piece of text, not always all of it."""


def read_xml(chunks: Iterable[bytes], handler: Handler, *, encoding: str | None = None) -> None:
    """Tell the handler of everything in a document; `encoding` overrules what the document says of itself.

    Raises:
        ValueError: it is damaged, has a document type, or a tag too long to hold.
    """
    parser = expat.ParserCreate(encoding, " ")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse
    parser.StartElementHandler = handler.start
    parser.EndElementHandler = handler.end
    parser.CharacterDataHandler = handler.text
    given = 0
    try:
        for chunk in chunks:
            parser.Parse(chunk, False)
            given += len(chunk)
            if given - parser.CurrentByteIndex > _LONGEST:
                raise ValueError("its XML has a tag without an end")
        parser.Parse(b"", True)
    except (expat.ExpatError, LookupError) as error:  # a lookup of the encoding that it names
        raise ValueError(f"its XML is damaged: {error}") from None


def _refuse(*_: object) -> NoReturn:
    raise ValueError("its XML has a document type, which no spreadsheet program writes")
