"""`icredit rank`: a top list out of a scored table."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from icredit.cli import completion, options
from icredit.cli.app import app
from icredit.cli.score import LabelChoice
from icredit.cli.session import session
from icredit.output import console

if TYPE_CHECKING:
    from collections.abc import Sequence

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
    from icredit.output.atomic import refuse_overwriting_inputs
    from icredit.output.failures import output_errors
    from icredit.output.ranked_list import Selection
    from icredit.output.scored import ScoredFile
    from icredit.output.tables import csv_text, require_format, write_table
    from icredit.ranking import rank
    from icredit.text import counted
    from icredit.zones import load_zones, register_file

    if output is not None:
        require_format(output)
        refuse_overwriting_inputs([output], [table, *filter(None, [register_file(zones)])])
        session().hold(output)
    register = load_zones(zones)
    session().watch_table(table)
    scored = ScoredFile(table)
    columns, manifest = scored.columns, scored.manifest
    scheme = (manifest or {}).get("scheme") or {}
    by = _column(by, columns)
    found = rank(
        scored,
        zone=zone,
        province=province,
        stage=[_stage(name, scheme) for name in stage],
        grade=grade,
        top=top,
        by=by,
        decimals=scheme.get("decimals", 4),
        zones=register,
    )
    session().require_unchanged()
    selection = Selection(
        zones=tuple(register.find(name).label for name in zone),
        provinces=tuple(province),
        stages=tuple(_stage_label(_stage(name, scheme), scheme) for name in stage),
        grades=tuple(grade),
        top=top,
        by=next(column for column in columns if column.id == by),
    )
    chosen: Labels
    if output is None and console.is_terminal():
        from icredit.output.list_screen import screen_table

        chosen = (labels or LabelChoice.zh).value
        console.result_table(screen_table(found, columns, selection, register, scheme, chosen))
    elif output is None:
        chosen = (labels or LabelChoice.id).value
        console.result(csv_text(found.rename({column.id: column.header(chosen) for column in columns})))
    else:
        for_people = output.suffix.lower() == ".xlsx"
        chosen = (labels or (LabelChoice.zh if for_people else LabelChoice.id)).value
        with session().group() as group:
            staged = group.stage(output)
            if for_people:
                from icredit.output.list_sheet import list_sheet
                from icredit.output.workbook import write_workbook

                with output_errors(output):
                    write_workbook(staged, list_sheet(found, columns, selection, register, manifest, table, chosen))
            else:
                write_table([found], staged, output, columns, chosen)
            group.commit()
        if not quiet:
            console.result(f"{selection.title()}: {counted(found.height, 'enterprise')}, wrote {output}")
    if not quiet:
        _remarks(found.height, top, manifest, table)


def _remarks(height: int, top: int, manifest: dict[str, Any] | None, table: Path) -> None:
    if height == 0:
        console.say(f"no ranked enterprise of {table} is in the selection")
    elif height > top:
        console.say(f"the list has {height} rows: several enterprises share its last rank")
    if manifest is None:
        console.say(f"no manifest beside {table}: headers are ids, and nothing is known of the scheme")


def _column(name: str, columns: Sequence[Any]) -> str:
    """A column by its id or the label of a score; anything else is left for `rank` to refuse."""
    from icredit.output.columns import SCORE_EN, SCORE_ZH

    for column in columns:
        labels = (column.zh, column.en, column.zh.removesuffix(SCORE_ZH), column.en.removesuffix(SCORE_EN))
        if name == column.id or (column.kind not in ("value", "identity") and name in labels):
            return str(column.id)
    return name


def _stage(name: str, scheme: dict[str, Any]) -> str:
    for stage, label in (scheme.get("stages") or {}).items():
        if name in (stage, label["zh"], label["en"]):
            return str(stage)
    return name


def _stage_label(stage: str, scheme: dict[str, Any]) -> str:
    label = (scheme.get("stages") or {}).get(stage)
    return str(label["zh"]) if label else stage
