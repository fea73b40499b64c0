"""`icredit rule` explains a finding, or lists all of them, for people, for programs and to hand on."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from rich.cells import cell_len

from command_line import icredit, on_terminal
from icredit.intake.rules import RULES
from icredit.output.handbook import explanation, section

Captured = pytest.CaptureFixture[str]
RULE = RULES["IC303"]


@pytest.mark.parametrize("code", ["IC303", "ic303", "Ic303", "ＩＣ３０３", " ic303 "])
def test_a_code_in_any_writing_is_explained(capsys: Captured, code: str) -> None:
    """Case, width and blanks do not matter; without a terminal no line is broken."""
    assert icredit("rule", code) == 0
    assert capsys.readouterr() == (explanation(RULE, ["zh", "en"]) + "\n", "")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_one_language_may_be_chosen(capsys: Captured, language: str) -> None:
    """--lang gives the texts of one language in every form."""
    other = RULE.title.zh if language == "en" else RULE.title.en
    for form in ([], ["--json"], ["--markdown"]):
        for code in ([], ["IC303"]):
            assert icredit("rule", *code, "--lang", language, *form) == 0
            told = capsys.readouterr().out
            assert RULE.title.of("zh" if language == "zh" else "en") in told
            assert other not in told


@pytest.mark.parametrize(("code", "near"), [("IC30", "IC303"), ("301", "IC301"), ("nonsense", None)])
def test_an_unknown_code_is_wrong_usage(capsys: Captured, code: str, near: str | None) -> None:
    """The message names a near code, where there is one, and where to find all."""
    assert icredit("rule", code) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith(f"icredit: no rule '{code}'")
    assert ("did you mean 'IC30" in told.err) == (near is not None)
    assert "icredit rule" in told.err


def test_all_rules_as_csv(capsys: Captured) -> None:
    """Into a pipe the list is a CSV with a row a rule."""
    assert icredit("rule") == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [row["code"] for row in rows] == list(RULES)
    assert rows[list(RULES).index("IC303")] == {
        "code": "IC303",
        "level": "error",
        "title_zh": RULE.title.zh,
        "title_en": RULE.title.en,
        "message_zh": RULE.zh,
        "message_en": RULE.en,
    }


def test_json_of_one_rule_and_of_all(capsys: Captured) -> None:
    """One rule is an object with everything about it, all rules are a list of such objects."""
    icredit("rule", "IC303", "--json")
    one = json.loads(capsys.readouterr().out)
    icredit("rule", "--json")
    every = json.loads(capsys.readouterr().out)

    assert one == every[list(RULES).index("IC303")]
    assert [rule["code"] for rule in every] == list(RULES)
    assert one == {
        "code": "IC303",
        "level": "error",
        "title": {"zh": RULE.title.zh, "en": RULE.title.en},
        "message": {"zh": RULE.zh, "en": RULE.en},
        "checks": {"zh": RULE.checks.zh, "en": RULE.checks.en},
        "why": {"zh": RULE.why.zh, "en": RULE.why.en},
        "mend": {"zh": RULE.mend.zh, "en": RULE.mend.en},
        "example": {
            "setting": None,
            "rows": [["统一社会信用代码"], ["9.199E+17"]],
            "message": {"zh": RULE.zh, "en": RULE.en},
        },
    }


def test_markdown_of_one_rule_is_its_section_of_the_page(capsys: Captured) -> None:
    """The page of all rules holds the section that a code gives alone, and a link to it."""
    icredit("rule", "IC303", "--markdown")
    one = capsys.readouterr().out
    icredit("rule", "--markdown")
    page = capsys.readouterr().out

    assert one == section(RULE, ["zh", "en"]) + "\n"
    assert one.startswith("## IC303\n")
    assert one in page
    assert "| [IC303](#ic303) |" in page


def test_two_forms_at_once_are_wrong_usage(capsys: Captured) -> None:
    """--json and --markdown contradict each other."""
    assert icredit("rule", "--json", "--markdown") == 2
    assert "--json and --markdown" in capsys.readouterr().err


@pytest.mark.parametrize("width", [40, 100])
def test_an_explanation_fits_the_terminal(folder: Path, width: int) -> None:
    """No line is wider than the terminal, a Chinese character counting two, and no word is lost."""
    lines = on_terminal(folder, width, "rule", "IC303")
    assert max(cell_len(line) for line in lines) <= width
    assert "".join("".join(lines).split()) == "".join(explanation(RULE, ["zh", "en"]).split())


@pytest.mark.parametrize("width", [60, 120])
def test_the_list_fits_the_terminal(folder: Path, width: int) -> None:
    """On a terminal all rules are a table no wider than it."""
    lines = on_terminal(folder, width, "rule")
    assert max(cell_len(line) for line in lines) <= width
    assert [line.split()[0] for line in lines if line.startswith("IC")] == list(RULES)
