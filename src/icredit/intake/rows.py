"""The valid rows of a batch: in memory, or in files once they are too many.

Rows are kept in the pieces in which they were read. A store that has a folder writes them there as soon as they take
more memory than it may use; whoever goes through them piece by piece never holds more than one.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from types import TracebackType

import polars as pl

from icredit.errors import OutputError, reason_of
from icredit.intake.row_file import RowFile

#: Name of the column with the number of the table a row comes from.
TABLE = "source_table"

#: A row of a batch by the number of its table and its row there.
Key = tuple[int, int]

# Bytes of typed rows that are held in memory: a million enterprises and more. Scoring takes four times as much.
_MOST = 2**28

# Of rows that go to files one of so many is kept in another file for who only wants to know what they are like.
_SAMPLED = 64


@dataclass(slots=True)
class Kept:
    """Some rows that a store keeps."""

    height: int
    _held: pl.DataFrame | RowFile
    _sample: RowFile | None = None

    def frame(self, columns: list[str] | None = None) -> pl.DataFrame:
        """The rows, with all columns or those named."""
        if isinstance(self._held, RowFile):
            return self._held.read(columns)
        return self._held if columns is None else self._held.select(columns)

    def lazy(self) -> pl.LazyFrame:
        """The rows as a query reads them."""
        return self._held.scan() if isinstance(self._held, RowFile) else self._held.lazy()

    def sample(self) -> pl.DataFrame:
        """The first row of so many, and every so many-th after it."""
        return self.frame().gather_every(_SAMPLED) if self._sample is None else self._sample.read()

    @property
    def on_disk(self) -> bool:
        """Whether the rows are in a file."""
        return isinstance(self._held, RowFile)

    def drop(self) -> None:
        """Remove the file in which the rows are; nobody may ask for them again."""
        if isinstance(self._held, RowFile):
            self._held.remove()

    def move(self, store: Store) -> None:
        """Write the rows to a file of a store, and hold them no longer.

        Raises:
            OutputError: they cannot be written.
        """
        if isinstance(self._held, pl.DataFrame):
            # A few rows would keep the text of all in memory.
            self._sample = store.write(self._held.gather_every(_SAMPLED))
            self._held = store.write(self._held)


class Store(AbstractContextManager["Store"]):
    """Keeps the rows of one run, and the files in which they are, until the end of the run."""

    def __init__(self, folder: Path | None = None, most: int | None = None, prefix: str = ".icredit-rows-") -> None:
        """Have a place for rows.

        Args:
            folder: where a folder for files may be made; None: everything stays in memory.
            most: the bytes of rows that are held in memory if there is a folder; default: a quarter of a GiB.
            prefix: how the name of the folder for files begins, by which one that a killed run has left is known.
        """
        self._within = folder
        self._most = _MOST if most is None else most
        self._prefix = prefix
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._lock = Lock()
        self._held: list[Kept] = []
        self._bytes = 0
        self._files = 0

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._folder is not None:
            self._folder.cleanup()

    def keep(self, frame: pl.DataFrame) -> Kept:
        """Keep some rows.

        Raises:
            OutputError: they cannot be written.
        """
        kept = Kept(frame.height, frame)
        with self._lock:
            self._held.append(kept)
            self._bytes += int(frame.estimated_size())
            moved = self._held if self._within is not None and self._bytes > self._most else []
            if moved:
                self._held = []
        for one in moved:
            one.move(self)
        return kept

    def write(self, frame: pl.DataFrame) -> RowFile:
        """Write rows to a file of their own, from which they can be read back quickly.

        Raises:
            OutputError: they cannot be written.
        """
        try:
            with self._lock:
                if self._folder is None:
                    self._folder = tempfile.TemporaryDirectory(prefix=self._prefix, dir=self._within)
                self._files += 1
                path = Path(self._folder.name, str(self._files))
            return RowFile.write(frame, path)
        except (OSError, pl.exceptions.PolarsError) as error:
            reason = reason_of(error)
            raise OutputError(
                f"{self._within}: rows cannot be kept there: {reason}", hint="is the disk full?"
            ) from None


@dataclass(frozen=True, slots=True)
class Rows:
    """The valid rows of a batch, in the order of tables and rows; without those that are `gone`."""

    schema: pl.Schema
    kept: tuple[Kept, ...] = ()
    gone: pl.DataFrame | None = None

    @property
    def height(self) -> int:
        """The number of rows."""
        return sum(kept.height for kept in self.kept) - (0 if self.gone is None else self.gone.height)

    @property
    def on_disk(self) -> bool:
        """Whether the rows are too many to be held in memory."""
        return any(kept.on_disk for kept in self.kept)

    def pieces(self, columns: list[str] | None = None, *, let_go: bool = False) -> Iterator[pl.DataFrame]:
        """The rows in pieces, with all columns or those named; with `let_go` their files go when they have been read."""
        for kept in self.kept:
            keys = [] if self.gone is None else self.gone.columns
            frame = kept.frame(None if columns is None else [*dict.fromkeys([*columns, *keys])])
            if let_go:
                kept.drop()
            if self.gone is not None:
                frame = frame.join(self.gone, on=keys, how="anti", maintain_order="left")
            yield frame if columns is None else frame.select(columns)

    def sample(self) -> pl.DataFrame:
        """About one row of so many, from all parts of the batch; some may be `gone`."""
        return pl.concat(kept.sample() for kept in self.kept)

    def frame(self, columns: list[str] | None = None) -> pl.DataFrame:
        """The rows as one frame."""
        empty = pl.DataFrame(schema=self.schema)
        return pl.concat([empty if columns is None else empty.select(columns), *self.pieces(columns)])

    def lazy(self) -> pl.LazyFrame:
        """The rows as a query reads them, of which only the columns it needs."""
        frame = pl.concat([kept.lazy() for kept in self.kept])
        return frame if self.gone is None else frame.join(self.gone.lazy(), on=self.gone.columns, how="anti")

    def held(self) -> Rows:
        """The same rows in one piece, in memory."""
        frame = self.frame()
        return Rows(self.schema, (Kept(frame.height, frame),))

    def without(self, keys: Sequence[Key], row: str) -> Rows:
        """The rows without some of them; `row` is the column with their number in the table."""
        if not keys:
            return self
        gone = pl.DataFrame(list(dict.fromkeys(keys)), schema={TABLE: pl.Int64, row: pl.Int64}, orient="row")
        return Rows(self.schema, self.kept, gone)
