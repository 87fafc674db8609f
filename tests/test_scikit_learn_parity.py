"""scikit-learn as a second oracle: its multi-layer perceptron, from the same start."""

import numpy as np
import pytest

from byhand.network import Network
from byhand.optimizers import SGD, Momentum, Nesterov
from byhand.training import train

pytest.importorskip(
    "sklearn", reason="scikit-learn is not installed: where it is, the library is compared with it."
)
from sklearn.exceptions import ConvergenceWarning  # noqa: E402
from sklearn.neural_network import MLPClassifier, MLPRegressor  # noqa: E402

SOLVERS = {
    "plain": (SGD, {"momentum": 0.0}),
    "momentum": (Momentum, {"momentum": 0.9, "nesterovs_momentum": False}),
    "nesterov": (Nesterov, {"momentum": 0.9, "nesterovs_momentum": True}),
}
ACTIVATIONS = {"identity": "identity", "logistic": "sigmoid", "tanh": "tanh", "relu": "relu"}


def fit(kind, network, X, y, *, activation, solver, rate, epochs, l2=0.0):
    """Train scikit-learn's net from the start of ours, in plain steps over all samples.

    Returns its parameters at the end, in our order.
    """
    estimator = kind(
        hidden_layer_sizes=[layer.n_outputs for layer in network.dense[:-1]], solver="sgd",
        activation=activation, learning_rate_init=rate, batch_size=len(X), shuffle=False, tol=0.0,
        alpha=len(X) * l2,  # its penalty is α/2 Σ W² over n
        n_iter_no_change=10 * epochs, max_iter=1, warm_start=True, random_state=0,
        **SOLVERS[solver][1],
    )  # fmt: skip
    with pytest.warns(ConvergenceWarning):
        estimator.fit(X, y)  # makes the arrays
    estimator.coefs_ = [layer.W.copy() for layer in network.dense]
    estimator.intercepts_ = [layer.b.copy() for layer in network.dense]
    with pytest.warns(ConvergenceWarning):
        estimator.set_params(max_iter=epochs).fit(X, y)
    pairs = zip(estimator.coefs_, estimator.intercepts_, strict=True)
    return np.concatenate([part.ravel() for pair in pairs for part in pair])


@pytest.mark.parametrize("epochs", [1, 2, 30])
def test_the_net_worked_by_hand(epochs):
    weights, biases = [[[0.5, -1], [1, 1]], [[1], [-2]]], [[0, -0.5], [0.5]]
    network = Network([2, 2, 1], hidden="sigmoid", weights=weights, biases=biases)
    X, y = np.array([[1, 0.5], [-1, 2]]), np.array([1, 0])
    found = fit(
        MLPClassifier, network, X, y, activation="logistic", solver="plain", rate=1.0, epochs=epochs
    )
    loss = "binary_cross_entropy_from_logits"
    train(network, X, y[:, None], learning_rate=1.0, epochs=epochs, loss=loss)
    np.testing.assert_allclose(network.parameters, found, rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("l2", [0.0, 0.05])
@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("solver", SOLVERS)
@pytest.mark.parametrize("task", ["two classes", "three classes", "numbers"])
def test_20_steps_of_the_same_net(task, solver, activation, l2):
    rng = np.random.default_rng(0)
    loss, n_outputs, y, targets = {
        "two classes": ("binary_cross_entropy_from_logits", 1, np.arange(12) % 2, (12, 1)),
        "three classes": ("categorical_cross_entropy_from_logits", 3, np.arange(12) % 3, 12),
        "numbers": ("half_mean_squared_error", 1, rng.normal(size=12), (12, 1)),
    }[task]
    X, hidden = rng.normal(size=(12, 3)), ACTIVATIONS[activation]
    network = Network([3, 4, 5, n_outputs], hidden=hidden, l2=l2, rng=rng)
    kind = MLPRegressor if task == "numbers" else MLPClassifier
    rate = 0.05
    found = fit(
        kind, network, X, y, activation=activation, solver=solver, rate=rate, epochs=20, l2=l2
    )
    optimizer = SOLVERS[solver][0](rate)
    history = train(network, X, y.reshape(targets), optimizer=optimizer, epochs=20, loss=loss)
    assert history.loss[-1] < history.loss[0]
    np.testing.assert_allclose(network.parameters, found, rtol=1e-10, atol=1e-10)
