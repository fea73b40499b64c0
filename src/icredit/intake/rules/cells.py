"""IC2xx: one cell and what stands in it."""

from __future__ import annotations

from icredit.intake.rules.rule import Bilingual, Example, Rule, cell

NUMBER = Rule(
    "IC201",
    "error",
    "应为数字",
    "not a number",
    title=Bilingual("不是数字", "Not a number"),
    checks=Bilingual(
        "金额、比例和数量的单元格应是一个数字。千位分隔符、全角数字和比例后的百分号可以识别；空白、“—”、“未公开”等视为未填，不是0。",
        "A cell of an amount, a share or a count is one number. Thousands separators, full-width digits and the percent "
        "sign of a share are understood; blanks, — and 未公开 (not disclosed) are missing, not zero.",
    ),
    why=Bilingual(
        "“约200”可能是190，也可能是210。icredit不猜测，猜错的数字会悄悄改变名次。",
        "约200 (about 200) may be 190 or 210. icredit does not guess: a wrong guess would change ranks in silence.",
    ),
    mend=Bilingual(
        "只填数字，单位写在表头，说明写在其他列；没有数据就留空。",
        "Write nothing but the number; the unit belongs into the header, remarks into another column. Leave the cell "
        "blank where there is nothing to file.",
    ),
    example=cell("净利润（万元）", "约200"),
)
WHOLE = Rule(
    "IC202",
    "error",
    "应为整数",
    "not a whole number",
    title=Bilingual("不是整数", "Not a whole number"),
    checks=Bilingual(
        "人数、件数、项数等数量应是整数；12.0就是12。",
        "Persons, patents, projects and other counts are whole numbers; 12.0 is 12.",
    ),
    why=Bilingual(
        "人数和件数没有小数。出现小数，多半是把金额、比例或平均数填进了数量列。",
        "There is no half a person. A fraction mostly is an amount, a share or an average in the wrong column.",
    ),
    mend=Bilingual("核对该列应填的内容，填写整数。", "See what the column asks for, and write a whole number."),
    example=cell("职工总数（人）", "12.5"),
)
MINIMUM = Rule(
    "IC203",
    "error",
    "小于允许的最小值{bound}",
    "below the smallest valid value {bound}",
    title=Bilingual("小于最小值", "Below the smallest valid value"),
    checks=Bilingual(
        "数字不小于评价体系为该字段规定的最小值（minimum）；没有规定的，数量最小为0。表头单位不同的，先换算再比较。",
        "A number is not below the minimum that the scheme sets for the field; where it sets none, a count is not below "
        "0. A column in another unit is converted first.",
    ),
    why=Bilingual(
        "研发费用等不会是负数。出现负数，多半是多写了负号，或填错了列。",
        "R&D expenditure and the like cannot be negative: mostly a sign or the column is wrong.",
    ),
    mend=Bilingual(
        "核对正负号和所在的列。负数确有可能的字段，由评价体系的负责人调整minimum。",
        "Verify the sign and the column. Where such numbers do exist, whoever keeps the scheme changes the minimum.",
    ),
    example=cell("研发费用金额（万元）", "-12.5", bound="0万元"),
)
MAXIMUM = Rule(
    "IC204",
    "error",
    "大于允许的最大值{bound}",
    "above the largest valid value {bound}",
    title=Bilingual("大于最大值", "Above the largest valid value"),
    checks=Bilingual(
        "数字不大于评价体系为该字段规定的最大值（maximum）；没有规定的，不大于一千万亿（1000000000000000）。表头单位不同的，先换算再比较。",
        "A number is not above the maximum that the scheme sets for the field; where it sets none, not above a million "
        "billion (1000000000000000). A column in another unit is converted first.",
    ),
    why=Bilingual(
        "没有企业能达到这样的数字，多半是填错了列（例如把信用代码填进了金额列）或单位。",
        "No enterprise reaches such a number: mostly it stands in the wrong column (here a credit code among amounts) "
        "or in the wrong unit.",
    ),
    mend=Bilingual(
        "核对所在的列和表头的单位。最大值定得过低的，由评价体系的负责人调整maximum。",
        "Verify the column and the unit in its header. If the maximum is too low, whoever keeps the scheme changes it.",
    ),
    example=cell("营业收入（万元）", "919900000000000018", bound="1000000000000000万元"),
)
DATE = Rule(
    "IC205",
    "error",
    "不是有效日期，应如2019-03-01",
    "not a date; write it as 2019-03-01",
    title=Bilingual("不是有效日期", "Not a date"),
    checks=Bilingual(
        "日期在日历上存在，写法为2019-03-01、2019/3/1、2019.3.1、2019年3月1日或20190301之一。",
        "A date exists in the calendar and is written as 2019-03-01, 2019/3/1, 2019.3.1, 2019年3月1日 or 20190301.",
    ),
    why=Bilingual(
        "03/04/19是三月四日还是四月三日，无法判断；不存在的日期说明填写有误。",
        "Nobody can tell whether 03/04/19 is in March or in April, and a day that does not exist is a slip.",
    ),
    mend=Bilingual(
        "写成2019-03-01的样子，或在Excel中把该列设为日期格式。",
        "Write it as 2019-03-01, or format the column as dates in Excel.",
    ),
    example=cell("成立日期", "2023-02-30"),
)
FLAG = Rule(
    "IC206",
    "error",
    "应填是或否",
    "write 是 (yes) or 否 (no)",
    title=Bilingual("未填是或否", "Neither yes nor no"),
    checks=Bilingual(
        "是否栏填是、有、√、true、yes、y、1，或否、无、×、false、no、n、0；留空视为未填。",
        "The cell says 是, 有, √, true, yes, y or 1; or 否, 无, ×, false, no, n or 0. A blank is missing.",
    ),
    why=Bilingual(
        "“严重失信”这类栏目会决定企业能否上榜，“可能”既不能当作是，也不能当作否。",
        "A column such as 严重失信 (serious dishonesty) decides whether an enterprise is ranked at all: 'perhaps' can be "
        "taken for neither.",
    ),
    mend=Bilingual("核实后填是或否。", "Find out, and write 是 (yes) or 否 (no)."),
    example=cell("严重失信", "可能"),
)
CHOICE = Rule(
    "IC207",
    "error",
    "不是可选值，可选：{choices}",
    "not one of the choices: {choices}",
    title=Bilingual("不是可选值", "Not one of the choices"),
    checks=Bilingual(
        "发展阶段等选择栏只填评价体系列出的值，中文名称、英文名称、代号或别名都可以。",
        "A cell with choices, such as the stage, holds one that the scheme lists, by Chinese or English label, id or "
        "alias.",
    ),
    why=Bilingual(
        "发展阶段决定各指标的权重，不认识的阶段无法评分。",
        "The stage decides the weights: in a stage that the scheme does not know nothing can be scored.",
    ),
    mend=Bilingual(
        "改为提示中列出的一个值。发展阶段也可以留空，由评价体系的规则判定。",
        "Write one of the values listed. The stage may also be left blank: the scheme's rules then find it.",
    ),
    example=cell("发展阶段", "上市期", choices="初创期、成长期、稳定期"),
)
TOO_LONG = Rule(
    "IC208",
    "error",
    "超过{limit}个字符",
    "longer than {limit} characters",
    title=Bilingual("文字过长", "Text too long"),
    checks=Bilingual(
        "文字不超过评价体系为该字段规定的字符数（max_length，默认200）；一个汉字算一个字符。",
        "A text is not longer than the scheme allows for the field (max_length, 200 if it says nothing); a Chinese "
        "character counts as one.",
    ),
    why=Bilingual(
        "名称和领域不会这样长，多半是填错了列，或一段说明粘贴到了单元格中。",
        "No name is so long: mostly the column is wrong, or a whole paragraph was pasted into the cell.",
    ),
    mend=Bilingual("只填该列所要的内容。", "Write only what the column asks for."),
    example=cell("技术领域", "示例企业主要从事示例产品的研发、生产和销售。" * 10, limit=200),
)
REQUIRED = Rule(
    "IC209",
    "error",
    "必填项为空",
    "blank, but required",
    title=Bilingual("必填项为空", "Required cell blank"),
    checks=Bilingual(
        "统一社会信用代码、企业名称，以及评价体系标为必填（required）的字段都已填写。信用代码填“—”或“无”，也算没有填写。",
        "The credit code, the name and whatever the scheme marks as required are filled in. A credit code of — or 无 "
        "(none) counts as blank.",
    ),
    why=Bilingual(
        "没有代码和名称，就不知道得分属于哪家企业，也查不出重复填报。",
        "Without code and name nobody knows whose score it is, nor whether the enterprise is filed twice.",
    ),
    mend=Bilingual("补填该单元格。", "Fill in the cell."),
    example=cell("企业名称", ""),
)
CELL_ERROR = Rule(
    "IC210",
    "error",
    "单元格是错误值，请修正公式或填写数值",
    "the cell holds an error: mend its formula or type the value",
    title=Bilingual("单元格是错误值", "Cell error of a spreadsheet"),
    checks=Bilingual(
        "工作簿的单元格不是#DIV/0!、#REF!、#VALUE!、#NAME?等错误值。#N/A不算错误，视为未填。",
        "No cell of a workbook holds #DIV/0!, #REF!, #VALUE!, #NAME? or the like. #N/A is no error but missing.",
    ),
    why=Bilingual(
        "公式出错后，原来的数字已经看不到了。当作0或未填都会改变得分。",
        "Behind the error nobody sees the number that was meant; zero or nothing in its place would change the score.",
    ),
    mend=Bilingual(
        "在Excel中修正公式（例如分母为空的单元格），或直接填写数值；没有数据就清空单元格。",
        "Mend the formula in Excel (perhaps a denominator is blank), or type the value. Clear the cell where there is "
        "nothing to file.",
    ),
    example=Example(
        (("净利润（万元）",), ("#DIV/0!",)),
        setting=Bilingual("工作簿中，单元格的公式除以了0", "in a workbook, a formula that divides by zero"),
    ),
)
NOT_CALCULATED = Rule(
    "IC211",
    "error",
    "单元格的公式没有计算结果，请用Excel打开、重新计算并保存",
    "the formula of the cell was never calculated: open the file in Excel, let it calculate, and save",
    title=Bilingual("公式没有计算结果", "Formula never calculated"),
    checks=Bilingual(
        "工作簿中每个公式都存有计算结果。icredit读取结果，不自己计算公式。",
        "Every formula of a workbook has its result stored. icredit reads results; it calculates no formulas.",
    ),
    why=Bilingual(
        "由其他软件导出的工作簿可能只有公式，没有结果。当作未填，企业就会无故失分。",
        "Workbooks that other programs export may hold formulas without results. Taken as missing, they would cost the "
        "enterprise its points.",
    ),
    mend=Bilingual(
        "用Excel或WPS打开该文件，按Ctrl+Alt+F9重新计算，保存后重新运行。",
        "Open the file in Excel, press Ctrl+Alt+F9 to calculate it, save it, and run icredit again.",
    ),
    example=Example(
        (("营业收入（万元）",), ("=C2+D2",)),
        setting=Bilingual(
            "其他软件导出、从未用Excel打开的工作簿", "in a workbook that a program made and Excel never saw"
        ),
    ),
)
CELL_UNIT = Rule(
    "IC212",
    "warning",
    "单元格自带单位，按{read}读取",
    "the cell states a unit of its own; read as {read}",
    title=Bilingual("单元格自带单位", "Unit inside a cell"),
    checks=Bilingual(
        "金额的单位写在表头，不写在单元格中。单元格中的1.2亿、500万元等会换算成该字段的单位。",
        "The unit of an amount stands in the header, not in cells. 1.2亿 or 500万元 in a cell is converted to the unit "
        "of the field.",
    ),
    why=Bilingual(
        "同一列出现两种单位，其他没有写单位的单元格也可能填错了单位。",
        "Where a column has two units, the cells that state none may be in the wrong one.",
    ),
    mend=Bilingual(
        "核对换算后的数值，并看一看同列其他单元格；以后只填数字。",
        "Verify the number that was read, and look at the other cells of the column. Next time write the number alone.",
    ),
    example=cell("营业收入（万元）", "1.2亿", read="12000万元"),
)
SERIAL_DATE = Rule(
    "IC213",
    "warning",
    "日期是Excel序列号，按{read}读取",
    "the date is a serial number of a spreadsheet; read as {read}",
    title=Bilingual("日期是序列号", "Date as a serial number"),
    checks=Bilingual(
        "日期写成日期，而不是Excel内部的天数，如43525。",
        "A date is written as a date, not as the number of days that Excel keeps inside, such as 43525.",
    ),
    why=Bilingual(
        "Excel用天数保存日期，复制或导出时格式丢失，就只剩下数字。这个数字也可能本来就不是日期。",
        "Excel keeps dates as numbers of days; where the format is lost in copying, the number is left. It may also "
        "never have been a date.",
    ),
    mend=Bilingual(
        "核对读出的日期；在Excel中把该列设为日期格式。",
        "Verify the date that was read; format the column as dates in Excel.",
    ),
    example=cell("成立日期", "43525", read="2019-03-01"),
)
MONTH_ONLY = Rule(
    "IC214",
    "warning",
    "日期缺少日，按{read}读取",
    "the date has no day; read as {read}",
    title=Bilingual("日期缺少日", "Date without a day"),
    checks=Bilingual(
        "日期有年、月、日。只有年和月的，按当月1日读取。",
        "A date has year, month and day. Year and month alone are read as the first of the month.",
    ),
    why=Bilingual(
        "按1日读取，日期最多早了30天；在以日期为界的判断中，结果可能因此不同。",
        "The first of the month may be up to 30 days early, and where a date is the limit, that may decide.",
    ),
    mend=Bilingual("补填日；以1日为准的，不必修改。", "Add the day, unless the first will do."),
    example=cell("成立日期", "2019年3月", read="2019-03-01"),
)
CELL_UNIT_WRONG = Rule(
    "IC215",
    "error",
    "单元格中的“{unit}”不适用于该列，请只填数字",
    "'{unit}' in the cell does not fit this column: write the number alone",
    title=Bilingual("单元格的单位不适用", "Unit that does not fit the column"),
    checks=Bilingual(
        "单元格自带的单位与该列是同一类：金额列不写人或%，人数列不写元。",
        "A unit inside a cell is of the kind of its column: no persons or % among amounts, no yuan among persons.",
    ),
    why=Bilingual(
        "单位与该列不符，数字很可能填错了列。",
        "A number with the unit of something else most likely belongs to another column.",
    ),
    mend=Bilingual(
        "核对数字是否填错了列；填对了就去掉单位，只填数字。",
        "See whether the number stands in the right column; if so, leave out the unit and write the number alone.",
    ),
    example=cell("营业收入（万元）", "35人", unit="人"),
)
