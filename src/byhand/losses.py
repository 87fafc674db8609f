"""Losses: one number that says how wrong the predictions are, each beside its gradient.

``mean`` in a name is over all entries of ``y``, ``sum`` is their sum; the categorical ones average
over the samples.  Leading axes that ``y_pred`` has and ``y`` has not are separate trainings (see
`byhand.training.sweep`): each gets a loss of its own.

Above each formula stands what it takes, predictions first (`byhand.inputs.takes`).  Where a
logarithm or a denominator would be 0 it is `TINY`, the smallest float64: ln TINY is −708.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from byhand import inputs
from byhand.activations import sigmoid, softmax
from byhand.inputs import AMOUNTS, CHANCES, CLASSES, HUGE, NUMBERS, POSITIVE, TINY, takes


class Loss(NamedTuple):
    """A loss and its gradient with respect to the predictions.

    Attributes
    ----------
    name : str
        The key in `LOSSES`.
    function, gradient : callable
        Take ``(y_pred, y)``; the gradient has the shape of ``y_pred``.
    accuracy : callable, optional
        Takes ``(y_pred, y)``, returns the share of right answers, 0 to 1.
    """

    name: str
    function: Callable
    gradient: Callable
    accuracy: Callable | None = None


LOSSES = {}


def gradient_of(function):
    """Register the gradient of a loss; it takes what the loss takes."""

    def register(formula):
        gradient, name = takes(*function.takes)(formula), function.__name__
        LOSSES[name] = Loss(name, function, gradient, function.accuracy)
        return gradient

    return register


def _axes(y):
    return tuple(range(-y.ndim, 0))


def _n_samples(y):
    return y.size // y.shape[-1]


def binary_accuracy(threshold):
    """Return the accuracy of calling everything above ``threshold`` a 1."""
    return lambda y_pred, y: np.mean((y_pred > threshold) == (y > 0.5), axis=_axes(y))


def class_accuracy(y_pred, y):
    """Return the share of samples whose largest prediction stands at their class."""
    right = y_pred.argmax(axis=-1) == y.argmax(axis=-1)
    return np.mean(right, axis=tuple(range(1 - y.ndim, 0)))


@takes(NUMBERS, NUMBERS)
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
    return np.mean((y_pred - y) ** 2, axis=_axes(y)) / 2


@gradient_of(half_mean_squared_error)
def half_mean_squared_error_gradient(y_pred, y):
    """Slope of that loss in each prediction: its error, over n (Eq. 1.5)."""
    return (y_pred - y) / y.size


@takes(NUMBERS, NUMBERS)
def mean_squared_error(y_pred, y):
    """Mean of the squared errors (Eq. 4.2): twice `half_mean_squared_error`."""
    return np.mean((y_pred - y) ** 2, axis=_axes(y))


@gradient_of(mean_squared_error)
def mean_squared_error_gradient(y_pred, y):
    """Slope of `mean_squared_error` in each prediction (Eq. 4.3): the 2 has no ½ to meet."""
    return 2 * (y_pred - y) / y.size


@takes(NUMBERS, NUMBERS)
def sum_squared_error(y_pred, y):
    """Sum of the squared errors (Eq. 6.3): grows with the number of samples."""
    return np.sum((y_pred - y) ** 2, axis=_axes(y))


@gradient_of(sum_squared_error)
def sum_squared_error_gradient(y_pred, y):
    """Slope of `sum_squared_error` in each prediction."""
    return 2 * (y_pred - y)


@takes(NUMBERS, NUMBERS)
def mean_absolute_error(y_pred, y):
    """Mean of the sizes of the errors (Eq. 6.11), in the unit of ``y``."""
    return np.mean(np.abs(y_pred - y), axis=_axes(y))


@gradient_of(mean_absolute_error)
def mean_absolute_error_gradient(y_pred, y):
    """Slope of `mean_absolute_error`: which side, over n (0 where the error is 0)."""
    return np.sign(y_pred - y) / y.size


@takes(CHANCES, CHANCES, binary_accuracy(0.5))
def binary_cross_entropy(y_pred, y):
    """Mean surprise, in nats, at answers 0 or 1 given the chance ``y_pred`` of being 1 (Eq. 6.12).

    A chance of exactly 0 counts as the smallest float64: a surprise of 708, not infinity.
    """
    surprise = y * np.log(np.maximum(y_pred, TINY)) + (1 - y) * np.log(np.maximum(1 - y_pred, TINY))
    return -np.mean(surprise, axis=_axes(y))


@gradient_of(binary_cross_entropy)
def binary_cross_entropy_gradient(y_pred, y):
    """Slope of `binary_cross_entropy` in each chance."""
    return ((1 - y) / np.maximum(1 - y_pred, TINY) - y / np.maximum(y_pred, TINY)) / y.size


@takes(NUMBERS, CHANCES, binary_accuracy(0.0))
def binary_cross_entropy_from_logits(y_pred, y):
    """Mean surprise, in nats, if a sigmoid would turn ``y_pred`` into the chance (Eq. 6.14).

    ln(1 + e^z) − y z is the same number as `binary_cross_entropy` of σ(z), and never infinite.
    """
    softplus = np.maximum(y_pred, 0) + np.log1p(np.exp(-np.abs(y_pred)))  # ln(1 + e^z), safely
    return np.sum((softplus - y * y_pred) / y.size, axis=_axes(y))


@gradient_of(binary_cross_entropy_from_logits)
def binary_cross_entropy_from_logits_gradient(y_pred, y):
    """Slope in each logit (Eq. 6.15): chance minus answer, over n."""
    return (sigmoid(y_pred) - y) / y.size


@takes(CHANCES, CLASSES, class_accuracy)
def categorical_cross_entropy(y_pred, y):
    """Mean surprise a sample, in nats, at one chance for each class, last axis (Eq. 6.13).

    A chance of exactly 0 counts as the smallest float64: a surprise of 708, not infinity.
    """
    return -np.sum(y * np.log(np.maximum(y_pred, TINY)), axis=_axes(y)) / _n_samples(y)


@gradient_of(categorical_cross_entropy)
def categorical_cross_entropy_gradient(y_pred, y):
    """Slope of `categorical_cross_entropy` in each chance."""
    return -y / np.maximum(y_pred, TINY) / _n_samples(y)


@takes(NUMBERS, CLASSES, class_accuracy)
def categorical_cross_entropy_from_logits(y_pred, y):
    """Mean surprise a sample, in nats, if a softmax would make the chances (Eq. 6.16).

    ln Σ e^z − Σ y z, with the largest z of each row taken off first: the same number as
    `categorical_cross_entropy` of the softmax, and never infinite.
    """
    Z = np.maximum(y_pred - np.max(y_pred, axis=-1, keepdims=True), -HUGE)
    log_sum = np.log(np.sum(np.exp(Z), axis=-1, keepdims=True))
    return np.sum(y * (log_sum - Z) / _n_samples(y), axis=_axes(y))


@gradient_of(categorical_cross_entropy_from_logits)
def categorical_cross_entropy_from_logits_gradient(y_pred, y):
    """Slope in each logit (Eq. 6.17): chance minus answer, over the number of samples."""
    return (softmax(y_pred) - y) / _n_samples(y)


@takes(NUMBERS, NUMBERS)
def exponential(y_pred, y, tau=10.0):
    """Return ``tau`` e^(sum of squared errors / ``tau``) (Eq. 6.18): ``tau`` if all are right."""
    return tau * np.exp(np.sum((y_pred - y) ** 2, axis=_axes(y)) / inputs.above_zero(tau, "tau"))


@gradient_of(exponential)
def exponential_gradient(y_pred, y, tau=10.0):
    """Slope of `exponential` in each prediction."""
    squares = np.sum((y_pred - y) ** 2, axis=_axes(y), keepdims=True)
    return 2 * (y_pred - y) * np.minimum(np.exp(squares / inputs.above_zero(tau, "tau")), HUGE)


@takes(AMOUNTS, AMOUNTS)
def hellinger(y_pred, y):
    """Distance √(Σ (√y_pred − √y)²) / √2 of distributions (Eq. 6.19), 0 to 1 if they sum to 1."""
    return np.sqrt(np.sum((np.sqrt(y_pred) - np.sqrt(y)) ** 2, axis=_axes(y)) / 2)


@gradient_of(hellinger)
def hellinger_gradient(y_pred, y):
    """Slope of `hellinger` in each prediction; 0 where the two are equal and it has a corner."""
    gap = np.sqrt(y_pred) - np.sqrt(y)
    distance = np.sqrt(np.minimum(np.sum(gap**2, axis=_axes(y), keepdims=True) / 2, HUGE))
    return gap / np.maximum(4 * np.sqrt(y_pred) * distance, TINY)


@takes(POSITIVE, POSITIVE)
def itakura_saito(y_pred, y):
    """Mean of y/y_pred − ln(y/y_pred) − 1, the distance of two power spectra (Eq. 6.20).

    Twice as loud costs the same at every loudness: only the ratio counts.
    """
    return np.mean(y / y_pred - np.log(y) + np.log(y_pred) - 1, axis=_axes(y))


@gradient_of(itakura_saito)
def itakura_saito_gradient(y_pred, y):
    """Slope of `itakura_saito` in each prediction."""
    return (1 - y / y_pred) / y_pred / y.size


def loss_named(name):
    """Return the loss of that name, or ``name`` itself when it is a `Loss`.

    Raises
    ------
    ValueError
        If no loss has that name.
    """
    return inputs.one_of(LOSSES, name, "loss")
