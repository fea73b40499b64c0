"""`python -m mutation [ROOM ...]`: change the scoring and the intake in small ways, and see which changes tests notice."""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Sequence

from mutation.choice import Choice
from mutation.mutants import Mutant, mutants
from mutation.report import Result, Results, report
from mutation.rooms import ROOMS, ROOT, about, modules
from mutation.trial import trial, warm

#: Where the results are kept; a run that was ended goes on where it stood.
RESULTS = ROOT / ".mutation" / "results.jsonl"


def _arguments(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m mutation",
        description="Change the scoring and the intake in small ways, one at a time, and see which changes tests notice.",
        epilog="First: coverage run -m pytest -n0 -p mutation.contexts; coverage combine",
    )
    parser.add_argument("rooms", nargs="*", metavar="ROOM", help=f"{', '.join(ROOMS)}; default: all")
    parser.add_argument("--sample", type=int, default=150, metavar="N", help="mutants of every room (default: 150)")
    parser.add_argument("--seed", type=int, default=6, metavar="N", help="which ones (default: 6)")
    parser.add_argument("--module", metavar="PATH", help="of one module only, as src/icredit/ranks.py")
    parser.add_argument("--survivors", action="store_true", help="only those that survived before, once more")
    parser.add_argument("--report", action="store_true", help="run nothing, print what is known")
    chosen = parser.parse_args(words)
    if unknown := [name for name in chosen.rooms if name not in ROOMS]:
        parser.error(f"no room {', '.join(unknown)}; there are {', '.join(ROOMS)}")
    return chosen


def sample(rooms: Sequence[str], count: int, seed: int, module: str | None = None) -> list[tuple[str, Mutant]]:
    """Mutants of every room at random, the rooms in turn, so that whatever was run when a run ends is a sample too."""
    drawn: list[tuple[float, str, Mutant]] = []
    for room in rooms:
        paths = [path for path in modules(room) if module in (None, path.relative_to(ROOT).as_posix())]
        found = [mutant for path in paths for mutant in mutants(path, ROOT)]
        some = random.Random(f"{seed} {room}").sample(found, min(count, len(found)))  # noqa: S311
        drawn += [(place / len(some), room, mutant) for place, mutant in enumerate(some)]
    return [(room, mutant) for _, room, mutant in sorted(drawn, key=lambda one: one[:2])]


def main(words: Sequence[str] | None = None) -> None:
    """Run the mutants that the command line asks for, and print the report."""
    chosen = _arguments(words)
    asked = sample(chosen.rooms or list(ROOMS), chosen.sample, chosen.seed, chosen.module)
    results = Results(RESULTS)
    if not chosen.report:
        warm()
        _run(asked, results, survivors=chosen.survivors)
    print(report(asked, results))


def _run(asked: Sequence[tuple[str, Mutant]], results: Results, *, survivors: bool) -> None:
    choice = Choice(ROOT)
    passing: set[str] = set()
    for place, (_, mutant) in enumerate(asked, 1):
        known = results.of(mutant)
        if known is not None and not (survivors and known.survived):
            continue
        shown = [tuple(some) for some in (choice.of(mutant), about(mutant.module)) if some]
        result = _tried(mutant, shown, passing)
        results.add(mutant, result)
        if result.survived:
            say = f"{place}/{len(asked)} {mutant.module}:{mutant.line} survived: {mutant.before} -> {mutant.after}"
            print(say, file=sys.stderr, flush=True)


def _tried(mutant: Mutant, shown: Sequence[tuple[str, ...]], passing: set[str]) -> Result:
    """What becomes of a mutant that is shown some tests, and others if it survives them.

    What tests say of a mutant counts only if they pass without a change; `passing` are those that did.
    """
    path, source = ROOT / mutant.module, ROOT / "src"
    outcome, seconds = "survived", 0.0
    for tests in shown:
        done = trial(path, source, mutant.number, tests)
        outcome, seconds = done.outcome, seconds + done.seconds
        if outcome == "survived":
            passing.update(tests)
            continue
        run = _until(tests, done.failed)
        if not passing.issuperset(run) and trial(path, source, None, run).outcome != "survived":
            raise SystemExit(f"{mutant.module}: tests fail without any change: {' '.join(run)}")
        passing.update(run)
        break
    return Result(outcome, round(seconds, 2))


def _until(tests: tuple[str, ...], failed: str | None) -> tuple[str, ...]:
    """The tests that were run, of which the last one, or one in the last file, failed; all of them if that is not known."""
    for place, test in enumerate(tests, 1):
        if failed is not None and test in (failed, failed.split("::")[0]):
            return tests[:place]
    return tests


if __name__ == "__main__":
    main()
