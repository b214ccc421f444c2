import Datasets
import TestSupport
import Testing
import TokenStatistics

private let twoAnswers = "the row holds two answers, chosen and rejected, where rows of one conversation are read"

/// What a file holds is told from its bytes.
struct KindTests {
  private func rows(_ folder: Scratch, _ name: String, _ change: (inout SourceLookup) -> Void = { _ in }) throws
    -> [String]
  {
    var lookup = SourceLookup(folder: folder.path)
    lookup.model = "m"
    change(&lookup)
    return try lookup.sources(folder.path(name)).flatMap { source in
      let dataset = try ReadDataset(source)
      return dataset.rows.map { $0.messages.joined(separator: " | ") }
        + dataset.failures.map { "failed: \($0.message)" }
    }
  }

  private static let line = #"{"messages":[{"role":"user","content":"a"}]}"#

  @Test(
    "texts are lines, lists, documents, tables or texts by what they hold",
    arguments: [
      ("rows.dat", "\u{FEFF}\n  \r\n\(line)\r\n\n\(line)", ["user: a", "user: a"]),
      ("strings.dat", "\"a\"\n\"b\"\n", ["text: a", "text: b"]),
      (
        "lists.dat", "[{\"role\":\"user\",\"content\":\"a\"}]\n[{\"role\":\"user\",\"content\":\"b\"}]",
        ["user: a", "user: b"]
      ),
      ("list.dat", "[\(line), \(line)\n]\n", ["user: a", "user: a"]),
      ("pretty.dat", "[\n  {\n \"text\": \"a]\\\"\"\n}\n,\n \"b\"]", ["text: a]\"", "text: b"]),
      ("one.dat", "{\"version\": 1, \"data\": [\(line)]}", ["user: a"]),
      ("inside.dat", "{\n\"version\": [1],\n\"data\": [\n\(line),\n\(line)]\n}", ["user: a", "user: a"]),
      ("row.dat", "{\n \"messages\": [\n  {\"role\": \"user\",\n \"content\": \"a\"}\n ]\n}\n", ["user: a"]),
      ("text.dat", "{\n \"text\": \"a\"}", ["text: a"]),
      ("rows.json", "{\n\"conversations\": [\n\(line),\n\(line)]\n}", ["user: a", "user: a"]),
      ("rows1.json", "{\"conversations\": [\(line)]}", ["user: a"]),
      ("turns.json", "{\"conversation\": [{\"input\": \"a\", \"output\": \"b\"}]}", ["user: a | assistant: b"]),
      (
        "mixed.jsonl", "{\"id\":1}\n\(line)",
        ["", "user: a", "failed: messages is missing"]
      ),
      ("words.txt", "\(line)\n", ["text: \(line)\n"]),
      ("words.dat", "hello\nworld\n", ["text: hello\nworld\n"]),
      (
        "a.csv", "text,label\n\"a, \"\"b\"\"\nc\",x\n\nd,\n,y\n",
        ["text: a, \"b\"\nc", "text: d", "", "failed: text is null"]
      ),
      ("b.tsv", "instruction\toutput\na\tb\n", ["user: a | assistant: b"]),
      ("empty.jsonl", "", []),
      ("bad.jsonl", "hello\n\(line)\n", ["", "user: a", "failed: not valid JSON at byte 0: a value was expected"]),
    ] as [(String, String, [String])])
  func texts(name: String, text: String, expected: [String]) throws {
    try Scratch.with { folder in
      let bytes = Array(text.utf8)
      try folder.file(name, bytes)
      #expect(try rows(folder, name) == expected)
      let isList = name != "one.dat" || !text.isEmpty
      guard isList else { return }
      try folder.file(name + ".gz", TextFiles.gzip(bytes))
      #expect(try rows(folder, name + ".gz") == expected)
      try folder.file(name + ".zst", TextFiles.zstd(bytes))
      #expect(try rows(folder, name + ".zst") == expected)
    }
  }

  @Test(
    "an object with the columns of a row is one, whatever lists of objects it holds",
    arguments: [
      (#"{"question":"Q","answer":"A","contexts":[{"text":"c"}]}"#, ["user: Q | assistant: A"]),
      (#"{"text":"a","meta":[{"text":"b"}]}"#, ["text: a"]),
      (#"{"instruction":"Q","output":"A","sources":[{"text":"c"}]}"#, ["user: Q | assistant: A"]),
      (#"{"prompt":"Q","response":"A","others":[{"prompt":"b"}]}"#, ["user: Q | assistant: A"]),
      (#"{"messages":[{"role":"user","content":"a"}],"documents":[{"text":"b"}]}"#, ["user: a"]),
    ] as [(String, [String])])
  func rowWithLists(row: String, expected: [String]) throws {
    try Scratch.with { folder in
      for (name, text) in [
        ("x.jsonl", row), ("two.jsonl", row + "\n" + row), ("x.json", row), ("x.dat", row), ("list.json", "[\(row)]"),
        ("lines.json", row.replacing(",", with: ",\n")),
      ] {
        try folder.file(name, text)
        #expect(try Set(rows(folder, name)) == Set(expected), "\(name)")
      }
      // In a file of JSON lines an object in one line is a row, whether its shape is known or not.
      for text in [#"{"entries":[{"role":"user"}],"tools":[{}]}"#, #"{"segments":[{"text":"a"}]}"#] {
        try folder.file("unknown.jsonl", text)
        #expect { try rows(folder, "unknown.jsonl") } throws: { "\($0)".contains("no column holds conversations") }
      }
    }
  }

  @Test(
    "columns that rows have only after those that are looked at are read, and no answer is lost in silence",
    arguments: [
      (#"{"instruction":"a","output":"b"}"#, #""input":"i","system":"s""#, "system: s | user: a\ni | assistant: b"),
      (#"{"instruction":"a","output":"b"}"#, #""context":"c""#, "user: a\nc | assistant: b"),
      (
        #"{"query":"a","response":"b"}"#, #""history":[["c","d"]]"#,
        "user: c | assistant: d | user: a | assistant: b"
      ),
      (#"{"question":"a","answer":"b"}"#, #""system_prompt":"s""#, "system: s | user: a | assistant: b"),
      (#"{"conversations":[{"from":"human","value":"a"}]}"#, #""system":"s""#, "system: s | user: a"),
      (#"{"conversations":[{"from":"human","value":"a"}]}"#, #""system":null"#, "user: a"),
      (#"{"prompt":"a"}"#, #""completion":"b""#, "text: ab"),
      (#"{"prompt":"a","chosen":"b"}"#, #""rejected":"c""#, "failed: \(twoAnswers)"),
      (#"{"prompt":"a","chosen":"b"}"#, #""rejected":null"#, "text: ab"),
      (
        #"{"messages":[{"role":"user","content":"a"}]}"#,
        #""rejected_messages":[{"role":"user","content":"b"}]"#, "failed: \(twoAnswers)"
      ),
      (#"{"messages":[{"role":"user","content":"a"}]}"#, #""rejected":true"#, "user: a"),
    ] as [(String, String, String)])
  func lateColumns(row: String, more: String, expected: String) throws {
    try Scratch.with { folder in
      let lines = [String](repeating: row, count: 64) + ["\(row.dropLast()),\(more)}"]
      try folder.file("x.jsonl", lines.joined(separator: "\n"))
      try folder.file("x.json", "[\(lines.joined(separator: ",\n"))]")
      for name in ["x.jsonl", "x.json"] {
        let read = try rows(folder, name)
        #expect(read.contains(expected), "\(name): \(read.suffix(2))")
      }
    }
  }

  @Test("options say what a text is")
  func options() throws {
    try Scratch.with { folder in
      try folder.file("x", "a,b\nc,d\n")
      #expect(try rows(folder, "x") { $0.isLines = true } == ["text: a,b", "text: c,d"])
      #expect(try rows(folder, "x") { $0.shape.textColumn = "b" } == ["text: d"])
      // A named column tells a row from a document with one list.
      let talk = #"{"talk":[{"who":"user","says":"a"}]}"#
      for text in [talk, talk.replacing("[", with: "\n["), talk + "\n" + talk] {
        try folder.file("z.json", text)
        let read = try rows(folder, "z.json") { lookup in
          (lookup.shape.messagesColumn, lookup.shape.roleKey, lookup.shape.contentKey) = ("talk", "who", "says")
        }
        #expect(Set(read) == ["user: a"], "\(text)")
      }
      try folder.file("y.jsonl", "{\"text\":\"a\"}\n")
      #expect(try rows(folder, "y.jsonl") { $0.isPlainText = true } == ["text: {\"text\":\"a\"}\n"])
    }
  }

  @Test(
    "a file that is something else is one error that names it",
    arguments: [
      ([0xFF, 0xFE, 0x7B, 0], "this is text in UTF-16; convert it to UTF-8, as with iconv"),
      ([0x7B, 0, 0x22, 0, 0x61, 0], "this is text in UTF-16; convert it to UTF-8, as with iconv"),
      (Array("BZh9".utf8), "this is compressed with bzip2; expand it first"),
      (Array("PK\u{3}\u{4}".utf8), "this is a ZIP archive; unpack it first"),
      ([1, 2, 0, 3], "this is neither text nor a table that is known"),
      (Array("{\"a\": [{}],\n\"b\": [{}]}".utf8), "the JSON object holds several lists: a, b"),
    ] as [([UInt8], String)])
  func refused(bytes: [UInt8], reason: String) throws {
    try Scratch.with { folder in
      let path = try folder.file("x.jsonl2", bytes)
      #expect {
        try rows(folder, "x.jsonl2")
      } throws: { error in
        "\(error)" == "cannot read \(path): \(reason)"
      }
    }
  }

  @Test(
    "a file of JSON without a row of a known shape is one error",
    arguments: [
      ("a.jsonl", "hello\nworld\n", "its name says JSON lines, but none of its first lines is JSON"),
      ("b.jsonl", "1\n2\n", "its name says JSON lines"), ("c.ndjson", "<html>\n</html>", "its name says JSON lines"),
      (
        "d.jsonl", "{\"foo\":1}\n{\"bar\":2}\n",
        "no column holds conversations or texts; the columns are foo, bar; name"
      ),
      ("e.json", "[{\"foo\":1}]", "no column holds conversations or texts; the columns are foo; name"),
      ("f.json", "[1, 2]", "no row holds a conversation or a text"),
    ])
  func withoutRows(name: String, text: String, reason: String) throws {
    try Scratch.with { folder in
      try folder.file(name, text)
      #expect { try rows(folder, name) } throws: { "\($0)".contains(reason) }
    }
  }

  @Test("compressed files that are cut or damaged are named")
  func damagedCompression() throws {
    try Scratch.with { folder in
      let whole = TextFiles.gzip(Array(repeating: Array("\"a\"\n".utf8), count: 1000).flatMap(\.self))
      try folder.file("cut.gz", whole.dropLast(20))
      #expect { try rows(folder, "cut.gz") } throws: { "\($0)".hasSuffix("the compressed data is truncated") }
      let frame = TextFiles.zstd(Array("\"a\"\n\"b\"\n".utf8))
      try folder.file("cut.zst", frame.dropLast(3))
      #expect { try rows(folder, "cut.zst") } throws: { "\($0)".hasSuffix("the compressed data is truncated") }
    }
  }

  @Test("an object with several lists, and a table without a byte, are one error")
  func noRows() throws {
    try Scratch.with { folder in
      for text in ["{\"a\":[{}],\"b\":[{}]}", "{\"a\":[{}],\n\"b\":[{}]}"] {
        try folder.file("x.json", text)
        #expect { try rows(folder, "x.json") } throws: { "\($0)".contains("the JSON object holds several lists: a, b") }
      }
      for name in ["x.parquet", "x.arrow"] {
        try folder.file(name, "")
        #expect { try rows(folder, name) } throws: { "\($0)".contains("the file is empty") }
      }
    }
  }

  @Test("columns of one name are an error in every format")
  func duplicateColumns() throws {
    try Scratch.with { folder in
      try folder.file("x.csv", "text,text\na,b\n")
      #expect { try rows(folder, "x.csv") } throws: { "\($0)".contains("there are two columns text") }
      // Others may share a name, as the columns behind the last one of a spreadsheet do.
      try folder.file("y.csv", "text,,\na,b,c\n")
      #expect(try rows(folder, "y.csv") == ["text: a"])
    }
  }
}
