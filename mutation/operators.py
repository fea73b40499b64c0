"""The slips themselves: what one node of a syntax tree may be taken for."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from copy import copy
from typing import Any

_COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}

_ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
    ast.Pow: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
}

_PAIRS = (
    *(("min", "max"), ("any", "all"), ("min_horizontal", "max_horizontal"), ("any_horizontal", "all_horizontal")),
    *(("is_null", "is_not_null"), ("first", "last"), ("head", "tail"), ("startswith", "endswith")),
    *(("lt", "le"), ("gt", "ge"), ("starts_with", "ends_with")),
)
_SWAPPED = {one: other for pair in _PAIRS for one, other in (pair, pair[::-1])}

#: Methods without which the value they are called on is still one of its kind.
_LEFT_OUT = frozenset(
    "fill_null clip cast round round_sig_figs abs unique drop_nulls sort reverse over otherwise filter strip lower upper "
    "casefold strip_chars".split()
)

#: Functions without which their argument is still one of its kind.
_UNWRAPPED = frozenset("sorted reversed abs".split())

#: A string that a program looks at: a key, a name, a pattern, a word of a submission.
_KEY = re.compile(r"[!-~]+|[^\s!-~]{1,4}")

Replacement = tuple[str, ast.AST]


def replacements(node: ast.AST) -> Iterator[Replacement]:
    """The kind of each slip that can happen at a node, and what stands there then."""
    if isinstance(node, ast.stmt):
        yield from _of_statement(node)
    elif isinstance(node, ast.expr):
        yield from _of_operation(node)
        yield from _of_term(node)
    elif isinstance(node, ast.comprehension):
        for place in range(len(node.ifs)):
            yield "condition dropped", _with(node, ifs=node.ifs[:place] + node.ifs[place + 1 :])


def _of_statement(node: ast.stmt) -> Iterator[Replacement]:
    match node:
        case ast.Return(value=value) if value is not None and not isinstance(value, ast.Constant):
            yield "returns nothing", _at(node, ast.Return(ast.Constant(None)))
        case ast.Expr(value=ast.Call()) | ast.AugAssign() | ast.Raise() | ast.Assign(targets=[ast.Subscript()]):
            yield "statement removed", _at(node, ast.Pass())
        case ast.Continue():
            yield "break for continue", _at(node, ast.Break())
        case ast.Break():
            yield "continue for break", _at(node, ast.Continue())
        case ast.If(test=test):
            yield "condition turned round", _with(node, test=ast.UnaryOp(ast.Not(), test))
    if isinstance(node, ast.AugAssign) and type(node.op) in _ARITHMETIC:
        yield "arithmetic", _with(node, op=_ARITHMETIC[type(node.op)]())


def _of_operation(node: ast.expr) -> Iterator[Replacement]:
    match node:
        case ast.Compare(ops=ops):
            for place, op in enumerate(ops):
                for other in _COMPARISONS[type(op)]:
                    yield "comparison", _with(node, ops=[*ops[:place], other(), *ops[place + 1 :]])
        case ast.BinOp(op=op) if type(op) in _ARITHMETIC:
            yield "arithmetic", _with(node, op=_ARITHMETIC[type(op)]())
        case ast.UnaryOp(op=ast.Not() | ast.USub() | ast.Invert(), operand=operand):
            yield "sign or not removed", operand
        case ast.BoolOp(op=op, values=values):
            yield "and for or", _with(node, op=ast.Or() if isinstance(op, ast.And) else ast.And())
            for place in range(len(values)):
                rest = values[:place] + values[place + 1 :]
                yield "condition dropped", rest[0] if len(rest) == 1 else _with(node, values=rest)
        case ast.IfExp(test=test, body=body, orelse=orelse):
            yield "branches swapped", _with(node, test=test, body=orelse, orelse=body)


def _of_term(node: ast.expr) -> Iterator[Replacement]:
    match node:
        case ast.Constant(value=value):
            yield from (("constant", _at(node, ast.Constant(other))) for other in _other_constants(value))
        case ast.Attribute(attr=name) if name in _SWAPPED:
            yield "opposite", _with(node, attr=_SWAPPED[name])
        case ast.Call(func=ast.Name(id=name)) if name in _SWAPPED:
            yield "opposite", _with(node, func=_at(node.func, ast.Name(_SWAPPED[name], ast.Load())))
        case ast.Call(func=ast.Name(id=name), args=[first, *_]) if name in _UNWRAPPED:
            yield "call left out", first
        case ast.Call(func=ast.Attribute(value=receiver, attr=name)) if name in _LEFT_OUT:
            yield "call left out", receiver


def _other_constants(value: Any) -> list[Any]:
    match value:
        case bool():
            return [not value]
        case int():
            return [value + 1, value - 1]
        case float():
            return [value + 1.0]
        case str() if _KEY.fullmatch(value):
            return [f"{value}_"]
    return []


def _with(node: ast.AST, **fields: Any) -> ast.AST:
    """A copy of a node with other fields; the nodes below are shared."""
    new = copy(node)
    for name, value in fields.items():
        setattr(new, name, value)
    return new


def _at(old: ast.AST, new: ast.AST) -> ast.AST:
    return ast.copy_location(new, old)
