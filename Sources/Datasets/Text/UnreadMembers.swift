/// The names of members of rows that nothing is read of, each once.
struct UnreadMembers: Sendable {
  /// Rows may have any number of names; of more only those are told of that always are.
  private static let limit = 64
  private static let told = ToldMembers.names.map { Array($0.utf8) }

  private let read: [[UInt8]]
  private var unread: [[UInt8]] = []

  /// Begins without any.
  ///
  /// - Parameter names: the names of members that are read.
  init(except names: [String]) { read = names.map { Array($0.utf8) } }

  /// The names, in the order in which they came.
  var names: [String] { unread.map { String(decoding: $0, as: UTF8.self) } }

  /// Notes a name.
  ///
  /// - Complexity: O(names), of which rows have few.
  mutating func note(_ name: RawSpan) {
    name.withUnsafeBytes { bytes in
      guard unread.count < Self.limit || Self.holds(bytes, Self.told), !Self.holds(bytes, unread),
        !Self.holds(bytes, read)
      else { return }
      unread.append(Array(bytes))
    }
  }

  private static func holds(_ name: UnsafeRawBufferPointer, _ names: [[UInt8]]) -> Bool {
    names.contains { $0.count == name.count && $0.elementsEqual(name) }
  }
}
