public import TokenStatistics

/// The datasets of one persona, one for each model, to be drawn on one page.
public struct PersonaComparison: Sendable {
  /// What the models counted.
  public enum Basis: Sendable {
    /// Each model's own answers: tokenizer and text differ, so the ratio is one of medians.
    case answers
    /// The same text under several tokenizers: the ratio is one of all tokens.
    case identicalText
  }

  /// Whether the persona is a role or a trait.
  public let type: PersonaType
  /// The persona with the filters of the datasets' names, such as `accountant__min3`.
  public let name: String
  /// The datasets in the order in which they are drawn; ratios refer to the first.
  public let profiles: [DatasetProfile]
  /// What the models counted.
  public let basis: Basis

  /// Makes a comparison of `profiles`, which may come from any datasets.
  public init(type: PersonaType, name: String, profiles: [DatasetProfile], basis: Basis = .answers) {
    self.type = type
    self.name = name
    self.profiles = profiles
    self.basis = basis
  }

  /// The comparisons among `profiles`: personas that at least two models have, by type and name, models in order.
  public static func all(in profiles: [DatasetProfile]) -> [PersonaComparison] {
    let groups = Dictionary(grouping: profiles) { "\($0.type.rawValue)__\($0.title)" }
    return groups.sorted { $0.key < $1.key }.compactMap { _, group in
      guard let first = group.first, Set(group.map(\.model)).count > 1 else { return nil }
      return PersonaComparison(type: first.type, name: first.title, profiles: group.sorted { $0.model < $1.model })
    }
  }

  /// The name of the picture's file without its ending: `role__accountant`.
  public var fileStem: String { "\(type.rawValue)__\(name)" }
}

extension DatasetProfile {
  /// The persona with the filters of the dataset's name: what is left of the name behind model and type.
  var title: String {
    let prefix = "\(model)__\(type.rawValue)__"
    guard dataset.utf8.starts(with: prefix.utf8) else { return dataset }
    return String(decoding: dataset.utf8.dropFirst(prefix.utf8.count), as: UTF8.self)
  }
}
