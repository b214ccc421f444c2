import Glibc

/// A text as a key of dictionaries and sets, equal to another if the bytes are equal.
///
/// Swift's strings are equal if they are canonically equivalent: as keys, two labels that differ only in how an
/// accent is written (`é`, or `e` with U+0301) would be one, and their conversations would be mixed up.
///
///     var sizes: [TextKey: Int] = ["pos": 2]
///     sizes[label, default: 0] += 1
public struct TextKey: Hashable, Comparable, Sendable {
  /// The text.
  public let text: String

  /// Makes a key of `text`.
  public init(_ text: String) { self.text = text }

  /// Whether the bytes are equal.
  public static func == (left: TextKey, right: TextKey) -> Bool { left.text.hasSameBytes(as: right.text) }

  /// The order of the bytes, which is that of Python's `sorted`.
  public static func < (left: TextKey, right: TextKey) -> Bool {
    left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
  }

  /// Hashes the bytes.
  public func hash(into hasher: inout Hasher) {
    var text = text
    text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
  }
}

extension TextKey: ExpressibleByStringLiteral, CustomStringConvertible {
  /// Makes a key of a literal.
  public init(stringLiteral text: String) { self.init(text) }

  /// The text.
  public var description: String { text }
}

extension String {
  /// Whether the bytes of both are equal; `==` is canonical equivalence.
  public func hasSameBytes(as other: String) -> Bool {
    guard utf8.count == other.utf8.count else { return false }
    let isSame = utf8.withContiguousStorageIfAvailable { left in
      other.utf8.withContiguousStorageIfAvailable { right in
        guard let left = left.baseAddress, let right = right.baseAddress else { return true }
        return memcmp(left, right, other.utf8.count) == 0
      }
    }
    return (isSame ?? nil) ?? utf8.elementsEqual(other.utf8)
  }
}

extension Dictionary where Key == TextKey {
  /// The value of the key with the bytes of `text`.
  public subscript(text: String) -> Value? {
    get { self[TextKey(text)] }
    set { self[TextKey(text)] = newValue }
  }

  /// The value of the key with the bytes of `text`, or a default value that becomes the key's when it is changed.
  public subscript(text: String, default value: @autoclosure () -> Value) -> Value {
    get { self[TextKey(text), default: value()] }
    // In place, so that a value is not copied to be changed.
    _modify { yield &self[TextKey(text), default: value()] }
  }
}
