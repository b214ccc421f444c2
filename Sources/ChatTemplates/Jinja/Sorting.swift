/// Python's stable `sorted`.
enum Sorting {
  /// Sorts elements by a key that is computed once for each.
  ///
  /// - Parameter order: how keys are compared that have no order of their own.
  /// - Throws: Python's TypeError where two keys have no order.
  static func sorted(
    _ elements: [JinjaValue], reverse: Bool = false, order: Order = .natural, in renderer: Renderer,
    by key: (JinjaValue, Renderer) throws(TemplateError) -> JinjaValue
  ) throws(TemplateError) -> [JinjaValue] {
    var items: [(key: JinjaValue, value: JinjaValue)] = []
    items.reserveCapacity(elements.count)
    for element in elements { items.append((try key(element, renderer), element)) }
    try renderer.charge(elements: elements.count)
    if reverse { items.reverse() }
    try sort(&items, order, in: renderer)
    if reverse { items.reverse() }
    return items.map(\.value)
  }

  /// How keys are compared.
  enum Order {
    case natural
    /// As `pprint` does: keys that have no order, by the names of their types.
    case naturalOrByType
  }

  private static func isLess(
    _ left: (key: JinjaValue, value: JinjaValue), _ right: (key: JinjaValue, value: JinjaValue), _ order: Order,
    _ renderer: Renderer
  ) throws(TemplateError) -> Bool {
    try renderer.step()
    do throws(TemplateError) { return try renderer.isOrdered(left.key, "<", right.key) } catch {
      guard order == .naturalOrByType, error.className == "TypeError" else { throw error }
      let (leftName, rightName) = (left.key.className, right.key.className)
      guard leftName != rightName else {
        throw .unsupported("the template sorts values of type \(leftName), whose order is not reproducible")
      }
      return leftName.unicodeScalars.lexicographicallyPrecedes(rightName.unicodeScalars)
    }
  }

  /// Sorts as CPython does lists of fewer than 64 elements, longer ones in parts that are merged; the order of the
  /// comparisons decides which one fails.
  private static func sort(
    _ items: inout [(key: JinjaValue, value: JinjaValue)], _ order: Order, in renderer: Renderer
  ) throws(TemplateError) {
    guard items.count > 1 else { return }
    if items.count >= 64 {
      let middle = items.count / 2
      var left = Array(items[..<middle])
      var right = Array(items[middle...])
      try sort(&left, order, in: renderer)
      try sort(&right, order, in: renderer)
      items = try merged(left, right, order, in: renderer)
      return
    }
    // The run that is there already.
    var end = 2
    if try isLess(items[1], items[0], order, renderer) {
      while end < items.count, try isLess(items[end], items[end - 1], order, renderer) { end += 1 }
      items[..<end].reverse()
    } else {
      while end < items.count, try !isLess(items[end], items[end - 1], order, renderer) { end += 1 }
    }
    for index in end..<max(end, items.count) {
      let pivot = items[index]
      var low = 0
      var high = index
      while low < high {
        let middle = (low + high) / 2
        if try isLess(pivot, items[middle], order, renderer) { high = middle } else { low = middle + 1 }
      }
      items.remove(at: index)
      items.insert(pivot, at: low)
    }
  }

  private static func merged(
    _ left: [(key: JinjaValue, value: JinjaValue)], _ right: [(key: JinjaValue, value: JinjaValue)], _ order: Order,
    in renderer: Renderer
  ) throws(TemplateError) -> [(key: JinjaValue, value: JinjaValue)] {
    var result: [(key: JinjaValue, value: JinjaValue)] = []
    result.reserveCapacity(left.count + right.count)
    var (i, j) = (0, 0)
    while i < left.count, j < right.count {
      if try isLess(right[j], left[i], order, renderer) {
        result.append(right[j])
        j += 1
      } else {
        result.append(left[i])
        i += 1
      }
    }
    return result + left[i...] + right[j...]
  }
}

/// `attribute=` of filters: a path of members, whole numbers as indexes.
struct AttributePath {
  private let parts: [JinjaValue]

  init(_ value: JinjaValue?) {
    switch value {
    case nil, .some(.none): parts = []
    case .some(let value):
      guard let text = value.textValue else {
        parts = [value]
        return
      }
      parts = Self.split(text, at: ".").map { part in
        let points = withExtendedLifetime(part.storage) { PythonText.points(part.bytes) }
        let isNumber = !points.isEmpty && points.allSatisfy(PythonText.isDigit)
        guard isNumber, let number = try? NumberConversion.int(.text(part), .none, nil), !number.isNone else {
          return value.isMarkup ? .markup(part) : .text(part)
        }
        return number
      }
    }
  }

  /// Several paths in one text, separated by commas.
  static func several(_ value: JinjaValue?) -> [AttributePath] {
    guard let value, let text = value.textValue else { return [AttributePath(value)] }
    return split(text, at: ",").map { AttributePath(value.isMarkup ? .markup($0) : .text($0)) }
  }

  private static func split(_ text: JinjaText, at separator: String) -> [JinjaText] {
    TextSearch.split(text, by: JinjaText(separator), limit: -1)
  }

  func value(
    of item: JinjaValue, default fallback: JinjaValue? = nil, in renderer: Renderer
  ) throws(TemplateError) -> JinjaValue {
    var value = item
    for part in parts {
      value = try renderer.item(part, of: value)
      if let fallback, value.isUndefined { value = fallback }
    }
    return value
  }
}

extension JinjaValue {
  /// Strings in lower case, other values as they are.
  func ignoringCase(in renderer: Renderer) throws(TemplateError) -> JinjaValue {
    switch self {
    case .text(let text), .markup(let text):
      try renderer.charge(characters: text.count)
      let lower = TextCase.convert(text, .lower)
      return isMarkup ? .markup(lower) : .text(lower)
    default: return self
    }
  }
}
