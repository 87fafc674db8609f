"""The built site in a real browser.

Three fixtures, for tests that look at pages (run `make book` first, or everything with `make
test`):

``site``
    Serves ``_build/html`` for the whole session; its value is the address,
    "http://127.0.0.1:PORT/". It builds nothing.
``browser``
    A Playwright browser (sync API), headless Chromium, for the whole session.
``open_page``
    A function that opens a page in a browser context of its own and returns a `Visit`::

        def test_front_page_asks_nobody_else(open_page):
            visit = open_page("index.html")
            visit.page.locator("input[type=range]").first.press("ArrowRight")
            assert visit.outside == [] and visit.console == [] and visit.errors == []

    Keywords are those of Playwright's ``Browser.new_context``: ``viewport={"width": 360, "height":
    740}``, ``color_scheme="dark"``, ``java_script_enabled=False``, ``has_touch=True``,
    ``reduced_motion="reduce"``. `wait` is the load state to wait for, "networkidle" unless told
    otherwise; `init` is a script to run before the page's own. Every request to another host is
    recorded, and no other host is found. Contexts are closed when the test ends.

Playwright's sync API keeps an event loop running in the main thread from the first use of
``browser`` to the end of the session, so code that runs notebooks (nbclient) belongs in a
subprocess. The notebooks' own tests come before any of these (``testpaths`` in pyproject.toml).
"""

from dataclasses import dataclass, field
from pathlib import Path

import hypothesis
import pytest

import find_browser
from serve import serving

# The same examples in every run, however slow the machine.
hypothesis.settings.register_profile("course", derandomize=True, deadline=None)
hypothesis.settings.load_profile("course")

ROOT = Path(__file__).resolve().parent.parent
HTML = ROOT / "_build/html"
FLAGS = [
    "--no-sandbox",  # containers and CI have no user namespaces; every page here is our own
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-dev-shm-usage",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",  # there is no other host
]


@dataclass
class Visit:
    """A page that was opened, and what it did besides showing itself."""

    page: object
    outside: list = field(
        default_factory=list
    )  # addresses on other hosts that it asked for (none was reached)
    failed: list = field(
        default_factory=list
    )  # "status address" of answers from our own site that were errors
    console: list = field(default_factory=list)  # "type: text" of every console message
    errors: list = field(default_factory=list)  # uncaught exceptions


@pytest.fixture(scope="session")
def site():
    """Serve the built book; the value is its address, with a slash at the end."""
    if not (HTML / "index.html").is_file():
        pytest.fail("There is no built book in _build/html: run `make book` first.", pytrace=False)
    with serving(HTML) as address:
        yield address


@pytest.fixture(scope="session")
def browser():
    """Start headless Chromium once."""
    from playwright.sync_api import sync_playwright

    program = find_browser.find()
    if program is None:
        pytest.fail(find_browser.ADVICE, pytrace=False)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def open_page(browser, site):
    """Return a function that opens a page of the site and returns a `Visit`."""
    contexts = []

    def open_(path="index.html", *, wait="networkidle", init=None, **options):
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 800}} | options)
        contexts.append(context)
        if init:
            context.add_init_script(init)
        context.set_default_timeout(10_000)  # a page of the course answers at once
        page = context.new_page()
        visit = Visit(page)
        page.on(
            "request",
            lambda asked: (
                asked.url.startswith((site, "data:", "blob:")) or visit.outside.append(asked.url)
            ),
        )
        page.on("console", lambda message: visit.console.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: visit.errors.append(str(error)))
        page.on(
            "response",
            lambda answer: (
                answer.status >= 400 and visit.failed.append(f"{answer.status} {answer.url}")
            ),
        )
        page.goto(site + path, wait_until=wait)
        return visit

    yield open_
    for context in contexts:
        context.close()
