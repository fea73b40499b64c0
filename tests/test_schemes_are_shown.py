"""`icredit scheme show` of schemes that use the whole language: cases, bonus, numbers of methods, and what else decides."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from rich.cells import cell_len

from command_line import on_terminal
from conftest import NATIONAL, ROOT
from icredit.cli.main import main
from icredit.scheme import load_scheme
from spoiled import TEXT
from test_scheme_commands import table

RICH = ROOT / "tests" / "schemes" / "rich.yaml"


def shown(capsys: pytest.CaptureFixture[str], name: object = RICH) -> str:
    """Return what `scheme show` prints into a pipe."""
    assert main(["scheme", "show", str(name)]) == 0
    return capsys.readouterr().out


def test_a_column_for_every_case(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Weights have a column for every case they tell apart, named by stage, column and value, or 其他."""
    rows = {row["id"]: row for row in table(shown(capsys))}
    cases = [name for name in rows["rd_"] if "kind=" in name]
    assert cases == [f"kind={kind} {stage}" for kind in ("soft", "bio", "其他") for stage in ("小型", "大型")]
    for kind, weight in (("soft", 60), ("bio", 50), ("其他", 40)):
        for stage, other in (("小型", 10), ("大型", 20)):
            assert rows["rd_"][f"kind={kind} {stage}"] == f"{100 * weight / (weight + other + 3 + 3):.2f} %"


def test_one_column_of_cases(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Where weights differ by one column alone, all that is not named is 其他; where they do not differ there is one column."""
    text = TEXT.replace("weight: {early: 60, late: 40}", "weight: {by: size, cases: {giant: 60}, otherwise: 10}")
    (folder / "by.yaml").write_text(text.replace("weight: {early: 3, late: 1}", "weight: 3"), "utf-8")
    row = next(row for row in table(shown(capsys, "by.yaml")) if row["id"] == "people")
    assert row["size=giant"] == f"{100 * 40 / 100:.2f} %"
    assert row["其他"] == f"{100 * 40 / 50:.2f} %"
    text = text.replace("{by: size, cases: {giant: 60}, otherwise: 10}", "60")
    (folder / "flat.yaml").write_text(text.replace("weight: {early: 3, late: 1}", "weight: 3"), "utf-8")
    row = next(row for row in table(shown(capsys, "flat.yaml")) if row["id"] == "people")
    assert row["权重 weight"] == "40.00 %"


def test_a_bonus_is_shown_as_one(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A bonus shows its factor, and what is below it its share of the bonus in brackets."""
    rows = {row["id"]: row for row in table(shown(capsys))}
    assert rows["extra"]["kind=soft 小型"] == "+0.3"
    assert rows["e1"]["kind=soft 小型"] == f"({100 / 2:.2f} %)"
    assert rows["main"]["kind=soft 小型"] == "100.00 %"


def test_numbers_of_methods(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Beside the method stand its numbers, those of cases between slashes, and only what is not default."""
    numbers = {row["id"]: row["参数 numbers"] for row in table(shown(capsys))}
    assert numbers == {
        "main": "cap 90/95",
        "rd_": "≥10: 100; ≥5 <10: 60; else 10",
        "nn": "0 … 10/100, clamp false",
        "pw": "0:0 10:50 20:100",
        "zs": "within stage kind, minimum_group 5, mean 50, deviation 10",
        "extra": "",
        "e1": "",
        "e2": "",
    }


def test_a_long_table_of_marks_is_counted(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Marks of many tiers would fill the line, so the tiers are counted."""
    tiers = ", ".join(f"{{at_least: {20 - one}, marks: {20 - one}}}" for one in range(12))
    text = TEXT.replace("{method: minmax, within: [stage, size]}", f"{{method: tiers, tiers: [{tiers}]}}")
    (folder / "tiers.yaml").write_text(text, "utf-8")
    assert (
        next(row["参数 numbers"] for row in table(shown(capsys, "tiers.yaml")) if row["id"] == "turnover") == "12 tiers"
    )


def test_what_else_decides(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Below the tree stand cap, stages, totals, eligibility, vetoes, verdict and grades, each only where there is one."""
    out = shown(capsys)
    for section in (
        "总分 score\n  上限 cap 105, minimum_coverage 0.5\n",
        "其他总分 totals\n  t1 创新能力 Ability: arithmetic main 80, rd_ 20\n  t2 合计 Sum: main.score + extra.score\n",
        "资格条件 eligibility\n  有员工 has staff: n > 0\n",
        "一票否决 vetoes\n  失信 dishonest: bad\n",
        "评价结论 verdict\n  必备 require  总分不低于60 60 or more: score >= 60\n  直接通过 direct  高研发 high R&D: rd > 50\n",
        "等级 grades\n  A top 0.1, B top 0.3/0.4  (within stage)\n",
    ):
        assert section in out
    national = shown(capsys, NATIONAL)
    for title in ("总分 score", "其他总分 totals", "资格条件 eligibility", "评价结论 verdict"):
        assert title not in national


def test_the_basis_of_a_category(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A category of nothing but project defaults is one, whatever the scheme says of indicators; a mixed one is as that."""
    rows = {row["id"]: row["依据 basis"] for row in table(shown(capsys, "ics-national-2025"))}
    assert (rows["input"], rows["impact"], rows["awards"]) == ("reported", "project-default", "project-default")
    rows = {row["id"]: row["依据 basis"] for row in table(shown(capsys, "ics-national-2024"))}
    assert (rows["technology"], rows["rd_expense"], rows["rd_intensity"]) == ("official", "official", "project-default")


def test_what_a_scheme_extends(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An overlay is shown with id and digest of the schemes it was made from."""
    (folder / "o.yaml").write_text('extends: ics-national-2024\nid: o\ntitle: {zh: 某, en: O}\nedition: "1"\n', "utf-8")
    digest = load_scheme("ics-national-2024").digest
    assert f"\n沿用 extends ics-national-2024  sha256 {digest}\n" in shown(capsys, "o.yaml")
    assert "extends" not in shown(capsys, NATIONAL)


@pytest.mark.parametrize("width", [60, 80, 100, 160, 200])
@pytest.mark.parametrize("scheme", [NATIONAL, RICH], ids=["national", "rich"])
def test_it_fits_a_terminal(folder: Path, scheme: Path, width: int) -> None:
    """On a terminal every id and every weight is there in full, and no line is wider than the terminal."""
    lines = on_terminal(folder, width, "scheme", "show", str(scheme))
    assert max(map(cell_len, lines)) <= width
    found = load_scheme(scheme)
    text = "\n".join(lines)
    for node in found.nodes():
        rows = re.findall(rf"^.*\b{node.id} +[(+\d].*$", text, re.MULTILINE)
        weights = [word for row in rows for word in re.findall(r"\+[\d.]+|\d+\.\d\d %", row)]
        assert len(weights) == (3 if scheme == NATIONAL else 6), node.id


def test_doubt_is_marked_where_there_is_no_room(folder: Path) -> None:
    """A narrow terminal has no column of bases: what is not official has a star, which is explained; a wide one has it."""
    narrow, wide = ("\n".join(on_terminal(folder, width, "scheme", "show", str(NATIONAL))) for width in (80, 160))
    assert re.search(r"营业收入\* ", narrow)
    assert re.search(r"研发费用金额 ", narrow)
    assert "* 口径未经官方确认" in narrow
    assert "*" not in wide
    assert "project-default" in wide


def test_labels_keep_their_indent(folder: Path) -> None:
    """A label that takes several lines goes on below itself, deeper than its first line."""
    lines = on_terminal(folder, 80, "scheme", "show", str(NATIONAL))
    start = next(index for index, line in enumerate(lines) if "contract_turnover" in line)
    assert lines[start].startswith("  企业")
    assert lines[start + 1].startswith("    ")
