"""Chapter 10's exercises: the numbers inside their messages are true, and signatures are read."""

import copy
import math
import re
from itertools import combinations

import numpy as np
import pytest

from byhand.check import same_in_pytorch as chapter
from byhand.check.same_in_pytorch import (
    HAND_NET,
    HAND_ROW,
    PASSES,
    RATE,
    X_LOOP,
    Y_LOOP,
    as_linear,
    backward,
    by_training,
    confusion_matrix,
    count_pairs,
    for_linear,
    never_cleared,
    passes,
    slopes_of,
    standardise,
    taped_net,
    what_it_says,
)
from byhand.check.wording import number
from byhand.datasets import digits
from byhand.losses import sum_squared_error, sum_squared_error_gradient
from byhand.network import Network
from byhand.optimizers import SGD, Momentum

CODE = as_linear, backward, confusion_matrix, standardise


def numbers_in(text):
    """Return the numbers written in a message, as written."""
    return set(re.findall(r"−?\b\d+(?:\.\d+)?(?:e−?\d+)?", text))


def said(exercise):
    """Return what is said of each mistake, both sentences, by its name."""
    return {each.name: f"{each.what} {each.step}" for each in exercise.mistakes}


def test_there_are_six_exercises():
    assert [each.number for each in chapter.EXERCISES] == [f"10.{n}" for n in range(1, 7)]
    for exercise in CODE:
        assert len(exercise.mistakes) >= 14 and not exercise.cases[0].random
        assert sum(case.random for case in exercise.cases) >= 40
        assert all(len(case.label) < 80 for case in exercise.cases)
        assert len({case.label for case in exercise.cases}) == len(exercise.cases)


def test_solutions_and_starters_fit_a_cell():
    for exercise in chapter.EXERCISES:
        for source in (exercise.starter, exercise.solution):
            assert source.count("\n") <= 20 and max(map(len, source.split("\n"))) <= 84


@pytest.mark.parametrize("exercise", CODE, ids=lambda each: each.name)
def test_every_function_known_to_make_a_mistake_gets_its_name(exercise):
    for mistake in exercise.mistakes:
        for way in exercise._wrong_functions(mistake):
            assert exercise(way).mistake == mistake.name


# 10.1


def test_nets_are_of_many_shapes():
    sizes = [[len(W) for W in case.arguments[0]] + [1] for case in as_linear.cases]
    assert {len(each) for each in sizes} == {2, 3, 4}
    shapes = {W.shape for case in as_linear.cases for W in case.arguments[0]}
    assert {(1, 1), (3, 3), (1, 4), (4, 1), (64, 12)} <= shapes
    assert any(W.flags.c_contiguous for case in as_linear.cases for W in case.arguments[0])


@pytest.mark.parametrize(
    "rule",
    [
        lambda W, b: (np.array(W.T), np.array(b)),
        lambda W, b: (W.transpose().copy(), b + 0),
        lambda W, b: (np.stack([*W], axis=1), b.astype(float)),
        lambda W, b: (np.einsum("io->oi", W).copy(), b.copy()),
        lambda W, b: (W.T.tolist(), b.tolist()),
        lambda W, b: (np.copy(W.T, order="C"), b[:].copy()),
    ],
)
def test_any_copy_is_right(rule):
    assert as_linear(chapter._each(rule)).passed
    assert as_linear(lambda *given: tuple(chapter._each(rule)(*given))).passed


def test_borrowed_memory_is_seen_in_any_dress():
    def bias_through_a_view(weights, biases):
        return chapter._each(lambda W, b: (W.T.copy(), b[:]))(weights, biases)

    def second_layer_lent(weights, biases):
        return [W.T if k else W.T.copy() for k, W in enumerate(weights)], biases

    assert as_linear(bias_through_a_view).mistake == "bias lent"
    lent = as_linear(lambda weights, biases: [
        part for k, (W, b) in enumerate(zip(weights, biases, strict=True))
        for part in (W.T if k else W.T.copy(), b.copy())
    ])  # fmt: skip
    assert lent.mistake == "copied if need be" and "weight2 is borrowed" in str(lent)
    assert as_linear(second_layer_lent).mistake == "bundled"


def test_dressed_results_are_told():
    def names(weights, biases):
        arrays = for_linear(weights, biases)
        return {f"{index // 2}.{('weight', 'bias')[index % 2]}": each
                for index, each in enumerate(arrays)}  # fmt: skip

    assert as_linear(names).mistake == "a dict"
    assert "got None" in str(as_linear(lambda weights, biases: print(biases)))
    verdict = as_linear(chapter._each(lambda W, b: (W.T + 1, b.copy())))
    assert verdict.mistake is None and "got 1.8 for weight1[0, 0], expected 0.8" in str(verdict)
    assert as_linear(lambda weights, biases: [object()]).status == "wrong"


def test_ascontiguousarray_lends_a_single_row_or_column():
    for shape, lent in (((1, 4), True), ((4, 1), True), ((2, 3), False)):
        W = np.ones(shape)
        assert np.shares_memory(np.ascontiguousarray(W.T), W) == lent


def test_float32_keeps_seven_digits_of_sixteen():
    digits_kept = [round(-math.log10(np.finfo(kind).eps)) for kind in (np.float32, np.float64)]
    assert digits_kept == [7, 16] and "seven digits" in said(as_linear)["float32"]


def test_pytorch_takes_what_the_solution_returns():
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(0)
    net = Network([3, 5, 2], hidden="sigmoid", weights="xavier", biases=[0.3, -0.2], rng=rng)
    layers = [torch.nn.Linear(3, 5), torch.nn.Sigmoid(), torch.nn.Linear(5, 2)]
    model = torch.nn.Sequential(*layers).double()
    arrays = for_linear([each.W for each in net.dense], [each.b for each in net.dense])
    with torch.no_grad():
        for parameter, array in zip(model.parameters(), arrays, strict=True):
            parameter.copy_(torch.from_numpy(array))
        X = rng.normal(size=(7, 3))
        np.testing.assert_allclose(model(torch.from_numpy(X)).numpy(), net.forward(X), rtol=1e-12)
    names = [name for name, _ in model.named_parameters()]
    assert all(name in as_linear.fact for name in names) and list(model.state_dict()) == names
    assert layers[0].weight.dtype == torch.float64
    assert torch.nn.Linear(1, 1).weight.dtype == torch.float32
    W = np.ones((2, 3))
    torch.from_numpy(W.T).add_(1)
    assert (W == 2).all()  # "Each step of the model would move this net's weights too."


# 10.2


class Recording:
    """An optimizer that writes down each slope before it hands it on."""

    def __init__(self, inner):
        self.inner, self.slopes = inner, []

    def step(self, parameters, gradients):
        """Make the step of the optimizer inside."""
        self.slopes.append(float(gradients[0]))
        self.inner.step(parameters, gradients)


def slopes_of_the_library(optimizer, count):
    network = Network([1, 1], weights=[0.0], bias=False)
    x, y, recording = np.array([[X_LOOP]]), np.array([[Y_LOOP]]), Recording(optimizer)
    for _ in range(count):
        network.backward(sum_squared_error_gradient(network.forward(x), y))
        recording.step(network.parameters, network.gradients)
    return recording.slopes


@pytest.mark.parametrize(
    ("kept", "optimizer"),
    [(0, SGD(RATE)), (0.9, Momentum(RATE, 0.9)), (1, Momentum(RATE, 1 - 1e-13))],
)
def test_the_loop_is_the_librarys(kept, optimizer):
    _, slopes, _ = zip(*passes(6, kept=kept), strict=True)
    np.testing.assert_allclose(slopes, slopes_of_the_library(optimizer, 6), rtol=1e-9)


def test_never_cleared_is_the_sum():
    assert never_cleared.reference == pytest.approx(-24 - 14.4 + 0.96)
    rows = [[number(each) for each in row] for row in passes(PASSES)]
    assert rows == [["0", "−24", "−24"], ["1.2", "−14.4", "−38.4"], ["3.12", "0.96", "−37.44"]]
    table = [line.split() for line in never_cleared.solution.split("\n")[1:4]]
    assert [line[2:] for line in table] == rows
    assert never_cleared(-37.44).passed and "a rounding" in str(never_cleared(-37.2))
    assert "−37.44" not in str(never_cleared(1.0))
    assert max(map(len, repr(never_cleared.given()).split("\n"))) < 75


def test_never_cleared_mistakes_are_told_apart():
    values = [never_cleared.reference] + [each.answer for each in never_cleared.mistakes]
    for one, other in combinations(values, 2):
        gap = abs(one - other)
        assert gap > 3 * never_cleared.tolerance * max(abs(one), abs(other)), (one, other)


def test_pytorch_adds_up_too():
    torch = pytest.importorskip("torch")
    w = torch.zeros(1, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.SGD([w], lr=RATE)
    for _ in range(PASSES):
        ((X_LOOP * w - Y_LOOP) ** 2).sum().backward()
        optimizer.step()
    assert w.grad.item() == pytest.approx(never_cleared.reference)


def test_never_cleared_fact():
    weights = [w for w, *_ in passes(20_000)]
    assert number(min(weights)) == "−0.1623" == number(3 - math.sqrt(10))
    assert number(max(weights)) == "6.162" == number(3 + math.sqrt(10))
    assert {"−0.1623", "6.162", "1"} == numbers_in(never_cleared.fact)
    late = weights[-100:]
    assert min(late) < -0.15 and max(late) > 6.15  # "for ever": nothing has braked
    rng = np.random.default_rng(0)  # "one large batch of several small"
    X, y = rng.normal(size=(6, 3)), rng.normal(size=(6, 1))
    network = Network([3, 1], weights=[0.5])

    def gradients(rows):
        network.backward(sum_squared_error_gradient(network.forward(X[rows]), y[rows]))
        return network.gradients.copy()

    parts = gradients(slice(0, 2)) + gradients(slice(2, 6))
    np.testing.assert_allclose(parts, gradients(slice(None)))


# 10.3


def swept(tape):
    slopes = np.zeros(len(tape))
    slopes[-1] = 1.0
    for j in reversed(range(len(tape))):
        for i, slope in tape[j]:
            slopes[i] += slopes[j] * slope
    return slopes


def test_the_rules_solved_at_once_are_the_walk_from_the_end():
    for case in backward.cases:
        np.testing.assert_allclose(slopes_of(*case.arguments), swept(*case.arguments), atol=1e-12)


def test_the_taped_net_has_the_librarys_slopes():
    rng = np.random.default_rng(3)
    random = (rng.normal(size=(4, 3)), rng.normal(size=(3, 1))), (rng.normal(size=3), np.ones(1))
    for (x, y), (weights, biases) in ((HAND_ROW, HAND_NET), ((rng.normal(size=4), 0.7), random)):
        sizes = [*weights[0].shape, 1]
        net = Network(sizes, hidden="sigmoid", weights=list(weights), biases=list(biases))
        found = slopes_of(taped_net(x, y, weights, biases))[: net.parameters.size]
        net.backward(sum_squared_error_gradient(net.forward(np.array([x])), np.array([[y]])))
        np.testing.assert_allclose(found, net.gradients, rtol=1e-12)
        h, at = 1e-6, net.parameters.copy()
        for place in range(len(at)):
            sides = []
            for sign in (1, -1):
                net.parameters[:] = at
                net.parameters[place] += sign * h
                sides.append(sum_squared_error(net.forward(np.array([x])), np.array([[y]])))
            assert found[place] == pytest.approx((sides[0] - sides[1]) / (2 * h), rel=1e-5)


def test_tapes_hold_what_is_awkward():
    tapes = [case.arguments[0] for case in backward.cases]
    assert any(len(tape) == 1 for tape in tapes)
    assert any(len({i for i, _ in pairs}) < len(pairs) for tape in tapes for pairs in tape)
    used = [{i for pairs in tape for i, _ in pairs} for tape in tapes]
    assert any(len(each) < len(tape) - 1 for each, tape in zip(used, tapes, strict=True))
    assert all(i < j for tape in tapes for j, pairs in enumerate(tape) for i, _ in pairs)


@pytest.mark.parametrize(
    "right",
    [
        swept,
        lambda tape: swept(tape).tolist(),
        lambda tape: tuple(swept(tape)),
    ],
)
def test_any_sweep_is_right(right):
    assert backward(right).passed


def test_walking_every_path_is_right_too():
    def every_path(tape):
        slopes = [0.0] * len(tape)

        def visit(j, along):
            slopes[j] += along
            for i, slope in tape[j]:
                visit(i, along * slope)

        visit(len(tape) - 1, 1.0)
        return slopes

    def pulled(tape):
        slopes = [0.0] * len(tape)
        slopes[-1] = 1.0
        for i in reversed(range(len(tape) - 1)):
            for j in range(i + 1, len(tape)):
                slopes[i] += sum(slopes[j] * slope for k, slope in tape[j] if k == i)
        return slopes

    assert backward(every_path).passed and backward(pulled).passed


def changed(change):
    def wrong(tape):
        slopes = swept(tape)
        change(slopes, tape)
        return slopes

    return wrong


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda s, tape: s.__setitem__(-1, 2.0), "The last number itself has the slope 2 instead"),
        (lambda s, tape: s.__setitem__(0, 9.0 + s[0]), "v0 is the first to go wrong: it is used by "
         "v2 with slope 3, by v3 with slope 1."),
        (lambda s, tape: s.__setitem__(s == 0, 7.0), "v1 is the first to go wrong: nothing is made "
         "from it."),
        (lambda s, tape: s.__setitem__(0, s[0] + (len(tape) > 15)), "and 1 more"),
        (lambda s, tape: s.__setitem__(0, np.nan), "nan or infinity"),
    ],
)  # fmt: skip
def test_an_unknown_walk_is_told_where_it_goes_wrong(change, words):
    if "more" in words:
        many = [((), *[((0, 1.0),)] * 3, ((0, 2.0), (1, 1.0), (2, 1.0), (3, 1.0)))]
        one = backward.cases[0].__class__("a sum of four", tuple(many))
        exercise = copy.copy(backward)
        object.__setattr__(exercise, "cases", (one,))
        exercise.__dict__.pop("expected", None)
        verdict = exercise.judge(changed(lambda s, tape: s.__setitem__(0, 1.5)))
    else:
        verdict = backward(changed(change))
    assert verdict.mistake is None and words in str(verdict)


def test_the_tape_is_left_alone():
    assert all(isinstance(pairs, tuple) for case in backward.cases for pairs in case.arguments[0])


def test_backward_fact():
    tape = taped_net(*HAND_ROW, *HAND_NET)
    n_parameters = sum(each.size for group in HAND_NET for each in group)
    assert "20 pairs, and 20 products give all 13 slopes" in backward.fact
    assert (sum(map(len, tape)), n_parameters) == (20, 13)


# 10.4


def by_loop(true, predicted, n_classes):
    counts = [[0] * n_classes for _ in range(n_classes)]
    for t, p in zip(true, predicted, strict=True):
        counts[t][p] += 1
    return counts


def with_add_at(true, predicted, n_classes):
    counts = np.zeros((n_classes, n_classes), dtype=int)
    np.add.at(counts, (true, predicted), 1)
    return counts


def with_bincount(true, predicted, n_classes):
    flat = np.bincount(true * n_classes + predicted, minlength=n_classes**2)
    return flat.reshape(n_classes, n_classes)


def with_a_mask(true, predicted, n_classes):
    return [
        [np.sum((true == t) & (predicted == p)) for p in range(n_classes)]
        for t in range(n_classes)
    ]  # fmt: skip


@pytest.mark.parametrize("right", [by_loop, with_add_at, with_bincount, with_a_mask])
def test_any_count_is_right(right):
    assert confusion_matrix(right).passed
    for case in confusion_matrix.cases:
        np.testing.assert_array_equal(count_pairs(*case.arguments), right(*case.arguments))


def test_readings_are_awkward():
    given = [case.arguments for case in confusion_matrix.cases]
    assert {len(true) for true, *_ in given} >= {1, 3, 360} and {n for *_, n in given} >= {1, 2, 10}
    assert any(max(true.max(), read.max()) < n - 1 for true, read, n in given)
    assert any((true == read).all() for true, read, _ in given)
    assert any((true != read).all() for true, read, _ in given)
    counts = [count_pairs(*each) for each in given]
    assert sum((each != each.T).any() for each in counts) > 30 and max(map(np.max, counts)) > 20


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (lambda t, p, n: count_pairs(t, p, n)[::-1], "Every column adds up as it should"),
        (lambda t, p, n: count_pairs(t, (p + 1) % n, n), "Every row adds up as it should"),
        (lambda t, p, n: count_pairs(t, p, n) + np.eye(n), "The entries add up to 5; there are 3"),
        (lambda t, p, n: 2 * count_pairs(t, p, n), "The entries add up to 6; there are 3 images"),
        (lambda t, p, n: count_pairs(t, p, n) * np.inf, "nan or infinity"),
        (lambda t, p, n: count_pairs((t + 1) % n, (p + 1) % n, n) if n > 2 else np.eye(n),
         "The entries add up to 2"),
        (lambda t, p, n: list(zip(t, p, strict=True)), "The kind or the shape"),
    ],
)  # fmt: skip
def test_an_unknown_table_is_told_by_its_sums(wrong, words):
    verdict = confusion_matrix(wrong)
    assert words in str(verdict) and verdict.mistake is None


def test_two_mistakes_at_once():
    def turned_and_once(true, predicted, n_classes):
        counts = np.zeros((n_classes, n_classes))
        counts[predicted, true] += 1
        return counts

    assert confusion_matrix(turned_and_once).mistake == "each pair once + transposed"


def test_confusion_fact():
    y = digits()[1]
    table = count_pairs(y, np.full(len(y), 3), 10)
    assert np.count_nonzero(table.sum(axis=0)) == 1
    assert numbers_in(confusion_matrix.fact) == {"3", str(len(y)), str(int(np.trace(table)))}
    assert (len(y), np.trace(table)) == (1797, 183)


# 10.5


def in_place_of_copies(train, held_out):
    train, held_out = train.copy(), held_out.copy()
    mean, deviation = train.mean(axis=0), train.std(axis=0)
    for table in (train, held_out):
        table -= mean
        table[:, deviation > 0] /= deviation[deviation > 0]
    return train, held_out


def column_by_column(train, held_out):
    def one(table):
        columns = []
        for column, given in zip(table.T, train.T, strict=True):
            spread = math.sqrt(np.mean((given - given.mean()) ** 2))
            columns.append((column - given.mean()) / (spread or 1))
        return np.array(columns).T

    return one(train), one(held_out)


def tiny_counts_as_0(train, held_out):
    mean, deviation = np.mean(train, 0, keepdims=True), np.std(train, 0, keepdims=True)
    deviation[deviation < 1e-9] = 1
    return [(table - mean) / deviation for table in (train, held_out)]


@pytest.mark.parametrize("right", [in_place_of_copies, column_by_column, tiny_counts_as_0])
def test_any_way_to_standardise_is_right(right):
    assert standardise(right).passed


def test_tables_are_awkward():
    pairs = [case.arguments for case in standardise.cases]
    still = [(train.std(axis=0) == 0) for train, _ in pairs]
    assert sum(each.any() for each in still) > 10 and any(not each.any() for each in still)
    told = [(held[:, each] != train[0, each]).any() for (train, held), each in
            zip(pairs, still, strict=True) if each.any()]  # fmt: skip
    assert sum(told) > 10
    assert {len(train) for train, _ in pairs} >= {1, 2, 3, 40}
    assert {train.shape[1] for train, _ in pairs} >= {1, 2, 3, 4, 64}
    assert any(len(held) == 1 for _, held in pairs)
    for train, held in pairs:
        ours, theirs = by_training(train, held)
        np.testing.assert_allclose(ours.mean(axis=0), 0, atol=1e-8)
        varies = train.std(axis=0) > 0
        np.testing.assert_allclose(ours.std(axis=0), varies * 1.0, atol=1e-9)
        assert np.isfinite(theirs).all()


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (lambda t, h: (by_training(t, h)[0], by_training(t, h)[1] + 1), "train is right in every"),
        (chapter._with(guard=lambda d: np.where(d == 0, 2.0, d)), "Right in every pixel that var"),
        (lambda t, h: tuple(2 * each for each in by_training(t, h)), "is 2 times what it should"),
        (lambda t, h: tuple(each.T for each in by_training(t, h)), "The kind or the shape"),
        (lambda t, h: (t / 16, h / 16), "Work this case through"),
    ],
)
def test_an_unknown_standard_is_told_what_is_right(wrong, words):
    verdict = standardise(wrong)
    assert words in str(verdict) and verdict.mistake is None


def test_writing_into_train_is_noticed():
    def in_place(train, held_out):
        train -= train.mean(axis=0)
        return train, held_out

    assert standardise(in_place).mistake == "in place"


def test_overwritten_train_is_told():
    def overwritten(train, held_out):
        def spread(table):
            return np.where(table.std(axis=0) < 1e-9, 1, table.std(axis=0))

        train = (train - train.mean(axis=0)) / spread(train)
        return train, (held_out - train.mean(axis=0)) / spread(train)

    assert standardise(overwritten).mistake == "held-out as it came"


def test_standardise_fact():
    X, _ = digits()
    blank = np.flatnonzero(X.std(axis=0) == 0)
    assert blank.tolist() == [0, 32, 39] and not X[:, blank].any()
    (one,) = np.flatnonzero(X[:, 56])
    assert np.delete(X, one, axis=0)[:, 56].std() == 0
    assert numbers_in(standardise.fact) == {"0", "32", "39", "56", "1797"}


# 10.6


def test_what_the_result_says():
    n, p = 360, 353 / 360
    error = math.sqrt(p * (1 - p) / n)
    assert (number(p - 2 * error, 3), number(p + 2 * error, 3)) == ("0.966", "0.995")
    assert all("0.966 to 0.995" in what_it_says.choices[letter] for letter in "bc")
    assert numbers_in(what_it_says.question) == {"1797", "360", "353", "13"}
    assert [number(each) for each in (p, 1 - p)] == ["0.9806", "0.01944"]
    assert {"0.9806", "0.0194", "0.0073", "0.0146"} <= numbers_in(what_it_says.solution)
    assert (round(error, 4), round(2 * error, 4)) == (0.0073, 0.0146)
    words = said(what_it_says)
    assert number(error * n, 3) == "2.62" and "2.62 images" in words["three images"]
    assert n - 353 == 7 and 353 - 350 == 3 and 2 * 0.5**3 == 1 / 4
    assert math.sqrt(p * (1 - p) / (4 * n)) == pytest.approx(error / 2)
    assert math.sqrt(p * (1 - p) / (16 * n)) == pytest.approx(error / 4)
    assert len(digits()[0]) == 1797


def test_what_it_says_shows_its_options():
    assert what_it_says("c").passed and what_it_says("(C)").passed
    options = repr(what_it_says.options())
    assert max(map(len, options.split("\n"))) <= 66
    assert set(what_it_says.choices) == {"c"} | {each.answer for each in what_it_says.mistakes}


def test_what_it_says_fact():
    assert number((1 - 1 / 120) ** 360) == "0.04917"
    assert {"0.04917", "120", "360", "0"} <= numbers_in(what_it_says.fact)
