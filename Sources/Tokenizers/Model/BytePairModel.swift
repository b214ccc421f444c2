import Support

/// The tables of one vocabulary, ready to read.
///
/// All workers of a tokenizer share one model; it never changes.
final class BytePairModel: @unchecked Sendable {
  // Sendable: all properties are constant and point into the image, which is never written and lives as long as this.

  private let image: TableImage
  let family: VocabularyFamily
  /// The digest of the vocabulary file.
  let digest: SHA256Digest
  let merges: MergeTable
  let trie: TokenTrie
  let derivations: UnsafePointer<TokenDerivation>
  /// The tokens of single bytes: symbols of byte-level vocabularies, fallbacks of the others.
  let byteTokens: UnsafePointer<UInt32>
  let pairFilter: UnsafePointer<UInt64>
  let splitPairs: UnsafePointer<UInt64>
  let wholeTokenEnds: UnsafePointer<UInt64>
  let asciiPairs: UnsafePointer<UInt64>
  /// `bk_free_pairs` of the kernels.
  let freePairs: UnsafeBufferPointer<UInt8>
  /// Whether a space and any ASCII letter are one token.
  let joinsSpaceAndLetter: Bool
  let addedTokens: [AddedToken]
  let matcher: AddedTokenMatcher
  /// The number of tokens in the vocabulary proper.
  let tokenCount: Int
  /// One more than the highest token.
  let vocabularySize: Int
  let beginningToken: TokenID?
  /// Whether the symbols of merging are characters; else they are bytes.
  let usesCharacters: Bool
  private let tokenOffsets: UnsafeBufferPointer<UInt32>
  private let tokenBytes: UnsafeBufferPointer<UInt8>
  private let contentOfAddedToken: [TokenID: [UInt8]]

  init(_ image: TableImage, family: VocabularyFamily, digest: SHA256Digest) {
    self.image = image
    self.family = family
    self.digest = digest
    let attributes = image.section(.attributes, of: TableImage.Attributes.self)[0]
    merges = MergeTable(
      slots: image.section(.mergeSlots, of: UInt64.self), results: image.section(.mergeResults, of: UInt32.self),
      filter: image.section(.mergeFilter, of: UInt64.self))
    trie = TokenTrie(nodes: image.section(.trie, of: UInt64.self))
    derivations = image.section(.derivations, of: TokenDerivation.self).baseAddress.unsafelyUnwrapped
    byteTokens = image.section(.byteTokens, of: UInt32.self).baseAddress.unsafelyUnwrapped
    pairFilter = image.section(.pairFilter, of: UInt64.self).baseAddress.unsafelyUnwrapped
    splitPairs = image.section(.splitPairs, of: UInt64.self).baseAddress.unsafelyUnwrapped
    wholeTokenEnds = image.section(.wholeTokenEnds, of: UInt64.self).baseAddress.unsafelyUnwrapped
    asciiPairs = image.section(.asciiPairs, of: UInt64.self).baseAddress.unsafelyUnwrapped
    freePairs = image.section(.freePairs, of: UInt8.self)
    joinsSpaceAndLetter = attributes.joinsSpaceAndLetter != 0
    tokenOffsets = image.section(.tokenOffsets, of: UInt32.self)
    tokenBytes = image.section(.tokenBytes, of: UInt8.self)
    tokenCount = Int(attributes.tokenCount)
    vocabularySize = Int(attributes.vocabularySize)
    beginningToken = attributes.beginningToken < 0 ? nil : attributes.beginningToken
    usesCharacters = attributes.usesCharacters != 0
    addedTokens = Self.addedTokens(image.section(.addedTokens, of: UInt32.self))
    matcher = AddedTokenMatcher(addedTokens)
    contentOfAddedToken = Dictionary(addedTokens.map { ($0.id, $0.content) }, uniquingKeysWith: { $1 })
  }

  private static func addedTokens(_ words: UnsafeBufferPointer<UInt32>) -> [AddedToken] {
    var tokens: [AddedToken] = []
    var position = 1
    for _ in 0..<words[0] {
      let length = Int(words[position + 1])
      let content = words[position + 2..<position + 2 + length].map { UInt8(truncatingIfNeeded: $0) }
      tokens.append(AddedToken(id: TokenID(words[position]), content: content))
      position += 2 + length
    }
    return tokens
  }

  /// The most characters of a pretoken of numbers.
  var longestNumber: Int { family == .llama3 ? 3 : 1 }

  /// The bytes that a token stands for in decoded text; nil where there is no such token.
  func decodedBytes(of token: TokenID) -> [UInt8]? {
    if token >= 0, Int(token) < tokenCount, tokenOffsets[Int(token)] < tokenOffsets[Int(token) + 1] {
      return Array(tokenBytes[Int(tokenOffsets[Int(token)])..<Int(tokenOffsets[Int(token) + 1])])
    }
    return contentOfAddedToken[token]
  }
}
