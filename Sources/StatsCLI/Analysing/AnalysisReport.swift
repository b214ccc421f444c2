import Analysis
import JSONDocuments
import TokenStatistics

/// What `analyze` says at the end: a table, where things are, a conclusion, and every failure.
struct AnalysisReport {
  /// Rows of one dataset that are named in messages.
  private static let namedRows = 10

  /// Why pictures are missing, by dataset.
  var pictureFailures: PictureWriter.Failures = [:]

  private let result: AnalysisResult
  private let statistics: String
  private let pictures: String?
  private let overviews: [LengthOverview]
  private let models: [LengthOverview]

  /// - Parameters:
  ///   - result: what became of the analysis.
  ///   - statistics: the path of the statistics file.
  ///   - pictures: the folder of the pictures, if there are any.
  init(_ result: AnalysisResult, statistics: String, pictures: String?) {
    self.result = result
    self.statistics = statistics
    self.pictures = pictures
    var byType: [String: LengthOverview] = [:]
    var byModel: [String: LengthOverview] = [:]
    for profile in result.partials.map(\.profile) {
      let title = "\(profile.model) \(profile.type.rawValue)s"
      byType[title, default: LengthOverview(title: title)].add(profile)
      byModel[profile.model, default: LengthOverview(title: profile.model)].add(profile)
    }
    overviews = byType.values.sorted { $0.title < $1.title }
    models = byModel.values.sorted { $0.title < $1.title }
  }

  /// Prints the result to standard output.
  func print(asJSON: Bool) throws(CommandFailure) {
    var output = StandardOutput()
    if asJSON {
      try output.writeLine(json.serialized(.pretty))
    } else {
      var table = TextTable(LengthOverview.columns)
      for overview in overviews { table.add(overview.cells) }
      for line in table.lines { try output.writeLine(line) }
      try output.writeLine("")
      for line in models.compactMap(\.conclusion) { try output.writeLine(line) }
      try output.writeLine("")
      try output.writeLine("statistics: \(statistics)")
      if let pictures, !result.isInterrupted { try output.writeLine("pictures:   \(pictures)") }
    }
    try output.flush()
  }

  /// Names every failure on standard error and ends the command with the status that belongs to them.
  func end() throws(CommandFailure) {
    for failure in result.failures { Messages.error(failure.description) }
    for (dataset, reason) in pictureFailures.sorted(by: { $0.key < $1.key }) {
      Messages.error("\(dataset): the picture is missing: \(reason)")
    }
    for partial in result.partials where partial.tally.failedRows > 0 { warn(of: partial) }
    if result.isInterrupted {
      throw CommandFailure(
        "interrupted; \(result.partials.count) finished datasets are kept, the next run goes on from there",
        status: .interrupted)
    }
    var parts: [String] = []
    if !result.failures.isEmpty { parts.append("\(result.failures.count) datasets failed") }
    if result.failedRows > 0 { parts.append("\(result.failedRows) rows were left out") }
    if !pictureFailures.isEmpty { parts.append("\(pictureFailures.count) pictures are missing") }
    if !parts.isEmpty { throw CommandFailure(parts.joined(separator: ", "), status: .partialFailure) }
  }

  private func warn(of partial: DatasetPartial) {
    for failure in partial.tally.failures.prefix(Self.namedRows) {
      Messages.warning("\(partial.identity.dataset): row \(failure.row) was left out: \(failure.message)")
    }
    let unnamed = partial.tally.failedRows - min(Self.namedRows, partial.tally.failures.count)
    if unnamed > 0 {
      Messages.warning("\(partial.identity.dataset): \(unnamed) more rows were left out; \(statistics) names them")
    }
  }

  private var json: JSONValue {
    let timings = result.timings.phases.map { ($0.name, JSONValue.double(($0.seconds * 1000).rounded() / 1000)) }
    return .object(
      JSONObject([
        ("statistics", .string(statistics)), ("pictures", pictures.map(JSONValue.string) ?? .null),
        ("counted", .number(result.counted.count)), ("taken_over", .number(result.reused.count)),
        ("failed", .array(result.failures.map { .string($0.description) })),
        ("failed_rows", .number(result.failedRows)),
        ("models", .object(JSONObject(models.map { ($0.title, $0.json) }))),
        ("seconds", .object(JSONObject(timings))),
      ]))
  }
}

extension LengthOverview {
  fileprivate var json: JSONValue {
    let percentiles = [50, 90, 95, 99].map { percent in
      ("p\(percent)", lengths.percentile(Double(percent)).map(JSONValue.number) ?? .null)
    }
    return .object(
      JSONObject(
        [
          ("datasets", .number(datasets)), ("conversations", .number(lengths.count)),
          ("tokens", .number(lengths.total)),
          ("mean", lengths.mean.map(JSONValue.double) ?? .null),
        ] + percentiles + [("max", lengths.maximum.map(JSONValue.number) ?? .null)]))
  }
}
