import ChatTemplates
import Counting
import Datasets
import ModelHub
import PersonaData
import Support
import TokenStatistics

/// Makes an exact result of every source, or takes over a stored one that still holds.
struct StatisticsConsumer: ScanConsumer {
  /// What an analysis does with a source.
  enum Output: Sendable {
    /// The source was counted.
    case counted(Checkpoint, DatasetSummary)
    /// The stored result is still valid.
    case reused(Checkpoint, DatasetSummary)
    /// A part of the source was counted.
    case part(SourceParts)
  }

  let models: [String: LoadedModel]
  let store: CheckpointStore
  let lengths: LengthsTable?
  /// How rows are counted.
  let scan: Scan.Options
  private let options: AnalysisOptions
  private let limits: [Int]
  /// Which members of rows were arguments of the models' templates.
  private let members = Guarded<[String: RowMembers]>([:])
  private let unusable = Guarded<[UnusableResult]>([])
  private let totals = Guarded(RowTotals())
  /// The digests of sources that were hashed in this run: each is read once, however many models count it.
  private let digests = Guarded<[SourceRows: String]>([:])
  /// When the run began, before anything was read.
  private let beginning = WallClock.nanoseconds

  init(_ options: AnalysisOptions, models: [String: LoadedModel]) {
    self.options = options
    self.models = models
    limits = Set(options.limits).sorted()
    store = CheckpointStore(document: options.document)
    lengths = options.lengths.map(LengthsTable.init(path:))
    var scan = options.scan
    scan.countsFallback = scan.countMode == .legacy || options.onError == .fallback
    scan.failsWithRow = options.onError == .fail
    scan.columns = options.groupColumns
    scan.keepsText = options.keptSamples ?? 0 > 0
    scan.optionalColumns = options.lengths == nil ? [] : LengthsTable.copiedColumns
    self.scan = scan
  }

  /// Why stored results were not used, sorted, what the rows lack that were counted, and what the models' templates read
  /// of them.
  var runNotices: [String] {
    UnusableResult.notices(of: unusable.withLock { $0 }) + [totals.withLock { $0.fieldNotice }].compactMap(\.self)
      + members.withLock { $0 }.sorted { $0.key < $1.key }.compactMap { model, members in
        members.notice.map { "\(model): \($0)" }
      }
  }

  /// The settings for the statistics document.
  var settings: RunSettings {
    RunSettings(
      toolVersion: options.toolVersion, countMode: scan.countMode, limits: limits,
      tokenizers: models.mapValues { $0.record(mode: scan.countMode, training: scan.policies) })
  }

  /// Stored results hold no single rows, so they are of no use to a file of lengths.
  private var takesOver: Bool { !options.force && lengths == nil }

  private func fingerprint(of job: ScanJob) -> Fingerprint.Options? {
    guard let model = models[job.model] else { return nil }
    return Fingerprint.Options(
      countMode: scan.countMode, limits: limits,
      tokenizer: model.record(mode: scan.countMode, training: scan.policies), onError: options.onError.rawValue,
      groupColumns: options.groupColumns, selection: job.filters.selectionText, reading: reading(of: job, model))
  }

  /// What decides how rows are read and rendered beside the record of the model.
  private func reading(of job: ScanJob, _ model: LoadedModel) -> String {
    var parts = [job.source.shape?.key ?? ""]
    if !scan.templateColumns.isEmpty { parts.append("template columns \(scan.templateColumns.joined(separator: ","))") }
    if model.renderer?.settings.joinsParts ?? false { parts.append("joined parts") }
    return parts.filter { !$0.isEmpty }.joined(separator: "; ")
  }

  private func digest(of source: DatasetSource) throws(InputError) -> String {
    let rows = source.rows
    if let known = digests.withLock({ $0[rows] }) { return known }
    let digest = try source.digest()
    digests.withLock { $0[rows] = digest }
    return digest
  }

  /// The stored result that would be taken over; nil where there is none.
  func upToDate(_ job: ScanJob) -> Checkpoint? {
    guard takesOver, let wanted = fingerprint(of: job), let stored = try? store.load(job.name) else { return nil }
    guard holds(stored, for: job, wanted) else { return nil }
    let isSame = isUntouched(stored, job) || (try? digest(of: job.source)) == stored.fingerprint.source.sha256
    return isSame ? stored : nil
  }

  /// Whether the data files were not touched since the stored result was made of them.
  private func isUntouched(_ stored: Checkpoint, _ job: ScanJob) -> Bool {
    guard !options.rehash, let stamp = stored.fingerprint.source.stamp else { return false }
    return job.source.stamp(before: .max) == stamp
  }

  /// Whether a stored result is of this source, as far as all but its contents tell.
  private func holds(_ stored: Checkpoint, for job: ScanJob, _ wanted: Fingerprint.Options) -> Bool {
    stored.isComplete && stored.tally.samples?.kept ?? 0 >= options.keptSamples ?? 0
      && stored.fingerprint.options.countsLike(wanted)
      && stored.fingerprint.source.size == job.source.bytes && stored.source.path == job.source.path
  }

  func known(_ job: ScanJob, _ timings: inout WorkerTimings) throws(InputError) -> Output? {
    guard takesOver, let wanted = fingerprint(of: job) else { return nil }
    let loaded: Checkpoint?
    do throws(FileError) {
      loaded = try store.load(job.name)
    } catch {
      // A checkpoint that cannot be read is only a saved effort: the source is counted and the file replaced.
      unusable.withLock { $0.append(UnusableResult(job.name, error)) }
      return nil
    }
    guard var stored = loaded, holds(stored, for: job, wanted) else { return nil }
    // Limits and scales are applied to what was counted.
    let dropsSamples = options.keptSamples == 0 && stored.tally.samples != nil
    let isChanged =
      dropsSamples || stored.fingerprint.options.limits != wanted.limits || stored.identity != job.source.identity
    if dropsSamples { stored.tally.samples = nil }
    stored.fingerprint.options.limits = wanted.limits
    stored.identity = job.source.identity
    if isUntouched(stored, job) {
      if isChanged { try save(stored) }
      return .reused(stored, stored.summary)
    }
    let hashing = Stopwatch()
    let digest = try digest(of: job.source)
    timings.hashing += hashing.seconds
    guard digest == stored.fingerprint.source.sha256 else { return nil }
    stored.fingerprint.source.modified = job.source.modified
    stored.fingerprint.source.stamp = job.source.stamp(before: beginning)
    try save(stored)
    return .reused(stored, stored.summary)
  }

  func makeVisitor(for job: ScanJob, part: Int) throws(InputError) -> StatisticsVisitor {
    StatisticsVisitor(
      groupColumns: options.groupColumns, keptSamples: options.keptSamples ?? 0,
      policies: scan.otherPolicies.isEmpty ? [] : scan.policies.map { TextKey($0.description) },
      lengths: try lengths?.part(part, of: job.source.identity),
      // Samples of turns are no rows that could be put side by side.
      side: scan.trainPolicy?.expandsTurns ?? false ? nil : PairSide(job.source.name))
  }

  /// Stores the exact result. The summary for the document is made here too, so that the threads share that work.
  func finish(
    _ job: ScanJob, _ summary: StatisticsVisitor.Summary, _ totals: RowTotals, _ timings: inout WorkerTimings
  ) throws(InputError) -> Output {
    members.withLock { $0[job.model, default: RowMembers()].merge(totals.members) }
    guard job.filters.isEmpty || totals.selected > 0 else {
      throw InputError(.emptySelection, dataset: job.name, totals.emptySelection(of: job))
    }
    self.totals.withLock { $0.append(totals) }
    let hashing = Stopwatch()
    let sha256 = try digest(of: job.source)
    timings.hashing += hashing.seconds
    let saving = Stopwatch()
    let checkpoint = try checkpoint(of: job, summary, totals, sha256: sha256)
    try save(checkpoint)
    let entry = checkpoint.summary
    timings.saving += saving.seconds
    return .counted(checkpoint, entry)
  }

  /// Only the run with a source's first part reads all of it for the digest.
  func finish(
    _ part: SharedPart, of job: ScanJob, _ summary: StatisticsVisitor.Summary, _ totals: RowTotals,
    _ timings: inout WorkerTimings
  ) throws(InputError) -> Output {
    members.withLock { $0[job.model, default: RowMembers()].merge(totals.members) }
    let hashing = Stopwatch()
    let sha256 = part.number == 0 ? try digest(of: job.source) : ""
    timings.hashing += hashing.seconds
    return .part(
      SourceParts(try checkpoint(of: job, summary, totals, sha256: sha256), part: part.number, of: part.count))
  }

  private func checkpoint(
    of job: ScanJob, _ summary: StatisticsVisitor.Summary, _ totals: RowTotals, sha256: String
  ) throws(InputError) -> Checkpoint {
    guard let wanted = fingerprint(of: job) else {
      throw InputError(.unknownModel, dataset: job.name, "\(InputError.unknownModel(job.model))")
    }
    // The digest is that of the rows that were counted.
    try job.source.checkUnchanged()
    let source = job.source
    return Checkpoint(
      identity: source.identity,
      fingerprint: Fingerprint(
        source: .init(
          size: source.bytes, modified: source.modified, sha256: sha256, stamp: source.stamp(before: beginning)),
        options: wanted),
      source: SourceRecord(
        path: source.path, format: source.format.rawValue, rows: totals.rows, bytes: source.bytes, sha256: sha256),
      toolVersion: options.toolVersion, tally: summary.tally)
  }

  private func save(_ checkpoint: Checkpoint) throws(InputError) {
    do throws(FileError) {
      try store.save(checkpoint)
    } catch {
      throw InputError(.unwritable, dataset: checkpoint.identity.dataset, error.description)
    }
  }
}
