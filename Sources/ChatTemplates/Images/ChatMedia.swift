public import JSON
import Support

/// The size of an image as it is shown, in pixels.
public struct ImageSize: Sendable, Hashable {
  /// Pixels from left to right.
  public let width: Int
  /// Pixels from top to bottom.
  public let height: Int

  /// The most pixels of an image; Pillow refuses larger ones as decompression bombs.
  public static let mostPixels = 178_956_970

  /// Makes a size; nil where it is that of no image that can be opened.
  public init?(width: Int, height: Int) {
    guard width > 0, height > 0, width <= Self.mostPixels, height <= Self.mostPixels / width else { return nil }
    self.width = width
    self.height = height
  }

  /// The size after a turn by a quarter.
  public var turned: ImageSize { ImageSize(width: height, height: width) ?? self }
}

/// An image, a sound or a film that belongs to a message.
public enum ChatMedia: Sendable, Hashable {
  /// An image of which the size is known.
  case image(ImageSize)
  /// An image of which the size is not known, and why.
  case unread(MediaFault)
  /// A sound, a film, or an image inside a text, none of which has a place that an image's tokens would take.
  case placeless(MediaFault)
}

/// What a part of a message's content is that is no text.
public enum MediaPart: Sendable, Hashable {
  /// An image.
  case image
  /// A sound or a film.
  case other

  /// What such parts are called.
  private static let types: Set<String> = [
    "image", "image_url", "input_image", "audio", "audio_url", "input_audio", "video", "video_url",
  ]

  /// Looks at a part: its type says it, else a member of such a name where there is no text; nil if it is a text.
  public init?(_ part: JSONObject) {
    let type: String?
    if let named = part["type"]?.stringValue {
      type = Self.types.contains(named) ? named : nil
    } else if part["text"] == nil {
      type = part.members.first { Self.types.contains($0.key) && $0.value != .null }?.key
    } else {
      type = nil
    }
    guard let type else { return nil }
    self = type.contains(bytesOf: "image") ? .image : .other
  }
}

/// Why the tokens of an image, a sound or a film cannot be told.
public enum MediaFault: String, Error, Hashable, CaseIterable {
  /// Nothing says how many tokens the model makes of an image.
  case noProcessor = "no_processor"
  /// The model's processor is none that is known.
  case otherProcessor = "other_processor"
  /// It is no image.
  case noImage = "sound_or_film"
  /// The data have it inside a text.
  case inText = "in_text"
  /// It has an address on the web.
  case onTheWeb = "on_the_web"
  /// There is no such file.
  case missing = "file_missing"
  /// The path leads out of the folder of the data.
  case outside = "file_outside"
  /// The row names none.
  case unnamed = "no_source"
  /// The bytes are no PNG, JPEG or WebP, or damaged.
  case unknownFormat = "unknown_format"
  /// The file says in a compressed part how the image is turned.
  case hiddenRotation = "hidden_rotation"
  /// The processor refuses images as narrow as this.
  case tooNarrow = "too_narrow"
  /// They claim more tokens than any model takes.
  case tooMany = "too_many"
  /// The rendered text has another number of places for images than the conversation has images.
  case noPlace = "no_place"

  /// The reason, in words that follow a number of images.
  public var reason: String {
    switch self {
    case .noProcessor: "the model has no preprocessor_config.json"
    case .otherProcessor: "the model's processor is none that is known"
    case .noImage: "sounds or films"
    case .inText: "inside a text, where the template makes no place for them"
    case .onTheWeb: "on the web, from where nothing is fetched"
    case .missing: "the file is not there"
    case .outside: "the path is absolute or leads out of the folder of the data"
    case .unnamed: "the row does not hold them"
    case .unknownFormat: "no PNG, JPEG or WebP that can be read"
    case .hiddenRotation: "turned by what a compressed part of the file says"
    case .tooNarrow: "too narrow for the processor"
    case .tooMany: "beyond 4,194,304 tokens of a conversation"
    case .noPlace: "the rendered text has another number of places"
    }
  }
}

/// What became of the images, sounds and films of a conversation.
public struct RenderedMedia: Sendable, Hashable {
  /// All of them.
  public var parts = 0
  /// Those of which the tokens are known.
  public var counted = 0
  /// The tokens of these.
  public var tokens = 0
  /// The others, by the reason.
  public var faults: [MediaFault: Int] = [:]
  /// Tokens that are no part of the rendered text, by the kind of the messages that they belong to.
  public var added: [AddedTokens] = []

  /// Tokens of one kind that are no part of the rendered text.
  public struct AddedTokens: Sendable, Hashable {
    /// What they belong to.
    public let kind: TokenKind
    /// How many there are.
    public let tokens: Int
  }

  /// Makes a record of nothing.
  public init() {}

  /// All tokens that are no part of the rendered text.
  public var addedTokens: Int { added.reduce(0) { $0 + $1.tokens } }

  /// Adds those of another conversation; what is no part of its text is left out.
  public mutating func add(_ other: RenderedMedia) {
    parts += other.parts
    counted += other.counted
    tokens += other.tokens
    for (fault, count) in other.faults { faults[fault, default: 0] += count }
  }
}
