/// Packing of conversations of which only the lengths matter, as trainers do it.
extension LengthDistribution {
  /// Packs all conversations at once.
  ///
  /// The result is that of TRL's `pack_dataset` with a batch that holds all rows.
  ///
  /// - Parameters:
  ///   - limit: The length of a sequence in tokens, at least 1.
  ///   - strategy: How sequences are filled. With ``PackingStrategy/padding`` a sequence holds one conversation.
  /// - Complexity: O(*d* · log *n* + *b*) for *d* distinct lengths and *b* distinct spaces that sequences are left with.
  public func packed(_ limit: Int, _ strategy: PackingStrategy) -> PackingResult {
    precondition(limit > 0, "a sequence has room for a token")
    var result = PackingResult(limit: limit)
    switch strategy {
    case .wrapped:
      // Conversations lie one after another; the last sequence may be short.
      result.sequences = (total + limit - 1) / limit
      result.tokens = total
      result.cutConversations = nil
    case .padding:
      result.sequences = conversationsWithTokens
      result.cutConversations = count(above: limit)
      result.tokensLost = tokensLost(above: limit)
      result.tokens = total - result.tokensLost
    case .bfd:
      result.cutConversations = count(above: limit)
      result.tokensLost = tokensLost(above: limit)
      result.tokens = total - result.tokensLost
      result.sequences = Self.bestFit(entries.map { (min($0.length, limit), $0.count) }, limit: limit)
    case .bfdSplit:
      result.cutConversations = count(above: limit)
      result.tokens = total
      let whole = entries.reduce(0) { $0 + $1.length / limit * $1.count }
      var rests: [Int: Int] = [:]
      for entry in entries where entry.length % limit > 0 { rests[entry.length % limit, default: 0] += entry.count }
      result.sequences = whole + Self.bestFit(rests.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }, limit: limit)
    }
    return result
  }

  /// Puts each conversation into a sequence of its own, without those that have no trained token within the limit.
  ///
  /// TRL leaves these out where it does not pack.
  ///
  /// - Parameters:
  ///   - limit: The length of a sequence in tokens, at least 1.
  ///   - training: Where training begins in the same conversations.
  public func padded(_ limit: Int, training: TrainingTally) -> PackingResult {
    var result = packed(limit, .padding)
    let late = training.firstTargets.count(from: limit)
    let untrained = training.untrained.packed(limit, .padding)
    result.sequences -= late + untrained.sequences
    // One whose first trained token is beyond the limit is longer than that, so the limit is what it would keep.
    result.tokens -= late * limit + untrained.tokens
    result.tokensLost = total - result.tokens
    result.droppedConversations = late + training.untrained.count
    return result
  }

  /// The conversations that have tokens at all.
  private var conversationsWithTokens: Int { count - count(below: 1) }

  /// The sequences that best fit decreasing fills with items of ascending lengths, none beyond `limit`.
  ///
  /// Equal items are placed together: a sequence takes them as long as they fit, because what an item leaves of the space
  /// that fits best fits the next one better still.
  private static func bestFit(_ items: [(length: Int, count: Int)], limit: Int) -> Int {
    var spaces = SpaceTable(upTo: limit)
    var sequences = 0
    for item in items.reversed() where item.length > 0 {
      var rest = item.count
      while rest > 0, let space = spaces.smallest(atLeast: item.length) {
        let each = space / item.length
        let filled = Swift.min(rest / each, spaces.count(space))
        if filled > 0 {
          spaces.add(-filled, space)
          spaces.add(filled, space - each * item.length)
          rest -= filled * each
        } else {
          spaces.add(-1, space)
          spaces.add(1, space - rest * item.length)
          rest = 0
        }
      }
      guard rest > 0 else { continue }
      let each = limit / item.length
      let (full, last) = rest.quotientAndRemainder(dividingBy: each)
      if full > 0 { spaces.add(full, limit - each * item.length) }
      if last > 0 { spaces.add(1, limit - last * item.length) }
      sequences += full + (last > 0 ? 1 : 0)
    }
    return sequences
  }
}
