"""The measuring instrument: it measures right, agrees with backward, and catches a wrong one."""

import itertools

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from byhand.activations import ACTIVATIONS, Activation
from byhand.gradient_check import central_difference, gradient_check, relative_error
from byhand.losses import LOSSES, Loss, mean_squared_error, mean_squared_error_gradient
from byhand.network import Network
from sentence import said

RIGHT = "right: every block agrees to 1e-06."
# Where an activation or its slope has a corner: a measured slope would be that of both sides.
CORNERS = np.array([-2, -1, 0, 1, 2])
# The predictions that a loss takes, where it does not take every number.
TAKES = {
    "binary_cross_entropy": (0, 1),
    "categorical_cross_entropy": (0, 1),
    "hellinger": (0, np.inf),
    "itakura_saito": (0, np.inf),
}
PAIRS = [*itertools.product(ACTIVATIONS, LOSSES)]


def fits(output, loss):
    (low, high), (least, greatest) = ACTIVATIONS[output].range, TAKES.get(loss, (-np.inf, np.inf))
    return least <= low and high <= greatest


def draw(rng, sizes, output, loss, tries=5000, **options):
    """Return a random net, X and y with every number away from a corner; None if none is found."""
    network = Network(sizes, output=output, rng=rng, **options)
    # Hellinger and Itakura-Saito go to infinity at 0; a step has no number between 0 and 1.
    least = 0.01 if loss in ("hellinger", "itakura_saito") or output != "binary_step" else 0
    for _ in range(tries):
        network.parameters[:] = rng.normal(scale=0.8, size=network.parameters.size)
        X, y = rng.normal(size=(3, sizes[0])), rng.uniform(0.1, 0.9, size=(3, sizes[-1]))
        if "categorical" in loss:
            y /= y.sum(axis=1, keepdims=True)
        y_pred = network.forward(X)
        Z = np.concatenate([layer.Z.ravel() for layer in network.dense])
        sharp = np.abs(Z[:, None] - CORNERS).min() > 1e-3 and np.abs(y_pred - y).min() > 1e-3
        if loss in TAKES:
            low, high = TAKES[loss]
            sharp &= low + least <= y_pred.min() and y_pred.max() <= high - least
        if sharp:
            return network, X, y
    return None


def a_net(hidden="tanh", output="identity", sizes=(2, 3, 2), **options):
    rng = np.random.default_rng(0)
    network = Network(sizes, hidden=hidden, output=output, rng=rng, **options)
    network.parameters[:] = rng.normal(size=network.parameters.size)
    return network, rng.normal(size=(5, sizes[0])), rng.normal(size=(5, sizes[-1]))


def slopes(network, X, y, loss="half_mean_squared_error"):
    """Return every gradient, flat and as the list [dW1, db1, dW2, db2, ...]."""
    network = network.with_parameters(network.parameters)
    network.backward(LOSSES[loss].gradient(network.forward(X), y))
    listed = [part for layer in network.dense for part in (layer.dW, layer.db)[: 1 + layer.bias]]
    return network.gradients.copy(), [part.copy() for part in listed]


def assert_right(check):
    assert max(check.values()) < 1e-6 and check.verdict == RIGHT, check


# --- backward against measurement


@pytest.mark.parametrize(("output", "loss"), [pair for pair in PAIRS if fits(*pair)])
def test_every_output_under_every_loss_that_takes_it(output, loss):
    check = gradient_check(*draw(np.random.default_rng(1), [2, 3, 2], output, loss), loss)
    assert list(check) == ["W1", "b1", "W2", "b2"]
    assert_right(check)


@pytest.mark.parametrize(("output", "loss"), [pair for pair in PAIRS if not fits(*pair)])
def test_every_other_output_is_refused(output, loss):
    network = Network([2, 2], output=output, rng=np.random.default_rng(0))
    text = said(gradient_check, network, np.ones((3, 2)), np.full((3, 2), 0.5), loss)
    assert text.startswith(f"{loss} takes ") and f"the output {output} gives" in text


@pytest.mark.parametrize(("hidden", "loss"), PAIRS)
def test_every_hidden_activation_under_every_loss(hidden, loss):
    output = "sigmoid" if loss in TAKES else "identity"
    net = draw(np.random.default_rng(2), [2, 3, 2], output, loss, hidden=hidden)
    assert_right(gradient_check(*net, loss))


@pytest.mark.parametrize(("hidden", "output"), [*itertools.product(ACTIVATIONS, repeat=2)])
def test_every_hidden_activation_under_every_output(hidden, output):
    net = draw(np.random.default_rng(3), [2, 3, 2], output, "mean_squared_error", hidden=hidden)
    assert_right(gradient_check(*net, "mean_squared_error"))


@settings(max_examples=200)
@given(
    seed=st.integers(0, 9999), sizes=st.lists(st.integers(1, 4), min_size=2, max_size=5),
    hidden=st.sampled_from(list(ACTIVATIONS)),
    pair=st.sampled_from([pair for pair in PAIRS if fits(*pair)]),
    bias=st.booleans(), l2=st.sampled_from([0.0, 0.1, 2.0]),
)  # fmt: skip
def test_any_net_of_depth_1_to_4(seed, sizes, hidden, pair, bias, l2):
    options = {"hidden": hidden, "bias": bias, "l2": l2}
    net = draw(np.random.default_rng(seed), sizes, *pair, tries=50, **options)
    assume(net)  # three samples of four ReLU outputs are hardly ever all above 0
    check = gradient_check(*net, pair[1])
    kinds = "Wb" if bias else "W"
    assert [*check] == [f"{kind}{n}" for n in range(1, len(sizes)) for kind in kinds]
    assert_right(check)


@pytest.mark.parametrize("labels", [[0, 2, 1], np.eye(3)[[0, 2, 1]]], ids=["whole", "one-hot"])
def test_classes_may_be_whole_numbers(labels):
    network, X, _ = a_net(sizes=(2, 3, 3))
    assert_right(gradient_check(network, X[:3], labels, "categorical_cross_entropy_from_logits"))


def test_dropout_is_silent_in_a_check():
    network, X, y = a_net(dropout=0.5)
    check = gradient_check(network, X, y)
    assert_right(check)
    assert check == gradient_check(*a_net())


def test_penalty_is_measured_too():
    with_penalty, X, y = a_net(l2=0.5)
    without, _ = slopes(*a_net())
    check = gradient_check(with_penalty, X, y, gradients=without)
    assert min(check["W1"], check["W2"]) > 1e-2 and max(check["b1"], check["b2"]) < 1e-6
    assert check.verdict == "W1, W2 wrong: look where they are computed."


# --- what it catches


WRONG = {
    "sign": (lambda p, y: -mean_squared_error_gradient(p, y), 1),
    "half": (lambda p, y: mean_squared_error_gradient(p, y) / 2, 1 / 3),
    "sum": (lambda p, y: mean_squared_error_gradient(p, y) * y.size, 9 / 11),  # 10 numbers in y
}


@pytest.mark.parametrize(("gradient", "error"), WRONG.values(), ids=WRONG)
def test_wrong_loss_gradient_is_caught_in_every_block(gradient, error):
    check = gradient_check(*a_net(), loss=Loss("wrong", mean_squared_error, gradient))
    np.testing.assert_allclose(list(check.values()), error, rtol=1e-6)
    assert check.verdict == "W1, b1, W2, b2 wrong: look where they are computed."


def test_wrong_slope_is_caught_below_it_only():
    wrong = Activation("wrong", np.tanh, lambda Z: 1 - np.tanh(Z), (-1, 1))  # forgot the square
    check = gradient_check(*a_net(hidden=wrong))
    assert min(check["W1"], check["b1"]) > 1e-2
    assert max(check["W2"], check["b2"]) < 1e-6
    assert check.verdict == "W1, b1 wrong: look where they are computed."


@pytest.mark.parametrize("number", range(13))
def test_one_wrong_slope_among_13_is_caught_in_its_block(number):
    network, X, y = a_net(sizes=(2, 3, 1))
    gradients, _ = slopes(network, X, y)
    gradients[number] += 1e-4 * np.linalg.norm(gradients)
    check = gradient_check(network, X, y, gradients=gradients)
    block = "W1" if number < 6 else "b1" if number < 9 else "W2" if number < 12 else "b2"
    assert [name for name, error in check.items() if error >= 1e-6] == [block]
    assert check.verdict.startswith(f"{block} wrong: ") and not check.mistakes


# --- gradients of your own


def test_own_gradients_may_be_flat_or_a_list():
    network, X, y = a_net(sizes=(2, 3, 1))
    flat, listed = slopes(network, X, y)
    assert [part.shape for part in listed] == [(2, 3), (3,), (3, 1), (1,)]
    checks = [
        gradient_check(network, X, y, gradients=own)
        for own in (flat, flat.tolist(), listed, tuple(listed), [part.tolist() for part in listed])
    ]
    for check in checks:
        assert_right(check)
        assert check == gradient_check(network, X, y)


def test_own_gradients_may_be_one_number_a_block():
    network, X, y = a_net(sizes=(1, 1, 1))
    flat, listed = slopes(network, X, y)
    assert [part.size for part in listed] == [1, 1, 1, 1]
    for own in (flat, flat.tolist(), listed, [part.tolist() for part in listed]):
        assert_right(gradient_check(network, X, y, gradients=own))


def test_own_gradients_without_biases_are_a_list_of_dW():
    network, X, y = a_net(bias=False)
    flat, listed = slopes(network, X, y)
    assert len(listed) == 2
    assert_right(gradient_check(network, X, y, gradients=flat))
    assert_right(gradient_check(network, X, y, gradients=listed))


def test_own_gradients_are_judged_and_not_the_network_s():
    wrong = Activation("wrong", np.tanh, lambda Z: 1 - np.tanh(Z), (-1, 1))
    network, X, y = a_net(hidden=wrong)
    gradients, _ = slopes(*a_net())
    assert_right(gradient_check(network, X, y, gradients=gradients))
    assert gradient_check(network, X, y, gradients=-gradients)["b2"] == pytest.approx(1)


def test_own_gradients_are_left_alone():
    network, X, y = a_net()
    flat, listed = slopes(network, X, y)
    before = flat.copy()
    flat.flags.writeable = False
    gradient_check(network, X, y, gradients=flat)
    gradient_check(network, X, y, gradients=listed)
    np.testing.assert_array_equal(np.concatenate([part.ravel() for part in listed]), before)


@pytest.mark.parametrize("wrong", [np.ones(3), np.ones(18), [1.0] * 16, np.ones((17, 1))])
def test_wrong_number_of_slopes_is_refused(wrong):
    text = said(gradient_check, *a_net(), gradients=wrong)
    assert f"gradients have shape {np.shape(wrong)}, expected (17,)" in text
    assert "give dW and db of every layer" in text


def test_a_list_that_lacks_a_layer_is_refused():
    _, listed = slopes(*a_net())
    text = said(gradient_check, *a_net(), gradients=listed[:2])
    assert text.startswith("gradients ") and "give dW and db of every layer" in text


def test_transposed_dW_is_refused():
    _, listed = slopes(*a_net())
    listed[0] = listed[0].T
    text = said(gradient_check, *a_net(), gradients=listed)
    assert "a gradient has shape (3, 2), expected (2, 3)" in text


@pytest.mark.parametrize(
    "wrong",
    [5.0, [], "W", ["W"] * 17, [None] * 17, [1j] * 17, [[[1, 2], [3]], [1], [2], [3]], {}],
    ids=lambda wrong: repr(wrong)[:12],
)
def test_slopes_that_are_no_numbers_are_refused(wrong):
    assert "gradient" in said(gradient_check, *a_net(), gradients=wrong)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_slopes_that_are_not_finite_are_refused(value):
    gradients, _ = slopes(*a_net())
    gradients[4] = value
    text = said(gradient_check, *a_net(), gradients=gradients)
    assert "gradients hold NaN or infinity, expected finite slopes" in text


# --- slopes of 0


def test_right_at_the_bottom_where_every_slope_is_0():
    X = np.array([[1.0], [2.0]])
    check = gradient_check(Network([1, 1], weights=[1.0], biases=[0.0]), X, X)
    assert_right(check)
    assert not check.mistakes


def test_right_after_a_training_has_come_to_its_end():
    X, y = np.array([[1.0], [2.0], [4.0]]), np.array([[1.0], [3.0], [4.0]])
    w, b = np.polyfit(X[:, 0], y[:, 0], 1)
    assert_right(gradient_check(Network([1, 1], weights=[w], biases=[b]), X, y))


def test_right_where_a_unit_is_silent():
    # A ReLU below 0 for every sample: its slopes are 0, analytic and measured.
    network = Network([1, 1, 1], hidden="relu", weights=[-1.0, 1.0], rng=None)
    check = gradient_check(network, [[1.0], [2.0]], [[1.0], [1.0]])
    assert_right(check)
    assert check["W1"] == check["b1"] == check["W2"] == 0 and not check.mistakes


def test_slope_of_0_that_should_not_be_is_caught():
    network, X, y = a_net()
    check = gradient_check(network, X, y, gradients=np.zeros(17))
    assert list(check.values()) == [1, 1, 1, 1]
    assert check.verdict.startswith("W1, b1, W2, b2 wrong")


# --- what it says


def test_repr_lists_the_blocks_and_then_the_verdict():
    lines = repr(gradient_check(*a_net(sizes=(2, 3, 1)))).splitlines()
    assert [line.split()[0] for line in lines[:4]] == ["W1", "b1", "W2", "b2"]
    assert all(float(line.split()[1]) < 1e-6 for line in lines[:4])
    assert lines[4:] == [RIGHT]


def test_check_leaves_the_network_alone():
    network, X, y = a_net()
    X.flags.writeable = y.flags.writeable = False
    before = network.parameters.copy(), network.gradients.copy()
    gradient_check(network, X, y)
    np.testing.assert_array_equal(network.parameters, before[0])
    np.testing.assert_array_equal(network.gradients, before[1])
    assert not hasattr(network.layers[0], "Z")


# --- measuring


def test_central_difference_by_hand():
    # f(p) = p₀² + 3 p₁ at (2, 5): slopes 4 and 3; the nudges cancel exactly for a parabola.
    slope = central_difference(lambda p: p[0] ** 2 + 3 * p[1], [2, 5], h=0.5)
    np.testing.assert_allclose(slope, [4, 3], rtol=1e-15)


def test_a_function_may_return_what_it_is_given():
    assert central_difference(lambda z: z, 0.3) == pytest.approx(1.0)
    assert central_difference(ACTIVATIONS["identity"].function, -2.0) == pytest.approx(1.0)


def test_central_difference_takes_a_bare_number():
    slope = central_difference(lambda w: w**3, 2.0)
    assert slope.shape == () and slope == pytest.approx(12, rel=1e-9)


def test_error_falls_with_h_squared():
    at = 1.0
    errors = [abs(central_difference(np.exp, at, h) - np.e) for h in (1e-1, 1e-2, 1e-3)]
    assert errors[0] / errors[1] == pytest.approx(100, rel=0.01)
    assert errors[1] / errors[2] == pytest.approx(100, rel=0.01)


def test_rounding_breaks_a_tiny_nudge():
    error = [abs(central_difference(np.exp, 1.0, h) - np.e) for h in (1e-5, 1e-12)]
    assert error[1] > 1000 * error[0]


@given(arrays(float, (2, 3), elements=st.floats(-10, 10)))
def test_every_entry_is_measured_in_its_place(at):
    factors = np.arange(6.0).reshape(2, 3)
    slope = central_difference(lambda p: (factors * p).sum(), at)
    np.testing.assert_allclose(slope, factors, atol=1e-8)


def test_measuring_leaves_the_place_alone():
    at = np.array([1.0, 2.0])
    at.flags.writeable = False
    central_difference(lambda p: p.sum(), at)
    assert at.tolist() == [1, 2]


@pytest.mark.parametrize("h", [0, -1e-5, np.nan, np.inf, "small", None, 1j], ids=repr)
def test_bad_nudge_is_refused(h):
    for text in (said(central_difference, np.sum, [1.0], h), said(gradient_check, *a_net(), h=h)):
        assert "h, the nudge, is " in text and "expected a finite number above 0" in text
        assert repr(h) in text or repr(float(h)) in text


def test_relative_error_by_hand():
    # |(3, 4) − (0, 0)| / (5 + 0) = 1;  |(1) − (3)| / (1 + 3) = 1/2
    assert relative_error([3, 4], [0, 0]) == 1
    assert relative_error([1], [3]) == 0.5
    assert relative_error([0, 0], [0, 0]) == 0


@given(*[arrays(float, 3, elements=st.floats(-1e6, 1e6, allow_subnormal=False))] * 2)
def test_relative_error_is_symmetric_and_from_0_to_1(a, b):
    assert relative_error(a, b) == relative_error(b, a)
    assert 0 <= relative_error(a, b) <= 1 + 1e-15
    assert relative_error(a, a) == 0


def test_relative_error_refuses_to_broadcast():
    text = said(relative_error, np.ones((3, 1)), np.ones(3))
    assert "shapes (3, 1) and (3,)" in text


# --- what it refuses


def test_bad_data_is_refused():
    network, X, y = a_net()
    assert "X has shape (2,)" in said(gradient_check, network, X[0], y)
    assert "X has 5 rows, y has 4" in said(gradient_check, network, X, y[:4])
    assert "y holds nan in row 1, column 0" in said(
        gradient_check, network, X[:2], [[1, 2], [np.nan, 3]]
    )
    assert "targets hold " in said(
        gradient_check, *a_net(output="sigmoid"), loss="binary_cross_entropy"
    )


def test_unknown_loss_is_refused():
    assert "unknown loss 'mse'" in said(gradient_check, *a_net(), loss="mse")


def test_stack_is_refused():
    network, X, y = a_net()
    stack = network.with_parameters(np.zeros((4, network.parameters.size)))
    assert "network is a stack of shape (4,), expected a single one" in said(
        gradient_check, stack, X, y
    )
