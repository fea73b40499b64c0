"""Intake: files of any shape become one typed table plus findings. Knows fields and checks, not indicators."""

from icredit.intake.submission import FileReport, Submission, read

__all__ = ["FileReport", "Submission", "read"]
