"""Build the book into _build/html, doing again only what changed since the last build.

When nothing but the text of pages changed, Sphinx rebuilds those pages. Everything else that a page
depends on (the library, the site's own code, the configuration, the pinned packages) rebuilds the
whole book, and with the library the notebooks run again.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGES = ["chapters/**/*", "back/**/*", "*.md", "benchmarks/*.md"]
REST = [
    "src/**/*",
    "web/**/*",
    "*.yml",
    "*.bib",
    "requirements.txt",
    "tools/build_book.py",
]
WORTH_SAYING = re.compile(r"(Executing|Executed) notebook|: (WARNING|ERROR|CRITICAL)\b|^WARNING:")


def fingerprint(root=ROOT):
    """Return {path: hash} of every file that the book is made from."""
    files = {file for pattern in PAGES + REST for file in root.glob(pattern) if file.is_file()}
    names = {file: file.relative_to(root) for file in files}
    ours = {
        name.as_posix(): hashlib.sha256(file.read_bytes()).hexdigest()
        for file, name in names.items()
        if not any(
            part.startswith((".", "__pycache__")) or part.endswith(".egg-info")
            for part in name.parts
        )
    }
    return dict(sorted(ours.items())) | {"Python": sys.version}


def what_to_do(before, now):
    """Return "nothing", "pages" or "everything", from two fingerprints (``before`` may be None)."""
    if before == now:
        return "nothing"
    if before is None or before.keys() != now.keys():
        return "everything"
    changed = [name for name in now if now[name] != before[name]]
    are_pages = all(
        name.startswith(("chapters/", "back/"))
        or name.endswith(".md")
        and not name.startswith("web/")
        for name in changed
    )
    return "pages" if are_pages else "everything"


def essence(lines):
    """Return a build's output without the stack frames of Sphinx and its relatives."""
    text = "".join(lines).split("\nThe above exception was the direct cause")[0]
    text = re.sub(
        r"^(The full traceback|Please also|A bug report).*\n", "", text, flags=re.MULTILINE
    )
    text = re.sub(r'^  File ".*\n(?:    .*\n)*', "", text, flags=re.MULTILINE)
    return [line[:300] for line in text.rstrip().splitlines()]


def build(root=ROOT):
    """Build what changed and return whether that went well; say what is done and how it went."""
    html, state, log = root / "_build/html", root / "_build/book.json", root / "_build/book.log"
    now = fingerprint(root)
    before = (
        json.loads(state.read_text()) if state.exists() and (html / "index.html").exists() else None
    )
    task = what_to_do(before, now)
    if task == "nothing":
        print("The book is up to date: _build/html/index.html", flush=True)
        return True

    started = time.monotonic()
    if task == "pages":
        print("Building the pages that changed ...", flush=True)
    else:
        print(
            "Building the book: the notebooks, then the site (up to a minute) ...",
            flush=True,
        )
        for leftover in (html, root / "_build/.doctrees", root / "_build/jupyter_execute"):
            shutil.rmtree(leftover, ignore_errors=True)
    state.unlink(missing_ok=True)  # a build that fails halfway is not one to go on from
    log.parent.mkdir(exist_ok=True)

    jupyter_book = [sys.executable, "-c", "from jupyter_book.cli.main import main; main()"]
    path = os.pathsep.join(filter(None, [str(root / "src"), os.environ.get("PYTHONPATH")]))
    process = subprocess.Popen(
        [
            *jupyter_book,
            "build",
            "-W",
            "-n",
            "--keep-going",
            *(["--all"] if task == "everything" else []),
            ".",
        ],
        cwd=root,
        # One thread: nets this small only wait for others.
        env={"OPENBLAS_NUM_THREADS": "1"}
        | os.environ
        | {"PYTHONPATH": path, "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    lines = []
    with process, log.open("w", encoding="utf-8") as file:
        for line in process.stdout:
            line = re.sub(r"\x1b\[[0-9;]*m", "", line)  # colours, which would hide a line's start
            file.write(line)
            lines.append(line)
            if WORTH_SAYING.search(line):
                print("  " + line.strip().removeprefix(f"{root}{os.sep}")[:300], flush=True)
    if process.returncode != 0 or not (html / "index.html").exists():
        print("\n".join(essence(lines)[-40:]), file=sys.stderr)
        print(
            "The book could not be built: the reason is above, the record in _build/book.log.",
            file=sys.stderr,
        )
        return False
    state.write_text(json.dumps(now, indent=1))
    print(
        f"The book is built in {time.monotonic() - started:.0f} s: _build/html/index.html",
        flush=True,
    )
    return True


if __name__ == "__main__":
    sys.exit(0 if build() else 1)
