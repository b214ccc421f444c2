public import Support

/// A number in the text of a scanner.
public struct JSONNumber: Sendable, Hashable {
  /// Where its bytes are.
  public let range: Range<Int>
  /// Whether it has neither a fraction nor an exponent.
  public let isWhole: Bool
}

extension JSONScanner {
  /// Takes a number by JSON's grammar, or `NaN`, `Infinity` or `-Infinity`.
  ///
  /// - Parameter what: what the error says was expected.
  public mutating func number(_ what: String = "a number") throws(FileError) -> JSONNumber {
    guard let first = peek() else { throw unexpected(what) }
    let start = offset
    if first == UInt8(ascii: "-") { offset += 1 }
    switch byte(at: offset) {
    case UInt8(ascii: "I"):
      try named("Infinity", what, from: start)
      return JSONNumber(range: start..<offset, isWhole: false)
    case UInt8(ascii: "N") where offset == start:
      try named("NaN", what, from: start)
      return JSONNumber(range: start..<offset, isWhole: false)
    case let byte? where Self.isDigit(byte): break
    case _ where offset == start: throw unexpected(what)
    default: throw FileError(notJSON: "this is no number", offset: start)
    }
    let whole = offset
    var isValid = takeDigits() == 1 || byte(at: whole) != UInt8(ascii: "0")
    var isWhole = true
    if byte(at: offset) == UInt8(ascii: ".") {
      offset += 1
      isValid = takeDigits() > 0 && isValid
      isWhole = false
    }
    if let mark = byte(at: offset), mark | 0x20 == UInt8(ascii: "e") {
      offset += 1
      if let sign = byte(at: offset), sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") { offset += 1 }
      isValid = takeDigits() > 0 && isValid
      isWhole = false
    }
    guard isValid else { throw FileError(notJSON: "this is no number", offset: start) }
    return JSONNumber(range: start..<offset, isWhole: isWhole)
  }

  /// The value of a number that this scanner has read: whole ones of any size stay whole; others, which Python reads as
  /// floats, are the nearest double, infinite beyond the largest.
  public func value(of number: JSONNumber) -> JSONValue {
    if let value = integer(of: number) { return .integer(Int64(value)) }
    let text = text(of: number)
    if number.isWhole { return .bigInteger(text) }
    return .double(Double(text) ?? .nan)
  }

  /// The digits of a number that this scanner has read, as they are written.
  public func text(of number: JSONNumber) -> String {
    bytes.extracting(number.range).withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
  }

  /// The value of a number that this scanner has read; nil if it is not whole or exceeds 64 bits.
  func integer(of number: JSONNumber) -> Int? {
    guard number.isWhole else { return nil }
    var range = number.range
    let isNegative = byte(at: range.lowerBound) == UInt8(ascii: "-")
    if isNegative { range = range.dropFirst() }
    var value = 0
    for offset in range {
      let digit = Int(bytes.unsafeLoad(fromByteOffset: offset, as: UInt8.self) &- UInt8(ascii: "0"))
      let (product, isLarge) = value.multipliedReportingOverflow(by: 10)
      let (difference, isLarger) = product.subtractingReportingOverflow(digit)
      guard !isLarge && !isLarger else { return nil }
      value = difference
    }
    // Collected as a negative number, of which there is one more.
    return isNegative ? value : value == .min ? nil : -value
  }

  static func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }

  private mutating func takeDigits() -> Int {
    let start = offset
    while let byte = byte(at: offset), Self.isDigit(byte) { offset += 1 }
    return offset - start
  }

  /// Takes the name of a number that has no digits.
  private mutating func named(_ name: StaticString, _ what: String, from start: Int) throws(FileError) {
    let end = offset + name.utf8CodeUnitCount
    guard end <= bytes.byteCount, matches(offset..<end, name) else {
      offset = start
      throw unexpected(what)
    }
    offset = end
  }
}
