"""SQL expressions of a scheme: which names they use, which functions they may call, what they become in polars.

polars reads the SQL (`pl.sql_expr`). Before it does, the text is cut into tokens and held against a list of what a
scheme may say: an expression speaks of one row and nothing else, so there is no aggregation, no window, no query, no
clock, no random number and no file. `today` is the date given with --as-of.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

import polars as pl

from icredit.errors import reason_of
from icredit.text import did_you_mean

MAXIMUM_LENGTH = 4_000
MAXIMUM_DEPTH = 40
MAXIMUM_TOKENS = 500

#: Name of the --as-of date in every expression.
TODAY = "today"

#: The functions an expression may call; each works on one row. docs/scheme.md lists them.
FUNCTIONS = frozenset(
    "abs ceil coalesce exp floor greatest if ifnull least length ln log10 log2 lower mod nullif pow power round sign "
    "sqrt starts_with ends_with trim upper year month".split()
)

KEYWORDS = frozenset("and or not is null in between like case when then else end true false cast as".split())
_TYPES = frozenset("double float real integer int bigint text varchar date boolean".split())

_CLOCKS = frozenset("current_date current_time current_timestamp localtime localtimestamp now".split())

_TOKEN = re.compile(
    r"""(?P<space>\s+)
    |(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)
    |(?P<text>'(?:[^']|'')*')
    |(?P<quoted>"[^"]+")
    |(?P<word>[^\W\d]\w*(?:\.[^\W\d]\w*)?)
    |(?P<mark><>|<=|>=|!=|==|\|\||[-+*/%(),<>=])
    """,
    re.VERBOSE,
)


class ExpressionError(ValueError):
    """What is wrong with an expression, in one line."""


class Compiled(NamedTuple):
    """A checked expression and the names it uses."""

    expression: pl.Expr
    names: frozenset[str]


@lru_cache(maxsize=4096)
def compile_expression(text: str) -> Compiled:
    """Check an expression and turn it into a polars expression.

    Raises:
        ExpressionError: it is too long, uses what is not allowed, or is not SQL.
    """
    tokens = _tokens(text)
    names = frozenset(token.text.strip('"') for token in tokens if token.kind == "name")
    expression = _to_polars(tokens, {})
    used = set(expression.meta.root_names())
    # Words that polars takes for something else than a column (current_date, an alias, a unit of time) differ here.
    if used != names:
        odd = min(used ^ names)
        raise ExpressionError(f"uses '{odd}' in a way that is not allowed")
    return Compiled(expression, names)


def with_names(text: str, columns: Mapping[str, str]) -> pl.Expr:
    """The polars expression of a checked text, with some of its names meaning other columns."""
    return _to_polars(_tokens(text), columns) if columns else compile_expression(text).expression


def _to_polars(tokens: list[_Token], columns: Mapping[str, str]) -> pl.Expr:
    words = [_spelled(token, columns) for token in tokens]
    try:
        return pl.sql_expr(" ".join(words))
    except Exception as error:  # noqa: BLE001  # polars raises a family of errors here, all with a readable first line
        raise ExpressionError(f"cannot be understood as SQL: {reason_of(error)}") from None


def _spelled(token: _Token, columns: Mapping[str, str]) -> str:
    """A token as polars shall read it."""
    if token.kind == "name":
        name = token.text.strip('"')
        return f'"{columns.get(name, name)}"'
    if token.kind == "number" and "e" not in token.text.lower():
        # Otherwise 0.5 is a decimal with one digit after the point, and 1.0 / 3 has no more; and whole numbers overflow.
        return f"{token.text}e0"
    # A text that is no number becomes missing, and does not end the run.
    return "try_cast" if token.text.lower() == "cast" else token.text


class _Token(NamedTuple):
    """A piece of an expression; `kind` is name, word (keyword, function, type), number, literal (whole), text or mark."""

    kind: str
    text: str


def _tokens(text: str) -> list[_Token]:
    """The pieces of an expression, all of them allowed."""
    if len(text) > MAXIMUM_LENGTH:
        raise ExpressionError(f"is longer than {MAXIMUM_LENGTH:,} characters")
    pieces = _pieces(text)
    if len(pieces) > MAXIMUM_TOKENS:
        raise ExpressionError(f"has more than {MAXIMUM_TOKENS} words and signs")
    _refuse_depth(pieces)
    calls = _OpenCalls()
    tokens: list[_Token] = []
    for index, (kind, piece) in enumerate(pieces):
        before = pieces[index - 1][1].lower() if index else ""
        following = pieces[index + 1][1] if index + 1 < len(pieces) else ""
        calls.meet(piece, before)
        if kind in ("word", "quoted"):
            is_name = kind == "quoted" or _is_name(piece, before, following)
            if is_name and following == "(":
                raise ExpressionError(f"{piece} is not a function a scheme may call")
            tokens.append(_Token("name" if is_name else "word", piece))
            continue
        if kind == "text" and tokens and (tokens[-1].kind in ("name", "number", "text") or before == ")"):
            raise ExpressionError(f"has the text {piece} where an operator is expected")
        tokens.append(_Token("literal" if kind == "number" and calls.in_digits else kind, piece))
    return tokens


class _OpenCalls:
    """Which argument of which function one is in, from the left."""

    def __init__(self) -> None:
        self._open: list[tuple[str, int]] = []

    def meet(self, piece: str, before: str) -> None:
        """Go on to the next piece."""
        if piece == "(":
            self._open.append((before, 0))
        elif piece == ")" and self._open:
            self._open.pop()
        elif piece == "," and self._open:
            function, argument = self._open[-1]
            self._open[-1] = (function, argument + 1)

    @property
    def in_digits(self) -> bool:
        """Whether this is the number of digits that `round` rounds to, which must stay a whole number."""
        return bool(self._open) and self._open[-1] == ("round", 1)


def _is_name(word: str, before: str, following: str) -> bool:
    """Whether a word is the name of a column, given the pieces around it; a function not allowed is refused."""
    lower = word.lower()
    if following == "(" and lower not in KEYWORDS:
        if lower not in FUNCTIONS:
            raise ExpressionError(f"'{word}' is not a function a scheme may call{did_you_mean(lower, FUNCTIONS)}")
        return False
    if lower in _CLOCKS:
        raise ExpressionError(f"'{word}' is not allowed; the day of the evaluation is '{TODAY}'")
    if lower == "date" and following.startswith("'"):
        return False  # a literal: date '2024-01-01'
    return lower not in KEYWORDS and not (before == "as" and lower in _TYPES)


def _refuse_depth(pieces: list[tuple[str, str]]) -> None:
    depth = 0
    for index, (_, word) in enumerate(pieces):
        depth += (word.lower() in ("(", "case")) - (word.lower() in (")", "end"))
        if depth > MAXIMUM_DEPTH:
            raise ExpressionError(f"is nested deeper than {MAXIMUM_DEPTH} levels")
        if word == "(" and index + 1 < len(pieces) and pieces[index + 1][1] == ")":
            raise ExpressionError("has brackets with nothing between them")


def _pieces(text: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    position = 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            raise ExpressionError(f"has a character that is not allowed here: {text[position]!a}")
        position = match.end()
        if match.lastgroup != "space":
            found.append((str(match.lastgroup), match.group()))
    if not found:
        raise ExpressionError("is empty")
    return found


def result_types(expressions: Mapping[str, Compiled], schema: Mapping[str, pl.DataType]) -> dict[str, pl.DataType]:
    """What `result_type` says of every expression, found at once; nothing if it would refuse one of them.

    polars takes hardly longer for fifty expressions than for one.
    """
    columns = {name: schema[name] for compiled in expressions.values() for name in compiled.names}
    named = [compiled.expression.alias(str(place)) for place, compiled in enumerate(expressions.values())]
    try:
        return dict(zip(expressions, pl.DataFrame(schema=columns).select(named).dtypes, strict=True))
    except Exception:  # noqa: BLE001  # as above; which of them it is, and why, is found one by one
        return {}


def result_type(compiled: Compiled, schema: dict[str, pl.DataType]) -> pl.DataType:
    """The type that the expression yields over columns of the given types.

    Raises:
        ExpressionError: it compares or computes what does not go together.
    """
    try:
        return pl.DataFrame(schema=schema).select(compiled.expression.alias("result")).schema["result"]
    except Exception as error:  # noqa: BLE001  # as above
        raise ExpressionError(f"does not fit its fields: {reason_of(error)}") from None
