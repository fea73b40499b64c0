"""The JSON Schema of scheme files. `docs/scheme.schema.json` is this text; a test keeps the two the same."""

from __future__ import annotations

import json

from icredit.scheme.model import Scheme


def schema_text() -> str:
    """The JSON Schema, for editors: completion, descriptions and checks while a scheme is typed."""
    schema = Scheme.model_json_schema()
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = "icredit scheme"
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"
