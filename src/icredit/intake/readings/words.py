"""Words: free text, and names that are looked up - flags, choices, zones, provinces."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from icredit import zones as register
from icredit.intake import rules
from icredit.intake.readings.base import Notes, Reading, Screened, bare, is_cell_error, is_missing, refuse
from icredit.text import fold

# The only mark of missing that no text can mean: a lookup that found nothing.
_NOT_FOUND = "#n/a"

# An empty box, and ☒ and X, which are a tick to some and a cross to others, are not among them.
_FLAGS = {
    **dict.fromkeys(("是", "有", "对", "√", "✓", "✔", "☑", "true", "yes", "y", "1", "1.0"), True),
    **dict.fromkeys(("否", "无", "错", "×", "✗", "✘", "✕", "✖", "false", "no", "n", "0", "0.0"), False),
}

# Marks behind a tick that say whether it is drawn as a picture.
_VARIATIONS = str.maketrans("", "", "\ufe0e\ufe0f")


@dataclass(frozen=True, slots=True)
class Text(Reading):
    """Any text, without blanks and invisible marks at its ends."""

    def parse(self, text: str, notes: Notes) -> str | None:
        return None if bare(text) == _NOT_FOUND else text

    def screen(self, text: pl.Expr) -> Screened:
        # White space or control and format characters may be stripped by `parse`, and what begins like an error may be
        # one: let it decide.
        return Screened(~text.str.contains(r"\p{C}|^\s|\s$|^[#＃]|^[eEｅＥ][rRｒＲ]"), text)


def _lookup(text: pl.Expr, values: Mapping[str, object], dtype: pl.DataType) -> Screened:
    """By way of an enumeration: `replace_strict` takes twice the time, and polars computes it anew for the verdict."""
    known = {name: value for name, value in values.items() if not is_cell_error(name)}
    place = text.cast(pl.Enum(list(known)), strict=False).to_physical()
    return Screened(place.is_not_null(), pl.lit(pl.Series(known.values(), dtype=dtype)).gather(place))


@dataclass(frozen=True, slots=True)
class Flag(Reading):
    """Yes or no."""

    def parse(self, text: str, notes: Notes) -> bool | None:
        flag = _FLAGS.get(bare(text).translate(_VARIATIONS))
        if flag is None and not is_missing(text):
            raise refuse(rules.FLAG)
        return flag

    def screen(self, text: pl.Expr) -> Screened:
        return _lookup(text, _FLAGS, pl.Boolean())


@dataclass(frozen=True)
class Choice(Reading):
    """One of a field's choices, by id, label or alias (`names`: folded name -> id; `shown`: for the message)."""

    names: Mapping[str, str]
    shown: str

    def parse(self, text: str, notes: Notes) -> str | None:
        choice = self.names.get(fold(text))
        if choice is None and not is_missing(text):
            raise refuse(rules.CHOICE, choices=self.shown)
        return choice

    def screen(self, text: pl.Expr) -> Screened:
        return _lookup(text, self.names, pl.String())


@dataclass(frozen=True)
class ZoneName(Reading):
    """Any name of a zone of the register; the value is its slug."""

    zones: register.ZoneRegister

    def parse(self, text: str, notes: Notes) -> str | None:
        zone = self.zones.resolve(text)
        if zone is None and not is_missing(text):
            raise refuse(rules.ZONE_UNKNOWN, hint=self.zones.hint(text))
        return zone.slug if zone is not None else None

    def screen(self, text: pl.Expr) -> Screened:
        return _lookup(text, self.zones.slugs_by_name(), pl.String())


@dataclass(frozen=True, slots=True)
class ProvinceName(Reading):
    """Any name of a province; the value is the short name the register uses."""

    def parse(self, text: str, notes: Notes) -> str | None:
        province = register.province_names().get(fold(text))
        if province is None and not is_missing(text):
            raise refuse(rules.PROVINCE_UNKNOWN, hint=register.province_hint(text))
        return province

    def screen(self, text: pl.Expr) -> Screened:
        return _lookup(text, register.province_names(), pl.String())
