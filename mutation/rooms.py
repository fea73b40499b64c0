"""What is mutated: the modules that decide about points and about what a submission says, by room."""

from __future__ import annotations

from pathlib import Path

#: The root of the repository.
ROOT = Path(__file__).resolve().parents[1]

#: Room -> its modules, as patterns below `src/icredit`.
ROOMS = {
    "methods": ("methods/*.py", "methods/normalisation/*.py"),
    "scoring": ("scoring/*.py",),
    "ranks": ("ranks.py", "ranking.py"),
    "intake": ("intake/*.py",),
    "readings": ("intake/readings/*.py",),
    "rules": ("intake/rules/*.py",),
}


def modules(room: str, root: Path = ROOT) -> list[Path]:
    """The modules of a room, in order of their names."""
    return sorted(path for pattern in ROOMS[room] for path in (root / "src" / "icredit").glob(pattern))
