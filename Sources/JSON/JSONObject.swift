/// The members of a JSON object in the order of the document.
///
/// Keys are equal when their bytes are equal. Swift's own string equality is canonical equivalence, under which two
/// different vocabulary entries can be one key.
public struct JSONObject: Sendable, Equatable {
  /// One member.
  public struct Member: Sendable, Equatable {
    /// The member's name.
    public let key: String
    /// The member's value.
    public var value: JSONValue

    /// Makes a member.
    public init(key: String, value: JSONValue) {
      self.key = key
      self.value = value
    }

    /// Whether names and values are the same, by bytes.
    public static func == (left: Member, right: Member) -> Bool {
      JSONObject.areSame(left.key, right.key) && left.value == right.value
    }
  }

  /// All members, in order.
  public private(set) var members: [Member] = []
  /// Positions of members by key, for objects with many members only.
  private var index: [Key: Int] = [:]

  private static let indexThreshold = 16

  private struct Key: Hashable, Sendable {
    let text: String

    static func == (left: Key, right: Key) -> Bool { JSONObject.areSame(left.text, right.text) }

    func hash(into hasher: inout Hasher) {
      var text = text
      text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
  }

  /// Whether two texts have the same bytes. Most differ in length already.
  private static func areSame(_ left: String, _ right: String) -> Bool {
    left.utf8.count == right.utf8.count && left.utf8.elementsEqual(right.utf8)
  }

  /// Makes an object without members.
  public init() {}

  /// Makes an object of some members; of two with the same key the later value stays.
  public init(_ members: [(String, JSONValue)]) {
    for (key, value) in members { self[key] = value }
  }

  /// Whether both have the same members in the same order.
  public static func == (left: JSONObject, right: JSONObject) -> Bool { left.members == right.members }

  /// Names of all members, in order.
  public var keys: [String] { members.map(\.key) }

  /// Number of members.
  public var count: Int { members.count }

  /// Whether there is no member.
  public var isEmpty: Bool { members.isEmpty }

  /// The value of a member; nil if there is none. Setting nil removes the member, setting a new key appends.
  ///
  /// - Complexity: O(1) on average to read and to set, O(`count`) to remove.
  public subscript(key: String) -> JSONValue? {
    get { position(of: key).map { members[$0].value } }
    set {
      switch (position(of: key), newValue) {
      case (let position?, let value?): members[position].value = value
      case (let position?, nil): remove(at: position)
      case (nil, let value?): append(Member(key: key, value: value))
      case (nil, nil): break
      }
    }
  }

  private func position(of key: String) -> Int? {
    if !index.isEmpty { return index[Key(text: key)] }
    return members.firstIndex { Self.areSame($0.key, key) }
  }

  private mutating func append(_ member: Member) {
    members.append(member)
    if !index.isEmpty {
      index[Key(text: member.key)] = members.count - 1
    } else if members.count > Self.indexThreshold {
      rebuildIndex()
    }
  }

  private mutating func remove(at position: Int) {
    members.remove(at: position)
    if !index.isEmpty { rebuildIndex() }
  }

  private mutating func rebuildIndex() {
    index = [:]
    guard members.count > Self.indexThreshold else { return }
    for (position, member) in members.enumerated() { index[Key(text: member.key)] = position }
  }
}
