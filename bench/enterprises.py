"""Made-up enterprises in any number, the same ones for the same seed, and mistakes to put into them.

No enterprise exists: every name holds the word 示例 ("example"), and every credit code belongs to a district beginning
with 99, which no administrative division has. Only the zones are real. The laws of the figures are those of
`samples/generate.py`, made plain enough to draw half a million rows in seconds.
"""

from __future__ import annotations

import datetime as dt
import io
import random
from collections.abc import Sequence
from typing import TypeVar

import polars as pl

from bench.form import COLUMNS, RATES, STAGES
from icredit.intake.credit_code import ALPHABET, check_digit
from icredit.zones import load_zones

Option = TypeVar("Option")

_BRAND_FIRST, _BRAND_SECOND = "澄云瀚启岳麓星恒锐卓芯朗凌沐辰宏钧琢砺昱", "岚帆川衡图远越泽驰策澜航睿途擎曜峰源序铭"
_FIELDS = (
    "电子信息",
    "生物与新医药",
    "航空航天",
    "新材料",
    "高技术服务",
    "新能源与节能",
    "资源与环境",
    "先进制造与自动化",
)
_BUSINESSES = ("软件技术", "数据科技", "微电子", "生物医药", "航空科技", "新材料", "检测技术", "储能科技", "智能装备")
_FORMS = ("有限公司", "股份有限公司", "（集团）有限公司")

# The log-normal law of revenue in 万元: median 1,444, and nobody above the largest enterprise of the country.
_SIZE_MEAN, _SIZE_SPREAD, _LARGEST = 7.275, 2.0, 3e8

#: How often a cell of figures is blank, a stage is filed, and an enterprise stands in no zone.
_GAPS, _STAGE_FILED, _NO_ZONE = 0.025, 0.18, 0.03

_FIRST_DAY = dt.date(1998, 1, 1)
_DAYS = 9_500  # to the start of 2024

_CODE = pl.col("uscc")

#: What may be wrong with one cell: the field, and what stands in it instead.
MISTAKES: tuple[tuple[str, pl.Expr], ...] = (
    ("net_profit", pl.lit("abc")),
    ("awards", pl.lit("3.5")),
    ("contract_turnover", pl.lit("-12.50")),
    ("invention_applications", pl.lit("-2")),
    ("founded", pl.lit("2023-02-30")),
    ("serious_dishonesty", pl.lit("也许")),
    ("stage", pl.lit("上市期")),
    ("name", pl.lit(None, pl.String)),
    ("uscc", pl.lit(None, pl.String)),
    ("uscc", _CODE.str.head(17)),
    ("uscc", _CODE.str.head(10) + "I" + _CODE.str.tail(7)),
    ("uscc", _CODE.str.head(17) + pl.when(_CODE.str.ends_with("0")).then(pl.lit("1")).otherwise(pl.lit("0"))),
    ("zone", pl.col("zone").fill_null("长沙高新区") + "区"),
    ("province", pl.lit("湖难")),
    ("rd_staff", pl.lit("99999999")),  # more than staff
    ("hightech_revenue", pl.lit("999999999.00")),  # more than revenue
)


class _Draws:
    """Columns of random values, in the order they are asked for."""

    def __init__(self, rows: int, seed: int) -> None:
        self._rows = rows
        self._random = random.Random(seed)

    def uniform(self, low: float = 0.0, high: float = 1.0) -> pl.Series:
        draw = self._random.random
        return low + (high - low) * pl.Series([draw() for _ in range(self._rows)], dtype=pl.Float64)

    def normal(self, spread: float = 1.0) -> pl.Series:
        draw = self._random.gauss
        return pl.Series([draw(0.0, spread) for _ in range(self._rows)], dtype=pl.Float64)

    def one_of(self, options: Sequence[Option]) -> list[Option]:
        return self._random.choices(options, k=self._rows)

    def codes(self, first: int = 0) -> pl.Series:
        """Credit codes, none twice: the number of the row, from `first` on, stands inside, shuffled by a multiplication."""
        letters = self.one_of(ALPHABET[10:])
        bodies = (
            f"9199{row * 7_368_787 % 10**10:010d}{letter}{row % 100:02d}" for row, letter in enumerate(letters, first)
        )
        return pl.Series([body + check_digit(body) for body in bodies], dtype=pl.String)


def enterprises(rows: int, seed: int = 1) -> pl.DataFrame:
    """Typed filings that no check objects to: a column per field of the form, then the two rates in per cent."""
    draws = _Draws(rows, seed)
    frame = _identity(draws).hstack(_figures(draws))
    # Without revenue an enterprise has no stage, and a mistake in a part of the staff shows only beside the whole.
    gappy = [name for name in frame.columns[5:] if name not in ("revenue", "staff", *RATES)]
    gaps = [pl.when(draws.uniform() >= _GAPS).then(pl.col(name)).alias(name) for name in gappy]
    return frame.with_columns(gaps).select(*COLUMNS, *RATES)


def others(frame: pl.DataFrame, block: int) -> pl.DataFrame:
    """As many other enterprises with the same figures: those of a block, of which 0 is the frame itself."""
    return (
        frame
        if not block
        else frame.with_columns(_Draws(frame.height, block).codes(frame.height * block).alias("uscc"))
    )


def _identity(draws: _Draws) -> pl.DataFrame:
    zones = draws.one_of([(zone.label, zone.province.split("(")[0]) for zone in load_zones()])
    parts = (draws.one_of(words) for words in (_BRAND_FIRST, _BRAND_SECOND, _BUSINESSES, _FORMS))
    names = [f"{place[:2]}示例{''.join(part)}" for (place, _), *part in zip(zones, *parts, strict=True)]
    return pl.DataFrame(
        {
            "uscc": draws.codes(),
            "name": names,
            "zone": pl.Series([zone for zone, _ in zones]),
            "province": pl.Series([province for _, province in zones]),
            "stage": draws.one_of(STAGES),
        }
    ).with_columns(
        pl.when(draws.uniform() >= _NO_ZONE).then("zone").alias("zone"),
        pl.when(draws.uniform() < _STAGE_FILED).then("stage").alias("stage"),
    )


def _figures(draws: _Draws) -> pl.DataFrame:
    size = draws.normal()
    revenue = (size * _SIZE_SPREAD + _SIZE_MEAN).exp().clip(1.0, _LARGEST).round(2)
    staff = (size * 1.5 + 3.4 + draws.normal(0.4)).exp().clip(0, 2e6).cast(pl.Int64) + 1
    rd_expense = (revenue * draws.uniform(0.01, 0.3)).round(2)
    net_assets = ((size * 1.9 + 6.9 + draws.normal(0.5)).exp() + 0.01).round(2)
    net_profit = (revenue * draws.uniform(-0.1, 0.2)).round(2)

    def part(low: float, high: float) -> pl.Series:
        """Some of the staff."""
        return (staff * draws.uniform(low, high)).floor().cast(pl.Int64)

    def few(share: float, most: int) -> pl.Series:
        """A count that most enterprises leave at zero."""
        return (((draws.uniform() - (1 - share)) / share).clip(0.0) * most).ceil().cast(pl.Int64)

    return pl.DataFrame(
        {
            "founded": pl.Series([_FIRST_DAY] * size.len(), dtype=pl.Date)
            + pl.Series((draws.uniform(0, _DAYS)).cast(pl.Int64)).cast(pl.Duration("ms")) * 86_400_000,
            "technical_field": draws.one_of(_FIELDS),
            "rd_expense": rd_expense,
            "rd_expense_last": (rd_expense * draws.uniform(0.7, 1.2)).round(2),
            "rd_staff": part(0.1, 0.6),
            "staff": staff,
            "invention_applications": few(0.5, 40),
            "pct_applications": few(0.12, 10),
            "contract_turnover": (revenue * (draws.uniform(-0.3, 0.2)).clip(0.0)).round(2),
            "hightech_revenue": (revenue * draws.uniform(0.0, 1.0)).round(2),
            "revenue": revenue,
            "revenue_last": (revenue * draws.uniform(0.7, 1.2)).round(2),
            "postgraduates": part(0.0, 0.2),
            "rd_tax_relief": (rd_expense * draws.uniform(-0.1, 0.15).clip(0.0)).round(2),
            "net_profit": net_profit,
            "net_assets": net_assets,
            "fresh_graduates": part(0.0, 0.1),
            "platforms": few(0.12, 3),
            "awards": few(0.04, 2),
            "serious_dishonesty": draws.one_of(["否"] * 300 + ["是"]),
            "rd_intensity": (rd_expense / revenue * 100).round(4),
            "return_on_net_assets": (net_profit / net_assets * 100).clip(-1e4, 1e4).round(4),
        }
    )


def as_text(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame as a CSV file would hold it: amounts with two decimals, blanks as null."""
    return pl.read_csv(io.BytesIO(frame.write_csv(float_precision=2).encode()), infer_schema=False)


def spoiled(text: pl.DataFrame, share: float, seed: int = 2) -> pl.DataFrame:
    """The frame of text with one bad cell in the given share of its rows, each kind of mistake as often as another."""
    rows = random.Random(seed).sample(range(text.height), round(text.height * share))
    kinds = pl.DataFrame(
        {"row": rows, "kind": [place % len(MISTAKES) for place in range(len(rows))]},
        schema={"row": pl.UInt32, "kind": pl.Int64},
    )
    marked = text.with_row_index("row").join(kinds, on="row", how="left", maintain_order="left")
    for kind, (field, wrong) in enumerate(MISTAKES):
        cell = pl.when(pl.col("kind") == kind).then(wrong).otherwise(pl.col(field))
        marked = marked.with_columns(cell.alias(field))
    return marked.drop("row", "kind")
