"""SQL expressions of a scheme: which names they use, which functions they may call, what they become in polars.

polars reads the SQL (`pl.sql_expr`). Before it does, the text is cut into tokens and held against a list of what a
scheme may say: an expression speaks of one row and nothing else, so there is no aggregation, no window, no query, no
clock, no random number and no file. `today` is the date given with --as-of.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import polars as pl

from icredit.text import did_you_mean

MAXIMUM_LENGTH = 4_000
MAXIMUM_DEPTH = 40

#: Name of the --as-of date in every expression.
TODAY = "today"

#: The functions an expression may call; each works on one row. docs/scheme.md lists them.
FUNCTIONS = frozenset(
    "abs ceil coalesce exp floor greatest if ifnull least length ln log10 log2 lower mod nullif pow power round sign "
    "sqrt starts_with ends_with strpos trim upper year month".split()
)

KEYWORDS = frozenset("and or not is null in between like case when then else end true false cast as".split())
_TYPES = frozenset("double float real integer int bigint text varchar date boolean".split())

_TOKEN = re.compile(
    r"""(?P<space>\s+)
    |(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)
    |(?P<text>'(?:[^']|'')*')
    |(?P<quoted>"[^"]+")
    |(?P<word>[^\W\d]\w*)
    |(?P<mark><>|<=|>=|!=|==|\|\||[-+*/%(),<>=])
    """,
    re.VERBOSE,
)


class ExpressionError(ValueError):
    """What is wrong with an expression, in one line."""


@dataclass(frozen=True, slots=True)
class Compiled:
    """A checked expression and the names it uses."""

    expression: pl.Expr
    names: frozenset[str]


@lru_cache(maxsize=4096)
def compile_expression(text: str) -> Compiled:
    """Check an expression and turn it into a polars expression.

    Raises:
        ExpressionError: it is too long, uses what is not allowed, or is not SQL.
    """
    names = _names(text)
    try:
        expression = pl.sql_expr(text)
        used = set(expression.meta.root_names())
    except Exception as error:  # noqa: BLE001  # polars raises a family of errors here, all with a readable first line
        raise ExpressionError(f"cannot be understood as SQL: {_first_line(error)}") from None
    if not used <= names:  # defence in depth: the tokens and polars must agree on what is a name
        raise ExpressionError(f"uses '{min(used - names)}' in a way that is not allowed")
    return Compiled(expression, frozenset(names))


def with_names(text: str, columns: Mapping[str, str]) -> pl.Expr:
    """The polars expression of a checked text, with some of its names meaning other columns."""
    if not columns:
        return compile_expression(text).expression
    words = []
    for kind, token in _tokens(text):
        name = token[1:-1] if kind == "quoted" else token
        words.append(f'"{columns[name]}"' if kind in ("word", "quoted") and name in columns else token)
    return pl.sql_expr(" ".join(words))


def _names(text: str) -> set[str]:
    if len(text) > MAXIMUM_LENGTH:
        raise ExpressionError(f"is longer than {MAXIMUM_LENGTH:,} characters")
    tokens = _tokens(text)
    _refuse_depth(tokens)
    names: set[str] = set()
    for index, (kind, word) in enumerate(tokens):
        before = tokens[index - 1][1].lower() if index else ""
        following = tokens[index + 1][1] if index + 1 < len(tokens) else ""
        if kind == "quoted":
            names.add(word[1:-1])
        elif kind == "word" and _is_name(word, before, following):
            names.add(word)
    return names


def _is_name(word: str, before: str, following: str) -> bool:
    """Whether a word is the name of a column, given the tokens around it; a function not allowed is refused."""
    lower = word.lower()
    if following == "(" and lower not in KEYWORDS:
        if lower not in FUNCTIONS:
            raise ExpressionError(f"'{word}' is not a function a scheme may call{did_you_mean(lower, FUNCTIONS)}")
        return False
    if lower == "date" and following.startswith("'"):
        return False  # a literal: date '2024-01-01'
    return lower not in KEYWORDS and not (before == "as" and lower in _TYPES)


def _refuse_depth(tokens: list[tuple[str, str]]) -> None:
    depth = 0
    for _, word in tokens:
        depth += (word.lower() in ("(", "case")) - (word.lower() in (")", "end"))
        if depth > MAXIMUM_DEPTH:
            raise ExpressionError(f"is nested deeper than {MAXIMUM_DEPTH} levels")


def _tokens(text: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    position = 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            raise ExpressionError(f"has a character that is not allowed here: {text[position]!r}")
        position = match.end()
        if match.lastgroup != "space":
            found.append((str(match.lastgroup), match.group()))
    if not found:
        raise ExpressionError("is empty")
    return found


def result_type(compiled: Compiled, schema: dict[str, pl.DataType]) -> pl.DataType:
    """The type that the expression yields over columns of the given types.

    Raises:
        ExpressionError: it compares or computes what does not go together.
    """
    frame = pl.DataFrame(schema=schema).lazy().select(compiled.expression.alias("result"))
    try:
        return frame.collect().schema["result"]
    except Exception as error:  # noqa: BLE001  # as above
        raise ExpressionError(f"does not fit its fields: {_first_line(error)}") from None


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
