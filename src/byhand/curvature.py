"""Curvature: how fast the slopes themselves change, and so how long a step can be.

Along a direction in which the loss curves up by λ, a step of η multiplies the distance to the
bottom by 1 − η λ (Eq. 2.15).  It shrinks as long as η is below 2/λ; the largest λ sets the wall
(Eq. 2.16).
"""

import numpy as np

from byhand.inputs import above_zero, data, generator, single, whole
from byhand.losses import loss_named


def hessian(network, X, y, loss="half_mean_squared_error", h=1e-5):
    """Return all second derivatives of the loss, from central differences of the gradient.

    All nudged copies of the network run as one stack, so this is for small networks: memory grows
    with n_parameters² and with n_parameters · n_samples.

    Parameters
    ----------
    network : Network
        A single one, left unchanged.
    X, y, loss
        As in `byhand.training.train`.
    h : float
        Size of the nudge.

    Returns
    -------
    ndarray, shape (n_parameters, n_parameters)
        Symmetric.

    Raises
    ------
    ValueError
        In one sentence, if something does not fit.
    """
    gradient_at = _gradient(network, X, y, loss)
    nudges = above_zero(h, "h, the nudge,") * np.eye(network.parameters.size)
    rows = gradient_at(network.parameters + nudges) - gradient_at(network.parameters - nudges)
    return (rows + rows.T) / (4 * h)


def largest_curvature(network, X, y, loss="half_mean_squared_error", *, rng, h=1e-5, steps=100):
    """Return λ_max, the largest eigenvalue of the Hessian, without building the Hessian.

    H v is the change of the gradient along v.  Power iteration lets a vector go through H again and
    again, until it points along the strongest eigenvector.  Here every vector on the way is kept,
    orthogonal to those before it, and λ is the largest that they allow together (Lanczos 1950):
    that also settles where the strongest eigenvalue is negative, or two are equally strong.

    Parameters
    ----------
    network : Network
        A single one, left unchanged.
    X, y, loss
        As in `byhand.training.train`.
    rng : numpy.random.Generator
        Draws the first direction.
    h : float
        Size of the nudge along v.
    steps : int
        Most products H v.

    Returns
    -------
    float
        In units of the loss over parameters squared; 0 where it is rounding.

    Raises
    ------
    ValueError
        In one sentence, if something does not fit.
    """
    gradient_at, h = _gradient(network, X, y, loss), above_zero(h, "h, the nudge,")
    v = generator(rng, "draw the first direction").standard_normal(network.parameters.size)
    V = HV = np.empty((0, v.size))
    for _ in range(min(whole(steps, "steps"), v.size)):
        for _ in range(2):  # once leaves rounding behind
            v = v - V.T @ (V @ v)
        V = np.vstack([V, v / np.linalg.norm(v)])
        up, down = gradient_at(network.parameters + h * np.array([[1], [-1]]) * V[-1])
        v = (up - down) / (2 * h)
        HV = np.vstack([HV, v])
        if np.linalg.norm(v - V.T @ (V @ v)) <= 1e-9 * np.linalg.norm(v):
            break  # nothing new: the rest of the space cannot be reached
    inside = V @ HV.T
    eigenvalues = np.linalg.eigvalsh((inside + inside.T) / 2)
    rounding = 1e-9 * np.abs(eigenvalues).max()
    return float(eigenvalues[-1]) if abs(eigenvalues[-1]) > rounding else 0.0


def largest_stable_rate(network, X, y, loss="half_mean_squared_error", *, rng):
    """Return 2/λ_max (Eq. 9.15): above it, gradient descent is thrown out of such a minimum.

    Parameters and errors are those of `largest_curvature`.

    Returns
    -------
    float
        Infinite where no direction curves up.
    """
    curvature = largest_curvature(network, X, y, loss, rng=rng)
    return 2 / curvature if curvature > 0 else np.inf


def _gradient(network, X, y, loss):
    """Return the function from parameters (..., n_parameters) to the gradient there."""
    loss = loss_named(loss)
    X, y = data(single(network), X, y, loss)

    def gradient_at(parameters):
        moved = network.with_parameters(parameters)
        moved.backward(loss.gradient(moved.forward(X), y), to_inputs=False)
        return moved.gradients

    return gradient_at
