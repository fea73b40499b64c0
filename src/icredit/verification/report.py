"""What a verification has found out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

Kind = Literal[
    "input", "scheme", "reference", "zones", "table", "list", "beside", "rerun", "version", "columns", "rows"
]

#: What a difference is in, in Chinese; in English it is the kind itself.
CHINESE: Mapping[Kind, str] = {
    "input": "填报文件",
    "scheme": "评价体系",
    "reference": "基准",
    "zones": "高新区名录",
    "table": "积分表",
    "list": "榜单",
    "beside": "附带文件",
    "rerun": "重算",
    "version": "软件版本",
    "columns": "列",
    "rows": "行",
}


class Difference(NamedTuple):
    """One thing that is not what it was: a sentence, and what there is to show."""

    kind: Kind
    said: str
    shown: tuple[str, ...] = ()

    def lines(self) -> list[str]:
        """The difference as lines for people."""
        return [f"  {CHINESE[self.kind]} {self.kind}: {self.said}", *(f"    {line}" for line in self.shown)]


@dataclass(slots=True)
class Report:
    """What was verified, and what of it differs.

    Attributes:
        what: the file, and how it was made again.
        differences: everything that is not as it was.
        notes: what is to be said besides, such as versions that made no difference.
    """

    what: str
    differences: list[Difference] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def agrees(self) -> bool:
        """Whether nothing differs."""
        return not self.differences

    def add(self, kind: Kind, said: str, shown: Iterable[str] = ()) -> None:
        """Add a difference."""
        self.differences.append(Difference(kind, said, tuple(shown)))

    def lines(self) -> list[str]:
        """The report for people: the result in one line, then everything that differs, then the notes."""
        head = f"一致 agrees: {self.what}" if self.agrees else f"不一致 differs: {self.what}"
        told = [line for difference in self.differences for line in difference.lines()]
        return [head, *told, *(f"  {note}" for note in self.notes)]

    def as_dict(self) -> dict[str, Any]:
        """The report for programs."""
        return {
            "what": self.what,
            "agrees": self.agrees,
            "differences": [difference._asdict() for difference in self.differences],
            "notes": self.notes,
        }


def brief(sha256: str | None) -> str:
    """A hash as far as people compare it."""
    return "no hash" if not sha256 else f"{sha256[:12]}…"
