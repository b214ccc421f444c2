import ColumnarFiles
import Foundation
import Support
import TestSupport
import Testing

/// What is written is read back by our own reader; `Scripts/check_columnar_files.py` has others read it.
@Suite struct WriterTests {
  /// Where files are written: kept for other readers where TOKENSTATS_WRITTEN names a folder.
  private static func withFolder(_ body: (String) throws -> Void) throws {
    if let kept = ProcessInfo.processInfo.environment["TOKENSTATS_WRITTEN"] { return try body(kept) }
    try withTemporaryFolder(body)
  }

  /// Copies a table batch by batch.
  private static func copy(
    _ source: String, to target: String, options: ParquetWriter.Options? = nil
  ) throws -> Int {
    var reader = try TableReader(path: source)
    if let options {
      var writer = try ParquetWriter(path: target, schema: reader.schema, options: options)
      while let batch = try reader.nextBatch() { try writer.write(batch) }
      return try writer.finish()
    }
    var writer = try ArrowStreamWriter(path: target, schema: reader.schema)
    while let batch = try reader.nextBatch() { try writer.write(batch) }
    return try writer.finish()
  }

  @Test("Every table of the fixtures is the same table after it was written as Arrow and as Parquet")
  func roundTrips() throws {
    try Self.withFolder { (folder: String) throws in
      let rows = try Fixtures.rows()
      for name in try Fixtures.names("table") {
        let arrow = "\(folder)/\(name).written.arrow"
        let size = try Self.copy(Fixtures.path(name), to: arrow)
        #expect(try TableText.rows(arrow) == rows, "\(name)")
        #expect(try FileManager.default.attributesOfItem(atPath: arrow)[.size] as? Int == size)
        for compression in ParquetCompression.allCases {
          let parquet = "\(folder)/\(name).\(compression.rawValue).written.parquet"
          _ = try Self.copy(Fixtures.path(name), to: parquet, options: .init(compression: compression))
          #expect(try TableText.rows(parquet) == rows, "\(name) \(compression)")
        }
      }
    }
  }

  @Test("Lists of fixed size, required columns and tables of one column survive")
  func otherTables() throws {
    try Self.withFolder { (folder: String) throws in
      for name in ["lists.stream.arrow", "required.parquet", "legacy.parquet"] {
        let rows = try TableText.rows(Fixtures.path(name))
        _ = try Self.copy(Fixtures.path(name), to: "\(folder)/\(name).other.arrow")
        _ = try Self.copy(Fixtures.path(name), to: "\(folder)/\(name).other.parquet", options: .init())
        #expect(try TableText.rows("\(folder)/\(name).other.arrow") == rows, "\(name)")
        #expect(try TableText.rows("\(folder)/\(name).other.parquet") == rows, "\(name)")
      }
    }
  }

  /// A table with long texts, some of which repeat, in batches of 100 rows.
  private static let schema = Schema(
    [
      Field("id", .int64), Field("kind", .utf8), Field("body", .utf8), Field("ratio", .double), Field("even", .bool),
      Field("none", .null),
      Field("turns", .list(Field("item", .struct([Field("content", .utf8), Field("role", .utf8)])))),
    ], metadata: [Schema.KeyValue("huggingface", #"{"info": {"features": {}}}"#)])

  private static func batch(_ start: Int, _ count: Int) throws -> RecordBatch {
    var (ids, kinds, bodies) = (Int64Builder(), UTF8Builder(), UTF8Builder())
    var (contents, roles, turns) = (UTF8Builder(), UTF8Builder(), ListBuilder())
    for row in start..<start + count {
      try ids.append(row % 10 == 9 ? nil : Int64(row))
      try kinds.append(["a", "bb", "é"][row % 3])
      if row % 17 == 4 {
        try bodies.appendNull()
      } else {
        try bodies.append("\(row) " + String(repeating: "text ", count: row % 400) + "🏴‍☠️")
      }
      for turn in 0..<row % 3 {
        try contents.append("turn \(turn) of \(row)")
        try roles.append(turn == 0 ? "user" : "assistant")
      }
      try turns.endRow(at: contents.count, isNull: row % 3 == 0 && row % 2 == 0)
    }
    let parts = [Field("content", .utf8), Field("role", .utf8)]
    let elements = try Column.structs(parts, [contents.finish(), roles.finish()])
    let columns = [
      try ids.finish(), try kinds.finish(), try bodies.finish(), .nulls(count), .nulls(count), .nulls(count),
      try turns.finish(elements: elements),
    ]
    var schema = schema
    schema.fields[3].type = .null
    schema.fields[4].type = .null
    return try RecordBatch(schema: schema, columns: columns, rowCount: count)
  }

  @Test("Pages, row groups and dictionaries end where they should, and nothing is lost between them")
  func manyPages() throws {
    try Self.withFolder { (folder: String) throws in
      var schema = Self.schema
      schema.fields[3].type = .null
      schema.fields[4].type = .null
      let path = "\(folder)/many.own.parquet"
      var writer = try ParquetWriter(path: path, schema: schema, options: .init(rowGroupSize: 3 << 20))
      var stream = try ArrowStreamWriter(path: "\(folder)/many.own.arrow", schema: schema)
      var expected: [String] = []
      for start in stride(from: 0, to: 6000, by: 100) {
        let batch = try Self.batch(start, 100)
        try writer.write(batch)
        try stream.write(batch)
        expected += (0..<100).map { TableText.row(batch, $0) }
      }
      _ = try writer.finish()
      _ = try stream.finish()
      #expect(try TableText.rows(path) == expected)
      #expect(try TableText.rows("\(folder)/many.own.arrow") == expected)
    }
  }

  @Test("Texts that are too long for a dictionary or a row group stand among others, and in the page index shortened")
  func longTexts() throws {
    try Self.withFolder { (folder: String) throws in
      let path = "\(folder)/long.own.parquet"
      let schema = Schema([Field("text", .utf8)])
      var writer = try ParquetWriter(path: path, schema: schema, options: .init(rowGroupSize: 8 << 20))
      var expected: [String] = []
      // Repeated texts settle on a dictionary, before and within the page that the long one stands in.
      for size in [3, 3, 2 << 20, 3, 5 << 20, 3, 1100, 2 << 20, 9 << 20, 3] {
        var builder = UTF8Builder()
        let texts = (0..<1000).map {
          $0 == 500 ? String(repeating: "x", count: size) : "text number \($0 % 7) again and again"
        }
        for text in texts { try builder.append(text) }
        try writer.write(RecordBatch(schema: schema, columns: [builder.finish()], rowCount: texts.count))
        expected += texts
      }
      let size = try writer.finish()
      var reader = try TableReader(path: path)
      var found: [String] = []
      while let batch = try reader.nextBatch() {
        guard case .utf8(let column) = batch.columns[0] else { continue }
        found += (0..<batch.rowCount).map { column.string($0) ?? "" }
      }
      #expect(found == expected)
      #expect(size < 3 << 20)
    }
  }

  @Test("A table without rows is a table all the same")
  func noRows() throws {
    try Self.withFolder { (folder: String) throws in
      let path = "\(folder)/none.empty"
      #expect(try ArrowStreamWriter(path: path + ".arrow", schema: Self.schema).finish() > 0)
      #expect(try ParquetWriter(path: path + ".parquet", schema: Self.schema).finish() > 0)
      for end in [".arrow", ".parquet"] {
        #expect(try TableText.rows(path + end).isEmpty)
        #expect(try TableReader(path: path + end).schema.fields.map(\.name) == Self.schema.fields.map(\.name))
      }
    }
  }

  @Test("Batches that contradict the schema are refused, and no file is left")
  func refusals() throws {
    try Self.withFolder { (folder: String) throws in
      let schema = Schema([Field("id", .int64, isNullable: false)])
      let path = "\(folder)/refused"
      var texts = UTF8Builder()
      try texts.append("one")
      let wrong = try RecordBatch(schema: schema, columns: [texts.finish()], rowCount: 1)
      let null = try RecordBatch(schema: schema, columns: [.nulls(1)], rowCount: 1)
      for batch in [wrong, null] {
        let arrow = #expect(throws: FileError.self) {
          var writer = try ArrowStreamWriter(path: path, schema: schema)
          try writer.write(batch)
        }
        let parquet = #expect(throws: FileError.self) {
          var writer = try ParquetWriter(path: path, schema: schema)
          try writer.write(batch)
        }
        #expect(arrow?.column == "id" && parquet?.column == "id")
      }
      let entries = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasPrefix("refused") }
      #expect(entries.isEmpty)
      #expect(throws: FileError.self) {
        try RecordBatch(schema: schema, columns: [.nulls(2)], rowCount: 1)
      }
    }
  }
}
