"""The formulas: treatment, normalisation and aggregation, each one function over polars expressions in one place.

This room knows neither files nor the scheme's tree. The scheme names a method with its numbers, the scoring room asks
it for a `Step` and builds the query.
"""
