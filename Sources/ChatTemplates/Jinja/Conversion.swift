/// Python's `int()` and `float()`.
enum NumberConversion {
  /// The whole part of a float.
  static func truncated(_ value: Double) throws(TemplateError) -> BigInteger {
    if value.isNaN { throw .value("cannot convert float NaN to integer") }
    if value.isInfinite { throw .overflow("cannot convert float infinity to integer") }
    return BigInteger(truncating: value)
  }

  /// The text of a number: white space trimmed, digits of other scripts turned into ASCII; nil where it has others.
  private static func ascii(_ text: JinjaText) -> [UInt8]? {
    let trimmed = TextSearch.trimmed(text, .both, of: nil)
    var bytes: [UInt8] = []
    for point in withExtendedLifetime(trimmed.storage, { PythonText.points(trimmed.bytes) }) {
      if point < 0x80 {
        bytes.append(UInt8(point))
      } else if let digit = PythonText.decimalValue(point) {
        bytes.append(0x30 + digit)
      } else {
        return nil
      }
    }
    return bytes
  }

  /// `int(text, radix)`; nil where Python raises ValueError.
  static func whole(_ text: JinjaText, radix: Int) throws(TemplateError) -> BigInteger? {
    guard radix == 0 || (2...36).contains(radix) else { return nil }
    guard var digits = ascii(text) else { return nil }
    var isNegative = false
    if let sign = digits.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") {
      isNegative = sign == UInt8(ascii: "-")
      digits.removeFirst()
    }
    var base = radix
    var hasPrefix = false
    let prefixes: [UInt8: Int] = [UInt8(ascii: "b"): 2, UInt8(ascii: "o"): 8, UInt8(ascii: "x"): 16]
    if digits.count > 1, digits[0] == 0x30, let prefix = prefixes[digits[1] | 0x20], radix == 0 || radix == prefix {
      base = prefix
      hasPrefix = true
      digits.removeFirst(2)
      if digits.first == UInt8(ascii: "_") { digits.removeFirst() }
    } else if radix == 0 {
      base = 10
    }
    guard hasValidUnderscores(digits) else { return nil }
    let plain = digits.filter { $0 != UInt8(ascii: "_") }
    // Without a radix, zeros may not lead.
    if radix == 0, !hasPrefix, plain.first == 0x30, plain.contains(where: { $0 != 0x30 }) { return nil }
    if base & (base - 1) != 0, plain.count > 4300 { return nil }
    guard let value = BigInteger(digits: plain, radix: base) else { return nil }
    return isNegative ? value.negated : value
  }

  private static func hasValidUnderscores(_ digits: [UInt8]) -> Bool {
    let bar = UInt8(ascii: "_")
    guard digits.first != bar, digits.last != bar else { return false }
    return !zip(digits, digits.dropFirst()).contains { $0 == bar && $1 == bar }
  }

  /// `float(text)`; nil where Python raises ValueError.
  static func float(_ text: JinjaText) -> Double? {
    guard let bytes = ascii(text), !bytes.isEmpty else { return nil }
    var index = 0
    var isNegative = false
    if bytes[0] == UInt8(ascii: "-") || bytes[0] == UInt8(ascii: "+") {
      isNegative = bytes[0] == UInt8(ascii: "-")
      index = 1
    }
    let word = String(decoding: bytes[index...], as: UTF8.self).lowercased()
    if word == "inf" || word == "infinity" { return isNegative ? -.infinity : .infinity }
    if word == "nan" { return .nan }
    var plain: [UInt8] = []
    var digits = 0
    var hasPoint = false
    var hasExponent = false
    for (position, byte) in bytes[index...].enumerated() {
      let previous = position > 0 ? bytes[index + position - 1] : 0
      let next = index + position + 1 < bytes.count ? bytes[index + position + 1] : 0
      switch byte {
      case 0x30...0x39:
        digits += 1
        plain.append(byte)
      case UInt8(ascii: "_"):
        guard (0x30...0x39).contains(previous), (0x30...0x39).contains(next) else { return nil }
      case UInt8(ascii: ".") where !hasPoint && !hasExponent:
        hasPoint = true
        plain.append(byte)
      case UInt8(ascii: "e"), UInt8(ascii: "E"):
        guard !hasExponent, digits > 0 else { return nil }
        hasExponent = true
        digits = 0
        plain.append(byte)
      case UInt8(ascii: "+"), UInt8(ascii: "-"):
        guard previous | 0x20 == UInt8(ascii: "e") else { return nil }
        plain.append(byte)
      default: return nil
      }
    }
    guard digits > 0 else { return nil }
    var source = String(decoding: plain, as: UTF8.self)
    // Swift wants digits on both sides of a point.
    if source.hasPrefix(".") { source = "0" + source }
    source = source.replacingPoint()
    guard let value = Double(source) else { return nil }
    return isNegative ? -value : value
  }

  /// The filter `int`.
  static func int(_ value: JinjaValue, _ fallback: JinjaValue, _ radix: JinjaValue?) throws(TemplateError) -> JinjaValue
  {
    switch value {
    case .flag, .whole, .big: return .integer(value.index ?? BigInteger(0)).with(value.numberOrigin)
    case .real(let number, _):
      return number.isFinite
        ? .integer(BigInteger(truncating: number)).with(value.numberOrigin) : try special(number, fallback)
    case .undefined(let undefined): throw undefined.error
    case .text(let text), .markup(let text):
      // What is no base is an error that the filter catches.
      if let base = (radix ?? .int(10)).index?.int, let whole = try whole(text, radix: base) {
        return .integer(whole).with(text.computedOrigin)
      }
      guard let number = float(text), number.isFinite else { return fallback }
      return .integer(BigInteger(truncating: number)).with(text.computedOrigin)
    case .object(_ as BytesValue): throw .unsupported("numbers in bytes are not read; decode them first")
    default: return fallback
    }
  }

  /// Infinity is an OverflowError that the filter does not catch; not-a-number gives the default.
  private static func special(_ number: Double, _ fallback: JinjaValue) throws(TemplateError) -> JinjaValue {
    guard number.isInfinite else { return fallback }
    throw .overflow("cannot convert float infinity to integer")
  }

  /// The filter `float`.
  static func float(_ value: JinjaValue, _ fallback: JinjaValue) throws(TemplateError) -> JinjaValue {
    if case .undefined(let undefined) = value { throw undefined.error }
    if case .object(_ as BytesValue) = value {
      throw .unsupported("numbers in bytes are not read; decode them first")
    }
    if let text = value.textValue { return float(text).map { .real($0, text.computedOrigin) } ?? fallback }
    return try Arithmetic.double(value).map { .real($0, value.numberOrigin) } ?? fallback
  }
}

extension String {
  /// The number's text with a digit after every point.
  fileprivate func replacingPoint() -> String {
    guard let point = firstIndex(of: ".") else { return self }
    let next = index(after: point)
    guard next == endIndex || !self[next].isNumber else { return self }
    return self[...point] + "0" + self[next...]
  }
}
