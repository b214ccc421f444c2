public import ChatTemplates
public import Counting
import Datasets
public import ModelHub
import PersonaData
public import Support
public import TokenStatistics

/// Which rows a command asks for, and how they are counted.
public struct ScanOptions: Sendable {
  /// The datasets and the choice among their rows.
  public var query: SourceQuery
  /// How rows are counted.
  public var scan = Scan.Options()
  /// Whether the data files' SHA-256 is computed.
  public var hashesSources = false
  /// The formats of the models' conversations.
  public var catalog = ModelCatalog()
  /// The chat templates' arguments.
  public var templateArguments = TemplateArguments()

  /// Asks for rows.
  public init(query: SourceQuery) { self.query = query }

  /// Asks for all rows of all datasets of a folder.
  public init(datasetFolder: String) { query = SourceQuery(folder: datasetFolder) }
}

/// Counts chosen rows of datasets and shows each to a visitor, without writing anything.
///
///     let scan = try ConversationScan(options, loadTokenizer: load)
///     let outcomes = scan.run(stop: stop) { OutlierCollector(dataset: $0.dataset, keep: 10) }
public struct ConversationScan: Sendable {
  /// What became of one dataset.
  public struct Outcome<Summary: Sendable>: Sendable {
    /// The dataset's names.
    public let identity: DatasetIdentity
    /// What was asked for.
    public let job: ScanJob
    /// The summary of the rows, or why the dataset failed.
    public let result: Result<Summary, InputError>
    /// The rows read, selected and left out; zero where the dataset failed.
    public let totals: RowTotals
    /// The SHA-256 of the data files, one after another, in hexadecimal; nil if it was not asked for.
    public let sha256: String?
  }

  /// What was skipped in the dataset folder.
  public let notices: [String]
  /// What looks like a dataset in the folder and is none that can be read, and selections that leave nothing.
  public let failures: [InputError]
  /// What is read, in the given order.
  public let jobs: [ScanJob]
  /// What the models' conversations are rendered and tokenized with, for the record.
  public var tokenizers: [String: TokenizerRecord] {
    models.mapValues { $0.record(mode: options.scan.countMode, training: options.scan.policies) }
  }

  private let options: ScanOptions
  private let models: [String: LoadedModel]

  /// Finds the datasets and loads the vocabularies of the options' catalog.
  ///
  /// - Throws: `InputError` if a model is not known or its tokenizer cannot be loaded, or no dataset is found.
  public init(
    _ options: ScanOptions, loadTokenizer: @escaping LoadedModel.TokenizerLoader
  ) throws(InputError) {
    try self.init(
      options, loader: ModelLoader(catalog: options.catalog, arguments: options.templateArguments, loadTokenizer))
  }

  /// Finds the datasets and loads their models.
  ///
  /// - Throws: `InputError`.
  public init(_ options: ScanOptions, loader: ModelLoader) throws(InputError) {
    for model in options.query.models + options.query.countingModels {
      try loader.check(model)
    }
    let found = try FoundSources(options.query)
    self.options = options
    failures = found.failures
    jobs = found.jobs
    models = try loader.models(Set(jobs.map(\.model)))
    notices = found.notices + models.obstacles(to: options.scan.policies)
  }

  /// Scans sources that are known already, with models that are loaded already.
  public init(_ jobs: [ScanJob], models: [String: LoadedModel], options: ScanOptions) {
    self.options = options
    self.jobs = jobs
    self.models = models
    notices = []
    failures = []
  }

  /// What makes tokens and labels of one of the jobs; nil if its model is not known.
  public func tokenized(_ job: ScanJob, _ settings: TokenizedDataset.Settings) -> TokenizedDataset? {
    models[job.model].map { TokenizedDataset(job, model: $0, options: options.scan, settings: settings) }
  }

  /// Shows every selected row to a visitor.
  ///
  /// - Parameters:
  ///   - stop: Asked at least every 4,096 rows; datasets that are not finished are left out then.
  ///   - makeVisitor: Makes the visitor of a part of a dataset, on the thread that uses it.
  /// - Returns: What became of the datasets, sorted by name; selections of one dataset in the order given.
  public func run<Visitor: RowVisitor>(
    stop: StopFlag = StopFlag(), _ makeVisitor: @escaping @Sendable (DatasetIdentity) -> Visitor
  ) -> [Outcome<Visitor.Summary>] {
    let consumer = VisitorConsumer(hashesSources: options.hashesSources, makeVisitor: makeVisitor)
    let report = Scan(jobs, models: models, options: options.scan).run(consumer, stop: stop)
    var outcomes: [Outcome<Visitor.Summary>] = []
    for (job, result) in zip(jobs, report.results) {
      guard let result else { continue }
      outcomes.append(
        Outcome(
          identity: job.source.identity, job: job, result: result.map(\.summary),
          totals: (try? result.get())?.totals ?? RowTotals(), sha256: (try? result.get())?.sha256))
    }
    let sorted = outcomes.enumerated().sorted { left, right in
      let (first, second) = (left.element.identity.dataset.utf8, right.element.identity.dataset.utf8)
      return first.elementsEqual(second) ? left.offset < right.offset : first.lexicographicallyPrecedes(second)
    }
    return sorted.map(\.element)
  }
}

extension [String: LoadedModel] {
  /// Of which models both the template and the tokenizer write the token that begins a sequence; by name.
  var doubledBeginnings: [String] {
    sorted { $0.key < $1.key }.compactMap { name, model in
      model.doubledBeginning.map { token in
        "\(name): the chat template writes \(token), and the tokenizer would write it again where special tokens are added; "
          + "conversations are counted with it once, as apply_chat_template does"
      }
    }
  }

  /// Of which models nothing tells what the assistant says, in words by name. Built-in formats are known to mark nothing.
  var withoutGenerationBlocks: [String] {
    sorted { $0.key < $1.key }.compactMap { name, model in
      if let obstacle = model.maskObstacle { return "\(name): \(obstacle)" }
      guard let renderer = model.renderer, !renderer.isNative, !renderer.hasGenerationBlocks else { return nil }
      return "\(name): the chat template has no {% generation %} block, so there is no assistant_mask_tokens"
    }
  }

  /// Of which models a policy trains nothing, and why; by name.
  func obstacles(to policies: [TrainPolicy]) -> [String] {
    sorted { $0.key < $1.key }.flatMap { name, model in
      policies.compactMap { policy in model.obstacle(to: policy).map { "\(name): \($0)" } }
    }
  }
}

/// Passes rows to visitors and keeps what they leave.
private struct VisitorConsumer<Visitor: RowVisitor>: ScanConsumer {
  struct Output: Sendable {
    let summary: Visitor.Summary
    let totals: RowTotals
    let sha256: String?
  }

  let hashesSources: Bool
  let makeVisitor: @Sendable (DatasetIdentity) -> Visitor

  func makeVisitor(for job: ScanJob, part: Int) throws(InputError) -> Visitor {
    makeVisitor(job.source.identity)
  }

  func finish(
    _ job: ScanJob, _ summary: Visitor.Summary, _ totals: RowTotals, _ timings: inout WorkerTimings
  ) throws(InputError) -> Output {
    let watch = Stopwatch()
    let sha256 = hashesSources ? try job.source.digest() : nil
    timings.hashing += watch.seconds
    if hashesSources { try job.source.checkUnchanged() }
    return Output(summary: summary, totals: totals, sha256: sha256)
  }
}
