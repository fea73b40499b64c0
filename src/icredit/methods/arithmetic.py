"""Sums and quotients whose last bit does not depend on how polars cuts a table into pieces."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl


def add(parts: Sequence[pl.Expr]) -> pl.Expr:
    """The sum of the parts present, 0 if none is; added pairwise, always in the same order.

    polars' own `sum_horizontal` adds in an order that depends on how many rows a thread was given, and with it the last
    bits of the sum.
    """
    return in_pairs([part.fill_null(0.0) for part in parts])


def in_pairs(parts: Sequence[pl.Expr]) -> pl.Expr:
    """The sum of the parts, at least one, in the order of `add`; missing if one is."""
    while len(parts) > 1:
        pairs = [left + right for left, right in zip(parts[::2], parts[1::2], strict=False)]
        parts = [*pairs, *parts[len(parts) - len(parts) % 2 :]]
    return parts[0]


def divide(numerator: pl.Expr, divisor: pl.Expr) -> pl.Expr:
    """Numerator / divisor, rounded correctly; as in IEEE 754 infinite or no number where the divisor is 0.

    Where all rows of a piece have one divisor, polars multiplies by its reciprocal, which rounds differently. Adding
    nothing times the numerator makes the divisor a column like any other.
    """
    return numerator / (divisor + 0.0 * numerator)
