"""Network: layers in a row, and one flat vector that holds all they have learned."""

import reprlib

import numpy as np

from byhand.layers import Dense, window


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

    parameters, gradients = window("_parameters"), window("_gradients")

    def __init__(
        self, sizes, *, hidden="tanh", output="identity", weights=None, biases=None, rng=None
    ):
        if np.ndim(sizes) != 1 or len(sizes) < 2:
            raise ValueError(
                f"sizes is {sizes!r}: give the inputs and at least one layer, as [1, 1]."
            )
        activations = [hidden] * (len(sizes) - 2) + [output]
        self.layers = [
            Dense(*shape) for shape in zip(sizes[:-1], sizes[1:], activations, strict=True)
        ]
        if weights is None:
            if not isinstance(rng, np.random.Generator):
                raise ValueError(
                    f"no starting weights, and rng is {rng!r}: give weights=, or "
                    "rng=np.random.default_rng(0) to draw them."
                )
            weights = [rng.random(layer.W.shape) for layer in self.layers]
        biases = [0.0] * len(self.layers) if biases is None else biases
        self._bind(np.zeros(sum(layer.n_parameters for layer in self.layers)))
        for name, given in (("W", weights), ("b", biases)):
            listed = np.iterable(given) and hasattr(given, "__len__")
            if not listed or len(given) != len(self.layers):
                got = f"a list of {len(given)}" if listed else reprlib.repr(given)
                raise ValueError(
                    f"starting {name} is {got}, expected a list of {len(self.layers)}: give one "
                    "entry a layer."
                )
            for layer, value in zip(self.layers, given, strict=True):
                _fill(getattr(layer, name), value, name)

    def _bind(self, parameters):
        self._parameters, self._gradients = parameters, np.zeros_like(parameters)
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

        Raises
        ------
        ValueError
            If ``X`` is not (n_samples, n_inputs).
        """
        if np.shape(X)[1:] != (self.layers[0].n_inputs,):
            X = self.checked_inputs(X)  # which says what is wrong
        for layer in self.layers:
            X = layer.forward(X)
        return X

    def backward(self, dA):
        """Fill every layer's gradients from the loss's gradient in the predictions.

        Returns the loss's gradient in the inputs.

        Raises
        ------
        ValueError
            If `forward` has not run, or ``dA`` has not the shape of what it returned.
        """
        expected = np.shape(getattr(self.layers[-1], "Z", None))
        if not expected:
            raise ValueError("backward has nothing to go back through: call forward first.")
        if np.shape(dA) != expected:
            raise ValueError(
                f"dA has shape {np.shape(dA)}, the predictions {expected}: give one slope for each "
                "prediction."
            )
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
        """Return a network of the same shape on other parameters (..., n_parameters), not copied.

        Raises
        ------
        ValueError
            If there are not ``n_parameters`` of them.
        """
        parameters, n_parameters = np.asarray(parameters, dtype=float), self.parameters.shape[-1]
        if parameters.shape[-1:] != (n_parameters,):
            raise ValueError(
                f"parameters have shape {parameters.shape}, expected (..., {n_parameters}): give "
                "every weight and bias."
            )
        network = object.__new__(type(self))
        network.layers = [
            Dense(layer.n_inputs, layer.n_outputs, layer.activation) for layer in self.layers
        ]
        network._bind(parameters)
        return network

    def checked_inputs(self, X):
        """Return ``X`` as float64 (n_samples, n_inputs).

        Raises
        ------
        ValueError
            If it has another shape, or holds NaN or infinity.
        """
        return checked(X, "X", self.layers[0].n_inputs)

    def checked_targets(self, y, n_samples):
        """Return ``y`` as float64 (n_samples, n_outputs).

        Raises
        ------
        ValueError
            If it has another shape, or holds NaN or infinity.
        """
        y = checked(y, "y", self.layers[-1].n_outputs)
        if len(y) != n_samples:
            raise ValueError(f"X has {n_samples} rows, y has {len(y)}: give one target a sample.")
        return y

    def refuse_stacks(self):
        """Return nothing when this is a single network.

        Raises
        ------
        ValueError
            If it is a stack.
        """
        if self.parameters.ndim != 1:
            raise ValueError(
                f"network is a stack of shape {self.parameters.shape[:-1]}, expected a single "
                "one: take one with with_parameters."
            )

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
        array = _real(values)
    except (TypeError, ValueError, OverflowError):
        raise ValueError(
            f"{name} is not an array of numbers: give shape (n_samples, {n_columns})."
        ) from None
    if array.ndim != 2 or array.shape[1] != n_columns or not len(array):
        column = f" (for one column: {name}.reshape(-1, 1))" if array.ndim == n_columns == 1 else ""
        raise ValueError(
            f"{name} has shape {array.shape}, expected (n_samples, {n_columns}) with at least one "
            f"row: put one sample in each row{column}."
        )
    if not np.isfinite(array).all():
        row, column = np.argwhere(~np.isfinite(array))[0]
        raise ValueError(
            f"{name} holds {array[row, column]} in row {row}, column {column}, expected finite "
            "numbers: remove that row."
        )
    return array


def _real(values):
    """Return ``values`` as float64; NumPy would drop an imaginary part with a mere warning."""
    if np.iscomplexobj(values):
        raise TypeError
    return np.asarray(values, dtype=float)


def _fill(array, value, name):
    try:
        value = _real(value)
    except (TypeError, ValueError, OverflowError):
        raise ValueError(
            f"starting {name} is {reprlib.repr(value)}, expected numbers of shape {array.shape}."
        ) from None
    if value.shape not in ((), array.shape):
        raise ValueError(
            f"starting {name} has shape {value.shape}, expected {array.shape}: give that shape, or "
            "one number for all."
        )
    if not np.isfinite(value).all():
        raise ValueError(
            f"starting {name} holds {value[~np.isfinite(value)][0]}, expected finite numbers."
        )
    array[...] = value
