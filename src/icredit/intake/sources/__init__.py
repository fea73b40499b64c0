"""Sources: one module a family of formats, each turning the bytes of a file into grids of text."""

from icredit.intake.sources.dispatch import open_file, read_content
from icredit.intake.sources.find import FoundFiles, by_name, find_files

__all__ = ["FoundFiles", "by_name", "find_files", "open_file", "read_content"]
