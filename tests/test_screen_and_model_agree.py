"""The central promise of intake: what the screen passes, the model accepts with the identical value."""

from __future__ import annotations

import json
import math
import struct
import unicodedata
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from time import process_time
from typing import Annotated, Any, Literal

import annotated_types
import polars as pl
import pytest
from hypothesis import example, given, reject, settings
from hypothesis import strategies as st
from pydantic import AfterValidator, BaseModel, Field, ValidationError, create_model, field_validator, model_validator

import filings
import icredit
from cells import KINDS, read_cell
from conftest import AS_OF, ERRORS_CSV, SAMPLE_CSV, SAMPLE_XLSX
from icredit.intake.read_file import FileReader
from icredit.intake.readings import Number, Screened, Text
from icredit.intake.row_model import row_model
from icredit.intake.rules import RULES
from icredit.intake.screen import compile_screen
from icredit.intake.table import TextTable
from icredit.intake.validate import TableValidator
from icredit.scheme import Scheme
from icredit.scheme.fields import submission_fields
from icredit.zones import bundled_zones, province_names

SCHEME = filings.every_kind()
ZONES = bundled_zones()
FIELDS = submission_fields(SCHEME)

# A row that nothing is wrong with; a test changes one cell of it and knows that the verdict is about that cell.
CLEAN: Mapping[str, str | None] = {**dict.fromkeys(FIELDS), "uscc": filings.code(1), "name": "示例企业"}

# --------------------------------------------------------------------------------------------------------------------
# Texts that a cell may hold: right, hostile, and anything at all.

anything = st.text(st.characters(codec="utf-8"), max_size=12)
invisible = st.text(" \t\n\r\x00\x0b\x1c\x85\xa0\u00ad\u200b\u200e\u200f\u2028\u2060\u3000\ufeff", max_size=3)

number_like = st.one_of(
    st.integers().map(str),
    st.floats().map(repr),
    st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=-(10**6), max_value=10**6).map(str),
    st.integers(0, 10**7).map("{:,}".format),
    st.from_regex(r"[+-]?[0-9]{0,25}\.?[0-9]{0,25}([eE][+-]?[0-9]{0,6})?", fullmatch=True),
    st.from_regex(r"[+-]?[0-9]{1,3}([, _'][0-9]{2,4}){0,3}(\.[0-9]*)?[%％‰]?", fullmatch=True),
    st.from_regex(r"[０-９]{1,4}([．.][０-９]{1,3})?", fullmatch=True),
    st.sampled_from(
        "inf -inf Infinity NaN nan -nan +nan 1e308 1e309 1e400 -1e400 1e-400 0e99999 1e00001 1e-99999 1E+0005 0x1F 1_000 "
        "_1 1_ .5 5. . + - -- — 1e 1e+ e5 1.e5 ١٢ १२ ½ ② 10² 1⁄2 ∞ −5 ＋５ 1d5 1f 0b1 1,00 ,1 1, 1.2.3 9007199254740993 "
        "999999999999999 1000000000000000 1e15 1.0000000000000001e15 -0 -0.0 00012 12.50% % 5%% 1e2% N/A #N/A null 无 /".split()
    ),
    st.from_regex(
        r"[(（]?[-+−－]?[¥￥]?(RMB|人民币)? ?[0-9]{1,4}([,，\xa0]?[0-9]{3}){0,2}(\.[0-9]{1,3})?[)）]? ?"
        r"(千|万|百万|亿|万亿)?(元|人民币|人|件|头|%|％|‰|美元|余|元/吨)?[)）]?",
        fullmatch=True,
    ),
    st.from_regex(r"[+-]?[0-9]{1,3}(\.[0-9]{1,3})?([eE][+-]?[0-9]{1,2})?[%％‰]{0,2}", fullmatch=True),
    st.sampled_from(
        "% %% 5% -5% +5% 5.% .5% 5%5 inf% nan% 1e2% 1e400% 0e9999999999 1e9999999999 1e-9999999999 0e9999999999% 5e% (5%) (5)% "
        "¥ ¥5 ￥ 万 5万 5人 5元 0.20-0.37 约500 500余 >100 1.2.3 １２３４元/吨 () (()) (-5) 5- 12345人 1.5件 3.0 0.0 1.0".split()
    ),
    st.integers(100, 400).map(lambda length: "9" * length),
    st.integers(100, 400).map(lambda length: "0." + "0" * length + "1"),
)
date_like = st.one_of(
    st.dates().map(date.isoformat),
    st.dates().map(lambda day: f"{day.year}年{day.month}月{day.day}日"),
    st.from_regex(r"[0-9]{3,5}[-/.年][0-9]{1,3}[-/.月][0-9]{1,3}日?( 00:00:00)?", fullmatch=True),
    st.from_regex(r"[0-9]{8}", fullmatch=True),
    st.from_regex(r"[0-9]{1,6}(\.[0-9]{0,3})?", fullmatch=True),
    st.from_regex(
        r"(19|20)[0-9]{2}([-/.年])[0-9]{1,2}([-/.月][0-9]{1,2}[日号]?)?([ T][0-9]{1,2}:[0-9]{2}Z?)?", fullmatch=True
    ),
    st.from_regex(r"[0-9]{3,5}[-/][0-9]{0,3}[-/][0-9]{0,3}", fullmatch=True),
    st.sampled_from(
        "2023-02-29 2024-02-29 2023-02-30 0000-01-01 0001-01-01 9999-12-31 10000-01-01 +2020-01-01 -2020-01-01 2020-1-1 "
        "２０２０-01-01 2020-01-01T00:00:00 2020-01-32 2020-00-10 2020-13-01 01-02-2020 2020-01 43831 today 无".split()
    ),
)
error_like = st.sampled_from(
    "#DIV/0! #VALUE! #REF! #NAME? #NUM! #NULL! #SPILL! #CALC! #N/A #n/a ＃REF！ #ref! #REF # ## Err:502 err:502 Ｅrr:502 "
    "Err:5 Errata E".split()
)
flag_like = st.sampled_from(
    "对 错 ✔ ✔\ufe0f ☑ ☒ ☐ ✗ X 0.0 1.00 是 否 有 无 √ ✓ × true TRUE False yes No y N 1 0 1.0 也许 是否 - ＹＥＳ ｙ ① 2".split()
)
choice_like = st.sampled_from(
    "state State-owned STATE 国有 国企 国 有 private Private 民营 民 young 初创期 Young 成熟期 old ｓｔａｔｅ 国有企业 无 - n/a".split()
)
zone_like = st.one_of(
    st.sampled_from(sorted({name for zone in ZONES for name in zone.names()})),
    st.sampled_from(
        ["CHANGSHA", "长沙 高新区", "长沙高薪区", "Ｃｈａｎｇｓｈａ", "无", "-", "新疆（兵团）", "新疆兵团"]
    ),
    st.sampled_from(sorted(province_names())),
)


@st.composite
def code_like(draw: st.DrawFn) -> str:
    """A credit code, whole or damaged."""
    body = draw(st.text(filings.ALPHABET, min_size=17, max_size=17))
    first = draw(st.sampled_from(["9199", "N1", "9E", "1E", "A9", ""]))
    code = filings.coded((first + body)[:17])
    match draw(st.integers(0, 9)):
        case 0:
            return code.lower()
        case 1:
            place = draw(st.integers(0, 17))
            return code[:place] + draw(st.sampled_from(filings.ALPHABET + "IOSVZ ０Ａａ-")) + code[place + 1 :]
        case 2:
            return draw(st.sampled_from([code[:-1], code + "0", " ".join(code), code[:9] + "\u200b" + code[9:]]))
        case 3:
            return code.translate({ord(c): ord(c) + 0xFEE0 for c in filings.ALPHABET})
        case 4:
            return draw(
                st.sampled_from(
                    [
                        f"'{code}",
                        f'="{code}"',
                        f"=“{code}",
                        f"{code}.0",
                        "9.1990012E+17",
                        "9E17",
                        "9.2e+17",
                        "9E+17",
                        "919900120000000000",
                        "-",
                        "无",
                    ]
                )
            )
        case _:
            return code


LIKE: Mapping[str, st.SearchStrategy[str]] = {
    "amount": number_like,
    "share": number_like | st.integers(0, 10**5).map("{}%".format),
    "count": number_like,
    "date": date_like,
    "flag": flag_like,
    "choice": choice_like,
    "text": st.text(st.characters(codec="utf-8"), max_size=7) | st.text("示例企业", min_size=195, max_size=205),
}


def cell_of(name: str) -> st.SearchStrategy[str]:
    """A text that may stand in a column of the field: mostly something like it, sometimes anything."""
    like = code_like() if name == "uscc" else zone_like if name in ("zone", "province") else LIKE[FIELDS[name].type]
    dressed = st.tuples(invisible, like, invisible).map("".join)
    # The fast reader and the model see no empty cell: it is None.
    return st.one_of(like, like, dressed, anything, number_like, error_like).filter(bool)


# Built once: hypothesis spends more time on building strategies than on drawing from them.
CELLS = {name: cell_of(name) for name in FIELDS}
CELLS_OR_BLANK = {name: cell | st.just("") for name, cell in CELLS.items()}
SOME_FIELDS = st.lists(st.sampled_from(sorted(FIELDS)), max_size=6)


@lru_cache
def model_of(shift: int) -> type[BaseModel]:
    """The row model with every amount, and every share, in a unit 10^shift times the field's."""
    return row_model(SCHEME, ZONES, {name: shift for name, spec in FIELDS.items() if spec.type in ("amount", "share")})


def identical(left: Any, right: Any) -> bool:
    """Whether two values are of one type and the same to the last bit."""
    if isinstance(left, float) and isinstance(right, float):
        return struct.pack("d", left) == struct.pack("d", right)
    return type(left) is type(right) and bool(left == right)


def screened(model: type[BaseModel], name: str, cells: list[str | None]) -> pl.DataFrame:
    """What the screen says of a column: `passed`, and `value` where it passed."""
    screen = compile_screen(model, {name: pl.String()})[name]
    frame = pl.DataFrame({name: cells}, schema={name: pl.String})
    frame = frame.with_columns(passed=screen.passed, value=screen.value)
    return frame.select("passed", value=pl.when("passed").then("value"))


# --------------------------------------------------------------------------------------------------------------------
# Cell by cell


@settings(deadline=None, max_examples=400)
@given(
    name=st.sampled_from(sorted(FIELDS)),
    shift=st.sampled_from([0, 0, -4, -3, -2, 2, 4, 8]),
    data=st.data(),
)
def test_the_model_accepts_every_cell_that_the_screen_passes(name: str, shift: int, data: st.DataObject) -> None:
    """Whatever text of whatever field the screen passes, the model accepts with the identical value."""
    cells: list[str | None] = [*data.draw(st.lists(CELLS[name], min_size=1, max_size=15)), None]
    model = model_of(shift)
    for cell, (passed, value) in zip(cells, screened(model, name, cells).iter_rows(), strict=True):
        assert passed is not None
        if passed:
            row = model.model_validate({**CLEAN, name: cell})  # raises where the screen was wrong
            assert identical(value, getattr(row, name)), (cell, value, getattr(row, name))


@settings(deadline=None, max_examples=150)
@given(name=st.sampled_from(sorted(FIELDS)), data=st.data())
def test_any_text_is_a_value_or_breaks_rules_of_ours(name: str, data: st.DataObject) -> None:
    """Whatever a cell holds, the model gives a value or says by which of our rules there is none."""
    for text in data.draw(st.lists(CELLS[name], min_size=1, max_size=15)):
        value, broken = read_cell(name, text, shift=data.draw(st.sampled_from([0, -4, 2])))
        assert all(RULES[code].level == ("warning" if value is not None else "error") for code in broken), (
            text,
            broken,
        )


HOSTILE = [
    *(
        "{n}",
        "{n}x",
        "({n})",
        "(({n}",
        "0.{n}1",
        "1e{n}",
        "1e-{n}",
        "9E{n}x",
        "{n}%%",
        "2019-03-01 08:30:00.{n}x",
        "4.{n}x",
    ),
    *("20190301.{n}x", "43525.{n}x"),
]
LONG = [
    *(text.format(n=digit * 50_000) for text in HOSTILE for digit in "10"),
    *("1,234" + ",567" * 20_000 + end for end in ("", ",", "x")),
    *(mark * 50_000 + "x" for mark in "(¥-/='√#万\u200b,"),
    *(f"{start}{blank * 50_000}{end}" for start in ("x", "5", "") for blank in " \xa0\u200b" for end in "x5%"),
    "2019-03-01" + " " * 50_000 + "x",
    "2019 年" + " " * 50_000 + "3月",
    "长沙高新区" * 10_000,
]


@pytest.mark.parametrize("name", ["sales", "quota", "heads", "opened", "listed", "form", "zone", "uscc", "remark"])
def test_the_time_to_read_a_cell_grows_with_its_length_only(name: str) -> None:
    """No text makes a reading go over it again and again: fifty thousand characters would take minutes."""
    start = process_time()
    for text in LONG:
        read_cell(name, text)
    assert process_time() - start < 20


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("quota", "5%"),
        ("growth", "1e2%"),
        ("quota", "1e2%"),
        ("growth", "inf%"),
        ("heads", "3.0"),
        ("opened", "2019/3/1"),
        ("opened", "2019/03-01"),
        ("opened", "2019/2/29"),
        ("remark", "#N/A"),
        ("name", "Err:502"),
        ("sales", "1e00001"),  # more digits in the exponent than the model reads
        ("sales", "0e99999"),
        ("profit", "-1e-00300"),
        ("growth", "1E+0005"),
        ("heads", "9007199254740993"),  # beyond what a float holds
        ("uscc", filings.coded("9E990000000000001")),  # a valid code that looks like a number in scientific notation
        ("remark", "\u200b示例"),
        ("opened", "0000-01-01"),
        ("opened", "2023-02-29"),
    ],
)
def test_known_traps_of_the_screen(name: str, text: str) -> None:
    """Texts that polars and Python are known to read differently are passed only where the model agrees."""
    ((passed, value),) = screened(model_of(0), name, [text]).iter_rows()
    if passed:
        assert identical(value, getattr(model_of(0).model_validate({**CLEAN, name: text}), name))


# What begins like an error of a cell, #REF! or Err:502, is looked at again, name or not.
plain_names = st.text(st.characters(categories=["L", "N", "P", "Sm"]), min_size=1, max_size=200).filter(
    lambda name: not unicodedata.normalize("NFKC", name).lower().startswith(("#", "er"))
)


@settings(deadline=None, max_examples=60)
@example(amounts=[Decimal(1)], count=1, day=date(2019, 3, 1), name="示例#1（Err:502）", number=1)
@given(
    amounts=st.lists(st.decimals(min_value=0, max_value=2, places=2), min_size=1, max_size=8),
    count=st.integers(1, 5),
    day=st.dates(min_value=date(1000, 1, 1)),
    name=plain_names,
    number=st.integers(0, 10**12),
)
def test_the_screen_passes_plainly_clean_rows(
    amounts: list[Decimal], count: int, day: date, name: str, number: int
) -> None:
    """Decimal numbers, ISO dates, drop-down values, valid codes and blanks need no second look."""
    clean: dict[str, list[str | None]] = {
        "uscc": [filings.code(number)],
        "name": [name],
        "zone": ["长沙高新区", "changsha", None],
        "province": ["湖南", None],
        "stage": ["初创期", "old", None],
        **{field: [*map(str, amounts), None] for field in ("sales", "profit", "worth", "debt")},
        "growth": [*map(str, amounts), *(f"{amount}%" for amount in amounts), None],
        "heads": [str(count), str(number), None],
        "prizes": [str(count)],
        "remark": [name[:5], None],
        "opened": [day.isoformat(), f"{day.year}/{day.month}/{day.day}", None],
        "quota": [*(f"{min(amount, 1)}" for amount in amounts), *(f"{50 * amount}%" for amount in amounts), None],
        "listed": ["是", "否", None],
        "form": ["国有", "private", None],
    }
    for field, cells in clean.items():
        assert screened(model_of(0), field, cells)["passed"].all(), (field, cells)


@pytest.mark.parametrize("name", ["zone", "province", "listed", "form", "stage"])
def test_every_name_in_a_lookup_is_known_to_the_model(name: str) -> None:
    """The names that the screen looks up are read by the model as the same zone, province, flag or choice."""
    texts = [
        *ZONES.slugs_by_name(),
        *province_names(),
        *"是 否 有 无 对 错 √ ✓ ✔ ☑ × ✗ true false yes no y n 1 0 1.0 0.0".split(),
    ]
    texts += ["state", "state-owned", "国有", "国企", "private", "民营", "young", "初创期", "old", "稳定期", "成熟期"]
    found = screened(model_of(0), name, [*texts])
    assert found["passed"].any()
    for text, (passed, value) in zip(texts, found.iter_rows(), strict=True):
        if passed:
            assert getattr(model_of(0).model_validate({**CLEAN, name: text}), name) == value


@settings(deadline=None, max_examples=40)
@example(label="ß\u0301", other="b")  # folding it once and twice is not the same
@example(label="甲\u200b", other="乙")
@example(label="a¨", other="乙")
@given(
    label=st.text(st.sampled_from("aßΐİſﬁ甲\u0345\u0301\u200b\ufeff\u3000 （Ａ②²"), min_size=1, max_size=4),
    other=st.text(st.sampled_from("bß乙\u200b\u200f("), min_size=1, max_size=3),
)
def test_choices_with_odd_labels(label: str, other: str) -> None:
    """Whatever the labels of a choice are, screen and model take the same texts for the same choice."""
    choices = [
        {"id": "first", "label": {"zh": label, "en": "First"}},
        {"id": "second", "label": {"zh": other, "en": "Second"}},
    ]
    text = filings.EVERY_KIND.replace("    choices:\n", f"    choices: {json.dumps(choices)}\n    unused:\n")
    lines = [line for line in text.splitlines() if "{id: state" not in line and "{id: private" not in line]
    try:
        scheme = icredit.parse_scheme("\n".join(line for line in lines if line != "    unused:"))
    except icredit.SchemeError:
        reject()
    model = row_model(scheme, ZONES)
    texts = [t for one in (label, other) for t in (one, one.casefold(), one.upper(), one.strip("\u200b\ufeff\u200f"))]
    cells: list[str | None] = [one for one in texts if one]
    for cell, (passed, value) in zip(cells, screened(model, "form", cells).iter_rows(), strict=True):
        if passed:
            assert model.model_validate({**CLEAN, "form": cell}).model_dump()["form"] == value


# --------------------------------------------------------------------------------------------------------------------
# Whole files: read() against the model on every row

# Header and the power of ten from its unit to the field's, worked out by hand: 元 10^0, 千元 10^3, 万元 10^4, 亿元 10^8.
HEADERS: Mapping[str, tuple[str, int]] = {
    "uscc": ("统一社会信用代码", 0),
    "name": ("企业名称", 0),
    "zone": ("所属高新区", 0),
    "province": ("所在省份", 0),
    "stage": ("发展阶段", 0),
    "sales": ("销售额（元）", -4),
    "profit": ("利润（亿元）", 8),
    "worth": ("市值（千元）", 3 - 8),
    "debt": ("负债", 0),
    "capital": ("资本（万元）", 4 - 6),
    "growth": ("增速", 0),
    "quota": ("占比（%）", -2),
    "heads": ("人数（人）", 0),
    "prizes": ("奖项", 0),
    "remark": ("备注", 0),
    "opened": ("开业日期", 0),
    "listed": ("是否上市", 0),
    "form": ("企业类型", 0),
}


@st.composite
def filed_rows(draw: st.DrawFn) -> list[list[str]]:
    """Rows of a file: a few cells of each are hostile; no two rows have the same valid code."""
    rows = []
    for number in range(draw(st.integers(1, 6))):
        row = dict.fromkeys(HEADERS, "") | {
            "uscc": filings.code(number),
            "name": f"示例{number}",
            "sales": "1",
            "stage": "old",
        }
        for name in draw(SOME_FIELDS):
            if name != "uscc":
                # A lone carriage return is a line end to some programs: which line a row stands on is in doubt then.
                row[name] = draw(CELLS_OR_BLANK[name]).replace("\r", "\x0b")
            else:
                code = row["uscc"]
                damaged = st.sampled_from([code.lower(), f" {code}", code[:-1], code[:-1] + "I", "", "9.1990012E+17"])
                row[name] = draw(damaged)
        if any(cell.strip() for cell in row.values()):  # a blank line is no row
            rows.append(list(row.values()))
    return rows


def judged(cells: dict[str, str | None]) -> tuple[dict[str, Any] | None, set[tuple[str, str]]]:
    """What the row model says of a row: its values, or None, and the rules broken as (field, rule)."""
    model = row_model(SCHEME, ZONES, {name: shift for name, (_, shift) in HEADERS.items() if shift})
    notes: list[Any] = []
    try:
        values = dict(model.model_validate(cells, context=notes))
    except ValidationError as error:
        found = {(str(one["loc"][0]), one["type"]) for one in error.errors()}
        return None, {(name, kind if kind.startswith("IC") else KINDS[kind]) for name, kind in found}
    warnings = {(note.field, note.rule.code) for note in notes}
    if values["zone"] is not None:
        registered, filed = ZONES.zones[values["zone"]].province, values["province"]
        if filed is not None and not registered.startswith(filed):
            warnings.add(("province", "IC313"))
        values["province"] = registered
    return values, warnings


@settings(deadline=None, max_examples=80)
@given(rows=filed_rows(), quote_all=st.booleans())
def test_read_gives_what_the_model_gives_for_every_row(
    tmp_path_factory: pytest.TempPathFactory,
    rows: list[list[str]],
    quote_all: bool,  # noqa: FBT001  # hypothesis names its arguments
) -> None:
    """Verdict, values and rules of read() are those of running the row model on every row, in columns of any unit."""
    texts = [filings.csv_text([row], quote_all=quote_all) for row in ([h for h, _ in HEADERS.values()], *rows)]
    path = tmp_path_factory.getbasetemp() / "agree.csv"
    path.write_text("".join(texts), "utf-8", newline="")
    submission = icredit.read(path, SCHEME, as_of=AS_OF)

    values: list[dict[str, Any]] = []
    findings: set[tuple[int, str, str | None, str]] = set()
    for index, cells in enumerate(rows):
        line = 1 + "".join(texts[: index + 1]).count("\n")
        raw = {name: cell or None for name, cell in zip(HEADERS, cells, strict=True)}
        row, broken = judged(raw)
        values += [row | {"source_row": line}] if row is not None else []
        # What is compared across cells is what was read, not what was written.
        findings |= {
            (line, HEADERS[name][0], row[name] if row is not None and rule == "IC313" else raw[name], rule)
            for name, rule in broken
        }
    assert submission.rows_read == len(rows)
    for found, expected in zip(submission.frame.rows(named=True), values, strict=True):
        assert all(identical(found[name], expected[name]) for name in expected), (found, expected)
    assert set(submission.findings.select("row", "column", "value", "rule").rows()) == {
        (line, column, text if text is None or len(text) <= 200 else text[:200] + "…", rule)
        for line, column, text, rule in findings
    }


@pytest.mark.parametrize("path", [SAMPLE_CSV, SAMPLE_XLSX, ERRORS_CSV], ids=lambda path: path.name)
def test_reading_without_a_screen_gives_the_same(path: Path, national: Scheme, monkeypatch: pytest.MonkeyPatch) -> None:
    """A screen that stops every row of the samples changes neither a value nor a finding."""
    usual = icredit.read(path, national, as_of=AS_OF)

    def nothing(model: type[BaseModel], columns: list[str]) -> Mapping[str, Screened]:
        return {name: Screened(pl.lit(False), pl.lit(None)) for name in columns}

    monkeypatch.setattr("icredit.intake.validate.compile_screen", nothing)
    slow = icredit.read(path, national, as_of=AS_OF)
    assert slow.frame.equals(usual.frame)
    assert slow.findings.equals(usual.findings)


@pytest.mark.parametrize("path", [SAMPLE_CSV, ERRORS_CSV], ids=lambda path: path.name)
def test_reading_in_small_parts_gives_the_same(path: Path, national: Scheme, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a table is cut for the screen changes neither a value, nor a finding, nor the order of either."""
    usual = icredit.read(path, national, as_of=AS_OF)
    monkeypatch.setattr("icredit.queries._ROWS", 7)
    parts = icredit.read(path, national, as_of=AS_OF)
    assert parts.frame.equals(usual.frame)
    assert parts.findings.equals(usual.findings)


def test_a_verdict_that_is_remembered_is_the_verdict_of_every_row(national: Scheme, tmp_path: Path) -> None:
    """Cells that repeat are asked about once; each of their rows has its own finding, and its own repaired value."""
    cells = ["1.2亿元", "abc", "1.2亿元", "-1", "abc", "7", "1.2亿元"]
    lines = [f"{filings.code(row)},示例企业{row},{cell}" for row, cell in enumerate(cells, start=2)]
    path = tmp_path / "repeated.csv"
    path.write_text("\n".join(["统一社会信用代码,企业名称,营业收入（万元）", *lines]), "utf-8")
    table = table_of(path, national)
    validator = TableValidator(national, ZONES)
    found = validator.validate(table)
    assert found.frame.select("source_row", "revenue").rows() == [(2, 12_000.0), (4, 12_000.0), (7, 7.0), (8, 12_000.0)]
    told = [(one.place.row, one.place.uscc, one.place.name, one.rule.code, one.value) for one in found.findings]
    rules = {"1.2亿元": "IC212", "abc": "IC201", "-1": "IC203"}
    assert told == [
        (row, filings.code(row), f"示例企业{row}", rules[cell], cell)
        for row, cell in enumerate(cells, start=2)
        if cell in rules
    ]


@pytest.mark.parametrize(("name", "passed"), [("示" * 200, True), ("示" * 201, False), ("x" * 201, False)])
def test_length_is_counted_in_characters(name: str, passed: bool) -> None:  # noqa: FBT001  # parametrised
    """A long name is measured in characters, whatever stands beside it in the column."""
    assert screened(model_of(0), "name", ["短", name])["passed"].to_list() == [True, passed]


# --------------------------------------------------------------------------------------------------------------------
# The screen is of use, and what it does not know stops everything


def table_of(path: Path, scheme: Scheme) -> TextTable:
    """The text table of a file."""
    return FileReader(scheme).read(path)


@pytest.mark.parametrize("path", [SAMPLE_CSV, SAMPLE_XLSX], ids=lambda path: path.name)
def test_the_screen_stops_few_rows_of_the_sample(path: Path, national: Scheme) -> None:
    """Fewer than one row in a hundred of a plausible batch costs a run of pydantic."""
    table = table_of(path, national)
    assert table.frame.height == 3000
    assert TableValidator(national, ZONES).validate(table).stopped < 3000 / 100


def test_the_text_table_of_a_long_parquet_file_is_text(national: Scheme, tmp_path: Path) -> None:
    """Read as a whole, a file is text in all its rows, also in those below the first, which are read with their types."""
    path = tmp_path / "long.parquet"
    columns = {"统一社会信用代码": filings.code(1), "企业名称": "示例", "营业收入": 0.25}
    pl.DataFrame({name: [cell] * 500 for name, cell in columns.items()}).write_parquet(path)
    assert len(list(FileReader(national).pieces(path))) > 1
    assert table_of(path, national).frame["revenue"].to_list() == ["0.25"] * 500


def even(value: float | None) -> float | None:
    """A validator that no screen can look into."""
    return value


UNKNOWN: Mapping[str, Any] = {
    "multiple of": Annotated[float | None, Number(), annotated_types.MultipleOf(2)],
    "multiple of, by pydantic": Annotated[float | None, Number(), Field(multiple_of=2)],
    "a bound inside and a validator outside": Annotated[
        Annotated[float, annotated_types.Ge(0)] | None, Number(), AfterValidator(even)
    ],
    "a validator inside": Annotated[Annotated[float, AfterValidator(even)] | None, Number()],
    "a pattern": Annotated[str | None, Text(), Field(pattern="^1$")],
    "a predicate": Annotated[float | None, Number(), annotated_types.Predicate(math.isfinite)],
    "another type": Annotated[Decimal | None, Number()],
    "a container": Annotated[list[float] | None, Number()],
    "two types": Annotated[int | float | None, Number()],
    "a literal": Annotated[Literal["1"] | None, Text()],
    "no reading": Annotated[float | None, annotated_types.Ge(0)],
    "two readings": Annotated[float | None, Number(), Number(4)],
}


@pytest.mark.parametrize("annotation", UNKNOWN.values(), ids=UNKNOWN)
def test_an_unknown_constraint_or_annotation_stops_every_row(annotation: object) -> None:
    """What the screen cannot compile passes nothing, not even a blank."""
    definitions: dict[str, Any] = {"x": (annotation, None)}
    found = screened(create_model("Row", **definitions), "x", ["1", "2", "0", None])
    assert found["passed"].to_list() == [False] * 4


class Checked(BaseModel):
    """A model with a validator of its own for one field."""

    x: Annotated[float | None, Number()] = None

    @field_validator("x")
    @classmethod
    def refuse_two(cls, value: float | None) -> float | None:
        """Two is refused."""
        if value == 2:
            raise ValueError
        return value


class CheckedWhole(BaseModel):
    """A model with a validator of the whole row."""

    x: Annotated[float | None, Number()] = None

    @model_validator(mode="after")
    def refuse_two(self) -> CheckedWhole:
        """Two is refused."""
        if self.x == 2:
            raise ValueError
        return self


@pytest.mark.parametrize("model", [Checked, CheckedWhole])
def test_a_validator_method_of_the_model_stops_every_row(model: type[BaseModel]) -> None:
    """A model that validates in methods has constraints that the screen cannot compile: it passes nothing."""
    assert screened(model, "x", ["1", "2", None])["passed"].to_list() == [False] * 3


def test_rows_stopped_by_an_unknown_constraint_are_still_read(
    national: Scheme, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With one constraint unknown, all rows of the sample go through the model, and the result is the same."""
    table = table_of(SAMPLE_CSV, national)
    usual = TableValidator(national, ZONES).validate(table)

    def stricter(*arguments: Any, **options: Any) -> type[BaseModel]:
        base = row_model(*arguments, **options)
        definitions: dict[str, Any] = {"revenue": (Annotated[float | None, Number(), AfterValidator(even)], None)}
        return create_model("Stricter", __base__=base, **definitions)

    monkeypatch.setattr("icredit.intake.validate.row_model", stricter)
    found = TableValidator(national, ZONES).validate(table)
    assert found.stopped == table.frame.height
    assert found.frame.equals(usual.frame)
