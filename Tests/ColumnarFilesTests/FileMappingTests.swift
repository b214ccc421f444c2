import Foundation
import Support
import Testing

@testable import ColumnarFiles

/// Mapped files are read in place, and what other programs do to them leads to errors and never ends the process.
///
/// One after the other: the second test takes all the places there are for mappings.
@Suite(.serialized) struct FileMappingTests {
  init() { FileMappings.enable() }

  /// A file that is removed at the end.
  private static func withFile(_ bytes: [UInt8], _ body: (String) throws -> Void) throws {
    let path = NSTemporaryDirectory() + "tokenstats-\(UUID().uuidString).arrow"
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    defer { try? FileManager.default.removeItem(atPath: path) }
    try body(path)
  }

  /// An Arrow stream with batches of 50 long texts; returns its bytes.
  private static func stream(batches: Int) throws -> [UInt8] {
    let path = NSTemporaryDirectory() + "tokenstats-\(UUID().uuidString).arrow"
    defer { try? FileManager.default.removeItem(atPath: path) }
    let schema = Schema([Field("text", .utf8), Field("number", .int64)])
    var writer = try ArrowStreamWriter(path: path, schema: schema)
    for batch in 0..<batches {
      var (texts, numbers) = (UTF8Builder(), Int64Builder())
      for row in 0..<50 {
        try texts.append(Self.text(batch, row))
        try numbers.append(Int64(row))
      }
      let columns = [try texts.finish(), try numbers.finish()]
      try writer.write(try RecordBatch(schema: schema, columns: columns, rowCount: 50))
    }
    _ = try writer.finish()
    return [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
  }

  private static func text(_ batch: Int, _ row: Int) -> String {
    String(repeating: "batch \(batch), row \(row). ", count: 400)
  }

  @Test("Texts point into the file itself; everything else is a copy")
  func inPlace() throws {
    try Self.withFile(try Self.stream(batches: 2)) { path in
      var reader = try TableReader(path: path)
      let batch = try #require(try reader.nextBatch())
      let texts = try #require(batch.columns[0].utf8)
      #expect(texts.buffer.block.isMapped)
      #expect(texts.offsets.narrow(0..<50)?.block.isMapped == false)
      #expect(batch.columns[1].int64?.values.block.isMapped == false)
      for row in 0..<50 { #expect(texts.string(row) == Self.text(0, row)) }
    }
  }

  @Test("Where nothing more can be mapped, the same is read")
  func fallback() throws {
    try Self.withFile(try Self.stream(batches: 2)) { path in
      let expected = try TableText.rows(path)
      let file = try InputFile(path)
      var blocks: [MemoryBlock] = []
      while let mapping = try file.map(count: 100, at: 0) { blocks.append(MemoryBlock(mapping, count: 100)) }
      #expect(blocks.count > 16)
      var reader = try TableReader(path: path)
      let batch = try #require(try reader.nextBatch())
      #expect(try #require(batch.columns[0].utf8).buffer.block.isMapped == false)
      #expect(try TableText.rows(path) == expected)
      blocks.removeAll()
      let isFree = try file.map(count: 100, at: 0) != nil
      #expect(isFree)
    }
  }

  @Test("A file that is cut short while it is read is named, with the batch that was at hand", arguments: [0, 1, 2])
  func truncation(_ kept: Int) throws {
    let bytes = try Self.stream(batches: 3)
    try Self.withFile(bytes) { path in
      var reader = try TableReader(path: path)
      for _ in 0..<kept { _ = try reader.nextBatch() }
      let batch = try #require(try reader.nextBatch())
      #expect(truncate(path, 4096) == 0)
      // Nobody is protected from looking at zeroes; what is promised is that they are noticed.
      let texts = try #require(batch.columns[0].utf8)
      let zeroes = (0..<50).count { texts.string($0)?.utf8.contains(0) == true }
      #expect(zeroes > 0)
      let error = #expect(throws: FileError.self) { try reader.nextBatch() }
      let description = try #require(error).description
      #expect(description == "\(path): the file changed while it was read; run again when it is finished")
    }
  }

  @Test("A file that is cut or written to where no page goes missing is noticed too", arguments: [true, false])
  func smallChanges(_ isCut: Bool) throws {
    let bytes = try Self.stream(batches: 1)
    try Self.withFile(bytes) { path in
      var reader = try TableReader(path: path)
      let batch = try #require(try reader.nextBatch())
      #expect(try #require(batch.columns[0].utf8).string(0) == Self.text(0, 0))
      try reader.verify()
      // A clock tick behind the last time the file was written to.
      usleep(50_000)
      if isCut {
        #expect(truncate(path, off_t(bytes.count - 1)) == 0)
      } else {
        let file = try #require(fopen(path, "r+"))
        #expect(fputc(0, file) == 0)
        fclose(file)
      }
      let error = #expect(throws: FileError.self) { try reader.verify() }
      #expect(try #require(error).description.contains("changed while it was read"))
      #expect(throws: FileError.self) { try reader.nextBatch() }
    }
  }

  @Test("Compressed batches and small ones are read at once")
  func readAtOnce() throws {
    for name in ["table-zstd.stream.arrow", "table.stream.arrow", "table.file.arrow"] {
      var reader = try TableReader(path: Fixtures.path(name))
      let batch = try #require(try reader.nextBatch())
      for column in batch.columns { #expect(column.utf8?.buffer.block.isMapped != true, "\(name)") }
    }
  }

  @Test("A file that others write into gives other texts of the same lengths")
  func overwriting() throws {
    let bytes = try Self.stream(batches: 1)
    try Self.withFile(bytes) { path in
      var reader = try TableReader(path: path)
      let batch = try #require(try reader.nextBatch())
      let file = try #require(fopen(path, "r+"))
      #expect(fwrite([UInt8](repeating: 0xFF, count: bytes.count), 1, bytes.count, file) == bytes.count)
      fclose(file)
      let texts = try #require(batch.columns[0].utf8)
      for row in 0..<50 {
        let expected = Self.text(0, row).utf8.count
        #expect(texts.string(row) == String(repeating: "\u{FFFD}", count: expected))
        #expect(batch.columns[1].int64?[row] == Int64(row))
      }
    }
  }

  /// Maps a file again and again, cutting it short every other time; returns how often that was told wrongly.
  private static func contend(_ first: Int) throws -> Int {
    let page = sysconf(Int32(_SC_PAGESIZE))
    let bytes = [UInt8](repeating: 7, count: 16 * page)
    var wrong = 0
    try withFile(bytes) { path in
      for round in first..<first + 200 {
        let isCut = round % 2 == 0
        let file = try InputFile(path)
        guard let mapping = try file.map(count: bytes.count, at: 0) else { throw CancellationError() }
        if isCut { #expect(truncate(path, off_t(2 * page)) == 0) }
        var sum = 0
        for place in stride(from: 0, to: bytes.count, by: page) {
          sum += Int(mapping.base.load(fromByteOffset: place, as: UInt8.self))
        }
        if mapping.isIntact == isCut || sum != 7 * (isCut ? 2 : 16) { wrong += 1 }
        if isCut { try Data(bytes).write(to: URL(fileURLWithPath: path)) }
      }
    }
    return wrong
  }

  @Test("Mappings of many threads do not get in each other's way")
  func threads() async throws {
    let wrong = try await withThrowingTaskGroup(of: Int.self) { group in
      for task in 0..<4 { group.addTask { try Self.contend(task) } }
      return try await group.reduce(0, +)
    }
    #expect(wrong == 0)
  }

  @Test("Nothing is mapped and no handler is installed unless the program asks for it")
  func optIn() async {
    await #expect(processExitsWith: .success) {
      func handler() -> Int {
        var action = sigaction()
        guard sigaction(SIGBUS, nil, &action) == 0 else { exit(4) }
        return unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
      }
      let before = handler()
      var reader = try TableReader(path: Fixtures.path("table.stream.arrow"))
      while try reader.nextBatch() != nil {}
      let isMapped = try InputFile(Fixtures.path("table.stream.arrow")).map(count: 10, at: 0) != nil
      guard !isMapped, handler() == before else { exit(1) }
      guard FileMappings.enable(), FileMappings.enable(), handler() != before else { exit(2) }
      guard try InputFile(Fixtures.path("table.stream.arrow")).map(count: 10, at: 0) != nil else { exit(3) }
    }
  }

  @Test("A signal that somebody sends ends the process as it always did")
  func sentSignals() async {
    await #expect(processExitsWith: .signal(SIGBUS)) {
      var none = rlimit(rlim_cur: 0, rlim_max: 0)
      setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none)
      FileMappings.enable()
      let isGuarded = try InputFile(Fixtures.path("table.stream.arrow")).map(count: 10, at: 0) != nil
      guard isGuarded, kill(getpid(), SIGBUS) == 0 else { exit(1) }
      sleep(10)
    }
  }

  @Test("Memory errors of others end the process as they always did")
  func otherErrors() async {
    await #expect(processExitsWith: .signal(SIGBUS)) {
      var none = rlimit(rlim_cur: 0, rlim_max: 0)
      setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none)
      let path = NSTemporaryDirectory() + "tokenstats-\(UUID().uuidString)"
      try Data(count: 8192).write(to: URL(fileURLWithPath: path))
      FileMappings.enable()
      let file = try InputFile(path)
      let isGuarded = try file.map(count: 10, at: 0) != nil
      let pages = mmap(nil, 8192, PROT_READ, MAP_SHARED, open(path, O_RDONLY), 0)
      guard isGuarded, truncate(path, 0) == 0 else { exit(1) }
      try FileManager.default.removeItem(atPath: path)
      print(pages?.load(fromByteOffset: 4096, as: UInt8.self) ?? 0)
    }
  }
}
