"""Chapter 9's exercises: the numbers inside their messages are true, and signatures are read."""

import math
import re
from itertools import combinations

import numpy as np
import pytest

from byhand import check
from byhand.check import learning_rate as chapter
from byhand.check.learning_rate import (
    CURVATURES,
    DECAY,
    LENGTHS,
    LINE_X,
    LINE_Y,
    NOISE,
    NUDGE,
    SHARE,
    SQUARED,
    START,
    best_constant,
    best_factor,
    curvatures,
    epochs_by_running,
    epochs_needed,
    line,
    losses_of_range_test,
    lost_from,
    parts_of_the_loss,
    range_test,
    range_test_on_the_line,
    repair,
    same_number,
    schedule,
    stable_bound,
    starting_rate,
    wall,
)
from byhand.check.wording import number
from byhand.network import Network
from byhand.optimizers import SGD, cosine_decay, step_decay
from byhand.training import sweep, train


def numbers_in(text):
    """Return the numbers written in a message, as written."""
    return set(re.findall(r"−?\b\d+(?:\.\d+)?(?:e−?\d+)?", text))


def said(exercise):
    """Return what is said of each mistake, both sentences, by its name."""
    return {each.name: f"{each.what} {each.step}" for each in exercise.mistakes}


def test_there_are_six_exercises():
    assert [each.number for each in chapter.EXERCISES] == ["9.1", "9.2", "9.3", "9.4", "9.5", "9.6"]


def test_inputs_are_many_and_some_are_awkward():
    for exercise in (stable_bound, range_test, repair, epochs_needed):
        assert sum(case.random for case in exercise.cases) >= 40 and not exercise.cases[0].random
        assert all(len(case.label) < 90 for case in exercise.cases)
        assert len({case.label for case in exercise.cases}) == len(exercise.cases)
    tables = [case.arguments[0] for case in stable_bound.cases]
    shapes = {X.shape for X in tables}
    assert {(4, 1), (1, 1), (1, 3), (3, 2), (2, 2), (2, 5)} <= shapes
    assert any(not X.any() for X in tables) and max(map(np.max, tables)) >= 3000
    losses = [case.arguments[1] for case in range_test.cases]
    assert {len(each) for each in losses} >= {1, 2, 3, 4, 80}
    assert sum(np.isnan(each).any() for each in losses) > 10 and any(0 in each for each in losses)
    assert any(np.isinf(each).any() for each in losses)
    assert all((np.diff(case.arguments[0]) > 0).all() for case in range_test.cases)
    epochs = [case.arguments[3] for case in repair.cases]
    assert {1, 2, 600} <= set(epochs)
    assert {len(case.arguments[0]) for case in repair.cases} >= {1, 2, 3, 4, 5, 6}
    assert {case.arguments[1] for case in epochs_needed.cases} >= {1.0, 0.001}


def test_arguments_named_in_the_notebook_are_those_of_the_functions():
    for exercise in (stable_bound, range_test, epochs_needed, schedule):
        assert f"def {exercise.name}({', '.join(exercise.parameters)}):" in exercise.solution
    assert f"def descend({', '.join(repair.parameters)}):" in repair.solution


# 9.1


def test_the_wall_is_the_formula():
    for case in stable_bound.cases:
        (X,) = case.arguments
        A = np.column_stack([X, np.ones(len(X))])
        assert wall(X) == pytest.approx(2 / np.linalg.eigvalsh(2 / len(X) * A.T @ A)[-1], rel=1e-11)


def test_descent_settles_below_the_wall_and_not_above():
    rates = wall(LINE_X) * np.array([0.99, 1.01])
    history = sweep(line(), LINE_X, LINE_Y, learning_rates=rates, epochs=2000, loss=SQUARED)
    assert history.loss[0, -1] < 1e-6 and history.loss[1, -1] > 1e6


def test_any_wall_is_right():
    def ones_first(X):
        A = np.hstack([np.ones((len(X), 1)), X])
        return 1 / max(np.linalg.eigvals(A.T @ A / len(X)).real)

    def from_singular_values(X):
        A = np.column_stack([X, np.ones(len(X))])
        return len(X) / np.linalg.svd(A)[1][0] ** 2

    def from_the_other_product(X):
        A = np.column_stack([X, np.ones(len(X))])
        return 2 / np.linalg.eigvalsh(2 * A @ A.T / len(A)).max()

    for right in (ones_first, from_singular_values, from_the_other_product):
        assert stable_bound(right).passed


def eigen(choose, columns=lambda X: np.column_stack([X, np.ones(len(X))])):
    """Return 2 over an eigenvalue of H, from a routine that sorts nothing."""

    def bound(X):
        A = columns(X)
        return 2 / choose(np.linalg.eigvals(2 / len(X) * A.T @ A).real)

    return bound


@pytest.mark.parametrize(
    ("wrong", "name"),
    [
        (eigen(np.min), "the flattest direction"),  # where that is 0, no two routines agree on it
        (eigen(np.sum), "sum of all"),
        (eigen(np.max, lambda X: X), "no ones"),
        (lambda X: wall(X) * len(X), None),
        (lambda X: eigen(np.max, lambda X: X)(X) / 2, "no ones + one over λ"),
        (lambda X: 2 / np.linalg.eigvals(np.column_stack([X, np.ones(len(X))])).max(),
         "eigenvalues of X"),
    ],
)  # fmt: skip
def test_what_goes_wrong_with_a_wall_is_named(wrong, name):
    assert stable_bound(wrong).mistake == name


def test_a_bound_far_too_small_is_still_wrong():
    """Ten digits are those of the bound, not of the data, which may be a billion times larger."""
    assert not stable_bound(lambda X: wall(X) * (1 + 1e-7)).passed


def test_numbers_in_the_messages_on_walls():
    words = said(stable_bound)
    assert number(wall(LINE_X)) == "0.1198" and "0.1198" in words["the chapter's wall"]
    smallest, largest = curvatures(LINE_X)
    assert number(2 / (smallest + largest)) == "0.1176"
    np.testing.assert_allclose(smallest + largest, 2 * np.mean(LINE_X**2 + 1))
    assert numbers_in(stable_bound.fact) == {"2", "0.1176", "0.1198"}
    for case in stable_bound.cases:
        values = curvatures(*case.arguments)
        assert values[-1] <= values.sum() * (1 + 1e-12)


# 9.2


def test_a_tenth_is_below_the_wall_and_half_is_not():
    rates, losses = range_test_on_the_line()
    lowest = rates[np.nanargmin(losses)]
    assert lowest / 10 < wall(LINE_X) < lowest / 2 and lowest > 4 * wall(LINE_X)
    assert "more than 4 times" in range_test.fact and "Half of that" in range_test.fact
    history = sweep(
        line(), LINE_X, LINE_Y, learning_rates=[lowest / 10, lowest / 2], epochs=500, loss=SQUARED
    )
    assert history.loss[0, -1] < 0.01 and history.loss[1, -1] > 1e6


def test_a_tenth_trains_real_nets_and_half_throws_them_out():
    """Why the rule of 9.2 is a tenth: full batches, four random nets."""
    X, rates = np.linspace(-1, 1, 20)[:, None], 0.001 * 1.1 ** np.arange(100)
    for seed in range(4):
        network = Network([1, 5, 1], hidden="tanh", rng=np.random.default_rng(seed))
        losses = losses_of_range_test(
            network.with_parameters(network.parameters.copy()), X, np.sin(3 * X), rates
        )
        tenth = starting_rate(rates, losses)
        history = sweep(network, X, np.sin(3 * X), learning_rates=[tenth, 5 * tenth], epochs=300)
        assert history.loss[0, -1] < 0.1 * history.loss[0, 0] < history.loss[1, -1]


def test_losses_of_a_range_test_stand_beside_their_rates():
    rates = np.array([0.01, 0.05, 0.02])
    losses = losses_of_range_test(line(), LINE_X, LINE_Y, rates, loss=SQUARED)
    network = line()
    for rate, loss in zip(rates, losses, strict=True):
        history = train(network, LINE_X, LINE_Y, learning_rate=rate, epochs=1, loss=SQUARED)
        assert loss == pytest.approx(float(history.loss[-1]))


def by_hand(rates, losses):
    best = None
    for rate, loss in zip(rates, losses, strict=True):
        if np.isfinite(loss) and (best is None or loss < best[0]):
            best = loss, rate
    return best[1] / 10


def test_any_reading_of_a_range_test_is_right():
    def masked(rates, losses):
        good = np.isfinite(losses)
        return 0.1 * rates[good][np.argmin(losses[good])]

    def replaced(rates, losses):
        return rates[np.argmin(np.where(np.isnan(losses), np.inf, losses))] / 10

    def by_equality(rates, losses):
        return min(rates[losses == np.nanmin(losses)]) / 10

    for right in (by_hand, masked, replaced, by_equality):
        assert range_test(right).passed


@pytest.mark.parametrize(
    ("wrong", "name"),
    [
        (lambda rates, losses: rates[np.argmin(losses)], "nan wins + not a tenth"),
        (lambda rates, losses: rates[list(losses).index(np.nanmin(losses))], "not a tenth"),
        (lambda rates, losses: rates[np.nanargmin(losses)] / 2, "half"),
        (lambda rates, losses: max(rates) / 10, "the largest rate"),
        (lambda rates, losses: np.nanargmin(losses), "the place"),
    ],
)
def test_what_goes_wrong_with_a_range_test_is_named(wrong, name):
    assert range_test(wrong).mistake == name


def test_the_lowest_loss_is_pointed_at():
    def bad_tail(rates, losses):
        return by_hand(rates, losses) if np.isfinite(losses).all() else rates[0]

    verdict = range_test(bad_tail)
    assert "Of 4 losses the lowest, 1, stands at index 1, beside the rate 0.2" in str(verdict)
    assert "2 are inf or nan" in str(verdict) and verdict.mistake is None
    assert "index" not in str(range_test(lambda rates, losses: 0.01))


def test_losses_hold_nan_and_are_no_change_to_an_input():
    def in_place(rates, losses):
        losses[np.isnan(losses)] = 0
        return by_hand(rates, losses)

    assert range_test(by_hand).passed
    verdict = range_test(in_place)
    assert verdict.mistake == "in place" and "was nan and is 0" in str(verdict)
    kinds = set()
    range_test(lambda rates, losses: kinds.add(type(losses)) or by_hand(rates, losses))
    assert kinds == {np.ndarray}


def test_the_hand_example_of_a_range_test():
    case = range_test.cases[1]
    assert (case.arguments[0].tolist(), case.arguments[1].tolist()) == (
        [0.1, 0.2, 0.4, 0.8], [4, 2, 1, 9]
    )  # fmt: skip
    assert number(starting_rate(*case.arguments)) == "0.04" and "0.04" in range_test.pencil


# 9.3


def run_source(source):
    """Return what a source defines under the name descend."""
    names = {"np": np}
    exec(source, names)
    return names["descend"]


def test_what_is_printed_is_what_is_called_as_printed():
    broken = run_source(repr(repair.given()))
    verdict = repair(broken)
    assert verdict.mistake == "as printed"
    lines = (repair.broken, repair.solution.partition("\n\n")[0] + "\n")
    pairs = zip(*(text.splitlines() for text in lines), strict=True)
    different = [one.strip() for one, two in pairs if one != two]
    assert different == ["rate = learning_rate / 0.98**epoch"]


def test_the_story_of_the_explosion():
    x, y = LINE_X[:, 0], LINE_Y[:, 0]
    broken = run_source(repair.broken)
    losses = []
    for epochs in range(101):
        w, b = broken(x, y, 0.05, epochs)
        losses.append(np.mean((w * x + b - y) ** 2))
    assert (np.diff(losses[:80]) < 0).all() and losses[-1] > 1e3
    with np.errstate(all="ignore"):
        assert not np.isfinite(broken(x, y, 0.05, 600)).all()
    rates = 0.05 / DECAY ** np.arange(60)
    assert np.argmax(rates > wall(LINE_X)) == 44 and number(rates[44] / 0.05, 2) == "2.4"
    assert "44" in said(repair)["as printed"] and "0.1198" in said(repair)["as printed"]


def test_any_repair_is_right():
    def compounding(x, y, learning_rate, epochs):
        w = b = 0.0
        for _ in range(epochs):
            error = w * x + b - y
            w, b = (
                w - learning_rate * 2 * np.mean(error * x), b - learning_rate * 2 * np.mean(error)
            )  # fmt: skip
            learning_rate *= DECAY
        return [w, b]

    assert repair(compounding).passed
    assert repair(run_source(repair.broken.replace("/ 0.98**epoch", "* 0.98**epoch"))).passed
    assert repair(run_source(repair.broken.replace("/ 0.98**epoch", "/ (1 / 0.98)**epoch"))).passed


@pytest.mark.parametrize(
    ("old", "new", "name"),
    [
        ("learning_rate / 0.98**epoch", "learning_rate", "no decay"),
        ("learning_rate / 0.98**epoch", "learning_rate / 10 / 0.98**epoch", "a smaller rate"),
        ("/ 0.98**epoch", "* 0.98 * epoch", "times for power"),
        ("/ 0.98**epoch", "* 0.98**(epoch + 1)", "one epoch early"),
        ("/ 0.98**epoch", "* 0.98", "shrunk once"),
        ("/ 0.98**epoch", "/ 1.02**epoch", "divided by 1.02"),
        ("        rate = learning_rate /", "        rate = learning_rate = learning_rate *",
         "compounded"),
        ("/ 0.98**epoch", "* 0.02**epoch", "2 % left"),
        ("w - rate * dw, b - rate", "w + rate * dw, b + rate", "uphill"),
        ("    return", "        return", "one epoch only"),
    ],
)  # fmt: skip
def test_what_goes_wrong_with_a_repair_is_named(old, new, name):
    assert old in repair.broken
    assert repair(run_source(repair.broken.replace(old, new))).mistake == name


def test_numbers_in_the_messages_on_the_repair():
    words = said(repair)
    assert sum(range(11)) == 55 and "fifty-five" in words["compounded"]
    assert [number(DECAY**epoch) for epoch in range(3)] == ["1", "0.98", "0.9604"]
    assert "1, 0.98 and 0.9604" in repair.pencil
    assert number(1 / 1.02) == "0.9804" and "0.9804" in words["divided by 1.02"]


def test_repair_fact():
    rates = 0.05 * DECAY ** np.arange(5000)
    assert number(rates.sum() / 0.05) == "50" == number(1 / (1 - DECAY))
    kept = np.prod(1 - rates * curvatures(LINE_X)[0])
    assert f"{100 * kept:.0f} %" == "47 %" and "47 %" in repair.fact
    history = train(
        line(), LINE_X, LINE_Y, epochs=5000, loss=SQUARED, learning_rate=step_decay(0.05, 1, DECAY)
    )
    _, vectors = np.linalg.eigh([[15, 5], [5, 2]])
    errors = (history.network.parameters[[0, -1]] - [3, 0]) @ vectors[:, 0]
    assert errors[1] / errors[0] == pytest.approx(kept, rel=1e-6)


# 9.4


def test_epochs_by_running_are_the_formula():
    for case in epochs_needed.cases:
        kappa, target = case.arguments
        exact = math.log(target) / math.log(best_factor(kappa))
        assert epochs_by_running(kappa, target) == math.ceil(exact), case.label
        assert target == 1 or abs(exact - round(exact)) > 1e-6, "rounding would decide"


def test_any_forecast_is_right():
    def one_after_the_other(kappa, target):
        epochs, distance = 0, 1.0
        while distance > target:
            epochs, distance = epochs + 1, distance * (kappa - 1) / (kappa + 1)
        return epochs

    def formula(kappa, target):
        return math.ceil(math.log10(1 / target) / math.log10((kappa + 1) / (kappa - 1)))

    def shorter(kappa, target):
        return np.ceil(np.log(1 / target) / (2 * np.arctanh(1 / kappa)))

    for right in (one_after_the_other, formula, shorter):
        assert epochs_needed(right).passed


@pytest.mark.parametrize(
    ("wrong", "name"),
    [
        (lambda kappa, target: int(math.log(target) / math.log(best_factor(kappa))),
         "rounded down"),
        (lambda kappa, target: math.log(target) // math.log(best_factor(kappa)), "rounded down"),
        (lambda kappa, target: int(math.log(target) / math.log(best_factor(kappa))) + 1,
         "one too many"),
        (lambda kappa, target: math.ceil(math.log(target) / math.log(1 - 1 / kappa)),
         "rate 1/λ max"),
        (lambda kappa, target: math.ceil(math.log(target) / math.log(kappa - 1 / kappa + 1)),
         "brackets"),
        (lambda kappa, target: math.ceil(math.log(1 / target) / math.log(best_factor(kappa))),
         "wrong sign"),
    ],
)  # fmt: skip
def test_what_goes_wrong_with_a_forecast_is_named(wrong, name):
    assert epochs_needed(wrong).mistake == name


def test_numbers_in_the_messages_on_forecasts():
    kappa = chapter._line_kappa()
    assert epochs_by_running(kappa, 1e-3) == 193
    assert said(epochs_needed)["the chapter's ravine"].startswith("193")
    assert epochs_by_running(3, 0.1) == 4 and best_factor(3) == 0.5
    assert number(kappa, 3) == "55.8"
    assert f"{math.log(10) / -math.log(best_factor(kappa)):.1f}" == "64.2"
    assert f"{math.log(10) / -math.log(best_factor(math.sqrt(kappa))):.1f}" == "8.5"
    assert {"64.2", "55.8", "8.5"} <= numbers_in(epochs_needed.fact)


def test_momentum_at_its_best_has_the_root_of_kappa():
    """Polyak's rate and share for curvatures 1 and κ, followed until the transient is over."""
    kappa = chapter._line_kappa()
    root, curvature = math.sqrt(kappa), np.array([1.0, kappa])
    rate, share = (2 / (1 + root)) ** 2, best_factor(root) ** 2
    distance, velocity, sizes = np.ones(2), np.zeros(2), []
    for _ in range(1200):
        velocity = share * velocity + curvature * distance
        distance = distance - rate * velocity
        sizes.append(np.hypot(*distance))
    a_digit = 600 / (math.log10(sizes[-601]) - math.log10(sizes[-1]))
    assert a_digit == pytest.approx(8.5, rel=0.01)


# 9.5


def test_parts_of_the_loss_are_the_mean_over_many_runs():
    rng, epochs, rates = np.random.default_rng(0), 60, cosine_decay(1.0, 60)
    place = np.full((4000, 2), START)
    optimizer = SGD(rates)
    for epoch in range(epochs):
        optimizer.take(rates(epoch))
        optimizer.step(place, CURVATURES * place + rng.normal(scale=NOISE, size=place.shape))
    losses = (CURVATURES * place**2).sum(axis=1) / 2
    expected = sum(parts_of_the_loss([rates(epoch) for epoch in range(epochs)]))
    assert losses.mean() == pytest.approx(expected, rel=0.05)
    start, noise = parts_of_the_loss([])
    assert (start, noise) == (pytest.approx(CURVATURES.sum() * START**2 / 2), 0)


def test_the_best_constant_rate_is_the_best():
    for epochs in LENGTHS:
        rate, loss = best_constant(epochs)
        for factor in (0.97, 1, 1.03):
            other = sum(parts_of_the_loss(np.full(epochs, factor * rate)))
            assert other > loss * (1 + 1e-4) if factor != 1 else other == pytest.approx(loss)
        assert not schedule(lambda epoch, epochs, rate=rate: rate).passed


def thirds(epoch, epochs):
    return (1.0, 0.3, 0.1)[3 * epoch // epochs]


def warmed_up(epoch, epochs):
    share = epoch / epochs
    return share / 0.1 if share < 0.1 else (1 + math.cos(math.pi * (share - 0.1) / 0.9)) / 2


@pytest.mark.parametrize(
    "right",
    [
        lambda epoch, epochs: 1 - epoch / epochs,
        lambda epoch, epochs: np.array([0.9 * (1 - epoch / epochs)]),
        lambda epoch, epochs: 0.5 ** (5 * epoch // epochs),
        thirds,
        warmed_up,
    ],
)
def test_any_schedule_that_is_good_enough_is_right(right):
    verdict = schedule(right)
    assert verdict.passed and str(verdict).startswith("Right: 0.")


@pytest.mark.parametrize(
    ("wrong", "name"),
    [
        (lambda epoch, epochs: 0.3, "constant"),
        (lambda epoch, epochs: (1 + math.cos(math.pi * (epoch // epochs))) / 2, "constant"),
        (lambda epoch, epochs: min(1, (epoch + 1) / 10), "rises"),
        (lambda epoch, epochs: 0.5 * 0.97**epoch, "epochs not used"),
        (lambda epoch, epochs: 0.95 ** (100 * epoch / epochs), "falls too early"),
        (lambda epoch, epochs: 0.2 * (1 - epoch / epochs), "timid"),
        (lambda epoch, epochs: (1 + math.cos(epoch / epochs)) / 2, "ends too high"),
        (lambda epoch, epochs: 1 - epoch, "negative"),
        (lambda epoch, epochs: math.nan, "no number"),
        (lambda epoch, epochs: 1 / epoch, "upside down"),
    ],
)
def test_what_goes_wrong_with_a_schedule_is_named(wrong, name):
    assert schedule(wrong).mistake == name


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (lambda epoch, epochs: np.linspace(1, 0, epochs), "got an array of shape (50,), expected"),
        (lambda epoch, epochs: [].append(epoch), "got None, expected one number"),
        (lambda epoch, epochs: 1.0 if epoch < 7 else nothing, "At epoch 7 of 50: the function"),  # noqa: F821
        (lambda epoch, epochs: 1 / (epoch - 3), "got the rate −0.3333"),
        (lambda epoch: 1.0, "takes (epoch)"),
        (0.5, "expected the function schedule itself"),
    ],
)  # fmt: skip
def test_what_is_no_schedule_gets_a_sentence(wrong, words):
    assert words in str(schedule(wrong))


def test_what_beats_the_best_constant_by_too_little_is_not_enough():
    rates = [1.0 if epoch < 30 else 0.35 for epoch in range(50)]
    assert SHARE < sum(parts_of_the_loss(rates)) / best_constant(50)[1] < 0.9
    verdict = schedule(lambda epoch, epochs: 1.0 if epoch < 0.6 * epochs else 0.35)
    assert verdict.status == "wrong" and "to reach is 0.2303" in str(verdict)
    assert number(SHARE * best_constant(50)[1]) == "0.2303"


def test_the_problem_of_the_schedule_is_printed():
    text = repr(schedule.given())
    for epochs in LENGTHS:
        rate, loss = best_constant(epochs)
        assert re.search(rf"{epochs} +{rate:.3f} +{loss:.4f} +{SHARE * loss:.4f}", text)
    assert max(map(len, text.split("\n"))) < 75
    words = said(schedule)
    assert "wall, 2," in words["diverges"] and 2 / CURVATURES.max() == 2
    assert "half of the wall is 1" in words["timid"]


def test_schedule_fact():
    rates = 1 / np.arange(1, 101)
    mean, variance = 10.0, 0.0
    for rate in rates:
        mean, variance = (1 - rate) * mean, (1 - rate) ** 2 * variance + rate**2
    assert mean == 0 and variance == pytest.approx(0.01)
    assert {"0.01", "100", "1951"} <= numbers_in(schedule.fact)


# 9.6


def test_lost_from_is_where_it_begins():
    weight = np.float32(same_number.reference)
    nudge = np.float32(NUDGE)
    assert same_number.reference == 2048 and weight + nudge == weight
    below = np.nextafter(weight, np.float32(0))
    assert below + nudge != below
    above = (weight * np.geomspace(1, 1e6, 1000)).astype(np.float32)
    assert (above + nudge == above).all()
    under = np.linspace(1, below, 1000).astype(np.float32)
    assert (under + nudge != under).all()
    assert same_number(2048).passed and same_number(2.0**11).passed
    assert not same_number("2048").passed


def test_same_number_mistakes_are_told_apart():
    values = [same_number.reference] + [each.answer for each in same_number.mistakes]
    for one, other in combinations(values, 2):
        assert abs(one - other) > 3 * chapter.ROUNDED * max(one, other), (one, other)
    for rounded in (1677.7, 1678):
        assert same_number(rounded).mistake == "no power of two, half"
    assert "a rounding" in str(same_number(2047)) and "2048" not in str(same_number(4))
    assert max(map(len, repr(same_number.given()).split("\n"))) < 75


def test_numbers_in_the_messages_on_lost_nudges():
    answers = {each.name: each.answer for each in same_number.mistakes}
    gap = {weight: np.spacing(np.float32(weight)) for weight in (1.0, 1024.0, 1000.0, 2048.0)}
    assert gap[1024.0] > NUDGE > gap[1024.0] / 2 and answers["the whole gap"] == 1024
    assert gap[1024.0] / 2 < NUDGE < gap[2048.0] / 2 and answers["the gap"] == gap[2048.0]
    assert gap[1.0] == 2.0**-23 == np.finfo(np.float32).eps
    assert answers["64 bits"] == lost_from(NUDGE, np.float64)
    assert answers["adding 1"] == lost_from(1.0, np.float32)
    assert np.finfo(np.float32).nmant == 23 and np.finfo(np.float64).nmant == 52
    assert 2 ** answers["the exponent"] == same_number.reference
    assert round(answers["no power of two, half"], 1) == 1677.7
    assert answers["no power of two, whole"] < 1024 < answers["no power of two, half"] < 2048


def test_same_number_fact():
    assert number(lost_from(NUDGE, np.float16)) == "0.25"
    assert {"16", "0.25", "2018"} <= numbers_in(same_number.fact.replace("float16", "16"))


def test_the_chapter_is_among_the_checks():
    assert chapter in check.CHAPTERS and check.learning_rate is chapter
