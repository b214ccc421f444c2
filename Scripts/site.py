#!/usr/bin/env python3
"""Writes the documents of this repository as web pages that need no network, no script and no server.

usage: site.py FOLDER

Pages are README.md, what the navigation below names, and all that they link to: Markdown becomes a page, a picture is
copied, any other file is shown as it is. A link that leads nowhere, or to a heading that is not there, is an error.
FOLDER may hold the example report (report/) and the documentation of the libraries (swift/); what is not there yet is
not linked.
"""

import html
import os
import posixpath
import re
import shutil
import string
import sys
import urllib.parse
from pathlib import Path

from markdown_it import MarkdownIt
from mdit_py_plugins.anchors import anchors_plugin

ROOT = Path(__file__).resolve().parent.parent
LAYOUT = ROOT / "Scripts" / "site"
# What the pages' navigation has: titles, and documents of the repository or pages that others write into FOLDER.
NAVIGATION = [
    (
        "Use",
        [
            ("Overview", "README.md"),
            ("Guides", "docs/guides/README.md"),
            ("Example report", "report/index.html"),
            ("Command line", "docs/cli.md"),
            ("The report page", "docs/report.md"),
            ("The pictures", "docs/pictures.md"),
        ],
    ),
    (
        "Look up",
        [
            ("Files and formats", "docs/formats.md"),
            ("Chat templates", "docs/templates.md"),
            ("Tokenizers", "docs/tokenizers.md"),
            ("Limits", "docs/limits.md"),
            ("Performance", "docs/performance.md"),
            ("Scale", "docs/scale.md"),
        ],
    ),
    (
        "Build on it",
        [
            ("Python", "python/README.md"),
            ("Swift libraries", "swift/documentation/index.html"),
            ("Examples", "Examples/README.md"),
            ("Architecture", "docs/architecture.md"),
            ("Dependencies", "docs/dependencies.md"),
            ("Reliability", "docs/reliability.md"),
            ("Contributing", "CONTRIBUTING.md"),
            ("Security", "SECURITY.md"),
            ("Changelog", "CHANGELOG.md"),
        ],
    ),
]
PICTURES = {".png", ".svg"}
# Headings that a page lists at its top, where it has several.
LISTED = "h2"


def address(source):
    """Where the page of a file of the repository is, relative to the site."""
    folder, name = posixpath.split(source)
    if name == "README.md":
        return posixpath.join(folder, "index.html")
    if name.endswith(".md"):
        return source.removesuffix(".md") + ".html"
    return source if Path(name).suffix in PICTURES else source + ".html"


class Page:
    """A document and what it becomes."""

    def __init__(self, source):
        self.source = source
        self.address = address(source)
        text = (ROOT / source).read_text(encoding="utf-8")
        self.title = source
        self.headings = []
        self.anchors = set()
        self.links = []
        if source.endswith(".md"):
            markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
            markdown.use(anchors_plugin, min_level=1, max_level=4)
            self.tokens = markdown.parse(text)
            self.read_headings()
            self.follow(self.tokens)
            self.body = markdown.renderer.render(self.tokens, markdown.options, {})
        else:
            self.body = f"<h1>{html.escape(source)}</h1>\n<pre><code>{html.escape(text)}</code></pre>"

    def read_headings(self):
        for heading, content in zip(self.tokens, self.tokens[1:], strict=False):
            if heading.type != "heading_open":
                continue
            text = "".join(part.content for part in content.children if part.type in ("text", "code_inline"))
            if heading.tag == "h1" and self.title == self.source:
                self.title = text
            if heading.tag == LISTED:
                self.headings.append((heading.attrGet("id"), text))
            self.anchors.add(heading.attrGet("id"))

    def follow(self, tokens):
        """Turns the links of the document into those of its page."""
        for token in tokens:
            for name in ("href", "src"):
                value = token.attrGet(name)
                if value and not urllib.parse.urlsplit(value).scheme:
                    token.attrSet(name, self.target(value))
            if token.type == "image":
                token.attrSet("loading", "lazy")
            self.follow(token.children or [])

    def target(self, value):
        path, _, anchor = value.partition("#")
        source = self.source
        if path:
            source = posixpath.normpath(posixpath.join(posixpath.dirname(self.source), urllib.parse.unquote(path)))
        self.links.append((source, anchor))
        where = relative(address(source), self.address) if path else ""
        return urllib.parse.quote(where) + (f"#{anchor}" if anchor else "")


def relative(target, page):
    return posixpath.relpath(target, posixpath.dirname(page) or ".")


def collect():
    """All pages and pictures, by their files."""
    waiting = ["README.md"] + [path for _, entries in NAVIGATION for _, path in entries if path.endswith(".md")]
    pages, pictures = {}, set()
    while waiting:
        source = waiting.pop()
        if source in pages or source in pictures:
            continue
        if Path(source).suffix in PICTURES:
            pictures.add(source)
            continue
        pages[source] = Page(source)
        for target, _ in pages[source].links:
            if not (ROOT / target).is_file():
                sys.exit(f"{source}: there is no file {target}, to which it links")
            waiting.append(target)
    for page in pages.values():
        for target, anchor in page.links:
            if anchor and anchor not in pages[target].anchors:
                sys.exit(f"{page.source}: {target} has no heading #{anchor}, to which it links")
    named = {path for _, entries in NAVIGATION for _, path in entries}
    for path in sorted((ROOT / "docs").glob("*.md")):
        if path.relative_to(ROOT).as_posix() not in named:
            sys.exit(f"{path.relative_to(ROOT)}: NAVIGATION in Scripts/site.py does not name it")
    return pages, pictures


def link(text, target, page, current=False):
    mark = ' aria-current="page"' if current else ""
    return f'<a href="{html.escape(urllib.parse.quote(relative(target, page)))}"{mark}>{html.escape(text)}</a>'


def navigation(page, site, guides):
    """The lists of links beside a page; under the guides, those of one another too."""
    parts = []
    for title, entries in NAVIGATION:
        items = []
        for text, path in entries:
            target = address(path) if path.endswith(".md") else path
            if not path.endswith(".md") and not (site / path).is_file():
                continue
            inner = ""
            if path == "docs/guides/README.md" and page.source.startswith("docs/guides/"):
                others = (link(g.title, g.address, page.address, g is page) for g in guides)
                inner = "<ul>" + "".join(f"<li>{other}</li>" for other in others) + "</ul>"
            items.append(f"<li>{link(text, target, page.address, target == page.address)}{inner}</li>")
        parts.append(f"<h2>{html.escape(title)}</h2><ul>{''.join(items)}</ul>")
    return "\n".join(parts)


def contents(page):
    if len(page.headings) < 3:
        return ""
    items = "".join(f'<li><a href="#{anchor}">{html.escape(text)}</a></li>' for anchor, text in page.headings)
    return f"<details class=contents><summary>On this page</summary><ul>{items}</ul></details>"


def dressed(page):
    """The page's body: what may be wider than the window scrolls in a box of its own, the contents follow the title."""
    body = re.sub(r"<table>", '<div class=wide tabindex=0 role=region aria-label="Table"><table>', page.body)
    body = body.replace("</table>", "</table></div>")
    body = body.replace("<pre>", "<pre tabindex=0>")
    head, end, rest = body.partition("</h1>")
    return head + end + contents(page) + rest


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    site = Path(sys.argv[1])
    pages, pictures = collect()
    guides = sorted(
        (
            page
            for source, page in pages.items()
            if posixpath.dirname(source) == "docs/guides" and "README" not in source
        ),
        key=lambda page: [target for target, _ in pages["docs/guides/README.md"].links].index(page.source),
    )
    layout = string.Template((LAYOUT / "page.html").read_text(encoding="utf-8"))
    for page in pages.values():
        path = site / page.address
        path.parent.mkdir(parents=True, exist_ok=True)
        title = page.title if page.source == "README.md" else f"{page.title} · tokenstats"
        path.write_text(
            layout.substitute(
                title=html.escape(title),
                style=html.escape(relative("style.css", page.address)),
                home=html.escape(relative("index.html", page.address)),
                navigation=navigation(page, site, guides),
                body=dressed(page),
            ),
            encoding="utf-8",
        )
    for picture in pictures:
        (site / picture).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / picture, site / picture)
    shutil.copyfile(LAYOUT / "style.css", site / "style.css")
    print(f"{len(pages)} pages and {len(pictures)} pictures in {os.path.relpath(site)}")


if __name__ == "__main__":
    main()
