"""Judgements in pairs: Saaty's own examples, the shapes of the file, and every fault with its line."""

from __future__ import annotations

import itertools
import math
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import icredit
from icredit.methods.pairwise import LARGEST, RANDOM_INDEX, priorities
from icredit.scheme import Scheme
from icredit.scheme.judgements import Judgements, parse_judgements, read_judgements
from little import category, indicator, scheme

#: Saaty (1990), How to make a decision, "choosing a house": the pairs above the diagonal, row by row.
HOUSE: list[list[float]] = [
    [5, 3, 7, 6, 6, 1 / 3, 1 / 4],
    [1 / 3, 5, 3, 3, 1 / 5, 1 / 7],
    [6, 3, 4, 6, 1 / 5],
    [1 / 3, 1 / 4, 1 / 7, 1 / 8],
    [1 / 2, 1 / 5, 1 / 6],
    [1 / 5, 1 / 6],
    [1 / 2],
]

#: Saaty (1980), The Analytic Hierarchy Process, the wealth of seven nations.
NATIONS: list[list[float]] = [
    [4, 9, 6, 6, 5, 5],
    [7, 5, 5, 3, 4],
    [1 / 5, 1 / 5, 1 / 7, 1 / 5],
    [1, 1 / 3, 1 / 3],
    [1 / 3, 1 / 3],
    [2],
]


def full(upper: list[list[float]]) -> list[list[float]]:
    """Return the reciprocal matrix of the judgements above its diagonal."""
    size = len(upper) + 1
    matrix = [[1.0] * size for _ in range(size)]
    for row, column in itertools.combinations(range(size), 2):
        matrix[row][column] = upper[row][column - row - 1]
        matrix[column][row] = 1 / matrix[row][column]
    return matrix


# ---- the formulas ------------------------------------------------------------------------------------------------ #


def test_the_house_of_saaty() -> None:
    """Published: priorities .173 .054 .188 .018 .031 .036 .167 .333, lambda_max 9.669, CI 0.238, CR 0.169."""
    found = priorities(full(HOUSE))
    assert found.weights == pytest.approx([0.173, 0.054, 0.188, 0.018, 0.031, 0.036, 0.167, 0.333], abs=6e-4)
    assert found.lambda_max == pytest.approx(9.669, abs=5e-4)
    assert found.index == pytest.approx(0.238, abs=5e-4)
    assert found.ratio == pytest.approx(0.169, abs=5e-4)


def test_the_nations_of_saaty() -> None:
    """Published: lambda_max 7.61, consistency index 0.10, ratio 0.08; the first nation .43, the second .23."""
    found = priorities(full(NATIONS))
    assert found.lambda_max == pytest.approx(7.61, abs=5e-3)
    assert found.index == pytest.approx(0.10, abs=5e-3)
    assert found.ratio == pytest.approx(0.08, abs=5e-3)
    assert found.weights[:2] == pytest.approx([0.43, 0.23], abs=5e-3)


def test_three_children_have_a_closed_form() -> None:
    """The eigenvector of a 3 x 3 reciprocal matrix is the geometric mean of its rows, and lambda_max is
    1 + q + 1 / q with q the cube root of a_12 a_23 / a_13.
    """
    found = priorities(full([[2, 3], [4]]))
    means = [(2 * 3) ** (1 / 3), (1 / 2 * 4) ** (1 / 3), (1 / 3 * 1 / 4) ** (1 / 3)]
    q = (2 * 4 / 3) ** (1 / 3)
    assert found.weights == pytest.approx([mean / sum(means) for mean in means], rel=1e-12)
    assert found.lambda_max == pytest.approx(1 + q + 1 / q, rel=1e-12)
    assert found.ratio == pytest.approx((1 + q + 1 / q - 3) / 2 / 0.58, rel=1e-9)
    assert found.worst is not None


@given(st.lists(st.floats(0.02, 1), min_size=2, max_size=LARGEST))
@settings(deadline=None)
def test_judgements_that_agree_give_the_weights_back(weights: list[float]) -> None:
    """Quotients of weights are consistent: the eigenvector is the weights, lambda_max is n, the ratio 0."""
    found = priorities([[above / below for below in weights] for above in weights])
    assert found.weights == pytest.approx([weight / math.fsum(weights) for weight in weights], rel=1e-9)
    assert found.lambda_max == pytest.approx(len(weights), rel=1e-12)
    assert found.ratio == pytest.approx(0, abs=1e-9)


@given(st.integers(2, 7), st.data())
@settings(deadline=None)
def test_weights_follow_their_rows(size: int, data: st.DataObject) -> None:
    """Whatever the order of the children, each keeps its weight, and the ratio is the same and not below 0."""
    judged = st.sampled_from([*range(1, 10), *(1 / value for value in range(2, 10))])
    matrix = full([[data.draw(judged) for _ in range(size - row - 1)] for row in range(size - 1)])
    order = data.draw(st.permutations(range(size)))
    found = priorities(matrix)
    turned = priorities([[matrix[row][column] for column in order] for row in order])
    assert turned.weights == pytest.approx([found.weights[place] for place in order], rel=1e-9)
    assert turned.ratio == pytest.approx(found.ratio, rel=1e-6, abs=1e-9)
    assert found.ratio >= 0
    assert math.fsum(found.weights) == pytest.approx(1, rel=1e-12)


def test_one_and_two_children_cannot_contradict() -> None:
    """A single judgement of 3 is three quarters to one quarter, with nothing to be inconsistent with."""
    assert priorities([[1.0]]).weights == (1.0,)
    found = priorities(full([[3]]))
    assert found.weights == pytest.approx([3 / 4, 1 / 4], rel=1e-12)
    assert (found.ratio, found.worst) == (0.0, None)


def test_the_judgement_farthest_from_the_others_is_named() -> None:
    """Among quotients of 4, 2, 1, 1 one is turned round: a to c is 1/4 instead of 4."""
    matrix = full([[2, 1 / 4, 4], [2, 2], [1]])
    worst = priorities(matrix).worst
    assert worst is not None
    row, column, implied = worst
    assert (row, column) == (0, 2)
    assert implied > 3 * 1 / 4, "and on which side of it the others are"


@pytest.mark.parametrize("factor", [3.0, 1 / 3])
@pytest.mark.parametrize("place", [*itertools.combinations(range(4), 2)])
def test_the_one_judgement_that_contradicts_is_the_farthest(place: tuple[int, int], factor: float) -> None:
    """Of quotients of 8, 1, 2 and 4, one is three times, or a third of, what the weights say, wherever it stands."""
    weights = (8, 1, 2, 4)
    upper = [[weights[row] / weights[column] for column in range(row + 1, 4)] for row in range(3)]
    upper[place[0]][place[1] - place[0] - 1] *= factor
    found = priorities(full(upper))
    assert found.worst is not None
    assert found.worst[:2] == place
    assert found.worst[2] == pytest.approx(found.weights[place[0]] / found.weights[place[1]])


def test_random_indices_are_those_of_saaty() -> None:
    """The table of 1980, of 1 to 15 children."""
    assert RANDOM_INDEX[2:10] == (0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49)
    assert LARGEST == 15


# ---- the file ---------------------------------------------------------------------------------------------------- #


@pytest.fixture(scope="module")
def rules() -> Scheme:
    """Two categories, of three children with a bonus, and of two; the first is named before the second."""
    return scheme(
        category("left", indicator("a"), indicator("b"), indicator("c"), indicator("extra", value="f", bonus=True)),
        category("right", indicator("d"), indicator("e")),
    )


def faults(text: str, rules: Scheme) -> list[tuple[int, str]]:
    """Return line and message of everything that is wrong with a file."""
    with pytest.raises(icredit.SchemeError) as caught:
        parse_judgements(text, rules)
    return [(fault.line, fault.message) for fault in caught.value.faults]


LIST = "node_a,node_b,judgement\na,b,2\nb,c,3\nc,a,1/4\n"
MATRIX = ",a,b,c\na,1,2,4\nb,1/2,1,3\nc,1/4,1/3,1\n"
EXPECTED: Judgements = {"left": [[1, 2, 4], [1 / 2, 1, 3], [1 / 4, 1 / 3, 1]]}


@pytest.mark.parametrize(
    "text",
    [
        LIST,
        MATRIX,
        "\ufeff" + LIST.replace("\n", "\r\n"),
        "# by the committee\n" + LIST,
        LIST.replace(",", ";"),
        LIST.replace(",", "\t"),
        "judgement,node_b,why,node_a\n2,b,,a\n3,c,because,b\n4,c,,a\n",
        LIST + "\n\nb,a,0.5\n",
        ",a,b,c\na,,2,\nb,,,3\nc,0.25,,\n",
        "ids,c,b,a\nc,1,1/3,１／４\nb,3,1,0.5\na,4,2,1\n",
        ",a,b,c,,\na,1,2,4\nb,0.5,1,3\nc,0.25,0.33,1\n,,,\n",
    ],
)
def test_a_list_and_a_matrix_say_the_same(text: str, rules: Scheme) -> None:
    """Order, direction, delimiter, decimals, full-width digits and a blank half make no difference."""
    assert parse_judgements(text, rules)["left"] == [pytest.approx(row, rel=1e-12) for row in EXPECTED["left"]]


def test_one_file_holds_several_families(rules: Scheme) -> None:
    """Matrices stand below each other with a blank line between; the top nodes are the family `score`."""
    found = parse_judgements(MATRIX + "\n,d,e\nd,1,5\n\n,,,\n,left,right\nleft,1,1/7\n", rules)
    assert list(found) == ["left", "right", "score"]
    assert found["right"] == [[1, 5], [1 / 5, 1]]
    assert found["score"] == [[1, pytest.approx(1 / 7)], [pytest.approx(7), 1]]


def test_of_a_rounded_reciprocal_the_whole_number_counts(rules: Scheme) -> None:
    """8 one way and 0.13 the other are one judgement: 8."""
    for text in ("d,e,8\ne,d,0.13\n", "e,d,0.13\nd,e,8\n"):
        assert parse_judgements("node_a,node_b,judgement\n" + text, rules)["right"][0][1] == 8


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("d,x,2", "unknown node 'x'"),
        ("d,,2", "an id is missing"),
        ("d,d,1", "'d' is compared with itself"),
        ("a,d,2", "'a' and 'd' are no siblings: one is a child of left, the other of right"),
        ("a,left,2", "'a' and 'left' are no siblings: one is a child of left, the other of score"),
        ("a,extra,2", "'extra' is a bonus, which shares no weight with its siblings"),
        ("d,e,10", "the judgement 10 of d to e is not between 1/9 and 9"),
        ("d,e,0.1", "the judgement 0.1 of d to e is not between 1/9 and 9"),
        ("d,e,", "'' is no judgement of d to e: write 1 to 9, or 1/2 to 1/9"),
        ("d,e,1/0", "'1/0' is no judgement of d to e: write 1 to 9, or 1/2 to 1/9"),
        ("d,e,-3", "'-3' is no judgement of d to e: write 1 to 9, or 1/2 to 1/9"),
        ("d,e,nan", "'nan' is no judgement of d to e"),
        ("d,e,3月1日", "'3月1日' is no judgement of d to e: a spreadsheet program has made a date of a fraction"),
        ("d,e,3-Jan", "'3-Jan' is no judgement of d to e: a spreadsheet program has made a date of a fraction"),
    ],
)
def test_a_faulty_row_is_told_with_its_line(row: str, message: str, rules: Scheme) -> None:
    """What a row says that cannot be meant."""
    ((line, told),) = faults(f"node_a,node_b,judgement\n{row}\n", rules)
    assert line == 2
    assert told.startswith(message)


def test_all_faults_are_told_at_once(rules: Scheme) -> None:
    """Two faults on two lines are two faults; judgements that are missing because of them are none."""
    assert [line for line, _ in faults("node_a,node_b,judgement\na,b,2\nb,c,x\nc,y,2\n", rules)] == [3, 4]


def test_contradictions_name_both_lines(rules: Scheme) -> None:
    """A pair judged twice, in either direction, must be judged alike."""
    text = "node_a,node_b,judgement\nd,e,3\ne,d,3\n"
    assert faults(text, rules) == [(3, "contradicts another judgement: d to e is 1/3 here and 3 in line 2")]
    assert faults(",d,e\nd,1,4\ne,1/5,1\n", rules) == [
        (3, "contradicts another judgement: d to e is 5 here and 4 in line 2")
    ]


def test_missing_pairs_are_named(rules: Scheme) -> None:
    """Every pair of a family has to be judged once, in either direction."""
    assert faults("node_a,node_b,judgement\n\nb,a,2\n", rules) == [
        (3, "missing judgements among the children of left: a to c, b to c")
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (",d,e\nd,2,3\n", (2, "'d' is as important as itself: 1, not '2'")),
        (",d,e,d\nd,1,3\n", (1, "'d' stands twice in the header")),
        (",d,e\nd,1,3\nd,1,3\n", (3, "the row 'd' stands twice")),
        (",d,e\nd,1,3\na,1,3\n", (3, "the row 'a' is no column of the matrix in line 1")),
        ("hello\n", (1, "neither a list with the columns node_a,node_b,judgement nor a matrix with ids as headers")),
        ("", (1, "no judgements: a list has the columns node_a,node_b,judgement, a matrix ids as headers")),
        (
            "node_a,node_b,judgement\n",
            (1, "no judgements: a list has the columns node_a,node_b,judgement, a matrix ids as headers"),
        ),
    ],
)
def test_a_matrix_that_is_none(text: str, expected: tuple[int, str], rules: Scheme) -> None:
    """What the shape of a file cannot mean."""
    assert faults(text, rules) == [expected]


def test_too_many_children_cannot_be_judged() -> None:
    """There is no random index for sixteen."""
    many = scheme(*(indicator(f"x{number}", value="a") for number in range(16)))
    ((_, told),) = faults("node_a,node_b,judgement\nx0,x1,2\n", many)
    assert told == "score has 16 children; judgements of more than 15 cannot be tested"


@given(st.text(alphabet=",;\n\"'#abcde1/9.x\t", max_size=60))
@settings(deadline=None)
def test_no_text_gives_anything_but_faults(text: str) -> None:
    """Whatever the file holds, it is judgements or a SchemeError."""
    rules = scheme(category("left", indicator("a"), indicator("b")), category("right", indicator("d"), indicator("e")))
    try:
        found = parse_judgements(text, rules)
    except icredit.SchemeError as error:
        assert error.faults  # noqa: PT017  # either end is right
    else:
        assert found


def test_a_file_that_cannot_be_read(tmp_path: Path, rules: Scheme) -> None:
    """A missing file and one that is no text are inputs that cannot be read; GB18030 is text."""
    with pytest.raises(icredit.InputError, match="cannot be read"):
        read_judgements(tmp_path / "none.csv", rules)
    file = tmp_path / "j.csv"
    file.write_bytes(b"\xff\xff\xff")
    with pytest.raises(icredit.InputError, match="not text"):
        read_judgements(file, rules)
    file.write_bytes("node_a,node_b,judgement,理由\nd,e,3,重要\n".encode("gb18030"))
    assert icredit.read_judgements(file, rules)["right"][0][1] == 3
