/// Decodes DELTA_BYTE_ARRAY: each text is the beginning of the one before, and new bytes.
///
/// Layout: https://github.com/apache/parquet-format/blob/master/Encodings.md (DELTA_BYTE_ARRAY = 7).
struct PrefixDecoder: Sendable {
  private let prefixes: [Int64]
  private let suffixes: [Int64]
  private var next = 0
  private var position: Int
  private let end: Int
  private var last: [UInt8] = []

  init(_ range: Range<Int>, of page: RawSpan, count: Int) throws(ColumnarFileError) {
    let (prefixes, middle) = try DeltaDecoder.decode(range, of: page, limit: count, bits: 32)
    let (suffixes, start) = try DeltaDecoder.decode(middle..<range.upperBound, of: page, limit: count, bits: 32)
    guard prefixes.count == suffixes.count else {
      throw .damaged("\(prefixes.count) beginnings for \(suffixes.count) texts")
    }
    self.prefixes = prefixes
    self.suffixes = suffixes
    position = start
    end = range.upperBound
  }

  /// Adds the next `count` texts.
  mutating func decode(
    _ count: Int, from page: RawSpan, into values: inout LeafValues, pool: inout MemoryPool
  ) throws(ColumnarFileError) {
    guard count <= prefixes.count - next else { throw .damaged("values end before their page does") }
    let output = try values.extend(by: count, of: UInt64.self, pool: &pool)
    for index in 0..<count {
      let (prefix, suffix) = (prefixes[next + index], suffixes[next + index])
      guard prefix >= 0, prefix <= Int64(last.count), suffix >= 0, suffix <= Int64(end - position) else {
        throw .damaged("a text of \(prefix) and \(suffix) bytes leads beyond its page")
      }
      last.removeSubrange(Int(prefix)...)
      page.extracting(position..<position + Int(suffix)).withUnsafeBytes { last.append(contentsOf: $0) }
      position += Int(suffix)
      let target = try values.text.extend(by: last.count, pool: &pool)
      last.withUnsafeBytes { target.copyMemory(from: $0) }
      output[index] = UInt64(values.text.count)
    }
    next += count
  }
}
