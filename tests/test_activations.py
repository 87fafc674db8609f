"""Each activation against its derivative, its laws, and the largest numbers there are."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from byhand import activations as a
from byhand.activations import ACTIVATIONS, Activation, activation_named, sigmoid, softmax, tanh
from byhand.gradient_check import relative_error
from sentence import said

NAMES = (
    "identity binary_step sigmoid tanh relu leaky_relu prelu gelu softplus elu selu arctan "
    "softsign sqnl bent_identity silu gaussian sq_rbf softmax"
).split()
ALONE = {name: ACTIVATIONS[name] for name in ACTIVATIONS if name != "softmax"}
RISING = (
    "identity binary_step sigmoid tanh relu leaky_relu prelu softplus elu selu arctan softsign "
    "sqnl bent_identity"
).split()
ODD = "identity tanh arctan softsign sqnl".split()
EVEN = "gaussian sq_rbf".split()
PLACES = (-2, -1, 0, 1, 2)  # wherever one of them changes its formula
CORNERS = {"relu": (0, 1), "leaky_relu": (0.01, 1), "prelu": (0.25, 1)}  # slopes around 0
CORNERS["selu"] = (a.SELU_SCALE * a.SELU_ALPHA, a.SELU_SCALE)

FLOATS = st.floats(-1e308, 1e308)
FEW = settings(max_examples=40)  # for tests that run once for each activation
# The largest and the smallest doubles of both signs, both zeros, and ordinary numbers.
EXTREMES = np.array([-1e308, -1e3, -40, -2, -1, -5e-324, -0.0, 0, 5e-324, 1, 2, 40, 1e3, 1e308])

every_activation = pytest.mark.parametrize("activation", ACTIVATIONS.values(), ids=ACTIVATIONS)
each_alone = pytest.mark.parametrize("activation", ALONE.values(), ids=ALONE)


def measured(function, Z, h=1e-5):
    """Return the central difference at every entry; each output depends on its own input only."""
    above, below = Z + h, Z - h
    return (function(above) - function(below)) / (above - below)


def agree(slope, expected):
    """Assert what a gradient check asks of the whole, and about as much of each entry."""
    assert relative_error(slope, expected) < 1e-6
    np.testing.assert_allclose(slope, expected, rtol=1e-6, atol=1e-9)


def strict():
    """Return a context in which nothing may overflow, divide by zero or become NaN."""
    return np.errstate(over="raise", invalid="raise", divide="raise")


def test_all_nineteen_are_there():
    assert list(ACTIVATIONS) == NAMES


@each_alone
@given(drawn=st.lists(st.floats(-6, 6), min_size=1, max_size=30))
@FEW
def test_derivative_is_the_measured_slope(activation, drawn):
    # Four fixed points beside those drawn: where all slopes are 0, a relative error says nothing.
    Z = np.array([*drawn, -1.5, -0.5, 0.5, 1.5])
    Z = Z[np.abs(Z[:, None] - PLACES).min(axis=1) > 1e-4]
    agree(activation.derivative(Z), measured(activation.function, Z))


@each_alone
@pytest.mark.parametrize("side", [-1, 1])
@pytest.mark.parametrize("place", PLACES)
def test_derivative_is_the_measured_slope_on_both_sides_of_every_place(activation, place, side):
    # The last distance keeps the relative error away from the places where the slope is 0.
    Z = place + side * np.array([2e-5, 1e-4, 1e-3, 0.01, 0.1, 0.4])
    agree(activation.derivative(Z), measured(activation.function, Z))


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("leaky_relu", {"slope": 0.3}),
        ("leaky_relu", {"slope": 0.0}),
        ("prelu", {"slope": 0.6}),
        ("prelu", {"slope": -0.5}),
        ("elu", {"alpha": 2.5}),
        ("elu", {"alpha": 0.1}),
    ],
)
def test_extra_argument_bends_function_and_derivative_alike(name, options):
    function, derivative = getattr(a, name), getattr(a, f"{name}_derivative")
    Z = np.linspace(-3.05, 3.05, 62)
    agree(derivative(Z, **options), measured(lambda Z: function(Z, **options), Z))
    agree(derivative(Z, *options.values()), measured(lambda Z: function(Z, **options), Z))
    assert not np.allclose(function(Z, **options), function(Z))


@given(Z=arrays(float, array_shapes(max_dims=3, max_side=4), elements=st.floats(-5, 5)))
def test_softmax_jacobian_is_the_measured_one(Z):
    jacobian = a.softmax_derivative(Z)
    k, h = Z.shape[-1], 1e-5
    assert jacobian.shape == (*Z.shape, k)
    for j in range(k):
        step = h * np.eye(k)[j]
        column = (softmax(Z + step) - softmax(Z - step)) / (2 * h)
        np.testing.assert_allclose(jacobian[..., j], column, rtol=1e-6, atol=1e-10)
        if k > 1 and np.linalg.norm(column) > 1e-3:
            assert relative_error(jacobian[..., j], column) < 1e-6


@given(Z=arrays(float, array_shapes(max_dims=3, max_side=5), elements=FLOATS))
def test_softmax_jacobian_is_symmetric_and_moves_no_chance_in_all(Z):
    jacobian = a.softmax_derivative(Z)
    np.testing.assert_allclose(jacobian, np.swapaxes(jacobian, -1, -2), atol=1e-16)
    np.testing.assert_allclose(jacobian.sum(axis=-1), 0, atol=1e-15)


@pytest.mark.parametrize(
    "activation", [one for one in ACTIVATIONS.values() if one.from_output], ids=lambda one: one.name
)
@given(Z=arrays(float, array_shapes(max_dims=3, max_side=4), elements=FLOATS | st.floats(-3, 3)))
@FEW
def test_derivative_from_the_output_is_the_derivative(activation, Z):
    from_output = activation.from_output(activation.function(Z))
    np.testing.assert_array_equal(from_output, activation.derivative(Z))


def test_some_save_work_with_their_output():
    saving = {name for name, activation in ACTIVATIONS.items() if activation.from_output}
    assert {"sigmoid", "tanh", "relu", "softmax"} <= saving


@every_activation
@given(Z=arrays(float, array_shapes(max_dims=4, max_side=4), elements=FLOATS))
@FEW
def test_shape_that_goes_in_comes_out(activation, Z):
    jacobian = Z.shape[-1:] if activation.name == "softmax" else ()
    assert activation.function(Z).shape == Z.shape
    assert activation.derivative(Z).shape == Z.shape + jacobian


@each_alone
@pytest.mark.parametrize("shape", [(), (0,), (3, 0), (1, 1), (2, 3, 4, 5)], ids=str)
def test_shapes_without_entries_and_without_axes_come_out_too(activation, shape):
    Z = np.ones(shape)
    for values in (activation.function(Z), activation.derivative(Z)):
        assert np.shape(values) == shape and np.asarray(values).dtype == np.float64


@every_activation
@given(Z=arrays(float, 8, elements=FLOATS | st.floats(-4, 4)))
@FEW
def test_range_is_kept(activation, Z):
    low, high = activation.range
    A = activation.function(Z)
    assert (low <= A).all() and (A <= high).all()


@each_alone
def test_range_is_tight(activation):
    Z = np.concatenate([-np.logspace(308, 0, 400), np.linspace(-1, 1, 2001), np.logspace(0, 308)])
    A = activation.function(np.concatenate([Z, np.linspace(-3, 3, 6001)]))
    low, high = activation.range
    assert A.min() < (-1e300 if low == -np.inf else low + 1e-6)
    assert A.max() > (1e300 if high == np.inf else high - 1e-6)


def test_softmax_range_is_tight():
    A = softmax(np.array([[-50.0, 50.0]]))
    assert A.min() < 1e-6 and A.max() > 1 - 1e-6


@every_activation
def test_range_is_two_numbers(activation):
    low, high = activation.range
    assert float(low) < float(high)


@every_activation
@given(Z=arrays(float, (2, 6), elements=FLOATS | st.sampled_from(EXTREMES)))
@FEW
def test_no_finite_number_overflows_or_warns(activation, Z):
    with strict():
        assert np.isfinite(activation.function(Z)).all()
        assert np.isfinite(activation.derivative(Z)).all()


@every_activation
def test_extremes_stay_finite_and_silent(activation):
    with strict():
        assert np.isfinite(activation.function(EXTREMES)).all()
        assert np.isfinite(activation.derivative(EXTREMES)).all()
        if activation.from_output:
            assert np.isfinite(activation.from_output(activation.function(EXTREMES))).all()


@given(Z=arrays(float, (3, 5), elements=FLOATS | st.floats(-1, 1) | st.sampled_from(EXTREMES)))
def test_softmax_rows_sum_to_1_whatever_stands_in_them(Z):
    with strict():
        A = softmax(Z)
    assert (A >= 0).all()
    np.testing.assert_allclose(A.sum(axis=-1), 1, rtol=0, atol=1e-12)


def test_softmax_of_huge_beside_tiny():
    row = [1e308, -1e308, 5e-324, 0.0]
    with strict():
        assert softmax(np.array([row])).tolist() == [[1, 0, 0, 0]]
        np.testing.assert_array_equal(softmax(np.full((2, 4), 1e308)), np.full((2, 4), 0.25))
        np.testing.assert_array_equal(softmax(np.full(2, -1e308)), [0.5, 0.5])
        # −800 is too small for an exponential, unless the largest entry is taken off first.
        np.testing.assert_allclose(softmax(np.array([-800, -800 + np.log(3)])), [0.25, 0.75])


@pytest.mark.parametrize("name", RISING)
@given(low=FLOATS, high=FLOATS)
@FEW
def test_never_falls(name, low, high):
    activation = ACTIVATIONS[name]
    low, high = sorted((low, high))
    below, above = activation.function(np.float64(low)), activation.function(np.float64(high))
    assert below <= above + 4 * np.spacing(np.abs(above)) * (name not in "identity tanh relu")
    assert activation.derivative(np.float64(low)) >= 0


@pytest.mark.parametrize("name", RISING)
def test_rises_from_left_to_right(name):
    A = ACTIVATIONS[name].function(np.linspace(-3, 3, 301))
    assert A[0] < A[-1] and (np.diff(A) >= 0).all()


@pytest.mark.parametrize("name", ODD)
@given(z=FLOATS)
@FEW
def test_odd_functions_turn_their_sign_and_keep_their_slope(name, z):
    activation = ACTIVATIONS[name]
    assert activation.function(np.float64(-z)) == -activation.function(np.float64(z))
    assert activation.derivative(np.float64(-z)) == activation.derivative(np.float64(z))


@pytest.mark.parametrize("name", EVEN)
@given(z=FLOATS | st.floats(-3, 3))
@FEW
def test_bumps_are_even_and_stand_at_0(name, z):
    activation = ACTIVATIONS[name]
    value = activation.function(np.float64(z))
    assert value == activation.function(np.float64(-z)) <= activation.function(0.0) == 1
    assert activation.derivative(np.float64(-z)) == -activation.derivative(np.float64(z))
    assert z * activation.derivative(np.float64(z)) <= 0


@each_alone
@pytest.mark.parametrize("place", PLACES)
def test_no_jump_except_in_the_step(activation, place):
    below, above = activation.function(np.array([place - 1e-9, place + 1e-9]))
    if (activation.name, place) == ("binary_step", 0):
        assert (below, above) == (0, 1)
    else:
        assert abs(above - below) < 1e-8


@each_alone
@pytest.mark.parametrize("place", PLACES)
def test_no_corner_except_in_the_rectifiers(activation, place):
    below, above = activation.derivative(np.array([place - 1e-9, place + 1e-9]))
    if place == 0 and activation.name in CORNERS:
        assert (below, above) == pytest.approx(CORNERS[activation.name], abs=1e-8)
    else:
        assert abs(above - below) < 1e-8


@each_alone
def test_each_entry_is_worked_on_alone(activation):
    Z = np.linspace(-3, 3, 12).reshape(3, 4)
    one_by_one = [[activation.function(z) for z in row] for row in Z]
    np.testing.assert_array_equal(activation.function(Z), one_by_one)
    one_by_one = [[activation.derivative(z) for z in row] for row in Z]
    np.testing.assert_array_equal(activation.derivative(Z), one_by_one)


def test_each_row_of_softmax_is_worked_on_alone():
    Z = np.linspace(-3, 3, 24).reshape(2, 3, 4)
    for place in np.ndindex(2, 3):
        np.testing.assert_array_equal(softmax(Z)[place], softmax(Z[place]))
        np.testing.assert_array_equal(
            a.softmax_derivative(Z)[place], a.softmax_derivative(Z[place])
        )


@every_activation
def test_input_is_left_alone(activation):
    Z = EXTREMES.copy()
    A = activation.function(Z)
    activation.derivative(Z)
    np.testing.assert_array_equal(Z, EXTREMES)
    if activation.from_output:
        kept = A.copy()
        activation.from_output(A)
        np.testing.assert_array_equal(A, kept)


LN2, LN3, PI = math.log(2), math.log(3), math.pi
PHI_1 = 0.8413447460685429  # the chance of a standard normal number below 1, from tables
DENSITY_1 = math.exp(-1 / 2) / math.sqrt(2 * PI)


@pytest.mark.parametrize(
    ("name", "z", "value", "slope"),
    [
        ("identity", -2, -2, 1),
        ("binary_step", -1e-9, 0, 0),
        ("binary_step", 0, 1, 0),
        ("binary_step", 3, 1, 0),
        # σ(ln 3) = 1 / (1 + 1/3) = 3/4, so σ' = 3/4 · 1/4 = 3/16
        ("sigmoid", LN3, 3 / 4, 3 / 16),
        ("sigmoid", 0, 1 / 2, 1 / 4),
        # tanh(ln 3) = (9 − 1) / (9 + 1) = 4/5, so tanh' = 1 − 16/25 = 9/25
        ("tanh", LN3, 4 / 5, 9 / 25),
        ("tanh", 0, 0, 1),
        ("relu", -2, 0, 0),
        ("relu", 0, 0, 0),
        ("relu", 3, 3, 1),
        ("leaky_relu", -2, -0.02, 0.01),
        ("leaky_relu", 0, 0, 0.01),
        ("leaky_relu", 3, 3, 1),
        ("prelu", -2, -0.5, 0.25),
        ("prelu", 3, 3, 1),
        # gelu = z Φ(z), so gelu' = Φ(z) + z φ(z)
        ("gelu", 0, 0, 1 / 2),
        ("gelu", 1, PHI_1, PHI_1 + DENSITY_1),
        ("gelu", -1, PHI_1 - 1, 1 - PHI_1 - DENSITY_1),
        # softplus(ln 3) = ln(1 + 3) = 2 ln 2
        ("softplus", 0, LN2, 1 / 2),
        ("softplus", LN3, 2 * LN2, 3 / 4),
        # elu(−ln 2) = 1/2 − 1
        ("elu", -LN2, -1 / 2, 1 / 2),
        ("elu", 3, 3, 1),
        ("selu", -LN2, -1.0507009873554805 * 1.6732632423543772 / 2, 1.7580993408473766 / 2),
        ("selu", 2, 2.101401974710961, 1.0507009873554805),
        ("arctan", 1, PI / 4, 1 / 2),
        ("arctan", math.sqrt(3), PI / 3, 1 / 4),
        ("softsign", 1, 1 / 2, 1 / 4),
        ("softsign", -3, -3 / 4, 1 / 16),
        # sqnl = z − z |z| / 4 up to ±2
        ("sqnl", 1, 3 / 4, 1 / 2),
        ("sqnl", -1, -3 / 4, 1 / 2),
        ("sqnl", 2, 1, 0),
        ("sqnl", -5, -1, 0),
        # √(9/16 + 1) = 5/4, so ¼/2 + ¾ = 7/8, and the slope is ¾ / (2 · 5/4) + 1 = 13/10
        ("bent_identity", 3 / 4, 7 / 8, 13 / 10),
        ("bent_identity", 0, 0, 1),
        ("bent_identity", -3 / 4, -5 / 8, 7 / 10),
        # silu(ln 3) = ¾ ln 3, slope ¾ (1 + ¼ ln 3)
        ("silu", LN3, 3 / 4 * LN3, 3 / 4 * (1 + LN3 / 4)),
        ("silu", 0, 0, 1 / 2),
        ("gaussian", math.sqrt(LN2), 1 / 2, -math.sqrt(LN2)),
        ("gaussian", 0, 1, 0),
        ("sq_rbf", 1 / 2, 7 / 8, -1 / 2),
        ("sq_rbf", 1, 1 / 2, -1),
        ("sq_rbf", -1, 1 / 2, 1),
        ("sq_rbf", 3 / 2, 1 / 8, -1 / 2),
        ("sq_rbf", -3 / 2, 1 / 8, 1 / 2),
        ("sq_rbf", 2, 0, 0),
        ("sq_rbf", 7, 0, 0),
    ],
)
def test_values_known_by_hand(name, z, value, slope):
    activation = ACTIVATIONS[name]
    assert activation.function(np.float64(z)) == pytest.approx(value, rel=2e-15, abs=2e-16)
    assert activation.derivative(np.float64(z)) == pytest.approx(slope, rel=2e-15, abs=2e-16)


def test_softmax_known_by_hand():
    # e^0 : e^ln2 : e^ln3 = 1 : 2 : 3
    A = softmax(np.array([0, LN2, LN3]))
    np.testing.assert_allclose(A, [1 / 6, 1 / 3, 1 / 2], rtol=1e-15)
    # s_i (1 − s_i) on the diagonal, −s_i s_j beside it
    np.testing.assert_allclose(
        a.softmax_derivative(np.array([0, LN2, LN3])),
        [[5 / 36, -1 / 18, -1 / 12], [-1 / 18, 2 / 9, -1 / 6], [-1 / 12, -1 / 6, 1 / 4]],
        rtol=1e-14,
    )


@given(z=FLOATS)
def test_sigmoid_is_symmetric(z):
    assert sigmoid(-z) == pytest.approx(1 - sigmoid(z), abs=1e-15)
    assert sigmoid(z) + sigmoid(-z) == pytest.approx(1, abs=1e-15)
    assert a.sigmoid_derivative(-z) == pytest.approx(a.sigmoid_derivative(z), abs=1e-15)


@given(z=st.floats(-25, 24), step=st.floats(1e-3, 1))
def test_sigmoid_lies_inside_0_and_1_and_rises(z, step):
    assert 0 < sigmoid(z) < 1
    assert sigmoid(z) < sigmoid(z + step)


@given(z=FLOATS)
def test_tanh_is_odd_and_a_sigmoid_in_disguise(z):
    assert tanh(-z) == -tanh(z)
    assert tanh(z / 2) == pytest.approx(2 * sigmoid(z) - 1, abs=1e-15)


@given(z=FLOATS)
def test_relu_is_its_input_or_nothing(z):
    assert a.relu(z) == (z if z > 0 else 0)
    assert a.relu(z) - a.relu(-z) == z


@given(z=FLOATS)
def test_slopes_have_the_stated_maximum(z):
    z = np.float64(z)
    assert a.sigmoid_derivative(z) <= 1 / 4
    assert a.tanh_derivative(z) <= 1
    assert 1 / 2 <= a.bent_identity_derivative(z) <= 3 / 2
    assert abs(a.gaussian_derivative(z)) <= math.sqrt(2 / math.e) * (1 + 1e-15)
    assert abs(a.sq_rbf_derivative(z)) <= 1


@given(z=FLOATS | st.floats(-50, 50))
def test_softplus_is_a_rounded_relu_with_the_sigmoid_as_its_slope(z):
    z = np.float64(z)
    assert a.relu(z) <= a.softplus(z) <= a.relu(z) + LN2 + 1e-15
    assert a.softplus(z) - a.softplus(-z) == pytest.approx(z, rel=1e-15, abs=1e-14)
    assert a.softplus_derivative(z) == sigmoid(z)


@given(z=FLOATS | st.floats(-50, 50))
def test_gelu_and_silu_share_their_input_between_both_signs(z):
    # z Φ(z) + z Φ(−z) = z, for the two chances sum to 1; the same with the sigmoid.
    z = np.float64(z)
    for smooth in (a.gelu, a.silu):
        assert smooth(z) - smooth(-z) == pytest.approx(z, rel=1e-14)
        assert abs(smooth(z) - a.relu(z)) < 0.3


@given(z=st.floats(40, 1e308))
def test_gelu_and_silu_end_as_relu(z):
    for name in ("gelu", "silu"):
        activation, z = ACTIVATIONS[name], np.float64(z)
        assert activation.function(z) == z and activation.derivative(z) == 1
        assert activation.function(-z) == pytest.approx(0, abs=1e-15)
        assert activation.derivative(-z) == pytest.approx(0, abs=1e-15)


def test_gelu_is_exact_where_the_tanh_formula_is_not():
    z = 2.0
    tanh_formula = z / 2 * (1 + math.tanh(math.sqrt(2 / PI) * (z + 0.044715 * z**3)))
    exact = z / 2 * (1 + math.erf(z / math.sqrt(2)))
    assert a.gelu(np.float64(z)) == pytest.approx(exact, rel=1e-15)
    assert abs(exact - tanh_formula) > 9e-5


@pytest.mark.parametrize(("name", "where"), [("gelu", -0.7517915246935645), ("silu", -1.278464543)])
def test_the_lowest_point_of_gelu_and_silu_is_the_end_of_the_range(name, where):
    activation = ACTIVATIONS[name]
    assert activation.function(np.float64(where)) == pytest.approx(activation.range[0], rel=1e-15)
    assert activation.derivative(np.float64(where)) == pytest.approx(0, abs=1e-9)
    Z = where + np.linspace(-1e-7, 1e-7, 2001)
    assert activation.function(Z).min() >= activation.range[0] - 1e-16  # one rounding


@given(z=FLOATS, slope=st.floats(0, 1))
def test_leaky_relu_is_the_larger_of_two_lines(z, slope):
    for leaky in (a.leaky_relu, a.prelu):
        assert leaky(np.float64(z), slope) == max(z, slope * z)
        assert leaky(np.float64(z), 0) == a.relu(z)
        assert leaky(np.float64(z), 1) == z


@given(z=st.floats(-1e308, -1e-300))
def test_elu_has_the_slope_of_its_height_left_of_0(z):
    z = np.float64(z)
    assert a.elu_derivative(z) == pytest.approx(a.elu(z) + 1, abs=1e-15)
    assert a.elu_derivative(z, 3.0) == pytest.approx(a.elu(z, 3.0) + 3, abs=1e-15)


@given(z=st.floats(1e-300, 1e308))
def test_elu_is_the_line_right_of_0(z):
    assert a.elu(np.float64(z)) == z and a.elu_derivative(np.float64(z)) == 1


def test_selu_keeps_mean_0_and_variance_1():
    z, step = np.linspace(-12, 12, 240_001, retstep=True)
    weight = np.exp(-(z**2) / 2) / math.sqrt(2 * PI) * step
    assert (weight * a.selu(z)).sum() == pytest.approx(0, abs=1e-9)
    assert (weight * a.selu(z) ** 2).sum() == pytest.approx(1, abs=1e-9)


@given(z=FLOATS)
def test_squashing_functions_reach_their_limits_at_different_speed(z):
    z = np.float64(abs(z))
    assert a.softsign(z) <= 2 / PI * a.arctan(PI / 2 * min(z, 1e307)) + 1e-15
    assert a.sqnl(z) == (1 if z >= 2 else pytest.approx(z - z * z / 4))
    assert a.arctan_derivative(z) == pytest.approx(math.cos(a.arctan(z)) ** 2, abs=1e-15)


@given(
    Z=arrays(float, (2, 4), elements=st.floats(-20, 20)),
    shift=st.floats(-1e3, 1e3),
)
def test_softmax_does_not_see_a_shift(Z, shift):
    np.testing.assert_allclose(softmax(Z + shift), softmax(Z), rtol=1e-12)


@given(Z=arrays(float, (2, 4), elements=st.floats(-20, 20)), order=st.permutations(range(4)))
def test_softmax_follows_a_permutation_and_keeps_the_ranking(Z, order):
    np.testing.assert_allclose(softmax(Z[:, order]), softmax(Z)[:, order], rtol=1e-14)
    largest = softmax(Z)[np.arange(2), Z.argmax(axis=-1)]
    np.testing.assert_array_equal(largest, softmax(Z).max(axis=-1))


@given(z=st.floats(-30, 30))
def test_softmax_of_two_is_a_sigmoid(z):
    np.testing.assert_allclose(softmax(np.array([z, 0.0])), [sigmoid(z), sigmoid(-z)], atol=1e-15)


def test_softmax_of_one_is_certain():
    np.testing.assert_array_equal(softmax(np.array([[-1e308], [3.0]])), [[1], [1]])
    assert not a.softmax_derivative(np.array([[-1e308], [3.0]])).any()


@every_activation
def test_registry_finds_each_by_its_name(activation):
    assert ACTIVATIONS[activation.name] is activation
    assert activation_named(activation.name) is activation
    assert activation.function is getattr(a, activation.name)
    assert activation.derivative is getattr(a, f"{activation.name}_derivative")


def test_own_activation_is_taken_as_it_is():
    own = Activation("square", np.square, lambda Z: 2 * Z, (0, np.inf))
    assert activation_named(own) is own


@pytest.mark.parametrize("name", ["Sigmoid", "swish", "", None, 3, ["relu", "relu"]])
def test_unknown_name_is_refused_with_choices(name):
    text = said(activation_named, name)
    assert f"unknown activation {name!r}: choose one of the 19, such as " in text


def test_nearest_name_is_offered_first():
    assert "such as sigmoid, " in said(activation_named, "Sigmoid")
    assert "such as leaky_relu, " in said(activation_named, "leakyrelu")


def test_function_instead_of_its_name_is_refused():
    assert "unknown activation <function sig" in said(activation_named, sigmoid)
