"""Chapter 4's displayed derivatives, as displayed, against central differences."""

from itertools import combinations

import numpy as np
import pytest

from byhand.gradient_check import central_difference
from equations import equation

SEEDS = pytest.mark.parametrize("seed", range(10))
SHAPES = [(6, 3), (1, 3), (4, 1), (1, 1), (3, 3), (5, 8)]


def tanh(z):
    return (np.exp(z) - np.exp(-z)) / (np.exp(z) + np.exp(-z))  # Eq. 4.12


def sigmoid(z):
    return 1 / (1 + np.exp(-z))  # Eq. 4.14


def relu(z):
    return np.maximum(0, z)  # Eq. 4.16


SLOPES = {
    tanh: lambda z: 1 - tanh(z) ** 2,  # Eq. 4.13
    sigmoid: lambda z: sigmoid(z) * (1 - sigmoid(z)),  # Eq. 4.15
    relu: lambda z: np.where(z > 0, 1.0, 0.0),  # Eq. 4.17
}
BENDS = pytest.mark.parametrize("f", SLOPES, ids=lambda f: f.__name__)


def loss(a, y):
    return np.sum((y - a) ** 2) / len(y)  # Eq. 4.2


def drawn(seed):
    """Return X (m, n), y (m, 1), w (n, 1) and b, in a shape of its own."""
    rng = np.random.default_rng(seed)
    m, n = SHAPES[seed % len(SHAPES)]
    return rng.normal(size=(m, n)), rng.normal(size=(m, 1)), rng.normal(size=(n, 1)), rng.normal()


def jacobian(function, at):
    """Measure the Jacobian of a column of outputs in a column of inputs."""

    def measured(row):
        return central_difference(lambda v: function(v)[row, 0], at)

    return np.hstack([measured(row) for row in range(len(function(at)))]).T


def close(formula, measured):
    assert np.shape(formula) == np.shape(measured)
    np.testing.assert_allclose(formula, measured, rtol=1e-6, atol=1e-9)


@equation("4.3")
@SEEDS
def test_the_loss_in_the_predictions(seed):
    X, y, w, b = drawn(seed)
    a = X @ w + b
    close(-2 / len(y) * (y - a).T, central_difference(lambda a: loss(a, y), a).T)


@equation("4.4", "4.5")
@SEEDS
def test_the_predictions_in_weights_and_bias(seed):
    X, _, w, b = drawn(seed)
    close(X, jacobian(lambda w: X @ w + b, w))
    ones = np.ones((len(X), 1))
    close(ones, jacobian(lambda b: X @ w + b, np.array([[b]])))


@equation("4.6", "4.7", "4.8")
@SEEDS
def test_the_loss_in_weights_and_bias(seed):
    X, y, w, b = drawn(seed)
    m, a = len(y), X @ w + b
    measured = central_difference(lambda w: loss(X @ w + b, y), w)
    close(-2 / m * (y - a).T @ X, measured.T)
    close(-2 / m * X.T @ (y - a), measured)
    close(-2 / m * np.sum(y - a), central_difference(lambda b: loss(X @ w + b, y), b))


@equation("4.9")
@SEEDS
def test_a_small_step_lowers_the_loss_by_what_the_slopes_promise(seed):
    X, y, w, b = drawn(seed)
    a, rate = X @ w + b, 1e-7
    dw, db = -2 / len(y) * X.T @ (y - a), -2 / len(y) * np.sum(y - a)
    after = X @ (w - rate * dw) + (b - rate * db)
    promised = rate * (np.sum(dw**2) + db**2)
    assert loss(a, y) - loss(after, y) == pytest.approx(promised, rel=1e-4, abs=1e-14)


@equation("4.10", "4.11")
@pytest.mark.parametrize("k", [1, 2, 3, 5])
def test_the_mean_over_all_batches_is_the_full_gradient(k):
    X, y, w, b = (np.random.default_rng(9).normal(size=s) for s in [(5, 2), (5, 1), (2, 1), ()])
    parts = -2 * (y - X @ w - b) * X
    batches = [np.sum(parts[list(batch)], axis=0) / k for batch in combinations(range(5), k)]
    measured = central_difference(lambda w: loss(X @ w + b, y), w)[:, 0]
    close(np.mean(batches, axis=0), measured)


@equation("4.13", "4.15", "4.17")
@BENDS
def test_the_slopes_of_the_bends(f):
    z = np.random.default_rng(1).normal(size=50) * 3
    z = z[np.abs(z) > 1e-3]  # at its corner ReLU has no slope to measure
    close(SLOPES[f](z), np.array([central_difference(f, place) for place in z]))


@equation("4.19")
@BENDS
def test_the_jacobian_of_a_bend_is_diagonal(f):
    z = np.array([[0.3], [-1.2], [2.0], [0.7]])
    close(np.diag(SLOPES[f](z)[:, 0]), jacobian(f, z))


@equation("4.20", "4.21", "4.22")
@BENDS
@SEEDS
def test_a_bent_neuron(f, seed):
    X, y, w, b = drawn(seed)
    m, z = len(y), X @ w + b
    a, slope = f(z), SLOPES[f](z)
    dz = -2 / m * ((y - a) * slope).T
    close(dz, central_difference(lambda z: loss(f(z), y), z).T)
    close(dz, -2 / m * (y - a).T @ np.diag(slope[:, 0]))
    close(dz @ X, central_difference(lambda w: loss(f(X @ w + b), y), w).T)
    measured = central_difference(lambda b: loss(f(X @ w + b), y), b)
    close((dz @ np.ones((m, 1)))[0, 0], measured)
