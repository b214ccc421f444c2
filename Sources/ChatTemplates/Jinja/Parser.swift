/// Parses the tokens of a template into statements.
///
/// Source: jinja2 3.1.6, `parser.py`.
struct Parser {
  private let tokens: [Token]
  private let lexerError: TemplateError?
  private var index = 0
  private(set) var current: Token
  private var endTokens: [[String]] = []
  private var tags: [String] = []
  /// Expressions and statements within each other at the moment.
  var depth = 0

  /// Python's own limits make templates that nest more fail.
  static let maximumDepth = 200

  /// Parses a template.
  static func statements(of source: String) throws(TemplateError) -> [StatementSyntax] {
    var parser = try Parser(Lexer.tokens(of: source))
    return try parser.parseBody(until: nil)
  }

  private init(_ list: TokenList) throws(TemplateError) {
    tokens = list.tokens
    lexerError = list.error
    current = Token(kind: .end, line: 1, bytes: [])
    index = -1
    try advance()
  }

  // MARK: - Tokens

  @discardableResult
  mutating func advance() throws(TemplateError) -> Token {
    let previous = current
    index += 1
    if index < tokens.count {
      current = tokens[index]
    } else if let lexerError {
      throw lexerError
    } else {
      current = Token(kind: .end, line: previous.line, bytes: [])
    }
    return previous
  }

  func lookAhead() throws(TemplateError) -> Token {
    if index + 1 < tokens.count { return tokens[index + 1] }
    if let lexerError { throw lexerError }
    return Token(kind: .end, line: current.line, bytes: [])
  }

  mutating func skip(_ kind: Token.Kind) throws(TemplateError) -> Bool {
    guard current.kind == kind else { return false }
    try advance()
    return true
  }

  mutating func skipName(_ name: String) throws(TemplateError) -> Bool {
    guard current.isName(name) else { return false }
    try advance()
    return true
  }

  @discardableResult
  mutating func expect(_ kind: Token.Kind) throws(TemplateError) -> Token {
    guard current.kind == kind else { throw unexpected(expecting: kind.description) }
    return try advance()
  }

  mutating func expectName(_ name: String) throws(TemplateError) {
    guard current.isName(name) else { throw unexpected(expecting: name) }
    try advance()
  }

  private func unexpected(expecting expected: String) -> TemplateError {
    let quoted = PythonText.repr(expected)
    if current.kind == .end {
      return .syntax("unexpected end of template, expected \(quoted).", line: current.line)
    }
    return .syntax(
      "expected token \(quoted), got \(PythonText.repr(current.description))", line: current.line)
  }

  func fail(_ message: String, line: Int? = nil) -> TemplateError { .syntax(message, line: line ?? current.line) }

  mutating func enter() throws(TemplateError) {
    depth += 1
    guard depth <= Self.maximumDepth else {
      throw TemplateError(.failed, "too many nested parentheses", className: "SyntaxError", line: current.line)
    }
  }

  // MARK: - Bodies

  mutating func parseBody(until ends: [String]?) throws(TemplateError) -> [StatementSyntax] {
    if let ends { endTokens.append(ends) }
    defer { if ends != nil { endTokens.removeLast() } }
    try enter()
    defer { depth -= 1 }
    var body: [StatementSyntax] = []
    var output: [ExpressionSyntax] = []
    func flush() {
      guard let first = output.first else { return }
      body.append(StatementSyntax(kind: .output(output), line: first.line))
      output.removeAll()
    }
    while current.kind != .end {
      switch current.kind {
      case .data:
        output.append(ExpressionSyntax(kind: .data(current.bytes), line: current.line))
        try advance()
      case .variableBegin:
        try advance()
        output.append(try parseTuple())
        try expect(.variableEnd)
      default:
        flush()
        try advance()
        if let ends, ends.contains(where: { current.isName($0) }) { return body }
        body.append(try parseStatement())
        try expect(.blockEnd)
      }
    }
    flush()
    return body
  }

  /// Parses the statements after a tag up to one of its end tags, whose name is then the current token.
  private mutating func parseStatements(
    until ends: [String], droppingEnd: Bool = false
  ) throws(TemplateError) -> [StatementSyntax] {
    _ = try skip(.colon)
    try expect(.blockEnd)
    let result = try parseBody(until: ends)
    if current.kind == .end { throw unknownTag(nil, line: current.line, adding: ends) }
    if droppingEnd { try advance() }
    return result
  }

  private func unknownTag(_ name: String?, line: Int, adding ends: [String]? = nil) -> TemplateError {
    let stack = endTokens + (ends.map { [$0] } ?? [])
    var message = [name.map { "Encountered unknown tag \(PythonText.repr($0))." } ?? "Unexpected end of template."]
    if let wanted = stack.last {
      let looking = wanted.map { PythonText.repr($0) }.joined(separator: " or ")
      if let name, stack.contains(where: { $0.contains(name) }) {
        message.append(
          "You probably made a nesting mistake. Jinja is expecting this tag, but currently looking for \(looking).")
      } else {
        message.append("Jinja was looking for the following tags: \(looking).")
      }
    }
    if let tag = tags.last {
      message.append("The innermost block that needs to be closed is \(PythonText.repr(tag)).")
    }
    return .syntax(message.joined(separator: " "), line: line)
  }

  // MARK: - Statements

  private mutating func parseStatement() throws(TemplateError) -> StatementSyntax {
    let token = current
    guard token.kind == .name else { throw fail("tag name expected", line: token.line) }
    let name = token.text
    tags.append(name)
    let kind: StatementSyntax.Kind
    switch name {
    case "for": kind = try parseFor()
    case "if": kind = try parseIf()
    case "set": kind = try parseSet()
    case "macro": kind = try parseMacro()
    case "call": kind = try parseCallBlock()
    case "filter": kind = try parseFilterBlock()
    case "with": kind = try parseWith()
    case "block": kind = try parseBlock()
    case "print": kind = try parsePrint()
    case "autoescape":
      try advance()
      let option = try parseExpression()
      kind = .autoescape(option, try parseStatements(until: ["endautoescape"], droppingEnd: true))
    case "generation":
      try advance()
      kind = .generation(try parseStatements(until: ["endgeneration"], droppingEnd: true))
    case "break":
      try advance()
      kind = .breakLoop
    case "continue":
      try advance()
      kind = .continueLoop
    case "extends":
      try advance()
      kind = .extends(try parseExpression())
    case "include": kind = try parseInclude()
    case "import": kind = try parseImport()
    case "from": kind = try parseFromImport()
    default:
      tags.removeLast()
      throw unknownTag(name, line: token.line)
    }
    tags.removeLast()
    return StatementSyntax(kind: kind, line: token.line)
  }

  private mutating func parseFor() throws(TemplateError) -> StatementSyntax.Kind {
    try advance()
    let target = try parseTarget()
    try expectName("in")
    let iterable = try parseTuple(allowsCondition: false)
    let test = try skipName("if") ? try parseExpression() : nil
    let isRecursive = try skipName("recursive")
    let body = try parseStatements(until: ["endfor", "else"])
    let hasElse = try !advance().isName("endfor")
    let otherwise = hasElse ? try parseStatements(until: ["endfor"], droppingEnd: true) : []
    return .for(
      ForSyntax(
        target: target, iterable: iterable, test: test, isRecursive: isRecursive, body: body, otherwise: otherwise))
  }

  private mutating func parseIf() throws(TemplateError) -> StatementSyntax.Kind {
    var branches: [IfBranch] = []
    var line = current.line
    try advance()
    while true {
      let test = try parseTuple(allowsCondition: false)
      branches.append(IfBranch(test: test, body: try parseStatements(until: ["elif", "else", "endif"]), line: line))
      let token = try advance()
      if token.isName("elif") {
        line = current.line
        continue
      }
      let otherwise = token.isName("else") ? try parseStatements(until: ["endif"], droppingEnd: true) : []
      return .if(branches, otherwise: otherwise)
    }
  }

  private mutating func parseSet() throws(TemplateError) -> StatementSyntax.Kind {
    try advance()
    let target = try parseTarget(allowsMembers: true)
    if try skip(.assign) { return .assign(target, try parseTuple()) }
    let filter = try parseFilters(of: nil)
    return .assignBlock(target, filter: filter, try parseStatements(until: ["endset"], droppingEnd: true))
  }

  private mutating func parseWith() throws(TemplateError) -> StatementSyntax.Kind {
    try advance()
    var pairs: [(target: ExpressionSyntax, value: ExpressionSyntax)] = []
    while current.kind != .blockEnd {
      if !pairs.isEmpty { try expect(.comma) }
      let target = try parseTarget()
      try expect(.assign)
      pairs.append((target, try parseExpression()))
    }
    return .with(pairs, try parseStatements(until: ["endwith"], droppingEnd: true))
  }

  private mutating func parseBlock() throws(TemplateError) -> StatementSyntax.Kind {
    try advance()
    let name = try expect(.name).text
    let isScoped = try skipName("scoped")
    let isRequired = try skipName("required")
    if current.kind == .sub {
      throw fail(
        "Block names in Jinja have to be valid Python identifiers and may not contain hyphens, use an underscore instead."
      )
    }
    let body = try parseStatements(until: ["endblock"], droppingEnd: true)
    if isRequired, !body.allSatisfy(\.isBlank) { throw fail("Required blocks can only contain comments or whitespace") }
    _ = try skipName(name)
    return .block(BlockSyntax(name: name, isScoped: isScoped, isRequired: isRequired, body: body))
  }

  private mutating func parseMacro() throws(TemplateError) -> StatementSyntax.Kind {
    try advance()
    let name = try expect(.name).text
    let signature = try parseSignature()
    return .macro(name, signature, try parseStatements(until: ["endmacro"], droppingEnd: true))
  }

  private mutating func parseSignature() throws(TemplateError) -> SignatureSyntax {
    var signature = SignatureSyntax()
    try expect(.lparen)
    while current.kind != .rparen {
      if !signature.names.isEmpty { try expect(.comma) }
      signature.names.append(try parseName())
      if try skip(.assign) {
        signature.defaults.append(try parseExpression())
      } else if !signature.defaults.isEmpty {
        throw fail("non-default argument follows default argument")
      }
    }
    try expect(.rparen)
    return signature
  }

  private mutating func parseCallBlock() throws(TemplateError) -> StatementSyntax.Kind {
    let line = try advance().line
    let signature = current.kind == .lparen ? try parseSignature() : SignatureSyntax()
    let call = try parseExpression()
    guard case .call = call.kind else { throw fail("expected call", line: line) }
    return .callBlock(signature, call, try parseStatements(until: ["endcall"], droppingEnd: true))
  }

  private mutating func parseFilterBlock() throws(TemplateError) -> StatementSyntax.Kind {
    let line = try advance().line
    guard let filter = try parseFilters(of: nil, startsInline: true) else {
      throw fail("expected filter", line: line)
    }
    return .filterBlock(filter, try parseStatements(until: ["endfilter"], droppingEnd: true))
  }

  private mutating func parsePrint() throws(TemplateError) -> StatementSyntax.Kind {
    try advance()
    var values: [ExpressionSyntax] = []
    while current.kind != .blockEnd {
      if !values.isEmpty { try expect(.comma) }
      values.append(try parseExpression())
    }
    return .output(values)
  }

  // MARK: - Other templates, which a chat template has none of

  private mutating func skipImportContext() throws(TemplateError) -> Bool {
    guard current.isName("with") || current.isName("without"), try lookAhead().isName("context") else { return false }
    try advance()
    try advance()
    return true
  }

  private mutating func parseInclude() throws(TemplateError) -> StatementSyntax.Kind {
    try advance()
    let template = try parseExpression()
    if current.isName("ignore"), try lookAhead().isName("missing") {
      try advance()
      try advance()
    }
    _ = try skipImportContext()
    return .include(template)
  }

  private mutating func parseImport() throws(TemplateError) -> StatementSyntax.Kind {
    try advance()
    let template = try parseExpression()
    try expectName("as")
    let name = try parseName()
    _ = try skipImportContext()
    return .imports(template, [name])
  }

  private mutating func parseFromImport() throws(TemplateError) -> StatementSyntax.Kind {
    try advance()
    let template = try parseExpression()
    try expectName("import")
    var names: [String] = []
    var isFirst = true
    while true {
      if !isFirst { try expect(.comma) }
      guard current.kind == .name else {
        try expect(.name)
        continue
      }
      if try skipImportContext() { break }
      let line = current.line
      let name = try parseName()
      isFirst = false
      if name.hasPrefix("_") {
        throw TemplateError(
          .failed, "names starting with an underline can not be imported", className: "TemplateAssertionError",
          line: line)
      }
      names.append(try skipName("as") ? try parseName() : name)
      if try skipImportContext() { break }
      if current.kind != .comma { break }
    }
    return .imports(template, names)
  }
}

extension StatementSyntax {
  /// Whether the statement is nothing but white space.
  fileprivate var isBlank: Bool {
    guard case .output(let values) = kind else { return false }
    return values.allSatisfy { value in
      guard case .data(let bytes) = value.kind else { return false }
      return bytes.withUnsafeBytes { PythonText.points($0).allSatisfy(PythonText.isSpace) }
    }
  }
}
