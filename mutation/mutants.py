"""Mutants: what a module can be changed into by one small slip, as changes of its syntax tree.

Not changed are type annotations, docstrings, decorators, f-strings, messages (strings with blanks, and whatever is
raised), and keywords that say how a class is built and not what it does.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path

from mutation.operators import replacements

# Characters of a change that a report shows.
_LONGEST = 100

#: Names whose subscripts are types.
_TYPES = frozenset("Literal Annotated Callable Mapping Sequence Iterable Iterator dict list tuple type Union".split())

#: Keywords that say how a class is built, and those whose texts are for people.
_KEYWORDS = frozenset("frozen slots defer_build description title".split())

#: Fields of the syntax tree that hold types or decorators.
_FIELDS = frozenset("annotation returns decorator_list type_params bases".split())

#: What a module assigns to these is no behaviour.
_NAMES = frozenset({"__all__", "model_config"})


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change of one module.

    Attributes:
        module: the file, relative to the root of the repository.
        number: which of the module's mutants it is, in order of the text.
        lines: the first and last line of the statement.
        line: the line of the change.
        kind: what sort of slip it is.
        before: the text that is changed.
        after: what it is changed into.
    """

    module: str
    number: int
    lines: tuple[int, int]
    line: int
    kind: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class _Change:
    parent: ast.AST
    field: str
    place: int | None
    kind: str
    old: ast.AST
    new: ast.AST
    lines: tuple[int, int]

    def make(self) -> None:
        if self.place is None:
            setattr(self.parent, self.field, self.new)
        else:
            getattr(self.parent, self.field)[self.place] = self.new


def mutants(path: Path, root: Path) -> list[Mutant]:
    """All mutants of a module."""
    name = path.relative_to(root).as_posix()
    found = []
    for number, change in enumerate(_changes(ast.parse(path.read_text("utf-8")))):
        line = getattr(change.old, "lineno", change.lines[0])
        before, after = _text(change.old), _text(change.new)
        found.append(Mutant(name, number, change.lines, line, change.kind, before, after))
    return found


def mutated(path: Path, number: int | None) -> ast.Module:
    """The syntax tree of a module with one of its changes, or with none."""
    tree = ast.parse(path.read_text("utf-8"))
    if number is not None:
        changes = list(_changes(tree))
        changes[number].make()
    return ast.fix_missing_locations(tree)


def _text(node: ast.AST) -> str:
    """The source of a node, on one line and of a length that a table can hold."""
    text = re.sub(r"\s+", " ", ast.unparse(ast.fix_missing_locations(deepcopy(node))))
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST * 6 // 10]} ... {text[-_LONGEST // 3 :]}"


def _changes(tree: ast.Module) -> Iterator[_Change]:
    yield from _below(tree, (1, 1))


def _below(node: ast.AST, lines: tuple[int, int]) -> Iterator[_Change]:
    """All changes of what stands below a node, in order of the text."""
    for field, value in ast.iter_fields(node):
        if field in _FIELDS:
            continue
        children = value if isinstance(value, list) else [value]
        for place, child in enumerate(children):
            if not isinstance(child, ast.AST) or _is_left_alone(node, child):
                continue
            own = _lines(child) if isinstance(child, ast.stmt) else lines
            for kind, new in replacements(child):
                yield _Change(node, field, place if isinstance(value, list) else None, kind, child, new, own)
            if not isinstance(child, ast.Raise | ast.JoinedStr):
                yield from _below(child, own)


def _lines(statement: ast.stmt) -> tuple[int, int]:
    """The lines of a statement, without the statements in it."""
    body = getattr(statement, "body", None)
    if body and isinstance(body, list) and body[0].lineno > statement.lineno:
        return statement.lineno, body[0].lineno - 1
    return statement.lineno, statement.end_lineno or statement.lineno


def _is_left_alone(parent: ast.AST, child: ast.AST) -> bool:
    match child:
        case (
            ast.Expr(value=ast.Constant())
            | ast.If(test=ast.Name(id="TYPE_CHECKING"))
            | ast.Call(func=ast.Name(id="TypeVar"))
        ):
            return True
        case ast.Assign(targets=[ast.Name(id=name)]):
            return name in _NAMES
        case ast.keyword(arg=str(name)):
            return name in _KEYWORDS
        case ast.Subscript(value=ast.Name(id=name)) if name in _TYPES:
            return True
    # The classes that something shall be an instance of.
    return isinstance(parent, ast.Call) and child in parent.args[1:] and _text(parent.func) == "isinstance"
