"""Findings for programs and files: CSV, JSON, GitHub's annotations, a workbook; one function a format."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from icredit.intake.submission import Submission
from icredit.output.console import visible
from icredit.output.findings_counts import count_by_file, count_by_rule
from icredit.output.findings_workbook import write_findings_workbook
from icredit.output.manifest import to_json
from icredit.output.tables import csv_text


def as_csv(submission: Submission) -> str:
    """The findings table; cells that a spreadsheet would run as formulas are made harmless."""
    return csv_text(submission.findings)


def as_json(submission: Submission) -> str:
    """One object: `files`, `counts` of rows and levels, `rules` with how often each was broken, `findings`."""
    content = {
        "files": count_by_file(submission).to_dicts(),
        "counts": {
            "rows_read": submission.rows_read,
            "rejected": submission.rejected,
            "errors": submission.errors.height,
            "warnings": submission.warnings.height,
        },
        "rules": count_by_rule(submission.findings).to_dicts(),
        "findings": submission.findings.to_dicts(),
    }
    return to_json(content)


def as_github(submission: Submission) -> str:
    """A workflow command a finding, which GitHub shows as an annotation of the file's line."""
    return "".join(_annotation(row) for row in submission.findings.iter_rows(named=True))


#: What standard output can show beside the text for people.
PRINTED: Mapping[str, Callable[[Submission], str]] = {"csv": as_csv, "json": as_json, "github": as_github}


def _annotation(row: Mapping[str, Any]) -> str:
    properties = {"file": row["file"], "line": row["row"], "title": row["rule"]}
    said = ",".join(f"{name}={_property(str(value))}" for name, value in properties.items() if value is not None)
    where = f"{row['sheet']}!{row['cell'] or row['row']} " if row["sheet"] else ""
    column = f"{row['column']} " if row["column"] else ""
    value = f"'{row['value']}' " if row["value"] is not None else ""
    message = f"{where}{column}{value}".rstrip()
    text = f"{message}{': ' if message else ''}{row['message_zh']} {row['message_en']}"
    return f"::{row['level']} {said}::{_data(text)}\n"


def _data(text: str) -> str:
    """A message as GitHub's runner wants it; signs that steer a terminal are shown as escapes."""
    return visible(text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A"))


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def _csv_file(submission: Submission, path: Path) -> None:
    path.write_bytes(as_csv(submission).encode("utf-8-sig", "backslashreplace"))  # names of files may be no text


def _json_file(submission: Submission, path: Path) -> None:
    path.write_bytes(as_json(submission).encode("utf-8", "backslashreplace"))


#: What a file of findings can be, by its ending.
WRITERS: Mapping[str, Callable[[Submission, Path], None]] = {
    ".csv": _csv_file,
    ".json": _json_file,
    ".xlsx": write_findings_workbook,
}
