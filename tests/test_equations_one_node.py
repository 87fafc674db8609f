"""Chapter 1's displayed derivatives, as displayed, against central differences."""

import numpy as np
import pytest

from byhand.gradient_check import central_difference
from equations import equation

PLACES = np.random.default_rng(1).normal(size=(20, 4))  # w, b, x, y of one point


def loss(w, b, x, y):
    return np.mean((w * x + b - y) ** 2) / 2  # Eq. 1.3


@equation("1.5")
@pytest.mark.parametrize("w, b, x, y", PLACES)
def test_one_point(w, b, x, y):
    a = w * x + b
    measured = central_difference(lambda w: (w * x + b - y) ** 2 / 2, w)
    np.testing.assert_allclose((a - y) * x, measured, rtol=1e-6, atol=1e-9)


@equation("1.6", "1.7", "1.8")
@pytest.mark.parametrize("seed", range(10))
def test_all_points(seed):
    rng = np.random.default_rng(seed)
    (w, b), (x, y) = rng.normal(size=2), rng.normal(size=(2, 7))
    error = w * x + b - y
    formula = [np.sum(error * x) / 7, np.sum(error) / 7]
    measured = central_difference(lambda p: loss(*p, x, y), [w, b])
    np.testing.assert_allclose(formula, measured, rtol=1e-6, atol=1e-9)
    h = 1e-5
    quotient = (loss(w + h, b, x, y) - loss(w - h, b, x, y)) / (2 * h)
    assert quotient == pytest.approx(float(measured[0]), rel=1e-6, abs=1e-9)


@equation("1.9")
def test_a_small_step_lowers_the_loss_by_what_the_slopes_promise():
    rng = np.random.default_rng(2)
    (w, b), (x, y) = rng.normal(size=2), rng.normal(size=(2, 7))
    dw, db = central_difference(lambda p: loss(*p, x, y), [w, b])
    rate = 1e-6
    paid = loss(w, b, x, y) - loss(w - rate * dw, b - rate * db, x, y)
    assert paid == pytest.approx(rate * (dw**2 + db**2), rel=1e-3)
