"""References: a batch's scale is kept to the last bit, and used only where it fits."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

import icredit
from conftest import AS_OF, NATIONAL, SAMPLE_CSV
from icredit.errors import DataError, InputError, UsageError
from icredit.intake.rows import Store
from icredit.scheme import Scheme
from icredit.scheme.fields import typed_schema
from icredit.scoring import score_with_account
from little import MINMAX, STAGES, code, frame, full, indicator, measured, minmax, scheme, scored, scored_by

TREATED = {"winsorise": [0.01, 0.99], "transform": "log"}

RULES = scheme(
    indicator("a", normalise=minmax("stage"), treat=TREATED, missing="zero"),
    indicator("b", normalise=MINMAX, missing="impute"),
    indicator("c", normalise=minmax("zone", "kind")),
    stages=STAGES,
)

BATCH = frame(
    a=[1.0, 2, 4, 1e9, 5, None],
    b=[0.1, 0.2, 0.3, None, 0.7, 1 / 3],
    c=[1.0, 2, 3, 4, 5, 6],
    stage=["young", "young", "young", "old", "old", "old"],
    zone=["changsha", "changsha", None, None, "zhuzhou", "zhuzhou"],
    kind=["示例", '"quoted"', "a\nb", None, None, "示例"],
)


@pytest.fixture(scope="module")
def reference() -> icredit.Reference:
    """The reference of the batch."""
    return icredit.measure(full(BATCH, RULES), RULES, AS_OF)


def test_a_reference_is_what_was_measured(reference: icredit.Reference) -> None:
    """It holds the constants of every group: bounds, the median for imputation, quantiles; and the number of rows."""
    assert (reference.scheme, reference.rows) == ("little", 6)
    assert set(reference.constants) == {("stage",), (), ("zone", "kind")}
    everybody = reference.constants[()].row(0, named=True)
    assert everybody == {"b.impute": 0.3, "b.minimum": 0.1, "b.maximum": 0.7}
    stages = {row["stage"]: row for row in reference.constants["stage",].iter_rows(named=True)}
    assert set(stages) == {"young", "old"}
    # Of 1, 2 and 4 the 0.01 quantile stands 0.02 of the way from 1 to 2, the 0.99 one 0.98 of the way from 2 to 4.
    assert stages["young"]["a.winsorise_lower_0.01"] == pytest.approx(1 + 0.02 * (2 - 1), rel=1e-12)
    assert stages["young"]["a.winsorise_upper_0.99"] == pytest.approx(2 + 0.98 * (4 - 2), rel=1e-12)
    assert reference.constants["zone", "kind"].height == 6


def test_json_keeps_every_bit(reference: icredit.Reference) -> None:
    """What is saved and loaded is the same to the last bit, names of groups with quotes and breaks included."""
    again = icredit.Reference.from_json(reference.to_json())
    assert (again.scheme, again.digest, again.rows) == (reference.scheme, reference.digest, reference.rows)
    assert list(again.constants) == list(reference.constants)
    for within, constants in reference.constants.items():
        assert_frame_equal(again.constants[within], constants, check_exact=True)
    assert again.to_json() == reference.to_json()


@settings(deadline=None, max_examples=60)
@given(values=st.lists(st.floats(-1e90, 1e90), min_size=1, max_size=5))
def test_json_keeps_every_bit_of_any_number(values: list[float]) -> None:
    """Bounds of any size, down to the smallest number a float holds, survive."""
    rules = scheme(indicator("a", normalise=MINMAX))
    found = measured(rules, a=values)
    again = icredit.Reference.from_json(found.to_json())
    assert again.constants[()].row(0) == (min(values), max(values))


def test_a_reference_that_does_not_depend_on_the_order_of_rows(reference: icredit.Reference) -> None:
    """The same batch in another order is saved as the same text."""
    turned = icredit.measure(full(BATCH.reverse(), RULES), RULES, AS_OF)
    assert turned.to_json() == reference.to_json()


def test_a_reference_is_read_from_a_file(tmp_path: Path, reference: icredit.Reference) -> None:
    """`load` reads what `to_json` wrote."""
    path = tmp_path / "示例.reference.json"
    path.write_text(reference.to_json(), "utf-8")
    assert icredit.Reference.load(path).to_json() == reference.to_json()
    assert icredit.Reference.load(str(path)).to_json() == reference.to_json()


@pytest.mark.parametrize("index", range(6))
def test_a_late_enterprise_is_scored_as_in_the_batch(reference: icredit.Reference, index: int) -> None:
    """Alone, with the batch's reference, an enterprise has the scores it had among the others; only its ranks are its
    own.
    """
    whole = scored(RULES, BATCH).drop("rank", "zone_rank", "stage_rank")
    alone = scored_by(reference, RULES, BATCH[index : index + 1])
    assert alone.select("rank").item() in (1, None)
    assert_frame_equal(
        alone.drop("rank", "zone_rank", "stage_rank"), whole[index : index + 1], rel_tol=0, abs_tol=1e-12
    )


def test_late_enterprises_of_the_sample_are_scored_as_in_the_batch(
    sample: icredit.Submission, sample_table: pl.DataFrame, national: Scheme
) -> None:
    """Forty of the sample's 3,000, filed late and scored with its reference, have the scores, grades and coverage that
    they have in it.
    """
    rows = full(sample.frame, national)
    reference = icredit.Reference.from_json(icredit.measure(rows, national, AS_OF).to_json())
    late = sample.frame.gather_every(sample.frame.height // 40)
    table = icredit.score(late, national, reference=reference, values=True, as_of=AS_OF).sort("uscc")
    ranks = ("rank", "zone_rank", "stage_rank")
    before = sample_table.filter(pl.col("uscc").is_in(late["uscc"].to_list())).sort("uscc")
    assert_frame_equal(table.drop(ranks), before.drop(ranks), rel_tol=0, abs_tol=1e-11)


def test_late_enterprises_do_not_move_the_scale(reference: icredit.Reference) -> None:
    """A giant filed late ends at the scale and changes nobody else's score."""
    giant = BATCH[:1].with_columns(uscc=pl.lit(code(77)), a=1e15, b=1e15, c=1e15)
    table = scored_by(reference, RULES, pl.concat([BATCH, giant]))
    assert table.filter(pl.col("uscc") == code(77)).select("a", "b", "c").row(0) == (1, 1, 1)
    names = ["score", "a", "b", "c"]
    assert_frame_equal(table.head(6).select(names), scored(RULES, BATCH).select(names), rel_tol=0, abs_tol=1e-12)


# ---- refusals ---------------------------------------------------------------------------------------------------- #


def test_another_schemes_reference_is_refused(reference: icredit.Reference) -> None:
    """A scheme that says anything else makes another scale; the message names both."""
    other = scheme(indicator("a", normalise=minmax("stage"), missing="exclude"), stages=STAGES, id="other")
    with pytest.raises(UsageError, match="another scheme") as caught:
        icredit.score(BATCH, other, reference=reference, as_of=AS_OF)
    for named in ("little", reference.digest[:12], "other", other.digest[:12]):
        assert named in str(caught.value)


def test_another_schemes_reference_is_refused_for_a_submission(national: Scheme, reference: icredit.Reference) -> None:
    """Whoever scores a submission with its account is told the same, before anything is computed."""
    submission = icredit.read(SAMPLE_CSV, national, as_of=AS_OF)
    with Store() as store, pytest.raises(UsageError, match="another scheme"):
        score_with_account(submission, national, store, reference=reference)


@pytest.mark.parametrize(
    "change", [{"scale": [0, 10]}, {"edition": "2"}, {"ranking": {"decimals": 3}}, {"aggregate": "geometric"}]
)
def test_the_same_id_does_not_make_the_same_scheme(change: dict[str, Any]) -> None:
    """A scheme changed under its old name is another one."""
    before = measured(scheme(indicator("a", normalise=MINMAX)), a=[1, 2])
    with pytest.raises(UsageError, match="another scheme"):
        scored_by(before, scheme(indicator("a", normalise=MINMAX), **change), a=[1])


def test_comments_and_layout_of_a_scheme_make_no_other_scheme(national: Scheme) -> None:
    """What a scheme says decides, not how its file looks."""
    text = NATIONAL.read_text("utf-8")
    relaid = icredit.parse_scheme("# a comment\n" + text.replace("minimum: 0\n", "minimum: 0.0   # none below\n"))
    row = frame(revenue=[100.0], rd_expense=[1.0])
    found = icredit.measure(full(row, national), national, AS_OF)
    assert icredit.score(row, relaid, reference=found, as_of=AS_OF).height == 1


def test_a_group_the_reference_does_not_know_is_refused() -> None:
    """Without an old enterprise in the batch there is no scale for one; the message says which group and how many."""
    rules = scheme(indicator("a", normalise=minmax("stage")), stages=STAGES)
    young = measured(rules, a=[1, 2, 3], stage=["young"] * 3)
    assert scored_by(young, rules, a=[2], stage=["young"])["a"].to_list() == [0.5]
    with pytest.raises(DataError, match=r"stage=old.*2 enterprises"):
        scored_by(young, rules, a=[2, 5, 6], stage=["young", "old", "old"])


def test_no_zone_is_a_group_the_reference_may_not_know() -> None:
    """Where enterprises in no zone are compared with each other, a batch without any gives no scale for one."""
    rules = scheme(indicator("a", normalise=minmax("zone"), missing="zero"))
    known = measured(rules, a=[1, 3, 1, 5], zone=["changsha", "changsha", None, None])
    assert scored_by(known, rules, a=[2], zone=[None])["a"].to_list() == [(2 - 1) / (5 - 1)]
    unknown = measured(rules, a=[1, 3], zone=["changsha"] * 2)
    with pytest.raises(DataError, match="zone"):
        scored_by(unknown, rules, a=[2], zone=[None])


@pytest.mark.parametrize("missing", ["zero", "exclude"])
def test_a_number_is_never_taken_as_missing_because_the_reference_lacks_it(missing: str) -> None:
    """Where nobody in the batch filed a number there is no scale for it, and a late enterprise that filed it is not
    quietly scored as if it had not.
    """
    rules = scheme(indicator("a", normalise=MINMAX, missing=missing), indicator("b"))
    nobody = measured(rules, a=[None, None], b=[0.5, 0.5])
    assert scored_by(nobody, rules, a=[None], b=[0.5])["b"].to_list() == [0.5]
    with pytest.raises(DataError, match=r"\ba\b"):
        scored_by(nobody, rules, a=[7], b=[0.5])


def test_the_reference_of_an_empty_batch_knows_no_group() -> None:
    """It can be saved and loaded, scores an empty batch, and refuses everybody."""
    rules = scheme(indicator("a", normalise=minmax("stage")), stages=STAGES)
    nobody = frame(a=[1.0], stage=["young"]).clear()
    empty = icredit.Reference.from_json(icredit.measure(full(nobody, rules), rules, AS_OF).to_json())
    assert icredit.score(nobody, rules, reference=empty, as_of=AS_OF).height == 0
    with pytest.raises(DataError, match="young"):
        scored_by(empty, rules, a=[1], stage=["young"])


GONE, TWICE = object(), object()
Edit = tuple[tuple[str | int, ...], Any]


def edited(reference: icredit.Reference, edit: Edit) -> str:
    """Return the reference's text after somebody put another value in a place, or took it away, or said it twice."""
    places, value = edit
    content = json.loads(reference.to_json())
    if not places:
        return json.dumps(value)
    *path, last = places
    here = content
    for place in path:
        here = here[place]
    if value is GONE:
        del here[last]
    elif value is TWICE:
        here.insert(0, here[last])
    else:
        here[last] = value
    return json.dumps(content)


STAGE_PART, BATCH_PART = ("constants", 0), ("constants", 1)
BATCH_CONSTANTS = (*BATCH_PART, "groups", 0)

EDITS: dict[str, Edit] = {
    "a list": ((), []),
    "a number": ((), 7),
    "null": ((), None),
    "another format": (("format",), "icredit-reference-99"),
    "no format": (("format",), GONE),
    "no scheme": (("scheme",), GONE),
    "no digest": (("scheme_sha256",), GONE),
    "no rows": (("rows",), GONE),
    "no constants": (("constants",), GONE),
    "rows in words": (("rows",), "many"),
    "rows null": (("rows",), None),
    "rows in a list": (("rows",), [6]),
    "a digest that is a number": (("scheme_sha256",), 5),
    "a digest that is null": (("scheme_sha256",), None),
    "a scheme that is a list": (("scheme",), ["little"]),
    "constants that are a number": (("constants",), 7),
    "constants that are text": (("constants",), "abc"),
    "a part that is a number": (STAGE_PART, 7),
    "a part without groups": ((*STAGE_PART, "groups"), GONE),
    "a part without columns": ((*STAGE_PART, "within"), GONE),
    "groups that are a number": ((*STAGE_PART, "groups"), 3),
    "a group that is a number": ((*STAGE_PART, "groups"), [3]),
    "columns that are numbers": ((*STAGE_PART, "within"), [1]),
    "columns that are lists": ((*STAGE_PART, "within"), [["stage"]]),
    "a constant in words": ((*BATCH_CONSTANTS, "b.minimum"), "low"),
    "a constant in a list": ((*BATCH_CONSTANTS, "b.minimum"), [1]),
    "a constant that is no number": ((*BATCH_CONSTANTS, "b.minimum"), math.nan),
    "a constant that is infinite": ((*BATCH_CONSTANTS, "b.maximum"), math.inf),
    "a constant too large": ((*BATCH_CONSTANTS, "b.maximum"), 10**400),
}


@pytest.mark.parametrize("edit", EDITS)
def test_a_file_that_is_no_reference_is_refused(reference: icredit.Reference, edit: str) -> None:
    """Whatever was done to the file, the answer is an InputError that names it."""
    with pytest.raises(InputError, match=r"late\.json"):
        icredit.Reference.from_json(edited(reference, EDITS[edit]), "late.json")


LACKS: dict[str, Edit] = {
    "no constants at all": (("constants",), []),
    "one part less": (("constants", 2), GONE),
    "one constant less": ((*BATCH_CONSTANTS, "b.minimum"), GONE),
    "no group of everybody": ((*BATCH_PART, "groups"), []),
    "everybody twice": (BATCH_CONSTANTS, TWICE),
    "a group twice": ((*STAGE_PART, "groups", 0), TWICE),
    "other columns": ((*STAGE_PART, "within"), ["province"]),
}


@pytest.mark.parametrize("lack", LACKS)
def test_a_reference_that_lacks_something_scores_nobody(reference: icredit.Reference, lack: str) -> None:
    """A reference with a group or constant taken away or doubled by hand is refused when it is read or used; it neither
    ends in a traceback nor scores anybody twice.
    """
    text = edited(reference, LACKS[lack])
    with pytest.raises(icredit.IcreditError):
        icredit.score(BATCH, RULES, reference=icredit.Reference.from_json(text), as_of=AS_OF)


PLACES = scheme(
    indicator("a", normalise={"method": "percentile_rank"}),
    ranking={"decimals": 4},
    grades=[
        {"id": "A", "label": {"zh": "A", "en": "A"}, "top": 0.5},
        {"id": "B", "label": {"zh": "B", "en": "B"}, "top": 1},
    ],
)

LACKS_OF_TABLES: dict[str, tuple[Edit, str]] = {
    "no tables at all": ((("tables",), []), "lacks the places or grades"),
    "one table less": ((("tables", 0), GONE), "lacks the places or grades"),
    "a table of another name": ((("tables", 0, "name"), "b.place"), "lacks the places or grades"),
    "a column less": ((("tables", 0, "groups"), [{"value": 1.0}]), "table of a.place has other columns"),
    "a number in words": ((("tables", 0, "within"), ["value"]), "value cannot be 1.0"),
}


@pytest.mark.parametrize("lack", LACKS_OF_TABLES)
def test_a_reference_that_lacks_places_or_grades_scores_nobody(lack: str) -> None:
    """The tables of ranked values and of grades by place are looked at like the constants, and the message says which."""
    edit, message = LACKS_OF_TABLES[lack]
    whole = measured(PLACES, a=[1.0, 2.0, 3.0])
    assert scored_by(icredit.Reference.from_json(whole.to_json()), PLACES, a=[3.0, 2.0])["grade"].to_list() == [
        "A",
        "B",
    ]
    with pytest.raises(InputError, match=message):
        scored_by(icredit.Reference.from_json(edited(whole, edit)), PLACES, a=[2.0])


def test_the_text_of_a_reference_is_what_earlier_ones_hold() -> None:
    """References outlast a version of icredit, so that no word of their text may change: of 1, 2 and 3 the ends and the
    number, how many are no better than each, and the points in ten thousandths with which the grades begin.
    """
    content = json.loads(measured(PLACES, a=[1.0, 2.0, 3.0]).to_json())
    assert content == {
        "format": "icredit-reference-1",
        "scheme": "little",
        "scheme_sha256": PLACES.digest,
        "rows": 3,
        "constants": [{"within": [], "groups": [{"a.minimum": 1, "a.maximum": 3, "a.count": 3}]}],
        "tables": [
            {"name": "a.place", "within": [], "groups": [{"value": x, "up_to": x} for x in (1, 2, 3)]},
            {"name": "grade", "within": [], "groups": [{"grade.A": 10_000, "grade.B": 0}]},
        ],
    }


@pytest.mark.parametrize(
    "text", ["", " ", "{", "{}", "[]", "null", "7", '"text"', "uscc,name\n1,2\n", "\ufeff{}", "[" * 100_000, "\x00"]
)
def test_text_that_is_no_reference_is_refused(text: str) -> None:
    """Anything but the text of a reference is an InputError with what to do."""
    with pytest.raises(InputError, match="--save-reference"):
        icredit.Reference.from_json(text)


def test_files_that_cannot_be_read_are_refused(tmp_path: Path) -> None:
    """A missing file, a folder and a file that is no text are InputErrors that name it."""
    binary = tmp_path / "binary.json"
    binary.write_bytes(b"\xff\xfe\x00{}")
    for path in (tmp_path / "missing.json", tmp_path, binary):
        with pytest.raises(InputError, match=path.name):
            icredit.Reference.load(path)


def test_a_reference_has_every_field_of_the_national_scheme(sample: icredit.Submission, national: Scheme) -> None:
    """The sample's reference names all three stages and, for each, every constant as a number."""
    found = icredit.measure(sample.frame.select(list(typed_schema(national))).lazy(), national, AS_OF)
    assert list(found.constants) == [("stage",)]
    stages = found.constants["stage",]
    assert stages["stage"].to_list() == sorted(national.stage_ids)
    assert stages.null_count().sum_horizontal().item() == 0
    assert found.rows == sample.frame.height
