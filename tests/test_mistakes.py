"""Nine classic mistakes: each is named from its gradients alone, though most let the loss fall."""

import itertools

import numpy as np
import pytest

from byhand.gradient_check import gradient_check, relative_error
from byhand.losses import LOSSES
from byhand.mistakes import MISTAKES, GradientCheck, wrong_backward
from byhand.network import Network
from sentence import said

SIGMOID = (lambda Z: 1 / (1 + np.exp(-Z)), lambda A: A * (1 - A))
FUNCTIONS = {  # each with its slope as a function of its output
    "sigmoid": SIGMOID,
    "tanh": (np.tanh, lambda A: 1 - A**2),
    "identity": (lambda Z: Z, np.ones_like),
    "relu": (lambda Z: np.maximum(Z, 0), np.sign),
}
SLOPES_AT = {  # ... and as a function of what goes in
    "sigmoid": lambda Z: SIGMOID[1](SIGMOID[0](Z)),
    "tanh": lambda Z: 1 - np.tanh(Z) ** 2,
    "identity": np.ones_like,
    "relu": lambda Z: np.where(Z > 0, 1.0, 0.0),
}


def careless_backward(network, X, y, loss, mistake=None):
    """Backpropagation as a learner writes it, with the mistake where a learner makes it.

    Returns [dW1, db1, dW2, db2, ...]; nothing of the library's backward is used.
    """
    hidden, output = (network.settings[which] for which in ("hidden", "output"))
    A, Zs = [X], []
    for layer in network.dense:
        Zs.append(A[-1] @ layer.W + layer.b)
        A.append(FUNCTIONS[output if layer is network.dense[-1] else hidden][0](Zs[-1]))

    error = y - A[-1] if mistake == "sign" else A[-1] - y
    if loss == "binary_cross_entropy":
        error = error / (A[-1] * (1 - A[-1]))
    if mistake == "factor 2":
        error = 2 * error
    dA = error / (y.shape[1] if mistake == "sum" else y.size)

    found = []
    for number in reversed(range(len(network.dense))):
        layer, last = network.dense[number], number == len(network.dense) - 1
        function = output if last else hidden
        slope = FUNCTIONS[function][1](A[number + 1])
        if mistake == ("no output slope" if last else "no hidden slope"):
            slope = 1.0
        if mistake == "slope at A" and not last:
            slope = SLOPES_AT[function](A[number + 1])
        dZ = dA * slope
        into = Zs[number - 1] if mistake == "Z for A" and number else A[number]
        dW, db = 0.0, 0.0
        for sample in range(len(X)):
            if mistake == "last sample":
                dW, db = 0.0, 0.0
            dW, db = dW + np.outer(into[sample], dZ[sample]), db + dZ[sample]
        found = [dW + layer.l2 * layer.W, db / (len(X) if mistake == "bias mean" else 1), *found]
        dA = dZ @ layer.W.T
    return found


def draw(seed, hidden="tanh", output="sigmoid", *, sizes=None, n_samples=None, **options):
    """Return a random net of one or two hidden layers, three to eight samples, X and y."""
    rng = np.random.default_rng(seed)
    sizes = sizes or [int(size) for size in rng.integers(1, 5, size=rng.integers(3, 5))]
    n_samples = n_samples or rng.integers(3, 9)
    network = Network(sizes, hidden=hidden, output=output, rng=rng, **options)
    network.parameters[:] = rng.normal(size=network.parameters.size)
    X, y = rng.normal(size=(n_samples, sizes[0])), rng.uniform(0.1, 0.9, (n_samples, sizes[-1]))
    return network, X, y


def checked(net, mistake, loss="half_mean_squared_error"):
    network, X, y = net
    gradients = careless_backward(network, X, y, loss, mistake)
    return gradient_check(network, X, y, loss, gradients=gradients)


def wrong_blocks(check):
    return [name for name, error in check.items() if error >= 1e-6]


every_mistake = pytest.mark.parametrize("mistake", MISTAKES)
every_loss = pytest.mark.parametrize("loss", ["half_mean_squared_error", "binary_cross_entropy"])
every_hidden = pytest.mark.parametrize("hidden", ["sigmoid", "tanh"])


# --- each by its name


@every_hidden
@every_loss
def test_without_a_mistake_it_is_right(hidden, loss):
    for seed in range(20):
        check = checked(draw(seed, hidden), None, loss)
        assert check.verdict.startswith("right: ") and check.mistakes == []


@every_hidden
@every_loss
@every_mistake
def test_each_mistake_is_named_on_20_nets(mistake, hidden, loss):
    for seed in range(20):
        check = checked(draw(seed, hidden), mistake, loss)
        assert check.mistakes == [mistake], seed
        assert check.verdict == f"{MISTAKES[mistake]}."


@every_mistake
def test_each_mistake_is_named_under_a_penalty(mistake):
    for seed in range(10):
        assert checked(draw(seed, l2=0.3), mistake).mistakes == [mistake], seed


@every_mistake
def test_each_mistake_is_named_in_a_net_of_any_depth(mistake):
    hidden_only = mistake in ("no hidden slope", "slope at A", "Z for A")
    for sizes in ([2, 1], [2, 3, 1], [2, 3, 2, 1], [1, 2, 3, 2, 2]):
        check = checked(draw(0, sizes=sizes), mistake)
        assert check.mistakes == ([] if hidden_only and len(sizes) == 2 else [mistake]), sizes


@every_mistake
def test_flat_gradients_are_named_too(mistake):
    network, X, y = draw(3)
    listed = careless_backward(network, X, y, "half_mean_squared_error", mistake)
    flat = np.concatenate([part.ravel() for part in listed])
    assert gradient_check(network, X, y, gradients=flat).mistakes == [mistake]


def test_no_two_mistakes_look_alike():
    for seed in range(25):
        network, X, y = draw(seed)
        gradients = {}
        for mistake in (None, *MISTAKES):
            listed = careless_backward(network, X, y, "half_mean_squared_error", mistake)
            gradients[mistake] = np.concatenate([part.ravel() for part in listed])
        for one, other in itertools.combinations(gradients, 2):
            assert relative_error(gradients[one], gradients[other]) > 1e-4, (seed, one, other)


# --- by the blocks that are wrong


def signature(mistake, n_samples=5):
    return checked(draw(1, sizes=[2, 3, 3, 2], n_samples=n_samples), mistake)


@pytest.mark.parametrize(
    ("mistake", "blocks"),
    {
        "sign": "W1 b1 W2 b2 W3 b3",
        "factor 2": "W1 b1 W2 b2 W3 b3",
        "sum": "W1 b1 W2 b2 W3 b3",
        "bias mean": "b1 b2 b3",
        "no output slope": "W1 b1 W2 b2 W3 b3",
        "no hidden slope": "W1 b1 W2 b2",
        "slope at A": "W1 b1 W2 b2",
        "Z for A": "W2 W3",
        "last sample": "W1 b1 W2 b2 W3 b3",
    }.items(),
)
def test_each_mistake_spoils_its_own_blocks(mistake, blocks):
    assert wrong_blocks(signature(mistake)) == blocks.split()


@pytest.mark.parametrize("n_samples", [3, 4, 8])
@pytest.mark.parametrize(
    ("mistake", "error"),
    {
        "sign": lambda n: 1,  # |−g − g| / (|g| + |g|)
        "factor 2": lambda n: 1 / 3,  # |2g − g| / (2|g| + |g|)
        "sum": lambda n: (n - 1) / (n + 1),  # |ng − g| / (n|g| + |g|)
        "bias mean": lambda n: (n - 1) / (n + 1),  # |g/n − g| / (|g|/n + |g|)
    }.items(),
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_factor_gives_the_same_error_in_every_wrong_block(mistake, error, n_samples):
    check = signature(mistake, n_samples)
    for name in wrong_blocks(check):
        assert check[name] == pytest.approx(error(n_samples), abs=1e-6)


# --- where two look alike, and where one changes nothing


def test_for_two_samples_sum_is_factor_2():
    for mistake in ("sum", "factor 2"):
        check = checked(draw(0, n_samples=2), mistake)
        assert check.mistakes == ["factor 2", "sum"]
        one, other = check.verdict.split("; or: ")
        assert (one, other) == (MISTAKES["factor 2"], MISTAKES["sum"] + ".")


def test_for_a_relu_slope_at_A_is_right():
    # A > 0 exactly where Z > 0.
    assert checked(draw(0, "relu"), "slope at A").verdict.startswith("right")


def test_for_one_sample_mean_and_sum_and_last_are_the_same():
    net = draw(0, n_samples=1)
    for mistake in ("sum", "bias mean", "last sample"):
        assert checked(net, mistake).verdict.startswith("right")
    for mistake in MISTAKES.keys() - {"sum", "bias mean", "last sample"}:
        assert checked(net, mistake).mistakes == [mistake]


def test_a_straight_output_needs_no_slope():
    net = draw(0, output="identity")
    assert checked(net, "no output slope").verdict.startswith("right")
    for mistake in MISTAKES.keys() - {"no output slope"}:
        assert checked(net, mistake).mistakes == [mistake]


def test_straight_hidden_layers_need_no_slope_and_Z_is_A():
    net, free = draw(0, "identity"), {"no hidden slope", "slope at A", "Z for A"}
    for mistake in free:
        assert checked(net, mistake).verdict.startswith("right")
    for mistake in MISTAKES.keys() - free:
        assert checked(net, mistake).mistakes == [mistake]


def test_without_biases_their_mean_is_nothing():
    network, X, y = draw(0, bias=False)
    loss = LOSSES["half_mean_squared_error"]
    network.backward(loss.gradient(network.forward(X), y))
    right = network.gradients.copy()
    wrong_backward(network, loss.gradient(network.forward(X), y), "bias mean")
    np.testing.assert_allclose(network.gradients, right, rtol=1e-12)
    check = gradient_check(network, X, y, gradients=network.gradients)
    assert check.verdict.startswith("right") and check.mistakes == []


def test_a_mistake_that_changes_nothing_is_never_named():
    # One hidden unit, ReLU, always above 0: no slope, slope at A and Z for A are all harmless,
    # and a gradient that is wrong for another reason is not called by their names.
    network = Network([1, 1, 1], hidden="relu", weights=[1.0, 1.0], biases=[5.0, 0.0])
    X, y = np.array([[1.0], [2.0], [4.0]]), np.array([[1.0], [0.0], [0.5]])
    for mistake in ("no hidden slope", "slope at A", "Z for A", "no output slope"):
        check = checked((network, X, y), mistake)
        assert check.verdict.startswith("right") and check.mistakes == []
    gradients = np.concatenate([part.ravel() for part in careless_backward(network, X, y, "")])
    assert gradient_check(network, X, y, gradients=gradients / 3).mistakes == []
    assert gradient_check(network, X, y, gradients=-gradients).mistakes == ["sign"]


# --- what has no name


def test_an_unknown_mistake_names_its_blocks():
    network, X, y = draw(0, sizes=[2, 3, 1])
    right = careless_backward(network, X, y, "half_mean_squared_error")
    wrong = [right[0], right[1], 3 * right[2], right[3]]
    check = gradient_check(network, X, y, gradients=wrong)
    assert check.mistakes == [] and wrong_blocks(check) == ["W2"]
    assert check.verdict.startswith("W2 wrong: look where it is computed")
    wrong = [right[0], -right[1], right[2], 0 * right[3]]
    check = gradient_check(network, X, y, gradients=wrong)
    assert check.mistakes == [] and wrong_blocks(check) == ["b1", "b2"]
    assert check.verdict.startswith("b1, b2 wrong: look where they are computed")


def test_two_mistakes_at_once_have_no_name():
    network, X, y = draw(0)
    for one, factor in itertools.product(MISTAKES, (-1.7, 0.7)):
        wrong = careless_backward(network, X, y, "half_mean_squared_error", one)
        wrong = [factor * part for part in wrong]
        check = gradient_check(network, X, y, gradients=wrong)
        assert check.mistakes == [] and wrong_blocks(check) == list(check)
        assert check.verdict.startswith(f"{', '.join(check)} wrong")


def test_nearly_a_mistake_is_not_that_mistake():
    network, X, y = draw(0)
    wrong = careless_backward(network, X, y, "half_mean_squared_error", "sign")
    wrong[0][0, 0] *= 1 + 1e-3
    assert gradient_check(network, X, y, gradients=wrong).mistakes == []


# --- whether the loss still falls


def reduces_the_loss(mistake, seed, hidden, loss):
    """Whether 100 small steps with the mistake bring the loss of a net of one hidden layer down."""
    sizes = [int(size) for size in np.random.default_rng(seed).integers(1, 5, size=3)]
    network, X, y = draw(seed, hidden, sizes=sizes)
    y, loss = np.round(y), LOSSES[loss]
    before = loss.function(network.forward(X), y)
    for _ in range(100):
        wrong_backward(network, loss.gradient(network.forward(X), y), mistake)
        network.parameters -= 0.02 * network.gradients
    return loss.function(network.forward(X), y) < before


@every_mistake
def test_eight_of_nine_still_reduce_a_loss(mistake):
    # Seven always do, the last sample alone does for nine nets in ten: a falling loss proves no
    # gradient right.  Only the wrong sign shows at once.
    nets = itertools.product(
        range(12), ["sigmoid", "tanh"], ["half_mean_squared_error", "binary_cross_entropy"]
    )
    fell = [bool(reduces_the_loss(mistake, *net)) for net in nets]
    print(f"{mistake}: the loss of {sum(fell)} of {len(fell)} nets fell")
    assert len(fell) == 48
    if mistake == "sign":
        assert sum(fell) == 0
    elif mistake == "last sample":
        assert 38 <= sum(fell) <= 47
    else:
        assert all(fell)


# --- the library's own nine


@every_mistake
def test_wrong_backward_is_the_careless_one(mistake):
    for seed, loss in itertools.product(
        range(5), ["half_mean_squared_error", "binary_cross_entropy"]
    ):
        network, X, y = draw(seed, l2=0.2)
        wrong_backward(network, LOSSES[loss].gradient(network.forward(X), y), mistake)
        listed = careless_backward(network, X, y, loss, mistake)
        flat = np.concatenate([part.ravel() for part in listed])
        np.testing.assert_allclose(network.gradients, flat, rtol=1e-9, atol=1e-14)


@every_mistake
@pytest.mark.parametrize("sizes", [(2, 3, 1), (2, 2, 2), (2, 4, 3, 3)])
def test_softmax_layers_can_be_got_wrong_too(mistake, sizes):
    # Its slope is a Jacobian for each sample.
    network, X, y = draw(0, "softmax", "softmax", sizes=list(sizes))
    loss = LOSSES["half_mean_squared_error"]
    dA = loss.gradient(network.forward(X), y)
    wrong_backward(network, dA, mistake)
    assert np.isfinite(network.gradients).all()
    wrong = network.gradients.copy()
    network.backward(dA)
    if sizes[-1] > 1:
        assert relative_error(wrong, network.gradients) > 1e-6
        assert gradient_check(network, X, y, gradients=wrong).mistakes == [mistake]


def test_wrong_backward_leaves_parameters_and_slopes_alone():
    network, X, y = draw(0)
    dA = LOSSES["half_mean_squared_error"].gradient(network.forward(X), y)
    before = network.parameters.copy(), dA.copy()
    for mistake in MISTAKES:
        wrong_backward(network, dA, mistake)
    np.testing.assert_array_equal(network.parameters, before[0])
    np.testing.assert_array_equal(dA, before[1])


@pytest.mark.parametrize("name", ["Sign", "", None, 3, "sum "], ids=repr)
def test_unknown_mistake_is_refused(name):
    network, X, _ = draw(0)
    text = said(wrong_backward, network, network.forward(X), name)
    assert text.startswith(f"unknown mistake {name!r}: choose one of sign, factor 2, sum, ")


def test_backward_before_forward_is_refused():
    network, X, y = draw(0)
    assert "call forward first" in said(wrong_backward, network, y, "sign")


def test_slopes_that_do_not_fit_are_refused():
    network, X, y = draw(0, n_samples=4)
    network.forward(X)
    assert "give one slope for each prediction" in said(wrong_backward, network, y[:3], "sign")


# --- what it says


def test_there_are_nine():
    assert len(MISTAKES) == 9


@every_mistake
def test_each_mistake_is_one_plain_sentence(mistake):
    text = MISTAKES[mistake]
    assert text[0].islower() and text[-1].isalpha() or text[-1] in "½Zy²", text
    assert "\n" not in text and ". " not in text and len(text) <= 90
    assert not set("`!*/") & set(text), "words and symbols of the course, no code"
    assert not any(word in text for word in ("bug", "error in your", "incorrect", "you "))


def test_repr_by_hand():
    check = GradientCheck({"W1": 1.0, "b1": 3.21e-12}, ["sign"])
    assert repr(check) == f"W1  1.0e+00\nb1  3.2e-12\n{MISTAKES['sign']}."
    check = GradientCheck({"W1": 1e-9, "b1": 0.0}, [])
    assert repr(check) == "W1  1.0e-09\nb1  0.0e+00\nright: every block agrees to 1e-06."


def test_verdict_by_hand():
    check = GradientCheck({"W1": 0.5, "b1": 1e-9, "W2": 1e-6, "b2": 9.9e-7}, [])
    assert check.verdict == "W1, W2 wrong: look where they are computed."
    assert check == {"W1": 0.5, "b1": 1e-9, "W2": 1e-6, "b2": 9.9e-7} and check.mistakes == []
    assert GradientCheck({"b1": 0.5}, []).verdict == "b1 wrong: look where it is computed."


class WrongSign(Network):
    """A network of a learner's own, whose backward pass has the wrong sign."""

    def backward(self, dA, to_inputs=True):
        return super().backward(-np.asarray(dA), to_inputs)


def test_a_mistake_in_a_backward_of_one_s_own_is_named():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(4, 2)), rng.normal(size=(4, 1))
    check = gradient_check(WrongSign([2, 3, 1], rng=rng), X, y)
    assert check.mistakes == ["sign"]
    assert gradient_check(Network([2, 3, 1], rng=rng), X, y).mistakes == []
