"""`icredit scheme diff`: everything that differs between two schemes is told, in words and as data, and nothing else."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from rich.cells import cell_len

from command_line import on_terminal, program
from conftest import NATIONAL, ROOT
from icredit.cli.main import main
from icredit.scheme import Scheme, load_scheme
from icredit.scheme.difference import Change, difference
from spoiled import TEXT

Data = dict[str, Any]
Path_ = tuple[str | int, ...]

SMALL: Data = yaml.safe_load(TEXT)
RICH: Data = yaml.safe_load((ROOT / "tests" / "schemes" / "rich.yaml").read_text("utf-8"))
LABEL = {"zh": "新", "en": "New"}


def changes(edit: Callable[[Data], Any], data: Data = SMALL) -> list[Change]:
    """Return what differs between a scheme and an edited copy of it."""
    edited = copy.deepcopy(data)
    edit(edited)
    return difference(Scheme.model_validate(data), Scheme.model_validate(edited))


def told(found: list[Change]) -> set[tuple[str, str, str | None, str | None]]:
    """Return part, what, id and key of every difference that is not about shares."""
    return {(one.part, one.what, one.id, one.key) for one in found if one.part != "share"}


def node(data: Data, *path: int) -> Data:
    """Return a node by its places in the tree."""
    here: Data = data
    for place in path:
        here = here["indicators"][place]
    return here


EDITS: dict[str, tuple[Callable[[Data], Any], set[tuple[str, str, str | None, str | None]]]] = {
    "title": (lambda d: d["title"].update(en="Other"), {("scheme", "changed", None, "title")}),
    "edition": (lambda d: d.update(edition="2"), {("scheme", "changed", None, "edition")}),
    "cap": (lambda d: d.update(cap=90), {("scheme", "changed", None, "cap")}),
    "basis": (lambda d: d["basis"].update(weights="official"), {("basis", "changed", None, "weights")}),
    "unit": (lambda d: d["fields"]["revenue"].update(unit="元"), {("field", "changed", "revenue", "unit")}),
    "bounds": (
        lambda d: d["fields"]["revenue"].update(minimum=0, maximum=None),
        {("field", "changed", "revenue", "minimum"), ("field", "changed", "revenue", "maximum")},
    ),
    "field added": (
        lambda d: d["fields"].update(x={"label": LABEL, "type": "flag"}),
        {("field", "added", "x", None)},
    ),
    "field removed": (lambda d: d["fields"].pop("founded"), {("field", "removed", "founded", None)}),
    "level of a check": (
        lambda d: d["checks"][0].update(level="warning"),
        {("check", "changed", "founded > today", "level")},
    ),
    "condition of a check": (
        lambda d: d["checks"][1].update(when="staff < 1"),
        {("check", "changed", "staff < 1", "when")},
    ),
    "check removed": (lambda d: d["checks"].pop(0), {("check", "removed", "founded > today", None)}),
    "checks in another order": (lambda d: d["checks"].reverse(), {("check", "reordered", None, None)}),
    "stage": (
        lambda d: d["stages"][0].update(when="revenue < 1"),
        {("stage", "changed", "early", "when")},
    ),
    "stages in another order": (lambda d: d["stages"].reverse(), {("stage", "reordered", None, None)}),
    "node removed": (lambda d: d["indicators"].pop(1), {("node", "removed", "people", None)}),
    "category removed": (
        lambda d: d["indicators"].pop(0),
        {("node", "removed", name, None) for name in ("results", "turnover", "per_head")},
    ),
    "node moved": (
        lambda d: d["indicators"].append(node(d, 0)["indicators"].pop(1)),
        {("node", "moved", "per_head", None)},
    ),
    "nodes in another order": (
        lambda d: node(d, 0)["indicators"].reverse(),
        {("node", "reordered", "results", None)},
    ),
    "top in another order": (lambda d: d["indicators"].reverse(), {("node", "reordered", None, None)}),
    "value": (lambda d: node(d, 1).update(value="staff + 1"), {("node", "changed", "people", "value")}),
    "method": (
        lambda d: node(d, 0, 0).update(normalise={"method": "rank"}),
        {("node", "changed", "turnover", "normalise")},
    ),
    "treatment": (lambda d: node(d, 0, 0).pop("treat"), {("node", "changed", "turnover", "treat")}),
    "missing": (lambda d: node(d, 0, 0).update(missing="worst"), {("node", "changed", "turnover", "missing")}),
    "applies": (lambda d: node(d, 0, 1).pop("applies"), {("node", "changed", "per_head", "applies")}),
    "aggregate": (lambda d: node(d, 0).update(aggregate="sum"), {("node", "changed", "results", "aggregate")}),
    "bonus": (lambda d: node(d, 1).update(bonus=True), {("node", "changed", "people", "bonus")}),
    "cap of a node": (lambda d: node(d, 0).update(cap=5), {("node", "changed", "results", "cap")}),
    "veto added": (
        lambda d: d["vetoes"].append({"when": "staff > 9", "message": LABEL}),
        {("veto", "added", "staff > 9", None)},
    ),
    "the same veto twice": (
        lambda d: d["vetoes"].append(d["vetoes"][0]),
        {("veto", "added", "listed", None)},
    ),
    "eligibility": (
        lambda d: d.update(eligibility=[{"when": "staff > 9", "message": LABEL}]),
        {("eligibility", "added", "staff > 9", None)},
    ),
    "verdict": (
        lambda d: d.update(verdict={"require": [{"when": "score > 9", "message": LABEL}]}),
        {("verdict", "added", None, None), ("require", "added", "score > 9", None)},
    ),
    "empty verdict": (lambda d: d.update(verdict={}), {("verdict", "added", None, None)}),
    "total": (
        lambda d: d.update(totals=[{"id": "t", "label": LABEL, "weights": {"people": 1}}]),
        {("total", "added", "t", None)},
    ),
    "grade": (lambda d: d["grades"][0].update(minimum=60), {("grade", "changed", "A", "minimum")}),
    "ranking": (lambda d: d["ranking"].update(decimals=2), {("ranking", "changed", None, "decimals")}),
    "nothing": (lambda d: d["fields"].update(revenue=d["fields"].pop("revenue")), set()),
}


@pytest.mark.parametrize("name", EDITS)
def test_one_change_is_told_as_what_it_is(name: str) -> None:
    """A change of one part is told with what became of it, its id and key, and beside it only shares."""
    edit, expected = EDITS[name]
    assert told(changes(edit)) == expected


def test_a_node_that_becomes_a_category() -> None:
    """An indicator that has become a category is told as that."""
    children = [node(SMALL, 1) | {"id": "inner"}]
    found = changes(
        lambda d: d["indicators"].__setitem__(1, {"id": "people", "label": LABEL, "indicators": children, "weight": 40})
    )
    assert ("node", "changed", "people", "kind") in told(found)
    assert ("node", "added", "inner", None) in told(found)


def test_shares_before_and_after() -> None:
    """A changed weight is told with the share of every node that it moves, in every case in which it does."""
    found = [
        one for one in changes(lambda d: node(d, 1)["weight"] and node(d, 1).update(weight=60)) if one.part == "share"
    ]
    by_case = {(one.id, (one.case or {})["stage"]): (one.before, one.after) for one in found}
    assert by_case["people", "early"] == pytest.approx((40 / (60 + 40), 60 / (60 + 60)))
    assert by_case["people", "late"] == pytest.approx((40 / (40 + 40), 60 / (40 + 60)))
    assert by_case["turnover", "early"] == pytest.approx((60 / 100 * 3 / 4, 60 / 120 * 3 / 4))
    assert len(by_case) == 4 * 2


def test_shares_of_what_comes_and_goes() -> None:
    """A node that is added has no share before, one that is removed none after, and a new stage none before."""
    found = [one for one in changes(lambda d: d["indicators"].pop(1)) if one.id == "people" and one.part == "share"]
    assert [(one.after, one.before) for one in found] == [(None, pytest.approx(0.4)), (None, pytest.approx(0.5))]

    def other_stage(data: Data) -> None:
        data["stages"][1]["id"] = "old"
        for staged in (node(data, 0)["weight"], node(data, 0, 0)["weight"]):
            staged["old"] = staged.pop("late")

    cases = {(one.case or {})["stage"]: (one.before, one.after) for one in changes(other_stage) if one.id == "people"}
    assert cases == {"late": (pytest.approx(0.5), None), "old": (None, pytest.approx(0.5))}


def parts(data: Any, path: Path_ = ()) -> Iterator[Path_]:
    """Yield the path of every part of the data."""
    for key, part in data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ():
        yield (*path, key)
        yield from parts(part, (*path, key))


@pytest.mark.parametrize("data", [SMALL, RICH], ids=["small", "rich"])
def test_nothing_goes_untold(data: Data) -> None:
    """Whatever is changed or left out or turned round in a scheme: something is told if and only if the digest differs."""
    original = Scheme.model_validate(data)
    tried = 0
    for path in parts(data):
        for how in ("other", "gone", "reversed"):
            edited = copy.deepcopy(data)
            here: Any = edited
            for key in path[:-1]:
                here = here[key]
            old = here[path[-1]]
            if how == "gone":
                del here[path[-1]]
            elif how == "reversed" and isinstance(old, list):
                old.reverse()
            elif how == "other" and isinstance(old, int | float) and not isinstance(old, bool):
                here[path[-1]] = old + 1
            elif how == "other" and isinstance(old, str):
                here[path[-1]] = old + "x"
            else:
                continue
            try:
                other = Scheme.model_validate(edited)
            except ValueError:
                continue
            tried += 1
            differs = original.digest != other.digest
            assert bool(difference(original, other)) == differs, (path, how)
            assert bool(difference(other, original)) == differs, (path, how)
    assert tried > 100


def test_it_is_stable() -> None:
    """The same two schemes give the same differences in the same order."""
    small, rich = Scheme.model_validate(SMALL), Scheme.model_validate(RICH)
    assert difference(small, rich) == difference(small, rich)
    assert difference(rich, rich) == []


@pytest.fixture
def two(folder: Path) -> Path:
    """A folder with the small scheme as a.yaml and a changed copy of it as b.yaml."""
    (folder / "a.yaml").write_text(TEXT, "utf-8")
    text = TEXT.replace("weight: {early: 60, late: 40}", "weight: {early: 70, late: 40}")
    text = text.replace("unit: 万元\n    minimum: -500", "unit: 元\n    minimum: -500").replace(
        "upper: 80", "upper: 90"
    )
    (folder / "b.yaml").write_text(text.replace("when: staff = 0", "when: staff < 1"), "utf-8")
    return folder


def test_differences_in_words(two: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each difference stands in its section, in Chinese and English, with what was and what is."""
    assert main(["scheme", "diff", "a.yaml", "b.yaml"]) == 0
    captured = capsys.readouterr()
    assert captured.err == ""
    lines = captured.out.splitlines()
    assert lines[0].startswith("A  small  示例体系 Example  (1)  sha256 ")
    body = "\n".join(lines[3:])
    share = f"{100 * 70 / 110:.2f}"
    for section in (
        "填报字段 fields\n  ~ 更改 changed  revenue 营业收入 Revenue\n    单位 unit: 万元 → 元\n",
        "校验规则 checks\n  ~ 更改 changed  没有职工 nobody works there\n    条件 when: staff = 0 → staff < 1\n",
        "  ~ 更改 changed  results 成果 Results\n    权重 weight.early: 60 → 70\n",
        "  ~ 更改 changed  per_head 人均收入 Revenue per head\n    标准化 normalise.upper: 80 → 90\n",
        f"占总分的比重 share of the whole\n  results 成果: 早期 60.00 % → {share} %\n",
    ):
        assert section in body
    assert "grades" not in body
    assert "late" not in body


def test_nothing_differs(two: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Two schemes that say the same, however they are written, are called that; the status is 0."""
    (two / "c.yaml").write_text(yaml.safe_dump(SMALL, allow_unicode=True), "utf-8")
    assert main(["scheme", "diff", "a.yaml", "c.yaml"]) == 0
    assert "两套评价体系内容相同。The two schemes say the same." in capsys.readouterr().out


def test_an_overlay_and_its_base(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An overlay differs from its base in what it says, and bundled schemes are named by their ids."""
    (folder / "o.yaml").write_text(
        'extends: ics-national-2024\nid: o\ntitle: {zh: 某, en: O}\nedition: "1"\nremove: [awards]\n', "utf-8"
    )
    assert main(["scheme", "diff", "ics-national-2024", "o.yaml"]) == 0
    out = capsys.readouterr().out
    assert "  - 删去 removed  awards " in out
    assert re.search(r"platforms .*: 初创期 3\.00 % → \d\.\d\d %", out)


def test_differences_for_machines(two: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`--json` gives one object with both schemes, whether they are the same, and all differences."""
    assert main(["scheme", "diff", "a.yaml", "b.yaml", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["before"]["id"], found["same"]) == ("small", False)
    assert found["after"]["sha256"] == load_scheme("b.yaml").digest
    weight = next(one for one in found["changes"] if one["key"] == "weight")
    assert weight == {
        "part": "node",
        "what": "changed",
        "id": "results",
        "label": {"zh": "成果", "en": "Results"},
        "key": "weight",
        "case": None,
        "before": {"early": 60, "late": 40},
        "after": {"early": 70, "late": 40},
    }
    share = next(one for one in found["changes"] if one["part"] == "share" and one["id"] == "results")
    assert (share["case"], share["before"]) == ({"stage": "early"}, 0.6)
    assert main(["scheme", "diff", "a.yaml", "a.yaml", "--json"]) == 0
    same = json.loads(capsys.readouterr().out)
    assert (same["same"], same["changes"]) == (True, [])


@pytest.mark.parametrize("names", [("a.yaml", "absent.yaml"), ("faulty.yaml", "a.yaml"), ("a.yaml",)])
def test_a_scheme_that_is_none(two: Path, capsys: pytest.CaptureFixture[str], names: tuple[str, ...]) -> None:
    """A scheme that is missing or faulty is status 2, and nothing stands on standard output."""
    (two / "faulty.yaml").write_text("id: 3\n", "utf-8")
    assert main(["scheme", "diff", *names]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err


@pytest.mark.parametrize("width", [40, 80, 160])
def test_differences_fit_a_terminal(two: Path, width: int) -> None:
    """On a terminal no line is wider than it is, and nothing is lost."""
    piped = program("scheme", "diff", "ics-national-2024", "a.yaml", folder=two).stdout.decode()
    lines = on_terminal(two, width, "scheme", "diff", "ics-national-2024", "a.yaml")
    assert max(map(cell_len, lines)) <= width
    assert re.sub(r"\s", "", "".join(lines)) == re.sub(r"\s", "", piped)


def test_no_control_characters(two: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An escape in a label does not reach the terminal."""
    (two / "b.yaml").write_text(TEXT.replace("{zh: 人员, en: People}", '{zh: "人\\e[31m员", en: People}'), "utf-8")
    main(["scheme", "diff", "a.yaml", "b.yaml"])
    assert "\x1b" not in capsys.readouterr().out


def test_the_national_scheme_against_itself(capsys: pytest.CaptureFixture[str]) -> None:
    """The file at the root and the bundled scheme say the same."""
    assert main(["scheme", "diff", str(NATIONAL), "ics-national-2024"]) == 0
    assert "say the same" in capsys.readouterr().out
