"""`icredit scheme list|show|check|schema`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import typer

from icredit.cli.app import app
from icredit.output import console

if TYPE_CHECKING:
    from rich.table import Table

    from icredit.methods.staged import Number
    from icredit.scheme import Scheme

commands = typer.Typer(
    help="Evaluation schemes: list, show, check, and the JSON Schema for editors.", rich_markup_mode=None
)
app.add_typer(commands, name="scheme")

#: Cells from which on a terminal has room for labels in both languages.
_WIDE = 170

_Named = Annotated[
    str | None,
    typer.Argument(metavar="SCHEME", help="A YAML file or the id of a bundled scheme.", show_default=False),
]


@commands.command("list")
def list_schemes() -> None:
    """List the bundled schemes: id, edition, title.

    \b
    Example:
      icredit scheme list
    """
    from icredit.scheme import bundled_schemes
    from icredit.scheme.load import read_scheme

    for name, file in bundled_schemes().items():
        scheme = read_scheme(f"{name}.yaml", file)
        console.result(f"{name}\t{scheme.edition}\t{scheme.title.zh} {scheme.title.en}")


@commands.command()
def check(scheme: _Named = None) -> None:
    """Check a scheme; every fault is listed with its line, exit status 2.

    \b
    Example:
      icredit scheme check indicators.yaml
    """
    from icredit.scheme.load import find_scheme, read_scheme

    shown, file = find_scheme(scheme)
    found = read_scheme(shown, file)
    console.result(
        f"{shown}: correct: {found.id} {found.edition}, {len(found.leaves)} indicators in {len(found.categories)} "
        f"categories, {len(found.fields)} fields, {len(found.checks)} checks"
    )


@commands.command()
def show(scheme: _Named = None) -> None:
    """Draw the tree of a scheme with the effective weights of every stage.

    \b
    Example:
      icredit scheme show
    """
    from icredit.output.summary import basis_note
    from icredit.scheme import load_scheme

    found = load_scheme(scheme)
    lines = [f"{found.id}  {found.title.zh} {found.title.en}  ({found.edition})", f"sha256 {found.digest}"]
    note = basis_note(found)
    if note is not None:
        lines.append(note)
    console.result(console.visible_lines("\n".join(lines)) + "\n\n")
    if console.is_terminal():
        console.result_table(_tree(found))
    else:
        console.result(_lines(found))
    rest = [f"{stage.id} {stage.label.zh}: {' '.join(stage.when.split())}" for stage in found.stages]
    if rest:
        mark = "" if found.basis.stages == "official" else f" ({found.basis.stages})"
        console.result(console.visible_lines(f"\n阶段 stages{mark}\n  " + "\n  ".join(rest)))
    if found.grades:
        mark = "" if found.basis.grades == "official" else f" ({found.basis.grades})"
        console.result(
            f"\n等级 grades{mark}\n  "
            + ", ".join(f"{console.visible(one.id)} >= {_staged(one.minimum)}" for one in found.grades)
        )


@commands.command()
def schema() -> None:
    """Print the JSON Schema of scheme files, with which an editor completes and checks them.

    \b
    Example:
      icredit scheme schema > scheme.schema.json
    """
    from icredit.scheme.schema import schema_text

    console.result(schema_text())


def _rows(scheme: Scheme) -> list[tuple[int, list[str]]]:
    """Depth and cells of every node: labels, id, weight per stage, method, basis."""
    from icredit.scheme.model import Category, Node, effective_weights

    shares = [effective_weights(scheme, stage) for stage in scheme.stage_ids or (None,)]
    rows: list[tuple[int, list[str]]] = []

    def descend(nodes: tuple[Node, ...], depth: int) -> None:
        for node in nodes:
            method: str = node.aggregate if isinstance(node, Category) else node.normalise.method
            own = None if isinstance(node, Category) else node.basis
            basis = own or scheme.basis.indicators
            weights = [f"{100 * share[node.id]:.2f} %" for share in shares]
            rows.append((depth, [node.label.zh, node.label.en, node.id, *weights, method, basis]))
            if isinstance(node, Category):
                descend(node.indicators, depth + 1)

    descend(scheme.indicators, 0)
    return rows


def _staged(value: Number) -> str:
    """A number, or the numbers of the stages: 60 or 50/55/60."""
    from icredit.text import plain

    return "/".join(plain(number) for number in value.values()) if isinstance(value, dict) else plain(value)


def _headers(scheme: Scheme) -> list[str]:
    stages = [stage.label.zh for stage in scheme.stages] or ["权重 weight"]
    return ["指标", "indicator", "id", *stages, "方法 method", "依据 basis"]


def _tree(scheme: Scheme) -> Table:
    from rich.table import Table

    headers = _headers(scheme)
    # A narrow terminal has no room for both languages; the id says in English what the label says in Chinese.
    dropped = None if console.terminal_width() >= _WIDE else headers.index("indicator")
    texts = {*headers[:3], *headers[-2:]}
    shown = Table(show_edge=False, pad_edge=False, header_style="bold")
    for index, header in enumerate(headers):
        if index != dropped:
            label = index < headers.index("id")
            justify: Literal["left", "right"] = "left" if header in texts else "right"
            shown.add_column(console.cell(header), justify=justify, overflow="fold", no_wrap=not label)
    for depth, cells in _rows(scheme):
        row = ["  " * depth + cells[0], *cells[1:]]
        shown.add_row(
            *(console.cell(c) for i, c in enumerate(row) if i != dropped), style="bold" if depth == 0 else None
        )
    return shown


def _lines(scheme: Scheme) -> str:
    lines = ["\t".join(_headers(scheme))]
    lines += ["  " * depth + "\t".join(console.visible(cell) for cell in cells) for depth, cells in _rows(scheme)]
    return "\n".join(lines)
