"""Who passes, and why: eligibility, vetoes, requirements and direct passes over fields, values, scores and the total."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest

import icredit
from command_line import credit_code, write_csv
from icredit.cli.main import main
from icredit.errors import ExitStatus, SchemeError
from icredit.output.columns import bare
from icredit.output.ranked_list import for_people
from icredit.output.scored import read_scored
from icredit.scheme import Scheme
from little import category, frame, indicator, label, scheme, scored


def when(condition: str, said: str) -> dict[str, Any]:
    """Return a condition with a message."""
    return {"when": condition, "message": {"zh": f"中{said}", "en": said}}


def rules(**rest: Any) -> Scheme:
    """Return the scheme of two indicators that stand for marks, with conditions of every kind."""
    said: dict[str, Any] = {
        "eligibility": [when("n <= 500", "not above 500"), when("m <= 10", "not above 10")],
        "vetoes": [when("bad", "bad"), when("a.value > 0.9", "too good")],
        "verdict": {
            "require": [when("score >= 0.5", "half"), when("b.score > 0", "some b")],
            "direct": [when("kind = 'star'", "a star"), when("kind = 'star' and a > 0.5", "a bright star")],
        },
    }
    return scheme(indicator("a"), indicator("b"), **(said | rest))


def judged(table: pl.DataFrame) -> list[tuple[Any, ...]]:
    """Return status, verdict and reason of every enterprise."""
    return table.select("status", "verdict", "reason").rows()


#: An enterprise that passes; the tests change it.
GOOD: dict[str, Any] = {"a": 0.8, "b": 0.4, "n": 500, "m": 10, "bad": False, "kind": None}


def verdict_of(**changes: Any) -> tuple[Any, ...]:
    """Return what becomes of the good enterprise with some of its cells changed."""
    cells = GOOD | changes
    columns = {name: [value] for name, value in cells.items() if value is not None}
    return judged(scored(rules(), frame(**columns)))[0]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, ("scored", "passed", None)),
        ({"n": 501}, ("ineligible", "failed", "中not above 500 not above 500")),
        ({"n": None}, ("ineligible", "failed", "中not above 500 not above 500（数据缺失 not filed）")),
        (
            {"n": 501, "m": None},
            (
                "ineligible",
                "failed",
                "中not above 500 not above 500；中not above 10 not above 10（数据缺失 not filed）",
            ),
        ),
        ({"bad": True}, ("vetoed", "failed", "中bad bad")),
        ({"bad": None}, ("scored", "passed", None)),
        ({"bad": True, "n": 501}, ("vetoed", "failed", "中bad bad")),
        ({"a": 0.95}, ("vetoed", "failed", "中too good too good")),
        ({"a": 0.6, "b": 0.4}, ("scored", "passed", None)),
        ({"a": 0.5, "b": 0.4}, ("scored", "failed", "中half half")),
        ({"a": 0.4, "b": 0.0}, ("scored", "failed", "中half half；中some b some b")),
        ({"a": 0.8, "b": None}, ("scored", "failed", "中some b some b（数据缺失 not filed）")),
        ({"kind": "star", "a": 0.1}, ("scored", "passed_directly", "中a star a star")),
        ({"kind": "star"}, ("scored", "passed_directly", "中a star a star；中a bright star a bright star")),
        ({"kind": "star", "n": 501}, ("ineligible", "failed", "中not above 500 not above 500")),
        ({"a": None, "b": None}, ("insufficient", "failed", "数据不足 insufficient data")),
        ({"a": None, "b": None, "kind": "star"}, ("insufficient", "passed_directly", "中a star a star")),
    ],
)
def test_what_becomes_of_an_enterprise(changes: dict[str, Any], expected: tuple[Any, ...]) -> None:
    """Veto before eligibility before a direct pass before the requirements; the reason names all that decided."""
    assert verdict_of(**changes) == expected


def test_only_those_who_are_scored_are_ranked() -> None:
    """Neither the vetoed nor the ineligible have a rank or a grade; those who fail have both."""
    rows = frame(
        a=[0.9, 0.8, 0.7, 0.3], b=[0.9, 0.8, 0.7, 0.3], n=[1, 501, 1, 1], m=[1] * 4, bad=[True, False, False, False]
    )
    table = scored(rules(grades=[{"id": "A", "minimum": 0}]), rows)
    assert table.select("rank", "grade", "verdict").rows() == [
        (None, None, "failed"),
        (None, None, "failed"),
        (1, "A", "passed"),
        (2, "A", "failed"),
    ]


def test_eligibility_alone_makes_a_verdict() -> None:
    """Without requirements everybody passes who is eligible and has a score."""
    table = scored(scheme(indicator("a"), eligibility=[when("n > 1", "more")]), frame(a=[1.0, 1.0], n=[2, 1]))
    assert judged(table) == [("scored", "passed", None), ("ineligible", "failed", "中more more")]


def test_vetoes_alone_make_none() -> None:
    """The columns of the scored table are those of the contract where a scheme only has vetoes."""
    table = scored(scheme(indicator("a"), vetoes=[when("score > 0.5", "x")]), frame(a=[1.0, 0.0]))
    assert not {"verdict", "reason"} & set(table.columns)
    assert table["status"].to_list() == ["vetoed", "scored"]


def test_conditions_on_totals_and_categories() -> None:
    """A requirement may speak of a category, of a further total, of the coverage and of the date."""
    said = "x.score > 0.3 and t.score > 0.3 and coverage = 1 and today > date '2000-01-01'"
    table = scored(
        scheme(
            category("x", indicator("a")),
            indicator("b"),
            totals=[{"id": "t", "label": label("t"), "weights": {"b": 1}}],
            verdict={"require": [when(said, "all")]},
        ),
        frame(a=[0.4, 0.4, 0.2], b=[0.4, None, 0.4]),
    )
    assert table["verdict"].to_list() == ["passed", "failed", "failed"]


def test_a_list_keeps_verdict_and_reason() -> None:
    """The two columns stand behind the coverage, and a list has them too."""
    table = scored(rules(), frame(**{name: [value] for name, value in GOOD.items() if value is not None}))
    assert table.columns[table.columns.index("coverage") + 1 :][:2] == ["verdict", "reason"]
    assert icredit.rank(table).columns == table.columns


@pytest.mark.parametrize(
    ("rest", "says"),
    [
        ({"vetoes": [when("c.score > 1", "x")]}, "unknown field 'c.score'"),
        ({"vetoes": [when("a.scor > 1", "x")]}, "did you mean 'a.score'"),
        ({"verdict": {"require": [when("score", "x")]}}, "must be true or false"),
        ({"verdict": {"requires": []}}, "unknown key 'requires' (did you mean 'require'?)"),
        ({"checks": [when("a.score > 1", "x") | {"level": "error"}]}, "unknown field 'a.score'"),
        ({"eligibility": [{"when": "a > 1"}]}, "missing key 'message'"),
    ],
)
def test_conditions_that_cannot_be_meant(rest: dict[str, Any], says: str) -> None:
    """Names that do not exist, or not yet, and conditions that are none are faults."""
    with pytest.raises(SchemeError) as refused:
        scheme(indicator("a"), **rest)
    assert says in str(refused.value)


@pytest.mark.parametrize("ending", [".csv", ".xlsx", ".parquet", ".ndjson"])
def test_a_list_for_people_says_who_passes(tmp_path: Path, ending: str) -> None:
    """A scored table with verdicts is read back in every format, and a workbook says the verdict in Chinese."""
    submission = write_csv(
        tmp_path / "a.csv",
        [
            {
                "统一社会信用代码": credit_code(n),
                "企业名称": f"示例{n}",
                "职工总数（人）": "10",
                "科技人员数（人）": str(n),
            }
            for n in (1, 5)
        ],
    )
    table, listed = tmp_path / f"scores{ending}", tmp_path / "list.xlsx"
    assert main(["score", str(submission), "--scheme", "tech-sme-2017", "-o", str(table), "-q"]) == ExitStatus.DONE
    scored_table = read_scored(table)[0]
    assert scored_table["verdict"].to_list() == ["failed", "failed"]
    assert main(["rank", str(table), "-o", str(listed), "-q"]) == ExitStatus.DONE
    eligible = scored_table.with_columns(status=pl.lit("scored"), rank=pl.int_range(1, 3, dtype=pl.Int64))
    zones, columns = icredit.load_zones(), bare(scored_table.columns)
    named, _ = for_people(eligible, columns, columns[0], zones, {})
    assert named["verdict"].to_list() == ["未通过", "未通过"]
    assert "职工总数" not in named["reason"][0]
