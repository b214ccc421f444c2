import JSON

extension VocabularyContents {
  /// Reads a Hugging Face `tokenizer.json` of a byte-level BPE model.
  ///
  /// Added tokens after `lastAddedToken` are left out.
  static func qwen(_ bytes: [UInt8], path: String, lastAddedToken: TokenID?) throws(TokenizerError)
    -> VocabularyContents
  {
    let document: JSONValue
    do { document = try JSONValue.parse(bytes) } catch { throw .damaged(path: path, reason: error.description) }
    guard let model = document["model"], model["type"]?.stringValue == "BPE",
      let vocabulary = model["vocab"]?.objectValue, let rules = model["merges"]?.arrayValue
    else { throw .damaged(path: path, reason: "it has no BPE model with a vocabulary and merges") }
    guard model["ignore_merges"]?.boolValue != true, document["normalizer"]?["type"]?.stringValue == "NFC" else {
      throw .damaged(path: path, reason: "its normalizer is not NFC or it ignores merges, unlike Qwen's")
    }
    let tokens = try byteLevelTokens(vocabulary, path: path)
    return VocabularyContents(
      tokens: tokens, decodedOverrides: [],
      merges: try merges(rules, of: ByteStringIndex(tokens), path: path),
      addedTokens: try addedTokens(document["added_tokens"]?.arrayValue ?? [], path: path).filter {
        $0.id <= lastAddedToken ?? .max
      },
      alphabet: .bytes, acceptsWholeTokens: false, beginningToken: nil)
  }

  private static func byteLevelTokens(_ vocabulary: JSONObject, path: String) throws(TokenizerError) -> ByteStrings {
    var byID = [[UInt8]?](repeating: nil, count: vocabulary.count)
    for member in vocabulary.members {
      guard let id = member.value.integerValue, byID.indices.contains(id),
        let bytes = ByteAlphabet.bytes(of: member.key)
      else { throw .damaged(path: path, reason: "token \"\(member.key)\" has no usable id or text") }
      byID[id] = bytes
    }
    guard byID.count < maximumTokenCount else { throw .damaged(path: path, reason: "it holds too many tokens") }
    var tokens = ByteStrings()
    for (id, bytes) in byID.enumerated() {
      guard let bytes, !bytes.isEmpty else { throw .damaged(path: path, reason: "token \(id) is missing") }
      tokens.append(bytes)
    }
    return tokens
  }

  private static func merges(_ rules: [JSONValue], of index: ByteStringIndex, path: String) throws(TokenizerError)
    -> [Merge]
  {
    var merges: [Merge] = []
    merges.reserveCapacity(rules.count)
    for (rank, rule) in rules.enumerated() {
      guard let parts = parts(of: rule), let left = ByteAlphabet.bytes(of: parts.0),
        let right = ByteAlphabet.bytes(of: parts.1), let leftID = index.position(of: left),
        let rightID = index.position(of: right), let result = index.position(of: left + right)
      else { throw .damaged(path: path, reason: "merge \(rank) does not join two tokens to a third") }
      merges.append(Merge(left: UInt32(leftID), right: UInt32(rightID), result: UInt32(result)))
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
      guard let id = value["id"]?.integerValue, id >= 0, id < maximumTokenCount,
        let content = value["content"]?.stringValue, !content.isEmpty
      else { throw .damaged(path: path, reason: "an added token has no id or content") }
      tokens.append(AddedToken(id: TokenID(id), content: Array(content.utf8)))
    }
    return tokens
  }
}
