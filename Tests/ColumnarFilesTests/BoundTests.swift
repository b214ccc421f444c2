import Foundation
import Support
import Testing

@testable import ColumnarFiles

/// Short files that claim much: each is refused before it costs time or memory.
@Suite struct BoundTests {
  private static let folder = Fixtures.folder + "/Hostile"

  @Test(
    "a file that would cost far more than its size is refused, and says why",
    arguments: [
      ("nulls.arrow", "2000000000 rows in a batch of 0 bytes"), ("nulls.parquet", "50000000 rows in"),
      ("long-brotli.parquet", "bytes compressed with BROTLI expand to 6291456"),
      ("long-brotli-dictionary.parquet", "bytes compressed with BROTLI expand to 6291456"),
      ("long-zstd.parquet", "bytes compressed with ZSTD expand to 6291456"),
      ("long-zstd-dictionary.parquet", "bytes compressed with ZSTD expand to 6291456"),
      ("long-zstd.arrow", "bytes compressed with ZSTD expand to 6291456"),
      ("shared-text.parquet", "bytes of text, more than 2048 times as many"),
      ("shared-text.arrow", "bytes of text, more than 2048 times as many"),
      ("null-batches.arrow", "rows in a file of"),
      ("repeated-blocks.arrow", "some lie upon each other"),
      ("shared-chunks.parquet", "some lie upon each other"),
    ])
  func refused(name: String, reason: String) throws {
    let error = #expect(throws: FileError.self) {
      var reader = try TableReader(path: Self.folder + "/" + name)
      while let batch = try reader.nextBatch() { #expect(batch.rowCount <= 4096) }
    }
    #expect(error?.kind == .damaged && error?.description.contains(reason) == true, "\(error?.description ?? "")")
  }

  @Test("every file of Fixtures/Hostile is tried")
  func complete() throws {
    #expect(try FileManager.default.contentsOfDirectory(atPath: Self.folder).count == 12)
  }

  @Test("what many rows share is counted once for each, in lists of shared elements too")
  func shared() throws {
    var pool = MemoryPool()
    let data = try pool.values(10, of: UInt8.self) { (index) throws(FileError) in UInt8(index) }
    let pairs = try pool.values(6, of: Int64.self) { (index) throws(FileError) in index % 2 == 0 ? 0 : 10 }
    let offsets = try Offsets(pairs: pairs, count: 3, limit: 10)
    let texts = Column.utf8(
      UTF8Column(count: 3, validity: Validity(allValid: 3), offsets: offsets, buffer: data))
    var shared = SharedText(limit: 1000)
    shared.add(texts, 0..<3)
    #expect(shared.bytes == 30)
    let listPairs = try pool.values(4, of: Int64.self) { (index) throws(FileError) in index % 2 == 0 ? 0 : 3 }
    let lists = Column.list(
      ListColumn(
        count: 2, validity: Validity(allValid: 2), offsets: try Offsets(pairs: listPairs, count: 2, limit: 3),
        elements: texts))
    shared = SharedText(limit: 1000)
    shared.add(lists, 0..<2)
    #expect(shared.bytes == 2 * 3 + 2 * 30)
    shared = SharedText(limit: 5)
    shared.add(texts, 0..<3)
    #expect(shared.bytes == 10)
  }
}
