"""New weights as a scheme that extends another: YAML that says no more than what differs, and where it comes from."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from icredit._version import __version__
from icredit.bundled import bundled_schemes
from icredit.errors import UsageError
from icredit.methods.cases import By, Number
from icredit.output.console import visible
from icredit.scheme.families import TOP
from icredit.scheme.model import Scheme
from icredit.scoring.weighting import Weighting
from icredit.text import counted, plain

#: How many remarks are told; the rest is counted.
TOLD = 12

#: Method -> how a title names it.
TITLES = {
    "equal": ("等权重", "equal weights"),
    "sd": ("标准差法赋权", "weights by standard deviation"),
    "entropy": ("熵权法赋权", "weights by entropy"),
    "critic": ("CRITIC法赋权", "weights by CRITIC"),
    "pca": ("主成分分析法赋权", "weights by principal components"),
    "ahp": ("层次分析法赋权", "weights by the analytic hierarchy process"),
}

_BY_SCORES = (
    "What was compared are scores, in which more is always better: an indicator of which less is better counts in its "
    "right direction."
)


@dataclass(frozen=True, slots=True)
class Input:
    """A file that weights come from, by its name and content."""

    file: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Overlay:
    """A scheme of new weights, to be written.

    Attributes:
        weighting: the weights.
        extends: the scheme they change: the id of a bundled one, or its path seen from the new file.
        id: the id of the new scheme.
        inputs: the files that the weights come from.
        as_of: what expressions were told to call `today`; None if nothing was said.
    """

    weighting: Weighting
    extends: str
    id: str
    inputs: tuple[Input, ...] = ()
    as_of: date | None = None

    def content(self) -> dict[str, Any]:
        """What the file says, as data."""
        base = self.weighting.base
        zh, en = TITLES[self.weighting.method]
        return {
            "extends": self.extends,
            "id": self.id,
            "title": {"zh": f"{base.title.zh}（{zh}）", "en": f"{base.title.en}, {en}"},
            "edition": base.edition,
            "basis": {"weights": "project-default"},
            "change": {node: {"weight": as_data(weight)} for node, weight in self.weighting.changes.items()},
        }

    def text(self) -> str:
        """The file: what the weights come from and how far they can be trusted as comments, then what it says."""
        content = self.content()
        lines = [f"# {visible(line)}".rstrip() for line in self._comments()]
        change = content.pop("change")
        lines += [f"{key}: {_inline(value)}" for key, value in content.items()]
        lines += ["change:", *(f"  {node}: {_inline(said)}" for node, said in change.items())]
        return "\n".join(lines) + "\n"

    def _comments(self) -> list[str]:
        made = self.weighting
        lines = [f"Weights computed by icredit {__version__}: method {made.method}{_from(made)},"]
        lines += [f"  from {one.file} (sha256 {one.sha256})," for one in self.inputs[:TOLD]]
        if len(self.inputs) > TOLD:
            lines.append(f"  from {counted(len(self.inputs) - TOLD, 'more file')},")
        day = "" if self.as_of is None else f", as of {self.as_of}"
        lines.append(f"  under {made.base.id} (sha256 {made.base.digest}){day}.")
        lines += facts(made)
        return lines + [f"Warning: {line}" for line in warnings(made)]


def _from(made: Weighting) -> str:
    if None not in made.rows:
        return ""
    each = "" if made.within is None else f", for each {made.within}"
    return f", from {counted(made.rows[None], 'enterprise')}{each}"


def facts(made: Weighting) -> list[str]:
    """What to know of a method's result beside the weights."""
    if made.method in ("critic", "pca"):
        return [_BY_SCORES]
    return [
        f"Judgements about the children of {'the whole' if node == TOP else node}: lambda_max {found.lambda_max:.4f}, "
        f"consistency index {found.index:.4f}, consistency ratio {found.ratio:.4f}."
        for node, found in made.consistency.items()
    ]


def warnings(made: Weighting) -> list[str]:
    """Where the weights may mislead, one sentence each; of many, the first and how many more."""
    said = [remark.sentence() for remark in made.remarks]
    more = [f"{counted(len(said) - TOLD, 'more warning')}; --json has all"] if len(said) > TOLD else []
    return said[:TOLD] + more


def as_data(weight: Number) -> Any:
    """A weight as YAML and JSON hold it."""
    if isinstance(weight, By):
        return weight.model_dump(exclude_none=True)
    return dict(weight) if isinstance(weight, dict) else weight


def scheme_id(base: Scheme, method: str, wanted: str | None) -> str:
    """The id of the new scheme.

    Raises:
        UsageError: no scheme can be called so, or the scheme that it changes is.
    """
    found = f"{base.id}-{method}" if wanted is None else wanted
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", found):
        raise UsageError(
            f"'{found}' is no id of a scheme",
            hint="--id takes at most 64 letters, digits, points, hyphens, underscores",
        )
    if found == base.id:
        raise UsageError(f"'{found}' is the id of the scheme that is changed", hint="choose another with --id")
    return found


def extended(shown: str, file: object, output: Path | None) -> str:
    """How a file at `output` (or in the current folder) names the scheme that was read from `file`."""
    name = shown.removesuffix(".yaml")
    if not isinstance(file, Path) or bundled_schemes().get(name) == file:
        return name
    folder = Path() if output is None else output.parent
    try:
        return Path(os.path.relpath(os.path.realpath(file), os.path.realpath(folder))).as_posix()
    except ValueError:  # another drive of Windows
        return Path(os.path.realpath(file)).as_posix()


def _inline(value: Any) -> str:
    """A value in one line of YAML."""
    if isinstance(value, float):
        return plain(value)
    text = yaml.safe_dump(value, allow_unicode=True, default_flow_style=True, sort_keys=False, width=10**9)
    return text.removesuffix("\n").removesuffix("\n...")
