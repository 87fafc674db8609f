"""Write back/formula_sheet.md: every equation that a line of the library cites, beside that line.

The formulas are the chapters' own $$ blocks, the lines are found through the docstrings (and the
comments above a constant) that cite an equation: "Eq. 1.4", "Eq. 1.1 to 1.9", "(5.5)".
"""

import argparse
import ast
import re
import sys
from pathlib import Path
from typing import NamedTuple

import nbformat

import bootstrap_cell

ROOT = Path(__file__).resolve().parent.parent
SHEET = "back/formula_sheet.md"
HEAD = """# Formula sheet

Every equation that the library computes, chapter by chapter. The number leads to the equation in
its chapter, the words beside it to the section that derives it, the names to the lines of the
repository that compute it: the library first, then the figures and the checks of the exercises.

Under a matrix stands its shape; $m$ or $n$ counts the samples, as the chapter has it. What other
books call these letters is in the [notation bridge](notation.md), what the words mean in the
[glossary](glossary.md).
"""
NUMBER = r"\(?\d+\.\d+\)?"
CITED = re.compile(rf"\bEqs?\.\s*({NUMBER}(?:(?:,\s*|\s+and\s+|\s+to\s+|\s*–\s*){NUMBER})*)")


class Equation(NamedTuple):
    """A displayed equation: its TeX without the tag, and where it stands."""

    tex: str
    file: str
    chapter: str
    section: str


class Line(NamedTuple):
    """A place in the library: its dotted name, its file, and the number of its first line."""

    name: str
    file: str
    number: int


def slug(heading):
    """Return the anchor that MyST gives a heading."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower().replace(" ", "-"))


def chapters(root=ROOT):
    """Return the notebooks of the chapters in _toc.yml, in order; any other is a draft."""
    contents = (root / "_toc.yml").read_text(encoding="utf-8")
    files = re.findall(r"^\s*- file:\s*(chapters/\S+)", contents, re.MULTILINE)
    return [root / f"{file.removesuffix('.ipynb')}.ipynb" for file in files]


def equations(root=ROOT):
    """Return {"1.4": Equation} of all chapters, in the order in which they are read."""
    found = {}
    for path in chapters(root):
        chapter = section = ""
        for cell in nbformat.read(path, as_version=4).cells:
            if cell.cell_type != "markdown":
                continue
            text = re.sub(r"^```.*?^```", "", cell.source, flags=re.MULTILINE | re.DOTALL)
            for level, heading, tex in re.findall(
                r"^(#{1,3}) +([^\n]+)$|\$\$(.*?)\$\$", text, re.MULTILINE | re.DOTALL
            ):
                section = heading.strip() or section
                chapter = section if level == "#" else chapter
                for number in re.findall(r"\\tag\{([^}]*)\}", tex):
                    plain = " ".join(re.sub(r"\\tag\{[^}]*\}", "", tex).split())
                    found[number] = Equation(plain, path.stem, chapter, section)
    return found


def numbers(text, known):
    """Return the equations that a text cites; ``known`` are all numbers, in order."""
    cited = re.findall(r"\((\d+\.\d+)\)", text)
    cited = [number for number in cited if number in known]  # "(0.5)" is an amount
    for group in CITED.findall(text):
        ends = re.findall(r"\d+\.\d+", group)
        for first, last in re.findall(rf"({NUMBER})(?:\s+to\s+|\s*–\s*)(?=({NUMBER}))", group):
            first, last = first.strip("()"), last.strip("()")
            if first in known and last in known:
                ends += known[known.index(first) : known.index(last)]
        cited += ends
    return sorted(set(cited), key=lambda number: [int(part) for part in number.split(".")])


def citations(source, module, known):
    """Yield (number, name, line) for every citation in a module's docstrings and comments."""
    tree = ast.parse(source)

    def visit(node, name):
        line = getattr(node, "lineno", 1)
        for number in numbers(ast.get_docstring(node) or "", known):
            yield number, name, line
        for child in node.body:
            if isinstance(child, (ast.FunctionDef, ast.ClassDef)):
                yield from visit(child, f"{name}.{child.name}")

    yield from visit(tree, module)
    lines = source.splitlines()
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            above = node.lineno - 1
            while above and lines[above - 1].startswith("#"):
                above -= 1
            comment = " ".join(line.strip("# ") for line in lines[above : node.lineno - 1])
            for number in numbers(comment, known):
                yield number, f"{module}.{node.targets[0].id}", node.lineno


def cited(root=ROOT, known=None):
    """Return {"1.4": [Line]}: the library's modules first, then figures and checks."""
    known = list(known or equations(root))
    package = root / "src" / "byhand"
    found = {}
    folders = ["byhand", "figures", "check"]
    paths = sorted(package.rglob("*.py"), key=lambda p: (folders.index(p.parent.name), p.name))
    for path in paths:
        parts = path.relative_to(package.parent).with_suffix("").parts
        module = ".".join(part for part in parts if part != "__init__")
        file = path.relative_to(root).as_posix()
        for number, name, line in citations(path.read_text(encoding="utf-8"), module, known):
            found.setdefault(number, []).append(Line(name, file, line))
    return found


def sheet(root=ROOT):
    """Return the whole page."""
    known = equations(root)
    lines = cited(root, known)
    source = f"{bootstrap_cell.address(root)}/blob/{branch(root)}"
    text, chapter = HEAD, None
    for number, equation in known.items():
        if number not in lines:
            continue
        if equation.chapter != chapter:
            chapter = equation.chapter
            text += f"\n## Chapter {number.split('.')[0]}: {chapter}\n"
        anchor = "eq-" + number.replace(".", "-")
        names = ", ".join(
            f"[`{line.name}`]({source}/{line.file}#L{line.number})" for line in lines[number]
        )
        page = f"../chapters/{equation.file}"
        text += (
            f"\n$$ {equation.tex} $$\n\n"
            f'<a class="equation-number" href="{page}.html#{anchor}">({number})</a> '
            f"[{equation.section}]({page}.ipynb#{slug(equation.section)}): {names}\n"
        )
    return text


def branch(root=ROOT):
    """Return the branch that _config.yml names."""
    config = (root / "_config.yml").read_text(encoding="utf-8")
    found = re.search(r"^  branch:\s*(\S+)", config, re.MULTILINE)
    return found[1] if found else "main"


def main():
    parser = argparse.ArgumentParser(description="Write the formula sheet from chapters and src.")
    parser.add_argument("--check", action="store_true", help="write nothing; fail if it is stale")
    path, text = ROOT / SHEET, sheet()
    if path.is_file() and path.read_text(encoding="utf-8") == text:
        return 0
    if parser.parse_args().check:
        return f"{SHEET} is not today's: run `python tools/formula_sheet.py`."
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")
    print(f"{SHEET}: written")
    return 0


if __name__ == "__main__":
    sys.exit(main())
