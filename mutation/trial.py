"""One trial: the tests of a mutant in a child of a warm process, which has imported everything but icredit.

The parent never asks polars for anything, because a child of a process whose polars has threads waits for them for ever.
"""

from __future__ import annotations

import importlib
import os
import resource
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    import pytest

from mutation.mutants import mutated

Outcome = Literal["killed", "survived", "out of time"]

#: Processor seconds after which a mutant that does not end is called lost; no set of tests takes half of it.
LIMIT = 40

# Of memory that a mutant may ask for, which is more than any test needs: polars reserves what it may never use.
_MEMORY = 8 << 30

# A child whose threads wait for each other uses no processor time, nor does one that waits for a program it started; it
# is looked at this often, and ended after so many seconds of waiting.
_LOOK = 0.02
_IDLE = 120.0

# Where a child notes the test that failed.
_FAILED = "failed"

#: What icredit and its tests import.
WARM = (
    *("polars", "pydantic", "yaml", "typer", "rich.console", "openpyxl", "xlrd", "xlsxwriter", "python_calamine"),
    *("pytest", "hypothesis", "stdnum.cn.uscc", "jsonschema", "csv", "decimal", "unicodedata", "zipfile"),
)


class Trial(NamedTuple):
    """What came of a trial, its processor seconds, and the test that failed, if it is known."""

    outcome: Outcome
    seconds: float
    failed: str | None = None


class _First:
    """A plugin of pytest that notes the test that fails."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self._file.write_text(report.nodeid, "utf-8")


class _Mutated(MetaPathFinder, Loader):
    """Finds one module, and makes it of a changed syntax tree."""

    def __init__(self, name: str, path: Path, number: int | None) -> None:
        self._name, self._path, self._number = name, path, number

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname != self._name:
            return None
        below = [str(self._path.parent)] if self._path.name == "__init__.py" else None
        return spec_from_file_location(fullname, self._path, loader=self, submodule_search_locations=below)

    def exec_module(self, module: ModuleType) -> None:
        exec(compile(mutated(self._path, self._number), self._path, "exec"), module.__dict__)  # noqa: S102


def warm(names: Sequence[str] = WARM) -> None:
    """Import what every trial needs."""
    os.environ["POLARS_MAX_THREADS"] = "1"
    for name in names:
        importlib.import_module(name)
    from hypothesis import HealthCheck, Phase, settings  # noqa: PLC0415

    # An example that fails is enough; nobody wants it small, or again.
    settings.register_profile(
        "mutation",
        deadline=None,
        database=None,
        derandomize=True,
        phases=(Phase.explicit, Phase.generate),
        suppress_health_check=[HealthCheck.too_slow],
    )


def trial(path: Path, source: Path, number: int | None, tests: Sequence[str]) -> Trial:
    """Run tests with a module that has one of its changes, or none."""
    name = ".".join(path.relative_to(source).with_suffix("").parts).removesuffix(".__init__")
    with tempfile.TemporaryDirectory(prefix="mutation-") as folder:
        child = os.fork()
        if child == 0:
            _run(_Mutated(name, path, number), tests, Path(folder))
        done = _watch(child)
        failed = Path(folder) / _FAILED
        return done._replace(failed=failed.read_text("utf-8")) if failed.exists() else done


def _run(finder: _Mutated, tests: Sequence[str], folder: Path) -> None:
    """Be the child: run the tests and end with the status of pytest."""
    os.setpgid(0, 0)
    status = 70
    try:
        output = os.open(folder / "output", os.O_WRONLY | os.O_CREAT)
        os.dup2(output, 1)
        os.dup2(output, 2)
        resource.setrlimit(resource.RLIMIT_CPU, (LIMIT, LIMIT + 5))
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
        sys.meta_path.insert(0, finder)
        import pytest  # noqa: PLC0415

        options = ["-o", "addopts=", "-x", "-q", "--no-header", "--tb=line", "-p", "no:xdist", "-p", "no:cacheprovider"]
        options += ["--assert=plain", "--hypothesis-profile=mutation", f"--basetemp={folder / 'tests'}"]
        status = int(pytest.main([*options, *tests], plugins=[_First(folder / _FAILED)]))
    except BaseException:  # noqa: BLE001 - the child must never go on as a second parent
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        os._exit(status)


def _watch(child: int) -> Trial:
    """Wait for a child, which may be stopped for a while, and end it if it only waits."""
    idle, used = 0.0, -1.0
    while True:
        ended, status, usage = os.wait4(child, os.WNOHANG)
        if ended:
            break
        time.sleep(_LOOK)
        now, sleeps = _processor(child)
        idle = idle + _LOOK if sleeps and now == used else 0.0
        used = now
        if idle > _IDLE:
            os.killpg(child, signal.SIGKILL)
    seconds = usage.ru_utime + usage.ru_stime
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) in (signal.SIGXCPU, signal.SIGKILL):
        return Trial("out of time", seconds)
    return Trial("survived" if os.WIFEXITED(status) and os.WEXITSTATUS(status) == 0 else "killed", seconds)


def _processor(child: int) -> tuple[float, bool]:
    """The processor ticks of a child and of its own children, and whether it sleeps: neither runs nor is stopped."""
    try:
        fields = Path(f"/proc/{child}/stat").read_text("ascii").rpartition(")")[2].split()
    except OSError:
        return -1.0, False
    return sum(float(field) for field in fields[11:15]), fields[0] == "S"
