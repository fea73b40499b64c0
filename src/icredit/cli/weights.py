"""`icredit weights`: weights from data or from judgements, as a scheme that changes another."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from icredit.cli import options
from icredit.cli.app import app
from icredit.cli.session import session
from icredit.errors import UsageError
from icredit.output import console
from icredit.output.progress_line import progress_line
from icredit.progress import Phase

if TYPE_CHECKING:
    from icredit.intake import Submission
    from icredit.output.overlay import Overlay
    from icredit.scheme.judgements import Judgements


class MethodChoice(StrEnum):
    """Ways to find weights."""

    equal = "equal"
    sd = "sd"
    entropy = "entropy"
    critic = "critic"
    pca = "pca"
    ahp = "ahp"


@app.command()
def weights(
    files: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE...", help="Submissions, as for score; equal and ahp need none.", show_default=False
        ),
    ] = [],  # noqa: B006  # typer copies
    method: Annotated[
        MethodChoice | None,
        typer.Option("--method", help="How weights are found; has to be named.", show_default=False),
    ] = None,
    scheme: options.SchemeName = None,
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", metavar="FILE", help="The new scheme, .yaml. [default: standard output]"),
    ] = None,
    within: Annotated[
        str | None,
        typer.Option("--within", metavar="COLUMN", help="Weights of their own for each stage, or other group."),
    ] = None,
    level: Annotated[
        list[str],
        typer.Option(
            "--level", metavar="ID", help="Only the children of this category, score for the top; may be repeated."
        ),
    ] = [],  # noqa: B006  # typer copies
    judgements: Annotated[
        Path | None, typer.Option("--judgements", metavar="FILE", help="For ahp: a CSV of pairwise judgements.")
    ] = None,
    max_inconsistency: Annotated[
        float,
        typer.Option("--max-inconsistency", metavar="RATIO", min=0, help="For ahp: refuse judgements above this."),
    ] = 0.1,
    allow_inconsistent: Annotated[
        bool, typer.Option("--allow-inconsistent", help="For ahp: only warn of inconsistent judgements.")
    ] = False,
    new_id: Annotated[
        str | None,
        typer.Option("--id", metavar="ID", help="Id of the new scheme. [default: the scheme's and the method]"),
    ] = None,
    sheet: options.Sheet = None,
    zone: options.Zone = None,
    zones: options.Zones = None,
    as_of: options.AsOf = None,
    duplicates: options.Duplicates = options.DuplicateRule.error,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but errors and the result.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print everything as one JSON object.")] = False,
) -> None:
    """Derive weights from data or judgements, as a scheme that changes another.

    The submissions are scored under the scheme, and the method looks at the scores. Warnings say where it may mislead.

    \b
    Examples:
      icredit weights --method critic --within stage data.xlsx -o critic.yaml
      icredit weights --method entropy --level technology data.xlsx
      icredit weights --method ahp --judgements judgements.csv -o committee.yaml
    """
    from icredit.output.atomic import refuse_overwriting_inputs
    from icredit.output.overlay import Input, Overlay, extended, scheme_id
    from icredit.output.tables import require_format
    from icredit.scheme.judgements import read_judgements
    from icredit.scheme.load import find_scheme, read_scheme
    from icredit.scoring.weighting import derive_weights
    from icredit.zones import register_file

    if output is not None:
        require_format(output, (".yaml", ".yml"))
    method = _require_what_fits(method, files, judgements)
    today = options.parse_date(as_of, "--as-of")
    shown, scheme_file = find_scheme(scheme)
    rules = read_scheme(shown, scheme_file)
    name = scheme_id(rules, method.value, new_id)
    inputs = [path for path in (scheme_file, judgements, register_file(zones)) if isinstance(path, Path)]
    refuse_overwriting_inputs([output] if output is not None else [], inputs)
    run = session()
    run.hold(output)
    run.watch(inputs)
    line = progress_line(quiet=quiet)
    judged: Judgements | None = None
    submission: Submission | None = None
    sources: tuple[Input, ...] = ()
    if judgements is not None:
        from icredit.output.manifest import sha256_of

        judged = read_judgements(judgements, rules)
        sources = (Input(str(judgements), sha256_of(judgements)),)
    elif files:
        from icredit.intake import read
        from icredit.intake.sources import find_files
        from icredit.zones import load_zones

        found = find_files(files)
        refuse_overwriting_inputs([output] if output is not None else [], found.files)
        run.watch(found.files)
        with line as progress:
            submission = read(
                found,
                rules,
                zones=load_zones(zones),
                sheet=sheet,
                zone=zone,
                as_of=today,
                duplicates=duplicates.value,
                progress=progress,
            )
        run.record_submission(submission)
        sources = tuple(Input(one.file, one.sha256) for one in submission.files if one.unreadable is None)
        if not quiet:
            _tell_submission(submission)
    with line as progress:
        progress.begin(Phase.WEIGH)
        made = derive_weights(
            submission,
            rules,
            method=method.value,
            within=within,
            levels=level,
            judgements=judged,
            max_inconsistency=None if allow_inconsistent else max_inconsistency,
            as_of=today,
        )
    overlay = Overlay(made, extended(shown, scheme_file, output), name, sources, today if as_of is not None else None)
    if output is not None:
        with run.group() as group:
            group.write_text(output, overlay.text())
            group.commit()
    _show(overlay, output, quiet=quiet, as_json=as_json)


def _require_what_fits(method: MethodChoice | None, files: list[str], judgements: Path | None) -> MethodChoice:
    """The method, if it is named together with what it looks at and with nothing else."""
    if method is None:
        raise UsageError("no method is named", hint=f"--method takes {', '.join(MethodChoice)}; see docs/weights.md")
    if method is MethodChoice.ahp and judgements is None:
        raise UsageError("the method ahp needs judgements", hint="name a CSV with --judgements")
    if method is not MethodChoice.ahp and judgements is not None:
        raise UsageError(f"--judgements are for --method ahp, not {method.value}")
    needs_files = method not in (MethodChoice.ahp, MethodChoice.equal)
    if files and not needs_files:
        raise UsageError(f"the method {method.value} looks at no submissions", hint=f"leave out {files[0]}")
    if needs_files and not files:
        raise UsageError(f"the method {method.value} needs submissions", hint="name one or more files")
    return method


def _tell_submission(submission: "Submission") -> None:
    from icredit.output.notes import notes_lines
    from icredit.text import counted

    console.say_all(notes_lines(submission))
    if submission.rejected or submission.unreadable:
        unread = f"{counted(len(submission.unreadable), 'file')} not read, " if submission.unreadable else ""
        console.say(f"{unread}{counted(submission.rejected, 'row')} with errors left out; see: icredit validate")


def _show(overlay: "Overlay", output: Path | None, *, quiet: bool, as_json: bool) -> None:
    from icredit.output.overlay import facts, warnings
    from icredit.output.weights_table import cases_left, weights_summary, weights_table

    made = overlay.weighting
    written = [] if output is None else [str(output)]
    if as_json:
        from icredit.output.manifest import to_json

        console.result(to_json({"status": "done", **weights_summary(overlay), "written": written}))
    elif output is None:
        console.result(overlay.text())
    if quiet:
        return
    if not as_json and console.is_terminal():
        console.result_table(*([""] if output is None else []), weights_table(made))
        if left := cases_left(made):
            console.say(f"{left:,} more cases: --json")
    if not as_json and output is not None:
        console.result(
            f"{overlay.id}: {made.method} changes {len(made.changes)} weights of {made.base.id}, wrote {output}"
        )
    console.say_all([*facts(made), *(f"warning: {line}" for line in warnings(made))])
