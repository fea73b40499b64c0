"""Keys of a field that other steps rely on are held against the field: none_means, usual, last_year_of, carry_over."""

from __future__ import annotations

import pytest

from icredit.scheme import parse_scheme
from spoiled import assert_one_fault, case, faults_of, line_of, spoil

# Where a key can be added to a field of the small scheme.
REVENUE = "    minimum: -500\n"
STAFF = "    type: count\n    unit: 人\n"
SHARE = '    unit: "%"\n'
TEXT_FIELD = "    label: {zh: 技术领域, en: Technical field}\n"
FLAG = "    type: flag\n"
SIZE = "    label: {zh: 规模, en: Size}\n"


def added(to: str, *keys: str) -> tuple[str, str]:
    """Return the edit that adds lines to a field."""
    return to, to + "".join(f"    {key}\n" for key in keys)


def field(name: str, *keys: str) -> tuple[str, str]:
    """Return the edit that adds a field before the first one."""
    lines = "".join(f"    {key}\n" for key in ("label: {zh: 新增, en: Added}", *keys))
    return "fields:\n", f"fields:\n  {name}:\n{lines}"


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        case("no number", added(FLAG, "none_means: zero"), at="none_means", says=("'none_means'", "'listed'", "flag")),
        case(
            "below the minimum",
            field("prizes", "type: count", "minimum: 1", "none_means: zero"),
            at="none_means",
            says=("无", "0", "minimum 1"),
        ),
        case(
            "above the maximum",
            field("loss", "type: share", "maximum: -0.5", "none_means: zero"),
            at="none_means",
            says=("无", "0", "maximum -0.5"),
        ),
        case("neither", added(STAFF, "none_means: zer"), at="none_means", says=("'zer'", "'zero'", "missing")),
    ],
)
def test_none_means_a_zero_that_the_field_takes(text: str, line: int, says: tuple[str, ...]) -> None:
    """无 can mean zero in a field of numbers that may be zero."""
    assert_one_fault(text, line, says)


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        case("falling", added(REVENUE, "usual: [5, 1]"), at="usual", says=("[5, 1]", "rise")),
        case("a point", added(REVENUE, "usual: [5, 5]"), at="usual", says=("[5, 5]", "rise")),
        case("below zero", added(REVENUE, "usual: [-1, 5]"), at="usual", says=("[-1, 5]", "from 0")),
        case("count", added(STAFF, "usual: [1, 5]"), at="usual", says=("amounts", "'staff'", "count")),
        case("share", added(SHARE, "usual: [1, 5]"), at="usual", says=("amounts", "'export_share'", "share")),
        case("text", added(TEXT_FIELD, "usual: [1, 5]"), at="usual", says=("amounts", "'technical_field'", "text")),
        case("one number", added(REVENUE, "usual: 5"), at="usual", says=("two numbers",)),
    ],
)
def test_the_usual_range_of_an_amount(text: str, line: int, says: tuple[str, ...]) -> None:
    """The usual range is two rising numbers from zero on, of an amount."""
    assert_one_fault(text, line, says)


LAST = "type: amount", "unit: 元"


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        case(
            "unknown",
            field("last", *LAST, "last_year_of: revenu"),
            at="last_year_of",
            says=("unknown field 'revenu'", "'revenue'"),
        ),
        case(
            "other type",
            field("last", *LAST, "last_year_of: staff"),
            at="last_year_of",
            says=("'last' is of type amount", "'staff' of type count"),
        ),
        case("itself", field("last", *LAST, "last_year_of: last"), at="last_year_of", says=("'last'", "itself")),
        case(
            "carried over as well",
            field("last", *LAST, "last_year_of: revenue", "carry_over: true"),
            at="carry_over",
            says=("'last'", "'revenue'", "either"),
        ),
        case(
            "identity",
            field("name", "type: text", "last_year_of: technical_field"),
            at="last_year_of",
            says=("identity column 'name'",),
        ),
        case(
            "more choices",
            field(
                "size_last",
                "type: choice",
                "last_year_of: size",
                "choices: [{id: giant, label: {zh: 巨, en: G}}]",
            ),
            at="last_year_of",
            says=("'size'", "'size_last'", "micro"),
        ),
        case(
            "circle",
            field("last", *LAST, "last_year_of: revenue"),
            added(REVENUE, "last_year_of: last"),
            at="last_year_of: revenue",
            says=("cycle", "last is last year of revenue is last year of last"),
        ),
    ],
)
def test_last_year_of_names_another_field_of_the_same_kind(text: str, line: int, says: tuple[str, ...]) -> None:
    """Last year's amount is that of an existing other field of the same type, and no circle."""
    assert_one_fault(text, line, says)


def test_a_field_of_unknown_type_is_told_once() -> None:
    """A wrong type is one fault, though what is last year's of that field cannot be judged."""
    text = spoil(field("last", *LAST, "last_year_of: staff"), ("    type: count\n", "    type: countt\n"))
    assert [fault.line for fault in faults_of(text)] == [line_of(text, "type: countt")]


def test_years_may_reach_back_further() -> None:
    """A field may be last year's of a field that is last year's itself, in another unit, and the keys keep their values."""
    scheme = parse_scheme(
        spoil(
            field("before_last", "type: amount", "unit: 元", "last_year_of: last"),
            (
                "checks:\n",
                "  last: {label: {zh: 上年, en: Last}, type: amount, unit: 亿元, last_year_of: revenue}\nchecks:\n",
            ),
            added(REVENUE, "usual: [0, 5]"),
            added(STAFF, "none_means: zero"),
            added(SIZE, "carry_over: true"),
        )
    )
    assert scheme.fields["before_last"].last_year_of == "last"
    assert scheme.fields["revenue"].usual == (0.0, 5.0)
    assert scheme.fields["staff"].none_means == "zero"
    assert (scheme.fields["size"].carry_over, scheme.fields["founded"].carry_over) == (True, False)
