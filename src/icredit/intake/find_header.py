"""Which sheet of a file holds the enterprises, and which of its rows are the header; or why none are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from icredit.errors import InputError
from icredit.intake.grid_rows import head_rows
from icredit.intake.header import HEADER_WITHIN, HeaderMatch, HeaderMatcher
from icredit.intake.sources.grid import Content, Opened, Sheet
from icredit.text import did_you_mean, fold, listed

# Headers by which icredit knows its own tables: a column `revenue` in them is a score, not an amount.
_OWN_TABLES = {
    "a scored table or list": {"rank", "score", "coverage"},
    "a scored table or list with Chinese headers": {"名次", "总分", "数据覆盖率"},
    "a list of findings": {"rule", "level", "message_zh", "message_en"},
}

# A sheet with so many recognised columns is worth a word when it is not read.
_TABLE_FIELDS = 3


class Found(NamedTuple):
    """The sheet that is read and its header; `others` are sheets of enterprises that are not."""

    sheet: Sheet
    match: HeaderMatch
    where: str
    others: list[str]


def find_header(content: Content, opened: Opened, matcher: HeaderMatcher, wanted: str | None) -> Found:
    """The sheet whose header fits best, or the one that is wanted.

    Args:
        content: the file, which messages name.
        opened: its sheets.
        matcher: knows the headers of the scheme.
        wanted: the name of a sheet; None: the visible one that recognises most fields.

    Raises:
        InputError: no such sheet, none with a header, or a table that icredit wrote itself.
    """
    sheets = _candidates(content, opened, wanted)
    heads = [[cells for _, cells in head_rows(sheet.load(HEADER_WITHIN))] for sheet in sheets]
    # Every delimiter that is not in a file makes the same of it.
    firsts = [heads.index(head) for head in heads]
    matches = {first: matcher.best(heads[first]) for first in dict.fromkeys(firsts)}
    found = [
        (sheet, match) for sheet, first in zip(sheets, firsts, strict=True) if (match := matches[first]) is not None
    ]
    if not found:
        raise _no_header(content, sheets, matcher)
    best, match = max(found, key=lambda item: item[1].score)
    where = _where(content, best)
    _require_no_own_table(match, where)
    others = [sheet.name for sheet, other in found if sheet is not best and other.score >= _TABLE_FIELDS]
    return Found(best, match, where, [name for name in others if name is not None])


def _candidates(content: Content, opened: Opened, wanted: str | None) -> list[Sheet]:
    names = [sheet.name for sheet in opened.sheets if sheet.name is not None]
    if wanted is not None:
        if not names:
            raise InputError(f"{content.name}: only a workbook has sheets", hint="leave out --sheet")
        if wanted not in names:
            hint = f"sheets: {', '.join(names)}{did_you_mean(wanted, names)}"
            raise InputError(f"{content.name}: no sheet '{wanted}'", hint=hint)
        return [sheet for sheet in opened.sheets if sheet.name == wanted]
    visible = [sheet for sheet in opened.sheets if not sheet.hidden]
    if not visible:
        hidden = f"name a hidden one with --sheet: {', '.join(names)}" if names else None
        raise InputError(f"{content.name}: the workbook has no visible sheet", hint=hidden)
    return visible


def _no_header(content: Content, sheets: Sequence[Sheet], matcher: HeaderMatcher) -> InputError:
    """Why a file has no header: what comes nearest to one, and in which sheet."""
    heads = [head_rows(sheet.load(HEADER_WITHIN)) for sheet in sheets]
    named = [matcher.nearest([cells for _, cells in head]) for head in heads]
    nearest = max(range(len(sheets)), key=lambda index: len(named[index][1]))
    row, known = named[nearest]
    where = _where(content, sheets[nearest])
    if not any(heads):
        return InputError(f"{where}: no header found: it is blank", hint="ask for it again")
    if len(known) > 1:
        said = listed([f"'{header}'" for header in known])
        seen = f"row {heads[nearest][row][0]} has {said}, but no row has"
    elif len(sheets) > 1 and sheets[0].name is not None:
        where, seen = content.name, f"none of its {len(sheets)} sheets has"
    else:
        seen = "none of the first rows has"
    problem = f"{where}: no header found: {seen} a column for {matcher.code_label}"
    return InputError(problem, hint="use the headers of: icredit template")


def _where(content: Content, sheet: Sheet) -> str:
    return content.name if sheet.name is None else f"{content.name} [{sheet.name}]"


def _require_no_own_table(match: HeaderMatch, where: str) -> None:
    unknown = {fold(header) for header in match.unknown}
    for what, marks in _OWN_TABLES.items():
        if marks <= unknown:
            problem = f"{where}: this is {what} that icredit wrote, not a submission"
            raise InputError(problem, hint="name the submissions")
