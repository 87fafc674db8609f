"""Find a Chromium or Chrome for the tests, or install one, and remember where it is.

Order: the environment variable BYHAND_BROWSER; the one found last time; the usual names and places;
Playwright's own; then `playwright install chromium`; then the system's package, where this user may
install one.
"""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
REMEMBERED = ROOT / "_build/browser"
NAMES = [
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "msedge",
    "microsoft-edge",
]
APPLICATIONS = [  # macOS
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
]
ADVICE = (
    "No Chromium or Chrome was found and none could be installed: install one, or set "
    "BYHAND_BROWSER to the path of its program, then run make again."
)


def works(program):
    """Return whether ``program`` is a browser that starts (the stub of a snap does not)."""
    try:
        answer = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=30)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return answer.returncode == 0 and any(name in answer.stdout for name in ("Chrom", "Edge"))


def playwrights_own():
    """Return the path where Playwright keeps its Chromium, installed or not."""
    code = (
        "from playwright.sync_api import sync_playwright\n"
        "with sync_playwright() as playwright: print(playwright.chromium.executable_path)"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60
    )
    return answer.stdout.strip()


def candidates():
    """Yield the paths to try, best first, without installing anything."""
    if REMEMBERED.exists():
        yield REMEMBERED.read_text().strip()
    yield from filter(None, map(shutil.which, NAMES))
    yield from filter(os.path.exists, APPLICATIONS)
    own = playwrights_own()
    if own and os.path.exists(own):
        yield own


def find():
    """Return the path of a browser that works, or None; remember it in _build/browser.

    Raises
    ------
    SystemExit
        If BYHAND_BROWSER names something that is not a working Chromium or Chrome.
    """
    chosen = os.environ.get("BYHAND_BROWSER")
    if chosen:
        if not works(chosen):
            sys.exit(
                f"BYHAND_BROWSER is {chosen!r}, which is no Chromium or Chrome that starts: "
                "correct or unset it."
            )
        return chosen
    for program in candidates():
        if works(program):
            REMEMBERED.parent.mkdir(exist_ok=True)
            REMEMBERED.write_text(program + "\n")
            return program
    return None


def run(command, seconds):
    """Run an installer quietly for at most ``seconds``; return whether it succeeded."""
    quiet = subprocess.DEVNULL
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    try:
        process = subprocess.Popen(
            command,
            env=environment,
            stdin=quiet,
            stdout=quiet,
            stderr=quiet,
            start_new_session=True,
        )
    except OSError:
        return False
    try:
        return process.wait(seconds) == 0
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)  # with the downloader that it started
        process.wait()
        return False


def install():
    """Try to install a browser, first Playwright's, then the system's; return its path or None."""
    print(
        "No Chromium or Chrome found. Downloading Playwright's (170 MB, a minute or more) ...",
        flush=True,
    )
    if run([sys.executable, "-m", "playwright", "install", "chromium"], 600) and (
        program := find()
    ):
        return program
    root = [] if hasattr(os, "geteuid") and os.geteuid() == 0 else ["sudo", "-n"]
    if shutil.which("apt-get") and (
        not root or (shutil.which("sudo") and run([*root, "true"], 10))
    ):
        print(
            "That did not work. Installing the system's chromium package (a minute or two) ...",
            flush=True,
        )
        run([*root, "apt-get", "update"], 300)
        if run([*root, "apt-get", "install", "-y", "chromium"], 900) and (program := find()):
            return program
    return None


if __name__ == "__main__":
    browser = find() or install()
    if browser is None:
        sys.exit(ADVICE)
    print(f"The browser for the tests: {browser}")
