"""The national scheme says what the published sources say, and marks as a project default whatever they do not."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl
import pytest

import icredit
from conftest import AS_OF, NATIONAL
from icredit import units
from icredit.output.basis import basis_note
from icredit.scheme import Category, Indicator, Scheme, effective_weights
from icredit.scheme.fields import expression_schema
from plain_yaml import load_yaml

STAGES = {"startup": "初创期", "growth": "成长期", "mature": "稳定期"}

#: Category and indicators in official order: Chinese label, unit, and the evidence for the edition of 2024: S is seen
#: in a published source; M and "S in part / M" are not.
OFFICIAL: dict[str, list[tuple[str, str, str]]] = {
    "技术创新": [
        ("研发费用金额", "万元", "S"),
        ("研发费用增速", "%", "S"),
        ("研发费用占营业收入的比例", "%", "M"),
        ("科技人员占职工总数的比重", "%", "M"),
        ("与主营业务相关的发明专利申请量", "件", "M"),
        ("与主营业务相关的PCT专利申请量", "件", "M"),
        ("企业技术合同成交额", "万元", "S"),
    ],
    "成长经营": [
        ("高新技术产品收入", "万元", "S"),
        ("营业收入", "万元", "M"),
        ("营业收入增长率", "%", "M"),
        ("研究生以上人员占比", "%", "S"),
        ("研发费用加计扣除所得税减免额", "万元", "M"),
        ("净资产利润率", "%", "S"),
    ],
    "辅助": [
        ("吸纳应届毕业生人数", "人", "S"),
        ("近两年承担建设省级及以上研发或创新平台数量", "个", "S"),
        ("近两年获得省级及以上科技奖励数量", "项", "M"),
        ("近两年承担省级及以上科技计划项目数量", "项", "M"),
        ("获得风险投资金额", "万元", "S"),
    ],
}
ALL = [indicator for indicators in OFFICIAL.values() for indicator in indicators]


def test_what_scheme_it_is(national: Scheme) -> None:
    """The scheme is the national trial edition of August 2024, on a scale of 0 to 100."""
    assert (national.id, national.edition, national.scale) == ("ics-national-2024", "2024-08", (0, 100))
    assert "全国试行版" in national.title.zh


def test_seven_six_and_five_indicators(national: Scheme) -> None:
    """Three categories hold 7 + 6 + 5 = 18 indicators, all of them leaves, two levels deep."""
    assert [len(category.indicators) for category in national.categories] == [7, 6, 5]
    assert len(national.leaves) == 7 + 6 + 5
    assert all(isinstance(node, Category) for node in national.indicators)
    assert all(isinstance(leaf, Indicator) for category in national.categories for leaf in category.indicators)


def test_categories_in_official_order(national: Scheme) -> None:
    """The categories are technology, growth and operation, auxiliary, under their official names."""
    assert [category.label.zh.removesuffix("指标") for category in national.categories] == list(OFFICIAL)
    assert [category.id for category in national.categories] == ["technology", "growth_operation", "auxiliary"]


def test_indicators_in_official_order(national: Scheme) -> None:
    """The 18 indicators stand in official order, under their official names and in their units."""
    assert [(leaf.label.zh, leaf.unit) for leaf in national.leaves] == [(label, unit) for label, unit, _ in ALL]


def test_indicators_are_numbered_in_the_file(national: Scheme) -> None:
    """The remarks number the indicators 1 to 18 in the order of the file."""
    found = re.findall(r"- id: (\w+) +# (\d+)\.", NATIONAL.read_text("utf-8"))
    assert found == [(leaf.id, str(number)) for number, leaf in enumerate(national.leaves, 1)]


def test_the_stages(national: Scheme) -> None:
    """The stages are start-up, growth and mature, in the order of age."""
    assert {stage.id: stage.label.zh for stage in national.stages} == STAGES
    assert list(national.stage_ids) == list(STAGES)


@pytest.mark.parametrize(
    ("revenue", "stage"),
    [
        (0.0, "startup"),
        (1999.99, "startup"),
        (2000.0, "growth"),
        (39999.99, "growth"),
        (40000.0, "mature"),
        (1e9, "mature"),
    ],
)
def test_every_revenue_has_one_stage(national: Scheme, revenue: float, stage: str) -> None:
    """The rules leave no revenue without a stage and put every limit on one side."""
    frame = pl.DataFrame({"uscc": ["919900000000000000"], "revenue": [revenue]})
    assert icredit.score(frame, national, as_of=AS_OF)["stage"].to_list() == [stage]


def test_no_stage_without_revenue(national: Scheme) -> None:
    """Without revenue and without a filed stage there is no stage: never, by chance, the last."""
    frame = pl.DataFrame({"uscc": ["919900000000000000"]}, schema={"uscc": pl.String})
    assert icredit.score(frame, national, as_of=AS_OF)["stage"].to_list() == [None]


@pytest.mark.parametrize("stage", STAGES)
def test_technology_weighs_most(national: Scheme, stage: str) -> None:
    """Technology weighs more than any other category in every stage."""
    shares = effective_weights(national, stage)
    assert shares["technology"] > max(shares["growth_operation"], shares["auxiliary"])


@pytest.mark.parametrize("stage", STAGES)
def test_weights_add_up(national: Scheme, stage: str) -> None:
    """In every stage the categories' weights add up to 1, and every category's to that of its indicators."""
    shares = effective_weights(national, stage)
    assert sum(shares[leaf.id] for leaf in national.leaves) == pytest.approx(1, abs=1e-12)
    assert sum(shares[category.id] for category in national.categories) == pytest.approx(1, abs=1e-12)
    for category in national.categories:
        assert sum(shares[leaf.id] for leaf in category.indicators) == pytest.approx(shares[category.id], abs=1e-12)
    assert all(shares[leaf.id] > 0 for leaf in national.leaves)


def test_weights_are_written_as_parts_of_a_hundred() -> None:
    """In the file the weights of siblings add up to 100 in every stage, so that each can be read as a percentage."""
    data = load_yaml(NATIONAL.read_text("utf-8"))
    for siblings in [data["indicators"], *(category["indicators"] for category in data["indicators"])]:
        for stage in STAGES:
            assert sum(node["weight"][stage] for node in siblings) == 100


def test_weights_differ_by_stage(national: Scheme) -> None:
    """The stages weigh differently at both levels, as published."""
    by_stage = [effective_weights(national, stage) for stage in STAGES]
    for nodes in (national.categories, national.leaves):
        weights = [tuple(shares[node.id] for node in nodes) for shares in by_stage]
        assert len(set(weights)) == len(STAGES)


def test_what_is_official_and_what_is_not(national: Scheme) -> None:
    """The list of indicators is official; weights, stages, normalisation and grades are project defaults."""
    assert national.basis.model_dump() == {
        "indicators": "official",
        "weights": "project-default",
        "stages": "project-default",
        "normalisation": "project-default",
        "grades": "project-default",
    }
    assert national.parts_by_basis("project-default") == ["weights", "stages", "normalisation", "grades"]


@pytest.mark.parametrize(("label", "evidence"), [(label, evidence) for label, _, evidence in ALL])
def test_an_indicator_not_seen_in_the_edition_is_not_official(national: Scheme, label: str, evidence: str) -> None:
    """An indicator is official exactly where a published source of 2024 shows it; the others say where they come from."""
    (leaf,) = [leaf for leaf in national.leaves if leaf.label.zh == label]
    basis = leaf.basis or national.basis.indicators
    assert (basis == "official") == (evidence == "S")
    if evidence != "S":
        assert leaf.basis == "project-default"
        assert leaf.source is not None
        assert "2022" in leaf.source
        assert "2024" in leaf.source


def test_the_indicator_that_is_new_says_so(national: Scheme) -> None:
    """Venture capital is in the edition of 2024 alone, and its source says so."""
    leaf = national.leaves[-1]
    assert leaf.label.zh == "获得风险投资金额"
    assert leaf.source is not None
    assert "2024" in leaf.source


def test_project_defaults_are_told_to_people(national: Scheme) -> None:
    """The sentence shown beside scores names every part that is not official, and how many indicators are doubtful."""
    note = basis_note(national)
    assert note is not None
    doubtful = sum(evidence != "S" for _, _, evidence in ALL)
    for part in (
        "weights",
        "stages",
        "normalisation",
        "grades",
        f"{doubtful} indicators",
        "not official",
        "权重",
        "非官方",
    ):
        assert part in note


def mappings(data: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], Mapping[str, Any]]]:
    """Yield every mapping of the file that has a stage among its keys."""
    if isinstance(data, dict):
        if set(data) & set(STAGES):
            yield path, data
        for key, part in data.items():
            yield from mappings(part, (*path, key))
    elif isinstance(data, list):
        for index, part in enumerate(data):
            yield from mappings(part, (*path, index))


def test_every_mapping_by_stage_is_complete() -> None:
    """Every number that differs by stage is given for all three, in their order."""
    found = list(mappings(load_yaml(NATIONAL.read_text("utf-8"))))
    assert len(found) >= 3 + len(ALL)
    for path, mapping in found:
        assert list(mapping) == list(STAGES), path


def test_every_indicator_says_how_it_is_computed(national: Scheme) -> None:
    """Every indicator states weight, normalisation and the rule for missing data in its own lines of the file."""
    data = load_yaml(NATIONAL.read_text("utf-8"))
    for category in data["indicators"]:
        for leaf in category["indicators"]:
            assert {"id", "label", "unit", "value", "direction", "weight", "normalise", "missing"} <= set(leaf), leaf[
                "id"
            ]
            assert leaf["direction"] == "higher"
            assert leaf["missing"] == "zero"


def test_amounts_are_compared_with_peers(national: Scheme) -> None:
    """Min-max, whose bounds come from the batch, is used within the stage and after winsorising alone."""
    for leaf in national.leaves:
        if leaf.normalise.method == "minmax":
            assert leaf.normalise.within == ("stage",)
            assert leaf.treat.winsorise == (0.01, 0.99)
            assert leaf.treat.transform == "log"


def test_every_field_is_used_or_asked_for(national: Scheme) -> None:
    """What the form asks for is used by an indicator, a check, a stage or a veto, or says who the enterprise is."""
    text = NATIONAL.read_text("utf-8")
    rules = text[text.index("\nchecks:") :]
    unused = [name for name in national.fields if not re.search(rf"\b{name}\b", rules)]
    assert unused == ["technical_field"]


def test_fields_have_known_units(national: Scheme) -> None:
    """Amounts are in 万元, shares in %, counts in a unit of counting."""
    for name, spec in national.fields.items():
        wanted = {"amount": {"万元"}, "share": {"%"}, "count": {"人", "件", "个", "项"}}.get(spec.type, {None})
        assert spec.unit in wanted, name
        if spec.unit is not None:
            assert units.kind_of(spec.unit) == spec.type


def test_every_field_is_known_to_expressions(national: Scheme) -> None:
    """Expressions may use every field, the identity columns and the day."""
    names = set(expression_schema(national))
    assert names == {*national.fields, "uscc", "name", "zone", "province", "stage", "today"}


def test_both_languages_everywhere(national: Scheme) -> None:
    """Every label is Chinese in `zh` and has no Chinese in `en`."""
    labels = [
        *(node.label for node in national.nodes()),
        *(spec.label for spec in national.fields.values()),
        *(spec.note for spec in national.fields.values() if spec.note is not None),
        *(stage.label for stage in national.stages),
        *(check.message for check in national.checks),
        *(veto.message for veto in national.vetoes),
        national.title,
    ]
    for label in labels:
        assert re.search(r"[\u4e00-\u9fff]", label.zh), label
        assert not re.search(r"[\u3000-\u9fff\uff00-\uffef]", label.en), label


def enterprise(**fields: float | None) -> dict[str, float | None]:
    """Return the values of the national indicators for one enterprise with the fields given."""
    scheme = icredit.load_scheme(NATIONAL)
    frame = pl.DataFrame(
        {"uscc": ["919900000000000000"], "stage": ["growth"], **{name: [v] for name, v in fields.items()}}
    )
    row = icredit.score(frame, scheme, values=True, as_of=AS_OF).row(0, named=True)
    return {leaf.id: row[f"{leaf.id}.value"] for leaf in scheme.leaves}


def test_growth_and_shares_are_computed_from_amounts() -> None:
    """Growth is (this - last) / last, intensity R&D / revenue, shares per head: all in per cent."""
    found = enterprise(
        rd_expense=120.0,
        rd_expense_last=80.0,
        revenue=3000.0,
        revenue_last=2400.0,
        rd_staff=30,
        staff=90,
        postgraduates=9,
    )
    assert found["rd_growth"] == pytest.approx(100 * (120 - 80) / 80, rel=1e-12)
    assert found["rd_intensity"] == pytest.approx(100 * 120 / 3000, rel=1e-12)
    assert found["revenue_growth"] == pytest.approx(100 * (3000 - 2400) / 2400, rel=1e-12)
    assert found["rd_staff_share"] == pytest.approx(100 * 30 / 90, rel=1e-12)
    assert found["postgraduate_share"] == pytest.approx(100 * 9 / 90, rel=1e-12)


def test_a_rate_counts_where_the_amounts_are_absent() -> None:
    """A rate that was filed directly is taken only where an amount is missing."""
    rates = {"rd_expense_growth": 11.0, "rd_intensity": 12.0, "revenue_growth": 13.0, "return_on_net_assets": 14.0}
    found = enterprise(**rates)
    assert [found[name] for name in ("rd_growth", "rd_intensity", "revenue_growth", "return_on_net_assets")] == [
        11,
        12,
        13,
        14,
    ]
    amounts = {"rd_expense": 3.0, "rd_expense_last": 2.0, "revenue": 40.0, "revenue_last": 20.0, "net_profit": 1.0}
    found = enterprise(**rates, **amounts, net_assets=10.0)
    expected = [100 * (3 - 2) / 2, 100 * 3 / 40, 100 * (40 - 20) / 20, 100 * 1 / 10]
    for name, value in zip(
        ("rd_growth", "rd_intensity", "revenue_growth", "return_on_net_assets"), expected, strict=True
    ):
        assert found[name] == pytest.approx(value, rel=1e-12)


@pytest.mark.parametrize(
    ("fields", "indicator"),
    [
        ({"rd_expense": 5.0, "rd_expense_last": 0.0, "rd_expense_growth": 9.0}, "rd_growth"),
        ({"revenue": 5.0, "revenue_last": 0.0, "revenue_growth": 9.0}, "revenue_growth"),
        ({"rd_expense": 5.0, "revenue": 0.0, "rd_intensity": 9.0}, "rd_intensity"),
        ({"rd_staff": 0, "staff": 0}, "rd_staff_share"),
        ({"net_profit": -5.0, "net_assets": -1.0, "return_on_net_assets": 500.0}, "return_on_net_assets"),
        ({"net_profit": 5.0, "net_assets": 0.0}, "return_on_net_assets"),
    ],
)
def test_a_rate_without_a_base_is_missing(fields: dict[str, float], indicator: str) -> None:
    """Nothing last year, no revenue, nobody employed, no net assets: the rate is missing, never a huge number."""
    assert enterprise(**fields)[indicator] is None
