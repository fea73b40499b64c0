"""Files that nobody here wrote: each is read with the right header and cells, or refused by a sentence that says why.

The files are not part of the project. They are looked for in `shared/realdata` beside the folder of the project, or where
ICREDIT_REALDATA says; without them the tests of this module are skipped.
"""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import xlrd
import yaml
from python_calamine import CalamineWorkbook

import icredit
from conftest import AS_OF, ROOT
from icredit.scheme import Scheme, parse_scheme

FOLDER = Path(os.environ.get("ICREDIT_REALDATA", ROOT.parent / "shared" / "realdata"))

#: A field of a scheme of ours -> where its column stands, counted from 0, and what a cell of it becomes.
Columns = Mapping[str, tuple[int, Callable[[Any], object]]]


@dataclass(frozen=True)
class RealFile:
    """A real file and what is in it.

    Attributes:
        path: below the folder of real files.
        code: header of the column that names a row.
        fields: field -> its type, unit and header in a scheme for this file.
        columns: field -> where its column stands and what a cell of it must be read as.
        rows: number of the first row and of the last row of data.
        left_out: rows that are none, as number and kind.
        notes: a piece of every note.
        rejected: rows with an error.
        sheet: the sheet; None for text.
        options: how it is read.
    """

    path: str
    code: str
    fields: Mapping[str, Mapping[str, object]]
    columns: Columns
    rows: tuple[int, int]
    left_out: Sequence[tuple[int, str]] = ()
    notes: Sequence[str] = ()
    rejected: int = 0
    sheet: str | None = None
    options: Mapping[str, Any] = field(default_factory=dict)


def scheme_of(file: RealFile) -> Scheme:
    """A scheme whose fields are those of the file."""
    number = next((name for name, spec in file.fields.items() if spec["type"] in ("amount", "count", "share")), "1")
    fields = {
        name: {**spec, "label": {"zh": spec["label"], "en": f"Field {name}"}} for name, spec in file.fields.items()
    }
    fields["uscc"] = {"label": {"zh": file.code, "en": "Key"}, "type": "text"}
    fields.setdefault("name", {"label": {"zh": "（没有名称）", "en": "No name"}, "type": "text"})
    title = {"zh": "实测", "en": "trial"}
    indicator = {"id": "i", "label": title, "value": number, "normalise": {"method": "minmax"}}
    return parse_scheme(
        yaml.safe_dump(
            {"id": "real", "title": title, "edition": "1", "fields": fields, "indicators": [indicator]},
            allow_unicode=True,
        )
    )


# --------------------------------------------------------------------------------------------------------------------
# Independent readers


@cache
def cells_of(path: Path, sheet: str | None) -> Mapping[int, Sequence[Any]]:
    """Row number -> cells, by the csv module, xlrd or calamine."""
    if path.suffix == ".csv":
        data = path.read_bytes()
        text = data.decode("utf-8-sig" if data.startswith(b"\xef\xbb\xbf") or path.stem == "fin_data" else "gb18030")
        reader = csv.reader(io.StringIO(text, newline=""))
        return {place: row for row, place in ((row, reader.line_num) for row in reader)}  # after reading
    if path.suffix == ".xls":
        old = xlrd.open_workbook(path).sheet_by_name(sheet)
        return {index + 1: old.row_values(index) for index in range(old.nrows)}
    read = CalamineWorkbook.from_path(path).get_sheet_by_name(str(sheet)).to_python(skip_empty_area=False)
    return dict(enumerate(read, start=1))


def number(power: int = 0) -> Callable[[Any], float | None]:
    """The number of a cell moved by a power of ten, exactly."""

    def read(cell: Any) -> float | None:
        return None if cell in ("", None) else float(Decimal(str(cell)).scaleb(power))

    return read


def count(power: int = 0) -> Callable[[Any], int | None]:
    """The whole number of a cell moved by a power of ten."""

    def read(cell: Any) -> int | None:
        return None if cell in ("", None) else int(Decimal(str(cell)).scaleb(power))

    return read


def text(cell: Any) -> str | None:
    """A cell as text, without the blanks around it; a whole number without a point."""
    shown = str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str("" if cell is None else cell)
    return shown.strip().strip("\xa0\u3000 \t\r\n") or None


def old_date(cell: Any) -> date:
    """The date of a serial number."""
    return date.fromordinal(date(1899, 12, 30).toordinal() + int(cell))


def province(cell: Any) -> str | None:
    """A province by its short name."""
    return (text(cell) or "").removesuffix("特别行政区") or None


def day(cell: Any) -> date | None:
    """The day of a text such as 2020/5/26 8:00:00."""
    if not cell:
        return None
    year, month, rest = str(cell).split("/")
    return date(int(year), int(month), int(rest.split()[0]))


# --------------------------------------------------------------------------------------------------------------------
# The files

NBS = "messy/nbs_csv_gb18030/province_annual_{}.csv"
YEARS = (2024, 2023, 2010, 2006)


def nbs(index: int, kind: str, unit: str, read: Callable[[Any], object], footers: int, **more: Any) -> RealFile:
    """A table of the statistics bureau: the unit stands in a title row, notes and a source below."""
    first = 2025 if index < 7 else 2024
    return RealFile(
        NBS.format(index),
        "地区",
        {f"y{year}": {"label": f"{year}年", "type": kind, "unit": unit} for year in YEARS},
        {f"y{year}": (1 + first - year, read) for year in YEARS},
        (5, 35),
        left_out=[(36 + place, "note") for place in range(footers)],
        **more,
    )


PLAIN = ("was taken for '2024年', '2023年', '2010年', '2006年'", "columns not used", "left out as no enterprise")
MOVED = (*PLAIN[:2], "units converted", PLAIN[2])
FIXTURES = "messy/frictionless_fixtures/"
CONTEST = "messy/multi_row_headers/附件一：325个样本数据.xlsx"
VARIABLES = "messy/multi_row_headers/附件四：354个操作变量信息.xlsx"
MERGED = "messy/province_annual_merged_utf8bom.csv"

FILES = (
    nbs(1, "count", "人", count(), 3, notes=PLAIN),
    nbs(2, "count", "人", count(), 2, notes=PLAIN),
    nbs(3, "count", "人", count(4), 4, notes=MOVED),
    nbs(4, "count", "人", count(4), 4, notes=MOVED),
    nbs(5, "share", "%", number(), 1, notes=PLAIN),
    nbs(6, "count", "人", count(), 3, notes=PLAIN),
    nbs(7, "amount", "万元", number(4), 2, notes=MOVED),
    RealFile(
        MERGED,
        "地区",
        {
            "year": {"label": "年份", "type": "count", "unit": "年"},
            "gdp": {"label": "GDP", "type": "amount", "unit": "万元"},
            "urban": {"label": "城镇化率", "type": "share", "unit": "1"},
            "employed": {"label": "就业人员数", "type": "count", "unit": "人"},
            "patents": {"label": "发明专利申请数", "type": "count", "unit": "件"},
        },
        {
            "year": (1, count()),
            "gdp": (2, number(4)),
            "urban": (10, number(-2)),
            "employed": (11, count(4)),
            "patents": (20, count()),
        },
        (2, 621),
        notes=("columns not used", "units converted"),
        # One province in twenty years is one enterprise filed twenty times.
        options={"duplicates": "last"},
    ),
    RealFile(
        CONTEST,
        "样本编号",
        {
            "time": {"label": "时间", "type": "date"},
            "sulphur": {"label": "原料性质 硫含量,μg/g", "type": "share", "unit": "1"},
            "octane": {"label": "原料性质 辛烷值RON", "type": "share", "unit": "1"},
            "density": {"label": "原料性质 密度(20℃), kg/m³", "type": "share", "unit": "1"},
            "product_sulphur": {"label": "产品性质 硫含量,μg/g", "type": "share", "unit": "1"},
            "loss": {"label": "产品性质 RON损失 （不是变量）", "type": "share", "unit": "1"},
        },
        {
            "time": (1, day),
            "sulphur": (2, number()),
            "octane": (3, number()),
            "density": (8, number()),
            "product_sulphur": (9, number()),
            "loss": (11, number()),
        },
        (4, 330),
        notes=("363 columns not used",),
        sheet="Sheet1",
    ),
    RealFile(
        VARIABLES,
        "位号",
        {
            "name": {"label": "中文名称", "type": "text"},
            "range": {"label": "取值范围", "type": "text"},
            "step": {"label": "Δ值", "type": "share", "unit": "1"},
        },
        {"name": (2, text), "range": (3, text), "step": (10, number())},
        (2, 355),
        notes=("also has [Sheet2], which was not", "columns not used"),
        sheet="Sheet1",
    ),
    RealFile(
        VARIABLES,
        "位号",
        {"name": {"label": "中文名称", "type": "text"}, "range": {"label": "取值范围", "type": "text"}},
        {"name": (2, text), "range": (3, text)},
        (2, 355),
        notes=("column not used",),
        sheet="Sheet2",
        options={"sheet": "Sheet2"},
    ),
    RealFile(
        FIXTURES + "issue-320.xlsx",
        "Area",
        {
            "country": {"label": "Country", "type": "text"},
            "analysed": {"label": "Current Population Analysed #", "type": "count", "unit": "persons"},
            "phase": {"label": "Current Population Analysed Area Phase", "type": "count", "unit": "phase"},
            "first": {"label": "Current Phase 1 #", "type": "count", "unit": "persons"},
            "first_share": {"label": "Current Phase 1", "type": "share", "unit": "%"},
        },
        {
            "country": (0, text),
            "analysed": (6, count()),
            "phase": (8, count()),
            "first": (10, count()),
            "first_share": (11, number(2)),
        },
        (13, 58),
        left_out=[(62, "note"), (64, "note")],
        notes=("columns not used", "left out as no enterprise"),
        sheet="IPC",
    ),
    RealFile(
        FIXTURES + "multiline-headers.xlsx",
        "Region",
        {
            "calories": {"label": "Caloric contribution", "type": "text"},
            "change": {
                "label": "Cumulative impact of changes on cost of food basket from baseline (%)",
                "type": "text",
            },
        },
        {"calories": (1, text), "change": (3, text)},
        (6, 5),
        # A, B, C, D below the header: what forms write to number their columns.
        left_out=[(6, "column numbers")],
        notes=(
            "column not used: 'Cumulative impact of changes on cost of food basket from previous quarter'",
            "left out as no enterprise",
        ),
        sheet="Лист1",
    ),
    RealFile(
        FIXTURES + "number-format-multicode.xlsx",
        "col1",
        {"one": {"label": "col2", "type": "share", "unit": "1"}},
        {},
        (2, 4),
        sheet="Sheet1",
    ),
    RealFile(
        FIXTURES + "preserve-formatting-percentage.xlsx",
        "col1",
        {"two": {"label": "col2", "type": "share", "unit": "%"}},
        {"two": (1, number(2))},
        (2, 4),
        sheet="Sheet1",
    ),
    *(
        RealFile(
            FIXTURES + name,
            "id",
            {"name": {"label": "name", "type": "text"}},
            {"name": (1, text)},
            (2, 3),
            sheet="Sheet2",
        )
        for name in ("sheet2.xls", "sheet2.xlsx")
    ),
    RealFile(
        FIXTURES + "skip-rows.xlsx",
        "A",
        {"b": {"label": "B", "type": "share", "unit": "1"}},
        {"b": (1, number())},
        (3, 3),
        left_out=[(4, "total")],
        notes=("left out as no enterprise: 合计 total: row 4 'TOTAL'",),
        sheet="Sheet 1",
    ),
    RealFile(
        FIXTURES + "table-with-ints-floats-dates.xls",
        "Int",
        {"float": {"label": "Float", "type": "share", "unit": "1"}, "date": {"label": "Date", "type": "date"}},
        {"float": (1, number()), "date": (2, old_date)},
        (2, 4),
        sheet="Лист1",
    ),
    RealFile(
        "listed-companies/fin_data.csv",
        # Rows of a company follow each other by years: a figure that hardly ever stands twice tells them apart better.
        "总资产",
        {
            "company": {"label": "股票代码", "type": "text"},
            "revenue": {"label": "营业收入", "type": "amount", "unit": "元"},
            "profit": {"label": "净利润", "type": "amount", "unit": "元"},
            "roe": {"label": "净资产收益率", "type": "share", "unit": "%"},
            "year": {"label": "年度", "type": "count", "unit": "年"},
        },
        {
            "company": (0, text),
            "revenue": (1, number()),
            "profit": (4, number()),
            "roe": (7, number()),
            "year": (11, count()),
        },
        (2, 17258),
        notes=("columns not used",),
        options={"duplicates": "last"},
    ),
    RealFile(
        "listed-companies/上市公司基本信息.xlsx",
        "ts_code",
        {
            "name": {"label": "公司名称", "type": "text"},
            "province": {"label": "省份", "type": "text"},
            "capital": {"label": "注册资金", "type": "amount", "unit": "万元"},
            "staff": {"label": "公司员工数", "type": "count", "unit": "人"},
        },
        {"name": (1, text), "province": (4, province), "capital": (3, number()), "staff": (7, count())},
        (2, 6195),
        notes=("columns not used",),
        sheet="Sheet1",
    ),
)


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{Path(file.path).name}-{file.sheet}")
def test_every_cell_is_read_rightly(file: RealFile) -> None:
    """Header, rows, notes and every cell of the columns of our scheme are those that an independent reader sees."""
    path = _existing(file.path)
    submission = icredit.read(path, scheme_of(file), as_of=AS_OF, **file.options)
    (report,) = submission.files
    assert report.sheet == file.sheet
    assert report.columns.keys() == {"uscc", *file.fields} - ({"one"} if not file.columns else set())
    assert [(stray.row, stray.kind) for stray in report.left_out] == list(file.left_out)
    assert [part in note for part, note in zip(file.notes, report.notes, strict=True)] == [True] * len(file.notes)
    assert submission.rejected == file.rejected, submission.errors
    cells = cells_of(path, file.sheet)
    first, last = file.rows
    filled = [row for row in range(first, last + 1) if any(text(cell) for cell in cells.get(row, ()))]
    assert submission.rows_read == len(filled)
    if not file.options.get("duplicates"):
        assert submission.frame["source_row"].to_list() == filled
    assert (submission.frame.height > 0) == (last >= first)
    for name, (place, convert) in file.columns.items():
        expected = [convert(cells[row][place]) for row in submission.frame["source_row"]]
        assert submission.frame[name].to_list() == expected, name


NO_TABLE = ("merged-cells.xls", "merged-cells.xlsx", "merged-cells-boolean.xls")


def real_files() -> list[str]:
    """Every real file, or a name to skip by."""
    found = sorted(str(path.relative_to(FOLDER)) for path in FOLDER.rglob("*.*") if path.suffix != ".md")
    return found or ["no real files here"]


@pytest.mark.parametrize("path", real_files())
def test_the_national_scheme_refuses_them_plainly(national: Scheme, path: str) -> None:
    """None of them is a submission of the national scheme: each is refused in one sentence that says what is missing."""
    with pytest.raises(icredit.InputError) as caught:
        icredit.read(_existing(path), national, as_of=AS_OF)
    message = caught.value.message
    assert message.startswith(str(FOLDER / path))
    assert "no header found" in message
    assert message.endswith("a column for 统一社会信用代码")
    assert "\n" not in message
    assert caught.value.hint == "use the headers of: icredit template"


def test_every_real_file_is_looked_at() -> None:
    """Each file is read with a scheme of its own, or has nothing that could be read."""
    known = {file.path for file in FILES} | {FIXTURES + name for name in NO_TABLE}
    assert set(real_files()) - {"no real files here"} <= known
    if FOLDER.is_dir():
        assert known == set(real_files())


def test_a_file_of_companies_is_refused_by_what_it_has(national: Scheme) -> None:
    """Where a file has columns of the scheme but none for the credit code, the refusal names them."""
    with pytest.raises(
        icredit.InputError, match="row 1 has '营业收入', '净利润', '净资产收益率', but no row has a column for"
    ):
        icredit.read(_existing("listed-companies/fin_data.csv"), national, as_of=AS_OF)


def test_two_units_of_one_figure_are_refused() -> None:
    """The merged table has 进出口总额 in 亿元人民币 and in 万美元: neither is chosen."""
    file = next(file for file in FILES if file.path == MERGED)
    trade = RealFile(
        file.path, file.code, {"trade": {"label": "进出口总额", "type": "amount", "unit": "万元"}}, {}, (2, 621)
    )
    with pytest.raises(
        icredit.InputError, match="'进出口总额_亿元人民币' and '进出口总额_万美元' both mean 进出口总额"
    ):
        icredit.read(_existing(file.path), scheme_of(trade), as_of=AS_OF)


def test_ranges_as_text_are_errors_on_their_cells() -> None:
    """0.20-0.37 is no number: every such cell is told, none is read as one of its ends."""
    file = next(file for file in FILES if file.path == VARIABLES)
    ranges = RealFile(
        file.path, file.code, {"range": {"label": "取值范围", "type": "share", "unit": "1"}}, {}, (2, 355)
    )
    findings = icredit.read(_existing(file.path), scheme_of(ranges), as_of=AS_OF).findings
    assert set(findings["rule"]) == {"IC201"}
    assert findings["cell"].to_list()[:2] == ["D2", "D3"]
    assert findings["value"].to_list()[0] == "0.20-0.37"


def _existing(path: str) -> Path:
    if not (FOLDER / path).is_file():
        pytest.skip(f"{path} is not here")
    return FOLDER / path
