"""Live figures on the page without a kernel, and a picture wherever a widget cannot live.

MyST-NB leaves all mime types of an output in the document and picks one while writing. We step in
just before. A live figure becomes its first frame as an SVG, its filmstrip, and its state, for
``static_host.js`` to wake up. Any other widget becomes its picture and a link to Colab, where it
works.
"""

import hashlib
import json
import re
from html import escape
from pathlib import Path

from docutils import nodes
from myst_nb.sphinx_ import NbMetadataCollector
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging

VIEW = "application/vnd.jupyter.widget-view+json"
STATE = "application/vnd.jupyter.widget-state+json"
IN_FILES = {"_esm": "js", "_css": "css"}  # the same for all figures: files, cached between pages
IN_POSTER = ("svg_wide", "svg_narrow")  # already on the page; the host reads them back from there
HEAD = (
    '<script type="module" src="{host}" '
    "onerror=\"document.documentElement.classList.add('byhand-no-host')\"></script>\n"
    "<noscript><style>.byhand-live {{ display: none }} "
    ".byhand-filmstrip {{ display: block !important }}</style></noscript>"
)
DRAWING = '<div class="byhand-{size}" data-prefix="{prefix}">{svg}</div>'
BEFORE = (
    '<figure class="byhand-figure"{identity} data-model="{model}" {files}><div class="byhand-live">'
    '<div class="byhand-poster" role="img" aria-label="{alt}">{drawings}</div>'
    '<div style="height:{reserve}px"></div></div>\n'
)
AFTER = (
    '<p class="byhand-failure">The live figure could not start here; this is what it shows at a '
    "few settled positions.</p>{script}</figure>\n"
)
FIGURE = re.compile(r'<figure class="byhand-figure"[^>]*>')
logger = logging.getLogger(__name__)


class Framed(nodes.General, nodes.Element):
    """HTML before and after children that Sphinx itself writes."""


def visit_framed(self, node):
    """Write everything that stands before the children."""
    self.body.append(node["before"])


def depart_framed(self, node):
    """Write everything that stands after them."""
    self.body.append(node["after"])


def widget_states(env, docname):
    """Return the models of a page, by id, as nbclient stored them; empty if it was not executed."""
    scripts = NbMetadataCollector.get_js_files(env, docname)
    _, attributes = scripts.get("ipywidgets_state", (None, {}))
    return json.loads(attributes.get("body", "{}")).get("state", {})


def is_live_figure(model):
    """Tell a live figure's model from any other widget's."""
    return "svg_wide" in model.get("state", {}) and "_esm" in model["state"]


def hashed(text, suffix):
    """Return the name of the shared file with this content."""
    return f"figure-{hashlib.sha256(text.encode()).hexdigest()[:10]}.{suffix}"


def figure_name(model):
    """Return a live figure's name or, without one, what is the same in every run: its drawing."""
    state = model["state"]
    return state.get("name") or hashlib.sha256(state["svg_wide"].encode()).hexdigest()[:10]


def poster(svg, prefix):
    """Return an SVG fit to stand in a page beside others: no XML header, ids of its own."""
    svg = svg[svg.index("<svg") :]
    return re.sub(r'(\bid="|url\(#|href="#)', rf"\g<1>{prefix}", svg)


def embed(model, first=True):
    """Return a live figure's HTML before and after its filmstrip, and its shared files.

    Parameters
    ----------
    model : dict
        As in the notebook's widget state: ``state`` and perhaps ``buffers``.
    first : bool
        Whether this is the first view of the model on the page; the others share its state.
    """
    state = model["state"]
    name = figure_name(model)
    files = {
        kind: (hashed(state[key], kind), state[key])
        for key, kind in IN_FILES.items()
        if state.get(key)
    }
    drawings = ""
    for size in ("wide", "narrow"):
        prefix = f"poster-{name}-{size}-"
        svg = poster(state.get(f"svg_{size}") or state["svg_wide"], prefix)
        drawings += DRAWING.format(size=size, prefix=prefix, svg=svg)
    data = {
        "module": files["js"][0],
        "state": {
            key: value
            for key, value in state.items()
            if not key.startswith("_") and key not in (*IN_POSTER, "layout", "tabbable", "tooltip")
        },
        "buffers": [b for b in model.get("buffers", []) if not b["path"][0].startswith("_")],
    }
    script = json.dumps(data, separators=(",", ":")).replace("<", "\\u003c")
    before = BEFORE.format(
        identity=f' id="fig-{escape(name)}"' if first else "",
        model=escape(name),
        files=" ".join(f'data-{kind}="{file}"' for kind, (file, _) in files.items()),
        alt=escape(state.get("alt", "")),
        drawings=drawings,
        reserve=int(state.get("reserve", 0)),
    )
    script = f'<script type="application/json">{script}</script>' if first else ""
    return before, AFTER.format(script=script), dict(files.values())


def assets(body, kind):
    """Return the shared files, "js" or "css", that the figures in a page's HTML need."""
    found = re.findall(rf' data-{kind}="([^"]+)"', " ".join(FIGURE.findall(body)))
    return list(dict.fromkeys(found))


def colab_url(config, path):
    """Return the address of a source file in Colab, or None if the book names no repository."""
    options = config.html_theme_options
    colab = options.get("launch_buttons", {}).get("colab_url")
    repository = re.search(r"github\.com/([^/]+/[^/]+?)/?$", options.get("repository_url") or "")
    if not (colab and repository):
        return None
    branch = options.get("repository_branch") or "main"
    return f"{colab.rstrip('/')}/github/{repository[1]}/blob/{branch}/{path}"


class PlaceWidgets(SphinxPostTransform):
    """Replace every widget's output by what a page without a kernel can honestly show."""

    default_priority = 3  # SelectMimeType of MyST-NB has 4
    formats = ("html",)

    def run(self, **kwargs):
        """Go through the page's outputs."""
        docname, seen = self.env.docname, {}
        states = widget_states(self.env, docname)
        for bundle in list(self.document.findall(nodes.container)):
            if bundle.get("nb_element") != "mime_bundle":
                continue
            kinds = {child["mime_type"]: child for child in bundle.children}
            if VIEW not in kinds:
                continue
            model_id = re.search(r'"model_id":\s*"(\w+)"', kinds[VIEW].astext())[1]
            image = kinds["image/png"].next_node(nodes.image) if "image/png" in kinds else None
            text = kinds["text/plain"].astext().strip() if "text/plain" in kinds else ""
            model = states.get(model_id)
            if model and is_live_figure(model):
                new = self.live(model_id, model, image, seen)
            elif model is None and image is not None:  # not executed: the picture speaks for itself
                new = self.picture(image, text)
            else:
                new = self.kernel_only(image, text)
            bundle.replace_self(new)

    def live(self, model_id, model, image, seen):
        """Return a live figure; its shared files are written for the pages to ask for."""
        name = model["state"].get("name")
        if seen.setdefault(name, model_id) != model_id:
            logger.warning(
                "got two live figures named %r on one page, expected different names; "
                "rename one of them", name, location=self.env.docname,
            )  # fmt: skip
        first = not any(node.get("model") == model_id for node in self.document.findall(Framed))
        before, after, files = embed(model, first)
        for file, content in files.items():
            path = Path(self.app.outdir) / "_static" / "byhand" / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, encoding="utf-8")
        figure = Framed("", model=model_id, before=before, after=after)
        if image is not None:
            image["alt"] = model["state"].get("alt", "")
            image["classes"].append("byhand-filmstrip")
            image["loading"] = "lazy"
            figure += image
        return figure

    def picture(self, image, text):
        """Return a widget's picture alone."""
        image["alt"] = text or image.get("alt", "")
        return image

    def kernel_only(self, image, text):
        """Return a lab's last picture, its sentence, and the way to where it works."""
        if re.match(r"\w+\(.*\)$", text, flags=re.S):
            text = ""  # a widget's repr says nothing to a reader
        path = Path(self.env.doc2path(self.env.docname)).relative_to(self.app.srcdir).as_posix()
        url = colab_url(self.config, path)
        where = f'<a href="{escape(url)}">open it in Colab</a>' if url else "open the notebook"
        result = f"{escape(text.rstrip('.'))}. " if text else ""
        after = (
            f"<figcaption>{result}This lab runs in a kernel: {where} and move the sliders."
            "</figcaption></figure>\n"
        )
        figure = Framed("", before='<figure class="byhand-lab">', after=after)
        if image is not None:
            figure += self.picture(image, text or "The lab's last result")
        return figure


def drop_states(app, pagename, templatename, context, doctree):
    """Keep MyST-NB's copy of the whole widget state off the page."""
    if "script_files" in context:
        context["script_files"][:] = [
            script
            for script in context["script_files"]
            if getattr(script, "attributes", {}).get("type") != STATE
        ]


def sweep(app, exception):
    """Delete the shared files of earlier builds that no page names any more."""
    if exception or app.builder.format != "html":
        return
    pages = "".join(page.read_text(encoding="utf-8") for page in Path(app.outdir).rglob("*.html"))
    for path in (Path(app.outdir) / "_static" / "byhand").glob("figure-*"):
        if path.name not in pages:
            path.unlink()


def setup(app):
    """Register the transform and the node."""
    app.add_node(Framed, html=(visit_framed, depart_framed))
    app.add_post_transform(PlaceWidgets)
    app.connect("html-page-context", drop_states, priority=890)
    app.connect("build-finished", sweep)
