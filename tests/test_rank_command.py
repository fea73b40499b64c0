"""`icredit rank` makes a list out of a scored table: formatted for people, plain for programs."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest
from rich.cells import cell_len

from command_line import clean_csv, enterprise, icredit, on_terminal, program, read_csv, write_csv
from conftest import NATIONAL, SAMPLE_CSV

Captured = pytest.CaptureFixture[str]
Row = dict[str, str]


@dataclass(frozen=True)
class Scored:
    """A folder with the sample's scored table, and the table's rows as text."""

    folder: Path
    rows: list[Row]

    def sha256(self) -> str:
        """Return the SHA-256 of the table's file."""
        return hashlib.sha256((self.folder / "scores.csv").read_bytes()).hexdigest()


@pytest.fixture(scope="module")
def scored_sample(tmp_path_factory: pytest.TempPathFactory) -> Scored:
    """The sample, scored by the command line with its manifest beside it."""
    folder = tmp_path_factory.mktemp("scored")
    target = folder / "scores.csv"
    words = ["--scheme", NATIONAL, "--as-of", "2026-01-15", "--period", "2025年度", "--quiet"]
    assert icredit("score", SAMPLE_CSV, "-o", target, *words) == 0
    return Scored(folder, read_csv(target))


@pytest.fixture
def scored(scored_sample: Scored, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Scored:
    """A current folder of one's own with the sample's scored table in it."""
    for file in scored_sample.folder.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ICREDIT_SCHEME", raising=False)
    return Scored(tmp_path, scored_sample.rows)


def mark(row: Row, by: str = "score") -> Decimal:
    """Return a score as it is ranked: four decimals, halves away from zero."""
    return Decimal(row[by] or "-1").quantize(Decimal("0.0001"), ROUND_HALF_UP)


def best_of(rows: list[Row], top: int, by: str = "score", **wanted: str) -> list[tuple[int, str]]:
    """Return rank and code of the best of a selection, counted by hand: ties share the best rank, all are listed."""
    chosen = [row for row in rows if row["status"] == "scored" and all(row[k] == v for k, v in wanted.items())]
    marked = sorted((-mark(row, by), row["uscc"]) for row in chosen if row[by])
    marks = [points for points, _ in marked]
    ranked = [(marks.index(points) + 1, code) for points, code in marked]
    return [(rank, code) for rank, code in ranked if rank <= top]


def listed(text: str) -> list[tuple[int, str]]:
    """Return rank and code of every line of a CSV list."""
    return [(int(row["rank"]), row["uscc"]) for row in csv.DictReader(io.StringIO(text))]


# What is listed


def test_the_default_is_the_national_list(scored: Scored, capsys: Captured) -> None:
    """Without anything said, the 500 best of ./scores.csv are listed, as CSV where nobody looks on."""
    assert icredit("rank") == 0

    assert listed(capsys.readouterr().out) == best_of(scored.rows, 500)


@pytest.mark.parametrize(
    ("words", "wanted", "top"),
    [
        (["--zone", "changsha", "--top", "100"], {"zone": "changsha"}, 100),
        (["--zone", "长沙高新技术产业开发区", "--top", "7"], {"zone": "changsha"}, 7),
        (["--province", "湖南省", "--top", "50"], {"province": "湖南"}, 50),
        (["--stage", "startup", "--top", "20"], {"stage": "startup"}, 20),
        (["--stage", "初创期", "--top", "20"], {"stage": "startup"}, 20),
        (["--stage", "Start-up", "--top", "20"], {"stage": "startup"}, 20),
        (["--grade", "B"], {"grade": "B"}, 500),
        (
            ["--zone", "长沙", "--stage", "成长期", "--grade", "C"],
            {"zone": "changsha", "stage": "growth", "grade": "C"},
            500,
        ),
    ],
)
def test_selections(scored: Scored, capsys: Captured, words: list[str], wanted: Mapping[str, str], top: int) -> None:
    """A zone, province, stage or grade by any of its names selects, and ranks are counted anew within."""
    assert icredit("rank", *words) == 0

    expected = best_of(scored.rows, top, **wanted)
    assert expected
    assert listed(capsys.readouterr().out) == expected


def test_options_may_be_repeated(scored: Scored, capsys: Captured) -> None:
    """Several zones mean enterprises of any of them, ranked together."""
    assert icredit("rank", "--zone", "changsha", "--zone", "株洲", "--top", "3000") == 0

    rows = [row for row in scored.rows if row["zone"] in {"changsha", "zhuzhou"}]
    assert len({row["zone"] for row in rows}) == 2
    assert listed(capsys.readouterr().out) == best_of(rows, 3000)


@pytest.mark.parametrize("by", ["technology", "技术创新指标", "Technological innovation"])
def test_by_a_category(scored: Scored, capsys: Captured, by: str) -> None:
    """`--by` takes a category by id, Chinese or English label."""
    assert icredit("rank", "--by", by, "--top", "40") == 0

    assert listed(capsys.readouterr().out) == best_of(scored.rows, 40, "technology")


@pytest.mark.parametrize("by", ["rd_staff_share", "科技人员占职工总数的比重得分", "科技人员占职工总数的比重"])
def test_by_an_indicator(scored: Scored, capsys: Captured, by: str) -> None:
    """`--by` takes an indicator by id, by the header of its column or by its label in the scheme."""
    assert icredit("rank", "--by", by, "--top", "40") == 0

    expected = best_of(scored.rows, 40, "rd_staff_share")
    assert len(expected) > 40, "many enterprises share full marks, and all of them are listed"
    assert listed(capsys.readouterr().out) == expected


def test_by_an_indicator_of_a_table_with_values(scored: Scored, capsys: Captured) -> None:
    """A label names the score, also where the table holds the value under the same label."""
    icredit("score", SAMPLE_CSV, "--values", "--as-of", "2026-01-15", "--quiet")
    assert icredit("rank", "--by", "营业收入增长率", "--top", "10") == 0

    assert listed(capsys.readouterr().out) == best_of(scored.rows, 10, "revenue_growth")


def test_zone_and_stage_ranks_are_counted_anew(scored: Scored, capsys: Captured) -> None:
    """Within a list of one stage the rank in the zone counts only enterprises of that stage."""
    assert icredit("rank", "--stage", "mature", "--top", "3000") == 0

    found = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [row["stage_rank"] for row in found] == [row["rank"] for row in found]
    assert {row["zone_rank"] for row in found if not row["zone"]} == {""}
    for zone in {row["zone"] for row in found} - {""}:
        inside = best_of(scored.rows, 3000, stage="mature", zone=zone)
        assert [(int(row["zone_rank"]), row["uscc"]) for row in found if row["zone"] == zone] == inside


def test_ties_at_the_end_are_all_listed_and_told(scored: Scored, capsys: Captured) -> None:
    """A list may be longer than asked where several share the last rank, and says so."""
    icredit("rank", "--by", "rd_staff_share", "--top", "1")

    told = capsys.readouterr()
    assert {rank for rank, _ in listed(told.out)} == {1}
    assert "share its last rank" in told.err


def test_nobody_in_the_selection(scored: Scored, capsys: Captured) -> None:
    """An empty list is a list: its header stands there, a remark says why it is empty, and the status is 0."""
    assert icredit("rank", "--zone", "changsha", "--province", "北京") == 0

    told = capsys.readouterr()
    assert told.out.startswith("rank,zone_rank,stage_rank,uscc,name,")
    assert len(told.out.splitlines()) == 1
    assert "no ranked enterprise" in told.err


@pytest.mark.parametrize("ending", ["csv", "xlsx", "parquet", "ndjson"])
def test_nobody_in_a_file(scored: Scored, ending: str) -> None:
    """An empty list is written in every format."""
    assert icredit("rank", "--zone", "changsha", "--province", "北京", "-o", f"list.{ending}", "--quiet") == 0

    assert (scored.folder / f"list.{ending}").exists()


def test_nobody_on_a_terminal(scored_sample: Scored) -> None:
    """An empty list on a terminal is a title and a header."""
    lines = on_terminal(scored_sample.folder, 80, "rank", "--zone", "changsha", "--province", "北京")

    assert "企业名称" in "".join(lines)


def test_vetoed_enterprises_are_never_listed(scored: Scored, capsys: Captured) -> None:
    """Only scored enterprises have a place on a list, however long."""
    vetoed = {row["uscc"] for row in scored.rows if row["status"] == "vetoed"}
    assert vetoed

    icredit("rank", "--top", "100000")

    assert not vetoed & {code for _, code in listed(capsys.readouterr().out)}


# Files for programs


@pytest.mark.parametrize("ending", ["csv", "parquet", "ndjson"])
def test_lists_for_programs(scored: Scored, capsys: Captured, ending: str) -> None:
    """CSV, Parquet and NDJSON hold all columns of the table, under their ids."""
    assert icredit("rank", "--zone", "changsha", "--top", "100", "-o", f"list.{ending}") == 0

    path = scored.folder / f"list.{ending}"
    if ending == "csv":
        assert path.read_bytes().startswith(b"\xef\xbb\xbf")
        found: list[dict[str, Any]] = list(read_csv(path))
    elif ending == "parquet":
        found = pl.read_parquet(path).to_dicts()
    else:
        found = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    assert list(found[0]) == list(scored.rows[0])
    assert [(int(row["rank"]), row["uscc"]) for row in found] == best_of(scored.rows, 100, zone="changsha")
    told = capsys.readouterr()
    assert "长沙高新区" in told.out
    assert "100 enterprises" in told.out


def test_labels_of_a_list(scored: Scored, capsys: Captured) -> None:
    """`--labels` chooses the headers of any format, ids being the default outside workbooks."""
    icredit("rank", "--top", "1", "--labels", "zh")

    header = capsys.readouterr().out.splitlines()[0].split(",")
    assert header[:4] == ["名次", "区内名次", "阶段内名次", "统一社会信用代码"]
    assert "技术创新指标" in header


def test_quiet_list(scored: Scored, capsys: Captured) -> None:
    """`--quiet` with a file prints nothing."""
    assert icredit("rank", "-o", "list.csv", "--quiet") == 0

    assert capsys.readouterr() == ("", "")


# The workbook


@pytest.fixture(scope="module")
def workbook(scored_sample: Scored, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The list of Changsha's hundred best, opened."""
    target = tmp_path_factory.mktemp("list") / "top100.xlsx"
    words = ["--zone", "changsha", "--top", "100", "--quiet"]
    assert icredit("rank", scored_sample.folder / "scores.csv", *words, "-o", target) == 0
    return openpyxl.load_workbook(target)


def header_row(page: Any) -> int:
    """Return the number of the row that holds the headers."""
    return next(row for row in range(1, 10) if page.cell(row, 1).value == "名次")


def column_of(page: Any, header: str) -> int:
    """Return the number of the column with a header."""
    return [cell.value for cell in page[header_row(page)]].index(header) + 1


def test_workbook_holds_the_list(workbook: Any, scored_sample: Scored) -> None:
    """Below the header stand the hundred best of Changsha, in rank order, with zone and stage by name."""
    page = workbook.worksheets[0]
    first = header_row(page) + 1
    rank, code, zone, stage, score = (
        column_of(page, header) for header in ("名次", "统一社会信用代码", "所属高新区", "发展阶段", "总分")
    )
    rows = range(first, page.max_row + 1)
    expected = best_of(scored_sample.rows, 100, zone="changsha")
    assert [(page.cell(row, rank).value, page.cell(row, code).value) for row in rows] == expected
    assert {page.cell(row, zone).value for row in rows} == {"长沙高新区"}
    assert {page.cell(row, stage).value for row in rows} <= {"初创期", "成长期", "稳定期"}
    by_code = {row["uscc"]: row for row in scored_sample.rows}
    assert [page.cell(row, score).value for row in rows] == pytest.approx(
        [float(by_code[uscc]["score"]) for _, uscc in expected], rel=1e-15
    )


def test_workbook_has_a_title(workbook: Any) -> None:
    """The first row names zone and length of the list in large letters, the second the scheme and its basis."""
    page = workbook.worksheets[0]
    assert page["A1"].value == "长沙高新区企业创新积分榜 前100名"
    assert page["A1"].font.bold
    assert page["A1"].font.size >= 14
    assert "创新积分制" in page["A2"].value
    assert "Project defaults, not official" in page["A2"].value


def test_the_about_sheet_shows_all_it_says(workbook: Any) -> None:
    """Every row of the About sheet is high enough for its text, at 12 points a line, wrapped at the column's width."""
    page = workbook["说明 About"]
    width = page.column_dimensions["B"].width
    texts = {row: page.cell(row, 2).value for row in range(1, page.max_row + 1)}
    assert any(cell_len(text) > width for text in texts.values())
    for row, text in texts.items():
        height = page.row_dimensions[row].height or 15  # a row of the usual height says nothing of it
        assert height >= 12 * -(-cell_len(text) // width), text


def test_workbook_headers_are_chinese(workbook: Any) -> None:
    """Headers are Chinese by default, bold, wrapped, and none is an id."""
    page = workbook.worksheets[0]
    headers = page[header_row(page)]
    assert [cell.value for cell in headers] == [
        *["名次", "统一社会信用代码", "企业名称", "所属高新区", "所在省份", "发展阶段", "总分", "等级", "数据覆盖率"],
        *["技术创新指标", "成长经营指标", "辅助指标"],
    ]
    assert all(cell.font.bold and cell.alignment.wrap_text for cell in headers)


def test_workbook_keeps_the_header_in_view(workbook: Any) -> None:
    """Rows up to the header and columns up to the name are frozen, and the header carries a filter."""
    page = workbook.worksheets[0]
    below, beside = header_row(page) + 1, column_of(page, "企业名称") + 1
    assert page.freeze_panes == page.cell(below, beside).coordinate
    last = page.cell(page.max_row, page.max_column).coordinate
    assert page.auto_filter.ref == f"A{header_row(page)}:{last}"


def test_workbook_number_formats(workbook: Any) -> None:
    """Ranks are whole numbers, scores have two decimals, coverage is a percentage, codes are text."""
    page = workbook.worksheets[0]
    row = header_row(page) + 1
    found = {
        header: (
            page.cell(row, column_of(page, header)).data_type,
            page.cell(row, column_of(page, header)).number_format,
        )
        for header in ("名次", "统一社会信用代码", "总分", "数据覆盖率", "技术创新指标")
    }
    assert found == {
        "名次": ("n", "0"),
        "统一社会信用代码": ("s", "@"),
        "总分": ("n", "0.00"),
        "数据覆盖率": ("n", "0%"),
        "技术创新指标": ("n", "0.00"),
    }


def test_workbook_columns_fit_chinese(workbook: Any) -> None:
    """Every cell of text fits its column, a Chinese character counting double, or wraps or shrinks to fit."""
    page = workbook.worksheets[0]
    for row in page.iter_rows(min_row=header_row(page)):
        for cell in row:
            if isinstance(cell.value, str):
                width = page.column_dimensions[cell.column_letter].width
                fits = cell_len(cell.value) <= width or cell.alignment.wrap_text or cell.alignment.shrink_to_fit
                assert fits, f"{cell.coordinate} {cell.value} in {width}"


def test_workbook_headers_fit_two_lines(workbook: Any) -> None:
    """A wrapped header needs no more than the two lines that its row is high."""
    page = workbook.worksheets[0]
    for cell in page[header_row(page)]:
        assert cell_len(cell.value) <= 2 * page.column_dimensions[cell.column_letter].width
    assert page.row_dimensions[header_row(page)].height >= 30


def test_workbook_prints_well(workbook: Any) -> None:
    """It prints on A4, landscape, as wide as the paper and as long as needed, the header on every page."""
    page = workbook.worksheets[0]
    assert page.page_setup.orientation == "landscape"
    assert int(page.page_setup.paperSize) == int(page.PAPERSIZE_A4)
    assert page.sheet_properties.pageSetUpPr.fitToPage
    assert (int(page.page_setup.fitToWidth or 1), int(page.page_setup.fitToHeight)) == (1, 0)
    assert page.print_title_rows == f"${header_row(page)}:${header_row(page)}"
    assert page.print_area.endswith(f"${page.max_row}")


def test_workbook_says_what_it_is(workbook: Any, scored_sample: Scored) -> None:
    """A second sheet tells scheme, basis, period, day and the hash of the table that the list was made from."""
    about = {row[0]: row[1] for row in workbook["说明 About"].iter_rows(values_only=True)}
    text = " ".join(f"{name} {value}" for name, value in about.items())
    assert scored_sample.sha256() in text
    assert "ics-national-2024" in text
    assert "项目默认值，非官方公布" in text
    assert "weights" in about["口径说明 Basis"]
    assert about["评价期 Period"] == "2025年度"
    assert about["核验日期 As of"] == "2026-01-15"
    assert about["企业数 Enterprises"] == "100"
    assert about["参评企业 Scored"] == f"{sum(row['status'] == 'scored' for row in scored_sample.rows):,}"


def test_the_hash_is_that_of_the_table_read(scored: Scored) -> None:
    """A table that was changed after it was scored is not vouched for with the hash it had."""
    before = scored.sha256()
    table = scored.folder / "scores.csv"
    table.write_bytes(table.read_bytes().replace("示例".encode(), "范例".encode(), 1))

    icredit("rank", "-o", "list.xlsx")

    about = openpyxl.load_workbook(scored.folder / "list.xlsx")["说明 About"]
    text = " ".join(str(cell) for row in about.iter_rows(values_only=True) for cell in row)
    assert before not in text


def test_workbook_by_another_score(scored: Scored) -> None:
    """A list by an indicator says so in its title and shows that indicator."""
    icredit("rank", "--by", "rd_intensity", "--top", "10", "-o", "list.xlsx", "--stage", "初创期")

    page = openpyxl.load_workbook(scored.folder / "list.xlsx").worksheets[0]
    assert page["A1"].value == "全部初创期企业创新积分（研发费用占营业收入的比例得分）榜 前10名"
    assert "研发费用占营业收入的比例得分" in [cell.value for cell in page[header_row(page)]]


def test_the_second_list_is_the_same_file(scored: Scored) -> None:
    """The same list out of the same table is the same workbook, byte for byte."""
    icredit("rank", "--zone", "changsha", "-o", "a.xlsx")
    icredit("rank", "--zone", "changsha", "-o", "b.xlsx")

    assert (scored.folder / "a.xlsx").read_bytes() == (scored.folder / "b.xlsx").read_bytes()


# The terminal


@pytest.fixture(scope="module")
def screens(scored_sample: Scored) -> dict[int, list[str]]:
    """The 25 best as terminals of several widths show them."""
    return {width: on_terminal(scored_sample.folder, width, "rank", "--top", "25") for width in (40, 60, 80, 160)}


@pytest.mark.parametrize("width", [40, 60, 80, 160])
def test_a_terminal_is_never_too_narrow(screens: dict[int, list[str]], width: int) -> None:
    """No line is wider than the terminal, and the column separators of all rows stand below each other."""
    lines = screens[width]

    assert len(lines) == 25 + 3, "a title, a header, a rule, and one line an enterprise"
    assert max(cell_len(line) for line in lines) <= width
    places = {tuple(cell_len(line[:index]) for index, sign in enumerate(line) if sign in "│┃╇") for line in lines[1:]}
    assert len(places) == 1
    assert len(places.pop()) >= 2


@pytest.mark.parametrize("width", [60, 80, 160])
def test_numbers_on_a_terminal_are_whole(screens: dict[int, list[str]], scored_sample: Scored, width: int) -> None:
    """Rank, score and headers are never cut: where room is short, names are."""
    lines = screens[width]

    header = [cell.strip() for cell in re.split("[│┃]", lines[1])]
    assert header[:3] == ["名次", "企业名称", "总分"]
    assert all("…" not in cell for cell in header)
    rows = [[cell.strip() for cell in re.split("[│┃]", line)] for line in lines[3:]]
    expected = scored_sample.rows[:25]
    assert [row[0] for row in rows] == [row["rank"] for row in expected]
    assert [row[2] for row in rows] == [f"{float(row['score']):.2f}" for row in expected]
    for cells in rows:
        assert [name for name, cell in zip(header, cells, strict=True) if "…" in cell] in ([], ["企业名称"])
    for cells, row in zip(rows, expected, strict=True):
        begin = cells[1].removesuffix("…").rstrip()
        assert cells[1] == row["name"] or (begin and row["name"].startswith(begin) and cells[1].endswith("…"))
        assert cell_len(cells[1]) >= 16 or cells[1] == row["name"]


def test_a_wide_terminal_shows_more(screens: dict[int, list[str]], scored_sample: Scored) -> None:
    """The wider the terminal, the more columns; at 160 name and credit code stand there in full."""
    columns = [len(re.split("[│┃]", screens[width][1])) for width in (40, 60, 80, 160)]

    assert columns == sorted(columns)
    assert columns[0] < columns[-1]
    for row, line in zip(scored_sample.rows, screens[160][3:], strict=False):
        assert row["uscc"] in line
        assert row["name"] in line


def test_a_terminal_list_by_another_score_shows_it(scored_sample: Scored) -> None:
    """The score that the list is ordered by is on the screen."""
    lines = on_terminal(scored_sample.folder, 100, "rank", "--by", "auxiliary", "--top", "3")

    assert "辅助指标" in lines[1]


def test_no_colour_means_none(screens: dict[int, list[str]], scored_sample: Scored) -> None:
    """With NO_COLOR nothing is coloured, and the text is the same."""
    lines = on_terminal(scored_sample.folder, 80, "rank", "--top", "25", colours=False, NO_COLOR="1")

    assert lines == screens[80]


def test_a_scheme_whose_labels_look_like_markup(folder: Path) -> None:
    """Brackets in the labels of a scheme are shown, not obeyed."""
    scheme = folder / "indicators.yaml"
    scheme.write_text(
        NATIONAL.read_text("utf-8").replace("{zh: 技术创新指标,", "{zh: '技术[/red]指标[bold]',"), "utf-8"
    )
    icredit("score", clean_csv(folder / "in.csv"))

    lines = on_terminal(folder, 160, "rank", "--by", "technology")

    assert "技术[/red]指标[bold]" in "\n".join(lines)


# Reading tables back


@pytest.mark.parametrize(
    ("ending", "labels"),
    [
        *[("csv", "zh"), ("csv", "en"), ("xlsx", "id"), ("xlsx", "zh")],
        *[("parquet", "id"), ("parquet", "en"), ("ndjson", "id"), ("ndjson", "zh")],
    ],
)
def test_reading_back_what_was_written(scored: Scored, capsys: Captured, ending: str, labels: str) -> None:
    """A table of any format and any headers gives the same list, column by column."""
    write_csv(scored.folder / "in.csv", read_csv(SAMPLE_CSV)[:60])
    icredit("score", "in.csv", "-o", "plain.csv", "--values", "--quiet")
    icredit("score", "in.csv", "-o", f"table.{ending}", "--labels", labels, "--values", "--quiet")
    words = ["--zone", "长沙", "--by", "growth_operation", "--top", "10"]
    capsys.readouterr()

    icredit("rank", "plain.csv", *words)
    expected = capsys.readouterr().out
    icredit("rank", f"table.{ending}", *words)
    found = capsys.readouterr().out

    if ending == "xlsx":  # which keeps 16 digits
        assert listed(found) == listed(expected)
        assert found.splitlines()[0] == expected.splitlines()[0]
    else:
        assert found == expected


def test_a_list_is_a_table_too(scored: Scored, capsys: Captured) -> None:
    """The best of a zone can be ranked again, for example by another score."""
    icredit("rank", "--zone", "changsha", "--top", "30", "-o", "zone.csv", "--quiet")
    icredit("rank", "zone.csv", "--by", "technology", "--top", "5")

    best = {code for _, code in best_of(scored.rows, 30, zone="changsha")}
    rows = [row for row in scored.rows if row["uscc"] in best]
    assert listed(capsys.readouterr().out) == best_of(rows, 5, "technology")


def test_without_a_manifest(scored: Scored, capsys: Captured) -> None:
    """A table that lost its manifest is ranked all the same; the user is told, and the list says that it knows less."""
    (scored.folder / "scores.manifest.json").unlink()

    assert icredit("rank", "--zone", "changsha", "--top", "20", "-o", "list.xlsx") == 0

    assert "no manifest beside scores.csv" in capsys.readouterr().err
    book = openpyxl.load_workbook(scored.folder / "list.xlsx")
    page = book.worksheets[0]
    code = column_of(page, "统一社会信用代码")
    rows = range(header_row(page) + 1, page.max_row + 1)
    assert [page.cell(row, code).value for row in rows] == [c for _, c in best_of(scored.rows, 20, zone="changsha")]
    assert "Unknown" in str([cell.value for row in book["说明 About"].iter_rows() for cell in row])


def test_a_chinese_table_without_a_manifest(scored: Scored, capsys: Captured) -> None:
    """The fixed columns are known by their Chinese headers even without a manifest."""
    icredit("score", SAMPLE_CSV, "-o", "zh.csv", "--labels", "zh", "--as-of", "2026-01-15", "--quiet")
    (scored.folder / "zh.manifest.json").unlink()
    icredit("rank", "zh.csv", "--top", "30", "--stage", "mature")

    assert listed(capsys.readouterr().out) == best_of(scored.rows, 30, stage="mature")


DAMAGED = {
    "another object": "{}",
    "no JSON": "not json",
    "cut short": '{"format": "icredit-manifest-1"}',
    "nulls": '{"format": "icredit-manifest-1", "scheme": null, "output": null}',
    "other columns": '{"format": "icredit-manifest-1", "output": {"columns": [{"id": "score"}]}, "scheme": {}}',
    "another format": '{"format": "icredit-manifest-2", "columns": 3}',
}


@pytest.mark.parametrize("content", DAMAGED.values(), ids=DAMAGED)
@pytest.mark.parametrize("words", [[], ["-o", "list.xlsx"]], ids=["screen", "workbook"])
def test_a_damaged_manifest(scored: Scored, capsys: Captured, content: str, words: list[str]) -> None:
    """A manifest that was cut short or comes from elsewhere is as good as none, and no crash."""
    (scored.folder / "scores.manifest.json").write_text(content, "utf-8")

    assert icredit("rank", "--top", "5", *words) in {0, 3}

    assert "manifest" in capsys.readouterr().err


def test_a_scheme_with_other_decimals(folder: Path, capsys: Captured) -> None:
    """Ties of another score are counted on the decimals of the scheme that scored the table."""
    text = NATIONAL.read_text("utf-8").replace("{decimals: 4,", "{decimals: 0,")
    (folder / "indicators.yaml").write_text(text, "utf-8")
    rows = [
        enterprise(n, **{"科技人员数（人）": staff, "职工总数（人）": "1200"})
        for n, staff in enumerate(["400", "401", "500"])
    ]
    write_csv(folder / "in.csv", rows)
    icredit("score", "in.csv", "--quiet")
    points = sorted(float(row["rd_staff_share"]) for row in read_csv(folder / "scores.csv"))
    assert points == pytest.approx([100 * 100 * staff / 1200 / 50 for staff in (400, 401, 500)])
    assert [round(one) for one in points] == [67, 67, 83]
    capsys.readouterr()

    icredit("rank", "--by", "rd_staff_share")

    assert [rank for rank, _ in listed(capsys.readouterr().out)] == [1, 2, 2]


# Through a pipe


def test_a_pipe_gets_csv(scored: Scored) -> None:
    """A program that reads standard output gets the list as CSV with ids and not a word more."""
    done = program("rank", "--zone", "changsha", "--top", "3", folder=scored.folder)

    assert listed(done.stdout.decode()) == best_of(scored.rows, 3, zone="changsha")
    assert done.stdout.decode().splitlines()[0] == ",".join(scored.rows[0])
    assert done.stderr == b""
