"""Training: the loop, and many trainings at once."""

import numpy as np

from byhand import inputs
from byhand.history import Records, watched
from byhand.losses import loss_named
from byhand.optimizers import SGD


def train(
    network, X, y, *, epochs, learning_rate=None, optimizer=None, loss="half_mean_squared_error",
    batch_size=None, shuffle=True, record=None, held_out=None, patience=None, progress=None,
    rng=None,
):  # fmt: skip
    """Train ``network`` in place: forward, loss, backward, step (Eq. 1.1 to 1.9), again and again.

    Parameters
    ----------
    network : Network
    X : array_like, shape (n_samples, n_inputs)
    y : array_like, shape (n_samples, n_outputs)
        For a categorical loss also whole numbers, shape (n_samples,): the classes.
    learning_rate : float or callable
        η of plain gradient descent, or a schedule; or give ``optimizer``, any object with
        ``step(parameters, gradients)``.
    epochs : int
        Passes over the data, at least 1.
    loss : str
        A key of `byhand.losses.LOSSES`.
    batch_size : int, optional
        Samples a step, all of them when left out.
    shuffle : bool
        Whether mini-batches are drawn anew each epoch, from ``rng``.
    record : array_like of int, optional
        Epochs to keep, every one when left out.
    held_out : tuple of array_like, optional
        ``(X, y)`` that is scored at each record and never trained on.
    patience : int, optional
        Stop once the held-out loss has not improved for so many epochs; the history ends there,
        and the network keeps the parameters of its `History.best_epoch`.
    progress : bool, optional
        Show a progress bar (if tqdm is installed).  Left out: when a person is watching and the
        training takes more than two seconds.
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
    loss, data = loss_named(loss), {}
    if held_out is not None:
        inputs.held_out(held_out)
        data["held_out_"] = inputs.data(network, *held_out, loss, "held_out ")
    data[""] = X, y = inputs.data(network, X, y, loss)
    optimizer = inputs.optimizer(optimizer, SGD, learning_rate, network)
    epochs = inputs.whole(epochs, "epochs")
    record = inputs.record(record, epochs)
    batch_size = len(X) if batch_size is None else inputs.whole(batch_size, "batch_size")
    if batch_size < len(X) and shuffle:
        inputs.generator(rng, f"draw {batch_size} of {len(X)} samples")
    patience = inputs.patience(patience, held_out, network)

    gradient = inputs.bare(loss.gradient)
    schedule = getattr(optimizer, "schedule", None)
    whole = [(X, y)] if batch_size >= len(X) else None
    # With one batch and no dropout, the pass that is recorded is the pass that is learned from.
    one_pass = whole and not network.settings["dropout"]
    parameters, gradients = network.parameters, network.gradients
    records = Records(network, data, loss, np.union1d(record, [0, epochs]), patience)
    with np.errstate(all="ignore"):  # a diverging run is a result
        for epoch in watched(range(epochs + 1), progress):
            recorded = epoch == records.next_epoch
            if recorded:
                y_pred = records.keep()
            if records.done:
                break
            if schedule:
                optimizer.take(schedule(epoch))
            for X_batch, y_batch in whole or batches(X, y, batch_size, shuffle, rng):
                if not (recorded and one_pass):
                    y_pred = network.forward(X_batch, training=True)
                network.backward(gradient(y_pred, y_batch), to_inputs=False)
                optimizer.step(parameters, gradients)
    return records.history(record)


def sweep(network, X, y, *, learning_rates, epochs, optimizer=SGD, **options):
    """Train many networks of one shape in one stacked training.

    A leading axis runs over them, so every line of the library does them all at once; the result
    equals the separate trainings.

    Parameters
    ----------
    network : Network or list of Network
        The common start, or one start for each training (other seeds, other scales); left
        unchanged.
    learning_rates : float or array_like, shape (n_trainings,)
        Above 0; one for all, or one for each training.
    optimizer : callable
        Takes the rates, returns the optimizer: `byhand.optimizers.Adam`, for example.
    X, y, epochs, **options
        As in `train`.

    Returns
    -------
    History
        With a leading axis of length n_trainings.

    Raises
    ------
    ValueError
        In one sentence, if something does not fit.
    """
    starts = network if isinstance(network, (list, tuple)) else [network]
    optimizer, parameters = inputs.side_by_side(optimizer, learning_rates, starts)
    stack = starts[0].with_parameters(parameters)
    return train(stack, X, y, optimizer=optimizer, epochs=epochs, **options)


def batches(X, y, batch_size, shuffle, rng):
    """Return the rows, in a new order, ``batch_size`` at a time: the B of Eq. 4.10."""
    if shuffle:
        order = rng.permutation(len(X))
        X, y = X.take(order, axis=0), np.asfortranarray(y.take(order, axis=0))
    starts = range(0, len(X), batch_size)
    return [(X[start : start + batch_size], y[start : start + batch_size]) for start in starts]
