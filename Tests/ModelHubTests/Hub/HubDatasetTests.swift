import Support
import TestSupport
import Testing

@testable import ModelHub

@Suite("Datasets of a hub on this machine")
struct HubDatasetTests {
  private static let rows = #"{"messages": [{"role": "user", "content": "Hi"}]}"# + "\n"
  private static let card = """
    ---
    configs:
    - config_name: short
      data_files:
      - split: train
        path: short/train-*.jsonl
      - split: test
        path: short/test.jsonl
    - config_name: long
      data_files: long/*.jsonl
    ---
    """
  private static let files = [
    "datasets/ada/chats/README.md": card, "datasets/ada/chats/short/train-00000-of-00002.jsonl": rows,
    "datasets/ada/chats/short/train-00001-of-00002.jsonl": String(repeating: rows, count: 100),
    "datasets/ada/chats/short/test.jsonl": rows + rows, "datasets/ada/chats/long/all.jsonl": rows + rows + rows,
    "datasets/ada/chats/.gitattributes": "*",
  ]

  private func dataset(_ text: String) throws -> HubDatasetReference { try #require(try HubDatasetReference(text)) }

  @Test(
    "References have a revision and a path",
    arguments: [
      ("hf://datasets/ada/chats", nil, nil), ("hf://datasets/ada/chats/", nil, nil),
      ("hf://datasets/ada/chats@v1.0", "v1.0", nil), ("hf://datasets/ada/chats/data/a.jsonl", nil, "data/a.jsonl"),
      ("hf://datasets/ada/chats@refs/convert/parquet/short/*.parquet", "refs/convert/parquet", "short/*.parquet"),
      ("hf://datasets/ada/chats@~parquet/short", "refs/convert/parquet", "short"),
      ("hf://datasets/ada/chats@refs%2Fpr%2F1/x", "refs/pr/1", "x"),
      ("hf://datasets/ada/chats/a@b.jsonl", nil, "a@b.jsonl"),
    ] as [(String, String?, String?)])
  func references(text: String, revision: String?, path: String?) throws {
    let reference = try dataset(text)
    #expect(reference.reference.repository.name == "ada/chats")
    #expect(reference.reference.revision?.description == revision && reference.path == path)
  }

  @Test("Other texts are no references, or are refused")
  func noReferences() throws {
    #expect(try HubDatasetReference("ada/chats") == nil)
    for text in ["hf://ada/chats", "hf://datasets/", "hf://datasets/../x/y", "hf://datasets/a/b@../x"] {
      #expect(failure { _ = try HubDatasetReference(text) }?.kind == .badName, "\(text)")
    }
  }

  @Test("All configurations and splits are entries of their own, and a second time nothing is asked")
  func fetches() throws {
    let hub = try HubServer(Self.files)
    var lines: [String] = []
    let client = HubClient(settings: hub.settings()) { event in
      if case .progress = event { return }
      lines.append(event.description)
    }
    let found = try client.dataset(dataset("hf://datasets/ada/chats"))
    #expect(found.entries.map(\.name) == ["ada--chats--short", "ada--chats--short", "ada--chats--long"])
    #expect(found.entries.map(\.split) == ["train", "test", "train"])
    #expect(found.entries.map { $0.files.count } == [2, 1, 1])
    for file in found.entries.flatMap(\.files) { #expect(try Files.readText(file).hasPrefix("{\"messages\"")) }
    // What is fetched is announced before, the card too, which says what the others are.
    #expect(lines.count == 2 && lines.first?.hasPrefix("Fetching README.md") == true, "\(lines)")
    #expect(lines.last?.hasPrefix("Fetching 4 files") == true, "\(lines)")
    let asked = try hub.requests().count
    #expect(try client.dataset(dataset("hf://datasets/ada/chats")) == found)
    #expect(try hub.client(["HF_HUB_OFFLINE": "1"]).dataset(dataset("hf://datasets/ada/chats")) == found)
    #expect(try client.cachedDataset(dataset("hf://datasets/ada/chats").reference) == found)
    #expect(try hub.requests().count == asked)
  }

  @Test("A plan says what would be fetched, from where and how much, and stores nothing")
  func plans() throws {
    let hub = try HubServer(Self.files)
    var planner = hub.client()
    planner.plansOnly = true
    let reference = try dataset("hf://datasets/ada/chats")
    let planned = try planner.dataset(reference)
    #expect(planned.entries.map(\.name) == ["ada--chats--short", "ada--chats--short", "ada--chats--long"])
    let bytes = 106 * Self.rows.utf8.count
    #expect(planned.plan?.hasPrefix("4 files (\(NumberFormat.short(bytes, from: 1_000))B) of ada/chats at ") == true)
    #expect(planned.plan?.hasSuffix("would be fetched from http://127.0.0.1:\(hub.port)") == true)
    #expect(!Files.exists(hub.cache))
    // The card, which says which files are wanted, is all that was read of the repository.
    #expect(try hub.paths().filter { $0.contains("/resolve/") }.allSatisfy { $0.hasSuffix("/README.md") })
    #expect(failure { _ = try planner.dataset(reference, configuration: "medium") }?.kind == .notFound)
    let found = try hub.client().dataset(reference)
    #expect(planned.entries.map(\.files) == found.entries.map(\.files) && found.plan == nil)
    #expect(try planner.dataset(reference) == found)
    var offline = hub.client(["HF_HUB_OFFLINE": "1", "HF_HUB_CACHE": hub.path("none")])
    offline.plansOnly = true
    #expect(failure { _ = try offline.dataset(reference) }?.kind == .notCached)
  }

  @Test("Only what is asked for is fetched, and what is missing later is fetched then")
  func parts() throws {
    let hub = try HubServer(Self.files)
    let client = hub.client()
    let test = try client.dataset(dataset("hf://datasets/ada/chats/short/test.jsonl"))
    #expect(test.entries.map(\.name) == ["ada--chats"] && test.entries.map(\.split) == ["test"])
    #expect(try hub.paths().count { $0.contains("/resolve/") } == 1)
    let long = try client.dataset(dataset("hf://datasets/ada/chats"), configuration: "long")
    #expect(long.entries.map(\.name) == ["ada--chats--long"])
    #expect(try !hub.paths().contains { $0.contains("train-") })
    let all = try client.dataset(dataset("hf://datasets/ada/chats"))
    #expect(all.entries.map { $0.files.count } == [2, 1, 1])
    let shards = try client.dataset(dataset("hf://datasets/ada/chats/short/train-*.jsonl"))
    #expect(shards.entries.map { $0.files.count } == [2])
    #expect(try client.dataset(dataset("hf://datasets/ada/chats/long")).entries.map { $0.files.count } == [1])
  }

  @Test("Configurations, files and names that are not there are named, with what is")
  func absent() throws {
    let hub = try HubServer(Self.files)
    let configuration = failure {
      _ = try hub.client().dataset(dataset("hf://datasets/ada/chats"), configuration: "medium")
    }
    #expect(configuration?.kind == .notFound && configuration?.description.hasSuffix("there are short, long") == true)
    let file = failure { _ = try hub.client().dataset(dataset("hf://datasets/ada/chats/short/tests.jsonl")) }
    #expect(file?.description.hasSuffix("did you mean short/test.jsonl?") == true)
    #expect(failure { _ = try hub.client().dataset(dataset("hf://datasets/ada/none")) }?.kind == .notFound)
    let plain = failure { _ = try hub.client().cachedDataset(dataset("hf://datasets/ada/none").reference) }
    #expect(plain?.kind == .notCached && plain?.description.contains("hf://datasets/ada/none") == true)
  }

  @Test("What Python has fetched is used offline, with a notice; missing shards are an error")
  func pythonCache() throws {
    let hub = try HubServer([:])
    let folder = "hf/hub/datasets--ada--chats/snapshots/\(String(repeating: "c3", count: 20))"
    try hub.write("\(folder)/data/train-00000-of-00002.jsonl", Self.rows)
    let reference = try dataset("hf://datasets/ada/chats")
    let partial = failure { _ = try hub.client(["HF_HUB_OFFLINE": "1"]).dataset(reference) }
    #expect(partial?.kind == .notCached && partial?.description.contains("1 of 2 files") == true)
    try hub.write("\(folder)/data/train-00001-of-00002.jsonl", Self.rows)
    var notices: [HubEvent] = []
    let client = HubClient(settings: hub.settings(["HF_ENDPOINT": "http://127.0.0.1:1"])) { notices.append($0) }
    // The network fails, the cache serves.
    let found = try client.dataset(reference)
    #expect(found.entries.map { $0.files.count } == [2] && found.entries.first?.split == "train")
    guard case .notice(let text) = notices.last else {
      Issue.record("\(notices)")
      return
    }
    #expect(text.contains("does not say whether these are all"))
  }

  @Test("The listing that huggingface_hub keeps from version 2 is read")
  func listings() throws {
    let hub = try HubServer([:])
    let commit = String(repeating: "c3", count: 20)
    let folder = "hf/hub/datasets--ada--chats"
    try hub.write("\(folder)/refs/main", commit)
    try hub.write("\(folder)/snapshots/\(commit)/a.jsonl", Self.rows)
    let id = String(repeating: "0", count: 40)
    let size = Self.rows.utf8.count
    func list(_ size: Int) throws {
      try hub.write(
        "\(folder)/trees/\(commit).json",
        #"{"format_version": 1, "files": {"a.jsonl": {"size": \#(size), "blob_id": "\#(id)"}}}"#)
    }
    try list(size)
    let found = try hub.client().dataset(dataset("hf://datasets/ada/chats"))
    #expect(try found.entries.map { $0.files.count } == [1] && hub.requests().isEmpty)
    // A file of another size is not the one that is listed, so the hub is asked.
    try list(size + 1)
    _ = failure { _ = try hub.client().dataset(dataset("hf://datasets/ada/chats")) }
    #expect(try !hub.requests().isEmpty)
  }
}
