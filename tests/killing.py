"""Processes that are killed without warning, at a step of their work or after some time."""

from __future__ import annotations

import hashlib
import json
import os
import random
import signal
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

#: What changes files, or has the disk keep them: a process may be killed before each of these calls.
STEPS = ("open", "close", "write", "ftruncate", "fsync", "link", "replace", "unlink", "chmod")


def fork(call: Callable[[], object]) -> int:
    """Start a process that makes a call and ends; return its id."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # newer Pythons warn of threads, which the call needs not
        child = os.fork()
    if child:
        return child
    status = 1
    try:
        call()
        status = 0
    finally:
        os._exit(status)


def ended(child: int) -> int:
    """Wait for a process; its exit status, or the signal that killed it as a negative number."""
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def killed_at_step(number: int, call: Callable[[], object]) -> bool:
    """Make a call in a process that is killed before its step of this number; whether it came so far."""

    def call_until_killed() -> None:
        done = 0

        def step(function: Callable[..., Any]) -> Callable[..., Any]:
            def counted(*args: Any, **kwargs: Any) -> Any:
                nonlocal done
                done += 1
                if done == number:
                    os.kill(os.getpid(), signal.SIGKILL)
                return function(*args, **kwargs)

            return counted

        for name in STEPS:
            setattr(os, name, step(getattr(os, name)))
        call()

    status = ended(fork(call_until_killed))
    assert status in (0, -signal.SIGKILL)
    return status != 0


def contents(folder: Path) -> dict[str, bytes]:
    """What stands in a folder and those below, hidden files and all."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def score_until_killed(folder: Path, moments: int) -> None:
    """Score two batches in turn, a.csv and b.csv, in processes that are killed after some time each; print after each of
    them which files stand, `a` or `b`, and whether it was killed.

    This process has loaded all that scoring needs and computed nothing, so that its children neither load it again nor
    miss the threads of polars.
    """
    from icredit.cli.main import main  # noqa: PLC0415  # see above
    from icredit.intake import submission  # noqa: F401, PLC0415
    from icredit.output import account, run, summary  # noqa: F401, PLC0415
    from icredit.output.journal import take  # noqa: PLC0415
    from icredit.output.lock import Locks  # noqa: PLC0415
    from icredit.scoring import measuring, places  # noqa: F401, PLC0415

    os.chdir(folder)
    os.fsync = lambda handle: None  # type: ignore[assignment]  # what is written is there, synced or not

    def score(batch: str) -> None:
        if main(["score", f"{batch}.csv", "-o", "out/scores.csv", "--save-reference", "out/scale.json", "-q"]):
            os._exit(2)

    def standing() -> dict[str, str]:
        """The files as texts; of the manifest, whose times differ, what it says of the table and the batch."""
        files = {name: content.decode("utf-8-sig") for name, content in contents(folder / "out").items()}
        manifest = json.loads(files["scores.manifest.json"])
        of_table = hashlib.sha256((folder / "out" / "scores.csv").read_bytes()).hexdigest()
        files["scores.manifest.json"] = f"{manifest['inputs'][0]['file']} {manifest['output']['sha256'] == of_table}"
        return files

    whole = {}
    for batch in ("b", "a"):
        began = time.monotonic()
        assert ended(fork(lambda: score(batch))) == 0  # noqa: B023  # it is called at once
        lasted = time.monotonic() - began
        whole[batch] = standing()
    chance = random.Random(20260115)  # noqa: S311  # no secret
    latest = "a"
    for _ in range(moments):
        child = fork(lambda: score("b" if latest == "a" else "a"))  # noqa: B023  # see above
        time.sleep(chance.uniform(0, lasted))
        os.kill(child, signal.SIGKILL)
        status = ended(child)
        with Locks() as locks:
            take(locks, [folder / "out" / "scores.csv", folder / "out" / "scale.json"])
        found = standing()
        latest = next((batch for batch, files in whole.items() if files == found), "?")
        print(latest, "killed" if status < 0 else "done", flush=True)  # noqa: T201  # that is what it is for
