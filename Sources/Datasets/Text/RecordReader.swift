import JSON
import Support

/// How the rows of a text follow one another.
enum RecordLayout: Sendable, Hashable {
  /// One a line; blank lines are passed over.
  case lines
  /// The elements of a JSON list: the whole document, or a member of the object that it is.
  case elements(member: String?)
  /// Rows of fields between delimiters.
  case fields(delimiter: UInt8)
  /// The whole text is one row.
  case whole
}

/// Reads the rows of a text one by one, in memory that does not grow with the text.
struct RecordReader: ~Copyable {
  private var window: TextWindow
  private let layout: RecordLayout
  /// The bytes of the row that was read last, which are still at hand.
  private var length = 0
  /// Bytes after it that are forgotten with it: what separates rows.
  private var gap = 0
  /// Line feeds that were passed so far.
  private var lineFeeds = 0
  private var hasBegun = false
  private var hasEnded = false
  /// Number of the line, from 1, that the row that was read last begins in.
  private(set) var line = 0

  /// Begins a text.
  ///
  /// - Parameter linesBefore: line feeds before the text, where it is a part of a file.
  init(_ window: consuming TextWindow, layout: RecordLayout, linesBefore: Int = 0) {
    self.window = window
    self.layout = layout
    lineFeeds = linesBefore
  }

  /// What messages call the input.
  var name: String { window.name }

  /// How many bytes the text has, where that is known.
  var size: Int? { window.size }

  /// How many bytes of the input were read, compressed as they are.
  var bytesRead: Int { window.bytesRead }

  /// The bytes of the row that was read last.
  var record: RawSpan {
    @_lifetime(borrow self)
    get {
      // The window, which `self` owns, keeps the bytes.
      _overrideLifetime(window.bytes(0..<length), borrowing: self)
    }
  }

  /// The offset in the text at which the row that was read last begins.
  var offset: Int { window.offset }

  /// Whether ``next()`` need not wait for more input, as far as that is known.
  var isNextAtHand: Bool {
    switch layout {
    case .lines: window.isAtEnd || window.lineFeed(from: length + gap) != nil
    case .elements, .fields, .whole: true
    }
  }

  /// Reads the next row; false at the end.
  ///
  /// - Throws: `FileError` if the input cannot be read, or its rows cannot be told from each other.
  mutating func next() throws(FileError) -> Bool {
    forget()
    switch layout {
    case .lines: return try nextLine()
    case .elements(let member): return try nextElement(of: member)
    case .fields(let delimiter): return try nextFields(delimiter)
    case .whole: return try wholeText()
    }
  }

  /// Lets go of the row that was read last if it was unusually long, because what was made of it takes as much memory.
  mutating func release() throws(FileError) {
    guard window.pending.count == length + gap else { return }
    forget()
    try window.release()
  }

  private mutating func forget() {
    window.consume(length + gap)
    (length, gap) = (0, 0)
  }

  // MARK: Lines

  private mutating func nextLine() throws(FileError) -> Bool {
    while true {
      let end = try lineEnd()
      guard let end else { return false }
      lineFeeds += 1
      line = lineFeeds
      let isBlank = window.bytes(0..<end.length).withUnsafeBytes { $0.allSatisfy(TextWindow.isSpace) }
      (length, gap) = (end.length, end.gap)
      if !isBlank { return true }
      forget()
    }
  }

  /// The length of the line at hand and of its line feed; nil at the end of the text.
  private mutating func lineEnd(from start: Int = 0) throws(FileError) -> (length: Int, gap: Int)? {
    var searched = start
    while true {
      if let found = window.lineFeed(from: searched) { return (found, 1) }
      searched = window.pending.count
      guard try window.fill() else { return searched > 0 ? (searched, 0) : nil }
    }
  }

  // MARK: Elements

  private mutating func nextElement(of member: String?) throws(FileError) -> Bool {
    if hasEnded { return false }
    let isFirst = !hasBegun
    if isFirst {
      hasBegun = true
      if let member { try window.findList(member) }
      guard try window.peekJSON() == UInt8(ascii: "[") else { throw window.error("a list was expected") }
      window.consume(1)
    }
    let next = try window.peekJSON()
    if next == UInt8(ascii: "]") {
      window.consume(1)
      hasEnded = true
      if member == nil, try window.peekJSON() != nil { throw window.error("there is more after the list") }
      return false
    }
    if !isFirst {
      guard next == UInt8(ascii: ",") else { throw window.error("\",\" or \"]\" was expected") }
      window.consume(1)
      _ = try window.peekJSON()
    }
    line += 1
    length = try window.valueEnd()
    guard length > 0 else { throw window.error("a value was expected") }
    return true
  }

  // MARK: Fields

  private mutating func nextFields(_ delimiter: UInt8) throws(FileError) -> Bool {
    while true {
      var scan = FieldRowScan(delimiter: delimiter)
      var end = window.bytes.withUnsafeBytes { scan.end(in: $0) }
      while end == nil, try window.fill() { end = window.bytes.withUnsafeBytes { scan.end(in: $0) } }
      line = lineFeeds + 1
      if end == nil {
        guard !window.pending.isEmpty else { return false }
        guard window.bytes.withUnsafeBytes({ scan.mayEnd(in: $0) }) else {
          throw FileError("read", name, reason: "line \(line): a quoted field has no end")
        }
      }
      (length, gap) = end.map { ($0, 1) } ?? (window.pending.count, 0)
      lineFeeds += 1
      if scan.hasQuotedFields { lineFeeds += record.withUnsafeBytes { Self.lineFeeds(in: $0) } }
      if !record.withUnsafeBytes({ $0.allSatisfy { $0 == 0x0D || $0 == 0x20 } }) { return true }
      forget()
    }
  }

  private static func lineFeeds(in bytes: UnsafeRawBufferPointer) -> Int {
    var count = 0
    for byte in bytes where byte == 0x0A { count &+= 1 }
    return count
  }

  // MARK: The whole

  private mutating func wholeText() throws(FileError) -> Bool {
    if hasBegun { return false }
    hasBegun = true
    while try window.fill() {}
    length = window.pending.count
    line = 1
    return true
  }
}

extension TextWindow {
  /// Goes to the list that a member of the document's object holds.
  fileprivate mutating func findList(_ name: String) throws(FileError) {
    guard try peekJSON() == UInt8(ascii: "{") else { throw error("an object was expected") }
    consume(1)
    while let key = try nextMember() {
      if key.utf8.elementsEqual(name.utf8), try peekJSON() == UInt8(ascii: "[") { return }
      _ = try valueEnd(keeps: false)
    }
    throw error("the member \"\(name)\" holds no list")
  }

  /// Takes the next member's name and the colon after it; nil at the end of the object.
  mutating func nextMember() throws(FileError) -> String? {
    var next = try peekJSON()
    if next == UInt8(ascii: ",") {
      consume(1)
      next = try peekJSON()
    }
    if next == UInt8(ascii: "}") {
      consume(1)
      return nil
    }
    guard next == UInt8(ascii: "\"") else { throw error("a member's name was expected") }
    let end = try valueEnd()
    let key = (try? JSONValue.parse(bytes(0..<end)))?.stringValue
    consume(end)
    guard let key else { throw error("a member's name is damaged") }
    guard try peekJSON() == UInt8(ascii: ":") else { throw error("\":\" was expected") }
    consume(1)
    guard try peekJSON() != nil else { throw error("a value was expected") }
    return key
  }
}
