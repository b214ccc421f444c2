import JSON
public import Support

/// Pairs of datasets that hold the preferred and the other answers of the same rows.
extension StatisticsDocument {
  /// The member at the root that holds the pairs, where no total counts them.
  static let pairsKey = "pairs"

  /// The pairs by name, which is that of the datasets without the side, sorted.
  ///
  /// - Throws: `FileError` if a member is missing or of another type.
  public func pairs() throws(FileError) -> [(name: String, summary: PairSummary)] {
    guard let stored = root[Self.pairsKey]?.objectValue else { return [] }
    var pairs: [(name: String, summary: PairSummary)] = []
    do throws(FileError) {
      for member in stored.members {
        let fields = try FieldReader(member.value, place: "\(Self.pairsKey).\(member.key)")
        pairs.append((member.key, try PairSummary(fields)))
      }
    } catch { throw .damaged(path: path, reason: "\(error)") }
    return pairs.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
  }

  /// Brings what limits do to pairs to those of the document, where the rows of both sides are in `store`.
  mutating func applyLimits(_ limits: [Int], toPairsFrom store: CheckpointStore) throws(FileError) {
    var pairs = try pairs()
    for index in pairs.indices { pairs[index].summary = try store.apply(limits, to: pairs[index].summary) }
    setPairs(pairs)
  }

  /// Adds or replaces pairs, and sorts all by name.
  public mutating func setPairs(_ pairs: [(name: String, summary: PairSummary)]) {
    guard !pairs.isEmpty else { return }
    var stored = root[Self.pairsKey]?.objectValue ?? JSONObject()
    for pair in pairs { stored[pair.name] = pair.summary.json }
    let sorted = stored.members.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
    root[Self.pairsKey] = .fields(sorted) { ($0.key, $0.value) }
  }
}

extension CheckpointStore {
  /// A pair with what other limits do to it; as it is where the rows of its sides are not known.
  public func apply(_ limits: [Int], to pair: PairSummary) throws(FileError) -> PairSummary {
    guard Set(pair.limits.keys) != Set(limits) else { return pair }
    var sides: [SideRows] = []
    for name in [pair.chosen, pair.rejected] {
      guard let side = try load(name)?.tally.side else { return pair }
      sides.append(side)
    }
    return PairSummary(names: (pair.chosen, pair.rejected), sides[0], sides[1], limits: limits)
  }
}
