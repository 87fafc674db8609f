"""The seeds' reference numbers: a test takes a check by its id, and compares to its tolerance."""

import json
from pathlib import Path

import numpy as np
import pytest

FILE = Path(__file__).parent / "data/seed_numbers.json"
CHECKS = {check["id"]: check for check in json.loads(FILE.read_text(encoding="utf-8"))["checks"]}
REPRODUCED = set()


def given(*names):
    """Run the test once for each of these checks, given to it as ``check``."""
    return pytest.mark.parametrize("check", [CHECKS[name] for name in names], ids=names)


def reproduces(*names):
    """The same, for a test that computes what the check expects: it counts as reproduced."""
    REPRODUCED.update(names)
    return given(*names)


def agree(actual, expected, check):
    """Compare numbers of one shape; "nan" and "inf" stand in the file as words."""
    actual, expected = np.asarray(actual, dtype=float), np.asarray(expected, dtype=float)
    assert actual.shape == expected.shape
    tolerance = check["tolerance"]
    np.testing.assert_allclose(actual, expected, rtol=tolerance["rel"], atol=tolerance["abs"])


def old_draws(seed):
    """Return the generator of the old NumPy, with which the seeds' numbers were drawn."""
    return np.random.RandomState(seed)  # noqa: NPY002


def columns(expected, name):
    """Return the entry ``name`` of every record of a trace, as one array."""
    return np.array([record[name] for record in expected.values()])
