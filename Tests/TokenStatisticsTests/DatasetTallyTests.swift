import Foundation
import Support
import TestSupport
import Testing
import TokenStatistics

@Suite("Tallies and partial results")
struct DatasetTallyTests {
  @Test("Merged parts are the whole, for any cut and any order")
  func mergedPartsAreTheWhole() throws {
    for rows in try Fixtures.rows() {
      let count = rows.lengths.count
      let whole = Fixtures.tally(rows)
      for size in [1, 7, 30, 59] {
        var parts = stride(from: 0, to: count, by: size).map { Fixtures.tally(rows, $0..<min(count, $0 + size)) }
        for order in 0..<3 {
          var merged = DatasetTally()
          for part in parts { merged.merge(part) }
          #expect(merged == whole, "\(rows.dataset) in parts of \(size), order \(order)")
          parts = order == 0 ? parts.reversed() : parts.shuffled(by: 17)
        }
      }
    }
  }

  /// A tally of one conversation for each score.
  private static func tally(of scores: some Sequence<Double>) -> DatasetTally {
    var tally = DatasetTally()
    for score in scores {
      let label = LabelTally(lengths: LengthDistribution([10]), assistantTokens: 4)
      tally.scores[Score(score) ?? .none, default: ScoreTally()].add(label, label: "pos")
    }
    return tally
  }

  @Test("Fractions of scores count until there are too many, whatever parts the rows come in")
  func manyScores() throws {
    let most = DatasetTally.mostScores
    func merged(_ parts: [DatasetTally]) -> DatasetTally { parts.reduce(into: DatasetTally()) { $0.merge($1) } }
    let scores = (0...most).map { Double($0) / 8 }
    let few = merged([Self.tally(of: scores.dropLast()), Self.tally(of: scores.prefix(7))])
    #expect(!few.hasWholeScores && few.scores.count == most && few.scores[Score(0.125) ?? .none]?.conversations == 2)
    for size in [1, 3, most / 2, most + 1] {
      let parts = stride(from: 0, through: most, by: size).map { Self.tally(of: scores[$0..<min(most + 1, $0 + size)]) }
      for order in [parts, parts.reversed(), parts.shuffled(by: 3)] {
        let tally = merged(order)
        #expect(tally.hasWholeScores && tally.scores.keys.allSatisfy { $0 == $0.withoutFraction }, "\(size)")
        #expect(tally.conversations == most + 1 && tally.scores[.value(1)]?.conversations == 8)
        #expect(tally.kept(Score(7.75) ?? .none) == .value(7) && tally.kept(.none) == .none)
      }
    }
    // A part that was stored without fractions takes them from the others.
    try withTemporaryFolder { folder in
      var checkpoint = Fixtures.checkpoint(try Fixtures.rows()[0])
      checkpoint.tally = merged([Self.tally(of: scores)])
      let store = CheckpointStore(document: folder + "/stats.json")
      try store.prepare()
      try store.save(checkpoint)
      let read = try #require(try store.load(checkpoint.identity.dataset))
      #expect(read == checkpoint)
      #expect(merged([Self.tally(of: [0.5]), read.tally]).scores.keys.allSatisfy { $0 == $0.withoutFraction })
    }
  }

  @Test("Only the first failed rows are kept, but all are counted")
  func failures() {
    var tally = DatasetTally()
    for row in (0..<250).reversed() { tally.record(RowFailure(row: row, kind: .score, message: "x")) }
    #expect(tally.failedRows == 250)
    #expect(tally.failures.map(\.row) == Array(0..<DatasetTally.keptFailures))
  }

  @Test("A partial result is read back the same, and its summary and profile too")
  func roundTrip() throws {
    try withTemporaryFolder { folder in
      let store = CheckpointStore(document: folder + "/stats.json")
      try store.prepare()
      for rows in try Fixtures.rows() {
        let checkpoint = Fixtures.checkpoint(rows)
        try store.save(checkpoint)
        let read = try #require(try store.load(rows.dataset))
        #expect(read == checkpoint)
        #expect(read.summary == checkpoint.summary)
        #expect(read.profile.lengths == LengthDistribution(rows.lengths))
      }
      #expect(try store.datasets() == Fixtures.rows().map(\.dataset).sorted())
      #expect(try store.load("absent") == nil)
    }
  }

  @Test(
    "A damaged partial result is an error that names the place",
    arguments: [
      ("\"format\":2", "\"format\":99", "format: version 99 is none of 1 to 2"),
      ("\"counts\":[", "\"counts\":[-1,", "lengths and counts are no distribution"),
      ("\"positions\":[", "\"positions\":[-1,", "trained: positions and counts are no runs"),
      ("\"seed_tokens\":", "\"seed_tokens\":-1,\"x\":", "seed_tokens: -1 is not between"),
      ("\"system\":0", "\"system\":\"0\"", "roles.system: an integer is expected, a string is there"),
      ("{\"format\"", "{", "not valid JSON at byte 1"),
      ("\"dataset\":\"", "\"dataset\":\"other", "is not \"gemma-2-27b__role__0_default\""),
      ("\"scores\":{\"null\"", "\"scores\":{\"none\"", "scores.none: not a score"),
    ])
  func damaged(old: String, new: String, message: String) throws {
    try withTemporaryFolder { folder in
      let store = CheckpointStore(document: folder + "/stats.json")
      try store.prepare()
      let rows = try Fixtures.rows()[0]
      try store.save(Fixtures.checkpoint(rows))
      let text = try Files.readText(try store.path(of: rows.dataset))
      let place = try #require(text.range(of: old))
      try AtomicFile.write(text.replacingCharacters(in: place, with: new), to: try store.path(of: rows.dataset))
      let error = try #require(throws: FileError.self) { try store.load(rows.dataset) }
      #expect(error.description.contains(message), "\(error)")
      #expect(error.description.contains(try store.path(of: rows.dataset)))
    }
  }
}

extension Array {
  /// The elements in an order that depends on `step` only.
  fileprivate func shuffled(by step: Int) -> [Element] {
    indices.sorted { ($0 * step) % 31 < ($1 * step) % 31 }.map { self[$0] }
  }
}
