"""Usage: python tools/hub_link.py https://hub.example.org [CHAPTER]. Print a link for a class.

On a JupyterHub with nbgitpuller, whoever follows the link gets the repository into a folder of
their own and the chapter opened in JupyterLab. Following it again fetches what is new and keeps
what the learner has written. The repository is the one named in `_config.yml`.
"""

import re
import sys
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import bootstrap_cell

ROOT = Path(__file__).resolve().parent.parent
FOLDER = "by-hand"  # the learner's folder, whatever the repository is called


def branch(root=ROOT):
    """Return the branch that _config.yml names, ``main`` if none."""
    text = (root / "_config.yml").read_text(encoding="utf-8")
    found = re.search(r"^\s+branch:\s*[\"']?([^\s\"'#]+)", text, re.MULTILINE)
    return found[1] if found else "main"


def link(hub, chapter="01_one_node", root=ROOT):
    """Return the nbgitpuller link for the hub at that address."""
    parts = urlsplit(hub)
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.query or parts.fragment:
        raise ValueError(
            f"The hub is {hub!r}, expected its address alone, such as https://hub.example.org."
        )
    if not (root / f"chapters/{chapter}.ipynb").is_file():
        raise ValueError(
            f"There is no chapters/{chapter}.ipynb: name a chapter such as 01_one_node."
        )
    query = {
        "repo": bootstrap_cell.address(root),
        "branch": branch(root),
        "targetpath": FOLDER,
        "urlpath": f"lab/tree/{FOLDER}/chapters/{chapter}.ipynb",
    }
    # a colon and a slash may stand in a query as they are, and the link stays readable
    return f"{hub.rstrip('/')}/hub/user-redirect/git-pull?{urlencode(query, safe=':/')}"


def main(hub="", *chapter):
    try:
        print(link(hub, *chapter))
    except ValueError as error:
        return str(error)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
