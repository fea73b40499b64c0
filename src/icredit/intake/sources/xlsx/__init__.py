"""Workbooks of the Office Open XML kind, .xlsx and .xlsm, with the type, place and error of every cell.

The bulk readers for Python give a cell error and a formula that was never calculated as blank, and 12.5 % as 0.125: each
of them would be a wrong number in silence. So the XML is read here: `parts` opens the container, `cells` takes the
cells out of a sheet's XML as one polars frame, `values` makes text of them.
"""

from icredit.intake.sources.xlsx.workbook import open_sheets

__all__ = ["open_sheets"]
