import ArgumentParser
import ChatTemplates
import JSON
import ModelHub
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

  func run() throws {
    let facts =
      switch try files.model(named: name, tokenization.selector()) {
      case .model(let model): try Self.facts(of: model)
      case .file(let file): try Self.facts(of: file)
      }
    var output = StandardOutput()
    if json {
      try output.writeLine(JSONValue.object(JSONObject(facts)).serialized(.pretty))
    } else {
      let width = facts.map(\.0.count).max() ?? 0
      for (name, value) in facts {
        let text = value.stringValue ?? String(decoding: value.serialized(), as: UTF8.self)
        try output.writeLine(name + String(repeating: " ", count: width + 2 - name.count) + text)
      }
    }
    try output.flush()
  }

  private static func facts(of model: SelectedModel) throws(CommandFailure) -> [(String, JSONValue)] {
    let location = try model.locateVocabulary()
    let tokenizer = try model.loadTokenizer()
    let published = model.format.model
    return try [
      ("model", .string(model.name)), ("hub_id", .string(published.hubID)),
      ("revision", .string(published.revision)),
      ("vocabulary", .string(published.tokenizer.name)), ("path", .string(location.path)),
      ("origin", .string(location.origin.summary)), ("bytes", .number(location.byteCount)),
      ("sha256", .string(location.digest.hex)), ("official", .bool(location.isOfficial)),
      ("tokens", .number(tokenizer.vocabularySize)),
      ("bos_token", tokenizer.bosToken.map { .integer(Int64($0)) } ?? .null),
      ("fast_path", .string(summary(of: tokenizer.engine))),
      ("template", .string(model.format.template.name)), ("template_sha256", .string(model.format.template.sha256)),
      ("license", .string(published.tokenizer.file.license.name)),
      ("license_url", .string(published.tokenizer.file.license.address)),
    ] + TokenizerFacts(CountingModel.model(model).definition(), tokenizer, name: model.name).members
  }

  private static func facts(of file: TokenizerPath) throws(CommandFailure) -> [(String, JSONValue)] {
    let contents = try file.contents()
    let definition = try file.definition(of: contents)
    let tokenizer = try file.tokenizer(definition)
    for notice in TokenizerNotices.sentences(for: definition, tokenizer, path: file.path) { Messages.notice(notice) }
    return try [
      ("path", .string(file.path)), ("kind", .string(contents.kind.rawValue)),
      ("bytes", .number(contents.bytes.count)),
      ("sha256", .string(SHA256Digest.of(contents.bytes.span.bytes).hex)),
      ("tokens", .number(tokenizer.vocabularySize)), ("added_tokens", .number(definition.addedTokens.count)),
      ("bos_token", tokenizer.bosToken.map { .integer(Int64($0)) } ?? .null),
      ("fast_path", .string(summary(of: tokenizer.engine))),
    ] + TokenizerFacts(definition, tokenizer, name: file.path).members
  }

  private static func summary(of engine: Tokenizer.Engine) -> String {
    switch engine {
    case .compiled: "yes"
    case .pieces(let reason): "each piece of text once: \(reason)"
    case .reference(let reason): "no: \(reason)"
    }
  }
}
