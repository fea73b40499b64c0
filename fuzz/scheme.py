"""Damaged schemes, and what must hold when icredit reads one."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from random import Random
from typing import Any

import polars as pl
import yaml

import icredit
from fuzz.damage import HOSTILE_TEXTS
from fuzz.fixtures import ROOT
from fuzz.intake import in_order
from icredit.errors import SchemeError
from icredit.scheme import Scheme, parse_scheme
from icredit.scheme.fields import typed_schema

_AS_OF = date(2026, 1, 15)
_FILES = (ROOT / "indicators.yaml", *sorted((ROOT / "src" / "icredit" / "schemes").glob("*.yaml")))

Path = tuple[str | int, ...]

# Expressions that a check may pass and a computation choke on, and those that ask for more than a scheme may.
_EXPRESSIONS = (
    "",
    "1 / 0",
    "null",
    "revenue /",
    "revenue / 0",
    "sum(revenue)",
    "(select 1)",
    "read_csv('/etc/passwd')",
    "count(*) over ()",
    "current_date",
    "random()",
    "power(revenue, 0 - revenue)",
    "cast(name as double)",
    "cast('2024-02-30' as date)",
    "case when revenue then 1 end",
    "revenue; drop table x",
    "revenue -- and more",
    "revenue /* staff */",
    'revenue "x"',
    "exp(exp(revenue))",
    "substr(name, 1)",
    "name like '" + "%a" * 500 + "'",
    "name ~ '(a+)+$'",
    "(" * 45 + "1" + ")" * 45,
    "(" * 39 + "1" + ")" * 39,
    " + ".join(["revenue"] * 240),
    "not " * 400 + "true",
    "- " * 400 + "1",
    "coalesce(" + ", ".join(["1"] * 200) + ")",
    "revenue = 1 " + "or revenue = 2 " * 100,
    "1" * 3_999,
    "1" * 4_001,
    "'" + "x" * 3_000 + "'",
    "0.1e400",
    "year(founded) + today",
    "greatest()",
    "round(revenue, 400)",
    "log(0, 0)",
    "mod(1, 0)",
    "a.b.c",
    "?",
    "$1",
    "revenue::int",
    "interval '1' year",
    "extract(year from founded)",
    "array[1, 2]",
    "{'a': 1}",
)

_SCALARS: tuple[Any, ...] = (
    None,
    True,
    False,
    0,
    -1,
    1,
    2**63,
    10**30,
    -(10**400),
    0.0,
    1e308,
    -1e308,
    5e-324,
    float("nan"),
    float("inf"),
    [],
    {},
    [[]],
    [None],
    date(2024, 2, 29),
    *HOSTILE_TEXTS,
)

# Pieces that mean something to YAML.
_SIGNS: tuple[str, ...] = (
    "- ",
    "? ",
    ": ",
    "{",
    "}",
    "[",
    "]",
    "&a ",
    "*a ",
    "!!python/object/apply:os.system [x] ",
    "!!binary ",
    "|\n",
)
_SIGNS += (">", "'", '"', "#", "\t", "%YAML 9.9\n", "@", "\x00", "---\n", "...\n", "<<: *a", "!!set ", "\u2028", "!x ")


@dataclass(frozen=True, slots=True)
class Text:
    """The text of a scheme."""

    name: str
    text: str

    @property
    def data(self) -> bytes:
        """The text as the bytes of a file."""
        return self.text.encode("utf-8", "surrogatepass")


@cache
def _good() -> tuple[tuple[str, Any, list[Path]], ...]:
    """Text, data and places of every scheme that comes with icredit."""
    texts = [file.read_text("utf-8") for file in _FILES]
    return tuple((text, data := yaml.load(text, Loader=yaml.CSafeLoader), list(_paths(data))) for text in texts)


def _paths(data: Any, here: Path = ()) -> Iterator[Path]:
    """The path of every part of the data, the whole of it excepted."""
    for key, part in data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ():
        yield (*here, key)
        yield from _paths(part, (*here, key))


class _Dumper(yaml.CSafeDumper):
    """Writes every part in full where it stands."""

    def ignore_aliases(self, data: Any) -> bool:
        """Write no aliases."""
        return True


def make(seed: int, number: int) -> Text:
    """The scheme with a number."""
    chance = Random(f"scheme {seed} {number}")
    text, data, paths = chance.choice(_good())
    if chance.random() < 0.2:
        return Text("input.yaml", _damaged_text(text, chance))
    data = copy.deepcopy(data)
    for _ in range(chance.choice((1, 1, 2, 3))):
        _change(data, chance.choice(paths), chance, paths)
    try:
        written = yaml.dump(data, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=200)
    except (UnicodeEncodeError, yaml.YAMLError):  # half a character cannot be written by the library
        written = yaml.dump(data, Dumper=yaml.SafeDumper, allow_unicode=False, sort_keys=False)
    return Text("input.yaml", str(written))


def _change(data: Any, path: Path, chance: Random, paths: list[Path]) -> None:
    """Change one part of the data in its place; nothing happens where an earlier change took the place away."""
    above, last = _at(data, path[:-1]), path[-1]
    is_list = isinstance(above, list) and isinstance(last, int) and last < len(above)
    if not is_list and not (isinstance(above, dict) and last in above):
        return
    part = above[last]
    match chance.randrange(7):
        case 0:
            del above[last]
        case 1 if is_list:
            above[last:last] = [copy.deepcopy(part) for _ in range(chance.choice((1, 1, 50)))]
        case 1:
            above[chance.choice((f"{last}_2", chance.choice(HOSTILE_TEXTS), str(chance.choice(paths)[-1])))] = part
        case 2:
            above[last] = copy.deepcopy(_at(data, chance.choice(paths)))
        case 3:
            for _ in range(chance.choice((1, 2, 30, 100))):
                part = [part] if chance.random() < 0.5 else {str(chance.choice(paths)[-1]): part}
            above[last] = part
        case 4 | 5 if isinstance(part, str):
            above[last] = _expression(part, chance)
        case _:
            above[last] = copy.deepcopy(chance.choice(_SCALARS))


def _expression(text: str, chance: Random) -> str:
    """A text exchanged or damaged, so that it may pass for an expression."""
    if chance.random() < 0.5:
        return chance.choice(_EXPRESSIONS)
    at, to = sorted(chance.randrange(len(text) + 1) for _ in range(2))
    return chance.choice(
        (text[:at] + text[to:], text[:to] + text[at:], text[:at] + chance.choice(_EXPRESSIONS) + text[to:])
    )


def _at(data: Any, path: Path) -> Any:
    for step in path:
        try:
            data = data[step]
        except (KeyError, IndexError, TypeError):
            return None
    return data


def _damaged_text(text: str, chance: Random) -> str:
    """The text with lines lost, doubled or moved, and signs of YAML put between."""
    lines = text.split("\n")
    for _ in range(chance.choice((1, 2, 4))):
        one, other = chance.randrange(len(lines)), chance.randrange(len(lines))
        at = chance.randrange(len(lines[one]) + 1)
        match chance.randrange(7):
            case 0:
                del lines[one : one + chance.choice((1, 1, 5))]
            case 1:
                lines.insert(one, lines[other])
            case 2:
                lines[one] = "  " + lines[one]
            case 3:
                lines[one] = lines[one].removeprefix("  ")
            case 4:
                lines[one] = lines[one][:at]
            case 5:
                lines[one] = lines[one][:at] + chance.choice(_SIGNS) * chance.choice((1, 1, 1, 70)) + lines[one][at:]
            case _:
                lines[one] = lines[one][:at] + chance.choice(HOSTILE_TEXTS) + lines[one][at:]
        lines = lines or [""]
    if chance.random() < 0.02:  # each alias means the one before it twice
        lines = ["a0: &a0 [x]", *(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 30)), *lines]
    return "\n".join(lines)


#: A few values of every type, the awkward ones among them.
_VALUES: dict[type[pl.DataType], list[Any]] = {
    pl.Float64: [0.0, 1.5, -3.0, 1e15, None],
    pl.Int64: [0, 1, 7, 10**15, None],
    pl.String: ["", "甲", "12", "x" * 200, None],
    pl.Date: [date(1900, 1, 1), date(2024, 2, 29), _AS_OF, date(9999, 12, 31), None],
    pl.Boolean: [True, False, None, True, False],
}


def enterprises(scheme: Scheme) -> pl.DataFrame:
    """Five enterprises with a value of its type in every field."""
    schema = typed_schema(scheme)
    columns: dict[str, list[Any]] = {name: _VALUES[type(dtype)] for name, dtype in schema.items()}
    columns["uscc"] = [f"9199{index:014}" for index in range(5)]
    columns["stage"] = [*scheme.stage_ids, None, None, None, None, None][:5]
    return pl.DataFrame(columns, schema=schema)


def check(given: Text) -> str:
    """Read a scheme, and score with it if it is one; what came of it in a word.

    Raises:
        AssertionError: what is told of it is not in order. Any other error but icredit's own is a failure as well.
    """
    try:
        scheme = parse_scheme(given.text)
    except SchemeError as error:
        lines = max(1, len(given.text.splitlines()))
        for fault in error.faults:
            assert 1 <= fault.line <= lines, fault
            assert fault.message.strip()
            assert "\n" not in fault.message
            assert len(fault.message) <= 2_000, "a message of more than 2,000 characters"
            fault.message.encode()
        return "refused"
    try:
        table = icredit.score(enterprises(scheme), scheme, values=True, as_of=_AS_OF)
    except icredit.IcreditError as error:
        in_order(str(error))
        return "unscored"
    for leaf in scheme.leaves:
        for column in (leaf.id, f"{leaf.id}.value"):
            assert table[column].drop_nulls().is_finite().all(), column
    return "scored"
