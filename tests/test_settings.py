"""Options take their defaults from the environment and from a file; the command line wins over both."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from command_line import clean_csv, environment, faulty_csv, icredit
from conftest import NATIONAL
from icredit.cli.settings import KEYS, Settings, read_settings
from icredit.errors import IcreditError

Captured = pytest.CaptureFixture[str]
Patch = pytest.MonkeyPatch

#: Key -> a value that can be meant.
GOOD = {
    "scheme": "tech-sme-2017",
    "zones": "more.csv",
    "output_folder": "out",
    "labels": "en",
    "duplicates": "last",
    "max_rejects": "20",
    "lock_timeout": "1.5",
    "log_file": "run.log",
    "log_format": "json",
}


@pytest.fixture
def submitted(folder: Path) -> Path:
    """A current folder with a submission."""
    clean_csv(folder / "in.csv", 2)
    return folder


def header(path: Path) -> str:
    """The first header of a table."""
    return path.read_text("utf-8-sig").split(",")[0]


def test_option_environment_file_default(submitted: Path, monkeypatch: Patch) -> None:
    """Each place wins over those behind it."""

    def labels(*words: str) -> str:
        assert icredit("score", "in.csv", "--quiet", *words) == 0
        return header(submitted / "scores.csv")

    assert labels() == "rank"
    (submitted / "icredit.toml").write_text('labels = "zh"')
    assert labels() == "名次"
    monkeypatch.setenv("ICREDIT_LABELS", "en")
    assert labels() == "Rank"
    assert labels("--labels", "id") == "rank"
    monkeypatch.setenv("ICREDIT_LABELS", "")
    assert labels() == "名次"


def test_which_file(submitted: Path, capsys: Captured, monkeypatch: Patch) -> None:
    """--config wins over $ICREDIT_CONFIG, and that over ./icredit.toml; which one was used is said and recorded."""
    assert read_settings(None).file is None
    for name in ("icredit.toml", "environment.toml", "option.toml"):
        (submitted / name).write_text('labels = "zh"')
    assert read_settings(None).file == Path("icredit.toml")
    monkeypatch.setenv("ICREDIT_CONFIG", "environment.toml")
    assert read_settings(None).file == Path("environment.toml")
    assert icredit("score", "in.csv", "--config=option.toml") == 0

    recorded = json.loads((submitted / "scores.manifest.json").read_text("utf-8"))["options"]["config"]
    assert (recorded, capsys.readouterr().err) == ("option.toml", "settings: option.toml\n")


@pytest.mark.parametrize("words", [["--config", "a.toml", "scheme", "list"], ["scheme", "--config", "a.toml", "list"]])
def test_options_of_the_program_stand_anywhere(folder: Path, words: list[str]) -> None:
    """Before the command, behind it, or between it and its own."""
    (folder / "a.toml").write_text("")
    assert icredit(*words) == 0
    assert icredit(*words[:-1], "--", words[-1]) == 0
    (folder / "a.toml").unlink()
    assert icredit(*words) == 3


def test_every_key_does_something(folder: Path, monkeypatch: Patch) -> None:
    """Each key, in the file or in the environment, is what the command line would have made of it."""
    assert set(GOOD) == set(KEYS)
    (folder / "icredit.toml").write_text("\n".join(f'{key} = "{value}"' for key, value in GOOD.items()))
    of_file = read_settings(None)
    (folder / "icredit.toml").unlink()
    for key, value in GOOD.items():
        monkeypatch.setenv(f"ICREDIT_{key.upper()}", value)
    of_environment = read_settings(None)

    assert of_file.values == of_environment.values == GOOD
    assert (of_file.file, of_environment.file) == (Path("icredit.toml"), None)
    reading = {"scheme": "tech-sme-2017", "zones": "more.csv", "duplicates": "last"}
    assert of_file.defaults() == {
        "score": {**reading, "labels": "en", "max_rejects": "20", "output": "out/scores.csv"},
        "rank": {"labels": "en", "zones": "more.csv", "table": "out/scores.csv"},
        "validate": reading,
        "verify": {"file": "out/scores.manifest.json"},
        "template": {"scheme": "tech-sme-2017", "zones": "more.csv", "output": "out/template.xlsx"},
        "weights": reading,
        "zones": {"zones": "more.csv"},
        "scheme": {"show": {"scheme": "tech-sme-2017"}, "check": {"scheme": "tech-sme-2017"}},
    }
    assert not any(value for value in Settings({}, None).defaults().values() if value != {"show": {}, "check": {}})


def test_paths_are_taken_from_the_folder_of_the_file(folder: Path) -> None:
    """A file that is named from elsewhere means what stands beside it."""
    (folder / "deep").mkdir()
    (folder / "deep" / "mine.yaml").write_bytes(NATIONAL.read_bytes())
    (folder / "deep" / "a.toml").write_text(
        'scheme="mine.yaml"\nzones="z.csv"\noutput_folder="."\nlog_file="/tmp/x.log"'
    )

    assert read_settings(Path("deep/a.toml")).values == {
        "scheme": "deep/mine.yaml",
        "zones": "deep/z.csv",
        "output_folder": "deep",
        "log_file": "/tmp/x.log",  # noqa: S108  # it is not written
    }


def test_a_limit_of_the_file_keeps_a_run_from_writing(folder: Path, capsys: Captured) -> None:
    """max_rejects holds as if it had been typed, as a number or as a text."""
    faulty_csv(folder / "in.csv", 4, 1)
    for limit, status in (("0", 1), ('"19%"', 1), ("1", 0)):
        (folder / "icredit.toml").write_text(f"max_rejects = {limit}")
        assert icredit("score", "in.csv") == status


def test_the_folder_of_outputs(submitted: Path) -> None:
    """Files that are not named go there, and `rank` finds them there; a name on the command line is the whole name."""
    (submitted / "out").mkdir()
    (submitted / "icredit.toml").write_text('output_folder = "out"')

    assert icredit("score", "in.csv", "-q") == 0
    assert icredit("rank", "-q", "-o", "list.csv") == 0

    assert sorted(path.name for path in (submitted / "out").iterdir()) == ["scores.csv", "scores.manifest.json"]
    assert (submitted / "list.csv").exists()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            '# comment\n\nlables = "zh"',
            ["a.toml:3: lables: no such setting (did you mean 'labels'?)", "keys: scheme, "],
        ),
        ('"lables" = 1', ["a.toml:1: lables"]),
        ("[score]\nlabels = 'zh'", ["a.toml:1: score: no such setting"]),
        ("labels.a = 'zh'", ["a.toml:1: labels: is neither a text nor a number"]),
        ("\nlabels = 'fr'", ["a.toml:2: labels: 'fr' is none of id, zh, en"]),
        ("labels = true", ["a.toml:1: labels"]),
        ("max_rejects = 'many'", ["a.toml:1: max_rejects: 'many' is neither", "20 or 5%"]),
        ("max_rejects = 1.5", ["a.toml:1: max_rejects"]),
        ("lock_timeout = nan", ["a.toml:1: lock_timeout: 'nan' is no number of seconds"]),
        ("lock_timeout = -1", ["a.toml:1: lock_timeout"]),
        ("lock_timeout = inf", ["a.toml:1: lock_timeout"]),
        ("scheme = 'ics-national-2042'", ["a.toml:1: scheme", "(did you mean 'ics-national-202"]),
        ("log_file = ' '", ["a.toml:1: log_file"]),
        ("labels = 'zh'\nlabels = 'en'", ["a.toml:2: not TOML: Cannot overwrite a value"]),
        ("labels = 'zh'\nzones = [", ["a.toml:2: not TOML"]),
        ("x = " + "[" * 5000, ["a.toml:1: not TOML"]),
    ],
)
def test_a_file_with_a_fault(folder: Path, capsys: Captured, text: str, told: list[str]) -> None:
    """A fault is told in one or two lines, with file, line and key; nothing runs on half of the settings."""
    (folder / "a.toml").write_text(text)

    assert icredit("scheme", "list", "--config", "a.toml") == 2

    found = capsys.readouterr()
    assert found.out == ""
    assert len(found.err.splitlines()) <= 2
    for part in told:
        assert part in found.err


def test_a_file_that_cannot_be_read(folder: Path, capsys: Captured, monkeypatch: Patch) -> None:
    """A file that is named and not there, or is no text, is an input that cannot be read."""
    (folder / "b.toml").write_bytes(b"\xff")
    for name in ("nothing.toml", "b.toml", str(folder), "x" * 300):
        assert icredit("scheme", "list", "--config", name) == 3, name
    monkeypatch.setenv("ICREDIT_CONFIG", "nothing.toml")
    assert icredit("scheme", "list") == 3
    assert "nothing.toml" in capsys.readouterr().err


@pytest.mark.parametrize("key", sorted(set(KEYS) - {"scheme", "zones", "output_folder", "log_file"}))
def test_an_environment_with_a_fault(folder: Path, monkeypatch: Patch, key: str) -> None:
    """A variable that cannot be meant is named."""
    monkeypatch.setenv(f"ICREDIT_{key.upper()}", "x")
    with pytest.raises(IcreditError, match=rf"\$ICREDIT_{key.upper()}: 'x' is "):
        read_settings(None)


def test_help_needs_no_settings(folder: Path, capsys: Captured) -> None:
    """A file with a fault keeps nobody from reading how to name another one."""
    (folder / "icredit.toml").write_text("x = 1")
    for words in (["--help"], ["score", "--help"], ["--version"], []):
        assert icredit(*words) == 0
    assert icredit("scheme", "list") == 2


def test_toml_is_not_loaded_without_a_file(folder: Path) -> None:
    """Nobody waits for what nobody uses."""
    code = "import sys; from icredit.cli.main import main; main(['zones', 'x']); print({'tomllib'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], env=environment(), capture_output=True, timeout=60, check=True)
    assert done.stdout.splitlines()[-1] == b"set()"
