"""The command line: one module a command; it parses, calls, prints."""

from icredit.cli.main import main

__all__ = ["main"]
