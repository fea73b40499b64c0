"""The documentation says what the program does: commands, options, keys, rules, statuses and examples."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import typer
from pydantic import BaseModel

from conftest import ROOT
from icredit.cli.app import program
from icredit.cli.main import main
from icredit.errors import ExitStatus
from icredit.intake.rules import RULES
from icredit.methods.aggregation import AGGREGATIONS, Power
from icredit.methods.cases import By
from icredit.methods.normalisation import METHODS, Tier
from icredit.methods.treatment import TRANSFORMS, WinsorisePoints
from icredit.output import handbook
from icredit.scheme import bundled_schemes, model, nodes, parse_scheme
from icredit.scheme.expressions import FUNCTIONS
from icredit.scheme.schema import schema_text

DOCS = ROOT / "docs"
CLI = (DOCS / "cli.md").read_text("utf-8")
SCHEME = (DOCS / "scheme.md").read_text("utf-8")
README = (ROOT / "README.md").read_text("utf-8")


#: A scheme of one indicator, with a place for one more of its keys.
WITH_KEY = """
id: one
title: {{zh: 示例, en: Example}}
edition: "1"
fields: {{technical_field: {{label: {{zh: 技术领域, en: Field}}, type: text}}}}
stages:
  - {{id: startup, label: {{zh: 初创期, en: Start-up}}, when: "false"}}
  - {{id: growth, label: {{zh: 成长期, en: Growth}}, when: "false"}}
  - {{id: mature, label: {{zh: 稳定期, en: Mature}}, when: "true"}}
defaults: {{normalise: {{method: minmax}}}}
indicators:
  - id: a
    label: {{zh: 甲, en: A}}
    value: "1"
    {}
"""


def blocks(text: str, language: str) -> list[str]:
    """The fenced blocks of a language."""
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


def options(command: Any) -> set[str]:
    """Every option of a command, except help."""
    return {name for parameter in command.params for name in parameter.opts if name.startswith("-")} - {"-h", "--help"}


def section(command: str) -> str:
    """The part of docs/cli.md about a command."""
    return next(part for part in CLI.split("\n## ") if part.startswith(f"`icredit {command}"))


@pytest.mark.parametrize("name", ["score", "rank", "validate", "verify", "template", "weights", "zones", "rule"])
def test_every_option_is_documented(name: str) -> None:
    """Each option of a command stands in its section of docs/cli.md."""
    command: Any = typer.main.get_command(program)
    for option in options(command.commands[name]):
        assert f"{option}`" in section(name) or f"{option} " in section(name) or f"{option}/" in section(name), option


def test_every_command_is_documented() -> None:
    """Each command and each subcommand of scheme has its place in docs/cli.md."""
    command: Any = typer.main.get_command(program)
    for name in command.commands:
        assert section(name)
    for name in command.commands["scheme"].commands:
        assert f"`{name}" in section("scheme") or name in section("scheme").splitlines()[0]


def test_exit_statuses_are_documented() -> None:
    """The table of docs/cli.md is the enum."""
    for status in ExitStatus:
        assert f"| {status.value} | {status.meaning} |" in CLI


def test_every_scheme_key_is_documented() -> None:
    """Each key of each part of a scheme stands in docs/scheme.md."""
    parts: list[type[BaseModel]] = [
        part for part in vars(model).values() if isinstance(part, type) and issubclass(part, BaseModel)
    ]
    parts += [part for part in vars(nodes).values() if isinstance(part, type) and issubclass(part, BaseModel)]
    parts += [*METHODS.values(), Tier, WinsorisePoints, Power, By]
    for part in parts:
        for key in part.model_fields:
            assert re.search(rf"`{key}[`:]|\b{key}: |[{{ ]{key}[,: }}]", SCHEME), f"{part.__name__}.{key}"


def test_every_method_and_function_is_documented() -> None:
    """Each normalisation, aggregation, transform and SQL function stands in docs/scheme.md."""
    for name in (*METHODS, *AGGREGATIONS):
        assert f"`{name}`" in SCHEME, name
    for name in TRANSFORMS:
        assert f"| `{name}` | ln(" in SCHEME
    listed = next(block for block in SCHEME.split("\n\n") if block.startswith("`abs "))
    assert set(listed.strip("`").split()) == FUNCTIONS


def test_scheme_examples_are_valid() -> None:
    """Every whole scheme shown in the documentation is accepted, and every single key of an indicator in one."""
    examples = [example for example in blocks(SCHEME, "yaml") if not example.startswith("extends:")]
    whole = [example for example in examples if example.startswith("id:")]
    assert len(whole) > 1
    for example in whole:
        assert parse_scheme(example).leaves
    keys = [line for example in examples if example not in whole for line in example.splitlines()]
    assert keys
    for line in keys:
        assert parse_scheme(WITH_KEY.format(line)).leaves


def test_every_bundled_scheme_is_documented() -> None:
    """The table of docs/schemes.md has one row for each bundled scheme and no other, and the README leads there."""
    table = (DOCS / "schemes.md").read_text("utf-8").split("\n## ")[0]
    assert sorted(re.findall(r"^\| `([^`]+)` \|", table, re.MULTILINE)) == list(bundled_schemes())
    assert "](docs/schemes.md)" in README


def test_schema_file_is_current() -> None:
    """docs/scheme.schema.json is what `icredit scheme schema` prints."""
    assert (DOCS / "scheme.schema.json").read_text("utf-8") == schema_text()


def test_findings_page_is_current() -> None:
    """docs/findings.md is what `icredit rule --markdown` prints."""
    assert (DOCS / "findings.md").read_text("utf-8") == handbook.page(list(RULES.values()), ("zh", "en"))


def test_snippets_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """The Python of docs/how-it-works.md and README.md runs, in order, from the root of the repository."""
    monkeypatch.chdir(ROOT)
    for text in ((DOCS / "how-it-works.md").read_text("utf-8"), README):
        snippets = blocks(text, "python")
        assert snippets
        namespace: dict[str, Any] = {}
        for snippet in snippets:
            exec(snippet, namespace)  # noqa: S102  # that is the test


def test_readme_commands_run(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every icredit command of the README's tour ends with the status it should."""
    (folder / "samples").symlink_to(ROOT / "samples")
    tour = [line for block in blocks(README, "console") for line in block.splitlines() if line.startswith("$ icredit")]
    assert len(tour) >= 7
    for line in tour:
        words = line.split("#")[0].split()[2:]
        assert main(words) == (ExitStatus.DATA if "samples/errors.csv" in words else ExitStatus.DONE), line


def test_readme_and_ci_run_the_same_commands() -> None:
    """The two set-up commands of the README stand in .ci/run word for word."""
    commands = [line for block in blocks(README, "sh") for line in block.splitlines()]
    script = (ROOT / ".ci" / "run").read_text("utf-8").splitlines()
    assert len(commands) == 2
    for command in commands:
        assert command in script


def test_links_lead_somewhere() -> None:
    """Relative links in the documentation point to files that exist."""
    for page in (ROOT / "README.md", *DOCS.glob("*.md")):
        for target in re.findall(r"\]\((?!http)([^)#]+)", page.read_text("utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"
