import Tokenizers

/// What the steps of a tokenizer do, in words.
enum PipelineSummary {
  private static let longestPattern = 400

  /// The steps before text is cut.
  static func normalizer(_ definition: NormalizerDefinition?) -> String {
    guard let definition else { return "none" }
    switch definition {
    case .bert(let options):
      let parts = [
        options.cleanText ? "clean text" : "",
        options.handleChineseCharacters ? "spaces around Chinese characters" : "",
        options.stripAccents ?? options.lowercase ? "strip accents" : "", options.lowercase ? "lower case" : "",
      ]
      return "BERT (\(parts.filter { !$0.isEmpty }.joined(separator: ", ")))"
    case .byteLevel: return "bytes written as characters"
    case .lowercase: return "lower case"
    case .nfc: return "NFC"
    case .nfd: return "NFD"
    case .nfkc: return "NFKC"
    case .nfkd: return "NFKD"
    case .nmt: return "Nmt"
    case .precompiled: return "character map of SentencePiece"
    case .prepend(let text): return "\(quoted(text)) before the text"
    case .replace(let pattern, let content): return "\(self.pattern(pattern)) becomes \(quoted(content))"
    case .sentencePiece(let options):
      let parts = [
        options.characterMap.isEmpty ? "" : "character map", options.addsDummyPrefix ? "space before the text" : "",
        options.removesExtraWhitespaces ? "extra spaces removed" : "",
        options.escapesWhitespaces ? "spaces become \u{2581}" : "",
      ]
      return "SentencePiece (\(parts.filter { !$0.isEmpty }.joined(separator: ", ")))"
    case .sequence(let steps): return sequence(steps.map { normalizer($0) })
    case .strip(let left, let right):
      return "strip white space "
        + (left && right ? "at both ends" : left ? "at the start" : right ? "at the end" : "nowhere")
    case .stripAccents: return "strip accents"
    }
  }

  /// How text is cut.
  static func preTokenizer(_ definition: PreTokenizerDefinition?) -> String {
    guard let definition else { return "none" }
    switch definition {
    case .bert: return "at white space and punctuation, as BERT"
    case .byteLevel(let options):
      return "ByteLevel (" + (options.addPrefixSpace ? "space before, " : "")
        + (options.useRegex ? "GPT-2's pattern)" : "no pattern)")
    case .charDelimiter(let scalar): return "at \(quoted(Array(String(Character(scalar)).utf8)))"
    case .digits(let individual): return individual ? "each digit by itself" : "at runs of digits"
    case .fixedLength(let length): return "every \(length) characters"
    case .metaspace(let options):
      let prefix =
        switch options.prependScheme {
        case .always: ", one before each text"
        case .first: ", one before the first text"
        case .never: ""
        }
      return "Metaspace (spaces become \(Character(options.replacement))\(prefix)"
        + (options.split ? ", cut before each)" : ", no cut)")
    case .punctuation(let behavior): return "at punctuation (\(behavior.rawValue))"
    case .sequence(let steps): return sequence(steps.map { preTokenizer($0) })
    case .split(let pattern, let behavior, let invert):
      return "\(invert ? "between matches of" : "at") \(self.pattern(pattern)) (\(behavior.rawValue))"
    case .unicodeScripts: return "where the script changes"
    case .whitespace: return "words and other characters, without white space"
    case .whitespaceSplit: return "at white space"
    }
  }

  /// The model and its options.
  static func model(_ definition: ModelDefinition) -> String {
    switch definition {
    case .bpe(let model):
      let parts = [
        model.mergesBytes ? "of bytes" : "", "\(model.merges.count) merges", model.byteFallback ? "byte fallback" : "",
        model.ignoreMerges ? "whole pre-tokens first" : "",
        model.endOfWordSuffix.isEmpty ? "" : "suffix \(quoted(model.endOfWordSuffix))",
        model.continuingSubwordPrefix.isEmpty ? "" : "prefix \(quoted(model.continuingSubwordPrefix))",
      ]
      return "BPE (\(parts.filter { !$0.isEmpty }.joined(separator: ", ")))"
    case .unigram(let model): return "Unigram" + (model.byteFallback ? " (byte fallback)" : "")
    case .wordPiece(let model): return "WordPiece (prefix \(quoted(model.continuingSubwordPrefix)))"
    case .wordLevel: return "WordLevel"
    case .sentencePiece(let model):
      return "SentencePiece \(model.algorithm.name)"
        + (model.byteFallback ? " (byte fallback)" : "")
    }
  }

  /// How tokens become text again.
  static func decoder(_ definition: DecoderDefinition?) -> String {
    guard let definition else { return "tokens joined by spaces" }
    switch definition {
    case .bpe(let suffix): return "\(quoted(suffix)) becomes a space"
    case .byteFallback: return "<0x..> become bytes"
    case .byteLevel: return "characters become bytes"
    case .ctc: return "CTC"
    case .fuse: return "joined"
    case .metaspace(let options): return "\(Character(options.replacement)) becomes a space"
    case .replace(let pattern, let content): return "\(self.pattern(pattern)) becomes \(quoted(content))"
    case .sentencePiece: return "as SentencePiece joins pieces"
    case .sequence(let steps): return sequence(steps.map { decoder($0) })
    case .strip(let content, let start, let stop):
      return "strip \(quoted(Array(String(Character(content)).utf8))) (\(start) at the start, \(stop) at the end)"
    case .wordPiece(let prefix, _): return "WordPiece (prefix \(quoted(prefix)))"
    }
  }

  private static func sequence(_ steps: [String]) -> String { steps.isEmpty ? "none" : steps.joined(separator: "; ") }

  private static func pattern(_ pattern: PatternDefinition) -> String {
    switch pattern {
    case .string(let text): return quoted(text)
    case .regex(let pattern):
      let text = String(decoding: pattern, as: UTF8.self)
      return "/" + (text.count > longestPattern ? text.prefix(longestPattern) + "..." : text) + "/"
    }
  }

  private static func quoted(_ text: [UInt8]) -> String {
    let text = String(decoding: text, as: UTF8.self)
    return "\"" + (text.count > longestPattern ? text.prefix(longestPattern) + "..." : text) + "\""
  }
}
