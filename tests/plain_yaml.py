"""YAML as plain data, read and written by the library's C code where the machine has it: ten times as fast."""

from __future__ import annotations

from typing import Any

import yaml

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_Dumper: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


def load_yaml(text: str) -> Any:
    """Return what a text says, as dictionaries, lists and scalars."""
    return yaml.load(text, Loader=_Loader)  # noqa: S506  # one of the safe loaders


def dump_yaml(data: Any) -> str:
    """Return dictionaries, lists and scalars as a text that says the same."""
    return str(yaml.dump(data, Dumper=_Dumper, allow_unicode=True))
