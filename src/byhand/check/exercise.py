"""The kinds of exercise: a function, a number, a choice.

A chapter's module makes instances of these; each instance is the check itself, called with the
learner's answer.  A new kind derives from `Exercise` and has a ``judge`` and a ``wrong_answers``.
"""

import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from byhand.check import calling, comparing
from byhand.check.answer import Answer, Text, remember, right, unanswered, wrong
from byhand.check.comparing import (
    NEAR,
    TOLERANCE,
    as_number,
    as_result,
    empty,
    parts,
    same,
    shapes,
    size,
)
from byhand.check.wording import counted, kind, number

PENCIL = "Work this case through with a pencil and compare it line by line."
NEARLY = (
    "The rule may be right: something on the way is rounded, or a slope is measured by a nudge.",
    "Take out any rounding, and use the formula of the slope rather than a difference.",
)
STOPS = (  # exception type, part of its text, the next step
    (OverflowError, "", "A number grew beyond 64 bits: see what could be taken off before it."),
    (
        ValueError,
        "truth value",
        "Python's if, max and min ask for one yes or no, an array gives many: NumPy's where, max "
        "and min take it as a whole.",
    ),
)


@dataclass(frozen=True)
class Mistake:
    """A known wrong answer and what to say about it.

    Attributes
    ----------
    name : str
        Short, for the report: ``"sum for mean"``.
    answer : object
        The wrong answer itself: a function, a number, a tuple of answers; for a function also a
        tuple of several that make the same mistake.  Or None, if it is the right function with its
        result spoilt by ``change``.
    what, step : str
        The name of the mistake in a sentence; the one thing to do next.
    change : callable, optional
        Takes the right result and the arguments, returns the wrong result.  Changes may also be
        laid over another mistake, so that two at once are still recognised.
    """

    name: str
    answer: object
    what: str
    step: str
    change: Callable | None = None


@dataclass(frozen=True)
class Case:
    """One set of arguments, with the words that say which it is (after "At")."""

    label: str
    arguments: tuple
    random: bool = False


@dataclass(frozen=True, kw_only=True, eq=False)
class Exercise:
    """What every exercise has; call it with the learner's answer.

    Attributes
    ----------
    number, chapter, name : str
        ``"1.3"``, ``"one_node"``, ``"gradient"``: ``check.one_node.gradient``.
    answers : tuple of str
        What it is called with.
    fact : str
        What a right answer earns: one thing the reader could not have seen before.
    starter, solution : str
        Source of the cell as the notebook has it, and of the folded solution.
    """

    number: str
    chapter: str
    name: str
    answers: tuple = ("answer",)
    fact: str
    starter: str
    solution: str

    def __call__(self, *answers, **named) -> Answer:
        """Judge the answer, and remember it for `report`."""
        given = dict(zip(self.answers, answers, strict=False)) | named
        if len(answers) + len(named) != len(self.answers) or set(given) != set(self.answers):
            verdict = wrong(
                f"check.{self.chapter}.{self.name} takes {counted(len(self.answers), 'answer')}: "
                f"{', '.join(self.answers)}. Got {len(answers) + len(named)}."
            )
        elif calling.dotted(tuple(given.values())):
            verdict = unanswered()
        else:
            verdict = self.judge(*(given[name] for name in self.answers))
        return remember(self, verdict)

    def __repr__(self):
        """Return a reminder for a cell that ends without calling the exercise."""
        call = f"check.{self.chapter}.{self.name}({', '.join(self.answers)})"
        return f"Exercise {self.number}: {call}"

    @property
    def place(self):
        """The number as a tuple, to sort by."""
        return tuple(int(part) for part in self.number.split("."))

    @property
    def wrong_answers(self):
        """Every catalogued wrong answer: name -> the arguments to call the exercise with."""
        raise NotImplementedError

    def judge(self, *answers) -> Answer:
        """Return the verdict on a complete answer."""
        raise NotImplementedError


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class FunctionExercise(Exercise):
    """The reader writes a function; it is run on every case and compared with the reference.

    A known mistake is recognised by what it returns and by the cases in which it stops.

    Attributes
    ----------
    parameters, returns : tuple of str
        Names of the arguments and of what comes back, in order.
    reference : callable
        The right function, from the network library; returns an array or a tuple of floats.
    cases : tuple of Case
        The first is the one the chapter works by hand.
    mistakes : tuple of Mistake
        Those about the whole result before those about a part of it.
    stops : tuple of tuple
        ``(exception type, part of its text, name of the mistake behind it)``.
    observe : callable, optional
        Takes the exercise, the results of a function that makes no known mistake, and the index of
        the first wrong one; returns name, observation and next step, or None.
    nearly : tuple of str
        The observation and the next step where a result differs by little.
    pencil : str
        The next step when nothing is known about the answer.
    """

    answers: tuple = ("function",)
    parameters: tuple
    returns: tuple
    reference: Callable
    cases: tuple
    mistakes: tuple
    stops: tuple = ()
    observe: Callable | None = None
    nearly: tuple = NEARLY
    pencil: str = PENCIL

    @cached_property
    def expected(self):
        """The right result in every case."""
        return [self.reference(*case.arguments) for case in self.cases]

    @property
    def wrong_answers(self):
        """Every catalogued wrong function, alone in a tuple, by name."""
        return {mistake.name: (self.wrong_function(mistake),) for mistake in self.mistakes}

    def wrong_function(self, mistake, inner=None):
        """Return the function that makes the mistake, on top of another wrong one if given."""
        if mistake.change is None:
            return self._wrong_functions(mistake)[0]
        inner = inner or self.reference
        return lambda *arguments: mistake.change(inner(*arguments), *arguments)

    def _wrong_functions(self, mistake):
        """Return every function known to make the mistake."""
        if mistake.change is not None:
            return (self.wrong_function(mistake),)
        return mistake.answer if isinstance(mistake.answer, tuple) else (mistake.answer,)

    def judge(self, function) -> Answer:
        """Return the verdict: calls that fail first, then results that differ."""
        if not callable(function):
            return wrong(
                f"Got {kind(function)}, expected the function {self.name} itself.",
                "Parentheses after the name of a function call it, and only its result arrives.",
                f"Write check.{self.chapter}.{self.name}({self.name}).",
            )
        if problem := self._parameters_problem(function):
            return problem
        outcomes = [calling.call(function, self.parameters, case.arguments) for case in self.cases]
        if any(calling.untouched(function, outcome) for outcome in outcomes):
            return unanswered()
        for case, outcome in zip(self.cases, outcomes, strict=True):
            if outcome.error is not None:
                return self._stopped(function, case, outcome)
            if outcome.changed:
                return self._changed(case, outcome)
        return self._compare(function, [outcome.value for outcome in outcomes])

    def _compare(self, function, values):
        results = list(map(as_result, values, self.expected))
        agree = list(map(self._same, self.cases, results, self.expected))
        if all(agree):
            return right(self._scope(values[0]), self.fact)
        first = agree.index(False)
        case, value, result = self.cases[first], values[first], results[first]
        gap = self._gap(case, value, result, self.expected[first])
        again = calling.call(function, self.parameters, case.arguments).value
        if not self._same(case, as_result(again, self.expected[first]), result):
            diagnosis = (
                None,
                "A second call with the same arguments gave another result: something outside the "
                "function is read or changed.",
                "Use only the arguments, and names made inside the function.",
            )
        else:
            diagnosis = self._diagnose(results) or self._undiagnosed(first, results, value)
        name, *lines = diagnosis
        return wrong(gap, *lines, mistake=name, inputs=case.arguments)

    def _diagnose(self, results):
        """Return name, mistake and next step of the first catalogued mistake that does the same."""
        for mistake in self.mistakes:
            if any(self._matches(way, results) for way in self._wrong_functions(mistake)):
                return mistake.name, mistake.what, mistake.step
        for change in self.mistakes:
            for mistake in self.mistakes:
                if change.change is None or change is mistake:
                    continue
                spoilt_twice = self.wrong_function(change, self.wrong_function(mistake))
                if self._matches(spoilt_twice, results):
                    both = f"{mistake.name} + {change.name}"
                    return both, f"Two known mistakes at once: {both}.", mistake.step
        return None

    def _matches(self, wrong_function, results):
        for case, result, like in zip(self.cases, results, self.expected, strict=True):
            outcome = calling.call(wrong_function, self.parameters, case.arguments)
            spoilt = as_result(outcome.value, like)
            if spoilt is None or result is None or not self._same(case, spoilt, result):
                return False
        return True

    def _undiagnosed(self, first, results, value):
        """Return what can be said without a match: None, the observation, the next step."""
        if seen := self._observed(results, first):
            return seen
        result, expected = results[first], self.expected[first]
        returns = ", ".join(self.returns)
        if value is None:
            return (
                None,
                "A function without a return gives back None; print shows a value and drops it.",
                f"End the function with: return {returns}.",
            )
        if result is None or shapes(result) != shapes(expected):
            return None, "The kind or the shape differs.", f"Return {returns} as expected above."
        if not all(np.isfinite(part).all() for part in parts(result)):
            return (
                None,
                "nan or infinity: a division by zero, or a number too large for 64 bits.",
                self.pencil,
            )
        if said := self._factor(first, results):
            return None, *said
        if all(self._same(self.cases[0], other, results[0]) for other in results):
            return (
                None,
                f"The same result comes back for all {len(results)} inputs, whatever they are.",
                f"Compute it from the arguments {', '.join(self.parameters)}.",
            )
        if same(result, expected, NEAR * size(expected)):
            return None, *self.nearly
        agreeing = [
            name
            for name, *two in zip(self.returns, parts(result), parts(expected), strict=False)
            if len(self.returns) > 1 and self._same(self.cases[first], *two)
        ]
        if agreeing:
            return None, f"{' and '.join(agreeing)} came out right, the rest did not.", self.pencil
        seen = f"Right on {counted(first, 'input')} before this one." if first else ""
        return None, seen, self.pencil

    def _observed(self, results, first):
        """Return what ``observe`` sees in results that have the right shapes."""
        if self.observe is None or list(map(shapes, results)) != list(map(shapes, self.expected)):
            return None
        with np.errstate(all="ignore"):  # a wrong answer may hold nan and infinity
            return self.observe(self, results, first)

    def _factor(self, first, results):
        """Return the observation and the next step if a factor is all that is wrong."""
        with np.errstate(all="ignore"):
            given = results, self.expected, [self._tolerance(case) for case in self.cases]
            whole = comparing.factors(*given)
            return comparing.factor_in_words(
                whole, first, ", ".join(self.returns)
            ) or comparing.factors_of_parts(*given, self.returns)

    def _gap(self, case, value, result, expected):
        start = f"At {case.label}"
        return comparing.gap(start, self.returns, value, result, expected, self._tolerance(case))

    def _same(self, case, result, other):
        return same(result, other, self._tolerance(case))

    def _tolerance(self, case):
        """Return how far apart two results may be: ten digits of the largest number given."""
        return TOLERANCE * size(case.arguments)

    def _scope(self, value):
        random = sum(case.random for case in self.cases)
        scope = f"Right, on {len(self.cases)} inputs, {random} of them random, to ten digits."
        if isinstance(self.expected[0], np.ndarray) and not isinstance(value, np.ndarray):
            scope += f" It came as {kind(value)}; computed on a whole array, it is an array."
        return scope

    def _parameters_problem(self, function):
        wanted, found = self.parameters, calling.parameters_of(function)
        if not calling.accepts(function, len(wanted)):
            has = f"takes ({', '.join(found)})"
        elif found and found != wanted and set(found) == set(wanted):
            has = f"has the same arguments in another order, ({', '.join(found)})"
        else:
            return None
        return wrong(
            f"The function {has}; the check calls it with ({', '.join(wanted)}), in this order.",
            f"Start it with: def {self.name}({', '.join(wanted)}):",
        )

    def _stopped(self, function, case, outcome):
        gap = f"At {case.label}: the function stopped with {calling.complaint(outcome.error)}."
        if name := self._known_stop(function, outcome.error):
            return self._named(name, gap, case)
        where = calling.place(function, outcome.error)
        return wrong(
            gap,
            f"It happened in {where}" if where else "",
            self._after_a_stop(case, outcome.error)
            if where
            else "Call the function on those arguments by itself, to see where it happens.",
            inputs=case.arguments,
        )

    def _known_stop(self, function, error):
        """Return the name of the mistake that stops the function, or None."""
        outcomes = [calling.call(function, self.parameters, case.arguments) for case in self.cases]
        for mistake in self.mistakes:
            if any(self._stops_like(way, outcomes) for way in self._wrong_functions(mistake)):
                return mistake.name
        for kind_of_error, text, name in self.stops:
            if isinstance(error, kind_of_error) and text in str(error):
                return name
        return None

    def _stops_like(self, wrong_function, outcomes):
        """Return whether it stops in the same cases as those outcomes and agrees in the others.

        Where there are no others, the complaints have to be the same.  An empty array is as good
        as a stop.
        """
        agreed, complaints = 0, True
        for case, like, theirs in zip(self.cases, self.expected, outcomes, strict=True):
            ours = calling.call(wrong_function, self.parameters, case.arguments)
            if ours.error is not None and theirs.error is not None:
                if type(ours.error) is not type(theirs.error):
                    return False
                complaints &= calling.complaint(ours.error) == calling.complaint(theirs.error)
                continue
            without = [each.error is not None or empty(each.value) for each in (ours, theirs)]
            if any(without):
                if not all(without):
                    return False
                continue
            one, two = (as_result(each.value, like) for each in (ours, theirs))
            if one is None or two is None or not self._same(case, one, two):
                return False
            agreed += 1
        return agreed > 0 or complaints

    def _after_a_stop(self, case, error):
        """Return the next step after an exception that no known mistake explains."""
        for kind_of_error, text, step in STOPS:
            if isinstance(error, kind_of_error) and text in str(error):
                return step
        given = zip(self.parameters, case.arguments, strict=True)
        shaped = {
            name: [each.shape for each in parts(value) if isinstance(each, np.ndarray)]
            for name, value in given
        }
        tables = any(len(shape) > 1 for each in shaped.values() for shape in each)
        if tables and isinstance(error, ValueError | IndexError):
            told = ", ".join(" ".join([name, *map(str, s)]) for name, s in shaped.items() if s)
            return f"Write its shape under every array of that line. Given are {told}."
        return "Print the values that line works with, to see which is not what it should be."

    def _named(self, name, gap, case=None):
        """Return the verdict on the mistake of that name."""
        mistake = next(mistake for mistake in self.mistakes if mistake.name == name)
        inputs = None if case is None else case.arguments
        return wrong(gap, mistake.what, mistake.step, mistake=name, inputs=inputs)

    def _changed(self, case, outcome):
        return wrong(
            f"At {case.label}: {calling.change(outcome)}.",
            "The function writes into its input, which the caller still needs: "
            "`x += b` and `x[0] = b` change the array itself.",
            "Give the result a name of its own, as in `a = x + b`.",
            mistake="in place",
            inputs=case.arguments,
        )


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class NumberExercise(Exercise):
    """The reader predicts a number, worked out by hand.

    Attributes
    ----------
    givens : str
        The numbers to start from, for the notebook to print.
    quantity : str
        What the number is: "the loss after the step".
    reference : float
    tolerance : float
        Relative.
    mistakes : tuple of Mistake
        Each with a number for an answer.
    pencil : str
        The next step when the number is not a known one.
    """

    answers: tuple = ("number",)
    givens: str
    quantity: str
    reference: float
    tolerance: float
    mistakes: tuple
    pencil: str

    def given(self):
        """Return the numbers to start from."""
        return Text(self.givens)

    @property
    def wrong_answers(self):
        """Every catalogued wrong number, alone in a tuple, by name."""
        return {mistake.name: (mistake.answer,) for mistake in self.mistakes}

    def judge(self, answer) -> Answer:
        """Return the verdict: the gap is a ratio, so that the number is still to be found."""
        value = as_number(answer)
        if value is None or not np.isfinite(value):
            return not_a_number(answer, self.quantity)
        if self._is(value, self.reference):
            return right(f"Right: {number(self.reference)}.", self.fact)
        gap = f"Got {number(value)}, {number(value / self.reference)} times {self.quantity}."
        for mistake in self.mistakes:
            if self._is(value, mistake.answer):
                return wrong(gap, mistake.what, mistake.step, mistake=mistake.name)
        if abs(value - self.reference) < NEAR * abs(self.reference):
            return wrong(
                gap,
                f"Within {number(100 * NEAR)} % but not within {number(100 * self.tolerance)} %: "
                "a rounding on the way.",
                "Carry every digit to the end; here there are few.",
            )
        return wrong(gap, self.pencil)

    def _is(self, value, other):
        return abs(value - other) <= self.tolerance * abs(other)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class ChoiceExercise(Exercise):
    """The reader picks one of a few sentences.

    Attributes
    ----------
    question : str
    choices : dict
        Letter -> sentence.
    correct : str
        The letter of the right one.
    mistakes : tuple of Mistake
        One for each wrong letter.
    """

    answers: tuple = ("choice",)
    question: str
    choices: dict
    correct: str
    mistakes: tuple

    def options(self):
        """Return the question and its choices."""
        lines = textwrap.wrap(self.question, 66)
        for letter, text in self.choices.items():
            lines += textwrap.wrap(f"{letter}  {text}", 66, subsequent_indent="   ")
        return Text("\n".join(lines))

    @property
    def wrong_answers(self):
        """Every wrong letter, alone in a tuple, by the name of the mistake."""
        return {mistake.name: (mistake.answer,) for mistake in self.mistakes}

    def judge(self, choice) -> Answer:
        """Return the comment on that choice."""
        letter = choice.strip(" \t\n().").lower() if isinstance(choice, str) else None
        if letter not in self.choices:
            letters = ", ".join(f'"{letter}"' for letter in self.choices)
            return wrong(f"Got {kind(choice)}, expected one letter in quotation marks: {letters}.")
        if letter == self.correct:
            return right(f"Right: {letter}.", self.fact)
        mistake = next(mistake for mistake in self.mistakes if mistake.answer == letter)
        return wrong(mistake.what, mistake.step, mistake=mistake.name)


def not_a_number(answer, quantity):
    """Return the verdict on an answer that is no usable number."""
    return wrong(
        f"Got {kind(answer)}, expected {quantity} as one finite number.",
        "Take away quotation marks and brackets." if isinstance(answer, str | list | tuple) else "",
    )
