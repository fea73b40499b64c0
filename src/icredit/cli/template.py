"""`icredit template`: a submission workbook, blank or begun with last year's file."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from icredit.cli import completion, options
from icredit.cli.app import app
from icredit.cli.session import session
from icredit.output import console

if TYPE_CHECKING:
    from icredit.previous import Previous
    from icredit.scheme.model import Scheme
    from icredit.zones import ZoneRegister

#: More enterprises than these nobody fills in by hand, and their workbook takes minutes to write and to open.
MOST_FILLED_IN = 100_000


@app.command()
def template(
    output: Annotated[Path, typer.Option("-o", "--output", metavar="FILE", help="The workbook to write.")] = Path(
        "template.xlsx"
    ),
    scheme: options.SchemeName = None,
    previous: Annotated[
        str | None,
        typer.Option(
            "--previous",
            metavar="FILE",
            help="Last year's submission or scored table: fill in who files, what stays the same and last year's amounts.",
            show_default=False,
        ),
    ] = None,
    zone: Annotated[
        str | None,
        typer.Option(
            "--zone",
            metavar="ZONE",
            help="Fill in only the enterprises of this zone.",
            show_default=False,
            autocompletion=completion.zones,
        ),
    ] = None,
    sheet: options.Sheet = None,
    zones: options.Zones = None,
    force: Annotated[bool, typer.Option("--force", help="Replace an existing file.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but errors.")] = False,
) -> None:
    """Write a submission workbook: headers with units, notes, drop-downs, checks of what is typed.

    With --previous it is begun with last year's file, so that nobody types again what is known.

    \b
    Examples:
      icredit template -o 填报表.xlsx
      icredit template --previous 2024.xlsx --zone changsha -o 2025-长沙.xlsx
    """
    from icredit.errors import OutputError, UsageError
    from icredit.output.atomic import refuse_overwriting_inputs
    from icredit.output.failures import output_errors
    from icredit.output.template import write_template
    from icredit.scheme import load_scheme
    from icredit.text import counted
    from icredit.zones import load_zones

    if output.suffix.lower() != ".xlsx":
        raise UsageError(f"{output}: the template is an Excel workbook", hint="name a file that ends in .xlsx")
    for option, value in (("--zone", zone), ("--sheet", sheet)):
        if value is not None and previous is None:
            raise UsageError(
                f"{option} chooses what is filled in from last year's file", hint="name it with --previous"
            )
    refuse_overwriting_inputs([output], _workbooks(previous))
    with output_errors(output):
        exists = output.exists()
    if exists and not force:
        # It may have been filled in: nobody wants hours of typing replaced by an empty form.
        raise OutputError(f"{output}: exists already and may have been filled in", hint="replace it with --force")
    session().hold(output)
    for path in _workbooks(previous):
        session().watch_table(path)  # it may be one
    rules, register = load_scheme(scheme), load_zones(zones)
    begun = _read(previous, rules, register, sheet, zone) if previous is not None else None
    if begun is not None and not quiet:
        console.say_all(begun.notes)
    with session().group() as group:
        columns = write_template(group.stage(output), output, rules, register, begun.rows if begun else None)
        group.commit()
    if quiet:
        return
    filled = f", {counted(begun.rows.height, 'enterprise')} filled in from {previous}" if begun else ""
    console.result(f"{rules.title.zh} {rules.edition}: wrote {output}, {columns} columns{filled}")
    if begun is not None and begun.rejected:
        _tell_left_out(begun, str(previous))


def _workbooks(previous: str | None) -> list[Path]:
    """The files behind --previous that a workbook might replace; what cannot be read is told when it is read."""
    from icredit.errors import InputError
    from icredit.intake.sources import find_files

    try:
        return list(find_files([previous]).files) if previous is not None else []
    except InputError:
        return []


def _read(file: str, rules: "Scheme", register: "ZoneRegister", sheet: str | None, zone: str | None) -> "Previous":
    """Last year's file, with at least one enterprise to fill in, and not too many."""
    from icredit.errors import DataError, UsageError
    from icredit.previous import read_previous
    from icredit.text import counted

    found = read_previous(file, rules, register, sheet=sheet, zone=zone)
    if found.rows.is_empty():
        of_zone = f" of {register.find(zone).label}" if zone is not None else ""
        rejected = f"; {counted(found.rejected, 'row')} had errors" if found.rejected else ""
        raise DataError(
            f"{file}: no enterprise{of_zone} to fill in, of {counted(found.rows_read, 'row')}{rejected}",
            hint="leave out --previous for a blank workbook" if zone is None else "see the zones with: icredit zones",
        )
    if found.rows.height > MOST_FILLED_IN:
        raise UsageError(
            f"{file}: {found.rows.height:,} enterprises are too many for a workbook to be filled in",
            hint=f"make one a zone with --zone; at most {MOST_FILLED_IN:,} fit",
        )
    return found


def _tell_left_out(found: "Previous", file: str) -> None:
    import polars as pl

    from icredit.output.summary import LISTED, finding_line, findings_lines
    from icredit.text import counted

    errors = found.findings.filter(pl.col("level") == "error")
    console.say(f"\n{found.rejected:,} of {counted(found.rows_read, 'row')} of {file} left out because of errors:")
    console.say_all(findings_lines(errors, "error"))
    console.say_all(["  " + finding_line(row) for row in errors.head(LISTED).iter_rows(named=True)])
    if errors.height > LISTED and not found.scored:
        console.say(f"  list all {errors.height:,} with: icredit validate {file}")
