import Foundation
import JSON
import TestSupport
import Testing

/// Stored results, scores and splits of data that no persona stands behind.
@Suite struct AnyDataTests {
  private func scratch() throws -> Scratch {
    let scratch = try Scratch()
    try scratch.file("model/tokenizer.json", CountFilesTests.words)
    try scratch.file(
      "model/tokenizer_config.json",
      #"{"chat_template":"{% for m in messages %}{{ m.role }} {{ m.content }} {% endfor %}"}"#)
    return scratch
  }

  private func analyze(_ arguments: [String], in scratch: Scratch) throws -> JSONValue {
    let result = try Program.run(
      ["analyze", "--model", "model", "--output-json", "t.json", "--no-plots", "--progress", "none", "--json"]
        + arguments,
      in: scratch.folder)
    #expect(result.status == 0, "\(result.errors)")
    return try JSONValue.parse(result.output)
  }

  private func document(_ scratch: Scratch) throws -> JSONValue {
    try JSONValue.parse(String(contentsOf: scratch.folder.appending(path: "t.json"), encoding: .utf8))
  }

  @Test("data that were changed in place with their time put back are counted again")
  func staleness() throws {
    let scratch = try scratch()
    let path = try scratch.file("x.jsonl", "{\"text\":\"a b\"}\n")
    let time = try #require(FileManager.default.attributesOfItem(atPath: path)[.modificationDate] as? Date)
    #expect(try analyze(["x.jsonl"], in: scratch)["counted"]?.integerValue == 1)
    #expect(try analyze(["x.jsonl"], in: scratch)["taken_over"]?.integerValue == 1)
    #expect(try analyze(["x.jsonl", "--rehash"], in: scratch)["taken_over"]?.integerValue == 1)
    try Data("{\"text\":\"abb\"}\n".utf8).write(to: scratch.folder.appending(path: "x.jsonl"))
    try FileManager.default.setAttributes([.modificationDate: time], ofItemAtPath: path)
    #expect(try analyze(["x.jsonl"], in: scratch)["counted"]?.integerValue == 1)
    #expect(try document(scratch)["datasets"]?["model__dataset__x"]?["total_tokens"]?.integerValue == 1)
  }

  @Test("another column is another result")
  func columns() throws {
    let scratch = try scratch()
    try scratch.file("x.jsonl", "{\"p\":\"a\",\"q\":\"a b\"}\n")
    for (column, tokens) in [("p", 1), ("q", 2)] {
      #expect(try analyze(["x.jsonl", "--text-column", column], in: scratch)["counted"]?.integerValue == 1)
      #expect(try document(scratch)["datasets"]?["model__dataset__x"]?["total_tokens"]?.integerValue == tokens)
    }
  }

  @Test("an object in one line is a row whatever lists it holds, and a late column is read")
  func oneRow() throws {
    let scratch = try scratch()
    let row = #"{"question":"Q","answer":"A b","contexts":[{"text":"hello"}]}"#
    try scratch.file("one.jsonl", row)
    let rows = [String](repeating: row, count: 64) + ["\(row.dropLast()),\"input\":\"c\"}"]
    try scratch.file("late.jsonl", rows.joined(separator: "\n"))
    _ = try analyze(["one.jsonl", "late.jsonl"], in: scratch)
    let datasets = try document(scratch)["datasets"]
    #expect(datasets?["model__dataset__one"]?["total_tokens"]?.integerValue == 5)
    #expect(datasets?["model__dataset__late"]?["total_tokens"]?.integerValue == 65 * 5 + 1)
  }

  @Test("--score-range makes bands, which stay in the file")
  func scores() throws {
    let scratch = try scratch()
    let rows = (1...20).map { "{\"text\":\"a\",\"rating\":\($0)}\n" }.joined()
    try scratch.file("x.jsonl", rows)
    _ = try analyze(["x.jsonl", "--score-column", "rating", "--score-range", "1-20"], in: scratch)
    let entry = try #require(try document(scratch)["datasets"]?["model__dataset__x"])
    #expect(entry["bands"]?.objectValue?.keys == ["1-4", "5-8", "9-12", "13-16", "17-20"])
    #expect(entry["score"]?["column"]?.stringValue == "rating")
    #expect(entry["score"]?["range"] == .array([.number(1), .number(20)]))
    // Only the summary is made anew where the scale changes.
    let again = try analyze(["x.jsonl", "--score-column", "rating", "--score-range", "1-10"], in: scratch)
    #expect(again["taken_over"]?.integerValue == 1)
    #expect(try document(scratch)["datasets"]?["model__dataset__x"]?["bands"]?.objectValue?.keys.count == 10)
    let wrong = try Program.run(
      ["analyze", "x.jsonl", "--model", "model", "--score-range", "10-1"], in: scratch.folder)
    #expect(wrong.status == 64)
  }

  @Test("texts need no chat template, by any route; conversations do")
  func texts() throws {
    let scratch = try scratch()
    try scratch.file("plain/tokenizer.json", CountFilesTests.words)
    try scratch.file("x.jsonl", "{\"text\":\"a b\"}\n\"a\"\n")
    let result = try Program.run(
      ["analyze", "x.jsonl", "--model", "plain", "--output-json", "t.json", "--no-plots", "--progress", "none"],
      in: scratch.folder)
    #expect(result.status == 0, "\(result.errors)")
    #expect(try document(scratch)["datasets"]?["plain__dataset__x"]?["total_tokens"]?.integerValue == 3)
    let dataset = Program.packageFolder.appending(
      path: "Demo/datasets/processed/persona/gemma-2-27b__trait__frank.parquet")
    let chats = try Program.run(["count", "--model", "plain", dataset.path], in: scratch.folder)
    #expect(chats.status == 5 && chats.errors.contains("has no chat template"), "\(chats.errors)")
  }

  @Test("roles and traits that another model counts keep their scores and bands")
  func keptBands() throws {
    let scratch = try scratch()
    let dataset = Program.packageFolder.appending(
      path: "Demo/datasets/processed/persona/gemma-2-27b__trait__frank.parquet")
    _ = try analyze([dataset.path], in: scratch)
    let entry = try #require(try document(scratch)["datasets"]?["model__dataset__gemma-2-27b_trait_frank"])
    #expect(entry["bands"]?.objectValue?.keys.contains("85-100") == true)
    #expect(entry["score"]?["range"] == .array([.number(0), .number(100)]))
  }

  @Test("a dry run fails where the run would")
  func dryRun() throws {
    let scratch = try scratch()
    try scratch.file("x.jsonl", "{\"text\":\"a\"}\n")
    let dry = { (arguments: [String]) in
      try Program.run(
        ["analyze", "--model", "model", "--no-plots", "--dry-run"] + arguments, in: scratch.folder)
    }
    #expect(try dry(["x.jsonl", "--output-json", "t.json"]).status == 0)
    try scratch.file("cut.jsonl.gz", [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 1, 2, 3])
    let cut = try dry(["x.jsonl", "cut.jsonl.gz", "--output-json", "t.json"])
    let run = try Program.run(
      ["analyze", "--model", "model", "--no-plots", "--output-json", "u.json", "x.jsonl", "cut.jsonl.gz"],
      in: scratch.folder)
    #expect(cut.status == 3 && run.status == 3, "\(cut) \(run)")
    #expect(try dry(["x.jsonl", "--output-json", "x.jsonl/t.json"]).status == 1)
    #expect(!FileManager.default.fileExists(atPath: scratch.path("t.json")))
    // What is taken over has the rows that failed before.
    try scratch.file("half.jsonl", "{\"text\":\"a\"}\n{\"text\":1}\n")
    let counted = try Program.run(
      ["analyze", "half.jsonl", "--model", "model", "--no-plots", "--output-json", "h.json"], in: scratch.folder)
    let again = try dry(["half.jsonl", "--output-json", "h.json"])
    #expect(counted.status == 3 && again.status == 3 && again.output.contains("would be taken over"), "\(again)")
    #expect(again.errors.contains("model__dataset__half: row 1: "), "\(again)")
  }

  @Test("the statistics say what the tokenizer is, what renders, and where scores come from")
  func described() throws {
    let scratch = try scratch()
    try scratch.file("x.jsonl", "{\"text\":\"a\",\"reward\":0.25}\n{\"text\":\"a b\",\"reward\":-1.5}\n")
    _ = try analyze(["x.jsonl", "--score-column", "reward"], in: scratch)
    let tokenizer = try document(scratch)["metadata"]?["tokenizers"]?["model"]
    #expect(tokenizer?["tokenizer_class"]?.stringValue == "WordLevel")
    #expect(tokenizer?["chat_template"]?.stringValue == "jinja")
    let entry = try #require(try document(scratch)["datasets"]?["model__dataset__x"])
    #expect(entry["score"]?["column"]?.stringValue == "reward" && entry["score"]?["range"] == .null)
    #expect(entry["score_histogram"]?.objectValue?.keys == ["-1.5", "0.25"])
    #expect(entry["cumulative_by_score"]?["-1.5"]?["tokens"]?.integerValue == 3)
    _ = try analyze(["x.jsonl"], in: scratch)
    let unscored = try #require(try document(scratch)["datasets"]?["model__dataset__x"])
    #expect(unscored["score_histogram"]?.objectValue?.keys == ["null"] && unscored["score"] == nil)
  }

  @Test("--name is for one source, whose splits and sides keep their parts of the name")
  func names() throws {
    let scratch = try scratch()
    for split in ["test", "train"] {
      try scratch.file("d/data/\(split)-00000-of-00001.jsonl", "{\"text\":\"a\"}\n")
    }
    _ = try analyze(["d", "--name", "n"], in: scratch)
    #expect(
      try document(scratch)["datasets"]?.objectValue?.keys == ["model__dataset__n__test", "model__dataset__n__train"])
    try scratch.file("e/x.jsonl", "{\"text\":\"a\"}\n")
    try scratch.file("e/y.jsonl", "{\"text\":\"a\"}\n")
    for several in [["e"], ["e/x.jsonl", "e/y.jsonl"], ["d", "e/x.jsonl"]] {
      let result = try Program.run(
        ["analyze", "--model", "model", "--name", "n", "--no-plots"] + several, in: scratch.folder)
      #expect(result.status == 1 && result.errors.contains("several are given"), "\(several) \(result)")
    }
  }

  @Test("a file of a folder that is none of data is an error of its own, and the others are counted")
  func badFileInFolder() throws {
    let scratch = try scratch()
    try scratch.file("d/x.jsonl", "{\"text\":\"a\"}\n")
    try scratch.file("d/y.jsonl", "<html>\n<body>\n")
    try scratch.file("d/z.zip", [0x50, 0x4B, 3, 4])
    let result = try Program.run(
      ["analyze", "d", "--model", "model", "--output-json", "t.json", "--no-plots", "-q"], in: scratch.folder)
    #expect(result.status == 3 && result.errors.contains("d/y.jsonl: its name says JSON lines"), "\(result)")
    #expect(result.errors.contains("d/z.zip: this is a ZIP archive"), "\(result)")
    #expect(try document(scratch)["datasets"]?.objectValue?.keys == ["model__dataset__x"])
  }

  @Test("what a template does to lists of parts is said of tables too")
  func listContents() throws {
    let scratch = try scratch()
    try scratch.file(
      "model/tokenizer_config.json",
      #"{"chat_template":"{% for m in messages %}{% if m.content is string %}{{ m.content }}{% endif %}{% endfor %}"}"#)
    try scratch.file(
      "x.jsonl", #"{"messages":[{"role":"user","content":[{"type":"text","text":"a"}]}]}"# + "\n")
    let made = try Program.run(
      ["filter", "x.jsonl", "--model", "model", "--max-length", "100", "-o", "x.parquet"], in: scratch.folder)
    #expect(made.status == 0, "\(made)")
    let notices = try ["x.jsonl", "x.parquet"].map { file in
      try Program.run(["count", file, "--model", "model"], in: scratch.folder).errors
    }
    #expect(notices[0].contains("in 1 conversation the template drops texts") && notices[1] == notices[0], "\(notices)")
  }

  @Test("messages of roles that the template does not know are named by every command that counts")
  func unknownRoles() throws {
    let scratch = try scratch()
    let known = "{% if m.role in ('user', 'assistant') %}<{{ m.role }}>{{ m.content }}{% endif %}"
    try scratch.file(
      "model/tokenizer_config.json", #"{"chat_template":"{% for m in messages %}\#(known){% endfor %}"}"#)
    let row = #"{"messages":[{"role":"human","content":"a b"},{"role":"assistant","content":"a b a b a b"}]}"# + "\n"
    try scratch.file("x.jsonl", row + row)
    try scratch.file("y.jsonl", #"{"conversations":[{"role":"human","content":"a b"}]}"# + "\n")
    for command in [["count"], ["count", "--each"], ["analyze", "--output-json", "t.json", "--no-plots"]] {
      let errors = try Program.run(command + ["x.jsonl", "--model", "model"], in: scratch.folder).errors
      let said = errors.split(separator: "\n").filter { $0.contains("not rendered by the template") }
      #expect(said.count == 1 && said[0].contains("the texts of 2 messages"), "\(command) \(errors)")
      #expect(said.first?.contains("of role 'human'; ") == true, "\(command) \(errors)")
      let mapped = try Program.run(command + ["y.jsonl", "--model", "model"], in: scratch.folder).errors
      #expect(!mapped.contains("not rendered"), "\(command) \(mapped)")
    }
  }

  @Test("a content that a template leaves out beside tool calls is told of")
  func contentBesideCalls() throws {
    let scratch = try scratch()
    let call = "{% if m.tool_calls %}{{ m.tool_calls[0].function.name }}{% else %}{{ m.content }}{% endif %}"
    try scratch.file(
      "model/tokenizer_config.json", #"{"chat_template":"{% for m in messages %}\#(call){% endfor %}"}"#)
    let calls = #""tool_calls":[{"type":"function","function":{"name":"ab","arguments":{}}}]"#
    try scratch.file(
      "x.jsonl", #"{"messages":[{"role":"assistant","content":"a b a b a b","# + calls + "}]}\n")
    let errors = try Program.run(["count", "x.jsonl", "--model", "model"], in: scratch.folder).errors
    #expect(
      errors.contains("the text of 1 message is not rendered by the template and not counted, of role 'assistant'"))
  }

  @Test("a notice and an error of what comes by standard input name it")
  func standardInput() throws {
    let scratch = try scratch()
    let row = #"{"conversations":[{"from":"human","value":"a"}]}"# + "\n"
    let analyze = ["analyze", "-", "--model", "model", "--output-json", "t.json", "--no-plots"]
    for (input, words) in [(row, "standard input: rows are read as conversations"), ("BZh9", "read standard input: ")] {
      let result = try Program.run(analyze, input: Data(input.utf8), in: scratch.folder)
      #expect(result.errors.contains(words) && !result.errors.contains("/proc/"), "\(result.errors)")
    }
  }

  @Test("columns of images that nobody counts are told of")
  func columnsOfImages() throws {
    let scratch = try scratch()
    try scratch.file("x.jsonl", #"{"messages":[{"role":"user","content":"<image>a"}],"images":["a.png"]}"# + "\n")
    try scratch.file(
      "y.csv", #"messages,images\#n"[{""role"":""user"",""content"":""<image>a""}]",a.png\#n"#)
    for command in [
      ["count", "x.jsonl"], ["count", "y.csv"], ["analyze", "y.csv", "-o", "t.json", "--no-plots"],
      ["analyze", "x.jsonl", "-o", "u.json", "--no-plots"],
    ] {
      let errors = try Program.run(command + ["--model", "qwen-3-32b"], in: scratch.folder).errors
      let told = "does not read images, which is passed over (--image-tokens N counts images)"
      #expect(errors.contains(told), "\(command) \(errors)")
    }
  }

  @Test("of what cannot be read, and of a selection of nothing, no file and no folder is left; a dry run says the same")
  func refusals() throws {
    let scratch = try scratch()
    try scratch.file("x.csv", "a,b\n1,2\n")
    try scratch.file("y.jsonl", "{\"text\":\"a\",\"label\":\"x\"}\n")
    try scratch.file("lines.jsonl", "hello\nworld\n")
    try scratch.file("page.ndjson", "<html><body>404</body></html>")
    try scratch.file("others.jsonl", "{\"foo\":1}\n{\"foo\":2}\n")
    try scratch.file("numbers.json", "[1, 2]")
    let cases = [
      (["lines.jsonl"], 1), (["page.ndjson"], 1), (["others.jsonl"], 1), (["numbers.json"], 1),
      (["x.csv"], 1), (["x.csv", "--text-column", "c"], 1), (["y.jsonl:label=z"], 4),
      (["y.jsonl", "--models", "model", "y.jsonl"], 64),
      (["y.jsonl", "--model", "model", "--group-by", "label", "y.jsonl"], 64),
    ]
    for (arguments, status) in cases {
      for dry in [[], ["--dry-run"]] where dry.isEmpty || status != 4 {
        let result = try Program.run(
          ["analyze"] + arguments + (arguments.contains("--models") ? [] : ["--model", "model"])
            + ["--output-json", "new/t.json", "--output-plots", "pictures"] + dry, in: scratch.folder)
        #expect(result.status == status, "\(arguments) \(result)")
        for name in ["new", "pictures"] {
          #expect(!FileManager.default.fileExists(atPath: scratch.path(name)), "\(arguments) \(name)")
        }
      }
    }
  }

  @Test("a dry run tries the first rows")
  func firstRows() throws {
    let scratch = try scratch()
    try scratch.file("x.jsonl", "{\"text\":\"a\"}\n{\"v\":1}\n")
    let dry = try Program.run(
      ["analyze", "x.jsonl", "--model", "model", "--no-plots", "--output-json", "t.json", "--dry-run"],
      in: scratch.folder)
    #expect(dry.status == 3 && dry.errors.contains("row 1: text is missing"), "\(dry)")
  }

  @Test("split takes all rows of other data with their system messages, in the shares of a column if asked")
  func split() throws {
    let scratch = try scratch()
    let rows = (0..<40).map { index in
      let messages = #"[{"role":"system","content":"a"},{"role":"user","content":"w\#(index)"}]"#
      return #"{"messages":\#(messages),"label":"good","topic":"t\#(index % 2)","extract_score":\#(index % 5)}"# + "\n"
    }
    try scratch.file("x.jsonl", rows.joined())
    func split(_ arguments: String...) throws -> JSONValue {
      let budgets = ["--train", "40", "--validation", "20", "--test", "20"]
      let result = try Program.run(
        ["split", "x.jsonl", "--model", "model", "--output-dir", "out", "--force", "--json"] + budgets + arguments,
        in: scratch.folder)
      #expect(result.status == 0, "\(result.errors)")
      return try JSONValue.parse(result.output)
    }
    let whole = try split("--stratify", "topic")
    #expect(whole["candidates"]?["conversations"]?.integerValue == 40)
    #expect(whole["settings"]?["drop_system"] == .bool(false))
    #expect(whole["settings"]?["keep_together"]?.stringValue == "none")
    let train = try #require(whole["splits"]?["train"])
    #expect(train["conversations"]?.integerValue == 10 && train["tokens"]?.integerValue == 40)
    #expect(train["strata"]?["t0"]?["conversations"]?.integerValue == 5)
    #expect(try split("--min-score", "3", "--allow-short")["candidates"]?["conversations"]?.integerValue == 16)
    #expect(try split("--label", "good")["candidates"]?["conversations"]?.integerValue == 40)
    try scratch.file("texts.jsonl", "{\"text\":\"a\"}\n")
    let texts = try Program.run(
      ["split", "texts.jsonl", "--model", "model", "--output-dir", "none"], in: scratch.folder)
    #expect(texts.status == 1 && texts.errors.contains("texts without turns"), "\(texts)")
  }
}
