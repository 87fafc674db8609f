"""Build the whole book twice, each time afresh in a folder of its own, and compare every byte.

The sources are the files of this folder as they are, committed or not. Sets come in another order
the second time, so that nothing on a page may hang on it.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NOT_SOURCES = shutil.ignore_patterns(".*", "_build", "__pycache__", "*.egg-info")


def contents(folder):
    """Return {name: bytes} of the files in a folder."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def first_difference(one, other):
    """Return the surroundings of the first byte in which two contents differ, or None."""
    if one == other:
        return None
    pairs = enumerate(zip(one, other, strict=False))
    at = next((k for k, (a, b) in pairs if a != b), min(len(one), len(other)))
    near = slice(max(0, at - 60), at + 60)
    return f"byte {at}: {one[near]!r} and {other[near]!r}"


def differences(one, other):
    """Return a line for every file that two folders do not have alike, from their `contents`."""
    faults = []
    for name in sorted(one.keys() | other.keys()):
        if name not in one or name not in other:
            faults.append(f"{name}: only the {'first' if name in one else 'second'} build has it")
        elif where := first_difference(one[name], other[name]):
            faults.append(f"{name}: {where}")
    return faults


def build(folder, hash_seed):
    """Copy the sources into a folder, build the book there and return the folder of its pages."""
    shutil.copytree(ROOT, folder, ignore=NOT_SOURCES)
    subprocess.run(
        [sys.executable, "tools/build_book.py"],
        cwd=folder,
        env=os.environ | {"PYTHONHASHSEED": hash_seed},
        check=True,
    )
    return folder / "_build/html"


def main():
    with tempfile.TemporaryDirectory() as scratch:
        try:
            sites = [contents(build(Path(scratch) / f"build_{k}", k)) for k in "12"]
        except subprocess.CalledProcessError:
            return "The book could not be built: the reason is above."
    faults = differences(*sites)
    print("\n".join(faults) or f"Two builds have the same {len(sites[0])} files, byte for byte.")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
