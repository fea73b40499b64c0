"""Whether the expressions of a scheme can be meant: names that exist, types that fit, no circles."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter

import polars as pl

from icredit.scheme.expressions import Compiled, ExpressionError, compile_expression, result_type, result_types
from icredit.scheme.fields import expression_schema, result_schema
from icredit.scheme.model import Scheme, Verdict
from icredit.scheme.nodes import Indicator
from icredit.scheme.source import Found, Path
from icredit.scheme.walk import nodes_with_paths, value_graph
from icredit.text import did_you_mean

#: How much of an expression a message repeats.
_SHOWN = 60


def conditions(scheme: Scheme, unclear: frozenset[str] = frozenset()) -> Found:
    """Checks, stages and `applies` are true or false over fields; what decides about results, over results as well."""
    fields, results = expression_schema(scheme), result_schema(scheme)
    on_fields: list[tuple[Path, str]] = [
        *((("checks", i, "when"), one.when) for i, one in enumerate(scheme.checks)),
        *((("stages", i, "when"), stage.when) for i, stage in enumerate(scheme.stages)),
        *(
            ((*path, "applies"), node.applies)
            for path, node in nodes_with_paths(scheme.indicators)
            if isinstance(node, Indicator) and node.applies is not None
        ),
    ]
    verdict = scheme.verdict or Verdict.model_construct()
    on_results: list[tuple[Path, str]] = [
        *((("eligibility", i, "when"), one.when) for i, one in enumerate(scheme.eligibility)),
        *((("vetoes", i, "when"), veto.when) for i, veto in enumerate(scheme.vetoes)),
        *((("verdict", "require", i, "when"), one.when) for i, one in enumerate(verdict.require)),
        *((("verdict", "direct", i, "when"), one.when) for i, one in enumerate(verdict.direct)),
    ]
    yield from _expressions(on_fields, fields, unclear, condition=True)
    yield from _expressions(on_results, results, unclear, condition=True)
    for index, total in enumerate(scheme.totals):
        if total.value is not None:
            later = {f"{other.id}.score" for other in scheme.totals[index:]}
            names = {name: dtype for name, dtype in results.items() if name not in later | {"coverage"}}
            yield from _expressions([(("totals", index, "value"), total.value)], names, unclear, condition=False)


def values(scheme: Scheme, unclear: frozenset[str] = frozenset()) -> Found:
    """Values are numbers over fields and other indicators."""
    fields = expression_schema(scheme)
    names = {**{leaf.id: pl.Float64() for leaf in scheme.leaves}, **fields}
    found: list[tuple[Path, str]] = []
    for path, node in nodes_with_paths(scheme.indicators):
        if isinstance(node, Indicator):
            items = node.value.items() if isinstance(node.value, Mapping) else [("", node.value)]
            found += [((*path, "value", stage) if stage else (*path, "value"), text) for stage, text in items]
    yield from _expressions(found, names, unclear, condition=False)


def circles(scheme: Scheme) -> Found:
    """No value refers to itself by way of others."""
    graph = value_graph(scheme)
    paths = {node.id: path for path, node in nodes_with_paths(scheme.indicators)}
    while True:
        try:
            TopologicalSorter(graph).prepare()
        except CycleError as error:
            circle: list[str] = error.args[1][::-1]
            yield (*paths[circle[0]], "value"), f"a cycle: {' -> '.join(circle)}"
            graph[circle[0]] = []  # and see whether there is another
        else:
            return


def _expressions(
    expressions: Sequence[tuple[Path, str]],
    names: Mapping[str, pl.DataType],
    unclear: frozenset[str],
    *,
    condition: bool,
) -> Found:
    in_line = [(path, " ".join(text.split())) for path, text in expressions]
    types = result_types(dict(_correct((text for _, text in in_line), set(names) - unclear)), names)
    for path, text in in_line:
        for message in _expression(text, names, unclear, types, condition=condition):
            yield path, message


def _correct(texts: Iterable[str], known: set[str]) -> Iterator[tuple[str, Compiled]]:
    """Those of some expressions of which there is nothing to say before their types are known."""
    for text in texts:
        try:
            compiled = compile_expression(text)
        except ExpressionError:
            continue  # told in its turn
        if compiled.names <= known:
            yield text, compiled


def _expression(
    text: str,
    names: Mapping[str, pl.DataType],
    unclear: frozenset[str],
    types: Mapping[str, pl.DataType],
    *,
    condition: bool,
) -> Iterator[str]:
    shown = f"'{text if len(text) <= _SHOWN else text[: _SHOWN - 3] + '...'}'"
    try:
        compiled: Compiled = compile_expression(text)
    except ExpressionError as error:
        yield f"expression {shown} {error}"
        return
    unknown = sorted(compiled.names - set(names) - unclear)
    for name in unknown:
        meant = [known for known in (f"{name}.score", f"{name}.value") if known in names]
        hint = f" (write {' or '.join(meant)})" if meant else did_you_mean(name, names)
        yield f"unknown field '{name}' in expression {shown}{hint}"
    if unknown or compiled.names & unclear:
        return  # nothing can be said of the type of a field whose own definition is faulty
    try:
        found = types[text] if text in types else result_type(compiled, {name: names[name] for name in compiled.names})
    except ExpressionError as error:
        yield f"expression {shown} {error}"
        return
    if condition and found not in (pl.Boolean, pl.Null):
        yield f"condition {shown} must be true or false, but gives {found}"
    if not condition and not (found.is_numeric() or found in (pl.Boolean, pl.Null)):
        yield f"value {shown} must be a number, but gives {found}"
