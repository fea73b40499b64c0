"""A number in a cell means exactly one number, to the last bit, in whatever unit it is written; all else is refused."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import filings
from cells import bits, read_cell, read_column, rules, values

# --------------------------------------------------------------------------------------------------------------------
# Numbers

# unit: power of ten of one yuan, of one
YUAN = {
    "元": 0,
    "千元": 3,
    "万元": 4,
    "百万元": 6,
    "亿元": 8,
    "人民币万元": 4,
    "CNY": 0,
    "CNY 10k": 4,
    "million CNY": 6,
}
AMOUNTS = {"sales": ("销售额", 4), "profit": ("利润", 0), "debt": ("负债", 3), "capital": ("资本", 6)}
PARTS = {"%": -2, "‰": -3, "1": 0, "％": -2}
SHARES = {"growth": ("增速", -2), "quota": ("占比", 0)}

numerals = st.builds(
    lambda whole, part, exponent: whole + part + exponent,
    st.integers(0, 10**9).map(str) | st.integers(0, 10**20).map(lambda n: "0." + str(n)),
    st.integers(0, 10**18).map(lambda n: "" if n % 3 else "." + str(n)),
    st.integers(-12, 3).map(lambda n: f"e{n}" if n % 2 else ""),
).filter(lambda text: text.count(".") < 2)


@settings(deadline=None, max_examples=80)
@given(
    field=st.sampled_from(sorted(AMOUNTS)),
    unit=st.sampled_from(sorted(YUAN)),
    brackets=st.sampled_from(["（{}）", "({})", " [{}]", "［{}］"]),
    texts=st.lists(numerals, min_size=1, max_size=12),
)
def test_an_amount_in_any_unit_is_exact(
    tmp_path_factory: pytest.TempPathFactory, field: str, unit: str, brackets: str, texts: list[str]
) -> None:
    """A number under a header with any unit of money is the nearest float of the exact number in the field's unit."""
    label, own = AMOUNTS[field]
    exact = [Fraction(Decimal(text)) * Fraction(10) ** (YUAN[unit] - own) for text in texts]
    kept = [(text, number) for text, number in zip(texts, exact, strict=True) if number <= 10**15]
    header = label + brackets.format(unit)
    found = values(tmp_path_factory.getbasetemp(), header, [text for text, _ in kept], field)
    assert [bits(number) for number in found] == [bits(float(number)) for _, number in kept]


@settings(deadline=None, max_examples=40)
@given(
    field=st.sampled_from(sorted(SHARES)),
    unit=st.sampled_from(sorted(PARTS)),
    tenths=st.lists(st.integers(0, 10**4), min_size=1, max_size=8),
    percent=st.booleans(),
)
def test_a_share_in_any_unit_is_exact(
    tmp_path_factory: pytest.TempPathFactory,
    field: str,
    unit: str,
    tenths: list[int],
    percent: bool,  # noqa: FBT001  # hypothesis names its arguments
) -> None:
    """A share is converted from the unit of its column; a cell that says % itself is in per cent whatever the header."""
    label, own = SHARES[field]
    texts = [str(Decimal(tenth) / 10**6) for tenth in tenths]
    power = (-2 if percent else PARTS[unit]) - own
    found = values(
        tmp_path_factory.getbasetemp(), f"{label}（{unit}）", [text + "%" * percent for text in texts], field
    )
    exact = [Fraction(tenth, 10**6) * Fraction(10) ** power for tenth in tenths]
    assert [bits(number) for number in found] == [bits(float(number)) for number in exact]


def test_a_header_without_a_unit_means_the_unit_of_the_field(tmp_path: Path) -> None:
    """A bare header, or one with the field's own unit, changes nothing."""
    for header in ("市值", "市值（亿元）", "Worth", "worth", "Worth (亿元)"):
        assert values(tmp_path, header, ["1.25", "-2.5"], "worth") == [1.25, -2.5]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12", 12.0),
        (" 12.50 ", 12.5),
        ("\u300012\xa0", 12.0),
        ("\ufeff12\u200b", 12.0),
        ("+3", 3.0),
        ("-3.25", -3.25),
        (".5", 0.5),
        ("5.", 5.0),
        ("007", 7.0),
        ("1,234.5", 1234.5),
        ("-1,234,567", -1234567.0),
        ("1，234", 1234.0),
        ("１２．５", 12.5),
        ("1 234 567.5", 1234567.5),
        ("1e3", 1000.0),
        ("2.5E-1", 0.25),
        ("0", 0.0),
        ("0.1", 0.1),
        ("1e-400", 0.0),
        ("1\u202f234\u202f567", 1234567.0),
        ("1\xa0234.5", 1234.5),
        ("（１，２３４．５）", -1234.5),
        ("(0.5)", -0.5),
        ("( 5 )", -5.0),
        ("﹣5", -5.0),
        ("¥5", 5.0),
        ("￥-5", -5.0),
        ("-¥5", -5.0),
        ("(¥5)", -5.0),
        ("¥ (1,234.50)", -1234.5),
        ("rmb 5", 5.0),
        ("0e9999999999", 0.0),
        ("1e-9999999999", 0.0),
    ],
)
def test_numbers_as_people_write_them(tmp_path: Path, text: str, number: float) -> None:
    """Blanks around, thousands separators, full-width digits and exponents are read as the number they mean."""
    assert values(tmp_path, "利润", [text], "profit") == [number]


@pytest.mark.parametrize(
    "text",
    [
        *"abc 1.2.3 1,23 12,34 1,2345 ,5 1,234,5 5- 1_000 0x10 1e 1e+ inf -Infinity 约12 1-2 ١٢ . 500余 >100 ≈5 5元/吨".split(),
        *"() (-5) -(5) ((5)) (5 5) (1)2 1(2) +-5 --5 ¥ 万 1万2千 12万余 5亿3000万 5百元 5k 5w 5十 ¥¥5 $5 5美元 5元整 壹万 5%元".split(),
        *("12 34", "3 3", "1\n2", "１２ ３"),
        *("10²", "10⁴", "①", "⒈5", "½", "1⁄2"),  # digits that are no decimal digits: 10² is 100, not 102
        "1e00001x",
        "12\u200b34",
        "12\x0034",
        "示例" * 300,
    ],
)
def test_what_is_no_number_is_refused(tmp_path: Path, text: str) -> None:
    """Text of which it is not plain what number it means is refused, never guessed."""
    assert rules(tmp_path, "利润", [text]) == [["IC201"]]


def test_a_huge_exponent_is_out_of_range(tmp_path: Path) -> None:
    """A number beyond all bounds is too large or too small, in columns of any unit, and infinity is no value."""
    for header in ("利润", "利润（亿元）", "利润（百万元）"):
        huge = ["1e400", "-1e400", "1e9999", "1e" + "9" * 5000, "1e400万亿"]
        assert rules(tmp_path, header, huge) == [["IC204"], ["IC203"], ["IC204"], ["IC204"], ["IC204"]]


def test_bounds_are_part_of_the_range(tmp_path: Path) -> None:
    """The smallest and the largest valid value are valid; the nearest floats beyond are not, after conversion."""
    assert values(tmp_path, "市值", ["-2.5", "2.5", "2.4999999999999996"], "worth") == [-2.5, 2.5, 2.5 - 2**-51]
    assert rules(tmp_path, "市值", ["-2.5000000000000004", "2.5000000000000004"]) == [["IC203"], ["IC204"]]
    assert values(tmp_path, "市值（元）", ["-250000000", "250000000.00"], "worth") == [-2.5, 2.5]
    assert rules(tmp_path, "市值（元）", ["-250000001", "250000001"]) == [["IC203"], ["IC204"]]
    assert values(tmp_path, "销售额", ["0", "-0", "1e15"], "sales") == [0.0, 0.0, 1e15]
    assert rules(tmp_path, "销售额", ["-0.01", "1000000000000001"]) == [["IC203"], ["IC204"]]


# --------------------------------------------------------------------------------------------------------------------
# Units in the cell

# A unit as it stands behind a number -> power of ten of one yuan; and the words that may stand around.
SCALES = {
    "": 0,
    "千": 3,
    "万": 4,
    "十万": 5,
    "百万": 6,
    "千万": 7,
    "亿": 8,
    "十亿": 9,
    "百亿": 10,
    "千亿": 11,
    "万亿": 12,
}
BEHIND = {
    scale + word: power
    for scale, power in SCALES.items()
    for word in ("", "元", "人民币", "元人民币", " yuan", "CNY", "RMB")
    if scale + word
}
BEFORE = ["", "¥", "￥", "¥ ", "RMB", "CNY ", "人民币"]


@st.composite
def written(draw: st.DrawFn) -> tuple[str, Fraction]:
    """A decimal number in one of the styles in which people write it, and the number."""
    number = draw(st.decimals(-(10**9), 10**9, allow_nan=False, allow_infinity=False, places=draw(st.integers(0, 9))))
    separator = draw(st.sampled_from(["", ",", "，", " ", "\xa0", "\u202f"]))
    text = f"{abs(number):{',' if separator else ''}f}".replace(",", separator)
    currency = draw(st.sampled_from(BEFORE))
    if number < 0:
        styles = ["-{c}{n}", "{c}-{n}", "−{c}{n}", "－{c}{n}", "({c}{n})", "（{c}{n}）", "{c}({n})"]
    else:
        styles = ["{c}{n}", "+{c}{n}", "＋{c}{n}"]
    text = draw(st.sampled_from(styles)).format(c=currency, n=text)
    if draw(st.booleans()):
        text = text.translate({ord(digit): ord(digit) + 0xFEE0 for digit in "0123456789."})
    return text, Fraction(number)


@settings(deadline=None, max_examples=300)
@given(
    field=st.sampled_from(sorted(AMOUNTS)),
    column=st.sampled_from(sorted(YUAN)),
    cell=written(),
    unit=st.sampled_from(sorted(BEHIND)),
    gap=st.sampled_from(["", " ", "\u3000"]),
)
def test_the_unit_of_the_cell_wins_over_that_of_the_column(
    field: str, column: str, cell: tuple[str, Fraction], unit: str, gap: str
) -> None:
    """A number in any style, with any unit of money behind it, is exact, and a warning where the column would differ."""
    text, number = cell
    power, own = BEHIND[unit], AMOUNTS[field][1]
    exact = float(number * Fraction(10) ** (power - own))
    bounds = [] if exact >= 0 or field != "sales" else ["IC203"]
    if abs(exact) > 1e15:
        bounds = ["IC204" if exact > 0 else "IC203"]
    read, found = read_cell(field, text + gap + unit, shift=YUAN[column] - own)
    if bounds:
        assert found == bounds
    else:
        assert (bits(read + 0.0), found) == (bits(exact + 0.0), ["IC212"] * (power != YUAN[column]))


@settings(deadline=None, max_examples=100)
@given(column=st.sampled_from(sorted(YUAN)), cell=written())
def test_a_sign_of_the_currency_alone_is_read_in_columns_of_yuan_only(column: str, cell: tuple[str, Fraction]) -> None:
    """¥500 in a column of 万元 may be five hundred yuan or five million: it is refused, never guessed."""
    text, number = cell
    read, found = read_cell("profit", text, shift=YUAN[column])
    decorated = any(mark in text for mark in "¥￥RC人")
    if decorated and YUAN[column]:
        assert found == ["IC215"]
    elif not found:
        assert bits(read + 0.0) == bits(float(number * Fraction(10) ** YUAN[column]) + 0.0)
    else:
        assert abs(number) * 10 ** YUAN[column] > 10**15


@pytest.mark.parametrize(
    ("header", "text", "zh", "en"),
    [
        ("销售额（元）", "1.2亿", "按12000万元读取", "read as 12000万元"),
        ("销售额", "500元", "按0.05万元读取", "read as 0.05万元"),
        ("负债", "500万元", "按5000千元读取", "read as 5000千元"),
        ("人数", "1.2万", "按12000人读取", "read as 12000人"),
        ("增速", "125‰", "按12.5%读取", "read as 12.5%"),
        ("占比（‰）", "5%", "按0.05读取", "read as 0.05"),
    ],
)
def test_what_was_read_is_told(tmp_path: Path, header: str, text: str, zh: str, en: str) -> None:
    """The warning stands on the cell, says what it was read as in the unit of the field, and keeps the row."""
    submission = read_column(tmp_path, header, [text])
    (finding,) = submission.findings.rows(named=True)
    assert (finding["rule"], finding["level"], finding["column"], finding["value"]) == (
        "IC212",
        "warning",
        header,
        text,
    )
    assert zh in finding["message_zh"]
    assert en in finding["message_en"]
    assert submission.frame.height == 1


@pytest.mark.parametrize(
    ("header", "text"),
    [
        ("销售额", "12%"),
        ("销售额", "5‰"),
        ("销售额", "35人"),
        ("增速", "3万"),
        ("增速", "3元"),
        ("人数", "3%"),
        ("人数", "3元"),
    ],
)
def test_a_unit_of_another_kind_is_refused_by_name(tmp_path: Path, header: str, text: str) -> None:
    """A unit that has no business in the column is an error that names it."""
    (finding,) = read_column(tmp_path, header, [text]).findings.rows(named=True)
    assert finding["rule"] == "IC215"
    assert f"“{text[1:] if text[1] not in '25' else text[2:]}”" in finding["message_zh"]


def test_percent_signs_of_a_whole_column_are_no_doubt(tmp_path: Path) -> None:
    """A column of per cent or of fractions in which every cell shows a percentage is read without a word."""
    for header, field, found in (("增速（%）", "growth", [12.5, -3.0]), ("占比（1）", "quota", [0.125, 0.03])):
        cells = ["12.5%", "-3%" if field == "growth" else "3%"]
        submission = read_column(tmp_path, header, cells)
        assert submission.findings.is_empty()
        assert submission.frame[field].to_list() == found


# --------------------------------------------------------------------------------------------------------------------
# Counts


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12", 12),
        ("12.0", 12),
        ("12.", 12),
        ("1,200", 1200),
        ("1e3", 1000),
        ("1.2e3", 1200),
        ("１２", 12),
        ("+5", 5),
        ("0005", 5),
        ("-0", 0),
        ("999999999999999", 10**15 - 1),
        ("1000000000000000", 10**15),
        ("3.0", 3),
        ("3.000000000000000000000000", 3),
        ("35人", 35),
        ("35 件", 35),
        ("1.2345万", 12345),
        ("1.2万人", 12000),
        ("1千", 1000),
        ("10百万", 10**7),
        ("0e9999999999", 0),
    ],
)
def test_counts(tmp_path: Path, text: str, number: int) -> None:
    """A count is a whole number, however it is written."""
    assert values(tmp_path, "人数", [text], "heads") == [number]


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("3.5", "IC202"),
        ("999999999999999.5", "IC202"),
        ("0.0000001", "IC202"),
        ("-1", "IC203"),
        ("1000000000000001", "IC204"),
        ("1e300", "IC204"),
        ("三", "IC201"),
        ("12%", "IC215"),
        ("35元", "IC215"),
        ("¥35", "IC215"),
        ("约35人", "IC201"),
        ("1.00000000000000000000001", "IC202"),  # to the last digit, not to the last bit of a float
        ("0.99999999999999999999999", "IC202"),
        ("0.00001万", "IC202"),
        ("1000亿万", "IC201"),
        ("1001万亿", "IC204"),
        ("1e9999999999", "IC204"),
        ("-1e9999999999", "IC203"),
        ("1e-9999999999", "IC202"),
    ],
)
def test_what_is_no_count_is_refused(tmp_path: Path, text: str, rule: str) -> None:
    """Fractions, numbers below zero and beyond all bounds are no counts."""
    assert rules(tmp_path, "人数", [text]) == [[rule]]


def test_bounds_of_a_count(tmp_path: Path) -> None:
    """A count keeps within the bounds that the scheme sets."""
    assert values(tmp_path, "奖项（项）", ["1", "5"], "prizes") == [1, 5]
    assert rules(tmp_path, "奖项（个）", ["0", "6"]) == [["IC203"], ["IC204"]]


@settings(deadline=None, max_examples=40)
@given(numbers=st.lists(st.integers(0, 10**15), min_size=1, max_size=20))
def test_every_whole_number_is_exact(tmp_path_factory: pytest.TempPathFactory, numbers: list[int]) -> None:
    """Counts of up to sixteen digits lose nothing."""
    assert values(tmp_path_factory.getbasetemp(), "人数", [str(n) for n in numbers], "heads") == numbers


def test_nothing_is_zero_only_where_the_field_says_so() -> None:
    """无 in a cell of a number is missing; with `none_means: zero` it is 0, and every other mark stays missing."""
    text = filings.EVERY_KIND.replace("type: count, unit: 人}", "type: count, unit: 人, none_means: zero}")
    scheme = text.replace("type: amount, unit: 元}", "type: amount, unit: 元, none_means: zero}")
    for field in ("heads", "profit"):
        assert read_cell(field, "无") == (None, [])
        for nothing in ("无", " 无\u3000", "\u200b无"):
            assert read_cell(field, nothing, scheme=scheme) == (0, [])
        for mark in ("", "-", "—", "/", "未公开", "N/A", "null", "暂无"):
            assert read_cell(field, mark, scheme=scheme) == (None, [])
    assert read_cell("debt", "无", scheme=scheme) == (None, [])
