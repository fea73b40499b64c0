"""Of a scored table in a file only the selection is kept, and all that a whole read refuses is refused all the same."""

from __future__ import annotations

import csv
import io
import os
import threading
import zipfile
from collections.abc import Sequence
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import icredit as api
from command_line import icredit, read_csv
from icredit.errors import InputError, UsageError
from icredit.output import scored
from icredit.output.columns import bare
from icredit.output.scored import ScoredFile
from icredit.output.tables import write_table
from icredit.scheme.fields import IDENTITY
from icredit.scored_table import FIXED_COLUMNS, RANKS

Captured = pytest.CaptureFixture[str]

HEADER = [*FIXED_COLUMNS, "x", "y"]
SELECTION = (pl.col("status") == "scored", pl.col("zone").is_in(["changsha", "=zone"]))

#: Rows of more than one of the pieces in which polars reads a file; every sixth name goes over two lines.
MANY = 30_000


def enterprises(count: int) -> pl.DataFrame:
    """Return a scored table in which three share every rank; grade and zone take turns, one in eleven is vetoed."""
    number = pl.int_range(count, dtype=pl.Int64)
    scored_rows = number % 11 > 0
    rank = pl.when(scored_rows).then(number // 3 * 3 + 1)
    names = pl.when(number % 6 == 0).then(pl.lit("示例\n企业,")).otherwise(pl.lit("=示例")) + number.cast(pl.String)
    return pl.select(
        *(rank.alias(name) for name in RANKS),
        ("9" + number.cast(pl.String).str.zfill(17)).alias("uscc"),
        names.alias("name"),
        pl.when(number % 7 == 0)
        .then(None)
        .when(number % 2 == 0)
        .then(pl.lit("changsha"))
        .otherwise(pl.lit("zhuzhou"))
        .alias("zone"),
        pl.lit("湖南").alias("province"),
        pl.when(number % 5 == 0).then(pl.lit("old")).otherwise(pl.lit("young")).alias("stage"),
        pl.when(scored_rows).then(pl.lit("scored")).otherwise(pl.lit("vetoed")).alias("status"),
        (100 - number // 3 * 0.001).alias("score"),
        pl.when(number % 4 == 0).then(pl.lit("+A")).otherwise(pl.lit("B")).alias("grade"),
        pl.lit(0.9).alias("coverage"),
        (number * 7919 % 101 / 8).alias("x"),
    )


def written(frame: pl.DataFrame, path: Path) -> Path:
    """Write a table as icredit writes it."""
    write_table([frame], path, path, bare(frame.columns), "id")
    return path


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A large table as CSV and as Parquet."""
    folder = tmp_path_factory.mktemp("many")
    frame = enterprises(MANY)
    return {ending: written(frame, folder / f"scores.{ending}") for ending in ("csv", "parquet")}


def by_hand(path: Path, by: str, top: int, **wanted: str) -> list[tuple[int, str, str, str]]:
    """Return rank, code, rank in the stage and name of a list, counted without polars from the CSV."""
    rows = [row for row in read_csv(path) if row["status"] == "scored" and all(row[k] == v for k, v in wanted.items())]
    marks = [(int(row["rank"]) if by == "score" else -float(row[by]), row["uscc"], row) for row in rows]
    marks.sort(key=lambda mark: mark[:2])
    found = []
    # The first place with a mark is the rank of all that share it.
    overall: dict[float, int] = {}
    by_stage: dict[str, list[float]] = {}
    for place, (mark, code, row) in enumerate(marks, start=1):
        group = by_stage.setdefault(row["stage"], [])
        group.append(mark)
        if overall.setdefault(mark, place) > top:
            break
        found.append((overall[mark], code, str(group.index(mark) + 1), row["name"]))
    return found


@pytest.mark.parametrize("ending", ["csv", "parquet"])
@pytest.mark.parametrize(
    ("words", "by", "top", "wanted"),
    [
        (["--zone", "changsha"], "score", 100, {"zone": "changsha"}),
        (["--zone", "株洲", "--by", "x"], "x", 20, {"zone": "zhuzhou"}),
        (["--stage", "old", "--grade", "+A"], "score", 1000, {"stage": "old", "grade": "'+A"}),
    ],
)
def test_a_list_out_of_a_large_table(
    many: dict[str, Path], tmp_path: Path, ending: str, words: Sequence[str], by: str, top: int, wanted: dict[str, str]
) -> None:
    """Whatever is left unread, the list is the one that is counted from all rows one by one."""
    target = tmp_path / "list.csv"
    assert icredit("rank", many[ending], *words, "--top", top, "-o", target, "-q") == 0

    listed = [(int(row["rank"]), row["uscc"], row["stage_rank"], row["name"]) for row in read_csv(target)]
    assert len(listed) >= top // 2
    assert listed == by_hand(many["csv"], by, top, **wanted)


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_the_selection_is_all_that_is_kept(many: dict[str, Path], monkeypatch: pytest.MonkeyPatch, ending: str) -> None:
    """A sound table is never read whole."""
    monkeypatch.delattr(scored, "_whole")
    table = ScoredFile(many[ending])

    frame = enterprises(MANY)
    assert table.rows(*SELECTION).equals(frame.filter(*SELECTION))
    assert table.values("grade") == ["+A", "B"]
    assert dict(table.schema) == dict(frame.schema)


# What is wrong anywhere

cells = st.sampled_from(
    ["oops", "NaN", "inf", " 1", "1_0", "2.5", "'1", "'-1", "9" * 20, "null", "1.", '"1"', '"1"x', "1,2", ""]
)
texts = st.sampled_from(["示例", '"a,b"', '"two\nlines"', "'=1", "'a", "''=1", '"', '""""', "\t", ""])
breaks = st.sampled_from([",", "\n", "\n\n", '"', "\0", "\r\n", "\udcff", "\udce4", "\ufeff"])


@st.composite
def spoiled(draw: st.DrawFn) -> bytes:
    """A scored table as CSV in which cells, and at times the text itself, are not as icredit writes them."""
    rows = []
    for number in range(draw(st.integers(0, 5))):
        zone = draw(st.sampled_from(["changsha", "zhuzhou", "'=zone", ""]))
        status = draw(st.sampled_from(["scored", "vetoed"]))
        rows.append(["1", "1", "1", f"9{number}", draw(texts), zone, "", "old", status, "50.5", "'+A", "0.9", "1", "2"])
    if draw(st.booleans()) and rows:
        numbers = [place for place, name in enumerate(HEADER) if name in (*RANKS, "score", "coverage", "x", "y")]
        rows[draw(st.integers(0, len(rows) - 1))][draw(st.sampled_from(numbers))] = draw(cells)
    header = list(HEADER)
    if draw(st.integers(0, 9)) == 0:
        header[draw(st.integers(0, len(header) - 1))] = draw(st.sampled_from(["总分", "'=x", "x", ""]))
    text = "".join(",".join(row) + "\n" for row in [header, *rows])
    if draw(st.booleans()):
        place = draw(st.integers(0, len(text)))
        text = text[:place] + draw(breaks) + text[place + draw(st.integers(0, 3)) :]
    return text.encode("utf-8", "surrogateescape")


def told(path: Path, *, whole: bool) -> object:
    """What is read of a table, or why it is not."""
    try:
        if whole:
            return scored._whole(path, []).filter(*SELECTION).to_dict(as_series=False)
        return ScoredFile(path).rows(*SELECTION).to_dict(as_series=False)
    except InputError as error:
        return str(error)


@settings(deadline=None, max_examples=150)
@given(data=spoiled())
def test_the_selection_is_that_of_the_whole_table(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    """However a CSV was edited, its selection is read as if all of it were, or refused in the same words."""
    path = tmp_path_factory.getbasetemp() / "spoiled.csv"
    path.write_bytes(data)
    assert repr(told(path, whole=False)) == repr(told(path, whole=True))


@pytest.mark.parametrize("column", ["rank", "stage_rank", "coverage", "x"])
def test_a_wrong_number_outside_the_selection(tmp_path: Path, capsys: Captured, column: str) -> None:
    """A score that is no number is told wherever it stands, also in the last row of another zone."""
    rows = written(enterprises(48), tmp_path / "scores.csv").read_text("utf-8-sig").splitlines()
    *before, last = csv.reader(io.StringIO("\n".join(rows)))
    assert last[HEADER.index("zone")] != "changsha"
    last[HEADER.index(column)] = "neun"
    with (tmp_path / "edited.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([*before, last])

    assert icredit("rank", tmp_path / "edited.csv", "--zone", "changsha") == 3

    assert "edited.csv: not a scored table: a score is not a number" in capsys.readouterr().err


@pytest.mark.parametrize("more", [b",9", b"\xff", b'"'], ids=["a cell too many", "not UTF-8", "a quotation mark"])
def test_a_damaged_row_outside_the_selection(tmp_path: Path, more: bytes) -> None:
    """A row that cannot be read is told wherever it stands, here at the end of the last row, which is of another zone."""
    path = written(enterprises(48).with_columns(grade=pl.lit("B")).drop("x", "coverage"), tmp_path / "scores.csv")
    path.write_bytes(path.read_bytes().removesuffix(b"\n") + more + b"\n")
    with pytest.raises(InputError, match=r"scores\.csv: not readable as \.csv"):
        ScoredFile(path).rows(*SELECTION)


def retyped(frame: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """The table as other programs may have written it again, by what they changed."""
    return {
        "text": frame.with_columns(pl.col("x", "score").cast(pl.String)),
        "whole": frame.with_columns(pl.col("x").round().cast(pl.Int32), pl.col("rank").cast(pl.Float64)),
        "categories": frame.with_columns(pl.col("zone", "status").cast(pl.Categorical)),
        "headers": frame.rename({"score": "总分", "zone": "Zone"}),
    }


@pytest.mark.parametrize("change", ["text", "whole", "categories", "headers"])
def test_columns_of_other_types(tmp_path: Path, change: str) -> None:
    """A Parquet file in which another program changed types or headers gives what it holds, with the table's types."""
    frame = enterprises(60)
    retyped(frame)[change].write_parquet(tmp_path / "scores.parquet")
    expected = frame.with_columns(pl.col("x").round()) if change == "whole" else frame
    assert ScoredFile(tmp_path / "scores.parquet").rows(*SELECTION).equals(expected.filter(*SELECTION))


def test_a_wrong_number_in_a_parquet_file(tmp_path: Path) -> None:
    """Text that is no number is refused there too, also outside the selection."""
    frame = enterprises(60).with_columns(
        x=pl.when(pl.col("zone") == "zhuzhou").then(pl.lit("neun")).otherwise(pl.lit("9"))
    )
    frame.write_parquet(tmp_path / "scores.parquet")
    with pytest.raises(InputError, match="a score is not a number"):
        ScoredFile(tmp_path / "scores.parquet").rows(*SELECTION)


# What is in the table and what is not


@pytest.mark.parametrize("ending", ["csv", "parquet", "ndjson", "xlsx"])
def test_stages_and_grades_are_those_of_the_whole_table(tmp_path: Path, ending: str) -> None:
    """A stage that nobody of the zone has makes an empty list; one that nobody at all has is refused."""
    frame = enterprises(60).filter((pl.col("stage") == "young") | (pl.col("zone") == "zhuzhou"))
    table = ScoredFile(written(frame, tmp_path / f"scores.{ending}"))

    assert api.rank(table, zone="changsha", stage="old").height == 0
    assert api.rank(table, stage=["old", "young"], top=None).height == api.rank(frame, top=None).height
    with pytest.raises(UsageError, match=r"(?s)no enterprise of the table has the stage 'odd'.*old, young"):
        api.rank(table, zone="changsha", stage=["old", "odd"])
    with pytest.raises(UsageError, match=r"(?s)the grade 'A'.*\+A, B"):
        api.rank(table, grade=["B", "A"])


# Files that are not as others


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_names_of_files_are_no_patterns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ending: str) -> None:
    """Signs that mean something in a pattern, or in the name of a folder of a data lake, stand for themselves."""
    monkeypatch.delattr(scored, "_whole")
    folder = tmp_path / "zone=zhuzhou" / "[1]*"
    folder.mkdir(parents=True)
    frame = enterprises(60)
    written(frame.clear(), tmp_path / "zone=zhuzhou" / f"1.{ending}")
    assert ScoredFile(written(frame, folder / f"?.{ending}")).rows(*SELECTION).equals(frame.filter(*SELECTION))
    monkeypatch.chdir(tmp_path)
    Path("~").mkdir()
    assert ScoredFile(written(frame, Path("~") / f"scores.{ending}")).rows().equals(frame)


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_a_table_out_of_a_pipe(tmp_path: Path, ending: str) -> None:
    """A pipe, which can be read once and from its beginning only, is a file like any other."""
    pipe = tmp_path / f"pipe.{ending}"
    os.mkfifo(pipe)
    frame = enterprises(60)
    data = written(frame, tmp_path / f"scores.{ending}").read_bytes()
    writer = threading.Thread(target=pipe.write_bytes, args=(data,))
    writer.start()
    try:
        assert ScoredFile(pipe).rows(*SELECTION).equals(frame.filter(*SELECTION))
    finally:
        writer.join()


def test_the_identity_columns_follow_the_ranks() -> None:
    """The table names them in the order in which submissions have them."""
    assert FIXED_COLUMNS[:8] == (*RANKS, *IDENTITY)


def test_files_that_are_no_tables_are_refused_at_once(tmp_path: Path) -> None:
    """A device, a folder, a file with holes of any size and a workbook that would fill memory are not read."""
    (tmp_path / "zero.csv").symlink_to("/dev/zero")
    (tmp_path / "folder.csv").mkdir()
    with (tmp_path / "holes.csv").open("wb") as file:
        file.truncate(2**40)
    with zipfile.ZipFile(tmp_path / "bomb.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 2**26)
    for name, said in (
        ("zero.csv", "device"),
        ("folder.csv", "folder"),
        ("holes.csv", "1,099,511,627,776 bytes"),
        ("bomb.xlsx", "it would unpack to 64 MB"),
    ):
        with pytest.raises(InputError, match=said):
            ScoredFile(tmp_path / name)
