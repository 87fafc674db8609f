"""Seed 003, building up a network in Python, against its reference numbers.

The seed keeps one record in each column, so W is (n_outputs, n_inputs); the library keeps one in
each row.  Every matrix of the tables is therefore turned over here.
"""

import re

import numpy as np
import pytest

from byhand.activations import ACTIVATIONS, sigmoid, sigmoid_derivative
from byhand.datasets import three_records, two_moons
from byhand.gradient_check import central_difference
from byhand.layers import INITIALISATIONS, Dense
from byhand.losses import (
    binary_cross_entropy,
    binary_cross_entropy_from_logits,
    binary_cross_entropy_gradient,
)
from byhand.network import Network
from byhand.training import sweep, train
from seeds import CHECKS, agree, columns, given, old_draws, reproduces

CROSS_ENTROPY = "binary_cross_entropy"


def classifier(sizes, weights, biases=None):
    """A ReLU net with one probability at the end."""
    return Network(sizes, hidden="relu", output="sigmoid", weights=weights, biases=biases)


def tables():
    """The small net of the tables, and its records as rows."""
    inputs = CHECKS["003.tables"]["inputs"]
    weights = [np.transpose(W) for W in inputs["W"]]
    network = classifier(inputs["layers"], weights, [np.ravel(b) for b in inputs["B"]])
    return network, np.transpose(inputs["X"]), np.transpose(inputs["Y"])


def moons(n_samples, noise, seed=0):
    """The moons with the noise of the seeds: the same draws as scikit-learn's."""
    X, y = two_moons(n_samples, noise=0, rng=np.random.default_rng(0))
    return X + old_draws(seed).normal(scale=noise, size=X.shape), y


def moons_in_words(text):
    """The moons of, say, "moons(100, noise .3, seed 0)"."""
    n_samples, noise, seed = re.findall(r"[\d.]+", text)
    return moons(int(n_samples), float(noise), int(seed))


def moons_start(sizes, scale):
    draws, weights = old_draws(1), []
    for n_inputs, n_outputs in zip(sizes[:-1], sizes[1:], strict=True):
        size = INITIALISATIONS["he"](n_inputs, n_outputs) if scale == "He" else scale
        weights.append(size * draws.randn(n_outputs, n_inputs).T)
    return classifier(sizes, weights)


@reproduces("003.shapes")
def test_shapes(check):
    (n_inputs, n_records), (n_units, _) = check["inputs"]["X"], check["inputs"]["W"]
    layer = Dense(n_inputs, n_units)
    layer.forward(np.zeros((n_records, n_inputs)))
    assert [*layer.W.T.shape] == check["inputs"]["W"]
    assert [*layer.b[:, None].shape] == check["inputs"]["B"]
    assert [*layer.Z.T.shape] == check["expected"]["Z_shape"]


@given("003.tables", "003.zero")
def test_data_are_those_of_the_library(check):
    X, y = three_records()
    assert (X.T.tolist(), y.T.tolist()) == (check["inputs"]["X"], check["inputs"]["Y"])


@reproduces("003.tables")
def test_tables_forward(check):
    expected, (network, X, y) = check["expected"], tables()
    y_pred = network.forward(X)
    for layer, Z, A in zip(network.layers, expected["Z"], expected["A"], strict=True):
        agree(layer.Z.T, Z, check)
        agree(layer.A.T, A, check)
    agree(binary_cross_entropy(y_pred, y), expected["cost"], check)


@reproduces("003.tables")
def test_tables_backward(check):
    (network, X, y), tables_backward = tables(), check["expected"]["backward"]
    # The tables average over the records in dW and dB; the library already in dA, so dA and dZ of
    # the tables are n_records times ours, and dW and dB are the same.
    n_records = len(X)
    dA = binary_cross_entropy_gradient(network.forward(X), y)
    assert [table["layer"] for table in tables_backward] == [1, 2, 3]
    for layer, table in zip(network.layers[::-1], tables_backward[::-1], strict=True):
        agree(n_records * dA.T, table["dA"], check)
        dA = layer.backward(dA)
        agree(n_records * layer.dZ.T, table["dZ"], check)
        agree(layer.dW.T, table["dW"], check)
        agree(layer.db[:, None], table["dB"], check)


@reproduces("003.tables")
def test_tables_update(check):
    inputs, expected, (network, X, y) = check["inputs"], check["expected"], tables()
    history = train(network, X, y, learning_rate=inputs["lr"], epochs=1, loss=CROSS_ENTROPY)
    for layer, W, b in zip(network.layers, expected["W_after"], expected["B_after"], strict=True):
        agree(layer.W.T, W, check)
        agree(layer.b[:, None], b, check)
    agree(history.loss, [expected["cost"], expected["cost_after"]], check)
    agree(history.accuracy[0], expected["accuracy"], check)


@reproduces("003.tables")
def test_tables_agree_with_central_differences(check):
    network, X, y = tables()
    network.backward(binary_cross_entropy_gradient(network.forward(X), y))

    def loss_at(parameters):
        return binary_cross_entropy(network.with_parameters(parameters).forward(X), y)

    furthest = np.abs(network.gradients - central_difference(loss_at, network.parameters)).max()
    assert furthest <= check["expected"]["max_abs_diff_to_central_difference"]


@pytest.mark.parametrize("name", ["relu", "leaky", "sigmoid", "tanh"])
@reproduces("003.act")
def test_activations_and_their_derivatives(check, name):
    expected, Z = check["expected"], np.array(check["inputs"]["z"])
    slope = {"slope": check["inputs"]["leak"]} if name == "leaky" else {}
    activation = ACTIVATIONS["leaky_relu" if name == "leaky" else name]
    agree(activation.function(Z, **slope), expected[name], check)
    agree(activation.derivative(Z, **slope), expected[f"{name}_d"], check)
    assert len(expected) == 8


@reproduces("003.linear")
def test_without_activation_two_layers_are_one(check):
    inputs = check["inputs"]
    W1, W2 = np.transpose(inputs["W1"]), np.transpose(inputs["W2"])
    network = Network([2, 3, 1], hidden="identity", weights=[W1, W2])
    product = check["expected"]["W2@W1"]
    agree(network.predict(np.eye(2)).T, product, check)  # the columns of the product, one by one
    one_layer = Network([2, 1], weights=[np.transpose(product)])
    X = np.random.default_rng(0).standard_normal((20, 2))
    agree(network.predict(X), one_layer.predict(X), check)


@given("003.moons.A", "003.moons.B", "003.moons.A_He", "003.moons.stuck")
def test_moons_and_their_starts_are_drawn_again(check):
    inputs = check["inputs"]
    X, _ = moons(inputs["n"], inputs["noise"])
    np.testing.assert_allclose(X[:3], inputs["first_rows_of_X"], rtol=1e-12)
    np.testing.assert_allclose(X.sum(), inputs["sum_of_X"], rtol=1e-12)
    network = moons_start(inputs["layers"], inputs["scale"])
    if inputs["W0"] != "regenerate from RandomState(1)":
        for layer, W in zip(network.layers, inputs["W0"], strict=True):
            np.testing.assert_allclose(layer.W.T, W, rtol=1e-12)


def moons_options(check):
    record = [int(epoch) for epoch in check["expected"]]
    return dict(epochs=record[-1], record=record, loss=CROSS_ENTROPY)


@reproduces("003.moons.B", "003.moons.stuck")
def test_moons(check):
    inputs, expected = check["inputs"], check["expected"]
    network = moons_start(inputs["layers"], inputs["scale"])
    X, y = moons(inputs["n"], inputs["noise"])
    history = train(network, X, y, learning_rate=inputs["lr"], **moons_options(check))
    agree(history.loss, columns(expected, "cost"), check)
    agree(history.accuracy, columns(expected, "accuracy"), check)


@pytest.fixture(scope="module")
def small_and_he():
    """One stacked training from two starts: small weights, and those of He."""
    checks = CHECKS["003.moons.A"], CHECKS["003.moons.A_He"]
    networks = [
        moons_start(check["inputs"]["layers"], check["inputs"]["scale"]) for check in checks
    ]
    inputs = checks[0]["inputs"]
    X, y = moons(inputs["n"], inputs["noise"])
    return sweep(networks, X, y, learning_rates=inputs["lr"], **moons_options(checks[0]))


@reproduces("003.moons.A", "003.moons.A_He")
def test_moons_from_small_weights_and_from_those_of_he(check, small_and_he):
    row, expected = ["003.moons.A", "003.moons.A_He"].index(check["id"]), check["expected"]
    same = {"n", "noise", "layers", "lr"}
    assert {name: check["inputs"][name] for name in same} == {
        name: CHECKS["003.moons.A"]["inputs"][name] for name in same
    }
    agree(small_and_he.loss[row], columns(expected, "cost"), check)
    agree(small_and_he.accuracy[row], columns(expected, "accuracy"), check)


@given("003.moons.A", "003.moons.B")
def test_the_seed_s_accuracy_after_8000_epochs_is_met_by_the_look_alikes(check):
    article = check["article_value"]
    found = check["expected"][str(article["epochs"])]["accuracy"]
    assert abs(found - article["accuracy"]) < 0.03


@reproduces("003.overfit")
def test_overfitting_shows_in_held_out_data_only(check):
    expected, inputs = check["expected"], check["inputs"]
    history = train(
        moons_start(inputs["layers"], "He"), *moons_in_words(inputs["train"]),
        learning_rate=inputs["lr"], held_out=moons_in_words(inputs["test"]), **moons_options(check),
    )  # fmt: skip
    agree(history.loss, columns(expected, "cost"), check)
    agree(history.accuracy, columns(expected, "accuracy"), check)
    agree(history.held_out_loss, columns(expected, "test_cost"), check)
    agree(history.held_out_accuracy, columns(expected, "test_accuracy"), check)
    assert (np.diff(history.loss) < 0).all()
    assert history.best_epoch == 2000
    assert (np.diff(history.held_out_loss[history.epochs >= 2000]) > 0).all()


@reproduces("003.zero")
def test_from_zero_weights_only_the_last_bias_moves(check):
    inputs, expected = check["inputs"], check["expected"]
    X, y = np.transpose(inputs["X"]), np.transpose(inputs["Y"])
    network = classifier(inputs["layers"], "zeros", [inputs["all parameters"]] * 3)
    network.backward(binary_cross_entropy_gradient(network.forward(X), y))
    steepest = [np.abs(layer.dW).max() for layer in network.layers]
    agree(steepest, expected["max_abs_dW_per_layer"], check)
    steepest = [np.abs(layer.db).max() for layer in network.layers]
    agree(steepest, expected["max_abs_dB_per_layer"], check)


@reproduces("003.siglin")
def test_near_zero_the_sigmoid_is_nearly_a_line(check):
    expected, Z = check["expected"], np.array(check["inputs"]["z"])
    slope = sigmoid_derivative(np.zeros(1))[0]
    line = sigmoid(np.zeros(1))[0] + slope * Z
    agree(sigmoid(Z), expected["sigmoid"], check)
    agree(slope, expected["slope_at_0"], check)
    agree(line, expected["linear"], check)
    agree(np.abs(sigmoid(Z) - line), expected["abs_error"], check)


@reproduces("003.nan")
def test_the_formula_typed_in_gives_nan_and_the_library_does_not(check):
    expected, z, y = check["expected"], np.array([check["inputs"]["z"]]), check["inputs"]["y"]
    A = sigmoid(z)
    assert A[0] == 1
    with np.errstate(divide="ignore", invalid="ignore"):
        formula = -(y * np.log(A) + (1 - y) * np.log(1 - A))
    agree(formula[0], expected["formula_in_floats"], check)
    agree(binary_cross_entropy(A, [y]), expected["from_logits"], check)
    agree(binary_cross_entropy_from_logits(z, [y]), expected["from_logits"], check)


@reproduces("003.bce")
def test_cross_entropy_and_its_slopes(check):
    expected, inputs = check["expected"], check["inputs"]
    A, y = np.transpose(inputs["A"]), np.transpose(inputs["Y"])
    agree(binary_cross_entropy(A, y), expected["cost"], check)
    # The seed's dA is that of each record; the mean over them is already in ours.
    agree(len(y) * binary_cross_entropy_gradient(A, y)[:, 0], expected["dA"], check)
