"""Weights from judgements: Saaty's analytic hierarchy process (AHP), for the siblings of one node.

Source: T. L. Saaty (1980), The Analytic Hierarchy Process; T. L. Saaty (1990), How to make a decision, European Journal
of Operational Research 48. OECD/JRC handbook (2008), step 6, analytic hierarchy process.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

Matrix = Sequence[Sequence[float]]

#: The average consistency index of random reciprocal matrices of 1, 2, 3, ... rows, as Saaty (1980) printed it. Later
#: simulations differ in the second decimal (0.52 and 0.89 for 3 and 4 rows).
RANDOM_INDEX = (0.0, 0.0, 0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49, 1.51, 1.48, 1.56, 1.57, 1.59)

#: The largest matrix that there is a random index for: 15 siblings have 105 pairs.
LARGEST = len(RANDOM_INDEX)

_MOST_ROUNDS = 100_000


@dataclass(frozen=True, slots=True)
class Priorities:
    """What a matrix of judgements says.

    Attributes:
        weights: the principal eigenvector, its sum 1.
        lambda_max: the principal eigenvalue; n, the number of rows, if the judgements agree with each other.
        index: the consistency index, (lambda_max - n) / (n - 1).
        ratio: the consistency ratio, the index over that of random matrices; 0.1 or less is commonly accepted.
        worst: row and column of the judgement that is farthest from the quotient of its weights, and that quotient;
            None if there is nothing to disagree.
    """

    weights: tuple[float, ...]
    lambda_max: float
    index: float
    ratio: float
    worst: tuple[int, int, float] | None


def priorities(matrix: Matrix) -> Priorities:
    """The weights of a positive reciprocal matrix by power iteration, and how far its judgements agree.

    Args:
        matrix: n rows of n numbers above 0, n at most `LARGEST`; element i, j says how many times as important i is as j,
            and is 1 / element j, i. Source: Saaty (1980), as above, also of the two measures of agreement.
    """
    size = len(matrix)
    weights = [1 / size] * size
    for _ in range(_MOST_ROUNDS):
        product = _times(matrix, weights)
        total = math.fsum(product)
        renewed = [value / total for value in product]
        moved = max(abs(new - old) / new for new, old in zip(renewed, weights, strict=True))
        weights = renewed
        if moved < 1e-15:  # noqa: PLR2004  # what rounding leaves
            break
    quotients = [value / weight for value, weight in zip(_times(matrix, weights), weights, strict=True)]
    lambda_max = math.fsum(quotients) / size
    # A principal eigenvalue is never below n; what is comes from rounding.
    index = max(0.0, lambda_max - size) / (size - 1) if size > 1 else 0.0
    random = RANDOM_INDEX[size - 1]
    return Priorities(tuple(weights), lambda_max, index, index / random if random else 0.0, _worst(matrix, weights))


def _times(matrix: Matrix, vector: Sequence[float]) -> list[float]:
    return [math.fsum(x * y for x, y in zip(row, vector, strict=True)) for row in matrix]


def _worst(matrix: Matrix, weights: Sequence[float]) -> tuple[int, int, float] | None:
    pairs = [(i, j) for i in range(len(weights)) for j in range(i + 1, len(weights))]
    if len(pairs) <= 1:
        return None
    row, column = max(pairs, key=lambda at: abs(math.log(matrix[at[0]][at[1]] * weights[at[1]] / weights[at[0]])))
    return row, column, weights[row] / weights[column]
