"""Traps of several files together."""

from __future__ import annotations

from collections.abc import Sequence

from traps.fixtures import HEADER, delimited, enterprise, xlsx
from traps.trap import Trap

ONE, TWO = delimited([HEADER, enterprise(1)]), xlsx([HEADER, enterprise(2, revenue=3900)])
NOT_READ = b"%PDF-1.7\n%%EOF"

TRAPS: Sequence[Trap] = (
    Trap(
        "一个文件夹，格式各不相同",
        "A folder of files of several formats",
        {"a.csv": ONE, "b.xlsx": TWO, "说明.docx": b"x"},
        "`a.csv` `b.xlsx` `说明.docx`",
        rows=[{"revenue": 2600.0}, {"revenue": 3900.0}],
    ),
    Trap(
        "通配符",
        "A pattern",
        {"a.csv": ONE, "b.csv": delimited([HEADER, enterprise(2)]), "c.xlsx": TWO},
        "`a.csv` `b.csv` `c.xlsx`",
        rows=[{"revenue": 2600.0}, {"revenue": 2600.0}],
        named="*.csv",
        words="'*.csv'",
    ),
    Trap(
        "没有高新区的列，文件名写明高新区",
        "No zone column, but the file is named after the zone",
        {"长沙高新区.csv": ONE},
        "`长沙高新区.csv`",
        rows=[{"zone": "changsha"}],
        notes=["was taken from the file's name"],
    ),
    Trap(
        "没有高新区的列，命令写明高新区",
        "No zone column, but the command names the zone",
        {"填报.csv": ONE},
        "`填报.csv`",
        rows=[{"zone": "changsha"}],
        options={"zone": "长沙"},
        words="--zone 长沙",
    ),
    Trap(
        "列中的高新区优先于文件名",
        "The zone in a column wins over the file's name",
        {"长沙高新区.csv": delimited([[*HEADER, "所属高新区"], enterprise(1, "武汉东湖高新区")])},
        "`长沙高新区.csv`: `武汉东湖高新区`",
        rows=[{"zone": "wuhan-donghu"}],
    ),
    Trap(
        "一个文件不能读取，其余照常",
        "One file cannot be read, the others are",
        {"a.csv": ONE, "b.xlsx": NOT_READ},
        "`a.csv` `b.xlsx` = PDF",
        rows=[{"revenue": 2600.0}],
        findings=["IC110 b.xlsx"],
    ),
    Trap(
        "所有文件都不能读取",
        "No file can be read",
        {"a.xlsx": NOT_READ, "b.xlsx": NOT_READ},
        "`a.xlsx` `b.xlsx` = PDF",
        refused="none of 2 files can be read",
    ),
    Trap(
        "Excel打开时的锁定文件",
        "The lock file that Excel leaves",
        {"a.csv": ONE, "~$b.xlsx": b"lock"},
        "`a.csv` `~$b.xlsx`",
        rows=[{"revenue": 2600.0}],
    ),
    Trap(
        "同一企业在两个文件中，数据不同",
        "One enterprise in two files with different data",
        {"a.csv": ONE, "b.csv": delimited([HEADER, enterprise(1, revenue="3900")])},
        "`a.csv` 2600, `b.csv` 3900",
        findings=["IC306 a.csv 2", "IC306 b.csv 2"],
    ),
    Trap(
        "同一文件交了两份",
        "The same file twice",
        {"a.csv": ONE, "a (1).csv": ONE},
        "`a.csv` `a (1).csv`",
        rows=[{"revenue": 2600.0}],
        findings=["IC305 a.csv 2"],
    ),
    Trap(
        "文件夹中没有可读的文件",
        "A folder without a file that could be read",
        {"说明.docx": b"x"},
        "`说明.docx`",
        named=".",
        refused="no file in this folder is of a kind icredit reads",
    ),
)
