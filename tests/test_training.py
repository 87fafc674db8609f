"""The loop and the sweep: what they do to the network, in which order, and what they refuse."""

from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import byhand.history
from byhand.datasets import four_points
from byhand.inputs import one_hot
from byhand.layers import INITIALISATIONS
from byhand.losses import (
    LOSSES,
    Loss,
    half_mean_squared_error,
    half_mean_squared_error_gradient,
)
from byhand.network import Network
from byhand.optimizers import (
    SGD,
    Adam,
    Momentum,
    Nesterov,
    RMSprop,
    cosine_decay,
    exponential_decay,
)
from byhand.training import sweep, train
from sentence import said

X, Y = (values[:, None] for values in four_points())
HELD_OUT = ([[0.2], [0.5], [1.5]], [[0.1], [0.6], [0.9]])
LABELS = [0, 2, 1, 2]
OPTIMIZERS = [SGD, Momentum, Nesterov, RMSprop, Adam]

# For each loss an output it takes and targets it takes.
FITTING = {
    "half_mean_squared_error": ("identity", Y),
    "mean_squared_error": ("identity", Y),
    "sum_squared_error": ("identity", Y),
    "mean_absolute_error": ("identity", Y),
    "binary_cross_entropy": ("sigmoid", Y),
    "binary_cross_entropy_from_logits": ("identity", Y),
    "categorical_cross_entropy": ("softmax", LABELS),
    "categorical_cross_entropy_from_logits": ("identity", LABELS),
    "exponential": ("identity", Y),
    "hellinger": ("sigmoid", Y),
    "itakura_saito": ("softplus", Y),
}


def node(w=0.5, b=0.0, **options):
    return Network([1, 1], weights=[w], biases=[b], **options)


def a_net(seed=0, sizes=(1, 3, 1), **options):
    return Network(list(sizes), rng=np.random.default_rng(seed), **options)


def fitting(loss, seed=0, **options):
    """Return a net and targets that go with the loss."""
    output, y = FITTING[loss]
    return a_net(seed, (1, 3, 3 if y is LABELS else 1), output=output, **options), y


def rows_seen(n_samples, batch_size, epochs, **options):
    """Train, and return the targets of every step: 0, 1, 2, ..., so each names its row."""
    seen = []

    def gradient(y_pred, y):
        seen.append(y[:, 0].astype(int).tolist())
        return half_mean_squared_error_gradient(y_pred, y)

    y = np.arange(float(n_samples))[:, None]
    spy = Loss("spy", half_mean_squared_error, gradient)
    train(
        node(), y / n_samples, y, learning_rate=0.01, epochs=epochs, loss=spy,
        batch_size=batch_size, **options,
    )  # fmt: skip
    return seen


def rng(seed=0):
    return np.random.default_rng(seed)


def test_there_is_a_fitting_net_for_each_loss():
    assert list(FITTING) == list(LOSSES)


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


def test_a_hidden_layer_and_a_penalty_are_the_loop_written_out():
    network = a_net(sizes=(2, 3, 1), hidden="tanh", output="sigmoid", l2=0.1)
    (W1, W2), (b1, b2) = ([layer.W.copy() for layer in network.dense], [0.0, 0.0])
    points = np.array([[0.0, 1.0], [1.0, 0.5], [-1.0, 2.0]])
    y, losses = np.array([[1.0], [0.0], [1.0]]), []
    history = train(network, points, y, learning_rate=0.4, epochs=5, loss="binary_cross_entropy")
    for _ in range(6):
        A = np.tanh(points @ W1 + b1)
        y_pred = 1 / (1 + np.exp(-(A @ W2 + b2)))
        losses.append(-np.mean(y * np.log(y_pred) + (1 - y) * np.log(1 - y_pred)))
        at_end = W1, b1, W2, b2
        dZ2 = (y_pred - y) / 3  # the slopes of loss and sigmoid, multiplied
        dZ1 = (dZ2 @ W2.T) * (1 - A**2)
        W1, b1 = W1 - 0.4 * (points.T @ dZ1 + 0.1 * W1), b1 - 0.4 * dZ1.sum(axis=0)
        W2, b2 = W2 - 0.4 * (A.T @ dZ2 + 0.1 * W2), b2 - 0.4 * dZ2.sum(axis=0)
    np.testing.assert_allclose(
        network.parameters, np.concatenate([np.ravel(part) for part in at_end]), rtol=1e-13
    )
    np.testing.assert_allclose(history.loss, losses, rtol=1e-13)  # without the penalty


def written_out(network, X, y, optimizer, epochs, loss, batch_size, order):
    """Train with the pieces of the library, as a chapter would write it."""
    for epoch in range(epochs):
        rows = order(epoch)
        for start in range(0, len(X), batch_size):
            batch = rows[start : start + batch_size]
            y_pred = network.forward(X[batch])
            network.backward(LOSSES[loss].gradient(y_pred, y[batch]))
            optimizer.step(network.parameters, network.gradients)


@pytest.mark.parametrize("batch_size", [1, 3, 4])
@pytest.mark.parametrize("l2", [0.0, 0.05])
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_training_is_the_loop_written_out(optimizer, l2, batch_size):
    one, other = a_net(l2=l2), a_net(l2=l2)
    train(
        one, X, Y, optimizer=optimizer(0.05), epochs=7, batch_size=batch_size, rng=rng(3),
        loss="mean_squared_error",
    )  # fmt: skip
    orders = rng(3)
    written_out(
        other, X, Y, optimizer(0.05), 7, "mean_squared_error", batch_size,
        lambda epoch: orders.permutation(4) if batch_size < 4 else np.arange(4),
    )  # fmt: skip
    np.testing.assert_allclose(one.parameters, other.parameters, rtol=1e-15)


@pytest.mark.parametrize("loss", LOSSES)
def test_every_loss_is_trained_by_its_own_gradient(loss):
    (one, y), (other, _) = fitting(loss), fitting(loss)
    train(one, X, y, learning_rate=0.05, epochs=5, loss=loss)
    target = one_hot(y, 3) if y is LABELS else y
    written_out(other, X, target, SGD(0.05), 5, loss, 4, lambda epoch: np.arange(4))
    np.testing.assert_allclose(one.parameters, other.parameters, rtol=1e-15)


@pytest.mark.parametrize("loss", LOSSES)
def test_named_loss_is_the_one_that_falls(loss):
    network, y = fitting(loss)
    history = train(network, X, y, learning_rate=0.05, epochs=3, loss=loss)
    now = LOSSES[loss].function(network.predict(X), y)
    assert history.loss[-1] == pytest.approx(now, rel=1e-14)
    assert (np.diff(history.loss) < 0).all()


def test_twice_the_loss_at_half_the_rate_is_the_same_step():
    one, other = node(), node()
    train(one, X, Y, learning_rate=1.0, epochs=5)
    train(other, X, Y, learning_rate=0.5, epochs=5, loss="mean_squared_error")
    np.testing.assert_allclose(one.parameters, other.parameters, rtol=1e-14)


def test_a_loss_of_your_own_is_trained_too():
    def function(y_pred, y):
        return np.mean((y_pred - y) ** 4, axis=(-1, -2))

    quartic = Loss("quartic", function, lambda y_pred, y: 4 * (y_pred - y) ** 3 / y.size)
    network = node()
    history = train(network, X, Y, learning_rate=1.0, epochs=3, loss=quartic)
    w, b = 0.5, 0.0
    for _ in range(3):
        slope = 4 * (w * X + b - Y) ** 3
        w, b = w - np.mean(slope * X), b - np.mean(slope)
    np.testing.assert_allclose(network.parameters, [w, b], rtol=1e-14)
    assert history.accuracy is None
    assert history.loss[-1] == pytest.approx(np.mean((w * X + b - Y) ** 4), rel=1e-13)


def test_without_biases_only_the_weights_move():
    network = Network([1, 1], weights=[0.5], bias=False)
    train(network, [[1.0], [2.0]], [[1.0], [2.0]], learning_rate=0.2, epochs=1)
    # errors (−0.5, −1), slope the mean of (−0.5 · 1, −1 · 2) = −1.25, 0.5 + 0.2 · 1.25 = 0.75
    assert network.parameters.tolist() == [0.75] and network.layers[0].b.tolist() == [0]


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("batch_size", [2, 4])
def test_training_goes_on_where_it_stopped(optimizer, batch_size):
    in_one, in_two = a_net(), a_net()
    one, two, orders, orders_too = optimizer(0.1), optimizer(0.1), rng(), rng()
    train(in_one, X, Y, optimizer=one, epochs=10, batch_size=batch_size, rng=orders)
    for _ in range(2):
        train(in_two, X, Y, optimizer=two, epochs=5, batch_size=batch_size, rng=orders_too)
    np.testing.assert_array_equal(in_one.parameters, in_two.parameters)


@settings(max_examples=25)
@given(seed=st.integers(0, 999), rate=st.floats(1e-3, 1), batch_size=st.integers(1, 4))
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_same_start_same_end(optimizer, seed, rate, batch_size):
    runs = [
        train(
            a_net(seed, dropout=0.3), X, Y, optimizer=optimizer(rate), epochs=5,
            batch_size=batch_size, held_out=HELD_OUT, rng=rng(seed),
        )
        for _ in range(2)
    ]  # fmt: skip
    np.testing.assert_array_equal(runs[0].loss, runs[1].loss)
    np.testing.assert_array_equal(runs[0].held_out_loss, runs[1].held_out_loss)
    np.testing.assert_array_equal(runs[0].network.parameters, runs[1].network.parameters)


def test_data_are_left_alone_and_lists_will_do():
    network, copies = node(), [X.copy(), Y.copy()]
    train(network, X.tolist(), Y.tolist(), learning_rate=1.0, epochs=3)
    other, fixed = node(), [X.copy(), Y.copy()]
    for array in fixed:
        array.flags.writeable = False
    train(other, *fixed, learning_rate=1.0, epochs=3, held_out=fixed)
    np.testing.assert_array_equal(network.parameters, other.parameters)
    train(other, X, Y, learning_rate=1.0, epochs=3, batch_size=2, rng=rng(), held_out=(X, Y))
    np.testing.assert_array_equal([X, Y], copies)


@pytest.mark.parametrize("kind", [np.float32, np.float16, int])
def test_data_of_other_kinds_are_trained_in_float64(kind):
    one, other, x, y = a_net(), a_net(), np.array([[1], [2], [3]]), np.array([[0], [1], [0]])
    train(one, x.astype(kind), y.astype(kind), learning_rate=0.1, epochs=3)
    train(other, x.astype(float), y.astype(float), learning_rate=0.1, epochs=3)
    assert one.parameters.dtype == np.float64
    np.testing.assert_array_equal(one.parameters, other.parameters)


def test_the_layout_of_the_data_in_memory_does_not_matter():
    points = rng().normal(size=(6, 2))
    y = points[:, :1] ** 2
    one, other = a_net(sizes=(2, 3, 1)), a_net(sizes=(2, 3, 1))
    train(one, points, y, learning_rate=0.1, epochs=4, batch_size=4, shuffle=False)
    strange = np.asfortranarray(points[::-1])[::-1]
    train(other, strange, y, learning_rate=0.1, epochs=4, batch_size=4, shuffle=False)
    np.testing.assert_array_equal(one.parameters, other.parameters)


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


# --- classes


@pytest.mark.parametrize(
    "labels", [LABELS, np.array(LABELS), np.array(LABELS, dtype=np.uint8), [0.0, 2.0, 1.0, 2.0]]
)
@pytest.mark.parametrize(
    "loss", ["categorical_cross_entropy", "categorical_cross_entropy_from_logits"]
)
def test_classes_may_be_whole_numbers(loss, labels):
    (one, _), (other, _) = fitting(loss), fitting(loss)
    rows = np.array([[1, 0, 0], [0, 0, 1], [0, 1, 0], [0, 0, 1]])
    options = dict(learning_rate=0.5, epochs=6, loss=loss, batch_size=3)
    numbered = train(one, X, labels, **options, rng=rng(), held_out=(X[:2], labels[:2]))
    written = train(other, X, rows, **options, rng=rng(), held_out=(X[:2], rows[:2]))
    np.testing.assert_array_equal(one.parameters, other.parameters)
    for score in ("loss", "accuracy", "held_out_loss", "held_out_accuracy"):
        np.testing.assert_array_equal(getattr(numbered, score), getattr(written, score))


@pytest.mark.parametrize(
    ("labels", "wrong"),
    [
        ([0, 1, 2, 3], "3"),
        ([0, 1, -1, 2], "-1"),
        ([0, 0.5, 1, 2], "0.5"),
        ([0, 1, 2, np.nan], "nan"),
    ],
)
def test_labels_that_are_no_classes_are_refused(labels, wrong):
    network, _ = fitting("categorical_cross_entropy")
    assert wrong in said(
        train, network, X, labels, learning_rate=0.1, epochs=1, loss="categorical_cross_entropy"
    )


@pytest.mark.parametrize(
    ("loss", "output"),
    [
        ("binary_cross_entropy", "identity"),
        ("binary_cross_entropy", "tanh"),
        ("binary_cross_entropy", "relu"),
        ("categorical_cross_entropy", "identity"),
        ("categorical_cross_entropy", "softplus"),
        ("hellinger", "identity"),
        ("itakura_saito", "tanh"),
    ],
)
def test_an_output_that_the_loss_cannot_take_is_refused(loss, output):
    network = a_net(sizes=(1, 3, 1), output=output)
    y = [0, 0, 0, 0] if loss.startswith("categorical") else Y
    text = said(train, network, X, y, learning_rate=0.1, epochs=1, loss=loss)
    assert loss in text and output in text


# --- batches


@settings(max_examples=30)
@given(n_samples=st.integers(1, 12), batch_size=st.integers(1, 15), epochs=st.integers(1, 3))
def test_every_row_once_an_epoch(n_samples, batch_size, epochs):
    seen = rows_seen(n_samples, batch_size, epochs, rng=rng())
    steps = -(-n_samples // batch_size)  # rounded up
    assert len(seen) == epochs * steps
    for epoch in range(epochs):
        batches = seen[epoch * steps : (epoch + 1) * steps]
        assert sorted(sum(batches, [])) == list(range(n_samples))
        # All batches are full but the last, which takes what is left.
        assert [len(batch) for batch in batches[:-1]] == [batch_size] * (steps - 1)


def test_batches_come_from_rng():
    assert rows_seen(12, 5, 2, rng=rng(0)) == rows_seen(12, 5, 2, rng=rng(0))
    assert rows_seen(12, 5, 2, rng=rng(0)) != rows_seen(12, 5, 2, rng=rng(1))


def test_batches_are_slices_of_a_new_permutation_each_epoch():
    seen, orders = rows_seen(7, 3, 2, rng=rng(5)), rng(5)
    for epoch in range(2):
        order = orders.permutation(7).tolist()
        assert seen[3 * epoch : 3 * epoch + 3] == [order[:3], order[3:6], order[6:]]
    assert seen[:3] != seen[3:]


def test_single_samples():
    seen, orders = rows_seen(5, 1, 1, rng=rng(2)), rng(2)
    assert seen == [[row] for row in orders.permutation(5)]


@pytest.mark.parametrize("batch_size", [1, 2, 5, 9])
def test_without_shuffling_rows_stay_in_order_and_nothing_is_drawn(batch_size):
    starts, orders = range(0, 5, batch_size), rng()
    rows = [list(range(5))[start : start + batch_size] for start in starts]
    before = orders.bit_generator.state
    assert rows_seen(5, batch_size, 2, shuffle=False) == rows * 2  # no rng needed
    assert rows_seen(5, batch_size, 2, shuffle=False, rng=orders) == rows * 2
    assert orders.bit_generator.state == before


def test_batch_of_all_is_the_full_batch_in_order():
    orders = rng()
    before = orders.bit_generator.state
    assert rows_seen(5, 5, 1, rng=orders) == rows_seen(5, 99, 1) == [[0, 1, 2, 3, 4]]
    assert orders.bit_generator.state == before
    one, other = a_net(), a_net()
    train(one, X, Y, learning_rate=0.3, epochs=3)
    train(other, X, Y, learning_rate=0.3, epochs=3, batch_size=4)
    np.testing.assert_array_equal(one.parameters, other.parameters)


def test_rows_of_x_and_y_stay_together():
    # y = 3x can be learnt exactly only when every target stays with its sample.
    network, x = node(), np.linspace(0, 1, 9)[:, None]
    train(network, x, 3 * x, learning_rate=0.5, epochs=300, batch_size=2, rng=rng())
    np.testing.assert_allclose(network.parameters, [3, 0], atol=1e-6)


# --- dropout


def test_dropout_is_the_loop_written_out():
    one, other, orders, orders_too = *(a_net(1, dropout=0.4) for _ in "12"), rng(), rng()
    history = train(one, X, Y, learning_rate=0.3, epochs=6, batch_size=3, rng=orders)
    for _ in range(6):
        order = orders_too.permutation(4)
        for batch in (order[:3], order[3:]):
            y_pred = other.forward(X[batch], training=True)
            other.backward((y_pred - Y[batch]) / len(batch))
            other.parameters -= 0.3 * other.gradients
    np.testing.assert_allclose(one.parameters, other.parameters, rtol=1e-15)
    without = a_net(1)
    train(without, X, Y, learning_rate=0.3, epochs=6, batch_size=3, rng=rng())
    assert not np.allclose(without.parameters, one.parameters)
    assert history.loss[-1] == pytest.approx(half_mean_squared_error(one.predict(X), Y), rel=1e-14)


@pytest.mark.parametrize("batch_size", [None, 2])
def test_what_is_recorded_is_a_pass_without_dropout(batch_size):
    history = train(
        a_net(dropout=0.5), X, Y, learning_rate=0.3, epochs=8, batch_size=batch_size, rng=rng(),
        held_out=HELD_OUT,
    )  # fmt: skip
    clean = [half_mean_squared_error(y_pred, Y) for y_pred in history.predict(X)]
    np.testing.assert_allclose(history.loss, clean, rtol=1e-14)
    X_held, y_held = HELD_OUT
    clean = [half_mean_squared_error(y_pred, y_held) for y_pred in history.predict(X_held)]
    np.testing.assert_allclose(history.held_out_loss, clean, rtol=1e-14)


@pytest.mark.parametrize("record", [None, [0, 5]])
def test_dropout_draws_in_steps_alone(record):
    # Six steps of 4 × 3 units in each hidden layer, whatever is recorded and held out.
    network = a_net(sizes=(1, 3, 3, 1), dropout=0.5)
    drawn = rng(0)
    drawn.standard_normal(3), drawn.standard_normal(9), drawn.standard_normal(3)  # the start
    train(network, X, Y, learning_rate=0.1, epochs=6, record=record, held_out=HELD_OUT)
    drawn.random(6 * 2 * 4 * 3)
    assert network.rng.bit_generator.state == drawn.bit_generator.state


@pytest.mark.parametrize("batch_size", [None, 1])
def test_a_training_that_broke_leaves_no_dropout_behind(batch_size):
    class Breaks(SGD):
        steps = 0

        def step(self, parameters, gradients):
            self.steps += 1
            if self.steps == 3:
                raise KeyboardInterrupt

    network = a_net(dropout=0.5)
    with pytest.raises(KeyboardInterrupt):
        train(network, X, Y, optimizer=Breaks(0.1), epochs=9, batch_size=batch_size, shuffle=False)
    before = network.rng.bit_generator.state
    np.testing.assert_array_equal(network.forward(X), network.predict(X))
    assert network.rng.bit_generator.state == before


# --- what is held out


@pytest.mark.parametrize("n_rows", [1, 3, 4, 6])
@pytest.mark.parametrize("batch_size", [None, 3])
@pytest.mark.parametrize("dropout", [0.0, 0.4])
def test_held_out_samples_change_nothing_in_the_training(n_rows, batch_size, dropout):
    # With as many rows as are trained on, too: then no shape would give a mix-up away.
    held_out = (np.linspace(-3, 5, n_rows)[:, None], np.ones((n_rows, 1)))
    one, other = a_net(dropout=dropout), a_net(dropout=dropout)
    options = dict(learning_rate=0.3, epochs=6, batch_size=batch_size)
    without = train(one, X, Y, **options, rng=rng())
    with_them = train(other, X, Y, **options, rng=rng(), held_out=held_out)
    np.testing.assert_array_equal(one.parameters, other.parameters)
    np.testing.assert_array_equal(without.loss, with_them.loss)
    np.testing.assert_array_equal(without.network.parameters, with_them.network.parameters)


# --- sweeps


def equal_to_separate(
    make_starts, rates, epochs, make_optimizer=SGD, data=(X, Y), seed=0, **options
):
    """Sweep, train each alone, compare all that is recorded, and return the sweep's history.

    `make_starts` makes the starting networks anew: a network's generator remembers.
    """
    starts = make_starts()
    one_start = isinstance(starts, Network)
    together = sweep(
        starts, *data, learning_rates=rates, epochs=epochs, optimizer=make_optimizer,
        rng=rng(seed), **options,
    )  # fmt: skip
    n_trainings = len(together.loss)
    each_rate = np.broadcast_to(rates, n_trainings).tolist()
    for place in range(n_trainings):
        network = make_starts() if one_start else make_starts()[place]
        alone = train(
            network, *data, optimizer=make_optimizer(each_rate[place]), epochs=epochs,
            rng=rng(seed), **options,
        )  # fmt: skip
        assert together.diverged_at[place] == alone.diverged_at
        close = partial(np.testing.assert_allclose, rtol=1e-12, atol=1e-12)
        close(together.network.parameters[place], alone.network.parameters)
        for score in ("loss", "accuracy", "held_out_loss", "held_out_accuracy"):
            if getattr(alone, score) is None:
                assert getattr(together, score) is None
            else:
                close(getattr(together, score)[place], getattr(alone, score))
    return together


@settings(max_examples=25)
@given(rates=st.lists(st.floats(1e-3, 1.6), min_size=1, max_size=4), seed=st.integers(0, 99))
def test_sweep_equals_separate_trainings(rates, seed):
    history = equal_to_separate(lambda: a_net(seed), rates, epochs=20)
    assert history.loss.shape == (len(rates), 21)
    assert history.network.parameters.shape == (len(rates), 21, 10)


@pytest.mark.parametrize("batch_size", [None, 3, 1])
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_sweep_over_rates_with_each_optimizer(optimizer, batch_size):
    equal_to_separate(a_net, [0.02, 0.1, 0.3], 12, optimizer, batch_size=batch_size)


@pytest.mark.parametrize("optimizer", [SGD, Adam])
def test_sweep_over_seeds(optimizer):
    history = equal_to_separate(
        lambda: [a_net(seed) for seed in range(5)], 0.1, 20, optimizer, batch_size=3
    )
    assert history.loss.shape == (5, 21) and len(set(history.loss[:, 0])) == 5


def test_sweep_over_initial_scales():
    def starts():
        return [a_net(weights=name) for name in INITIALISATIONS] + [
            node_of_three(scale) for scale in (0.1, 1.0, 3.0)
        ]

    def node_of_three(scale):
        network = a_net()
        network.parameters *= scale
        return network

    equal_to_separate(starts, [0.3], 25)


def test_sweep_over_rates_and_seeds_at_once():
    equal_to_separate(
        lambda: (a_net(3), a_net(4), a_net(5)), np.array([0.5, 0.1, 0.3]), 20, Momentum
    )


def test_sweep_of_one_has_a_leading_axis_too():
    assert equal_to_separate(a_net, 0.1, 4).loss.shape == (1, 5)
    assert equal_to_separate(lambda: [a_net()], [0.1], 4).loss.shape == (1, 5)


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("batch_size", [None, 3])
def test_sweep_with_each_loss_and_held_out_samples(loss, batch_size):
    y = FITTING[loss][1]
    history = equal_to_separate(
        lambda: fitting(loss, l2=0.01)[0], [0.02, 0.05], 10, loss=loss, data=(X, y),
        held_out=(X[:3] + 0.1, y[:3]), batch_size=batch_size,
    )  # fmt: skip
    assert history.held_out_loss.shape == (2, 11)


@pytest.mark.parametrize("batch_size", [None, 3])
def test_sweep_with_dropout_draws_what_a_single_training_draws(batch_size):
    equal_to_separate(
        lambda: a_net(2, (1, 4, 3, 1), dropout=0.3), [0.1, 0.5], 10, batch_size=batch_size
    )


def test_sweep_with_a_schedule():
    for schedule in (partial(exponential_decay, factor=0.9), partial(cosine_decay, epochs=15)):
        equal_to_separate(a_net, [0.2, 0.6], 15, lambda rates, at=schedule: Momentum(at(rates)))


def test_sweep_without_shuffling():
    equal_to_separate(a_net, [0.2, 0.6], 5, batch_size=3, shuffle=False)


def test_sweep_passes_record_and_loss_on():
    history = equal_to_separate(
        node, [0.1, 0.2], epochs=9, record=[0, 4, 9], loss="mean_squared_error"
    )
    assert history.epochs.tolist() == [0, 4, 9]
    assert history.loss.shape == (2, 3) and history.predict(X).shape == (2, 3, 4, 1)


def test_sweep_leaves_its_starts_and_rates_alone():
    network, starts, rates = node(), [node(), node(0.7)], np.array([0.1, 1.0])
    sweep(network, X, Y, learning_rates=rates, epochs=3)
    sweep(starts, X, Y, learning_rates=rates, epochs=3)
    assert [place.parameters.tolist() for place in (network, *starts)] == [
        [0.5, 0], [0.5, 0], [0.7, 0],
    ]  # fmt: skip
    assert rates.tolist() == [0.1, 1.0]


def test_sweep_takes_sizes_as_list_or_tuple():
    starts = [Network(sizes, rng=rng()) for sizes in ([1, 3, 1], (1, 3, 1))]
    history = sweep(starts, X, Y, learning_rates=0.1, epochs=1)
    np.testing.assert_array_equal(history.loss[0], history.loss[1])


def test_where_some_diverge_the_others_do_not_notice():
    history = equal_to_separate(node, [0.1, 3.0, 1e30, 1.0, 1e300], epochs=1500)
    assert np.isfinite(history.loss).all() and np.isfinite(history.network.parameters).all()
    assert (history.diverged_at >= 0).tolist() == [False, True, True, False, True]
    assert history.diverged[:, -1].tolist() == [False, True, True, False, True]
    assert history.diverged_at[4] <= history.diverged_at[2] <= history.diverged_at[1]
    assert repr(history) == "History(5 trainings to epoch 1500, 3 diverged)"


@pytest.mark.parametrize("block", [1, 2**16])
def test_where_some_diverge_with_momentum_in_batches(monkeypatch, block):
    monkeypatch.setattr(byhand.history, "BLOCK", block)
    history = equal_to_separate(
        a_net, [0.05, 1e30, 1e200], 40, Momentum, batch_size=3, held_out=HELD_OUT
    )
    assert (history.diverged_at >= 0).tolist() == [False, True, True]


def test_a_stack_of_two_axes_is_trained_side_by_side():
    rates = np.array([[0.1, 0.3, 0.5], [1.0, 1e300, 0.7]])
    stack = a_net().with_parameters(np.tile(a_net().parameters, (2, 3, 1)))
    history = train(stack, X, Y, optimizer=SGD(rates), epochs=6, held_out=HELD_OUT)
    assert history.loss.shape == (2, 3, 7) and history.network.parameters.shape == (2, 3, 7, 10)
    for place in np.ndindex(2, 3):
        network = a_net()
        alone = train(network, X, Y, learning_rate=rates[place], epochs=6, held_out=HELD_OUT)
        for score in ("loss", "held_out_loss", "diverged_at"):
            np.testing.assert_allclose(
                getattr(history, score)[place], getattr(alone, score), rtol=1e-12
            )
        np.testing.assert_allclose(stack.parameters[place], network.parameters, rtol=1e-12)
    assert repr(history) == "History(6 trainings to epoch 6, 1 diverged)"


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
        ({"X": "points"}, "X is 'points', expected an array of numbers"),
        ({"X": X * 1j}, "expected an array of numbers"),
        ({"y": [["high"]] * 4}, "expected an array of numbers"),
        ({"X": None}, "X "),
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
        ({"loss": "mse"}, "unknown loss 'mse': choose one of"),
        ({"loss": None}, "unknown loss None"),
        ({"batch_size": 2}, "rng is None: give rng=np.random.default_rng(0) to draw 2 of 4"),
        ({"batch_size": 2, "rng": 0}, "rng is 0: give rng=np.random.default_rng(0)"),
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
        ({"held_out": X}, "held_out"),
        ({"held_out": (X,)}, "held_out"),
        ({"held_out": 0.2}, "held_out"),
        ({"held_out": (X[:, 0], Y)}, "held_out"),
        ({"held_out": (X, Y[:2])}, "held_out"),
        ({"held_out": (X * np.nan, Y)}, "held_out"),
        ({"held_out": (np.hstack([X, X]), Y)}, "held_out"),
        ({"held_out": (X * 1e200, Y)}, "held"),
        ({"patience": 3}, "give held_out=(X, y) too"),
        ({"patience": 0, "held_out": (X, Y)}, "patience is 0, expected a whole number from 1 up"),
        ({"patience": 1.5, "held_out": (X, Y)}, "patience is 1.5, expected"),
        ({"patience": True, "held_out": (X, Y)}, "patience is True, expected"),
        ({"patience": "long", "held_out": (X, Y)}, "patience is 'long', expected"),
    ],
)
def test_bad_input_is_refused_in_one_sentence(changed, fragment):
    given = {"X": X, "y": Y} | OK | changed
    network = node()
    assert fragment in said(train, network, given.pop("X"), given.pop("y"), **given)
    assert network.parameters.tolist() == [0.5, 0]


def test_patience_is_for_a_single_training():
    stack = node().with_parameters(np.zeros((3, 2)))
    options = dict(epochs=2, held_out=(X, Y), patience=1)
    assert "network is a stack of shape (3,)" in said(
        train, stack, X, Y, learning_rate=0.1, **options
    )
    assert "stack" in said(sweep, node(), X, Y, learning_rates=[0.1, 0.2], **options)


@pytest.mark.parametrize(
    ("rates", "fragment"),
    [
        ([[0.1]], "learning_rates of shape (1, 1)"),
        ([[0.1, 0.2]], "learning_rates of shape (1, 2)"),
        ([], "learning_rate is [], expected"),
        ([0.1, 0], "learning_rate is 0.0, expected"),
        ([0.1, -1], "learning_rate is -1.0, expected"),
        ([np.nan, 1], "learning_rate is nan, expected"),
        (["fast"], "learning_rate is ['fast'], expected"),
        (0, "learning_rate is 0, expected"),
        (cosine_decay(0.1, 3), "learning_rate is <function"),
    ],
)
def test_bad_rates_of_a_sweep_are_refused(rates, fragment):
    assert fragment in said(sweep, node(), X, Y, learning_rates=rates, epochs=2)


def test_sweep_needs_as_many_starts_as_rates():
    for rates in ([0.1, 0.2, 0.3], [0.1] * 4):
        text = said(sweep, [node(), node()], X, Y, learning_rates=rates, epochs=2)
        assert f"learning_rates of shape ({len(rates)},) and 2 networks" in text
    assert "0 networks" in said(sweep, [], X, Y, learning_rates=0.1, epochs=2)


@pytest.mark.parametrize(
    "other",
    [
        partial(a_net, sizes=(1, 4, 1)),
        partial(a_net, sizes=(1, 3, 3, 1)),
        partial(a_net, hidden="relu"),
        partial(a_net, output="tanh"),
        partial(a_net, bias=False),
        partial(a_net, l2=0.1),
        partial(a_net, dropout=0.1),
    ],
)
def test_sweep_of_networks_that_differ_is_refused(other):
    assert "the networks differ" in said(
        sweep, [a_net(), other()], X, Y, learning_rates=0.1, epochs=2
    )


def test_sweep_from_a_stack_is_refused():
    stack = node().with_parameters(np.zeros((3, 2)))
    for start in (stack, [stack, stack], [node(), stack]):
        assert "network is a stack of shape (3,), expected a single one" in said(
            sweep, start, X, Y, learning_rates=[0.1], epochs=2
        )


@pytest.mark.parametrize("optimizer", ["adam", SGD(0.1), None])
def test_sweep_takes_a_function_of_the_rates_as_optimizer(optimizer):
    assert "optimizer is " in said(
        sweep, node(), X, Y, learning_rates=[0.1], epochs=2, optimizer=optimizer
    )


def test_sweep_whose_starts_are_not_all_finite_is_refused_with_one_number():
    starts = [node(w) for w in [0.5, 1e200] * 40]
    assert "the loss is inf before the first step" in said(
        sweep, starts, X, Y, learning_rates=0.1, epochs=2
    )


def test_whole_numbers_of_numpy_are_whole_numbers():
    history = train(
        node(), X, Y, learning_rate=0.1, epochs=np.int32(3), batch_size=np.int64(9),
        record=np.array([0, 3], dtype=np.uint8), held_out=(X, Y), patience=np.uint8(3),
    )  # fmt: skip
    assert history.epochs.tolist() == [0, 3]
