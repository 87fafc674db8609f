"""Chapter 3's displayed derivatives, as displayed, against central differences."""

import numpy as np
import pytest

from byhand.gradient_check import central_difference
from equations import equation

SEEDS = range(10)
CLOSE = {"rtol": 1e-6, "atol": 1e-8}


def table(function, x):
    """Return the measured Jacobian: one row for each output, one column for each input."""

    def row(i):
        return central_difference(lambda p: function(p)[i], x)

    return np.array([row(i) for i in range(len(function(x)))])


def f(x):
    return x[0] ** 2 * x[1]


def g(x):
    return np.array([x[0] ** 2 - x[1], x[0] * x[1]])


def row_of_f(x):
    return np.array([[2 * x[0] * x[1], x[0] ** 2]])


def jacobian_of_g(x):
    return np.array([[2 * x[0], -1], [x[1], x[0]]])


@equation("3.5", "3.6")
@pytest.mark.parametrize("seed", SEEDS)
def test_row_and_gradient(seed):
    x = np.random.default_rng(seed).normal(size=2)
    measured = central_difference(f, x)
    np.testing.assert_allclose(row_of_f(x), measured.reshape(1, 2), **CLOSE)
    np.testing.assert_allclose(row_of_f(x).T, measured.reshape(2, 1), **CLOSE)
    np.testing.assert_allclose(row_of_f(np.array([3.0, 2.0])), [[12, 9]])


@equation("3.7")
@pytest.mark.parametrize("seed", SEEDS)
def test_the_error_of_the_promise_goes_with_the_square_of_the_step(seed):
    rng = np.random.default_rng(seed)
    x, s = rng.normal(size=2), rng.normal(size=2)
    errors = [
        f(x + h * s) - f(x) - (central_difference(f, x).reshape(1, 2) @ (h * s)).item()
        for h in (1e-2, 1e-3)
    ]
    curve = 2 * s[0] * s[1] * x[0] + s[0] ** 2 * x[1]  # what the square of the step meets
    np.testing.assert_allclose(errors[1], 1e-6 * curve, rtol=0.1, atol=1e-8)
    assert abs(errors[1]) < 1e-8 + abs(errors[0]) / 50 or abs(curve) < 0.2


@equation("3.8")
@pytest.mark.parametrize("seed", SEEDS)
def test_a_step_changes_by_length_times_steepness_times_cosine(seed):
    rng = np.random.default_rng(seed)
    x, phi, r = rng.normal(size=2), rng.uniform(0, 2 * np.pi), 1e-4
    gradient = row_of_f(x)[0]
    gamma, steepness = np.arctan2(gradient[1], gradient[0]), np.hypot(*gradient)
    formula = r * steepness * np.cos(phi - gamma)
    s = r * np.array([np.cos(phi), np.sin(phi)])
    np.testing.assert_allclose(formula, (row_of_f(x) @ s).item(), **CLOSE)
    along = central_difference(lambda t: f(x + t * s / r), 0.0)  # the slope in that direction
    np.testing.assert_allclose(formula / r, along, **CLOSE)


@equation("3.8")
def test_the_steepest_way_up_is_along_the_gradient():
    x, turns = np.array([1.0, 0.5]), np.linspace(0, 2 * np.pi, 3600, endpoint=False)
    gradient = central_difference(f, x)
    ends = x + 1e-5 * np.column_stack([np.cos(turns), np.sin(turns)])
    best = turns[np.argmax([f(end) for end in ends])]
    assert best == pytest.approx(np.arctan2(gradient[1], gradient[0]), abs=0.002)


@equation("3.9")
@pytest.mark.parametrize("t", [-1.5, 0.0, 2.0, 7.25])
def test_one_input_makes_a_column(t):
    measured = table(lambda p: np.array([p[0] ** 2, 3 * p[0]]), np.array([t]))
    assert measured.shape == (2, 1)
    np.testing.assert_allclose([[2 * t], [3]], measured, **CLOSE)


@equation("3.10")
@pytest.mark.parametrize("seed", SEEDS)
def test_jacobian(seed):
    x = np.random.default_rng(seed).normal(size=2)
    np.testing.assert_allclose(jacobian_of_g(x), table(g, x), **CLOSE)
    np.testing.assert_allclose(jacobian_of_g(np.array([2.0, 1.0])), [[4, -1], [1, 2]])


@equation("3.11")
@pytest.mark.parametrize("seed", SEEDS)
def test_chain_rule(seed):
    rng = np.random.default_rng(seed)
    x, A, B = rng.normal(size=2), rng.normal(size=(5, 3)), rng.normal(size=(3, 2))

    def inner(x):  # 2 numbers to 3
        return np.sin(B @ x)

    def outer(d):  # 3 numbers to 5
        return A @ d**2

    product = table(outer, inner(x)) @ table(inner, x)
    assert product.shape == (5, 2)
    np.testing.assert_allclose(product, table(lambda x: outer(inner(x)), x), **CLOSE)


@equation("3.11")
def test_the_chain_that_is_worked_by_hand():
    x = np.array([2.0, 1.0])
    np.testing.assert_allclose(g(x)[None, ::-1] @ jacobian_of_g(x), [[11, 4]])
    np.testing.assert_allclose(central_difference(lambda x: np.prod(g(x)), x), [11, 4], **CLOSE)


def neuron(seed, n=3):
    """Return a sample (1, n), weights (n, 1), a bias and a target at random."""
    rng = np.random.default_rng(seed)
    return rng.normal(size=(1, n)), rng.normal(size=(n, 1)), rng.normal(), rng.normal()


@equation("3.14", "3.15", "3.16")
@pytest.mark.parametrize("seed", SEEDS)
def test_links(seed):
    x, w, b, y = neuron(seed)
    a = (x @ w).item() + b
    np.testing.assert_allclose(
        -2 * (y - a), central_difference(lambda a: (y - a) ** 2, a), **CLOSE
    )
    row = table(lambda w: (x @ w + b).ravel(), w.ravel())
    np.testing.assert_allclose(x, row, **CLOSE)
    slope = central_difference(lambda b: (x @ w).item() + b, b)
    np.testing.assert_allclose(1, slope, **CLOSE)


@equation("3.17", "3.18", "3.19")
@pytest.mark.parametrize("n", [1, 3, 20])
@pytest.mark.parametrize("seed", SEEDS)
def test_the_neuron(seed, n):
    x, w, b, y = neuron(seed, n)
    a = (x @ w).item() + b
    measured = central_difference(lambda w: (y - (x @ w).item() - b) ** 2, w)
    row, gradient = -2 * (y - a) * x, -2 * (y - a) * x.T
    assert row.shape == (1, n) and gradient.shape == w.shape
    np.testing.assert_allclose(row, measured.T, **CLOSE)
    np.testing.assert_allclose(gradient, measured, **CLOSE)
    in_b = central_difference(lambda b: (y - (x @ w).item() - b) ** 2, b)
    np.testing.assert_allclose(-2 * (y - a), in_b, **CLOSE)


@equation("3.20")
@pytest.mark.parametrize("seed", SEEDS)
def test_a_small_step_lowers_the_loss_by_what_the_slopes_promise(seed):
    x, w, b, y = neuron(seed)

    def loss(w, b):
        return (y - (x @ w).item() - b) ** 2

    dw = central_difference(lambda w: loss(w, b), w)
    db = central_difference(lambda b: loss(w, b), b)
    rate = 1e-6
    paid = loss(w, b) - loss(w - rate * dw, b - rate * db)
    assert paid == pytest.approx(rate * (np.sum(dw**2) + db**2), rel=1e-3)
