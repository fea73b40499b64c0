"""Small facts about text that several rooms need: folding labels, guessing what was meant, joining for people."""

from __future__ import annotations

import difflib
import re
import unicodedata
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

# White space and marks that mean nothing at the end of a text.
_BLANKS = (
    "\t\n\x0b\x0c\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000\ufeff\u200b\u200e\u200f"
)

# Whatever else takes no place on screen: joiners, soft hyphens, and the marks of writing direction that come along when
# text is copied out of a dialogue. In free text they have their meaning, in names, marks and codes they have none.
_UNSEEN = "\u00ad\u200c\u200d\u202a-\u202e\u2060-\u2064\u2066-\u2069"
_UNSPACED = re.compile(f"[{re.escape(_BLANKS)}{_UNSEEN}]+")

# U+FF01 to U+FF5E are ASCII in the width of a Chinese character; U+2212 is the minus of typesetters, U+FE62 and U+FE63
# are small signs, U+FFE5 is the wide sign of the yuan.
_NARROW: dict[int, str] = {wide: chr(wide - 0xFEE0) for wide in range(0xFF01, 0xFF5F)} | {
    0x3000: " ",
    0x2212: "-",
    0xFE62: "+",
    0xFE63: "-",
    0xFFE5: "¥",
}

# What spreadsheet programs run as a formula when a cell begins with it (OWASP, "CSV injection").
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


class _Pattern:
    """See `pattern`."""

    def __init__(self, text: str, flags: int) -> None:
        self._text = text
        self._flags = flags

    def __getattr__(self, name: str) -> Any:
        compiled = re.compile(self._text, self._flags)
        found = getattr(compiled, name)
        setattr(self, name, found)  # where it is looked for first from now on
        return found


def pattern(text: str, flags: int = 0) -> re.Pattern[str]:
    """A regular expression that is compiled when it is used first: of the many there are, most files need few."""
    return cast("re.Pattern[str]", _Pattern(text, flags))


def fold(text: str) -> str:
    """A label as it is compared: full-width forms made narrow, no white space, lower case."""
    if text.isascii():
        return "".join(text.lower().split())
    folded = unicodedata.normalize("NFKC", text).casefold()
    # Once more, so that folding a folded label changes nothing: lower case can leave what NFKC would join.
    return unspaced(folded if folded == text else unicodedata.normalize("NFKC", folded).casefold())


def clean(text: str) -> str:
    """A cell's text without what cannot be seen at its ends: blanks, no-break and ideographic spaces, marks of order."""
    # Not by a regular expression, which would look for the end of the text anew at every blank inside.
    return text.strip(_BLANKS)


def narrow(text: str) -> str:
    """Full-width letters, digits and signs made narrow, and nothing else: ² is no 2, ① no 1."""
    return text if text.isascii() else text.translate(_NARROW)


def unspaced(text: str) -> str:
    """Text without white space and invisible marks, at its ends and inside."""
    return _UNSPACED.sub("", text)


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
    return str(int(number)) if float(number).is_integer() and abs(number) <= 1e15 else repr(float(number))  # noqa: PLR2004


def shown(path: object) -> str:
    """A path as text that can be written anywhere: bytes of a name that are no text become escapes."""
    return str(path).encode("utf-8", "backslashreplace").decode("utf-8")


def counted(number: int, noun: str, plural: str | None = None) -> str:
    """`1 row`, `3,000 rows`."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def listed(texts: Sequence[str], limit: int = 5) -> str:
    """The first of the texts in a line, the rest counted: `a, b, c, d, e and 3 more`."""
    more = f" and {len(texts) - limit:,} more" if len(texts) > limit else ""
    return ", ".join(texts[:limit]) + more


def shortened(text: str, length: int) -> str:
    """The text in one line, cut to `length` characters with an ellipsis."""
    text = " ".join(text.split())
    return text if len(text) <= length else text[: length - 1] + "…"
