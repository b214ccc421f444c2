"""The table of the report: rows, sorting, charts, filters, saving."""

import json
import time

from report_case import ReportTest


class TableTests(ReportTest):
    def test_all_datasets_are_listed_and_the_page_is_ready_soon(self):
        self.open()
        print(f"interactive after {self.run_script('document.documentElement.dataset.ready')} ms", flush=True)
        self.assertEqual(sorted(self.shown()), sorted(self.datasets))
        self.assertEqual(self.caption(), "1,299 datasets")
        tokens = sum(entry["total_tokens"] for entry in self.datasets.values())
        tiles = self.run_script(
            "Object.fromEntries([...document.querySelectorAll('#tiles div')]"
            ".map((tile) => [...tile.children].map((part) => part.textContent)))"
        )
        self.assertEqual(tiles["tokens"], f"{tokens / 1e6:.0f} M")
        self.assertEqual(tiles["longest"], f"{max(entry['length']['max'] for entry in self.datasets.values()):,}")

    def test_sorting_by_numbers_and_back(self):
        self.open()
        self.browser.click('#datasets [data-sort="p95"]')
        order = sorted(self.datasets, key=lambda name: -self.datasets[name]["length"]["p95"])
        values = [self.datasets[name]["length"]["p95"] for name in self.shown()]
        self.assertEqual(values, [self.datasets[name]["length"]["p95"] for name in order])
        self.assertEqual(self.column("p95"), [f"{value:,}" for value in values])
        self.assertEqual(
            self.run_script("document.querySelector('th.column-p95').getAttribute('aria-sort')"), "descending"
        )
        self.browser.click('#datasets [data-sort="p95"]')
        self.assertEqual([self.datasets[name]["length"]["p95"] for name in self.shown()], values[::-1])
        self.assertIn("sort=p95", self.run_script("location.hash"))

    def test_every_column_sorts(self):
        self.open(role=2)
        for column in self.run_script(
            "[...document.querySelectorAll('#datasets thead button')].map((button) => button.dataset.sort)"
        ):
            self.browser.click(f'#datasets [data-sort="{column}"]')
            keys = self.run_script(
                f"app.shown.map((dataset) => COLUMNS.find(({{ id }}) => id === '{column}').value(dataset, app.state))"
            )
            given = [key for key in keys if key is not None]
            self.assertIn(given, [sorted(given), sorted(given, reverse=True)], column)
            self.assertEqual(keys[len(given) :], [None] * (len(keys) - len(given)), column)

    def test_sparklines_are_drawn_for_visible_rows_only(self):
        self.open()
        self.browser.wait("document.querySelectorAll('#datasets canvas').length > 10")
        self.shown()
        drawn = self.run_script("document.querySelectorAll('#datasets canvas').length")
        self.assertLess(drawn, 200)
        self.run_script("window.scrollTo(0, document.body.scrollHeight)")
        self.browser.wait("document.querySelector('#datasets tbody tr:last-child canvas') !== null")
        painted = self.run_script("""(() => {
          const canvas = document.querySelector('#datasets tbody tr:last-child canvas');
          const pixels = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
          const colors = new Set();
          for (let at = 0; at < pixels.length; at += 4) colors.add(pixels.slice(at, at + 4).join());
          return colors.size;
        })()""")
        self.assertGreater(painted, 4)


class FilterTests(ReportTest):
    def test_names(self):
        self.open()
        first = self.datasets[sorted(self.datasets)[40]]["name"]
        for pattern, keep in [
            ("bel", lambda name, _: "bel" in name),
            ("bel role", lambda name, _: "bel" in name and "role" in name),
            ("bel -qwen", lambda name, _: "bel" in name and "qwen" not in name),
            ("bel*", lambda name, entry: entry["name"].startswith("bel")),
            (first, lambda name, _: first in name),
            (
                "/^gemma.*__(bel|cor)/",
                lambda name, _: name.startswith("gemma") and ("__bel" in name or "__cor" in name),
            ),
        ]:
            self.browser.press("/")
            self.run_script("document.activeElement.select()")
            self.browser.type(pattern)
            self.assertEqual(sorted(self.shown()), self.names(keep), pattern)
            self.run_script("document.activeElement.blur()")

    def test_a_broken_expression_is_named_and_changes_nothing(self):
        self.open()
        self.browser.press("/")
        self.browser.type("/bel")
        before = self.shown()
        self.browser.type("(")
        self.assertIn(
            "Not a regular expression", self.run_script("document.getElementById('filter-problem').textContent")
        )
        self.assertEqual(self.shown(), before)

    def test_model_and_type(self):
        self.open()
        self.browser.click("#filter-models button:nth-child(3)")
        self.browser.click("#filter-type button:nth-child(2)")
        self.assertEqual(
            sorted(self.shown()),
            self.names(lambda _, entry: entry["model"] == "qwen-3-32b" and entry["type"] == "trait"),
        )
        self.assertEqual(self.caption(), "231 of 1,299 datasets")
        self.browser.click("#reset")
        self.assertEqual(len(self.shown()), 1299)

    def test_score_threshold_keeps_what_the_statistics_say(self):
        self.open(role=3, trait=75, sort="-keptTokens")

        def kept(entry):
            sums = entry["cumulative_by_score"]
            least = 3 if entry["type"] == "role" else 75
            reached = [int(score) for score in sums if int(score) >= least]
            return sums[str(min(reached))] if reached else {"conversations": 0, "tokens": 0}

        names = self.shown()
        self.assertEqual(sorted(names), self.names(lambda _, entry: kept(entry)["conversations"] > 0))
        shown = self.run_script(
            "app.shown.map((dataset) => [kept(app.state, dataset).conversations, kept(app.state, dataset).tokens])"
        )
        self.assertEqual(
            shown, [[kept(self.datasets[name])[key] for key in ["conversations", "tokens"]] for name in names]
        )
        self.assertEqual(self.column("kept")[:5], [f"{value[0]:,}" for value in shown[:5]])

    def test_nothing_matches(self):
        self.open(q="nowhere-to-be-found")
        self.assertEqual(self.shown(), [])
        self.browser.click("#nothing-reset")
        self.assertEqual(len(self.shown()), 1299)

    def test_saved_rows_are_the_rows_beside_the_page(self):
        self.open()
        self.assertEqual(
            self.run_script("tabSeparated(app.report.list, app.state)"),
            (self.folder / "all/index-datasets.tsv").read_text(),
        )
        rows = json.loads(self.run_script("jsonRows(app.report.list, app.state)"))
        self.assertEqual(rows, json.loads((self.folder / "all/index-datasets.json").read_text()))
        self.assertEqual(
            {row["dataset"]: row["p99"] for row in rows},
            {name: entry["length"]["p99"] for name, entry in self.datasets.items()},
        )

    def test_saving_downloads_the_rows_shown(self):
        target = self.folder / "downloads"
        target.mkdir(exist_ok=True)
        self.browser.call("Page.setDownloadBehavior", behavior="allow", downloadPath=str(target))
        self.open(q="bel*", type="role")
        self.browser.click("#save-tsv")
        file = target / "datasets.tsv"
        deadline = time.monotonic() + 20
        while not file.exists() and time.monotonic() < deadline:
            time.sleep(0.05)
        lines = file.read_text().splitlines()
        self.assertEqual([line.split("\t")[0] for line in lines[1:]], self.shown())
