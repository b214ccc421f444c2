/// What a vocabulary file says, in one form for all families.
struct VocabularyContents {
  /// A rule that joins two adjacent tokens into one. Its rank is its position in the list: lower ranks go first.
  struct Merge {
    let left: UInt32
    let right: UInt32
    let result: UInt32
  }

  /// The symbols that merging starts from.
  enum Alphabet {
    /// Every byte is a symbol and has a token.
    case bytes
    /// Every character is a symbol; one without a token becomes its bytes' fallback tokens, which never merge.
    case characters(fallback: [TokenID])
  }

  /// The text of every token by its id, as merging sees it. Gemma's U+2581 stands as a space.
  let tokens: ByteStrings
  /// What each token means in decoded text where that differs from `tokens`.
  let decodedOverrides: [(id: TokenID, bytes: [UInt8])]
  /// The merge rules, first to apply first.
  let merges: [Merge]
  /// Tokens that are matched in raw text before anything else.
  let addedTokens: [AddedToken]
  /// The symbols that merging starts from.
  let alphabet: Alphabet
  /// Whether a whole pretoken that is a token is that token even where no merges lead to it (`ignore_merges`).
  let acceptsWholeTokens: Bool
  /// The token that begins a document where the family has one.
  let beginningToken: TokenID?
}
