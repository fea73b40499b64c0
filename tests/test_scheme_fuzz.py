"""Whatever becomes of a scheme file, it is a scheme that can score or is refused with faults on lines that it has."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import icredit
from conftest import AS_OF, NATIONAL
from fuzz.scheme import enterprises
from icredit.errors import SchemeError
from icredit.scheme import parse_scheme
from plain_yaml import load_yaml
from spoiled import TEXT

Path = tuple[str | int, ...]

#: Expressions that a check may pass and a computation choke on.
AWKWARD = [
    "greatest()",
    "1.0 / staff",
    "100.0 * rd_staff / staff",
    "cast(technical_field as double)",
    "cast(rd_expense as int)",
    "rd_expense rd_expense_last",
    "rd_growth /* staff */",
    "power(staff, 0 - staff)",
    "1",
    "null",
    "serious_dishonesty",
    "1 / 0",
    "ln(0)",
    "year(founded)",
    "case when founded > today then 1 end",
    "length(technical_field)",
]

NATIONAL_TEXT = NATIONAL.read_text("utf-8")
NATIONAL_DATA = load_yaml(NATIONAL_TEXT)


def paths(data: Any, here: Path = ()) -> Iterator[Path]:
    """Yield the path of every part of the data, the whole of it excepted."""
    for key, part in data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ():
        yield (*here, key)
        yield from paths(part, (*here, key))


PATHS = list(paths(NATIONAL_DATA))
WORDS = sorted({str(path[-1]) for path in PATHS})
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-2, 10**30),
    st.floats(),
    st.sampled_from(
        ["", "revenue", "revenue /", "sum(revenue)", "stage", "startup", "1", "元", "%", "log", "zero", "zh"]
    ),
    st.text(max_size=8),
    st.dates(),
)
PARTS = st.recursive(
    SCALARS,
    lambda parts: (
        st.lists(parts, max_size=3) | st.dictionaries(st.sampled_from(WORDS) | st.text(max_size=4), parts, max_size=3)
    ),
    max_leaves=5,
)
PLACES = st.sampled_from(PATHS)
CHANGES = st.one_of(
    st.tuples(st.just("delete"), PLACES, st.none()),
    st.tuples(st.just("twice"), PLACES, st.none()),
    st.tuples(st.just("replace"), PLACES, PARTS),
    st.tuples(st.just("move"), PLACES, PLACES),
    st.tuples(st.just("rename"), PLACES, st.sampled_from(WORDS) | st.text(max_size=6)),
)


def part_at(data: Any, path: Path) -> Any:
    """Return the part of the data at a path; None if it is not there any more."""
    for step in path:
        try:
            data = data[step] if isinstance(data, dict | list) else None  # type: ignore[index]  # a wrong step is caught
        except (KeyError, IndexError, TypeError):
            return None
    return data


def change(data: Any, what: str, path: Path, given_part: Any) -> None:
    """Change the data in its place; nothing happens where an earlier change took the place away."""
    above, last = part_at(data, path[:-1]), path[-1]
    part = copy.deepcopy(part_at(data, path))
    if isinstance(above, list) and isinstance(last, int) and last < len(above):
        if what == "delete":
            del above[last]
        elif what == "twice":
            above.insert(last, part)
        elif what != "rename":
            above[last] = copy.deepcopy(part_at(data, given_part)) if what == "move" else given_part
    elif isinstance(above, dict) and last in above:
        if what in {"delete", "rename"}:
            del above[last]
        if what in {"twice", "rename"}:
            above[given_part or f"{last}_2"] = part
        elif what == "replace":
            above[last] = given_part
        elif what == "move":
            above[last] = copy.deepcopy(part_at(data, given_part))


class _Dumper(getattr(yaml, "CSafeDumper", yaml.SafeDumper)):  # type: ignore[misc]  # which class it is depends on the machine
    """Writes every part in full where it stands."""

    def ignore_aliases(self, data: Any) -> bool:
        """Write no aliases."""
        return True


def assert_scheme_or_faults(text: str) -> None:
    """The text is a scheme with which a batch can be scored, or is refused with faults on its own lines."""
    try:
        scheme = parse_scheme(text)
    except SchemeError as error:
        faults = list(error.faults)
        assert faults
        lines = max(1, len(text.splitlines()))
        for fault in faults:
            assert 1 <= fault.line <= lines, fault
            assert fault.message.strip()
            assert "\n" not in fault.message
            assert "unnamed" not in fault.message
            assert "pydantic" not in fault.message
        assert faults == sorted(faults)
        return
    assert parse_scheme(text).digest == scheme.digest
    table = icredit.score(enterprises(scheme), scheme, values=True, as_of=AS_OF)
    assert table.height == 5
    low, high = scheme.scale
    for leaf in scheme.leaves:
        found = table[leaf.id].drop_nulls()
        assert found.is_between(low - 1e-9, high + 1e-9).all()
        assert table[f"{leaf.id}.value"].drop_nulls().is_finite().all()


def spoilt(*changes: tuple[str, Path, Any]) -> str:
    """Return the text of the national scheme with changes made one after the other."""
    data = copy.deepcopy(NATIONAL_DATA)
    for what, path, part in changes:
        change(data, what, path, part)
    return str(yaml.dump(data, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=200))


FIRST = ("indicators", 0, "indicators", 0)


@pytest.mark.parametrize(
    "changes",
    [
        [],
        [("replace", ("indicators", n, "weight", "startup"), 1e308) for n in range(3)],
        [("replace", ("indicators", 0, "weight", "startup"), 5e-324)],
        [("replace", ("scale",), [0, 1e308])],
        [("replace", ("scale",), [-1e308, 1e308])],
        [("replace", ("scale",), [5e-324, 1e-323])],
        [("replace", ("scale", 1), "high")],
        [("replace", ("fields", "staff", "type"), "txt")],
        *([("replace", (*FIRST, "value"), value)] for value in AWKWARD),
        [("replace", (*FIRST, "applies"), "null")],
        *([("replace", (*FIRST, "missing"), rule)] for rule in ("zero", "exclude", "impute", "reject")),
        *([("replace", ("indicators", 0, "aggregate"), how)] for how in ("geometric", "harmonic", "sum", "minimum")),
        [("replace", (*FIRST, "normalise", "within"), ["zone", "province", "stage", "technical_field"])],
        [("replace", (*FIRST, "normalise", "within"), ["stage", "stage"])],
        [("rename", (*FIRST, "id"), "ids")],
        [("delete", ("stages", 0, "id"), None)],
        [("replace", ("grades",), [])],
        [("replace", ("stages",), [])],
        [("replace", ("indicators",), [NATIONAL_DATA["indicators"][0]["indicators"][0]])],
    ],
    ids=str,
)
def test_changes_that_have_been_trouble(changes: list[tuple[str, Path, Any]]) -> None:
    """Numbers at the edge of what a float holds, awkward expressions and parts taken away end in a scheme or in faults."""
    assert_scheme_or_faults(spoilt(*changes))


@settings(deadline=None, max_examples=100, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.lists(CHANGES, min_size=1, max_size=3))
def test_a_national_scheme_with_a_few_changes(changes: list[tuple[str, Path, Any]]) -> None:
    """The national scheme with parts deleted, doubled, moved, renamed or replaced is a scheme or is refused."""
    assert_scheme_or_faults(spoilt(*changes))


LINES = TEXT.splitlines()


@settings(deadline=None, max_examples=150)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["delete", "twice", "swap", "indent", "outdent", "cut", "insert"]),
            st.integers(0, len(LINES) - 1),
            st.integers(0, len(LINES) - 1),
            st.sampled_from(
                [
                    "-",
                    "- ",
                    "? ",
                    ": ",
                    "{",
                    "}",
                    "[",
                    "]",
                    "&a ",
                    "*a ",
                    "!x ",
                    "|",
                    ">",
                    "'",
                    '"',
                    "#",
                    "\t",
                    "%",
                    "@",
                    "\x00",
                ]
            ),
        ),
        min_size=1,
        max_size=4,
    )
)
def test_a_small_scheme_with_a_few_spoiled_lines(changes: list[tuple[str, int, int, str]]) -> None:
    """Lines that are lost, doubled, swapped, moved sideways or cut, and signs that YAML minds, are borne as well."""
    lines = list(LINES)
    for what, one, other, sign in changes:
        lines[one] = {
            "delete": "",
            "twice": f"{lines[one]}\n{lines[one]}",
            "swap": lines[other],
            "indent": f"  {lines[one]}",
            "outdent": lines[one].removeprefix("  "),
            "cut": lines[one][: other % 12],
            "insert": lines[one][: other % 12] + sign + lines[one][other % 12 :],
        }[what]
    assert_scheme_or_faults("\n".join(lines) + "\n")


@settings(deadline=None, max_examples=150)
@given(st.text(max_size=60) | st.text("[]{}:,-&*!|>'\"#%@?\n\t abc123", max_size=40))
def test_any_text_at_all(text: str) -> None:
    """Text that nobody meant as a scheme is refused with faults on its own lines."""
    with pytest.raises(SchemeError):
        parse_scheme(text)
    assert_scheme_or_faults(text)


@pytest.mark.parametrize(
    "text",
    [
        "\ud800",
        "a: !!bool x",
        "a: !!int ''",
        "%YAML 9.9\n---\n",
        "{",
        "---",
        "a: &a {b: *a}",
        "a: 'b",
        "\x00",
        "\ufeff",
    ],
)
def test_texts_that_have_been_trouble(text: str) -> None:
    """Half characters, tags that lie and files that break off are refused with faults on their own lines."""
    with pytest.raises(SchemeError):
        parse_scheme(text)
    assert_scheme_or_faults(text)
