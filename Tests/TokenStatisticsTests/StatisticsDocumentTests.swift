import JSON
import Support
import TestSupport
import Testing

@testable import TokenStatistics

@Suite("Statistics documents")
struct StatisticsDocumentTests {
  private static func write(_ text: String, _ body: (String) throws -> Void) throws {
    try withTemporaryFolder { folder in
      let path = folder + "/stats.json"
      try AtomicFile.write(text, to: path)
      try body(path)
    }
  }

  private static func document(_ path: String, count: Int = 13) throws -> StatisticsDocument {
    var document = StatisticsDocument(path: path)
    try document.adopt(Fixtures.settings, force: false)
    for rows in try Fixtures.rows().prefix(count) { document.set(Fixtures.checkpoint(rows).summary) }
    document.stamp(timestamp: "2026-01-31T12:00:00Z", gitSHA: "unknown")
    return document
  }

  @Test("Datasets are written sorted by name, scores numerically with null last")
  func order() throws {
    let root = try JSONValue.parse(Self.document("unused").serialized())
    #expect(
      root.objectValue?.keys == ["schema_version", "metadata", "datasets", "errors", "error_details"])
    let names = try #require(root["datasets"]?.objectValue?.keys)
    #expect(names == names.sorted() && names.count == 13)
    let scores = root["datasets"]?["gemma-2-27b__role__accountant"]?["score_histogram"]?.objectValue?.keys
    #expect(scores == ["0", "1", "2", "3", "null"])
    #expect(root["metadata"]?["total_datasets"] == .integer(13))
    #expect(root["metadata"]?["percentile_method"] == .string("nearest-rank"))
    #expect(root["metadata"]?["tool"]?["name"] == .string("tokenstats"))
  }

  @Test("Unknown members survive an update at every level")
  func unknownMembers() throws {
    let text = """
      {"note": {"a": [1, 2.5, null]}, "schema_version": 2,
       "metadata": {"operator": "x", "count_mode": "template", "limits": [512, 1024, 2048, 4096, 8192]},
       "datasets": {"gemma-2-27b__role__0_default": {"comment": "keep", "total_tokens": 1}, "old": {"b": 2}}}
      """
    try Self.write(text) { path in
      var document = try #require(try StatisticsDocument.load(path))
      try document.adopt(Fixtures.settings, force: false)
      document.set(Fixtures.checkpoint(try Fixtures.rows()[0]).summary)
      try document.write()
      let root = try JSONValue.parse(Files.read(path))
      #expect(root["note"]?["a"] == .array([.integer(1), .double(2.5), .null]))
      #expect(root["metadata"]?["operator"] == .string("x"))
      #expect(root["datasets"]?["old"]?["b"] == .integer(2))
      let entry = root["datasets"]?["gemma-2-27b__role__0_default"]
      #expect(entry?["comment"] == .string("keep") && entry?["total_tokens"] == .integer(33_974))
    }
  }

  @Test("What an older result of a dataset held and the new one does not is gone, but its picture stays")
  func staleMembers() throws {
    var document = try Self.document("unused")
    let name = try Fixtures.rows()[0].dataset
    var checkpoint = Fixtures.checkpoint(try Fixtures.rows()[0])
    let fresh = document.datasets[name]
    checkpoint.tally.groups = ["topic": ["a": LabelTally(lengths: LengthDistribution([5]), assistantTokens: 2)]]
    checkpoint.tally.assistantMaskTokens = 7
    var findings = ContentFindings()
    findings.notRendered["reasoning"] = 9
    checkpoint.tally.findings = findings
    document.set(checkpoint.summary)
    document.setPlot("p.png", of: name)
    let stale = ["groups", "assistant_mask_tokens", "not_rendered"]
    #expect(stale.allSatisfy { document.datasets[name]?[$0] != nil })
    document.set(Fixtures.checkpoint(try Fixtures.rows()[0]).summary)
    #expect(document.plot(of: name) == "p.png")
    document.setPlot(nil, of: name)
    #expect(document.datasets[name] == fresh)
  }

  @Test("An original file is upgraded and keeps every number")
  func upgrade() throws {
    let original = try Fixtures.json("sample_seed_stats.json")
    try Self.write(String(decoding: original.serialized(), as: UTF8.self)) { path in
      var document = try #require(try StatisticsDocument.load(path))
      #expect(document.loadedSchema == 1)
      try document.adopt(Fixtures.settings, force: false)
      let counted = try Fixtures.rows()[0]
      document.set(Fixtures.checkpoint(counted).summary)
      try document.write()
      let root = try JSONValue.parse(Files.read(path))
      #expect(root["schema_version"] == .integer(3))
      for (name, entry) in try #require(original["datasets"]?.objectValue).members.map({ ($0.key, $0.value) })
      where name != counted.dataset {
        for key in entry.objectValue?.keys ?? [] { #expect(root["datasets"]?[name]?[key] == entry[key]) }
        #expect(root["datasets"]?[name]?["settings"]?["count_mode"] == .string("seed"))
      }
      #expect(root["datasets"]?[counted.dataset]?["settings"] == nil)
      #expect(try StatisticsDocument.load(path)?.summaries().count == 13)
    }
  }

  @Test("Other settings are an error that names both, and force records the old ones with the entries")
  func conflicts() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/stats.json"
      try Self.document(path).write()
      var settings = Fixtures.settings
      settings.countMode = .legacy
      settings.limits = [512]
      settings.tokenizers["qwen-3-32b"]?.templateSHA256 = "other"
      settings.tokenizers["new-model"] = Fixtures.record
      var document = try #require(try StatisticsDocument.load(path))
      let error = try #require(throws: FileError.self) { try document.adopt(settings, force: false) }
      for part in [
        path, "count_mode is template there and seed here",
        "tokenizers.qwen-3-32b.template_sha256 is bb there and other here", "--force",
      ] { #expect(error.description.contains(part), "\(error)") }
      #expect(!error.description.contains("new-model") && !error.description.contains("gemma"))
      #expect(!error.description.contains("limits"))
      try document.adopt(settings, force: true)
      let counted = try Fixtures.rows()[0]
      document.set(Fixtures.checkpoint(counted).summary)
      let root = try JSONValue.parse(document.serialized())
      #expect(root["metadata"]?["count_mode"] == .string("seed"))
      #expect(root["datasets"]?["qwen-3-32b__role__pirate"]?["settings"]?["count_mode"] == .string("template"))
      #expect(
        root["datasets"]?["qwen-3-32b__role__pirate"]?["settings"]?["tokenizer"]?["template_sha256"] == .string("bb"))
      #expect(root["datasets"]?[counted.dataset]?["settings"] == nil)
    }
  }

  @Test("An error disappears when its dataset succeeds, and only that one")
  func errors() throws {
    var document = try Self.document("unused", count: 2)
    let row = ErrorDetail(dataset: "a", row: 7, kind: "score", message: "no number")
    document.setErrors(of: "a", message: "1 row failed", details: [row])
    document.setErrors(
      of: "ab", message: "cannot read",
      details: [ErrorDetail(dataset: "ab", row: nil, kind: "dataset", message: "cannot read")])
    document.setErrors(of: "a", message: "2 rows failed", details: [row, row])
    #expect(document.errors == ["ab: cannot read", "a: 2 rows failed"])
    document.setErrors(of: "a", message: nil)
    #expect(document.errors == ["ab: cannot read"])
    let root = try JSONValue.parse(document.serialized())
    let expected = "[{\"dataset\":\"ab\",\"row\":null,\"kind\":\"dataset\",\"message\":\"cannot read\"}]"
    #expect(root["error_details"] == (try JSONValue.parse(expected)))
  }

  @Test(
    "A damaged document is an error and stays untouched",
    arguments: [
      ("", "not valid JSON"), ("{\"datasets\": {", "not valid JSON"),
      ("[]", "an object is expected, an array is there"),
      ("{}", "datasets: missing"), ("{\"datasets\": []}", "datasets: an object is expected, an array is there"),
      ("{\"datasets\": {\"a\": 3}}", "datasets.a: an object is expected, an integer is there"),
      ("{\"schema_version\": 4, \"datasets\": {}}", "has schema version 4"),
      ("{\"schema_version\": \"2\", \"datasets\": {}}", "schema_version: an integer is expected, a string is there"),
      ("{\"datasets\": {}, \"errors\": {}}", "errors: an array is expected, an object is there"),
    ])
  func damaged(text: String, message: String) throws {
    try Self.write(text) { path in
      let error = try #require(throws: FileError.self) { try StatisticsDocument.load(path) }
      #expect(error.description.contains(message) && error.description.contains(path), "\(error)")
      #expect(try Files.readText(path) == text)
    }
  }

  @Test("A new document is one where there is no file")
  func absent() throws {
    try withTemporaryFolder { folder in
      let document = try StatisticsDocument.load(folder + "/none.json")
      #expect(document == nil)
    }
  }
}
