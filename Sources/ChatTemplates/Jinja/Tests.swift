/// The tests of jinja2.
enum Tests {
  static let table: [String: TestFunction] = [
    "odd": { value, arguments, renderer throws(TemplateError) in
      _ = try arguments.bind("test_odd", [], offset: 1)
      return try remainder(value, .int(2), in: renderer).equalsIgnoringErrors(.int(1))
    },
    "even": { value, arguments, renderer throws(TemplateError) in
      _ = try arguments.bind("test_even", [], offset: 1)
      return try remainder(value, .int(2), in: renderer).equalsIgnoringErrors(.int(0))
    },
    "divisibleby": { value, arguments, renderer throws(TemplateError) in
      let given = try arguments.bind("test_divisibleby", [.required("num")], offset: 1)
      return try remainder(value, given[0] ?? .none, in: renderer).equalsIgnoringErrors(.int(0))
    },
    "defined": plain("test_defined") { !$0.isUndefined },
    "undefined": plain("test_undefined") { $0.isUndefined },
    "none": plain("test_none") { $0.isNone },
    "boolean": plain("test_boolean") { if case .flag = $0 { true } else { false } },
    "false": plain("test_false") { if case .flag(false, _) = $0 { true } else { false } },
    "true": plain("test_true") { if case .flag(true, _) = $0 { true } else { false } },
    "integer": plain("test_integer") { value in
      switch value {
      case .whole, .big: true
      default: false
      }
    },
    "float": plain("test_float") { if case .real = $0 { true } else { false } },
    "string": plain("test_string") { $0.textValue != nil },
    "mapping": plain("test_mapping") { if case .dict = $0 { true } else { false } },
    "number": plain("test_number") { $0.isNumber },
    "escaped": plain("test_escaped") { $0.isMarkup },
    "callable": { value, arguments, _ throws(TemplateError) in
      guard arguments.keywords.isEmpty else { throw .type("callable() takes no keyword arguments") }
      guard arguments.isEmpty else {
        throw .type("callable() takes exactly one argument (\(arguments.count + 1) given)")
      }
      switch value {
      case .undefined: return true
      case .object(let object): return object.isCallable
      default: return false
      }
    },
    "lower": { value, arguments, renderer throws(TemplateError) in
      _ = try arguments.bind("test_lower", [], offset: 1)
      let text = try renderer.string(value)
      try renderer.charge(characters: text.count)
      return TextClass.holds(.islower, text)
    },
    "upper": { value, arguments, renderer throws(TemplateError) in
      _ = try arguments.bind("test_upper", [], offset: 1)
      let text = try renderer.string(value)
      try renderer.charge(characters: text.count)
      return TextClass.holds(.isupper, text)
    },
    "sequence": { value, arguments, renderer throws(TemplateError) in
      _ = try arguments.bind("test_sequence", [], offset: 1)
      switch value {
      case .object(let object): return object is RangeValue || object is BytesValue
      default: return (try? renderer.length(value)) != nil
      }
    },
    "iterable": { value, arguments, renderer throws(TemplateError) in
      _ = try arguments.bind("test_iterable", [], offset: 1)
      if case .object(let object) = value { return object.isIterable }
      if value.textValue != nil { return true }
      return try renderer.iterator(value) != nil
    },
    "filter": { value, arguments, _ throws(TemplateError) in
      _ = try arguments.bind("test_filter", [], offset: 2)
      try value.checkHashable()
      return value.textValue.map { Filters.table[$0.string] != nil } ?? false
    },
    "test": { value, arguments, _ throws(TemplateError) in
      _ = try arguments.bind("test_test", [], offset: 2)
      try value.checkHashable()
      return value.textValue.map { table[$0.string] != nil } ?? false
    },
    "sameas": { value, arguments, renderer throws(TemplateError) in
      let given = try arguments.bind("test_sameas", [.required("other")], offset: 1)
      return renderer.isSame(value, given[0] ?? .none)
    },
    "in": { value, arguments, renderer throws(TemplateError) in
      let given = try arguments.bind("test_in", [.required("seq")], offset: 1)
      return try renderer.contains(given[0] ?? .none, value)
    },
    "==": comparison("eq", .eq), "eq": comparison("eq", .eq), "equalto": comparison("eq", .eq),
    "!=": comparison("ne", .ne), "ne": comparison("ne", .ne),
    ">": comparison("gt", .gt), "gt": comparison("gt", .gt), "greaterthan": comparison("gt", .gt),
    ">=": comparison("ge", .gteq), "ge": comparison("ge", .gteq),
    "<": comparison("lt", .lt), "lt": comparison("lt", .lt), "lessthan": comparison("lt", .lt),
    "<=": comparison("le", .lteq), "le": comparison("le", .lteq),
  ]

  private static func plain(_ name: String, _ test: @escaping @Sendable (JinjaValue) -> Bool) -> TestFunction {
    { value, arguments, _ throws(TemplateError) in
      _ = try arguments.bind(name, [], offset: 1)
      return test(value)
    }
  }

  private static func comparison(_ name: String, _ comparison: ComparisonOperator) -> TestFunction {
    { value, arguments, renderer throws(TemplateError) in
      guard arguments.keywords.isEmpty else { throw .type("_operator.\(name)() takes no keyword arguments") }
      guard arguments.count == 1 else { throw .type("\(name) expected 2 arguments, got \(arguments.count + 1)") }
      return try renderer.compare(value, comparison, arguments.positional[0])
    }
  }

  private static func remainder(
    _ value: JinjaValue, _ divisor: JinjaValue, in renderer: Renderer
  ) throws(TemplateError) -> JinjaValue { try renderer.compute(.mod, value, divisor) }
}
