import Support

/// The datasets about one subject, made with the same filters by several models.
///
/// Models differ in tokenizer and in answers, so a ratio of lengths reflects both.
public struct ModelComparison: Sendable, Equatable {
  /// The kind of the datasets.
  public let kind: DatasetKind
  /// The subject with its filters, as in the datasets' names after the kind: `accountant__min3`.
  public let name: String
  /// The models' datasets, sorted by model.
  public let profiles: [DatasetProfile]

  /// The comparison's name in files and tables: `role__accountant`.
  public var key: String { "\(kind.rawValue)__\(name)" }

  /// All subjects of which at least two models have a dataset, sorted by kind and name.
  ///
  /// - Parameters:
  ///   - profiles: The datasets.
  ///   - subject: The only subject that is wanted, with or without filters; nil for all.
  public static func all(of profiles: [DatasetProfile], subject: String? = nil) -> [ModelComparison] {
    var groups: [TextKey: [DatasetProfile]] = [:]
    for profile in profiles {
      let prefix = "\(profile.model)__"
      guard profile.dataset.hasPrefix(prefix) else { continue }
      let key = String(profile.dataset.dropFirst(prefix.count))
      if let subject, profile.subject != subject, key != "\(profile.kind.rawValue)__\(subject)" { continue }
      groups[key, default: []].append(profile)
    }
    return groups.sortedByKey().compactMap { key, profiles in
      guard profiles.count > 1, let kind = profiles.first?.kind else { return nil }
      return ModelComparison(
        kind: kind, name: String(key.dropFirst(kind.rawValue.count + 2)),
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
  /// The conversations with `label`, as a profile of their own with the dataset's names. What is known only of all
  /// conversations, tokens by kind and further columns, is left out.
  public func conversations(labeled label: String) -> DatasetProfile {
    var part = self
    part.groups = [:]
    part.roles = TokensByKind()
    part.scores = scores.compactMapValues { tally in
      tally.labels[label].map { ScoreTally(labels: [TextKey(label): $0]) }
    }
    return part
  }

  /// The contrast of the conversations labeled `first` with those labeled `second`; nil if one has none.
  ///
  /// For a trait's `pos` and `neg` it shows how well length alone separates the two.
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

/// How the lengths of two groups of conversations differ, such as those of the labels `pos` and `neg` of a trait.
///
/// Differences are the first group's value less the second's, in tokens.
public struct LengthContrast: Sendable, Equatable {
  /// The first group's lengths.
  public let first: LengthDistribution
  /// The second group's lengths.
  public let second: LengthDistribution

  /// Contrasts `first` with `second`.
  public init(_ first: LengthDistribution, _ second: LengthDistribution) {
    self.first = first
    self.second = second
  }

  /// The difference of the means; nil if a group is empty, as are all other values then.
  public var meanDifference: Double? {
    guard let a = first.mean, let b = second.mean else { return nil }
    return a - b
  }

  /// The difference of the medians.
  public var medianDifference: Int? {
    guard let a = first.percentile(50), let b = second.percentile(50) else { return nil }
    return a - b
  }

  /// The first group's median as a multiple of the second's; nil if that is 0.
  public var medianRatio: Double? {
    guard let a = first.percentile(50), let b = second.percentile(50), b > 0 else { return nil }
    return Double(a) / Double(b)
  }

  /// Cohen's *d*: the difference of the means in pooled standard deviations; nil if all lengths are equal.
  ///
  /// Source: J. Cohen, Statistical Power Analysis for the Behavioral Sciences, 2nd ed. 1988, section 2.2; about 0.2
  /// is called small, 0.5 medium, 0.8 large.
  public var cohensD: Double? {
    guard let meanDifference, let a = first.standardDeviation, let b = second.standardDeviation else { return nil }
    let freedom = Double(first.count + second.count - 2)
    guard freedom > 0 else { return nil }
    let pooled = ((a * a * Double(first.count) + b * b * Double(second.count)) / freedom).squareRoot()
    return pooled > 0 ? meanDifference / pooled : nil
  }

  /// The probability that a conversation of the first group is longer than one of the second, ties counting half.
  ///
  /// It is 0.5 if length tells nothing about the group. Source: K. O. McGraw and S. P. Wong, A common language
  /// effect size statistic, Psychological Bulletin 111 (1992).
  ///
  /// - Complexity: O(*d* + *e*) for *d* and *e* distinct lengths.
  public var probabilityLonger: Double? {
    guard !first.isEmpty, !second.isEmpty else { return nil }
    var below = 0
    var index = 0
    var halves: UInt128 = 0
    for entry in first.entries {
      while index < second.entries.count, second.entries[index].length < entry.length {
        below += second.entries[index].count
        index += 1
      }
      let equal = index < second.entries.count && second.entries[index].length == entry.length
      let ties = equal ? second.entries[index].count : 0
      halves += UInt128(entry.count) * UInt128(2 * below + ties)
    }
    return Double(halves) / (2 * Double(first.count) * Double(second.count))
  }
}
