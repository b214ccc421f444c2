import JSON
import Support

/// Reads a tokenizer.json file as tokenizers 0.23.3 reads it.
///
/// What the reference refuses is refused with its reason, what is not known with the name of the field. Truncation and
/// padding that a file stores are left out, as transformers does.
enum TokenizerJSON {
  /// Reads the definition in a file.
  ///
  /// - Throws: `TokenizerError` with the place in the file.
  /// - Complexity: O(size of the file).
  static func load(_ bytes: RawSpan) throws(TokenizerError) -> TokenizerDefinition {
    var document = Document()
    var field = ""
    do throws(FileError) {
      var scanner = JSONScanner(bytes, loneSurrogates: .refused)
      try scanner.beginObject()
      while let key = try scanner.nextKey() {
        let name = scanner.text(of: key)
        if name == "model", scanner.peek() == UInt8(ascii: "{") {
          field = name
          document.model = try ModelContents(&scanner)
          field = ""
        } else {
          document.fields[name] = try scanner.value()
        }
      }
      try scanner.finish()
    } catch {
      throw TokenizerError(field, error.description)
    }
    return try document.definition()
  }

  /// The fields of a file but its model, whose tokens are only passed over.
  static func fields(_ bytes: RawSpan) throws(TokenizerError) -> JSONObject {
    var fields = JSONObject()
    do throws(FileError) {
      var scanner = JSONScanner(bytes, loneSurrogates: .refused)
      try scanner.beginObject()
      while let key = try scanner.nextKey() {
        if scanner.matches(key, "model") {
          try scanner.skipValue()
        } else {
          fields[scanner.text(of: key)] = try scanner.value()
        }
      }
    } catch { throw TokenizerError("", error.description) }
    return fields
  }

  /// The most steps of a normalizer, pre-tokenizer or decoder: those of models have a dozen.
  private static let mostSteps = 256

  /// The definition of a model and the other steps, which are the fields that are left.
  static func definition(
    _ reader: inout FieldReader, model: ModelDefinition, addedTokens: [AddedToken]
  ) throws(TokenizerError) -> TokenizerDefinition {
    let normalizer = try reader.optional("normalizer").map { value throws(TokenizerError) in
      try ComponentReader.normalizer(value, path: "normalizer")
    }
    let preTokenizer = try reader.optional("pre_tokenizer").map { value throws(TokenizerError) in
      try ComponentReader.preTokenizer(value, path: "pre_tokenizer")
    }
    let postProcessor = try reader.optional("post_processor").map { value throws(TokenizerError) in
      try ComponentReader.postProcessor(value, path: "post_processor")
    }
    let decoder = try reader.optional("decoder").map { value throws(TokenizerError) in
      try ComponentReader.decoder(value, path: "decoder")
    }
    try reader.finish()
    let counts = [
      ("normalizer", normalizer?.steps.count), ("pre_tokenizer", preTokenizer?.steps.count),
      ("decoder", decoder?.steps.count),
    ]
    for (field, count) in counts where count ?? 0 > mostSteps {
      throw TokenizerError(field, "it has more than \(mostSteps) steps")
    }
    return TokenizerDefinition(
      normalizer: normalizer, preTokenizer: preTokenizer, model: model, addedTokens: addedTokens,
      postProcessor: postProcessor, decoder: decoder)
  }

  private struct Document {
    var model: ModelContents?
    var fields = JSONObject()

    func definition() throws(TokenizerError) -> TokenizerDefinition {
      var reader = try FieldReader(.object(fields), path: "")
      if reader.has("version"), case let version = try reader.text("version"), version != Array("1.0".utf8) {
        throw TokenizerError("version", "\(Excerpt.of(version)) is not supported")
      }
      if let value = reader.optional("truncation") { try BatchOptionReader.checkTruncation(value) }
      if let value = reader.optional("padding") { try BatchOptionReader.checkPadding(value) }
      guard let model else {
        _ = try FieldReader(try reader.value("model"), path: "model")
        throw TokenizerError("model", "an object was expected")
      }
      let definition = try model.definition()
      let added = reader.has("added_tokens") ? try reader.elements("added_tokens") : []
      let tokens = try AddedTokenReader.tokens(added, vocabulary: definition.vocabulary, index: model.index)
      return try TokenizerJSON.definition(&reader, model: definition, addedTokens: tokens)
    }
  }
}

extension AddedToken {
  /// Takes the place of another token that has the same number.
  fileprivate mutating func displace(_ other: AddedToken) {
    displacedContents = other.displacedContents
    // The same content once more is normalized to the same text.
    if other.normalized, !normalized || content != other.content { displacedContents.append(other.content) }
  }
}

/// Reads added tokens and gives them the numbers that the reference gives them.
enum AddedTokenReader {
  /// The most bytes of an added token, of which each takes a place in the tree that they are found by.
  private static let mostBytes = 1 << 16

  /// The added tokens of a file.
  ///
  /// The numbers in the file do not count: a token of the vocabulary has its number there, any other the next free one
  /// after the vocabulary.
  static func tokens(
    _ elements: [(value: JSONValue, path: String)], vocabulary: Vocabulary, index: ByteStringIndex
  ) throws(TokenizerError) -> [AddedToken] {
    var tokens: [AddedToken] = []
    var positionOfID: [TokenID: Int] = [:]
    // A content keeps its number and stays special, also where another token has taken its place meanwhile.
    var idOfText: [[UInt8]: TokenID] = [:]
    var specialTexts: Set<[UInt8]> = []
    var nextID = vocabulary.count
    for (value, path) in elements {
      var token = try token(value, path: path)
      if token.content.isEmpty { continue }
      guard token.content.count <= mostBytes else {
        throw TokenizerError(
          "\(path).content", "an added token of \(token.content.count) bytes, more than \(mostBytes)")
      }
      if let id = idOfText[token.content] {
        token.id = id
      } else if let position = index.position(of: token.content) {
        token.id = vocabulary.ids[position]
      } else {
        guard let id = TokenID(exactly: nextID) else {
          throw TokenizerError(path, "numbers of tokens beyond \(TokenID.max) are not supported")
        }
        token.id = id
        nextID += 1
      }
      idOfText[token.content] = token.id
      if token.special { specialTexts.insert(token.content) }
      token.special = specialTexts.contains(token.content)
      // Of two tokens with one number the reference keeps the later.
      if let position = positionOfID[token.id] {
        token.displace(tokens[position])
        tokens[position] = token
      } else {
        positionOfID[token.id] = tokens.count
        tokens.append(token)
      }
    }
    return tokens
  }

  /// Reads an added token with the number that it has in the file.
  static func token(_ value: JSONValue, path: String) throws(TokenizerError) -> AddedToken {
    var reader = try FieldReader(value, path: path)
    let token = AddedToken(
      id: try FieldReader.tokenID(try reader.value("id"), path: reader.path(of: "id")),
      content: try reader.text("content"), lstrip: try reader.bool("lstrip"), rstrip: try reader.bool("rstrip"),
      singleWord: try reader.bool("single_word"), normalized: try reader.bool("normalized"),
      special: try reader.bool("special"))
    try reader.finish()
    return token
  }
}
