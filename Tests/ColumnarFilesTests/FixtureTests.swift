import ColumnarFiles
import Foundation
import Support
import Testing

/// Small files that pyarrow and DuckDB wrote with every option.
@Suite struct FixtureTests {
  @Test("Every file that holds the table gives its rows, whatever layout, encoding and codec it has")
  func tables() throws {
    let rows = try Fixtures.rows()
    let names = try Fixtures.names("table")
    #expect(names.count == 33)
    for name in names { #expect(try TableText.rows(Fixtures.path(name)) == rows, "\(name)") }
  }

  @Test("A selection reads the same values as the whole table")
  func selection() throws {
    for name in ["table.stream.arrow", "table-batches.stream.arrow", "table.parquet", "table-groups.parquet"] {
      for columns in [["score"], ["nothing", "flag"], ["matrix", "name"], ["messages"], []] {
        let expected = try Fixtures.rows().map { try Self.selected($0, columns) }
        let rows = try TableText.rows(Fixtures.path(name), columns: columns).map { try Self.selected($0, columns) }
        #expect(rows == expected, "\(name): \(columns)")
      }
    }
  }

  /// The row with these columns only.
  private static func selected(_ row: String, _ columns: [String]) throws -> NSDictionary {
    let object = try JSONSerialization.jsonObject(with: Data(row.utf8)) as? [String: Any] ?? [:]
    return object.filter { columns.contains($0.key) } as NSDictionary
  }

  @Test("An unknown column is refused with the names that there are")
  func unknownColumn() throws {
    var reader = try TableReader(path: Fixtures.path("table.parquet"))
    let error = #expect(throws: FileError.self) { try reader.select(["text", "nope"]) }
    #expect(error?.column == "nope")
    #expect(error?.reason.contains("name, text, number") == true)
    _ = try reader.nextBatch()
    #expect(throws: FileError.self) { try reader.select(["text"]) }
  }

  @Test("Types and notes of the schema are read from both formats")
  func schemas() throws {
    let content = ColumnType.struct([Field("content", .utf8), Field("role", .utf8)])
    for name in ["table.stream.arrow", "table.file.arrow", "table.parquet"] {
      let reader = try TableReader(path: Fixtures.path(name))
      let element = name.hasSuffix(".parquet") ? "element" : "item"
      #expect(reader.schema["messages"]?.type == .list(Field(element, content)), "\(name)")
      #expect(reader.schema["unsigned"]?.type == .int64, "\(name)")
      #expect(reader.schema["nothing"]?.type == .null, "\(name)")
      #expect(reader.schema.metadata("huggingface") == #"{"info": {}}"#, "\(name)")
      #expect(reader.schema.metadata.count == 1, "\(name)")
    }
  }

  @Test("Fixed-size lists, maps and single precision are read")
  func lists() throws {
    let rows = [
      #"{"half":0.5,"pages":[{"key":"a","value":1}],"pairs":[1,2]}"#, #"{"half":null,"pages":[],"pairs":null}"#,
      #"{"half":2.0,"pages":null,"pairs":[3,null]}"#,
    ]
    #expect(try TableText.rows(Fixtures.path("lists.stream.arrow")) == rows)
    let columns = rows.map { $0.replacing(/,"pairs":.*/, with: "}") }
    #expect(try TableText.rows(Fixtures.path("lists.parquet")) == columns)
  }

  @Test("Required columns have no levels; lists of older writers have two levels and are the same lists")
  func requiredAndLegacy() throws {
    let rows = (0..<6).map { row in
      let tags = (0..<row % 3).map { "\"\($0)\"" }.joined(separator: ",")
      return "{\"id\":\(row),\"tags\":[\(tags)]}"
    }
    for name in ["required.parquet", "legacy.parquet"] { #expect(try TableText.rows(Fixtures.path(name)) == rows) }
  }

  @Test("Dictionaries that grow, runs, decimals of 256 bits and checked pages are read")
  func rare() throws {
    #expect(
      try TableText.rows(Fixtures.path("delta.stream.arrow"))
        == [#"{"word":"a"}"#, #"{"word":"b"}"#, #"{"word":"a"}"#, #"{"word":"c"}"#])
    let runs = ["7 a", "8 a", "8 -", "8 b", "8 b"].map { row in
      let parts = row.split(separator: " ")
      return "{\"number\":\(parts[0]),\"word\":\(parts[1] == "-" ? "null" : "\"\(parts[1])\"")}"
    }
    #expect(try TableText.rows(Fixtures.path("runs.stream.arrow")) == runs)
    let digits = String(repeating: "1234567890", count: 5)
    let prices = ["\"\(digits).1234\"", "\"-0.0001\"", "null", "\"-\(digits).0000\""].map { "{\"price\":\($0)}" }
    for name in ["wide.stream.arrow", "wide.parquet"] { #expect(try TableText.rows(Fixtures.path(name)) == prices) }
    #expect(try TableText.rows(Fixtures.path("checksums.parquet")) == [#"{"text":"alpha"}"#, #"{"text":"beta"}"#])
  }

  @Test("Dictionaries of every type may grow in streams and files, and change in streams; parts know theirs")
  func dictionaries() throws {
    let text = try String(contentsOfFile: Fixtures.path("dictionaries.jsonl"), encoding: .utf8)
    let expected = text.split(separator: "\n").map(String.init)
    for name in ["dictionaries.stream.arrow", "dictionaries.file.arrow", "dictionaries-new.stream.arrow"] {
      #expect(try TableText.rows(Fixtures.path(name)) == expected, "\(name)")
      for column in ["word", "messages"] {
        let rows = try TableText.rows(Fixtures.path(name), columns: [column])
        #expect(rows.count == expected.count, "\(name), \(column)")
      }
      var rows: [String] = []
      for part in try TableReader(path: Fixtures.path(name)).parts(ofBytes: 1) {
        var reader = try TableReader(path: Fixtures.path(name))
        try reader.seek(to: part)
        while let batch = try reader.nextBatch() { rows += (0..<batch.rowCount).map { TableText.row(batch, $0) } }
      }
      #expect(rows == expected, "\(name)")
    }
  }

  @Test("What the reader lacks is named with column and row group")
  func unsupported() throws {
    let data = try Data(contentsOf: URL(fileURLWithPath: Fixtures.path("errors.json")))
    let errors = try #require(JSONSerialization.jsonObject(with: data) as? [String: String])
    #expect(try errors.keys.sorted() == Fixtures.names("bad-"))
    for (name, problem) in errors {
      let error = #expect(throws: FileError.self, "\(name)") { try TableText.rows(Fixtures.path(name)) }
      #expect(error?.description.contains(problem) == true, "\(name): \(error?.description ?? "no error")")
      #expect(error?.path == Fixtures.path(name))
    }
  }

  @Test("Columns that the reader lacks do not disturb the others")
  func unsupportedNeighbors() throws {
    for name in ["bad-timestamp.parquet", "bad-timestamp.stream.arrow"] {
      #expect(try TableText.rows(Fixtures.path(name), columns: ["id"]) == [#"{"id":1}"#])
    }
  }

  @Test("A batch stays as it was while the reader reads on")
  func ownership() throws {
    for name in ["table-batches.stream.arrow", "table-groups.parquet", "table-lz4.stream.arrow"] {
      var reader = try TableReader(path: Fixtures.path(name))
      var batches: [RecordBatch] = []
      while let batch = try reader.nextBatch() { batches.append(batch) }
      let rows = batches.flatMap { batch in (0..<batch.rowCount).map { TableText.row(batch, $0) } }
      #expect(try rows == Fixtures.rows(), "\(name)")
    }
  }
}
