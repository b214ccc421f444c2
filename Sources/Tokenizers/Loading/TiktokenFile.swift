import JSON
import Support

/// Reads tiktoken files, lines of a token in Base64 and its rank, and tekken.json files, which hold the same and more.
enum TiktokenFile {
  /// Reads the definition in a tiktoken file.
  ///
  /// - Throws: `TokenizerError` where the file is damaged or lacks a byte.
  /// - Complexity: O(bytes of all tokens), on average.
  static func load(_ bytes: [UInt8], spec: TiktokenSpec) throws(TokenizerError) -> TokenizerDefinition {
    var vocabulary = Vocabulary()
    var highestRank: TokenID = -1
    for (index, line) in bytes.split(separator: UInt8(ascii: "\n")).enumerated() {
      let line = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
      let parts = line.split(separator: 0x20)
      // What is padding only is a token without bytes, which no text has; its rank is taken all the same.
      let isEmpty = parts.first?.allSatisfy { $0 == UInt8(ascii: "=") } ?? false
      guard parts.count == 2, let token = isEmpty ? [] : Base64.decode(parts[0]), isEmpty || !token.isEmpty,
        let rank = TokenID(String(decoding: parts[1], as: UTF8.self)), rank >= 0
      else { throw TokenizerError("line \(index + 1)", "a token in Base64 and its rank were expected") }
      highestRank = max(highestRank, rank)
      if !isEmpty { vocabulary.append(token, id: rank) }
    }
    var nextID = Int(highestRank) + 1
    var added: [AddedToken] = []
    for token in spec.specialTokens {
      guard let id = token.id ?? TokenID(exactly: nextID) else {
        throw TokenizerError("", "numbers of tokens beyond \(TokenID.max) are not supported")
      }
      added.append(AddedToken(id: id, content: token.content, special: true))
      nextID = Int(id) + 1
    }
    return try definition(vocabulary, pattern: spec.pattern, path: "pat_str", added: added)
  }

  /// Reads a specification: an object with `pat_str` and `special_tokens`.
  static func spec(_ bytes: [UInt8]) throws(TokenizerError) -> TiktokenSpec {
    let value: JSONValue
    do throws(FileError) { value = try JSONValue.parse(bytes) } catch { throw TokenizerError("", error.description) }
    var reader = try FieldReader(value, path: "")
    var spec = TiktokenSpec(pattern: "", specialTokens: [])
    spec.pattern = try reader.text("pat_str")
    if let tokens = reader.optional("special_tokens") {
      guard let members = tokens.objectValue?.members else {
        throw TokenizerError("special_tokens", "an object was expected")
      }
      for member in members {
        let id = try FieldReader.tokenID(member.value, path: "special_tokens.\(member.key)")
        spec.specialTokens.append(TiktokenSpec.SpecialToken(member.key, id: id))
      }
    }
    try reader.finish()
    return spec
  }

  /// The definition of tokens whose numbers are their ranks: a pair merges where its bytes are a token.
  fileprivate static func definition(
    _ vocabulary: Vocabulary, pattern: [UInt8], path: String, added: [AddedToken], offset: TokenID = 0,
    postProcessor: PostProcessorDefinition? = nil
  ) throws(TokenizerError) -> TokenizerDefinition {
    let index = ByteStringIndex(vocabulary.texts)
    for position in 0..<vocabulary.count where index.position(of: Array(vocabulary.texts[position])) != position {
      throw TokenizerError("tokens", "the token of rank \(vocabulary.ids[position] - offset) occurs twice")
    }
    for byte in UInt8.min...UInt8.max where index.position(of: [byte]) == nil {
      throw TokenizerError("", "no token for byte \(byte)")
    }
    var merges: [BPEDefinition.Merge] = []
    let bytes = vocabulary.texts.bytes
    for position in 0..<vocabulary.count {
      let range = vocabulary.texts.range(position)
      for border in range.dropFirst() {
        guard let left = index.position(of: range.lowerBound..<border, in: bytes),
          let right = index.position(of: border..<range.upperBound, in: bytes)
        else { continue }
        let id = vocabulary.ids[position]
        merges.append(
          BPEDefinition.Merge(
            left: vocabulary.ids[left], right: vocabulary.ids[right], result: id, rank: UInt32(id - offset)))
      }
    }
    merges.sort { $0.rank < $1.rank }
    let pattern = PatternDefinition.regex(try TiktokenPattern.rewritten(pattern, path: path))
    let isolated = PreTokenizerDefinition.split(pattern, behavior: .isolated, invert: false)
    // Only matches are encoded; those of known patterns leave nothing out.
    let matches = PreTokenizerDefinition.split(pattern, behavior: .removed, invert: true)
    return TokenizerDefinition(
      preTokenizer: PretokenRules([isolated]) == nil ? matches : isolated,
      model: .bpe(BPEDefinition(vocabulary: vocabulary, merges: merges, ignoreMerges: true, mergesBytes: true)),
      addedTokens: added, postProcessor: postProcessor, decoder: .fuse)
  }
}

/// Reads tekken.json files of Mistral as mistral-common 1.13 does, which encodes texts alike in all versions.
enum TekkenFile {
  /// What files of the first versions do not list.
  private static let firstSpecialTokens = [
    "<unk>", "<s>", "</s>", "[INST]", "[/INST]", "[AVAILABLE_TOOLS]", "[/AVAILABLE_TOOLS]", "[TOOL_RESULTS]",
    "[/TOOL_RESULTS]", "[TOOL_CALLS]", "[IMG]", "<pad>", "[IMG_BREAK]", "[IMG_END]", "[PREFIX]", "[MIDDLE]", "[SUFFIX]",
    "[SYSTEM_PROMPT]", "[/SYSTEM_PROMPT]", "[TOOL_CONTENT]",
  ]

  private static let versions = ["v1": 1, "v2": 2, "v3": 3, "v7": 7, "v11": 11, "v13": 13, "v15": 15]
  /// The last version whose files need not list the special tokens.
  private static let lastUnlistedVersion = 7
  /// The last version whose files may call images `multimodal`.
  private static let lastUnnamedVersion = 11

  /// The most special tokens; files have 1,000, and each one takes memory that the file does not.
  private static let specialLimit = 1 << 16

  /// Reads the definition in a file.
  ///
  /// - Throws: `TokenizerError` where the file is damaged or of another version.
  /// - Complexity: O(bytes of all tokens), on average.
  static func load(_ bytes: RawSpan) throws(TokenizerError) -> TokenizerDefinition {
    var tokens: [[UInt8]] = []
    var fields = JSONObject()
    do throws(FileError) {
      var scanner = JSONScanner(bytes, loneSurrogates: .replaced)
      try scanner.beginObject()
      while let key = try scanner.nextKey() {
        if scanner.matches(key, "vocab") {
          tokens = try readTokens(&scanner)
        } else {
          fields[scanner.text(of: key)] = try scanner.value()
        }
      }
      try scanner.finish()
    } catch { throw TokenizerError("", error.description) }
    var reader = try FieldReader(.object(fields), path: "")
    var config = try FieldReader(try reader.value("config"), path: "config")
    let version = String(decoding: try config.text("version"), as: UTF8.self)
    guard let number = versions[version] else {
      throw TokenizerError("config.version", "\(Excerpt.of(version.utf8)) is not supported")
    }
    if number > lastUnnamedVersion, reader.holds("multimodal") {
      throw TokenizerError("multimodal", "this field is called image in files of version \(version)")
    }
    let specialCount = try config.count("default_num_special_tokens")
    let size = try config.count("default_vocab_size")
    guard specialCount <= specialLimit else {
      throw TokenizerError("config.default_num_special_tokens", "more than \(specialLimit) are not supported")
    }
    guard size >= specialCount, size - specialCount <= tokens.count, let offset = TokenID(exactly: specialCount) else {
      throw TokenizerError("config.default_vocab_size", "\(size) does not fit \(tokens.count) tokens")
    }
    let special = try specialTokens(&reader, version: number, count: specialCount)
    var vocabulary = Vocabulary()
    for (rank, token) in tokens.prefix(size - specialCount).enumerated() {
      guard rank > UInt8.max || token == [UInt8(rank)] else {
        throw TokenizerError("vocab[\(rank)]", "the token of byte \(rank) was expected")
      }
      vocabulary.append(token, id: TokenID(truncatingIfNeeded: rank) + offset)
    }
    return try TiktokenFile.definition(
      vocabulary, pattern: try config.text("pattern"), path: "config.pattern",
      added: special.enumerated().map { AddedToken(id: TokenID($0.offset), content: $0.element, special: true) },
      offset: offset, postProcessor: try template(special))
  }

  private static func readTokens(_ scanner: inout JSONScanner) throws(FileError) -> [[UInt8]] {
    var tokens: [[UInt8]] = []
    try scanner.beginArray("an array of tokens")
    while try scanner.nextElement() {
      let offset = scanner.offset
      var token: [UInt8]?
      var rank: Int?
      try scanner.beginObject("a token")
      while let key = try scanner.nextKey() {
        if scanner.matches(key, "token_bytes") {
          var text: [UInt8] = []
          scanner.append(try scanner.string(), to: &text)
          token = Base64.decode(text[...])
        } else if scanner.matches(key, "rank") {
          rank = try scanner.integer()
        } else {
          try scanner.skipValue()
        }
      }
      guard let token, !token.isEmpty, rank == tokens.count else {
        throw FileError(notJSON: "the token of rank \(tokens.count) in Base64 was expected", offset: offset)
      }
      tokens.append(token)
    }
    return tokens
  }

  /// The texts of the special tokens in the order of their numbers.
  private static func specialTokens(
    _ reader: inout FieldReader, version: Int, count: Int
  ) throws(TokenizerError) -> [[UInt8]] {
    var texts = firstSpecialTokens.map { Array($0.utf8) }
    if reader.holds("special_tokens") {
      texts = []
      for (value, path) in try reader.elements("special_tokens") {
        var fields = try FieldReader(value, path: path)
        guard try fields.count("rank") == texts.count else {
          throw TokenizerError(fields.path(of: "rank"), "the rank \(texts.count) was expected")
        }
        texts.append(try fields.text("token_str"))
      }
    } else if version > lastUnlistedVersion {
      throw TokenizerError("special_tokens", "this field is missing")
    }
    guard texts.count <= count else {
      throw TokenizerError(
        "config.default_num_special_tokens", "\(count) is less than the \(texts.count) special tokens")
    }
    for id in texts.count..<count { texts.append(Array("<SPECIAL_\(id)>".utf8)) }
    var seen: Set<[UInt8]> = []
    for text in texts where !seen.insert(text).inserted {
      throw TokenizerError("special_tokens", "\"\(Excerpt.of(text))\" occurs twice")
    }
    return texts
  }

  /// BOS and EOS around a text.
  private static func template(_ special: [[UInt8]]) throws(TokenizerError) -> PostProcessorDefinition {
    func token(_ name: String) throws(TokenizerError) -> TemplateDefinition.Piece {
      guard let id = special.firstIndex(of: Array(name.utf8)) else {
        throw TokenizerError("special_tokens", "there is no \(name)")
      }
      return .tokens([TokenID(id)])
    }
    let (begin, end) = (try token("<s>"), try token("</s>"))
    return .template(TemplateDefinition(single: [begin, .first, end], pair: [begin, .first, .second, end]))
  }
}
