"""Sources: one module a family of formats, each turning a file into a text table."""

from icredit.intake.sources.dispatch import read_table
from icredit.intake.sources.find import find_files
from icredit.intake.sources.table import CellFault, TextTable

__all__ = ["CellFault", "TextTable", "find_files", "read_table"]
