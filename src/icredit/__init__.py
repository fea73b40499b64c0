"""icredit: innovation-credit scores and ranked lists from the spreadsheets of technology enterprises.

import icredit

scheme = icredit.load_scheme()                      # ./indicators.yaml or the bundled national scheme
submission = icredit.read("data.xlsx", scheme)      # typed rows and findings
table = icredit.score(submission.frame, scheme)     # the scored table, a polars DataFrame
top = icredit.rank(table, zone="changsha", top=100)
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from icredit._version import __version__

if TYPE_CHECKING:
    from icredit.errors import DataError, Fault, IcreditError, InputError, OutputError, SchemeError, UsageError
    from icredit.intake.row_model import row_model
    from icredit.intake.submission import Submission, read
    from icredit.ranking import rank
    from icredit.scheme import Scheme, load_scheme, parse_scheme
    from icredit.scheme.judgements import parse_judgements, read_judgements
    from icredit.scoring import Reference, measure, score
    from icredit.scoring.weighting import Weighting, derive_weights
    from icredit.zones import Zone, ZoneRegister, load_zones

# Name -> where it lives. Imported when first used: `icredit --version` must not wait for polars.
_HOMES = {
    **dict.fromkeys(
        ("DataError", "Fault", "IcreditError", "InputError", "OutputError", "SchemeError", "UsageError"),
        "icredit.errors",
    ),
    **dict.fromkeys(("Submission", "read"), "icredit.intake.submission"),
    "row_model": "icredit.intake.row_model",
    "rank": "icredit.ranking",
    **dict.fromkeys(("Scheme", "load_scheme", "parse_scheme"), "icredit.scheme"),
    **dict.fromkeys(("parse_judgements", "read_judgements"), "icredit.scheme.judgements"),
    **dict.fromkeys(("Reference", "measure", "score"), "icredit.scoring"),
    **dict.fromkeys(("Weighting", "derive_weights"), "icredit.scoring.weighting"),
    **dict.fromkeys(("Zone", "ZoneRegister", "load_zones"), "icredit.zones"),
}

__all__ = [
    "DataError",
    "Fault",
    "IcreditError",
    "InputError",
    "OutputError",
    "Reference",
    "Scheme",
    "SchemeError",
    "Submission",
    "UsageError",
    "Weighting",
    "Zone",
    "ZoneRegister",
    "__version__",
    "derive_weights",
    "load_scheme",
    "load_zones",
    "measure",
    "parse_judgements",
    "parse_scheme",
    "rank",
    "read",
    "read_judgements",
    "row_model",
    "score",
]


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'icredit' has no attribute '{name}'")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
