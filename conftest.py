"""For the notebooks' tests: the library is this checkout's, and cells that need PyTorch need it."""

import os
from pathlib import Path

import pytest

import needs_torch

SRC = str(Path(__file__).parent / "src")
os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [SRC, os.environ.get("PYTHONPATH")]))


def pytest_collection_modifyitems(items):
    """Skip, with a sentence, the notebook cells that cannot run here."""
    for item in items:
        tags = getattr(getattr(item, "cell", None), "metadata", {}).get("tags", [])
        if needs_torch.NOT_RUN in tags:
            item.add_marker(pytest.mark.skip(reason=needs_torch.REASON))
