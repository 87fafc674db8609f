"""History: what a training leaves behind, and how it is kept without slowing the training down."""

import importlib.util
import sys
import time

import numpy as np

from byhand.inputs import bare

DELAY = 2.0  # seconds until a progress bar shows itself
BLOCK = 2**16  # numbers: predictions wait until there are as many, then become losses together


class History:
    """What a training leaves behind.

    Attributes
    ----------
    epochs : ndarray of int, shape (n_records,)
        Epochs that were recorded; epoch 0 is the start, before any step.
    loss, held_out_loss : ndarray, shape (..., n_records)
        Loss over all samples at those epochs (without the penalty of ``l2``); the second is None
        when no samples were held out.
    accuracy, held_out_accuracy : ndarray, shape (..., n_records)
        Share of right answers, 0 to 1; None where the loss is not one of classes.
    network : Network
        The network at every recorded epoch, stacked: ``network.layers[0].W`` has shape
        (..., n_records, n_inputs, n_outputs).
    diverged_at : ndarray of int, shape (...)
        First record at which the loss or a parameter was outside the range of float64; −1 where
        none was.  From then on the last finite values stand.
    """

    def __init__(self, epochs, scores, network, diverged_at):
        self.epochs, self.network, self.diverged_at = epochs, network, diverged_at
        self.loss, self.accuracy = scores.get("loss"), scores.get("accuracy")
        self.held_out_loss = scores.get("held_out_loss")
        self.held_out_accuracy = scores.get("held_out_accuracy")

    @property
    def diverged(self):
        """Boolean, shape (..., n_records): the loss is above the first one recorded, and rising."""
        rising = np.diff(self.loss, axis=-1, prepend=self.loss[..., :1]) > 0
        overflowed = self.diverged_at[..., None] >= 0
        gone = overflowed & (self.epochs >= self.diverged_at[..., None])
        return gone | (rising & (self.loss > self.loss[..., :1]))

    @property
    def best_epoch(self):
        """Recorded epoch of the smallest held-out loss (of the loss, if none is), shape (...)."""
        watched = self.loss if self.held_out_loss is None else self.held_out_loss
        return self.epochs[np.argmin(watched, axis=-1)]

    def predict(self, X):
        """Return predictions at every record, shape (..., n_records, n_samples, n_outputs)."""
        return self.network.predict(X)

    def __repr__(self):
        """Say what happened in one line."""
        shape = self.loss.shape[:-1]
        if shape:
            n, lost = np.prod(shape), np.sum(self.diverged[..., -1])
            return f"History({n} trainings to epoch {self.epochs[-1]}, {lost} diverged)"
        at = int(self.diverged_at)
        end = f"diverged at epoch {at}" if at >= 0 else f"epoch {self.epochs[-1]}"
        return f"History(loss {self.loss[0]:.6g} → {self.loss[-1]:.6g}, {end})"


class Records:
    """Keeps parameters and predictions while a network trains, and makes a `History` of them.

    At each record two arrays are copied and nothing is computed.  Once enough predictions wait,
    they become losses together: a stack of predictions costs one call.

    Parameters
    ----------
    network : Network
        The one that is being trained; at the end it gets its last finite, or best, parameters.
    data : dict
        What to score: prefix of the score's name ("held_out_" or "") → (X, y), the training data
        last, so that the layers remember them and not the held-out ones.
    loss : Loss
    epochs : ndarray of int
        Rising, the first 0 and the last the end.
    patience : int or None
        Epochs to wait for a better held-out loss.

    Attributes
    ----------
    next_epoch : int or None
        The next one to record.
    done : bool
        Whether training should stop: at the end, diverged, or out of patience.
    """

    def __init__(self, network, data, loss, epochs, patience):
        self.network, self.data, self.loss = network, data, loss
        self.epochs, self.patience = epochs, patience
        stack = network.parameters.shape[:-1]
        largest = max(y.size for _, y in data.values()) * int(np.prod(stack))
        size = min(len(epochs), max(1, BLOCK // largest))
        self.waiting = {name: np.empty((size, *stack, *y.shape)) for name, (_, y) in data.items()}
        self.passes = [(X, self.waiting[name]) for name, (X, _) in data.items()]
        self.parameters = np.empty((len(epochs), *network.parameters.shape))
        kinds = ["loss", "accuracy"] if loss.accuracy else ["loss"]
        self.scores = {
            name + kind: np.empty((len(epochs), *stack)) for name in data for kind in kinds
        }
        self.diverged_at = np.full(stack, -1)
        self.n_kept = self.n_scored = self.next_epoch = 0
        self.done = False
        self.block_end = 1  # the start is scored at once
        self.following = iter(epochs[1:].tolist())  # Python's numbers compare faster than NumPy's

    def keep(self):
        """Record the present state; return the predictions for the training data.

        Raises
        ------
        ValueError
            If the loss at the start is not finite.
        """
        n = self.n_kept
        self.parameters[n] = self.network.parameters
        for X, waiting in self.passes:
            waiting[n - self.n_scored] = y_pred = self.network.forward(X)
        self.n_kept = n + 1
        self.next_epoch = next(self.following, None)
        if self.n_kept == self.block_end:
            self.done = self._score()
        return y_pred

    def _score(self):
        start, stop = self.n_scored, self.n_kept
        finite = np.isfinite(self.parameters[start:stop]).all(axis=-1)
        for name, (_, y) in self.data.items():
            y_pred = self.waiting[name][: stop - start]
            losses = bare(self.loss.function)(y_pred, y)
            self.scores[f"{name}loss"][start:stop] = losses
            finite &= np.isfinite(losses)
            if self.loss.accuracy:
                self.scores[f"{name}accuracy"][start:stop] = bare(self.loss.accuracy)(y_pred, y)
        finite = np.logical_and.accumulate(finite, axis=0) & (self.diverged_at < 0)
        if not finite.all():
            self._hold_last_finite(start, stop, finite)
        self.n_scored, self.block_end = stop, min(stop + len(self.waiting[""]), len(self.epochs))
        if not finite[-1].any():  # nothing will change any more
            for kept in (self.parameters, *self.scores.values()):
                kept[stop:] = kept[stop - 1]
            self.n_scored = len(self.epochs)
        return self._waited_enough() or stop == len(self.epochs) or not finite[-1].any()

    def _hold_last_finite(self, start, stop, finite):
        if not start:
            name, bad = next(
                (name.replace("_", " "), scores[0][~np.isfinite(scores[0])])
                for name, scores in self.scores.items()
                if not np.isfinite(scores[0]).all()
            )
            raise ValueError(
                f"the {name} is {bad[0]} before the first step, expected a finite number: bring X, "
                "y and the starting weights to ordinary sizes."
            )
        last = start + finite.sum(axis=0) - 1
        now = (self.diverged_at < 0) & ~finite[-1]
        self.diverged_at[now] = self.epochs[last[now] + 1]
        rows = np.minimum(np.arange(start, stop).reshape(-1, *[1] * last.ndim), last)
        for scores in self.scores.values():
            scores[start:stop] = np.take_along_axis(scores, rows, axis=0)
        self.parameters[start:stop] = np.take_along_axis(self.parameters, rows[..., None], axis=0)

    def _waited_enough(self):
        if self.patience is None:
            return False
        losses = self.scores["held_out_loss"][: self.n_scored]
        improved = np.append(True, losses[1:] < np.minimum.accumulate(losses)[:-1])
        best = np.maximum.accumulate(np.where(improved, np.arange(len(losses)), 0))
        waited = self.epochs[: len(losses)] - self.epochs[best] >= self.patience
        if waited.any():
            self.epochs = self.epochs[: np.argmax(waited) + 1]
            self.diverged_at[self.diverged_at > self.epochs[-1]] = -1  # that was not to happen
        return waited.any()

    def history(self, record):
        """Return the history of the epochs in ``record``, and leave the network as it promises."""
        rows = np.flatnonzero(np.isin(self.epochs, record))
        self.network.parameters = self.parameters[len(self.epochs) - 1]
        if self.patience is not None:
            best = rows[np.argmin(self.scores["held_out_loss"][rows])]
            self.network.parameters = self.parameters[best]
        rows = np.s_[: len(rows)] if len(rows) == len(self.epochs) else rows  # a view if it can be
        scores = {name: np.moveaxis(kept[rows], 0, -1) for name, kept in self.scores.items()}
        network = self.network.with_parameters(np.moveaxis(self.parameters[rows], 0, -2))
        return History(self.epochs[rows], scores, network, self.diverged_at)


def watched(epochs, progress):
    """Return ``epochs``, with a progress bar around them when it is asked for or of use.

    ``progress`` None: the bar appears after two seconds, if a person is watching: in a terminal, or
    in a notebook that can be asked questions, which one that is run by a job cannot.

    Raises
    ------
    ValueError
        If a bar is asked for and tqdm is not installed.
    """
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    person = getattr(getattr(shell, "kernel", None), "_allow_stdin", False) or (
        sys.stderr is not None and sys.stderr.isatty()
    )
    if not (progress or (progress is None and person)):
        return epochs
    if importlib.util.find_spec("tqdm"):
        return _with_bar(epochs, delay=0 if progress else DELAY)
    if progress:
        raise ValueError(
            "progress=True shows a bar with tqdm, which is not installed: run pip install tqdm."
        )
    return epochs


def _with_bar(epochs, delay):
    start, bar = time.monotonic(), None
    try:
        for epoch in epochs:
            if bar is not None:
                bar.update()
            elif time.monotonic() - start >= delay:
                from tqdm.auto import tqdm

                bar = tqdm(total=len(epochs) - 1, initial=epoch, unit=" epochs", leave=not delay)
            yield epoch
    finally:
        if bar is not None:
            bar.close()
