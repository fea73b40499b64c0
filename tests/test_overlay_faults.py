"""What is wrong with an overlay is told on the line of the overlay that is the reason for it."""

from __future__ import annotations

import copy
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from icredit.cli.main import main
from icredit.errors import Fault, SchemeError
from icredit.scheme import load_scheme, parse_scheme
from icredit.scheme.source import MAXIMUM_BYTES
from plain_yaml import dump_yaml, load_yaml
from spoiled import SMALL, TEXT, faults_of, line_of
from test_overlays import INDICATOR, NAME


@pytest.fixture
def beside(folder: Path) -> Path:
    """A folder with the small scheme in it."""
    (folder / "small.yaml").write_text(TEXT, "utf-8")
    return folder


def faults(text: str) -> list[Fault]:
    """Return the faults of an overlay in the current folder; all of them are told under its name."""
    Path("city.yaml").write_text(text, "utf-8")
    try:
        load_scheme("city.yaml")
    except SchemeError as error:
        return [fault for fault in error.faults if f"city.yaml:{fault.line}: {fault.message}" in str(error)]
    return []


FAULTS: dict[str, tuple[str, str, tuple[str, ...]]] = {
    # what is added to the overlay, what stands on the line to be blamed, what is said
    "unknown key": ("chagne: {}", "chagne", ("unknown key 'chagne'", "did you mean 'change'")),
    "indicators": (f"indicators: [{INDICATOR}]", "indicators:", ("use change, add and remove",)),
    "unknown node": ("change:\n  peple: {weight: 1}", "peple", ("'peple'", "did you mean 'people'")),
    "unknown key of a node": ("change:\n  people:\n    wieght: 1", "wieght", ("'wieght'", "did you mean 'weight'")),
    "unknown key taken away": ("change:\n  people:\n    wieght: null", "wieght", ("'wieght'", "mean 'weight'")),
    "key of a category": ("change:\n  people:\n    aggregate: sum", "aggregate", ("unknown key 'aggregate'",)),
    "id of a node": ("change:\n  people:\n    id: persons", "id: persons", ("an id cannot be changed",)),
    "children": ("change:\n  results:\n    indicators: []", "indicators:", ("use change, add and remove",)),
    "required key taken away": ("change:\n  people:\n    value: null", "value:", ("missing key 'value'",)),
    "no mapping of keys": ("change:\n  people: 3", "people:", ("must be a mapping",)),
    "no mapping": ("\nchange: [people]", "change:", ("must be a mapping",)),
    "wrong value": ("change:\n  people:\n    weight: many", "weight:", ("'weight' must be a number",)),
    "unknown method": ("change:\n  people:\n    normalise: {method: mnimax}", "normalise:", ("mean 'minmax'",)),
    "wrong expression": ("change:\n  people:\n    value: stuff", "value:", ("unknown field 'stuff'",)),
    "unknown removal": ("remove:\n  - per_hed", "per_hed", ("unknown node 'per_hed'", "did you mean 'per_head'")),
    "removed twice": ("remove:\n  - per_head\n  - 'per_head'", "'per_head'", ("removed already",)),
    "no id": ("remove:\n  - [per_head]", "[per_head]", ("unknown node",)),
    "no list of ids": ("\nremove: per_head", "remove:", ("must be a list",)),
    "removed and changed": ("remove: [people]\nchange:\n  people: {weight: 1}", "{weight", ("'people' is removed",)),
    "removed with its category and changed": (
        "remove: [results]\nchange:\n  turnover: {weight: 1}",
        "turnover",
        ("'turnover' is removed",),
    ),
    "emptied category": ("remove:\n  - turnover\n  - per_head", "per_head", ("nothing would be left of 'results'",)),
    "emptied tree": ("remove:\n  - people\n  - results", "results", ("nothing would be left of the tree",)),
    "unknown category": (f"add:\n  reslts: [{INDICATOR}]", "reslts", ("'reslts'", "did you mean 'results'")),
    "indicator as category": (f"add:\n  people: [{INDICATOR}]", "people", ("'people' is an indicator",)),
    "removed category": (f"remove: [results]\nadd:\n  results: [{INDICATOR}]", "more", ("'results' is removed",)),
    "added no list": (f"add:\n  results: {INDICATOR}", "more", ("must be a list of nodes",)),
    "no mapping of additions": (f"add: [{INDICATOR}]", "add:", ("must be a mapping",)),
    "added without a weight": (
        f"add:\n  results:\n    - {INDICATOR.replace('weight: 5, ', '')}",
        "more",
        ("missing weight: 'more'",),
    ),
    "field of a wrong type": ("fields:\n  revenue:\n    maximum: x", "maximum: x", ("'maximum'",)),
    "unknown key of a field": ("fields:\n  revenue:\n    unti: 3", "unti", ("did you mean 'unit'",)),
    "new field without a label": ("fields:\n  new: {type: flag}", "new:", ("missing key 'label'",)),
    "fields that are none": ("fields: [revenue]", "fields:", ("'fields'",)),
    "checks that are none": ("checks: {a: 1}", "checks:", ("'checks'",)),
    "check": ("checks:\n  - {level: error, when: stff, message: {zh: a, en: a}}", "stff", ("unknown field 'stff'",)),
    "basis": ("basis:\n  weights: offical", "offical", ("'weights' cannot be 'offical'",)),
    "unknown basis": ("basis:\n  weihgts: official", "weihgts", ("did you mean 'weights'",)),
    "basis that is none": ("basis: official", "basis:", ("'basis'",)),
    "grades": ("grades:\n  - {id: A}", "id: A", ("needs a 'minimum'",)),
    "scale": ("scale: [5, 5]", "scale:", ("lower end 5",)),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_of_the_overlay(beside: Path, name: str) -> None:
    """What the overlay itself says wrongly is blamed where it says it, and once."""
    rest, needle, says = FAULTS[name]
    text = NAME + rest + "\n"
    (fault,) = faults(text)
    assert fault.line == line_of(text, needle)
    assert "of the base" not in fault.message
    for words in says:
        assert words in fault.message


INHERITED: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "an indicator that another refers to": (
        "extends: with_reference.yaml\nremove:\n  - people",
        "people",
        ("unknown field 'people'", "(results/per_head/value/early of the base small)"),
    ),
    "an id that is there already": (
        f"add:\n  results:\n    - {INDICATOR.replace('more', 'people')}",
        "id: people",
        ("duplicate id: the node 'people'", "(people/id of the base small)"),
    ),
    "the type of a field": (
        "fields:\n  listed:\n    type: date",
        "listed:",
        ("condition 'listed' must be true or false", "(vetoes/no. 1/when of the base small)"),
    ),
    "a field that is used": (
        "fields:\n  export_share: null\n  listed: null",
        "listed: null",
        ("unknown field 'listed'", "vetoes/no. 1/when"),
    ),
    "a header that another field has": (
        "fields:\n  turnover:\n    {label: {zh: 营收, en: T}, type: flag}",
        "turnover:",
        ("营收",),
    ),
    "a stage less": (
        "stages:\n  - {id: early, label: {zh: 早, en: E}, when: 'true'}",
        "stages:",
        ("unknown stage 'late'", "(results/weight/late and 4 other parts of the base small)"),
    ),
    "siblings without weight": (
        f"extends: unweighted.yaml\nadd:\n  results:\n    - {INDICATOR}",
        "results:",
        ("missing weight: 'turnover'", "(results/turnover of the base small)"),
    ),
    "weights that are zero": (
        "change:\n  turnover: {weight: 0}\n  per_head: {weight: 0}",
        "turnover:",
        ("turnover, per_head are all zero", "(results/indicators of the base small)"),
    ),
    "a method that takes no clip": (
        "change:\n  turnover: {normalise: {method: tiers, tiers: [{at_least: 1, marks: 3}]}, direction: lower}",
        "turnover:",
        ("direction",),
    ),
}


@pytest.mark.parametrize("name", INHERITED)
def test_a_fault_of_what_is_inherited(beside: Path, name: str) -> None:
    """Where something inherited no longer fits, the line of the overlay that brought it about is blamed.

    The message says which part of the base it is, and how many others.
    """
    rest, needle, says = INHERITED[name]
    (beside / "unweighted.yaml").write_text(
        TEXT.replace("        weight: {early: 3, late: 1}\n", "").replace("        weight: 1\n", ""), "utf-8"
    )
    (beside / "with_reference.yaml").write_text(TEXT.replace("nullif(staff, 0)", "nullif(people, 0)"), "utf-8")
    text = (NAME if "extends:" not in rest else NAME.split("\n", 1)[1]) + rest + "\n"
    found = faults(text)
    assert {fault.line for fault in found} == {line_of(text, needle)}
    for words in says:
        assert any(words in fault.message for fault in found), found


def test_all_faults_are_told_at_once(beside: Path) -> None:
    """Faults of shape, of meaning and of the overlay itself come together, in order of lines."""
    text = NAME + "capp: 3\nfields: {staff: {unti: 1}}\nremove: [nobody]\nchange:\n  people:\n    value: stuff\n"
    needles = ("capp", "unti", "nobody", "stuff")
    assert [fault.line for fault in faults(text)] == [line_of(text, needle) for needle in needles]


@pytest.mark.parametrize("key", ["id", "title", "edition"])
def test_another_scheme_has_another_name(beside: Path, key: str) -> None:
    """Id, title and edition are not inherited, and the id is not that of the base."""
    (fault,) = faults("".join(line for line in NAME.splitlines(keepends=True) if not line.startswith(key)))
    assert fault.message == f"missing key '{key}'"
    (fault,) = faults(NAME.replace("id: city", "id: small"))
    assert (fault.line, "another id" in fault.message) == (2, True)


@pytest.mark.parametrize(
    ("extends", "says"),
    [
        ("absent.yaml", "no scheme 'absent.yaml'"),
        ("ics-nationall-2024", "did you mean 'ics-national-2024'"),
        ("[small.yaml]", "must be the id"),
        ("", "must be the id"),
        ("3", "must be the id"),
        ("{}", "must be the id"),
        ('"a\\0b"', "no scheme"),
        ("a" * 5000, "no scheme"),
        ("sub", "is no plain file"),
        ("pipe.yaml", "is no plain file"),
        ("/dev/zero", "is no plain file"),
        ("loop.yaml", "no scheme"),
        ("https://example.org/x.yaml", "no scheme"),
        ("large.yaml", "larger than"),
        ("gbk.yaml", "not UTF-8"),
        ("city.yaml", "a circle"),
        ("round.yaml", "a circle"),
        ("faulty.yaml", "faulty.yaml:3: missing key 'zh'"),
        ("above_faulty.yaml", "faulty.yaml:3: missing key 'zh'"),
        ("no.yaml", "no.yaml:1: not valid YAML"),
    ],
)
def test_a_base_that_cannot_be_extended(beside: Path, extends: str, says: str) -> None:
    """A base that is not there, no plain file, too large, faulty or a circle is one fault where it is named."""
    (beside / "sub").mkdir()
    os.mkfifo(beside / "pipe.yaml")
    (beside / "loop.yaml").symlink_to("loop.yaml")
    (beside / "large.yaml").write_bytes(b"#" * (MAXIMUM_BYTES + 1))
    (beside / "gbk.yaml").write_bytes(TEXT.encode("gb18030"))
    (beside / "round.yaml").write_text(NAME.replace("small", "city").replace("id: city", "id: round"), "utf-8")
    (beside / "faulty.yaml").write_text(TEXT.replace("zh: 示例体系, ", ""), "utf-8")
    (beside / "above_faulty.yaml").write_text(NAME.replace("small", "faulty").replace("id: city", "id: b"), "utf-8")
    (beside / "no.yaml").write_text("id: [", "utf-8")
    (fault,) = faults("# a remark\n" + NAME.replace("small.yaml", extends))
    assert fault.line == 2
    assert says in fault.message
    assert fault.message.count("faulty: ") <= 1


def test_a_chain_has_an_end(beside: Path) -> None:
    """Eight schemes may extend each other, nine may not."""
    Path("0.yaml").write_text(TEXT, "utf-8")
    for number in range(1, 9):
        text = NAME.replace("small", str(number - 1)).replace("id: city", f"id: city{number}")
        Path(f"{number}.yaml").write_text(text, "utf-8")
    assert len(load_scheme("7.yaml").extends) == 7
    with pytest.raises(SchemeError, match=r"8\.yaml:1: .*more than 8 schemes"):
        load_scheme("8.yaml")


def test_what_extends_nothing_is_no_overlay() -> None:
    """Without `extends`, the keys of overlays are unknown ones."""
    with pytest.raises(SchemeError, match="unknown key 'change'"):
        parse_scheme(TEXT + "change: {people: {weight: 3}}\n")


def test_check_tells_faults_of_overlays(beside: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`scheme check` prints FILE:LINE: of the overlay, with status 2, and status 0 without a fault."""
    assert faults(NAME + "change: {peple: {weight: 3}}\n")
    assert main(["scheme", "check", "city.yaml"]) == 2
    assert "city.yaml:5: unknown node 'peple'" in capsys.readouterr().err
    assert not faults(NAME)
    assert main(["scheme", "check", "city.yaml"]) == 0
    assert "city.yaml: correct: city 2, 3 indicators" in capsys.readouterr().out


ODD: list[Any] = [
    None,
    True,
    0,
    -1,
    1e300,
    "",
    "people",
    "results",
    "a b",
    [],
    ["people"],
    [["x"]],
    {},
    {"people": {}},
    {"x": None},
]

WHOLE = f"""
basis: {{weights: official}}
ranking: {{decimals: 3}}
fields: {{x: {{label: {{zh: 某, en: X}}, type: count}}, revenue: {{minimum: 0, aliases: null}}}}
checks: [{{level: error, when: x > 5, message: {{zh: 多, en: many}}}}]
cap: 90
change: {{people: {{weight: {{early: 3, late: 4}}, normalise: {{method: rank}}}}, turnover: {{treat: null}}}}
add: {{results: [{INDICATOR}], top: [{INDICATOR.replace("more", "most").replace("5", "{early: 1, late: 2}")}]}}
remove: [per_head]
grades: [{{id: C, minimum: 1}}]
"""


def paths(data: Any, here: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Yield the path of every part of the data."""
    for key, part in data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ():
        yield (*here, key)
        yield from paths(part, (*here, key))


DATA = load_yaml(NAME.replace("small.yaml", str(SMALL)) + WHOLE)


def test_the_overlay_is_a_scheme() -> None:
    """The overlay whose parts are replaced below is a scheme as it stands."""
    assert parse_scheme(dump_yaml(DATA))


@pytest.mark.parametrize("path", list(paths(DATA)), ids=lambda path: ".".join(map(str, path)))
def test_whatever_stands_in_an_overlay(path: tuple[str | int, ...]) -> None:
    """Whatever is put in the place of any part, the overlay is a scheme or is refused with faults on lines that it has."""
    for odd in ODD:
        edited = copy.deepcopy(DATA)
        here: Any = edited
        for key in path[:-1]:
            here = here[key]
        here[path[-1]] = copy.deepcopy(odd)
        text = dump_yaml(edited)
        assert all(1 <= fault.line <= text.count("\n") for fault in faults_of(text)), odd
