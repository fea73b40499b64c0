"""Unified social credit codes: the check of a whole column and that of one cell agree with python-stdnum and the standard."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from stdnum.cn import uscc as oracle

import filings
import icredit
from cells import read_cell
from conftest import AS_OF, SAMPLE_CSV
from icredit.intake import credit_code

SCHEME = filings.every_kind()

# What the oracle takes: it wants digits in the first eight places.
bodies = st.builds(
    str.__add__,
    st.sampled_from(["91990000", "91991234", "91999999"]),
    st.text(filings.ALPHABET, min_size=9, max_size=9),
)
characters = st.sampled_from(filings.ALPHABET + "IOSVZiosvzaA -１\u200b\x00甲")


@st.composite
def damaged(draw: st.DrawFn) -> str:
    """A valid code with a character changed, lost, doubled or swapped with the next; sometimes still valid."""
    code = filings.coded(draw(bodies))
    place = draw(st.integers(0, 17))
    changed = code[:place] + draw(characters) + code[place + 1 :]
    lost = code[:place] + code[place + 1 :]
    doubled = code[: place + 1] + code[place:]
    swapped = code[:place] + code[place : place + 2][::-1] + code[place + 2 :]
    return draw(st.sampled_from([code, changed, lost, doubled, swapped]))


def column_verdict(codes: Sequence[str | None]) -> list[bool | None]:
    """What the check of a whole column says."""
    return (
        pl.DataFrame({"code": codes}, schema={"code": pl.String})
        .select(credit_code.is_valid(pl.col("code")))["code"]
        .to_list()
    )


def read_codes(folder: Path, codes: Sequence[str]) -> icredit.Submission:
    """A CSV of one enterprise a code."""
    path = folder / "codes.csv"
    rows = [["uscc", "name"], *([code, "示例"] for code in codes)]
    path.write_text(filings.csv_text(rows, quote_all=True), "utf-8", newline="")
    return icredit.read(path, SCHEME, as_of=AS_OF)


@settings(deadline=None, max_examples=200)
@given(codes=st.lists(damaged() | bodies.map(filings.coded), min_size=1, max_size=10))
def test_the_check_of_a_column_agrees_with_the_oracle(codes: list[str]) -> None:
    """Of any codes, whole or damaged, those valid for python-stdnum are valid, and no others."""
    expected = [oracle.compact(code) == code and oracle.is_valid(code) for code in codes]
    assert column_verdict(codes) == expected


@settings(deadline=None, max_examples=60)
@given(codes=st.lists(damaged(), min_size=1, max_size=8, unique_by=lambda code: "".join(code.split()).upper()))
def test_the_check_of_a_cell_agrees_with_the_oracle(tmp_path_factory: pytest.TempPathFactory, codes: list[str]) -> None:
    """A row is kept if and only if its code, upper case and without blanks, is valid for python-stdnum."""
    submission = read_codes(tmp_path_factory.getbasetemp(), codes)
    narrow = {0xFF11: "1"}  # the one full-width character among those that damage a code
    plain = ["".join(code.translate(narrow).split()).strip("\u200b").upper() for code in codes]
    kept = [code for code in plain if oracle.compact(code) == code and oracle.is_valid(code)]
    conflicts = submission.findings.filter(pl.col("rule") == "IC305").height
    assert submission.frame["uscc"].to_list() == list(dict.fromkeys(kept))
    assert conflicts == len(kept) - len(set(kept))


@settings(deadline=None, max_examples=100)
@given(body=bodies)
def test_the_check_digit_is_that_of_the_oracle(body: str) -> None:
    """The check digit of any seventeen characters is python-stdnum's and that of the standard's formula."""
    assert credit_code.check_digit(body) == oracle.calc_check_digit(body) == filings.check_digit(body)


@settings(deadline=None, max_examples=100)
@given(body=bodies, place=st.integers(0, 17), other=st.sampled_from(filings.ALPHABET))
def test_one_wrong_character_is_always_found(body: str, place: int, other: str) -> None:
    """31 is a prime: no single change of a character leaves a code valid."""
    code = filings.coded(body)
    changed = code[:place] + other + code[place + 1 :]
    assert column_verdict([changed]) == [changed == code]


def test_a_sum_that_31_divides_gives_the_digit_0(tmp_path: Path) -> None:
    """Where the weighted sum is a multiple of 31 the check digit is 0; programs without the outer modulus refuse it."""
    codes = [code for code in (filings.coded(f"9199{n:013}") for n in range(400)) if code.endswith("0")]
    sums = [sum(int(c) * 3**place for place, c in enumerate(code[:17])) % 31 for code in codes]
    assert sums == [0] * len(codes)
    assert len(codes) > 5
    assert [oracle.is_valid(code) for code in codes] == column_verdict(codes) == [True] * len(codes)
    assert read_codes(tmp_path, codes).findings.is_empty()


@pytest.mark.parametrize("start", ["A1", "N2", "Y1", "1A", "9N", "MA", "9E", "1E", "EE"])
def test_letters_in_the_first_two_places_are_legal(tmp_path: Path, start: str) -> None:
    """A code may begin with letters, and one that looks like a number in scientific notation (9E…) is a code still."""
    digits_at_the_end = next(
        code for code in (filings.coded(f"{start}99{n:013}") for n in range(99)) if code[-1].isdigit()
    )
    codes = [digits_at_the_end, filings.coded(f"{start}99000000MA12345")]
    assert column_verdict(codes) == [True, True]
    lower = [filings.coded(f"{start}99{n:013}").lower() for n in range(100, 140)]
    submission = read_codes(tmp_path, codes + lower)
    assert submission.rejected == 0
    assert submission.findings["rule"].to_list() == ["IC304"] * 40


def test_a_missing_code_has_no_verdict() -> None:
    """Missing text is neither valid nor invalid."""
    assert column_verdict([None, filings.code(1)]) == [None, True]


def test_all_codes_of_the_sample_are_valid_for_the_oracle(sample: icredit.Submission) -> None:
    """The sample holds 3,000 codes that python-stdnum takes as well."""
    codes = sample.frame["uscc"].to_list()
    assert len(codes) == 3000
    assert all(oracle.is_valid(code) for code in codes)
    assert SAMPLE_CSV.read_text("utf-8-sig").count("\n9199") == 3000


# --------------------------------------------------------------------------------------------------------------------
# What is refused, and why


@pytest.mark.parametrize(
    ("code", "rule"),
    [
        ("", "IC209"),
        ("无", "IC209"),
        ("-", "IC209"),
        (filings.code(7)[:-1], "IC301"),
        (filings.code(7) + "0", "IC301"),
        (filings.code(7)[:9] + "I" + filings.code(7)[10:], "IC301"),
        (filings.code(7)[:9] + "o" + filings.code(7)[10:], "IC301"),
        ("示例", "IC301"),
        ("9" * 500, "IC301"),
        (filings.code(7)[:-1] + ("1" if filings.code(7)[-1] != "1" else "2"), "IC302"),
        ("9.1990012E+17", "IC303"),
        ("9.1990012e17", "IC303"),
        ("9.19900123456789E+17", "IC303"),
        ("9E+17", "IC303"),
        ("９.１E+17", "IC303"),
        ("919900123456789000", "IC303"),
        ("919900123456789000.0", "IC303"),
        ("919900123456789123.00", "IC303"),
        ("919,900,123,456,789,000", "IC303"),
        ("='9.1990012E+17'", "IC303"),
        ("9199-0012-3456", "IC301"),
        ("='", "IC301"),
    ],
)
def test_what_is_no_code_is_refused_by_its_own_rule(tmp_path: Path, code: str, rule: str) -> None:
    """Blank, of the wrong shape, with a wrong check digit, or turned into a number: each is told apart."""
    assert read_codes(tmp_path, [code]).findings["rule"].to_list() == [rule]


def test_a_valid_code_that_ends_in_000_is_a_code(tmp_path: Path) -> None:
    """Eighteen digits that end in 000 are suspect only where the check digit does not fit."""
    code = next(code for code in (filings.coded(f"9199{n:011}00") for n in range(999)) if code.endswith("000"))
    assert read_codes(tmp_path, [code]).findings.is_empty()


def test_repairs_are_warnings(tmp_path: Path) -> None:
    """Lower case, blanks inside and full-width characters are mended, and the warning shows what the code is read as."""
    code = filings.coded("91990000MA1234567")
    wide = code.translate({ord(c): ord(c) + 0xFEE0 for c in filings.ALPHABET})
    wrapped = [f"'{code}", f"’{code}", f"`{code}", f'="{code}"', f"=“{code}”", f'"{code}"', f"＝＂{wide}＂"]
    inside = [f"{code[:9]}{unseen}{code[9:]}" for unseen in "\u3000\xa0\u200b\ufeff\u2060\u00ad\u202c\n\t"]
    for written in (code.lower(), " ".join(code), wide, *wrapped, *inside):
        submission = read_codes(tmp_path, [written])
        assert submission.frame["uscc"].to_list() == [code]
        (finding,) = submission.findings.rows(named=True)
        assert (finding["rule"], finding["level"], finding["value"]) == ("IC304", "warning", written)
        assert code in finding["message_zh"]
        assert code in finding["message_en"]


@pytest.mark.parametrize(
    ("code", "zh", "en"),
    [
        (
            "91990000MAI23O5670",
            "第11位是字母I，可能应为数字1；第14位是字母O，可能应为数字0",
            "the letter I in place 11 is perhaps",
        ),
        ("9199OO00MA12345670", "第5、6位是字母O", "the letter O in place 5, 6 is"),
        ("91990000MA123456", "此处为16位", "there are 16 here"),
        ("919900000123456", "旧的营业执照注册号", "old business registration number"),
        ("甲" * 18, "不用I、O、S、V、Z）", "without I, O, S, V, Z"),
    ],
)
def test_what_is_amiss_is_told_but_never_mended(tmp_path: Path, code: str, zh: str, en: str) -> None:
    """The message says how many characters there are, which letters cannot be, and what an old number looks like."""
    (finding,) = read_codes(tmp_path, [code]).findings.rows(named=True)
    assert (finding["rule"], finding["level"]) == ("IC301", "error")
    assert zh in finding["message_zh"]
    assert en in finding["message_en"]
    assert "{" not in finding["message_zh"] + finding["message_en"]


@settings(deadline=None, max_examples=60)
@given(body=bodies, place=st.integers(0, 17), letter=st.sampled_from("IOSVZ"))
def test_a_letter_that_no_code_has_is_never_replaced(body: str, place: int, letter: str) -> None:
    """Even where only one digit would make the check digit fit, the code is an error."""
    code = filings.coded(body)
    assert read_cell("uscc", code[:place] + letter + code[place + 1 :]) == (None, ["IC301"])


def test_blanks_around_a_code_are_told(tmp_path: Path) -> None:
    """What nobody sees at the ends of a code is left out, with a word: other systems will not find the code."""
    submission = read_codes(tmp_path, [f" {filings.code(1)}\t", f"\ufeff{filings.code(2)}\u200b"])
    assert submission.frame["uscc"].to_list() == [filings.code(1), filings.code(2)]
    assert submission.findings["rule"].to_list() == ["IC304", "IC304"]


def test_a_repaired_code_meets_its_double(tmp_path: Path) -> None:
    """Two spellings of one code are one enterprise."""
    code = filings.coded("91990000MA1234567")
    submission = read_codes(tmp_path, [code, code.lower()])
    assert (submission.frame.height, submission.merged) == (1, 1)
    assert submission.findings["rule"].to_list() == ["IC304", "IC305"]


# --------------------------------------------------------------------------------------------------------------------
# Codes that a program stored as numbers


def test_a_numeric_cell_is_never_a_code(tmp_path: Path) -> None:
    """A code in a numeric cell of a workbook has lost digits: an error on the cell, even if its digits seem to fit."""
    whole = int(next(code for code in (filings.code(n) for n in range(99)) if code.isdigit()))
    book = Workbook()
    sheet = book.active
    for row in (["uscc", "name"], [whole, "示例"], [9.1990012e17, "示例"], [12, "示例"], [filings.code(1), "示例"]):
        sheet.append(row)
    book.save(tmp_path / "numbers.xlsx")
    submission = icredit.read(tmp_path / "numbers.xlsx", SCHEME, as_of=AS_OF)
    assert submission.findings.select("row", "cell", "rule").rows() == [
        (2, "A2", "IC303"),
        (3, "A3", "IC303"),
        (4, "A4", "IC303"),
    ]
    assert submission.frame["uscc"].to_list() == [filings.code(1)]


@pytest.mark.parametrize("dtype", [pl.Int64, pl.UInt64, pl.Float64, pl.Int128, pl.Decimal(20, 0)])
def test_a_numeric_column_of_parquet_holds_no_codes(tmp_path: Path, dtype: pl.DataType) -> None:
    """A column of numbers in Parquet is refused cell by cell, a missing one as missing."""
    whole = int(next(code for code in (filings.code(n) for n in range(99)) if code.isdigit()))
    frame = pl.DataFrame({"uscc": pl.Series([whole, None]).cast(dtype), "name": ["示例", "示例"]})
    frame.write_parquet(tmp_path / "numbers.parquet")
    findings = icredit.read(tmp_path / "numbers.parquet", SCHEME, as_of=AS_OF).findings
    assert findings.select("row", "rule").rows() == [(1, "IC303"), (2, "IC209")]


def test_a_scheme_may_take_any_text_as_the_id(tmp_path: Path) -> None:
    """A scheme that restates the code as plain text takes any id, and does not call rows without one the same."""
    text = filings.EVERY_KIND.replace(
        "fields:\n", "fields:\n  uscc: {label: {zh: 编号, en: Number}, type: text, aliases: [uscc]}\n", 1
    )
    scheme = icredit.parse_scheme(text)
    path = tmp_path / "ids.csv"
    path.write_text("编号,name,sales\nA-1,示例甲,1\n,示例乙,2\n,示例丙,3\n", "utf-8")
    submission = icredit.read(path, scheme, as_of=AS_OF)
    assert submission.frame["name"].to_list() == ["示例甲", "示例乙", "示例丙"]
