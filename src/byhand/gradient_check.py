"""Gradient check: the slope you derived against the slope you measure, and the name of the gap."""

import numpy as np

from byhand.inputs import above_zero, claimed, data, single
from byhand.losses import loss_named
from byhand.mistakes import GradientCheck, mistakes_behind, relative_error


def central_difference(function, at, h=1e-5):
    """Measure the slope of ``function``: nudge each entry of ``at`` both ways (Eqs. 1.8 and 8.9).

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
    h = above_zero(h, "h, the nudge,")
    at = np.array(at, dtype=float)
    slope = np.empty_like(at)
    for index in np.ndindex(at.shape):
        here = at[index]
        at[index] = here + h
        above = function(at.copy())
        at[index] = here - h
        below = function(at.copy())
        at[index] = here
        slope[index] = (above - below) / (2 * h)
    return slope


def gradient_check(network, X, y, loss="half_mean_squared_error", h=1e-5, gradients=None):
    """Compare every gradient of ``network`` with central differences, and name the mistake.

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
    gradients : array_like or list of array_like, optional
        Gradients of your own to check, flat or as ``[dW1, db1, dW2, db2, ...]``; the network's
        `backward` when left out.

    Returns
    -------
    GradientCheck
        |analytic − measured| / (|analytic| + |measured|) of each block, 0 to 1; below 1e-6 is
        agreement.

    Raises
    ------
    ValueError
        In one sentence, if something does not fit.
    """
    loss = loss_named(loss)
    X, y = data(single(network), X, y, loss)
    network = network.with_parameters(network.parameters.copy())
    y_pred, h = network.forward(X), above_zero(h, "h, the nudge,")
    dA = loss.gradient(y_pred, y)
    noise = 1e-9 * (1 + (abs(loss.function(y_pred, y)) + network.penalty) / h)
    network.backward(dA)
    gradients = claimed(network, network.gradients.copy() if gradients is None else gradients)

    def loss_at(parameters):
        moved = network.with_parameters(parameters)
        return loss.function(moved.forward(X), y) + moved.penalty

    measured = central_difference(loss_at, network.parameters, h)
    ours, theirs = (network.with_parameters(flat).blocks() for flat in (gradients, measured))
    errors = {name: relative_error(ours[name], theirs[name], noise) for name in ours}
    return GradientCheck(errors, mistakes_behind(network, dA, gradients))
