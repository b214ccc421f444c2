import Foundation
import JSON
import TestSupport
import Testing

/// Datasets of the hub's cache, named by their ids.
@Suite struct HubDatasetTests {
  private static let commit = "0123456789abcdef0123456789abcdef01234567"
  private static let chat = #"{"messages":[{"role":"user","content":"a b"}]}"# + "\n"
  private static let card = """
    ---
    configs:
    - config_name: short
      data_files:
      - split: train
        path: short/train.jsonl
      - split: test
        path: short/test.jsonl
    - config_name: long
      data_files: long/*.jsonl
    ---
    """

  private func cache() throws -> Scratch {
    let scratch = try Scratch()
    let repository = "hub/datasets--acme--chats"
    let snapshot = "\(repository)/snapshots/\(Self.commit)"
    try scratch.file("\(repository)/refs/main", Self.commit)
    try scratch.file("\(snapshot)/README.md", Self.card)
    try scratch.file("\(snapshot)/short/train.jsonl", Self.chat + Self.chat)
    try scratch.file("\(snapshot)/short/test.jsonl", Self.chat)
    try scratch.file("\(snapshot)/long/x.jsonl", Self.chat)
    try scratch.file("model/tokenizer.json", CountFilesTests.words)
    try scratch.file(
      "model/tokenizer_config.json", #"{"chat_template":"{% for m in messages %}{{ m.content }} {% endfor %}"}"#)
    try scratch.file("hub/models--old/refs/main", Self.commit)
    try scratch.file("hub/models--old/snapshots/\(Self.commit)/tokenizer.json", CountFilesTests.words)
    return scratch
  }

  private func run(_ arguments: [String], in scratch: Scratch) throws -> Program.Result {
    try Program.run(
      arguments, environment: ["HF_HOME": scratch.path, "HF_HUB_OFFLINE": "1"], in: scratch.folder)
  }

  @Test("configurations and splits of the card are entries of their own, and their names say so")
  func entries() throws {
    let scratch = try cache()
    let count = ["count", "--model", "model", "--json"]
    for name in ["acme/chats", "hf://datasets/acme/chats", "hf://datasets/acme/chats@main"] {
      let result = try run(count + [name], in: scratch)
      #expect(result.status == 0, "\(result.errors)")
      let files = try result.lines.map { try JSONValue.parse(String($0)) }
      #expect(
        files.map { $0["file"]?.stringValue } == [
          "\(name) (acme--chats--short, train)", "\(name) (acme--chats--short, test)", "\(name) (acme--chats--long)",
          nil,
        ])
      #expect(files.map { $0["tokens"]?.integerValue } == [4, 2, 2, 8])
    }
    let one = try run(count + ["acme/chats", "--config", "short", "--split-name", "test"], in: scratch)
    #expect(one.lines.count == 1 && one.output.contains("\"tokens\":2"), "\(one)")
    let file = try run(["count", "--model", "model", "hf://datasets/acme/chats/long/*.jsonl"], in: scratch)
    #expect(file.output == "2\thf://datasets/acme/chats/long/*.jsonl\n", "\(file)")
  }

  @Test("analyze names entries after the hub's id, with the configuration where there are several")
  func analysis() throws {
    let scratch = try cache()
    let result = try run(
      [
        "analyze", "acme/chats", "--model", "model", "--output-json", "t.json", "--no-plots", "--progress", "none",
      ], in: scratch)
    #expect(result.status == 0, "\(result.errors)")
    let document = try JSONValue.parse(String(contentsOf: scratch.folder.appending(path: "t.json"), encoding: .utf8))
    #expect(
      document["datasets"]?.objectValue?.keys.sorted() == [
        "model__dataset__acme--chats--long", "model__dataset__acme--chats--short__test",
        "model__dataset__acme--chats--short__train",
      ])
  }

  @Test("what the cache does not hold suggests the form that fetches, and a missing file is only missing")
  func absent() throws {
    let scratch = try cache()
    for command in ["count", "analyze"] {
      let other = try run([command, "--model", "model", "acme/other"], in: scratch)
      #expect(other.status == 1 && other.output.isEmpty)
      #expect(other.errors.contains("only hf://datasets/acme/other is fetched"), "\(other.errors)")
      let file = try run([command, "--model", "model", "acme/other.jsonl"], in: scratch)
      #expect(file.status == 1)
      #expect(
        file.errors.contains("error: acme/other.jsonl: there is no such file or folder\n"), "\(file.errors)")
    }
    let configuration = try run(["count", "--model", "model", "acme/chats", "--config", "none"], in: scratch)
    #expect(configuration.status == 1 && configuration.errors.contains("none"), "\(configuration.errors)")
  }

  @Test("a model that the hub knows without an owner is found in the cache")
  func ownerless() throws {
    let scratch = try cache()
    let result = try Program.run(
      ["count", "--model", "old"], input: Data("\"a b c\"\n".utf8),
      environment: ["HF_HOME": scratch.path, "HF_HUB_OFFLINE": "1"])
    #expect(result.status == 0 && result.output == "3\n", "\(result.errors)")
  }
}
