import Analysis
import ChatTemplates
import Counting
import Datasets
import ModelHub
import PersonaData
import Reports
import Support
import TokenStatistics
import Tokenizers

/// A row of a dataset of a statistics file, read again from the data that were counted.
struct StoredRow {
  private let row: Int
  private let dataset: DatasetSummary
  private let run: StatisticsRun
  private let options: StoredRowOptions

  /// A row, from 0, of a dataset of a statistics file.
  init(_ row: Int, of dataset: DatasetSummary, in run: StatisticsRun, _ options: StoredRowOptions) {
    self.row = row
    self.dataset = dataset
    self.run = run
    self.options = options
  }

  /// Reads and counts the conversation.
  ///
  /// - Throws: `CommandFailure` where the source, the tokenizer or the template are not those of the statistics, or the row
  ///   cannot be counted.
  func sample() throws -> RowSamples.Sample {
    guard let stored = dataset.source else {
      throw CommandFailure("\(run.path) does not say what \(name) was counted from: count it again")
    }
    let model = try model()
    let loaded = try model.load()
    try check(loaded, model)
    let job = try job(of: stored, model)
    var options = ScanOptions(datasetFolder: "")
    options.scan.countMode = run.settings?.countMode ?? .template
    options.scan.keepsText = true
    options.scan.templateColumns = self.options.tokenization.chat.templateColumn
    let found = Guarded<RowOutcome?>(nil)
    let stop = StopFlag()
    let row = row
    _ = ConversationScan([job], models: [job.model: loaded], options: options).run(stop: stop) { _ in
      RowFinder(row: row, found: found, stop: stop)
    }
    switch found.withLock({ $0 }) {
    case nil:
      throw CommandFailure(
        "\(name) has no row \(row): its \(NumberFormat.grouped(stored.rows)) rows are numbered from 0",
        status: .nothingMatched)
    case .failed(let failure, _, _)?:
      throw CommandFailure("\(name), row \(row): \(failure.message)")
    case .counted(let conversation)?, .fallback(let conversation, _)?:
      try check(conversation.row, of: stored)
      let parts = conversation.parts.map { part in
        RowSamples.Part(kind: part.kind.name, tokens: part.tokens, text: String(decoding: part.bytes, as: UTF8.self))
      }
      return RowSamples.Sample(
        row: LengthExtremes.Row(row: row, tokens: conversation.row.count.length), score: conversation.row.score,
        label: conversation.row.label, parts: parts)
    }
  }

  /// Makes sure that the dataset holds a row of its source, which the choice that its name says may leave out.
  private func check(_ row: CountedRow, of stored: SourceRecord) throws(CommandFailure) {
    let filters = dataset.identity.filters
    // Where no row was left out, all are the dataset's, whatever its name says.
    guard !filters.isEmpty, dataset.all.conversations < stored.rows else { return }
    // Names write labels with fewer signs than data may have.
    let labels = [row.label, row.label.map(DatasetName.part)]
    guard !labels.contains(where: { filters.includes(score: row.score, label: $0) }) else { return }
    let score = row.score == .none ? "no score" : "the score \(row.score.key)"
    let label = row.label.map { "the label \(TerminalText.visible($0))" } ?? "no label"
    throw CommandFailure(
      "\(name) does not hold row \(self.row) of \(stored.path), which has \(score) and \(label): it takes "
        + "\(filters.selectionText)", status: .nothingMatched)
  }

  /// The parts of a conversation with a border between any two tokens of theirs.
  ///
  /// A token that ends inside a character has its border after the character.
  func bordered(_ parts: [RowSamples.Part]) throws -> [RowSamples.Part] {
    let definition = try model().vocabulary.definition()
    let tokens: [ReferenceTokenizer.Token]
    do throws(TokenizerError) {
      tokens = try ReferenceTokenizer(definition).encode(parts.map(\.text).joined())
    } catch { throw CommandFailure("\(name), row \(row): \(error)") }
    let ends = Set(tokens.map(\.source.upperBound))
    var offset = 0
    return parts.map { part in
      var text = String.UnicodeScalarView()
      var rest = part.text.utf8.count
      for scalar in part.text.unicodeScalars {
        text.append(scalar)
        let size = String(scalar).utf8.count
        offset += size
        rest -= size
        if rest > 0, ends.contains(offset) { text.append("\u{2502}") }
      }
      return RowSamples.Part(kind: part.kind, tokens: part.tokens, text: String(text))
    }
  }

  private var name: String { dataset.identity.dataset }

  /// The model that counted, or the one that the options name.
  private func model() throws(CommandFailure) -> ChatModel {
    let identity = dataset.identity
    let record = run.settings?.tokenizers[identity.model]
    let known = ModelRegistry.names.contains(identity.model) ? identity.model : record?.hubID
    let models = options.counting.model
    guard models.count < 2 else { throw CommandFailure("--row is counted with one --model", status: .usage) }
    return try options.counting.files.models(
      named: [models.first ?? known ?? identity.model], options.tokenization,
      storedNow: { _ in record?.now.flatMap { TemplateClock($0) } })[0]
  }

  /// Other numbers than those of the statistics would be worse than none.
  private func check(_ loaded: LoadedModel, _ model: ChatModel) throws(CommandFailure) {
    guard let record = run.settings?.tokenizers[dataset.identity.model] else { return }
    let own = loaded.record(mode: run.settings?.countMode ?? .template)
    for (what, then, now, option) in [
      ("tokenizer", record.tokenizerSHA256, own.tokenizerSHA256, "--model"),
      ("chat template", record.templateSHA256, own.templateSHA256, "--chat-template or --template"),
    ] where then != now {
      throw CommandFailure(
        "\(name) was counted with another \(what) (SHA-256 \(then.prefix(12)), and that of \(model.name) is "
          + "\(now.prefix(12))): name it with \(option)", status: .unknownModel)
    }
    guard record.images == own.images else {
      throw CommandFailure(
        "\(name) was counted with other tokens of images (\(record.images ?? "none"), and those of \(model.name) are "
          + "\(own.images ?? "none")): say with --image-tokens what one is worth", status: .unknownModel)
    }
  }

  /// The source with the data that were counted.
  private func job(of stored: SourceRecord, _ model: ChatModel) throws(CommandFailure) -> ScanJob {
    let path = options.source ?? stored.path
    guard Files.exists(path) else {
      throw CommandFailure("\(path) is not there: say with --source PATH where the data of \(name) are now")
    }
    var query = SourceQuery(folder: "")
    query.selections = [DatasetSelection(dataset: path)]
    query.reading = options.reading.lookup(folder: "", hub: options.tokenization.hub)
    if let score = dataset.identity.score, options.reading.scoreColumn == nil {
      query.reading.shape.scoreColumn = score.column
      query.reading.shape.scoreScale = score.scale
    }
    query.countingModels = [model.datasetName]
    do throws(InputError) {
      var same: [ScanJob] = []
      var digest = ""
      for job in try FoundSources(query).jobs {
        digest = try job.source.digest()
        if digest == stored.sha256 { same.append(job) }
      }
      // Both sides of pairs, and the same data under several models, are in the same files.
      let identity = dataset.identity
      let part = identity.name.split(separator: "_").last
      if let job = same.first(where: { $0.source.identity.name == identity.name })
        ?? (same.count > 1 ? same.first { $0.source.identity.name.split(separator: "_").last == part } : nil)
        ?? same.first
      {
        return job
      }
      throw InputError(
        .unreadable, dataset: name,
        "\(path) holds other data than were counted (SHA-256 \(digest.prefix(12)), not \(stored.sha256.prefix(12))): "
          + "name the old ones with --source, or count again")
    } catch {
      throw CommandFailure(scanning: error)
    }
  }
}

/// Waits for one row of a source and ends the scan then.
private struct RowFinder: RowVisitor {
  struct Summary: RowSummary {
    mutating func append(_ next: Summary) {}
  }

  let row: Int
  let found: Guarded<RowOutcome?>
  let stop: StopFlag

  mutating func visit(_ outcome: RowOutcome, in batch: DatasetBatch) {
    guard outcome.row == row else { return }
    found.withLock { $0 = outcome }
    stop.request()
  }

  consuming func finish() -> Summary { Summary() }
}

extension RowOutcome {
  /// The row's number in the dataset, from 0.
  fileprivate var row: Int {
    switch self {
    case .counted(let conversation), .fallback(let conversation, _): conversation.row.row
    case .failed(let failure, _, _): failure.row
    }
  }
}
