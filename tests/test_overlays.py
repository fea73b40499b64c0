"""A scheme that extends another one says only what differs, and is the scheme that a full copy would be."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

import icredit
from command_line import clean_csv
from conftest import ROOT
from icredit.cli.main import main
from icredit.scheme import Scheme, load_scheme, parse_scheme
from icredit.scheme.overlay import KEYS
from spoiled import TEXT

NAME = """\
extends: small.yaml
id: city
title: {zh: 某市, en: A city}
edition: "2"
"""

Data = dict[str, Any]


@pytest.fixture
def beside(folder: Path) -> Path:
    """A folder with the small scheme in it."""
    (folder / "small.yaml").write_text(TEXT, "utf-8")
    return folder


def overlay(folder: Path, rest: str = "", name: str = "city.yaml") -> Scheme:
    """Return the scheme of an overlay of the small scheme."""
    (folder / name).write_text(NAME + rest, "utf-8")
    return load_scheme(folder / name)


def in_full(edit: Callable[[Data], Any]) -> Scheme:
    """Return the scheme that the whole of the small scheme, copied and edited, would be."""
    data = yaml.safe_load(TEXT) | {"id": "city", "title": {"zh": "某市", "en": "A city"}, "edition": "2"}
    edit(data)
    return parse_scheme(yaml.safe_dump(data, allow_unicode=True))


def nothing(data: Data) -> None:
    """Leave the data as they are."""


INDICATOR = "{id: more, label: {zh: 多, en: More}, value: export_share, weight: 5, normalise: {method: minmax}}"


def more(data: Data) -> list[Data]:
    """Return the node of `INDICATOR`, and let the data say what its numbers are."""
    data["basis"] |= {"indicators": "project-default", "weights": "project-default"}
    return [yaml.safe_load(INDICATOR)]


SAME: dict[str, tuple[str, Callable[[Data], Any]]] = {
    "nothing": ("", nothing),
    "basis": ("basis: {weights: project-default}", lambda d: d["basis"].update(weights="project-default")),
    "ranking": ("ranking: {decimals: 2}", lambda d: d["ranking"].update(decimals=2)),
    "new field": (
        "fields: {x: {label: {zh: 某, en: X}, type: flag}}",
        lambda d: d["fields"].update(x={"label": {"zh": "某", "en": "X"}, "type": "flag"}),
    ),
    "field": (
        "fields: {revenue: {minimum: 0, aliases: null}}",
        lambda d: (d["fields"]["revenue"].update(minimum=0), d["fields"]["revenue"].pop("aliases")),
    ),
    "field taken away": ("fields: {export_share: null}", lambda d: d["fields"].pop("export_share")),
    "checks": (
        "checks: [{level: error, when: staff > 5, message: {zh: 多, en: many}}]",
        lambda d: d["checks"].append({"level": "error", "when": "staff > 5", "message": {"zh": "多", "en": "many"}}),
    ),
    "vetoes": (
        "vetoes: [{when: staff > 5, message: {zh: 多, en: many}}]",
        lambda d: d["vetoes"].append({"when": "staff > 5", "message": {"zh": "多", "en": "many"}}),
    ),
    "eligibility": (
        "eligibility: [{when: staff > 5, message: {zh: 多, en: many}}]",
        lambda d: d.update(eligibility=[{"when": "staff > 5", "message": {"zh": "多", "en": "many"}}]),
    ),
    "totals": (
        "totals: [{id: t, label: {zh: 总, en: T}, weights: {people: 1}}]",
        lambda d: (
            d.update(totals=[{"id": "t", "label": {"zh": "总", "en": "T"}, "weights": {"people": 1}}]),
            d["basis"].update(weights="project-default"),
        ),
    ),
    "grades": ("grades: [{id: C, minimum: 1}]", lambda d: d.update(grades=[{"id": "C", "minimum": 1}])),
    "no grades": ("grades: null", lambda d: d.pop("grades")),
    "verdict": (
        "verdict: {require: [{when: score > 5, message: {zh: 过, en: pass}}]}",
        lambda d: d.update(verdict={"require": [{"when": "score > 5", "message": {"zh": "过", "en": "pass"}}]}),
    ),
    "top": (
        "cap: 90\naggregate: harmonic\nminimum_availability: 0.5\nscale: [0, 90]",
        lambda d: (
            d.update(cap=90, aggregate="harmonic", minimum_availability=0.5, scale=[0, 90]),
            d["basis"].update(weights="project-default"),
        ),
    ),
    "weight": (
        "change: {people: {weight: 41}}",
        lambda d: (d["indicators"][1].update(weight=41), d["basis"].update(weights="project-default")),
    ),
    "a node's keys": (
        "change: {turnover: {treat: null, missing: exclude, normalise: {method: rank}}}",
        lambda d: (
            d["indicators"][0]["indicators"][0].pop("treat"),
            d["indicators"][0]["indicators"][0].update(missing="exclude", normalise={"method": "rank"}),
        ),
    ),
    "add": (f"add: {{results: [{INDICATOR}]}}", lambda d: d["indicators"][0]["indicators"].extend(more(d))),
    "add at the top": (f"add: {{top: [{INDICATOR}]}}", lambda d: d["indicators"].extend(more(d))),
    "remove": ("remove: [per_head]", lambda d: (more(d), d["indicators"][0]["indicators"].pop(1))),
    "remove a category": ("remove: [results]", lambda d: (more(d), d["indicators"].pop(0))),
    "replace all of a category": (
        f"remove: [turnover, per_head]\nadd: {{results: [{INDICATOR}]}}",
        lambda d: d["indicators"][0].update(indicators=more(d)),
    ),
    "move": (
        """
remove: [per_head]
add: {top: [{id: per_head, label: {zh: 人均, en: P}, value: staff, weight: 1, normalise: {method: rank}}]}
""",
        lambda d: (
            more(d),
            d["indicators"][0]["indicators"].pop(1),
            d["indicators"].append(
                {
                    "id": "per_head",
                    "label": {"zh": "人均", "en": "P"},
                    "value": "staff",
                    "weight": 1,
                    "normalise": {"method": "rank"},
                }
            ),
        ),
    ),
}


@pytest.mark.parametrize("name", SAME)
def test_an_overlay_is_the_scheme_written_out(beside: Path, name: str) -> None:
    """What an overlay says has the digest of the full copy into which somebody wrote the same."""
    rest, edit = SAME[name]
    made, copied = overlay(beside, rest), in_full(edit)
    assert made.model_dump() == copied.model_dump()
    assert made.digest == copied.digest


def test_the_base_stays_what_it_is(beside: Path) -> None:
    """Reading an overlay changes nothing in what its base says when that is read again."""
    before = load_scheme("small.yaml")
    overlay(beside, f"change: {{people: {{weight: 1}}}}\nremove: [per_head]\nadd: {{results: [{INDICATOR}]}}")
    assert load_scheme("small.yaml") == before


def test_stages_can_be_replaced(beside: Path) -> None:
    """New stages replace the old ones, once all that differs by stage speaks of them."""
    made = overlay(
        beside,
        """
stages: [{id: one, label: {zh: 一, en: One}, when: "staff > 0"}]
change:
  results: {weight: {one: 60}}
  turnover: {weight: {one: 3}}
  per_head: {value: {one: staff}}
  people: {normalise: {method: minmax}}
""",
    )
    assert made.stage_ids == ("one",)


def test_basis_is_lowered_by_what_is_changed(beside: Path) -> None:
    """Weights, stages, normalisation, grades and indicators that an overlay changes are no longer official."""
    parts = ("indicators", "weights", "stages", "normalisation", "grades")
    official = "basis: {" + ", ".join(f"{part}: official" for part in parts) + "}"
    (beside / "small.yaml").write_text(
        TEXT.replace("basis: {indicators: official, weights: reported}", official), "utf-8"
    )
    lowered = {
        "change: {people: {weight: 7}}": {"weights"},
        "change: {people: {weight: 40}}": set(),
        "change: {people: {label: {zh: 人, en: P}}}": set(),
        "change: {people: {bonus: true}}": {"weights"},
        "change: {people: {missing: zero}}": {"normalisation"},
        "change: {people: {value: staff + 1}}": {"indicators"},
        "change: {results: {aggregate: arithmetic}}": {"weights"},
        "scale: [0, 100]": set(),
        "scale: [0, 10]": {"normalisation"},
        "grades: [{id: A, minimum: 5}]": {"grades"},
        "stages: [{id: late, label: {zh: 后, en: L}, when: 'false'}, {id: early, label: {zh: 早, en: E}, when: 'true'}]": {
            "stages"
        },
        "remove: [per_head]": {"indicators", "weights"},
        f"add: {{results: [{INDICATOR}]}}": {"indicators", "weights", "normalisation"},
        f"basis: {{weights: official}}\nadd: {{results: [{INDICATOR}]}}": {"indicators", "normalisation"},
        "checks: [{level: error, when: staff > 5, message: {zh: 多, en: many}}]": set(),
    }
    for rest, expected in lowered.items():
        assert set(overlay(beside, rest).parts_by_basis("project-default")) == expected, rest


def test_basis_of_one_indicator_is_lowered(beside: Path) -> None:
    """An indicator that was official by itself is so no longer when its value is changed, unless the overlay says so."""
    (beside / "small.yaml").write_text(TEXT.replace("- id: people\n", "- id: people\n    basis: official\n"), "utf-8")
    assert overlay(beside, "change: {people: {weight: 3}}").leaves[-1].basis == "official"
    assert overlay(beside, "change: {people: {value: staff + 1}}").leaves[-1].basis == "project-default"
    assert overlay(beside, "change: {people: {value: staff + 1, basis: reported}}").leaves[-1].basis == "reported"


def test_overlays_extend_overlays(beside: Path) -> None:
    """An overlay may extend an overlay in another folder; paths are seen from the file in which they stand."""
    (beside / "districts").mkdir()
    overlay(beside, "change: {people: {weight: 10}}\ncap: 95")
    text = NAME.replace("small.yaml", "../city.yaml").replace("id: city", "id: district")
    (beside / "districts" / "one.yaml").write_text(text + "cap: 90\n", "utf-8")
    made = load_scheme("districts/one.yaml")
    assert (made.id, made.cap, made.leaves[-1].weight) == ("district", 90, 10)
    assert [(base.id, base.sha256) for base in made.extends] == [
        ("city", load_scheme("city.yaml").digest),
        ("small", load_scheme("small.yaml").digest),
    ]


def test_a_base_may_be_bundled_or_absolute(folder: Path) -> None:
    """`extends` takes the id of a bundled scheme, from text as well, and a path from the root."""
    made = parse_scheme(NAME.replace("small.yaml", "ics-national-2024"))
    assert len(made.leaves) == 18
    path = ROOT / "tests" / "schemes" / "small.yaml"
    assert len(parse_scheme(NAME.replace("small.yaml", str(path))).leaves) == 3


def test_what_is_extended_is_no_part_of_the_content(beside: Path) -> None:
    """A scheme that extends nothing says so; what one extends is neither in its dump nor in its digest."""
    made = overlay(beside)
    assert made.extends[0].id == "small"
    assert "extends" not in made.model_dump()
    assert parse_scheme(TEXT).extends == ()
    assert made.model_copy(update={"extends": ()}).digest == made.digest


def test_the_example_of_the_documentation(folder: Path) -> None:
    """The overlay in docs/scheme.md does what is said beside it."""
    page = (ROOT / "docs" / "scheme.md").read_text("utf-8")
    text = page.split("<!-- checked: overlay -->\n```yaml\n")[1].split("```")[0]
    made, base = parse_scheme(text), load_scheme("ics-national-2024")
    assert [base.id for base in made.extends] == ["ics-national-2024"]
    ids = [node.id for node in made.nodes()]
    assert ids == [node.id for node in base.nodes() if node.id != "awards"] + ["esg_rating"]
    assert made.fields["revenue"].required
    assert made.fields["revenue"].unit == base.fields["revenue"].unit
    assert len(made.checks) == len(base.checks) + 1
    assert [grade.id for grade in made.grades] == ["优", "良", "可"]


def test_the_keys_of_overlays_are_documented() -> None:
    """Each key that an overlay may have stands in the table of its section of docs/scheme.md."""
    section = (ROOT / "docs" / "scheme.md").read_text("utf-8").split("\n## Overlays\n")[1]
    table = "".join(line.split("|")[1] for line in section.splitlines() if line.startswith("| `"))
    assert {key for key in KEYS if f"`{key}`" not in table} == set()


def test_the_manifest_names_what_a_scheme_extends(beside: Path) -> None:
    """The manifest has id and digest of every scheme that was extended, and an empty list where there is none."""
    (beside / "city.yaml").write_text(NAME.replace("small.yaml", "ics-national-2024"), "utf-8")
    clean_csv(beside / "in.csv", 2)
    for scheme, expected in (
        ("city.yaml", [{"id": "ics-national-2024", "sha256": load_scheme("ics-national-2024").digest}]),
        ("ics-national-2024", []),
    ):
        assert main(["score", "in.csv", "--scheme", scheme, "-q"]) == 0
        assert json.loads((beside / "scores.manifest.json").read_text("utf-8"))["scheme"]["extends"] == expected


def test_a_base_is_not_overwritten(beside: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The file of a scheme that is extended is an input: no output may take its place."""
    (beside / "base.json").write_text(json.dumps(yaml.safe_load(TEXT), default=str), "utf-8")
    (beside / "city.yaml").write_text(NAME.replace("small.yaml", "base.json"), "utf-8")
    before = (beside / "base.json").read_bytes()
    clean_csv(beside / "in.csv", 2)
    status = main(["score", "in.csv", "--scheme", "city.yaml", "--save-reference", "base.json"])
    assert status == icredit.OutputError.status
    assert "base.json" in capsys.readouterr().err
    assert (beside / "base.json").read_bytes() == before


def test_a_changed_base_changes_the_digest(beside: Path) -> None:
    """The digest is that of the whole content: a change of the base in a part that the overlay leaves alone shows."""
    before = overlay(beside).digest
    (beside / "small.yaml").write_text(TEXT.replace("upper: 80", "upper: 81"), "utf-8")
    assert load_scheme("city.yaml").digest != before


def test_overlays_can_be_copied() -> None:
    """A scheme made of two is as good as another for copies and comparisons."""
    made = parse_scheme(NAME.replace("small.yaml", "ics-national-2024"))
    assert copy.deepcopy(made) == made


def complaints(text: str) -> list[str]:
    """Return what the JSON Schema of the documentation has against an overlay."""
    schema = json.loads((ROOT / "docs" / "scheme.schema.json").read_text("utf-8"))
    return [error.message for error in jsonschema.Draft202012Validator(schema).iter_errors(yaml.safe_load(text))]


@pytest.mark.parametrize("name", SAME)
def test_the_schema_accepts_overlays(name: str) -> None:
    """What an overlay may say has no mistake for an editor either."""
    assert complaints(NAME + SAME[name][0]) == []


@pytest.mark.parametrize(
    "rest",
    [
        "chagne: {}",
        f"indicators: [{INDICATOR}]",
        "change: {people: {wieght: 3}}",
        "change: {people: {id: persons}}",
        "change: {people: {normalise: {method: mnimax}}}",
        "fields: {revenue: {unti: 3}}",
        "add: {results: [{id: x}]}",
        "remove: per_head",
        "grades: [{id: 3}]",
    ],
)
def test_the_schema_refuses_what_is_none(folder: Path, rest: str) -> None:
    """A typo in an overlay is a mistake for an editor as well as for `check`."""
    (folder / "small.yaml").write_text(TEXT, "utf-8")
    assert complaints(NAME + rest)
    with pytest.raises(ValueError, match=r"indicators\.yaml:\d+: "):
        parse_scheme(NAME + rest)


def test_the_schema_wants_a_name() -> None:
    """An overlay without id, title or edition is incomplete for an editor."""
    for key in ("extends", "id", "title", "edition"):
        assert complaints("".join(line for line in NAME.splitlines(keepends=True) if not line.startswith(key)))
