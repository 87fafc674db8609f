"""For the notebooks' tests: the library is this checkout's, and cells that need PyTorch need it."""

import os
from pathlib import Path

import pytest

import needs_torch

SRC = str(Path(__file__).parent / "src")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # nets this small only wait for other threads
os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [SRC, os.environ.get("PYTHONPATH")]))


# Several workers share the files. What takes longest begins first, so that none is left alone with
# it at the end.
SITE = "tests/test_site.py"
LONG = (
    SITE,
    "tests/test_colab.py",
    "tests/test_oldest.py",
    "tests/test_binder.py",
    "tests/test_live_figure_browser.py",
    "tests/test_offline_copy.py",
    "tests/test_print.py",
    "tests/test_gates.py",
    "tests/test_teacher.py",
    "chapters/",
)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config):
    """Use one worker more than there are cores: a test in a browser waits now and then."""
    return os.cpu_count() + 1


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Give each worker a file, since a notebook's cells belong together; of the site, a page."""
    from xdist.scheduler import LoadFileScheduling

    class ByFile(LoadFileScheduling):
        def _split_scope(self, nodeid):
            return nodeid if nodeid.startswith(SITE) else super()._split_scope(nodeid)

    return ByFile(config, log)


def turn(item):
    """Return where an item stands in the order of LONG."""
    return next((k for k, name in enumerate(LONG) if item.nodeid.startswith(name)), len(LONG))


def pytest_collection_modifyitems(items):
    """Begin with what takes longest; skip, with a sentence, the cells that cannot run here."""
    items.sort(key=turn)
    for item in items:
        tags = getattr(getattr(item, "cell", None), "metadata", {}).get("tags", [])
        if needs_torch.NOT_RUN in tags:
            item.add_marker(pytest.mark.skip(reason=needs_torch.REASON))
