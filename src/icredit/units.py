"""Units of submitted numbers: which belong together, and the power of ten between them.

Every unit here is a power of ten of its kind, so a conversion only moves the decimal point and is exact in text.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from icredit.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterable

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
        **{f"人民币{unit}": power for unit, power in {"千元": 3, "百万元": 6, "亿元": 8}.items()},
        **{f"{unit}人民币": power for unit, power in {"元": 0, "千元": 3, "万元": 4, "百万元": 6, "亿元": 8}.items()},
    },
    "share": {"%": -2, "‰": -3, "1": 0, "小数": 0, "百分比": -2, "percent": -2, "per cent": -2, "per mille": -3},
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
        "户": 0,
        "所": 0,
        "百人": 2,
        "千人": 3,
        **{f"万{word}": 4 for word in "人名件项个家次篇台套户"},
        "persons": 0,
        "people": 0,
        "cases": 0,
        "items": 0,
        "number": 0,
    },
}

_FOLDED = {fold(unit): (kind, power) for kind, units in _KINDS.items() for unit, power in units.items()}

# What numbers are stated in that cannot be turned into any of these: money whose rate nobody knows, and measures.
_FOREIGN_MONEY = """美元 美金 欧元 日元 港元 港币 英镑 韩元 台币 新台币 澳元 加元 加币 新加坡元 瑞士法郎 卢布 卢比 泰铢 越南盾
    USD US$ EUR € JPY HKD HK$ GBP £ KRW TWD AUD CAD SGD CHF RUB INR""".split()
_MEASURES = """吨 万吨 公斤 千克 斤 升 立方米 米 千米 公里 平方米 万平方米 平方公里 亩 公顷 kg km 年 个月 月 周 天 小时 工时 分钟 人年 人月
    人日 人天 人次 千瓦 万千瓦 千瓦时 万千瓦时 kW kWh 吨标准煤 万吨标准煤 分 倍""".split()
_SIZES = ("", "千", "万", "十万", "百万", "千万", "亿", "thousand", "million")
_UNCONVERTIBLE: dict[str, Literal["money", "measure"]] = {
    **{fold(size + word): "money" for word in _FOREIGN_MONEY for size in _SIZES},
    **{fold(word): "measure" for word in _MEASURES},
}

# Behind a number in a cell, money and things are also counted in thousands, ten thousands and so on: 5千万, 1.2万人.
_SCALES = {"千": 3, "万": 4, "十万": 5, "百万": 6, "千万": 7, "亿": 8, "十亿": 9, "百亿": 10, "千亿": 11, "万亿": 12}
_CURRENCIES = ("元", "人民币", "元人民币", "人民币元", "yuan", "CNY", "RMB")


def _in_cells(kind: str, words: Iterable[str]) -> dict[str, int]:
    """Unit as it may stand in a cell, folded -> power of ten. A unit with digits would run into the number."""
    named = {unit: power for unit, power in _KINDS[kind].items() if not any(map(str.isdigit, unit))}
    scaled = {scale + word: power for word in words for scale, power in {"": 0, **_SCALES}.items() if scale + word}
    return {fold(unit): power for unit, power in (scaled | named).items()}


_IN_CELLS: dict[str, dict[str, int]] = {
    "amount": _in_cells("amount", ["", *_CURRENCIES]),
    "share": _in_cells("share", []),
    "count": _in_cells("count", ["", *(unit for unit, power in _KINDS["count"].items() if not power)]),
}

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


def unconvertible(unit: str) -> Literal["money", "measure"] | None:
    """Whether a text is a unit that icredit never converts: foreign money, or a measure such as 吨, 人年 or 元/人."""
    found = _UNCONVERTIBLE.get(fold(unit))
    numerator, slash, _ = unit.partition("/")
    return "measure" if found is None and slash and kind_of(numerator) is not None else found


def shift(submitted: str, wanted: str) -> int | None:
    """The power of ten that turns a number in `submitted` into one in `wanted`; None if they are not of one kind."""
    source, target = _FOLDED.get(fold(submitted)), _FOLDED.get(fold(wanted))
    if source is None or target is None or source[0] != target[0]:
        return None
    return source[1] - target[1]


def shift_in_cell(written: str, kind: str, wanted: str) -> int | None:
    """The power of ten from a unit written behind a number, in a cell of the given kind, to `wanted`.

    None where the text is no unit of that kind. Things may be counted in the word of `wanted`, whatever it is.
    """
    unit, own = fold(written), fold(wanted)
    if kind == "count":
        return _IN_CELLS[kind].get(unit, _IN_CELLS[kind].get(unit.removesuffix(own), 0 if unit == own else None))
    source = _IN_CELLS[kind].get(unit)
    return None if source is None or own not in _FOLDED else source - _FOLDED[own][1]


def known_in_cell(written: str) -> bool:
    """Whether a text is a unit of any kind that may stand behind a number in a cell."""
    return any(fold(written) in known for known in _IN_CELLS.values())


def moved(number: float, by: int) -> float:
    """A number with its decimal point moved `by` places to the right, exactly: 0.07 by 2 is 7."""
    return float(Decimal(repr(number)).scaleb(by))


def units_of(kind: str) -> list[str]:
    """The units of a kind, as written."""
    return list(_KINDS.get(kind, {}))


def english(unit: str) -> str:
    """A unit as an English reader would write it; units without a rendering stay as they are."""
    return _ENGLISH.get(unit, unit)
