import ChatTemplates
public import ColumnarFiles
import JSON
public import Support

extension DatasetBatch {
  /// Makes a batch of conversations or texts that are in memory as columns; the columns' names and types tell the shape
  /// of the rows, and all other columns are arguments of the template.
  ///
  /// - Throws: `InputError` where no column holds conversations or texts.
  public init(table: RecordBatch) throws(InputError) {
    var further = FurtherColumns()
    further.keepsAll = true
    self.init(table, plan: try TablePlan(table.schema, shape: nil, columns: further), rowsBefore: 0)
  }

  /// Makes a batch of rows that are JSON: lists of messages, strings, or objects as lines of JSONL hold them.
  ///
  /// A row that is no such JSON is there and fails when it is read.
  ///
  /// - Parameters:
  ///   - rows: The text of each row.
  ///   - firstRow: The number of the first.
  public init(json rows: [[UInt8]], firstRow: Int) {
    // Rows in memory have no folder that paths of images could be in.
    let interpreter = RowInterpreter(shape: .messages, images: ImageReading(folder: nil))
    var decoded = DecodedRows()
    var members: [JSONObject] = []
    for row in rows {
      do throws(FileError) {
        let value = try JSONValue.parse(row)
        interpreter.append(value, to: &decoded)
        members.append(value.objectValue ?? JSONObject())
      } catch {
        decoded.fail(error.description)
        members.append(JSONObject())
      }
    }
    self.init(
      decoded, values: [:], arguments: [], members: members, shape: .messages, firstRow: firstRow, lines: [])
  }
}
