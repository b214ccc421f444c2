import CTokenizerKernels

/// Normalization form C with the data of Unicode 9, as the reference's normalizer has it.
///
/// Only dirty windows are rewritten: a window begins at a code point that nothing before it can change, and ends
/// before the next such code point. All functions take time linear in the bytes of the text, whatever it holds. Bytes
/// that are not UTF-8 are kept as they are and never join a window.
enum Normalizer {
  /// Returns true if normalization would leave the text as it is.
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

  /// Writes the normalized text over the contents of `result`.
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

/// Finds the windows of a text that the quick check cannot pass.
///
/// The text must outlive the scanner. The corresponding algorithm is the quick check of Unicode Standard Annex 15.
struct NormalizationScanner {
  private let bytes: UnsafeRawBufferPointer
  private var offset = 0

  init(_ bytes: UnsafeRawBufferPointer) {
    self.bytes = bytes
  }

  /// Returns the next range of bytes that may change, or nil at the end of the text.
  mutating func nextDirtyWindow() -> Range<Int>? {
    while let start = skipToMark() {
      if !skipMarks() {
        return start..<offset
      }
    }
    return nil
  }

  /// Moves to the next code point that normalization may change, depending on what is around it.
  ///
  /// - Returns: The start of the code point before it, which it may change, or nil at the end of the text.
  private mutating func skipToMark() -> Int? {
    var previous = offset
    while offset < bytes.count {
      if bytes[offset] < 0x80 {
        skipASCII()
        previous = offset - 1
        continue
      }
      let scalar = UTF8Scalar(in: bytes, at: offset)
      if unicode_nfc_row(scalar.value) > 1 {
        return previous
      }
      // Nothing joins a malformed byte, so a window may begin after it.
      previous = scalar.value == UTF8Scalar.malformed ? offset + 1 : offset
      offset += scalar.length
    }
    return nil
  }

  private mutating func skipASCII() {
    while bytes.count - offset >= 8,
      bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self) & 0x8080_8080_8080_8080 == 0
    {
      offset += 8
    }
    while offset < bytes.count, bytes[offset] < 0x80 {
      offset += 1
    }
  }

  /// Moves past the marks and other dependent code points at the current offset.
  ///
  /// - Returns: True if they are in canonical order and none of them may compose or decompose.
  private mutating func skipMarks() -> Bool {
    var isClean = true
    var lastClass: UInt8 = 0
    while offset < bytes.count {
      let scalar = UTF8Scalar(in: bytes, at: offset)
      let row = unicode_nfc_row(scalar.value)
      if row <= 1 {
        break
      }
      let trait = unicode_nfc_trait_of(scalar.value)
      let isOrdered = trait.combining_class == 0 || trait.combining_class >= lastClass
      isClean = isClean && isOrdered && trait.check == UInt8(UNICODE_NFC_YES.rawValue)
      lastClass = trait.combining_class
      offset += scalar.length
    }
    return isClean
  }
}
