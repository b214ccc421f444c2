/// The special variable `loop`.
final class LoopValue: JinjaObject {
  private let elements: LoopElements
  /// Position of the element of this round.
  private var index = -1
  private let recursion: LoopRecursion?
  private let depth0: Int
  private let valueDepth: Int
  private var lastChanged: [JinjaValue]?

  init(_ elements: LoopElements, over value: JinjaValue, recursion: LoopRecursion?, level: Int) {
    self.elements = elements
    self.recursion = recursion
    depth0 = level
    valueDepth = value.depth
  }

  override var depth: Int { valueDepth + 1 }

  override var typeName: String { "LoopContext" }
  override var module: String { "jinja2.runtime" }
  override var isCallable: Bool { true }

  /// Python asks for the length, which takes all elements.
  override func truth() throws(TemplateError) -> Bool { try count() > 0 }

  /// Attributes by name.
  enum Attribute: String {
    case index, index0, first, last, length, revindex, revindex0, depth, depth0, previtem, nextitem, cycle, changed
  }

  override func attribute(_ name: String, in renderer: Renderer) throws(TemplateError) -> JinjaValue? {
    guard let attribute = Attribute(rawValue: name) else { return nil }
    return try self.attribute(attribute)
  }

  /// An attribute that is known without taking further elements.
  enum Known {
    case flag(Bool)
    case number(Int)

    var value: JinjaValue {
      switch self {
      case .flag(let flag): .bool(flag)
      case .number(let number): .int(number)
      }
    }

    var isTrue: Bool {
      switch self {
      case .flag(let flag): flag
      case .number(let number): number != 0
      }
    }
  }

  /// The usual attributes; nil for `last` where the next element must be taken, and for all others.
  func known(_ attribute: Attribute) -> Known? {
    switch attribute {
    case .index: .number(index + 1)
    case .index0: .number(index)
    case .first: .flag(index == 0)
    case .last: elements.knownCount.map { .flag(index + 1 >= $0) }
    default: nil
    }
  }

  func attribute(_ attribute: Attribute) throws(TemplateError) -> JinjaValue {
    switch attribute {
    case .index, .index0, .first, .last:
      if let known = known(attribute) { return known.value }
      return .bool(try !elements.hasElement(at: index + 1))
    case .length: return .int(try count())
    case .revindex: return .int(try elements.count() - index)
    case .revindex0: return .int(try elements.count() - index - 1)
    case .depth: return .int(depth0 + 1)
    case .depth0: return .int(depth0)
    case .previtem:
      guard index > 0, let element = try elements.element(at: index - 1) else {
        return .undefined(UndefinedValue(.hint("there is no previous item")))
      }
      return element
    case .nextitem:
      return try elements.element(at: index + 1) ?? .undefined(UndefinedValue(.hint("there is no next item")))
    case .cycle, .changed: return .object(MethodValue(.object(self), attribute.rawValue))
    }
  }

  func cycle(_ arguments: Arguments) throws(TemplateError) -> JinjaValue {
    guard !arguments.positional.isEmpty else { throw .type("no items for cycling given") }
    let count = arguments.positional.count
    return arguments.positional[(index % count + count) % count]
  }

  func changed(_ arguments: Arguments) throws(TemplateError) -> JinjaValue {
    let values = arguments.positional
    if let lastChanged, JinjaValue.tuple(lastChanged).equalsIgnoringErrors(.tuple(values)) { return .bool(false) }
    lastChanged = values
    return .bool(true)
  }

  /// The number of all elements.
  func count() throws(TemplateError) -> Int { try elements.count() }

  override var isIterable: Bool { true }

  /// Iterating over `loop` itself takes the loop's next elements.
  override func makeIterator(in renderer: Renderer) throws(TemplateError) -> ValueIterator? {
    LoopIterator(self)
  }

  /// The next element, which the loop goes on to.
  func advance() throws(TemplateError) -> JinjaValue? {
    guard let element = try elements.element(at: index + 1) else { return nil }
    index += 1
    return element
  }

  override func call(_ arguments: Arguments, in renderer: Renderer) throws(TemplateError) -> JinjaValue {
    let values = try arguments.bind("LoopContext.__call__", [.required("iterable")], offset: 1)
    guard let recursion else {
      throw .type("The loop must have the 'recursive' marker to be called recursively.")
    }
    return try recursion.run(over: values[0] ?? .none, depth: depth0 + 1)
  }

  override func repr(in renderer: Renderer) throws(TemplateError) -> [UInt8] {
    Array("<LoopContext \(index + 1)/\(try elements.count())>".utf8)
  }
}

private final class LoopIterator: ValueIterator {
  private let loop: LoopValue
  init(_ loop: LoopValue) { self.loop = loop }
  override func next() throws(TemplateError) -> JinjaValue? {
    try loop.advance().map { .tuple([$0, .object(loop)]) }
  }
}
