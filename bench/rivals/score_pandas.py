"""The scored table by pandas, column after column."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd

from bench.rivals.national import (
    APPLIES,
    GRADES,
    INDICATORS,
    NAMES,
    STAGE_IDS,
    STAGE_LIMITS,
    TABLE,
    TREE,
    ZONES,
    Row,
)


def score(source: Path, target: Path) -> None:
    """Score a CSV file."""
    data = pd.read_csv(source).rename(columns=NAMES)
    table = data[["uscc", "name", "province"]].copy()

    register = pd.read_csv(ZONES)
    short = register["short_name"]
    register.index = short.where(short.str.endswith("区"), short + "高新区")
    table["zone"] = data["zone"].map(register["slug"])
    table["province"] = data["zone"].map(register["province"]).fillna(table["province"])

    first, second = STAGE_LIMITS
    derived = pd.cut(data["revenue"], [-np.inf, first, second, np.inf], right=False, labels=list(STAGE_IDS.values()))
    table["stage"] = data["stage"].map(STAGE_IDS).fillna(derived.astype("str"))

    # Numbers are looked up by place: mapping the text of the stage anew for every one takes longer.
    places = table["stage"].map({name: place for place, name in enumerate(STAGE_IDS.values())})

    def by_stage(row: Row) -> pd.Series:
        return pd.Series(np.take(row, places))

    def ratio(upper: pd.Series, lower: str) -> pd.Series:
        return 100 * upper / data[lower].where(data[lower] > 0)

    values = data.reindex(columns=INDICATORS)
    values["rd_growth"] = ratio(data["rd_expense"] - data["rd_expense_last"], "rd_expense_last")
    values["rd_intensity"] = ratio(data["rd_expense"], "revenue")
    values["rd_staff_share"] = ratio(data["rd_staff"], "staff")
    values["revenue_growth"] = ratio(data["revenue"] - data["revenue_last"], "revenue_last")
    values["postgraduate_share"] = ratio(data["postgraduates"], "staff")
    values["return_on_net_assets"] = ratio(data["net_profit"], "net_assets")

    top, total, present, counted = 0.0, 0.0, 0.0, 0.0
    for category, (category_row, children) in TREE.items():
        category_weight, marks, whole = by_stage(category_row), 0.0, 0.0
        for name, (row, bounds) in children.items():
            value = values[name]
            if bounds:
                lower, upper = map(by_stage, bounds)
                share = ((value - lower) / (upper - lower)).clip(0, 1)
            else:
                groups = value.groupby(table["stage"])
                lower, upper = (table["stage"].map(groups.quantile(level)) for level in (0.01, 0.99))
                # The logarithm from a hundredth of the range on, brought back to 0 and 1.
                share = np.log1p(100 * ((value - lower) / (upper - lower)).clip(0, 1)) / np.log(101)
            points, weight = 100 * share.fillna(0), by_stage(row)
            if name in APPLIES:
                left_out = data[APPLIES[name]] <= 0
                points, weight = points.mask(left_out), weight.mask(left_out, 0)
            table[name] = points
            marks, whole = marks + weight * points.fillna(0), whole + weight
            counted = counted + category_weight * weight
            present = present + (category_weight * weight).where(value.notna(), 0)
        table[category] = marks / whole
        top, total = top + category_weight * table[category], total + category_weight
    table["score"] = top / total
    table["coverage"] = np.round(present / counted, 12)
    table["status"] = np.where(data["serious_dishonesty"] == "是", "vetoed", "scored")

    earned = table["score"].round(4).where(table["status"] == "scored")
    grades = list(GRADES)[::-1]
    limits = [*(GRADES[name] for name in grades), np.inf]
    table["grade"] = pd.cut(earned, limits, right=False, labels=grades)
    table["rank"] = earned.rank(method="min", ascending=False).astype("Int64")
    for column in ("zone", "stage"):
        within = earned.groupby(table[column]).rank(method="min", ascending=False)
        table[f"{column}_rank"] = within.astype("Int64")
    table = table.sort_values(["rank", "uscc"])[TABLE]
    table.to_csv(target, index=False)


if __name__ == "__main__":
    score(*map(Path, sys.argv[1:]))
