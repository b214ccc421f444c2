/// Searches for a text inside another one by its UTF-8 bytes.
///
/// The standard library's own searches (`contains(_: String)`, `ranges(of:)`, `split(separator: String)`) compare characters
/// that Unicode calls equal, and bring the engine of regular expressions into each program that uses one of them: a megabyte
/// of code, which the C library and the wheel are better without.
extension StringProtocol {
  /// Whether `part` occurs, byte for byte.
  ///
  /// - Complexity: O(*n* · *m*), where *n* and *m* are the bytes of the text and of `part`.
  public func contains(bytesOf part: String) -> Bool {
    firstRange(ofBytes: part) != nil
  }

  /// Where `part` occurs first, byte for byte.
  ///
  /// - Complexity: O(*n* · *m*), where *n* and *m* are the bytes of the text and of `part`.
  public func firstRange(ofBytes part: String) -> Range<Index>? {
    guard let first = part.utf8.first else { return startIndex..<startIndex }
    var rest = utf8[...]
    while let start = rest.firstIndex(of: first) {
      rest = rest[start...]
      if rest.starts(with: part.utf8) {
        return start..<rest.index(start, offsetBy: part.utf8.count)
      }
      rest = rest.dropFirst()
    }
    return nil
  }

  /// The pieces between the places where `separator` occurs, empty ones too; one more than there are places.
  ///
  /// - Precondition: `separator` is not empty.
  /// - Complexity: O(*n* · *m*), where *n* and *m* are the bytes of the text and of `separator`.
  public func split(atBytesOf separator: String) -> [SubSequence] {
    precondition(!separator.isEmpty)
    var pieces: [SubSequence] = []
    var start = startIndex
    while let range = self[start...].firstRange(ofBytes: separator) {
      pieces.append(self[start..<range.lowerBound])
      start = range.upperBound
    }
    pieces.append(self[start...])
    return pieces
  }
}
