public import Support

extension FileError {
  /// Makes the error of bytes that are not a JSON document.
  ///
  /// - Parameters:
  ///   - reason: What is wrong.
  ///   - offset: Where it is wrong: bytes from the start of the document.
  public init(notJSON reason: String, offset: Int) {
    self.init(.damaged, reason, offset: offset, sentence: "not valid JSON at byte \(offset): \(reason)")
  }
}
