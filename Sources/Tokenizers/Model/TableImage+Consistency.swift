import CTokenizerKernels

extension TableImage {
  /// Whether every number in a complete image can be followed: no index leads out of its table, and no walk goes round
  /// in a circle.
  ///
  /// - Complexity: O(size of the image), tens of milliseconds.
  var isConsistent: Bool {
    guard hasRightCounts else { return false }
    return hasRightTokens && hasRightMerges && hasRightDerivations && hasRightTrie && hasRightAddedTokens
      && hasRightSpecialTokens && hasRightRules
  }

  private var attributes: ModelTables.Attributes { section(.attributes, of: ModelTables.Attributes.self)[0] }

  /// The number of ranks.
  private var rankCount: Int { section(.mergeResults, of: UInt32.self).count }

  /// The number of elements that a section holds; nil if its size is no multiple of theirs.
  private func count<Element: BitwiseCopyable>(_ section: Section, of type: Element.Type) -> Int? {
    let bytes = self.section(section, of: UInt8.self).count
    return bytes % MemoryLayout<Element>.stride == 0 ? bytes / MemoryLayout<Element>.stride : nil
  }

  /// Whether the sections hold as many elements as their readers expect.
  private var hasRightCounts: Bool {
    guard count(.attributes, of: ModelTables.Attributes.self) == 1 else { return false }
    let (tokens, size) = (Int(attributes.tokenCount), Int(attributes.vocabularySize))
    // Table slots hold tokens in 20 bits and ranks in 24; in both the highest number means none.
    guard tokens > 0, tokens <= Int(TokenDerivation.noToken), size >= tokens, size <= Int(Int32.max),
      let ranks = count(.mergeResults, of: UInt32.self), ranks <= Int(MergeTable.noRank)
    else { return false }
    guard let slots = count(.mergeSlots, of: UInt64.self), slots > 1, slots & (slots - 1) == 0,
      let nodes = count(.trie, of: UInt64.self), nodes > TokenTrie.rootSlot, nodes <= Int(UInt32.max),
      let added = count(.addedTokens, of: UInt32.self), added > 0,
      let special = count(.specialTokens, of: UInt32.self), special > 1
    else { return false }
    return count(.tokenOffsets, of: UInt32.self) == size + 1
      && count(.derivations, of: TokenDerivation.self) == tokens
      && count(.mergeFilter, of: UInt64.self) == MergeTable.filterWords
      && count(.byteTokens, of: UInt32.self) == 256
      && count(.pairFilter, of: UInt64.self) == (1 << Int(BK_PAIR_BITS)) / 64
      && count(.splitPairs, of: UInt64.self) == 64 && count(.wholeTokenEnds, of: UInt64.self) == 128
      && count(.asciiPairs, of: UInt64.self) == 256 && count(.freePairs, of: UInt8.self) == 256
  }

  /// Whether the tokens' bytes are one after another, and the tokens of single bytes exist.
  private var hasRightTokens: Bool {
    let offsets = section(.tokenOffsets, of: UInt32.self)
    let tokens = attributes.tokenCount
    return offsets[0] == 0 && Int(offsets[offsets.count - 1]) == section(.tokenBytes, of: UInt8.self).count
      && zip(offsets, offsets.dropFirst()).allSatisfy { $0 <= $1 }
      && section(.byteTokens, of: UInt32.self).allSatisfy {
        $0 < tokens || $0 == TokenDerivation.noToken && attributes.rules != 0
      }
  }

  /// Whether the tokens in merges exist, and every lookup of a merge ends.
  private var hasRightMerges: Bool {
    let (tokens, ranks) = (UInt64(attributes.tokenCount), UInt64(rankCount))
    let slots = section(.mergeSlots, of: UInt64.self)
    return slots.contains(MergeTable.emptySlot)
      && slots.allSatisfy { slot in
        slot == MergeTable.emptySlot
          || slot >> 44 < tokens && slot >> 24 & 0xF_FFFF < tokens && slot & UInt64(MergeTable.noRank) < ranks
      }
      && section(.mergeResults, of: UInt32.self).allSatisfy { $0 < tokens }
  }

  /// Whether tokens are made of shorter ones, down to symbols, and begin with shorter ones.
  private var hasRightDerivations: Bool {
    let derivations = section(.derivations, of: TokenDerivation.self)
    func length(_ token: UInt32) -> Int? {
      guard token < derivations.count, derivations[Int(token)].left != TokenDerivation.noToken else { return nil }
      return derivations[Int(token)].length
    }
    return derivations.indices.allSatisfy { index in
      let derivation = derivations[index]
      if derivation.prefix != TokenDerivation.noToken {
        guard let prefix = length(derivation.prefix), prefix < derivation.length else { return false }
      }
      guard derivation.rank >= 0 else {
        // A symbol, or a token that no merge makes.
        let isSymbol = derivation.left == index && derivation.length > 0
        return derivation.rank == TokenDerivation.symbolRank && derivation.left == derivation.right
          && (isSymbol || derivation.left == TokenDerivation.noToken)
      }
      guard let left = length(derivation.left), let right = length(derivation.right), left > 0, right > 0 else {
        return false
      }
      return left + right == derivation.length
        && (derivation.rank < rankCount || derivation.rank == TokenDerivation.irregularRank)
    }
  }

  /// Whether every walk from the root stays in the table, and a token that merging makes is as long as the way to it.
  private var hasRightTrie: Bool {
    let nodes = section(.trie, of: UInt64.self)
    let derivations = section(.derivations, of: TokenDerivation.self)
    var isSeen = [Bool](repeating: false, count: nodes.count)
    var pending = [(slot: TokenTrie.rootSlot, depth: 0)]
    while let (slot, depth) = pending.popLast() {
      let node = nodes[slot]
      if node & TokenTrie.noToken != TokenTrie.noToken {
        let token = Int(node & TokenTrie.noToken)
        guard token < derivations.count else { return false }
        let derivation = derivations[token]
        let isMade = derivation.left != TokenDerivation.noToken && derivation.length == depth
        guard isMade || node & TokenTrie.wholeOnly != 0 else { return false }
      }
      let base = Int(node >> 32)
      guard base + 255 < nodes.count else { return false }
      for byte in 0..<256 {
        guard nodes[base + byte] >> 23 & 0x1FF == UInt64(byte << 1 | 1) else { continue }
        // A node that two others lead to may lead to itself.
        guard !isSeen[base + byte] else { return false }
        isSeen[base + byte] = true
        pending.append((base + byte, depth + 1))
      }
    }
    return true
  }

  /// Whether the added tokens fill their section.
  private var hasRightAddedTokens: Bool {
    let words = section(.addedTokens, of: UInt32.self)
    var position = 1
    for _ in 0..<words[0] {
      guard position + 2 < words.count else { return false }
      let (id, takesSpace, length) = (words[position], words[position + 1], Int(words[position + 2]))
      position += 3
      guard id < attributes.vocabularySize, takesSpace < 2, length > 0, length <= words.count - position,
        words[position..<position + length].allSatisfy({ $0 <= 0xFF })
      else { return false }
      position += length
    }
    return position == words.count
  }

  /// Whether the special tokens are tokens and fill their section.
  private var hasRightSpecialTokens: Bool {
    let words = section(.specialTokens, of: UInt32.self)
    let before = Int(words[0])
    guard before < words.count - 1, Int(words[1 + before]) == words.count - 2 - before else { return false }
    return words.enumerated().allSatisfy { place, id in
      place == 0 || place == 1 + before || id < attributes.vocabularySize
    }
  }

  /// Whether text is cut by a pattern that is known, or at runs of white space all of which are tokens.
  private var hasRightRules: Bool {
    guard attributes.rules == 0 else { return PretokenRules(rawValue: attributes.rules) != nil }
    let runs = [attributes.longestSpaceRun, attributes.longestNewlineRun, attributes.longestTabRun]
    guard let prefix = SpacePrefix(rawValue: attributes.spacePrefix) else { return false }
    // Text is cut where no token can be, without regard to runs.
    if runs == [0, 0, 0] { return true }
    guard prefix == .none else { return false }
    guard runs.allSatisfy({ (1...UInt32(BytePairPlan.maximumTokenLength)).contains($0) }) else { return false }
    return ModelTables(self).spaceRunTokens.dropFirst().allSatisfy { $0 >= 0 && $0 < attributes.tokenCount }
  }
}
