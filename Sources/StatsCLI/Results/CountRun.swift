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

  private var models: [CountedModel]
  private let passes: Int
  private let jobs: Int
  private let templateColumns: [String]
  private let report: Guarded<CountReport>
  /// Texts that are counted again, of each model.
  private var kept: [[TextBatch]] = []
  private var scanned: [ScanJob] = []
  private var counting = 0.0

  /// - Parameters:
  ///   - report: what prints the counts.
  ///   - models: the models, each of which counts everything.
  ///   - passes: how often everything is counted.
  ///   - jobs: threads that count.
  ///   - templateColumns: columns of datasets that are arguments of the template.
  init(
    _ report: consuming sending CountReport, models: [CountedModel], passes: Int, jobs: Int, templateColumns: [String]
  ) {
    self.report = Guarded(report)
    self.models = models
    self.passes = passes
    self.jobs = jobs
    self.templateColumns = templateColumns
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
    var datasets: [(name: String, jobs: [ScanJob])] = []
    for input in inputs {
      if input.isTable {
        datasets.append((input.name, models.map { input.job(countedWith: $0.name) }))
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
      for batches in kept { for (model, batch) in zip(models, batches) { _ = model.pool.count(batch) } }
      timing.passes.append(watch.seconds + (scanned.isEmpty ? 0 : scan(scanned) { _, _ in }.seconds))
    }
  }

  /// Prints what belongs at the end.
  func end(withTiming isMeasured: Bool) throws(CommandFailure) {
    for model in models {
      if let notice = model.renderer.members.notice { Messages.notice("\(model.name): \(notice)") }
    }
    let timing = isMeasured ? timing : nil
    try report.withLock { (report) throws(CommandFailure) in try report.end(with: timing) }
  }

  private mutating func countTexts(of input: TextInput) throws(CommandFailure) {
    var textsBefore = 0
    var renderers = models.map(\.renderer)
    try input.forEachBatch(renderers: &renderers) { (batches: inout [TextBatch]) throws(CommandFailure) in
      let watch = Stopwatch()
      var columns: [[Int]] = []
      for (index, model) in models.enumerated() {
        columns.append(model.pool.count(batches[index]))
        for (text, reason) in model.pool.failures { batches[index].fail(text, reason) }
      }
      counting += watch.seconds
      timing.bytes += batches.reduce(0) { $0 + $1.bytes.count }
      timing.tokens += columns.reduce(0) { $0 + $1.reduce(0, +) }
      let place = (name: input.name, textsBefore: textsBefore)
      try report.withLock { (report) throws(CommandFailure) in
        try report.add(zip(columns, batches).map { CountColumn($0, of: $1) }, input: place)
      }
      textsBefore += batches[0].count
      if passes > 1 { kept.append(batches) }
    }
    for index in models.indices { models[index].renderer = renderers[index] }
  }

  private mutating func countDatasets(_ datasets: [(name: String, jobs: [ScanJob])]) throws(CommandFailure) {
    guard !datasets.isEmpty else { return }
    let stop = StopFlag()
    let count = models.count
    let sums = Guarded(Sums(columns: [CountColumn](repeating: CountColumn(), count: count)))
    let report = report
    let names = datasets.flatMap { dataset in dataset.jobs.map { _ in dataset.name } }
    let (failure, seconds) = scan(datasets.flatMap(\.jobs), names: names, stop: stop) { job, counts in
      sums.withLock { sums in
        sums.add(counts, model: job % count)
        guard job % count == count - 1 else { return }
        // The jobs come in order, so that the other models have counted these rows before.
        let dataset = job / count
        if dataset != sums.dataset { (sums.dataset, sums.rows) = (dataset, 0) }
        let place = (name: datasets[dataset].name, textsBefore: sums.rows)
        let columns = sums.take(counts.tokens.count)
        do throws(CommandFailure) {
          try report.withLock { (report) throws(CommandFailure) in try report.add(columns, input: place) }
        } catch {
          sums.failure = error
          stop.request()
        }
        sums.rows += counts.tokens.count
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
    if passes > 1 { scanned += datasets.flatMap(\.jobs) }
  }

  private struct Sums {
    /// Rows that not all models have counted.
    var columns: [CountColumn]
    /// The dataset at hand.
    var dataset = 0
    /// The rows of it that all models have counted.
    var rows = 0
    var bytes = 0
    var tokens = 0
    var failure: CommandFailure?

    init(columns: [CountColumn]) { self.columns = columns }

    mutating func add(_ counts: RowCounts, model: Int) {
      columns[model].append(CountColumn(counts))
      bytes += counts.bytes
      tokens += counts.tokens.reduce(0, +)
    }

    /// Takes the next rows of all models.
    mutating func take(_ count: Int) -> [CountColumn] { columns.indices.map { columns[$0].take(count) } }
  }

  /// Counts datasets and hands out the rows in order.
  ///
  /// - Returns: Why the first dataset failed that did, and the seconds that counting took of all.
  private func scan(
    _ datasets: [ScanJob], names: [String] = [], stop: StopFlag = StopFlag(),
    _ emit: @escaping @Sendable (Int, RowCounts) -> Void
  ) -> (failure: InputError?, seconds: Double) {
    var options = Scan.Options()
    options.workers = jobs
    options.keepsOrder = true
    options.measuresRendering = true
    options.templateColumns = templateColumns
    let watch = Stopwatch()
    let models = Dictionary(models.map { ($0.name, $0.model) }, uniquingKeysWith: { first, _ in first })
    let report = Scan(datasets, models: models, options: options)
      .run(RowCountStream(datasets, emit: emit), stop: stop)
    let seconds = watch.seconds
    let all = report.workers.reduce(into: WorkerTimings()) { $0 += $1 }
    let work = all.reading + all.rendering + all.counting
    var failure: InputError?
    for (index, result) in report.results.enumerated() where failure == nil {
      guard case .failure(let error)? = result else { continue }
      failure = names.indices.contains(index) ? error.named(names[index]) : error
    }
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
