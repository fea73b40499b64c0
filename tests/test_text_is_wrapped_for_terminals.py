"""Text is broken into lines by its width on a terminal, as Chinese and English typesetting break it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from icredit.output.wrapping import wrap

CHARACTERS = st.sampled_from("ab c1-中文，。（）“”、%.") | st.characters(codec="utf-8", exclude_categories=["C", "M"])
TEXTS = st.text(CHARACTERS, max_size=60)
WIDTHS = st.integers(min_value=2, max_value=40)


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("", 10, []),
        ("fits here", 9, ["fits here"]),
        ("does not fit", 8, ["does not", "fit"]),
        ("中文可以在任何字后换行", 8, ["中文可以", "在任何字", "后换行"]),
        ("用CSV保存文件", 8, ["用CSV保", "存文件"]),
        ("逗号不在行首，对", 12, ["逗号不在行", "首，对"]),
        ("括号（不在行末）", 6, ["括号", "（不在", "行末）"]),
        ("abcdefghij kl", 4, ["abcd", "efgh", "ij", "kl"]),
    ],
)
def test_lines_break_where_they_may(text: str, width: int, lines: list[str]) -> None:
    """At blanks and beside Chinese characters, never before a comma or after an opening bracket."""
    assert wrap(text, width) == lines


@given(TEXTS, WIDTHS)
def test_no_line_is_wider_than_asked_and_nothing_is_lost(text: str, width: int) -> None:
    """Every line fits, and together they hold every character but blanks, in order."""
    lines = wrap(text, width)
    assert all(cell_len(line) <= width for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())


@given(TEXTS, WIDTHS)
def test_a_line_breaks_only_when_it_must(text: str, width: int) -> None:
    """A text no wider than the line stays whole."""
    if cell_len(text) <= width and text.strip():
        assert wrap(text, width) == [text.rstrip()]
