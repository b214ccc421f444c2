import JSON
import Support

/// The definition in a tokenizer.json file in a form that is read without looking at each token.
///
/// A head in JSON holds the steps as the file has them and what is to be known of the model; numbers, texts and merges follow as
/// they are in memory. It is a cache of this machine: another version makes it again.
enum DefinitionArchive {
  private static let magic = Array("tokenstats definition 1\n".utf8)
  private static let stepNames = ["normalizer", "pre_tokenizer", "post_processor", "decoder"]

  /// The arrays after the head.
  private enum Section: Int, CaseIterable {
    case head, texts, offsets, ids, scores, merges
  }

  // MARK: Writing

  /// The archive of a file's definition; nil where the file is no tokenizer.json.
  ///
  /// - Parameter file: The file that the definition was read from.
  static func bytes(of definition: TokenizerDefinition, file: [UInt8]) -> [UInt8]? {
    var head = JSONObject()
    guard TokenizerFile(file) == .tokenizerJSON, let fields = try? TokenizerJSON.fields(file.span.bytes) else {
      return nil
    }
    // What only a rare file has is not worth a field of its own.
    guard definition.addedTokens.allSatisfy({ $0.displacedContents.isEmpty }) else { return nil }
    for name in stepNames { if let value = fields[name] { head[name] = value } }
    head["added_tokens"] = .array(definition.addedTokens.map(value(of:)))
    var sections = [[UInt8]](repeating: [], count: Section.allCases.count)
    switch definition.model {
    case .bpe(let model) where !model.mergesBytes:
      head["type"] = .string("BPE")
      head["unk_id"] = model.unknownToken.map { .integer(Int64($0)) } ?? .null
      head["lacks_unk"] = .bool(model.lacksUnknownToken)
      head["prefix"] = .string(String(decoding: model.continuingSubwordPrefix, as: UTF8.self))
      head["suffix"] = .string(String(decoding: model.endOfWordSuffix, as: UTF8.self))
      head["fuse_unk"] = .bool(model.fuseUnknown)
      head["byte_fallback"] = .bool(model.byteFallback)
      head["ignore_merges"] = .bool(model.ignoreMerges)
      sections[Section.merges.rawValue] = raw(
        model.merges.flatMap {
          [UInt32(bitPattern: $0.left), UInt32(bitPattern: $0.right), UInt32(bitPattern: $0.result), $0.rank]
        })
    case .unigram(let model):
      head["type"] = .string("Unigram")
      head["unk_id"] = model.unknownToken.map { .integer(Int64($0)) } ?? .null
      head["byte_fallback"] = .bool(model.byteFallback)
      sections[Section.scores.rawValue] = raw(model.scores)
    case .wordPiece(let model):
      head["type"] = .string("WordPiece")
      head["unk_token"] = .string(String(decoding: model.unknownToken, as: UTF8.self))
      head["prefix"] = .string(String(decoding: model.continuingSubwordPrefix, as: UTF8.self))
      head["longest"] = .number(model.maximumCharacters)
    case .wordLevel(let model):
      head["type"] = .string("WordLevel")
      head["unk_token"] = .string(String(decoding: model.unknownToken, as: UTF8.self))
    case .bpe, .sentencePiece: return nil
    }
    let vocabulary = definition.model.vocabulary
    sections[Section.head.rawValue] = JSONValue.object(head).serialized()
    sections[Section.texts.rawValue] = vocabulary.texts.bytes
    sections[Section.offsets.rawValue] = raw(vocabulary.texts.offsets)
    sections[Section.ids.rawValue] = raw(vocabulary.ids)
    return packed(sections)
  }

  private static func value(of token: AddedToken) -> JSONValue {
    .object(
      JSONObject([
        ("id", .integer(Int64(token.id))), ("content", .string(String(decoding: token.content, as: UTF8.self))),
        ("lstrip", .bool(token.lstrip)), ("rstrip", .bool(token.rstrip)), ("single_word", .bool(token.singleWord)),
        ("normalized", .bool(token.normalized)), ("special", .bool(token.special)),
      ]))
  }

  private static func raw<Element: BitwiseCopyable>(_ elements: [Element]) -> [UInt8] {
    elements.withUnsafeBytes { Array($0) }
  }

  /// A header with the size of each section and a checksum, then the sections, to a multiple of the checksum's step.
  private static func packed(_ sections: [[UInt8]]) -> [UInt8] {
    var bytes = magic + raw(sections.map { UInt64($0.count) })
    bytes += [UInt8](repeating: 0, count: TableImage.directoryOffset - bytes.count)
    for section in sections { bytes += section }
    bytes += [UInt8](repeating: 0, count: (32 - bytes.count % 32) % 32)
    let checksum = bytes.withUnsafeBytes { TableImage.checksum($0) }
    bytes.replaceSubrange(checksumOffset..<checksumOffset + 8, with: raw([checksum]))
    return bytes
  }

  private static let checksumOffset = 88

  // MARK: Reading

  /// The definition in an archive; nil where it is damaged or of another version.
  ///
  /// - Complexity: O(size of the archive).
  static func definition(in bytes: [UInt8]) -> TokenizerDefinition? {
    guard let contents = Contents(bytes) else { return nil }
    do throws(TokenizerError) { return try contents.definition() } catch { return nil }
  }

  private struct Contents {
    private let bytes: [UInt8]
    private var ranges: [Range<Int>] = []

    /// Finds the sections; nil where they are not all there.
    init?(_ bytes: [UInt8]) {
      self.bytes = bytes
      guard bytes.count >= TableImage.directoryOffset, bytes.starts(with: magic), bytes.count % 32 == 0 else {
        return nil
      }
      let words = bytes.withUnsafeBytes { raw in
        (0..<8).map { raw.loadUnaligned(fromByteOffset: magic.count + 8 * $0, as: UInt64.self) }
      }
      let checksum = bytes.withUnsafeBytes { raw in
        (raw.loadUnaligned(fromByteOffset: checksumOffset, as: UInt64.self), TableImage.checksum(raw))
      }
      guard checksum.0 == checksum.1 else { return nil }
      var start = TableImage.directoryOffset
      for section in Section.allCases {
        guard let size = Int(exactly: words[section.rawValue]), size <= bytes.count - start else { return nil }
        ranges.append(start..<start + size)
        start += size
      }
    }

    private func elements<Element: BitwiseCopyable>(_ section: Section, _ type: Element.Type) -> [Element]? {
      let range = ranges[section.rawValue]
      let stride = MemoryLayout<Element>.stride
      guard range.count % stride == 0 else { return nil }
      return [Element](unsafeUninitializedCapacity: range.count / stride) { buffer, count in
        bytes.withUnsafeBytes { UnsafeMutableRawBufferPointer(buffer).copyBytes(from: $0[range]) }
        count = range.count / stride
      }
    }

    func definition() throws(TokenizerError) -> TokenizerDefinition {
      let damaged = TokenizerError("", "the archive is damaged")
      guard let texts = elements(.texts, UInt8.self), let offsets = elements(.offsets, UInt32.self),
        let ids = elements(.ids, TokenID.self), let scores = elements(.scores, Double.self),
        let merges = elements(.merges, UInt32.self), merges.count % 4 == 0,
        let strings = ByteStrings(bytes: texts, offsets: offsets), let vocabulary = Vocabulary(texts: strings, ids: ids)
      else { throw damaged }
      let head: JSONValue
      do throws(FileError) { head = try JSONValue.parse(Array(bytes[ranges[Section.head.rawValue]])) } catch {
        throw damaged
      }
      var reader = try FieldReader(head, path: "")
      let model: ModelDefinition
      switch String(decoding: try reader.text("type"), as: UTF8.self) {
      case "BPE":
        model = .bpe(
          BPEDefinition(
            vocabulary: vocabulary, merges: Self.merges(merges), unknownToken: try Self.unknown(&reader),
            lacksUnknownToken: try reader.bool("lacks_unk"), continuingSubwordPrefix: try reader.text("prefix"),
            endOfWordSuffix: try reader.text("suffix"), fuseUnknown: try reader.bool("fuse_unk"),
            byteFallback: try reader.bool("byte_fallback"), ignoreMerges: try reader.bool("ignore_merges")))
      case "Unigram":
        guard scores.count == vocabulary.count else { throw damaged }
        model = .unigram(
          UnigramDefinition(
            vocabulary: vocabulary, scores: scores, unknownToken: try Self.unknown(&reader),
            byteFallback: try reader.bool("byte_fallback")))
      case "WordPiece":
        model = .wordPiece(
          WordPieceDefinition(
            vocabulary: vocabulary, unknownToken: try reader.text("unk_token"),
            continuingSubwordPrefix: try reader.text("prefix"), maximumCharacters: try reader.count("longest")))
      default:
        model = .wordLevel(WordLevelDefinition(vocabulary: vocabulary, unknownToken: try reader.text("unk_token")))
      }
      var added: [AddedToken] = []
      for (value, path) in try reader.elements("added_tokens") {
        added.append(try AddedTokenReader.token(value, path: path))
      }
      return try TokenizerJSON.definition(&reader, model: model, addedTokens: added)
    }

    private static func unknown(_ reader: inout FieldReader) throws(TokenizerError) -> TokenID? {
      guard let value = reader.optional("unk_id") else { return nil }
      return try FieldReader.tokenID(value, path: "unk_id")
    }

    private static func merges(_ words: [UInt32]) -> [BPEDefinition.Merge] {
      (0..<words.count / 4).map { place in
        BPEDefinition.Merge(
          left: TokenID(bitPattern: words[4 * place]), right: TokenID(bitPattern: words[4 * place + 1]),
          result: TokenID(bitPattern: words[4 * place + 2]), rank: words[4 * place + 3])
      }
    }
  }
}
