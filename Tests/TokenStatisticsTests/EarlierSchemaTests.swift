import JSON
import Support
import TestSupport
import Testing

@testable import TokenStatistics

@Suite("Results of earlier versions, copies and limits")
struct EarlierSchemaTests {
  /// A checkpoint as format 1 has it: lengths by score and label, and what the limits of its run cost.
  private static func oldCheckpoint(_ dataset: String) -> String {
    """
    {"format":1,"dataset":"\(dataset)","model":"qwen-3-32b","type":"role","name":"pirate","persona":"pirate",
     "filters":{},"tool":"0.1.0","fingerprint":{"size":9,"modified":1,"sha256":"cc","count_mode":"template",
     "limits":[100,200],"on_error":"skip","group_by":[],"selection":"","tokenizer":{"hub_id":"x","revision":"r",
     "tokenizer_sha256":"aa","template_sha256":"bb","template_kwargs":{},"bos_policy":"none"}},
     "source":{"path":"p","format":"arrow","rows":4,"bytes":9,"sha256":"cc"},
     "scores":{"1":{"pos":{"assistant_tokens":90,"lengths":[50,150],"counts":[2,1]}},
               "null":{"neg":{"assistant_tokens":30,"lengths":[250],"counts":[1]}}},
     "roles":{"system":0,"user":380,"assistant":120,"thinking":0,"tool":0,"other":0,"overhead":0},
     "assistant_tokens_lost":{"100":60,"200":20},"tokens_without_system":500,"seed_tokens":500,"bytes":9,"characters":9,
     "template_errors":{},"groups":{},"failed_rows":0,"failures":[]}
    """
  }

  private static let dataset = "qwen-3-32b__role__pirate"

  /// Writes a document of schema 2 with an entry of that checkpoint, and the checkpoint beside it.
  private static func write(_ path: String) throws {
    let store = CheckpointStore(document: path)
    try store.prepare()
    try AtomicFile.write(oldCheckpoint(dataset), to: try store.path(of: dataset))
    // The entry that the earlier version wrote: that of today without the lengths of bands and labels.
    var entry = try #require(try store.load(dataset)).summary.json
    entry["plot"] = .string("plots/p.png")
    for key in ["bands", "labels"] {
      let groups = try #require(entry[key]?.objectValue).members.map { group in
        (
          group.key,
          JSONValue.object(
            JSONObject(
              (group.value.objectValue?.members ?? []).filter { $0.key != "length" }
                .map { ($0.key, $0.value) }))
        )
      }
      entry[key] = .object(JSONObject(groups))
    }
    let document = JSONObject([
      ("schema_version", .number(2)), ("metadata", .object(JSONObject([("operator", .string("x"))]))),
      ("datasets", .object(JSONObject([(dataset, .object(entry))]))),
    ])
    try AtomicFile.write(JSONValue.object(document).serialized(), to: path)
  }

  @Test("A checkpoint of format 1 is read, and says what it knows")
  func formatOne() throws {
    try withTemporaryFolder { folder in
      try Self.write(folder + "/t.json")
      let checkpoint = try #require(try CheckpointStore(document: folder + "/t.json").load(Self.dataset))
      #expect(!checkpoint.isComplete && checkpoint.tally.training == nil && checkpoint.tally.extremes == nil)
      let summary = checkpoint.summary
      #expect(summary.labels["pos"]?.length?.maximum == 150 && summary.bands["1"]?.length?.minimum == 50)
      let costs = LimitCosts(checkpoint.tally)
      #expect(costs[100] == LimitSummary(conversations: 2, tokensLost: 200, assistantTokensLost: 60))
      #expect(costs[60] == LimitSummary(conversations: 2, tokensLost: 280, assistantTokensLost: nil))
      #expect(summary.json["prompt"] == nil && summary.json["extremes"] == nil)
    }
  }

  @Test("A result without what later versions say of the tokenizer holds for the same tokenizer")
  func tokenizerOfEarlierVersions() throws {
    try withTemporaryFolder { folder in
      try Self.write(folder + "/t.json")
      let stored = try #require(try CheckpointStore(document: folder + "/t.json").load(Self.dataset)).fingerprint
        .options
      var wanted = stored
      wanted.tokenizer.tokenizerClass = "BPE, byte level"
      wanted.tokenizer.chatTemplate = TokenizerRecord.native
      #expect(stored.countsLike(wanted))
      wanted.tokenizer.chatTemplate = "jinja"
      #expect(!stored.countsLike(wanted))
      wanted.tokenizer.chatTemplate = nil
      wanted.tokenizer.tokenizerSHA256 = "ab"
      #expect(!stored.countsLike(wanted))
    }
  }

  @Test("The column and the scale of scores stand where there are scores, and are read back")
  func scoreRecord() throws {
    try withTemporaryFolder { folder in
      try Self.write(folder + "/t.json")
      var checkpoint = try #require(try CheckpointStore(document: folder + "/t.json").load(Self.dataset))
      #expect(checkpoint.summary.json["score"]?["column"]?.stringValue == "extract_score")
      #expect(checkpoint.summary.json["score"]?["range"] == .array([.number(0), .number(3)]))
      checkpoint.identity.kind = .dataset
      #expect(
        checkpoint.summary.json["score"]?["range"] == .null && checkpoint.summary.json["score"]?["bands"] == .null)
      checkpoint.identity.score = ScoreRecord(column: "rating", scale: nil)
      let entry = checkpoint.summary.json
      #expect(entry["score"]?["column"]?.stringValue == "rating")
      let read = try DatasetSummary(dataset: Self.dataset, FieldReader(.object(entry), place: ""))
      #expect(read.identity.score == checkpoint.identity.score)
      checkpoint.tally.scores = checkpoint.tally.scores.filter { $0.key == .none }
      #expect(checkpoint.summary.json["score"] == nil)
    }
  }

  @Test("Merging brings entries of schema 2 up to date from their checkpoints, and keeps everything else")
  func upgradeByMerge() throws {
    try withTemporaryFolder { folder in
      try Self.write(folder + "/t.json")
      let merge = try StatisticsMerge([folder + "/t.json"], into: folder + "/all.json")
      try merge.write(timestamp: "2026-01-31T12:00:00Z", gitSHA: "unknown")
      let root = try JSONValue.parse(Files.read(folder + "/all.json"))
      let entry = try #require(root["datasets"]?[Self.dataset])
      #expect(root["schema_version"] == .integer(3) && root["metadata"]?["operator"] == .string("x"))
      #expect(entry["labels"]?["pos"]?["length"]?["max"] == .integer(150))
      #expect(entry["bands"]?["1"]?["length"]?["min"] == .integer(50))
      #expect(entry["plot"] == .string("plots/p.png"))
      // The same dataset in a file of schema 2 and in one of schema 3 has the same numbers.
      let both = try StatisticsMerge([folder + "/t.json", folder + "/all.json"], into: folder + "/both.json")
      #expect(both.document.datasetNames == [Self.dataset])
    }
  }

  @Test("Filtered copies name the dataset that they are copies of")
  func copies() throws {
    var document = StatisticsDocument(path: "unused")
    let names = ["pirate", "pirate__min3", "pirate__min3__pos", "pirate__neg", "poet__pos", "poet__neg", "bard__min2"]
    for name in names {
      var checkpoint = Fixtures.checkpoint(try Fixtures.rows()[0])
      let parts = name.split(separator: "__").map(String.init)
      checkpoint.identity = DatasetIdentity(
        dataset: "m__role__\(name)", model: "m", kind: .role, name: name,
        filters: ScoreFilters(
          minimumScore: parts.contains("min3") ? 3 : parts.contains("min2") ? 2 : nil,
          label: parts.last.flatMap { ["pos", "neg"].contains($0) ? $0 : nil }))
      document.set(checkpoint.summary)
    }
    document.stamp(timestamp: "2026-01-31T12:00:00Z", gitSHA: "unknown")
    #expect(
      document.copies.map(\.dataset) == ["m__role__pirate__min3", "m__role__pirate__min3__pos", "m__role__pirate__neg"])
    #expect(document.copies.allSatisfy { $0.original == "m__role__pirate" })
    #expect(try document.summary(of: "m__role__pirate__neg")?.original == "m__role__pirate")
    #expect(try document.summary(of: "m__role__poet__pos")?.original == nil)
  }

  @Test("Other limits are applied to what was counted; entries without exact counts name their own")
  func limits() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/t.json"
      let store = CheckpointStore(document: path)
      try store.prepare()
      var document = StatisticsDocument(path: path)
      try document.adopt(Fixtures.settings, force: false)
      let checkpoints = try Fixtures.rows()[0..<2].map { Fixtures.checkpoint($0) }
      for checkpoint in checkpoints { document.set(checkpoint.summary) }
      try store.save(checkpoints[0])
      var settings = Fixtures.settings
      settings.limits = [700, 900]
      try document.adopt(settings, force: false)
      try document.applyLimits(from: store)
      let first = try #require(try document.summary(of: checkpoints[0].identity.dataset))
      #expect(first.limits == LimitCosts(checkpoints[0].tally).summaries([700, 900]))
      let second = try #require(try document.summary(of: checkpoints[1].identity.dataset))
      #expect(second.limits.keys.sorted() == Fixtures.limits)
      let root = try JSONValue.parse(document.serialized())
      let own = root["datasets"]?[checkpoints[1].identity.dataset]?["settings"]?["limits"]
      #expect(own == .array(Fixtures.limits.map(JSONValue.number)))
      #expect(root["datasets"]?[checkpoints[0].identity.dataset]?["settings"] == nil)
    }
  }
}
