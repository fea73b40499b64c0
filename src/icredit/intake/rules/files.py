"""IC1xx: files, rows and columns as a whole."""

from __future__ import annotations

from icredit.intake.rules.rule import Bilingual, Example, Rule

WIDTH = Rule(
    "IC101",
    "error",
    "该行有{found}个单元格，表头有{expected}列，可能有遗漏或多余的分隔符",
    "the row has {found} cells, the header {expected}: a separator is missing or too many",
    title=Bilingual("单元格数与表头不符", "Cells do not match the header"),
    checks=Bilingual(
        "CSV等文本文件中，每行的单元格数应与表头相同；行末多出的空单元格不算。",
        "In a CSV or other text file every row has as many cells as the header; blank ones too many at its end do not "
        "count.",
    ),
    why=Bilingual(
        "少一个或多一个分隔符，后面的数据会全部错位，营业收入就会被读成净利润。因此整行不读，该行其他问题也无从判断。",
        "One separator too few or too many shifts every cell after it: revenue would be read as profit. So the row is "
        "not read, and nothing else is said of it.",
    ),
    mend=Bilingual(
        "检查数字中的千位分隔符（如1,200）和文字中的逗号：删去逗号，或用英文双引号把单元格括起来。"
        "用Excel另存为“CSV UTF-8”时会自动加引号。",
        "Look for commas inside numbers (1,200) and texts: remove them, or put the cell in double quotes. Excel does so "
        'by itself when it saves as "CSV UTF-8".',
    ),
    example=Example(
        (
            ("统一社会信用代码", "企业名称", "营业收入（万元）"),
            ("919900000000000018", "示例企业", "1", "200"),
        ),
        {"found": 4, "expected": 3},
    ),
)
UNREADABLE = Rule(
    "IC110",
    "error",
    "文件未能读取：{reason}",
    "the file was not read: {reason}",
    title=Bilingual("文件未能读取", "File not read"),
    checks=Bilingual(
        "一次给出多个文件时，每个文件都能打开，并且有表头。个别文件不能读取时，其余文件照常处理。",
        "Of several files given together, each can be opened and has a header. Where one cannot be read, the others are "
        "processed all the same.",
    ),
    why=Bilingual(
        "少一个文件，就少了其中的全部企业，其他企业的名次也会随之变化。",
        "Without the file all enterprises in it are missing, and the ranks of all others change with them.",
    ),
    mend=Bilingual(
        "按提示的原因处理该文件，例如取消密码，或用Excel打开后另存，再把全部文件重新运行一次。",
        "Do what the reason asks for, such as removing the password, or opening the file in Excel and saving it anew; "
        "then run all files again.",
    ),
    example=Example(
        (("统一社会信用代码", "企业名称"), ("919900000000000018", "示例企业")),
        {"reason": "the workbook is protected by a password"},
        Bilingual("三个工作簿中，有一个设了密码", "one of three workbooks is protected by a password"),
    ),
)
UNIT_DOUBTFUL = Rule(
    "IC111",
    "warning",
    "表头未写单位，按{unit}处理；该列中位数为{median}，更像以{likely}填报，请核对",
    "the header states no unit and {unit} is taken; the median of the column is {median}, which looks like {likely}",
    title=Bilingual("金额单位存疑", "Unit of an amount in doubt"),
    checks=Bilingual(
        "表头没有写单位的金额列，其中位数在评价体系给出的通常范围（usual）内外十倍之间，或换成其他单位也不在其中。",
        "The median of an amount column without a unit in its header lies within ten times the range that the scheme "
        "calls usual, or would not lie there in another unit either.",
    ),
    why=Bilingual(
        "没有写单位的列按评价体系的单位读取，多为万元。如果填的是元，所有金额都会大一万倍，得分也就失真。",
        "A column without a unit is read in the unit of the scheme, mostly 万元 (10,000 yuan). If it was filed in yuan, "
        "every amount is 10,000 times too large and the scores mean nothing.",
    ),
    mend=Bilingual(
        "在表头写明单位，如“营业收入（元）”，icredit会精确换算。数值本来就是如此的，写明单位后也不再警告。",
        "State the unit in the header, such as 营业收入（元）; icredit converts it exactly. If the numbers are right as "
        "they stand, stating the unit ends the warning too.",
    ),
    example=Example(
        (("营业收入",), ("32000000",), ("45000000",), ("58000000",)),
        {"unit": "万元", "median": "45000000", "likely": "元"},
    ),
)
SHARE_DOUBTFUL = Rule(
    "IC112",
    "warning",
    "该列按{unit}处理，但填报值都在0到1之间，可能填的是小数（0.125而不是12.5），请核对",
    "the column is taken as {unit}, but every value lies between 0 and 1: perhaps fractions (0.125 for 12.5)",
    title=Bilingual("百分数还是小数", "Percentages or fractions"),
    checks=Bilingual(
        "按百分数读取的比例列，其数值不全在0到1之间。",
        "Not all values of a column that is read as percentages lie between 0 and 1.",
    ),
    why=Bilingual(
        "12.5%在表格中可能写成12.5，也可能写成0.125。读错了，比例就相差一百倍。",
        "12.5 % may be filed as 12.5 or as 0.125. Read wrongly, the share is wrong by a factor of one hundred.",
    ),
    mend=Bilingual(
        "填的是小数时，把数值改为百分数（12.5），或在单元格中写明百分号（12.5%）。确实都小于1%的，可以不改。",
        "If they are fractions, turn them into percentages (12.5), or write the percent sign in the cells (12.5%). If "
        "all are really below 1 %, leave them.",
    ),
    example=Example(
        (("研发费用占营业收入的比例（%）",), ("0.125",), ("0.08",), ("0.31",)),
        {"unit": "%"},
    ),
)
