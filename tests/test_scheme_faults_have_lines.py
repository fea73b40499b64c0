"""A faulty scheme is refused as FILE:LINE: what is wrong, with the right line, and with everything wrong at once."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from pathlib import Path

import pytest

from icredit.errors import Fault, SchemeError
from icredit.scheme import parse_scheme
from spoiled import TEXT, assert_one_fault, case, faults_of, line_of, spoil

RESERVED = "rank zone_rank stage_rank uscc name zone province stage status score grade coverage".split()
IDENTITY = "uscc name zone province stage".split()
TOP_LIST = "indicators:\n  - id: results"


def test_the_unspoiled_scheme_is_correct() -> None:
    """The text that all these tests spoil has no fault of its own."""
    assert faults_of(TEXT) == []


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        case("value", ("value: revenue\n", "value: revenu\n"), at="value: revenu\n", says=("'revenu'", "'revenue'")),
        case(
            "value of a stage",
            ("late: 2 * revenue / nullif(staff, 0)", "late: 2 * revenue / nullif(staf, 0)"),
            at="late: 2 * revenue",
            says=("'staf'", "'staff'"),
        ),
        case("applies", ("applies: staff > 0", "applies: stafff > 0"), at="applies:", says=("'stafff'", "'staff'")),
        case("check", ("when: staff = 0", "when: stuff = 0"), at="when: stuff", says=("'stuff'", "'staff'")),
        case("stage", ("revenue < 2000", "revenu < 2000"), at="when: revenu <", says=("'revenu'", "'revenue'")),
        case("veto", ("when: listed", "when: lsited"), at="when: lsited", says=("'lsited'", "'listed'")),
        case("folded text", ("value: staff\n", "value: >-\n      1 +\n      staf\n"), at="value: >-", says="'staf'"),
        case("several lines", ("value: staff\n", "value: |-\n      1 +\n      staf\n"), at="value: |-", says="'staf'"),
        case("other letters", ("value: staff\n", "value: STAFF\n"), at="value: STAFF", says=("'STAFF'", "'staff'")),
        case("indicator in a condition", ("when: listed", "when: turnover > 1"), at="when: turnover", says="turnover"),
        case("nothing like it", ("when: listed", "when: qqqqqq"), at="when: qqqqqq", says="qqqqqq"),
    ],
)
def test_an_unknown_field_in_an_expression(text: str, line: int, says: tuple[str, ...]) -> None:
    """A name that no field has is a fault of the expression's line, with the nearest field if there is one."""
    assert_one_fault(text, line, ("unknown field", *says))


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        case("a stage left out", ("{early: 3, late: 1}", "{early: 3}"), at="{early: 3}", says=("weight", "'late'")),
        case("of a category", ("{early: 60, late: 40}", "{late: 40}"), at="{late: 40}", says=("weight", "'early'")),
        case("altogether", ("        weight: 1\n", ""), at="- id: per_head", says=("weight", "'per_head'")),
        case("blank", ("weight: 40\n", "weight:\n"), at="- id: people", says=("weight", "'people'")),
    ],
)
def test_a_missing_weight(text: str, line: int, says: tuple[str, ...]) -> None:
    """A weight that one stage, or one of several siblings, lacks is a fault."""
    assert_one_fault(text, line, ("missing", *says))


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        case(
            "in one stage",
            ("{early: 3, late: 1}", "{early: 3, late: 0}"),
            ("        weight: 1\n", "        weight: {early: 1, late: 0}\n"),
            at="    indicators:\n",
            says=("turnover", "per_head", "'late'"),
        ),
        case(
            "at the top",
            ("{early: 60, late: 40}", "{early: 0, late: 40}"),
            ("weight: 40\n", "weight: {early: 0, late: 1}\n"),
            at=TOP_LIST,
            says=("results", "people", "'early'"),
        ),
    ],
)
def test_weights_that_are_all_zero(text: str, line: int, says: tuple[str, ...]) -> None:
    """Siblings whose weights are all zero in a stage are a fault of the list they stand in."""
    assert_one_fault(text, line, ("zero", *says))


def test_a_weight_below_zero() -> None:
    """A negative weight is a fault of its line."""
    text = spoil(("weight: 40\n", "weight: -1\n"))
    assert_one_fault(text, line_of(text, "weight: -1"), ("'people'", "below zero"))


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        case("indicator", ("- id: per_head", "- id: turnover  # 2"), at="id: turnover  # 2", says="'turnover'"),
        case("category", ("- id: people", "- id: results  # 2"), at="id: results  # 2", says="'results'"),
        case("indicator and category", ("- id: per_head", "- id: people  # 1"), at="id: people\n", says="'people'"),
        case("grade", ("{id: B, minimum: 0.5}", "{id: A, minimum: 0.5}"), at="minimum: 0.5", says="'A'"),
        case("choice", ("{id: giant,", "{id: micro,"), at="zh: 巨型", says="'micro'"),
    ],
)
def test_a_duplicate_id(text: str, line: int, says: tuple[str, ...]) -> None:
    """An id that stands already is a fault of the line where it stands again."""
    assert_one_fault(text, line, ("duplicate id", *says))


def test_a_duplicate_stage() -> None:
    """A stage that stands twice is a fault of the line where it stands again, whatever else that entails."""
    text = spoil(("- id: late\n", "- id: early  # 2\n"))
    duplicates = [fault for fault in faults_of(text) if "duplicate id" in fault.message]
    assert [fault.line for fault in duplicates] == [line_of(text, "- id: early  # 2")]


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        case("normalisation", ("method: minmax", "method: minmx"), at="method: minmx", says=("'minmx'", "'minmax'")),
        case(
            "nothing like it", ("method: minmax", "method: qq"), at="method: qq", says=("'qq'", "minmax", "goalposts")
        ),
        case(
            "normalisation over several lines",
            ("          method: goalposts\n", "          method: goalpost\n"),
            at="        normalise:\n",
            says=("'goalpost'", "'goalposts'"),
        ),
        case("aggregation", ("geometric", "geometrc"), at="aggregate: geometrc", says=("'geometrc'", "'geometric'")),
        case("top", ("arithmetic", "arithmetik"), at="aggregate: arithmetik", says=("'arithmetik'", "'arithmetic'")),
        case("transform", ("transform: log", "transform: logg"), at="transform: logg", says=("'logg'", "'log'")),
        case("missing", ("missing: zero", "missing: zeroo"), at="missing: zeroo", says=("'zeroo'", "'zero'")),
        case("direction", ("direction: higher", "direction: hihger"), at="hihger", says=("'hihger'", "'higher'")),
        case("level", ("level: warning", "level: warn"), at="level: warn", says=("'warn'", "'warning'")),
        case("ties", ("ties: min", "ties: max"), at="ties: max", says=("'max'", "min")),
        case("basis", ("indicators: official", "indicators: offical"), at="offical", says=("'offical'", "'official'")),
    ],
)
def test_an_unknown_method(text: str, line: int, says: tuple[str, ...]) -> None:
    """A word that is none of those allowed in its place is a fault, with the nearest that is."""
    assert_one_fault(text, line, says)


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        case("field, equal", ("minimum: -500", "minimum: 90000"), at="minimum: 90000\n", says="minimum"),
        case("field, above", ("maximum: 90000", "maximum: -501"), at="minimum: -500", says=("-500", "-501")),
        case("field, far above", ("maximum: 90000", "maximum: -1000001"), at="minimum: -500", says="-1000001"),
        case("count", ("unit: 人\n", "unit: 人\n    minimum: 9\n    maximum: 8\n"), at="minimum: 9\n", says="9"),
        case("goalposts, equal", ("lower: 5\n", "lower: 80\n"), at="lower: 80\n", says="80"),
        case("goalposts, above", ("upper: 80\n", "upper: 4\n"), at="lower: 5\n", says=("5", "4")),
        case("goalposts of a stage", ("late: 300}", "late: 7}"), at="lower: {early: 1", says=("7", "'late'")),
        case("scale, equal", ("scale: [0, 100]", "scale: [7, 7]"), at="scale:", says=("scale", "7")),
        case("scale, above", ("scale: [0, 100]", "scale: [100, 0]"), at="scale:", says=("scale", "100", "0")),
        case("winsorise, equal", ("[0.01, 0.99]", "[0.5, 0.5]"), at="winsorise:", says="0.5"),
        case("winsorise, above", ("[0.01, 0.99]", "[0.99, 0.01]"), at="winsorise:", says=("0.99", "0.01")),
        case("winsorise below 0", ("[0.01, 0.99]", "[-0.1, 0.99]"), at="winsorise:", says="-0.1"),
        case("winsorise above 1", ("[0.01, 0.99]", "[1, 99]"), at="winsorise:", says="99"),
        case(
            "winsorise of a stage",
            ("[0.01, 0.99]", "[{early: 0.1, late: 0.995}, 0.99]"),
            at="winsorise:",
            says=("0.995", "'late'"),
        ),
    ],
)
def test_a_minimum_that_is_not_below_its_maximum(text: str, line: int, says: tuple[str, ...]) -> None:
    """Bounds that are equal or the wrong way round are a fault that shows both numbers."""
    assert_one_fault(text, line, says)


@pytest.mark.parametrize("number", ["-0.1", "1.1", "60"])
def test_a_minimum_coverage_that_is_no_share(number: str) -> None:
    """A minimum coverage outside [0, 1] is a fault: 60, meant as a percentage, would leave nobody ranked."""
    text = spoil(("minimum_coverage: 0.25", f"minimum_coverage: {number}"))
    assert_one_fault(text, line_of(text, "minimum_coverage:"), ("minimum_coverage",))


def test_two_grades_that_begin_at_the_same_score() -> None:
    """Grades that nobody can tell apart are a fault."""
    text = spoil(("{id: B, minimum: 0.5}", "{id: B, minimum: 50}"))
    (fault,) = faults_of(text)
    assert line_of(text, "grades:") <= fault.line <= line_of(text, "{id: B,")
    assert "50" in fault.message


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        case("itself", ("value: staff\n", "value: people + 1\n"), at="value: people + 1", says="people -> people"),
        case(
            "in one stage only",
            ("early: revenue / nullif(staff, 0)", "early: per_head * 2"),
            at="        value:\n",
            says="per_head -> per_head",
        ),
    ],
)
def test_a_value_that_refers_to_itself(text: str, line: int, says: tuple[str, ...]) -> None:
    """A value computed from itself is a fault of its line."""
    assert_one_fault(text, line, ("cycle", *says))


def test_two_values_that_refer_to_each_other() -> None:
    """A circle of values is one fault, at one of them, and names both."""
    text = spoil(("value: revenue\n", "value: people * 2\n"), ("value: staff\n", "value: turnover / 2\n"))
    (fault,) = faults_of(text)
    assert fault.line in {line_of(text, "value: people * 2"), line_of(text, "value: turnover / 2")}
    assert "cycle" in fault.message
    assert {"people", "turnover"} <= set(fault.message.replace(":", " ").split())


def test_two_circles_are_two_faults() -> None:
    """Every circle is reported, not only the first that is found."""
    text = spoil(("value: revenue\n", "value: turnover + 1\n"), ("value: staff\n", "value: people + 1\n"))
    cycles = [fault.line for fault in faults_of(text) if "cycle" in fault.message]
    assert cycles == [line_of(text, "value: turnover + 1"), line_of(text, "value: people + 1")]


def test_values_may_refer_to_each_other_without_a_circle() -> None:
    """A value computed from other indicators' values is no fault, wherever those stand in the file."""
    assert faults_of(spoil(("value: revenue\n", "value: people * per_head\n"))) == []


def test_a_field_comes_before_an_indicator_of_the_same_name() -> None:
    """An indicator named after the field it is computed from is not a circle."""
    text = spoil(("- id: people\n", "- id: staff\n"))
    assert faults_of(text) == []


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        case("list", ("vetoes:\n", "vetoes: &loop [*loop]\nignored:\n"), at="&loop", says="*"),
        case("mapping", ("label: {zh: 人员, en: People}", "label: &loop {zh: 人员, en: *loop}"), at="&loop", says="*"),
    ],
)
def test_an_alias_that_contains_itself(text: str, line: int, says: tuple[str, ...]) -> None:
    """A part of the file that contains itself through an alias is a cycle, told with its line."""
    circles = [fault for fault in faults_of(text) if "cycle" in fault.message]
    assert [fault.line for fault in circles] == [line]
    assert all(part in circles[0].message for part in says)


def test_an_alias_may_be_used_again() -> None:
    """Two parts may share one text through an alias, as long as neither contains itself."""
    text = spoil(
        ("label: {zh: 人员, en: People}", "label: &people {zh: 人员, en: People}"),
        ("message: {zh: 已上市, en: listed already}", "message: *people"),
    )
    assert faults_of(text) == []


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        case("two colons", ("value: staff\n", "value: staff: x\n"), at="value: staff: x"),
        case("tab", ("    weight: 40\n", "\tweight: 40\n"), at="\tweight: 40"),
        case("unknown alias", ("weight: 40\n", "weight: *forty\n"), at="weight: *forty", says="alias"),
        case("bad escape", ("en: People", 'en: "\\q"'), at='en: "\\q"'),
        case("outdented", ("    weight: 40\n", "   weight: 40\n"), at="   weight: 40\n    value"),
        case("closing bracket", ("weight: 40\n", "weight: ]\n"), at="weight: ]"),
        case("second document", ("vetoes:\n", "---\nvetoes:\n"), at="---\nvetoes:"),
        case("control character", ("en: People", "en: Peo\x07ple"), at="en: Peo"),
        case("NUL", ("en: People", "en: Peo\x00ple"), at="en: Peo"),
    ],
)
def test_text_that_is_no_yaml(text: str, line: int, says: tuple[str, ...]) -> None:
    """YAML that does not parse is one fault, at the line where reading stopped."""
    assert_one_fault(text, line, ("not valid YAML", *says))


@pytest.mark.parametrize("end", ["grades: [", "grades: {a: ", "grades: 'never closed", '"never closed', "---"])
def test_text_that_breaks_off(end: str) -> None:
    """A file that ends too early is blamed on a line that it has."""
    text = spoil(("grades:\n", "ignored:\n")) + end
    faults = faults_of(text)
    assert faults
    assert all(1 <= fault.line <= text.count("\n") + 1 for fault in faults)


@pytest.mark.parametrize(
    "text", ["", "\n\n", "# nothing but a remark\n", "---\n", "null\n", "3\n", "- id: x\n", '"x"\n']
)
def test_a_file_that_holds_no_scheme(text: str) -> None:
    """A file that is empty, or no mapping, is refused in one fault within the file."""
    (fault,) = faults_of(text)
    assert 1 <= fault.line <= max(1, text.count("\n"))


@pytest.mark.parametrize("text", ["[" * 100_000, "- " * 100_000, "{a: " * 100_000, "a: &a [*a]\n" + "[" * 1_000])
def test_a_file_nested_without_end(tmp_path: Path, text: str) -> None:
    """A file of nothing but brackets is refused like any other; it does not bring the program down."""
    path = tmp_path / "deep.yaml"
    path.write_text(text, "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "icredit", "scheme", "check", str(path)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert f"{path}:" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_file_that_unfolds_without_end() -> None:
    """Ten aliases of ten aliases of ten … are refused before they fill the memory."""
    levels = [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10 if n else ['x'])}]" for n in range(12)]
    (fault,) = faults_of("\n".join(levels))
    assert "100,000" in fault.message
    assert 1 <= fault.line <= len(levels)


def test_a_file_larger_than_any_scheme() -> None:
    """A file of more than two million bytes is refused unread."""
    (fault,) = faults_of("# " + "x" * 2_000_000)
    assert "2,000,000" in fault.message


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        case("object", ("value: staff\n", "value: !!python/name:os.system staff\n"), at="value: !!", says="tag"),
        case("own", ("value: staff\n", "value: !value staff\n"), at="value: !value", says="tag"),
        case("bytes", ("en: People", "en: !!binary UGVvcGxl"), at="!!binary", says="tag"),
        case("mapping", ("label: {zh: 人员", "label: !!python/object:os {zh: 人员"), at="!!python", says="tag"),
        case("list", ("[0.01, 0.99]", "!!python/tuple [0.01, 0.99]"), at="!!python", says="tag"),
    ],
)
def test_a_tag(text: str, line: int, says: tuple[str, ...]) -> None:
    """A scheme is plain YAML: a tag is a fault, and nothing is made of it."""
    assert_one_fault(text, line, says)


@pytest.mark.parametrize(
    "number", ["!!bool x", "!!bool ''", "!!int ''", "!!float ''", "!!int x", "!!float x", "0x", "0b"]
)
def test_a_number_that_is_none(number: str) -> None:
    """Text that claims to be a number or a truth value, and is not, is a fault of its line."""
    text = spoil(("weight: 40\n", f"weight: {number}\n"))
    assert line_of(text, f"weight: {number}") in [fault.line for fault in faults_of(text)]


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        case("top", ("edition: ", 'editoin: "1"\nedition: '), at="editoin", says=("'editoin'", "'edition'")),
        case("field", ("    type: share\n", "    type: share\n    aliasses: []\n"), at="aliasses", says="'aliases'"),
        case("check", ("- level: error\n", "- level: error\n    messsage: x\n"), at="messsage", says="'message'"),
        case("node", ("weight: 40\n", "weight: 40\n    wieght: 40\n"), at="wieght", says=("'wieght'", "'weight'")),
        case("method", ("upper: 80\n", "upper: 80\n          uper: 80\n"), at="uper", says=("'uper'", "'upper'")),
        case("minmax", ("method: minmax", "method: minmax, lower: 3"), at="lower: 3", says="'lower'"),
        case(
            "treat", ("transform: log", "transform: log\n          transfrom: log"), at="transfrom", says="'transform'"
        ),
        case("label", ("en: People}", "en: People, fr: Gens}"), at="fr: Gens", says="'fr'"),
        case("basis", ("weights: reported", "weights: reported, wieghts: x"), at="wieghts", says="'weights'"),
        case("ranking", ("ties: min", "ties: min, decimal: 3"), at="decimal: 3", says=("'decimal'", "'decimals'")),
        case("number as key", ("edition: ", "7: seven\nedition: "), at="7: seven", says="'7'"),
        case("merge", ("edition: ", "<<: {a: 1}\nedition: "), at="<<: {a: 1}", says="'<<'"),
    ],
)
def test_an_unknown_key(text: str, line: int, says: tuple[str, ...]) -> None:
    """A key that has no meaning in its place is a fault of its line, with the nearest key that has one."""
    assert_one_fault(text, line, ("unknown key", *says))


@pytest.mark.parametrize(
    ("edit", "key"),
    [
        (("    type: share\n", "    type: share\n    weight: 3\n"), "weight"),
        (("method: minmax", "method: minmax, lower: 3"), "lower"),
        (("weight: 40\n", "weight: 40\n    aliases: []\n"), "aliases"),
    ],
)
def test_a_key_in_the_wrong_place_is_not_suggested(edit: tuple[str, str], key: str) -> None:
    """A key that is right elsewhere is not offered as its own correction."""
    (fault,) = faults_of(spoil(edit))
    assert fault.message.count(f"'{key}'") == 1, fault.message


@pytest.mark.parametrize("name", ["weight", "value", "lower", "minimum", "normalise", "label"])
@pytest.mark.parametrize("wrong", ["unti: 个", "required: maybe"])
def test_a_field_named_like_a_key(name: str, wrong: str) -> None:
    """A fault in a field is told of the right key at its line, even if the field's id is a word of the scheme file."""
    field = f"  {name}:\n    label: {{zh: 某项, en: Thing}}\n    type: text\n    {wrong}\n"
    text = spoil(("  listed:\n", field + "  listed:\n"))
    assert_one_fault(text, line_of(text, wrong), (f"'{wrong.partition(':')[0]}'",))


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        case("id", ("id: small\n", ""), at="title:", says="'id'"),
        case("edition", ('edition: "1"\n', ""), at="id: small\n", says="'edition'"),
        case("type", ("    type: text\n", ""), at="  technical_field:", says="'type'"),
        case("label", ("    label: {zh: 出口占比, en: Export share}\n", ""), at="  export_share:", says="'label'"),
        case("English", ("{zh: 人员, en: People}", "{zh: 人员}"), at="label: {zh: 人员}", says="'en'"),
        case("value", ("    value: staff\n", ""), at="- id: people", says="'value'"),
        case(
            "normalise",
            ("        normalise: {method: minmax, within: [stage, size]}\n", ""),
            at="- id: turnover",
            says="'normalise'",
        ),
        case("goalpost", ("          upper: 80\n", ""), at="        normalise:\n", says="'upper'"),
        case("condition", ("  - when: listed\n    message", "  - message"), at="- message: {zh: 已上市", says="'when'"),
        case(
            "message",
            ("    message: {zh: 没有职工, en: nobody works there}\n", ""),
            at="level: warning",
            says="'message'",
        ),
        case("minimum", ("{id: B, minimum: 0.5}", "{id: B}"), at="{id: B}", says="'minimum'"),
        case("method", ("method: minmax, ", ""), at="normalise: {within", says="'method'"),
    ],
)
def test_a_missing_key(text: str, line: int, says: tuple[str, ...]) -> None:
    """A key that must be there and is not is a fault of the part that lacks it."""
    assert_one_fault(text, line, says)


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        case("weight", ("weight: 40\n", "weight: forty\n"), at="weight: forty", says="'weight'"),
        case("weight, list", ("weight: 40\n", "weight: [40]\n"), at="weight: [40]", says="'weight'"),
        case("weight, infinite", ("weight: 40\n", "weight: .inf\n"), at="weight: .inf", says="'weight'"),
        case("weight, not a number", ("weight: 40\n", "weight: .nan\n"), at="weight: .nan", says="'weight'"),
        case("weight, endless", ("weight: 40\n", f"weight: {'9' * 5000}\n"), at="weight: 999", says="'weight'"),
        case("weight, yes", ("weight: 40\n", "weight: yes\n"), at="weight: yes", says="'weight'"),
        case("weight of a stage", ("{early: 3, late: 1}", "{early: x, late: 1}"), at="{early: x", says="'weight'"),
        case("minimum", ("minimum: -500", "minimum: low"), at="minimum: low", says="'minimum'"),
        case("minimum, no", ("minimum: -500", "minimum: no"), at="minimum: no", says="'minimum'"),
        case("value, number", ("value: staff\n", "value: 3\n"), at="value: 3\n", says="'value'"),
        case("value, blank", ("value: staff\n", "value:\n"), at="value:\n    normalise", says="'value'"),
        case("value, list", ("value: staff\n", "value: [staff]\n"), at="value: [staff]", says="'value'"),
        case("value, no text", ("value: staff\n", 'value: ""\n'), at='value: ""', says="empty"),
        case("condition", ("when: listed", "when: yes"), at="when: yes", says="'when'"),
        case("edition", ('edition: "1"', "edition: 1"), at="edition: 1", says="'edition'"),
        case("title", ("{zh: 示例体系, en: Example}", "示例体系"), at="title:", says="'title'"),
        case("empty label", ("zh: 示例体系,", 'zh: "",'), at="title:", says="'zh'"),
        case("aliases", ("aliases: [营收]", "aliases: 营收"), at="aliases:", says="'aliases'"),
        case("checks", ("vetoes:\n", "vetoes: 3\nignored:\n"), at="vetoes: 3", says="'vetoes'"),
        case("scale", ("scale: [0, 100]", "scale: [0, high]"), at="scale:", says="scale"),
        case("scale of three", ("scale: [0, 100]", "scale: [0, 50, 100]"), at="scale:", says="scale"),
        case("winsorise", ("[0.01, 0.99]", "0.01"), at="winsorise:", says="'winsorise'"),
        case("winsorise of one", ("[0.01, 0.99]", "[0.01]"), at="winsorise:", says="'winsorise' must be two"),
        case("within", ("within: [stage, size]", "within: stage"), at="within:", says="'within'"),
        case(
            "normalise",
            ("{method: minmax, within: [stage, size]}", "minmax"),
            at="normalise: minmax",
            says="'normalise'",
        ),
        case("method", ("method: minmax", "method: [minmax]"), at="method: [minmax]", says="method"),
        case("decimals", ("decimals: 4", "decimals: 4.5"), at="decimals:", says="'decimals'"),
        case("decimals, many", ("decimals: 4", "decimals: 40"), at="decimals:", says="'decimals'"),
        case("node", ("vetoes:\n", "  - 3\nvetoes:\n"), at="- 3\n"),
        case("grade", ("ranking:", "  - C\nranking:"), at="- C\n"),
        case("field", ("  listed:\n", "  thing: 3\n  listed:\n"), at="thing: 3", says="'thing'"),
        case("list as key", ("edition: ", "? [a, b]\n: 3\nedition: "), at="? [a, b]", says="key"),
    ],
)
def test_a_wrong_type(text: str, line: int, says: tuple[str, ...]) -> None:
    """A part that is not of the kind its key asks for is one fault of its line."""
    lost = [fault for fault in faults_of(text) if "'ignored'" not in fault.message]
    assert [fault.line for fault in lost] == [line], lost
    assert all(part in lost[0].message for part in says), lost[0].message


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        case("indicator", ("- id: people", "- id: 9people"), at="9people", says="'9people'"),
        case("Chinese", ("- id: people", "- id: 人员"), at="- id: 人员", says="'人员'"),
        case("number", ("- id: people", "- id: 3"), at="- id: 3", says="'id'"),
        case(
            "field", ("  listed:\n", "  is-listed: {label: {zh: 某, en: x}, type: text}\n  listed:\n"), at="is-listed"
        ),
        case("scheme", ("id: small\n", "id: 示例\n"), at="id: 示例", says="'示例'"),
        case("dot in an indicator", ("- id: people", "- id: people.value"), at="people.value", says="'people.value'"),
        case("long", ("- id: people", f"- id: {'p' * 65}"), at="- id: ppp", says="'id'"),
    ],
)
def test_an_id_that_is_none(text: str, line: int, says: tuple[str, ...]) -> None:
    """Ids are letters, digits and _ with a letter first; anything else is a fault of its line."""
    assert_one_fault(text, line, says)


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        case(
            "field",
            ("    type: share\n", "    type: share\n    type: count\n"),
            at='type: count\n    unit: "%"',
            says="'type'",
        ),
        case(
            "two fields",
            ("  listed:\n", "  staff: {label: {zh: 某, en: x}, type: text}\n  listed:\n"),
            at="  staff: {",
            says="'staff'",
        ),
        case(
            "weight of a stage", ("{early: 3, late: 1}", "{early: 3, late: 1, late: 2}"), at="late: 2}", says="'late'"
        ),
        case("top", ("ranking:", "scale: [0, 1]\nranking:"), at="scale: [0, 1]\n", says="'scale'"),
    ],
)
def test_a_duplicate_key(text: str, line: int, says: tuple[str, ...]) -> None:
    """A key that stands twice in one place is a fault of the line where it stands again."""
    assert_one_fault(text, line, ("twice", *says))


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        case("weight", ("late: 1}", "late: 1, lat: 2}"), at="lat: 2", says=("'lat'", "'late'")),
        case("goalposts", ("late: 7}", "late: 7, mature: 9}"), at="mature: 9", says="'mature'"),
        case(
            "value",
            ("          late: 2 * revenue", "          lately: revenue\n          late: 2 * revenue"),
            at="lately:",
            says=("'lately'", "'late'"),
        ),
        case("grade", ("minimum: 50}", "minimum: {early: 50, late: 60, x: 1}}"), at="x: 1", says="'x'"),
        case("coverage", ("coverage: 0.25", "coverage: {early: 0.2, late: 0.3, x: 1}"), at="x: 1", says="'x'"),
        case("winsorise", ("[0.01, 0.99]", "[{early: 0, late: 0, x: 0}, 0.99]"), at="x: 0", says="'x'"),
    ],
)
def test_an_unknown_stage(text: str, line: int, says: tuple[str, ...]) -> None:
    """A mapping by stage that names a stage the scheme does not have is a fault, with the nearest stage."""
    assert_one_fault(text, line, ("unknown stage", *says))


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        case("goalposts", ("lower: {early: 1, late: 7}", "lower: {early: 1}"), at="lower: {early: 1}", says="'lower'"),
        case("grade", ("minimum: 50}", "minimum: {early: 50}}"), at="{early: 50}", says="'minimum'"),
        case("coverage", ("coverage: 0.25", "coverage: {early: 0.2}"), at="coverage:", says="'minimum_coverage'"),
        case(
            "value", ("          late: 2 * revenue / nullif(staff, 0)\n", ""), at="        value:\n", says="expression"
        ),
        case("winsorise", ("[0.01, 0.99]", "[{early: 0}, 0.99]"), at="winsorise:", says="'winsorise'"),
    ],
)
def test_a_mapping_that_lacks_a_stage(text: str, line: int, says: tuple[str, ...]) -> None:
    """A mapping by stage must name every stage; the one it lacks is named."""
    stage = "'late'"
    assert_one_fault(text, line, ("missing", stage, *says))


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        case("alias and label", ("zh: 职工总数", "zh: 营收"), at="  staff:\n", says=("营收", "'revenue'", "'staff'")),
        case("two aliases", ("zh: 职工总数", "zh: 营收"), at="  staff:\n", says="营收"),
        case("label and id", ("en: Listed}", "en: staff}"), at="  listed:\n", says=("'staff'", "'listed'")),
        case("width and case", ("en: Listed}", "en: Ｅｘｐｏｒｔ SHARE}"), at="  listed:\n", says="'export_share'"),
        case("identity", ("zh: 职工总数", "zh: 企业名称"), at="  staff:\n", says=("企业名称", "'name'", "'staff'")),
        case("alias of an identity", ("zh: 职工总数", "zh: 省份"), at="  staff:\n", says=("省份", "'province'")),
    ],
)
def test_two_fields_with_the_same_header(text: str, line: int, says: tuple[str, ...]) -> None:
    """A header that could mean two fields is a fault of the field that comes later."""
    assert_one_fault(text, line, says)


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        case("two stages", ("zh: 后期", "zh: 早期"), at="label: {zh: 早期, en: Late}", says="早期"),
        case("two choices", ("zh: 巨型", "zh: 微型"), at="{id: giant", says="微型"),
        case(
            "alias of a stage", ("- id: late\n", "- id: late\n    aliases: [早期]\n"), at="aliases: [早期]", says="早期"
        ),
    ],
)
def test_two_choices_with_the_same_name(text: str, line: int, says: tuple[str, ...]) -> None:
    """What a cell says must mean one stage or choice: a label or alias that names two is a fault."""
    (fault,) = faults_of(text)
    assert abs(fault.line - line) <= 1
    assert all(part in fault.message for part in says)


@pytest.mark.parametrize("name", RESERVED)
def test_an_indicator_named_like_a_column(name: str) -> None:
    """No node may have the id of a column that every scored table has."""
    text = spoil(("- id: people", f"- id: {name}"))
    assert_one_fault(text, line_of(text, f"- id: {name}\n"), (f"'{name}'",))


@pytest.mark.parametrize("name", [*(name for name in RESERVED if name not in IDENTITY), "today", "source_row"])
def test_a_field_named_like_a_column(name: str) -> None:
    """No field may have the id of a column that icredit makes itself, nor the name of the day."""
    text = spoil(("  listed:\n", f"  {name}: {{label: {{zh: 某项, en: Thing}}, type: text}}\n  listed:\n"))
    assert_one_fault(text, line_of(text, f"  {name}: {{label"), (f"'{name}'",))


@pytest.mark.parametrize("name", IDENTITY)
def test_an_identity_column_of_another_type(name: str) -> None:
    """An identity column may be restated, but not as another type."""
    text = spoil(("  listed:\n", f"  {name}:\n    label: {{zh: 某项, en: Thing}}\n    type: date\n  listed:\n"))
    line = line_of(text, f"  {name}:\n    label") + 2
    assert_one_fault(text, line, (f"'{name}'",))


@pytest.mark.parametrize(
    "expression",
    [
        "sum(staff)",
        "max(staff)",
        "count(staff)",
        "avg(staff)",
        "count(*)",
        "rank() over (order by staff)",
        "sum(staff) over (partition by technical_field)",
        "staff over (partition by technical_field)",
        '"sum"(staff)',
        "(select 1)",
        "(select max(staff) from self)",
        "staff in (select staff from self)",
        "select staff from self",
        "staff from self",
        "exists (select 1)",
        "now()",
        "current_date",
        "current_timestamp",
        "random()",
        "rand()",
        "read_csv('x.csv')",
        "staff; 1",
        "staff /* 1 */",
        "staff, revenue",
        "staff revenue",
        "staff as revenue",
        "*",
        "self.staff",
        "staff.*",
        "staff::double",
        "extract(year from founded)",
        "greatest()",
        "least()",
        "coalesce()",
        "abs()",
        "1 +",
        "(staff",
        "'never closed",
    ],
)
def test_an_expression_that_says_what_it_may_not(expression: str) -> None:
    """Aggregation, windows, sub-queries, clocks, files, second thoughts and nonsense are faults of the expression's line."""
    text = spoil(("value: staff\n", f"value: |-\n      {expression}\n"))
    faults = faults_of(text)
    assert {fault.line for fault in faults} == {line_of(text, "value: |-")}, faults


@pytest.mark.parametrize(("name", "expression"), [("select", "(select 1)"), ("sum", '"sum"(sum)'), ("max", "max(max)")])
def test_a_field_named_like_sql_opens_no_door(name: str, expression: str) -> None:
    """A field whose id is a word of SQL does not make a query or an aggregation of that word."""
    field = f"  {name}: {{label: {{zh: 某项, en: Thing}}, type: count}}\n"
    text = spoil(("  listed:\n", field + "  listed:\n"), ("value: staff\n", f"value: |-\n      {expression}\n"))
    assert [fault.line for fault in faults_of(text)] == [line_of(text, "value: |-")]


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        case("count", ("when: listed", "when: staff"), at="when: staff\n", says="true or false"),
        case("amount", ("applies: staff > 0", "applies: revenue"), at="applies: revenue", says="true or false"),
        case("text", ("staff = 0", "technical_field"), at="when: technical_field", says="true or false"),
        case("date", ("founded > today", "founded"), at="when: founded\n", says="true or false"),
        case("case", ("revenue < 2000", "case when listed then 1 end"), at="when: case", says="true or false"),
    ],
)
def test_a_condition_that_is_not_boolean(text: str, line: int, says: tuple[str, ...]) -> None:
    """A condition that gives a number, a text or a date is a fault of its line."""
    assert_one_fault(text, line, ("condition", *says))


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        case("text", ("value: staff\n", "value: technical_field\n"), at="value: technical_field", says="number"),
        case("choice", ("value: staff\n", "value: size\n"), at="value: size", says="number"),
        case("date", ("value: staff\n", "value: founded\n"), at="value: founded", says="number"),
        case("literal", ("value: staff\n", "value: \"'5'\"\n"), at="value: \"'5'\"", says="number"),
        case("text of a stage", ("late: 2 * revenue / nullif(staff, 0)", "late: size"), at="late: size", says="number"),
    ],
)
def test_a_value_that_is_no_number(text: str, line: int, says: tuple[str, ...]) -> None:
    """A value that gives a text or a date is a fault of its line."""
    assert_one_fault(text, line, ("value", *says))


def test_a_flag_may_be_a_value() -> None:
    """A flag counts as 1 or 0, and so does a comparison."""
    assert faults_of(spoil(("value: staff\n", "value: listed\n"))) == []
    assert faults_of(spoil(("value: staff\n", "value: staff > 3\n"))) == []


@pytest.mark.parametrize(
    "expression", ["technical_field > 3", "listed + founded", "technical_field / 2", "year(staff) > 3"]
)
def test_an_expression_that_mixes_what_does_not_go_together(expression: str) -> None:
    """An expression that compares or computes across types is a fault of its line."""
    text = spoil(("staff = 0", expression))
    assert_one_fault(text, line_of(text, f"when: {expression}"), (expression,))


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        case("typo", ("[stage, size]", "[stge]"), at="within: [stge]", says=("'stge'", "'stage'")),
        case("one of two", ("[stage, size]", "[stage, szie]"), at="within: [stage, szie]", says=("'szie'", "'size'")),
        case("number", ("[stage, size]", "[staff]"), at="within: [staff]", says="'staff'"),
        case("flag", ("[stage, size]", "[listed]"), at="within: [listed]", says="'listed'"),
        case("the name", ("[stage, size]", "[uscc]"), at="within: [uscc]", says="'uscc'"),
        case("twice", ("[stage, size]", "[size, stage, size]"), at="within: [size, stage", says="'size'"),
    ],
)
def test_an_unknown_column_to_group_within(text: str, line: int, says: tuple[str, ...]) -> None:
    """Groups are made within text and choice fields, stage, zone and province; any other column is a fault."""
    assert_one_fault(text, line, ("within", *says))


@pytest.mark.parametrize("column", ["stage", "zone", "province", "technical_field", "size"])
def test_columns_to_group_within(column: str) -> None:
    """Every column that can make groups is accepted."""
    assert faults_of(spoil(("[stage, size]", f"[{column}]"))) == []


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        case(
            "none on an amount",
            ("    unit: 万元\n    minimum", "    minimum"),
            at="  revenue:\n",
            says=("'revenue'", "unit"),
        ),
        case(
            "count for an amount",
            ("unit: 万元\n    minimum", "unit: 人\n    minimum"),
            at="unit: 人\n    min",
            says="'人'",
        ),
        case(
            "share for an amount",
            ("unit: 万元\n    minimum", 'unit: "%"\n    minimum'),
            at='unit: "%"\n    min',
            says="'%'",
        ),
        case("amount for a count", ("unit: 人\n", "unit: 亿元\n"), at="unit: 亿元", says="'亿元'"),
        case("amount for a share", ('unit: "%"', "unit: 元"), at="unit: 元", says="'元'"),
        case("unknown", ("unit: 万元\n    minimum", "unit: 美元\n    minimum"), at="unit: 美元", says="'美元'"),
        case(
            "on a text",
            ("    type: text\n", "    type: text\n    unit: 人  # no\n"),
            at="unit: 人  # no",
            says="'unit'",
        ),
        case(
            "minimum of a date",
            ("    type: date\n", "    type: date\n    minimum: 3\n"),
            at="minimum: 3",
            says="'minimum'",
        ),
        case("choices of a text", ("    type: choice\n", "    type: text  # no\n"), at="  size:\n", says="'size'"),
        case(
            "choice without",
            ("    type: text\n", "    type: choice  # no\n"),
            at="  technical_field:\n",
            says="choices",
        ),
    ],
)
def test_a_field_with_a_unit_or_choices_not_its_own(text: str, line: int, says: tuple[str, ...]) -> None:
    """An amount needs a unit of money, a share one of shares; what is no number has neither unit nor bounds."""
    assert_one_fault(text, line, says)


@pytest.mark.parametrize("unit", ["万元", "元", "亿元", "千元", "百万元", "CNY", "million yuan", "万 元", "亿"])
def test_units_an_amount_may_have(unit: str) -> None:
    """Every unit of money is accepted, however it is spaced."""
    assert faults_of(spoil(("unit: 万元\n    minimum", f"unit: {unit}\n    minimum"))) == []


def test_things_may_be_counted_in_any_word() -> None:
    """A count may have a unit that nobody foresaw, or none."""
    assert faults_of(spoil(("unit: 人\n", "unit: 头\n"))) == []
    assert faults_of(spoil(("    unit: 人\n", ""))) == []


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        case("type", ("type: amount", "type: amont"), at="type: amont", says=("'amont'", "'amount'")),
        case("type of a count", ("type: count", "type: cuont"), at="cuont", says="'count'"),
        case("type of a flag", ("type: flag", "type: bool"), at="type: bool", says="'bool'"),
        case("type of a date", ("type: date", "type: day"), at="type: day", says="'day'"),
        case("type of a choice", ("type: choice", "type: choise"), at="type: choise", says="'choice'"),
        case("no type", ("    type: amount\n", ""), at="  revenue:\n", says="'type'"),
        case("id of a stage", ("- id: early\n", "- id: 1early\n"), at="- id: 1early", says="'1early'"),
        case("no id of a stage", ("  - id: early\n    label", "  - label"), at="- label: {zh: 早期", says="'id'"),
        case(
            "a whole field",
            ("  listed:\n    label: {zh: 是否上市, en: Listed}\n    type: flag\n", "  listed: 3\n"),
            at="listed: 3",
        ),
    ],
)
def test_one_mistake_is_one_fault(text: str, line: int, says: tuple[str, ...]) -> None:
    """What follows from a mistake is not reported beside it: an author mends one line and the scheme is right again."""
    assert_one_fault(text, line, says)


def test_two_faulty_children_are_two_faults() -> None:
    """Where every child of a category is faulty, the category is not blamed for having none."""
    text = spoil(("- id: turnover", "- id: 1turnover"), ("- id: per_head", "- id: 1per_head"))
    assert [fault.line for fault in faults_of(text)] == [line_of(text, "1turnover"), line_of(text, "1per_head")]


def test_no_name_that_the_author_did_not_write() -> None:
    """Messages speak of what stands in the file, not of what stands in for it while it is checked."""
    text = spoil(
        ("- id: early\n", "- id: 1early\n"), ("- id: per_head", "- id: 1per_head"), ("weight: 1\n", "weight: -1\n")
    )
    assert not [fault for fault in faults_of(text) if "unnamed" in fault.message]


#: What to spoil, and the text on the line that is to be blamed; faults of shape and of meaning in turn.
SHAPE_AND_MEANING = (
    (("title: {zh: 示例体系, en: Example}", "title: {zh: 示例体系}"), "title: {zh: 示例体系}"),  # a missing key
    (("scale: [0, 100]", "scale: [100, 0]"), "scale: [100, 0]"),  # a minimum above its maximum
    (('unit: "%"', "unti: 元"), "unti: 元"),  # an unknown key
    (("zh: 是否上市", "zh: 营收"), "  listed:\n"),  # a header that means two fields
    (("{id: giant,", "{id: micro,"), "zh: 巨型"),  # a duplicate id
    (("when: founded > today", "when: founded > now()"), "when: founded > now()"),  # a clock
    (("level: warning", "level: hint"), "level: hint"),  # an unknown level
    (("when: revenue < 2000", "when: revenu < 2000"), "when: revenu < 2000"),  # an unknown field
    (("{early: 60, late: 40}", "{early: 60}"), "{early: 60}"),  # a missing weight
    (("aggregate: geometric", "aggregate: geo"), "aggregate: geo"),  # an unknown method
    (("value: revenue\n", "value: technical_field\n"), "value: technical_field\n"),  # a value that is text
    (("transform: log", "transform: 3"), "transform: 3"),  # a wrong type
    (("[stage, size]", "[staff]"), "[staff]"),  # a column that makes no groups
    (("applies: staff > 0", "applies: staff"), "applies: staff\n"),  # a condition that is a number
    (("upper: 80\n", "upper: many\n"), "upper: many\n"),  # a wrong type within a method
    (("when: listed", "when: staff"), "when: staff\n    message: {zh: 已上市"),  # a condition that is a number
    (("minimum: 0.5", "minimum: low"), "minimum: low"),  # a wrong type
    (("decimals: 4", "decimals: 4.5"), "decimals: 4.5"),  # a wrong type
)


def test_all_faults_at_once() -> None:
    """Faults of shape and of meaning, from the first line to the last, are told together and in the order of the file."""
    text = spoil(*(edit for edit, _ in SHAPE_AND_MEANING))
    with pytest.raises(SchemeError) as refused:
        parse_scheme(text, "many.yaml")
    lines = [line_of(text, needle) for _, needle in SHAPE_AND_MEANING]
    assert lines == sorted(lines)
    assert [int(message.split(":")[1]) for message in str(refused.value).split("\n")] == lines
    assert [fault.line for fault in refused.value.faults] == lines


@pytest.mark.parametrize(
    ("edit", "at"),
    [
        (("scale: [0, 100]", "scale: [0, high]"), "scale:"),
        (("aliases: [营收]", "aliases: [营收, 3]"), "aliases: [营收, 3]"),
        (("[stage, size]", "[stage, 3]"), "[stage, 3]"),
        (("vetoes:\n", "  - 3\nvetoes:\n"), "- 3\n"),
        (("grades:\n", "grades:\n  - C\n"), "- C\n"),
        (("      - {id: giant,", "      - 3\n      - {id: giant,"), "- 3\n"),
        (("  - id: late\n", "  - late\n  - id: late\n"), "- late\n"),
        (("- level: error\n", "- strict\n  - level: error\n"), "- strict\n"),
        (("edition: ", "unit: 元\nedition: "), "unit: 元"),
        (('edition: "1"\n', 'edition: "1"\nedition: "2"\n'), 'edition: "2"'),
        (("en: People}", "en: !own People}"), "en: !own People"),
        (("vetoes:\n", "ignored: &loop [*loop]\nvetoes:\n"), "&loop"),
    ],
)
def test_no_fault_hides_the_others(edit: tuple[str, str], at: str) -> None:
    """A faulty item of a list, a key that stands twice, a tag or a cycle does not keep the meaning from being checked."""
    text = spoil(edit, ("value: staff\n", "value: stuff\n"), ("applies: staff > 0", "applies: staff"))
    found = {fault.line for fault in faults_of(text)}
    assert found >= {line_of(text, at), line_of(text, "value: stuff"), line_of(text, "applies: staff\n")}


def test_the_same_faults_in_every_process(tmp_path: Path) -> None:
    """The messages of a faulty scheme do not differ from run to run."""
    path = tmp_path / "faulty.yaml"
    path.write_text(
        spoil(("- id: early\n", "- id: 1early\n"), ("- id: people", "- id: 1p"), ("weight: 1\n", "")), "utf-8"
    )
    said = set()
    for seed in ("1", "2"):
        done = subprocess.run(
            [sys.executable, "-m", "icredit", "scheme", "check", str(path)],
            capture_output=True,
            env={**os.environ, "PYTHONHASHSEED": seed},
            check=False,
        )
        assert done.returncode == 2
        said.add(done.stderr)
    assert len(said) == 1


def test_faults_carry_their_data() -> None:
    """The error holds path and faults, without repetitions and in order, and survives being sent to another process."""
    error = SchemeError("a.yaml", [Fault(9, "later"), Fault(2, "b"), Fault(2, "a"), Fault(9, "later")])
    assert error.faults == (Fault(2, "a"), Fault(2, "b"), Fault(9, "later"))
    assert str(error) == "a.yaml:2: a\na.yaml:2: b\na.yaml:9: later"
    again = pickle.loads(pickle.dumps(error))  # noqa: S301  # our own bytes
    assert (again.path, again.faults, str(again)) == (error.path, error.faults, str(error))


def test_text_that_no_file_can_hold() -> None:
    """Text with half a character, which only a program can hand over, is refused as a fault."""
    assert [fault.line for fault in faults_of("id: small\ntitle: \ud800\n")] in ([1], [2])


def test_an_empty_mapping_of_cases() -> None:
    """A weight that says nothing for any stage lacks every stage, and where there are no stages it is empty."""
    text = spoil(("weight: 40\n", "weight: {}\n"))
    line = line_of(text, "weight: {}")
    assert [(fault.line, fault.message) for fault in faults_of(text)] == [
        (line, f"missing weight for stage '{stage}'") for stage in ("early", "late")
    ]
    smallest = """
id: s
title: {zh: 某, en: Some}
edition: "1"
fields: {a: {label: {zh: 甲, en: A}, type: count}}
indicators: [{id: a, label: {zh: 甲, en: A}, value: a, normalise: {method: minmax}, weight: {}}]
"""
    (fault,) = faults_of(smallest)
    assert "'weight' says nothing" in fault.message
