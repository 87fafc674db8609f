"""The checker's machinery: every kind of answer gets a sentence, no kind a traceback."""

import json
import re
import warnings
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from byhand import check
from byhand.check import answer, calling, comparing, wording
from byhand.check.answer import UNANSWERED
from byhand.check.exercise import Case, FunctionExercise, Mistake
from sentence import Thing

EXERCISES = [exercise for chapter in check.CHAPTERS for exercise in chapter.EXERCISES]
CATALOGUE = [(each, name) for each in EXERCISES for name in each.wrong_answers]
CHAPTERS = Path(__file__).parent.parent / "chapters"
MOST_LINES, LONGEST_LINE = 3, 220
FORBIDDEN = re.compile(
    r"!|\b(just|simply|obvious\w*|eas(y|ily)|trivial\w*|of course|great|excellent|awesome|"
    r"congratulations|well done|good job|you (are|were|have|should|must|forgot)|mistaken|stupid|"
    r"silly|fail\w*|unfortunately|please|sorry|we)\b|(?-i:\bI\b)|np\.|0x[0-9a-f]|  ",
    re.IGNORECASE,
)

gradient, forward = check.one_node.gradient, check.one_node.forward


@pytest.fixture(autouse=True)
def fresh_session(monkeypatch):
    """Give every test a session in which nothing has been checked."""
    monkeypatch.setattr(answer, "_session", {})


def run(source):
    """Run a notebook cell and return what its last line gives."""
    *body, last = source.rstrip().split("\n")
    names = {"check": check, "np": np}
    exec(compile("\n".join(body), "cell", "exec"), names)
    return eval(last, names)


def well_written(verdict):
    """Return whether a verdict keeps to the tone and the size of a message."""
    lines = str(verdict).split("\n")
    text = re.sub(r"`[^`]*`|stopped with .*", "…", str(verdict))  # the learner's own words
    assert len(lines) <= MOST_LINES, verdict
    assert max(map(len, lines)) <= LONGEST_LINE, verdict
    assert all(line.strip() == line and line for line in lines), verdict
    assert not FORBIDDEN.search(text), (FORBIDDEN.search(text).group(), text)
    assert "-" not in re.sub(r"\w-\w", "", text), f"a hyphen for a minus sign in: {text}"
    return True


def by_name(pairs):
    return [f"{exercise.name}: {name}" for exercise, name in pairs]


# Every exercise of every chapter


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda each: each.name)
def test_solution_passes(exercise):
    verdict = run(exercise.solution)
    assert verdict.passed and verdict.mistake is None
    assert str(verdict).startswith("Right") and exercise.fact in str(verdict)
    assert well_written(verdict)


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda each: each.name)
def test_starter_is_not_answered_yet(exercise):
    assert str(run(exercise.starter)) == UNANSWERED
    assert exercise.starter.rstrip().split("\n")[-1].startswith(f"check.{exercise.chapter}.")


@cache
def verdict_on(exercise, name):
    """Return what is said to a wrong answer, worked out once for all that is asked of it."""
    return exercise(*exercise.wrong_answers[name])


@pytest.mark.parametrize(("exercise", "name"), CATALOGUE, ids=by_name(CATALOGUE))
def test_mistake_gets_its_own_message(exercise, name):
    verdict = verdict_on(exercise, name)
    assert (verdict.status, verdict.mistake) == ("wrong", name)
    assert well_written(verdict)


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda each: each.name)
def test_messages_are_pairwise_different(exercise):
    whats = [mistake.what for mistake in exercise.mistakes]
    verdicts = [str(verdict_on(exercise, name)) for name in exercise.wrong_answers]
    assert len(set(whats)) == len(whats) == len(set(verdicts)) == len(exercise.wrong_answers)


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda each: each.name)
def test_same_answer_same_message(exercise):
    for wrong in list(exercise.wrong_answers.values())[:3]:
        assert str(exercise(*wrong)) == str(exercise(*wrong))
    assert str(run(exercise.solution)) == str(run(exercise.solution))


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda each: each.name)
@pytest.mark.parametrize(
    "odd",
    [None, "text", "two\nlines", "", 1j, True, [], {}, np.nan, np.inf, np.zeros(3), Thing(),
     10**400, [1, [2, 3]], np.array(["a"]), b"bytes", range(3), int, print],
    ids=str,
)  # fmt: skip
def test_odd_answers_get_a_sentence(exercise, odd):
    verdict = exercise(*[odd] * len(exercise.answers))
    assert verdict.status == "wrong" and well_written(verdict)


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda each: each.name)
def test_dots_anywhere_are_not_answered_yet(exercise):
    count = len(exercise.answers)
    for dots in (..., [...], (1, ...), np.array(...)):
        assert str(exercise(*[dots] * count)) == UNANSWERED
    assert str(exercise(*[...] + [1] * (count - 1))) == UNANSWERED


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda each: each.name)
def test_wrong_number_of_answers_gets_a_sentence(exercise):
    few, many, other = exercise(), exercise(1, 2, 3), exercise(other=1)
    for verdict in (few, many, other):
        assert "takes" in str(verdict) and well_written(verdict)
    assert repr(exercise).startswith(f"Exercise {exercise.number}: check.")


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda each: each.name)
def test_the_notebook_has_this_starter_and_this_solution(exercise):
    (path,) = CHAPTERS.glob(f"*_{exercise.chapter}.ipynb")
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    sources = {kind: [] for kind in ("code", "markdown", "raw")}
    for cell in cells:
        sources[cell["cell_type"]].append("".join(cell["source"]))
    assert exercise.starter.strip() in sources["code"]
    assert any(exercise.solution in text for text in sources["markdown"])


def test_exercises_are_numbered_and_named_in_order():
    assert EXERCISES == sorted(EXERCISES, key=lambda each: each.place)
    for chapter in check.CHAPTERS:
        assert all(getattr(chapter, each.name) is each for each in chapter.EXERCISES)


# Functions: what can happen when they run


def right(w, b, x, y):
    error = w * x + b - y
    return (error * x).mean(), error.mean()


@pytest.mark.parametrize(
    "equivalent",
    [
        lambda w, b, x, y: list(right(w, b, x, y)),
        lambda w, b, x, y: np.array(right(w, b, x, y)),
        lambda w, b, x, y: tuple(np.reshape(slope, (1, 1)) for slope in right(w, b, x, y)),
        lambda w, b, x, y, unused=1: right(w, b, x, y),
        lambda *given: right(*given),
        lambda p, q, r, s: right(p, q, r, s),
    ],
)
def test_values_are_compared_not_kinds(equivalent):
    assert gradient(equivalent).passed


def test_a_list_is_accepted_and_mentioned():
    verdict = forward(lambda w, b, x: [w * each + b for each in x])
    assert verdict.passed and "It came as a list of 4" in str(verdict) and well_written(verdict)
    assert "It came" not in str(forward(lambda w, b, x: w * x + b))
    assert forward(lambda w, b, x: tuple(w * each + b for each in x)).passed


def test_dots_left_in_one_line_are_not_answered_yet():
    def half(w, b, x, y):
        error = w * x + b - y
        return (error * x).mean(), ...

    def dots_in_a_name(w, b, x, y):
        error = ...
        print(error)

    def docstring_only(w, b, x, y):
        """Return the slopes."""

    for function in (half, dots_in_a_name, docstring_only, lambda w, b, x, y: ... * x):
        assert str(gradient(function)) == UNANSWERED


def test_a_forgotten_return_is_not_an_empty_starter():
    def no_return(w, b, x, y):
        right(w, b, x, y)

    verdict = gradient(no_return)
    assert verdict.status == "wrong" and "got None" in str(verdict) and "return" in str(verdict)
    assert well_written(verdict)

    def no_return_without_names(w, b, x):
        w * x + b

    assert forward(no_return_without_names).status == "wrong"


def test_an_ellipsis_as_an_index_is_no_starter():
    assert forward(lambda w, b, x: w * x[...] + b).passed


@pytest.mark.parametrize(
    ("function", "complaint"),
    [
        (lambda w, b, x, y: nothing, "NameError: name 'nothing' is not defined"),  # noqa: F821
        (lambda w, b, x, y: 1 / 0, "ZeroDivisionError: division by zero"),
        (lambda w, b, x, y: x @ np.zeros((7, 7)), "ValueError: matmul, a product of matrices"),
        (lambda w, b, x, y: x[99], "IndexError: index 99 is out of bounds"),
        (lambda w, b, x, y: exit(), "SystemExit"),
        (lambda w, b, x, y: (_ for _ in ()).throw(KeyError(object())), "KeyError: <object object>"),
    ],
)
def test_exceptions_become_a_sentence(function, complaint):
    verdict = gradient(function)
    assert f"the function stopped with {complaint}" in str(verdict)
    assert "At w 0.5, b 0 on the four points" in str(verdict) and well_written(verdict)


def test_an_exception_is_located_in_the_learners_code(tmp_path):
    cell = tmp_path / "cell.py"
    cell.write_text("\n\ndef gradient(w, b, x, y):\n    error = w * x + c - y\n    return 1\n")
    names = {}
    exec(compile(cell.read_text(), str(cell), "exec"), names)
    assert "line 2 of gradient: `error = w * x + c - y`" in str(gradient(names["gradient"]))


def test_endless_recursion_becomes_a_sentence():
    def again(w, b, x, y):
        return again(w, b, x, y)

    assert "RecursionError" in str(gradient(again)) and well_written(gradient(again))


def test_a_nan_that_stays_a_nan_is_no_change():
    before = np.array([1.0, np.nan])
    assert calling._first_change(["a"], [before], [before.copy()]) == ()
    name, where, old, new = calling._first_change(["a"], [before], [np.array([1.0, 2.0])])
    assert (name, where, new) == ("a", "1", 2.0) and np.isnan(old)


def test_a_change_to_an_input_is_noticed_and_named():
    def in_place(w, b, x):
        x *= w
        x += b
        return x

    verdict = forward(in_place)
    assert verdict.mistake == "in place" and well_written(verdict)
    assert "x[0] was 0.1 and is 0.05 after the call" in str(verdict)
    original = check.one_node.FORWARD_CASES[0].arguments[2]
    np.testing.assert_array_equal(original, [0.1, 0.3, 0.6, 0.7])


def test_warnings_and_prints_stay_inside(capsys):
    def noisy(w, b, x, y):
        print("looking", np.float64(1) / np.zeros(1))
        warnings.warn("careful", stacklevel=1)
        return right(w, b, x, y)

    assert gradient(noisy).passed
    assert capsys.readouterr() == ("", "")


def test_parameters_are_checked_before_the_call():
    missing, swapped = gradient(lambda w, x, y: 0), gradient(lambda b, w, x, y: 0)
    assert "takes (w, x, y); the check calls it with (w, b, x, y)" in str(missing)
    assert "another order, (b, w, x, y)" in str(swapped)
    assert well_written(missing) and well_written(swapped)


def test_the_result_instead_of_the_function_gets_a_sentence():
    verdict = gradient((-0.0875, -0.175))
    assert "Got a tuple of 2, expected the function gradient itself." in str(verdict)
    assert "check.one_node.gradient(gradient)" in str(verdict) and well_written(verdict)


@pytest.mark.parametrize(
    ("function", "said"),
    [
        (lambda w, b, x, y: (0.25, 0.25), "same result comes back for all 57 inputs"),
        (lambda w, b, x, y: (np.nan, 0.0), "nan or infinity"),
        (lambda w, b, x, y: {"dw": 1}, "got a dict of 1"),
        (lambda w, b, x, y: ("a", "b"), "got a tuple of 2"),
        (lambda w, b, x, y: np.zeros((4, 4)), "got an array of shape (4, 4)"),
        (lambda w, b, x, y: (1.0, 2.0, 3.0), "The kind or the shape differs"),
        (lambda w, b, x, y: tuple(round(slope, 3) for slope in right(w, b, x, y)), "rounded"),
        (lambda w, b, x, y: (right(w, b, x, y)[0], w), "dw came out right"),
        (lambda w, b, x, y: right(w, b, x, y) if len(x) > 3 else (0, 0), "Right on 2 inputs"),
        (lambda w, b, x, y: (x.max(), w), "Work this case through"),
    ],
)
def test_unknown_mistakes_get_the_gap_and_what_can_be_seen(function, said):
    verdict = gradient(function)
    assert verdict.status == "wrong" and verdict.mistake is None
    assert said in str(verdict) and "got" in str(verdict) and "expected" in str(verdict)
    assert well_written(verdict)


def test_a_slope_measured_by_a_nudge_is_told_from_the_formula():
    def nudged(w, b, x, y, h=1e-6):
        def loss(w, b):
            return np.mean((w * x + b - y) ** 2) / 2

        return (loss(w + h, b) - loss(w, b)) / h, (loss(w, b + h) - loss(w, b)) / h

    assert "measured by a nudge" in str(gradient(nudged))


def test_two_known_mistakes_at_once_are_both_named():
    def missing_x_and_summed(w, b, x, y):
        error = w * x + b - y
        return error.sum(), error.sum()

    verdict = gradient(missing_x_and_summed)
    assert verdict.mistake == "x missing in dw + sum for mean" and well_written(verdict)


def test_a_function_that_remembers_is_noticed():
    calls = []

    def remembers(w, b, x, y):
        calls.append(1)
        return float(len(calls)), 0.0

    verdict = gradient(remembers)
    assert "second call with the same arguments" in str(verdict) and well_written(verdict)


def test_the_reported_case_can_be_run_again():
    w, b, x, y = gradient(lambda w, b, x, y: slopes_without_bias(w, x, y)).inputs
    assert (w, b) == (0.5875, 0.175) and x.shape == y.shape == (4,)


def slopes_without_bias(w, x, y):
    return right(w, 0.0, x, y)


def test_first_difference_is_pointed_at():
    verdict = forward(lambda w, b, x: np.where(np.arange(len(x)) == 2, 9.0, w * x + b))
    assert "expected [0.05, 0.15, 0.3, 0.35]; first difference at index 2." in str(verdict)


# Functions of tables: an exercise made for these tests, X w with shapes that a transpose spoils


def product(X, w):
    return X @ w


def product_and_sum(X, w):
    return X @ w, X.sum()


def several(*answers):
    return tuple(Mistake(f"no. {each}", answer, f"That is no. {each}.", "Repair it.")
                 for each, answer in enumerate(answers))  # fmt: skip


def tables(reference, *mistakes, returns=("Z",), **more):
    """Return an exercise on matrices of several shapes, one of them square."""
    rng = np.random.default_rng(12)
    shapes = (4, 3, 5), (3, 3, 4), (2, 5, 3), (1, 2, 3)
    cases = [(rng.normal(size=(m, n)), rng.normal(size=(n, k))) for m, n, k in shapes]
    labels = [f"X of shape {X.shape}" for X, _ in cases]
    return FunctionExercise(
        number="1.9", chapter="one_node", name="tables", parameters=("X", "w"), returns=returns,
        reference=reference, cases=tuple(map(Case, labels, cases)), mistakes=several(*mistakes),
        fact="", starter="", solution="", **more,
    )  # fmt: skip


def test_a_mistake_is_known_by_the_cases_in_which_it_stops():
    exercise = tables(product, lambda X, w: X.T @ w, lambda X, w: X @ w.T)

    def by_hand(X, w):
        if X.shape[0] != X.shape[1]:
            raise TypeError("not square")
        return X.T @ w

    assert exercise(lambda X, w: np.dot(X.transpose(), w)).mistake == "no. 0"
    assert exercise(lambda X, w: np.transpose(w @ X.T)).mistake is None  # stops elsewhere
    assert exercise(by_hand).mistake is None  # another kind of exception
    assert exercise(lambda X, w: X.T @ w + 1).mistake is None  # other numbers where it runs
    assert exercise(lambda X, w: X.T @ w + undefined).mistake is None  # noqa: F821
    assert exercise(product).passed


def test_a_mistake_that_always_stops_is_known_by_the_complaint():
    exercise = tables(product, lambda X, w: X[len(X)], lambda X, w: X @ w ^ 2)
    assert exercise(lambda X, w: X[X.shape[0]] @ w).mistake == "no. 0"
    assert exercise(lambda X, w: w[len(w)]).mistake is None  # an IndexError of another size
    assert exercise(lambda X, w: np.matmul(X, w) ^ 2).mistake == "no. 1"


def test_an_empty_array_is_as_good_as_a_stop():
    exercise = tables(product, lambda X, w: (X @ w)[1:])
    assert exercise(lambda X, w: np.stack([row @ w for row in X[1:]])).mistake == "no. 0"
    assert comparing.same(np.zeros((0, 3)), np.zeros(0), 0)
    assert not comparing.same(np.zeros((0, 3)), np.zeros(3), 0)


def test_one_mistake_may_be_made_by_several_functions():
    exercise = tables(product, (lambda X, w: X @ w + 1, lambda X, w: X @ w + 2))
    assert (
        exercise(lambda X, w: X @ w + 2).mistake
        == "no. 0"
        == exercise(*exercise.wrong_answers["no. 0"]).mistake
    )


def test_a_part_of_an_exception_may_stand_for_a_mistake():
    exercise = tables(product, lambda X, w: X, stops=((IndexError, "with size 4", "no. 0"),))
    verdict = exercise(lambda X, w: X[4])
    assert verdict.mistake == "no. 0" and "IndexError: index 4 is out of bounds" in str(verdict)
    assert exercise(lambda X, w: w[3]).mistake is None


@pytest.mark.parametrize(
    ("function", "name", "sizes"),
    [
        (lambda X, w: X.T @ w, "matmul", "4 and 3"),
        (lambda X, w: np.dot(X.T, w), "dot", "4 and 3"),
        (lambda X, w: X @ w.T, "matmul", "3 and 5"),
        (lambda X, w: np.dot(X, w.T), "dot", "3 and 5"),
        (lambda X, w: X[0].dot(w[1]), "dot", "3 and 5"),
    ],
)
def test_a_product_that_does_not_fit_is_told_in_words(function, name, sizes):
    verdict = tables(product)(function)
    assert str(verdict).startswith(
        f"At X of shape (4, 3): the function stopped with ValueError: {name}, a product of "
        f"matrices whose inner sizes are {sizes}.\n"
    )
    assert str(verdict).endswith("Given are X (4, 3), w (3, 5).") and well_written(verdict)


def test_exceptions_that_say_little_get_a_next_step():
    verdict = tables(product)(lambda X, w: X @ w if X > 0 else 0)
    assert "Python's if, max and min ask for one yes or no" in str(verdict)
    verdict = tables(product)(lambda X, w: (_ for _ in ()).throw(OverflowError("too large")))
    assert "A number grew beyond 64 bits" in str(verdict) and well_written(verdict)


def test_a_step_after_a_stop_tells_the_shapes_of_arrays_in_a_tuple_too():
    two = np.ones((2, 3)), np.ones((3, 1))
    exercise = FunctionExercise(
        number="0.1", chapter="none", name="chain", fact="", starter="", solution="",
        parameters=("W", "x"), returns=("a",), reference=lambda W, x: x @ W[0] @ W[1],
        cases=(Case("two tables", (two, np.ones((1, 2)))),), mistakes=(),
    )  # fmt: skip

    def chain(W, x):
        return W[0] @ x

    assert str(exercise(chain)).endswith("Given are W (2, 3) (3, 1), x (1, 2).")


def test_dots_that_stop_in_any_way_are_not_answered_yet():
    def in_a_product(X, w):
        Z = ...
        return X.T @ Z

    def in_an_index(X, w):
        return X[..., 0] @ w[...][99]

    def in_an_attribute(X, w):
        Z = ...
        return Z.sum()

    exercise = tables(product)
    assert str(exercise(in_a_product)) == str(exercise(in_an_attribute)) == UNANSWERED
    assert exercise(in_an_index).status == "wrong" and "IndexError" in str(exercise(in_an_index))


@pytest.mark.parametrize(
    ("function", "said"),
    [
        (lambda X, w: -0.3 * X @ w, "The result, Z, is −0.3 times what it should be in every case"),
        (lambda X, w: X @ w / len(X), "changes with the data: 0.25 here, 0.3333 in another case"),
        (lambda X, w: 0 * X @ w, "Only zeros come back as Z."),
        (lambda X, w: np.round(X @ w, 3), "something on the way is rounded"),
        (lambda X, w: X @ w * (1 + 1e-6), "something on the way is rounded"),
        (lambda X, w: X @ w / (len(X) - 2.0), "Work this case through"),
        (lambda X, w: X @ w if len(X) < 4 else 0 * X @ w, "Work this case through"),
    ],
)
def test_a_factor_is_seen(function, said):
    verdict = tables(product)(function)
    assert said in str(verdict) and verdict.mistake is None and well_written(verdict)


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        (2, 2, "The result, Z, total, is 2 times what it should be in every case."),
        (1, -1, "In every case total is −1 times what it should be; Z came out right."),
        (0.5, 3, "In every case Z is 0.5 times and total is 3 times what it should be."),
        (1, 0, "Z came out right, the rest did not."),
    ],
)
def test_a_factor_is_seen_in_each_part(first, second, said):
    exercise = tables(product_and_sum, returns=("Z", "total"))
    verdict = exercise(lambda X, w: (first * X @ w, second * X.sum()))
    assert said in str(verdict) and well_written(verdict)


def test_one_number_is_not_called_right_but_for_a_factor():
    total = tables(lambda X, w: float(X.sum()), returns=("total",))
    assert "factor" not in str(total(lambda X, w: X.max()))
    assert "is 2 times what it should be in every case" in str(total(lambda X, w: 2 * X.sum()))


def test_a_large_table_is_told_by_its_first_wrong_entry():
    def spoilt(X, w):
        Z = X @ w
        Z[-1, 1] = 7
        return Z

    verdict, third = tables(product)(spoilt), tables(product)(lambda X, w: X @ w + 1e-7)
    assert re.search(
        r"got 7 for Z\[3, 1\], expected −?[\d.]+; 1 of 20 entries differ", str(verdict)
    )
    assert "20 of 20 entries differ" in str(third)
    got, wanted = re.search(r"got (\S+) for Z\[0, 0\], expected (\S+);", str(third)).groups()
    assert got != wanted  # as many digits as it takes
    transposed = tables(product)(lambda X, w: (X @ w).T)
    assert "got an array of shape (5, 4), expected an array of shape (4, 5)." in str(transposed)


def test_a_pair_is_told_by_its_wrong_part():
    exercise = tables(product_and_sum, returns=("Z", "total"))
    verdict = exercise(lambda X, w: (X @ w + (np.arange(w.shape[1]) == 2), X.sum()))
    assert re.search(r"got \S+ for Z\[0, 2\], expected \S+; total is right\.", str(verdict))
    turned = exercise(lambda X, w: ((X @ w).T, X.sum()))
    assert "Z has shape (5, 4), expected (4, 5)." in str(turned)
    barely = exercise(lambda X, w: (X @ w * (1 + 1e-13), 1.0))
    assert re.search(r"got 1 for total, expected \S+; Z is right\.", str(barely))
    every = exercise(lambda X, w: (X @ w, X.sum(axis=1)))
    assert "total has shape (4,), expected one number." in str(every)
    assert "got None, expected Z, total." in str(exercise(lambda X, w: print(X)))
    for each in (verdict, turned, every):
        assert well_written(each)


def test_a_part_that_is_right_reads_the_same_on_both_sides():
    def total(X, w):
        return 0.15125, 0.5

    exercise = tables(total, returns=("a", "b"))
    verdict = exercise(lambda X, w: (0.15125 + 1e-13, 1.0))
    assert "got (0.1512, 1), expected (0.1512, 0.5)." in str(verdict)


def test_a_table_of_one_number_is_told_beside_large_ones():
    def table_and_number(X, w):
        return X @ w, X[:1, :1]

    exercise = tables(table_and_number, returns=("Z", "first"))
    verdict = exercise(lambda X, w: (X @ w, X[:1, :1] + 1))
    assert re.search(r"got \S+ for first, expected \S+; Z is right\.", str(verdict))


def test_a_difference_far_along_an_array_is_pointed_at():
    def last(w, b, x):
        a = w * x + b
        a[-1] += len(x) > 5
        return a

    assert re.search(r"for a\[\d\], expected \S+; 1 of \d entries differ", str(forward(last)))
    counted = tables(lambda X, w: np.arange(6.0), returns=("n",))
    verdict = counted(lambda X, w: np.arange(6.0) + (np.arange(6) > 4))
    assert "got 6 for n[5], expected 5; 1 of 6 entries differ." in str(verdict)


def test_a_table_is_written_out_where_there_is_room():
    small, larger = (
        str(tables(product)(lambda X, w, rows=rows: X @ w + (len(X) == rows))) for rows in (1, 2)
    )
    assert re.search(r"got \[\[.*\]\], expected \[\[.*\]\]; first diff.* \(0, 0\)\.", small)
    assert re.search(r"got \S+ for Z\[0, 0\], expected \S+; 6 of 6 entries differ\.", larger)


def test_an_exercise_says_itself_what_it_sees_and_advises():
    def observe(exercise, results, first):
        return (None, f"{exercise.name}, {len(results)}, {first}", "Look.") if seen else None

    more = {"observe": observe, "nearly": ("Near.", "Nearer."), "pencil": "Take a pencil."}
    exercise = tables(product, lambda X, w: X @ w + 1, **more)
    seen = True
    assert str(exercise(lambda X, w: X @ w + 2)).endswith("tables, 4, 0\nLook.")
    assert exercise(lambda X, w: X @ w + 1).mistake == "no. 0"
    assert "tables, 4" not in str(exercise(lambda X, w: (X @ w).T))  # not of these shapes
    seen = False
    assert str(exercise(lambda X, w: X @ w + 2)).endswith("\nTake a pencil.")
    assert str(exercise(lambda X, w: np.round(X @ w, 3))).endswith("Near.\nNearer.")


def test_a_list_of_parts_of_different_shapes_is_a_tuple():
    exercise = tables(product_and_sum, returns=("Z", "total"))
    assert exercise(lambda X, w: [X @ w, X.sum()]).passed
    assert "total is 2 times" in str(exercise(lambda X, w: [X @ w, 2 * X.sum()]))


def test_the_tone_allows_an_index_and_refuses_the_pronoun():
    assert not FORBIDDEN.search("row i, where i ≠ j") and FORBIDDEN.search("Then I add it.")
    assert FORBIDDEN.search("You are right") and FORBIDDEN.search("Simply add it.")


# Words


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (-0.0875, "−0.0875"),
        (0.020625, "0.02063"),
        (np.float64(0.5), "0.5"),
        (np.float32(0.5), "0.5"),
        (-0.0, "0"),
        (123456, "1.235e5"),
        (-1.5e-9, "−1.5e−9"),
        (np.nan, "nan"),
        (-np.inf, "−infinity"),
        (4, "4"),
    ],
)
def test_number(value, text):
    assert wording.number(value) == text


def test_numbers_and_pairs():
    assert wording.numbers((np.float64(-0.35), np.zeros(2))) == "(−0.35, [0, 0])"
    assert wording.numbers(np.arange(9.0)) == "[0, 1, 2, 3, … 9 numbers]"
    assert wording.pair(0.123456, 0.123457) == ("0.123456", "0.123457")
    assert wording.counted(1, "point") == "1 point" and wording.counted(4, "point") == "4 points"


def test_a_verdict_shows_itself_once(capsys):
    verdict = gradient(...)
    assert capsys.readouterr().out == ""
    assert repr(verdict) == str(verdict) == UNANSWERED
    assert calling.dotted(((1, [...]),)) and not calling.dotted((1, "..."))
