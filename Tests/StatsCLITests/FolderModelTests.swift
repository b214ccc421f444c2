import Foundation
import JSON
import TestSupport
import Testing

/// Models of folders: which template renders, what it is told, and what comes out of `encode`, `count` and `render`.
@Suite struct FolderModelTests {
  /// A tokenizer of words with special tokens.
  private static let words = """
    {"version": "1.0", "truncation": null, "padding": null,
    "added_tokens": [
    {"id": 0, "content": "<s>", "single_word": false, "lstrip": false, "rstrip": false, "normalized": false,
    "special": true},
    {"id": 1, "content": "</s>", "single_word": false, "lstrip": false, "rstrip": false, "normalized": false,
    "special": true}],
    "normalizer": null, "pre_tokenizer": {"type": "Whitespace"},
    "post_processor": null, "decoder": null,
    "model": {"type": "WordLevel", "unk_token": "?", "vocab": {"<s>": 0, "</s>": 1, "?": 2, "Hello": 3, "tools": 4}}}
    """

  private static let template = """
    {{ bos_token }}{% for m in messages %}{{ m.content }}{{ eos_token }}{% endfor %}{% if style %} {{ style }}{% endif %}
    """

  /// A folder of a model, with some files beside its tokenizer.
  private func model(_ files: [String: String], in scratch: Scratch) throws -> String {
    let folder = scratch.folder.appending(path: "my model")
    for (name, contents) in files.merging(["tokenizer.json": Self.words], uniquingKeysWith: { $1 }) {
      let file = folder.appending(path: name)
      try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(contents.utf8).write(to: file)
    }
    return folder.path
  }

  private static let row = Data(#"{"messages":[{"role":"user","content":"Hello"}]}"#.utf8)

  private func render(_ arguments: [String], _ input: Data = Self.row) throws -> (text: String?, errors: String) {
    let result = try Program.run(["render"] + arguments, input: input)
    let line = try JSONValue.parse(String(result.lines.first ?? "null"))
    return (line["rendered"]?.stringValue ?? line["error"]?.stringValue.map { "! " + $0 }, result.errors)
  }

  @Test("the configuration gives the template and the special tokens, the map's where it lists no added tokens")
  func configuration() throws {
    let scratch = try Scratch()
    let escaped = String(decoding: JSONValue.string(Self.template).serialized(), as: UTF8.self)
    let token = #"{"__type": "AddedToken", "content": "<s>", "lstrip": false}"#
    let model = try model(
      [
        "tokenizer_config.json": #"{"chat_template": \#(escaped), "bos_token": \#(token), "eos_token": "x"}"#,
        "special_tokens_map.json": #"{"eos_token": {"content": "</s>", "lstrip": false}}"#,
      ], in: scratch)
    #expect(try render(["--model", model]).text == "<s>Hello</s>")
    let encoded = try Program.run(["encode", "--model", model], input: Self.row)
    #expect(encoded.output == "{\"count\":3,\"ids\":[0,3,1]}\n", "\(encoded.errors)")
    #expect(encoded.errors == "\(model): counting with tokenizer.json\n", "\(encoded.errors)")
    let counted = try Program.run(["count", "--model", model], input: Self.row)
    #expect(counted.output == "3\n", "\(counted.errors)")
    let listed = try self.model(
      ["tokenizer_config.json": #"{"chat_template": \#(escaped), "eos_token": "x", "added_tokens_decoder": {}}"#],
      in: scratch)
    #expect(try render(["--model", listed]).text == "Hellox")
  }

  @Test("files of templates go before the configuration; tools choose tool_use, names any")
  func namedTemplates() throws {
    let scratch = try Scratch()
    let model = try model(
      [
        "tokenizer_config.json": #"{"chat_template": "of the configuration"}"#,
        "chat_template.jinja": "plain", "additional_chat_templates/tool_use.jinja": "with {{ tools[0].name }}\r\n.",
        "additional_chat_templates/rag.jinja": "from {{ documents[0].title }}",
      ], in: scratch)
    let tools = Data(
      #"{"messages":[{"role":"user","content":"Hello"}],"tools":[{"name":"t"}],"documents":[{"title":"d"}]}"#.utf8)
    #expect(try render(["--model", model]).text == "plain")
    #expect(try render(["--model", model], tools).text == "with t\n.")
    #expect(try render(["--model", model, "--chat-template", "rag"], tools).text == "from d")
    #expect(try render(["--model", model, "--chat-template", "\(model)=rag"], tools).text == "from d")
    let file = try scratch.file("other.jinja", "a file's")
    #expect(try render(["--model", model, "--chat-template", file], tools).text == "a file's")
    #expect(try render(["--model", "qwen-3-32b", "--chat-template", "qwen-3-32b=\(file)"]).text == "a file's")
    for (options, reason) in [
      (["--chat-template", "none"], "no template of this name but default, rag, tool_use"),
      (["--chat-template", "other=\(file)"], "other is none of the models in use"),
      (["--chat-template", file, "--chat-template", file], "two templates"),
    ] {
      let result = try Program.run(["render", "--model", model] + options, input: tools)
      #expect(result.status == 64 && result.errors.contains(reason), "\(result.errors)")
    }
    let both = try Program.run(
      ["render", "--model", "qwen-3-32b", "--template", "qwen-3-32b=qwen2.5", "--chat-template", file])
    #expect(both.status == 64 && both.errors.contains("both --template and --chat-template"), "\(both.errors)")
  }

  @Test("members of a row that the template reads are arguments, the others are named once")
  func arguments() throws {
    let scratch = try Scratch()
    let model = try model(["chat_template.jinja": Self.template], in: scratch)
    let rows = Data(
      """
      {"messages":[{"role":"user","content":"Hello"}],"style":"tools","id":7}
      {"messages":[{"role":"user","content":"Hello"}],"chat_template_kwargs":{"style":"Hello"},"id":8}
      """.utf8)
    let result = try Program.run(["render", "--model", model], input: rows)
    #expect(result.output == "{\"rendered\":\"Hello tools\"}\n{\"rendered\":\"Hello Hello\"}\n")
    let notice = "the template reads style of the rows; it does not read id, which is passed over"
    #expect(result.errors.components(separatedBy: notice).count == 2, "\(result.errors)")
    #expect(try render(["--model", model, "--template-arg", "style=tools"]).text == "Hello tools")
    let unknown = try Program.run(["render", "--model", model, "--template-arg", "color=red"], input: Self.row)
    #expect(unknown.status == 64 && unknown.errors.contains("eos_token, style"), "\(unknown.errors)")
  }

  @Test("members of chat_template_kwargs are named as members of the row are")
  func namedKeywordArguments() throws {
    let scratch = try Scratch()
    let model = try model(["chat_template.jinja": Self.template], in: scratch)
    let row = Data(
      #"{"messages":[{"role":"user","content":"Hello"}],"chat_template_kwargs":{"style":"tools","nonsense":1}}"#.utf8)
    let result = try Program.run(["render", "--model", model], input: row)
    #expect(result.output == "{\"rendered\":\"Hello tools\"}\n")
    let notice = "the template reads style of the rows; it does not read nonsense, which is passed over"
    #expect(result.errors.components(separatedBy: notice).count == 2, "\(result.errors)")
  }

  @Test("the summary of analyze names the time that a template asked for, and none where no template asks")
  func toldTime() throws {
    for (template, count) in [("{{ strftime_now('%Y') }} {{ messages[0].content }}", 2), (Self.template, 1)] {
      let scratch = try Scratch()
      let model = try model(["chat_template.jinja": template], in: scratch)
      let row = #"{"messages":[{"role":"user","content":"Hello"}]}"# + "\n"
      let rows = try scratch.file("c.jsonl", row)
      let result = try Program.run(
        ["analyze", "--model", model, rows, "--now", "2025-03-09T14:05:07", "--no-plots", "--output-json"]
          + [scratch.folder.path + "/s.json"], in: scratch.folder)
      let line = "the template was told the time 2025-03-09T14:05:07"
      #expect(result.output.components(separatedBy: line).count == count, "\(result)")
    }
  }

  private static let table = """
    messages,style,id
    "[{""role"":""user"",""content"":""Hello""}]",tools,7
    "[{""role"":""user"",""content"":""Hello""}]",tools,8
    """

  @Test("columns of tables are arguments where --template-column names them, and by every command it is said once")
  func columnsOfTables() throws {
    let scratch = try Scratch()
    let model = try model(["chat_template.jinja": Self.template], in: scratch)
    let table = try scratch.file("c.csv", Self.table + "\n")
    let unnamed = "columns of the rows are called as variables of the template and not told it: style "
    let named = "the template reads style of the rows\n"
    let (plain, told) = ("{\"rendered\":\"Hello\"}\n", "{\"rendered\":\"Hello tools\"}\n")
    for (command, without, with) in [
      (["render"], plain + plain, told + told), (["count", "--each"], "1\n1\n", "2\n2\n"),
    ] {
      let result = try Program.run(command + ["--model", model, table])
      #expect(result.output == without, "\(result)")
      #expect(result.errors.components(separatedBy: unnamed).count == 2, "\(result.errors)")
      let other = try Program.run(command + ["--model", model, table, "--template-column", "style"])
      #expect(other.output == with && other.errors.components(separatedBy: named).count == 2, "\(other)")
    }
    let encoded = try Program.run(["encode", "--model", model, table])
    #expect(encoded.output == "{\"count\":1,\"ids\":[3]}\n{\"count\":1,\"ids\":[3]}\n", "\(encoded.errors)")
    for command in ["analyze", "outliers", "check"] {
      let statistics = command == "analyze" ? ["--output-json", scratch.folder.path + "/s.json", "--no-plots"] : []
      let result = try Program.run([command, "--model", model, table] + statistics, in: scratch.folder)
      #expect(result.errors.components(separatedBy: unnamed).count == 2, "\(command): \(result.errors)")
      let other = try Program.run(
        [command, "--model", model, table, "--template-column", "style"] + statistics, in: scratch.folder)
      #expect(other.errors.components(separatedBy: named).count == 2, "\(command): \(other.errors)")
    }
  }

  @Test("tools that a template does not read are passed over, also of tables and of rows that are analyzed")
  func toolsOfTables() throws {
    let scratch = try Scratch()
    let model = try model(["chat_template.jinja": Self.template], in: scratch)
    let row = #"{"messages":[{"role":"user","content":"Hello"}],"tools":[{"name":"t"}]}"#
    let rows = try scratch.file("c.jsonl", row + "\n" + row + "\n")
    let notice = "the template does not read tools, which is passed over"
    for command in ["analyze", "outliers", "check", "count"] {
      let statistics = command == "analyze" ? ["--output-json", scratch.folder.path + "/s.json", "--no-plots"] : []
      let result = try Program.run([command, "--model", model, rows] + statistics, in: scratch.folder)
      #expect(result.errors.components(separatedBy: notice).count == 2, "\(command): \(result.errors)")
    }
  }

  @Test("a system message beside messages is passed over with a notice, whatever the rows are stored in")
  func systemBesideMessages() throws {
    let scratch = try Scratch()
    let model = try model(["chat_template.jinja": Self.template], in: scratch)
    let files = try [
      scratch.file("c.jsonl", #"{"system":"Be","messages":[{"role":"user","content":"Hello"}]}"# + "\n"),
      scratch.file("c.csv", "system,messages\nBe,\"[{\"\"role\"\":\"\"user\"\",\"\"content\"\":\"\"Hello\"\"}]\"\n"),
    ]
    let notice = "the template does not read system, which is passed over"
    for file in files {
      let result = try Program.run(["count", "--model", model, file], in: scratch.folder)
      #expect(result.errors.components(separatedBy: notice).count == 2, "\(file): \(result.errors)")
    }
  }

  @Test("render with a template alone tells standard input by its first bytes, as a file")
  func tablesOnStandardInput() throws {
    let scratch = try Scratch()
    let template = try scratch.file("t.jinja", "{{ messages[0].content }}")
    let render = "\(Program.executable.path) render --chat-template \(template)"
    for (bytes, kind) in [("PAR1xx", "parquet"), ("ARROW1xx", "arrow-file")] {
      let piped = try Program.shell("echo \(bytes) | \(render)")
      #expect(piped.status != 0 && piped.output.isEmpty, "\(piped)")
      #expect(piped.errors.contains("standard input: this is a table of the form \(kind)"), "\(piped)")
      #expect(piped.errors.contains("--messages-column"), "\(piped)")
    }
    let rows = try scratch.file("rows.jsonl", String(decoding: Self.row, as: UTF8.self) + "\n")
    let plain = try Program.shell("\(render) < \(rows)")
    let packed = try Program.shell("gzip \(rows) && \(render) < \(rows).gz")
    #expect(plain.output == packed.output && packed.output.contains("rendered"), "\(packed)")
  }

  @Test("errors of rows carry the template's line by every command")
  func linesOfErrors() throws {
    let scratch = try Scratch()
    let model = try model(["chat_template.jinja": "a\n{{ messages[0].nope.x }}"], in: scratch)
    let rows = try scratch.file("c.jsonl", String(decoding: Self.row, as: UTF8.self) + "\n")
    let words = "'dict object' has no attribute 'nope' (line 2 of the chat template)"
    for command in ["render", "encode"] {
      let result = try Program.run([command, "--model", model, rows])
      #expect(result.output == #"{"error":"'dict object' has no attribute 'nope'","line":2}"# + "\n", "\(result)")
    }
    let alone = try Program.run(["render", "--chat-template", "\(model)/chat_template.jinja", rows])
    #expect(alone.output == #"{"error":"'dict object' has no attribute 'nope'"}"# + "\n", "\(alone)")
    #expect(alone.errors.contains("chat_template.jinja: \(words)\n"), "\(alone)")
    let counted = try Program.run(["count", "--model", model, rows, "--json"])
    #expect((counted.output + counted.errors).contains(words), "\(counted)")
    let file = scratch.folder.appending(path: "s.json")
    let analyzed = try Program.run(
      ["analyze", "--model", model, rows, "--output-json", file.path, "--no-plots"], in: scratch.folder)
    let document = try String(contentsOf: file, encoding: .utf8)
    #expect(document.contains(words), "\(analyzed.errors)")
    // Equal errors of several lines are counted as one.
    #expect(document.contains(#""'dict object' has no attribute 'nope'": 1"#), "\(document)")
  }

  @Test("a template without generation blocks, or a tokenizer that drops white space, has no assistant masks")
  func generationBlocks() throws {
    let scratch = try Scratch()
    let rows = try scratch.file("c.jsonl", String(decoding: Self.row, as: UTF8.self) + "\n")
    for (template, notice) in [
      (Self.template, "the chat template has no {% generation %} block, so there is no assistant_mask_tokens"),
      (
        "{% generation %}{{ messages[0].content }}{% endgeneration %}",
        "the tokenizer drops characters of a text, by whose places transformers finds the tokens of {% generation %} "
          + "blocks, so there is no assistant_mask_tokens"
      ),
    ] {
      let model = try model(["chat_template.jinja": template], in: scratch)
      let analyzed = try Program.run(
        ["analyze", "--model", model, rows, "--output-json", "s.json", "--no-plots", "--force"], in: scratch.folder)
      #expect(analyzed.errors.components(separatedBy: notice).count == 2, "\(analyzed.errors)")
    }
  }

  @Test("chat_template_kwargs may hold tools, which choose the template and are rendered")
  func toolsInArguments() throws {
    let scratch = try Scratch()
    let model = try model(
      [
        "chat_template.jinja": "plain{{ tools | tojson if tools }}",
        "additional_chat_templates/tool_use.jinja": "with {{ tools[0].name }} {{ style }}",
      ], in: scratch)
    let kwargs = #""chat_template_kwargs":{"tools":[{"name":"t"}],"style":"s"}"#
    let row = Data(#"{"messages":[{"role":"user","content":"Hello"}],\#(kwargs)}"#.utf8)
    #expect(try render(["--model", model], row).text == "with t s")
    let none = Data(#"{"messages":[{"role":"user","content":"Hello"}],"chat_template_kwargs":{"tools":null}}"#.utf8)
    #expect(try render(["--model", model], none).text == "plain")
    let wrong = Data(#"{"messages":[{"role":"user","content":"Hello"}],"tools":5}"#.utf8)
    #expect(try render(["--model", model], wrong).text == "! \"tools\": 'int' object is not iterable")
  }

  @Test("without a model, too, a template renders rows of tables, of other shapes and with joined parts")
  func templateAlone() throws {
    let scratch = try Scratch()
    let template = try scratch.file(
      "t.jinja", "{{ bos_token }}{% for m in messages %}[{{ m.role }}:{{ m.content }}]{% endfor %}{{ style }}")
    let table = try scratch.file("c.csv", Self.table + "\n")
    let line = "{\"rendered\":\"[user:Hello]\"}\n"
    #expect(try Program.run(["render", "--chat-template", template, table]).output == line + line)
    let told = try Program.run(["render", "--chat-template", template, table, "--template-column", "style"])
    #expect(told.output == (line + line).replacingOccurrences(of: "o]", with: "o]tools"), "\(told)")
    let shared = Data(#"{"talk":[{"who":"human","text":"Hi"}],"special_tokens":{"bos_token":{"content":"<s>"}}}"#.utf8)
    let keys = ["--messages-column", "talk", "--role-key", "who", "--content-key", "text"]
    let read = try Program.run(["render", "--chat-template", template] + keys, input: shared)
    #expect(read.output == #"{"rendered":"<s>[user:Hi]"}"# + "\n", "\(read)")
    let parts = Data(
      #"{"messages":[{"role":"user","content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]}],"style":"!"}"#
        .utf8)
    let joined = try Program.run(["render", "--chat-template", template, "--content-parts", "join"], input: parts)
    #expect(joined.output == #"{"rendered":"[user:ab]!"}"# + "\n", "\(joined)")
  }

  @Test("a template that cannot be used ends with one sentence")
  func damaged() throws {
    let scratch = try Scratch()
    for (name, contents, reason) in [
      ("chat_template.jinja", "a\n{% if %}", "line 2 cannot be used"),
      ("tokenizer_config.json", "{", "tokenizer_config.json"),
      ("tokenizer_config.json", #"{"chat_template": 1}"#, "is an integer"),
      ("special_tokens_map.json", "[]", "special_tokens_map.json: an object is expected"),
    ] {
      let model = try model([name: contents], in: scratch)
      let result = try Program.run(["encode", "--model", model], input: Self.row)
      #expect(result.status == 5 && result.output.isEmpty && result.errors.contains(reason), "\(result.errors)")
      try FileManager.default.removeItem(atPath: model)
    }
  }

  @Test("several models have a column each")
  func columns() throws {
    let scratch = try Scratch()
    let words = try scratch.file("words.json", Self.words)
    let pairs = try scratch.file(
      "pairs.json", Self.words.replacingOccurrences(of: #""type": "Whitespace""#, with: #""type": "WhitespaceSplit""#))
    let input = Data("\"Hello.\"\n\"Hello Hello\"\n".utf8)
    let counted = try Program.run(["count", "--model", words, "--model", pairs], input: input)
    #expect(counted.output == "2\t1\n2\t2\n", "\(counted.errors)")
    let total = try Program.run(["count", "--model", words, "--model", pairs, "--total"], input: input)
    #expect(total.output == "4\t3\n", "\(total.errors)")
    let twice = try Program.run(["count", "--model", words, "--model", words], input: input)
    #expect(twice.status == 64 && twice.errors.contains("is given twice"), "\(twice.errors)")
  }

  @Test("whole chats of a stored model have the reference's ids")
  func goldenChats() throws {
    guard let shared = SharedFolder.path("models", suite: "chats of a folder's model") else { return }
    let scratch = try Scratch()
    let folder = scratch.folder.appending(path: "phi-3-mini").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    for (stored, name) in [("phi-3-mini.json", "tokenizer.json"), ("phi-3-mini.config.json", "tokenizer_config.json")] {
      _ = try Program.shell("gzip --decompress --stdout '\(shared)/files/\(stored).gz' > '\(folder)/\(name)'")
    }
    let lines = try Program.shell("gzip --decompress --stdout '\(shared)/chat_golden.jsonl.gz'").lines
    let rows = try lines.map { try JSONValue.parse(String($0)) }.filter { $0["tokenizer"]?.stringValue == "phi-3-mini" }
    #expect(rows.count == 16)
    var input: [UInt8] = []
    for row in rows {
      var object = row["arguments"]?.objectValue ?? JSONObject()
      object["messages"] = row["messages"]
      input += JSONValue.object(object).serialized() + [UInt8(ascii: "\n")]
    }
    let encoded = try Program.run(["encode", "--model", folder], input: Data(input))
    try #require(encoded.lines.count == rows.count, "\(encoded.errors)")
    for (line, row) in zip(encoded.lines, rows) {
      let printed = try JSONValue.parse(String(line))
      let member = row["error"] == nil ? "ids" : "error"
      #expect(printed[member] == row[member], "\(row["conversation"]?.stringValue ?? ""): \(printed)")
    }
    let counted = try Program.run(["count", "--model", folder], input: Data(input))
    let counts = rows.map { $0["count"]?.integerValue.map { String($0) } ?? "-" }
    #expect(counted.lines.map(String.init) == counts, "\(counted.errors)")
  }
}
