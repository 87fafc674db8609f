"""What every page of the site has to pass: each gate returns its faults as sentences.

``PAGE_GATES`` take a page that is open in a browser (a `Visit`, see `conftest`), ``FOLDER_GATES`` a
folder of built pages or of notebooks. A fault names the page and the element; no fault, no list.
`test_site` asks them of every page, `test_gates` plants a violation of each and sees it named.

A page gate looks at the page as it is: open it in dark, at 360 px or on a touch screen, and it
judges that. Gates that move sliders come last, for they leave the page changed.
"""

import base64
import gzip
import html
import io
import json
import math
import re
import urllib.error
import urllib.request
from collections import Counter
from functools import cache, cached_property
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urljoin, urlsplit

import axe_playwright_python
from markdown_it import MarkdownIt
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.myst_role import myst_role_plugin
from PIL import Image
from playwright.sync_api import TimeoutError

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
FIRST_VISIT, SECOND_CHAPTER = 500_000, 250_000  # bytes, gzipped
FIGURES = 300_000  # a page's text, figures and all, and the scripts that wake them
LAYOUT_SHIFT = 0.05
PAGE_GATES, FOLDER_GATES = {}, {}


def of_page(gate):
    """Register a gate that takes a page in a browser."""
    PAGE_GATES[gate.__name__] = gate
    return gate


def of_folder(gate):
    """Register a gate that takes a folder."""
    FOLDER_GATES[gate.__name__] = gate
    return gate


def name_of(visit):
    """Return a page's name as its faults give it, with what is not the usual way to see it."""
    seen = visit.page.evaluate(
        "[document.documentElement.dataset.theme, matchMedia('(pointer: coarse)').matches]"
    )
    how = ["in dark"] * (seen[0] == "dark") + ["on a touch screen"] * seen[1]
    return " ".join([urlsplit(visit.page.url).path.lstrip("/"), *how])


# What an element is called in a fault, for every script that runs in a page.
NAMES = """
const nameOf = (node) => {
  const attributes = ["id", "class", "src", "href", "type", "aria-label"].filter(
    (key) => node.getAttribute(key)).slice(0, 2).map(
    (key) => ` ${key}="${node.getAttribute(key).slice(0, 80)}"`).join("");
  const words = node.textContent.trim().replace(/\\s+/g, " ").slice(0, 40);
  return `<${node.localName}${attributes}>${words && ` “${words}”`}`;
};
"""


def in_page(visit, body, argument=None):
    """Return what the body of a JavaScript function of ``argument`` returns in the page."""
    return visit.page.evaluate(f"async (argument) => {{ {NAMES} {body} }}", argument)


# --------------------------------------------------------------------------- what the page does


@of_page
def asks_nobody_else(visit):
    """No request leaves the site, and every request is answered."""
    page = name_of(visit)
    who = """
      const all = [...document.querySelectorAll("[src], [href], [srcset], [data]")];
      const made = all.find((node) => node.src === argument || node.href === argument);
      return made ? nameOf(made) : "a script or a style sheet";
    """
    return [
        f"{page}: {in_page(visit, who, url)} asks another site for {url}."
        for url in dict.fromkeys(visit.outside)
    ] + [
        f"{page}: {in_page(visit, who, answer.split(' ', 1)[1])} is not answered: {answer}."
        for answer in dict.fromkeys(visit.failed)
    ]


@of_page
def says_nothing_to_the_console(visit):
    """The console has no message of any kind, and no error is left uncaught."""
    page = name_of(visit)
    said = [f"{page}: the console shows {line!r}." for line in visit.console]
    return said + [f"{page}: a script ends with {error!r}." for error in visit.errors]


def read_through(visit):
    """Scroll to the end of a page and back, so that what loads late has loaded."""
    in_page(
        visit,
        """
        const rest = () => new Promise((done) => setTimeout(done, 30));
        const step = innerHeight * 0.9;
        for (let y = 0; y < document.documentElement.scrollHeight; y += step) {
          scrollTo({ top: y, behavior: "instant" });
          await rest();
        }
        const shown = [...document.images].filter((image) => image.checkVisibility());
        await Promise.all(shown.map((image) => image.decode().catch(() => {})));
        scrollTo({ top: 0, behavior: "instant" });
        await rest();
        """,
    )


@of_page
def keeps_still(visit):
    """Nothing that is seen is pushed aside while the page loads: layout shift under 0.05."""
    shifts = in_page(
        visit,
        """
        const found = [];
        const take = (list) => found.push(...list.filter((shift) => !shift.hadRecentInput));
        const observer = new PerformanceObserver((list) => take(list.getEntries()));
        observer.observe({ type: "layout-shift", buffered: true });
        await new Promise((done) => setTimeout(done, 100));
        take(observer.takeRecords());
        observer.disconnect();
        const element = (node) => (node.nodeType === 1 ? node : node.parentElement);
        return found.map(({ value, sources }) => [value, sources.map(({ node }) =>
          node ? nameOf(element(node)) : "an element since gone")]);
        """,
    )
    total = sum(value for value, _ in shifts)
    if total <= LAYOUT_SHIFT:
        return []
    nodes = dict.fromkeys(node for _, nodes in sorted(shifts)[::-1] for node in nodes)
    moved = ", ".join(nodes)
    return [
        f"{name_of(visit)}: the layout shifts by {total:.3f}, at most {LAYOUT_SHIFT} is allowed; "
        f"what moved: {moved}."
    ]


@cache
def packed_size(url):
    """Return how many bytes a file of the site takes on the wire, gzipped if that helps."""
    try:
        with urllib.request.urlopen(url) as answer:
            body = answer.read()
    except urllib.error.HTTPError:
        return 0  # `asks_nobody_else` names it
    return len(body) if url.endswith((".woff2", ".png", ".jpg")) else len(gzip.compress(body, 9))


def files_asked_for(visit):
    """Return {address: gzipped bytes} of the page and of everything of the site it asked for."""
    urls = in_page(
        visit,
        """
        const seen = performance.getEntriesByType("resource").map((each) => each.name);
        return [location.href, ...seen].map((each) => each.split("#")[0]);
        """,
    )
    site = urljoin(visit.page.url, "/")
    return {url: packed_size(url) for url in dict.fromkeys(urls) if url.startswith(site)}


@of_page
def is_light(visit):
    """A first visit moves under 500 kB gzipped, 250 kB once another chapter is in the cache."""
    sizes = files_asked_for(visit)
    site = urljoin(visit.page.url, "/")
    own = {url: size for url, size in sizes.items() if not shared(site, url)}
    alive = {
        url: size
        for url, size in sizes.items()
        if "/figure-" in url or "static_host" in url or url == visit.page.url.split("#")[0]
    }
    faults = []
    for what, files, most in [
        ("a first visit", sizes, FIRST_VISIT),
        ("a visit after another chapter", own, SECOND_CHAPTER),
        ("the page with its live figures", alive, FIGURES),
    ]:
        if sum(files.values()) >= most:
            largest = sorted(files, key=files.get)[::-1][:3]
            named = ", ".join(f"{url.removeprefix(site)} ({files[url]} bytes)" for url in largest)
            faults.append(
                f"{name_of(visit)}: {what} moves {sum(files.values())} bytes gzipped, under "
                f"{most} is allowed; the largest: {named}."
            )
    return faults


@cache
def fetched(url):
    """Return the text at an address of the site, or None if there is none."""
    try:
        with urllib.request.urlopen(url) as answer:
            return answer.read().decode("utf-8")
    except urllib.error.HTTPError:
        return None


@cache
def named_by(url):
    """Return the addresses of the scripts and sheets that a page has the browser load."""
    text = fetched(url) or ""
    named = re.findall(r'<(?:link|script)\b[^>]*?\b(?:href|src)="([^"]+)"', text)
    return {urljoin(url, html.unescape(each)) for each in named}


@cache
def chapters(site):
    """Return the addresses of the chapters that a site's sitemap lists."""
    listed = re.findall(r"/(chapters/[^/<]+\.html)</loc>", fetched(f"{site}sitemap.xml") or "")
    return [urljoin(site, each) for each in listed]


def shared(site, url):
    """Return whether every chapter names a file, so that any of them brings it along."""
    return bool(chapters(site)) and all(url in named_by(page) for page in chapters(site))


# ----------------------------------------------------------------------------- what is to be seen


# A chapter has thousands of words and pieces of formulas, in some two hundred looks. Axe needs
# seconds for the contrast of all, so it judges that on what is left of the page when everything
# that shows no new look (of its kind of element) is taken out; the rest, on the whole page.
RUN_AXE = """
  const seen = new Set();
  const ground = (node) => {
    const { backgroundColor } = getComputedStyle(node);
    const clear = backgroundColor === "rgba(0, 0, 0, 0)" && node.parentElement;
    return clear ? ground(node.parentElement) : backgroundColor;
  };
  const all = [...document.body.querySelectorAll("*")];
  const kept = new Set([document.body]);
  for (const node of all) {
    if (![...node.childNodes].some((each) => each.nodeType === 3 && each.data.trim())) continue;
    if (!node.checkVisibility()) continue;
    const { color, fontSize, fontWeight, opacity } = getComputedStyle(node);
    const kind = [node.localName, node.className, node.parentElement.className];
    const look = [...kind, color, fontSize, fontWeight, opacity, ground(node)].join();
    if (seen.has(look)) continue;
    seen.add(look);
    for (let each = node; !kept.has(each); each = each.parentElement) kept.add(each);
  }
  const again = all.filter((node) => !kept.has(node) && kept.has(node.parentElement));
  const places = again.map((node) => [node, node.parentNode, node.nextSibling]);
  again.forEach((node) => node.remove());
  const contrast = ["color-contrast", "link-in-text-block"];
  const options = { resultTypes: ["violations"] };
  const found = [await axe.run(document, { ...options, runOnly: contrast })];
  places.reverse().forEach(([node, parent, next]) => parent.insertBefore(node, next));
  if (document.documentElement.dataset.theme !== "dark") { // what else there is, is seen in light
    const rules = Object.fromEntries(contrast.map((rule) => [rule, { enabled: false }]));
    found.push(await axe.run(document, { ...options, rules }));
  }
  return found.flatMap(({ violations }) => violations);
"""


@of_page
def has_no_grave_axe_finding(visit):
    """Axe-core finds nothing serious or critical, whatever is folded away opened."""
    open_all(visit)
    if not visit.page.evaluate("'axe' in window"):
        visit.page.evaluate(AXE)
    found = in_page(visit, RUN_AXE)
    return [
        f"{name_of(visit)}: axe finds {rule['impact']} {rule['id']} in {node['html'][:150]} "
        f"({' '.join(node['failureSummary'].split())[:300]})."
        for rule in found
        if rule["impact"] in ("serious", "critical")
        for node in rule["nodes"]
    ]


def open_all(visit):
    """Open everything that can be unfolded, and wait until it has faded in."""
    in_page(
        visit,
        """
        document.querySelectorAll("details").forEach((each) => (each.open = true));
        await Promise.all(document.getAnimations().map((each) => each.finished.catch(() => {})));
        """,
    )


# Contrast of a drawing's words: axe leaves out what a picture holds, and this does not. The colour
# behind a word is the page's, with every shape drawn before the word that covers its middle.
CONTRAST = """
  const parse = (text) => {
    const numbers = (text.match(/-?[\\d.]+(?:e-?\\d+)?/g) ?? []).map(Number);
    const [r, g, b, a = 1] = text.startsWith("color(srgb")
      ? [...numbers.slice(0, 3).map((c) => 255 * c), ...numbers.slice(3)] : numbers;
    return text.startsWith("rgb") || text.startsWith("color(srgb") ? [r, g, b, a] : null;
  };
  const over = ([r, g, b, a], under) => [r, g, b].map((c, k) => a * c + (1 - a) * under[k]);
  const light = (colour) => {
    const [r, g, b] = colour.map((c) => c / 255).map(
      (c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const opacity = (node, stop) => {
    let product = 1;
    for (; node && node !== stop; node = node.parentElement) {
      product *= getComputedStyle(node).opacity;
    }
    return product;
  };
  const paint = (node, stop) => {
    const style = getComputedStyle(node);
    const colour = parse(style.fill);
    if (colour) colour[3] *= style.fillOpacity * opacity(node, stop);
    return colour;
  };
  const boxes = new Map();
  const boxOf = (shape) => {
    if (!boxes.has(shape)) boxes.set(shape, shape.getBoundingClientRect());
    return boxes.get(shape);
  };
  const covers = (shape, x, y) => {
    const { left, right, top, bottom } = boxOf(shape);
    if (x < left || x > right || y < top || y > bottom) return false;
    if (!shape.isPointInFill) return true;
    return shape.isPointInFill(new DOMPoint(x, y).matrixTransform(shape.getScreenCTM().inverse()));
  };
  const kinds = "path, rect, circle, ellipse, polygon, use, image, text";
  const faults = [];
  for (const svg of document.querySelectorAll("figure svg")) {
    if (!svg.checkVisibility()) continue;
    let under = [255, 255, 255];
    const behind = [];
    for (let node = svg; node; node = node.parentElement) behind.unshift(node);
    for (const node of behind) under = over(parse(getComputedStyle(node).backgroundColor), under);
    const marks = [...svg.querySelectorAll(kinds)]
      .filter((node) => !node.closest("defs, clipPath") && node.checkVisibility());
    for (const text of marks.filter((node) => node.localName === "text")) {
      const box = text.getBoundingClientRect();
      if (!box.width || !text.textContent.trim()) continue;
      const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
      let back = under;
      for (const mark of marks.slice(0, marks.indexOf(text))) {
        if (mark.localName === "text" || !covers(mark, x, y)) continue;
        if (mark.localName === "image") back = null; // a picture has no one colour
        const colour = mark.localName !== "image" && paint(mark, svg);
        if (colour?.[3] === 1) back = colour.slice(0, 3);
        else if (colour?.[3] && back) back = over(colour, back);
      }
      const colour = paint(text, svg);
      if (!back || !colour) continue;
      const [dark, bright] = [light(over(colour, back)), light(back)].sort((a, b) => a - b);
      const style = getComputedStyle(text);
      const pixels = parseFloat(style.fontSize) * Math.abs(text.getScreenCTM()?.a || 1);
      const least = pixels >= 24 || (pixels >= 18.66 && style.fontWeight >= 700) ? 3 : 4.5;
      const contrast = (bright + 0.05) / (dark + 0.05);
      if (contrast >= least - 0.005) continue;
      const owner = text.closest("figure");
      faults.push([`${owner.id ? `#${owner.id}` : nameOf(owner)}, ${nameOf(text)}`, contrast, least,
        getComputedStyle(text).fill, `rgb(${back.map(Math.round).join(", ")})`]);
    }
  }
  return faults;
"""


@of_page
def figures_have_contrast(visit):
    """Every word in a drawing stands out from what is behind it: 4.5 to 1, large words 3 to 1."""
    return [
        f"{name_of(visit)}: {element} has contrast {contrast:.2f} ({front} on {back}), "
        f"expected at least {least}."
        for element, contrast, least, front, back in in_page(visit, CONTRAST)
    ]


SAYS_NOTHING = re.compile(
    r"(a |an |the )?(live |static )?(image|picture|figure|plot|chart|graph|diagram|photo|icon|logo|"
    r"screenshot|output|illustration)( of| \d+)?\W*|.*\.(png|jpe?g|gif|svg|webp)|"
    r"<?Figure(Canvas)?\W.*(size|axes).*|\w+\(.*\)|\w+[_/\\]\w+",
    re.IGNORECASE | re.DOTALL,
)
FEWEST_WORDS = 4


@of_page
def pictures_say_what_is_to_be_seen(visit):
    """Every picture has alternative text of a few words; a decoration is marked as one."""
    pictures = in_page(
        visit,
        """
        const decoration = "[aria-hidden=true], [role=presentation], [role=none]";
        const hidden = (node) => node.closest(decoration);
        const named = (node) => node.closest("[role=img]") && !node.matches("[role=img]");
        const words = (id) => document.getElementById(id)?.textContent ?? "";
        const label = (node) => node.getAttribute("aria-label") ??
          (node.getAttribute("aria-labelledby") ?? "").split(" ").map(words).join(" ");
        const kinds = "img, [role=img], svg, canvas, input[type=image]";
        const found = [];
        for (const node of document.querySelectorAll(kinds)) {
          if (hidden(node) || named(node) || node.parentElement.closest("svg")) continue;
          const around = node.closest("a, button")?.textContent.trim();
          const text = node.matches("img, input") ? node.getAttribute("alt") : label(node);
          if (node.matches("svg, canvas, [role=img]:not(img)") && around && !text) continue;
          if (text === "" && node.matches("img") && around) continue; // its words stand beside it
          found.push([nameOf(node), text]);
        }
        return found;
        """,
    )
    faults = []
    for element, text in pictures:
        words = re.findall(r"\w+", text or "")
        if text is None:
            got = "no alternative text"
        elif not words:
            got = "empty alternative text, and nothing marks it as a decoration"
        elif SAYS_NOTHING.fullmatch(text.strip()) or len(words) < FEWEST_WORDS:
            got = f"the alternative text {text!r}"
        else:
            continue
        faults.append(
            f"{name_of(visit)}: {element} has {got}; say in a few words what is to be seen, or "
            'mark a decoration with role="presentation".'
        )
    return faults


@of_page
def does_not_scroll_sideways(visit):
    """Nothing is wider than the window."""
    width = visit.page.viewport_size["width"]
    wide, elements = in_page(
        visit,
        """
        const all = [...document.querySelectorAll("body *")].filter((n) => n.checkVisibility());
        const inside = (node) => {
          for (let up = node.parentElement; up && up !== document.body; up = up.parentElement) {
            if (getComputedStyle(up).overflowX !== "visible") return true;
          }
          return false;
        };
        const right = (node) => node.getBoundingClientRect().right + scrollX;
        const out = all.filter((node) => right(node) > argument + 1);
        const last = out.filter((node) => !out.includes(node.firstElementChild));
        const fixed = (node) => getComputedStyle(node).position === "fixed";
        const seen = last.filter((node) => !fixed(node) && !inside(node));
        return [document.documentElement.scrollWidth, seen.slice(0, 3).map(nameOf)];
        """,
        width,
    )
    if wide <= width:
        return []
    return [
        f"{name_of(visit)}: at {width} px the page is {wide} px wide; what sticks out: "
        f"{', '.join(elements) or 'nothing that could be named'}."
    ]


# ------------------------------------------------------------------------------------- formulas

MARKDOWN = MarkdownIt("commonmark").enable("table")
MARKDOWN.use(dollarmath_plugin, double_inline=True).use(deflist_plugin).use(myst_role_plugin)


def count_formulas(markdown):
    """Return how many formulas a Markdown text has."""
    markdown = re.sub(r"\A---\n.*?\n---\n", "", markdown, flags=re.DOTALL)
    found = 0
    for token in MARKDOWN.parse(markdown):
        directive = re.match(r"\{([\w:-]+)\}", token.info) if token.type == "fence" else None
        if directive and directive[1] == "math":
            found += 1
        elif directive and not directive[1].startswith(("code", "raw", "literal")):
            body = re.sub(r"\A(?::[\w-]+:.*\n)+", "", token.content)
            found += count_formulas(body)
        for each in [token, *(token.children or [])]:
            role = each.type == "myst_role" and each.meta["name"] in ("math", "eq-math")
            found += role or each.type.startswith("math_")
    return found


def formulas_in_source(name, text):
    """Return how many formulas the source of a page has."""
    if not name.endswith(".ipynb"):
        return count_formulas(text)
    cells = json.loads(text)["cells"]
    texts = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown"]
    return sum(map(count_formulas, texts))


@of_page
def formulas_are_set(visit):
    """No formula is left as TeX, none failed, and as many are set as the source has."""
    faults = [
        f"{name_of(visit)}: {element} shows {text!r}, a formula that was not set."
        for element, text in in_page(visit, RAW_TEX)
    ]
    place = urlsplit(visit.page.url).path.removesuffix(".html")
    for suffix in (".ipynb", ".md"):
        source = fetched(urljoin(visit.page.url, f"/_sources{place}{suffix}"))
        if source is None:
            continue
        expected = formulas_in_source(suffix, source)
        shown = visit.page.locator("article .katex").count()
        if shown != expected:
            faults.append(
                f"{name_of(visit)}: <article> shows {shown} formulas, but _sources{place}{suffix} "
                f"has {expected}."
            )
    return faults


RAW_TEX = r"""
  const raw = /\$[^$]*\$|\$\$|\\[()\[\]]|\\[A-Za-z]{2,}/;
  const faults = [];
  const walker = document.createTreeWalker(document.documentElement, NodeFilter.SHOW_TEXT);
  const code = "script, style, code, pre, kbd, samp, textarea, .katex, noscript";
  while (walker.nextNode()) {
    const owner = walker.currentNode.parentElement;
    const found = raw.exec(walker.currentNode.data);
    if (found && !owner.closest(code)) faults.push([nameOf(owner), found[0]]);
  }
  for (const node of document.querySelectorAll("[title], [alt], [aria-label], meta[content]")) {
    for (const key of ["title", "alt", "aria-label", "content"]) {
      const found = raw.exec(node.getAttribute(key) ?? "");
      if (found) faults.push([`${nameOf(node)} in its ${key}`, found[0]]);
    }
  }
  for (const node of document.querySelectorAll(".katex-error")) {
    faults.push([nameOf(node), node.textContent]);
  }
  return faults;
"""


# --------------------------------------------------------------------------------- live figures


def settle(visit):
    """Wait until a page has done what it does by itself, but not for ever."""
    try:
        ready(visit)
    except TimeoutError:
        pass  # `figures_wake` names the figure
    visit.page.wait_for_timeout(300)


def ready(visit, seconds=10):
    """Wait until the live figures of a page have their frames, and let them be moved."""
    page = visit.page
    waiting = (
        "[...document.querySelectorAll('.byhand-figure:not(.byhand-failed)')]"
        ".every(figure => figure.querySelector('.lf[data-ready]'))"
    )
    page.wait_for_function(waiting, timeout=1000 * seconds)
    page.evaluate(
        "document.querySelectorAll('.lf[data-locked=true] .lf-skip').forEach(b => b.click())"
    )
    return page


def leave_the_corner(figure):
    """Move every slider of a figure off its start, where another may have nothing to show."""
    figure.evaluate("""figure => {
      for (const slider of figure.querySelectorAll("input[type=range]")) {
        slider.value = Math.max(0, Math.min(2, slider.max - 1)); // leaves one to the right
        slider.dispatchEvent(new Event("input", { bubbles: true }));
      }
    }""")


def far_side(slider):
    """Return where to press, along the slider's length, to leave its place for an end."""
    return 0.95 if int(slider.input_value()) < int(slider.get_attribute("max")) else 0.05


def drawn(figure):
    """Return what is to be seen in a figure: every path, place and word of its drawing."""
    return figure.locator(".lf-drawing svg").evaluate("""svg => {
      const copy = svg.cloneNode(true);
      for (const node of copy.querySelectorAll("[display=none]")) node.remove();
      return copy.outerHTML.replace(/(-[nw])-[a-z0-9]{6}-/g, "$1-");  // ids are new on every visit
    }""")


@of_page
def figures_wake(visit):
    """Every live figure of the page starts, and every slider belongs to one."""
    faults = in_page(
        visit,
        """
        const faults = [];
        for (const figure of document.querySelectorAll("figure.byhand-figure")) {
          const place = `#${figure.id || figure.dataset.model}`;
          const alive = figure.matches(".byhand-alive") && figure.querySelector(".lf[data-ready]");
          const slider = figure.querySelector("input[type=range]");
          if (!alive) faults.push(`the live figure ${place} did not start`);
          else if (!slider) faults.push(`the live figure ${place} has no slider`);
        }
        const dead =
          "input[type=range], .widget-slider, .jupyter-widgets, [data-mime-type*=widget]";
        for (const node of document.querySelectorAll(dead)) {
          if (!node.closest("figure.byhand-figure")) faults.push(`${nameOf(node)} moves nothing`);
        }
        return faults;
        """,
    )
    return [f"{name_of(visit)}: {fault}." for fault in faults]


def living_figures(visit):
    """Yield (name, locator) of the figures that can be moved."""
    ids = in_page(
        visit,
        """
        return [...document.querySelectorAll("figure.byhand-figure")].filter(
          (figure) => figure.querySelector(".lf[data-ready] input[type=range]:not([disabled])"),
        ).map((figure) => figure.id);
        """,
    )
    for each in ids:
        yield f"{name_of(visit)}: #{each}", visit.page.locator(f"#{each}")


def sliders(name, figure):
    """Yield (name, element) of the sliders of a figure, every one of them off its corner."""
    for slider in figure.locator("input[type=range]").element_handles():
        leave_the_corner(figure)
        spoken = slider.get_attribute("aria-valuetext")
        slider.scroll_into_view_if_needed()
        yield f"{name}, the slider at {spoken!r}", slider


@of_page
def figures_obey_the_keyboard(visit):
    """An arrow key moves every slider by one stop, and its drawing with it."""
    faults = []
    for owner, figure in living_figures(visit):
        for name, slider in sliders(owner, figure):
            before = drawn(figure), int(slider.input_value())
            slider.press("ArrowRight")
            if int(slider.input_value()) != before[1] + 1:
                faults.append(f"{name}: the right arrow key does not take it to its next stop.")
            elif drawn(figure) == before[0]:
                faults.append(f"{name}: the right arrow key moves it, but not the drawing.")
    return faults


def pressed(figure, slider, press):
    """Return what is wrong with a slider that is pressed far from where it stands, or None."""
    box, far = slider.bounding_box(), far_side(slider)
    before = drawn(figure), slider.input_value()
    height = box["y"] + box["height"] / 2
    press((box["x"] + box["width"] * 0.5, height), (box["x"] + box["width"] * far, height))
    if slider.input_value() == before[1]:
        return "it stays where it is"
    return "it moves, but not the drawing" if drawn(figure) == before[0] else None


@of_page
def figures_obey_the_mouse(visit):
    """Every slider can be dragged, and its drawing follows."""
    mouse = visit.page.mouse

    def drag(start, end):
        mouse.move(*start)
        mouse.down()
        mouse.move(*end, steps=2)
        mouse.up()

    return [
        f"{name}: dragged with the mouse, {wrong}."
        for owner, figure in living_figures(visit)
        for name, slider in sliders(owner, figure)
        if (wrong := pressed(figure, slider, drag))
    ]


@of_page
def figures_obey_a_finger(visit):
    """A tap on every slider moves it, and its drawing with it; the page has a touch screen."""
    tap = visit.page.touchscreen.tap

    def taps(start, end):
        tap(*start)
        tap(*end)

    return [
        f"{name}: tapped, {wrong}."
        for owner, figure in living_figures(visit)
        for name, slider in sliders(owner, figure)
        if (wrong := pressed(figure, slider, taps))
    ]


# ------------------------------------------------------------------------ files, without a browser


class Elements(HTMLParser):
    """The elements of a page: [(tag, {attribute: value}, its own text in the file, line)]."""

    def __init__(self, text):
        super().__init__()
        self.found, self.words, self.inside = [], [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attributes):
        values = {key: value or "" for key, value in attributes}
        self.found.append((tag, values, self.get_starttag_text(), self.getpos()[0]))
        self.inside.append(tag)

    def handle_endtag(self, tag):
        if tag in self.inside:
            del self.inside[len(self.inside) - 1 - self.inside[::-1].index(tag) :]

    def handle_data(self, data):
        self.words.append((self.inside[-1] if self.inside else "", data, self.getpos()[0]))

    @cached_property
    def ids(self):
        return {values["id"] for _, values, _, _ in self.found if "id" in values}

    def texts(self, tag):
        """Return the texts directly in elements of a kind."""
        return [data for inside, data, _ in self.words if inside == tag]


@cache
def parsed(path, _changed):
    return Elements(path.read_text(encoding="utf-8"))


def elements(path):
    """Return the `Elements` of a file, read again only if it changed."""
    return parsed(path, path.stat().st_mtime_ns)


def pages(folder):
    """Yield (name, path) of the built pages in a folder."""
    for path in sorted(folder.rglob("*.html")):
        name = path.relative_to(folder).as_posix()
        if not name.startswith(("_static/", "_sources/")):
            yield name, path


def short(tag):
    """Return the start tag of an element, not too long to read."""
    return tag if len(tag) <= 160 else f"{tag[:157]}..."


def address_of(folder):
    """Return the site's own address as its front page tells it, or "" if it does not."""
    front = folder / "index.html"
    links = elements(front).found if front.is_file() else []
    told = (at["href"] for tag, at, _, _ in links if tag == "link" and at.get("rel") == "canonical")
    return next(told, "")


def named_addresses(path):
    """Yield (start tag, line, address) of everything that a page names."""
    for tag, attributes, start, line in elements(path).found:
        wide = [each.split()[0] for each in attributes.get("srcset", "").split(",") if each.strip()]
        single = [attributes[key] for key in ("href", "src", "data", "poster") if key in attributes]
        for address in single + wide:
            if not (tag == "link" and attributes.get("rel") == "canonical"):
                yield short(start), line, address


def stops(path):
    """Return {figure's name: {slider's name: its stops}} of the live figures of a page."""
    scripts = (text for text in elements(path).texts("script") if text.startswith('{"module":'))
    states = [json.loads(text)["state"] for text in scripts]
    return {
        f"fig-{state['name']}": {
            slider["name"]: slider["stops"] for slider in json.loads(state["spec"])["sliders"]
        }
        for state in states
        if "spec" in state
    }


def wrong_settings(path, anchor, settings):
    """Return what is wrong with the settings that an address gives a figure of a page."""
    sliders, wrong = stops(path).get(anchor), []
    if sliders is None:
        return [f"#{anchor}, which is no live figure, for {settings!r}"]
    for name, value in parse_qsl(settings, keep_blank_values=True):
        known = sliders.get(name)
        if known is None:
            wrong.append(f"#{anchor} for {name!r}, but its sliders are {', '.join(sliders)}")
        elif value not in known and not any(is_number(value, stop) for stop in known):
            wrong.append(f"#{anchor} for {name} {value!r}, which is not one of its stops")
    return wrong


def is_number(text, stop):
    """Return whether a text is how one would write a number."""
    try:
        return not isinstance(stop, str) and math.isclose(float(text), stop, rel_tol=1e-9)
    except ValueError:
        return False


@of_folder
def links_lead_somewhere(folder):
    """Every address within the site is a file of the site; every anchor is an id on its page.

    An anchor may go on with a figure's settings, as in ``#fig-one-node?epochs=40``: each the name
    of one of its sliders, with one of the slider's stops.
    """
    own, faults = address_of(folder), []
    for name, path in pages(folder):
        for tag, line, address in named_addresses(path):
            to = urlsplit(address.removeprefix(own)) if own else urlsplit(address)
            if to.scheme or to.netloc:
                continue
            start = folder if address.startswith("/") or own and address.startswith(own) else None
            target = path if not to.path and start is None else None
            target = target or ((start or path.parent) / unquote(to.path).lstrip("/")).resolve()
            target = target / "index.html" if target.is_dir() else target
            anchor, _, settings = to.fragment.partition("?")
            anchor = unquote(anchor)
            if not target.is_file():
                faults.append(f"{name}, line {line}: {tag} leads to a file that is not there.")
            elif anchor and target.suffix == ".html" and anchor not in elements(target).ids:
                faults.append(f"{name}, line {line}: {tag} leads to an anchor that is not there.")
            elif settings and target.suffix == ".html":
                wrong = wrong_settings(target, anchor, settings)
                faults += [f"{name}, line {line}: {tag} asks {each}." for each in wrong]
    return faults


FOREIGN = ("thebe", "require", "html-manager", "mathjax", "fontawesome")
OTHER_HOST = re.compile(r"(?:https?:|wss?:)?//[\w.-]+", re.IGNORECASE)
IN_SHEET = re.compile(r"""(?:url\(\s*|@import\s+)["']?((?:https?:)?//[\w.-]+)""", re.IGNORECASE)


@of_folder
def nothing_foreign_is_loaded(folder):
    """No page or sheet loads from another host, and no page a library that we do without.

    A plain link may lead anywhere; the canonical address is the site's own.
    """
    faults = []
    for name, path in pages(folder):
        for tag, attributes, start, line in elements(path).found:
            if tag == "a" or tag == "link" and attributes.get("rel") == "canonical":
                continue
            named = [attributes.get(key, "") for key in LOADS]
            words = [match[0] for value in named if (match := OTHER_HOST.match(value.strip()))]
            words += IN_SHEET.findall(attributes.get("style", ""))
            if tag in ("script", "link", "iframe"):
                words += [word for word in FOREIGN if word in start.lower()]
            faults += [f"{name}, line {line}: {short(start)} loads {word!r}." for word in words]
        for inside, text, line in elements(path).words:
            if inside == "style":
                found = IN_SHEET.findall(text)
                faults += [f"{name}, line {line}: <style> loads {word!r}." for word in found]
    for path in sorted(folder.rglob("*.css")):
        found = IN_SHEET.findall(path.read_text(encoding="utf-8"))
        name = path.relative_to(folder).as_posix()
        faults += [f"{name}: the style sheet loads {word!r}." for word in found]
    return faults


LOADS = ("src", "href", "srcset", "data", "poster", "action", "xlink:href", "background")


@of_folder
def pages_are_whole(folder):
    """Every page has a language, a title, one <h1>, and no id twice."""
    faults = []
    for name, path in pages(folder):
        found, said = elements(path).found, []
        if not any(tag == "html" and at.get("lang") for tag, at, _, _ in found):
            said.append("<html> has no lang")
        if not "".join(elements(path).texts("title")).strip():
            said.append("<title> is empty or missing")
        headings = [line for tag, _, _, line in found if tag == "h1"]
        if len(headings) != 1:
            where = f", in lines {', '.join(map(str, headings))}" if headings else ""
            said.append(f"<h1> stands {len(headings)} times{where}, expected once")
        used = Counter(at["id"] for _, at, _, _ in found if at.get("id"))
        said += [f'id="{each}" stands {times} times' for each, times in used.items() if times > 1]
        faults += [f"{name}: {each}." for each in said]
    return faults


ERRORS = re.compile(
    r"Traceback \(most recent call last\)|\"output_type\": \"error\"|^\w*(?:Error|Exception): "
    r"|\w+Warning: ",
    re.MULTILINE,
)
ERROR_CLASSES = {"traceback", "stderr", "system-message", "problematic", "katex-error"}


@of_folder
def pages_show_no_error(folder):
    """No output on a built page is an error or came on the stream for errors."""
    faults = []
    for name, path in pages(folder):
        for _, attributes, start, line in elements(path).found:
            if ERROR_CLASSES & set(attributes.get("class", "").split()):
                faults.append(f"{name}, line {line}: {short(start)} shows an error.")
        for inside, text, line in elements(path).words:
            found = ERRORS.search(text) if inside not in ("script", "style") else None
            if found:
                faults.append(f"{name}, line {line}: <{inside}> shows {found[0].strip()!r}.")
    return faults


@of_folder
def notebooks_ran_without_an_error(folder):
    """No cell of a notebook shows an error, or anything on the stream for errors."""
    faults = []
    for path in sorted(folder.rglob("*.ipynb")):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        for k, cell in enumerate(cells):
            for output in cell.get("outputs", []):
                if output["output_type"] == "error":
                    shown = f"{output['ename']}: {output['evalue']}"
                elif output.get("name") == "stderr":
                    shown = "".join(output["text"])
                else:
                    continue
                name = path.relative_to(folder).as_posix()
                faults.append(f"{name}: cell {k} ({cell.get('id', 'no id')}) shows {shown!r}.")
    return faults


# -------------------------------------------------------------------------------- for a person


COLUMN = 6000  # pixels; a browser's one picture of a page ends, blank, at 16,384


def screenshot(visit, folder, way):
    """Write the whole page as it looks now into ``folder``, for a person: columns, left to right.

    Beside it a line of what is measured but not judged, because it depends on the machine.
    """
    page, columns = visit.page, []
    browser = page.context.new_cdp_session(page)  # Playwright's own screenshot takes twice as long
    name = urlsplit(page.url).path.lstrip("/").removesuffix(".html").replace("/", "_")
    before = page.viewport_size
    page.set_viewport_size({"width": before["width"], "height": COLUMN})
    height = page.evaluate("document.documentElement.scrollHeight")
    for top in range(0, height, COLUMN):
        in_page(
            visit,
            """
            scrollTo({ top: argument, behavior: "instant" });
            const frame = () => new Promise((done) => requestAnimationFrame(done));
            await frame().then(frame);
            """,
            top,
        )
        taken = browser.send("Page.captureScreenshot", {"format": "jpeg", "quality": 70})
        columns.append(Image.open(io.BytesIO(base64.b64decode(taken["data"]))))
    browser.detach()
    page.evaluate("scrollTo({ top: 0, behavior: 'instant' })")
    page.set_viewport_size(before)
    sheet = Image.new("RGB", (before["width"] * len(columns), min(height, COLUMN)), None)
    for k, column in enumerate(columns):
        sheet.paste(column, (k * before["width"], 0))
    folder.mkdir(parents=True, exist_ok=True)
    sheet.save(folder / f"{name}_{way}.jpg", quality=30)
    (folder / f"{name}_{way}.txt").write_text(f"{measured(visit)}\n", encoding="utf-8")
    return folder / f"{name}_{way}.jpg"


def measured(visit):
    """Return a sentence of a page's times and weights in this run."""
    paint = in_page(
        visit,
        """
        const paints = performance.getEntriesByType("paint");
        return paints.find(({ name }) => name === "first-contentful-paint")?.startTime ?? -1;
        """,
    )
    sizes = files_asked_for(visit)
    return (
        f"{name_of(visit)}: first contentful paint after {paint:.0f} ms; {len(sizes)} files, "
        f"{sum(sizes.values())} bytes gzipped, everything down to the end of the page included."
    )
