/// Python's arithmetic on numbers, texts and lists.
enum Arithmetic {
  static func signed(_ value: JinjaValue, isMinus: Bool) throws(TemplateError) -> JinjaValue {
    try opposite(value, isMinus).with(value.numberOrigin)
  }

  private static func opposite(_ value: JinjaValue, _ isMinus: Bool) throws(TemplateError) -> JinjaValue {
    switch value {
    case .undefined(let undefined): throw undefined.error
    case .real(let number, _): return .float(isMinus ? -number : number)
    default:
      guard let number = value.index else {
        throw .type("bad operand type for unary \(isMinus ? "-" : "+"): '\(value.typeName)'")
      }
      return .integer(isMinus ? number.negated : number)
    }
  }

  static func unsupported(_ symbol: String, _ left: JinjaValue, _ right: JinjaValue) -> TemplateError {
    let name = symbol == "**" ? "** or pow()" : symbol
    return .type("unsupported operand type(s) for \(name): '\(left.typeName)' and '\(right.typeName)'")
  }

  /// The value as a double; nil where it is no number.
  static func double(_ value: JinjaValue) throws(TemplateError) -> Double? {
    switch value {
    case .real(let number, _): return number
    case .whole(let number, _): return Double(number)
    case .flag(let flag, _): return flag ? 1 : 0
    case .big(let number):
      guard number.double.isFinite else { throw .overflow("int too large to convert to float") }
      return number.double
    default: return nil
    }
  }
}

extension Renderer {
  /// `left + right`
  func add(_ left: JinjaValue, _ right: JinjaValue) throws(TemplateError) -> JinjaValue {
    switch (left, right) {
    case (.text(let a), .text(let b)):
      try charge(bytes: a.chargedCount + b.chargedCount)
      return .text(a + b)
    case (.whole(let a, let first), .whole(let b, let second)):
      let (sum, overflow) = a.addingReportingOverflow(b)
      return overflow ? .integer(BigInteger(a) + BigInteger(b)) : .whole(sum, first.joined(second))
    case (.markup(let a), .text), (.markup(let a), .markup):
      return .markup(try joined([a, try escaped(right)]))
    case (.text, .markup(let b)): return .markup(try joined([try escaped(left), b]))
    case (.undefined(let undefined), _), (_, .undefined(let undefined)): throw undefined.error
    case (.markup, _): throw Arithmetic.unsupported("+", left, right)
    case (.text, _):
      throw .type("can only concatenate str (not \"\(right.typeName)\") to str")
    case (.list(let a), .list(let b)):
      try charge(elements: a.elements.count + b.elements.count)
      return .list(a.elements + b.elements)
    case (.list, _): throw .type("can only concatenate list (not \"\(right.typeName)\") to list")
    case (.tuple(let a), .tuple(let b)):
      try charge(elements: a.elements.count + b.elements.count)
      return .tuple(a.elements + b.elements)
    case (.tuple, _): throw .type("can only concatenate tuple (not \"\(right.typeName)\") to tuple")
    case (.object(let a as BytesValue), _):
      guard case .object(let b as BytesValue) = right else {
        throw .type("can't concat \(right.typeName) to bytes")
      }
      try charge(bytes: a.bytes.count + b.bytes.count)
      return .object(BytesValue(a.bytes + b.bytes, origin: a.origin.joined(b.origin)))
    default:
      return try numeric(.add, left, right)
    }
  }

  /// The other operators.
  func compute(_ operation: BinaryOperator, _ left: JinjaValue, _ right: JinjaValue) throws(TemplateError) -> JinjaValue
  {
    switch (operation, left, right) {
    case (.add, _, _): return try add(left, right)
    case (.mod, .text(let format), _): return .text(try PercentFormat.format(format, with: right, in: self))
    case (.mod, .markup(let format), _):
      return .markup(try PercentFormat.format(format, with: right, escapes: true, in: self))
    case (_, .undefined(let undefined), _): throw undefined.error
    case (.mul, .object(_ as BytesValue), _), (.mod, .object(_ as BytesValue), _), (.mul, _, .object(_ as BytesValue)):
      throw .unsupported("\(operation.rawValue) of bytes is not supported")
    case (.mul, _, _):
      if let value = try repeated(left, right) { return value }
    default: break
    }
    if case .undefined(let undefined) = right { throw undefined.error }
    return try numeric(operation, left, right)
  }

  /// A sequence times a number; nil where neither operand is a sequence.
  private func repeated(_ left: JinjaValue, _ right: JinjaValue) throws(TemplateError) -> JinjaValue? {
    let (sequence, factor) = left.isSequence ? (left, right) : (right, left)
    guard sequence.isSequence else { return nil }
    if case .undefined(let undefined) = factor, !left.isMarkup { throw undefined.error }
    guard let number = factor.index else {
      // The methods of Markup are asked first.
      if !sequence.isMarkup, factor.isMarkup {
        throw .type("'\(sequence.typeName)' object cannot be interpreted as an integer")
      }
      if sequence.isMarkup {
        throw .type("'\(factor.typeName)' object cannot be interpreted as an integer")
      }
      throw .type("can't multiply sequence by non-int of type '\(factor.typeName)'")
    }
    guard let times = number.int else { throw .overflow("cannot fit 'int' into an index-sized integer") }
    let count = max(0, times)
    switch sequence {
    case .text(let text): return .text(try repeated(text, count))
    case .markup(let text): return .markup(try repeated(text, count))
    case .list(let list): return .list(try repeated(list.elements, count))
    case .tuple(let tuple): return .tuple(try repeated(tuple.elements, count))
    default: return nil
    }
  }

  func repeated(_ text: JinjaText, _ count: Int) throws(TemplateError) -> JinjaText {
    let (total, overflow) = text.count.multipliedReportingOverflow(by: count)
    try charge(bytes: overflow ? .max : total)
    guard total > 0 else { return .empty }
    if count == 1 { return text }
    var bytes = text.array
    bytes.reserveCapacity(total)
    while bytes.count < total { bytes.append(contentsOf: bytes.prefix(total - bytes.count)) }
    return JinjaText(bytes, origin: text.computedOrigin)
  }

  private func repeated(_ elements: [JinjaValue], _ count: Int) throws(TemplateError) -> [JinjaValue] {
    let (total, overflow) = elements.count.multipliedReportingOverflow(by: count)
    try charge(elements: overflow ? .max : total)
    return total == 0 ? [] : Array(repeatElement(elements, count: count).joined())
  }

  // MARK: - Numbers

  private func numeric(
    _ operation: BinaryOperator, _ left: JinjaValue, _ right: JinjaValue
  ) throws(TemplateError) -> JinjaValue {
    try number(operation, left, right).with(left.numberOrigin.joined(right.numberOrigin))
  }

  private func number(
    _ operation: BinaryOperator, _ left: JinjaValue, _ right: JinjaValue
  ) throws(TemplateError) -> JinjaValue {
    if case .whole(let a, _) = left, case .whole(let b, _) = right, let value = Self.small(operation, a, b) {
      return value
    }
    if let a = left.index, let b = right.index { return try whole(operation, a, b) }
    guard left.isNumber, right.isNumber, let a = try Arithmetic.double(left), let b = try Arithmetic.double(right)
    else { throw Arithmetic.unsupported(operation.rawValue, left, right) }
    return .float(try floating(operation, a, b))
  }

  private static func small(_ operation: BinaryOperator, _ a: Int, _ b: Int) -> JinjaValue? {
    switch operation {
    case .sub:
      let (value, overflow) = a.subtractingReportingOverflow(b)
      return overflow ? nil : .int(value)
    case .mul:
      let (value, overflow) = a.multipliedReportingOverflow(by: b)
      return overflow ? nil : .int(value)
    case .floordiv, .mod:
      guard b > 0 else { return nil }
      let (quotient, remainder) = a.quotientAndRemainder(dividingBy: b)
      let isBelow = remainder < 0
      return .int(operation == .mod ? (isBelow ? remainder + b : remainder) : (isBelow ? quotient - 1 : quotient))
    default: return nil
    }
  }

  private func whole(_ operation: BinaryOperator, _ a: BigInteger, _ b: BigInteger) throws(TemplateError) -> JinjaValue
  {
    switch operation {
    case .add: return .integer(a + b)
    case .sub: return .integer(a - b)
    case .mul:
      try charge(bytes: a.limbs.count * b.limbs.count)
      return .integer(a * b)
    case .div: return .float(try Self.quotient(a, b))
    case .floordiv, .mod:
      guard !b.isZero else {
        let message = operation == .mod ? "integer modulo by zero" : "integer division or modulo by zero"
        throw TemplateError(.failed, message, className: "ZeroDivisionError")
      }
      try charge(bytes: a.limbs.count * b.limbs.count)
      let (quotient, remainder) = a.dividedFloor(by: b)
      return .integer(operation == .mod ? remainder : quotient)
    case .pow:
      if b.isNegative {
        guard let x = try Arithmetic.double(.integer(a)), let y = try Arithmetic.double(.integer(b)) else {
          return .none
        }
        return .float(try floating(.pow, x, y))
      }
      guard a.bitWidth > 1 else { return .integer(a.isZero && !b.isZero ? a : b.isOdd ? a : BigInteger(1)) }
      guard let exponent = b.int, exponent <= limits.outputBytes * 8 / a.bitWidth else {
        throw .limit("it makes a number of more than \(limits.outputBytes) bytes")
      }
      let limbs = a.bitWidth * exponent / 32 + 1
      try charge(bytes: limbs.multipliedReportingOverflow(by: limbs).overflow ? .max : min(limbs * limbs, Int.max))
      return .integer(a.raised(to: exponent))
    }
  }

  /// The quotient of whole numbers rounded once.
  private static func quotient(_ a: BigInteger, _ b: BigInteger) throws(TemplateError) -> Double {
    guard !b.isZero else { throw TemplateError(.failed, "division by zero", className: "ZeroDivisionError") }
    if a.bitWidth <= 53, b.bitWidth <= 53 { return a.double / b.double }
    // Enough bits of the quotient for rounding, and a sticky one for the remainder.
    let shift = max(0, 66 - (a.bitWidth - b.bitWidth))
    let (whole, rest) = a.magnitude.shiftedLeft(shift).dividedFloor(by: b.magnitude)
    let sticky = rest.isZero ? whole : whole.shiftedLeft(1) + BigInteger(1)
    let value = Double(sign: .plus, exponent: -(rest.isZero ? shift : shift + 1), significand: sticky.double)
    guard value.isFinite else { throw .overflow("integer division result too large for a float") }
    return a.isNegative != b.isNegative ? -value : value
  }

  private func floating(_ operation: BinaryOperator, _ a: Double, _ b: Double) throws(TemplateError) -> Double {
    switch operation {
    case .add: return a + b
    case .sub: return a - b
    case .mul: return a * b
    case .div:
      guard b != 0 else { throw TemplateError(.failed, "float division by zero", className: "ZeroDivisionError") }
      return a / b
    case .floordiv, .mod:
      guard b != 0 else {
        let message = operation == .mod ? "float modulo" : "float floor division by zero"
        throw TemplateError(.failed, message, className: "ZeroDivisionError")
      }
      // CPython's float_divmod.
      var remainder = a.truncatingRemainder(dividingBy: b)
      var quotient = (a - remainder) / b
      if remainder != 0 {
        if (b < 0) != (remainder < 0) {
          remainder += b
          quotient -= 1
        }
      } else {
        remainder = b.sign == .minus ? -0.0 : 0.0
      }
      if operation == .mod { return remainder }
      guard quotient != 0 else { return (a / b).sign == .minus ? -0.0 : 0.0 }
      let whole = quotient.rounded(.down)
      return quotient - whole > 0.5 ? whole + 1 : whole
    case .pow: return try FloatPower.power(a, b)
    }
  }
}

extension JinjaValue {
  var isSequence: Bool {
    switch self {
    case .text, .markup, .list, .tuple: true
    default: false
    }
  }

  /// Whether the value is a number, booleans included.
  var isNumber: Bool {
    switch self {
    case .flag, .whole, .big, .real: true
    default: false
    }
  }
}
