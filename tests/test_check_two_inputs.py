"""Chapter 2's exercises: the numbers inside their messages are true, and signatures are read."""

import re

import numpy as np
import pytest

from byhand import check
from byhand.check import two_inputs
from byhand.check.two_inputs import (
    PENCIL_RATE,
    PENCIL_START,
    PENCIL_X,
    PENCIL_Y,
    W1,
    W2,
    B,
    X,
    Y,
    descend,
    design_matrix,
    gradients,
    loss,
    node,
    powers,
    scaled,
    slopes,
    standardise,
)
from byhand.check.wording import number
from byhand.curvature import hessian
from byhand.gradient_check import central_difference
from byhand.losses import half_mean_squared_error
from byhand.network import Network

START = (W1, W2, B)
BEST = tuple(np.linalg.lstsq(np.column_stack([powers(X, 2), np.ones(4)]), Y, rcond=None)[0])


def numbers_in(text):
    """Return the numbers written in a message, as written."""
    return set(re.findall(r"−?\b\d+(?:\.\d+)?", text))


def exact(values):
    """Return the values as written with all their digits; the chapter's slopes have few."""
    return {number(value, 7) for value in values}


def condition_number(table):
    """Return the condition number of the loss of a node with these inputs and a bias."""
    network = Network([table.shape[1], 1], weights="zeros")
    curvatures = np.linalg.eigvalsh(hessian(network, table, Y[:, None]))
    return curvatures[-1] / curvatures[0]


def test_there_are_six_exercises():
    numbers = [each.number for each in two_inputs.EXERCISES]
    assert numbers == ["2.1", "2.2", "2.3", "2.4", "2.5", "2.6"]


def test_references_are_the_chapters_numbers():
    np.testing.assert_allclose(node(*START, X), [0.051, 0.159, 0.336, 0.399])
    np.testing.assert_allclose(slopes(*START, X, Y), (-0.072825, -0.0450525, -0.15125))
    np.testing.assert_allclose(descend(*START, X, Y, 1.0, 1), (0.572825, 0.1450525, 0.15125))
    assert loss(*START, X, Y) == pytest.approx(0.015647375)
    np.testing.assert_allclose(powers(X, 3), np.stack([X, X * X, X * X * X], axis=1))


def test_references_agree_with_measured_slopes():
    def at(parameters):
        return half_mean_squared_error(node(*parameters, X), Y)

    place = np.array([0.3, -1.2, 0.7])
    measured = central_difference(at, place)
    np.testing.assert_allclose(slopes(*place, X, Y), measured, rtol=1e-6)


def test_inputs_are_many_and_some_are_awkward():
    for exercise in (gradients, design_matrix, standardise):
        assert sum(case.random for case in exercise.cases) == 50 and not exercise.cases[0].random
        assert all(len(case.label) < 90 for case in exercise.cases)
    for xs in (
        [case.arguments[3] for case in gradients.cases],
        [case.arguments[0] for case in design_matrix.cases],
    ):
        assert {len(x) for x in xs} >= {1, 2, 3, 4, 9}
        assert any((x == 0).all() for x in xs) and any(abs(x).max() >= 200 for x in xs)
    assert {case.arguments[1] for case in design_matrix.cases} >= {1, 2, 3, 4, 5, 6}
    tables = [case.arguments[0] for case in standardise.cases]
    assert {(4, 2), (3, 2), (1, 3), (5, 1), (3, 3)} <= {table.shape for table in tables}
    spreads = np.concatenate([table.std(axis=0) for table in tables])
    assert (spreads == 0).sum() > 5 and spreads.max() > 1e6
    assert 1e-4 < spreads[spreads > 0].min() < 1e-3  # far above what guards compare with


# 2.1


def test_pencil_numbers():
    error = node(*PENCIL_START, PENCIL_X) - PENCIL_Y
    np.testing.assert_array_equal(node(*PENCIL_START, PENCIL_X), [8, 0, -2, 2])
    np.testing.assert_array_equal(error, [5, 2, -3, -1])
    pull = error * PENCIL_X**2
    np.testing.assert_array_equal(pull, [20, 2, 0, -1])
    assert slopes(*PENCIL_START, PENCIL_X, PENCIL_Y)[1] == pull.mean() == 5.25
    answer = two_inputs.second_weight
    assert answer.reference == pytest.approx(3 - 0.1 * 5.25) == pytest.approx(2.475)
    assert numbers_in(answer.fact) == {"−2", "20", "21", "1", "0"}
    assert pull.sum() == 21 and pull[1:].sum() == 1
    assert np.argsort(-abs(error)).tolist().index(2) == 1 and PENCIL_X[2] == 0
    assert repr(answer.given()) == (
        "x = −2, −1, 0, 1\ny = 3, −2, 1, 3\nw1 = 1, w2 = 3, b = −2, learning rate 0.1\n"
        "Answer within 0.1 %."
    )


def test_pencil_step_lowers_the_loss():
    after = descend(*PENCIL_START, PENCIL_X, PENCIL_Y, PENCIL_RATE, 1)
    assert loss(*after, PENCIL_X, PENCIL_Y) < loss(*PENCIL_START, PENCIL_X, PENCIL_Y)


def test_pencil_tolerance_is_the_one_that_is_stated():
    answer = two_inputs.second_weight
    assert answer(2.475 * 1.0009).passed and answer(np.array([2.475])).passed
    assert "rounding" in str(answer(2.48)) and "rounding" not in str(answer(2.7))
    assert "table" in str(answer(2.7)) and "2.475" not in str(answer(2.7))


def test_pencil_mistakes_are_apart():
    values = [two_inputs.second_weight.reference]
    values = np.sort(values + [each.answer for each in two_inputs.second_weight.mistakes])
    apart = np.diff(values) / np.maximum(abs(values[1:]), abs(values[:-1]))
    assert apart.min() > 0.004  # four times the tolerance


def test_pencil_numbers_in_the_messages():
    said = {each.name: each.what + each.step for each in two_inputs.second_weight.mistakes}
    _, _, b = PENCIL_START
    assert b == -2 and "b is −2" in said["sign of b"]
    assert PENCIL_Y[1] == -2 and (PENCIL_Y < 0).sum() == 1 and "−2" in said["sign of a target"]
    assert node(*PENCIL_START, PENCIL_X)[1] == 0 and "0 − (−2) = 2" in said["sign of a target"]
    assert "2, 1, 0, 1" in said["size of x for x²"]


# 2.2


def right(w1, w2, b, x, y):
    error = w1 * x + w2 * x**2 + b - y
    return (error * x).mean(), (error * x**2).mean(), error.mean()


def test_gradients_fact():
    np.testing.assert_allclose(slopes(*BEST, X, Y), 0, atol=1e-15)
    left = Y - node(*BEST, X)
    again = np.linalg.lstsq(np.column_stack([powers(X, 2), np.ones(4)]), left, rcond=None)[0]
    assert np.abs(left).max() > 0.05
    np.testing.assert_allclose(again, 0, atol=1e-12)


def test_the_chapters_numbers_in_the_messages():
    said = {each.name: each.what for each in gradients.mistakes}
    assert numbers_in(said["the chapter's numbers"]) == exact(slopes(*START, X, Y))
    assert numbers_in(said["the chapter's start"]) >= {number(each) for each in START}


def test_gradients_may_be_found_by_a_loop_or_by_a_product():
    def loop(w1, w2, b, x, y):
        totals = np.zeros(3)
        for x_i, y_i in zip(x, y, strict=True):
            totals += (w1 * x_i + w2 * x_i**2 + b - y_i) * np.array([x_i, x_i**2, 1])
        return totals / len(x)

    def product(w1, w2, b, x, y):
        table = np.stack([x, x**2], axis=1)
        error = table @ [w1, w2] + b - y
        dW = table.T @ error / len(x)
        return dW[0], dW[1], error.mean()

    assert gradients(loop).passed and gradients(product).passed


def test_a_factor_on_everything_is_found_even_if_no_mistake_is_known():
    def tenth(*given):
        return tuple(0.1 * slope for slope in right(*given))

    def minus_two_n(*given):
        return tuple(-2 * len(given[-1]) * slope for slope in right(*given))

    same_everywhere, with_n = gradients(tenth), gradients(minus_two_n)
    assert same_everywhere.mistake is None and with_n.mistake is None
    assert "is 0.1 times what it should be in every case" in str(same_everywhere)
    assert "−8 here, −2 in another case" in str(with_n)
    assert "factor" not in str(gradients(lambda *given: (right(*given)[0], 1.0, 2.0)))
    rounded = gradients(lambda *given: tuple(round(slope, 3) for slope in right(*given)))
    assert "rounded" in str(rounded) and "times what" not in str(rounded)


def test_a_part_that_is_right_reads_the_same_on_both_sides():
    verdict = gradients(lambda *given: (0.0, *right(*given)[1:]))
    assert "got (0, −0.04505, −0.1513), expected (−0.07283, −0.04505, −0.1513)" in str(verdict)


def test_two_spoilt_slopes_are_both_named():
    def sums(w1, w2, b, x, y):
        dw1, dw2, db = right(w1, w2, b, x, y)
        return len(x) * dw1, len(x) * dw2, db

    assert set(gradients(sums).mistake.split(" + ")) == {"sum in dw1", "sum in dw2"}


# 2.2, 2.3 and 2.5: signatures of functions that stop


@pytest.mark.parametrize(
    ("exercise", "function", "mistake"),
    [
        (gradients, lambda w1, w2, b, x, y: (w1 * x + w2 * x ^ 2 + b - y).mean(), "the caret"),
        (design_matrix, lambda x, degree: np.stack([x ^ k for k in range(1, degree + 1)], axis=1),
         "the caret"),
        (design_matrix, lambda x, degree: x ** range(1, degree + 1), "one axis for both"),
        (design_matrix, lambda x, degree: np.stack([x**k for k in range(1, degree)], axis=1),
         "last power missing"),
        (design_matrix, lambda x, degree: np.array([x**k for k in range(1, degree)]).T,
         "last power missing"),
        (design_matrix, lambda x, degree: np.stack([x**k for k in range(2, degree + 1)], axis=1),
         "first power missing"),
        (standardise, lambda X: (X - X.mean(1)) / X.std(1), "axis 1"),
        (standardise, lambda X: (X - X.mean(0)) / X.std(1), "spread along axis 1"),
        (standardise, lambda X: (X - X.mean(1)) / X.std(0), "mean along axis 1"),
    ],
)  # fmt: skip
def test_a_mistake_is_known_by_the_way_it_stops(exercise, function, mistake):
    verdict = exercise(function)
    assert verdict.mistake == mistake and len(str(verdict).split("\n")) == 3


def test_what_stops_and_is_not_known_is_told_as_ever():
    verdict = standardise(lambda X: (X - mean) / X.std(axis=0))  # noqa: F821
    assert verdict.mistake is None and "name 'mean' is not defined" in str(verdict)
    assert gradients(lambda w1, w2, b, x, y: x @ np.zeros((7, 7))).mistake is None


OTHER_WAYS = [
    (exercise, mistake.name, way)
    for exercise in (gradients, standardise)
    for mistake in exercise.mistakes
    if isinstance(mistake.answer, tuple)
    for way in mistake.answer[1:]
]


def test_other_ways_to_make_a_mistake_get_its_name():
    assert len(OTHER_WAYS) == 18
    for exercise, name, way in OTHER_WAYS:
        assert exercise(way).mistake == name


def test_zeros_are_called_zeros():
    assert "Only zeros come back" in str(gradients(lambda *given: (0.0, 0.0, 0.0)))
    assert "Only zeros come back" in str(
        design_matrix(lambda x, degree: np.zeros((len(x), degree)))
    )


# 2.3


def test_design_matrix_fact():
    assert numbers_in(design_matrix.fact) == {"2", "1"}
    table = np.column_stack([X, np.sin(X)])
    network = Network([2, 1], weights=[[[0.5], [0.1]]])
    error = network.forward(table) - Y[:, None]
    network.backward(error / len(X))
    np.testing.assert_allclose(network.layers[0].dW, table.T @ error / len(X))
    assert np.linalg.eigvalsh(hessian(network, table, Y[:, None])).min() > 0


@pytest.mark.parametrize(
    "function",
    [
        lambda x, degree: np.array([x**power for power in range(1, degree + 1)]).T,
        lambda x, degree: x[:, None] ** np.arange(1, degree + 1),
        lambda x, degree: np.vander(x, degree + 1)[:, -2::-1],
        lambda x, degree: np.cumprod(np.repeat(x[:, None], degree, axis=1), axis=1),
        lambda x, degree: [[each**power for power in range(1, degree + 1)] for each in x],
    ],
)
def test_design_matrix_may_be_made_in_many_ways(function):
    assert design_matrix(function).passed


def test_a_long_table_is_told_by_one_entry():
    def spoilt(x, degree):
        table = powers(x, degree)
        if len(x) > 4:
            table[2, 0] = 7.0
        return table

    assert re.search(r"got 7 for table\[2, 0\], expected −?\d", str(design_matrix(spoilt)))


def test_a_tuple_in_place_of_a_table_gets_a_short_sentence():
    verdict = standardise(lambda X: (scaled(X), X.mean(axis=0)))
    assert "got a tuple of 2, expected an array of shape (4, 2)" in str(verdict)


# 2.4


def test_moves_first():
    first = np.abs(slopes(*START, X, Y))
    assert first.argmax() == 2 and two_inputs.moves_first.correct == "b"
    error = node(*START, X) - Y
    assert (error < 0).all() and X.max() < 1
    wrong_a, wrong_c, wrong_d = (mistake.what for mistake in two_inputs.moves_first.mistakes)
    assert numbers_in(wrong_a) == exact([slopes(*START, X, Y)[1]])
    assert first.argmin() == 1
    distance = np.abs(np.subtract(BEST, START))
    assert distance.argmax() == 1 and number(BEST[1]) in two_inputs.moves_first.choices["a"]
    from_03 = slopes(W1, W2, 0.3, X, Y)
    assert np.argmax(np.abs(from_03)) == 2
    assert numbers_in(wrong_c) == {"0.3", "0"} | exact(from_03)
    from_0 = slopes(0.0, W2, B, X, Y)[0]
    there = slopes(*START, X, Y)[0]
    assert abs(from_0) > abs(there)
    assert numbers_in(wrong_d) == {"0", "0.5"} | exact([from_0, there])


def test_moves_first_fact():
    in_tenths = slopes(*START, 10 * X, Y)
    assert in_tenths[2] < in_tenths[0] < in_tenths[1]
    fact = numbers_in(two_inputs.moves_first.fact)
    assert fact == {"1", "3", "6", "7"} | exact(in_tenths)


# 2.5


def test_standardise_is_what_is_asked():
    assert scaled(powers(X, 2)).mean(axis=0) == pytest.approx(0)
    assert scaled(powers(X, 2)).std(axis=0) == pytest.approx(1)
    np.testing.assert_array_equal(scaled(np.array([[2.0, 3.0], [4.0, 3.0]])), [[-1, 0], [1, 0]])


def test_standardise_fact():
    table = powers(X, 2)
    centred = condition_number(table - table.mean(axis=0))
    divided = condition_number(table / table.std(axis=0))
    both = condition_number(scaled(table))
    r = np.corrcoef(X, X**2)[0, 1]
    assert both == pytest.approx((1 + r) / (1 - r), rel=1e-4)
    told = {number(value) for value in (centred, divided, both, r)}
    assert numbers_in(standardise.fact) == told | {"1"}


@pytest.mark.parametrize(
    "function",
    [
        lambda X: np.nan_to_num((X - X.mean(axis=0)) / X.std(axis=0)),
        lambda X: (X - X.mean(axis=0)) / np.maximum(X.std(axis=0), 1e-8),
        lambda X: np.where(X.std(axis=0) > 0, (X - X.mean(axis=0)) / X.std(axis=0), 0),
        lambda X: (X - X.mean(axis=0, keepdims=True)) / ((spread := X.std(axis=0)) + (spread == 0)),
        lambda X: np.transpose([(c - c.mean()) / (c.std() or 1) for c in X.T]),
    ],
)
def test_a_constant_column_may_be_met_in_many_ways(function):
    assert standardise(function).passed


def test_a_column_as_narrow_as_what_is_added_keeps_half():
    said = next(each.what for each in standardise.mistakes if each.name == "1e−8 added")
    column = np.array([1e-8, -1e-8])
    assert (column / (column.std() + 1e-8)).std() == pytest.approx(0.5) and "½" in said


# 2.6


def test_concave_or_convex():
    choice = two_inputs.concave_or_convex
    wrong_a, wrong_b, wrong_c = (mistake.what for mistake in choice.mistakes)
    hill = X - X**2
    assert descend(*START, X, hill, 1.0, 7)[1] > 0 > descend(*START, X, hill, 1.0, 8)[1]
    np.testing.assert_allclose(descend(*START, X, hill, 1.0, 20000), (1, -1, 0), atol=1e-5)
    assert {"8", "1", "−1"} <= numbers_in(wrong_a)
    bowls = [
        hessian(Network([2, 1], weights="zeros"), powers(X, 2), y[:, None]) for y in (Y, hill)
    ]
    np.testing.assert_allclose(*bowls, atol=1e-9)
    assert "the same shape of bowl" in " ".join(wrong_b.split())
    ended = descend(*START, X, Y, 1.0, 3000)
    assert ended[0] < 0 < ended[1] and number(ended[0]) in numbers_in(wrong_c)
    assert number(W2) in choice.choices["a"]


def test_concave_or_convex_fact():
    b, w1, w2, w3 = np.linalg.solve(np.vander(X, 4, increasing=True), Y)
    turn = -w2 / (3 * w3)
    assert number(turn) in numbers_in(two_inputs.concave_or_convex.fact)
    assert 2 * w2 + 6 * w3 * (turn - 0.1) < 0 < 2 * w2 + 6 * w3 * (turn + 0.1)


@pytest.mark.parametrize("name", ["moves_first", "concave_or_convex"])
def test_choices_read_a_letter_and_show_their_options(name):
    choice = getattr(check.two_inputs, name)
    for form in ("{}", " {} ", "({})", "{}.", "{})"):
        assert choice(form.format(choice.correct)).passed
    assert "expected one letter" in str(choice("e"))
    options = repr(choice.options())
    assert max(map(len, options.split("\n"))) <= 66  # a page shows no more
    told = " ".join(options.split())
    assert told.startswith(choice.question)
    places = [told.index(f" {letter} {text}") for letter, text in choice.choices.items()]
    assert places == sorted(places) and list(choice.choices) == list("abcd")
    assert set(choice.choices) == {choice.correct} | set(choice.wrong_answers)
