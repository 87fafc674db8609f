"""The pages for teachers: plans add up, links open what they say, numbers are those measured."""

import html
import json
import re
import subprocess
import sys
from collections import Counter, defaultdict
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

import bootstrap_cell
import hub_link
from byhand import check
from byhand.check import answer

ROOT = Path(__file__).resolve().parent.parent
PAGE = (ROOT / "back/teachers.md").read_text(encoding="utf-8")
HUB = (ROOT / "back/hub.md").read_text(encoding="utf-8")
LOAD = json.loads((ROOT / "benchmarks/hub_load.json").read_text(encoding="utf-8"))
LINK = re.compile(
    r'<a href="\.\./chapters/(\w+)\.html#fig-([\w-]+?)(?:\?([^"]*))?">[^<]+</a>(?: \(“([^”]+)”)?'
)


def links():
    """Yield chapter, figure, address and the sentence quoted for each link to a live figure."""
    for chapter, figure, query, quoted in LINK.findall(PAGE):
        query = html.unescape(query)
        yield chapter, figure, f"fig-{figure}?{query}" if query else f"fig-{figure}", quoted


def settings(address):
    """Return the slider positions in an address, as text."""
    pairs = (pair.split("=") for pair in address.partition("?")[2].split("&") if pair)
    return {unquote(name): unquote(value) for name, value in pairs}


BY_CHAPTER = defaultdict(list)
for chapter, *rest in links():
    BY_CHAPTER[chapter].append(rest)


def section(title, level="##"):
    """Return the text under a heading, up to the next of its level."""
    start = PAGE.index(f"\n{level} {title}")
    end = re.search(rf"\n{level} ", PAGE[start + 1 :])
    return PAGE[start : start + 1 + end.start() if end else None]


# ------------------------------------------------------------------------------------- the plans


@pytest.mark.parametrize(
    ("plan", "lessons", "length"), [("four lessons", 4, 45), ("two lessons", 2, 90)]
)
def test_the_minutes_of_a_plan_add_up(plan, lessons, length):
    tables = re.findall(r"(?:^\|.*\n)+", section(f"Plan: {plan}"), re.MULTILINE)
    assert len(tables) == lessons
    for table in tables:
        spans = re.findall(r"^\| (\d+)–(\d+) \|", table, re.MULTILINE)
        ends = [0, *(int(end) for _, end in spans)]
        assert [int(start) for start, _ in spans] == ends[:-1] and ends[-1] == length
        assert ends == sorted(ends) and "★" in table and "#fig-" in table


def test_each_chapter_has_its_misconceptions_and_their_cures():
    text = section("What learners believe")
    for number, module in enumerate(check.CHAPTERS, start=1):
        part = text.split(f"\n### Chapter {number}:")[1].split("\n### ")[0]
        beliefs = re.findall(r"^- \*\*.+?\*\* .*", part, re.MULTILINE)
        assert len(beliefs) >= 3, module.__name__
        for belief in beliefs:  # each leads to a figure, a section or an exercise of that chapter
            places = re.findall(r"\.\./chapters/(\d\d)_", belief)
            assert places and set(places) == {f"{number:02}"}, belief


def test_exercises_are_called_by_their_numbers():
    exercises = {each.number for chapter in check.CHAPTERS for each in chapter.EXERCISES}
    cited = re.findall(r"\[(\d+\.\d)\]\(\.\./chapters/(\d\d)_\w+\.ipynb#exercise-(\d+)-", PAGE)
    assert len(cited) > 20
    for number, chapter, anchor in cited:
        assert number in exercises and anchor == number.replace(".", "")
        assert int(chapter) == int(number.partition(".")[0])


# --------------------------------------------------------------------- links to a figure's setting


def test_there_are_links_to_every_chapter():
    assert len(BY_CHAPTER) == 10 and all(len(each) >= 3 for each in BY_CHAPTER.values())


@pytest.mark.parametrize("chapter", BY_CHAPTER)
def test_links_open_the_figure_at_their_setting(chapter, open_page):
    """Also that the sentence quoted beside a link is what the figure says there."""
    page = open_page(f"chapters/{chapter}.html#{BY_CHAPTER[chapter][0][1]}").page
    for figure, address, quoted in BY_CHAPTER[chapter]:
        page.evaluate("hash => { location.hash = hash }", address)
        alive = page.locator(f"#fig-{figure} .lf[data-ready=true]").first
        alive.wait_for()
        if "?" not in address:
            continue
        page.wait_for_function(WHERE_IT_IS, arg=[f"fig-{figure}", settings(address)])
        said = alive.locator(".lf-readout").inner_text()
        assert quoted in said, f"{address} says: {said}"


# True once every slider stands at the stop that the address names, and the address names them all.
WHERE_IT_IS = """([id, wanted]) => {
  const figure = document.getElementById(id);
  const { state } = JSON.parse(figure.querySelector("script[type='application/json']").textContent);
  const { sliders } = JSON.parse(state.spec);
  const inputs = figure.querySelectorAll("input[type=range]");
  return sliders.length === Object.keys(wanted).length && sliders.every((slider, i) =>
    String(slider.stops[inputs[i].value]) === wanted[slider.name] && !inputs[i].disabled);
}"""


def test_the_figures_own_link_is_of_the_same_form(open_page):
    page = open_page("chapters/01_one_node.html#fig-one-node?learning_rate=1.7&epochs=100").page
    page.locator("#fig-one-node .lf[data-ready=true]").wait_for()
    page.locator("#fig-one-node .lf-link").click()
    address = page.evaluate("location.hash").removeprefix("#")
    assert address == "fig-one-node?learning_rate=1.7&epochs=100"
    assert address in PAGE and address in [each[1] for each in BY_CHAPTER["01_one_node"]]


def test_a_link_without_a_setting_keeps_the_question(open_page):
    page = open_page("chapters/01_one_node.html#fig-one-node").page
    page.locator("#fig-one-node .lf[data-ready=true]").wait_for()
    assert page.locator("#fig-one-node input").first.is_disabled()


# ------------------------------------------------------------------------------------- the reports


@pytest.fixture
def thirty_reports(tmp_path, monkeypatch):
    """Write the reports of thirty learners: two thirds are right, the others divide twice."""
    folder = tmp_path / "reports"
    folder.mkdir()
    solution = {"check": check}
    exec(check.one_node.gradient.solution.split("\ncheck.")[0], solution)
    for learner in range(30):
        monkeypatch.setattr(answer, "_session", {})
        wrong, *_ = check.one_node.gradient.wrong_answers["sum for mean"]
        check.one_node.gradient(wrong if learner % 3 == 0 else solution["gradient"])
        check.report(folder / f"{learner}.json", name=f"learner {learner}")
    return tmp_path


def test_ten_lines_collect_thirty_reports(thirty_reports):
    source = re.search(r"```python\n(import json\n.*?)```", PAGE, re.DOTALL)[1]
    assert len([line for line in source.splitlines() if line.strip()]) <= 11
    done = subprocess.run(
        [sys.executable, "-c", source], cwd=thirty_reports, capture_output=True, text=True
    )
    assert done.stderr == ""
    lines = done.stdout.splitlines()
    assert lines[2] == "1.3 gradient 20 of 30 right [('sum for mean', 10)]"
    assert lines[0] == "1.1 loss after one step 0 of 30 right []" and len(lines) == 6


def test_the_report_on_the_page_is_one_that_check_prints(monkeypatch):
    monkeypatch.setattr(answer, "_session", {})
    wrong, *_ = check.one_node.gradient.wrong_answers["sum for mean"]
    for _ in range(3):
        check.one_node.gradient(wrong)
    check.one_node.forward(lambda w, b, x: w * x + b)
    for value in (0, 3.5 / 8):
        check.one_node.loss_after_one_step(value)
    printed = repr(check.report()).splitlines()
    assert "\n".join(printed[:4]) in PAGE


def test_the_page_names_the_keys_of_the_file():
    fields = answer.ReportLine.__dataclass_fields__
    table = section("Checks: what they say")
    for key in ["course", "version", "exercises", *fields]:
        assert f"`{key}`" in table
    for state in answer.STATES.values():
        assert f'`"{state}"`' in table


def test_make_knows_what_the_page_asks_of_it():
    targets = re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    for target in re.findall(r"(?:`|^)make ([a-z-]+)", PAGE + HUB, re.MULTILINE):
        assert target in targets, target


# ----------------------------------------------------------------------------------------- the hub


@pytest.mark.parametrize(
    "hub", ["https://hub.example.org", "https://hub.example.org/", "https://example.org/jupyter/"]
)
def test_the_hub_link_says_what_nbgitpuller_reads(hub):
    parts = urlsplit(hub_link.link(hub, "07_two_moons"))
    path = urlsplit(hub).path.rstrip("/")
    assert parts.path == f"{path}/hub/user-redirect/git-pull"
    assert parse_qs(parts.query, strict_parsing=True) == {
        "repo": [bootstrap_cell.address()],
        "branch": ["main"],
        "targetpath": ["by-hand"],
        "urlpath": ["lab/tree/by-hand/chapters/07_two_moons.ipynb"],
    }


def test_the_hub_link_encodes_what_a_query_cannot_hold(tmp_path):
    (tmp_path / "chapters").mkdir()
    (tmp_path / "chapters/1 & 2.ipynb").touch()
    (tmp_path / "_config.yml").write_text(
        "repository:\n  url: https://github.com/ada/my.course-1\n  branch: spring+2027\n"
    )
    link = hub_link.link("https://hub.example.org", "1 & 2", tmp_path)
    assert not re.search(r"[ \n\"<>]", link) and link.count("&") == 3
    query = parse_qs(urlsplit(link).query, strict_parsing=True)
    assert query["repo"] == ["https://github.com/ada/my.course-1"]
    assert query["branch"] == ["spring+2027"]
    assert query["urlpath"] == ["lab/tree/by-hand/chapters/1 & 2.ipynb"]


@pytest.mark.parametrize("asked", [[], ["hub.example.org"], ["https://h.org/?x=1"]], ids=str)
def test_a_wrong_address_of_a_hub_is_said_in_a_sentence(asked):
    said = hub_link.main(*asked)
    assert said.startswith("The hub is ") and said.endswith("https://hub.example.org.")


def test_a_wrong_chapter_is_said_in_a_sentence():
    assert hub_link.main("https://h.org", "chapter 1").startswith("There is no chapters/chapter 1")


def test_the_page_shows_the_link_of_this_repository():
    assert hub_link.link("https://hub.example.org") in HUB
    assert f"git+{bootstrap_cell.address()}@v{bootstrap_cell.version()}" in HUB
    assert Counter(re.findall(r"\bv\d+\.\d+\.\d+\b", HUB)).keys() == {
        f"v{bootstrap_cell.version()}"
    }


def cell(words):
    """Return the number in the second column of the load table's row with these words."""
    return float(re.search(rf"^\| {words}[^|]*\| ([\d.]+) ", HUB, re.MULTILINE)[1])



def test_the_page_cites_what_was_measured():
    one = LOAD["one thread"]
    assert cell("memory of the kernel") == round(one["memory"]["most in chapter"], -1)
    assert cell("memory of the learner") == round(LOAD["server"], -1)
    assert cell("processor time") == round(one["chapter"]["total"])
    assert cell("its dearest cell") == round(one["chapter"]["dearest cell"], 1)
    assert cell("one move of a slider") == round(one["every position"]["median"], 2)
    assert cell("the dearest position") == round(one["every position"]["most"], 2)
    free, bound = (
        LOAD[key]["every position"]["total"] for key in ("all threads", "one thread")
    )
    assert f"cost {free:.0f} s in place of {bound:.0f} s" in HUB
    assert f"the {one['every position']['moves']}\npositions" in HUB
    assert one["memory"]["after lab"] < one["memory"]["most in chapter"] + 5


def test_the_worked_example_is_right():
    text = HUB[HUB.index("### Thirty learners") :]
    kernel, server = cell("memory of the kernel"), cell("memory of the learner")
    chapter, move = cell("processor time"), cell("one move of a slider")
    each = kernel + server
    assert f"are {each:.0f} MB; thirty times that is {each * 30 / 1000:.1f} GB" in text
    assert f"{each * 30 / 1000 * 4 / 3:.1f} GB." in text and each * 30 / 1000 * 4 / 3 < 16
    assert f"{move / 3:.0%}".replace("%", " %") + " of a core" in text
    assert f"{30 * move / 3:.0%}".replace("%", " %") + " of one core" in text
    whole = 30 * chapter / 60
    assert f"{whole:.0f} minutes of one core, or {whole / 4:.0f} minutes of four" in text
