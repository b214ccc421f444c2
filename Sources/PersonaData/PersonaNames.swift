public import Datasets
public import TokenStatistics

/// What persona collections call the things that dataset names hold.
public enum PersonaNames {
  /// The name of the attribute, column and member that says which persona a dataset is of.
  public static let attribute = "persona"
}

extension DatasetSource {
  /// The names of what comes of the source's rows, with the scores' column and scale where they were said outright or the
  /// dataset had another name.
  public var identity: DatasetIdentity {
    var identity = name.identity
    let score = ScoreRecord(column: (shape ?? .messages).scoreColumn, scale: shape?.scoreScale ?? keptScale)
    identity.score = score.beyond(identity.kind)
    return identity
  }
}

extension DatasetName {
  /// The parts as the statistics document holds them; the subject of a role or a trait is a persona.
  public var identity: DatasetIdentity {
    let attributes =
      switch kind {
      case .role, .trait: [DatasetAttribute(key: PersonaNames.attribute, value: subject)]
      case .dataset: [DatasetAttribute]()
      }
    return DatasetIdentity(
      dataset: description, model: model, kind: kind, name: name, filters: filters, attributes: attributes)
  }
}
