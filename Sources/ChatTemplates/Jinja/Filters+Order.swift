/// Filters that order, group and add up elements.
extension Filters {
  static let dictSort: FilterFunction = { value, arguments, renderer throws(TemplateError) in
    let given = try arguments.bind(
      "do_dictsort", [.optional("case_sensitive"), .optional("by"), .optional("reverse")], offset: 1)
    let isCaseSensitive = try given[0]?.isTrue ?? false
    let by = given[1].map { $0.textValue?.string ?? "" } ?? "key"
    guard by == "key" || by == "value" else {
      throw .filterArgument("You can only sort by either \"key\" or \"value\"")
    }
    guard case .dict(let dict) = value else {
      if case .undefined(let undefined) = value { throw undefined.error }
      throw missing("items", of: value)
    }
    let pairs = DictView(.items, of: dict).elements
    return .list(
      try Sorting.sorted(pairs, reverse: try flag(given[2] ?? .bool(false)), in: renderer) {
        pair, _ throws(TemplateError) in
        guard case .tuple(let tuple) = pair else { return pair }
        let key = tuple.elements[by == "key" ? 0 : 1]
        return try isCaseSensitive ? key : key.ignoringCase(in: renderer)
      })
  }

  /// A flag that Python takes as a whole number.
  static func flag(_ value: JinjaValue) throws(TemplateError) -> Bool {
    try TextMethods.integer(value, as: "int") != 0
  }

  static let sort: FilterFunction = { value, arguments, renderer throws(TemplateError) in
    let given = try arguments.bind(
      "do_sort", [.optional("reverse"), .optional("case_sensitive"), .optional("attribute")], offset: 2)
    let isCaseSensitive = try given[1]?.isTrue ?? false
    let paths = AttributePath.several(given[2])
    let elements = try renderer.elements(value)
    return .list(
      try Sorting.sorted(elements, reverse: try flag(given[0] ?? .bool(false)), in: renderer) {
        element, renderer throws(TemplateError) in
        var keys: [JinjaValue] = []
        for path in paths {
          let key = try path.value(of: element, in: renderer)
          keys.append(try isCaseSensitive ? key : key.ignoringCase(in: renderer))
        }
        return .list(keys)
      })
  }

  static let unique: FilterFunction = { value, arguments, renderer throws(TemplateError) in
    let given = try arguments.bind("sync_do_unique", [.optional("case_sensitive"), .optional("attribute")], offset: 2)
    let isCaseSensitive = try given[0]?.isTrue ?? false
    let path = AttributePath(given[1])
    var seen: Set<HashableValue> = []
    return try generator(over: value, in: renderer) { element throws(TemplateError) in
      let found = try path.value(of: element, in: renderer)
      let key = try isCaseSensitive ? found : found.ignoringCase(in: renderer)
      try key.checkHashable()
      return seen.insert(HashableValue(key)).inserted ? element : nil
    }
  }

  static let groupBy: FilterFunction = { value, arguments, renderer throws(TemplateError) in
    let given = try arguments.bind(
      "sync_do_groupby", [.required("attribute"), .optional("default"), .optional("case_sensitive")], offset: 2)
    let path = AttributePath(given[0])
    let fallback = given[1].flatMap { $0.isNone ? nil : $0 }
    let isCaseSensitive = try given[2]?.isTrue ?? false
    func key(_ element: JinjaValue, _ renderer: Renderer) throws(TemplateError) -> JinjaValue {
      let key = try path.value(of: element, default: fallback, in: renderer)
      return try isCaseSensitive ? key : key.ignoringCase(in: renderer)
    }
    let sorted = try Sorting.sorted(try renderer.elements(value), in: renderer, by: key)
    var groups: [JinjaValue] = []
    var index = 0
    while index < sorted.count {
      let groupKey = try key(sorted[index], renderer)
      var end = index + 1
      while end < sorted.count, try renderer.areEqual(key(sorted[end], renderer), groupKey) { end += 1 }
      let grouper = isCaseSensitive ? groupKey : try path.value(of: sorted[index], default: fallback, in: renderer)
      groups.append(
        .tuple(TupleValue([grouper, .list(Array(sorted[index..<end]))], fieldNames: ["grouper", "list"])))
      index = end
    }
    return .list(groups)
  }

  static func extreme(
    _ value: JinjaValue, _ arguments: Arguments, _ name: String, _ symbol: String, in renderer: Renderer
  ) throws(TemplateError) -> JinjaValue {
    let given = try arguments.bind(name, [.optional("case_sensitive"), .optional("attribute")], offset: 2)
    let isCaseSensitive = try given[0]?.isTrue ?? false
    let path = AttributePath(given[1])
    var best: (key: JinjaValue, value: JinjaValue)?
    for element in try renderer.elements(value) {
      try renderer.step()
      let found = try path.value(of: element, in: renderer)
      let key = try isCaseSensitive ? found : found.ignoringCase(in: renderer)
      if let known = best {
        if try renderer.isOrdered(key, symbol, known.key) { best = (key, element) }
      } else {
        best = (key, element)
      }
    }
    return best?.value ?? empty("No aggregated item, sequence was empty.")
  }

  static let sum: FilterFunction = { value, arguments, renderer throws(TemplateError) in
    let given = try arguments.bind("sync_do_sum", [.optional("attribute"), .optional("start")], offset: 2)
    let path = AttributePath(given[0])
    var total = given[1] ?? .int(0)
    guard let iterator = try renderer.iterator(value) else {
      throw .type("'\(value.typeName)' object is not iterable")
    }
    if total.textValue != nil { throw .type("sum() can't sum strings [use ''.join(seq) instead]") }
    while let element = try iterator.next() {
      try renderer.step()
      total = try renderer.add(total, try path.value(of: element, in: renderer))
    }
    return total
  }
}
