"""Intake: files of any shape become one typed table plus findings. Knows fields and checks, not indicators."""

from icredit.intake.account import FileReport
from icredit.intake.submission import Submission, read

__all__ = ["FileReport", "Submission", "read"]
