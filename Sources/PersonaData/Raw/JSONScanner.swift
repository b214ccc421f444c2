import Datasets
/// A cursor over one JSON text that hands out values one by one, without a tree.
///
/// Pointers stay inside this file's extensions; every load is checked against the end.
struct JSONScanner {
  let bytes: UnsafeRawBufferPointer
  var offset = 0

  /// Nesting that is read before a value is refused.
  static let maximumDepth = 512

  init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  /// The next byte behind white space; nil at the end.
  mutating func peek() -> UInt8? {
    while offset < bytes.count {
      let byte = bytes[offset]
      guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return byte }
      offset += 1
    }
    return nil
  }

  /// Takes a byte, or throws that something else was expected.
  mutating func expect(_ byte: UInt8, _ what: String) throws(RecordFault) {
    guard peek() == byte else { throw unexpected(what) }
    offset += 1
  }

  /// Takes the closing byte of an empty object or list where it follows.
  mutating func closes(_ byte: UInt8) throws(RecordFault) -> Bool {
    guard peek() == byte else { return false }
    offset += 1
    return true
  }

  /// Takes a comma (true) or the closing byte (false).
  mutating func continues(until byte: UInt8) throws(RecordFault) -> Bool {
    let next = peek()
    guard next == UInt8(ascii: ",") || next == byte else {
      throw unexpected("\",\" or \"\(Character(Unicode.Scalar(byte)))\"")
    }
    offset += 1
    return next == UInt8(ascii: ",")
  }

  /// Takes a member's name and the colon behind it.
  mutating func key(scratch: inout RecordText) throws(RecordFault) -> RecordMember {
    let start = scratch.count
    guard peek() == UInt8(ascii: "\"") else { throw unexpected("a member's name") }
    let name = try string(into: &scratch)
    let member = RecordMember(scratch.span.extracting(name))
    scratch.removeAll(from: start)
    try expect(UInt8(ascii: ":"), "\":\"")
    return member
  }

  /// Takes a string or null.
  mutating func nullableString(into text: inout RecordText) throws(RecordFault) -> Range<Int>? {
    guard peek() == UInt8(ascii: "n") else { return try string(into: &text) }
    try literal("null")
    return nil
  }

  /// Takes a whole number.
  mutating func integer() throws(RecordFault) -> Int {
    guard let first = peek(), first == UInt8(ascii: "-") || isDigit(first) else { throw unexpected("a whole number") }
    let start = offset
    try number()
    guard let value = Self.integer(bytes[start..<offset]) else {
      throw RecordFault("a whole number of 64 bits was expected", column: start + 1)
    }
    return value
  }

  /// The value of a number that follows JSON's grammar; nil where it is not whole or exceeds 64 bits.
  private static func integer(_ digits: Slice<UnsafeRawBufferPointer>) -> Int? {
    let isNegative = digits.first == UInt8(ascii: "-")
    var value = 0
    for byte in isNegative ? digits.dropFirst() : digits {
      let digit = Int(byte &- UInt8(ascii: "0"))
      guard digit < 10 else { return nil }
      let (product, isLarge) = value.multipliedReportingOverflow(by: 10)
      let (sum, isLarger) = product.subtractingReportingOverflow(digit)
      guard !isLarge && !isLarger else { return nil }
      value = sum
    }
    // Collected as a negative number, of which there is one more.
    return isNegative ? value : value == .min ? nil : -value
  }

  /// Checks that nothing but white space is left.
  mutating func finish() throws(RecordFault) {
    if peek() != nil { throw RecordFault("there is more behind the record", column: offset + 1) }
  }

  /// Takes a value of any kind and forgets it.
  mutating func skipValue(scratch: inout RecordText, depth: Int = 0) throws(RecordFault) {
    guard depth < Self.maximumDepth else {
      throw RecordFault("values are nested more than \(Self.maximumDepth) deep", column: offset + 1)
    }
    switch peek() {
    case UInt8(ascii: "\""):
      let start = scratch.count
      _ = try string(into: &scratch)
      scratch.removeAll(from: start)
    case UInt8(ascii: "{"): try skipMembers(scratch: &scratch, depth: depth + 1)
    case UInt8(ascii: "["): try skipElements(scratch: &scratch, depth: depth + 1)
    case UInt8(ascii: "t"): try literal("true")
    case UInt8(ascii: "f"): try literal("false")
    case UInt8(ascii: "n"): try literal("null")
    case let byte? where byte == UInt8(ascii: "-") || isDigit(byte): try number()
    default: throw unexpected("a value")
    }
  }

  private mutating func skipMembers(scratch: inout RecordText, depth: Int) throws(RecordFault) {
    offset += 1
    if try closes(UInt8(ascii: "}")) { return }
    repeat {
      _ = try key(scratch: &scratch)
      try skipValue(scratch: &scratch, depth: depth)
    } while try continues(until: UInt8(ascii: "}"))
  }

  private mutating func skipElements(scratch: inout RecordText, depth: Int) throws(RecordFault) {
    offset += 1
    if try closes(UInt8(ascii: "]")) { return }
    repeat { try skipValue(scratch: &scratch, depth: depth) } while try continues(until: UInt8(ascii: "]"))
  }

  private mutating func literal(_ text: StaticString) throws(RecordFault) {
    let end = offset + text.utf8CodeUnitCount
    let matches = end <= bytes.count && text.withUTF8Buffer { bytes[offset..<end].elementsEqual($0) }
    guard matches else { throw unexpected("a value") }
    offset = end
  }

  /// Takes a number by JSON's grammar.
  private mutating func number() throws(RecordFault) {
    let start = offset
    if byte(at: offset) == UInt8(ascii: "-") { offset += 1 }
    let whole = digits()
    var isValid = whole > 0 && !(whole > 1 && byte(at: offset - whole) == UInt8(ascii: "0"))
    if byte(at: offset) == UInt8(ascii: ".") {
      offset += 1
      isValid = digits() > 0 && isValid
    }
    if let mark = byte(at: offset), mark | 0x20 == UInt8(ascii: "e") {
      offset += 1
      if let sign = byte(at: offset), sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") { offset += 1 }
      isValid = digits() > 0 && isValid
    }
    guard isValid else { throw RecordFault("this is no number", column: start + 1) }
  }

  private mutating func digits() -> Int {
    let start = offset
    while let byte = byte(at: offset), isDigit(byte) { offset += 1 }
    return offset - start
  }

  private func byte(at offset: Int) -> UInt8? { offset < bytes.count ? bytes[offset] : nil }

  private func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }

  func unexpected(_ what: String) -> RecordFault {
    RecordFault(
      offset < bytes.count ? "\(what) was expected" : "the line ends where \(what) was expected", column: offset + 1)
  }
}
