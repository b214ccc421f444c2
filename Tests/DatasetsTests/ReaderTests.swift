import ChatTemplates
import ColumnarFiles
import JSON
import Support
import TestSupport
import Testing
import TokenStatistics

@testable import Datasets

/// Rows come as the file holds them, and what cannot be a row is named.
struct ReaderTests {
  private func read(_ name: String, extraColumns: [String] = []) throws -> ReadDataset {
    let source = try DatasetSource(path: Fixtures.dataset(name), name: DatasetName(parsing: name))
    return try ReadDataset(source, extraColumns: extraColumns)
  }

  @Test(
    "scores of every type of number, fractions and what is beyond the scale too; what is no number is the row's fault",
    arguments: [
      (
        "m__role__int32", [Score.value(0), .value(3), Score.none, .value(4)], []
      ),
      (
        "m__role__double", [.value(1), Score(2.5), Score.none, Score.none, .value(-1)], []
      ),
      (
        "m__trait__text", [.value(100), nil, Score.none, .value(101)],
        [(1, #"extract_score is "REFUSAL", no number"#)]
      ),
      ("m__trait__null", [Score.none, Score.none], []),
      ("m__role__unscored", [Score.none, Score.none], []),
    ] as [(String, [Score?], [(Int, String)])])
  func scores(name: String, scores: [Score?], failures: [(row: Int, message: String)]) throws {
    let dataset = try read(name)
    #expect(dataset.rows.map(\.score) == scores)
    #expect(dataset.failures == failures.map { RowFailure(row: $0.row, kind: .score, message: $0.message) })
    #expect(dataset.rows.allSatisfy { $0.messages == ["user: Hi", "assistant: Hello."] })
  }

  @Test("labels and extra columns")
  func labels() throws {
    #expect(try read("m__role__int32").rows.map(\.label) == ["pos", "neg", nil, "x"])
    #expect(
      try read("m__role__two_files", extraColumns: ["prompt_index"]).rows.map { $0.extra[0] }
        == ["0", "1", "2", "3", "4", "5", nil, "7", "8"])
  }

  @Test("several data files are one dataset, rows counted through")
  func twoFiles() throws {
    let dataset = try read("m__role__two_files")
    #expect(dataset.rows.map(\.label) == Array(repeating: "pos", count: 5) + Array(repeating: "neg", count: 4))
    #expect(dataset.rows.map(\.messages.count) == [2, 2, 2, 2, 2, 1, 1, 1, 1])
    #expect(dataset.failures.isEmpty)
  }

  @Test("how much was read grows with the rows, up to about the files' bytes")
  func bytesRead() throws {
    let scratch = try Scratch()
    let line = #"{"messages": [{"role": "user", "content": "Hi"}]}"# + "\n"
    let lines = try scratch.file("chats.jsonl", String(repeating: line, count: 20_000))
    var lookup = SourceLookup(folder: scratch.path)
    lookup.model = "m"
    var sources = try lookup.sources(lines)
    sources.append(
      try DatasetSource(path: Fixtures.dataset("m__role__two_files"), name: DatasetName(parsing: "m__role__two_files")))
    for source in sources {
      var reader = try DatasetReader(source)
      var seen: [Int] = []
      while try reader.nextBatch() != nil { seen.append(reader.bytesRead) }
      #expect(seen.count > 1 && seen == seen.sorted())
      let (first, last) = (try #require(seen.first), try #require(seen.last))
      #expect(
        first > 0 && first < last && last <= source.bytes && last > source.bytes / 2, "\(seen) of \(source.bytes)")
    }
  }

  @Test("rows without messages, and messages without their parts")
  func holes() throws {
    let dataset = try read("m__role__holes")
    #expect(
      dataset.failures.map { "\($0.row) \($0.message)" } == [
        "1 messages is null", "2 messages is empty", "4 message 1: role is null",
        "5 message 1 is null",
      ])
    #expect(dataset.failures.allSatisfy { $0.kind == .messages })
    #expect(dataset.rows[6].messages == ["user: Hi", "assistant: Hello."])
    #expect(try read("m__role__nothing").failures.map(\.message) == ["messages is empty", "messages is empty"])
    #expect(try read("m__role__gone").failures.map(\.message) == ["messages is null", "messages is null"])
    #expect(try read("m__role__empty").rows.isEmpty)
  }

  @Test("what templates look at beyond role and content is read, as Python would see it")
  func extras() throws {
    let name = "m__role__extras"
    var reader = try DatasetReader(DatasetSource(path: Fixtures.dataset(name), name: DatasetName(parsing: name)))
    let batch = try #require(try reader.nextBatch())
    var messages: [ChatMessage] = []
    try batch.readMessages(of: 0, into: &messages)
    #expect(messages[0].extras == nil)
    #expect(messages[1].extras?.content == .text && messages[1].extras?.reasoning == .string("A greeting."))
    #expect(messages[1].extras?.toolCalls == nil)
    try batch.readMessages(of: 1, into: &messages)
    let calls = try JSONValue.parse(
      Array(#"[{"type":"function","function":{"name":"get","arguments":{"city":"Rome","n":null}}}]"#.utf8))
    #expect(messages[0].extras?.content == .missing && messages[0].extras?.toolCalls == calls)
    #expect(messages[0].content.isEmpty && messages[1].extras == nil)
    try batch.readMessages(of: 2, into: &messages)
    #expect(messages.allSatisfy { $0.extras == nil })
  }

  @Test("contents that are not UTF-8 are named")
  func encoding() throws {
    let name = "m__role__bytes"
    var reader = try DatasetReader(DatasetSource(path: Fixtures.dataset(name), name: DatasetName(parsing: name)))
    let batch = try #require(try reader.nextBatch())
    var messages: [ChatMessage] = []
    try batch.readMessages(of: 0, into: &messages)
    #expect(batch.encodingFault(of: messages) == "message 1: content is not UTF-8 from byte 3 on")
    try batch.readMessages(of: 1, into: &messages)
    #expect(batch.encodingFault(of: messages) == nil)
  }

  @Test(
    "columns that cannot be what their names say are the dataset's fault",
    arguments: [
      (
        [Field("messages", .int64)],
        "column messages is of type int64; expected a list of role and content, both text"
      ),
      (
        [Field("messages", .list(Field("item", .struct([Field("speaker", .utf8)]))))],
        "column messages is of type list<item: struct<speaker: string>>; "
          + "expected a list of role and content, both text"
      ),
      (
        [Field("conversations", .utf8), Field("system", .int64)], "column system is of type int64; expected text"
      ),
      (
        [Field("question", .utf8), Field("answer", .int64)],
        "column answer is of type int64; expected text, or a list of role and content"
      ),
      (
        [Field("a", .utf8), Field("b", .utf8)],
        "no column holds conversations or texts; the columns are a, b; name one with --messages-column or --text-column"
      ),
      (
        [Field("messages", .null), Field("messages", .utf8)],
        "there are two columns messages; remove one, or name the other with an option"
      ),
      (
        [
          Field(
            "messages",
            .list(Field("item", .struct([Field("role", .utf8), Field("content", .utf8), Field("content", .utf8)]))))
        ],
        "column messages has two parts content; remove one"
      ),
    ])
  func otherTypes(fields: [Field], message: String) {
    #expect(throws: InputError.unreadable(message)) {
      try TablePlan(Schema(fields), shape: nil, columns: FurtherColumns())
    }
  }

  @Test("other shapes of rows in a table are read as well")
  func otherShapes() throws {
    #expect(try read("m__role__parts").failures.isEmpty)
    #expect(try read("m__role__truths").rows.allSatisfy { $0.score != nil })
    #expect(try read("m__role__wordless").rows.allSatisfy { $0.messages.allSatisfy { $0.hasPrefix("text: ") } })
    #expect(try read("m__role__strings").failures.allSatisfy { $0.message.hasPrefix("messages is a text that is no") })
  }

  @Test("a truncated file is named")
  func truncated() throws {
    try Scratch.with { folder in
      let source = try folder.file("m__role__x.parquet", "PAR1")
      let name = try DatasetName(parsing: "m__role__x")
      #expect {
        try ReadDataset(DatasetSource(path: source, name: name))
      } throws: { error in
        "\(error)".hasPrefix("m__role__x: \(source): ")
      }
    }
  }
}
