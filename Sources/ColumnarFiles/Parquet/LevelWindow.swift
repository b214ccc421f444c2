/// Definition and repetition levels that were decoded ahead, because only the next row's first level tells that a row
/// is over.
struct LevelWindow: Sendable {
  private(set) var definitions: [UInt8] = []
  private(set) var repetitions: [UInt8] = []
  /// Number of levels that were taken.
  var position = 0
  /// Number of levels that were decoded.
  private(set) var count = 0

  /// How many levels are decoded at once.
  static let size = 1024

  var isEmpty: Bool { position == count }

  /// Decodes the next levels; without a decoder all are 0.
  mutating func fill(
    _ wanted: Int, _ definition: inout RunLengthDecoder?, _ repetition: inout RunLengthDecoder?, from page: RawSpan,
    _ leaf: ParquetLeaf
  ) throws(ColumnarFileError) {
    count = min(wanted, Self.size)
    position = 0
    try Self.decode(&definition, count, into: &definitions, from: page, limit: leaf.definition)
    try Self.decode(&repetition, count, into: &repetitions, from: page, limit: leaf.repetition)
  }

  private static func decode(
    _ decoder: inout RunLengthDecoder?, _ count: Int, into levels: inout [UInt8], from page: RawSpan, limit: Int
  ) throws(ColumnarFileError) {
    if levels.count < size { levels = [UInt8](repeating: 0, count: size) }
    guard decoder != nil else { return }
    var failure: ColumnarFileError?
    var highest: UInt8 = 0
    levels.withUnsafeMutableBufferPointer { levels in
      let output = UnsafeMutableBufferPointer(rebasing: levels[..<count])
      do throws(ColumnarFileError) { try decoder?.decode(into: output, from: page) } catch { failure = error }
      for level in output { highest = max(highest, level) }
    }
    if let failure { throw failure }
    guard highest <= limit else { throw .damaged("a level of \(highest) where \(limit) is the highest") }
  }

  /// Forgets what was decoded.
  mutating func reset() {
    position = 0
    count = 0
    definitions.removeAll(keepingCapacity: true)
    repetitions.removeAll(keepingCapacity: true)
  }
}
