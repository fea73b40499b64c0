"""The numbers of `indicators.yaml` as its reader would type them, in the order startup, growth, mature."""

from __future__ import annotations

from pathlib import Path

from bench.form import COLUMNS, STAGES

ZONES = Path(__file__).parents[2] / "src" / "icredit" / "data" / "zones.csv"

#: Header -> name of a column.
NAMES = {header: name for name, header in COLUMNS.items()}

#: What the form says -> id, in order.
STAGE_IDS = dict(zip(STAGES, ("startup", "growth", "mature"), strict=True))

#: Revenue, in 万元, from which an enterprise is no start-up and no growing one any more.
STAGE_LIMITS = (2000, 40000)

GRADES = {"A": 60, "B": 45, "C": 30, "D": 0}

#: A number for each stage.
Row = tuple[float, float, float]

_ZERO = (0, 0, 0)

#: Category -> weights, then indicator -> weights, and lower and upper goalposts by stage; None: compared within the
#: stage.
TREE: dict[str, tuple[Row, dict[str, tuple[Row, tuple[Row, Row] | None]]]] = {
    "technology": (
        (50, 45, 40),
        {
            "rd_expense": ((18, 18, 20), None),
            "rd_growth": ((12, 14, 14), ((-20, -20, -20), (100, 60, 40))),
            "rd_intensity": ((18, 18, 18), (_ZERO, (30, 15, 10))),
            "rd_staff_share": ((18, 15, 12), (_ZERO, (60, 50, 40))),
            "invention_applications": ((16, 15, 14), (_ZERO, (8, 20, 60))),
            "pct_applications": ((8, 8, 10), (_ZERO, (2, 5, 15))),
            "contract_turnover": ((10, 12, 12), (_ZERO, (500, 3000, 10000))),
        },
    ),
    "growth_operation": (
        (30, 35, 38),
        {
            "hightech_revenue": ((20, 22, 24), None),
            "revenue": ((10, 15, 18), None),
            "revenue_growth": ((24, 24, 18), ((-20, -20, -20), (100, 50, 30))),
            "postgraduate_share": ((22, 14, 10), (_ZERO, (40, 30, 20))),
            "rd_tax_relief": ((14, 13, 14), None),
            "return_on_net_assets": ((10, 12, 16), ((-30, -10, 0), (25, 25, 25))),
        },
    ),
    "auxiliary": (
        (20, 20, 22),
        {
            "fresh_graduates": ((20, 20, 18), (_ZERO, (5, 20, 100))),
            "platforms": ((15, 22, 26), (_ZERO, (1, 2, 4))),
            "awards": ((15, 18, 24), (_ZERO, (1, 2, 4))),
            "projects": ((20, 20, 22), (_ZERO, (2, 4, 8))),
            "venture_capital": ((30, 20, 10), (_ZERO, (1000, 5000, 20000))),
        },
    ),
}

INDICATORS = [name for _, children in TREE.values() for name in children]

#: Indicators that are left out where last year's amount, or revenue, is not above zero.
APPLIES = {"rd_growth": "rd_expense_last", "rd_intensity": "revenue", "revenue_growth": "revenue_last"}

#: The columns of the scored table.
TABLE = [
    *("rank", "zone_rank", "stage_rank", "uscc", "name", "zone", "province", "stage", "status"),
    *("score", "grade", "coverage", *TREE, *INDICATORS),
]
