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
      if try renderer.length(value) == 0 { return empty("No random item, sequence was empty.") }
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
        return .object(try reversedIterator(value, in: renderer))
      case .object(let object) where object is RangeValue || object is DictView || object is BytesValue:
        return .object(try reversedIterator(value, in: renderer))
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

  static func empty(_ hint: String) -> JinjaValue { .undefined(UndefinedValue(.hint(hint))) }

  private static let count: FilterFunction = { value, arguments, renderer throws(TemplateError) in
    guard arguments.keywords.isEmpty else { throw .type("len() takes no keyword arguments") }
    guard arguments.isEmpty else { throw .type("len() takes exactly one argument (\(arguments.count + 1) given)") }
    if let text = value.textValue { try renderer.charge(bytes: text.count) }
    guard let length = try renderer.length(value) else {
      throw .type("object of type '\(value.typeName)' has no len()")
    }
    return .int(length)
  }

  /// The elements of what Python's `reversed` accepts.
  private static func reversedElements(_ value: JinjaValue, in renderer: Renderer) throws(TemplateError) -> [JinjaValue]
  {
    switch value {
    case .list, .tuple, .dict, .text, .markup: return try renderer.elements(value)
    case .object(let object) where object is RangeValue || object is DictView || object is BytesValue:
      return try renderer.elements(value)
    // A sequence by its methods, whose length is 0.
    case .undefined: return []
    default: throw .type("'\(value.typeName)' object is not reversible")
    }
  }

  /// What Python's `reversed` returns.
  private static func reversedIterator(
    _ value: JinjaValue, in renderer: Renderer
  ) throws(TemplateError) -> GeneratorValue {
    let name =
      switch value {
      case .list: "list_reverseiterator"
      case .dict: "dict_reversekeyiterator"
      case .object(let view as DictView): view.reversedTypeName
      case .object(_ as RangeValue): "range_iterator"
      default: "reversed"
      }
    return GeneratorValue(name, over: value, iterator: ElementIterator(try renderer.elements(value).reversed()))
  }

  // MARK: - Lazy filters

  /// A generator of what a function makes of each element; nil is left out.
  ///
  /// As in Python, nothing happens, not even an error, before the first element is taken.
  ///
  /// - Parameter failure: what is wrong with the arguments, which comes before what is wrong with the value.
  static func generator(
    over value: JinjaValue, in renderer: Renderer, failing failure: TemplateError? = nil,
    _ transform: @escaping (JinjaValue) throws(TemplateError) -> JinjaValue?
  ) throws(TemplateError) -> JinjaValue {
    var iterator: ValueIterator?
    return .object(
      GeneratorValue(over: value) { () throws(TemplateError) in
        if iterator == nil {
          if let failure { throw failure }
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
    guard try value.isTrue else { return try generator(over: .list([]), in: renderer) { $0 } }
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
    var filter: FilterFunction?
    return try generator(over: value, in: renderer, failing: failure) { element throws(TemplateError) in
      if let path { return try path.value(of: element, default: fallback, in: renderer) }
      let function: FilterFunction
      if let filter { function = filter } else { function = try named(name) }
      filter = function
      return try function(element, rest, renderer)
    }
  }

  private static func named(_ name: JinjaValue) throws(TemplateError) -> FilterFunction {
    if let text = name.textValue {
      if let function = table[text.string] { return function }
      throw .runtime("No filter named \(name.shortRepr).")
    }
    if case .undefined(let undefined) = name {
      throw .runtime(
        "No filter named Undefined. (\(undefined.error.message); did you forget to quote the callable name?)")
    }
    try name.checkHashable()
    throw .runtime("No filter named \(name.shortRepr).")
  }

  private static func testNamed(_ name: JinjaValue) throws(TemplateError) -> TestFunction {
    if let text = name.textValue {
      if let function = Tests.table[text.string] { return function }
      throw .runtime("No test named \(name.shortRepr).")
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
    guard try value.isTrue else { return try generator(over: .list([]), in: renderer) { $0 } }
    var rest = arguments
    var path: AttributePath?
    if looksUp, !rest.positional.isEmpty { path = AttributePath(rest.positional.removeFirst()) }
    let failure: TemplateError? =
      looksUp && path == nil ? .filterArgument("Missing parameter for attribute name") : nil
    let name = rest.positional.isEmpty ? nil : rest.positional.removeFirst()
    let remaining = rest
    var test: TestFunction?
    return try generator(over: value, in: renderer, failing: failure) { element throws(TemplateError) in
      let subject = try path?.value(of: element, in: renderer) ?? element
      guard let name else { return try subject.isTrue != isRejecting ? element : nil }
      // Looked up once the first element is there, as an unknown one is an error only then.
      let function: TestFunction
      if let test { function = test } else { function = try testNamed(name) }
      test = function
      return try function(subject, remaining, renderer) != isRejecting ? element : nil
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
          guard JinjaValue.int(pending.count).equalsIgnoringErrors(size) else {
            pending.append(element)
            continue
          }
          defer { pending = [element] }
          return .list(pending)
        }
        guard !pending.isEmpty else { return nil }
        if let fill, try renderer.isOrdered(.int(pending.count), "<", size) {
          guard size.index != nil else {
            throw .type("can't multiply sequence by non-int of type '\(size.typeName)'")
          }
          guard let whole = size.smallIndex else { throw .overflow("cannot fit 'int' into an index-sized integer") }
          let missing = whole - pending.count
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
