import ColumnarFiles
import JSON
public import Support

/// The columns of a source's rows as they are written.
public struct TableShape: Sendable {
  let schema: Schema

  /// The columns that a table has itself.
  init(_ schema: Schema) { self.schema = schema }

  /// The columns that rows of JSON and of texts have together.
  ///
  /// - Parameter includes: whether a row, by its number, is one that is written.
  /// - Throws: `InputError` that names the row if a member has values of different types.
  public init(of source: DatasetSource, including includes: (Int) -> Bool) throws(InputError) {
    var reader = try StoredRowReader(source)
    if let schema = reader.schema {
      self.init(schema)
      return
    }
    var type = JSONType.object(JSONTypeMembers())
    var (rowCount, memberCount, bytes) = (0, 0, 0)
    while let rows = try reader.next() {
      for row in 0..<rows.count where includes(rows.firstRow + row) {
        do throws(InputError) {
          guard let value = try rows.json(row), let object = value.objectValue else { continue }
          try type.merge(JSONType(of: value))
          rowCount += 1
          memberCount += object.count
          bytes += rows.byteCount(row)
        } catch {
          throw InputError(
            .unreadable, dataset: source.name.description,
            "row \(rows.firstRow + row): \(error.message); a table needs one type a column: write .jsonl instead")
        }
      }
    }
    // The row itself is an object.
    guard type.depth - 1 < source.limits.nesting else {
      throw InputError(
        .unreadable, dataset: source.name.description,
        "lists and objects nest deeper than \(source.limits.nesting) levels, which no table can; write .jsonl instead")
    }
    guard let fields = type.fields else {
      throw InputError(
        .unreadable, dataset: source.name.description, "the rows are no objects; write .jsonl instead of a table")
    }
    // Each of them becomes a null, so that rows of one member each would make a table of as many columns as rows.
    let absent = rowCount * fields.count - memberCount
    guard source.limits.allows(absent: absent, inRowsOf: bytes) else {
      throw InputError(
        .unreadable, dataset: source.name.description,
        "\(rowCount) rows lack \(absent) of the members that others have; write .jsonl instead of a table")
    }
    self.init(Schema(fields))
  }
}
