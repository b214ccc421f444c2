import Foundation
import TestSupport
import Testing

/// A column that is named and not there is an error, whatever the rows are stored in.
@Suite struct NamedColumnTests {
  private static let rows = (0..<70).map { index in
    let more = index == 69 ? #","rare":"x""# : ""
    return
      #"{"messages":[{"role":"user","content":"a b"},{"role":"assistant","content":"b"}],"topic":"t\#(index % 2)","#
      + #""rating":\#(index % 5)\#(more)}"#
  }

  private func folder() throws -> Scratch {
    let scratch = try Scratch()
    try scratch.file("model/tokenizer.json", CountFilesTests.words)
    try scratch.file(
      "model/tokenizer_config.json", #"{"chat_template":"{% for m in messages %}{{ m.content }} {% endfor %}"}"#)
    try scratch.file("c.jsonl", Self.rows.joined(separator: "\n") + "\n")
    try scratch.file("c.json", "[" + Self.rows.joined(separator: ",") + "]")
    try scratch.file("c.csv", "messages,topic,rating\n\"a b\",t0,1\n")
    try Program.generateRoles(into: "ds", "-q", in: scratch)
    return scratch
  }

  private func analyze(_ arguments: [String], in scratch: Scratch) throws -> Program.Result {
    try Program.run(
      ["analyze", "--model", "model", "--output-json", "t.json", "--no-plots", "-q", "--force"] + arguments,
      in: scratch.folder)
  }

  @Test("by every option and from every kind of file, with the one that is meant")
  func misspelled() throws {
    let scratch = try folder()
    for source in [["c.jsonl"], ["c.json"], ["c.csv"]] {
      for option in ["--group-by", "--template-column", "--score-column", "--label-column"] {
        let result = try analyze(source + [option, "topik"], in: scratch)
        #expect(result.status == 1, "\(source) \(option): \(result)")
        #expect(
          result.errors.contains("column topik is missing; the columns are ")
            && result.errors.contains("did you mean topic?"), "\(source) \(option): \(result.errors)")
      }
      let messages = try analyze(source + ["--messages-column", "mesages"], in: scratch)
      #expect(messages.status == 1 && messages.errors.contains("did you mean messages?"), "\(source): \(messages)")
    }
    for source in [["ds/llama-3.3-70b__role__clockmaker"], ["ds/llama-3.3-70b__role__clockmaker.parquet"], []] {
      for option in ["--group-by", "--template-column", "--score-column", "--label-column", "--messages-column"] {
        let result = try analyze(source + ["--dataset-dir", "ds", option, "questoin"], in: scratch)
        #expect(
          result.status == 1 && result.errors.contains("did you mean question?"), "\(source) \(option): \(result)")
      }
    }
    let count = try Program.run(
      ["count", "--model", "model", "c.jsonl", "--template-column", "topik"], in: scratch.folder)
    #expect(count.status != 0 && count.errors.contains("did you mean topic?"), "\(count)")
  }

  @Test("a column that only the last row has is there")
  func rare() throws {
    let scratch = try folder()
    for source in ["c.jsonl", "c.json"] {
      let result = try analyze([source, "--group-by", "rare", "--score-column", "rating"], in: scratch)
      #expect(result.status == 0, "\(result)")
    }
    // A dry run ends as the run does.
    let dry = try analyze(["c.jsonl", "--group-by", "rar", "--dry-run"], in: scratch)
    let run = try analyze(["c.jsonl", "--group-by", "rar"], in: scratch)
    #expect(dry.status == run.status && dry.status != 0, "\(dry), \(run)")
    #expect(dry.errors.contains("did you mean rare?") && run.errors.contains("did you mean rare?"), "\(dry), \(run)")
  }
}
