import Support

extension RawSpan {
  /// The little-endian integer at `offset`.
  ///
  /// - Throws: `FileError` if it does not lie within the span; `origin` is the offset of the span in the file.
  @inline(__always)
  func integer<Value: FixedWidthInteger & BitwiseCopyable>(
    at offset: Int, origin: Int = 0, as type: Value.Type = Value.self
  ) throws(FileError) -> Value {
    guard offset >= 0, offset <= byteCount - MemoryLayout<Value>.size else {
      throw .damaged("data ends in the middle of a number", at: origin + Swift.max(0, offset))
    }
    return Value(littleEndian: unsafeLoadUnaligned(fromByteOffset: offset, as: type))
  }

  /// A copy of a range as text, with U+FFFD for what is not UTF-8.
  ///
  /// - Precondition: the range lies within the span.
  func text(_ range: Range<Int>) -> String {
    extracting(range).withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
  }
}
