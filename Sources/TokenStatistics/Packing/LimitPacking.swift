import JSON
import Support

/// What packing into sequences of a limit's length comes to, by best fit decreasing and without packing.
public struct LimitPacking: Sendable, Equatable {
  /// The sequences where each holds one conversation; without those that have no trained token within the limit, which TRL
  /// leaves out then.
  public var paddedSequences: Int
  /// The sequences where conversations are packed.
  public var packedSequences: Int
  /// The share of the packed sequences' positions that hold tokens; nil without sequences.
  public var utilization: Double?
  /// The conversations that are longer than the limit.
  public var cutConversations: Int

  /// The member that holds it for each limit.
  static let key = "packing"
  /// Sequences of these lengths are packed; longer ones hold whole datasets, and take memory for each of their positions.
  private static let packedLimits = 1...1 << 26

  /// Packs conversations.
  ///
  /// - Parameter training: Where training begins in the same conversations; nil if that is not known.
  init(_ limit: Int, _ lengths: LengthDistribution, training: TrainingTally?) {
    let padded = training.map { lengths.padded(limit, training: $0) } ?? lengths.packed(limit, .padding)
    let packed = lengths.packed(limit, .bfd)
    paddedSequences = padded.sequences
    packedSequences = packed.sequences
    utilization = packed.utilization
    cutConversations = lengths.count(above: limit)
  }

  /// Packs the conversations of a dataset at each of some limits.
  static func packings(of tally: DatasetTally, limits: [Int]) -> [Int: LimitPacking] {
    let (lengths, training) = (tally.lengths, tally.training)
    return limits.filter(packedLimits.contains).reduce(into: [:]) {
      $0[$1] = LimitPacking($1, lengths, training: training)
    }
  }
}

extension LimitPacking {
  var json: JSONValue {
    .fields([
      ("padded_sequences", .number(paddedSequences)), ("packed_sequences", .number(packedSequences)),
      ("utilization", .optional(utilization)), ("cut_conversations", .number(cutConversations)),
    ])
  }

  init(_ fields: FieldReader) throws(FileError) {
    paddedSequences = try fields.count("padded_sequences")
    packedSequences = try fields.count("packed_sequences")
    utilization = try fields.optionalNumber("utilization")
    cutConversations = try fields.count("cut_conversations")
  }
}

extension [Int: LimitPacking] {
  /// The packings by limit, as an entry holds them.
  var json: JSONValue { .fields(sorted { $0.key < $1.key }) { (String($0.key), $0.value.json) } }
}
