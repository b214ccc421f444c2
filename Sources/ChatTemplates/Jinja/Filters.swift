/// The filters of jinja2, with `tojson` as transformers defines it.
///
/// Source: jinja2 3.1.6, `filters.py`.
enum Filters {
  static let table: [String: FilterFunction] = textFilters.merging(listFilters) { $1 }.merging(numberFilters) { $1 }

  /// A filter of a text without parameters.
  static func textual(
    _ name: String, _ convert: @escaping @Sendable (JinjaText) -> JinjaText
  ) -> FilterFunction {
    { value, arguments, renderer throws(TemplateError) in
      if !arguments.isEmpty { _ = try arguments.bind(name, [], offset: 1) }
      let text = try renderer.string(value)
      try renderer.charge(characters: text.count)
      return value.isMarkup ? .markup(convert(text)) : .text(convert(text))
    }
  }

  static func integer(_ value: JinjaValue?, default fallback: Int) throws(TemplateError) -> Int {
    try TextMethods.integer(value) ?? fallback
  }

  /// The text of a value that must be a `str`.
  static func text(_ value: JinjaValue, for method: String) throws(TemplateError) -> JinjaText {
    if case .undefined(let undefined) = value { throw undefined.error }
    guard let text = value.textValue else {
      throw missing(method, of: value)
    }
    return text
  }

  /// The error where a filter calls a method that a value does not have.
  static func missing(_ method: String, of value: JinjaValue) -> TemplateError {
    switch value {
    case .object(let object) where object is NamespaceValue:
      TemplateError(.failed, method, className: "AttributeError")
    case .object(let object) where object is CyclerValue && method == "items":
      .type("'tuple' object is not callable")
    default:
      TemplateError(
        .failed, "'\(value.typeName)' object has no attribute '\(method)'", className: "AttributeError")
    }
  }

  // MARK: - Numbers and single values

  private static let numberFilters: [String: FilterFunction] = [
    "abs": { value, arguments, renderer throws(TemplateError) in
      guard arguments.keywords.isEmpty else { throw .type("abs() takes no keyword arguments") }
      guard arguments.isEmpty else { throw .type("abs() takes exactly one argument (\(arguments.count + 1) given)") }
      switch value {
      case .real(let number, _): return .float(number.magnitude).with(value.numberOrigin)
      case .flag, .whole, .big: return .integer((value.index ?? BigInteger(0)).magnitude).with(value.numberOrigin)
      default: throw .type("bad operand type for abs(): '\(value.typeName)'")
      }
    },
    "int": { value, arguments, renderer throws(TemplateError) in
      let given = try arguments.bind("do_int", [.optional("default"), .optional("base")], offset: 1)
      if let text = value.textValue {
        try renderer.charge(characters: text.count)
        try renderer.charge(digits: text.count)
      }
      return try NumberConversion.int(value, given[0] ?? .int(0), given[1])
    },
    "float": { value, arguments, renderer throws(TemplateError) in
      let given = try arguments.bind("do_float", [.optional("default")], offset: 1)
      return try NumberConversion.float(value, given[0] ?? .float(0))
    },
    "round": { value, arguments, renderer throws(TemplateError) in
      try round(value, arguments, renderer).with(value.numberOrigin)
    },
    "filesizeformat": fileSize,
    "default": fallback, "d": fallback,
    "attr": { value, arguments, renderer throws(TemplateError) in
      let given = try arguments.bind("do_attr", [.required("name")], offset: 2)
      let key = given[0] ?? JinjaValue.none
      guard let name = key.textValue else {
        try key.checkHashable()
        throw .type("attribute name must be string, not '\(key.typeName)'")
      }
      if case .undefined(let undefined) = value {
        // Python looks up names with two underscores without asking the undefined value.
        guard name.string.hasPrefix("__") else { throw undefined.error }
        return .undefined(UndefinedValue(.member(of: value, name: key)))
      }
      return try Attributes.find(name.string, of: value, in: renderer)
        ?? .undefined(UndefinedValue(.member(of: value, name: key)))
    },
    "tojson": { value, arguments, renderer throws(TemplateError) in
      try ToJSON.apply(value, arguments, in: renderer)
    },
    "pprint": { value, arguments, renderer throws(TemplateError) in
      _ = try arguments.bind("do_pprint", [], offset: 1)
      return .text(JinjaText(try PrettyPrinter.format(value, in: renderer), origin: Origins.origin(of: value)))
    },
  ]

  private static let fallback: FilterFunction = { value, arguments, _ throws(TemplateError) in
    let given = try arguments.bind("do_default", [.optional("default_value"), .optional("boolean")], offset: 1)
    var isReplaced = value.isUndefined
    if !isReplaced, try given[1]?.isTrue ?? false { isReplaced = try !value.isTrue }
    return isReplaced ? given[0] ?? .text(.empty) : value
  }

  private static let round: FilterFunction = { value, arguments, renderer throws(TemplateError) in
    let given = try arguments.bind("do_round", [.optional("precision"), .optional("method")], offset: 1)
    try given[1]?.checkHashable()
    let method = given[1]?.textValue?.string ?? (given[1] == nil ? "common" : "")
    guard ["common", "ceil", "floor"].contains(method) else {
      throw .filterArgument("method must be common, ceil or floor")
    }
    let precision = given[0] ?? .int(0)
    if method == "common" { return try rounded(value, precision) }
    // As the reference: func(value * 10 ** precision) / 10 ** precision
    let factor = try renderer.compute(.pow, .int(10), precision)
    let scaled = try renderer.compute(.mul, value, factor)
    guard let number = try Arithmetic.double(scaled) else {
      if case .undefined(let undefined) = scaled { throw undefined.error }
      throw .type("must be real number, not \(scaled.typeName)")
    }
    let whole: BigInteger
    if let index = scaled.index {
      whole = index
    } else {
      whole = try NumberConversion.truncated(number.rounded(method == "ceil" ? .up : .down))
    }
    return try renderer.compute(.div, .integer(whole), factor)
  }

  private static func rounded(_ value: JinjaValue, _ precision: JinjaValue) throws(TemplateError) -> JinjaValue {
    switch value {
    case .real(let number, _):
      if case .none = precision { return .integer(try NumberConversion.truncated(number.rounded(.toNearestOrEven))) }
      let digits: Int
      // Python clips numbers that are too large.
      if case .big(let big) = precision {
        digits = big.isNegative ? -1000 : 1000
      } else {
        digits = try integer(precision, default: 0)
      }
      return .float(DecimalDigits.rounded(number, decimals: min(max(digits, -1000), 1000)))
    case .flag, .whole, .big:
      guard let number = value.index else { return value }
      if case .big(let big) = precision, !big.isNegative { return .integer(number) }
      let digits = precision.isNone ? 0 : try integer(precision, default: 0)
      guard digits < 0 else { return .integer(number) }
      guard digits > -5000 else { return .int(0) }
      let unit = BigInteger(10).raised(to: -digits)
      let (quotient, remainder) = number.dividedFloor(by: unit)
      let double = remainder.shiftedLeft(1)
      let isUp = double > unit || double == unit && quotient.isOdd
      return .integer((isUp ? quotient + BigInteger(1) : quotient) * unit)
    case .undefined, .none, .text, .markup, .list, .tuple, .dict, .object, .missing:
      throw .type("type \(value.typeName) doesn't define __round__ method")
    }
  }

  private static let fileSize: FilterFunction = { value, arguments, renderer throws(TemplateError) in
    let given = try arguments.bind("do_filesizeformat", [.optional("binary")], offset: 1)
    let isBinary = try given[0]?.isTrue ?? false
    if case .undefined(let undefined) = value { throw undefined.error }
    let number: Double
    if let text = value.textValue {
      guard let parsed = NumberConversion.float(text) else {
        throw .value("could not convert string to float: \(String(decoding: try renderer.repr(value), as: UTF8.self))")
      }
      number = parsed
    } else if let parsed = try Arithmetic.double(value) {
      number = parsed
    } else {
      throw .type("float() argument must be a string or a real number, not '\(value.typeName)'")
    }
    let base: Double = isBinary ? 1024 : 1000
    let origin = Origins.origin(of: value)
    if number == 1 { return .text(JinjaText("1 Byte", origin: origin)) }
    if number < base {
      return .text(JinjaText("\(try NumberConversion.truncated(number).decimal) Bytes", origin: origin))
    }
    var unit = base
    var prefix: Character = "k"
    for candidate in "kMGTPEZY" {
      unit *= base
      prefix = candidate
      if number < unit { break }
    }
    let size = base * number / unit
    let text = size.isNaN ? "nan" : size.isInfinite ? "inf" : DecimalDigits.fixed(size, decimals: 1)
    let letter = isBinary && prefix == "k" ? "K" : String(prefix)
    return .text(JinjaText("\(text) \(letter)\(isBinary ? "iB" : "B")", origin: origin))
  }
}
