"""Network: layers in a row, and one flat vector that holds all they have learned."""

import numpy as np

from byhand.layers import Dense


class Network:
    """Dense layers one after the other.

    Parameters
    ----------
    sizes : list of int
        Number of inputs, then of units in every layer: ``[1, 1]`` is one node, ``[3, 4, 1]`` has
        one hidden layer of four.
    hidden, output : str
        Activation of the hidden layers and of the last one (`byhand.activations.ACTIVATIONS`).
    weights, biases : list of array_like, optional
        Starting values, one entry a layer, shapes (n_inputs, n_outputs) and (n_outputs,); a number
        fills its array.  Left out: weights uniform in 0 to 1 from ``rng``, biases 0.
    rng : numpy.random.Generator, optional
        Needed when ``weights`` is left out.

    Attributes
    ----------
    parameters, gradients : ndarray, shape (..., n_parameters)
        Everything to learn, and its gradients; ``layers[i].W`` and the rest are views of them.

    Raises
    ------
    ValueError
        If there are fewer than two sizes, or starting values are missing or do not fit.
    """

    def __init__(
        self, sizes, *, hidden="tanh", output="identity", weights=None, biases=None, rng=None
    ):
        sizes = list(sizes)
        if len(sizes) < 2:
            raise ValueError(f"sizes is {sizes}: give the inputs and at least one layer, as [1, 1].")
        activations = [hidden] * (len(sizes) - 2) + [output]
        self.layers = [
            Dense(*shape) for shape in zip(sizes[:-1], sizes[1:], activations, strict=True)
        ]
        if weights is None:
            if rng is None:
                raise ValueError("no starting weights: give weights=, or rng= to draw them.")
            weights = [rng.random(layer.W.shape) for layer in self.layers]
        biases = [0.0] * len(self.layers) if biases is None else biases
        self._bind(np.zeros(sum(layer.n_parameters for layer in self.layers)))
        for name, given in (("W", weights), ("b", biases)):
            if len(given) != len(self.layers):
                raise ValueError(
                    f"{len(given)} starting values of {name} for {len(self.layers)} layers: "
                    "give one entry a layer."
                )
            for layer, value in zip(self.layers, given, strict=True):
                _fill(getattr(layer, name), value, name)

    def _bind(self, parameters):
        self.parameters, self.gradients = parameters, np.zeros_like(parameters)
        start = 0
        for layer in self.layers:
            own = np.s_[..., start : start + layer.n_parameters]
            layer.bind(self.parameters[own], self.gradients[own])
            start += layer.n_parameters

    def forward(self, X):
        """Return the predictions for ``X``; every layer keeps what `backward` needs.

        Parameters
        ----------
        X : ndarray, shape (n_samples, n_inputs)

        Returns
        -------
        ndarray, shape (..., n_samples, n_outputs)
        """
        for layer in self.layers:
            X = layer.forward(X)
        return X

    def backward(self, dA):
        """Fill every layer's gradients from the loss's gradient in the predictions.

        Returns the loss's gradient in the inputs.
        """
        for layer in reversed(self.layers):
            dA = layer.backward(dA)
        return dA

    def predict(self, X):
        """Return predictions for ``X``, checking it first and leaving no trace in the layers.

        Raises
        ------
        ValueError
            If ``X`` is not (n_samples, n_inputs) or holds NaN or infinity.
        """
        network = self.with_parameters(self.parameters)
        with np.errstate(over="ignore", invalid="ignore"):  # a diverged run is a result
            return network.forward(self.checked_inputs(X))

    def with_parameters(self, parameters):
        """Return a network of the same shape on other parameters (..., n_parameters), not copied."""
        network = object.__new__(type(self))
        network.layers = [
            Dense(layer.n_inputs, layer.n_outputs, layer.activation) for layer in self.layers
        ]
        network._bind(parameters)
        return network

    def checked_inputs(self, X):
        """Return ``X`` as float64 (n_samples, n_inputs), or say in one sentence what is wrong."""
        return checked(X, "X", self.layers[0].n_inputs)

    def checked_targets(self, y, n_samples):
        """Return ``y`` as float64 (n_samples, n_outputs), or say in one sentence what is wrong."""
        y = checked(y, "y", self.layers[-1].n_outputs)
        if len(y) != n_samples:
            raise ValueError(f"X has {n_samples} rows, y has {len(y)}: give one target row a sample.")
        return y

    def __repr__(self):
        """List the layers and count the parameters."""
        layers = ", ".join(map(repr, self.layers))
        n_parameters = self.parameters.shape[-1]
        return f"Network({layers}; {n_parameters} parameters)"


def checked(values, name, n_columns):
    """Return ``values`` as a finite float64 array (n_samples, n_columns).

    Raises
    ------
    ValueError
        In one sentence: what was got, what was expected, what to do.
    """
    try:
        array = np.asarray(values, dtype=float)
    except (TypeError, ValueError):
        raise ValueError(
            f"{name} is not an array of numbers: give shape (n_samples, {n_columns})."
        ) from None
    if array.ndim != 2 or array.shape[1] != n_columns or not len(array):
        column = f" (for one column: {name}.reshape(-1, 1))" if array.ndim == 1 else ""
        raise ValueError(
            f"{name} has shape {array.shape}, expected (n_samples, {n_columns}) with at least one "
            f"row: put one sample in each row{column}."
        )
    if not np.isfinite(array).all():
        row = int(np.argmin(np.isfinite(array).all(axis=1)))
        raise ValueError(
            f"{name} holds {array[row]} in row {row}, expected finite numbers: remove that row."
        )
    return array


def _fill(array, value, name):
    try:
        array[...] = value
    except (TypeError, ValueError):
        raise ValueError(
            f"starting {name} has shape {np.shape(value)}, expected {array.shape}."
        ) from None
    if not np.isfinite(array).all():
        raise ValueError(f"starting {name} is not finite: start from ordinary numbers.")
