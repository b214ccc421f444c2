import ColumnarFiles
import Support
import TestSupport
import Testing

/// Types that a copy of a table keeps although they are read into fewer; Scripts/check_stored_types.py has others read them.
@Suite struct StoredTypeTests {
  /// A stored type, the type that it is read into, and values as they are read.
  private static let cases: [(StoredType, ColumnType, [String?])] = [
    (.integer(bits: 8, isSigned: true), .int64, ["-128", nil, "127"]),
    (.integer(bits: 8, isSigned: false), .int64, ["0", nil, "255"]),
    (.integer(bits: 16, isSigned: false), .int64, ["0", nil, "65535"]),
    (.integer(bits: 32, isSigned: false), .int64, ["0", nil, "4294967295"]),
    (.token, .int64, ["-2147483648", nil, "2147483647"]),
    (.half, .double, ["-0.5", nil, "65504.0", "\(0x1p-24)", "-inf"]),
    (.single, .double, ["-0.5", nil, "\(Double(Float(0.1)))"]), (.binary, .utf8, ["a\u{0}b", nil, ""]),
    (.fixedBinary(3), .utf8, ["abc", nil, "\u{0}\u{1}\u{2}"]),
    (.decimal(precision: 30, scale: 2), .utf8, ["-12.34", nil, "1234567890123456789012345678.90"]),
    (.date(isMilliseconds: false), .utf8, ["0001-01-01", nil, "1969-12-31", "2024-02-29", "9999-12-31"]),
    (.time(.millisecond), .int64, ["0", nil, "86399999"]), (.time(.microsecond), .int64, ["1", nil, "86399999999"]),
    (.timestamp(.microsecond, zone: nil), .int64, ["-1", nil, "1740000000000000"]),
    (.timestamp(.nanosecond, zone: "UTC"), .int64, ["-1", nil, "1740000000000000001"]),
  ]

  private static func column(_ type: ColumnType, _ values: [String?]) throws -> Column {
    switch type {
    case .int64:
      var builder = Int64Builder()
      for value in values { try builder.append(value.flatMap { Int64($0) }) }
      return try builder.finish()
    case .double:
      var builder = DoubleBuilder()
      for value in values { try builder.append(value.flatMap { Double($0) }) }
      return try builder.finish()
    default:
      var builder = UTF8Builder()
      for value in values { if let value { try builder.append(value) } else { try builder.appendNull() } }
      return try builder.finish()
    }
  }

  private static func text(_ column: Column, _ row: Int) -> String? {
    switch column {
    case .int64(let column): column[row].map { String($0) }
    case .double(let column): column[row].map { String($0) }
    case .utf8(let column): column.string(row)
    default: nil
    }
  }

  @Test("Stored types and values survive copies to both formats", arguments: cases.indices)
  func roundTrip(index: Int) throws {
    let (stored, type, values) = Self.cases[index]
    var field = Field("x", type)
    field.stored = stored
    let schema = Schema([field])
    let batch = try RecordBatch(schema: schema, columns: [Self.column(type, values)], rowCount: values.count)
    let scratch = try Scratch()
    var parquet = try ParquetWriter(path: scratch.path("x.parquet"), schema: schema)
    try parquet.write(batch)
    _ = try parquet.finish()
    var arrow = try ArrowStreamWriter(path: scratch.path("x.arrow"), schema: schema)
    try arrow.write(batch)
    _ = try arrow.finish()
    for name in ["x.parquet", "x.arrow"] {
      var reader = try TableReader(path: scratch.path(name), keepsStoredTypes: true)
      #expect(reader.schema.fields == [field], "\(name)")
      let read = try #require(try reader.nextBatch())
      #expect((0..<read.rowCount).map { Self.text(read.columns[0], $0) } == values, "\(name)")
    }
  }

  @Test("Times of 12 bytes, as older writers store them, are nanoseconds in a copy and passed over otherwise")
  func oldTimes() throws {
    let path = Fixtures.path("int96.parquet")
    var kept = try TableReader(path: path, keepsStoredTypes: true)
    #expect(kept.schema["time"]?.stored == .timestamp(.nanosecond, zone: nil))
    let batch = try #require(try kept.nextBatch())
    #expect(
      (0..<batch.rowCount).map { Self.text(batch.columns[1], $0) } == [
        "1709208000000001000", nil, "-9223286400000000000",
      ])
    #expect(try TableReader(path: path).schema["time"]?.type == .unsupported("INT96"))
  }

  @Test("A number that does not fit into its stored type is refused, and no file is left")
  func overflow() throws {
    for (stored, value) in [(StoredType.integer(bits: 8, isSigned: true), "128"), (.token, "2147483648")] {
      var field = Field("x", .int64)
      field.stored = stored
      let schema = Schema([field])
      let batch = try RecordBatch(schema: schema, columns: [Self.column(.int64, [value])], rowCount: 1)
      let scratch = try Scratch()
      #expect(throws: FileError.self) {
        var parquet = try ParquetWriter(path: scratch.path("x.parquet"), schema: schema)
        try parquet.write(batch)
        _ = try parquet.finish()
      }
      #expect(throws: FileError.self) {
        var arrow = try ArrowStreamWriter(path: scratch.path("x.arrow"), schema: schema)
        try arrow.write(batch)
        _ = try arrow.finish()
      }
      #expect(!Files.exists(scratch.path("x.parquet")) && !Files.exists(scratch.path("x.arrow")))
    }
  }

  @Test("Chosen rows of nested columns are those of the batch, nulls included")
  func choosing() throws {
    for name in ["table-batches.stream.arrow", "table-groups.parquet"] {
      var reader = try TableReader(path: Fixtures.path(name))
      while let batch = try reader.nextBatch() {
        let rows = [Int](0..<batch.rowCount).filter { $0 % 3 != 1 }.reversed()
        let chosen = try batch.choosing(Array(rows))
        #expect((0..<chosen.rowCount).map { TableText.row(chosen, $0) } == rows.map { TableText.row(batch, $0) })
      }
    }
  }
}
