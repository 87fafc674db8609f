"""Chapter 2's displayed derivatives, as displayed, against central differences."""

import numpy as np
import pytest

from byhand.gradient_check import central_difference
from equations import equation

PLACES = np.random.default_rng(2).normal(size=(20, 5))  # w1, w2, b, x, y of one point


def prediction(w1, w2, b, x):
    return w1 * x + w2 * x**2 + b  # Eq. 2.1


def loss(w1, w2, b, x, y):
    return np.sum((prediction(w1, w2, b, x) - y) ** 2 / 2) / len(x)  # Eq. 2.2


def random_points(seed, n=7):
    rng = np.random.default_rng(seed)
    return rng.normal(size=3), rng.normal(size=n), rng.normal(size=n)


def bowl(seed, n=7):
    """Return M, y, the bottom and H of a random node with two inputs."""
    _, x, y = random_points(seed, n)
    M = np.column_stack([x, x**2, np.ones(n)])
    return M, y, np.linalg.lstsq(M, y, rcond=None)[0], M.T @ M / n


def loss_at(theta, M, y):
    return np.mean((M @ theta - y) ** 2) / 2


@equation("2.3", "2.4", "2.5")
@pytest.mark.parametrize("w1, w2, b, x, y", PLACES)
def test_one_point(w1, w2, b, x, y):
    a = prediction(w1, w2, b, x)
    formula = [(a - y) * x, (a - y) * x**2, a - y]
    measured = central_difference(lambda p: (prediction(*p, x) - y) ** 2 / 2, [w1, w2, b])
    np.testing.assert_allclose(formula, measured, rtol=1e-6, atol=1e-9)


@equation("2.6", "2.7", "2.8")
@pytest.mark.parametrize("seed", range(10))
def test_all_points(seed):
    p, x, y = random_points(seed)
    a = prediction(*p, x)
    formula = [np.sum((a - y) * x) / 7, np.sum((a - y) * x**2) / 7, np.sum(a - y) / 7]
    measured = central_difference(lambda p: loss(*p, x, y), p)
    np.testing.assert_allclose(formula, measured, rtol=1e-6, atol=1e-9)


@equation("2.9")
@pytest.mark.parametrize("seed", range(5))
def test_a_small_step_lowers_the_loss_by_what_the_slopes_promise(seed):
    p, x, y = random_points(seed)
    slopes = central_difference(lambda p: loss(*p, x, y), p)
    rate = 1e-6
    paid = loss(*p, x, y) - loss(*(p - rate * slopes), x, y)
    assert paid == pytest.approx(rate * np.sum(slopes**2), rel=1e-3)


@equation("2.10", "2.11", "2.12")
@pytest.mark.parametrize("n_inputs", [1, 2, 5])
def test_the_matrix_form_holds_for_any_table(n_inputs):
    rng = np.random.default_rng(n_inputs)
    X, Y = rng.normal(size=(7, n_inputs)), rng.normal(size=(7, 1))
    W, b = rng.normal(size=(n_inputs, 1)), rng.normal()
    A = X @ W + b
    dW = central_difference(lambda W: np.mean((X @ W + b - Y) ** 2) / 2, W)
    db = central_difference(lambda b: np.mean((X @ W + b - Y) ** 2) / 2, b)
    np.testing.assert_allclose(X.T @ (A - Y) / 7, dW, rtol=1e-6, atol=1e-9)
    np.testing.assert_allclose(np.sum(A - Y) / 7, db, rtol=1e-6, atol=1e-9)


@equation("2.13")
@pytest.mark.parametrize("w1, w2, b, x, y", PLACES)
def test_the_bend(w1, w2, b, x, y):
    def slope(x):
        return float(central_difference(lambda x: prediction(w1, w2, b, x), x, h=1e-3))

    assert slope(x) == pytest.approx(w1 + 2 * w2 * x, rel=1e-6, abs=1e-8)
    measured = central_difference(slope, x, h=1e-3)
    np.testing.assert_allclose(2 * w2, measured, rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("seed", range(5))
def test_the_price_and_the_slopes_of_an_offset(seed):
    """The lines between 2.13 and 2.14: half the mean square of M Δ, and the slopes H Δ."""
    M, y, bottom, H = bowl(seed)
    offset = np.random.default_rng(seed).normal(size=3)
    price = loss_at(bottom + offset, M, y) - loss_at(bottom, M, y)
    assert price == pytest.approx(np.sum((M @ offset) ** 2) / (2 * len(y)), rel=1e-9)
    measured = central_difference(lambda t: loss_at(t, M, y), bottom + offset)
    np.testing.assert_allclose(H @ offset, measured, rtol=1e-6, atol=1e-8)


@equation("2.14", "2.15", "2.16", "2.17")
@pytest.mark.parametrize("seed", range(5))
def test_each_direction_goes_its_own_way(seed):
    M, y, bottom, H = bowl(seed)
    curvatures, V = np.linalg.eigh(H)
    d = np.random.default_rng(seed).normal(size=3)
    floor = loss_at(bottom, M, y)
    assert loss_at(bottom + V @ d, M, y) == pytest.approx(floor + np.sum(curvatures * d**2) / 2)
    for k in range(3):
        along = central_difference(lambda t, k=k: loss_at(bottom + t * V[:, k], M, y), d[k])
        assert float(along) == pytest.approx(curvatures[k] * d[k], rel=1e-6, abs=1e-9)
    for rate in (0.5 / curvatures[-1], 1.99 / curvatures[-1], 2.01 / curvatures[-1]):
        theta = bottom + V @ d
        stepped = theta - rate * central_difference(lambda t: loss_at(t, M, y), theta)
        np.testing.assert_allclose(
            V.T @ (stepped - bottom), (1 - rate * curvatures) * d, rtol=1e-6, atol=1e-8
        )
        assert (np.abs(1 - rate * curvatures) < 1).all() == (rate < 2 / curvatures[-1])
    kappa = curvatures[-1] / curvatures[0]
    assert 1 - curvatures[0] / curvatures[-1] == pytest.approx(1 - 1 / kappa)


@equation("2.18")
@pytest.mark.parametrize("seed", range(5))
def test_standardised_columns_leave_one_number_in_the_hessian(seed):
    _, x, _ = random_points(seed)
    scaled = [(column - column.mean()) / column.std() for column in (x, x**2)]
    M = np.column_stack([*scaled, np.ones(len(x))])
    r = np.corrcoef(x, x**2)[0, 1]
    H = M.T @ M / len(x)
    np.testing.assert_allclose(H, [[1, r, 0], [r, 1, 0], [0, 0, 1]], atol=1e-12)
    expected = sorted([1 - r, 1, 1 + r])
    np.testing.assert_allclose(np.linalg.eigvalsh(H), expected, atol=1e-12)
