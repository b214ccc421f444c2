import JSON

extension JSONValue {
  /// A number rounded to thousandths, which is more than any table shows; an integer where nothing is left over.
  static func thousandths(_ value: Double) -> JSONValue {
    let scaled = (value * 1_000).rounded()
    guard scaled.magnitude < 1e15 else { return .double(value) }
    let integer = Int64(scaled)
    return integer % 1_000 == 0 ? .integer(integer / 1_000) : .double(scaled / 1_000)
  }
}
