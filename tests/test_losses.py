"""Each loss against its gradient, its laws, and the shapes it refuses."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from byhand.gradient_check import central_difference, relative_error
from byhand.losses import (
    LOSSES,
    Loss,
    half_mean_squared_error,
    half_mean_squared_error_gradient,
    loss_named,
    mean_squared_error,
    mean_squared_error_gradient,
)
from sentence import said

SHAPES = [(), (4,), (4, 1), (3, 2)]
FLOATS = st.floats(-1e6, 1e6)
PAIRS = st.sampled_from(SHAPES).flatmap(
    lambda shape: st.tuples(
        arrays(float, shape, elements=FLOATS), arrays(float, shape, elements=FLOATS)
    )
)

every_loss = pytest.mark.parametrize("loss", LOSSES.values(), ids=LOSSES)


@every_loss
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_gradient_is_the_measured_slope(loss, shape):
    rng = np.random.default_rng(0)
    y_pred, y = rng.normal(size=(2, *shape))
    measured = central_difference(lambda y_pred: loss.function(y_pred, y), y_pred)
    assert relative_error(loss.gradient(y_pred, y), measured) < 1e-6


@every_loss
@given(pair=PAIRS)
def test_loss_is_never_negative_and_zero_when_right(loss, pair):
    y_pred, y = pair
    assert loss.function(y_pred, y) >= 0
    assert loss.function(y, y) == 0
    assert not loss.gradient(y, y).any()


@every_loss
@given(pair=PAIRS, factor=st.floats(0.01, 100))
def test_squared_losses_scale_with_the_square(loss, pair, factor):
    y_pred, y = pair
    scaled = loss.function(factor * y_pred, factor * y)
    # The absolute part covers nearly equal values of 1e6, where rounding is all the error there is.
    assert scaled == pytest.approx(factor**2 * loss.function(y_pred, y), rel=1e-9, abs=1e-3)


@every_loss
@given(pair=PAIRS)
def test_squared_losses_do_not_care_about_the_sign(loss, pair):
    y_pred, y = pair
    assert loss.function(y_pred, y) == loss.function(y, y_pred)
    np.testing.assert_array_equal(loss.gradient(y_pred, y), -loss.gradient(y, y_pred))


@every_loss
@given(pair=PAIRS)
def test_doubling_the_data_changes_no_mean(loss, pair):
    y_pred, y = (np.atleast_1d(values) for values in pair)
    twice = loss.function(np.concatenate([y_pred, y_pred]), np.concatenate([y, y]))
    assert twice == pytest.approx(loss.function(y_pred, y), rel=1e-12)


@every_loss
def test_leading_axes_are_separate_trainings(loss):
    rng = np.random.default_rng(1)
    y_pred, y = rng.normal(size=(5, 2, 4, 3)), rng.normal(size=(4, 3))
    losses, gradients = loss.function(y_pred, y), loss.gradient(y_pred, y)
    assert losses.shape == (5, 2) and gradients.shape == y_pred.shape
    for stack in np.ndindex(5, 2):
        assert losses[stack] == pytest.approx(loss.function(y_pred[stack], y), rel=1e-15)
        np.testing.assert_array_equal(gradients[stack], loss.gradient(y_pred[stack], y))


def test_values_known_by_hand():
    # errors −1, 0, 2: squares 1, 0, 4: mean 5/3, half of it 5/6; slopes error/3, twice that.
    y_pred, y = [1, 2, 5], [2, 2, 3]
    assert mean_squared_error(y_pred, y) == pytest.approx(5 / 3, rel=1e-15)
    assert half_mean_squared_error(y_pred, y) == pytest.approx(5 / 6, rel=1e-15)
    gradient = half_mean_squared_error_gradient(y_pred, y)
    np.testing.assert_allclose(gradient, [-1 / 3, 0, 2 / 3], rtol=1e-15)
    np.testing.assert_allclose(mean_squared_error_gradient(y_pred, y), 2 * gradient, rtol=1e-15)


@every_loss
@pytest.mark.parametrize(
    ("y_pred", "y"),
    [((4, 1), (4,)), ((4,), (4, 1)), ((3, 1), (4, 1)), ((4, 2), (4, 1)), ((), (4,))],
)
def test_shapes_that_would_broadcast_are_refused(loss, y_pred, y):
    for function in (loss.function, loss.gradient):
        text = said(function, np.ones(y_pred), np.ones(y))
        assert f"predictions have shape {y_pred}" in text and f"targets {y}" in text


@every_loss
def test_no_targets_are_refused(loss):
    for function in (loss.function, loss.gradient):
        assert "no targets" in said(function, np.ones((0, 1)), np.ones((0, 1)))


@every_loss
def test_registry_finds_each_by_its_name(loss):
    assert LOSSES[loss.name] is loss
    assert loss_named(loss.name) is loss


def test_own_loss_is_taken_as_it_is():
    own = Loss("mine", mean_squared_error, mean_squared_error_gradient)
    assert loss_named(own) is own


@pytest.mark.parametrize("name", ["mse", "Mean_squared_error", "", None, 3, ["mse"]])
def test_unknown_name_is_refused_with_the_choices(name):
    assert f"unknown loss {name!r}" in said(loss_named, name)
    assert "half_mean_squared_error, mean_squared_error" in said(loss_named, name)
