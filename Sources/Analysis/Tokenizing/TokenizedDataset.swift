import ChatTemplates
public import Counting
public import Datasets
public import Support
import TokenStatistics

/// Turns the conversations of a source into the tokens and labels that trainers take.
public struct TokenizedDataset: Sendable {
  /// What is written, and how.
  public struct Settings: Sendable {
    /// The most tokens of a conversation, from its beginning; nil for all.
    public var maximumLength: Int?
    /// The tokens of a sequence that conversations are packed into; nil for a sequence each.
    public var packing: Int?
    /// Whether a conversation without a trained token is left out.
    public var needsTarget = false

    /// Makes settings that cut and pack nothing.
    public init() {}
  }

  /// What became of the rows.
  public struct Result: Sendable {
    /// The rows read, selected and failed.
    public internal(set) var rows = RowTotals()
    /// The sequences that were written.
    public internal(set) var sequences = 0
    /// Their tokens.
    public internal(set) var tokens = 0
    /// The tokens among them that are trained.
    public internal(set) var trainedTokens = 0
    /// The conversations that were cut, and the tokens that were cut off.
    public internal(set) var cut = 0, tokensLost = 0
    /// The conversations in which no token is trained, whether they were written or not.
    public internal(set) var untrained = 0
    /// The conversations that were left out because no token is trained.
    public internal(set) var leftOut = 0
  }

  private let job: ScanJob
  private let model: LoadedModel
  private let options: Scan.Options
  private let settings: Settings

  /// Makes a dataset of the rows of `job`, counted with `model`.
  ///
  /// - Parameter options: How rows are counted; its policy says what is trained.
  public init(_ job: ScanJob, model: LoadedModel, options: Scan.Options, settings: Settings) {
    var options = options
    options.encodes = true
    (options.findsTurns, options.countsWithoutSystem) = (false, false)
    self.job = job
    self.model = model
    self.options = options
    self.settings = settings
  }

  /// What became of a batch of rows.
  private struct Part: Sendable {
    var rows = TokenizedRows()
    var result = Result()
  }

  /// What is written so far.
  private struct Writing: ~Copyable {
    var output: TokenizedOutput?
    var result = Result()
  }

  /// Reads the source and writes the dataset, which appears under its name when it is complete.
  ///
  /// - Parameters:
  ///   - path: The file or folder.
  ///   - form: What it is; JSON is not written.
  ///   - stop: Asked before every batch of rows.
  /// - Returns: What became of the rows; nil if the work was stopped or no row is left, and then nothing is written.
  /// - Throws: `InputError` if the source cannot be read or the dataset cannot be written; nothing is left then.
  public func write(
    to path: String, as form: RowOutputForm, stop: StopFlag = StopFlag()
  ) throws(InputError) -> Result? {
    let settings = settings
    let writing = Guarded(Writing(output: try TokenizedOutput(path, as: form, packing: settings.packing)))
    let totals = try OrderedRows(job, model: model, options: options).run(stop: stop) { batch in
      Self.part(of: batch, settings)
    } emit: { (part) throws(InputError) in
      try writing.withLock { (writing) throws(InputError) in
        writing.result.add(part.result)
        try writing.output?.append(part.rows)
      }
    }
    guard let totals else { return nil }
    return try writing.withLock { (writing) throws(InputError) -> Result? in
      guard writing.result.tokens > 0, let output = writing.output.take() else { return nil }
      writing.result.sequences = try output.finish()
      writing.result.rows = totals
      return writing.result
    }
  }

  private static func part(of batch: OrderedRows.Batch, _ settings: Settings) -> Part {
    var part = Part()
    let limit = min(settings.maximumLength ?? .max, settings.packing ?? .max)
    for outcome in batch.outcomes {
      guard let conversation = outcome.conversation else { continue }
      let added = part.rows.append(
        conversation, limit: limit == .max ? nil : limit, needsTarget: settings.needsTarget)
      guard let added else {
        part.result.leftOut += 1
        part.result.untrained += 1
        continue
      }
      part.result.tokens += conversation.ids.count - added.lost
      part.result.trainedTokens += added.trained
      part.result.untrained += added.trained == 0 ? 1 : 0
      part.result.cut += added.lost > 0 ? 1 : 0
      part.result.tokensLost += added.lost
    }
    return part
  }
}

extension TokenizedDataset.Result {
  fileprivate mutating func add(_ part: Self) {
    tokens += part.tokens
    trainedTokens += part.trainedTokens
    cut += part.cut
    tokensLost += part.tokensLost
    untrained += part.untrained
    leftOut += part.leftOut
  }
}
