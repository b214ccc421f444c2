/// The name of a member or method in a template, with what it can mean.
final class MemberName: Sendable {
  let name: String
  let range: Range<UInt32>
  /// Number of the name among all in the template.
  let number: Int
  let textMethod: TextMethod?
  let dictMethod: DictMethod?
  let loopAttribute: LoopValue.Attribute?
  /// Whether the name begins with two underscores.
  let isInternal: Bool

  init(_ name: String, literal range: Range<UInt32>, number: Int) {
    self.name = name
    self.range = range
    self.number = number
    textMethod = TextMethod(rawValue: name)
    dictMethod = DictMethod(rawValue: name)
    loopAttribute = LoopValue.Attribute(rawValue: name)
    isInternal = name.utf8.starts(with: "__".utf8)
  }

  /// Whether the name can be nothing but a key for a value: no method or attribute of the value's type.
  func isPlain(for value: JinjaValue) -> Bool {
    switch value {
    case .dict: dictMethod == nil && !isInternal
    case .text: textMethod == nil && !isInternal
    default: false
    }
  }
}

extension Renderer {
  /// `value.name`: the attribute, else the item.
  func attribute(_ name: MemberName, of value: JinjaValue) throws(TemplateError) -> JinjaValue {
    switch value {
    case .dict(let dict) where name.dictMethod == nil:
      if let member = member(name, of: dict) { return member }
    case .object(let object):
      if type(of: object) == LoopValue.self {
        if let attribute = name.loopAttribute {
          return try unsafeDowncast(object, to: LoopValue.self).attribute(attribute)
        }
      } else if type(of: object) == NamespaceValue.self, !name.isInternal {
        // Its attributes are its members.
        if let member = member(name, of: unsafeDowncast(object, to: NamespaceValue.self).members) { return member }
      }
    default: break
    }
    if name.isPlain(for: value) {
      return .undefined(UndefinedValue(.member(of: value, name: .text(literal(name.range)))))
    }
    return try attribute(named: name.name, key: literal(name.range), of: value)
  }

  /// `value.name` for a name that is known when the template runs.
  func attribute(named name: String, key: JinjaText, of value: JinjaValue) throws(TemplateError) -> JinjaValue {
    if let attribute = try Attributes.find(name, of: value, in: self) { return attribute }
    switch value {
    case .undefined(let undefined): throw undefined.error
    case .dict(let dict):
      if let member = dict.member(key) { return member }
    case .object(let object):
      if let item = try object.item(.text(key), in: self) { return item }
    default: break
    }
    return .undefined(UndefinedValue(.member(of: value, name: .text(key))))
  }

  /// `value[key]`: the item, else the attribute.
  func item(_ key: JinjaValue, of value: JinjaValue) throws(TemplateError) -> JinjaValue {
    switch value {
    case .undefined(let undefined): throw undefined.error
    case .dict(let dict):
      if let text = key.textValue {
        if let member = dict.member(text) { return member }
        if !DictMethod.mayBe(text) { return .undefined(UndefinedValue(.member(of: value, name: key))) }
      } else if key.unhashableTypeName == nil, let member = dict[key] {
        return member
      }
    case .list(let list):
      if let element = element(key, of: list.elements) { return element }
    case .tuple(let tuple):
      if let element = element(key, of: tuple.elements) { return element }
    case .text(let text), .markup(let text):
      if let index = key.smallIndex {
        try charge(bytes: min(text.count, Int(min(index.magnitude, 1 << 40))))
        if let part = Self.character(index, of: text) { return value.isMarkup ? .markup(part) : .text(part) }
      }
    case .object(let object):
      if let item = try object.item(key, in: self) { return item }
    default: break
    }
    if let text = key.textValue, let attribute = try Attributes.find(text.string, of: value, in: self) {
      return attribute
    }
    return .undefined(UndefinedValue(.member(of: value, name: key)))
  }

  private func element(_ key: JinjaValue, of elements: [JinjaValue]) -> JinjaValue? {
    guard let index = key.smallIndex else { return nil }
    let position = index < 0 ? index + elements.count : index
    return elements.indices.contains(position) ? elements[position] : nil
  }

  static func character(_ index: Int, of text: JinjaText) -> JinjaText? {
    withExtendedLifetime(text.storage) {
      let bytes = text.bytes
      if index >= 0 {
        var offset = 0
        var rest = index
        while offset < bytes.count {
          let length = PythonText.point(in: bytes, at: offset).length
          if rest == 0 { return text.slice(offset..<offset + length) }
          rest -= 1
          offset += length
        }
        return nil
      }
      var end = bytes.count
      var rest = index
      while end > 0 {
        let length = PythonText.point(in: bytes, before: end).length
        rest += 1
        if rest == 0 { return text.slice(end - length..<end) }
        end -= length
      }
      return nil
    }
  }
}

/// Which attributes Python's types have.
enum Attributes {
  /// The attribute of a value, undefined where the sandbox forbids it; nil where there is none.
  static func find(_ name: String, of value: JinjaValue, in renderer: Renderer) throws(TemplateError) -> JinjaValue? {
    if name.utf8.starts(with: "__".utf8), isInternal(name, of: value) { return unsafe(name, of: value) }
    switch value {
    case .missing: return nil
    case .none, .undefined: return nil
    case .flag, .whole, .big: return integerAttribute(name, of: value)
    case .real(let number, _): return floatAttribute(name, of: number)
    case .text, .markup:
      if TextMethod(rawValue: name) != nil { return .object(MethodValue(value, name)) }
      return value.isMarkup && ["striptags", "unescape"].contains(name) ? .object(MethodValue(value, name)) : nil
    case .dict:
      guard let method = DictMethod(rawValue: name) else { return nil }
      return method.isMutating ? unsafe(name, of: value) : .object(MethodValue(value, name))
    case .list:
      if ["index", "count", "copy"].contains(name) { return .object(MethodValue(value, name)) }
      let mutating = ["append", "clear", "pop", "reverse", "insert", "sort", "extend", "remove"]
      return mutating.contains(name) ? unsafe(name, of: value) : nil
    case .tuple(let tuple):
      if let index = tuple.fieldNames?.firstIndex(where: { $0.description == name }) { return tuple.elements[index] }
      return ["index", "count"].contains(name) ? .object(MethodValue(value, name)) : nil
    case .object(let object): return try object.attribute(name, in: renderer)
    }
  }

  private static func unsafe(_ name: String, of value: JinjaValue) -> JinjaValue {
    let message = "access to attribute \(PythonText.repr(name)) of \(PythonText.repr(value.typeName)) object is unsafe."
    return .undefined(UndefinedValue(.hint(message), isUnsafe: true))
  }

  private static func integerAttribute(_ name: String, of value: JinjaValue) -> JinjaValue? {
    switch name {
    case "real", "numerator": value.index.map(JinjaValue.integer)
    case "imag": .int(0)
    case "denominator": .int(1)
    case "bit_length", "bit_count", "conjugate", "as_integer_ratio", "to_bytes", "from_bytes":
      .object(MethodValue(value, name))
    default: nil
    }
  }

  private static func floatAttribute(_ name: String, of value: Double) -> JinjaValue? {
    switch name {
    case "real": .float(value)
    case "imag": .float(0)
    case "is_integer", "conjugate", "hex", "as_integer_ratio", "fromhex": .object(MethodValue(.float(value), name))
    default: nil
    }
  }

  private static let common: Set<String> = [
    "class", "delattr", "dir", "doc", "eq", "format", "ge", "getattribute", "getstate", "gt", "hash", "init",
    "init_subclass", "le", "lt", "ne", "new", "reduce", "reduce_ex", "repr", "setattr", "sizeof", "str",
    "subclasshook",
  ]
  private static let numeric: Set<String> = [
    "abs", "add", "bool", "ceil", "divmod", "float", "floor", "floordiv", "getnewargs", "int", "mod", "mul", "neg",
    "pos", "pow", "radd", "rdivmod", "rfloordiv", "rmod", "rmul", "round", "rpow", "rsub", "rtruediv", "sub",
    "truediv", "trunc",
  ]
  private static let integral: Set<String> = [
    "and", "index", "invert", "lshift", "or", "rand", "rlshift", "ror", "rrshift", "rshift", "rxor", "xor",
  ]
  private static let sequence: Set<String> = ["add", "contains", "getitem", "iter", "len", "mul", "rmul"]

  /// Whether a name with two leading underscores is an attribute of the value's type.
  private static func isInternal(_ name: String, of value: JinjaValue) -> Bool {
    guard name.hasSuffix("__"), name.utf8.count > 4 else { return false }
    let stem = String(name.dropFirst(2).dropLast(2))
    if common.contains(stem) { return true }
    switch value {
    case .none: return stem == "bool"
    case .flag, .whole, .big: return numeric.contains(stem) || integral.contains(stem)
    case .real: return numeric.contains(stem) || stem == "getformat"
    case .text, .markup:
      return sequence.contains(stem) || ["mod", "rmod", "getnewargs"].contains(stem)
        || value.isMarkup && ["html", "html_format", "module", "slots", "radd"].contains(stem)
    case .tuple: return sequence.contains(stem) || ["class_getitem", "getnewargs"].contains(stem)
    case .list:
      return sequence.contains(stem)
        || ["class_getitem", "delitem", "setitem", "iadd", "imul", "reversed"].contains(stem)
    case .dict:
      return [
        "contains", "getitem", "iter", "len", "class_getitem", "delitem", "setitem", "ior", "or", "ror", "reversed",
      ]
      .contains(stem)
    case .undefined:
      return sequence.contains(stem) || numeric.subtracting(["abs", "ceil", "floor"]).contains(stem)
        || ["module", "slots", "call", "complex", "div", "rdiv", "aiter"].contains(stem)
    case .object, .missing: return ["module", "dict", "weakref"].contains(stem)
    }
  }
}

/// A method bound to its value.
final class MethodValue: JinjaObject {
  let receiver: JinjaValue
  let name: String

  init(_ receiver: JinjaValue, _ name: String) {
    self.receiver = receiver
    self.name = name
  }

  override var typeName: String {
    if case .object(let object) = receiver, !(object is RangeValue), !(object is BytesValue) { return "method" }
    return isMethodOfMarkup ? "method" : "builtin_function_or_method"
  }

  private var isMethodOfMarkup: Bool { receiver.isMarkup && MarkupMethods.signature(of: name) != nil }

  override func repr(in renderer: Renderer) throws(TemplateError) -> [UInt8] {
    guard isMethodOfMarkup else { return try super.repr(in: renderer) }
    return try Array("<bound method Markup.\(name) of ".utf8) + renderer.repr(receiver) + [UInt8(ascii: ">")]
  }

  override var isCallable: Bool { true }
  override var depth: Int { receiver.depth + 1 }

  override func call(_ arguments: Arguments, in renderer: Renderer) throws(TemplateError) -> JinjaValue {
    switch receiver {
    case .text(let text), .markup(let text):
      if receiver.isMarkup, name == "striptags" || name == "unescape" {
        _ = try MarkupMethods.arguments(of: name, arguments)
        return name == "striptags" ? .text(try Markup.stripTags(text, in: renderer)) : .text(Markup.unescape(text))
      }
      guard let method = TextMethod(rawValue: name) else { break }
      return try TextMethods.call(method, on: text, isMarkup: receiver.isMarkup, arguments, in: renderer)
    case .dict(let dict):
      guard let method = DictMethod(rawValue: name) else { break }
      return try DictMethods.call(method, on: dict, arguments, in: renderer)
    case .list(let list):
      return try SequenceMethods.call(name, on: list.elements, isList: true, arguments, in: renderer)
    case .tuple(let tuple):
      return try SequenceMethods.call(name, on: tuple.elements, isList: false, arguments, in: renderer)
    case .flag, .whole, .big, .real: return try NumberMethods.call(name, on: receiver, arguments, in: renderer)
    case .object(let loop as LoopValue): return try name == "cycle" ? loop.cycle(arguments) : loop.changed(arguments)
    case .object(let cycler as CyclerValue):
      _ = try arguments.bind("Cycler.\(name)", [], offset: 1)
      if name == "next" { return cycler.next() }
      cycler.reset()
      return .none
    case .object(let bytes as BytesValue): return try bytes.call(name, arguments, in: renderer)
    case .object(let range as RangeValue):
      return try SequenceMethods.call(name, on: range, arguments, in: renderer)
    default: break
    }
    throw .type("'\(name)' is not callable")
  }
}
