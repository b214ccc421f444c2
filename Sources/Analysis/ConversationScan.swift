import ModelHub
public import Counting
import Support
public import Datasets
import Synchronization
public import TokenStatistics

/// Counts chosen rows of datasets and shows each to a visitor, without writing anything.
///
///     let scan = try await ConversationScan(options, loadTokenizer: load)
///     let outcomes = await scan.run { OutlierCollector(dataset: $0.dataset, keep: 10) }
public struct ConversationScan: Sendable {
  /// What became of one dataset.
  public struct Outcome<Summary: Sendable>: Sendable {
    /// The dataset's names.
    public let identity: DatasetIdentity
    /// Where its rows stand.
    public let source: DatasetSource
    /// The rows that were chosen; empty for all.
    public let filters: ScoreFilters
    /// The visitor's summary, or why the dataset failed.
    public let result: Result<Summary, DatasetFailure>
    /// The rows that could not be counted, at most ``DatasetTally/keptFailures`` of them.
    public internal(set) var failures: [RowFailure] = []
    /// The number of rows that could not be counted.
    public internal(set) var failedRows = 0
    /// The number of rows of the dataset, and of those that were chosen, failed ones included.
    public internal(set) var rows = 0, chosenRows = 0
    /// The SHA-256 of the data files, one after another, in hexadecimal; nil where it was not asked for.
    public internal(set) var sha256: String?
  }

  /// What was passed over in the dataset folder.
  public let notices: [String]
  /// What looks like a dataset in the folder and is none that can be read.
  public let failures: [DatasetFailure]
  /// The datasets in the order in which they are worked on, largest first.
  public var datasets: [String] { jobs.map(\.source.name.description) }
  /// What the models' conversations are rendered and tokenised with, for the record.
  public var tokenizers: [String: TokenizerRecord] { formats.mapValues { $0.record(mode: options.countMode) } }

  private let options: ScanOptions
  private let formats: [String: LoadedFormat]
  private typealias Job = (source: DatasetSource, filters: ScoreFilters)

  private let jobs: [Job]

  /// Finds the datasets and loads the vocabularies.
  ///
  /// - Throws: ``AnalysisError``.
  public init(
    _ options: ScanOptions, loadTokenizer: @escaping DatasetAnalysis.TokenizerLoader
  ) async throws(AnalysisError) {
    self.options = options
    for model in options.models {
      do { _ = try options.catalog.format(of: model) } catch { throw .model(error) }
    }
    let found = try Self.find(options)
    notices = found.notices
    failures = found.failures
    jobs = found.jobs.sorted { ($1.source.bytes, $0.source.path) < ($0.source.bytes, $1.source.path) }
    formats = try await LoadedFormat.load(
      Set(found.jobs.map(\.source.name.model)), catalog: options.catalog, arguments: options.templateArguments,
      loadTokenizer)
  }

  /// Shows every chosen row to the visitor of its dataset.
  ///
  /// - Parameters:
  ///   - shouldStop: Asked after every batch of rows whether to stop; datasets that are not finished are left out then.
  ///   - makeVisitor: Makes the visitor of a dataset, on the thread that uses it.
  /// - Returns: What became of the datasets, sorted by name; selections of one dataset in the order given.
  public func run<Visitor: RowVisitor & ~Copyable>(
    shouldStop: @escaping @Sendable () -> Bool = { false },
    _ makeVisitor: @escaping @Sendable (DatasetIdentity) -> Visitor
  ) async -> [Outcome<Visitor.Summary>] {
    let schedule = ScanQueue(jobs.map { ($0.source.name.model, $0.source.bytes) })
    typealias Scanned = (index: Int, outcome: Outcome<Visitor.Summary>)
    let scanned = await withTaskGroup(of: [Scanned].self, returning: [Scanned].self) { group in
      for _ in 0..<max(1, min(options.jobs, jobs.count)) {
        group.addTask {
          var outcomes: [Scanned] = []
          var model: String?
          var box: ModelCounter?
          while !shouldStop(), !Task.isCancelled, let index = schedule.next(after: model) {
            let next = jobs[index].source.name.model
            if box?.counts(next) != true { box = makeCounter(for: next) }
            model = next
            if let outcome = scan(jobs[index], with: box, shouldStop, makeVisitor) {
              outcomes.append((index, outcome))
            }
          }
          return outcomes
        }
      }
      return await group.reduce(into: []) { $0 += $1 }
    }
    // Threads finish in any order, which nothing may show.
    return scanned.sorted { left, right in
      let (first, second) = (left.outcome.identity.dataset.utf8, right.outcome.identity.dataset.utf8)
      return first.elementsEqual(second) ? left.index < right.index : first.lexicographicallyPrecedes(second)
    }.map(\.outcome)
  }

  private func makeCounter(for model: String) -> ModelCounter? {
    guard let format = formats[model] else { return nil }
    let counter = format.makeCounter(mode: options.countMode)
    return ModelCounter(
      model, RowCounter(counter, countsFallback: options.countsFallback, dropsSystem: options.dropsSystem))
  }

  private func scan<Visitor: RowVisitor & ~Copyable>(
    _ job: Job, with box: ModelCounter?, _ shouldStop: () -> Bool, _ makeVisitor: (DatasetIdentity) -> Visitor
  ) -> Outcome<Visitor.Summary>? {
    let (source, filters) = job
    let identity = source.name.identity
    func failed(_ reason: String) -> Outcome<Visitor.Summary> {
      let failure = DatasetFailure(dataset: identity.dataset, message: reason)
      return Outcome(identity: identity, source: source, filters: filters, result: .failure(failure))
    }
    guard let box else { return failed("\(ModelError.unknownModel(source.name.model))") }
    var visitor = makeVisitor(identity)
    var tally = DatasetTally()
    var (rows, passedOver) = (0, 0)
    var sha256: String?
    do {
      sha256 = options.hashesSources ? try source.digest() : nil
      var reader = try DatasetReader(source, optionalColumns: options.columns)
      while let batch = try reader.nextBatch() {
        if shouldStop() { return nil }
        rows += batch.count
        for row in 0..<batch.count {
          do throws(RowFailure) {
            guard try filters.includes(row, of: batch) else {
              passedOver += 1
              continue
            }
            let counted = try box.counter.count(row, of: batch)
            visitor.visit(counted, messages: box.counter.messages, in: batch)
          } catch {
            tally.record(error)
          }
        }
      }
    } catch let error as DatasetError {
      return failed(error.message)
    } catch {
      return failed("\(error)")
    }
    var outcome = Outcome(identity: identity, source: source, filters: filters, result: .success(visitor.finish()))
    outcome.failures = tally.failures
    outcome.failedRows = tally.failedRows
    outcome.rows = rows
    outcome.chosenRows = rows - passedOver
    outcome.sha256 = sha256
    return outcome
  }

  private typealias Found = (jobs: [Job], notices: [String], failures: [DatasetFailure])

  private static func find(
    _ options: ScanOptions
  ) throws(AnalysisError) -> Found {
    do throws(DatasetError) {
      let models = options.models.isEmpty ? nil : options.models
      guard options.selections.isEmpty else {
        var jobs: [Job] = []
        for selection in options.selections {
          let source = try DatasetSource(named: selection.dataset, inFolder: options.datasetFolder)
          guard models?.contains(source.name.model) ?? true else { continue }
          let own = options.filters(of: selection, type: source.name.type)
          let next = try job(source, own, options)
          // What is named twice is counted once.
          let isKnown = jobs.contains { $0.source.path == next.source.path && $0.filters == next.filters }
          if !isKnown { jobs.append(next) }
        }
        guard !jobs.isEmpty else {
          throw DatasetError(
            .nothingFound, dataset: "", "none of the named datasets is of \(options.models.joined(separator: ", "))")
        }
        return (jobs, [], [])
      }
      let directory = try DatasetDirectory.scan(options.datasetFolder, models: models)
      var notices = directory.notices
      var jobs: [Job] = []
      for source in directory.datasets {
        do throws(DatasetError) {
          jobs.append(try job(source, options.typeFilters[source.name.type] ?? ScoreFilters(), options))
        } catch {
          guard options.namesShowFilters else { throw error }
          notices.append(error.description)
        }
      }
      return (jobs, notices, directory.failures.map { DatasetFailure(dataset: $0.dataset, message: $0.message) })
    } catch {
      if error.kind == .nothingFound { throw .nothingMatched(reason: error.description) }
      throw .datasets(reason: error.description)
    }
  }

  /// A dataset, under the name of its chosen rows where that is wanted, and the filters that choose them.
  private static func job(
    _ source: DatasetSource, _ first: ScoreFilters, _ options: ScanOptions
  ) throws(DatasetError) -> Job {
    let second = options.filters
    if let label = first.label, let other = second.label, !label.hasSameBytes(as: other) {
      let dataset = source.name.description
      throw DatasetError(.nothingFound, dataset: dataset, "no row has label \(label) and label \(other)")
    }
    let filters = ScoreFilters(
      minimumScore: [first.minimumScore, second.minimumScore].compactMap { $0 }.max(),
      maximumScore: [first.maximumScore, second.maximumScore].compactMap { $0 }.min(),
      label: first.label ?? second.label)
    guard options.namesShowFilters else { return (source, filters) }
    do throws(DatasetNameError) {
      return (source.renamed(try source.name.adding(filters)), filters)
    } catch { throw DatasetError(.nothingFound, dataset: source.name.description, error.description) }
  }
}

/// Hands out datasets to threads.
private final class ScanQueue: Sendable {
  private let schedule: Mutex<ModelSchedule>

  init(_ datasets: [(model: String, bytes: Int)]) { schedule = Mutex(ModelSchedule(datasets)) }

  func next(after model: String?) -> Int? { schedule.withLock { $0.next(after: model) } }
}
