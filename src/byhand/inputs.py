"""Inputs: what does not fit is refused in one sentence: what was got, expected, and what to do.

The library's other modules say what they compute; what they refuse stands here.
"""

import reprlib
from functools import wraps

import numpy as np

TINY, HUGE = np.finfo(float).tiny, np.finfo(float).max

# What a loss may be given: least, greatest, in words.
NUMBERS = (-np.inf, np.inf, "finite numbers")
AMOUNTS = (0.0, np.inf, "numbers from 0 up")
POSITIVE = (TINY, np.inf, "numbers above 0")
CHANCES = (0.0, 1.0, "probabilities, 0 to 1")
CLASSES = (0.0, 1.0, "probabilities, 0 to 1, or one whole number a sample, its class")


def shown(value):
    """Return ``value`` in a few words on one line, for a message; an array by its shape."""
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, np.ndarray):
        kind = "complex numbers of " if np.iscomplexobj(value) else ""
        return f"an array of {kind}shape {value.shape}"
    if isinstance(value, (list, tuple)) and any(isinstance(part, np.ndarray) for part in value):
        return f"a {type(value).__name__} of {len(value)}"
    text = " ".join(reprlib.repr(value).split())
    return text if len(text) <= 60 else f"{text[:57]}..."


def listed(value):
    """Return whether ``value`` is a list, a tuple, or an array with an axis to go along."""
    return isinstance(value, (list, tuple)) or (isinstance(value, np.ndarray) and value.ndim > 0)


def real(values, name, expected):
    """Return ``values`` as float64.

    Raises
    ------
    ValueError
        If they are not real numbers.
    """
    try:
        array = np.asarray(values)
        if array.dtype.kind in "biufO":  # neither text nor complex
            return array.astype(float, copy=False)
    except (TypeError, ValueError, OverflowError):
        pass
    raise ValueError(f"{name} is {shown(values)}, expected {expected}.")


def table(values, name, n_columns):
    """Return ``values`` as a finite float64 array (n_samples, n_columns).

    Raises
    ------
    ValueError
        If they are anything else.
    """
    array = real(values, name, f"an array of numbers: give shape (n_samples, {n_columns})")
    if array.ndim != 2 or array.shape[1] != n_columns or not len(array):
        column = f" (for one column: {name}.reshape(-1, 1))" if array.ndim == n_columns == 1 else ""
        raise ValueError(
            f"{name} has shape {array.shape}, expected (n_samples, {n_columns}) with at least one "
            f"row: put one sample in each row{column}."
        )
    if not np.isfinite(array).all():
        row, column = np.argwhere(~np.isfinite(array))[0]
        raise ValueError(
            f"{name} holds {array[row, column]} in row {row}, column {column}, expected finite "
            "numbers: remove that row."
        )
    return array


def layer_sizes(sizes):
    """Return ``sizes`` as a list of int, the inputs and at least one layer.

    Raises
    ------
    ValueError
        If there are fewer, or one is not a whole number from 1 up.
    """
    if not listed(sizes) or len(sizes) < 2:
        raise ValueError(
            f"sizes is {shown(sizes)}: give the inputs and at least one layer, as [1, 1]."
        )
    return [whole(size, "a layer size") for size in sizes]


def table_shape(shape, n_columns, ndim):
    """Return nothing for the shape of an array of samples, (n_samples, n_columns).

    A stack of layers, whose weights have ``ndim`` axes, also takes one table each.

    Raises
    ------
    ValueError
        For any other.
    """
    if len(shape) not in (2, ndim) or shape[-1] != n_columns:
        raise ValueError(
            f"X has shape {shape}, expected (n_samples, {n_columns}): put one sample in each row."
        )


def slopes(dA, layer):
    """Return ``dA`` as float64, one slope for each output of ``layer``.

    Raises
    ------
    ValueError
        If the layer has no outputs yet, or another shape.
    """
    if not layer.A.size:
        raise ValueError("backward has nothing to go back through: call forward first.")
    dA = real(dA, "dA", f"slopes of shape {layer.A.shape}")
    if dA.shape != layer.A.shape:
        raise ValueError(
            f"dA has shape {dA.shape}, the predictions {layer.A.shape}: give one slope for each "
            "prediction."
        )
    return dA


def flat(parameters, n_parameters):
    """Return ``parameters`` as float64 (..., n_parameters).

    Raises
    ------
    ValueError
        If there are more or fewer of them.
    """
    parameters = real(parameters, "parameters", f"{n_parameters} numbers")
    if parameters.shape[-1:] != (n_parameters,):
        raise ValueError(
            f"parameters have shape {parameters.shape}, expected (..., {n_parameters}): give every "
            "weight and bias."
        )
    return parameters


def one_of(registry, name, kind):
    """Return the entry of that name, or ``name`` itself when it is an entry already.

    Raises
    ------
    ValueError
        If there is none of that name.
    """
    if isinstance(name, type(next(iter(registry.values())))):
        return name
    if not isinstance(name, str) or name not in registry:
        from difflib import get_close_matches

        near = get_close_matches(str(name), registry, n=4, cutoff=0)
        raise ValueError(
            f"unknown {kind} {shown(name)}: choose one of the {len(registry)}, such as "
            f"{', '.join(near)}."
        )
    return registry[name]


def registered(registry, entry):
    """Return the name of ``entry``.

    Raises
    ------
    ValueError
        If it is not the one of that name in ``registry``.
    """
    if registry.get(entry.name) is not entry:
        raise ValueError(
            f"{entry.name!r} is one of your own, expected one of the library: a file can only name "
            "those."
        )
    return entry.name


def whole(number, name, least=1):
    """Return ``number`` as an int.

    Raises
    ------
    ValueError
        If it is not a whole number from ``least`` up.
    """
    if isinstance(number, bool) or not isinstance(number, (int, np.integer)) or number < least:
        raise ValueError(f"{name} is {shown(number)}, expected a whole number from {least} up.")
    return int(number)


def between(number, name, low, high):
    """Return ``number``, at least ``low`` and less than ``high``.

    Raises
    ------
    ValueError
        If it is not.
    """
    expected = f"a number from {low} to below {high}"
    value = real(number, name, expected)
    if value.ndim or not low <= value < high:
        raise ValueError(f"{name} is {shown(number)}, expected {expected}.")
    return float(value)


def above_zero(number, name):
    """Return ``number``.

    Raises
    ------
    ValueError
        If it is not finite and above 0.
    """
    value = real(number, name, "a finite number above 0")
    if value.ndim or not 0 < value < np.inf:
        raise ValueError(f"{name} is {shown(number)}, expected a finite number above 0.")
    return float(value)


def generator(rng, purpose):
    """Return ``rng``.

    Raises
    ------
    ValueError
        If it is not a `numpy.random.Generator`.
    """
    if not isinstance(rng, np.random.Generator):
        raise ValueError(f"rng is {shown(rng)}: give rng=np.random.default_rng(0) to {purpose}.")
    return rng


def drawn(rng, layers, deviations, name):
    """Return normal starting weights for each layer, of the standard deviation of that name.

    Raises
    ------
    ValueError
        If there is no such name, or no generator to draw from.
    """
    deviation, weights = one_of(deviations, name, "starting weights"), []
    for layer in layers:
        size = deviation(layer.n_inputs, layer.n_outputs)
        if size:
            size = size * generator(rng, "draw weights").standard_normal(layer.W.shape)
        weights.append(size)
    return weights


def rates(learning_rate, or_zero=False):
    """Return the rate, or the rates, as a float array.

    Raises
    ------
    ValueError
        If one is not a finite number above 0 (or 0 where that is allowed).
    """
    expected = "a finite number above 0, such as 0.1"
    array = real(learning_rate, "learning_rate", expected)
    refused = array[~(np.isfinite(array) & ((array > 0) | (or_zero & (array == 0))))]
    if refused.size or not array.size:
        got = float(refused[0]) if array.ndim and refused.size else learning_rate
        raise ValueError(f"learning_rate is {shown(got)}, expected {expected}.")
    return array


def record(epochs_to_keep, epochs):
    """Return the epochs to keep as an array of int, all of 0 to ``epochs`` for None.

    Raises
    ------
    ValueError
        If they do not rise from 0 or more to ``epochs`` or less.
    """
    if epochs_to_keep is None:
        return np.arange(epochs + 1)
    expected = f"rising whole numbers from 0 to {epochs}"
    given = real(epochs_to_keep, "record", expected)
    if np.asarray(epochs_to_keep).dtype == bool:
        given = given[:0]  # a mask is no list of epochs
    within = given.ndim == 1 and given.size and given[0] >= 0 and given[-1] <= epochs
    kept = given.astype(int) if within else np.array([-1])
    if not within or (kept != given).any() or (np.diff(kept) <= 0).any():
        raise ValueError(f"record is {shown(epochs_to_keep)}, expected {expected}.")
    return kept


def optimizer(given, default, learning_rate, network):
    """Return the optimizer that was given, or ``default`` with the learning rate.

    Raises
    ------
    ValueError
        If not exactly one is given, it has no ``step``, or its rates do not fit the network.
    """
    if (learning_rate is None) == (given is None):
        got = "neither learning_rate nor" if given is None else "both learning_rate and"
        raise ValueError(f"got {got} optimizer: give one of the two, it sets the step.")
    given = default(learning_rate) if given is None else given
    if isinstance(given, type) or not hasattr(given, "step"):
        raise ValueError(f"optimizer is {shown(given)}, expected an object such as SGD(0.1).")
    shape = np.shape(getattr(given, "learning_rate", 1.0))
    if shape not in ((), network.parameters.shape[:-1]):
        raise ValueError(
            f"learning_rate has shape {shape}, expected one number: for several use sweep."
        )
    for remembered in ("velocity", "mean_square"):
        shape = np.shape(getattr(given, remembered, 0.0))
        if shape not in ((), network.parameters.shape):
            raise ValueError(
                f"this {type(given).__name__} has trained parameters of shape {shape}, expected "
                f"{network.parameters.shape}: make a new optimizer for another network."
            )
    return given


def side_by_side(optimizer, learning_rates, networks):
    """Return an optimizer of all rates, and starting parameters (n_trainings, n_parameters).

    Raises
    ------
    ValueError
        If the numbers of rates and networks differ and neither is 1, networks differ in shape, or
        ``optimizer`` is not a function of the rates.
    """
    found = rates(learning_rates)
    n_trainings = max(len(networks), found.size)
    if found.ndim > 1 or {len(networks), found.size} - {1, n_trainings}:
        raise ValueError(
            f"got learning_rates of shape {found.shape} and {len(networks)} networks: give one of "
            "either, or as many of both, (n_trainings,)."
        )
    if len({str(single(network).settings) for network in networks}) != 1:
        raise ValueError("the networks differ, expected copies of one shape: change starts only.")
    if not callable(optimizer):
        raise ValueError(f"optimizer is {shown(optimizer)}, expected a function such as Adam.")
    parameters = np.stack([network.parameters for network in networks])
    parameters = np.tile(parameters, (n_trainings // len(networks), 1))
    return optimizer(np.broadcast_to(found, n_trainings)), parameters


def held_out(given):
    """Return nothing for a pair (X, y).

    Raises
    ------
    ValueError
        For anything else.
    """
    if not isinstance(given, (tuple, list)) or len(given) != 2:
        raise ValueError(f"held_out is {shown(given)}, expected (X, y): give both.")


def claimed(network, gradients):
    """Return ``gradients``, flat or as [dW1, db1, ...], as one flat finite array.

    Raises
    ------
    ValueError
        If shapes or numbers do not fit ``network``.
    """
    shapes = [part.shape for part in network.blocks().values()]
    if isinstance(gradients, (list, tuple)) and any(hasattr(part, "__len__") for part in gradients):
        if len(gradients) != len(shapes):
            raise ValueError(
                f"gradients has {len(gradients)} entries, expected {len(shapes)}: give dW and db "
                "of every layer."
            )
        gradients = [real(part, "a gradient", "an array of slopes") for part in gradients]
        for part, shape in zip(gradients, shapes, strict=True):
            if np.shape(part) != shape:
                raise ValueError(
                    f"a gradient has shape {np.shape(part)}, expected {shape}: the shape of its W "
                    "or b."
                )
        gradients = np.concatenate([np.ravel(part) for part in gradients])
    expected = f"{network.parameters.size} slopes: give dW and db of every layer"
    gradients = real(gradients, "gradients", expected)
    if gradients.shape != network.parameters.shape:
        raise ValueError(
            f"gradients have shape {gradients.shape}, expected {network.parameters.shape}: give "
            "dW and db of every layer."
        )
    if not np.isfinite(gradients).all():
        raise ValueError("gradients hold NaN or infinity, expected finite slopes.")
    return gradients


def patience(epochs, held_out, network):
    """Return the epochs to wait for a better held-out loss, None for no end.

    Raises
    ------
    ValueError
        If nothing is held out, or the network is a stack.
    """
    if epochs is None:
        return None
    if held_out is None:
        raise ValueError("patience waits for the held-out loss: give held_out=(X, y) too.")
    single(network)
    return whole(epochs, "patience")


def starting_values(given, arrays, name):
    """Write ``given``, one entry for each of ``arrays``, into them; a number fills its array.

    Raises
    ------
    ValueError
        If there is not one entry an array, of its shape and finite.
    """
    if not listed(given) or len(given) != len(arrays):
        got = f"a list of {len(given)}" if listed(given) else shown(given)
        raise ValueError(
            f"starting {name} is {got}, expected a list of {len(arrays)}: give one entry a layer."
        )
    for array, value in zip(arrays, given, strict=True):
        value = real(value, f"starting {name}", f"numbers of shape {array.shape}")
        if value.shape not in ((), array.shape):
            raise ValueError(
                f"starting {name} has shape {value.shape}, expected {array.shape}: give that "
                "shape, or one number for all."
            )
        if not np.isfinite(value).all():
            raise ValueError(
                f"starting {name} holds {value[~np.isfinite(value)][0]}, expected finite numbers."
            )
        array[...] = value


def single(network):
    """Return ``network``.

    Raises
    ------
    ValueError
        If it is a stack of networks.
    """
    if network.parameters.ndim != 1:
        raise ValueError(
            f"network is a stack of shape {network.parameters.shape[:-1]}, expected a single one: "
            "take one with with_parameters."
        )
    return network


def data(network, X, y, loss, part=""):
    """Return ``X`` and ``y`` as float64, one row a sample, that fit ``network`` and ``loss``.

    Raises
    ------
    ValueError
        If a shape does not fit, a number is not finite or not one that the loss takes, or the
        output activation gives predictions that the loss cannot take.
    """
    X, output = table(X, f"{part}X", network.layers[0].n_inputs), network.layers[-1]
    predictions, targets = getattr(loss.function, "takes", (NUMBERS, NUMBERS))
    low, high = output.activation.range
    if low < min(predictions[0], 0) or high > predictions[1]:
        raise ValueError(
            f"{loss.name} takes {predictions[2]}, the output {output.activation.name} gives "
            f"{low:g} to {high:g}: choose another output or another loss."
        )
    if targets is CLASSES and real(y, f"{part}y", "an array of numbers").ndim == 1:
        y = one_hot(y, output.n_outputs)
    y = table(y, f"{part}y", output.n_outputs)
    if len(y) != len(X):
        raise ValueError(
            f"{part}X has {len(X)} rows, {part}y has {len(y)}: give one target a sample."
        )
    pair(np.full(y.shape, max(predictions[0], 0.0)), y, predictions, targets)
    return X, y


def takes(predictions, targets, accuracy=None):
    """Say which ``y_pred`` and ``y`` a formula takes: both are checked, then passed on as float64.

    Training checks once, with `data`, and then calls the `bare` formula.
    ``accuracy``, where right and wrong answers can be told apart, is kept beside it.
    """

    def checked(formula):
        @wraps(formula)
        def checking(y_pred, y, *options, **named):
            with np.errstate(over="ignore"):  # the loss of a huge error is infinite
                return formula(*pair(y_pred, y, predictions, targets), *options, **named)

        checking.formula = formula
        return checking

    def put_before(formula):
        loss = checked(formula)
        loss.takes, loss.accuracy = (predictions, targets), accuracy and checked(accuracy)
        return loss

    return put_before


def bare(loss):
    """Return the formula under `takes`, without its checks; a function of one's own as it is."""
    return getattr(loss, "formula", loss)


def pair(y_pred, y, predictions, targets):
    """Return predictions (..., *y.shape) and targets as float64, classes as one-hot rows.

    Raises
    ------
    ValueError
        If the shapes differ (NumPy would broadcast: (4, 1) minus (4,) is a silent (4, 4)), there is
        nothing to average, or a number is not one that the loss takes.
    """
    y_pred, y = (real(part, "y_pred or y", "an array of numbers") for part in (y_pred, y))
    if targets is CLASSES and not y_pred.ndim:
        raise ValueError("predictions are one number, expected one probability a class.")
    if targets is CLASSES and y.ndim < min(2, y_pred.ndim):
        y = one_hot(y, y_pred.shape[-1])
    if y_pred.ndim < y.ndim or y_pred.shape[y_pred.ndim - y.ndim :] != y.shape:
        raise ValueError(
            f"predictions have shape {y_pred.shape}, targets {y.shape}: make the shapes equal."
        )
    if not y.size:
        raise ValueError("there are no targets: a loss needs at least one.")
    for name, array, (low, high, expected) in (
        ("predictions", y_pred, predictions),
        ("targets", y, targets),
    ):
        wrong = array[~(np.isfinite(array) & (low <= array) & (array <= high))]
        if wrong.size:
            raise ValueError(f"{name} hold {wrong.flat[0]}, expected {expected}.")
    if targets is CLASSES and not np.allclose(y.sum(axis=-1), 1):
        raise ValueError("targets do not sum to 1 in each row, expected one probability a class.")
    return y_pred, y


def one_hot(labels, n_classes):
    """Return a row of zeros with a one at its class for each label.

    Parameters
    ----------
    labels : array_like of int, shape (n_samples,)
        0 to ``n_classes`` − 1.
    n_classes : int

    Returns
    -------
    ndarray, shape (n_samples, n_classes)

    Raises
    ------
    ValueError
        If a label is not one of the classes.
    """
    labels = real(labels, "labels", f"whole numbers from 0 to {n_classes - 1}")
    wrong = labels[~np.isin(labels, np.arange(n_classes))]
    if wrong.size:
        raise ValueError(f"label {wrong.flat[0]:g} is not a class: expected 0 to {n_classes - 1}.")
    return np.eye(n_classes)[labels.astype(int)]
