"""Fresh environments, for tests of the course among other packages than those it is locked to."""

import hashlib
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PIP = ["-m", "pip", "install", "-q", "--disable-pip-version-check"]
UV = [sys.executable, "-m", "uv", "pip", "install", "-q", "--system-certs", "--python"]


def run(*command, **options):
    """Run a command and return what it printed; its error text is the reason if it fails."""
    done = subprocess.run(
        list(map(str, command)), capture_output=True, text=True, timeout=900, **options
    )
    if done.returncode != 0:
        said = f"{done.stdout[-3000:]}\n{done.stderr[-6000:]}"
        pytest.fail(f"{' '.join(map(str, command[:6]))} ...\n{said}", pytrace=False)
    return done.stdout


def environment(name, *packages, **options):
    """Return the folder of an environment with these packages and no others, made once.

    As in tools/make_env.sh, uv installs them, and pip where uv cannot. A package may be ``-r`` with
    a file, which is read once; ``options`` are those of `subprocess.run`.
    """
    texts = [Path(each).read_text() if Path(each).is_file() else str(each) for each in packages]
    key = hashlib.sha256("\n".join([*texts, sys.version]).encode()).hexdigest()[:8]
    folder = ROOT / f"_build/{name}-{key}"
    python, ready = folder / "bin/python", folder / "ready"
    if not ready.exists():
        run(sys.executable, "-m", "venv", "--clear", folder)
        fast = subprocess.run([*UV, python, *packages], capture_output=True, **options)
        if fast.returncode != 0:
            run(python, *PIP, *packages, **options)
        ready.touch()
    return folder
