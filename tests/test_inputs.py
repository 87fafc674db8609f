"""What the library refuses, each in one sentence, and that everything else passes unchanged."""

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from byhand import inputs
from byhand.activations import ACTIVATIONS, Activation
from byhand.losses import LOSSES, Loss
from byhand.network import Network
from byhand.optimizers import SGD, Adam, Momentum, RMSprop
from sentence import Thing, said

FLOATS = st.floats(-1e308, 1e308)
NOT_NUMBERS = [
    "one",
    ["one", "two"],
    [1, "two"],
    1j,
    [1, 2j],
    np.array([[1, 2j]]),
    [[1], [1, 2]],
    {"a": 1},
    [1, 10**400],
    Thing(),
    np.array(["2020-01-01"], dtype="M8[D]"),
]
not_numbers = pytest.mark.parametrize("bad", NOT_NUMBERS, ids=lambda bad: str(bad)[:30])


def a_net(n_inputs=2, n_outputs=1, output="identity", **options):
    return Network([n_inputs, 3, n_outputs], output=output, weights=[0.1, 0.2], **options)


# Numbers


@given(values=arrays(float, array_shapes(min_dims=0), elements=FLOATS))
def test_real_passes_float64_on_uncopied(values):
    array = inputs.real(values, "X", "numbers")
    assert array.dtype == np.float64
    np.testing.assert_array_equal(array, values)
    assert not values.ndim or np.shares_memory(array, values)


@pytest.mark.parametrize(
    "values",
    [
        3,
        True,
        [1, 2],
        (1, 2.5),
        [[1], [2]],
        [],
        np.arange(3),
        np.float32([0.5, 1]),
        np.uint8([200]),
        np.array([True, False]),
        [Fraction(1, 4), Decimal("0.5")],
        np.array([1, 2.5], dtype=object),
        range(3),
    ],
    ids=str,
)
def test_real_takes_whatever_is_a_number(values):
    array = inputs.real(values, "X", "numbers")
    assert array.dtype == np.float64
    assert array.tolist() == np.array(values).astype(float).tolist()


@not_numbers
def test_real_refuses_what_is_not_a_number(bad):
    text = said(inputs.real, bad, "X", "an array of numbers")
    assert text.startswith("X is ") and text.endswith(", expected an array of numbers.")


def test_messages_show_arrays_by_their_shape():
    text = said(inputs.real, np.ones((30, 2)) * 1j, "X", "numbers")
    assert "(30, 2)" in text and "[" not in text


def test_real_shows_what_it_got():
    assert said(inputs.real, ["a", "b"], "X", "numbers") == "X is ['a', 'b'], expected numbers."


# One sentence stays on one line and short, whatever it shows.
BIG_THINGS = [
    np.ones((30, 30)),
    np.ones((30, 30)) * 1j,
    list(range(1000)),
    "text" * 200,
    "two\nlines",
    {number: "x" * 50 for number in range(100)},
    [[np.ones((3, 3))] * 3],
    [10**400],
]


@pytest.mark.parametrize("big", BIG_THINGS, ids=lambda big: type(big).__name__)
@pytest.mark.parametrize(
    "call",
    [
        lambda big: inputs.whole(big, "epochs"),
        lambda big: inputs.between(big, "l2", 0, 1),
        lambda big: inputs.above_zero(big, "h"),
        lambda big: inputs.generator(big, "draw"),
        lambda big: inputs.record(big, 5),
        lambda big: inputs.rates(-inputs.real(big, "learning_rate", "numbers")),
        lambda big: inputs.table(big, "X", 1),
        lambda big: inputs.one_of(ACTIVATIONS, big, "activation"),
        lambda big: Network(big),
        lambda big: Network([1, 1], weights=big),
        lambda big: inputs.held_out(big),
    ],
    ids="whole between above_zero generator record rates table one_of sizes weights held".split(),
)
def test_a_sentence_stays_short_whatever_it_shows(call, big):
    said(call, big)


# Tables of samples


@given(data=st.data(), n_columns=st.integers(1, 4), n_rows=st.integers(1, 5))
def test_table_passes_rows_of_finite_numbers(data, n_columns, n_rows):
    X = data.draw(arrays(float, (n_rows, n_columns), elements=FLOATS))
    np.testing.assert_array_equal(inputs.table(X, "X", n_columns), X)
    np.testing.assert_array_equal(inputs.table(X.tolist(), "X", n_columns), X)


def test_table_makes_float64():
    array = inputs.table([[1, 2], [3, 4]], "X", 2)
    assert array.dtype == np.float64 and array.tolist() == [[1, 2], [3, 4]]


@pytest.mark.parametrize(
    "shape", [(), (2,), (0,), (0, 2), (4, 1), (4, 3), (2, 4), (2, 4, 2), (1, 2, 2)], ids=str
)
def test_table_refuses_another_shape(shape):
    text = said(inputs.table, np.ones(shape), "held_out X", 2)
    assert f"held_out X has shape {shape}, expected (n_samples, 2) with at least one row" in text
    assert "reshape" not in text


def test_table_has_a_recipe_for_one_column():
    text = said(inputs.table, [1, 2, 3], "y", 1)
    assert "y has shape (3,), expected (n_samples, 1)" in text
    assert "(for one column: y.reshape(-1, 1))" in text


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_table_says_where_a_number_is_missing(bad):
    X = np.ones((5, 3))
    X[3, 1] = X[4, 0] = bad
    text = said(inputs.table, X, "X", 3)
    assert f"X holds {bad} in row 3, column 1, expected finite numbers: remove that row" in text


@not_numbers
def test_table_refuses_what_is_not_a_number(bad):
    assert "give shape (n_samples, 2)" in said(inputs.table, bad, "X", 2)


# Single numbers


@pytest.mark.parametrize("number", [1, 7, np.int64(3), np.uint8(200), 10**20])
def test_whole_passes_whole_numbers(number):
    assert inputs.whole(number, "epochs") == number
    assert type(inputs.whole(number, "epochs")) is int


@pytest.mark.parametrize(
    "bad", [0, -1, 1.0, 2.5, np.float64(3), True, np.True_, "3", None, np.nan, [3], 3j]
)
def test_whole_refuses_anything_else(bad):
    shown = bad.item() if isinstance(bad, np.generic) else bad  # 3.0, not np.float64(3.0)
    text = said(inputs.whole, bad, "epochs")
    assert text == f"epochs is {shown!r}, expected a whole number from 1 up."


@given(number=st.floats(0, 1, exclude_max=True))
def test_between_passes_what_lies_between(number):
    assert inputs.between(number, "rho", 0, 1) == number
    assert type(inputs.between(np.float32(0.5), "rho", 0, 1)) is float


@pytest.mark.parametrize("bad", [-1e-300, 1, 1.5, np.inf, -np.inf, np.nan, [0.5], np.ones(2)])
def test_between_refuses_what_lies_outside(bad):
    text = said(inputs.between, bad, "rho", 0, 1)
    assert text.startswith("rho is ") and "expected a number from 0 to below 1" in text


@given(number=st.floats(5e-324, 1e308))
def test_above_zero_passes_finite_numbers_above_0(number):
    assert inputs.above_zero(number, "h") == number


@pytest.mark.parametrize("bad", [0, -0.0, -1, np.inf, np.nan, [1.0], np.ones((2, 2))], ids=str)
def test_above_zero_refuses_the_rest(bad):
    text = said(inputs.above_zero, bad, "h")
    assert text.startswith("h is ") and "expected a finite number above 0" in text


@not_numbers
def test_single_numbers_refuse_what_is_not_a_number(bad):
    assert "rho is" in said(inputs.between, bad, "rho", 0, 1)
    assert "h is" in said(inputs.above_zero, bad, "h")
    assert "epochs is" in said(inputs.whole, bad, "epochs")


@pytest.mark.parametrize("call", [inputs.above_zero, lambda *a: inputs.between(*a, 0, 1)])
def test_none_is_no_number(call):
    assert said(call, None, "h").startswith("h is ")


def test_generator_passes_a_generator():
    rng = np.random.default_rng(0)
    assert inputs.generator(rng, "draw weights") is rng


@pytest.mark.parametrize("bad", [None, 0, "seed", np.random, np.random.RandomState(0)], ids=str)
def test_generator_refuses_anything_else(bad):
    text = said(inputs.generator, bad, "draw weights")
    assert "rng is" in text and "give rng=np.random.default_rng(0) to draw weights" in text


def test_old_generators_are_named_as_what_they_are():
    assert "RandomState" in said(inputs.generator, np.random.RandomState(0), "draw weights")


# Entries of a registry


def test_one_of_finds_by_name_and_passes_entries():
    assert inputs.one_of(LOSSES, "hellinger", "loss") is LOSSES["hellinger"]
    own = Loss("mine", np.subtract, np.subtract)
    assert inputs.one_of(LOSSES, own, "loss") is own


@pytest.mark.parametrize("name", ["", "Hellinger", None, 3, ["hellinger"], ("hellinger",)])
def test_one_of_refuses_other_names_and_offers_four(name):
    text = said(inputs.one_of, LOSSES, name, "loss")
    assert f"unknown loss {name!r}: choose one of the 11, such as " in text
    offered = text.removesuffix(".").partition("such as ")[2].split(", ")
    assert len(set(offered)) == 4 and set(offered) <= set(LOSSES)


def test_one_of_refuses_an_entry_of_another_registry():
    assert "unknown loss" in said(inputs.one_of, LOSSES, ACTIVATIONS["tanh"], "loss")
    assert "unknown activation" in said(
        inputs.one_of, ACTIVATIONS, LOSSES["hellinger"], "activation"
    )


def test_registered_passes_the_name_of_an_entry_only():
    assert inputs.registered(ACTIVATIONS, ACTIVATIONS["tanh"]) == "tanh"
    lookalike = Activation("tanh", np.sin, np.cos, (-1, 1))
    assert "'tanh' is one of your own" in said(inputs.registered, ACTIVATIONS, lookalike)


# What a training asks for


@given(rates=arrays(float, array_shapes(min_dims=0, max_dims=2), elements=st.floats(5e-324, 1e308)))
def test_rates_pass_finite_numbers_above_0(rates):
    np.testing.assert_array_equal(inputs.rates(rates), rates)


@pytest.mark.parametrize("bad", [0, -0.1, np.inf, np.nan, None, [], [0.1, -2.0], [0.1, np.nan]])
def test_rates_refuse_the_rest(bad):
    text = said(inputs.rates, bad)
    assert "learning_rate is" in text and "expected a finite number above 0, such as 0.1" in text


def test_rates_name_the_first_that_is_wrong():
    assert "learning_rate is -2.0," in said(inputs.rates, [0.1, -2.0, -3.0])
    assert "learning_rate is -2.0," in said(inputs.rates, np.array([[0.1, 0.2], [0.3, -2.0]]))


@not_numbers
def test_rates_refuse_what_is_not_a_number(bad):
    assert "learning_rate is" in said(inputs.rates, bad)


def test_rates_of_a_schedule_may_reach_0():
    assert inputs.rates(0.0, or_zero=True) == 0
    assert "learning_rate is" in said(inputs.rates, -0.1, or_zero=True)
    assert "learning_rate is" in said(inputs.rates, 0.0)


def test_record_keeps_every_epoch_unless_told():
    assert inputs.record(None, 3).tolist() == [0, 1, 2, 3]


@pytest.mark.parametrize(
    "kept", [[0], [5], [0, 5], (1, 2, 4), range(6), np.array([0, 3], dtype=np.uint8)], ids=str
)
def test_record_passes_rising_epochs(kept):
    array = inputs.record(kept, 5)
    assert np.issubdtype(array.dtype, np.integer) and array.tolist() == list(kept)


@given(kept=st.sets(st.integers(0, 1000), min_size=1).map(sorted))
@settings(max_examples=30)
def test_record_passes_whatever_rises(kept):
    assert inputs.record(kept, 1000).tolist() == kept


@pytest.mark.parametrize(
    "bad",
    [
        [],
        [-1, 2],
        [0, 6],
        [2, 1],
        [1, 1],
        [0, 3, 2, 5],
        [0.5],
        [0, np.nan],
        [np.nan],
        [[0, 1]],
        3,
        "all",
        ["0"],
        np.array([3, 1], dtype=np.uint8),
        [2**63],
        [1j],
        [[1], [1, 2]],
        {0, 1},
        [None],
        [True],
        [False, True],
    ],
    ids=str,
)
def test_record_refuses_the_rest(bad):
    text = said(inputs.record, bad, 5)
    assert "record is" in text and "expected rising whole numbers from 0 to 5" in text


def test_optimizer_is_given_or_made_of_the_rate():
    own = Adam(0.1)
    assert inputs.optimizer(own, SGD, None, a_net()) is own
    made = inputs.optimizer(None, SGD, 0.25, a_net())
    assert isinstance(made, SGD) and made.learning_rate == 0.25


class Still:
    """An optimizer of one's own needs a step and nothing else."""

    def step(self, parameters, gradients):
        pass


def test_optimizer_may_be_anything_with_a_step():
    own = Still()
    assert inputs.optimizer(own, SGD, None, a_net()) is own


def test_optimizer_and_rate_are_one_too_many():
    assert "both learning_rate and optimizer" in said(inputs.optimizer, SGD(0.1), SGD, 0.1, a_net())
    assert "neither learning_rate nor optimizer" in said(inputs.optimizer, None, SGD, None, a_net())


@pytest.mark.parametrize("bad", [SGD, Adam, Still, "adam", 0.1, np.ones(3)], ids=str)
def test_optimizer_refuses_what_cannot_step(bad):
    text = said(inputs.optimizer, bad, SGD, None, a_net())
    assert "optimizer is" in text and "such as SGD(0.1)" in text


def test_several_rates_need_a_stack_of_as_many():
    text = said(inputs.optimizer, SGD([0.1, 0.2]), SGD, None, a_net())
    assert "learning_rate has shape (2,)" in text and "sweep" in text
    stack = a_net().with_parameters(np.zeros((2, 13)))
    assert inputs.optimizer(SGD([0.1, 0.2]), SGD, None, stack)
    assert "learning_rate has shape (3,)" in said(
        inputs.optimizer, SGD([0.1, 0.2, 0.3]), SGD, None, stack
    )


@pytest.mark.parametrize("kind", [Momentum, RMSprop, Adam])
def test_optimizer_of_another_network_is_refused(kind):
    used = kind(0.1)
    used.step(np.zeros(5), np.ones(5))
    text = said(inputs.optimizer, used, SGD, None, a_net())
    assert kind.__name__ in text and "(5,)" in text and "new optimizer" in text


@pytest.mark.parametrize(
    ("n_rates", "n_networks", "n_trainings"),
    [(0, 1, 1), (1, 1, 1), (3, 1, 3), (1, 3, 3), (3, 3, 3)],
)
def test_side_by_side_repeats_what_is_given_once(n_rates, n_networks, n_trainings):
    rates = 0.1 if not n_rates else [0.1, 0.2, 0.3][:n_rates]
    networks = [a_net().with_parameters(np.full(13, float(number))) for number in range(n_networks)]
    optimizer, parameters = inputs.side_by_side(SGD, rates, networks)
    assert parameters.shape == (n_trainings, 13)
    np.testing.assert_array_equal(
        optimizer.learning_rate, np.broadcast_to(np.ravel(rates), n_trainings)
    )
    for number in range(n_trainings):
        assert (parameters[number] == (number if n_networks > 1 else 0)).all()
    parameters += 1  # copies: the networks keep their start
    assert not networks[0].parameters.any()


@pytest.mark.parametrize(
    ("rates", "n_networks"), [([0.1, 0.2], 3), ([0.1, 0.2, 0.3], 2), ([[0.1], [0.2]], 2), (0.1, 0)]
)
def test_side_by_side_refuses_numbers_that_do_not_match(rates, n_networks):
    text = said(inputs.side_by_side, SGD, rates, [a_net() for _ in range(n_networks)])
    assert f"learning_rates of shape {np.shape(rates)} and {n_networks} networks" in text


@pytest.mark.parametrize(
    "options", [{"n_inputs": 3}, {"output": "tanh"}, {"l2": 0.1}, {"bias": False}], ids=str
)
def test_side_by_side_refuses_networks_of_other_shapes(options):
    assert "the networks differ" in said(inputs.side_by_side, SGD, 0.1, [a_net(), a_net(**options)])


def test_side_by_side_takes_the_same_sizes_written_otherwise():
    networks = [Network(sizes, weights=[1]) for sizes in ([1, 1], (1, 1), np.array([1, 1]))]
    assert inputs.side_by_side(SGD, 0.1, networks)[1].shape == (3, 2)


def test_side_by_side_refuses_stacks_bad_rates_and_bad_optimizers():
    stack = a_net().with_parameters(np.zeros((2, 13)))
    assert "stack of shape (2,)" in said(inputs.side_by_side, SGD, 0.1, [stack])
    assert "learning_rate is" in said(inputs.side_by_side, SGD, [0.1, 0], [a_net()])
    assert "optimizer is" in said(inputs.side_by_side, SGD(0.1), 0.1, [a_net()])
    assert "optimizer is 'adam'" in said(inputs.side_by_side, "adam", 0.1, [a_net()])


@pytest.mark.parametrize("pair", [(1, 2), [1, 2]])
def test_held_out_is_a_pair(pair):
    inputs.held_out(pair)


@pytest.mark.parametrize(
    "bad", [(), (1,), (1, 2, 3), 5, "Xy", np.ones((2, 1)), {"X": 1, "y": 2}], ids=str
)
def test_held_out_refuses_what_is_no_pair(bad):
    text = said(inputs.held_out, bad)
    assert "held_out" in text and "(X, y)" in text


def test_patience_waits_for_ever_or_so_many_epochs():
    assert inputs.patience(None, None, a_net()) is None
    assert inputs.patience(3, ([[1, 2]], [[1]]), a_net()) == 3


def test_patience_needs_something_held_out_and_a_single_network():
    some = ([[1, 2]], [[1]])
    assert "give held_out=(X, y) too" in said(inputs.patience, 3, None, a_net())
    assert "patience is 0" in said(inputs.patience, 0, some, a_net())
    assert "patience is 2.5" in said(inputs.patience, 2.5, some, a_net())
    stack = a_net().with_parameters(np.zeros((2, 13)))
    assert "stack of shape (2,)" in said(inputs.patience, 3, some, stack)


def test_single_passes_a_network_and_refuses_stacks():
    network = a_net()
    assert inputs.single(network) is network
    for stack in ((1,), (4, 2)):
        text = said(inputs.single, network.with_parameters(np.zeros((*stack, 13))))
        assert f"network is a stack of shape {stack}" in text and "with_parameters" in text


# The data of a network and a loss


def test_data_passes_rows_that_fit():
    X, y = inputs.data(a_net(), [[1, 2], [3, 4]], [[5], [6]], LOSSES["mean_squared_error"])
    assert X.dtype == y.dtype == np.float64
    assert X.tolist() == [[1, 2], [3, 4]] and y.tolist() == [[5], [6]]


def test_data_for_one_column_and_two_outputs():
    X, y = inputs.data(
        Network([1, 2], weights=[1]), [[1], [3]], [[5, 7], [6, 8]], LOSSES["mean_squared_error"]
    )
    assert X.shape == (2, 1) and y.shape == (2, 2)


CATEGORICAL = LOSSES["categorical_cross_entropy_from_logits"]


@pytest.mark.parametrize("labels", [[0, 2], (0, 2), np.array([0, 2]), [0.0, 2.0]], ids=repr)
def test_data_makes_one_hot_rows_of_classes(labels):
    _, y = inputs.data(a_net(n_outputs=3), [[1, 2], [3, 4]], labels, CATEGORICAL)
    assert y.tolist() == [[1, 0, 0], [0, 0, 1]]
    _, rows = inputs.data(a_net(n_outputs=3), [[1, 2], [3, 4]], y, CATEGORICAL)
    assert rows.tolist() == y.tolist()


def test_data_makes_no_classes_of_other_targets():
    text = said(inputs.data, a_net(), [[1, 2], [3, 4]], [0, 1], LOSSES["mean_squared_error"])
    assert "y has shape (2,), expected (n_samples, 1)" in text and "y.reshape(-1, 1)" in text


@pytest.mark.parametrize(
    ("X", "y", "fragment"),
    [
        (np.ones((4, 2)), np.ones((3, 1)), "X has 4 rows, y has 3: give one target a sample"),
        (np.ones((4, 2)), np.ones(4), "y has shape (4,), expected (n_samples, 1)"),
        (np.ones((4, 2)), np.ones((4, 2)), "y has shape (4, 2), expected (n_samples, 1)"),
        (np.ones((4, 3)), np.ones((4, 1)), "X has shape (4, 3), expected (n_samples, 2)"),
        (np.ones(4), np.ones((4, 1)), "X has shape (4,)"),
        (np.ones((0, 2)), np.ones((0, 1)), "X has shape (0, 2)"),
        (np.full((4, 2), np.nan), np.ones((4, 1)), "X holds nan in row 0, column 0"),
        (np.ones((4, 2)), [[1], [1], [np.inf], [1]], "y holds inf in row 2, column 0"),
        (np.ones((4, 2)), None, "y"),
        (None, np.ones((4, 1)), "X"),
    ],
)
def test_data_refuses_what_does_not_fit_the_network(X, y, fragment):
    assert fragment in said(inputs.data, a_net(), X, y, LOSSES["half_mean_squared_error"])


@not_numbers
def test_data_refuses_what_is_not_a_number(bad):
    fine, loss = [[1, 2]], LOSSES["mean_squared_error"]
    assert "X is" in said(inputs.data, a_net(), bad, [[1]], loss)
    assert "y is" in said(inputs.data, a_net(), fine, bad, loss)
    said(inputs.data, a_net(n_outputs=3), fine, bad, CATEGORICAL)


def test_data_names_the_part_that_is_wrong():
    loss = LOSSES["mean_squared_error"]
    assert "held_out X has shape (2,)" in said(
        inputs.data, a_net(), [1, 2], [[1]], loss, "held_out "
    )
    assert "held_out y has shape (1,)" in said(
        inputs.data, a_net(), [[1, 2]], [1], loss, "held_out "
    )
    assert "held_out X has 1 rows, held_out y has 2" in said(
        inputs.data, a_net(), [[1, 2]], [[1], [2]], loss, "held_out "
    )


@pytest.mark.parametrize(
    ("loss", "output", "y", "fragment"),
    [
        ("binary_cross_entropy", "sigmoid", 1.5, "targets hold 1.5, expected probabilities"),
        ("binary_cross_entropy_from_logits", "identity", -1, "targets hold -1.0, expected prob"),
        ("itakura_saito", "softplus", 0, "targets hold 0.0, expected numbers above 0"),
        ("hellinger", "softplus", -2, "targets hold -2.0, expected numbers from 0 up"),
        ("categorical_cross_entropy", "softmax", 0.5, "do not sum to 1"),
    ],
)
def test_data_refuses_targets_that_the_loss_cannot_take(loss, output, y, fragment):
    assert fragment in said(inputs.data, a_net(output=output), [[1, 2]], [[y]], LOSSES[loss])


CHANCES = {"sigmoid", "softmax", "binary_step", "gaussian", "sq_rbf"}
FROM_0_UP = CHANCES | {"relu", "softplus"}
TAKEN = dict.fromkeys(LOSSES, set(ACTIVATIONS)) | {
    "binary_cross_entropy": CHANCES,
    "categorical_cross_entropy": CHANCES,
    "hellinger": FROM_0_UP,
    "itakura_saito": FROM_0_UP,
}


@pytest.mark.parametrize("output", ACTIVATIONS)
@pytest.mark.parametrize("loss", LOSSES)
def test_data_refuses_outputs_that_the_loss_cannot_take(loss, output):
    network, row = a_net(n_outputs=2, output=output), [[0.25, 0.75]]
    if output in TAKEN[loss]:
        inputs.data(network, [[1, 2]], row, LOSSES[loss])
    else:
        text = said(inputs.data, network, [[1, 2]], row, LOSSES[loss])
        assert f"{loss} takes" in text and f"the output {output} gives" in text
        assert "choose another output or another loss" in text


def test_data_leaves_an_own_loss_its_own_targets():
    own = Loss("mine", lambda y_pred, y: 0.0, lambda y_pred, y: y_pred)
    _, y = inputs.data(a_net(), [[1, 2]], [[-7.5]], own)
    assert y == -7.5


@pytest.mark.parametrize("label", [-1, 3, 0.5])
def test_data_refuses_labels_that_are_no_classes(label):
    text = said(inputs.data, a_net(n_outputs=3), [[1, 2], [3, 4]], [0, label], CATEGORICAL)
    assert f"label {label} is not a class: expected 0 to 2" in text


# One-hot rows


@given(n_classes=st.integers(1, 6), data=st.data())
def test_one_hot_has_a_one_at_each_class(n_classes, data):
    labels = data.draw(st.lists(st.integers(0, n_classes - 1), min_size=1, max_size=8))
    rows = inputs.one_hot(labels, n_classes)
    assert rows.shape == (len(labels), n_classes) and rows.dtype == np.float64
    assert rows.argmax(axis=-1).tolist() == labels
    assert (rows.sum(axis=-1) == 1).all() and set(np.unique(rows)) <= {0, 1}


def test_one_hot_by_hand():
    assert inputs.one_hot([2, 0], 3).tolist() == [[0, 0, 1], [1, 0, 0]]
    assert inputs.one_hot(np.float64([1.0]), 2).tolist() == [[0, 1]]
    assert inputs.one_hot(np.uint8([1, 0]), 2).tolist() == [[0, 1], [1, 0]]
    assert inputs.one_hot([], 3).shape == (0, 3)


@pytest.mark.parametrize("label", [-1, 3, 100, 0.5, -0.5, np.nan, np.inf])
def test_one_hot_refuses_what_is_no_class(label):
    text = said(inputs.one_hot, [0, label], 3)
    assert f"label {label} is not a class: expected 0 to 2" in text


@not_numbers
def test_one_hot_refuses_what_is_not_a_number(bad):
    assert "label" in said(inputs.one_hot, bad, 3)


# What a loss takes


def pair_of(y_pred, y, takes=(inputs.NUMBERS, inputs.NUMBERS)):
    return inputs.pair(y_pred, y, *takes)


@given(y=arrays(float, array_shapes(max_dims=3, max_side=3), elements=FLOATS), n=st.integers(0, 3))
def test_pair_passes_equal_shapes_and_leading_axes(y, n):
    y_pred = np.stack([y] * n) if n else y
    for passed, given_array in zip(pair_of(y_pred, y), (y_pred, y), strict=True):
        np.testing.assert_array_equal(passed, given_array)


def test_pair_turns_classes_into_rows_for_losses_of_classes_only():
    takes = inputs.NUMBERS, inputs.CLASSES
    assert pair_of(np.ones((2, 3)), [2, 0], takes)[1].tolist() == [[0, 0, 1], [1, 0, 0]]
    assert "shape (2, 3), targets (2,)" in said(pair_of, np.ones((2, 3)), [2, 0])


@pytest.mark.parametrize(
    ("domain", "inside", "outside"),
    [
        (inputs.NUMBERS, [-1e308, 0, 1e308], [np.inf, -np.inf, np.nan]),
        (inputs.AMOUNTS, [0, 5e-324, 1e308], [-5e-324, np.inf, np.nan]),
        (inputs.POSITIVE, [inputs.TINY, 1e308], [0, -1, np.inf, np.nan]),
        (inputs.CHANCES, [0, 5e-324, 0.5, 1], [-5e-324, 1 + 1e-15, np.nan]),
    ],
    ids="NUMBERS AMOUNTS POSITIVE CHANCES".split(),
)
def test_pair_keeps_to_the_domains(domain, inside, outside):
    anything = inputs.NUMBERS
    for number in inside:
        pair_of([number], [1.0], (domain, anything))
        pair_of([1.0], [number], (anything, domain))
    for number in outside:
        words = f"hold {float(number)}, expected {domain[2]}"
        assert f"predictions {words}" in said(pair_of, [1.0, number], [1, 1], (domain, anything))
        assert f"targets {words}" in said(pair_of, [1, 1], [1.0, number], (anything, domain))


@pytest.mark.parametrize("shape", [(0,), (0, 1), (4, 0)], ids=str)
def test_pair_refuses_what_has_no_targets(shape):
    assert "there are no targets" in said(pair_of, np.ones(shape), np.ones(shape))


def test_takes_puts_the_check_before_a_formula_and_keeps_it():
    @inputs.takes(inputs.CHANCES, inputs.NUMBERS)
    def loss(y_pred, y, scale=1.0):
        """Say something."""
        return scale * (y_pred - y)

    assert loss.__doc__ == "Say something." and loss.__name__ == "loss"
    assert loss([0.5], [2]) == -1.5 and loss([0.5], [2], 2.0) == loss([0.5], [2], scale=2.0) == -3
    assert "predictions hold 1.5" in said(loss, [1.5], [2])
    assert loss.formula(np.array([1.5]), np.array([2.0])) == -0.5
    assert loss.takes == (inputs.CHANCES, inputs.NUMBERS)


def test_an_array_without_an_axis_is_no_list():
    assert "give the inputs and at least one layer" in said(inputs.layer_sizes, np.array(3))
    assert "expected a list of 1" in said(inputs.starting_values, np.array(3.0), [np.ones(1)], "W")
