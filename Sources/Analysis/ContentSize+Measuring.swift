extension ContentSize {
  /// Adds the bytes of one content; every byte that does not continue a scalar begins one.
  mutating func add(_ text: RawSpan) {
    bytes += text.byteCount
    characters += text.withUnsafeBytes { bytes in
      var starts = 0
      for byte in bytes where byte & 0xC0 != 0x80 { starts &+= 1 }
      return starts
    }
  }
}
