"""The elements of a workbook's XML by their local names: strict and transitional workbooks differ in namespaces alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from icredit.intake.sources.limits import LONGEST_TEXT
from icredit.intake.sources.xml_events import read_xml

Attributes = Mapping[str, str]

#: What is told of an element that begins: its parent's name or nothing, its name, its attributes.
Told = Callable[[str, str, Attributes], None]

# More than any program nests; the parser remembers every element that is open.
_DEEPEST = 1_000


class Elements:
    """Follows XML as it streams by; see `icredit.intake.sources.xml_events.Handler`."""

    def __init__(self, told: Told | None = None) -> None:
        self._path: list[str] = []
        self._told = told

    def begin(self, parent: str, name: str, attributes: Attributes) -> None:
        """An element begins."""
        if self._told is not None:
            self._told(parent, name, attributes)

    def finish(self, name: str) -> None:
        """An element ends."""

    def start(self, name: str, attributes: Attributes) -> None:
        """See `Handler`."""
        path = self._path
        if len(path) > _DEEPEST:
            raise ValueError("its XML is damaged: elements within elements without end")
        name = name.rpartition(" ")[2]
        parent = path[-1] if path else ""
        path.append(name)
        self.begin(parent, name, attributes)

    def end(self, name: str) -> None:
        """See `Handler`."""
        self.finish(self._path.pop())

    def text(self, text: str) -> None:
        """See `Handler`."""


def read_elements(chunks: Iterable[bytes], told: Told) -> None:
    """Tell of every element that begins.

    Raises:
        ValueError: the XML is damaged.
    """
    read_xml(chunks, Elements(told))


class TextElements(Elements):
    """Collects the text of `t` and `v` elements, without those in `rPh`, which say how a text is pronounced."""

    def __init__(self) -> None:
        super().__init__()
        self._pieces: list[str] = []
        self._length = 0
        self._within = 0
        self._collecting = False

    def begin(self, parent: str, name: str, attributes: Attributes) -> None:
        """See `Elements`."""
        if name in ("t", "v"):
            self._collecting = not self._within
            if self._collecting:
                self._pieces.append("")
        elif name == "rPh":
            self._within += 1

    def finish(self, name: str) -> None:
        """See `Elements`."""
        if name in ("t", "v"):
            self._collecting = False
        elif name == "rPh":
            self._within -= 1

    def text(self, text: str) -> None:
        """See `Handler`."""
        if self._collecting:
            self._pieces.append(text)
            self._length += len(text)
            if self._length > LONGEST_TEXT:
                raise ValueError("it has a text of more than 16 million characters")

    def collected(self) -> str | None:
        """The text since this was asked last; None if there was not even an empty one."""
        text = "".join(self._pieces) if self._pieces else None
        self._pieces.clear()
        self._length = 0
        return text
