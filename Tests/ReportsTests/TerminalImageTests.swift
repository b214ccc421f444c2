import Foundation
import Support
import Testing

@testable import Reports

@Suite("Pictures on a terminal")
struct TerminalImageTests {
  /// A PNG of 8 x 7 pixels, three rows red, four white.
  private static let png =
    Data(
      base64Encoded:
        "iVBORw0KGgoAAAANSUhEUgAAAAgAAAAHCAIAAAC6O5sJAAAAFUlEQVR42mP4z8CAFTGQIYEDUFECAJ7Ed4n1LvPTAAAAAElFTkSu"
        + "QmCC"
    ).map { [UInt8]($0) } ?? []

  private func pixels(_ rows: [[SIMD3<UInt8>]]) -> PixelSurface.Pixels {
    PixelSurface.Pixels(width: rows.first?.count ?? 0, height: rows.count, colors: rows.flatMap { $0 })
  }

  @Test("kitty gets base64 in pieces of 4,096, of which the last says so")
  func kitty() throws {
    let bytes = [UInt8](repeating: 7, count: 7_000)
    let text = String(
      decoding: try TerminalImage(png: bytes).encoded(as: .kitty, columns: 90, pixels: nil), as: UTF8.self)
    let pieces = text.components(separatedBy: "\u{1B}\\").dropLast()
    #expect(pieces.count == 3)
    #expect(pieces.first?.hasPrefix("\u{1B}_Ga=T,f=100,q=2,c=90,m=1;") == true)
    #expect(pieces.last?.hasPrefix("\u{1B}_Gm=0;") == true)
    let payload = pieces.map { $0.components(separatedBy: ";")[1] }.joined()
    #expect(Data(base64Encoded: payload) == Data(bytes))
  }

  @Test("iTerm2 gets the whole file with its size")
  func inline() throws {
    let encoded = try TerminalImage(png: [1, 2, 3]).encoded(as: .iterm2, columns: 80, pixels: nil)
    #expect(
      String(decoding: encoded, as: UTF8.self)
        == "\u{1B}]1337;File=inline=1;size=3;width=80;preserveAspectRatio=1:AQID\u{7}")
  }

  @Test("sixels: palette in percent, one pass a color, runs, bands of six rows")
  func sixels() {
    let red = SIMD3<UInt8>(255, 0, 0)
    let white = SIMD3<UInt8>(255, 255, 255)
    let image = SixelImage(pixels(Array(repeating: [red, red, red, red, white], count: 7)))
    #expect(
      String(decoding: image.encoded, as: UTF8.self)
        == "\u{1B}P0;1q\"1;1;5;7#0;2;100;0;0#1;2;100;100;100#0!4~$#1????~-#0!4@$#1????@-\u{1B}\\"
        .replacingOccurrences(of: "????", with: "!4?"))
  }

  /// The greatest difference of a channel between pixels and what a terminal would show of them.
  private func difference(_ pixels: PixelSurface.Pixels, _ sixels: [UInt8]) throws -> Int {
    let decoded = try SixelDecoder(sixels)
    try #require(decoded.width == pixels.width && decoded.height == pixels.height)
    return try zip(decoded.pixels, pixels.colors).reduce(0) { greatest, pair in
      let drawn = try #require(pair.0, "a pixel that is not drawn")
      return (0..<3).reduce(greatest) { max($0, abs(Int(drawn[$1]) - Int(pair.1[$1]))) }
    }
  }

  @Test(
    "sixels of this repository's pictures decode to the pixels of the PNG, but for percents of colors",
    arguments: ["llama-3.3-70b__role__lighthouse_keeper", "qwen-3-32b__trait__curious"], [nil, 700, 333])
  func decoded(name: String, widest: Int?) throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../plots").standardized
    let png = [UInt8](try Data(contentsOf: folder.appending(path: "\(name).png")))
    let pixels = try PixelSurface(png: png, widest: widest).pixels()
    #expect(pixels.width == widest ?? 1_200)
    let sixels = try TerminalImage(png: png).encoded(as: .sixel, columns: 80, pixels: widest)
    // A percent is 2.55 steps of 255. Where a smaller plot mixes more than 256 colors, their last bits go.
    let few = Set(pixels.colors).count <= 256
    #expect(try difference(pixels, sixels) <= (few ? 2 : 2 + 31))
  }

  @Test("sixels of every width, height and run decode to the same pixels")
  func decodedNoise() throws {
    var state: UInt64 = 1
    func random(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % bound
    }
    let steps: [UInt8] = [0, 51, 102, 153, 204, 255]
    for height in 1...14 {
      for width in [1, 2, 5, 17, 64] {
        var row: [SIMD3<UInt8>] = []
        let rows = (0..<height).map { _ in
          while row.count < width {
            let color = SIMD3(steps[random(6)], steps[random(6)], steps[random(6)])
            row += Array(repeating: color, count: 1 + random(7))
          }
          defer { row = [] }
          return Array(row.prefix(width))
        }
        let image = pixels(rows)
        #expect(try difference(image, SixelImage(image).encoded) == 0, "\(width) x \(height)")
      }
    }
  }

  @Test("the decoder of these tests refuses what no terminal could read")
  func decoderFaults() {
    for text in ["", "\u{1B}Pq\"1;1;1;1#0~\u{1B}\\", "\u{1B}Pq\"1;1;1;1#0;2;0;0;0!2@\u{1B}\\", "\u{1B}Pq\"1;1;1;1-"] {
      #expect(throws: SixelDecoder.Fault.self) { _ = try SixelDecoder(Array(text.utf8)) }
    }
  }

  @Test("a PNG is told from other files")
  func kinds() {
    #expect(TerminalImage(png: Self.png).isPNG)
    #expect(!TerminalImage(png: Array("<svg/>".utf8)).isPNG)
  }

  @Test("more than 256 colors become fewer, and white stays white")
  func manyColors() {
    let ramp = (0..<1_024).map { SIMD3<UInt8>(UInt8($0 & 255), UInt8($0 >> 2), 9) }
    let image = SixelImage(pixels([[SIMD3(255, 255, 255)] + ramp]))
    let text = String(decoding: image.encoded, as: UTF8.self)
    #expect(text.contains("#0;2;100;100;100#1;"))
    #expect(!text.contains("#256;"))
  }

  @Test("a PNG is read, and made no wider than the terminal")
  func reading() throws {
    let whole = try PixelSurface(png: Self.png, widest: nil).pixels()
    #expect(whole.width == 8 && whole.height == 7)
    #expect(whole.colors.first == SIMD3(255, 0, 0) && whole.colors.last == SIMD3(255, 255, 255))
    let narrow = try PixelSurface(png: Self.png, widest: 4).pixels()
    #expect(narrow.width == 4 && narrow.height == 3)
  }

  @Test("a PNG that claims more pixels than any picture has is refused before memory is taken")
  func manyPixels() {
    var png = Self.png
    png.replaceSubrange(16..<24, with: [0, 0, 0x7F, 0xFF, 0, 0, 0x7F, 0xFF])
    let error = #expect(throws: FileError.self) { try PixelSurface(png: png, widest: nil).pixels() }
    #expect(error?.description.contains("32767 x 32767 pixels, more than 67108864") == true)
  }

  @Test("what is no PNG is an error")
  func damaged() {
    #expect(throws: FileError.self) {
      try TerminalImage(png: Array("no picture".utf8)).encoded(as: .sixel, columns: 80, pixels: nil)
    }
    #expect(throws: FileError.self) {
      try TerminalImage(png: Array(Self.png.prefix(40))).encoded(as: .sixel, columns: 80, pixels: nil)
    }
  }
}
