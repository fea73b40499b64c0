"""What a scheme means: names that exist, no id twice, weights that add up to something, bounds in order, no circles.

Each check is one function that yields faults with the path of the part they speak of; `check` runs them all. Those about
fields, expressions, cases, the tree and its methods have modules of their own.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from icredit.errors import Fault
from icredit.scheme import check_cases, check_expressions, check_fields, check_methods, check_tree
from icredit.scheme.model import Scheme
from icredit.scheme.source import Found, Path, Source
from icredit.scheme.structure import STAND_IN_ID
from icredit.scheme.walk import nodes_with_paths
from icredit.scored_table import TABLE_COLUMNS
from icredit.text import plain


def check(scheme: Scheme, source: Source, spoiled: frozenset[Path] = frozenset()) -> list[Fault]:
    """Everything wrong with the meaning of a scheme.

    Args:
        scheme: as built, with stand-ins in the place of parts of a wrong shape.
        source: the file, for the lines.
        spoiled: the paths of those parts. What only follows from them is no fault of its own.
    """
    unclear = frozenset(str(path[1]) for path in spoiled if path[:1] == ("fields",) and len(path) > 1)
    stages_unclear = any(
        path[:1] == ("stages",) and (path[-1] == "id" or isinstance(path[-1], int)) for path in spoiled
    )
    checks: tuple[Callable[[Scheme], Found], ...] = (
        _scale,
        _ids,
        check_fields.fields,
        check_fields.headers,
        check_fields.choices,
        partial(check_fields.years, unclear=unclear),
        *(() if stages_unclear else (check_cases.cases,)),
        check_tree.weights,
        check_tree.aggregation,
        check_tree.totals,
        check_methods.methods,
        partial(check_expressions.conditions, unclear=unclear),
        partial(check_expressions.values, unclear=unclear),
        check_expressions.circles,
        check_tree.grades,
        _coverage,
    )
    return [
        source.fault(path, message)
        for one in checks
        for path, message in one(scheme)
        if STAND_IN_ID not in message and not _follows(path, spoiled)
    ]


def _follows(path: Path, spoiled: frozenset[Path]) -> bool:
    """Whether a part is, holds or belongs to one that had a wrong shape."""
    # Without its misspelt bound a tier has none, and without its faulty share a grade has no place.
    whole = path[-1:] == ("aggregate",) or path[-2:-1] in (("tiers",), ("grades",))
    return any(
        path[: len(bad)] == bad or (bad[: len(path)] == path and (whole or bad[-1] == "weight")) for bad in spoiled
    )


def _scale(scheme: Scheme) -> Found:
    if scheme.scale[0] >= scheme.scale[1]:
        yield (
            ("scale",),
            f"the lower end {plain(scheme.scale[0])} of the scale is not below the upper end {plain(scheme.scale[1])}",
        )


def _ids(scheme: Scheme) -> Found:
    nodes: list[tuple[Path, str]] = [((*path, "id"), node.id) for path, node in nodes_with_paths(scheme.indicators)]
    nodes += [(("totals", i, "id"), total.id) for i, total in enumerate(scheme.totals)]
    lists: list[tuple[str, list[tuple[Path, str]]]] = [
        ("node", nodes),
        ("stage", [(("stages", i, "id"), stage.id) for i, stage in enumerate(scheme.stages)]),
        ("grade", [(("grades", i, "id"), grade.id) for i, grade in enumerate(scheme.grades)]),
    ]
    lists += [
        (
            f"choice of {name}",
            [(("fields", name, "choices", i, "id"), choice.id) for i, choice in enumerate(spec.choices)],
        )
        for name, spec in scheme.fields.items()
    ]
    for what, ids in lists:
        seen: set[str] = set()
        for path, name in ids:
            if name in seen:
                yield path, f"duplicate id: the {what} '{name}' exists already"
            seen.add(name)
    for path, name in nodes:
        if name in TABLE_COLUMNS:
            yield path, f"'{name}' is a column of scored tables; choose another id"


def _coverage(scheme: Scheme) -> Found:
    yield from check_tree.shares(("ranking", "minimum_coverage"), scheme.ranking.minimum_coverage)
