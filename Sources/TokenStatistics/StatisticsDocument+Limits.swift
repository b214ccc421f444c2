import JSON
public import Support

/// Length limits, which are applied to what was counted and need no counting of their own.
extension StatisticsDocument {
  /// Brings what limits cost, in every entry, to the limits of the document.
  ///
  /// Where the exact counts of an entry are not in `store`, or are an earlier version's, it keeps its own limits and names
  /// them in its member `settings`.
  ///
  /// - Throws: `FileError` if a stored result is damaged or cannot be read.
  public mutating func applyLimits(from store: CheckpointStore) throws(FileError) {
    guard let settings = try settings() else { return }
    let wanted = settings.limits.map(String.init)
    for name in datasetNames {
      guard let stored = datasets[name]?[DatasetSummary.limitsKey]?.objectValue?.keys, stored != wanted else {
        continue
      }
      if let checkpoint = try store.load(name), checkpoint.isComplete {
        let costs = LimitCosts(checkpoint.tally).summaries(settings.limits)
        let packings = LimitPacking.packings(of: checkpoint.tally, limits: settings.limits)
        updateEntry(of: name) { entry in
          entry[DatasetSummary.limitsKey] = DatasetSummary.json(of: costs)
          entry[LimitPacking.key] = packings.json
        }
      } else {
        var own = settings
        own.limits = stored.compactMap { Int($0) }
        updateEntry(of: name) { entry in
          guard entry[Self.settingsKey] == nil else { return }
          entry[Self.settingsKey] = own.json(model: entry["model"]?.stringValue ?? "")
        }
      }
    }
    try applyLimits(settings.limits, toPairsFrom: store)
  }
}
