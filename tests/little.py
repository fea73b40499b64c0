"""A scheme of a few lines and a frame of a few rows, for tests that write their arithmetic out.

The scale is 0 to 1 and the goalposts stand at 0 and 1, so that without further words an indicator's score is its value.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

import icredit
from conftest import AS_OF
from icredit.methods.step import Step
from icredit.scheme import Scheme
from icredit.scheme.fields import typed_schema
from plain_yaml import dump_yaml

Node = dict[str, Any]
Numbers = Sequence[float | None]

MINMAX: Node = {"method": "minmax"}


def label(text: str) -> Node:
    """Return a label that says the same in both languages."""
    return {"zh": text, "en": text}


def goalposts(lower: float | Node, upper: float | Node) -> Node:
    """Return the normalisation between two fixed ends."""
    return {"method": "goalposts", "lower": lower, "upper": upper}


def minmax(*within: str) -> Node:
    """Return the normalisation between the extremes of the groups named."""
    return {"method": "minmax", "within": list(within)}


def indicator(name: str, **rest: Any) -> Node:
    """Return an indicator whose value is the field of the same name, unless `rest` says otherwise."""
    return {"id": name, "label": label(name), "value": name, "normalise": goalposts(0, 1)} | rest


def category(name: str, *nodes: Node, **rest: Any) -> Node:
    """Return a category of the given nodes."""
    return {"id": name, "label": label(name), "indicators": list(nodes)} | rest


#: The numbers a to f, the counts n and m, and one field of every other kind.
FIELDS: Mapping[str, Node] = {
    "uscc": {"label": label("编号"), "type": "text"},
    **{name: {"label": label(name), "type": "share"} for name in "abcdef"},
    **{name: {"label": label(name), "type": "count"} for name in "nm"},
    "kind": {"label": label("kind"), "type": "text"},
    "day": {"label": label("day"), "type": "date"},
    "bad": {"label": label("bad"), "type": "flag"},
}

#: Two stages that only a submission can choose.
STAGES = [{"id": name, "label": label(name), "when": "false"} for name in ("young", "old")]


def scheme(*nodes: Node, **rest: Any) -> Scheme:
    """Return the scheme of the given nodes; `rest` are further keys of the file."""
    said = {"id": "little", "title": label("示例"), "edition": "1", "scale": [0, 1], "fields": dict(FIELDS)}
    return icredit.parse_scheme(dump_yaml(said | {"indicators": list(nodes)} | rest))


def code(index: int) -> str:
    """Return the made-up code of an enterprise."""
    return f"9199{index:014}"


def frame(**columns: Sequence[Any]) -> pl.DataFrame:
    """Return enterprises with the columns given, each with the code of its place."""
    height = len(next(iter(columns.values())))
    codes = [code(index) for index in range(height)]
    return pl.DataFrame({"uscc": codes, **{name: _alike(values) for name, values in columns.items()}})


def _alike(values: Sequence[Any]) -> list[Any]:
    """Return the values, whole numbers made floats where one of them is a float."""
    floats = any(isinstance(value, float) for value in values)
    return [float(value) if floats and value is not None else value for value in values]


def scored(rules: Scheme, rows: pl.DataFrame | None = None, /, **columns: Sequence[Any]) -> pl.DataFrame:
    """Return the scored table with values, its rows in the order of the rows given."""
    return scored_by(None, rules, rows, **columns)


def scored_by(
    reference: icredit.Reference | None, rules: Scheme, rows: pl.DataFrame | None = None, /, **columns: Sequence[Any]
) -> pl.DataFrame:
    """Return the table scored by a reference, its rows in the order of the rows given."""
    given = frame(**columns) if rows is None else rows
    return icredit.score(given, rules, reference=reference, values=True, as_of=AS_OF).sort("uscc")


def scores(rules: Scheme, node: str = "score", /, **columns: Sequence[Any]) -> list[float | None]:
    """Return one score column of the enterprises given, in the order given."""
    return scored(rules, **columns)[node].to_list()


def full(rows: pl.DataFrame, rules: Scheme) -> pl.LazyFrame:
    """Return the rows with every field of the scheme as a column of its type, as `icredit.read` would."""
    columns = [
        (pl.col(name) if name in rows.columns else pl.lit(None)).cast(dtype).alias(name)
        for name, dtype in typed_schema(rules).items()
    ]
    return rows.lazy().select(columns)


def measured(rules: Scheme, **columns: Sequence[Any]) -> icredit.Reference:
    """Return the reference of the enterprises given."""
    return icredit.measure(full(frame(**columns), rules), rules, AS_OF)


def run_step(step: Step, values: Numbers) -> list[float | None]:
    """Return what a step makes of one group's values."""
    rows = pl.DataFrame({"x": values}, schema={"x": pl.Float64})
    constants = {name: find(pl.col("x")) for name, find in step.constants.items()}
    return rows.select(step.apply(pl.col("x"), constants).alias("x"))["x"].to_list()
