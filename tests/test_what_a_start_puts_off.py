"""What is put off or done at once to make starts short is the same as what it stands for."""

from __future__ import annotations

import re
import sys
from typing import Any

import polars as pl
import pydantic
import pytest

import icredit
from command_line import icredit as run
from icredit.intake.readings.base import CELL_ERRORS, is_cell_error
from icredit.scheme.expressions import compile_expression, result_type, result_types
from icredit.scheme.fields import IDENTITY, expression_schema
from icredit.scheme.model import Scheme
from icredit.scheme.nodes import Indicator
from icredit.scheme.parts import Model
from icredit.text import _BLANKS, pattern

#: Parts of schemes that the program makes itself, without validation.
OWN_PARTS: list[Model] = [
    *IDENTITY.values(),
    *(part.default for part in Scheme.model_fields.values() if isinstance(part.default, Model)),
    *(part.default for part in Indicator.model_fields.values() if isinstance(part.default, Model)),
]


@pytest.mark.parametrize("part", OWN_PARTS, ids=repr)
def test_parts_made_by_the_program_are_valid(part: Model) -> None:
    """Validation would make the same of them."""
    given = part.model_dump(include=part.model_fields_set)

    assert type(part).model_validate(given) == part


def test_there_are_parts_made_by_the_program() -> None:
    """Five identity columns, and the defaults: basis, defaults of indicators, ranking, treatment, imputation."""
    assert len(OWN_PARTS) >= 5 + 5


def test_types_found_at_once_are_those_found_one_by_one() -> None:
    """Every condition and value of the national scheme."""
    scheme = icredit.load_scheme("ics-national-2024")
    schema = expression_schema(scheme)
    texts = [check.when for check in scheme.checks] + [stage.when for stage in scheme.stages]
    texts += [leaf.value for leaf in scheme.leaves if isinstance(leaf.value, str)]
    compiled = {text: compile_expression(text) for text in [*texts, "1", "'text'", "null", "true"]}

    found = result_types(compiled, schema)

    assert found == {
        text: result_type(one, {name: schema[name] for name in one.names}) for text, one in compiled.items()
    }
    assert {pl.Float64(), pl.Boolean()} <= set(found.values())


def test_one_expression_that_does_not_fit_leaves_all_to_be_asked_one_by_one() -> None:
    """What is found at once is all or nothing, so that the faulty one is told with its own words."""
    compiled = {text: compile_expression(text) for text in ("a + 1", "a and b")}

    assert result_types(compiled, {"a": pl.Float64(), "b": pl.String()}) == {}


def test_blanks_are_all_that_python_calls_white_space() -> None:
    """Beside the marks that are no white space, but show nothing either."""
    blank = {chr(code) for code in range(sys.maxunicode + 1) if chr(code).isspace()}

    assert set(_BLANKS) == blank | set("\ufeff\u200b\u200e\u200f")


def test_a_pattern_is_compiled_when_it_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """Once for each of its methods, and then it is the regular expression itself that answers."""
    compiled: list[str] = []
    real = re.compile

    def counted(text: str, flags: int = 0) -> re.Pattern[str]:
        compiled.append(text)
        return real(text, flags)

    monkeypatch.setattr(re, "compile", counted)
    digits = pattern(r"\d+", re.ASCII)
    assert compiled == []

    assert [digits.sub("n", "a1b22"), digits.sub("n", "3"), digits.fullmatch("４")] == ["anbn", "n", None]
    assert set(compiled) == {r"\d+"}
    assert digits.pattern == r"\d+"


@pytest.mark.parametrize("text", [*sorted(CELL_ERRORS), "Err:502", "ＥＲＲ:502", "＃REF!", "#value!"])
def test_every_error_is_known_by_how_it_begins(text: str) -> None:
    """In any width and case."""
    assert is_cell_error(text)
    assert not is_cell_error("x" + text)


def test_options_that_nobody_gave_are_not_converted(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Pydantic builds something for those that were given or have a default, of more than twenty."""
    built: list[object] = []
    real = pydantic.TypeAdapter.__init__

    def counted(self: pydantic.TypeAdapter[object], *words: Any, **options: Any) -> None:
        built.append(words)
        real(self, *words, **options)

    monkeypatch.setattr(pydantic.TypeAdapter, "__init__", counted)

    assert run("score", "missing.csv", "--as-of", "someday") == 2
    assert "--as-of 'someday' is not a date" in capsys.readouterr().err
    assert len(built) <= 12
