"""The typer application that every command registers with. Nothing heavy is imported here: `--help` must be quick."""

from __future__ import annotations

from typing import Annotated

import typer

from icredit._version import __version__
from icredit.errors import ExitStatus

EXIT_STATUSES = "\n".join(f"  {status.value:>3}  {status.meaning}" for status in ExitStatus)

app = typer.Typer(
    name="icredit",
    help="创新积分：企业填报数据的校验、评分与排名。\n\nInnovation-credit scores and ranked lists from the spreadsheets of "
    "technology enterprises.",
    epilog="\b\nExit status:\n" + EXIT_STATUSES,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    pretty_exceptions_enable=False,
)


def _version(wanted: bool) -> None:  # noqa: FBT001  # typer passes the option's value
    if wanted:
        typer.echo(f"icredit {__version__}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def _root(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())
