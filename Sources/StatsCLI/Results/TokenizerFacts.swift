import JSON
import Support
import Tokenizers

/// What a tokenizer does and how it fares on a sample, for `tokenizers info`.
struct TokenizerFacts {
  private let definition: TokenizerDefinition
  private let reference: ReferenceTokenizer
  private let tokenizer: Tokenizer

  private static let listedTokens = 12
  private static let example = "Hello, world! It's 2024: na\u{EF}ve caf\u{E9}s in \u{6771}\u{4EAC}."
  private static let sample = """
    The quick brown fox jumps over the lazy dog. "Nobody knows," she said, "what 1,234.56 means here."
    Die Wahrheit ist dem Menschen zumutbar. Los n\u{FA}meros no mienten. \u{41F}\u{440}\u{438}\u{432}\u{435}\u{442}, \
    \u{43C}\u{438}\u{440}! \u{4F60}\u{597D}\u{FF0C}\u{4E16}\u{754C}\u{3002}
    for (int i = 0; i < n; ++i) { total += values[i] * 2; }

    """

  /// - Throws: `CommandFailure` with the status of an unknown model where the definition cannot be followed.
  init(_ definition: TokenizerDefinition, _ tokenizer: Tokenizer, name: String) throws(CommandFailure) {
    self.definition = definition
    self.tokenizer = tokenizer
    do throws(TokenizerError) { reference = try ReferenceTokenizer(definition) } catch {
      throw CommandFailure("\(name): \(error)", status: .unknownModel)
    }
  }

  /// The facts in the order in which they are printed.
  var members: [(String, JSONValue)] {
    var members: [(String, JSONValue)] = [
      ("normalizer", .string(PipelineSummary.normalizer(definition.normalizer))),
      ("pre_tokenizer", .string(PipelineSummary.preTokenizer(definition.preTokenizer))),
      ("model_type", .string(PipelineSummary.model(definition.model))),
      ("decoder", .string(PipelineSummary.decoder(definition.decoder))),
      ("special_tokens", .string(specialTokens)), ("special_tokens_policy", .string(policy)),
    ]
    let bytes = Array(Self.sample.utf8)
    if let count = count(bytes), count > 0 {
      members.append(("sample_bytes_per_token", .double((Double(bytes.count * 100 / count)) / 100)))
    }
    if let example { members.append(("example", .string(example))) }
    return members
  }

  private func count(_ text: [UInt8]) -> Int? {
    var counter = tokenizer.makeCounter()
    let count = counter.count(text.span.bytes)
    return counter.failureCount == 0 ? count : nil
  }

  private var specialTokens: String {
    let special = definition.addedTokens.filter(\.special)
    let names = special.prefix(Self.listedTokens).map { "\(name(of: $0.content)) (\($0.id))" }
    guard !names.isEmpty else { return "none" }
    let more = special.count > names.count ? ", and \(special.count - names.count) more" : ""
    return names.joined(separator: ", ") + more
  }

  private func name(of content: [UInt8]) -> String {
    let text = String(decoding: content, as: UTF8.self)
    return text.count > 40 ? text.prefix(40) + "..." : text
  }

  /// What is put around a text where special tokens are asked for.
  private var policy: String {
    guard let tokens = tokenizer.specialTokens else { return "the post-processor repeats or leaves out the text" }
    let before = tokens.before.map(name(ofToken:)).joined(separator: " ")
    let after = tokens.after.map(name(ofToken:)).joined(separator: " ")
    switch (before.isEmpty, after.isEmpty) {
    case (true, true): return "nothing is added"
    case (false, true): return "--add-special-tokens puts \(before) before a text"
    case (true, false): return "--add-special-tokens puts \(after) after a text"
    case (false, false): return "--add-special-tokens puts \(before) before a text and \(after) after it"
    }
  }

  /// The text of a token and its number.
  func name(ofToken id: TokenID) -> String {
    let added = definition.addedTokens.first { $0.id == id }?.content
    let vocabulary = definition.model.vocabulary
    let text = added ?? vocabulary.ids.firstIndex(of: id).map { Array(vocabulary.texts[$0]) } ?? []
    return "\(name(of: text)) (\(id))"
  }

  /// A text with a border before each token but the first; a dot for a token of a part of a character.
  private var example: String? {
    let text = Array(Self.example.utf8)
    guard let tokens = try? reference.encode(Self.example) else { return nil }
    var parts: [String] = []
    var end = 0
    for token in tokens {
      let (start, stop) = (max(end, token.source.lowerBound), max(end, token.source.upperBound))
      parts.append(start < stop ? String(decoding: text[start..<stop], as: UTF8.self) : "\u{B7}")
      end = stop
    }
    return parts.joined(separator: "|")
  }
}

/// What the files beside a tokenizer say that its user should know.
enum TokenizerNotices {
  /// The notices about a file, each a sentence.
  static func sentences(
    for definition: TokenizerDefinition, _ tokenizer: Tokenizer, path: String
  ) -> [String] {
    let folder = Files.parent(of: path)
    func read(_ name: String) -> JSONValue? {
      let path = Files.join(folder.isEmpty ? "." : folder, name)
      guard Files.exists(path), let bytes = try? Files.read(path) else { return nil }
      return try? JSONValue.parse(bytes)
    }
    let config = read("tokenizer_config.json")
    var sentences: [String] = []
    if let id = tokenizer.bosToken, let template = config?["chat_template"]?.stringValue,
      let bos = definition.addedTokens.first(where: { $0.id == id })?.content,
      template.contains(bytesOf: "bos_token") || template.contains(bytesOf: String(decoding: bos, as: UTF8.self))
    {
      sentences.append(
        "the chat template writes \(String(decoding: bos, as: UTF8.self)), and --add-special-tokens adds it again: "
          + "a rendered conversation is counted without adding special tokens")
    }
    let type = config?["tokenizer_class"]?.stringValue ?? ""
    if ["GPT2Tokenizer", "GPT2TokenizerFast"].contains(type), !isPlainGPT2(definition),
      read("config.json")?["model_type"] == nil
    {
      sentences.append(
        "AutoTokenizer of transformers 5 builds \(type) from the vocabulary, with GPT-2's steps instead of those in the "
          + "file; here the file counts")
    }
    return sentences
  }

  /// Whether the steps are those that the class builds.
  private static func isPlainGPT2(_ definition: TokenizerDefinition) -> Bool {
    guard definition.normalizer == nil, case .byteLevel(let options)? = definition.preTokenizer else { return false }
    return options.useRegex
  }
}
