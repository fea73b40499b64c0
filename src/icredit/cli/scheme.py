"""`icredit scheme list|show|diff|check|schema`."""

from typing import Annotated

import typer

from icredit.cli import completion
from icredit.cli.app import app
from icredit.output import console

commands = typer.Typer(
    help="Evaluation schemes: list, show, compare, check, and the JSON Schema for editors.",
    rich_markup_mode=None,
    add_completion=False,
)
app.add_typer(commands, name="scheme")

_Named = Annotated[
    str | None,
    typer.Argument(
        metavar="SCHEME",
        help="A YAML file or the id of a bundled scheme.",
        show_default=False,
        autocompletion=completion.schemes,
    ),
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
    """Draw the tree of a scheme with the effective weights of every stage or other case, and what else decides.

    \b
    Example:
      icredit scheme show
    """
    from icredit.output import scheme_page, scheme_tree
    from icredit.output.wrapping import wrap_lines
    from icredit.scheme import load_scheme

    found = load_scheme(scheme)
    width = console.terminal_width() if console.is_terminal() else None
    console.result("\n".join(wrap_lines(scheme_page.head(found), width)) + "\n\n")
    rest = scheme_page.rest(found)
    if width is None:
        console.result(scheme_tree.lines(found))
    else:
        drawn, marked = scheme_tree.tables(found, width)
        console.result_table(*drawn)
        rest = [*scheme_page.doubt(marked=marked), *rest]
    console.result("\n".join(wrap_lines(rest, width)))


@commands.command()
def diff(
    before: Annotated[
        str,
        typer.Argument(
            metavar="A", help="A YAML file or the id of a bundled scheme.", autocompletion=completion.schemes
        ),
    ],
    after: Annotated[
        str, typer.Argument(metavar="B", help="The scheme to compare with it.", autocompletion=completion.schemes)
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print the differences as one JSON object.")] = False,
) -> None:
    """Say in words what differs between two schemes, and what that does to every weight.

    \b
    Examples:
      icredit scheme diff ics-national-2024 my.yaml
      icredit scheme diff 2024.yaml 2025.yaml --json
    """
    from icredit.output import differences
    from icredit.output.wrapping import wrap_lines
    from icredit.scheme import load_scheme
    from icredit.scheme.difference import difference

    one, other = load_scheme(before), load_scheme(after)
    changes = difference(one, other)
    if as_json:
        console.result(differences.as_json(one, other, changes))
        return
    width = console.terminal_width() if console.is_terminal() else None
    console.result("\n".join(wrap_lines(differences.lines(one, other, changes), width)))


@commands.command()
def schema() -> None:
    """Print the JSON Schema of scheme files, with which an editor completes and checks them.

    \b
    Example:
      icredit scheme schema > scheme.schema.json
    """
    from icredit.scheme.schema import schema_text

    console.result(schema_text())
