"""`icredit rank`: a top list out of a scored table."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from icredit.cli import completion, options
from icredit.cli.app import app
from icredit.cli.score import LabelChoice
from icredit.cli.session import session
from icredit.output import console

if TYPE_CHECKING:
    from icredit.output.columns import Labels


def _many(option: str, what: str, complete: Any = None) -> Any:
    return typer.Option(option, help=f"Only this {what}; may be repeated.", show_default=False, autocompletion=complete)


@app.command()
def rank(
    table: Annotated[Path, typer.Argument(metavar="TABLE", help="A scored table.")] = Path("scores.csv"),
    zone: Annotated[list[str], _many("--zone", "zone, by slug, Chinese name or alias", completion.zones)] = [],  # noqa: B006  # typer copies
    province: Annotated[list[str], _many("--province", "province")] = [],  # noqa: B006
    stage: Annotated[list[str], _many("--stage", "stage, by id or label")] = [],  # noqa: B006
    grade: Annotated[list[str], _many("--grade", "grade")] = [],  # noqa: B006
    top: Annotated[int, typer.Option("--top", metavar="N", min=1, help="The last rank listed.")] = 500,
    by: Annotated[
        str, typer.Option("--by", metavar="COLUMN", help="The score to rank by: any score column.")
    ] = "score",
    output: Annotated[
        Path | None,
        typer.Option(
            "-o", "--output", metavar="FILE", help="The list: .xlsx .csv .parquet .ndjson. [default: the screen]"
        ),
    ] = None,
    labels: Annotated[
        LabelChoice | None,
        typer.Option("--labels", help="Headers. [default: zh in .xlsx and on the screen, else id]", show_default=False),
    ] = None,
    zones: options.Zones = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but errors.")] = False,
) -> None:
    """Make a top list out of a scored table.

    Ranks are counted anew within the selection. Enterprises that share the last rank are all listed.

    \b
    Examples:
      icredit rank --zone changsha --top 100 -o top100.xlsx
      icredit rank scores.parquet --province 湖南 --stage startup --by technology
    """
    started = datetime.now(UTC)
    from icredit.lists import ListAsked, files_of, has_about, make_list, refuse_other_manifest
    from icredit.output.atomic import refuse_overwriting_inputs
    from icredit.output.manifest import manifest_path
    from icredit.output.tables import csv_text, require_format
    from icredit.text import counted
    from icredit.zones import register_file

    register = register_file(zones)
    if output is not None:
        require_format(output)
        refuse_overwriting_inputs(files_of(output), [table, manifest_path(table), *filter(None, [register])])
        session().hold(output)
        refuse_other_manifest(output)
    if labels is not None:
        chosen: Labels = labels.value
    else:
        chosen = "zh" if (console.is_terminal() if output is None else has_about(output)) else "id"
    asked = ListAsked(tuple(zone), tuple(province), tuple(stage), tuple(grade), top, by, chosen, register)
    session().watch_table(table)
    session().watch([register])
    found = make_list(table, asked)
    session().require_unchanged()
    if output is None and console.is_terminal():
        from icredit.output.list_screen import screen_table

        console.result_table(
            screen_table(found.frame, found.columns, found.selection, found.zones, found.scheme, chosen)
        )
    elif output is None:
        console.result(csv_text(found.frame.rename({column.id: column.header(chosen) for column in found.columns})))
    else:
        with session().group() as group:
            found.write(output, group, started)
            group.commit()
        if not quiet:
            listed = counted(found.frame.height, "enterprise")
            console.result(f"{found.selection.title()}: {listed}, wrote {output}")
    if not quiet:
        _remarks(found.frame.height, top, found.manifest, table)


def _remarks(height: int, top: int, manifest: Mapping[str, Any] | None, table: Path) -> None:
    if height == 0:
        console.say(f"no ranked enterprise of {table} is in the selection")
    elif height > top:
        console.say(f"the list has {height} rows: several enterprises share its last rank")
    if manifest is None:
        console.say(f"no manifest beside {table}: headers are ids, and nothing is known of the scheme")
