"""Formulas, set by KaTeX while the book is built: the reader's browser runs no script for them.

KaTeX runs in ``mini-racer`` (a V8 in a wheel), once for each different formula. What it returns
holds the picture (hidden from screen readers) and the same formula in MathML (for them).
"""

import re
import runpy
from functools import cache
from html import escape
from pathlib import Path
from xml.etree import ElementTree

from docutils import nodes
from sphinx.errors import SphinxError
from sphinx.util.math import get_node_equation_number

KATEX = Path(__file__).parent / "katex" / "katex.min.js"
TAG = re.compile(r"\\tag\{([^{}]*)\}")
LINK = '<a class="equation-number" href="#{id}" aria-label="Equation {number}">({number})</a>'
RENDERER = "byhand_katex"
MATHML = re.compile(r"<math\b.*?</math>", re.DOTALL)
XMLNS = ' xmlns="http://www.w3.org/1998/Math/MathML"'
LEAVES = ("mi", "mn", "mo", "mtext")
SCRIPTS = ("msub", "msup", "msubsup", "munder", "mover", "munderover")
APPLY = "\N{FUNCTION APPLICATION}"


@cache
def katex():
    """Start KaTeX; once for a whole build."""
    from py_mini_racer import MiniRacer

    engine = MiniRacer()
    engine.eval(KATEX.read_text(encoding="utf-8"))
    return engine


@cache
def to_html(tex, display=False):
    """Return the HTML of a formula; raises ValueError with KaTeX's reason if it is not one."""
    try:
        html = katex().call(
            "katex.renderToString", tex, {"displayMode": display, "strict": "error"}
        )
    except Exception as error:
        reason = re.search(r"ParseError: (?:KaTeX parse error: )?(.*)", str(error))
        raise ValueError(reason[1] if reason else str(error)) from error
    return MATHML.sub(mend, html)


def mend(match):
    r"""Return KaTeX's MathML of a formula as valid MathML.

    KaTeX puts whole expressions into <mi> and <mo> where an \underset stands; these may hold only
    text and become rows. And it puts the invisible "apply" of a \max in a subscript beside it, one
    part too many, which goes.
    """
    math = ElementTree.fromstring(match[0].replace(XMLNS, "", 1))
    for element in math.iter():
        if element.tag in LEAVES and len(element):
            element.tag = "mrow"
            element.attrib.clear()
        if element.tag in SCRIPTS:
            for extra in [child for child in element if child.text == APPLY]:
                element.remove(extra)
    return ElementTree.tostring(math, encoding="unicode").replace("<math", f"<math{XMLNS}", 1)


def follow_theme(html, colours):
    """Replace the palette's light colours by their CSS variables, which know the dark theme."""
    for colour, variable in colours.items():
        html = re.sub(rf"(color:\s*){colour}\b", rf"\1var({variable})", html, flags=re.I)
    return html


def typeset(translator, tex, display=False):
    """Return a formula as HTML in the page's colours; an unreadable one ends the build."""
    try:
        html = to_html(tex.strip(), display)
    except ValueError as error:
        page = translator.builder.current_docname
        raise SphinxError(
            f"{page}: KaTeX cannot read the formula {tex.strip()!r}: {error}. "
            "Correct the formula in the page's source."
        ) from error
    return follow_theme(html, translator.builder.app.byhand_colours)


def visit_math(self, node):
    """Write an inline formula."""
    self.body.append(f'<span class="math">{typeset(self, node.astext())}</span>')
    raise nodes.SkipNode


def visit_displaymath(self, node):
    r"""Write a formula on its own line, with its number (``\tag{1.4}``) as a link to itself."""
    tex, ids = node.astext(), list(node.get("ids", []))
    tags = TAG.findall(tex)
    if len(tags) > 1:
        raise SphinxError(
            f"{self.builder.current_docname}: got {len(tags)} \\tag in one formula, expected at "
            f"most one ({', '.join(tags)}). Give each numbered formula its own $$ block."
        )
    number = tags[0] if tags else get_node_equation_number(self, node) if node["number"] else ""
    if tags:
        ids.insert(0, "eq-" + re.sub(r"[^A-Za-z0-9]+", "-", tags[0]).strip("-"))
    html = typeset(self, TAG.sub("", tex), display=True)
    identity = f' id="{escape(ids[0])}"' if ids else ""
    self.body.append(f'<div class="equation"{identity}>')
    self.body += [f'<span id="{escape(other)}"></span>' for other in ids[1:]]
    self.body.append(f'<div class="equation-body">{html}</div>')
    if number:
        self.body.append(LINK.format(id=escape(ids[0]), number=escape(number)))
    self.body.append("</div>\n")
    raise nodes.SkipNode


def find_colours(app):
    """Learn which colours follow the theme from the palette the figures use."""
    path = Path(app.srcdir) / "src" / "byhand" / "figures" / "palette.py"
    palette = runpy.run_path(str(path))["PALETTE"]
    app.byhand_colours = {light: f"--byhand-{name}" for name, (light, _) in palette.items()}


def setup(app):
    """Register the renderer; ``html_math_renderer: byhand_katex`` chooses it."""
    app.connect("builder-inited", find_colours)
    app.add_html_math_renderer(RENDERER, (visit_math, None), (visit_displaymath, None))
