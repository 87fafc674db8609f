"""The loop: what it does to the network, what it records, how it diverges, what it refuses."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from byhand.datasets import four_points
from byhand.losses import (
    LOSSES,
    Loss,
    half_mean_squared_error,
    half_mean_squared_error_gradient,
)
from byhand.network import Network
from byhand.optimizers import SGD
from byhand.training import sweep, train
from sentence import said

X, Y = (values[:, None] for values in four_points())
HUGE = [1e30, 1e300, 1.7e308]  # rates that leave float64 in a few steps, in two, in one


def node(w=0.5, b=0.0):
    return Network([1, 1], weights=[w], biases=[b])


def a_net(seed=0):
    return Network([1, 3, 1], hidden="tanh", rng=np.random.default_rng(seed))


def rows_seen(n_samples, batch_size, epochs, seed):
    """Train, and return the targets of every step: 0, 1, 2, ..., so each names its row."""
    seen = []

    def gradient(y_pred, y):
        seen.append(y[:, 0].astype(int).tolist())
        return half_mean_squared_error_gradient(y_pred, y)

    y = np.arange(float(n_samples))[:, None]
    spy = Loss("spy", half_mean_squared_error, gradient)
    rng = np.random.default_rng(seed)
    train(
        node(), y / n_samples, y, learning_rate=0.01, epochs=epochs, loss=spy,
        batch_size=batch_size, rng=rng,
    )  # fmt: skip
    return seen


# --- what one training does


def test_two_epochs_are_the_loop_written_out():
    network = node()
    history = train(network, X, Y, learning_rate=1.0, epochs=2)
    w, b, losses = 0.5, 0.0, []
    for _ in range(2):
        error = w * X + b - Y
        losses.append(np.mean(error**2) / 2)
        w, b = w - np.mean(error * X), b - np.mean(error)
    losses.append(np.mean((w * X + b - Y) ** 2) / 2)
    np.testing.assert_allclose(network.parameters, [w, b], rtol=1e-14)
    np.testing.assert_allclose(history.loss, losses, rtol=1e-14)


@pytest.mark.parametrize("loss", LOSSES)
def test_named_loss_is_the_one_that_falls(loss):
    network = node()
    history = train(network, X, Y, learning_rate=0.5, epochs=3, loss=loss)
    assert history.loss[-1] == LOSSES[loss].function(network.predict(X), Y)
    assert (np.diff(history.loss) < 0).all()


def test_twice_the_loss_at_half_the_rate_is_the_same_step():
    one, other = node(), node()
    train(one, X, Y, learning_rate=1.0, epochs=5)
    train(other, X, Y, learning_rate=0.5, epochs=5, loss="mean_squared_error")
    np.testing.assert_allclose(one.parameters, other.parameters, rtol=1e-14)


def test_history_starts_before_the_first_step_and_ends_with_the_network():
    network = a_net()
    start = network.parameters.copy()
    history = train(network, X, Y, learning_rate=0.1, epochs=7)
    assert history.epochs.tolist() == list(range(8))
    assert history.loss.shape == (8,) and history.network.parameters.shape == (8, 10)
    assert history.diverged_at == -1 and not history.diverged.any()
    np.testing.assert_array_equal(history.network.parameters[0], start)
    np.testing.assert_array_equal(history.network.parameters[-1], network.parameters)


def test_history_predicts_at_every_record():
    network = a_net()
    history = train(network, X, Y, learning_rate=0.1, epochs=3)
    predictions = history.predict([[0.2], [0.4]])
    assert predictions.shape == (4, 2, 1)
    np.testing.assert_array_equal(predictions[-1], network.predict([[0.2], [0.4]]))
    for record, y_pred in enumerate(history.predict(X)):
        assert half_mean_squared_error(y_pred, Y) == pytest.approx(history.loss[record], rel=1e-14)


def test_history_does_not_change_when_training_goes_on():
    network = node()
    history = train(network, X, Y, learning_rate=0.1, epochs=2)
    kept = history.network.parameters.copy()
    train(network, X, Y, learning_rate=0.1, epochs=2)
    np.testing.assert_array_equal(history.network.parameters, kept)


def test_training_goes_on_where_it_stopped():
    in_one, in_two = a_net(), a_net()
    train(in_one, X, Y, learning_rate=0.3, epochs=10)
    train(in_two, X, Y, learning_rate=0.3, epochs=4)
    train(in_two, X, Y, learning_rate=0.3, epochs=6)
    np.testing.assert_array_equal(in_one.parameters, in_two.parameters)


@settings(max_examples=25)
@given(seed=st.integers(0, 999), rate=st.floats(1e-3, 1), batch_size=st.integers(1, 4))
def test_same_start_same_end(seed, rate, batch_size):
    runs = [
        train(
            a_net(seed), X, Y, learning_rate=rate, epochs=5, batch_size=batch_size,
            rng=np.random.default_rng(seed),
        )
        for _ in range(2)
    ]  # fmt: skip
    np.testing.assert_array_equal(runs[0].loss, runs[1].loss)
    np.testing.assert_array_equal(runs[0].network.parameters, runs[1].network.parameters)


def test_data_are_left_alone_and_lists_will_do():
    network, copy = node(), X.copy()
    train(network, X.tolist(), Y.tolist(), learning_rate=1.0, epochs=3)
    other = node()
    train(other, X, Y, learning_rate=1.0, epochs=3)
    np.testing.assert_array_equal(network.parameters, other.parameters)
    np.testing.assert_array_equal(X, copy)


def test_any_object_with_a_step_will_do():
    class Sign:
        def step(self, parameters, gradients):
            parameters -= 0.125 * np.sign(gradients)

    network = node()
    train(network, X, Y, optimizer=Sign(), epochs=1)
    assert network.parameters.tolist() == [0.625, 0.125]


def test_optimizer_and_learning_rate_are_two_ways_to_say_it():
    one, other = node(), node()
    train(one, X, Y, learning_rate=0.3, epochs=4)
    train(other, X, Y, optimizer=SGD(0.3), epochs=4)
    np.testing.assert_array_equal(one.parameters, other.parameters)


# --- records


@settings(max_examples=25)
@given(st.sets(st.integers(0, 12), min_size=1))
def test_records_are_a_selection_and_training_is_the_same(record):
    record = sorted(record)
    every, some = a_net(), a_net()
    full = train(every, X, Y, learning_rate=0.3, epochs=12)
    history = train(some, X, Y, learning_rate=0.3, epochs=12, record=record)
    assert history.epochs.tolist() == record
    np.testing.assert_array_equal(history.loss, full.loss[record])
    np.testing.assert_array_equal(history.network.parameters, full.network.parameters[record])
    # The network has had all its epochs, whether or not the last one is recorded.
    np.testing.assert_array_equal(some.parameters, every.parameters)


def test_records_are_copied():
    record = np.array([0, 2])
    history = train(node(), X, Y, learning_rate=0.3, epochs=2, record=record)
    record[:] = 99
    assert history.epochs.tolist() == [0, 2]


# --- batches


@settings(max_examples=25)
@given(
    n_samples=st.integers(1, 12), batch_size=st.integers(1, 15), seed=st.integers(0, 999),
    epochs=st.integers(1, 3),
)  # fmt: skip
def test_every_sample_is_used_once_an_epoch(n_samples, batch_size, seed, epochs):
    seen = rows_seen(n_samples, batch_size, epochs, seed)
    per_epoch = -(-n_samples // batch_size)
    assert len(seen) == epochs * per_epoch
    for epoch in range(epochs):
        batches = seen[epoch * per_epoch : (epoch + 1) * per_epoch]
        assert sorted(sum(batches, [])) == list(range(n_samples))
        assert all(len(batch) == min(batch_size, n_samples) for batch in batches[:-1])


def test_samples_are_shuffled_anew_each_epoch():
    first, second = rows_seen(12, 12 - 1, 2, seed=0)[::2]
    assert first != sorted(first) and first != second


def test_batches_come_from_rng():
    assert rows_seen(12, 5, 2, seed=0) == rows_seen(12, 5, 2, seed=0)
    assert rows_seen(12, 5, 2, seed=0) != rows_seen(12, 5, 2, seed=1)


def test_batch_of_all_is_the_full_batch_in_order():
    assert rows_seen(5, 5, 1, seed=0) == rows_seen(5, 99, 1, seed=0) == [[0, 1, 2, 3, 4]]
    one, other = a_net(), a_net()
    train(one, X, Y, learning_rate=0.3, epochs=3)
    train(other, X, Y, learning_rate=0.3, epochs=3, batch_size=4)
    np.testing.assert_array_equal(one.parameters, other.parameters)


def test_rows_of_x_and_y_stay_together():
    # y = 3x can be learnt exactly only when every target stays with its sample.
    network, x = node(), np.linspace(0, 1, 9)[:, None]
    rng = np.random.default_rng(0)
    train(network, x, 3 * x, learning_rate=0.5, epochs=300, batch_size=2, rng=rng)
    np.testing.assert_allclose(network.parameters, [3, 0], atol=1e-6)


def test_loss_is_recorded_over_all_samples():
    network, rng = node(), np.random.default_rng(0)
    history = train(network, X, Y, learning_rate=0.1, epochs=2, batch_size=1, rng=rng)
    assert history.loss[-1] == half_mean_squared_error(network.predict(X), Y)


# --- sweeps


def equal_to_separate(network, rates, epochs, **options):
    together = sweep(network, X, Y, learning_rates=rates, epochs=epochs, **options)
    for place, rate in enumerate(rates):
        alone = train(
            network.with_parameters(network.parameters.copy()), X, Y, learning_rate=rate,
            epochs=epochs, **options,
        )  # fmt: skip
        assert together.diverged_at[place] == alone.diverged_at
        np.testing.assert_allclose(together.loss[place], alone.loss, rtol=1e-12, atol=1e-12)
        np.testing.assert_allclose(
            together.network.parameters[place], alone.network.parameters, rtol=1e-12, atol=1e-12
        )
    return together


@settings(max_examples=25)
@given(rates=st.lists(st.floats(1e-3, 1.6), min_size=1, max_size=4), seed=st.integers(0, 99))
def test_sweep_equals_separate_trainings(rates, seed):
    history = equal_to_separate(a_net(seed), rates, epochs=20)
    assert history.loss.shape == (len(rates), 21)
    assert history.network.parameters.shape == (len(rates), 21, 10)


def test_sweep_passes_record_and_loss_on():
    history = equal_to_separate(
        node(), [0.1, 0.2], epochs=9, record=[0, 4, 9], loss="mean_squared_error"
    )
    assert history.loss.shape == (2, 3) and history.predict(X).shape == (2, 3, 4, 1)


def test_sweep_leaves_its_start_alone():
    network = node()
    sweep(network, X, Y, learning_rates=[0.1, 1.0], epochs=3)
    assert network.parameters.tolist() == [0.5, 0]


def test_where_some_diverge_the_others_do_not_notice():
    rates = [0.1, 3.0, 1e30, 1.0, 1e300]
    history = equal_to_separate(node(), rates, epochs=1500)
    assert np.isfinite(history.loss).all() and np.isfinite(history.network.parameters).all()
    assert (history.diverged_at >= 0).tolist() == [False, True, True, False, True]
    assert history.diverged[:, -1].tolist() == [False, True, True, False, True]
    assert history.diverged_at[4] <= history.diverged_at[2] <= history.diverged_at[1]
    assert repr(history) == "History(5 trainings to epoch 1500, 3 diverged)"


# --- diverging


@pytest.mark.parametrize("rate", HUGE)
@pytest.mark.parametrize("make", [node, a_net])
def test_overflow_ends_in_a_finite_labelled_history(make, rate):
    network = make()
    history = train(network, X, Y, learning_rate=rate, epochs=30)
    assert np.isfinite(history.loss).all() and np.isfinite(history.network.parameters).all()
    assert np.isfinite(network.parameters).all()
    at = int(history.diverged_at)
    assert 0 < at <= 30
    assert history.diverged[at:].all()
    # What stands from there on is the last finite record, in the network too.
    assert (history.loss[at:] == history.loss[at - 1]).all()
    assert (history.network.parameters[at:] == history.network.parameters[at - 1]).all()
    np.testing.assert_array_equal(network.parameters, history.network.parameters[-1])
    assert f"diverged at epoch {at}" in repr(history)


def test_parameters_may_overflow_where_the_loss_does_not():
    # A saturated sigmoid answers 1 to any weight, even to an infinite one: the loss stays finite.
    network = Network([1, 1], output="sigmoid", weights=[0.0])
    history = train(network, [[1e3]], [[1.0]], learning_rate=1.7e308, epochs=3)
    assert np.isfinite(history.network.parameters).all() and np.isfinite(network.parameters).all()
    assert history.diverged_at == 1 and history.diverged.tolist() == [False, True, True, True]


def test_overflow_between_two_records_is_seen_at_the_next():
    network = node()
    history = train(network, X, Y, learning_rate=1e30, epochs=40, record=[0, 1, 30])
    assert history.diverged_at == 30
    assert history.loss[2] == history.loss[1] and np.isfinite(history.loss).all()


@pytest.mark.parametrize("record", [[30], [0], [29]])
def test_overflow_with_one_record_is_finite_too(record):
    network = node()
    history = train(network, X, Y, learning_rate=1e300, epochs=30, record=record)
    assert np.isfinite(history.loss).all() and np.isfinite(history.network.parameters).all()
    assert np.isfinite(network.parameters).all() and history.diverged_at >= 0


def test_slow_divergence_is_labelled_long_before_it_overflows():
    # Rate 2 is above the largest stable one, 1.681: the loss falls at first, then grows for good.
    history = train(node(), X, Y, learning_rate=2.0, epochs=60)
    assert history.diverged_at == -1
    assert not history.diverged[0] and history.diverged[-20:].all()
    assert history.loss[-1] > history.loss[0]


def test_overshooting_is_not_diverging():
    history = train(node(w=-2.0), X, Y, learning_rate=1.6, epochs=300)
    assert not history.diverged[-1] and history.diverged_at == -1


class Jumps:
    """An optimizer that puts the parameters where it was told, whatever the gradient."""

    def __init__(self, *places):
        self.places = iter(places)

    def step(self, parameters, gradients):
        parameters[...] = next(self.places)


def test_on_the_way_back_it_is_no_longer_diverging():
    history = train(node(), X, Y, optimizer=Jumps([9, 0], [5, 0], [6, 0]), epochs=3)
    assert (history.loss[1:] > history.loss[0]).all()
    assert history.diverged.tolist() == [False, True, False, True]


def test_once_overflowed_the_last_finite_record_stands():
    network = node()
    history = train(network, X, Y, optimizer=Jumps([1, 0], np.nan, [2, 0]), epochs=3)
    assert history.diverged_at == 2 and history.diverged.tolist() == [False, False, True, True]
    assert history.network.parameters.tolist() == [[0.5, 0], [1, 0], [1, 0], [1, 0]]
    assert network.parameters.tolist() == [1, 0]


def test_mini_batches_that_overflow_are_labelled():
    rng = np.random.default_rng(0)
    history = train(node(), X, Y, learning_rate=1e30, epochs=30, batch_size=1, rng=rng)
    assert history.diverged_at > 0 and np.isfinite(history.network.parameters).all()


@settings(max_examples=40)
@given(rate=st.floats(1e-300, 1.7e308), w=st.floats(-1e3, 1e3), x=st.floats(-1e3, 1e3))
def test_no_rate_yields_anything_but_finite_numbers(rate, w, x):
    history = train(node(w), [[x], [1.0]], [[1.0], [0.0]], learning_rate=rate, epochs=8)
    assert np.isfinite(history.loss).all() and np.isfinite(history.network.parameters).all()


def test_repr_of_a_training_that_went_well():
    history = train(node(), X, Y, learning_rate=1.0, epochs=1)
    assert repr(history) == "History(loss 0.020625 → 0.00507324, epoch 1)"


# --- bad input

OK = {"learning_rate": 0.1, "epochs": 2}


@pytest.mark.parametrize(
    ("changed", "fragment"),
    [
        ({"X": X[:3]}, "X has 3 rows, y has 4"),
        ({"X": X[:, 0]}, "X has shape (4,), expected (n_samples, 1)"),
        ({"y": Y[:, 0]}, "y has shape (4,), expected (n_samples, 1)"),
        ({"X": np.hstack([X, X])}, "X has shape (4, 2), expected (n_samples, 1)"),
        ({"y": np.hstack([Y, Y])}, "y has shape (4, 2), expected (n_samples, 1)"),
        ({"X": [], "y": []}, "X has shape (0,)"),
        ({"X": X * np.nan}, "X holds nan in row 0"),
        ({"y": [[0.2], [np.inf], [0.4], [0.7]]}, "y holds inf in row 1, column 0"),
        ({"X": "points"}, "X is not an array of numbers"),
        ({"y": [["high"]] * 4}, "y is not an array of numbers"),
        ({"X": X * 1e200}, "the loss is inf before the first step"),
        ({"y": Y * 1e200}, "the loss is inf before the first step"),
        ({"learning_rate": 0}, "learning_rate is 0, expected a finite number above 0"),
        ({"learning_rate": -0.1}, "learning_rate is -0.1, expected"),
        ({"learning_rate": np.nan}, "learning_rate is nan, expected"),
        ({"learning_rate": np.inf}, "learning_rate is inf, expected"),
        ({"learning_rate": "fast"}, "learning_rate is 'fast', expected"),
        ({"learning_rate": [0.1, 0.2]}, "learning_rate has shape (2,), expected one number"),
        ({"learning_rate": None}, "got neither learning_rate nor optimizer: give one"),
        ({"optimizer": SGD(0.1)}, "got both learning_rate and optimizer: give one"),
        ({"learning_rate": None, "optimizer": "adam"}, "optimizer is 'adam', expected an object"),
        ({"learning_rate": None, "optimizer": SGD}, "expected an object such as SGD(0.1)"),
        ({"learning_rate": None, "optimizer": SGD([1, 2])}, "learning_rate has shape (2,)"),
        ({"epochs": 0}, "epochs is 0, expected a whole number from 1 up"),
        ({"epochs": -3}, "epochs is -3, expected"),
        ({"epochs": 2.5}, "epochs is 2.5, expected"),
        ({"epochs": 2.0}, "epochs is 2.0, expected"),
        ({"epochs": True}, "epochs is True, expected"),
        ({"epochs": "10"}, "epochs is '10', expected"),
        ({"epochs": None}, "epochs is None, expected"),
        ({"loss": "mse"}, "unknown loss 'mse': choose one of half_mean_squared_error"),
        ({"batch_size": 2}, "batch_size is 2 of 4 samples, and rng is None: give"),
        ({"batch_size": 2, "rng": 0}, "batch_size is 2 of 4 samples, and rng is 0: give"),
        ({"batch_size": 0}, "batch_size is 0, expected a whole number from 1 up"),
        ({"batch_size": 1.5}, "batch_size is 1.5, expected"),
        ({"batch_size": True}, "batch_size is True, expected"),
        ({"record": []}, "record is [], expected rising whole numbers from 0 to 2"),
        ({"record": [0, 3]}, "record is [0, 3], expected"),
        ({"record": [-1, 2]}, "record is [-1, 2], expected"),
        ({"record": [2, 1]}, "record is [2, 1], expected"),
        ({"record": np.array([2, 1], dtype=np.uint8)}, "expected rising"),  # 1 − 2 is 255 there
        ({"record": [1, 1]}, "record is [1, 1], expected"),
        ({"record": [0.5]}, "record is [0.5], expected"),
        ({"record": [True]}, "record is [True], expected"),
        ({"record": 2}, "record is 2, expected"),
        ({"record": "last"}, "record is 'last', expected"),
        ({"record": ["a", "b"]}, "record is ['a', 'b'], expected"),
        ({"record": range(5000)}, "expected rising whole numbers from 0 to 2"),
        ({"record": list(range(5000))}, "record is [0, 1, 2, 3, 4, 5, ...], expected"),
    ],
)
def test_bad_input_is_refused_in_one_sentence(changed, fragment):
    given = {"X": X, "y": Y} | OK | changed
    network = node()
    assert fragment in said(train, network, given.pop("X"), given.pop("y"), **given)
    assert network.parameters.tolist() == [0.5, 0]


@pytest.mark.parametrize(
    ("rates", "fragment"),
    [
        (0.1, "learning_rates has shape (), expected (n_rates,)"),
        ([[0.1]], "learning_rates has shape (1, 1), expected (n_rates,)"),
        ([], "learning_rate is [], expected"),
        ([0.1, 0], "learning_rate is 0.0, expected"),
        ([0.1, -1], "learning_rate is -1.0, expected"),
        ([np.nan, 1], "learning_rate is nan, expected"),
        (["fast"], "learning_rate is ['fast'], expected"),
    ],
)
def test_bad_rates_of_a_sweep_are_refused(rates, fragment):
    assert fragment in said(sweep, node(), X, Y, learning_rates=rates, epochs=2)


def test_sweep_from_a_stack_is_refused():
    stack = node().with_parameters(np.zeros((3, 2)))
    assert "network is a stack of shape (3,), expected a single one" in said(
        sweep, stack, X, Y, learning_rates=[0.1], epochs=2
    )


def test_whole_numbers_of_numpy_are_whole_numbers():
    history = train(
        node(), X, Y, learning_rate=0.1, epochs=np.int32(3), record=np.array([0, 3], dtype=np.uint8)
    )
    assert history.epochs.tolist() == [0, 3]
