"""Losses: one number that says how wrong the predictions are, each beside its gradient.

A loss averages over the entries of ``y``.  Leading axes that ``y_pred`` has and ``y`` has not are
separate trainings (see `byhand.training.sweep`): each gets a loss of its own.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np


class Loss(NamedTuple):
    """A loss and its gradient with respect to the predictions.

    Attributes
    ----------
    name : str
        The key in `LOSSES`.
    function, gradient : callable
        Take ``(y_pred, y)``; the gradient has the shape of ``y_pred``.
    """

    name: str
    function: Callable
    gradient: Callable


def half_mean_squared_error(y_pred, y):
    """Half the mean of the squared errors (Eq. 1.3).

    Parameters
    ----------
    y_pred : ndarray, shape (..., *y.shape)
        Predictions; leading axes are separate trainings.
    y : ndarray
        Targets, in the same unit.

    Returns
    -------
    float or ndarray, shape (...)
        In squared units of ``y``; 0 for perfect predictions.

    Raises
    ------
    ValueError
        If the shapes do not match.
    """
    return np.mean(_error(y_pred, y) ** 2, axis=_axes(y)) / 2


def half_mean_squared_error_gradient(y_pred, y):
    """Slope of that loss in each prediction: its error, over n (Eq. 1.5)."""
    return _error(y_pred, y) / np.size(y)


def mean_squared_error(y_pred, y):
    """Mean of the squared errors: twice `half_mean_squared_error`."""
    return np.mean(_error(y_pred, y) ** 2, axis=_axes(y))


def mean_squared_error_gradient(y_pred, y):
    """Slope of `mean_squared_error` in each prediction: the 2 that the ½ would have cancelled."""
    return 2 * _error(y_pred, y) / np.size(y)


def _error(y_pred, y):
    """Return ``y_pred − y``, refusing to broadcast: (4, 1) minus (4,) is a silent (4, 4)."""
    y_pred, y = np.asarray(y_pred, dtype=float), np.asarray(y, dtype=float)
    if y_pred.ndim < y.ndim or y_pred.shape[y_pred.ndim - y.ndim :] != y.shape:
        raise ValueError(
            f"predictions have shape {y_pred.shape}, targets {y.shape}: make the shapes equal."
        )
    if not y.size:
        raise ValueError("there are no targets: a mean needs at least one.")
    return y_pred - y


def _axes(y):
    return tuple(range(-np.ndim(y), 0))


LOSSES = {
    loss.name: loss
    for loss in (
        Loss("half_mean_squared_error", half_mean_squared_error, half_mean_squared_error_gradient),
        Loss("mean_squared_error", mean_squared_error, mean_squared_error_gradient),
    )
}


def loss_named(name):
    """Return the loss of that name, or ``name`` itself when it is a `Loss`.

    Raises
    ------
    ValueError
        If no loss has that name.
    """
    if isinstance(name, Loss):
        return name
    if not isinstance(name, str) or name not in LOSSES:
        raise ValueError(f"unknown loss {name!r}: choose one of {', '.join(LOSSES)}.")
    return LOSSES[name]
