"""`icredit weights`: the file it writes, what stands on which stream, and every way it ends."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

import icredit
from command_line import clean_csv, enterprise, on_terminal, program, snapshot, write_csv
from command_line import icredit as run
from conftest import AS_OF, NATIONAL, SAMPLE_CSV
from icredit.errors import ExitStatus
from icredit.methods.cases import cases_of
from icredit.scheme import Scheme, parse_scheme
from icredit.scheme.families import families
from plain_yaml import dump_yaml, load_yaml

Captured = pytest.CaptureFixture[str]

JUDGEMENTS = (
    "node_a,node_b,judgement\ntechnology,growth_operation,2\ngrowth_operation,auxiliary,2\ntechnology,auxiliary,{}\n"
)


def overlay(text: str) -> dict[str, Any]:
    """Return what an overlay says, read as plain YAML."""
    found = load_yaml(text)
    assert isinstance(found, dict)
    return found


def applied(base: Path, change: dict[str, dict[str, Any]]) -> Scheme:
    """Return the scheme in a file with the changes made by hand in its plain data."""

    def walk(nodes: list[dict[str, Any]]) -> None:
        for node in nodes:
            node.update(change.get(node["id"], {}))
            walk(node.get("indicators", []))

    content = load_yaml(base.read_text("utf-8"))
    walk(content["indicators"])
    return parse_scheme(dump_yaml(content))


def json_of(out: str) -> dict[str, Any]:
    """Return the object that standard output is."""
    found = json.loads(out)
    assert isinstance(found, dict)
    return found


# ---- the file ---------------------------------------------------------------------------------------------------- #


def test_the_overlay_changes_weights_and_nothing_else(folder: Path, capsys: Captured, national: Scheme) -> None:
    """Applied to the national scheme by hand, it gives the scheme of the Python API, in which families sum to 100."""
    assert run("weights", "--method", "critic", "--within", "stage", SAMPLE_CSV, "-o", "critic.yaml") == 0
    found = overlay((folder / "critic.yaml").read_text("utf-8"))
    assert list(found) == ["extends", "id", "title", "edition", "basis", "change"]
    assert (found["extends"], found["id"]) == ("ics-national-2024", "ics-national-2024-critic")
    assert found["edition"] == national.edition
    assert found["basis"] == {"weights": "project-default"}
    assert national.title.zh in found["title"]["zh"]

    changed = applied(NATIONAL, found["change"])
    data = icredit.read(SAMPLE_CSV, national, as_of=AS_OF)
    assert changed == icredit.derive_weights(data, national, method="critic", within="stage").scheme
    for family in families(changed):
        for stage in national.stage_ids:
            marks = [round(cases_of(child.weight)[stage] * 10_000) for child in family.children if child.weight]
            assert sum(marks) == 1_000_000
    assert "critic.yaml" in capsys.readouterr().out


def test_comments_say_where_the_weights_come_from(folder: Path, national: Scheme) -> None:
    """Version, method, number of enterprises, hashes of data and scheme, direction and warnings stand above all."""
    run("weights", "--method", "critic", SAMPLE_CSV, "-o", "new.yaml", "--as-of", "2026-01-15")
    text = (folder / "new.yaml").read_text("utf-8")
    comments = [line for line in text.splitlines() if line.startswith("#")]
    assert text.splitlines()[: len(comments)] == comments
    assert comments[0] == f"# Weights computed by icredit {icredit.__version__}: method critic, from 2,988 enterprises,"
    assert re.fullmatch(rf"#   from {re.escape(str(SAMPLE_CSV))} \(sha256 [0-9a-f]{{64}}\),", comments[1])
    assert comments[2] == f"#   under ics-national-2024 (sha256 {national.digest}), as of 2026-01-15."
    assert "scores, in which more is always better" in comments[3]
    assert any(line.startswith("# Warning: auxiliary: 97% of the scores of awards are 0") for line in comments)


def test_the_same_data_give_the_same_bytes(folder: Path) -> None:
    """Whatever the order of the rows; only the hash of the file tells."""
    rows = [enterprise(number, **{"净利润（万元）": str(number * 37 % 100)}) for number in range(1, 41)]
    write_csv(folder / "a.csv", rows)
    write_csv(folder / "b.csv", rows[::-1])
    texts = []
    for name in ("a", "b"):
        assert run("weights", "--method", "entropy", f"{name}.csv", "-o", f"{name}.yaml") == 0
        text = (folder / f"{name}.yaml").read_text("utf-8")
        texts.append([line for line in text.splitlines() if not line.startswith("#   from")])
    assert texts[0] == texts[1]


def test_a_scheme_in_a_file_is_named_from_where_the_overlay_stands(folder: Path) -> None:
    """`extends` leads from the overlay's folder to the scheme; a bundled scheme goes by its id."""
    (folder / "rules").mkdir()
    (folder / "out").mkdir()
    text = NATIONAL.read_text("utf-8").replace("id: ics-national-2024", "id: ours", 1)
    (folder / "rules" / "ours.yaml").write_text(text, "utf-8")
    for output, extends in (("out/new.yaml", "../rules/ours.yaml"), ("rules/new.yaml", "ours.yaml")):
        assert run("weights", "--method", "equal", "--scheme", "rules/ours.yaml", "-o", output) == 0
        found = overlay((folder / output).read_text("utf-8"))
        assert (found["extends"], found["id"]) == (extends, "ours-equal")
        assert ((folder / output).parent / found["extends"]).is_file()
    (folder / "ics-national-2024.yaml").write_text(text, "utf-8")
    run("weights", "--method", "equal", "--scheme", "ics-national-2024.yaml", "-o", "a.yaml")
    assert overlay((folder / "a.yaml").read_text("utf-8"))["extends"] == "ics-national-2024.yaml"
    run("weights", "--method", "equal", "--scheme", "ics-national-2024", "-o", "b.yaml")
    assert overlay((folder / "b.yaml").read_text("utf-8"))["extends"] == "ics-national-2024"


def test_names_of_files_cannot_end_a_comment(folder: Path) -> None:
    """A line break in the name of a file stays inside its comment."""
    name = "a\nextends: evil\n.csv"
    clean_csv(folder / name, 40)
    assert run("weights", "--method", "sd", "--level", "score", name, "-o", "new.yaml") == 0
    assert overlay((folder / "new.yaml").read_text("utf-8"))["extends"] == "ics-national-2024"


def test_weights_by_another_column(folder: Path) -> None:
    """Zones differ by `by`, with weights for all others under `otherwise`."""
    assert run("weights", "--method", "sd", "--within", "zone", "--level", "score", SAMPLE_CSV, "-o", "zones.yaml") == 0
    weight = overlay((folder / "zones.yaml").read_text("utf-8"))["change"]["technology"]["weight"]
    assert list(weight) == ["by", "cases", "otherwise"]
    assert (weight["by"], "changsha" in weight["cases"]) == ("zone", True)
    assert applied(
        NATIONAL, {"technology": {"weight": weight}, **overlay((folder / "zones.yaml").read_text("utf-8"))["change"]}
    )


# ---- streams ----------------------------------------------------------------------------------------------------- #


def test_without_a_file_standard_output_is_the_overlay(folder: Path, capsys: Captured) -> None:
    """Warnings go to standard error, one a line, in the words of the comments; nothing is written."""
    assert run("weights", "--method", "entropy", "--level", "technology", SAMPLE_CSV) == 0
    told = capsys.readouterr()
    assert next(iter(overlay(told.out)["change"])) == "rd_expense"
    assert len(overlay(told.out)["change"]) == 7
    lines = [line.removeprefix("warning: ") for line in told.err.splitlines() if line.startswith("warning: ")]
    assert lines == [line.removeprefix("# Warning: ") for line in told.out.splitlines() if line.startswith("# Warning")]
    assert any("89% of the scores of pct_applications are 0" in line for line in lines)
    assert snapshot(folder) == {}


def test_quiet_leaves_the_result(folder: Path, capsys: Captured) -> None:
    """`--quiet` says nothing on standard error."""
    assert run("weights", "--method", "critic", SAMPLE_CSV, "-q") == 0
    told = capsys.readouterr()
    assert overlay(told.out)["change"]
    assert told.err == ""
    assert run("weights", "--method", "critic", SAMPLE_CSV, "-q", "-o", "x.yaml") == 0
    assert capsys.readouterr() == ("", "")


def test_json_has_everything(folder: Path, capsys: Captured, national: Scheme) -> None:
    """One object: weights, old and new shares of every node in every case, all warnings, what was written."""
    assert run("weights", "--method", "pca", SAMPLE_CSV, "--json", "-o", "pca.yaml") == 0
    found = json_of(capsys.readouterr().out)
    assert found["status"] == "done"
    assert found["written"] == ["pca.yaml"]
    assert found["enterprises"] == 2988
    assert found["scheme"]["sha256"] == national.digest
    assert found["change"] == {
        node: said["weight"] for node, said in overlay((folder / "pca.yaml").read_text("utf-8"))["change"].items()
    }
    shares = [row for row in found["shares"] if row["case"] == {"stage": "growth"}]
    assert [row["node"] for row in shares] == [node.id for node in national.nodes()]
    assert shares[0]["old"] == 0.45
    assert shares[0]["new"] == pytest.approx(found["change"]["technology"] / 100)
    negative = [warning for warning in found["warnings"] if warning["rule"] == "negative_loading"]
    assert negative[0]["numbers"]["loading"] < 0
    assert negative[0]["text"].startswith("technology: pct_applications pulls against its siblings")


def test_many_warnings_are_counted(folder: Path, capsys: Captured) -> None:
    """The first twelve are told, the rest counted; `--json` has all."""
    run("weights", "--method", "critic", "--within", "stage", SAMPLE_CSV, "-o", "x.yaml")
    lines = [line for line in capsys.readouterr().err.splitlines() if line.startswith("warning: ")]
    run("weights", "--method", "critic", "--within", "stage", SAMPLE_CSV, "--json")
    every = json_of(capsys.readouterr().out)["warnings"]
    assert len(lines) == 12 + 1
    assert lines[-1] == f"warning: {len(every) - 12} more warnings; --json has all"


def test_a_terminal_shows_old_and_new_shares(folder: Path) -> None:
    """A table of every node with its share of the whole before and after, for each stage."""
    clean_csv(folder / "data.csv", 40)
    lines = on_terminal(folder, 150, "weights", "--method", "equal", "--level", "score", "-o", "equal.yaml")
    shown = "\n".join(lines)
    row = next(line for line in lines if " technology " in line)
    assert "50.00 → 33.33 %" in row
    assert "45.00 → 33.33 %" in row
    assert "初创期" in shown
    assert "rd_intensity" in shown
    assert "wrote equal.yaml" in shown


def test_rows_with_errors_are_left_out_and_said(folder: Path, capsys: Captured) -> None:
    """What `score` would reject takes no part."""
    rows = [enterprise(number) for number in range(1, 41)]
    rows[0]["净利润（万元）"] = "不是数字"
    write_csv(folder / "data.csv", rows)
    assert run("weights", "--method", "sd", "--level", "technology", "data.csv", "--json") == 0
    told = capsys.readouterr()
    assert json_of(told.out)["enterprises"] == 39
    assert "1 row with errors left out; see: icredit validate" in told.err


# ---- judgements -------------------------------------------------------------------------------------------------- #


def test_judgements_need_no_submissions(folder: Path, capsys: Captured) -> None:
    """4 : 2 : 1 is consistent; eigenvalue, index and ratio stand in the file and on standard error."""
    (folder / "j.csv").write_text(JUDGEMENTS.format(4))
    assert run("weights", "--method", "ahp", "--judgements", "j.csv", "-o", "ahp.yaml") == 0
    text = (folder / "ahp.yaml").read_text("utf-8")
    assert overlay(text)["change"] == {
        "technology": {"weight": 57.1429},
        "growth_operation": {"weight": 28.5714},
        "auxiliary": {"weight": 14.2857},
    }
    line = "children of the whole: lambda_max 3.0000, consistency index 0.0000, consistency ratio 0.0000"
    assert line in text
    assert line in capsys.readouterr().err


def test_inconsistent_judgements_write_nothing(folder: Path, capsys: Captured) -> None:
    """Over the limit: status 1 and no file; `--allow-inconsistent` writes and warns, a higher limit takes them."""
    (folder / "j.csv").write_text(JUDGEMENTS.format("1/4"))
    before = snapshot(folder)
    words = ["weights", "--method", "ahp", "--judgements", "j.csv", "-o", "ahp.yaml"]
    assert run(*words) == ExitStatus.DATA
    told = capsys.readouterr()
    assert told.out == ""
    assert "the judgements about the children of score contradict each other: consistency ratio " in told.err
    assert "--allow-inconsistent" in told.err
    assert snapshot(folder) == before
    assert run(*words, "--allow-inconsistent") == 0
    assert "warning: the judgements about the children of score contradict" in capsys.readouterr().err
    assert run(*words, "--max-inconsistency", "9") == 0
    assert "warning" not in capsys.readouterr().err


def test_faulty_judgements_are_told_with_file_and_line(folder: Path, capsys: Captured) -> None:
    """Every fault on its line, as editors follow them; status 2."""
    (folder / "j.csv").write_text(
        "node_a,node_b,judgement\ntechnology,growth_operation,2\ntechnologie,auxiliary,3\nauxiliary,rd_expense,3\n"
    )
    assert run("weights", "--method", "ahp", "--judgements", "j.csv") == ExitStatus.USAGE
    assert capsys.readouterr().err.splitlines() == [
        "j.csv:3: unknown node 'technologie' (did you mean 'technology'?)",
        "j.csv:4: 'auxiliary' and 'rd_expense' are no siblings: one is a child of score, the other of technology",
    ]


# ---- ends -------------------------------------------------------------------------------------------------------- #


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("data.csv", "no method is named"),
        ("--method sd", "the method sd needs submissions"),
        ("--method equal data.csv", "the method equal looks at no submissions"),
        ("--method ahp", "the method ahp needs judgements"),
        ("--method ahp --judgements j.csv data.csv", "the method ahp looks at no submissions"),
        ("--method sd --judgements j.csv data.csv", "--judgements are for --method ahp, not sd"),
        ("--method median data.csv", "median"),
        ("--method equal --within stage", "the same in every group"),
        ("--method equal --level technolgy", "did you mean 'technology'"),
        ("--method sd --within founded data.csv", "nothing can differ by 'founded'"),
        ("--method equal --id ?", "'?' is no id of a scheme"),
        ("--method equal --id ics-national-2024", "is the id of the scheme that is changed"),
        ("--method equal -o new.csv", "cannot tell the format"),
        ("--method equal --max-inconsistency -1 -o new.yaml", "Invalid value for '--max-inconsistency'"),
        ("--method sd --as-of tomorrow data.csv", "is not a date"),
    ],
)
def test_what_cannot_be_meant_ends_with_2(folder: Path, capsys: Captured, words: str, told: str) -> None:
    """One or two lines on standard error, nothing on standard output, nothing written."""
    clean_csv(folder / "data.csv")
    (folder / "j.csv").write_text(JUDGEMENTS.format(4))
    before = snapshot(folder)
    assert run("weights", *words.split()) == ExitStatus.USAGE
    found = capsys.readouterr()
    assert told in found.err
    assert found.out == ""
    assert snapshot(folder) == before


def test_nobody_scored_ends_with_1(folder: Path, capsys: Captured) -> None:
    """All rows have errors: status 1, nothing written."""
    row = enterprise(1, **{"净利润（万元）": "不是数字"})
    write_csv(folder / "data.csv", [row])
    assert run("weights", "--method", "sd", "data.csv", "-o", "new.yaml") == ExitStatus.DATA
    assert "no enterprise was scored" in capsys.readouterr().err
    assert not (folder / "new.yaml").exists()


def test_what_cannot_be_read_ends_with_3(folder: Path, capsys: Captured) -> None:
    """A submission or a file of judgements that is not there."""
    assert run("weights", "--method", "sd", "none.csv") == ExitStatus.INPUT
    assert run("weights", "--method", "ahp", "--judgements", "none.csv") == ExitStatus.INPUT
    assert "none.csv: cannot be read" in capsys.readouterr().err


def test_no_input_is_overwritten(folder: Path, capsys: Captured) -> None:
    """Neither the scheme, nor the judgements, nor what a submission is a link to; status 4."""
    scheme = folder / "indicators.yaml"
    scheme.write_bytes(NATIONAL.read_bytes())
    (folder / "j.yaml").write_text(JUDGEMENTS.format(4))
    (folder / "data.csv").symlink_to(clean_csv(folder / "data.yaml", 40))
    before = snapshot(folder)
    for words in (
        ["--method", "equal", "-o", scheme],
        ["--method", "ahp", "--judgements", "j.yaml", "-o", "j.yaml"],
        ["--method", "sd", "data.csv", "-o", "data.yaml"],
    ):
        assert run("weights", *words) == ExitStatus.OUTPUT
        assert "is an input of this run and would be overwritten" in capsys.readouterr().err
    assert run("weights", "--method", "equal", "-o", "none/new.yaml") == ExitStatus.OUTPUT
    assert snapshot(folder) == before


def test_equal_weights_have_nothing_to_say(folder: Path) -> None:
    """As a program of its own: the overlay into the pipe, nothing on standard error, status 0."""
    done = program("weights", "--method", "equal", folder=folder)
    assert done.returncode == 0
    assert done.stderr == b""
    assert overlay(done.stdout.decode())["id"] == "ics-national-2024-equal"
