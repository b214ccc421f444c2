import ArgumentParser
import JSON
import Reports
import Support
import TokenStatistics

/// Compares two statistics files.
struct DiffCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff",
    abstract: "Show what changed between two statistics files.",
    discussion: """
      Datasets that were added, are gone or have other numbers, and settings that differ. With --fail-on, conditions \
      on the datasets of the new file end the command with status 6 where one holds. They compare \
      \(StatisticsCondition.numbers.joined(separator: ", ")) with a value; what a limit costs needs the limit, as in \
      no_target@4096>0, unless the file has only one.

      Examples:
        tokenstats diff old.json new.json
        tokenstats diff old.json new.json --markdown --fail-on 'no_target@2048>0'
      """)

  @Argument(help: "The statistics file as it was.", completion: .file(extensions: ["json"]))
  var old: String

  @Argument(help: "The statistics file as it is now.", completion: .file(extensions: ["json"]))
  var new: String

  @Flag(help: "Print one JSON object.")
  var json = false

  @Flag(help: "Print Markdown for a pull request.")
  var markdown = false

  @OptionGroup var form: TableFormOptions

  @Option(help: ArgumentHelp("Conditions that must not hold, separated by commas.", valueName: "conditions"))
  var failOn: String?

  @OptionGroup var talk: QuietOptions

  func validate() throws {
    if [json, form.tsv, markdown].filter({ $0 }).count > 1 {
      throw ValidationError("--json, --tsv and --markdown exclude each other.")
    }
  }

  func run() throws {
    let gate = try failOn.map { (text) throws(CommandFailure) in try ConditionGate(text, option: "--fail-on") }
    let before = try StatisticsDocument.loadExisting(old)
    let after = try StatisticsDocument.loadExisting(new)
    let view = DiffView(try StatisticsDiff(before, after), names: (old, new))
    let hits = try gate?.hits(in: after) ?? []
    var output = StandardOutput()
    if json {
      try output.writeLine(view.json(conditions: hits.map(\.description)).serialized(.pretty))
    } else if markdown {
      for line in view.markdown { try output.writeLine(line) }
    } else {
      try print(view, to: &output)
    }
    try output.flush()
    try ConditionGate.end(hits)
  }

  private func print(_ view: DiffView, to output: inout StandardOutput) throws(CommandFailure) {
    let (table, remarks) = (view.table, form.tsv ? [] : view.remarks)
    for line in remarks { try output.writeLine(line) }
    if !remarks.isEmpty, table.count > 0 { try output.writeLine("") }
    try form.print(table, to: &output, isShown: table.count > 0)
    if form.tsv { return }
    if table.count > 0 { try output.writeLine("") }
    try output.writeLine(view.summary)
  }
}
