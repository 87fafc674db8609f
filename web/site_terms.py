"""The first use of every glossary word on a chapter's page leads, quietly, to its meaning.

The notebooks stay plain Markdown.  While a page is written, its running text is read in order, and
the first place where it uses a word of the glossary (``back/glossary.md``) becomes a link with the
first sentence of the meaning as its title.
"""

import hashlib
import re
from typing import NamedTuple

from docutils import nodes
from sphinx import addnodes
from sphinx.transforms.post_transforms import SphinxPostTransform

import site_figures

PAGES = "chapters/"
FORMS = {  # what a plural in -s, -es or -ies does not reach
    "creep": ["creeping"],
    "diverge": ["diverging"],
    "explode": ["exploding"],
    "generalise": ["generalising", "generalisation"],
    "held out": ["holds out", "hold out"],
    "local minimum": ["local minima"],
    "matrix": ["matrices"],
    "nudge": ["nudging", "nudged"],
    "overfitting": ["overfit", "overfits", "overfitted"],
    "saturate": ["saturating", "saturated"],
    "standardise": ["standardising", "standardised"],
    "transpose": ["transposing", "transposed"],
    "underfitting": ["underfit", "underfits"],
    "vanishing blame": ["blame vanish", "blame vanishes"],
}
ORDINARY = {  # everyday words: the chapters in which the course means the term
    "bend": range(4, 99),
    "blame": range(5, 99),
    "block": range(5, 8),
    "cost": range(6, 8),
    "dead": range(6, 99),
    "depth": range(5, 99),
    "patience": range(7, 8),
    "pull": range(4, 8),
    "record": range(7, 8),
    "surprise": range(6, 8),
    "unit": range(5, 99),
    "velocity": range(7, 8),
}
ASIDE = (  # here a term's word is an everyday one
    "error bar",
    "first step in each",
    "no error",
    "on your wall",
    "policy gradients",
    "ten steps",
    "the unit is",
    "this bend",
    "whose unit",
)
UNREAD = ("Sources",)  # sections of names and titles
NOT_RUNNING_TEXT = (
    nodes.title,
    nodes.thead,
    nodes.literal,
    nodes.math,
    nodes.math_block,
    nodes.literal_block,
    nodes.reference,
    nodes.caption,
    nodes.legend,
    nodes.figure,
    nodes.raw,
    addnodes.pending_xref,
)


class Term(NamedTuple):
    """One spelling of an entry, the entry's anchor, and the first sentence of its meaning."""

    name: str
    anchor: str
    meaning: str


def pattern(name):
    """Return a regular expression for a term, its plural and its other forms."""
    spellings = []
    for word in [name, *FORMS.get(name, [])]:
        parts = [re.escape(part) for part in re.split(r"[\s-]+", word)]
        last = parts.pop()
        if re.search(r"[^aeiou]y$", last):
            last = f"{last[:-1]}(?:y|ies)"
        elif re.search(r"(?:s|x|ch|sh)$", last):
            last += "(?:es)?"
        elif last[-1].isalpha():
            last += "s?"
        spellings.append(r"(?:\s+|-)".join([*parts, last]))
    together = "|".join(spellings)
    return together if name != name.lower() else f"(?i:{together})"


def read(document):
    """Return the terms of a document's glossaries, longest first, so that it wins its words."""
    terms = []
    for item in document.findall(nodes.definition_list_item):
        if not isinstance(item.parent.parent, addnodes.glossary):
            continue
        meaning = item.next_node(nodes.definition).next_node(nodes.paragraph).astext()
        sentence = re.match(r".*?[.](?=\s|$)", meaning, re.DOTALL)[0]
        own = [child for child in item.children if isinstance(child, nodes.term)]
        anchor = own[0]["ids"][0]
        terms += [Term(" ".join(term.astext().split()), anchor, sentence) for term in own]
    return sorted(terms, key=lambda term: (-len(term.name), term.name))


def chapter(docname):
    """Return the number of a chapter's page, or None for any other."""
    found = re.match(rf"{PAGES}(\d+)_", docname)
    return int(found[1]) if found else None


def is_running_text(text):
    """Return whether a reader reads this text as part of a sentence."""
    in_paragraph, node = False, text.parent
    while node is not None:
        if isinstance(node, NOT_RUNNING_TEXT) or node.get("nb_element"):
            return False
        if isinstance(node, site_figures.Framed) and "callout" not in node["before"]:
            return False
        if isinstance(node, nodes.section) and node.next_node(nodes.title).astext() in UNREAD:
            return False
        in_paragraph = in_paragraph or isinstance(node, nodes.paragraph)
        node = node.parent
    return in_paragraph


def runs(document):
    """Yield the running texts in order, each whole, whatever the lines of its source."""
    for parent in list(document.findall(nodes.TextElement)):
        place = 0
        while place < len(parent):
            end = place
            while end < len(parent) and isinstance(parent[end], nodes.Text):
                end += 1
            if end > place + 1:
                parent[place:end] = [nodes.Text("".join(parent[place:end]))]
            place += 1
    for text in list(document.findall(nodes.Text)):
        if is_running_text(text):
            yield text


def link(document, terms, page, number=None):
    """Link the first use of every term in a document, and return {anchor: words} of the links.

    Parameters
    ----------
    document : docutils node
        Changed in place.
    terms : list of Term
        As `read` returns them.
    page : str
        Address of the glossary, as seen from this page.
    number : int, optional
        The chapter's; everyday words are left alone where the course does not mean the term.
    """
    terms = [term for term in terms if number in ORDINARY.get(term.name, (number,))]
    aside = "|".join(re.escape(phrase) for phrase in ASIDE)
    groups = "|".join(f"({pattern(term.name)})" for term in terms)
    finder = re.compile(rf"(?<![\w-])(?:(?i:{aside})|{groups})(?![\w-])")
    done = {}
    for text in runs(document) if terms else ():
        pieces, end = [], 0
        for match in finder.finditer(text):
            term = terms[match.lastindex - 1] if match.lastindex else None
            if term is None or term.anchor in done:
                continue
            done[term.anchor] = " ".join(match[0].split())
            pieces += [nodes.Text(text[end : match.start()])] if match.start() > end else []
            reference = nodes.reference(
                "", match[0], internal=True, refuri=f"{page}#{term.anchor}",
                reftitle=term.meaning, classes=["term"],
            )  # fmt: skip
            pieces.append(reference)
            end = match.end()
        if pieces:
            rest = [nodes.Text(text[end:])] if end < len(text) else []
            siblings = text.parent.children
            place = next(place for place, child in enumerate(siblings) if child is text)
            text.parent[place : place + 1] = pieces + rest
    return done


def glossaries(env):
    """Return {docname: terms} of the pages that hold a glossary; empty if the book has none."""
    found = {entry[3] for entry in env.get_domain("std").get_objects() if entry[2] == "term"}
    return {docname: read(env.get_doctree(docname)) for docname in sorted(found)}


class LinkTerms(SphinxPostTransform):
    """Link a chapter's first uses while it is written."""

    default_priority = 400  # after references are resolved, before formulas are bound to commas
    formats = ("html",)

    def run(self, **kwargs):
        """Link the words of this page to every glossary of the book."""
        docname = self.env.docname
        if chapter(docname) is None:
            return
        for other, terms in self.app.byhand_glossaries.items():
            page = self.app.builder.get_relative_uri(docname, other)
            link(self.document, terms, page, chapter(docname))


def remember(app, env):
    """Read the glossary once a build; where it changed, every chapter is written again."""
    app.byhand_glossaries = glossaries(env)
    digest = hashlib.sha256(repr(app.byhand_glossaries).encode()).hexdigest()
    changed = digest != getattr(env, "byhand_glossaries", "")
    env.byhand_glossaries = digest
    return [name for name in sorted(env.found_docs) if chapter(name)] if changed else []


def setup(app):
    """Register the transform."""
    app.byhand_glossaries = {}
    app.connect("env-updated", remember)
    app.add_post_transform(LinkTerms)
