"""`icredit validate`: findings only."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from icredit.cli import options
from icredit.cli.app import app
from icredit.errors import ExitStatus
from icredit.output import console


@app.command()
def validate(
    files: options.Files,
    scheme: options.SchemeName = None,
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", metavar="FILE", help="Write the findings to a .csv. [default: the screen]"),
    ] = None,
    sheet: options.Sheet = None,
    zone: options.Zone = None,
    zones: options.Zones = None,
    as_of: options.AsOf = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but errors.")] = False,
) -> None:
    """Check submissions and list what is wrong or doubtful; exit status 1 if a row has an error.

    \b
    Examples:
      icredit validate data.xlsx
      icredit validate submissions/ -o findings.csv
    """
    from icredit.errors import UsageError
    from icredit.intake import read
    from icredit.intake.sources import find_files
    from icredit.output.atomic import FileGroup, refuse_overwriting_inputs
    from icredit.output.summary import finding_line
    from icredit.output.tables import csv_text
    from icredit.scheme.load import find_scheme, read_scheme
    from icredit.text import counted
    from icredit.zones import load_zones, register_file

    if output is not None and output.suffix.lower() != ".csv":
        raise UsageError(f"{output}: findings are written as .csv")
    today = options.parse_date(as_of, "--as-of")
    shown, scheme_file = find_scheme(scheme)
    rules = read_scheme(shown, scheme_file)
    paths = find_files(files)
    if output is not None:
        used = [path for path in (scheme_file, register_file(zones)) if isinstance(path, Path)]
        refuse_overwriting_inputs([output], [*paths, *used])
    found = read(paths, rules, zones=load_zones(zones), sheet=sheet, zone=zone, as_of=today)
    if not quiet:
        console.say_all([note for file in found.files for note in file.notes])
    if output is not None:
        with FileGroup() as group:
            group.write_text(output, csv_text(found.findings), "utf-8-sig")
            group.commit()
    elif console.is_terminal():
        console.result(
            "".join(console.visible(finding_line(row)) + "\n" for row in found.findings.iter_rows(named=True))
        )
    else:
        console.result(csv_text(found.findings))
    if not quiet:
        console.say(
            f"{counted(found.rows_read, 'row')}: {counted(found.rejected, 'row')} with errors, "
            f"{counted(found.errors.height, 'error')}, {counted(found.warnings.height, 'warning')}"
        )
    if found.errors.height:
        raise typer.Exit(int(ExitStatus.DATA))
