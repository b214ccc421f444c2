import ChatTemplates
import ColumnarFiles
import JSON
import Support
import TestSupport
import Testing
import TokenStatistics

@testable import Datasets

/// One table of rows gives the same conversations and the same failures by every route.
struct RouteTests {
  /// A message's members as the table holds them; nil is null.
  private struct Cell {
    var role: String?
    var content: String?
    var calls: String?
  }

  private static let rows: [[Cell]?] = [
    [Cell(role: "user", content: "Where?"), Cell(role: "assistant", content: "There.")],
    [Cell(role: "user", content: nil), Cell(role: "assistant", content: "é漢🙂")],
    [Cell(role: "user", content: ""), Cell(role: "assistant", content: nil, calls: "")],
    [Cell(role: nil, content: "x")],
    [],
    nil,
    [Cell(role: "user", content: "nul\u{0}nul"), Cell(role: "odd", content: "\u{FEFF}y")],
    [Cell(role: "user", content: "x", calls: #"[{"name":"f"}]"#)],
    [Cell(role: "function_call", content: #"{"name":"f","arguments":{}}"#), Cell(role: "observation", content: "o")],
    [Cell(role: "tool_call", content: #"{"name":"f","arguments":{}}"#), Cell(role: "tool_response", content: "o")],
    [Cell(role: "function_call", content: "no JSON")],
    [Cell(role: "user", content: "data:image/png;base64,AAAA")],
  ]
  private static let labels: [String?] = ["a", nil, "a\u{0}b", "", "true", "1", "x", "y", "z", "v", "é", "u"]
  private static let scores: [Double?] = [1, 72.5, nil, -1, 101, 0, 2, 3, 4, 5, 7, 6]

  @Test("JSON lines, lists, compressed lines, CSV, Parquet and Arrow agree")
  func routes() throws {
    try Scratch.with { folder in
      let lines = try (0..<Self.rows.count).map { try Self.line($0) }
      let text = Array((lines.joined(separator: "\n\n") + "\n").utf8)
      let expected = try read(folder.file("rows.jsonl", text))
      #expect(expected.count == Self.rows.count)
      #expect(
        expected.filter { $0.contains("failed") }.count == 4, "\(expected.joined(separator: "\n"))")
      try #expect(read(folder.file("rows.json", "[\(lines.joined(separator: ","))]")) == expected)
      try #expect(read(folder.file("in.json", "{\"n\": 1,\n\"rows\": [\(lines.joined(separator: ","))]}")) == expected)
      try #expect(read(folder.file("rows.jsonl.gz", TextFiles.gzip(text))) == expected)
      try #expect(read(folder.file("rows.jsonl.zst", TextFiles.zstd(text))) == expected)
      try #expect(read(folder.file("rows.csv", Self.csv())) == expected)
      let table = try Self.table()
      let parquet = folder.path("rows.parquet")
      var parquetWriter = try ParquetWriter(path: parquet, schema: table.schema)
      try parquetWriter.write(table)
      _ = try parquetWriter.finish()
      try #expect(read(parquet) == expected)
      let arrow = folder.path("rows.arrow")
      var arrowWriter = try ArrowStreamWriter(path: arrow, schema: table.schema)
      try arrowWriter.write(table)
      _ = try arrowWriter.finish()
      try #expect(read(arrow) == expected)
    }
  }

  @Test("a text that is not UTF-8 fails its row by every route")
  func encoding() throws {
    try Scratch.with { folder in
      let bad = Array(#"{"messages":[{"role":"user","content":"a"#.utf8) + [0xFF] + Array(#""}]}"#.utf8)
      let lines = bad + [0x0A] + Array(#"{"messages":[{"role":"user","content":"b"}]}"#.utf8)
      let rows = try read(folder.file("rows.jsonl", lines))
      #expect(rows.count == 2 && rows[0].contains("failed: not valid JSON") && rows[1].contains("user: b"))
      let csv = Array("text\na".utf8) + [0xFF] + Array("\nb\n".utf8)
      #expect(try read(folder.file("rows.csv", csv)).first?.contains("failed: text is not UTF-8") == true)
    }
  }

  @Test("a table whose column of messages is null beside other columns says so, as JSON lines do")
  func mixedTables() throws {
    try Scratch.with { folder in
      let failure =
        "failed: messages is null, and the rows are not read by text: write those of each shape into a file of their "
        + "own, or rows without null members as JSONL"
      let lines = "{\"messages\":null,\"text\":\"b\"}\n"
      var texts = UTF8Builder()
      try texts.append("b")
      var lists = ListBuilder()
      try lists.endRow(at: 0, isNull: true)
      var parts = UTF8Builder()
      var others = UTF8Builder()
      let fields = [Field("role", .utf8), Field("content", .utf8)]
      let elements = try Column.structs(fields, [parts.finish(), others.finish()])
      let schema = Schema([Field("messages", .list(Field("item", .struct(fields)))), Field("text", .utf8)])
      let table = try RecordBatch(
        schema: schema, columns: [lists.finish(elements: elements), texts.finish()], rowCount: 1)
      var writer = try ParquetWriter(path: folder.path("rows.parquet"), schema: schema)
      try writer.write(table)
      _ = try writer.finish()
      for path in [
        try folder.file("rows.jsonl", lines), try folder.file("rows.csv", "messages,text\n,b\n"),
        folder.path("rows.parquet"),
      ] {
        let rows = try read(path)
        #expect(rows.count == 1 && rows[0].hasPrefix(failure), "\(path) \(rows)")
      }
    }
  }

  @Test("parts in the place of a content that is null are read from tables as from JSON lines")
  func partsBesideContent() throws {
    try Scratch.with { folder in
      let lines = #"{"messages":[{"role":"user","content":null,"parts":"a"},{"role":"assistant","content":"b"}]}"#
      let fields = [Field("role", .utf8), Field("content", .utf8), Field("parts", .utf8)]
      var members: [Column] = []
      for values in [["user", "assistant"], [nil, "b"], ["a", nil]] as [[String?]] {
        var builder = UTF8Builder()
        for value in values { if let value { try builder.append(value) } else { try builder.appendNull() } }
        try members.append(builder.finish())
      }
      var lists = ListBuilder()
      try lists.endRow(at: 2, isNull: false)
      let schema = Schema([Field("messages", .list(Field("item", .struct(fields))))])
      let table = try RecordBatch(
        schema: schema, columns: [lists.finish(elements: .structs(fields, members))], rowCount: 1)
      var writer = try ParquetWriter(path: folder.path("rows.parquet"), schema: schema)
      try writer.write(table)
      _ = try writer.finish()
      for path in [try folder.file("rows.jsonl", lines + "\n"), folder.path("rows.parquet")] {
        let rows = try read(path)
        #expect(rows.count == 1 && rows[0].hasPrefix("user: a | assistant: b;"), "\(path) \(rows)")
      }
    }
  }

  @Test("members of rows of JSON that nothing is read of are noted, wherever they come, but no answer of a pair")
  func unreadMembers() throws {
    try Scratch.with { folder in
      func unread(_ path: String) throws -> [[String]] {
        var lookup = SourceLookup(folder: "/nowhere")
        lookup.model = "m"
        return try lookup.sources(path).map { source in
          var reader = try DatasetReader(source)
          var names: [String] = []
          while let batch = try reader.nextBatch() { names = batch.otherColumns }
          return names
        }
      }
      let list = #"[{"role":"user","content":"a"}]"#
      let row = "{\"messages\":\(list)"
      // The short way, the long way for its null content, and a member that is null.
      let odd = #"{"messages":[{"role":"user","content":null}],"images":["a.png"]}"#
      let lines =
        [String](repeating: row + "}", count: 70) + [row + ",\"system\":\"s\"}", odd, row + ",\"note\":null}"]
      try #expect(unread(folder.file("x.jsonl", lines.joined(separator: "\n"))) == [["system", "images"]])
      let pair = "{\"messages\":\(list),\"rejected_messages\":\(list),\"id\":1}\n"
      try #expect(unread(folder.file("y.jsonl", pair)) == [["id"], ["id"]])
      // Rows may have any number of names, but those that change what a row is are never among too many.
      let many = (0..<70).map { ",\"m\($0)\":1" }.joined()
      try #expect(
        unread(folder.file("z.jsonl", row + many + ",\"system\":\"s\"}\n"))
          == [(0..<64).map { "m\($0)" } + ["system"]])
    }
  }

  @Test("lines are divided into parts whose rows are those of the whole", arguments: [1, 30, 100, 100_000])
  func parts(size: Int) throws {
    try Scratch.with { folder in
      let lines = (0..<50).map { $0 % 7 == 3 ? " \r\n" : "{\"text\":\"row \($0)\"}\n" }.joined() + "\"last\""
      let path = try folder.file("rows.jsonl", lines)
      let source = try source(path)
      let parts = try source.parts(ofBytes: size)
      var rows: [String] = []
      for part in parts {
        var reader = try DatasetReader(source, part: part)
        while let batch = try reader.nextBatch() {
          for row in 0..<batch.count {
            rows.append("\(batch.firstRow + row) \(batch.place(of: row)) \(text(row, batch))")
          }
        }
      }
      var whole: [String] = []
      var reader = try DatasetReader(source)
      while let batch = try reader.nextBatch() {
        for row in 0..<batch.count {
          whole.append("\(batch.firstRow + row) \(batch.place(of: row)) \(text(row, batch))")
        }
      }
      #expect(rows == whole && whole.count == 44)
      #expect(size != 1 || parts.count > 40)
    }
  }

  // MARK: Making and reading

  private func text(_ row: Int, _ batch: DatasetBatch) -> String {
    var messages: [ChatMessage] = []
    do { try batch.readMessages(of: row, into: &messages) } catch { return "failed: \(error.message)" }
    return messages.map { message in
      var words = "\(message.role.name): "
      words += batch.text.extracting(message.content).withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
      if message.extras?.content == .missing { words += "(missing)" }
      if let calls = message.extras?.toolCalls {
        words += " calls " + String(decoding: calls.serialized(), as: UTF8.self)
      }
      return words
    }.joined(separator: " | ")
  }

  private func source(_ path: String) throws -> DatasetSource {
    var lookup = SourceLookup(folder: "/nowhere")
    lookup.model = "m"
    return try #require(try lookup.sources(path).first)
  }

  private func read(_ path: String) throws -> [String] {
    var reader = try DatasetReader(source(path), optionalColumns: ["kind"])
    var rows: [String] = []
    while let batch = try reader.nextBatch() {
      for row in 0..<batch.count {
        let score = try batch.exactScore(of: row).map { "\($0)" } ?? "none"
        let label = batch.label(of: row).map { "'\($0)'" } ?? "nil"
        rows.append("\(text(row, batch)); \(label) \(score) \(try batch.score(of: row)) media \(batch.media(of: row))")
      }
    }
    return rows
  }

  private static func messages(_ row: Int) -> JSONValue {
    rows[row].map { cells in
      .array(
        cells.map { cell in
          .object(
            JSONObject([
              ("role", cell.role.map { .string($0) } ?? .null), ("content", cell.content.map { .string($0) } ?? .null),
              ("tool_calls", cell.calls.map { .string($0) } ?? .null),
            ]))
        })
    } ?? .null
  }

  private static func line(_ row: Int) throws -> String {
    let object = JSONObject([
      ("label", labels[row].map { .string($0) } ?? .null), ("messages", messages(row)),
      ("extract_score", scores[row].map { .double($0) } ?? .null),
    ])
    return String(decoding: JSONValue.object(object).serialized(), as: UTF8.self)
  }

  private static func csv() -> String {
    func quoted(_ text: String?) -> String {
      text.map { "\"" + $0.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\"" }
        ?? ""
    }
    let lines = rows.indices.map { row in
      let messages = rows[row] == nil ? nil : String(decoding: messages(row).serialized(), as: UTF8.self)
      return [quoted(messages), scores[row].map { "\($0)" } ?? "", quoted(labels[row])].joined(separator: ",")
    }
    return (["messages,extract_score,label"] + lines).joined(separator: "\r\n")
  }

  private static func table() throws -> RecordBatch {
    var roles = UTF8Builder()
    var contents = UTF8Builder()
    var calls = UTF8Builder()
    var lists = ListBuilder()
    var labelBuilder = UTF8Builder()
    var scoreBuilder = UTF8Builder()
    for (row, cells) in rows.enumerated() {
      for cell in cells ?? [] {
        if let role = cell.role { try roles.append(role) } else { try roles.appendNull() }
        if let content = cell.content { try contents.append(content) } else { try contents.appendNull() }
        if let text = cell.calls { try calls.append(text) } else { try calls.appendNull() }
      }
      try lists.endRow(at: roles.count, isNull: cells == nil)
      if let label = labels[row] { try labelBuilder.append(label) } else { try labelBuilder.appendNull() }
      if let score = scores[row] { try scoreBuilder.append("\(score)") } else { try scoreBuilder.appendNull() }
    }
    let fields = [Field("tool_calls", .utf8), Field("content", .utf8), Field("role", .utf8)]
    let elements = try Column.structs(fields, [calls.finish(), contents.finish(), roles.finish()])
    let schema = Schema([
      Field("extract_score", .utf8), Field("messages", .list(Field("item", .struct(fields)))), Field("label", .utf8),
    ])
    return try RecordBatch(
      schema: schema, columns: [scoreBuilder.finish(), lists.finish(elements: elements), labelBuilder.finish()],
      rowCount: rows.count)
  }
}
