import ChatTemplates
import ColumnarFiles
import Foundation
import Support
import TestSupport
import Testing

@testable import Datasets

/// Texts that would take more memory than they should.
@Suite struct BoundTests {
  private func rows(_ scratch: Scratch, _ name: String, _ text: String) throws -> ReadDataset {
    var lookup = SourceLookup(folder: scratch.folder.path)
    lookup.model = "qwen-3-32b"
    return try ReadDataset(try #require(try lookup.sources(try scratch.file(name, text)).first))
  }

  @Test("a line beyond the limit is refused and named; what is shorter is read")
  func longLine() throws {
    let scratch = try Scratch()
    let path = try scratch.file("a.jsonl", "\"" + String(repeating: "x", count: 2 << 20) + "\"\n")
    func read(_ memory: Int) throws -> Int {
      let window = TextWindow(try ByteStream.open(path), limits: Limits(memory: memory))
      var records = RecordReader(window, layout: .lines)
      var bytes = 0
      while try records.next() { bytes += records.record.byteCount }
      return bytes
    }
    #expect(try read(64 << 20) == (2 << 20) + 2)
    let error = #expect(throws: FileError.self) { try read(1 << 20) }
    #expect(error?.description.contains("--memory-limit") == true && error?.description.contains(path) == true)
  }

  @Test("a row that is long for its compressed bytes is refused, one that is as long as they are is read")
  func compressedRow() throws {
    let scratch = try Scratch()
    var limits = Limits()
    limits.freeText = 1 << 20
    func read(_ name: String, _ bytes: [UInt8], _ layout: RecordLayout) throws -> Int {
      let path = try scratch.file(name, bytes)
      var records = RecordReader(try TextWindow.open(path, limits: limits), layout: layout)
      var longest = 0
      while try records.next() { longest = max(longest, records.record.byteCount) }
      return longest
    }
    let layouts = [
      ("a.jsonl", RecordLayout.lines, "{\"text\": \"", "\"}\n"), ("a.csv", .fields(delimiter: 0x2C), "text\n", "\n"),
    ]
    for (name, layout, start, end) in layouts {
      let (start, end) = (Array(start.utf8), Array(end.utf8))
      let some = TextFiles.zstd(start, run: 1 << 19, end)
      #expect(try read(name + ".zst", some, layout) >= 1 << 19)
      let error = #expect(throws: FileError.self) {
        try read(name + ".zst", TextFiles.zstd(start, run: 3 << 20, end), layout)
      }
      #expect(error?.description.contains("expand the file first if that is meant") == true)
      let long = start + [UInt8](repeating: UInt8(ascii: "x"), count: 3 << 20) + end
      #expect(try read(name + ".gz", TextFiles.gzip(long), layout) >= 3 << 20)
      #expect(try read(name, long, layout) >= 3 << 20)
    }
  }

  @Test("a table of too many columns is refused, one of many is read")
  func manyColumns() throws {
    let scratch = try Scratch()
    let names = (0..<Limits().fields).map { "c\($0)" }.joined(separator: ",")
    let error = #expect(throws: InputError.self) { try rows(scratch, "many.csv", names + ",text\n") }
    #expect(error?.message.contains("16385 columns, more than 16384") == true)
    let some = (0..<1000).map { "c\($0)" }.joined(separator: ",")
    #expect(
      try rows(scratch, "some.csv", some + ",text\n" + String(repeating: ",", count: 1000) + "hello\n").rows.count == 1)
  }

  @Test("rows of a wide table cost what they hold; what they lack is bounded where all is kept")
  func shortRows() throws {
    let scratch = try Scratch()
    let names = (1..<Limits().fields).map { "c\($0)" }.joined(separator: ",")
    let path = try scratch.file("wide.csv", "text,\(names)\n" + String(repeating: "a\n", count: 2_000))
    var lookup = SourceLookup(folder: scratch.folder.path)
    lookup.model = "qwen-3-32b"
    let source = try #require(try lookup.sources(path).first)
    var reader = try DatasetReader(source)
    #expect(try reader.nextBatch()?.count == 2_000)
    reader = try DatasetReader(source, keepsMembers: true)
    var faults: [String?] = []
    while let batch = try reader.nextBatch() {
      for row in 0..<batch.count {
        var messages: [ChatMessage] = []
        do throws(InputError) {
          try batch.readMessages(of: row, into: &messages)
          faults.append(nil)
        } catch { faults.append(error.message) }
      }
      // A batch has as many rows as have some hundred thousand fields together; rows that fail have none.
      #expect(batch.count <= 17 || faults.contains { $0 != nil })
    }
    #expect(faults.count == 2_000 && faults[0] == nil)
    #expect(faults.last??.contains("of the 16384 fields of the first line") == true)
  }

  @Test("rows of one member each do not become a table of as many columns")
  func sparseTable() throws {
    let scratch = try Scratch()
    var lookup = SourceLookup(folder: scratch.folder.path)
    lookup.model = "qwen-3-32b"
    func shape(_ count: Int) throws -> TableShape {
      let lines = (0..<count).map { "{\"text\": \"a\", \"k\($0)\": 1}\n" }.joined()
      let source = try #require(try lookup.sources(try scratch.file("sparse\(count).jsonl", lines)).first)
      return try TableShape(of: source) { _ in true }
    }
    #expect(try shape(1_000).schema.fields.count == 1_001)
    let error = #expect(throws: InputError.self) { try shape(3_000) }
    #expect(error?.message.contains("3000 rows lack 8997000 of the members that others have; write .jsonl") == true)
  }

  @Test("rows that nest deeper than tables are read do not become one", arguments: [63, 64, 500])
  func deepTable(_ depth: Int) throws {
    let scratch = try Scratch()
    var lookup = SourceLookup(folder: scratch.folder.path)
    lookup.model = "qwen-3-32b"
    let lists = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
    let path = try scratch.file("deep.jsonl", "{\"text\": \"a\", \"x\": \(lists)}\n")
    let source = try #require(try lookup.sources(path).first)
    guard depth > 63 else {
      #expect(throws: Never.self) { try TableShape(of: source) { _ in true } }
      return
    }
    let error = #expect(throws: InputError.self) { try TableShape(of: source) { _ in true } }
    #expect(error?.message.contains("nest deeper than 64 levels, which no table can; write .jsonl") == true)
  }

  @Test("a folder whose state names a data file twice is refused")
  func repeatedFile() throws {
    let scratch = try Scratch()
    let files = String(repeating: #"{"filename": "a.arrow"}, "#, count: 2).dropLast(2)
    let path = try scratch.file("state.json", "{\"_data_files\": [\(files)]}")
    let error = #expect(throws: InputError.self) { try DatasetSource.dataFiles(ofSplit: Files.parent(of: path)) }
    #expect(error?.message.contains("names the data file a.arrow twice") == true)
  }

  @Test("a label that is no label fails its row")
  func longLabel() throws {
    let scratch = try Scratch()
    let line = { (label: String) in #"{"messages": [{"role": "user", "content": "a"}], "label": ""# + label + "\"}\n" }
    let path = try scratch.file("a.jsonl", line("pos") + line(String(repeating: "x", count: 1 << 17)))
    var lookup = SourceLookup(folder: scratch.folder.path)
    lookup.model = "qwen-3-32b"
    var reader = try DatasetReader(try #require(try lookup.sources(path).first))
    let batch = try #require(try reader.nextBatch())
    try batch.checkLabels(of: 0, limits: Limits())
    let error = #expect(throws: InputError.self) { try batch.checkLabels(of: 1, limits: Limits()) }
    #expect(error?.message == "label has 131072 bytes; at most 65536 are taken")
  }

  @Test("an outline tells members and lists without values")
  func outline() throws {
    let text = #"{"a": [{"x": 1, "y": [2]}, 3], "b": {"c": 1}, "d": "e", "a": [1], "f": [{"g": {}}]}"#
    let outline = try JSONOutline(Array(text.utf8).span.bytes)
    #expect(outline.kind == .object && outline.names == ["a", "b", "d", "f"])
    #expect(outline.members.map(\.beginsWithObject) == [false, false, false, true])
    #expect(outline.members.map { $0.listed.map { $0.map(\.name) } } == [[], [], [], [["g"]]])
    #expect(outline.members.map(\.kind) == [.array, .object, .string, .array])
    #expect(throws: FileError.self) { try JSONOutline(Array(#"{"a": 1} x"#.utf8).span.bytes) }
  }
}
