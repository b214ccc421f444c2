import Foundation
import Support
import TestSupport
import Testing

/// What is named by its id and fetched from a hub on this machine.
@Suite struct HubFetchTests {
  private static let vocabulary = CountFilesTests.words
  private static let config = #"{"chat_template":"{% for m in messages %}{{ m.content }} {% endfor %}"}"#
  private static let chat = #"{"messages":[{"role":"user","content":"a b"}]}"# + "\n"
  private static let files = [
    "models/ada/tiny/tokenizer.json": vocabulary, "models/ada/tiny/tokenizer_config.json": config,
    "models/old/tokenizer.json": vocabulary, "models/old/tokenizer_config.json": config,
    "datasets/ada/chats/data/train-00000-of-00001.jsonl": chat + chat,
    "datasets/ada/chats/data/test-00000-of-00001.jsonl": chat,
  ]

  private func run(_ arguments: [String], on hub: HubServer, _ variables: [String: String] = [:]) throws
    -> Program.Result
  {
    try Program.run(
      arguments, environment: hub.environment.merging(variables) { $1 }, in: URL(filePath: hub.path("user")))
  }

  private func hub() throws -> HubServer {
    let hub = try HubServer(Self.files)
    try hub.write("user/chats.jsonl", Self.chat)
    return hub
  }

  @Test("a model and a dataset are fetched by their names, with a line before, and then nothing is asked")
  func byName() throws {
    let hub = try hub()
    for model in ["ada/tiny", "ada/tiny@v1.0", "old"] {
      let arguments = ["count", "--model", model, "hf://datasets/ada/chats"]
      let first = try run(arguments, on: hub)
      #expect(first.status == 0 && first.lines.last == "6\ttotal", "\(first)")
      // The tag is that of the commit whose files are there by then.
      #expect(first.errors.contains("Fetching 2 files") == !model.contains("@"), "\(first.errors)")
      let asked = try hub.requests().count
      let second = try run(arguments, on: hub)
      #expect(second.output == first.output && !second.errors.contains("Fetching"), "\(second)")
      let offline = try run(arguments + ["--offline"], on: hub)
      #expect(offline.output == first.output, "\(offline)")
      #expect(try hub.requests().count == asked)
    }
  }

  @Test("analyze --dry-run says what would be fetched, fetches nothing, and fails where the run would")
  func dryRun() throws {
    let hub = try hub()
    let analyze = ["analyze", "--dry-run", "--output-json", "t.json", "--no-plots", "--model"]
    let whole = try run(analyze + ["ada/tiny", "hf://datasets/ada/chats", "chats.jsonl"], on: hub)
    #expect(whole.status == 0, "\(whole)")
    let lines = whole.output.split(separator: "\n").map(String.init)
    #expect(lines.count == 4, "\(lines)")
    #expect(
      lines[0].hasPrefix("ada/tiny: 2 files (") && lines[0].contains("would be fetched from http://127"), "\(lines)")
    #expect(lines[1].hasPrefix("hf://datasets/ada/chats: 2 files ("), "\(lines)")
    #expect(lines[1].hasSuffix("and counted as ada--chats (train, test)"), "\(lines)")
    #expect(lines[2] == "ada--tiny__dataset__chats: would be counted", "\(lines)")
    #expect(!FileManager.default.fileExists(atPath: hub.cache))
    #expect(try !hub.paths().contains { $0.contains("/resolve/") })
    for (arguments, status) in [
      (["ada/none", "chats.jsonl"], 5), (["ada/tiny", "hf://datasets/ada/none"], 1),
      (["ada/tiny", "hf://datasets/ada/chats", "--split-name", "tests"], 4),
      (["ada/tiny", "hf://datasets/ada/chats", "--offline"], 5), (["ada/tiny", "none.jsonl"], 1),
    ] {
      let failed = try run(analyze + arguments, on: hub)
      #expect(failed.status == Int32(status), "\(arguments): \(failed)")
    }
    #expect(try run(["tokenizers", "fetch", "ada/tiny"], on: hub).status == 0)
    let present = try run(analyze + ["ada/tiny", "chats.jsonl", "hf://datasets/ada/chats"], on: hub)
    #expect(present.output.contains("ada--tiny__dataset__chats: would be counted"), "\(present)")
    #expect(present.output.hasPrefix("hf://datasets/ada/chats: 2 files"), "\(present)")
  }

  @Test("a word that no model has is looked for on the hub, but not what is near to the name of a built-in model")
  func words() throws {
    let hub = try hub()
    let unknown = try run(["count", "--model", "older", "chats.jsonl"], on: hub)
    #expect(unknown.status == 5 && unknown.errors.contains("known models are"), "\(unknown)")
    #expect(unknown.errors.contains("there is no model older on http://127.0.0.1"), "\(unknown.errors)")
    let asked = try hub.requests().count
    for name in ["qwen-3-32", "vocabulary.model"] {
      let slip = try run(["count", "--model", name, "chats.jsonl"], on: hub)
      #expect(slip.status == 5 && !slip.errors.contains("hub"), "\(slip)")
    }
    #expect(try hub.requests().count == asked)
    // A folder of the name comes first.
    try hub.write("user/old/tokenizer.json", Self.vocabulary)
    let folder = try run(["count", "--model", "old", "chats.jsonl", "--text"], on: hub)
    #expect(folder.status == 0, "\(folder)")
    #expect(try hub.requests().count == asked)
  }

  @Test("where a cache holds a tokenizer alone, the chat template beside it on the hub is fetched once")
  func completed() throws {
    let hub = try hub()
    // As Python leaves it that asked for one file.
    let commit = try #require(
      try run(["tokenizers", "fetch", "ada/tiny"], on: hub).output.split(separator: "/").last?.dropLast())
    let snapshot = hub.cache + "/models--ada--tiny/snapshots/\(commit)"
    try FileManager.default.removeItem(atPath: snapshot + "/tokenizer_config.json")
    try FileManager.default.removeItem(atPath: hub.cache + "/models--ada--tiny/.no_exist")
    let asked = try hub.requests().count
    let counted = try run(["count", "--model", "ada/tiny", "chats.jsonl"], on: hub)
    #expect(counted.status == 0 && counted.output == "2\tchats.jsonl\n", "\(counted)")
    #expect(try hub.requests().count > asked)
    let again = try hub.requests().count
    #expect(try run(["count", "--model", "ada/tiny", "chats.jsonl"], on: hub).status == 0)
    #expect(try hub.requests().count == again)
    // Without a network what is there is used, and a notice says what may be missing.
    try FileManager.default.removeItem(atPath: snapshot + "/tokenizer_config.json")
    try FileManager.default.removeItem(atPath: hub.cache + "/models--ada--tiny/.no_exist")
    let text = ["count", "--text", "--model", "ada/tiny", "chats.jsonl"]
    let alone = try run(text, on: hub, ["HF_ENDPOINT": "http://127.0.0.1:1"])
    #expect(alone.status == 0 && alone.errors.contains("perhaps not all"), "\(alone)")
  }
}
