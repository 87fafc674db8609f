"""Chapter 5's exercises: the numbers inside their messages are true, and every slip is told."""

import itertools
import re

import numpy as np
import pytest

from byhand import check
from byhand.check import deep_net
from byhand.check.deep_net import (
    B1,
    B2,
    FIVE_X,
    FIVE_Y,
    PARAMETERS,
    SHEET,
    SHEET_NET,
    SHEET_X,
    SHEET_Y,
    W1,
    W2,
    X,
    Y,
    backward,
    backward_two,
    by_hand,
    deep_by_hand,
    deep_gradients,
    gradients,
    moving,
    must_keep,
    relative_errors,
    sheet,
    sheet_numbers,
    two_layers,
    zero_net,
    zero_start,
)
from byhand.check.wording import number
from byhand.gradient_check import central_difference
from byhand.losses import mean_squared_error
from byhand.mistakes import MISTAKES
from byhand.training import train
from seeds import CHECKS
from test_check import well_written

DEEP = CHECKS["001.deep.grad"]
BLOCKS = ("dW1", "db1", "dW2", "db2")


def numbers_in(text):
    """Return the numbers written in a message, as written."""
    return set(re.findall(r"−?\d+(?:\.\d+)?", text))


def sigmoid(Z):
    return 1 / (1 + np.exp(-Z))


def agree(found, expected):
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-9, atol=1e-12)


def told(exercise, answer, *words):
    """Return the verdict, once it is well written and says all of ``words``."""
    verdict = exercise(answer)
    assert verdict.status == "wrong" and well_written(verdict)
    for word in words:
        assert word in str(verdict), (word, str(verdict))
    return verdict


def test_there_are_six_exercises():
    numbers = [each.number for each in deep_net.EXERCISES]
    assert numbers == ["5.1", "5.2", "5.3", "5.4", "5.5", "5.6"]


def test_known_mistakes_are_counted():
    counts = {each.name: len(each.mistakes) for each in deep_net.EXERCISES}
    assert counts == {
        "sheet": 29, "backward_two": 41, "backward": 37,
        "zero_start": 10, "relative_errors": 19, "must_keep": 3,
    }  # fmt: skip


def test_every_message_fits_a_line_of_200():
    for exercise in deep_net.EXERCISES:
        for mistake in exercise.mistakes:
            assert max(len(mistake.what), len(mistake.step)) < 200, mistake.name
        assert len(exercise.fact) < 200
    deepest = max(range(len(backward.cases)), key=lambda at: len(backward.expected[at]))
    case, expected = backward.cases[deepest], backward.expected[deepest]
    spoilt = tuple(-1e5 / 3 * part for part in expected)
    assert len(expected) == 10 and len(backward._gap(case, spoilt, spoilt, expected)) < 200


# What the answers are compared with


def test_references_are_the_numbers_of_the_reference():
    expected = DEEP["expected"]
    assert [X.tolist(), Y.tolist()] == [DEEP["inputs"]["X"], DEEP["inputs"]["Y"]]
    assert [W1.tolist(), W2.tolist()] == DEEP["inputs"]["W"]
    assert [B1.tolist(), B2.tolist()] == DEEP["inputs"]["b"]
    (dW1, dW2), (db1, db2) = expected["dW"], expected["db"]
    agree(gradients(X, Y, W1, B1, W2, B2), (dW1, db1, dW2, db2))
    agree(gradients(*backward_two.cases[0].arguments), (dW1, db1, dW2, db2))


def test_the_sheet_of_the_chapter():
    delta_2, one, two, *row = sheet_numbers(*SHEET)
    assert [number(each) for each in (delta_2, one, two)] == ["−0.1455", "−0.03637", "0.0572"]
    np.testing.assert_allclose(row, (one, two))  # x1 is 1
    agree(gradients(*SHEET)[3], [2 * delta_2])


@pytest.mark.parametrize("case", backward_two.cases, ids=lambda case: case.label)
def test_reference_is_the_slope_of_the_loss_5_5(case):
    X, y, *parameters = case.arguments

    def loss(index):
        def at(part):
            W1, b1, W2, b2 = (*parameters[:index], part, *parameters[index + 1 :])
            with np.errstate(over="ignore"):
                A2 = sigmoid(sigmoid(X @ W1 + b1) @ W2 + b2)
            return np.sum((y - A2) ** 2) / len(X)

        return at

    for index, found in enumerate(gradients(*case.arguments)):
        h = 1e-8 if "1000" in case.label else 1e-5
        measured = central_difference(loss(index), parameters[index], h=h)
        np.testing.assert_allclose(found, measured, rtol=1e-4, atol=1e-6)


def test_the_pass_by_hand_is_the_librarys():
    for case in backward_two.cases:
        agree(by_hand()(*case.arguments), gradients(*case.arguments))
    for case in backward.cases:
        agree(deep_by_hand()(*case.arguments), deep_gradients(*case.arguments))


def test_cases_of_any_depth_are_forward_passes():
    for case in backward.cases:
        A, Z, W, dA = case.arguments
        assert len(A) == len(Z) + 1 == len(W) + 1 and dA.shape == A[-1].shape
        for z, a in zip(Z, A[1:], strict=True):
            np.testing.assert_allclose(np.tanh(z), a, atol=1e-15)


def test_inputs_are_many_and_some_are_awkward():
    for exercise in (backward_two, backward, relative_errors):
        assert sum(case.random for case in exercise.cases) == 24 and not exercise.cases[0].random
        assert all(len(case.label) < 70 for case in exercise.cases)
    shapes = [(*case.arguments[2].shape, *case.arguments[1].shape) for case in backward_two.cases]
    assert {1, 2, 3, 4} == {n for n, *_ in shapes} and {1, 2, 3} == {k for *_, k in shapes}
    assert {1, 2, 6, 8} <= {m for *_, m, _ in shapes}
    assert {len(case.arguments[2]) for case in backward.cases} == {1, 2, 3, 4, 5}
    assert any(abs(case.arguments[0]).max() > 1000 for case in backward_two.cases)


def test_the_nine_mistakes_of_the_library_are_all_known():
    assert set(MISTAKES) <= {mistake.name for mistake in backward_two.mistakes}
    for mistake in backward_two.mistakes:
        if mistake.name in MISTAKES:
            same = deep_net._library(mistake.name)
            spoilt = backward_two.wrong_function(mistake)
            for case in backward_two.cases[:5]:
                agree(spoilt(*case.arguments), same(*case.arguments))


# 5.1


def test_sheet_numbers():
    network = two_layers(SHEET_X, *SHEET_NET)
    a2 = network.forward(SHEET_X)[0, 0]
    hidden = network.dense[0]
    np.testing.assert_allclose(hidden.Z, [[1, 3]])
    assert [number(each) for each in (*hidden.A[0], network.dense[1].Z[0, 0], a2)] == [
        "0.7311", "0.9526", "−0.6741", "0.3376",
    ]  # fmt: skip
    assert numbers_in(sheet.solution) >= {"0.7311", "0.9526", "−0.6741", "0.3376"}
    agree(
        gradients(SHEET_X, SHEET_Y, *SHEET_NET)[:2],
        (2 * np.outer(SHEET_X, sheet.reference[1:3]), 2 * np.array(sheet.reference[1:3])),
    )
    told_numbers = "Unit 1 adds up the first column: 0.5 times x1, minus x2."
    assert told_numbers in [mistake.step for mistake in sheet.mistakes]
    assert SHEET_NET[0][:, 0].tolist() == [0.5, -1]
    no_bias = SHEET_X @ SHEET_NET[0]
    assert no_bias.tolist() == [[1, 3.5]]  # "unit 2 stands at z 3.5"


def test_sheet_fact():
    _, one, two, *_ = sheet.reference
    assert 0.4 < abs(two / one) < 0.5
    slope = sigmoid(3) * (1 - sigmoid(3))
    assert number(slope, 2) == "0.045" and "slope of 0.045" in sheet.fact
    assert SHEET_NET[2].ravel().tolist() == [1, -2]


def test_sheet_takes_any_arrangement_and_four_digits():
    delta_2, one, two, first, second = sheet.reference
    for answer in (
        sheet.reference,
        list(sheet.reference),
        np.array(sheet.reference),
        (delta_2, (one, two), (first, second)),
        (np.array([[delta_2]]), np.array([[one, two]]), [first, second]),
        tuple(float(f"{each:.3g}") for each in sheet.reference),
        tuple(1.009 * each for each in sheet.reference),
    ):
        assert sheet(answer).passed
    assert not sheet(tuple(1.011 * each for each in sheet.reference)).passed


def test_sheet_stops_at_the_first_wrong_number():
    for index, name in enumerate(sheet.quantities):
        values = list(sheet.reference)
        values[index] *= 1.5
        verdict = told(sheet, tuple(values), f"{name}: got", "1.5 times the right number")
        assert ("Right so far" in str(verdict)) == (index > 0)
        assert number(sheet.reference[index]) not in str(verdict).split("\n")[0]


def test_sheet_says_when_the_rest_follows():
    delta_2, one, two, first, second = (1.5 * each for each in sheet.reference)
    told(sheet, (delta_2, one, two, first, second), "All that follows is computed rightly")
    verdict = sheet((delta_2, one, 9.0, first, second))
    assert "follows" not in str(verdict)
    told(sheet, (*sheet.reference[:2], 0.02, sheet.reference[3], 0.06), "All that follows")
    told(sheet, tuple(1.03 * each for each in sheet.reference), "a rounding on the way")


def test_sheet_names_a_mistake_by_its_first_number():
    delta_2, *_ = sheet.reference
    verdict = told(sheet, (-delta_2, 1, 2, 3, 4), "wrong sign")
    assert verdict.mistake == "sign"
    assert told(sheet, (delta_2, delta_2, 9, 9, 9)).mistake == "no hidden slope"


def test_sheet_mistakes_are_far_from_the_truth_and_from_each_other():
    answers = [np.array(mistake.answer) for mistake in sheet.mistakes]
    for answer in answers:
        assert np.max(abs(answer / sheet.reference - 1)) > 0.05
    for one, other in itertools.combinations(answers, 2):
        assert not np.allclose(one, other, rtol=0.025)


def test_sheet_asks_for_five_numbers():
    for answer in ((1, 2, 3), "abc", (), (1, 2, 3, 4, np.nan), [1, [2, "x"], 3, 4], 7):
        told(sheet, answer, "expected 5 finite numbers")
    given = repr(sheet.given())
    assert "x = [3, 0.5], y = 1" in given and "W2 = [[1], [−2]]" in given
    assert max(map(len, given.split("\n"))) <= 66


# 5.2


def two_layer_answer(returned):
    """Return a backward pass of a learner's own; ``returned`` picks what comes back."""

    def answer(X, y, W1, b1, W2, b2):
        m = len(X)
        A1 = sigmoid(X @ W1 + b1)
        A2 = sigmoid(A1 @ W2 + b2)
        d2 = 2 / m * (A2 - y) * A2 * (1 - A2)
        d1 = d2 @ W2.T * A1 * (1 - A1)
        return returned(X, A1, d1, d2, m, W1, W2)

    return answer


@pytest.mark.parametrize(
    "returned",
    [
        lambda X, A1, d1, d2, *_: [X.T @ d1, d1.sum(axis=0), A1.T @ d2, d2.sum(axis=0)],
        lambda X, A1, d1, d2, m, *_: (
            sum(np.outer(x, d) for x, d in zip(X, d1, strict=True)),
            np.ones(m) @ d1,
            np.einsum("ij,ik->jk", A1, d2),
            sum(d2),
        ),
    ],
)
def test_values_are_compared_not_kinds(returned):
    assert backward_two(two_layer_answer(returned)).passed


@pytest.mark.parametrize(
    ("returned", "words"),
    [
        (lambda X, A1, d1, d2, *_: (X.T @ d1 / 2, d1.sum(0), A1.T @ d2, d2.sum(0)),
         "In every case dW1 is 0.5 times what it should be; db1 and dW2 and db2 came out right."),
        (lambda X, A1, d1, d2, *_: (X.T @ d1 / 2, d1.sum(0) / 2, A1.T @ d2, d2.sum(0)),
         "dW1 is 0.5 times and db1 is 0.5 times what it should be; dW2 and db2 came out right."),
        (lambda X, A1, d1, d2, *_: (7 * X.T @ d1, 7 * d1.sum(0), 7 * A1.T @ d2, 7 * d2.sum(0)),
         "is 7 times what it should be in every case."),
        (lambda X, A1, d1, d2, m, W1, W2: (0 * W1, 0 * W1[0], A1.T @ d2, d2.sum(0)),
         "dW1 and db1 came back as 0 everywhere"),
        (lambda X, A1, d1, d2, m, W1, W2: (0 * W1, 0 * W1[0], 0 * W2, 0 * W2[0]),
         "Only zeros come back"),
        (lambda X, A1, d1, d2, *_: (X.T @ d1, d1.sum(0), sigmoid(A1).T @ d2, d2.sum(0)),
         "Every db is right, so every δ is"),
        (lambda X, A1, d1, d2, *_: (X.T @ d1, d1[0], A1.T @ d2, d2[0]),
         "dW2 is right, so δ of layer 2 is; db2 is not its sum."),
        (lambda X, A1, d1, d2, *_: (X.T @ d1**3, (d1**3).sum(0), A1.T @ d2, d2.sum(0)),
         "δ of layer 2 is right and δ of layer 1 is not"),
        (lambda X, A1, d1, d2, *_: (X.T @ d1, d1.sum(0), A1.T @ d2**3, (d2**3).sum(0)),
         "db2, the sum of δ over the samples, is already off"),
        (lambda X, A1, d1, d2, *_: (X.T @ d1**3, d1.sum(0), A1.T @ d2, (d2**3).sum(0)),
         "dW2 is right, so δ of layer 2 is; db2 is not its sum."),
        (lambda X, A1, d1, d2, *_: (X.T @ d2, d2.sum(0), A1.T @ d2, d2.sum(0)),
         "dW1 has shape (3, 1), expected (3, 4)."),
        (lambda X, A1, d1, d2, *_: (X.T @ d1, d1.sum(0), A1.T @ d2, d1.sum(0)),
         "db2 has shape (4,), expected one number"),
        (lambda X, A1, d1, d2, *_: ((X.T @ d1, d1.sum(0)), (A1.T @ d2, d2.sum(0))),
         "right and bundled"),
        (lambda X, A1, d1, d2, *_: ([X.T @ d1, A1.T @ d2], [d1.sum(0), d2.sum(0)]),
         "bundled: all dW in one, all db in another"),
        (lambda X, A1, d1, d2, *_: dict(zip(BLOCKS, (X.T @ d1, d1.sum(0), A1.T @ d2, d2.sum(0)),
                                            strict=True)), "right and bundled"),
        (lambda X, A1, d1, d2, *_: (d1, d2), "got a tuple of 2, expected dW1, db1, dW2, db2."),
        (lambda X, A1, d1, d2, *_: (X.T @ d1, "db1", A1, d2),
         "got a tuple of 4, expected dW1, db1, dW2, db2."),
        (lambda *_: (), "got a tuple of 0, expected dW1, db1, dW2, db2."),
        (lambda X, A1, d1, d2, *_: (np.nan * X.T @ d1, d1.sum(0), A1.T @ d2, d2.sum(0)),
         "nan or infinity"),
        (lambda X, A1, d1, d2, *_: [np.round(part, 4) for part in (
            X.T @ d1, d1.sum(0), A1.T @ d2, d2.sum(0))], "is rounded"),
        (lambda X, A1, d1, d2, *_: None, "got None"),
    ],
)  # fmt: skip
def test_what_no_catalogue_holds_is_told_from_the_blocks(returned, words):
    verdict = told(backward_two, two_layer_answer(returned), words)
    assert verdict.mistake in (None, "in pairs", "two bundles")


TWO_LAYERS = """
def answer(X, y, W1, b1, W2, b2):
    Z1 = X @ W1 + b1
    A1 = sigmoid(Z1)
    Z2 = A1 @ W2 + b2
    A2 = sigmoid(Z2)
    dA2 = 2 / len(X) * (A2 - y)
    delta_2 = dA2 * A2 * (1 - A2)
    dA1 = delta_2 @ W2.T
    delta_1 = dA1 * A1 * (1 - A1)
    dW1, db1 = X.T @ delta_1, delta_1.sum(axis=0)
    dW2, db2 = A1.T @ delta_2, delta_2.sum(axis=0)
    return dW1, db1, dW2, db2
"""


@pytest.mark.parametrize(
    ("line", "wrong", "name"),
    [
        ("(A2 - y)", "(y - A2)", "sign"),
        ("2 / len(X)", "1 / len(X)", "2 missing"),
        ("2 / len(X)", "4 / len(X)", "factor 2"),
        ("2 / len(X)", "2", "sum"),
        ("2 / len(X)", "1", "2/m missing"),
        ("2 / len(X)", "2 / 6", "always 6 samples"),
        ("2 / len(X)", "2 / X.shape[1]", "features for samples"),
        ("2 / len(X)", "2 / y.size", "mean over the outputs too"),
        ("2 / len(X)", "2 / X.size", "divided by X.size"),
        ("dA2 * A2 * (1 - A2)", "dA2", "no output slope"),
        ("dA2 * A2 * (1 - A2)", "(A2 - y) / len(y)", "cross-entropy"),
        ("dA2 * A2 * (1 - A2)", "A2 - y", "bare error"),
        ("dA2 * A2 * (1 - A2)", "dA2 * A2 * 1 - A2", "brackets missing at the slope"),
        ("dA2 * A2", "2 / len(X) * A2 - y * A2", "brackets missing at the error"),
        ("dA1 * A1 * (1 - A1)", "dA1 * A1 * 1 - A1", "brackets missing at the hidden slope"),
        ("dA1 * A1 * (1 - A1)", "dA1", "no hidden slope"),
        ("dA1 * A1 * (1 - A1)", "dA1 * sigmoid(A1) * (1 - sigmoid(A1))", "slope at A"),
        ("dA1 * A1 * (1 - A1)", "dA1 * Z1 * (1 - Z1)", None),
        ("delta_2 @ W2.T", "delta_2", "W2 forgotten"),
        ("delta_2 @ W2.T", "delta_2 * W2.T", "star for a product"),
        ("delta_2 @ W2.T", "delta_2 @ W2", "W2 not transposed"),
        (".T @ delta", " @ delta", "inputs not transposed"),
        ("A1.T @ delta_2", "A1.T @ delta_2[::-1]", None),
        ("delta_2 @ W2.T", "dA2 @ W2.T", "output slope skipped on the way down"),
        ("A1.T @ delta_2", "Z1.T @ delta_2", "Z for A"),
        ("X.T @ delta_1", "delta_1.T @ X", None),
        ("return dW1, db1, dW2, db2", "return dW2, db2, dW1, db1", "last layer first"),
        ("return dW1, db1, dW2, db2", "return dW1, dW2, db1, db2", "weights first"),
        ("(axis=0)", "(axis=1)", "bias along the wrong axis"),
        ("(axis=0)", "()", "one bias for all"),
        ("(axis=0)", "(axis=0, keepdims=True)", "kept dims"),
        (".sum(axis=0)", "", "bias not summed"),
        (".sum(", ".mean(", "bias mean"),
    ],
)
def test_a_learners_line_gets_its_name(line, wrong, name):
    assert line in TWO_LAYERS
    names = {"sigmoid": sigmoid}
    exec(TWO_LAYERS.replace(line, wrong), names)
    assert told(backward_two, names["answer"]).mistake == name


def test_sizes_that_do_not_meet_are_told():
    def untransposed(X, y, W1, b1, W2, b2):
        A1 = sigmoid(X @ W1 + b1)
        return ((sigmoid(A1 @ W2 + b2) - y) @ W2,)

    def elementwise(X, y, W1, b1, W2, b2):
        return X * (sigmoid(X @ W1 + b1) - y)

    shapes = "X (6, 3), y (6, 1), W1 (3, 4), b1 (4,), W2 (4, 1), b2 (1,)"
    told(backward_two, untransposed, "inner sizes are 1 and 4", shapes)
    assert backward_two(untransposed).mistake is None
    told(backward_two, elementwise, "shapes (6,3) (6,4)", shapes)


def test_other_errors_keep_the_usual_step():
    told(backward_two, lambda X, y, W1, b1, W2, b2: int("x"), "ValueError: invalid literal")
    told(backward_two, lambda X, y, W1, b1, W2, b2: X[99], "IndexError")


def test_slopes_measured_by_nudges_are_told_from_the_formula():
    def nudged(X, y, W1, b1, W2, b2):
        network = two_layers(X, W1, b1, W2, b2)

        def loss(parameters):
            A2 = network.with_parameters(parameters).forward(X)
            return np.sum((y - A2) ** 2) / len(y)

        measured = network.with_parameters(central_difference(loss, network.parameters))
        return tuple(measured.blocks().values())

    told(backward_two, nudged, "measured by a nudge")


def test_two_mistakes_at_once_are_both_named():
    def answer(X, A1, d1, d2, m, *_):
        return -d1.T @ X, -d1.sum(0), -d2.T @ A1, -d2.sum(0)

    assert told(backward_two, two_layer_answer(answer)).mistake == "transposed + sign"


def test_ten_digits_are_those_of_the_slopes():
    case, expected = backward_two.cases[0], backward_two.expected[0]
    largest = max(np.max(np.abs(part)) for part in expected)
    assert backward_two._tolerance(case) < 2e-10 * largest < 1e-10 * backward_two_inputs()
    off = two_layer_answer(lambda X, A1, d1, d2, *_: (
        X.T @ d1, d1.sum(0), A1.T @ d2 + 4e-10 * largest, d2.sum(0)))  # fmt: skip
    assert told(backward_two, off, "for dW2[0, 0]").status == "wrong"


def test_a_table_of_one_number_reads_as_that_number():
    spoilt = two_layer_answer(lambda X, A1, d1, d2, *_: (
        X.T @ d1, d1.sum(0) + (X.size == 1), A1.T @ d2, d2.sum(0)))  # fmt: skip
    gap = str(told(backward_two, spoilt, "At a [1, 1, 1] net on one sample: got (")).split("\n")[0]
    assert "[" not in gap.partition(":")[2]


def backward_two_inputs():
    return max(np.max(np.abs(part)) for part in backward_two.cases[0].arguments)


def test_writing_into_an_input_is_noticed():
    def in_place(X, y, W1, b1, W2, b2):
        W1 -= 1
        return W1, b1, W2, b2

    assert told(backward_two, in_place, "W1[0, 0] was 0.2 and is −0.8").mistake == "in place"


def test_backward_two_fact():
    m, n, h, k = len(X), *W1.shape, W2.shape[1]
    there = m * n * h + m * h * k
    back = h * m * k + m * k * h + n * m * h  # A1ᵀ δ2, δ2 W2ᵀ, Xᵀ δ1
    parameters = sum(each.size for each in (W1, B1, W2, B2))
    numbers = {str(each) for each in (there, back, parameters, 2 * parameters)}
    assert numbers_in(backward_two.fact) == numbers == {"96", "120", "21", "42"}


# 5.3


def deep_answer(*, slope=lambda Z: 1 - np.tanh(Z) ** 2, down=lambda d, W: d @ W.T, out=tuple):
    def answer(A, Z, W, dA):
        found = []
        for layer in reversed(range(len(W))):
            delta = dA * slope(Z[layer])
            found = [A[layer].T @ delta, delta.sum(axis=0), *found]
            dA = down(delta, W[layer])
        return out(found)

    return answer


ANY_DEPTH = """
def answer(A, Z, W, dA):
    gradients = ()
    for layer in range(len(W), 0, -1):
        delta = dA * (1 - A[layer] ** 2)
        gradients = (A[layer - 1].T @ delta, delta.sum(axis=0), *gradients)
        dA = delta @ W[layer - 1].T
    return gradients
"""
SLOPE = "(1 - A[layer] ** 2)"


@pytest.mark.parametrize(
    ("line", "wrong", "name"),
    [
        (SLOPE, "1", "no slopes"),
        (SLOPE, "(1 - A[layer] ** 2 if layer < len(W) else 1)", "no slope in the last layer"),
        (SLOPE, "(1 if layer < len(W) else 1 - A[layer] ** 2)", "no slope in the hidden layers"),
        (SLOPE, "(1 - np.tanh(A[layer]) ** 2)", "slope at A"),
        (SLOPE, "(1 - Z[layer - 1] ** 2)", "1 − Z²"),
        (SLOPE, "A[layer] * (1 - A[layer])", "slope of the sigmoid"),
        (SLOPE, "(1 - A[layer])", "square missing"),
        (SLOPE, "1 - A[layer] ** 2", "brackets missing"),
        (SLOPE, "(1 - A[layer] ** 2) / len(dA)", "1/m in every layer"),
        (SLOPE, "-(1 - A[layer] ** 2)", None),
        ("dA = delta @", "dA = dA @", "slope not passed on"),
        ("delta @ W[layer - 1].T", "delta * W[layer - 1].T", "star for a product"),
        ("delta @ W[layer - 1].T", "delta @ W[layer - 1]", "weights not transposed"),
        ("A[layer - 1].T @ delta", "A[layer - 1] @ delta", "inputs not transposed"),
        ("len(W), 0, -1", "1, len(W) + 1", "first layer first"),
        (".T\n    return", ".T * (1 - A[layer - 1] ** 2)\n    return", "hidden slopes twice"),
        ("A[layer - 1].T @", "(Z[layer - 2] if layer > 1 else A[0]).T @", "Z for A"),
        ("0, -1)", "1, -1)", "layer 1 missing"),
        (", *gradients)", ")", "layer 1 alone"),
        ("(A[layer - 1].T @ delta, delta.sum(axis=0), *gradients)",
         "(*gradients, A[layer - 1].T @ delta, delta.sum(axis=0))", "last layer first"),
        ("A[layer - 1].T @ delta, delta.sum(axis=0)",
         "delta.sum(axis=0), A[layer - 1].T @ delta", "biases first"),
        ("delta.sum(axis=0)", "dA.sum(axis=0)", "bias from dA"),
        ("delta.sum(axis=0)", "delta.mean(axis=0)", "bias mean"),
        ("    gradients = ()", "    gradients = (); dA = A[-1] - dA", "dA taken for y"),
        ("    gradients = ()", "    gradients = (); dA = 2 / len(dA) * dA", "2 over m again"),
        ("    gradients = ()", "    gradients = (); dA = 2 / len(dA) * (A[-1] - dA)",
         "dA taken for y"),
        (SLOPE, "(1 - np.tanh(Z[layer]) ** 2)", "counted from 1"),
        ("W[layer - 1]", "W[layer]", "counted from 1"),
        ("A[layer - 1].T", "A[layer].T", "what came out for what went in"),
        (SLOPE, "(1 - A[layer - 1] ** 2)", "slope of the layer below"),
    ],
)  # fmt: skip
def test_a_learners_line_gets_its_name_at_any_depth(line, wrong, name):
    assert line in ANY_DEPTH
    names = {"np": np}
    exec(ANY_DEPTH.replace(line, wrong), names)
    found = told(backward, names["answer"]).mistake
    assert found == (name or "sign in every layer")


def test_any_way_of_writing_the_slope_is_right():
    for answer in (
        deep_answer(),
        deep_answer(out=list),
        deep_answer(slope=lambda Z: np.cosh(np.clip(Z, -300, 300)) ** -2),
    ):
        assert backward(answer).passed


def test_bundles_and_indices_are_told_at_any_depth():
    told(backward, deep_answer(out=lambda g: list(zip(g[::2], g[1::2], strict=True))), "bundled")
    told(
        backward,
        deep_answer(out=lambda g: (g[::2], g[1::2])),
        "bundled: all dW in one, all db in another",
    )
    told(backward, lambda A, Z, W, dA: Z[len(W)], "IndexError", "Python counts from 0")
    told(
        backward, deep_answer(down=lambda d, W: W @ d), "inner sizes are 1 and 6",
        "A (6, 3) (6, 4) (6, 1), Z (6, 4) (6, 1), W (3, 4) (4, 1), dA (6, 1)",
    )  # fmt: skip
    told(backward, deep_answer(out=lambda g: [np.round(part, 3) for part in g]), "is rounded")
    told(backward, deep_answer(out=lambda g: [0 * part for part in g]), "Only zeros come back")
    told(
        backward,
        deep_answer(out=lambda g: [*g, 1.0]),
        "got a list of 5, expected dW1, db1, dW2, db2.",
    )


def test_dots_in_one_line_are_not_answered_yet():
    def half(X, y, W1, b1, W2, b2):
        delta_1 = ...
        return X.T @ delta_1, 1, 2, 3

    def deep_half(A, Z, W, dA):
        delta = ...
        return A[0].T @ delta, delta

    assert backward_two(half).status == backward(deep_half).status == "unanswered"


def test_writing_into_an_array_of_a_tuple_is_noticed():
    def in_place(A, Z, W, dA):
        W[1][0] += 1
        return deep_answer()(A, Z, W, dA)

    assert told(backward, in_place, "W[1][0").mistake == "in place"


def test_a_net_of_two_layers_only_is_told_at_the_third():
    def two_layers_only(A, Z, W, dA):
        return deep_answer()(A[-3:], Z[-2:], W[-2:], dA)

    verdict = told(backward, two_layers_only, "three layers", "got a tuple of 4, expected")
    assert len(verdict.inputs) == 4 and len(verdict.inputs[0]) == 4


def test_the_way_back_is_linear():
    for case in backward.cases:
        A, Z, W, dA = case.arguments
        once, twice = deep_gradients(A, Z, W, dA), deep_gradients(A, Z, W, 2 * dA)
        agree(twice, [2 * part for part in once])
        other = np.cos(dA)
        both = deep_gradients(A, Z, W, dA + other)
        agree(both, map(np.add, once, deep_gradients(A, Z, W, other)))


# 5.4


def test_what_moves_from_zero():
    assert zero_start.reference == moving(zero_net(), FIVE_X, FIVE_Y) == ("W2", "b2")
    assert FIVE_Y.ravel().tolist() == [0, 0, 0, 1, 1]
    assert "targets are 0, 0, 0, 1, 1" in " ".join(repr(zero_start.given()).split())
    assert moving(zero_net("tanh"), FIVE_X, FIVE_Y) == ("b2",)  # the comment on b2 alone
    network = zero_net()
    assert (network.forward(FIVE_X) == 0.5).all() and (network.dense[0].A == 0.5).all()


def test_zero_start_fact():
    assert moving(zero_net(), X, Y) == ()
    still = train(zero_net(), X, Y, learning_rate=1.0, epochs=50, loss="mean_squared_error")
    assert not still.network.parameters.any()
    run = train(
        zero_net(), FIVE_X, FIVE_Y, learning_rate=1.0, epochs=2000, loss="mean_squared_error",
        record=[1, 2, 2000],
    )  # fmt: skip
    hidden, output = run.network.dense
    assert not hidden.W[0].any() and output.W[0].any()
    assert hidden.W[1].any() and hidden.b[1].any()
    for W in hidden.W:
        np.testing.assert_allclose(W, W[:, :1] + 0 * W, rtol=1e-9)
    np.testing.assert_allclose(output.W[-1], output.W[-1, :1] + np.zeros((4, 1)), rtol=1e-9)


def test_every_set_of_names_gets_a_true_comment():
    for count in range(5):
        for names in itertools.combinations(PARAMETERS, count):
            verdict = zero_start(list(names))
            assert well_written(verdict) and verdict.passed == (names == ("W2", "b2"))
            if not verdict.passed:
                assert verdict.mistake is not None
                two_right = {"W2", "b2"} <= set(names)
                assert ("W2 and b2 are right" in str(verdict)) == (two_right and count == 3)


def test_names_may_come_in_any_dress():
    for answer in (
        ["b2", "W2"], ("w2", "B2"), {"W2", "b2"}, "W2, b2", "W2 and b2", "W2 b2", ["dW2", "db2"],
        np.array(["W2", "b2"]), [["W2"], ["b2"]], ["W2", "b2", "W2"],
    ):  # fmt: skip
        assert zero_start(answer).passed
    for answer in ([], (), "none", "Nothing", set()):
        assert zero_start(answer).mistake == "nothing"
    for answer in (["W3"], "all", 4, {"W2": 1}, ["W2", 2]):
        told(zero_start, answer, "expected a list of names")


# 5.5


def per_block(rule):
    return lambda analytic, measured: [rule(a, m) for a, m in zip(analytic, measured, strict=True)]


def right_error(a, m):
    size = np.linalg.norm(a) + np.linalg.norm(m)
    return np.linalg.norm(a - m) / size if size else 0.0


@pytest.mark.parametrize(
    "rule",
    [
        right_error,
        lambda a, m: 0 if np.array_equal(a, m) else right_error(a, m),
        lambda a, m: np.linalg.norm(a - m) / max(np.linalg.norm(a) + np.linalg.norm(m), 1e-12),
        lambda a, m: np.linalg.norm(m - a) / (np.linalg.norm(m) + np.linalg.norm(a) + 1e-15),
    ],
)
def test_right_errors_in_any_dress(rule):
    assert relative_errors(per_block(rule)).passed
    assert relative_errors(lambda *given: np.array(per_block(rule)(*given))).passed
    assert relative_errors(lambda *given: tuple(per_block(rule)(*given))).passed


def test_a_measure_is_named_though_its_0_over_0_is_nan():
    def relative_to_a(a, m):
        return np.linalg.norm(a - m) / np.linalg.norm(a)

    def without_roots(a, m):
        return np.sum((a - m) ** 2) / (np.sum(a**2) + np.sum(m**2))

    def unguarded(a, m):
        return np.linalg.norm(a - m) / (np.linalg.norm(a) + np.linalg.norm(m))

    assert told(relative_errors, per_block(without_roots)).mistake == "roots missing"
    assert told(relative_errors, per_block(relative_to_a)).mistake == "relative to a"
    assert told(relative_errors, per_block(unguarded)).mistake == "nan at 0"


@pytest.mark.parametrize("small", [1e-4, 1e-6, 1e-8])
def test_a_small_number_below_is_named_whatever_it_is(small):
    def rule(a, m):
        return np.linalg.norm(a - m) / (np.linalg.norm(a) + np.linalg.norm(m) + small)

    assert told(relative_errors, per_block(rule)).mistake == "small number below"


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (
            lambda a, m: [right_error(x, y) for x, y in zip(a, m, strict=True)][0],
            "got 0, expected (0, 0.7143, 0, 0.7143).",
        ),
        (
            lambda a, m: [right_error(x, y) for x, y in zip(a, m, strict=True)][:1],
            "got 0, expected (0, 0.7143, 0, 0.7143).",
        ),
        (per_block(lambda a, m: bool(np.allclose(a, m))), "got a list of 4, expected"),
        (per_block(lambda a, m: round(right_error(a, m), 3)), "is rounded"),
        (per_block(lambda a, m: right_error(a, m) ** 0.5), "error is 0.1414"),
        (per_block(lambda a, m: np.linalg.norm(a) - np.linalg.norm(m)), "between 0 and 1"),
        (per_block(lambda a, m: a - m), "dW1 has shape (3, 4), expected one number"),
        (lambda a, m: a - m, "TypeError"),
    ],
)
def test_other_errors_are_told(answer, words):
    told(relative_errors, answer, words)


def test_every_function_known_to_make_a_mistake_gets_its_name():
    for exercise in (backward_two, backward, relative_errors):
        for mistake in exercise.mistakes:
            for way in exercise._wrong_functions(mistake):
                assert told(exercise, way).mistake == mistake.name


def test_errors_of_known_faces():
    a = np.array([[0.3, -1.0], [2.0, 0.5]])
    assert right_error(a, 2 * a) == pytest.approx(1 / 3)
    assert right_error(6 * a, a) == pytest.approx(5 / 7)
    assert right_error(-a, a) == right_error(0 * a, a) == 1
    assert {"1/3", "5/7"} <= set(re.findall(r"\d/\d", relative_errors.fact))
    case = relative_errors.cases[2]
    assert deep_net.block_errors(*case.arguments)[0] == pytest.approx(2**0.5 / 10)
    six = deep_net.block_errors(*relative_errors.cases[0].arguments)
    np.testing.assert_allclose(six, [0, 5 / 7, 0, 5 / 7], atol=1e-15)


# 5.6


def test_numbers_kept():
    """X and all A against everything, for the six rows of the [3, 4, 1] net."""
    network = two_layers(X, W1, B1, W2, B2)
    network.forward(X)
    sizes = {"X": X.size} | {
        f"{name}{layer}": getattr(network.dense[layer - 1], name).size
        for name, layer in itertools.product("ZA", (1, 2))
    }
    idle = sizes["Z1"] + sizes["Z2"]
    assert (sum(sizes.values()), idle) == (78, 30)
    comment = next(mistake.what for mistake in must_keep.mistakes if mistake.name == "d")
    assert {"78", "30"} <= numbers_in(comment)
    kept = sum(sizes.values()) - idle
    assert numbers_in(must_keep.fact) == {str(kept), str(network.parameters.size), "8000"}
    assert kept == 48 and 1000 * kept / len(X) == 8000


def test_the_kept_arrays_are_enough():
    network = two_layers(X, W1, B1, W2, B2)
    A2 = network.forward(X)
    A1 = network.dense[0].A
    delta_2 = 2 / len(X) * (A2 - Y) * A2 * (1 - A2)
    delta_1 = delta_2 @ W2.T * A1 * (1 - A1)
    found = X.T @ delta_1, delta_1.sum(axis=0), A1.T @ delta_2, delta_2.sum(axis=0)
    agree(found, gradients(X, Y, W1, B1, W2, B2))
    assert mean_squared_error(A2, Y) == pytest.approx(DEEP["expected"]["loss"])


def test_choice_shows_its_options():
    assert must_keep("c").passed and must_keep("(C)").passed
    options = repr(must_keep.options())
    assert max(map(len, options.split("\n"))) <= 66
    assert set(must_keep.choices) == {must_keep.correct} | set(must_keep.wrong_answers)


def test_solutions_and_starters_fit_a_cell():
    for exercise in check.deep_net.EXERCISES:
        for source in (exercise.starter, exercise.solution):
            assert source.count("\n") <= 20 and max(map(len, source.split("\n"))) <= 100
