"""What became of the mutants: kept a line each, and told as a table of rooms with those that survived below."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from mutation.mutants import Mutant


class Result(NamedTuple):
    """What became of a mutant, in how many processor seconds."""

    outcome: str
    seconds: float

    @property
    def survived(self) -> bool:
        """Whether no test noticed it; a mutant that does not end is noticed."""
        return self.outcome == "survived"


class Results:
    """The results in a file of one JSON object a line, of which the last one of a mutant counts.

    A mutant is known again by its module, its number there and what is changed, not by its line: another docstring makes
    no result old.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._known: dict[str, Result] = {}
        if path.exists():
            for line in path.read_text("utf-8").splitlines():
                kept = json.loads(line)
                self._known[kept["mutant"]] = Result(kept["outcome"], kept["seconds"])

    def of(self, mutant: Mutant) -> Result | None:
        """What is known of a mutant."""
        return self._known.get(_key(mutant))

    def add(self, mutant: Mutant, result: Result) -> None:
        """Keep what became of a mutant."""
        self._known[_key(mutant)] = result
        self._path.parent.mkdir(exist_ok=True)
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps({"mutant": _key(mutant), **result._asdict()}, ensure_ascii=False) + "\n")


def _key(mutant: Mutant) -> str:
    return f"{mutant.module} #{mutant.number} {mutant.kind}: {mutant.before} -> {mutant.after}"


def report(asked: Sequence[tuple[str, Mutant]], results: Results) -> str:
    """The score of every room, and each survivor."""
    counts: dict[str, Counter[str]] = {}
    survivors = []
    seconds = 0.0
    for room, mutant in asked:
        if (result := results.of(mutant)) is None:
            continue
        counts.setdefault(room, Counter())[result.outcome] += 1
        seconds += result.seconds
        if result.survived:
            survivors.append(f"- `{mutant.module}:{mutant.line}` {mutant.kind}: `{mutant.before}` -> `{mutant.after}`")
    lines = [
        "| room | tried | killed | out of time | survived | score |",
        "|---|--:|--:|--:|--:|--:|",
    ]
    lines += [_row(room, count) for room, count in counts.items()]
    lines.append(_row("all", sum(counts.values(), Counter())))
    return "\n".join([*lines, "", f"{seconds:,.0f} processor seconds", "", *sorted(survivors)])


def _row(name: str, count: Counter[str]) -> str:
    total = count.total()
    noticed = count["killed"] + count["out of time"]
    share = f"{100 * noticed / total:.1f} %" if total else ""
    numbers = (total, count["killed"], count["out of time"], count["survived"])
    return f"| {name} | {' | '.join(map(str, numbers))} | {share} |"
