"""`python -m icredit`, and the entry point of the `icredit` program."""

from __future__ import annotations

import sys

from icredit.errors import INTERRUPTED, ExitStatus


def run() -> None:
    """Run the command line and end the process with its exit status."""
    try:
        from icredit.cli import main  # noqa: PLC0415  # Ctrl-C while it loads is an interruption like any other
    except KeyboardInterrupt:
        sys.stderr.write(f"{INTERRUPTED}\n")
        sys.exit(ExitStatus.INTERRUPTED)
    # Libraries leave files behind that complain when they cannot be closed; what went wrong has been told by then.
    sys.unraisablehook = lambda _: None
    sys.exit(main())


if __name__ == "__main__":
    run()
