"""A whole network: one worked by hand, the flat vector and its views, stacks, bad input."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from byhand.losses import half_mean_squared_error, half_mean_squared_error_gradient
from byhand.network import Network, checked
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


def test_predict_takes_lists_and_equals_forward():
    network = by_hand()
    X = [[1, 2], [3, 4]]
    np.testing.assert_array_equal(network.predict(X), network.forward(np.array(X, dtype=float)))


def test_predict_of_a_diverged_net_is_silent():
    network = Network([1, 1], weights=[1e300])
    assert network.predict([[1e300]]) == np.inf


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


def test_drawn_weights_are_uniform_in_0_to_1_and_come_from_rng():
    first = Network([50, 40], rng=np.random.default_rng(3))
    again = Network([50, 40], rng=np.random.default_rng(3))
    other = Network([50, 40], rng=np.random.default_rng(4))
    W = first.layers[0].W
    assert 0 <= W.min() < 0.01 and 0.99 < W.max() < 1 and abs(W.mean() - 0.5) < 0.02
    assert not first.layers[0].b.any()
    np.testing.assert_array_equal(first.parameters, again.parameters)
    assert (first.parameters != other.parameters).any()


def test_one_number_fills_its_array():
    network = Network([2, 3, 1], weights=[0.5, 2], biases=[1, -1])
    assert (network.layers[0].W == 0.5).all() and (network.layers[1].W == 2).all()
    assert (network.layers[0].b == 1).all() and (network.layers[1].b == -1).all()


def test_starting_values_are_copied():
    W = np.ones((1, 1))
    network = Network([1, 1], weights=[W])
    network.parameters += 1
    assert W == 1


def test_repr_lists_layers_and_counts_parameters():
    assert repr(Network([1, 1], weights=[0.5])) == ("Network(Dense(1 → 1, identity); 2 parameters)")
    assert repr(by_hand()) == (
        "Network(Dense(2 → 2, sigmoid), Dense(2 → 1, sigmoid); 9 parameters)"
    )


@pytest.mark.parametrize("sizes", [[], [3], 3, "", None, [[1, 1]]], ids=repr)
def test_too_few_sizes_are_refused(sizes):
    assert f"sizes is {sizes!r}: give the inputs and at least one" in said(
        Network, sizes, weights=[1]
    )


@pytest.mark.parametrize("size", [0, -2, 1.5, True, "3"])
def test_bad_size_in_the_list_is_refused(size):
    assert f"n_outputs is {size!r}" in said(Network, [2, size, 1], weights=[1, 1])


@pytest.mark.parametrize("rng", [None, 0, 1.5, "seed", np.random.RandomState(1)], ids=repr)
def test_missing_start_is_refused(rng):
    text = said(Network, [1, 1], rng=rng)
    assert f"no starting weights, and rng is {rng!r}" in text and "default_rng(0)" in text


@pytest.mark.parametrize(
    ("given", "fragment"),
    [
        ([], "starting W is a list of 0, expected a list of 1"),
        ([1, 2], "starting W is a list of 2, expected a list of 1"),
        (0.5, "starting W is 0.5, expected a list of 1: give one entry a layer"),
        (np.float64(0.5), "expected a list of 1"),
        ("w", "starting W is 'w', expected numbers of shape (2, 1)"),
        ((w for w in [1]), "expected a list of 1"),
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
        ([None], "starting W holds nan"),
    ],
)
def test_bad_starting_weights_are_refused(given, fragment):
    assert fragment in said(Network, [2, 1], weights=given)


@pytest.mark.parametrize(
    ("given", "fragment"),
    [
        ([], "starting b is a list of 0, expected a list of 1"),
        (0.0, "starting b is 0.0, expected a list of 1"),
        ([[1, 2, 3]], "starting b has shape (3,), expected (2,)"),
        ([[1]], "starting b has shape (1,), expected (2,)"),
        ([np.inf], "starting b holds inf"),
    ],
)
def test_bad_starting_biases_are_refused(given, fragment):
    assert fragment in said(Network, [1, 2], weights=[1], biases=given)


@pytest.mark.parametrize("where", ["hidden", "output"])
def test_unknown_activation_is_refused(where):
    text = said(Network, [1, 1, 1], weights=[1, 1], **{where: "softplus"})
    assert "unknown activation 'softplus': choose one of identity" in text


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
        ([["one", "two"]], "X is not an array of numbers: give shape (n_samples, 2)"),
        ("data", "X is not an array of numbers"),
        ([[1, 2], [3]], "X is not an array of numbers"),
        ([[1, 2j]], "X is not an array of numbers"),
        (np.ones((4, 2)) * 1j, "X is not an array of numbers"),  # NumPy would only warn
        ([[1, 10**400]], "X is not an array of numbers"),
        (None, "X has shape ()"),
        ({"x": 1}, "X is not an array of numbers"),
    ],
)
def test_bad_inputs_are_refused(X, fragment):
    assert fragment in said(by_hand().predict, X)


def test_one_column_gets_the_recipe_and_two_do_not():
    assert "(for one column: X.reshape(-1, 1))" in said(
        Network([1, 1], weights=[1]).predict, [1, 2]
    )
    assert "reshape" not in said(by_hand().predict, [1, 2])


def test_targets_must_match_the_rows():
    text = said(by_hand().checked_targets, np.ones((3, 1)), 4)
    assert "X has 4 rows, y has 3" in text


def test_targets_must_match_the_outputs():
    text = said(by_hand().checked_targets, np.ones(4), 4)
    assert "y has shape (4,), expected (n_samples, 1)" in text and "y.reshape(-1, 1)" in text


@pytest.mark.parametrize("X", [np.ones(2), np.ones((4, 3)), [1, 2], np.ones((3, 4, 2)), []])
def test_forward_refuses_shapes_that_do_not_fit(X):
    assert "expected (n_samples, 2)" in said(by_hand().forward, X)


@pytest.mark.parametrize("dA", [np.ones(4), np.ones((1, 1)), np.ones((4, 2)), 1.0])
def test_backward_refuses_slopes_that_would_broadcast(dA):
    network = by_hand()
    network.forward(np.ones((4, 2)))
    text = said(network.backward, dA)
    assert f"dA has shape {np.shape(dA)}, the predictions (4, 1)" in text


def test_backward_before_forward_is_refused():
    assert "call forward first" in said(by_hand().backward, np.ones((4, 1)))


@pytest.mark.parametrize("parameters", [np.ones(8), np.ones(10), np.ones((9, 2)), 1.0, []])
def test_with_parameters_refuses_another_number(parameters):
    text = said(by_hand().with_parameters, parameters)
    assert f"parameters have shape {np.shape(parameters)}, expected (..., 9)" in text


def test_checked_returns_finite_float64():
    array = checked([[1, 2], [3, 4]], "X", 2)
    assert array.dtype == np.float64 and array.tolist() == [[1, 2], [3, 4]]
