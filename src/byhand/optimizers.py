"""Optimizers: what to do with a gradient once you have it."""

import reprlib

import numpy as np


class SGD:
    """Gradient descent: step against the gradient (Eq. 1.9).

    Called *stochastic* when the gradient comes from a few samples; with all of them in one batch it
    is plain gradient descent.  The step is the same.

    Parameters
    ----------
    learning_rate : float or array_like
        η, above 0; an array is one rate for each training of a stack.

    Raises
    ------
    ValueError
        If a rate is not a finite number above 0.
    """

    def __init__(self, learning_rate):
        self.learning_rate = checked_rate(learning_rate)

    def step(self, parameters, gradients):
        """Change ``parameters`` (..., n_parameters) in place (Eq. 1.9)."""
        parameters -= self.learning_rate[..., None] * gradients

    def __repr__(self):
        """Name the optimizer and its rate."""
        return f"SGD(learning_rate={self.learning_rate})"


def checked_rate(learning_rate):
    """Return the rate, or the rates, as a float array.

    Raises
    ------
    ValueError
        If one is not a finite number above 0.
    """
    try:
        rate = np.asarray(learning_rate, dtype=float)
    except (TypeError, ValueError, OverflowError):
        rate = np.array(np.nan)
    refused = ~(np.isfinite(rate) & (rate > 0))
    if refused.any() or not rate.size:
        got = float(rate[refused][0]) if rate.ndim and rate.size else learning_rate
        raise ValueError(
            f"learning_rate is {reprlib.repr(got)}, expected a finite number above 0, such as 0.1."
        )
    return rate
