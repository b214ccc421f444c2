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
    var type = JSONType.object([])
    while let rows = try reader.next() {
      for row in 0..<rows.count where includes(rows.firstRow + row) {
        do throws(InputError) {
          if let value = try rows.json(row), value.objectValue != nil { try type.merge(JSONType(of: value)) }
        } catch {
          throw InputError(
            .unreadable, dataset: source.name.description,
            "row \(rows.firstRow + row): \(error.message); a table needs one type a column: write .jsonl instead")
        }
      }
    }
    guard let fields = type.fields else {
      throw InputError(
        .unreadable, dataset: source.name.description, "the rows are no objects; write .jsonl instead of a table")
    }
    self.init(Schema(fields))
  }
}
