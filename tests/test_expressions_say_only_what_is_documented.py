"""Expressions of a scheme: names, the documented operators and functions, and nothing else, whatever text is given."""

from __future__ import annotations

import json
import math
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from typing import Any

import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import icredit
from conftest import AS_OF, ROOT
from icredit.scheme import parse_scheme
from icredit.scheme.expressions import ExpressionError, compile_expression, result_type, with_names
from spoiled import spoil

#: docs/scheme.md names these, and no others.
DOCUMENTED = (
    "abs ceil coalesce ends_with exp floor greatest if ifnull least length ln log10 log2 lower mod month nullif pow "
    "power round sign sqrt starts_with trim upper year"
).split()

SCHEMA: dict[str, pl.DataType] = {
    "a": pl.Float64(),
    "b": pl.Float64(),
    "n": pl.Int64(),
    "m": pl.Int64(),
    "t": pl.String(),
    "d": pl.Date(),
    "f": pl.Boolean(),
    "today": pl.Date(),
}


def value(text: str, **row: object) -> object:
    """Return what an expression gives for one row."""
    frame = pl.DataFrame({name: [row.get(name)] for name in SCHEMA}, schema=SCHEMA)
    return frame.select(compile_expression(text).expression.alias("result")).item()


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("revenue", {"revenue"}),
        ("100 * (revenue - revenue_last) / nullif(revenue_last, 0)", {"revenue", "revenue_last"}),
        ("case when a > 0 then b else n end", {"a", "b", "n"}),
        ("a is null and b is not null or not f", {"a", "b", "f"}),
        ("n in (1, 2, m)", {"n", "m"}),
        ("a between b and 3", {"a", "b"}),
        ("t like '%a'", {"t"}),
        ("cast(a as double)", {"a"}),
        ("d > date '2024-01-31'", {"d"}),
        ("founded > today", {"founded", "today"}),
        ('"with space" + "revenue"', {"with space", "revenue"}),
        ("营业收入 / 职工总数", {"营业收入", "职工总数"}),
        ("year(d) - year(today)", {"d", "today"}),
        ("year + month", {"year", "month"}),
        ("round", {"round"}),
        ("round(round, 2)", {"round"}),
        ("'revenue' = t", {"t"}),
        ("'it''s' = t", {"t"}),
        ("1 + 2", set()),
        ("true and null", set()),
        ("CASE WHEN a > 0 THEN b END", {"a", "b"}),
        ("A", {"A"}),
        ("a\n +\t b", {"a", "b"}),
    ],
)
def test_the_names_of_an_expression(text: str, names: set[str]) -> None:
    """An expression's names are the columns it speaks of: no keyword, function, type or text."""
    assert compile_expression(text).names == names


def test_the_documentation_names_every_function() -> None:
    """The functions in docs/scheme.md are those tested here."""
    text = (ROOT / "docs" / "scheme.md").read_text("utf-8")
    match = re.search(r"`(abs [a-z0-9_\s]+)`", text[text.index("## Expressions") :])
    assert match is not None
    assert match[1].split() == DOCUMENTED


@pytest.mark.parametrize(
    ("text", "row", "expected"),
    [
        ("abs(a)", {"a": -2.5}, 2.5),
        ("ceil(a)", {"a": 1.2}, 2.0),
        ("coalesce(a, b, 7)", {"b": 3.0}, 3.0),
        ("ends_with(t, 'b')", {"t": "ab"}, True),
        ("exp(a)", {"a": 1.0}, math.e),
        ("floor(a)", {"a": -1.2}, -2.0),
        ("greatest(a, b, 1)", {"a": 0.5, "b": 4.0}, 4.0),
        ("if(a > 1, a, b)", {"a": 2.0, "b": 5.0}, 2.0),
        ("ifnull(a, b)", {"b": 5.0}, 5.0),
        ("least(a, b)", {"a": 2.0, "b": 5.0}, 2.0),
        ("length(t)", {"t": "长沙ab"}, 4),
        ("ln(a)", {"a": math.e}, 1.0),
        ("log10(a)", {"a": 1000.0}, 3.0),
        ("log2(a)", {"a": 8.0}, 3.0),
        ("lower(t) = 'ab'", {"t": "AB"}, True),
        ("mod(n, 3)", {"n": 7}, 1),
        ("month(d)", {"d": date(2024, 2, 29)}, 2),
        ("nullif(a, 0)", {"a": 0.0}, None),
        ("pow(a, 2)", {"a": 3.0}, 9.0),
        ("power(a, 0.5)", {"a": 9.0}, 3.0),
        ("round(a, 1)", {"a": 2.26}, 2.3),
        ("sign(a)", {"a": -3.0}, -1.0),
        ("sqrt(a)", {"a": 16.0}, 4.0),
        ("starts_with(t, 'a')", {"t": "ab"}, True),
        ("trim(t) = 'x'", {"t": " x "}, True),
        ("upper(t) = 'X'", {"t": "x"}, True),
        ("year(d)", {"d": date(2024, 2, 29)}, 2024),
    ],
)
def test_every_documented_function(text: str, row: dict[str, object], expected: object) -> None:
    """Each documented function may be called and gives what its name says."""
    function = text[: text.index("(")]
    assert function in DOCUMENTED
    found = value(text, **row)
    assert found == (pytest.approx(expected, rel=1e-12) if isinstance(expected, float) else expected)


@pytest.mark.parametrize(
    ("text", "row", "expected"),
    [
        ("a + b * 2 - 1", {"a": 1.0, "b": 3.0}, 1 + 3 * 2 - 1),
        ("n / m", {"n": 7, "m": 2}, 7 / 2),
        ("3 / 2 * a", {"a": 2.0}, 3 / 2 * 2),
        ("7 % 4 + n", {"n": 1}, 7 % 4 + 1),
        ("-a - -b", {"a": 1.0, "b": 3.0}, -1 + 3),
        ("a - -1", {"a": 1.0}, 1 + 1),
        ("a = 1 and b <> 2 and n <= 3 and m >= 4", {"a": 1.0, "b": 1.0, "n": 3, "m": 4}, True),
        ("not (a < 1 or a > 1)", {"a": 1.0}, True),
        ("a is null", {}, True),
        ("a > 1 or f", {"f": True}, True),
        ("a > 1 and f", {"f": True}, None),
        ("a + b", {"b": 1.0}, None),
        ("n between 1 and 3", {"n": 3}, True),
        ("n in (1, 2)", {"n": 3}, False),
        ("t like 'a%'", {"t": "abc"}, True),
        ("case when n = 1 then 10 when n = 2 then 20 else 30 end", {"n": 2}, 20),
        ("case when n = 1 then 10 end", {"n": 2}, None),
        ("cast(n as double) / 4", {"n": 1}, 0.25),
        ("d > date '2024-01-31'", {"d": date(2024, 2, 1)}, True),
        ("1e3 * a", {"a": 2.0}, 2000.0),
        ("(a)", {"a": 2.0}, 2.0),
    ],
)
def test_every_documented_operator(text: str, row: dict[str, object], expected: object) -> None:
    """Arithmetic, comparison, logic with unknowns, choice and conversion give what SQL says."""
    assert value(text, **row) == expected


@pytest.mark.parametrize("function", DOCUMENTED)
def test_a_function_without_arguments(function: str) -> None:
    """A function called on nothing is refused, not carried on to the data."""
    with pytest.raises(ExpressionError):
        compile_expression(f"{function}()")


@pytest.mark.parametrize(
    "function",
    [
        *"sum max min avg mean median count first last stddev variance quantile_cont array_agg rank row_number lag".split(),
        *"now current_date() random rand uuid date_part extract read_csv read_parquet unnest exists substring regexp".split(),
        *"cast_ try_cast concat replace log sin date datetime left right initcap bit_and strpos".split(),
    ],
)
@pytest.mark.parametrize("form", ["{}(a)", "{}()", "1 + {}(a, b)", "{} (a)", "{}\n(a)", "abs({}(a))"])
def test_a_function_that_is_not_documented(function: str, form: str) -> None:
    """Whatever else polars can call, in whatever spelling, is refused by name."""
    name = function.removesuffix("()")
    for spelled in (name, name.upper()):
        with pytest.raises(ExpressionError):
            compile_expression(form.format(spelled))


@pytest.mark.parametrize("function", ["sum", "max", "count", "date", "concat", "abs"])
def test_a_function_between_quotes(function: str) -> None:
    """What stands between double quotes is the name of a column and cannot be called."""
    with pytest.raises(ExpressionError):
        compile_expression(f'"{function}"(a)')


def test_the_nearest_function_is_named() -> None:
    """A misspelt function is refused with the nearest one."""
    with pytest.raises(ExpressionError, match=r"'coalesc'.*'coalesce'"):
        compile_expression("coalesc(a, b)")


@pytest.mark.parametrize(
    "text",
    [
        "(select 1)",
        "(select a)",
        "a in (select b)",
        "a = any (select b)",
        "a = all(b)",
        "exists (select 1)",
        "select a",
        "select a from self",
        "a from self",
        "with x as (select 1) select 1",
        "values (1)",
        "a union select b",
        "a where b",
        "a order by b",
        "a limit 1",
        "a over ()",
        "a over (partition by t)",
        "a filter (where f)",
        "a; b",
        "a, b",
        "a b",
        "a as b",
        "a 'b'",
        '"a" "b"',
        "5x",
        "100 a / b",
        "a /* b */",
        "a /* 1 */ + b",
        "/* a */ b",
        "# a",
        "a # b",
        "*",
        "a.b",
        "a.*",
        "self.a",
        "a[1]",
        "a::double",
        "a -> 'b'",
        "a ? b",
        "$1",
        "@a",
        ":a",
        "{a}",
        "`a`",
        "[1]",
        "a !! b",
        "a ~ 'b'",
        "a ^ 2",
        "a & 1",
        "a | 1",
        "current_date",
        "current_timestamp",
        "current_time",
        "localtimestamp",
        "interval '1 day'",
        "timestamp '2024-01-01 00:00:00'",
        "date '2024-02-30'",
        "date '2024-13-01'",
        "x'ff'",
        "floor(a to year)",
        "ceil(d to month)",
        "trim(both from t)",
        "trim('x' from t)",
        "extract(year from d)",
        "position('a' in t)",
        "cast(a as array)",
        "cast(a as struct)",
        "cast(a)",
        "cast(a as double",
        "case when a then b",
        "case end",
        "and",
        "not",
        "a and",
        "a between 1",
        "a in ()",
        "a =",
        "(a",
        "a)",
        "'never closed",
        '"never closed',
        '""',
        "",
        "   ",
        "\n",
        "round(a, -2)",
        "nullif(a)",
        "mod(a)",
    ],
)
def test_what_an_expression_may_not_say(text: str) -> None:
    """Queries, windows, aliases, remarks, clocks, paths, foreign operators and broken text are refused.

    A name that polars would not take for a column counts as refused, too, when no field bears it.
    """
    try:
        compiled = compile_expression(text)
    except ExpressionError:
        return
    assert compiled.names - set(SCHEMA), f"{text!r} became {compiled.expression}"


@pytest.mark.parametrize("text", ["a -- 2", "a --2", "a -- b", "a--b", "a - - 2"])
def test_two_minus_signs_are_no_remark(text: str) -> None:
    """Two minus signs are refused or mean minus minus; nothing behind them is passed over in silence."""
    try:
        found = value(text, a=1.0, b=2.0)
    except ExpressionError:
        return
    assert found == 1 - -2


@pytest.mark.parametrize("word", ["current_date", "current_timestamp", "current_time", "localtime", "select", "today"])
def test_a_word_of_sql_is_a_column_or_nothing(word: str) -> None:
    """A word that polars would read as a clock or a query is refused, or is the column of that name and no more."""
    for text in (word, f"({word})", f'"{word}"'):
        try:
            compiled = compile_expression(text)
        except ExpressionError:
            continue
        assert compiled.names == {word}
        assert pl.DataFrame({word: [7]}).select(compiled.expression.alias("result")).item() == 7


@pytest.mark.parametrize("text", ["(select 1)", "(select a)", "(select 1 from self)"])
def test_a_query_is_refused(text: str) -> None:
    """A query is refused even where a field might bear the name of its words."""
    with pytest.raises(ExpressionError):
        compile_expression(text)


@pytest.mark.parametrize(
    ("text", "row", "expected"),
    [
        ("1.0 * n / m", {"n": 1, "m": 3}, 1 / 3),
        ("100.0 * n / m", {"n": 2, "m": 3}, 100 * 2 / 3),
        ("100.0 * n / nullif(m, 0)", {"n": 7, "m": 9}, 100 * 7 / 9),
        ("n / 3.0", {"n": 1}, 1 / 3),
        ("1.0 / 3", {}, 1 / 3),
        ("n * 0.1", {"n": 3}, 3 * 0.1),
        ("n * 1.00000000001 * 1.00000000001 * 1.00000000001 * 1.00000000001", {"n": 1}, 1.00000000001**4),
        ("n * 123456789.123456789 * 123456789.123456789", {"n": 10**15}, 10**15 * 123456789.123456789**2),
        ("case when n > 0 then 0.5 else n end", {"n": 1}, 0.5),
    ],
)
def test_a_number_with_a_point_is_exact_enough(text: str, row: dict[str, object], expected: float) -> None:
    """A number with a decimal point computes as one: to 1e-12, not to the handful of digits of a decimal type."""
    assert float(value(text, **row)) == pytest.approx(expected, rel=1e-12)  # type: ignore[arg-type]  # any number will do


def scored_values(expression: str, **columns: list[object]) -> list[float | None]:
    """Return the values of the indicator `people` of the small scheme, computed by the expression, row by row."""
    scheme = parse_scheme(spoil(("value: staff\n", f"value: |-\n      {expression}\n")))
    height = len(next(iter(columns.values())))
    codes = [f"9199{index:014}" for index in range(height)]
    frame = pl.DataFrame({"uscc": codes, **columns})
    table = icredit.score(frame, scheme, values=True, as_of=AS_OF)
    return table.sort("uscc")["people.value"].to_list()


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("staff / listed_staff", None),
        ("100 * staff / listed_staff", None),
        ("100.0 * staff / listed_staff", None),
        ("0.5 / listed_staff", None),
        ("ln(listed_staff)", None),
        ("sqrt(0 - staff)", None),
        ("exp(1000 * staff)", None),
        ("mod(staff, listed_staff)", None),
        ("staff % listed_staff", None),
        ("power(staff, -1)", 1 / 4),
        ("power(10, staff)", 10.0**4),
        ("power(10, 20) * staff", 10.0**20 * 4),
        ("staff * 3000000000000 * 3000000000000", 4 * 9e24),
        ("1e300 * staff * 1e300", None),
    ],
)
def test_a_value_that_is_not_finite_is_missing(expression: str, expected: float | None) -> None:
    """A division by zero, a logarithm of nothing and an overflow are missing values, not an end of the run."""
    text = expression.replace("listed_staff", "(staff - 4)")
    (found,) = scored_values(text, staff=[4])
    assert found == (None if expected is None else pytest.approx(expected, rel=1e-12))


@pytest.mark.parametrize("kind", ["double", "float", "real", "integer", "int", "bigint"])
def test_text_that_is_no_number_is_missing_when_it_is_converted(kind: str) -> None:
    """Converting a text to a number gives the number, or nothing where the text is none."""
    found = scored_values(f"cast(technical_field as {kind})", technical_field=["12", "many", "", None])
    assert found == [12.0, None, None, None]


def test_a_number_too_large_for_its_type_is_missing() -> None:
    """A conversion that the type has no room for gives nothing."""
    assert scored_values("cast(revenue as int)", revenue=[12.0, 1e15, None]) == [12.0, None, None]


def test_columns_may_be_mixed_with_numbers() -> None:
    """A whole number may be one of a list of columns, and a column may be a bound."""
    assert scored_values("case when staff in (revenue, 3) then 1 else 0 end", staff=[3, 4], revenue=[1.0, 4.0]) == [
        1,
        1,
    ]


def test_a_long_expression_ends() -> None:
    """An expression of any length that is allowed is computed or refused within seconds, and kills nothing."""
    long = ["a + " * 990 + "a", "not " * 990 + "f", "- " * 1990 + "a", "t || t || " * 399 + "t", "t||" * 1330 + "t"]
    assert all(len(text) <= 4_000 for text in long)
    script = (
        "import json, polars as pl, sys\n"
        "from icredit.scheme.expressions import ExpressionError, compile_expression, result_type\n"
        "schema = {'a': pl.Float64(), 't': pl.String(), 'f': pl.Boolean()}\n"
        "for text in json.load(sys.stdin):\n"
        "    print(text[:10], flush=True)\n"
        "    try:\n"
        "        compiled = compile_expression(text)\n"
        "        result_type(compiled, {name: schema[name] for name in compiled.names})\n"
        "    except ExpressionError:\n"
        "        pass\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], input=json.dumps(long), capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stderr) == (0, ""), done.stdout


def test_limits_of_length_and_depth() -> None:
    """4,000 characters and 40 levels are allowed, 4,001 and 41 are not; a text full of brackets has no depth."""
    assert compile_expression("a" + " " * 3_999).names == {"a"}
    assert compile_expression("(" * 40 + "a" + ")" * 40).names == {"a"}
    assert compile_expression(f"t = '{'(' * 100}'").names == {"t"}
    for text in ("a" + " " * 4_000, "(" * 41 + "a" + ")" * 41, "case when f then " * 41 + "1" + " end" * 41):
        with pytest.raises(ExpressionError):
            compile_expression(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a > 0", pl.Boolean),
        ("a", pl.Float64),
        ("n / m", pl.Float64),
        ("n * 0.5", pl.Float64),
        ("2.5", pl.Float64),
        ("t", pl.String),
        ("d", pl.Date),
        ("f and t is null", pl.Boolean),
        ("null", pl.Null),
    ],
)
def test_the_type_of_a_result(text: str, expected: type[pl.DataType]) -> None:
    """The type that an expression yields follows from the types of its columns."""
    compiled = compile_expression(text)
    assert result_type(compiled, {name: SCHEMA[name] for name in compiled.names}) == expected


@pytest.mark.parametrize(
    "text", ["t + 1", "d > 'x'", "f + d", "year(n)", "lower(a)", "t and f", "d * 2", "abs(t)", "case when a then 1 end"]
)
def test_types_that_do_not_go_together(text: str) -> None:
    """Computing with what does not go together is an ExpressionError in one line."""
    compiled = compile_expression(text)
    with pytest.raises(ExpressionError) as refused:
        result_type(compiled, {name: SCHEMA[name] for name in compiled.names})
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("text", "columns", "expected"),
    [
        ("t = 'a' and a = 2", {"a": "a.value"}, True),
        ("'a' = t", {"a": "a.value"}, True),
        ("t <> 'it''s a' and a = 2", {"a": "a.value"}, True),
        ('"a" = 2', {"a": "a.value"}, True),
        ("abs(abs) = 2", {"abs": "a.value"}, True),
        ("round(round + 0.26, 1) = 2.3", {"round": "a.value"}, True),
        ("cast(double as double) = 2", {"double": "a.value"}, True),
        ("case when a = 2 then true end", {"a": "a.value"}, True),
        ("a - -a = 4", {"a": "a.value"}, True),
        ("A = 2", {"A": "a.value"}, True),
        ("b = 5", {"a": "a.value"}, True),
        ("date '2024-01-01' < today and a = 2", {"a": "a.value", "date": "x"}, True),
    ],
)
def test_other_columns_for_some_names(text: str, columns: dict[str, str], expected: object) -> None:
    """`with_names` puts columns in the place of names alone: text, functions and types stay as they are."""
    frame = pl.DataFrame({"t": ["a"], "a": [1.0], "b": [5.0], "a.value": [2.0], "x": [0.0], "today": [AS_OF]})
    assert frame.select(with_names(text, columns).alias("result")).item() is expected


TOKENS = [
    *DOCUMENTED,
    *"and or not is null in between like case when then else end true false cast as".split(),
    *"double text date integer select from where over interval distinct current_date any all exists sum max".split(),
    *"a b n t d f today".split() * 6,
    *"( ) , + - * / % < > = ( ) ,".split() * 3,
    *[
        "<>",
        "<=",
        "||",
        "--",
        "/*",
        "*/",
        ";",
        ".",
        "''",
        "'x'",
        '"a"',
        '"sum"',
        '"',
        "'",
        "1",
        "2.5",
        "1e5",
        "营收",
        "\n",
    ],
]


@settings(deadline=None, max_examples=400)
@given(st.lists(st.sampled_from(TOKENS), max_size=9).map(" ".join) | st.text(max_size=20))
@example("greatest()")
@example("a b")
@example("a -- b")
@example("'")
@example("\ud800")
def test_any_text_is_understood_or_refused(text: str) -> None:
    """Whatever the text, it becomes an expression over exactly the names found in it, or is refused in one line."""
    try:
        compiled = compile_expression(text)
        used = set(compiled.expression.meta.root_names())
        assert used == compiled.names
        assert with_names(text, {name: name for name in compiled.names}).meta.eq(compiled.expression)
        result_type(compiled, {name: SCHEMA.get(name, pl.Float64()) for name in compiled.names})
    except ExpressionError as error:
        assert "\n" not in str(error)  # noqa: PT017  # both ways out are right


Row = dict[str, float | int | None]
Formula = tuple[str, Callable[[Row], Any]]


def _leaf(name: str) -> Formula:
    return name, lambda row: row[name]


def _number(text: str) -> Formula:
    return text, lambda row: float(text)


def _binary(sign: str, left: Formula, right: Formula) -> Formula:
    def compute(row: Row) -> Any:
        x, y = left[1](row), right[1](row)
        if x is None or y is None or (sign == "/" and y == 0):
            return None
        return {"+": x + y, "-": x - y, "*": x * y, "/": x / y if y else None}[sign]

    divisor = f"nullif({right[0]}, 0)" if sign == "/" else right[0]
    return f"({left[0]} {sign} {divisor})", compute


def _choice(condition: tuple[Formula, Formula], one: Formula, other: Formula) -> Formula:
    low, high = condition

    def compute(row: Row) -> Any:
        x, y = low[1](row), high[1](row)
        return one[1](row) if x is not None and y is not None and x < y else other[1](row)

    return f"case when {low[0]} < {high[0]} then {one[0]} else {other[0]} end", compute


def _first(one: Formula, other: Formula) -> Formula:
    def compute(row: Row) -> Any:
        x = one[1](row)
        return other[1](row) if x is None else x

    return f"coalesce({one[0]}, {other[0]})", compute


def _size(one: Formula) -> Formula:
    def compute(row: Row) -> Any:
        x = one[1](row)
        return None if x is None else abs(x)

    return f"abs({one[0]})", compute


def _formulas(parts: st.SearchStrategy[Formula]) -> st.SearchStrategy[Formula]:
    return st.one_of(
        st.builds(_binary, st.sampled_from("+-*/"), parts, parts),
        st.builds(_choice, st.tuples(parts, parts), parts, parts),
        st.builds(_first, parts, parts),
        st.builds(_size, parts),
    )


FORMULAS = st.recursive(
    st.sampled_from("abnm").map(_leaf) | st.sampled_from(["0", "1", "7", "100", "0.5", "2.25", "100.0"]).map(_number),
    _formulas,
    max_leaves=6,
)
ROWS = st.fixed_dictionaries(
    {
        **{name: st.none() | st.sampled_from([0.0, 0.5, -3.25, 12.75, 1000.0]) for name in "ab"},
        **{name: st.none() | st.integers(-9, 99) for name in "nm"},
    }
)


@settings(deadline=None, max_examples=200)
@given(FORMULAS, st.lists(ROWS, min_size=1, max_size=4))
def test_formulas_agree_with_python(formula: Formula, rows: list[Row]) -> None:
    """Arithmetic over numbers, counts and blanks gives what Python's own arithmetic gives, to 1e-9."""
    text, compute = formula
    schema = {name: SCHEMA[name] for name in "abnm"}
    frame = pl.DataFrame(rows, schema=schema)
    found = frame.select(compile_expression(text).expression.cast(pl.Float64).alias("result"))
    values = found["result"].to_list() * (len(rows) if found.height == 1 < len(rows) else 1)
    for row, number in zip(rows, values, strict=True):
        expected = compute(row)
        assert number == (None if expected is None else pytest.approx(expected, rel=1e-9, abs=1e-9)), (text, row)
