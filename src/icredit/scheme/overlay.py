"""A scheme that says only what differs from another one: `extends`, and what to change, to add and to remove.

The overlay is applied to plain data, before anything is made of it; what comes out is read like any other scheme. Here
only that is refused which cannot be applied at all. The base is correct by itself.
"""

from __future__ import annotations

import copy
from typing import Any

from icredit.scheme import tree_changes
from icredit.scheme.bases import EXTENDS
from icredit.scheme.merging import Merging
from icredit.scheme.model import FieldSpec, Scheme
from icredit.scheme.origins import Overlaid
from icredit.scheme.source import Source
from icredit.text import did_you_mean

#: What another scheme must say of itself.
OWN = ("id", "title", "edition")
_REPLACED = ("scale", "stages", "aggregate", "cap", "minimum_availability", "verdict", "grades")
_BY_KEY = ("basis", "ranking", "defaults")
_BEHIND = ("checks", "totals", "eligibility", "vetoes")

#: Every key that an overlay may have.
KEYS = (EXTENDS, *OWN, *_BY_KEY, "fields", *_BEHIND, *_REPLACED, "change", "add", "remove")

# What of the top level has a basis, and which.
_BASIS = {
    "scale": "normalisation",
    "defaults": "normalisation",
    "stages": "stages",
    "grades": "grades",
    "aggregate": "weights",
    "cap": "weights",
    "minimum_availability": "weights",
    "totals": "weights",
}


def overlaid(source: Source, base: Any, base_id: str) -> Overlaid:
    """The data of a base with an overlay applied, and the faults of the overlay itself.

    Args:
        source: the overlay.
        base: the data of a correct scheme.
        base_id: its id.
    """
    merging = Merging(source, {key: copy.deepcopy(part) for key, part in base.items() if key not in OWN})
    _unknown_keys(merging)
    for key in OWN:
        if key in source.data:
            merging.put(merging.data, key, (key,))
    if source.data.get("id") == base_id:
        merging.fault(("id",), f"'{base_id}' is the scheme that is extended; another scheme needs another id")
    _fields(merging)
    for key in _BY_KEY:
        _by_key(merging, key)
    for key in _BEHIND:
        _behind(merging, key)
    _stages(merging, base)
    for key in _REPLACED:
        if key in source.data:
            if source.data[key] != base.get(key):
                merging.changed.add(_BASIS.get(key, ""))
            merging.replace(merging.data, key, (key,), Scheme)
    tree_changes.apply(merging)
    _lower_basis(merging)
    return merging.result(base_id, source.lines[(EXTENDS,)])


def _unknown_keys(merging: Merging) -> None:
    for key in merging.said:
        if key == "indicators":
            merging.fault((key,), "what extends a scheme has no 'indicators' of its own; use change, add and remove")
        elif key not in KEYS:
            merging.fault((key,), f"unknown key '{key}'{did_you_mean(key, KEYS)}")


def _fields(merging: Merging) -> None:
    """New fields are added; of a field of the base the keys given are replaced."""
    given, fields = merging.said.get("fields"), merging.data["fields"]
    if not isinstance(given, dict):
        if "fields" in merging.said:
            merging.put(merging.data, "fields", ("fields",))
        return
    for name, keys in given.items():
        merging.causes[name] = merging.source.line(("fields", name))
        if name in fields and isinstance(keys, dict):
            merging.touch(fields[name], ("fields", name))
            for key in keys:
                merging.replace(fields[name], key, ("fields", name, key), FieldSpec)
        else:
            merging.replace(fields, name, ("fields", name))


def _by_key(merging: Merging, key: str) -> None:
    given = merging.said.get(key)
    if isinstance(given, dict) and isinstance(merging.data.setdefault(key, {}), dict):
        merging.changed.add(_BASIS.get(key, "") if given else "")
        part = Scheme.model_fields[key].annotation
        for name in given:
            merging.replace(merging.data[key], name, (key, name), part)
    elif key in merging.said:
        merging.put(merging.data, key, (key,))


def _behind(merging: Merging, key: str) -> None:
    given = merging.said.get(key)
    if isinstance(given, list):
        merging.changed.add(_BASIS.get(key, "") if given else "")
        merging.append(merging.data.setdefault(key, []), (key,))
    elif key in merging.said:
        merging.put(merging.data, key, (key,))


def _stages(merging: Merging, base: Any) -> None:
    """Whatever speaks of a stage that is there no longer, or not of a new one, does so because of the new stages."""
    if "stages" in merging.said:
        for stages in (base.get("stages"), merging.said["stages"]):
            for stage in stages if isinstance(stages, list) else ():
                if isinstance(stage, dict):
                    merging.causes[str(stage.get("id"))] = merging.source.lines["stages",]


def _lower_basis(merging: Merging) -> None:
    """Numbers that the overlay brings are not official because those of the base were."""
    basis = merging.data.get("basis")
    stated = merging.said.get("basis")
    if isinstance(basis, dict):
        for part in merging.changed - set(stated if isinstance(stated, dict) else ()):
            if part in basis:
                basis[part] = "project-default"
