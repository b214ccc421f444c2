import JSON
import Support

/// Reads the steps of a tokenizer.json file, each with all its fields.
enum ComponentReader {
  // MARK: Normalizers

  /// Reads a normalizer.
  static func normalizer(_ value: JSONValue, path: String) throws(TokenizerError) -> NormalizerDefinition {
    var reader = try FieldReader(value, path: path)
    let definition: NormalizerDefinition
    let type = String(decoding: try reader.text("type"), as: UTF8.self)
    switch type {
    case "BertNormalizer":
      definition = .bert(
        BertNormalizerOptions(
          cleanText: try reader.bool("clean_text"),
          handleChineseCharacters: try reader.bool("handle_chinese_chars"),
          stripAccents: try reader.optionalBool("strip_accents"), lowercase: try reader.bool("lowercase")))
    case "ByteLevel": definition = .byteLevel
    case "Lowercase": definition = .lowercase
    case "NFC": definition = .nfc
    case "NFD": definition = .nfd
    case "NFKC": definition = .nfkc
    case "NFKD": definition = .nfkd
    case "Nmt": definition = .nmt
    case "Precompiled":
      guard let map = Base64.decode(try reader.text("precompiled_charsmap")[...]) else {
        throw TokenizerError(reader.path(of: "precompiled_charsmap"), "this is not Base64")
      }
      definition = .precompiled(map)
    case "Prepend": definition = .prepend(try reader.text("prepend"))
    case "Replace": definition = .replace(try pattern(&reader), content: try reader.text("content"))
    case "Sequence":
      var steps: [NormalizerDefinition] = []
      for (value, path) in try reader.elements("normalizers") { steps.append(try normalizer(value, path: path)) }
      definition = .sequence(steps)
    case "Strip": definition = .strip(left: try reader.bool("strip_left"), right: try reader.bool("strip_right"))
    case "StripAccents": definition = .stripAccents
    default: throw TokenizerError(reader.path(of: "type"), "\(Excerpt.of(type.utf8)) is not supported")
    }
    try reader.finish()
    return definition
  }

  private static func pattern(_ reader: inout FieldReader) throws(TokenizerError) -> PatternDefinition {
    var fields = try FieldReader(try reader.value("pattern"), path: reader.path(of: "pattern"))
    let pattern: PatternDefinition =
      fields.holds("String") ? .string(try fields.text("String")) : .regex(try fields.text("Regex"))
    try fields.finish()
    return pattern
  }

  // MARK: Pre-tokenizers

  /// Reads a pre-tokenizer.
  static func preTokenizer(_ value: JSONValue, path: String) throws(TokenizerError) -> PreTokenizerDefinition {
    var reader = try FieldReader(value, path: path)
    let definition: PreTokenizerDefinition
    let type = String(decoding: try reader.text("type"), as: UTF8.self)
    switch type {
    case "BertPreTokenizer": definition = .bert
    case "ByteLevel": definition = .byteLevel(try byteLevel(&reader))
    case "CharDelimiterSplit": definition = .charDelimiter(try reader.scalar("delimiter"))
    case "Digits": definition = .digits(individual: try reader.bool("individual_digits"))
    case "FixedLength":
      let length = reader.has("length") ? try reader.count("length") : 5
      guard length > 0 else { throw TokenizerError(reader.path(of: "length"), "this may not be 0") }
      definition = .fixedLength(length)
    case "Metaspace": definition = .metaspace(try metaspace(&reader))
    case "Punctuation":
      definition = .punctuation(reader.has("behavior") ? try reader.choice("behavior") : .isolated)
    case "Sequence":
      var steps: [PreTokenizerDefinition] = []
      for (value, path) in try reader.elements("pretokenizers") { steps.append(try preTokenizer(value, path: path)) }
      definition = .sequence(steps)
    case "Split":
      definition = .split(
        try pattern(&reader), behavior: try reader.choice("behavior"), invert: try reader.bool("invert"))
    case "UnicodeScripts": definition = .unicodeScripts
    case "Whitespace": definition = .whitespace
    case "WhitespaceSplit": definition = .whitespaceSplit
    default: throw TokenizerError(reader.path(of: "type"), "\(Excerpt.of(type.utf8)) is not supported")
    }
    try reader.finish()
    return definition
  }

  private static func byteLevel(_ reader: inout FieldReader) throws(TokenizerError) -> ByteLevelOptions {
    ByteLevelOptions(
      addPrefixSpace: try reader.bool("add_prefix_space"), trimOffsets: try reader.bool("trim_offsets"),
      useRegex: reader.has("use_regex") ? try reader.bool("use_regex") : true)
  }

  /// Files of before 2024 have `add_prefix_space` and `str_rep` instead of `prepend_scheme`.
  private static func metaspace(_ reader: inout FieldReader) throws(TokenizerError) -> MetaspaceOptions {
    var options = MetaspaceOptions(replacement: try reader.scalar("replacement"))
    if reader.has("prepend_scheme") { options.prependScheme = try reader.choice("prepend_scheme") }
    if try reader.optionalBool("add_prefix_space") == false, options.prependScheme != .never {
      throw TokenizerError(reader.path(of: "add_prefix_space"), "this does not match prepend_scheme")
    }
    options.split = try reader.optionalBool("split") ?? true
    _ = try reader.optionalText("str_rep")
    return options
  }

  // MARK: Post-processors

  /// Reads a post-processor.
  static func postProcessor(_ value: JSONValue, path: String) throws(TokenizerError) -> PostProcessorDefinition {
    var reader = try FieldReader(value, path: path)
    let definition: PostProcessorDefinition
    let type = String(decoding: try reader.text("type"), as: UTF8.self)
    switch type {
    case "BertProcessing":
      definition = .bert(begin: try specialToken("cls", &reader), end: try specialToken("sep", &reader))
    case "ByteLevel": definition = .byteLevel(try byteLevel(&reader))
    case "RobertaProcessing":
      definition = .roberta(
        begin: try specialToken("cls", &reader), end: try specialToken("sep", &reader),
        trimOffsets: try reader.optionalBool("trim_offsets") ?? true,
        addPrefixSpace: try reader.optionalBool("add_prefix_space") ?? true)
    case "Sequence":
      var steps: [PostProcessorDefinition] = []
      for (value, path) in try reader.elements("processors") { steps.append(try postProcessor(value, path: path)) }
      definition = .sequence(steps)
    case "TemplateProcessing": definition = .template(try template(&reader))
    default: throw TokenizerError(reader.path(of: "type"), "\(Excerpt.of(type.utf8)) is not supported")
    }
    try reader.finish()
    return definition
  }

  /// Reads a pair of a text and a number.
  private static func specialToken(
    _ name: String, _ reader: inout FieldReader
  ) throws(TokenizerError) -> PostProcessorDefinition.SpecialToken {
    let elements = try reader.elements(name)
    guard elements.count == 2 else { throw TokenizerError(reader.path(of: name), "a text and a number were expected") }
    return PostProcessorDefinition.SpecialToken(
      content: try FieldReader.text(elements[0].value, path: elements[0].path),
      id: try FieldReader.tokenID(elements[1].value, path: elements[1].path))
  }

  private static func template(_ reader: inout FieldReader) throws(TokenizerError) -> TemplateDefinition {
    var tokens: [[UInt8]: [TokenID]] = [:]
    let path = reader.path(of: "special_tokens")
    guard let members = try reader.value("special_tokens").objectValue?.members else {
      throw TokenizerError(path, "an object was expected")
    }
    for member in members {
      var fields = try FieldReader(member.value, path: "\(path).\(member.key)")
      _ = try fields.text("id")
      for (value, path) in try fields.elements("tokens") { _ = try FieldReader.text(value, path: path) }
      var ids: [TokenID] = []
      for (value, path) in try fields.elements("ids") { ids.append(try FieldReader.tokenID(value, path: path)) }
      try fields.finish()
      tokens[Array(member.key.utf8)] = ids
    }
    return TemplateDefinition(
      single: try pieces(try reader.elements("single"), tokens), pair: try pieces(try reader.elements("pair"), tokens))
  }

  private static func pieces(
    _ elements: [(value: JSONValue, path: String)], _ tokens: [[UInt8]: [TokenID]]
  ) throws(TokenizerError) -> [TemplateDefinition.Piece] {
    var pieces: [TemplateDefinition.Piece] = []
    for (value, path) in elements {
      var reader = try FieldReader(value, path: path)
      guard value.objectValue?.members.count == 1 else {
        throw TokenizerError(path, "Sequence or SpecialToken was expected")
      }
      let kind = reader.holds("Sequence") ? "Sequence" : "SpecialToken"
      var fields = try FieldReader(try reader.value(kind), path: reader.path(of: kind))
      let id = try fields.text("id")
      _ = try fields.count("type_id")
      try fields.finish()
      try reader.finish()
      switch (kind, String(decoding: id, as: UTF8.self)) {
      case ("Sequence", "A"): pieces.append(.first)
      case ("Sequence", "B"): pieces.append(.second)
      case ("Sequence", let name):
        throw TokenizerError(fields.path(of: "id"), "\(Excerpt.of(name.utf8)) is not supported")
      case (_, let name):
        // The reference notices what is missing only where it is needed.
        pieces.append(tokens[id].map { .tokens($0) } ?? .missing(Array(name.utf8)))
      }
    }
    return pieces
  }

  // MARK: Decoders

  /// Reads a decoder.
  static func decoder(_ value: JSONValue, path: String) throws(TokenizerError) -> DecoderDefinition {
    var reader = try FieldReader(value, path: path)
    let definition: DecoderDefinition
    let type = String(decoding: try reader.text("type"), as: UTF8.self)
    switch type {
    case "BPEDecoder": definition = .bpe(suffix: try reader.text("suffix"))
    case "ByteFallback": definition = .byteFallback
    case "ByteLevel":
      _ = try byteLevel(&reader)
      definition = .byteLevel
    case "CTC":
      definition = .ctc(
        padToken: try reader.text("pad_token"), wordDelimiterToken: try reader.text("word_delimiter_token"),
        cleanup: try reader.bool("cleanup"))
    case "Fuse": definition = .fuse
    case "Metaspace": definition = .metaspace(try metaspace(&reader))
    case "Replace": definition = .replace(try pattern(&reader), content: try reader.text("content"))
    case "Sequence":
      var steps: [DecoderDefinition] = []
      for (value, path) in try reader.elements("decoders") { steps.append(try decoder(value, path: path)) }
      definition = .sequence(steps)
    case "Strip":
      definition = .strip(
        content: try reader.scalar("content"), start: try reader.count("start"), stop: try reader.count("stop"))
    case "WordPiece": definition = .wordPiece(prefix: try reader.text("prefix"), cleanup: try reader.bool("cleanup"))
    default: throw TokenizerError(reader.path(of: "type"), "\(Excerpt.of(type.utf8)) is not supported")
    }
    try reader.finish()
    return definition
  }
}
