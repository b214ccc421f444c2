import Foundation
import TestSupport
import Testing

/// Every table has a form for other programs, and nothing else stands in it.
@Suite struct TableFormTests {
  private static let chat = #"{"messages":[{"role":"user","content":"a b"},{"role":"assistant","content":"b"}]}"# + "\n"
  private static let longer = #"{"messages":[{"role":"user","content":"a b a b a b"}]}"# + "\n"

  private func folder() throws -> Scratch {
    let scratch = try Scratch()
    try scratch.file("model/tokenizer.json", CountFilesTests.words)
    try scratch.file(
      "model/tokenizer_config.json", #"{"chat_template":"{% for m in messages %}{{ m.content }} {% endfor %}"}"#)
    try scratch.file("chats.jsonl", String(repeating: Self.chat, count: 20) + Self.longer)
    try scratch.file("more.jsonl", Self.longer + Self.longer)
    for (name, source) in [("one", "chats"), ("two", "more")] {
      let made = try Program.run(
        [
          "analyze", "\(source).jsonl", "--name", "d", "--model", "model", "--output-json", "\(name).json",
          "--no-plots",
          "-q",
        ], in: scratch.folder)
      #expect(made.status == 0, "\(made)")
    }
    return scratch
  }

  @Test(
    "--tsv prints the table alone: a line of names, and rows of as many fields",
    arguments: [
      ["check", "chats.jsonl", "--model", "model"], ["check", "more.jsonl", "--model", "model", "--max-length", "100"],
      [
        "split", "chats.jsonl", "--model", "model", "--train", "20", "--validation", "0", "--test", "0",
        "--allow-short",
        "--output-dir", "out", "--dry-run",
      ],
      ["diff", "one.json", "two.json"], ["diff", "one.json", "one.json"], ["show", "one.json"],
      ["show", "one.json", "d"],
      ["templates", "check", "model"],
    ])
  func separated(arguments: [String]) throws {
    let scratch = try folder()
    let result = try Program.run(arguments + ["--tsv"], in: scratch.folder)
    #expect(result.status == 0, "\(result)")
    let widths = result.lines.map { $0.split(separator: "\t", omittingEmptySubsequences: false).count }
    #expect(!widths.isEmpty && Set(widths).count == 1 && (widths.first ?? 0) > 3, "\(result.output)")
  }

  @Test("count and tokenizers info have a line of names too")
  func counts() throws {
    let scratch = try folder()
    let count = ["count", "--model", "model", "--tsv"]
    let one = try Program.run(count + ["chats.jsonl", "more.jsonl"], in: scratch.folder)
    #expect(one.status == 0 && one.lines.first == "tokens\tfile" && one.lines.count == 4, "\(one)")
    let bare = try Program.run(["count", "--model", "model", "chats.jsonl", "more.jsonl"], in: scratch.folder)
    #expect(one.lines.dropFirst() == bare.lines[...], "\(one), \(bare)")
    let each = try Program.run(count + ["more.jsonl", "--each"], in: scratch.folder)
    #expect(each.lines.first == "tokens" && each.lines.count == 3, "\(each)")
    try scratch.file("broken.jsonl", "{\"text\":\"a\"}\n{\"text\":1}\n")
    let broken = try Program.run(count + ["broken.jsonl", "--each"], in: scratch.folder)
    #expect(broken.status == 3 && broken.lines == ["tokens", "1", ""], "\(broken)")
    let two = try Program.run(count + ["--model", "qwen-3-32b", "chats.jsonl"], in: scratch.folder)
    #expect(two.lines.first == "model\tqwen-3-32b\tfile" && two.lines.count == 2, "\(two)")
    let info = try Program.run(["tokenizers", "info", "model", "--tsv"], in: scratch.folder)
    #expect(info.status == 0 && info.lines.first == "name\tvalue", "\(info)")
    #expect(info.lines.allSatisfy { $0.split(separator: "\t", omittingEmptySubsequences: false).count == 2 }, "\(info)")
  }

  @Test("generate and create --pair print their tables alone")
  func made() throws {
    let scratch = try Scratch()
    let result = try Program.generateRoles(into: "out", "--tsv", in: scratch)
    #expect(result.lines.first == "model\ttype\tmade\tunchanged\tempty\tfailed\trows\tfolder_bytes\tparquet_bytes")
    #expect(result.lines.count == 2 && result.lines.last?.hasPrefix("llama-3.3-70b\trole\t3\t0\t0\t0\t") == true)
    let single = try Program.run(
      [
        "create", "--type", "role", "--name", "clockmaker", "--persona-data-dir", Program.rawDemo, "--output-dir",
        "out",
        "--tsv",
      ], in: scratch.folder)
    #expect(single.status == 64, "\(single)")
  }

  @Test("two forms at once are a wrong command line")
  func forms() throws {
    let scratch = try folder()
    for arguments in [
      ["check", "chats.jsonl", "--model", "model", "--github"], ["diff", "one.json", "two.json", "--markdown"],
      ["show", "one.json", "--json"], ["show", "one.json", "d", "--image"], ["show", "one.json", "d", "--row", "0"],
      ["count", "chats.jsonl", "--model", "model", "--json"],
      ["count", "chats.jsonl", "--model", "model", "--timing"], ["tokenizers", "info", "model", "--json"],
    ] {
      #expect(try Program.run(arguments + ["--tsv"], in: scratch.folder).status == 64, "\(arguments)")
    }
  }
}
