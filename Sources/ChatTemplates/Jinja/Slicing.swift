/// The bounds of a slice as the template gives them.
struct SliceBounds {
  let start, stop, step: JinjaValue?

  /// The positions that Python's `slice.indices` gives.
  struct Positions {
    let start: Int
    let step: Int
    let count: Int
  }

  func positions(in count: Int) throws(TemplateError) -> Positions {
    let step = try Self.index(self.step) ?? 1
    guard step != 0 else { throw .value("slice step cannot be zero") }
    func clamped(_ value: Int, _ low: Int, _ high: Int) -> Int {
      min(max(value < 0 ? value.addingReportingOverflow(count).partialValue : value, low), high)
    }
    let low = step < 0 ? -1 : 0
    let high = step < 0 ? count - 1 : count
    let first = try Self.index(start).map { clamped($0, low, high) } ?? (step < 0 ? high : low)
    let last = try Self.index(stop).map { clamped($0, low, high) } ?? (step < 0 ? low : high)
    let distance = step < 0 ? first - last : last - first
    guard distance > 0 else { return Positions(start: first, step: step, count: 0) }
    let stride = step == .min ? Int.max : abs(step)
    return Positions(start: first, step: step, count: (distance - 1) / stride + 1)
  }

  private static func index(_ value: JinjaValue?) throws(TemplateError) -> Int? {
    guard let value else { return nil }
    if case .none = value { return nil }
    if let index = value.smallIndex { return index }
    guard let index = value.index else {
      throw .type("slice indices must be integers or None or have an __index__ method")
    }
    return index.int ?? (index.isNegative ? -Int.max : Int.max)
  }
}

extension Renderer {
  /// Python's `value[start:stop:step]`, which asks no attribute.
  func slice(_ value: JinjaValue, _ bounds: SliceBounds) throws(TemplateError) -> JinjaValue {
    switch value {
    case .text(let text): return .text(try slice(text, bounds))
    case .markup(let text): return .markup(try slice(text, bounds))
    case .list(let list): return .list(ListValue(try slice(list.elements, bounds), origin: list.origin))
    case .tuple(let tuple): return .tuple(try slice(tuple.elements, bounds))
    case .undefined(let undefined): throw undefined.error
    case .object(let range as RangeValue):
      let positions = try bounds.positions(in: range.count)
      let start = range.start + positions.start * range.step
      let (step, overflow) = range.step.multipliedReportingOverflow(by: positions.step)
      guard !overflow else { throw .unsupported("ranges beyond 64 bits are not supported") }
      return .object(
        RangeValue(start: start, stop: start + positions.count * step, step: step, count: positions.count))
    case .object(let bytes as BytesValue):
      let positions = try bounds.positions(in: bytes.bytes.count)
      try charge(bytes: positions.count)
      let part = (0..<positions.count).map { bytes.bytes[positions.start + $0 * positions.step] }
      return .object(BytesValue(part, origin: bytes.origin))
    case .dict: throw .type("unhashable type: 'slice'")
    default: throw .type("'\(value.typeName)' object is not subscriptable")
    }
  }

  private func slice(_ elements: [JinjaValue], _ bounds: SliceBounds) throws(TemplateError) -> [JinjaValue] {
    let positions = try bounds.positions(in: elements.count)
    try charge(elements: positions.count)
    if positions.step == 1 { return Array(elements[positions.start..<positions.start + positions.count]) }
    return (0..<positions.count).map { elements[positions.start + $0 * positions.step] }
  }

  private func slice(_ text: JinjaText, _ bounds: SliceBounds) throws(TemplateError) -> JinjaText {
    try charge(characters: text.count)
    let offsets = text.offsets
    let positions = try bounds.positions(in: offsets.count - 1)
    guard positions.count > 0 else { return text.slice(0..<0) }
    if positions.step == 1 {
      return text.slice(offsets[positions.start]..<offsets[positions.start + positions.count])
    }
    var output = TextOutput()
    for index in 0..<positions.count {
      let position = positions.start + index * positions.step
      output.append(text.slice(offsets[position]..<offsets[position + 1]))
    }
    return JinjaText(output)
  }
}
