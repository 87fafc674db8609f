"""For the notebooks' tests: the library is this checkout's, and cells that need PyTorch need it."""

import os
from pathlib import Path

import pytest

import needs_torch

SRC = str(Path(__file__).parent / "src")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # nets this small only wait for other threads
os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [SRC, os.environ.get("PYTHONPATH")]))


# With several workers, what takes longest begins first: none is left alone with it at the end.
LONG = (
    "tests/test_colab",
    "tests/test_oldest",
    "tests/test_binder",
    "tests/test_print",
    "chapters/",
)


def group(item):
    """Return the name of what one worker runs together: a file, or a page of the site."""
    file = item.location[0].replace(os.sep, "/")
    page = getattr(getattr(item, "callspec", None), "params", {}).get("path")
    return f"{file} {page}" if isinstance(page, str) else file


def turn(item):
    """Return where an item stands in the order of LONG."""
    return next((k for k, name in enumerate(LONG) if group(item).startswith(name)), len(LONG))


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Skip, with a sentence, the notebook cells that cannot run here; say what runs together."""
    items.sort(key=turn)
    for item in items:
        item.add_marker(pytest.mark.xdist_group(group(item)))
        tags = getattr(getattr(item, "cell", None), "metadata", {}).get("tags", [])
        if needs_torch.NOT_RUN in tags:
            item.add_marker(pytest.mark.skip(reason=needs_torch.REASON))
