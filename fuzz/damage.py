"""Ways to damage bytes and text, all of them decided by one source of chance."""

from __future__ import annotations

import struct
from random import Random

#: Texts that have harmed some program that read, showed or stored them.
HOSTILE_TEXTS = (
    "",
    " ",
    "\x00",
    "\x1b[31m\x1b]0;title\x07",
    "\u202e\u2066",
    "\ufeff",
    "\u2028",
    "\r",
    "\n\n",
    "\ud800",
    "\U0010ffff",
    "=cmd|' /C calc'!A0",
    "@SUM(1+1)",
    "../../../etc/passwd",
    "/dev/zero",
    "'; DROP TABLE x; --",
    "read_csv('/etc/passwd')",
    "NaN",
    "-0",
    "1e999",
    "1e-999",
    "9" * 400,
    "0." + "0" * 400 + "1",
    "１２３",
    "2024-02-30",
    "9999-12-31",
    "0000-00-00",
    "#DIV/0!",
    "𠀀" * 100,
    "x" * 10_000,
    " " * 10_000 + "x",
    "(" * 5_000,
    "1." * 3_000,
    "a\u0301" * 3_000,
    "&a;",
    "&#0;&#x110000;",
    "<!DOCTYPE a [<!ENTITY a SYSTEM 'file:///etc/passwd'>]>",
    "<![CDATA[",
    "]]>",
    "<!--",
    '"',
    "'",
    ",",
    "\t",
    ";;;;;;;;",
)

# Lengths, counts and places that programs stumble over.
_NUMBERS = (0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)


def in_bytes(text: str) -> bytes:
    """A text as UTF-8; half a pair of surrogates becomes bytes that are no text."""
    return text.encode("utf-8", "surrogatepass")


def damaged_bytes(data: bytes, chance: Random) -> bytes:
    """The bytes with some of them changed, lost, repeated, moved, or others put between."""
    for _ in range(chance.choice((1, 1, 1, 2, 3, 8))):
        data = _once(data, chance)
    return data


def _once(data: bytes, chance: Random) -> bytes:  # noqa: PLR0911  # one a kind of damage
    at = chance.randrange(len(data) + 1)
    length = chance.choice((1, 1, 2, 4, 16, 200))
    piece, rest = data[at : at + length], data[at + length :]
    match chance.randrange(9):
        case 0:
            return data[:at]
        case 1:
            return data[:at] + rest
        case 2:
            return data[:at] + piece * chance.choice((2, 2, 3, 50, 1000)) + rest
        case 3:
            return data[:at] + in_bytes(chance.choice(HOSTILE_TEXTS)) + data[at:]
        case 4:
            to = chance.randrange(len(data) + 1)
            return data[:at] + data[to : to + length] + rest
        case 5:
            return data[:at] + chance.randbytes(len(piece)) + rest
        case 6:
            form = chance.choice(("<H", ">H", "<I", ">I"))
            number = struct.pack(form, chance.choice(_NUMBERS) % 2 ** (8 * struct.calcsize(form)))
            return data[:at] + number + data[at + len(number) :]
        case _:
            changed = bytearray(data)
            if changed:
                changed[at - 1] ^= 1 << chance.randrange(8)
            return bytes(changed)


def damaged_markup(data: bytes, chance: Random) -> bytes:
    """The same, but now and then a quoted value or the text between two tags is exchanged, so that the markup stays whole."""
    marks = (b'"', b'"') if chance.random() < 0.5 else (b">", b"<")
    begin = data.find(marks[0], chance.randrange(len(data) + 1)) + 1
    end = data.find(marks[1], begin)
    if not begin or end < 0 or chance.random() < 0.3:
        return damaged_bytes(data, chance)
    return data[:begin] + in_bytes(_value(chance)) + data[end:]


def _value(chance: Random) -> str:
    if chance.random() < 0.5:
        return chance.choice(HOSTILE_TEXTS)
    return str(chance.choice((-1, 0, 1, 2, 16_384, 65_535, 1_048_576, 2**31 - 1, 2**31, 2**63, 10**30)))
