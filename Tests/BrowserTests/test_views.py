"""The views of the report beside its table, and the keys that lead there."""

import itertools
import math
import re
import struct
import zlib

import synthetic_statistics
from report_case import ReportTest


def picture():
    """A PNG of 12 x 8 white pixels."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 12, 8, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress((b"\0" + b"\xff" * 12) * 8))
        + chunk(b"IEND", b"")
    )


class DetailTests(ReportTest):
    def test_a_link_opens_the_numbers(self):
        name = self.names(lambda _, entry: entry["type"] == "role")[30]
        entry = self.datasets[name]
        self.open(view="detail", id=name)
        text = self.run_script("document.getElementById('view-detail').innerText")
        for value in [
            entry["length"][key] for key in ["min", "p1", "p5", "p25", "p50", "p75", "p90", "p95", "p99", "max"]
        ]:
            self.assertIn(f"{value:,}", text)
        for kind, value in entry["roles"].items():
            if value:
                self.assertRegex(text, rf"{kind}\s+{value:,}")
        for score, tally in entry["score_histogram"].items():
            label = "none" if score == "null" else score
            row = self.run_script(
                "[...document.querySelectorAll('.by-score tbody tr')]"
                f".find((row) => row.cells[0].innerText.trim() === '{label}').innerText"
            )
            self.assertIn(f"{tally['conversations']:,}", row)
            self.assertIn(f"{tally['length']['p50']:,}", row)
        self.assertGreater(self.run_script("document.querySelectorAll('#view-detail .bin rect').length"), 10)
        self.assertIn(name, self.run_script("document.title"))
        self.forget_missing_pictures()

    def test_what_a_limit_costs_beside_tokens_is_shown_where_the_file_says_it(self):
        def block(name):
            self.open(view="detail", id=name)
            return self.run_script("""[...document.querySelectorAll('#view-detail section')]
              .filter((section) => section.innerText.startsWith('Cut at a limit'))
              .map((section) => [...section.querySelectorAll('tbody tr')].map((row) => row.innerText.split(/\\s+/)))""")

        role = self.names(lambda _, entry: entry["type"] == "role")[30]
        rows = block(role)[0]
        for (limit, cut), row in zip(self.datasets[role]["over_limit"].items(), rows, strict=True):
            counts = [f"{cut[key]:,}" for key in ["no_target", "end_lost"]]
            self.assertEqual(row, [f"{int(limit):,}", *counts, "–", f"{cut['completion_over']:,}"])
        self.assertEqual(block(self.names(lambda _, entry: entry["type"] == "trait")[5]), [])
        self.forget_missing_pictures()

    def test_bands_of_several_scores_are_exact(self):
        name = self.names(lambda _, entry: entry["type"] == "trait")[5]
        self.open(view="detail", id=name)
        for low, high in synthetic_statistics.BANDS["trait"]:
            lengths = [row[0] for row in self.rows[name] if row[1] is not None and low <= row[1] <= high]
            row = self.run_script(
                "[...document.querySelectorAll('.by-score tbody tr')]"
                f".find((row) => row.cells[0].innerText.trim() === '{low}–{high}')?.innerText ?? null"
            )
            if lengths:
                expected = synthetic_statistics.summary(lengths)
                self.assertIn(f"{expected['p50']:,}", row)
                self.assertIn(f"{expected['max']:,}", row)
            else:
                self.assertIsNone(row)
        self.assertNotIn("≈", self.run_script("document.getElementById('view-detail').innerText"))
        self.forget_missing_pictures()

    def test_scores_that_nothing_has_have_no_rows(self):
        def rows():
            return self.run_script(
                "[...document.querySelectorAll('#view-detail .by-score tbody tr')]"
                ".map((row) => row.cells[0].innerText.trim())"
            )

        self.open(view="detail", id=self.names(lambda name, _: "default" in name)[0])
        self.assertEqual(rows(), ["all"])
        trait = self.names(lambda _, entry: entry["type"] == "trait")[5]
        self.open(view="detail", id=trait, trait=70)
        self.assertEqual(rows(), ["all", "85–100", "70–84"])
        kept = "[...document.querySelectorAll('#view-detail th')].map((cell) => cell.innerText)"
        self.assertEqual([text for text in self.run_script(kept) if text.startswith("score ")][-1], "score 70")
        self.forget_missing_pictures()

    def test_numbers_are_whole_everywhere(self):
        trait = self.names(lambda _, entry: entry["type"] == "trait")[5]
        subjects = [f"dataset:{name}" for name in self.across_models()]
        groups = [f"group:role:{model}" for model in synthetic_statistics.MODELS]
        tokens = self.datasets[trait]["total_tokens"]
        self.assertGreater(tokens, 100000)
        for state in [
            {"q": trait},
            {"view": "models", "q": "be"},
            {"view": "detail", "id": trait},
            {"view": "compare", "subject": [f"dataset:{trait}", *subjects, *groups]},
        ]:
            self.browser.emulate(width=1600)
            self.open(**state)
            text = self.run_script("document.querySelector('main').innerText")
            self.assertNotRegex(text, r"\d [kMGT]\b", state)
            if trait in str(state):
                self.assertIn(f"{tokens:,}", text)
        self.browser.emulate()
        self.forget_missing_pictures()

    def test_what_has_no_score_has_one_look_and_few_conversations_a_mark_each(self):
        trait = self.names(lambda _, entry: entry["type"] == "trait" and 1 < len(entry["score_histogram"]) < 40)
        name = next(name for name in trait if 1 < self.none_count(name) < 20)
        self.open(view="detail", id=name)
        gray = self.run_script("theme.color('score-none')")
        looks = self.run_script(
            "[...document.querySelectorAll('#view-detail *')].map((each) => getComputedStyle(each))"
            ".flatMap((style) => [style.fill, style.stroke, style.backgroundColor])"
        )
        self.assertIn(gray, looks)
        self.assertEqual(self.run_script("document.querySelectorAll('.swatch.score-none, .bar-none').length"), 0)
        marks = self.run_script(
            "[...document.querySelectorAll('.by-score tbody tr')]"
            ".find((row) => row.cells[0].innerText.trim() === 'none').querySelectorAll('.strip rect:not(.grid)').length"
        )
        self.assertEqual(marks, len({row[0] for row in self.rows[name] if row[1] is None}))
        self.forget_missing_pictures()

    def none_count(self, name):
        return sum(row[1] is None for row in self.rows[name])

    def test_the_axis_of_scores_is_named_to_its_end(self):
        trait = self.names(lambda _, entry: entry["type"] == "trait")[5]
        role = self.names(lambda name, entry: entry["type"] == "role" and "default" not in name)[5]
        for name, ends in [(trait, ["0", "100", "none"]), (role, ["0", "3", "none"])]:
            self.open(view="detail", id=name)
            labels = self.run_script(
                "[...document.querySelectorAll('.charts figure:last-child svg text.axis')]"
                ".filter((text) => text.getAttribute('text-anchor') === 'middle')"
                ".map((text) => [text, text.getBBox()])"
                ".map(([{textContent}, {x, width}]) => ({text: textContent, left: x, right: x + width}))"
            )
            texts = [label["text"] for label in labels]
            self.assertEqual([texts[0], *texts[-2:]], ends)
            for before, after in itertools.pairwise(labels):
                self.assertLess(before["right"] + 2, after["left"], f"{before['text']} and {after['text']}")
        self.forget_missing_pictures()

    def test_filters_reach_the_detail_and_say_so(self):
        name = self.names(lambda _, entry: entry["type"] == "trait")[5]
        self.open(view="detail", id=name, trait=70, label="pos")
        lengths = [row[0] for row in self.rows[name] if row[1] is not None and row[1] >= 70 and row[2] == "pos"]
        expected = synthetic_statistics.summary(lengths)
        tiles = self.run_script("document.querySelector('#view-detail .tiles').innerText")
        for value in [len(lengths), expected["p50"], expected["max"]]:
            self.assertIn(f"{value:,}", tiles)
        self.assertIn("score ≥ 70, label pos", self.run_script("document.querySelector('.filter-notice').innerText"))
        self.browser.click(".filter-notice button")
        self.assertEqual(self.run_script("app.state.label"), None)
        tiles = self.run_script("document.querySelector('#view-detail .tiles').innerText")
        self.assertIn(f"{self.datasets[name]['length']['p50']:,}", tiles)
        self.forget_missing_pictures()

    def test_packing_and_kinds_follow_the_filters(self):
        # Of all conversations the program packs, of some of them the page: both by the same rules.
        self.open()
        pairs = self.run_script("""app.report.list.flatMap((dataset) => dataset.run.limits.map(
          (limit) => [dataset.packing(limit), packed(dataset.whole.lengths, limit)]))""")
        self.assertEqual(len(pairs), len(self.datasets) * len(synthetic_statistics.LIMITS))
        self.assertEqual([], [pair for pair in pairs if pair[0] != pair[1]])
        self.open(role=2, label="pos")
        shown = self.run_script("""app.report.list.filter(({type}) => type === 'role').map((dataset) => {
          const {roles, tokens} = numbersOf(app.state, dataset);
          return [dataset.name, tokens, Object.fromEntries(roles.map(({kind, tokens}) => [kind, tokens]))];
        })""")
        for name, tokens, kinds in shown:
            kept = [length for length, score, label in self.rows[name] if label == "pos" and (score or 0) >= 2]
            self.assertEqual(tokens, sum(kept))
            self.assertEqual(kinds, synthetic_statistics.tokens_by_kind(kept))
        name = next(name for name, tokens, _ in shown if tokens > 0)
        self.open(view="detail", id=name, role=2, label="pos")
        blocks = self.run_script("""Object.fromEntries([...document.querySelectorAll('#view-detail .block')].map(
          (block) => [block.querySelector('h3')?.textContent, block.innerText]))""")
        self.assertIn("Packing best fit, as TRL packs", blocks)
        self.assertIn("Tokens by kind", blocks)
        self.forget_missing_pictures()

    def test_the_picture_is_linked_and_a_missing_one_is_said_to_be_missing(self):
        names = sorted(self.datasets)
        plots = self.folder / "persona_token_plots"
        plots.mkdir(exist_ok=True)
        (plots / f"{names[0]}.png").write_bytes(picture())
        show = "document.querySelector('.picture').open = true; document.querySelector('.picture').scrollIntoView()"
        self.open(view="detail", id=names[0])
        self.run_script(show)
        self.browser.wait("document.querySelector('.picture img').naturalWidth === 12")
        self.assertEqual(self.run_script("document.querySelector('.picture img').loading"), "lazy")
        self.open(view="detail", id=names[1])
        self.run_script(show)
        self.browser.wait("document.querySelector('.picture img').hidden")
        self.assertIn("The picture is not at", self.run_script("document.getElementById('view-detail').innerText"))
        self.forget_missing_pictures()

    def test_back_returns_to_the_table_as_it_was(self):
        self.open(q="bel", sort="-p50")
        names = self.shown()
        self.browser.click("#datasets tbody tr:nth-child(3) a")
        self.assertEqual(self.run_script("app.state.id"), names[2])
        self.assertEqual(self.run_script("document.activeElement.id"), "detail-heading")
        self.run_script("history.back()")
        self.browser.wait("app.state.view === 'list'")
        self.assertEqual(self.shown(), names)
        self.assertEqual(self.current(), names[2])
        self.forget_missing_pictures()

    def test_an_unknown_dataset_is_said_to_be_unknown(self):
        self.open(view="detail", id="no such dataset")
        self.assertIn("No such dataset", self.run_script("document.getElementById('view-detail').innerText"))


class CompareTests(ReportTest):
    def test_curves_of_three_models_pass_through_the_percentiles(self):
        names = self.across_models()
        self.open(view="compare", subject=[f"dataset:{name}" for name in names])
        self.assertEqual(self.run_script("document.querySelectorAll('#view-compare .chart .curve').length"), 3)
        colors = self.run_script(
            "[...document.querySelectorAll('#view-compare .chart .curve')]"
            ".map((curve) => getComputedStyle(curve).stroke)"
        )
        self.assertEqual(len(set(colors)), 3)
        for index, name in enumerate(names):
            for key in ["p25", "p50", "p95"]:
                length = self.datasets[name]["length"][key]
                share = self.run_script(
                    f"describeSubjects(app.state.subjects, app.state)[{index}].lengths.shareUpTo({length})"
                )
                lengths = [row[0] for row in self.rows[name]]
                self.assertAlmostEqual(share, sum(each <= length for each in lengths) / len(lengths), delta=1e-12)
        text = self.run_script("document.getElementById('view-compare').innerText")
        ratio = self.datasets[names[2]]["length"]["p50"] / self.datasets[names[0]]["length"]["p50"]
        self.assertIn(f"×{ratio:.2f}", text)

    def test_curves_are_steps_at_the_lengths_that_occur(self):
        names = self.across_models()
        for width in [420, 1200]:
            self.browser.emulate(width=width)
            self.open(view="compare", subject=[f"dataset:{name}" for name in names])
            paths, chart, low, high = self.run_script("""[
              [...document.querySelectorAll('#view-compare .chart .curve')].map((curve) => curve.getAttribute('d')),
              Number(document.querySelector('#view-compare .chart').getAttribute('width')),
              app.domain.low, app.domain.high]""")

            def across(length, left=56, right=chart - 24, low=low, high=high):
                return left + (math.log2(length) - low) / (high - low) * (right - left)

            for name, path in zip(names, paths, strict=True):
                self.assertEqual(set(re.findall("[A-Z]", path)), {"M", "H", "V"}, "only level and upright lines")
                # The corners of the path, from left to right.
                x, y = map(float, re.match(r"M([\d.]+) ([\d.]+)", path).groups())
                level = [(x, y)]
                for command, value in re.findall(r"([HV])([\d.]+)", path):
                    x, y = (float(value), y) if command == "H" else (x, float(value))
                    level.append((x, y))
                lengths = sorted(row[0] for row in self.rows[name])
                distinct = [length for length in sorted(set(lengths)) if 2**low < length < 2**high]
                for one, other in itertools.pairwise(distinct):
                    if across(other) - across(one) < 0.3:
                        continue
                    middle = (across(one) + across(other)) / 2
                    drawn = [y for x, y in level if x <= middle][-1]
                    share = sum(length <= one for length in lengths) / len(lengths)
                    self.assertAlmostEqual(drawn, 356 - share * 342, delta=0.11, msg=f"{name} after {one}")
        self.browser.emulate()

    def test_names_of_curves_fit_and_lie_on_no_curve(self):
        others = self.names(lambda name, entry: entry["type"] == "role" and "default" not in name)
        sets = [self.across_models(), [self.across_models()[0], *others[400:403]], others[3:9]]
        for width in [360, 420, 768, 1200, 1400]:
            self.browser.emulate(width=width)
            for names in sets:
                self.open(view="compare", subject=[f"dataset:{name}" for name in names])
                shown, legend = self.run_script("""(() => {
                  const chart = document.querySelector('#view-compare .chart');
                  const texts = [...chart.querySelectorAll('text.mark:not(.casing)')].map((text) => {
                    const {x, y, width, height} = text.getBBox();
                    return {text: text.textContent, left: x, right: x + width, top: y + 2, bottom: y + height - 2};
                  });
                  const points = [...chart.querySelectorAll('.curve')].flatMap((curve) => {
                    const steps = Math.ceil(curve.getTotalLength());
                    return Array.from({length: steps}, (_, step) => curve.getPointAtLength(step));
                  });
                  for (const text of texts) {
                    text.crossed = points.filter(({x, y}) =>
                      x > text.left && x < text.right && y > text.top && y < text.bottom).length;
                    text.others = texts.filter((other) => other !== text && other.left < text.right &&
                      text.left < other.right && other.top < text.bottom && text.top < other.bottom).length;
                  }
                  return [texts, document.querySelectorAll('#view-compare figure > .legend li').length];
                })()""")
                self.assertEqual(len(shown) + legend, len(names))
                for text in shown:
                    self.assertGreaterEqual(text["left"], 56, f"{width} {text}")
                    self.assertLessEqual(text["right"], width - (12 if width < 700 else 24) * 2, f"{width} {text}")
                    self.assertEqual([text["crossed"], text["others"]], [0, 0], f"{width} {text}")
        self.browser.emulate()

    def test_no_two_curves_have_one_name(self):
        across = self.across_models()
        other = self.names(lambda name, entry: name.startswith("llama") and "default" not in name)[9]
        for names in [across, [across[1], other], [*across, other]]:
            self.open(view="compare", subject=[f"dataset:{name}" for name in names])
            shown = self.run_script(
                "[...document.querySelectorAll('#view-compare .chart text.mark:not(.casing)')]"
                ".map((text) => text.textContent)"
            )
            self.assertEqual(len(shown), len(names))
            self.assertEqual(len(set(shown)), len(names), shown)

    def test_marking_rows_and_comparing_them(self):
        self.open(q="bel", type="role")
        names = self.shown()
        for row in [1, 2]:
            self.browser.click(f"#datasets tbody tr:nth-child({row}) input")
        self.browser.click("#compare-open")
        self.assertEqual(self.run_script("app.state.subjects"), [f"dataset:{name}" for name in names[:2]])
        self.assertEqual(self.run_script("document.querySelectorAll('#view-compare .chart .curve').length"), 2)
        self.browser.click("#view-compare .subjects li button")
        self.assertEqual(self.run_script("app.state.subjects"), [f"dataset:{names[1]}"])

    def test_any_number_can_be_compared_with_effects_against_the_first(self):
        names = self.names(lambda name, entry: entry["type"] == "role" and "default" not in name)[:7]
        self.open(view="compare", subject=[f"dataset:{name}" for name in names])
        self.assertEqual(self.run_script("document.querySelectorAll('#view-compare .chart .curve').length"), 7)
        looks = self.run_script(
            "[...document.querySelectorAll('#view-compare .chart .curve')]"
            ".map((curve) => getComputedStyle(curve).stroke + curve.getAttribute('stroke-dasharray'))"
        )
        self.assertEqual(len(set(looks)), 7)
        first, second = ([row[0] for row in self.rows[name]] for name in names[:2])
        longer = sum((a > b) + 0.5 * (a == b) for a in second for b in first) / (len(first) * len(second))
        cells = self.run_script(
            "[...document.querySelectorAll('#view-compare .by-score:has(.in-longer) tbody tr')]"
            ".map((row) => [row.querySelector('.in-d').innerText, row.querySelector('.in-longer').innerText])"
        )
        self.assertEqual(cells[0], ["–", "–"])
        self.assertEqual(cells[1][1], f"{longer:.2f}")
        mean = [sum(lengths) / len(lengths) for lengths in (first, second)]
        squares = sum(sum((a - m) ** 2 for a in part) for part, m in zip((first, second), mean, strict=True))
        pooled = (squares / (len(first) + len(second) - 2)) ** 0.5
        self.assertEqual(cells[1][0], f"{(mean[1] - mean[0]) / pooled:.2f}")

    def test_labels_of_a_dataset_are_compared(self):
        name = self.names(lambda name, entry: entry["type"] == "trait")[7]
        self.open(view="detail", id=name)
        self.browser.press("p")
        keys = self.run_script("app.state.subjects")
        self.assertEqual(keys, [f"label:pos:{name}", f"label:neg:{name}"])
        shown = self.run_script("describeSubjects(app.state.subjects, app.state).map(({ length }) => length.p50)")
        for label, median in zip(["pos", "neg"], shown, strict=True):
            lengths = [row[0] for row in self.rows[name] if row[2] == label]
            self.assertEqual(median, synthetic_statistics.summary(lengths)["p50"])
        self.forget_missing_pictures()

    def test_models_side_by_side(self):
        self.open(q="bel", type="role")
        self.browser.press("v")
        self.assertEqual(self.run_script("app.state.view"), "models")
        rows = self.run_script(
            "[...document.querySelectorAll('.side-by-side tbody tr')].map((row) => row.cells[0].innerText)"
        )
        subjects = {self.datasets[name]["persona"] for name in self.run_script("app.shown.map(({ name }) => name)")}
        self.assertEqual(set(rows), subjects)
        self.browser.click(".side-by-side tbody a")
        self.assertEqual(self.run_script("[app.state.view, app.state.subjects.length]"), ["compare", 3])

    def test_models_as_a_whole(self):
        self.open(view="compare", subject=[f"group:role:{model}" for model in synthetic_statistics.MODELS])
        totals = [
            sum(
                entry["total_conversations"]
                for entry in self.datasets.values()
                if entry["type"] == "role" and entry["model"] == model
            )
            for model in synthetic_statistics.MODELS
        ]
        text = self.run_script("document.querySelector('#view-compare .by-score').innerText")
        for total in totals:
            self.assertIn(f"{total:,}", text)

    def test_unknown_subjects_are_left_out(self):
        self.open(view="compare", subject=["dataset:nothing", "group:role:nothing", "rubbish"])
        self.assertIn("Nothing to compare", self.run_script("document.getElementById('view-compare').innerText"))


class KeyboardTests(ReportTest):
    def test_keys(self):
        self.open(q="bel", type="role")
        names = self.shown()
        self.browser.press("j")
        self.browser.press("j")
        self.browser.press("ArrowDown")
        self.browser.press("k")
        self.assertEqual(self.current(), names[1])
        self.browser.press("x")
        self.assertEqual(self.run_script("app.state.marked"), [f"dataset:{names[1]}"])
        self.browser.press("Enter")
        self.assertEqual(self.run_script("[app.state.view, app.state.id]"), ["detail", names[1]])
        self.browser.press("j")
        self.assertEqual(self.run_script("app.state.id"), names[2])
        self.browser.press("Escape")
        self.assertEqual(self.run_script("app.state.view"), "list")
        self.assertEqual(self.current(), names[2])
        self.browser.press("G")
        self.assertEqual(self.current(), names[-1])
        self.browser.press("g")
        self.assertEqual(self.current(), names[0])
        self.browser.press("c")
        self.assertEqual(self.run_script("app.state.view"), "compare")
        self.browser.press("Escape")
        self.browser.press("Escape")
        self.assertEqual(len(self.shown()), 1299)
        self.forget_missing_pictures()

    def test_help_lists_the_keys_and_closes(self):
        self.open()
        self.browser.press("?")
        self.assertTrue(self.run_script("document.getElementById('help').open"))
        self.assertGreater(self.run_script("document.querySelectorAll('#keys kbd').length"), 12)
        self.browser.press("Escape")
        self.browser.wait("!document.getElementById('help').open")

    def test_typing_is_not_taken_for_keys(self):
        self.open()
        self.browser.press("/")
        self.browser.type("gtxc")
        self.assertEqual(self.run_script("app.state.q"), "gtxc")
        self.assertEqual(self.run_script("app.state.view"), "list")
