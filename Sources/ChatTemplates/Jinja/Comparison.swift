extension JinjaValue {
  /// Python's `==`. Comparing for equality never fails; values of more than a million parts count as different.
  func equalsIgnoringErrors(_ other: JinjaValue) -> Bool {
    var budget = 1 << 20
    return equals(other, budget: &budget)
  }

  /// Python's `==`, false where the parts to compare use up the budget.
  func equals(_ other: JinjaValue, budget: inout Int) -> Bool {
    switch (self, other) {
    case (.text(let a), .text(let b)), (.text(let a), .markup(let b)), (.markup(let a), .text(let b)),
      (.markup(let a), .markup(let b)):
      // Texts of different lengths differ at once.
      let (count, other) = (a.chargedCount, b.chargedCount)
      if count == other { budget -= count >> 6 }
      return a.equals(b)
    case (.none, .none), (.undefined, .undefined), (.missing, .missing): return true
    case (.whole(let a, _), .whole(let b, _)): return a == b
    case (.flag(let a, _), .flag(let b, _)): return a == b
    case (.list(let a), .list(let b)): return a === b || Self.equal(a.elements, b.elements, budget: &budget)
    case (.tuple(let a), .tuple(let b)): return a === b || Self.equal(a.elements, b.elements, budget: &budget)
    case (.dict(let a), .dict(let b)):
      if a === b { return true }
      guard a.count == b.count else { return false }
      for (key, value) in zip(a.keys, a.values) {
        budget -= 1
        guard budget > 0, let other = b[key], value.equals(other, budget: &budget) else { return false }
      }
      return true
    case (.object(let a), .object(let b)): return a === b || a.isEqual(to: b)
    default: return isNumber && other.isNumber && Self.order(self, other) == 0
    }
  }

  private static func equal(_ a: [JinjaValue], _ b: [JinjaValue], budget: inout Int) -> Bool {
    guard a.count == b.count else { return false }
    for (left, right) in zip(a, b) {
      budget -= 1
      guard budget > 0, left.equals(right, budget: &budget) else { return false }
    }
    return true
  }

  /// Exact order of two numbers; nil where one is not a number (NaN).
  static func order(_ left: JinjaValue, _ right: JinjaValue) -> Int? {
    if let a = left.smallIndex, let b = right.smallIndex { return a == b ? 0 : a < b ? -1 : 1 }
    if let a = left.index, let b = right.index { return a == b ? 0 : a < b ? -1 : 1 }
    switch (left, right) {
    case (.real(let a, _), .real(let b, _)): return a == b ? 0 : a < b ? -1 : a > b ? 1 : nil
    case (.real(let a, _), _): return right.index.flatMap { order($0, a) }.map { -$0 }
    case (_, .real(let b, _)): return left.index.flatMap { order($0, b) }
    default: return nil
    }
  }

  private static func order(_ whole: BigInteger, _ number: Double) -> Int? {
    if number.isNaN { return nil }
    if number.isInfinite { return number > 0 ? -1 : 1 }
    let truncated = BigInteger(truncating: number)
    if whole != truncated { return whole < truncated ? -1 : 1 }
    let fraction = number - number.rounded(.towardZero)
    return fraction == 0 ? 0 : fraction > 0 ? -1 : 1
  }
}

extension Renderer {
  /// A comparison by any operator.
  func compare(
    _ left: JinjaValue, _ comparison: ComparisonOperator, _ right: JinjaValue
  ) throws(TemplateError) -> Bool {
    switch comparison {
    case .eq: try areEqual(left, right)
    case .ne: try !areEqual(left, right)
    case .in: try contains(right, left)
    case .notIn: try !contains(right, left)
    case .lt: try isOrdered(left, "<", right)
    case .lteq: try isOrdered(left, "<=", right)
    case .gt: try isOrdered(left, ">", right)
    case .gteq: try isOrdered(left, ">=", right)
    }
  }

  /// Whether two values are ordered as an operator says.
  ///
  /// - Throws: Python's TypeError where they have no order.
  func isOrdered(_ left: JinjaValue, _ symbol: String, _ right: JinjaValue) throws(TemplateError) -> Bool {
    func holds(_ order: Int?) -> Bool {
      guard let order else { return false }
      return switch symbol {
      case "<": order < 0
      case "<=": order <= 0
      case ">": order > 0
      default: order >= 0
      }
    }
    switch (left, right) {
    case (.undefined(let undefined), _), (_, .undefined(let undefined)): throw undefined.error
    case (.list(let a), .list(let b)): return try isOrdered(a.elements, symbol, b.elements, holds)
    case (.tuple(let a), .tuple(let b)): return try isOrdered(a.elements, symbol, b.elements, holds)
    case (.object(let a as DictView), .object(let b as DictView)) where a.kind != .values && b.kind != .values:
      let (small, large) = symbol.hasPrefix("<") ? (a.elements, b.elements) : (b.elements, a.elements)
      var isSubset = true
      for element in small where try !contains(large, element) {
        isSubset = false
        break
      }
      return isSubset && (symbol.hasSuffix("=") || small.count < large.count)
    default: break
    }
    if case .object(let a as BytesValue) = left, case .object(let b as BytesValue) = right {
      return holds(a.bytes == b.bytes ? 0 : a.bytes.lexicographicallyPrecedes(b.bytes) ? -1 : 1)
    }
    if let a = left.textValue, let b = right.textValue {
      try charge(bytes: min(a.count, b.count))
      return holds(a.compare(b))
    }
    guard left.isNumber, right.isNumber else {
      throw .type("'\(symbol)' not supported between instances of '\(left.typeName)' and '\(right.typeName)'")
    }
    return holds(JinjaValue.order(left, right))
  }

  private func isOrdered(
    _ left: [JinjaValue], _ symbol: String, _ right: [JinjaValue], _ holds: (Int?) -> Bool
  ) throws(TemplateError) -> Bool {
    for (a, b) in zip(left, right) where try !areEqual(a, b) { return try isOrdered(a, symbol, b) }
    return holds(left.count < right.count ? -1 : left.count > right.count ? 1 : 0)
  }

  /// Python's `element in container`.
  func contains(_ container: JinjaValue, _ element: JinjaValue) throws(TemplateError) -> Bool {
    switch container {
    case .text(let text), .markup(let text):
      guard let part = element.textValue else {
        throw .type("'in <string>' requires string as left operand, not \(element.typeName)")
      }
      try charge(bytes: text.chargedCount)
      return TextSearch.contains(text, part)
    case .list(let list): return try contains(list.elements, element)
    case .tuple(let tuple): return try contains(tuple.elements, element)
    case .dict(let dict):
      try element.checkHashable()
      if let text = element.textValue { return dict.member(text) != nil }
      return dict[element] != nil
    case .undefined: return false
    case .object(let bytes as BytesValue): return try bytes.contains(element)
    default:
      guard let iterator = try iterator(container) else {
        throw .type("argument of type '\(container.typeName)' is not iterable")
      }
      while let candidate = try iterator.next() {
        try step()
        if try areEqual(candidate, element) { return true }
      }
      return false
    }
  }

  private func contains(_ elements: [JinjaValue], _ element: JinjaValue) throws(TemplateError) -> Bool {
    for candidate in elements {
      try step()
      if try areEqual(candidate, element) { return true }
    }
    return false
  }

  /// Whether two values are the same object in Python, where small integers and constants are shared.
  func isSame(_ left: JinjaValue, _ right: JinjaValue) -> Bool {
    switch (left, right) {
    case (.none, .none): true
    case (.undefined(let a), .undefined(let b)): a === b
    case (.flag(let a, _), .flag(let b, _)): a == b
    case (.whole(let a, _), .whole(let b, _)): a == b && (-5...256).contains(a)
    case (.text(let a), .text(let b)), (.markup(let a), .markup(let b)):
      a.isSame(as: b) || a.count <= 1 && a.equals(b)
    case (.list(let a), .list(let b)): a === b
    case (.tuple(let a), .tuple(let b)): a === b || a.elements.isEmpty && b.elements.isEmpty
    case (.dict(let a), .dict(let b)): a === b
    case (.object(let a as BytesValue), .object(let b as BytesValue)):
      a === b || a.bytes.count <= 1 && a.bytes == b.bytes
    case (.object(let a), .object(let b)): a === b
    default: false
    }
  }
}
