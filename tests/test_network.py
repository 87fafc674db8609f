"""A whole network: one worked by hand, the flat vector, stacks, starts, files, bad input."""

import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from byhand.activations import ACTIVATIONS, Activation
from byhand.gradient_check import central_difference, relative_error
from byhand.layers import Dense, Dropout
from byhand.losses import LOSSES, half_mean_squared_error, half_mean_squared_error_gradient
from byhand.network import Network
from sentence import said


def by_hand():
    """Return a 2-2-1 net of sigmoids with numbers that can be followed on paper."""
    return Network(
        [2, 2, 1],
        hidden="sigmoid",
        output="sigmoid",
        weights=[[[0.5, 1], [-1, 1]], [[1], [-2]]],
        biases=[[0, -0.5], 0.5],
    )


def test_one_net_by_hand():
    X, y = np.array([[1, 0.5]]), np.array([[1.0]])
    network = by_hand()
    y_pred = network.forward(X)
    one, two = network.layers
    # z¹ = (1·0.5 + 0.5·(−1) + 0, 1·1 + 0.5·1 − 0.5) = (0, 1)
    np.testing.assert_allclose(one.Z, [[0, 1]], atol=1e-15)
    # a¹ = (σ(0), σ(1)) = (1/2, 1/(1 + e⁻¹)) = (0.5, 0.73105858)
    np.testing.assert_allclose(two.X, [[0.5, 0.73105858]], atol=1.1e-8)
    # z² = 0.5·1 + 0.73105858·(−2) + 0.5 = −0.46211716
    np.testing.assert_allclose(two.Z, [[-0.46211716]], atol=1.1e-8)
    # a² = 1/(1 + e^0.46211716) = 0.38648370
    np.testing.assert_allclose(y_pred, [[0.38648370]], atol=1.1e-8)
    # loss = ½ (0.38648370 − 1)² = ½ · 0.37640226 = 0.18820113
    assert half_mean_squared_error(y_pred, y) == pytest.approx(0.18820113, abs=1.1e-8)

    dX = network.backward(half_mean_squared_error_gradient(y_pred, y))
    # δ² = (a² − 1) · a² (1 − a²) = −0.61351630 · 0.38648370 · 0.61351630 = −0.14547333
    # dW² = a¹ᵀ δ² = (0.5, 0.73105858)ᵀ · (−0.14547333) = (−0.07273667, −0.10634953)ᵀ, db² = δ²
    np.testing.assert_allclose(two.dW, [[-0.07273667], [-0.10634953]], atol=1.1e-8)
    np.testing.assert_allclose(two.db, [-0.14547333], atol=1.1e-8)
    # δ¹ = δ² W²ᵀ ⊙ a¹(1 − a¹) = (−0.14547333 · 1 · 0.25, −0.14547333 · (−2) · 0.19661193)
    #    = (−0.03636833, 0.05720359)
    # dW¹ = xᵀ δ¹ = [[1 · δ¹], [0.5 · δ¹]], db¹ = δ¹
    np.testing.assert_allclose(
        one.dW, [[-0.03636833, 0.05720359], [-0.01818417, 0.02860179]], atol=1.1e-8
    )
    np.testing.assert_allclose(one.db, [-0.03636833, 0.05720359], atol=1.1e-8)
    # dX = δ¹ W¹ᵀ = (−0.03636833·0.5 + 0.05720359·1, −0.03636833·(−1) + 0.05720359·1)
    #    = (0.03901942, 0.09357192)
    np.testing.assert_allclose(dX, [[0.03901942, 0.09357192]], atol=1.1e-8)


def test_parameters_lie_layer_after_layer_weights_first():
    # W¹ row by row, b¹, W², b²
    assert by_hand().parameters.tolist() == [0.5, 1, -1, 1, 0, -0.5, 1, -2, 0.5]


def test_layers_are_views_of_the_flat_vectors():
    network = by_hand()
    network.parameters[0] = 7
    assert network.layers[0].W[0, 0] == 7
    network.layers[1].b[0] = 8
    assert network.parameters[-1] == 8
    network.forward(np.ones((3, 2)))
    network.backward(np.ones((3, 1)))
    blocks = [block.ravel() for layer in network.layers for block in (layer.dW, layer.db)]
    np.testing.assert_array_equal(network.gradients, np.concatenate(blocks))
    assert network.gradients.any()


def test_assignment_keeps_the_views():
    network = by_hand()
    network.parameters = np.arange(9.0)
    assert network.layers[0].W.tolist() == [[0, 1], [2, 3]]
    network.layers[0].W = [[9, 8], [7, 6]]
    assert network.parameters[:4].tolist() == [9, 8, 7, 6]
    np.testing.assert_array_equal(network.forward(np.ones((1, 2))), network.predict([[1, 1]]))
    network.gradients = 1
    assert network.layers[1].dW.tolist() == [[1], [1]]


@given(
    sizes=st.lists(st.integers(1, 4), min_size=2, max_size=5),
    n_samples=st.integers(1, 5),
    seed=st.integers(0, 99),
)
def test_shapes_for_any_depth(sizes, n_samples, seed):
    network = Network(sizes, rng=np.random.default_rng(seed))
    y_pred = network.forward(np.ones((n_samples, sizes[0])))
    assert y_pred.shape == (n_samples, sizes[-1])
    assert network.backward(np.ones_like(y_pred)).shape == (n_samples, sizes[0])
    expected = sum((n + 1) * m for n, m in zip(sizes[:-1], sizes[1:], strict=True))
    assert network.parameters.shape == network.gradients.shape == (expected,)
    assert [layer.W.shape for layer in network.layers] == list(
        zip(sizes[:-1], sizes[1:], strict=True)
    )


@given(n_stack=st.integers(1, 4), seed=st.integers(0, 99))
def test_forward_of_a_stack_equals_forward_one_by_one(n_stack, seed):
    rng = np.random.default_rng(seed)
    network, X = by_hand(), rng.normal(size=(5, 2))
    parameters = rng.normal(size=(n_stack, 9))
    stacked = network.with_parameters(parameters)
    together, dA = stacked.forward(X), rng.normal(size=(n_stack, 5, 1))
    stacked.backward(dA)
    for place in range(n_stack):
        alone = network.with_parameters(parameters[place])
        np.testing.assert_allclose(together[place], alone.forward(X), rtol=1e-13)
        alone.backward(dA[place])
        np.testing.assert_allclose(
            stacked.gradients[place], alone.gradients, rtol=1e-12, atol=1e-14
        )


def test_two_linear_layers_are_one():
    rng = np.random.default_rng(0)
    two = Network([3, 4, 2], hidden="identity", rng=rng)
    a, b = two.layers
    one = Network([3, 2], weights=[a.W @ b.W], biases=[a.b @ b.W + b.b])
    X = rng.normal(size=(5, 3))
    np.testing.assert_allclose(two.predict(X), one.predict(X), rtol=1e-14)


def test_hidden_and_output_activations_stand_where_they_are_named():
    network = Network([1, 2, 2, 1], hidden="relu", output="sigmoid", rng=np.random.default_rng(0))
    assert [layer.activation.name for layer in network.layers] == ["relu", "relu", "sigmoid"]


def test_predict_leaves_no_trace():
    network = by_hand()
    network.forward(np.ones((3, 2)))
    Z, parameters = network.layers[0].Z.copy(), network.parameters.copy()
    gradients = network.gradients.copy()
    network.predict(np.zeros((5, 2)))
    np.testing.assert_array_equal(network.layers[0].Z, Z)
    np.testing.assert_array_equal(network.parameters, parameters)
    np.testing.assert_array_equal(network.gradients, gradients)
    network.predict(np.zeros((3, 2)))  # as many rows as in forward
    np.testing.assert_array_equal(network.layers[0].Z, Z)
    np.testing.assert_array_equal(network.layers[0].X, np.ones((3, 2)))


def test_predict_takes_lists_and_equals_forward():
    network = by_hand()
    X = [[1, 2], [3, 4]]
    np.testing.assert_array_equal(network.predict(X), network.forward(np.array(X, dtype=float)))


def test_predict_of_a_stack_has_a_leading_axis():
    parameters = np.random.default_rng(0).normal(size=(3, 2, 9))
    y_pred = by_hand().with_parameters(parameters).predict([[1, 2], [3, 4]])
    assert y_pred.shape == (3, 2, 2, 1)
    for place in np.ndindex(3, 2):
        alone = by_hand().with_parameters(parameters[place]).predict([[1, 2], [3, 4]])
        np.testing.assert_allclose(y_pred[place], alone, rtol=1e-13)


def test_predict_of_a_diverged_net_is_silent():
    network = Network([1, 1], weights=[1e300])
    assert network.predict([[1e300]]) == np.inf
    assert np.isnan(network.with_parameters([np.inf, -np.inf]).predict([[1.0]]))


def test_with_parameters_shares_memory_and_leaves_the_first_alone():
    network, parameters = by_hand(), np.ones(9)
    other = network.with_parameters(parameters)
    other.layers[0].W[0, 0] = 5
    assert parameters[0] == 5 and network.parameters[0] == 0.5
    assert [layer.activation for layer in other.layers] == [
        layer.activation for layer in network.layers
    ]


def test_whole_numbers_as_parameters_do_not_truncate_gradients():
    network = Network([1, 1], weights=[1]).with_parameters([1, 0])
    network.forward(np.array([[0.5]]))
    network.backward(np.array([[0.5]]))
    assert network.gradients.tolist() == [0.25, 0.5]


def test_parameters_may_be_every_other_number_of_a_larger_array():
    larger = np.zeros((9, 3))
    network = by_hand().with_parameters(larger[:, 1])
    network.layers[0].W, network.layers[1].b = 1, 2
    assert larger[:, 1].tolist() == [1, 1, 1, 1, 0, 0, 0, 0, 2]
    assert not larger[:, [0, 2]].any()
    assert network.predict([[1, 1]]) == by_hand().with_parameters(larger[:, 1].copy()).predict(
        [[1, 1]]
    )


def test_parameters_out_and_in_give_the_same_network():
    network = Network([2, 5, 4, 3], output="softmax", rng=np.random.default_rng(0))
    X = np.random.default_rng(1).normal(size=(6, 2))
    copy = network.with_parameters(network.parameters.copy())
    np.testing.assert_array_equal(copy.predict(X), network.predict(X))
    other = Network([2, 5, 4, 3], output="softmax", rng=np.random.default_rng(9))
    other.parameters = network.parameters
    np.testing.assert_array_equal(other.predict(X), network.predict(X))
    other.parameters += 1  # and it is a copy
    assert not np.shares_memory(other.parameters, network.parameters)


def test_blocks_name_every_part_in_the_order_of_the_parameters():
    network = Network([2, 3, 1], rng=np.random.default_rng(0))
    blocks = network.blocks()
    assert [(name, block.shape) for name, block in blocks.items()] == [
        ("W1", (2, 3)), ("b1", (3,)), ("W2", (3, 1)), ("b2", (1,))
    ]  # fmt: skip
    flat = np.concatenate([block.ravel() for block in blocks.values()])
    np.testing.assert_array_equal(flat, network.parameters)
    assert all(np.shares_memory(block, network.parameters) for block in blocks.values())
    without = Network([2, 3, 1], bias=False, rng=np.random.default_rng(0))
    assert list(without.blocks()) == ["W1", "W2"]


@pytest.mark.parametrize("bias", [True, False], ids=["bias", "no bias"])
@pytest.mark.parametrize("hidden", ACTIVATIONS)
def test_gradients_of_a_deep_net_are_the_measured_slopes(hidden, bias):
    rng = np.random.default_rng(0)
    network = Network([3, 4, 4, 3], hidden=hidden, bias=bias, l2=0.1, rng=rng)
    network.parameters = rng.normal(size=network.parameters.size)
    X, y = rng.normal(size=(5, 3)), rng.integers(0, 3, 5)
    loss = LOSSES["categorical_cross_entropy_from_logits"]

    def at(parameters):
        moved = network.with_parameters(parameters)
        return loss.function(moved.forward(X), y) + moved.penalty

    dX = network.backward(loss.gradient(network.forward(X), y))
    assert relative_error(network.gradients, central_difference(at, network.parameters)) < 1e-6
    measured = central_difference(lambda X: loss.function(network.predict(X), y), X)
    assert relative_error(dX, measured) < 1e-6


def test_gradients_of_thirty_layers_are_the_measured_slopes():
    rng = np.random.default_rng(0)
    network = Network([2] * 30 + [1], hidden="softsign", weights="he", rng=rng)
    X, y = rng.normal(size=(3, 2)), rng.normal(size=(3, 1))

    def at(parameters):
        return half_mean_squared_error(network.with_parameters(parameters).forward(X), y)

    network.backward(half_mean_squared_error_gradient(network.forward(X), y))
    assert relative_error(network.gradients, central_difference(at, network.parameters)) < 1e-6


def test_slopes_in_the_inputs_are_optional():
    network = by_hand()
    y_pred = network.forward(np.ones((3, 2)))
    network.backward(np.ones_like(y_pred))
    gradients = network.gradients.copy()
    network.gradients = 0
    network.forward(np.ones((3, 2)))
    assert network.backward(np.ones_like(y_pred), to_inputs=False) is None
    np.testing.assert_array_equal(network.gradients, gradients)


def test_forward_takes_lists_and_whole_numbers():
    rows = [[1, 2], [3, 4]]
    expected = by_hand().forward(np.array(rows, dtype=float))
    for X in (rows, np.array(rows), np.array(rows, dtype=np.float32), np.array(rows, order="F")):
        np.testing.assert_array_equal(by_hand().forward(X), expected)


def test_predictions_are_not_overwritten_by_the_next_call():
    for output in ("identity", "sigmoid"):
        network = Network([2, 3, 1], output=output, rng=np.random.default_rng(0))
        first = network.forward(np.ones((4, 2)))
        kept = first.copy()
        network.forward(np.zeros((4, 2)))
        np.testing.assert_array_equal(first, kept)


# Starting weights


@pytest.mark.parametrize(
    ("weights", "deviation"),
    [("small_normal", 0.01), ("he", np.sqrt(2 / 300)), ("xavier", np.sqrt(2 / 500))],
)
def test_drawn_weights_are_normal_with_the_deviation_of_their_name(weights, deviation):
    layer = Network([300, 200], weights=weights, rng=np.random.default_rng(3)).layers[0]
    assert layer.W.std() == pytest.approx(deviation, rel=0.05)
    assert abs(layer.W.mean()) < 5 * deviation / np.sqrt(layer.W.size)
    assert (np.abs(layer.W) < deviation).mean() == pytest.approx(0.6827, abs=0.01)  # normal
    assert not layer.b.any()


def test_each_layer_draws_by_its_own_sizes():
    network = Network([400, 100, 900, 1], weights="he", rng=np.random.default_rng(0))
    for layer in network.layers:
        assert layer.W.std() == pytest.approx(np.sqrt(2 / layer.n_inputs), rel=0.05)


def test_xavier_is_the_start_that_is_not_named():
    drawn, named = (
        Network([4, 3, 2], rng=np.random.default_rng(0), **options).parameters
        for options in ({}, {"weights": "xavier"})
    )
    np.testing.assert_array_equal(drawn, named)


def test_zeros_need_no_rng():
    assert not Network([4, 3, 2], weights="zeros").parameters.any()


def test_drawn_weights_come_from_rng():
    first, again, other = (
        Network([5, 4], rng=np.random.default_rng(seed)).parameters for seed in (3, 3, 4)
    )
    np.testing.assert_array_equal(first, again)
    assert (first[:20] != other[:20]).all()


def test_layers_are_drawn_one_after_the_other():
    rng = np.random.default_rng(3)
    network = Network([5, 5, 5], rng=rng)
    assert (network.layers[0].W != network.layers[1].W).all()
    np.testing.assert_array_equal(
        network.layers[0].W, Network([5, 5], rng=np.random.default_rng(3)).layers[0].W
    )


def test_one_number_fills_its_array():
    network = Network([2, 3, 1], weights=[0.5, 2], biases=[1, -1])
    assert (network.layers[0].W == 0.5).all() and (network.layers[1].W == 2).all()
    assert (network.layers[0].b == 1).all() and (network.layers[1].b == -1).all()


def test_biases_may_be_given_beside_drawn_weights():
    network = Network([2, 3, 1], biases=[[1, 2, 3], 4], rng=np.random.default_rng(0))
    assert network.layers[0].b.tolist() == [1, 2, 3] and network.layers[1].b.tolist() == [4]
    assert network.layers[0].W.all()


def test_starting_values_are_copied():
    W, b = np.ones((1, 1)), np.ones(1)
    network = Network([1, 1], weights=[W], biases=[b])
    network.parameters += 1
    assert W == 1 and b == 1


@pytest.mark.parametrize("sizes", [(2, 3, 1), np.array([2, 3, 1]), [2, np.int64(3), np.uint8(1)]])
def test_sizes_may_be_any_list_of_whole_numbers(sizes):
    network = Network(sizes, weights=[1, 1])
    assert network.parameters.size == 13
    assert repr(network) == repr(Network([2, 3, 1], weights=[1, 1]))


def test_sizes_are_copied():
    sizes = [2, 3, 1]
    network = Network(sizes, weights=[1, 1])
    sizes.append(4)
    assert network.predict([[1, 2]]).shape == (1, 1)


# Without biases, with a penalty, with dropout


def test_without_biases():
    network = Network([2, 3, 1], bias=False, rng=np.random.default_rng(0))
    assert network.parameters.size == 9
    assert network.predict([[0, 0]]) == 0  # tanh goes through 0
    np.testing.assert_array_equal(
        network.parameters, np.concatenate([layer.W.ravel() for layer in network.layers])
    )
    one, two = network.layers
    X = np.random.default_rng(1).normal(size=(4, 2))
    np.testing.assert_allclose(network.predict(X), np.tanh(X @ one.W) @ two.W, rtol=1e-13)


def test_penalty_by_hand():
    # ½ · 0.1 · (0.5² + 1² + 1² + 1² + 1² + 2²) = 0.05 · 8.25; biases are free
    network = Network([2, 2, 1], weights=[[[0.5, 1], [-1, 1]], [[1], [-2]]], biases=[7, 7], l2=0.1)
    assert network.penalty == pytest.approx(0.4125, rel=1e-14)
    assert by_hand().penalty == 0
    network.forward(np.zeros((1, 2)))
    network.backward(np.zeros((1, 1)))
    # its gradient is λ W, where nothing else is to be learned
    np.testing.assert_allclose(
        network.gradients, [0.05, 0.1, -0.1, 0.1, 0, 0, 0.1, -0.2, 0], rtol=1e-14
    )


def test_penalty_of_a_stack_is_one_number_each():
    network = Network([2, 2, 1], weights=[1, 1], l2=0.1)
    parameters = np.random.default_rng(0).normal(size=(4, 3, 9))
    penalties = network.with_parameters(parameters).penalty
    assert penalties.shape == (4, 3)
    for place in np.ndindex(4, 3):
        alone = network.with_parameters(parameters[place])
        assert penalties[place] == pytest.approx(alone.penalty, rel=1e-14)


def test_penalty_of_a_diverged_net_is_silent():
    assert Network([1, 1], weights=[1e200], l2=1.0).penalty == np.inf
    assert Network([1, 1], weights=[1e200]).penalty == 0


def with_dropout(seed=0, **options):
    options = {"hidden": "sigmoid", "dropout": 0.5, "rng": np.random.default_rng(seed)} | options
    return Network([2, 6, 5, 1], **options)


def test_dropout_stands_behind_every_hidden_layer():
    network = with_dropout()
    assert list(map(type, network.layers)) == [Dense, Dropout, Dense, Dropout, Dense]
    assert network.dense == network.layers[::2]
    assert network.parameters.size == 3 * 6 + 7 * 5 + 6
    plain = with_dropout(dropout=0.0)
    assert plain.layers == plain.dense
    np.testing.assert_array_equal(plain.parameters, network.parameters)


def test_dropout_sleeps_unless_training():
    network, X = with_dropout(), np.random.default_rng(1).normal(size=(4, 2))
    plain = with_dropout(dropout=0.0)
    state = network.rng.bit_generator.state
    for y_pred in (network.predict(X), network.forward(X)):
        np.testing.assert_array_equal(y_pred, plain.predict(X))
    network.backward(np.ones((4, 1)))
    plain.forward(X)
    plain.backward(np.ones((4, 1)))
    np.testing.assert_array_equal(network.gradients, plain.gradients)
    assert network.rng.bit_generator.state == state
    assert (network.forward(X, training=True) != plain.predict(X)).all()


@pytest.mark.parametrize("l2", [0.0, 0.2])
def test_gradients_through_dropout_are_the_measured_slopes(l2):
    network, X = with_dropout(l2=l2), np.random.default_rng(1).normal(size=(4, 2))

    def draw_again(net):  # the same units every time
        for layer in net.layers:
            if isinstance(layer, Dropout):
                layer.rng = np.random.default_rng(5)
        return net.forward(X, training=True)

    def at(parameters):
        moved = network.with_parameters(parameters)
        return half_mean_squared_error(draw_again(moved), np.ones((4, 1))) + moved.penalty

    y_pred = draw_again(network)
    network.backward(half_mean_squared_error_gradient(y_pred, np.ones((4, 1))))
    assert relative_error(network.gradients, central_difference(at, network.parameters)) < 1e-6


def test_a_stack_loses_the_same_units_in_every_training():
    network, X = with_dropout(), np.random.default_rng(1).normal(size=(4, 2))
    stack = network.with_parameters(np.stack([network.parameters] * 3))
    y_pred = stack.forward(X, training=True)
    for place in range(3):
        np.testing.assert_allclose(y_pred[place], y_pred[0], rtol=1e-14)
    assert (y_pred[0] != network.predict(X)).any()


def test_predict_draws_nothing_and_keeps_the_silenced_units():
    network, X = with_dropout(), np.random.default_rng(1).normal(size=(4, 2))
    network.forward(X, training=True)
    masks = [network.layers[place].mask.copy() for place in (1, 3)]
    state = network.rng.bit_generator.state
    np.testing.assert_array_equal(network.predict(X), network.predict(X))
    assert network.rng.bit_generator.state == state
    for place, mask in zip((1, 3), masks, strict=True):
        np.testing.assert_array_equal(network.layers[place].mask, mask)


# What repr draws


def drawn(network):
    """Return the lines of ``repr(network)`` with single spaces."""
    return [" ".join(line.split()) for line in repr(network).splitlines()]


def test_repr_draws_layers_shapes_and_counts():
    assert drawn(Network([1, 1], weights=[0.5])) == [
        "Network 1 → 1, 2 parameters",
        "Dense 1 → 1 identity W (1, 1) + b (1,): 2",
    ]
    assert drawn(by_hand()) == [
        "Network 2 → 2 → 1, 9 parameters",
        "Dense 2 → 2 sigmoid W (2, 2) + b (2,): 6",
        "Dense 2 → 1 sigmoid W (2, 1) + b (1,): 3",
    ]
    assert drawn(with_dropout(bias=False))[:3] == [
        "Network 2 → 6 → 5 → 1, 47 parameters",
        "Dense 2 → 6 sigmoid W (2, 6): 12",
        "Dropout 0.5",
    ]


def test_repr_of_a_stack_says_how_many():
    stack = by_hand().with_parameters(np.zeros((25, 9)))
    assert drawn(stack)[0] == "Network 2 → 2 → 1, 25 × 9 parameters"
    assert drawn(stack)[1:] == drawn(by_hand())[1:]


# Files


FILED = {
    "one node": dict(sizes=[1, 1], weights=[0.1], biases=[1 / 3]),
    "deep": dict(sizes=[2, 3, 4, 5], hidden="gelu", output="softmax", rng=np.random.default_rng(0)),
    "no bias": dict(sizes=[2, 3, 1], bias=False, rng=np.random.default_rng(1)),
    "penalty": dict(sizes=[2, 3, 1], l2=0.25, rng=np.random.default_rng(2)),
    "by Activation": dict(sizes=[2, 1], output=ACTIVATIONS["silu"], rng=np.random.default_rng(3)),
    "dropout": dict(sizes=[2, 3, 1], dropout=0.25, rng=np.random.default_rng(4)),
}
each_filed = pytest.mark.parametrize("options", FILED.values(), ids=FILED)


@each_filed
@pytest.mark.parametrize("stack", [(), (3,), (2, 2)], ids=str)
def test_save_and_load_give_the_same_network(tmp_path, options, stack):
    network, path = Network(**options), tmp_path / "network.npz"
    rng = np.random.default_rng(5)
    network = network.with_parameters(rng.normal(size=(*stack, network.parameters.size)))
    network.save(path)
    loaded = Network.load(path, rng=rng)
    assert repr(loaded) == repr(network)
    np.testing.assert_array_equal(loaded.parameters, network.parameters)
    X = rng.normal(size=(4, options["sizes"][0]))
    np.testing.assert_array_equal(loaded.predict(X), network.predict(X))
    np.testing.assert_array_equal(loaded.penalty, network.penalty)
    assert [layer.l2 for layer in loaded.dense] == [layer.l2 for layer in network.dense]


@each_filed
def test_file_needs_no_pickle(tmp_path, options):
    Network(**options).save(str(tmp_path / "network.npz"))
    with np.load(tmp_path / "network.npz", allow_pickle=False) as file:
        assert not any(file[name].dtype.hasobject for name in file.files)


def test_every_number_comes_back_exactly(tmp_path):
    numbers = [1 / 3, -0.0, 5e-324, -1e308, np.nextafter(1, 2), np.pi, 0, np.inf, np.nan]
    by_hand().with_parameters(numbers).save(tmp_path / "network.npz")
    loaded = Network.load(tmp_path / "network.npz")
    assert loaded.parameters.tobytes() == np.array(numbers).tobytes()


def test_loaded_network_goes_on_learning(tmp_path):
    network = by_hand()
    network.save(tmp_path / "network.npz")
    loaded = Network.load(tmp_path / "network.npz")
    for net in (network, loaded):
        net.forward(np.ones((3, 2)))
        net.backward(np.ones((3, 1)))
        net.parameters -= 0.1 * net.gradients
    np.testing.assert_array_equal(loaded.parameters, network.parameters)
    np.testing.assert_array_equal(loaded.predict([[1, 2]]), network.predict([[1, 2]]))


def test_loaded_dropout_needs_a_generator_and_draws_from_it(tmp_path):
    with_dropout().save(tmp_path / "network.npz")
    text = said(Network.load, tmp_path / "network.npz")
    assert "rng is None: give rng=np.random.default_rng(0) to silence units" in text
    first, again = (
        Network.load(tmp_path / "network.npz", rng=np.random.default_rng(1)) for _ in range(2)
    )
    X = np.ones((4, 2))
    np.testing.assert_array_equal(first.forward(X, training=True), again.forward(X, training=True))


@pytest.mark.parametrize("place", ["hidden", "output"])
@pytest.mark.parametrize("name", ["mine", "tanh"])
def test_own_activation_cannot_be_saved(tmp_path, place, name):
    """Also not under a name of the library, where loading would find another function."""
    own = Activation(name, np.sin, np.cos, (-1, 1))
    network = Network([1, 1, 1], weights=[1, 1], **{place: own})
    assert repr(name) in said(network.save, tmp_path / "network.npz")
    assert not list(tmp_path.iterdir())


class Trap:
    def __reduce__(self):
        return pytest.fail, ("a pickle was opened",)


def no_networks(path):
    """Yield ways to write a file that holds no network."""
    yield "nothing", lambda: path.write_bytes(b"")
    yield "text", lambda: path.write_text("weights: 0.5\n")
    yield "a zip that breaks off", lambda: path.write_bytes(b"PK\x03\x04 and so on")
    yield "a pickle", lambda: path.write_bytes(pickle.dumps(Trap()))
    yield "one array", lambda: np.save(path, np.ones(3))
    yield "other arrays", lambda: np.savez(path, a=np.ones(3))
    yield "no sizes", lambda: np.savez(path, parameters=np.ones(3))
    yield "pickled arrays", lambda: np.savez(path, parameters=np.array([Trap()], dtype=object))


def saved(path):
    """Save a network and return its bytes."""
    by_hand().save(path)
    return path.read_bytes()


@pytest.mark.parametrize("number", range(8))
def test_a_file_that_is_no_network_is_refused(tmp_path, number):
    path = tmp_path / "network.npz"
    _, write = list(no_networks(path))[number]
    write()
    [written] = tmp_path.iterdir()
    written.rename(path)  # np.save has its own ending
    assert "network.npz holds no network: give" in said(Network.load, path)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.99])
def test_a_file_that_breaks_off_is_refused(tmp_path, share):
    path = tmp_path / "network.npz"
    content = saved(path)
    path.write_bytes(content[: int(share * len(content))])
    assert "holds no network" in said(Network.load, path)


@given(place=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7))
@settings(max_examples=60)
def test_a_file_with_a_wrong_bit_is_refused_or_the_same_network(tmp_path_factory, place, bit):
    path = tmp_path_factory.mktemp("bits") / "network.npz"
    content = bytearray(saved(path))
    content[int(place * len(content))] ^= 1 << bit
    path.write_bytes(content)
    try:
        loaded = Network.load(path)
    except ValueError:
        said(Network.load, path)
    else:  # a date or the like
        np.testing.assert_array_equal(loaded.parameters, by_hand().parameters)
        assert repr(loaded) == repr(by_hand())


@pytest.mark.parametrize(
    "changed",
    [
        {"sizes": np.array([2, 2, 2])},
        {"sizes": "2-2-1"},
        {"hidden": "sigma"},
        {"dropout": 7.0},
        {"l2": -1.0},
        {"parameters": np.ones(8)},
        {"parameters": "nine"},
        {"extra": 1},
    ],
    ids=str,
)
def test_a_changed_file_is_refused(tmp_path, changed):
    path = tmp_path / "network.npz"
    saved(path)
    with np.load(path) as file:
        kept = dict(file)
    np.savez(path, **(kept | changed))
    said(Network.load, path)


def test_a_missing_file_is_missing(tmp_path):
    with pytest.raises(FileNotFoundError):
        Network.load(tmp_path / "network.npz")


# What is refused


@pytest.mark.parametrize(
    "sizes", [[], [3], 3, "", "23", None, [[1, 1]], [[1], [1, 2]], {1: 2}, {1, 2}], ids=repr
)
def test_too_few_sizes_are_refused(sizes):
    text = said(Network, sizes, weights=[1])
    assert "size" in text and "is" in text


@pytest.mark.parametrize("sizes", [[], [3], 3, None], ids=repr)
def test_recipe_for_sizes(sizes):
    assert f"sizes is {sizes!r}: give the inputs and at least one" in said(
        Network, sizes, weights=[1]
    )


@pytest.mark.parametrize("size", [0, -2, 1.5, True, "3", None, np.nan])
@pytest.mark.parametrize("place", [0, 1, 2])
def test_bad_size_in_the_list_is_refused(size, place):
    sizes = [1, 1, 1]
    sizes[place] = size
    text = said(Network, sizes, weights=[1, 1])
    assert f"is {size!r}, expected a whole number from 1 up" in text


@pytest.mark.parametrize("rng", [None, 0, 1.5, "seed", np.random.RandomState(1)], ids=type)
@pytest.mark.parametrize("weights", ["small_normal", "he", "xavier"])
def test_drawing_needs_a_generator(rng, weights):
    text = said(Network, [1, 1], weights=weights, rng=rng)
    assert f"rng is {rng!r}"[:20] in text and "default_rng(0) to draw weights" in text


def test_dropout_needs_a_generator():
    text = said(Network, [1, 2, 1], weights=[1, 1], dropout=0.5)
    assert "rng is None: give rng=np.random.default_rng(0) to silence units" in text
    assert Network([1, 1], weights=[1], dropout=0.5).predict([[1]]) == 1  # nothing to silence


@pytest.mark.parametrize("sizes", [[1, 1], [1, 2, 1]])
@pytest.mark.parametrize("dropout", [-0.1, 1.0, 5, np.nan, "half", None, [0.5, 0.5]], ids=str)
def test_bad_dropout_is_refused(sizes, dropout):
    weights = [1] * (len(sizes) - 1)
    text = said(Network, sizes, weights=weights, dropout=dropout, rng=np.random.default_rng(0))
    assert "dropout is" in text


@pytest.mark.parametrize("l2", [-0.1, np.inf, np.nan, "strong", None, [0.1, 0.1]], ids=str)
def test_bad_penalty_is_refused(l2):
    assert "l2 is" in said(Network, [1, 1], weights=[1], l2=l2)


@pytest.mark.parametrize("weights", ["uniform", "Xavier", "", "w"])
def test_unknown_start_is_refused_with_the_choices(weights):
    text = said(Network, [1, 1], weights=weights, rng=np.random.default_rng(0))
    assert f"unknown starting weights {weights!r}: choose one of" in text
    assert "xavier" in text


@pytest.mark.parametrize(
    ("given", "fragment"),
    [
        ([], "starting W is a list of 0, expected a list of 1"),
        ([1, 2], "starting W is a list of 2, expected a list of 1"),
        (0.5, "starting W is 0.5, expected a list of 1: give one entry a layer"),
        (np.float64(0.5), "expected a list of 1"),
        (None, "starting W is None, expected a list of 1"),
        ((w for w in [1]), "expected a list of 1"),
        (np.ones, "expected a list of 1"),
        ({1: 2}, "expected a list of 1"),
        ([[1, 2, 3]], "starting W has shape (3,), expected (2, 1)"),
        ([[1, 2]], "starting W has shape (2,), expected (2, 1)"),
        ([[[1]]], "starting W has shape (1, 1), expected (2, 1)"),  # NumPy would fill both rows
        ([[[1, 2]]], "starting W has shape (1, 2), expected (2, 1)"),
        ([[[1], [2, 3]]], "expected numbers of shape (2, 1)"),
        (["half"], "starting W is 'half', expected numbers of shape (2, 1)"),
        ([1j], "starting W is 1j, expected numbers"),
        ([10**400], "expected numbers of shape (2, 1)"),
        ([np.nan], "starting W holds nan, expected finite numbers"),
        ([[[1], [-np.inf]]], "starting W holds -inf"),
        ([None], "starting W"),
    ],
)
def test_bad_starting_weights_are_refused(given, fragment):
    assert fragment in said(Network, [2, 1], weights=given)


@pytest.mark.parametrize(
    ("given", "fragment"),
    [
        ([], "starting b is a list of 0, expected a list of 1"),
        (0.0, "starting b is 0.0, expected a list of 1"),
        ("zeros", "starting b is 'zeros', expected a list of 1"),
        ([[1, 2, 3]], "starting b has shape (3,), expected (2,)"),
        ([[1]], "starting b has shape (1,), expected (2,)"),
        ([np.inf], "starting b holds inf"),
    ],
)
def test_bad_starting_biases_are_refused(given, fragment):
    assert fragment in said(Network, [1, 2], weights=[1], biases=given)


def test_biases_of_a_network_without_are_refused():
    assert "starting b" in said(Network, [1, 2], weights=[1], biases=[1], bias=False)


@pytest.mark.parametrize("where", ["hidden", "output"])
def test_unknown_activation_is_refused(where):
    text = said(Network, [1, 1, 1], weights=[1, 1], **{where: "swish"})
    assert "unknown activation 'swish': choose one of the 19" in text


def test_list_of_activations_is_refused():
    text = said(Network, [1, 1, 1], hidden=["relu"], weights=[1, 1])
    assert "unknown activation ['relu']" in text


@pytest.mark.parametrize(
    ("X", "fragment"),
    [
        ([], "X has shape (0,), expected (n_samples, 2)"),
        (np.ones((0, 2)), "X has shape (0, 2), expected (n_samples, 2) with at least one row"),
        (3.0, "X has shape ()"),
        ([1, 2], "X has shape (2,)"),
        (np.ones((4, 3)), "X has shape (4, 3), expected (n_samples, 2)"),
        (np.ones((2, 4, 2)), "X has shape (2, 4, 2)"),
        ([[1, np.nan], [1, 1]], "X holds nan in row 0, column 1, expected finite numbers"),
        ([[1, 1], [-np.inf, 1]], "X holds -inf in row 1, column 0"),
        ([[1, None]], "X holds nan in row 0"),
        ([["one", "two"]], "X is [['one', 'two']], expected an array of numbers: give shape"),
        ("data", "X is 'data', expected an array of numbers: give shape (n_samples, 2)"),
        ([[1, 2], [3]], "X is [[1, 2], [3]], expected an array of numbers"),
        ([[1, 2j]], "X is [[1, 2j]], expected an array of numbers"),
        (np.ones((4, 2)) * 1j, "expected an array of numbers"),  # NumPy would only warn
        ([[1, 10**400]], "expected an array of numbers"),
        (None, "expected"),
        ({"x": 1}, "X is {'x': 1}, expected an array of numbers"),
    ],
)
def test_bad_inputs_are_refused(X, fragment):
    assert fragment in said(by_hand().predict, X)


def test_one_column_gets_the_recipe_and_two_do_not():
    assert "(for one column: X.reshape(-1, 1))" in said(
        Network([1, 1], weights=[1]).predict, [1, 2]
    )
    assert "reshape" not in said(by_hand().predict, [1, 2])


@pytest.mark.parametrize("X", [np.ones(2), np.ones((4, 3)), [1, 2], np.ones((3, 4, 2)), []])
def test_forward_refuses_shapes_that_do_not_fit(X):
    assert "expected (n_samples, 2)" in said(by_hand().forward, X)


NO_NUMBERS = ["data", [["one", "two"]], [[1], [1, 2]], [[1, 2j]], np.ones((4, 2)) * 1j]


@pytest.mark.parametrize("X", NO_NUMBERS, ids=str)
def test_forward_refuses_what_is_no_array_of_numbers(X):
    assert "X is" in said(by_hand().forward, X)


@pytest.mark.parametrize("dA", [np.ones(4), np.ones((1, 1)), np.ones((4, 2)), 1.0])
def test_backward_refuses_slopes_that_would_broadcast(dA):
    network = by_hand()
    network.forward(np.ones((4, 2)))
    text = said(network.backward, dA)
    assert f"dA has shape {np.shape(dA)}, the predictions (4, 1)" in text


@pytest.mark.parametrize("dA", NO_NUMBERS, ids=str)
def test_backward_refuses_what_is_no_array_of_numbers(dA):
    network = by_hand()
    network.forward(np.ones((4, 2)))
    assert "dA is" in said(network.backward, dA)


def test_backward_before_forward_is_refused():
    assert "call forward first" in said(by_hand().backward, np.ones((4, 1)))


@pytest.mark.parametrize("parameters", [np.ones(8), np.ones(10), np.ones((9, 2)), 1.0, []])
def test_with_parameters_refuses_another_number(parameters):
    text = said(by_hand().with_parameters, parameters)
    assert f"parameters have shape {np.shape(parameters)}, expected (..., 9)" in text


@pytest.mark.parametrize("parameters", NO_NUMBERS, ids=str)
def test_with_parameters_refuses_what_is_no_array_of_numbers(parameters):
    assert "parameters" in said(by_hand().with_parameters, parameters)
