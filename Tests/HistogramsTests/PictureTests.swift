import CCairo
import Foundation
import Testing
import TokenStatistics

@testable import Histograms

/// Whole files: their form, their pixels, and that the same numbers give the same bytes.
@Suite struct PictureTests {
  static let scales = ChartScales(profiles: SyntheticProfiles.corpus)
  static let goldens = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Goldens")

  /// The share of pixels that may differ: room for another version of FreeType, not for a moved line.
  static let mostDifferences = 1_200 * 800 / 500

  @Test(arguments: ["role_four_scores", "role_all_null", "trait", "trait_many_null", "rows_12", "cut", "wide"])
  func matchesItsGolden(name: String) throws {
    let profile = try #require(SamplePictures.datasets.first { $0.name == name }?.profile)
    var renderer = try ChartRenderer()
    try Self.compare(renderer.render(profile, scales: Self.scales), golden: name)
  }

  @Test func theSeedStyleMatchesItsGolden() throws {
    var renderer = try ChartRenderer()
    try Self.compare(
      renderer.render(SyntheticProfiles.role("hacker"), scales: Self.scales, style: .seed), golden: "seed_role")
  }

  /// Compares pixels; with TOKENSTATS_UPDATE_GOLDENS set, writes the golden instead.
  static func compare(_ file: [UInt8], golden name: String) throws {
    let golden = goldens.appendingPathComponent("\(name).png")
    if ProcessInfo.processInfo.environment["TOKENSTATS_UPDATE_GOLDENS"] != nil {
      try Data(file).write(to: golden)
    }
    let expected = try PNGPicture([UInt8](Data(contentsOf: golden)))
    let differences = try PNGPicture(file).differences(from: expected, tolerance: 40)
    #expect(differences <= mostDifferences, "\(name): \(differences) pixels differ from the golden")
  }

  @Test func theSameNumbersGiveTheSameBytes() throws {
    var first = try ChartRenderer()
    var second = try ChartRenderer()
    for (name, profile) in SamplePictures.datasets.reversed() {
      _ = try second.render(profile, scales: Self.scales)
      _ = try second.render(profile, scales: Self.scales, format: .svg)
      for (format, style) in [(ChartFormat.png, ChartStyle.standard), (.svg, .standard), (.png, .seed), (.svg, .seed)] {
        let one = try first.render(profile, scales: Self.scales, style: style, format: format)
        let other = try second.render(profile, scales: Self.scales, style: style, format: format)
        #expect(one == other, "\(name) as \(format.rawValue), \(style.rawValue)")
      }
    }
  }

  @Test func aDatasetTakesFourBitsAPixelAndFewKilobytes() throws {
    var renderer = try ChartRenderer()
    var sizes: [Int] = []
    for (name, profile) in SamplePictures.datasets {
      let file = try renderer.render(profile, scales: Self.scales)
      let picture = try PNGPicture(file)
      #expect((picture.width, picture.height) == (1_200, 800))
      #expect((picture.bitDepth, picture.colorType) == (4, 3), "\(name) has \(picture.palette.count) colours")
      #expect(picture.palette == picture.palette.sorted())
      #expect(Set(picture.pixels) == Set(picture.palette))
      sizes.append(file.count)
    }
    #expect(sizes.reduce(0, +) / sizes.count < 20_000)
  }

  @Test func metadataNamesTheOriginAndNothingElse() throws {
    var renderer = try ChartRenderer()
    let profile = SamplePictures.foreignName
    let picture = try PNGPicture(renderer.render(profile, scales: Self.scales))
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
    var renderer = try ChartRenderer()
    let file = try renderer.render(SyntheticProfiles.trait("sarcastic"), scales: Self.scales)
    let ours = try PNGPicture(file)
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

  @Test func greysSnapToTenSteps() {
    #expect(Set((0...255).map { PixelIndexer.snapped(UInt32($0) * 0x010101) }).count == 10)
    #expect(PixelIndexer.snapped(0xE3E3E3) == 0xE2E2E2)
    #expect(PixelIndexer.snapped(0x8E8E8E) == 0x8D8D8D)
    #expect(PixelIndexer.snapped(0xFF1C1C1C) == 0x1C1C1C)
    #expect(PixelIndexer.snapped(0x22407A) == 0x22407A)
  }

  @Test(arguments: [2, 16, 17, 256, 257]) func everyNumberOfColoursKeepsItsPixels(colors: Int) throws {
    let width = 37
    let height = 29
    var numbers = SeededNumbers(UInt64(colors))
    var pixels = (0..<width * height).map { index in
      UInt32(index < colors ? index : Int(numbers.unit() * Double(colors))) * 0x0101 + 0x100000
    }
    // A repeated row and a long run take the short ways.
    pixels.replaceSubrange(5 * width..<6 * width, with: pixels[4 * width..<5 * width])
    pixels.replaceSubrange(20 * width..<22 * width, with: repeatElement(pixels[0], count: 2 * width))
    var indexer = PixelIndexer()
    var encoder = try PNGEncoder()
    pixels.withUnsafeBufferPointer { indexer.convert($0, width: width, height: height, stride: width) }
    let picture = try PNGPicture(encoder.encode(indexer, width: width, height: height, texts: []))
    #expect(picture.pixels == pixels.map { PixelIndexer.snapped($0) })
    let bits = Set(pixels.map { PixelIndexer.snapped($0) }).count
    #expect(picture.colorType == (bits > 256 ? 2 : 3))
    #expect(picture.bitDepth == (bits <= 16 ? 4 : 8))
  }

  @Test func aMissingFontNamesItsPackage() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("fonts-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let missing = #expect(throws: ChartError.self) { try FontFiles(directory: folder.path) }
    #expect(missing?.description.contains("fonts-dejavu-core") == true)
    for name in ["DejaVuSans.ttf", "DejaVuSans-Bold.ttf"] {
      try Data("no font".utf8).write(to: folder.appendingPathComponent(name))
    }
    let files = try FontFiles(directory: folder.path)
    let damaged = #expect(throws: ChartError.self) { _ = try FontSet(files: files) }
    #expect(damaged?.description.contains(files.book) == true)
  }

  @Test func svgHoldsTheSamePictureAndIsWellFormed() throws {
    var renderer = try ChartRenderer()
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
