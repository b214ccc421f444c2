import JSON
import Support

/// Reading of JSON files that this module wrote.
enum StoredJSON {
  /// - Parameter fromPipes: whether the path may be a pipe.
  static func read(_ path: String, fromPipes: Bool = false) throws(FileError) -> JSONValue {
    let bytes = try fromPipes ? Files.readInput(path) : Files.read(path)
    do {
      return try JSONValue.parse(bytes)
    } catch {
      throw .damaged(path: path, reason: error.description)
    }
  }
}

/// Typed access to the members of one object of a stored document, with errors that name the place.
struct FieldReader {
  let object: JSONObject
  let place: String

  init(_ value: JSONValue, place: String) throws(FileError) {
    guard let object = value.objectValue else {
      throw FileError(field: place, reason: "an object is expected, \(value.kindName) is there")
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

  private func required<Value>(_ key: String, _ value: Value?) throws(FileError) -> Value {
    guard let value else { throw FileError(field: at(key), reason: "missing") }
    return value
  }

  private func convert<Value>(
    _ key: String, _ expected: String, _ conversion: (JSONValue) -> Value?
  ) throws(FileError) -> Value? {
    guard let value = value(key) else { return nil }
    guard let converted = conversion(value) else {
      throw FileError(field: at(key), reason: "\(expected) is expected, \(value.kindName) is there")
    }
    return converted
  }

  func optionalText(_ key: String) throws(FileError) -> String? {
    try convert(key, "a string", \.stringValue)
  }

  func text(_ key: String) throws(FileError) -> String { try required(key, optionalText(key)) }

  func optionalInteger(_ key: String) throws(FileError) -> Int? {
    try convert(key, "an integer", \.integerValue)
  }

  func integer(_ key: String) throws(FileError) -> Int { try required(key, optionalInteger(key)) }

  func optionalNumber(_ key: String) throws(FileError) -> Double? {
    try convert(key, "a number", \.doubleValue)
  }

  /// A truth value; false where it is absent.
  func flag(_ key: String) throws(FileError) -> Bool { try convert(key, "true or false", \.boolValue) ?? false }

  /// A sum or count: an integer from 0 to a limit below which sums cannot overflow.
  func optionalCount(_ key: String) throws(FileError) -> Int? {
    guard let count = try optionalInteger(key) else { return nil }
    guard 0...LengthDistribution.maximumTotal ~= count else {
      throw FileError(field: at(key), reason: "\(count) is not between 0 and \(LengthDistribution.maximumTotal)")
    }
    return count
  }

  func count(_ key: String) throws(FileError) -> Int { try required(key, optionalCount(key)) }

  func optionalObject(_ key: String) throws(FileError) -> FieldReader? {
    guard let value = value(key) else { return nil }
    return try FieldReader(value, place: at(key))
  }

  func object(_ key: String) throws(FileError) -> FieldReader { try required(key, optionalObject(key)) }

  func optionalArray(_ key: String) throws(FileError) -> [JSONValue]? {
    try convert(key, "an array", \.arrayValue)
  }

  func optionalIntegers(_ key: String) throws(FileError) -> [Int]? {
    try convert(key, "an array of integers") { value -> [Int]? in
      guard let elements = value.arrayValue else { return nil }
      let integers = elements.compactMap(\.integerValue)
      return integers.count == elements.count ? integers : nil
    }
  }

  /// The elements of an array of counts: integers from 0 on that may be summed without overflow.
  func optionalCounts(_ key: String) throws(FileError) -> [Int]? {
    guard let integers = try optionalIntegers(key) else { return nil }
    guard integers.allSatisfy({ (0...LengthDistribution.maximumTotal).contains($0) }) else {
      throw FileError(field: at(key), reason: "a number is negative or too large")
    }
    return integers
  }

  func integers(_ key: String) throws(FileError) -> [Int] { try required(key, optionalIntegers(key)) }

  /// The members as objects, in stored order.
  func objects() throws(FileError) -> [(key: String, fields: FieldReader)] {
    var objects: [(key: String, fields: FieldReader)] = []
    for member in object.members {
      objects.append((member.key, try FieldReader(member.value, place: at(member.key))))
    }
    return objects
  }

  /// The members as counts, by key.
  func counts() throws(FileError) -> [TextKey: Int] {
    var counts: [TextKey: Int] = [:]
    for key in object.keys { counts[key] = try count(key) }
    return counts
  }

  /// The members as strings, by key.
  func texts() throws(FileError) -> [String: String] {
    var texts: [String: String] = [:]
    for key in object.keys { texts[key] = try text(key) }
    return texts
  }

  /// Reads a key that must be a score.
  func score(_ key: String) throws(FileError) -> Score {
    guard let score = Score(key: key) else { throw FileError(field: at(key), reason: "not a score") }
    return score
  }

  /// Reads a key that must be an integer, such as a limit.
  func integerKey(_ key: String) throws(FileError) -> Int {
    guard let value = Int(key), String(value) == key else { throw FileError(field: at(key), reason: "not an integer") }
    return value
  }

  /// A key that is a number of tokens.
  func limitKey(_ key: String) throws(FileError) -> Int {
    let limit = try integerKey(key)
    guard limit >= 0 else { throw FileError(field: at(key), reason: "a limit is negative") }
    return limit
  }

  /// A member that must be one of the raw values of `Choice`.
  func choice<Choice: RawRepresentable>(_ key: String) throws(FileError) -> Choice where Choice.RawValue == String {
    let name = try text(key)
    guard let choice = Choice(rawValue: name) else {
      throw FileError(field: at(key), reason: "\"\(name)\" is not known")
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
