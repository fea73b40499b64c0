"""The scored table by DuckDB: one SQL statement, in which only what repeats by indicator is put together here."""

from __future__ import annotations

import sys
from pathlib import Path

import duckdb

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

VALUES = {
    "rd_growth": "CASE WHEN rd_expense_last > 0 THEN 100 * (rd_expense - rd_expense_last) / rd_expense_last END",
    "rd_intensity": "CASE WHEN revenue > 0 THEN 100 * rd_expense / revenue END",
    "rd_staff_share": "100 * rd_staff / nullif(staff, 0)",
    "revenue_growth": "CASE WHEN revenue_last > 0 THEN 100 * (revenue - revenue_last) / revenue_last END",
    "postgraduate_share": "100 * postgraduates / nullif(staff, 0)",
    "return_on_net_assets": "CASE WHEN net_assets > 0 THEN 100 * net_profit / net_assets END",
    "projects": "NULL::DOUBLE",
    "venture_capital": "NULL::DOUBLE",
}
LEAVES = {name: leaf for _, children in TREE.values() for name, leaf in children.items()}
COMPARED = [name for name, (_, bounds) in LEAVES.items() if bounds is None]


def by_stage(row: Row) -> str:
    """The number of the row's stage."""
    first, second, third = row
    if first == second == third:
        return f"{first}"
    return f"CASE stage WHEN 'startup' THEN {first} WHEN 'growth' THEN {second} ELSE {third} END"


def applied(name: str, weight: str) -> str:
    """The weight of an indicator; nothing where it does not apply."""
    return f"CASE WHEN {name}_applies THEN {weight} ELSE 0 END" if name in APPLIES else f"({weight})"


def indicator(name: str) -> str:
    """An indicator's score: missing values earn nothing, what does not apply is missing."""
    bounds = LEAVES[name][1]
    lower, upper = map(by_stage, bounds) if bounds else (f"{name}_low", f"{name}_high")
    share = f"greatest(0, least(1, (v.{name} - {lower}) / (({upper}) - {lower})))"
    # The logarithm from a hundredth of the range on, brought back to 0 and 1.
    share = share if bounds else f"ln(1 + 100 * {share}) / ln(101)"
    score = f"100 * CASE WHEN v.{name} IS NULL THEN 0 ELSE {share} END"
    return f"CASE WHEN {name}_applies THEN {score} END" if name in APPLIES else score


def mean(weights: dict[str, Row]) -> str:
    """The weighted mean of the columns present."""
    weighed = {name: applied(name, by_stage(row)) for name, row in weights.items()}
    marks = " + ".join(f"{weight} * coalesce({name}, 0)" for name, weight in weighed.items())
    return f"({marks}) / ({' + '.join(weighed.values())})"


def coverage() -> str:
    """The share of the weight of what applies that has a value."""
    weights = {
        name: applied(name, by_stage((above[0] * row[0], above[1] * row[1], above[2] * row[2])))
        for above, children in TREE.values()
        for name, (row, _) in children.items()
    }
    present = " + ".join(f"CASE WHEN v.{name} IS NULL THEN 0 ELSE {weight} END" for name, weight in weights.items())
    return f"round(({present}) / ({' + '.join(weights.values())}), 12)"


def columns(expressions: dict[str, str]) -> str:
    """A list of expressions for SELECT."""
    return ", ".join(f"{expression} AS {name}" for name, expression in expressions.items())


def statement(source: Path, target: Path) -> str:
    """The whole in SQL."""
    renamed = ", ".join(f'"{header}" AS {name}' for header, name in NAMES.items())
    filed = " ".join(f"WHEN '{label}' THEN '{name}'" for label, name in STAGE_IDS.items())
    grades = " ".join(f"WHEN round(score, 4) >= {minimum} THEN '{name}'" for name, minimum in GRADES.items())
    first, second = STAGE_LIMITS
    bounds = ", ".join(
        f"quantile_cont({name}, 0.01) AS {name}_low, quantile_cont({name}, 0.99) AS {name}_high" for name in COMPARED
    )
    categories = {
        name: mean({leaf: row for leaf, (row, _) in children.items()}) for name, (_, children) in TREE.items()
    }
    return f"""
        COPY (
            WITH filed AS (
                SELECT {renamed} FROM '{source}'
            ), staged AS (
                SELECT filed.* REPLACE (
                    zones.slug AS zone,
                    coalesce(zones.province, filed.province) AS province,
                    CASE stage {filed} ELSE CASE WHEN revenue < {first} THEN 'startup' WHEN revenue < {second} THEN 'growth'
                        WHEN revenue >= {second} THEN 'mature' END END AS stage
                )
                FROM filed LEFT JOIN '{ZONES}' AS zones
                ON filed.zone = CASE WHEN short_name LIKE '%区' THEN short_name ELSE short_name || '高新区' END
            ), v AS (
                SELECT uscc, name, zone, province, stage,
                    CASE WHEN serious_dishonesty = '是' THEN 'vetoed' ELSE 'scored' END AS status,
                    {columns({name: VALUES.get(name, name) for name in INDICATORS})},
                    {columns({f"{name}_applies": f"coalesce({column} > 0, true)" for name, column in APPLIES.items()})}
                FROM staged
            ), bounds AS (
                SELECT stage, {bounds} FROM v GROUP BY stage
            ), indicators AS (
                SELECT uscc, name, zone, province, v.stage, status, {coverage()} AS coverage,
                    {columns({name: indicator(name) for name in INDICATORS})}, COLUMNS('.*_applies')
                FROM v LEFT JOIN bounds USING (stage)
            ), categories AS (
                SELECT *, {columns(categories)} FROM indicators
            ), totals AS (
                SELECT *, {mean({name: row for name, (row, _) in TREE.items()})} AS score FROM categories
            ), graded AS (
                SELECT *, CASE WHEN status = 'scored' THEN round(score, 4) END AS earned,
                    CASE WHEN status = 'scored' THEN CASE {grades} END END AS grade
                FROM totals
            ), ranked AS (
                SELECT *,
                    CASE WHEN status = 'scored' THEN rank() OVER (ORDER BY earned DESC NULLS LAST) END AS rank,
                    CASE WHEN status = 'scored' AND zone IS NOT NULL
                        THEN rank() OVER (PARTITION BY zone ORDER BY earned DESC NULLS LAST) END AS zone_rank,
                    CASE WHEN status = 'scored'
                        THEN rank() OVER (PARTITION BY stage ORDER BY earned DESC NULLS LAST) END AS stage_rank
                FROM graded
            )
            SELECT {", ".join(TABLE)} FROM ranked ORDER BY rank NULLS LAST, uscc
        ) TO '{target}'
    """


def score(source: Path, target: Path) -> None:
    """Score a file."""
    duckdb.sql(statement(source, target))


if __name__ == "__main__":
    score(*map(Path, sys.argv[1:]))
