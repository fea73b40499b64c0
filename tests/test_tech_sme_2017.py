"""The evaluation of technology SMEs gives the marks, the conditions and the verdicts of 国科发政〔2017〕115号."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bundled import around, bundled, judge, judge_all, judge_file
from icredit.output.basis import basis_note
from icredit.scheme import effective_weights

SCHEME = "tech-sme-2017"

#: The tables of the rule: lower bound in per cent or pieces, and the marks from there on.
STAFF = [(30, 20), (25, 16), (20, 12), (15, 8), (10, 4)]
TO_REVENUE = [(6, 50), (5, 40), (4, 30), (3, 20), (2, 10)]
TO_COST = [(30, 50), (25, 40), (20, 30), (15, 20), (10, 10)]
CLASS_2 = [(4, 24), (3, 18), (2, 12), (1, 6)]

#: An enterprise with full marks: 20 + 50 + 30.
BEST = {
    "staff": 100,
    "rd_staff": 30,
    "revenue": 1000.0,
    "total_cost": 900.0,
    "total_assets": 2000.0,
    "rd_expense": 60.0,
    "ip_class_1": 1,
    "ip_class_2": 0,
    **dict.fromkeys(("major_incident", "research_dishonesty", "abnormal_operation", "serious_dishonesty"), False),
}


def filed(**changes: Any) -> dict[str, Any]:
    """Return what the best enterprise files, with changes."""
    return {**BEST, **changes}


def earned(table: Sequence[tuple[int, int]], value: Fraction | int) -> int:
    """Return the marks of a table, counted in fractions."""
    return next((marks for bound, marks in table if value >= bound), 0)


# ---- marks ------------------------------------------------------------------------------------------------------- #


def test_full_marks_are_twenty_fifty_and_thirty() -> None:
    """The best enterprise has 20 + 50 + 30 = 100 marks and passes, for no reason but its marks."""
    row = judge(SCHEME, **BEST)
    assert (row["rd_staff_share"], row["rd_investment"], row["achievements"]) == (20, 50, 30)
    assert (row["score"], row["status"], row["verdict"], row["reason"]) == (100, "scored", "passed", None)


@pytest.mark.parametrize(("bound", "marks"), STAFF)
def test_each_bound_of_the_staff_table(bound: int, marks: int) -> None:
    """Of 1000 staff, ten times the bound are exactly the bound and earn its marks; one less earns those of the next."""
    lower = STAFF[STAFF.index((bound, marks)) + 1][1] if bound > 10 else 0
    numbers = (10 * bound - 1, 10 * bound, 10 * bound + 1)
    rows = judge_all(SCHEME, [filed(staff=1000, rd_staff=number) for number in numbers])
    assert [row["rd_staff_share"] for row in rows] == [lower, marks, marks]


def test_three_of_ten_are_thirty_per_cent() -> None:
    """Small enterprises stand on the bounds most: 3 of 10, 1 of 4, 1 of 5, 3 of 20, 1 of 10 earn the marks of the bound."""
    heads = [(3, 10, 20), (1, 4, 16), (1, 5, 12), (3, 20, 8), (1, 10, 4), (1, 11, 0), (0, 7, 0), (7, 7, 20)]
    rows = judge_all(SCHEME, [filed(rd_staff=some, staff=all_) for some, all_, _ in heads])
    assert [row["rd_staff_share"] for row in rows] == [marks for _, _, marks in heads]


@pytest.mark.parametrize(("bound", "marks"), TO_REVENUE)
def test_each_bound_of_expenditure_to_sales(bound: int, marks: int) -> None:
    """Of sales of 100.00, R&D of 6.00 is 6 % and earns 50; 5.99 earns 40, 6.01 earns 50; and so on down the table."""
    lower = TO_REVENUE[TO_REVENUE.index((bound, marks)) + 1][1] if bound > 2 else 0
    rows = judge_all(SCHEME, [filed(revenue=100.0, total_cost=9999.0, rd_expense=spent) for spent in around(bound)])
    assert [row["rd_to_revenue"] for row in rows] == [lower, marks, marks]
    assert [row["rd_investment"] for row in rows] == [lower, marks, marks]


@pytest.mark.parametrize(("bound", "marks"), TO_COST)
def test_each_bound_of_expenditure_to_cost(bound: int, marks: int) -> None:
    """Of cost of 100.00, R&D of 30.00 is 30 % and earns 50; 29.99 earns 40, 30.01 earns 50; and so on down the table."""
    lower = TO_COST[TO_COST.index((bound, marks)) + 1][1] if bound > 10 else 0
    rows = judge_all(SCHEME, [filed(revenue=9999.0, total_cost=100.0, rd_expense=spent) for spent in around(bound)])
    assert [row["rd_to_cost"] for row in rows] == [lower, marks, marks]
    assert [row["rd_investment"] for row in rows] == [lower, marks, marks]


@pytest.mark.parametrize("revenue", ["333.33", "290", "0.07", "19999.97", "1234.56", "35", "0.01"])
def test_amounts_that_do_not_divide_evenly_stand_on_the_bound(revenue: str) -> None:
    """R&D of exactly 6 % of awkward sales is 6 %, though the quotient in binary may be a hair less."""
    exact = Fraction(revenue) * 6 / 100
    row = judge(SCHEME, **filed(revenue=float(revenue), rd_expense=float(exact), total_cost=99999.0))
    assert row["rd_to_revenue"] == 50


@pytest.mark.parametrize(
    ("to_revenue", "to_cost", "marks"),
    [(2, 30, 50), (6, 10, 50), (3, 3, 20), (1, 20, 30), (5, 29, 40), (1, 9, 0)],
)
def test_the_better_of_the_two_counts(to_revenue: int, to_cost: int, marks: int) -> None:
    """R&D to sales and R&D to cost each have their marks, and the higher are those of R&D investment; they do not add up."""
    spent = 60.0
    row = judge(SCHEME, **filed(rd_expense=spent, revenue=100 * spent / to_revenue, total_cost=100 * spent / to_cost))
    assert row["rd_investment"] == marks == max(earned(TO_REVENUE, to_revenue), earned(TO_COST, to_cost))


def test_a_company_without_revenue_is_scored_by_its_cost() -> None:
    """With sales of 0 the share of sales does not apply; R&D of 60 in cost of 200 is 30 % and earns 50."""
    row = judge(SCHEME, **filed(revenue=0.0, total_cost=200.0))
    assert (row["rd_to_revenue"], row["rd_to_cost"], row["rd_investment"]) == (None, 50, 50)
    assert (row["score"], row["verdict"], row["coverage"]) == (20 + 50 + 30, "passed", 1)


@pytest.mark.parametrize(
    ("class_1", "class_2", "marks"),
    [
        *((0, 0, 0), (0, 1, 6), (0, 2, 12), (0, 3, 18), (0, 4, 24), (0, 5, 24), (0, 400, 24)),
        *((1, 0, 30), (2, 0, 30), (1, 4, 30), (9, 1, 30)),
    ],
)
def test_achievements(class_1: int, class_2: int, marks: int) -> None:
    """One right of class I earns 30; without one, each of class II earns 6, four or more 24; they do not add up."""
    assert judge(SCHEME, **filed(ip_class_1=class_1, ip_class_2=class_2))["achievements"] == marks


amounts = st.integers(0, 2_000_000).map(lambda fen: Fraction(fen, 100))


@settings(deadline=None, max_examples=25)
@given(
    st.lists(
        st.tuples(amounts, amounts, amounts, st.integers(0, 40), st.integers(1, 500), st.integers(0, 6)),
        min_size=40,
        max_size=60,
    )
)
def test_marks_are_those_of_the_tables_for_any_filing(
    filings: list[tuple[Fraction, Fraction, Fraction, int, int, int]],
) -> None:
    """For any amounts and counts the marks are those counted in exact fractions."""
    rows = judge_all(
        SCHEME,
        [
            filed(
                rd_expense=float(spent),
                revenue=float(sales),
                total_cost=float(cost),
                rd_staff=some,
                staff=all_,
                ip_class_1=0,
                ip_class_2=rights,
            )
            for spent, sales, cost, some, all_, rights in filings
        ],
    )
    for row, (spent, sales, cost, some, all_, rights) in zip(rows, filings, strict=True):
        by_sales = earned(TO_REVENUE, 100 * spent / sales) if sales else 0
        by_cost = earned(TO_COST, 100 * spent / cost) if cost else 0
        staff = earned(STAFF, Fraction(100 * some, all_))
        assert row["rd_staff_share"] == staff
        assert row["rd_investment"] == max(by_sales, by_cost)
        assert row["achievements"] == min(6 * rights, 24)
        assert row["score"] == staff + max(by_sales, by_cost) + min(6 * rights, 24)


# ---- who passes -------------------------------------------------------------------------------------------------- #


@pytest.mark.parametrize(
    ("changes", "score", "verdict"),
    [
        # 20 + 10 + 30: exactly enough
        ({"rd_expense": 20.0, "total_cost": 9999.0}, 60, "passed"),
        # 16 + 10 + 30: four marks too few
        ({"rd_expense": 20.0, "total_cost": 9999.0, "rd_staff": 25}, 56, "failed"),
        # 4 + 50 + 6: exactly enough
        ({"rd_staff": 10, "ip_class_1": 0, "ip_class_2": 1}, 60, "passed"),
        # 8 + 50 + 0: two too few
        ({"rd_staff": 15, "ip_class_1": 0, "ip_class_2": 0}, 58, "failed"),
    ],
)
def test_sixty_marks_pass(changes: dict[str, Any], score: int, verdict: str) -> None:
    """60 marks pass, fewer do not, and the reason says so."""
    row = judge(SCHEME, **filed(**changes))
    assert (row["score"], row["verdict"]) == (score, verdict)
    assert row["reason"] == (None if verdict == "passed" else "综合评价得分不低于60分 a total of 60 marks at least")


def test_no_marks_for_staff_fail_whatever_the_total() -> None:
    """0 + 50 + 30 = 80 marks are enough, but without marks for R&D staff nobody passes."""
    row = judge(SCHEME, **filed(rd_staff=9))
    assert (row["score"], row["verdict"]) == (80, "failed")
    assert row["reason"] == "科技人员指标得分不为0 marks for R&D staff above 0"


def test_every_requirement_that_fails_is_told() -> None:
    """0 + 0 + 0: both requirements stand in the reason."""
    row = judge(SCHEME, **filed(rd_staff=0, rd_expense=0.0, ip_class_1=0))
    assert (row["score"], row["verdict"]) == (0, "failed")
    assert row["reason"].count("；") == 1
    assert "60分" in row["reason"]
    assert "科技人员" in row["reason"]


@pytest.mark.parametrize(
    ("field", "most", "more", "said"),
    [
        ("staff", 500, 501, "职工总数不超过500人"),
        ("revenue", 20000.0, 20000.01, "年销售收入不超过2亿元"),
        ("total_assets", 20000.0, 20000.01, "资产总额不超过2亿元"),
    ],
)
def test_limits_of_size(field: str, most: float, more: float, said: str) -> None:
    """At the limit an enterprise is eligible; just above it is not ranked, fails, and the reason names the limit."""
    changes = {"rd_staff": 400, "rd_expense": 2000.0}
    at, above = judge_all(SCHEME, [filed(**changes, **{field: value}) for value in (most, more)])
    assert (at["status"], at["verdict"], at["reason"]) == ("scored", "passed", None)
    assert (above["status"], above["verdict"], above["rank"]) == ("ineligible", "failed", None)
    assert above["reason"].startswith(said)
    assert "；" not in above["reason"]
    assert above["score"] == 100, "the marks are told all the same"


@pytest.mark.parametrize("field", ["staff", "revenue", "total_assets"])
def test_a_size_that_is_not_filed_fails_for_lack_of_data(field: str) -> None:
    """Nobody is taken to be small for want of a figure: a blank fails, and the reason says that it was not filed."""
    row = judge(SCHEME, **filed(**{field: None}))
    assert (row["status"], row["verdict"]) == ("ineligible", "failed")
    assert row["reason"].endswith("（数据缺失 not filed）")
    assert "；" not in row["reason"]


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("major_incident", "发生重大安全、质量或环境事故"),
        ("research_dishonesty", "严重科研失信"),
        ("abnormal_operation", "列入经营异常名录"),
        ("serious_dishonesty", "列入严重违法失信企业名单"),
    ],
)
def test_each_disqualifying_fact(field: str, said: str) -> None:
    """One of the four facts takes 100 marks out of the ranking; no and a blank do not."""
    yes, no, blank = judge_all(SCHEME, [filed(**{field: value}) for value in (True, False, None)])
    assert (yes["status"], yes["verdict"], yes["rank"]) == ("vetoed", "failed", None)
    assert yes["reason"].startswith(said)
    assert "；" not in yes["reason"]
    assert [(row["status"], row["verdict"], row["reason"]) for row in (no, blank)] == [("scored", "passed", None)] * 2


def test_a_disqualified_enterprise_is_told_that_first() -> None:
    """Two disqualifying facts stand in the reason, and being too large as well does not."""
    row = judge(SCHEME, **filed(staff=501, major_incident=True, abnormal_operation=True))
    assert (row["status"], row["verdict"]) == ("vetoed", "failed")
    assert row["reason"].count("；") == 1
    assert "500" not in row["reason"]


# ---- what was not filed ------------------------------------------------------------------------------------------ #


@pytest.mark.parametrize(
    ("blank", "part", "marks"),
    [
        ("rd_staff", "rd_staff_share", 0),
        ("rd_expense", "rd_investment", 0),
        ("ip_class_1", "achievements", 0),
        ("total_cost", "rd_investment", 50),  # the share of sales is enough
        ("ip_class_2", "achievements", 30),  # class I is enough
    ],
)
def test_what_is_not_filed_earns_nothing(blank: str, part: str, marks: int) -> None:
    """A blank earns 0 marks where nothing else proves them, and lowers the coverage."""
    row = judge(SCHEME, **filed(**{blank: None}))
    assert row[part] == marks
    assert row["score"] == 100 - (BEST_PARTS[part] - marks)
    assert row["coverage"] < 1


BEST_PARTS = {"rd_staff_share": 20, "rd_investment": 50, "achievements": 30}


def test_an_empty_filing_has_no_marks_and_is_not_eligible() -> None:
    """Who files nothing but a name has 0 marks, coverage 0, and three conditions that nobody can check."""
    row = judge(SCHEME)
    assert (row["score"], row["coverage"], row["status"], row["verdict"]) == (0, 0, "ineligible", "failed")
    assert row["reason"].count("数据缺失") == 3


def test_nobody_employed_is_no_share() -> None:
    """Without staff there is no share of R&D staff: 0 marks, no division by zero."""
    row = judge(SCHEME, **filed(staff=0, rd_staff=0))
    assert (row["rd_staff_share"], row["rd_staff_share.value"], row["verdict"]) == (0, None, "failed")


# ---- what the scheme says of itself ------------------------------------------------------------------------------ #


def test_the_parts_weigh_their_marks() -> None:
    """R&D staff are 20 of 100, R&D investment 50, achievements 30."""
    shares = effective_weights(bundled(SCHEME))
    for part, marks in BEST_PARTS.items():
        assert shares[part] == pytest.approx(marks / 100)


def test_the_rule_is_official_and_nothing_else_is_claimed() -> None:
    """Indicators, weights and marks are published; there are no stages and no grades to have a basis."""
    rules = bundled(SCHEME)
    assert {rules.basis.indicators, rules.basis.weights, rules.basis.normalisation} == {"official"}
    assert not rules.stages
    assert not rules.grades
    assert basis_note(rules) is None


def test_no_way_to_pass_directly_is_made_up() -> None:
    """The sources at hand hold no direct passes, and so does the scheme."""
    verdict = bundled(SCHEME).verdict
    assert verdict is not None
    assert not verdict.direct


# ---- from a file to a file --------------------------------------------------------------------------------------- #


def test_worked_examples_by_the_command_line(folder: Path) -> None:
    """Filed in a CSV with headers as people write them, in 元 and in 万元, and judged with the marks summed by hand."""
    clean = {"重大事故": "否", "严重科研失信": "否", "经营异常名录": "否", "严重失信": "否"}
    headers = ["职工总数（人）", "科技人员数（人）", "年销售收入（万元）", "成本费用总额（万元）", "资产总额（万元）"]
    headers += ["研发费用（元）", "Ⅰ类知识产权数量", "II类知识产权数量"]
    rows = [
        # 24/80 = 30 %: 20; 72/1200 = 6 %: 50; one of class I: 30; together 100
        "80 24 1200 1100 3000 720000 1 2",
        # 6/40 = 15 %: 8; 20/800 = 2.5 %: 10, 20/100 = 20 %: 30, the better is 30; three of class II: 18; together 56
        "40 6 800 100 900 200000 0 3",
        # 6/40 = 15 %: 8; as above 30; four of class II: 24; together 62
        "40 6 800 100 900 200000 无 4",
        # no sales yet: 5/10 = 50 %: 20; 90/300 = 30 % of cost: 50; none: 0; together 70
        "10 5 0 300 500 900000 0 0",
        # 8 of 100 are 8 %: 0; 60/1000 = 6 %: 50; 30; together 80, but no marks for staff
        "100 8 1000 900 1000 600000 1 0",
        # 501 staff
        "501 200 1000 900 1000 600000 1 0",
    ]
    filings = [dict(zip(headers, row.split(), strict=True)) | clean for row in rows]
    filings.append({**filings[0], "经营异常名录": "是"})
    judged = judge_file(SCHEME, folder, filings)
    assert [(float(row["score"]), row["status"], row["verdict"]) for row in judged] == [
        (20 + 50 + 30, "scored", "passed"),
        (8 + 30 + 18, "scored", "failed"),
        (8 + 30 + 24, "scored", "passed"),
        (20 + 50 + 0, "scored", "passed"),
        (0 + 50 + 30, "scored", "failed"),
        (20 + 50 + 30, "ineligible", "failed"),
        (20 + 50 + 30, "vetoed", "failed"),
    ]
    assert [row["rank"] for row in judged] == ["1", "5", "4", "3", "2", "", ""]
    assert [row["reason"].split()[0] if row["reason"] else "" for row in judged] == [
        "",
        "综合评价得分不低于60分",
        "",
        "",
        "科技人员指标得分不为0",
        "职工总数不超过500人",
        "列入经营异常名录",
    ]
