public import Datasets
public import TokenStatistics

/// All datasets of some models, the largest first so that no worker is left with a large one at the end.
public struct GenerationPlan: Sendable {
  /// The datasets to make.
  public private(set) var jobs: [GenerationJob] = []
  /// Personas whose name cannot stand in a dataset's name.
  public private(set) var failures: [InputError] = []

  /// Size of all raw records, in bytes.
  public var bytes: Int { jobs.reduce(0) { $0 + $1.persona.bytes } }

  /// Plans datasets.
  ///
  /// - Parameters:
  ///   - archive: the raw records.
  ///   - models: the models that are wanted, where a repeated name counts once; nil for all that have records.
  ///   - types: the types of personas.
  ///   - filters: the rows that are taken.
  /// - Throws: `InputError` where a model that is wanted has no records of any of the types, or no model has.
  public init(
    _ archive: PersonaArchive, models: [String]?, types: [DatasetKind], filters: ScoreFilters = ScoreFilters()
  ) throws(InputError) {
    let known = try archive.models()
    var planned: Set<String> = []
    for model in models ?? known where planned.insert(model).inserted {
      var personas: [RawPersona] = []
      for type in types { personas += try archive.personasIfAny(model: model, type: type) }
      if personas.isEmpty, models != nil {
        let names = types.map { "\($0.rawValue)s" }.joined(separator: " or ")
        throw InputError(
          .nothingFound, dataset: model,
          "no raw records of \(names) in \(archive.path); there are records of \(known.joined(separator: ", "))")
      }
      for persona in personas { add(persona, filters) }
    }
    guard !jobs.isEmpty || !failures.isEmpty else {
      throw InputError(.nothingFound, dataset: archive.path, "there are no raw records")
    }
    jobs.sort { ($1.persona.bytes, $0.name.description) < ($0.persona.bytes, $1.name.description) }
  }

  private mutating func add(_ persona: RawPersona, _ filters: ScoreFilters) {
    do throws(DatasetNameError) {
      jobs.append(try GenerationJob(persona, filters: filters))
    } catch {
      failures.append(InputError(.name, dataset: persona.recordsPath, error.description))
    }
  }
}
