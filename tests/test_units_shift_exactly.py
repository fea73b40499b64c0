"""Units are powers of ten of their kind: a number moves to another unit by moving its decimal point, and exactly."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import icredit
from icredit.scheme import parse_scheme
from icredit.units import english, kind_of, known_in_cell, shift, shift_in_cell, unconvertible, units_of

#: How many of the smallest unit of its kind a unit is.
AMOUNTS = {
    "元": 1,
    "人民币元": 1,
    "yuan": 1,
    "CNY": 1,
    "RMB": 1,
    "千元": 1_000,
    "万元": 10_000,
    "万": 10_000,
    "人民币万元": 10_000,
    "万元人民币": 10_000,
    "人民币千元": 1_000,
    "亿元人民币": 100_000_000,
    "CNY 10k": 10_000,
    "10,000 yuan": 10_000,
    "百万元": 1_000_000,
    "million CNY": 1_000_000,
    "million yuan": 1_000_000,
    "亿元": 100_000_000,
    "亿": 100_000_000,
    "人民币百万元": 1_000_000,
    "人民币亿元": 100_000_000,
    "元人民币": 1,
    "千元人民币": 1_000,
    "百万元人民币": 1_000_000,
    "10k CNY": 10_000,
    "10k yuan": 10_000,
    "CNY 1,000": 1_000,
    "CNY 100 million": 100_000_000,
}
SHARES = {"‰": 1, "per mille": 1, "%": 10, "百分比": 10, "percent": 10, "per cent": 10, "1": 1_000, "小数": 1_000}
COUNTS = {
    **dict.fromkeys([*"人名件项个家次篇台套户所", "persons", "people", "cases", "items", "number"], 1),
    "百人": 100,
    "千人": 1_000,
    **{f"万{word}": 10_000 for word in "人名件项个家次篇台套户"},
}
KINDS = {"amount": AMOUNTS, "share": SHARES, "count": COUNTS}
ALL = [unit for units in KINDS.values() for unit in units]


@pytest.mark.parametrize("kind", KINDS)
def test_every_unit_has_its_kind(kind: str) -> None:
    """Every unit is known as one of money, of shares or of things."""
    assert {kind_of(unit) for unit in KINDS[kind]} == {kind}
    assert set(KINDS[kind]) == set(units_of(kind))


@pytest.mark.parametrize(
    ("submitted", "wanted", "power"),
    [
        ("元", "万元", -4),
        ("千元", "万元", -1),
        ("万元", "万元", 0),
        ("百万元", "万元", 2),
        ("亿元", "万元", 4),
        ("万元", "元", 4),
        ("亿元", "元", 8),
        ("亿元", "千元", 5),
        ("‰", "%", -1),
        ("%", "‰", 1),
        ("1", "%", 2),
        ("%", "1", -2),
        ("人", "名", 0),
    ],
)
def test_the_power_between_two_units(submitted: str, wanted: str, power: int) -> None:
    """1 亿元 is 10^4 万元, 1 元 is 10^-4 万元, 1 % is 10^-2, and so on."""
    assert shift(submitted, wanted) == power


@pytest.mark.parametrize("kind", KINDS)
def test_the_power_between_any_two_units(kind: str) -> None:
    """A unit times ten to the shift is the other unit, for every two units of a kind."""
    for one, size in KINDS[kind].items():
        for other, wanted in KINDS[kind].items():
            power = shift(one, other)
            assert power is not None
            assert Decimal(size) == Decimal(wanted).scaleb(power), (one, other)


@given(st.sampled_from(ALL), st.sampled_from(ALL), st.sampled_from(ALL))
def test_shifts_add_up(one: str, two: str, three: str) -> None:
    """There and back is nothing, and over a third unit is the same as straight; kinds do not mix."""
    first, second, straight = shift(one, two), shift(two, three), shift(one, three)
    assert (first is None) == (kind_of(one) != kind_of(two))
    if first is not None:
        assert shift(two, one) == -first
        if second is not None:
            assert straight == first + second


@pytest.mark.parametrize(
    ("written", "unit"),
    [
        ("万 元", "万元"),
        (" 万元 ", "万元"),
        ("cny", "CNY"),
        ("Million  Yuan", "million yuan"),
        ("％", "%"),
        ("CNY 10K", "CNY 10k"),
        ("１", "1"),
        ("PER CENT", "per cent"),
    ],
)
def test_units_as_people_write_them(written: str, unit: str) -> None:
    """Width, case and blanks do not change a unit."""
    assert kind_of(written) == kind_of(unit)
    assert shift(written, unit) == 0


@pytest.mark.parametrize(
    "unit", ["", " ", "美元", "万美元", "USD", "元/人", "年", "十万元", "10", "0.01", "％％", "2023年"]
)
def test_what_is_no_unit(unit: str) -> None:
    """Foreign money, quotients and years are no units that could be converted by chance."""
    assert kind_of(unit) is None
    assert shift(unit, "万元") is None
    assert shift("万元", unit) is None


def test_no_unit_of_an_unknown_kind() -> None:
    """A kind that has no units has none."""
    assert units_of("date") == []


@pytest.mark.parametrize(
    ("unit", "words"),
    [
        ("元", "CNY"),
        ("千元", "CNY 1,000"),
        ("万元", "CNY 10k"),
        ("百万元", "million CNY"),
        ("亿元", "CNY 100 million"),
        ("人", "persons"),
        ("件", "cases"),
        ("项", "items"),
        ("个", "items"),
        ("家", "items"),
        ("%", "%"),
        ("头", "头"),
    ],
)
def test_units_in_english(unit: str, words: str) -> None:
    """Units are written for English readers, who can send them back; those without a rendering stay as they are."""
    assert english(unit) == words


@pytest.mark.parametrize("unit", [unit for unit in AMOUNTS if english(unit) != unit] + list(COUNTS))
def test_units_in_english_mean_the_same(unit: str) -> None:
    """What the English header of a template says is understood when it comes back, as the same unit."""
    assert shift(english(unit), unit) == 0


#: How many a word in front of a unit makes of it.
SCALES = {
    "": 1,
    "千": 10**3,
    "万": 10**4,
    "十万": 10**5,
    "百万": 10**6,
    "千万": 10**7,
    "亿": 10**8,
    "十亿": 10**9,
    "百亿": 10**10,
    "千亿": 10**11,
    "万亿": 10**12,
}


@pytest.mark.parametrize("scale", SCALES)
def test_the_power_of_a_unit_behind_a_number(scale: str) -> None:
    """Behind a number money and things may be counted in any power of ten that has a word; no other kind's unit fits."""
    for currency in ("元", "人民币", "元人民币", "人民币元", "yuan", "CNY", "RMB"):
        power = shift_in_cell(scale + currency, "amount", "元")
        assert power is not None
        assert 10**power == SCALES[scale], scale + currency
        assert known_in_cell(scale + currency)
        assert shift_in_cell(scale + currency, "count", "人") is None
    for word in ("人", "件", "所", "头"):
        power = shift_in_cell(scale + word, "count", word)
        assert power is not None
        assert 10**power == SCALES[scale], scale + word
    if scale:
        assert shift_in_cell(scale, "amount", "万元") == len(str(SCALES[scale])) - 5
        assert shift_in_cell(scale, "count", "项") == len(str(SCALES[scale])) - 1
        assert known_in_cell(scale)


def test_units_behind_a_number_that_do_not_fit() -> None:
    """A unit with digits would run into the number, a share is no amount, and what is no unit is none anywhere."""
    assert shift_in_cell("10k CNY", "amount", "万元") is None
    assert shift_in_cell("%", "amount", "万元") is None
    assert shift_in_cell("万元", "share", "%") is None
    assert shift_in_cell("%", "share", "1") == -2
    assert shift_in_cell("万元", "amount", "头") is None
    assert not known_in_cell("10k CNY")
    assert not known_in_cell("吨")


@pytest.mark.parametrize(
    ("unit", "what"),
    [
        *(
            (scale + money, "money")
            for scale in ("", "千", "万", "十万", "百万", "千万", "亿")
            for money in ("美元", "港币")
        ),
        ("thousand USD", "money"),
        ("million EUR", "money"),
        ("us$", "money"),
        *((word, "measure") for word in ("吨", "人年", "月", "kWh", "万千瓦时", "元/人", "万元/人", "件/年")),
        *((word, None) for word in ("元", "%", "人", "", "某/人", "元人", "类/级", "USD 2023")),
    ],
)
def test_units_that_nobody_can_convert(unit: str, what: str | None) -> None:
    """Foreign money, whatever its size, and measures, among them one unit for each other, are told from names."""
    assert unconvertible(unit) == what


def filed(folder: Path, header: str, cells: list[str], unit: str = "万元") -> list[float | None]:
    """Return what is read from a column with the given header, in the field's unit."""
    scheme = parse_scheme(
        f"id: s\ntitle: {{zh: 某, en: S}}\nedition: '1'\n"
        f"fields:\n  uscc: {{label: {{zh: 编号, en: Number}}, type: text}}\n"
        f"  a: {{label: {{zh: 金额, en: Amount}}, type: {kind_of(unit)}, unit: '{unit}'}}\n"
        "indicators: [{id: x, label: {zh: 某, en: X}, value: a, normalise: {method: minmax}}]\n"
    )
    path = folder / "filed.csv"
    rows = [f'示例{index:07},示例企业,"{cell}"' for index, cell in enumerate(cells)]
    path.write_text("\n".join([f'编号,企业名称,"{header}"', *rows]) + "\n", "utf-8")
    frame = icredit.read(path, scheme).frame
    assert frame.height == len(cells)
    return frame.sort("uscc")["a"].to_list()


NUMBERS = st.decimals(-(10**6), 10**6, allow_nan=False, allow_infinity=False, places=None).map(
    lambda number: f"{number:f}"[:17]
)


@settings(deadline=None, max_examples=25)
@given(
    st.lists(NUMBERS, min_size=1, max_size=20),
    st.sampled_from(["元", "千元", "万元", "百万元", "亿元"]),
    st.sampled_from(["元", "千元", "万元", "亿元"]),
)
def test_amounts_are_converted_exactly(
    tmp_path_factory: pytest.TempPathFactory, cells: list[str], submitted: str, wanted: str
) -> None:
    """An amount in another unit becomes the float nearest to the exact decimal, as if it had been filed in that unit."""
    found = filed(tmp_path_factory.mktemp("units"), f"金额（{submitted}）", cells, wanted)
    power = len(str(AMOUNTS[submitted])) - len(str(AMOUNTS[wanted]))
    assert found == [float(Decimal(cell).scaleb(power)) for cell in cells]


def test_converting_by_multiplication_would_be_wrong(tmp_path: Path) -> None:
    """Moving the point in the text differs from multiplying the float: 3 元 is 0.0003 万元, and so are its digits."""
    cells = ["3", "12345678.9", "0.7", "1234567890123", "-0.1"]
    exact = [float(Decimal(cell).scaleb(-4)) for cell in cells]
    assert filed(tmp_path, "金额（元）", cells) == exact
    assert [float(cell) * 1e-4 for cell in cells] != exact


@pytest.mark.parametrize(
    ("header", "wanted", "cell", "value"),
    [
        ("金额（%）", "%", "12.5", 12.5),
        ("金额（%）", "%", "12.5%", 12.5),
        ("金额（1）", "%", "0.125", 12.5),
        ("金额（1）", "%", "12.5%", 12.5),
        ("金额（‰）", "%", "125", 12.5),
        ("金额", "%", "0.07%", 0.07),
        ("金额", "1", "12.5%", 0.125),
        ("金额（%）", "1", "12.5", 0.125),
        ("金额", "‰", "0.7%", 7.0),
    ],
)
def test_shares_are_converted_exactly(tmp_path: Path, header: str, wanted: str, cell: str, value: float) -> None:
    """A share follows the unit of its header, and a percent sign in the cell says per cent whatever the header says."""
    assert filed(tmp_path, header, [cell], wanted) == [value]
