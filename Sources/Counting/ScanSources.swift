public import Datasets
import ModelHub
public import Support
public import TokenStatistics

/// Which sources of a folder are read, and which of their rows count.
public struct SourceQuery: Sendable {
  /// The folder with the datasets.
  public var folder: String
  /// The datasets, by name or path, each with a choice among its rows; empty for all datasets of the folder.
  public var selections: [DatasetSelection] = []
  /// The models whose datasets are taken; empty for all.
  public var models: [String] = []
  /// The models that count, by name, each of them all rows; empty for the model in a dataset's name.
  public var countingModels: [String] = []
  /// The model of sources whose names hold none, where no other option names one.
  public var defaultModel: String?
  /// The rows that are taken of the datasets of a kind, if a dataset's selection names neither label nor bounds of the
  /// score.
  public var usualFilters: [DatasetKind: ScoreFilters] = [:]
  /// What is said about sources and their rows outright.
  public var reading = SourceLookup(folder: "")
  /// Whether the result of a selection has the name that such a dataset would have, filters included.
  public var namesShowFilters = true

  /// Asks for all datasets of a folder.
  public init(folder: String) { self.folder = folder }

  /// The filters of a dataset: those of its selection, and the usual ones of its kind for the rest.
  private func filters(_ own: ScoreFilters, of kind: DatasetKind) -> ScoreFilters {
    var filters = own
    guard let usual = usualFilters[kind] else { return filters }
    if filters.label == nil { filters.label = usual.label }
    if filters.minimumScore == nil && filters.maximumScore == nil {
      filters.minimumScore = usual.minimumScore
      filters.maximumScore = usual.maximumScore
    }
    return filters
  }

  /// The models that count a source: of one whose name holds none, those of all options are meant.
  private func models(of source: DatasetSource) -> [String] {
    if !countingModels.isEmpty { return countingModels }
    if source.isNamedByData { return [source.name.model] }
    return models.isEmpty ? [defaultModel].compactMap(\.self) : models
  }

  /// A lookup that knows the model of sources whose names hold none.
  fileprivate var lookup: SourceLookup {
    var lookup = reading
    lookup.folder = folder
    lookup.model = countingModels.first ?? models.first ?? defaultModel
    return lookup
  }

  /// A source under the names of its results, with the rows that are taken: one for each model that counts.
  fileprivate func jobs(
    _ source: DatasetSource, _ own: ScoreFilters = ScoreFilters()
  ) throws(InputError) -> [ScanJob] {
    let filters = filters(own, of: source.name.kind)
    return try models(of: source).map { (model) throws(InputError) in
      var name = try source.isNamedByData ? source.name.counted(with: model) : source.name.made(for: model)
      if namesShowFilters {
        do throws(InputError) { name = try name.adding(filters) } catch {
          throw InputError(.emptySelection, dataset: source.name.description, error.description)
        }
      }
      return ScanJob(source: source.renamed(name).bounded(by: reading.limits), filters: filters, model: model)
    }
  }
}

/// What a query finds.
public struct FoundSources: Sendable {
  /// What is to be read, as the query names it, else by name.
  public private(set) var jobs: [ScanJob] = []
  /// Sources that cannot be read, and selections that leave nothing.
  public private(set) var failures: [InputError] = []
  /// Sources that would be fetched first, where only what would be done is asked for.
  public private(set) var planned: [InputError] = []
  /// What was skipped in the folder.
  public private(set) var notices: [String] = []

  /// The models in the names of the sources.
  private var sourceModels: Set<String> = []
  /// The jobs of selected sources.
  private var selected: Set<Selected> = []
  /// The path whose rows a selected job's result has, by the result's name.
  private var paths: [String: String] = [:]

  /// What makes two jobs the same selection.
  private struct Selected: Hashable {
    let path: String
    let name: DatasetName
    let split: String?
    let filters: ScoreFilters
    let model: String
  }

  /// Looks for the sources of a query.
  ///
  /// - Throws: `InputError` if a selected dataset is not there, two results would have the same name, or nothing at all
  ///   is found.
  public init(_ query: SourceQuery) throws(InputError) {
    guard query.selections.isEmpty else {
      try select(query)
      noteModels(query)
      return
    }
    let directory: DatasetDirectory
    do throws(InputError) {
      directory = try DatasetDirectory.scan(query.folder, models: query.models.isEmpty ? nil : query.models)
    } catch {
      // Without names of datasets the folder is one like any other.
      guard error.kind == .nothingFound, (try? DatasetDirectory.scan(query.folder)) == nil, query.lookup.model != nil,
        let files = try? Self.files(in: query)
      else {
        throw error
      }
      notices = files.lookup.notices
      failures = files.lookup.failures
      try add(files.sources.map { ($0, ScoreFilters()) }, query)
      return
    }
    failures = directory.failures
    notices = directory.notices
    for source in directory.datasets {
      sourceModels.insert(source.name.model)
      let described: [DatasetSource]
      do throws(InputError) { described = try self.described(source, query) } catch {
        failures.append(error)
        continue
      }
      do throws(InputError) { for source in described { jobs += try query.jobs(source) } } catch {
        notices.append(error.description)
      }
    }
    noteModels(query)
  }

  /// The source with what is said outright of its rows, which its name lets nobody expect.
  private func described(_ source: DatasetSource, _ query: SourceQuery) throws(InputError) -> [DatasetSource] {
    guard query.reading.shape != ShapeOptions() else { return [source] }
    var lookup = query.lookup
    return try lookup.sources(source.path)
  }

  private static func files(
    in query: SourceQuery
  ) throws(InputError) -> (lookup: SourceLookup, sources: [DatasetSource]) {
    var lookup = query.lookup
    let sources = try lookup.sources(query.folder)
    return (lookup, sources)
  }

  /// Says that rows are counted with other models than those whose answers they are.
  private mutating func noteModels(_ query: SourceQuery) {
    let others = sourceModels.subtracting(query.countingModels).sorted()
    guard !query.countingModels.isEmpty, !others.isEmpty else { return }
    notices.append(
      "datasets of \(others.joined(separator: ", ")) are counted with \(query.countingModels.joined(separator: ", "))")
  }

  private mutating func select(_ query: SourceQuery) throws(InputError) {
    var missing: [String] = []
    var lookup = query.lookup
    var found: [(source: DatasetSource, filters: ScoreFilters)] = []
    lookup.isOneOfSeveral = query.selections.count > 1
    for selection in query.selections {
      do throws(InputError) {
        found += try lookup.sources(selection.dataset).map { ($0, selection.filters) }
      } catch {
        switch error.kind {
        // What is not there, or was not fetched, may be a slip of the pen.
        case .hub(.planned): planned.append(error)
        case .hub: throw error
        case .missing: missing.append(error.dataset)
        default: failures.append(error)
        }
      }
    }
    notices += lookup.notices
    failures += lookup.failures
    if lookup.name != nil, Self.areSeveral(found.map(\.source), of: query.selections) {
      throw InputError(.name, dataset: "", "--name gives a name to one source, and several are given")
    }
    try add(found, query)
    let files = missing.filter(SourceLookup.isWrittenAsFile)
    guard files.isEmpty else {
      throw InputError(.unreadable, dataset: files.joined(separator: ", "), "there is no such file or folder")
    }
    guard missing.isEmpty else {
      let known = (try? Files.list(query.folder)) ?? []
      let close = missing.count == 1 ? CloseNames.question(CloseNames.of(missing[0], in: known)) : ""
      throw InputError(
        .missing, dataset: query.folder, "there is no dataset \(missing.joined(separator: ", "))\(close)")
    }
    guard jobs.isEmpty, planned.isEmpty else { return }
    // Nothing is written about what is no data.
    if let failure = failures.first(where: { $0.kind != .emptySelection }) { throw failure }
    throw InputError(
      .nothingFound, dataset: "",
      failures.isEmpty
        ? "no selected dataset is of \(query.models.joined(separator: ", "))"
        : failures.map(\.message).joined(separator: "; "))
  }

  /// Whether sources that are to have one name are more than the splits and sides of one.
  private static func areSeveral(_ sources: [DatasetSource], of selections: [DatasetSelection]) -> Bool {
    let pathsOfName = Dictionary(grouping: sources, by: \.name).mapValues { Set($0.map(\.path)) }
    return Set(selections.map(\.dataset)).count > 1 || pathsOfName.contains { $0.value.count > 1 }
      || Set(sources.filter { $0.split == nil }.map(\.path)).count > 1
  }

  /// Adds the jobs of sources; those whose names meet get the folders that hold them in front.
  private mutating func add(
    _ found: [(source: DatasetSource, filters: ScoreFilters)], _ query: SourceQuery
  ) throws(InputError) {
    // The paths of each name that no data gave.
    var pathsOfName: [DatasetName: Set<String>] = [:]
    for (source, _) in found where !source.isNamedByData {
      pathsOfName[source.name, default: []].insert(source.path)
    }
    for (source, filters) in found {
      guard !source.isNamedByData || query.models.isEmpty || query.models.contains(source.name.model) else { continue }
      if source.isNamedByData { sourceModels.insert(source.name.model) }
      let meets = !source.isNamedByData && pathsOfName[source.name, default: []].count > 1
      do throws(InputError) {
        let named = try meets ? source.renamed(source.nameWithFolder) : source
        for job in try query.jobs(named, filters) { try add(job, hasOwnName: query.namesShowFilters) }
      } catch {
        guard error.kind == .emptySelection else { throw error }
        failures.append(error)
      }
    }
  }

  /// Adds a job; the same selection a second time is skipped.
  ///
  /// - Parameter hasOwnName: Whether no other source may have the name of its result.
  private mutating func add(_ job: ScanJob, hasOwnName: Bool) throws(InputError) {
    let source = job.source
    let selection = Selected(
      path: source.path, name: source.name, split: source.split, filters: job.filters, model: job.model)
    guard selected.insert(selection).inserted else { return }
    let path = paths[job.name, default: source.path]
    guard !hasOwnName || path == source.path else {
      throw InputError(
        .name, dataset: "", "\(path) and \(source.path) are both selected as \(job.name); select one of them")
    }
    paths[job.name] = path
    jobs.append(job)
  }
}
