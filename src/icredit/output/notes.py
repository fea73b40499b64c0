"""What there is to say of many files, in a few lines: notes of one kind together, a few in full, the rest counted."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from icredit.intake import FileReport, Submission
from icredit.text import counted, pattern

#: So many notes of one kind are all told; of more, a few.
ALL_TOLD = 5
EXAMPLES = 3

# A note begins with what it is about; behind a colon, a semicolon or a quotation mark come the details of its file.
_DETAILS = pattern(r"[:;'].*", re.DOTALL)
_COUNT = pattern(r"\d[\d,]* (\w+?)s?\b")


def notes_lines(submission: Submission, *, every: bool = False) -> list[str]:
    """The notes of a batch, the most frequent kind first.

    Args:
        submission: the batch.
        every: tell all of them.
    """
    kinds: dict[str, list[tuple[str, str]]] = {}
    for file in submission.files:
        for note in file.notes:
            said = _said(file, note)
            kinds.setdefault(_kind(said), []).append((note, said))
    lines = list(submission.notes)
    for notes in sorted(kinds.values(), key=len, reverse=True):
        lines += [note for note, _ in notes] if every or len(notes) <= ALL_TOLD else _examples(notes)
    return lines


def count_notes(submission: Submission) -> int:
    """How many notes a batch has."""
    return len(submission.notes) + sum(len(file.notes) for file in submission.files)


def _examples(notes: Sequence[tuple[str, str]]) -> Iterator[str]:
    """The first notes that say something different each, and how many more there are."""
    first = {said: note for note, said in reversed(notes)}
    told = [note for note, said in notes if first[said] == note][:EXAMPLES]
    yield from told
    yield f"  and {counted(len(notes) - len(told), 'more note')} of this kind"


def _said(file: FileReport, note: str) -> str:
    """A note without the name of its file."""
    text = note.removeprefix(file.file)
    return (text if file.sheet is None else text.removeprefix(f" [{file.sheet}]")).lstrip(": ")


def _kind(said: str) -> str:
    """The words that notes of one kind have in common."""
    return _COUNT.sub(r"# \1", _DETAILS.sub("", said))
