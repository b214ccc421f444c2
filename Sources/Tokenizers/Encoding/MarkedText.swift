import Support

/// A text in which users' control tokens are marked, in pieces.
///
/// Source: transformers 5.23, `chat_template_utils.py`, `encode_marked_chat`.
struct MarkedText {
  /// A stretch of the text without its marks.
  struct Piece: Equatable {
    /// The bytes; never empty.
    let range: Range<Int>
    /// The token that is to be text; nil where added tokens in the text are tokens.
    let token: TokenID?
  }

  /// The pieces in order.
  let pieces: [Piece]

  /// Cuts a text at its marks.
  ///
  /// A mark without the other one is dropped, but what stands around it is not joined.
  ///
  /// - Parameter tokens: the added tokens by their texts.
  init(_ text: UnsafeRawBufferPointer, tokens: [[UInt8]: TokenID]) {
    var pieces: [Piece] = []
    var position = 0
    func close(at end: Int) {
      if position < end { pieces.append(Piece(range: position..<end, token: nil)) }
    }
    while let mark = ControlTokenMarks.next(in: text, from: position) {
      close(at: mark.place)
      position = mark.place + ControlTokenMarks.length
      guard mark.isStart, let end = ControlTokenMarks.next(in: text, from: position), !end.isStart,
        let token = tokens[Array(text[position..<end.place])]
      else { continue }
      pieces.append(Piece(range: position..<end.place, token: token))
      position = end.place + ControlTokenMarks.length
    }
    close(at: text.count)
    self.pieces = pieces
  }
}

/// Encodes texts in which users' control tokens are marked: those are text, the others are tokens.
struct MarkedTextEncoder: Sendable {
  /// A token and the offset of the first byte that it comes from.
  struct Token: Sendable, Equatable {
    let id: TokenID
    let start: Int
  }

  private let tokenizer: Tokenizer
  private let tokens: [[UInt8]: TokenID]
  /// The tokens of a newline, which is put before pieces.
  private let newline: [TokenID]

  /// - Parameter tokenizer: encodes the pieces; it knows nothing of marks.
  /// - Throws: `TokenizerError` where a newline has no tokens.
  init(_ tokenizer: Tokenizer) throws(TokenizerError) {
    self.tokenizer = tokenizer
    tokens = Dictionary(tokenizer.addedTokens.map { ($0.content, $0.id) }, uniquingKeysWith: { $1 })
    newline = try tokenizer.encode("\n")
  }

  /// Whether a text must be encoded here.
  static func isNeeded(for text: UnsafeRawBufferPointer) -> Bool { ControlTokenMarks.next(in: text) != nil }

  /// Encodes a text.
  ///
  /// Tokens of a marked text all begin where it does.
  ///
  /// - Throws: `TokenizerError` where a piece has no tokens by the definition, and where the tokenizer makes a control
  ///   token of its text, which the reference refuses too.
  func encode(_ text: UnsafeRawBufferPointer) throws(TokenizerError) -> [Token] {
    var result: [Token] = []
    for piece in MarkedText(text, tokens: tokens).pieces {
      let start = piece.range.lowerBound
      let bytes = Array(text[piece.range])
      if let token = piece.token {
        let ids = try textIDs(bytes)
        guard !ids.contains(token) else { throw .inseparableToken(bytes) }
        result += ids.map { Token(id: $0, start: start) }
      } else if start == 0 {
        result += try tokenizer.tokens(of: bytes)
      } else {
        // After a newline, so that nothing is put before the piece as before the beginning of a text.
        let tokens = try tokenizer.tokens(of: [UInt8(ascii: "\n")] + bytes)
        if tokens.map(\.id).starts(with: newline) {
          result += tokens.dropFirst(newline.count).map { Token(id: $0.id, start: start + max(0, $0.start - 1)) }
        } else {
          result += try tokenizer.tokens(of: bytes).map { Token(id: $0.id, start: start + $0.start) }
        }
      }
    }
    return result
  }

  /// The tokens of a text in which no added tokens are looked for.
  private func textIDs(_ bytes: [UInt8]) throws(TokenizerError) -> [TokenID] {
    let ids = try tokenizer.textIDs(of: [UInt8(ascii: "\n")] + bytes)
    return ids.starts(with: newline) ? Array(ids.dropFirst(newline.count)) : try tokenizer.textIDs(of: bytes)
  }
}

extension Tokenizer {
  /// The tokenizer for rendered texts in which users' control tokens stand between `ControlTokenMarks`: those are encoded
  /// as text, as transformers' `sanitize_control_tokens` does.
  ///
  /// - Throws: `TokenizerError` where a newline has no tokens.
  public func readingControlTokenMarks() throws(TokenizerError) -> Tokenizer {
    var copy = self
    copy.marked = try MarkedTextEncoder(self)
    return copy
  }

  /// Whether marks in a text mean something.
  public var readsControlTokenMarks: Bool { marked != nil }
}
