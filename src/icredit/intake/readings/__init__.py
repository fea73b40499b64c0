"""How the text of a cell becomes a value: one class a kind of field, each with two faces.

`parse` is Python and the authority: it takes any text, and pydantic calls it (a reading is pydantic metadata). `screen`
is polars and fast: for a whole column it says which cells are *plainly* right and what their value is. A screen may
stop a cell that `parse` would take, and must never pass one that `parse` would refuse or read differently; the tests
hold the two against each other. `docs/cells.md` lists what is accepted; the tests run its tables.
"""

from icredit.intake.readings.base import Note, Notes, Reading, Screened, refuse
from icredit.intake.readings.codes import CreditCode
from icredit.intake.readings.dates import Date
from icredit.intake.readings.numbers import Count, Number
from icredit.intake.readings.words import Choice, Flag, ProvinceName, Text, ZoneName

__all__ = [
    "Choice",
    "Count",
    "CreditCode",
    "Date",
    "Flag",
    "Note",
    "Notes",
    "Number",
    "ProvinceName",
    "Reading",
    "Screened",
    "Text",
    "ZoneName",
    "refuse",
]
