"""The schemes that come with icredit. Nothing is read here, so that names can be completed at once."""

from __future__ import annotations

from functools import cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from importlib.resources.abc import Traversable

#: The scheme used when nothing else is named, and the file it comes from in a source checkout.
DEFAULT_SCHEME = "ics-national-2024"
LOCAL_FILE = "indicators.yaml"


@cache
def bundled_schemes() -> Mapping[str, Traversable | Path]:
    """Scheme id -> file of every scheme that comes with icredit, in order of id.

    The national scheme stands at the root of the repository, where people look for it, and is copied into the package
    when that is built; in a source checkout the original is used.
    """
    folder = resources.files("icredit").joinpath("schemes")
    found: dict[str, Traversable | Path] = {}
    if folder.is_dir():
        for file in folder.iterdir():
            if file.name.endswith(".yaml"):
                found[file.name.removesuffix(".yaml")] = file
    original = Path(__file__).resolve().parents[2] / LOCAL_FILE
    if DEFAULT_SCHEME not in found and original.is_file():
        found[DEFAULT_SCHEME] = original
    return dict(sorted(found.items()))
