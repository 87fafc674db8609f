"""What other programs learn of the built site: addresses, descriptions, the list of pages."""

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
import yaml
from bs4 import BeautifulSoup

import bootstrap_cell
import publish_as
import site_sharing

ROOT = Path(__file__).resolve().parent.parent
HTML = ROOT / "_build/html"
BASE = "https://" + publish_as.website(
    bootstrap_cell.address().removeprefix("https://github.com/")
)
PAGES = [
    path.relative_to(HTML).as_posix()
    for path in sorted(HTML.rglob("*.html"))
    if not path.is_relative_to(HTML / "_static")
]
TOLD = [page for page in PAGES if page not in ("404.html", "genindex.html", "search.html")]


def head(page):
    text = (HTML / page).read_text(encoding="utf-8").partition("</head>")[0]
    return BeautifulSoup(text, "html.parser").head


def url(page):
    return f"{BASE}/{page}".removesuffix("index.html")


@pytest.mark.parametrize("page", TOLD)
def test_a_page_says_what_it_is(page):
    tags = head(page)
    told = {
        meta.get("property") or meta["name"]: meta["content"]
        for meta in tags.find_all("meta", content=True)
        if meta.get("property") or meta.get("name")
    }
    assert 20 <= len(told["description"]) <= 201
    assert told["og:description"] == told["description"]
    assert told["og:url"] == tags.find("link", rel="canonical")["href"] == url(page)
    assert told["og:title"] and told["og:image:alt"]
    picture = told["og:image"].removeprefix(f"{BASE}/")
    assert (HTML / picture).is_file()


def test_no_two_pages_say_the_same():
    descriptions = [head(page).find("meta", attrs={"name": "description"}) for page in TOLD]
    assert len({each["content"] for each in descriptions}) == len(TOLD)


def test_the_sitemap_lists_every_page():
    tree = ElementTree.parse(HTML / "sitemap.xml")
    listed = [loc.text for loc in tree.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")]
    assert sorted(listed) == sorted(map(url, TOLD))
    assert f"Sitemap: {BASE}/sitemap.xml" in (HTML / "robots.txt").read_text()


def test_the_404_page_stands_alone_and_leads_back():
    page = BeautifulSoup((HTML / "404.html").read_text(encoding="utf-8"), "html.parser")
    assert not page.find_all(["script", "img"])
    assert [link["href"][:19] for link in page.find_all("link")] == ["data:image/svg+xml,"]
    assert [link["href"] for link in page.find_all("a")][0] == f"{BASE}/"
    assert len(page.find_all("a")) == len(TOLD)


def test_a_missing_page_is_answered_with_the_404_page(open_page):
    visit = open_page("chapters/no_such_chapter.html")
    assert visit.page.locator("h1").inner_text() == "There is no page at this address"
    assert visit.failed[0].startswith("404 ")


def test_the_citation_file_agrees_with_the_project():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert citation["version"] == bootstrap_cell.version()
    assert citation["repository-code"] == bootstrap_cell.address()
    assert citation["url"] == BASE
    assert citation["cff-version"] and citation["authors"] and citation["message"]


def test_the_website_follows_from_the_repository():
    assert site_sharing.website("https://github.com/Ada-L/by-hand.2") == (
        "https://ada-l.github.io/by-hand.2/"
    )
    assert site_sharing.website(bootstrap_cell.address()) == f"{BASE}/"
    assert re.fullmatch(r"https://[\w.-]+/[\w.-]+", BASE)
