import Support

/// What is said of images, sounds and films, which are no text.
enum MediaNotice {
  /// A sentence; nil where there are none.
  ///
  /// - Parameters:
  ///   - count: how many there are.
  ///   - imageTokens: what each is counted as; 0 where it is not counted.
  ///   - isCounted: whether an option says what one is worth.
  static func text(_ count: Int, imageTokens: Int = 0, isCounted: Bool = true) -> String? {
    guard count > 0 else { return nil }
    let (parts, verb) =
      count == 1
      ? ("1 image, sound or film", "is") : ("\(NumberFormat.grouped(count)) images, sounds or films", "are")
    guard imageTokens == 0 else {
      return "\(parts) \(verb) counted as \(NumberFormat.grouped(imageTokens)) tokens each (--image-tokens)"
    }
    let owner = count == 1 ? "its" : "their"
    return "\(parts) \(verb) no text: \(owner) tokens are the processor's and not among these"
      + (isCounted ? "; --image-tokens N says what one is worth" : "")
  }
}
