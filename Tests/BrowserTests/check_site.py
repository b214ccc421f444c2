#!/usr/bin/env python3
"""Looks at every page of the site in a real browser, as it opens from disk and as a server serves it.

  python3 Tests/BrowserTests/check_site.py SITE [--pictures FOLDER]

Pages must load without complaints, with all their pictures, links that lead to something, text of enough contrast in
both themes, and no sideways scrolling at 420 pixels. Needs Chromium; without one it says so, and fails if CI=true.
"""

import argparse
import functools
import http.server
import os
import pathlib
import re
import sys
import threading
import urllib.parse

import chromium

# What is wrong with the page that is open: pictures that did not load, text that is hard to read, a page too wide.
FAULTS = """(async () => {
  const faults = [];
  for (const image of document.images) {
    image.loading = 'eager';
    await image.decode().catch(() => faults.push(`no picture ${image.src}`));
    if (!image.alt) faults.push(`no words for ${image.src}`);
  }
  const wide = document.documentElement.scrollWidth - innerWidth;
  if (wide > 0) faults.push(`${wide} pixels wider than the window of ${innerWidth}`);
  const canvas = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
  const rgba = (color) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = color;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const light = (color) => {
    const parts = color.slice(0, 3).map((part) => part / 255)
      .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2];
  };
  const ground = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const color = rgba(getComputedStyle(at).backgroundColor);
      if (color[3] === 255) return color;
    }
    return [255, 255, 255, 255];
  };
  for (const element of document.body.querySelectorAll('*')) {
    const hasText = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
    if (!hasText || !element.checkVisibility()) continue;
    const [high, low] = [rgba(getComputedStyle(element).color), ground(element)].map(light).sort((a, b) => b - a);
    const ratio = (high + 0.05) / (low + 0.05);
    if (ratio < 4.5) faults.push(`contrast ${ratio.toFixed(1)}: ${element.textContent.trim().slice(0, 40)}`);
  }
  return faults;
})()"""
LINKS = "[...document.querySelectorAll('a[href]')].map((link) => link.href)"
IDENTIFIERS = "[...document.querySelectorAll('[id]')].map((element) => element.id)"
LOADED = "document.readyState === 'complete' && location.href !== 'about:blank'"


class Files(http.server.SimpleHTTPRequestHandler):
    """Serves the files of a folder under a path, and says nothing."""

    def __init__(self, *arguments, base, **options):
        self.base = base
        super().__init__(*arguments, **options)

    def translate_path(self, path):
        return super().translate_path(path.removeprefix(self.base))

    def log_message(self, *_):
        pass


def load(browser, url, condition=LOADED):
    browser.call("Page.navigate", url="about:blank")
    browser.wait("location.href === 'about:blank'")
    browser.call("Page.navigate", url=url)
    browser.wait(condition)


def documents(site):
    """The pages that are made of documents: the report and the libraries' pages have checks of their own."""
    return [
        path
        for path in sorted(site.rglob("*.html"))
        if path.relative_to(site).parts[0] not in ("report", "swift") and path.is_file()
    ]


def check_documents(browser, site, pictures):
    """What is wrong with the documents, and how many links were followed."""
    found, targets, identifiers = [], {}, {}
    for path in documents(site):
        name = path.relative_to(site).as_posix()
        for width, scheme in [(1280, "light"), (1280, "dark"), (420, "light")]:
            browser.emulate(width=width, scheme=scheme)
            load(browser, path.as_uri())
            found += [f"{name} ({width}, {scheme}): {fault}" for fault in browser.run(FAULTS)]
            if pictures:
                browser.screenshot(pictures / f"{name.replace('/', '-')}-{width}-{scheme}.png")
        targets[name] = browser.run(LINKS)
        identifiers[path] = set(browser.run(IDENTIFIERS))
        found += [f"{name}: {complaint}" for complaint in browser.complaints()]
    followed = 0
    for name, urls in targets.items():
        for url in urls:
            parts = urllib.parse.urlsplit(url)
            if parts.scheme != "file":
                continue
            followed += 1
            path = pathlib.Path(urllib.parse.unquote(parts.path))
            if not path.is_file():
                found.append(f"{name}: {path} is not there, to which it links")
            elif parts.fragment and path in identifiers and parts.fragment not in identifiers[path]:
                found.append(f"{name}: {url} leads to no place of that page")
    return found, followed


def check_report(browser, site):
    load(browser, (site / "report" / "index.html").as_uri(), "document.documentElement.dataset.ready !== undefined")
    rows = browser.run("document.querySelectorAll('#datasets tbody tr').length")
    found = [] if rows else ["report/index.html: no datasets"]
    return found + [f"report/index.html: {complaint}" for complaint in browser.complaints()]


def check_libraries(browser, site):
    """The libraries' pages, which a script fills and a server must serve, where they expect to be."""
    start = (site / "swift" / "index.html").read_text(encoding="utf-8")
    base = re.search(r'var baseUrl = "(.*)/swift/"', start)[1]
    handler = functools.partial(Files, directory=str(site), base=base)
    found, pages = [], 0
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        origin = f"http://127.0.0.1:{server.server_port}"
        names = ["", *(path.name for path in (site / "swift" / "documentation").iterdir() if path.is_dir())]
        for name in names:
            url = f"{origin}{base}/swift/documentation/{name}"
            load(browser, url, "document.querySelector('h1, .title')?.textContent.trim().length > 0")
            pages += 1
            heading = browser.run("document.querySelector('h1, .title').textContent.trim()")
            if name and heading.lower() != name:
                found.append(f"{url}: its heading is {heading}")
            # Of all requests only those to other servers are wrong here.
            complaints = [text for text in browser.complaints() if origin not in text]
            found += [f"{url}: {complaint}" for complaint in complaints]
        server.shutdown()
    return found, pages


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("site", type=pathlib.Path)
    parser.add_argument("--pictures", type=pathlib.Path, help="put a picture of every page there")
    arguments = parser.parse_args()
    site = arguments.site.resolve()
    if chromium.find_program() is None:
        print("not run: the site in a browser: there is no Chromium here")
        return 1 if os.environ.get("CI") == "true" else 0
    if arguments.pictures:
        arguments.pictures.mkdir(parents=True, exist_ok=True)
    with chromium.Browser(chromium.find_program()) as browser:
        found, links = check_documents(browser, site, arguments.pictures)
        found += check_report(browser, site)
        pages = 0
        if (site / "swift").is_dir():
            faults, pages = check_libraries(browser, site)
            found += faults
    print(f"{len(documents(site))} documents, {links} links, the report and {pages} pages of libraries looked at")
    for fault in found:
        print(fault, file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
