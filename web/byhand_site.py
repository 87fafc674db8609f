"""The book's own Sphinx extension: what only the website needs.

``_config.yml`` loads it with ``local_extensions: {byhand_site: web}``. The work is done beside it,
one concept to a file: live figures (``site_figures``), formulas (``site_formulas``), the
glossary's words (``site_terms``), the theme (``site_theme``), what others are told
(``site_sharing``).
"""

import functools
import hashlib
import json
import os
import re
import runpy
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbclient
import nbformat
from docutils import nodes
from jupyter_cache import get_cache
from jupyter_cache.base import CacheBundleIn
from jupyter_cache.executors import utils as executors
from PIL import Image
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging

import site_figures
import site_formulas
import site_sharing
import site_terms
import site_theme

WEB = Path(__file__).parent
SERVED = (  # from web/ to _static/byhand/; everything else in web/ stays at home
    "styles.css",
    "page.js",
    "static_host.js",
    "fonts/*.woff2",
    "katex/katex.min.css",
    "katex/fonts/*.woff2",
    "icons/favicon.png",
)
CACHES_KEPT = 3
logger = logging.getLogger(__name__)
PNG_HEADER = b"\x89PNG\r\n\x1a\n"
IMG = re.compile(r'<img (?![^>]*\bheight=)(?=[^>]*\bsrc="[^"]*_images/([^"/]+\.png)")')
# a picture that may wait until the reader is near
LATER = re.compile(r'<img (?![^>]*\bloading=)(?=[^>]*\bsrc="[^"]*_images/)')


def source_hash(root):
    """Return a short hash of everything a notebook's outputs depend on besides its own cells."""
    digest = hashlib.sha256()
    files = [path for path in (root / "src").rglob("*") if path.is_file()]
    for path in sorted([*files, root / "requirements.txt"]):
        name = path.relative_to(root).as_posix()
        if path.exists() and "__pycache__" not in name and ".egg-info" not in name:
            digest.update(name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def own_hash():
    """Return a hash of this folder: when it changes, every page is written again."""
    files = sorted(path for path in WEB.rglob("*") if path.is_file() and path.suffix != ".pyc")
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()[:16]


def choose_cache(app, config):
    """Give every state of ``src`` its own cache of notebook outputs, so that an edit re-executes.

    jupyter-cache compares code cells only, and would go on serving the outputs of the old library.
    The setting is part of Sphinx's environment, so the pages are read again as well.
    """
    caches = Path(app.outdir).parent / ".jupyter_cache"
    chosen = caches / source_hash(Path(app.srcdir))
    config.nb_execution_cache_path = str(chosen)
    needs_torch = runpy.run_path(str(WEB.parent / "tools" / "needs_torch.py"))
    executors.executenb = functools.partial(
        nbclient.execute,
        skip_cells_with_tag=needs_torch["NOT_RUN"],
        coalesce_streams=True,  # what a cell prints comes in pieces, cut anew in every run
    )
    config.nb_ipywidgets_js = {}  # no require.js, no html-manager: site_figures hosts the figures
    config.byhand_site_hash = own_hash()
    # Relative: Sphinx writes a hash of its settings beside the pages, the same in every folder.
    config.templates_path.insert(0, os.path.relpath(WEB / "templates", app.srcdir))
    others = [path for path in caches.glob("?" * 16) if path != chosen]
    for stale in sorted(others, key=lambda path: path.stat().st_mtime)[: -CACHES_KEPT or None]:
        shutil.rmtree(stale)


def execute_ahead(app, env, names):
    """Run the chapters that the cache lacks, one on each core; MyST-NB then finds them there.

    One that fails is left to MyST-NB, which runs it again and says what is wrong with it.
    """
    cache, missing = get_cache(app.config.nb_execution_cache_path), {}
    for path in (Path(env.doc2path(name)) for name in names):
        if path.suffix == ".ipynb":
            notebook = nbformat.read(path, as_version=4)
            try:
                cache.match_cache_notebook(notebook)
            except KeyError:
                missing[path] = notebook

    def execute(path):
        timeout = app.config.nb_execution_timeout
        return executors.single_nb_execution(
            missing[path], cwd=str(path.parent), timeout=timeout, allow_errors=False
        )

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for path, result in zip(missing, pool.map(execute, missing), strict=True):
            if result.err is None:
                took = {"execution_seconds": result.time}
                bundle = CacheBundleIn(missing[path], str(path), data=took)
                cache.cache_notebook_bundle(bundle, check_validity=False, overwrite=True)
                logger.info("%s: Executed notebook in %.1f seconds", path, result.time)


def palette_css(srcdir):
    """Return the style sheet of the course's colours, straight from the figures' own palette."""
    palette = runpy.run_path(str(Path(srcdir) / "src" / "byhand" / "figures" / "palette.py"))
    light = "; ".join(
        f"--byhand-{name}: {colour}" for name, (colour, _) in palette["PALETTE"].items()
    )
    return palette["css"]() + f"@media print {{ html[data-theme] {{ {light}; }} }}\n"


def serve(app):
    """Put our own files where the pages will ask for them, before any page is written."""
    if app.builder.format != "html":
        return
    target = Path(app.outdir) / "_static" / "byhand"
    for pattern in SERVED:
        for path in sorted(WEB.glob(pattern)):
            copy = target / path.relative_to(WEB)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, copy)
    (target / "palette.css").write_text(palette_css(app.srcdir), encoding="utf-8")
    app.add_css_file("byhand/palette.css", priority=800)
    app.add_css_file("byhand/styles.css", priority=810)


class Readable(SphinxPostTransform):
    """Name the course's boxes, and keep a formula and its comma on one line."""

    default_priority = 500
    formats = ("html",)

    def run(self, **kwargs):
        """Class every ``> **Predict.** …`` by its first word; bind formulas to punctuation."""
        for quote in list(self.document.findall(nodes.block_quote)):
            words = (node for node in quote.next_node(nodes.paragraph) or () if node.astext())
            first = next(words, None)
            if isinstance(first, nodes.strong) and first.astext().endswith("."):
                word = nodes.make_id(first.astext())
                before = f'<blockquote class="callout callout-{word}">'
                box = site_figures.Framed("", before=before, after="</blockquote>\n")
                box += quote.children
                quote.replace_self(box)
        for math in list(self.document.findall(nodes.math)):
            after = math.next_node(descend=False, siblings=True)
            mark = isinstance(after, nodes.Text) and re.match(r"[,.;:!?)\]’”%]+", after)
            if mark:
                pair = math.deepcopy(), nodes.Text(mark[0])
                after.parent.replace(after, nodes.Text(after[mark.end() :]))
                math.replace_self(nodes.inline("", "", *pair, classes=["bound"]))


def finish_page(app, pagename, templatename, context, doctree):
    """Add to a page's head what the page uses, and nothing else."""
    if app.builder.format != "html":
        return
    site_theme.quiet(context)
    body = context.get("body", "")
    head = []

    def url(name):
        return context["pathto"](f"_static/byhand/{name}", resource=True)

    def preload(font):
        head.append(
            f'<link rel="preload" as="font" type="font/woff2" crossorigin href="{url(font)}">'
        )

    preload("fonts/byhand-serif-normal.woff2")
    if 'class="katex' in body:
        app.add_css_file("byhand/katex/katex.min.css", priority=700)
        preload("katex/fonts/KaTeX_Main-Regular.woff2")
        preload("katex/fonts/KaTeX_Math-Italic.woff2")
        head.append(f'<script type="module" src="{url("page.js")}"></script>')
    if 'class="byhand-figure"' in body:
        for sheet in site_figures.assets(body, "css"):
            app.add_css_file(f"byhand/{sheet}", priority=820)
        for module in site_figures.assets(body, "js"):
            head.append(f'<link rel="modulepreload" href="{url(module)}">')
        head.append(site_figures.HEAD.format(host=url("static_host.js")))
    icon = url("icons/favicon.png")  # for browsers that take no SVG
    head.append(f'<link rel="icon" type="image/png" sizes="32x32" href="{icon}">')
    context["metatags"] = context.get("metatags", "") + "\n" + "\n".join(head)

    sources = {name: source for source, name in app.builder.images.items()}

    def size(match):
        """Tell the browser how large a picture is before it has come: nothing jumps."""
        source = Path(app.srcdir) / sources.get(match[1], match[1])
        start = source.read_bytes()[:24] if source.is_file() else b""
        if not start.startswith(PNG_HEADER):
            return match[0]
        width, height = (int.from_bytes(start[i : i + 4], "big") for i in (16, 20))
        return f'{match[0]}width="{width}" height="{height}" '

    if body:
        context["body"] = LATER.sub('<img loading="lazy" ', IMG.sub(size, body))


def settle_notebooks(app, exception):
    """Take what each run makes up anew out of the notebooks that the theme makes from Markdown."""
    if exception or app.builder.format != "html":
        return
    sources = Path(app.outdir) / "_sources"
    for path in sources.rglob("*.ipynb"):
        docname = path.relative_to(sources).with_suffix("").as_posix()
        if docname not in app.env.found_docs or not app.env.doc2path(docname).endswith(".md"):
            continue
        notebook = json.loads(path.read_text(encoding="utf-8"))
        for k, cell in enumerate(notebook["cells"]):
            cell["id"] = f"cell-{k}"
            for output in cell.get("outputs", []):
                output.get("data", {}).pop(site_figures.VIEW, None)  # of a widget that is gone
        notebook["metadata"].pop("widgets", None)
        text = json.dumps(notebook, ensure_ascii=False, indent=1)
        path.write_text(f"{text}\n", encoding="utf-8")


def pack_pictures(app, exception):
    """Give the plots a palette of 256 colours, as the filmstrips have: a third of the bytes."""
    if exception or app.builder.format != "html":
        return
    for path in (Path(app.outdir) / "_images").glob("*.png"):
        with Image.open(path) as picture:
            if picture.mode == "P" or picture.convert("RGBA").getextrema()[3] != (255, 255):
                continue
            packed = picture.convert("RGB").quantize(256, kmeans=4, dither=Image.Dither.NONE)
        packed.save(path, optimize=True)


def setup(app):
    """Register the extension."""
    app.add_config_value("byhand_site_hash", "", "html")
    app.connect("config-inited", choose_cache)
    app.connect("builder-inited", serve)
    app.connect("env-before-read-docs", execute_ahead)
    app.add_post_transform(Readable)
    app.connect("html-page-context", finish_page, priority=900)
    app.connect("build-finished", settle_notebooks)
    app.connect("build-finished", pack_pictures)
    for part in (site_figures, site_formulas, site_terms, site_theme, site_sharing):
        part.setup(app)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
