"""What a check returns, and the report of a session."""

import json
from dataclasses import asdict, dataclass

UNANSWERED = "Not answered yet: replace the dots, then run this cell again."
NOTHING_CHECKED = "Nothing has been checked in this session yet."
STATUS = {"right": "right", "wrong": "not yet", "unanswered": "not answered yet"}

_session = {}  # exercise -> (attempts, last Answer)


class Text:
    """Text that shows itself as it is when it ends a notebook cell."""

    def __init__(self, text):
        self.text = text

    def __repr__(self):
        """Return the text itself."""
        return self.text


@dataclass(frozen=True, repr=False, eq=False)
class Answer(Text):
    """A verdict: at most three lines, shown as they are.

    Attributes
    ----------
    status : str
        ``"right"``, ``"wrong"`` or ``"unanswered"``.
    text : str
        The gap, the mistake, the next step: one line each.
    mistake : str or None
        Name of the catalogued mistake, if the answer has its signature.
    inputs : tuple or None
        The arguments of the case that is reported, to run again by hand.
    """

    status: str
    text: str
    mistake: str | None = None
    inputs: tuple | None = None

    @property
    def passed(self):
        """Whether the answer is right."""
        return self.status == "right"


def right(*lines):
    """Return the verdict on a right answer: what was checked, then one new fact."""
    return Answer("right", "\n".join(lines))


def wrong(*lines, mistake=None, inputs=None):
    """Return the verdict on an answer not right yet: the gap, the mistake, the next step."""
    return Answer("wrong", "\n".join(line for line in lines if line), mistake, inputs)


def unanswered():
    """Return the verdict on an answer that still holds its dots."""
    return Answer("unanswered", UNANSWERED)


def remember(exercise, answer):
    """Count the attempt for `report`, and return the answer."""
    attempts, _ = _session.get(exercise, (0, None))
    _session[exercise] = attempts + 1, answer
    return answer


@dataclass(frozen=True)
class ReportLine:
    """One exercise of the report."""

    chapter: str
    number: str
    exercise: str
    status: str
    attempts: int
    mistake: str | None

    def __str__(self):
        """Return the line: ``1.3  gradient  not yet (sum for mean)  2 attempts``."""
        named = f" ({self.mistake})" if self.mistake else ""
        times = "1 attempt" if self.attempts == 1 else f"{self.attempts} attempts"
        return f"{self.number:<5} {self.exercise:<22} {STATUS[self.status]}{named}, {times}"


def report(path=None):
    """Return one line for each exercise checked in this session, in the order of the course.

    Parameters
    ----------
    path : str or path-like, optional
        Also write the lines there, as a JSON list of objects with the fields of `ReportLine`.

    Returns
    -------
    Text
    """
    in_order = sorted(_session.items(), key=lambda item: item[0].place)
    lines = [
        ReportLine(each.chapter, each.number, each.name, answer.status, attempts, answer.mistake)
        for each, (attempts, answer) in in_order
    ]
    texts = [str(line) for line in lines] or [NOTHING_CHECKED]
    if path is not None:
        texts.append(_write(path, json.dumps([asdict(line) for line in lines], indent=2) + "\n"))
    return Text("\n".join(texts))


def _write(path, text):
    try:
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        return f"Not written to {path}: {reason}. Give a path in a folder that can be written to."
    return f"Written to {path}."
