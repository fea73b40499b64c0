"""How official the parts of a scheme are, in a sentence that stands wherever its results do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from icredit.text import counted

if TYPE_CHECKING:
    from icredit.scheme.model import Scheme
    from icredit.scheme.parts import Basis

_PARTS = {
    "indicators": "指标",
    "weights": "权重",
    "stages": "阶段划分",
    "normalisation": "标准化",
    "grades": "等级",
}


def basis_note(scheme: Scheme) -> str | None:
    """What keeps project defaults, and what others report, from being taken for official rules; None if there is
    nothing of either.
    """
    notes: list[str] = []
    chinese, english = _named(scheme, "project-default")
    if english:
        notes.append(f"{chinese}为项目默认值，非官方公布。Project defaults, not official: {english}.")
    chinese, english = _named(scheme, "reported")
    if english:
        notes.append(
            f"{chinese}据第三方转述，未经官方文本核实。Reported by others, not confirmed as official: {english}."
        )
    return " ".join(notes) or None


def _named(scheme: Scheme, basis: Basis) -> tuple[str, str]:
    """The parts of a scheme that have a basis, in Chinese and English, and how many indicators have it by themselves."""
    parts = scheme.parts_by_basis(basis)
    chinese, english = [_PARTS[part] for part in parts], list(parts)
    doubtful = 0 if "indicators" in parts else sum(leaf.basis == basis for leaf in scheme.leaves)
    if doubtful:
        chinese.append(f"{doubtful}项指标的选取或本版口径")
        english.append(f"the choice or wording of {counted(doubtful, 'indicator')} in this edition")
    return "、".join(chinese), ", ".join(english)
