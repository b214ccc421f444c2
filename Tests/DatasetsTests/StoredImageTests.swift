import ChatTemplates
import ColumnarFiles
import JSON
import Support
import TestSupport
import Testing

@testable import Datasets

/// Images whose bytes columns hold, wherever in a row they are, are those that the same rows of JSON name.
struct StoredImageTests {
  private static let png =
    "iVBORw0KGgoAAAANSUhEUgAAAAQAAAAECAIAAAAmkwkpAAAAGElEQVR4nGNgYGRiZmFlY+fg5OJmII4DABjIAQkuumFyAAAAAElFTkSuQmCC"
  private static let square = ImageSize(width: 4, height: 4).map(ChatMedia.image) ?? .unread(.missing)

  /// A part of a content as the table holds it.
  private struct Part {
    var type: String
    var text: String?
    var bytes: [UInt8]?
    var path: String?
    var isImage: Bool { bytes != nil || path != nil }
  }

  private static func conversations() throws -> [[(role: String, parts: [Part])]] {
    let image = try #require(Base64.decode(Array(png.utf8)[...]))
    return [
      [
        ("user", [Part(type: "image", bytes: image), Part(type: "text", text: "What is it?")]),
        ("assistant", [Part(type: "text", text: "A square.")]),
      ],
      [
        ("user", [Part(type: "text", text: "And"), Part(type: "image", bytes: image, path: "no.png")]),
        ("user", [Part(type: "image", path: "a.png"), Part(type: "image", path: "b.png"), Part(type: "image")]),
      ],
      [("user", [Part(type: "image", bytes: [0xFF, 0xD8, 0xFF, 0]), Part(type: "audio", bytes: [0, 0xFF])])],
    ]
  }

  private static let expected: [[[ChatMedia]]] = [
    [[square], []], [[square], [square, .unread(.missing), .unread(.unnamed)]],
    [[.unread(.unknownFormat), .placeless(.noImage)]],
  ]

  @Test("structs of bytes and path in contents, from Parquet and Arrow, as from JSON with data URLs and Base64")
  func contents() throws {
    try Scratch.with { scratch in
      try scratch.file("a.png", try #require(Base64.decode(Array(Self.png.utf8)[...])))
      let table = try Self.table()
      let parquet = scratch.path("rows.parquet")
      var parquetWriter = try ParquetWriter(path: parquet, schema: table.schema)
      try parquetWriter.write(table)
      _ = try parquetWriter.finish()
      let arrow = scratch.path("rows.arrow")
      var arrowWriter = try ArrowStreamWriter(path: arrow, schema: table.schema)
      try arrowWriter.write(table)
      _ = try arrowWriter.finish()
      let urls = try scratch.file("urls.jsonl", Self.lines(asURLs: true))
      let structs = try scratch.file("structs.jsonl", Self.lines(asURLs: false))
      let contents = try read(urls).map(\.content)
      for path in [parquet, arrow, urls, structs] {
        let rows = try read(path)
        #expect(rows.map(\.media) == Self.expected, "\(path)")
        #expect(rows.map(\.content) == contents, "\(path)")
      }
      // Nobody asks for sizes of a model without a processor, and no bytes stand in the way of the texts.
      for path in [parquet, arrow, urls, structs] {
        let rows = try read(path, readsImages: false)
        let faults = rows.flatMap { $0.media.flatMap(\.self) }
        #expect(faults.count == 7 && faults.count { $0 == .unread(.noProcessor) } == 6, "\(path)")
        #expect(rows.map(\.content) == contents, "\(path)")
      }
    }
  }

  @Test("bytes in a column of images or of an image, without a struct around them")
  func columns() throws {
    let image = try #require(Base64.decode(Array(Self.png.utf8)[...]))
    try Scratch.with { scratch in
      var bytes = UTF8Builder()
      try bytes.append(image.span.bytes)
      var messages = UTF8Builder()
      try messages.append(#"[{"role":"user","content":"<image> What?"}]"#)
      let schema = Schema([Field("messages", .utf8), Field("image", .utf8)])
      let batch = try RecordBatch(schema: schema, columns: [messages.finish(), bytes.finish()], rowCount: 1)
      let path = scratch.path("rows.parquet")
      var writer = try ParquetWriter(path: path, schema: schema)
      try writer.write(batch)
      _ = try writer.finish()
      #expect(try read(path).map(\.media) == [[[Self.square]]])
    }
  }

  // MARK: Making and reading

  private func read(
    _ path: String, readsImages: Bool = true
  ) throws -> [(media: [[ChatMedia]], content: [String])] {
    var lookup = SourceLookup(folder: "/nowhere")
    lookup.model = "m"
    var reader = try DatasetReader(try #require(try lookup.sources(path).first), readsImages: readsImages)
    var rows: [(media: [[ChatMedia]], content: [String])] = []
    var messages: [ChatMessage] = []
    while let batch = try reader.nextBatch() {
      for row in 0..<batch.count {
        try batch.readMessages(of: row, into: &messages)
        rows.append((messages.map(\.media), messages.map(Self.words)))
      }
    }
    return rows
  }

  /// The role, and of each part the members that a template asks for.
  private static func words(of message: ChatMessage) -> String {
    guard case .value(let value) = message.extras?.content else { return "\(message.role.name): text" }
    let parts = (value.arrayValue ?? []).map { part in
      (part["text"]?.stringValue ?? part["type"]?.stringValue ?? "") + (part["image"] == nil ? "" : "+image")
    }
    return "\(message.role.name): \(parts.joined(separator: ","))"
  }

  private static func lines(asURLs: Bool) throws -> String {
    try conversations().map { turns in
      let messages = turns.map { turn in
        let parts = turn.parts.map { part -> JSONValue in
          var members: [(String, JSONValue)] = [("type", .string(part.type))]
          if let text = part.text { members.append(("text", .string(text))) }
          if part.isImage {
            let bytes = part.bytes.map { Base64.encode($0) }
            let value: JSONValue
            if asURLs {
              value = .string(bytes.map { "data:image/png;base64,\($0)" } ?? part.path ?? "")
            } else {
              value = .object(
                JSONObject([
                  ("bytes", bytes.map { .string($0) } ?? .null), ("path", part.path.map { .string($0) } ?? .null),
                ]))
            }
            members.append(("image", value))
          }
          return .object(JSONObject(members))
        }
        return JSONValue.object(JSONObject([("role", .string(turn.role)), ("content", .array(parts))]))
      }
      let row = JSONValue.object(JSONObject([("messages", .array(messages))]))
      return String(decoding: row.serialized(), as: UTF8.self) + "\n"
    }.joined()
  }

  private static func table() throws -> RecordBatch {
    var (roles, types, texts) = (UTF8Builder(), UTF8Builder(), UTF8Builder())
    var (bytes, paths) = (UTF8Builder(), UTF8Builder())
    var (contents, messages) = (ListBuilder(), ListBuilder())
    var nulls: [Bool] = []
    for turns in try conversations() {
      for turn in turns {
        try roles.append(turn.role)
        for part in turn.parts {
          try types.append(part.type)
          if let text = part.text { try texts.append(text) } else { try texts.appendNull() }
          if let image = part.bytes { try bytes.append(image.span.bytes) } else { try bytes.appendNull() }
          if let path = part.path { try paths.append(path) } else { try paths.appendNull() }
          nulls.append(!part.isImage)
        }
        try contents.endRow(at: types.count)
      }
      try messages.endRow(at: roles.count)
    }
    let imageFields = [Field("bytes", .utf8), Field("path", .utf8)]
    let partFields = [Field("type", .utf8), Field("text", .utf8), Field("image", .struct(imageFields))]
    let turnFields = [Field("role", .utf8), Field("content", .list(Field("item", .struct(partFields))))]
    let images = try Column.structs(imageFields, [bytes.finish(), paths.finish()], nulls: nulls)
    let parts = try Column.structs(partFields, [types.finish(), texts.finish(), images])
    let turns = try Column.structs(turnFields, [roles.finish(), contents.finish(elements: parts)])
    let schema = Schema([Field("messages", .list(Field("item", .struct(turnFields))))])
    return try RecordBatch(schema: schema, columns: [messages.finish(elements: turns)], rowCount: 3)
  }
}
