"""Chapter 3's exercises: their numbers, their facts, and diagnoses beyond the catalogue."""

import itertools
import re
import tracemalloc

import numpy as np
import pytest

from byhand import check
from byhand.activations import softmax
from byhand.check import vector_calculus
from byhand.check.vector_calculus import (
    MANY,
    RATE,
    ROW,
    SHAPES,
    TARGET,
    B,
    W,
    clashes,
    dominoes,
    gradient,
    height,
    height_gradient,
    level,
    loss,
    most_memory,
    neuron_gradients,
    neuron_slopes,
    numerical_gradient,
    product,
    running_totals,
    shape_of,
    softmax_backward,
    softmax_jacobian,
    sum_of_cubes,
    vector_jacobian_product,
    waves,
)
from byhand.check.wording import number
from byhand.gradient_check import central_difference

ORDERS = ["".join(order) for order in itertools.permutations("ABCD")]
FUNCTIONS = [each for each in vector_calculus.EXERCISES if hasattr(each, "cases")]


def numbers_in(text):
    """Return the numbers written in a message, as written."""
    return set(re.findall(r"−?\d+(?:[.,]\d+)?", text))


def message(exercise, name):
    """Return what is said about a catalogued mistake, without the gap and the next step."""
    return next(mistake.what for mistake in exercise.mistakes if mistake.name == name)


def multiply(order, matrices):
    """Return the product in that order, from left to right."""
    result = matrices[order[0]]
    for letter in order[1:]:
        result = result @ matrices[letter]
    return result


@pytest.fixture
def matrices():
    rng = np.random.default_rng(3)
    return {letter: rng.normal(size=shape) for letter, shape in SHAPES.items()}


def test_there_are_six_exercises():
    numbers = [each.number for each in vector_calculus.EXERCISES]
    assert numbers == ["3.1", "3.2", "3.3", "3.4", "3.5", "3.6"]


def test_references_are_the_chapters_numbers():
    dw, db = neuron_slopes(ROW, W, B, TARGET)
    np.testing.assert_array_equal(ROW, [1, 0, 0])
    np.testing.assert_allclose(dw, [-1.2, 0, 0], atol=1e-15)
    assert (db, loss(ROW, W, B, TARGET)) == pytest.approx((-1.2, 0.36))
    np.testing.assert_allclose(W - RATE * dw, [0.36, -0.2, 0.6])
    assert B - RATE * db == pytest.approx(0.16)
    chances = softmax(vector_calculus.Z)
    np.testing.assert_allclose(chances, [0.125, 0.25, 0.625])


def test_references_are_the_measured_slopes():
    rng = np.random.default_rng(30)
    for n in (1, 2, 5):
        x, w, v, z = rng.normal(size=(4, n))
        b, y = rng.normal(size=2)
        dw, db = neuron_slopes(x, w, b, y)
        in_w = central_difference(lambda w, x=x, b=b, y=y: loss(x, w, b, y), w)
        in_b = central_difference(lambda b, x=x, w=w, y=y: loss(x, w, b.item(), y), b)
        np.testing.assert_allclose(dw, in_w, rtol=1e-6, atol=1e-9)
        assert db == pytest.approx(in_b.item())
        rows = [central_difference(lambda z, k=k: softmax(z)[k], z) for k in range(n)]
        np.testing.assert_allclose(softmax_jacobian.reference(z), rows, rtol=1e-6, atol=1e-9)
        np.testing.assert_allclose(softmax_backward(v, z), v @ rows, rtol=1e-6, atol=1e-9)
    for x in rng.normal(size=(5, 2)):
        np.testing.assert_allclose(height_gradient(x), [2 * x[0], 4 * x[1]], rtol=1e-12)


@pytest.mark.parametrize("exercise", FUNCTIONS, ids=lambda each: each.name)
def test_inputs_are_many_and_some_are_awkward(exercise):
    cases = exercise.cases
    assert sum(case.random for case in cases) == 50 and not cases[0].random
    assert all(len(case.label) < 100 for case in cases)
    assert len({case.label for case in cases}) >= len(cases) - 3
    arrays = [part for case in cases for part in case.arguments if isinstance(part, np.ndarray)]
    assert any((part == 0).all() for part in arrays)
    assert any(abs(part).max() >= 300 for part in arrays)
    assert any(part.dtype.kind == "i" for part in arrays)
    if exercise is not gradient:
        assert {1, 2, 3, 4} <= {part.shape[0] for part in arrays}


def test_some_nudged_arrays_are_tables():
    shapes = {case.arguments[1].shape for case in numerical_gradient.cases}
    assert (2, 3) in shapes and len({shape for shape in shapes if len(shape) == 2}) > 4
    assert {case.arguments[0] for case in numerical_gradient.cases} == {
        sum_of_cubes, running_totals, waves, product, level
    }  # fmt: skip


# 3.1


def test_dominoes_agree_with_numpy(matrices):
    for order in ORDERS:
        try:
            shape = multiply(order, matrices).shape
        except ValueError:
            shape = None
        assert (shape is None) == bool(clashes(order)), order
        assert shape in (None, shape_of(order))
        assert dominoes(order).passed == (shape == (1, 1))


def test_every_wrong_order_hears_what_meets_what():
    for order in ORDERS:
        verdict = dominoes(order)
        for left, right in itertools.pairwise(order):
            columns, rows = SHAPES[left][1], SHAPES[right][0]
            said = f"{columns} meets {rows} ({left} {right})" in str(verdict)
            assert said == (columns != rows), (order, str(verdict))
    assert "4 meets 3 (B C)" in str(dominoes("ABCD"))


def test_every_wrong_order_gets_the_diagnosis_it_deserves():
    kinds = {order: dominoes(order).mistake for order in ORDERS}
    fits = {order: 3 - len(clashes(order)) for order in ORDERS}
    assert [order for order in ORDERS if kinds[order] is None] == ["DBAC"]
    assert {kinds[order] for order in ORDERS if fits[order] == 3} == {None, "another shape"}
    assert {kinds[order] for order in ORDERS if fits[order] == 1} == {"one pair fits"}
    unfit = {kinds[order] for order in ORDERS if fits[order] == 0}
    assert unfit == {"nothing fits", "right to left"}
    assert not any(fits[order] == 2 for order in ORDERS)
    reversed_ones = {order for order in ORDERS if kinds[order] == "right to left"}
    assert reversed_ones == {order[::-1] for order in ORDERS if fits[order] == 3}


def test_orders_are_read_as_people_write_them():
    for order in ("DBAC", "dbac", "D B A C", "D @ B @ A @ C", "D, B, A, C", "D·B·A·C", "D×B×A×C"):
        assert dominoes(order).passed, order
    for order in ("D-B-A-C", "D → B → A → C", ["D", "B", "A", "C"], ("D", "B", "A", "C")):
        assert dominoes(order).passed, order
    for order in ("DBAE", "1", "D B A C transposed"):
        assert "expected the letters A, B, C, D" in str(dominoes(order)), order
    assert "leaves out A and C;" in str(dominoes("DB"))
    assert "has B and D more than once" in str(dominoes("DBDBAC"))


def test_dominoes_shows_the_shapes():
    assert repr(dominoes.given()) == (
        "A  4 × 3\nB  2 × 4\nC  3 × 1\nD  1 × 2\n"
        "Rows × columns. Each is used once; the product has to be 1 × 1."
    )


def test_dominoes_fact(matrices):
    one_number = multiply("DBAC", matrices).item()
    for order in ("BACD", "ACDB", "CDBA"):
        ring = multiply(order, matrices)
        assert f"{order}" in dominoes.fact and f"{len(ring)} × {len(ring)}" in dominoes.fact
        assert ring.shape == shape_of(order) and np.trace(ring) == pytest.approx(one_number)


# 3.2


def test_height_fact():
    def across_to_the_parabola(x):  # 0 if the gradient runs along x2 = x1² / 2
        along, up = height_gradient(np.array(x))
        return up - x[0] * along

    assert "(1, 0.5)" in gradient.fact and "x2 = x1² / 2" in gradient.fact
    for x1 in (1.0, 0.7, 0.3, 0.01):
        x = np.array([x1, x1**2 / 2])
        assert across_to_the_parabola(x) == pytest.approx(0, abs=1e-12)
        slope = height_gradient(x)
        assert abs(slope[0] * x[1] - slope[1] * x[0]) > 1e-7  # not aimed at (0, 0)
    assert across_to_the_parabola((1.0, 0.4)) != pytest.approx(0, abs=0.1)


def test_height_messages():
    np.testing.assert_allclose(height_gradient(np.ones(2)), [2, 4])
    assert "the slope at (1, 1)" in message(gradient, "the numbers in front")
    other = gradient.wrong_answers["2 on both"][0]
    doubled = central_difference(lambda x: 2 * (x[0] ** 2 + x[1] ** 2), [3.0, -1.0], h=1.0)
    np.testing.assert_allclose(other(np.array([3.0, -1.0])), doubled)
    squared = central_difference(lambda x: x[0] ** 2 + (2 * x[1]) ** 2, [3.0, -1.0], h=1.0)
    too = gradient.wrong_answers["2 in front squared too"][0]
    np.testing.assert_allclose(too(np.array([3.0, -1.0])), squared)


def test_counting_from_one_is_told_from_other_stops():
    verdict = gradient(lambda x: np.array([2 * x[1], 4 * x[2]]))
    assert "index 2 is out of bounds" in str(verdict) and verdict.mistake == "counted from 1"
    other = gradient(lambda x: np.array([2 * x[0, 0], 4 * x[1, 0]]))
    assert "too many indices" in str(other) and other.mistake is None


def test_heights_measured_in_place_of_derived():
    assert "measured by a nudge" in str(gradient(lambda x: central_difference(height, x)))


# 3.3


def nudged_with(make_nudge, divide_by=2.0):
    def measured(f, x, h):
        slope = np.zeros(x.shape)
        for index in np.ndindex(x.shape):
            nudge = make_nudge(x, index, h)
            slope[index] = (f(x + nudge) - f(x - nudge)) / (divide_by * h)
        return slope

    return measured


def test_measured_slopes_may_be_computed_in_any_way():
    def with_a_copy(f, x, h):
        slope = np.zeros(x.shape)
        for index in np.ndindex(x.shape):
            moved = x.astype(float)
            moved[index] += h
            above = f(moved)
            moved[index] -= 2 * h
            slope[index] = (above - f(moved)) / 2 / h
        return slope

    def flat(f, x, h):
        places = h * np.eye(x.size).reshape(x.size, *x.shape)
        return np.reshape([(f(x + e) - f(x - e)) / (2 * h) for e in places], x.shape)

    for right in (with_a_copy, flat, central_difference):
        assert numerical_gradient(right).passed


@pytest.mark.parametrize("own_h", [1e-3, 1e-5, 1e-6])
def test_an_h_of_ones_own_is_noticed(own_h):
    verdict = numerical_gradient(lambda f, x, h: central_difference(f, x, own_h))
    assert verdict.mistake == "h ignored"


def test_another_quotient_is_not_called_a_measurement():
    def five_points(f, x, h):
        def one(h):
            return central_difference(f, x, h)

        return (4 * one(h) - one(2 * h)) / 3

    verdict = numerical_gradient(five_points)
    assert "Near this quotient" in str(verdict) and "formula" not in str(verdict)


def test_a_nudge_left_in_x_and_one_taken_back_by_arithmetic():
    left, back = (str(numerical_gradient(*numerical_gradient.wrong_answers[name]))
                  for name in ("x left nudged", "x put back by arithmetic"))  # fmt: skip
    assert "x[0] was 1 and is 0.9 after the call" in left
    assert "x[0] was 1.0 and is 1.0000000000000002 after the call" in back
    assert 1 + 0.1 - 0.2 + 0.1 == 1.0000000000000002

    def remembered(f, x, h):
        slope = np.zeros(x.shape)
        for index in np.ndindex(x.shape):
            here = x[index]
            x[index] = here + h
            above = f(x)
            x[index] = here - h
            slope[index] = (above - f(x)) / (2 * h)
            x[index] = here
        return slope

    verdict = numerical_gradient(remembered)  # x is as it was; whole numbers lose the nudge
    assert verdict.mistake == "whole numbers swallow the nudge"


def test_whole_numbers_lose_what_comes_after_the_point():
    entry = np.array([2])
    entry[0] = 2 + 0.3
    assert entry[0] == 2
    entry[0] = 2 - 0.3
    assert entry[0] == 1
    told = message(numerical_gradient, "whole numbers swallow the nudge")
    assert numbers_in(told) == {"2", "0.3", "1"}


def test_tables_are_told_from_arrays():
    def only_arrays(f, x, h):
        rows = np.eye(len(x))
        return np.array([(f(x + h * e) - f(x - h * e)) / (2 * h) for e in rows])

    assert numerical_gradient(only_arrays).mistake == "nudge with one axis"
    for name in ("whole rows", "one slope a row", "flat"):
        verdict = numerical_gradient(*numerical_gradient.wrong_answers[name])
        assert "x of shape (2, 3)" in str(verdict)


def test_numerical_gradient_fact():
    assert {"100"} == numbers_in(numerical_gradient.fact)
    x = np.array([3.0, -1.0])
    np.testing.assert_allclose(central_difference(height, x, h=100), [6, -4], rtol=1e-12)
    h, third = 0.1, 6.0  # the third derivative of x³
    error = central_difference(sum_of_cubes, x, h) - 3 * x**2
    np.testing.assert_allclose(error, h**2 * third / 6, rtol=1e-9)


# 3.4


def test_softmax_jacobian_fact():
    z = np.array([0.5, -1.0, 0.0, 2.0])
    table = softmax_jacobian.reference(z)
    np.testing.assert_allclose(table.sum(axis=0), 0, atol=1e-15)
    np.testing.assert_allclose(table.sum(axis=1), 0, atol=1e-15)
    np.testing.assert_allclose(softmax(z + 5), softmax(z))
    assert softmax_jacobian.fact.startswith("Each row adds up to 0, and each column.")


def test_softmax_jacobian_messages():
    z = vector_calculus.Z
    slopes_of_logs = [central_difference(lambda z, k=k: np.log(softmax(z)[k]), z) for k in range(3)]
    wrong = softmax_jacobian.wrong_answers
    np.testing.assert_allclose(wrong["s_i missing"][0](z), slopes_of_logs, rtol=1e-6)
    square = wrong["squares for products"][0](z)
    np.testing.assert_allclose(np.diag(square), np.diag(softmax_jacobian.reference(z)))
    assert softmax_jacobian(lambda z: np.diag(softmax(z)) - softmax(z) @ softmax(z).T).mistake == (
        "dot for outer product"
    )


def test_a_table_is_reported_by_one_entry():
    verdict = str(softmax_jacobian(*softmax_jacobian.wrong_answers["diagonal only"]))
    assert verdict.split("\n")[0] == (
        "At z = [0, ln 2, ln 5]: got 0 for J[0, 1], expected −0.03125; 6 of 9 entries differ."
    )


# 3.5


def test_a_table_on_the_way_is_noticed():
    def jacobian(z):
        s = softmax(z)
        return np.diag(s) - np.outer(s, s)

    def as_lists(v, z):
        s, places = softmax(z).tolist(), range(len(z))
        table = [[s[i] * ((i == j) - s[j]) for j in places] for i in places]
        return np.array([sum(v[i] * table[i][j] for i in places) for j in places])

    def half_a_table(v, z):
        return v @ np.diag(softmax(z)) - v @ softmax(z) * softmax(z)

    for lavish in (lambda v, z: v @ jacobian(z), lambda v, z: jacobian(z) @ v):
        assert vector_jacobian_product(lavish).mistake == "builds J"
    assert vector_jacobian_product(as_lists).mistake == "builds J"
    assert vector_jacobian_product(half_a_table).mistake == "builds J"
    assert f"{MANY} × {MANY}" in str(vector_jacobian_product(lambda v, z: v @ jacobian(z)))


def test_no_table_on_the_way_is_right():
    def row_by_row(v, z):
        s = softmax(z)
        return sum(v[i] * s[i] * ((np.arange(len(z)) == i) - s) for i in range(len(z)))

    def entry_by_entry(v, z):
        s, total = softmax(z), 0.0
        for i in range(len(z)):
            total += v[i] * s[i]
        return np.array([s[j] * (v[j] - total) for j in range(len(z))])

    def in_two_pieces(v, z):
        return v * softmax(z) - np.sum(v * softmax(z)) * softmax(z)

    for frugal in (row_by_row, entry_by_entry, in_two_pieces):
        assert vector_jacobian_product(frugal).passed


def test_memory_is_measured_whether_or_not_someone_else_measures():
    v, z = np.random.default_rng(5).normal(size=(2, MANY))
    table = MANY**2 * 8
    for tracing in (False, True):
        if tracing:
            tracemalloc.start()
        builds, frugal = (most_memory(f, (v, z)) for f in (lambda v, z: v @ np.outer(z, z), np.add))
        assert tracemalloc.is_tracing() == tracing
        assert builds >= table > 8 * frugal
    tracemalloc.stop()


def test_vector_jacobian_fact():
    n = 50_000
    assert f"{n:,}" in vector_jacobian_product.fact
    assert (n**2 * 8 / 1e9, n * 8 / 1e3) == (20, 400)
    assert {"20", "400"} < numbers_in(vector_jacobian_product.fact)


def test_vector_jacobian_messages():
    v, z = np.array([2.0, 0.0, -1.0]), vector_calculus.Z
    assert softmax_backward(v, z).sum() == pytest.approx(0)
    s, target = softmax(z), np.array([0.0, 1.0, 0.0])
    short_form = softmax_backward(-target / s, z)  # the slope of −Σ target ln s
    np.testing.assert_allclose(short_form, s - target)
    assert "cross-entropy" in message(vector_jacobian_product, "s minus v")


# 3.6


def test_neuron_fact():
    assert numbers_in(neuron_gradients.fact) == {"1", "2", "0", "0.25", "100", "0.5"}
    assert 1 / (2 * (ROW @ ROW + 1)) == 0.25
    dw, db = neuron_slopes(ROW, W, B, TARGET)
    assert loss(ROW, W - 0.25 * dw, B - 0.25 * db, TARGET) == pytest.approx(0, abs=1e-30)
    w, b, errors = W, B, []
    for _ in range(4):
        errors.append(TARGET - (ROW @ w + b))
        dw, db = neuron_slopes(ROW, w, b, TARGET)
        w, b = w - 0.5 * dw, b - 0.5 * db
    np.testing.assert_allclose(errors, [0.6, -0.6, 0.6, -0.6])


def test_neuron_messages():
    dw, db = neuron_slopes(ROW, W, B, TARGET)
    said = f"({', '.join(map(number, dw))}) and {number(db)}"
    assert said in message(neuron_gradients, "the numbers of row 100")
    assert number(RATE) in message(neuron_gradients, "times the rate")
    x, w = np.array([2.0, -1.0]), np.array([1.0, 3.0])
    in_x = central_difference(lambda x: loss(x, w, 0.5, -2.0), x)
    wrong = neuron_gradients.wrong_answers["w in place of x"][0]
    np.testing.assert_allclose(wrong(x, w, 0.5, -2.0)[0], in_x, rtol=1e-6)


@pytest.mark.parametrize(
    ("function", "name"),
    [
        (lambda x, w, b, y: ((y - x @ w - b) * x, y - x @ w - b), "2 missing + wrong sign"),
        (lambda x, w, b, y: (-2 * (y - x @ w + b) * x, -2 * (y - x @ w + b)), "bias subtracted"),
        (lambda x, w, b, y: (w[0] * x[0] + w[1] * x[1] + w[2] * x[2], 0), "always three features"),
        (lambda x, w, b, y: x[len(x)], "counted from 1"),
        (lambda x, w, b, y: (2 * (x * w + b - y) * x, 2 * (x * w + b - y)), "a not added up"),
    ],
)
def test_what_a_learner_writes_is_named(function, name):
    assert neuron_gradients(function).mistake == name


@pytest.mark.parametrize(
    "function",
    [
        lambda x, w, b, y: (2 * (x @ w + b - y) * x, 2 * (x @ w + b - y)),
        lambda x, w, b, y: [2 * (np.dot(w, x) + b - y) * x, np.array([2 * (w @ x + b - y)])],
        lambda x, w, b, y: (2 * (sum(x * w) + b - y) * x, 2 * (sum(x * w) + b - y)),
    ],
)
def test_the_same_gradients_in_other_words_are_right(function):
    assert neuron_gradients(function).passed


def test_messages_of_the_three_lines():
    verdict = check.vector_calculus.neuron_gradients(
        lambda x, w, b, y: (-2 * (y - x @ w - b), -2 * (y - x @ w - b))
    )
    assert str(verdict) == (
        "At the row 100: x = [1, 0, 0], w = [0.3, −0.2, 0.6], b 0.1, y 1: got (−1.2, −1.2), "
        "expected ([−1.2, 0, 0], −1.2).\n"
        "db is right; dw is the first link alone, one number for all weights. The link from w to a "
        "is missing.\n"
        "By (3.15), what is ∂a/∂w? Multiply by it."
    )
