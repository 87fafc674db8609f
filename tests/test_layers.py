"""A layer alone: its equation, its gradients, the windows into flat vectors, what it refuses."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from byhand.activations import ACTIVATIONS, Activation
from byhand.gradient_check import central_difference, relative_error
from byhand.layers import INITIALISATIONS, Dense, Dropout
from sentence import said

every_activation = pytest.mark.parametrize("activation", ACTIVATIONS)


def a_layer(activation="tanh", stack=(), n_inputs=3, n_outputs=2, seed=0, **options):
    layer = Dense(n_inputs, n_outputs, activation, **options)
    rng = np.random.default_rng(seed)
    parameters = rng.normal(size=(*stack, layer.n_parameters))
    layer.bind(parameters, np.zeros_like(parameters))
    return layer, rng.normal(size=(4, n_inputs)), rng.normal(size=(*stack, 4, n_outputs))


def by_hand(**options):
    """Return the layer W = [[3, 4], [5, 6]], b = (7, 8), whose numbers can be followed on paper."""
    layer = Dense(2, 2, **options)
    layer.W = [[3, 4], [5, 6]]
    if layer.bias:
        layer.b = [7, 8]
    return layer


def test_forward_is_the_equation_by_hand():
    # x = (1, 2), W = [[3, 4], [5, 6]], b = (7, 8):
    # z = (1·3 + 2·5 + 7, 1·4 + 2·6 + 8) = (20, 24).
    np.testing.assert_array_equal(by_hand().forward(np.array([[1, 2]])), [[20, 24]])


def test_backward_is_the_equation_by_hand():
    # The same layer, and slopes dA = (10, 20) in its outputs, which are dZ, for slope 1:
    # dW = xᵀ dZ = [[1·10, 1·20], [2·10, 2·20]], db = dZ,
    # dX = dZ Wᵀ = (10·3 + 20·4, 10·5 + 20·6) = (110, 170).
    layer = by_hand()
    layer.forward(np.array([[1, 2]]))
    np.testing.assert_array_equal(layer.backward(np.array([[10, 20]])), [[110, 170]])
    np.testing.assert_array_equal(layer.dW, [[10, 20], [20, 40]])
    np.testing.assert_array_equal(layer.db, [10, 20])


def test_samples_are_summed_by_hand():
    # Rows (1, 2) and (0, 1) with dZ = (10, 20) and (1, 2):
    # dW = [[1·10 + 0·1, 1·20 + 0·2], [2·10 + 1·1, 2·20 + 1·2]], db = (10 + 1, 20 + 2).
    layer = by_hand()
    A = layer.forward(np.array([[1, 2], [0, 1]]))
    np.testing.assert_array_equal(A, [[20, 24], [12, 14]])
    layer.backward(np.array([[10, 20], [1, 2]]))
    np.testing.assert_array_equal(layer.dW, [[10, 20], [21, 42]])
    np.testing.assert_array_equal(layer.db, [11, 22])


def test_without_bias_by_hand():
    # z = (1·3 + 2·5, 1·4 + 2·6) = (13, 16); the gradients of W and X are as with a bias.
    layer = by_hand(bias=False)
    np.testing.assert_array_equal(layer.forward(np.array([[1, 2]])), [[13, 16]])
    np.testing.assert_array_equal(layer.backward(np.array([[10, 20]])), [[110, 170]])
    np.testing.assert_array_equal(layer.dW, [[10, 20], [20, 40]])
    assert layer.n_parameters == 4
    assert layer.b.tolist() == layer.db.tolist() == [0, 0]


def test_penalty_of_the_weights_by_hand():
    # λ = 0.5 adds 0.5 W to dW, and nothing to db or dX.
    layer = by_hand(l2=0.5)
    layer.forward(np.array([[1, 2]]))
    np.testing.assert_array_equal(layer.backward(np.array([[10, 20]])), [[110, 170]])
    np.testing.assert_array_equal(layer.dW, [[11.5, 22], [22.5, 43]])
    np.testing.assert_array_equal(layer.db, [10, 20])


def test_activation_by_hand():
    # z = (20, 24) − (21, 0) = (−1, 24), relu: a = (0, 24), slopes (0, 1): dZ = (0, 20),
    # dW = [[0, 20], [0, 40]], dX = (20·4, 20·6).
    layer = by_hand(activation="relu")
    layer.b = [-14, 8]
    np.testing.assert_array_equal(layer.forward(np.array([[1, 2]])), [[0, 24]])
    np.testing.assert_array_equal(layer.Z, [[-1, 24]])
    np.testing.assert_array_equal(layer.backward(np.array([[10, 20]])), [[80, 120]])
    np.testing.assert_array_equal(layer.dZ, [[0, 20]])
    np.testing.assert_array_equal(layer.dW, [[0, 20], [0, 40]])


def test_softmax_layer_by_hand():
    # z = (0, ln 3): a = (¼, ¾), Jacobian ± 3/16; dA = (16, 0): dZ = (3, −3).
    layer = Dense(1, 2, "softmax")
    layer.b = [0, np.log(3)]
    np.testing.assert_allclose(layer.forward(np.array([[1.0]])), [[1 / 4, 3 / 4]], rtol=1e-15)
    layer.backward(np.array([[16, 0]]))
    np.testing.assert_allclose(layer.dZ, [[3, -3]], rtol=1e-14)
    np.testing.assert_allclose(layer.dW, [[3, -3]], rtol=1e-14)


@pytest.mark.parametrize("bias", [True, False], ids=["bias", "no bias"])
@pytest.mark.parametrize("l2", [0.0, 0.3])
@every_activation
def test_gradients_are_the_measured_slopes(activation, bias, l2):
    layer, X, dA = a_layer(activation, bias=bias, l2=l2)

    def weighted_output(**changed):  # its slopes are what `backward` makes of dA
        copy = Dense(3, 2, activation, bias=bias)
        copy.W = changed.get("W", layer.W)
        if bias:
            copy.b = changed.get("b", layer.b)
        return (copy.forward(changed.get("X", X)) * dA).sum() + l2 / 2 * (copy.W**2).sum()

    layer.forward(X)
    dX = layer.backward(dA)
    blocks = [("W", layer.W, layer.dW), ("b", layer.b, layer.db), ("X", X, dX)]
    for name, at, slope in blocks if bias else (blocks[0], blocks[2]):
        measured = central_difference(lambda at, name=name: weighted_output(**{name: at}), at)
        assert relative_error(slope, measured) < 1e-6, name


@given(
    n_samples=st.integers(1, 5),
    n_inputs=st.integers(1, 4),
    n_outputs=st.integers(1, 4),
    activation=st.sampled_from(["tanh", "softmax"]),
    seed=st.integers(0, 999),
)
@settings(max_examples=40)
def test_gradients_are_the_measured_slopes_for_any_sizes(
    n_samples, n_inputs, n_outputs, activation, seed
):
    layer, _, _ = a_layer(activation, n_inputs=n_inputs, n_outputs=n_outputs, seed=seed)
    rng = np.random.default_rng(seed)
    X, dA = rng.normal(size=(n_samples, n_inputs)), rng.normal(size=(n_samples, n_outputs))
    parameters, gradients = rng.normal(size=(2, layer.n_parameters))
    layer.bind(parameters, gradients)

    def weighted_output(at):
        layer.bind(at, np.zeros_like(at))
        return (layer.forward(X) * dA).sum()

    measured = central_difference(weighted_output, parameters)
    layer.bind(parameters, gradients)
    layer.forward(X)
    layer.backward(dA)
    np.testing.assert_allclose(gradients, measured, rtol=1e-6, atol=1e-8)


def test_shapes():
    layer, X, dA = a_layer()
    assert layer.forward(X).shape == (4, 2)
    assert layer.backward(dA).shape == (4, 3)
    assert layer.X.shape == (4, 3)
    assert layer.Z.shape == layer.A.shape == layer.dZ.shape == (4, 2)
    assert layer.W.shape == layer.dW.shape == (3, 2)
    assert layer.b.shape == layer.db.shape == (2,)
    assert layer.n_parameters == 3 * 2 + 2


@every_activation
def test_layer_keeps_what_its_equations_name(activation):
    layer, X, dA = a_layer(activation)
    A = layer.forward(X)
    layer.backward(dA)
    np.testing.assert_array_equal(layer.X, X)
    np.testing.assert_allclose(layer.Z, X @ layer.W + layer.b, rtol=1e-13)
    np.testing.assert_array_equal(layer.A, A)
    np.testing.assert_array_equal(A, ACTIVATIONS[activation].function(layer.Z))
    np.testing.assert_allclose(layer.dW, X.T @ layer.dZ, rtol=1e-13, atol=1e-15)
    np.testing.assert_allclose(layer.db, layer.dZ.sum(axis=0), rtol=1e-13, atol=1e-15)


@pytest.mark.parametrize("options", [{}, {"bias": False}, {"l2": 0.3}], ids=str)
@pytest.mark.parametrize("own_rows", [False, True], ids=["same rows", "rows of its own"])
@every_activation
def test_stack_of_layers_equals_each_alone(activation, own_rows, options):
    stack, X, dA = a_layer(activation, stack=(5, 2), **options)
    if own_rows:  # as the second layer of a network gets them
        X = np.random.default_rng(1).normal(size=(5, 2, *X.shape))
    A, dX = stack.forward(X), stack.backward(dA)
    assert A.shape == (5, 2, 4, 2) and dX.shape == (5, 2, 4, 3)
    for place in np.ndindex(5, 2):
        alone, _, _ = a_layer(activation, **options)
        alone.W = stack.W[place]
        if alone.bias:
            alone.b = stack.b[place]
        X_alone = X[place] if own_rows else X
        for together, one in (
            (A, alone.forward(X_alone)),
            (dX, alone.backward(dA[place])),
            (stack.Z, alone.Z),
            (stack.dZ, alone.dZ),
            (stack.dW, alone.dW),
            (stack.db, alone.db),
        ):
            np.testing.assert_allclose(together[place], one, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("stack", [(), (3,)], ids=["alone", "stack"])
def test_without_slopes_in_the_inputs_the_rest_is_the_same(stack):
    layer, X, dA = a_layer(stack=stack, l2=0.1)
    layer.forward(X)
    assert layer.backward(dA).shape == (*stack, 4, 3)
    dW, db = layer.dW.copy(), layer.db.copy()
    layer.dW, layer.db = 0, 0
    layer.forward(X)
    assert layer.backward(dA, to_inputs=False) is None
    np.testing.assert_array_equal(layer.dW, dW)
    np.testing.assert_array_equal(layer.db, db)


@pytest.mark.parametrize("stack", [(), (3,)], ids=["alone", "stack"])
@pytest.mark.parametrize("activation", ["identity", "tanh", "relu", "gelu", "softmax"])
def test_arrays_handed_out_are_not_overwritten_by_the_next_call(activation, stack):
    layer, X, dA = a_layer(activation, stack=stack)
    handed_out = {"A": layer.forward(X), "dX": layer.backward(dA)}
    handed_out |= {f"layer.{name}": getattr(layer, name) for name in ("Z", "A", "dZ")}
    kept = {name: array.copy() for name, array in handed_out.items()}
    layer.forward(X[::-1] + 1)
    layer.backward(dA * 2 + 1)
    for name, array in handed_out.items():
        np.testing.assert_array_equal(array, kept[name], err_msg=name)


@every_activation
def test_arguments_are_left_alone(activation):
    layer, X, dA = a_layer(activation)
    kept = X.copy(), dA.copy()
    layer.forward(X)
    layer.backward(dA)
    np.testing.assert_array_equal(X, kept[0])
    np.testing.assert_array_equal(dA, kept[1])


def test_rows_that_change_after_forward_change_no_gradient():
    layer, X, dA = a_layer()
    layer.forward(X)
    expected = X.T @ (dA * (1 - layer.A**2))
    X[...] = 0
    layer.backward(dA)
    np.testing.assert_allclose(layer.dW, expected, rtol=1e-13)


def test_batches_of_several_sizes_may_alternate():
    layer, X, dA = a_layer()
    for n_samples in (4, 1, 3, 4, 1):
        fresh, _, _ = a_layer()
        rows, slopes = X[:n_samples], dA[:n_samples]
        np.testing.assert_allclose(layer.forward(rows), fresh.forward(rows), rtol=1e-14)
        np.testing.assert_allclose(layer.backward(slopes), fresh.backward(slopes), rtol=1e-14)
        np.testing.assert_allclose(layer.dW, fresh.dW, rtol=1e-14)
        np.testing.assert_allclose(layer.db, fresh.db, rtol=1e-14)


@pytest.mark.parametrize("order", ["C", "F"])
def test_memory_order_of_the_arguments_does_not_matter(order):
    layer, X, dA = a_layer()
    A, dX, dW = layer.forward(X), layer.backward(dA), layer.dW.copy()
    again = layer.forward(np.array(X, order=order)), layer.backward(np.array(dA, order=order))
    np.testing.assert_array_equal(again[0], A)
    np.testing.assert_allclose(again[1], dX, rtol=1e-15)
    np.testing.assert_allclose(layer.dW, dW, rtol=1e-14)


def test_gradients_are_replaced_not_added_up():
    layer, X, dA = a_layer(l2=0.5)
    for _ in range(2):
        layer.forward(X)
        layer.backward(dA)
    once, X, dA = a_layer(l2=0.5)
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


def test_windows_of_a_stack_and_of_a_part_of_a_longer_vector():
    layer, stack = Dense(2, 1), np.zeros((2, 3, 9))
    layer.bind(stack[..., 4:7], np.zeros((2, 3, 3)))
    layer.W, layer.b = np.arange(12.0).reshape(2, 3, 2, 1), 5
    assert stack[0, 0].tolist() == [0, 0, 0, 0, 0, 1, 5, 0, 0]
    assert stack[1, 2].tolist() == [0, 0, 0, 0, 10, 11, 5, 0, 0]


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


def test_assigned_weights_are_the_ones_used():
    layer, X, _ = a_layer("identity")
    layer.forward(X)
    layer.W, layer.b = [[1, 0], [0, 1], [0, 0]], [10, 20]
    np.testing.assert_allclose(layer.forward(X), X[:, :2] + [10, 20], rtol=1e-15)
    np.testing.assert_array_equal(layer.backward(np.ones((4, 2))), [[1, 1, 0]] * 4)


@pytest.mark.parametrize("size", [0, -1, 2.0, 1.5, "2", None, True, np.nan, [3]])
@pytest.mark.parametrize("name", ["n_inputs", "n_outputs"])
def test_bad_size_is_refused(name, size):
    text = said(Dense, **({"n_inputs": 1, "n_outputs": 1} | {name: size}))
    assert f"{name} is {size!r}" in text and "whole number from 1 up" in text


@pytest.mark.parametrize("l2", [-0.1, np.nan, np.inf, "strong", 1j, [0.1, 0.2]])
def test_bad_penalty_is_refused(l2):
    assert "l2 is" in said(Dense, 1, 1, l2=l2)


def as_words(layer):
    return " ".join(repr(layer).split())


def test_numpy_sizes_are_sizes():
    assert "2 → 3 identity W (2, 3)" in as_words(Dense(np.int64(2), np.uint8(3)))


def test_unknown_activation_is_refused():
    assert "unknown activation 'tan'" in said(Dense, 1, 1, "tan")


def test_own_activation_is_used():
    layer = Dense(1, 1, Activation("square", np.square, lambda Z: 2 * Z, (0, np.inf)))
    layer.W = 3  # z = 6, a = 36, slope 12: dW = 2 · 12, dX = 3 · 12
    assert layer.forward(np.array([[2.0]])) == 36
    assert layer.backward(np.array([[1.0]])) == 36
    assert layer.dW == 24 and layer.db == 12


@pytest.mark.parametrize("shape", [(), (3,), (4, 2), (0,), (4, 3, 1)], ids=str)
def test_rows_of_another_length_are_refused(shape):
    text = said(Dense(3, 2).forward, np.ones(shape))
    assert f"X has shape {shape}, expected (n_samples, 3): put one sample in each row" in text


def test_lists_are_taken_as_rows():
    np.testing.assert_array_equal(by_hand().forward([[1, 2]]), [[20, 24]])


@pytest.mark.parametrize("activation", ["identity", "tanh"])
@pytest.mark.parametrize("shape", [(3, 1), (1, 1), (4, 2), (4,), ()], ids=str)
def test_backward_refuses_slopes_of_another_shape(activation, shape):
    layer = Dense(2, 1, activation)
    layer.forward(np.ones((4, 2)))
    assert f"dA has shape {shape}" in said(layer.backward, np.ones(shape))


def test_backward_before_forward_is_refused():
    assert "call forward first" in said(Dense(2, 1).backward, np.ones((4, 1)))


def test_repr_draws_sizes_activation_and_parameters_with_their_count():
    assert as_words(Dense(3, 4, "relu")) == "Dense 3 → 4 relu W (3, 4) + b (4,): 16"
    assert as_words(Dense(3, 4, bias=False)) == "Dense 3 → 4 identity W (3, 4): 12"
    assert as_words(Dropout(0.25, np.random.default_rng(0))) == "Dropout 0.25"


def test_starting_weights_by_name():
    deviations = {name: scale(8, 10) for name, scale in INITIALISATIONS.items()}
    # √(2/8) = ½ and √(2/18) = ⅓
    assert deviations == {
        "zeros": 0, "small_normal": 0.01, "he": 0.5, "xavier": pytest.approx(1 / 3)
    }  # fmt: skip


rates = pytest.mark.parametrize("rate", [0.1, 0.5, 0.8])


@rates
def test_dropout_does_nothing_unless_training(rate):
    layer, X = Dropout(rate, np.random.default_rng(0)), np.random.default_rng(1).normal(size=(5, 3))
    state = layer.rng.bit_generator.state
    np.testing.assert_array_equal(layer.forward(X), X)
    np.testing.assert_array_equal(layer.forward(X, training=False), X)
    np.testing.assert_array_equal(layer.backward(X), X)
    assert layer.rng.bit_generator.state == state  # and draws nothing


@rates
def test_dropout_silences_its_share_and_scales_the_others_up(rate):
    A = Dropout(rate, np.random.default_rng(0)).forward(np.ones((400, 50)), training=True)
    silent = A == 0
    np.testing.assert_allclose(A[~silent], 1 / (1 - rate), rtol=1e-15)
    assert abs(silent.mean() - rate) < 5 * np.sqrt(rate * (1 - rate) / A.size)
    assert len(np.unique(silent, axis=0)) > 100  # each row by itself
    assert len(np.unique(silent, axis=1).T) > 40


@rates
def test_dropout_keeps_the_expectation(rate):
    layer, X = Dropout(rate, np.random.default_rng(0)), np.array([[1.0, -2.0, 30.0], [0.5, 0, 4]])
    n_draws = 4000
    mean = sum(layer.forward(X, training=True) for _ in range(n_draws)) / n_draws
    standard_error = np.abs(X) * np.sqrt(rate / (1 - rate) / n_draws)
    assert (np.abs(mean - X) <= 5 * standard_error).all()


def test_dropout_draws_anew_each_time_and_repeats_with_its_seed():
    layer, X = Dropout(0.5, np.random.default_rng(3)), np.ones((6, 6))
    first, second = layer.forward(X, training=True), layer.forward(X, training=True)
    assert (first != second).any()
    again = Dropout(0.5, np.random.default_rng(3))
    np.testing.assert_array_equal(again.forward(X, training=True), first)
    np.testing.assert_array_equal(again.forward(X, training=True), second)


@rates
def test_silenced_units_carry_no_blame(rate):
    layer, dA = Dropout(rate, np.random.default_rng(0)), np.full((20, 5), 3.0)
    A = layer.forward(np.ones((20, 5)), training=True)
    dX = layer.backward(dA)
    assert ((dX == 0) == (A == 0)).all() and (A == 0).any()
    np.testing.assert_array_equal(dX, 3 * A)


@rates
def test_gradient_through_dropout_is_the_measured_slope(rate):
    X, dA = np.random.default_rng(1).normal(size=(2, 5, 4))

    def weighted_output(X):
        return (Dropout(rate, np.random.default_rng(0)).forward(X, training=True) * dA).sum()

    layer = Dropout(rate, np.random.default_rng(0))
    layer.forward(X, training=True)
    assert relative_error(layer.backward(dA), central_difference(weighted_output, X)) < 1e-6


def test_the_whole_stack_loses_the_same_units():
    X = np.random.default_rng(1).uniform(1, 2, (3, 2, 6, 5))
    A = Dropout(0.5, np.random.default_rng(0)).forward(X, training=True)
    alone = Dropout(0.5, np.random.default_rng(0)).forward(X[0, 0], training=True)
    np.testing.assert_array_equal(A[0, 0], alone)
    for place in np.ndindex(3, 2):
        np.testing.assert_array_equal(A[place] == 0, alone == 0)


def test_dropout_hands_out_arrays_of_its_own():
    layer, X = Dropout(0.5, np.random.default_rng(0)), np.ones((6, 5))
    first = layer.forward(X, training=True), layer.backward(X)
    kept = first[0].copy(), first[1].copy()
    layer.forward(X + 1, training=True)
    layer.backward(X + 1)
    np.testing.assert_array_equal(first[0], kept[0])
    np.testing.assert_array_equal(first[1], kept[1])
    assert (X == 1).all()


@pytest.mark.parametrize("rate", [-0.1, 1, 1.0, 2, np.nan, np.inf, "half", None, 1j, [0.5, 0.5]])
def test_bad_rate_is_refused(rate):
    assert "dropout is" in said(Dropout, rate, np.random.default_rng(0))


@pytest.mark.parametrize("rng", [None, 0, "seed", np.random.RandomState(1)], ids=str)
def test_dropout_needs_a_generator(rng):
    text = said(Dropout, 0.5, rng)
    assert f"rng is {rng!r}"[:20] in text and "default_rng(0) to silence units" in text
