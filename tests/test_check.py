"""The checker's machinery: every kind of answer gets a sentence, no kind a traceback."""

import json
import re
import warnings
from pathlib import Path

import numpy as np
import pytest

from byhand import check
from byhand.check import answer, calling, wording
from byhand.check.answer import UNANSWERED

EXERCISES = [exercise for chapter in check.CHAPTERS for exercise in chapter.EXERCISES]
CATALOGUE = [(each, name) for each in EXERCISES for name in each.wrong_answers]
CHAPTERS = Path(__file__).parent.parent / "chapters"
MOST_LINES, LONGEST_LINE = 3, 220
FORBIDDEN = re.compile(
    r"!|\b(just|simply|obvious\w*|eas(y|ily)|trivial\w*|of course|great|excellent|awesome|"
    r"congratulations|well done|good job|you (are|were|have|should|must|forgot)|mistaken|stupid|"
    r"silly|fail\w*|unfortunately|please|sorry|we|I)\b|np\.|0x[0-9a-f]|  ",
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


@pytest.mark.parametrize(("exercise", "name"), CATALOGUE, ids=by_name(CATALOGUE))
def test_mistake_gets_its_own_message(exercise, name):
    verdict = exercise(*exercise.wrong_answers[name])
    assert (verdict.status, verdict.mistake) == ("wrong", name)
    assert well_written(verdict)


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda each: each.name)
def test_messages_are_pairwise_different(exercise):
    whats = [mistake.what for mistake in exercise.mistakes]
    verdicts = [str(exercise(*wrong)) for wrong in exercise.wrong_answers.values()]
    assert len(set(whats)) == len(whats) == len(set(verdicts)) == len(exercise.wrong_answers)


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda each: each.name)
def test_same_answer_same_message(exercise):
    for wrong in list(exercise.wrong_answers.values())[:3]:
        assert str(exercise(*wrong)) == str(exercise(*wrong))
    assert str(run(exercise.solution)) == str(run(exercise.solution))


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda each: each.name)
@pytest.mark.parametrize(
    "odd",
    [None, "text", "two\nlines", "", 1j, True, [], {}, np.nan, np.inf, np.zeros(3), object(),
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
        (lambda w, b, x, y: x @ np.zeros((7, 7)), "ValueError: matmul"),
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


# The report


def test_report_without_anything_checked():
    assert repr(check.report()) == "Nothing has been checked in this session yet."


def test_report_lists_what_was_checked_in_the_order_of_the_course(tmp_path):
    check.one_node.why_no_x("c")
    gradient(...)
    gradient(lambda w, b, x, y: slopes_without_bias(w, x, y))
    path = tmp_path / "report.json"
    lines = repr(check.report(path)).split("\n")
    assert [line.split()[:2] for line in lines[:2]] == [["1.3", "gradient"], ["1.6", "why_no_x"]]
    assert lines[0].endswith("not yet (no bias in a), 2 attempts")
    assert lines[1].endswith("right, 1 attempt")
    assert lines[2] == f"Written to {path}."
    assert json.loads(path.read_text(encoding="utf-8")) == [
        {"chapter": "one_node", "number": "1.3", "exercise": "gradient", "status": "wrong",
         "attempts": 2, "mistake": "no bias in a"},
        {"chapter": "one_node", "number": "1.6", "exercise": "why_no_x", "status": "right",
         "attempts": 1, "mistake": None},
    ]  # fmt: skip


def test_report_that_cannot_be_written_says_so(tmp_path):
    line = repr(check.report(tmp_path / "nowhere" / "report.json")).split("\n")[-1]
    assert line.startswith("Not written to ") and "Give a path" in line


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
