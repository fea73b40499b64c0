"""Unified social credit codes (GB 32100-2015): 18 characters, the last a check digit over the first 17.

check = (31 - sum(value_i * 3^(i-1) mod 31) mod 31) mod 31. The outer mod 31 is forgotten in many published programs,
which then refuse one valid code in 31. The first two places may hold letters. The administrative division inside the
code says where the enterprise was registered first, and is no reason to refuse anything.
"""

from __future__ import annotations

import re

import polars as pl

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
WEIGHTS = tuple(pow(3, place, 31) for place in range(17))

_VALUES = {character: value for value, character in enumerate(ALPHABET)}
_SHAPE = re.compile(f"[{ALPHABET}]{{18}}", re.ASCII)
_NUMBER = re.compile(r"\d(\.\d+)?E\+?\d+", re.ASCII)


def check_digit(code: str) -> str:
    """The check digit of the first 17 characters of a code."""
    total = sum(_VALUES[character] * weight for character, weight in zip(code[:17], WEIGHTS, strict=True))
    return ALPHABET[(31 - total % 31) % 31]


def has_shape(code: str) -> bool:
    """Whether a code has 18 characters of the alphabet."""
    return _SHAPE.fullmatch(code) is not None


def looks_like_number(text: str) -> bool:
    """Whether text is what a spreadsheet leaves of a long number: 9.1E+17."""
    return _NUMBER.fullmatch(text) is not None


def is_valid(code: pl.Expr) -> pl.Expr:
    """Whether each text is a credit code with the right check digit; missing text is missing."""
    values = [
        code.str.slice(place, 1).replace_strict(_VALUES, default=None, return_dtype=pl.Int32) for place in range(18)
    ]
    total = pl.sum_horizontal([value * weight for value, weight in zip(values, WEIGHTS, strict=False)])
    return code.str.contains(f"^[{ALPHABET}]{{18}}$") & (values[17] == (31 - total % 31) % 31)
