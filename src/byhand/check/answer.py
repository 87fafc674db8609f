"""What a check returns, and the report of a session."""

import json
import os
import re
from dataclasses import asdict, dataclass

import byhand

UNANSWERED = "Not answered yet: replace the dots, then run this cell again."
NOTHING_CHECKED = "Nothing has been checked in this session yet."
STATES = {"right": "right", "wrong": "not yet", "unanswered": "not answered"}
COURSE = "Neural Networks by Hand"

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
    """One exercise of the report; its fields are the keys in the JSON file.

    Attributes
    ----------
    exercise, chapter, title : str
        ``"1.6"``, ``"one_node"``, ``"why no x"``: `check.one_node.why_no_x` in words.
    state : str
        ``"right"``, ``"not yet"`` or ``"not answered"``, from the last attempt.
    attempts : int
        How often it was checked in this session.
    mistake : str or None
        Name of the catalogued mistake, if the last answer had its signature.
    message : str
        First line of the last message, empty if there was none.
    """

    exercise: str
    chapter: str
    title: str
    state: str
    attempts: int
    mistake: str | None
    message: str

    @classmethod
    def of(cls, exercise):
        """Return what this session knows of an exercise."""
        attempts, answer = _session.get(exercise, (0, Answer("unanswered", "")))
        return cls(
            exercise.number,
            exercise.chapter,
            exercise.name.replace("_", " "),
            STATES[answer.status],
            attempts,
            answer.mistake,
            answer.text.partition("\n")[0],
        )

    def __str__(self):
        """Return the line: ``1.3   gradient   not yet (sum for mean), 2 attempts``."""
        named = f" ({self.mistake})" if self.mistake else ""
        times = {0: "", 1: ", 1 attempt"}.get(self.attempts, f", {self.attempts} attempts")
        return f"{self.exercise:<5} {self.title:<22} {self.state}{named}{times}"


def report(path=None, *, name=None, time=None):
    """Return one line for each exercise of the chapters checked in this session.

    Nothing leaves the computer, and nothing is written unless a file is named.  The file is one
    JSON object: ``course``, ``version``, ``exercises`` (a list of objects with the fields of
    `ReportLine`), and ``name`` and ``time`` if they were given.  It holds none of your code.

    Parameters
    ----------
    path : str or path-like, optional
        Also write the report there.  In a report that is there already, the lines of exercises not
        checked in this session are kept: a course takes more than one session.  Any other file, and
        a report of another course, version or name, is left alone, and the last line says so.
    name, time : str, optional
        Who, and when, in words of your own.  Neither is found out.

    Returns
    -------
    Text
    """
    lines = _lines()
    texts = [str(line) for line in lines] or [NOTHING_CHECKED]
    if path is not None:
        texts.append(_saved(path, lines, {"name": name, "time": time}))
    return Text("\n".join(texts))


def _lines():
    """Return a line for each exercise of every chapter with an attempt, in the course's order."""
    from byhand.check import CHAPTERS  # they import this module

    chapters = {exercise.chapter for exercise in _session}
    known = {each for chapter in CHAPTERS for each in chapter.EXERCISES if each.chapter in chapters}
    return [ReportLine.of(each) for each in sorted(known | set(_session), key=lambda e: e.place)]


def _saved(path, lines, given):
    """Write the report, and return a sentence that says where, or why not."""
    for key, value in given.items():
        if not isinstance(value, str | None):
            return f"Not written: {key} is {value!r}, expected text. Put it in quotes."
    try:
        path = os.fspath(path)
    except TypeError:
        return f"Not written: got {path!r} for the file, expected a name such as 'report.json'."
    if not lines:
        return f"Not written to {path}: check an exercise first."
    head = {"course": COURSE, "version": byhand.__version__}
    head |= {key: value for key, value in given.items() if value is not None}
    try:
        before = _there(path)
        if problem := _other(before, head):
            return f"Not written to {path}: {problem}. Give another file name."
        before = before or {"exercises": []}
        if "name" in before:
            head |= {"name": before["name"]}
        whole = head | {"exercises": _merged(before["exercises"], lines)}
        with open(path, "w", encoding="utf-8") as file:
            file.write(json.dumps(whole, indent=1, ensure_ascii=False) + "\n")
    except OSError as error:
        reason = error.strerror or type(error).__name__
        return f"Not written to {path}: {reason}. Give a path in a folder that can be written to."
    return f"Written to {path}."


def _there(path):
    """Return what the file holds: None if there is no file, {} if it is no JSON object."""
    try:
        with open(path, encoding="utf-8") as file:
            found = json.load(file)
    except FileNotFoundError:
        return None
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _other(before, head):
    """Return why a file must not be written over, or an empty string."""
    if before is None:
        return ""
    lines = before.get("exercises")
    ours = before.get("course") == COURSE and isinstance(lines, list)
    if not ours or not all(map(_is_line, lines)):
        return "it is there already and is no report of this course"
    if before.get("version") != head["version"]:
        return f"it is a report on version {before.get('version')}, this is {head['version']}"
    if "name" in before and before["name"] != head.get("name", before["name"]):
        return f"it is the report of {before['name']}"
    return ""


def _is_line(line):
    """Return whether a value read from a file has the fields of a `ReportLine`."""
    if not isinstance(line, dict) or line.keys() != ReportLine.__dataclass_fields__.keys():
        return False
    return re.fullmatch(r"\d+\.\d+", str(line["exercise"])) is not None


def _merged(before, lines):
    """Return the lines to write: of an exercise not checked in this session, the one before."""
    kept = {line["exercise"]: line for line in before}
    for line in lines:
        if line.attempts or line.exercise not in kept:
            kept[line.exercise] = asdict(line)
    return sorted(kept.values(), key=lambda line: [*map(int, line["exercise"].split("."))])
