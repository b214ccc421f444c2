"""What the tests of the report share: a browser, a report of 1,299 datasets, and ways to look at it."""

import os
import pathlib
import subprocess
import tempfile
import time
import unittest
import urllib.parse

import chromium
import synthetic_statistics

PROGRAM = os.environ.get("TOKENSTATS", ".build-test/release/tokenstats")
ROWS = 240


def link(**state):
    """The hash of a state of the page."""
    return "#" + urllib.parse.urlencode(state, doseq=True)


class ReportTest(unittest.TestCase):
    """What all tests share: one browser, and one report of the whole corpus' size."""

    temporary = folder = statistics = datasets = rows = url = browser = None

    @classmethod
    def report(cls, name, *documents, rows=(), samples=None, options=()):
        """Writes the report of some documents, with partial results where there are rows, and returns its address."""
        paths = []
        for index, document in enumerate(documents):
            paths.append(cls.folder / f"{name}-{index}.json")
            synthetic_statistics.write(paths[-1], document, rows[index] if rows else {}, samples)
        page = cls.folder / name / "index.html"
        start = time.monotonic()
        command = [PROGRAM, "report", *paths, "--output", page, *options]
        # Without partial results the program says so; the tests look at the page.
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        print(f"{name}: written in {time.monotonic() - start:.2f} s, {page.stat().st_size / 1e6:.2f} MB", flush=True)
        return page.as_uri()

    def setUp(self):
        self.browser.emulate()
        self.browser.complaints()

    def tearDown(self):
        self.assertEqual(self.browser.complaints(), [])

    def open(self, url=None, **state):
        self.browser.open((url or self.url) + (link(**state) if state else ""))

    def run_script(self, script):
        return self.browser.run(script)

    def shown(self):
        """The names of the rows on the page, once all of them are there."""
        self.browser.wait("document.querySelectorAll('#datasets tbody tr').length === app.shown.length")
        return self.run_script("[...document.querySelectorAll('#datasets tbody tr')].map((row) => row.dataset.key)")

    def column(self, name):
        return self.run_script(
            f"[...document.querySelectorAll('#datasets tbody td.column-{name}')].map((cell) => cell.textContent)"
        )

    def caption(self):
        return self.run_script("document.getElementById('shown').textContent")

    def current(self):
        return self.run_script("document.querySelector('#datasets tr.current')?.dataset.key ?? null")

    def names(self, keep):
        return sorted(name for name, entry in self.datasets.items() if keep(name, entry))

    def across_models(self):
        """A role of every model."""
        persona = next(
            entry["persona"]
            for name, entry in self.datasets.items()
            if name.startswith("llama") and "default" not in name
        )
        return [f"{model}__role__{persona}" for model in synthetic_statistics.MODELS]

    def forget_missing_pictures(self):
        """Pictures that are not there are what some tests are about; anything else still counts."""
        found = [text for text in self.browser.complaints() if "persona_token_plots" not in text]
        self.assertEqual(found, [])

    @classmethod
    def start(cls):
        """Makes what all tests share."""
        cls.temporary = tempfile.TemporaryDirectory(prefix="tokenstats-report-")
        cls.folder = pathlib.Path(cls.temporary.name)
        cls.rows = {}
        cls.statistics = synthetic_statistics.document(1299, ROWS, hostile=False, drawn_rows=cls.rows)
        cls.datasets = cls.statistics["datasets"]
        cls.url = cls.report("all", cls.statistics, rows=[cls.rows], options=["--paths"])
        cls.browser = chromium.Browser(chromium.find_program())

    @classmethod
    def stop(cls):
        """Ends the browser and removes the files."""
        if cls.browser:
            cls.browser.close()
        cls.temporary.cleanup()
