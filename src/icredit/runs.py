"""A run of `icredit score`: what it is asked for, what it is made with, and how it is made.

`score` makes a run because somebody asks for it, `verify` because a manifest says that somebody did; neither knows more
of it than what stands here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, get_args

from icredit import intake
from icredit.bundled import bundled_schemes
from icredit.intake.duplicates import Duplicates
from icredit.output.columns import Labels
from icredit.output.manifest import sha256_of
from icredit.output.run import Run
from icredit.progress import SILENT, Progress
from icredit.scheme.load import find_scheme, read_scheme
from icredit.scoring import Reference, measure, score_with_account
from icredit.text import shown
from icredit.zones import read_zones

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

    from icredit.intake import Submission
    from icredit.intake.rows import Store
    from icredit.intake.sources import FoundFiles
    from icredit.scheme.model import Scheme
    from icredit.zones import ZoneRegister

_PATHS = ("zones", "reference", "save_reference", "config")


@dataclass(frozen=True, slots=True)
class Asked:
    """What a run is asked for; nothing in it is left to be looked up.

    Attributes:
        files: names of submissions, folders and patterns, as they were given.
        as_of: what checks call `today`.
        scheme: the path of a scheme, or the id of a bundled one.
        zones: the file that adds to the zone register.
        config: the file of settings in which defaults of the other options were found.
    """

    files: tuple[str, ...]
    as_of: date
    scheme: str
    sheet: str | None = None
    zone: str | None = None
    zones: Path | None = None
    reference: Path | None = None
    save_reference: Path | None = None
    duplicates: Duplicates = "error"
    strict: bool = False
    max_rejects: str | None = None
    values: bool = False
    steps: bool = False
    labels: Labels = "id"
    period: str | None = None
    config: Path | None = None

    def options(self) -> dict[str, Any]:
        """Everything, as the manifest keeps it; the day stands there by itself."""
        kept = {field.name: getattr(self, field.name) for field in fields(self) if field.name != "as_of"}
        kept["files"] = [shown(name) for name in self.files]
        return {name: shown(value) if isinstance(value, Path) else value for name, value in kept.items()}

    @classmethod
    def of(cls, manifest: Mapping[str, Any]) -> Asked:
        """What the run was asked for that left a manifest.

        Raises:
            KeyError, TypeError, ValueError: the manifest does not say it.
        """
        options = dict(manifest["options"])
        found = {field.name: options[field.name] for field in fields(cls) if field.name != "as_of"}
        for name in _PATHS:
            found[name] = None if found[name] is None else Path(found[name])
        asked = cls(**{**found, "files": tuple(found["files"])}, as_of=date.fromisoformat(manifest["as_of"]))
        flags = (asked.strict, asked.values, asked.steps)
        texts = (*asked.files, asked.scheme, asked.duplicates, asked.labels)
        others = (asked.sheet, asked.zone, asked.max_rejects, asked.period)
        if not all(isinstance(flag, bool) for flag in flags) or not all(isinstance(text, str) for text in texts):
            raise TypeError("an option of another type")
        if not all(isinstance(text, str | None) for text in others):
            raise TypeError("an option of another type")
        if asked.duplicates not in get_args(Duplicates) or asked.labels not in get_args(Labels):
            raise ValueError("an option that does not exist")
        return asked


class Sources(NamedTuple):
    """What a run is made with, besides the submissions.

    Attributes:
        scheme: the rules.
        zones: the zone register.
        scale: the reference, if one was asked for.
        files: the files of the scheme, of the schemes that it extends, of zones and of the reference.
        hashes: `zones` and `reference` -> SHA-256 of that file, if there is one.
    """

    scheme: Scheme
    zones: ZoneRegister
    scale: Reference | None
    files: tuple[Traversable | Path, ...]
    hashes: Mapping[str, str]


def scheme_name(name: str | Path | None) -> str:
    """The scheme that a run without further words would use, by its path or the id of a bundled one."""
    found, file = find_scheme(name)
    return next((known for known, bundled in bundled_schemes().items() if bundled == file), found)


def sources(asked: Asked) -> Sources:
    """Read what a run is made with.

    Raises:
        InputError: a file cannot be read.
        UsageError: there is no such scheme, it is faulty, or the reference was made under another one.
    """
    scheme_shown, file = find_scheme(asked.scheme)
    scheme = read_scheme(scheme_shown, file)
    zones = read_zones(asked.zones)
    scale = None if asked.reference is None else Reference.load(asked.reference).of_scheme(scheme)
    named = {"zones": asked.zones, "reference": asked.reference}
    hashes = {name: sha256_of(path) for name, path in named.items() if path is not None}
    bases = (Path(base.file) for base in scheme.extends)
    return Sources(scheme, zones, scale, (file, *bases, *filter(None, named.values())), hashes)


def read_submission(
    asked: Asked, made_with: Sources, found: FoundFiles, store: Store, progress: Progress = SILENT
) -> Submission:
    """Read and validate the submissions of a run; raises as `icredit.read`."""
    return intake.read(
        found,
        made_with.scheme,
        zones=made_with.zones,
        sheet=asked.sheet,
        zone=asked.zone,
        as_of=asked.as_of,
        duplicates=asked.duplicates,
        store=store,
        progress=progress,
    )


def score_submission(
    asked: Asked,
    made_with: Sources,
    submission: Submission,
    store: Store,
    started: datetime,
    progress: Progress = SILENT,
) -> Run:
    """Score the submissions of a run that began at some time.

    Raises:
        DataError: the reference knows nothing of a group that is to be scored.
        OutputError: the store cannot write rows.
    """
    scheme, scale = made_with.scheme, made_with.scale
    made = None
    if asked.save_reference is not None:
        made = scale or measure(submission, scheme, progress=progress)
    table, account = score_with_account(
        submission,
        scheme,
        store,
        reference=scale,
        measured=made,
        values=asked.values,
        steps=asked.steps,
        progress=progress,
    )
    return Run(
        submission,
        scheme,
        table,
        asked.options(),
        started,
        asked.labels,
        values=asked.values,
        steps=asked.steps,
        reference=scale,
        made=made,
        account=account,
        hashes=made_with.hashes,
    )
