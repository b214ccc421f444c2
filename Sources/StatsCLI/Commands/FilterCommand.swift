import Analysis
import ArgumentParser
import Counting
import Datasets
import JSON
import PersonaData
import Support
import TokenStatistics

/// Writes the rows of a source that fit.
struct FilterCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "filter",
    abstract: "Write the rows that fit, and the others with the reasons beside them.",
    discussion: """
      Rows are counted exactly as 'count' and 'analyze' do, and written in their order with all their columns: to a \
      Parquet file, to JSONL (a line of JSONL keeps its bytes), or to a folder for datasets.load_from_disk. What is \
      rejected goes to OUT.rejected.jsonl with the reasons too_long, prompt_too_long, too_short, no_target, failed. A \
      pair of chosen and rejected answers is kept where both fit.

      Examples:
        tokenstats filter chats.jsonl -m qwen-3-32b --max-length 4k -o fits.jsonl
        tokenstats filter DIR -m org/name --max-length 8k --require-target -o OUT
      """)

  @Argument(
    help: ArgumentHelp(
      "A file or a dataset; SOURCE:label=pos,min_score=3 takes a part of the rows.", valueName: "source"),
    completion: CompletionNames.datasets)
  var source: String

  @Option(help: ArgumentHelp("The most tokens of a row.", valueName: "n"))
  var maxLength: TokenLength?

  @Option(
    help: ArgumentHelp(
      "The most tokens of a prompt: the row up to its last answer, with the beginning of that.", valueName: "n"))
  var maxPromptLength: TokenLength?

  @Option(help: ArgumentHelp("The fewest tokens of a row.", valueName: "n"))
  var minLength: TokenLength?

  @Flag(help: "Only rows in which a token is trained, as --train says.")
  var requireTarget = false

  @Flag(
    help: "Add a column with the tokens of each row, named length; of pairs chosen_length and rejected_length.")
  var addLength = false

  @OptionGroup var output: RowOutputOptions

  @Flag(help: "Print a JSON object instead of text.")
  var json = false

  @Flag(help: "Count, and write nothing.")
  var dryRun = false

  @OptionGroup(title: "What is trained") var training: TrainingOptions
  @OptionGroup var selection: ScanSelection

  func validate() throws {
    guard maxLength != nil || maxPromptLength != nil || minLength != nil || requireTarget else {
      throw ValidationError(
        "Name what rows must fit: --max-length, --max-prompt-length, --min-length, --require-target.")
    }
  }

  func run() throws {
    let scan = try selection.scan(
      ofOne: source, training: try training.policy(), findsTurns: maxPromptLength != nil)
    let sides = ScanJob.sides(of: scan.jobs)
    guard let job = sides?.chosen ?? scan.jobs.first, sides != nil || scan.jobs.count == 1 else {
      throw ScanSelection.several(scan.jobs, of: source)
    }
    let rejected = FilteredCopy.rejected(beside: output.output)
    try output.check(job.source, beside: [rejected])
    var requirements = RowRequirements()
    requirements.maximumLength = maxLength?.tokens
    requirements.maximumPromptLength = maxPromptLength?.tokens
    requirements.minimumLength = minLength?.tokens
    requirements.needsTarget = requireTarget
    let wanted = requirements
    Interruption.stopGently()
    let outcomes = scan.run(stop: Interruption.flag) { _ in FilterCollector(wanted) }
    if Interruption.isRequested { throw Self.interrupted }
    var failures = ScanFailures(scan)
    let summaries = failures.results(of: outcomes)
    guard let decisions = Self.decisions(summaries, sides) else { return try failures.end() }
    let kept = decisions.kept
    if kept.rows == 0 {
      try failures.end()
      throw CommandFailure("no row of \(Files.shown(source)) fits; nothing was written", status: .nothingMatched)
    }
    if !dryRun {
      let copy = FilteredCopy(of: job.source, decisions, to: output.output, as: output.form)
      let isWritten: Bool
      do throws(InputError) { isWritten = try copy.write(addsLength: addLength, stop: Interruption.flag) } catch {
        throw CommandFailure(error)
      }
      guard isWritten else { throw Self.interrupted }
    }
    try report(decisions, rejected: rejected)
    try failures.end()
  }

  /// What was decided about the rows by all of their conversations; nil if one of these could not be read.
  private static func decisions(
    _ summaries: [(identity: DatasetIdentity, summary: FilterCollector.Summary)],
    _ sides: (chosen: ScanJob, rejected: ScanJob)?
  ) -> FilterDecisions? {
    guard let sides else { return summaries.first.map { FilterDecisions($0.summary) } }
    let found = [sides.chosen, sides.rejected].map { job in
      summaries.first { $0.identity.dataset.hasSameBytes(as: job.source.identity.dataset) }?.summary
    }
    guard let chosen = found[0], let rejected = found[1] else { return nil }
    return FilterDecisions(chosen: chosen, rejected: rejected)
  }

  private static var interrupted: CommandFailure {
    CommandFailure("interrupted; nothing was written", status: .interrupted)
  }

  private func report(_ decisions: FilterDecisions, rejected: String) throws(CommandFailure) {
    let kept = decisions.kept
    let tokens = kept.tokens.reduce(0, +)
    let rows = decisions.arePairs ? "pairs" : "rows"
    let reasons = RowFaults.names.map { ($0.name, decisions.count(of: $0.fault)) }.filter { $0.1 > 0 }
    var output = StandardOutput()
    if json {
      let counts = JSONObject(reasons.map { ($0.0, .number($0.1)) })
      let object = JSONObject([
        ("rows", .number(kept.rows)), ("tokens", .number(tokens)), ("rejected", .number(decisions.rejected)),
        ("reasons", .object(counts)), ("output", dryRun ? .null : .string(self.output.output)),
        ("rejected_output", dryRun ? .null : .string(rejected)),
      ])
      try output.writeLine(JSONValue.object(object).serialized(.pretty))
    } else {
      try output.writeLine(
        "kept: \(NumberFormat.grouped(kept.rows)) \(rows), \(NumberFormat.grouped(tokens)) tokens; "
          + (dryRun ? "they would be written to" : "written to") + " \(self.output.output)")
      let counts = reasons.map { "\($0.0) \(NumberFormat.grouped($0.1))" }.joined(separator: ", ")
      try output.writeLine(
        "rejected: \(NumberFormat.grouped(decisions.rejected)) \(rows)" + (counts.isEmpty ? "" : " (\(counts))")
          + (dryRun ? "" : "; written to \(rejected)"))
    }
    try output.flush()
  }
}
