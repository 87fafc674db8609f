"""Codec: frames as small bytes.

Integers go as variable-length bytes of differences, along the points or along a slider, whichever
is smaller; strings follow as one JSON list; the whole is deflated once.  `live_figure.js` reads it.
"""

import json
import zlib

import numpy as np

MISSING = -(2**30)
"""The integer that stands for "nothing to draw here"."""


class Writer:
    """Collects integer arrays and strings of one figure."""

    def __init__(self):
        self._numbers, self._strings, self._costs = [], [], {}
        self.arrays = []

    def add(self, values, who):
        """Append an array of shape (*slider lengths, size); return its number.

        ``arrays[number]`` is (order, count, size, rows).  Order 0: values as they are; 1:
        differences along the last axis; 2: along the axis before it, ``rows`` long.  NaN becomes
        `MISSING`.
        """
        values = np.asarray(values, dtype=float)
        values = np.where(np.isnan(values), MISSING, values).astype(np.int64)
        tries = [_bytes(values), _bytes(np.diff(values, axis=-1, prepend=0))]
        if values.ndim > 1:
            tries.append(_bytes(np.diff(values, axis=-2, prepend=0)))
        costs = [len(zlib.compress(data, 9)) for data in tries]
        order = int(np.argmin(costs))
        self._numbers.append(tries[order])
        self._costs[who] = self._costs.get(who, 0) + costs[order]
        rows = values.shape[-2] if values.ndim > 1 else 1
        self.arrays.append([order, values.size, values.shape[-1], rows])
        return len(self.arrays) - 1

    def add_strings(self, strings, who):
        """Append a list of strings; return its number."""
        self._strings.append(strings)
        cost = len(zlib.compress(json.dumps(strings).encode(), 9))
        self._costs[who] = self._costs.get(who, 0) + cost
        return len(self._strings) - 1

    def close(self):
        """Return everything, deflated."""
        numbers = b"".join(self._numbers)
        words = json.dumps(self._strings, ensure_ascii=False, separators=(",", ":"))
        return zlib.compress(numbers + words.encode(), 9)

    def costliest(self):
        """Return the name of what costs most, and its bytes."""
        return max(self._costs.items(), key=lambda item: item[1])


def _bytes(values):
    """Zigzag, then seven bits a byte, low first; the high bit says that more follow."""
    values = values.ravel()
    rest = ((values << 1) ^ (values >> 63)).astype(np.uint64)
    columns = []
    while True:
        columns.append(rest & np.uint64(0x7F))
        rest = rest >> np.uint64(7)
        if not rest.any():
            break
    table = np.stack(columns, axis=1).astype(np.uint8)
    used = np.maximum(1, table.shape[1] - np.argmax((table != 0)[:, ::-1], axis=1))
    used[~table.any(axis=1)] = 1
    position = np.arange(table.shape[1])
    table |= np.where(position[None, :] < used[:, None] - 1, 0x80, 0).astype(np.uint8)
    return table[position[None, :] < used[:, None]].tobytes()
