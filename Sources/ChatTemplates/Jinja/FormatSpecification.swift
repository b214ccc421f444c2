/// Python's format specification: `[[fill]align][sign][z][#][0][width][grouping][.precision][type]`.
struct FormatSpecification {
  var fill: UInt32 = 0x20
  var align: Character?
  var sign: Character = "-"
  /// Whether a sign is given, if only the default.
  var hasSign = false
  var isAlternate = false
  var coercesZero = false
  var width = 0
  var grouping: Character?
  var precision: Int?
  var type: Character?

  /// Reads a specification for a value of a type.
  init(_ text: String, for typeName: String, in renderer: Renderer) throws(TemplateError) {
    let scalars = Array(text.unicodeScalars)
    var index = 0
    func isAlign(_ position: Int) -> Bool {
      position < scalars.count && "<>=^".unicodeScalars.contains(scalars[position])
    }
    func take(_ scalar: Unicode.Scalar) -> Bool {
      guard index < scalars.count, scalars[index] == scalar else { return false }
      index += 1
      return true
    }
    var hasFill = false
    if isAlign(1) {
      fill = scalars[0].value
      hasFill = true
      align = Character(scalars[1])
      index = 2
    } else if isAlign(0) {
      align = Character(scalars[0])
      index = 1
    }
    if index < scalars.count, "+- ".unicodeScalars.contains(scalars[index]) {
      sign = Character(scalars[index])
      hasSign = true
      index += 1
    }
    coercesZero = take("z")
    isAlternate = take("#")
    if !hasFill, take("0") {
      fill = 0x30
      if align == nil, typeName != "str" { align = "=" }
    }
    func number() throws(TemplateError) -> Int? {
      var value: Int?
      while index < scalars.count, let digit = PythonText.decimalValue(scalars[index].value) {
        let (next, overflow) = (value ?? 0).multipliedReportingOverflow(by: 10)
        guard !overflow, next <= Int.max - 9 else { throw .value("Too many decimal digits in format string") }
        value = next + Int(digit)
        index += 1
      }
      return value
    }
    width = try number() ?? 0
    if take(",") { grouping = "," }
    if take("_") {
      guard grouping == nil else { throw .value("Cannot specify both ',' and '_'.") }
      grouping = "_"
    }
    if take(",") {
      if grouping == "_" { throw .value("Cannot specify both ',' and '_'.") }
      throw .value("Cannot specify ',' with ','.")
    }
    if take(".") {
      guard let digits = try number() else { throw .value("Format specifier missing precision") }
      precision = digits
    }
    let rest = scalars.count - index
    if rest > 1 {
      throw .value("Invalid format specifier '\(text)' for object of type '\(typeName)'")
    }
    if rest == 1 { type = Character(scalars[index]) }
    try checkGrouping(typeName)
    try renderer.charge(bytes: width)
    try renderer.charge(bytes: precision ?? 0)
  }

  func unknownCode(_ typeName: String) -> TemplateError {
    let code = type.map(String.init) ?? ""
    return .value("Unknown format code '\(code)' for object of type '\(typeName)'")
  }

  /// Checks that grouping fits the type, given or by default.
  private func checkGrouping(_ typeName: String) throws(TemplateError) {
    guard let grouping, let type = type ?? (typeName == "str" ? "s" : nil) else { return }
    let allowed = grouping == "_" ? "bodxXeEfFgG%" : "deEfFgG%"
    guard allowed.contains(type) else {
      let code = type.isASCII ? String(type) : "\\x" + String(type.unicodeScalars.first?.value ?? 0, radix: 16)
      throw .value("Cannot specify '\(grouping)' with '\(code)'.")
    }
  }

  /// Pads a text.
  func padded(_ text: JinjaText, defaultAlign: Character, in renderer: Renderer) throws(TemplateError) -> JinjaText {
    let missing = width - (text.offsets.count - 1)
    guard missing > 0 else { return text }
    var bytes: [UInt8] = []
    PythonText.append(fill, to: &bytes)
    let fill = JinjaText(bytes)
    let left =
      switch align ?? defaultAlign {
      case "<": 0
      case "^": missing / 2
      default: missing
      }
    return try renderer.joined([
      try renderer.repeated(fill, left), text, try renderer.repeated(fill, missing - left),
    ])
  }

  /// Joins sign, prefix and digits with padding and grouping.
  func assembled(
    isNegative: Bool, prefix: String = "", digits: String, groupSize: Int = 3, in renderer: Renderer
  ) throws(TemplateError) -> JinjaText {
    let mark = isNegative ? "-" : sign == "-" ? "" : String(sign)
    // Grouping and zeros belong to the digits before a point, an exponent or a percent sign.
    let whole = digits.prefix { $0.isASCII && ($0.isHexDigit && groupSize == 4 || $0.isNumber) }
    let tail = digits.dropFirst(whole.count)
    var number = String(whole)
    let isNumeric = !whole.isEmpty
    if align == "=", fill == 0x30, isNumeric {
      let space = width - mark.utf8.count - prefix.utf8.count - tail.utf8.count
      var needed = grouping == nil ? space : space - space / (groupSize + 1)
      // Where the first place would be a separator, Python adds a zero before it.
      if grouping != nil, space > 0, space % (groupSize + 1) == 0 { needed += 1 }
      if number.utf8.count < needed {
        number = String(repeating: "0", count: needed - number.utf8.count) + number
      }
    }
    if let grouping, isNumeric { number = Self.grouped(number, by: groupSize, with: grouping) }
    let body = number + tail
    let head = mark + prefix
    guard align == "=" else {
      return try padded(JinjaText(head + body), defaultAlign: ">", in: renderer)
    }
    let missing = width - head.utf8.count - body.utf8.count
    var bytes: [UInt8] = []
    PythonText.append(fill, to: &bytes)
    return try renderer.joined([
      JinjaText(head), try renderer.repeated(JinjaText(bytes), max(0, missing)), JinjaText(body),
    ])
  }

  private static func grouped(_ digits: String, by size: Int, with separator: Character) -> String {
    var result = ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.utf8.count - index) % size == 0 { result.append(separator) }
      result.append(digit)
    }
    return result
  }
}

extension Renderer {
  /// Python's `format(value, specification)`.
  func format(_ value: JinjaValue, _ text: String) throws(TemplateError) -> JinjaText {
    if text.isEmpty { return try string(value) }
    let result: JinjaText
    switch value {
    case .text(let string), .markup(let string):
      return try format(string, FormatSpecification(text, for: value.typeName, in: self), value.typeName)
    case .flag, .whole, .big:
      let name = value.typeName
      result = try format(value.index ?? BigInteger(0), FormatSpecification(text, for: name, in: self), name)
    case .real(let number, _): result = try format(number, FormatSpecification(text, for: "float", in: self))
    default: throw .type("unsupported format string passed to \(value.typeName).__format__")
    }
    return value.numberOrigin == .template ? result : result.with(value.numberOrigin)
  }

  private func format(
    _ text: JinjaText, _ specification: FormatSpecification, _ typeName: String
  ) throws(TemplateError) -> JinjaText {
    guard specification.type == nil || specification.type == "s" else { throw specification.unknownCode(typeName) }
    if specification.hasSign {
      let sign = specification.sign == " " ? "Space" : "Sign"
      throw .value("\(sign) not allowed in string format specifier")
    }
    if specification.coercesZero { throw .value("Negative zero coercion (z) not allowed in string format specifier") }
    if specification.isAlternate { throw .value("Alternate form (#) not allowed in string format specifier") }
    if specification.align == "=" { throw .value("'=' alignment not allowed in string format specifier") }
    var text = text
    if let precision = specification.precision {
      let offsets = text.offsets
      if precision < offsets.count - 1 { text = text.slice(0..<offsets[precision]) }
    }
    return try specification.padded(text, defaultAlign: "<", in: self)
  }

  private func format(
    _ number: BigInteger, _ specification: FormatSpecification, _ typeName: String
  ) throws(TemplateError) -> JinjaText {
    let type = specification.type ?? "d"
    if "eEfFgG%".contains(type) {
      let value = number.double
      guard value.isFinite else { throw .overflow("int too large to convert to float") }
      return try format(value, specification)
    }
    guard "bcdnoxX".contains(type) else { throw specification.unknownCode(typeName) }
    if specification.precision != nil { throw .value("Precision not allowed in integer format specifier") }
    if specification.coercesZero {
      throw .value("Negative zero coercion (z) not allowed in format specifier with integer format code '\(type)'")
    }
    if type == "c" { return try formatCharacter(number, specification) }
    let radix = type == "b" ? 2 : type == "o" ? 8 : type == "x" || type == "X" ? 16 : 10
    var digits = radix == 10 ? try Self.decimal(number.magnitude) : number.magnitude.text(radix: radix)
    var prefix = specification.isAlternate && radix != 10 ? "0\(type)" : ""
    if type == "X" {
      digits = digits.uppercased()
      prefix = prefix.uppercased()
    }
    return try specification.assembled(
      isNegative: number.isNegative, prefix: prefix, digits: digits, groupSize: radix == 10 ? 3 : 4, in: self)
  }

  private func formatCharacter(
    _ number: BigInteger, _ specification: FormatSpecification
  ) throws(TemplateError) -> JinjaText {
    if specification.hasSign { throw .value("Sign not allowed with integer format specifier 'c'") }
    if specification.isAlternate { throw .value("Alternate form (#) not allowed with integer format specifier 'c'") }
    guard let value = number.int else { throw .overflow("Python int too large to convert to C long") }
    guard (0...0x10FFFF).contains(value) else {
      throw .overflow("%c arg not in range(0x110000)")
    }
    var bytes: [UInt8] = []
    PythonText.append(UInt32(value), to: &bytes)
    return try specification.padded(JinjaText(bytes), defaultAlign: ">", in: self)
  }

  private func format(_ number: Double, _ specification: FormatSpecification) throws(TemplateError) -> JinjaText {
    let type = specification.type
    if let type, !"eEfFgGn%".contains(type) { throw specification.unknownCode("float") }
    var digits = FloatFormat.digits(
      number, type: type, precision: specification.precision, isAlternate: specification.isAlternate)
    let isZero = !digits.contains { ("1"..."9").contains($0) } && number.isFinite
    let isNegative = number.sign == .minus && !number.isNaN && !(specification.coercesZero && isZero)
    if type == "E" || type == "G" || type == "F" { digits = digits.uppercased() }
    return try specification.assembled(isNegative: isNegative, digits: digits, in: self)
  }
}

/// The digits of floats as Python formats them, without sign.
enum FloatFormat {
  static func digits(_ number: Double, type: Character?, precision: Int?, isAlternate: Bool) -> String {
    let value = type == "%" ? number * 100 : number
    guard value.isFinite else { return (value.isNaN ? "nan" : "inf") + (type == "%" ? "%" : "") }
    switch type {
    case "f", "F":
      let text = DecimalDigits.fixed(value, decimals: precision ?? 6)
      return isAlternate && precision == 0 ? text + "." : text
    case "%":
      let text = DecimalDigits.fixed(value, decimals: precision ?? 6)
      return text + (isAlternate && precision == 0 ? ".%" : "%")
    case "e", "E": return scientific(value, decimals: precision ?? 6, isAlternate: isAlternate)
    case nil where precision == nil:
      let text = Renderer.text(of: value.magnitude)
      return isAlternate && !text.contains(".") ? withPoint(text) : text
    default: return general(value, precision: max(1, precision ?? 6), isAlternate: isAlternate, addsZero: type == nil)
    }
  }

  private static func withPoint(_ text: String) -> String {
    guard let exponent = text.firstIndex(of: "e") else { return text + "." }
    return text[..<exponent] + "." + text[exponent...]
  }

  private static func exponentText(_ exponent: Int) -> String {
    "e\(exponent < 0 ? "-" : "+")\(abs(exponent) < 10 ? "0" : "")\(abs(exponent))"
  }

  private static func scientific(_ value: Double, decimals: Int, isAlternate: Bool) -> String {
    let (digits, exponent) = DecimalDigits.scientific(value, decimals: decimals)
    let point = decimals > 0 || isAlternate ? "." : ""
    return digits.prefix(1) + point + digits.dropFirst() + exponentText(exponent)
  }

  private static func general(_ value: Double, precision: Int, isAlternate: Bool, addsZero: Bool) -> String {
    let (digits, exponent) = DecimalDigits.scientific(value, decimals: precision - 1)
    let isScientific = exponent < -4 || exponent >= precision - (addsZero ? 1 : 0)
    if isScientific {
      let fraction = isAlternate ? String(digits.dropFirst()) : trimmed(String(digits.dropFirst()))
      let point = fraction.isEmpty && !isAlternate ? "" : "."
      return digits.prefix(1) + point + fraction + exponentText(exponent)
    }
    let text = DecimalDigits.fixed(value, decimals: precision - 1 - exponent)
    guard text.contains(".") else { return isAlternate ? text + "." : addsZero ? text + ".0" : text }
    if isAlternate { return text }
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    let fraction = trimmed(String(parts[1]))
    return fraction.isEmpty ? String(parts[0]) + (addsZero ? ".0" : "") : "\(parts[0]).\(fraction)"
  }

  private static func trimmed(_ digits: String) -> String {
    var digits = digits
    while digits.hasSuffix("0") { digits.removeLast() }
    return digits
  }
}
