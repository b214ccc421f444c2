import JSON
import Support
import TestSupport
import Testing
import TokenStatistics

@Suite("Dataset summaries")
struct DatasetSummaryTests {
  /// The members of an entry that follow from lengths, scores and labels alone.
  @Test("Summaries of the sample's rows equal the reference bit for bit")
  func reference() throws {
    let reference = try Fixtures.json("sample_stats_v2.json")
    let datasets = try Fixtures.rows()
    #expect(datasets.count == 13)
    for rows in datasets {
      let entry = Fixtures.checkpoint(rows).summary.json
      let expected = try #require(reference[rows.dataset])
      for key in ["total_conversations", "total_tokens", "length", "cumulative_by_score"] {
        #expect(entry[key] == expected[key], "\(rows.dataset) \(key)")
      }
      let labels = try #require(expected["labels"]?.objectValue)
      #expect(entry["labels"]?.objectValue?.keys == labels.keys)
      for member in labels.members {
        for key in ["conversations", "tokens"] { #expect(entry["labels"]?[member.key]?[key] == member.value[key]) }
      }
      let scores = try #require(expected["score_histogram"]?.objectValue)
      #expect(entry["score_histogram"]?.objectValue?.keys == scores.keys)
      for score in scores.keys {
        for key in ["conversations", "tokens", "length"] {
          let value = entry["score_histogram"]?[score]?[key]
          #expect(value == scores[score]?[key], "\(rows.dataset) score \(score) \(key)")
        }
      }
      for limit in Fixtures.limits.map(String.init) {
        for key in ["conversations", "tokens_lost"] {
          #expect(entry["over_limit"]?[limit]?[key] == expected["over_limit"]?[limit]?[key])
        }
      }
    }
  }

  @Test("Histograms and bands account for every conversation once")
  func histograms() throws {
    for rows in try Fixtures.rows() {
      let summary = Fixtures.checkpoint(rows).summary
      let histogram = try #require(summary.all.histogram)
      #expect(histogram.count == HistogramBins.edges.count + 1)
      #expect(histogram.reduce(0, +) == rows.lengths.count)
      let scored = rows.scores.filter { $0 != .none }.count
      #expect(summary.bands.values.reduce(0) { $0 + $1.conversations } == scored)
      for band in summary.bands.values { #expect(band.histogram?.reduce(0, +) == band.conversations) }
      // A label's lengths are those of its rows.
      for (label, group) in summary.labels {
        let lengths = zip(rows.labels, rows.lengths).filter { $0.0 == label.text }.map(\.1)
        #expect(group.length == LengthSummary(LengthDistribution(lengths)))
      }
      for (key, group) in summary.bands {
        let band = try #require(summary.identity.kind.scoreScale?.bands.first { $0.key == key })
        let lengths = zip(rows.scores, rows.lengths).filter { band.contains($0.0) }.map(\.1)
        #expect(group.length == LengthSummary(LengthDistribution(lengths)))
      }
    }
  }

  @Test("Bins hold exactly the integers between their edges")
  func bins() {
    let edges = HistogramBins.edges
    #expect(edges.prefix(12) == [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])
    #expect(edges.contains(512) && edges.contains(558) && edges.last == 131_072)
    #expect(zip(edges, edges.dropFirst()).allSatisfy { $0 < $1 })
    for (bin, edge) in edges.enumerated() {
      let counts = HistogramBins.counts(of: LengthDistribution([edge - 1, edge, edge]))
      #expect(counts[bin] == 1 && counts[bin + 1] == 2)
    }
  }

  @Test("What is written is read back the same")
  func roundTrip() throws {
    try withTemporaryFolder { folder in
      var document = StatisticsDocument(path: folder + "/stats.json")
      try document.adopt(Fixtures.settings, force: false)
      var summaries = try Fixtures.rows().map { Fixtures.checkpoint($0).summary }
      summaries[3].plot = "plots/x.png"
      summaries[3].identity.filters = ScoreFilters(minimumScore: 3, maximumScore: 90, label: "pos")
      for summary in summaries.reversed() { document.set(summary) }
      try document.write()
      let read = try #require(try StatisticsDocument.load(document.path))
      #expect(try read.summaries() == summaries)
      #expect(try read.settings() == Fixtures.settings)
      #expect(read.binEdges == HistogramBins.edges)
    }
  }

  @Test("What a source says about a dataset survives, and its subject is the name without the filters")
  func attributes() throws {
    var checkpoint = Fixtures.checkpoint(try Fixtures.rows()[0])
    checkpoint.identity = DatasetIdentity(
      dataset: "m__dataset__a__b__min3__pos", model: "m", kind: .dataset, name: "a__b__min3__pos",
      filters: ScoreFilters(minimumScore: 3, label: "pos"),
      attributes: [DatasetAttribute(key: "vendor", value: "x"), DatasetAttribute(key: "e\u{301}", value: "")])
    #expect(checkpoint.identity.subject == "a__b" && checkpoint.profile.subject == "a__b")
    #expect(checkpoint.profile.scoreScale == nil && checkpoint.summary.bands.isEmpty)
    try withTemporaryFolder { folder in
      let store = CheckpointStore(document: folder + "/t.json")
      try store.prepare()
      try store.save(checkpoint)
      #expect(try store.load(checkpoint.identity.dataset) == checkpoint)
      var document = StatisticsDocument(path: folder + "/t.json")
      document.set(checkpoint.summary)
      try document.write()
      let read = try #require(try StatisticsDocument.load(document.path)?.summaries().first)
      #expect(read == checkpoint.summary)
      #expect(read.identity.attribute("vendor") == "x" && read.identity.attribute("\u{E9}") == nil)
    }
    var other = checkpoint.identity
    other.name = "other"
    #expect(other.subject == "other")
    (other.name, other.filters) = ("min3", ScoreFilters())
    #expect(other.subject == "min3")
  }

  @Test("A dataset without rows has an entry with nulls")
  func empty() throws {
    var checkpoint = Fixtures.checkpoint(try Fixtures.rows()[0])
    checkpoint.tally = DatasetTally()
    let entry = checkpoint.summary.json
    #expect(entry["total_conversations"] == .integer(0))
    #expect(entry["length"]?["mean"] == .null && entry["length"]?["p50"] == .null)
    #expect(entry["bytes_per_token"] == .null)
    #expect(entry["over_limit"]?["512"]?["conversations"] == .integer(0))
  }
}
