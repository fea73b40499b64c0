"""`icredit score`: validate, score and rank submissions."""

from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from icredit.cli import options
from icredit.cli.app import app
from icredit.cli.session import session
from icredit.errors import DataError
from icredit.output import console
from icredit.output.progress_line import progress_line

if TYPE_CHECKING:
    from icredit.intake import Submission
    from icredit.output.run import RunFiles
    from icredit.scoring import ScoredTable


class LabelChoice(StrEnum):
    """Languages of headers."""

    id = "id"
    zh = "zh"
    en = "en"


@app.command()
def score(
    files: options.Files,
    scheme: options.SchemeName = None,
    output: Annotated[
        Path, typer.Option("-o", "--output", metavar="FILE", help="The scored table: .csv .xlsx .parquet .ndjson.")
    ] = Path("scores.csv"),
    sheet: options.Sheet = None,
    zone: options.Zone = None,
    zones: options.Zones = None,
    reference: Annotated[
        Path | None, typer.Option("--reference", metavar="FILE", help="Score on the scale of this saved reference.")
    ] = None,
    save_reference: Annotated[
        Path | None, typer.Option("--save-reference", metavar="FILE", help="Save this batch's scale for later batches.")
    ] = None,
    duplicates: options.Duplicates = options.DuplicateRule.error,
    strict: Annotated[bool, typer.Option("--strict", help="Any error: write nothing, exit status 1.")] = False,
    max_rejects: Annotated[
        str | None,
        typer.Option(
            "--max-rejects", metavar="N|P%", help="More rejected rows than this: write nothing, exit status 1."
        ),
    ] = None,
    values: Annotated[bool, typer.Option("--values", help="Add each indicator's value to the table.")] = False,
    steps: Annotated[
        bool,
        typer.Option("--steps", help="Add the values after imputation and after treatment too; implies --values."),
    ] = False,
    labels: Annotated[LabelChoice, typer.Option("--labels", help="Headers of the table.")] = LabelChoice.id,
    period: Annotated[
        str | None, typer.Option("--period", metavar="TEXT", help="The year evaluated, for the record.")
    ] = None,
    as_of: options.AsOf = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but errors.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the summary as one JSON object.")] = False,
) -> None:
    """Validate, score and rank submissions.

    Writes the scored table, its manifest (scores.manifest.json) and, if rows had errors, scores.rejects.csv.

    \b
    Examples:
      icredit score data.xlsx
      icredit score submissions/ --zone changsha -o changsha.xlsx --labels zh
      icredit score late.csv --reference 2025.reference.json --strict
    """
    started = datetime.now(UTC)
    from icredit.intake.rows import Store
    from icredit.intake.sources import find_files
    from icredit.output.account import account_lines
    from icredit.output.places import Place
    from icredit.output.run import RunFiles
    from icredit.runs import Asked, read_submission, scheme_name, score_submission, sources
    from icredit.zones import register_file

    today = options.parse_date(as_of, "--as-of")
    if max_rejects is not None:
        options.parse_limit(max_rejects, 0)
    asked = Asked(
        tuple(files),
        today,
        scheme_name(scheme),
        sheet=sheet,
        zone=zone,
        zones=register_file(zones),
        reference=reference,
        save_reference=save_reference,
        duplicates=duplicates.value,
        strict=strict,
        max_rejects=max_rejects,
        values=values,
        steps=steps,
        labels=labels.value,
        period=period,
        config=session().config,
    )
    made_with = sources(asked)
    rules = made_with.scheme
    targets = RunFiles(output, save_reference)
    run = session().hold(output, save_reference)
    found = find_files(files, own=targets.earlier())
    inputs = [*found.files, *(file for file in made_with.files if isinstance(file, Path))]
    targets.check(inputs)

    run.watch(inputs)
    line = progress_line(quiet=quiet)
    place = Place.of(output)
    with Store(place.folder, prefix=place.rows) as store:
        with line as progress:
            submission = read_submission(asked, made_with, found, store, progress)
        run.record_submission(submission)
        if not quiet:
            _tell_notes(submission)
        _refuse_rejects(submission, strict=strict, limit=max_rejects)
        with line as progress:
            done = score_submission(asked, made_with, submission, store, started, progress)
            content, written = done.write(targets, run.group(), progress)

        if as_json:
            from icredit.output.manifest import to_json

            console.result(to_json(_summary(content, done.table, written)))
        elif not quiet:
            from icredit.output.summary import score_summary

            names = {known.slug: known.label for known in made_with.zones}
            console.result(score_summary(rules, content["counts"], done.table, written, names))
        if not quiet:
            console.say_all(account_lines(done.account, rules))
            _tell_findings(submission, targets)


def _tell_notes(submission: "Submission") -> None:
    from icredit.output.notes import notes_lines

    console.say_all(notes_lines(submission))
    if not submission.rows_read:
        console.say("no enterprises: the input has a header and nothing below it")


def _tell_findings(submission: "Submission", targets: "RunFiles") -> None:
    from icredit.output.notes import count_notes, notes_lines
    from icredit.output.summary import errors_lines, findings_lines, rule_hint
    from icredit.text import counted

    errors, warnings = submission.errors, submission.warnings
    if errors.height:
        unread = len(submission.unreadable)
        files = f"{counted(unread, 'file')} not read, " if unread else ""
        console.say(f"\n{files}{counted(submission.rejected, 'row')} rejected; all findings: {targets.rejects}")
        console.say_all(errors_lines(submission))
    if warnings.height:
        console.say(f"\n{counted(warnings.height, 'warning')}; list them with: icredit validate")
        console.say_all(findings_lines(submission.findings, "warning"))
    told = []
    if submission.findings.height:
        told.append(rule_hint(submission.findings))
    if len(notes_lines(submission)) < count_notes(submission):
        told.append(f"all {count_notes(submission):,} notes: {targets.manifest}")
    if told:
        console.say_all(["", *told])


def _refuse_rejects(submission: "Submission", *, strict: bool, limit: str | None) -> None:
    from icredit.output.summary import errors_lines

    allowed = 0 if strict else None
    if limit is not None and not strict:
        allowed = options.parse_limit(limit, submission.rows_read)
    unread = len(submission.unreadable) if strict else 0
    if allowed is None or submission.rejected + unread <= allowed:
        return
    rule = "--strict allows none" if strict else f"--max-rejects {limit} allows {allowed:,}"
    console.say_all(errors_lines(submission))
    files = f"{unread:,} of {len(submission.files):,} files cannot be read and " if unread else ""
    raise DataError(
        f"{files}{submission.rejected:,} of {submission.rows_read:,} rows have errors, {rule}; nothing was written",
        hint="list all findings with: icredit validate",
    )


def _summary(content: dict[str, Any], table: "ScoredTable", written: list[str]) -> dict[str, Any]:
    from icredit.output.summary import LISTED

    keys = ("icredit", "scheme", "as_of", "counts", "findings", "inputs", "notes", "output", "started", "finished")
    shown = ("rank", "uscc", "name", "zone", "stage", "score", "grade", "coverage")
    top = table.best(LISTED).select(shown).to_dicts()
    return {"status": "done", **{key: content[key] for key in keys}, "top": top, "written": written}
