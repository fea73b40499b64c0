"""`icredit zones`: the zone register."""

from __future__ import annotations

from typing import Annotated

import typer

from icredit.cli import completion, options
from icredit.cli.app import app
from icredit.output import console

# Columns from which on the full names fit, and what is shown below that.
_WIDE = 110
_ON_NARROW = ("slug", "short_name", "province", "city", "evidence")


@app.command()
def zones(
    text: Annotated[
        str,
        typer.Argument(metavar="TEXT", help="Part of a name, a province or a city.", autocompletion=completion.zones),
    ] = "",
    zones: options.Zones = None,
) -> None:
    """List the zones of the register, all of them or those with TEXT in a name, the province or the city.

    \b
    Examples:
      icredit zones 湖南
      icredit zones changsha
    """
    import csv
    import io

    from icredit.text import counted
    from icredit.zones import load_zones

    register = load_zones(zones)
    found = register.search(text)
    headers = ("slug", "short_name", "full_name", "province", "city", "pilot_batch", "evidence")
    if console.is_terminal():
        from rich.table import Table

        wide = console.terminal_width() >= _WIDE
        shown = Table(show_edge=False, pad_edge=False, header_style="bold")
        for header in headers if wide else _ON_NARROW:
            shown.add_column(header, no_wrap=True, overflow="ellipsis")
        for zone in found:
            shown.add_row(*(console.cell(getattr(zone, header)) for header in (headers if wide else _ON_NARROW)))
        console.result_table(shown)
    else:
        sink = io.StringIO()
        writer = csv.writer(sink, lineterminator="\n")
        writer.writerow(headers)
        writer.writerows([getattr(zone, header) for header in headers] for zone in found)
        console.result(sink.getvalue())
    if not found:
        console.say(f"no zone has '{text}' in its names, province or city; {register.hint(text)}")
    else:
        console.say(f"{counted(len(found), 'zone')}; evidence: S seen in a published source, R one reading, M unsure")
