"""What an overlay does to the tree of its base: `remove`, `change` and `add`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from icredit.scheme.merging import Merging
from icredit.scheme.nodes import Category, Indicator
from icredit.scheme.source import Path
from icredit.text import did_you_mean

#: The name of the tree's own top in `add`.
TOP = "top"

# Which basis a key of a node belongs to.
_BASIS = {
    **dict.fromkeys(("weight", "bonus", "aggregate", "cap", "minimum_availability"), "weights"),
    **dict.fromkeys(("value", "applies"), "indicators"),
    **dict.fromkeys(("direction", "treat", "normalise", "missing", "impute"), "normalisation"),
}


@dataclass(frozen=True, slots=True)
class _Place:
    """A node of the base, the list that holds it, and the ids of the categories around it, the innermost first."""

    node: dict[str, Any]
    family: list[Any]
    above: tuple[str, ...]

    @property
    def children(self) -> list[Any] | None:
        """The list of the node's own children; None for an indicator."""
        return self.node.get("indicators")


def apply(merging: Merging) -> None:
    """Do what the overlay says to the tree in the data."""
    tree = merging.data["indicators"]
    places = {place.node["id"]: place for place in _places(tree, ())}
    removed = _removed(merging, places)
    _change(merging, places, removed)
    added = _added(merging, places, removed)
    _take_out(merging, places, removed, added)
    for name in added:
        family = tree if name == TOP else places[name].node["indicators"]
        merging.append(family, ("add", name))
        merging.touch(family, ("add", name))
        merging.changed |= {"indicators", "weights", "normalisation"}


def _places(family: list[Any], above: tuple[str, ...]) -> Iterator[_Place]:
    for node in family:
        place = _Place(node, family, above)
        yield place
        if place.children is not None:
            yield from _places(place.children, (node["id"], *above))


def _removed(merging: Merging, places: dict[str, _Place]) -> dict[str, Path]:
    """The ids of the nodes to take out, each with its place in the overlay."""
    given = merging.said.get("remove", [])
    if not isinstance(given, list):
        merging.fault(("remove",), "'remove' must be a list of ids of nodes")
        return {}
    removed: dict[str, Path] = {}
    for index, name in enumerate(given):
        path: Path = ("remove", index)
        if not isinstance(name, str) or name not in places:
            merging.fault(path, f"unknown node '{name}'{did_you_mean(str(name), places)}: nothing to remove")
        elif name in removed:
            merging.fault(path, f"'{name}' is removed already")
        else:
            removed[name] = path
    for name, place in places.items():
        if (path_of := _taken(name, place, removed)) is not None:
            merging.causes[name] = merging.source.line(path_of)
    return removed


def _taken(name: str, place: _Place, removed: dict[str, Path]) -> Path | None:
    """The part of the overlay that takes out a node, or a category around it."""
    return next((removed[one] for one in (name, *place.above) if one in removed), None)


def _change(merging: Merging, places: dict[str, _Place], removed: dict[str, Path]) -> None:
    given = merging.said.get("change", {})
    if not isinstance(given, dict):
        merging.fault(("change",), "'change' must be a mapping: id of a node -> the keys to replace")
        return
    for name, keys in given.items():
        path: Path = ("change", name)
        if name not in places:
            merging.fault(path, f"unknown node '{name}'{did_you_mean(name, places)}: nothing to change")
        elif _taken(name, places[name], removed) is not None:
            merging.fault(path, f"'{name}' is removed, so nothing of it can be changed")
        elif not isinstance(keys, dict):
            merging.fault(path, f"what changes of '{name}' must be a mapping of keys")
        else:
            merging.causes.setdefault(name, merging.source.line(path))
            _change_node(merging, places[name], path, keys)


def _change_node(merging: Merging, place: _Place, path: Path, keys: dict[str, Any]) -> None:
    node = place.node
    kind = Indicator if place.children is None else Category
    for key, value in keys.items():
        if key == "id":
            merging.fault((*path, key), "an id cannot be changed; remove the node and add another")
            continue
        if key == "indicators":
            merging.fault((*path, key), "'indicators' cannot be changed as a whole; use change, add and remove")
            continue
        if value != node.get(key) and key in _BASIS:
            merging.changed.add(_BASIS[key])
            if _BASIS[key] == "indicators" and "basis" in node and "basis" not in keys:
                node["basis"] = "project-default"
        if key == "weight":
            merging.touch(place.family, (*path, key))
        merging.replace(node, key, (*path, key), kind)
    merging.touch(node, path)


def _added(merging: Merging, places: dict[str, _Place], removed: dict[str, Path]) -> list[str]:
    """The categories to which nodes can be added."""
    given = merging.said.get("add", {})
    if not isinstance(given, dict):
        merging.fault(("add",), "'add' must be a mapping: id of a category, or top -> a list of nodes")
        merging.whole = False
        return []
    categories = [name for name, place in places.items() if place.children is not None]
    sound: list[str] = []
    for name, nodes in given.items():
        path: Path = ("add", name)
        if name != TOP and name not in categories:
            what = f"'{name}' is an indicator, which has" if name in places else f"unknown category '{name}'"
            hint = " no nodes below it" if name in places else did_you_mean(name, [TOP, *categories])
            merging.fault(path, what + hint)
        elif name != TOP and _taken(name, places[name], removed) is not None:
            merging.fault(path, f"'{name}' is removed, so nothing can be added to it")
        elif not isinstance(nodes, list):
            merging.fault(path, f"what is added to '{name}' must be a list of nodes")
        else:
            sound.append(name)
            continue
        merging.whole = False
    for name in sound:
        for index, node in enumerate(given[name]):
            if isinstance(node, dict):
                merging.causes.setdefault(str(node.get("id")), merging.source.line(("add", name, index)))
    return [name for name in sound if given[name]]


def _take_out(merging: Merging, places: dict[str, _Place], removed: dict[str, Path], added: list[str]) -> None:
    """Take nodes out of the lists that hold them; of a category something must be left."""
    for name, path in removed.items():
        place = places[name]
        if any(one in removed for one in place.above):
            continue  # gone with the category
        family = place.family
        merging.touch(family, path)
        merging.changed |= {"indicators", "weights"}
        family[:] = [node for node in family if node is not place.node]
        parent = place.above[0] if place.above else TOP
        if not family and parent not in added:
            what = f"'{parent}'; remove the category itself" if place.above else "the tree"
            merging.fault(path, f"without '{name}' nothing would be left of {what}")
            family.append(place.node)
