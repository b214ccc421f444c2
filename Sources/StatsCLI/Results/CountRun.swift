import Analysis
import Counting
import Datasets
import JSON
import ModelHub
import Support

/// Counts the inputs of `count` one after the other: datasets by the scan, texts by a pool of counters.
struct CountRun {
  /// What is measured.
  var timing = CountTiming()

  private let model: (name: String, loaded: LoadedModel?)
  private let pool: CountingPool
  private let passes: Int
  private let jobs: Int
  private let renderer: RowRenderer
  private let report: Guarded<CountReport>
  /// Texts that are counted again.
  private var kept: [TextBatch] = []
  private var scanned: [ScanJob] = []
  private var counting = 0.0

  /// - Parameters:
  ///   - report: what prints the counts.
  ///   - model: the model's name, and the model where it has a chat format.
  ///   - pool: what counts texts.
  ///   - passes: how often everything is counted.
  ///   - jobs: threads that count.
  init(
    _ report: consuming sending CountReport, model: (name: String, loaded: LoadedModel?), pool: CountingPool,
    passes: Int, jobs: Int
  ) {
    self.report = Guarded(report)
    self.model = model
    self.pool = pool
    self.passes = passes
    self.jobs = jobs
    renderer =
      model.loaded.map { RowRenderer(template: $0.format.template, arguments: $0.arguments) }
      ?? RowRenderer(textsOf: model.name)
  }

  /// Counts all inputs in order; datasets that follow one another are counted side by side.
  ///
  /// - Throws: `CommandFailure` before anything is counted if there are datasets and the model has no chat format.
  mutating func count(_ inputs: [TextInput]) throws(CommandFailure) {
    if model.loaded == nil, let dataset = inputs.first(where: { $0.format == .dataset }) {
      throw CommandFailure("\(dataset.name): \(RowRenderer.refusal(of: model.name))", status: .unknownModel)
    }
    let all = Stopwatch()
    var datasets: [(name: String, job: ScanJob)] = []
    for input in inputs {
      if let job = try input.job(countedWith: model.name) {
        datasets.append((input.name, job))
        continue
      }
      try countDatasets(datasets)
      datasets = []
      try countTexts(of: input)
    }
    try countDatasets(datasets)
    timing.read = all.seconds - counting
    timing.passes = [counting]
    for _ in 1..<passes {
      let watch = Stopwatch()
      for batch in kept { _ = pool.count(batch) }
      timing.passes.append(watch.seconds + (scanned.isEmpty ? 0 : scan(scanned) { _, _ in }.seconds))
    }
  }

  /// Prints what belongs at the end.
  func end(withTiming isMeasured: Bool) throws(CommandFailure) {
    let timing = isMeasured ? timing : nil
    try report.withLock { (report) throws(CommandFailure) in try report.end(with: timing) }
  }

  private mutating func countTexts(of input: TextInput) throws(CommandFailure) {
    var textsBefore = 0
    try input.forEachBatch(renderer: renderer) { (batch: inout TextBatch) throws(CommandFailure) in
      let watch = Stopwatch()
      let counts = pool.count(batch)
      counting += watch.seconds
      for (text, reason) in pool.failures { batch.fail(text, reason) }
      timing.bytes += batch.bytes.count
      timing.tokens += counts.reduce(0, +)
      let place = (name: input.name, textsBefore: textsBefore)
      try report.withLock { (report) throws(CommandFailure) in try report.add(counts, of: batch, input: place) }
      textsBefore += batch.count
      if passes > 1 { kept.append(batch) }
    }
  }

  private mutating func countDatasets(_ datasets: [(name: String, job: ScanJob)]) throws(CommandFailure) {
    guard !datasets.isEmpty else { return }
    let stop = StopFlag()
    let sums = Guarded(Sums(rows: [Int](repeating: 0, count: datasets.count)))
    let report = report
    let (failure, seconds) = scan(datasets.map(\.job), stop: stop) { job, counts in
      sums.withLock { sums in
        let place = (name: datasets[job].name, textsBefore: sums.rows[job])
        do throws(CommandFailure) {
          try report.withLock { (report) throws(CommandFailure) in try report.add(counts, input: place) }
        } catch {
          sums.failure = error
          stop.request()
        }
        sums.rows[job] += counts.tokens.count
        sums.bytes += counts.bytes
        sums.tokens += counts.tokens.reduce(0, +)
      }
    }
    counting += seconds
    let sum = sums.withLock { $0 }
    timing.bytes += sum.bytes
    timing.tokens += sum.tokens
    if let failure = sum.failure { throw failure }
    if let failure {
      try report.withLock { (report) throws(CommandFailure) in try report.flush() }
      throw CommandFailure(failure.description)
    }
    if passes > 1 { scanned += datasets.map(\.job) }
  }

  private struct Sums {
    var rows: [Int]
    var bytes = 0
    var tokens = 0
    var failure: CommandFailure?
  }

  /// Counts datasets and hands out the rows in order.
  ///
  /// - Returns: Why the first dataset failed that did, and the seconds that counting took of all.
  private func scan(
    _ datasets: [ScanJob], stop: StopFlag = StopFlag(), _ emit: @escaping @Sendable (Int, RowCounts) -> Void
  ) -> (failure: InputError?, seconds: Double) {
    var options = Scan.Options()
    options.workers = jobs
    options.keepsOrder = true
    options.measuresRendering = true
    let watch = Stopwatch()
    let models = model.loaded.map { [model.name: $0] } ?? [:]
    let report = Scan(datasets, models: models, options: options)
      .run(RowCountStream(datasets, emit: emit), stop: stop)
    let seconds = watch.seconds
    let all = report.workers.reduce(into: WorkerTimings()) { $0 += $1 }
    let work = all.reading + all.rendering + all.counting
    var failure: InputError?
    for case .failure(let error)? in report.results where failure == nil { failure = error }
    return (failure, work > 0 ? seconds * all.counting / work : 0)
  }
}

/// What `count --timing` measures.
struct CountTiming {
  /// Seconds until the tokenizer was ready.
  var load = 0.0
  /// Seconds of reading and rendering, until the texts were in memory.
  var read = 0.0
  /// Seconds of counting, pass by pass; the first one starts with empty caches.
  var passes: [Double] = []
  /// Bytes of text.
  var bytes = 0
  /// Tokens in them.
  var tokens = 0

  /// Seconds of one pass: the only one, or the median of those after the first.
  var count: Double {
    let warm = passes.count > 1 ? passes.dropFirst().sorted() : passes
    guard !warm.isEmpty else { return 0 }
    let middle = warm.count / 2
    return warm.count % 2 == 1 ? warm[middle] : (warm[middle - 1] + warm[middle]) / 2
  }

  /// Millions of bytes a second in each pass.
  var rates: [Double] { passes.map(rate) }

  /// The members that the timing adds to the result.
  var members: [(String, JSONValue)] {
    let timing = JSONObject([
      ("load_seconds", .double(load)), ("read_seconds", .double(read)), ("count_seconds", .double(count)),
      ("bytes", .number(bytes)), ("tokens", .number(tokens)), ("megabytes_per_second", .double(rate(count))),
    ])
    let members: [(String, JSONValue)] = [("timing", .object(timing))]
    return passes.count > 1 ? members + [("passes", .array(rates.map(JSONValue.double)))] : members
  }

  private func rate(_ seconds: Double) -> Double {
    seconds > 0 ? (Double(bytes) / seconds / 1e4).rounded() / 100 : 0
  }
}
