"""Unified social credit codes (GB 32100-2015): 18 characters, the last a check digit over the first 17.

check = (31 - sum(value_i * 3^(i-1) mod 31) mod 31) mod 31. The outer mod 31 is forgotten in many published programs,
which then refuse one valid code in 31. The first two places may hold letters. The administrative division inside the
code says where the enterprise was registered first, and is no reason to refuse anything.
"""

from __future__ import annotations

import re
from functools import cache

import polars as pl

from icredit.text import pattern

CODE_LENGTH = 18
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
WEIGHTS = tuple(pow(3, place, 31) for place in range(17))

_VALUES = {character: value for value, character in enumerate(ALPHABET)}
_SHAPE = pattern(f"[{ALPHABET}]{{{CODE_LENGTH}}}", re.ASCII)
# 9.1E+17, 914300001234567000.0, 914,300,001,234,567,000: what programs make of a code that they take for a number.
_NUMBER = pattern(r"\d++(?:\.\d*+)?(?:E[+-]?\d++)|\d++\.\d*+|\d{1,3}(?:,\d{3})++(?:\.\d*+)?", re.ASCII)
_OLD_NUMBER = pattern(r"\d{15}", re.ASCII)

# Letters that the alphabet leaves out because they look like something else, and what was probably meant.
_LOOKALIKES = {"I": "1", "O": "0", "S": "5", "Z": "2"}


def check_digit(code: str) -> str:
    """The check digit of the first 17 characters of a code. Source: GB 32100-2015, as above.

    Raises:
        KeyError: one of them is not in `ALPHABET`.
        ValueError: there are fewer than 17.
    """
    total = sum(_VALUES[character] * weight for character, weight in zip(code[:17], WEIGHTS, strict=True))
    return ALPHABET[(31 - total % 31) % 31]


def has_shape(code: str) -> bool:
    """Whether a code has 18 characters of the alphabet."""
    return _SHAPE.fullmatch(code) is not None


def looks_like_number(text: str) -> bool:
    """Whether text is what a program writes of a number and nobody of a code: 9.1E+17, 914300001234567000.0."""
    return _NUMBER.fullmatch(text) is not None


def why_misshapen(text: str) -> tuple[str, str]:
    """What is amiss with text that has not the shape of a code, in Chinese and English, to follow a sentence.

    It says what is there and what it may be confused with; which code is meant only the enterprise's licence can say.
    """
    if _OLD_NUMBER.fullmatch(text):
        return (
            "；15位数字可能是旧的营业执照注册号，请填现行营业执照上的18位代码",
            "; 15 digits may be the old business registration number: take the code of 18 characters from the licence",
        )
    zh, en = "", ""
    if len(text) != CODE_LENGTH:
        zh, en = f"；此处为{len(text)}位", f"; there are {len(text)} here"
    for letter, digit in _LOOKALIKES.items():
        places = [str(place) for place, character in enumerate(text[:CODE_LENGTH], start=1) if character == letter]
        if places:
            zh += f"；第{'、'.join(places)}位是字母{letter}，可能应为数字{digit}"
            en += f"; the letter {letter} in place {', '.join(places)} is perhaps the digit {digit}"
    return zh, en


def is_valid(code: pl.Expr) -> pl.Expr:
    """Whether each text is a credit code with the right check digit; missing text is missing. Source: as `check_digit`."""
    return code.map_batches(_are_valid, return_dtype=pl.Boolean(), is_elementwise=True)


# Of a character that is in no code: so low that no sum with it can be one of a code.
_NO_VALUE = -(2**20)


@cache
def _weighted_pairs() -> tuple[pl.Series, ...]:
    """For each of the nine pairs of places: what any two bytes there, as one little-endian number, add to the sum."""
    of_byte = pl.Series([_VALUES.get(chr(byte), _NO_VALUE) for byte in range(256)], dtype=pl.Int32)
    bytes_of = pl.DataFrame({"pair": pl.Series(range(2**16), dtype=pl.UInt32)}).select(
        first=pl.lit(of_byte).gather(pl.col("pair") % 256), second=pl.lit(of_byte).gather(pl.col("pair") // 256)
    )
    # The check digit closes the sum: with it, all 18 make a multiple of 31.
    weights = (*WEIGHTS, 1)
    return tuple(
        bytes_of.select(pl.col("first") * first + pl.col("second") * second).to_series()
        for first, second in zip(weights[::2], weights[1::2], strict=True)
    )


def _are_valid(codes: pl.Series) -> pl.Series:
    """`is_valid` over the bytes of all codes at once, two places a look-up: a tenth of cutting out 18 characters."""
    whole = codes.str.len_bytes() == CODE_LENGTH
    if codes.null_count() or not whole.all():
        other = pl.Series(["-" * CODE_LENGTH]).new_from_index(0, codes.len())
        codes = codes.zip_with(whole.fill_null(value=False), other)
    pairs = codes.cast(pl.Binary).bin.reinterpret(dtype=pl.Array(pl.UInt16, CODE_LENGTH // 2))
    added = [pl.lit(table).gather(pl.col("pairs").arr.get(place)) for place, table in enumerate(_weighted_pairs())]
    total = pl.DataFrame({"pairs": pairs}).select(pl.sum_horizontal(added)).to_series()
    # Missing text has no length, and so no verdict.
    return pl.select(pl.when(whole.is_not_null()).then(whole & (total >= 0) & (total % 31 == 0))).to_series()
