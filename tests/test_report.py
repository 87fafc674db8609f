"""check.report: a line for each exercise, and a file that is written only where it may be."""

import json
import re

import pytest

import byhand
from byhand import check
from byhand.check import answer

KEYS = ["exercise", "chapter", "title", "state", "attempts", "mistake", "message"]
COURSE = "Neural Networks by Hand"
gradient, why_no_x = check.one_node.gradient, check.one_node.why_no_x


@pytest.fixture(autouse=True)
def fresh_session(monkeypatch):
    """Give every test a session in which nothing has been checked."""
    new_session(monkeypatch)


def new_session(monkeypatch):
    monkeypatch.setattr(answer, "_session", {})


def no_bias(w, b, x, y):
    error = w * x - y
    return (error * x).mean(), error.mean()


def work():
    """Check two exercises of chapter 1, one of them twice, and begin a third."""
    why_no_x("c")
    gradient(...)
    gradient(no_bias)
    check.one_node.forward(...)


def lines(report):
    return repr(report).split("\n")


def written(path):
    return json.loads(path.read_text(encoding="utf-8"))


def by_number(path):
    return {line["exercise"]: line for line in written(path)["exercises"]}


def test_nothing_checked():
    assert repr(check.report()) == "Nothing has been checked in this session yet."


def test_nothing_checked_writes_nothing(tmp_path):
    path = tmp_path / "report.json"
    assert lines(check.report(path))[-1] == f"Not written to {path}: check an exercise first."
    assert not path.exists()


def test_a_line_for_every_exercise_of_the_chapter_in_its_order():
    work()
    assert lines(check.report()) == [
        "1.1   loss after one step    not answered",
        "1.2   forward                not answered, 1 attempt",
        "1.3   gradient               not yet (no bias in a), 2 attempts",
        "1.4   training loop          not answered",
        "1.5   rates                  not answered",
        "1.6   why no x               right, 1 attempt",
    ]


def test_every_exercise_of_the_course_has_its_line():
    for chapter in check.CHAPTERS:
        chapter.EXERCISES[0](...)
    printed = lines(check.report())
    exercises = [each for chapter in check.CHAPTERS for each in chapter.EXERCISES]
    in_order = sorted(exercises, key=lambda each: each.place)
    assert [line.split()[0] for line in printed] == [each.number for each in in_order]
    assert all(re.match(r"\d+\.\d .+? +(not answered)", line) for line in printed)


def test_the_file_has_stable_keys(tmp_path):
    work()
    path = tmp_path / "report.json"
    assert lines(check.report(path))[-1] == f"Written to {path}."
    report = written(path)
    assert list(report) == ["course", "version", "exercises"]
    assert (report["course"], report["version"]) == (COURSE, byhand.__version__)
    assert [list(line) for line in report["exercises"]] == [KEYS] * 6
    assert report["exercises"][5] == {
        "exercise": "1.6", "chapter": "one_node", "title": "why no x", "state": "right",
        "attempts": 1, "mistake": None, "message": str(why_no_x("c")).split("\n")[0],
    }  # fmt: skip
    third, first = report["exercises"][2], report["exercises"][0]
    assert (third["state"], third["attempts"]) == ("not yet", 2)
    assert third["mistake"] == "no bias in a" and "expected" in third["message"]
    assert (first["state"], first["attempts"], first["message"]) == ("not answered", 0, "")


def test_the_same_session_writes_the_same_bytes(tmp_path):
    work()
    first, second = tmp_path / "first.json", tmp_path / "second.json"
    check.report(first), check.report(second)
    assert first.read_bytes() == second.read_bytes()


def test_a_name_and_a_time_only_if_they_are_given(tmp_path):
    work()
    path = tmp_path / "ada.json"
    check.report(path, name="Ada", time="Monday, third lesson")
    report = written(path)
    assert (report["name"], report["time"]) == ("Ada", "Monday, third lesson")
    check.report(path)
    assert written(path)["name"] == "Ada" and "time" not in written(path)


@pytest.mark.parametrize("given", [{"name": 3}, {"time": 17.5}], ids=["name", "time"])
def test_a_name_or_time_that_is_no_text_is_refused(tmp_path, given):
    work()
    ((key, value),) = given.items()
    last = lines(check.report(tmp_path / "a.json", **given))[-1]
    assert last == f"Not written: {key} is {value}, expected text. Put it in quotes."
    assert list(tmp_path.iterdir()) == []


def test_nobody_is_asked_and_nothing_else_is_written(tmp_path, monkeypatch):
    def refuse(*arguments, **named):
        raise AssertionError("a report asked the network, the clock or the system for something")

    work()
    monkeypatch.chdir(tmp_path)
    for name in ("socket.socket", "time.time", "getpass.getuser", "os.getlogin", "os.uname"):
        monkeypatch.setattr(name, refuse)
    check.report("report.json")
    assert [path.name for path in tmp_path.iterdir()] == ["report.json"]


def test_a_second_session_keeps_what_it_did_not_check(tmp_path, monkeypatch):
    path = tmp_path / "report.json"
    work()
    check.report(path)
    new_session(monkeypatch)
    check.two_inputs.concave_or_convex("x")
    gradient(...)
    check.report(path)
    found = by_number(path)
    assert [line["exercise"][0] for line in found.values()] == ["1"] * 6 + ["2"] * 6
    assert found["1.6"]["state"] == "right" and found["1.6"]["attempts"] == 1
    assert found["1.3"]["state"] == "not answered" and found["1.3"]["attempts"] == 1
    assert found["2.6"]["state"] == "not yet"


def test_chapters_stand_in_their_order_also_after_the_ninth(tmp_path, monkeypatch):
    path = tmp_path / "report.json"
    for chapter in (check.same_in_pytorch, check.two_inputs):
        new_session(monkeypatch)
        chapter.EXERCISES[0](...)
        check.report(path)
    assert list(by_number(path))[0] == "2.1" and list(by_number(path))[-1].startswith("10.")


OTHERS = {
    "a text": "dear diary",
    "a list": "[1, 2]",
    "another course": json.dumps({"course": "Cooking", "version": "1", "exercises": []}),
    "no exercises": json.dumps({"course": COURSE, "version": byhand.__version__}),
    "other lines": json.dumps(
        {"course": COURSE, "version": byhand.__version__, "exercises": [{"exercise": "1.1"}]}
    ),
    "an empty file": "",
    "bytes": "\udcff",
}


@pytest.mark.parametrize("text", OTHERS.values(), ids=OTHERS)
def test_a_file_that_is_no_report_of_this_course_is_left_alone(tmp_path, text):
    path = tmp_path / "kept.json"
    path.write_bytes(text.encode(errors="surrogateescape"))
    before = path.read_bytes()
    work()
    assert lines(check.report(path))[-1] == (
        f"Not written to {path}: it is there already and is no report of this course. "
        "Give another file name."
    )
    assert path.read_bytes() == before


def test_a_report_of_another_version_or_name_is_left_alone(tmp_path, monkeypatch):
    path = tmp_path / "ada.json"
    work()
    check.report(path, name="Ada")
    before = path.read_bytes()
    assert "it is the report of Ada. Give" in lines(check.report(path, name="Ben"))[-1]
    monkeypatch.setattr(byhand, "__version__", "9.9")
    last = lines(check.report(path, name="Ada"))[-1]
    assert re.search(r"it is a report on version \S+, this is 9\.9\. Give", last)
    assert path.read_bytes() == before


def test_a_name_may_be_added_later(tmp_path):
    path = tmp_path / "report.json"
    work()
    check.report(path)
    assert lines(check.report(path, name="Ada"))[-1] == f"Written to {path}."
    assert written(path)["name"] == "Ada"


@pytest.mark.parametrize("path", [3, 1.5, ["report.json"]], ids=repr)
def test_what_is_no_file_name_is_refused(path):
    work()
    assert lines(check.report(path))[-1] == (
        f"Not written: got {path!r} for the file, expected a name such as 'report.json'."
    )


def test_a_folder_that_is_not_there_or_is_the_file_itself_is_said(tmp_path):
    work()
    for path in (tmp_path / "nowhere" / "report.json", tmp_path):
        last = lines(check.report(path))[-1]
        assert last.startswith(f"Not written to {path}: ") and last.count(". ") == 1
        assert last.endswith("Give a path in a folder that can be written to.")
