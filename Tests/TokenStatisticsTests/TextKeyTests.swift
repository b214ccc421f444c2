import Foundation
import JSON
import Support
import TestSupport
import Testing
import TokenStatistics

/// Two texts that Swift calls equal and that are different bytes.
@Suite("Keys by bytes")
struct TextKeyTests {
  private static let composed = "\u{E9}"
  private static let decomposed = "e\u{301}"

  private static func part(_ lengths: Int...) -> LabelTally { LabelTally(lengths: LengthDistribution(lengths)) }

  /// A tally with the two texts as labels, columns, values and messages.
  private static var tally: DatasetTally {
    var tally = DatasetTally()
    for (index, text) in [composed, decomposed].enumerated() {
      let lengths = index == 0 ? part(100) : part(200, 300)
      tally.scores[.value(1), default: ScoreTally()].add(lengths, label: text)
      for other in [composed, decomposed] {
        tally.groups[text, default: [:]][other, default: LabelTally()].merge(lengths)
      }
      tally.templateErrors[text, default: 0] += 1 + index
    }
    return tally
  }

  @Test("Swift's strings are the reason: these two are equal")
  func reason() {
    #expect(Self.composed == Self.decomposed && Set([Self.composed, Self.decomposed]).count == 1)
    #expect(!Self.composed.hasSameBytes(as: Self.decomposed))
    let keys = [TextKey(Self.composed), TextKey(Self.decomposed), "z", "a"]
    #expect(Set(keys).count == 4)
    // As Python's sorted orders them: by bytes.
    #expect(keys.sorted().map { Array($0.text.utf8) } == [[0x61], [0x65, 0xCC, 0x81], [0x7A], [0xC3, 0xA9]])
  }

  @Test("U+0000 in labels, columns and values survives checkpoints and statistics files")
  func nul() throws {
    let labels = ["a\u{0}b", "a\u{0}c", "a", "\u{0}", ""]
    var tally = DatasetTally()
    for (index, label) in labels.enumerated() {
      tally.scores[.none, default: ScoreTally()].add(Self.part(index), label: label)
      tally.groups["x\u{0}", default: [:]][TextKey(label), default: LabelTally()].merge(Self.part(index))
    }
    try withTemporaryFolder { folder in
      var checkpoint = Fixtures.checkpoint(try Fixtures.rows()[0])
      checkpoint.tally = tally
      let store = CheckpointStore(document: folder + "/t.json")
      try store.prepare()
      try store.save(checkpoint)
      #expect(try store.load(checkpoint.identity.dataset)?.tally == tally)
      var document = StatisticsDocument(path: folder + "/t.json")
      document.set(checkpoint.summary)
      try document.write()
      let read = try #require(try StatisticsDocument.load(folder + "/t.json")?.summaries().first)
      #expect(Set(read.labels.keys) == Set(labels.map { TextKey($0) }))
      #expect(read.groups["x\u{0}"]?.count == labels.count)
    }
  }

  @Test("Labels, columns, values and messages stay apart, merged and read back too")
  func tallies() throws {
    var twice = Self.tally
    twice.merge(Self.tally)
    for (tally, times) in [(Self.tally, 1), (twice, 2)] {
      #expect(tally.labels[Self.composed]?.conversations == times)
      #expect(tally.labels[Self.decomposed]?.conversations == 2 * times)
      #expect(tally.groups.count == 2 && tally.groups[Self.decomposed]?.count == 2)
      #expect(tally.groups[Self.decomposed]?[Self.composed]?.tokens == 500 * times)
      #expect(tally.templateErrors[Self.decomposed] == 2 * times)
    }
    try withTemporaryFolder { folder in
      var checkpoint = Fixtures.checkpoint(try Fixtures.rows()[0])
      checkpoint.tally = Self.tally
      let store = CheckpointStore(document: folder + "/t.json")
      try store.prepare()
      try store.save(checkpoint)
      #expect(try store.load(checkpoint.identity.dataset)?.tally == Self.tally)
      var document = StatisticsDocument(path: folder + "/t.json")
      document.set(checkpoint.summary)
      try document.write()
      let read = try #require(try StatisticsDocument.load(folder + "/t.json")?.summaries().first)
      #expect(read == checkpoint.summary)
      #expect(read.labels.count == 2 && read.labels[Self.decomposed]?.tokens == 500)
      let contrast = try #require(checkpoint.profile.contrast(Self.composed, with: Self.decomposed))
      #expect(contrast.first.count == 1 && contrast.second.count == 2)
    }
  }

  @Test("Datasets stay apart in errors, comparisons and merged documents")
  func datasets() throws {
    try withTemporaryFolder { folder in
      var document = StatisticsDocument(path: folder + "/a.json")
      document.setErrors(of: Self.composed, message: "first")
      document.setErrors(of: Self.decomposed, message: "second")
      #expect(document.errors.count == 2)
      document.setErrors(of: Self.composed, message: nil)
      #expect(document.errors.map { Array($0.utf8) } == [Array("\(Self.decomposed): second".utf8)])

      var checkpoint = Fixtures.checkpoint(try Fixtures.rows()[0])
      var profiles: [DatasetProfile] = []
      for (text, file) in [(Self.composed, "a"), (Self.decomposed, "b")] {
        checkpoint.identity = Fixtures.identity("gemma-2-27b__role__\(text)")
        var part = StatisticsDocument(path: "\(folder)/\(file).json")
        try part.adopt(Fixtures.settings, force: false)
        part.set(checkpoint.summary)
        let store = CheckpointStore(document: part.path)
        try store.prepare()
        try store.save(checkpoint)
        try part.write()
        profiles.append(checkpoint.profile)
        checkpoint.tally = Self.tally
      }
      let merge = try StatisticsMerge([folder + "/a.json", folder + "/b.json"], into: folder + "/c.json")
      try merge.write(timestamp: "2026-01-31T12:00:00Z", gitSHA: "unknown")
      #expect(merge.document.datasetNames.count == 2 && merge.withoutCheckpoints.isEmpty)
      #expect(try CheckpointStore(document: folder + "/c.json").datasets().count == 2)
      profiles += profiles.map { profile in
        var other = profile
        other.model = "qwen-3-32b"
        other.dataset = "qwen-3-32b__role__\(profile.subject)"
        return other
      }
      #expect(ModelComparison.all(of: profiles).map(\.profiles.count) == [2, 2])
    }
  }
}
