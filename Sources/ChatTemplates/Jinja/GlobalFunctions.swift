/// A function that every template has.
final class GlobalFunction: JinjaObject {
  enum Kind: String {
    case range, dict, lipsum, cycler, joiner, namespace
    case raiseException = "raise_exception"
    case strftimeNow = "strftime_now"
    /// `dict.fromkeys`, which has no name of its own.
    case fromKeys = ""
  }

  private let kind: Kind
  init(_ kind: Kind) { self.kind = kind }

  override var typeName: String {
    switch kind {
    case .dict: "TemplateDict"
    case .cycler, .joiner, .namespace: "type"
    case .fromKeys: "method"
    default: "function"
    }
  }

  override var module: String { kind == .dict ? "transformers.utils.chat_template_utils" : "" }
  override var isCallable: Bool { true }

  override func attribute(_ name: String, in renderer: Renderer) throws(TemplateError) -> JinjaValue? {
    kind == .dict && name == "fromkeys" ? .object(GlobalFunction(.fromKeys)) : nil
  }

  override func call(_ arguments: Arguments, in renderer: Renderer) throws(TemplateError) -> JinjaValue {
    switch kind {
    case .range: return .object(try Self.range(arguments))
    case .dict: return .dict(try DictMethods.make(arguments, in: renderer))
    case .fromKeys: return try DictMethods.fromKeys(arguments, in: renderer)
    case .namespace:
      let members = try DictMethods.make(arguments, in: renderer)
      for key in members.keys { if let name = key.textValue { try NamespaceValue.check(name) } }
      let namespace = NamespaceValue(members)
      renderer.register(namespace)
      return .object(namespace)
    case .cycler:
      if let keyword = arguments.keywords.first {
        throw .type("Cycler.__init__() got an unexpected keyword argument '\(keyword.name)'")
      }
      guard !arguments.positional.isEmpty else {
        throw TemplateError(.failed, "at least one item has to be provided", className: "RuntimeError")
      }
      try renderer.charge(elements: arguments.count)
      return .object(CyclerValue(arguments.positional))
    case .joiner:
      let given = try arguments.bind("Joiner.__init__", [.optional("sep")], offset: 1)
      return .object(JoinerValue(given[0] ?? .text(", ")))
    case .raiseException:
      let given = try arguments.bind("_cached_compile_jinja_template.<locals>.raise_exception", [.required("message")])
      throw TemplateError(.raised, text: try renderer.string(given[0] ?? .none).array, className: "TemplateError")
    case .strftimeNow:
      let given = try arguments.bind("_cached_compile_jinja_template.<locals>.strftime_now", [.required("format")])
      guard let format = given[0]?.textValue else {
        throw .type("strftime() argument 1 must be str, not \(given[0]?.typeName ?? "NoneType")")
      }
      try PythonText.checkEncodable(format.array)
      return .text(try renderer.clock.format(format.string))
    case .lipsum: throw .unsupported("lipsum gives random text")
    }
  }

  private static func range(_ arguments: Arguments) throws(TemplateError) -> RangeValue {
    guard arguments.keywords.isEmpty else {
      throw .type("safe_range() got an unexpected keyword argument '\(arguments.keywords[0].name)'")
    }
    guard !arguments.positional.isEmpty else { throw .type("range expected at least 1 argument, got 0") }
    guard arguments.count <= 3 else { throw .type("range expected at most 3 arguments, got \(arguments.count)") }
    var numbers: [BigInteger] = []
    for value in arguments.positional {
      guard let number = value.index else {
        throw .type("'\(value.typeName)' object cannot be interpreted as an integer")
      }
      numbers.append(number)
    }
    let start = numbers.count > 1 ? numbers[0] : BigInteger(0)
    let stop = numbers.count > 1 ? numbers[1] : numbers[0]
    let step = numbers.count > 2 ? numbers[2] : BigInteger(1)
    guard !step.isZero else { throw .value("range() arg 3 must not be zero") }
    let distance = step.isNegative ? start - stop : stop - start
    let one = BigInteger(1)
    let count =
      distance > BigInteger(0) ? (distance - one).dividedFloor(by: step.magnitude).quotient + one : BigInteger(0)
    guard let size = count.int else { throw .overflow("Python int too large to convert to C ssize_t") }
    guard size <= 100_000 else {
      throw .overflow("Range too big. The sandbox blocks ranges larger than MAX_RANGE (100000).")
    }
    guard let first = start.int, let last = stop.int, let stride = step.int else {
      throw .unsupported("ranges beyond 64 bits are not supported")
    }
    return RangeValue(start: first, stop: last, step: stride, count: size)
  }
}
