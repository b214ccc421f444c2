/// Byte pair encoding of short pieces whose characters are all known, as far as the number of tokens is concerned.
///
/// There the pair of the best rank, the leftmost of equals, is all that counts, and a short piece has few pairs to look at.
struct MergedPairs: Sendable {
  /// What merging begins with.
  enum Symbols: Sendable {
    case characters
    /// Characters of the byte-level alphabet, one a byte.
    case writtenBytes
    /// The bytes themselves.
    case bytes
  }

  /// The symbols of one piece, in memory that is used again and again.
  struct Room: ~Copyable {
    /// The longest piece that is merged here.
    static let bytes = 64

    fileprivate var text: [UInt8] = []
    fileprivate let tokens = UnsafeMutablePointer<TokenID>.allocate(capacity: bytes)
    fileprivate let ranks = UnsafeMutablePointer<UInt32>.allocate(capacity: bytes)
    fileprivate let results = UnsafeMutablePointer<TokenID>.allocate(capacity: bytes)
    fileprivate var count = 0

    init() {}

    deinit {
      tokens.deallocate()
      ranks.deallocate()
      results.deallocate()
    }

    @inline(__always)
    fileprivate mutating func append(_ token: TokenID) {
      tokens[count] = token
      count &+= 1
    }
  }

  private let symbols: Symbols
  private let merges: RankedMerges
  private let lookup: VocabularyLookup
  /// Whether a piece that is a token is not merged together.
  private let ignoresMerges: Bool
  /// The token of each byte, -1 for none; empty where merging begins with characters.
  private let tokenOfByte: [TokenID]
  /// The same at the end of a piece.
  private let tokenOfLastByte: [TokenID]
  private let tokenOfCharacter: NumberMap
  /// The token of each character at the end of a piece; nil where it is the same.
  private let tokenOfLast: NumberMap?

  /// Prepares a model; nil where the text of a token does not tell which merges lead to it.
  init?(_ model: BPEDefinition, _ reference: ReferenceModel, _ symbols: Symbols) {
    guard let merges = reference.bpe?.merges, model.continuingSubwordPrefix.isEmpty,
      model.mergesBytes == (symbols == .bytes), Self.areDistinct(model.vocabulary.ids)
    else { return nil }
    self.symbols = symbols
    self.merges = merges
    lookup = reference.lookup
    ignoresMerges = model.ignoreMerges
    let texts = model.vocabulary.texts
    let suffix = model.endOfWordSuffix
    var characters = NumberMap(expectedKeys: 0x1_0000)
    var last = NumberMap(expectedKeys: suffix.isEmpty ? 0 : 0x1_0000)
    for position in 0..<texts.count where texts.range(position).count <= 4 + suffix.count {
      let (text, id) = (texts[position], model.vocabulary.ids[position])
      if let scalar = Self.onlyScalar(in: text) { characters[scalar] = id }
      if !suffix.isEmpty, text.count > suffix.count, text.suffix(suffix.count).elementsEqual(suffix),
        let scalar = Self.onlyScalar(in: text.dropLast(suffix.count))
      {
        last[scalar] = id
      }
    }
    tokenOfCharacter = characters
    tokenOfLast = suffix.isEmpty ? nil : last
    switch symbols {
    case .characters: (tokenOfByte, tokenOfLastByte) = ([], [])
    case .bytes:
      let lookup = lookup
      tokenOfByte = (UInt8.min...UInt8.max).map { lookup.id(of: [$0]) ?? -1 }
      tokenOfLastByte = tokenOfByte
    case .writtenBytes:
      tokenOfByte = (UInt8.min...UInt8.max).map { characters[ByteAlphabet.scalar(of: $0)] ?? -1 }
      tokenOfLastByte =
        suffix.isEmpty ? tokenOfByte : (UInt8.min...UInt8.max).map { last[ByteAlphabet.scalar(of: $0)] ?? -1 }
    }
  }

  private static func areDistinct(_ ids: [TokenID]) -> Bool {
    var seen = NumberMap(expectedKeys: ids.count * 2)
    for id in ids {
      let key = UInt32(bitPattern: id)
      if seen[key] != nil { return false }
      seen[key] = 0
    }
    return true
  }

  /// The character of a text of one character; nil for another text.
  private static func onlyScalar(in text: ArraySlice<UInt8>) -> UInt32? {
    guard !text.isEmpty else { return nil }
    return text.withUnsafeBytes {
      let scalar = UTF8Scalar(in: $0, at: 0)
      return scalar.length == $0.count && scalar.value != UTF8Scalar.malformed ? scalar.value : nil
    }
  }

  // MARK: Counting

  /// The number of tokens of a piece; nil where a character is not known or the piece is too long.
  func count(_ piece: UnsafeBufferPointer<UInt8>, _ room: inout Room) -> Int? {
    guard piece.count <= Room.bytes else { return nil }
    if ignoresMerges, isToken(piece, &room) { return 1 }
    room.count = 0
    if symbols == .characters {
      var place = 0
      while place < piece.count {
        let (scalar, length) = CharacterCursor.scalar(in: piece, at: place)
        place &+= length
        let map = place == piece.count ? tokenOfLast ?? tokenOfCharacter : tokenOfCharacter
        guard let token = map[scalar] else { return nil }
        room.append(token)
      }
    } else {
      for place in piece.indices {
        let byte = Int(piece[place])
        let token = place == piece.count &- 1 ? tokenOfLastByte[byte] : tokenOfByte[byte]
        guard token >= 0 else { return nil }
        room.append(token)
      }
    }
    return merge(&room)
  }

  /// Whether a piece is a token as a whole.
  private func isToken(_ piece: UnsafeBufferPointer<UInt8>, _ room: inout Room) -> Bool {
    room.text.removeAll(keepingCapacity: true)
    if symbols == .writtenBytes {
      for byte in piece { UTF8Scalar.append(ByteAlphabet.scalar(of: byte), to: &room.text) }
    } else {
      room.text.append(contentsOf: piece)
    }
    return lookup.id(of: room.text) != nil
  }

  /// Merges the symbols and counts what is left.
  private func merge(_ room: inout Room) -> Int {
    let (tokens, ranks, results) = (room.tokens, room.ranks, room.results)
    var count = room.count
    guard count > 1 else { return count }
    for place in 0..<count &- 1 { (ranks[place], results[place]) = merges.merge(tokens[place], tokens[place &+ 1]) }
    while count > 1 {
      var (best, place) = (RankedMerges.noRank, 0)
      for index in 0..<count &- 1 where ranks[index] < best { (best, place) = (ranks[index], index) }
      guard best != RankedMerges.noRank else { break }
      tokens[place] = results[place]
      count &-= 1
      var index = place &+ 1
      while index < count {
        tokens[index] = tokens[index &+ 1]
        ranks[index &- 1] = ranks[index]
        results[index &- 1] = results[index]
        index &+= 1
      }
      if place > 0 {
        (ranks[place &- 1], results[place &- 1]) = merges.merge(tokens[place &- 1], tokens[place])
      }
      if place &+ 1 < count { (ranks[place], results[place]) = merges.merge(tokens[place], tokens[place &+ 1]) }
    }
    return count
  }
}
