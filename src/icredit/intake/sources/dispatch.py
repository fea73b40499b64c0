"""Which reader a file needs, by the ending of its name."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from icredit.errors import InputError, reason_of
from icredit.intake.header import HeaderMatcher
from icredit.intake.sources import parquet, text, workbook
from icredit.intake.sources.find import STANDARD_INPUT, TEXT_ENDINGS, WORKBOOK_ENDINGS
from icredit.intake.sources.table import Content, TextTable
from icredit.text import shown


def read_table(path: Path, matcher: HeaderMatcher, sheet: str | None = None) -> TextTable:
    """Read one file as a text table.

    Raises:
        InputError: the file cannot be read, or no row of it is a header of the scheme.
    """
    content = _content(path)
    ending = path.suffix.lower()
    reader: Callable[[Content, HeaderMatcher, str | None], TextTable]
    if str(path) == STANDARD_INPUT or ending in TEXT_ENDINGS:
        reader = text.read
    elif ending in WORKBOOK_ENDINGS:
        reader = workbook.read
    else:
        reader = parquet.read
    if sheet is not None and reader is not workbook.read:
        raise InputError(f"{content.name}: only a workbook has sheets", hint="leave out --sheet")
    return reader(content, matcher, sheet)


def _content(path: Path) -> Content:
    try:
        if str(path) == STANDARD_INPUT:
            if sys.stdin is None:
                raise InputError("<stdin>: cannot be read: it is closed")
            return Content("<stdin>", sys.stdin.buffer.read())
        return Content(shown(path), path.read_bytes())
    except InputError:
        raise
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: cannot be read: {reason_of(error)}") from None
