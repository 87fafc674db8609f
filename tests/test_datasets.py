"""The data sets: what is in them, and that nobody can spoil them for the next."""

import numpy as np

from byhand.datasets import four_points


def test_four_points():
    x, y = four_points()
    assert x.tolist() == [0.1, 0.3, 0.6, 0.7]
    assert y.tolist() == [0.2, 0.25, 0.4, 0.7]
    assert x.shape == y.shape == (4,) and x.dtype == y.dtype == np.float64


def test_each_call_makes_new_arrays():
    x, y = four_points()
    x[0] = y[0] = 99
    assert four_points()[0][0] == 0.1 and four_points()[1][0] == 0.2
