public import ChatTemplates
import Support
public import TokenStatistics

extension ContentFindings {
  /// The names of what is counted of images, sounds and films: all of them, those with tokens, and these tokens.
  private static let (parts, counted, tokens) = ("parts", "counted", "tokens")

  /// Adds what became of the images, sounds and films of a conversation.
  mutating func add(_ media: RenderedMedia) {
    self.media[TextKey(Self.parts), default: 0] += media.parts
    if media.counted > 0 {
      self.media[TextKey(Self.counted), default: 0] += media.counted
      self.media[TextKey(Self.tokens), default: 0] += media.tokens
    }
    // Without a processor there is nothing to say of each.
    for (fault, count) in media.faults where fault != .noProcessor {
      self.media[TextKey(fault.rawValue), default: 0] += count
    }
  }

  /// What became of all images, sounds and films.
  public var renderedMedia: RenderedMedia {
    var rendered = RenderedMedia()
    rendered.parts = media[TextKey(Self.parts)] ?? 0
    rendered.counted = media[TextKey(Self.counted)] ?? 0
    rendered.tokens = media[TextKey(Self.tokens)] ?? 0
    for fault in MediaFault.allCases {
      if let count = media[TextKey(fault.rawValue)] { rendered.faults[fault] = count }
    }
    return rendered
  }
}
