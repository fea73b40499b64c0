"""pydantic's verdict on the cells of which the screen is not sure, each combination of them asked about once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import copy
from functools import cached_property, lru_cache
from typing import Any, NamedTuple

from pydantic import BaseModel, ValidationError, create_model

from icredit.intake import rules
from icredit.intake.readings import Note
from icredit.intake.rules import Rule
from icredit.scheme.model import Scheme
from icredit.text import plain

#: Some cells of one row: field and text.
Cells = tuple[tuple[str, str | None], ...]

# Mistakes repeat themselves: so many combinations of cells are remembered.
_REMEMBERED = 10_000


class Said(NamedTuple):
    """What is to be said of one cell, or without a field of a row: the rule, and the values for its message."""

    rule: Rule
    field: str | None
    value: str | None
    values: Mapping[str, Any]


class Verdict(NamedTuple):
    """The values of cells by their fields, None where they are refused; and what is to be said of them."""

    values: Mapping[str, Any] | None
    said: tuple[Said, ...]


class Judge:
    """Asks the row model of a scheme."""

    def __init__(self, model: type[BaseModel], scheme: Scheme) -> None:
        self._model = model
        self._scheme = scheme
        #: The verdict on those cells of a row that did not pass the screen, in the order of their columns.
        self.verdict = lru_cache(maxsize=_REMEMBERED)(self._verdict)

    def _verdict(self, cells: Cells) -> Verdict:
        texts = dict(cells)
        notes: list[Note] = []
        try:
            read = self._about_some_cells.model_validate(texts, context=notes)
        except ValidationError as error:
            return Verdict(None, tuple(self._errors(texts, error)))
        said = (Said(note.rule, note.field, texts[note.field], note.values) for note in notes)
        return Verdict({name: getattr(read, name) for name in texts}, tuple(said))

    @cached_property
    def _about_some_cells(self) -> type[BaseModel]:
        """The model without the demand that required fields are given: those left out passed the screen."""
        lenient: dict[str, Any] = {}
        for name, info in self._model.model_fields.items():
            if info.is_required():
                given = copy(info)
                given.default = None
                lenient[name] = (info.annotation, given)
        cells = create_model("Cells", __base__=self._model, **lenient)
        cells.model_rebuild()  # at once, as several threads may ask
        return cells

    def _errors(self, texts: Mapping[str, str | None], error: ValidationError) -> Iterator[Said]:
        for detail in error.errors(include_url=False, include_input=False):
            name = str(detail["loc"][0])
            text = texts.get(name)
            context: dict[str, Any] = dict(detail.get("ctx", {}))
            kind = detail["type"]
            if text is None or kind == "missing" or kind.endswith("_type"):
                rule = rules.REQUIRED  # blank text, or a mark that means missing, where the field must be filled
            else:
                rule = rules.RULES.get(kind) or rules.PYDANTIC_RULES[kind]
            bound = context.get("ge", context.get("le"))
            if bound is not None:
                context["bound"] = f"{plain(bound)}{self._unit(name)}"
            context["limit"] = context.get("max_length")
            yield Said(rule, name, text, context)

    def _unit(self, name: str) -> str:
        spec = self._scheme.fields.get(name)
        return spec.unit if spec is not None and spec.unit is not None else ""
