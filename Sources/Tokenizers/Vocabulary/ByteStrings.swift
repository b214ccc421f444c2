/// Many byte strings in one allocation, addressed by their position.
public struct ByteStrings: Hashable, Sendable {
  /// The bytes of all strings, one after the other.
  public private(set) var bytes: [UInt8] = []
  /// Where each string begins, and at the end where the last one ends.
  public private(set) var offsets: [UInt32] = [0]

  /// Makes an empty list of strings.
  public init() {}

  /// The number of strings.
  public var count: Int { offsets.count - 1 }

  /// The range of string `index` in `bytes`.
  public func range(_ index: Int) -> Range<Int> { Int(offsets[index])..<Int(offsets[index + 1]) }

  /// The bytes of string `index`.
  public subscript(index: Int) -> ArraySlice<UInt8> { bytes[range(index)] }

  /// Adds a string at the end.
  public mutating func append(_ string: some Sequence<UInt8>) {
    bytes.append(contentsOf: string)
    offsets.append(UInt32(truncatingIfNeeded: bytes.count))
  }
}
