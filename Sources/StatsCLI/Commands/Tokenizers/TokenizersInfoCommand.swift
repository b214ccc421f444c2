import ArgumentParser
import ChatTemplates
import JSON
import ModelHub
import Reports
import Support
import Tokenizers

/// Prints what a model's texts are counted with.
struct TokenizersInfoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "info",
    abstract: "Show what a model's texts are counted with.",
    discussion: """
      Example:
        tokenstats tokenizers info gemma-2-27b
        tokenstats tokenizers info tokenizer.json
      """)

  @Argument(help: CountingModel.help, completion: CompletionNames.models)
  var name: String

  @OptionGroup(title: "Tokenizer files") var files: TokenizerFileOptions

  @OptionGroup(title: "Tokenizers and templates") var tokenization: TokenizationOptions

  @Flag(help: "Print a JSON object.")
  var json = false

  @Flag(help: "Print tab-separated values.")
  var tsv = false

  @OptionGroup var talk: QuietOptions

  func validate() throws {
    if json && tsv { throw ValidationError("--json and --tsv exclude each other.") }
  }

  func run() throws {
    let facts =
      switch try files.model(named: name, tokenization.selector(for: [name])) {
      case .model(let model): try Self.facts(of: model)
      case .file(let file): try Self.facts(of: file)
      }
    var output = StandardOutput()
    if json {
      try output.writeLine(JSONValue.object(JSONObject(facts)).serialized(.pretty))
    } else if tsv {
      var table = ResultTable([.text("name"), .text("value")])
      for (name, value) in facts { table.add([.text(name), value == .null ? .missing : .text(Self.text(value))]) }
      try output.write(bytes: table.tabSeparated)
    } else {
      let width = facts.map(\.0.count).max() ?? 0
      for (name, value) in facts {
        try output.writeLine(name + String(repeating: " ", count: width + 2 - name.count) + Self.text(value))
      }
    }
    try output.flush()
  }

  private static func text(_ value: JSONValue) -> String {
    value.stringValue ?? String(decoding: value.serialized(), as: UTF8.self)
  }

  private static func facts(of model: SelectedModel) throws(CommandFailure) -> [(String, JSONValue)] {
    let location = try model.locateVocabulary()
    let tokenizer = try model.loadTokenizer()
    let published = model.format.model
    var facts: [(String, JSONValue)] = [
      ("model", .string(model.name)), ("hub_id", .string(published.hubID)),
      ("revision", .string(published.revision)),
      ("vocabulary", .string(published.tokenizer.name)), ("path", .string(location.path)),
      ("origin", .string(location.origin.summary)), ("bytes", .number(location.byteCount)),
      ("sha256", .string(location.digest.hex)), ("official", .bool(location.isOfficial)),
      ("tokens", .number(tokenizer.vocabularySize)),
      ("bos_token", tokenizer.bosToken.map { .integer(Int64($0)) } ?? .null),
    ]
    facts += ways(of: tokenizer)
    facts += [
      ("template", .string(model.format.template.name)), ("template_sha256", .string(model.format.template.sha256)),
      ("license", .string(published.tokenizer.file.license.name)),
      ("license_url", .string(published.tokenizer.file.license.address)),
    ]
    facts += try TokenizerFacts(CountingModel.model(model).definition(), tokenizer, name: model.name).members
    return facts
  }

  private static func facts(of file: TokenizerPath) throws(CommandFailure) -> [(String, JSONValue)] {
    let contents = try file.contents()
    let definition = try file.definition(of: contents)
    let tokenizer = try file.tokenizer(definition)
    for notice in TokenizerNotices.sentences(for: definition, tokenizer, path: file.path) { Messages.notice(notice) }
    var facts: [(String, JSONValue)] = [
      ("path", .string(file.path)), ("kind", .string(contents.kind.rawValue)),
      ("bytes", .number(contents.bytes.count)),
      ("sha256", .string(SHA256Digest.of(contents.bytes.span.bytes).hex)),
      ("tokens", .number(tokenizer.vocabularySize)), ("added_tokens", .number(definition.addedTokens.count)),
      ("bos_token", tokenizer.bosToken.map { .integer(Int64($0)) } ?? .null),
    ]
    facts += ways(of: tokenizer)
    facts += try TokenizerFacts(definition, tokenizer, name: file.path).members
    return facts
  }

  /// How the definition is followed, as a whole and part by part.
  private static func ways(of tokenizer: Tokenizer) -> [(String, JSONValue)] {
    let paths = tokenizer.fastPaths
    return [
      ("fast_path", .string(summary(of: tokenizer.engine))),
      ("fast_path_normalizer", .string(summary(of: paths.normalizer))),
      ("fast_path_pre_tokenizer", .string(summary(of: paths.preTokenizer))),
      ("fast_path_model", .string(summary(of: paths.model))),
    ]
  }

  private static func summary(of way: FastPaths.Way) -> String {
    switch way {
    case .nothing: "nothing to do"
    case .vectorCode: "yes, vector code"
    case .tables: "yes, compiled tables"
    case .plainWords: "yes, a table for words of ASCII; others step by step"
    case .bytes: "yes, without sources of bytes"
    case .programs: "yes, programs made of the patterns"
    case .oniguruma: "no, a pattern that only Oniguruma can follow"
    case .counting: "yes, counting without ids; what needs a rarer rule step by step"
    case .reference: "no, step by step"
    }
  }

  private static func summary(of engine: Tokenizer.Engine) -> String {
    switch engine {
    case .compiled: "yes"
    case .pieces(let reason): "each piece of text once: \(reason)"
    case .reference(let reason): "no: \(reason)"
    }
  }
}
