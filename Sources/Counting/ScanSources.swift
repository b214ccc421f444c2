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
  /// The rows that are taken of the datasets of a kind, if a dataset's selection names neither label nor bounds of the
  /// score.
  public var usualFilters: [DatasetKind: ScoreFilters] = [:]
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

  /// A source under the name of its result, with the rows that are taken.
  fileprivate func job(_ source: DatasetSource, _ own: ScoreFilters = ScoreFilters()) throws(InputError) -> ScanJob {
    let filters = filters(own, of: source.name.kind)
    guard namesShowFilters else { return ScanJob(source: source, filters: filters) }
    do throws(InputError) {
      return ScanJob(source: source.renamed(try source.name.adding(filters)), filters: filters)
    } catch {
      throw InputError(.emptySelection, dataset: source.name.description, error.description)
    }
  }
}

/// What a query finds.
public struct FoundSources: Sendable {
  /// What is to be read, as the query names it, else by name.
  public private(set) var jobs: [ScanJob] = []
  /// Sources that cannot be read, and selections that leave nothing.
  public private(set) var failures: [InputError] = []
  /// What was skipped in the folder.
  public private(set) var notices: [String] = []

  /// Looks for the sources of a query.
  ///
  /// - Throws: `InputError` if a selected dataset is not there, two results would have the same name, or nothing at all
  ///   is found.
  public init(_ query: SourceQuery) throws(InputError) {
    guard query.selections.isEmpty else {
      try select(query)
      return
    }
    let directory = try DatasetDirectory.scan(query.folder, models: query.models.isEmpty ? nil : query.models)
    failures = directory.failures
    notices = directory.notices
    for source in directory.datasets {
      do throws(InputError) { jobs.append(try query.job(source)) } catch { notices.append(error.description) }
    }
  }

  private mutating func select(_ query: SourceQuery) throws(InputError) {
    var missing: [String] = []
    for selection in query.selections {
      let source: DatasetSource
      do throws(InputError) {
        source = try DatasetSource(named: selection.dataset, inFolder: query.folder)
      } catch {
        if error.kind == .missing { missing.append(selection.dataset) } else { failures.append(error) }
        continue
      }
      guard query.models.isEmpty || query.models.contains(source.name.model) else { continue }
      do throws(InputError) {
        try add(try query.job(source, selection.filters), hasOwnName: query.namesShowFilters)
      } catch {
        guard error.kind == .emptySelection else { throw error }
        failures.append(error)
      }
    }
    guard missing.isEmpty else {
      throw InputError(
        .missing, dataset: query.folder, "there is no dataset \(missing.joined(separator: ", "))")
    }
    let empty = failures.filter { $0.kind == .emptySelection }
    guard jobs.isEmpty, failures.count == empty.count else { return }
    throw InputError(
      .nothingFound, dataset: "",
      empty.isEmpty
        ? "no selected dataset is of \(query.models.joined(separator: ", "))"
        : empty.map(\.message).joined(separator: "; "))
  }

  /// Adds a job; the same selection a second time is skipped.
  ///
  /// - Parameter hasOwnName: Whether no other source may have the name of its result.
  private mutating func add(_ job: ScanJob, hasOwnName: Bool) throws(InputError) {
    let isKnown = jobs.contains { $0.source.path == job.source.path && $0.filters == job.filters }
    guard !isKnown else { return }
    let isTaken = { (other: ScanJob) in other.name == job.name && other.source.path != job.source.path }
    if hasOwnName, let other = jobs.first(where: isTaken) {
      throw InputError(
        .name, dataset: "",
        "\(other.source.path) and \(job.source.path) are both selected as \(job.name); select one of them")
    }
    jobs.append(job)
  }
}
