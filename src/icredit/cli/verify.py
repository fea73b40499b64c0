"""`icredit verify`: whether a scored table or a list is what comes of its inputs."""

from pathlib import Path
from typing import Annotated

import typer

from icredit.cli.app import app
from icredit.errors import ExitStatus
from icredit.output import console
from icredit.output.progress_line import progress_line


@app.command()
def verify(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="A scored table, a list, or the manifest of one.")
    ] = Path("scores.manifest.json"),
    inputs: Annotated[
        list[Path],
        typer.Option(
            "--inputs",
            metavar="FOLDER|FILE",
            help="Where the inputs are now; may be repeated. [default: where the run was made, here, beside FILE]",
            show_default=False,
        ),
    ] = [],  # noqa: B006  # typer copies
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but errors; the status tells.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as one JSON object.")] = False,
) -> None:
    """Verify a scored table or a list: make it again from its inputs, and compare.

    The exit status is 0 if every byte agrees, 1 if something differs, 3 if an input is not there.

    \b
    Examples:
      icredit verify scores.csv
      icredit verify scores.manifest.json --inputs /archive/2025
      icredit verify top100.xlsx
    """
    from icredit.cli.session import session
    from icredit.verification.manifests import find_made
    from icredit.verification.ranked import verify_list
    from icredit.verification.table import verify_table

    session().watch_table(file)
    made = find_made(file)
    session().watch([made.file, made.where])
    with progress_line(quiet=quiet) as progress:
        reports = verify_list(made, inputs, progress) if made.is_list else [verify_table(made, inputs, progress)]
    session().require_unchanged()
    agrees = all(report.agrees for report in reports)
    if as_json:
        from icredit.output.manifest import to_json

        status = "agrees" if agrees else "differs"
        console.result(to_json({"status": status, "reports": [report.as_dict() for report in reports]}))
    elif not quiet:
        console.result("\n".join(console.visible(line) for report in reports for line in report.lines()))
    if not agrees:
        raise typer.Exit(int(ExitStatus.DATA))
