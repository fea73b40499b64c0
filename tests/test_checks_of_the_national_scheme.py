"""The national scheme's checks across cells: what is warned of, from which limit on, and told only once."""

from __future__ import annotations

from collections import Counter

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import icredit
from command_line import enterprise, write_csv
from conftest import AS_OF, NATIONAL
from icredit.scheme import Scheme
from icredit.scheme.expressions import compile_expression

RD, RD_LAST, RELIEF = "研发费用金额（万元）", "上年研发费用金额（万元）", "研发费用加计扣除所得税减免额（万元）"
REVENUE, REVENUE_LAST = "营业收入（万元）", "上年营业收入（万元）"
PROFIT, ASSETS = "净利润（万元）", "净资产（万元）"
RD_GROWTH, INTENSITY, GROWTH, RETURN = "研发费用增速（%）", "研发强度（%）", "营业收入增长率（%）", "净资产利润率（%）"
HIGHTECH = "高新技术产品收入（万元）"

ABOVE_REVENUE = "R&D expenditure above revenue"
RELIEF_ABOVE = "R&D tax relief above 30 %"
RD_GREW, RD_FELL = "R&D expenditure grew", "R&D expenditure fell"
GREW, FELL = "revenue grew", "revenue fell"
RD_RATE, RATE = "the R&D growth filed is above", "the revenue growth filed is above"
RD_DIFFERS, INTENSITY_DIFFERS = "the R&D growth filed is not", "the R&D intensity filed is not"
GROWTH_DIFFERS, RETURN_DIFFERS = "the revenue growth filed is not", "the return on net assets filed is not"
WORTHLESS, NEGATIVE = "net assets not above zero", "revenue of last year below zero"

# What is filed beside a clean row (R&D 300 after 250, revenue 3,000 after 2,500, profit 200, net assets 1,500), and
# which warnings it gets. In each group: just below the limit, at it, just above.
CASES: list[tuple[dict[str, str], list[str]]] = [
    ({}, []),
    # R&D above revenue
    ({RD: "2999.99", RD_LAST: "2500"}, []),
    ({RD: "3000", RD_LAST: "2500"}, []),
    ({RD: "3000.01", RD_LAST: "2500"}, [ABOVE_REVENUE]),
    ({RD: "300", REVENUE: "0", HIGHTECH: "0"}, []),
    # Tax relief: 30 % of 300
    ({RELIEF: "89.99"}, []),
    ({RELIEF: "90"}, []),
    ({RELIEF: "90.01"}, [RELIEF_ABOVE]),
    ({RELIEF: "300"}, [RELIEF_ABOVE]),
    ({RELIEF: "0.99", RD: "3.3", RD_LAST: "3"}, []),
    ({RELIEF: "0.01", RD: "0", RD_LAST: "0"}, [RELIEF_ABOVE]),
    ({RELIEF: "90.01", RD: ""}, []),
    # Growth of 1,000 % is 11 times last year
    ({RD_LAST: "27.28"}, []),
    ({RD: "300.08", RD_LAST: "27.28"}, []),
    ({RD: "300.09", RD_LAST: "27.28"}, [RD_GREW]),
    ({RD_LAST: "0"}, []),
    ({RD_LAST: ""}, []),
    ({REVENUE_LAST: "272.73"}, []),
    ({REVENUE: "3003", REVENUE_LAST: "273"}, []),
    ({REVENUE: "3003.01", REVENUE_LAST: "273"}, [GREW]),
    ({REVENUE_LAST: "0"}, []),
    ({REVENUE_LAST: "-5"}, [NEGATIVE]),
    # A tenth of last year
    ({RD_LAST: "2999.9"}, []),
    ({RD_LAST: "3000"}, []),
    ({RD_LAST: "3000.1"}, [RD_FELL]),
    ({RD: "0", RD_LAST: "3000"}, []),
    ({REVENUE_LAST: "29999.9"}, []),
    ({REVENUE_LAST: "30000"}, []),
    ({REVENUE_LAST: "30000.1"}, [FELL]),
    ({REVENUE: "0", HIGHTECH: "0", REVENUE_LAST: "30000.1"}, []),
    # A filed rate that counts because an amount is missing
    ({RD_LAST: "", RD_GROWTH: "999.9"}, []),
    ({RD_LAST: "", RD_GROWTH: "1000"}, []),
    ({RD_LAST: "", RD_GROWTH: "1000.1"}, [RD_RATE]),
    ({RD_LAST: "", RD_GROWTH: "-99.9"}, []),
    ({RD_LAST: "", RD_GROWTH: "-100"}, []),
    ({RD_LAST: "", RD_GROWTH: "-100.1"}, [RD_RATE]),
    ({REVENUE_LAST: "", GROWTH: "999.9"}, []),
    ({REVENUE_LAST: "", GROWTH: "1000"}, []),
    ({REVENUE_LAST: "", GROWTH: "1000.1"}, [RATE]),
    ({REVENUE_LAST: "", GROWTH: "-100.1"}, [RATE]),
    # A filed rate against the amounts: 20 % each, one percentage point of room; 10 % of revenue is R&D
    ({RD_GROWTH: "20"}, []),
    ({RD_GROWTH: "20.99"}, []),
    ({RD_GROWTH: "21"}, []),
    ({RD_GROWTH: "21.01"}, [RD_DIFFERS]),
    ({RD_GROWTH: "18.99"}, [RD_DIFFERS]),
    ({RD_GROWTH: "0.2"}, [RD_DIFFERS]),
    ({RD_GROWTH: "2000"}, [RD_DIFFERS]),
    ({GROWTH: "19.01"}, []),
    ({GROWTH: "19"}, []),
    ({GROWTH: "18.99"}, [GROWTH_DIFFERS]),
    ({GROWTH: "0.2"}, [GROWTH_DIFFERS]),
    ({GROWTH: "2000"}, [GROWTH_DIFFERS]),
    ({INTENSITY: "10.99"}, []),
    ({INTENSITY: "11"}, []),
    ({INTENSITY: "11.01"}, [INTENSITY_DIFFERS]),
    ({INTENSITY: "0.1"}, [INTENSITY_DIFFERS]),
    ({INTENSITY: "0.1", RD: ""}, []),
    # Growth of 500 %: a hundredth of it, five points, is room for rounding
    ({RD: "1500", GROWTH: "20", RD_GROWTH: "504.9"}, []),
    ({RD: "1500", GROWTH: "20", RD_GROWTH: "505"}, []),
    ({RD: "1500", GROWTH: "20", RD_GROWTH: "505.1"}, [RD_DIFFERS]),
    # Growth that is too large is told of the amounts, not again of the rate that agrees with them
    ({RD_LAST: "25", RD_GROWTH: "1100"}, [RD_GREW]),
    ({REVENUE_LAST: "250", GROWTH: "1100"}, [GREW]),
    # Return on net assets: 300 / 1,500 is 20 %, and half of it is room for an average of net assets
    ({PROFIT: "300", RETURN: "29.99"}, []),
    ({PROFIT: "300", RETURN: "30"}, []),
    ({PROFIT: "300", RETURN: "30.01"}, [RETURN_DIFFERS]),
    ({PROFIT: "300", RETURN: "9.99"}, [RETURN_DIFFERS]),
    ({PROFIT: "300", RETURN: "0.2"}, [RETURN_DIFFERS]),
    ({PROFIT: "-300", RETURN: "20"}, [RETURN_DIFFERS]),
    # Net assets: only what is above zero divides
    ({ASSETS: "0.01", PROFIT: "0"}, []),
    ({ASSETS: "0"}, [WORTHLESS]),
    ({ASSETS: "-0.01"}, [WORTHLESS]),
    ({ASSETS: "-1500", PROFIT: "-300", RETURN: "20"}, [WORTHLESS]),
]


@pytest.fixture(scope="module")
def warned(tmp_path_factory: pytest.TempPathFactory, national: Scheme) -> dict[int, list[str]]:
    """Number of the case -> its warnings, all cases read as one file."""
    extra = dict.fromkeys((RELIEF, RD_GROWTH, INTENSITY, GROWTH, RETURN), "")
    rows = [{**enterprise(number), RD: "300", **extra, **cells} for number, (cells, _) in enumerate(CASES)]
    path = write_csv(tmp_path_factory.mktemp("checks") / "cases.csv", rows)
    found = icredit.read(path, national, as_of=AS_OF)
    assert (found.rejected, found.merged) == (0, 0)
    assert set(found.findings["rule"]) == {"IC402"}
    told: dict[int, list[str]] = {}
    for row, message in found.findings.select("row", "message_en").iter_rows():
        told.setdefault(row - 2, []).append(message)
    return told


@pytest.mark.parametrize(
    "number", range(len(CASES)), ids=lambda n: " ".join(f"{k}={v}" for k, v in CASES[n][0].items())
)
def test_a_warning_begins_at_its_limit(warned: dict[int, list[str]], number: int) -> None:
    """Just below and at the limit there is no warning, just above there is, and no second one for the same thing."""
    told = warned.get(number, [])
    wanted = CASES[number][1]
    assert len(told) == len(wanted), told
    assert all(message.startswith(start) for message, start in zip(told, wanted, strict=True)), told


def test_every_warning_of_the_scheme_has_cases(national: Scheme) -> None:
    """No check of level warning is left without a case that raises it."""
    warnings = [check.message.en for check in national.checks if check.level == "warning"]
    raised = {start for _, starts in CASES for start in starts}
    assert len(warnings) == len(raised)
    assert all(sum(message.startswith(start) for message in warnings) == 1 for start in raised)


SCHEME = icredit.load_scheme(NATIONAL)

cents = st.integers(1, 10**9)


@given(last=cents, factor=st.sampled_from([11, 10]))
def test_exactly_at_the_limit_nothing_is_said(last: int, factor: int) -> None:
    """Eleven times last year, and a tenth of last year, to the cent, raise no warning, whatever binary fractions do."""
    small, large = last / 100, factor * last / 100
    row = {"revenue": large, "revenue_last": small} if factor == 11 else {"revenue": small, "revenue_last": large}
    frame = pl.DataFrame(row)
    for start in (GREW, FELL):
        condition = next(one.when for one in SCHEME.checks if one.message.en.startswith(start))
        assert not frame.select(compile_expression(condition).expression).item()


def test_ordinary_enterprises_do_not_drown_in_warnings(sample: icredit.Submission) -> None:
    """Of 3,000 enterprises each check warns at most one in twenty, and those of last year one in two hundred."""
    counts = Counter(sample.warnings["message_en"])
    assert max(counts.values()) <= 3000 / 20
    for start in (RD_GREW, RD_FELL, GREW, FELL, RELIEF_ABOVE):
        assert sum(n for message, n in counts.items() if message.startswith(start)) <= 3000 / 200


def test_a_column_in_yuan_lies_beyond_the_usual_range(national: Scheme, sample: icredit.Submission) -> None:
    """The sample's median amounts lie in the usual range; as filed in 元 or 亿元, more than ten times outside."""
    for name, spec in national.fields.items():
        if spec.usual is None:
            assert spec.type != "amount" or sample.frame[name].median() == 0, name
            continue
        median = sample.frame[name].median()
        assert isinstance(median, float)
        low, high = spec.usual
        assert low <= median <= high, name
        assert median * 10_000 > 10 * high, name
        assert median / 10_000 < low / 10, name


def test_none_means_zero_where_the_enterprise_must_know(national: Scheme) -> None:
    """无 is zero for what the enterprise itself has or has not, and missing for staff and for every amount and rate."""
    assert {name for name, spec in national.fields.items() if spec.none_means == "zero"} == {
        *("invention_applications", "pct_applications"),
        *("fresh_graduates", "platforms", "awards", "projects"),
    }


def test_last_year_is_asked_for_in_two_amounts(national: Scheme) -> None:
    """R&D expenditure and revenue of last year are this year's fields of a year ago."""
    assert {name: spec.last_year_of for name, spec in national.fields.items() if spec.last_year_of} == {
        "rd_expense_last": "rd_expense",
        "revenue_last": "revenue",
    }
    assert [name for name, spec in national.fields.items() if spec.carry_over] == ["founded", "technical_field"]
