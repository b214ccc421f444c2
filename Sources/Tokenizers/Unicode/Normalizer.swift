import CTokenizerKernels

/// Normalisation form C with the data of Unicode 9, as the reference's normaliser has it.
///
/// Only dirty windows are rewritten: a window begins at a code point that nothing before it can change, and ends
/// before the next such code point. All functions take time linear in the bytes of the text, whatever it holds. Bytes
/// that are no UTF-8 are kept as they are and never join a window.
enum Normalizer {
  /// Returns true if normalisation would leave the text as it is.
  static func isNormalized(_ text: RawSpan) -> Bool {
    text.withUnsafeBytes { bytes in
      var scanner = NormalizationScanner(bytes)
      guard let first = scanner.nextDirtyWindow() else { return true }
      var window = NormalizationWindow()
      var normalized: [UInt8] = []
      var next: Range<Int>? = first
      while let dirty = next {
        window.load(bytes, dirty)
        window.normalize()
        normalized.removeAll(keepingCapacity: true)
        window.appendUTF8(to: &normalized)
        guard normalized.elementsEqual(bytes[dirty]) else { return false }
        next = scanner.nextDirtyWindow()
      }
      return true
    }
  }

  /// Writes the normalised text over the contents of `result`.
  ///
  /// - Parameters:
  ///   - text: UTF-8; malformed bytes are copied.
  ///   - result: Overwritten; its storage is reused.
  ///   - alignment: If not nil, overwritten with the source offset of every byte of the result: the first byte of the
  ///     code point that the byte's code point comes from, a composite from its first part. Offsets never decrease:
  ///     where marks change places, the offsets stay in the order of the text.
  static func normalizeNFC(_ text: RawSpan, into result: inout [UInt8], alignment: inout [Int]?) {
    result.removeAll(keepingCapacity: true)
    alignment?.removeAll(keepingCapacity: true)
    text.withUnsafeBytes { bytes in
      var scanner = NormalizationScanner(bytes)
      var window = NormalizationWindow()
      var copied = 0
      while let dirty = scanner.nextDirtyWindow() {
        copy(bytes, copied..<dirty.lowerBound, into: &result, alignment: &alignment)
        copied = dirty.upperBound
        if alignment == nil, NormalizationWindow.appendPair(bytes, dirty, to: &result) { continue }
        window.load(bytes, dirty)
        window.normalize()
        window.appendUTF8(to: &result)
        window.appendSources(to: &alignment)
      }
      copy(bytes, copied..<bytes.count, into: &result, alignment: &alignment)
    }
  }

  private static func copy(
    _ bytes: UnsafeRawBufferPointer, _ range: Range<Int>, into result: inout [UInt8], alignment: inout [Int]?
  ) {
    result.append(contentsOf: bytes[range])
    guard alignment != nil else { return }
    var offset = range.lowerBound
    while offset < range.upperBound {
      let length = UTF8Scalar(in: bytes, at: offset).length
      alignment?.append(contentsOf: repeatElement(offset, count: length))
      offset += length
    }
  }
}
