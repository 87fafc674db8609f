"""The theme, made quiet: no icon font, no script nobody asked for, no rule nobody uses.

``templates/static/webpack-macros.html`` is where the theme names its assets; ours names fewer. The
theme's style sheets (Bootstrap, Font Awesome and all, half a megabyte) become one, with only the
rules whose classes occur on a page or in a script of the site.
"""

import hashlib
import re
import shutil
from pathlib import Path

import pydata_sphinx_theme

SHEETS = (  # what the theme and its extensions bring, in the order in which they would be linked
    "basic.css",
    "styles/pydata-sphinx-theme.css",
    "pygments.css",
    "styles/sphinx-book-theme.css",
    "copybutton.css",
    "mystnb.*.css",
)
SCRIPTS = (  # they give elements classes of their own
    "scripts/*.js",
    "searchtools.js",
    "sphinx_highlight.js",
    "copybutton.js",
)
UNUSED = (  # copied by the theme, asked for by no page of ours
    "scripts/fontawesome.js*",
    "vendor",
    "locales",
    "*webpack-macros.html",
    "styles",
)
RULE = re.compile(r"([^{}]+)\{((?:[^{}]|\{[^{}]*\})*)\}")  # one level of nesting: @media, @supports
SETTING = re.compile(r'href="[^"]*#fig-[\w-]+\?')  # a link to a figure at some position
CLASS = re.compile(r"\.(-?[A-Za-z_](?:[\w-]|\\.)*)")


def quiet(context):
    """Correct what the theme's templates are told about a page."""
    context["default_mode"] = "light"  # without scripts; with them the reader's system decides
    context["byhand_theme_version"] = pydata_sphinx_theme.__version__
    context["header_buttons"] = [
        shown
        for button in context.get("header_buttons", [])
        for shown in (
            launch_buttons(button, context["sourcename"])
            if button.get("label") == "launch-buttons"
            else [button]
        )
    ]
    bundled = re.compile(r"_static/(basic|pygments|copybutton|mystnb\.\w+|styles/[\w-]+)\.css")
    context["css_files"][:] = [
        sheet
        for sheet in context["css_files"]
        if not bundled.match(str(getattr(sheet, "filename", sheet)))
    ]


def launch_buttons(group, source):
    """Return the links that run a notebook, side by side, Colab first; none on other pages."""
    if not source.endswith(".ipynb"):
        return []
    links = sorted(group["buttons"], key=lambda button: button["text"] != "Colab")
    return [
        {
            **link,
            "icon": None if place else "fas fa-play",
            "text": link["text"] if place else f"Open in {link['text']}",
            "tooltip": f"Run this chapter in {link['text']}",
            "label": "launch-button",
        }
        for place, link in enumerate(links)
    ]


def selectors(prelude):
    """Return the selectors of a rule, split at its outermost commas."""
    parts, depth = [""], 0
    for character in prelude:
        depth += (character == "(") - (character == ")")
        if character == "," and not depth:
            parts.append("")
        else:
            parts[-1] += character
    return parts


def prune(css, words):
    """Return a style sheet without the rules that need a class not among ``words``."""

    def keep(match):
        prelude, block = match[1].strip(), match[2]
        prelude = re.sub(r"/\*.*?\*/", "", prelude, flags=re.S)
        if prelude.startswith("@font-face"):
            return "" if "Font Awesome" in block.replace("\\", "") else match[0]
        if prelude.startswith(("@media", "@supports", "@container", "@layer")):
            inner = prune(block, words)
            return f"{prelude}{{{inner}}}" if inner.strip() else ""
        if prelude.startswith("@"):
            return match[0]
        used = []
        for selector in selectors(prelude):
            needed = CLASS.findall(re.sub(r":[\w-]+\([^()]*(?:\([^()]*\)[^()]*)*\)", "", selector))
            if all(name.replace("\\", "") in words for name in needed):
                used.append(selector)
        return f"{','.join(used)}{{{block}}}" if used else ""

    return RULE.sub(keep, re.sub(r"/\*#.*?\*/", "", css))


def move(css, path):
    """Return the style sheet in ``path`` with its addresses as they read from ``byhand/``."""
    folder = "../styles/" if path.parent.name == "styles" else "../"
    return re.sub(r"""(url\(["']?)(?!["']?(?:data:|#|/|\w+:))""", rf"\1{folder}", css)


def finish(app, exception):
    """Write the pruned style sheet and delete what no page asks for."""
    if exception or app.builder.format != "html":
        return
    out = Path(app.outdir)
    static = out / "_static"
    sheets = [path for pattern in SHEETS for path in sorted(static.glob(pattern))]
    if static / "styles/pydata-sphinx-theme.css" not in sheets:
        return  # nothing was written in this build, the last one's sheet stands
    pages = {page: page.read_text(encoding="utf-8") for page in out.rglob("*.html")}
    classes = re.findall(r'\bclass="([^"]*)"', "".join(pages.values()))
    words = {word for value in classes for word in value.split()}
    for pattern in SCRIPTS:
        for path in static.glob(pattern):
            if path.name != "fontawesome.js":
                words.update(re.findall(r"[\w-]+", path.read_text(encoding="utf-8")))
    words = {word for word in words if not re.match(r"fa[srb]?(-|$)", word)}  # icons: styles.css
    css = "\n".join(move(prune(path.read_text(encoding="utf-8"), words), path) for path in sheets)
    (static / "byhand" / "theme.css").write_text(css, encoding="utf-8")
    digest = hashlib.sha256(css.encode()).hexdigest()[:8]
    for page, html in pages.items():
        linked = re.sub(r"(_static/byhand/theme\.css)\?v=\w+", rf"\1?v={digest}", html)
        if SETTING.search(linked):  # Bootstrap takes every #… on a page for a selector
            linked = linked.replace(' data-bs-spy="scroll"', "")
        if linked != html:
            page.write_text(linked, encoding="utf-8")
    # what the theme says to itself is nobody's business
    for path in [*static.glob("scripts/*.js"), out / "search.html"]:
        script = path.read_text(encoding="utf-8")
        path.write_text(script.replace("console.log(", "void("), encoding="utf-8")
    for path in [path for pattern in UNUSED for path in static.glob(pattern)] + sheets:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def setup(app):
    """Register the last step of the build."""
    app.connect("build-finished", finish, priority=900)
