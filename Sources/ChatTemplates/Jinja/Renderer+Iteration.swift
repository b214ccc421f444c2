/// Calling values, and going through their elements.
extension Renderer {
  func call(_ value: JinjaValue, _ arguments: Arguments) throws(TemplateError) -> JinjaValue {
    try step()
    switch value {
    case .object(let object): return try object.call(arguments, in: self)
    case .undefined(let undefined): throw undefined.error
    default: throw .type("'\(value.typeName)' object is not callable")
    }
  }

  /// An iterator over a value; nil where it is not iterable.
  func iterator(_ value: JinjaValue) throws(TemplateError) -> ValueIterator? {
    switch value {
    case .list(let list): ElementIterator(list.elements)
    case .tuple(let tuple): ElementIterator(tuple.elements)
    case .dict(let dict): ElementIterator(dict.keys)
    case .text(let text), .markup(let text): ElementIterator(try characters(of: text))
    case .undefined: ElementIterator([])
    case .object(let object): try object.makeIterator(in: self)
    default: nil
    }
  }

  /// The elements of an iterable value.
  ///
  /// - Throws: Python's TypeError where the value is not iterable.
  func elements(_ value: JinjaValue) throws(TemplateError) -> [JinjaValue] {
    switch value {
    case .list(let list): return list.elements
    case .tuple(let tuple): return tuple.elements
    default: break
    }
    guard let iterator = try iterator(value) else { throw .type("'\(value.typeName)' object is not iterable") }
    var result: [JinjaValue] = []
    while let element = try iterator.next() {
      try step()
      result.append(element)
    }
    return result
  }

  /// The characters of a text, each of which takes a step where it is gone through.
  ///
  /// - Throws: The error of those steps where they are more than are left, before anything is made.
  private func characters(of text: JinjaText) throws(TemplateError) -> [JinjaValue] {
    if text.count > stepsLeft {
      let length = withExtendedLifetime(text.storage) { PythonText.length(text.bytes) }
      if length > stepsLeft { throw tooManySteps }
    }
    return withExtendedLifetime(text.storage) {
      var result: [JinjaValue] = []
      let bytes = text.bytes
      var offset = 0
      while offset < bytes.count {
        let length = PythonText.point(in: bytes, at: offset).length
        result.append(.text(text.slice(offset..<offset + length)))
        offset += length
      }
      return result
    }
  }

  /// The parts that a text is split into, which are counted before they are made where they may be too many.
  func parts(
    of text: JinjaText, count: () -> Int, _ make: () -> [JinjaText]
  ) throws(TemplateError) -> [JinjaText] {
    // A text has at most one part more than bytes.
    let mayBeTooMany = text.count >= stepsLeft
    if mayBeTooMany { try charge(elements: count()) }
    let parts = make()
    if !mayBeTooMany { try charge(elements: parts.count) }
    return parts
  }

  /// Python's `splitlines`.
  func lines(of text: JinjaText, keepingEnds: Bool = false) throws(TemplateError) -> [JinjaText] {
    try parts(of: text, count: { TextSearch.lineCount(text) }, { TextSearch.lines(text, keepingEnds: keepingEnds) })
  }

  /// Python's `split` at white space.
  func words(of text: JinjaText) throws(TemplateError) -> [JinjaText] {
    try parts(of: text, count: { TextSearch.wordCount(text) }, { TextSearch.splitAtSpace(text, limit: -1) })
  }

  /// The elements of a value for an assignment to several targets.
  func unpack(_ value: JinjaValue, into count: Int) throws(TemplateError) -> [JinjaValue] {
    if case .undefined = value {
      guard count == 0 else { throw .value("not enough values to unpack (expected \(count), got 0)") }
      return []
    }
    guard let iterator = try iterator(value) else {
      throw .type("cannot unpack non-iterable \(value.typeName) object")
    }
    var elements: [JinjaValue] = []
    while elements.count <= count, let element = try iterator.next() { elements.append(element) }
    if elements.count > count { throw .value("too many values to unpack (expected \(count))") }
    if elements.count < count {
      throw .value("not enough values to unpack (expected \(count), got \(elements.count))")
    }
    return elements
  }

  /// Python's `len`; nil where there is none.
  func length(_ value: JinjaValue) throws(TemplateError) -> Int? {
    switch value {
    case .text(let text), .markup(let text):
      withExtendedLifetime(text.storage) { PythonText.length(text.bytes) }
    case .list(let list): list.elements.count
    case .tuple(let tuple): tuple.elements.count
    case .dict(let dict): dict.count
    case .undefined: 0
    // A loop with a test has to look for all its elements.
    case .object(let loop as LoopValue): try loop.count()
    case .object(let object): object.length
    default: nil
    }
  }
}
