"""The command lines that are measured as a user types them, by the name of their side.

They run in an empty folder of their own, so that no scheme lies about there but the bundled one. What is measured by a
program of this package instead, with the job alone timed inside, stands in `sides`.
"""

from __future__ import annotations

import sys
import sysconfig
from collections.abc import Mapping, Sequence
from pathlib import Path

# Not `python -m icredit`: the installed command is what people start.
_ICREDIT = str(Path(sysconfig.get_path("scripts"), "icredit"))
_MODULE = (sys.executable, "-m")

COMMANDS: Mapping[str, Sequence[str]] = {
    "icredit_score": (_ICREDIT, "score", "{file}", "-o", "{output}", "-q"),
    "icredit_late": (_ICREDIT, "score", "{file}", "--reference", "{reference}"),
    "icredit_rank": (_ICREDIT, "rank", "{file}", "--zone", "changsha", "--top", "100", "-o", "{output}"),
    "icredit_help": (_ICREDIT, "--help"),
    "icredit_version": (_ICREDIT, "--version"),
    "score_polars": (*_MODULE, "bench.rivals.score_polars", "{file}", "{output}"),
    "score_pandas": (*_MODULE, "bench.rivals.score_pandas", "{file}", "{output}"),
    "score_duckdb": (*_MODULE, "bench.rivals.score_duckdb", "{file}", "{output}"),
    "rank_polars": (*_MODULE, "bench.rivals.rank_polars", "{file}", "{output}"),
    "import_typer": (sys.executable, "-c", "import typer"),
    "import_all": (sys.executable, "-c", "import polars, pydantic, typer"),
}


def command(side: str, file: Path, output: str) -> list[str]:
    """The words that start a side on a file."""
    if side not in COMMANDS:
        return python("bench.sides", side, file)
    parts = {"file": str(file), "reference": str(reference(file)), "output": output}
    return [parts[word[1:-1]] if word[:1] == "{" else word for word in COMMANDS[side]]


def python(*words: str | Path) -> list[str]:
    """The command that runs a module of this package."""
    return [*_MODULE, *map(str, words)]


def reference(file: Path) -> Path:
    """Where the reference of a file stands."""
    return file.with_suffix(".reference.json")
