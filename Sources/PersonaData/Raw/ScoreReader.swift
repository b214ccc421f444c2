import Datasets
import Support
import JSON

/// Reads a file of scores, a JSON object, member by member in memory that does not grow with the file.
struct ScoreReader: ~Copyable {
  private let path: String
  private let dataset: String
  private var window: ScoreWindow
  private var text = RecordText()
  private var nameRange = 0..<0
  /// Number of members read.
  private var count = 0
  private var hasBegun = false
  private var hasEnded = false

  /// Opens a file.
  ///
  /// - Parameters:
  ///   - dataset: whose scores they are, for errors.
  ///   - windowSize: bytes that are read at a time.
  init(path: String, dataset: String, windowSize: Int = 1 << 18) throws(InputError) {
    self.path = path
    self.dataset = dataset
    do throws(FileError) { window = try ScoreWindow(path: path, size: windowSize) } catch {
      throw InputError(.unreadable, dataset: dataset, error.description)
    }
  }

  /// The name of the member that was read last, in UTF-8.
  var name: RawSpan {
    @_lifetime(borrow self)
    get { text.span.extracting(nameRange) }
  }

  /// Reads the next member; nil behind the last.
  ///
  /// - Throws: `InputError` where the file cannot be read or is no JSON object.
  mutating func next() throws(InputError) -> ScoreValue? {
    if !hasBegun { try begin() }
    while !hasEnded {
      if let value = usualMember() { return value }
      if let value = try otherMember() { return value }
    }
    guard try peek() == nil else { throw damaged(JSONError(reason: "unexpected character", offset: 0)) }
    return nil
  }

  /// SHA-256 of the file, which must have been read to its end.
  consuming func digest() -> SHA256Digest { window.digest() }

  /// Takes the opening brace.
  private mutating func begin() throws(InputError) {
    hasBegun = true
    guard try peek() == UInt8(ascii: "{") else { throw try noObject() }
    window.take(1)
  }

  /// Takes what nearly all members are: a whole number, a text or null. Nil, and nothing is taken, for anything else and
  /// where the window ends before the comma or brace behind it.
  private mutating func usualMember() -> ScoreValue? {
    let found: (value: ScoreValue, end: Int, isLast: Bool)? = window.bytes.withUnsafeBytes { bytes in
      var scanner = JSONScanner(bytes)
      text.removeAll(from: 0)
      return try? Self.member(&scanner, &text, &nameRange)
    }
    guard let found else { return nil }
    window.take(found.end)
    count += 1
    hasEnded = found.isLast
    return found.value
  }

  private static func member(
    _ scanner: inout JSONScanner, _ text: inout RecordText, _ name: inout Range<Int>
  ) throws(RecordFault) -> (value: ScoreValue, end: Int, isLast: Bool) {
    name = try scanner.string(into: &text)
    try scanner.expect(UInt8(ascii: ":"), "\":\"")
    let first = scanner.peek()
    let value: ScoreValue
    if first == UInt8(ascii: "\"") || first == UInt8(ascii: "n") {
      let range = try scanner.nullableString(into: &text)
      value = range.map { ScoreValue(.string(String(decoding: text[$0], as: UTF8.self))) } ?? .null
    } else {
      value = .number(try scanner.integer())
    }
    let isLast = try !scanner.continues(until: UInt8(ascii: "}"))
    return (value, scanner.offset, isLast)
  }

  /// Takes a member of any form, which json-c reads. Nil where the object ends without one, and where the window does not
  /// hold all of the member yet, which then holds more.
  private mutating func otherMember() throws(InputError) -> ScoreValue? {
    let end = Self.end(ofMember: window.bytes)
    guard end != nil || window.isAtEnd else {
      try fill()
      return nil
    }
    let isLast = end.map { window.bytes.unsafeLoad(fromByteOffset: $0, as: UInt8.self) } == UInt8(ascii: "}")
    let found = try parseMember(length: end ?? window.count, isWhole: end != nil)
    // Where there is no member, only the end of an empty object can follow.
    guard found != nil || isLast else {
      throw damaged(JSONError(reason: "quoted object property name expected", offset: end ?? 0))
    }
    window.take(end.map { $0 + 1 } ?? window.count)
    hasEnded = isLast
    guard let found else { return nil }
    count += 1
    text.removeAll(lineLength: found.key.utf8.count)
    for scalar in found.key.unicodeScalars { text.append(scalar) }
    nameRange = 0..<text.count
    return ScoreValue(found.value)
  }

  /// Parses the first bytes of the window as a member within an object; nil where they are blank.
  ///
  /// - Parameter isWhole: whether the byte that ends the member follows them.
  private func parseMember(length: Int, isWhole: Bool) throws(InputError) -> JSONObject.Member? {
    // Behind a comma there has to be a member.
    let before = Array((count == 0 ? "{" : #"{"":0,"#).utf8)
    let bytes = before + window.bytes.extracting(0..<length + (isWhole ? 1 : 0)).withUnsafeBytes { Array($0) }
    do throws(JSONError) {
      let object = Array(bytes.prefix(before.count + length)) + (isWhole ? "}" : "").utf8
      return try JSONValue.parse(object).objectValue?.members.last
    } catch { throw damaged(Self.fault(bytes) ?? error, behind: before.count) }
  }

  /// What is wrong with an object that is cut off behind a member and what ends it; nil for nothing but that.
  private static func fault(_ bytes: [UInt8]) -> JSONError? {
    do throws(JSONError) { _ = try JSONValue.parse(bytes) } catch { return error.offset < bytes.count ? error : nil }
    return nil
  }

  /// Where the comma or the closing brace behind a member stands; nil where there is none yet.
  private static func end(ofMember bytes: RawSpan) -> Int? {
    var (depth, isText, offset) = (0, false, 0)
    while offset < bytes.byteCount {
      switch bytes.unsafeLoad(fromByteOffset: offset, as: UInt8.self) {
      case UInt8(ascii: "\\") where isText: offset += 1
      case UInt8(ascii: "\""): isText.toggle()
      case _ where isText: break
      case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
      case UInt8(ascii: ",") where depth == 0, UInt8(ascii: "}") where depth == 0: return offset
      case UInt8(ascii: "}"), UInt8(ascii: "]"): depth = max(0, depth - 1)
      default: break
      }
      offset += 1
    }
    return nil
  }

  /// The next byte behind white space, which is taken; nil at the end of the file.
  private mutating func peek() throws(InputError) -> UInt8? {
    while true {
      var scanner = (byte: UInt8?.none, offset: 0)
      window.bytes.withUnsafeBytes { bytes in
        var blanks = JSONScanner(bytes)
        scanner = (blanks.peek(), blanks.offset)
      }
      window.take(scanner.offset)
      if let byte = scanner.byte { return byte }
      if window.isAtEnd { return nil }
      try fill()
    }
  }

  private mutating func fill() throws(InputError) {
    guard !window.isFull else {
      throw damaged(JSONError(reason: "a member is longer than \(ScoreWindow.limit) bytes", offset: 0))
    }
    do throws(FileError) { try window.fill() } catch {
      throw InputError(.unreadable, dataset: dataset, error.description)
    }
  }

  /// Why the file, of which nothing but blanks was taken, is no object.
  private mutating func noObject() throws(InputError) -> InputError {
    while !window.isAtEnd, !window.isFull { try fill() }
    var kind = "no object"
    if window.isAtEnd {
      do throws(JSONError) { kind = try JSONValue.parse(window.bytes).kindName } catch {
        return damaged(error)
      }
    }
    return InputError(.unreadable, dataset: dataset, "\(path) is \(kind); an object of scores is expected")
  }

  /// - Parameter start: where the window begins in the text that the error speaks of.
  private func damaged(_ error: JSONError, behind start: Int = 0) -> InputError {
    let place = JSONError(reason: error.reason, offset: window.offset + error.offset - start)
    return InputError(.unreadable, dataset: dataset, "\(path): \(place)")
  }
}
