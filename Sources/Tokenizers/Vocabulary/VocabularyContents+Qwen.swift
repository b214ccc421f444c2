import JSON

extension TokenizerDefinition {
  init(tokenizerJSON bytes: [UInt8], path: String) throws(TokenizerError) {
    let document: JSONValue
    do { document = try JSONValue.parse(bytes) } catch { throw .damaged(path: path, reason: error.description) }
    guard let model = document["model"], model["type"]?.stringValue == "BPE",
      let vocabulary = model["vocab"]?.objectValue, let rules = model["merges"]?.arrayValue
    else { throw .damaged(path: path, reason: "it has no BPE model with a vocabulary and merges") }
    let tokens = try Self.byteLevelTokens(vocabulary, path: path)
    let pattern = document["pre_tokenizer"]?["pretokenizers"]?.arrayValue?.first?["pattern"]?["Regex"]?.stringValue ?? ""
    self.init(
      normalizer: .nfc,
      preTokenizer: .sequence([
        .split(.regex(Array(pattern.utf8)), behavior: .isolated, invert: false),
        .byteLevel(ByteLevelOptions(addPrefixSpace: false, trimOffsets: false, useRegex: false)),
      ]),
      model: .bpe(BPEDefinition(vocabulary: tokens, merges: try Self.merges(rules, of: ByteStringIndex(tokens.texts), path: path))),
      addedTokens: try Self.addedTokens(document["added_tokens"]?.arrayValue ?? [], path: path), decoder: .byteLevel)
  }

  private static func byteLevelTokens(_ vocabulary: JSONObject, path: String) throws(TokenizerError) -> Vocabulary {
    var byID = [[UInt8]?](repeating: nil, count: vocabulary.count)
    for member in vocabulary.members {
      guard let id = member.value.integerValue, byID.indices.contains(id),
        let bytes = Optional(Array(member.key.utf8))
      else { throw .damaged(path: path, reason: "token \"\(member.key)\" has no usable id or text") }
      byID[id] = bytes
    }
    guard byID.count < BytePairPlan.maximumTokenCount else { throw .damaged(path: path, reason: "it holds too many tokens") }
    var tokens = Vocabulary()
    for (id, bytes) in byID.enumerated() {
      guard let bytes, !bytes.isEmpty else { throw .damaged(path: path, reason: "token \(id) is missing") }
      tokens.append(bytes, id: TokenID(id))
    }
    return tokens
  }

  private static func merges(_ rules: [JSONValue], of index: ByteStringIndex, path: String) throws(TokenizerError)
    -> [BPEDefinition.Merge]
  {
    var merges: [BPEDefinition.Merge] = []
    merges.reserveCapacity(rules.count)
    for (rank, rule) in rules.enumerated() {
      guard let parts = parts(of: rule), let left = Optional(Array(parts.0.utf8)),
        let right = Optional(Array(parts.1.utf8)), let leftID = index.position(of: left),
        let rightID = index.position(of: right), let result = index.position(of: left + right)
      else { throw .damaged(path: path, reason: "merge \(rank) does not join two tokens to a third") }
      merges.append(BPEDefinition.Merge(left: TokenID(leftID), right: TokenID(rightID), result: TokenID(result), rank: UInt32(rank)))
    }
    return merges
  }

  /// The two sides of a merge, written as a pair or as one string with a space between them.
  private static func parts(of rule: JSONValue) -> (String, String)? {
    if let pair = rule.arrayValue {
      guard pair.count == 2, let left = pair[0].stringValue, let right = pair[1].stringValue else { return nil }
      return (left, right)
    }
    guard let sides = rule.stringValue?.utf8.split(separator: UInt8(ascii: " ")), sides.count == 2 else { return nil }
    return (String(sides[0]) ?? "", String(sides[1]) ?? "")
  }

  private static func addedTokens(_ values: [JSONValue], path: String) throws(TokenizerError) -> [AddedToken] {
    var tokens: [AddedToken] = []
    for value in values {
      guard let id = value["id"]?.integerValue, id >= 0, id < BytePairPlan.maximumTokenCount,
        let content = value["content"]?.stringValue, !content.isEmpty
      else { throw .damaged(path: path, reason: "an added token has no id or content") }
      tokens.append(AddedToken(id: TokenID(id), content: Array(content.utf8)))
    }
    return tokens
  }
}
