"""The rules that a submission can break: a stable code each, what is said about it, and what explains it.

A rule is a value; the place that finds it broken gives the numbers for the message. Codes never change meaning: IC1xx
files and columns as a whole, IC2xx one cell, IC3xx identity of the enterprise, IC4xx the scheme's own checks. A new
rule is a constant in the module of its hundred, with its explanation beside it.
"""

from __future__ import annotations

from collections.abc import Mapping

from icredit.intake.rules import cells, checks, files, identity
from icredit.intake.rules.cells import *  # noqa: F403  # a rule is named in one place, its own module
from icredit.intake.rules.checks import *  # noqa: F403
from icredit.intake.rules.files import *  # noqa: F403
from icredit.intake.rules.identity import *  # noqa: F403
from icredit.intake.rules.rule import LEVELS, Bilingual, Example, Language, Level, Rule

__all__ = ["LEVELS", "PYDANTIC_RULES", "RULES", "Bilingual", "Example", "Language", "Level", "Rule"]

#: Every rule by its code, in order.
RULES: Mapping[str, Rule] = {
    rule.code: rule
    for rule in sorted(
        (one for module in (files, cells, identity, checks) for one in vars(module).values() if isinstance(one, Rule)),
        key=lambda rule: rule.code,
    )
}

#: pydantic's own error types -> our rule.
PYDANTIC_RULES: Mapping[str, Rule] = {
    "greater_than_equal": cells.MINIMUM,
    "less_than_equal": cells.MAXIMUM,
    "finite_number": cells.NUMBER,
    "string_too_long": cells.TOO_LONG,
}
