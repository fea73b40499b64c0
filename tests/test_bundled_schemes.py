"""Every scheme that comes with icredit is whole: correct, explained, in two languages, with a form that it can read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import openpyxl
import pytest

import icredit
from bundled import bundled
from command_line import credit_code
from command_line import icredit as run
from conftest import AS_OF, ROOT
from forms import entries_of, headers_of, page_of
from icredit.output.basis import basis_note
from icredit.scheme import bundled_schemes
from icredit.scheme.fields import submission_fields
from icredit.scheme.model import FieldSpec
from icredit.scheme.parts import Label, Model
from icredit.scheme.schema import schema_text
from plain_yaml import load_yaml

NAMES = list(bundled_schemes())

every_scheme = pytest.mark.parametrize("name", NAMES)

#: Published whole, marks included; the weights of every other scheme are project defaults.
PUBLISHED = {"tech-sme-2017", "innovative-sme-2022"}

#: Fields that no rule uses and that the form asks for all the same: who the enterprise is.
PORTRAIT = {"technical_field"}


@cache
def text_of(name: str) -> str:
    """Return the file of a bundled scheme."""
    return bundled_schemes()[name].read_bytes().decode("utf-8")


@cache
def rules_of(name: str) -> str:
    """Return what stands behind the fields in the file, and in the file of the scheme that it extends."""
    base = load_yaml(text_of(name)).get("extends")
    return text_of(name).split("\nchecks:")[1] + ("" if base is None else rules_of(base))


def labels_of(part: Any) -> Iterator[Label]:
    """Yield every label of a scheme, wherever it stands."""
    if isinstance(part, Label):
        yield part
    elif isinstance(part, Model):
        for key in type(part).model_fields:
            yield from labels_of(getattr(part, key))
    elif isinstance(part, dict):
        for value in part.values():
            yield from labels_of(value)
    elif isinstance(part, tuple):
        for value in part:
            yield from labels_of(value)


def test_the_schemes_that_come_with_icredit() -> None:
    """Three editions of the national system, two sister evaluations, grades after Hubei and a place's 18+M."""
    assert set(NAMES) == {
        "ics-national-2022",
        "ics-national-2024",
        "ics-national-2025",
        "tech-sme-2017",
        "innovative-sme-2022",
        "hubei-knowledge-value",
        "local-18-plus-m-example",
    }


@every_scheme
def test_check_finds_nothing(folder: Path, capsys: pytest.CaptureFixture[str], name: str) -> None:
    """`scheme check` calls it correct and names its id; `scheme show` draws every node."""
    assert run("scheme", "check", name) == 0
    assert f"correct: {name} " in capsys.readouterr().out
    assert run("scheme", "show", name) == 0
    shown = capsys.readouterr().out
    for node in bundled(name).nodes():
        assert f"\t{node.id}\t" in shown


@every_scheme
def test_editors_find_nothing(name: str) -> None:
    """The file is valid by the JSON Schema, and its first line tells an editor where that is."""
    validator = jsonschema.Draft202012Validator(load_yaml(schema_text()))
    assert [error.message for error in validator.iter_errors(load_yaml(text_of(name)))] == []
    stated = re.match(r"# yaml-language-server: \$schema=(\S+)\n", text_of(name))
    assert stated is not None
    folder = ROOT if name == "ics-national-2024" else ROOT / "src" / "icredit" / "schemes"
    assert (folder / stated[1]).resolve() == ROOT / "docs" / "scheme.schema.json"


@every_scheme
def test_a_scheme_says_what_each_part_rests_on(name: str) -> None:
    """The file states the basis of every part that it has; no weight is official but in rules published whole."""
    rules = bundled(name)
    stated = set(load_yaml(text_of(name))["basis"])
    has = {"indicators", "weights", "normalisation"}
    has |= {part for part in ("stages", "grades") if getattr(rules, part)}
    assert stated == has
    assert (rules.basis.weights == "official") == (name in PUBLISHED)
    assert (rules.basis.normalisation == "official") == (name in PUBLISHED)
    note = basis_note(rules)
    if name in PUBLISHED:
        assert note is None
    else:
        assert note is not None
        assert "非官方" in note
        assert re.search(r"not official: .*weights", note)


@every_scheme
def test_every_indicator_has_a_source_or_is_seen(name: str) -> None:
    """An indicator that is not official names its source, and so does every indicator of a rule published whole."""
    rules = bundled(name)
    for leaf in rules.leaves:
        basis = leaf.basis or rules.basis.indicators
        assert leaf.source is not None or (basis == "official" and name not in PUBLISHED), leaf.id


@every_scheme
def test_the_head_of_the_file_says_what_is_official(name: str) -> None:
    """Before the first key a person reads what is published and what is made up, and the words project default."""
    head = text_of(name).split("\n\n")[0].replace("\n# ", " ")
    assert "AND WHAT IS NOT" in head
    assert "project default" in head


@every_scheme
def test_both_languages_everywhere(name: str) -> None:
    """Every label, note and message is Chinese in `zh` and has no Chinese in `en`."""
    labels = list(labels_of(bundled(name)))
    assert len(labels) > 20
    for label in labels:
        assert re.search(r"[\u4e00-\u9fff]", label.zh), label
        assert not re.search(r"[\u3000-\u9fff\uff00-\uffef]", label.en), label


@every_scheme
def test_every_field_is_used(name: str) -> None:
    """Every field stands in a rule behind the fields, or says who the enterprise is."""
    unused = {field for field in bundled(name).fields if not re.search(rf"\b{field}\b", rules_of(name))}
    assert unused <= PORTRAIT


@every_scheme
def test_fields_are_described_whole(name: str) -> None:
    """Numbers have units and amounts stand in 万元; a field that the form does not ask for says when it counts."""
    for field, spec in bundled(name).fields.items():
        assert (spec.unit is not None) == (spec.type in ("amount", "count", "share")), field
        assert spec.type != "amount" or spec.unit == "万元", field
        assert spec.template or spec.note is not None, field
        assert spec.aliases or spec.label.zh == "净利润", field


@pytest.fixture(scope="module", params=NAMES)
def form(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    """The id of each scheme and its blank workbook."""
    path = tmp_path_factory.mktemp("form") / "form.xlsx"
    assert run("template", "--scheme", request.param, "-o", path, "--quiet") == 0
    return request.param, path


def value_for(field: str, spec: FieldSpec) -> Any:
    """Return what a clean enterprise files in a field."""
    if field in ("staff", "rd_staff", "rd_tax_relief"):
        return {"staff": 100, "rd_staff": 30, "rd_tax_relief": 10}[field]
    of_type: dict[str, Any] = {"amount": 100, "count": 1, "flag": "否", "date": date(2015, 3, 1), "text": "电子信息"}
    return spec.choices[0].label.zh if spec.choices else of_type[spec.type]


def test_its_form_filled_in_is_read_without_a_finding(folder: Path, form: tuple[str, Path]) -> None:
    """The blank workbook asks for each field by its label; a clean row in it is scored, complete and without a word."""
    name, path = form
    asked = {
        f"{spec.label.zh}（{spec.unit}）" if spec.unit else spec.label.zh: (field, spec)
        for field, spec in submission_fields(bundled(name)).items()
        if spec.template
    }
    columns = headers_of(page_of(path))
    assert list(columns) == list(asked)

    known = {"uscc": credit_code(1), "name": "示例企业1号", "zone": "长沙高新区", "province": "湖南"}
    book = openpyxl.load_workbook(path)
    page = book[book.active.title]
    for header, column in columns.items():
        field, spec = asked[header]
        page.cell(2, column).value = known.get(field) or value_for(field, spec)
    book.save("filled.xlsx")

    found = icredit.read("filled.xlsx", bundled(name), as_of=AS_OF)
    assert found.findings.to_dicts() == []
    row = icredit.score(found, bundled(name)).row(0, named=True)
    assert (row["status"], row["coverage"]) == ("scored", 1)
    assert row["score"] > 0


def test_drop_downs_offer_the_choices(form: tuple[str, Path]) -> None:
    """Where a field has choices or is a yes or no, the form offers exactly those."""
    name, path = form
    page = page_of(path)
    columns = headers_of(page)
    for spec in bundled(name).fields.values():
        if spec.type == "flag":
            assert entries_of(page, columns[spec.label.zh]) == ["是", "否"]
        if spec.choices:
            assert entries_of(page, columns[spec.label.zh]) == [choice.label.zh for choice in spec.choices]
