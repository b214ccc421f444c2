import Foundation
import TestSupport
import Testing

/// What a run says of many datasets is one line for each model and kind.
@Suite struct FindingNoticeTests {
  private static let vocabulary = """
    {"version":"1.0","added_tokens":[{"id":3,"content":"<end>","single_word":false,"lstrip":false,"rstrip":false,
      "normalized":false,"special":true}],"normalizer":null,"pre_tokenizer":{"type":"WhitespaceSplit"},
     "post_processor":null,"decoder":null,
     "model":{"type":"WordLevel","vocab":{"<unk>":0,"a":1,"b":2,"<end>":3},"unk_token":"<unk>"}}
    """

  private func folder(datasets: Int) throws -> Scratch {
    let scratch = try Scratch()
    try scratch.file("model/tokenizer.json", Self.vocabulary)
    try scratch.file(
      "model/tokenizer_config.json",
      #"{"eos_token":"<end>","chat_template":"{% for m in messages %}{{ m.content }} {{ eos_token }} {% endfor %}"}"#)
    for index in 0..<datasets {
      let row = #"{"messages":[{"role":"user","content":"a <end> b"}]}"# + "\n"
      let damaged = #"{"messages":[]}"# + "\n"
      try scratch.file("d\(index).jsonl", String(repeating: row, count: index + 1) + damaged + damaged)
    }
    return scratch
  }

  private func analyze(_ datasets: Int) throws -> [String] {
    let scratch = try folder(datasets: datasets)
    let result = try Program.run(
      ["analyze", "--model", "model", "--output-json", "t.json", "--no-plots", "--progress", "none"]
        + (0..<datasets).map { "d\($0).jsonl" }, in: scratch.folder)
    #expect(result.status == 3, "\(result)")
    return result.errors.split(separator: "\n").map(String.init)
  }

  @Test("control tokens of many datasets are one line, with the most and where the others are")
  func controlTokens() throws {
    let said = try analyze(12).filter { $0.contains("with control tokens in the text") }
    #expect(said.count == 1)
    let line = try #require(said.first)
    #expect(line.contains("model, 12 datasets: 78 conversations with control tokens"), "\(line)")
    #expect(line.contains("<end> (78)") && line.contains("most in model__dataset__d11 (12), "), "\(line)")
    #expect(line.hasSuffix("t.json says it of each (control_tokens_in_text)"), "\(line)")
    let one = try analyze(1).filter { $0.contains("with control tokens in the text") }
    #expect(one.count == 1 && one[0].contains("model__dataset__d0: 1 conversation with control"), "\(one)")
  }

  @Test("rows that are left out: all of a few datasets, the first of many, the rest by their number")
  func rows() throws {
    let few = try analyze(2).filter { $0.contains("the row is left out") }
    #expect(few.count == 4, "\(few)")
    let many = try analyze(12).filter { $0.contains("left out") }
    #expect(many.filter { $0.contains("2 rows left out, first row ") }.count == 10, "\(many)")
    #expect(many.contains { $0.contains("4 rows left out, too; t.json names them (error_details)") }, "\(many)")
    #expect(many.last?.contains("24 rows left out; repair the data") == true, "\(many)")
  }
}
