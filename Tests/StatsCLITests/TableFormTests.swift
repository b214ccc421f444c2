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
      ["templates", "check", "model"],
    ])
  func separated(arguments: [String]) throws {
    let scratch = try folder()
    let result = try Program.run(arguments + ["--tsv"], in: scratch.folder)
    #expect(result.status == 0, "\(result)")
    let widths = result.lines.map { $0.split(separator: "\t", omittingEmptySubsequences: false).count }
    #expect(!widths.isEmpty && Set(widths).count == 1 && (widths.first ?? 0) > 3, "\(result.output)")
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
      ["show", "one.json", "--json"], ["show", "one.json", "d"],
    ] {
      #expect(try Program.run(arguments + ["--tsv"], in: scratch.folder).status == 64, "\(arguments)")
    }
  }
}
