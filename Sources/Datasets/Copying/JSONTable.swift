import ColumnarFiles
import JSON
import Support

/// What the rows of JSON hold in a member, as one type for all of them.
indirect enum JSONType: Sendable, Equatable {
  /// Nothing but null, so far.
  case null
  case bool
  case integer
  case double
  case text
  case list(JSONType)
  case object(JSONTypeMembers)

  static func == (left: JSONType, right: JSONType) -> Bool { left.columnType == right.columnType }

  /// What a value is.
  ///
  /// - Throws: `InputError` if its parts have no type in common, or it is beyond 64 bits.
  init(of value: JSONValue) throws(InputError) {
    switch value {
    case .null: self = .null
    case .bool: self = .bool
    case .integer: self = .integer
    case .double: self = .double
    case .string: self = .text
    case .bigInteger(let digits): throw .unreadable("the number \(digits.prefix(40)) is beyond 64 bits")
    case .array(let elements):
      var type = JSONType.null
      for element in elements { try type.merge(JSONType(of: element)) }
      self = .list(type)
    case .object(let object):
      var members = JSONTypeMembers()
      for member in object.members {
        do throws(InputError) { members.append(member.key, try JSONType(of: member.value)) } catch {
          throw .unreadable("\(member.key): \(error.message)")
        }
      }
      self = .object(members)
    }
  }

  /// Becomes a type that another one's values have, too.
  ///
  /// - Throws: `InputError` if there is none.
  mutating func merge(_ other: JSONType) throws(InputError) {
    switch (self, other) {
    case (_, .null), (.bool, .bool), (.integer, .integer), (.double, .double), (.double, .integer), (.text, .text):
      break
    case (.null, _), (.integer, .double): self = other
    case (.list(var element), .list(let next)):
      try element.merge(next)
      self = .list(element)
    case (.object(var members), .object(let others)):
      // Held once, so that it is not copied for each row.
      self = .null
      try members.merge(others)
      self = .object(members)
    default: throw .unreadable("some rows hold \(name), others \(other.name)")
    }
  }

  private var name: String {
    switch self {
    case .null: "null"
    case .bool: "truth values"
    case .integer, .double: "numbers"
    case .text: "texts"
    case .list: "lists"
    case .object: "objects"
    }
  }

  /// The type of the column that holds such values; an object without members is one that is always null.
  var columnType: ColumnType {
    switch self {
    case .null: .null
    case .bool: .bool
    case .integer: .int64
    case .double: .double
    case .text: .utf8
    case .list(let element): .list(Field("item", element.columnType))
    case .object(let members):
      members.list.isEmpty ? .null : .struct(members.list.map { Field($0.name, $0.type.columnType) })
    }
  }

  /// How deep lists and objects nest.
  var depth: Int {
    switch self {
    case .null, .bool, .integer, .double, .text: 0
    case .list(let element): 1 + element.depth
    case .object(let members): 1 + members.list.reduce(0) { max($0, $1.type.depth) }
    }
  }

  /// The fields of a table whose rows are such objects; nil for other types.
  var fields: [Field]? {
    if case .struct(let fields) = columnType { fields } else { nil }
  }
}

/// The members of objects and their types, in the order in which they were first met.
struct JSONTypeMembers: Sendable {
  private(set) var list: [(name: String, type: JSONType)] = []
  /// Where each of them is in the list.
  private var places: [TextKey: Int] = [:]

  /// Adds a member that is not there yet.
  mutating func append(_ name: String, _ type: JSONType) {
    places[name] = list.count
    list.append((name, type))
  }

  /// Takes in the members of another object.
  ///
  /// - Throws: `InputError` if a member of both has no type in common.
  /// - Complexity: O(number of the other's members) on average.
  mutating func merge(_ others: JSONTypeMembers) throws(InputError) {
    for (index, member) in others.list.enumerated() {
      // Most rows have the same members in the same order.
      let isHere = index < list.count && list[index].name.hasSameBytes(as: member.name)
      guard let place = isHere ? index : places[member.name] else {
        append(member.name, member.type)
        continue
      }
      do throws(InputError) { try list[place].type.merge(member.type) } catch {
        throw .unreadable("\(member.name): \(error.message)")
      }
    }
  }
}

extension Column {
  /// A column of JSON values, each of which is of a type or null.
  static func values(_ values: [JSONValue], of type: ColumnType) throws(FileError) -> Column {
    switch type {
    case .null, .unsupported: return .nulls(values.count)
    case .bool: return try .bools(values.map(\.boolValue))
    case .int64:
      var builder = Int64Builder()
      for value in values {
        if case .integer(let number) = value { try builder.append(number) } else { try builder.append(nil) }
      }
      return try builder.finish()
    case .double:
      var builder = DoubleBuilder()
      for value in values {
        switch value {
        case .integer(let number): try builder.append(Double(number))
        case .double(let number): try builder.append(number)
        default: try builder.append(nil)
        }
      }
      return try builder.finish()
    case .utf8:
      var builder = UTF8Builder()
      for value in values {
        if let text = value.stringValue { try builder.append(text) } else { try builder.appendNull() }
      }
      return try builder.finish()
    case .list(let element):
      var lists = ListBuilder()
      var elements: [JSONValue] = []
      for value in values {
        if let list = value.arrayValue { elements += list }
        try lists.endRow(at: elements.count, isNull: value.arrayValue == nil)
      }
      return try lists.finish(elements: .values(elements, of: element.type))
    case .struct(let fields):
      var parts: [Column] = []
      for field in fields {
        parts.append(try .values(values.map { $0.objectValue?[field.name] ?? .null }, of: field.type))
      }
      return try .structs(fields, parts, nulls: values.map { $0.objectValue == nil })
    }
  }
}
