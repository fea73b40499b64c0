"""Numbers as people write them, taken apart exactly: sign, digits, power of ten, and the unit behind.

Nothing here computes. The decimal point is moved in the text, so that a number in any unit becomes the float nearest to
the exact decimal. Every pattern moves forward only: its time grows with the length of the text, whatever the text.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import NamedTuple

from icredit.text import pattern

# 1,234,567.8 with one kind of separator throughout (blanks may be thin or no-break), else plain digits. Groups of
# three only: 12,34 is no number.
_DIGITS = r"(?:\d{1,3}(?P<mark>[, \u00a0\u2009\u202f])\d{3}(?:(?P=mark)\d{3})*+(?:\.\d*+)?|\d++(?:\.\d*+)?|\.\d++)"
_NUMERAL = pattern(
    rf"(?P<sign>[+-]?)(?P<currency>¥|RMB|CNY|人民币)?[ \u00a0]*+(?P<inner>[+-]?)"
    rf"(?P<digits>{_DIGITS})(?P<exponent>[eE][+-]?\d++)?(?P<unit>[^\d.,()+-]*+)",
    re.ASCII | re.IGNORECASE,
)
# Accountants write (123) for -123; the unit or the sign of the currency may stand outside of the brackets.
_BRACKETED = pattern(r"(?P<before>[^\d.()+-]*+)\((?P<inside>[^()]++)\)(?P<after>[^\d.,()+-]*+)", re.ASCII)

# A power of ten with more digits than this is beyond all numbers, whatever the digits before it.
_POWER_DIGITS = 9


class Numeral(NamedTuple):
    """A number taken apart: `digits` (with sign, without separators) times ten to `exponent`, and what stands around.

    `currency` is the sign or name of the currency before the number, `unit` the text behind it; empty where there is
    none.
    """

    digits: str
    exponent: int = 0
    currency: str = ""
    unit: str = ""

    def shifted(self, shift: int) -> float:
        """The float nearest to the number times ten to `shift`; infinite beyond all floats."""
        power = self.exponent + shift
        return float(f"{self.digits}e{power}") if power else float(self.digits)

    def exact(self, shift: int) -> Decimal:
        """The number times ten to `shift`, without rounding."""
        return Decimal(f"{self.digits}e{self.exponent + shift}")


def numeral(text: str) -> Numeral | None:
    """The number that a narrow text is; None where it is none, or not plainly one."""
    bracketed = _BRACKETED.fullmatch(text)
    if bracketed is not None:
        text = bracketed["before"] + bracketed["inside"] + bracketed["after"]
    match = _NUMERAL.fullmatch(text)
    if match is None:
        return None
    sign = match["sign"] + match["inner"]
    if len(sign) > (0 if bracketed else 1):
        return None
    digits = match["digits"].replace(match["mark"], "") if match["mark"] else match["digits"]
    return Numeral(
        ("-" if bracketed else sign) + digits,
        _power(match["exponent"] or ""),
        match["currency"] or "",
        match["unit"].strip(),
    )


def _power(exponent: str) -> int:
    digits = exponent.lstrip("eE+-").lstrip("0")
    power = int(digits or "0") if len(digits) <= _POWER_DIGITS else 10**_POWER_DIGITS
    return -power if "-" in exponent else power
