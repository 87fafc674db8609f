"""Each activation against its derivative, its laws, and the largest numbers there are."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from byhand.activations import (
    ACTIVATIONS,
    Activation,
    activation_named,
    identity,
    identity_derivative,
    relu,
    relu_derivative,
    sigmoid,
    sigmoid_derivative,
    tanh,
    tanh_derivative,
)
from byhand.gradient_check import central_difference, relative_error
from sentence import said

FLOATS = st.floats(-1e308, 1e308)
LIMITS = {  # the closed range of each function
    "identity": (-np.inf, np.inf),
    "sigmoid": (0, 1),
    "tanh": (-1, 1),
    "relu": (0, np.inf),
}
KINKS = {"relu": (0,)}  # where a central difference averages two slopes
# The largest and the smallest doubles of both signs, both zeros, and ordinary numbers.
EXTREMES = np.array([-1e308, -1e3, -40, -1, -5e-324, -0.0, 0, 5e-324, 1, 40, 1e3, 1e308])

every_activation = pytest.mark.parametrize("activation", ACTIVATIONS.values(), ids=ACTIVATIONS)


@every_activation
def test_derivative_is_the_measured_slope(activation):
    Z = np.linspace(-4, 4, 41)
    Z = Z[~np.isin(Z.round(9), KINKS.get(activation.name, ()))]
    # Each output depends on its own input only, so the slopes of the sum are the slopes of each.
    measured = central_difference(lambda Z: activation.function(Z).sum(), Z)
    assert relative_error(activation.derivative(Z), measured) < 1e-6


@every_activation
@given(Z=arrays(float, array_shapes(min_dims=0), elements=FLOATS))
def test_shape_that_goes_in_comes_out(activation, Z):
    assert np.shape(activation.function(Z)) == Z.shape
    assert np.shape(activation.derivative(Z)) == Z.shape


@every_activation
@given(z=FLOATS)
def test_range_is_kept(activation, z):
    low, high = LIMITS[activation.name]
    assert low <= activation.function(np.float64(z)) <= high


@every_activation
def test_extremes_stay_finite_and_silent(activation):
    with np.errstate(all="raise", under="ignore"):
        assert np.isfinite(activation.function(EXTREMES)).all()
        assert np.isfinite(activation.derivative(EXTREMES)).all()


@every_activation
@given(low=FLOATS, high=FLOATS)
def test_never_falls(activation, low, high):
    low, high = sorted((low, high))
    assert activation.function(np.float64(low)) <= activation.function(np.float64(high))
    assert activation.derivative(np.float64(low)) >= 0


@every_activation
def test_each_entry_is_worked_on_alone(activation):
    Z = np.linspace(-3, 3, 12).reshape(3, 4)
    one_by_one = [[activation.function(z) for z in row] for row in Z]
    np.testing.assert_array_equal(activation.function(Z), one_by_one)


@every_activation
def test_input_is_left_alone(activation):
    Z = EXTREMES.copy()
    activation.function(Z), activation.derivative(Z)
    np.testing.assert_array_equal(Z, EXTREMES)


def test_values_known_by_hand():
    ln3 = np.log(3)
    # σ(ln 3) = 1 / (1 + 1/3) = 3/4, so σ' = 3/4 · 1/4 = 3/16; tanh(ln 3) = (9 − 1) / (9 + 1) = 4/5,
    # so tanh' = 1 − 16/25 = 9/25.
    assert sigmoid(ln3) == pytest.approx(3 / 4, rel=1e-15)
    assert sigmoid_derivative(ln3) == pytest.approx(3 / 16, rel=1e-15)
    assert tanh(ln3) == pytest.approx(4 / 5, rel=1e-15)
    assert tanh_derivative(ln3) == pytest.approx(9 / 25, rel=1e-15)
    assert (sigmoid(0.0), sigmoid_derivative(0.0)) == (1 / 2, 1 / 4)
    assert (tanh(0.0), tanh_derivative(0.0)) == (0, 1)
    Z = np.array([-2.0, 0.0, 3.0])
    assert (relu(Z).tolist(), relu_derivative(Z).tolist()) == ([0, 0, 3], [0, 0, 1])
    assert (identity(Z).tolist(), identity_derivative(Z).tolist()) == ([-2, 0, 3], [1, 1, 1])


@given(z=FLOATS)
def test_sigmoid_is_symmetric(z):
    assert sigmoid(-z) == pytest.approx(1 - sigmoid(z), abs=1e-15)
    assert sigmoid_derivative(-z) == pytest.approx(sigmoid_derivative(z), abs=1e-15)


@given(z=st.floats(-25, 24), step=st.floats(1e-3, 1))
def test_sigmoid_lies_inside_0_and_1_and_rises(z, step):
    assert 0 < sigmoid(z) < 1
    assert sigmoid(z) < sigmoid(z + step)


@given(z=FLOATS)
def test_tanh_is_odd_and_a_sigmoid_in_disguise(z):
    assert tanh(-z) == -tanh(z)
    assert tanh(z / 2) == pytest.approx(2 * sigmoid(z) - 1, abs=1e-15)


@given(z=FLOATS)
def test_relu_is_its_input_or_nothing(z):
    assert relu(z) == (z if z > 0 else 0)
    assert relu(z) - relu(-z) == z


@given(z=FLOATS)
def test_slopes_have_the_stated_maximum(z):
    assert sigmoid_derivative(z) <= 1 / 4
    assert tanh_derivative(z) <= 1


@every_activation
def test_registry_finds_each_by_its_name(activation):
    assert ACTIVATIONS[activation.name] is activation
    assert activation_named(activation.name) is activation


def test_own_activation_is_taken_as_it_is():
    own = Activation("square", np.square, lambda Z: 2 * Z, "0 and above")
    assert activation_named(own) is own


@pytest.mark.parametrize("name", ["Sigmoid", "softplus", "", None, 3, ["relu", "relu"], sigmoid])
def test_unknown_name_is_refused_with_the_choices(name):
    assert f"unknown activation {name!r}" in said(activation_named, name)
    assert "identity, sigmoid, tanh, relu" in said(activation_named, name)
