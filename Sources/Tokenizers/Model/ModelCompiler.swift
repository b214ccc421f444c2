import Support

/// Turns the contents of a vocabulary file into the tables that encoding and counting read.
struct ModelCompiler: ~Copyable {
  private let contents: VocabularyContents
  private let slots: [UInt64]
  private let filter: [UInt64]
  private let results: [UInt32]
  private let index: ByteStringIndex
  private var derivations: [TokenDerivation] = []

  /// Builds the image of a vocabulary's tables.
  static func compile(_ contents: VocabularyContents, family: VocabularyFamily, digest: SHA256Digest) -> TableImage {
    var compiler = ModelCompiler(contents)
    compiler.derive()
    return compiler.image(family: family, digest: digest)
  }

  private init(_ contents: VocabularyContents) {
    self.contents = contents
    slots = MergeTable.slots(for: contents.merges)
    filter = MergeTable.filter(for: contents.merges)
    results = contents.merges.map(\.result)
    index = ByteStringIndex(contents.tokens)
  }

  // MARK: Derivations

  /// Merges the text of every token, which shows which of them merging can make, and how.
  private mutating func derive() {
    slots.withUnsafeBufferPointer { slots in
      results.withUnsafeBufferPointer { results in
        filter.withUnsafeBufferPointer { filter in
          var merger = BytePairMerger(merges: MergeTable(slots: slots, results: results, filter: filter))
          derivations.reserveCapacity(contents.tokens.count)
          for token in 0..<contents.tokens.count { derivations.append(derivation(of: token, with: &merger)) }
        }
      }
    }
    markIrregularDerivations()
    findPrefixes()
  }

  private func derivation(of token: Int, with merger: inout BytePairMerger) -> TokenDerivation {
    let id = UInt32(token)
    let length = UInt32(contents.tokens.range(token).count)
    var derivation = TokenDerivation(
      left: TokenDerivation.noToken, right: TokenDerivation.noToken, rank: TokenDerivation.symbolRank,
      prefixAndLength: length << 20 | TokenDerivation.noToken)
    guard loadSymbols(of: token, into: &merger) else { return derivation }
    if merger.tokens == [id] {
      (derivation.left, derivation.right) = (id, id)
      return derivation
    }
    merger.merge()
    guard merger.tokens == [id], let rank = merger.lastRank else { return derivation }
    let merge = contents.merges[Int(rank)]
    (derivation.left, derivation.right, derivation.rank) = (merge.left, merge.right, Int32(rank))
    return derivation
  }

  /// Whether all symbols of a token's text have tokens.
  private func loadSymbols(of token: Int, into merger: inout BytePairMerger) -> Bool {
    merger.removeAll()
    let range = contents.tokens.range(token)
    var start = range.lowerBound
    while start < range.upperBound {
      let end = symbolEnd(start, limit: range.upperBound)
      guard let symbol = index.position(of: start..<end, in: contents.tokens.bytes) else { return false }
      merger.append(UInt32(symbol))
      start = end
    }
    return !range.isEmpty
  }

  private func symbolEnd(_ start: Int, limit: Int) -> Int {
    guard case .characters = contents.alphabet else { return start + 1 }
    var end = start + 1
    while end < limit, contents.tokens.bytes[end] & 0xC0 == 0x80 { end += 1 }
    return end
  }

  /// Whether merging the text of a token makes that token.
  private func isReachable(_ token: Int) -> Bool { derivations[token].left != TokenDerivation.noToken }

  /// Whether some text has the token: one that merging makes, or one that stands for whole pretokens.
  private func isUsed(_ token: Int) -> Bool { isReachable(token) || contents.acceptsWholeTokens }

  /// Marks the tokens on whose way ranks do not rise from parts to wholes: validity of pairs cannot be read off ranks.
  private mutating func markIrregularDerivations() {
    let byRank = derivations.indices.filter { isReachable($0) && derivations[$0].rank >= 0 }.sorted {
      contents.tokens.range($0).count < contents.tokens.range($1).count
    }
    for token in byRank {
      let derivation = derivations[token]
      let parts = max(derivations[Int(derivation.left)].rank, derivations[Int(derivation.right)].rank)
      if parts >= derivation.rank { derivations[token].rank = TokenDerivation.irregularRank }
    }
  }

  private mutating func findPrefixes() {
    for token in derivations.indices where isReachable(token) {
      let range = contents.tokens.range(token)
      for end in range.dropFirst().reversed() {
        guard let prefix = index.position(of: range.lowerBound..<end, in: contents.tokens.bytes), isReachable(prefix)
        else { continue }
        derivations[token].prefixAndLength = UInt32(range.count) << 20 | UInt32(prefix)
        break
      }
    }
  }

  // MARK: Other tables

  private func trieNodes() -> [UInt64] {
    let entries = derivations.indices.compactMap { token -> TokenTrieBuilder.Entry? in
      let range = contents.tokens.range(token)
      guard !range.isEmpty, isUsed(token) else { return nil }
      // Of equal strings the index holds one.
      guard index.position(of: range, in: contents.tokens.bytes) == token else { return nil }
      return TokenTrieBuilder.Entry(range: range, token: UInt32(token), wholeOnly: !isReachable(token))
    }
    return TokenTrieBuilder.build(bytes: contents.tokens.bytes, entries: entries)
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

  private var byteTokens: [UInt32] {
    switch contents.alphabet {
    case .characters(let fallback): fallback.map(UInt32.init)
    case .bytes: (0...255).map { index.position(of: [$0]).map(UInt32.init) ?? TokenDerivation.noToken }
    }
  }

  private var decodedTokens: ByteStrings {
    let overrides = Dictionary(contents.decodedOverrides.map { (Int($0.id), $0.bytes) }, uniquingKeysWith: { $1 })
    var strings = ByteStrings()
    for token in 0..<contents.tokens.count {
      if let override = overrides[token] { strings.append(override) } else { strings.append(contents.tokens[token]) }
    }
    return strings
  }

  private var addedTokenWords: [UInt32] {
    var words = [UInt32(contents.addedTokens.count)]
    for token in contents.addedTokens {
      words += [UInt32(token.id), UInt32(token.content.count)]
      words += token.content.map(UInt32.init)
    }
    return words
  }

  private func image(family: VocabularyFamily, digest: SHA256Digest) -> TableImage {
    var writer = TableImageWriter()
    let decoded = decodedTokens
    let pairs = CharacterPairs(contents.tokens, including: derivations.indices.filter { isUsed($0) }) {
      !isReachable($0)
    }
    let last = contents.addedTokens.map { Int($0.id) }.max() ?? 0
    var usesCharacters = false
    if case .characters = contents.alphabet { usesCharacters = true }
    writer.set(
      .attributes,
      [
        TableImage.Attributes(
          tokenCount: UInt32(contents.tokens.count), mergeCount: UInt32(contents.merges.count),
          usesCharacters: usesCharacters ? 1 : 0, acceptsWholeTokens: contents.acceptsWholeTokens ? 1 : 0,
          joinsSpaceAndLetter: joinsSpaceAndLetter ? 1 : 0, beginningToken: contents.beginningToken ?? -1,
          vocabularySize: UInt32(max(contents.tokens.count, last + 1)))
      ])
    writer.set(.tokenOffsets, decoded.offsets)
    writer.set(.tokenBytes, decoded.bytes)
    writer.set(.mergeSlots, slots)
    writer.set(.mergeFilter, filter)
    writer.set(.mergeResults, results)
    writer.set(.derivations, derivations)
    writer.set(.trie, trieNodes())
    writer.set(.byteTokens, byteTokens)
    writer.set(.pairFilter, pairs.filter)
    writer.set(.splitPairs, pairs.split)
    writer.set(.wholeTokenEnds, pairs.ends)
    writer.set(.asciiPairs, pairs.ascii)
    let cover = FreePairCover(pairs.ascii)
    writer.set(.freePairs, cover.first + cover.second)
    writer.set(.addedTokens, addedTokenWords)
    return writer.image(family: family, digest: digest)
  }
}
