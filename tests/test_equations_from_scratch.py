"""Chapter 6's displayed formulas, as displayed, against central differences and the library."""

from math import erf, pi, sqrt

import numpy as np
import pytest

from byhand import losses
from byhand.activations import ACTIVATIONS, elu, prelu
from byhand.figures.from_scratch import SEVENTEEN
from byhand.gradient_check import central_difference
from equations import equation

SEEDS = pytest.mark.parametrize("seed", range(10))
SHAPES = [(4, 3, 4), (1, 3, 2), (6, 1, 5), (5, 4, 1), (1, 1, 1)]


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def softmax(z):
    return np.exp(z) / np.sum(np.exp(z))  # Eq. 6.8, one row


def squares(y, y_pred):
    return np.sum((y - y_pred) ** 2)  # Eq. 6.3


def close(formula, measured):
    assert np.shape(formula) == np.shape(measured)
    np.testing.assert_allclose(formula, measured, rtol=1e-6, atol=1e-9)


def drawn(seed):
    """Return X (m, n), y (m, 1), W1 (n, h) and W2 (h, 1), in a shape of its own."""
    rng = np.random.default_rng(seed)
    m, n, h = SHAPES[seed % len(SHAPES)]
    return [rng.normal(size=shape) for shape in [(m, n), (m, 1), (n, h), (h, 1)]]


# ----------------------------------------------------------------------------- the way back


@equation("6.4", "6.5", "6.6")
@SEEDS
def test_the_way_back(seed):
    X, y, W1, W2 = drawn(seed)
    A = sigmoid(X @ W1)  # Eq. 6.1
    y_pred = sigmoid(A @ W2)  # Eq. 6.2
    delta_2 = -2 * (y - y_pred) * y_pred * (1 - y_pred)
    close(delta_2, central_difference(lambda Z: squares(y, sigmoid(Z)), A @ W2))
    close(A.T @ delta_2, central_difference(lambda W: squares(y, sigmoid(A @ W)), W2))
    close(
        X.T @ ((delta_2 @ W2.T) * A * (1 - A)),
        central_difference(lambda W: squares(y, sigmoid(sigmoid(X @ W) @ W2)), W1),
    )


# ------------------------------------------------------------------------------ from logits


@equation("6.15")
@SEEDS
def test_binary_cross_entropy_from_logits(seed):
    rng = np.random.default_rng(seed)
    z, y = rng.normal(size=7) * 3, rng.integers(0, 2, size=7).astype(float)

    def cost(z):  # Eq. 6.12 of the sigmoid
        p = sigmoid(z)
        return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))

    def safe(z):  # Eq. 6.14
        return np.mean(np.maximum(z, 0) - y * z + np.log(1 + np.exp(-np.abs(z))))

    assert safe(z) == pytest.approx(cost(z), rel=1e-9)
    assert losses.binary_cross_entropy_from_logits(z, y) == pytest.approx(cost(z), rel=1e-9)
    close((sigmoid(z) - y) / len(y), central_difference(cost, z))
    close((sigmoid(z) - y) / len(y), central_difference(safe, z))


@equation("6.17")
def test_what_rounding_loses_the_logits_still_know():
    """A logit of 40 and one of 400 are both the chance 1; a 0 costs them 40 and 400."""
    assert sigmoid(40.0) == sigmoid(400.0) == 1
    wanted = np.array([0.0])
    costs = [losses.binary_cross_entropy_from_logits(np.array([z]), wanted) for z in (40.0, 400.0)]
    assert costs == [40, 400]
    floor = np.exp(-losses.binary_cross_entropy(np.array([0.0]), np.array([1.0])))
    assert f"{floor:.1e}" == "2.2e-308"


@SEEDS
def test_categorical_cross_entropy_from_logits(seed):
    rng = np.random.default_rng(seed)
    z, c = rng.normal(size=5) * 3, seed % 5

    def cost(z):  # Eq. 6.16
        M = np.max(z)
        return -z[c] + M + np.log(np.sum(np.exp(z - M)))

    assert cost(z) == pytest.approx(-np.log(softmax(z)[c]), rel=1e-9)
    ours = losses.categorical_cross_entropy_from_logits(z[None], np.eye(5)[[c]])
    assert ours == pytest.approx(cost(z), rel=1e-9)
    close(softmax(z) - np.eye(5)[c], central_difference(cost, z))
    assert np.sum(softmax(z) - np.eye(5)[c]) == pytest.approx(0, abs=1e-12)


@equation("6.8", "6.9")
@SEEDS
def test_taking_the_largest_logit_off_changes_no_chance(seed):
    z = np.random.default_rng(seed).normal(size=6) * 20
    shifted = np.exp(z - z.max()) / np.sum(np.exp(z - z.max()))
    np.testing.assert_allclose(shifted, softmax(z), rtol=1e-12)
    np.testing.assert_allclose(ACTIVATIONS["softmax"].function(z[None])[0], shifted, rtol=1e-12)


# --------------------------------------------------------------------------------- the costs


@equation("6.3", "6.10", "6.11", "6.12", "6.13", "6.18", "6.19", "6.20")
@SEEDS
def test_the_costs_are_those_of_the_library(seed):
    rng = np.random.default_rng(seed)
    y_pred, y = rng.uniform(0.1, 0.9, size=(2, 6))
    S, m = squares(y, y_pred), len(y)
    shown = {
        "sum_squared_error": S,
        "mean_squared_error": S / m,
        "mean_absolute_error": np.sum(np.abs(y - y_pred)) / m,
        "binary_cross_entropy": -np.sum(y * np.log(y_pred) + (1 - y) * np.log(1 - y_pred)) / m,
        "exponential": 10 * np.exp(S / 10),
        "hellinger": np.sqrt(np.sum((np.sqrt(y_pred) - np.sqrt(y)) ** 2)) / np.sqrt(2),
        "itakura_saito": np.sum(y / y_pred - np.log(y / y_pred) - 1) / m,
    }
    for name, value in shown.items():
        assert losses.LOSSES[name].function(y_pred, y) == pytest.approx(value, rel=1e-9), name
    table = rng.dirichlet(np.ones(4), size=3)
    hot = np.eye(4)[rng.integers(0, 4, size=3)]
    shown = -np.sum(hot * np.log(table)) / 3
    assert losses.categorical_cross_entropy(table, hot) == pytest.approx(shown, rel=1e-9)


@SEEDS
def test_the_slopes_of_costs_shown_in_passing(seed):
    rng = np.random.default_rng(seed)
    y_pred, y = rng.uniform(0.1, 0.9, size=(2, 6))
    slope = -2 * (y - y_pred) * np.exp(squares(y, y_pred) / 10)
    close(slope, central_difference(lambda p: 10 * np.exp(squares(y, p) / 10), y_pred))
    p, target = float(y_pred[0]), float(seed % 2)

    def surprise(p):
        return -(target * np.log(p) + (1 - target) * np.log(1 - p))

    assert central_difference(surprise, p) == pytest.approx((p - target) / (p * (1 - p)), rel=1e-6)


# ------------------------------------------------------------------------------- the cabinet


def normal(z):
    return np.vectorize(lambda v: (1 + erf(v / sqrt(2))) / 2)(z)


def density(z):
    return np.exp(-(z**2) / 2) / sqrt(2 * pi)


LAMBDA, ALPHA = 1.0507009873554805, 1.6732632423543772
S = sigmoid
TABLE = {  # as in the chapter's table: the function, and its slope
    "identity": (lambda z: z, lambda z: 1 + 0 * z),
    "binary step": (lambda z: np.where(z >= 0, 1.0, 0), lambda z: 0 * z),
    "sigmoid": (lambda z: 1 / (1 + np.exp(-z)), lambda z: S(z) * (1 - S(z))),
    "tanh": (
        lambda z: (np.exp(z) - np.exp(-z)) / (np.exp(z) + np.exp(-z)),
        lambda z: 1 - np.tanh(z) ** 2,
    ),
    "ReLU": (lambda z: np.where(z > 0, z, 0), lambda z: np.where(z > 0, 1.0, 0)),
    "PReLU": (lambda z: np.where(z > 0, z, z / 4), lambda z: np.where(z > 0, 1, 0.25)),
    "GELU": (lambda z: z * normal(z), lambda z: normal(z) + z * density(z)),
    "softplus": (lambda z: np.log(1 + np.exp(z)), S),
    "ELU": (lambda z: np.where(z > 0, z, np.exp(z) - 1), lambda z: np.where(z > 0, 1, np.exp(z))),
    "SELU": (
        lambda z: LAMBDA * np.where(z > 0, z, ALPHA * (np.exp(z) - 1)),
        lambda z: LAMBDA * np.where(z > 0, 1, ALPHA * np.exp(z)),
    ),
    "SiLU": (lambda z: z * S(z), lambda z: S(z) + z * S(z) * (1 - S(z))),
    "arctan": (np.arctan, lambda z: 1 / (1 + z**2)),
    "softsign": (lambda z: z / (1 + np.abs(z)), lambda z: 1 / (1 + np.abs(z)) ** 2),
    "SQNL": (
        lambda z: np.where(np.abs(z) <= 2, z - z * np.abs(z) / 4, np.sign(z)),
        lambda z: np.where(np.abs(z) <= 2, 1 - np.abs(z) / 2, 0),
    ),
    "bent identity": (
        lambda z: (np.sqrt(z**2 + 1) - 1) / 2 + z,
        lambda z: z / np.sqrt(z**2 + 1) / 2 + 1,
    ),
    "Gaussian": (lambda z: np.exp(-(z**2)), lambda z: -2 * z * np.exp(-(z**2))),
    "SQ-RBF": (
        lambda z: np.select(
            [np.abs(z) <= 1, np.abs(z) <= 2], [1 - z**2 / 2, (2 - np.abs(z)) ** 2 / 2], 0
        ),
        lambda z: np.select([np.abs(z) <= 1, np.abs(z) <= 2], [-z, z - 2 * np.sign(z)], 0),
    ),
}


def test_the_cabinet_is_complete():
    assert set(TABLE) == set(SEVENTEEN)


@pytest.mark.parametrize("name", TABLE)
def test_the_cabinet(name):
    z = np.random.default_rng(3).uniform(-3, 3, size=60)
    z = z[np.abs(np.abs(z)[:, None] - [0, 1, 2]).min(axis=1) > 1e-3]  # not at a corner
    function, slope = TABLE[name]
    ours = ACTIVATIONS[SEVENTEEN[name]]
    np.testing.assert_allclose(ours.function(z), function(z), rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(ours.derivative(z), slope(z), rtol=1e-9, atol=1e-12)
    close(slope(z), central_difference(lambda z: np.sum(function(z)), z))


def test_alpha_may_be_chosen():
    z = np.array([-2.0, -0.5])
    np.testing.assert_allclose(elu(z, 0.1), 0.1 * (np.exp(z) - 1), rtol=1e-12)
    np.testing.assert_allclose(prelu(z, 0.1), 0.1 * z, rtol=1e-12)
