/// The escapes of string literals, which are those of Python's `unicode-escape`.
enum StringLiteral {
  private static let simple: [UInt8: UInt8] = [
    UInt8(ascii: "\\"): 0x5C, UInt8(ascii: "'"): 0x27, UInt8(ascii: "\""): 0x22, UInt8(ascii: "a"): 0x07,
    UInt8(ascii: "b"): 0x08, UInt8(ascii: "f"): 0x0C, UInt8(ascii: "n"): 0x0A, UInt8(ascii: "r"): 0x0D,
    UInt8(ascii: "t"): 0x09, UInt8(ascii: "v"): 0x0B,
  ]

  static func unescaped(_ text: [UInt8]) throws(TemplateError) -> [UInt8] {
    guard text.contains(UInt8(ascii: "\\")) else { return text }
    var result: [UInt8] = []
    var index = 0
    while index < text.count {
      guard text[index] == UInt8(ascii: "\\"), index + 1 < text.count else {
        result.append(text[index])
        index += 1
        continue
      }
      let code = text[index + 1]
      index += 2
      if let byte = simple[code] {
        result.append(byte)
        continue
      }
      switch code {
      case 0x0A: continue
      case UInt8(ascii: "0")...UInt8(ascii: "7"):
        var value = UInt32(code - 0x30)
        var count = 1
        while count < 3, index < text.count, (0x30...0x37).contains(text[index]) {
          value = value << 3 | UInt32(text[index] - 0x30)
          index += 1
          count += 1
        }
        PythonText.append(value, to: &result)
      case UInt8(ascii: "x"): try appendHex(2, "\\xXX", text, &index, to: &result)
      case UInt8(ascii: "u"): try appendHex(4, "\\uXXXX", text, &index, to: &result)
      case UInt8(ascii: "U"): try appendHex(8, "\\UXXXXXXXX", text, &index, to: &result)
      case UInt8(ascii: "N"):
        guard index < text.count, text[index] == UInt8(ascii: "{"), let end = text[index...].firstIndex(of: 0x7D),
          end > index + 1
        else { throw .syntax("malformed \\N character escape", line: 0) }
        let name = String(decoding: text[(index + 1)..<end], as: UTF8.self)
        throw .unsupported("characters by name (\\N{\(name)}) are not supported; write the character")
      case 0x80...:
        // The reference writes the character as an escape first, so that the backslash escapes that backslash.
        let (value, length) = text.withUnsafeBytes { PythonText.point(in: $0, at: index - 1) }
        let escape =
          value < 0x100
          ? "x" + PythonText.hex(value, width: 2)
          : value < 0x10000 ? "u" + PythonText.hex(value, width: 4) : "U" + PythonText.hex(value, width: 8)
        result += [UInt8(ascii: "\\")] + Array(escape.utf8)
        index += length - 1
      default: result += [UInt8(ascii: "\\"), code]
      }
    }
    return result
  }

  private static func appendHex(
    _ count: Int, _ form: String, _ text: [UInt8], _ index: inout Int, to result: inout [UInt8]
  ) throws(TemplateError) {
    var value: UInt32 = 0
    for offset in 0..<count {
      guard index + offset < text.count, let digit = BigInteger.digit(text[index + offset]), digit < 16 else {
        throw .syntax("truncated \(form) escape", line: 0)
      }
      value = value << 4 | UInt32(digit)
    }
    guard value <= 0x10FFFF else { throw .syntax("illegal Unicode character", line: 0) }
    index += count
    PythonText.append(value, to: &result)
  }
}
