public import TokenStatistics

/// Groups of conversations that belong together, to be drawn on one page: several models' datasets about one subject,
/// the same text under several tokenizers, or the conversations of two labels.
public struct DatasetComparison: Sendable {
  /// What the rows have in common and how they differ.
  public enum Basis: Sendable {
    /// Each model's own answers: tokenizer and text differ, so the ratio is one of medians.
    case answers
    /// The same text under several tokenizers: the ratio is one of all tokens.
    case identicalText
    /// The conversations of two labels of one dataset: ratios and effects refer to the second.
    case labels
  }

  /// The bytes of text per token in one part of the texts.
  public struct Density: Sendable, Equatable {
    /// The part, such as `user`.
    public let name: String
    /// The bytes per token of each row; nil if there are no tokens.
    public let bytesPerToken: [Double?]

    /// Makes the density of one part.
    public init(name: String, bytesPerToken: [Double?]) {
      self.name = name
      self.bytesPerToken = bytesPerToken
    }
  }

  /// The kind of the datasets.
  public let kind: DatasetKind
  /// The subject with the filters of the datasets' names, such as `accountant__min3`.
  public let name: String
  /// The conversations of each row, in the order in which they are drawn.
  public let profiles: [DatasetProfile]
  /// The names of the rows: models, tokenizers or labels.
  public let rowNames: [String]
  /// The subject with the filters in words: `accountant, score from 3`.
  public var title: String { profiles.first?.title ?? name }
  /// What the rows have in common.
  public let basis: Basis
  /// What the file's name begins with; nil for models.
  public var filePrefix: String?
  /// The parts of the texts with their bytes per token, shown in place of the scores, which identical texts share.
  public var densities: [Density] = []

  /// Makes a comparison of `profiles`, which may come from any datasets.
  ///
  /// - Parameters:
  ///   - kind: The kind of the datasets.
  ///   - name: The subject with its filters.
  ///   - profiles: The conversations of each row.
  ///   - rowNames: The names of the rows; the models if there are fewer names than rows.
  ///   - basis: What the rows have in common.
  public init(
    kind: DatasetKind, name: String, profiles: [DatasetProfile], rowNames: [String] = [], basis: Basis = .answers
  ) {
    self.kind = kind
    self.name = name
    self.profiles = profiles
    self.rowNames = rowNames + profiles.dropFirst(rowNames.count).map(\.model)
    self.basis = basis
  }

  /// The conversations of a dataset with label `first` against those with `second`; nil if one has none.
  public init?(of profile: DatasetProfile, labels first: String, _ second: String) {
    guard profile.contrast(first, with: second) != nil else { return nil }
    self.init(
      kind: profile.kind, name: profile.name,
      profiles: [first, second].map { profile.conversations(labeled: $0) }, rowNames: [first, second], basis: .labels)
    filePrefix = "labels__\(profile.model)__"
  }

  /// The datasets of several models about one subject.
  public init(_ comparison: ModelComparison) {
    self.init(kind: comparison.kind, name: comparison.name, profiles: comparison.profiles)
  }

  /// The name of the plot's file without its ending: `role__accountant`, `labels__MODEL__trait__calm`.
  public var fileStem: String { "\(filePrefix ?? "")\(kind.rawValue)__\(name)" }

  /// The number of files that the pages take.
  public var pageCount: Int { (profiles.count + ComparisonPlot.mostRows - 1) / ComparisonPlot.mostRows }

  /// The scale of the scores of all rows; nil if they have none, or not the same.
  var scoreScale: ScoreScale? {
    guard let scale = profiles.first?.scoreScale, profiles.allSatisfy({ $0.scoreScale == scale }) else { return nil }
    return scale
  }

  /// The row that ratios refer to.
  var referenceIndex: Int { basis == .labels ? profiles.count - 1 : 0 }
}

extension DatasetProfile {
  /// What is left of the dataset's name after model and kind: the subject with the filters, `accountant__min3`.
  public var name: String {
    let prefix = "\(model)__\(kind.rawValue)__"
    guard dataset.utf8.starts(with: prefix.utf8) else { return dataset }
    return String(decoding: dataset.utf8.dropFirst(prefix.utf8.count), as: UTF8.self)
  }

  /// The dataset in words, without model and kind: `accountant, score from 3`.
  public var title: String { filters.words.isEmpty ? name : ([subject] + filters.words).joined(separator: ", ") }
}
