"""A layer alone: its equation, its gradients, the windows into flat vectors, what it refuses."""

import numpy as np
import pytest

from byhand.activations import ACTIVATIONS
from byhand.gradient_check import central_difference, relative_error
from byhand.layers import Dense
from sentence import said


def a_layer(activation="tanh", stack=(), n_inputs=3, n_outputs=2, seed=0):
    layer = Dense(n_inputs, n_outputs, activation)
    rng = np.random.default_rng(seed)
    parameters = rng.normal(size=(*stack, layer.n_parameters))
    layer.bind(parameters, np.zeros_like(parameters))
    return layer, rng.normal(size=(4, n_inputs)), rng.normal(size=(4, n_outputs))


def test_forward_is_the_equation_by_hand():
    # x = (1, 2), W = [[3, 4], [5, 6]], b = (7, 8):
    # z = (1·3 + 2·5 + 7, 1·4 + 2·6 + 8) = (20, 24).
    layer = Dense(2, 2)
    layer.W, layer.b = [[3, 4], [5, 6]], [7, 8]
    np.testing.assert_array_equal(layer.forward(np.array([[1, 2]])), [[20, 24]])


def test_backward_is_the_equation_by_hand():
    # The same layer, and slopes dA = (10, 20) in its outputs, which are dZ, for slope 1:
    # dW = xᵀ dZ = [[1·10, 1·20], [2·10, 2·20]], db = dZ,
    # dX = dZ Wᵀ = (10·3 + 20·4, 10·5 + 20·6) = (110, 170).
    layer = Dense(2, 2)
    layer.W, layer.b = [[3, 4], [5, 6]], [7, 8]
    layer.forward(np.array([[1, 2]]))
    np.testing.assert_array_equal(layer.backward(np.array([[10, 20]])), [[110, 170]])
    np.testing.assert_array_equal(layer.dW, [[10, 20], [20, 40]])
    np.testing.assert_array_equal(layer.db, [10, 20])


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_gradients_are_the_measured_slopes(activation):
    layer, X, dA = a_layer(activation)

    def weighted_output(**changed):  # its slopes are what `backward` makes of dA
        copy = Dense(3, 2, activation)
        copy.W, copy.b = changed.get("W", layer.W), changed.get("b", layer.b)
        return (copy.forward(changed.get("X", X)) * dA).sum()

    layer.forward(X)
    dX = layer.backward(dA)
    for name, at, slope in (("W", layer.W, layer.dW), ("b", layer.b, layer.db), ("X", X, dX)):
        measured = central_difference(lambda at, name=name: weighted_output(**{name: at}), at)
        assert relative_error(slope, measured) < 1e-6, name


def test_shapes():
    layer, X, dA = a_layer()
    assert layer.forward(X).shape == (4, 2)
    assert layer.backward(dA).shape == (4, 3)
    assert layer.W.shape == layer.dW.shape == (3, 2)
    assert layer.b.shape == layer.db.shape == (2,)
    assert layer.n_parameters == 3 * 2 + 2


def test_stack_of_layers_equals_each_alone():
    stack, X, dA = a_layer(stack=(5, 2))
    A, dX = stack.forward(X), stack.backward(dA)
    assert A.shape == (5, 2, 4, 2) and dX.shape == (5, 2, 4, 3)
    for place in np.ndindex(5, 2):
        alone, _, _ = a_layer()
        alone.W, alone.b = stack.W[place], stack.b[place]
        np.testing.assert_allclose(A[place], alone.forward(X), rtol=1e-14)
        np.testing.assert_allclose(dX[place], alone.backward(dA), rtol=1e-14)
        np.testing.assert_allclose(stack.dW[place], alone.dW, rtol=1e-14)
        np.testing.assert_allclose(stack.db[place], alone.db, rtol=1e-14)


def test_gradients_are_replaced_not_added_up():
    layer, X, dA = a_layer()
    for _ in range(2):
        layer.forward(X)
        layer.backward(dA)
    once, X, dA = a_layer()
    once.forward(X)
    once.backward(dA)
    np.testing.assert_array_equal(layer.dW, once.dW)
    np.testing.assert_array_equal(layer.db, once.db)


def test_new_layer_starts_at_zero():
    layer = Dense(3, 2)
    assert not (layer.W.any() or layer.b.any() or layer.dW.any() or layer.db.any())


def test_weights_and_biases_are_windows_into_the_flat_vectors():
    layer = Dense(2, 3)
    parameters, gradients = np.arange(9.0), np.arange(9.0) + 10
    layer.bind(parameters, gradients)
    np.testing.assert_array_equal(layer.W, [[0, 1, 2], [3, 4, 5]])
    np.testing.assert_array_equal(layer.b, [6, 7, 8])
    np.testing.assert_array_equal(layer.dW, [[10, 11, 12], [13, 14, 15]])
    np.testing.assert_array_equal(layer.db, [16, 17, 18])
    for window in (layer.W, layer.b):
        assert np.shares_memory(window, parameters)
    for window in (layer.dW, layer.db):
        assert np.shares_memory(window, gradients)


def test_assigning_weights_writes_through_the_window():
    layer = Dense(2, 1)
    parameters, gradients = np.zeros(3), np.ones(3)
    layer.bind(parameters, gradients)
    layer.W = layer.W - 0.5 * layer.dW  # the line everybody writes; it must not cut the window
    layer.b -= 0.25
    layer.dW, layer.db = [[7], [8]], 9
    assert parameters.tolist() == [-0.5, -0.5, -0.25]
    assert gradients.tolist() == [7, 8, 9]
    with pytest.raises(ValueError, match=r"shape \(3,\) into shape \(2,1\)"):
        layer.W = [1, 2, 3]


@pytest.mark.parametrize("size", [0, -1, 2.0, 1.5, "2", None, True, np.nan, [3]])
@pytest.mark.parametrize("name", ["n_inputs", "n_outputs"])
def test_bad_size_is_refused(name, size):
    text = said(Dense, **({"n_inputs": 1, "n_outputs": 1} | {name: size}))
    assert f"{name} is {size!r}" in text and "whole number from 1 up" in text


def test_numpy_sizes_are_sizes():
    assert repr(Dense(np.int64(2), np.uint8(3))) == "Dense(2 → 3, identity)"


def test_unknown_activation_is_refused():
    assert "unknown activation 'tan'" in said(Dense, 1, 1, "tan")


def test_repr_names_sizes_and_activation():
    assert repr(Dense(3, 4, "relu")) == "Dense(3 → 4, relu)"
