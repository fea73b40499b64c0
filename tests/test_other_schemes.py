"""The other schemes that come with icredit score as their files say, and call official only what was published."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bundled import bundled, judge, judge_all, judge_file
from command_line import icredit as run
from icredit.output.basis import basis_note
from icredit.scheme import Category, Scheme, effective_weights
from icredit.scheme.weights import weight_in
from test_national_scheme import ALL

STAGES = ("startup", "growth", "mature")

#: What of the eighteen indicators was not seen in guideline 1.0: one in part, one not at all.
NOT_SEEN_2022 = ("projects", "venture_capital")

NINE = {
    "input": ["rd_intensity", "rd_staff_share", "rd_tax_relief"],
    "output": ["property_per_100_staff", "hightech_share", "contract_turnover"],
    "development": ["revenue_growth", "profit_margin", "debt_ratio"],
}


def leaf_of(rules: Scheme, name: str) -> Any:
    """Return an indicator by its id."""
    return next(leaf for leaf in rules.leaves if leaf.id == name)


# ---- the edition of 2022 ----------------------------------------------------------------------------------------- #


def numbers(rules: Scheme) -> dict[str, Any]:
    """Return everything that a scheme computes with: all but its name and what is said of its sources."""

    def without_sources(part: Any) -> Any:
        if isinstance(part, dict):
            return {key: without_sources(value) for key, value in part.items() if key not in ("basis", "source")}
        return [without_sources(value) for value in part] if isinstance(part, list | tuple) else part

    said: dict[str, Any] = without_sources(rules.model_dump())
    return {key: value for key, value in said.items() if key not in ("id", "title", "edition")}


def test_2022_computes_as_2024_does(national: Scheme) -> None:
    """No number differs between the editions, because none is published for either."""
    assert numbers(bundled("ics-national-2022")) == numbers(national)


def test_2022_has_the_eighteen_in_official_order() -> None:
    """The names and units are those of the national edition, in its order."""
    rules = bundled("ics-national-2022")
    assert [(leaf.label.zh, leaf.unit) for leaf in rules.leaves] == [(label, unit) for label, unit, _ in ALL]


def test_2022_is_official_where_it_was_seen() -> None:
    """Sixteen indicators were seen in guideline 1.0; the others are project defaults that say why."""
    rules = bundled("ics-national-2022")
    assert rules.basis.indicators == "official"
    doubtful = [leaf for leaf in rules.leaves if leaf.basis is not None]
    assert [(leaf.id, leaf.basis) for leaf in doubtful] == [(name, "project-default") for name in NOT_SEEN_2022]
    assert "in part" in str(doubtful[0].source)
    assert "not known" in str(doubtful[1].source)


def test_2022_scores_an_enterprise_by_hand(folder: Path) -> None:
    """A start-up filed in a CSV: technology 31, growth and operation 5, auxiliary 80, worked out below.

    It stands alone in its stage, so each amount compared with peers earns 50: nobody can be told apart.
    """
    filing = {"研发投入（万元）": "120", "上年研发投入（万元）": "100", "营业收入（万元）": "800", "员工总数": "50"}
    filing |= {
        "研发人员数": "15",
        "获得风险投资金额（万元）": "1000",
        "应届毕业生人数": "5",
        "省级及以上科技计划项目数量": "无",
    }
    filing |= {"省级及以上研发平台数量": "1", "省级及以上科技奖励数量": "1"}
    (row,) = judge_file("ics-national-2022", folder, [filing])
    growth = 100 * (20 - -20) / (100 - -20)  # +20 % between -20 and +100
    intensity = 100 * (100 * 120 / 800) / 30  # 15 % of 30 %
    staff = 100 * (100 * 15 / 50) / 60  # 30 % of 60 %
    technology = (18 * 50 + 12 * growth + 18 * intensity + 18 * staff + 16 * 0 + 8 * 0 + 10 * 0) / 100
    operation = (20 * 0 + 10 * 50 + 24 * 0 + 22 * 0 + 14 * 0 + 10 * 0) / 100
    auxiliary = (20 * 100 + 15 * 100 + 15 * 100 + 20 * 0 + 30 * 100) / 100
    assert (technology, operation, auxiliary) == pytest.approx((31, 5, 80))
    assert float(row["technology"]) == pytest.approx(technology)
    assert float(row["growth_operation"]) == pytest.approx(operation)
    assert float(row["auxiliary"]) == pytest.approx(auxiliary)
    assert float(row["score"]) == pytest.approx((50 * technology + 30 * operation + 20 * auxiliary) / 100)
    assert (row["stage"], row["grade"]) == ("startup", "C")


# ---- the edition of 2025 ----------------------------------------------------------------------------------------- #

#: A growing enterprise, alone in its stage.
GROWING = {
    "revenue": 5000.0,
    "revenue_last": 4000.0,
    "rd_expense": 300.0,
    "staff": 80,
    "rd_staff": 20,
    "rd_tax_relief": 40.0,
    "intellectual_property": 10,
    "hightech_revenue": 3500.0,
    "contract_turnover": 600.0,
    "net_profit": 250.0,
    "total_liabilities": 2600.0,
    "total_assets": 4000.0,
    "national_projects": 1,
    "awards": 0,
    "growth_list": True,
}


def test_2025_has_nine_and_three() -> None:
    """Three categories of three indicators make 100 points; impact is a bonus of three, and lower debt is better."""
    rules = bundled("ics-national-2025")
    assert {node.id: [leaf.id for leaf in node.nodes() if leaf is not node] for node in rules.indicators[:3]} == NINE
    impact = rules.indicators[3]
    assert isinstance(impact, Category)
    assert ([node.bonus for node in rules.indicators], len(impact.indicators)) == ([False, False, False, True], 3)
    assert {leaf.id for leaf in rules.leaves if leaf.direction == "lower"} == {"debt_ratio"}


def test_2025_by_hand() -> None:
    """Every indicator, category, the base, the bonus and the score, worked out for one enterprise."""
    row = judge("ics-national-2025", **GROWING)
    inputs = [100 * (300 / 5000) / 0.15, 100 * (20 / 80) / 0.50, 50]  # 6 % of 15 %, 25 % of 50 %, alone among peers
    outputs = [100 * 10 / 20, 100 * 3500 / 5000, 100 * 600 / 3000]
    # +25 % between -20 and 50; 5 % between -10 and 20; debt of 65 % between 90 and 40
    results = [100 * (25 + 20) / (50 + 20), 100 * (5 + 10) / (20 + 10), 100 * (90 - 65) / (90 - 40)]
    for names, expected in zip(NINE.values(), (inputs, outputs, results), strict=True):
        assert [row[name] for name in names] == pytest.approx(expected)
    parts = [
        (40 * inputs[0] + 34 * inputs[1] + 26 * inputs[2]) / 100,
        (34 * outputs[0] + 42 * outputs[1] + 24 * outputs[2]) / 100,
        (50 * results[0] + 30 * results[1] + 20 * results[2]) / 100,
    ]
    assert [row[name] for name in NINE] == pytest.approx(parts)
    base = (38 * parts[0] + 36 * parts[1] + 26 * parts[2]) / 100
    impact = (100 * 1 / 2 + 0 + 100) / 3
    assert (row["base"], row["impact"]) == pytest.approx((base, impact))
    assert row["score"] == pytest.approx(base + 0.3 * impact)
    assert row["score"] == pytest.approx(base + 15)


def test_2025_by_the_command_line(folder: Path) -> None:
    """The same enterprise filed in a CSV: amounts in 元, headers as people write them, and a rate in the place of amounts."""
    filing = {
        "营业收入（元）": "50000000",
        "上年营业收入（元）": "40000000",
        "研发费用（万元）": "300",
        "员工总数": "80人",
    }
    filing |= {
        "研发人员数": "20",
        "加计扣除所得税减免额（万元）": "40",
        "知识产权总数": "10",
        "高新收入（万元）": "3500",
    }
    filing |= {"技术合同成交额（亿元）": "0.06", "净利润（万元）": "250", "资产负债率（%）": "65"}
    filing |= {"国家级科技计划项目数量": "1", "省级及以上科技奖励数量": "无", "高成长企业": "是"}
    (row,) = judge_file("ics-national-2025", folder, [filing])
    by_fields = judge("ics-national-2025", **GROWING)
    assert (row["stage"], row["grade"], row["coverage"]) == ("growth", by_fields["grade"], "1.0")
    for name in ("score", "base", *NINE, "impact"):
        assert float(row[name]) == pytest.approx(by_fields[name])


def test_2025_ends_at_a_hundred_and_thirty() -> None:
    """Whoever is best in all has 100 points and 30 on top, which is the cap; without a bonus the base is the score."""
    best = {"revenue": 9000.0, "rd_expense": 3000.0, "rd_staff": 80, "rd_tax_relief": 900.0, "hightech_revenue": 9000.0}
    best |= {"intellectual_property": 500, "contract_turnover": 9000.0, "net_profit": 4000.0, "total_liabilities": 0.0}
    full = {**GROWING, **best, "national_projects": 9, "awards": 9}
    plain = {**full, "national_projects": 0, "awards": None, "growth_list": False}
    first, second, _ = judge_all("ics-national-2025", [full, plain, GROWING])
    assert (first["base"], first["impact"], first["score"]) == pytest.approx((100, 100, 130))
    assert (second["base"], second["impact"], second["score"]) == pytest.approx((100, 0, 100))
    rules = bundled("ics-national-2025")
    assert (rules.cap, rules.indicators[3].weight) == (100 + 30, 30 / 100)


@pytest.mark.parametrize(("count", "points"), [(0, 0), (1, 5), (2, 10), (3, 10)])
def test_2025_each_bonus_is_worth_ten(count: int, points: int) -> None:
    """National programmes and awards earn 5 points each up to 10, a list of fast growth 10 at once."""
    nothing = {**GROWING, "national_projects": 0, "awards": 0, "growth_list": False}
    rows = judge_all("ics-national-2025", [nothing | {name: count} for name in ("national_projects", "awards")])
    assert [row["score"] - row["base"] for row in rows] == pytest.approx([points, points])
    listed = judge("ics-national-2025", **nothing | {"growth_list": True})
    assert listed["score"] - listed["base"] == pytest.approx(10)


@pytest.mark.parametrize(
    ("debt", "score"), [(0.0, 100), (40.0, 100), (65.0, 50), (89.0, 2), (90.0, 0), (150.0, 0), (None, 0)]
)
def test_2025_less_debt_is_better(debt: float | None, score: float) -> None:
    """Up to 40 % of assets earns full marks, from 90 % on nothing, and so does silence."""
    row = judge("ics-national-2025", **GROWING | {"total_assets": 100.0, "total_liabilities": debt})
    assert row["debt_ratio"] == pytest.approx(score)


def test_2025_leaves_out_what_has_no_meaning() -> None:
    """Without revenue, intensity, the high-tech share and the margin do not apply; without assets debt earns nothing."""
    row = judge("ics-national-2025", **GROWING | {"revenue": 0.0, "hightech_revenue": 0.0, "total_assets": 0.0})
    assert [row[name] for name in ("rd_intensity", "hightech_share", "profit_margin")] == [None, None, None]
    assert row["debt_ratio"] == 0
    assert row["coverage"] < 1, "the debt ratio is not known"


def test_2025_base_has_the_weights_of_the_tree() -> None:
    """The further total of 100 points weighs the three categories as the score does, in every stage."""
    rules = bundled("ics-national-2025")
    (base,) = rules.totals
    assert base.weights == {node.id: node.weight for node in rules.indicators[:3]}


def test_2025_says_what_is_hearsay_and_what_is_made_up() -> None:
    """The nine are reported, the three of the bonus a project default, and no number is called official."""
    rules = bundled("ics-national-2025")
    assert rules.basis.indicators == "reported"
    impact = [leaf.id for leaf in rules.indicators[3].nodes() if leaf is not rules.indicators[3]]
    assert [leaf.id for leaf in rules.leaves if leaf.basis == "project-default"] == impact
    assert all("not known" in leaf_of(rules, name).source for name in impact)
    assert "official" not in set(rules.basis.model_dump().values())
    note = basis_note(rules)
    assert note is not None
    for part in ("not official: weights, stages, normalisation, grades", "3 indicators", "Reported by others"):
        assert part in note


# ---- Hubei ------------------------------------------------------------------------------------------------------- #


def even(share: float) -> dict[str, Any]:
    """Return what an enterprise files that stands at the same share of the way between all goalposts."""
    return {
        "revenue": 1000 * (0.8 + 0.7 * share),
        "revenue_last": 1000.0,  # -20 % to +50 %
        "rd_expense": 0.15 * share * 1000 * (0.8 + 0.7 * share),
        "hightech_revenue": share * 1000 * (0.8 + 0.7 * share),
        "staff": 1000,
        "rd_staff": round(500 * share),
        "invention_applications": round(20 * share),
        "contract_turnover": 3000 * share,
        "net_assets": 100.0,
        "net_profit": -10 + 35 * share,
    }


@pytest.mark.parametrize(
    ("share", "grade"), [(1.0, "A"), (0.75, "A"), (0.6, "B"), (0.45, "C"), (0.3, "D"), (0.15, "E"), (0.0, None)]
)
def test_each_grade_of_hubei_begins_at_its_limit(share: float, grade: str | None) -> None:
    """Three quarters of the way in everything are 75 points and an A; a little less R&D is the grade below."""
    at, below = judge_all(
        "hubei-knowledge-value", [even(share), even(share) | {"rd_expense": even(share)["rd_expense"] * 0.999}]
    )
    assert (at["score"], at["grade"]) == (pytest.approx(100 * share, abs=1e-9), grade)
    lower = {"A": "B", "B": "C", "C": "D", "D": "E"}.get(str(grade))
    assert below["grade"] == ("A" if share == 1 else lower)


def test_hubei_by_the_command_line(folder: Path) -> None:
    """Worked out by hand: knowledge 61, ability to repay 65.57, together 60 % and 40 % of them, 62.83 and a B."""
    filing = {"研发费用（万元）": "240", "营业收入（万元）": "2000", "上年营业收入（万元）": "1600", "职工总数": "40"}
    filing |= {"科技人员数": "16", "发明专利申请量": "10", "技术合同成交额（万元）": "900", "高新收入（万元）": "1500"}
    filing |= {"净利润（万元）": "90", "净资产（万元）": "1000"}
    (row,) = judge_file("hubei-knowledge-value", folder, [filing])
    knowledge = (30 * 100 * 12 / 15 + 20 * 100 * 40 / 50 + 30 * 100 * 10 / 20 + 20 * 100 * 900 / 3000) / 100
    repayment = (40 * 75 + 30 * 100 * (25 + 20) / (50 + 20) + 30 * 100 * (9 + 10) / (25 + 10)) / 100
    assert (knowledge, repayment) == pytest.approx((61, 65.57), abs=0.01)
    assert float(row["knowledge"]) == pytest.approx(knowledge)
    assert float(row["repayment"]) == pytest.approx(repayment)
    assert float(row["score"]) == pytest.approx((60 * knowledge + 40 * repayment) / 100)
    assert (row["grade"], row["status"]) == ("B", "scored")


def test_hubei_grades_name_the_lines_that_are_published() -> None:
    """A is 1000万元 and E 100万元; B, C and D name no amount; all run three years at most."""
    labels = {grade.id: grade.label for grade in bundled("hubei-knowledge-value").grades}
    assert list(labels) == list("ABCDE")
    assert all(label is not None for label in labels.values())
    said = {name: (label.zh, label.en) for name, label in labels.items() if label is not None}
    assert "1000万元" in said["A"][0]
    assert "10 million" in said["A"][1]
    assert "额度100万元" in said["E"][0]
    assert "1 million" in said["E"][1]
    for name, (chinese, english) in said.items():
        assert ("3年" in chinese, "3 years" in english) == (True, True)
        assert ("未公布" in chinese) == ("not published" in english) == (name in "BCD")
        assert ("万元" in chinese) == ("yuan" in english) == (name in "AE")


def test_hubei_grades_nobody_on_little_data() -> None:
    """Who files less than half of what counts has no grade and is not ranked."""
    row = judge("hubei-knowledge-value", revenue=1000.0, revenue_last=900.0, rd_expense=900.0, staff=10, rd_staff=9)
    assert row["coverage"] == pytest.approx(0.18 + 0.12 + 0.12)
    assert (row["status"], row["grade"]) == ("insufficient", None)


def test_hubei_vetoes_the_dishonest() -> None:
    """Serious dishonesty takes the grade away, whatever the points."""
    row = judge("hubei-knowledge-value", **even(1.0) | {"serious_dishonesty": True})
    assert (row["status"], row["grade"], row["rank"]) == ("vetoed", None, None)


def test_hubei_calls_nothing_official() -> None:
    """The grades are published in part, what makes them is not: every part is a project default."""
    rules = bundled("hubei-knowledge-value")
    assert set(rules.basis.model_dump().values()) == {"project-default"}


# ---- a place's 18+M ---------------------------------------------------------------------------------------------- #

LOCAL = ("key_chain", "local_tax", "talents")


def test_local_has_the_eighteen_and_three(national: Scheme) -> None:
    """What the place adds stands behind the eighteen, which are those of the national scheme to the last number."""
    rules = bundled("local-18-plus-m-example")
    assert rules.leaves[:18] == national.leaves
    assert tuple(leaf.id for leaf in rules.leaves[18:]) == LOCAL
    assert {leaf.basis for leaf in rules.leaves[18:]} == {"project-default"}
    assert (rules.stages, rules.vetoes, rules.grades) == (national.stages, national.vetoes, national.grades)
    assert rules.checks[: len(national.checks)] == national.checks


@pytest.mark.parametrize("stage", STAGES)
def test_local_gives_a_tenth_to_the_place(national: Scheme, stage: str) -> None:
    """The place has 10 of 100; what is left is shared by the national categories as before, to a whole mark."""
    shares = effective_weights(bundled("local-18-plus-m-example"), stage)
    before = effective_weights(national, stage)
    assert shares["local"] == pytest.approx(0.1)
    for category in ("technology", "growth_operation", "auxiliary"):
        assert shares[category] == pytest.approx(0.9 * before[category], abs=0.0051)
    assert shares["technology"] > max(shares["growth_operation"], shares["auxiliary"])


def test_local_by_hand() -> None:
    """A tenth for the place: in the chain 100, alone in its stage 50 for tax, 3 talents of 5 are 60."""
    filing = {"revenue": 3000.0, "venture_capital": 5000.0, "key_chain": True, "local_tax": 80.0, "talents": 3}
    row = judge("local-18-plus-m-example", **filing)
    place = (40 * 100 + 30 * 50 + 30 * 100 * 3 / 5) / 100
    assert row["local"] == pytest.approx(place)
    assert row["auxiliary"] == pytest.approx(20 * 100 / 100)
    assert row["growth_operation"] == pytest.approx(15 * 50 / 100)
    assert row["score"] == pytest.approx((32 * row["growth_operation"] + 18 * row["auxiliary"] + 10 * place) / 100)


def test_local_does_not_call_its_own_official(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`scheme show` calls the place's category and its three indicators project defaults, and the eighteen what they were."""
    assert run("scheme", "show", "local-18-plus-m-example") == 0
    rows = [line.split("\t") for line in capsys.readouterr().out.splitlines() if "\t" in line]
    basis = {row[2]: row[-1] for row in rows}
    assert {basis[name] for name in ("local", *LOCAL)} == {"project-default"}
    assert (basis["technology"], basis["rd_expense"], basis["rd_intensity"]) == (
        "official",
        "official",
        "project-default",
    )


# ---- weights ----------------------------------------------------------------------------------------------------- #


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize(
    "name", ["ics-national-2022", "ics-national-2025", "hubei-knowledge-value", "local-18-plus-m-example"]
)
def test_weights_add_up(name: str, stage: str) -> None:
    """In every stage the weights of what counts add up to 100 at every level, and to 1 over all indicators."""
    rules = bundled(name)
    families = [rules.indicators, *(category.indicators for category in rules.categories if not category.bonus)]
    for family in families:
        weights = [weight_in(node.weight, {"stage": stage}) for node in family if not node.bonus]
        assert sum(weights) == 100
    shares = effective_weights(rules, stage)
    assert sum(shares[leaf.id] for leaf in rules.leaves) == pytest.approx(1, abs=1e-12)
