"""Which tests a mutant is shown first: those that run its statement, the quickest of every file in turn."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from itertools import islice, zip_longest
from pathlib import Path

from coverage import CoverageData

from mutation.contexts import FIXTURE, TESTS
from mutation.mutants import Mutant

#: So many of them are shown; most mutants are noticed by one of them, and few files are soon imported.
FIRST = 10


class Choice:
    """The tests of every line, as one run of the suite under coverage.py with the plugin `mutation.contexts` noted."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._tests = json.loads((root / TESTS).read_text("utf-8"))
        self._data = CoverageData(str(root / ".coverage"))
        self._data.read()
        self._lines: dict[str, dict[int, list[str]]] = {}
        self._of_fixture: dict[str, list[str]] = {}
        for test, noted in self._tests.items():
            for fixture in noted["fixtures"]:
                self._of_fixture.setdefault(fixture, []).append(test)

    def of(self, mutant: Mutant) -> list[str]:
        """The tests of a mutant, in the order in which they are run; none where no test runs its statement.

        A statement that runs when its module is imported is shown all tests that run anything of the module, and so is one
        of which nothing was noted: coverage.py does not see what polars calls in threads of its own.
        """
        lines = self._of_module(mutant.module)
        first, last = mutant.lines
        noted = {context for line in range(first, last + 1) for context in lines.get(line, ())}
        tests = self._named(noted) or self._named(context for contexts in lines.values() for context in contexts)
        return self._in_order(tests)

    def _of_module(self, module: str) -> dict[int, list[str]]:
        if module not in self._lines:
            self._lines[module] = self._data.contexts_by_lineno(module)
        return self._lines[module]

    def _named(self, contexts: Iterable[str]) -> set[str]:
        found: set[str] = set()
        for context in contexts:
            if context.startswith(FIXTURE):
                found.update(self._of_fixture.get(context.removeprefix(FIXTURE), ()))
            elif self._tests.get(context, {}).get("passed"):
                found.add(context)
        return {test for test in found if self._tests[test]["passed"]}

    def _in_order(self, tests: Collection[str]) -> list[str]:
        """One test of every file in turn, so that many cases of one property do not hide all others."""
        files: dict[str, list[str]] = {}
        for test in sorted(tests, key=lambda one: (self._seconds(one), one)):
            files.setdefault(test.split("::")[0], []).append(test)
        rounds = zip_longest(*sorted(files.values(), key=lambda one: (self._seconds(one[0]), one[0])))
        in_turn = (one for one_round in rounds for one in one_round if one is not None)
        return list(islice(in_turn, FIRST))

    def _seconds(self, test: str) -> float:
        return float(self._tests[test]["seconds"])
