"""The page as a whole: themes, access, paper; hostile, old and several files."""

import base64
import itertools
import json
import re

import synthetic_statistics
from report_case import ReportTest


class AppearanceTests(ReportTest):
    def background(self):
        return self.run_script("getComputedStyle(document.body).backgroundColor")

    def test_light_dark_and_the_switch(self):
        self.open()
        self.assertEqual(self.background(), "rgb(255, 255, 255)")
        self.browser.emulate(scheme="dark")
        self.assertEqual(self.background(), "rgb(21, 23, 26)")
        self.browser.press("t")
        self.assertEqual(self.background(), "rgb(255, 255, 255)")
        self.browser.press("t")
        self.assertEqual(self.background(), "rgb(21, 23, 26)")
        self.run_script("localStorage.clear()")

    def test_text_has_enough_contrast_in_both_themes(self):
        for scheme in ["light", "dark"]:
            self.browser.emulate(scheme=scheme)
            self.open()
            for color in ["ink", "text", "faint", "link", "warning"]:
                for ground in ["paper", "panel", "current"] if color != "faint" else ["paper"]:
                    ratio = self.run_script(f"""(() => {{
                      const light = (name) => {{
                        const parts = theme.color(name).match(/\\d+/g).map((part) => part / 255)
                          .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
                        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2];
                      }};
                      const [high, low] = [light('{color}'), light('{ground}')].sort((a, b) => b - a);
                      return (high + 0.05) / (low + 0.05);
                    }})()""")
                    self.assertGreaterEqual(ratio, 4.5, f"{scheme}: {color} on {ground}")

    def test_score_ramps_get_darker_or_stay_apart(self):
        for scheme in ["light", "dark"]:
            self.browser.emulate(scheme=scheme)
            self.open()
            for ramp in [[f"score-5-{band}" for band in range(5)], [f"score-4-{band}" for band in range(4)]]:
                light = [
                    self.run_script(
                        f"theme.color('{name}').match(/\\d+/g)"
                        ".reduce((sum, part, at) => sum + part * [0.2126, 0.7152, 0.0722][at], 0)"
                    )
                    for name in ramp
                ]
                self.assertEqual(light, sorted(light, reverse=True), scheme)

    def test_everything_that_can_be_used_has_a_name(self):
        name = sorted(self.datasets)[0]
        for state in [{}, {"view": "detail", "id": name}, {"view": "compare", "subject": [f"dataset:{name}"]}]:
            self.open(**state, **({"q": "bel"} if not state else {}))
            nodes = self.browser.call("Accessibility.getFullAXTree")["nodes"]
            usable = [
                node
                for node in nodes
                if not node.get("ignored")
                and node["role"]["value"]
                in [
                    "button",
                    "link",
                    "checkbox",
                    "textbox",
                    "searchbox",
                    "spinbutton",
                    "combobox",
                    "columnheader",
                    "image",
                    "table",
                ]
            ]
            self.assertGreater(len(usable), 5)
            nameless = [
                node["role"]["value"]
                for node in usable
                if not node.get("name", {}).get("value") and node["role"]["value"] != "table"
            ]
            self.assertEqual([role for role in nameless if role != "columnheader"], [])
        self.forget_missing_pictures()

    def test_names_have_room_and_nothing_scrolls_sideways_at_any_width(self):
        for width in [420, 700, 800, 930, 1000, 1080, 1130, 1200, 1220, 1310, 1366, 1500, 1920]:
            self.browser.emulate(width=width)
            self.open()
            page, name = self.run_script(
                "[document.documentElement.scrollWidth, "
                "document.querySelector('#datasets tbody th.column-name').offsetWidth]"
            )
            self.assertLessEqual(page, width, width)
            self.assertGreater(name, 110, width)
        self.browser.emulate()

    def test_nothing_is_cut_off_or_scrolls_sideways_on_narrow_screens(self):
        trait = self.names(lambda _, entry: entry["type"] == "trait")[3]
        subjects = [f"dataset:{name}" for name in self.names(lambda name, _: "bel" in name)[:3]]
        states = [
            {"q": "bel"},
            {"q": "bel", "trait": 50, "label": "pos"},
            {"view": "models", "q": "bel"},
            {"view": "detail", "id": trait},
            {"view": "compare", "subject": subjects},
        ]
        for width, state in itertools.product([360, 420, 700, 768, 1024, 1130], states):
            self.browser.emulate(width=width)
            self.open(**state)
            self.assertLessEqual(self.run_script("document.documentElement.scrollWidth"), width, state)
            wide = self.run_script(
                "[...document.querySelectorAll('main .scroll')]"
                ".filter((box) => box.scrollWidth > box.clientWidth + 1).map((box) => box.scrollWidth)"
            )
            self.assertEqual(wide, [], f"{width} {state}")
        self.browser.emulate(width=420)
        self.open(q="bel")
        self.assertGreater(
            self.run_script("document.querySelector('#datasets tbody th').getBoundingClientRect().width"), 60
        )
        self.forget_missing_pictures()

    def test_a_head_stays_in_the_window_and_covers_no_row(self):
        for width in [360, 420, 641, 700, 768, 860, 1024, 1079, 1200, 1400]:
            self.browser.emulate(width=width)
            for state, table in [({"q": "b"}, "#datasets"), ({"q": "b", "view": "models"}, ".side-by-side")]:
                self.open(**state)
                first, top, bottom, through = self.run_script(f"""(() => {{
                  const box = (node) => node.getBoundingClientRect();
                  const cells = [...document.querySelectorAll('{table} thead th')]
                    .filter((cell) => box(cell).height > 0);
                  const bottom = () => Math.max(...cells.map((cell) => box(cell).bottom));
                  const row = document.querySelector('{table} tbody tr');
                  const first = box(row).top - bottom();
                  window.scrollTo(0, box(row).top + 200);
                  const top = Math.min(...cells.map((cell) => box(cell).top));
                  // Whatever is seen at the head's place belongs to the head, between its lines too.
                  let through = 0;
                  for (let y = Math.ceil(top) + 1; y < bottom() - 1; y += 1) {{
                    through += document.elementFromPoint(box(cells[1]).left + 12, y)?.closest('thead') ? 0 : 1;
                  }}
                  const filters = document.getElementById('filters');
                  const under = getComputedStyle(filters).position === 'sticky' ? box(filters).bottom : 0;
                  return [first, top - under, bottom() - top, through];
                }})()""")
                self.assertGreaterEqual(first, -0.5, f"{width} {table}")
                self.assertAlmostEqual(top, 0, delta=1.5, msg=f"{width} {table}")
                self.assertGreater(bottom, 20)
                self.assertEqual(through, 0, f"{width} {table}")
        self.browser.emulate()

    def pages(self, **paper):
        pdf = base64.b64decode(self.browser.call("Page.printToPDF", **paper)["data"])
        return len(re.findall(rb"/Type\s*/Page\b", pdf))

    def test_a_dataset_is_printed_on_two_pages_whatever_the_window(self):
        names = [self.names(lambda _, entry, kind=kind: entry["type"] == kind)[3] for kind in ["role", "trait"]]
        papers = [
            {"preferCSSPageSize": True},
            {"paperWidth": 8.27, "paperHeight": 11.69},
            {"paperWidth": 8.27, "paperHeight": 11.69, "landscape": True},
            {"landscape": True},
        ]
        windows = [(360, 640), (420, 844), (800, 600), (960, 700), (1024, 768), (1900, 900)]
        for index, (width, height) in enumerate(windows):
            for name in names:
                self.browser.emulate(width=width, height=height)
                self.open(view="detail", id=name)
                chosen = papers if index == 0 else [papers[index % len(papers)]]
                self.assertEqual({self.pages(**paper) for paper in chosen}, {2}, f"{width} {name}")
                # After printing the charts are as wide as the window again.
                self.assertLessEqual(self.run_script("document.documentElement.scrollWidth"), width)
        self.browser.emulate()
        self.forget_missing_pictures()

    def test_the_printed_list_has_what_tells_datasets_apart(self):
        # The widths of A4 and Letter upright and of A4 on its side, within the margins.
        for width in [703, 725, 1031]:
            for filters in [{}, {"label": "pos", "role": 2}]:
                self.browser.emulate()
                self.open(q="bel*", limit=2048, **filters)
                self.browser.emulate(width=width, media="print")
                self.run_script("window.dispatchEvent(new Event('beforeprint'))")
                shown = self.run_script(
                    "[...document.querySelectorAll('#datasets tbody tr:first-child > *')]"
                    ".filter((cell) => cell.offsetWidth > 0).map((cell) => cell.className.match(/column-(\\w+)/)[1])"
                )
                gone = {"mean", "meanScore"} | ({"tokens", "p99", "score"} if width < 900 else set())
                wanted = [column for column in self.run_script("table.columns.map(({id}) => id)") if column not in gone]
                self.assertEqual(shown, wanted, width)
                self.assertLessEqual({"name", "model", "type", "conversations", "p50", "p95", "over"}, set(wanted))
                self.assertLessEqual(self.run_script("document.documentElement.scrollWidth"), width)
                model = "document.querySelector('#datasets tbody .column-model bdi').offsetWidth"
                self.assertGreater(self.run_script(model), 40)
                cut = self.run_script(
                    "[...document.querySelectorAll('#datasets th, #datasets td')]"
                    ".filter((cell) => cell.scrollWidth > cell.clientWidth + 1).map((cell) => cell.className)"
                )
                self.assertEqual(cut, [], width)
        self.browser.emulate()

    def test_no_printed_table_reaches_into_the_next_column(self):
        name = self.names(lambda _, entry: entry["type"] == "role")[3]
        self.open(view="detail", id=name)
        for media, width in [("print", 1030), ("screen", 1400), ("screen", 1000)]:
            self.browser.emulate(width=width, media=media)
            wide = self.run_script(
                "[...document.querySelectorAll('.columns table')]"
                ".filter((table) => table.scrollWidth > table.parentElement.clientWidth)"
                ".map((table) => table.parentElement.querySelector('h3').textContent)"
            )
            self.assertEqual(wide, [], f"{media} {width}")
        self.forget_missing_pictures()

    def test_the_printed_page_has_names_and_no_controls(self):
        self.open(q="bel*", type="role")
        self.browser.emulate(width=1030, scheme="dark", media="print")
        self.assertEqual(self.background(), "rgb(255, 255, 255)")
        self.assertEqual(self.run_script("getComputedStyle(document.getElementById('filters')).display"), "none")
        self.assertGreater(
            self.run_script("document.querySelector('#datasets tbody th').getBoundingClientRect().width"), 60
        )
        self.assertLessEqual(self.run_script("document.documentElement.scrollWidth"), 1030)
        self.run_script("window.dispatchEvent(new Event('beforeprint'))")
        self.assertEqual(self.run_script("document.querySelectorAll('#datasets canvas').length"), len(self.shown()))
        self.assertGreater(len(self.browser.call("Page.printToPDF", landscape=True)["data"]), 10000)


class OtherFilesTests(ReportTest):
    def test_hostile_names_are_only_text(self):
        rows = {}
        document = synthetic_statistics.document(7, 30, hostile=True, drawn_rows=rows)
        url = self.report("hostile", document, rows=[rows])
        self.open(url)
        self.assertEqual(self.run_script("window.hostile"), None)
        self.assertEqual(self.run_script("document.querySelectorAll('script').length"), 2)
        self.assertEqual(self.run_script("document.querySelectorAll('img, #datasets b, #overview b').length"), 0)
        self.assertEqual(
            self.run_script(
                "[...document.querySelectorAll('*')].flatMap((node) => [...node.attributes])"
                ".filter(({ name }) => name.startsWith('on')).length"
            ),
            0,
        )
        personas = self.run_script("app.report.list.map((dataset) => dataset.attribute('persona'))")
        for persona in synthetic_statistics.HOSTILE:
            self.assertIn(persona, personas)
        for key in self.run_script("app.report.list.map((dataset) => dataset.key)"):
            self.run_script(f"setState({{ view: 'detail', id: {json.dumps(key)} }}, {{ push: true }})")
            self.assertNotIn(
                "No such dataset", self.run_script("document.getElementById('detail-heading').textContent")
            )
            self.run_script(f"setState({{ view: 'compare', subjects: ['dataset:' + {json.dumps(key)}] }})")
            shown = self.run_script("location.hash")
            self.assertEqual(self.run_script("formatHash(parseHash(location.hash, app.report))"), shown)
        self.assertEqual(self.run_script("window.hostile"), None)
        self.assertEqual([text for text in self.browser.complaints() if "persona_token_plots" not in text], [])

    def test_the_policy_of_the_page_blocks_scripts_that_are_not_its_own(self):
        self.open(self.report("policy", synthetic_statistics.document(3, 30, hostile=False)))
        self.run_script("""(() => {
          const script = document.createElement('script');
          script.textContent = 'window.hostile = true';
          document.body.append(script);
          const button = '<button id="inline" onclick="window.hostile = true">x</button>';
          document.body.insertAdjacentHTML('beforeend', button);
          document.getElementById('inline').click();
        })()""")
        self.assertEqual(self.run_script("window.hostile"), None)
        refused = self.browser.complaints()
        self.assertTrue(refused and all("Content Security Policy" in text for text in refused), refused)

    def test_files_of_the_original_program(self):
        document = synthetic_statistics.schema_1(9, 40)
        self.open(self.report("original", document))
        self.assertEqual(sorted(self.shown()), sorted(document["datasets"]))
        self.assertEqual(set(self.column("p95")), {"–"})
        name = sorted(document["datasets"])[0]
        self.browser.click("#datasets tbody a")
        text = self.run_script("document.getElementById('view-detail').innerText")
        self.assertIn("holds no lengths", text)
        self.assertIn(f"{document['datasets'][name]['total_conversations']:,}", text)

    def test_several_files_side_by_side(self):
        first = synthetic_statistics.document(5, 40, hostile=False)
        second = synthetic_statistics.document(5, 60, hostile=False)
        self.open(self.report("several", first, second))
        self.assertEqual(len(self.shown()), 10)
        self.assertEqual(set(self.column("file")), {"several-0.json", "several-1.json"})
        name = sorted(first["datasets"])[0]
        self.open(
            self.folder.joinpath("several/index.html").as_uri(),
            view="compare",
            subject=[f"dataset:1/{name}", f"dataset:2/{name}"],
        )
        text = self.run_script("document.querySelector('#view-compare .by-score').innerText")
        for document in [first, second]:
            self.assertIn(f"{document['datasets'][name]['length']['p50']:,}", text)

    def test_without_scripts_the_totals_are_there(self):
        page = (self.folder / "all/index.html").read_text(encoding="utf-8")
        static = page.split("<noscript>")[1].split("</noscript>")[0]
        for model in synthetic_statistics.MODELS:
            entries = [entry for entry in self.datasets.values() if entry["model"] == model]
            self.assertIn(f"{len(entries):,}", static)
            self.assertIn(f"{sum(entry['total_tokens'] for entry in entries):,}", static)

    def test_without_partial_results_the_page_shows_what_the_file_says_and_no_estimate(self):
        document = synthetic_statistics.document(9, 60, hostile=False)
        self.open(self.report("summary", document))
        name = self.names(lambda name, entry: entry["type"] == "trait" and name in document["datasets"])[0]
        entry = document["datasets"][name]
        tiles = self.run_script("document.getElementById('tiles').innerText")
        longest = max(entry["length"]["max"] for entry in document["datasets"].values())
        self.assertIn(f"{longest:,}", tiles)
        self.assertIn("–", tiles)
        page = self.folder.joinpath("summary/index.html").as_uri()
        self.open(page, view="detail", id=name)
        text = self.run_script("document.getElementById('view-detail').innerText")
        self.assertIn(f"{entry['length']['p50']:,}", text)
        self.assertGreater(self.run_script("document.querySelectorAll('#view-detail .bin rect').length"), 3)
        self.open(page, view="detail", id=name, trait=70)
        kept = sum(t["conversations"] for s, t in entry["score_histogram"].items() if s != "null" and int(s) >= 70)
        tiles = self.run_script(
            "Object.fromEntries([...document.querySelectorAll('#view-detail .tiles div')]"
            ".map((tile) => [...tile.children].map((part) => part.textContent)))"
        )
        self.assertEqual([tiles["conversations"], tiles["median"]], [f"{kept:,}", "–"])
        self.forget_missing_pictures()

    def test_percentiles_of_few_conversations_are_told_nowhere(self):
        rows = {}
        document = synthetic_statistics.document(3, 12, hostile=False, drawn_rows=rows)
        url = self.report("few", document, rows=[rows])
        self.open(url)
        tiles = self.run_script(
            "Object.fromEntries([...document.querySelectorAll('#tiles div')]"
            ".map((tile) => [...tile.children].map((part) => part.textContent)))"
        )
        everything = synthetic_statistics.summary([row[0] for drawn in rows.values() for row in drawn])
        self.assertLess(sum(map(len, rows.values())), 100)
        self.assertEqual([tiles["p95"], tiles["p99"]], [f"{everything['p95']:,}", "–"])
        name, drawn = next((name, drawn) for name, drawn in rows.items() if len(drawn) < 20)
        summary = synthetic_statistics.summary([row[0] for row in drawn])
        cells = "[...document.querySelectorAll('{}')].map((cell) => cell.textContent)"
        self.assertIn("–", self.column("p95"))
        self.assertIn("–", self.run_script(cells.format("#overview tbody .in-p95")))
        self.assertEqual(set(self.run_script(cells.format("#overview tbody .in-p99"))), {"–"})
        self.open(url, view="detail", id=name)
        shown = self.run_script("""[
          ...[...document.querySelectorAll('#view-detail .tiles div')]
            .map((tile) => [...tile.children].map((part) => part.textContent))
            .filter(([title]) => /^p9[59]$/.test(title)).map(([, value]) => value),
          ...[...document.querySelectorAll('#view-detail td.in-p95, #view-detail td.in-p99')]
            .map((cell) => cell.textContent),
          ...[...document.querySelectorAll('#view-detail .columns tr')]
            .map((row) => [...row.cells].map((cell) => cell.textContent))
            .filter(([title]) => /^p(1|5|95|99)$/.test(title)).map(([, value]) => value)]""")
        self.assertGreater(len(shown), 7)
        self.assertEqual(set(shown), {"–"})
        self.assertIn(f"{summary['p50']:,}", self.run_script("document.getElementById('view-detail').innerText"))
        self.forget_missing_pictures()

    def test_folders_stay_out_unless_they_are_asked_for(self):
        document = synthetic_statistics.document(5, 30, hostile=False)
        for name, options in [("closed", []), ("open", ["--paths"])]:
            self.report(name, document, options=options)
            page = (self.folder / name / "index.html").read_text(encoding="utf-8")
            self.assertEqual("/data/processed" in page, name == "open")
            self.assertEqual("../persona_token_plots" in page, name == "open")

    def test_kept_texts_are_shown_only_where_they_are_asked_for(self):
        rows = {}
        document = synthetic_statistics.document(3, 30, hostile=False, drawn_rows=rows)
        name = sorted(document["datasets"])[0]
        text = "<img src=x onerror=window.hostile=true> \u202e secret"
        parts = [
            {"kind": "overhead", "tokens": 2, "text": "<|im_start|>user\n"},
            {"kind": "user", "tokens": 7, "text": text},
            {"kind": "assistant", "tokens": 1, "text": "two\nlines"},
        ]
        sample = {"row": 4, "tokens": 10, "score": "3", "label": "pos", "parts": parts}
        samples = {name: {"kept": 1, "longest": [sample], "shortest": []}}
        self.report("without", document, rows=[rows], samples=samples)
        self.assertNotIn("secret", (self.folder / "without/index.html").read_text(encoding="utf-8"))
        url = self.report("with", document, rows=[rows], samples=samples, options=["--samples"])
        self.open(url, view="detail", id=name)
        self.run_script("document.querySelector('.sample').open = true")
        shown = self.run_script("document.querySelector('.sample').innerText")
        for part in ["row 4", "10 tokens", "7 tokens", "1 token", "\\u{202E} secret", "<img src=x", "<|im_start|>user"]:
            self.assertIn(part, shown)
        self.assertEqual(self.run_script("document.querySelectorAll('.sample img').length"), 0)
        for label, kept in [("pos", 1), ("neg", 0)]:
            self.open(url, view="detail", id=name, label=label)
            self.assertEqual(self.run_script("document.querySelectorAll('.sample').length"), kept)
            heading = self.run_script("document.querySelector('.samples h3').innerText")
            self.assertEqual(heading, f"Longest conversations of all conversations; the filters keep {kept} of 1")
        self.forget_missing_pictures()

    def test_the_page_names_no_other_place(self):
        page = (self.folder / "all/index.html").read_text(encoding="utf-8")
        self.assertNotIn("https://", page.replace("http://www.w3.org/2000/svg", ""))
        self.assertNotIn(str(self.folder), page)
