"""`icredit scheme list|show|check|schema` and `icredit zones`: what they print, where, and with which status."""

from __future__ import annotations

import csv
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from conftest import NATIONAL, ROOT
from icredit.cli.main import main
from icredit.output import console
from icredit.scheme import bundled_schemes, parse_scheme
from spoiled import SMALL, TEXT, line_of, spoil

REGISTER = ROOT / "src" / "icredit" / "data" / "zones.csv"

#: The smallest scheme there can be.
SMALLEST = """\
id: s
title: {zh: 某, en: Some}
edition: "1"
fields: {a: {label: {zh: 甲, en: A}, type: count}}
indicators: [{id: a, label: {zh: 甲, en: A}, value: a, normalise: {method: minmax}}]
"""


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    """Run a command and return its status, standard output and standard error."""
    status = main(words)
    captured = capsys.readouterr()
    return status, captured.out, captured.err


def table(text: str) -> list[dict[str, str]]:
    """Return the rows of the tree that `scheme show` prints into a pipe."""
    lines = text.split("\n")
    start = next(index for index, line in enumerate(lines) if "\tid\t" in line)
    rows = lines[start : lines.index("", start)]
    headers = rows[0].split("\t")
    return [dict(zip(headers, row.split("\t"), strict=True)) for row in rows[1:]]


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """A person reads standard output, on a wide terminal."""
    monkeypatch.setattr(console, "is_terminal", lambda: True)
    monkeypatch.setenv("COLUMNS", "250")


def test_list_names_every_bundled_scheme(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`list` prints id, edition and title of each bundled scheme, a line each, even where the folder has a broken one."""
    (folder / "indicators.yaml").write_text("id: 3\n", "utf-8")
    status, out, err = run(capsys, "scheme", "list")
    lines = [line.split("\t") for line in out.splitlines()]
    assert (status, err) == (0, "")
    assert [line[0] for line in lines] == list(bundled_schemes())
    assert ["ics-national-2024", "2024-08"] in [line[:2] for line in lines]
    assert "创新积分制（全国试行版）" in out


def test_show_gives_effective_weights(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`show` prints for every node and stage the product, down the tree, of weight over the siblings' weights."""
    status, out, _ = run(capsys, "scheme", "show", str(SMALL))
    rows = {row["id"]: row for row in table(out)}
    assert status == 0
    early, late = 60 + 40, 40 + 40
    expected = {
        "results": (100 * 60 / early, 100 * 40 / late),
        "turnover": (100 * 60 / early * 3 / (3 + 1), 100 * 40 / late * 1 / (1 + 1)),
        "per_head": (100 * 60 / early * 1 / (3 + 1), 100 * 40 / late * 1 / (1 + 1)),
        "people": (100 * 40 / early, 100 * 40 / late),
    }
    assert list(rows) == list(expected)
    for name, (one, two) in expected.items():
        assert (rows[name]["早期"], rows[name]["后期"]) == (f"{one:.2f} %", f"{two:.2f} %")


def test_show_gives_methods_and_labels(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`show` prints how every node is computed, in both languages and indented by depth."""
    _, out, _ = run(capsys, "scheme", "show", str(SMALL))
    methods = {row["id"]: next(cell for key, cell in row.items() if "method" in key) for row in table(out)}
    assert methods == {"results": "geometric", "turnover": "minmax", "per_head": "goalposts", "people": "goalposts"}
    assert "\n成果" in out
    assert "\n  收入规模" in out
    assert "Revenue per head" in out


def test_show_of_the_national_scheme(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`show` of the national scheme: start-up R&D expenditure weighs 50 % x 18 % = 9 %; all 18 add up to 100 %."""
    _, out, _ = run(capsys, "scheme", "show", str(NATIONAL))
    rows = {row["id"]: row for row in table(out)}
    assert len(rows) == 3 + 18
    assert rows["rd_expense"]["初创期"] == f"{100 * 0.50 * 0.18:.2f} %"
    assert rows["venture_capital"]["稳定期"] == f"{100 * 0.22 * 0.10:.2f} %"
    for stage in ("初创期", "成长期", "稳定期"):
        shown = [float(row[stage].removesuffix(" %")) for name, row in rows.items() if name not in CATEGORIES]
        assert sum(shown) == pytest.approx(100, abs=0.01 * 18 / 2)


CATEGORIES = ("technology", "growth_operation", "auxiliary")


def test_show_tells_project_defaults(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`show` says beside weights, stages, grades and every doubtful indicator that they are project defaults."""
    _, out, _ = run(capsys, "scheme", "show", str(NATIONAL))
    rows = {row["id"]: next(cell for key, cell in row.items() if "basis" in key) for row in table(out)}
    assert rows["rd_expense"] == "official"
    assert rows["awards"] == "project-default"
    assert re.search(r"stages.*project-default", out)
    assert re.search(r"grades.*project-default", out)
    assert "not official: weights, stages, normalisation, grades" in out


def test_show_tells_what_others_report_apart_from_project_defaults(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is known from others is no project default, and what a scheme has not - grades, here - has no basis."""
    basis = "basis: {indicators: reported, weights: official, normalisation: project-default}"
    (folder / "reported.yaml").write_text(SMALLEST.replace("fields:", basis + "\nfields:"), "utf-8")
    _, out, _ = run(capsys, "scheme", "show", "reported.yaml")
    assert "标准化为项目默认值，非官方公布。Project defaults, not official: normalisation. 指标据第三方转述" in out
    assert "Reported by others, not confirmed as official: indicators.\n" in out
    assert "grades" not in out
    assert "stages" not in out


def test_show_has_no_doubts_about_an_official_scheme(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Where everything is official, nothing is called a project default."""
    parts = "indicators weights stages normalisation grades".split()
    official = "basis: {" + ", ".join(f"{part}: official" for part in parts) + "}"
    text = spoil(("basis: {indicators: official, weights: reported}", official))
    (folder / "official.yaml").write_text(text, "utf-8")
    _, out, _ = run(capsys, "scheme", "show", "official.yaml")
    assert "project-default" not in out
    assert "not official" not in out


def test_show_names_the_digest(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`show` prints the SHA-256 by which the scheme is known in manifests."""
    _, out, _ = run(capsys, "scheme", "show", str(SMALL))
    assert f"sha256 {parse_scheme(TEXT).digest}" in out


def test_show_gives_stages_and_grades(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`show` prints the rules of the stages and the limits of the grades."""
    _, out, _ = run(capsys, "scheme", "show", str(SMALL))
    assert "early 早期: revenue < 2000" in out
    assert "late 后期: revenue >= 2000" in out
    assert re.search(r"A >= 50(\.0)?, B >= 0\.5", out)


def test_show_gives_grades_by_stage(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A grade whose limit differs by stage is shown with all of them, in words and not as program text."""
    (folder / "staged.yaml").write_text(spoil(("minimum: 50}", "minimum: {early: 50, late: 61}}")), "utf-8")
    _, out, _ = run(capsys, "scheme", "show", "staged.yaml")
    grades = out[out.index("等级 grades") :]
    assert "50" in grades
    assert "61" in grades
    assert not re.search(r"[{}']", grades)


def test_show_without_stages_and_grades(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A scheme without stages has one column of weights, and no word about stages or grades."""
    (folder / "plain.yaml").write_text(SMALLEST, "utf-8")
    status, out, _ = run(capsys, "scheme", "show", "plain.yaml")
    (row,) = table(out)
    assert status == 0
    assert f"{100.0:.2f} %" in row.values()
    assert "阶段 stages" not in out
    assert "等级 grades" not in out


@pytest.mark.parametrize("columns", ["40", "80", "120", "250"])
def test_show_on_a_terminal(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, columns: str
) -> None:
    """On a terminal of any usual width `show` draws a table with every id and weight in full."""
    monkeypatch.setattr(console, "is_terminal", lambda: True)
    monkeypatch.setenv("COLUMNS", columns)
    status, out, err = run(capsys, "scheme", "show", str(SMALL))
    assert (status, err) == (0, "")
    if columns != "40":
        for word in ("turnover", "per_head", "45.00 %", "15.00 %", "25.00 %", "收入规模"):
            assert word in out


@pytest.mark.usefixtures("terminal")
@pytest.mark.parametrize("name", ["[bold]", "[/bold]", "[link=x]", "研发[万元]", "a[red]b[/red]"])
def test_brackets_on_a_terminal(folder: Path, capsys: pytest.CaptureFixture[str], name: str) -> None:
    """Brackets in a label are shown as they are; they are no instructions to the terminal."""
    (folder / "brackets.yaml").write_text(
        spoil(("{zh: 人员, en: People}", f"{{zh: '{name}', en: '{name}'}}"), ("{zh: 早期, ", f"{{zh: '{name} 早', ")),
        "utf-8",
    )
    status, out, _ = run(capsys, "scheme", "show", "brackets.yaml")
    assert status == 0
    assert out.count(name) >= 2


@pytest.mark.parametrize("shown", [False, True])
def test_no_control_characters(
    *, folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, shown: bool
) -> None:
    """An escape in a label does not reach the terminal, in `show` or in a message about a fault."""
    monkeypatch.setattr(console, "is_terminal", lambda: shown)
    (folder / "escape.yaml").write_text(spoil(("{zh: 人员, en: People}", '{zh: "人\\e[31m员", en: People}')), "utf-8")
    (folder / "fault.yaml").write_text(spoil(("value: staff\n", 'value: "x\\e[31my"\n')), "utf-8")
    for words in (("show", "escape.yaml"), ("check", "fault.yaml")):
        _, out, err = run(capsys, "scheme", *words)
        assert "\x1b[31m" not in out + err


def test_check_of_a_correct_scheme(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`check` of a correct scheme prints one line about it and ends with 0."""
    status, out, err = run(capsys, "scheme", "check", str(SMALL))
    assert (status, err) == (0, "")
    assert out.startswith(f"{SMALL}: correct: small 1, 3 indicators in 1 categor")
    assert out.endswith(", 7 fields, 2 checks\n")


def test_check_of_a_faulty_scheme(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`check` of a faulty scheme prints FILE:LINE: and what is wrong, a line a fault, on standard error, status 2."""
    text = spoil(
        ("value: staff\n", "value: stuff\n"), ("unit: 人\n", "unti: 人\n"), ("scale: [0, 100]", "scale: [9, 9]")
    )
    (folder / "faulty.yaml").write_text(text, "utf-8")
    status, out, err = run(capsys, "scheme", "check", "faulty.yaml")
    assert (status, out) == (2, "")
    lines = [re.fullmatch(r"(?:icredit: )?faulty\.yaml:(\d+): .+", line) for line in err.splitlines()]
    assert [match and int(match[1]) for match in lines] == [
        line_of(text, "scale:"),
        line_of(text, "unti:"),
        line_of(text, "value: stuff"),
    ]


@pytest.mark.parametrize("verb", ["show", "check"])
def test_an_unknown_scheme(folder: Path, capsys: pytest.CaptureFixture[str], verb: str) -> None:
    """A scheme that nobody has is wrong usage for every verb: status 2, at most two lines."""
    status, out, err = run(capsys, "scheme", verb, "absent.yaml")
    assert (status, out) == (2, "")
    assert "'absent.yaml'" in err
    assert len(err.splitlines()) <= 2


@pytest.mark.parametrize(
    "words", [("scheme", "chek"), ("scheme", "check", "a", "b"), ("scheme", "list", "x"), ("scheme",)]
)
def test_wrong_words(folder: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...]) -> None:
    """An unknown verb, or one word too many, is wrong usage and says where help is."""
    status, out, err = run(capsys, *words)
    assert (status, out) == (2, "")
    assert "--help" in err


def schema() -> Any:
    """Return the JSON Schema that the documentation holds."""
    return json.loads((ROOT / "docs" / "scheme.schema.json").read_text("utf-8"))


def complaints(text: str) -> list[str]:
    """Return what the JSON Schema has against a scheme."""
    validator = jsonschema.Draft202012Validator(schema())
    return [error.message for error in validator.iter_errors(yaml.safe_load(text))]


def test_the_documentation_holds_the_schema() -> None:
    """`icredit scheme schema > docs/scheme.schema.json` changes nothing, to the byte."""
    done = subprocess.run([sys.executable, "-m", "icredit", "scheme", "schema"], capture_output=True, check=True)
    assert done.stdout == (ROOT / "docs" / "scheme.schema.json").read_bytes()
    assert done.stderr == b""


def test_the_schema_is_one() -> None:
    """The output is a valid JSON Schema of the draft that it names, which is the one editors know."""
    given = schema()
    assert given["$schema"] == jsonschema.Draft202012Validator.META_SCHEMA["$id"]
    jsonschema.Draft202012Validator.check_schema(given)


def test_the_national_scheme_points_at_the_schema() -> None:
    """The first line of indicators.yaml tells an editor where the schema is, relative to the file."""
    first = NATIONAL.read_text("utf-8").splitlines()[0]
    match = re.fullmatch(r"# yaml-language-server: \$schema=(.+)", first)
    assert match is not None
    assert (NATIONAL.parent / match[1]).samefile(ROOT / "docs" / "scheme.schema.json")


@pytest.mark.parametrize("text", [NATIONAL.read_text("utf-8"), TEXT, SMALLEST], ids=["national", "small", "smallest"])
def test_the_schema_accepts_what_is_correct(text: str) -> None:
    """What `check` calls correct has no mistake for an editor either."""
    parse_scheme(text)
    assert complaints(text) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("aggregate: geometric", "agregate: geometric"),
        ("aggregate: geometric", "aggregate: geometrc"),
        ("method: minmax", "method: minmx"),
        ("upper: 80\n", "uper: 80\n"),
        ("type: share", "type: shared"),
        ("direction: higher", "direction: up"),
        ("missing: zero", "missing: nought"),
        ("value: staff\n", "valeu: staff\n"),
        ("weight: 40\n", "weight: forty\n"),
        ("weight: 40\n", "weight: yes\n"),
        ("scale: [0, 100]", "scale: [0]"),
        ("scale: [0, 100]", "scale: [0, 50, 100]"),
        ("[0.01, 0.99]", "[0.01]"),
        ("{zh: 人员, en: People}", "{zh: 人员}"),
        ("id: people", "id: 9people"),
        ("level: warning", "level: hint"),
        ("decimals: 4", "decimals: 99"),
        ("ties: min", "ties: max"),
        ('edition: "1"', "edition: 1"),
    ],
)
def test_the_schema_refuses_what_is_not(old: str, new: str) -> None:
    """A typo in a key, a word or a type is a mistake for an editor as well as for `check`."""
    text = spoil((old, new))
    assert complaints(text)
    with pytest.raises(ValueError, match=r"indicators\.yaml:\d+: "):
        parse_scheme(text)


def test_the_schema_explains() -> None:
    """An editor shows what a key means: weights, methods and expressions are described."""
    text = json.dumps(schema(), ensure_ascii=False)
    for words in ("may differ by stage", "SQL", "Which values are better"):
        assert words in text


def register_rows() -> list[dict[str, str]]:
    """Return the rows of the bundled register."""
    with REGISTER.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_zones_lists_the_register(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`zones` without a word prints the whole register as CSV, and counts it on standard error."""
    status, out, err = run(capsys, "zones")
    assert status == 0
    assert list(csv.DictReader(out.splitlines())) == register_rows()
    assert "179" in err


@pytest.mark.parametrize(
    ("word", "column"),
    [("湖南", "province"), ("changsha", "slug"), ("苏州", "city"), ("高新技术产业示范区", "full_name")],
)
def test_zones_finds_a_word(folder: Path, capsys: pytest.CaptureFixture[str], word: str, column: str) -> None:
    """`zones TEXT` prints at least every zone that has the text in that column, and no zone without it."""
    _, out, _ = run(capsys, "zones", word)
    found = [row["slug"] for row in csv.DictReader(out.splitlines())]
    assert set(found) >= {row["slug"] for row in register_rows() if word in row[column]}
    by_slug = {row["slug"]: row for row in register_rows()}
    assert all(any(word in cell for cell in by_slug[slug].values()) for slug in found)


def test_zones_of_one_province(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Hunan has eight zones, in the order of the register."""
    _, out, err = run(capsys, "zones", "湖南")
    found = [row["slug"] for row in csv.DictReader(out.splitlines())]
    assert found == [row["slug"] for row in register_rows() if row["province"] == "湖南"]
    assert len(found) == 8
    assert err.startswith("8 zones")


@pytest.mark.parametrize("word", ["CHANGSHA", "ｃｈａｎｇｓｈａ", "长沙国家高新区", " 长沙 "])
def test_zones_folds_what_it_looks_for(folder: Path, capsys: pytest.CaptureFixture[str], word: str) -> None:
    """Case, width and blanks do not matter, and every name of a zone is searched."""
    _, out, _ = run(capsys, "zones", word)
    assert [row["slug"] for row in csv.DictReader(out.splitlines())] == ["changsha"]


def test_zones_finds_nothing(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A word that no zone has gives an empty list, status 0 and the nearest names on standard error."""
    status, out, err = run(capsys, "zones", "changshaa")
    assert status == 0
    assert out.splitlines()[1:] == []
    assert "'changshaa'" in err
    assert "changsha" in err.replace("changshaa", "")


def test_zones_with_more_zones(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`zones --zones FILE`, or ./zones.csv without being asked, shows the added zones as well."""
    row = {"slug": "yuelu", "short_name": "岳麓", "full_name": "岳麓高新技术产业开发区", "province": "湖南"}
    (folder / "more.csv").write_text(f"{','.join(row)}\n{','.join(row.values())}\n", "utf-8")
    _, out, err = run(capsys, "zones", "yuelu", "--zones", "more.csv")
    (found,) = csv.DictReader(out.splitlines())
    assert {name: found[name] for name in row} == row
    assert err.startswith("1 zone;")
    assert run(capsys, "zones", "yuelu")[1].count("\n") == 1
    (folder / "more.csv").rename("zones.csv")
    assert run(capsys, "zones", "yuelu")[1].count("\n") == 2


def test_zones_from_a_file_that_is_missing(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A register that cannot be read is status 3."""
    status, out, err = run(capsys, "zones", "--zones", "absent.csv")
    assert (status, out) == (3, "")
    assert "absent.csv" in err


@pytest.mark.usefixtures("terminal")
def test_zones_on_a_terminal(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """On a terminal `zones` draws a table, whatever the names hold."""
    (folder / "zones.csv").write_text(
        "slug,short_name,full_name,province,city\nodd,怪[/b],[bold]怪区,湖南,[red]长沙\n", "utf-8"
    )
    status, out, _ = run(capsys, "zones", "odd")
    assert status == 0
    for text in ("odd", "怪[/b]", "[bold]怪区", "[red]长沙"):
        assert text in out


@pytest.mark.parametrize("words", [("zones",), ("scheme", "schema"), ("scheme", "show")])
def test_a_closed_pipe_is_silent(words: tuple[str, ...]) -> None:
    """A reader that goes away, as `head` does, ends the command without a word."""
    process = subprocess.Popen(
        [sys.executable, "-m", "icredit", *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT
    )
    assert process.stdout is not None
    process.stdout.close()  # before the first word, so that writing it must fail
    _, said = process.communicate()
    assert process.returncode == 0
    assert b"Traceback" not in said
    assert b"Broken" not in said


def test_any_locale() -> None:
    """Chinese text comes out as UTF-8 where the locale knows nothing of it, as under cron."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("LC_", "LANG", "PYTHON"))}
    done = subprocess.run(
        [sys.executable, "-m", "icredit", "scheme", "list"],
        capture_output=True,
        env={**environment, "LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"},
        check=False,
    )
    assert done.returncode == 0
    assert "创新积分制" in done.stdout.decode("utf-8")
