"""Usage: python tools/publish_as.py OWNER/NAME. Write the address into every file that names it.

The address stands in `_config.yml`. This reads it there, and replaces it, and the addresses of the
website and of the Colab links made from it, in every text file of the repository.
"""

import re
import sys
from pathlib import Path

import bootstrap_cell

ROOT = Path(__file__).resolve().parent.parent
FILES = [
    "_config.yml", "_toc.yml", "*.md", "*.cff", "pyproject.toml", "chapters/*.ipynb", "back/*.md",
    "src/byhand/**/*.py", "src/byhand/**/*.js",
    "web/**/*.html", "web/**/*.js", "web/**/*.css", "web/**/*.py", "web/**/*.md",
]  # fmt: skip


def text_files(root=ROOT):
    """Return the files that may name the repository."""
    return sorted({file for pattern in FILES for file in root.glob(pattern) if file.is_file()})


def website(repository):
    """Return host and path of the GitHub Pages site of ``owner/name``."""
    owner, name = repository.split("/")
    return f"{owner.lower()}.github.io/{name}"


def stamp(repository, root=ROOT):
    """Replace the present address by that of ``repository`` and return the files that changed."""
    present = bootstrap_cell.address(root).removeprefix("https://github.com/")
    changes = [(present, repository), (website(present), website(repository))]
    changed = []
    for file in text_files(root):
        old = new = file.read_text(encoding="utf-8")
        for before, after in changes:
            new = re.sub(rf"(?<![\w.-]){re.escape(before)}(?![\w-])", after, new)
        if new != old:
            file.write_text(new, encoding="utf-8", newline="\n")
            changed.append(file)
    return changed


def main(repository=""):
    if not re.fullmatch(
        r"[A-Za-z0-9](?:-?[A-Za-z0-9]){0,38}/(?!\.{1,2}$)[\w.-]{1,100}", repository, re.ASCII
    ):
        return (
            f"REPO is {repository!r}, but a repository is owner/name, as in "
            "`make publish-as REPO=ada/my-course`."
        )
    if repository.endswith(".git"):
        return f"REPO is {repository!r}: leave out the .git at its end."
    changed = stamp(repository)
    for file in changed:
        print(f"  {file.relative_to(ROOT).as_posix()}")
    tag = f"v{bootstrap_cell.version()}"
    print(f"{len(changed)} files changed; the course is now at https://github.com/{repository}")
    print(f"Next: commit, tag the commit {tag} (Colab installs that tag), and push both there.")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2]))
