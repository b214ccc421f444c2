import Foundation
import Support
import TestSupport
import Testing

@testable import ColumnarFiles

/// The parts of the writers that decide and encode.
@Suite struct EncodingTests {
  @Test("Levels and indices are decoded as they were encoded, whatever runs they make", arguments: 0...20)
  func runLengths(_ bitWidth: Int) throws {
    var generator = SplitMix(state: UInt64(bitWidth))
    for count in [0, 1, 7, 8, 9, 15, 16, 100, 1000] {
      var values: [UInt32] = []
      while values.count < count {
        let value = UInt32.random(in: 0...(1 << UInt32(bitWidth) - 1), using: &generator)
        let length = [1, 1, 1, 2, 7, 8, 9, 30].randomElement(using: &generator) ?? 1
        values += [UInt32](repeating: value, count: min(length, count - values.count))
      }
      var bytes: [UInt8] = []
      RunLengthEncoder.encode(values, bitWidth: bitWidth, into: &bytes)
      var decoder = try RunLengthDecoder(0..<bytes.count, bitWidth: bitWidth)
      var decoded = [UInt32](repeating: .max, count: count)
      var failure: FileError?
      decoded.withUnsafeMutableBufferPointer { output in
        do throws(FileError) { try decoder.decode(into: output, from: bytes.span.bytes) } catch {
          failure = error
        }
      }
      #expect(failure == nil)
      #expect(decoded == values)
    }
  }

  /// Bounds of texts.
  private static func bounds(_ texts: [String]) -> ParquetStatistics {
    var bounds = ParquetStatistics()
    for text in texts { Array(text.utf8).withUnsafeBytes { bounds.add($0) } }
    return bounds
  }

  @Test("Short bounds are the values, long ones are shortened so that no value lies outside")
  func textBounds() throws {
    let short = Self.bounds(["b", "", "é", "a"])
    #expect(short.minimum?.bytes == [] && short.minimum?.isExact == true)
    #expect(short.maximum?.bytes == Array("é".utf8) && short.maximum?.isExact == true)
    var generator = SplitMix(state: 3)
    let scalars: [Unicode.Scalar] = ["a", "\u{7F}", "é", "\u{7FF}", "\u{D7FF}", "\u{FFFF}", "😀", "\u{10FFFF}"]
    for _ in 0..<2000 {
      var text = ""
      for _ in 0..<Int.random(in: 1...60, using: &generator) {
        text.unicodeScalars.append(scalars.randomElement(using: &generator) ?? "a")
      }
      let bytes = Array(text.utf8)
      let bounds = Self.bounds([text])
      let minimum = try #require(bounds.minimum)
      #expect(!bytes.lexicographicallyPrecedes(minimum.bytes) && minimum.bytes.count <= 64)
      #expect(minimum.isExact == (minimum.bytes == bytes))
      guard let maximum = bounds.maximum else { continue }
      #expect(!maximum.bytes.lexicographicallyPrecedes(bytes) && maximum.bytes.count <= 68)
      #expect(maximum.isExact == (maximum.bytes == bytes))
      #expect(String(validating: maximum.bytes, as: UTF8.self) != nil)
    }
    #expect(Self.bounds([String(repeating: "\u{10FFFF}", count: 20)]).maximum == nil)
  }

  @Test("Bounds of numbers leave out what is no number, and a zero has both signs")
  func numberBounds() {
    var bounds = ParquetStatistics()
    bounds.add(Double.nan)
    #expect(bounds.minimum == nil)
    bounds.add(0.0)
    #expect(bounds.minimum?.bytes == [0, 0, 0, 0, 0, 0, 0, 0x80])
    #expect(bounds.maximum?.bytes == [0, 0, 0, 0, 0, 0, 0, 0])
    var integers = ParquetStatistics()
    integers.add(Int64(-1))
    integers.add(Int64(258))
    #expect(integers.minimum?.bytes == [UInt8](repeating: 255, count: 8))
    #expect(integers.maximum?.bytes == [2, 1, 0, 0, 0, 0, 0, 0])
  }

  @Test("A dictionary numbers values in the order of their appearance")
  func dictionary() {
    var dictionary = DictionaryBuilder()
    for round in 0..<2 {
      for value in 0..<5000 {
        let index = withUnsafeBytes(of: Int64(value * 31)) { dictionary.index(of: $0) }
        #expect(index == UInt32(value), "round \(round)")
      }
    }
    #expect(dictionary.count == 5000 && dictionary.bitWidth == 13)
    #expect(dictionary.plain.count == 40_000)
  }

  @Test("A dictionary is given up where it does not pay, and in mid-chunk where it grows too large")
  func dictionaryPolicy() throws {
    let path = NSTemporaryDirectory() + "tokenstats-\(UUID().uuidString).parquet"
    defer { try? FileManager.default.removeItem(atPath: path) }
    let schema = Schema([Field("late", .utf8), Field("unique", .utf8), Field("few", .utf8)])
    var writer = try ParquetWriter(path: path, schema: schema)
    var expected: [String] = []
    for start in stride(from: 0, to: 12_000, by: 1000) {
      var (late, unique, few) = (UTF8Builder(), UTF8Builder(), UTF8Builder())
      for row in start..<start + 1000 {
        // Repeats for the first pages, then never again.
        try late.append(String(repeating: "x", count: 300) + "\(row < 4000 ? row % 10 : row)")
        try unique.append(String(repeating: "y", count: 300) + "\(row)")
        try few.append("value \(row % 7)")
      }
      let batch = try RecordBatch(
        schema: schema, columns: [late.finish(), unique.finish(), few.finish()], rowCount: 1000)
      try writer.write(batch)
      expected += (0..<1000).map { TableText.row(batch, $0) }
    }
    _ = try writer.finish()
    #expect(try TableText.rows(path) == expected)
    let footer = try ParquetFooter(try InputFile(path), limits: Limits())
    let hasDictionary = footer.rowGroups[0].chunks.map { $0.dictionaryOffset != nil }
    #expect(hasDictionary == [true, false, true])
    let late = footer.rowGroups[0].chunks[0]
    let uncompressedSize = 12_000 * 300
    #expect(late.compressedSize < uncompressedSize)
  }
}
