"""The scored table computed a second time, slowly and in plain Python, for the tests to compare with.

Written from the contract alone and sharing no code with icredit. The numbers (weights, goalposts, grades) come from the
scheme file; the formulas, the stage limits, the veto and the error checks of `ics-national-2024` are written out here.
"""

from __future__ import annotations

import csv
import math
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

from plain_yaml import load_yaml

Node = dict[str, Any]
Number = float | None

STAGES = {"初创期": "startup", "成长期": "growth", "稳定期": "mature"}
KNOWN_RULES = {"minmax", "goalposts", "zero", "exclude"}
FLAGS = {"是": True, "否": False, "": False}
TEXTS = {"统一社会信用代码", "企业名称", "所属高新区", "所在省份", "发展阶段", "成立日期", "技术领域", "严重失信"}
NUMBERS = {
    "研发费用金额（万元）": "rd_expense",
    "上年研发费用金额（万元）": "rd_expense_last",
    "研发费用增速（%）": "rd_expense_growth",
    "研发费用占营业收入的比例（%）": "rd_intensity",
    "科技人员数（人）": "rd_staff",
    "职工总数（人）": "staff",
    "与主营业务相关的发明专利申请量（件）": "invention_applications",
    "与主营业务相关的PCT专利申请量（件）": "pct_applications",
    "企业技术合同成交额（万元）": "contract_turnover",
    "高新技术产品收入（万元）": "hightech_revenue",
    "营业收入（万元）": "revenue",
    "上年营业收入（万元）": "revenue_last",
    "营业收入增长率（%）": "revenue_growth",
    "研究生以上人员数（人）": "postgraduates",
    "研发费用加计扣除所得税减免额（万元）": "rd_tax_relief",
    "净利润（万元）": "net_profit",
    "净资产（万元）": "net_assets",
    "净资产利润率（%）": "return_on_net_assets",
    "吸纳应届毕业生人数（人）": "fresh_graduates",
    "近两年承担建设省级及以上研发或创新平台数量（个）": "platforms",
    "近两年获得省级及以上科技奖励数量（项）": "awards",
    "近两年承担省级及以上科技计划项目数量（项）": "projects",
    "获得风险投资金额（万元）": "venture_capital",
}


# A rate has no meaning, and is left out of the score, where its base is filed and not above zero.
BASES = {"rd_growth": "rd_expense_last", "rd_intensity": "revenue", "revenue_growth": "revenue_last"}


@dataclass
class Enterprise:
    """One row on its way from the submission to the scored table."""

    uscc: str
    name: str | None
    zone: str | None
    province: str | None
    stage: str
    vetoed: bool
    values: dict[str, Number]
    without_meaning: set[str]
    scores: dict[str, Number] = field(default_factory=dict)
    coverage: float = 0.0
    status: str = ""
    mark: float = 0.0
    grade: str | None = None
    ranks: dict[str, int | None] = field(default_factory=dict)


def read_zones(path: Path) -> dict[str, tuple[str, str]]:
    """Return slug and province of every zone under each of its names."""
    zones = {}
    with path.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            for name in (row["slug"], row["short_name"], row["short_name"] + "高新区", row["full_name"]):
                zones[name] = (row["slug"], row["province"])
    return zones


def read_enterprises(path: Path, zones: dict[str, tuple[str, str]], as_of: date) -> list[Enterprise]:
    """Return the enterprises of a clean submission, refusing headers that the contract does not name."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.DictReader(file)
        if unknown := set(rows.fieldnames or ()) - TEXTS - set(NUMBERS):
            raise ValueError(f"unknown headers: {sorted(unknown)}")
        return [read_enterprise(row, zones, as_of) for row in rows]


def read_enterprise(row: dict[str, str], zones: dict[str, tuple[str, str]], as_of: date) -> Enterprise:
    """Return one enterprise with its indicator values, refusing a row that an error check would stop."""
    f = {name: float(row[header]) if row.get(header) else None for header, name in NUMBERS.items()}
    text = {header: row.get(header) or None for header in TEXTS}
    zone, province = zones[text["所属高新区"]] if text["所属高新区"] else (None, text["所在省份"])
    stage = STAGES[text["发展阶段"]] if text["发展阶段"] else stage_by_revenue(f["revenue"])
    founded = text["成立日期"]
    if (
        not stage
        or exceeds(f["rd_staff"], f["staff"])
        or exceeds(f["postgraduates"], f["staff"])
        or (f["revenue"] is not None and exceeds(f["hightech_revenue"], f["revenue"] * 1.000001))
        or (founded and date.fromisoformat(founded) > as_of)
    ):
        raise ValueError(f"not a clean row: {row}")
    vetoed = FLAGS[text["严重失信"] or ""]
    undefined = {indicator for indicator, base in BASES.items() if (amount := f[base]) is not None and amount <= 0}
    return Enterprise(
        row["统一社会信用代码"], text["企业名称"], zone, province, stage, vetoed, indicator_values(f), undefined
    )


def stage_by_revenue(revenue: Number) -> str | None:
    """Return the stage that the revenue in 万元 puts an enterprise in, none if revenue is missing."""
    if revenue is None:
        return None
    return "startup" if revenue < 2000 else "growth" if revenue < 40000 else "mature"


def exceeds(part: Number, whole: Number) -> bool:
    """Tell whether both numbers are there and the part is above the whole."""
    return part is not None and whole is not None and part > whole


def percent(part: Number, whole: Number) -> Number:
    """Return the part in percent of the whole, missing where either is missing or the whole is zero."""
    return None if part is None or whole is None or whole == 0 else 100 * part / whole


def growth(this: Number, last: Number, filed: Number) -> Number:
    """Return the filed rate where an amount is missing, else the change on a positive last year in percent."""
    if this is None or last is None:
        return filed
    return 100 * (this - last) / last if last > 0 else None


def intensity(part: Number, base: Number, filed: Number) -> Number:
    """Return the filed rate where an amount is missing, else part to a positive base in percent."""
    if part is None or base is None:
        return filed
    return 100 * part / base if base > 0 else None


def return_on(part: Number, base: Number, filed: Number) -> Number:
    """Return part to base in percent or else the filed rate; missing where the base is filed and not above zero."""
    if base is not None and base <= 0:
        return None
    return filed if part is None or base is None else 100 * part / base


def indicator_values(f: dict[str, Number]) -> dict[str, Number]:
    """Return the indicator values, of which 12 are fields and 6 are computed; one that is not finite is missing."""
    values = f | {
        "rd_growth": growth(f["rd_expense"], f["rd_expense_last"], f["rd_expense_growth"]),
        "rd_intensity": intensity(f["rd_expense"], f["revenue"], f["rd_intensity"]),
        "rd_staff_share": percent(f["rd_staff"], f["staff"]),
        "revenue_growth": growth(f["revenue"], f["revenue_last"], f["revenue_growth"]),
        "postgraduate_share": percent(f["postgraduates"], f["staff"]),
        "return_on_net_assets": return_on(f["net_profit"], f["net_assets"], f["return_on_net_assets"]),
    }
    return {name: value if value is not None and math.isfinite(value) else None for name, value in values.items()}


def at(number: Any, stage: str) -> float:
    """Return a number of the scheme, which may be given per stage."""
    return float(number[stage] if isinstance(number, dict) else number)


def quantile(xs: list[float], level: float) -> float:
    """Return a quantile by linear interpolation (type 7, PERCENTILE.INC)."""
    ordered, position = sorted(xs), level * (len(xs) - 1)
    low, high = ordered[math.floor(position)], ordered[math.ceil(position)]
    return low + (high - low) * (position - math.floor(position))


def treated(xs: list[float], treat: Node) -> list[float]:
    """Return the values of one group winsorised, then put on COINr's log scale."""
    if "winsorise" in treat:
        low, high = (quantile(xs, level) for level in treat["winsorise"])
        xs = [min(max(x, low), high) for x in xs]
    if treat.get("transform") == "log":
        low, high = min(xs), max(xs)
        xs = [math.log(x - low + 0.01 * (high - low)) if high > low else 0.0 for x in xs]
    return xs


def score_indicator(leaf: Node, enterprises: list[Enterprise], bottom: float, top: float) -> None:
    """Treat and normalise one indicator within its groups and give every enterprise its score."""
    name, rule = leaf["id"], leaf["normalise"]
    if leaf["direction"] != "higher" or not {rule["method"], leaf["missing"]} <= KNOWN_RULES:
        raise NotImplementedError(name)
    groups: dict[tuple[str, ...], list[Enterprise]] = {}
    for enterprise in enterprises:
        enterprise.scores[name] = bottom if leaf["missing"] == "zero" else None
        if enterprise.values[name] is not None:
            key = tuple(getattr(enterprise, column) for column in rule.get("within", []))
            groups.setdefault(key, []).append(enterprise)
    for enterprise in enterprises:
        if name in enterprise.without_meaning:
            enterprise.scores[name] = None
    for group in groups.values():
        xs = treated([value for e in group if (value := e.values[name]) is not None], leaf.get("treat", {}))
        low, high = min(xs), max(xs)
        for enterprise, x in zip(group, xs, strict=True):
            if rule["method"] == "goalposts":
                low, high = at(rule["lower"], enterprise.stage), at(rule["upper"], enterprise.stage)
            share = (x - low) / (high - low) if high > low else 0.5
            if name not in enterprise.without_meaning:
                enterprise.scores[name] = bottom + (top - bottom) * min(max(share, 0.0), 1.0)


def aggregate(node: Node, e: Enterprise) -> Number:
    """Return the weighted mean of the children present and keep it as the score of the node."""
    if "indicators" in node:
        if node["aggregate"] != "arithmetic":
            raise NotImplementedError(node["id"])
        children = [(at(child["weight"], e.stage), aggregate(child, e)) for child in node["indicators"]]
        present = [(weight, score) for weight, score in children if score is not None]
        total = math.fsum(weight for weight, _ in present)
        e.scores[node["id"]] = math.fsum(weight * score for weight, score in present) / total if total else None
    return e.scores[node["id"]]


def weights_of(node: Node, e: Enterprise, share: float = 1.0) -> list[tuple[str, float]]:
    """Return every indicator below a node with its share of the whole, the product of shares down the tree."""
    if "indicators" not in node:
        return [(node["id"], share)]
    total = math.fsum(at(child["weight"], e.stage) for child in node["indicators"])
    return [
        pair
        for child in node["indicators"]
        for pair in weights_of(child, e, share * at(child["weight"], e.stage) / total)
    ]


def coverage(scheme: Node, e: Enterprise) -> float:
    """Return the share of the weight of indicators with a meaning that stands on values present."""
    counted = [(name, weight) for name, weight in weights_of(scheme, e) if name not in e.without_meaning]
    return math.fsum(w for name, w in counted if e.values[name] is not None) / math.fsum(w for _, w in counted)


def rounded(score: float, decimals: int) -> float:
    """Return the score rounded as it is written, half away from zero."""
    return float(Decimal(repr(score)).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP))


def give_ranks(scored: list[Enterprise], column: str, group_of: Callable[[Enterprise], str | None]) -> None:
    """Rank the scored enterprises within their groups by falling mark, ties sharing the best rank."""
    seen: Counter[str | None] = Counter()
    best: dict[tuple[str | None, float], int] = {}
    for e in sorted(scored, key=lambda e: e.mark, reverse=True):
        group = group_of(e)
        seen[group] += 1
        rank = best.setdefault((group, e.mark), seen[group])
        e.ranks[column] = None if group is None else rank


def nodes(node: Node) -> list[Node]:
    """Return everything below a node of the tree, in the order of the scheme."""
    return [below for child in node.get("indicators", []) for below in (child, *nodes(child))]


def scored_table(csv_path: Path, scheme_path: Path, zones_path: Path, as_of: date) -> list[dict[str, object]]:
    """Return the scored table with its value columns, in rank order."""
    scheme: Node = load_yaml(scheme_path.read_text(encoding="utf-8"))
    bottom, top = (float(end) for end in scheme["scale"])
    grades = sorted(scheme["grades"], key=lambda grade: float(grade["minimum"]), reverse=True)
    categories = [node["id"] for node in nodes(scheme) if "indicators" in node]
    leaves = [node for node in nodes(scheme) if "indicators" not in node]
    enterprises = read_enterprises(csv_path, read_zones(zones_path), as_of)

    for leaf in leaves:
        score_indicator(leaf, enterprises, bottom, top)
    for e in enterprises:
        score = aggregate(scheme, e)
        e.coverage = round(coverage(scheme, e), 12)
        if e.vetoed:
            e.status = "vetoed"
        elif score is None or e.coverage < scheme["ranking"]["minimum_coverage"]:
            e.status = "insufficient"
        else:
            e.status = "scored"
            e.mark = rounded(score, scheme["ranking"]["decimals"])
            e.grade = next((grade["id"] for grade in grades if grade["minimum"] <= e.mark), None)

    scored = [e for e in enterprises if e.status == "scored"]
    give_ranks(scored, "rank", lambda _: "all")
    give_ranks(scored, "zone_rank", lambda e: e.zone)
    give_ranks(scored, "stage_rank", lambda e: e.stage)
    return [
        {column: e.ranks.get(column) for column in ("rank", "zone_rank", "stage_rank")}
        | {"uscc": e.uscc, "name": e.name, "zone": e.zone, "province": e.province, "stage": e.stage}
        | {"status": e.status, "score": e.scores[scheme["id"]], "grade": e.grade, "coverage": e.coverage}
        | {name: e.scores[name] for name in (*categories, *(leaf["id"] for leaf in leaves))}
        | {f"{leaf['id']}.value": e.values[leaf["id"]] for leaf in leaves}
        for e in sorted(enterprises, key=lambda e: (e.ranks.get("rank") or math.inf, e.uscc))
    ]
