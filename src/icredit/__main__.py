"""`python -m icredit`, and the entry point of the `icredit` program."""

from __future__ import annotations

import gc
import os
import signal
import sys

from icredit.errors import INTERRUPTED, ExitStatus

# What a start makes stays, about 100,000 objects: looking for garbage in it every 700 would take a tenth of a short run.
_OBJECTS = 200_000


def run() -> None:
    """Run the command line and end the process with its exit status."""
    gc.set_threshold(_OBJECTS)
    # pydantic would look through everything that is installed for plugins, of which none concerns these models.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    # polars gives memory back to the system as soon as it is free; for the next piece of a large batch it would be cleared
    # again, which is a tenth of the whole work. Kept for three seconds, it is used again instead.
    os.environ.setdefault("_RJEM_MALLOC_CONF", "dirty_decay_ms:3000")
    # What a time limit, a service that is stopped or a closed terminal sends is an interruption like Ctrl-C.
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is signal.SIG_DFL:  # nohup has SIGHUP ignored
            signal.signal(number, signal.default_int_handler)
    try:
        from icredit.cli import main  # noqa: PLC0415  # Ctrl-C while it loads is an interruption like any other
    except KeyboardInterrupt:
        sys.stderr.write(f"{INTERRUPTED}\n")
        sys.exit(ExitStatus.INTERRUPTED)
    # Libraries leave files behind that complain when they cannot be closed; what went wrong has been told by then.
    sys.unraisablehook = lambda _: None
    status = main()
    gc.freeze()  # or Python would look for garbage in everything there is, before it lets go of it
    sys.exit(status)


if __name__ == "__main__":
    run()
