"""The evaluation of innovative SMEs gives the marks and the verdicts of the standard of 2022, line by line."""

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

SCHEME = "innovative-sme-2022"

#: The tables of the standard: lower bound in per cent, and the marks from there on.
INTENSITY = [(5, 20), (3, 15), (2, 10), (1, 5)]
GROWTH = [(15, 20), (10, 15), (5, 10), (0, 5)]
MAIN_SHARE = [(70, 20), (60, 15), (55, 10), (50, 5)]

PROPERTY = {"high_value": 20, "own_class_1": 15, "class_1": 10, "class_2": 5, "no_property": 0}

#: An enterprise with full marks, 20 + 20, 20 + 10, 10 + 20, that no direct way is open to.
BEST = {
    "intellectual_property": "high_value",
    "rd_expense": 50.0,
    "revenue": 1000.0,
    "main_revenue": 920.0,
    "main_revenue_last": 800.0,
    "total_liabilities": 550.0,
    "total_assets": 1000.0,
    "emerging_industry": True,
    **dict.fromkeys(("award", "hightech_honour", "rd_institution"), False),
    "equity_financing": 0.0,
}

#: An enterprise that earns as little as anybody can.
WORST = {
    **BEST,
    "intellectual_property": "no_property",
    "rd_expense": 0.0,
    "main_revenue": 100.0,
    "total_liabilities": 999.0,
    "emerging_industry": False,
}

DIRECT = {
    "award": "近三年获得国家级或省级科技奖励 national or provincial award in three years",
    "hightech_honour": "获得高新技术企业等荣誉 high-tech enterprise or a similar honour",
    "rd_institution": "拥有省部级及以上研发机构 provincial or higher R&D institution",
    "equity_financing": "近三年新增股权融资500万元及以上 new equity financing of 5 million yuan or more in three years",
}


def filed(**changes: Any) -> dict[str, Any]:
    """Return what the best enterprise files, with changes."""
    return {**BEST, **changes}


def earned(table: Sequence[tuple[int, int]], value: Fraction) -> int:
    """Return the marks of a table, counted in fractions."""
    return next((marks for bound, marks in table if value >= bound), 0)


def below(table: list[tuple[int, int]], bound: int) -> int:
    """Return the marks of the line under the one that begins at a bound."""
    return next((marks for lower, marks in table if lower < bound), 0)


# ---- marks ------------------------------------------------------------------------------------------------------- #


def test_full_marks_are_forty_thirty_and_thirty() -> None:
    """The best enterprise has 40 + 30 + 30 = 100 marks and passes, for no reason but its marks."""
    row = judge(SCHEME, **BEST)
    assert (row["innovation"], row["growth"], row["specialisation"]) == (20 + 20, 20 + 10, 10 + 20)
    assert (row["score"], row["verdict"], row["reason"]) == (100, "passed", None)


def test_the_least_marks_are_five() -> None:
    """A product of another industry earns 5 all the same; nothing else is given away."""
    row = judge(SCHEME, **WORST)
    assert (row["innovation"], row["growth"], row["specialisation"], row["score"]) == (0, 0, 5, 5)


@pytest.mark.parametrize(("kind", "marks"), PROPERTY.items())
def test_each_kind_of_property(kind: str, marks: int) -> None:
    """High-value class I earns 20, own class I 15, class I 10, class II 5, none 0."""
    assert judge(SCHEME, **filed(intellectual_property=kind))["property"] == marks


@pytest.mark.parametrize(("bound", "marks"), INTENSITY)
def test_each_bound_of_intensity(bound: int, marks: int) -> None:
    """Of revenue of 100.00, R&D of 5.00 is 5 % and earns 20; 4.99 earns 15, 5.01 earns 20; and so on down the table."""
    money = {"revenue": 100.0, "main_revenue": 92.0}
    rows = judge_all(SCHEME, [filed(**money, rd_expense=spent) for spent in around(bound)])
    assert [row["rd_intensity"] for row in rows] == [below(INTENSITY, bound), marks, marks]


@pytest.mark.parametrize(("bound", "marks"), GROWTH)
def test_each_bound_of_growth(bound: int, marks: int) -> None:
    """After 100.00 last year, 115.00 are 15 % more and earn 20; 114.99 earn 15, 115.01 earn 20; 99.99 earn nothing."""
    rows = judge_all(SCHEME, [filed(main_revenue_last=100.0, main_revenue=now) for now in around(100 + bound)])
    assert [row["main_revenue_growth"] for row in rows] == [below(GROWTH, bound), marks, marks]


@pytest.mark.parametrize(("bound", "marks", "beyond"), [(55, 10, 5), (75, 5, 0)])
def test_each_bound_of_debt(bound: int, marks: int, beyond: int) -> None:
    """Of assets of 100.00, debt of 55.00 still earns 10 and 55.01 earns 5; 75.00 still earns 5 and 75.01 nothing."""
    rows = judge_all(SCHEME, [filed(total_assets=100.0, total_liabilities=owed) for owed in around(bound)])
    assert [row["debt_ratio"] for row in rows] == [marks, marks, beyond]


@pytest.mark.parametrize(("bound", "marks"), MAIN_SHARE)
def test_each_bound_of_the_main_business(bound: int, marks: int) -> None:
    """Of revenue of 100.00, 70.00 from the main business earn 20; 69.99 earn 15, 70.01 earn 20; 49.99 earn nothing."""
    rows = judge_all(SCHEME, [filed(revenue=100.0, main_revenue=share) for share in around(bound)])
    assert [row["main_share"] for row in rows] == [below(MAIN_SHARE, bound), marks, marks]


@pytest.mark.parametrize(("answer", "marks"), [("yes", 10), ("no", 5), ("blank", 5)])
def test_the_industry_of_the_product(answer: str, marks: int) -> None:
    """A strategic emerging industry earns 10, every other 5; what nobody says to be one is another."""
    emerging = {"yes": True, "no": False}.get(answer)
    assert judge(SCHEME, **filed(emerging_industry=emerging))["industry"] == marks


amounts = st.integers(0, 3_000_000).map(lambda fen: Fraction(fen, 100))


@settings(deadline=None, max_examples=25)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(sorted(PROPERTY)), amounts, amounts, amounts, amounts, amounts, amounts, st.booleans()
        ),
        min_size=40,
        max_size=60,
    )
)
def test_marks_are_those_of_the_tables_for_any_filing(filings: list[tuple[Any, ...]]) -> None:
    """For any amounts the marks are those counted in exact fractions."""
    names = list(BEST)[:8]
    numbers = [[float(cell) if isinstance(cell, Fraction) else cell for cell in filing] for filing in filings]
    rows = judge_all(SCHEME, [filed(**dict(zip(names, cells, strict=True))) for cells in numbers])
    for row, (kind, spent, revenue, main, last, owed, owned, emerging) in zip(rows, filings, strict=True):
        innovation = PROPERTY[kind] + (earned(INTENSITY, 100 * spent / revenue) if revenue else 0)
        growth = earned(GROWTH, 100 * (main - last) / last) if last else 0
        growth += (
            (10 if owed / owned <= Fraction(55, 100) else 5 if owed / owned <= Fraction(3, 4) else 0) if owned else 0
        )
        specialisation = (10 if emerging else 5) + (earned(MAIN_SHARE, 100 * main / revenue) if revenue else 0)
        assert (row["innovation"], row["growth"], row["specialisation"]) == (innovation, growth, specialisation)
        assert row["score"] == innovation + growth + specialisation
        passes = row["score"] >= 60 and innovation >= 20 and growth >= 15 and specialisation >= 15
        assert row["verdict"] == ("passed" if passes else "failed")


# ---- who passes -------------------------------------------------------------------------------------------------- #


@pytest.mark.parametrize(
    ("changes", "parts", "failing"),
    [
        # 5 + 20 = 25, 20 + 10 = 30, 5 + 0 = 5
        ({"intellectual_property": "class_2", "revenue": 5000.0, "rd_expense": 250.0, "emerging_industry": False},
         (25, 30, 5), ["专业化"]),
        # 0 + 20 = 20 is just enough
        ({"intellectual_property": "no_property"}, (20, 30, 30), []),
        # 10 + 5 = 15 is not
        ({"intellectual_property": "class_1", "rd_expense": 10.0}, (15, 30, 30), ["创新能力"]),
        # 5 + 10 = 15 is just enough
        ({"main_revenue": 800.0}, (40, 15, 30), []),
        # 10 + 0 = 10 is not: growth of 5 %, debt of 75.1 %
        ({"main_revenue": 840.0, "total_liabilities": 751.0}, (40, 10, 30), ["成长性"]),
        # 10 + 5 = 15 is just enough: 500 of 1000 of revenue, growth from 400
        ({"main_revenue": 500.0, "main_revenue_last": 400.0}, (40, 30, 15), []),
        # 5 + 5 = 10 is not
        ({"main_revenue": 500.0, "main_revenue_last": 400.0, "emerging_industry": False}, (40, 30, 10), ["专业化"]),
        # 20 + 15 + 25 = 60 is just enough: R&D of 5 %, growth of 0 %, 10 for debt, 5 and 20 for specialisation
        ({"intellectual_property": "no_property", "main_revenue": 800.0, "emerging_industry": False}, (20, 15, 25), []),
        # 20 + 15 + 20 = 55 is not, though each part is enough: 600 of 1000 from the main business
        ({"intellectual_property": "no_property", "main_revenue": 600.0, "main_revenue_last": 600.0,
          "emerging_industry": False}, (20, 15, 20), ["总分"]),
    ],
)  # fmt: skip
def test_each_requirement_at_its_limit(
    changes: dict[str, Any], parts: tuple[int, int, int], failing: list[str]
) -> None:
    """60 in all, 20 for innovation, 15 for growth and 15 for specialisation are needed; what lacks is the reason."""
    row = judge(SCHEME, **filed(**changes))
    assert (row["innovation"], row["growth"], row["specialisation"]) == parts
    assert row["score"] == sum(parts)
    assert row["verdict"] == ("failed" if failing else "passed")
    told = row["reason"].split("；") if row["reason"] else []
    assert [text[: len(word)] for text, word in zip(told, failing, strict=True)] == failing


def test_everything_that_lacks_is_told() -> None:
    """5 marks meet none of the four requirements."""
    row = judge(SCHEME, **WORST)
    assert row["verdict"] == "failed"
    assert [text.split("不低于")[0] for text in row["reason"].split("；")] == [
        "总分",
        "创新能力指标",
        "成长性指标",
        "专业化指标",
    ]


@pytest.mark.parametrize(("field", "said"), DIRECT.items())
def test_each_direct_way(field: str, said: str) -> None:
    """One of the four is enough for an enterprise that has 5 marks, and is the reason told."""
    value = 500.0 if field == "equity_financing" else True
    row = judge(SCHEME, **{**WORST, field: value})
    assert (row["score"], row["verdict"], row["reason"]) == (5, "passed_directly", said)


def test_five_million_of_new_equity() -> None:
    """500万元 pass directly, 499.99万元 do not, and neither does a blank."""
    rows = judge_all(SCHEME, [{**WORST, "equity_financing": money} for money in (499.99, 500.0, 500.01, None)])
    assert [row["verdict"] for row in rows] == ["failed", "passed_directly", "passed_directly", "failed"]


def test_several_direct_ways_are_all_told() -> None:
    """Whoever has an award and an institution reads both, whatever the marks."""
    row = judge(SCHEME, **filed(award=True, rd_institution=True))
    assert (row["score"], row["verdict"]) == (100, "passed_directly")
    assert row["reason"] == f"{DIRECT['award']}；{DIRECT['rd_institution']}"


# ---- what was not filed ------------------------------------------------------------------------------------------ #


@pytest.mark.parametrize(
    ("blank", "lost"),
    [
        ("intellectual_property", 20),
        ("rd_expense", 20),
        ("revenue", 20 + 20),  # for intensity and for the share of the main business
        ("main_revenue", 20 + 20),  # for growth and for the share
        ("main_revenue_last", 20),
        ("total_liabilities", 10),
        ("total_assets", 10),
        ("emerging_industry", 5),  # every product earns 5
    ],
)
def test_what_is_not_filed_earns_nothing(blank: str, lost: int) -> None:
    """A blank costs the marks it would have proven, and lowers the coverage."""
    row = judge(SCHEME, **filed(**{blank: None}))
    assert row["score"] == 100 - lost
    assert row["coverage"] < 1


@pytest.mark.parametrize(
    ("changes", "indicator"),
    [
        ({"revenue": 0.0, "main_revenue": 0.0}, "rd_intensity"),
        ({"revenue": 0.0, "main_revenue": 0.0}, "main_share"),
        ({"main_revenue_last": 0.0}, "main_revenue_growth"),
        ({"main_revenue_last": -5.0}, "main_revenue_growth"),
        ({"total_assets": 0.0, "total_liabilities": 0.0}, "debt_ratio"),
    ],
)
def test_a_rate_without_a_base_earns_nothing(changes: dict[str, float], indicator: str) -> None:
    """No revenue, none last year, no assets: the rate is missing and earns 0, never full marks."""
    row = judge(SCHEME, **filed(**changes))
    assert (row[f"{indicator}.value"], row[indicator]) == (None, 0)


def test_an_empty_filing_fails_on_its_marks() -> None:
    """Who files nothing but a name has the 5 marks of every product, coverage 0, and does not pass."""
    row = judge(SCHEME)
    assert (row["score"], row["coverage"], row["verdict"]) == (5, 0, "failed")


# ---- what the scheme says of itself ------------------------------------------------------------------------------ #


def test_the_parts_weigh_their_marks() -> None:
    """Innovation is 20 + 20 of 100, growth 20 + 10, specialisation 10 + 20."""
    marks = {"innovation": 40, "property": 20, "rd_intensity": 20, "growth": 30, "main_revenue_growth": 20}
    marks |= {"debt_ratio": 10, "specialisation": 30, "industry": 10, "main_share": 20}
    shares = effective_weights(bundled(SCHEME))
    assert shares == pytest.approx({node: full / 100 for node, full in marks.items()})


def test_the_standard_is_official_and_nothing_else_is_claimed() -> None:
    """Indicators, weights and marks are published; there are no stages and no grades to have a basis."""
    rules = bundled(SCHEME)
    assert {rules.basis.indicators, rules.basis.weights, rules.basis.normalisation} == {"official"}
    assert not rules.stages
    assert not rules.grades
    assert basis_note(rules) is None


# ---- from a file to a file --------------------------------------------------------------------------------------- #


def test_worked_examples_by_the_command_line(folder: Path) -> None:
    """Filed in a CSV with headers as people write them and judged with the marks summed by hand."""
    headers = ["知识产权", "研发费用（万元）", "营业收入（万元）", "主营业务收入（万元）", "上年主营业务收入（万元）"]
    headers += [
        "负债合计（万元）",
        "资产总计（万元）",
        "是否属于战略性新兴产业",
        "高新技术企业",
        "新增股权融资总额（亿元）",
    ]
    rows = [
        # 20 + 20 (60/1200 = 5 %), 20 (1000/800 = +25 %) + 10 (500/1000), 10 + 20 (1000/1200 = 83 %): 100
        "高价值知识产权 60 1200 1000 800 500 1000 是 否 0",
        # 10 + 10 (20/1000 = 2 %), 5 (800/800 = 0 %) + 5 (750/1000 = 75 %), 5 + 20: 55, and growth of 10
        "一类知识产权 20 1000 800 800 750 1000 否 否 0",
        # the same, with 0.05亿元 = 500万元 of new equity
        "一类知识产权 20 1000 800 800 750 1000 否 否 0.05",
        # 5 + 15 (30/1000 = 3 %), 15 (880/800 = +10 %) + 10 (55 %), 5 + 20 (88 %): 70
        "Ⅱ类知识产权 30 1000 880 800 550 1000 否 否 —",
        # 0 + 0, 0 + 0, 5 + 0, and a high-tech enterprise
        "无 0 1000 100 800 999 1000 否 是 0",
    ]
    judged = judge_file(SCHEME, folder, [dict(zip(headers, row.split(), strict=True)) for row in rows])
    assert [(float(row["score"]), row["verdict"]) for row in judged] == [
        (20 + 20 + 20 + 10 + 10 + 20, "passed"),
        (10 + 10 + 5 + 5 + 5 + 20, "failed"),
        (10 + 10 + 5 + 5 + 5 + 20, "passed_directly"),
        (5 + 15 + 15 + 10 + 5 + 20, "passed"),
        (0 + 0 + 0 + 0 + 5 + 0, "passed_directly"),
    ]
    assert [row["rank"] for row in judged] == ["1", "3", "3", "2", "5"]
    assert [row["reason"].split()[0] if row["reason"] else "" for row in judged] == [
        "",
        "总分不低于60分",
        "近三年新增股权融资500万元及以上",
        "",
        "获得高新技术企业等荣誉",
    ]
    assert "成长性指标不低于15分" in judged[1]["reason"]
