"""Training: the loop, what it leaves behind, and many learning rates at once."""

import reprlib

import numpy as np

from byhand.losses import loss_named
from byhand.optimizers import SGD, checked_rate


class History:
    """What a training leaves behind.

    Attributes
    ----------
    epochs : ndarray of int, shape (n_records,)
        Epochs that were recorded; epoch 0 is the start, before any step.
    loss : ndarray, shape (..., n_records)
        Loss over all samples at those epochs.
    network : Network
        The network at every recorded epoch, stacked: ``network.layers[0].W`` has shape
        (..., n_records, n_inputs, n_outputs).
    diverged_at : ndarray of int, shape (...)
        First record at which the loss or a parameter was outside the range of float64; −1 where
        none was.  From then on the last finite values stand.
    """

    def __init__(self, epochs, loss, network, diverged_at):
        self.epochs, self.loss = epochs, loss
        self.network, self.diverged_at = network, diverged_at

    @property
    def diverged(self):
        """Boolean, shape (..., n_records): the loss is above the first one recorded, and rising."""
        rising = np.diff(self.loss, axis=-1, prepend=self.loss[..., :1]) > 0
        overflowed = self.diverged_at[..., None] >= 0
        gone = overflowed & (self.epochs >= self.diverged_at[..., None])
        return gone | (rising & (self.loss > self.loss[..., :1]))

    def predict(self, X):
        """Return predictions at every record, shape (..., n_records, n_samples, n_outputs)."""
        return self.network.predict(X)

    def __repr__(self):
        """Say what happened in one line."""
        shape = self.loss.shape[:-1]
        if shape:
            lost = int(np.sum(self.diverged[..., -1]))
            return f"History({shape[0]} trainings to epoch {self.epochs[-1]}, {lost} diverged)"
        at = int(self.diverged_at)
        end = f"diverged at epoch {at}" if at >= 0 else f"epoch {self.epochs[-1]}"
        return f"History(loss {self.loss[0]:.6g} → {self.loss[-1]:.6g}, {end})"


def train(
    network,
    X,
    y,
    *,
    learning_rate=None,
    epochs,
    optimizer=None,
    loss="half_mean_squared_error",
    batch_size=None,
    record=None,
    rng=None,
):
    """Train ``network`` in place: forward, loss, backward, step (Eq. 1.1 to 1.9), again and again.

    Parameters
    ----------
    network : Network
    X : array_like, shape (n_samples, n_inputs)
    y : array_like, shape (n_samples, n_outputs)
    learning_rate : float
        η of plain gradient descent; or give ``optimizer``, any object with ``step(parameters,
        gradients)``.
    epochs : int
        Passes over the data, at least 1.
    loss : str
        A key of `byhand.losses.LOSSES`.
    batch_size : int, optional
        Samples a step, all of them when left out.
    record : array_like of int, optional
        Epochs to keep, every one when left out.
    rng : numpy.random.Generator, optional
        Shuffles the samples before each epoch; needed when ``batch_size`` is less than all.

    Returns
    -------
    History

    Raises
    ------
    ValueError
        In one sentence, if something does not fit.  A training that diverges is a result, not an
        error: see `History.diverged_at`.
    """
    X = network.checked_inputs(X)
    y = network.checked_targets(y, len(X))
    loss = loss_named(loss)
    if (learning_rate is None) == (optimizer is None):
        got = "neither learning_rate nor" if optimizer is None else "both learning_rate and"
        raise ValueError(f"got {got} optimizer: give one of the two, it sets the step.")
    optimizer = SGD(learning_rate) if optimizer is None else optimizer
    if isinstance(optimizer, type) or not hasattr(optimizer, "step"):
        raise ValueError(f"optimizer is {optimizer!r}, expected an object such as SGD(0.1).")
    epochs = _checked_count(epochs, "epochs")
    record = _checked_record(record, epochs)
    batch_size = len(X) if batch_size is None else _checked_count(batch_size, "batch_size")
    if batch_size < len(X) and not isinstance(rng, np.random.Generator):
        raise ValueError(
            f"batch_size is {batch_size} of {len(X)} samples, and rng is {rng!r}: give "
            "rng=np.random.default_rng(0) to draw them."
        )
    stack = network.parameters.shape[:-1]
    rates = np.shape(getattr(optimizer, "learning_rate", 1.0))
    if rates not in ((), stack):
        raise ValueError(
            f"learning_rate has shape {rates}, expected one number: for several use sweep."
        )

    kept = np.empty((*stack, len(record), network.parameters.shape[-1]))
    losses = np.empty((*stack, len(record)))
    diverged_at = np.full(stack, -1)
    last_finite = network.parameters.copy()

    with np.errstate(over="ignore", invalid="ignore"):  # a diverging run is a result
        last_loss = loss.function(network.forward(X), y)
        if not np.isfinite(last_loss).all():
            raise ValueError(
                f"the loss is {last_loss} before the first step, expected a finite number: bring "
                "X, y and the starting weights to ordinary sizes."
            )
        slot = 0
        for epoch in range(epochs + 1):
            if epoch:
                for rows in _batches(len(X), batch_size, rng):
                    y_pred = network.forward(X[rows])
                    network.backward(loss.gradient(y_pred, y[rows]))
                    optimizer.step(network.parameters, network.gradients)
            recorded = slot < len(record) and epoch == record[slot]
            if not recorded and epoch < epochs:
                continue
            now = loss.function(network.forward(X), y)
            finite = np.isfinite(now) & np.isfinite(network.parameters).all(axis=-1)
            alive = finite & (diverged_at < 0)
            diverged_at = np.where(alive | (diverged_at >= 0), diverged_at, epoch)
            last_finite[alive] = network.parameters[alive]
            last_loss = np.where(alive, now, last_loss)
            if recorded:
                kept[..., slot, :], losses[..., slot] = last_finite, last_loss
                slot += 1
    network.parameters[...] = last_finite
    return History(record, losses, network.with_parameters(kept), diverged_at)


def sweep(network, X, y, *, learning_rates, epochs, record=None, loss="half_mean_squared_error"):
    """Train one copy of ``network`` for each learning rate, all in one stacked training.

    A leading axis runs over the rates, so every line of the library does them all at once; the
    result equals the separate trainings.

    Parameters
    ----------
    network : Network
        The common start; left unchanged.
    learning_rates : array_like, shape (n_rates,)
        Each above 0.
    X, y, epochs, record, loss
        As in `train`; full batch.

    Returns
    -------
    History
        With a leading axis of length n_rates.

    Raises
    ------
    ValueError
        In one sentence, if something does not fit.
    """
    network.refuse_stacks()
    rates = checked_rate(learning_rates)
    if rates.ndim != 1:
        raise ValueError(f"learning_rates has shape {rates.shape}, expected (n_rates,).")
    stacked = network.with_parameters(np.tile(network.parameters, (len(rates), 1)))
    return train(stacked, X, y, optimizer=SGD(rates), epochs=epochs, record=record, loss=loss)


def _batches(n_samples, batch_size, rng):
    if batch_size >= n_samples:
        return [np.s_[:]]
    order = rng.permutation(n_samples)
    return [order[start : start + batch_size] for start in range(0, n_samples, batch_size)]


def _checked_count(count, name):
    if isinstance(count, bool) or not isinstance(count, (int, np.integer)) or count < 1:
        raise ValueError(f"{name} is {count!r}, expected a whole number from 1 up.")
    return int(count)


def _checked_record(record, epochs):
    if record is None:
        return np.arange(epochs + 1)
    whole = np.ndim(record) == 1 and np.issubdtype(np.asarray(record).dtype, np.integer)
    kept = np.array(record, dtype=int) if whole else np.array([-1])
    if not len(kept) or kept[0] < 0 or kept[-1] > epochs or (np.diff(kept) <= 0).any():
        got = reprlib.repr(record)
        raise ValueError(f"record is {got}, expected rising whole numbers from 0 to {epochs}.")
    return kept
