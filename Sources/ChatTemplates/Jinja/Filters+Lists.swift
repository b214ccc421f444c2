extension Filters {
  static let listFilters: [String: FilterFunction] = [
    "length": count, "count": count,
    "list": { value, arguments, renderer throws(TemplateError) in
      _ = try arguments.bind("sync_do_list", [], offset: 1)
      return .list(try renderer.elements(value))
    },
    "first": { value, arguments, renderer throws(TemplateError) in
      _ = try arguments.bind("sync_do_first", [], offset: 2)
      switch value {
      case .list(let list) where !list.elements.isEmpty: return list.elements[0]
      case .text(let text), .markup(let text):
        return Renderer.character(0, of: text).map(JinjaValue.text) ?? empty("No first item, sequence was empty.")
      default: break
      }
      guard let iterator = try renderer.iterator(value) else {
        throw .type("'\(value.typeName)' object is not iterable")
      }
      return try iterator.next() ?? empty("No first item, sequence was empty.")
    },
    "last": { value, arguments, renderer throws(TemplateError) in
      _ = try arguments.bind("do_last", [], offset: 2)
      return try reversedElements(value, in: renderer).last ?? empty("No last item, sequence was empty.")
    },
    "random": { value, arguments, renderer throws(TemplateError) in
      _ = try arguments.bind("do_random", [], offset: 2)
      if renderer.length(value) == 0 { return empty("No random item, sequence was empty.") }
      throw .unsupported("the filter random gives random values")
    },
    "items": { value, arguments, renderer throws(TemplateError) in
      _ = try arguments.bind("do_items", [], offset: 1)
      // The reference checks when the first pair is taken.
      var iterator: ElementIterator?
      return .object(
        GeneratorValue(over: value) { () throws(TemplateError) in
          if iterator == nil {
            switch value {
            case .undefined: iterator = ElementIterator([])
            case .dict(let dict): iterator = ElementIterator(DictView(.items, of: dict).elements)
            default: throw .type("Can only get item pairs from a mapping.")
            }
          }
          return try iterator?.next()
        })
    },
    "dictsort": dictSort, "sort": sort, "unique": unique, "groupby": groupBy,
    "min": { value, arguments, renderer throws(TemplateError) in
      try extreme(value, arguments, "do_min", "<", in: renderer)
    },
    "max": { value, arguments, renderer throws(TemplateError) in
      try extreme(value, arguments, "do_max", ">", in: renderer)
    },
    "sum": sum,
    "reverse": { value, arguments, renderer throws(TemplateError) in
      _ = try arguments.bind("do_reverse", [], offset: 1)
      if value.textValue != nil {
        return try renderer.slice(value, SliceBounds(start: nil, stop: nil, step: .int(-1)))
      }
      switch value {
      case .list, .tuple, .dict, .undefined:
        let name = if case .list = value { "list_reverseiterator" } else { "reversed" }
        return .object(
          GeneratorValue(name, over: value, iterator: ElementIterator(try renderer.elements(value).reversed())))
      case .object(let object) where object is RangeValue || object is DictView:
        return .object(
          GeneratorValue("reversed", over: value, iterator: ElementIterator(try renderer.elements(value).reversed())))
      default: break
      }
      do throws(TemplateError) {
        return .list(try renderer.elements(value).reversed())
      } catch {
        throw error.className == "TypeError" ? .filterArgument("argument must be iterable") : error
      }
    },
    "map": map,
    "select": { value, arguments, renderer throws(TemplateError) in
      try selection(value, arguments, isRejecting: false, looksUp: false, in: renderer)
    },
    "reject": { value, arguments, renderer throws(TemplateError) in
      try selection(value, arguments, isRejecting: true, looksUp: false, in: renderer)
    },
    "selectattr": { value, arguments, renderer throws(TemplateError) in
      try selection(value, arguments, isRejecting: false, looksUp: true, in: renderer)
    },
    "rejectattr": { value, arguments, renderer throws(TemplateError) in
      try selection(value, arguments, isRejecting: true, looksUp: true, in: renderer)
    },
    "batch": batch, "slice": slice,
  ]

  private static func empty(_ hint: String) -> JinjaValue { .undefined(UndefinedValue(.hint(hint))) }

  private static let count: FilterFunction = { value, arguments, renderer throws(TemplateError) in
    guard arguments.keywords.isEmpty else { throw .type("len() takes no keyword arguments") }
    guard arguments.isEmpty else { throw .type("len() takes exactly one argument (\(arguments.count + 1) given)") }
    guard let length = renderer.length(value) else {
      throw .type("object of type '\(value.typeName)' has no len()")
    }
    return .int(length)
  }

  /// The elements of what Python's `reversed` accepts.
  private static func reversedElements(_ value: JinjaValue, in renderer: Renderer) throws(TemplateError) -> [JinjaValue]
  {
    switch value {
    case .list, .tuple, .dict, .text, .markup: return try renderer.elements(value)
    case .object(let object) where object is RangeValue || object is DictView: return try renderer.elements(value)
    // A sequence by its methods, whose length is 0.
    case .undefined: return []
    default: throw .type("'\(value.typeName)' object is not reversible")
    }
  }

  // MARK: - Order

  private static let dictSort: FilterFunction = { value, arguments, renderer throws(TemplateError) in
    let given = try arguments.bind(
      "do_dictsort", [.optional("case_sensitive"), .optional("by"), .optional("reverse")], offset: 1)
    let isCaseSensitive = given[0]?.isTrue ?? false
    let by = given[1].map { $0.textValue?.string ?? "" } ?? "key"
    guard by == "key" || by == "value" else {
      throw .filterArgument("You can only sort by either \"key\" or \"value\"")
    }
    guard case .dict(let dict) = value else {
      if case .undefined(let undefined) = value { throw undefined.error }
      throw TemplateError(
        .failed, "'\(value.typeName)' object has no attribute 'items'", className: "AttributeError")
    }
    let pairs = DictView(.items, of: dict).elements
    return .list(
      try Sorting.sorted(pairs, reverse: try flag(given[2] ?? .bool(false)), in: renderer) { pair, _ in
        guard case .tuple(let tuple) = pair else { return pair }
        let key = tuple.elements[by == "key" ? 0 : 1]
        return isCaseSensitive ? key : key.ignoringCase
      })
  }

  /// A flag that Python takes as a whole number.
  static func flag(_ value: JinjaValue) throws(TemplateError) -> Bool {
    guard value.index != nil else { throw .type("'\(value.typeName)' object cannot be interpreted as an integer") }
    return value.isTrue
  }

  private static let sort: FilterFunction = { value, arguments, renderer throws(TemplateError) in
    let given = try arguments.bind(
      "do_sort", [.optional("reverse"), .optional("case_sensitive"), .optional("attribute")], offset: 2)
    let isCaseSensitive = given[1]?.isTrue ?? false
    let paths = AttributePath.several(given[2])
    let elements = try renderer.elements(value)
    return .list(
      try Sorting.sorted(elements, reverse: try flag(given[0] ?? .bool(false)), in: renderer) {
        element, renderer throws(TemplateError) in
        var keys: [JinjaValue] = []
        for path in paths {
          let key = try path.value(of: element, in: renderer)
          keys.append(isCaseSensitive ? key : key.ignoringCase)
        }
        return .list(keys)
      })
  }

  private static let unique: FilterFunction = { value, arguments, renderer throws(TemplateError) in
    let given = try arguments.bind("sync_do_unique", [.optional("case_sensitive"), .optional("attribute")], offset: 2)
    let isCaseSensitive = given[0]?.isTrue ?? false
    let path = AttributePath(given[1])
    var seen: Set<HashableValue> = []
    return try generator(over: value, in: renderer) { element throws(TemplateError) in
      let found = try path.value(of: element, in: renderer)
      let key = isCaseSensitive ? found : found.ignoringCase
      try key.checkHashable()
      return seen.insert(HashableValue(key)).inserted ? element : nil
    }
  }

  private static let groupBy: FilterFunction = { value, arguments, renderer throws(TemplateError) in
    let given = try arguments.bind(
      "sync_do_groupby", [.required("attribute"), .optional("default"), .optional("case_sensitive")], offset: 2)
    let path = AttributePath(given[0])
    let fallback = given[1].flatMap { $0.isNone ? nil : $0 }
    let isCaseSensitive = given[2]?.isTrue ?? false
    func key(_ element: JinjaValue, _ renderer: Renderer) throws(TemplateError) -> JinjaValue {
      let key = try path.value(of: element, default: fallback, in: renderer)
      return isCaseSensitive ? key : key.ignoringCase
    }
    let sorted = try Sorting.sorted(try renderer.elements(value), in: renderer, by: key)
    var groups: [JinjaValue] = []
    var index = 0
    while index < sorted.count {
      let groupKey = try key(sorted[index], renderer)
      var end = index + 1
      while end < sorted.count, try key(sorted[end], renderer).equalsIgnoringErrors(groupKey) { end += 1 }
      let grouper = isCaseSensitive ? groupKey : try path.value(of: sorted[index], default: fallback, in: renderer)
      groups.append(
        .tuple(TupleValue([grouper, .list(Array(sorted[index..<end]))], fieldNames: ["grouper", "list"])))
      index = end
    }
    return .list(groups)
  }

  private static func extreme(
    _ value: JinjaValue, _ arguments: Arguments, _ name: String, _ symbol: String, in renderer: Renderer
  ) throws(TemplateError) -> JinjaValue {
    let given = try arguments.bind(name, [.optional("case_sensitive"), .optional("attribute")], offset: 2)
    let isCaseSensitive = given[0]?.isTrue ?? false
    let path = AttributePath(given[1])
    var best: (key: JinjaValue, value: JinjaValue)?
    for element in try renderer.elements(value) {
      let found = try path.value(of: element, in: renderer)
      let key = isCaseSensitive ? found : found.ignoringCase
      if let known = best {
        if try renderer.isOrdered(key, symbol, known.key) { best = (key, element) }
      } else {
        best = (key, element)
      }
    }
    return best?.value ?? empty("No aggregated item, sequence was empty.")
  }

  private static let sum: FilterFunction = { value, arguments, renderer throws(TemplateError) in
    let given = try arguments.bind("sync_do_sum", [.optional("attribute"), .optional("start")], offset: 2)
    let path = AttributePath(given[0])
    var total = given[1] ?? .int(0)
    if total.textValue != nil { throw .type("sum() can't sum strings [use ''.join(seq) instead]") }
    guard let iterator = try renderer.iterator(value) else {
      throw .type("'\(value.typeName)' object is not iterable")
    }
    while let element = try iterator.next() {
      try renderer.step()
      total = try renderer.add(total, try path.value(of: element, in: renderer))
    }
    return total
  }

  // MARK: - Lazy filters

  /// A generator of what a function makes of each element; nil is left out.
  ///
  /// As in Python, nothing happens, not even an error, before the first element is taken.
  private static func generator(
    over value: JinjaValue, in renderer: Renderer,
    _ transform: @escaping (JinjaValue) throws(TemplateError) -> JinjaValue?
  ) throws(TemplateError) -> JinjaValue {
    var iterator: ValueIterator?
    return .object(
      GeneratorValue(over: value) { () throws(TemplateError) in
        if iterator == nil {
          guard let made = try renderer.iterator(value) else {
            throw .type("'\(value.typeName)' object is not iterable")
          }
          iterator = made
        }
        while let element = try iterator?.next() {
          try renderer.step()
          if let result = try transform(element) { return result }
        }
        return nil
      })
  }

  private static let map: FilterFunction = { value, arguments, renderer throws(TemplateError) in
    guard value.isTrue else { return try generator(over: .list([]), in: renderer) { $0 } }
    var path: AttributePath?
    var fallback: JinjaValue?
    var name = JinjaValue.none
    var rest = arguments
    var failure: TemplateError?
    if arguments.positional.isEmpty, let attribute = arguments.keywords.first(where: { $0.name == "attribute" }) {
      path = AttributePath(attribute.value)
      fallback = arguments.keywords.first { $0.name == "default" }.flatMap { $0.value.isNone ? nil : $0.value }
      if let other = arguments.keywords.first(where: { $0.name != "attribute" && $0.name != "default" }) {
        failure = .filterArgument("Unexpected keyword argument \(PythonText.repr(other.name))")
      }
    } else if let first = arguments.positional.first {
      name = first
      rest.positional.removeFirst()
    } else {
      failure = .filterArgument("map requires a filter argument")
    }
    return try generator(over: value, in: renderer) { element throws(TemplateError) in
      if let failure { throw failure }
      if let path { return try path.value(of: element, default: fallback, in: renderer) }
      return try named(name)(element, rest, renderer)
    }
  }

  private static func named(_ name: JinjaValue) throws(TemplateError) -> FilterFunction {
    if let text = name.textValue?.string {
      if let function = table[text] { return function }
      throw .runtime("No filter named \(PythonText.repr(text)).")
    }
    if case .undefined(let undefined) = name {
      throw .runtime(
        "No filter named Undefined. (\(undefined.error.message); did you forget to quote the callable name?)")
    }
    try name.checkHashable()
    throw .runtime("No filter named \(name.shortRepr).")
  }

  private static func testNamed(_ name: JinjaValue) throws(TemplateError) -> TestFunction {
    if let text = name.textValue?.string {
      if let function = Tests.table[text] { return function }
      throw .runtime("No test named \(PythonText.repr(text)).")
    }
    if case .undefined(let undefined) = name {
      throw .runtime(
        "No test named Undefined. (\(undefined.error.message); did you forget to quote the callable name?)")
    }
    try name.checkHashable()
    throw .runtime("No test named \(name.shortRepr).")
  }

  private static func selection(
    _ value: JinjaValue, _ arguments: Arguments, isRejecting: Bool, looksUp: Bool, in renderer: Renderer
  ) throws(TemplateError) -> JinjaValue {
    guard value.isTrue else { return try generator(over: .list([]), in: renderer) { $0 } }
    var rest = arguments
    var path: AttributePath?
    if looksUp, !rest.positional.isEmpty { path = AttributePath(rest.positional.removeFirst()) }
    let isMissingPath = looksUp && path == nil
    let name = rest.positional.isEmpty ? nil : rest.positional.removeFirst()
    let remaining = rest
    return try generator(over: value, in: renderer) { element throws(TemplateError) in
      if isMissingPath { throw .filterArgument("Missing parameter for attribute name") }
      let subject = try path?.value(of: element, in: renderer) ?? element
      let holds =
        try name.map { name throws(TemplateError) in
          try testNamed(name)(subject, remaining, renderer)
        } ?? subject.isTrue
      return holds != isRejecting ? element : nil
    }
  }

  private static let batch: FilterFunction = { value, arguments, renderer throws(TemplateError) in
    let given = try arguments.bind("do_batch", [.required("linecount"), .optional("fill_with")], offset: 1)
    let size = given[0] ?? .none
    let fill = given[1].flatMap { $0.isNone ? nil : $0 }
    var iterator: ValueIterator?
    var isDone = false
    var pending: [JinjaValue] = []
    return .object(
      GeneratorValue(over: value) { () throws(TemplateError) in
        if iterator == nil {
          guard let made = try renderer.iterator(value) else {
            throw .type("'\(value.typeName)' object is not iterable")
          }
          iterator = made
        }
        while !isDone {
          guard let element = try iterator?.next() else {
            isDone = true
            break
          }
          try renderer.step()
          let isFull = JinjaValue.int(pending.count).equalsIgnoringErrors(size)
          let full = pending
          pending = isFull ? [element] : pending + [element]
          if isFull { return .list(full) }
        }
        guard !pending.isEmpty else { return nil }
        if let fill, try renderer.isOrdered(.int(pending.count), "<", size) {
          let missing = (size.smallIndex ?? 0) - pending.count
          try renderer.charge(elements: missing)
          pending += Array(repeating: fill, count: max(0, missing))
        }
        defer { pending = [] }
        return .list(pending)
      })
  }

  private static let slice: FilterFunction = { value, arguments, renderer throws(TemplateError) in
    let given = try arguments.bind("sync_do_slice", [.required("slices"), .optional("fill_with")], offset: 1)
    let fill = given[1].flatMap { $0.isNone ? nil : $0 }
    var parts: [JinjaValue]?
    var position = 0
    return .object(
      GeneratorValue(over: value) { () throws(TemplateError) in
        if parts == nil { parts = try slices(try renderer.elements(value), given[0] ?? .none, fill, in: renderer) }
        guard let all = parts, position < all.count else { return nil }
        defer { position += 1 }
        return all[position]
      })
  }

  private static func slices(
    _ elements: [JinjaValue], _ count: JinjaValue, _ fill: JinjaValue?, in renderer: Renderer
  ) throws(TemplateError) -> [JinjaValue] {
    let length = JinjaValue.int(elements.count)
    let size = try renderer.compute(.floordiv, length, count)
    let extra = try renderer.compute(.mod, length, count)
    guard let number = count.smallIndex, let perSlice = size.smallIndex, let more = extra.smallIndex else {
      throw .type("'\(count.typeName)' object cannot be interpreted as an integer")
    }
    try renderer.charge(elements: max(0, number))
    var result: [JinjaValue] = []
    var offset = 0
    for index in 0..<max(0, number) {
      let start = offset + index * perSlice
      if index < more { offset += 1 }
      let end = offset + (index + 1) * perSlice
      var part = Array(elements[start..<end])
      if let fill, index >= more { part.append(fill) }
      result.append(.list(part))
    }
    return result
  }
}
