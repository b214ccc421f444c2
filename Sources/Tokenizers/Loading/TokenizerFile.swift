import JSON
import Support

/// The kinds of tokenizer files, told by their content.
public enum TokenizerFile: String, Hashable, Sendable, CaseIterable {
  /// A file of Hugging Face tokenizers.
  case tokenizerJSON = "tokenizer.json"
  /// A file of Mistral.
  case tekken = "tekken.json"
  /// A SentencePiece model.
  case sentencePiece = "SentencePiece"
  /// Ranks of tokens, without the pattern and the special tokens.
  case tiktoken = "tiktoken"

  /// The kind of a file; nil for something else.
  ///
  /// - Complexity: O(bytes before the model) for JSON, O(1) for others.
  public init?(_ bytes: [UInt8]) {
    let start = bytes.first { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }
    if start == UInt8(ascii: "{") {
      guard let kind = Self.kindOfJSON(bytes.span.bytes) else { return nil }
      self = kind
      return
    }
    let line = bytes.prefix(1024).prefix { $0 != UInt8(ascii: "\n") }
    let parts = line.split(separator: 0x20)
    if parts.count == 2, Base64.decode(parts[0]) != nil, Int(String(decoding: parts[1], as: UTF8.self)) != nil {
      self = .tiktoken
    } else if bytes.first == 0x0A {
      // The first field of a model, its first piece, with its length.
      self = .sentencePiece
    } else {
      return nil
    }
  }

  /// The first member that only one of the kinds has decides.
  private static func kindOfJSON(_ bytes: RawSpan) -> TokenizerFile? {
    do throws(FileError) {
      var scanner = JSONScanner(bytes)
      try scanner.beginObject()
      while let key = try scanner.nextKey() {
        if scanner.matches(key, "model") || scanner.matches(key, "added_tokens") { return .tokenizerJSON }
        if scanner.matches(key, "config") || scanner.matches(key, "vocab") { return .tekken }
        try scanner.skipValue()
      }
      return nil
    } catch {
      // What is wrong is said by the reader of the more likely kind.
      return .tokenizerJSON
    }
  }

  /// Reads the definition in a file of this kind.
  ///
  /// - Parameter spec: What a tiktoken file does not hold; nil where the file is known by its SHA-256 digest.
  /// - Throws: `TokenizerError` with the place in the file where it is damaged, or holds what is not supported.
  /// - Complexity: O(size of the file).
  public func definition(_ bytes: [UInt8], spec: TiktokenSpec? = nil) throws(TokenizerError) -> TokenizerDefinition {
    switch self {
    case .tokenizerJSON: return try TokenizerJSON.load(bytes.span.bytes)
    case .tekken: return try TekkenFile.load(bytes.span.bytes)
    case .sentencePiece: return try SentencePieceFile.load(bytes)
    case .tiktoken:
      let known = TiktokenSpec.name(of: SHA256Digest.of(bytes.span.bytes)).flatMap(TiktokenSpec.named)
      guard let spec = spec ?? known else {
        throw TokenizerError(
          "", "the file holds no pattern and is not known by its digest; say which one it needs with --tiktoken-spec")
      }
      return try TiktokenFile.load(bytes, spec: spec)
    }
  }
}

extension TiktokenSpec {
  /// Reads a specification from a JSON object with `pat_str` and `special_tokens`.
  ///
  /// - Throws: `TokenizerError` with the field that is wrong.
  public init(json bytes: [UInt8]) throws(TokenizerError) { self = try TiktokenFile.spec(bytes) }
}
