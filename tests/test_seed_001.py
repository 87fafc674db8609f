"""Seed 001, backpropagation from one node to a deep net, against its reference numbers."""

import numpy as np
import pytest

from byhand.activations import ACTIVATIONS
from byhand.datasets import six_rows
from byhand.gradient_check import central_difference, gradient_check
from byhand.losses import mean_squared_error, mean_squared_error_gradient
from byhand.network import Network
from byhand.training import train
from seeds import CHECKS, agree, columns, given, reproduces

X, Y = six_rows()
UNSEEN = np.array([[1.0, 1.0, 0.0]])
SQUARED = "mean_squared_error"


def node(check, activation="identity"):
    w, b = np.array(check["inputs"]["w0"])[:, None], check["inputs"]["b0"]
    return Network([3, 1], output=activation, weights=[w], biases=[b])


def deep():
    inputs = CHECKS["001.deep.grad"]["inputs"]
    activation = inputs["activation"]
    return Network(
        inputs["layers"],
        hidden=activation,
        output=activation,
        weights=inputs["W"],
        biases=inputs["b"],
    )


def back(network, X, y):
    """Forward and backward; returns the predictions."""
    y_pred = network.forward(X)
    network.backward(mean_squared_error_gradient(y_pred, y))
    return y_pred


def run(check, expected, activation="identity"):
    """Train over the rows in order, and compare at every epoch of ``expected``."""
    record = [int(name.removesuffix("_epochs")) for name in expected]
    network, inputs = node(check, activation), check["inputs"]
    history = train(
        network, X, Y, learning_rate=inputs["lr"], epochs=record[-1], record=record, loss=SQUARED,
        batch_size=inputs.get("batch", 1), shuffle=False,
    )  # fmt: skip
    agree(history.network.layers[0].W[..., 0], columns(expected, "w"), check)
    agree(history.network.layers[0].b[..., 0], columns(expected, "b"), check)
    agree(history.predict(UNSEEN)[:, 0, 0], columns(expected, "test_prediction"), check)
    agree(history.loss, columns(expected, "train_MSE"), check)
    return history


@given(
    "001.single.grad", "001.single.run", "001.batch.grad", "001.batch.run", "001.mini.run",
    "001.act.run",
)  # fmt: skip
def test_data_are_those_of_the_library(check):
    inputs = check["inputs"]
    assert X.tolist() == inputs["X"]
    assert Y[:, 0].tolist() == inputs["y"]
    assert UNSEEN[0].tolist() == inputs["test_sample"]
    assert inputs["y_is"] == "first feature"
    assert inputs["y"] == [row[0] for row in inputs["X"]]


@reproduces("001.bmi")
def test_body_mass_index(check):
    inputs = check["inputs"]
    agree(inputs["m"] / inputs["h"] ** 2, check["expected"]["BMI"], check)
    # On logarithms it is one node: ln BMI = 1 ln m − 2 ln h.
    network = Network([2, 1], weights=[[[1.0], [-2.0]]])
    logarithm = network.predict(np.log([[inputs["m"], inputs["h"]]]))
    agree(np.exp(logarithm[0, 0]), check["expected"]["BMI"], check)


@reproduces("001.single.grad")
def test_gradient_of_a_single_sample(check):
    inputs, expected, network = check["inputs"], check["expected"], node(check)
    x, y = np.array([inputs["sample"]]), np.array([[inputs["target"]]])
    y_pred = back(network, x, y)
    agree(y_pred[0, 0], expected["a"], check)
    agree(mean_squared_error(y_pred, y), expected["L"], check)
    layer = network.layers[0]
    agree(layer.dW[:, 0], expected["dL_dw"], check)
    agree(layer.db[0], expected["dL_db"], check)
    train(network, x, y, learning_rate=inputs["lr"], epochs=1, loss=SQUARED)
    agree(layer.W[:, 0], expected["w_after"], check)
    agree(layer.b[0], expected["b_after"], check)


@reproduces("001.batch.grad")
def test_gradient_of_all_samples(check):
    expected, network = check["expected"], node(check)
    y_pred = back(network, X, Y)
    agree(y_pred[:, 0], expected["a"], check)
    agree(mean_squared_error(y_pred, Y), expected["L"], check)
    agree(network.layers[0].dW[:, 0], expected["dL_dw"], check)
    agree(network.layers[0].db[0], expected["dL_db"], check)


@reproduces("001.single.run", "001.batch.run", "001.mini.run")
def test_one_at_a_time_all_at_once_and_two_at_a_time_all_find_the_first_feature(check):
    history = run(check, check["expected"])
    distance = np.abs(history.network.parameters - [1, 0, 0, 0]).max(axis=1)
    assert (np.diff(distance) < 0).all()
    assert distance[-1] < 1e-3


@pytest.mark.parametrize("activation", CHECKS["001.act.run"]["expected"])
@reproduces("001.act.run")
def test_two_at_a_time_with_an_activation(check, activation):
    run(check, check["expected"][activation], activation)


@reproduces("001.act.run")
def test_the_weights_behind_a_sigmoid_do_not_settle(check):
    history = run(check, check["expected"]["sigmoid"], "sigmoid")
    at_1000, at_2000 = history.network.parameters[:, 0]
    assert at_2000 > at_1000 + 0.5 > 4


@pytest.mark.parametrize("name", CHECKS["001.act"]["expected"])
@reproduces("001.act")
def test_activations_and_their_derivatives(check, name):
    expected, Z = check["expected"][name], np.array(check["inputs"]["z"])
    agree(ACTIVATIONS[name].function(Z), expected["f"], check)
    agree(ACTIVATIONS[name].derivative(Z), expected["df"], check)


@reproduces("001.diag")
def test_jacobian_of_an_activation_is_diagonal(check):
    Z, activation = np.array(check["inputs"]["z"]), ACTIVATIONS[check["inputs"]["f"]]
    jacobian = np.diag(activation.derivative(Z))
    agree(jacobian, check["expected"]["analytic"], check)
    measured = [
        central_difference(lambda at, row=row: activation.function(at)[row], Z)
        for row in range(len(Z))
    ]
    furthest = np.abs(jacobian - measured).max()
    agree(furthest, check["expected"]["max_abs_diff_to_central_difference"], check)
    dA = np.array([2.0, -3.0, 5.0])
    agree(dA @ jacobian, dA * activation.derivative(Z), check)


@reproduces("001.deep.grad")
def test_every_number_of_a_deep_net_forward_and_back(check):
    inputs, expected, network = check["inputs"], check["expected"], deep()
    assert (X.tolist(), Y.tolist()) == (inputs["X"], inputs["Y"])
    y_pred = back(network, X, Y)
    agree(mean_squared_error(y_pred, Y), expected["loss"], check)
    found = {"Z": "Z", "A": "A", "delta": "dZ", "dW": "dW", "db": "db"}
    for name, attribute in found.items():
        for layer, numbers in zip(network.layers, expected[name], strict=True):
            agree(getattr(layer, attribute), numbers, check)


@reproduces("001.deep.grad")
def test_gradients_of_the_deep_net_agree_with_central_differences(check):
    network = deep()
    back(network, X, Y)

    def loss_at(parameters):
        return mean_squared_error(network.with_parameters(parameters).forward(X), Y)

    furthest = np.abs(network.gradients - central_difference(loss_at, network.parameters)).max()
    agree(furthest, check["expected"]["max_abs_diff_to_central_difference"], check)
    assert gradient_check(network, X, Y, SQUARED).verdict.startswith("right")


@reproduces("001.deep.run")
def test_20_000_epochs_of_the_deep_net(check):
    inputs, expected = check["inputs"], check["expected"]
    assert (inputs["as"], inputs["training"]) == ("001.deep.grad", "full batch")
    record = [int(epoch) for epoch in expected]
    history = train(
        deep(), X, Y, learning_rate=inputs["lr"], epochs=record[-1], record=record, loss=SQUARED
    )
    agree(history.loss, columns(expected, "loss"), check)
    found = history.predict([inputs["test_sample"]])[:, 0, 0]
    agree(found, columns(expected, "test_prediction"), check)
