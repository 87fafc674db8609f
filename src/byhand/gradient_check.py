"""Gradient check: the slope you derived against the slope you measure."""

import numbers

import numpy as np

from byhand.losses import loss_named


def central_difference(function, at, h=1e-5):
    """Measure the slope of ``function`` by nudging each entry of ``at`` up and down (Eq. 1.8).

    Parameters
    ----------
    function : callable
        Takes an array of the shape of ``at``, returns a number.
    at : array_like
        Where to measure.
    h : float
        Size of the nudge, above 0.

    Returns
    -------
    ndarray
        Shape of ``at``; error of order h² until rounding takes over.

    Raises
    ------
    ValueError
        If ``h`` is not a finite number above 0.
    """
    if not (isinstance(h, numbers.Real) and 0 < h < np.inf):
        raise ValueError(f"h is {h!r}, expected a nudge above 0, such as 1e-5.")
    at = np.array(at, dtype=float)
    slope = np.empty_like(at)
    for index in np.ndindex(at.shape):
        here = at[index]
        at[index] = here + h
        above = function(at)
        at[index] = here - h
        below = function(at)
        at[index] = here
        slope[index] = (above - below) / (2 * h)
    return slope


def gradient_check(network, X, y, loss="half_mean_squared_error", h=1e-5):
    """Compare every gradient of ``network`` with central differences.

    Parameters
    ----------
    network : Network
        Left unchanged.
    X : array_like, shape (n_samples, n_inputs)
    y : array_like, shape (n_samples, n_outputs)
    loss : str
        A key of `byhand.losses.LOSSES`.
    h : float
        Size of the nudge, above 0.

    Returns
    -------
    dict
        ``{"W1": error, "b1": error, ...}``: |analytic − measured| / (|analytic| + |measured|) of
        each block, 0 to 1; below 1e-6 is agreement.

    Raises
    ------
    ValueError
        In one sentence, if something does not fit.
    """
    network.refuse_stacks()
    X = network.checked_inputs(X)
    y = network.checked_targets(y, len(X))
    loss = loss_named(loss)
    network = network.with_parameters(network.parameters.copy())
    network.backward(loss.gradient(network.forward(X), y))
    analytic = network.gradients.copy()

    def loss_at(parameters):
        return loss.function(network.with_parameters(parameters).forward(X), y)

    network.gradients[...] = central_difference(loss_at, network.parameters, h)
    measured = network.layers
    network = network.with_parameters(network.parameters)
    network.gradients[...] = analytic
    errors = {}
    for number, (ours, theirs) in enumerate(zip(network.layers, measured, strict=True), start=1):
        errors[f"W{number}"] = relative_error(ours.dW, theirs.dW)
        errors[f"b{number}"] = relative_error(ours.db, theirs.db)
    return errors


def relative_error(a, b):
    """Return |a − b| / (|a| + |b|) in the Euclidean norm, 0 when both are zero.

    Raises
    ------
    ValueError
        If the shapes differ.
    """
    if np.shape(a) != np.shape(b):
        raise ValueError(
            f"the gradients have shapes {np.shape(a)} and {np.shape(b)}: make the shapes equal."
        )
    size = np.linalg.norm(a) + np.linalg.norm(b)
    return float(np.linalg.norm(np.subtract(a, b)) / size) if size else 0.0
