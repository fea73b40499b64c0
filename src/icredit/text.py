"""Small facts about text that several rooms need: folding labels, guessing what was meant, joining for people."""

from __future__ import annotations

import difflib
import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_BLANKS = re.compile(r"[\s\ufeff\u200b\u200e\u200f]+")
_INVISIBLE_ENDS = re.compile(r"^[\s\ufeff\u200b\u200e\u200f]+|[\s\ufeff\u200b\u200e\u200f]+$")

# U+FF01 to U+FF5E are ASCII in the width of a Chinese character; U+2212 is the minus of typesetters.
_NARROW: dict[int, str] = {wide: chr(wide - 0xFEE0) for wide in range(0xFF01, 0xFF5F)} | {0x3000: " ", 0x2212: "-"}

# What spreadsheet programs run as a formula when a cell begins with it (OWASP, "CSV injection").
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def fold(text: str) -> str:
    """A label as it is compared: full-width forms made narrow, no white space, lower case."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    # Once more, so that folding a folded label changes nothing: lower case can leave what NFKC would join.
    return _BLANKS.sub("", unicodedata.normalize("NFKC", folded).casefold())


def clean(text: str) -> str:
    """A cell's text without what cannot be seen at its ends: blanks, no-break and ideographic spaces, marks of order."""
    return _INVISIBLE_ENDS.sub("", text)


def narrow(text: str) -> str:
    """Full-width letters, digits and signs made narrow, and nothing else: ² is no 2, ① no 1."""
    return text.translate(_NARROW)


def nearest(word: str, known: Iterable[str], limit: int = 3) -> list[str]:
    """The known words most like `word`, best first; an empty list when none is near."""
    by_fold: dict[str, str] = {}
    for candidate in known:
        by_fold.setdefault(fold(candidate), candidate)
    found = difflib.get_close_matches(fold(word), list(by_fold), n=limit, cutoff=0.5)
    return [by_fold[name] for name in found]


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """` (did you mean 'x'?)`, or nothing when no known word is near."""
    names = nearest(word, known, limit=1)
    return f" (did you mean '{names[0]}'?)" if names else ""


def plain(number: float) -> str:
    """A number with all its digits: 123456.75, and 5 for 5.0."""
    return str(int(number)) if float(number).is_integer() and abs(number) < 1e15 else repr(float(number))  # noqa: PLR2004


def shown(path: object) -> str:
    """A path as text that can be written anywhere: bytes of a name that are no text become escapes."""
    return str(path).encode("utf-8", "backslashreplace").decode("utf-8")


def counted(number: int, noun: str, plural: str | None = None) -> str:
    """`1 row`, `3,000 rows`."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"
