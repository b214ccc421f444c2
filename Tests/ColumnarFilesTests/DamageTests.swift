import Foundation
import Support
import TestSupport
import Testing

@testable import ColumnarFiles

/// Damaged files: reading must end, in rows or in an error that names the file, and never crash.
@Suite struct DamageTests {
  /// Reads everything, touching every value, or the last part of a file. Returns the error, nil where the file could be
  /// read.
  static func read(_ path: String, lastPart: Bool = false) -> FileError? {
    do throws(FileError) {
      var reader = try TableReader(path: path)
      if lastPart, let part = try reader.parts(ofBytes: 1).last { try reader.seek(to: part) }
      // Damage can turn a few rows into millions of nulls: the first are looked at.
      var rows = 0
      while rows < 10_000, let batch = try reader.nextBatch() {
        for row in 0..<min(batch.rowCount, 1000) { _ = TableText.row(batch, row) }
        rows += batch.rowCount
      }
      return nil
    } catch {
      return error
    }
  }

  /// How often each file is damaged; more when looking for faults: TOKENSTATS_DAMAGE_ROUNDS=20000.
  private static let rounds = Int(ProcessInfo.processInfo.environment["TOKENSTATS_DAMAGE_ROUNDS"] ?? "") ?? 150

  /// Calls `body` with a copy of a fixture that may be damaged.
  private static func withCopy(of name: String, _ body: (String, Int32, [UInt8]) throws -> Void) throws {
    let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: Fixtures.path(name))))
    // Tests run side by side, and two of them damage the same file.
    let path = NSTemporaryDirectory() + "tokenstats-\(UUID().uuidString)-\(name)"
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    defer { try? FileManager.default.removeItem(atPath: path) }
    let file = open(path, O_RDWR)
    try #require(file >= 0)
    defer { close(file) }
    try body(path, file, bytes)
  }

  @Test(
    "A file that is cut anywhere is refused with its name, but for streams that end behind a message, as pyarrow does it",
    arguments: [
      "table.stream.arrow", "table-legacy.stream.arrow", "table-zstd.stream.arrow", "table.file.arrow", "table.parquet",
      "table-v2.parquet", "required.parquet",
    ])
  func truncations(_ name: String) throws {
    try Self.withCopy(of: name) { path, file, bytes in
      let ends = name.hasSuffix("stream.arrow") ? try Self.messageEnds(path) : []
      #expect(name.hasSuffix("stream.arrow") == !ends.isEmpty)
      for size in stride(from: bytes.count - 1, through: 0, by: -1) {
        ftruncate(file, off_t(size))
        let error = Self.read(path)
        // The mark that ends a stream is 8 bytes long, 4 in files of older writers.
        #expect((error == nil) == ends.contains(size), "\(size) bytes: \(error?.description ?? "read")")
        if let error { #expect(error.description.contains(path), "\(size) bytes: \(error)") }
      }
    }
  }

  /// Where the messages of a stream end, and the mark of four bytes that older writers end it with.
  private static func messageEnds(_ path: String) throws -> Set<Int> {
    let file = try InputFile(path, maps: false)
    var ends: Set<Int> = []
    var offset = 0
    while case .message(let message) = try ArrowMessage.read(file, at: offset, limits: Limits()) {
      offset = message.end
      ends.insert(offset)
    }
    let mark = try file.read(count: 4, at: offset)
    if mark == [0, 0, 0, 0] { ends.insert(offset + 4) }
    return ends
  }

  @Test("Flipped bytes lead to rows or an error", arguments: try Fixtures.names())
  func flips(_ name: String) throws {
    try Self.withCopy(of: name) { path, file, bytes in
      var generator = SplitMix(state: UInt64(bytes.count))
      var errors = 0
      for _ in 0..<Self.rounds {
        var places: [Int] = []
        for _ in 0..<Int.random(in: 1...3, using: &generator) {
          // Half of the damage goes where the metadata is.
          let isTail = Bool.random(using: &generator)
          let range = isTail ? max(0, bytes.count - 2500)..<bytes.count : 0..<bytes.count
          let place = Int.random(in: range, using: &generator)
          let extremes: [UInt8] = [
            0, 1, 0x7F, 0x80, 0xFF, bytes[place] ^ 1 << UInt8.random(in: 0..<8, using: &generator),
          ]
          var byte = extremes.randomElement(using: &generator) ?? 0
          pwrite(file, &byte, 1, off_t(place))
          places.append(place)
        }
        if Self.read(path) != nil { errors += 1 }
        if places.count == 1 { _ = Self.read(path, lastPart: true) }
        for place in places {
          var byte = bytes[place]
          pwrite(file, &byte, 1, off_t(place))
        }
      }
      #expect(errors > 0)
    }
  }

  @Test("Random bytes are refused, whatever they begin with")
  func randomBytes() throws {
    var generator = SplitMix(state: 7)
    let path = NSTemporaryDirectory() + "tokenstats-\(UUID().uuidString)-random"
    defer { try? FileManager.default.removeItem(atPath: path) }
    for round in 0..<400 {
      let head: [UInt8] = [[], Array("PAR1".utf8), Array("ARROW1\0\0".utf8), [255, 255, 255, 255, 0, 1, 0, 0]][
        round % 4]
      let tail: [UInt8] = [[], Array("\u{40}\0\0\0PAR1".utf8), Array("\u{40}\0\0\0ARROW1".utf8), []][round % 4]
      let middle = (0..<Int.random(in: 0..<600, using: &generator)).map { _ in
        UInt8.random(in: 0...255, using: &generator)
      }
      try Data(head + middle + tail).write(to: URL(fileURLWithPath: path))
      #expect(Self.read(path)?.description.contains(path) == true)
    }
  }

  @Test("A missing file, a folder, a pipe and an empty file are refused with their names, without waiting")
  func noFile() throws {
    let folder = NSTemporaryDirectory()
    #expect(Self.read("/nowhere/x.arrow")?.description == "cannot read /nowhere/x.arrow: No such file or directory")
    #expect(Self.read(folder)?.description.contains("Is a directory") == true)
    let path = folder + "tokenstats-\(UUID().uuidString)-empty"
    try Data().write(to: URL(fileURLWithPath: path))
    defer { try? FileManager.default.removeItem(atPath: path) }
    #expect(Self.read(path)?.description == "\(path): the file is empty")
    let pipe = path + "-pipe"
    #expect(mkfifo(pipe, 0o600) == 0)
    defer { unlink(pipe) }
    #expect(Self.read(pipe)?.description == "cannot read \(pipe): it is no regular file; name a file")
  }
}
