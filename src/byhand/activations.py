"""Activations: what a neuron does with its weighted sum, each beside its derivative.

An activation works on every number of an array alone, so the shape that goes in comes out.  The
derivative takes the pre-activation ``Z``, as the chapters do, not the output.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np


class Activation(NamedTuple):
    """A function of the pre-activation and its slope.

    Attributes
    ----------
    name : str
        The key in `ACTIVATIONS`.
    function, derivative : callable
        Take ``Z`` of any shape, return an array of the same shape.
    range : str
        The values ``function`` can return.
    """

    name: str
    function: Callable
    derivative: Callable
    range: str


def identity(Z):
    """Return ``Z`` itself: a neuron without a bend (Eq. 1.1)."""
    return Z


def identity_derivative(Z):
    """Return ones: a straight line of slope 1 has slope 1 everywhere."""
    return np.ones_like(Z)


def sigmoid(Z):
    """Squash ``Z`` into (0, 1); written with tanh, which cannot overflow."""
    return (1 + np.tanh(Z / 2)) / 2


def sigmoid_derivative(Z):
    """Return σ(1 − σ), at most ¼."""
    S = sigmoid(Z)
    return S * (1 - S)


def tanh(Z):
    """Squash ``Z`` into (−1, 1)."""
    return np.tanh(Z)


def tanh_derivative(Z):
    """Return 1 − tanh², at most 1."""
    return 1 - np.tanh(Z) ** 2


def relu(Z):
    """Keep what is positive, make the rest zero."""
    return np.maximum(Z, 0)


def relu_derivative(Z):
    """Return 1 where ``Z`` is positive, else 0 (also at 0, where the slope jumps)."""
    return (Z > 0) * 1.0


ACTIVATIONS = {
    activation.name: activation
    for activation in (
        Activation("identity", identity, identity_derivative, "all real numbers"),
        Activation("sigmoid", sigmoid, sigmoid_derivative, "0 to 1"),
        Activation("tanh", tanh, tanh_derivative, "−1 to 1"),
        Activation("relu", relu, relu_derivative, "0 and above"),
    )
}


def activation_named(name):
    """Return the activation of that name.

    Parameters
    ----------
    name : str or Activation
        A key of `ACTIVATIONS`, or an `Activation` of your own, returned as it is.

    Raises
    ------
    ValueError
        If no activation has that name.
    """
    if isinstance(name, Activation):
        return name
    if not isinstance(name, str) or name not in ACTIVATIONS:
        raise ValueError(f"unknown activation {name!r}: choose one of {', '.join(ACTIVATIONS)}.")
    return ACTIVATIONS[name]
