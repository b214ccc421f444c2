import Support

/// A dictionary that columns refer to: the entries of one message, and of those that added to it.
struct ArrowDictionary: Sendable {
  private var pieces: [Column]

  /// Makes a dictionary of its first message.
  init(_ entries: Column) { pieces = [entries] }

  /// Adds entries, which come after those that there are.
  mutating func append(_ entries: Column) { pieces.append(entries) }

  /// The bytes that joining the entries copies; 0 where there is nothing to join.
  var bytesToJoin: Int { pieces.count == 1 ? 0 : pieces.reduce(0) { $0 + $1.byteCount } }

  /// All entries in one column.
  mutating func entries(pool: inout MemoryPool) throws(FileError) -> Column {
    if pieces.count > 1 { pieces = [try Column.joined(pieces, pool: &pool)] }
    return pieces[0]
  }
}

/// The dictionaries of an Arrow file as far as its messages have been read.
struct ArrowDictionaries: Sendable {
  /// A message of a stream that holds entries of a dictionary.
  struct Message: Sendable {
    /// The dictionary's number.
    let id: Int64
    /// Whether the entries are added to those before.
    let isDelta: Bool
    /// Offset of the message in the file.
    let offset: Int
  }

  private let limits: Limits
  private let fileSize: Int
  private var known: [Int64: ArrowDictionary] = [:]
  /// Bytes that growing dictionaries have copied.
  private var copiedBytes = 0

  init(limits: Limits, fileSize: Int) {
    self.limits = limits
    self.fileSize = fileSize
  }

  /// Whether entries of a dictionary were read.
  func has(_ id: Int64) -> Bool { known[id] != nil }

  /// Forgets all dictionaries.
  mutating func removeAll() { known.removeAll() }

  /// Takes the entries of a message.
  ///
  /// - Throws: `FileError` if they are added to a dictionary that is not there.
  mutating func take(_ entries: Column, of id: Int64, isDelta: Bool) throws(FileError) {
    if !isDelta {
      known[id] = ArrowDictionary(entries)
    } else if known[id]?.append(entries) == nil {
      throw .damaged("entries are added to the dictionary number \(id), which is missing")
    }
  }

  /// The entries of a dictionary.
  ///
  /// - Throws: `FileError` if there are none, or dictionaries that grow have copied more than is allowed: short messages
  ///   could add to a long dictionary any number of times.
  mutating func entries(of id: Int64, pool: inout MemoryPool) throws(FileError) -> Column {
    guard var dictionary = known[id] else { throw .damaged("the dictionary number \(id) is missing") }
    copiedBytes += dictionary.bytesToJoin
    guard limits.allows(sharing: copiedBytes, inFileOf: fileSize) else {
      throw .damaged("a dictionary grows too often: \(copiedBytes) bytes were copied, in a file of \(fileSize)")
    }
    let entries = try dictionary.entries(pool: &pool)
    known[id] = dictionary
    return entries
  }

  /// Where the entries are, in the file's order, that apply after some messages.
  static func offsets(after messages: ArraySlice<Message>) -> [Int] {
    var offsets: [Int64: [Int]] = [:]
    for message in messages {
      if message.isDelta {
        offsets[message.id, default: []].append(message.offset)
      } else {
        offsets[message.id] = [message.offset]
      }
    }
    return offsets.values.flatMap(\.self).sorted()
  }
}
