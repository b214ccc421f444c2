import CTokenizerKernels

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

  /// Moves to the next code point that is not left alone wherever it stands.
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

  /// Moves behind the marks and other dependent code points at the current offset.
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
