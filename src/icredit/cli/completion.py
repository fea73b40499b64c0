"""What a shell offers behind an option when the user presses Tab. Nothing heavy is loaded: it must come at once."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from icredit.errors import IcreditError

if TYPE_CHECKING:
    from icredit.zones import ZoneRegister


def zones(context: typer.Context, incomplete: str) -> list[tuple[str, str]]:
    """Names of zones that begin so, each with what else the zone is called: slugs, or Chinese names for Chinese text."""
    found = []
    for zone in _register(context.params.get("zones")).zones.values():
        if zone.slug.startswith(incomplete):
            found.append((zone.slug, zone.label))
        elif incomplete:
            names = [name for name in (zone.short_name, zone.label, zone.full_name) if name.startswith(incomplete)]
            found += [(name, zone.slug) for name in names[:1]]
    return found


def schemes(incomplete: str) -> list[tuple[str, str]]:
    """Ids of bundled schemes that begin so. Where there is none the shell offers files."""
    from icredit.bundled import bundled_schemes

    return [(name, "bundled") for name in bundled_schemes() if name.startswith(incomplete)]


def _register(extra: object) -> ZoneRegister:
    from icredit.zones import bundled_zones, load_zones

    try:
        return load_zones(Path(str(extra)) if extra else None)
    except IcreditError:
        return bundled_zones()
