"""IC3xx: which enterprise a row is about, and where it belongs."""

from __future__ import annotations

from icredit.intake.rules.rule import Bilingual, Example, Rule, cell

CODE_SHAPE = Rule(
    "IC301",
    "error",
    "信用代码应为18位，由数字和大写字母组成（不用I、O、S、V、Z）{zh}",
    "a credit code has 18 characters: digits and capital letters without I, O, S, V, Z{en}",
    title=Bilingual("信用代码格式不符", "Malformed credit code"),
    checks=Bilingual(
        "统一社会信用代码有18位，只用数字和大写字母，不用I、O、S、V、Z（GB 32100-2015）。",
        "A unified social credit code has 18 characters, digits and capital letters without I, O, S, V, Z (GB "
        "32100-2015).",
    ),
    why=Bilingual(
        "代码是企业的唯一标识，查重、跨年对比和推荐都靠它。",
        "The code is what identifies an enterprise: duplicates, other years and recommendations are matched by it.",
    ),
    mend=Bilingual(
        "对照营业执照重新填写。常见的错误是把0写成O、把1写成I，以及漏填一位；组织机构代码（9位）和旧的注册号（15位）不能代替。",
        "Copy it from the business licence. Common slips are O for 0, I for 1 and a character left out; the old "
        "organisation code (9 characters) or registration number (15) will not do.",
    ),
    example=cell(
        "统一社会信用代码",
        "91990000MAOTHL001J",
        zh="；第11位是字母O，可能应为数字0",
        en="; the letter O in place 11 is perhaps the digit 0",
    ),
)
CODE_CHECK = Rule(
    "IC302",
    "error",
    "信用代码校验位不符，可能有一位填错",
    "the check digit of the credit code does not fit: one character is probably wrong",
    title=Bilingual("信用代码校验位不符", "Check digit does not fit"),
    checks=Bilingual(
        "代码的第18位是由前17位算出的校验位（GB 32100-2015），两者应当相符。",
        "The 18th character of the code is a check digit, computed from the first 17 (GB 32100-2015).",
    ),
    why=Bilingual(
        "校验位不符，说明有一位填错或两位颠倒，得分可能记到别的企业名下。",
        "If it does not fit, a character is wrong or two are swapped, and the score might go to another enterprise.",
    ),
    mend=Bilingual(
        "对照营业执照逐位核对18位代码。icredit不改代码，因为无法知道错在哪一位。",
        "Compare all 18 characters with the business licence. icredit cannot know which one is wrong and changes none.",
    ),
    example=cell("统一社会信用代码", "91990000MA0THL001K"),
)
CODE_NUMBER = Rule(
    "IC303",
    "error",
    "信用代码被Excel存成了数字，只保留15位；请将该列设为文本格式后重新填写",
    "Excel stored the credit code as a number and keeps only 15 digits: format the column as text and type it again",
    title=Bilingual("信用代码被存成数字", "Credit code stored as a number"),
    checks=Bilingual(
        "代码是文本，不是工作簿中的数字，也不是9.199E+17这样的科学计数法；全为数字、末三位为000且校验位不符的，也属此列。",
        "The code is text: neither a number in a workbook, nor 9.199E+17, nor all digits with 000 at the end and a check "
        "digit that does not fit.",
    ),
    why=Bilingual(
        "Excel的数字只有15位有效数字，18位代码的最后三位已经丢失，无法恢复。",
        "Excel keeps 15 digits of a number; the last three of an 18-digit code are gone and cannot be brought back.",
    ),
    mend=Bilingual(
        "先把该列的单元格格式设为“文本”，再重新填写代码；只改格式，丢失的数字不会回来。用icredit template生成的表格已经设好。",
        "First format the column as text, then type the codes again: the format alone brings no digit back. The workbook "
        "of icredit template is formatted so.",
    ),
    example=cell("统一社会信用代码", "9.199E+17"),
)
CODE_REPAIRED = Rule(
    "IC304",
    "warning",
    "信用代码含小写、全角字符、空格或引号，已按{repaired}处理",
    "the credit code has lower case, full-width characters, spaces or quotation marks; read as {repaired}",
    title=Bilingual("信用代码写法已规整", "Credit code tidied"),
    checks=Bilingual(
        "代码用半角大写字母和数字，中间没有空格。写法不同、但规整后校验位相符的，按规整后的代码处理。",
        "The code has narrow capital letters and digits and no spaces inside. One written otherwise is tidied, and used "
        "if its check digit then fits.",
    ),
    why=Bilingual(
        "校验位相符，代码几乎不会有错；但其他系统可能认不出原来的写法。",
        "As the check digit fits, the code is almost certainly right; but other systems may not know it as it was "
        "written.",
    ),
    mend=Bilingual(
        "不改也能评分；建议按提示中的写法更正原表。",
        "The row is scored as it is; better correct the source to what the message shows.",
    ),
    example=cell("统一社会信用代码", "9199 0000 ma0thl001j", repaired="91990000MA0THL001J"),
)
DUPLICATE_SAME = Rule(
    "IC305",
    "warning",
    "与{other}完全相同，只计一次",
    "the same as {other}; counted once",
    title=Bilingual("重复填报，数据相同", "Filed twice with the same data"),
    checks=Bilingual(
        "同一代码只出现一次，在所有文件中都是如此。几行读出的数据完全相同的，只计第一行。",
        "A code stands in one row of all files together. Of rows whose data are the same as read, the first is counted.",
    ),
    why=Bilingual(
        "计两次，名次、分组统计和标准化都会出错。",
        "Counted twice, an enterprise would spoil ranks, the statistics of its group and the normalisation.",
    ),
    mend=Bilingual("不必修改；可以删去多余的行。", "Nothing needs doing; the superfluous row may be deleted."),
    example=Example(
        (
            ("统一社会信用代码", "企业名称", "营业收入（万元）"),
            ("919900000000000018", "示例企业", "2600"),
            ("919900000000000018", "示例企业", "2,600"),
        ),
        {"other": "示例.csv:2"},
    ),
)
DUPLICATE_CONFLICT = Rule(
    "IC306",
    "error",
    "同一企业重复填报且数据不一致，另见{other}",
    "the enterprise is filed more than once with different data; see {other}",
    title=Bilingual("重复填报，数据不一致", "Filed more than once with different data"),
    checks=Bilingual(
        "同一代码的各行数据一致，在所有文件中都是如此。只要有一处不同，这些行都不参与评分。",
        "All rows of one code agree, in all files together. If anything in them differs, none of them is scored.",
    ),
    why=Bilingual(
        "哪一行是对的，icredit无从知道；任选一行，都可能使名次有误。",
        "icredit cannot know which row is right; to choose one would be a guess that moves ranks.",
    ),
    mend=Bilingual(
        "核对后只保留正确的一行。两家企业用了同一代码的，更正填错的代码。",
        "Find out which row is right and keep only that one. If two enterprises share a code, correct the wrong code.",
    ),
    example=Example(
        (
            ("统一社会信用代码", "企业名称", "营业收入（万元）"),
            ("919900000000000018", "示例企业", "2600"),
            ("919900000000000018", "示例企业", "3900"),
        ),
        {"other": "示例.csv:3"},
    ),
)
DUPLICATE_LAST = Rule(
    "IC307",
    "warning",
    "同一企业后来又在{other}填报，以最后一次为准",
    "the enterprise is filed again in {other}; the last filing counts",
    title=Bilingual("重复填报，以最后一次为准", "Filed again later; the last filing counts"),
    checks=Bilingual(
        "用了--duplicates last，且同一代码的各行数据不一致：只有最后一行参与评分，之前的各行都在此列出。",
        "With --duplicates last, rows of one code differ: only the last of them is scored, and each earlier one is "
        "listed here.",
    ),
    why=Bilingual(
        "企业更正后重新填报的，以后报的为准；但被替换的数据应当有据可查。",
        "An enterprise that corrects its filing is scored by the correction; what it replaces must not vanish unseen.",
    ),
    mend=Bilingual(
        "核对最后一行确是更正后的数据。先后按文件和行的顺序，不按填报时间。",
        "Verify that the last row is the correction: the order is that of files and rows, not of the time of filing.",
    ),
    example=Example(
        (
            ("统一社会信用代码", "企业名称", "营业收入（万元）"),
            ("919900000000000018", "示例企业", "2600"),
            ("919900000000000018", "示例企业", "3900"),
        ),
        {"other": "示例.csv:3"},
        Bilingual("用--duplicates last读取", "read with --duplicates last"),
    ),
)
ZONE_UNKNOWN = Rule(
    "IC311",
    "error",
    "高新区名录中没有此名称；{hint}",
    "no such zone in the register; {hint}",
    title=Bilingual("高新区名称不明", "Unknown zone"),
    checks=Bilingual(
        "所属高新区是名录中的一个名称：简称、全称、代号或别名都可以；不在国家高新区的企业留空。",
        "The zone is a name of the register: short or full name, slug or alias. An enterprise in no national zone leaves "
        "the cell blank.",
    ),
    why=Bilingual(
        "高新区决定企业参加哪个区的排名；名称认不出，企业会从榜单上消失。",
        "The zone decides in which list an enterprise is ranked; under an unknown name it would vanish from all.",
    ),
    mend=Bilingual(
        "改为提示中相近的名称，或用icredit zones查找。省级高新区和已更名的，用--zones加入名录。",
        "Use one of the near names, or look it up with icredit zones. Provincial and renamed zones are added to the "
        "register with --zones.",
    ),
    example=cell(
        "所属高新区",
        "长沙高薪区",
        hint="相近 nearest: 长沙高新区 (changsha), 长治高新区 (changzhi), 长春高新区 (changchun)",
    ),
)
PROVINCE_UNKNOWN = Rule(
    "IC312",
    "error",
    "没有此省份；{hint}",
    "no such province; {hint}",
    title=Bilingual("省份名称不明", "Unknown province"),
    checks=Bilingual(
        "所在省份是省、自治区、直辖市的简称或全称，如湖南或湖南省；新疆兵团也可以；可以留空。",
        "The province is the short or full name of a province, autonomous region or municipality, such as 湖南 or 湖南省, "
        "or 新疆兵团. It may be blank.",
    ),
    why=Bilingual("按省份的榜单靠它筛选企业。", "Lists by province select enterprises by it."),
    mend=Bilingual("改为简称，如湖南；不要填写城市。", "Write the short name, such as 湖南, and no city."),
    example=cell("所在省份", "湖难", hint="相近 nearest: 湖南, 湖北"),
)
PROVINCE_DIFFERS = Rule(
    "IC313",
    "warning",
    "与所属高新区的省份（{province}）不一致，按高新区的省份处理",
    "not the province of the zone ({province}), which is used",
    title=Bilingual("省份与高新区不一致", "Province is not the zone's"),
    checks=Bilingual(
        "填写的省份与所属高新区在名录中的省份一致；不一致时，以高新区的省份为准。",
        "The province filed is that of the zone in the register; if not, the zone's is used.",
    ),
    why=Bilingual(
        "两者必有一个填错。如果错的是高新区，企业就进了别的区的榜单。",
        "One of the two is wrong. If it is the zone, the enterprise is ranked in the list of another one.",
    ),
    mend=Bilingual(
        "核对所属高新区和所在省份，改正填错的一个。", "Verify zone and province, and correct the wrong one."
    ),
    example=Example((("所属高新区", "所在省份"), ("长沙高新区", "湖北")), {"province": "湖南"}),
)
