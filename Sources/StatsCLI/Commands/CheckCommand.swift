import Analysis
import ArgumentParser
import Counting
import JSON
import Reports
import Support
import TokenStatistics

/// Looks through data for what a training run would stumble over.
struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Look for rows that a training run would stumble over.",
    discussion: """
      Kinds: \(CheckKind.names.joined(separator: ", ")). Each with the number of its rows and the first of them. \
      no_target and over_limit go by --max-length; duplicates are found by 128 bits of the SHA-256 of what is \
      rendered, within and across datasets, among the first 4,194,304 rows of each.
      With --fail-on, conditions end the command with status 6 where one holds: on kinds, and on \
      \(StatisticsCondition.numbers.joined(separator: ", ")). What a limit costs goes by --max-length, or names its own \
      limit, as in end_lost@4096>0. Without a condition on template_error and unreadable, such rows end it with status 3.

      Examples:
        tokenstats check chats.jsonl --model Qwen/Qwen3-8B --max-length 4096
        tokenstats check chats.jsonl -m qwen-3-32b --fail-on 'p99>2048' --github
      """)

  @Argument(
    help: ArgumentHelp(
      "Datasets by name or path; NAME:label=pos,min_score=3 takes a part of the rows. All by default.",
      valueName: "dataset"),
    completion: CompletionNames.datasets)
  var datasets: [String] = []

  @Option(help: ArgumentHelp("The longest conversation that is trained whole, in tokens.", valueName: "n"))
  var maxLength: TokenLength?

  @Option(help: ArgumentHelp("Conditions that must not hold, separated by commas.", valueName: "conditions"))
  var failOn: String?

  @Option(help: ArgumentHelp("How many rows of each kind are shown.", valueName: "n"))
  var examples = WholeNumber(3)

  @Flag(help: "Print one JSON object.")
  var json = false

  @Flag(help: "Print Markdown for a pull request.")
  var markdown = false

  @Flag(help: "Print annotations for GitHub, which shows them beside the lines of a change.")
  var github = false

  @OptionGroup var form: TableFormOptions
  @OptionGroup(title: "What is trained") var training: TrainingOptions
  @OptionGroup var selection: ScanSelection

  func validate() throws {
    if [json, form.tsv, markdown, github].filter({ $0 }).count > 1 {
      throw ValidationError("--json, --tsv, --markdown and --github exclude each other.")
    }
    if let maxLength, maxLength.tokens < 1 { throw ValidationError("--max-length must be 1 or more.") }
  }

  func run() throws {
    let gate = try failOn.map { (text) throws(CommandFailure) in
      try CheckGate(text, maximumLength: maxLength?.tokens)
    }
    var settings = CheckVisitor.Settings()
    settings.maximumLength = maxLength?.tokens
    settings.examples = examples.value
    let selections = try datasets.map { (text) throws(CommandFailure) in try DatasetOptions.selection(text) }
    let policy = try training.policy()
    let scan = try selection.scan(selections) { options in
      options.scan.notesRendered = true
      options.scan.trainPolicy = policy
    }
    let visitorSettings = settings
    let outcomes = scan.run { _ in CheckVisitor(visitorSettings) }
    ScanFailures.noteFields(of: outcomes)
    let checks = DatasetCheck.checks(outcomes, settings)
    let hits = try gate?.hits(in: checks) ?? []
    let report = CheckReport(checks, maximumLength: maxLength?.tokens, hits: hits)
    for notice in NameList.grouped(report.notices) { Messages.notice(notice) }
    var members = RowMembers()
    for outcome in outcomes { members.merge(outcome.totals.members) }
    if let notice = members.notice { Messages.notice(notice) }
    try print(report, errors: gate?.kinds ?? [.templateError, .unreadable])
    let failed =
      scan.failures
      + outcomes.compactMap { outcome in
        if case .failure(let failure) = outcome.result { failure } else { nil }
      }
    Messages.errors(failed)
    try ConditionGate.end(hits)
    try end(failed.count, checks, except: gate?.kinds ?? [])
  }

  private func print(_ report: CheckReport, errors: Set<CheckKind>) throws(CommandFailure) {
    var output = StandardOutput()
    if json {
      try output.writeLine(report.json.serialized(.pretty))
    } else if github || markdown {
      for line in github ? report.annotations(errors: errors) : report.markdown { try output.writeLine(line) }
    } else {
      let table = report.table
      try form.print(table, to: &output, isShown: table.count > 0)
      if !form.tsv {
        if table.count > 0 { try output.writeLine("") }
        try output.writeLine(report.summary)
      }
    }
    try output.flush()
  }

  /// Ends the command with the status of partial failures where datasets or rows could not be looked at.
  private func end(_ failed: Int, _ checks: [DatasetCheck], except judged: Set<CheckKind>) throws(CommandFailure) {
    let rows = [CheckKind.templateError, .unreadable].filter { !judged.contains($0) }.reduce(0) { sum, kind in
      sum + checks.reduce(0) { $0 + $1.count(kind) }
    }
    var parts: [String] = []
    if failed > 0 { parts.append("\(failed) dataset\(failed == 1 ? "" : "s") failed") }
    if rows > 0 { parts.append("\(rows) row\(rows == 1 ? "" : "s") could not be counted") }
    if !parts.isEmpty { throw CommandFailure(parts.joined(separator: ", "), status: .partialFailure) }
  }
}
