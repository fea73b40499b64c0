"""A scheme file as plain data, with the line every part stands on.

PyYAML's composer keeps a mark on every node; we build the data from its nodes so that a fault found later, anywhere in
the data, can name its line. Only plain YAML is taken: no tags, no dates, no key twice, nothing that refers to itself.
"""

from __future__ import annotations

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
_TEXT = {"tag:yaml.org,2002:timestamp", "tag:yaml.org,2002:value", "tag:yaml.org,2002:merge"}


@dataclass(frozen=True, slots=True)
class Source:
    """The data of a file and `lines`, path of keys and indices -> line."""

    data: Any
    lines: dict[Path, int]

    def line(self, path: Path) -> int:
        """The line of the deepest part of `path` that the file has.

        Parts that the file does not have (pydantic names the variant of a union in its paths) are passed over.
        """
        here: Path = ()
        for part in path:
            if (*here, part) in self.lines:
                here = (*here, part)
        return self.lines.get(here, 1)


def parse(text: str) -> Source | list[Fault]:
    """The data and lines of a YAML text, or what is wrong with it."""
    if len(text.encode("utf-8", "surrogatepass")) > MAXIMUM_BYTES:
        return [Fault(1, f"the file is larger than {MAXIMUM_BYTES:,} bytes; a scheme is a few hundred lines")]
    loader = _Loader(text)
    try:
        node = loader.get_single_node()
        if node is None:
            return [Fault(1, "the file is empty")]
        builder = _Builder(loader)
        data = builder.build(node, ())
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        problem = " ".join(part for part in (error.context, error.problem) if part)
        return [Fault(mark.line + 1 if mark else 1, f"not valid YAML: {problem}")]
    except yaml.YAMLError as error:
        return [Fault(1, f"not valid YAML: {str(error).splitlines()[0]}")]
    except RecursionError:
        return [Fault(1, f"nested deeper than {MAXIMUM_DEPTH} levels")]
    finally:
        loader.dispose()
    return builder.faults or Source(data, builder.lines)


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
            if not self.faults:
                what = f"more than {MAXIMUM_NODES:,} parts" if self._count > MAXIMUM_NODES else "nested too deeply"
                self.faults.append(Fault(line, f"the file unfolds to {what}"))
            return None
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node, line)
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
        if node.tag in _SCALARS:
            try:
                return self.loader.construct_object(node)
            except (ValueError, yaml.YAMLError):
                return node.value
        if node.tag not in _TEXT:
            self.faults.append(Fault(line, f"the tag {node.tag} is not allowed; write plain YAML"))
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
