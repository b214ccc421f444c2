/// printf-style formatting: `text % value`.
struct PercentFormat {
  private let text: JinjaText
  private let bytes: [UInt8]
  private let value: JinjaValue
  private let escapes: Bool
  private let renderer: Renderer
  private var arguments: [JinjaValue]
  private var isMapping: Bool
  private var next = 0
  private var index = 0
  private var usesKeys = false

  static func format(
    _ text: JinjaText, with value: JinjaValue, escapes: Bool = false, in renderer: Renderer
  ) throws(TemplateError) -> JinjaText {
    var formatter = PercentFormat(text, value, escapes: escapes, in: renderer)
    return try formatter.format()
  }

  private init(_ text: JinjaText, _ value: JinjaValue, escapes: Bool, in renderer: Renderer) {
    self.text = text
    self.value = value
    self.escapes = escapes
    self.renderer = renderer
    bytes = text.array
    if case .tuple(let tuple) = value {
      arguments = tuple.elements
      isMapping = false
    } else {
      arguments = [value]
      switch value {
      case .dict, .list, .undefined: isMapping = true
      case .object(let object): isMapping = object is RangeValue || object is BytesValue
      default: isMapping = false
      }
    }
  }

  private mutating func format() throws(TemplateError) -> JinjaText {
    var output = TextOutput()
    var start = 0
    while index < bytes.count {
      guard bytes[index] == UInt8(ascii: "%") else {
        index += 1
        continue
      }
      output.append(text.slice(start..<index))
      index += 1
      output.append(try conversion())
      start = index
      try renderer.checkSize(output.size)
    }
    output.append(text.slice(start..<bytes.count))
    if next < arguments.count, !isMapping, !usesKeys {
      throw .type("not all arguments converted during string formatting")
    }
    return JinjaText(output)
  }

  private func peek() throws(TemplateError) -> UInt8 {
    guard index < bytes.count else { throw .value("incomplete format") }
    return bytes[index]
  }

  private mutating func nextArgument() throws(TemplateError) -> JinjaValue {
    guard next < arguments.count else { throw .type("not enough arguments for format string") }
    defer { next += 1 }
    return arguments[next]
  }

  private mutating func readKey() throws(TemplateError) {
    guard try peek() == UInt8(ascii: "(") else { return }
    guard isMapping else { throw .type("format requires a mapping") }
    index += 1
    let start = index
    var level = 1
    while index < bytes.count, level > 0 {
      if bytes[index] == UInt8(ascii: ")") { level -= 1 }
      if bytes[index] == UInt8(ascii: "(") { level += 1 }
      index += 1
    }
    guard level == 0 else { throw .value("incomplete format key") }
    let key = text.slice(start..<index - 1)
    guard case .dict(let dict) = value else {
      if case .undefined(let undefined) = value { throw undefined.error }
      throw .type("\(value.typeName) indices must be integers or slices, not str")
    }
    guard let found = dict.member(key) else {
      throw TemplateError(.failed, key.repr, className: "KeyError")
    }
    arguments = [found]
    next = 0
    usesKeys = true
  }

  private mutating func number(isPrecision: Bool = false) throws(TemplateError) -> Int? {
    if try peek() == UInt8(ascii: "*") {
      index += 1
      let argument = try nextArgument()
      guard let number = argument.index else { throw .type("* wants int") }
      guard let value = number.int, !isPrecision || Int32(exactly: value) != nil else {
        throw .overflow("Python int too large to convert to C \(isPrecision ? "int" : "ssize_t")")
      }
      return value
    }
    var value: Int?
    while index < bytes.count, (0x30...0x39).contains(bytes[index]) {
      let (product, overflow) = (value ?? 0).multipliedReportingOverflow(by: 10)
      guard !overflow, product < Int(Int32.max) else { throw .value("width too big") }
      value = product + Int(bytes[index] - 0x30)
      index += 1
    }
    return value
  }

  private mutating func conversion() throws(TemplateError) -> JinjaText {
    if try peek() == UInt8(ascii: "%") {
      index += 1
      return JinjaText("%")
    }
    try readKey()
    var isLeft = false
    var isZero = false
    var isAlternate = false
    var sign = ""
    flags: while index < bytes.count {
      switch bytes[index] {
      case UInt8(ascii: "-"): isLeft = true
      case UInt8(ascii: "+"): sign = "+"
      case UInt8(ascii: " "): if sign.isEmpty { sign = " " }
      case UInt8(ascii: "#"): isAlternate = true
      case UInt8(ascii: "0"): isZero = true
      default: break flags
      }
      index += 1
    }
    var width = try number() ?? 0
    if width < 0 {
      isLeft = true
      width = width == .min ? .max : -width
    }
    var precision: Int?
    if try peek() == UInt8(ascii: ".") {
      index += 1
      precision = max(0, try number(isPrecision: true) ?? 0)
    }
    if [UInt8(ascii: "h"), UInt8(ascii: "l"), UInt8(ascii: "L")].contains(try peek()) { index += 1 }
    let type = try peek()
    try renderer.charge(bytes: width)
    try renderer.charge(bytes: precision ?? 0)
    let code = Character(Unicode.Scalar(type))
    index += 1
    let argument = try nextArgument()
    switch code {
    case "s", "r", "a": return try textual(argument, code, width, precision, isLeft)
    case "c": return pad(try character(argument), width, isLeft)
    case "d", "i", "u", "o", "x", "X":
      let (isNegative, prefix, digits) = try whole(argument, code, precision, isAlternate)
      return numeric(argument, isNegative ? "-" : sign, prefix, digits, width, isLeft, isZero)
    case "e", "E", "f", "F", "g", "G":
      guard let value = try Arithmetic.double(argument) else {
        if case .undefined(let undefined) = argument { throw undefined.error }
        throw .type("must be real number, not \(argument.typeName)")
      }
      var digits = FloatFormat.digits(
        value, type: Character(code.lowercased()), precision: precision, isAlternate: isAlternate)
      if code.isUppercase { digits = digits.uppercased() }
      let isNegative = value.sign == .minus && !value.isNaN
      return numeric(argument, isNegative ? "-" : sign, "", digits, width, isLeft, isZero)
    default:
      let position = withExtendedLifetime(text.storage) { PythonText.length(text.slice(0..<index - 1).bytes) }
      let point = bytes.withUnsafeBytes { PythonText.point(in: $0, at: index - 1).value }
      let shown =
        (0x20..<0x7F).contains(point) || point >= 0x80
        ? Unicode.Scalar(point).map { String(Character($0)) } ?? "?" : "?"
      throw .value(
        "unsupported format character '\(shown)' (0x\(String(point, radix: 16))) at index \(position)")
    }
  }

  private func textual(
    _ argument: JinjaValue, _ code: Character, _ width: Int, _ precision: Int?, _ isLeft: Bool
  ) throws(TemplateError) -> JinjaText {
    var text: JinjaText
    switch code {
    case "s": text = try renderer.string(argument)
    case "r": text = JinjaText(try renderer.repr(argument), origin: Origins.origin(of: argument))
    default: text = PythonASCII.ascii(try renderer.repr(argument), origin: Origins.origin(of: argument))
    }
    if escapes, code != "s" || !argument.isMarkup { text = Markup.escape(text) }
    if let precision {
      let offsets = text.offsets
      if precision < offsets.count - 1 { text = text.slice(0..<offsets[precision]) }
    }
    return pad(text, width, isLeft)
  }

  private func character(_ argument: JinjaValue) throws(TemplateError) -> JinjaText {
    if let text = argument.textValue {
      guard text.offsets.count == 2 else { throw .type("%c requires int or char") }
      return text
    }
    guard let number = argument.index else { throw .type("%c requires int or char") }
    guard let value = number.int, (0...0x10FFFF).contains(value) else {
      throw .overflow("%c arg not in range(0x110000)")
    }
    var bytes: [UInt8] = []
    PythonText.append(UInt32(value), to: &bytes)
    return JinjaText(bytes)
  }

  private func whole(
    _ argument: JinjaValue, _ code: Character, _ precision: Int?, _ isAlternate: Bool
  ) throws(TemplateError) -> (isNegative: Bool, prefix: String, digits: String) {
    let isDecimal = "diu".contains(code)
    var number: BigInteger
    if let index = argument.index {
      number = index
    } else if isDecimal, case .real(let value, _) = argument {
      number = try NumberConversion.truncated(value)
    } else if case .undefined(let undefined) = argument, isDecimal {
      throw undefined.error
    } else {
      let wanted = isDecimal ? "a real number" : "an integer"
      throw .type("%\(code) format: \(wanted) is required, not \(argument.typeName)")
    }
    let isNegative = number.isNegative
    number = number.magnitude
    let radix = isDecimal ? 10 : code == "o" ? 8 : 16
    try renderer.charge(digits: number.bitWidth >> 2)
    var digits = radix == 10 ? try Renderer.decimal(number) : number.text(radix: radix)
    if let precision, digits.utf8.count < precision {
      digits = String(repeating: "0", count: precision - digits.utf8.count) + digits
    }
    if code == "X" { digits = digits.uppercased() }
    return (isNegative, isAlternate && !isDecimal ? "0\(code)" : "", digits)
  }

  private func numeric(
    _ argument: JinjaValue, _ sign: String, _ prefix: String, _ digits: String, _ width: Int, _ isLeft: Bool,
    _ isZero: Bool
  ) -> JinjaText {
    let missing = width - sign.utf8.count - prefix.utf8.count - digits.utf8.count
    let zeros = isZero && !isLeft ? String(repeating: "0", count: max(0, missing)) : ""
    let text = JinjaText(sign + prefix + zeros + digits, origin: Origins.origin(of: argument))
    return pad(text, width, isLeft)
  }

  private func pad(_ text: JinjaText, _ width: Int, _ isLeft: Bool) -> JinjaText {
    let missing = width - (text.offsets.count - 1)
    guard missing > 0 else { return text }
    let blanks = JinjaText(Array(repeating: 0x20, count: missing))
    return isLeft ? JinjaText.joined([text, blanks]) : JinjaText.joined([blanks, text])
  }
}
