import CLZ4
import CSnappy
import CZlib
import CZstd
import Foundation
import Support
import Testing

@testable import ColumnarFiles

/// Arrow files whose metadata lies, or promises much in few bytes: reading takes neither memory nor time for what is not
/// there.
@Suite struct HostileArrowTests {
  @Test("Billions of rows that take no bytes are refused, as many as a row costs nothing are handed out")
  func countlessNulls() throws {
    func stream(_ count: Int) -> ArrowStream {
      ArrowStream([ArrowStream.field("messages", type: 1)])
        .batch(rowCount: count, nodes: [Int64(count), Int64(count)])
    }
    try stream(Limits().freeRows).withFile { path in
      var reader = try TableReader(path: path)
      for index in 0..<Limits().freeRows / 4096 {
        let batch = try #require(try reader.nextBatch())
        #expect(batch.rowCount == 4096 && batch.firstRow == index * 4096)
        #expect(batch.columns[0].isNull(4095))
      }
      #expect(try reader.nextBatch() == nil)
    }
    try stream(2_000_000_000).withFile { path in
      let error = #expect(throws: FileError.self) {
        var reader = try TableReader(path: path)
        _ = try reader.nextBatch()
      }
      #expect(error?.description.contains("2000000000 rows in a batch of 0 bytes") == true)
    }
  }

  @Test("Billions of lists of one size are refused, some are read without memory for them")
  func countlessLists() throws {
    func stream(_ count: Int) -> ArrowStream {
      let item = ArrowStream.field("item", type: 1)
      return ArrowStream([ArrowStream.field("lists", type: 16, detail: [0: .int32(1)], children: [item])])
        .batch(rowCount: count, nodes: [Int64(count), 0, Int64(count), Int64(count)], buffers: [[]])
    }
    try stream(Limits().freeRows).withFile { path in
      var reader = try TableReader(path: path)
      var last: RecordBatch?
      for _ in 0..<3 { last = try reader.nextBatch() }
      let lists = try #require(last?.columns[0].list)
      #expect(lists.range(7) == 2 * 4096 + 7..<2 * 4096 + 8)
    }
    try stream(2_000_000_000).withFile { path in
      #expect(throws: FileError.self) {
        var reader = try TableReader(path: path)
        _ = try reader.nextBatch()
      }
    }
  }

  @Test("A long name before those of many members is refused")
  func names() throws {
    let members = [FlatbufferValue](repeating: ArrowStream.field("x", type: 1), count: 1_000)
    let group = ArrowStream.field(String(repeating: "n", count: 1 << 20), type: 13, children: members)
    try ArrowStream([group]).withFile { path in
      let error = #expect(throws: FileError.self) { _ = try TableReader(path: path) }
      #expect(error?.description.contains("names and notes of the columns are longer") == true)
    }
  }

  @Test("A buffer that declares more than its codec can make of its bytes is refused before memory is taken")
  func declaredSizes() throws {
    for codec in [Int8(0), 1] {
      let buffer = withUnsafeBytes(of: Int64(3_000_000_000).littleEndian) { Array($0) } + [1, 2, 3, 4]
      let stream = ArrowStream([ArrowStream.field("number", type: 2, detail: [0: .int32(64), 1: .int8(1)])])
        .batch(rowCount: 1, nodes: [1, 0], buffers: [[], buffer], codec: codec)
      try stream.withFile { path in
        let description = DamageTests.read(path)?.description
        #expect(description?.contains("cannot expand to the 3000000000 that are promised") == true)
        #expect(description?.contains("column number, record batch 0") == true)
      }
    }
  }

  @Test("No codec makes more of its bytes than is believed of it")
  func expansions() throws {
    let input = [UInt8](repeating: 0, count: 1 << 22)
    var output = [UInt8](repeating: 0, count: 1 << 23)
    let capacity = output.count
    let zstd = ZSTD_compress(&output, capacity, input, input.count, 19)
    var deflated = uLongf(capacity)
    #expect(compress2(&output, &deflated, input, uLong(input.count), 9) == Z_OK)
    let (source, target) = (input.map { CChar($0) }, UnsafeMutablePointer<CChar>.allocate(capacity: capacity))
    defer { target.deallocate() }
    let lz4 = LZ4_compress_default(source, target, Int32(input.count), Int32(capacity))
    var snappy = capacity
    #expect(snappy_compress(source, input.count, target, &snappy) == SNAPPY_OK)
    for (codec, count) in [
      (Codec.zstd, zstd), (.gzip, Int(deflated)), (.lz4Raw, Int(lz4)), (.lz4Frame, Int(lz4)), (.snappy, snappy),
      (.none, input.count),
    ] {
      #expect(count > 0 && count < capacity || codec == .none)
      #expect(throws: Never.self, "\(codec)") { try codec.checkExpansion(of: count, to: input.count, Limits()) }
    }
    for codec in [Codec.none, .snappy, .gzip, .brotli, .zstd, .lz4Raw, .lz4Frame, .lz4Hadoop] {
      #expect(throws: FileError.self, "\(codec)") { try codec.checkExpansion(of: 100, to: 3_000_000_000, Limits()) }
      #expect(throws: FileError.self, "\(codec)") { try codec.checkExpansion(of: 0, to: 1, Limits()) }
      #expect(throws: FileError.self, "\(codec)") { try codec.checkExpansion(of: 100, to: -1, Limits()) }
      #expect(throws: Never.self, "\(codec)") { try codec.checkExpansion(of: .max, to: .max, Limits()) }
    }
  }

  @Test("A row that is long for a compressed file of its size is refused, rows that are so together are read")
  func longRows() throws {
    let data = [UInt8](repeating: UInt8(ascii: "x"), count: 1 << 22)
    var packed = [UInt8](repeating: 0, count: 1 << 16)
    let count = ZSTD_compress(&packed, packed.count, data, data.count, 3)
    func stream(_ ends: [Int32]) -> ArrowStream {
      func stored(_ bytes: [UInt8], _ size: Int64) -> [UInt8] {
        withUnsafeBytes(of: size.littleEndian) { Array($0) } + bytes
      }
      let offsets = ([0] + ends).flatMap { end in withUnsafeBytes(of: end.littleEndian) { Array($0) } }
      return ArrowStream([ArrowStream.field("text", type: 5)])
        .batch(
          rowCount: ends.count, nodes: [Int64(ends.count), 0],
          buffers: [[], stored(offsets, -1), stored(Array(packed.prefix(count)), Int64(data.count))], codec: 1)
    }
    var limits = Limits()
    limits.freeText = 1 << 20
    try stream((1...8).map { $0 << 19 }).withFile { path in
      var reader = try TableReader(path: path, limits: limits)
      #expect(try reader.nextBatch()?.rowCount == 8)
    }
    try stream([5, 1 << 22]).withFile { path in
      let error = #expect(throws: FileError.self) {
        var reader = try TableReader(path: path, limits: limits)
        _ = try reader.nextBatch()
      }
      #expect(error?.description.contains("a row with 4194299 bytes of text in a file of") == true)
    }
  }

  @Test("Rows that refer to one text of a dictionary share it, in both formats")
  func sharedTexts() throws {
    let text = String(repeating: "a long label. ", count: 10_000)
    let path = NSTemporaryDirectory() + "tokenstats-\(UUID().uuidString).parquet"
    defer { try? FileManager.default.removeItem(atPath: path) }
    let schema = Schema([Field("label", .utf8)])
    var options = ParquetWriter.Options()
    options.rowGroupSize = .max
    var writer = try ParquetWriter(path: path, schema: schema, options: options)
    var labels = UTF8Builder()
    for row in 0..<1000 {
      if row % 10 == 9 { try labels.appendNull() } else { try labels.append(row % 2 == 0 ? text : "short") }
    }
    try writer.write(try RecordBatch(schema: schema, columns: [labels.finish()], rowCount: 1000))
    _ = try writer.finish()

    let indices = (0..<1000).flatMap { row in withUnsafeBytes(of: Int32(row % 2).littleEndian) { Array($0) } }
    let stream = ArrowStream([ArrowStream.field("label", type: 5, dictionary: 0)])
      .dictionary(0, ArrowStream.texts([text, "short"])).batch(
        rowCount: 1000, nodes: [1000, 0], buffers: [[], indices])
    try stream.withFile { arrow in
      for file in [path, arrow] {
        var reader = try TableReader(path: file)
        let column = try #require(try reader.nextBatch()?.columns[0].utf8)
        #expect(column.count == 1000)
        #expect(column.data.byteCount == text.utf8.count + 5)
        #expect(column.string(998) == text && column.string(1) == "short")
      }
    }
  }

  @Test("What shared texts are written as can be read")
  func writingSharedTexts() throws {
    let path = NSTemporaryDirectory() + "tokenstats-\(UUID().uuidString).arrow"
    defer { try? FileManager.default.removeItem(atPath: path) }
    for name in ["table-dictionary.stream.arrow", "table.parquet"] {
      var reader = try TableReader(path: Fixtures.path(name))
      var writer = try ArrowStreamWriter(path: path, schema: reader.schema)
      while let batch = try reader.nextBatch() { try writer.write(batch, rows: 0..<batch.rowCount) }
      _ = try writer.finish()
      #expect(try TableText.rows(path) == Fixtures.rows())
    }
  }

  @Test("Limits are kept: what exceeds them is refused, what does not is read")
  func limits() throws {
    let changes: [(String, WritableKeyPath<Limits, Int>, Int)] = [
      ("table.stream.arrow", \.batchRows, 29), ("table.stream.arrow", \.nesting, 2), ("table.parquet", \.nesting, 2),
      ("table.stream.arrow", \.columns, 3), ("table.parquet", \.columns, 3), ("table.file.arrow", \.metadataBytes, 99),
      ("table.stream.arrow", \.metadataBytes, 99), ("table.parquet", \.metadataBytes, 99),
      ("table.stream.arrow", \.bufferBytes, 20), ("table.parquet", \.bufferBytes, 20),
      ("table.stream.arrow", \.batchBytes, 20), ("table.parquet", \.batchBytes, 20),
      ("table.parquet", \.batchValues, 9),
    ]
    for (name, limit, value) in changes {
      var limits = Limits()
      limits[keyPath: limit] = value
      let error = #expect(throws: FileError.self, "\(name), \(value)") {
        var reader = try TableReader(path: Fixtures.path(name), limits: limits)
        while try reader.nextBatch() != nil {}
      }
      #expect(error?.kind == .damaged && error?.path == Fixtures.path(name))
    }
  }
}

/// Puts an Arrow stream together message by message, as no writer would.
struct ArrowStream {
  /// Columns of a batch: their lengths and nulls, and their buffers.
  struct Content {
    var rowCount: Int
    var nodes: [Int64]
    var buffers: [[UInt8]]
    var codec: Int8?
  }

  private(set) var bytes: [UInt8] = []

  init(_ fields: [FlatbufferValue]) { append(kind: .schema, .table([1: .tables(fields)]), body: []) }

  /// A column of the type with a number in `Schema.fbs`.
  static func field(
    _ name: String, type: Int8, detail: [Int: FlatbufferValue] = [:], children: [FlatbufferValue] = [],
    dictionary: Int64? = nil
  ) -> FlatbufferValue {
    var table: [Int: FlatbufferValue] = [
      0: .string(name), 1: .int8(1), 2: .int8(type), 3: .table(detail), 5: .tables(children),
    ]
    if let dictionary {
      table[4] = .table([0: .int64(dictionary), 1: .table([0: .int32(32), 1: .int8(1)])])
    }
    return .table(table)
  }

  /// A column of texts without nulls.
  static func texts(_ texts: [String]) -> Content {
    var (offsets, data): ([UInt8], [UInt8]) = ([0, 0, 0, 0], [])
    for text in texts {
      data += text.utf8
      offsets.appendNumber(Int32(data.count))
    }
    return Content(rowCount: texts.count, nodes: [Int64(texts.count), 0], buffers: [[], offsets, data])
  }

  func batch(rowCount: Int, nodes: [Int64], buffers: [[UInt8]] = [], codec: Int8? = nil) -> ArrowStream {
    let (table, body) = Self.header(Content(rowCount: rowCount, nodes: nodes, buffers: buffers, codec: codec))
    return appending(kind: .recordBatch, table, body: body)
  }

  func dictionary(_ id: Int64, _ content: Content) -> ArrowStream {
    let (table, body) = Self.header(content)
    return appending(kind: .dictionaryBatch, .table([0: .int64(id), 1: table]), body: body)
  }

  private static func header(_ content: Content) -> (FlatbufferValue, body: [UInt8]) {
    var body: [UInt8] = []
    var places: [Int64] = []
    for buffer in content.buffers {
      places += [Int64(body.count), Int64(buffer.count)]
      body += buffer + [UInt8](repeating: 0, count: (8 - buffer.count % 8) % 8)
    }
    var table: [Int: FlatbufferValue] = [
      0: .int64(Int64(content.rowCount)), 1: .structs(content.nodes, width: 2), 2: .structs(places, width: 2),
    ]
    if let codec = content.codec { table[3] = .table([0: .int8(codec)]) }
    return (.table(table), body)
  }

  private func appending(kind: ArrowMessage.Kind, _ header: FlatbufferValue, body: [UInt8]) -> ArrowStream {
    var stream = self
    stream.append(kind: kind, header, body: body)
    return stream
  }

  private mutating func append(kind: ArrowMessage.Kind, _ header: FlatbufferValue, body: [UInt8]) {
    let message = FlatbufferValue.table([
      0: .int16(4), 1: .int8(Int8(kind.rawValue)), 2: header, 3: .int64(Int64(body.count)),
    ]).flatbuffer()
    bytes.appendNumber(UInt32.max)
    bytes.appendNumber(UInt32(message.count))
    bytes += message + body
  }

  /// Calls `body` with the path of a file that holds the stream.
  func withFile(_ body: (String) throws -> Void) throws {
    let path = NSTemporaryDirectory() + "tokenstats-\(UUID().uuidString).arrow"
    defer { try? FileManager.default.removeItem(atPath: path) }
    try Data(bytes + [0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0]).write(to: URL(fileURLWithPath: path))
    try body(path)
  }
}
