"""What every chapter notebook must be, whatever it teaches (nbval compares the outputs).

Each rule is a function that takes a notebook and returns its faults as sentences; RULES lists them.
The second half of the file shows each rule a small notebook that breaks it.
"""

import ast
import copy
import json
import re
from pathlib import Path

import nbformat
import pytest
import yaml

import bootstrap_cell
import needs_torch
import refresh

ROOT = Path(__file__).resolve().parent.parent
CHAPTERS = sorted((ROOT / "chapters").glob("*.ipynb"))
TAGS = {
    "remove-cell",
    "hide-input",
    "hide-output",
    "nbval-ignore-output",
    "raises-exception",
    needs_torch.TAG,
}
RULES = []


def rule(function):
    RULES.append(function)
    return function


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def text_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "markdown"]


def prose(notebook):
    """Return the Markdown text without code, fenced or in backticks."""
    text = "\n\n".join(cell.source for cell in text_cells(notebook))
    text = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    return re.sub(r"`[^`\n]+`", "``", text)


def tree(cell):
    """Return the syntax tree of a code cell; IPython's own lines (%magic, !shell) are left out."""
    lines = [
        "" if line.lstrip().startswith(("%", "!")) else line for line in cell.source.splitlines()
    ]
    try:
        return ast.parse("\n".join(lines))
    except SyntaxError:
        return ast.parse("")  # such a cell does not run, which its stored outputs say


def where(cell):
    return f"cell {cell.id!r}"


# ------------------------------------------------------------------------------- rules: code cells


@rule
def opens_with_the_bootstrap_cell(notebook):
    first = next(iter(code_cells(notebook)), None)
    if first is None or first.source != bootstrap_cell.text():
        yield "the first code cell is not tools/bootstrap_cell.py's: run `make refresh`"
    elif first.metadata != {"tags": ["remove-cell"], "cellView": "form"}:
        yield "the set-up cell must be tagged remove-cell and shown as a form: run `make refresh`"


@rule
def was_run_from_top_to_bottom(notebook):
    counts = [cell.execution_count for cell in code_cells(notebook)]
    if counts != list(range(1, len(counts) + 1)):
        yield f"execution counts are {counts}, not 1 to {len(counts)}: run `make refresh`"


def shows_something(statement):
    """Return whether a top-level statement certainly prints or draws."""
    if isinstance(statement, (ast.For, ast.While, ast.With, ast.Try)):
        return any(map(shows_something, statement.body))
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        return ast.unparse(statement.value.func) in ("print", "plt.show", "display")
    return False


@rule
def stores_its_outputs(notebook):
    for cell in code_cells(notebook):
        body = tree(cell).body
        ends_with_value = (
            body
            and isinstance(body[-1], ast.Expr)
            and not isinstance(body[-1].value, (ast.Call, ast.Constant, ast.Await))
        )
        if (ends_with_value or any(map(shows_something, body))) and not cell.outputs:
            yield f"{where(cell)} shows something, but no output is stored: run `make refresh`"


@rule
def holds_no_errors(notebook):
    for cell in code_cells(notebook):
        for output in cell.outputs:
            if output.output_type == "error" and "raises-exception" not in cell.metadata.get(
                "tags", []
            ):
                yield f"{where(cell)} ended in {output.ename}"
            if output.output_type == "stream" and output.name == "stderr":
                yield f"{where(cell)} wrote to stderr: {output.text.strip().splitlines()[-1]}"


@rule
def holds_no_widget_state(notebook):
    if "widgets" in notebook.metadata:
        yield "widget state is stored in the notebook's metadata: run `make refresh`"
    for cell in code_cells(notebook):
        if any(refresh.WIDGET_VIEW in output.get("data", {}) for output in cell.outputs):
            yield f"{where(cell)} stores a widget view: run `make refresh`"


@rule
def shows_no_addresses(notebook):
    for cell in code_cells(notebook):
        for output in cell.outputs:
            text = output.get("text", "") + output.get("data", {}).get("text/plain", "")
            if re.search(r"\b0x[0-9a-fA-F]{6,}", text):
                yield f"{where(cell)} shows an address in memory: end it with plt.show()"


@rule
def has_short_cells(notebook):
    for cell in code_cells(notebook):
        lines = len(cell.source.splitlines())
        if lines > 20:
            yield f"{where(cell)} has {lines} lines of code, more than 20"


@rule
def ends_no_cell_with_a_semicolon(notebook):
    for cell in code_cells(notebook):
        if cell.source.rstrip().endswith(";"):
            yield f"{where(cell)} ends with a semicolon, which nbval ignores: use plt.show()"


@rule
def uses_known_tags(notebook):
    for cell in notebook.cells:
        if unknown := set(cell.metadata.get("tags", [])) - TAGS:
            yield f"{where(cell)} has the tag {min(unknown)!r}; allowed are {sorted(TAGS)}"


@rule
def runs_without_pytorch(notebook):
    for cell in code_cells(notebook):
        names = {node.id for node in ast.walk(tree(cell)) if isinstance(node, ast.Name)}
        if needs_torch.TAG not in cell.metadata.get("tags", []):
            if "torch" in names:
                yield f"{where(cell)} uses torch but has no tag {needs_torch.TAG!r}"
        elif not cell.source.startswith(("if torch", "try:\n    import torch")):
            yield f"{where(cell)} needs torch: begin it with `if torch:`"


@rule
def introduces_every_code_cell(notebook):
    previous = None
    for cell in notebook.cells:
        if (
            cell.cell_type == "code"
            and not bootstrap_cell.is_bootstrap(cell)
            and previous != "markdown"
        ):
            yield f"{where(cell)} is code that no text introduces: write a sentence before it"
        if not bootstrap_cell.is_bootstrap(cell):
            previous = cell.cell_type


@rule
def uses_the_library(notebook):
    imported = set()
    for cell in code_cells(notebook):
        for node in ast.walk(tree(cell)):
            if isinstance(node, ast.Import):
                imported |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                imported.add((node.module or "").split(".")[0])
    if "byhand" not in imported:
        yield "the notebook never imports byhand"


def shown(notebook):
    """Return what each displayed output is in words, and whether it is also a picture."""
    data = [output.get("data", {}) for cell in code_cells(notebook) for output in cell.outputs]
    return [(each.get("text/plain", ""), "image/png" in each) for each in data]


@rule
def gives_both_sliders(notebook):
    for kind, beginning in [("live figure", "Live figure "), ("lab", "Lab at ")]:
        words = [
            text for text, picture in shown(notebook) if picture and text.startswith(beginning)
        ]
        if not any("learning rate" in text and "epoch" in text for text in words):
            yield f"no {kind} is shown that has sliders for the learning rate and the epochs"


@rule
def describes_every_figure(notebook):
    for cell in code_cells(notebook):
        plain = any("<Figure" in o.get("data", {}).get("text/plain", "") for o in cell.outputs)
        if plain and not cell.metadata.get("mystnb", {}).get("image", {}).get("alt", "").strip():
            yield f"{where(cell)} draws a figure without alternative text (mystnb: image: alt:)"


# ------------------------------------------------------------------------------------- rules: text


@rule
def uses_portable_markdown(notebook):
    for cell in text_cells(notebook):
        if found := re.search(r"^\s*(`{3,}|:{3,}|~{3,})\s*\{[\w:+-]+\}", cell.source, re.MULTILINE):
            yield f"{where(cell)} uses a MyST directive, {found[0].strip()}: only the book reads it"
        if found := re.search(r"(?<!`)\{[a-z][\w:+-]*\}(?=`[^`\n]+`)", cell.source):
            yield f"{where(cell)} uses a MyST role, {found[0]}: only the book reads it"
        if found := re.search(r"^\s*\([\w:-]+\)=\s*$", cell.source, re.MULTILINE):
            yield f"{where(cell)} uses a MyST label, {found[0].strip()}: only the book reads it"


MATRIX = re.compile(r"\\begin\{(\w*matrix|cases|array)\}.*?\\end\{\1\}", re.DOTALL)


def equations(text):
    return re.findall(r"\$\$(.*?)\$\$", text, flags=re.DOTALL)


def tags(notebook):
    return [
        tag
        for block in equations(prose(notebook))
        for tag in re.findall(r"\\tag\{([^}]*)\}", block)
    ]


@rule
def puts_one_equation_in_a_block(notebook):
    text = prose(notebook)
    if text.count("$$") % 2:
        yield "a $$ block is not closed"
    for line in text.splitlines():
        if line.count("$$") > 1 and not re.fullmatch(r"\s*\$\$.+\$\$\s*", line):
            yield f"{line.strip()[:40]} has text beside $$: give the equation its own paragraph"
    for block in equations(text):
        begin = " ".join(block.split())[:40]
        if (
            re.search(r"\\begin\{(align|gather|eqnarray|multline|split)", block)
            or block.count(r"\tag{") > 1
        ):
            yield f"the block $$ {begin} holds more than one equation: give each its own $$ block"
        elif r"\\" in MATRIX.sub("", block):
            yield f"the block $$ {begin} breaks its line: give each line its own block"
        if re.search(r"\n\s*\n", block):
            yield f"the block $$ {begin} holds an empty line, which ends it in some readers"


@rule
def describes_every_picture(notebook):
    text = prose(notebook)
    for picture in re.findall(r"!\[\s*\]\([^)]*\)", text):
        yield f"{picture} has no alternative text"
    for picture in re.findall(r"<img\b[^>]*>", text):
        if not re.search(r"""\balt=(["'])\s*\S.*?\1""", picture, re.DOTALL):
            yield f"{picture} has no alternative text"


# ----------------------------------------------------------------- the rules, held by the chapters


def faults(function, notebook):
    return list(function(notebook))


@pytest.fixture(scope="module", params=CHAPTERS, ids=lambda path: path.stem)
def path(request):
    return request.param


@pytest.fixture(scope="module")
def notebook(path):
    return nbformat.read(path, as_version=4)


def test_there_are_chapters():
    assert CHAPTERS


@pytest.mark.parametrize("function", RULES, ids=lambda function: function.__name__)
def test_chapter(function, notebook):
    assert faults(function, notebook) == []


def test_is_stored_as_refresh_stores_it(path, notebook):
    nbformat.validate(notebook)
    stored_form = refresh.as_bytes(refresh.normalise(notebook, bootstrap_cell.text()))
    assert path.read_bytes() == stored_form, "edited by hand? `make refresh` puts it in order"


def test_is_small(path):
    assert path.stat().st_size <= 600_000


def table_of_contents():
    def files(node):
        if isinstance(node, dict):
            for key, value in node.items():
                if key in ("root", "file"):
                    yield value.removesuffix(".ipynb").removesuffix(".md")
                else:
                    yield from files(value)
        elif isinstance(node, list):
            for item in node:
                yield from files(item)

    return list(files(yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))))


def test_is_in_the_table_of_contents(path):
    assert f"chapters/{path.stem}" in table_of_contents()


def test_is_named_by_its_number(path):
    assert re.fullmatch(r"\d\d_[a-z0-9_]+", path.stem)


def test_table_of_contents_names_files_that_exist():
    for file in table_of_contents():
        assert any((ROOT / f"{file}{ending}").is_file() for ending in (".ipynb", ".md")), file


# --------------------------------------------------------------------- equations, held to the code


def number_faults(tags_of_chapters, citations):
    """Yield what is wrong with equation numbers.

    ``tags_of_chapters`` is {chapter number: [tags]}, ``citations`` is {"1.4": where it is cited}.
    """
    seen = set()
    for chapter, numbers in tags_of_chapters.items():
        for number in numbers:
            if not re.fullmatch(rf"{chapter}\.\d+", number):
                yield f"chapter {chapter} has the equation number {number}, not {chapter}.something"
            if number in seen:
                yield f"equation {number} stands in two places"
            seen.add(number)
    for number, place in citations.items():
        if number not in seen:
            yield f"{place} cites Eq. {number}, which no chapter has"


def citations(text):
    """Return the equation numbers that a text cites: "Eq. 1.4", "Eqs. 1.4 and 1.5", "Eq. (1.4)"."""
    found = re.findall(
        r"\bEqs?\.\s*((?:\(?\d+\.\d+\)?(?:,\s*|\s+and\s+|\s+to\s+|\s*–\s*)?)+)", text
    )
    return [number for group in found for number in re.findall(r"\d+\.\d+", group)]


def test_equation_numbers_are_unique_and_the_codes_citations_exist():
    numbers = {int(path.stem[:2]): tags(nbformat.read(path, as_version=4)) for path in CHAPTERS}
    sources = [
        file for ending in ("py", "js") for file in sorted((ROOT / "src").rglob(f"*.{ending}"))
    ]
    cited = {
        number: file.relative_to(ROOT).as_posix()
        for file in sources
        for number in citations(file.read_text(encoding="utf-8"))
    }
    assert list(number_faults(numbers, cited)) == []


# ----------------------------------------------------------------------------- every rule can fail


def make(*cells, **metadata):
    """Return a notebook from (kind, source, extras) tuples, otherwise in order."""
    notebook = nbformat.v4.new_notebook(metadata=metadata)
    for kind, source, *extras in cells:
        new = nbformat.v4.new_code_cell if kind == "code" else nbformat.v4.new_markdown_cell
        notebook.cells.append(new(source, **(extras[0] if extras else {})))
    for number, cell in enumerate(code_cells(notebook), 1):
        cell.setdefault("execution_count", number)
        if cell.execution_count is None:
            cell.execution_count = number
    return notebook


def stream(text, name="stdout"):
    return nbformat.v4.new_output("stream", name=name, text=text)


def output(**data):
    return nbformat.v4.new_output("display_data", data=data)


def picture(words):
    return output(**{"image/png": "", "text/plain": words})


ALT = {"mystnb": {"image": {"alt": "a falling line"}}}


def good_cells():
    return [
        (
            "markdown",
            "# One node\n\nText with `{code}`, a formula $a$ and ![a falling line](x.png).",
        ),
        (
            "code",
            bootstrap_cell.text(),
            {"metadata": {"tags": ["remove-cell"], "cellView": "form"}},
        ),
        ("code", "from byhand.figures import LiveFigure\nfrom byhand.lab import Lab"),
        (
            "markdown",
            "One equation:\n\n$$ l = (a - y)^2 \\tag{1.1} $$\n\n```python\nprint('fenced')\n```",
        ),
        ("code", "print(1)", {"outputs": [stream("1\n")]}),
        ("markdown", "Play."),
        (
            "code",
            "figure",
            {"outputs": [picture("Live figure 'a': move learning rate and epoch.")]},
        ),
        ("markdown", "Your turn."),
        ("code", "lab", {"outputs": [picture("Lab at learning rate 1, epochs 2: fine.")]}),
        ("markdown", "A plain figure."),
        ("code", "plt.show()", {"outputs": [picture("<Figure size 1x1>")], "metadata": ALT}),
    ]


def changed(number, source, **extras):
    """Return the good notebook with one cell replaced."""
    cells = good_cells()
    cells[number] = (cells[number][0], source, extras)
    return make(*cells)


def test_a_good_notebook_passes_every_rule():
    notebook = make(*good_cells())
    assert {function.__name__: faults(function, notebook) for function in RULES} == {
        function.__name__: [] for function in RULES
    }
    assert tags(notebook) == ["1.1"]


BAD = [
    (opens_with_the_bootstrap_cell, lambda: changed(1, bootstrap_cell.text() + "\n%pip list")),
    (opens_with_the_bootstrap_cell, lambda: changed(1, bootstrap_cell.text(), metadata={})),
    (opens_with_the_bootstrap_cell, lambda: make(("markdown", "no code"))),
    (was_run_from_top_to_bottom, lambda: changed(4, "a = 1", execution_count=7)),
    (stores_its_outputs, lambda: changed(4, "print(1)")),
    (stores_its_outputs, lambda: changed(4, "for i in range(2):\n    print(i)")),
    (stores_its_outputs, lambda: changed(4, "plt.show()")),
    (stores_its_outputs, lambda: changed(4, "a = 1\na")),
    (holds_no_errors, lambda: changed(4, "1 / 0", outputs=[
        nbformat.v4.new_output("error", ename="ZeroDivisionError", evalue="", traceback=[])])),
    (holds_no_errors, lambda: changed(4, "a", outputs=[stream("RuntimeWarning\n", "stderr")])),
    (holds_no_widget_state, lambda: make(*good_cells(), widgets={"state": {}})),
    (holds_no_widget_state, lambda: changed(4, "a", outputs=[output(**{refresh.WIDGET_VIEW: {}})])),
    (shows_no_addresses, lambda: changed(4, "f", outputs=[stream("<function f at 0x7f2b1c0d>\n")])),
    (shows_no_addresses, lambda: changed(4, "f", outputs=[output(**{"text/plain": "0x7f2b1c0d"})])),
    (has_short_cells, lambda: changed(4, "\n".join(f"a = {i}" for i in range(21)))),
    (ends_no_cell_with_a_semicolon, lambda: changed(4, "plt.plot(x, y);  ")),
    (uses_known_tags, lambda: changed(4, "a = 1", metadata={"tags": ["skip-me"]})),
    (runs_without_pytorch, lambda: changed(4, "torch.tensor(1)")),
    (runs_without_pytorch, lambda: changed(4, "import torch", metadata={"tags": ["needs-torch"]})),
    (introduces_every_code_cell, lambda: make(*good_cells(), ("code", "a = 1"))),
    (uses_the_library, lambda: changed(2, "import numpy as np")),
    (gives_both_sliders, lambda: changed(6, "a = 1")),
    (gives_both_sliders, lambda: changed(6, "a", outputs=[picture("Live figure 'a': epochs.")])),
    (gives_both_sliders, lambda: changed(8, "a", outputs=[output(**{"text/plain": "VBox()"})])),
    (describes_every_figure, lambda: changed(10, "a", outputs=[picture("<Figure size 1x1>")])),
    (uses_portable_markdown, lambda: changed(0, "```{note}\nhello\n```")),
    (uses_portable_markdown, lambda: changed(0, ":::{admonition} hello\n:::")),
    (uses_portable_markdown, lambda: changed(0, "see {ref}`there`")),
    (uses_portable_markdown, lambda: changed(0, "(label)=\n# Title")),
    (puts_one_equation_in_a_block, lambda: changed(3, "$$ a = b \\tag{1.1} \\tag{1.2} $$")),
    (puts_one_equation_in_a_block, lambda: changed(3, "$$ a = b \\\\ c = d \\tag{1.1} $$")),
    (puts_one_equation_in_a_block, lambda: changed(3, "$$ \\begin{aligned} a \\end{aligned} $$")),
    (puts_one_equation_in_a_block, lambda: changed(3, "$$ a = b\n\nc = d $$")),
    (puts_one_equation_in_a_block, lambda: changed(3, "$$ a = b")),
    (puts_one_equation_in_a_block, lambda: changed(3, "so $$ a = b \\tag{1.1} $$")),
    (describes_every_picture, lambda: changed(0, "![](x.png)")),
    (describes_every_picture, lambda: changed(0, "<img src='x.png'>")),
    (describes_every_picture, lambda: changed(0, '<img src="x.png" alt="">')),
]  # fmt: skip


@pytest.mark.parametrize(
    ("function", "notebook"), BAD, ids=[f"{f.__name__}-{i}" for i, (f, _) in enumerate(BAD)]
)
def test_a_bad_notebook_is_caught(function, notebook):
    assert faults(function, notebook()) != []


def test_every_rule_was_seen_to_fail():
    assert {function for function, _ in BAD} == set(RULES)


def test_a_stripped_notebook_fails():
    stripped = make(*good_cells())
    for cell in code_cells(stripped):
        cell.outputs, cell.execution_count = [], None
    assert faults(was_run_from_top_to_bottom, stripped)
    assert faults(stores_its_outputs, stripped)


def test_a_deliberate_error_may_stay():
    error = nbformat.v4.new_output("error", ename="ValueError", evalue="", traceback=[])
    notebook = changed(4, "f()", outputs=[error], metadata={"tags": ["raises-exception"]})
    assert faults(holds_no_errors, notebook) == []


def test_equation_numbers_that_are_wrong_are_caught():
    assert list(number_faults({1: ["1.1", "1.2"]}, {"1.2": "losses.py"})) == []
    assert list(number_faults({1: ["1.1", "1.1"]}, {})) == ["equation 1.1 stands in two places"]
    assert list(number_faults({1: ["2.1"]}, {})) != []
    assert list(number_faults({1: ["1.1"]}, {"1.4": "losses.py"})) == [
        "losses.py cites Eq. 1.4, which no chapter has"
    ]


def test_citations_are_read_in_every_form():
    assert citations("Half of it (Eq. 1.4).") == ["1.4"]
    assert citations("Eqs. 1.4 and 1.5, then Eq. (2.10)") == ["1.4", "1.5", "2.10"]
    assert citations("Eq. 1.4, 1.5 (Eq. 1.1 to 1.8)") == ["1.4", "1.5", "1.1", "1.8"]
    assert citations("version 1.4 of Eq. none") == []


def test_a_notebook_stored_in_another_form_is_noticed():
    notebook = make(*good_cells(), colab={"provenance": []})
    once = refresh.normalise(notebook, bootstrap_cell.text())
    assert refresh.as_bytes(once) != refresh.as_bytes(notebook)
    assert refresh.as_bytes(
        refresh.normalise(copy.deepcopy(once), bootstrap_cell.text())
    ) == refresh.as_bytes(once)
    assert json.loads(refresh.as_bytes(once))["metadata"] == refresh.METADATA
