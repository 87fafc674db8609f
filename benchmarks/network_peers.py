"""The contestants of network_speed.py: each imports its package and returns its way to train.

A contestant is a function without arguments: called, it imports what it needs and returns
``prepare``; ``prepare(workload)`` returns ``run``; ``run()`` trains once, from the start, and
returns the losses it recorded: of every epoch in a full-batch workload, of the first and the last
in one with mini-batches.  What a training can take over from the one before, such as compiled code,
is made in ``prepare``.  A contestant that cannot express a workload raises NotImplementedError.
"""

import copy
import math
import warnings

import numpy as np

# Too slow for every epoch: so many are trained and compared, and the time is scaled up.
SHORTENED = {
    ("torch.compile", "W3"): 2000,
    ("torch.compile", "W5big"): 1,
    ("torch.compile", "W6"): 200,
    ("scikit-learn", "W5big"): 1,
    ("scikit-learn", "W6"): 100,
    ("autograd", "W3"): 1000,
    ("autograd", "W5big"): 1,
    ("autograd", "W6"): 100,
    ("micrograd", "W2"): 500,
    ("micrograd", "W6x"): 50,
    ("numpy-ml", "W3"): 4000,
    ("numpy-ml", "W5big"): 1,
    ("numpy-ml", "W6"): 100,
    ("numpy-ml", "W6x"): 200,
    ("nudging", "W2"): 500,
    ("nudging", "W3"): 40,
    ("nudging", "W4"): 2,
    ("nudging", "W6"): 2,
    ("nudging", "W6x"): 25,
}


def byhand(record=None):
    from byhand.network import Network
    from byhand.training import sweep, train

    def prepare(w):
        y = w.labels if w.loss.startswith("categorical") else w.y
        options = {"epochs": w.epochs, "loss": w.loss, "record": record}
        if w.batch_size is not None:
            options |= {"batch_size": w.batch_size, "record": [0, w.epochs]}

        def run():
            network = Network(
                w.sizes,
                hidden=w.hidden,
                output=w.output,
                weights=w.weights,
                biases=w.biases,
                bias=w.biases is not None,
            )
            if np.ndim(w.rates):
                return sweep(network, w.X, y, learning_rates=w.rates, **options).loss
            rng = np.random.default_rng(w.seed)
            return train(network, w.X, y, learning_rate=w.rates, rng=rng, **options).loss

        return run

    return prepare


def byhand_keeping_two_epochs():
    def prepare(w):
        return byhand([0, w.epochs])(w)

    byhand()  # import it now
    return prepare


def byhand_keeping_losses():
    """Return the library without the copy of the parameters at each record, which only costs."""
    from byhand import history, training

    class Losses(history.Records):
        def __init__(self, *arguments):
            super().__init__(*arguments)
            self.parameters = np.broadcast_to(0.0, self.parameters.shape)

        def keep(self):
            for name, (X, _) in self.data.items():
                self.waiting[name][self.n_kept - self.n_scored] = y_pred = self.network.forward(X)
            self.n_kept += 1
            self.next_epoch = next(self.following, None)
            if self.n_kept == self.block_end:
                self.done = self._score()
            return y_pred

    training.Records = Losses  # in this process, which has no other use
    return byhand()


def floor():
    from plain_floor import plain

    return plain


def floor_rearranged():
    from fused_floor import fused

    return fused


def torch_eager():
    import torch

    torch.set_num_threads(1)
    return lambda w: _torch(torch, w, lambda function: function)


def torch_compiled():
    import torch

    torch.set_num_threads(1)
    return lambda w: _torch(torch, w, lambda function: torch.compile(function, dynamic=False))


def _torch(torch, w, wrap):
    functional = torch.nn.functional
    apply = {"identity": lambda Z: Z, "sigmoid": torch.sigmoid, "relu": torch.relu}
    many, n_layers = np.ndim(w.rates) > 0, len(w.sizes) - 1
    X, Y, labels = (torch.from_numpy(each) for each in (w.X, w.Y, w.labels))
    rates = torch.from_numpy(np.asarray(w.rates)).reshape(-1, 1, 1)

    def start():
        """Return weights and biases, layer by layer; of a sweep, stacked."""
        found = [w.weights] if w.biases is None else [w.weights, [b[None] for b in w.biases]]
        found = [each for pair in zip(*found, strict=True) for each in pair]
        if many:
            found = [np.repeat(each[None], len(w.rates), axis=0) for each in found]
        return [torch.tensor(each, requires_grad=True) for each in found]

    def forward(parameters, X):
        each = iter(parameters)
        for k in range(n_layers):
            X = X @ next(each)
            if w.biases is not None:
                X = X + next(each)
            X = apply[w.output if k == n_layers - 1 else w.hidden](X)
        return X

    def losses(parameters, X, Y, labels):
        y_pred = forward(parameters, X)
        if w.loss == "half_mean_squared_error":
            return functional.mse_loss(y_pred, Y) / 2
        if w.loss == "sum_squared_error":
            return ((y_pred - Y) ** 2).sum(dim=(-2, -1))
        if w.loss == "categorical_cross_entropy_from_logits":
            return functional.cross_entropy(y_pred, labels)
        if not many:
            return functional.binary_cross_entropy_with_logits(y_pred, Y)
        each = functional.binary_cross_entropy_with_logits(
            y_pred, Y.expand(y_pred.shape), reduction="none"
        )
        return each.mean(dim=(-2, -1))

    wrapped = wrap(losses)

    def step(parameters, optimizer, X, Y, labels):
        loss = wrapped(parameters, X, Y, labels)
        if many:  # an optimizer has one rate
            gradients = torch.autograd.grad(loss.sum(), parameters)
            with torch.no_grad():
                for parameter, gradient in zip(parameters, gradients, strict=True):
                    parameter -= rates * gradient
        else:
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        return loss.detach()

    def run():
        parameters = start()
        optimizer = None if many else torch.optim.SGD(parameters, lr=float(w.rates))
        if w.batch_size is None:
            kept = [step(parameters, optimizer, X, Y, labels) for _ in range(w.epochs)]
        else:
            with torch.no_grad():
                kept = [losses(parameters, X, Y, labels)]
            for order in w.orders():
                for rows in torch.from_numpy(order).split(w.batch_size):
                    step(parameters, optimizer, X[rows], Y[rows], labels[rows])
        with torch.no_grad():
            kept.append(losses(parameters, X, Y, labels))
        return torch.stack(kept, dim=-1).numpy()

    return run


def jax():
    import jax
    import jax.numpy as jnp

    apply = {"identity": lambda Z: Z, "sigmoid": jax.nn.sigmoid, "relu": jax.nn.relu}

    def prepare(w):
        n_layers = len(w.sizes) - 1
        X, Y = jnp.asarray(w.X), jnp.asarray(w.Y)

        def loss(parameters, X, Y):
            for k, own in enumerate(parameters):
                X = X @ own[0] if len(own) == 1 else X @ own[0] + own[1]
                X = apply[w.output if k == n_layers - 1 else w.hidden](X)
            if w.loss == "half_mean_squared_error":
                return jnp.mean((X - Y) ** 2) / 2
            if w.loss == "sum_squared_error":
                return jnp.sum((X - Y) ** 2)
            if w.loss == "categorical_cross_entropy_from_logits":
                return -jnp.mean(jnp.sum(Y * jax.nn.log_softmax(X), axis=1))
            return jnp.mean(jnp.maximum(X, 0) - X * Y + jnp.log1p(jnp.exp(-jnp.abs(X))))

        def step(parameters, rate, X, Y):
            now, gradients = jax.value_and_grad(loss)(parameters, X, Y)
            return jax.tree.map(lambda p, g: p - rate * g, parameters, gradients), now

        def full_batch(parameters, rate, orders):
            parameters, losses = jax.lax.scan(
                lambda parameters, _: step(parameters, rate, X, Y),
                parameters,
                length=w.epochs,
            )
            return jnp.append(losses, loss(parameters, X, Y))

        def mini_batches(parameters, rate, orders):
            first = loss(parameters, X, Y)
            n_equal = len(w.X) // w.batch_size

            def epoch(parameters, order):
                equal = order[: n_equal * w.batch_size].reshape(n_equal, w.batch_size)
                rest = order[n_equal * w.batch_size :]
                parameters, _ = jax.lax.scan(
                    lambda parameters, rows: step(parameters, rate, X[rows], Y[rows]),
                    parameters,
                    equal,
                )
                if len(rest):
                    parameters, _ = step(parameters, rate, X[rest], Y[rest])
                return parameters, None

            parameters, _ = jax.lax.scan(epoch, parameters, orders)
            return jnp.stack([first, loss(parameters, X, Y)])

        training = full_batch if w.batch_size is None else mini_batches
        if np.ndim(w.rates):
            training = jax.vmap(training, in_axes=(None, 0, None))
        training = jax.jit(training)
        found = [w.weights] if w.biases is None else [w.weights, w.biases]
        parameters = [tuple(map(jnp.asarray, own)) for own in zip(*found, strict=True)]

        def run():
            orders = None if w.batch_size is None else np.array(w.orders())
            return np.asarray(training(parameters, w.rates, orders))

        return run

    return prepare


def scikit_learn():
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.neural_network import MLPClassifier, MLPRegressor

    warnings.simplefilter("ignore", ConvergenceWarning)  # it is to stop at the last epoch

    class Orders(np.random.RandomState):
        """Shuffles into our orders; scikit-learn shuffles what it shuffled before."""

        def __init__(self, orders):
            super().__init__(0)
            self.orders, self.before = iter(orders), None

        def shuffle(self, indices):
            order = next(self.orders)
            if self.before is None:
                indices[:] = order
            else:
                place = np.empty_like(order)
                place[self.before] = np.arange(len(order))
                indices[:] = place[order]
            self.before = order

    def prepare(w):
        if w.loss == "sum_squared_error":
            raise NotImplementedError(
                "squared errors of a sigmoid, and no biases, is no model of it"
            )
        kind = MLPRegressor if w.loss == "half_mean_squared_error" else MLPClassifier

        class Started(kind):
            def _init_coef(self, n_inputs, n_outputs, dtype):
                k = len(self.coefs_)
                return w.weights[k].copy(), w.biases[k].copy()

        y = w.y.ravel() if kind is MLPRegressor else w.labels

        def trained(rate):
            model = Started(
                hidden_layer_sizes=w.sizes[1:-1],
                activation=w.hidden,
                solver="sgd",
                alpha=0.0,
                batch_size=w.batch_size or len(w.X),
                learning_rate_init=rate,
                max_iter=w.epochs,
                shuffle=w.batch_size is not None,
                random_state=Orders(w.orders()) if w.batch_size else None,
                tol=0.0,
                n_iter_no_change=np.inf,
                momentum=0.0,
                nesterovs_momentum=False,
            ).fit(w.X, y)
            last = _loss(w, model.coefs_, model.intercepts_)
            if w.batch_size is None:
                return [*model.loss_curve_, last]
            return [_loss(w, w.weights, w.biases), last]

        if np.ndim(w.rates):
            return lambda: [trained(rate) for rate in w.rates]
        return lambda: trained(w.rates)

    return prepare


def autograd():
    import autograd.numpy as anp
    from autograd import value_and_grad

    def prepare(w):
        many, last = np.ndim(w.rates) > 0, len(w.sizes) - 2
        rates = np.asarray(w.rates).reshape(-1, 1, 1) if many else w.rates

        def activated(name, Z):
            if name == "relu":
                return anp.maximum(Z, 0)
            return (1 + anp.tanh(Z / 2)) / 2 if name == "sigmoid" else Z

        def losses(parameters, X, Y):
            for k, own in enumerate(parameters):
                X = anp.matmul(X, own[0]) if len(own) == 1 else anp.matmul(X, own[0]) + own[1]
                X = activated(w.output if k == last else w.hidden, X)
            if w.loss == "half_mean_squared_error":
                return anp.mean((X - Y) ** 2, axis=(-2, -1)) / 2
            if w.loss == "sum_squared_error":
                return anp.sum((X - Y) ** 2, axis=(-2, -1))
            if w.loss == "categorical_cross_entropy_from_logits":
                X = X - anp.max(X, axis=1, keepdims=True)
                return anp.mean(anp.log(anp.sum(anp.exp(X), axis=1)) - anp.sum(X * Y, axis=1))
            each = anp.maximum(X, 0) - X * Y + anp.log1p(anp.exp(-anp.abs(X)))
            return anp.mean(each, axis=(-2, -1))

        kept = []

        def total(parameters, X, Y):  # of a sweep: each training has its own parameters
            each = losses(parameters, X, Y)
            kept.append(each._value)
            return anp.sum(each)

        gradients_of = value_and_grad(total)

        def run():
            kept.clear()
            found = [w.weights] if w.biases is None else [w.weights, [b[None] for b in w.biases]]
            if many:
                found = [[np.repeat(p[None], len(rates), axis=0) for p in each] for each in found]
            parameters = [list(own) for own in zip(*found, strict=True)]
            recorded = [losses(parameters, w.X, w.Y)]

            def step(X, Y):
                _, gradients = gradients_of(parameters, X, Y)
                for own, slopes in zip(parameters, gradients, strict=True):
                    for i, slope in enumerate(slopes):
                        own[i] = own[i] - rates * slope

            if w.batch_size is None:
                for _ in range(w.epochs):
                    step(w.X, w.Y)
                recorded = list(kept)
            else:
                for order in w.orders():
                    for i in range(0, len(order), w.batch_size):
                        rows = order[i : i + w.batch_size]
                        step(w.X[rows], w.Y[rows])
                        kept.clear()
            recorded.append(losses(parameters, w.X, w.Y))
            return np.stack(recorded, axis=-1)

        return run

    return prepare


def micrograd():
    from micrograd.engine import Value
    from micrograd.nn import MLP

    def sigmoid(x):
        """Return a Value of the function that micrograd lacks, as its notebook adds tanh."""
        out = Value(0.5 + 0.5 * math.tanh(x.data / 2), (x,))

        def backward():
            x.grad += out.data * (1 - out.data) * out.grad

        out._backward = backward
        return out

    def prepare(w):
        if len(w.X) > 100:
            raise NotImplementedError("an object a number: seconds an epoch, or minutes")
        rows, targets = w.X.tolist(), w.Y.ravel().tolist()

        def trained(rate):
            net = MLP(w.sizes[0], w.sizes[1:])
            trainable = []
            for k, layer in enumerate(net.layers):
                for j, neuron in enumerate(layer.neurons):
                    neuron.nonlin = False  # its ReLU: no such net is small enough
                    for weight, value in zip(neuron.w, w.weights[k][:, j].tolist(), strict=True):
                        weight.data = value
                    neuron.b.data = 0.0 if w.biases is None else float(w.biases[k][j])
                    trainable += neuron.w + ([] if w.biases is None else [neuron.b])

            def predicted(x):
                if w.hidden != "sigmoid":
                    return net(x)
                for layer in net.layers:
                    x = [sigmoid(neuron(x)) for neuron in layer.neurons]
                return x[0]

            def loss_now():
                total = sum((predicted(x) - y) ** 2 for x, y in zip(rows, targets, strict=True))
                return total if w.loss == "sum_squared_error" else total / (2 * len(rows))

            def step():
                loss = loss_now()
                net.zero_grad()
                loss.backward()
                for p in trainable:
                    p.data -= rate * p.grad
                return loss.data

            return [*(step() for _ in range(w.epochs)), loss_now().data]

        if np.ndim(w.rates):
            return lambda: [trained(rate) for rate in w.rates.tolist()]
        return lambda: trained(w.rates)

    return prepare


def numpy_ml():
    import collections
    import collections.abc

    collections.Hashable = collections.abc.Hashable  # it is older than Python 3.10
    from numpy_ml.neural_nets.layers import FullyConnected
    from numpy_ml.neural_nets.optimizers import SGD

    def prepare(w):
        names = {"relu": "ReLU", "sigmoid": "Sigmoid", "identity": None}

        def trained(rate):
            layers = []
            for k, n_outputs in enumerate(w.sizes[1:]):
                kind = names[w.output if k == len(w.sizes) - 2 else w.hidden]
                layer = FullyConnected(n_outputs, act_fn=kind, optimizer=SGD(lr=float(rate)))
                layer.n_in = w.sizes[k]
                layer._init_params()
                layer.parameters["W"] = w.weights[k].copy()
                if w.biases is not None:
                    layer.parameters["b"] = w.biases[k][None].copy()
                layers.append(layer)

            def forward(A):
                for layer in layers:
                    A = layer.forward(A)
                return A

            def step(X, Y):
                y_pred = forward(X)
                loss, dA = _loss_and_slope(w.loss, y_pred, Y)
                for layer in reversed(layers):
                    dA = layer.backward(dA)
                for layer in layers:
                    if w.biases is None:
                        layer.gradients["b"][:] = 0
                    layer.update()
                return loss

            def loss_now():
                A = w.X
                for layer in layers:
                    A = layer.forward(A, retain_derived=False)
                return _loss_and_slope(w.loss, A, w.Y)[0]

            if w.batch_size is None:
                kept = [step(w.X, w.Y) for _ in range(w.epochs)]
            else:
                kept = [loss_now()]
                for order in w.orders():
                    for i in range(0, len(order), w.batch_size):
                        rows = order[i : i + w.batch_size]
                        step(w.X[rows], w.Y[rows])
            return [*kept, loss_now()]

        if np.ndim(w.rates):
            return lambda: [trained(rate) for rate in w.rates]
        return lambda: trained(w.rates)

    return prepare


def nudging():
    def prepare(w):
        if w.name in ("W5", "W5big"):
            raise NotImplementedError(f"{sum(W.size for W in w.weights):,} weights, one at a time")
        nudge = 1e-7

        def trained(rate):
            parameters = copy.deepcopy([w.weights, w.biases or []])

            def loss_of(parameters, X, Y):
                weights, biases = parameters
                return _loss_and_slope(w.loss, _outputs(w, X, weights, biases or None), Y)[0]

            def step(X, Y):
                before = loss_of(parameters, X, Y)
                updated = copy.deepcopy(parameters)
                for kind, arrays in enumerate(parameters):
                    for k, array in enumerate(arrays):
                        for index in np.ndindex(array.shape):
                            nudged = copy.deepcopy(parameters)
                            nudged[kind][k][index] += nudge
                            slope = (loss_of(nudged, X, Y) - before) / nudge
                            updated[kind][k][index] -= rate * slope
                parameters[:] = updated
                return before

            if w.batch_size is None:
                kept = [step(w.X, w.Y) for _ in range(w.epochs)]
            else:
                kept = [loss_of(parameters, w.X, w.Y)]
                for order in w.orders():
                    for i in range(0, len(order), w.batch_size):
                        rows = order[i : i + w.batch_size]
                        step(w.X[rows], w.Y[rows])
            return [*kept, loss_of(parameters, w.X, w.Y)]

        if np.ndim(w.rates):
            return lambda: [trained(rate) for rate in w.rates]
        return lambda: trained(w.rates)

    return prepare


def _outputs(w, A, weights, biases):
    """Return what the net says, for peers that do not."""
    for k, W in enumerate(weights):
        A = A @ W if biases is None else A @ W + biases[k]
        kind = w.output if k == len(weights) - 1 else w.hidden
        if kind == "relu":
            A = np.maximum(A, 0)
        elif kind == "sigmoid":
            A = (1 + np.tanh(A / 2)) / 2
    return A


def _loss_and_slope(name, y_pred, Y):
    """Return the loss, and its slope in the predictions, for peers that have no such loss."""
    if name == "half_mean_squared_error":
        return np.mean((y_pred - Y) ** 2) / 2, (y_pred - Y) / Y.size
    if name == "sum_squared_error":
        return np.sum((y_pred - Y) ** 2), 2 * (y_pred - Y)
    if name == "categorical_cross_entropy_from_logits":
        Z = y_pred - y_pred.max(axis=1, keepdims=True)
        powers = np.exp(Z)
        total = powers.sum(axis=1, keepdims=True)
        loss = np.mean(np.log(total[:, 0]) - (Z * Y).sum(axis=1))
        return loss, (powers / total - Y) / len(Y)
    loss = np.maximum(y_pred, 0) - y_pred * Y + np.log1p(np.exp(-np.abs(y_pred)))
    return np.mean(loss), ((1 + np.tanh(y_pred / 2)) / 2 - Y) / Y.size


def _loss(w, weights, biases):
    return _loss_and_slope(w.loss, _outputs(w, w.X, weights, biases), w.Y)[0]


CONTESTANTS = {
    "byhand": byhand,
    "floor": floor,
    "rearranged floor": floor_rearranged,
    "torch": torch_eager,
    "torch.compile": torch_compiled,
    "JAX": jax,
    "scikit-learn": scikit_learn,
    "autograd": autograd,
    "micrograd": micrograd,
    "numpy-ml": numpy_ml,
    "nudging": nudging,
}
# What is imported for it, after the word ``import``.
IMPORTS = {
    "byhand": "byhand.network",
    "floor": "numpy",
    "rearranged floor": "numpy",
    "torch": "torch",
    "torch.compile": "torch._dynamo",
    "JAX": "jax.numpy",
    "scikit-learn": "sklearn.neural_network",
    "autograd": "autograd.numpy",
    "micrograd": "micrograd.nn",
    "numpy-ml": "collections.abc as abc, collections; collections.Hashable = abc.Hashable; "
    "import numpy_ml.neural_nets.layers",
    "nudging": "numpy",
}
# Not in the tables.
VARIANTS = {
    "byhand, two epochs kept": byhand_keeping_two_epochs,
    "byhand, losses kept": byhand_keeping_losses,
}
