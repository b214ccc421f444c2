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
