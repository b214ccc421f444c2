import CCairo
import Foundation
import Support
import TestSupport
import Testing
import TokenStatistics

@testable import Histograms

/// Whole files: their form, their pixels, and that the same numbers give the same bytes.
@Suite struct PlotTests {
  static let scales = PlotScales(profiles: SyntheticProfiles.corpus)
  static let goldens = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Goldens")

  /// The share of pixels that may differ: room for another version of FreeType, not for a moved line.
  static let mostDifferences = 1_200 * 800 / 500

  @Test(arguments: [
    "role_four_scores", "role_all_null", "trait", "trait_many_null", "rows_12", "cut", "wide", "filtered",
    "unscored_labels", "unscored_few",
  ])
  func matchesItsGolden(name: String) throws {
    let profile = try #require(SamplePlots.datasets.first { $0.name == name }?.profile)
    var renderer = try PlotRenderer()
    try Self.compare(renderer.render(profile, scales: Self.scales), golden: name)
  }

  @Test("the last line says at which limits conversations lose their end, or have no target")
  func limitCosts() {
    var none = LimitSummary(conversations: 5, tokensLost: 9, assistantTokensLost: nil)
    var some = none
    (none.endsLost, none.withoutTarget) = (0, 0)
    (some.endsLost, some.withoutTarget) = (1_234, 1)
    var one = some
    (one.endsLost, one.withoutTarget) = (1, 0)
    let costs = [(limit: 256, costs: some), (limit: 2_048, costs: one), (limit: 4_096, costs: none)]
    #expect(
      FooterPanel.forms(for: costs) == [
        "at 256: 1,234 lose their end, 1 has no target · at 2,048: 1 loses its end",
        "no end / no target at 256: 1,234 / 1 · 2,048: 1 / 0", "no end / no target at 256: 1,234 / 1 · 2,048: 1 / 0",
      ])
    #expect(FooterPanel.forms(for: [(limit: 4_096, costs: none)]).isEmpty)
  }

  @Test(
    "a last line that is too long takes a shorter form, in which every limit is",
    arguments: [1, 100, 12_345, 1_234_567])
  func shorterForms(count: Int) throws {
    var costs = LimitSummary(conversations: count, tokensLost: 9, assistantTokensLost: nil)
    (costs.endsLost, costs.withoutTarget) = (count, count)
    let limits = [1_024, 2_048, 4_096]
    let forms = FooterPanel.forms(for: limits.map { (limit: $0, costs: costs) })
    var fonts = try FontSet(FontSource.located())
    let room = (PlotPage.right - PlotPage.margin) / 2
    var shown: String?
    for form in forms where shown == nil {
      if try fonts.width(of: form, style: .footer) <= room { shown = form }
    }
    for limit in limits { #expect(shown?.contains("\(NumberFormat.grouped(limit)): ") == true, "\(forms)") }
  }

  @Test func theStackedLayoutMatchesItsGolden() throws {
    var renderer = try PlotRenderer()
    try Self.compare(
      renderer.render(SyntheticProfiles.trait("sarcastic"), scales: Self.scales, layout: .stacked), golden: "stacked")
  }

  @Test func theSeedStyleMatchesItsGolden() throws {
    var renderer = try PlotRenderer()
    try Self.compare(
      renderer.render(SyntheticProfiles.role("hacker"), scales: Self.scales, style: .legacy), golden: "seed_role")
  }

  /// Compares pixels; with TOKENSTATS_UPDATE_GOLDENS set, writes the golden instead.
  static func compare(_ file: [UInt8], golden name: String) throws {
    let golden = goldens.appendingPathComponent("\(name).png")
    if ProcessInfo.processInfo.environment["TOKENSTATS_UPDATE_GOLDENS"] != nil {
      try Data(file).write(to: golden)
    }
    let expected = try PNGImage([UInt8](Data(contentsOf: golden)))
    let differences = try PNGImage(file).differences(from: expected, tolerance: 40)
    #expect(differences <= mostDifferences, "\(name): \(differences) pixels differ from the golden")
  }

  @Test func comparisonsMatchTheirGoldens() throws {
    var renderer = try PlotRenderer()
    for (name, comparison) in SamplePlots.comparisons
    where ["mathematician", "same_text", "densities_4"].contains(name) {
      let pages = try renderer.render(PlotTask(comparison, scales: Self.scales))
      #expect(pages.count == comparison.pageCount)
      try Self.compare(#require(pages.first), golden: "compare_\(name)")
    }
  }

  @Test func labelsMatchTheirGoldens() throws {
    var renderer = try PlotRenderer()
    let profiles = SamplePlots.labeled("pos", "neg")
    try Self.compare(
      renderer.render(
        .contrastMap(
          title: "qwen-3-32b · traits · pos and neg", labels: "pos", "neg", profiles: profiles, scales: Self.scales))[
          0],
      golden: "contrast_map")
    let comparison = try #require(DatasetComparison(of: profiles[0], labels: "pos", "neg"))
    #expect(comparison.fileStem == "labels__qwen-3-32b__trait__concise")
    let pages = try renderer.render(PlotTask(comparison, scales: Self.scales))
    try Self.compare(#require(pages.first), golden: "compare_labels")
    #expect(throws: FileError.nothingToDraw(plot: "map of labels")) {
      _ = try renderer.render(
        .contrastMap(title: "x", labels: "pos", "none", profiles: profiles, scales: Self.scales))
    }
  }

  @Test func ratiosOfLabelsReferToTheSecond() throws {
    var sketch = try DatasetLayoutTests.sketch()
    let profile = try #require(SamplePlots.labeled("pos", "neg").first { $0.subject == "solo" })
    let comparison = try #require(DatasetComparison(of: profile, labels: "pos", "neg"))
    for page in ComparisonPlot.pages(of: comparison, scales: Self.scales) { try page.lay(into: &sketch) }
    let texts = sketch.labels.map(\.text)
    #expect(texts.filter { $0.hasPrefix("×") } == ["×0.33", "×1.00"])
    #expect(texts.contains("P(longer)") && texts.contains("0.00"))
    #expect(texts.contains { $0.contains("longer than a neg one in 0 % of all pairs") })
  }

  @Test func overviewsMatchTheirGoldens() throws {
    var renderer = try PlotRenderer()
    let profiles = try #require(SamplePlots.collections.first { $0.name == "qwen_roles" }?.profiles)
    try Self.compare(
      renderer.render(.contactSheet(title: "qwen-3-32b · roles", profiles: profiles, scales: Self.scales))[0],
      golden: "contact_sheet")
    try Self.compare(
      renderer.render(.heatMap(title: "qwen-3-32b · roles", profiles: profiles, scales: Self.scales))[0],
      golden: "heat_map")
  }

  @Test func sevenModelsTakeTwoPages() throws {
    var renderer = try PlotRenderer()
    #expect(try renderer.render(PlotTask(SamplePlots.seven, scales: Self.scales)).count == 2)
    let none = DatasetComparison(kind: .role, name: "x", profiles: [])
    #expect(throws: FileError.nothingToDraw(plot: "comparison")) {
      _ = try renderer.render(PlotTask(none, scales: Self.scales))
    }
  }

  @Test func comparisonsPairModelsOfOnePersona() {
    let all = ModelComparison.all(of: SyntheticProfiles.corpus.shuffled()).map { DatasetComparison($0) }
    #expect(all.count == 22)
    #expect(all.map(\.fileStem).sorted() == all.map(\.fileStem))
    let one = all.first { $0.fileStem == "role__hacker" }
    #expect(one?.profiles.map(\.model) == ["gemma-2-27b", "llama-3.3-70b", "qwen-3-32b"])
  }

  @Test func theSameNumbersGiveTheSameBytes() throws {
    var first = try PlotRenderer()
    var second = try PlotRenderer()
    for (name, profile) in SamplePlots.datasets.reversed() {
      _ = try second.render(profile, scales: Self.scales)
      _ = try second.render(profile, scales: Self.scales, format: .svg)
      for format in PlotFormat.allCases {
        for (style, layout) in [(PlotStyle.standard, PlotLayout.rows), (.standard, .stacked), (.legacy, .rows)] {
          let one = try first.render(profile, scales: Self.scales, style: style, layout: layout, format: format)
          let other = try second.render(profile, scales: Self.scales, style: style, layout: layout, format: format)
          #expect(one == other, "\(name) as \(format), \(style), \(layout)")
        }
      }
    }
  }

  @Test func aDatasetTakesFourBitsAPixelAndFewKilobytes() throws {
    var renderer = try PlotRenderer()
    var sizes: [Int] = []
    for (name, profile) in SamplePlots.datasets {
      let file = try renderer.render(profile, scales: Self.scales)
      let picture = try PNGImage(file)
      #expect((picture.width, picture.height) == (1_200, 800))
      #expect((picture.bitDepth, picture.colorType) == (4, 3), "\(name) has \(picture.palette.count) colors")
      #expect(picture.palette == picture.palette.sorted())
      #expect(Set(picture.pixels) == Set(picture.palette))
      sizes.append(file.count)
    }
    #expect(sizes.reduce(0, +) / sizes.count < 20_000)
  }

  @Test func metadataNamesTheOriginAndNothingElse() throws {
    var renderer = try PlotRenderer()
    let profile = SamplePlots.foreignName
    let picture = try PNGImage(renderer.render(profile, scales: Self.scales))
    #expect(picture.chunks.first == "IHDR" && picture.chunks.last == "IEND")
    #expect(picture.texts["Title"] == profile.dataset)
    #expect(picture.texts["Data hash"] == profile.provenance.dataHash)
    #expect(picture.texts["Template hash"] == profile.provenance.templateHash)
    #expect(picture.texts["Count mode"] == "template")
    #expect(picture.texts["Software"] == "tokenstats 1.0.0")
    #expect(!picture.chunks.contains("tIME"))
  }

  @Test func libpngReadsTheSamePixels() throws {
    final class Source {
      var bytes: ArraySlice<UInt8>
      init(_ bytes: [UInt8]) { self.bytes = bytes[...] }
    }
    var renderer = try PlotRenderer()
    let file = try renderer.render(SyntheticProfiles.trait("sarcastic"), scales: Self.scales)
    let ours = try PNGImage(file)
    let source = Source(file)
    let surface = cairo_image_surface_create_from_png_stream(
      { closure, data, length in
        guard let closure, let data else { return CAIRO_STATUS_READ_ERROR }
        let source = Unmanaged<Source>.fromOpaque(closure).takeUnretainedValue()
        guard source.bytes.count >= Int(length) else { return CAIRO_STATUS_READ_ERROR }
        for (index, byte) in source.bytes.prefix(Int(length)).enumerated() { data[index] = byte }
        source.bytes = source.bytes.dropFirst(Int(length))
        return CAIRO_STATUS_SUCCESS
      }, Unmanaged.passUnretained(source).toOpaque())
    defer { cairo_surface_destroy(surface) }
    #expect(cairo_surface_status(surface) == CAIRO_STATUS_SUCCESS)
    let data = try #require(cairo_image_surface_get_data(surface))
    let stride = Int(cairo_image_surface_get_stride(surface))
    var differing = 0
    for y in 0..<ours.height {
      for x in 0..<ours.width {
        let pixel = data + y * stride + 4 * x
        let theirs = UInt32(pixel[2]) << 16 | UInt32(pixel[1]) << 8 | UInt32(pixel[0])
        if theirs != ours[x, y] { differing += 1 }
      }
    }
    #expect(differing == 0)
  }

  @Test(arguments: [1, 2]) func unchangedRowsAreEqual(scale: Int) throws {
    // Encoding skips rows that the layout calls unchanged: looking at all of them must give the same file.
    var sketch = try DatasetLayoutTests.sketch()
    for (name, profile) in SamplePlots.datasets {
      try DatasetPlot.lay(profile, scales: Self.scales, layout: .rows, into: &sketch)
      var surface = try DrawingSurface(imageWidth: sketch.width, height: sketch.height, scale: scale)
      try surface.draw(&sketch)
      let changed = sketch.changedRows(scale: scale)
      #expect(changed.count == 800 * scale && changed.contains(false))
      let wrong = try surface.withPixels { (pixels, stride) throws(FileError) in
        (1..<changed.count).filter { row in
          !changed[row]
            && !pixels[row * stride..<(row + 1) * stride].elementsEqual(pixels[(row - 1) * stride..<row * stride])
        }
      }
      #expect(wrong.isEmpty, "\(name)")
    }
  }

  @Test func aPictureOfScaleTwoHasTheSameLinesAndSharperText() throws {
    var one = try PlotRenderer()
    var two = try PlotRenderer(fonts: .located(), scale: 2)
    let profile = SyntheticProfiles.trait("sarcastic")
    let small = try PNGImage(one.render(profile, scales: Self.scales))
    let large = try PNGImage(two.render(profile, scales: Self.scales))
    #expect((large.width, large.height) == (2_400, 1_600))
    #expect(large.bitDepth == 4)
    // Bars and lines are the same; only text differs, and around it.
    var different = 0
    for y in 0..<small.height {
      for x in 0..<small.width where large[2 * x, 2 * y] != small[x, y] || large[2 * x + 1, 2 * y + 1] != small[x, y] {
        different += 1
      }
    }
    #expect(different > 1_000 && different < 1_200 * 800 / 30)
    let svg = String(decoding: try two.render(profile, scales: Self.scales, format: .svg), as: UTF8.self)
    #expect(svg.contains("width=\"2400\"") || svg.contains("width=\"2400px\""))
  }

  @Test func graysSnapToTenStepsAndMixturesToEight() {
    for gray in 0...255 {
      #expect(PixelIndexer.snapped(gray: UInt32(gray)) == UInt32((Double(gray) * 9 / 255).rounded() * 255 / 9))
      let step = UInt32((Double(gray) * 7 / 255).rounded()) * 255 / 7
      #expect(PixelIndexer.snapped(mixture: UInt32(gray) << 8 | 0xFF0000) == (step << 8 | 0xFF0000))
    }
  }

  @Test(arguments: [2, 16, 17, 256, 300]) func everyNumberOfColorsKeepsItsPixels(colors: Int) throws {
    let width = 37
    let height = 29
    var numbers = SplitMix(state: UInt64(colors))
    let shades = (0..<UInt32(colors)).map { $0 * 0x0101 + 0x100000 }
    var pixels = (0..<width * height).map { index in
      shades[index < colors ? index : Int(numbers.unit() * Double(colors))]
    }
    // A repeated row and a long run take the short ways.
    pixels.replaceSubrange(5 * width..<6 * width, with: pixels[4 * width..<5 * width])
    pixels.replaceSubrange(20 * width..<22 * width, with: repeatElement(pixels[0], count: 2 * width))
    var indexer = PixelIndexer()
    var encoder = try PNGEncoder()
    let changed = (0..<height).map { row in
      row == 0 || pixels[row * width..<(row + 1) * width] != pixels[(row - 1) * width..<row * width]
    }
    pixels.withUnsafeBufferPointer {
      indexer.convert($0, width: width, height: height, stride: width, exact: shades, changed: changed)
    }
    let picture = try PNGImage(encoder.encode(indexer, width: width, height: height, texts: []))
    // One of the shades is a gray, 0x101010, which stays only where it is one of the ten.
    let expected = pixels.map { $0 == 0x101010 ? PixelIndexer.snapped(gray: 0x10) * 0x010101 : $0 }
    #expect(picture.pixels == expected)
    let used = Set(expected).count
    #expect(picture.colorType == (used > 256 ? 2 : 3))
    #expect(picture.bitDepth == (used <= 16 ? 4 : 8))
  }

  @Test func aMissingFontNamesItsPackage() throws {
    let scratch = try Scratch()
    let missing = #expect(throws: FileError.self) { try FontSource(directory: scratch.path) }
    #expect(missing?.description.contains("fonts-dejavu-core") == true)
    for name in ["DejaVuSans.ttf", "DejaVuSans-Bold.ttf"] {
      try scratch.file(name, "no font")
    }
    let files = try FontSource(directory: scratch.path)
    let damaged = #expect(throws: FileError.self) { _ = try FontSet(files) }
    #expect(damaged?.description.contains(scratch.path + "/DejaVuSans.ttf") == true)
  }

  @Test func svgHoldsTheSamePictureAndIsWellFormed() throws {
    var renderer = try PlotRenderer()
    var profile = SyntheticProfiles.role("hacker", rows: 60)
    profile.dataset = "a<b>&\u{1}"
    let text = String(decoding: try renderer.render(profile, scales: Self.scales, format: .svg), as: UTF8.self)
    #expect(text.contains("<title>a&lt;b&gt;&amp;\\u{1}</title>"))
    #expect(text.contains("id=\"surface1\"") || !text.contains("surface"))
    let parser = XMLCheck()
    #expect(parser.accepts(Data(text.utf8)))
  }

  @Test func renumberingKeepsDifferentIdsApart() {
    let document = Array("<g id=\"surface41\"/><use href=\"#surface41\"/><g id=\"surface7\"/> surface".utf8)
    #expect(
      String(decoding: SVGDocument.renumbered(document), as: UTF8.self)
        == "<g id=\"surface1\"/><use href=\"#surface1\"/><g id=\"surface2\"/> surface")
  }
}
