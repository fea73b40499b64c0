"""A scheme file as plain data, with the line every part stands on.

PyYAML's composer keeps a mark on every node; we build the data from its nodes so that a fault found later, anywhere in
the data, can name its line. Only plain YAML is taken: no tags, no dates, no key twice, nothing that refers to itself.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml

from icredit.errors import Fault

Path = tuple[str | int, ...]

#: Faults on their way: the path of the part that is wrong, and what is wrong with it.
Found = Iterator[tuple[Path, str]]

#: Limits that no sane scheme reaches and no malicious one may pass.
MAXIMUM_BYTES = 2_000_000
MAXIMUM_NODES = 100_000
MAXIMUM_DEPTH = 60

_Loader: type[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_SCALARS = {f"tag:yaml.org,2002:{kind}" for kind in ("str", "int", "float", "bool", "null")}
_STRING = "tag:yaml.org,2002:str"
_COLLECTIONS = {"tag:yaml.org,2002:map", "tag:yaml.org,2002:seq"}
_EXPONENT = re.compile(r"[+-]?\d+(\.\d*)?[eE][+-]?\d+", re.ASCII)
_TEXT = {"tag:yaml.org,2002:timestamp", "tag:yaml.org,2002:value", "tag:yaml.org,2002:merge"}


@dataclass(frozen=True, slots=True)
class Source:
    """The data of a file and the lines they stand on.

    Attributes:
        data: plain data.
        lines: path of keys and indices -> line.
        faults: what is wrong so far.
        whole: whether enough is there for its meaning to be judged.
    """

    data: Any
    lines: dict[Path, int]
    faults: tuple[Fault, ...] = ()
    whole: bool = True

    def line(self, path: Path) -> int:
        """The line of the deepest part of `path` that the file has.

        Parts that the file does not have (pydantic names the variant of a union in its paths) are passed over.
        """
        return self.lines.get(self.deepest(path), 1)

    def deepest(self, path: Path) -> Path:
        """The path of the deepest part of `path` that the file has."""
        here: Path = ()
        defaults = self.data.get("defaults") if isinstance(self.data, dict) else None
        for index, part in enumerate(path):
            if (*here, part) in self.lines:
                here = (*here, part)
            elif path[0] == "indicators" and isinstance(defaults, dict) and part in defaults:
                return self.deepest(("defaults", *path[index:]))  # the indicator has it from there
        return here

    def fault(self, path: Path, message: str) -> Fault:
        """What is wrong with the part at `path`, as a fault with its line."""
        return Fault(self.line(path), message)


def parse(text: str) -> Source | Fault:
    """The data and lines of a YAML text, or why it cannot be read at all."""
    try:
        size = len(text.encode())
    except UnicodeEncodeError as error:
        return Fault(_line(text, error.start), "not valid YAML: a character that no text can hold")
    if size > MAXIMUM_BYTES:
        return Fault(1, f"the file is larger than {MAXIMUM_BYTES:,} bytes; a scheme is a few hundred lines")
    try:
        return _read(text)
    except _RefusedError as error:
        return error.fault
    except yaml.YAMLError as error:
        return _not_yaml(text, error)


def _read(text: str) -> Source:
    _refuse_depth(text)
    loader = _Loader(text)
    try:
        node = loader.get_single_node()
        builder = _Builder(loader)
        data = None if node is None else builder.build(node, ())
    finally:
        loader.dispose()
    if node is None or (isinstance(node, yaml.ScalarNode) and data is None):
        raise _RefusedError(Fault(1, "the file holds no scheme"))
    return Source(data, builder.lines, tuple(builder.faults))


def _not_yaml(text: str, error: yaml.YAMLError) -> Fault:
    """What PyYAML says of a text, at a line that the text has."""
    if isinstance(error, yaml.MarkedYAMLError):
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        problem = " ".join(part for part in (error.context, error.problem) if part)
    else:
        # The reader of the C library counts bytes and the other one characters, so look for the culprit itself.
        odd = (index for index, letter in enumerate(text) if not letter.isprintable() and letter not in "\n\r\t")
        line = _line(text, next(odd, 0))
        problem = str(getattr(error, "reason", None) or str(error).splitlines()[0])
    return Fault(min(line, max(1, len(text.splitlines()))), f"not valid YAML: {problem}")


def _line(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1


class _RefusedError(Exception):
    """A text that nothing more can be said of than one fault."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault)
        self.fault = fault


def _refuse_depth(text: str) -> None:
    """Follow the brackets before anything recursive does: the composer would run out of stack."""
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > MAXIMUM_DEPTH:
            line = event.start_mark.line + 1 if event.start_mark else 1
            raise _RefusedError(Fault(line, f"nested deeper than {MAXIMUM_DEPTH} levels"))


class _Builder:
    """Builds plain data from composed nodes and collects lines and faults on the way."""

    def __init__(self, loader: Any) -> None:
        self.loader = loader
        self.lines: dict[Path, int] = {}
        self.faults: list[Fault] = []
        self._open: set[int] = set()
        self._count = 0

    def build(self, node: yaml.Node, path: Path) -> Any:
        line = node.start_mark.line + 1
        self.lines.setdefault(path, line)
        self._count += 1
        if self._count > MAXIMUM_NODES or len(path) > MAXIMUM_DEPTH:
            what = f"more than {MAXIMUM_NODES:,} parts" if self._count > MAXIMUM_NODES else "nested too deeply"
            raise _RefusedError(Fault(line, f"the file unfolds to {what}"))
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node, line)
        if node.tag not in _COLLECTIONS:
            self.faults.append(Fault(line, f"the tag {node.tag} is not allowed; write plain YAML"))
        if id(node) in self._open:
            self.faults.append(Fault(line, "a cycle: this part contains itself through an alias (*)"))
            return None
        self._open.add(id(node))
        try:
            if isinstance(node, yaml.SequenceNode):
                return [self.build(child, (*path, index)) for index, child in enumerate(node.value)]
            return self._mapping(node, path)
        finally:
            self._open.discard(id(node))

    def _scalar(self, node: yaml.ScalarNode, line: int) -> Any:
        if node.tag not in _SCALARS:
            if node.tag not in _TEXT:
                self.faults.append(Fault(line, f"the tag {node.tag} is not allowed; write plain YAML"))
            return node.value
        if node.tag == _STRING and not node.style and _EXPONENT.fullmatch(node.value):
            return float(node.value)  # 1e6, which YAML 1.1 takes for text
        try:
            return self.loader.construct_object(node)
        except (ValueError, KeyError, IndexError, OverflowError, yaml.YAMLError):
            if node.value.strip("+-").isdigit():
                return math.inf  # more digits than Python makes a number of; no number of a scheme is so large
            self.faults.append(Fault(line, f"'{node.value[:40]}' is no {node.tag.rsplit(':', 1)[-1]}"))
            return node.value

    def _mapping(self, node: yaml.Node, path: Path) -> dict[str, Any]:
        built: dict[str, Any] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, yaml.ScalarNode):
                self.faults.append(Fault(line, "a key must be plain text"))
                continue
            key = str(key_node.value)
            if key in built:
                self.faults.append(Fault(line, f"'{key}' stands twice in the same place"))
                continue
            self.lines[*path, key] = line
            built[key] = self.build(value_node, (*path, key))
        return built
