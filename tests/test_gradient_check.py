"""The measuring instrument: it measures right, agrees with backward, and catches a wrong one."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from byhand.activations import ACTIVATIONS, Activation
from byhand.gradient_check import central_difference, gradient_check, relative_error
from byhand.losses import LOSSES, Loss, mean_squared_error, mean_squared_error_gradient
from byhand.network import Network
from sentence import said


def a_net(hidden="tanh", output="identity", sizes=(2, 3, 2)):
    rng = np.random.default_rng(0)
    network = Network(sizes, hidden=hidden, output=output, rng=rng)
    network.parameters[:] = rng.normal(size=network.parameters.size)
    return network, rng.normal(size=(5, sizes[0])), rng.normal(size=(5, sizes[-1]))


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize(("hidden", "output"), [*itertools.product(ACTIVATIONS, repeat=2)])
def test_backward_agrees_with_measurement(hidden, output, loss):
    errors = gradient_check(*a_net(hidden, output), loss=loss)
    assert list(errors) == ["W1", "b1", "W2", "b2"]
    assert max(errors.values()) < 1e-6, errors


@pytest.mark.parametrize("sizes", [(1, 1), (3, 1), (2, 4, 1), (2, 3, 3, 2), (1, 2, 2, 2, 1)])
def test_backward_agrees_at_any_depth(sizes):
    errors = gradient_check(*a_net("sigmoid", "identity", sizes))
    assert len(errors) == 2 * (len(sizes) - 1)
    assert max(errors.values()) < 1e-6, errors


WRONG = {
    "sign": Loss("sign", mean_squared_error, lambda p, y: -mean_squared_error_gradient(p, y)),
    "half": Loss("half", mean_squared_error, lambda p, y: mean_squared_error_gradient(p, y) / 2),
    "sum": Loss("sum", mean_squared_error, lambda p, y: mean_squared_error_gradient(p, y) * y.size),
}


@pytest.mark.parametrize("loss", WRONG.values(), ids=WRONG)
def test_wrong_loss_gradient_is_caught_in_every_block(loss):
    assert min(gradient_check(*a_net(), loss=loss).values()) > 0.1


def test_wrong_slope_is_caught_below_it_only():
    wrong = Activation("wrong", np.tanh, lambda Z: 1 - np.tanh(Z), "−1 to 1")  # forgot the square
    errors = gradient_check(*a_net(hidden=wrong))
    assert min(errors["W1"], errors["b1"]) > 1e-2
    assert max(errors["W2"], errors["b2"]) < 1e-6


def test_check_leaves_the_network_alone():
    network, X, y = a_net()
    before = network.parameters.copy(), network.gradients.copy()
    gradient_check(network, X, y)
    np.testing.assert_array_equal(network.parameters, before[0])
    np.testing.assert_array_equal(network.gradients, before[1])
    assert not hasattr(network.layers[0], "Z")


def test_central_difference_by_hand():
    # f(p) = p₀² + 3 p₁ at (2, 5): slopes 4 and 3; the nudges cancel exactly for a parabola.
    slope = central_difference(lambda p: p[0] ** 2 + 3 * p[1], [2, 5], h=0.5)
    np.testing.assert_allclose(slope, [4, 3], rtol=1e-15)


def test_central_difference_takes_a_bare_number():
    slope = central_difference(lambda w: w**3, 2.0)
    assert slope.shape == () and slope == pytest.approx(12, rel=1e-9)


def test_error_falls_with_h_squared():
    at = 1.0
    errors = [abs(central_difference(np.exp, at, h) - np.e) for h in (1e-1, 1e-2, 1e-3)]
    assert errors[0] / errors[1] == pytest.approx(100, rel=0.01)
    assert errors[1] / errors[2] == pytest.approx(100, rel=0.01)


def test_rounding_breaks_a_tiny_nudge():
    error = [abs(central_difference(np.exp, 1.0, h) - np.e) for h in (1e-5, 1e-12)]
    assert error[1] > 1000 * error[0]


@given(arrays(float, (2, 3), elements=st.floats(-10, 10)))
def test_every_entry_is_measured_in_its_place(at):
    factors = np.arange(6.0).reshape(2, 3)
    slope = central_difference(lambda p: (factors * p).sum(), at)
    np.testing.assert_allclose(slope, factors, atol=1e-8)


def test_measuring_leaves_the_place_alone():
    at = np.array([1.0, 2.0])
    at.flags.writeable = False
    central_difference(lambda p: p.sum(), at)
    assert at.tolist() == [1, 2]


@pytest.mark.parametrize("h", [0, -1e-5, np.nan, np.inf, "small", None, 1j], ids=repr)
def test_bad_nudge_is_refused(h):
    assert f"h is {h!r}, expected a nudge above 0" in said(central_difference, np.sum, [1.0], h)


def test_relative_error_by_hand():
    # |(3, 4) − (0, 0)| / (5 + 0) = 1;  |(1) − (3)| / (1 + 3) = 1/2
    assert relative_error([3, 4], [0, 0]) == 1
    assert relative_error([1], [3]) == 0.5
    assert relative_error([0, 0], [0, 0]) == 0


@given(*[arrays(float, 3, elements=st.floats(-1e6, 1e6, allow_subnormal=False))] * 2)
def test_relative_error_is_symmetric_and_from_0_to_1(a, b):
    assert relative_error(a, b) == relative_error(b, a)
    assert 0 <= relative_error(a, b) <= 1 + 1e-15
    assert relative_error(a, a) == 0


def test_relative_error_refuses_to_broadcast():
    text = said(relative_error, np.ones((3, 1)), np.ones(3))
    assert "shapes (3, 1) and (3,)" in text


def test_bad_data_is_refused():
    network, X, y = a_net()
    assert "X has shape (2,)" in said(gradient_check, network, X[0], y)
    assert "X has 5 rows, y has 4" in said(gradient_check, network, X, y[:4])
    assert "unknown loss 'mse'" in said(gradient_check, network, X, y, loss="mse")
    assert "h is 0" in said(gradient_check, network, X, y, h=0)


def test_stack_is_refused():
    network, X, y = a_net()
    stack = network.with_parameters(np.zeros((4, network.parameters.size)))
    assert "network is a stack of shape (4,), expected a single one" in said(
        gradient_check, stack, X, y
    )
