"""What differs between two schemes, in words and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from icredit.output.scheme_words import as_written, case_in_words
from icredit.scheme.difference import Change
from icredit.scheme.model import Scheme

_TITLES = {
    "scheme": "体系 scheme",
    "basis": "依据 basis",
    "field": "填报字段 fields",
    "check": "校验规则 checks",
    "stage": "阶段 stages",
    "node": "指标 indicators",
    "share": "占总分的比重 share of the whole",
    "total": "其他总分 totals",
    "eligibility": "资格条件 eligibility",
    "veto": "一票否决 vetoes",
    "verdict": "评价结论 verdict",
    "require": "评价结论的必备条件 verdict, require",
    "direct": "评价结论的直接通过条件 verdict, direct",
    "grade": "等级 grades",
    "ranking": "排名 ranking",
}

_WHAT = {
    "added": "+ 新增 added",
    "removed": "- 删去 removed",
    "changed": "~ 更改 changed",
    "moved": "> 移动 moved",
    "reordered": "> 顺序 order",
}

_KEYS = {
    "title": "名称",
    "edition": "版本",
    "scale": "分值范围",
    "label": "名称",
    "aliases": "别名",
    "type": "类型",
    "unit": "单位",
    "minimum": "下限",
    "maximum": "上限",
    "required": "必填",
    "choices": "选项",
    "note": "说明",
    "level": "级别",
    "when": "条件",
    "message": "提示",
    "weight": "权重",
    "weights": "权重",
    "value": "计算式",
    "applies": "适用条件",
    "direction": "方向",
    "treat": "处理",
    "normalise": "标准化",
    "missing": "缺失值",
    "impute": "插补",
    "aggregate": "合成方法",
    "bonus": "加分",
    "cap": "上限",
    "minimum_availability": "最低可得性",
    "basis": "依据",
    "source": "来源",
    "in": "上级",
    "kind": "种类",
    "top": "名额比例",
    "decimals": "小数位",
    "ties": "并列",
    "minimum_coverage": "最低覆盖率",
    "grades_within": "等级分组",
    "indicators": "指标",
    "stages": "阶段划分",
    "normalisation": "标准化",
    "grades": "等级",
}

# What of an added or removed part is already said in its first line.
_SAID = ("label", "message", "in")


def lines(before: Scheme, after: Scheme, changes: Sequence[Change]) -> list[str]:
    """The differences for people, in sections; that there are none."""
    found = [f"A  {_name(before)}", f"B  {_name(after)}"]
    if not changes:
        return [*found, "", "两套评价体系内容相同。The two schemes say the same."]
    for part, of_part in groupby(changes, key=lambda change: change.part):
        found += ["", _TITLES[part]]
        if part == "share":
            found += _share_lines(list(of_part), before, after)
            continue
        for _, alike in groupby(of_part, key=_one_part):
            found += _item(list(alike))
    return found


def as_json(before: Scheme, after: Scheme, changes: Sequence[Change]) -> str:
    """The differences for machines."""
    content = {
        "before": _identity(before),
        "after": _identity(after),
        "same": not changes,
        "changes": [change.as_dict() for change in changes],
    }
    return json.dumps(content, ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def _identity(scheme: Scheme) -> dict[str, Any]:
    return {
        "id": scheme.id,
        "title": scheme.title.model_dump(),
        "edition": scheme.edition,
        "sha256": scheme.digest,
        "extends": [base.model_dump() for base in scheme.extends],
    }


def _name(scheme: Scheme) -> str:
    return f"{scheme.id}  {scheme.title.zh} {scheme.title.en}  ({scheme.edition})  sha256 {scheme.digest[:12]}"


def _one_part(change: Change) -> tuple[str, str | None, int]:
    """The same for differences in keys of one part, another one for everything else."""
    return change.what, change.id, 0 if change.key is not None else id(change)


def _item(changes: list[Change]) -> Iterator[str]:
    """One part: its name, and a line for everything that is different about it."""
    first = changes[0]
    what = first.what
    if first.id is None and what == "changed":
        for change in changes:
            yield from (f"  {line}" for line in _values(change.key or "", change.before, change.after))
        return
    yield f"  {_WHAT[what]}  {_called(first)}".rstrip()
    for change in changes:
        if change.key is not None:
            yield from (f"    {line}" for line in _values(change.key, change.before, change.after))
        elif what in ("moved", "reordered"):
            yield f"    {_above(change.before)} → {_above(change.after)}"
        else:
            whole = change.before if what == "removed" else change.after
            yield from (
                f"    {_key(key)}: {as_written(value)}" for key, value in (whole or {}).items() if key not in _SAID
            )


def _called(change: Change) -> str:
    """The id of a part, unless it is a condition, what people call it, and the category that it is in."""
    whole = change.after or change.before
    inside = whole.get("in") if isinstance(whole, dict) and "in" in whole else None
    label = [] if change.label is None else [change.label.zh, change.label.en]
    condition = change.part in ("check", "eligibility", "veto", "require", "direct")
    name = [] if change.id is None or (condition and label) else [change.id]
    return " ".join([*name, *label]) + (f"  ({inside})" if inside else "")


def _above(value: Any) -> str:
    """The category of a node, or ids or conditions in their order."""
    if isinstance(value, list):
        return ", ".join(map(as_written, value))
    return "(top)" if value is None else str(value)


def _key(path: str) -> str:
    key = path.split(".", maxsplit=1)[0]
    return f"{_KEYS[key]} {path}" if key in _KEYS else path


def _values(path: str, before: Any, after: Any) -> Iterator[str]:
    """A line for everything that differs in two values of a key: of mappings only what differs."""
    if isinstance(before, dict) and isinstance(after, dict):
        for key in dict.fromkeys((*before, *after)):
            if before.get(key) != after.get(key):
                yield from _values(f"{path}.{key}", before.get(key), after.get(key))
    elif _rows(before) and _rows(after) and len(before) == len(after):
        for number, (one, other) in enumerate(zip(before, after, strict=True), start=1):
            if one != other:
                yield from _values(f"{path}.{number}", one, other)
    else:
        yield f"{_key(path)}: {as_written(before)} → {as_written(after)}"


def _rows(value: Any) -> bool:
    """Whether a value is a list of mappings, such as the tiers of a table of marks."""
    return isinstance(value, list) and all(isinstance(one, dict) for one in value)


def _share_lines(changes: list[Change], before: Scheme, after: Scheme) -> Iterator[str]:
    """A line a node: its share in every case in which it is another one."""
    for name, of_node in groupby(changes, key=lambda change: change.id):
        found = list(of_node)
        label = found[0].label
        told = []
        for change in found:
            scheme = after if change.after is not None else before
            where = case_in_words(change.case or {}, scheme)
            told.append(f"{where} {_percents(change.before, change.after)}".strip())
        yield f"  {name} {label.zh if label else ''}: {'; '.join(told)}"


def _percents(before: float | None, after: float | None) -> str:
    """Two shares with as many digits as tell them apart."""
    for digits in (2, 4, 6, 9):
        texts = ["—" if share is None else f"{100 * share:.{digits}f} %" for share in (before, after)]
        if texts[0] != texts[1]:
            break
    return " → ".join(texts)
