import ChatTemplates
import Support

/// What is said of images, sounds and films, which are no text.
enum MediaNotice {
  /// A sentence; nil where there are none.
  ///
  /// - Parameters:
  ///   - media: what became of them.
  ///   - each: what each was counted as by the user's word; nil where the processor decides.
  ///   - isCounted: whether an option says what one is worth.
  static func text(_ media: RenderedMedia, each: Int?, isCounted: Bool = true) -> String? {
    guard media.parts > 0 else { return nil }
    let (parts, verb) =
      media.parts == 1
      ? ("1 image, sound or film", "is") : ("\(NumberFormat.grouped(media.parts)) images, sounds or films", "are")
    if let each, media.counted == media.parts {
      return "\(parts) \(verb) counted as \(NumberFormat.grouped(each)) tokens each (--image-tokens)"
    }
    let tokens = "\(NumberFormat.grouped(media.tokens)) token\(media.tokens == 1 ? "" : "s")"
    if media.counted == media.parts {
      return "\(parts) \(media.parts == 1 ? "has" : "have") \(tokens) among these"
    }
    let advice = isCounted ? "; --image-tokens N says what one is worth" : ""
    let reasons = MediaFault.allCases.compactMap { fault in
      media.faults[fault].map { "\(NumberFormat.grouped($0)) (\(fault.reason))" }
    }
    if media.counted > 0 {
      return "\(NumberFormat.grouped(media.counted)) of \(parts) have \(tokens) among these; the others' are the "
        + "processor's and not among them: \(reasons.joined(separator: ", "))\(advice)"
    }
    let owner = media.parts == 1 ? "its" : "their"
    let isOldStory = media.faults.keys.allSatisfy { $0 == .noProcessor }
    return "\(parts) \(verb) no text: \(owner) tokens are the processor's and not among these"
      + (isOldStory ? "" : ": \(reasons.joined(separator: ", "))") + advice
  }
}
