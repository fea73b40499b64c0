"""The manifest of a run: everything that decided its result, as JSON beside the scored table."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from icredit._version import __version__
from icredit.output.account import done_as_dict
from icredit.output.basis import basis_note
from icredit.output.columns import TableColumn
from icredit.plain_files import MOST_MANIFEST_BYTES, read_plain
from icredit.text import shown

if TYPE_CHECKING:
    from icredit.intake import Submission
    from icredit.scheme.model import Scheme
    from icredit.scoring import Done, Reference, ScoredTable

FORMAT = "icredit-manifest-1"


def manifest_path(table: Path) -> Path:
    """Where the manifest of a scored table stands: scores.csv -> scores.manifest.json."""
    return table.with_name(f"{table.stem}.manifest.json")


def rejects_path(table: Path) -> Path:
    """Where the findings about rejected rows stand: scores.csv -> scores.rejects.csv."""
    return table.with_name(f"{table.stem}.rejects.csv")


def counts(submission: Submission, table: ScoredTable, account: Mapping[str, Done]) -> dict[str, int]:
    """How many rows and findings of each kind a run had, and how many values were imputed or treated."""
    status = table.statuses
    return {
        "files": len(submission.files),
        "files_unreadable": len(submission.unreadable),
        "rows_read": submission.rows_read,
        "scored": status.get("scored", 0),
        "vetoed": status.get("vetoed", 0),
        "ineligible": status.get("ineligible", 0),
        "insufficient": status.get("insufficient", 0),
        "rejected": submission.rejected,
        "merged": submission.merged,
        "values_imputed": sum(done.imputed for done in account.values()),
        "values_treated": sum(done.treated for done in account.values()),
        "errors": submission.errors.height,
        "warnings": submission.warnings.height,
    }


def manifest(
    submission: Submission,
    scheme: Scheme,
    table: ScoredTable,
    columns: Sequence[TableColumn],
    *,
    output: Mapping[str, Any],
    beside: Mapping[str, Any],
    options: Mapping[str, Any],
    hashes: Mapping[str, str],
    reference: Reference | None,
    account: Mapping[str, Done],
    started: datetime,
) -> dict[str, Any]:
    """The manifest as data.

    Args:
        submission: what was read.
        scheme: the rules.
        table: what came of both.
        columns: of the table.
        output: what is to be said of the table's file.
        beside: what is to be said of the files of rejects and of the saved reference, if they were written.
        options: everything the run was asked for.
        hashes: SHA-256 of the files that the options `zones` and `reference` name.
        reference: what the latter holds.
        account: what was done to values.
        started: when the run began.
    """
    rules = submission.findings.group_by("rule", "level").len("count").sort("rule")
    return {
        "format": FORMAT,
        "icredit": __version__,
        "polars": pl.__version__,
        "scheme": {
            "id": scheme.id,
            "title": scheme.title.model_dump(),
            "edition": scheme.edition,
            "sha256": scheme.digest,
            "extends": [base.model_dump() for base in scheme.extends],
            "basis": scheme.basis.model_dump(),
            "basis_note": basis_note(scheme),
            "decimals": scheme.ranking.decimals,
            "stages": {stage.id: stage.label.model_dump() for stage in scheme.stages},
        },
        "reference": None
        if reference is None
        else {**_named("reference", options, hashes), "scheme": reference.scheme, "rows": reference.rows},
        "zones": _named("zones", options, hashes) if "zones" in hashes else None,
        "as_of": submission.as_of.isoformat(),
        "options": dict(options),
        "inputs": [
            {
                "file": file.file,
                "sheet": file.sheet,
                "rows": file.rows,
                "bytes": file.size,
                "sha256": file.sha256,
                "encoding": file.encoding,
                "columns": file.columns,
                "columns_not_used": list(file.unknown),
                "zone": file.zone,
                "left_out": [{"row": row.row, "kind": row.kind, "text": row.text} for row in file.left_out],
                "notes": list(file.notes),
                "unreadable": file.unreadable,
            }
            for file in submission.files
        ],
        "notes": list(submission.notes),
        "counts": counts(submission, table, account),
        "findings": rules.to_dicts(),
        "treatment": {indicator: done_as_dict(done) for indicator, done in account.items()},
        "output": {**output, "rows": table.height, "columns": [column.as_dict() for column in columns]},
        "rejects": beside.get("rejects"),
        "saved_reference": beside.get("saved_reference"),
        "started": started.astimezone(UTC).isoformat(timespec="seconds"),
        "finished": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def _named(option: str, options: Mapping[str, Any], hashes: Mapping[str, str]) -> dict[str, str]:
    return {"file": options[option], "sha256": hashes[option]}


def written(target: Path, staged: Path) -> dict[str, str]:
    """What a manifest says of a file that stands beside the table, and is on its way there."""
    return {"file": shown(target), "sha256": sha256_of(staged)}


def to_json(content: Mapping[str, Any]) -> str:
    """A manifest or summary as text."""
    return json.dumps(content, ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def load_manifest(table: Path) -> dict[str, Any] | None:
    """The manifest beside a scored table, if there is one and it is whole; a list can do without."""
    try:
        content = json.loads(read_plain(manifest_path(table), MOST_MANIFEST_BYTES))
        whole = _is_whole(content)
    except (OSError, ValueError, RecursionError, KeyError, TypeError, AttributeError):
        return None
    return content if whole else None


def _is_whole(content: Any) -> bool:
    """Whether a manifest says all that a list needs of it; raises what looking for it raises."""
    scheme = content["scheme"]
    texts = [scheme["id"], scheme["edition"], scheme["sha256"], scheme["title"]["zh"], content["as_of"]]
    texts += [label[language] for label in scheme["stages"].values() for language in ("zh", "en")]
    texts += [*scheme["basis"].values(), scheme["basis_note"] or "", content["options"].get("period") or ""]
    columns = [TableColumn(**column) for column in content["output"]["columns"]]
    texts += [text for column in columns for text in (column.id, column.zh, column.en, column.unit or "")]
    numbers = [scheme["decimals"], content["counts"]["scored"]]
    return (
        content["format"] == FORMAT
        and all(isinstance(text, str) for text in texts)
        and all(type(number) is int for number in numbers)
        and 0 <= scheme["decimals"] <= 12  # noqa: PLR2004  # as Ranking.decimals
    )


def sha256_of(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
