/// Many byte strings in one allocation, addressed by their position.
struct ByteStrings: Sendable {
  /// The bytes of all strings, one after the other.
  private(set) var bytes: [UInt8] = []
  /// Where each string begins, and at the end where the last one ends.
  private(set) var offsets: [UInt32] = [0]

  /// The number of strings.
  var count: Int { offsets.count - 1 }

  /// The range of string `index` in `bytes`.
  func range(_ index: Int) -> Range<Int> { Int(offsets[index])..<Int(offsets[index + 1]) }

  /// The bytes of string `index`.
  subscript(index: Int) -> ArraySlice<UInt8> { bytes[range(index)] }

  /// Adds a string at the end.
  mutating func append(_ string: some Sequence<UInt8>) {
    bytes.append(contentsOf: string)
    offsets.append(UInt32(truncatingIfNeeded: bytes.count))
  }
}
