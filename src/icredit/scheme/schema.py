"""The JSON Schema of scheme files. `docs/scheme.schema.json` is this text; a test keeps the two the same."""

from __future__ import annotations

import json
from typing import Any

from icredit.scheme.bases import EXTENDS
from icredit.scheme.model import Scheme
from icredit.scheme.overlay import KEYS, OWN

_WORDS = {
    EXTENDS: "The id of a bundled scheme, or a path seen from this file: the scheme of which this one says what differs.",
    "fields": "New fields; of a field of the scheme extended the keys to replace.",
    "change": "Id of a node -> the keys that replace those of the node; null takes an optional key away.",
    "add": "Id of a category, or top -> nodes to put at its end.",
    "remove": "Ids of nodes to take out, with all below them.",
}


def schema_text() -> str:
    """The JSON Schema, for editors: completion, descriptions and checks while a scheme is typed."""
    whole = Scheme.model_json_schema()
    parts: dict[str, Any] = whole.pop("$defs")
    # An indicator may have its method from `defaults`.
    parts["Indicator"]["required"].remove("normalise")
    parts["FieldChange"] = _change("The keys of a field that differ.", parts["FieldSpec"])
    parts["NodeChange"] = _change("The keys of a node that differ.", parts["Indicator"], parts["Category"])
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "icredit scheme",
        "anyOf": [{"$ref": "#/$defs/Scheme"}, {"$ref": "#/$defs/Overlay"}],
        "$defs": {**parts, "Scheme": whole, "Overlay": _overlay(whole)},
    }
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"


def _overlay(whole: dict[str, Any]) -> dict[str, Any]:
    """The schema of a file that extends another scheme."""
    identifier = whole["properties"]["fields"]["propertyNames"]
    node = whole["properties"]["indicators"]["items"]
    own: dict[str, Any] = {
        EXTENDS: {"type": "string", "minLength": 1},
        "fields": _by_id(identifier, _or_null({"$ref": "#/$defs/FieldChange"})),
        "change": _by_id(identifier, {"$ref": "#/$defs/NodeChange"}),
        "add": _by_id(identifier, {"type": "array", "items": node}),
        "remove": {"type": "array", "items": identifier},
    }
    properties = {
        key: {**own[key], "description": _WORDS[key]}
        if key in own
        else whole["properties"][key]
        if key in OWN
        else _or_null(whole["properties"][key])
        for key in KEYS
    }
    return {
        "description": "What differs from another scheme.",
        "type": "object",
        "properties": properties,
        "required": [EXTENDS, *OWN],
        "additionalProperties": False,
    }


def _by_id(identifier: dict[str, Any], of_each: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "propertyNames": identifier, "additionalProperties": of_each}


def _change(description: str, *kinds: dict[str, Any]) -> dict[str, Any]:
    """Any of the keys of a part but its id and its children; null takes one away."""
    properties = {key: of_key for kind in kinds for key, of_key in kind["properties"].items()}
    return {
        "description": description,
        "type": "object",
        "properties": {key: _or_null(of_key) for key, of_key in properties.items() if key not in ("id", "indicators")},
        "additionalProperties": False,
    }


def _or_null(schema: dict[str, Any]) -> dict[str, Any]:
    """What a schema allows, or null; the words about it stay outside, where editors look."""
    inner = {key: part for key, part in schema.items() if key not in ("description", "default", "title")}
    return {"anyOf": [inner, {"type": "null"}], **{key: schema[key] for key in ("description",) if key in schema}}
