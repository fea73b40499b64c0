"""`icredit score` tells what it did, writes the table, its manifest and its rejects, and gives the same bytes always."""

from __future__ import annotations

import csv
import hashlib
import io
import itertools
import json
import re
import zipfile
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import icredit as api
from command_line import clean_csv, credit_code, enterprise, faulty_csv, icredit, program, read_csv, write_csv
from conftest import AS_OF, ERRORS_CSV, NATIONAL, SAMPLE_CSV, SAMPLE_XLSX
from icredit.cli.options import parse_limit
from icredit.scheme import Scheme

Captured = pytest.CaptureFixture[str]

RANKS = ["rank", "zone_rank", "stage_rank"]
FIXED = [*RANKS, "uscc", "name", "zone", "province", "stage", "status", "score", "grade", "coverage"]


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def manifest_of(path: Path) -> dict[str, Any]:
    """Return the manifest beside a table."""
    content: dict[str, Any] = json.loads(path.with_name(f"{path.stem}.manifest.json").read_text("utf-8"))
    return content


def number_after(label: str, text: str) -> int:
    """Return the number that follows a label in a summary."""
    match = re.search(rf"{label}\s+([0-9,]+)$", text, re.MULTILINE)
    assert match is not None, label
    return int(match[1].replace(",", ""))


def doubtful(row: dict[str, str]) -> int:
    """Return how many warnings of the scheme a row of the sample, which has no rates, earns: each rule at most once."""
    names = ("研发费用金额", "营业收入", "净资产", "研发费用加计扣除所得税减免额")
    spent, earned, assets, relief = (row[f"{name}（万元）"] for name in names)
    over = bool(spent and earned) and float(spent) > float(earned) > 0
    saved = bool(spent and relief) and Fraction(relief) > Fraction(spent) * Fraction(3, 10)
    jumps = [(row[f"{name}（万元）"], row[f"上年{name}（万元）"]) for name in ("研发费用金额", "营业收入")]
    jumped = sum(
        Fraction(now) > 11 * Fraction(last) > 0 or 0 < 10 * Fraction(now) < Fraction(last)
        for now, last in jumps
        if now and last
    )
    return over + saved + jumped + (bool(assets) and float(assets) <= 0)


# What the summary says


@pytest.mark.parametrize("source", [SAMPLE_CSV, SAMPLE_XLSX], ids=["csv", "xlsx"])
def test_summary_of_the_sample(folder: Path, capsys: Captured, source: Path) -> None:
    """The summary counts rows read, scored, rejected and warnings, and lists the five best with code, name and zone."""
    filed = read_csv(SAMPLE_CSV)
    vetoed = sum(row["严重失信"] == "是" for row in filed)

    assert icredit("score", source) == 0

    out = capsys.readouterr().out
    assert number_after("rows read", out) == len(filed) == 3000
    assert number_after("vetoed", out) == vetoed
    assert number_after("scored", out) == 3000 - vetoed
    assert number_after("rejected", out) == 0
    assert number_after("warnings", out) == sum(doubtful(row) for row in filed)
    listed = re.findall(r"^ +([1-5])  +([0-9.]+)  ([ABCD]) +(9199\w{14})  (\S+)  (\S+)$", out, re.MULTILINE)
    by_code = {row["统一社会信用代码"]: row for row in filed}
    best = read_csv(folder / "scores.csv")[:5]
    assert [(place, points, grade, code) for place, points, grade, code, _, _ in listed] == [
        (row["rank"], f"{float(row['score']):.2f}", row["grade"], row["uscc"]) for row in best
    ]
    assert [name for *_, name, _ in listed] == [by_code[row["uscc"]]["企业名称"] for row in best]
    assert {zone for *_, zone in listed} <= {row["所属高新区"] for row in filed}


def test_the_summary_counts_who_is_not_eligible(folder: Path, capsys: Captured) -> None:
    """Whoever does not meet a condition is counted in the summary and the manifest, so that the rows add up."""
    condition = "eligibility: [{when: 'staff <= 120', message: {zh: 职工不超过120人, en: staff of 120 at most}}]\n"
    (folder / "indicators.yaml").write_text(NATIONAL.read_text("utf-8") + condition, "utf-8")
    write_csv(folder / "a.csv", [enterprise(1), *(enterprise(n, **{"职工总数（人）": "121"}) for n in (2, 3))])

    assert icredit("score", "a.csv") == 0

    out = capsys.readouterr().out
    assert (number_after("scored", out), number_after("not eligible", out)) == (1, 2)
    counts = manifest_of(folder / "scores.csv")["counts"]
    assert (counts["rows_read"], counts["scored"], counts["ineligible"]) == (1 + 2, 1, 2)


def test_summary_says_what_is_not_official(folder: Path, capsys: Captured) -> None:
    """Nobody reads a score without reading, in both languages, that the weights are the project's own."""
    icredit("score", clean_csv(folder / "in.csv"))

    out = capsys.readouterr().out
    assert re.search("权重.*为项目默认值，非官方公布", out)
    assert re.search("Project defaults, not official:.*weights", out)


def test_a_scheme_with_official_numbers_has_no_such_line(folder: Path, capsys: Captured) -> None:
    """The line stands there for what the scheme says, not always."""
    text = NATIONAL.read_text("utf-8").replace("project-default", "official")
    scheme = folder / "official.yaml"
    scheme.write_text(text, "utf-8")

    icredit("score", clean_csv(folder / "in.csv"), "--scheme", scheme)

    assert "not official" not in capsys.readouterr().out


def test_summary_names_the_files_written(folder: Path, capsys: Captured) -> None:
    """The last line of the summary names every file that was written."""
    icredit("score", faulty_csv(folder / "in.csv", 5, 1), "--save-reference", "scale.json")

    last = capsys.readouterr().out.splitlines()[-1]
    for name in ("scores.csv", "scores.rejects.csv", "scores.manifest.json", "scale.json"):
        assert name in last


def test_rejected_rows_are_shown_on_standard_error(folder: Path, capsys: Captured) -> None:
    """The first findings are told with file, line, value, rule and both languages, apart from the summary."""
    icredit("score", faulty_csv(folder / "in.csv", 5, 2))

    told = capsys.readouterr()
    assert "in.csv:7: 净利润（万元） '不是数字': error IC201: 应为数字 not a number" in told.err
    assert "in.csv:8: " in told.err
    assert "IC201" not in told.out


def test_nothing_left_to_score(folder: Path, capsys: Captured) -> None:
    """A submission whose rows are all rejected gives a table without rows, not a crash."""
    assert icredit("score", faulty_csv(folder / "in.csv", 0, 3)) == 0

    assert number_after("rejected", capsys.readouterr().out) == 3
    assert read_csv(folder / "scores.csv") == []
    assert (folder / "scores.csv").read_text("utf-8-sig").startswith("rank,zone_rank,stage_rank,uscc,")
    assert manifest_of(folder / "scores.csv")["output"]["rows"] == 0


@pytest.mark.parametrize("ending", ["csv", "xlsx", "parquet", "ndjson"])
def test_a_header_without_rows(folder: Path, ending: str) -> None:
    """A submission without any row is scored as well: there is nothing wrong in it."""
    source = folder / "in.csv"
    source.write_text("统一社会信用代码,企业名称,营业收入（万元）\n", "utf-8")

    assert icredit("score", source, "-o", f"scores.{ending}") == 0
    assert manifest_of(folder / f"scores.{ending}")["counts"]["rows_read"] == 0


# The files


def test_files_of_a_clean_run(folder: Path) -> None:
    """A submission without errors leaves the table and its manifest, and nothing else."""
    clean_csv(folder / "in.csv")

    assert icredit("score", "in.csv") == 0

    assert {path.name for path in folder.iterdir()} == {"in.csv", "scores.csv", "scores.manifest.json"}


def test_files_of_a_run_with_errors(folder: Path) -> None:
    """A submission with errors also leaves the rejects, named after the table, a row for every finding."""
    faulty_csv(folder / "in.csv", 4, 2)

    assert icredit("score", "in.csv", "-o", "list.xlsx") == 0

    assert {path.name for path in folder.iterdir()} == {"in.csv", "list.xlsx", "list.manifest.json", "list.rejects.csv"}
    rejects = read_csv(folder / "list.rejects.csv")
    assert [(row["file"], row["row"], row["column"], row["value"], row["rule"]) for row in rejects] == [
        ("in.csv", "6", "净利润（万元）", "不是数字", "IC201"),
        ("in.csv", "7", "净利润（万元）", "不是数字", "IC201"),
    ]
    assert [row["uscc"] for row in rejects] == [credit_code(5), credit_code(6)]
    assert (folder / "list.rejects.csv").read_bytes().startswith(b"\xef\xbb\xbf")


def test_stale_rejects_go(folder: Path) -> None:
    """Rejects of an earlier run do not stay beside the table of a run that had none."""
    icredit("score", faulty_csv(folder / "in.csv", 4, 2))
    assert (folder / "scores.rejects.csv").exists()

    icredit("score", clean_csv(folder / "in.csv"))

    assert not (folder / "scores.rejects.csv").exists()


def test_a_row_is_scored_or_in_the_rejects(folder: Path) -> None:
    """Of the file with every kind of error, each row is in the table, in the rejects, or repeats another one."""
    assert icredit("score", ERRORS_CSV) == 0

    counts = manifest_of(folder / "scores.csv")["counts"]
    with ERRORS_CSV.open(encoding="utf-8-sig", newline="") as file:
        rows = len(list(csv.reader(file))) - 1
    rejected = {row["row"] for row in read_csv(folder / "scores.rejects.csv")}
    assert counts["rows_read"] == rows == len(read_csv(folder / "scores.csv")) + len(rejected) + counts["merged"]
    assert counts["rejected"] == len(rejected)
    assert all(row["level"] == "error" for row in read_csv(folder / "scores.rejects.csv"))


def test_csv_is_made_for_excel_and_codes_stay_text(folder: Path) -> None:
    """The CSV begins with a byte-order mark, and codes of digits alone keep all 18 of them."""
    digits = next(code for code in map(credit_code, itertools.count(1)) if code.isdigit())
    write_csv(folder / "in.csv", [enterprise(1, 统一社会信用代码=digits)])

    assert icredit("score", "in.csv") == 0

    data = (folder / "scores.csv").read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    assert b"\r" not in data
    assert f",{digits},".encode() in data


def test_codes_are_text_in_a_workbook(folder: Path) -> None:
    """In a workbook the code is a text cell formatted as text, so that Excel cannot shorten it."""
    icredit("score", clean_csv(folder / "in.csv"), "-o", "scores.xlsx")

    page = openpyxl.load_workbook(folder / "scores.xlsx").worksheets[0]
    column = [cell.value for cell in page[1]].index("uscc") + 1
    cells = [page.cell(row, column) for row in range(2, page.max_row + 1)]
    assert {(cell.data_type, cell.number_format) for cell in cells} == {("s", "@")}
    assert {cell.value for cell in cells} == {credit_code(number) for number in range(1, 7)}


def table_in(path: Path) -> list[dict[str, Any]]:
    """Return a table of any format as rows of numbers, texts and None."""
    match path.suffix:
        case ".csv":
            texts = {"uscc", "name", "zone", "province", "stage", "status", "grade"}
            rows = [{k: v or None for k, v in row.items()} for row in read_csv(path)]
            return [{k: float(v) if v and k not in texts else v for k, v in row.items()} for row in rows]
        case ".parquet":
            return pl.read_parquet(path).to_dicts()
        case ".ndjson":
            return [json.loads(line) for line in path.read_text("utf-8").split("\n") if line]
        case _:
            page = openpyxl.load_workbook(path).worksheets[0]
            header, *cells = page.iter_rows(values_only=True)
            return [dict(zip(map(str, header), row, strict=True)) for row in cells]


@pytest.mark.parametrize("ending", ["csv", "xlsx", "parquet", "ndjson"])
def test_every_format_holds_the_same_table(folder: Path, national: Scheme, ending: str) -> None:
    """Columns, rows and numbers are those of the API in each format; a workbook keeps 16 digits."""
    write_csv(folder / "in.csv", read_csv(SAMPLE_CSV)[:500])
    table = api.score(api.read("in.csv", national, as_of=AS_OF), national, values=True)

    assert icredit("score", "in.csv", "-o", f"scores.{ending}", "--as-of", AS_OF, "--values", "--quiet") == 0

    found = table_in(folder / f"scores.{ending}")
    assert list(found[0]) == table.columns
    assert len(found) == table.height == 500
    if ending == "xlsx":
        for name, dtype in table.schema.items():
            column, wanted = [row[name] for row in found], table[name].to_list()
            if dtype == pl.Float64:
                assert [value is None for value in column] == [value is None for value in wanted], name
                column, wanted = ([value or 0.0 for value in values] for values in (column, wanted))
                assert column == pytest.approx(wanted, rel=1e-15, abs=0), name
            else:
                assert column == wanted, name
    else:
        assert found == table.to_dicts()


def test_parquet_keeps_types(folder: Path) -> None:
    """In Parquet ranks are whole numbers, scores are floating-point numbers and codes are text."""
    icredit("score", clean_csv(folder / "in.csv"), "-o", "scores.parquet")

    schema = pl.read_parquet(folder / "scores.parquet").schema
    assert [schema[name] for name in RANKS] == [pl.Int64()] * 3
    assert [schema[name] for name in ("uscc", "score", "coverage")] == [pl.String(), pl.Float64(), pl.Float64()]


def test_values_are_added_on_demand(folder: Path, national: Scheme) -> None:
    """`--values` adds one `<indicator>.value` column per indicator behind the scores, and changes nothing else."""
    clean_csv(folder / "in.csv", 1)
    icredit("score", "in.csv", "-o", "plain.csv")
    icredit("score", "in.csv", "-o", "values.csv", "--values")

    plain, values = read_csv(folder / "plain.csv")[0], read_csv(folder / "values.csv")[0]
    names = [leaf.id for leaf in national.leaves]
    assert len(names) == 18
    assert list(values) == [*plain, *(f"{name}.value" for name in names)]
    assert {name: values[name] for name in plain} == plain
    assert float(values["rd_intensity.value"]) == pytest.approx(100 * 301 / 3000)
    assert float(values["revenue_growth.value"]) == pytest.approx(100 * (3000 - 2500) / 2500)


@pytest.mark.parametrize(
    ("labels", "fixed", "category", "indicator", "value"),
    [
        ("id", "uscc", "technology", "rd_intensity", "rd_intensity.value"),
        ("zh", "统一社会信用代码", "技术创新指标", "研发费用占营业收入的比例得分", "研发费用占营业收入的比例（%）"),
        ("en", "Credit code", "Technological innovation", "R&D expenditure to revenue, score", None),
    ],
)
def test_labels_change_the_headers_and_nothing_else(
    folder: Path, labels: str, fixed: str, category: str, indicator: str, value: str | None
) -> None:
    """`--labels` names the columns by id, in Chinese or in English; the cells stay as they are."""
    clean_csv(folder / "in.csv")
    icredit("score", "in.csv", "-o", "plain.csv", "--values")
    icredit("score", "in.csv", "-o", "named.csv", "--values", "--labels", labels)

    plain, named = ((folder / name).read_text("utf-8-sig").split("\n", 1) for name in ("plain.csv", "named.csv"))
    assert named[1] == plain[1]
    headers = next(csv.reader(io.StringIO(named[0])))
    assert len(set(headers)) == len(headers) == 12 + 3 + 18 + 18
    assert {fixed, category, indicator} <= set(headers)
    assert value is None or value in headers


# The manifest


def test_manifest_says_what_decided_the_result(folder: Path, national: Scheme) -> None:
    """Inputs and output stand there with their hashes, the scheme with id, edition and hash, the options as given."""
    first, second = clean_csv(folder / "a.csv", 3), faulty_csv(folder / "b.csv", 4, 1)
    write_csv(second, [enterprise(number + 10) for number in range(4)] + [enterprise(99, **{"净利润（万元）": "?"})])

    icredit("score", "a.csv", "b.csv", "-o", "list.csv", "--as-of", "2026-01-15", "--period", "2025年度")

    found = manifest_of(folder / "list.csv")
    assert [(one["file"], one["sha256"], one["bytes"], one["rows"]) for one in found["inputs"]] == [
        (path.name, sha256(path), path.stat().st_size, rows) for path, rows in ((first, 3), (second, 5))
    ]
    assert found["output"]["sha256"] == sha256(folder / "list.csv")
    assert (found["output"]["file"], found["output"]["rows"]) == ("list.csv", 3 + 4)
    assert {name: found["counts"][name] for name in ("rows_read", "scored", "rejected", "errors", "vetoed")} == {
        "rows_read": 3 + 5,
        "scored": 3 + 4,
        "rejected": 1,
        "errors": 1,
        "vetoed": 0,
    }
    assert found["findings"] == [{"rule": "IC201", "level": "error", "count": 1}]
    scheme = found["scheme"]
    assert (scheme["id"], scheme["edition"], scheme["sha256"]) == (national.id, national.edition, national.digest)
    assert scheme["basis"]["weights"] == "project-default"
    assert (found["as_of"], found["options"]["period"]) == ("2026-01-15", "2025年度")
    assert found["inputs"][0]["columns"]["revenue"] == "营业收入（万元）"


def test_manifest_tells_the_time_of_the_run(folder: Path) -> None:
    """Start and end of the run stand in the manifest, in UTC, and nowhere else."""
    before = datetime.now(UTC).replace(microsecond=0)
    icredit("score", clean_csv(folder / "in.csv"))
    after = datetime.now(UTC)

    found = manifest_of(folder / "scores.csv")
    started, finished = (datetime.fromisoformat(found[name]) for name in ("started", "finished"))
    assert before <= started <= finished <= after
    assert found["as_of"] in {(before.astimezone() + timedelta(days=shift)).date().isoformat() for shift in (0, 1)}


def test_manifest_names_columns_that_were_not_used(folder: Path, capsys: Captured) -> None:
    """A column that means nothing to the scheme is told and recorded, with the nearest label that no other column has."""
    misspelt = {"净利闰" if header == "净利润（万元）" else header: cell for header, cell in enterprise(1).items()}
    write_csv(folder / "in.csv", [{**misspelt, "备注": "x"}])

    icredit("score", "in.csv")

    found = manifest_of(folder / "scores.csv")["inputs"][0]
    assert found["columns_not_used"] == ["净利闰", "备注"]
    told = "in.csv: 2 columns not used: '净利闰' (did you mean '净利润'?), '备注'"
    assert told in capsys.readouterr().err.splitlines()
    assert found["notes"] == [told]


# Quiet and JSON


def test_quiet_is_silent(folder: Path, capsys: Captured) -> None:
    """`--quiet` prints nothing at all when the run succeeds, rejected rows or not."""
    assert icredit("score", ERRORS_CSV, "--quiet") == 0

    assert capsys.readouterr() == ("", "")
    assert (folder / "scores.rejects.csv").exists()


def test_json_is_one_object_and_nothing_else(folder: Path, capsys: Captured) -> None:
    """`--json` puts exactly one JSON object on standard output, with the counts, the best five and the files."""
    source = faulty_csv(folder / "in.csv", 7, 1)

    assert icredit("score", source, "--json", "--as-of", "2026-01-15") == 0

    found = json.loads(capsys.readouterr().out)
    counts = manifest_of(folder / "scores.csv")["counts"]
    assert (found["status"], found["counts"]) == ("done", counts)
    assert (counts["rows_read"], counts["scored"], counts["rejected"]) == (8, 7, 1)
    assert [one["uscc"] for one in found["top"]] == [row["uscc"] for row in read_csv(folder / "scores.csv")[:5]]
    assert found["written"] == ["scores.csv", "scores.rejects.csv", "scores.manifest.json"]
    assert (found["as_of"], found["scheme"]["id"]) == ("2026-01-15", "ics-national-2024")


def test_json_of_a_refused_run(folder: Path, capsys: Captured) -> None:
    """Without a result there is nothing on standard output, not even half an object."""
    assert icredit("score", faulty_csv(folder / "in.csv", 1, 1), "--json", "--strict") == 1

    assert capsys.readouterr().out == ""


# Limits on rejects


def test_strict_passes_data_without_errors(folder: Path) -> None:
    """`--strict` is about errors: warnings and vetoes pass."""
    write_csv(folder / "in.csv", [enterprise(1, **{"净资产（万元）": "-5"}), enterprise(2)])

    assert icredit("score", "in.csv", "--strict") == 0


def test_strict_refuses_a_single_error(folder: Path, capsys: Captured) -> None:
    """`--strict` writes nothing when one row of many has an error, and says how many have."""
    assert icredit("score", faulty_csv(folder / "in.csv", 9, 1), "--strict") == 1

    assert "1 of 10 rows" in capsys.readouterr().err
    assert [path.name for path in folder.iterdir()] == ["in.csv"]


def test_strict_wins_over_a_limit(folder: Path) -> None:
    """Asked for both, the stricter one holds."""
    assert icredit("score", faulty_csv(folder / "in.csv", 9, 1), "--strict", "--max-rejects", "100%") == 1


@pytest.mark.parametrize(
    ("limit", "status"),
    [
        *[("3", 0), ("2", 1), ("4", 0), ("0", 1)],
        *[("30%", 0), ("29.9%", 1), ("30.1%", 0), ("0%", 1), ("100%", 0)],
    ],
)
def test_limit_on_rejects(folder: Path, limit: str, status: int) -> None:
    """Three rejected rows of ten pass a limit of 3 or 30 % and above, and nothing below."""
    assert icredit("score", faulty_csv(folder / "in.csv", 7, 3), "--max-rejects", limit) == status

    assert (folder / "scores.csv").exists() == (status == 0)


@given(
    hundredths=st.integers(0, 10_000),
    rows=st.integers(0, 1_000_000),
)
@settings(deadline=None, max_examples=300)
def test_a_percentage_is_exact(hundredths: int, rows: int) -> None:
    """P % of n rows is the largest whole number not above n * P / 100, however binary fractions round."""
    text = f"{hundredths // 100}.{hundredths % 100:02d}%"

    assert parse_limit(text, rows) == int(Fraction(hundredths, 10_000) * rows)


@pytest.mark.parametrize("text", ["2.30%", "4.60%", "9.20%", "0.57%", "1.15%", "8.20%", "0.07%", "28.99%"])
@pytest.mark.parametrize("rows", [100, 1000, 10_000, 520_000])
def test_a_percentage_that_divides_evenly(text: str, rows: int) -> None:
    """A batch with exactly the permitted share of rejects passes."""
    assert parse_limit(text, rows) == int(Fraction(text.removesuffix("%")) * rows / 100)


@pytest.mark.parametrize(
    "text", ["many", "", "%", "-1", "-1%", "101%", "100.01%", "2.5", "nan", "nan%", "inf", "inf%", "5%%", "5 rows"]
)
def test_nonsense_for_a_limit(folder: Path, capsys: Captured, text: str) -> None:
    """What is neither a number of rows nor a percentage is refused before anything is read."""
    assert icredit("score", "not-there.csv", f"--max-rejects={text}") == 2

    assert "write 20 or 5%" in capsys.readouterr().err


# Other options


def test_zone_for_files_without_a_zone_column(folder: Path) -> None:
    """`--zone` puts every enterprise of such a file into the zone, and so into its province."""
    rows = [enterprise(number) for number in (1, 2)]
    write_csv(folder / "in.csv", [{k: v for k, v in row.items() if k != "所属高新区"} for row in rows])

    assert icredit("score", "in.csv", "--zone", "长沙高新技术产业开发区") == 0

    table = read_csv(folder / "scores.csv")
    assert {(row["zone"], row["province"]) for row in table} == {("changsha", "湖南")}
    assert [row["zone_rank"] for row in table] == ["1", "2"]


def test_zone_does_not_overrule_a_zone_column(folder: Path, capsys: Captured) -> None:
    """What an enterprise filed stays, a blank included, and the user is told that the option did nothing."""
    write_csv(folder / "in.csv", [enterprise(1, 所属高新区="株洲"), enterprise(2, 所属高新区="")])

    assert icredit("score", "in.csv", "--zone", "changsha") == 0

    assert [row["zone"] for row in sorted(read_csv(folder / "scores.csv"), key=lambda row: row["uscc"])] == [
        "zhuzhou",
        "",
    ]
    assert "--zone was not applied" in capsys.readouterr().err


def test_sheet_is_chosen_by_name(folder: Path) -> None:
    """`--sheet` reads the sheet named, not the one whose header fits best."""
    book = openpyxl.Workbook()
    for title, numbers in (("总表", (1, 2, 3)), ("补报", (4,))):
        page = book.create_sheet(title)
        rows = [enterprise(number) for number in numbers]
        for line in [list(rows[0]), *(list(row.values()) for row in rows)]:
            page.append(line)
    book.save(folder / "in.xlsx")

    icredit("score", "in.xlsx", "-o", "first.csv")
    icredit("score", "in.xlsx", "-o", "second.csv", "--sheet", "补报")

    assert {row["uscc"] for row in read_csv(folder / "first.csv")} == {credit_code(number) for number in (1, 2, 3)}
    assert [row["uscc"] for row in read_csv(folder / "second.csv")] == [credit_code(4)]
    assert manifest_of(folder / "second.csv")["inputs"][0]["sheet"] == "补报"


def test_as_of_is_what_checks_call_today(folder: Path) -> None:
    """An enterprise founded after --as-of is in error on that day and not a day later."""
    write_csv(folder / "in.csv", [enterprise(1, 成立日期="2025-06-02"), enterprise(2, 成立日期="2020-01-01")])

    icredit("score", "in.csv", "-o", "before.csv", "--as-of", "2025-06-01")
    icredit("score", "in.csv", "-o", "after.csv", "--as-of", "2025-06-02")

    assert [len(read_csv(folder / name)) for name in ("before.csv", "after.csv")] == [1, 2]


def test_as_of_is_the_day_of_the_run_by_default(folder: Path) -> None:
    """Without --as-of an enterprise founded tomorrow does not exist yet."""
    tomorrow = (date.today() + timedelta(days=2)).isoformat()
    write_csv(folder / "in.csv", [enterprise(1, 成立日期=tomorrow), enterprise(2)])

    icredit("score", "in.csv")

    assert [row["uscc"] for row in read_csv(folder / "scores.csv")] == [credit_code(2)]


def test_a_batch_from_standard_input(folder: Path) -> None:
    """`-` reads CSV from standard input, in GB18030 as well."""
    data = clean_csv(folder / "in.csv").read_text("utf-8").encode("gb18030")

    done = program("score", "-", folder=folder, stdin=data)

    assert (done.returncode, len(read_csv(folder / "scores.csv"))) == (0, 6)
    found = manifest_of(folder / "scores.csv")["inputs"][0]
    assert (found["file"], found["sha256"]) == ("<stdin>", hashlib.sha256(data).hexdigest())


def test_a_folder_and_a_pattern(folder: Path) -> None:
    """A folder means every submission in it, a pattern every match, lock files of Excel and hidden files excepted."""
    (folder / "data").mkdir()
    for name, number in (("a.csv", 1), ("b.csv", 2), ("~$c.xlsx", 3), (".d.csv", 4)):
        write_csv(folder / "data" / name, [enterprise(number)])
    (folder / "data" / "notes.md").write_text("x")

    assert icredit("score", "data", "-o", "one.csv") == 0
    assert icredit("score", "data/*.csv", "-o", "two.csv") == 0

    wanted = {credit_code(1), credit_code(2)}
    assert all({row["uscc"] for row in read_csv(folder / name)} == wanted for name in ("one.csv", "two.csv"))


def test_a_file_named_in_two_ways_is_read_once(folder: Path) -> None:
    """A file given twice, by a relative and a full path, does not repeat its enterprises."""
    clean_csv(folder / "in.csv", 3)

    assert icredit("score", "in.csv", folder / "in.csv", "./in.csv", ".") == 0

    counts = manifest_of(folder / "scores.csv")["counts"]
    assert (counts["rows_read"], counts["warnings"]) == (3, 0)


def other_scheme(folder: Path) -> Path:
    """Write a scheme with one indicator under another name."""
    path = folder / "other.yaml"
    path.write_text(
        """\
id: other
title: {zh: 另一体系, en: Another scheme}
edition: "1"
basis: {indicators: official, weights: official, stages: official, normalisation: official, grades: official}
scale: [0, 10]
fields:
  revenue: {label: {zh: 营业收入, en: Revenue}, type: amount, unit: 万元}
stages:
  - {id: all, label: {zh: 全部, en: All}, when: "true"}
indicators:
  - id: size
    label: {zh: 规模, en: Size}
    value: revenue
    normalise: {method: goalposts, lower: 0, upper: 6000}
ranking: {decimals: 2, ties: min, minimum_coverage: 0.0}
""",
        "utf-8",
    )
    return path


def test_a_scheme_of_ones_own(folder: Path, capsys: Captured) -> None:
    """`--scheme FILE` decides the indicators and the scale: 3,000 of 6,000 on a scale to 10 are 5 points."""
    assert icredit("score", clean_csv(folder / "in.csv"), "--scheme", other_scheme(folder)) == 0

    row = read_csv(folder / "scores.csv")[0]
    assert list(row) == [*FIXED, "size"]
    assert float(row["score"]) == 10 * 3000 / 6000
    assert "另一体系" in capsys.readouterr().out


def test_the_environment_names_a_scheme(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """$ICREDIT_SCHEME is used without --scheme, and --scheme wins over it."""
    monkeypatch.setenv("ICREDIT_SCHEME", str(other_scheme(folder)))
    clean_csv(folder / "in.csv")

    icredit("score", "in.csv", "-o", "a.csv")
    icredit("score", "in.csv", "-o", "b.csv", "--scheme", "ics-national-2024")

    assert [manifest_of(folder / name)["scheme"]["id"] for name in ("a.csv", "b.csv")] == ["other", "ics-national-2024"]


def test_a_scheme_in_the_current_folder(folder: Path) -> None:
    """./indicators.yaml is used before the bundled scheme."""
    other_scheme(folder).rename(folder / "indicators.yaml")

    icredit("score", clean_csv(folder / "in.csv"))

    assert manifest_of(folder / "scores.csv")["scheme"]["id"] == "other"


def test_zones_of_ones_own(folder: Path) -> None:
    """`--zones FILE` adds a provincial zone, by any of its names."""
    (folder / "more.csv").write_text(
        "slug,short_name,full_name,province,aliases\nxiangtan-hi,湘示,湘示高新技术产业园区,湖南,湘示园;湘示新区\n",
        "utf-8",
    )
    write_csv(folder / "in.csv", [enterprise(1, 所属高新区="湘示新区"), enterprise(2)])

    assert icredit("score", "in.csv", "--zones", "more.csv") == 0

    assert {row["zone"] for row in read_csv(folder / "scores.csv")} == {"xiangtan-hi", "changsha"}


# References


def test_a_later_batch_on_the_scale_of_an_earlier_one(folder: Path) -> None:
    """Part of a batch, scored with the reference of the whole, gets the very scores it had in the whole."""
    rows = read_csv(SAMPLE_CSV)[:300]
    write_csv(folder / "whole.csv", rows)
    write_csv(folder / "part.csv", rows[40:60])

    assert icredit("score", "whole.csv", "-o", "w.csv", "--save-reference", "scale.json") == 0
    assert icredit("score", "part.csv", "-o", "p.csv", "--reference", "scale.json") == 0

    whole = {row["uscc"]: row for row in read_csv(folder / "w.csv")}
    part = read_csv(folder / "p.csv")
    assert len(part) == 20
    for row in part:
        assert {**row, **dict.fromkeys(RANKS)} == {**whole[row["uscc"]], **dict.fromkeys(RANKS)}
    assert manifest_of(folder / "p.csv")["reference"] == {
        "file": "scale.json",
        "sha256": sha256(folder / "scale.json"),
        "scheme": "ics-national-2024",
        "rows": 300,
    }


def test_a_reference_can_be_handed_on(folder: Path) -> None:
    """Saving the reference that a batch was scored with writes the same scale again."""
    clean_csv(folder / "in.csv")
    icredit("score", "in.csv", "--save-reference", "a.json")
    assert icredit("score", "in.csv", "--reference", "a.json", "--save-reference", "b.json") == 0

    assert (folder / "a.json").read_bytes() == (folder / "b.json").read_bytes()


@pytest.mark.parametrize("name", ["scores.csv", "./scores.csv", "scores.manifest.json", "scores.rejects.csv"])
def test_a_reference_has_a_file_of_its_own(folder: Path, capsys: Captured, name: str) -> None:
    """The reference cannot be saved where the table, its manifest or its rejects go: one would destroy the other."""
    assert icredit("score", clean_csv(folder / "in.csv"), "--save-reference", name) in {2, 4}

    assert [path.name for path in folder.iterdir()] == ["in.csv"]
    assert Path(name).name in capsys.readouterr().err


# The same input, the same bytes


def batch() -> list[dict[str, str]]:
    """Return 200 rows of the sample, 10 more that tie with one of them, and 5 that are vetoed and so have no rank."""
    rows = read_csv(SAMPLE_CSV)[:200]
    like, vetoed = ({**row, "严重失信": flag} for row, flag in zip(rows, "否是", strict=False))
    copies = [{**like, "统一社会信用代码": credit_code(number)} for number in range(10, 0, -1)]
    outside = [{**vetoed, "统一社会信用代码": credit_code(number)} for number in range(25, 20, -1)]
    return [*rows, *copies, *outside]


def shares(rows: Sequence[dict[str, str]], folder: Path) -> list[Path]:
    """Write the rows to two files."""
    return [write_csv(folder / f"{index}.csv", rows[index::2]) for index in (0, 1)]


@pytest.fixture(scope="module")
def expected_bytes(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The scored table of the batch, read in file order in this process."""
    folder = tmp_path_factory.mktemp("expected")
    write_csv(folder / "in.csv", batch())
    words = ["--as-of", "2026-01-15", "--scheme", NATIONAL, "--values", "--quiet"]
    assert icredit("score", folder / "in.csv", "-o", folder / "scores.csv", *words) == 0
    return (folder / "scores.csv").read_bytes()


@pytest.mark.parametrize(
    "env",
    [
        {"POLARS_MAX_THREADS": "1", "PYTHONHASHSEED": "0", "TZ": "Pacific/Kiritimati", "LC_ALL": "C"},
        {"POLARS_MAX_THREADS": "2", "PYTHONHASHSEED": "1", "TZ": "Pacific/Pago_Pago", "LC_ALL": "C.UTF-8"},
        {"POLARS_MAX_THREADS": "4", "PYTHONHASHSEED": "4294967295", "TZ": "Asia/Shanghai", "PYTHONUTF8": "0"},
    ],
    ids=["one thread", "two threads", "four threads"],
)
def test_surroundings_change_no_byte(tmp_path: Path, expected_bytes: bytes, env: dict[str, str]) -> None:
    """Threads, the seed of hashes, the time zone and the locale leave every byte of the table as it is."""
    paths = shares(batch()[::-1], tmp_path)
    words = ["--as-of", "2026-01-15", "--scheme", NATIONAL, "--values"]

    done = program("score", *reversed(paths), "-o", "scores.csv", *words, folder=tmp_path, env=env)

    assert done.returncode == 0, done.stderr.decode()
    assert (tmp_path / "scores.csv").read_bytes() == expected_bytes


@given(order=st.permutations(range(215)), cut=st.integers(1, 214))
@settings(deadline=None, max_examples=6)
def test_order_of_rows_and_files_changes_no_byte(
    tmp_path_factory: pytest.TempPathFactory, expected_bytes: bytes, order: list[int], cut: int
) -> None:
    """The rows may stand in any order and be spread over any two files."""
    folder = tmp_path_factory.mktemp("order")
    rows = batch()
    mixed = [rows[index] for index in order]
    paths = [write_csv(folder / "b.csv", mixed[:cut]), write_csv(folder / "a.csv", mixed[cut:])]
    words = ["--as-of", "2026-01-15", "--scheme", NATIONAL, "--values", "--quiet"]

    assert icredit("score", *paths, "-o", folder / "scores.csv", *words) == 0

    assert (folder / "scores.csv").read_bytes() == expected_bytes


@pytest.mark.parametrize("ending", ["xlsx", "parquet", "ndjson"])
def test_a_second_run_gives_the_same_bytes(folder: Path, ending: str) -> None:
    """A table of any format is the same file when it is written again, whatever it is called."""
    clean_csv(folder / "in.csv")
    icredit("score", "in.csv", "-o", f"first.{ending}")
    icredit("score", "in.csv", "-o", f"other.{ending}")

    assert (folder / f"first.{ending}").read_bytes() == (folder / f"other.{ending}").read_bytes()


def test_a_workbook_carries_no_time(folder: Path) -> None:
    """Neither the parts of the workbook nor its properties tell when it was made."""
    icredit("score", clean_csv(folder / "in.csv"), "-o", "scores.xlsx")

    with zipfile.ZipFile(folder / "scores.xlsx") as book:
        assert len({part.date_time for part in book.infolist()}) == 1
        assert book.infolist()[0].date_time[0] < 2001
        assert str(datetime.now(UTC).year) not in book.read("docProps/core.xml").decode()
