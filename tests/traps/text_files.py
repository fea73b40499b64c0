"""Traps of delimited text: encodings, delimiters, lines and quotes."""

from __future__ import annotations

from collections.abc import Sequence

import filings
from filings import AnyRows
from traps.fixtures import HEADER, REVENUE, as_file, delimited, enterprise, table
from traps.trap import Trap

ROWS: AnyRows = [HEADER, enterprise(1), enterprise(2)]
READ = [{"revenue": 2600.0}, {"revenue": 2600.0}]
ONE = delimited([HEADER, enterprise(1)])
CODE = filings.code(1)
NAMED = [{"name": "示例企业1号", "revenue": 2600.0}]

TRAPS: Sequence[Trap] = (
    as_file("GB18030编码", "GB18030", "填报.csv", delimited(ROWS, "gb18030"), "GB18030", rows=READ),
    as_file(
        "GBK之外的人名用字",
        "A character beyond GBK",
        "填报.csv",
        delimited([HEADER, [CODE, "示例𠮷", "2600"]], "gb18030"),
        "GB18030: `示例𠮷`",
        rows=[{"name": "示例𠮷"}],
    ),
    as_file("UTF-8带BOM", "UTF-8 with a mark", "填报.csv", delimited(ROWS, "utf-8-sig"), "EF BB BF …", rows=READ),
    as_file(
        "存了两次，有两个BOM",
        "Saved twice, two marks",
        "填报.csv",
        b"\xef\xbb\xbf" + delimited(ROWS, "utf-8-sig"),
        "EF BB BF EF BB BF …",
        rows=READ,
    ),
    as_file(
        "UTF-16（Excel的“Unicode文本”）",
        'UTF-16, Excel\'s "Unicode text"',
        "填报.txt",
        delimited(ROWS, "utf-16", delimiter="\t"),
        "UTF-16 ⇥",
        rows=READ,
    ),
    as_file(
        "UTF-16，大端",
        "UTF-16, big end first",
        "填报.csv",
        b"\xfe\xff" + delimited(ROWS, "utf-16-be"),
        "FE FF …",
        rows=READ,
    ),
    as_file(
        "文件在半个汉字处断开",
        "Cut in the middle of a character",
        "填报.csv",
        delimited([HEADER, [CODE, "示例企业"]])[:-2],
        "UTF-8 … E4 B8",
        refused="the text is neither UTF-8, GB18030 nor UTF-16",
    ),
    as_file(
        "不是任何编码的文字",
        "Bytes that are no text",
        "填报.csv",
        b"\x81\xff\xff\xff" * 9,
        "81 FF FF …",
        refused="neither UTF-8, GB18030 nor UTF-16",
    ),
    as_file("空文件", "An empty file", "填报.csv", b"", "0 bytes", refused="the file is empty"),
    as_file("只有表头", "A header and nothing else", "填报.csv", delimited([HEADER]), "1 line", rows=[]),
    as_file(
        "扩展名为.csv，实为制表符分隔",
        "Tabs in a .csv",
        "填报.csv",
        delimited(ROWS, delimiter="\t"),
        f"`{HEADER[0]}⇥{HEADER[1]}⇥…`",
        rows=READ,
    ),
    as_file(
        "分号分隔", "Semicolons", "填报.csv", delimited(ROWS, delimiter=";"), f"`{HEADER[0]};{HEADER[1]};…`", rows=READ
    ),
    as_file(
        "竖线分隔",
        "Vertical bars",
        "填报.txt",
        delimited(ROWS, delimiter="|"),
        f"`{HEADER[0]}¦{HEADER[1]}¦…`",
        rows=READ,
    ),
    as_file("第一行是sep=,", "A first line that says sep=,", "填报.csv", b"sep=,\r\n" + ONE, "`sep=,`", rows=NAMED),
    as_file("CRLF换行", "CRLF", "填报.csv", delimited(ROWS, newline="\r\n"), "…`\\r\\n`…`\\r\\n`", rows=READ),
    as_file(
        "只有CR的换行（旧Mac）",
        "CR alone, as on old Macs",
        "填报.csv",
        delimited(ROWS, newline="\r"),
        "…`\\r`…`\\r`",
        rows=READ,
    ),
    as_file(
        "换行方式混用",
        "Mixed line ends",
        "填报.csv",
        b"\r\n".join([ONE.rstrip(b"\n"), delimited([enterprise(2)], newline="\r")]),
        "…`\\n`…`\\r\\n`…`\\r`",
        rows=READ,
    ),
    as_file(
        "最后一行没有换行", "No line end at the end", "填报.csv", delimited(ROWS).rstrip(b"\n"), "…`2600`", rows=READ
    ),
    table(
        "数字中有逗号，没有引号：该行多一格",
        "A comma in a number without quotes: a cell too many",
        [HEADER, [CODE, "示例企业1号", "2", "600"]],
        findings=["IC101 2"],
    ),
    table("该行少一格", "A cell too few", [[*HEADER, "净利润（万元）"], enterprise(1)], findings=["IC101 2"]),
    table("行末多出的空单元格", "Blank cells too many", [HEADER, [*enterprise(1), "", ""]], rows=NAMED),
    as_file(
        "引号中的逗号和换行",
        "Commas and line breaks in quotes",
        "填报.csv",
        delimited([[*HEADER, "技术领域"], enterprise(1, "光机电,\n一体化", revenue="2,600")]),
        '`"2,600"` `"光机电,⏎一体化"`',
        rows=[{"revenue": 2600.0, "technical_field": "光机电,\n一体化"}],
    ),
    as_file(
        "引号没有结束",
        "A quote that is never closed",
        "填报.csv",
        ONE + f'{filings.code(2)},"示例,1\n'.encode(),
        '`"示例,1`',
        refused="not readable as delimited text",
    ),
    as_file("空行", "Blank lines", "填报.csv", delimited(ROWS).replace(b"\n", b"\n\n"), "…`\\n\\n`…", rows=READ),
    as_file(
        "只有逗号的行",
        "Lines of commas only",
        "填报.csv",
        ONE + b",,\n,,\n" + delimited([enterprise(2)]),
        "`,,`",
        rows=READ,
    ),
    as_file(
        "单元格中有NUL",
        "A NUL inside a cell",
        "填报.csv",
        delimited([HEADER, enterprise(1, revenue="26\x0000")]),
        "`26NUL00`",
        findings=["IC201 2"],
    ),
    table(
        "两列同名", "Two columns of one name", [[*HEADER, REVENUE], enterprise(1, "3900")], refused="both mean 营业收入"
    ),
    as_file(
        "网页，扩展名为.csv",
        "A web page called .csv",
        "填报.csv",
        "<html><body><p>请登录</p></body></html>".encode(),
        "`<html>…请登录…`",
        refused="this is a web page without a table",
    ),
)
