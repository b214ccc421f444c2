import JSON

extension Renderer {
  /// Python's `str`.
  func string(_ value: JinjaValue) throws(TemplateError) -> JinjaText {
    switch value {
    case .text(let text), .markup(let text): text
    case .undefined: .empty
    default: JinjaText(try repr(value), origin: Origins.origin(of: value))
    }
  }

  /// Python's `repr`.
  func repr(_ value: JinjaValue) throws(TemplateError) -> [UInt8] {
    var bytes: [UInt8] = []
    try appendRepr(value, to: &bytes, depth: 0)
    try charge(bytes: bytes.count)
    return bytes
  }

  private func appendRepr(_ value: JinjaValue, to bytes: inout [UInt8], depth: Int) throws(TemplateError) {
    guard depth < 900 else { throw .recursion }
    try step()
    switch value {
    case .missing, .undefined: bytes += Array("Undefined".utf8)
    case .none: bytes += Array("None".utf8)
    case .flag(let flag, _): bytes += Array((flag ? "True" : "False").utf8)
    case .whole(let number, _): bytes += Array(String(number).utf8)
    case .big(let number): bytes += Array(try Self.decimal(number).utf8)
    case .real(let number, _): bytes += Array(Self.text(of: number).utf8)
    case .text(let text): bytes += withExtendedLifetime(text.storage) { PythonText.repr(text.bytes) }
    case .markup(let text):
      bytes += Array("Markup(".utf8)
      bytes += withExtendedLifetime(text.storage) { PythonText.repr(text.bytes) }
      bytes.append(UInt8(ascii: ")"))
    case .list(let list):
      bytes.append(UInt8(ascii: "["))
      try appendElements(list.elements, to: &bytes, depth: depth)
      bytes.append(UInt8(ascii: "]"))
    case .tuple(let tuple):
      bytes.append(UInt8(ascii: "("))
      try appendElements(tuple.elements, to: &bytes, depth: depth)
      if tuple.elements.count == 1 { bytes.append(UInt8(ascii: ",")) }
      bytes.append(UInt8(ascii: ")"))
    case .dict(let dict):
      bytes.append(UInt8(ascii: "{"))
      for index in 0..<dict.count {
        if index > 0 { bytes += Array(", ".utf8) }
        try appendRepr(dict.keys[index], to: &bytes, depth: depth + 1)
        bytes += Array(": ".utf8)
        try appendRepr(dict.value(at: index), to: &bytes, depth: depth + 1)
      }
      bytes.append(UInt8(ascii: "}"))
    case .object(let object): bytes += try object.repr(in: self)
    }
    if bytes.count > limits.outputBytes { try charge(bytes: bytes.count) }
  }

  private func appendElements(_ elements: [JinjaValue], to bytes: inout [UInt8], depth: Int) throws(TemplateError) {
    for (index, element) in elements.enumerated() {
      if index > 0 { bytes += Array(", ".utf8) }
      try appendRepr(element, to: &bytes, depth: depth + 1)
    }
  }

  /// Python's text of a float.
  static func text(of number: Double) -> String { number.pythonText }

  /// The decimal digits of a number, which Python refuses to print beyond 4,300.
  static func decimal(_ number: BigInteger) throws(TemplateError) -> String {
    // 14,285 bits are 4,301 digits at least.
    if number.bitWidth <= 14_284 {
      let text = number.decimal
      if text.utf8.count - (number.isNegative ? 1 : 0) <= 4300 { return text }
    }
    throw .value(
      "Exceeds the limit (4300 digits) for integer string conversion; use sys.set_int_max_str_digits() to increase the limit"
    )
  }

  /// markupsafe's `escape`.
  func escaped(_ value: JinjaValue) throws(TemplateError) -> JinjaText {
    if case .markup(let text) = value { return text }
    return Markup.escape(try string(value))
  }
}

extension JinjaValue {
  /// The `repr` of a key in a message; what is nested deeply is left out.
  var shortRepr: String { shortRepr(depth: 0) }

  private func shortRepr(depth: Int) -> String {
    guard depth < 8 else { return "..." }
    func joined(_ elements: [JinjaValue]) -> String {
      elements.map { $0.shortRepr(depth: depth + 1) }.joined(separator: ", ")
    }
    switch self {
    case .none: return "None"
    case .flag(let flag, _): return flag ? "True" : "False"
    case .whole(let number, _): return String(number)
    case .big(let number): return (try? Renderer.decimal(number)) ?? ""
    case .real(let number, _): return Renderer.text(of: number)
    case .text(let text): return text.repr
    case .markup(let text): return "Markup(\(text.repr))"
    case .list(let list): return "[\(joined(list.elements))]"
    case .tuple(let tuple): return "(\(joined(tuple.elements))\(tuple.elements.count == 1 ? ",)" : ")")"
    case .dict(let dict):
      let members = zip(dict.keys, dict.values).map {
        "\($0.shortRepr(depth: depth + 1)): \($1.shortRepr(depth: depth + 1))"
      }
      return "{\(members.joined(separator: ", "))}"
    case .undefined, .missing: return "Undefined"
    case .object(let object): return "<\(object.typeName)>"
    }
  }
}

/// Where computed texts come from.
enum Origins {
  /// The input that a value was made of: its own where all of its texts come from one.
  static func origin(of value: JinjaValue) -> TextOrigin {
    var result: TextOrigin?
    return collect(value, &result, depth: 0) ? result ?? .template : .template
  }

  /// Notes the origins in a value; false where there are two.
  ///
  /// It looks at no more parts than were printed, which the caller has done within the limits.
  private static func collect(_ value: JinjaValue, _ result: inout TextOrigin?, depth: Int) -> Bool {
    switch value {
    case .text(let text), .markup(let text):
      let origin = text.computedOrigin
      if origin == .template {
        // A mixed text counts as the template's, and then so does what is made of it.
        guard text.origin == .mixed else { return true }
        return text.runs.allSatisfy { $0.origin == .template }
      }
      if let known = result { return known == origin }
      result = origin
      return true
    case .list(let list):
      guard depth < 200 else { return false }
      for element in list.elements where !collect(element, &result, depth: depth + 1) { return false }
      return note(list.origin, &result)
    case .tuple(let tuple):
      guard depth < 200 else { return false }
      for element in tuple.elements where !collect(element, &result, depth: depth + 1) { return false }
      return true
    case .dict(let dict):
      guard depth < 200 else { return false }
      for element in dict.keys where !collect(element, &result, depth: depth + 1) { return false }
      for element in dict.values where !collect(element, &result, depth: depth + 1) { return false }
      return note(dict.origin, &result)
    case .flag(_, let origin), .whole(_, let origin), .real(_, let origin): return note(origin, &result)
    case .object(let bytes as BytesValue): return note(bytes.origin, &result)
    default: return true
    }
  }

  private static func note(_ origin: TextOrigin, _ result: inout TextOrigin?) -> Bool {
    guard origin != .template else { return true }
    if let known = result { return known == origin.rewritten }
    result = origin.rewritten
    return true
  }
}
