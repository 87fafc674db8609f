"""Usage: python tools/make_digits.py. Write src/byhand/data/digits.npz from scikit-learn's copy.

The images ship with the course, so nobody else needs scikit-learn; this script shows where they
come from. The same images give the same bytes: `numpy.savez_compressed` would write the time of day
into the file. (Another zlib may compress differently; what unpacks is the same.)
"""

import hashlib
import io
import sys
import zipfile
from pathlib import Path

import numpy as np

FILE = Path(__file__).resolve().parent.parent / "src/byhand/data/digits.npz"


def packed(**arrays):
    """Return the bytes of a compressed .npz file that does not know when it was made."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, array in arrays.items():
            entry = zipfile.ZipInfo(f"{name}.npy", date_time=(1980, 1, 1, 0, 0, 0))
            entry.create_system = 3  # the same on Windows
            entry.external_attr = 0o644 << 16
            member = io.BytesIO()
            np.lib.format.write_array(member, array, version=(1, 0), allow_pickle=False)
            archive.writestr(entry, member.getvalue(), zipfile.ZIP_DEFLATED, compresslevel=9)
    return file.getvalue()


def images():
    """Return pixels (1797, 64), 0 to 16, and labels (1797,), both uint8."""
    from sklearn.datasets import load_digits

    pixels, labels = load_digits(return_X_y=True)
    X, y = pixels.astype(np.uint8), labels.astype(np.uint8)
    if not ((X == pixels).all() and (y == labels).all()):
        raise SystemExit("scikit-learn's digits are no longer whole numbers: nothing was written.")
    return X, y


def main():
    try:
        X, y = images()
    except ImportError:
        return "scikit-learn is not installed: python -m pip install scikit-learn, then try again."
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_bytes(packed(X=X, y=y))
    data = FILE.read_bytes()
    print(f"{FILE.name}: {len(data)} bytes, SHA-256 {hashlib.sha256(data).hexdigest()}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
