"""`icredit verify` makes a table or a list again from its inputs, and says whether every byte agrees, or what differs."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import product
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from command_line import clean_csv, credit_code, enterprise, environment, faulty_csv, icredit, read_csv, write_csv
from conftest import NATIONAL, SAMPLE_CSV
from icredit.intake import rows
from icredit.intake.sources import dispatch, large_text
from icredit.verification.rows import compare

Captured = pytest.CaptureFixture[str]
FORMATS = ("csv", "xlsx", "parquet", "ndjson")


@pytest.fixture
def scored(folder: Path) -> Path:
    """A current folder in which six enterprises were scored on a day long past, and one was rejected."""
    faulty_csv(folder / "in.csv", 6, 1)
    score("in.csv")
    return folder


def score(*words: object) -> None:
    """Score quietly as of a day long past."""
    assert icredit("score", *words, "--as-of", "2020-01-01", "--quiet") == 0


def verified(capsys: Captured, *words: object) -> tuple[int, str]:
    """Verify, and return the exit status with everything that was said."""
    capsys.readouterr()
    status = icredit("verify", *words)
    told = capsys.readouterr()
    assert "Traceback" not in told.err
    return status, told.out + told.err


def replace_text(path: Path, old: str, new: str) -> None:
    """Replace a text that stands in a file; the first time it does."""
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8", newline="")


def manifest_of(path: Path) -> dict[str, Any]:
    """Return the manifest beside a file."""
    content: dict[str, Any] = json.loads(path.with_suffix(".manifest.json").read_text("utf-8"))
    return content


# What agrees


@pytest.mark.parametrize("ending", FORMATS)
def test_every_format_with_every_option(folder: Path, capsys: Captured, ending: str) -> None:
    """A run with a scheme, zones and scale of its own agrees, named by its table or its manifest, on any later day."""
    shutil.copy(NATIONAL, folder / "mine.yaml")
    (folder / "more.csv").write_text(
        "slug,short_name,full_name,province\nxiangshi,湘示,湘示高新技术产业园区,湖南\n", "utf-8"
    )
    write_csv(folder / "a.csv", [enterprise(n, 所属高新区="湘示") for n in range(4)])
    write_csv(folder / "b.csv", [enterprise(n, 净利润=str(n)) for n in (2, 9)])
    words = ["--scheme", "mine.yaml", "--zones", "more.csv", "--duplicates", "last", "--steps", "--labels", "zh"]
    score("b.csv", "a.csv", *words, "--save-reference", "scale.json")
    score("b.csv", "a.csv", *words, "-o", f"table.{ending}", "--reference", "scale.json")

    for name in (f"table.{ending}", "table.manifest.json"):
        status, told = verified(capsys, name)
        assert status == 0, told
        assert told.startswith(f"一致 agrees: table.{ending}, made again from 2 inputs, has the same bytes (")
    assert verified(capsys)[0] == 0, "the default is ./scores.manifest.json"


def test_a_batch_in_pieces(folder: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    """A table made in pieces verifies in pieces, and as a whole; its rows are not left behind anywhere."""
    write_csv(folder / "in.csv", [enterprise(number) for number in range(300)])
    with monkeypatch.context() as patch:
        limits = ((dispatch, "LARGE", 20_000), (dispatch, "BEGINNING", 4_096), (large_text, "_PIECE", 30_000))
        for module, name, value in (*limits, (rows, "_MOST", 20_000)):
            patch.setattr(module, name, value)
        score("in.csv")
        before = set(folder.iterdir())
        assert verified(capsys)[0] == 0
    assert verified(capsys)[0] == 0
    assert set(folder.iterdir()) == before


def test_other_settings_and_registers_change_nothing(
    scored: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a new run would take by default - a scheme, zones, labels - is not what the old one was made with."""
    (scored / "indicators.yaml").write_text("no scheme", "utf-8")
    (scored / "zones.csv").write_text("no register", "utf-8")
    monkeypatch.setenv("ICREDIT_LABELS", "zh")
    monkeypatch.setenv("ICREDIT_SCHEME", "local-18-plus-m-example")

    assert verified(capsys, "scores.csv")[0] == 0


def test_an_output_folder(folder: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder of the settings is where the manifest is looked for; inputs are named from where the run was made."""
    clean_csv(folder / "in.csv")
    (folder / "out").mkdir()
    monkeypatch.setenv("ICREDIT_OUTPUT_FOLDER", str(folder / "out"))
    score("in.csv")
    (folder / "elsewhere").mkdir()
    assert verified(capsys)[0] == 0
    monkeypatch.delenv("ICREDIT_OUTPUT_FOLDER")
    score("in.csv", "-o", "out/scores.csv")
    monkeypatch.chdir(folder / "elsewhere")
    assert verified(capsys, "../out/scores.csv")[0] == 0


def test_standard_input_that_was_kept(folder: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    """What came through a pipe is asked for, and taken from the file that has the same bytes."""
    kept = clean_csv(folder / "kept.csv")
    with kept.open() as stream:
        monkeypatch.setattr(sys, "stdin", stream)
        score("-")

    status, told = verified(capsys, "scores.csv")
    assert (status, "<stdin>: the input is not there" in told, "--inputs" in told) == (3, True, True)
    assert verified(capsys, "scores.csv", "--inputs", "kept.csv")[0] == 0


# What differs


def test_a_table_that_was_edited(scored: Path, capsys: Captured) -> None:
    """A changed cell is told by credit code and column; the run itself gives what was written then."""
    name = read_csv(scored / "scores.csv")[1]["name"]
    replace_text(scored / "scores.csv", name, "另一企业")

    status, told = verified(capsys, "scores.csv")

    assert status == 1
    assert told.startswith("不一致 differs: scores.csv\n  积分表 table: scores.csv was changed after it was written: ")
    assert "1 of 6 rows differ, in 1 column: name (1)" in told
    assert f"{read_csv(scored / 'scores.csv')[1]['uscc']}: name '另一企业', made again '{name}'" in told
    assert "made again, the table has the bytes that were written then" in told
    assert "input:" not in told


def test_an_input_that_changed(scored: Path, capsys: Captured) -> None:
    """The file is named, with the rows that come out otherwise; the table is not called edited."""
    replace_text(scored / "in.csv", "示例企业3号", "另一企业")

    status, told = verified(capsys, "scores.csv")

    assert status == 1
    assert "填报文件 input: in.csv has another content: " in told
    assert f"{credit_code(3)}: name '示例企业3号', made again '另一企业'" in told
    assert "was changed after" not in told


def test_rows_and_columns_that_were_taken_away(scored: Path, capsys: Captured) -> None:
    """A table that lost a row and a column, and one whose rows stand in another order, are told so."""
    table = pl.read_csv(scored / "scores.csv", infer_schema=False)
    gone = table["uscc"][2]
    table.filter(pl.col("uscc") != gone).drop("coverage").write_csv(scored / "scores.csv")
    status, told = verified(capsys, "scores.csv")
    assert (status, f"1 row not in the file: {gone}" in told) == (1, True)
    assert "列 columns: 1 column not in the file: coverage" in told

    table.reverse().write_csv(scored / "scores.csv")
    status, told = verified(capsys, "scores.csv")
    assert (status, "the same cells, in another order of rows" in told) == (1, True)

    (scored / "scores.csv").write_text("something else", "utf-8")
    status, told = verified(capsys, "scores.csv")
    assert (status, "rows: cannot be compared: scores.csv: not a scored table" in told) == (1, True)


def test_rejects_that_were_edited(scored: Path, capsys: Captured) -> None:
    """The findings beside the table are verified with it; that they are not there any more is no difference."""
    replace_text(scored / "scores.rejects.csv", "不是数字", "别的")
    status, told = verified(capsys, "scores.csv")
    assert (status, "附带文件 beside: scores.rejects.csv was changed after it was written" in told) == (1, True)

    (scored / "scores.rejects.csv").unlink()
    assert verified(capsys, "scores.csv")[0] == 0


def test_a_scheme_that_changed(folder: Path, capsys: Captured) -> None:
    """Its editions and hashes are told; of an overlay, that it is the scheme below it."""
    clean_csv(folder / "in.csv")
    shutil.copy(NATIONAL, folder / "base.yaml")
    (folder / "over.yaml").write_text(
        'extends: base.yaml\nid: over\nedition: "7"\ntitle: {zh: 另一版, en: Over}\n', "utf-8"
    )
    score("in.csv", "--scheme", "over.yaml")
    assert verified(capsys)[0] == 0

    replace_text(folder / "base.yaml", "{decimals: 4,", "{decimals: 2,")
    status, told = verified(capsys)

    assert status == 1
    assert "评价体系 scheme: over has another content: edition 7, " in told
    assert "scheme: ics-national-2024, which it extends, has another content" in told
    assert "input:" not in told


def test_a_reference_or_register_that_changed(folder: Path, capsys: Captured) -> None:
    """Other zones and another scale are told, also where they make no difference to this batch."""
    clean_csv(folder / "in.csv")
    (folder / "zones.csv").write_text("slug,short_name,full_name,province\nx,示,示高新技术产业园区,湖南\n", "utf-8")
    score("in.csv", "-o", "first.csv", "--save-reference", "scale.json")
    score("in.csv", "--reference", "scale.json")
    replace_text(folder / "zones.csv", "湖南", "湖北")
    replace_text(folder / "scale.json", '"rows": 6', '"rows": 7')

    status, told = verified(capsys)

    assert status == 1
    assert "高新区名录 zones: zones.csv has another content" in told
    assert "基准 reference: scale.json has another content" in told


def test_a_run_that_cannot_be_made_again(folder: Path, capsys: Captured) -> None:
    """Inputs, a scheme or a scale of which no table can be made any more end in a report that says which differs."""
    clean_csv(folder / "in.csv")
    shutil.copy(NATIONAL, folder / "indicators.yaml")
    score("in.csv", "-o", "first.csv", "--save-reference", "scale.json")
    score("in.csv", "--reference", "scale.json")
    changes = [
        ("in.csv", "a,b\n1,2\n", "填报文件 input: in.csv has another content"),
        ("scale.json", "{}", "基准 reference: scale.json has another content"),
        ("indicators.yaml", "id: [", "评价体系 scheme: ics-national-2024 has another content, which is no scheme"),
        (
            "indicators.yaml",
            NATIONAL.read_text("utf-8").replace("{decimals: 4,", "{decimals: 2,"),
            "评价体系 scheme: ics-national-2024 has another content: edition 2024-08, ",
        ),
    ]
    for name, text, said in changes:
        before = (folder / name).read_bytes()
        (folder / name).write_text(text, "utf-8")
        status, told = verified(capsys)
        assert (status, said in told, "重算 rerun: the run cannot be made again: " in told) == (1, True, True), told
        (folder / name).write_bytes(before)

    (folder / "indicators.yaml").unlink()
    status, told = verified(capsys)
    assert (status, "indicators.yaml: the scheme is not there" in told) == (3, True)


def test_another_version(scored: Path, capsys: Captured) -> None:
    """Another version is a note where the bytes agree, and a difference where they do not."""
    replace_text(scored / "scores.manifest.json", f'"polars": "{pl.__version__}"', '"polars": "0.9"')
    status, told = verified(capsys, "scores.csv")
    assert (status, f"made with polars 0.9, verified with {pl.__version__}" in told) == (0, True)

    replace_text(scored / "in.csv", "示例企业3号", "另一企业")
    status, told = verified(capsys, "scores.csv")
    assert (status, "软件版本 version: made with polars 0.9" in told) == (1, True)


def test_a_file_that_can_be_read_by_now(folder: Path, capsys: Captured) -> None:
    """A file that could not be read then, and can now, is told; one that still cannot is no difference."""
    clean_csv(folder / "a.csv", 3)
    (folder / "b.csv").write_bytes(b"")
    score("a.csv", "b.csv")
    assert verified(capsys)[0] == 0

    write_csv(folder / "b.csv", [enterprise(9)])
    status, told = verified(capsys)
    assert (status, "input: b.csv could not be read then: the file is empty" in told) == (1, True)
    assert f"1 row not in the file: {credit_code(9)}" in told


# What is not there


def test_inputs_elsewhere(scored: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    """A missing input is status 3 and says what to do; it may be named, or its folder, or lie beside the manifest."""
    (scored / "archive").mkdir()
    (scored / "in.csv").rename(scored / "archive" / "in.csv")
    status, told = verified(capsys, "scores.csv")
    assert (status, told.splitlines()[0]) == (3, "icredit: in.csv: the input is not there")

    assert verified(capsys, "scores.csv", "--inputs", "archive")[0] == 0
    assert verified(capsys, "scores.csv", "--inputs", "archive/in.csv")[0] == 0
    for file in scored.glob("scores.*"):
        file.rename(scored / "archive" / file.name)
    assert verified(capsys, "archive/scores.csv")[0] == 0


def test_of_several_files_the_right_one(scored: Path, capsys: Captured) -> None:
    """Where two places have a file of the name, the one with the right hash is taken."""
    (scored / "a").mkdir()
    clean_csv(scored / "a" / "in.csv", 2)
    assert verified(capsys, "scores.csv", "--inputs", "a")[0] == 0


def test_a_table_that_is_not_there(scored: Path, capsys: Captured) -> None:
    """The manifest alone can be verified, and says that the table was not looked at."""
    (scored / "scores.csv").unlink()
    status, told = verified(capsys, "scores.manifest.json")
    assert (status, "scores.csv itself is not there" in told) == (0, True)


@pytest.mark.parametrize(
    ("name", "status"), [("nothing.csv", 3), ("in.csv", 3), ("notes.md", 2), ("x.json", 3), ("scores.parquet", 3)]
)
def test_what_cannot_be_verified(scored: Path, capsys: Captured, name: str, status: int) -> None:
    """A file without a manifest, of another kind, or whose manifest is another file's, is refused in a sentence."""
    (scored / "x.json").write_text('{"format": "x"}', "utf-8")
    (scored / "scores.parquet").write_text("", "utf-8")
    found, told = verified(capsys, name)
    assert (found, told.count("\n") <= 2, Path(name).stem in told) == (status, True, True)


def _spoiled(content: Any, value: Any) -> list[Any]:
    """Return copies of a manifest, in each of which one value is missing or another one."""
    found: list[Any] = []
    for key in content if isinstance(content, dict) else ():
        found.append({**content, key: value})
        found.append({name: one for name, one in content.items() if name != key})
        found += [{**content, key: inner} for inner in _spoiled(content[key], value)]
    for number, item in enumerate(content) if isinstance(content, list) else ():
        found += [[*content[:number], inner, *content[number + 1 :]] for inner in _spoiled(item, value)]
    return found


@pytest.mark.parametrize("name", ["scores.csv", "list.csv"])
def test_a_damaged_manifest(scored: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Whatever is missing or wrong in a manifest, the answer is a status and no traceback; nothing is made again."""
    assert icredit("rank", "-o", "list.csv", "--quiet") == 0
    path = (scored / name).with_suffix(".manifest.json")
    content = manifest_of(scored / name)
    content.pop("findings", None)
    parts = [content, content["output"], content["scheme"], *content.get("inputs", [])]
    for part, key in product(
        parts, ("treatment", "columns", "counts", "basis", "title", "stages", "left_out", "notes")
    ):
        part.pop(key, None)  # nothing of these is looked at
    monkeypatch.setattr("icredit.runs.read_scheme", refuse)
    for spoiled in _spoiled(content, 7):
        path.write_text(json.dumps(spoiled), "utf-8")
        status, told = verified(capsys, name)
        assert status in {0, 1, 2, 3}
        assert told


def refuse(*_: object) -> None:
    """Refuse to read a scheme, which takes long."""
    from icredit.errors import InputError  # noqa: PLC0415  # only here

    raise InputError("no scheme")


# Lists


@pytest.mark.parametrize("ending", FORMATS)
def test_a_list(scored: Path, capsys: Captured, ending: str) -> None:
    """A list carries its table's hash, and agrees; a list that was changed does not, and its cell is shown."""
    words = ["--zone", "长沙", "--stage", "成长期", "--by", "技术创新指标", "--top", "3", "-o", f"list.{ending}"]
    assert icredit("rank", *words, "--labels", "zh", "--quiet") == 0
    assert (scored / "list.manifest.json").exists() == (ending != "xlsx")

    status, told = verified(capsys, f"list.{ending}")
    assert status == 0, told
    first, second = told.splitlines()
    assert first.startswith(f"一致 agrees: list.{ending}, made again from scores.csv (")
    assert second.startswith("一致 agrees: scores.csv, made again from 1 input")
    if ending != "xlsx":
        assert verified(capsys, "list.manifest.json")[0] == 0

    spoil(scored / f"list.{ending}", credit_code(6))
    status, told = verified(capsys, f"list.{ending}")
    assert (status, "不一致 differs: list" in told, "changed after it was written" in told) == (1, True, True)
    assert f"{credit_code(6)}: " in told
    assert "'另一企业', made again '示例企业6号'" in told


def spoil(path: Path, code: str) -> None:
    """Give an enterprise of a list another name."""
    if path.suffix == ".xlsx":
        import openpyxl  # noqa: PLC0415  # one format in four

        book = openpyxl.load_workbook(path)
        cell = next(cell for row in book.worksheets[0].iter_rows() for cell in row if cell.value == "示例企业6号")
        cell.value = "另一企业"
        book.save(path)
    elif path.suffix == ".parquet":
        table = pl.read_parquet(path)
        table.with_columns(
            pl.when(pl.col("统一社会信用代码") == code).then(pl.lit("另一企业")).otherwise("企业名称").alias("企业名称")
        ).write_parquet(path)
    else:
        replace_text(path, "示例企业6号", "另一企业")


def test_a_list_of_another_table(scored: Path, capsys: Captured) -> None:
    """When the table was made anew from other data, the list is told to be of another one."""
    for name in ("list.csv", "list.xlsx"):
        assert icredit("rank", "-o", name, "--quiet") == 0
    replace_text(scored / "in.csv", "示例企业3号", "另一企业")
    score("in.csv")

    for name in ("list.csv", "list.xlsx"):
        status, told = verified(capsys, name)
        assert (status, "积分表 table: scores.csv is another one: " in told) == (1, True)
        assert "一致 agrees: scores.csv" in told
        assert "changed after it was written" not in told


def test_a_list_without_the_inputs_of_its_table(scored: Path, capsys: Captured) -> None:
    """The list is verified against the table, and it is said that the table was not; without the table it is status 3."""
    (scored / "out").mkdir()
    assert icredit("rank", "-o", "out/list.csv", "--quiet") == 0
    (scored / "in.csv").unlink()
    status, told = verified(capsys, "out/list.csv")
    assert (status, "scores.csv itself was not verified: in.csv: the input is not there" in told) == (0, True)

    (scored / "scores.manifest.json").unlink()
    status, told = verified(capsys, "out/list.csv")
    assert (status, "the manifest beside scores.csv names another scheme" in told) == (1, True)

    (scored / "scores.csv").unlink()
    status, told = verified(capsys, "out/list.csv")
    assert (status, "../scores.csv: the scored table is not there" in told) == (3, True)


def test_the_manifest_of_a_list(scored: Path) -> None:
    """It names the table with its hash, the scheme, everything that was asked for, and the list's own hash."""
    assert icredit("rank", "--top", "2", "--grade", "C", "-o", "list.csv", "--quiet") == 0
    found, table = manifest_of(scored / "list.csv"), manifest_of(scored / "scores.csv")
    assert found["table"] == {"file": "scores.csv", "sha256": table["output"]["sha256"]}
    assert found["scheme"] == {key: table["scheme"][key] for key in ("id", "edition", "sha256")}
    assert (found["options"]["top"], found["options"]["grade"], found["options"]["by"]) == (2, ["C"], "score")
    assert (found["output"]["file"], found["output"]["rows"], found["zones"]) == ("list.csv", 2, None)


def test_a_list_keeps_off_the_manifests_of_tables(scored: Path, capsys: Captured) -> None:
    """A list whose manifest would replace that of a table is refused; a printed one writes nothing."""
    before = {path.name: path.read_bytes() for path in scored.iterdir()}
    assert icredit("rank", "-o", "scores.ndjson") == 4
    assert "scores.manifest.json: is an input of this run" in capsys.readouterr().err
    score("in.csv", "-o", "other.csv")
    assert icredit("rank", "-o", "other.ndjson") == 4
    assert "other.manifest.json: is the manifest of other.csv, which would lose it" in capsys.readouterr().err
    assert icredit("rank") == 0
    for path in scored.glob("other.*"):
        path.unlink()
    assert {path.name: path.read_bytes() for path in scored.iterdir()} == before


# The report


def test_json_and_quiet(scored: Path, capsys: Captured) -> None:
    """`--json` is one object with everything that differs; `--quiet` leaves the status alone to tell."""
    replace_text(scored / "in.csv", "示例企业3号", "另一企业")
    status, told = verified(capsys, "scores.csv", "--json")
    found = json.loads(told)
    assert (status, found["status"], found["reports"][0]["agrees"]) == (1, "differs", False)
    assert [one["kind"] for one in found["reports"][0]["differences"]] == ["input", "table", "rows"]
    assert verified(capsys, "scores.csv", "--quiet") == (1, "")


class Frame:
    """A table in memory."""

    def __init__(self, frame: pl.DataFrame) -> None:
        self.frame = frame
        self.schema: Mapping[str, pl.DataType] = frame.schema

    def select(self, names: Sequence[str]) -> pl.DataFrame:
        """Return some columns."""
        return self.frame.select(names)


ROWS = st.lists(st.tuples(st.sampled_from("ABCDEF"), *[st.sampled_from((None, 1.0, 2.0))] * 10), max_size=8)


@given(found=ROWS, made=ROWS)
@settings(max_examples=60)
def test_differences_are_counted_right(found: list[Any], made: list[Any]) -> None:
    """Rows of one table alone, rows that differ, and the columns in which they do, against a count in plain Python."""
    names = ["uscc", *(f"c{number}" for number in range(10))]
    schema = {"uscc": pl.String, **dict.fromkeys(names[1:], pl.Float64)}
    tables = [Frame(pl.DataFrame(rows, schema=schema, orient="row")) for rows in (found, made)]

    def by_key(rows: list[Any]) -> dict[tuple[str, int], Any]:
        seen: Counter[str] = Counter()
        keyed = {}
        for code, *cells in rows:
            keyed[code, seen[code]] = cells
            seen[code] += 1
        return keyed

    one, other = by_key(found), by_key(made)
    both = [key for key in one if key in other]
    differing = [key for key in both if one[key] != other[key]]
    columns = Counter(names[n + 1] for key in differing for n in range(10) if one[key][n] != other[key][n])

    got = compare(tables[0], tables[1])

    assert (got.found_more, got.made_more) == (len(one) - len(both), len(other) - len(both))
    assert (got.common, got.differing, dict(got.columns)) == (len(both), len(differing), dict(columns))
    assert list(dict.fromkeys(cell.uscc for cell in got.cells)) == list(
        dict.fromkeys(code for code, _ in differing[:5])
    )


# The same input, the same bytes


@pytest.fixture(scope="module")
def made_here(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with part of the sample, scored and ranked in every format in this process, with rejects."""
    folder = tmp_path_factory.mktemp("made")
    rows = read_csv(SAMPLE_CSV)[:120]
    rows[7] = {**rows[7], next(header for header in rows[7] if "净利润" in header): "?"}
    write_csv(folder / "in.csv", rows)
    for ending in FORMATS:
        table = folder / f"{ending}.{ending}"
        assert icredit("score", folder / "in.csv", "-o", table, "--as-of", "2026-01-15", "-q", "--values") == 0
        assert icredit("rank", table, "-o", folder / f"list-{ending}.{ending}", "-q", "--top", "50") == 0
    return folder


_PROGRAM = """
import sys
from icredit.cli.main import main
sys.exit(max(main(["verify", f"list-{ending}.{ending}", "-q"]) for ending in sys.argv[1:]))
"""


@pytest.mark.parametrize(
    "env",
    [
        {"POLARS_MAX_THREADS": "1", "PYTHONHASHSEED": "0", "TZ": "Pacific/Kiritimati", "LC_ALL": "C"},
        {"POLARS_MAX_THREADS": "3", "PYTHONHASHSEED": "77", "TZ": "Pacific/Pago_Pago", "PYTHONUTF8": "0"},
    ],
    ids=["one thread", "three threads"],
)
def test_surroundings_change_no_byte_of_any_file(made_here: Path, env: dict[str, str]) -> None:
    """Tables, rejects and lists of every format are the same with other threads, seeds, zones of time and locales."""
    words = [sys.executable, "-c", _PROGRAM, *FORMATS]
    done = subprocess.run(words, cwd=made_here, env=environment(**env), capture_output=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr.decode()


@pytest.mark.parametrize("ending", FORMATS)
def test_the_order_of_files_changes_no_byte_of_any_file(folder: Path, ending: str) -> None:
    """Files named in another order, rows shuffled between them, give the same table; the same files, the same rejects."""
    faulty_csv(folder / "a.csv", 5, 2)
    write_csv(folder / "b.csv", [enterprise(number) for number in range(20, 26)])
    outcomes = []
    for words in (["a.csv", "b.csv"], ["b.csv", "a.csv"]):
        score(*words, "-o", f"scores.{ending}")
        assert icredit("rank", f"scores.{ending}", "-o", f"list.{ending}", "--quiet") == 0
        names = (f"scores.{ending}", "scores.rejects.csv", f"list.{ending}")
        outcomes.append([(folder / name).read_bytes() for name in names])
    assert outcomes[0] == outcomes[1]
