import Support
/// The datasets of one persona, made with the same filters by several models.
///
/// Between models both the tokenizer and the answers differ, so a ratio of lengths tells about the two together.
public struct ModelComparison: Sendable, Equatable {
  /// Whether the persona is a role or a trait.
  public let type: PersonaType
  /// The persona with its filters, as in the datasets' names behind the type: `accountant__min3`.
  public let name: String
  /// The models' datasets, sorted by model.
  public let profiles: [DatasetProfile]

  /// The comparison's name in files and tables: `role__accountant`.
  public var key: String { "\(type.rawValue)__\(name)" }

  /// All personas of which at least two models have a dataset, sorted by type and name.
  ///
  /// - Parameters:
  ///   - profiles: The datasets.
  ///   - persona: The only persona that is wanted, with or without filters; nil for all.
  public static func all(of profiles: [DatasetProfile], persona: String? = nil) -> [ModelComparison] {
    var groups: [TextKey: [DatasetProfile]] = [:]
    for profile in profiles {
      let prefix = "\(profile.model)__"
      guard profile.dataset.hasPrefix(prefix) else { continue }
      let key = String(profile.dataset.dropFirst(prefix.count))
      if let persona, profile.persona != persona, key != "\(profile.type.rawValue)__\(persona)" { continue }
      groups[key, default: []].append(profile)
    }
    return groups.sortedByKey().compactMap { key, profiles in
      guard profiles.count > 1, let type = profiles.first?.type else { return nil }
      return ModelComparison(
        type: type, name: String(key.dropFirst(type.rawValue.count + 2)),
        profiles: profiles.sorted { $0.model < $1.model })
    }
  }

  /// The contrast of each model's lengths with those of the first, in the order of ``profiles``.
  public var contrasts: [LengthContrast] {
    let lengths = profiles.map(\.lengths)
    return lengths.map { LengthContrast($0, lengths[0]) }
  }
}

extension DatasetProfile {
  /// The conversations that carry `label`, as a profile of their own with the dataset's names.
  public func conversations(labelled label: String) -> DatasetProfile {
    var part = self
    part.scores = scores.compactMapValues { tally in
      tally.labels[label].map { ScoreTally(labels: [TextKey(label): $0]) }
    }
    return part
  }

  /// The contrast of the conversations labelled `first` with those labelled `second`; nil where one has none.
  ///
  /// For a trait's `pos` and `neg` it tells how far length alone separates the two.
  public func contrast(_ first: String = "pos", with second: String = "neg") -> LengthContrast? {
    var sums = [LengthDistribution(), LengthDistribution()]
    for tally in scores.values {
      for (index, label) in [first, second].enumerated() {
        if let lengths = tally.labels[label]?.lengths { sums[index].merge(lengths) }
      }
    }
    return sums.contains(where: \.isEmpty) ? nil : LengthContrast(sums[0], sums[1])
  }
}
