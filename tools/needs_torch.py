"""Cells that need PyTorch, and what becomes of them where it is not installed.

A cell tagged ``needs-torch`` is not run there: the outputs stored with it, from a run with PyTorch,
stand. This holds for `make refresh`, for nbval (conftest.py) and for the site (web/byhand_site.py).
"""

from importlib.util import find_spec

TAG = "needs-torch"
IS_MISSING = find_spec("torch") is None
NOT_RUN = TAG if IS_MISSING else "skip-execution"  # nbclient's name for a tag of cells left out
REASON = "PyTorch is not installed: the outputs stored with this cell stand."
