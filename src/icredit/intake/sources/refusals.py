"""What the readers of workbooks say when they refuse one, so that it is the same in every format."""

from __future__ import annotations

from icredit.errors import InputError
from icredit.intake.sources.grid import Content


def unreadable(content: Content, problem: str) -> InputError:
    """The file is damaged, or not what it seems."""
    return InputError(
        f"{content.name}: not a readable workbook: {problem}", hint="open it in Excel and save it anew as .xlsx"
    )


def protected(content: Content) -> InputError:
    """The file cannot be read without its password."""
    return InputError(f"{content.name}: the workbook is protected by a password", hint="save it without one")


def no_sheet(content: Content) -> InputError:
    """The file has no sheet with cells."""
    return InputError(f"{content.name}: the workbook has no worksheet", hint="name a workbook with a table in it")
