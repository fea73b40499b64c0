"""Inputs for the test of the fuzzer itself: some fine, one that kills its process, one without end, one that raises."""

from __future__ import annotations

import os
import signal

DEADLY, ENDLESS, RAISING, LARGE = 1, 3, 4, 6


def make(seed: int, number: int) -> int:
    """The number is the input."""
    return number


def check(number: int) -> str:
    """Do what the number stands for."""
    if number == DEADLY:
        os.kill(os.getpid(), signal.SIGSEGV)
    while number == ENDLESS:
        pass
    if number == RAISING:
        raise ValueError("trouble")
    if number == LARGE:
        assert len(b"x" * 2**26)
    return "read"
