"""What a rule is: its code, its message, and what it has to say for itself to the person who broke it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

Level = Literal["error", "warning"]
Language = Literal["zh", "en"]


class Bilingual(NamedTuple):
    """A text in Chinese and in English."""

    zh: str
    en: str

    def of(self, language: Language) -> str:
        """The text in one of the languages."""
        return self.zh if language == "zh" else self.en


#: What a level is called, and what it means for the data.
LEVELS: Mapping[Level, tuple[Bilingual, Bilingual]] = {
    "error": (Bilingual("错误", "error"), Bilingual("改正之前不参与评分", "not scored until it is mended")),
    "warning": (Bilingual("警告", "warning"), Bilingual("照常处理，请核对", "processed all the same; please verify")),
}


class Example(NamedTuple):
    """What may stand in a file, and what the rule then says.

    Attributes:
        rows: a header and rows below it, cell by cell. The tests read them as a CSV with the national scheme, add the
            columns without which no row is scored where the example lacks them, and see the very message.
        values: what the message takes from the cells.
        setting: what the rows cannot show of themselves, such as a formula or a password; the tests read no such rows.
    """

    rows: tuple[tuple[str, ...], ...]
    values: Mapping[str, Any] = {}
    setting: Bilingual | None = None


def cell(header: str, text: str, **values: Any) -> Example:
    """The example of one cell under its header."""
    return Example(((header,), (text,)), values)


class Rule(NamedTuple):
    """One thing that can be wrong or doubtful.

    A rule without its explanation cannot be made: whoever is told of a finding may ask `icredit rule CODE`.

    Attributes:
        code: never changes its meaning.
        level: an error keeps a row from being scored, a warning does not.
        zh: the message in Chinese; words in braces are taken from the finding.
        en: the message in English.
        title: the rule in a few words.
        checks: what it checks.
        why: why that matters.
        mend: what to do about it.
        example: a case of it.
    """

    code: str
    level: Level
    zh: str
    en: str
    title: Bilingual
    checks: Bilingual
    why: Bilingual
    mend: Bilingual
    example: Example

    def message(self, values: Mapping[str, Any]) -> tuple[str, str]:
        """The message in Chinese and in English."""
        return self.zh.format_map(values), self.en.format_map(values)
