"""The scheme: what the YAML file says, as frozen models. Knows nothing of submissions or scored tables."""

from icredit.bundled import bundled_schemes
from icredit.scheme.load import load_scheme, parse_scheme
from icredit.scheme.model import FieldSpec, Scheme
from icredit.scheme.nodes import Category, Indicator
from icredit.scheme.parts import Label
from icredit.scheme.weights import effective_weights

__all__ = [
    "Category",
    "FieldSpec",
    "Indicator",
    "Label",
    "Scheme",
    "bundled_schemes",
    "effective_weights",
    "load_scheme",
    "parse_scheme",
]
