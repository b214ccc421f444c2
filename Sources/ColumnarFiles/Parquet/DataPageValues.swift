import Support

/// The values of the page that a leaf fills: in PLAIN encoding, or as indices of a dictionary while that may pay off.
struct DataPageValues: Sendable {
  /// Nil once the values have turned out to repeat too little, and for types that never have one.
  private(set) var dictionary: DictionaryBuilder?
  /// The dictionary of a chunk whose later pages do not use it.
  private var retired: DictionaryBuilder?
  /// Bytes that the page's values take in PLAIN encoding.
  private(set) var size = 0

  private let type: ColumnType
  private let stored: StoredType?
  /// Numbers of the dictionary's values; empty without a dictionary.
  private var indices: [UInt32] = []
  /// Room for levels, then the values in PLAIN encoding; no values while there is a dictionary. Truth values take a
  /// byte each.
  private var plain: [UInt8]
  private var isSettled = false

  /// Room before the values for the levels of most pages, so that a page is compressed in place.
  private static let levelRoom = 8192
  /// Bytes of values by which a dictionary without repetitions is given up, long before the page is full.
  private static let trialSize = 1 << 18
  /// A dictionary that outgrows this is given up: it must fit into an engine's cache. A longer text ends any trial of a
  /// dictionary.
  private static let dictionaryLimit = 4 * trialSize
  /// Up to this size, a page's memory is kept for the next one.
  private static let keptCapacity = 4 << 20

  init(_ type: ColumnType, _ stored: StoredType?) {
    self.type = type
    self.stored = stored
    plain = [UInt8](repeating: 0, count: Self.levelRoom)
    dictionary = Self.dictionary(for: type, stored)
  }

  private static func dictionary(for type: ColumnType, _ stored: StoredType?) -> DictionaryBuilder? {
    if let stored, stored != .binary { return nil }
    switch type {
    case .utf8: return DictionaryBuilder(hasLengths: true)
    case .int64, .double: return DictionaryBuilder()
    default: return nil
    }
  }

  /// Adds a text.
  mutating func append(_ text: UnsafeRawBufferPointer, _ bounds: inout ParquetStatistics) throws(FileError) {
    guard text.count <= Int(Int32.max) else { throw FileError(.invalidInput, "a text exceeds 2 GiB") }
    if text.count > Self.dictionaryLimit { endDictionary() }
    size += 4 + text.count
    guard dictionary == nil else { return number(text) { bounds.add(text) } }
    plain.appendNumber(UInt32(truncatingIfNeeded: text.count))
    plain.append(contentsOf: text)
    bounds.add(text)
  }

  /// Adds a whole number.
  mutating func append(_ value: Int64, _ bounds: inout ParquetStatistics) {
    append(bits: UInt64(bitPattern: value)) { bounds.add(value) }
  }

  /// Adds a floating-point number.
  mutating func append(_ value: Double, _ bounds: inout ParquetStatistics) {
    append(bits: value.bitPattern) { bounds.add(value) }
  }

  /// Adds a truth value.
  mutating func append(_ value: Bool) {
    size += 1
    plain.append(value ? 1 : 0)
  }

  /// Adds a value in PLAIN encoding, for which there is never a dictionary and no bound.
  mutating func append(plain bytes: UnsafeRawBufferPointer) {
    size += bytes.count
    plain.append(contentsOf: bytes)
  }

  private mutating func append(bits: UInt64, addBound: () -> Void) {
    size += 8
    if dictionary == nil {
      plain.appendNumber(bits)
      addBound()
    } else {
      withUnsafeBytes(of: bits.littleEndian) { number($0, addBound: addBound) }
    }
  }

  /// Adds the number that the dictionary has for a value; one that repeats the value before needs no search.
  private mutating func number(_ value: UnsafeRawBufferPointer, addBound: () -> Void) {
    if let last = indices.last, dictionary?.equals(Int(last), value) == true {
      indices.append(last)
      return
    }
    guard let index = dictionary?.index(of: value) else { return }
    indices.append(index)
    addBound()
    if !isSettled && size >= Self.trialSize { dropUselessDictionary() }
  }

  /// Decides by the chunk's first values whether a dictionary pays off.
  mutating func dropUselessDictionary() {
    guard !isSettled, let dictionary else { return }
    isSettled = true
    let encoded = dictionary.plain.count + indices.count * dictionary.bitWidth / 8
    if encoded * 5 > size * 4 { expand(dictionary) }
  }

  /// Gives the dictionary up, for the current page too: the next text is too long for any dictionary.
  private mutating func endDictionary() {
    guard let dictionary else { return }
    if isSettled { retired = dictionary }
    isSettled = true
    expand(dictionary)
  }

  /// Replaces the numbers by the values of the page.
  private mutating func expand(_ dictionary: DictionaryBuilder) {
    for index in indices { plain += dictionary.plain[dictionary.range(Int(index))] }
    indices.removeAll(keepingCapacity: true)
    self.dictionary = nil
  }

  /// The dictionary that pages of the chunk may refer to.
  var chunkDictionary: DictionaryBuilder? { dictionary ?? retired }

  /// Begins the next page, which does not use a dictionary that has become too large.
  mutating func removeAll() {
    if let dictionary, dictionary.plain.count > Self.dictionaryLimit {
      retired = dictionary
      self.dictionary = nil
    }
    if plain.capacity > Self.keptCapacity { plain = Array(plain[..<Self.levelRoom]) }
    plain.removeSubrange(Self.levelRoom...)
    indices.removeAll(keepingCapacity: true)
    size = 0
  }

  /// Begins the next column chunk, after the end of a page.
  mutating func beginChunk() {
    dictionary = Self.dictionary(for: type, stored)
    retired = nil
    isSettled = false
  }

  /// Encodes the page: `prefix`, which holds its levels, and the values.
  mutating func withContent<Result>(
    prefix: [UInt8], _ body: (UnsafeRawBufferPointer) throws(FileError) -> Result
  ) throws(FileError) -> Result {
    if dictionary == nil && type != .bool && prefix.count <= Self.levelRoom {
      let start = Self.levelRoom - prefix.count
      plain.replaceSubrange(start..<Self.levelRoom, with: prefix)
      return try plain.span.bytes.withUnsafeBytes { (bytes) throws(FileError) in
        try body(UnsafeRawBufferPointer(rebasing: bytes[start...]))
      }
    }
    var content = prefix
    if let dictionary {
      content.append(UInt8(dictionary.bitWidth))
      RunLengthEncoder.encode(indices, bitWidth: dictionary.bitWidth, into: &content)
    } else if type == .bool {
      Self.append(bits: plain[Self.levelRoom...], to: &content)
    } else {
      content += plain[Self.levelRoom...]
    }
    return try content.span.bytes.withUnsafeBytes { (bytes) throws(FileError) in try body(bytes) }
  }

  /// Adds truth values as bits.
  private static func append(bits values: ArraySlice<UInt8>, to content: inout [UInt8]) {
    var byte: UInt8 = 0
    for (index, value) in values.enumerated() {
      byte |= value << UInt8(index & 7)
      if index & 7 == 7 || index == values.count - 1 {
        content.append(byte)
        byte = 0
      }
    }
  }
}
