extension Tokenizer {
  /// What the tokenizer is, in words that stay the same: its model and what that works on, as in `BPE, byte level`.
  public var className: String {
    guard let tables else { return definition.map(Self.className) ?? "" }
    return Self.joined("BPE", tables.mergesCharacters ? "byte fallback" : "byte level", tables.normalizes ? "NFC" : nil)
  }

  private static func className(of definition: TokenizerDefinition) -> String {
    switch definition.model {
    case .bpe(let model):
      joined(
        "BPE", model.mergesBytes || writesBytes(definition) ? "byte level" : nil,
        model.byteFallback ? "byte fallback" : nil)
    case .unigram(let model): joined("Unigram", model.byteFallback ? "byte fallback" : nil)
    case .wordPiece: "WordPiece"
    case .wordLevel: "WordLevel"
    case .sentencePiece(let model):
      joined("SentencePiece \(model.algorithm.name)", model.byteFallback ? "byte fallback" : nil)
    }
  }

  /// Whether bytes are written as characters before the model sees them.
  private static func writesBytes(_ definition: TokenizerDefinition) -> Bool {
    let cuts = definition.preTokenizer?.steps ?? []
    return definition.normalizer?.steps.contains(.byteLevel) ?? false
      || cuts.contains { if case .byteLevel = $0 { true } else { false } }
  }

  private static func joined(_ parts: String?...) -> String { parts.compactMap(\.self).joined(separator: ", ") }
}
