// What ArgumentParser needs of Foundation, in place of Foundation, which is a sixth of the program and a quarter of the
// conformances that the runtime looks through at every start. build.sh puts this module before the toolchain's of the
// same name; without it the program is the same but larger.

public protocol LocalizedError: Error {
  var errorDescription: String? { get }
}

public struct Data: Sendable {
  fileprivate let text: String
}

extension String {
  public enum Encoding: Sendable {
    case utf8
  }

  public init?(data: Data, encoding: Encoding) { self = data.text }
}

/// Writes the description of the commands, which holds texts, numbers, truth values, arrays and objects, on one line.
public final class JSONEncoder {
  public struct OutputFormatting: OptionSet, Sendable {
    public let rawValue: UInt

    public init(rawValue: UInt) { self.rawValue = rawValue }

    public static let prettyPrinted = OutputFormatting(rawValue: 1)
    public static let sortedKeys = OutputFormatting(rawValue: 2)
  }

  public var outputFormatting: OutputFormatting = []

  public init() {}

  public func encode<T: Encodable>(_ value: T) throws -> Data {
    let place = Place()
    try place.put(value)
    return Data(text: place.text)
  }
}

/// Where a value is written.
private final class Place: Encoder {
  private enum Contents {
    case text(String)
    case elements([Place])
    case members([(key: String, value: Place)])
  }

  private var contents = Contents.text("null")

  var codingPath: [any CodingKey] { [] }
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  var text: String {
    switch contents {
    case .text(let text): text
    case .elements(let places): "[\(places.map(\.text).joined(separator: ","))]"
    case .members(let members):
      "{\(members.map { "\(Self.quoted($0.key)):\($0.value.text)" }.joined(separator: ","))}"
    }
  }

  func put(_ value: some Encodable) throws {
    switch value {
    case let value as String: contents = .text(Self.quoted(value))
    case let value as Bool: contents = .text("\(value)")
    case let value as any BinaryInteger: contents = .text("\(value)")
    case let value as any BinaryFloatingPoint: contents = .text("\(value)")
    default: try value.encode(to: self)
    }
  }

  func member(_ key: any CodingKey) -> Place {
    let place = Place()
    if case .members(let members) = contents { contents = .members(members + [(key.stringValue, place)]) }
    return place
  }

  func element() -> Place {
    let place = Place()
    if case .elements(let places) = contents { contents = .elements(places + [place]) }
    return place
  }

  var elementCount: Int { if case .elements(let places) = contents { places.count } else { 0 } }

  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": result += "\\\(scalar)"
      case "\u{0}"..<" ":
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }

  func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
    contents = .members([])
    return KeyedEncodingContainer(Members(place: self))
  }

  func unkeyedContainer() -> any UnkeyedEncodingContainer {
    contents = .elements([])
    return Elements(place: self)
  }

  func singleValueContainer() -> any SingleValueEncodingContainer { Single(place: self) }
}

private struct Members<Key: CodingKey>: KeyedEncodingContainerProtocol {
  let place: Place
  var codingPath: [any CodingKey] { [] }

  func encodeNil(forKey key: Key) { _ = place.member(key) }
  func encode<T: Encodable>(_ value: T, forKey key: Key) throws { try place.member(key).put(value) }
  func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type, forKey key: Key) -> KeyedEncodingContainer<Nested> {
    place.member(key).container(keyedBy: type)
  }
  func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer { place.member(key).unkeyedContainer() }
  func superEncoder() -> any Encoder { place }
  func superEncoder(forKey key: Key) -> any Encoder { place.member(key) }
}

private struct Elements: UnkeyedEncodingContainer {
  let place: Place
  var codingPath: [any CodingKey] { [] }
  var count: Int { place.elementCount }

  func encodeNil() { _ = place.element() }
  func encode<T: Encodable>(_ value: T) throws { try place.element().put(value) }
  func nestedContainer<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
    place.element().container(keyedBy: type)
  }
  func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { place.element().unkeyedContainer() }
  func superEncoder() -> any Encoder { place.element() }
}

private struct Single: SingleValueEncodingContainer {
  let place: Place
  var codingPath: [any CodingKey] { [] }

  func encodeNil() {}
  func encode<T: Encodable>(_ value: T) throws { try place.put(value) }
}
