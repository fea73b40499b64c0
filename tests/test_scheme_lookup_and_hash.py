"""Which scheme is read when several could be meant, and the digest by which a scheme's content is known."""

from __future__ import annotations

import codecs
import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

import icredit
from conftest import NATIONAL, ROOT
from icredit.cli.main import main
from icredit.errors import InputError, UsageError
from icredit.scheme import Scheme, bundled_schemes, load_scheme, parse_scheme
from icredit.scheme.load import find_scheme
from plain_yaml import load_yaml
from spoiled import TEXT, spoil

BUNDLED = "ics-national-2024"


def write(path: Path, name: str) -> Path:
    """Write a scheme with the given id and return its path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(spoil(("id: small\n", f"id: {name}\n")), "utf-8")
    return path


def test_a_scheme_named_comes_before_all_others(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """--scheme wins over $ICREDIT_SCHEME, ./indicators.yaml and the bundled scheme."""
    named = write(folder / "named.yaml", "named")
    monkeypatch.setenv("ICREDIT_SCHEME", str(write(folder / "environment.yaml", "environment")))
    write(folder / "indicators.yaml", "local")
    assert load_scheme(named).id == load_scheme("named.yaml").id == "named"


def test_the_environment_comes_second(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """$ICREDIT_SCHEME wins over ./indicators.yaml and the bundled scheme."""
    monkeypatch.setenv("ICREDIT_SCHEME", str(write(folder / "elsewhere" / "environment.yaml", "environment")))
    write(folder / "indicators.yaml", "local")
    assert load_scheme().id == "environment"


def test_the_current_folder_comes_third(folder: Path) -> None:
    """./indicators.yaml wins over the bundled scheme."""
    write(folder / "indicators.yaml", "local")
    assert load_scheme().id == "local"


def test_the_bundled_scheme_comes_last(folder: Path) -> None:
    """Without any other, the bundled national scheme is used."""
    assert load_scheme().id == BUNDLED


def test_an_empty_environment_is_none(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """$ICREDIT_SCHEME set to nothing counts as not set."""
    monkeypatch.setenv("ICREDIT_SCHEME", "")
    write(folder / "indicators.yaml", "local")
    assert load_scheme().id == "local"


def test_a_folder_called_like_the_file_is_passed_over(folder: Path) -> None:
    """A folder ./indicators.yaml is no scheme."""
    (folder / "indicators.yaml").mkdir()
    assert load_scheme().id == BUNDLED


def test_a_bundled_scheme_is_named_by_its_id(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """--scheme and $ICREDIT_SCHEME take the id of a bundled scheme, even where the folder has another."""
    write(folder / "indicators.yaml", "local")
    assert load_scheme(BUNDLED).id == BUNDLED
    monkeypatch.setenv("ICREDIT_SCHEME", BUNDLED)
    assert load_scheme().id == BUNDLED


def test_the_option_beats_the_environment(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The commands look schemes up in the same order: the one named, the environment, the folder, the bundled one."""
    assert main(["scheme", "check"]) == 0
    assert BUNDLED in capsys.readouterr().out
    write(folder / "indicators.yaml", "local")
    assert main(["scheme", "check"]) == 0
    assert "indicators.yaml: correct: local " in capsys.readouterr().out
    monkeypatch.setenv("ICREDIT_SCHEME", str(write(folder / "environment.yaml", "environment")))
    assert main(["scheme", "check"]) == 0
    assert "environment.yaml: correct: environment " in capsys.readouterr().out
    assert main(["scheme", "check", str(write(folder / "named.yaml", "named"))]) == 0
    assert "named.yaml: correct: named " in capsys.readouterr().out
    assert main(["validate", "--scheme", "absent.yaml", "nothing.csv"]) == 2
    assert "absent.yaml" in capsys.readouterr().err


def test_a_scheme_of_the_environment_that_is_missing(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A scheme that $ICREDIT_SCHEME names and nobody has is wrong usage; the next in order is not taken in silence."""
    write(folder / "indicators.yaml", "local")
    monkeypatch.setenv("ICREDIT_SCHEME", "absent.yaml")
    assert main(["scheme", "check"]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "absent.yaml" in captured.err


@pytest.mark.parametrize(
    "name", ["ics-nationel-2024", "ics-nation-2024", "ICS-NATIONAL-2024", "ics-national-2024.yaml"]
)
def test_an_unknown_name_near_a_bundled_one(folder: Path, name: str) -> None:
    """A name that is neither a file nor an id is wrong usage, with the nearest id."""
    with pytest.raises(UsageError) as refused:
        load_scheme(name)
    assert f"'{name}'" in str(refused.value)
    assert f"did you mean '{BUNDLED}'" in str(refused.value)


@pytest.mark.parametrize(
    "name", ["", "a" * 300, "a/" * 3_000 + "b", "no\x00such", "nothing.yaml/below", "\udcff.yaml", "~", "长沙.yaml"]
)
def test_a_name_that_nothing_can_have(folder: Path, name: str) -> None:
    """A name that is too long, broken or empty is wrong usage like any other unknown name."""
    (folder / "nothing.yaml").write_text("id: x\n")
    with pytest.raises(UsageError):
        load_scheme(name)


def test_a_link_that_leads_nowhere(folder: Path) -> None:
    """A link to a file that is gone, or to itself, is an unknown scheme."""
    (folder / "gone.yaml").symlink_to("absent.yaml")
    (folder / "loop.yaml").symlink_to("loop.yaml")
    for name in ("gone.yaml", "loop.yaml"):
        with pytest.raises((UsageError, InputError)):
            load_scheme(name)


def test_a_scheme_that_cannot_be_read(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A folder in the place of a file is an input that cannot be read: status 3, one line."""
    (folder / "folder.yaml").mkdir()
    assert main(["scheme", "check", "folder.yaml"]) == 3
    said = capsys.readouterr().err
    assert said.startswith("icredit: folder.yaml: cannot be read")
    assert "Traceback" not in said


def test_a_scheme_that_must_not_be_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that the system refuses is an input that cannot be read, and the reason is told."""
    path = write(folder / "locked.yaml", "locked")

    def refuse(self: Path, *_: object) -> bytes:
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(InputError, match=r"locked\.yaml.*Permission denied"):
        load_scheme(path)


@pytest.mark.parametrize("encoding", ["gb18030", "utf-16", "utf-32"])
def test_a_scheme_that_is_not_utf_8(folder: Path, capsys: pytest.CaptureFixture[str], encoding: str) -> None:
    """A file in another encoding is an input that cannot be read, with the hint to save it as UTF-8."""
    (folder / "other.yaml").write_bytes(TEXT.encode(encoding))
    assert main(["scheme", "check", "other.yaml"]) == 3
    said = capsys.readouterr().err
    assert "other.yaml" in said
    assert "UTF-8" in said


def test_a_byte_order_mark_and_other_ends_of_lines(folder: Path) -> None:
    """A byte order mark, and lines that end as on Windows or an old Mac, change nothing in what a scheme says."""
    plain = parse_scheme(TEXT)
    for name, content in {
        "bom.yaml": codecs.BOM_UTF8 + TEXT.encode(),
        "crlf.yaml": TEXT.replace("\n", "\r\n").encode(),
        "cr.yaml": TEXT.replace("\n", "\r").encode(),
        "both.yaml": codecs.BOM_UTF8 + TEXT.replace("\n", "\r\n").encode(),
    }.items():
        (folder / name).write_bytes(content)
        assert load_scheme(name) == plain
        assert load_scheme(name).digest == plain.digest


def test_lines_are_counted_alike_behind_a_byte_order_mark() -> None:
    """Faults have the same lines in a file of Windows."""
    text = TEXT.replace("value: staff\n", "value: stuff\n")
    with pytest.raises(icredit.SchemeError) as plain:
        parse_scheme(text)
    with pytest.raises(icredit.SchemeError) as windows:
        parse_scheme("\ufeff" + text.replace("\n", "\r\n"))
    assert plain.value.faults == windows.value.faults


def test_the_bundled_scheme_is_the_file_at_the_root() -> None:
    """The national scheme that travels with the package is, byte for byte, the one at the root of the repository."""
    assert bundled_schemes()[BUNDLED].read_bytes() == NATIONAL.read_bytes()
    assert load_scheme(BUNDLED) == load_scheme(NATIONAL)
    assert f'"indicators.yaml" = "icredit/schemes/{BUNDLED}.yaml"' in (ROOT / "pyproject.toml").read_text("utf-8")


def test_bundled_schemes_stand_in_order_of_id() -> None:
    """A source checkout, where the national scheme is at the root, lists the schemes as an installed package does."""
    assert BUNDLED in bundled_schemes()
    assert list(bundled_schemes()) == sorted(bundled_schemes())


def test_bundled_schemes_bear_the_names_of_their_files() -> None:
    """The id of a bundled scheme is the name by which it is found."""
    for name in bundled_schemes():
        assert load_scheme(name).id == name
        assert find_scheme(name)[0] == f"{name}.yaml"


def layouts() -> Iterator[str]:
    """Yield other ways to write the small scheme: without remarks, in another order, as JSON."""
    data = yaml.safe_load(TEXT)
    yield yaml.safe_dump(data, allow_unicode=True)
    yield yaml.safe_dump(data, allow_unicode=False, sort_keys=False, width=20)
    yield yaml.safe_dump(data, default_flow_style=True, allow_unicode=True)
    yield json.dumps(data, indent=8)
    yield json.dumps(data, ensure_ascii=False)
    yield "---\n# one more remark\n" + TEXT.replace("\n", "   # and another\n") + "...\n"


def test_the_digest_does_not_depend_on_layout() -> None:
    """Remarks, order of keys, quotes, indentation and line breaks are not part of what a scheme says."""
    wanted = parse_scheme(TEXT).digest
    assert {parse_scheme(text).digest for text in layouts()} == {wanted}


NATIONAL_DATA = load_yaml(NATIONAL.read_text("utf-8"))
NATIONAL_DIGEST = load_scheme(NATIONAL).digest


@settings(deadline=None, max_examples=25)
@given(
    indent=st.integers(2, 9),
    width=st.integers(20, 200),
    order=st.booleans(),
    flow=st.booleans(),
    style=st.sampled_from([None, "'", '"', ">", "|"]),
)
def test_the_digest_does_not_depend_on_how_yaml_is_written(
    *, indent: int, width: int, order: bool, flow: bool, style: str | None
) -> None:
    """However a YAML writer breaks, quotes and indents the national scheme, its digest is the same."""
    text = yaml.dump(
        quoted(NATIONAL_DATA, style),
        Dumper=Dumper,
        indent=indent,
        width=width,
        sort_keys=order,
        default_flow_style=flow,
        allow_unicode=True,
    )
    assert parse_scheme(text).digest == NATIONAL_DIGEST


class Quoted(str):
    """Text that remembers how it shall be written."""

    __slots__ = ("style",)
    style: str | None


class Dumper(yaml.SafeDumper):
    """Writes quoted text in its style, and everything in full where it stands."""

    def ignore_aliases(self, data: Any) -> bool:
        """Write no aliases."""
        return True


def _represent(dumper: Dumper, text: Quoted) -> yaml.Node:
    return dumper.represent_scalar("tag:yaml.org,2002:str", str(text), style=text.style)


Dumper.add_representer(Quoted, _represent)


def quoted(data: Any, style: str | None) -> Any:
    """Return the data with every text in one style."""
    if isinstance(data, dict):
        return {key: quoted(part, style) for key, part in data.items()}
    if isinstance(data, list):
        return [quoted(part, style) for part in data]
    if isinstance(data, str):
        text = Quoted(data)
        text.style = style
        return text
    return data


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("weight: 40\n", "weight: 40.0\n"),
        ("weight: 40\n", "weight: 4.0e+1\n"),
        ("weight: 40\n", "weight: 040.000\n"),
        ("minimum: 0.5", "minimum: .5"),
        ("maximum: 90000", "maximum: 90_000"),
        ("ranking: {decimals: 4, ties: min, minimum_coverage: 0.25}", "ranking: {minimum_coverage: 0.25}"),
        (
            "basis: {indicators: official, weights: reported}",
            "basis: {weights: reported, indicators: official, grades: project-default}",
        ),
        ("direction: higher\n", "\n"),
        ("    type: flag\n", "    type: flag\n    required: false\n"),
        ("label: {zh: 人员, en: People}", "label: {zh: ' 人员 ', en: People}"),
    ],
)
def test_the_digest_does_not_depend_on_how_a_thing_is_said(old: str, new: str) -> None:
    """A number in another notation and a default that is written out say the same."""
    assert parse_scheme(spoil((old, new))).digest == parse_scheme(TEXT).digest


def numbers(data: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Yield the path of every number in the data."""
    if isinstance(data, dict | list):
        for key, part in data.items() if isinstance(data, dict) else enumerate(data):
            yield from numbers(part, (*path, key))
    elif isinstance(data, int | float) and not isinstance(data, bool):
        yield path


def changed(data: Any, path: tuple[str | int, ...], new: Any) -> Any:
    """Return a copy of the data with the part at `path` replaced by `new` of it."""
    copied = copy.deepcopy(data)
    here = copied
    for part in path[:-1]:
        here = here[part]
    here[path[-1]] = new(here[path[-1]])
    return copied


@pytest.mark.parametrize("path", [ROOT / "tests" / "schemes" / "small.yaml", NATIONAL], ids=["small", "national"])
def test_the_digest_depends_on_every_number(path: Path) -> None:
    """Changing any number of a scheme by a hair, or by one where it is a whole number, changes the digest."""
    data = yaml.safe_load(path.read_text("utf-8"))
    found = {Scheme.model_validate(data).digest}
    paths = list(numbers(data))
    for where in paths:
        step = 1 if where[-1] == "decimals" else 1e-9
        found.add(Scheme.model_validate(changed(data, where, lambda number, step=step: number + step)).digest)
    assert len(paths) > 20
    assert len(found) == 1 + len(paths)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("value: staff\n", "value: staff + 1\n"),
        ("applies: staff > 0", "applies: staff > 1"),
        ("when: listed", "when: not listed"),
        ("direction: higher", "direction: lower"),
        ("missing: zero", "missing: exclude"),
        ("transform: log", "transform:"),
        ("[stage, size]", "[size, stage]"),
        ("[stage, size]", "[stage]"),
        ("aggregate: geometric", "aggregate: harmonic"),
        ("aggregate: arithmetic", "aggregate: sum"),
        ("level: warning", "level: error"),
        ("weights: reported", "weights: official"),
        ("zh: 人员,", "zh: 员工,"),
        ("en: People}", "en: Staff of it}"),
        ("aliases: [营收]", "aliases: [营收额]"),
        ("unit: 人\n", "unit: 名\n"),
        ("type: flag", "type: flag\n    required: true"),
        ('edition: "1"', 'edition: "2"'),
        ("id: small\n", "id: other\n"),
        ("- id: people\n", "- id: persons\n"),
        ("message: {zh: 已上市", "message: {zh: 上市"),
        ("{id: giant,", "{id: huge,"),
    ],
)
def test_the_digest_depends_on_every_word(old: str, new: str) -> None:
    """Changing an expression, a method, a name or a label changes the digest."""
    assert parse_scheme(spoil((old, new))).digest != parse_scheme(TEXT).digest


def test_the_digest_depends_on_the_order_that_counts() -> None:
    """The order of stages decides which rule holds first, so it is part of what a scheme says."""
    data = yaml.safe_load(TEXT)
    data["stages"].reverse()
    assert Scheme.model_validate(data).digest != parse_scheme(TEXT).digest


def test_the_digest_is_a_sha_256() -> None:
    """The digest is 64 hexadecimal digits."""
    digest = parse_scheme(TEXT).digest
    assert len(bytes.fromhex(digest)) == 32


def test_a_changed_copy_of_a_scheme_is_another_scheme() -> None:
    """A copy with fewer nodes, made in a notebook, has its own leaves, categories and hash, whatever was asked before."""
    scheme = load_scheme(ROOT / "indicators.yaml")
    assert (len(scheme.leaves), len(scheme.categories), len(scheme.digest)) == (7 + 6 + 5, 3, 64)
    changed = scheme.model_copy(update={"indicators": scheme.indicators[:1]})
    assert (len(changed.leaves), len(changed.categories)) == (7, 1)
    assert changed.digest != scheme.digest
