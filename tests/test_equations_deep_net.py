"""Chapter 5's displayed derivatives, as displayed, against central differences."""

import numpy as np
import pytest

from byhand.gradient_check import central_difference
from equations import equation

SEEDS = pytest.mark.parametrize("seed", range(10))
SIZES = [(3, 4, 1), (2, 2, 1), (1, 1, 1), (3, 2, 5), (4, 4, 4), (2, 5, 3)]
SAMPLES = [6, 1, 4, 3, 5, 2]


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def tanh(z):
    return np.tanh(z)


SLOPES = {sigmoid: lambda z: sigmoid(z) * (1 - sigmoid(z)), tanh: lambda z: 1 - tanh(z) ** 2}
BENDS = pytest.mark.parametrize("f", SLOPES, ids=lambda f: f.__name__)


def loss(A, y):
    return np.sum((y - A) ** 2) / len(y)  # Eq. 5.5


def drawn(seed):
    """Return X, y, W1, b1, W2, b2 of a net with two layers, in a shape of its own."""
    rng = np.random.default_rng(seed)
    n_0, n_1, n_2 = SIZES[seed % len(SIZES)]
    m = SAMPLES[seed % len(SAMPLES)]
    shapes = [(m, n_0), (m, n_2), (n_0, n_1), (1, n_1), (n_1, n_2), (1, n_2)]
    return [rng.normal(size=shape) for shape in shapes]


def forward(X, W1, b1, W2, b2, f):
    """Return Z1, A1, Z2, A2 by Eq. 5.1 to 5.4."""
    Z1 = X @ W1 + b1
    A1 = f(Z1)
    Z2 = A1 @ W2 + b2
    return Z1, A1, Z2, f(Z2)


def blames(seed, f):
    """Return what was drawn, the forward pass, and both δ by the displayed formulas."""
    X, y, W1, b1, W2, b2 = drawn(seed)
    Z1, A1, Z2, A2 = forward(X, W1, b1, W2, b2, f)
    delta2 = -2 / len(y) * (y - A2) * SLOPES[f](Z2)  # Eq. 5.7, 5.8
    delta1 = (delta2 @ W2.T) * SLOPES[f](Z1)  # Eq. 5.14
    return (X, y, W1, b1, W2, b2), (Z1, A1, Z2, A2), delta2, delta1


def close(formula, measured):
    assert np.shape(formula) == np.shape(measured)
    np.testing.assert_allclose(formula, measured, rtol=1e-6, atol=1e-9)


def test_the_indices_say_what_the_matrices_say():
    _, _, _, _, W2, b2 = drawn(3)
    A1 = np.random.default_rng(0).normal(size=(3, len(W2)))
    Z2 = np.zeros((3, W2.shape[1]))
    for i, k in np.ndindex(Z2.shape):
        Z2[i, k] = sum(A1[i, j] * W2[j, k] for j in range(len(W2))) + b2[0, k]  # Eq. 5.6
    np.testing.assert_allclose(Z2, A1 @ W2 + b2)


@equation("5.7")
@SEEDS
def test_the_loss_in_the_activations(seed):
    X, y, W1, b1, W2, b2 = drawn(seed)
    A2 = forward(X, W1, b1, W2, b2, sigmoid)[3]
    formula = np.zeros(A2.shape)
    for i, k in np.ndindex(A2.shape):
        formula[i, k] = -2 / len(y) * (y[i, k] - A2[i, k])
    close(formula, central_difference(lambda A: loss(A, y), A2))


@equation("5.8")
@BENDS
@SEEDS
def test_blame_of_the_last_layer(seed, f):
    (_, y, *_), (_, _, Z2, _), delta2, _ = blames(seed, f)
    close(delta2, central_difference(lambda Z: loss(f(Z), y), Z2))


@equation("5.9", "5.10", "5.11")
@BENDS
@SEEDS
def test_weights_and_biases_of_the_last_layer(seed, f):
    (_, y, _, _, W2, b2), (_, A1, _, _), delta2, _ = blames(seed, f)
    measured = central_difference(lambda W: loss(f(A1 @ W + b2), y), W2)
    by_index = np.zeros(W2.shape)
    for j, k in np.ndindex(W2.shape):
        by_index[j, k] = sum(A1[i, j] * delta2[i, k] for i in range(len(y)))
    close(by_index, measured)
    close(A1.T @ delta2, measured)
    measured = central_difference(lambda b: loss(f(A1 @ W2 + b), y), b2)
    close([[sum(delta2[i, k] for i in range(len(y))) for k in range(b2.size)]], measured)


@equation("5.12")
@BENDS
@SEEDS
def test_the_loss_in_the_hidden_activations(seed, f):
    (_, y, _, _, W2, b2), (_, A1, _, _), delta2, _ = blames(seed, f)
    formula = np.zeros(A1.shape)
    for i, j in np.ndindex(A1.shape):
        formula[i, j] = sum(delta2[i, k] * W2[j, k] for k in range(W2.shape[1]))
    close(formula, central_difference(lambda A: loss(f(A @ W2 + b2), y), A1))


@equation("5.13", "5.14")
@BENDS
@SEEDS
def test_blame_of_the_hidden_layer(seed, f):
    (_, y, _, _, W2, b2), (Z1, _, _, _), delta2, delta1 = blames(seed, f)
    measured = central_difference(lambda Z: loss(f(f(Z) @ W2 + b2), y), Z1)
    by_index = np.zeros(Z1.shape)
    for i, j in np.ndindex(Z1.shape):
        arriving = sum(delta2[i, k] * W2[j, k] for k in range(W2.shape[1]))
        by_index[i, j] = arriving * SLOPES[f](Z1[i, j])
    close(by_index, measured)
    close(delta1, measured)


@equation("5.15", "5.16")
@BENDS
@SEEDS
def test_weights_and_biases_of_the_hidden_layer(seed, f):
    (X, y, W1, b1, W2, b2), _, _, delta1 = blames(seed, f)
    measured = central_difference(lambda W: loss(forward(X, W, b1, W2, b2, f)[3], y), W1)
    close(X.T @ delta1, measured)
    measured = central_difference(lambda b: loss(forward(X, W1, b, W2, b2, f)[3], y), b1)
    close(np.ones((1, len(X))) @ delta1, measured)


# -------------------------------------------------------------------------------- any depth


def deep(seed):
    """Return X, y, and the weights and biases of a net of one to five layers."""
    rng = np.random.default_rng(seed)
    sizes = rng.integers(1, 5, size=2 + seed % 5)
    m = rng.integers(1, 6)
    W = [rng.normal(size=pair) for pair in zip(sizes[:-1], sizes[1:], strict=True)]
    b = [rng.normal(size=(1, n)) for n in sizes[1:]]
    return rng.normal(size=(m, sizes[0])), rng.normal(size=(m, sizes[-1])), W, b


def passes(X, y, W, b, f):
    """Return Z and A of every layer (A[0] is X), and every δ by Eq. 5.17 and 5.18."""
    A, Z = [X], []
    for weights, biases in zip(W, b, strict=True):
        Z.append(A[-1] @ weights + biases)
        A.append(f(Z[-1]))
    delta = [-2 / len(y) * (y - A[-1]) * SLOPES[f](Z[-1])]  # Eq. 5.17
    for layer in range(len(W) - 1, 0, -1):
        delta.insert(0, (delta[0] @ W[layer].T) * SLOPES[f](Z[layer - 1]))  # Eq. 5.18
    return Z, A, delta


def loss_from(layer, Z, y, W, b, f):
    """Return the loss of a net that is entered at Z of ``layer``, counted from 0."""
    A = f(Z)
    for weights, biases in zip(W[layer + 1 :], b[layer + 1 :], strict=True):
        A = f(A @ weights + biases)
    return loss(A, y)


@equation("5.17", "5.18")
@BENDS
@SEEDS
def test_blame_of_every_layer(seed, f):
    X, y, W, b = deep(seed)
    Z, _, delta = passes(X, y, W, b, f)
    for layer in range(len(W)):

        def loss_at(z, layer=layer):
            return loss_from(layer, z, y, W, b, f)

        close(delta[layer], central_difference(loss_at, Z[layer]))


@equation("5.19", "5.20")
@BENDS
@SEEDS
def test_weights_and_biases_of_every_layer(seed, f):
    X, y, W, b = deep(seed)
    _, A, delta = passes(X, y, W, b, f)
    for layer in range(len(W)):

        def with_weights(weights, layer=layer):
            return loss_from(layer, A[layer] @ weights + b[layer], y, W, b, f)

        def with_biases(biases, layer=layer):
            return loss_from(layer, A[layer] @ W[layer] + biases, y, W, b, f)

        close(A[layer].T @ delta[layer], central_difference(with_weights, W[layer]))
        ones = np.ones((1, len(X)))
        close(ones @ delta[layer], central_difference(with_biases, b[layer]))


@equation("5.21")
@BENDS
@pytest.mark.parametrize("depth", [1, 2, 3, 6])
def test_the_chain_of_width_one(depth, f):
    rng = np.random.default_rng(depth)
    W = [rng.normal(size=(1, 1)) * 2 for _ in range(depth)]
    b = [rng.normal(size=(1, 1)) for _ in range(depth)]
    X, y = rng.normal(size=(1, 1)), rng.normal(size=(1, 1))
    Z, _, delta = passes(X, y, W, b, f)
    product = delta[-1]
    for layer in range(1, depth):  # l = 2, ..., L in the chapter's count
        product = product * W[layer] * SLOPES[f](Z[layer - 1])
    close(product, central_difference(lambda z: loss_from(0, z, y, W, b, f), Z[0]))
