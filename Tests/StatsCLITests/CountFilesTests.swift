import Foundation
import JSON
import TestSupport
import Testing

/// `count` of files, folders and several models, as wc does it.
@Suite struct CountFilesTests {
  /// A tokenizer of words between blanks.
  static let words = """
    {"version":"1.0","truncation":null,"padding":null,"added_tokens":[],"normalizer":null,
     "pre_tokenizer":{"type":"WhitespaceSplit"},"post_processor":null,"decoder":null,
     "model":{"type":"WordLevel","vocab":{"<unk>":0,"a":1,"b":2},"unk_token":"<unk>"}}
    """
  private static let template =
    #"{"chat_template":"{% for m in messages %}{{ m.role }} {{ m.content }} {% endfor %}"}"#

  private func scratch() throws -> Scratch {
    let scratch = try Scratch()
    try scratch.file("model/tokenizer.json", Self.words)
    try scratch.file("model/tokenizer_config.json", Self.template)
    try scratch.file("two.txt", "a b\n")
    try scratch.file("four.txt", "a b\na b\n")
    try scratch.file("rows.jsonl", "\"a\"\n\"a b\"\n")
    return scratch
  }

  private func count(_ arguments: String..., input: String = "", in scratch: Scratch) throws -> Program.Result {
    try Program.run(
      ["count", "--model", "model/tokenizer.json"] + arguments, input: Data(input.utf8), in: scratch.folder)
  }

  @Test("a line a file and a total of several; lines a text with --each and of standard input")
  func forms() throws {
    let scratch = try scratch()
    #expect(try count("two.txt", in: scratch).output == "2\ttwo.txt\n")
    #expect(
      try count("two.txt", "rows.jsonl", "four.txt", in: scratch).output
        == "2\ttwo.txt\n3\trows.jsonl\n4\tfour.txt\n9\ttotal\n")
    #expect(try count("--each", "rows.jsonl", "two.txt", in: scratch).output == "1\n2\n2\n")
    #expect(try count("--total", "rows.jsonl", "two.txt", in: scratch).output == "5\n")
    #expect(try count(input: "\"a\"\n\"a b\"\n", in: scratch).output == "1\n2\n")
    #expect(
      try count("-", "two.txt", input: "\"a\"\n", in: scratch).output == "1\tstandard input\n2\ttwo.txt\n3\ttotal\n")
    #expect(try count("--lines", "--each", "four.txt", in: scratch).output == "2\n2\n")
    #expect(try count("--text", "rows.jsonl", in: scratch).output == "3\trows.jsonl\n")
  }

  @Test("--json names files, and the total of all")
  func json() throws {
    let scratch = try scratch()
    let files = try count("--json", "two.txt", "rows.jsonl", in: scratch).lines.map { try JSONValue.parse(String($0)) }
    #expect(files.map { $0["file"]?.stringValue } == ["two.txt", "rows.jsonl", nil])
    #expect(files.map { $0["tokens"]?.integerValue } == [2, 3, 5])
    #expect(files.map { $0["texts"]?.integerValue } == [1, 2, 3])
    let total = try JSONValue.parse(try count("--json", "--total", "two.txt", "rows.jsonl", in: scratch).output)
    #expect(total["tokens"]?.integerValue == 5 && total["texts"]?.integerValue == 3)
    #expect(total["files"]?.arrayValue?.map { $0["file"]?.stringValue } == ["two.txt", "rows.jsonl"])
  }

  @Test("--top prints the largest files, and --max ends with 6 where one has more")
  func conditions() throws {
    let scratch = try scratch()
    let top = try count("--top", "2", "two.txt", "rows.jsonl", "four.txt", in: scratch)
    #expect(top.output == "4\tfour.txt\n3\trows.jsonl\n9\ttotal\n" && top.status == 0, "\(top.errors)")
    #expect(try count("--max", "4", "two.txt", "four.txt", in: scratch).status == 0)
    let more = try count("--max", "3", "two.txt", "four.txt", in: scratch)
    #expect(more.status == 6 && more.output == "2\ttwo.txt\n4\tfour.txt\n6\ttotal\n")
    #expect(more.errors.contains("four.txt: 4 tokens are more than 3"), "\(more.errors)")
    #expect(try count("--max", "5", "--total", "two.txt", "four.txt", in: scratch).status == 6)
    let row = try count("--max", "1", "--each", "rows.jsonl", in: scratch)
    #expect(row.status == 6 && row.errors.contains("rows.jsonl, line 2: 2 tokens are more than 1"), "\(row.errors)")
    #expect(try count("--top", "1", "--each", "two.txt", in: scratch).status == 64)
  }

  @Test("several models have a column each")
  func models() throws {
    let scratch = try scratch()
    try scratch.file("other/tokenizer.json", Self.words.replacing("WhitespaceSplit", with: "Whitespace"))
    let result = try count("--model", "other/tokenizer.json", "two.txt", "four.txt", in: scratch)
    #expect(result.output == "2\t2\ttwo.txt\n4\t4\tfour.txt\n6\t6\ttotal\n", "\(result.errors)")
  }

  @Test("folders are walked: hidden, ignored and binary files are left out, and what has no rows is plain text")
  func folders() throws {
    let scratch = try scratch()
    try scratch.file("tree/.gitignore", "*.log\nbuild/\n")
    try scratch.file("tree/.hidden/x.txt", "a")
    try scratch.file("tree/b/code.py", "a = b")
    try scratch.file("tree/build/x.txt", "a")
    try scratch.file("tree/config.json", "{\"a\": [1, 2]}")
    try scratch.file("tree/picture.png", [0x89, 0x50, 0x4E, 0x47, 0, 0, 0, 1])
    try scratch.file("tree/rows.jsonl", "{\"text\":\"a b\"}\n{\"text\":\"a\"}\n")
    try scratch.file("tree/x.log", "a")
    let result = try count("tree", in: scratch)
    #expect(
      result.output == "3\ttree/b/code.py\n3\ttree/config.json\n3\ttree/rows.jsonl\n9\ttotal\n", "\(result.errors)")
    #expect(result.status == 0)
    #expect(result.errors.contains("1 file that is neither text nor a table that is known is passed over"))
    #expect(result.errors.contains("tree/config.json"))
  }

  @Test("one file that cannot be read leaves the others counted; failed rows are named by file and line, ten of a kind")
  func failures() throws {
    let scratch = try scratch()
    let missing = try count("two.txt", "nowhere.txt", "rows.jsonl", in: scratch)
    #expect(missing.status == 3 && missing.output == "2\ttwo.txt\n3\trows.jsonl\n5\ttotal\n")
    #expect(missing.errors.contains("error: nowhere.txt: there is no such file or folder"), "\(missing.errors)")
    let alone = try count("nowhere.txt", in: scratch)
    #expect(alone.status == 1 && alone.output.isEmpty)
    var gzip = Array("\u{1F}".utf8)
    gzip += [0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 1, 2, 3]
    try scratch.file("cut.jsonl.gz", gzip)
    let cut = try count("two.txt", "cut.jsonl.gz", in: scratch)
    #expect(cut.status == 3 && cut.lines.first == "2\ttwo.txt" && cut.lines.last == "2\ttotal", "\(cut)")
    let rows = (0..<25).map { "{\"text\":\($0)}" }.joined(separator: "\n")
    try scratch.file("bad.jsonl", "{\"text\":\"a\"}\n\(rows)\n")
    let bad = try count("bad.jsonl", in: scratch)
    #expect(bad.status == 3 && bad.output == "1\tbad.jsonl\n")
    let warnings = bad.errors.split(separator: "\n").filter { $0.hasPrefix("warning: ") }
    #expect(warnings.count == 11, "\(bad.errors)")
    #expect(warnings.first?.hasPrefix("warning: bad.jsonl, line 2: ") == true)
    #expect(warnings.last?.hasPrefix("warning: 15 more like these, the last: bad.jsonl, line 26") == true)
    #expect(bad.errors.hasSuffix("error: 25 of 26 texts were not counted\n"))
  }

  @Test("images are no text: a notice says so, and --image-tokens what one is worth")
  func images() throws {
    let scratch = try scratch()
    let part = #"{"type":"text","text":"a"},{"type":"image_url","image_url":{"url":"http://x/y.png"}}"#
    try scratch.file("chats.jsonl", #"{"messages":[{"role":"user","content":[\#(part)]}]}"# + "\n")
    let template = "{% for m in messages %}{% for p in m.content %}{{ p.text or 'image' }} {% endfor %}{% endfor %}"
    try scratch.file("model/tokenizer_config.json", "{\"chat_template\":\"\(template)\"}")
    let plain = try count("chats.jsonl", in: scratch)
    #expect(plain.status == 0 && plain.output == "2\tchats.jsonl\n", "\(plain)")
    #expect(plain.errors.contains("1 image, sound or film is no text"), "\(plain.errors)")
    let counted = try count("--image-tokens", "100", "chats.jsonl", in: scratch)
    #expect(counted.output == "102\tchats.jsonl\n")
    #expect(counted.errors.contains("counted as 100 tokens each"), "\(counted.errors)")
  }
}
