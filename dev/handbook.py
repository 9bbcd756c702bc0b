"""What can be checked of docs/ and the app list without reading them: links and pictures."""

import re
from urllib.parse import unquote

from . import pictures
from .paths import CHECKOUT

DOCS = CHECKOUT / "docs"
LINK = re.compile(r"\]\(([^)\s]+)\)|<img src=\"([^\"]+)\"")
HEADING = re.compile(r"^#{1,6} (.+)$", re.MULTILINE)


def findings():
    """Return a line for each link that leads nowhere, and picture that nobody takes or shows."""
    pages = {path.name: path.read_text(encoding="utf-8") for path in sorted(DOCS.glob("*.md"))}
    anchors = {
        name: {_slug(title) for title in HEADING.findall(text)} for name, text in pages.items()
    }
    listed = {picture["name"] for picture in pictures.wanted()}
    shown, found = set(), []
    for name, text in pages.items():
        for link in (unquote(markdown or html) for markdown, html in LINK.findall(text)):
            if link.startswith("pictures/"):
                shown.add(link.removeprefix("pictures/").removesuffix(".png"))
            elif not link.startswith(("http:", "https:", "mailto:")):
                page, _hash, anchor = link.partition("#")
                if anchor and anchor not in anchors.get(page or name, ()):
                    found.append(f"docs/{name}: there is no {link}")
                elif page and not (DOCS / page).exists():
                    found.append(f"docs/{name}: there is no {link}")
    found += [f"docs/pictures.toml has no picture {name}" for name in sorted(shown - listed)]
    found += [f"docs/pictures.toml: nobody shows {name}" for name in sorted(listed - shown)]
    return found + _app_list_findings()


def _app_list_findings():
    page = (pictures.APP_LIST / "index.html").read_text(encoding="utf-8")
    shown = set(re.findall(r'src="([^"]+)\.png"', page))
    listed = {picture["name"] for picture in pictures.wanted() if picture.get("app_list")}
    return [
        f"docs/pictures.toml, app_list: {name} is on one side only"
        for name in sorted(shown ^ listed)
    ]


def _slug(title):
    """Return a heading's anchor, as GitHub and others make it.

    >>> _slug("Was tun, wenn …"), _slug("Wer sieht „Meine Daten“?")
    ('was-tun-wenn-', 'wer-sieht-meine-daten')
    """
    return re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")
