"""The set-up cell that opens every notebook: made here, written everywhere by refresh.py.

In Colab it installs the course's library, at the tag of this version, and nothing else; elsewhere,
and the second time, it does nothing. `--no-deps` leaves Colab's own NumPy and widgets alone, which
satisfy the library's lower bounds.
"""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TITLE = "# @title Set up (only needed in Colab; does nothing elsewhere)"
TEXT = (
    TITLE
    + """
import importlib.util
import subprocess
import sys

if "google.colab" in sys.modules and importlib.util.find_spec("byhand") is None:
    source = "byhand @ git+{address}@v{version}"
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", source]
    if subprocess.run(command).returncode != 0:
        raise RuntimeError("The course's library could not be installed: run this cell again.")
    importlib.invalidate_caches()"""
)


def address(root=ROOT):
    """Return the repository's address, https://github.com/OWNER/NAME, from _config.yml."""
    found = re.search(
        r"^\s*url:\s*[\"']?(https://github\.com/[\w.-]+/[\w.-]+?)/?[\"']?\s*(#.*)?$",
        (root / "_config.yml").read_text(encoding="utf-8"),
        re.MULTILINE,
    )
    if not found:
        raise SystemExit(
            "_config.yml has no `url: https://github.com/OWNER/NAME` under `repository:`; add it."
        )
    return found[1]


def version(root=ROOT):
    """Return the library's version from pyproject.toml; the tag is ``v`` before it."""
    return tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"][
        "version"
    ]


def text(root=ROOT):
    """Return the set-up cell's source."""
    return TEXT.format(address=address(root), version=version(root))


def is_bootstrap(cell):
    """Return whether a notebook cell is the set-up cell, of whatever version."""
    return cell["cell_type"] == "code" and cell["source"].startswith("# @title Set up")
