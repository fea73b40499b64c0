"""IC4xx: the scheme's own checks across the cells of a row; what they say stands in the scheme."""

from __future__ import annotations

from icredit.intake.rules.rule import Bilingual, Example, Rule

CHECK_ERROR = Rule(
    "IC401",
    "error",
    "{zh}",
    "{en}",
    title=Bilingual("违反评价体系的检查（错误）", "Check of the scheme broken: error"),
    checks=Bilingual(
        "评价体系文件的checks部分中，级别为error的检查。提示的内容由评价体系写明，涉及的各列一并列出。条件中有未填的数据时，不作判断。",
        "The checks of level error in the scheme file. The scheme words the message; the finding names all columns "
        "involved. Where a number that the condition needs is missing, nothing is said.",
    ),
    why=Bilingual(
        "几个单元格各自都合理，放在一起却不可能同时成立，说明至少有一个填错了，得分不可信。",
        "Each of the cells may be right, but not all of them together: one is wrong, and a score could not be trusted.",
    ),
    mend=Bilingual(
        "对照原始资料核对所涉及的各个单元格。检查本身不适用时，由评价体系的负责人修改其checks部分。",
        "Verify all the cells involved against their sources. If the check itself does not suit, whoever keeps the "
        "scheme changes it in the part checks.",
    ),
    example=Example(
        (("科技人员数（人）", "职工总数（人）"), ("150", "120")),
        {"zh": "科技人员数多于职工总数", "en": "more R&D staff than staff"},
    ),
)
CHECK_WARNING = Rule(
    "IC402",
    "warning",
    "{zh}",
    "{en}",
    title=Bilingual("违反评价体系的检查（警告）", "Check of the scheme broken: warning"),
    checks=Bilingual(
        "评价体系文件的checks部分中，级别为warning的检查。提示的内容由评价体系写明，涉及的各列一并列出。条件中有未填的数据时，不作判断。",
        "The checks of level warning in the scheme file. The scheme words the message; the finding names all columns "
        "involved. Where a number that the condition needs is missing, nothing is said.",
    ),
    why=Bilingual(
        "数据可能属实，但很少见；常见的原因是单位或列填错，也可能使某个指标没有意义。",
        "The data may be true, but seldom are: often a unit or a column is wrong. Or an indicator has no meaning then.",
    ),
    mend=Bilingual(
        "对照原始资料核对所涉及的各个单元格；属实的不必修改。",
        "Verify all the cells involved against their sources; what is true may stay.",
    ),
    example=Example(
        (("研发费用金额（万元）", "营业收入（万元）"), ("30000", "2600")),
        {"zh": "研发费用大于营业收入，请核对单位", "en": "R&D expenditure above revenue; check the units"},
    ),
)
