import Support

/// Turns the plan of a vocabulary file into the tables that encoding and counting read.
struct ModelCompiler {
  private let plan: BytePairPlan
  private let slots: [UInt64]
  private let filter: [UInt64]
  private let results: [UInt32]
  private let index: ByteStringIndex
  private var derivations: [TokenDerivation] = []

  /// Builds the image of a definition's tables.
  ///
  static func compile(_ plan: BytePairPlan) -> TableImage {
    var compiler = ModelCompiler(plan)
    compiler.derive()
    // Where runs of white space are tokens and no space is put before text, less has to be looked up.
    if plan.preTokenization == .spaceMarks(.none) {
      let reachable = compiler.derivations.indices.filter { compiler.isReachable($0) }
      do throws(TokenizerError) {
        let runs = try WhiteSpaceRuns(plan, reachable: reachable)
        let image = compiler.image(runs: runs)
        try runs.verify(ModelTables(image))
        return image
      } catch {
        // Text is cut where no token can be, and nowhere else.
      }
    }
    return compiler.image(runs: WhiteSpaceRuns())
  }

  private init(_ plan: BytePairPlan) {
    self.plan = plan
    slots = MergeTable.slots(for: plan.merges)
    filter = MergeTable.filter(for: plan.merges)
    results = Self.results(of: plan.merges)
    index = ByteStringIndex(plan.tokens)
  }

  /// The result of each rank.
  private static func results(of merges: [BytePairPlan.Merge]) -> [UInt32] {
    var results: [UInt32] = []
    for merge in merges where Int(merge.rank) == results.count { results.append(merge.result) }
    return results
  }

  // MARK: Derivations

  /// Merges the text of every token, which shows which tokens merging can produce, and how.
  private mutating func derive() {
    slots.withUnsafeBufferPointer { slots in
      results.withUnsafeBufferPointer { results in
        filter.withUnsafeBufferPointer { filter in
          var merger = BytePairMerger(merges: MergeTable(slots: slots, results: results, filter: filter))
          derivations.reserveCapacity(plan.tokens.count)
          for token in 0..<plan.tokens.count { derivations.append(derivation(of: token, with: &merger)) }
        }
      }
    }
    markIrregularDerivations()
    findPrefixes()
  }

  private func derivation(of token: Int, with merger: inout BytePairMerger) -> TokenDerivation {
    let id = UInt32(token)
    let length = UInt32(plan.tokens.range(token).count)
    var derivation = TokenDerivation(
      left: TokenDerivation.noToken, right: TokenDerivation.noToken, rank: TokenDerivation.symbolRank,
      prefixAndLength: length << 20 | TokenDerivation.noToken)
    guard loadSymbols(of: token, into: &merger) else { return derivation }
    if merger.tokens == [id] {
      (derivation.left, derivation.right) = (id, id)
      return derivation
    }
    merger.merge()
    guard merger.tokens == [id], let merge = merger.last else { return derivation }
    (derivation.left, derivation.right, derivation.rank) = (merge.left, merge.right, Int32(merge.rank))
    return derivation
  }

  /// Whether all symbols of a token's text have tokens.
  private func loadSymbols(of token: Int, into merger: inout BytePairMerger) -> Bool {
    merger.removeAll()
    let range = plan.tokens.range(token)
    var start = range.lowerBound
    while start < range.upperBound {
      let end = symbolEnd(start, limit: range.upperBound)
      guard let symbol = index.position(of: start..<end, in: plan.tokens.bytes) else { return false }
      merger.append(UInt32(symbol))
      start = end
    }
    return !range.isEmpty
  }

  private func symbolEnd(_ start: Int, limit: Int) -> Int {
    var end = start + 1
    while plan.mergesCharacters, end < limit, plan.tokens.bytes[end] & 0xC0 == 0x80 { end += 1 }
    return end
  }

  /// Whether merging the text of a token produces that token.
  private func isReachable(_ token: Int) -> Bool { derivations[token].left != TokenDerivation.noToken }

  /// Whether some text has the token: one that merging produces, or one for whole pre-tokens.
  private func isUsed(_ token: Int) -> Bool { isReachable(token) || plan.ignoreMerges }

  /// Marks the tokens on whose way ranks do not rise from parts to wholes: ranks alone do not show which pairs are
  /// valid.
  private mutating func markIrregularDerivations() {
    let byRank = derivations.indices.filter { isReachable($0) && derivations[$0].rank >= 0 }.sorted {
      plan.tokens.range($0).count < plan.tokens.range($1).count
    }
    for token in byRank {
      let derivation = derivations[token]
      let parts = max(derivations[Int(derivation.left)].rank, derivations[Int(derivation.right)].rank)
      if parts >= derivation.rank { derivations[token].rank = TokenDerivation.irregularRank }
    }
  }

  private mutating func findPrefixes() {
    for token in derivations.indices where isReachable(token) {
      let range = plan.tokens.range(token)
      for end in range.dropFirst().reversed() {
        guard let prefix = index.position(of: range.lowerBound..<end, in: plan.tokens.bytes), isReachable(prefix)
        else { continue }
        derivations[token].prefixAndLength = UInt32(range.count) << 20 | UInt32(prefix)
        break
      }
    }
  }

  // MARK: Other tables

  private func trieNodes() -> [UInt64] {
    let entries = derivations.indices.compactMap { token -> TokenTrieBuilder.Entry? in
      let range = plan.tokens.range(token)
      guard !range.isEmpty, isUsed(token) else { return nil }
      // The index holds one of several equal strings.
      guard index.position(of: range, in: plan.tokens.bytes) == token else { return nil }
      return TokenTrieBuilder.Entry(range: range, token: UInt32(token), wholeOnly: !isReachable(token))
    }
    return TokenTrieBuilder.build(bytes: plan.tokens.bytes, entries: entries)
  }

  /// Whether a space and any ASCII letter are one token.
  private var joinsSpaceAndLetter: Bool {
    for letter in UInt8(ascii: "a")...UInt8(ascii: "z") {
      for letter in [letter, letter & ~0x20] {
        guard let token = index.position(of: [0x20, letter]), isReachable(token) else { return false }
      }
    }
    return true
  }

  /// Whether every number of ASCII digits that can be a pre-token is one token.
  private var numbersAreTokens: Bool {
    guard case .pattern(let rules) = plan.preTokenization else { return true }
    guard let longestNumber = rules.longestNumber else { return false }
    var numbers: [[UInt8]] = [[]]
    for _ in 0..<longestNumber {
      numbers = numbers.flatMap { number in (UInt8(ascii: "0")...UInt8(ascii: "9")).map { number + [$0] } }
      for number in numbers {
        guard let token = index.position(of: number), isUsed(token) else { return false }
      }
    }
    return true
  }

  /// One more than the highest token, added tokens included.
  private var vocabularySize: Int { max(plan.tokens.count, (plan.addedTokens.map { Int($0.id) }.max() ?? 0) + 1) }

  /// What each token is in decoded text; empty for numbers without a token.
  private var decodedTokens: ByteStrings {
    var strings = ByteStrings()
    for token in 0..<vocabularySize {
      let text = token < plan.tokens.count ? plan.tokens[token] : []
      strings.append(plan.decodedOverrides[TokenID(token)].map { $0[...] } ?? text)
    }
    return strings
  }

  private var specialTokenWords: [UInt32] {
    var words: [UInt32] = []
    for ids in [plan.specialTokens.before, plan.specialTokens.after] {
      words.append(UInt32(ids.count))
      words += ids.map(UInt32.init)
    }
    return words
  }

  private var addedTokenWords: [UInt32] {
    var words = [UInt32(plan.addedTokens.count)]
    for token in plan.addedTokens {
      words += [UInt32(token.id), AddedTokenSpaces(token).rawValue, UInt32(token.content.count)]
      words += token.content.map(UInt32.init)
    }
    return words
  }

  private func image(runs: WhiteSpaceRuns) -> TableImage {
    var writer = TableImageWriter()
    let decoded = decodedTokens
    let pairs = CharacterPairs(plan.tokens, including: derivations.indices.filter { isUsed($0) }) {
      !isReachable($0)
    }
    var (rules, prefix) = (UInt32(0), SpacePrefix.none)
    switch plan.preTokenization {
    case .pattern(let known): rules = known.rawValue
    case .spaceMarks(let known): prefix = known
    }
    writer.set(
      .attributes,
      [
        ModelTables.Attributes(
          tokenCount: UInt32(plan.tokens.count), vocabularySize: UInt32(vocabularySize),
          rules: rules, normalizes: plan.normalizes ? 1 : 0,
          ignoreMerges: plan.ignoreMerges ? 1 : 0, joinsSpaceAndLetter: joinsSpaceAndLetter ? 1 : 0,
          numbersAreTokens: numbersAreTokens ? 1 : 0, longestSpaceRun: UInt32(runs.space),
          longestNewlineRun: UInt32(runs.newline), longestTabRun: UInt32(runs.tab), spacePrefix: prefix.rawValue,
          stripsSpace: plan.stripsSpace ? 1 : 0)
      ])
    writer.set(.tokenOffsets, decoded.offsets)
    writer.set(.tokenBytes, decoded.bytes)
    writer.set(.mergeSlots, slots)
    writer.set(.mergeFilter, filter)
    writer.set(.mergeResults, results)
    writer.set(.derivations, derivations)
    writer.set(.trie, trieNodes())
    writer.set(.byteTokens, plan.byteTokens.map { $0.map { UInt32($0) } ?? TokenDerivation.noToken })
    writer.set(.pairFilter, pairs.filter)
    writer.set(.splitPairs, pairs.split)
    writer.set(.wholeTokenEnds, pairs.ends)
    writer.set(.asciiPairs, pairs.ascii)
    let cover = FreePairCover(pairs.ascii)
    writer.set(.freePairs, cover.first + cover.second)
    writer.set(.addedTokens, addedTokenWords)
    writer.set(.specialTokens, specialTokenWords)
    return writer.image(digest: plan.digest)
  }
}
