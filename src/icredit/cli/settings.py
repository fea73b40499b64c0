"""Defaults of options from the environment and from a file, so that a nightly line stays short.

What holds is, in this order: the option on the command line, the environment ($ICREDIT_LABELS for `labels`), the file,
the default. The file is that of --config, else $ICREDIT_CONFIG, else ./icredit.toml if there is one; paths in it are
taken from the folder in which it stands.
"""

from __future__ import annotations

import math
import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from icredit.cli.session import session
from icredit.errors import InputError, UsageError, reason_of
from icredit.output import console

LOCAL_FILE = "icredit.toml"
ENVIRONMENT = "ICREDIT_"


def _one_of(*known: str) -> Callable[[str, Path], str]:
    def parse(text: str, folder: Path) -> str:
        if text not in known:
            raise ValueError(f"is none of {', '.join(known)}")
        return text

    return parse


def _path(text: str, folder: Path) -> str:
    if not text.strip():
        raise ValueError("is no name of a file or folder")
    return str(folder / text)


def _scheme(text: str, folder: Path) -> str:
    """A path, if there is such a file, else the id of a bundled scheme."""
    from icredit.bundled import bundled_schemes
    from icredit.text import did_you_mean

    known = bundled_schemes()
    if text in known:
        return text
    if not (folder / text).exists():
        raise ValueError(f"is neither a file nor the id of a bundled scheme{did_you_mean(text, known)}")
    return str(folder / text)


def _limit(text: str, folder: Path) -> str:
    from icredit.cli.options import parse_limit

    try:
        parse_limit(text, 0)
    except UsageError:
        raise ValueError("is neither a number of rows nor a percentage; write 20 or 5%") from None
    return text


def _seconds(text: str, folder: Path) -> str:
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not 0 <= seconds < math.inf:
        raise ValueError("is no number of seconds")
    return text


#: Key -> what reads its text, or raises ValueError saying what is wrong with it.
KEYS: Mapping[str, Callable[[str, Path], str]] = {
    "scheme": _scheme,
    "zones": _path,
    "output_folder": _path,
    "labels": _one_of("id", "zh", "en"),
    "duplicates": _one_of("error", "last"),
    "max_rejects": _limit,
    "lock_timeout": _seconds,
    "log_file": _path,
    "log_format": _one_of("text", "json"),
}


class Settings(NamedTuple):
    """Values by key, and the file that was looked into."""

    values: Mapping[str, str]
    file: Path | None

    def defaults(self) -> dict[str, Any]:
        """The defaults of every command's options, as the command line takes them: command -> option -> value."""
        values = self.values
        reading = {key: values[key] for key in ("scheme", "zones", "duplicates") if key in values}
        shown = {key: values[key] for key in ("labels", "zones") if key in values}
        scheme = {key: values[key] for key in ("scheme",) if key in values}
        limits = {key: values[key] for key in ("max_rejects",) if key in values}
        zones = {key: values[key] for key in ("zones",) if key in values}
        scores, form, manifest = {}, {}, {}
        if "output_folder" in values:
            folder = Path(values["output_folder"])
            scores, form = {"output": str(folder / "scores.csv")}, {"output": str(folder / "template.xlsx")}
            manifest = {"file": str(folder / "scores.manifest.json")}
        return {
            "score": {**reading, **shown, **limits, **scores},
            "rank": {**shown, **({"table": scores["output"]} if scores else {})},
            "validate": reading,
            "verify": manifest,
            "template": {**scheme, **zones, **form},
            "weights": reading,
            "zones": zones,
            "scheme": {"show": scheme, "check": scheme},
        }


def begin(config: Path | None, options: Mapping[str, str]) -> dict[str, Any]:
    """Give the run its settings and its log, and return the defaults of every command's options.

    Args:
        config: what --config names.
        options: what was given for `log_file`, `log_format` and `lock_timeout` on the command line.

    Raises:
        InputError, UsageError: as `read_settings`, or an option cannot be meant.
        OutputError: the log cannot be written.
    """
    run = session()
    if not {"-h", "--help"}.isdisjoint(run.words):
        return {}
    found = read_settings(config)
    values = dict(found.values)
    for key, text in options.items():
        values[key] = _parsed(KEYS[key], text, Path(), f"--{key.replace('_', '-')}")
    run.config = found.file
    run.lock_timeout = float(values.get("lock_timeout", 0))
    if "log_file" in values:
        from icredit.output.log import LogFormat, RunLog

        run.open_log(RunLog(Path(values["log_file"]), LogFormat(values.get("log_format", "text"))))
    if found.file is not None and {"-q", "--quiet"}.isdisjoint(run.words):
        console.say(f"settings: {found.file}")
    return found.defaults()


def read_settings(named: Path | None) -> Settings:
    """The settings of the environment and of the file that --config names, or that is looked up without being named.

    Raises:
        InputError: the file that is named cannot be read.
        UsageError: it is no TOML, or it or the environment says something that cannot be meant.
    """
    file = named or _looked_up()
    values = _of_file(file) if file is not None else {}
    for key, parse in KEYS.items():
        name = ENVIRONMENT + key.upper()
        text = os.environ.get(name)
        if text and key == "scheme":
            values[key] = text  # a name that is none is told by whoever needs a scheme
        elif text:
            values[key] = _parsed(parse, text, Path(), f"${name}")
    return Settings(values, file)


def _looked_up() -> Path | None:
    named = os.environ.get(f"{ENVIRONMENT}CONFIG")
    if named:
        return Path(named)
    return Path(LOCAL_FILE) if Path(LOCAL_FILE).is_file() else None


def _of_file(file: Path) -> dict[str, str]:
    import tomllib

    try:
        text = file.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError(f"{file}: not UTF-8 text", hint="save the file as UTF-8") from None
    except (OSError, ValueError) as error:
        raise InputError(f"{file}: cannot be read: {reason_of(error)}") from None
    try:
        content = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        found = re.fullmatch(r"(?s)(.*) \(at (?:line (\d+), column \d+|end of document)\)", str(error))
        line = int(found[2] or text.count("\n") + 1) if found else 1
        raise UsageError(f"{file}:{line}: not TOML: {found[1] if found else reason_of(error)}") from None
    values = {}
    for key, value in content.items():
        where = f"{file}:{_line(text, key)}: {key}"
        if key not in KEYS:
            from icredit.text import did_you_mean

            hint = f"keys: {', '.join(KEYS)}"
            raise UsageError(f"{where}: no such setting{did_you_mean(key, KEYS)}", hint=hint)
        if not isinstance(value, str | int | float) or isinstance(value, bool):
            raise UsageError(f"{where}: is neither a text nor a number", hint=f'write {key} = "..."')
        values[key] = _parsed(KEYS[key], str(value), file.parent, where)
    return values


def _parsed(parse: Callable[[str, Path], str], text: str, folder: Path, where: str) -> str:
    try:
        return parse(text, folder)
    except ValueError as error:
        raise UsageError(f"{where}: '{text}' {error}") from None


def _line(text: str, key: str) -> int:
    """The line on which a key stands: alone, in quotation marks, before a dot or as the name of a table."""
    for number, line in enumerate(text.splitlines(), 1):
        if re.match(rf"\s*(?:\[+\s*)?[\"']?{re.escape(key)}\b[\"']?\s*[=.\]]", line):
            return number
    return 1
