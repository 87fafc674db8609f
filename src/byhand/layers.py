"""Layers: what remembers weights, and how blame passes through them.

Rows are samples: a layer takes ``X`` (n_samples, n_inputs) and returns ``A`` (n_samples,
n_outputs).  Every array may have further axes in front: then it is a stack of separate layers,
trained side by side (see `byhand.training.sweep`).

Two things are arranged for speed, and change no equation.  The bias is one more row of weights,
which meets a column of ones: [X 1] times [W; b] is X W + b in a single product.  And the samples of
one unit lie side by side in memory, so Z comes as the transpose of Zᵀ = [W; b]ᵀ [X 1]ᵀ.
"""

from operator import attrgetter

import numpy as np

from byhand.activations import activation_named
from byhand.inputs import between, generator, slopes, table_shape, whole


def window(name):
    """Return a property that shows the array kept as ``name`` and that assignment writes into.

    So ``layer.W = layer.W - 0.1 * layer.dW`` changes the network's parameters, as ``-=`` does.
    """

    def write(self, values):
        getattr(self, name)[...] = values

    return property(attrgetter(name), write, doc="An array; assigning writes into it.")


def transposed(M):
    """Return M with rows and columns exchanged; of a stack, each matrix by itself."""
    return M.swapaxes(-1, -2)


class Dense:
    """A layer in which every output sees every input: Z = X W + b, A = activation(Z) (Eq. 1.1).

    Parameters
    ----------
    n_inputs, n_outputs : int
        At least 1.
    activation : str or Activation
        A key of `byhand.activations.ACTIVATIONS`.
    bias : bool
        False leaves ``b`` at 0 and out of the parameters.
    l2 : float
        λ of the penalty ½ λ Σ W², from 0 up; biases are free.

    Attributes
    ----------
    W : ndarray, shape (..., n_inputs, n_outputs)
    b : ndarray, shape (..., n_outputs)
    dW, db : ndarray
        Gradients of the loss, filled by `backward`; shapes of ``W`` and ``b``.
    X, Z, A, dZ : ndarray
        Inputs, pre-activations and activations of the last `forward`; ∂loss/∂Z of the last
        `backward`.  ``X`` is the layer's own copy, which the next `forward` writes over.

    Raises
    ------
    ValueError
        If a size is not a positive whole number, the activation is unknown or ``l2`` negative.
    """

    W, b, dW, db = window("_W"), window("_b"), window("_dW"), window("_db")

    def __init__(self, n_inputs, n_outputs, activation="identity", bias=True, l2=0.0):
        self.n_inputs, self.n_outputs = whole(n_inputs, "n_inputs"), whole(n_outputs, "n_outputs")
        self.activation = activation_named(activation)
        self.bias, self.l2 = bool(bias), between(l2, "l2", 0, np.inf)
        self.n_parameters = (self.n_inputs + self.bias) * self.n_outputs
        self.bind(np.zeros(self.n_parameters), np.zeros(self.n_parameters))

    def forward(self, X, training=False):
        """Return A = activation(Z), Z = X W + b (Eq. 1.1), and keep both.

        ``training`` matters to `Dropout` only.
        """
        self.X, self._X1T = self._rooms.get(getattr(X, "shape", 0)) or self._room(X)
        self.X[...] = X
        # Z = X W + b, as the transpose of [W; b]ᵀ [X 1]ᵀ
        self.Z = self._T(self._dot(self._WbT, self._X1T))
        self.A = self.activation.function(self.Z)
        return self.A

    def backward(self, dA, to_inputs=True):
        """Turn slopes in the outputs into ``dW``, ``db`` and slopes in the inputs.

        The mean of Eq. 1.6 is already inside ``dA``: summed here are Eq. 5.19 and 5.20.
        """
        if getattr(dA, "shape", None) != self.A.shape:
            dA = slopes(dA, self)  # which says what is wrong
        self.dZ = self.activation.backward(dA, self.Z, self.A)
        # dW = Xᵀ dZ and db = 1ᵀ dZ, in one: [X 1]ᵀ dZ
        self._dot(self._X1T, self.dZ, self._dWb)
        if self.l2:
            self.dW += self.l2 * self.W
        # dX = dZ Wᵀ, as the transpose of W dZᵀ
        return self._T(self._dot(self._W, self._T(self.dZ))) if to_inputs else None

    def _room(self, X):
        """Keep room for inputs of this shape: X and [X 1]ᵀ, which gets its ones here."""
        shape = np.shape(X)
        table_shape(shape, self.n_inputs, self._W.ndim)
        self._rooms = {} if len(self._rooms) > 8 else self._rooms
        X1T = np.ones((*shape[:-2], self.n_inputs + self.bias, shape[-2]))
        self._rooms[shape] = transposed(X1T)[..., : self.n_inputs], X1T
        return self._rooms[shape]

    def __repr__(self):
        """Name the layer and its activation, and draw its parameters with shapes and count."""
        sizes = f"{self.n_inputs:>4} → {self.n_outputs:<4} {self.activation.name:<10} "
        b = f" + b ({self.n_outputs},)" if self.bias else ""
        return f"Dense{sizes} W ({self.n_inputs}, {self.n_outputs}){b}: {self.n_parameters}"

    def bind(self, parameters, gradients):
        """Make ``W``, ``b``, ``dW``, ``db`` windows into two flat vectors (..., n_parameters)."""
        shape = (*parameters.shape[:-1], self.n_inputs + self.bias, self.n_outputs)
        Wb, self._dWb = parameters.reshape(shape), gradients.reshape(shape)
        self._W, self._dW = Wb[..., : self.n_inputs, :], self._dWb[..., : self.n_inputs, :]
        rows = (Wb, self._dWb) if self.bias else np.zeros((2, *shape[:-2], 1, shape[-1]))
        self._b, self._db = (matrix[..., -1, :] for matrix in rows)
        self._WbT, self._rooms, self.A = transposed(Wb), {}, np.empty(0)
        # A B and Aᵀ: of stacks too, or of single matrices, which NumPy does with less ado
        single = parameters.ndim == 1
        self._dot = np.ndarray.dot if single else np.matmul
        self._T = attrgetter("T") if single else transposed


class Dropout:
    """Silence each unit with chance ``rate`` in training, and scale the others up (Eq. 7.15).

    The mean over many draws is the input itself, so nothing changes when predicting, where every
    unit speaks.  In a stack, all trainings draw the same units.

    Parameters
    ----------
    rate : float
        0 to below 1.
    rng : numpy.random.Generator

    Raises
    ------
    ValueError
        If ``rate`` is not in that range or ``rng`` is not a generator.
    """

    def __init__(self, rate, rng):
        self.rate, self.rng = between(rate, "dropout", 0, 1), generator(rng, "silence units")

    def forward(self, X, training=False):
        """Return ``X``, in training with some columns of each row silenced."""
        kept = self.rng.random(X.shape[:-3:-1]).T >= self.rate if training else 1 - self.rate
        self.mask = kept / (1 - self.rate)
        return X * self.mask

    def backward(self, dA, to_inputs=True):
        """Return slopes in the inputs: none where `forward` silenced."""
        return dA * self.mask

    def __repr__(self):
        """Name the layer and its rate."""
        return f"Dropout {self.rate:g}"


# Standard deviation of the starting weights: He et al. (2015, Eq. 7.11), Glorot and Bengio (2010,
# Eq. 7.12).
INITIALISATIONS = {
    "zeros": lambda n_inputs, n_outputs: 0.0,
    "small_normal": lambda n_inputs, n_outputs: 0.01,
    "he": lambda n_inputs, n_outputs: np.sqrt(2 / n_inputs),
    "xavier": lambda n_inputs, n_outputs: np.sqrt(2 / (n_inputs + n_outputs)),
}
