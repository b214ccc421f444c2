extension Parser {
  mutating func parsePostfix(_ value: ExpressionSyntax) throws(TemplateError) -> ExpressionSyntax {
    var value = value
    var count = 0
    while true {
      switch current.kind {
      case .dot, .lbracket: value = try parseSubscript(of: value)
      case .lparen: value = try parseCall(of: value)
      default:
        depth -= count
        return value
      }
      count += 1
      try enter()
    }
  }

  mutating func parseFilterExpression(_ value: ExpressionSyntax) throws(TemplateError) -> ExpressionSyntax {
    var value = value
    var count = 0
    while true {
      switch current.kind {
      case .pipe: value = try parseFilters(of: value) ?? value
      case .name where current.isName("is"): value = try parseTest(of: value)
      case .lparen: value = try parseCall(of: value)
      default:
        depth -= count
        return value
      }
      count += 1
      try enter()
    }
  }

  private mutating func parseSubscript(of value: ExpressionSyntax) throws(TemplateError) -> ExpressionSyntax {
    let token = try advance()
    if token.kind == .dot {
      let name = try advance()
      switch name.kind {
      case .name: return ExpressionSyntax(kind: .attribute(value, name.text), line: token.line)
      case .integer:
        let index = ExpressionSyntax(kind: .literal(.integer(Self.integer(name.bytes))), line: name.line)
        return ExpressionSyntax(kind: .item(value, index), line: token.line)
      default: throw fail("expected name or number", line: name.line)
      }
    }
    var keys: [ExpressionSyntax] = []
    while current.kind != .rbracket {
      if !keys.isEmpty { try expect(.comma) }
      keys.append(try parseSubscriptKey())
    }
    try expect(.rbracket)
    let key = keys.count == 1 ? keys[0] : ExpressionSyntax(kind: .tuple(keys), line: token.line)
    return ExpressionSyntax(kind: .item(value, key), line: token.line)
  }

  private mutating func parseSubscriptKey() throws(TemplateError) -> ExpressionSyntax {
    let line = current.line
    var start: ExpressionSyntax?
    if current.kind != .colon {
      let value = try parseExpression()
      guard current.kind == .colon else { return value }
      start = value
    }
    try advance()
    func isEnd() -> Bool { [.rbracket, .comma].contains(current.kind) }
    let stop = current.kind == .colon || isEnd() ? nil : try parseExpression()
    var step: ExpressionSyntax?
    if try skip(.colon), !isEnd() { step = try parseExpression() }
    return ExpressionSyntax(kind: .slice(start, stop, step), line: line)
  }

  private mutating func parseCall(of value: ExpressionSyntax) throws(TemplateError) -> ExpressionSyntax {
    let line = current.line
    return ExpressionSyntax(kind: .call(value, try parseArguments()), line: line)
  }

  private mutating func parseArguments() throws(TemplateError) -> CallSyntax {
    let line = try expect(.lparen).line
    var call = CallSyntax()
    func check(_ isValid: Bool) throws(TemplateError) {
      guard !isValid else { return }
      throw fail("invalid syntax for function call expression", line: line)
    }
    var needsComma = false
    while current.kind != .rparen {
      if needsComma {
        try expect(.comma)
        if current.kind == .rparen { break }
      }
      if current.kind == .mul {
        try check(call.spread == nil && call.keywordSpread == nil)
        try advance()
        call.spread = try parseExpression()
      } else if current.kind == .pow {
        try check(call.keywordSpread == nil)
        try advance()
        call.keywordSpread = try parseExpression()
      } else if current.kind == .name, try lookAhead().kind == .assign {
        try check(call.keywordSpread == nil)
        let name = try advance().text
        try advance()
        call.keywords.append((name, try parseExpression()))
      } else {
        try check(call.spread == nil && call.keywordSpread == nil && call.keywords.isEmpty)
        call.positional.append(try parseExpression())
      }
      needsComma = true
    }
    try expect(.rparen)
    return call
  }

  mutating func parseFilters(
    of value: ExpressionSyntax?, startsInline: Bool = false
  ) throws(TemplateError) -> ExpressionSyntax? {
    var value = value
    var isInline = startsInline
    var count = 0
    while current.kind == .pipe || isInline {
      if !isInline { try advance() }
      isInline = false
      let token = try expect(.name)
      let name = try parseDottedName(token.text)
      let arguments = current.kind == .lparen ? try parseArguments() : CallSyntax()
      value = ExpressionSyntax(kind: .filter(value, name, arguments), line: token.line)
      count += 1
      try enter()
    }
    depth -= count
    return value
  }

  private mutating func parseDottedName(_ first: String) throws(TemplateError) -> String {
    var name = first
    while try skip(.dot) { name += "." + (try expect(.name).text) }
    return name
  }

  private mutating func parseTest(of value: ExpressionSyntax) throws(TemplateError) -> ExpressionSyntax {
    let line = try advance().line
    let isNegated = try skipName("not")
    let name = try parseDottedName(try expect(.name).text)
    var arguments = CallSyntax()
    switch current.kind {
    case .lparen: arguments = try parseArguments()
    case .name, .string, .integer, .float, .lbracket, .lbrace:
      if ["else", "or", "and"].contains(where: { current.isName($0) }) { break }
      if current.isName("is") { throw fail("You cannot chain multiple tests with is") }
      arguments.positional = [try parsePostfix(try parsePrimary())]
    default: break
    }
    let test = ExpressionSyntax(kind: .test(value, name, arguments), line: line)
    return isNegated ? ExpressionSyntax(kind: .unary(.not, test), line: line) : test
  }
}
