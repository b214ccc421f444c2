import Analysis
import ChatTemplates
import Counting
import Datasets
import ModelHub
import Support
import TokenStatistics

/// Counts the inputs of `count` one after the other: datasets by the scan, texts by a pool of counters.
struct CountRun {
  /// What is measured.
  var timing = CountTiming()

  private var models: [CountedModel]
  private let passes: Int
  private let jobs: Int
  private let templateColumns: [String]
  private let imageTokens: Int?
  private let policies: [TrainPolicy]
  private let report: Guarded<CountReport>
  /// Texts that are counted again, of each model.
  private var kept: [[TextBatch]] = []
  private var scanned: [ScanJob] = []
  private var counting = 0.0
  /// What no row has that was read.
  private var fieldNotice: String?
  /// What became of the images, sounds and films, as the first model has it.
  private var media = RenderedMedia()

  /// - Parameters:
  ///   - report: what prints the counts.
  ///   - models: the models, each of which counts everything.
  ///   - passes: how often everything is counted.
  ///   - jobs: threads that count.
  ///   - templateColumns: columns of datasets that are arguments of the template.
  ///   - imageTokens: what an image, sound or film is worth in tokens; nil for what the models' processors say.
  ///   - policies: by which rules trained tokens are counted too; none where nobody asks.
  init(
    _ report: consuming sending CountReport, models: [CountedModel], passes: Int, jobs: Int, templateColumns: [String],
    imageTokens: Int?, policies: [TrainPolicy] = []
  ) {
    self.report = Guarded(report)
    self.models = models
    self.passes = passes
    self.jobs = jobs
    self.templateColumns = templateColumns
    self.imageTokens = imageTokens
    self.policies = policies
  }

  /// Counts all inputs in order; datasets that follow one another are counted side by side.
  ///
  /// - Throws: `CommandFailure` before anything is counted if there are datasets and a model has no chat template.
  mutating func count(_ inputs: [TextInput]) throws(CommandFailure) {
    if let model = models.first(where: { $0.model.renderer == nil }),
      let dataset = inputs.first(where: \.isTable), !dataset.holdsTexts
    {
      throw CommandFailure("\(dataset.name): \(RowRenderer.refusal(of: model.name))", status: .unknownModel)
    }
    let all = Stopwatch()
    var datasets: [Dataset] = []
    for (number, input) in inputs.enumerated() {
      // What is trained only the scan finds.
      if input.isTable || !policies.isEmpty {
        datasets.append(
          Dataset(number: number, name: input.name, jobs: models.map { input.job(countedWith: $0.name) }))
        continue
      }
      try countDatasets(datasets)
      datasets = []
      try countTexts(of: input, number: number)
    }
    try countDatasets(datasets)
    timing.read = all.seconds - counting
    timing.passes = [counting]
    for _ in 1..<passes {
      let watch = Stopwatch()
      for batches in kept { for (model, batch) in zip(models, batches) { _ = model.pool.count(batch) } }
      timing.passes.append(watch.seconds + (scanned.isEmpty ? 0 : scan(scanned) { _, _ in }.seconds))
    }
  }

  /// Prints what belongs at the end.
  func end(withTiming isMeasured: Bool) throws(CommandFailure) {
    for model in models {
      if let notice = model.renderer.members.notice { Messages.notice("\(model.name): \(notice)") }
    }
    for model in models {
      for policy in policies {
        if let obstacle = model.model.obstacle(to: policy) { Messages.notice("\(model.name): \(obstacle)") }
      }
    }
    if let fieldNotice { Messages.notice(fieldNotice) }
    if let notice = MediaNotice.text(media, each: imageTokens) { Messages.notice(notice) }
    let timing = isMeasured ? timing : nil
    try report.withLock { (report) throws(CommandFailure) in try report.end(with: timing) }
  }

  private mutating func countTexts(of input: TextInput, number: Int) throws(CommandFailure) {
    try report.withLock { (report) throws(CommandFailure) in try report.finish(before: number) }
    var textsBefore = 0
    var renderers = models.map(\.renderer)
    var unwritable: CommandFailure?
    var unreadable: CommandFailure?
    do throws(CommandFailure) {
      try input.forEachBatch(renderers: &renderers) { batch in
        let watch = Stopwatch()
        var counts: [[Int]] = []
        for (index, model) in models.enumerated() {
          counts.append(model.pool.count(batch.texts[index]))
          for (text, reason) in model.pool.failures { batch.texts[index].fail(text, reason) }
        }
        counting += watch.seconds
        timing.bytes += batch.texts.reduce(0) { $0 + $1.bytes.count }
        timing.tokens += counts.reduce(0) { $0 + $1.reduce(0, +) }
        media.add(batch.media)
        let columns = counts.indices.map { model in
          CountColumn(counts[model], of: batch.texts[model], at: batch.places, adding: batch.added[model])
        }
        do throws(CommandFailure) {
          try report.withLock { (report) throws(CommandFailure) in
            try report.add(columns, input: number, places: batch.places, textsBefore: textsBefore)
          }
        } catch {
          unwritable = error
          return false
        }
        textsBefore += batch.places.count
        if passes > 1 { kept.append(batch.texts) }
        return true
      }
      if textsBefore == 0, !input.filters.isEmpty {
        unreadable = CommandFailure(
          "\(input.name): none of the rows matches \(input.filters.selectionText)", status: .nothingMatched)
      }
    } catch { unreadable = error }
    for index in models.indices { models[index].renderer = renderers[index] }
    if let unwritable { throw unwritable }
    if let unreadable { try fail(number, unreadable) }
  }

  /// Notes that an input cannot be read, or ends the command where the others mean nothing without it.
  private func fail(_ input: Int, _ failure: CommandFailure) throws(CommandFailure) {
    try report.withLock { (report) throws(CommandFailure) in
      guard report.goesOn else {
        try report.flush()
        throw failure
      }
      Messages.error(failure.message)
      report.fail(input, failure.message)
    }
  }

  /// An input that is a table.
  private struct Dataset: Sendable {
    let number: Int
    let name: String
    /// What is scanned, for each model.
    let jobs: [ScanJob]
  }

  private mutating func countDatasets(_ datasets: [Dataset]) throws(CommandFailure) {
    guard !datasets.isEmpty else { return }
    let stop = StopFlag()
    let count = models.count
    let sums = Guarded(Sums(models: count))
    let report = report
    let (failures, stream, seconds) = scan(datasets.flatMap(\.jobs), stop: stop) { dataset, counts in
      sums.withLock { sums in
        if dataset != sums.dataset { (sums.dataset, sums.rows) = (dataset, 0) }
        let columns = counts.map { CountColumn($0) }
        do throws(CommandFailure) {
          try report.withLock { (report) throws(CommandFailure) in
            try report.add(columns, input: datasets[dataset].number, places: nil, textsBefore: sums.rows)
          }
        } catch {
          sums.failure = error
          stop.request()
        }
        sums.add(counts)
      }
    }
    counting += seconds
    fieldNotice = stream.totals.fieldNotice
    let sum = sums.withLock { $0 }
    timing.bytes += sum.bytes
    timing.tokens += sum.tokens
    media.add(sum.media)
    for (model, faults) in sum.listFaults.enumerated() { models[model].renderer.note(faults) }
    for index in models.indices {
      if let found = stream.members[models[index].name] { models[index].renderer.note(found) }
    }
    if let failure = sum.failure { throw failure }
    for (index, dataset) in datasets.enumerated() {
      let failure = (index * count..<(index + 1) * count).compactMap { failures[$0] }.first
      if let failure { try fail(dataset.number, CommandFailure(failure.named(dataset.name).description)) }
    }
    if passes > 1 { scanned += datasets.flatMap(\.jobs) }
  }

  private struct Sums {
    /// The dataset at hand.
    var dataset = 0
    /// The rows of it that were counted.
    var rows = 0
    var bytes = 0
    var tokens = 0
    /// Images, sounds and films, as the first model has them.
    var media = RenderedMedia()
    /// The conversations whose lists of parts each model's template did not render as texts.
    var listFaults: [[ListContentFault: Int]]
    var failure: CommandFailure?

    init(models: Int) { listFaults = [[ListContentFault: Int]](repeating: [:], count: models) }

    mutating func add(_ counts: [RowCounts]) {
      rows += counts[0].tokens.count
      for (model, column) in counts.enumerated() {
        bytes += column.bytes
        tokens += column.tokens.reduce(0, +)
        listFaults[model].merge(column.listFaults, uniquingKeysWith: +)
      }
      media.add(counts[0].media)
    }
  }

  /// Counts datasets and hands out the rows in order.
  ///
  /// - Returns: Why jobs failed, by their positions, what was read, and the seconds that counting took of all.
  private func scan(
    _ datasets: [ScanJob], stop: StopFlag = StopFlag(), _ emit: @escaping @Sendable (Int, [RowCounts]) -> Void
  ) -> (failures: [Int: InputError], stream: RowCountStream, seconds: Double) {
    var options = Scan.Options()
    options.workers = jobs
    options.keepsOrder = true
    options.measuresRendering = true
    options.templateColumns = templateColumns
    options.trainPolicy = policies.first
    options.otherPolicies = Array(policies.dropFirst())
    options.keepsMembers = !policies.isEmpty
    (options.findsTurns, options.countsWithoutSystem) = (false, false)
    let watch = Stopwatch()
    let models = Dictionary(models.map { ($0.name, $0.model) }, uniquingKeysWith: { first, _ in first })
    let stream = RowCountStream(datasets, models: self.models.count, policies: policies.count, emit: emit)
    let report = Scan(datasets, models: models, options: options).run(stream, stop: stop) { step in
      // What failed is at its end too, and the next one follows.
      if case .finished(let job, _) = step { stream.end(job) }
    }
    let seconds = watch.seconds
    let all = report.workers.reduce(into: WorkerTimings()) { $0 += $1 }
    let work = all.reading + all.rendering + all.counting
    var failures: [Int: InputError] = [:]
    for (index, result) in report.results.enumerated() {
      if case .failure(let error)? = result { failures[index] = error }
    }
    return (failures, stream, work > 0 ? seconds * all.counting / work : 0)
  }
}
