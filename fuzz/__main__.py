"""The command: `python -m fuzz intake --inputs 100000 --seed 1`."""

from __future__ import annotations

import argparse
import importlib
import sys
from pathlib import Path

from fuzz.run import run


def main(words: list[str]) -> int:
    """Try inputs, or write one to a file; 1 if an input failed."""
    parser = argparse.ArgumentParser(
        prog="python -m fuzz", description="Damaged submissions and schemes by the thousand."
    )
    parser.add_argument("subject", choices=("intake", "scheme"))
    parser.add_argument("--inputs", type=int, default=300, help="how many")
    parser.add_argument("--seed", type=int, default=1, help="what all inputs follow from, beside their numbers")
    parser.add_argument("--first", type=int, default=0, help="the number of the first, to repeat one that failed")
    parser.add_argument("--workers", type=int, default=1, help="processes at once")
    parser.add_argument("--write", type=Path, metavar="FOLDER", help="try nothing; write the first input into a folder")
    given = parser.parse_args(words)
    if given.write is not None:
        made = importlib.import_module(f"fuzz.{given.subject}").make(given.seed, given.first)
        (given.write / made.name).write_bytes(made.data)
        print(given.write / made.name)
        return 0
    result = run(f"fuzz.{given.subject}", given.seed, given.first, given.inputs, workers=given.workers)
    print(f"{given.subject}, seed {given.seed}, numbers {given.first} to {given.first + given.inputs - 1}")
    print("\n".join(result.lines()))
    return 1 if result.failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
