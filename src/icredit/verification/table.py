"""Verifying a scored table: the run is made again, into a temporary place, and what came of it is compared."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl

from icredit._version import __version__
from icredit.bundled import bundled_schemes
from icredit.errors import IcreditError, InputError, SchemeError
from icredit.intake.rows import Store
from icredit.intake.sources.find import STANDARD_INPUT, STANDARD_INPUT_NAME, FoundFiles
from icredit.output.manifest import sha256_of
from icredit.output.run import RunFiles
from icredit.output.scored import ScoredFile
from icredit.output.tables import written_with
from icredit.progress import SILENT, Progress
from icredit.runs import Asked, read_submission, score_submission, sources
from icredit.scheme.load import load_scheme
from icredit.text import counted
from icredit.verification.manifests import Made
from icredit.verification.places import Places
from icredit.verification.report import Kind, Report, brief
from icredit.verification.rows import TableDifference, compare


def verify_table(made: Made, given: Sequence[Path] = (), progress: Progress = SILENT) -> Report:
    """Make the run of a scored table again, and compare.

    Args:
        made: the table and its manifest.
        given: files and folders in which the inputs are by now.
        progress: hears how far making the run again is.

    Raises:
        InputError: an input, the scheme, or another file that decided the result is not there or cannot be read; the
            manifest does not name all that decided it.
    """
    report = Report(made.file.name)
    edited = say_if_edited(report, "table", made.file, made.said["output"]["sha256"])
    try:
        again = _Again(made, given)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        if isinstance(error, IcreditError):
            raise
        raise InputError(
            f"{made.where}: does not say all that decided the result", hint="was it edited, or written long ago?"
        ) from None
    with tempfile.TemporaryDirectory(prefix="icredit-verify-") as folder:
        content = again.make(Path(folder), report, progress)
        if content is not None:
            _compare(made, content, Path(folder), report, edited=edited)
    if not report.differences:
        count = counted(len(made.said["inputs"]), "input")
        report.what = f"{made.file.name}, made again from {count}, has the same bytes ({made.said['output']['sha256']})"
    versions(report, made.said, written_with(made.file))
    return report


def say_if_edited(report: Report, kind: Kind, file: Path, sha256: str) -> bool:
    """Whether a file is not the one that was written, which is added to the report."""
    if not file.exists():
        report.notes.append(f"{file.name} itself is not there; only what its manifest says was verified")
        return False
    now = sha256_of(file)
    if now != sha256:
        report.add(kind, f"{file.name} was changed after it was written: {brief(sha256)} then, {brief(now)} now")
    return now != sha256


def versions(report: Report, said: Mapping[str, Any], now: Mapping[str, str]) -> None:
    """Add what was written by another version: a difference if there are others, else a note."""
    for name, version in {"icredit": __version__, "polars": pl.__version__, **now}.items():
        then = said.get(name, said["output"].get(name) if "output" in said else None)
        if then == version:
            continue
        told = f"made with {name} {then}, verified with {version}"
        if report.differences:
            report.add("version", told)
        else:
            report.notes.append(told)


class _Again:
    """A run that a manifest names, to be made again from where its inputs are by now."""

    def __init__(self, made: Made, given: Sequence[Path]) -> None:
        said = made.said
        _require_whole(said)
        places = Places(made.where.parent, said["output"]["file"], given)
        self._said = said
        self._ending = Path(said["output"]["file"]).suffix
        asked = Asked.of(said)
        if asked.scheme not in bundled_schemes():
            asked = replace(asked, scheme=str(places.require("the scheme", asked.scheme)))
        if said["zones"] is not None:
            zones = places.require("the zone register", said["zones"]["file"], said["zones"]["sha256"])
            asked = replace(asked, zones=zones)
        if said["reference"] is not None:
            reference = places.require("the reference", said["reference"]["file"], said["reference"]["sha256"])
            asked = replace(asked, reference=reference)
        self._asked = asked
        moved, lacking = {}, []
        for one in said["inputs"]:
            name = STANDARD_INPUT if one["file"] == STANDARD_INPUT_NAME else one["file"]
            at = places.find(one["file"], one["sha256"])
            moved[Path(name)] = at or Path(name)
            if at is None and one["unreadable"] is None:
                lacking.append(one["file"])
        if lacking:
            more = f", nor {counted(len(lacking) - 1, 'other input')}" if len(lacking) > 1 else ""
            raise InputError(
                f"{lacking[0]}: the input is not there{more}",
                hint="say where the inputs are: --inputs FOLDER, or --inputs FILE",
            )
        self._found = FoundFiles(tuple(moved), (), moved)

    def make(self, folder: Path, report: Report, progress: Progress) -> dict[str, Any] | None:
        """Make the run into a folder and return its manifest; None if it cannot be made, which is reported.

        Raises:
            InputError, UsageError: it cannot be made, although everything is as it was.
        """
        before = len(report.differences)
        try:
            self._compare_sources(report)
            made_with = sources(self._asked)
            with Store(folder) as store:
                submission = read_submission(self._asked, made_with, self._found, store, progress)
                run = score_submission(self._asked, made_with, submission, store, datetime.now(UTC), progress)
                kept = None if self._asked.save_reference is None else folder / "kept" / "reference.json"
                if kept is not None:
                    kept.parent.mkdir()
                content, _ = run.write(RunFiles(folder / f"scores{self._ending}", kept), progress=progress)
        except IcreditError as error:
            if len(report.differences) == before:
                self._compare_inputs_by_hash(report)
            if len(report.differences) == before:
                raise
            report.add("rerun", f"the run cannot be made again: {error.message}")
            return None
        return content

    def _compare_sources(self, report: Report) -> None:
        """Compare all but the inputs before anything is made of it, which it may not let itself."""
        kinds: Mapping[Kind, Path | None] = {"zones": self._asked.zones, "reference": self._asked.reference}
        for kind, path in kinds.items():
            then, now = self._said[kind], None if path is None else sha256_of(path)
            if then is not None and then["sha256"] != now:
                report.add(kind, f"{then['file']} has another content: {brief(then['sha256'])} then, {brief(now)} now")
        said = self._said["scheme"]
        try:
            scheme = load_scheme(self._asked.scheme)
        except SchemeError as error:
            report.add(
                "scheme", f"{said['id']} has another content, which is no scheme", error.message.splitlines()[:1]
            )
            raise
        if said["sha256"] != scheme.digest:
            names = "" if said["id"] == scheme.id else f"{scheme.id}, "
            report.add(
                "scheme",
                f"{said['id']} has another content: edition {said['edition']}, {brief(said['sha256'])} then; "
                f"{names}edition {scheme.edition}, {brief(scheme.digest)} now",
            )
            then = {base["id"]: base["sha256"] for base in said["extends"]}
            for base in scheme.extends:
                if then.get(base.id, base.sha256) != base.sha256:
                    report.add("scheme", f"{base.id}, which it extends, has another content")

    def _compare_inputs_by_hash(self, report: Report) -> None:
        for one, at in zip(self._said["inputs"], self._found.moved.values(), strict=False):
            if one["sha256"] and at.is_file():
                _compare_input(one, {"sha256": sha256_of(at), "unreadable": None}, report)


def _require_whole(said: Mapping[str, Any]) -> None:
    """Look at all that verifying needs of a manifest; raises what looking for it raises."""
    texts = [
        said["icredit"],
        said["polars"],
        said["as_of"],
        *(said["scheme"][key] for key in ("id", "edition", "sha256")),
    ]
    texts += [base[key] for base in said["scheme"]["extends"] for key in ("id", "sha256")]
    texts += [one[key] for one in said["inputs"] for key in ("file", "sha256")]
    texts += [one["unreadable"] for one in said["inputs"] if one["unreadable"] is not None]
    for key in ("zones", "reference", "rejects", "saved_reference"):
        texts += [] if said[key] is None else [said[key]["file"], said[key]["sha256"]]
    if not said["inputs"] or not all(isinstance(text, str) for text in texts):
        raise TypeError("something else than text")


def _compare_input(then: Mapping[str, Any], now: Mapping[str, Any], report: Report) -> None:
    file = then["file"]
    if (then["unreadable"] is None) != (now["unreadable"] is None):
        readable = "could be read then, and cannot now" if then["unreadable"] is None else "could not be read then"
        report.add("input", f"{file} {readable}: {then['unreadable'] or now['unreadable']}")
    elif then["sha256"] != now["sha256"]:
        report.add("input", f"{file} has another content: {brief(then['sha256'])} then, {brief(now['sha256'])} now")


def _compare(made: Made, content: Mapping[str, Any], folder: Path, report: Report, *, edited: bool) -> None:
    """Compare the run that was made again with what the manifest says, and with the file."""
    for then, now in zip(made.said["inputs"], content["inputs"], strict=False):
        _compare_input(then, now, report)
    same = content["output"]["sha256"] == made.said["output"]["sha256"]
    if not same:
        report.add("table", f"made again, it has other bytes: {brief(content['output']['sha256'])}")
    elif edited:
        report.notes.append("made again, the table has the bytes that were written then")
    if made.file.exists() and (edited or not same):
        add_rows(report, compare_files, made.file, folder / f"scores{Path(made.said['output']['file']).suffix}")
    for key in ("rejects", "saved_reference"):
        _compare_beside(made, key, content[key], report)


def compare_files(file: Path, again: Path) -> TableDifference:
    """What differs between two tables of icredit's; raises InputError if one is none."""
    return compare(ScoredFile(file), ScoredFile(again))


def add_rows(report: Report, compared: Callable[[Path, Path], TableDifference], file: Path, again: Path) -> None:
    """Add which rows and columns of a file differ from those of the file made again."""
    try:
        difference = compared(file, again)
    except InputError as error:
        report.add("rows", f"cannot be compared: {error.message}")
        return
    for said in difference.about_columns():
        report.add("columns", said)
    told = difference.about_rows()
    for said in told:
        report.add("rows", said, difference.first_rows() if said == told[-1] else ())


def _compare_beside(made: Made, key: str, now: Mapping[str, Any] | None, report: Report) -> None:
    """Compare the file of rejects, or the saved reference, with the one made again and the one that is there."""
    then = made.said[key]
    if then is None or now is None:
        if then is not now:
            name = (then or {"file": key})["file"]
            report.add("beside", f"{name}: was {'not ' if then is None else ''}written then; not so now")
        return
    if then["sha256"] != now["sha256"]:
        report.add("beside", f"{then['file']}: made again, it has other bytes")
    file = Places(made.where.parent, made.said["output"]["file"]).find(then["file"], then["sha256"])
    if file is not None and sha256_of(file) != then["sha256"]:
        report.add("beside", f"{file.name} was changed after it was written")
