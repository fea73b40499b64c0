"""Where the files are by now that a manifest names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from icredit.errors import InputError
from icredit.output.manifest import sha256_of


class Places:
    """Looks for files where the user says they are, then where the run was made, here, and beside the manifest."""

    def __init__(self, beside: Path, output: str, given: Sequence[Path] = ()) -> None:
        """Know the places.

        Args:
            beside: the folder of the manifest.
            output: the name by which the run wrote its output; it tells in which folder the run was made.
            given: files and folders that the user names.
        """
        self._given = given
        self._folders = list(dict.fromkeys([*_made_in(beside, output), Path(), beside]))
        self._beside = beside

    def find(self, name: str, sha256: str | None = None) -> Path | None:
        """The file that a manifest calls so: of several the first with the right hash, else the first."""
        found = list(dict.fromkeys(path for path in self._candidates(name, sha256) if _is_file(path)))
        if len(found) > 1 and sha256:
            return next((path for path in found if sha256_of(path) == sha256), found[0])
        return found[0] if found else None

    def require(self, what: str, name: str, sha256: str | None = None) -> Path:
        """The same; raises InputError if there is none."""
        found = self.find(name, sha256)
        if found is None:
            raise InputError(f"{name}: {what} is not there", hint="say where it is: --inputs FOLDER, or --inputs FILE")
        return found

    def _candidates(self, name: str, sha256: str | None) -> Iterator[Path]:
        path = Path(name)
        for given in self._given:
            if given.is_dir():
                yield from (given / path, given / path.name)
            elif given.name == path.name or (sha256 and _is_file(given) and sha256_of(given) == sha256):
                yield given
        yield from (folder / path for folder in self._folders)
        yield self._beside / path.name


def _made_in(beside: Path, output: str) -> list[Path]:
    """The folder in which a run was made that wrote out/scores.csv and whose manifest stands in /x/out: /x."""
    parts = Path(output).parent.parts
    if Path(output).is_absolute() or ".." in parts:
        return []
    folder = beside.resolve()
    if parts and folder.parts[-len(parts) :] != parts:
        return []
    return [folder.parents[len(parts) - 1] if parts else beside]


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # a name too long, or with a zero byte
        return False
