extension Parser {
  // MARK: - Targets

  mutating func parseName() throws(TemplateError) -> String {
    let token = try expect(.name)
    let name = token.text
    guard !Self.reserved.contains(name) else { throw fail("can't assign to 'name'", line: token.line) }
    return name
  }

  /// Names that cannot be assigned to.
  private static let reserved: Set<String> = ["true", "false", "none", "True", "False", "None"]

  mutating func parseTarget(allowsMembers: Bool = false) throws(TemplateError) -> ExpressionSyntax {
    let target = try parseTuple(isSimple: true, allowsMembers: allowsMembers)
    guard Self.isAssignable(target) else {
      throw fail("can't assign to \(PythonText.repr(target.className))", line: target.line)
    }
    return target
  }

  private static func isAssignable(_ target: ExpressionSyntax) -> Bool {
    switch target.kind {
    case .name(let name): !reserved.contains(name)
    case .member: true
    case .tuple(let elements): elements.allSatisfy(isAssignable)
    default: false
    }
  }

  // MARK: - Operators, the loosest first

  mutating func parseExpression(allowsCondition: Bool = true) throws(TemplateError) -> ExpressionSyntax {
    try enter()
    defer { depth -= 1 }
    return allowsCondition ? try parseConditional() : try parseOr()
  }

  private mutating func parseConditional() throws(TemplateError) -> ExpressionSyntax {
    var line = current.line
    var value = try parseOr()
    var count = 0
    while try skipName("if") {
      count += 1
      try enter()
      let test = try parseOr()
      let otherwise = try skipName("else") ? try parseConditional() : nil
      value = ExpressionSyntax(kind: .conditional(test: test, then: value, otherwise: otherwise), line: line)
      line = current.line
    }
    depth -= count
    return value
  }

  private mutating func parseOr() throws(TemplateError) -> ExpressionSyntax {
    try parseLeft { parser throws(TemplateError) in
      try parser.parseAnd()
    } joinedBy: { parser throws(TemplateError) in
      try parser.skipName("or") ? { .or($0, $1) } : nil
    }
  }

  private mutating func parseAnd() throws(TemplateError) -> ExpressionSyntax {
    try parseLeft { parser throws(TemplateError) in
      try parser.parseNot()
    } joinedBy: { parser throws(TemplateError) in
      try parser.skipName("and") ? { .and($0, $1) } : nil
    }
  }

  private typealias Combination = (ExpressionSyntax, ExpressionSyntax) -> ExpressionSyntax.Kind

  /// Parses operators of one precedence that group to the left.
  private mutating func parseLeft(
    _ operand: (inout Parser) throws(TemplateError) -> ExpressionSyntax,
    joinedBy nextOperator: (inout Parser) throws(TemplateError) -> Combination?
  ) throws(TemplateError) -> ExpressionSyntax {
    var line = current.line
    var left = try operand(&self)
    var count = 0
    while let combine = try nextOperator(&self) {
      // Each operator is a pair of parentheses in the code that the reference compiles.
      count += 1
      try enter()
      left = ExpressionSyntax(kind: combine(left, try operand(&self)), line: line)
      line = current.line
    }
    depth -= count
    return left
  }

  private mutating func parseNot() throws(TemplateError) -> ExpressionSyntax {
    guard current.isName("not") else { return try parseComparison() }
    let line = try advance().line
    try enter()
    defer { depth -= 1 }
    return ExpressionSyntax(kind: .unary(.not, try parseNot()), line: line)
  }

  private mutating func parseComparison() throws(TemplateError) -> ExpressionSyntax {
    var line = current.line
    let first = try parseSum()
    var rest: [(ComparisonOperator, ExpressionSyntax)] = []
    while let comparison = try nextComparison() {
      rest.append((comparison, try parseSum()))
      line = current.line
    }
    return rest.isEmpty ? first : ExpressionSyntax(kind: .comparison(first, rest), line: line)
  }

  private mutating func nextComparison() throws(TemplateError) -> ComparisonOperator? {
    let comparison: ComparisonOperator
    switch current.kind {
    case .eq: comparison = .eq
    case .ne: comparison = .ne
    case .lt: comparison = .lt
    case .lteq: comparison = .lteq
    case .gt: comparison = .gt
    case .gteq: comparison = .gteq
    case .name where current.isName("in"): comparison = .in
    case .name where current.isName("not"):
      guard try lookAhead().isName("in") else { return nil }
      try advance()
      comparison = .notIn
    default: return nil
    }
    try advance()
    return comparison
  }

  private mutating func parseSum() throws(TemplateError) -> ExpressionSyntax {
    try parseLeft { parser throws(TemplateError) in
      try parser.parseConcatenation()
    } joinedBy: { parser throws(TemplateError) in
      if try parser.skip(.add) { return { .binary(.add, $0, $1) } }
      return try parser.skip(.sub) ? { .binary(.sub, $0, $1) } : nil
    }
  }

  private mutating func parseConcatenation() throws(TemplateError) -> ExpressionSyntax {
    let line = current.line
    var parts = [try parseProduct()]
    while try skip(.tilde) { parts.append(try parseProduct()) }
    return parts.count == 1 ? parts[0] : ExpressionSyntax(kind: .concatenation(parts), line: line)
  }

  private mutating func parseProduct() throws(TemplateError) -> ExpressionSyntax {
    try parseLeft { parser throws(TemplateError) in
      try parser.parsePower()
    } joinedBy: { parser throws(TemplateError) in
      if try parser.skip(.mul) { return { .binary(.mul, $0, $1) } }
      if try parser.skip(.div) { return { .binary(.div, $0, $1) } }
      if try parser.skip(.floordiv) { return { .binary(.floordiv, $0, $1) } }
      return try parser.skip(.mod) ? { .binary(.mod, $0, $1) } : nil
    }
  }

  private mutating func parsePower() throws(TemplateError) -> ExpressionSyntax {
    try parseLeft { parser throws(TemplateError) in
      try parser.parseUnary()
    } joinedBy: { parser throws(TemplateError) in
      try parser.skip(.pow) ? { .binary(.pow, $0, $1) } : nil
    }
  }

  private mutating func parseUnary(withFilters: Bool = true) throws(TemplateError) -> ExpressionSyntax {
    try enter()
    defer { depth -= 1 }
    let line = current.line
    var value: ExpressionSyntax
    if try skip(.sub) {
      value = ExpressionSyntax(kind: .unary(.minus, try parseUnary(withFilters: false)), line: line)
    } else if try skip(.add) {
      value = ExpressionSyntax(kind: .unary(.plus, try parseUnary(withFilters: false)), line: line)
    } else {
      value = try parsePrimary()
    }
    value = try parsePostfix(value)
    return withFilters ? try parseFilterExpression(value) : value
  }

  // MARK: - Primaries

  mutating func parsePrimary(allowsMembers: Bool = false) throws(TemplateError) -> ExpressionSyntax {
    let token = current
    func literal(_ value: Literal) -> ExpressionSyntax { ExpressionSyntax(kind: .literal(value), line: token.line) }
    switch token.kind {
    case .name:
      try advance()
      switch token.text {
      case "true", "True": return literal(.bool(true))
      case "false", "False": return literal(.bool(false))
      case "none", "None": return literal(.none)
      case let name:
        guard allowsMembers, try skip(.dot) else { return ExpressionSyntax(kind: .name(name), line: token.line) }
        return ExpressionSyntax(kind: .member(name, try expect(.name).text), line: token.line)
      }
    case .string:
      var bytes: [UInt8] = []
      while current.kind == .string { bytes += try advance().bytes }
      return literal(.text(bytes))
    case .integer:
      try advance()
      // Python's limit; numbers of other bases have none there.
      let isDecimal = token.bytes.allSatisfy { (0x30...0x39).contains($0) }
      guard token.bytes.count <= (isDecimal ? 4_300 : 20_000) else {
        throw fail("a number of \(token.bytes.count) digits, more than Python takes", line: token.line)
      }
      return literal(.integer(Self.integer(token.bytes)))
    case .float:
      try advance()
      return literal(.float(Double(token.text) ?? .infinity))
    case .lparen:
      try advance()
      let value = try parseTuple(isParenthesized: true)
      try expect(.rparen)
      return value
    case .lbracket: return try parseList()
    case .lbrace: return try parseDict()
    default: throw fail("unexpected \(PythonText.repr(token.description))", line: token.line)
    }
  }

  static func integer(_ digits: [UInt8]) -> BigInteger {
    let prefixes: [UInt8: Int] = [UInt8(ascii: "b"): 2, UInt8(ascii: "o"): 8, UInt8(ascii: "x"): 16]
    if digits.count > 2, digits[0] == 0x30, let radix = prefixes[digits[1] | 0x20] {
      return BigInteger(digits: digits[2...], radix: radix) ?? BigInteger(0)
    }
    return BigInteger(digits: digits, radix: 10) ?? BigInteger(0)
  }

  mutating func parseTuple(
    isSimple: Bool = false, allowsCondition: Bool = true, isParenthesized: Bool = false, allowsMembers: Bool = false
  ) throws(TemplateError) -> ExpressionSyntax {
    try enter()
    defer { depth -= 1 }
    var line = current.line
    var elements: [ExpressionSyntax] = []
    var isTuple = false
    while true {
      if !elements.isEmpty { try expect(.comma) }
      // The reference means to end at `in` and `recursive` too, but never does.
      if [.variableEnd, .blockEnd, .rparen].contains(current.kind) { break }
      elements.append(
        isSimple
          ? try parsePrimary(allowsMembers: allowsMembers) : try parseExpression(allowsCondition: allowsCondition))
      guard current.kind == .comma else { break }
      isTuple = true
      line = current.line
    }
    if !isTuple {
      if let first = elements.first { return first }
      if !isParenthesized { throw fail("Expected an expression, got \(PythonText.repr(current.description))") }
    }
    return ExpressionSyntax(kind: .tuple(elements), line: line)
  }

  private mutating func parseList() throws(TemplateError) -> ExpressionSyntax {
    let line = try expect(.lbracket).line
    var elements: [ExpressionSyntax] = []
    while current.kind != .rbracket {
      if !elements.isEmpty { try expect(.comma) }
      if current.kind == .rbracket { break }
      elements.append(try parseExpression())
    }
    try expect(.rbracket)
    return ExpressionSyntax(kind: .list(elements), line: line)
  }

  private mutating func parseDict() throws(TemplateError) -> ExpressionSyntax {
    let line = try expect(.lbrace).line
    var pairs: [(key: ExpressionSyntax, value: ExpressionSyntax)] = []
    while current.kind != .rbrace {
      if !pairs.isEmpty { try expect(.comma) }
      if current.kind == .rbrace { break }
      let key = try parseExpression()
      try expect(.colon)
      pairs.append((key, try parseExpression()))
    }
    try expect(.rbrace)
    return ExpressionSyntax(kind: .dict(pairs), line: line)
  }
}
