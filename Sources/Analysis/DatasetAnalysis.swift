public import Counting
import Datasets
import ModelHub
public import Support
import TokenStatistics

/// Counts the datasets of a folder and brings a statistics document up to date.
///
///     let analysis = try DatasetAnalysis(options) { model, tokenizer in try load(model, tokenizer) }
///     let result = try analysis.run(stop: stop)
///     for checkpoint in result.checkpoints { draw(checkpoint.profile) }
///
/// A finished dataset's exact result is in a file before the next one begins, so nothing is counted twice: neither
/// after a failure or an interruption, nor in a later run while data and settings stay the same.
public struct DatasetAnalysis: Sendable {
  /// The names of the datasets that will be looked at, largest first.
  public var datasets: [String] {
    jobs.sorted { ($1.source.bytes, $0.name) < ($0.source.bytes, $1.name) }.map(\.name)
  }
  /// What was skipped in the dataset folder, for the user to know.
  public let notices: [String]
  /// The sources that would be fetched first, where only what would be done is asked for, each with what would be.
  public let planned: [InputError]

  private let options: AnalysisOptions
  private let consumer: StatisticsConsumer
  private let jobs: [ScanJob]
  /// Datasets that cannot be counted, found before counting.
  private let failures: [InputError]
  private let document: StatisticsDocument
  private let preparation: AnalysisTimings

  /// Finds the datasets, loads the vocabularies and checks that the statistics document can be updated.
  ///
  /// Nothing is written. A damaged document or other settings are found here, before any counting.
  ///
  /// - Parameters:
  ///   - options: What is to be done.
  ///   - loadTokenizer: Loads a vocabulary; it is called from several threads, once for each model in use.
  /// - Throws: `InputError`.
  public init(_ options: AnalysisOptions, loadTokenizer: @escaping LoadedModel.TokenizerLoader) throws(InputError) {
    try self.init(
      options, loader: ModelLoader(catalog: options.catalog, arguments: options.templateArguments, loadTokenizer))
  }

  /// Finds the datasets, loads their models and checks that the statistics document can be updated.
  ///
  /// - Throws: `InputError`.
  public init(_ options: AnalysisOptions, loader: ModelLoader) throws(InputError) {
    let watch = Stopwatch()
    var options = options
    options.scan.notesUnrendered = true
    var document = try Self.document(at: options.document)
    for model in options.query.models + options.query.countingModels {
      if !options.unfetchedModels.contains(model) { try loader.check(model) }
    }
    let found = try FoundSources(options.query)
    let loading = Stopwatch()
    let models = try loader.models(Set(found.jobs.map(\.model)).subtracting(options.unfetchedModels))
    var preparation = AnalysisTimings()
    preparation.loading = loading.seconds
    consumer = StatisticsConsumer(options, models: models)
    do { try document.adopt(consumer.settings, force: options.force) } catch { throw Self.statistics(error) }
    self.options = options
    self.document = document
    notices =
      found.notices + models.doubledBeginnings + models.withoutGenerationBlocks
      + models.obstacles(to: options.scan.policies)
    failures = found.failures
    planned = found.planned
    jobs = found.jobs
    preparation.scanning = watch.seconds - preparation.loading
    self.preparation = preparation
  }

  private static func document(at path: String) throws(InputError) -> StatisticsDocument {
    do throws(FileError) {
      return try StatisticsDocument.load(path) ?? StatisticsDocument(path: path)
    } catch {
      throw statistics(error)
    }
  }

  /// Whether the stored result of `dataset` would be taken over instead of counting, as far as file times tell.
  public func isUpToDate(_ dataset: String) -> Bool {
    guard let job = jobs.first(where: { $0.name == dataset }) else { return false }
    return consumer.upToDate(job) != nil
  }

  /// What would fail as far as the first rows of each dataset, and results that would be taken over, show.
  ///
  /// - Complexity: O(datasets); a few rows of each are counted that would be counted.
  public func obstacles() -> [InputError] {
    var rows = FirstRows(models: consumer.models, options: consumer.scan)
    return failures
      + jobs.compactMap { job in
        guard let stored = consumer.upToDate(job) else { return rows.obstacle(to: job) }
        return stored.tally.failures.first.map { FirstRows.obstacle(to: job, $0) }
      }
  }

  /// Why there is nothing to write a statistics document about: none is there yet, and no dataset can be read. Empty
  /// where there is.
  ///
  /// - Complexity: O(datasets that cannot be read); one batch of rows of each is read, and of the first other one.
  public func refusals() -> [InputError] {
    guard !Files.exists(options.document) else { return [] }
    let rows = FirstRows(models: consumer.models, options: consumer.scan)
    var found = failures
    for job in jobs {
      guard let refusal = rows.refusal(of: job) else { return [] }
      found.append(refusal)
    }
    return found
  }

  /// Counts every dataset that changed since it was last counted, and writes the document.
  ///
  /// A dataset that fails is recorded in the document and does not keep the others from being counted. If the work is
  /// stopped, what is finished is written nevertheless.
  ///
  /// - Parameters:
  ///   - stop: Asked at least every 4,096 rows.
  ///   - progress: Called after every batch of rows and every dataset, from any thread but never from two at once.
  /// - Throws: `InputError` if the document, the folder of checkpoints or the file of lengths cannot be written, or if
  ///   all selections leave no row; the document is not written then.
  public func run(
    stop: StopFlag = StopFlag(), progress: @escaping @Sendable (AnalysisProgress) -> Void = { _ in }
  ) throws(InputError) -> AnalysisResult {
    do { try consumer.store.prepare() } catch { throw Self.statistics(error) }
    do { try consumer.lengths?.prepare() } catch { throw Self.unwritable(error) }
    // What cannot be removed now is hidden, and the next run removes it.
    defer { try? consumer.lengths?.discard() }
    let working = Stopwatch()
    let meter = ProgressMeter(jobs, report: progress)
    let report = Scan(jobs, models: consumer.models, options: consumer.scan).run(consumer, stop: stop) { step in
      meter.note(step)
    }
    let worked = working.seconds
    var result = AnalysisResult(document: document, failures: failures, notices: notices)
    result.runNotices = consumer.runNotices
    do { try result.take(report, of: jobs) } catch { throw Self.statistics(error) }
    if let error = result.emptySelections { throw error }
    do { try result.document.applyLimits(from: consumer.store) } catch { throw Self.statistics(error) }
    if !result.isInterrupted, let shard = options.scan.shard {
      let share = ShareRecord(shard.number, of: shard.count, datasets: jobs.map(\.name))
      do throws(FileError) { try result.document.add([share]) } catch { throw Self.statistics(error) }
    }
    // Samples of turns are no rows that could be put side by side.
    if !result.isInterrupted, options.scan.trainPolicy?.expandsTurns != true {
      do throws(FileError) { try updatePairs(&result, stop) } catch { throw Self.statistics(error) }
    }
    // The commit is a courtesy: an unreadable repository is no reason to lose the counts.
    result.document.stamp(timestamp: WallClock.timestamp, gitSHA: (try? GitRepository.head()) ?? "unknown")
    do { try result.document.write() } catch { throw Self.statistics(error) }
    result.lengthsRows = try finishLengths(result)
    result.timings = preparation
    result.timings.working = worked
    result.timings.workers = report.workers
    result.timings.writing = working.seconds - worked
    return result
  }

  /// Puts both sides of pairs side by side.
  private func updatePairs(_ result: inout AnalysisResult, _ stop: StopFlag) throws(FileError) {
    let counted = Set(result.counted.map { TextKey($0) })
    let sides = Dictionary(
      result.checkpoints.map { (TextKey($0.identity.dataset), $0.tally.side) }, uniquingKeysWith: { first, _ in first })
    try PairedDatasets(jobs).update(
      &result.document, finished: counted.union(result.reused.map { TextKey($0) }), counted: counted,
      limits: consumer.settings.limits, stored: { sides[$0] ?? nil }
    ) { job, side in
      var again = ScanOptions(query: options.query)
      again.scan = consumer.scan
      let outcomes = ConversationScan([job], models: consumer.models, options: again).run(stop: stop) { _ in
        RowSides(side)
      }
      return stop.isRequested ? nil : try? outcomes.first?.result.get().rows
    }
  }

  /// Puts the file of lengths together from those of all datasets that were counted.
  ///
  /// - Returns: Its rows; nil if it is not wanted, or would lack what an interruption kept from being counted.
  private func finishLengths(_ result: AnalysisResult) throws(InputError) -> Int? {
    guard let table = consumer.lengths else { return nil }
    guard !result.isInterrupted, !result.counted.isEmpty else { return nil }
    do { return try table.finish(result.counted) } catch { throw Self.unwritable(error) }
  }

  private static func unwritable(_ error: any Error) -> InputError {
    InputError(.unwritable, dataset: "", "\(error)")
  }

  private static func statistics(_ error: FileError) -> InputError {
    InputError(.statistics, dataset: "", error.description)
  }
}
