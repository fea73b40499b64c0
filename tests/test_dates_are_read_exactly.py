"""A date in a cell means exactly one day; a month, a serial number and a time of day are told; all else is refused."""

from __future__ import annotations

from datetime import date
from datetime import time as clock
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from cells import read_cell, read_column, values


@settings(deadline=None, max_examples=40)
@given(days=st.lists(st.dates(), min_size=1, max_size=6))
def test_every_date_in_every_form(tmp_path_factory: pytest.TempPathFactory, days: list[date]) -> None:
    """A date may be written with hyphens, slashes, dots, in Chinese or in eight digits, with or without zeros."""
    texts = [
        text
        for day in days
        for y, m, d in [(f"{day.year:04}", day.month, day.day)]
        for text in (
            *(f"{y}-{m:02}-{d:02}", f"{y}/{m:02}/{d:02}", f"{y}.{m:02}.{d:02}", f"{y}年{m:02}月{d:02}日"),
            *(f"{y}-{m}-{d}", f"{y}/{m}/{d}", f"{y}.{m}.{d}", f"{y}年{m}月{d}日"),
            *(f"{y}{m:02}{d:02}", f" {y}-{m:02}-{d:02} 00:00:00", f"{y} 年 {m} 月 {d} 号", f"{y}{m:02}{d:02}.0"),
        )
    ]
    found = values(tmp_path_factory.getbasetemp(), "开业日期", texts, "opened")
    assert found == [day for day in days for _ in range(12)]


@settings(deadline=None, max_examples=60)
@given(
    day=st.dates(),
    form=st.sampled_from(
        ["{0:%Y}-{0.month}-{0.day}", "{0:%Y}/{0:%m}/{0:%d}", "{0:%Y}.{0.month}.{0.day}", "{0:%Y%m%d}"]
    ),
    time=st.times(),
    shown=st.sampled_from(["%H:%M", "%H:%M:%S", "%H:%M:%S.%f"]),
    between=st.sampled_from([" ", "T", "  ", "\u3000"]),
    wide=st.booleans(),
)
def test_a_time_of_day_does_not_change_the_day(
    day: date,
    form: str,
    time: clock,
    shown: str,
    between: str,
    wide: bool,  # noqa: FBT001  # hypothesis names its arguments
) -> None:
    """Of a date with a time behind it, in digits of either width, the date counts."""
    assume(day.year >= 1000)  # strftime writes years of three digits as such
    text = form.format(day) + between + time.strftime(shown)
    if wide:
        text = text.translate({ord(digit): ord(digit) + 0xFEE0 for digit in "0123456789-/.:"})
    assert read_cell("opened", text) == (day, [])


@settings(deadline=None, max_examples=60)
@given(year=st.integers(1, 9999) | st.integers(1900, 2099), month=st.integers(1, 12))
def test_a_month_is_its_first_day_with_a_warning(year: int, month: int) -> None:
    """A month without a day is read as its first day, and the warning says so."""
    y = f"{year:04}"
    months = [f"{month:02}", f"{month}"]
    texts = [
        text for m in months for text in (f"{y}-{m}", f"{y}/{m}", f"{y}年{m}月", f"{y}年{m}月份", f"{y} 年 {m} 月")
    ]
    dotted = [f"{y}.{m}" for m in months if 1900 <= year <= 2099]  # another year would be a serial number
    for text in [*texts, *dotted, f"{y}{month:02}", f"{y}{month:02}.0"]:
        assert read_cell("opened", text) == (date(year, month, 1), ["IC214"]), text


@settings(deadline=None, max_examples=100)
@given(
    day=st.dates(date(1900, 3, 1), date(2099, 12, 31)),
    fraction=st.sampled_from(["", ".", ".0", ".354166666667", ".9999999"]),
)
def test_a_serial_number_is_the_day_it_counts(day: date, fraction: str) -> None:
    """Excel's number of a day is that day; of a fraction, which is the time, nothing is rounded."""
    # Excel took over a calendar in which 1900 is a leap year: 1 January 1900 is 1, and every day since March one more.
    serial = (day - date(1900, 1, 1)).days + 1 + 1
    read = read_cell("opened", f"{serial}{fraction}")
    assert read == ((None, ["IC205"]) if 1900 <= serial <= 2099 else (day, ["IC213"]))
    since_1904 = (day - date(1904, 1, 1)).days
    if since_1904 > 0:
        read = read_cell("opened", f"{since_1904}{fraction}", epoch_1904=True)
        assert read == ((None, ["IC205"]) if 1900 <= since_1904 <= 2099 else (day, ["IC213"]))


def test_the_days_that_both_programs_agree_on() -> None:
    """Days whose serial numbers are printed in every manual: 1 January 2008 is 39448; in the calendar of 1904, 37986."""
    assert read_cell("opened", "39448") == (date(2008, 1, 1), ["IC213"])
    assert read_cell("opened", "37986", epoch_1904=True) == (date(2008, 1, 1), ["IC213"])
    assert read_cell("opened", "0", epoch_1904=True) == (None, ["IC205"])


def test_what_was_read_is_told(tmp_path: Path) -> None:
    """The warnings stand on the cell and name the day in both languages, and the row is kept."""
    submission = read_column(tmp_path, "开业日期", ["43525", "2019年3月"])
    assert submission.frame["opened"].to_list() == [date(2019, 3, 1)] * 2
    assert submission.findings.select("rule", "level", "column", "value").rows() == [
        ("IC213", "warning", "开业日期", "43525"),
        ("IC214", "warning", "开业日期", "2019年3月"),
    ]
    for finding in submission.findings.rows(named=True):
        assert "2019-03-01" in finding["message_zh"]
        assert "2019-03-01" in finding["message_en"]


@pytest.mark.parametrize(
    "text",
    [
        *"2023-02-29 2023-02-30 2023-13-01 2023-00-10 2023-01-00 0000-01-01 10000-01-01 23-01-01 01/02/2023 3/2023".split(),
        *"2023 2023年 20230230 202301011 yesterday -2023-01-01 +2023-01-01 2023--01-01 2023-13 2023年0月 202313 0000-01".split(),
        *"2023-01/01 2023.1-1 2023年1-1 2023-1-1日 2023-01-01Z 2023-01-01T00:00:00Z 2023-01-01T00:00+08:00 2023-01-01T".split(),
        *"2023-01-01T24:00 2023-01-01T8 2023-01-01T8:60 2023-01-0108:00 20230101083000 23年3月 2023年三月 二〇二三年三月".split(),
        *"60 0 -1 73051 99999 123456 43,525 43525元 4.3525e4 (43525) 43525.5.5 2019.345 1999.0 43525日 2023-0²-01 ١٩٩٩-01-01".split(),
        *("2023-01-01 25:00:00", "2023 - 01 - 01", "2023-01-01 上午", "2023-01-01 ~ 2023-02-01", "示例" * 300),
        *("2023-01-01\n2023-01-02", "Mar 1, 2023", "1-Mar-23"),
    ],
)
def test_what_is_no_date_is_refused(text: str) -> None:
    """A day that no calendar has, or that is not plain, is refused."""
    assert read_cell("opened", text) == (None, ["IC205"])
