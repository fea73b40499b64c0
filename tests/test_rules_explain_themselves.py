"""Every rule explains itself in two languages, by an example that is true."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest

import icredit
from conftest import AS_OF
from filings import code, csv_text
from icredit.intake import rules
from icredit.intake.rules import LEVELS, RULES, Bilingual, Example, Rule, cells, checks, files, identity
from icredit.output.handbook import example_lines, explanation, said
from icredit.scheme import Scheme

MODULES = {1: files, 2: cells, 3: identity, 4: checks}

#: Rules that nothing finds yet; whoever adds what finds one takes its code away here.
NOT_FOUND_YET: set[str] = set()

#: Rules whose example needs more than the cells of a CSV.
SHOWN_ELSEWHERE = {"IC110", "IC210", "IC211", "IC307"}

every_rule = pytest.mark.parametrize("rule", RULES.values(), ids=list(RULES))


def texts(rule: Rule) -> Iterator[Bilingual]:
    """Everything a rule says to people."""
    yield from (Bilingual(rule.zh, rule.en), rule.title, rule.checks, rule.why, rule.mend)
    if rule.example.setting is not None:
        yield rule.example.setting


# --------------------------------------------------------------------------------------------------------------------
# Rules as values


def test_every_constant_is_a_rule_of_its_own_in_the_module_of_its_hundred() -> None:
    """No two rules share a code, and IC2xx stands in the second module."""
    constants = {
        (module, name): rule.code
        for hundred, module in MODULES.items()
        for name, rule in vars(module).items()
        if isinstance(rule, Rule) and re.fullmatch(rf"IC{hundred}\d\d", rule.code)
    }
    assert sorted(constants.values()) == list(RULES)
    for (_, name), found in constants.items():
        assert getattr(rules, name) is RULES[found]


def test_a_rule_without_explanation_cannot_be_made() -> None:
    """Whoever adds a rule must explain it before anything runs."""
    with pytest.raises(TypeError, match="title"):
        Rule("IC999", "error", "错", "wrong")  # type: ignore[call-arg]  # that is the test


def test_pydantic_errors_are_rules() -> None:
    """What pydantic may say of a row is a rule that can be explained."""
    for rule in rules.PYDANTIC_RULES.values():
        assert RULES[rule.code] is rule


@every_rule
def test_texts_are_in_their_language(rule: Rule) -> None:
    """Nothing is blank, Chinese is Chinese, English has no Chinese punctuation, and nothing would be Markdown."""
    for zh, en in texts(rule):
        assert zh == zh.strip()
        assert en == en.strip()
        assert re.search(r"[\u4e00-\u9fff]", zh) or zh == "{zh}"
        assert re.search(r"[a-z]", en)
        assert not re.search("[，。；：“”]", en)
        for text in (zh, en):
            assert not re.search(r"[`*<>|\n]|^#", text)
    for zh, en in (rule.checks, rule.why, rule.mend):
        assert zh.endswith("。")
        assert en.endswith(".")
    for title in rule.title:
        assert not title.endswith(("。", "."))


@every_rule
def test_the_example_gives_the_message_all_it_needs(rule: Rule) -> None:
    """An example has a value for every gap of the message, and none for anything else."""
    gaps = {name for text in (rule.zh, rule.en) for _, name, _, _ in Formatter().parse(text) if name}
    assert gaps == set(rule.example.values)
    assert len(rule.example.rows) >= 2


# --------------------------------------------------------------------------------------------------------------------
# Examples are true


def submission(example: Example) -> str:
    """The example as a CSV, with the columns without which no row is scored where it lacks them."""
    header, *rows = ([*row] for row in example.rows)
    for name in ("发展阶段", "企业名称", "统一社会信用代码"):
        if name in header or (name == "发展阶段" and "营业收入（万元）" in header):
            continue
        header.insert(0, name)
        for number, row in enumerate(rows, start=1):
            row.insert(0, {"发展阶段": "成长期", "企业名称": f"示例企业{number}"}.get(name, code(number)))
    return csv_text([header, *rows])


@pytest.mark.parametrize(
    "rule",
    [
        pytest.param(
            rule,
            id=rule.code,
            marks=[pytest.mark.xfail(reason="nothing finds it yet")] if rule.code in NOT_FOUND_YET else [],
        )
        for rule in RULES.values()
        if rule.example.setting is None
    ],
)
def test_examples_are_true(folder: Path, national: Scheme, rule: Rule) -> None:
    """Reading what the example shows finds this rule and no other, with the very words of the example."""
    (folder / "示例.csv").write_text(submission(rule.example), "utf-8", newline="")
    found = icredit.read("示例.csv", national, as_of=AS_OF).findings
    assert set(found["rule"]) == {rule.code}
    first = found.row(0, named=True)
    assert (first["message_zh"], first["message_en"]) == said(rule)
    assert first["level"] == rule.level
    header, *rows = rule.example.rows
    if len(header) == len(rows) == 1 and first["value"] is not None:
        assert first["column"] == header[0]
        assert rows[0][0].startswith(first["value"].removesuffix("…"))


def test_the_examples_that_no_csv_shows_are_known() -> None:
    """An example is only left unread where its setting says why."""
    assert {rule.code for rule in RULES.values() if rule.example.setting is not None} == SHOWN_ELSEWHERE


def test_codes_in_examples_are_of_no_real_enterprise() -> None:
    """No authority issues codes for the division 9199."""
    for rule in RULES.values():
        for row in rule.example.rows:
            for cell in row:
                assert not re.match(r"[0-9A-Z]{15}", cell) or cell.startswith("9199")


# --------------------------------------------------------------------------------------------------------------------
# Explanations


@every_rule
def test_an_explanation_says_everything_in_both_languages(rule: Rule) -> None:
    """Unbroken, each language has the code, the level and every text, and nothing of the other language's."""
    chinese, english = explanation(rule, ["zh"]), explanation(rule, ["en"])
    assert explanation(rule, ["zh", "en"]) == f"{chinese}\n\n{english}"
    for zh, en in (rule.title, rule.checks, rule.why, rule.mend, said(rule), *LEVELS[rule.level]):
        assert zh in chinese
        assert en in english
    assert rule.checks.en not in chinese
    assert rule.checks.zh not in english
    assert chinese.startswith(rule.code)
    assert english.startswith(rule.code)


def test_an_example_shows_blank_and_long_cells() -> None:
    """A blank cell is named, a long one is cut and its length told, and columns stand below each other."""
    example = Example((("甲", "B"), ("", "x" * 30), ("1", "2", "3")))
    assert example_lines(example, "en") == [
        "甲      | B",
        "(blank) | " + "x" * 24 + "… (30 characters)",
        "1       | 2" + " " * 41 + "| 3",
    ]
    assert example_lines(example, "zh")[1] == "（空） | " + "x" * 24 + "…（共30个字符）"
