import CTokenizerKernels
import Support

/// The tables that a definition was compiled to, ready to read.
///
/// All workers of a tokenizer share them; they never change.
final class ModelTables: @unchecked Sendable {
  // Sendable: all properties are constant and point into the image, which is never written and lives as long as this.

  /// Facts that are in no table.
  struct Attributes: BitwiseCopyable {
    /// The number of tokens in the vocabulary proper.
    var tokenCount: UInt32
    /// One more than the highest token.
    var vocabularySize: UInt32
    /// The raw value of `PretokenRules`; 0 if merging joins characters and text is cut at white space.
    var rules: UInt32
    /// Whether text between added tokens is normalized to form C: 0 or 1, like the following.
    var normalizes: UInt32
    var ignoreMerges: UInt32
    /// Whether a space and any ASCII letter are one token.
    var joinsSpaceAndLetter: UInt32
    /// Whether all numbers of ASCII digits that can be pre-tokens are tokens.
    var numbersAreTokens: UInt32
    /// The longest runs that are one token, in characters, where merging joins characters.
    var longestSpaceRun: UInt32
    var longestNewlineRun: UInt32
    var longestTabRun: UInt32
    /// The raw value of `SpacePrefix`.
    var spacePrefix: UInt32
    /// Whether a space at the start of decoded text is left out: 0 or 1.
    var stripsSpace: UInt32
  }

  private let image: TableImage
  let merges: MergeTable
  let trie: TokenTrie
  let derivations: UnsafePointer<TokenDerivation>
  /// The tokens of single bytes: symbols where bytes merge, else what a byte of an unknown character becomes.
  let byteTokens: UnsafePointer<UInt32>
  let pairFilter: UnsafePointer<UInt64>
  let splitPairs: UnsafePointer<UInt64>
  let wholeTokenEnds: UnsafePointer<UInt64>
  let asciiPairs: UnsafePointer<UInt64>
  /// `bk_free_pairs` of the kernels.
  let freePairs: UnsafeBufferPointer<UInt8>
  /// Whether a space and any ASCII letter are one token.
  let joinsSpaceAndLetter: Bool
  /// Whether all numbers of ASCII digits that can be pre-tokens are tokens.
  let numbersAreTokens: Bool
  let addedTokens: [AddedToken]
  let matcher: AddedTokenMatcher
  /// The number of tokens in the vocabulary proper.
  let tokenCount: Int
  /// One more than the highest token.
  let vocabularySize: Int
  /// What is put around the tokens of a text if special tokens are asked for.
  let specialTokens: SpecialTokens
  /// Whether the symbols of merging are characters; else they are bytes.
  let mergesCharacters: Bool
  /// Whether text between added tokens is normalized to form C.
  let normalizes: Bool
  /// How text is cut where bytes merge.
  let rules: PretokenRules
  /// Whether a whole pre-token that is a token is that token even if no merges lead to it.
  let ignoreMerges: Bool
  /// The longest runs of white space that are one token, where characters merge and text is cut around them.
  let runs: WhiteSpaceRuns
  /// Whether text is cut around runs of white space, where characters merge; else only where no token can be.
  var hasRuns: Bool { runs.space > 0 }
  /// Where a space is put before text.
  let spacePrefix: SpacePrefix
  private let stripsSpace: Bool
  /// The tokens that stand for a byte of an unknown character, where characters merge.
  private let fallbackTokens: Set<UInt32>
  /// How the kernels find pre-tokens, flags of `bk_pretoken_options`, where bytes merge.
  let kernelOptions: UInt32
  /// Classes that only some rules tell apart.
  let furtherClasses: FurtherClasses?
  /// Bytes that no token stands for and that leave nothing behind, where bytes merge.
  let unknownBytes: ByteSet
  /// Whether text may hold such bytes.
  let lacksBytes: Bool
  private let tokenOffsets: UnsafeBufferPointer<UInt32>
  private let tokenBytes: UnsafeBufferPointer<UInt8>

  init(_ image: TableImage) {
    self.image = image
    let attributes = image.section(.attributes, of: Attributes.self)[0]
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
    tokenOffsets = image.section(.tokenOffsets, of: UInt32.self)
    tokenBytes = image.section(.tokenBytes, of: UInt8.self)
    tokenCount = Int(attributes.tokenCount)
    vocabularySize = Int(attributes.vocabularySize)
    mergesCharacters = attributes.rules == 0
    rules = PretokenRules(rawValue: attributes.rules) ?? .threeNumbers
    normalizes = attributes.normalizes != 0
    ignoreMerges = attributes.ignoreMerges != 0
    joinsSpaceAndLetter = attributes.joinsSpaceAndLetter != 0
    numbersAreTokens = attributes.numbersAreTokens != 0
    runs = WhiteSpaceRuns(
      space: Int(attributes.longestSpaceRun), newline: Int(attributes.longestNewlineRun),
      tab: Int(attributes.longestTabRun))
    spacePrefix = SpacePrefix(rawValue: attributes.spacePrefix) ?? .none
    stripsSpace = attributes.stripsSpace != 0
    let (fallback, known) = (byteTokens, derivations)
    // The name of such a token has six characters.
    fallbackTokens =
      mergesCharacters ? Set((0..<256).map { fallback[$0] }.filter { known[Int($0)].length == 6 }) : []
    let probing = mergesCharacters || numbersAreTokens ? 0 : BK_PRETOKENS_PROBE_NUMBERS.rawValue
    kernelOptions = rules.kernelOptions | probing
    furtherClasses = mergesCharacters ? nil : FurtherClasses(rules)
    let symbols = byteTokens
    unknownBytes = ByteSet((UInt8.min...UInt8.max).filter { symbols[Int($0)] == TokenDerivation.noToken })
    lacksBytes = BytePairPlan.bytesOfText.contains { symbols[Int($0)] == TokenDerivation.noToken }
    specialTokens = Self.specialTokens(image.section(.specialTokens, of: UInt32.self))
    addedTokens = Self.addedTokens(image.section(.addedTokens, of: UInt32.self))
    matcher = AddedTokenMatcher(addedTokens)
  }

  private static func addedTokens(_ words: UnsafeBufferPointer<UInt32>) -> [AddedToken] {
    var tokens: [AddedToken] = []
    var position = 1
    for _ in 0..<words[0] {
      let length = Int(words[position + 2])
      let content = words[position + 3..<position + 3 + length].map { UInt8(truncatingIfNeeded: $0) }
      let spaces = AddedTokenSpaces(rawValue: words[position + 1])
      tokens.append(
        AddedToken(
          id: TokenID(words[position]), content: content, lstrip: spaces.contains(.before),
          rstrip: spaces.contains(.after)))
      position += 3 + length
    }
    return tokens
  }

  private static func specialTokens(_ words: UnsafeBufferPointer<UInt32>) -> SpecialTokens {
    let count = Int(words[0])
    let ids = words.map { TokenID(bitPattern: $0) }
    return SpecialTokens(before: Array(ids[1..<1 + count]), after: Array(ids[(2 + count)...]))
  }

  /// The bytes of a token in decoded text; nil if there is no such token.
  func decodedBytes(of token: TokenID) -> [UInt8]? {
    guard token >= 0, Int(token) < vocabularySize, tokenOffsets[Int(token)] < tokenOffsets[Int(token) + 1] else {
      return nil
    }
    return Array(tokenBytes[Int(tokenOffsets[Int(token)])..<Int(tokenOffsets[Int(token) + 1])])
  }

  /// The bytes of tokens in decoded text; tokens that do not exist have none.
  func decodedBytes(of tokens: [TokenID]) -> [UInt8] {
    var bytes: [UInt8] = []
    // The bytes of unknown characters, which become U+FFFD, each of them, where they are no characters.
    var pending: [UInt8] = []
    func flush() {
      guard !pending.isEmpty else { return }
      if pending.withUnsafeBufferPointer({ UTF8Repair.isValid($0) }) {
        bytes += pending
      } else {
        for _ in pending { bytes += [0xEF, 0xBF, 0xBD] }
      }
      pending = []
    }
    for token in tokens {
      guard let decoded = decodedBytes(of: token) else { continue }
      if fallbackTokens.contains(UInt32(bitPattern: token)) {
        pending += decoded
      } else {
        flush()
        bytes += decoded
      }
    }
    flush()
    return stripsSpace && bytes.first == UInt8(ascii: " ") ? Array(bytes.dropFirst()) : bytes
  }

  /// The token of a run of spaces, by length; -1 for none, and no tokens if bytes merge.
  var spaceRunTokens: [TokenID] {
    guard mergesCharacters, hasRuns else { return [] }
    let spaces = [UInt8](repeating: UInt8(ascii: " "), count: runs.space)
    return spaces.withUnsafeBufferPointer { buffer in
      (0...runs.space).map { length in
        guard length > 0, let base = buffer.baseAddress else { return -1 }
        return TokenID(bitPattern: trie.match(base, from: 0, to: length).whole)
      }
    }
  }
}
