import Testing
import ColumnarFiles

/// Renders the rows of a table as compact JSON, one a line, the way the fixtures' script does.
struct TableText {
  /// All rows of the file at `path`.
  static func rows(_ path: String, columns: [String]? = nil) throws -> [String] {
    var reader = try TableReader(path: path)
    if let columns { try reader.select(columns) }
    var rows: [String] = []
    while let batch = try reader.nextBatch() {
      #expect(batch.firstRow == rows.count)
      for row in 0..<batch.rowCount { rows.append(self.row(batch, row)) }
    }
    #expect(try reader.countRows() == rows.count)
    return rows
  }

  static func row(_ batch: RecordBatch, _ row: Int) -> String {
    object(zip(batch.schema.fields, batch.columns).map { ($0.name, value($1, row)) })
  }

  /// Keys are sorted, because the order of a struct's parts is the writer's.
  private static func object(_ members: [(String, String)]) -> String {
    "{" + members.sorted { $0.0 < $1.0 }.map { "\(quoted($0)):\($1)" }.joined(separator: ",") + "}"
  }

  private static func value(_ column: Column, _ row: Int) -> String {
    if column.isNull(row) { return "null" }
    switch column {
    case .null: return "null"
    case .bool(let column): return column[row] == true ? "true" : "false"
    case .int64(let column): return column[row].map(String.init) ?? "null"
    case .double(let column): return column[row].map { "\($0)" } ?? "null"
    case .utf8(let column): return quoted(column.string(row) ?? "")
    case .list(let column):
      return "[" + column.range(row).map { value(column.elements, $0) }.joined(separator: ",") + "]"
    case .struct(let column):
      return object(zip(column.fields, column.columns).map { ($0.name, value($1, row)) })
    }
  }

  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      default:
        if scalar.value < 0x20 {
          let digits = String(scalar.value, radix: 16)
          result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        } else {
          result.unicodeScalars.append(scalar)
        }
      }
    }
    return result + "\""
  }
}
