import ChatTemplates
import JSON
import Support
import TestSupport
import Testing
import TokenStatistics

@testable import Datasets

/// Rows of fields: found and divided as RFC 4180 has them, and read the short way as the long one does.
struct FieldTests {
  /// Texts of the characters that matter, the same in every run.
  private static func texts(_ count: Int) -> [[UInt8]] {
    var state: UInt64 = 20_240_229
    func next(_ bound: UInt64) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33 % bound)
    }
    let letters = Array("\"\",,\n\na\r ".utf8)
    return (0..<count).map { _ in (0..<next(24)).map { _ in letters[next(UInt64(letters.count))] } }
  }

  /// The fields byte by byte; the index of the line feed after them, nil where the text ends first.
  private static func simple(_ text: [UInt8]) -> (fields: [FieldScanner.Value], end: Int?, isOpen: Bool) {
    var fields: [FieldScanner.Value] = []
    var field = FieldScanner.Value(text: [], isQuoted: false)
    var (isInQuotes, isStart) = (false, true)
    var index = 0
    var end: Int?
    while index < text.count {
      let byte = text[index]
      if isInQuotes {
        if byte == 0x22, index + 1 < text.count, text[index + 1] == 0x22 {
          field.text.append(byte)
          index += 1
        } else if byte == 0x22 {
          isInQuotes = false
        } else {
          field.text.append(byte)
        }
      } else if byte == 0x22, isStart {
        (isInQuotes, field.isQuoted) = (true, true)
      } else if byte == 0x2C {
        fields.append(field)
        field = FieldScanner.Value(text: [], isQuoted: false)
        (isStart, index) = (true, index + 1)
        continue
      } else if byte == 0x0A {
        end = index
        break
      } else {
        field.text.append(byte)
      }
      isStart = false
      index += 1
    }
    return (fields + [field], end, isInQuotes)
  }

  @Test("rows end and fields are as a reader byte by byte finds them, however the text comes in")
  func scanning() {
    for text in Self.texts(20_000) {
      let (fields, end, isOpen) = Self.simple(text)
      text.withUnsafeBytes { bytes in
        for step in [1, 3, text.count + 1] {
          var scan = FieldRowScan(delimiter: 0x2C)
          var found: Int?
          var size = 0
          repeat {
            size = min(size + step, text.count)
            found = scan.end(in: UnsafeRawBufferPointer(rebasing: bytes[..<size]))
          } while found == nil && size < text.count
          #expect(found == end, "\(text)")
          if end == nil { #expect(scan.mayEnd(in: bytes) == !isOpen, "\(text)") }
        }
      }
      guard !isOpen, text.last != 0x0D, end == nil || text[..<(end ?? 0)].last != 0x0D else { continue }
      let row = Array(text[..<(end ?? text.count)])
      #expect(FieldScanner.fields(of: row.span.bytes, delimiter: 0x2C) == fields, "\(text)")
    }
  }

  @Test("true and false of fields are flags where apply_chat_template takes flags, other texts are not")
  func flags() throws {
    try Scratch.with { folder in
      let header = "text,add_generation_prompt,continue_final_message,tools"
      let rows = ["a,true,False,", "b,False,True,", "c,,content,", "d,1,,", "\"e\",\"True\",\"false\","]
      let path = try folder.file("rows.csv", ([header] + rows).joined(separator: "\n") + "\n")
      var reader = try DatasetReader(source(path))
      let batch = try #require(try reader.nextBatch())
      #expect(batch.count == rows.count)
      let names = ["add_generation_prompt", "continue_final_message"]
      let expected: [Int: [JSONValue?]] = [
        0: [.bool(true), .bool(false)], 1: [.bool(false), .bool(true)], 2: [nil, .string("content")],
        4: [.bool(true), .bool(false)],
      ]
      for (row, values) in expected {
        let arguments = try batch.arguments(of: row)
        #expect(names.map { arguments[$0] } == values, "row \(row)")
      }
      #expect { try batch.arguments(of: 3) } throws: {
        ($0 as? InputError)?.message.contains("is a string; true or false is expected") ?? false
      }
      // JSON has types.
      let lines = try folder.file("rows.jsonl", #"{"text":"a","add_generation_prompt":"true"}"# + "\n")
      var typed = try DatasetReader(source(lines))
      let first = try #require(try typed.nextBatch())
      #expect(throws: InputError.self) { try first.arguments(of: 0) }
    }
  }

  private func read(_ source: DatasetSource, part: SourcePart? = nil) throws -> [String] {
    var reader = try DatasetReader(source, part: part, optionalColumns: ["extra"])
    var rows: [String] = []
    var messages: [ChatMessage] = []
    while let batch = try reader.nextBatch() {
      for row in 0..<batch.count {
        var words = "\(batch.firstRow + row) \(batch.place(of: row)) \(batch.text(of: "extra", row: row) ?? "nil")"
        do {
          try batch.readMessages(of: row, into: &messages)
          for message in messages {
            let text = batch.text.extracting(message.content).withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
            words += " [\(message.role.name)] \(text)"
          }
        } catch { words += " failed: \(error.message)" }
        rows.append(words)
      }
    }
    return rows
  }

  private func source(_ path: String, _ change: (inout SourceLookup) -> Void = { _ in }) throws -> DatasetSource {
    var lookup = SourceLookup(folder: "/nowhere")
    lookup.model = "m"
    change(&lookup)
    return try #require(try lookup.sources(path).first)
  }

  @Test("fields are divided into parts whose rows are those of the whole", arguments: [1, 30, 100, 100_000])
  func parts(size: Int) throws {
    try Scratch.with { folder in
      let rows = (0..<50).map { row in
        row % 7 == 3 ? " \r\n" : row % 5 == 0 ? "\"\u{FEFF}a\n\"\"b\"\"\n\",\(row)\r\n" : "row \(row),x\n"
      }
      let path = try folder.file("rows.csv", "\u{FEFF}text,extra\n\n" + rows.joined() + "\"last\"")
      let source = try source(path)
      let parts = try source.parts(ofBytes: size)
      #expect(try parts.flatMap { try read(source, part: $0) } == read(source))
      #expect(try read(source).count == 44 && (size != 1 || parts.count == 44))
    }
  }

  @Test("texts, pairs, instructions and messages are read as their JSON lines are")
  func shapes() throws {
    let tables: [(header: String, rows: [[String?]])] = [
      ("text,extra", [["a", "x"], [" \"b\"\n", nil], [nil, "y"], ["", "z"]]),
      ("prompt,completion", [["a", "b"], [nil, "b"], ["a", nil], ["a", #"[{"role":"assistant","content":"c"}]"#]]),
      ("system,prompt,completion", [["s", "a", "b"], ["", "a", "b"], [nil, nil, "b"]]),
      ("instruction,input,output,history", [["a", "b", "c", nil], ["", "b", "c", nil], ["a", "", "c", nil]]),
      (
        "instruction,input,output,history",
        [["a", nil, "c", #"[["q","r"]]"#], [nil, "b", "c", nil], ["a", "b", nil, nil]]
      ),
      ("messages,extra", [[#"[{"role":"user","content":"é"}]"#, "x"], ["[]", nil], ["no list", nil], [nil, nil]]),
      ("instruction,output", [["see data:image/png;base64,AAAA", "b"]]),
    ]
    for (header, rows) in tables {
      try Scratch.with { folder in
        let names = header.split(separator: ",").map(String.init)
        let quoted = { (text: String) in "\"\(text.replacing("\"", with: "\"\""))\"" }
        let lines = rows.map { $0.map { $0.map(quoted) ?? "" }.joined(separator: ",") }
        let objects = rows.map { row in
          JSONValue.object(
            JSONObject(zip(names, row).map { ($0, $1.map { .string($0) } ?? .null) }))
        }
        let csv = try source(folder.file("rows.csv", ([header] + lines).joined(separator: "\n")))
        let json = try source(
          folder.file(
            "rows.jsonl", objects.map { String(decoding: $0.serialized(), as: UTF8.self) }.joined(separator: "\n")))
        let places = { (row: String) in row.replacing(/line \d+/, with: "line") }
        let failed = { (row: String) in row.replacing(/failed: .*/, with: "failed") }
        #expect(try read(csv).map(places).map(failed) == read(json).map(places).map(failed), "\(header)")
      }
    }
  }

  @Test("a path names a member in JSON, and a column that was named and is missing is one error")
  func named() throws {
    try Scratch.with { folder in
      let lines = #"{"a":{"b":{"text":"x"}},"a.b":1}"# + "\n" + #"{"a":{"b.text":"y"}}"# + "\n" + #"{"a":null}"#
      let path = try folder.file("rows.jsonl", lines)
      let rows = try read(source(path) { $0.shape.textColumn = "a.b.text" })
      #expect(rows.count == 3 && rows[0].hasSuffix("[text] x") && rows[1].hasSuffix("[text] y"))
      #expect(rows[2].contains("failed"))
      let csv = try folder.file("rows.csv", "text,score\na,1\n")
      for change in [\ShapeOptions.textColumn, \.scoreColumn, \.labelColumn] {
        #expect { try read(source(csv) { $0.shape[keyPath: change] = "txt" }) } throws: {
          "\($0)".contains("column txt is missing; the columns are text, score; did you mean text?")
        }
      }
    }
  }
}
