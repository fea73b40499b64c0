"""Findings counted: per rule, so that a long list can be understood, and per file, so that each can be sent back."""

from __future__ import annotations

import polars as pl

from icredit.intake.rules import RULES
from icredit.intake.submission import Submission


class _Dots(dict[str, str]):
    """Stands for the values of a message where many findings share it."""

    def __missing__(self, name: str) -> str:
        return "…"


def count_by_rule(findings: pl.DataFrame) -> pl.DataFrame:
    """How often each rule was broken: `level, rule, count, message_zh, message_en`, errors first, the most frequent first.

    The scheme's own checks share a rule but not a meaning, so each of their messages counts by itself. Where the messages
    of a rule differ in a value, it is left out of the message shown.
    """
    check = pl.col("rule").str.starts_with("IC4")
    # IC401 and IC402 are the scheme's checks: one rule, many meanings.
    meaning = pl.when(check).then(pl.col("message_en")).otherwise(pl.lit(""))
    counted = (
        findings.group_by("level", "rule", meaning.alias("meaning"), maintain_order=True)
        .agg(
            pl.len().alias("count"),
            pl.col("message_zh", "message_en").first(),
            pl.struct("message_zh", "message_en").n_unique().alias("messages"),
        )
        .sort("level", "count", "rule", "meaning", descending=[False, True, False, False])
    )
    rows = []
    for row in counted.iter_rows(named=True):
        shown = (row["message_zh"], row["message_en"])
        if row["messages"] > 1 and row["rule"] in RULES:
            shown = RULES[row["rule"]].message(_Dots())
        rows.append((row["level"], row["rule"], row["count"], *shown))
    schema = {
        "level": pl.String,
        "rule": pl.String,
        "count": pl.Int64,
        "message_zh": pl.String,
        "message_en": pl.String,
    }
    return pl.DataFrame(rows, schema=schema, orient="row")


def count_by_file(submission: Submission) -> pl.DataFrame:
    """Every file read or complained of: `file, sheet, rows, errors, warnings`; rows are unknown of one that was not read."""
    schema = {"file": pl.String, "sheet": pl.String, "rows": pl.Int64}
    read = pl.DataFrame(
        [(report.file, report.sheet, report.rows) for report in submission.files], schema=schema, orient="row"
    )
    found = submission.findings.group_by("file", "sheet", maintain_order=True).agg(
        (pl.col("level") == "error").sum().cast(pl.Int64).alias("errors"),
        (pl.col("level") == "warning").sum().cast(pl.Int64).alias("warnings"),
    )
    joined = read.join(found, on=["file", "sheet"], how="full", coalesce=True, nulls_equal=True, maintain_order="left")
    return joined.with_columns(pl.col("errors", "warnings").fill_null(0)).sort("file", "sheet", maintain_order=True)
