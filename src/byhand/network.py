"""Network: layers in a row, and one flat vector that holds all they have learned."""

import numpy as np

from byhand import inputs
from byhand.activations import ACTIVATIONS, activation_named
from byhand.layers import INITIALISATIONS, Dense, Dropout, window

FLOAT64 = np.dtype(float)


class Network:
    """Dense layers one after the other.

    Parameters
    ----------
    sizes : list of int
        Number of inputs, then of units in every layer: ``[1, 1]`` is one node, ``[3, 4, 1]`` has
        one hidden layer of four.
    hidden, output : str
        Activation of the hidden layers and of the last one (`byhand.activations.ACTIVATIONS`).
    weights : str or list of array_like
        How to draw the starting weights from ``rng`` (`byhand.layers.INITIALISATIONS`: zeros,
        small_normal, he for ReLU, xavier for tanh and sigmoid), or the values, one entry a layer of
        shape (n_inputs, n_outputs); a number fills its array.
    biases : list of array_like, optional
        Starting biases, one entry a layer of shape (n_outputs,) or a number; 0 when left out.
    bias : bool
        False for a network without biases.
    dropout : float
        Chance that a hidden unit is silent in a training step, drawn from ``rng``.
    l2 : float
        λ of the penalty ½ λ Σ W² that `backward` adds to the loss.
    rng : numpy.random.Generator, optional
        Needed where something is drawn.

    Attributes
    ----------
    layers : list
    parameters, gradients : ndarray, shape (..., n_parameters)
        Everything to learn, and its gradients; ``layers[i].W`` and the rest are views of them.

    Raises
    ------
    ValueError
        If there are fewer than two sizes, or starting values are missing or do not fit.
    """

    parameters, gradients = window("_parameters"), window("_gradients")

    def __init__(
        self, sizes, *, hidden="tanh", output="identity", weights="xavier", biases=None, bias=True,
        dropout=0.0, l2=0.0, rng=None,
    ):  # fmt: skip
        sizes, dropout = inputs.layer_sizes(sizes), inputs.between(dropout, "dropout", 0, 1)
        self.settings = dict(
            sizes=sizes, hidden=hidden, output=output, bias=bias, dropout=dropout, l2=l2
        )
        self.rng = rng
        self._build()
        if isinstance(weights, str):
            weights = inputs.drawn(rng, self.dense, INITIALISATIONS, weights)
        inputs.starting_values(weights, [layer.W for layer in self.dense], "W")
        if biases is not None:
            inputs.starting_values(biases, [layer.b for layer in self.dense if layer.bias], "b")

    def _build(self, parameters=None):
        own = self.settings
        sizes, last = own["sizes"], len(own["sizes"]) - 2
        self.layers = []
        for number, shape in enumerate(zip(sizes[:-1], sizes[1:], strict=True)):
            activation = own["output" if number == last else "hidden"]
            self.layers.append(Dense(*shape, activation, own["bias"], own["l2"]))
            if own["dropout"] and number < last:
                self.layers.append(Dropout(own["dropout"], self.rng))
        self.dense = [layer for layer in self.layers if isinstance(layer, Dense)]
        ends = np.cumsum([0] + [layer.n_parameters for layer in self.dense])
        self._parameters = np.zeros(ends[-1]) if parameters is None else parameters
        self._gradients = np.zeros(self._parameters.shape)
        for layer, start, end in zip(self.dense, ends[:-1], ends[1:], strict=True):
            layer.bind(self._parameters[..., start:end], self._gradients[..., start:end])

    def forward(self, X, training=False):
        """Return the predictions for ``X``; every layer keeps what `backward` needs.

        Parameters
        ----------
        X : ndarray, shape (n_samples, n_inputs)
        training : bool
            Whether dropout silences units.

        Returns
        -------
        ndarray, shape (..., n_samples, n_outputs)

        Raises
        ------
        ValueError
            If ``X`` is not (n_samples, n_inputs).
        """
        if getattr(X, "dtype", None) is not FLOAT64:
            X = inputs.real(X, "X", "an array of numbers, one sample in each row")
        for layer in self.layers:
            X = layer.forward(X, training)
        return X

    def backward(self, dA, to_inputs=True):
        """Fill every layer's gradients from the loss's in the predictions (Eq. 5.17, 5.18).

        Returns the loss's gradient in the inputs, or None if that is not asked for.

        Raises
        ------
        ValueError
            If `forward` has not run, or ``dA`` has not the shape of what it returned.
        """
        if getattr(dA, "dtype", None) is not FLOAT64:
            dA = inputs.real(dA, "dA", "an array of slopes")
        for layer in self.layers[:0:-1]:
            dA = layer.backward(dA)
        return self.layers[0].backward(dA, to_inputs)

    def blocks(self):
        """Return ``{"W1": W, "b1": b, "W2": ...}``, in the order of ``parameters``."""
        return {
            f"{name}{number}": getattr(layer, name)
            for number, layer in enumerate(self.dense, start=1)
            for name in ("W", "b")[: 1 + layer.bias]
        }

    @property
    def penalty(self):
        """Return ½ λ Σ W², what ``l2`` adds to the loss (Eq. 7.13); shape (...)."""
        weights = [(layer.l2 / 2, layer.W) for layer in self.dense if layer.l2]
        with np.errstate(over="ignore"):
            return sum(half * np.sum(W**2, axis=(-1, -2)) for half, W in weights)

    def predict(self, X):
        """Return predictions for ``X``, checking it first and leaving no trace in the layers.

        Raises
        ------
        ValueError
            If ``X`` is not (n_samples, n_inputs) or holds NaN or infinity.
        """
        network = self.with_parameters(self.parameters)
        with np.errstate(over="ignore", invalid="ignore"):  # a diverged run is a result
            return network.forward(inputs.table(X, "X", self.layers[0].n_inputs))

    def with_parameters(self, parameters):
        """Return a network of the same shape on other parameters (..., n_parameters), not copied.

        Raises
        ------
        ValueError
            If there are not ``n_parameters`` of them.
        """
        parameters = inputs.flat(parameters, self.parameters.shape[-1])
        network = object.__new__(type(self))
        network.settings, network.rng = self.settings, self.rng
        network._build(parameters)
        return network

    def save(self, path):
        """Write sizes, activations and parameters to ``path``, an .npz file without pickle.

        NumPy adds ``.npz`` to a name that does not end so.

        Raises
        ------
        ValueError
            If an activation is not one of `byhand.activations.ACTIVATIONS`.
        """
        own = {place: activation_named(self.settings[place]) for place in ("hidden", "output")}
        names = {place: inputs.registered(ACTIVATIONS, entry) for place, entry in own.items()}
        np.savez(path, parameters=self.parameters, **(self.settings | names))

    @classmethod
    def load(cls, path, rng=None):
        """Return the network that `save` wrote; ``rng`` for its dropout, if it has one.

        Raises
        ------
        ValueError
            If the file holds something else.
        """
        with open(path, "rb") as opened:
            try:
                with np.load(opened, allow_pickle=False) as file:
                    kept = {name: file[name].tolist() for name in file.files}
                parameters = np.array(kept.pop("parameters"))
                if kept.keys() != cls([1, 1], weights="zeros").settings.keys():
                    raise KeyError(path)
            except Exception as error:  # whatever else the bytes may be
                raise ValueError(f"{path} holds no network: give one that save wrote.") from error
        return cls(**kept, weights="zeros", rng=rng).with_parameters(parameters)

    def __repr__(self):
        """Draw the layers with shapes, and count the parameters."""
        sizes = " → ".join(str(size) for size in self.settings["sizes"])
        stack = "".join(f"{n} × " for n in self.parameters.shape[:-1])
        title = f"Network {sizes}, {stack}{self.parameters.shape[-1]} parameters"
        return "\n  ".join([title, *map(repr, self.layers)])
