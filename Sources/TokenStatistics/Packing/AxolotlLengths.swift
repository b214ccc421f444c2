extension TrainingNumbers {
  /// The lengths of what axolotl packs at a limit: of conversations that are not too long and have a trained token, or of
  /// the pieces of texts; nil if it is not known which conversations have a trained token.
  ///
  /// They are those of the rows that ``TrainerPacking/axolotl`` keeps.
  public func axolotlLengths(upTo limit: Int) -> LengthDistribution? {
    guard let training else { return nil }
    let untrained = training.untrained.entries.reduce(into: [:]) { $0[$1.length] = $1.count }
    var kept: [Int: Int] = [:]
    for entry in lengths.entries {
      if areTexts {
        let read = min(entry.length, TrainerPacking.textSequences * limit)
        kept[limit, default: 0] += read / limit * entry.count
        kept[read % limit, default: 0] += entry.count
      } else if entry.length <= limit {
        kept[entry.length] = entry.count - untrained[entry.length, default: 0]
      }
    }
    let entries = kept.filter { $0.key >= TrainerPacking.fewestTokens && $0.value > 0 }.sorted { $0.key < $1.key }
    return LengthDistribution(entries: entries.map { .init(length: $0.key, count: $0.value) })
  }
}
