"""`icredit rule`: what a finding means, why it matters and how to mend it."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from icredit.cli.app import app
from icredit.errors import UsageError
from icredit.output import console

if TYPE_CHECKING:
    from rich.table import Table

    from icredit.intake.rules import Language, Rule


class LanguageChoice(StrEnum):
    """Languages of explanations."""

    zh = "zh"
    en = "en"
    both = "both"


_LANGUAGES: Mapping[LanguageChoice, tuple["Language", ...]] = {
    LanguageChoice.zh: ("zh",),
    LanguageChoice.en: ("en",),
    LanguageChoice.both: ("zh", "en"),
}


@app.command()
def rule(
    code: Annotated[
        str | None,
        typer.Argument(metavar="CODE", help="The code of a finding, such as IC201.", show_default=False),
    ] = None,
    lang: Annotated[LanguageChoice, typer.Option("--lang", help="Language of the texts.")] = LanguageChoice.both,
    as_json: Annotated[bool, typer.Option("--json", help="Print everything about the rule or rules as JSON.")] = False,
    markdown: Annotated[
        bool, typer.Option("--markdown", help="Print the rule or rules as Markdown, to hand on.")
    ] = False,
) -> None:
    """Explain a finding by its code, or list all rules.

    An explanation says what is checked and why, shows an example, and tells how to mend it.

    \b
    Examples:
      icredit rule
      icredit rule IC201
      icredit rule --lang zh --markdown > findings.md
    """
    from icredit.intake.rules import RULES
    from icredit.output import handbook

    if as_json and markdown:
        raise UsageError("--json and --markdown exclude each other", hint="choose one of them")
    languages = _LANGUAGES[lang]
    found = None if code is None else _find(code, RULES)
    chosen = list(RULES.values()) if found is None else [found]
    if as_json:
        import json

        objects = [handbook.as_json(one, languages) for one in chosen]
        console.result(json.dumps(objects if found is None else objects[0], ensure_ascii=False, indent=2))
    elif markdown:
        console.result(handbook.page(chosen, languages) if found is None else handbook.section(found, languages))
    elif found is not None:
        width = console.terminal_width() if console.is_terminal() else None
        console.result(handbook.explanation(found, languages, width))
    elif console.is_terminal():
        console.result_table(_table(chosen, languages))
        console.say("explain one with: icredit rule CODE")
    else:
        import csv
        import io

        sink = io.StringIO()
        writer = csv.writer(sink, lineterminator="\n")
        writer.writerow(handbook.headers(languages))
        writer.writerows(handbook.list_rows(chosen, languages))
        console.result(sink.getvalue())


def _find(code: str, rules: Mapping[str, "Rule"]) -> "Rule":
    from icredit.text import did_you_mean, fold

    found = rules.get(fold(code).upper())
    if found is None:
        raise UsageError(f"no rule '{code}'{did_you_mean(code, rules)}", hint="list them all with: icredit rule")
    return found


def _table(rules: Sequence["Rule"], languages: Sequence["Language"]) -> "Table":
    from rich.table import Table

    from icredit.intake.rules import LEVELS

    shown = Table(show_edge=False, pad_edge=False, header_style="bold")
    shown.add_column("code", no_wrap=True)
    shown.add_column("level", no_wrap=True)
    for language in languages:
        shown.add_column("规则" if language == "zh" else "rule", overflow="fold")
    for one in rules:
        level = " ".join(LEVELS[one.level][0].of(language) for language in languages)
        shown.add_row(one.code, level, *(console.cell(one.title.of(language)) for language in languages))
    return shown
