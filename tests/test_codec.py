"""The codec: what the browser reads back is what was written."""

import json
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from byhand.figures.codec import MISSING, Writer

INTEGERS = st.integers(-(10**8), 10**8).map(float)


def read(data, arrays):
    """Decode as the comment in codec.py says, one integer at a time."""
    bytes_, place = zlib.decompress(data), 0
    out = []
    for order, count, size, rows in arrays:
        numbers = []
        for k in range(count):
            value, weight = 0, 1
            while True:
                byte = bytes_[place]
                place += 1
                value += (byte & 127) * weight
                weight *= 128
                if byte < 128:
                    break
            number = (value >> 1) ^ -(value & 1)
            if order == 1 and k % size:
                number += numbers[k - 1]
            if order == 2 and (k // size) % rows:
                number += numbers[k - size]
            numbers.append(number)
        out.append(np.array(numbers))
    return out, json.loads(bytes_[place:])


@settings(max_examples=150, deadline=None)
@given(
    hnp.arrays(
        float,
        hnp.array_shapes(min_dims=1, max_dims=4, min_side=1, max_side=6),
        elements=st.one_of(st.just(np.nan), INTEGERS),
    ),
    st.lists(st.text(max_size=8), max_size=4),
)
def test_what_is_written_is_read(values, strings):
    writer = Writer()
    numbers = [writer.add(values, "first"), writer.add(values[..., :1], "second")]
    assert writer.add_strings(strings, "words") == 0 and numbers == [0, 1]
    (first, second), words = read(writer.close(), writer.arrays)
    expected = np.where(np.isnan(values), MISSING, values)
    assert np.array_equal(first, expected.ravel())
    assert np.array_equal(second, expected[..., :1].ravel())
    assert words == [strings]


@pytest.mark.parametrize("shape", [(0,), (3, 0), (2, 3, 0)])
def test_an_array_without_points_is_nothing(shape):
    writer = Writer()
    writer.add(np.zeros(shape), "nothing")
    writer.add(np.array([7.0, -7.0]), "something")
    (first, second), _ = read(writer.close(), writer.arrays)
    assert first.size == 0 and list(second) == [7, -7]


def test_smooth_frames_are_stored_as_differences():
    points = np.rint(1000 * np.sin(np.linspace(0, 3, 400)))
    along_points, along_stops = Writer(), Writer()
    along_points.add(np.tile(points, (2, 1))[:1], "a line")
    along_stops.add(points[:, None] + np.random.default_rng(0).integers(0, 9000, 40), "many lines")
    assert along_points.arrays[0][0] == 1
    assert along_stops.arrays[0][0] == 2
    assert len(along_points.close()) < 0.5 * len(zlib.compress(points.astype("<i2").tobytes(), 9))


def test_the_costliest_is_named_with_all_it_costs():
    rng = np.random.default_rng(0)
    writer = Writer()
    writer.add(rng.integers(0, 99, 100).astype(float), "small")
    writer.add(rng.integers(0, 999, 500).astype(float), "large")
    writer.add(rng.integers(0, 999, 500).astype(float), "large")
    name, cost = writer.costliest()
    assert name == "large" and 1000 < cost < 3000


def test_text_beyond_ascii_survives():
    writer = Writer()
    writer.add_strings(["−3 → 4", "½ Σ (a − y)²"], "words")
    assert read(writer.close(), writer.arrays)[1] == [["−3 → 4", "½ Σ (a − y)²"]]
