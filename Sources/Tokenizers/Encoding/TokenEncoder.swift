/// Encodes texts one after another, and remembers the tokens of the words in them.
///
/// It belongs to one thread. What it has seen never changes a result.
public struct TokenEncoder: ~Copyable {
  private var compiled: TextEncoder?
  private let reference: ReferenceTokenizer?
  /// What encodes texts with marks; nil where they are characters like any other.
  private let marked: MarkedTextEncoder?

  init(_ tables: ModelTables, marked: MarkedTextEncoder?) {
    compiled = TextEncoder(tables)
    reference = nil
    self.marked = marked
  }

  init(_ reference: ReferenceTokenizer, marked: MarkedTextEncoder?) {
    compiled = nil
    self.reference = reference
    self.marked = marked
  }

  /// Encodes UTF-8 text as `Tokenizer.encode(_:)` does.
  ///
  /// - Throws: `TokenizerError` if the text has no tokens by the definition; never if there is a fast path.
  /// - Complexity: O(length of the text).
  public mutating func encode(_ text: RawSpan) throws(TokenizerError) -> [TokenID] {
    try text.withUnsafeBytes { bytes throws(TokenizerError) in
      if let marked, MarkedTextEncoder.isNeeded(for: bytes) { return try marked.encode(bytes).map(\.id) }
      let bytes = bytes.assumingMemoryBound(to: UInt8.self)
      if let reference { return try reference.encode(bytes).map(\.id) }
      compiled?.encode(bytes)
      return compiled?.ids ?? []
    }
  }

  /// Encodes UTF-8 text and counts the tokens between borders, as ``TokenCounter/count(_:borders:into:)`` does.
  ///
  /// - Returns: The tokens; nil where that takes more than one pass: without a fast path, where control tokens are marked,
  ///   and for text that is not UTF-8. `counts` are not changed then.
  /// - Complexity: O(length of the text).
  public mutating func encode(_ text: RawSpan, borders: [Int], into counts: inout [Int]) -> [TokenID]? {
    guard compiled != nil, marked == nil else { return nil }
    let isRepaired = text.withUnsafeBytes { bytes in
      compiled?.encode(bytes.assumingMemoryBound(to: UInt8.self))
      return compiled?.hasRepaired ?? true
    }
    guard !isRepaired else { return nil }
    var counter = BorderCounter(borders)
    if let starts = compiled?.starts { for start in starts { counter.add(1, at: start) } }
    counts = counter.counts
    return compiled?.ids
  }
}
