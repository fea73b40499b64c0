"""Finding the scheme that another one extends: the id of a bundled one, or a file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from icredit.scheme.source import MAXIMUM_BYTES
from icredit.text import did_you_mean

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

    from icredit.errors import SchemeError

#: The key that makes a scheme an overlay of another one.
EXTENDS = "extends"

#: So many schemes may extend each other, one by way of the other.
MAXIMUM_CHAIN = 8

_FAULTY = "the scheme that is extended is faulty: "


class BaseSchemeError(Exception):
    """A scheme that cannot be extended; told as a fault where it is named."""

    @classmethod
    def of(cls, error: SchemeError) -> BaseSchemeError:
        """That a scheme is faulty, by its first fault; by that of its own base where the fault is that base's."""
        first = error.faults[0]
        told = (
            first.message
            if first.message.startswith(_FAULTY)
            else f"{_FAULTY}{error.path}:{first.line}: {first.message}"
        )
        return cls(told)


def find_base(
    name: Any, folder: Path, chain: tuple[str, ...], bundled: Mapping[str, Traversable | Path]
) -> tuple[str, Traversable | Path]:
    """The name to show and the file of the scheme that `extends` names.

    Args:
        name: what stands behind `extends`.
        folder: of the file in which it stands.
        chain: `identity` of that file and of those that extend it, the outermost first.
        bundled: id -> file of the schemes that come with icredit.

    Raises:
        BaseSchemeError: there is no such file, it is no plain one or too large, or it extends itself in the end.
    """
    if not isinstance(name, str) or not name:
        raise BaseSchemeError("'extends' must be the id of a bundled scheme, or the path of a file")
    shown, file = (f"{name}.yaml", bundled[name]) if name in bundled else _file(name, folder, bundled)
    if identity(file) in chain:
        raise BaseSchemeError(f"a circle: '{name}' extends this scheme itself")
    if len(chain) >= MAXIMUM_CHAIN:
        raise BaseSchemeError(f"more than {MAXIMUM_CHAIN} schemes extend each other")
    return shown, file


def _file(name: str, folder: Path, bundled: Mapping[str, Traversable | Path]) -> tuple[str, Path]:
    path = folder / name
    try:
        if path.is_file():
            if path.stat().st_size > MAXIMUM_BYTES:
                raise BaseSchemeError(
                    f"'{name}' is larger than {MAXIMUM_BYTES:,} bytes; a scheme is a few hundred lines"
                )
            return str(path), path
        found = path.exists()
    except (OSError, ValueError):  # a name too long, or with a NUL
        found = False
    if found:
        raise BaseSchemeError(f"'{name}' is no plain file")
    hint = did_you_mean(name, bundled)
    raise BaseSchemeError(
        f"no scheme '{name}'{hint}: neither the id of a bundled scheme nor a file, seen from this one"
    )


def identity(file: Traversable | Path) -> str:
    """What tells a file from others, however it is named."""
    return str(file.resolve() if isinstance(file, Path) else file)
