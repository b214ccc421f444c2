/// Which conversations go into which sequence.
public enum SequencePacking {
  /// Puts conversations into sequences by best fit decreasing, in the order in which TRL's `pack_dataset` with the
  /// strategy `bfd` does it for one batch of rows.
  ///
  /// Longer conversations than a sequence are taken as cut to it; those without tokens are left out.
  ///
  /// - Parameters:
  ///   - lengths: The lengths of the conversations in tokens.
  ///   - limit: The length of a sequence in tokens, at least 1.
  /// - Returns: For each sequence, in the order in which they are opened, the positions of its conversations.
  /// - Complexity: O(*n* log *n*) for *n* conversations.
  public static func bestFitDecreasing(_ lengths: [Int], limit: Int) -> [[Int]] {
    precondition(limit > 0, "a sequence has room for a token")
    let cut = lengths.map { min($0, limit) }
    // Swift's sort keeps the order of equal elements, which the reference does, too.
    let order = cut.indices.filter { cut[$0] > 0 }.sorted { cut[$0] > cut[$1] }
    var spaces = SpaceTable(upTo: limit)
    /// The sequences with a space, those first that have had it longest.
    var waiting: [Int: [Int]] = [:]
    var sequences: [[Int]] = []
    for item in order {
      let sequence: Int
      let space: Int
      if let found = spaces.smallest(atLeast: cut[item]), let first = waiting[found]?.first {
        sequence = first
        space = found
        waiting[found]?.removeFirst()
        spaces.add(-1, found)
      } else {
        sequence = sequences.count
        space = limit
        sequences.append([])
      }
      sequences[sequence].append(item)
      let left = space - cut[item]
      if left > 0 {
        waiting[left, default: []].append(sequence)
        spaces.add(1, left)
      }
    }
    return sequences
  }
}
