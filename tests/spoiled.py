"""A small scheme that uses every part once, and ways to spoil it and to see which lines are blamed."""

from __future__ import annotations

from typing import Any

import pytest

from conftest import ROOT
from icredit.errors import Fault, SchemeError
from icredit.scheme import parse_scheme

SMALL = ROOT / "tests" / "schemes" / "small.yaml"
TEXT = SMALL.read_text("utf-8")

#: What stands in the text, once, and what shall stand there instead.
Edit = tuple[str, str]


def spoil(*edits: Edit, text: str = TEXT) -> str:
    """Return the text with every edit made, each at the only place it can mean."""
    for old, new in edits:
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in the text"
        text = text.replace(old, new)
    return text


def line_of(text: str, needle: str) -> int:
    """Return the number of the one line of the text in which the needle begins."""
    assert text.count(needle) == 1, f"{needle!r} stands {text.count(needle)} times in the text"
    return text[: text.index(needle)].count("\n") + 1


def faults_of(text: str) -> list[Fault]:
    """Return the faults for which the text is refused; none if it is a scheme."""
    try:
        parse_scheme(text, "faulty.yaml")
    except SchemeError as error:
        return list(error.faults)
    return []


def case(name: str, *edits: Edit, at: str, says: str | tuple[str, ...] = ()) -> Any:
    """Return the parameters of a test: a spoiled text, the line to be blamed and what the message must contain."""
    text = spoil(*edits)
    return pytest.param(text, line_of(text, at), (says,) if isinstance(says, str) else says, id=name)


def assert_one_fault(text: str, line: int, says: tuple[str, ...]) -> None:
    """The text is refused for one thing, at that line, in a message that contains all of `says`."""
    with pytest.raises(SchemeError) as refused:
        parse_scheme(text, "faulty.yaml")
    assert [fault.line for fault in refused.value.faults] == [line], str(refused.value)
    message = str(refused.value)
    assert message.startswith(f"faulty.yaml:{line}: ")
    assert "\n" not in message
    for part in says:
        assert part in message
