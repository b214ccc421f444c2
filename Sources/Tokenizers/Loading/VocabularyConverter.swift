import Support

/// How a vocabulary file becomes the definition of a tokenizer.
///
/// A `tokenizer.json` is a definition. Other files hold tokens alone, and what is missing follows the converters with
/// which `transformers` makes a model's `tokenizer.json`, `convert_slow_tokenizer.py`.
public enum VocabularyConverter: Hashable, Sendable {
  /// The file is a `tokenizer.json`; added tokens after `lastAddedToken` are left out.
  case tokenizerJSON(lastAddedToken: TokenID? = nil)
  /// The file is a tiktoken file of byte strings in the order of their ranks; the special tokens follow the last one.
  ///
  /// As `TikTokenConverter` has it: the parts of a token merge in the order of the tokens, then of their own numbers;
  /// pre-tokens that are tokens are not merged; the first special token is put before a text.
  case tiktoken(pattern: String, specialTokens: [String])
  /// The file is a SentencePiece model whose characters merge, as `GemmaConverter` reads it.
  case sentencePiece(beginning: String)

  /// Makes the definition of a file.
  ///
  /// - Parameter path: Names the file in errors.
  /// - Throws: `TokenizerError` where the file is not what the converter reads, or holds what is not supported.
  public func definition(of file: [UInt8], path: String) throws(TokenizerError) -> TokenizerDefinition {
    switch self {
    case .tokenizerJSON(let lastAddedToken):
      var definition: TokenizerDefinition
      do throws(DefinitionError) { definition = try TokenizerJSON.load(file.span.bytes) } catch {
        throw .damaged(path: path, reason: error.description)
      }
      if let lastAddedToken { definition.addedTokens.removeAll { $0.id > lastAddedToken } }
      return definition
    case .tiktoken(let pattern, let specialTokens):
      return try Self.convert(
        tiktoken: TiktokenRanks(file, path: path).tokens, pattern: pattern, specialTokens: specialTokens)
    case .sentencePiece(let beginning):
      return try Self.convert(pieces: Self.pieces(in: file, path: path), beginning: beginning, path: path)
    }
  }

  /// What tells the definitions of one file by different converters apart.
  var digest: SHA256Digest {
    let text =
      switch self {
      case .tokenizerJSON(let lastAddedToken): "json \(lastAddedToken ?? -1)"
      case .tiktoken(let pattern, let specialTokens): "tiktoken \(([pattern] + specialTokens).joined(separator: "\0"))"
      case .sentencePiece(let beginning): "sentencepiece \(beginning)"
      }
    return .of(Array(text.utf8).span.bytes)
  }

  // MARK: tiktoken

  private static func convert(tiktoken tokens: ByteStrings, pattern: String, specialTokens: [String])
    -> TokenizerDefinition
  {
    var vocabulary = Vocabulary()
    for token in 0..<tokens.count { vocabulary.append(tokens[token], id: TokenID(token)) }
    let first = TokenID(tokens.count)
    let addedTokens = specialTokens.enumerated().map {
      AddedToken(id: first + TokenID($0.offset), content: Array($0.element.utf8), special: true)
    }
    let model = BPEDefinition(
      vocabulary: vocabulary, merges: splits(of: tokens, at: { _ in true }).enumerated().map { $0.element.merge($0.offset) },
      ignoreMerges: true, mergesBytes: true)
    return TokenizerDefinition(
      preTokenizer: .split(.regex(Array(pattern.utf8)), behavior: .isolated, invert: false), model: .bpe(model),
      addedTokens: addedTokens, postProcessor: prefix(addedTokens.first?.id), decoder: .fuse)
  }

  private static func prefix(_ token: TokenID?) -> PostProcessorDefinition? {
    guard let token else { return nil }
    return .template(
      TemplateDefinition(single: [.tokens([token]), .first], pair: [.tokens([token]), .first, .tokens([token]), .second]))
  }

  // MARK: SentencePiece

  private static func pieces(in file: [UInt8], path: String) throws(TokenizerError) -> [SentencePieceModel.Piece] {
    let description: SentencePieceModel.Description
    do throws(SentencePieceError) { description = try SentencePieceModel.Description(file) } catch {
      throw .damaged(path: path, reason: "\(error)")
    }
    if let difference = description.differenceFromConverter { throw .damaged(path: path, reason: difference) }
    return description.pieces
  }

  private static func convert(pieces: [SentencePieceModel.Piece], beginning: String, path: String)
    throws(TokenizerError) -> TokenizerDefinition
  {
    // The piece of a tab has the name of its byte in the file.
    let texts = pieces.map { $0.bytes == Array("<0x09>".utf8) ? [0x09] : $0.bytes }
    var tokens = ByteStrings()
    var vocabulary = Vocabulary()
    for (id, text) in texts.enumerated() {
      tokens.append(text)
      vocabulary.append(text, id: TokenID(id))
    }
    let index = ByteStringIndex(tokens)
    if let twice = texts.indices.first(where: { texts[$0].isEmpty || index.position(of: texts[$0]) != $0 }) {
      throw .damaged(path: path, reason: "piece \(twice) is empty or there twice")
    }
    let added = pieces.enumerated().filter { [.unknown, .control, .userDefined].contains($0.element.kind) }
    let model = BPEDefinition(
      vocabulary: vocabulary, merges: orderedMerges(tokens: tokens, scores: pieces.map(\.score)),
      unknownToken: pieces.firstIndex { $0.kind == .unknown }.map { TokenID($0) }, fuseUnknown: true, byteFallback: true)
    return TokenizerDefinition(
      normalizer: .replace(.string([0x20]), content: SpaceMark.bytes),
      preTokenizer: .split(.string([0x20]), behavior: .mergedWithPrevious, invert: false), model: .bpe(model),
      addedTokens: added.map {
        AddedToken(id: TokenID($0.offset), content: $0.element.bytes, special: $0.element.kind != .userDefined)
      },
      postProcessor: prefix(index.position(of: Array(beginning.utf8)).map { TokenID($0) }),
      decoder: .sequence([.replace(.string(SpaceMark.bytes), content: [0x20]), .byteFallback, .fuse]))
  }

  /// All splits, by score, then by the lengths of the left and the right part in characters, all descending, and
  /// otherwise by the numbers of the token and its parts.
  private static func orderedMerges(tokens: ByteStrings, scores: [Float]) -> [BPEDefinition.Merge] {
    struct Key {
      let score: Float
      let leftLength: Int
      let rightLength: Int
      let position: Int
    }
    let unordered = splits(of: tokens, at: { $0 & 0xC0 != 0x80 })
    let lengths = (0..<tokens.count).map { tokens[$0].count { $0 & 0xC0 != 0x80 } }
    var keys = unordered.enumerated().map { position, split in
      Key(
        // The converter gives the first three pieces a score of its own.
        score: split.result < 3 ? 0 : scores[Int(split.result)], leftLength: lengths[Int(split.left)],
        rightLength: lengths[Int(split.right)], position: position)
    }
    keys.sort {
      ($1.score, $1.leftLength, $1.rightLength, $0.position) < ($0.score, $0.leftLength, $0.rightLength, $1.position)
    }
    return keys.enumerated().map { unordered[$0.element.position].merge($0.offset) }
  }

  // MARK: Merges

  private struct Split {
    let left: TokenID
    let right: TokenID
    let result: TokenID

    func merge(_ rank: Int) -> BPEDefinition.Merge {
      BPEDefinition.Merge(left: left, right: right, result: result, rank: UInt32(rank))
    }
  }

  /// Every way to split a token into two tokens: by token, then by the numbers of the two parts.
  private static func splits(of tokens: ByteStrings, at boundaries: (UInt8) -> Bool) -> [Split] {
    let index = ByteStringIndex(tokens)
    var splits: [Split] = []
    var ofToken: [Split] = []
    for token in 0..<tokens.count {
      let range = tokens.range(token)
      guard range.count > 1 else { continue }
      ofToken.removeAll(keepingCapacity: true)
      for cut in range.dropFirst() where boundaries(tokens.bytes[cut]) {
        guard let left = index.position(of: range.lowerBound..<cut, in: tokens.bytes),
          let right = index.position(of: cut..<range.upperBound, in: tokens.bytes)
        else { continue }
        ofToken.append(Split(left: TokenID(left), right: TokenID(right), result: TokenID(token)))
      }
      ofToken.sort { ($0.left, $0.right) < ($1.left, $1.right) }
      splits += ofToken
    }
    return splits
  }
}

/// The tokens of a tiktoken file, one a line: base64, a space and the rank.
struct TiktokenRanks {
  /// The tokens in the order of their ranks.
  private(set) var tokens = ByteStrings()

  /// Reads a file whose ranks are all numbers from 0 on and whose tokens are all different, every byte among them.
  init(_ file: [UInt8], path: String) throws(TokenizerError) {
    for (number, line) in file.split(separator: UInt8(ascii: "\n")).enumerated() {
      let fields = line.split(separator: UInt8(ascii: " "))
      guard fields.count == 2, let token = Base64.decode(fields[0]), !token.isEmpty,
        Int(String(decoding: fields[1], as: UTF8.self)) == tokens.count, tokens.count < BytePairPlan.maximumTokenCount
      else { throw .damaged(path: path, reason: "line \(number + 1) is not base64, a space and the next rank") }
      tokens.append(token)
    }
    let index = ByteStringIndex(tokens)
    for byte in UInt8.min...UInt8.max where index.position(of: [byte]) == nil {
      throw .damaged(path: path, reason: "no token for byte \(byte)")
    }
    for token in 0..<tokens.count where index.position(of: tokens.range(token), in: tokens.bytes) != token {
      throw .damaged(path: path, reason: "token \(token) is there again")
    }
  }
}
