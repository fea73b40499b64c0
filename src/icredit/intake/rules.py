"""The rules that a submission can break: a stable code each, and what is said about it in Chinese and English.

A rule is a value; the place that finds it broken gives the numbers for the message. Codes never change meaning: IC1xx
shape of the file, IC2xx one cell, IC3xx identity of the enterprise, IC4xx the scheme's own checks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Level = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that can be wrong or doubtful. The texts take the values in braces from the finding."""

    code: str
    level: Level
    zh: str
    en: str

    def message(self, values: Mapping[str, Any]) -> tuple[str, str]:
        """The message in Chinese and in English."""
        return self.zh.format_map(values), self.en.format_map(values)


WIDTH = Rule(
    "IC101",
    "error",
    "该行有{found}个单元格，表头有{expected}列，可能有遗漏或多余的分隔符",
    "the row has {found} cells, the header {expected}: a separator is missing or too many",
)
NUMBER = Rule("IC201", "error", "应为数字", "not a number")
WHOLE = Rule("IC202", "error", "应为整数", "not a whole number")
MINIMUM = Rule("IC203", "error", "小于允许的最小值{bound}", "below the smallest valid value {bound}")
MAXIMUM = Rule("IC204", "error", "大于允许的最大值{bound}", "above the largest valid value {bound}")
DATE = Rule("IC205", "error", "不是有效日期，应如2019-03-01", "not a date; write it as 2019-03-01")
FLAG = Rule("IC206", "error", "应填是或否", "write 是 (yes) or 否 (no)")
CHOICE = Rule("IC207", "error", "不是可选值，可选：{choices}", "not one of the choices: {choices}")
TOO_LONG = Rule("IC208", "error", "超过{limit}个字符", "longer than {limit} characters")
REQUIRED = Rule("IC209", "error", "必填项为空", "blank, but required")
CODE_SHAPE = Rule(
    "IC301",
    "error",
    "信用代码应为18位，由数字和大写字母组成（不用I、O、S、V、Z）",
    "a credit code has 18 characters: digits and capital letters without I, O, S, V, Z",
)
CODE_CHECK = Rule(
    "IC302",
    "error",
    "信用代码校验位不符，可能有一位填错",
    "the check digit of the credit code does not fit: one character is probably wrong",
)
CODE_NUMBER = Rule(
    "IC303",
    "error",
    "信用代码被Excel存成了数字，只保留15位；请将该列设为文本格式后重新填写",
    "Excel stored the credit code as a number and keeps only 15 digits: format the column as text and type it again",
)
CODE_REPAIRED = Rule(
    "IC304",
    "warning",
    "信用代码含小写、全角字符或空格，已按{repaired}处理",
    "the credit code has lower case, full-width characters or spaces; read as {repaired}",
)
DUPLICATE_SAME = Rule(
    "IC305",
    "warning",
    "与{other}完全相同，只计一次",
    "the same as {other}; counted once",
)
DUPLICATE_CONFLICT = Rule(
    "IC306",
    "error",
    "同一企业重复填报且数据不一致，另见{other}",
    "the enterprise is filed more than once with different data; see {other}",
)
ZONE_UNKNOWN = Rule("IC311", "error", "高新区名录中没有此名称；{hint}", "no such zone in the register; {hint}")
PROVINCE_UNKNOWN = Rule("IC312", "error", "没有此省份；{hint}", "no such province; {hint}")
PROVINCE_DIFFERS = Rule(
    "IC313",
    "warning",
    "与所属高新区的省份（{province}）不一致，按高新区的省份处理",
    "not the province of the zone ({province}), which is used",
)
CHECK_ERROR = Rule("IC401", "error", "{zh}", "{en}")
CHECK_WARNING = Rule("IC402", "warning", "{zh}", "{en}")

RULES: Mapping[str, Rule] = {rule.code: rule for rule in list(globals().values()) if isinstance(rule, Rule)}

#: pydantic's own error types -> our rule.
PYDANTIC_RULES: Mapping[str, Rule] = {
    "greater_than_equal": MINIMUM,
    "less_than_equal": MAXIMUM,
    "finite_number": NUMBER,
    "string_too_long": TOO_LONG,
}
