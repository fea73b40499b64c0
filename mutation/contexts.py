"""A plugin of pytest: coverage.py notes for every line which tests run it, and a file says how long each takes.

    coverage run -m pytest -n0 -p mutation.contexts

A line that runs while a fixture of several tests is made is noted for the fixture, and belongs to all of its tests.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from time import process_time
from typing import Any

import coverage
import pytest

#: Where the plugin notes every test: whether it passed, its processor seconds and its fixtures.
TESTS = Path(".mutation") / "tests.json"

#: What the context of a fixture begins with.
FIXTURE = "fixture:"

_tests: dict[str, dict[str, Any]] = {}
_failed: set[str] = set()
_contexts: list[str] = [""]


def _enter(context: str) -> None:
    _contexts.append(context)
    if (current := coverage.Coverage.current()) is not None:
        current.switch_context(context)


def _leave() -> None:
    _contexts.pop()
    if (current := coverage.Coverage.current()) is not None:
        current.switch_context(_contexts[-1])


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """What runs now runs for this test."""
    begun = process_time()
    _enter(item.nodeid)
    try:
        return (yield)
    finally:
        _leave()
        _tests[item.nodeid] = {
            "passed": item.nodeid not in _failed,
            "seconds": round(process_time() - begun, 3),
            "fixtures": list(getattr(item, "fixturenames", ())),
        }


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(fixturedef: pytest.FixtureDef[Any]) -> Iterator[None]:
    """What runs now runs for all tests that have this fixture."""
    if fixturedef.scope == "function":
        return (yield)
    _enter(FIXTURE + fixturedef.argname)
    try:
        return (yield)
    finally:
        _leave()


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """A test that fails without any change, or is skipped, shows nothing of a mutant."""
    if not report.passed:
        _failed.add(report.nodeid)


def pytest_sessionfinish() -> None:
    """Keep what was noted."""
    TESTS.parent.mkdir(exist_ok=True)
    TESTS.write_text(json.dumps(_tests, indent=1, ensure_ascii=False), encoding="utf-8")
