"""The data sets: what is in them, and that nobody can spoil them for the next."""

import hashlib
import io
import json
import re
import socket
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import make_digits
from byhand import datasets
from byhand.datasets import (
    circles,
    digits,
    four_points,
    one_row,
    six_rows,
    spirals,
    split,
    three_records,
    triple,
    two_moons,
    xor,
    xor_with_ones,
)
from sentence import said

FILE = Path(__file__).parent / "data/seed_numbers.json"
CHECKS = {check["id"]: check for check in json.loads(FILE.read_text(encoding="utf-8"))["checks"]}
FOLDER = Path(datasets.__file__).parent / "data"

SMALL = [four_points, six_rows, xor, xor_with_ones, three_records, one_row, triple]
CURVES = [two_moons, circles, spirals]
each_small = pytest.mark.parametrize("small", SMALL)
each_curve = pytest.mark.parametrize("curves", CURVES)


def rng(seed=0):
    return np.random.default_rng(seed)


def inputs_of(*beginnings):
    """Return the inputs of the checks whose id begins so, and that state their data."""
    found = {
        name: check["inputs"]
        for name, check in CHECKS.items()
        if name.startswith(beginnings) and {"X", "x"} & set(check["inputs"])
    }
    assert found
    return found


# --------------------------------------------------------------------------------- a few rows


def test_four_points():
    x, y = four_points()
    assert x.tolist() == [0.1, 0.3, 0.6, 0.7]
    assert y.tolist() == [0.2, 0.25, 0.4, 0.7]
    assert x.shape == y.shape == (4,) and x.dtype == y.dtype == np.float64


@each_small
def test_each_call_makes_new_arrays(small):
    X, y = small()
    before = X.copy(), y.copy()
    X[...] = 99
    assert np.array_equal(y, before[1]), "y is a part of X"
    y[...] = 99
    again = small()
    assert np.array_equal(again[0], before[0]) and np.array_equal(again[1], before[1])


@pytest.mark.parametrize("small", SMALL[1:])
def test_small_sets_are_columns_of_floats(small):
    X, y = small()
    assert X.dtype == y.dtype == np.float64
    assert X.ndim == 2 and y.shape == (len(X), 1)


def test_xor_is_exclusive_or():
    X, y = xor()
    assert [(*map(bool, row), bool(label)) for row, (label,) in zip(X, y, strict=True)] == [
        (a, b, a != b) for a in (False, True) for b in (False, True)
    ]
    with_ones, same = xor_with_ones()
    assert np.array_equal(with_ones[:, :2], X) and np.array_equal(same, y)
    assert (with_ones[:, 2] == 1).all()


def test_six_rows_and_the_row_kept_back_are_rows_of_three_bits():
    X, y = six_rows()
    assert np.array_equal(y, X[:, :1])
    written = ["".join(str(int(bit)) for bit in row) for row in X]
    assert written == sorted(set(written)) and len(written) == 6
    assert "110" not in written and "110" in six_rows.__doc__
    assert inputs_of("001.single.grad")["001.single.grad"]["test_sample"] == [1, 1, 0]


# ---------------------------------------------------------------- the same as in the reference


@pytest.mark.parametrize("name", ["000.m1.epoch1", "000.m2.epoch1", "000.lsq", "000.convex"])
def test_four_points_are_the_reference_s(name):
    x, y = four_points()
    assert x.tolist() == CHECKS[name]["inputs"]["x"] and y.tolist() == CHECKS[name]["inputs"]["y"]


def test_six_rows_are_the_reference_s():
    X, y = six_rows()
    found = inputs_of("001.single", "001.batch", "001.mini", "001.act.run", "001.deep.grad")
    assert len(found) == 7
    for inputs in found.values():
        assert inputs["X"] == X.tolist()
        assert np.array_equal(np.ravel(inputs.get("y", inputs.get("Y"))), y[:, 0])


def test_xor_with_ones_is_the_reference_s():
    X, y = xor_with_ones()
    for name in ("002.first", "002.2500"):
        inputs = CHECKS[name]["inputs"]
        assert (inputs["X"], inputs["y"]) == (X.tolist(), y.tolist())


def test_three_records_are_the_reference_s_columns():
    X, y = three_records()
    for name in ("003.tables", "003.zero"):
        inputs = CHECKS[name]["inputs"]
        assert (inputs["X"], inputs["Y"]) == (X.T.tolist(), y.T.tolist())


def test_one_row_is_the_reference_s():
    X, y = one_row()
    for name in ("004.hand", "004.hand.lr"):
        inputs = CHECKS[name]["inputs"]
        assert (inputs["x"], inputs["target"]) == (X[0].tolist(), y[0, 0])
    inputs = CHECKS["004.fd100"]["inputs"]
    assert (inputs["x"], inputs["y"]) == (X.tolist(), y.tolist())


def test_triple_is_the_reference_s():
    X, y = triple()
    assert np.array_equal(y, 3 * X)
    for name in ("004.lr", "004.lr.theory", "004.lr.stuck", "004.lr.sign"):
        inputs = CHECKS[name]["inputs"]
        assert (inputs["x"], inputs["y"]) == (X.tolist(), y.tolist())


@pytest.mark.parametrize("name", [name for name in CHECKS if name.startswith("003.moons")])
def test_two_moons_are_the_reference_s(name):
    """The reference adds NumPy's old noise, which no Generator draws; the rest is `two_moons`."""
    inputs = CHECKS[name]["inputs"]
    X, y = two_moons(inputs["n"], noise=0.0, rng=rng())
    X = X + inputs["noise"] * np.random.RandomState(0).normal(size=X.shape)  # noqa: NPY002
    np.testing.assert_allclose(X[:3], inputs["first_rows_of_X"], rtol=0, atol=1e-15)
    np.testing.assert_allclose(X.sum(), inputs["sum_of_X"], rtol=1e-13)
    assert y[:500].sum() == 0 and y[500:].sum() == 500


# -------------------------------------------------------------------------- points along curves


def test_five_moon_points_by_hand():
    """Three equal steps of the half circle are its two ends and its top; two are its ends."""
    X, y = two_moons(5, noise=0, rng=rng())
    outer = [[1, 0], [-1, 0]]
    inner = [[0, 0.5], [1, -0.5], [2, 0.5]]
    np.testing.assert_allclose(X, outer + inner, atol=1e-15)
    assert y.tolist() == [[0], [0], [1], [1], [1]]


@pytest.mark.parametrize("n_samples", [2, 3, 10, 101])
def test_moons_have_the_shape_their_docstring_says(n_samples):
    X, _ = two_moons(n_samples, noise=0, rng=rng())
    t = np.linspace(0, np.pi, n_samples // 2)
    s = np.linspace(0, np.pi, n_samples - n_samples // 2)
    expected = np.r_[np.c_[np.cos(t), np.sin(t)], np.c_[1 - np.cos(s), 0.5 - np.sin(s)]]
    np.testing.assert_allclose(X, expected, rtol=0, atol=1e-15)


def test_circles_have_their_radii_and_no_point_twice():
    X, y = circles(21, noise=0, factor=0.3, rng=rng())
    np.testing.assert_allclose(np.hypot(*X.T), np.where(y[:, 0] == 0, 1, 0.3), rtol=1e-14)
    for label, size in ((0, 10), (1, 11)):
        ring = X[y[:, 0] == label]
        gaps = np.linalg.norm(ring - np.roll(ring, 1, axis=0), axis=1)
        np.testing.assert_allclose(gaps, gaps[0], rtol=1e-12)
        assert len(ring) == size and gaps[0] > 0.1


def test_spirals_wind_as_often_as_they_are_told():
    X, y = spirals(400, noise=0, turns=2.5, rng=rng())
    first, second = X[:200], X[200:]
    np.testing.assert_allclose(second, -first, atol=1e-14)  # half a turn further
    np.testing.assert_allclose(np.hypot(*first.T), np.linspace(0.1, 1, 200), rtol=1e-12)
    angle = np.unwrap(np.arctan2(first[:, 1], first[:, 0]))
    assert (angle[-1] - angle[0]) / (2 * np.pi) == pytest.approx(2.5)
    distance = np.linalg.norm(first[:, None] - second, axis=-1).min()
    assert distance > 0.15, "the arms stay apart"


def test_no_turns_are_two_straight_arms():
    X, _ = spirals(10, noise=0, turns=0, rng=rng())
    np.testing.assert_allclose(X[:, 1], 0, atol=1e-15)


@each_curve
@settings(max_examples=25, deadline=None)
@given(n_samples=st.integers(2, 400), noise=st.floats(0, 999), seed=st.integers(0, 2**32))
def test_classes_are_balanced_and_everything_is_finite(curves, n_samples, noise, seed):
    X, y = curves(n_samples, noise=noise, rng=rng(seed))
    assert X.shape == (n_samples, 2) and y.shape == (n_samples, 1)
    assert X.dtype == y.dtype == np.float64 and np.isfinite(X).all()
    assert y[:, 0].tolist() == [0.0] * (n_samples // 2) + [1.0] * (n_samples - n_samples // 2)


@each_curve
def test_a_seed_gives_the_same_points_and_another_gives_others(curves):
    (X, y), (same, _), (other, _) = (curves(50, rng=rng(seed)) for seed in (3, 3, 4))
    assert np.array_equal(X, same) and not np.array_equal(X, other)
    assert set(y.ravel()) == {0, 1}


@each_curve
def test_noise_is_normal_around_the_curve(curves):
    clean, _ = curves(20_000, noise=0, rng=rng())
    X, _ = curves(20_000, noise=0.3, rng=rng(1))
    moved = X - clean
    np.testing.assert_allclose(moved, 0.3 * rng(1).normal(size=moved.shape), atol=1e-14)
    assert abs(moved.mean()) < 0.01 and moved.std() == pytest.approx(0.3, rel=0.02)


@each_curve
def test_whole_and_numpy_numbers_will_do(curves):
    plain, _ = curves(10, noise=1, rng=rng())
    numpys, _ = curves(np.int64(10), noise=np.float32(1), rng=rng())
    assert np.array_equal(plain, numpys)


@each_curve
@pytest.mark.parametrize("n_samples", [1, 0, -4, 10.0, "10", None, True, [10]])
def test_bad_numbers_of_samples_are_said_in_a_sentence(curves, n_samples):
    assert said(curves, n_samples, rng=rng()).startswith(f"n_samples is {n_samples!r}, expected ")


@each_curve
@pytest.mark.parametrize("noise", [-0.1, np.nan, np.inf, 1e6, "0.1", None, 1j, [0.1]])
def test_bad_noise_is_said_in_a_sentence(curves, noise):
    assert said(curves, 10, noise=noise, rng=rng()).startswith(f"noise is {noise!r}, expected ")


@pytest.mark.parametrize("value", [-1, np.nan, np.inf, "2", None])
def test_a_bad_factor_or_number_of_turns_is_said_in_a_sentence(value):
    assert said(circles, 10, factor=value, rng=rng()).startswith(f"factor is {value!r}, ")
    assert said(spirals, 10, turns=value, rng=rng()).startswith(f"turns is {value!r}, ")


@pytest.mark.parametrize("wrong", [None, 0, "seed", np.random.RandomState(0)])  # noqa: NPY002
def test_a_missing_or_wrong_rng_is_said_in_a_sentence(wrong):
    for curves in CURVES:
        assert "rng=np.random.default_rng(0)" in said(curves, 10, rng=wrong)
    assert "rng=np.random.default_rng(0)" in said(split, *xor(), rng=wrong)
    assert said(two_moons, 10).startswith("rng is None")


@each_curve
def test_rng_is_given_by_name(curves):
    with pytest.raises(TypeError):
        curves(10, 0.1, rng())


def test_the_shapes_are_scikit_learn_s():
    made = pytest.importorskip("sklearn.datasets")
    for n_samples in (2, 7, 100):
        for ours, theirs in ((two_moons, made.make_moons), (circles, made.make_circles)):
            X, y = ours(n_samples, noise=0, rng=rng())
            other = {"factor": 0.5} if ours is circles else {}
            expected, labels = theirs(n_samples, shuffle=False, **other)
            np.testing.assert_allclose(X, expected, rtol=0, atol=1e-15)
            assert np.array_equal(y[:, 0], labels)


# --------------------------------------------------------------------------------------- digits


def test_digits_have_the_promised_shape_and_range():
    X, y = digits()
    assert X.shape == (1797, 64) and X.dtype == np.float64
    assert y.shape == (1797,) and np.issubdtype(y.dtype, np.signedinteger)
    assert X.min() == 0 and X.max() == 1
    assert np.array_equal(X * 16, (X * 16).round())
    assert np.bincount(y).tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]


def test_the_first_digit_is_a_zero_that_can_be_seen():
    X, y = digits()
    image = X[0].reshape(8, 8)
    assert y[0] == 0
    assert (image[3:5, 3:5] == 0).all(), "the hole in the middle"
    assert (image[0, 3:5] > 0.5).all() and (image[7, 3:5] > 0.5).all(), "its top and its bottom"
    assert (image[:, [0, 7]] == 0).all(), "white on both sides"


def test_each_call_of_digits_makes_new_arrays():
    X, y = digits()
    X[...] = 99
    y[...] = 99
    X, y = digits()
    assert X.max() == 1 and y.max() == 9


def test_digits_need_no_network_and_no_working_folder(monkeypatch, tmp_path):
    def refuse(*arguments, **keywords):
        raise AssertionError("digits asked the network")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.chdir(tmp_path)
    assert len(digits()[0]) == 1797


def test_the_file_of_digits_holds_numbers_only_and_is_small():
    with np.load(FOLDER / "digits.npz", allow_pickle=False) as file:
        assert sorted(file) == ["X", "y"]
        assert file["X"].dtype == file["y"].dtype == np.uint8
        assert file["X"].max() == 16
    assert (FOLDER / "digits.npz").stat().st_size < 60_000


def test_the_notice_names_this_file_its_makers_and_its_licence():
    notice = (FOLDER / "README.md").read_text(encoding="utf-8")
    made = hashlib.sha256((FOLDER / "digits.npz").read_bytes()).hexdigest()
    assert re.findall(r"\b[0-9a-f]{64}\b", notice) == [made]
    for needed in (
        "E. Alpaydin and C. Kaynak",
        "Optical Recognition of Handwritten Digits",
        "https://doi.org/10.24432/C50P49",
        "https://creativecommons.org/licenses/by/4.0/",
        "What this course changed",
    ):
        assert needed in notice
    for needed in ("Alpaydin", "Kaynak", "10.24432/C50P49", "CC BY 4.0"):
        assert needed in digits.__doc__


def test_the_file_does_not_know_when_it_was_made():
    with np.load(FOLDER / "digits.npz", allow_pickle=False) as file:
        again = make_digits.packed(**file)
    assert make_digits.packed(a=np.arange(3)) == make_digits.packed(a=np.arange(3))
    ours, fresh = (
        [
            (entry.filename, entry.date_time, entry.external_attr, entry.create_system, entry.CRC)
            for entry in zipfile.ZipFile(source).infolist()
        ]
        for source in (FOLDER / "digits.npz", io.BytesIO(again))
    )
    assert ours == fresh and ours[0][:2] == ("X.npy", (1980, 1, 1, 0, 0, 0))


def test_digits_are_scikit_learn_s():
    made = pytest.importorskip("sklearn.datasets")
    X, y = digits()
    expected = made.load_digits()
    assert np.array_equal(X, expected.data / 16) and np.array_equal(y, expected.target)
    assert np.array_equal(X.reshape(-1, 8, 8), expected.images / 16)


def test_make_digits_makes_the_file_again(monkeypatch, tmp_path, capsys):
    pytest.importorskip("sklearn")
    monkeypatch.setattr(make_digits, "FILE", tmp_path / "data/digits.npz")
    assert make_digits.main() == 0
    assert make_digits.FILE.read_bytes() == (FOLDER / "digits.npz").read_bytes()
    assert hashlib.sha256(make_digits.FILE.read_bytes()).hexdigest() in capsys.readouterr().out


def test_make_digits_without_scikit_learn_says_so_and_writes_nothing(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "sklearn.datasets", None)
    monkeypatch.setattr(make_digits, "FILE", tmp_path / "digits.npz")
    answer = make_digits.main()
    assert answer.startswith("scikit-learn is not installed: ") and answer.endswith(".")
    assert not make_digits.FILE.exists()


# ---------------------------------------------------------------------------------------- split


@settings(max_examples=50, deadline=None)
@given(n_samples=st.integers(2, 60), share=st.floats(0.01, 0.99), seed=st.integers(0, 1000))
def test_split_puts_every_row_with_its_target_in_one_part(n_samples, share, seed):
    X, y = np.arange(3.0 * n_samples).reshape(-1, 3), np.arange(n_samples)
    n_held_out = round(share * n_samples)
    if not 0 < n_held_out < n_samples:
        assert "leave rows" in said(split, X, y, share, rng=rng(seed))
        return
    X_train, y_train, X_held_out, y_held_out = split(X, y, share, rng=rng(seed))
    assert len(X_held_out) == len(y_held_out) == n_held_out
    assert np.array_equal(X_train, X[y_train]) and np.array_equal(X_held_out, X[y_held_out])
    assert sorted([*y_train, *y_held_out]) == list(range(n_samples))


def test_split_shuffles_and_a_seed_repeats_it():
    X, y = two_moons(200, rng=rng())
    parts, same, other = (split(X, y, rng=rng(seed)) for seed in (5, 5, 6))
    assert [part.shape for part in parts] == [(150, 2), (150, 1), (50, 2), (50, 1)]
    assert all(map(np.array_equal, parts, same)) and not np.array_equal(parts[2], other[2])
    assert 10 < parts[3].sum() < 40, "both classes are held out"


def test_split_copies_and_takes_lists():
    X, y = xor()
    for part in split(X, y, 0.5, rng=rng()):
        part[...] = 99
    assert np.array_equal(X, xor()[0]) and np.array_equal(y, xor()[1])
    X_train, y_train, X_held_out, y_held_out = split([[1], [2]], [1, 2], 0.5, rng=rng())
    assert X_train.shape == X_held_out.shape == (1, 1) and y_train.shape == y_held_out.shape == (1,)


@pytest.mark.parametrize("share", [-0.1, 1.5, np.nan, "0.1", None])
def test_a_bad_share_is_said_in_a_sentence(share):
    text = said(split, *xor(), share, rng=rng())
    assert text == f"held_out is {share!r}, expected a number from 0 to below 1."


@pytest.mark.parametrize("share", [0, 0.1, 0.9])
def test_a_part_without_rows_is_said_in_a_sentence(share):
    text = said(split, *xor(), share, rng=rng())
    assert text.startswith(f"held_out is {share} of 4 rows: ")


def test_parts_of_nothing_and_targets_that_do_not_fit_are_said_in_a_sentence():
    assert said(split, *xor(), rng=None).startswith("rng is None")
    assert said(split, [], [], rng=rng()).startswith("held_out is 0.25 of 0 rows: ")
    assert said(split, np.ones((4, 2)), np.ones(3), rng=rng()).startswith("X has 4 rows, y has 3: ")
