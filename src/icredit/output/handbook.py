"""What the rules have to say for themselves: on a terminal, as JSON, and as the page docs/findings.md."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from rich.cells import cell_len, set_cell_size

from icredit.intake.rules import LEVELS, Bilingual, Example, Language, Rule
from icredit.output.wrapping import wrap

#: Longest cell of an example that is shown whole, in characters.
_SHOWN = 24

_CHECKS = Bilingual("检查内容", "What it checks")
_WHY = Bilingual("为什么重要", "Why it matters")
_EXAMPLE = Bilingual("示例", "Example")
_MEND = Bilingual("如何改正", "How to mend it")
_COLON = Bilingual("：", ": ")
_HEAD = Bilingual("**{title}**（{level}）：", "**{title}** ({level}): ")

_TITLE = Bilingual("填报数据中的问题", "Findings")
_INTRODUCTION = (
    Bilingual(
        "填报数据中可能出现的错误和可疑之处。有错误的行不参与评分，写入“输出文件名.rejects.csv”；有警告的行照常评分"
        "（IC305和IC307中重复的行除外）。每条提示都写明文件、工作表、行、单元格、列、企业的信用代码和名称，"
        "以及单元格的内容。规则的编号永远不改变含义。提示中大括号里的内容取自数据。",
        "What can be wrong or doubtful in a submission. An error keeps the row from being scored: it goes to OUTPUT."
        "rejects.csv, named after the output. A warning is reported and the row is scored, unless it repeats another "
        "(IC305, IC307). Every finding names file, sheet, row, cell and column, the credit code and name of the "
        "enterprise, and the value found. Codes never change their meaning. The words in braces are filled in from the "
        "data.",
    ),
    Bilingual(
        "在命令行中，icredit rule列出全部规则，icredit rule IC201说明其中一条。",
        "On the command line, icredit rule lists the rules, and icredit rule IC201 explains one.",
    ),
)
_CODE, _LEVEL, _NAMES = Bilingual("编号", "code"), Bilingual("级别", "level"), Bilingual("规则", "rule")
_MADE = (
    '<!-- Made by "icredit rule --markdown" from the rules in src/icredit/intake/rules: change them there, then run '
    '"icredit rule --markdown > docs/findings.md". -->'
)


def explanation(rule: Rule, languages: Sequence[Language], width: int | None = None) -> str:
    """A rule explained, one language after the other, in lines of at most `width` cells; None: unbroken lines."""
    return "\n\n".join("\n".join(_lines(rule, language, width)) for language in languages)


def _lines(rule: Rule, language: Language, width: int | None) -> Iterator[str]:
    name, meaning = LEVELS[rule.level]
    yield from _indented(f"{rule.code} {rule.title.of(language)}", 0, width)
    yield from _indented(f"{name.of(language)}{_COLON.of(language)}{meaning.of(language)}", 0, width)
    for heading, text in ((_CHECKS, rule.checks), (_WHY, rule.why)):
        yield from ("", heading.of(language), *_indented(text.of(language), 2, width))
    yield from ("", _EXAMPLE.of(language))
    if rule.example.setting is not None:
        yield from _indented(rule.example.setting.of(language), 2, width)
    for line in example_lines(rule.example, language):
        yield from _indented(line, 4, width)
    yield from _indented("→ " + said(rule).of(language), 2, width)
    yield from ("", _MEND.of(language), *_indented(rule.mend.of(language), 2, width))


def _indented(text: str, indent: int, width: int | None) -> list[str]:
    # A terminal too narrow to hold words wraps the lines itself.
    lines = [text] if width is None else wrap(text, max(width - indent, 10))
    return [" " * indent + line for line in lines]


def said(rule: Rule) -> Bilingual:
    """What the rule says of its example."""
    return Bilingual(*rule.message(rule.example.values))


def example_lines(example: Example, language: Language) -> list[str]:
    """The rows of an example as lines, cells of a column below each other."""
    blank = "（空）" if language == "zh" else "(blank)"
    rows = [[_shortened(cell, language) if cell else blank for cell in row] for row in example.rows]
    widths = [
        max(cell_len(row[index]) for row in rows if index < len(row)) for index in range(max(len(row) for row in rows))
    ]
    return [" | ".join(set_cell_size(cell, widths[index]) for index, cell in enumerate(row)).rstrip() for row in rows]


def _shortened(cell: str, language: Language) -> str:
    if len(cell) <= _SHOWN:
        return cell
    count = f"（共{len(cell)}个字符）" if language == "zh" else f" ({len(cell)} characters)"
    return f"{cell[:_SHOWN]}…{count}"


# --------------------------------------------------------------------------------------------------------------------
# Lists and JSON


def headers(languages: Sequence[Language]) -> list[str]:
    """The columns of `list_rows`, as a CSV names them."""
    return ["code", "level", *(f"{part}_{language}" for part in ("title", "message") for language in languages)]


def list_rows(rules: Iterable[Rule], languages: Sequence[Language]) -> list[list[str]]:
    """A row a rule: code, level, then title and message in each of the languages."""
    return [
        [rule.code, rule.level, *(text.of(one) for text in (rule.title, _message(rule)) for one in languages)]
        for rule in rules
    ]


def as_json(rule: Rule, languages: Sequence[Language]) -> dict[str, Any]:
    """Everything about a rule, every text as an object of languages."""

    def texts(text: Bilingual) -> dict[str, str]:
        return {language: text.of(language) for language in languages}

    setting = rule.example.setting
    return {
        "code": rule.code,
        "level": rule.level,
        "title": texts(rule.title),
        "message": texts(_message(rule)),
        "checks": texts(rule.checks),
        "why": texts(rule.why),
        "example": {
            "setting": None if setting is None else texts(setting),
            "rows": [list(row) for row in rule.example.rows],
            "message": texts(said(rule)),
        },
        "mend": texts(rule.mend),
    }


def _message(rule: Rule) -> Bilingual:
    return Bilingual(rule.zh, rule.en)


# --------------------------------------------------------------------------------------------------------------------
# The page


def page(rules: Sequence[Rule], languages: Sequence[Language]) -> str:
    """The rules as a page of Markdown: a table of all, then a section a rule."""
    lines = [_MADE, "", f"# {_joined(_TITLE, languages)}"]
    for language in languages:
        lines += ["", *(text.of(language) for text in _INTRODUCTION)]
    columns = [_joined(_CODE, languages), _joined(_LEVEL, languages), *(_NAMES.of(language) for language in languages)]
    lines += ["", _table_row(columns), "|---" * len(columns) + "|"]
    for rule in rules:
        link = f"[{rule.code}](#{rule.code.lower()})"
        level = _joined(LEVELS[rule.level][0], languages)
        lines.append(_table_row([link, level, *(rule.title.of(language) for language in languages)]))
    for rule in rules:
        lines += ["", section(rule, languages)]
    return "\n".join(lines) + "\n"


def section(rule: Rule, languages: Sequence[Language]) -> str:
    """A rule explained, as a section of the page."""
    return "\n".join(_section(rule, languages))


def _section(rule: Rule, languages: Sequence[Language]) -> Iterator[str]:
    yield f"## {rule.code}"
    for language in languages:
        level = LEVELS[rule.level][0].of(language)
        head = _HEAD.of(language).format(title=rule.title.of(language), level=level)
        yield from ("", head + _message(rule).of(language), "")
        for heading, text in ((_CHECKS, rule.checks), (_WHY, rule.why), (_MEND, rule.mend)):
            yield f"- *{heading.of(language)}*{_COLON.of(language)}{text.of(language)}"
    yield ""
    setting = rule.example.setting
    yield f"*{_joined(_EXAMPLE, languages)}*" + ("" if setting is None else f" ({_joined(setting, languages)})")
    yield from ("", "```text", *example_lines(rule.example, languages[0]))
    yield from (*(f"→ {said(rule).of(language)}" for language in languages), "```")


def _table_row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _joined(text: Bilingual, languages: Sequence[Language]) -> str:
    return " / ".join(text.of(language) for language in languages)
