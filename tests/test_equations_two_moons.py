"""Chapter 7's displayed derivatives, as displayed, against central differences."""

import numpy as np
import pytest

from byhand.gradient_check import central_difference
from equations import equation

SEEDS = pytest.mark.parametrize("seed", range(8))
SIZES = [(2, 5, 3, 1), (2, 1, 1, 1), (3, 4, 1), (1, 6, 2, 4, 1)]


def relu(Z):
    return np.maximum(0, Z)  # Eq. 7.2


def sigmoid(Z):
    return 1 / (1 + np.exp(-Z))  # Eq. 7.3


def cost(a, y):
    return -np.mean(y * np.log(a) + (1 - y) * np.log(1 - a))  # Eq. 7.4


def drawn(seed):
    """Return X, y, W and b of a net and of a few records, in shapes of their own."""
    rng = np.random.default_rng(seed)
    sizes, m = SIZES[seed % len(SIZES)], [3, 1, 7, 2][seed // 2 % 4]
    W = [rng.normal(size=shape) for shape in zip(sizes[:-1], sizes[1:], strict=True)]
    b = [rng.normal(size=(1, size)) + 0.3 for size in sizes[1:]]
    y = rng.integers(0, 2, size=(m, 1)).astype(float)
    return rng.normal(size=(m, sizes[0])), y, W, b


def forward(X, W, b):
    A, Z = [X], []
    for k in range(len(W)):
        Z.append(A[k] @ W[k] + b[k])  # Eq. 7.1
        A.append(relu(Z[k]) if k < len(W) - 1 else sigmoid(Z[k]))
    return A, Z


def blame(A, Z, W, y):
    delta = [(A[-1] - y) / len(y)]  # Eq. 7.5
    for k in range(len(W) - 1, 0, -1):
        delta.insert(0, (delta[0] @ W[k].T) * np.where(Z[k - 1] > 0, 1.0, 0.0))  # Eq. 7.6
    return delta


def from_layer(Z, k, W, b):
    """Return the chances when layer k has the sums Z."""
    A = relu(Z) if k < len(W) - 1 else sigmoid(Z)
    return forward(A, W[k + 1 :], b[k + 1 :])[0][-1] if k < len(W) - 1 else A


def close(formula, measured):
    assert np.shape(formula) == np.shape(measured)
    np.testing.assert_allclose(formula, measured, rtol=1e-6, atol=1e-8)


@equation("7.5")
@SEEDS
def test_blame_of_the_last_layer(seed):
    X, y, W, b = drawn(seed)
    A, Z = forward(X, W, b)
    measured = central_difference(lambda z: cost(sigmoid(z), y), Z[-1])
    close((A[-1] - y) / len(y), measured)


@SEEDS
def test_the_line_before_it_too(seed):
    """The slope of a record's surprise in its chance, displayed without a number."""
    X, y, W, b = drawn(seed)
    a, m = forward(X, W, b)[0][-1], len(y)
    close((a - y) / (a * (1 - a)), m * central_difference(lambda a: cost(a, y), a))
    close(-y / a + (1 - y) / (1 - a), (a - y) / (a * (1 - a)))


@equation("7.6")
@SEEDS
def test_blame_of_every_layer(seed):
    X, y, W, b = drawn(seed)
    A, Z = forward(X, W, b)
    for k, delta in enumerate(blame(A, Z, W, y)):
        measured = central_difference(
            lambda z, k=k: cost(from_layer(z, k, W, b), y), Z[k], h=1e-6
        )
        np.testing.assert_allclose(delta, measured, rtol=1e-6, atol=1e-8)


@equation("7.7", "7.8")
@SEEDS
def test_slopes_in_weights_and_biases(seed):
    X, y, W, b = drawn(seed)
    A, Z = forward(X, W, b)
    for k, delta in enumerate(blame(A, Z, W, y)):

        def with_weights(w, k=k):
            return cost(forward(X, [*W[:k], w, *W[k + 1 :]], b)[0][-1], y)

        def with_biases(c, k=k):
            return cost(forward(X, W, [*b[:k], c, *b[k + 1 :]])[0][-1], y)

        close(A[k].T @ delta, central_difference(with_weights, W[k], h=1e-6))
        close(np.ones((1, len(X))) @ delta, central_difference(with_biases, b[k], h=1e-6))


@equation("7.9")
@SEEDS
def test_a_small_step_pays_what_the_slopes_promise(seed):
    X, y, W, b = drawn(seed)
    A, Z = forward(X, W, b)
    delta, rate = blame(A, Z, W, y), 1e-6
    dW = [A[k].T @ each for k, each in enumerate(delta)]
    db = [each.sum(axis=0, keepdims=True) for each in delta]
    new_W = [w - rate * slope for w, slope in zip(W, dW, strict=True)]
    new_b = [c - rate * slope for c, slope in zip(b, db, strict=True)]
    promised = rate * sum(np.sum(slope**2) for slope in [*dW, *db])
    paid = cost(A[-1], y) - cost(forward(X, new_W, new_b)[0][-1], y)
    np.testing.assert_allclose(paid, promised, rtol=1e-3)


@equation("7.14")
@SEEDS
@pytest.mark.parametrize("price", [0.0, 0.01, 2.0])
def test_slopes_with_a_price_on_weights(seed, price):
    X, y, W, b = drawn(seed)
    A, Z = forward(X, W, b)
    for k, delta in enumerate(blame(A, Z, W, y)):

        def with_price(w, k=k):
            weights = [*W[:k], w, *W[k + 1 :]]
            squares = sum(np.sum(each**2) for each in weights)
            return cost(forward(X, weights, b)[0][-1], y) + price * squares / 2  # Eq. 7.13

        close(A[k].T @ delta + price * W[k], central_difference(with_price, W[k], h=1e-6))


# ----------------------------------------------------------- displayed without a derivative in them


def test_the_variance_of_a_sum():
    """Eq. 7.10, by listing every case of four coin tosses, and by drawing."""
    tosses = np.stack(np.meshgrid(*[[-1, 1]] * 4), axis=-1).reshape(-1, 4)
    assert np.mean(tosses.sum(axis=1) ** 2) == 4
    rng = np.random.default_rng(0)
    w, x = rng.normal(scale=0.3, size=(50_000, 20)), rng.normal(scale=2, size=(50_000, 20))
    np.testing.assert_allclose(np.var((w * x).sum(axis=1)), 20 * 0.09 * 4, rtol=0.03)


@pytest.mark.parametrize("width", [10, 200])
def test_hes_variance_keeps_the_mean_square_behind_relu(width):
    """Eq. 7.11."""
    rng = np.random.default_rng(1)
    before = rng.normal(scale=1.7, size=(100_000, width))
    after = (relu(before) * rng.normal(scale=np.sqrt(2 / width), size=before.shape)).sum(axis=1)
    np.testing.assert_allclose(after.var(), before.var(), rtol=0.03)


def test_xaviers_variance_is_between_the_two_wishes():
    """Eq. 7.12: one over the mean of the widths; both wishes at once where they are equal."""
    for n_in, n_out in [(10, 30), (25, 25)]:
        xavier = 2 / (n_in + n_out)
        assert min(1 / n_in, 1 / n_out) <= xavier <= max(1 / n_in, 1 / n_out)
        np.testing.assert_allclose(1 / xavier, np.mean([n_in, n_out]))


@pytest.mark.parametrize("rate", [0.2, 0.5])
def test_dropout_keeps_the_mean(rate):
    """Eq. 7.15, over every mask of three units with its chance."""
    A, mean = np.array([2.0, -1.0, 0.3]), np.zeros(3)
    for M in np.stack(np.meshgrid(*[[0, 1]] * 3), axis=-1).reshape(-1, 3):
        chance = np.prod(np.where(M, 1 - rate, rate))
        mean += chance * A * M / (1 - rate)
    np.testing.assert_allclose(mean, A)
