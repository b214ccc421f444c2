import Foundation
import Testing

@testable import Support

/// Lines are found whatever the block they fall into.
@Suite struct LineReaderTests {
  private func withFile(_ text: String, _ body: (String) throws -> Void) throws {
    let path = NSTemporaryDirectory() + "lines-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: path) }
    try Data(text.utf8).write(to: URL(filePath: path))
    try body(path)
  }

  private func text(_ span: RawSpan) -> String { span.withUnsafeBytes { String(decoding: $0, as: UTF8.self) } }

  @Test(
    "lines without and with their line feeds, in blocks of any size",
    arguments: [
      ("", []), ("\n", [""]), ("a", ["a"]), ("a\nbc\n", ["a", "bc"]), ("a\n\nb", ["a", "", "b"]),
      ("\r\nlong line of text\n\n", ["\r", "long line of text", ""]),
    ] as [(String, [String])])
  func lines(source: String, expected: [String]) throws {
    try withFile(source) { path in
      for blockSize in 1...30 {
        var reader =
          blockSize % 2 == 0
          ? try LineReader(path: path, blockSize: blockSize) : try LineReader(file: path, blockSize: blockSize)
        var lines: [String] = []
        var whole = ""
        while try reader.next() {
          lines.append(text(reader.line))
          whole += text(reader.terminatedLine)
          #expect(reader.lineNumber == lines.count)
        }
        let (name, byteCount) = (reader.name, reader.byteCount)
        #expect(lines == expected && whole == source && name == path && byteCount == source.utf8.count)
      }
    }
  }

  @Test("a line is buffered where no more has to be read for it")
  func buffered() throws {
    try withFile("a\nb\nc") { path in
      var reader = try LineReader(path: path)
      var isBuffered = reader.isNextBuffered()
      #expect(!isBuffered)
      _ = try reader.next()
      isBuffered = reader.isNextBuffered()
      #expect(isBuffered && text(reader.line) == "a")
      _ = try reader.next()
      isBuffered = reader.isNextBuffered()
      #expect(!isBuffered)
      #expect(try reader.next() && text(reader.line) == "c")
      #expect(try !reader.next())
    }
  }

  @Test("lines of many megabytes are read, and refused where they are longer than allowed")
  func longLines() throws {
    let texts = ["a", String(repeating: "b", count: 5 << 20), "c", String(repeating: "d", count: 9 << 20), "e"]
    try withFile(texts.joined(separator: "\n")) { path in
      var reader = try LineReader(file: path)
      for expected in texts { #expect(try reader.next() && text(reader.line) == expected) }
      #expect(try !reader.next())
      var limited = try LineReader(file: path, blockSize: 1 << 10, maximumLineLength: 6 << 20)
      for expected in texts.prefix(3) { #expect(try limited.next() && text(limited.line) == expected) }
      let reason = "line 4 is longer than \(6 << 20) bytes"
      #expect(throws: FileError("read", path, reason: reason)) { try limited.next() }
    }
  }

  @Test("folders, missing files and devices are errors that name them")
  func errors() {
    for path in ["/", "/not/there", "/dev/zero"] {
      let error = #expect(throws: FileError.self) {
        var reader = try LineReader(path: path)
        _ = try reader.next()
      }
      #expect(error?.path == path)
    }
  }
}

/// Base64 is that of RFC 4648.
@Suite struct Base64Tests {
  @Test("what Foundation encodes and decodes, of every length")
  func foundation() {
    for count in 0..<70 {
      let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 77 &+ 200) }
      let text = Data(bytes).base64EncodedString()
      #expect(Base64.encode(bytes) == text)
      #expect(Base64.decode(Array(text.utf8)[...]) == bytes)
    }
  }

  @Test("what is no Base64 is refused", arguments: ["A", "AB", "ABC", "A===", "AB C", "AB\n=", "====", "=AAA", "A=AA"])
  func refused(text: String) {
    #expect(Base64.decode(Array(text.utf8)[...]) == nil)
  }
}
