import Analysis
import ArgumentParser
import Counting
import Datasets
import JSON
import ModelHub
import Support
import TokenStatistics

/// Writes the tokens and labels of a source's conversations.
struct TokenizeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tokenize",
    abstract: "Write the tokens and labels of conversations, ready for a trainer.",
    discussion: """
      Writes input_ids (those of apply_chat_template), labels (the same, and -100 where --train trains nothing) and \
      length, to a Parquet file or a folder for datasets.load_from_disk, which TRL takes with \
      dataset_kwargs={"skip_prepare_dataset": True}. With --pack, conversations are packed as TRL's pack_dataset does it \
      with batches of 1,000 rows, and seq_lengths says where they end.

      Examples:
        tokenstats tokenize chats.jsonl --model qwen-3-32b -o tokens
        tokenstats tokenize DIR -m org/name --max-length 4k --pack 4k -o t.parquet
      """)

  @Argument(
    help: ArgumentHelp(
      "A file or a dataset; SOURCE:label=pos,min_score=3 takes a part of the rows.", valueName: "source"),
    completion: CompletionNames.datasets)
  var source: String

  @Option(help: ArgumentHelp("Cut longer conversations at this many tokens.", valueName: "n"))
  var maxLength: TokenLength?

  @Option(help: ArgumentHelp("Pack conversations into sequences of this many tokens.", valueName: "n"))
  var pack: TokenLength?

  @Option(help: "How conversations are packed: bfd is best fit decreasing.")
  var packingStrategy: Strategy?

  @Flag(help: "Leave out conversations in which no token is trained, as TRL does where it does not pack.")
  var requireTarget = false

  @OptionGroup var output: RowOutputOptions

  @Flag(help: "Print a JSON object instead of text.")
  var json = false

  @OptionGroup(title: "What is trained") var training: TrainingOptions
  @OptionGroup var selection: ScanSelection

  /// The strategies of packing that are written.
  enum Strategy: String, ExpressibleByArgument, CaseIterable {
    case bfd
  }

  func validate() throws {
    if output.form == .jsonLines { throw ValidationError("Tokens are written as .parquet or as a folder.") }
    if selection.tokenization.imageTokens != nil {
      throw ValidationError("--image-tokens says a number and no tokens that could be written: leave it out.")
    }
    if packingStrategy != nil, pack == nil { throw ValidationError("--packing-strategy needs --pack.") }
    if let pack, pack.tokens < 1 { throw ValidationError("--pack must be 1 or more.") }
  }

  func run() throws {
    let policy = try training.policy() ?? TrainPolicy(.assistant)
    let (scan, job) = try selection.single(source, training: policy)
    try output.check(job.source)
    guard let tokenized = scan.tokenized(job, settings) else {
      throw CommandFailure(InputError.unknownModel(job.model))
    }
    Interruption.stopGently()
    let result: TokenizedDataset.Result?
    do throws(InputError) {
      result = try tokenized.write(to: output.output, as: output.form, stop: Interruption.flag)
    } catch { throw CommandFailure(error) }
    if Interruption.isRequested { throw CommandFailure("interrupted; nothing was written", status: .interrupted) }
    guard let result else {
      throw CommandFailure("no row of \(source) can be written; nothing was written", status: .nothingMatched)
    }
    if result.untrained > 0 {
      let (have, are, them) = result.untrained == 1 ? (" has", "is", "it") : ("s have", "are", "them")
      Messages.notice(
        "\(NumberFormat.grouped(result.untrained)) conversation\(have) no trained token by --train \(policy.name)"
          + (requireTarget ? " and \(are) left out" : "; --require-target leaves \(them) out"))
    }
    try report(result, policy)
    if let notice = result.rows.fieldNotice { Messages.notice(notice) }
    var failures = ScanFailures()
    failures.note(result.rows, of: job.name, isCounted: false)
    try failures.end()
  }

  private var settings: TokenizedDataset.Settings {
    var settings = TokenizedDataset.Settings()
    settings.maximumLength = maxLength?.tokens
    settings.packing = pack?.tokens
    settings.needsTarget = requireTarget
    return settings
  }

  private func report(_ result: TokenizedDataset.Result, _ policy: TrainPolicy) throws(CommandFailure) {
    var output = StandardOutput()
    if json {
      let object = JSONObject([
        ("rows", .number(result.rows.selected - result.rows.failed - result.leftOut)),
        ("sequences", .number(result.sequences)), ("tokens", .number(result.tokens)),
        ("trained_tokens", .number(result.trainedTokens)), ("train", .string(policy.description)),
        ("rows_cut", .number(result.cut)), ("tokens_lost", .number(result.tokensLost)),
        ("no_target", .number(result.untrained)), ("rows_left_out", .number(result.leftOut)),
        ("rows_failed", .number(result.rows.failed)), ("output", .string(self.output.output)),
      ])
      try output.writeLine(JSONValue.object(object).serialized(.pretty))
    } else {
      try output.writeLine(
        "\(NumberFormat.grouped(result.sequences)) sequences, \(NumberFormat.grouped(result.tokens)) tokens, of which "
          + "\(NumberFormat.grouped(result.trainedTokens)) are trained (\(policy.description)); written to "
          + self.output.output)
      if result.cut > 0 {
        try output.writeLine(
          "cut: \(NumberFormat.grouped(result.cut)) conversations, "
            + "\(NumberFormat.grouped(result.tokensLost)) tokens lost")
      }
    }
    try output.flush()
  }
}
