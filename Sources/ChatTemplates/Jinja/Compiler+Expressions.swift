extension Compiler {
  mutating func compile(_ expression: ExpressionSyntax, _ frame: Frame) throws(TemplateError) -> any Expression {
    switch expression.kind {
    case .name(let name): return compileName(name, frame)
    case .member(let name, _): return compileName(name, frame)
    case .data(let bytes): return TextLiteral(constantText(bytes))
    case .literal(let value): return compileLiteral(value)
    case .tuple(let elements): return SequenceExpression(isTuple: true, try compileAll(elements, frame))
    case .list(let elements):
      return constant(expression, SequenceExpression(isTuple: false, try compileAll(elements, frame)))
    case .dict(let pairs):
      return constant(
        expression,
        DictExpression(
          keys: try compileAll(pairs.map(\.key), frame), values: try compileAll(pairs.map(\.value), frame)))
    case .attribute(let value, let name):
      let owner = try compile(value, frame)
      let member = memberName(Array(name.utf8))
      return placed(owner, member, isItem: false, general: MemberExpression(owner, member, isItem: false))
    case .item(let value, let key): return try compileItem(value, key, frame)
    case .slice: throw .syntax("invalid syntax", line: expression.line)
    case .call(let callee, let arguments): return try compileCall(callee, arguments, frame)
    case .filter(let value, let name, let call): return try compileFilter(value, name, call, expression.line, frame)
    case .test(let value, let name, let call): return try compileTest(value, name, call, expression.line, frame)
    case .unary(.not, let value): return NotExpression(try compile(value, frame))
    case .unary(let sign, let value): return signed(try compile(value, frame), isMinus: sign == .minus)
    case .binary(let operation, let left, let right):
      if operation == .add {
        return sum(try compile(left, frame), try compile(right, frame))
      }
      return BinaryExpression(operation, try compile(left, frame), try compile(right, frame))
    case .and(let left, let right):
      if isSettled(by: left, false, frame) { return try compile(left, frame) }
      return AndExpression(try compile(left, frame), try compile(right, frame))
    case .or(let left, let right):
      if isSettled(by: left, true, frame) { return try compile(left, frame) }
      return OrExpression(try compile(left, frame), try compile(right, frame))
    case .concatenation(let parts):
      return ConcatenationExpression(try compileAll(parts, frame), escaping: frame.escaping)
    case .comparison(let first, let rest): return try compileComparison(first, rest, frame)
    case .conditional(let test, let then, let otherwise):
      let soft = frame.soft()
      return ConditionalExpression(
        test: try compile(test, soft), then: try compile(then, soft),
        otherwise: try otherwise.map { value throws(TemplateError) in try compile(value, soft) }, line: expression.line)
    }
  }

  /// `-value` and `+value`; small numbers are known now.
  private func signed(_ value: any Expression, isMinus: Bool) -> any Expression {
    guard case .int(let number)? = (value as? ConstantExpression)?.constant, number > .min else {
      return SignExpression(value, isMinus: isMinus)
    }
    return ConstantExpression(.int(isMinus ? -number : number))
  }

  /// `left + right`, with neighboring texts of the template joined.
  private mutating func sum(_ left: any Expression, _ right: any Expression) -> any Expression {
    guard let text = right as? TextLiteral else { return AddExpression(left, right) }
    if let before = left as? TextLiteral { return TextLiteral(joined(before.range, text.range)) }
    if let sum = left as? AddExpression, let before = sum.right as? TextLiteral {
      return AddExpression(sum.left, TextLiteral(joined(before.range, text.range)))
    }
    return AddExpression(left, right)
  }

  /// A list or dict, as one that is made once where it holds constants only.
  private mutating func constant(_ syntax: ExpressionSyntax, _ collection: any Expression) -> any Expression {
    guard syntax.isConstant else { return collection }
    constantCount += 1
    return ConstantCollection(constantCount - 1, collection)
  }

  private mutating func compileAll(
    _ expressions: [ExpressionSyntax], _ frame: Frame
  ) throws(TemplateError) -> [any Expression] {
    var result: [any Expression] = []
    for expression in expressions { result.append(try compile(expression, frame)) }
    return result
  }

  private mutating func memberName(_ name: [UInt8]) -> MemberName {
    memberCount += 1
    return MemberName(String(decoding: name, as: UTF8.self), literal: literal(name), number: memberCount - 1)
  }

  private func compileName(_ name: String, _ frame: Frame) -> any Expression {
    let reference = slot(name, in: frame)
    return reference.depth == 0
      ? VariableExpression(reference.index, name) : OuterVariableExpression(reference, name)
  }

  private mutating func compileLiteral(_ value: Literal) -> any Expression {
    switch value {
    case .none: ConstantExpression(.none)
    case .bool(let value): ConstantExpression(.bool(value))
    case .integer(let value): ConstantExpression(value.int.map { .int($0) } ?? .big(value))
    case .float(let value): ConstantExpression(.float(value))
    case .text(let bytes): TextLiteral(constantText(bytes))
    }
  }

  private mutating func compileItem(
    _ value: ExpressionSyntax, _ key: ExpressionSyntax, _ frame: Frame
  ) throws(TemplateError) -> any Expression {
    let owner = try compile(value, frame)
    switch key.kind {
    case .literal(.text(let bytes)):
      _ = constantText(bytes)
      let member = memberName(bytes)
      return placed(owner, member, isItem: true, general: MemberExpression(owner, member, isItem: true))
    case .slice(let start, let stop, let step):
      var bounds: [(any Expression)?] = []
      for bound in [start, stop, step] {
        bounds.append(try bound.map { value throws(TemplateError) in try compile(value, frame) })
      }
      return SliceExpression(owner, start: bounds[0], stop: bounds[1], step: bounds[2])
    default:
      let key = try compile(key, frame)
      return splitPart(owner, key) ?? ItemExpression(owner, key)
    }
  }

  /// The first or last part of a text that is split at a text of the template; nil for anything else.
  private func splitPart(_ owner: any Expression, _ key: any Expression) -> SplitPartExpression? {
    guard case .int(let index)? = (key as? ConstantExpression)?.constant, index == 0 || index == -1,
      let call = owner as? MethodCallExpression, let separator = call.splitSeparator
    else { return nil }
    return SplitPartExpression(call, separator: separator, isFirst: index == 0)
  }

  /// A member, looked up in place where its owner is a variable or an element of one.
  private func placed(
    _ owner: any Expression, _ name: MemberName, isItem: Bool, general: any Expression
  ) -> any Expression {
    if let variable = owner as? VariableExpression {
      if variable.name == "loop", !isItem, let attribute = name.loopAttribute {
        return LoopAttributeExpression(variable.slot, attribute, general: general)
      }
      return PlacedMemberExpression(
        DictPlace(slot: variable.slot, index: nil), name, isItem: isItem, general: general)
    }
    guard let place = (owner as? ItemExpression)?.place else { return general }
    return PlacedMemberExpression(place, name, isItem: isItem, general: general)
  }

  mutating func compileArguments(_ call: CallSyntax, _ frame: Frame) throws(TemplateError) -> ArgumentsCode {
    var names: Set<String> = []
    for keyword in call.keywords where !names.insert(keyword.name).inserted {
      throw TemplateError(
        .failed, "keyword argument repeated: \(keyword.name)", className: "SyntaxError", line: keyword.value.line)
    }
    var keywords: [(String, any Expression)] = []
    let positional = try compileAll(call.positional, frame)
    for keyword in call.keywords { keywords.append((keyword.name, try compile(keyword.value, frame))) }
    return ArgumentsCode(
      positional: positional, keywords: keywords,
      spread: try call.spread.map { value throws(TemplateError) in try compile(value, frame) },
      keywordSpread: try call.keywordSpread.map { value throws(TemplateError) in try compile(value, frame) })
  }

  mutating func compileCall(
    _ callee: ExpressionSyntax, _ arguments: CallSyntax, _ frame: Frame
  ) throws(TemplateError) -> any CallingExpression {
    if case .attribute(let value, let name) = callee.kind {
      return MethodCallExpression(
        try compile(value, frame), memberName(Array(name.utf8)), try compileArguments(arguments, frame))
    }
    return CallExpression(try compile(callee, frame), try compileArguments(arguments, frame))
  }

  // MARK: - Filters and tests

  private mutating func compileFilter(
    _ value: ExpressionSyntax?, _ name: String, _ call: CallSyntax, _ line: Int, _ frame: Frame
  ) throws(TemplateError) -> any Expression {
    let function = Filters.table[name]
    if function == nil { try checkUnknown(.filter, name, line: line, frame) }
    let operand: any Expression
    if let value { operand = try compile(value, frame) } else { operand = CapturedText(escaping: frame.escaping) }
    guard let function else { return standIn(for: .filter, name, operand, try compileArguments(call, frame)) }
    if call.isEmpty {
      if name == "trim" { return CommonFilterExpression(.trim, operand, function) }
      if name == "length" || name == "count" { return CommonFilterExpression(.length, operand, function) }
    }
    return FilterExpression(function, operand, try compileArguments(call, frame))
  }

  private mutating func compileTest(
    _ value: ExpressionSyntax, _ name: String, _ call: CallSyntax, _ line: Int, _ frame: Frame
  ) throws(TemplateError) -> any Expression {
    let function = Tests.table[name]
    if function == nil { try checkUnknown(.test, name, line: line, frame) }
    let operand = try compile(value, frame)
    guard let function else { return standIn(for: .test, name, operand, try compileArguments(call, frame)) }
    if call.isEmpty, let kind = SimpleTest(rawValue: name) { return SimpleTestExpression(kind, operand) }
    return TestExpression(function, operand, try compileArguments(call, frame))
  }

  private mutating func compileComparison(
    _ first: ExpressionSyntax, _ rest: [(ComparisonOperator, ExpressionSyntax)], _ frame: Frame
  ) throws(TemplateError) -> any Expression {
    let left = try compile(first, frame)
    if rest.count == 1 {
      if rest[0].0 == .in || rest[0].0 == .notIn, let texts = texts(in: rest[0].1) {
        return TextMembership(left, texts, isMember: rest[0].0 == .in)
      }
      let right = try compile(rest[0].1, frame)
      if let text = right as? TextLiteral, rest[0].0 == .eq || rest[0].0 == .ne {
        return TextComparison(left, text.range, isEqual: rest[0].0 == .eq)
      }
      return ComparisonExpression(left, rest[0].0, right)
    }
    var operands: [(ComparisonOperator, any Expression)] = []
    for (comparison, value) in rest { operands.append((comparison, try compile(value, frame))) }
    return ComparisonChain(left, operands)
  }

  /// The ranges of the elements of a list or tuple that holds constant texts only; nil for anything else.
  private mutating func texts(in syntax: ExpressionSyntax) -> [Range<UInt32>]? {
    let elements: [ExpressionSyntax]
    switch syntax.kind {
    case .list(let found), .tuple(let found): elements = found
    default: return nil
    }
    var texts: [[UInt8]] = []
    for element in elements {
      guard case .literal(.text(let bytes)) = element.kind else { return nil }
      texts.append(bytes)
    }
    return texts.map { constantText($0) }
  }
}
