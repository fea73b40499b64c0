"""Finding a scheme and reading it: a path, the id of a bundled scheme, the environment, ./indicators.yaml."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from icredit.bundled import DEFAULT_SCHEME, LOCAL_FILE, bundled_schemes
from icredit.errors import Fault, InputError, SchemeError, UsageError, reason_of
from icredit.scheme.bases import EXTENDS, BaseSchemeError, find_base, identity
from icredit.scheme.check import check
from icredit.scheme.model import ExtendedScheme, Scheme
from icredit.scheme.source import MAXIMUM_BYTES, parse
from icredit.scheme.structure import build
from icredit.text import did_you_mean

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

ENVIRONMENT = "ICREDIT_SCHEME"


def load_scheme(name: str | Path | None = None) -> Scheme:
    """Read a scheme.

    Args:
        name: a path, or the id of a bundled scheme. Without it: $ICREDIT_SCHEME, ./indicators.yaml, the bundled
            national scheme, whichever comes first.

    Raises:
        SchemeError: the file is faulty; holds every fault with its line.
        InputError: the file cannot be read.
        UsageError: neither a file nor a bundled scheme has that name.
    """
    return read_scheme(*find_scheme(name))


def find_scheme(name: str | Path | None = None) -> tuple[str, Traversable | Path]:
    """The name to show and the file of the scheme that `load_scheme` would read.

    Raises:
        UsageError: neither a file nor a bundled scheme has that name.
    """
    if name is None:
        name = os.environ.get(ENVIRONMENT) or (LOCAL_FILE if Path(LOCAL_FILE).is_file() else DEFAULT_SCHEME)
    bundled = bundled_schemes()
    if str(name) in bundled:
        return f"{name}.yaml", bundled[str(name)]
    path = Path(name)
    try:
        found = bool(str(name)) and path.exists()
    except (OSError, ValueError):  # a name too long, or with a NUL
        found = False
    if not found:
        hint = f"bundled schemes: {', '.join(sorted(bundled))}{did_you_mean(str(name), bundled)}"
        raise UsageError(f"no scheme '{name}': neither a file nor the id of a bundled scheme", hint=hint)
    return str(name), path


def read_scheme(shown: str, file: Traversable | Path) -> Scheme:
    """The scheme in a file; raises as `load_scheme`."""
    return _read(shown, file, ()).scheme


def parse_scheme(text: str, shown: str = LOCAL_FILE) -> Scheme:
    """The scheme that a YAML text says; `shown` names it in messages.

    A path behind `extends` is taken from the current folder.

    Raises:
        SchemeError: with every fault and its line.
    """
    return _parse(text, shown, Path(), ()).scheme


class _Found(NamedTuple):
    """A scheme and the plain data that it was made from."""

    scheme: Scheme
    data: Any


def _read(shown: str, file: Traversable | Path, above: tuple[str, ...]) -> _Found:
    """The scheme in a file; `above` are the files that extend it, one by way of the other."""
    try:
        text = _bytes(file).decode("utf-8-sig")
    except OSError as error:
        raise InputError(f"{shown}: cannot be read: {reason_of(error)}") from None
    except UnicodeDecodeError as error:
        raise InputError(f"{shown}: not UTF-8 text (byte {error.start})", hint="save the file as UTF-8") from None
    folder = file.parent if isinstance(file, Path) else Path()
    return _parse(text, shown, folder, (*above, identity(file)))


def _bytes(file: Traversable | Path) -> bytes:
    """The bytes of a file, which may be a pipe; of one that is too large only so many that its refusal is sure."""
    with file.open("rb") as opened:
        return opened.read(MAXIMUM_BYTES + 1)


def _parse(text: str, shown: str, folder: Path, chain: tuple[str, ...]) -> _Found:
    source = parse(text)
    if isinstance(source, Fault):
        raise SchemeError(shown, [source])
    extends: tuple[ExtendedScheme, ...] = ()
    if isinstance(source.data, dict) and EXTENDS in source.data:
        try:
            name, file = find_base(source.data[EXTENDS], folder, chain, bundled_schemes())
            base = _base(name, file, chain)
        except BaseSchemeError as error:
            raise SchemeError(shown, [*source.faults, source.fault((EXTENDS,), str(error))]) from None
        extends = (
            ExtendedScheme(id=base.scheme.id, sha256=base.scheme.digest, file=identity(file)),
            *base.scheme.extends,
        )
        from icredit.scheme.overlay import overlaid  # noqa: PLC0415  # most schemes extend no other

        source = overlaid(source, base.data, base.scheme.id)
    built = build(source)
    faults = [*source.faults, *built.faults]
    if built.scheme is not None and source.whole:
        faults += check(built.scheme, source, built.spoiled)
    if faults or built.scheme is None:
        from icredit.scheme.origins import in_words  # noqa: PLC0415  # see above

        raise SchemeError(shown, in_words(faults) or [Fault(1, "not a scheme")])
    return _Found(built.scheme.model_copy(update={"extends": extends}), source.data)


def _base(shown: str, file: Traversable | Path, chain: tuple[str, ...]) -> _Found:
    """The scheme that another one extends.

    Raises:
        BaseSchemeError: it cannot be read, or is faulty; only the first fault is told, in the file that has it.
    """
    try:
        return _read(shown, file, chain)
    except SchemeError as error:
        raise BaseSchemeError.of(error) from None
    except InputError as error:
        raise BaseSchemeError(f"the scheme that is extended cannot be read: {error.message}") from None
