/// Packing as trainers do it: row by row, within the windows that each of them looks at.
///
/// The order of the rows matters. Trainers that shuffle before they pack come to about the same numbers, not to these.
public enum TrainerPacking: Sendable, Hashable {
  /// TRL packs each batch of `datasets.map` on its own: 1,000 rows of the share of each worker.
  case trl(PackingStrategy, workers: Int)
  /// axolotl packs groups of 100,000 rows, first fit in the order of the rows. It leaves out what is longer than a
  /// sequence, has but one token, or none that is trained; texts it cuts into sequences first.
  case axolotl
  /// ms-swift packs 1,000 rows at a time, carries the last sequence over to the next ones, and leaves out what is longer
  /// than a sequence. The longest rows come first, each into the emptiest sequence that it fits into, as
  /// `to_constant_volume` of binpacking 2 has it.
  case swift

  /// The rows that TRL and ms-swift pack at once.
  public static let batchRows = 1_000
  /// The rows that axolotl packs at once: its `sample_packing_group_size`.
  public static let groupRows = 100_000
  /// The most rows that axolotl puts into a sequence: its `sample_packing_bin_size`.
  public static let sequenceRows = 200
  /// The fewest tokens of a row that axolotl keeps: its `min_sample_len`.
  public static let fewestTokens = 2
  /// The most sequences that axolotl makes of a text.
  public static let textSequences = 64

  /// The trainer's name.
  public var name: String {
    switch self {
    case .trl: "trl"
    case .axolotl: "axolotl"
    case .swift: "swift"
    }
  }

  /// Packs rows, in their order, into sequences of `limit` tokens.
  ///
  /// - Complexity: O(*n* log *n*) for *n* rows.
  public func pack(_ rows: [PackingRow], limit: Int) -> PackingResult {
    precondition(limit > 0, "a sequence has room for a token")
    var result = PackingResult(limit: limit)
    switch self {
    case .trl(let strategy, let workers):
      for share in Self.shares(rows.map(\.length), workers: workers) {
        for batch in share.batches(of: Self.batchRows) {
          var packed = LengthDistribution(batch).packed(limit, strategy)
          if strategy == .wrapped { packed.cutConversations = Self.wrappedCuts(batch, limit: limit) }
          result.merge(packed)
        }
      }
    case .axolotl:
      let kept = Self.keeping(Self.pieces(of: rows, limit: limit, &result), limit: limit, &result) {
        $0.isTrained && $0.length >= Self.fewestTokens
      }
      for group in kept[...].batches(of: Self.groupRows) { result.sequences += Self.firstFit(group, limit: limit) }
    case .swift:
      let kept = Self.keeping(rows, limit: limit, &result) { _ in true }
      result.sequences = Self.withCarryOver(kept, limit: limit)
    }
    return result
  }

  /// The rows of each worker of `datasets.map`: shares in order, the first of which have a row more.
  private static func shares(_ lengths: [Int], workers: Int) -> [ArraySlice<Int>] {
    let workers = max(1, min(workers, lengths.count))
    let (size, more) = lengths.count.quotientAndRemainder(dividingBy: workers)
    var start = 0
    return (0..<workers).map { worker in
      let end = start + size + (worker < more ? 1 : 0)
      defer { start = end }
      return lengths[start..<end]
    }
  }

  /// The rows that lie in more than one sequence where one row follows another.
  private static func wrappedCuts(_ lengths: ArraySlice<Int>, limit: Int) -> Int {
    var position = 0
    return lengths.count { length in
      let first = position / limit
      position += length
      return length > 0 && (position - 1) / limit > first
    }
  }

  /// The rows, texts in pieces of a sequence's length, as axolotl's `type: completion` cuts them.
  private static func pieces(of rows: [PackingRow], limit: Int, _ result: inout PackingResult) -> [PackingRow] {
    var pieces: [PackingRow] = []
    for row in rows {
      guard row.isText, row.length > limit else {
        pieces.append(row)
        continue
      }
      let read = min(row.length, textSequences * limit)
      result.tokensLost += row.length - read
      pieces += stride(from: 0, to: read, by: limit).map {
        PackingRow(length: min(limit, read - $0), isTrained: row.isTrained, isText: true)
      }
    }
    return pieces
  }

  /// The lengths of the rows that fit into a sequence and are wanted; the others are counted as lost.
  private static func keeping(
    _ rows: [PackingRow], limit: Int, _ result: inout PackingResult, _ isWanted: (PackingRow) -> Bool
  ) -> [Int] {
    var kept: [Int] = []
    for row in rows where row.length > 0 {
      if row.length <= limit, isWanted(row) {
        kept.append(row.length)
        result.tokens += row.length
      } else {
        result.droppedConversations += 1
        result.tokensLost += row.length
      }
    }
    return kept
  }

  /// The sequences that first fit fills, none with more than ``sequenceRows`` rows.
  private static func firstFit(_ lengths: ArraySlice<Int>, limit: Int) -> Int {
    // A tree of the greatest space in each range of sequences: the leaves are the sequences in order.
    var leaves = 1
    while leaves < lengths.count { leaves *= 2 }
    var spaces = [Int](repeating: 0, count: 2 * leaves)
    var rows = [Int](repeating: 0, count: leaves)
    var sequences = 0
    for length in lengths {
      var place = 1
      if spaces[1] >= length {
        while place < leaves { place = spaces[2 * place] >= length ? 2 * place : 2 * place + 1 }
      } else {
        place = leaves + sequences
        sequences += 1
        spaces[place] = limit
      }
      let sequence = place - leaves
      rows[sequence] += 1
      // A sequence with all its rows has no space for another one.
      spaces[place] = rows[sequence] == sequenceRows ? 0 : spaces[place] - length
      while place > 1 {
        place /= 2
        spaces[place] = max(spaces[2 * place], spaces[2 * place + 1])
      }
    }
    return sequences
  }

  /// The sequences that windows of ``batchRows`` rows fill where the last sequence of each goes into the next one.
  private static func withCarryOver(_ lengths: [Int], limit: Int) -> Int {
    var sequences = 0
    var carried: [Int] = []
    let windows = lengths[...].batches(of: batchRows)
    for (number, window) in windows.enumerated() {
      let filled = emptiestFit(carried + window, limit: limit)
      let isLast = number == windows.count - 1
      sequences += isLast ? filled.count : filled.count - 1
      carried = isLast ? [] : filled.last ?? []
    }
    return sequences
  }

  /// What is put into each sequence, in the order in which they were opened, where each row goes into the emptiest one
  /// that it fits into, the longest first.
  private static func emptiestFit(_ lengths: [Int], limit: Int) -> [[Int]] {
    var sequences: [(items: [Int], tokens: Int)] = []
    for length in lengths.sorted(by: >) {
      let emptiest = sequences.indices.min { sequences[$0].tokens < sequences[$1].tokens }
      if let emptiest, sequences[emptiest].tokens + length <= limit {
        sequences[emptiest].items.append(length)
        sequences[emptiest].tokens += length
      } else {
        sequences.append(([length], length))
      }
    }
    return sequences.map(\.items)
  }
}

extension ArraySlice {
  /// The elements in slices of `size`, the last of which may be shorter.
  fileprivate func batches(of size: Int) -> [ArraySlice] {
    stride(from: startIndex, to: endIndex, by: size).map { self[$0..<Swift.min($0 + size, endIndex)] }
  }
}
