"""One file -> its text table: opened by what its bytes are, laid out by what its header says."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import polars as pl

from icredit.errors import InputError
from icredit.intake.header import HeaderMatcher
from icredit.intake.layout import lay_out
from icredit.intake.sources import open_file, read_content
from icredit.intake.sources.grid import in_text
from icredit.intake.table import TextTable
from icredit.scheme.fields import USCC, submission_fields
from icredit.scheme.model import Scheme
from icredit.text import listed


class FileReader:
    """Reads files of one scheme."""

    def __init__(self, scheme: Scheme) -> None:
        self._fields = submission_fields(scheme)
        self._coded = self._fields[USCC].format == "credit_code"
        self.matcher = HeaderMatcher(self._fields)

    def read(self, path: Path, sheet: str | None = None) -> TextTable:
        """Read one file as a whole, all cells as text.

        Raises:
            InputError: it cannot be read, no row of it is a header of the scheme, or a required column is not there.
        """
        pieces = list(self.pieces(path, sheet))
        return pieces[-1]._replace(
            frame=pl.concat(in_text(piece.frame) for piece in pieces),
            faults=tuple(fault for piece in pieces for fault in piece.faults),
            strays=tuple(stray for piece in pieces for stray in piece.strays),
        )

    def pieces(self, path: Path, sheet: str | None = None, at: Path | None = None) -> Iterator[TextTable]:
        """Read one file, a large one in pieces; the hash of its bytes is in the last. `at` is as for `read_content`.

        Raises:
            InputError: as `read`.
        """
        content = read_content(path, at)
        with ThreadPoolExecutor(max_workers=1) as aside:
            # hashlib holds up no other thread, and needs as long as a quarter of what there is to do with text.
            digest = aside.submit(content.sha256)
            before: TextTable | None = None
            for table in lay_out(content, open_file(path, content), self.matcher, coded=self._coded, sheet=sheet):
                if before is None:
                    self._require_columns(table)
                else:
                    yield before
                before = table
        if before is not None:
            yield before._replace(sha256=digest.result())

    def _require_columns(self, table: TextTable) -> None:
        present = {column.field for column in table.columns}
        lacking = [spec.label.zh for name, spec in self._fields.items() if spec.required and name not in present]
        if lacking:
            hint = "headers found but not known: " + listed(table.unknown) if table.unknown else None
            raise InputError(f"{table.where}: no column for {', '.join(lacking)}, which must be filled", hint=hint)
