"""Datasets: the small sets of the chapters, points along two curves, and handwritten digits.

Every function returns new arrays, ``X`` with one sample in a row and its targets ``y``.  Nothing is
downloaded: the digits lie beside this file, in ``data/digits.npz``.
"""

from pathlib import Path

import numpy as np

from byhand.inputs import between, generator, whole


def four_points():
    """Return the four points of chapters 1 and 2.

    Returns
    -------
    x, y : ndarray, shape (4,)
        Dimensionless.

    References
    ----------
    The data of a public tutorial on training a network by hand; see the chapter's sources.
    """
    return np.array([0.1, 0.3, 0.6, 0.7]), np.array([0.2, 0.25, 0.4, 0.7])


def six_rows():
    """Return the six rows of chapters 3 to 5, whose target is their first feature.

    Six of the eight rows of three bits.  The row 110 is kept back, to be predicted at the end: its
    target is 1.

    Returns
    -------
    X : ndarray, shape (6, 3)
    y : ndarray, shape (6, 1)
        Zeros and ones.

    References
    ----------
    Our choice: the tutorial that the chapters follow states the rule, not its rows.
    """
    X = [[0, 0, 1], [0, 1, 0], [0, 1, 1], [1, 0, 0], [1, 0, 1], [1, 1, 1]]
    return _floats(X, [row[0] for row in X])


def xor():
    """Return exclusive or, "one of the two but not both": 00 → 0, 01 → 1, 10 → 1, 11 → 0.

    Returns
    -------
    X : ndarray, shape (4, 2)
    y : ndarray, shape (4, 1)
        Zeros and ones.
    """
    return _floats([[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0])


def xor_with_ones():
    """Return the four-row puzzle of chapter 6: `xor` and a third column of ones.

    The ones stand in for a bias in a network that has none.

    Returns
    -------
    X : ndarray, shape (4, 3)
    y : ndarray, shape (4, 1)
        Zeros and ones.

    References
    ----------
    The data of a public tutorial on a network from scratch; see the chapter's sources.
    """
    return _floats([[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]], [0, 1, 1, 0])


def three_records():
    """Return the three records of chapter 7's hand-worked tables.

    Returns
    -------
    X : ndarray, shape (3, 2)
    y : ndarray, shape (3, 1)
        Zeros and ones.

    References
    ----------
    Our choice, in the shapes of the tutorial that the chapter follows.
    """
    return _floats([[1, 0.5], [2, -1.5], [-1, 2]], [1, 0, 1])


def one_row():
    """Return the single sample of chapter 8: (1, 1) → 0.

    Returns
    -------
    X : ndarray, shape (1, 2)
    y : ndarray, shape (1, 1)

    References
    ----------
    The data of a textbook chapter on the fundamentals; see the chapter's sources.
    """
    return _floats([[1, 1]], [0])


def triple():
    """Return y = 3x at x = 1, 2, 3, 4, the data of chapter 9.

    Returns
    -------
    X, y : ndarray, shape (4, 1)
        Dimensionless.

    References
    ----------
    The data of a textbook chapter on the fundamentals; see the chapter's sources.
    """
    return _floats([[1], [2], [3], [4]], [3, 6, 9, 12])


def _floats(X, y):
    return np.array(X, dtype=float), np.array(y, dtype=float)[:, None]


def two_moons(n_samples, *, noise=0.2, rng=None):
    """Return two half circles that reach into each other, one for each class.

    Without noise, class 0 is (cos t, sin t) and class 1 is (1 − cos t, 0.5 − sin t), t from 0 to π
    in equal steps.

    Parameters
    ----------
    n_samples : int
        At least 2.  The first half of the rows is class 0, the second class 1; of an odd number
        class 1 has one more.  The rows are not shuffled.
    noise : float
        Standard deviation of the normal noise in both coordinates, 0 to 1000; the radius of a moon
        is 1.
    rng : numpy.random.Generator
        Draws the noise.

    Returns
    -------
    X : ndarray, shape (n_samples, 2)
    y : ndarray, shape (n_samples, 1)
        The class of each row, 0 or 1.

    Raises
    ------
    ValueError
        In one sentence, if an argument is missing or out of range.

    References
    ----------
    The shape of scikit-learn's ``make_moons``.
    """
    t, y, scatter = _two_curves(n_samples, noise, rng)
    return (1 - 2 * y) * _around(t / 2) + y * [1, 0.5] + scatter, y


def circles(n_samples, *, noise=0.1, factor=0.5, rng=None):
    """Return two circles about the origin: class 0 has radius 1, class 1 has radius ``factor``.

    Parameters
    ----------
    factor : float
        0 to 1000; less than 1 puts class 1 inside, 1 leaves nothing to tell the classes apart.
    n_samples, noise, rng
        As in `two_moons`.

    Returns
    -------
    X : ndarray, shape (n_samples, 2)
    y : ndarray, shape (n_samples, 1)
        The class of each row, 0 or 1.

    Raises
    ------
    ValueError
        In one sentence, if an argument is missing or out of range.

    References
    ----------
    The shape of scikit-learn's ``make_circles``.
    """
    t, y, scatter = _two_curves(n_samples, noise, rng, endpoint=False, factor=factor)
    return np.where(y == 0, 1, factor) * _around(t) + scatter, y


def spirals(n_samples, *, noise=0.02, turns=1.5, rng=None):
    """Return two spiral arms, one for each class: class 1 is class 0 after half a turn.

    The radius of an arm grows evenly from 0.1 to 1.

    Parameters
    ----------
    turns : float
        How often an arm goes round, 0 to 1000; 0 makes it straight.
    n_samples, noise, rng
        As in `two_moons`.

    Returns
    -------
    X : ndarray, shape (n_samples, 2)
    y : ndarray, shape (n_samples, 1)
        The class of each row, 0 or 1.

    Raises
    ------
    ValueError
        In one sentence, if an argument is missing or out of range.

    References
    ----------
    K. J. Lang and M. J. Witbrock, "Learning to tell two spirals apart", 1988, posed the task; the
    numbers are ours.
    """
    t, y, scatter = _two_curves(n_samples, noise, rng, turns=turns)
    return (0.1 + 0.9 * t) * _around(turns * t + y / 2) + scatter, y


def _around(turns):
    """Return the points (n, 2) of the unit circle after ``turns`` (n, 1), counter-clockwise."""
    return np.hstack([np.cos(2 * np.pi * turns), np.sin(2 * np.pi * turns)])


def _two_curves(n_samples, noise, rng, endpoint=True, **shape):
    """Return how far along its curve each row is, 0 to 1, its class, and its noise."""
    for name, number in {"noise": noise, **shape}.items():
        between(number, name, 0, 1000)
    generator(rng, "draw the noise")
    n_samples = whole(n_samples, "n_samples", least=2)
    sizes = n_samples // 2, n_samples - n_samples // 2
    t = np.concatenate([np.linspace(0, 1, size, endpoint) for size in sizes])[:, None]
    return t, np.repeat([0.0, 1.0], sizes)[:, None], rng.normal(scale=noise, size=(n_samples, 2))


def digits():
    """Return 1797 handwritten digits, small grey images of 8 by 8 pixels.

    Returns
    -------
    X : ndarray, shape (1797, 64)
        Ink in each pixel, 0 to 1 in sixteenths; ``X.reshape(-1, 8, 8)`` are the images.
    y : ndarray of int, shape (1797,)
        The digit, 0 to 9.

    References
    ----------
    E. Alpaydin and C. Kaynak, "Optical Recognition of Handwritten Digits", UCI Machine Learning
    Repository, 1998, https://doi.org/10.24432/C50P49, CC BY 4.0: its test set, from 13 people.
    ``data/README.md`` says what was changed.
    """
    with np.load(Path(__file__).parent / "data/digits.npz") as file:
        return file["X"].astype(float) / 16, file["y"].astype(int)


def split(X, y, held_out=0.25, *, rng=None):
    """Return the rows in random order and in two parts, one to train on and one held out.

    Parameters
    ----------
    X, y : array_like, shape (n_samples, ...)
        One row a sample in both.
    held_out : float
        Share of the rows to hold out, above 0 and below 1; rounded to whole rows.
    rng : numpy.random.Generator
        Draws the order.

    Returns
    -------
    X_train, y_train, X_held_out, y_held_out : ndarray
        Copies: every row is in exactly one part, with its own target.

    Raises
    ------
    ValueError
        In one sentence, if an argument is missing or out of range, or a part has no rows.
    """
    between(held_out, "held_out", 0, 1)
    generator(rng, "draw the order")
    if len(X) != len(y):
        raise ValueError(f"X has {len(X)} rows, y has {len(y)}: give one target a row.")
    n_held_out = round(held_out * len(X))
    if not 0 < n_held_out < len(X):
        raise ValueError(f"held_out is {held_out} of {len(X)} rows: leave rows for both parts.")
    out, train = np.split(rng.permutation(len(X)), [n_held_out])
    return tuple(np.take(rows, part, axis=0) for part in (train, out) for rows in (X, y))
