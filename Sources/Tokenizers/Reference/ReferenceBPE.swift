/// Byte pair encoding as the reference does it: characters first, then the pair of the best rank, the leftmost of equals.
struct ReferenceBPE: Sendable {
  private struct Symbol {
    var token: TokenID
    var range: Range<Int>
    var previous: Int
    var next: Int
    var isRemoved = false
  }

  private let model: BPEDefinition
  private let lookup: VocabularyLookup
  let merges: RankedMerges
  /// The result of each rank.
  private var results: NumberMap
  /// The tokens `<0x00>` to `<0xFF>`; nil for those that the vocabulary lacks.
  private let byteTokens: [TokenID?]

  init(_ model: BPEDefinition, _ lookup: VocabularyLookup) {
    self.model = model
    self.lookup = lookup
    merges = RankedMerges(model.merges)
    results = NumberMap(expectedKeys: model.merges.count * 2)
    for merge in model.merges { results[merge.rank] = merge.result }
    byteTokens = (0...255).map { lookup.byteToken($0) }
  }

  /// Passes on the tokens of a pre-token.
  ///
  /// - Complexity: O(*n* log *n*).
  func encode(_ text: [UInt8], _ body: (TokenID, Range<Int>) -> Void) throws(TokenizerError) {
    if model.ignoreMerges, let token = lookup.id(of: text) { return body(token, 0..<text.count) }
    var symbols = try model.mergesBytes ? bytes(of: text) : characters(of: text)
    merge(&symbols)
    for symbol in symbols where !symbol.isRemoved { body(symbol.token, symbol.range) }
  }

  private static func append(_ token: TokenID, _ range: Range<Int>, to symbols: inout [Symbol]) {
    if !symbols.isEmpty { symbols[symbols.count - 1].next = symbols.count }
    symbols.append(Symbol(token: token, range: range, previous: symbols.count - 1, next: -1))
  }

  private func bytes(of text: [UInt8]) throws(TokenizerError) -> [Symbol] {
    var symbols: [Symbol] = []
    for (offset, byte) in text.enumerated() {
      guard let token = lookup.id(of: [byte]) else { throw .missingByte(byte) }
      Self.append(token, offset..<offset + 1, to: &symbols)
    }
    return symbols
  }

  private func characters(of text: [UInt8]) throws(TokenizerError) -> [Symbol] {
    var symbols: [Symbol] = []
    // An unknown character waits for the next known one; bytes of a later character go before it, as in the reference.
    var waiting: Range<Int>?
    var offset = 0
    while offset < text.count {
      let length = text.withUnsafeBytes { UTF8Scalar(in: $0, at: offset).length }
      let range = offset..<offset + length
      offset += length
      let prefix = range.lowerBound > 0 ? model.continuingSubwordPrefix : []
      let suffix = range.upperBound == text.count ? model.endOfWordSuffix : []
      let isBare = prefix.isEmpty && suffix.isEmpty
      let symbol = isBare ? text[range] : (prefix + text[range] + suffix)[...]
      if let token = isBare ? lookup.id(of: range, in: text) : lookup.id(of: Array(symbol)) {
        try flush(&waiting, to: &symbols)
        Self.append(token, range, to: &symbols)
      } else if model.byteFallback, let tokens = byteTokens(of: symbol) {
        for (index, token) in tokens.enumerated() {
          let place = min(range.lowerBound + index, range.upperBound - 1)
          Self.append(token, place..<place + 1, to: &symbols)
        }
      } else if let open = waiting, model.fuseUnknown {
        waiting = open.lowerBound..<range.upperBound
      } else if model.unknownToken != nil || model.lacksUnknownToken {
        try flush(&waiting, to: &symbols)
        waiting = range
        if model.lacksUnknownToken { throw .missingUnknownToken(Array(symbol)) }
      }
    }
    try flush(&waiting, to: &symbols)
    return symbols
  }

  private func flush(_ waiting: inout Range<Int>?, to symbols: inout [Symbol]) throws(TokenizerError) {
    guard let range = waiting, let unknown = model.unknownToken else { return }
    Self.append(unknown, range, to: &symbols)
    waiting = nil
  }

  private func byteTokens(of text: ArraySlice<UInt8>) -> [TokenID]? {
    var tokens: [TokenID] = []
    for byte in text {
      guard let token = byteTokens[Int(byte)] else { return nil }
      tokens.append(token)
    }
    return tokens
  }

  private func merge(_ symbols: inout [Symbol]) {
    var queue = MinimumHeap()
    func offer(_ place: Int, _ symbols: [Symbol]) {
      guard place >= 0, symbols[place].next >= 0 else { return }
      let rank = merges.merge(symbols[place].token, symbols[symbols[place].next].token).rank
      if rank != RankedMerges.noRank { queue.insert(UInt64(rank) << 32 | UInt64(place)) }
    }
    for place in symbols.indices { offer(place, symbols) }
    while let top = queue.popMinimum() {
      let place = Int(top & 0xFFFF_FFFF)
      let next = symbols[place].next
      // The pair may have changed since it was queued.
      guard !symbols[place].isRemoved, next >= 0 else { continue }
      let merge = merges.merge(symbols[place].token, symbols[next].token)
      guard merge.rank != RankedMerges.noRank, merge.result == results[UInt32(top >> 32)] else { continue }
      symbols[place].token = merge.result
      symbols[place].range =
        symbols[place].range
        .lowerBound..<max(
          symbols[place].range.upperBound, symbols[next].range.upperBound)
      symbols[place].next = symbols[next].next
      symbols[next].isRemoved = true
      if symbols[place].next >= 0 { symbols[symbols[place].next].previous = place }
      offer(symbols[place].previous, symbols)
      offer(place, symbols)
    }
  }
}
