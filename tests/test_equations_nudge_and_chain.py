"""Chapter 8's displayed derivatives, as displayed, against central differences."""

import numpy as np
import pytest

from byhand.gradient_check import central_difference
from equations import equation

SEEDS = pytest.mark.parametrize("seed", range(8))
EPS = 2.0**-53


def sigmoid(h):
    return 1 / (1 + np.exp(-h))


def drawn(seed):
    """Return x, y, W, b, v, c of a net with one hidden layer, in sizes of its own."""
    rng = np.random.default_rng(seed)
    n_inputs, n_hidden = [(2, 3), (1, 1), (4, 2), (3, 6)][seed % 4]
    x, W = rng.normal(size=n_inputs), rng.normal(size=(n_inputs, n_hidden))
    b, v = rng.normal(size=(2, n_hidden))
    return x, rng.normal(), W, b, v, rng.normal()


def forward(x, W, b, v, c):
    h = np.array([sum(x[i] * W[i, j] for i in range(len(x))) + b[j] for j in range(len(v))])  # 8.1
    a = sigmoid(h)  # Eq. 8.2
    return h, a, sum(a[j] * v[j] for j in range(len(v))) + c  # Eq. 8.3


def cost(x, y, W, b, v, c):
    return (y - forward(x, W, b, v, c)[-1]) ** 2  # Eq. 8.4


def close(formula, measured):
    assert np.shape(formula) == np.shape(measured)
    np.testing.assert_allclose(formula, measured, rtol=1e-6, atol=1e-8)


# ------------------------------------------------------------------------- quotients and errors


def curve(w):
    return np.exp(w) * np.sin(3 * w) + 2


def derivatives(w):
    """Return the curve and its first three derivatives."""
    e, s, c = np.exp(w), np.sin(3 * w), np.cos(3 * w)
    return e * s + 2, e * (s + 3 * c), e * (-8 * s + 6 * c), e * (-26 * s - 18 * c)


def test_the_curves_derivatives_are_its_derivatives():
    for w in (-0.7, 0.1, 0.9):
        for k in range(3):
            measured = central_difference(lambda w, k=k: derivatives(w)[k], w)
            close(derivatives(w)[k + 1], measured)


@equation("8.5")
@pytest.mark.parametrize("w", [-0.7, 0.1, 0.9])
def test_forward_quotient(w):
    h = 1e-7
    measured = float(central_difference(curve, w))
    assert (curve(w + h) - curve(w)) / h == pytest.approx(measured, abs=2e-6)


@equation("8.6")
@pytest.mark.parametrize("w", [-0.7, 0.1, 0.9])
def test_taylor(w):
    C, one, two, three = derivatives(w)
    for h in (1e-2, 1e-3, -1e-2):
        formula = C + h * one + h**2 / 2 * two + h**3 / 6 * three
        assert abs(curve(w + h) - formula) < 20 * h**4  # the next term


def forward_error(h, C, two, eps):
    return h / 2 * abs(two) + 2 * eps * abs(C) / h  # Eq. 8.7


def central_error(h, C, three, eps):
    return h**2 / 6 * abs(three) + eps * abs(C) / h  # Eq. 8.10


@equation("8.7")
@pytest.mark.parametrize("w", [-0.7, 0.1, 0.9])
def test_error_of_the_forward_quotient(w):
    C, one, two, _ = derivatives(w)
    for h in (1e-3, 1e-4, 1e-5):  # the bend decides: the error is the formula
        off = abs((curve(w + h) - curve(w)) / h - one)
        assert off == pytest.approx(forward_error(h, C, two, EPS), rel=2e-2)
    for h in (2.0**-30, 2.0**-36, 2.0**-42):  # rounding decides: of that order, at most
        off = abs((curve(w + h) - curve(w)) / h - one)
        assert off < 10 * forward_error(h, C, two, EPS)


@equation("8.10")
@pytest.mark.parametrize("w", [-0.7, 0.1, 0.9])
def test_error_of_the_central_quotient(w):
    C, one, _, three = derivatives(w)
    for h in (1e-2, 1e-3):
        off = abs((curve(w + h) - curve(w - h)) / (2 * h) - one)
        assert off == pytest.approx(central_error(h, C, three, EPS), rel=2e-2)
    for h in (2.0**-20, 2.0**-30, 2.0**-40):
        off = abs((curve(w + h) - curve(w - h)) / (2 * h) - one)
        assert off < 10 * central_error(h, C, three, EPS)


@equation("8.8", "8.11")
@SEEDS
def test_best_nudges_make_the_error_smallest(seed):
    C, two, three = np.random.default_rng(seed).normal(size=3)
    best = 2 * np.sqrt(EPS * abs(C) / abs(two))
    for factor in (0.5, 0.9, 1.1, 2):
        assert forward_error(best, C, two, EPS) < forward_error(factor * best, C, two, EPS)
    best = np.cbrt(3 * EPS * abs(C) / abs(three))
    for factor in (0.5, 0.9, 1.1, 2):
        assert central_error(best, C, three, EPS) < central_error(factor * best, C, three, EPS)


@equation("8.9")
@pytest.mark.parametrize("w", [-0.7, 0.1, 0.9])
def test_central_quotient(w):
    h = 1e-5
    quotient = (curve(w + h) - curve(w - h)) / (2 * h)
    assert quotient == pytest.approx(derivatives(w)[1], rel=1e-8)
    assert quotient == pytest.approx(float(central_difference(curve, w, h)), rel=1e-14)


# ------------------------------------------------------------------------------------- the links


@equation("8.12")
@SEEDS
def test_link_from_prediction_to_loss(seed):
    _, y, *_, y_pred = drawn(seed)
    close(-2 * (y - y_pred), central_difference(lambda p: (y - p) ** 2, y_pred))


@equation("8.13")
@SEEDS
def test_link_from_activation_to_prediction(seed):
    x, _, W, b, v, c = drawn(seed)
    a = forward(x, W, b, v, c)[1]
    close(v, central_difference(lambda a: sum(a * v) + c, a))


@equation("8.14")
@SEEDS
def test_link_through_the_sigmoid(seed):
    x, _, W, b, v, c = drawn(seed)
    h, a, _ = forward(x, W, b, v, c)
    close(a * (1 - a), np.diag(np.array([central_difference(lambda h, j=j: sigmoid(h)[j], h)
                                         for j in range(len(h))])))  # fmt: skip


@equation("8.15")
@SEEDS
def test_link_from_weight_to_sum(seed):
    x, _, W, b, v, c = drawn(seed)
    for j in range(len(v)):
        measured = central_difference(lambda W, j=j: forward(x, W, b, v, c)[0][j], W)
        expected = np.zeros_like(W)
        expected[:, j] = x
        close(expected, measured)


@equation("8.16", "8.17", "8.18", "8.19")
@SEEDS
def test_whole_chains(seed):
    x, y, W, b, v, c = drawn(seed)
    _, a, y_pred = forward(x, W, b, v, c)
    dW = np.empty_like(W)
    for i, j in np.ndindex(W.shape):
        dW[i, j] = -2 * (y - y_pred) * v[j] * a[j] * (1 - a[j]) * x[i]  # Eq. 8.16
    close(dW, central_difference(lambda W: cost(x, y, W, b, v, c), W))
    dv = -2 * (y - y_pred) * a  # Eq. 8.17
    close(dv, central_difference(lambda v: cost(x, y, W, b, v, c), v))
    db = -2 * (y - y_pred) * v * a * (1 - a)  # Eq. 8.18
    close(db, central_difference(lambda b: cost(x, y, W, b, v, c), b))
    close(-2 * (y - y_pred), central_difference(lambda c: cost(x, y, W, b, v, c), c))  # Eq. 8.19


@SEEDS
def test_the_two_lines_with_shapes(seed):
    """The blame and dW as arrays, displayed without a number."""
    x, y, W, b, v, c = drawn(seed)
    x = x[None, :]
    h, a, y_pred = forward(x[0], W, b, v, c)
    delta = -2 * (y - y_pred) * v[None, :] * a[None, :] * (1 - a[None, :])
    close(x.T @ delta, central_difference(lambda W: cost(x[0], y, W, b, v, c), W))


@equation("8.20")
@SEEDS
def test_a_small_step_lowers_the_loss_by_what_the_slopes_promise(seed):
    x, y, W, b, v, c = drawn(seed)
    slopes = central_difference(lambda W: cost(x, y, W, b, v, c), W)
    rate = 1e-6
    paid = cost(x, y, W, b, v, c) - cost(x, y, W - rate * slopes, b, v, c)
    assert paid == pytest.approx(rate * np.sum(slopes**2), rel=1e-3, abs=1e-15)
