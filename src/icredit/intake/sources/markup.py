"""The tags and texts of HTML, in one pass whose time grows with the file alone.

The standard library's parser needs seconds for kilobytes of tags that never end (each is tried up to the end of the
file), so files that anybody may send are cut up here. What HTML makes of its texts is the same: comments, scripts and
declarations are left out, quotes and entities understood.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from typing import Literal, NamedTuple

# One attribute; ++ and *+ never give back what they took, for that is what takes long.
_NAME = r"[^\s/>][^\s/>=]*+"
_VALUE = r"""\s*+=\s*+(?:"[^"]*+"|'[^']*+'|(?!["'])[^\s>]*+)"""
_TAG = re.compile(rf"<(/?)([a-zA-Z][^\s/>]*+)((?:[\s/]++|{_NAME}(?:{_VALUE})?+)*+)>")
_ATTRIBUTES = re.compile(rf"({_NAME})({_VALUE})?+")
_COMMENT = re.compile(r"<!--(?>.*?-->)", re.DOTALL)
_DECLARATION = re.compile(r"<[!?][^>]*+>")
_NOWHERE = -1
_TAG_BEGINS = re.compile(r"</?[a-zA-Z]")

# What is inside these is no markup, or not shown.
_RAW = {name: re.compile(f"</{name}", re.IGNORECASE) for name in ("script", "style", "title", "textarea", "comment")}


class Token(NamedTuple):
    """A tag begun, a tag ended, or a piece of text. Names are lower case; `value` is a tag's attributes or the text."""

    kind: Literal["start", "end", "text"]
    value: str
    attributes: str = ""


def tokens(text: str) -> Iterator[Token]:
    """The tags and texts of a page, in order. What follows a tag or comment that never ends is left out."""
    at = 0
    while (begin := text.find("<", at)) >= 0:
        if begin > at:
            yield Token("text", html.unescape(text[at:begin]))
        tag = _TAG.match(text, begin)
        if tag is not None:
            name = tag[2].lower()
            yield Token("end" if tag[1] else "start", name, tag[3])
            at = tag.end() if tag[1] or name not in _RAW else _found(_RAW[name].search(text, tag.end()))
        elif text.startswith(("<!", "<?"), begin):
            at = _found((_COMMENT if text.startswith("<!--", begin) else _DECLARATION).match(text, begin), end=True)
        elif _TAG_BEGINS.match(text, begin):
            return
        else:
            yield Token("text", "<")
            at = begin + 1
        if at == _NOWHERE:
            return
    yield Token("text", html.unescape(text[at:]))


def _found(match: re.Match[str] | None, *, end: bool = False) -> int:
    return _NOWHERE if match is None else match.end() if end else match.start()


def attributes(token: Token) -> Mapping[str, str]:
    """The attributes of a tag, by their names in lower case; the first of each name counts."""
    found: dict[str, str] = {}
    for name, assigned in _ATTRIBUTES.findall(token.attributes):
        value = assigned.lstrip().removeprefix("=").lstrip()
        quoted = value[:1] in {'"', "'"}
        found.setdefault(name.lower(), html.unescape(value[1:-1] if quoted else value))
    return found
