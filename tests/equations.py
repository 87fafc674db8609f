"""Which test checks which displayed derivative: a mark for tests, by equation number."""

import pytest


def equation(*numbers):
    """Mark a test with the numbers of the equations it checks: ``@equation("2.3", "2.4")``."""
    return pytest.mark.equation(*numbers)
