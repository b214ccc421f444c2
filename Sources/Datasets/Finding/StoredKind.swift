import JSON
import Support

/// What a file holds, told from its first bytes.
struct StoredKind: Sendable, Hashable {
  /// The form of its rows.
  var format: DatasetSource.Format
  /// How rows of a text follow one another; nil for tables.
  var layout: RecordLayout?

  /// What the command line says about texts.
  struct Options: Sendable, Hashable {
    /// Whether a file is one text as it stands.
    var isPlainText = false
    /// Whether every line is a text as it stands.
    var isLines = false
    /// The columns that are named: they tell fields between delimiters from plain text, and a row from a document that
    /// holds a list of rows.
    var columns: [String] = []
    /// How much the file may claim.
    var limits = Limits()
  }

  /// A line longer than this is not looked at as a whole.
  private static let lineLimit = 256 << 20
  /// Names of members of a document that are looked at.
  private static let memberLimit = 1000

  /// Looks at a file, or at standard input.
  ///
  /// - Parameters:
  ///   - path: the file, whose bytes count; its ending decides among texts only.
  /// - Throws: `InputError` without a dataset if it cannot be read, or is of a kind that holds no rows.
  init(of path: String, options: Options = Options()) throws(InputError) {
    do throws(FileError) {
      let stream = try ByteStream.open(path, limits: options.limits)
      let isCompressed = stream.compression != .none
      var window = TextWindow(stream, limits: options.limits)
      let head = try Self.head(&window)
      if head.isEmpty, [".parquet", ".arrow", ".feather"].contains(where: Self.bareName(path).hasSuffix) {
        throw FileError("read", path, reason: "the file is empty, and no table has less than a header")
      }
      if let table = Self.table(head) {
        guard !isCompressed else {
          throw FileError("read", path, reason: "a compressed \(table.rawValue) file is not read; expand it first")
        }
        self.init(table)
        return
      }
      if let reason = Self.refusal(head) { throw FileError("read", path, reason: reason) }
      window.dropMark()
      self = try Self.text(&window, name: Self.bareName(path), options: options)
    } catch { throw .unreadable(error.description) }
  }

  /// Whether a file holds text or a table that is known, or looks like one of them.
  static func isKnown(_ path: String) throws(FileError) -> Bool {
    let stream = try ByteStream.open(path)
    let isCompressed = stream.compression != .none
    var window = TextWindow(stream)
    let head = try head(&window)
    return table(head) != nil ? !isCompressed : refusal(head) == nil
  }

  /// The first bytes of a text, expanded.
  private static func head(_ window: inout TextWindow) throws(FileError) -> [UInt8] {
    while window.pending.count < 512, try window.fill() {}
    return window.bytes.withUnsafeBytes { Array($0.prefix(512)) }
  }

  /// Makes a kind that is known.
  init(_ format: DatasetSource.Format, layout: RecordLayout? = nil) {
    self.format = format
    self.layout = layout
  }

  /// A file's name without the ending of its compression, in small letters.
  private static func bareName(_ path: String) -> String {
    let name = Files.lastComponent(path).lowercased()
    for ending in TextCompression.endings where name.hasSuffix(ending) { return String(name.dropLast(ending.count)) }
    return name
  }

  /// The table that begins with these bytes; nil if none does.
  static func table(_ head: [UInt8]) -> DatasetSource.Format? {
    if head.starts(with: "PAR1".utf8) || head.starts(with: "PARE".utf8) { return .parquet }
    if head.starts(with: "ARROW1".utf8) { return .arrowFile }
    guard head.count >= 8 else { return nil }
    // A stream begins with the length of its schema message, preceded by FF FF FF FF since Arrow 0.15.
    if head.starts(with: [255, 255, 255, 255]) { return .arrowStream }
    let isOldStream = head[3] == 0 && head[0] & 3 == 0 && head[..<4].contains { $0 != 0 } && head[4..<8].contains(0)
    return isOldStream && !isWide(head) ? .arrowStream : nil
  }

  /// Why a file that begins with these bytes holds no rows; nil if it may be text.
  private static func refusal(_ head: [UInt8]) -> String? {
    for (magic, words) in magics where head.starts(with: magic) { return words }
    if isWide(head) { return "this is text in UTF-16; convert it to UTF-8, as with iconv" }
    if head.contains(0), !isTextWithNUL(head) { return "this is neither text nor a table that is known" }
    return nil
  }

  /// Whether bytes with U+0000 among them are text all the same: UTF-8, and few of them are U+0000.
  private static func isTextWithNUL(_ head: [UInt8]) -> Bool {
    let zeros = head.count { $0 == 0 }
    guard zeros * 32 <= head.count else { return false }
    do { _ = try UTF8Span(validating: head.span) } catch {
      // The bytes may end within a character.
      return error.byteOffsets.upperBound >= head.count && error.byteOffsets.count < 4
    }
    return true
  }

  private static let magics: [([UInt8], String)] = [
    ([0xFF, 0xFE, 0, 0], "this is text in UTF-32; convert it to UTF-8, as with iconv"),
    ([0, 0, 0xFE, 0xFF], "this is text in UTF-32; convert it to UTF-8, as with iconv"),
    ([0xFF, 0xFE], "this is text in UTF-16; convert it to UTF-8, as with iconv"),
    ([0xFE, 0xFF], "this is text in UTF-16; convert it to UTF-8, as with iconv"),
    (Array("BZh".utf8), "this is compressed with bzip2; expand it first"),
    ([0xFD, 0x37, 0x7A, 0x58, 0x5A], "this is compressed with xz; expand it first"),
    ([0x04, 0x22, 0x4D, 0x18], "this is compressed with lz4; expand it first"),
    (Array("PK\u{3}\u{4}".utf8), "this is a ZIP archive; unpack it first"),
    ([0x37, 0x7A, 0xBC, 0xAF], "this is a 7z archive; unpack it first"),
    (Array("ORC".utf8), "this is an ORC file, which is not read"),
    (Array("Obj\u{1}".utf8), "this is an Avro file, which is not read"),
    (Array("SQLite format 3".utf8), "this is a SQLite database, which is not read"),
    (Array("FEA1".utf8), "this is a Feather file of version 1, which is not read"),
    ([0x89, 0x48, 0x44, 0x46], "this is an HDF5 file, which is not read"),
    ([0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59], "this is an array of NumPy, which is not read"),
    (Array("%PDF-".utf8), "this is a PDF document, which is not read"),
  ]

  /// Whether these bytes are mostly Latin letters of 16 bits.
  private static func isWide(_ head: [UInt8]) -> Bool {
    let pairs = head.prefix(64)
    guard pairs.count >= 4 else { return false }
    let odd = stride(from: 1, to: pairs.count, by: 2).map { pairs[$0] == 0 }
    let even = stride(from: 0, to: pairs.count, by: 2).map { pairs[$0] == 0 }
    return (odd.allSatisfy { $0 } && !even.contains(true)) || (even.allSatisfy { $0 } && !odd.contains(true))
  }

  // MARK: Text

  private static func text(
    _ window: inout TextWindow, name: String, options: Options
  ) throws(FileError) -> StoredKind {
    if options.isPlainText { return StoredKind(.text, layout: .whole) }
    if options.isLines { return StoredKind(.text, layout: .lines) }
    if name.hasSuffix(".txt") || name.hasSuffix(".md") { return StoredKind(.text, layout: .whole) }
    let isNamedLines = name.hasSuffix(".jsonl") || name.hasSuffix(".ndjson")
    if let kind = try json(&window, isNamedLines: isNamedLines, columns: options.columns) { return kind }
    if name.hasSuffix(".tsv") { return StoredKind(.tsv, layout: .fields(delimiter: UInt8(ascii: "\t"))) }
    if name.hasSuffix(".csv") { return StoredKind(.csv, layout: .fields(delimiter: UInt8(ascii: ","))) }
    guard !options.columns.isEmpty else { return StoredKind(.text, layout: .whole) }
    let end = window.lineFeed(from: 0) ?? window.pending.count
    let hasTabs = window.bytes(0..<end).withUnsafeBytes { $0.contains(UInt8(ascii: "\t")) }
    return hasTabs
      ? StoredKind(.tsv, layout: .fields(delimiter: UInt8(ascii: "\t")))
      : StoredKind(.csv, layout: .fields(delimiter: UInt8(ascii: ",")))
  }

  /// Whether the rest of a text is JSON lines, or nothing at all; it stays at hand.
  static func isLines(_ window: inout TextWindow) throws(FileError) -> Bool {
    guard let first = try window.peekJSON() else { return true }
    guard [UInt8(ascii: "{"), UInt8(ascii: "["), UInt8(ascii: "\"")].contains(first),
      let end = try firstLineEnd(&window), let value = try? JSONOutline(window.bytes(0..<end))
    else { return false }
    switch value.kind {
    case .object, .string: return true
    case .array: return try isFollowed(&window, from: end)
    case .other: return false
    }
  }

  /// JSON lines or a JSON document; nil if the text is neither.
  private static func json(
    _ window: inout TextWindow, isNamedLines: Bool, columns: [String]
  ) throws(FileError) -> StoredKind? {
    let lines = StoredKind(.jsonLines, layout: .lines)
    // A text without a byte has no rows.
    guard let first = try window.peekJSON() else { return isNamedLines || window.pending.isEmpty ? lines : nil }
    guard beginsRow(first) else {
      guard isNamedLines else { return nil }
      guard hasRow(window) else {
        throw FileError(
          "read", window.name,
          reason:
            "its name says JSON lines, but none of its first lines is JSON; plain text has another ending, such as .txt"
        )
      }
      return lines
    }
    let end = try firstLineEnd(&window)
    if let end, let value = try? JSONOutline(window.bytes(0..<end)) {
      switch value.kind {
      case .string: return lines
      case .object:
        if isNamedLines { return lines }
        // One object in one line may be no row, but hold a list of rows.
        let lists = value.members.filter(\.beginsWithObject).map {
          JSONList(name: $0.name, first: $0.listed.first?.map(\.name) ?? [])
        }
        guard JSONList.member(of: lists, beside: value.names, columns) != .row, try !isFollowed(&window, from: end)
        else {
          return lines
        }
        // A line that is neither row nor list fails as the row that it would be.
        if lists.isEmpty { return lines }
        return try document(lists, beside: value.names, columns, in: window)
      case .array: if try isFollowed(&window, from: end) { return lines }
      case .other: break
      }
    }
    // What a line too long to be looked at holds is said by the name.
    if isNamedLines { return lines }
    switch first {
    case UInt8(ascii: "["): return StoredKind(.json, layout: .elements(member: nil))
    case UInt8(ascii: "{"):
      return try document(&window, columns)
    default: return nil
    }
  }

  /// Whether a row of JSON may begin with a byte.
  private static func beginsRow(_ byte: UInt8) -> Bool {
    [UInt8(ascii: "{"), UInt8(ascii: "["), UInt8(ascii: "\"")].contains(byte)
  }

  /// Whether one of the lines at hand may be a row of JSON.
  private static func hasRow(_ window: borrowing TextWindow) -> Bool {
    var isAtStart = true
    return window.bytes.withUnsafeBytes { bytes in
      bytes.contains { byte in
        defer { isAtStart = byte == 0x0A || (isAtStart && TextWindow.isSpace(byte)) }
        return isAtStart && beginsRow(byte)
      }
    }
  }

  /// The length of the line at hand; nil if it is too long to look at.
  private static func firstLineEnd(_ window: inout TextWindow) throws(FileError) -> Int? {
    var searched = 0
    while searched < lineLimit {
      if let end = window.lineFeed(from: searched) { return end }
      searched = window.pending.count
      guard try window.fill() else { return searched }
    }
    return nil
  }

  /// Whether something else than white space follows.
  private static func isFollowed(_ window: inout TextWindow, from end: Int) throws(FileError) -> Bool {
    var index = end
    while true {
      let end = window.pending.count
      if window.bytes(index..<end).withUnsafeBytes({ $0.contains { !TextWindow.isSpace($0) } }) { return true }
      index = end
      guard try window.fill() else { return false }
    }
  }

  /// A document that is one row, or holds one list of objects, or a row in a line too long to be looked at; nil if the
  /// text is none of them.
  private static func document(
    _ window: inout TextWindow, _ columns: [String]
  ) throws(FileError) -> StoredKind? {
    var lists: [JSONList] = []
    var names: [String] = []
    do throws(FileError) {
      window.consume(1)
      while let key = try window.nextMember() {
        if names.count < memberLimit { names.append(key) }
        if try window.peekJSON() == UInt8(ascii: "["), try window.beginsObject(after: 1) {
          lists.append(JSONList(name: key, first: try window.passList(memberLimit)))
        } else {
          _ = try window.valueEnd(keeps: false)
        }
      }
    } catch {
      // Reading fails elsewhere if the file cannot be read; here the text is just no document.
      if error.code != 0 { throw error }
      return nil
    }
    if window.offset > lineLimit, JSONList.member(of: lists, beside: names, columns) == .row {
      return StoredKind(.jsonLines, layout: .lines)
    }
    guard try window.peekJSON() == nil else { return nil }
    return try document(lists, beside: names, columns, in: window)
  }

  /// What an object with these lists of objects is.
  private static func document(
    _ lists: [JSONList], beside names: [String], _ columns: [String], in window: borrowing TextWindow
  ) throws(FileError) -> StoredKind {
    switch JSONList.member(of: lists, beside: names, columns) {
    case .row: return StoredKind(.json, layout: .whole)
    case .list(let name): return StoredKind(.json, layout: .elements(member: name))
    case .neither:
      throw FileError(
        "read", window.name,
        reason: lists.isEmpty
          ? "the JSON object is no row and holds no list of rows"
          : "the JSON object holds several lists: \(lists.map(\.name).joined(separator: ", "))")
    }
  }
}

/// A list of objects in a JSON object.
private struct JSONList {
  /// What an object is for its reader.
  enum Meaning: Equatable {
    /// A row by itself.
    case row
    /// The rows are in a member.
    case list(String)
    case neither
  }

  let name: String
  /// The names of the first object's members.
  let first: [String]

  /// Whether the objects are rows themselves, and neither messages nor pairs of turns.
  private var holdsRows: Bool {
    let turns = ["role", "from"] + RowTurns.askers
    return !RowShape.guesses(columns: first).isEmpty && !first.contains { turns.contains($0) }
  }

  /// What an object with members of these names and these lists is.
  ///
  /// - Parameter columns: the columns that are named: an object that has one is a row.
  static func member(of lists: [JSONList], beside names: [String], _ columns: [String]) -> Meaning {
    let isNamed = columns.contains { column in
      names.contains { $0.hasSameBytes(as: column) || column.utf8.starts(with: $0.utf8 + [UInt8(ascii: ".")]) }
    }
    if isNamed { return .row }
    // A list of rows may have the name of a row's column itself, as `conversations`; what stands beside it decides then.
    let rows = lists.count == 1 && lists[0].holdsRows ? lists[0].name : nil
    if !RowShape.guesses(columns: names.filter { $0 != rows }).isEmpty { return .row }
    return lists.count == 1 ? .list(lists[0].name) : .neither
  }
}

extension TextWindow {
  /// Passes a list that begins with an object; returns the names of that object's members.
  fileprivate mutating func passList(_ limit: Int) throws(FileError) -> [String] {
    var names: [String] = []
    consume(1)
    _ = try peekJSON()
    consume(1)
    while let key = try nextMember() {
      if names.count < limit { names.append(key) }
      _ = try valueEnd(keeps: false)
    }
    while let next = try peekJSON() {
      guard next != UInt8(ascii: "]") else {
        consume(1)
        return names
      }
      guard next == UInt8(ascii: ",") else { throw error("\",\" or \"]\" was expected") }
      consume(1)
      _ = try peekJSON()
      _ = try valueEnd(keeps: false)
    }
    throw error("the text ends within a list")
  }

  /// Whether the next byte after a place and white space opens an object.
  fileprivate mutating func beginsObject(after start: Int) throws(FileError) -> Bool {
    var index = start
    while true {
      while index < pending.count, Self.isSpace(byte(index)) { index += 1 }
      if index < pending.count { return byte(index) == UInt8(ascii: "{") }
      guard try fill() else { return false }
    }
  }
}
