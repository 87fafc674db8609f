"""Measure one figure as LiveFigure and its peers draw it, and write live_figure_peers.md.

    python benchmarks/live_figure_peers.py [FOLDER]   (the pages go to FOLDER, else _build/peers)

Ends with an error when ours is above its size or asks another host for anything.
"""

import gzip
import platform
import runpy
import statistics
import sys
from importlib.metadata import version
from pathlib import Path

import numpy as np
from axe_playwright_python.base import AXE_FILE_PATH
from peer_pages import EPOCHS, PAGES, RATES, frames
from playwright.sync_api import sync_playwright

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
PROBE = (HERE / "peer_probe.js").read_text(encoding="utf-8")
AXE = AXE_FILE_PATH.read_text(encoding="utf-8") + "\n;0"
LIMIT = 48_000  # bytes, gzipped: a tenth of the smallest peer's page when the limit was set
MOVES, RUNS = 39, 3
PACKAGES = ["altair", "bokeh", "plotly", "matplotlib", "anywidget"]

REPORT = """\
# The live figure and its peers

`make bench` makes this page. The same figure, drawn five times: four points, and a curve of 64
points that a net of eight hidden units draws at {epochs} epochs of each of {rates} learning rates.
The course's library computes the {states} states, and all get the same numbers, rounded to four
decimals. Each page is one HTML file that holds all that its package can put in.

{table}

`to_jshtml` has one slider, so its page shows one learning rate: {epochs} of the {states} states.

## Where a peer does more

- **Hover, zoom, pan, selection.** Altair, Bokeh and Plotly can read a value off under the pointer,
  enlarge a part, select points, and save the picture. A live figure has none of this; pointing at a
  curve that has been given a formula shows the formula with its numbers, and that is all.
- **Values between the stops.** Altair, Bokeh and Plotly can compute in the browser, so a parameter
  can be continuous. A live figure shows the stops that Python computed and nothing between them;
  the labs in the notebooks take any value.
- **Large data.** They draw tens of thousands of points, on a canvas or with WebGL. A live figure is
  SVG, made for what a page of a textbook holds.
- **The next figure.** Their size is mostly a library, which a page pays once. The row on the curves
  says what the numbers of one such figure add.
- **Any artist.** `to_jshtml` stores pictures, so everything that matplotlib draws may move. In a
  live figure the artists that its documentation names may move; any other is refused.

## How it was measured

{versions};
Python {python}, Chromium {chromium}. Requests to other hosts were aborted and counted.
Times depend on the machine: compare them with each other only.

- **Size:** of the file, and after `gzip -9`, in kilobytes of 1000 bytes. **Of it, the curves:** the
  gzipped size less that of the same page with all curves zero. What a page asks of other hosts
  (`to_jshtml`: the icons of its buttons) is not in its size.
- **Sliders:** those that change the drawing when moved.
- **Script a move:** median of {moves} moves of the epoch slider, one stop each, from the event to
  the return of its listeners. Some put their work off until later, so **main thread a move** is all
  that the browser's main thread does (script, style, layout, painting) until two frames later, less
  what two frames cost without a move: the mean of the {moves}, good to a millisecond or so. Each
  time is the best of {runs} runs.
- **Arrow key:** the Tab key reaches a slider, and an arrow key then changes the drawing.
- **Spoken:** name and value that the accessibility tree gives the learning-rate slider at its
  seventh stop, {seventh} (for `to_jshtml`, the epoch slider at its seventh stop, {epoch});
  `aria-valuetext`, which Chromium's protocol leaves out, is read from the element.
- **axe findings:** what axe-core {axe} calls serious or critical in the page's body, and how often.
- **Without JavaScript:** what stands on the page. **At 360 px:** whether a window of 360 px scrolls
  sideways.

How each page is made stands in `peer_pages.py`. Altair's curve is chosen by a Vega expression.
Bokeh's and Plotly's pages need a few lines of JavaScript: Bokeh's widgets act through it, and
Plotly's own frames know one slider only.
"""


def opened(browser, path, requests, width=760, scripts=True):
    """Close every page and open this one, noting in ``requests`` what it asks of others."""
    for context in browser.contexts:
        context.close()
    context = browser.new_context(
        viewport={"width": width, "height": 800}, java_script_enabled=scripts
    )

    def judge(route):
        if route.request.url.startswith("file:"):
            return route.continue_()
        requests.add(route.request.url)
        return route.abort()

    context.route("**/*", judge)
    tab = context.new_page()
    tab.goto(path.as_uri())
    tab.wait_for_timeout(2000)
    tab.evaluate(PROBE)
    return tab


def changes(tab, drawing, action):
    """Return whether ``action`` changes the drawing."""
    before = tab.locator(drawing).first.screenshot()
    action()
    tab.wait_for_timeout(300)
    return before != tab.locator(drawing).first.screenshot()


def working_sliders(tab, drawing):
    """Move every slider six stops, the last one first, and count those that change the drawing."""
    count = tab.evaluate("movers.length")
    return sum(
        changes(tab, drawing, lambda i=i: tab.evaluate("(i) => timesOf(i, 6)", i))
        for i in reversed(range(count))
    )


def arrow_works(tab, drawing):
    """Tab to the first slider and press an arrow; return whether the drawing changes."""
    for _ in range(30):
        tab.keyboard.press("Tab")
        if tab.evaluate("sliderHasFocus()"):
            return changes(tab, drawing, lambda: tab.keyboard.press("ArrowRight"))
    return False


def spoken(tab):
    """Return name and value of the first slider, as the accessibility tree has them.

    Chromium's protocol leaves ``aria-valuetext`` out of the tree, so it is read from the element.
    """
    cdp = tab.context.new_cdp_session(tab)
    for node in cdp.send("Accessibility.getFullAXTree")["nodes"]:
        if node.get("role", {}).get("value") == "slider":
            found = cdp.send("DOM.resolveNode", {"backendNodeId": node["backendDOMNodeId"]})
            code = "function () { return this.getAttribute('aria-valuetext') }"
            where = {"objectId": found["object"]["objectId"], "functionDeclaration": code}
            text = cdp.send("Runtime.callFunctionOn", where)["result"]["value"]
            return f"“{node['name']['value'] or 'no name'}”: “{text or node['value']['value']}”"
    return "nothing"


def milliseconds(tab):
    """Return the median move, and how busy the page is while nothing moves and while it moves."""
    cdp = tab.context.new_cdp_session(tab)
    cdp.send("Performance.enable")
    marks = []
    for slider in (None, 99, -1):  # start the clock, then no slider, then the epochs
        times = tab.evaluate("([i, n]) => timesOf(i, n)", [slider, MOVES]) if slider else []
        metrics = cdp.send("Performance.getMetrics")["metrics"]
        marks.append(1000 * next(m["value"] for m in metrics if m["name"] == "TaskDuration"))
    return statistics.median(times), *np.diff(marks)


def measured(browser, path, drawing, without_curves):
    """Return the rows of one page's column, and the two numbers that have a limit."""
    raw = path.read_bytes()
    size, rest = (len(gzip.compress(b, 9)) for b in (raw, without_curves.encode()))
    requests = set()
    runs = [milliseconds(opened(browser, path, requests)) for _ in range(RUNS)]
    script, idle, moving = np.min(runs, axis=0)
    tab = opened(browser, path, requests)
    sliders = working_sliders(tab, drawing)
    tab.screenshot(path=path.with_suffix(".png"))  # the same state in all, to be looked at
    said, arrow = spoken(tab), arrow_works(tab, drawing)
    tab.evaluate(AXE)
    findings = tab.evaluate("seriousFindings()")
    picture = opened(browser, path, requests, scripts=False).evaluate("hasPicture()")
    narrow = opened(browser, path, requests, width=360)
    width = narrow.evaluate("document.documentElement.scrollWidth")
    rows = {
        "size": f"{len(raw) / 1e3:,.0f} kB",
        "size, gzipped": f"**{size / 1e3:,.0f} kB**",
        "of it, the curves": f"{(size - rest) / 1e3:,.0f} kB",
        "requests to other hosts": len(requests),
        "sliders": sliders,
        "script a move": f"{script:.1f} ms",
        "main thread a move": f"{(moving - idle) / MOVES:.1f} ms",
        "arrow key": "yes" if arrow else "no",
        "spoken": said,
        "axe findings": ", ".join(findings) or "none",
        "without JavaScript": "the figure" if picture else "nothing",
        "at 360 px": "fits" if width <= 360 else f"{width} px, scrolls",
    }
    return rows, size, requests


def table(columns):
    """Return the columns, {name: {row: cell}}, as a Markdown table."""
    names = next(iter(columns.values()))
    lines = [["", *columns], ["---"] * (len(columns) + 1)]
    lines += [[name, *(str(column[name]) for column in columns.values())] for name in names]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def main(folder):
    program = runpy.run_path(str(ROOT / "tools/find_browser.py"))["find"]()
    if not program:
        sys.exit("No Chromium or Chrome was found: run `make browser`, then this again.")
    folder.mkdir(parents=True, exist_ok=True)
    curves, columns, limited = frames(), {}, None
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        for name, draw, drawing, is_matplotlib in PAGES:
            path = folder / f"{draw.__name__}.html"
            path.write_text(draw(curves), encoding="utf-8")
            columns[name], *numbers = measured(browser, path, drawing, draw(0 * curves))
            columns[name]["drawn by matplotlib"] = "yes" if is_matplotlib else "no"
            limited = limited or numbers
            print(f"{name} measured", flush=True)
        tab = browser.new_page()
        tab.evaluate(AXE)
        report = REPORT.format(
            table=table(columns),
            epochs=len(EPOCHS),
            rates=len(RATES),
            states=len(EPOCHS) * len(RATES),
            versions=", ".join(f"{name} {version(name)}" for name in PACKAGES),
            python=platform.python_version(),
            chromium=browser.version,
            moves=MOVES,
            runs=RUNS,
            seventh=f"{RATES[6]:g}",
            epoch=EPOCHS[6],
            axe=tab.evaluate("axe.version"),
        )
        browser.close()
    (HERE / "live_figure_peers.md").write_text(report, encoding="utf-8")
    print(table(columns))
    size, requests = limited
    if size > LIMIT or requests:
        sys.exit(
            f"LiveFigure's page has {size:,} bytes gzipped and makes {len(requests)} requests to "
            f"other hosts, expected at most {LIMIT:,} and none: see benchmarks/live_figure_peers.md"
        )


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "_build/peers")
