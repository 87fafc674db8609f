"""What a training leaves behind: records, scores, patience, divergence; and the progress bar."""

import json
import os
import pty
import re
import subprocess
import sys
import termios
import threading
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import byhand.history
from byhand.datasets import four_points
from byhand.losses import LOSSES, half_mean_squared_error
from byhand.network import Network
from byhand.optimizers import SGD, Adam, Momentum, Nesterov, RMSprop
from byhand.training import sweep, train
from sentence import said

X, Y = (values[:, None] for values in four_points())
HELD_OUT = (np.array([[0.2], [0.5], [1.5]]), np.array([[0.1], [0.6], [0.9]]))
HUGE = [1e30, 1e300, 1.7e308]  # rates that leave float64 in a few steps, in two, in one
BLOCKS = [1, 7, 40, 2**16]  # one record a time, a few, all at once
OPTIMIZERS = [SGD, Momentum, Nesterov, RMSprop, Adam]
SCORES = ["loss", "accuracy", "held_out_loss", "held_out_accuracy"]


def node(w=0.5, b=0.0):
    return Network([1, 1], weights=[w], biases=[b])


def a_net(seed=0, sizes=(1, 3, 1), **options):
    return Network(list(sizes), rng=np.random.default_rng(seed), **options)


class Jumps:
    """An optimizer that puts the parameters where it was told, whatever the gradient."""

    def __init__(self, *places):
        self.places, self.steps = iter(places), 0

    def step(self, parameters, gradients):
        self.steps += 1
        parameters[...] = next(self.places)


def jumping(*places, start=0.5, **options):
    """Train a single weight through these places; return its history and the network.

    The one sample (1, 0) makes the loss ½ w², whose order is that of |w|.
    """
    network = Network([1, 1], weights=[start], bias=False)
    history = train(
        network, [[1.0]], [[0.0]], optimizer=Jumps(*places), epochs=len(places), **options
    )
    return history, network


WATCHED = {"held_out": ([[1.0]], [[0.0]])}


def assert_same(one, other):
    """Compare all that two histories hold, bit by bit."""
    np.testing.assert_array_equal(one.epochs, other.epochs)
    np.testing.assert_array_equal(one.diverged_at, other.diverged_at)
    np.testing.assert_array_equal(one.network.parameters, other.network.parameters)
    for score in SCORES:
        np.testing.assert_array_equal(getattr(one, score), getattr(other, score))


# --- records


def test_history_starts_before_the_first_step_and_ends_with_the_network():
    network = a_net()
    start = network.parameters.copy()
    history = train(network, X, Y, learning_rate=0.1, epochs=7)
    assert history.epochs.tolist() == list(range(8))
    assert history.loss.shape == (8,) and history.network.parameters.shape == (8, 10)
    assert history.network.layers[0].W.shape == (8, 1, 3)
    assert history.diverged_at == -1 and not history.diverged.any()
    np.testing.assert_array_equal(history.network.parameters[0], start)
    np.testing.assert_array_equal(history.network.parameters[-1], network.parameters)


def test_each_record_is_the_network_at_that_epoch():
    history, _ = jumping(3.0, 1.0, 2.0)
    assert history.network.parameters[:, 0].tolist() == [0.5, 3, 1, 2]
    assert history.loss.tolist() == [0.125, 4.5, 0.5, 2]  # ½ w²


def test_history_predicts_at_every_record():
    network = a_net()
    history = train(network, X, Y, learning_rate=0.1, epochs=3)
    predictions = history.predict([[0.2], [0.4]])
    assert predictions.shape == (4, 2, 1)
    np.testing.assert_array_equal(predictions[-1], network.predict([[0.2], [0.4]]))
    for record, y_pred in enumerate(history.predict(X)):
        assert half_mean_squared_error(y_pred, Y) == pytest.approx(history.loss[record], rel=1e-14)


def test_loss_is_recorded_over_all_samples():
    network, rng = node(), np.random.default_rng(0)
    history = train(network, X, Y, learning_rate=0.1, epochs=2, batch_size=1, rng=rng)
    assert history.loss[-1] == pytest.approx(
        half_mean_squared_error(network.predict(X), Y), rel=1e-14
    )


def test_history_does_not_change_when_training_goes_on():
    network = node()
    history = train(network, X, Y, learning_rate=0.1, epochs=2, held_out=HELD_OUT)
    kept = history.network.parameters.copy(), history.loss.copy(), history.held_out_loss.copy()
    train(network, X, Y, learning_rate=0.1, epochs=2, held_out=HELD_OUT)
    np.testing.assert_array_equal(history.network.parameters, kept[0])
    np.testing.assert_array_equal(history.loss, kept[1])
    np.testing.assert_array_equal(history.held_out_loss, kept[2])


def test_the_network_does_not_change_with_its_history():
    network = node()
    history = train(network, X, Y, learning_rate=0.1, epochs=2)
    kept = network.parameters.copy()
    history.network.parameters = 7.0
    np.testing.assert_array_equal(network.parameters, kept)


@settings(max_examples=25)
@given(st.sets(st.integers(0, 12), min_size=1))
def test_records_are_a_selection_and_training_is_the_same(record):
    record = sorted(record)
    every, some = a_net(), a_net()
    full = train(every, X, Y, learning_rate=0.3, epochs=12, held_out=HELD_OUT)
    history = train(some, X, Y, learning_rate=0.3, epochs=12, held_out=HELD_OUT, record=record)
    assert history.epochs.tolist() == record
    np.testing.assert_allclose(history.loss, full.loss[record], rtol=1e-14)
    np.testing.assert_allclose(history.held_out_loss, full.held_out_loss[record], rtol=1e-14)
    np.testing.assert_array_equal(history.network.parameters, full.network.parameters[record])
    np.testing.assert_array_equal(some.parameters, every.parameters)


@pytest.mark.parametrize("options", [{}, {"batch_size": 3, "shuffle": False}])
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_records_change_nothing_in_mini_batches_or_memory(optimizer, options):
    ends = []
    for record in (None, [6], [0, 2, 5]):
        network = a_net(dropout=0.2)
        train(network, X, Y, optimizer=optimizer(0.1), epochs=6, record=record, **options)
        ends.append(network.parameters)
    np.testing.assert_array_equal(ends[1:], ends[:1] * 2)


@pytest.mark.parametrize("record", [range(0, 9, 4), (0, 4, 8), np.array([0, 4, 8], np.uint8)])
def test_records_may_be_any_row_of_whole_numbers(record):
    history = train(node(), X, Y, learning_rate=0.1, epochs=8, record=record)
    assert history.epochs.tolist() == [0, 4, 8]


# --- held out, accuracy

CLASSES = [0, 2, 1, 2, 0]
POINTS = np.array([[0.5, 1.0], [-1.0, 0.3], [0.2, -0.7], [-0.4, -1.2], [1.3, 0.1]])
ONES = np.array([[1.0], [0], [1], [0], [1]])
AMOUNTS = np.array([[0.2], [0.5], [0.9], [0.1], [0.6]])
FITTING = {  # the output, the targets
    "binary_cross_entropy": ("sigmoid", ONES),
    "binary_cross_entropy_from_logits": ("identity", ONES),
    "categorical_cross_entropy": ("softmax", CLASSES),
    "categorical_cross_entropy_from_logits": ("identity", CLASSES),
    "hellinger": ("sigmoid", AMOUNTS),
    "itakura_saito": ("softplus", AMOUNTS),
}


def history_of(loss, epochs=12, n_held_out=2, **options):
    """Train on some of the rows, hold the others out; return the history and both parts."""
    output, y = FITTING.get(loss, ("identity", AMOUNTS))
    n = len(POINTS) - n_held_out
    parts = (POINTS[:n], y[:n]), (POINTS[n:], y[n:])
    network = a_net(1, (2, 4, 3 if y is CLASSES else 1), output=output)
    history = train(
        network,
        *parts[0],
        learning_rate=0.1,
        epochs=epochs,
        loss=loss,
        held_out=parts[1],
        **options,
    )
    return history, parts


def right(loss, y_pred, y):
    """Return the share of right answers, counted one by one."""
    if loss.startswith("categorical"):
        return np.mean([np.argmax(row) == label for row, label in zip(y_pred, y, strict=True)])
    middle = 0.0 if loss.endswith("from_logits") else 0.5
    answers = [1 if value > middle else 0 for value in np.ravel(y_pred)]
    return np.mean([a == t for a, t in zip(answers, np.ravel(y), strict=True)])


@pytest.mark.parametrize("options", [{}, {"batch_size": 2, "shuffle": False}, {"record": [3, 12]}])
@pytest.mark.parametrize("loss", LOSSES)
def test_scores_are_those_of_the_recorded_networks(loss, options):
    history, parts = history_of(loss, **options)
    for place in range(len(history.epochs)):
        network = history.network.with_parameters(history.network.parameters[place])
        for prefix, (points, y) in zip(("", "held_out_"), parts, strict=True):
            y_pred = network.predict(points)
            found = getattr(history, f"{prefix}loss")[place]
            assert found == pytest.approx(LOSSES[loss].function(y_pred, y), rel=1e-13)
            if LOSSES[loss].accuracy:
                found = getattr(history, f"{prefix}accuracy")[place]
                assert found == right(loss, y_pred, y)


@pytest.mark.parametrize("loss", LOSSES)
def test_accuracy_is_for_losses_of_classes(loss):
    history, _ = history_of(loss)
    of_classes = "cross_entropy" in loss
    assert (history.accuracy is not None) == (history.held_out_accuracy is not None) == of_classes
    if of_classes:
        assert history.accuracy.shape == history.loss.shape
        assert ((history.accuracy >= 0) & (history.accuracy <= 1)).all()


def test_accuracy_by_hand():
    # σ(w x) for x = −1, 1, 2, 3 is above ½ for the last three if w > 0, for the first if w < 0.
    network = Network([1, 1], output="sigmoid", weights=[1.0], bias=False)
    history = train(
        network, [[-1.0], [1], [2], [3]], [[0.0], [1], [1], [0]], optimizer=Jumps(-2.0, 5.0),
        epochs=2, loss="binary_cross_entropy", held_out=([[4.0]], [[1.0]]),
    )  # fmt: skip
    assert history.accuracy.tolist() == [0.75, 0.25, 0.75]
    assert history.held_out_accuracy.tolist() == [1, 0, 1]


def test_nothing_held_out_is_none():
    history = train(node(), X, Y, learning_rate=0.1, epochs=2)
    assert history.held_out_loss is None and history.held_out_accuracy is None


# --- patience


def by_patience(places, patience):
    """Return the epoch where patience ends and that of the best, walking through |w|."""
    best = 0
    for epoch, place in enumerate(places):
        if abs(place) < abs(places[best]):
            best = epoch
        if epoch - best >= patience:
            return epoch, best
    return len(places) - 1, best


@pytest.mark.parametrize(
    ("places", "patience", "end", "best"),
    [
        ([6, 5, 4, 3, 4, 5, 6], 2, 5, 3),  # 3 is best at epoch 3, and two epochs later enough
        ([6, 5, 4, 3, 4, 5, 6], 1, 4, 3),
        ([6, 5, 4, 3, 4, 5, 6], 9, 6, 3),  # never out of patience, the best is kept all the same
        ([6, 5, 4, 3, 3, 3, 3, 2], 3, 6, 3),  # as good is not better
        ([6, 5, 7, 7, 4, 7, 7, 7, 1], 3, 7, 4),  # better in time
        ([1, 2, 3, 4], 2, 2, 0),  # the start is best
        ([6, 5, 4, 3], 1, 3, 3),  # better all the time
        ([6, 6], 1, 1, 0),
    ],
)
@pytest.mark.parametrize("block", BLOCKS)
def test_training_stops_so_many_epochs_after_the_best(
    monkeypatch, block, places, patience, end, best
):
    monkeypatch.setattr(byhand.history, "BLOCK", block)
    assert by_patience(places, patience) == (end, best)
    history, network = jumping(*places[1:], start=places[0], patience=patience, **WATCHED)
    assert history.epochs.tolist() == list(range(end + 1))
    assert history.network.parameters[:, 0].tolist() == places[: end + 1]
    assert history.held_out_loss.tolist() == [place**2 / 2 for place in places[: end + 1]]
    assert history.best_epoch == best and network.parameters.tolist() == [places[best]]
    assert repr(history).endswith(f"epoch {end})") and history.diverged_at == -1


@settings(max_examples=60)
@given(
    places=st.lists(st.integers(0, 9), min_size=2, max_size=30),
    patience=st.integers(1, 8),
    overflow=st.none() | st.integers(1, 29),
)
@example(places=[2, 1, 1, 1, 1, 1], patience=2, overflow=5)  # over before it overflows
@example(places=[2, 1, 1, 1, 1, 1], patience=3, overflow=2)  # and the other way round
def test_patience_does_not_depend_on_the_blocks(places, patience, overflow):
    places = [float(place) for place in places]
    end, best = by_patience(places, patience)
    if overflow is not None:
        places[overflow:] = [np.nan] * len(places[overflow:])
    seen = []
    with pytest.MonkeyPatch.context() as patch:
        for block in BLOCKS:
            patch.setattr(byhand.history, "BLOCK", block)
            history, network = jumping(*places[1:], start=places[0], patience=patience, **WATCHED)
            seen.append((history, network))
            assert network.parameters[0] == places[history.best_epoch]
            if overflow is None or end < overflow:
                assert history.epochs[-1] == end and history.best_epoch == best
                assert history.diverged_at == -1
    for history, network in seen[1:]:
        assert_same(history, seen[0][0])
        assert network.parameters == seen[0][1].parameters


def test_patience_ends_the_training_itself(monkeypatch):
    monkeypatch.setattr(byhand.history, "BLOCK", 1)
    jumps = Jumps(*range(2, 100))
    network = Network([1, 1], weights=[1.0], bias=False)
    train(network, [[1.0]], [[0.0]], optimizer=jumps, epochs=90, patience=3, **WATCHED)
    assert jumps.steps == 3


def test_patience_counts_epochs_not_records():
    # Recorded at 0, 4, 8, 12, ...: the best at 4; three epochs later nobody looks; at 8 it is over.
    places = [9, 8, 7, 6, 5, 6, 7, 8, 9, 9, 9, 9, 9, 9, 9, 9]
    history, network = jumping(*places[1:], start=9, patience=3, record=[0, 4, 8, 12], **WATCHED)
    assert history.epochs.tolist() == [0, 4, 8]
    assert history.best_epoch == 4 and network.parameters.tolist() == [5]


def test_patience_waits_for_the_held_out_loss_alone():
    # Trained for y = 0, held out for y = 4: the loss falls with |w|, the held-out loss rises.
    history, network = jumping(3, 2, 1, 0.5, start=4, held_out=([[1.0]], [[4.0]]), patience=2)
    assert history.epochs.tolist() == [0, 1, 2] and network.parameters.tolist() == [4]
    assert (np.diff(history.loss) < 0).all() and history.best_epoch == 0


def test_patience_stops_real_overfitting():
    x = np.linspace(-1, 1, 8)[:, None]
    y = np.sin(3 * x) + np.random.default_rng(1).normal(0, 0.3, (8, 1))
    held_out = (x + 0.1, np.sin(3 * (x + 0.1)))
    options = dict(epochs=4000, held_out=held_out, learning_rate=0.3)
    patient, full = a_net(0, (1, 12, 1)), a_net(0, (1, 12, 1))
    history = train(patient, x, y, patience=50, **options)
    everything = train(full, x, y, **options)
    end = history.epochs[-1]
    assert end == history.best_epoch + 50 < 4000
    np.testing.assert_allclose(
        history.held_out_loss, everything.held_out_loss[: end + 1], rtol=1e-12
    )
    best = everything.network.parameters[history.best_epoch]
    np.testing.assert_array_equal(patient.parameters, best)


def test_best_epoch_without_held_out_is_that_of_the_loss():
    assert jumping(3, 1, 2)[0].best_epoch == 0  # |w| starts at ½
    assert jumping(3, 0.25, 2)[0].best_epoch == 2
    assert jumping(3, 0.25, 2, record=[1, 3])[0].best_epoch == 3


def test_best_epoch_of_many_trainings():
    history = sweep(node(), X, Y, learning_rates=[0.1, 1.0, 50.0], epochs=30, held_out=(X, Y))
    assert history.best_epoch.tolist() == [30, 30, 0]


# --- blocks


@pytest.mark.parametrize("block", BLOCKS[:-1])
@pytest.mark.parametrize("rate", [0.3, 50.0, 1e30, 1e300])
@pytest.mark.parametrize("record", [None, [0, 3, 4, 30, 150], [150]])
def test_blocks_do_not_show(monkeypatch, block, rate, record):
    def run():
        network = a_net(output="sigmoid")
        history = train(
            network, X, np.round(Y), learning_rate=rate, epochs=150, record=record,
            loss="binary_cross_entropy", held_out=(X + 1, np.round(Y)), optimizer=None,
        )  # fmt: skip
        return history, network.parameters

    whole, end = run()
    monkeypatch.setattr(byhand.history, "BLOCK", block)
    history, other_end = run()
    assert_same(history, whole)
    np.testing.assert_array_equal(other_end, end)


@pytest.mark.parametrize("block", BLOCKS[:-1])
def test_blocks_do_not_show_in_a_sweep_where_some_diverge(monkeypatch, block):
    def run():
        rates = [0.1, 3.0, 1e30, 1.0, 1e300]
        return sweep(node(), X, Y, learning_rates=rates, epochs=700, held_out=HELD_OUT)

    whole = run()
    assert (whole.diverged_at >= 0).tolist() == [False, True, True, False, True]
    monkeypatch.setattr(byhand.history, "BLOCK", block)
    assert_same(run(), whole)


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


def test_the_held_out_loss_may_overflow_where_the_loss_does_not():
    held_out = ([[1e150]], [[0.0]])  # ½ (w · 10¹⁵⁰)² leaves float64 from w = 2 · 10⁴ on
    history, network = jumping(2.0, 3e4, 1.0, held_out=held_out)
    assert history.diverged_at == 2 and network.parameters.tolist() == [2]
    assert np.isfinite(history.held_out_loss).all() and history.loss.tolist() == [0.125, 2, 2, 2]


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


def test_on_the_way_back_it_is_no_longer_diverging():
    history, _ = jumping(9, 5, 6)
    assert (history.loss[1:] > history.loss[0]).all()
    assert history.diverged.tolist() == [False, True, False, True]


@pytest.mark.parametrize("gone", [np.nan, np.inf, -np.inf, 1e200])  # ½ (10²⁰⁰)² is infinite
@pytest.mark.parametrize("block", BLOCKS)
def test_once_overflowed_the_last_finite_record_stands(monkeypatch, block, gone):
    monkeypatch.setattr(byhand.history, "BLOCK", block)
    history, network = jumping(1, gone, 2, **WATCHED)
    assert history.diverged_at == 2 and history.diverged.tolist() == [False, True, True, True]
    assert history.network.parameters[:, 0].tolist() == [0.5, 1, 1, 1]
    assert history.loss.tolist() == history.held_out_loss.tolist() == [0.125, 0.5, 0.5, 0.5]
    assert network.parameters.tolist() == [1]
    assert repr(history) == "History(loss 0.125 → 0.5, diverged at epoch 2)"


@pytest.mark.parametrize("block", BLOCKS)
def test_what_has_diverged_does_not_come_back(monkeypatch, block):
    monkeypatch.setattr(byhand.history, "BLOCK", block)
    stack = Network([1, 1], weights=[1.0], bias=False).with_parameters(np.ones((2, 1)))
    jumps = Jumps([[np.nan], [2.0]], [[0.5], [3.0]], [[0.25], [4.0]])
    history = train(stack, [[1.0]], [[0.0]], optimizer=jumps, epochs=3)
    assert history.diverged_at.tolist() == [1, -1]
    assert history.network.parameters[..., 0].tolist() == [[1, 1, 1, 1], [1, 2, 3, 4]]
    assert history.loss.tolist() == [[0.5, 0.5, 0.5, 0.5], [0.5, 2, 4.5, 8]]
    assert stack.parameters.tolist() == [[1], [4]]


def test_where_all_have_diverged_training_ends_early(monkeypatch):
    monkeypatch.setattr(byhand.history, "BLOCK", 1)
    jumps, stack = Jumps([[1.0], [2.0]], [[np.nan], [3.0]], np.nan, 1, 1, 1), np.ones((2, 1))
    networks = Network([1, 1], weights=[1.0], bias=False).with_parameters(stack)
    history = train(networks, [[1.0]], [[0.0]], optimizer=jumps, epochs=500)
    assert jumps.steps == 3 and history.diverged_at.tolist() == [2, 3]
    assert history.epochs.tolist() == list(range(501))
    assert history.network.parameters[0, :, 0].tolist() == [1] + [1] * 500
    assert history.network.parameters[1, :, 0].tolist() == [1, 2, 3] + [3] * 498
    assert history.loss[1].tolist() == [0.5, 2, 4.5] + [4.5] * 498
    assert networks.parameters.tolist() == [[1], [3]]


def test_mini_batches_that_overflow_are_labelled():
    rng = np.random.default_rng(0)
    history = train(node(), X, Y, learning_rate=1e30, epochs=30, batch_size=1, rng=rng)
    assert history.diverged_at > 0 and np.isfinite(history.network.parameters).all()


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("rate", HUGE)
def test_every_loss_diverges_to_finite_numbers(loss, rate):
    output, y = FITTING.get(loss, ("identity", AMOUNTS))
    network = a_net(1, (2, 4, 3 if y is CLASSES else 1), hidden="relu", output=output)
    history = train(network, POINTS, y, learning_rate=rate, epochs=30, loss=loss)
    assert np.isfinite(history.loss).all() and np.isfinite(history.network.parameters).all()
    assert np.isfinite(network.parameters).all()


@settings(max_examples=40)
@given(rate=st.floats(1e-300, 1.7e308), w=st.floats(-1e3, 1e3), x=st.floats(-1e3, 1e3))
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_no_rate_yields_anything_but_finite_numbers(optimizer, rate, w, x):
    network = node(w)
    history = train(
        network, [[x], [1.0]], [[1.0], [0.0]], optimizer=optimizer(rate), epochs=8,
        held_out=([[-x]], [[2.0]]),
    )  # fmt: skip
    for numbers in (history.loss, history.held_out_loss, history.network.parameters):
        assert np.isfinite(numbers).all()
    assert np.isfinite(network.parameters).all()
    assert 0 <= history.best_epoch <= 8 and history.diverged.shape == (9,)


@settings(max_examples=25)
@given(
    rates=st.lists(st.floats(1e-300, 1.7e308), min_size=2, max_size=4),
    block=st.sampled_from(BLOCKS),
    batch_size=st.sampled_from([None, 1, 3]),
)
def test_no_rate_of_a_sweep_yields_anything_but_finite_numbers(rates, block, batch_size):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(byhand.history, "BLOCK", block)
        history = sweep(
            a_net(hidden="relu"), X, Y, learning_rates=rates, epochs=8, batch_size=batch_size,
            rng=np.random.default_rng(0), optimizer=Momentum,
        )  # fmt: skip
    assert np.isfinite(history.loss).all() and np.isfinite(history.network.parameters).all()
    gone = history.diverged_at >= 0
    assert history.diverged[gone, -1].all()


@pytest.mark.parametrize("what", ["loss", "held-out loss"])
def test_a_start_that_is_not_finite_is_refused_by_name(what):
    far = ([[1e200]], [[0.0]])
    data, held_out = (far, HELD_OUT) if what == "loss" else ((X, Y), far)
    text = said(train, node(), *data, learning_rate=0.1, epochs=3, held_out=held_out)
    assert "inf before the first step" in text
    assert ("held" in text) == (what == "held-out loss")


# --- repr


def test_repr_of_a_training_that_went_well():
    history = train(node(), X, Y, learning_rate=1.0, epochs=1)
    assert repr(history) == "History(loss 0.020625 → 0.00507324, epoch 1)"


def test_repr_of_many():
    history = sweep(node(), X, Y, learning_rates=[0.1, 1e300], epochs=9)
    assert repr(history) == "History(2 trainings to epoch 9, 1 diverged)"


# --- the progress bar

SRC = str(Path(byhand.history.__file__).parents[1])

# A clock twenty times as fast: two of its seconds are a tenth of one. And an optimizer that takes
# its time: 40 epochs are at least 0.4 seconds, eight of the clock's.
START = """
import sys, time
for name, one in (("time", 1), ("monotonic", 1), ("perf_counter", 1)):
    real = getattr(time, name)
    setattr(time, name, lambda real=real, start=real(): start + 20 * (real() - start))
from byhand.network import Network
from byhand.optimizers import SGD
from byhand.training import sweep, train

class Slow(SGD):
    def step(self, parameters, gradients):
        time.sleep(0.01)

def run(epochs=40, optimizer=Slow, **options):
    network, X, y = Network([1, 1], weights=[0.5]), [[0.1], [0.9]], [[1.0], [0.0]]
    train(network, X, y, optimizer=optimizer(0.1), epochs=epochs, **options)
"""


def python(script, **options):
    """Run a script in a new interpreter, which finds the same library."""
    return subprocess.Popen(
        [sys.executable, "-c", script], env=os.environ | {"PYTHONPATH": SRC},
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, **options,
    )  # fmt: skip


def on_a_terminal(*scripts):
    """Run scripts, one after the other, where standard error is a terminal.

    Return what the terminal was sent in each of them, and what they printed.
    """
    mark = "<next>"
    script = f"\nprint({mark!r}, file=sys.stderr, end='', flush=True)\n".join(scripts)
    terminal, its_end = pty.openpty()
    termios.tcsetwinsize(its_end, (24, 80))
    process = python(START + script, stderr=its_end)
    os.close(its_end)
    timer = threading.Timer(60, process.kill)
    timer.start()
    sent = b""
    try:
        while some := os.read(terminal, 4096):
            sent += some
    except OSError:  # Linux says so when the other end has closed
        pass
    printed, _ = process.communicate()
    timer.cancel()
    os.close(terminal)
    assert process.returncode == 0, sent.decode()
    return sent.decode().split(mark), printed


def percentages(text):
    return [int(number) for number in re.findall(r"(\d+)%", text)]


def test_where_nobody_watches_nothing_is_shown_or_imported():
    process = python(
        START + "run(); run(progress=False)\n"
        "print([name for name in sys.modules if name.split('.')[0] in ('tqdm', 'IPython')])",
        stderr=subprocess.PIPE,
    )
    out, err = process.communicate(timeout=60)
    assert (out, err) == ("[]\n", "")


def test_nothing_is_written_where_nobody_watches(capsys, monkeypatch):
    monkeypatch.setattr(byhand.history, "DELAY", 0.0)
    train(node(), X, Y, learning_rate=0.1, epochs=50)
    assert capsys.readouterr() == ("", "")


def test_progress_is_shown_when_asked_for(capsys):
    train(node(), X, Y, learning_rate=0.1, epochs=50, progress=True)
    sweep(node(), X, Y, learning_rates=[0.1, 0.2], epochs=60, progress=True)
    out, err = capsys.readouterr()
    assert out == "" and "epochs" in err and "50/50" in err and "60/60" in err


def test_progress_ends_where_the_training_ends(capsys, monkeypatch):
    monkeypatch.setattr(byhand.history, "BLOCK", 1)
    history, _ = jumping(1, *[2] * 500, start=3, patience=3, **WATCHED, progress=True)
    shown = capsys.readouterr().err
    assert history.epochs[-1] == 4 and "/501" in shown and percentages(shown)[-1] <= 1


def test_progress_changes_nothing():
    one, other = a_net(dropout=0.3), a_net(dropout=0.3)
    options = dict(learning_rate=0.1, epochs=20, batch_size=3, held_out=HELD_OUT, patience=5)
    histories = [
        train(network, X, Y, **options, rng=np.random.default_rng(0), progress=progress)
        for network, progress in ((one, True), (other, False))
    ]
    assert_same(*histories)
    np.testing.assert_array_equal(one.parameters, other.parameters)


def test_on_a_terminal_a_bar_appears_when_the_training_takes_long():
    known = "\nprint('tqdm' in sys.modules)"
    (short, refused, long, sparse), printed = on_a_terminal(
        "run(epochs=3, optimizer=SGD)" + known,
        "run(progress=False)" + known,
        "run()" + known,
        "run(record=[0, 40])",
    )
    assert short == refused == "" and printed == "False\nFalse\nTrue\n"
    for shown in (long, sparse):
        assert "epochs" in shown
        # It appears in the first two of eight seconds, moves, ...
        assert 0 < percentages(shown)[0] <= 25 and len(set(percentages(shown))) > 5
        assert "\n" not in shown and shown.split("\r")[-1] == ""  # ... and clears its line


def test_on_a_terminal_a_bar_that_was_asked_for_appears_at_once_and_stays():
    (shown,), _ = on_a_terminal("run(epochs=3, optimizer=SGD, progress=True)")
    assert percentages(shown)[-1] == 100
    assert shown.endswith("\n") and "3/3" in shown.rstrip().split("\r")[-1]


def test_without_tqdm_there_is_no_bar_unless_it_is_asked_for(monkeypatch):
    monkeypatch.setitem(sys.modules, "tqdm", None)
    monkeypatch.setitem(sys.modules, "tqdm.auto", None)
    assert "pip install tqdm" in said(
        train, node(), X, Y, learning_rate=0.1, epochs=2, progress=True
    )
    history = train(node(), X, Y, learning_rate=0.1, epochs=2)
    assert_same(history, train(node(), X, Y, learning_rate=0.1, epochs=2, progress=False))
    (shown,), _ = on_a_terminal("sys.modules['tqdm'] = None\nrun()")
    assert shown == ""


def test_without_standard_error_there_is_no_bar(monkeypatch):
    monkeypatch.setattr(sys, "stderr", None)
    history = train(node(), X, Y, learning_rate=0.1, epochs=2)
    assert history.epochs[-1] == 2


# In a process of its own: the event loops of Jupyter and of the browser's tests do not go together.
NOTEBOOK = """
import json, sys, nbformat
from jupyter_client.manager import start_new_kernel
from nbclient import NotebookClient

cells = json.loads(sys.argv[1])

def kinds(outputs, kind):
    return [output[kind] + output.get("name", "") for output in outputs]

book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
NotebookClient(book, timeout=60).execute()
job = [kinds(cell.outputs, "output_type") for cell in book.cells]

manager, client = start_new_kernel()
person = []
for cell in cells:
    messages = []
    reply = client.execute_interactive(
        cell, allow_stdin=True, stdin_hook=print, output_hook=messages.append, timeout=60
    )
    assert reply["content"]["status"] == "ok", reply
    person.append([
        message["msg_type"] + message["content"].get("name", "") for message in messages
        if message["msg_type"] not in ("status", "execute_input")
    ])
client.stop_channels()
manager.shutdown_kernel(now=True)
print(json.dumps([job, person]))
"""


def test_in_a_notebook_a_bar_appears_for_a_person_and_not_for_a_job():
    cells = [START, "run(epochs=3, optimizer=SGD)", "run()", "run(epochs=3, progress=True)"]
    script = NOTEBOOK.replace("sys.argv[1]", repr(json.dumps(cells)))
    process = python(script, stderr=subprocess.PIPE)
    printed, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    job, person = json.loads(printed)
    assert job[:3] == [[], [], []] and job[3] in (["display_data"], ["streamstderr"])
    assert person[:2] == [[], []]  # not even a message that nobody sees
    for messages in person[2:]:
        assert "display_data" in messages or "streamstderr" in messages
