import Support
import JSON

extension JSONValue {
  /// An object of `members` in the given order.
  static func fields(_ members: [(String, JSONValue)]) -> JSONValue { .object(JSONObject(members)) }

  /// An object with one member for each element of `elements`.
  static func fields<Element>(
    _ elements: some Sequence<Element>, _ member: (Element) -> (String, JSONValue)
  ) -> JSONValue {
    .object(JSONObject(elements.map(member)))
  }

  /// A string, or null.
  static func optional(_ text: String?) -> JSONValue { text.map(JSONValue.string) ?? .null }

  /// An integer, or null.
  static func optional(_ number: Int?) -> JSONValue { number.map(JSONValue.number) ?? .null }

  /// A number, or null.
  static func optional(_ number: Double?) -> JSONValue { number.map(JSONValue.double) ?? .null }

  /// An array of integers.
  static func numbers(_ numbers: [Int]) -> JSONValue { .array(numbers.map(JSONValue.number)) }
}

extension Sequence {
  /// The members sorted by key as bytes, which is the order of Python's `sorted`.
  func sortedByKey<Value>() -> [Element] where Element == (key: String, value: Value) {
    sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
  }

  /// The members with the texts of their keys, sorted in the same way.
  func sortedByKey<Value>() -> [(key: String, value: Value)] where Element == (key: TextKey, value: Value) {
    sorted { $0.key < $1.key }.map { ($0.key.text, $0.value) }
  }
}
