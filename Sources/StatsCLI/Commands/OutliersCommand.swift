import Analysis
import ArgumentParser
import Counting
import Reports
import TokenStatistics

/// Lists the longest and shortest conversations.
struct OutliersCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "outliers",
    abstract: "List the longest and shortest conversations.",
    discussion: """
      Each with its dataset, row, prompt and question, score, tokens by role and the beginning of its last message. \
      With --over, all conversations above a limit are listed instead, with what is wrong with each at the limit: \
      no_target, end_lost, prompt_over, completion_over. What has a target is what --train trains.

      Example:
        tokenstats outliers gemma-2-27b__role__pirate --dataset-dir DIR --count 5
      """)

  @Argument(
    help: ArgumentHelp(
      "Datasets by name or path; NAME:label=pos,min_score=3 takes a part of the rows. All by default.",
      valueName: "dataset"),
    completion: CompletionNames.datasets)
  var datasets: [String] = []

  @Option(help: ArgumentHelp("How many of the longest and of the shortest.", valueName: "n"))
  var count = WholeNumber(10)

  @Option(help: ArgumentHelp("All conversations of more tokens than this, longest first.", valueName: "limit"))
  var over: TokenLength?

  @OptionGroup(title: "What is trained") var training: SampleOptions
  @OptionGroup var selection: ScanSelection
  @OptionGroup var form: ResultOptions

  func validate() throws {
    if count.value < 1 { throw ValidationError("--count must be 1 or more, not \(count.value).") }
  }

  func run() throws {
    let policy = try training.policy()
    let selections = try datasets.map { (text) throws(CommandFailure) in try DatasetOptions.selection(text) }
    let scan = try selection.scan(selections) { options in
      options.scan.optionalColumns = OutlierCollector.columns
      options.scan.trainPolicy = policy
    }
    let keep = over == nil ? count.value : 0
    let over = over?.tokens
    var rows = OutlierTable(isForPrograms: form.isForPrograms)
    let previewBytes = rows.previewBytes
    let outcomes = scan.run { identity in
      OutlierCollector(dataset: identity.dataset, keep: keep, over: over, previewBytes: previewBytes)
    }
    var failures = ScanFailures(scan)
    let summary = Self.merged(failures.summaries(of: outcomes), keep: keep)
    rows.add(summary.longest, kind: "longest")
    rows.add(summary.shortest, kind: "shortest")
    rows.add(summary.over, kind: "over")
    var output = StandardOutput()
    try form.print(rows.table, to: &output)
    try output.flush()
    try failures.end()
    guard rows.table.count > 0 else {
      throw CommandFailure(
        over.map { "no conversation has more than \($0) tokens" } ?? "there are no conversations",
        status: .nothingMatched)
    }
  }

  /// Merges two and two, so that a limit below which little lies sorts no list once for every dataset.
  private static func merged(_ parts: [OutlierCollector.Summary], keep: Int) -> OutlierCollector.Summary {
    var parts = parts
    while parts.count > 1 {
      parts = stride(from: 0, to: parts.count, by: 2).map { index in
        var part = parts[index]
        if index + 1 < parts.count { part.merge(parts[index + 1]) }
        return part
      }
    }
    return parts.first ?? OutlierCollector.Summary(keep: keep)
  }
}
