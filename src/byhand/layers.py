"""Layers: what remembers weights, and how blame passes through them.

Rows are samples: a layer takes ``X`` (n_samples, n_inputs) and returns ``A`` (n_samples,
n_outputs).  Every array may have further axes in front: then it is a stack of separate layers,
trained side by side (see `byhand.training.sweep`).
"""

from operator import attrgetter

import numpy as np

from byhand.activations import activation_named


def window(name):
    """Return a property that shows the array kept as ``name`` and that assignment writes into.

    So ``layer.W = layer.W - 0.1 * layer.dW`` changes the network's parameters, as ``-=`` does.
    """

    def write(self, values):
        getattr(self, name)[...] = values

    return property(attrgetter(name), write, doc="An array; assigning writes into it.")


class Dense:
    """A layer in which every output sees every input: Z = X W + b, A = activation(Z) (Eq. 1.1).

    Parameters
    ----------
    n_inputs, n_outputs : int
        At least 1.
    activation : str or Activation
        A key of `byhand.activations.ACTIVATIONS`.

    Attributes
    ----------
    W : ndarray, shape (..., n_inputs, n_outputs)
    b : ndarray, shape (..., n_outputs)
    dW, db : ndarray
        Gradients of the loss, filled by `backward`; shapes of ``W`` and ``b``.

    Raises
    ------
    ValueError
        If a size is not a positive whole number or the activation is unknown.
    """

    W, b, dW, db = window("_W"), window("_b"), window("_dW"), window("_db")

    def __init__(self, n_inputs, n_outputs, activation="identity"):
        for name, size in (("n_inputs", n_inputs), ("n_outputs", n_outputs)):
            whole = isinstance(size, (int, np.integer)) and not isinstance(size, bool)
            if not whole or size < 1:
                raise ValueError(f"{name} is {size!r}: a layer size is a whole number from 1 up.")
        self.n_inputs, self.n_outputs = int(n_inputs), int(n_outputs)
        self.activation = activation_named(activation)
        self.bind(np.zeros(self.n_parameters), np.zeros(self.n_parameters))

    def forward(self, X):
        """Return the activations, keeping what `backward` will need (Eq. 1.1)."""
        self.X = X
        self.Z = X @ self.W + self.b[..., None, :]
        return self.activation.function(self.Z)

    def backward(self, dA):
        """Turn slopes in the outputs into ``dW``, ``db`` and slopes in the inputs.

        The mean of Eq. 1.6 is already inside ``dA``, so the samples are summed here.
        """
        dZ = dA * self.activation.derivative(self.Z)
        self.dW[...] = np.swapaxes(self.X, -1, -2) @ dZ
        self.db[...] = dZ.sum(axis=-2)
        return dZ @ np.swapaxes(self.W, -1, -2)

    @property
    def n_parameters(self):
        """Number of weights and biases."""
        return (self.n_inputs + 1) * self.n_outputs

    def bind(self, parameters, gradients):
        """Make ``W``, ``b``, ``dW``, ``db`` windows into two flat vectors (..., n_parameters)."""
        for flat, weights, biases in ((parameters, "_W", "_b"), (gradients, "_dW", "_db")):
            n_weights = self.n_inputs * self.n_outputs
            shape = (*flat.shape[:-1], self.n_inputs, self.n_outputs)
            setattr(self, weights, flat[..., :n_weights].reshape(shape))
            setattr(self, biases, flat[..., n_weights:])

    def __repr__(self):
        """Name the layer, its sizes and its activation."""
        return f"Dense({self.n_inputs} → {self.n_outputs}, {self.activation.name})"
