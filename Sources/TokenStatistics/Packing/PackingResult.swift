/// How conversations are put into sequences of a fixed length.
///
/// The names are those of TRL's `packing_strategy`.
public enum PackingStrategy: String, Sendable, Hashable, CaseIterable {
  /// Best fit decreasing; what is longer than a sequence is cut.
  case bfd
  /// Best fit decreasing; what is longer than a sequence is split, and its parts are packed like others.
  case bfdSplit = "bfd_split"
  /// One conversation after another, cut wherever a sequence is full.
  case wrapped
  /// A conversation in each sequence, cut where it is longer; the rest is padding.
  case padding
}

/// What packing comes to: how many sequences there are, how full they are, and what is lost.
public struct PackingResult: Sendable, Hashable {
  /// The length of a sequence in tokens.
  public let limit: Int
  /// The number of sequences.
  public internal(set) var sequences = 0
  /// The tokens in them.
  public internal(set) var tokens = 0
  /// The tokens that are in none.
  public internal(set) var tokensLost = 0
  /// The conversations of which something is lost, or which are not in one piece; nil where that depends on the order of
  /// the rows, which is not known.
  public internal(set) var cutConversations: Int? = 0
  /// The conversations that are left out whole: too long ones, or those that have no trained token within the limit.
  public internal(set) var droppedConversations = 0

  /// Makes a result of nothing.
  public init(limit: Int) { self.limit = limit }

  /// The share of the sequences' positions that hold tokens, from 0 to 1; nil without sequences.
  public var utilization: Double? {
    guard sequences > 0, limit > 0 else { return nil }
    return Double(tokens) / (Double(sequences) * Double(limit))
  }

  /// The optimizer steps of an epoch, the last of which may have fewer sequences.
  ///
  /// - Parameter batch: The sequences of a step on all devices together, gradient accumulation included.
  public func steps(batch: Int) -> Int { (sequences + batch - 1) / batch }

  /// Adds what packing other conversations came to.
  public mutating func merge(_ other: PackingResult) {
    sequences += other.sequences
    tokens += other.tokens
    tokensLost += other.tokensLost
    droppedConversations += other.droppedConversations
    if let more = other.cutConversations { cutConversations? += more } else { cutConversations = nil }
  }
}
