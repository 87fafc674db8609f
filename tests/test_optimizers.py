"""The step of gradient descent, and the rates it refuses."""

import reprlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from byhand.optimizers import SGD, checked_rate
from sentence import said

BAD_RATES = [0, -0.1, np.nan, np.inf, -np.inf, "fast", None, [], [[]], 1j, 10**400, {}, object]


def test_step_by_hand():
    # (1, 2) − 0.5 · (4, −6) = (−1, 5)
    parameters = np.array([1.0, 2.0])
    SGD(0.5).step(parameters, np.array([4.0, -6.0]))
    assert parameters.tolist() == [-1, 5]


def test_step_works_in_place_and_leaves_the_gradients():
    parameters, gradients = np.zeros(2), np.ones(2)
    same = parameters
    SGD(0.1).step(parameters, gradients)
    assert same is parameters and same.tolist() == [-0.1, -0.1]
    assert gradients.tolist() == [1, 1]


@given(st.lists(st.floats(1e-6, 1e3), min_size=1, max_size=5))
def test_one_rate_for_each_training_of_a_stack(rates):
    rng = np.random.default_rng(0)
    start, gradients = rng.normal(size=(2, len(rates), 3))
    stacked = start.copy()
    SGD(rates).step(stacked, gradients)
    for place, rate in enumerate(rates):
        alone = start[place].copy()
        SGD(rate).step(alone, gradients[place])
        np.testing.assert_array_equal(stacked[place], alone)


@given(rate=st.floats(1e-6, 1.9), start=st.floats(-10, 10))
def test_a_step_on_a_parabola_goes_down(rate, start):
    # ½ p² has slope p: a step at rate η leaves p (1 − η), closer to 0 for 0 < η < 2.
    parameters = np.array([start])
    SGD(rate).step(parameters, parameters.copy())
    assert abs(parameters[0]) <= abs(start)
    assert parameters[0] == pytest.approx(start * (1 - rate), abs=1e-14)


@pytest.mark.parametrize("rate", BAD_RATES, ids=reprlib.repr)
def test_bad_rate_is_refused(rate):
    text = said(SGD, rate)
    assert text.endswith("expected a finite number above 0, such as 0.1.")
    assert f"learning_rate is {reprlib.repr(rate)}" in text


@pytest.mark.parametrize("bad", [0.0, -2.0, np.nan, np.inf])
def test_bad_rate_in_a_list_is_named(bad):
    text = said(SGD, [0.1] * 50 + [bad])
    assert f"learning_rate is {bad!r}," in text


def test_checked_rate_returns_floats_of_the_shape_given():
    assert checked_rate(1).shape == () and checked_rate(1).dtype == np.float64
    assert checked_rate([1, 2]).tolist() == [1, 2]


def test_repr_names_the_rate():
    assert repr(SGD(0.1)) == "SGD(learning_rate=0.1)"
