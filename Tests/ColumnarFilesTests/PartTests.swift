import Foundation
import Support
import Testing

@testable import ColumnarFiles

/// Parts of tables and slices of batches hold the rows of the whole, each once and in order.
@Suite struct PartTests {
  /// The rows of a part alone.
  private static func rows(_ part: TablePart, _ path: String) throws -> [String] {
    var reader = try TableReader(path: path)
    try reader.seek(to: part)
    var rows: [String] = []
    while let batch = try reader.nextBatch() {
      #expect(batch.firstRow == part.firstRow + rows.count)
      rows += (0..<batch.rowCount).map { TableText.row(batch, $0) }
    }
    #expect(rows.count == part.rowCount)
    return rows
  }

  /// Reads a file in parts of different sizes; returns the number of the smallest.
  @discardableResult
  private static func check(_ path: String) throws -> Int {
    let whole = try TableText.rows(path)
    let smallest = try TableReader(path: path).parts(ofBytes: 1)
    for size in [1, 5000, 1 << 20] {
      let parts = try TableReader(path: path).parts(ofBytes: size)
      #expect(try parts.flatMap { try rows($0, path) } == whole, "\(path), \(size)")
      #expect(parts.count <= smallest.count && parts.dropLast().allSatisfy { $0.byteCount >= size })
    }
    // One reader may read all parts, in any order, and some of them again.
    var reader = try TableReader(path: path)
    for part in smallest.reversed() + smallest {
      try reader.seek(to: part)
      _ = try reader.nextBatch()
      try reader.seek(to: part)
      guard part.rowCount > 0 else { continue }
      let batch = try #require(try reader.nextBatch())
      #expect(TableText.row(batch, 0) == whole[part.firstRow])
    }
    return smallest.count
  }

  @Test("The parts of every fixture hold its rows", arguments: try Fixtures.names("table"))
  func fixtures(_ name: String) throws { try Self.check(Fixtures.path(name)) }

  @Test("Row groups and record batches are parts of their own where that is wanted")
  func counts() throws {
    for name in ["table-groups.parquet", "table-batches.stream.arrow", "table.file.arrow"] {
      #expect(try Self.check(Fixtures.path(name)) > 1, "\(name)")
    }
  }

  @Test("A part that begins after a dictionary was replaced knows the one that applies")
  func dictionaries() throws {
    let indices: [UInt8] = [0, 0, 0, 0, 1, 0, 0, 0]
    let stream = ArrowStream([ArrowStream.field("label", type: 5, dictionary: 7)])
      .dictionary(7, ArrowStream.texts(["a", "b"])).batch(rowCount: 2, nodes: [2, 0], buffers: [[], indices])
      .dictionary(7, ArrowStream.texts(["c", "d"])).batch(rowCount: 2, nodes: [2, 0], buffers: [[], indices])
      .batch(rowCount: 1, nodes: [1, 0], buffers: [[], [1, 0, 0, 0]])
    try stream.withFile { path in
      #expect(try Self.check(path) == 3)
      let rows = ["a", "b", "c", "d", "d"].map { "{\"label\":\"\($0)\"}" }
      #expect(try TableText.rows(path) == rows)
      let last = try #require(try TableReader(path: path).parts(ofBytes: 1).last)
      #expect(try Self.rows(last, path) == ["{\"label\":\"d\"}"])
    }
  }

  @Test("A file that has changed since it was divided is noticed")
  func changes() throws {
    let path = NSTemporaryDirectory() + "tokenstats-\(UUID().uuidString).arrow"
    defer { try? FileManager.default.removeItem(atPath: path) }
    let bytes = try Data(contentsOf: URL(fileURLWithPath: Fixtures.path("table.stream.arrow")))
    try bytes.write(to: URL(fileURLWithPath: path))
    let part = try #require(try TableReader(path: path).parts().first)
    try (bytes + [0]).write(to: URL(fileURLWithPath: path))
    var reader = try TableReader(path: path)
    let error = #expect(throws: FileError.self) { try reader.seek(to: part) }
    #expect(error?.description.contains("changed while it was read") == true)
  }

  @Test("Batches of more than 4,096 rows are handed out in slices that share their memory")
  func slices() throws {
    let path = NSTemporaryDirectory() + "tokenstats-\(UUID().uuidString).arrow"
    defer { try? FileManager.default.removeItem(atPath: path) }
    let count = 10_000
    let parts = [Field("text", .utf8), Field("number", .int64)]
    let schema = Schema([Field("lists", .list(Field("item", .struct(parts)))), Field("score", .int64)])
    var (texts, numbers, lists, scores) = (UTF8Builder(), Int64Builder(), ListBuilder(), Int64Builder())
    for row in 0..<count {
      for element in 0..<row % 3 {
        if element == 1 { try texts.appendNull() } else { try texts.append("text \(row)") }
        try numbers.append(row % 5 == 0 ? nil : Int64(row))
      }
      try lists.endRow(at: texts.count, isNull: row % 3 == 0 && row % 2 == 0)
      try scores.append(row % 7 == 0 ? nil : Int64(row))
    }
    let elements = try Column.structs(parts, [texts.finish(), numbers.finish()])
    let batch = try RecordBatch(
      schema: schema, columns: [lists.finish(elements: elements), scores.finish()], rowCount: count)
    var writer = try ArrowStreamWriter(path: path, schema: schema)
    try writer.write(batch)
    _ = try writer.finish()
    var reader = try TableReader(path: path)
    var sizes: [Int] = []
    var blocks: Set<ObjectIdentifier> = []
    while let slice = try reader.nextBatch() {
      #expect(slice.firstRow == sizes.reduce(0, +))
      for row in 0..<slice.rowCount where row % 97 == 0 || row > slice.rowCount - 3 {
        #expect(TableText.row(slice, row) == TableText.row(batch, slice.firstRow + row))
      }
      sizes.append(slice.rowCount)
      blocks.insert(ObjectIdentifier(try #require(slice.columns[1].int64).values.block))
    }
    #expect(sizes == [4096, 4096, 1808] && blocks.count == 1)
    #expect(try Self.check(path) == 1)
  }

  @Test("A slice of a batch holds the values of its rows, of whatever type", arguments: try Fixtures.names("table"))
  func columnSlices(_ name: String) throws {
    var reader = try TableReader(path: Fixtures.path(name))
    while let batch = try reader.nextBatch() {
      for start in stride(from: 0, to: batch.rowCount, by: 8) {
        let slice = batch.slice(start..<batch.rowCount)
        #expect(slice.firstRow == batch.firstRow + start)
        for row in 0..<slice.rowCount { #expect(TableText.row(slice, row) == TableText.row(batch, start + row)) }
      }
    }
  }
}
