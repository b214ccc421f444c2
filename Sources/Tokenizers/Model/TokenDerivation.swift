/// How merging makes a token from its text.
struct TokenDerivation: BitwiseCopyable {
  /// The token on the left of the merge that makes this one; the token itself where it is a symbol.
  var left: UInt32
  /// The token on the right of the merge that makes this one; the token itself where it is a symbol.
  var right: UInt32
  /// The rank of the merge that makes this token: `symbolRank` for symbols, which no merge makes, and
  /// `irregularRank` where ranks do not rise from parts to wholes on the way here.
  var rank: Int32
  /// In the low 20 bits the longest token that is a proper prefix of this one, or `noToken`; above, the length in bytes.
  var prefixAndLength: UInt32

  static let symbolRank: Int32 = -1
  static let irregularRank = Int32.max
  static let noToken: UInt32 = 1 << 20 - 1

  /// The longest token that is a proper prefix of this one, or `noToken`.
  var prefix: UInt32 { prefixAndLength & Self.noToken }
  /// The length of the token's text in bytes.
  var length: Int { Int(truncatingIfNeeded: prefixAndLength >> 20) }
}
