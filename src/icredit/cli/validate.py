"""`icredit validate`: findings only."""

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from icredit.cli import options
from icredit.cli.app import app
from icredit.cli.session import session
from icredit.errors import ExitStatus
from icredit.output import console
from icredit.output.progress_line import progress_line
from icredit.progress import Phase

if TYPE_CHECKING:
    from icredit.intake import Submission
    from icredit.output.annotated_copies import Copies


class FormatChoice(StrEnum):
    """What standard output shows."""

    text = "text"
    json = "json"
    csv = "csv"
    github = "github"


@app.command()
def validate(
    files: options.Files,
    scheme: options.SchemeName = None,
    form: Annotated[
        FormatChoice | None,
        typer.Option(
            "--format",
            help="What standard output shows; github: annotations of a workflow. [default: text on a terminal, csv into "
            "a pipe; with -o nothing]",
            show_default=False,
        ),
    ] = None,
    limit: Annotated[
        int,
        typer.Option(
            "--limit",
            metavar="N",
            min=0,
            help="The most findings that text lists; 0: all, and all notes. Other formats have all findings.",
        ),
    ] = 50,
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", metavar="FILE", help="Write the findings to a .csv, .json or .xlsx."),
    ] = None,
    annotate: Annotated[
        Path | None,
        typer.Option(
            "--annotate",
            metavar="PATH",
            help="Write a copy of the workbook with the faulty cells coloured and commented, to send back. PATH is a "
            "folder for several.",
        ),
    ] = None,
    sheet: options.Sheet = None,
    zone: options.Zone = None,
    zones: options.Zones = None,
    as_of: options.AsOf = None,
    duplicates: options.Duplicates = options.DuplicateRule.error,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but errors.")] = False,
) -> None:
    """Check submissions and list what is wrong or doubtful; exit status 1 if a row has an error.

    \b
    Examples:
      icredit validate data.xlsx
      icredit validate data.xlsx --annotate data.checked.xlsx
      icredit validate submissions/ -o errors.xlsx --annotate checked/
    """
    from icredit.intake import read
    from icredit.intake.sources import find_files
    from icredit.output.atomic import refuse_overwriting_inputs
    from icredit.output.failures import output_errors
    from icredit.output.findings_formats import WRITERS
    from icredit.output.tables import require_format
    from icredit.scheme.load import find_scheme, read_scheme
    from icredit.zones import load_zones, register_file

    if output is not None:
        require_format(output, WRITERS)
    today = options.parse_date(as_of, "--as-of")
    shown, scheme_file = find_scheme(scheme)
    rules = read_scheme(shown, scheme_file)
    named = find_files(files)
    inputs = [*named.files, *(path for path in (scheme_file, register_file(zones)) if isinstance(path, Path))]
    refuse_overwriting_inputs([output] if output is not None else [], inputs)
    copies = _plan(annotate, output, named.files, inputs) if annotate is not None else None
    run = session()
    run.hold(output, *(copies.single if copies else ()), folder=copies.folder if copies else None)
    run.watch(inputs)
    line = progress_line(quiet=quiet)
    with line as progress:
        found = read(
            named,
            rules,
            zones=load_zones(zones),
            sheet=sheet,
            zone=zone,
            as_of=today,
            duplicates=duplicates.value,
            progress=progress,
        )
    run.record_submission(found)
    if not quiet:
        _tell_notes(found, every=limit == 0)
    written: list[str] = []
    with line as progress, run.group() as group:
        if output is not None:
            progress.begin(Phase.WRITE)
            staged = group.stage(output)
            with output_errors(output):
                WRITERS[output.suffix.lower()](found, staged)
            written.append(f"wrote {output}")
        if copies is not None:
            progress.begin(Phase.WRITE)
            written += copies.write(found.findings, group)
        group.commit()
    if form is not None or output is None:
        _show(found, form, limit)
    if not quiet:
        console.say_all(written)
        _tell_counts(found)
    if found.errors.height:
        raise typer.Exit(int(ExitStatus.DATA))


def _plan(annotate: Path, output: Path | None, files: Sequence[Path], inputs: Sequence[Path]) -> "Copies":
    """Where the annotated copies go, none of them to where the findings do."""
    from icredit.errors import UsageError
    from icredit.output.annotated_copies import plan_copies  # openpyxl is slow to load

    copies = plan_copies(annotate, files, inputs)
    if output is not None and output.resolve() in map(Path.resolve, copies.targets.values()):
        raise UsageError(f"{output}: -o and --annotate cannot write the same file")
    return copies


def _tell_notes(found: "Submission", *, every: bool) -> None:
    from icredit.output.notes import count_notes, notes_lines

    notes = notes_lines(found, every=every)
    console.say_all(notes)
    if len(notes) < count_notes(found):
        console.say(f"all {count_notes(found):,} notes: --limit 0")


def _tell_counts(found: "Submission") -> None:
    from icredit.output.summary import rule_hint
    from icredit.text import counted

    console.say(
        f"{counted(found.rows_read, 'row')}: {counted(found.rejected, 'row')} with errors, "
        f"{counted(found.errors.height, 'error')}, {counted(found.warnings.height, 'warning')}"
    )
    if found.findings.height:
        console.say(rule_hint(found.findings))


def _show(found: "Submission", form: FormatChoice | None, limit: int) -> None:
    from icredit.output.findings_formats import PRINTED
    from icredit.output.findings_text import findings_text

    form = form or (FormatChoice.text if console.is_terminal() else FormatChoice.csv)
    if form is FormatChoice.text:
        console.result_table(*findings_text(found.findings, console.terminal_width(), limit))
    else:
        console.result(PRINTED[form.value](found))
