import Analysis
import ArgumentParser
import ChatTemplates
import JSON
import ModelHub
import ReferenceExpectations
import Support
import Tokenizers

/// Compares this program on this machine with the reference stack's results.
struct VerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Replay the built-in reference expectations.",
    discussion: """
      The program holds texts and conversations with what the Hugging Face libraries make of them: rendered text, ids, \
      counts, tokens by kind and the templates' messages. All must come out identical.

      Example:
        tokenstats verify
      """)

  private static let namedDifferences = 20

  @Option(
    parsing: .singleValue,
    help: ArgumentHelp("Use this vocabulary file for a model; may be repeated.", valueName: "model=path"))
  var tokenizer: [String] = []

  @Flag(help: "Print a JSON object.")
  var json = false

  @OptionGroup var talk: QuietOptions

  func run() throws {
    let expectations: [ReferenceExpectation]
    do {
      expectations = try ReferenceExpectation.all()
    } catch {
      throw CommandFailure(error.description)
    }
    var output = StandardOutput()
    var results: [(set: VerifiedSet, rows: Int, differences: Int)] = []
    for set in VerifiedSet.all {
      let rows = expectations.filter { $0.model == set.rows }
      let differences = try differences(in: rows, of: set)
      results.append((set, rows.count, differences))
      guard !json else { continue }
      try output.writeLine("\(set.name): \(Self.sentence(rows.count, differences))")
      try output.flush()
    }
    let rows = results.reduce(0) { $0 + $1.rows }
    let differences = results.reduce(0) { $0 + $1.differences }
    if json {
      let sets = results.map { result in
        let members = [
          ("rows", JSONValue.number(result.rows)), ("identical", .number(result.rows - result.differences)),
        ]
        return (result.set.name, JSONValue.object(JSONObject(members)))
      }
      let members = [("rows", JSONValue.number(rows)), ("identical", .number(rows - differences))]
      try output.writeLine(
        JSONValue.object(JSONObject(members + [("sets", .object(JSONObject(sets)))])).serialized(.pretty))
    } else {
      try output.writeLine(Self.sentence(rows, differences))
    }
    try output.flush()
    if differences > 0 { throw CommandFailure("\(differences) of \(rows) rows differ from the reference") }
  }

  private static func sentence(_ rows: Int, _ differences: Int) -> String {
    "\(NumberFormat.grouped(rows - differences)) of \(NumberFormat.grouped(rows)) identical"
  }

  private func differences(in rows: [ReferenceExpectation], of set: VerifiedSet) throws(CommandFailure) -> Int {
    let model = try ModelSelector(
      templates: set.templates, files: tokenizer, hub: HubAccess(isOffline: true)
    ).model(named: set.model)
    var replay = ExpectationReplay(template: model.format.template, tokenizer: try model.loadTokenizer())
    var differences = 0
    for row in rows {
      guard let difference = replay.difference(from: row) else { continue }
      differences += 1
      if differences <= Self.namedDifferences { Messages.error("\(set.name), row \(row.id): \(difference)") }
    }
    return differences
  }
}

/// The rows of one model among the built-in expectations.
struct VerifiedSet {
  /// What the set is called in results.
  let name: String
  /// The model as the command line would name it.
  let model: String
  /// The chat formats that differ from the models' own.
  let templates: [String]
  /// Which rows belong to it.
  let rows: ReferenceExpectation.Model

  /// All sets in the order of the results.
  static let all = [
    VerifiedSet(name: "gemma-2-27b", model: "gemma-2-27b", templates: [], rows: .gemma),
    VerifiedSet(name: "llama-3.3-70b", model: "llama-3.3-70b", templates: [], rows: .llama),
    VerifiedSet(name: "qwen-3-32b", model: "qwen-3-32b", templates: [], rows: .qwen),
    VerifiedSet(name: "qwen-3-32b=qwen2.5", model: "qwen-3-32b", templates: ["qwen-3-32b=qwen2.5"], rows: .qwen25),
  ]
}
