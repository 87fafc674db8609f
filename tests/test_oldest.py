"""The library, the figures and the checks on the oldest packages that pyproject.toml admits.

The rest of `make test` runs on the newest; tests/test_colab.py on Colab's.
"""

import os
import re
import sys
import tomllib
from pathlib import Path

import pytest

from fresh import environment, run

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
OLDEST = [bound.replace(">=", "==") for bound in PROJECT["dependencies"]]
TOOLS = ["pytest==9.2.0", "hypothesis==6.170.15", "nbformat==5.10.4", "pyyaml==6.0.3"]
MODULES = [
    "inputs", "activations", "losses", "layers", "network", "optimizers", "history", "training",
    "mistakes", "gradient_check", "curvature", "datasets", "one_net_by_hand", "seed_numbers",
    "seed_001", "seed_002", "seed_003", "seed_004",
    "lab", "codec", "svg", "live_figure", "check",
    *(path.stem[5:] for path in sorted((ROOT / "tests").glob("test_check_*.py"))),
]  # fmt: skip


def test_every_dependency_has_a_lower_bound_and_no_upper_one():
    for bound in PROJECT["dependencies"]:
        assert re.fullmatch(r"[a-z]+>=[0-9.]+", bound)


@pytest.mark.skipif(
    sys.version_info >= (3, 13), reason="NumPy 1.26 and matplotlib 3.8 were never built for 3.13"
)
def test_the_oldest_packages_will_do():
    python = environment("oldest", *OLDEST, *TOOLS) / "bin/python"
    # Their own deprecation warnings, of packages newer than they are, are none of our business.
    options = ["-q", "-p", "no:cacheprovider", "-o", "addopts=", "-o", "filterwarnings=default"]
    printed = run(
        *[python, "-m", "pytest", *options, *(f"tests/test_{name}.py" for name in MODULES)],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT / "src")},
    )
    assert int(re.search(r"(\d+) passed", printed)[1]) > 5000
