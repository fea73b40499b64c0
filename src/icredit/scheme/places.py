"""Which keys belong where in a scheme file, so that a misspelt one can be told from a misplaced one."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from icredit.methods.normalisation import METHODS, Tier
from icredit.methods.treatment import WinsorisePoints
from icredit.scheme import model, nodes
from icredit.scheme.parts import Label
from icredit.scheme.source import Path

#: Keys whose value is a mapping of its own, wherever they stand outside `fields`, and what that mapping is.
_BY_KEY: dict[str, type[BaseModel]] = {
    "label": Label,
    "message": Label,
    "title": Label,
    "note": Label,
    "basis": model.BasisSpec,
    "ranking": model.Ranking,
    "treat": nodes.Treatment,
    "clip": nodes.Clip,
    "impute": nodes.Imputation,
    "defaults": nodes.Defaults,
    "winsorise": WinsorisePoints,
    "verdict": model.Verdict,
}

_BY_LIST: dict[str, type[BaseModel]] = {
    "checks": model.CheckSpec,
    "stages": model.StageSpec,
    "vetoes": model.Condition,
    "eligibility": model.Condition,
    "require": model.Condition,
    "direct": model.Condition,
    "totals": model.Total,
    "tiers": Tier,
    "grades": model.Grade,
    "choices": model.Choice,
}


def keys_at(data: Any, path: Path) -> list[str]:
    """The keys that the mapping at `path` may have."""
    part = _part(data, path)
    return list(part.model_fields) if part is not None else []


def _part(data: Any, path: Path) -> type[BaseModel] | None:
    keys = data if isinstance(data, dict) else {}
    if not path:
        return model.Scheme
    if path[0] == "fields" and len(path) == 2:  # noqa: PLR2004  # ("fields", id)
        return model.FieldSpec
    if isinstance(path[-1], int):
        of_list = _BY_LIST.get(str(path[-2]))
        node = nodes.Category if "indicators" in keys else nodes.Indicator
        return of_list or (node if path[0] == "indicators" else None)
    if path[-1] == "normalise":
        return METHODS.get(str(keys.get("method")), METHODS["minmax"])
    return _BY_KEY.get(path[-1])
