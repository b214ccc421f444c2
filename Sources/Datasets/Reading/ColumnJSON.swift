import ColumnarFiles
import JSON
import Support

/// Turns values of columns into JSON, as Python would see them.
struct ColumnJSON {
  /// The images whose bytes the values held; nil where bytes are no images.
  private(set) var images: MeasuredImages?

  /// Reads values in which bytes are texts or an error.
  init() {}

  /// Reads values in which the bytes of images are measured and then left out, because a row may hold any number of
  /// megabytes of them.
  ///
  /// - Parameter reading: what measures; nil where nobody asks for sizes.
  init(measuring reading: ImageReading?) { images = MeasuredImages(reading) }

  /// A row's value: members of a struct in the column's order, null if they are null.
  ///
  /// - Throws: `InputError` if a text in it is not UTF-8, or no JSON where the field is marked as JSON.
  mutating func value(_ row: Int, of column: Column, _ field: Field) throws(InputError) -> JSONValue {
    if column.isNull(row) { return .null }
    switch column {
    case .null: return .null
    case .bool(let column): return column[row].map { .bool($0) } ?? .null
    case .int64(let column): return column[row].map { .integer($0) } ?? .null
    case .double(let column): return column[row].map { .double($0) } ?? .null
    case .utf8(let column): return try column.json(row, of: field)
    case .list(let column):
      let element: Field = if case .list(let element) = field.type { element } else { field }
      var values: [JSONValue] = []
      for index in column.range(row) { values.append(try value(index, of: column.elements, element)) }
      return .array(values)
    case .struct(let column):
      let fields: [Field] = if case .struct(let fields) = field.type { fields } else { column.fields }
      var members: [(String, JSONValue)] = []
      for (index, part) in column.columns.enumerated() {
        let field = fields.indices.contains(index) ? fields[index] : column.fields[index]
        if let image = image(row, of: part, field, among: column.fields) {
          members.append((field.name, image))
        } else {
          members.append((field.name, try value(row, of: part, field)))
        }
      }
      return .object(JSONObject(members))
    }
  }

  /// What stands for the bytes of an image in a member of a struct; nil where the member holds none.
  private mutating func image(_ row: Int, of column: Column, _ field: Field, among fields: [Field]) -> JSONValue? {
    guard images != nil, case .utf8(let column) = column, !column.isNull(row), ImageReading.mayHoldBytes(field.name)
    else { return nil }
    // Bytes beside a path are how the `datasets` library stores images and sounds.
    let isStored = field.name == "bytes" && fields.contains { $0.name == "path" }
    let bytes = column.bytes(row)
    return isStored || bytes.malformedOffset != nil ? images?.add(bytes) : nil
  }
}

extension Column {
  /// A row's value, in which all bytes are texts.
  ///
  /// - Throws: `InputError` if a text in it is not UTF-8, or no JSON where the field is marked as JSON.
  func json(_ row: Int, of field: Field) throws(InputError) -> JSONValue {
    var values = ColumnJSON()
    return try values.value(row, of: self, field)
  }
}

extension UTF8Column {
  fileprivate func json(_ row: Int, of field: Field) throws(InputError) -> JSONValue {
    // A copy, because a mapped file may change between being checked and being used.
    let copy = bytes(row).withUnsafeBytes { Array($0) }
    if field.holdsJSON {
      do { return try JSONValue.parse(copy) } catch { throw .unreadable("\(field.name) is \(error)") }
    }
    if let offset = copy.span.bytes.malformedOffset {
      // Copies of tables say what is no text; in JSON such bytes are written as data URLs have them.
      if field.stored == .binary { return .string(Base64.encode(copy)) }
      throw .unreadable("\(field.name) is not UTF-8 from byte \(offset) on")
    }
    return .string(String(decoding: copy, as: UTF8.self))
  }
}
