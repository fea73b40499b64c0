"""Escapes of text in a workbook's XML."""

from __future__ import annotations

import re

import polars as pl

from icredit.intake.sources.xlsx.plain_xml import NotPlainError

# ECMA-376, 22.9.2.19: a character that XML cannot hold is written as _x000D_, and such a text itself as _x005F_x000D_.
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")

_ENTITY = re.compile(r"&(?:#x([0-9A-Fa-f]{1,6})|#([0-9]{1,7})|(amp|lt|gt|quot|apos));|&")
#: What any text holds that means another.
SPECIAL = (b"&", b"\r", b"_")

_NAMED = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}

# The characters that XML 1.0, 2.2, allows, in a reference as well as written out.
_NO_CHARACTER = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def unescape(text: str) -> str:
    """A text of the XML, entities already resolved, as its cell shows it."""
    return _ESCAPED.sub(_escaped, text) if "_x" in text else text


def resolve(text: str) -> str:
    """The text of raw XML.

    Raises:
        NotPlainError: it has an ampersand that begins no entity, or one that means no character.
    """
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")  # XML 1.0, 2.11
    return unescape(_ENTITY.sub(_entity, text) if "&" in text else text)


def resolved(texts: pl.Series) -> pl.Series:
    """`resolve` for many texts; only those that need it leave polars."""
    special = texts.filter(texts.str.contains(r"[&\r]|_x")).unique()
    return texts.replace({text: resolve(text) for text in special}) if special.len() else texts


def _entity(match: re.Match[str]) -> str:
    if match[3]:
        return _NAMED[match[3]]
    number = int(match[1], 16) if match[1] else int(match[2] or 0)
    if number > 0x10FFFF or _NO_CHARACTER.match(chr(number)):  # noqa: PLR2004  # the last character of Unicode
        raise NotPlainError
    return chr(number)


def _escaped(match: re.Match[str]) -> str:
    number = int(match[1], 16)
    # Half of a surrogate pair is no character.
    return "\ufffd" if 0xD800 <= number <= 0xDFFF else chr(number)  # noqa: PLR2004
