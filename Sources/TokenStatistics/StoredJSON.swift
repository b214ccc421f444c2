import JSON
import Support

/// Reading of JSON files that this module wrote.
enum StoredJSON {
  /// - Parameter fromPipes: whether the path may be a pipe.
  static func read(_ path: String, fromPipes: Bool = false) throws(StatisticsError) -> JSONValue {
    let bytes: [UInt8]
    do {
      bytes = try fromPipes ? Files.readInput(path) : Files.read(path)
    } catch {
      throw .file(error)
    }
    do {
      return try JSONValue.parse(bytes)
    } catch {
      throw .damaged(path: path, reason: error.description)
    }
  }
}

/// A field of a stored document that is missing or of another type.
struct FieldError: Error, CustomStringConvertible {
  /// The field's place in the document, such as `scores.3.pos.lengths`; empty for the document itself.
  let place: String
  let reason: String

  var description: String { place.isEmpty ? reason : "\(place): \(reason)" }
}

/// Typed access to the members of one object of a stored document, with errors that name the place.
struct FieldReader {
  let object: JSONObject
  let place: String

  init(_ value: JSONValue, place: String) throws(FieldError) {
    guard let object = value.objectValue else {
      throw FieldError(place: place, reason: "an object is expected, \(value.kindName) is there")
    }
    self.object = object
    self.place = place
  }

  private func at(_ key: String) -> String { place.isEmpty ? key : "\(place).\(key)" }

  /// The member `key`; nil if it is absent or null.
  func value(_ key: String) -> JSONValue? {
    guard let value = object[key], value != .null else { return nil }
    return value
  }

  private func required<Value>(_ key: String, _ value: Value?) throws(FieldError) -> Value {
    guard let value else { throw FieldError(place: at(key), reason: "missing") }
    return value
  }

  private func convert<Value>(
    _ key: String, _ expected: String, _ conversion: (JSONValue) -> Value?
  ) throws(FieldError) -> Value? {
    guard let value = value(key) else { return nil }
    guard let converted = conversion(value) else {
      throw FieldError(place: at(key), reason: "\(expected) is expected, \(value.kindName) is there")
    }
    return converted
  }

  func optionalText(_ key: String) throws(FieldError) -> String? {
    try convert(key, "a string", \.stringValue)
  }

  func text(_ key: String) throws(FieldError) -> String { try required(key, optionalText(key)) }

  func optionalInteger(_ key: String) throws(FieldError) -> Int? {
    try convert(key, "an integer", \.integerValue)
  }

  func integer(_ key: String) throws(FieldError) -> Int { try required(key, optionalInteger(key)) }

  func optionalNumber(_ key: String) throws(FieldError) -> Double? {
    try convert(key, "a number", \.doubleValue)
  }

  /// A sum or count: an integer from 0 to a limit below which sums cannot overflow.
  func optionalCount(_ key: String) throws(FieldError) -> Int? {
    guard let count = try optionalInteger(key) else { return nil }
    guard 0...LengthDistribution.maximumTotal ~= count else {
      throw FieldError(place: at(key), reason: "\(count) is not between 0 and \(LengthDistribution.maximumTotal)")
    }
    return count
  }

  func count(_ key: String) throws(FieldError) -> Int { try required(key, optionalCount(key)) }

  func optionalObject(_ key: String) throws(FieldError) -> FieldReader? {
    guard let value = value(key) else { return nil }
    return try FieldReader(value, place: at(key))
  }

  func object(_ key: String) throws(FieldError) -> FieldReader { try required(key, optionalObject(key)) }

  func optionalArray(_ key: String) throws(FieldError) -> [JSONValue]? {
    try convert(key, "an array", \.arrayValue)
  }

  func optionalIntegers(_ key: String) throws(FieldError) -> [Int]? {
    try convert(key, "an array of integers") { value -> [Int]? in
      guard let elements = value.arrayValue else { return nil }
      let integers = elements.compactMap(\.integerValue)
      return integers.count == elements.count ? integers : nil
    }
  }

  /// The elements of an array of counts: integers from 0 on that may be summed without overflow.
  func optionalCounts(_ key: String) throws(FieldError) -> [Int]? {
    guard let integers = try optionalIntegers(key) else { return nil }
    guard integers.allSatisfy({ (0...LengthDistribution.maximumTotal).contains($0) }) else {
      throw FieldError(place: at(key), reason: "a number is negative or too large")
    }
    return integers
  }

  func integers(_ key: String) throws(FieldError) -> [Int] { try required(key, optionalIntegers(key)) }

  /// The members as objects, in stored order.
  func objects() throws(FieldError) -> [(key: String, fields: FieldReader)] {
    var objects: [(key: String, fields: FieldReader)] = []
    for member in object.members {
      objects.append((member.key, try FieldReader(member.value, place: at(member.key))))
    }
    return objects
  }

  /// The members as counts, by key.
  func counts() throws(FieldError) -> [TextKey: Int] {
    var counts: [TextKey: Int] = [:]
    for key in object.keys { counts[key] = try count(key) }
    return counts
  }

  /// The members as strings, by key.
  func texts() throws(FieldError) -> [String: String] {
    var texts: [String: String] = [:]
    for key in object.keys { texts[key] = try text(key) }
    return texts
  }

  /// Reads a key that must be a score.
  func score(_ key: String) throws(FieldError) -> Score {
    guard let score = Score(key: key) else { throw FieldError(place: at(key), reason: "not a score") }
    return score
  }

  /// Reads a key that must be an integer, such as a limit.
  func integerKey(_ key: String) throws(FieldError) -> Int {
    guard let value = Int(key), String(value) == key else { throw FieldError(place: at(key), reason: "not an integer") }
    return value
  }

  /// A key that is a number of tokens.
  func limitKey(_ key: String) throws(FieldError) -> Int {
    let limit = try integerKey(key)
    guard limit >= 0 else { throw FieldError(place: at(key), reason: "a limit is negative") }
    return limit
  }

  /// A member that must be one of the raw values of `Choice`.
  func choice<Choice: RawRepresentable>(_ key: String) throws(FieldError) -> Choice where Choice.RawValue == String {
    let name = try text(key)
    guard let choice = Choice(rawValue: name) else {
      throw FieldError(place: at(key), reason: "\"\(name)\" is not known")
    }
    return choice
  }
}

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
