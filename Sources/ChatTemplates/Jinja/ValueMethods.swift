/// The methods of Python's `dict`.
enum DictMethod: String {
  case clear, copy, fromkeys, get, items, keys, pop, popitem, setdefault, update, values

  /// Whether a text may be the name of a method or of something internal; false for most other names.
  static func mayBe(_ name: JinjaText) -> Bool {
    guard name.count <= 10 || name.bytes.first == UInt8(ascii: "_") else { return false }
    return switch name.bytes.first {
    case UInt8(ascii: "_"), UInt8(ascii: "c"), UInt8(ascii: "f"), UInt8(ascii: "g"), UInt8(ascii: "i"),
      UInt8(ascii: "k"), UInt8(ascii: "p"), UInt8(ascii: "s"), UInt8(ascii: "u"), UInt8(ascii: "v"):
      true
    default: false
    }
  }

  /// Whether the sandbox forbids the method because it changes the dict.
  var isMutating: Bool {
    switch self {
    case .clear, .pop, .popitem, .setdefault, .update: true
    default: false
    }
  }
}

enum DictMethods {
  static func call(
    _ method: DictMethod, on dict: DictValue, _ arguments: Arguments, in renderer: Renderer
  ) throws(TemplateError) -> JinjaValue {
    let name = method.rawValue
    switch method {
    case .get:
      guard arguments.keywords.isEmpty else { throw .type("dict.get() takes no keyword arguments") }
      guard !arguments.positional.isEmpty else { throw .type("get expected at least 1 argument, got 0") }
      guard arguments.count <= 2 else { throw .type("get expected at most 2 arguments, got \(arguments.count)") }
      let key = arguments.positional[0]
      try key.checkHashable()
      let found = key.textValue.map { dict.member($0) } ?? dict[key]
      return found ?? (arguments.count == 2 ? arguments.positional[1] : .none)
    case .keys, .values, .items, .copy:
      guard arguments.keywords.isEmpty else { throw .type("dict.\(name)() takes no keyword arguments") }
      guard arguments.positional.isEmpty else {
        throw .type("dict.\(name)() takes no arguments (\(arguments.count) given)")
      }
      switch method {
      case .keys: return .object(DictView(.keys, of: dict))
      case .values: return .object(DictView(.values, of: dict))
      case .items: return .object(DictView(.items, of: dict))
      default: return .dict(dict)
      }
    case .fromkeys: return try fromKeys(arguments, in: renderer)
    case .clear, .pop, .popitem, .setdefault, .update:
      throw TemplateError(
        .failed, "access to attribute '\(name)' of 'dict' object is unsafe.", className: "SecurityError")
    }
  }

  static func fromKeys(_ arguments: Arguments, in renderer: Renderer) throws(TemplateError) -> JinjaValue {
    guard arguments.keywords.isEmpty else { throw .type("dict.fromkeys() takes no keyword arguments") }
    guard !arguments.positional.isEmpty else { throw .type("fromkeys expected at least 1 argument, got 0") }
    guard arguments.count <= 2 else { throw .type("fromkeys expected at most 2 arguments, got \(arguments.count)") }
    let keys = try renderer.elements(arguments.positional[0])
    try renderer.charge(dictOf: keys.count)
    for key in keys { try key.checkHashable() }
    let value = arguments.count == 2 ? arguments.positional[1] : .none
    return .dict(DictValue(keys.map { ($0, value) }))
  }

  /// `dict(...)`: a mapping or pairs, then keywords.
  static func make(_ arguments: Arguments, in renderer: Renderer) throws(TemplateError) -> DictValue {
    if arguments.positional.isEmpty, let shape = arguments.keywordShape {
      return DictValue(shape, values: arguments.keywords.map(\.value))
    }
    guard arguments.count <= 1 else {
      throw .type("dict expected at most 1 argument, got \(arguments.count)")
    }
    var pairs: [(JinjaValue, JinjaValue)] = []
    switch arguments.positional.first {
    case nil: break
    case .dict(let dict): pairs = Array(zip(dict.keys, dict.values))
    case .undefined(let undefined): throw undefined.error
    case .some(let value):
      guard let iterator = try renderer.iterator(value) else {
        throw .type("'\(value.typeName)' object is not iterable")
      }
      var index = 0
      while let element = try iterator.next() {
        try renderer.step()
        guard try renderer.iterator(element) != nil else {
          throw .type("cannot convert dictionary update sequence element #\(index) to a sequence")
        }
        let pair = try renderer.elements(element)
        guard pair.count == 2 else {
          throw .value("dictionary update sequence element #\(index) has length \(pair.count); 2 is required")
        }
        try pair[0].checkHashable()
        pairs.append((pair[0], pair[1]))
        index += 1
      }
    }
    pairs += arguments.keywords.map { (.text($0.name), $0.value) }
    try renderer.charge(dictOf: pairs.count)
    return DictValue(pairs)
  }
}

/// The methods of lists, tuples and ranges that change nothing.
enum SequenceMethods {
  /// `count` or `index` of a range.
  static func call(
    _ name: String, on range: RangeValue, _ arguments: Arguments, in renderer: Renderer
  ) throws(TemplateError) -> JinjaValue {
    guard arguments.keywords.isEmpty else { throw .type("range.\(name)() takes no keyword arguments") }
    guard arguments.count == 1 else {
      throw .type("range.\(name)() takes exactly one argument (\(arguments.count) given)")
    }
    try renderer.charge(elements: range.count)
    let wanted = arguments.positional[0]
    let found = (0..<range.count).first { range.element($0).equalsIgnoringErrors(wanted) }
    if name == "count" { return .int(found == nil ? 0 : 1) }
    if let found { return .int(found) }
    throw .value(
      wanted.index == nil ? "sequence.index(x): x not in sequence" : "\(wanted.shortRepr) is not in range")
  }

  static func call(
    _ name: String, on elements: [JinjaValue], isList: Bool, _ arguments: Arguments, in renderer: Renderer
  ) throws(TemplateError) -> JinjaValue {
    let type = isList ? "list" : "tuple"
    guard arguments.keywords.isEmpty else { throw .type("\(type).\(name)() takes no keyword arguments") }
    try renderer.charge(elements: elements.count)
    switch name {
    case "copy":
      guard arguments.positional.isEmpty else {
        throw .type("list.copy() takes no arguments (\(arguments.count) given)")
      }
      return .list(elements)
    case "count":
      guard arguments.count == 1 else {
        throw .type("\(type).count() takes exactly one argument (\(arguments.count) given)")
      }
      var count = 0
      for element in elements where try renderer.areEqual(element, arguments.positional[0]) { count += 1 }
      return .int(count)
    default:
      guard let wanted = arguments.positional.first else { throw .type("index expected at least 1 argument, got 0") }
      guard arguments.count <= 3 else { throw .type("index expected at most 3 arguments, got \(arguments.count)") }
      func bound(_ index: Int, _ other: Int) throws(TemplateError) -> Int {
        guard arguments.count > index else { return other }
        guard let number = arguments.positional[index].index else {
          throw .type("slice indices must be integers or have an __index__ method")
        }
        let value = number.int ?? (number.isNegative ? -Int.max : Int.max)
        return min(max(value < 0 ? value + elements.count : value, 0), elements.count)
      }
      let start = try bound(1, 0)
      let end = try bound(2, elements.count)
      for index in start..<max(start, end) where try renderer.areEqual(elements[index], wanted) { return .int(index) }
      throw .value(isList ? "\(wanted.shortRepr) is not in list" : "tuple.index(x): x not in tuple")
    }
  }
}

/// The methods of numbers.
enum NumberMethods {
  static func call(
    _ name: String, on value: JinjaValue, _ arguments: Arguments, in renderer: Renderer
  ) throws(TemplateError) -> JinjaValue {
    guard !["to_bytes", "from_bytes", "fromhex"].contains(name) else {
      throw .unsupported("the method \(value.index == nil ? "float" : "int").\(name) is not supported")
    }
    guard arguments.keywords.isEmpty else { throw .type("\(value.typeName).\(name)() takes no keyword arguments") }
    guard arguments.isEmpty else {
      throw .type("\(value.typeName).\(name)() takes no arguments (\(arguments.count) given)")
    }
    switch (name, value) {
    case ("conjugate", .real): return value
    case ("is_integer", .real(let number, _)): return .bool(number.isFinite && number.rounded() == number)
    case ("as_integer_ratio", .real(let number, _)): return try ratio(number)
    default: break
    }
    guard let number = value.index else { throw .unsupported("the method float.\(name) is not supported") }
    switch name {
    case "bit_length": return .int(number.bitWidth)
    case "bit_count": return .int(number.limbs.reduce(0) { $0 + $1.nonzeroBitCount })
    case "conjugate": return .integer(number)
    case "as_integer_ratio": return .tuple([.integer(number), .int(1)])
    default: throw .unsupported("the method int.\(name) is not supported")
    }
  }

  private static func ratio(_ number: Double) throws(TemplateError) -> JinjaValue {
    guard number.isFinite else {
      let name = number.isNaN ? "NaN" : "Infinity"
      let message = "cannot convert \(name) to integer ratio"
      throw number.isNaN ? .value(message) : .overflow(message)
    }
    guard number != 0 else { return .tuple([.int(0), .int(1)]) }
    let exponent = Int(number.exponent) - number.significandWidth
    let significand = number.significand * Double(sign: .plus, exponent: number.significandWidth, significand: 1)
    let whole = BigInteger(truncating: number.sign == .minus ? -significand : significand)
    return exponent >= 0
      ? .tuple([.integer(whole.shiftedLeft(exponent)), .int(1)])
      : .tuple([.integer(whole), .integer(BigInteger(1).shiftedLeft(-exponent))])
  }
}
