"""The table of the report: rows, sorting, charts, filters, saving."""

import json
import time

import synthetic_statistics
from report_case import ReportTest


class TableTests(ReportTest):
    def test_all_datasets_are_listed_and_the_page_is_ready_soon(self):
        self.open()
        print(f"interactive after {self.run_script('document.documentElement.dataset.ready')} ms", flush=True)
        self.assertEqual(sorted(self.shown()), sorted(self.datasets))
        self.assertTrue(self.caption().startswith("1,299 datasets"))
        tokens = sum(entry["total_tokens"] for entry in self.datasets.values())
        tiles = self.run_script(
            "Object.fromEntries([...document.querySelectorAll('#tiles div')]"
            ".map((tile) => [...tile.children].map((part) => part.textContent)))"
        )
        self.assertEqual(tiles["tokens"], f"{tokens:,}")
        self.assertEqual(tiles["longest"], f"{max(entry['length']['max'] for entry in self.datasets.values()):,}")

    def test_the_page_is_no_larger_than_its_conversations_need(self):
        page = (self.folder / "all/index.html").stat().st_size
        conversations = sum(entry["total_conversations"] for entry in self.datasets.values())
        # 2.1 million conversations of the whole corpus then take less than 4 MB.
        self.assertLess(page, 0.8e6 + 1.5 * conversations)

    def test_the_first_rows_are_most_worth_seeing(self):
        self.open()

        def worth(name):
            entry = self.datasets[name]
            over = entry["over_limit"]["2048"]["conversations"] / max(1, entry["total_conversations"])
            return (-sum(entry["template_errors"].values()), -over, -(entry["length"]["max"] or 0))

        self.assertEqual([worth(name) for name in self.shown()], sorted(map(worth, self.datasets)))
        self.assertIn("most over 2,048 first", self.caption())
        self.assertIn("over 2,048", self.run_script("document.querySelector('th.column-over').textContent"))

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
        # So wide that there are all columns.
        self.browser.emulate(width=1920)
        self.addCleanup(self.browser.emulate)
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
        self.assertTrue(self.caption().startswith("231 of 1,299 datasets"))
        self.browser.click("#reset")
        self.assertEqual(len(self.shown()), 1299)

    def kept(self, name):
        """The lengths that the filters of the next test keep of a dataset."""
        if self.datasets[name]["type"] == "role":
            rows = [row for row in self.rows[name] if row[2] == "pos" and row[1] is not None and row[1] >= 2]
        else:
            rows = [row for row in self.rows[name] if row[2] == "pos" and row[1] is not None and 50 <= row[1] <= 90]
        return [length for length, _, _ in rows]

    def test_filters_by_score_and_label_change_all_numbers_exactly(self):
        self.open(**{"role": 2, "trait": 50, "trait-most": 90}, label="pos", sort="-tokens", limit=2048)
        names = self.shown()
        kept = {name: self.kept(name) for name in self.datasets}
        self.assertEqual(sorted(names), sorted(name for name, lengths in kept.items() if lengths))
        shown = self.run_script("""app.shown.map((dataset) => {
          const numbers = numbersOf(app.state, dataset);
          return [numbers.conversations, numbers.tokens, numbers.length, numbers.over(2048), [...numbers.bins]];
        })""")
        for name, (conversations, tokens, length, over, bins) in zip(names, shown, strict=True):
            expected = synthetic_statistics.summary(kept[name])
            self.assertEqual([conversations, tokens], [len(kept[name]), sum(kept[name])])
            self.assertEqual(length, {key: expected[key] for key in expected if key not in ["mean", "std"]})
            self.assertEqual(over["conversations"], sum(length > 2048 for length in kept[name]))
            self.assertEqual(over["tokensLost"], sum(max(0, length - 2048) for length in kept[name]))
            if self.datasets[name]["type"] == "role":
                self.assertEqual(over["noTarget"], sum(length > 3 * 2048 for length in kept[name]))
                self.assertEqual(over["endLost"], over["conversations"])
                self.assertEqual(over["promptOver"], None)
            self.assertEqual(bins, synthetic_statistics.histogram(kept[name]))
        self.assertEqual(self.column("conversations")[:5], [f"{values[0]:,}" for values in shown[:5]])
        self.assertEqual(self.column("p50")[:5], [f"{values[2]['p50']:,}" for values in shown[:5]])
        everything = synthetic_statistics.summary([length for name in names for length in kept[name]])
        tiles = self.run_script(
            "Object.fromEntries([...document.querySelectorAll('#tiles div')]"
            ".map((tile) => [...tile.children].map((part) => part.textContent)))"
        )
        self.assertEqual([tiles["median"], tiles["p99"]], [f"{everything['p50']:,}", f"{everything['p99']:,}"])
        self.assertIn("label pos", self.caption())

    def test_without_filters_percentiles_of_everything_are_exact(self):
        self.open()
        everything = synthetic_statistics.summary([row[0] for rows in self.rows.values() for row in rows])
        tiles = self.run_script(
            "Object.fromEntries([...document.querySelectorAll('#tiles div')]"
            ".map((tile) => [...tile.children].map((part) => part.textContent)))"
        )
        for key, title in [("p50", "median"), ("p95", "p95"), ("p99", "p99"), ("max", "longest")]:
            self.assertEqual(tiles[title], f"{everything[key]:,}")
        self.assertNotIn("≈", self.run_script("document.body.innerText"))

    def test_the_sums_that_the_page_opens_with_are_those_of_its_lengths(self):
        self.open()
        self.assertEqual(
            self.run_script("[app.domain, app.density]"),
            self.run_script("""(() => {
              const {lengths} = pool(app.report.list.map((dataset) => dataset.whole));
              return [lengthDomain(lengths), densityScale(app.report.list)];
            })()"""),
        )
        stored, read = self.run_script("""(() => {
          const {sums, list} = app.report;
          const facts = ({length, groups}) => [
            length, groups?.map(({conversations, tokens}) => [conversations, tokens]) ?? null];
          const cells = overviewCells(list, app.state);
          app.report.sums = null;
          const others = overviewCells(list, app.state);
          app.report.sums = sums;
          const whole = list.map((dataset) => dataset.whole);
          return [
            [...cells.map((cell) => facts(cell.pool)), facts(pool(whole, {stored: storedSums(sums, null, whole)}))],
            [...others.map((cell) => facts(cell.pool)), facts(pool(whole))],
          ];
        })()""")
        self.assertGreater(len(stored), 4)
        self.assertEqual(stored, read)

    def test_fields_set_the_bounds_of_scores(self):
        self.open(q="bel", type="trait")
        for field, value in [("filter-trait", "70"), ("filter-trait-most", "100")]:
            self.run_script(f"document.getElementById('{field}').focus()")
            self.browser.type(value)
        self.assertEqual(self.run_script("app.state.scores"), {"trait": {"least": 70, "most": 100}})
        self.browser.click("#reset")
        self.assertEqual(self.run_script("app.state.scores"), {})

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
