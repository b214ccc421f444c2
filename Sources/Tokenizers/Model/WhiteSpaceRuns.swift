/// The longest runs of white space that are one token, in a vocabulary that merges characters.
///
/// Such text is cut around runs of white space and around digits. The conditions that make this exact are checked in
/// the vocabulary: no token holds a digit, a newline or a tab together with other characters, or a space after another
/// character; runs of newlines and tabs are added tokens; and merging divides a run of spaces into the longest tokens
/// and a rest, which joins the word after it only if it is one space.
struct WhiteSpaceRuns: Hashable, Sendable {
  /// Of U+0020.
  private(set) var space = 0
  /// Of U+000A.
  private(set) var newline = 0
  /// Of U+0009.
  private(set) var tab = 0

  private static let space = UInt8(ascii: " ")
  /// The vector code detects only longer runs.
  private static let shortest = 31

  /// No runs, for vocabularies that merge bytes.
  init() {}

  init(space: Int, newline: Int, tab: Int) {
    (self.space, self.newline, self.tab) = (space, newline, tab)
  }

  /// Looks up the runs of a vocabulary.
  ///
  /// - Parameter reachable: The tokens that merging makes.
  /// - Throws: `TokenizerError` if text cannot be cut around white space and digits.
  init(_ plan: BytePairPlan, reachable: [Int]) throws(TokenizerError) {
    newline = try Self.longestAddedRun(of: UInt8(ascii: "\n"), in: plan.addedTokens)
    tab = try Self.longestAddedRun(of: UInt8(ascii: "\t"), in: plan.addedTokens)
    guard !plan.addedTokens.contains(where: { $0.content.first == Self.space }) else {
      throw .noFastPath("an added token begins with a space")
    }
    var spaceRuns: Set<Int> = []
    for token in reachable {
      let text = plan.tokens[token]
      if text.allSatisfy({ $0 == Self.space }) {
        spaceRuns.insert(text.count)
      } else if text.count > 1 {
        try Self.check(text)
      }
    }
    space = spaceRuns.max() ?? 0
    guard space >= Self.shortest, spaceRuns.count == space else {
      throw .noFastPath("some short run of spaces is not one token")
    }
    try Self.checkOrder(of: plan.merges, in: plan.tokens, reachable: Set(reachable))
  }

  /// Makes sure that spaces merge with spaces before any merges with a word.
  ///
  /// Then a run is merged as if it were alone. Its rest merges with nothing: no token holds two spaces and something
  /// else.
  private static func checkOrder(of merges: [BytePairPlan.Merge], in tokens: ByteStrings, reachable: Set<Int>)
    throws(TokenizerError)
  {
    var (lastOfSpaces, firstOfWords) = (UInt32.min, UInt32.max)
    for merge in merges where reachable.contains(Int(merge.result)) && tokens[Int(merge.result)].first == Self.space {
      if tokens[Int(merge.result)].last == Self.space {
        lastOfSpaces = max(lastOfSpaces, merge.rank)
      } else if tokens[Int(merge.left)].count == 1 {
        firstOfWords = min(firstOfWords, merge.rank)
      }
    }
    guard lastOfSpaces < firstOfWords else {
      throw .noFastPath("a space merges with a word before it merges with spaces")
    }
  }

  /// The longest run of a character, all shorter ones of which are added tokens too.
  private static func longestAddedRun(of byte: UInt8, in addedTokens: [AddedToken]) throws(TokenizerError) -> Int {
    var runs: Set<Int> = [1]
    for token in addedTokens where token.content.first == byte {
      guard token.content.allSatisfy({ $0 == byte }) else {
        throw .noFastPath("an added token holds white space and something else")
      }
      runs.insert(token.content.count)
    }
    let longest = runs.max() ?? 0
    guard longest >= shortest, runs.count == longest else {
      throw .noFastPath("some short run of newlines or tabs is not an added token")
    }
    return longest
  }

  /// Looks for characters that a token must not hold together with others.
  private static func check(_ text: ArraySlice<UInt8>) throws(TokenizerError) {
    for (index, byte) in zip(text.indices, text) {
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"):
        throw .noFastPath("a token holds a digit beside another character")
      case Self.space where index > text.startIndex:
        throw .noFastPath("a token holds a space after another character")
      case UInt8(ascii: "\n"), UInt8(ascii: "\t"):
        guard text.allSatisfy({ $0 == byte }) else {
          throw .noFastPath("a token holds a newline or tab beside another character")
        }
      default: break
      }
    }
  }

  /// Makes sure that merging takes the longest runs from the left of a longer one.
  ///
  /// A sequence of tokens is the result of merging if each two neighbors are the result for their text, so pairs are
  /// tried.
  func verify(_ tables: ModelTables) throws(TokenizerError) {
    var encoder = PretokenEncoder(tables)
    let runs = tables.spaceRunTokens.map { UInt32(bitPattern: $0) }
    for length in 1...space where !encoder.mayFollow(runs[space], runs[length]) {
      throw .noFastPath("merging does not cut runs of spaces from the left")
    }
  }
}
