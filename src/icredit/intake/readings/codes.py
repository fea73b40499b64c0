"""Unified social credit codes, as people and programs write them."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from icredit.intake import credit_code, rules
from icredit.intake.readings.base import Notes, Reading, Screened, is_missing, refuse
from icredit.text import narrow, unspaced

# Programs that export to spreadsheets write '9199… or ="9199…", so that the code stays text.
_WRAPPING = "=\"'`“”‘’"


@dataclass(frozen=True, slots=True)
class CreditCode(Reading):
    """A unified social credit code with the right check digit.

    Case, width, blanks and wrapping are repaired with a note: they leave no doubt which code is meant. A wrong character
    is never replaced.
    """

    def parse(self, text: str, notes: Notes) -> str | None:
        if is_missing(text):
            return None
        code = tidied(text)
        if not credit_code.has_shape(code):
            if credit_code.looks_like_number(code):
                raise refuse(rules.CODE_NUMBER)
            zh, en = credit_code.why_misshapen(code)
            raise refuse(rules.CODE_SHAPE, zh=zh, en=en)
        if code[-1] != credit_code.check_digit(code):
            # Excel keeps 15 digits: an all-digit code that lost its last three now ends in zeros.
            raise refuse(rules.CODE_NUMBER if code.isdigit() and code.endswith("000") else rules.CODE_CHECK)
        if code != text:
            notes.append((rules.CODE_REPAIRED, {"repaired": code}))
        return code

    def trimmed(self, value: str) -> Notes:
        return [(rules.CODE_REPAIRED, {"repaired": value})]

    def screen(self, text: pl.Expr) -> Screened:
        return Screened(credit_code.is_valid(text), text)


def tidied(text: str) -> str:
    """A code in capitals, without what programs and people put around and inside it; right or wrong."""
    if text.isascii() and text.isalnum():
        return text.upper()
    return unspaced(narrow(text)).strip(_WRAPPING).upper()
