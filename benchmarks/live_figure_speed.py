"""How long the browser's script takes for one frame of each figure of the course.

Run it with ``PYTHONPATH=src:tools python benchmarks/live_figure_speed.py``.  It drives Chromium,
moves the sliders to random stops, 200 times ten, and prints the median and the 95th percentile of
the milliseconds that the page's script takes for a move, and what the figure weighs.
"""

import importlib
from pathlib import Path

import matplotlib

matplotlib.use("agg")

from playwright.sync_api import sync_playwright

import find_browser
from byhand.figures import use_style
from byhand.figures.page import page

CHAPTERS = Path(__file__).resolve().parent.parent / "chapters"
MEASURE = """
(n) => {
  const inputs = [...document.querySelectorAll('.lf input')];
  const times = [];
  for (let k = 0; k < n; k++) {
    const start = performance.now();
    for (let m = 0; m < 10; m++) {  // the clock ticks in tenths of a millisecond
      const input = inputs[Math.floor(Math.random() * inputs.length)];
      const stops = Number(input.max) + 1;
      input.value = (Number(input.value) + 1 + Math.floor(Math.random() * (stops - 1))) % stops;
      input.dispatchEvent(new Event('input'));
    }
    times.push((performance.now() - start) / 10);
  }
  times.sort((a, b) => a - b);
  return [times[Math.floor(n / 2)], times[Math.floor(0.95 * n)]];
}
"""


def figures():
    """Yield every live figure of the course, chapter by chapter."""
    for path in sorted(CHAPTERS.glob("[0-9]*.ipynb")):
        for make in importlib.import_module(f"byhand.figures.{path.stem[3:]}").FIGURES:
            yield make()


def main():
    """Measure and print a table."""
    use_style()
    print(f"{'figure, width':<20}{'median ms':>10}{'95 % ms':>10}{'bytes':>9}")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=find_browser.find(), args=["--no-sandbox", "--disable-gpu"]
        )
        for figure in figures():
            for width in (1000, 360):
                context = browser.new_context(viewport={"width": width, "height": 900})
                tab = context.new_page()
                tab.set_content(page(figure, figure.name))
                tab.wait_for_selector(".lf[data-ready]")
                if tab.locator(".lf-skip").count():
                    tab.locator(".lf-skip").click()
                tab.evaluate(MEASURE, 20)  # warm
                median, slow = tab.evaluate(MEASURE, 200)
                name = f"{figure.name} {width}"
                print(f"{name:<20}{median:>10.2f}{slow:>10.2f}{figure.nbytes:>9}")
                context.close()
        browser.close()


if __name__ == "__main__":
    main()
