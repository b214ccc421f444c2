/// What Python's `str` knows about code points.
///
/// The reference is Python 3.11 with Unicode 14; code points that were assigned later count as unassigned.
enum PythonText {
  /// A code point, which may be a lone surrogate, and its length in bytes.
  typealias Point = (value: UInt32, length: Int)

  /// Reads the code point at an offset; ill-formed bytes are taken by their leading byte and never read past the end.
  static func point(in bytes: UnsafeRawBufferPointer, at offset: Int) -> Point {
    let lead = bytes[offset]
    guard lead >= 0x80 else { return (UInt32(lead), 1) }
    let length = min(lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4, bytes.count - offset)
    var value = UInt32(lead) & (length == 2 ? 0x1F : length == 3 ? 0x0F : 0x07)
    for index in 1..<max(1, length) { value = value << 6 | UInt32(bytes[offset + index] & 0x3F) }
    return (value, length)
  }

  /// Reads the code point that ends at an offset.
  static func point(in bytes: UnsafeRawBufferPointer, before offset: Int) -> Point {
    var start = offset - 1
    while start > 0, offset - start < 4, bytes[start] & 0xC0 == 0x80 { start -= 1 }
    return point(in: bytes, at: start)
  }

  /// The code points of a text.
  static func points(_ bytes: UnsafeRawBufferPointer) -> [UInt32] {
    var result: [UInt32] = []
    result.reserveCapacity(bytes.count)
    var offset = 0
    while offset < bytes.count {
      let (value, length) = point(in: bytes, at: offset)
      result.append(value)
      offset += length
    }
    return result
  }

  /// Number of code points.
  static func length(_ bytes: UnsafeRawBufferPointer) -> Int {
    bytes.reduce(0) { $0 + ($1 & 0xC0 == 0x80 ? 0 : 1) }
  }

  static func append(_ point: UInt32, to bytes: inout [UInt8]) {
    switch point {
    case ..<0x80: bytes.append(UInt8(point))
    case ..<0x800: bytes += [UInt8(0xC0 | point >> 6), UInt8(0x80 | point & 0x3F)]
    case ..<0x10000:
      bytes += [UInt8(0xE0 | point >> 12), UInt8(0x80 | point >> 6 & 0x3F), UInt8(0x80 | point & 0x3F)]
    default:
      bytes += [
        UInt8(0xF0 | point >> 18 & 7), UInt8(0x80 | point >> 12 & 0x3F), UInt8(0x80 | point >> 6 & 0x3F),
        UInt8(0x80 | point & 0x3F),
      ]
    }
  }

  /// The properties of a code point that Unicode 14 assigns.
  static func properties(_ point: UInt32) -> Unicode.Scalar.Properties? {
    guard let scalar = Unicode.Scalar(point) else { return nil }
    let properties = scalar.properties
    guard let age = properties.age else { return nil }
    return age.major <= 14 ? properties : nil
  }

  // MARK: - Classes

  /// White space: bidirectional classes WS, B, S or category Zs.
  static func isSpace(_ point: UInt32) -> Bool {
    switch point {
    case 0x09...0x0D, 0x1C...0x20, 0x85, 0xA0, 0x1680, 0x2000...0x200A, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000: true
    default: false
    }
  }

  /// Where `splitlines` cuts.
  static func isLineBreak(_ point: UInt32) -> Bool {
    switch point {
    case 0x0A...0x0D, 0x1C...0x1E, 0x85, 0x2028, 0x2029: true
    default: false
    }
  }

  static func isAlphabetic(_ point: UInt32) -> Bool {
    if point < 0x80 { return (point | 0x20) >= 0x61 && (point | 0x20) <= 0x7A }
    switch properties(point)?.generalCategory {
    case .modifierLetter, .titlecaseLetter, .uppercaseLetter, .lowercaseLetter, .otherLetter: return true
    default: return false
    }
  }

  static func isDecimal(_ point: UInt32) -> Bool {
    point < 0x80 ? point >= 0x30 && point <= 0x39 : properties(point)?.numericType == .decimal
  }

  static func isDigit(_ point: UInt32) -> Bool {
    if point < 0x80 { return isDecimal(point) }
    let type = properties(point)?.numericType
    return type == .decimal || type == .digit
  }

  static func isNumeric(_ point: UInt32) -> Bool {
    point < 0x80 ? isDecimal(point) : !laterNumeric.contains(point) && properties(point)?.numericType != nil
  }

  /// Characters that are numbers since Unicode 15.
  private static let laterNumeric: Set<UInt32> = [
    0x4E24, 0x4EAC, 0x4FE9, 0x5006, 0x62D0, 0x6D1E, 0x7695, 0x79ED, 0x920E, 0x94A9, 0x12038, 0x12039, 0x12079, 0x12226,
    0x1222B, 0x1230B, 0x1230D, 0x12399,
  ]

  static func isAlphanumeric(_ point: UInt32) -> Bool { isAlphabetic(point) || isNumeric(point) }

  static func isLower(_ point: UInt32) -> Bool {
    switch point {
    case ..<0x80: point >= 0x61 && point <= 0x7A
    // Since Unicode 15 the first is no lower case letter, and the others are.
    case 0x295: true
    case 0x10FC, 0xA7F2...0xA7F4, 0xAB69: false
    default: properties(point)?.isLowercase ?? false
    }
  }

  static func isUpper(_ point: UInt32) -> Bool {
    point < 0x80 ? point >= 0x41 && point <= 0x5A : properties(point)?.isUppercase ?? false
  }

  static func isTitle(_ point: UInt32) -> Bool {
    point >= 0x80 && properties(point)?.generalCategory == .titlecaseLetter
  }

  static func isPrintable(_ point: UInt32) -> Bool {
    if point < 0x7F { return point >= 0x20 }
    switch properties(point)?.generalCategory {
    case nil, .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator,
      .spaceSeparator:
      return false
    default: return true
    }
  }

  /// The value of a decimal digit of any script.
  static func decimalValue(_ point: UInt32) -> UInt8? {
    guard isDecimal(point) else { return nil }
    if point < 0x80 { return UInt8(point - 0x30) }
    return properties(point)?.numericValue.map { UInt8($0) }
  }

  // MARK: - Case

  enum Case { case lower, upper, title }

  /// Appends a code point in another case, by the full mapping without language.
  static func append(_ point: UInt32, in target: Case, to bytes: inout [UInt8]) {
    if point < 0x80 {
      let isLetter = isAlphabetic(point)
      let letter = target == .lower ? point | 0x20 : point & ~0x20
      bytes.append(UInt8(isLetter ? letter : point))
      return
    }
    CaseTable.shared.append(point, in: target, to: &bytes)
  }

  static func isCased(_ point: UInt32) -> Bool {
    point < 0x80 ? isAlphabetic(point) : properties(point)?.isCased ?? false
  }

  static func isCaseIgnorable(_ point: UInt32) -> Bool {
    Unicode.Scalar(point)?.properties.isCaseIgnorable ?? false
  }

  /// Lower case of one place in a text: a sigma at the end of a word is a final one.
  static func appendLower(_ points: [UInt32], _ index: Int, to bytes: inout [UInt8]) {
    guard points[index] == 0x3A3 else { return append(points[index], in: .lower, to: &bytes) }
    let before = points[..<index].last { !isCaseIgnorable($0) }
    let after = points[(index + 1)...].first { !isCaseIgnorable($0) }
    let isFinal = before.map(isCased) ?? false && !(after.map(isCased) ?? false)
    append(isFinal ? 0x3C2 : 0x3C3, to: &bytes)
  }

  // MARK: - repr

  /// Python's `repr` of a string.
  static func repr(_ string: String) -> String {
    var string = string
    return string.withUTF8 { String(decoding: repr(UnsafeRawBufferPointer($0)), as: UTF8.self) }
  }

  /// Python's `repr` of the bytes of a text, in which halves of surrogate pairs are escapes.
  static func repr(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
    let single = UInt8(ascii: "'")
    let double = UInt8(ascii: "\"")
    let quote = bytes.contains(single) && !bytes.contains(double) ? double : single
    var result: [UInt8] = [quote]
    result.reserveCapacity(bytes.count + 2)
    var offset = 0
    while offset < bytes.count {
      let (value, length) = point(in: bytes, at: offset)
      switch value {
      case UInt32(quote), 0x5C: result += [0x5C, UInt8(value)]
      case 0x0A: result += Array("\\n".utf8)
      case 0x0D: result += Array("\\r".utf8)
      case 0x09: result += Array("\\t".utf8)
      case _ where isPrintable(value): result += bytes[offset..<offset + length]
      case ..<0x100: result += Array("\\x\(hex(value, width: 2))".utf8)
      case ..<0x10000: result += Array("\\u\(hex(value, width: 4))".utf8)
      default: result += Array("\\U\(hex(value, width: 8))".utf8)
      }
      offset += length
    }
    result.append(quote)
    return result
  }

  static func hex(_ value: UInt32, width: Int) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
  }
}

extension PythonText {
  /// Refuses halves of surrogate pairs as Python's encoder of UTF-8 does.
  static func checkEncodable(_ text: [UInt8]) throws(TemplateError) {
    guard text.contains(0xED) else { return }
    let points = text.withUnsafeBytes { Self.points($0) }
    guard let first = points.firstIndex(where: isSurrogate) else { return }
    let last = points[first...].prefix(while: isSurrogate).endIndex - 1
    let place =
      first == last
      ? "character '\\u\(hex(points[first], width: 4))' in position \(first)"
      : "characters in position \(first)-\(last)"
    throw TemplateError(
      .failed, "'utf-8' codec can't encode \(place): surrogates not allowed", className: "UnicodeEncodeError")
  }

  /// A text in which halves of surrogate pairs are escapes, as Python prints an exception.
  static func escapingSurrogates(_ bytes: UnsafeRawBufferPointer) -> String {
    var result = ""
    for point in points(bytes) {
      if let scalar = Unicode.Scalar(point) {
        result.unicodeScalars.append(scalar)
      } else {
        result += "\\u\(hex(point, width: 4))"
      }
    }
    return result
  }

  /// The text of a name or a format, which is a string of Swift's here; halves of surrogate pairs are refused.
  ///
  /// - Parameter what: what messages call the text.
  static func name(_ text: JinjaText, _ what: String) throws(TemplateError) -> String {
    let bytes = text.array
    do throws(TemplateError) { try checkEncodable(bytes) } catch {
      throw .unsupported("half of a surrogate pair in \(what) is not supported")
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func isSurrogate(_ point: UInt32) -> Bool { (0xD800..<0xE000).contains(point) }
}
