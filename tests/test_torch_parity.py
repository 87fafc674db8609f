"""PyTorch as an independent oracle: the same numbers forwards, backwards and in training."""

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from byhand.activations import ACTIVATIONS
from byhand.curvature import hessian
from byhand.losses import LOSSES
from byhand.network import Network
from byhand.optimizers import (
    SGD,
    Adam,
    Momentum,
    Nesterov,
    RMSprop,
    constant,
    cosine_decay,
    exponential_decay,
    step_decay,
    warm_up,
)
from byhand.training import train

torch = pytest.importorskip(
    "torch", reason="PyTorch is not installed: where it is, the library is compared with it."
)
torch.set_num_threads(1)  # nets this small only wait for each other
F = torch.nn.functional
optim, schedulers = torch.optim, torch.optim.lr_scheduler

ACTIVATIONS_OF_TORCH = {
    "identity": torch.nn.Identity(),
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "relu": torch.relu,
    "leaky_relu": F.leaky_relu,
    "prelu": torch.nn.PReLU(dtype=torch.float64),
    "gelu": F.gelu,
    "softplus": F.softplus,
    "elu": F.elu,
    "selu": F.selu,
    "arctan": torch.atan,
    "softsign": F.softsign,
    "silu": F.silu,
    "softmax": lambda Z: F.softmax(Z, dim=-1),
    # The others it has not: written out, their slopes are autograd's.
    "binary_step": lambda Z: torch.where(Z >= 0, 1.0, 0.0) + 0 * Z,
    "sqnl": lambda Z: torch.where(Z.abs() < 2, Z - Z * Z.abs() / 4, Z.sign()),
    "bent_identity": lambda Z: (torch.sqrt(Z**2 + 1) - 1) / 2 + Z,
    "gaussian": lambda Z: torch.exp(-(Z**2)),
    "sq_rbf": lambda Z: torch.where(
        Z.abs() <= 1, 1 - Z**2 / 2, torch.where(Z.abs() < 2, (2 - Z.abs()) ** 2 / 2, 0 * Z)
    ),
}
LOSSES_OF_TORCH = {
    "half_mean_squared_error": lambda p, y: F.mse_loss(p, y) / 2,
    "mean_squared_error": F.mse_loss,
    "sum_squared_error": lambda p, y: F.mse_loss(p, y, reduction="sum"),
    "mean_absolute_error": F.l1_loss,
    "binary_cross_entropy": F.binary_cross_entropy,
    "binary_cross_entropy_from_logits": F.binary_cross_entropy_with_logits,
    # Of classes it takes logits only: the log of a probability is one.
    "categorical_cross_entropy": lambda p, y: -(y * torch.log(p)).sum(dim=-1).mean(),
    "categorical_cross_entropy_from_logits": F.cross_entropy,
    # Again those that it has not.
    "exponential": lambda p, y: 10 * torch.exp(((p - y) ** 2).sum() / 10),
    "hellinger": lambda p, y: ((p.sqrt() - y.sqrt()) ** 2).sum().sqrt() / math.sqrt(2),
    "itakura_saito": lambda p, y: (y / p - torch.log(y / p) - 1).mean(),
}
CHANCES = ("binary_cross_entropy", "categorical_cross_entropy", "hellinger", "itakura_saito")


def tensor(array, **options):
    return torch.tensor(np.asarray(array), dtype=torch.float64, **options)


def agree(ours, theirs, tolerance=1e-10):
    theirs = theirs.detach().numpy()
    assert np.shape(ours) == theirs.shape
    np.testing.assert_allclose(ours, theirs, rtol=tolerance, atol=tolerance)


class Twin(torch.nn.Module):
    """The same network, made of torch.nn.Linear; its weights lie transposed."""

    def __init__(self, network):
        super().__init__()
        self.linear = torch.nn.ModuleList()
        for layer in network.dense:
            options = {"bias": layer.bias, "dtype": torch.float64}
            self.linear.append(torch.nn.Linear(layer.n_inputs, layer.n_outputs, **options))
        self.activations = [ACTIVATIONS_OF_TORCH[layer.activation.name] for layer in network.dense]
        self.l2 = [layer.l2 for layer in network.dense]
        for linear, layer in zip(self.linear, network.dense, strict=True):
            linear.weight.data = tensor(layer.W.T.copy())
            if layer.bias:
                linear.bias.data = tensor(layer.b.copy())

    def forward(self, X):
        for linear, activation in zip(self.linear, self.activations, strict=True):
            X = activation(linear(X))
        return X

    def penalty(self):
        pairs = zip(self.l2, self.linear, strict=True)
        return sum(l2 / 2 * (linear.weight**2).sum() for l2, linear in pairs)

    def flat(self, which=lambda parameter: parameter.data):
        """Return parameters, or what ``which`` makes of them, in the library's order."""
        parts = []
        for linear in self.linear:
            parts.append(which(linear.weight).T.ravel())
            if linear.bias is not None:
                parts.append(which(linear.bias))
        return torch.cat(parts)

    def groups(self):
        """Return parameter groups that decay the weights and leave the biases free."""
        return [
            {"params": [parameter], "weight_decay": l2 if parameter is linear.weight else 0.0}
            for l2, linear in zip(self.l2, self.linear, strict=True)
            for parameter in linear.parameters()
        ]


def draw(rng, sizes, loss="half_mean_squared_error", n_samples=5, **options):
    network = Network(sizes, rng=rng, **options)
    network.parameters[:] = rng.normal(scale=0.7, size=network.parameters.size)
    X, y = rng.normal(size=(n_samples, sizes[0])), rng.uniform(0.1, 0.9, (n_samples, sizes[-1]))
    if "categorical" in loss:
        y /= y.sum(axis=1, keepdims=True)
    return network, X, y


# --- one by one


def test_every_activation_and_every_loss_has_a_twin():
    assert ACTIVATIONS_OF_TORCH.keys() == ACTIVATIONS.keys()
    assert LOSSES_OF_TORCH.keys() == LOSSES.keys()


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_activation_and_slope(name):
    # None of the numbers is a corner.  Softplus of torch is a straight line from 20 upwards.
    Z = np.concatenate([np.linspace(-15.03, 15.03, 600), [-1e-9, 1e-9, 1e-3, -40.5]])[:, None]
    Z = np.hstack([Z, 1.5 * Z[::-1] / 2])
    Z_twin = tensor(Z, requires_grad=True)
    A_twin = ACTIVATIONS_OF_TORCH[name](Z_twin)
    agree(ACTIVATIONS[name].function(Z), A_twin, 1e-14)
    dA = np.random.default_rng(0).normal(size=Z.shape)
    A_twin.backward(tensor(dA))
    slope = ACTIVATIONS[name].derivative(Z)
    dZ = np.einsum("ni,nij->nj", dA, slope) if name == "softmax" else dA * slope
    agree(dZ, Z_twin.grad, 1e-13)


@pytest.mark.parametrize("shape", [(4, 1), (1, 3), (6, 2), (50, 5)], ids=str)
@pytest.mark.parametrize("name", LOSSES)
def test_loss_and_gradient(name, shape):
    rng = np.random.default_rng(0)
    y_pred, y = rng.uniform(0.01, 0.99, shape), rng.uniform(0.01, 0.99, shape)
    if name not in CHANCES:
        y_pred = rng.normal(size=shape)
    if "categorical" in name:
        y /= y.sum(axis=1, keepdims=True)
    twin = tensor(y_pred, requires_grad=True)
    loss = LOSSES_OF_TORCH[name](twin, tensor(y))
    loss.backward()
    agree(LOSSES[name].function(y_pred, y), loss, 1e-13)
    agree(LOSSES[name].gradient(y_pred, y), twin.grad, 1e-13)


@pytest.mark.parametrize("size", [50.0, 500.0, 30000.0])
def test_cross_entropy_of_huge_logits(size):
    rng = np.random.default_rng(0)
    Z, labels = size * rng.normal(size=(20, 3)), rng.integers(3, size=20)
    twin, target = tensor(Z, requires_grad=True), np.eye(3)[labels]
    loss = F.cross_entropy(twin, torch.tensor(labels))
    loss.backward()
    agree(LOSSES["categorical_cross_entropy_from_logits"].function(Z, labels), loss)
    agree(LOSSES["categorical_cross_entropy_from_logits"].gradient(Z, labels), twin.grad)
    twin = tensor(Z, requires_grad=True)
    loss = F.binary_cross_entropy_with_logits(twin, tensor(target))
    loss.backward()
    agree(LOSSES["binary_cross_entropy_from_logits"].function(Z, target), loss)
    agree(LOSSES["binary_cross_entropy_from_logits"].gradient(Z, target), twin.grad)


def test_categorical_cross_entropy_is_nll_of_the_log():
    rng = np.random.default_rng(0)
    labels, p = rng.integers(4, size=30), rng.dirichlet(np.ones(4), 30)
    twin = tensor(p, requires_grad=True)
    loss = F.nll_loss(torch.log(twin), torch.tensor(labels))
    loss.backward()
    agree(LOSSES["categorical_cross_entropy"].function(p, labels), loss, 1e-13)
    agree(LOSSES["categorical_cross_entropy"].gradient(p, labels), twin.grad, 1e-13)


@pytest.mark.parametrize("soft", [False, True], ids=["whole numbers", "probabilities"])
def test_classes_as_whole_numbers_and_as_probabilities(soft):
    rng = np.random.default_rng(0)
    network, X, _ = draw(rng, [3, 5, 4], n_samples=12)
    y = rng.dirichlet(np.ones(4), 12) if soft else rng.integers(4, size=12)
    twin = Twin(network)
    F.cross_entropy(twin(tensor(X)), tensor(y) if soft else torch.tensor(y)).backward()
    loss = LOSSES["categorical_cross_entropy_from_logits"]
    network.backward(loss.gradient(network.forward(X), y))
    agree(network.gradients, twin.flat(lambda parameter: parameter.grad))


# --- whole networks


def assert_twins(network, X, y, loss):
    """Predictions, loss, gradients of all parameters and of the inputs are those of the twin."""
    twin, X_twin = Twin(network), tensor(X, requires_grad=True)
    y_twin = twin(X_twin)
    loss_twin = LOSSES_OF_TORCH[loss](y_twin, tensor(y)) + twin.penalty()
    loss_twin.backward()
    y_pred = network.forward(X)
    agree(y_pred, y_twin)
    agree(LOSSES[loss].function(y_pred, y) + network.penalty, loss_twin)
    dX = network.backward(LOSSES[loss].gradient(y_pred, y))
    agree(network.gradients, twin.flat(lambda parameter: parameter.grad))
    agree(dX, X_twin.grad)


@settings(max_examples=150)
@given(
    seed=st.integers(0, 9999), sizes=st.lists(st.integers(1, 6), min_size=2, max_size=6),
    hidden=st.sampled_from(list(ACTIVATIONS)), output=st.sampled_from(list(ACTIVATIONS)),
    loss=st.sampled_from([loss for loss in LOSSES if loss not in CHANCES]),
    bias=st.booleans(), l2=st.sampled_from([0.0, 0.3]), n_samples=st.integers(1, 9),
)  # fmt: skip
def test_any_network(seed, sizes, hidden, output, loss, bias, l2, n_samples):
    rng = np.random.default_rng(seed)
    options = {"hidden": hidden, "output": output, "bias": bias, "l2": l2}
    network, X, y = draw(rng, sizes, loss, n_samples, **options)
    network.forward(X)
    Z = np.concatenate([layer.Z.ravel() for layer in network.dense])
    assume(np.abs(Z[:, None] - [-2, -1, 0, 1, 2]).min() > 1e-9)  # corners have no slope
    assume(np.abs(Z).max() < 15)
    assert_twins(network, X, y, loss)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("output", ["sigmoid", "softmax"])
@pytest.mark.parametrize("loss", CHANCES)
def test_networks_that_give_chances(loss, output, seed):
    rng = np.random.default_rng(seed)
    assert_twins(*draw(rng, [3, 4, 2, 3], loss, output=output, l2=0.1), loss)


@pytest.mark.parametrize("loss", ["half_mean_squared_error", "binary_cross_entropy_from_logits"])
@pytest.mark.parametrize("hidden", ["tanh", "gelu", "softplus", "gaussian", "softmax"])
def test_hessian(hidden, loss):
    network, X, y = draw(np.random.default_rng(0), [2, 3, 2, 1], loss, hidden=hidden, l2=0.2)
    twin = Twin(network)
    shapes = [(layer.n_inputs, layer.n_outputs) for layer in network.dense]

    def loss_at(flat):
        A, start, penalty = tensor(X), 0, 0.0
        for (n_inputs, n_outputs), activation in zip(shapes, twin.activations, strict=True):
            end = start + n_inputs * n_outputs
            W, b = flat[start:end].reshape(n_inputs, n_outputs), flat[end : end + n_outputs]
            A, start, penalty = activation(A @ W + b), end + n_outputs, penalty + (W**2).sum()
        return LOSSES_OF_TORCH[loss](A, tensor(y)) + 0.1 * penalty

    exact = torch.autograd.functional.hessian(loss_at, twin.flat())
    agree(hessian(network, X, y, loss), exact, 1e-8)


# --- training


OPTIMIZERS = {
    "SGD": (SGD, {}, optim.SGD, {}),
    "Momentum": (Momentum, {}, optim.SGD, {"momentum": 0.9}),
    "Momentum 0.5": (Momentum, {"momentum": 0.5}, optim.SGD, {"momentum": 0.5}),
    "Nesterov": (Nesterov, {}, optim.SGD, {"momentum": 0.9, "nesterov": True}),
    "Nesterov 0.5": (Nesterov, {"momentum": 0.5}, optim.SGD, {"momentum": 0.5, "nesterov": True}),
    "RMSprop": (RMSprop, {}, optim.RMSprop, {"alpha": 0.9, "eps": 1e-8}),
    "RMSprop 0.99": (RMSprop, {"rho": 0.99, "epsilon": 1e-3}, optim.RMSprop, {"eps": 1e-3}),
    "Adam": (Adam, {}, optim.Adam, {}),
    "Adam 0.8": (
        Adam, {"beta_1": 0.8, "beta_2": 0.95, "epsilon": 1e-4},
        optim.Adam, {"betas": (0.8, 0.95), "eps": 1e-4},
    ),
}  # fmt: skip
RATE, EPOCHS = 0.02, 20


def train_twin(twin, X, y, optimizer, loss, batch_size=None, scheduler=None):
    """Train as torch does, and return parameters and learning rate of every epoch."""
    X, y, losses = tensor(X), tensor(y), []
    parameters, rates = [twin.flat().clone()], []
    for _ in range(EPOCHS):
        losses.append(LOSSES_OF_TORCH[loss](twin(X), y).item())
        rates.append(optimizer.param_groups[0]["lr"])
        for start in range(0, len(X), batch_size or len(X)):
            batch = slice(start, start + (batch_size or len(X)))
            optimizer.zero_grad()
            LOSSES_OF_TORCH[loss](twin(X[batch]), y[batch]).backward()
            optimizer.step()
        if scheduler:
            scheduler.step()
        parameters.append(twin.flat().clone())
    return torch.stack(parameters), rates, losses


@pytest.mark.parametrize("batch_size", [None, 3], ids=["all at once", "in batches of 3"])
@pytest.mark.parametrize("l2", [0.0, 0.3], ids=["free", "decay"])
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_20_epochs_of_every_optimizer(name, l2, batch_size):
    ours, options, theirs, options_of_torch = OPTIMIZERS[name]
    loss = "binary_cross_entropy_from_logits"
    network, X, y = draw(np.random.default_rng(1), [3, 5, 4, 2], loss, 8, l2=l2)
    twin = Twin(network)
    found, _, losses = train_twin(
        twin, X, y, theirs(twin.groups(), lr=RATE, **options_of_torch), loss, batch_size
    )
    history = train(
        network, X, y, optimizer=ours(RATE, **options), epochs=EPOCHS, loss=loss,
        batch_size=batch_size, shuffle=False,
    )  # fmt: skip
    assert losses[-1] < losses[0]
    agree(history.network.parameters, found)
    agree(network.parameters, found[-1])
    np.testing.assert_allclose(history.loss[:-1], losses, rtol=1e-10)


SCHEDULES = {
    "constant": (constant(RATE), lambda o: schedulers.ConstantLR(o, factor=1.0)),
    "step": (step_decay(RATE, 6), lambda o: schedulers.StepLR(o, 6, 0.5)),
    "step 0.1": (step_decay(RATE, 7, 0.1), lambda o: schedulers.StepLR(o, 7, 0.1)),
    "exponential": (exponential_decay(RATE, 0.9), lambda o: schedulers.ExponentialLR(o, 0.9)),
    "cosine": (cosine_decay(RATE, EPOCHS), lambda o: schedulers.CosineAnnealingLR(o, EPOCHS)),
    "warm-up": (
        warm_up(constant(RATE), 8),
        lambda o: schedulers.LinearLR(o, start_factor=1 / 8, total_iters=7),
    ),
    "warm-up, cosine": (
        warm_up(cosine_decay(RATE, 15), 5),
        lambda o: schedulers.SequentialLR(
            o,
            [
                schedulers.LinearLR(o, start_factor=1 / 5, total_iters=4),
                schedulers.CosineAnnealingLR(o, 15),
            ],
            milestones=[5],
        ),
    ),
}


@pytest.mark.parametrize("optimizer", ["Nesterov", "Adam"])
@pytest.mark.parametrize("name", SCHEDULES)
def test_20_epochs_of_every_schedule(name, optimizer):
    (schedule, scheduler), loss = SCHEDULES[name], "half_mean_squared_error"
    ours, options, theirs, options_of_torch = OPTIMIZERS[optimizer]
    network, X, y = draw(np.random.default_rng(2), [2, 4, 1], n_samples=6, l2=0.1)
    twin = Twin(network)
    optimizer = theirs(twin.groups(), lr=RATE, **options_of_torch)
    found, rates, _ = train_twin(twin, X, y, optimizer, loss, scheduler=scheduler(optimizer))
    np.testing.assert_allclose([schedule(epoch) for epoch in range(EPOCHS)], rates, rtol=1e-10)
    history = train(network, X, y, optimizer=ours(schedule, **options), epochs=EPOCHS, loss=loss)
    agree(history.network.parameters, found)
