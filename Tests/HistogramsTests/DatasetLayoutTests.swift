import Support
import TestSupport
import Testing
import TokenStatistics

@testable import Histograms

/// What is laid out where in a dataset's plot, before a pixel is drawn.
@Suite struct DatasetLayoutTests {
  static func sketch() throws -> PlotSketch {
    PlotSketch(fonts: try FontSet(FontSource.located()))
  }

  static let scales = PlotScales(profiles: SyntheticProfiles.corpus)

  @Test(arguments: SamplePlots.datasets.indices) func labelsKeepApartAndInside(index: Int) throws {
    var sketch = try Self.sketch()
    let (name, profile) = SamplePlots.datasets[index]
    for layout in PlotLayout.allCases {
      try DatasetPlot.lay(profile, scales: Self.scales, layout: layout, into: &sketch)
      SketchChecks.check(sketch, "\(name) as \(layout)")
    }
    try LegacyPlot.lay(profile, into: &sketch)
    SketchChecks.check(sketch, "\(name) seed")
  }

  @Test func labelsKeepApartForEveryLengthAndSpread() throws {
    var sketch = try Self.sketch()
    var numbers = SplitMix(state: 41)
    for step in 0..<240 {
      let median = 1 + Int(1_000_000 * numbers.unit() * numbers.unit() * numbers.unit())
      let spread = 1 + 9 * numbers.unit()
      let rows = [1, 12, 24, 25, 60, 300][step % 6]
      let kind: DatasetKind = step % 2 == 0 ? .role : .trait
      var lengths: [Score: [Int]] = [:]
      for _ in 0..<rows {
        let score = Int(numbers.unit() * Double((kind.scoreScale?.range.upperBound ?? 0) + 2)) - 1
        let length = min(1_000_000, Int(Double(median) * (numbers.unit() * spread)))
        lengths[score < 0 ? .none : .value(score), default: []].append(length)
      }
      let profile = SyntheticProfiles.profile("p\(step)", kind: kind, lengths: lengths)
      for layout in PlotLayout.allCases {
        try DatasetPlot.lay(profile, scales: Self.scales, layout: layout, into: &sketch)
        SketchChecks.check(sketch, "step \(step), median \(median), \(layout)")
      }
    }
  }

  @Test func theChecksSeeWhatTheyLookFor() throws {
    var sketch = try Self.sketch()
    func faults(_ lay: (inout PlotSketch) throws -> Void) throws -> [String] {
      sketch.begin(width: 100, height: 50)
      try lay(&sketch)
      return SketchChecks.faults(of: sketch)
    }
    let overlap = try faults {
      try $0.text("left", .label, .ink, x: 10, baseline: 20)
      try $0.text("right", .label, .ink, x: 20, baseline: 26)
    }
    #expect(overlap.count == 1 && overlap[0].hasSuffix("overlap"))
    #expect(
      try faults { try $0.text("outside", .label, .ink, x: 80, baseline: 20) } == ["\"outside\" leaves the canvas"])
    let covered = try faults {
      try $0.text("hidden", .label, .ink, x: 10, baseline: 20)
      $0.fill(PixelRect(x: 12, y: 15, width: 1, height: 1), .ink)
    }
    #expect(covered.count == 1 && covered[0].contains("covers \"hidden\""))
    let faint = try faults {
      $0.fill(PixelRect(x: 0, y: 0, width: 60, height: 50), PlotColor(0x3886A2))
      try $0.text("faint", .label, .white, x: 10, baseline: 20)
    }
    #expect(faint.count == 1 && faint[0].hasPrefix("\"faint\" has a contrast of 4.1"))
  }

  @Test func labelsKeepApartInOverviews() throws {
    var sketch = try Self.sketch()
    for (name, comparison) in SamplePlots.comparisons {
      for page in ComparisonPlot.pages(of: comparison, scales: Self.scales) {
        try page.lay(into: &sketch)
        SketchChecks.check(sketch, name)
      }
    }
    for (name, profiles) in SamplePlots.collections {
      try ContactSheet(title: name, profiles: profiles, scales: Self.scales).lay(into: &sketch)
      SketchChecks.check(sketch, "\(name) sheet")
      try HeatMap(title: name, profiles: profiles, scales: Self.scales).lay(into: &sketch)
      SketchChecks.check(sketch, "\(name) map")
    }
    for labels in SamplePlots.labelNames {
      let profiles = SamplePlots.labeled(labels.0, labels.1)
      try ContrastMap(title: "labels", labels: labels.0, labels.1, profiles: profiles, scales: Self.scales)
        .lay(into: &sketch)
      SketchChecks.check(sketch, "contrast map of \(labels)")
      for profile in profiles {
        let comparison = try #require(DatasetComparison(of: profile, labels: labels.0, labels.1))
        for page in ComparisonPlot.pages(of: comparison, scales: Self.scales) {
          try page.lay(into: &sketch)
          SketchChecks.check(sketch, "\(labels) of \(profile.dataset)")
        }
      }
    }
  }

  @Test func overviewsNameTheirNumbersAndHaveAxes() throws {
    var sketch = try Self.sketch()
    let profiles = SyntheticProfiles.corpus.filter { $0.model == "llama-3.3-70b" }
    try ContactSheet(title: "sheet", profiles: profiles, scales: Self.scales).lay(into: &sketch)
    var texts = sketch.labels.map(\.text)
    // Every column of cells has an axis, also where the last row does not reach it.
    for length in ["64", "256", "1,024"] { #expect(texts.count { $0 == length } == 6) }
    let medians = texts.filter { $0.hasPrefix("median ") }
    #expect(medians.count == profiles.count && medians.allSatisfy { $0.contains(" · p95 ") })
    #expect(texts.count { $0.hasSuffix(" conv.") } == profiles.count)
    #expect(texts.contains("\(Self.scales.lengthMaximum)"))
    // The ends of the axis of heights keep apart from the bars of what is shorter than the axis, 3 columns left of it.
    let ends = sketch.labels.filter { $0.text == "0" && $0.frame.right < PlotPage.margin }
    #expect(!ends.isEmpty && ends.allSatisfy { $0.frame.right < PlotPage.margin - 4 })
    try HeatMap(title: "map", profiles: profiles, scales: Self.scales).lay(into: &sketch)
    texts = sketch.labels.map(\.text)
    // In the key and over each column.
    #expect(texts.count { $0 == "median" } == 4 && texts.count { $0 == "scores" } == 4)
    try ContrastMap(
      title: "labels", labels: "pos", "neg", profiles: SamplePlots.labeled("pos", "neg"), scales: Self.scales
    ).lay(into: &sketch)
    texts = sketch.labels.map(\.text)
    for name in ["d", "P(longer)", "−0.8", "0.8"] { #expect(texts.count { $0 == name } == 2) }
  }

  @Test func curvesAreNamedWhereNoCurveRuns() throws {
    var sketch = try Self.sketch()
    let plot = PixelRect(left: 176, top: 128, right: 726, bottom: 458)
    for (name, comparison) in SamplePlots.comparisons {
      for page in ComparisonPlot.pages(of: comparison, scales: Self.scales) {
        try page.lay(into: &sketch)
        let keys = sketch.labels.filter { plot.holds($0.frame) }
        #expect(keys.count == page.lengths.count { !$0.isEmpty }, "\(name)")
        // The names of rows stand on the line of their numbers.
        for row in page.names {
          let placed = sketch.labels.last { $0.x == 40 && ($0.text == row || $0.text.contains("…")) }
          #expect(
            placed.map { label in sketch.labels.contains { $0.baseline == label.baseline && $0.x > 740 } } == true)
        }
      }
    }
    // Two curves far apart are named beside them, more in a corner.
    let two = SamplePlots.modelsFarApart
    let page = try #require(ComparisonPlot.pages(of: two, scales: Self.scales).first)
    try page.lay(into: &sketch)
    let keys = sketch.labels.filter { plot.holds($0.frame) }
    #expect(Set(keys.map(\.x)).count == 2)
  }

  @Test func whatLiesBeyondTheScaleIsSaid() throws {
    var sketch = try Self.sketch()
    let profiles = ["a", "b"].map { model in
      SyntheticProfiles.profile("x", model: model, lengths: [.value(3): Array(300..<600) + [3_284]])
    }
    let comparison = DatasetComparison(kind: .role, name: "x", profiles: profiles)
    let page = try #require(ComparisonPlot.pages(of: comparison, scales: Self.scales).first)
    try page.lay(into: &sketch)
    SketchChecks.check(sketch, "beyond")
    // Under the curves, and over the strips.
    #expect(sketch.labels.count { $0.text == "more" } == 2)
    #expect(sketch.labels.contains { $0.text == "3,284" })
  }

  @Test(arguments: ["abc", String(repeating: "m", count: 150), String(repeating: "数", count: 150), "é\u{301}\u{0}"])
  func namesOfEveryLengthFit(name: String) throws {
    var sketch = try Self.sketch()
    for model in ["m", String(repeating: "W", count: 90), "模型"] {
      try DatasetPlot.lay(
        SyntheticProfiles.role(name, model: model, rows: 60), scales: Self.scales, layout: .rows, into: &sketch)
      SketchChecks.check(sketch, "\(name) of \(model)")
      let title = try #require(sketch.labels.first)
      #expect((TextStyle.smallestName...24).contains(title.style.size))
      #expect(sketch.labels[1].width <= 420)
    }
  }

  @Test func nothingIsSmallerThanTenPixels() throws {
    var sketch = try Self.sketch()
    for (_, profile) in SamplePlots.datasets {
      try DatasetPlot.lay(profile, scales: Self.scales, layout: .rows, into: &sketch)
      #expect(sketch.labels.allSatisfy { $0.style.size >= 10 })
    }
  }

  @Test func longNamesAreCutAfterTwoThirds() throws {
    var fonts = try FontSet(FontSource.located())
    let text = "abcdefghijklmnopqrstuvwxyz"
    let whole = try fonts.width(of: text, style: .label)
    let cut = try fonts.fitted(text, style: .label, smallest: 11, maximum: whole - 20)
    let parts = cut.text.split(separator: "…")
    #expect(parts.count == 2 && text.hasPrefix(parts[0]) && text.hasSuffix(parts[1]))
    #expect(parts[0].count == (2 * (parts[0].count + parts[1].count) + 2) / 3)
    #expect(cut.width <= whole - 20)
    let shrunk = try fonts.fitted(text, style: TextStyle(weight: .book, size: 12), smallest: 11, maximum: whole)
    #expect(shrunk.text == text && shrunk.style.size == 11)
    #expect(try fonts.fitted(text, style: .label, smallest: 11, maximum: 3).text == "…")
  }

  @Test func charactersOutsideTheFontPrintAsEscapes() throws {
    var fonts = try FontSet(FontSource.located())
    let escape = try fonts.width(of: "\\u{4E2D}", style: .label)
    #expect(try fonts.width(of: "中", style: .label) == escape)
    #expect(try fonts.width(of: "\u{202E}", style: .label) == fonts.width(of: "\\u{202E}", style: .label))
    #expect(try fonts.width(of: "é", style: .label) < escape)
  }

  @Test func filtersAreSaidInWordsAndLeaveOutEmptyRows() throws {
    var sketch = try Self.sketch()
    var profile = SyntheticProfiles.trait("calm", suffix: "__min70__pos", rows: 300)
    profile.scores = profile.scores.filter { $0.key >= .value(70) && $0.key != .none }
    profile.filters = ScoreFilters(minimumScore: 70, label: "pos")
    for layout in PlotLayout.allCases {
      try DatasetPlot.lay(profile, scales: Self.scales, layout: layout, into: &sketch)
      SketchChecks.check(sketch, "filtered, \(layout)")
      let texts = sketch.labels.map(\.text)
      #expect(texts.prefix(2) == ["calm, pos, score from 70", "trait · qwen-3-32b"])
      #expect(texts.contains("85–100") && texts.contains("70–84"))
      #expect(!texts.contains("50–69") && !texts.contains("0–24") && !texts.contains("none"))
    }
    #expect(ScoreFilters(minimumScore: 3, maximumScore: 3).words == ["score 3"])
    #expect(ScoreFilters(maximumScore: 40, label: "neg").words == ["neg", "score to 40"])
    #expect(ScoreFilters(minimumScore: 1, maximumScore: 2).words == ["score 1 to 2"])
    // Without filters a row without conversations says that there are none.
    profile.filters = ScoreFilters()
    try DatasetPlot.lay(profile, scales: Self.scales, layout: .rows, into: &sketch)
    #expect(sketch.labels.contains { $0.text == "50–69" } && sketch.labels[0].text == "calm__min70__pos")
  }

  @Test func datasetsWithoutScoresUseTheRoom() throws {
    var sketch = try Self.sketch()
    func texts(_ profile: DatasetProfile) throws -> [String] {
      for layout in PlotLayout.allCases.reversed() {
        try DatasetPlot.lay(profile, scales: Self.scales, layout: layout, into: &sketch)
        SketchChecks.check(sketch, "\(profile.subject), \(layout)")
      }
      return sketch.labels.map(\.text)
    }
    let labels = try texts(SamplePlots.unscored(labels: ["pos": 300, "neg": 200]))
    #expect(labels.contains("Length by label") && labels.contains("pos") && labels.contains("neg"))
    #expect(labels.contains("Tokens by role") && labels.contains("overhead") && labels.contains("assistant"))
    #expect(!labels.contains("Scores") && !labels.contains("0–24"))
    var split = SamplePlots.unscored(labels: ["pos": 300, "neg": 200])
    let part = LabelTally(lengths: LengthDistribution(Array(200..<450)))
    split.groups = ["prompt_index": ["0": part, "1": part], "split": ["train": part, "test": part]]
    #expect(try texts(split).contains("Length by split"))
    var column = SamplePlots.unscored(labels: ["null": 500])
    column.groups = ["prompt_index": Dictionary(uniqueKeysWithValues: (0..<40).map { (TextKey("\($0)"), part) })]
    let columns = try texts(column)
    #expect(columns.contains("Length by prompt_index") && columns.contains("33 others"))
    let alone = try texts(SamplePlots.unscored(labels: ["null": 500]))
    #expect(alone.contains("Length") && alone.contains("all"))
  }

  @Test func promptsAndAnswersAreRowsWhereNothingElseIs() throws {
    var sketch = try Self.sketch()
    for count in [16, 24, 500] {
      let profile = SamplePlots.answered(count)
      let scales = PlotScales(profiles: [profile])
      #expect(scales.domain.contains(12) && scales.domain.contains(profile.lengths.maximum ?? 0))
      for layout in PlotLayout.allCases {
        for scales in [scales, Self.scales] {
          try DatasetPlot.lay(profile, scales: scales, layout: layout, into: &sketch)
          SketchChecks.check(sketch, "\(count), \(layout)")
        }
      }
      let texts = sketch.labels.map(\.text)
      #expect(texts.contains("Length by part") && texts.contains("prompt") && texts.contains("answer"))
    }
    // The scales of others stay as they are, and what is shorter has a named place beside the axis.
    let others = SyntheticProfiles.corpus
    let shared = PlotScales(profiles: others + [SamplePlots.answered(500)])
    #expect(shared.domain == Self.scales.domain && shared.rowMaximum == Self.scales.rowMaximum)
    #expect(sketch.labels.contains { $0.text == "12 to 20 tokens, median 16 (shorter than the axis)" })
  }

  @Test func captionsNameWhatIsDrawn() throws {
    var sketch = try Self.sketch()
    func texts(_ profile: DatasetProfile, _ layout: PlotLayout = .rows) throws -> [String] {
      try DatasetPlot.lay(profile, scales: Self.scales, layout: layout, into: &sketch)
      SketchChecks.check(sketch, "\(layout)")
      return sketch.labels.map(\.text)
    }
    let few = SyntheticProfiles.profile("x", lengths: [.value(3): [300, 400], .value(1): [200, 700]])
    #expect(try texts(few).contains(LengthStrip.tickExplanation))
    #expect(try !texts(few).contains { $0.contains("square longest") })
    let parts = SamplePlots.answered(500)
    #expect(try texts(parts).contains { $0.hasSuffix("; " + LengthStrip.shortExplanation) })
    #expect(try texts(parts, .stacked).contains(LengthStrip.explanation))
    let long = SyntheticProfiles.profile(
      "x", lengths: [.value(3): Array(300..<600), .value(1): [Int](repeating: 9_000, count: 40)])
    #expect(try texts(long).contains("all 9,000 tokens (longer than the axis)"))
  }

  @Test func tokensByRoleUseTheHeight() throws {
    var sketch = try Self.sketch()
    let profile = SamplePlots.answered(500)
    try DatasetPlot.lay(profile, scales: Self.scales, layout: .rows, into: &sketch)
    let panel = sketch.marks.compactMap { mark in
      if case .fill(let rect, PlotPalette.plain) = mark, rect.left >= ScorePanel.left { rect } else { nil }
    }
    let page = PlotPage(profile: profile, scales: Self.scales, layout: .rows)
    #expect(panel.count == profile.roles.shown.count)
    #expect(panel.allSatisfy { $0.bottom <= page.frame.bottom })
    #expect((panel.map(\.bottom).max() ?? 0) > page.frame.bottom - 50)
  }

  @Test func numbersOfTablesHaveAllDigits() throws {
    var fonts = try FontSet(FontSource.located())
    func digits(_ number: Int?) throws -> String { try fonts.digits(of: number, style: .table, maximum: 66).text }
    #expect(try digits(15_234_567) == "15,234,567" && digits(123_456_789) == "123,456,789")
    #expect(try digits(nil) == NumberFormat.missing && !digits(12_345_678_901_234).contains(","))
  }

  @Test func fewConversationsAreLargeSquares() throws {
    var sketch = try Self.sketch()
    func sides(_ lengths: [Int]) throws -> Set<Int> {
      let profile = SyntheticProfiles.profile("x", lengths: [.none: lengths])
      try DatasetPlot.lay(profile, scales: Self.scales, layout: .rows, into: &sketch)
      SketchChecks.check(sketch, "\(lengths)")
      return Set(
        sketch.marks.compactMap { mark in
          guard case .fill(let rect, .unscored) = mark, rect.width == rect.height, rect.width > 8 else { return nil }
          return rect.width
        })
    }
    #expect(try sides((0..<16).map { 200 + 30 * $0 }) == [50])
    #expect(sketch.labels.contains { $0.text.hasPrefix("median 4") })
    #expect(try sides([Int](repeating: 300, count: 24)) == [11])
    // Beside the axis there is room for smaller ones only.
    #expect(try sides([20] + (0..<10).map { 200 + 30 * $0 }) == [24])
  }

  @Test func percentilesNeedEnoughValues() throws {
    var sketch = try Self.sketch()
    func tiles(_ rows: Int) throws -> [String] {
      let profile = SyntheticProfiles.profile("x", lengths: [.value(3): Array(100..<100 + rows)])
      try DatasetPlot.lay(profile, scales: Self.scales, layout: .rows, into: &sketch)
      return sketch.labels.filter { $0.baseline == 80 }.map(\.text)
    }
    #expect(try Array(tiles(19)[4...6]) == ["–", "–", "118"])
    #expect(try Array(tiles(20)[4...6]) == ["118", "–", "119"])
    #expect(try Array(tiles(100)[4...6]) == ["194", "198", "199"])
    #expect(try Array(tiles(0)) == ["0", "0", "–", "–", "–", "–", "–", "0 %", "0 %", "0 %"])
  }

  @Test func aDatasetMostlyOutsideTakesItsOwnScale() throws {
    var sketch = try Self.sketch()
    let note = "own scale, not the shared 64 to 2,048"
    func texts(outside: Int) throws -> [String] {
      let profile = SyntheticProfiles.profile(
        "x",
        lengths: [.value(3): Array(repeating: 9_000, count: outside) + Array(repeating: 500, count: 100 - outside)])
      try DatasetPlot.lay(profile, scales: Self.scales, layout: .rows, into: &sketch)
      return sketch.labels.map(\.text)
    }
    let shared = try texts(outside: 25)
    #expect(!shared.contains(note) && shared.contains("more"))
    let own = try texts(outside: 26)
    #expect(own.contains(note) && own.contains("16,384") && !own.contains("more"))
  }

  @Test func emptyAndUnscoredDatasetsSaySo() throws {
    var sketch = try Self.sketch()
    try DatasetPlot.lay(SyntheticProfiles.profile("x", lengths: [:]), scales: Self.scales, layout: .rows, into: &sketch)
    #expect(sketch.labels.contains { $0.text == "no conversations" })
    try DatasetPlot.lay(
      SyntheticProfiles.profile("x", lengths: [.none: Array(300..<400)]), scales: Self.scales, layout: .rows,
      into: &sketch)
    #expect(sketch.labels.contains { $0.text == "no scores in this dataset" })
  }

  /// Scales from one score to 2,000,001, with one band and with ten.
  static let scalesOfScores: [ScoreScale?] = [
    nil, ScoreScale(range: 7...7, bands: [ScoreBand(7...7)]),
    ScoreScale(range: 1...5, bands: (1...5).map { ScoreBand($0...$0) }),
    ScoreScale(range: 1...10, bands: (1...10).map { ScoreBand($0...$0) }),
    ScoreScale(range: -1...1, bands: [ScoreBand(-1...0), ScoreBand(1...1)]),
    ScoreScale(range: 0...21, bands: [ScoreBand(0...0), ScoreBand(1...1), ScoreBand(2...21)]),
    ScoreScale(range: -1_000_000...1_000_000, bands: [ScoreBand(-1_000_000...0), ScoreBand(1...1_000_000)]),
  ]

  @Test(arguments: scalesOfScores) func scoresOfAnyScaleAreDrawn(scale: ScoreScale?) throws {
    var sketch = try Self.sketch()
    let range = scale?.range ?? 0...100
    let scores = Set((0...40).map { range.lowerBound + $0 * (range.upperBound - range.lowerBound) / 40 })
    var lengths = Dictionary(uniqueKeysWithValues: scores.map { (Score.value($0), Array(300..<340)) })
    lengths[Score.none] = [100, 200]
    let profiles = ["gemma-2-27b", "qwen-3-32b"].map { model in
      var profile = SyntheticProfiles.profile("chats", kind: .dataset, model: model, lengths: lengths)
      profile.scoreScale = scale
      return profile
    }
    let scales = PlotScales(profiles: profiles)
    try DatasetPlot.lay(profiles[0], scales: scales, layout: .rows, into: &sketch)
    SketchChecks.check(sketch, "dataset")
    let texts = sketch.labels.map(\.text)
    #expect(texts.contains("dataset · gemma-2-27b"))
    #expect(texts.contains("no scale for the scores of this dataset") == (scale == nil))
    for band in scale?.bands ?? [] { #expect(texts.contains(band.title())) }
    try ContactSheet(title: "sheet", profiles: profiles, scales: scales).lay(into: &sketch)
    SketchChecks.check(sketch, "contact sheet")
    try HeatMap(title: "map", profiles: profiles, scales: scales).lay(into: &sketch)
    SketchChecks.check(sketch, "heat map")
    let comparison = try #require(ModelComparison.all(of: profiles).map { DatasetComparison($0) }.first)
    #expect(comparison.fileStem == "dataset__chats")
    for page in ComparisonPlot.pages(of: comparison, scales: scales) {
      try page.lay(into: &sketch)
      SketchChecks.check(sketch, "comparison")
    }
  }

  @Test func everyConversationIsAFewRowsSquare() throws {
    var sketch = try Self.sketch()
    let profile = SyntheticProfiles.profile(
      "x", lengths: [.value(3): [500, 500, 30, 9_000], .value(0): [500, 64, 2_047], .none: [100]])
    try DatasetPlot.lay(profile, scales: Self.scales, layout: .rows, into: &sketch)
    let squares = sketch.marks.filter {
      if case .fill(let rect, let color) = $0 {
        color != .white && rect.width == 24 && rect.height == 24
      } else {
        false
      }
    }
    #expect(squares.count == 8)
  }

  @Test func stackedSegmentsAddUpToTheBar() throws {
    var sketch = try Self.sketch()
    sketch.begin(width: 100, height: 100)
    let tops = StackedBar.borders([10, 1, 0, 5]) { 90 - $0 }
    #expect(tops == [80, 79, 79, 74])
    StackedBar(columns: 10..<20, bottom: 90, tops: tops, colors: [.ink, .text, .rule, .unscored])
      .lay(counts: [10, 1, 0, 5], into: &sketch)
    let fills = sketch.marks.compactMap { mark in
      if case .fill(let rect, let color) = mark { (rect, color) } else { nil }
    }
    // Ten rows, one without a seam, four above a white seam.
    #expect(fills.map(\.0.top) == [80, 79, 78, 74])
    #expect(fills.map(\.1) == [.ink, .text, .white, .unscored])
    #expect(fills.map(\.0.height) == [10, 1, 1, 4])
  }

  @Test func aBarTooSmallForAPixelIsAPixelHigh() throws {
    var sketch = try Self.sketch()
    sketch.begin(width: 100, height: 100)
    StackedBar(columns: 10..<20, bottom: 90, tops: [90, 90], colors: [.ink, .text]).lay(counts: [1, 2], into: &sketch)
    #expect(sketch.marks == [.fill(PixelRect(x: 10, y: 89, width: 10, height: 1), .text)])
  }

  @Test func aPercentageStandsAboveTheMarkInItsWay() {
    func baseline(top: Int, mark: Int?) -> Int {
      PlacedScoreBar(columns: 0..<40, top: top, color: .unscored, mark: mark).labelBaseline
    }
    #expect(baseline(top: 268, mark: 262) == 256)
    #expect(baseline(top: 317, mark: 430) == 311)
    #expect(baseline(top: 485, mark: 433) == 479)
    #expect(baseline(top: 317, mark: nil) == 311)
  }
}
