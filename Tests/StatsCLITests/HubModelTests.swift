import Foundation
import JSON
import TestSupport
import Testing

/// Models of the hub's cache, named by their ids.
@Suite struct HubModelTests {
  private static let commit = "0123456789abcdef0123456789abcdef01234567"
  private static let words = """
    {"version":"1.0","truncation":null,"padding":null,"added_tokens":[],"normalizer":null,
     "pre_tokenizer":{"type":"WhitespaceSplit"},"post_processor":null,"decoder":null,
     "model":{"type":"WordLevel","vocab":{"<unk>":0,"Hello":1,"user:":2},"unk_token":"<unk>"}}
    """
  private static let template =
    #"{"chat_template":"{% for m in messages %}{{ m.role }}: {{ m.content }}\n{% endfor %}"}"#
  private static let chat = #"{"messages":[{"role":"user","content":"Hello"},{"role":"assistant","content":"Hello"}]}"#

  private func cache() throws -> Scratch {
    let scratch = try Scratch()
    let repository = "hub/models--acme--tiny"
    try scratch.file("\(repository)/refs/main", Self.commit)
    try scratch.file("\(repository)/snapshots/\(Self.commit)/tokenizer.json", Self.words)
    try scratch.file("\(repository)/snapshots/\(Self.commit)/tokenizer_config.json", Self.template)
    return scratch
  }

  @Test("a hub id counts with the files of the hub's cache, and names results and their revision")
  func cached() throws {
    let scratch = try cache()
    let environment = ["HF_HOME": scratch.path, "HF_HUB_OFFLINE": "1"]
    try scratch.file("chats.jsonl", Self.chat + "\n")
    for id in ["acme/tiny", "acme/tiny@main", "acme/tiny@\(Self.commit)"] {
      let counted = try Program.run(
        ["count", "--each", "--model", id, "chats.jsonl"], environment: environment, in: scratch.folder)
      #expect(counted.status == 0 && counted.output == "4\n", "\(counted)")
      #expect(counted.errors.contains("acme/tiny at 01234567: counting with tokenizer.json"))
    }
    let output = ["--output-json", "t.json", "--no-plots", "--progress", "none"]
    let analyzed = try Program.run(
      ["analyze", "chats.jsonl", "--model", "acme/tiny"] + output, environment: environment, in: scratch.folder)
    #expect(analyzed.status == 0, "\(analyzed.errors)")
    let document = try JSONValue.parse(String(contentsOf: scratch.folder.appending(path: "t.json"), encoding: .utf8))
    #expect(document["datasets"]?["acme--tiny__dataset__chats"]?["total_tokens"]?.integerValue == 4)
    let record = String(decoding: document.serialized(.compact), as: UTF8.self)
    #expect(record.contains(Self.commit) && record.contains("\"acme/tiny\""))
  }

  @Test("what the cache does not hold is named with what to do, and nothing is fetched offline")
  func absent() throws {
    let scratch = try cache()
    let result = try Program.run(
      ["count", "--model", "acme/other", "--offline", "-"], input: Data(Self.chat.utf8),
      environment: ["HF_HOME": scratch.path])
    #expect(result.status == 5 && result.output.isEmpty)
    #expect(result.errors.contains("tokenstats tokenizers fetch acme/other"), "\(result.errors)")
  }
}
