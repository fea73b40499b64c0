"""Eigenvalues of small symmetric matrices, such as the correlations of the indicators of one category."""

from __future__ import annotations

import math

Matrix = list[list[float]]

# Jacobi's method converges quadratically; ten sweeps are many.
_MOST_SWEEPS = 60


def eigenpairs(matrix: Matrix) -> list[tuple[float, list[float]]]:
    """The eigenvalues of a symmetric matrix (a list of its n rows), the largest first, each with its eigenvector of length 1.

    The sign of an eigenvector is as it comes, and of equal eigenvalues any eigenvectors that are at right angles.

    Every rotation in the plane of two axes makes one element off the diagonal zero; the diagonal becomes the
    eigenvalues. Source: C. G. J. Jacobi (1846); the stable form of the rotation is H. Rutishauser's (1966), as in
    Golub and Van Loan, Matrix Computations, section 8.5.
    """
    size = len(matrix)
    rest = [row[:] for row in matrix]
    axes = [[float(row == column) for column in range(size)] for row in range(size)]
    for _ in range(_MOST_SWEEPS):
        if not any(rest[p][q] for p in range(size) for q in range(p)):
            break
        for p in range(size):
            for q in range(p + 1, size):
                _rotate(rest, axes, p, q)
    found = [(rest[k][k], [axis[k] for axis in axes]) for k in range(size)]
    return sorted(found, key=lambda pair: -pair[0])


def _rotate(rest: Matrix, axes: Matrix, p: int, q: int) -> None:
    """Make the element at p, q zero; what is nothing beside the diagonal is nothing."""
    off = rest[p][q]
    if abs(off) <= 1e-17 * (abs(rest[p][p]) + abs(rest[q][q])):
        rest[p][q] = rest[q][p] = 0.0
        return
    theta = (rest[q][q] - rest[p][p]) / (2 * off)
    tangent = math.copysign(1.0, theta) / (abs(theta) + math.hypot(theta, 1.0))
    cosine = 1 / math.hypot(tangent, 1.0)
    sine = tangent * cosine
    for row in rest:
        row[p], row[q] = cosine * row[p] - sine * row[q], sine * row[p] + cosine * row[q]
    first, second = rest[p], rest[q]
    rest[p] = [cosine * x - sine * y for x, y in zip(first, second, strict=True)]
    rest[q] = [sine * x + cosine * y for x, y in zip(first, second, strict=True)]
    rest[p][q] = rest[q][p] = 0.0
    for axis in axes:
        axis[p], axis[q] = cosine * axis[p] - sine * axis[q], sine * axis[p] + cosine * axis[q]
