"""Activations: what a neuron does with its weighted sum, each beside its derivative.

An activation works on every number of an array alone, so the shape that goes in comes out; only
`softmax`, at the end, looks at a whole row.  The derivative takes the pre-activation ``Z``, as the
chapters do.  No finite input makes any of them overflow or warn.
"""

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from byhand.inputs import one_of

# NumPy takes its own numbers faster than Python's, and on a small net that is most of the time.
ZERO, HALF, ONE = np.array(0.0), np.array(0.5), np.array(1.0)


class Activation(NamedTuple):
    """A function of the pre-activation and its slope.

    Attributes
    ----------
    name : str
        The key in `ACTIVATIONS`.
    function, derivative : callable
        Take ``Z`` of any shape, return an array of the same shape (the derivative of `softmax` is
        a Jacobian: one axis more).
    range : tuple of float
        Least and greatest value of ``function``, reached or only approached.
    from_output : callable, optional
        The derivative as a function of ``A = function(Z)``, where that saves work.
    """

    name: str
    function: Callable
    derivative: Callable
    range: tuple[float, float] = (-math.inf, math.inf)
    from_output: Callable | None = None

    def backward(self, dA, Z, A):
        """Return dZ, the slopes in Z: those in ``A = function(Z)`` times the slope there."""
        slope = self.derivative(Z) if self.from_output is None else self.from_output(A)
        return through(dA, slope)


def through(dA, slope):
    """Return dA times ``slope`` (Eq. 4.20), which for `softmax` is a Jacobian for each sample."""
    if slope is ONE:
        return dA
    if slope.ndim > dA.ndim:
        return (dA[..., None, :] @ slope)[..., 0, :]
    return dA * slope


def identity(Z):
    """Return ``Z`` itself: a neuron without a bend (Eq. 1.1)."""
    return Z


def identity_derivative(Z):
    """Return ones: a straight line of slope 1 has slope 1 everywhere."""
    return np.ones_like(Z)


def binary_step(Z):
    """Return 1 from 0 upwards, else 0: the neuron of McCulloch and Pitts (1943)."""
    return (Z >= 0) * 1.0


def binary_step_derivative(Z):
    """Return zeros: flat on both sides (and, by convention, at the jump)."""
    return np.zeros_like(Z)


def sigmoid(Z):
    """Squash ``Z`` into (0, 1) (Eq. 4.14), written with tanh, which cannot overflow."""
    return HALF * (ONE + np.tanh(HALF * Z))


def sigmoid_derivative(Z):
    """Return σ(1 − σ), at most ¼ (Eq. 4.15)."""
    return _sigmoid_slope(sigmoid(Z))


def _sigmoid_slope(S):
    return S * (ONE - S)


def tanh(Z):
    """Squash ``Z`` into (−1, 1) (Eq. 4.12)."""
    return np.tanh(Z)


def tanh_derivative(Z):
    """Return 1 − tanh², at most 1 (Eq. 4.13)."""
    return _tanh_slope(np.tanh(Z))


def _tanh_slope(T):
    return ONE - T * T


def relu(Z):
    """Keep what is positive, make the rest zero (Eq. 4.16)."""
    return np.maximum(Z, ZERO)


def relu_derivative(Z):
    """Return 1 where ``Z`` is positive, else 0 (Eq. 4.17), also at 0, where the slope jumps."""
    return (Z > 0) * 1.0


def leaky_relu(Z, slope=0.01):
    """Keep what is positive, let a little of the rest through."""
    return np.where(Z > 0, Z, slope * Z)


def leaky_relu_derivative(Z, slope=0.01):
    """Return 1 where ``Z`` is positive, else ``slope``."""
    return np.where(Z > 0, 1.0, slope)


def prelu(Z, slope=0.25):
    """Leaky ReLU with a slope of one's own choice; He et al. (2015) learn it, starting from ¼."""
    return leaky_relu(Z, slope)


def prelu_derivative(Z, slope=0.25):
    """Return 1 where ``Z`` is positive, else ``slope``."""
    return leaky_relu_derivative(Z, slope)


def gelu(Z):
    """Weigh ``Z`` by the chance Φ(Z) that a standard normal number lies below it."""
    return Z * _normal_below(Z)


def gelu_derivative(Z):
    """Return Φ + Z φ, where φ is the normal density."""
    return _normal_below(Z) + Z * gaussian(Z / math.sqrt(2)) / math.sqrt(2 * math.pi)


def _normal_below(Z):
    return np.vectorize(math.erfc, otypes=[float])(-Z / math.sqrt(2)) / 2


def softplus(Z):
    """Return ln(1 + e^Z): a ReLU with its corner rounded off."""
    return np.logaddexp(0, Z)


def softplus_derivative(Z):
    """Return the `sigmoid`."""
    return sigmoid(Z)


def elu(Z, alpha=1.0):
    """Keep what is positive, bend the rest towards −``alpha``."""
    return np.where(Z > 0, Z, alpha * np.expm1(np.minimum(Z, 0)))


def elu_derivative(Z, alpha=1.0):
    """Return 1 where ``Z`` is positive, else ``alpha`` e^Z."""
    return np.where(Z > 0, 1.0, alpha * np.exp(np.minimum(Z, 0)))


SELU_ALPHA, SELU_SCALE = 1.6732632423543772, 1.0507009873554805


def selu(Z):
    """Return a scaled `elu` that keeps mean 0 and variance 1 (Klambauer et al. 2017)."""
    return SELU_SCALE * elu(Z, SELU_ALPHA)


def selu_derivative(Z):
    """Return the scaled slope of `elu`."""
    return SELU_SCALE * elu_derivative(Z, SELU_ALPHA)


def arctan(Z):
    """Squash ``Z`` into (−π/2, π/2)."""
    return np.arctan(Z)


def arctan_derivative(Z):
    """Return 1 / (1 + Z²)."""
    return (1 / np.hypot(1, Z)) ** 2


def softsign(Z):
    """Squash ``Z`` into (−1, 1), more slowly than tanh."""
    return Z / (1 + np.abs(Z))


def softsign_derivative(Z):
    """Return 1 / (1 + |Z|)²."""
    return (1 / (1 + np.abs(Z))) ** 2


def sqnl(Z):
    """Squash ``Z`` into [−1, 1] with two pieces of parabola, flat beyond ±2."""
    Z = np.clip(Z, -2, 2)
    return Z - Z * np.abs(Z) / 4


def sqnl_derivative(Z):
    """Return 1 − |Z|/2, and 0 beyond ±2."""
    return 1 - np.abs(np.clip(Z, -2, 2)) / 2


def bent_identity(Z):
    """Return (√(Z² + 1) − 1)/2 + Z: a line with a slight bend."""
    return (np.hypot(Z, 1) - 1) / 2 + Z


def bent_identity_derivative(Z):
    """Return a slope between ½ and 1½."""
    return Z / np.hypot(Z, 1) / 2 + 1


def silu(Z):
    """Weigh ``Z`` by its own sigmoid (also called swish)."""
    return Z * sigmoid(Z)


def silu_derivative(Z):
    """Return σ (1 + Z (1 − σ))."""
    S = sigmoid(Z)
    return S + Z * _sigmoid_slope(S)


def gaussian(Z):
    """Return e^(−Z²): a bump around 0.  Beyond ±40 it is 0 in float64, and Z² is not taken."""
    return np.exp(-(np.clip(Z, -40, 40) ** 2))


def gaussian_derivative(Z):
    """Return −2 Z e^(−Z²)."""
    return -2 * (Z * gaussian(Z))


def sq_rbf(Z):
    """Return a bump made of parabolas: 1 − Z²/2 up to |Z| = 1, (2 − |Z|)²/2 up to 2, then 0."""
    size = np.minimum(np.abs(Z), 2)
    return np.where(size <= 1, 1 - size**2 / 2, (2 - size) ** 2 / 2)


def sq_rbf_derivative(Z):
    """Return −Z up to |Z| = 1, then the slope back to 0."""
    Z = np.clip(Z, -2, 2)
    return np.where(np.abs(Z) <= 1, -Z, Z - 2 * np.sign(Z))


def softmax(Z):
    """Turn each row (last axis) into probabilities that sum to 1 (Eq. 3.21, 6.9).

    The largest entry is taken off first: the ratios stay, and no exponential can overflow.  It is
    done by halves, so that not even the difference of two huge entries can.
    """
    half = HALF * Z
    E = np.exp(half - half.max(axis=-1, keepdims=True)) ** 2
    return E / E.sum(axis=-1, keepdims=True)


def softmax_derivative(Z):
    """Return the Jacobian of each row, shape (..., k, k): s_i (δ_ij − s_j)."""
    return _softmax_slope(softmax(Z))


def _softmax_slope(S):
    return S[..., None] * (np.eye(S.shape[-1]) - S[..., None, :])


ACTIVATIONS = {
    activation.name: activation
    for activation in (
        Activation("identity", identity, identity_derivative, from_output=lambda A: ONE),
        Activation("binary_step", binary_step, binary_step_derivative, (0, 1)),
        Activation("sigmoid", sigmoid, sigmoid_derivative, (0, 1), _sigmoid_slope),
        Activation("tanh", tanh, tanh_derivative, (-1, 1), _tanh_slope),
        Activation("relu", relu, relu_derivative, (0, math.inf), np.sign),
        Activation("leaky_relu", leaky_relu, leaky_relu_derivative),
        Activation("prelu", prelu, prelu_derivative),
        Activation("gelu", gelu, gelu_derivative, (-0.16997120747990369, math.inf)),
        Activation("softplus", softplus, softplus_derivative, (0, math.inf)),
        Activation("elu", elu, elu_derivative, (-1, math.inf)),
        Activation("selu", selu, selu_derivative, (-SELU_SCALE * SELU_ALPHA, math.inf)),
        Activation("arctan", arctan, arctan_derivative, (-math.pi / 2, math.pi / 2)),
        Activation("softsign", softsign, softsign_derivative, (-1, 1)),
        Activation("sqnl", sqnl, sqnl_derivative, (-1, 1)),
        Activation("bent_identity", bent_identity, bent_identity_derivative),
        Activation("silu", silu, silu_derivative, (-0.2784645427610738, math.inf)),
        Activation("gaussian", gaussian, gaussian_derivative, (0, 1)),
        Activation("sq_rbf", sq_rbf, sq_rbf_derivative, (0, 1)),
        Activation("softmax", softmax, softmax_derivative, (0, 1), _softmax_slope),
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
    return one_of(ACTIVATIONS, name, "activation")
