import JSON
import Support

/// What a JSON text is made of, without its values: enough to tell what a file holds, however long its rows are.
struct JSONOutline {
  /// What a value is.
  enum Kind: Sendable, Hashable {
    case string
    case object
    case array
    case other
  }

  /// A member of the object.
  struct Member {
    let name: String
    let kind: Kind
    /// The members of objects that it lists, an entry for each object.
    var listed: [[(name: String, isNull: Bool)]] = []
    /// Whether it is a list without elements.
    var isEmptyList = false
    /// Whether it is a list that begins with an object.
    var beginsWithObject = false
    /// Whether it is a list that begins with a text.
    var beginsWithText = false
  }

  /// What the whole text is.
  let kind: Kind
  /// The members, if it is an object; of those with the same name the last.
  private(set) var members: [Member] = []

  /// Objects of a list that are looked at.
  private static let lookedAt = 64

  /// Looks at a text.
  ///
  /// - Throws: `FileError` if it is no JSON, or has more members than `limits` allow.
  init(_ text: RawSpan, limits: Limits = Limits()) throws(FileError) {
    var scanner = JSONScanner(text)
    kind = Self.kind(scanner.peek())
    if kind == .object {
      var places: [TextKey: Int] = [:]
      try scanner.beginObject()
      while let key = try scanner.nextKey() {
        let member = try Self.member(scanner.text(of: key), &scanner)
        if let place = places[member.name] {
          members[place] = member
          continue
        }
        guard members.count < limits.members else {
          throw .damaged("the object has more than \(limits.members) members")
        }
        places[member.name] = members.count
        members.append(member)
      }
    } else {
      try scanner.skipValue()
    }
    try scanner.finish()
  }

  /// The names of the members, in order.
  var names: [String] { members.map(\.name) }

  private static func kind(_ first: UInt8?) -> Kind {
    switch first {
    case UInt8(ascii: "\""): .string
    case UInt8(ascii: "{"): .object
    case UInt8(ascii: "["): .array
    default: .other
    }
  }

  private static func member(_ name: String, _ scanner: inout JSONScanner) throws(FileError) -> Member {
    var member = Member(name: name, kind: kind(scanner.peek()))
    guard member.kind == .array else {
      try scanner.skipValue()
      return member
    }
    try scanner.beginArray()
    var isFirst = true
    while try scanner.nextElement() {
      let isObject = scanner.peek() == UInt8(ascii: "{")
      if isFirst {
        member.beginsWithObject = isObject
        member.beginsWithText = scanner.peek() == UInt8(ascii: "\"")
      }
      isFirst = false
      guard isObject, member.listed.count < lookedAt else {
        try scanner.skipValue()
        continue
      }
      var members: [(name: String, isNull: Bool)] = []
      try scanner.beginObject()
      while let key = try scanner.nextKey() {
        if members.count < lookedAt {
          members.append((scanner.text(of: key), scanner.peek() == UInt8(ascii: "n")))
        }
        try scanner.skipValue()
      }
      member.listed.append(members)
    }
    member.isEmptyList = isFirst
    return member
  }
}
