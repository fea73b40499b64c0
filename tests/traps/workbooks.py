"""Traps of workbooks: what cells are, where the table is, what the file is."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Sequence

import polars as pl

import filings
from filings import AnyRows, Formula, Shown, Wrong
from traps.fixtures import (
    CODE,
    HEADER,
    NAME,
    REVENUE,
    as_file,
    delimited,
    enterprise,
    in_workbook,
    never_calculated,
    xlsx,
)
from traps.trap import Trap

ROWS: AnyRows = [HEADER, enterprise(1, revenue=2600), enterprise(2, revenue=2600)]
READ = [{"revenue": 2600.0}, {"revenue": 2600.0}]
PAGE = "<table>" + "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in ROWS) + "</table>"
GROWTH = "研发费用增速"


def _parquet() -> bytes:
    file = io.BytesIO()
    pl.DataFrame({name: [row[index] for row in ROWS[1:]] for index, name in enumerate(HEADER)}).write_parquet(file)
    return file.getvalue()


def _xmlss() -> bytes:
    rows = "".join(
        "<Row>" + "".join(f'<Cell><Data ss:Type="String">{cell}</Data></Cell>' for cell in row) + "</Row>"
        for row in ROWS
    )
    return (
        '<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>'
        '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" '
        'xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="填报"><Table>'
        f"{rows}</Table></Worksheet></Workbook>"
    ).encode()


TRAPS: Sequence[Trap] = (
    in_workbook(
        "#N/A：查找没有结果",
        "#N/A: a lookup has found nothing",
        "净利润（万元）",
        Wrong("#N/A"),
        "`#N/A`",
        rows=[{"net_profit": None}],
    ),
    in_workbook(
        "#DIV/0!等错误值",
        "A cell error such as #DIV/0!",
        "净利润（万元）",
        Wrong("#DIV/0!"),
        "`#DIV/0!`",
        findings=["IC210 D2"],
    ),
    in_workbook(
        "公式：读取其结果",
        "A formula: its result is read",
        REVENUE,
        Formula(2600.0),
        "`=1300*2` → 2600",
        rows=[{"revenue": 2600.0}],
    ),
    as_file(
        "公式从未计算",
        "A formula that was never calculated",
        "填报.xlsx",
        never_calculated([HEADER, enterprise(1, revenue="=1300*2")]),
        f".xlsx: `{REVENUE}`<br>`=1300*2`",
        findings=["IC211 C2"],
    ),
    in_workbook(
        "百分比格式，值是0.125",
        "Shown as a percentage, the value is 0.125",
        GROWTH,
        Shown(0.125, "0.0%"),
        "0.125, 显示 shown `12.5%`",
        rows=[{"rd_expense_growth": 12.5}],
    ),
    in_workbook(
        "显示的位数比值少",
        "Fewer digits shown than there are",
        REVENUE,
        Shown(2600.123456, "0"),
        "2600.123456, 显示 shown `2600`",
        rows=[{"revenue": 2600.123456}],
    ),
    in_workbook(
        "数字存为文本", "A number stored as text", REVENUE, "2600", "文本 text `2600`", rows=[{"revenue": 2600.0}]
    ),
    in_workbook(
        "数字后有不间断空格",
        "A no-break space behind a number",
        REVENUE,
        "2600\xa0",
        "`2600␣`",
        rows=[{"revenue": 2600.0}],
    ),
    in_workbook(
        "日期单元格",
        "A date",
        "成立日期",
        dt.date(2019, 3, 1),
        "日期 date 2019-03-01",
        rows=[{"founded": dt.date(2019, 3, 1)}],
    ),
    in_workbook(
        "日期丢了格式，只剩天数",
        "A date without its format: a number of days",
        "成立日期",
        43525,
        "`43525`",
        rows=[{"founded": dt.date(2019, 3, 1)}],
        findings=["IC213 D2"],
    ),
    as_file(
        "日期从1904年算起的工作簿",
        "A workbook that counts days from 1904",
        "填报.xlsx",
        xlsx([[*HEADER, "成立日期"], enterprise(1, dt.date(2019, 3, 1)), enterprise(2, 42063)], epoch_1904=True),
        "date1904; 日期 date 2019-03-01; 数字 number `42063`",
        rows=[{"founded": dt.date(2019, 3, 1)}, {"founded": dt.date(2019, 3, 1)}],
        findings=["IC213 D3"],
    ),
    in_workbook("布尔值", "A truth value", "严重失信", True, "`TRUE`", rows=[{"serious_dishonesty": True}]),
    in_workbook("人数带小数点", "A count with a decimal point", "职工总数（人）", 35.0, "`35.0`", rows=[{"staff": 35}]),
    as_file(
        "表格不从A1开始",
        "A table that does not begin in A1",
        "填报.xlsx",
        xlsx([[], [], [None, None, *HEADER], [None, None, *enterprise(1, revenue="不详？")]]),
        f"C3: `{CODE}` … E4: `不详？`",
        findings=["IC201 E4"],
    ),
    as_file(
        "多行合并的表头",
        "A header of merged cells",
        "填报.xlsx",
        xlsx(
            [
                [CODE, NAME, "营业收入（元）", None],
                [None, None, "本年", "上年"],
                [*enterprise(1)[:2], 26000000, 25000000],
            ],
            merged=[(1, 0, 2, 0), (1, 1, 2, 1), (1, 2, 1, 3)],
        ),
        f"`{CODE} ¦ {NAME} ¦ 营业收入（元） ¦ ←`<br>`↑ ¦ ↑ ¦ 本年 ¦ 上年`",
        rows=[{"revenue": 2600.0, "revenue_last": 2500.0}],
        notes=["units converted"],
    ),
    as_file(
        "两行标题在表头之上，合并到全宽",
        "Two title rows above, merged over the whole width",
        "填报.xlsx",
        xlsx(
            [
                ["创新积分填报表", None, None],
                ["单位：元", None, None],
                [*HEADER[:2], "营业收入"],
                enterprise(1, revenue=26000000),
            ],
            merged=[(1, 0, 1, 2), (2, 0, 2, 2)],
        ),
        "`创新积分填报表 ¦ ← ¦ ←`<br>`单位：元 ¦ ← ¦ ←`",
        rows=[{"revenue": 2600.0}],
        notes=["the unit 元 above the table was taken for '营业收入'", "units converted"],
    ),
    as_file(
        "一格高新区合并到几行",
        "One zone in a cell merged over several rows",
        "填报.xlsx",
        xlsx([[*HEADER, "所属高新区"], enterprise(1, "长沙"), enterprise(2), enterprise(3)], merged=[(2, 3, 3, 3)]),
        "D2:D3 `长沙`",
        rows=[{"zone": "changsha"}, {"zone": "changsha"}, {"zone": None}],
        notes=["'所属高新区' has merged cells, whose text was taken for every row they cover: D2:D3"],
    ),
    as_file(
        "一格金额合并到几行：是各自的还是合计的？",
        "One amount in a cell merged over several rows: each one's, or all together?",
        "填报.xlsx",
        xlsx([[*HEADER, "净利润（万元）"], enterprise(1, 200), enterprise(2)], merged=[(2, 3, 3, 3)]),
        "D2:D3 `200`",
        rows=[{"net_profit": 200.0}, {"net_profit": None}],
        notes=["'净利润（万元）' has cells merged over several rows; only the first of them has the number: D2:D3"],
    ),
    as_file(
        "几个工作表：读取最符合的",
        "Several sheets: the one that fits best is read",
        "填报.xlsx",
        xlsx(
            {
                "说明": [["填表说明"]],
                "上年": [HEADER, enterprise(1, revenue=1)],
                "本年": [[*HEADER, GROWTH], enterprise(1, 5, revenue=2600)],
            }
        ),
        "sheets `说明` `上年` `本年`",
        rows=[{"revenue": 2600.0}],
        notes=["[本年] was read; 填报.xlsx also has [上年], which was not"],
    ),
    as_file(
        "隐藏的工作表不读",
        "A hidden sheet is not read",
        "填报.xlsx",
        xlsx(
            {"旧表": [[*HEADER, GROWTH], enterprise(1, 5, revenue=1)], "填报": [HEADER, enterprise(2, revenue=2600)]},
            hidden=["旧表"],
        ),
        "`旧表` 隐藏 hidden, `填报`",
        rows=[{"revenue": 2600.0}],
    ),
    as_file(
        "指定工作表",
        "A sheet that is asked for",
        "填报.xlsx",
        xlsx({"填报": [[*HEADER, GROWTH], enterprise(1, 5, revenue=1)], "更正": [HEADER, enterprise(2, revenue=2600)]}),
        "`填报` `更正`",
        rows=[{"revenue": 2600.0}],
        options={"sheet": "更正"},
        words="--sheet 更正",
    ),
    as_file(".xls（Excel 97-2003）", "An old workbook", "填报.xls", filings.xls({"填报": ROWS}), "BIFF8", rows=READ),
    as_file(
        ".ods（WPS、LibreOffice）",
        "An OpenDocument workbook",
        "填报.ods",
        filings.ods({"填报": ROWS}),
        "ODF",
        rows=READ,
    ),
    as_file("Parquet", "Parquet", "填报.parquet", _parquet(), "PAR1", rows=READ),
    as_file(
        ".xls，实为网页",
        "An .xls that is a web page",
        "填报.xls",
        PAGE.encode(),
        "`<table><tr><td>…`",
        rows=READ,
        notes=["is a web page (HTML), whatever its name says, and was read as that"],
    ),
    as_file(
        ".xls，实为文本",
        "An .xls that is text",
        "填报.xls",
        delimited(ROWS, "gb18030", delimiter="\t"),
        "GB18030 ⇥",
        rows=READ,
        notes=["is delimited text, whatever its name says"],
    ),
    as_file(
        ".xls，实为.xlsx",
        "An .xls that is an .xlsx",
        "填报.xls",
        xlsx(ROWS),
        "PK…",
        rows=READ,
        notes=["is an Excel workbook (.xlsx), whatever its name says"],
    ),
    as_file(
        ".xlsx，实为.xls",
        "An .xlsx that is an .xls",
        "填报.xlsx",
        filings.xls({"填报": ROWS}),
        "D0 CF 11 E0 …",
        rows=READ,
        notes=["is an old Excel workbook (.xls), whatever its name says"],
    ),
    as_file(
        ".csv，实为.xlsx",
        "A .csv that is an .xlsx",
        "填报.csv",
        xlsx(ROWS),
        "PK…",
        rows=READ,
        notes=["is an Excel workbook (.xlsx), whatever its name says"],
    ),
    as_file(
        "Excel 2003的XML文件",
        "An Excel 2003 XML file",
        "填报.xls",
        _xmlss(),
        "`<Workbook …>`",
        rows=READ,
        notes=["is an Excel 2003 XML file"],
    ),
    as_file(
        "有密码的工作簿",
        "A workbook with a password",
        "填报.xlsx",
        filings.compound_file({"EncryptionInfo": b"x", "EncryptedPackage": b"x"}),
        "EncryptedPackage",
        refused="protected by a password",
    ),
    as_file(
        "损坏的工作簿",
        "A damaged workbook",
        "填报.xlsx",
        xlsx(ROWS)[:-400],
        "PK… 截断 cut short",
        refused="not a readable workbook",
    ),
    as_file("PDF", "A PDF", "填报.xlsx", b"%PDF-1.7\n%%EOF", "%PDF-1.7", refused="it is a PDF"),
    as_file(
        "压缩包",
        "An archive",
        "填报.xlsx",
        filings.zipped({"填报.csv": "x"}),
        "PK… `填报.csv`",
        refused="it is an archive",
    ),
    as_file(
        "Word文档",
        "A Word document",
        "填报.xls",
        filings.zipped({"word/document.xml": "<x/>"}),
        "PK… `word/document.xml`",
        refused="it is a document",
    ),
    as_file("图片", "A picture", "填报.xlsx", b"\x89PNG\r\n\x1a\n" + bytes(20), "89 PNG", refused="it is a picture"),
)
