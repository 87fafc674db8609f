"""Let the kernels of the notebooks import the library from this checkout, installed or not."""

import os
from pathlib import Path

SRC = str(Path(__file__).parent / "src")
os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [SRC, os.environ.get("PYTHONPATH")]))
