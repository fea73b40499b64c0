"""Units of submitted numbers: which belong together, and the power of ten between them.

Every unit here is a power of ten of its kind, so a conversion only moves the decimal point and is exact in text.
"""

from __future__ import annotations

from icredit.text import fold

# kind -> {unit as written: power of ten}; the first unit of a power is the one shown to people.
_KINDS: dict[str, dict[str, int]] = {
    "amount": {
        "元": 0,
        "千元": 3,
        "万元": 4,
        "百万元": 6,
        "亿元": 8,
        "人民币元": 0,
        "人民币万元": 4,
        "万": 4,
        "亿": 8,
        "yuan": 0,
        "CNY": 0,
        "RMB": 0,
        "CNY 10k": 4,
        "10k CNY": 4,
        "10,000 yuan": 4,
        "10k yuan": 4,
        "CNY 1,000": 3,
        "million CNY": 6,
        "CNY 100 million": 8,
        "million yuan": 6,
    },
    "share": {"%": -2, "‰": -3, "1": 0, "百分比": -2, "percent": -2, "per cent": -2, "per mille": -3},
    "count": {
        "人": 0,
        "名": 0,
        "件": 0,
        "项": 0,
        "个": 0,
        "家": 0,
        "次": 0,
        "篇": 0,
        "台": 0,
        "套": 0,
        "persons": 0,
        "people": 0,
        "cases": 0,
        "items": 0,
        "number": 0,
    },
}

_FOLDED = {fold(unit): (kind, power) for kind, units in _KINDS.items() for unit, power in units.items()}

_ENGLISH = {
    "元": "CNY",
    "千元": "CNY 1,000",
    "万元": "CNY 10k",
    "百万元": "million CNY",
    "亿元": "CNY 100 million",
    "人": "persons",
    "件": "cases",
    "项": "items",
    "个": "items",
    "家": "items",
}


def kind_of(unit: str) -> str | None:
    """`amount`, `share` or `count`; None for text that is no unit known here."""
    found = _FOLDED.get(fold(unit))
    return found[0] if found else None


def shift(submitted: str, wanted: str) -> int | None:
    """The power of ten that turns a number in `submitted` into one in `wanted`; None if they are not of one kind."""
    source, target = _FOLDED.get(fold(submitted)), _FOLDED.get(fold(wanted))
    if source is None or target is None or source[0] != target[0]:
        return None
    return source[1] - target[1]


def units_of(kind: str) -> list[str]:
    """The units of a kind, as written."""
    return list(_KINDS.get(kind, {}))


def english(unit: str) -> str:
    """A unit as an English reader would write it; units without a rendering stay as they are."""
    return _ENGLISH.get(unit, unit)
