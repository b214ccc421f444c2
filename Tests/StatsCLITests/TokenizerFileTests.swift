import Foundation
import JSON
import TestSupport
import Testing

/// `encode` and `count` with tokenizer files instead of models.
@Suite struct TokenizerFileTests {
  /// A tokenizer of words with a special token, and BOS and EOS around a text.
  private static let words = """
    {"version": "1.0", "truncation": null, "padding": null,
    "added_tokens": [{"id": 0, "content": "<s>", "single_word": false, "lstrip": false, "rstrip": false,
    "normalized": false, "special": true}],
    "normalizer": null, "pre_tokenizer": {"type": "Whitespace"},
    "post_processor": {"type": "TemplateProcessing",
    "single": [{"SpecialToken": {"id": "<s>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}],
    "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}}],
    "special_tokens": {"<s>": {"id": "<s>", "ids": [0], "tokens": ["<s>"]}}},
    "decoder": null,
    "model": {"type": "WordLevel", "unk_token": "?",
    "vocab": {"<s>": 0, "?": 1, "Hello": 2, "world": 3, "<": 4, "s": 5, ">": 6}}}
    """

  private static let rows = Data(#"{"text":"Hello world"}"#.utf8) + Data("\n\"<s> Hello\"\n".utf8)

  /// A tiktoken file of all bytes and "ab".
  private static let ranks: String = {
    let bytes = (0..<256).map { "\(Data([UInt8($0)]).base64EncodedString()) \($0)" }
    return (bytes + ["YWI= 256"]).joined(separator: "\n") + "\n"
  }()

  @Test("encode prints a file's ids, with and without special tokens, and count as many")
  func words() throws {
    let scratch = try Scratch()
    let file = try scratch.file("words.json", Self.words)
    let cases: [([String], [String])] = [
      ([], [#"{"count":2,"ids":[2,3]}"#, #"{"count":2,"ids":[0,2]}"#]),
      (["--add-special-tokens"], [#"{"count":3,"ids":[0,2,3]}"#, #"{"count":3,"ids":[0,0,2]}"#]),
      (["--split-special-tokens"], [#"{"count":2,"ids":[2,3]}"#, #"{"count":4,"ids":[4,5,6,2]}"#]),
    ]
    for (flags, expected) in cases {
      let result = try Program.run(["encode", "--model", file, "--ascii"] + flags, input: Self.rows)
      #expect(result.status == 0 && result.errors.isEmpty, "\(flags): \(result.errors)")
      #expect(result.lines.map(String.init) == expected, "\(flags)")
    }
    let counts = try Program.run(["count", "--model", file], input: Self.rows)
    #expect(counts.status == 0 && counts.output == "2\n2\n", "\(counts.errors)")
    let text = try Program.run(["count", "--each", "--model", file, "--text", try scratch.file("a", "Hello\nworld x")])
    #expect(text.status == 0 && text.output == "3\n", "\(text.errors)")
  }

  @Test("decode prints the text of ids, with and without special tokens")
  func decode() throws {
    let scratch = try Scratch()
    let file = try scratch.file("words.json", Self.words)
    let rows = Data("[0,2,3]\n{\"ids\":[2,999]}\n[-1]\n{\"ids\":\"x\"}\n".utf8)
    let plain = try Program.run(["decode", "--model", file], input: rows)
    #expect(plain.status == 3 && plain.lines.count == 4, "\(plain.errors)")
    #expect(plain.lines.prefix(2).elementsEqual([#"{"text":"<s> Hello world"}"#, #"{"text":"Hello"}"#]))
    #expect(plain.lines[2].contains("ids[0]") && plain.lines[3].contains("an array of ids"))
    let skipping = try Program.run(
      ["decode", "--model", file, "--skip-special-tokens"], input: Data("[0,2,3]\n".utf8))
    #expect(skipping.status == 0 && skipping.output == "{\"text\":\"Hello world\"}\n", "\(skipping.errors)")
  }

  @Test("compiled tables of a file are kept, listed and removed")
  func tables() throws {
    let scratch = try Scratch()
    let environment = ["XDG_CACHE_HOME": scratch.path("cache")]
    let ranks = try scratch.file("ranks.tiktoken", Self.ranks)
    let count = ["count", "--model", ranks, "--tiktoken-spec", "cl100k_base"]
    for _ in 0..<2 {
      let counted = try Program.run(count, input: Data("\"ab abc\"\n".utf8), environment: environment)
      #expect(counted.status == 0 && counted.output == "4\n", "\(counted.errors)")
    }
    let tables = scratch.path("cache") + "/tokenstats/tables"
    let kept = try FileManager.default.contentsOfDirectory(atPath: tables).filter { $0.hasSuffix(".tables") }
    #expect(kept.count == 1)
    let list = try Program.run(["tokenizers", "list"], environment: environment)
    #expect(list.errors.contains("Compiled tables take") && list.errors.contains(tables), "\(list.errors)")
    let removed = try Program.run(["tokenizers", "remove"], environment: environment)
    #expect(removed.status == 0 && removed.output.contains(" MB"), "\(removed.errors)")
    #expect(!FileManager.default.fileExists(atPath: tables))
  }

  @Test("conversations and datasets are refused by the file's name")
  func conversations() throws {
    let scratch = try Scratch()
    let file = try scratch.file("words.json", Self.words)
    let chat = Data(#"{"messages":[{"role":"user","content":"Hello"}]}"#.utf8) + Data("\n\"Hello\"\n".utf8)
    let encoded = try Program.run(["encode", "--model", file], input: chat)
    #expect(encoded.status == 3 && encoded.lines.count == 2)
    #expect(encoded.lines[0].contains("words.json has no chat template"))
    #expect(encoded.lines[1] == #"{"count":1,"ids":[2]}"#)
    let counted = try Program.run(["count", "--model", file], input: chat)
    #expect(counted.status == 3 && counted.output == "-\n1\n")
    #expect(counted.errors.contains("words.json has no chat template"))
    let data = Program.packageFolder.appending(path: "Demo/datasets/processed/persona")
      .appending(path: "gemma-2-27b__trait__curious.parquet").path
    for arguments in [["count", "--model", file, data], ["render", "--model", file]] {
      let result = try Program.run(arguments, input: chat)
      #expect(result.status == 5 && result.output.isEmpty)
      #expect(result.errors.contains("words.json has no chat template"), "\(result.errors)")
    }
  }

  @Test("a text that the tokenizer cannot encode fails alone")
  func textWithoutTokens() throws {
    let scratch = try Scratch()
    let file = try scratch.file(
      "words.json", Self.words.replacingOccurrences(of: #""unk_token": "?""#, with: #""unk_token": "none""#))
    let input = Data("\"Hello\"\n\"nothing\"\n\"world\"\n".utf8)
    let encoded = try Program.run(["encode", "--model", file], input: input)
    #expect(encoded.status == 3 && encoded.lines.count == 3)
    #expect(encoded.lines[1].contains("no unknown token") && encoded.lines[2] == #"{"count":1,"ids":[3]}"#)
    let counted = try Program.run(["count", "--model", file], input: input)
    #expect(counted.status == 3 && counted.output == "1\n-\n1\n")
    #expect(counted.errors.contains("line 2"), "\(counted.errors)")
  }

  @Test("a refused file ends with one sentence and 5", arguments: ["encode", "count"])
  func refused(command: String) throws {
    let scratch = try Scratch()
    let files = [
      ("dropout.json", #"{"model": {"type": "BPE", "dropout": 0.1, "vocab": {}, "merges": []}}"#, "model.dropout"),
      ("cut.json", String(Self.words.prefix(400)), "cut.json"), ("nothing.json", "", "nothing.json"),
      ("config.json", #"{"name": "x"}"#, "config.json"), ("ranks.tiktoken", Self.ranks, "--tiktoken-spec"),
      ("piece.model", "\nabc", "piece.model"),
    ]
    for (name, contents, reason) in files {
      let result = try Program.run([command, "--model", try scratch.file(name, contents)], input: Self.rows)
      #expect(result.status == 5 && result.output.isEmpty, "\(name)")
      #expect(result.errors.hasPrefix("error: ") && result.errors.filter { $0 == "\n" }.count == 1, "\(name)")
      #expect(result.errors.contains(name) && result.errors.contains(reason), "\(name): \(result.errors)")
    }
    let missing = try Program.run([command, "--model", "./none.json"])
    #expect(missing.status == 5 && missing.errors.contains("./none.json: there is no such file or folder"))
  }

  @Test("a tiktoken file takes its pattern from --tiktoken-spec, by name or from a file")
  func tiktoken() throws {
    let scratch = try Scratch()
    let ranks = try scratch.file("ranks.tiktoken", Self.ranks)
    let spec = try scratch.file("spec.json", #"{"pat_str": "\\w+|\\W+", "special_tokens": {"<|x|>": 300}}"#)
    let input = Data("\"ab<|x|>\"\n".utf8)
    func encode(_ flags: [String], model: String) throws -> Program.Result {
      try Program.run(["encode", "--model", model] + flags, input: input)
    }
    let special = try encode(["--tiktoken-spec", spec], model: ranks)
    #expect(special.status == 0 && special.output == "{\"count\":2,\"ids\":[256,300]}\n", "\(special.errors)")
    for name in [spec, "cl100k_base"] {
      let plain = try encode(["--tiktoken-spec", name, "--split-special-tokens"], model: ranks)
      #expect(plain.output == "{\"count\":6,\"ids\":[256,60,124,120,124,62]}\n", "\(name): \(plain.errors)")
    }
    let words = try scratch.file("words.json", Self.words)
    let damaged = try scratch.file("damaged.json", #"{"pat_str": 1}"#)
    for (flag, model) in [("none", ranks), (damaged, ranks), (spec, words), (spec, "qwen-3-32b")] {
      let result = try encode(["--tiktoken-spec", flag], model: model)
      #expect(result.status == 64 && result.output.isEmpty && result.errors.contains("--tiktoken-spec"), "\(flag)")
    }
  }

  @Test("of a folder the first known name counts, in one line on standard error")
  func folders() throws {
    let scratch = try Scratch()
    func run() throws -> Program.Result {
      try Program.run(["encode", "--model", scratch.path("m"), "--tiktoken-spec", "cl100k_base"], input: Self.rows)
    }
    try scratch.file("m/config.json", "{}")
    let empty = try run()
    #expect(empty.status == 5 && empty.errors.contains("holds no tokenizer.json"), "\(empty.errors)")
    try scratch.file("m/b.tiktoken", Self.ranks)
    let ranks = try run()
    #expect(ranks.status == 0 && ranks.errors == "\(scratch.path("m")): counting with b.tiktoken\n")
    // Content tells the kind, whatever the name.
    for name in ["b.model", "tokenizer.model", "tekken.json"] {
      try scratch.file("m/\(name)", Self.ranks)
      let result = try run()
      #expect(result.output == ranks.output && result.errors.hasSuffix(": counting with \(name)\n"))
    }
    try scratch.file("m/tokenizer.json", Self.words)
    let words = try Program.run(["encode", "--model", scratch.path("m")], input: Self.rows)
    #expect(words.lines.first == #"{"count":2,"ids":[2,3]}"#)
    #expect(words.errors == "\(scratch.path("m")): counting with tokenizer.json\n")
    try scratch.file("two/a.model", Self.ranks)
    try scratch.file("two/b.model", Self.ranks)
    let two = try Program.run(["count", "--model", scratch.path("two")])
    #expect(two.status == 5 && two.errors.contains("holds a.model, b.model: name the one that is meant"))
  }

  @Test("tokenizers info says what a file holds")
  func info() throws {
    let scratch = try Scratch()
    let file = try scratch.file("words.json", Self.words)
    let result = try Program.run(["tokenizers", "info", file, "--json"])
    #expect(result.status == 0, "\(result.errors)")
    let facts = try JSONValue.parse(result.output)
    #expect(facts["path"]?.stringValue == file && facts["kind"]?.stringValue == "tokenizer.json")
    #expect(facts["tokens"]?.integerValue == 7 && facts["added_tokens"]?.integerValue == 1)
    #expect(facts["bytes"]?.integerValue == Self.words.utf8.count)
    #expect(facts["sha256"]?.stringValue?.count == 64 && facts["bos_token"]?.integerValue == 0)
    #expect(facts["fast_path"]?.stringValue?.hasPrefix("each piece of text once: ") == true)
    #expect(facts["fast_path_normalizer"]?.stringValue == "nothing to do")
    #expect(facts["fast_path_pre_tokenizer"]?.stringValue?.hasPrefix("yes, ") == true)
    #expect(facts["fast_path_model"]?.stringValue?.hasPrefix("yes, ") == true)
    #expect(facts["pre_tokenizer"]?.stringValue == "words and other characters, without white space")
    #expect(facts["special_tokens"]?.stringValue == "<s> (0)")
    #expect(facts["special_tokens_policy"]?.stringValue?.contains("puts <s> (0) before a text") == true)
    #expect(facts["example"]?.stringValue?.hasPrefix("Hello|,") == true)
    let refused = try Program.run(["tokenizers", "info", try scratch.file("x.json", "{}")])
    #expect(refused.status == 5 && refused.output.isEmpty && refused.errors.contains("x.json"))
  }

  @Test("a short name means the model even where a file has the name")
  func shortName() throws {
    let scratch = try Scratch()
    try scratch.file("gpt-2", Self.words)
    try scratch.file("qwen-3-32b", "not a tokenizer")
    let file = try Program.run(["encode", "--model", "gpt-2"], input: Self.rows, in: scratch.folder)
    #expect(file.status == 0 && file.lines.first == #"{"count":2,"ids":[2,3]}"#, "\(file.errors)")
    let model = try Program.run(["count", "--model", "qwen-3-32b"], input: Self.rows, in: scratch.folder)
    #expect(!model.errors.contains("this is no tokenizer"), "\(model.errors)")
  }

  @Test(
    "the ids of stored tokenizers are the reference's",
    .enabled(if: SharedFolder.path(suite: "tokenizer files") != nil),
    arguments: ["bpe-suffix", "metaspace-first-split", "norm-bert-keep", "post-sequence", "unigram-bytefallback"])
  func goldenRows(name: String) throws {
    let models = try #require(SharedFolder.path("models", suite: "tokenizer files"))
    let lines = try Program.shell("gzip --decompress --stdout '\(models)/golden/synthetic.jsonl.gz'").lines
    let rows = try lines.filter { $0.contains("\"synthetic/\(name)\"") }.map { try JSONValue.parse(String($0)) }
    #expect(rows.count > 100)
    for isSpecial in [false, true] {
      let rows = rows.filter { $0["add_special_tokens"]?.boolValue == isSpecial && $0["ids"] != nil }
      let input = rows.map { String(decoding: $0.serialized(), as: UTF8.self) }.joined(separator: "\n")
      let result = try Program.run(
        ["encode", "--model", "\(models)/synthetic/\(name).json", "--ascii"]
          + (isSpecial ? ["--add-special-tokens"] : []), input: Data(input.utf8))
      let counts = "\(result.lines.count) lines for \(rows.count) rows"
      #expect(result.status == 0 && result.lines.count == rows.count, "\(counts): \(result.errors)")
      for (line, row) in zip(result.lines, rows) {
        #expect(try JSONValue.parse(String(line))["ids"] == row["ids"], "\(isSpecial): \(row["text"] ?? .null)")
      }
    }
  }
}
