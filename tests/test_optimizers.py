"""Each optimizer's step by hand and against a plain loop; the schedules; what is refused."""

import math
import reprlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from byhand.network import Network
from byhand.optimizers import (
    SGD,
    Adam,
    Momentum,
    Nesterov,
    RMSprop,
    constant,
    cosine_decay,
    exponential_decay,
    step_decay,
    warm_up,
)
from byhand.training import train
from sentence import Thing, said

OPTIMIZERS = [SGD, Momentum, Nesterov, RMSprop, Adam]
BAD_RATES = [
    0, -0.1, np.nan, np.inf, -np.inf, "fast", None, [], [[]], 1j, 10**400, {}, Thing(),
    np.array([1 + 0j]),
]  # fmt: skip


def after(optimizer, start, *gradients):
    """Return where a step for each of the gradients leaves a single parameter."""
    parameters, places = np.array([float(start)]), []
    for gradient in gradients:
        optimizer.step(parameters, np.array([float(gradient)]))
        places.append(parameters[0])
    return places


def gradients_of(n_steps, *shape, seed=0):
    """Return gradients of all sizes and both signs, some exactly 0."""
    rng = np.random.default_rng(seed)
    sizes = 10.0 ** rng.uniform(-4, 4, (n_steps, *shape))
    return sizes * rng.choice([-1, 0, 1], (n_steps, *shape), p=[0.45, 0.1, 0.45])


# --- two steps by hand


def test_sgd_by_hand():
    # (1, 2) − 0.5 · (4, −6) = (−1, 5), then (−1, 5) − 0.5 · (2, 2) = (−2, 4)
    parameters, optimizer = np.array([1.0, 2.0]), SGD(0.5)
    optimizer.step(parameters, np.array([4.0, -6.0]))
    assert parameters.tolist() == [-1, 5]
    optimizer.step(parameters, np.array([2.0, 2.0]))
    assert parameters.tolist() == [-2, 4]


def test_momentum_by_hand():
    # v = 0.5 · 0 + 4 = 4, 1 − 0.5 · 4 = −1; then v = 0.5 · 4 + 2 = 4, −1 − 0.5 · 4 = −3
    assert after(Momentum(0.5, momentum=0.5), 1, 4, 2) == [-1, -3]


def test_nesterov_by_hand():
    # v = 4, the step is 4 + 0.5 · 4 = 6, 1 − 0.5 · 6 = −2;
    # then v = 0.5 · 4 + 2 = 4, the step is 2 + 0.5 · 4 = 4, −2 − 0.5 · 4 = −4
    assert after(Nesterov(0.5, momentum=0.5), 1, 4, 2) == [-2, -4]


def test_rmsprop_by_hand():
    # s = 0.25 · 4² = 4, the step is 4 / (√4 + 2) = 1, 1 − 0.5 · 1 = 0.5;
    # then s = 0.75 · 4 + 0.25 · 2² = 4, the step is 2 / (√4 + 2) = ½, 0.5 − 0.5 · ½ = 0.25
    assert after(RMSprop(0.5, rho=0.75, epsilon=2), 1, 4, 2) == [0.5, 0.25]


def test_adam_by_hand():
    # m = 0.5 · 4 = 2, freed of its start 2 / (1 − 0.5) = 4;
    # s = 0.25 · 4² = 4, freed of its start 4 / (1 − 0.75) = 16;
    # the step is 4 / (√16 + 4) = ½, 1 − 0.5 · ½ = 0.75.
    # Then m = 0.5 · 2 + 0.5 · (−4) = −1, freed −1 / (1 − 0.25) = −4/3;
    # s = 0.75 · 4 + 0.25 · (−4)² = 7, freed 7 / (1 − 0.5625) = 16;
    # the step is −4/3 / (√16 + 4) = −1/6, 0.75 + 0.5 · 1/6 = 0.8333...
    places = after(Adam(0.5, beta_1=0.5, beta_2=0.75, epsilon=4), 1, 4, -4)
    np.testing.assert_allclose(places, [0.75, 0.75 + 1 / 12], rtol=1e-15)


# --- against a loop over plain numbers, as the papers write it


def plain_sgd(rate, gradients):
    return [-rate * g for g in gradients]


def plain_momentum(rate, gradients, momentum=0.9):
    velocity, steps = 0.0, []
    for g in gradients:
        velocity = momentum * velocity + g
        steps.append(-rate * velocity)
    return steps


def plain_nesterov(rate, gradients, momentum=0.9):
    # Sutskever's form, in the look-ahead point: u ← m u − η g, then move by m u − η g.
    velocity, steps = 0.0, []
    for g in gradients:
        velocity = momentum * velocity - rate * g
        steps.append(momentum * velocity - rate * g)
    return steps


def plain_rmsprop(rate, gradients, rho=0.9, epsilon=1e-8):
    steps = []
    for t in range(len(gradients)):
        square = sum((1 - rho) * rho ** (t - i) * gradients[i] ** 2 for i in range(t + 1))
        steps.append(-rate * gradients[t] / (math.sqrt(square) + epsilon))
    return steps


def plain_adam(rate, gradients, beta_1=0.9, beta_2=0.999, epsilon=1e-8):
    # Algorithm 1 of Kingma and Ba, its running means written as the sums they are.
    steps = []
    for t in range(1, len(gradients) + 1):
        m = sum((1 - beta_1) * beta_1 ** (t - i) * gradients[i - 1] for i in range(1, t + 1))
        s = sum((1 - beta_2) * beta_2 ** (t - i) * gradients[i - 1] ** 2 for i in range(1, t + 1))
        m, s = m / (1 - beta_1**t), s / (1 - beta_2**t)
        steps.append(-rate * m / (math.sqrt(s) + epsilon))
    return steps


PLAIN = {
    SGD: (plain_sgd, {}),
    Momentum: (plain_momentum, {"momentum": 0.7}),
    Nesterov: (plain_nesterov, {"momentum": 0.7}),
    RMSprop: (plain_rmsprop, {"rho": 0.8, "epsilon": 1e-3}),
    Adam: (plain_adam, {"beta_1": 0.6, "beta_2": 0.95, "epsilon": 1e-3}),
}


@pytest.mark.parametrize("own", [False, True], ids=["defaults", "own hyperparameters"])
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_twenty_steps_are_those_of_the_plain_loop(optimizer, own):
    plain, hyperparameters = PLAIN[optimizer]
    hyperparameters = hyperparameters if own else {}
    gradients, one = gradients_of(20, 7), optimizer(0.3, **hyperparameters)
    parameters = np.zeros(7)
    places = [parameters.copy() for g in gradients if one.step(parameters, g) is None]
    for column, slopes in enumerate(gradients.T.tolist()):
        expected = np.cumsum(plain(0.3, slopes, **hyperparameters))
        scale = np.abs(expected).max()
        found = np.array(places)[:, column]
        np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-12 * scale)


def test_pytorch_takes_the_same_steps():
    torch = pytest.importorskip("torch")
    pairs = [
        (SGD(0.3), torch.optim.SGD, {}),
        (Momentum(0.3, momentum=0.7), torch.optim.SGD, {"momentum": 0.7}),
        (Nesterov(0.3), torch.optim.SGD, {"momentum": 0.9, "nesterov": True}),
        (RMSprop(0.3, rho=0.8), torch.optim.RMSprop, {"alpha": 0.8}),
        (Adam(0.3, beta_1=0.8, beta_2=0.95), torch.optim.Adam, {"betas": (0.8, 0.95)}),
    ]
    for ours, theirs, options in pairs:
        parameters = np.linspace(-1, 1, 7)
        tensor = torch.tensor(parameters, requires_grad=True)
        other = theirs([tensor], lr=0.3, **options)
        for g in gradients_of(20, 7):
            ours.step(parameters, g)
            tensor.grad = torch.tensor(g)
            other.step()
        np.testing.assert_allclose(parameters, tensor.detach().numpy(), rtol=1e-12, atol=1e-12)


# --- what holds for all of them


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_steps_work_in_place_and_leave_the_gradients(optimizer):
    room = np.zeros(5)
    parameters, gradients, one = room[1:4], np.array([1.0, -2.0, 0.0]), optimizer(0.1)
    for _ in range(3):
        assert one.step(parameters, gradients) is None
    assert room[1] < 0 < room[2] and room[[0, 3, 4]].tolist() == [0, 0, 0]
    assert gradients.tolist() == [1, -2, 0]


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_gradients_may_be_overwritten_between_steps(optimizer):
    # A network has one vector of gradients, and fills it again for each step.
    one, other = optimizer(0.1), optimizer(0.1)
    moved, expected, same = np.zeros(4), np.zeros(4), np.empty(4)
    for g in gradients_of(6, 4):
        same[...] = g
        one.step(moved, same)
        other.step(expected, g)
    np.testing.assert_array_equal(moved, expected)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("shape", [(1,), (4,), (2, 3)])
def test_each_training_of_a_stack_has_its_rate_and_its_memory(optimizer, shape):
    rates = np.random.default_rng(1).uniform(0.01, 1, shape)
    gradients, stacked = gradients_of(8, *shape, 3), np.zeros((*shape, 3))
    together = optimizer(rates)
    for g in gradients:
        together.step(stacked, g)
    for place in np.ndindex(shape):
        alone, parameters = optimizer(rates[place]), np.zeros(3)
        for g in gradients:
            alone.step(parameters, g[place])
        np.testing.assert_array_equal(stacked[place], parameters)


@given(st.lists(st.floats(1e-6, 1e3), min_size=1, max_size=5))
def test_one_rate_for_each_training_of_a_stack(rates):
    rng = np.random.default_rng(0)
    start, gradients = rng.normal(size=(2, len(rates), 3))
    stacked = start.copy()
    SGD(rates).step(stacked, gradients)
    for place, rate in enumerate(rates):
        alone = start[place].copy()
        SGD(rate).step(alone, gradients[place])
        np.testing.assert_array_equal(stacked[place], alone)


@given(rate=st.floats(1e-6, 1.9), start=st.floats(-10, 10))
def test_a_step_on_a_parabola_goes_down(rate, start):
    # ½ p² has slope p: a step at rate η leaves p (1 − η), closer to 0 for 0 < η < 2.
    parameters = np.array([start])
    SGD(rate).step(parameters, parameters.copy())
    assert abs(parameters[0]) <= abs(start)
    assert parameters[0] == pytest.approx(start * (1 - rate), abs=1e-14)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_a_steady_slope_is_walked_down(optimizer):
    places = after(optimizer(0.1), 0, *[3.0] * 20)
    assert (np.diff([0, *places]) < 0).all()


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_where_there_is_no_slope_nothing_moves(optimizer):
    assert after(optimizer(0.1), 2, 0.0, 0.0, 0.0) == [2, 2, 2]


@given(g=st.floats(1e-2, 1e100), sign=st.sampled_from([-1, 1]), rate=st.floats(1e-3, 10))
def test_adam_s_first_step_has_the_size_of_the_rate_whatever_the_gradient(g, sign, rate):
    # Without the correction of its start it would be 0.1 g / √(0.001 g²) = 3.16 times as long.
    (place,) = after(Adam(rate), 0, sign * g)
    assert place == pytest.approx(-sign * rate, rel=1.1e-6)


@given(g=st.floats(1e-2, 1e100))
def test_rmsprop_s_first_step_is_longer_than_the_rate(g):
    # s = 0.1 g², so g / √s = √10, and nothing corrects it.
    assert after(RMSprop(0.1), 0, g)[0] == pytest.approx(-0.1 * math.sqrt(10), rel=1e-5)


@pytest.mark.parametrize("optimizer", [Momentum, Nesterov])
def test_without_momentum_it_is_gradient_descent(optimizer):
    gradients = gradients_of(10, 1)[:, 0]
    assert after(optimizer(0.3, momentum=0), 1, *gradients) == after(SGD(0.3), 1, *gradients)


def test_adam_without_memory_takes_steps_of_the_size_of_the_rate():
    places = after(Adam(0.5, beta_1=0, beta_2=0), 0, 4.0, -1e3, 1e-3, 7.0)
    np.testing.assert_allclose(places, [-0.5, 0, -0.5, -1], atol=1e-5)


def test_momentum_carries_on_where_the_slope_ends():
    # The velocity 1 is left, then 0.9, then 0.81.
    np.testing.assert_allclose(after(Momentum(1.0), 0, 1, 0, 0), [-1, -1.9, -2.71], rtol=1e-15)


def test_two_optimizers_share_nothing():
    one, other = Adam(0.1), Adam(0.1)
    after(one, 0, 5.0, 6.0)
    assert after(other, 0, 1.0) == after(Adam(0.1), 0, 1.0)
    assert one.learning_rate == other.learning_rate == 0.1


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_repr_names_the_optimizer_and_its_rate(optimizer):
    assert repr(optimizer(0.1)) == f"{optimizer.__name__}(learning_rate=0.1)"


# --- what is refused


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("rate", BAD_RATES, ids=reprlib.repr)
def test_bad_rate_is_refused(optimizer, rate):
    text = said(optimizer, rate)
    assert text.endswith("expected a finite number above 0, such as 0.1.")
    assert "learning_rate is " in text
    if np.ndim(rate) == 0:
        assert f"learning_rate is {reprlib.repr(rate)}," in text


@pytest.mark.parametrize("bad", [0.0, -2.0, np.nan, np.inf])
def test_bad_rate_in_a_list_is_named(bad):
    text = said(SGD, [0.1] * 50 + [bad])
    assert f"learning_rate is {bad!r}," in text


def test_rates_become_floats_of_the_shape_given():
    assert np.shape(SGD(1).learning_rate) == ()
    rates = SGD([1, 2]).learning_rate
    assert rates.dtype == np.float64 and rates.tolist() == [1, 2]


@pytest.mark.parametrize(
    ("bad", "got"),
    [
        (1, "1"), (1.0, "1.0"), (2, "2"), (-0.1, "-0.1"), (np.nan, "nan"), (np.inf, "inf"),
        (np.float64(1.5), "1.5"), ("much", "'much'"), (None, "None"), (1j, "1j"), ([0.9, 0.9], ""),
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    ("optimizer", "name"),
    [
        (Momentum, "momentum"),
        (Nesterov, "momentum"),
        (RMSprop, "rho"),
        (Adam, "beta_1"),
        (Adam, "beta_2"),
    ],
)
def test_bad_share_is_refused(optimizer, name, bad, got):
    text = said(optimizer, 0.1, **{name: bad})
    assert f"{name} is {got}" in text and "expected a number from 0 to below 1" in text


@pytest.mark.parametrize("bad", [0, -1e-8, np.nan, np.inf, "tiny", None])
@pytest.mark.parametrize("optimizer", [RMSprop, Adam])
def test_bad_epsilon_is_refused(optimizer, bad):
    # With 0 a parameter that the loss does not feel would be 0/0.
    assert "epsilon is " in said(optimizer, 0.1, epsilon=bad)


@pytest.mark.parametrize("optimizer", [Momentum, Nesterov, RMSprop, Adam])
def test_memory_of_another_network_is_refused(optimizer):
    X, y, one = [[0.1], [0.4]], [[0.2], [0.3]], optimizer(0.1)
    train(Network([1, 3, 1], weights=[0.1, 0.1]), X, y, optimizer=one, epochs=1)
    text = said(train, Network([1, 1], weights=[0.1]), X, y, optimizer=one, epochs=1)
    assert "new optimizer" in text


# --- schedules by hand


@pytest.mark.parametrize(
    ("schedule", "rates"),
    [
        (constant(0.8), [0.8, 0.8, 0.8, 0.8]),
        (step_decay(0.8, every=2), [0.8, 0.8, 0.4, 0.4, 0.2]),
        (step_decay(0.8, every=1, factor=0.1), [0.8, 0.08, 0.008]),
        (step_decay(0.8, 3, 0.25), [0.8, 0.8, 0.8, 0.2, 0.2, 0.2, 0.05]),
        (exponential_decay(0.8, 0.5), [0.8, 0.4, 0.2, 0.1]),
        # cos(0) = 1, cos(π/4) = 0.70710678, cos(π/2) = 0, cos(3π/4) = −0.70710678, cos(π) = −1:
        # 0.8 · (1 + 0.70710678)/2 = 0.68284271, 0.8 · (1 − 0.70710678)/2 = 0.11715729
        (cosine_decay(0.8, epochs=4), [0.8, 0.68284271, 0.4, 0.11715729, 0, 0, 0]),
        (cosine_decay(0.8, 1), [0.8, 0, 0]),
        # 0.8 · ¼, 0.8 · 2/4, 0.8 · ¾, 0.8, and from there what follows
        (warm_up(constant(0.8), epochs=4), [0.2, 0.4, 0.6, 0.8, 0.8, 0.8]),
        (warm_up(0.8, epochs=4), [0.2, 0.4, 0.6, 0.8, 0.8, 0.8]),
        (warm_up(cosine_decay(0.8, 2), 2), [0.4, 0.8, 0.8, 0.4, 0]),
        (warm_up(exponential_decay(0.8, 0.5), 1), [0.8, 0.8, 0.4, 0.2]),
        (warm_up(lambda epoch: 0.1 * (epoch + 1), 2), [0.05, 0.1, 0.1, 0.2, 0.3]),
    ],
)
def test_schedules_by_hand(schedule, rates):
    found = [schedule(epoch) for epoch in range(len(rates))]
    np.testing.assert_allclose(found, rates, rtol=1e-7, atol=1e-16)


@given(rate=st.floats(1e-6, 10), epochs=st.integers(1, 50))
def test_cosine_decay_falls_from_the_rate_to_nothing(rate, epochs):
    rates = [cosine_decay(rate, epochs)(epoch) for epoch in range(epochs + 1)]
    assert rates[0] == rate and rates[-1] == 0 and (np.diff(rates) < 0).all()
    # It is as far above the half in the first half as it is below in the second.
    np.testing.assert_allclose(np.add(rates, rates[::-1]), rate, rtol=1e-12)


def test_schedules_take_a_rate_for_each_training():
    rates = np.array([0.2, 0.4])
    for schedule in (
        constant(rates),
        step_decay(rates, 1),
        exponential_decay(rates, 0.5),
        cosine_decay(rates, 2),
        warm_up(constant(rates), 2),
    ):
        first = schedule(0)
        assert first.shape == (2,) and first[1] == 2 * first[0]
    assert rates.tolist() == [0.2, 0.4]


# --- schedules in training

X, Y = np.array([[0.1], [0.3], [0.6], [0.7]]), np.array([[0.2], [0.25], [0.4], [0.7]])
SCHEDULES = {
    "constant": constant(0.3),
    "step": step_decay(0.5, 3),
    "exponential": exponential_decay(0.5, 0.9),
    "cosine": cosine_decay(0.5, 10),
    "warm-up, cosine": warm_up(cosine_decay(0.5, 7), 3),
    "own": lambda epoch: 0.5 / (1 + epoch),
}


def a_net():
    return Network([1, 3, 1], rng=np.random.default_rng(0))


def slopes(network, X, y):
    """Fill and return the gradients of half the mean squared error."""
    network.backward((network.forward(X) - y) / y.size)
    return network.gradients


@pytest.mark.parametrize("name", SCHEDULES)
def test_training_on_a_schedule_is_the_loop_written_out(name):
    network, other, schedule = a_net(), a_net(), SCHEDULES[name]
    train(network, X, Y, learning_rate=schedule, epochs=10)
    for epoch in range(10):
        other.parameters -= schedule(epoch) * slopes(other, X, Y)
    np.testing.assert_allclose(network.parameters, other.parameters, rtol=1e-15)


def test_rate_stays_for_all_batches_of_an_epoch():
    network, other, schedule = a_net(), a_net(), exponential_decay(0.5, 0.7)
    train(network, X, Y, learning_rate=schedule, epochs=4, batch_size=2, shuffle=False)
    for epoch in range(4):
        for rows in (slice(0, 2), slice(2, 4)):
            other.parameters -= schedule(epoch) * slopes(other, X[rows], Y[rows])
    np.testing.assert_allclose(network.parameters, other.parameters, rtol=1e-15)


def test_memory_outlives_a_change_of_the_rate():
    network, other, schedule, velocity = a_net(), a_net(), step_decay(0.2, 2), 0
    train(network, X, Y, optimizer=Momentum(schedule, momentum=0.8), epochs=6)
    for epoch in range(6):
        velocity = 0.8 * velocity + slopes(other, X, Y)
        other.parameters -= schedule(epoch) * velocity
    np.testing.assert_allclose(network.parameters, other.parameters, rtol=1e-15)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_a_constant_schedule_is_the_number(optimizer):
    one, other = a_net(), a_net()
    train(one, X, Y, optimizer=optimizer(0.1), epochs=5)
    train(other, X, Y, optimizer=optimizer(constant(0.1)), epochs=5)
    np.testing.assert_array_equal(one.parameters, other.parameters)


def test_a_schedule_starts_anew_with_each_training():
    network, other, schedule = a_net(), a_net(), exponential_decay(0.5, 0.5)
    optimizer = SGD(schedule)
    for _ in range(2):
        train(network, X, Y, optimizer=optimizer, epochs=3)
        train(other, X, Y, learning_rate=schedule, epochs=3)
    np.testing.assert_array_equal(network.parameters, other.parameters)


@pytest.mark.parametrize("schedule", [cosine_decay(0.5, 3), exponential_decay(1e-200, 1e-50)])
def test_where_a_schedule_has_come_to_nothing_the_network_stands_still(schedule):
    # The cosine reaches 0 after its epochs, the other after three in which it moves nothing either.
    network = a_net()
    history = train(network, X, Y, learning_rate=schedule, epochs=8)
    assert history.epochs[-1] == 8 and history.diverged_at == -1
    places = history.network.parameters
    np.testing.assert_array_equal(places[3:], np.broadcast_to(places[3], places[3:].shape))
    np.testing.assert_array_equal(network.parameters, places[3])


@pytest.mark.parametrize(
    ("schedule", "rate"),
    [
        (lambda epoch: 0.2 - 0.1 * epoch, "-0.1"),  # 0.2, 0.1, 0 and then below
        (lambda epoch: [0.2, np.nan, 0.1, 0.1][epoch], "nan"),
        (lambda epoch: [0.2, np.inf, 0.1, 0.1][epoch], "inf"),
    ],
)
def test_rates_of_a_schedule_that_mean_nothing_are_refused(schedule, rate):
    assert f"learning_rate is {rate}" in said(
        train, a_net(), X, Y, learning_rate=schedule, epochs=4
    )


@pytest.mark.parametrize("start", [0, -0.1, np.nan, "fast", None])
def test_schedules_that_start_with_a_bad_rate_are_refused(start):
    assert f"learning_rate is {start!r}" in said(SGD, constant(start))


@pytest.mark.parametrize(
    ("make", "fragment"),
    [
        (lambda: step_decay(0.1, every=0), "every is 0, expected a whole number from 1 up"),
        (lambda: step_decay(0.1, every=1.5), "every is 1.5, expected"),
        (lambda: cosine_decay(0.1, 0), "epochs is 0, expected"),
        (lambda: cosine_decay(0.1, 2.5), "epochs is 2.5, expected"),
        (lambda: warm_up(constant(0.1), 0), "epochs is 0, expected"),
        (lambda: warm_up(constant(0.1), None), "epochs is None, expected"),
        (lambda: SGD(step_decay("fast", 2)), "'fast'"),
        (lambda: SGD(exponential_decay(0.1, None)), "factor is None"),
        (lambda: SGD(exponential_decay(0.1, "half")), "factor is 'half'"),
        (lambda: SGD(exponential_decay(0.1, np.nan)), "factor is nan"),
        (lambda: SGD(step_decay(0.1, 2, factor=-0.5)), "factor is -0.5"),
        (lambda: SGD(cosine_decay("fast", 2)), "'fast'"),
        (lambda: SGD(warm_up("fast", 2)), "'fast'"),
    ],
)
def test_bad_schedules_are_refused(make, fragment):
    assert fragment in said(make)


def test_a_schedule_that_outgrows_float64_is_refused_in_one_sentence():
    # The line is right from the start, so nothing diverges before 0.1 · 2¹⁰²⁷ leaves float64.
    network, grows = Network([1, 1], weights=[1.0]), exponential_decay(0.1, 2.0)
    text = said(train, network, X, X, learning_rate=grows, epochs=1100)
    assert "learning_rate is inf" in text
    assert network.parameters.tolist() == [1, 0]
