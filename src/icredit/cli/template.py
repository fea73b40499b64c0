"""`icredit template`: a blank submission workbook."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from icredit.cli import options
from icredit.cli.app import app
from icredit.output import console


@app.command()
def template(
    output: Annotated[Path, typer.Option("-o", "--output", metavar="FILE", help="The workbook to write.")] = Path(
        "template.xlsx"
    ),
    scheme: options.SchemeName = None,
    zones: options.Zones = None,
    force: Annotated[bool, typer.Option("--force", help="Replace an existing file.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but errors.")] = False,
) -> None:
    """Write a blank submission workbook: headers with units, notes, drop-downs, checks of what is typed.

    \b
    Example:
      icredit template -o 填报表.xlsx
    """
    from icredit.errors import OutputError, UsageError
    from icredit.output.atomic import FileGroup, output_errors
    from icredit.output.template import write_template
    from icredit.scheme import load_scheme
    from icredit.zones import load_zones

    if output.suffix.lower() != ".xlsx":
        raise UsageError(f"{output}: the template is an Excel workbook", hint="name a file that ends in .xlsx")
    with output_errors(output):
        exists = output.exists()
    if exists and not force:
        # It may have been filled in: nobody wants hours of typing replaced by an empty form.
        raise OutputError(f"{output}: exists already and may have been filled in", hint="replace it with --force")
    rules, register = load_scheme(scheme), load_zones(zones)
    with FileGroup() as group:
        columns = write_template(group.stage(output), output, rules, register)
        group.commit()
    if not quiet:
        console.result(f"{rules.title.zh} {rules.edition}: wrote {output}, {columns} columns")
