"""Mistakes: nine classic wrong backward passes, and the verdict that names the one it meets."""

import numpy as np

from byhand.activations import through

AGREEMENT = 1e-6  # relative error that counts as right

# Most of these still make the loss fall, which is why the loss is no proof.
MISTAKES = {
    "sign": "every slope has the wrong sign: the error is y_pred − y, not y − y_pred",
    "factor 2": "every slope is doubled: the 2 of the square counts twice, or its ½ is forgotten",
    "sum": "every slope is summed over the samples where the loss takes their mean",
    "bias mean": "db is a mean over the samples: the mean is already in dZ, so sum its rows",
    "no output slope": "dZ of the last layer lacks the slope of its activation",
    "no hidden slope": "dZ of the hidden layers lacks the slope of their activation",
    "slope at A": "the slope of the hidden activation is taken at A, its output, not at Z",
    "Z for A": "dW uses Z of the layer below, before its activation, where A went in",
    "last sample": "only the last sample is left: the others were overwritten, not added up",
}


class GradientCheck(dict):
    """Relative error of each block, ``{"W1": error, "b1": error, ...}``, and what they mean.

    Attributes
    ----------
    mistakes : list of str
        Keys of `MISTAKES` that give exactly these gradients; empty when they are right.
    verdict : str
        One sentence: right, or the mistake by name, or the blocks that are wrong.
    """

    def __init__(self, errors, mistakes):
        super().__init__(errors)
        wrong = [name for name, error in errors.items() if error >= AGREEMENT]
        self.mistakes = mistakes if wrong else []
        if not wrong:
            self.verdict = f"right: every block agrees to {AGREEMENT:g}."
        elif mistakes:
            self.verdict = "; or: ".join(MISTAKES[name] for name in mistakes) + "."
        else:
            these = "it is" if len(wrong) == 1 else "they are"
            self.verdict = f"{', '.join(wrong)} wrong: look where {these} computed."

    def __repr__(self):
        """List the blocks, then the verdict."""
        return "\n".join([f"{name}  {error:.1e}" for name, error in self.items()] + [self.verdict])


def mistakes_behind(network, dA, gradients):
    """Return the keys of `MISTAKES` that give these ``gradients`` (n_parameters,).

    ``network`` and ``dA`` as in `wrong_backward`, which is tried with each.
    """
    found = []
    wrong_backward(network, dA, "none")
    right = network.gradients.copy()
    for name in MISTAKES:
        with np.errstate(over="ignore", invalid="ignore"):  # a wrong slope may be any number
            wrong_backward(network, dA, name)
            changes = relative_error(network.gradients, right) >= AGREEMENT
            if changes and relative_error(network.gradients, gradients) < AGREEMENT:
                found.append(name)
    return found


def wrong_backward(network, dA, mistake):
    """Fill the gradients as `Network.backward` would with one of the `MISTAKES` in it.

    Parameters
    ----------
    network : Network
        After `Network.forward`; a single one.
    dA : ndarray, shape (n_samples, n_outputs)
        The loss's gradient in the predictions.
    mistake : str
        A key of `MISTAKES`, or "none" for the right gradients.

    Raises
    ------
    ValueError
        If there is no such mistake.
    """
    if mistake not in ("none", *MISTAKES):
        raise ValueError(f"unknown mistake {mistake!r}: choose one of {', '.join(MISTAKES)}.")
    network.backward(dA)  # refuses a dA that does not fit
    dA = dA * {"sign": -1, "factor 2": 2, "sum": len(dA)}.get(mistake, 1)
    last = len(network.dense) - 1
    for number, layer in reversed(list(enumerate(network.dense))):
        at = layer.A if mistake == "slope at A" and number < last else layer.Z
        dZ = through(dA, layer.activation.derivative(at))
        if mistake == ("no hidden slope" if number < last else "no output slope"):
            dZ = dA
        X = network.dense[number - 1].Z if mistake == "Z for A" and number else layer.X
        rows = np.s_[-1:] if mistake == "last sample" else np.s_[:]
        layer.dW = X[rows].T @ dZ[rows] + layer.l2 * layer.W
        layer.db = dZ[rows].mean(axis=0) if mistake == "bias mean" else dZ[rows].sum(axis=0)
        dA = dZ @ layer.W.T


def relative_error(a, b, noise=0.0):
    """Return |a − b| / (|a| + |b|) in the Euclidean norm, 0 when both are 0.

    Parameters
    ----------
    a, b : ndarray
        Of one shape.
    noise : float
        Least denominator: a million times what rounding puts into a and b, so that the error of
        slopes that are nothing but rounding is small.

    Returns
    -------
    float
        0 to 1.

    Raises
    ------
    ValueError
        If the shapes differ.
    """
    if np.shape(a) != np.shape(b):
        raise ValueError(
            f"the gradients have shapes {np.shape(a)} and {np.shape(b)}: make the shapes equal."
        )
    size = max(np.linalg.norm(a) + np.linalg.norm(b), noise)
    return float(np.linalg.norm(np.subtract(a, b)) / size) if size else 0.0
