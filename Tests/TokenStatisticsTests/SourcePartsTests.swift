import JSON
import Support
import TestSupport
import Testing

@testable import TokenStatistics

@Suite("Parts of a source that different runs counted")
struct SourcePartsTests {
  /// The sample's first dataset as one run counts it, and as runs that share it do.
  private static func counted(in count: Int) throws -> (whole: Checkpoint, parts: [SourceParts]) {
    let rows = try Fixtures.rows()[0]
    var whole = Fixtures.checkpoint(rows)
    whole.fingerprint.options.selection = ""
    let borders = (0...count).map { $0 * rows.lengths.count / count }
    let parts = (0..<count).map { number in
      var part = whole
      let range = borders[number]..<borders[number + 1]
      part.tally = Fixtures.tally(rows, range)
      part.source.rows = range.count
      if number > 0 {
        part.source.sha256 = ""
        part.fingerprint.source.sha256 = ""
      }
      return SourceParts(part, part: number, of: count)
    }
    return (whole, parts)
  }

  private static func sum(_ parts: [SourceParts]) throws -> SourceParts {
    var sum = parts[0]
    for part in parts.dropFirst() { try sum.merge(part) }
    return sum
  }

  @Test("Parts in any order, grouped in any way and repeated, are what one run counts")
  func anyOrder() throws {
    let (whole, parts) = try Self.counted(in: 9)
    var random = SplitMix(state: 7)
    for _ in 0..<40 {
      // Some parts come twice, and groups are added up before they meet.
      let drawn = (parts + parts.filter { _ in random.unit() < 0.4 }).shuffled(using: &random)
      let cut = 1 + Int(random.next() % UInt64(drawn.count - 1))
      var left = try Self.sum(Array(drawn[..<cut]))
      let right = try Self.sum(Array(drawn[cut...]))
      var other = right
      try other.merge(left)
      try left.merge(right)
      #expect(left == other)
      #expect(left.whole == whole)
      var again = left
      try again.merge(left)
      #expect(again == left)
    }
  }

  @Test("Without all parts there is no whole, and the missing ones are named")
  func missing() throws {
    let (_, parts) = try Self.counted(in: 5)
    let some = try Self.sum([parts[4], parts[1]])
    #expect(some.whole == nil)
    #expect(some.missing == [0, 2, 3])
  }

  @Test("What contradicts is refused and changes nothing")
  func conflicts() throws {
    let (_, parts) = try Self.counted(in: 4)
    let changes: [(inout Checkpoint) -> Void] = [
      { $0.tally.bytes += 1 }, { $0.fingerprint.source.modified += 1 }, { $0.fingerprint.source.size += 1 },
      { $0.fingerprint.options.onError = "fallback" }, { $0.fingerprint.options.tokenizer.revision = "other" },
      { $0.identity.name = "another" },
    ]
    for change in changes {
      var other = try #require(parts[1].parts[1])
      change(&other)
      var sum = parts[1]
      #expect(throws: FileError.self) { try sum.merge(SourceParts(other, part: 1, of: 4)) }
      #expect(sum == parts[1])
    }
    var sum = parts[1]
    let other = try #require(parts[2].parts[2])
    #expect(throws: FileError.self) { try sum.merge(SourceParts(other, part: 2, of: 5)) }
  }

  /// Writes a document with parts, as a run with `--shard` does.
  private static func write(_ parts: [SourceParts], _ path: String) throws {
    var document = StatisticsDocument(path: path)
    try document.adopt(Fixtures.settings, force: false)
    try document.setParts(try sum(parts), of: try #require(parts[0].parts.values.first).identity.dataset)
    document.stamp(timestamp: "2026-01-31T12:00:00Z", gitSHA: "unknown")
    try document.write()
  }

  private static func merged(_ paths: [String], _ output: String) throws -> (bytes: [UInt8], merge: StatisticsMerge) {
    let merge = try StatisticsMerge(paths, into: output)
    try merge.write(timestamp: "2026-01-31T12:00:00Z", gitSHA: "unknown")
    return (try Files.read(output), merge)
  }

  @Test("Merged documents of shares have the bytes of one run's, whatever their order")
  func documents() throws {
    try withTemporaryFolder { folder in
      let (whole, parts) = try Self.counted(in: 6)
      var document = StatisticsDocument(path: folder + "/one.json")
      try document.adopt(Fixtures.settings, force: false)
      document.set(whole.summary)
      document.setErrors([TextKey(whole.identity.dataset): DatasetErrors(whole)])
      document.stamp(timestamp: "2026-01-31T12:00:00Z", gitSHA: "unknown")
      try document.write()
      let expected = try Files.read(folder + "/one.json")
      let shares = [[parts[0], parts[3]], [parts[1]], [parts[2], parts[5], parts[4]]]
      for (number, share) in shares.enumerated() { try Self.write(share, "\(folder)/\(number).json") }
      let paths = (0..<3).map { "\(folder)/\($0).json" }
      for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0, 1, 1]] {
        let (bytes, merge) = try Self.merged(order.map { paths[$0] }, folder + "/all.json")
        #expect(merge.incomplete.isEmpty)
        #expect(bytes == expected)
        let name = whole.identity.dataset
        #expect(try CheckpointStore(document: folder + "/all.json").load(name) == whole)
      }
      // A part that comes to what is complete counts no second time.
      let (bytes, _) = try Self.merged([folder + "/all.json", paths[1]], folder + "/more.json")
      #expect(bytes == expected)
    }
  }

  @Test("What is not complete stays so, names its missing parts and can be completed later")
  func incompleteDocuments() throws {
    try withTemporaryFolder { folder in
      let (whole, parts) = try Self.counted(in: 3)
      for (number, part) in parts.enumerated() { try Self.write([part], "\(folder)/\(number).json") }
      let (_, merge) = try Self.merged([folder + "/2.json", folder + "/0.json"], folder + "/some.json")
      #expect(merge.incomplete.map(\.missing) == [[1]])
      #expect(merge.document.datasetNames.isEmpty)
      let (_, all) = try Self.merged([folder + "/1.json", folder + "/some.json"], folder + "/all.json")
      #expect(all.incomplete.isEmpty)
      #expect(try all.document.summary(of: whole.identity.dataset) == whole.summary)
    }
  }

  /// Writes a document of a run that had a share of sources and none of their rows.
  private static func write(share number: Int, of count: Int, _ datasets: [String], _ path: String) throws {
    var document = StatisticsDocument(path: path)
    try document.adopt(Fixtures.settings, force: false)
    try document.add([ShareRecord(number, of: count, datasets: datasets)])
    document.stamp(timestamp: "2026-01-31T12:00:00Z", gitSHA: "unknown")
    try document.write()
  }

  @Test("Shares that are missing are told of, in any order and after any merge; those of other sources are others")
  func missingShares() throws {
    try withTemporaryFolder { folder in
      for number in 1...5 { try Self.write(share: number, of: 5, ["b", "a"], "\(folder)/\(number).json") }
      try Self.write(share: 1, of: 1, ["c"], folder + "/other.json")
      let path = { (number: Int) in "\(folder)/\(number).json" }
      let (some, first) = try Self.merged([path(5), path(2), path(2), folder + "/other.json"], folder + "/some.json")
      #expect(first.incompleteShares.map(\.missing) == [[1, 3, 4]])
      let (same, _) = try Self.merged([folder + "/other.json", path(2), path(5)], folder + "/same.json")
      #expect(same == some)
      let (all, second) = try Self.merged([path(1), path(3), folder + "/some.json", path(4)], folder + "/all.json")
      #expect(second.incompleteShares.isEmpty)
      // A share that comes again changes nothing.
      let (again, third) = try Self.merged([folder + "/all.json", path(3)], folder + "/again.json")
      #expect(again == all && third.incompleteShares.isEmpty)
      let records = try #require(try StatisticsDocument.load(folder + "/all.json")).shares()
      #expect(records.map(\.count) == [1, 5] && records.map(\.numbers) == [[1], Set(1...5)])
    }
  }

  @Test("Of shares whose datasets all have results, as where one run counted them later, none is missing")
  func countedAtOnce() throws {
    try withTemporaryFolder { folder in
      let (whole, _) = try Self.counted(in: 2)
      var document = StatisticsDocument(path: folder + "/one.json")
      try document.adopt(Fixtures.settings, force: false)
      document.set(whole.summary)
      document.stamp(timestamp: "2026-01-31T12:00:00Z", gitSHA: "unknown")
      try document.write()
      try Self.write(share: 2, of: 3, [whole.identity.dataset], folder + "/share.json")
      #expect(try Self.merged([folder + "/share.json"], folder + "/a.json").merge.incompleteShares.count == 1)
      let both = try Self.merged([folder + "/one.json", folder + "/share.json"], folder + "/b.json")
      #expect(both.merge.incompleteShares.isEmpty)
    }
  }

  @Test("The order in which datasets are named makes no other record, a damaged record is an error")
  func shareRecords() throws {
    #expect(ShareRecord(2, of: 3, datasets: ["a", "b"]) == ShareRecord(2, of: 3, datasets: ["b", "a"]))
    #expect(ShareRecord(2, of: 3, datasets: ["ab"]).runs != ShareRecord(2, of: 3, datasets: ["a", "b"]).runs)
    let record = ShareRecord(2, of: 3, datasets: ["a"])
    #expect(ShareRecord(record.json) == record)
    for text in [
      #"{"of": 0, "datasets": "x", "ranges": []}"#, #"{"of": 3, "datasets": "x", "ranges": [[0, 1]]}"#,
      #"{"of": 3, "datasets": "x", "ranges": [[2, 4]]}"#, #"{"of": 3, "datasets": "x", "ranges": [[2]]}"#,
      #"{"of": 9e9, "datasets": "x", "ranges": []}"#, #"{"of": 3, "ranges": []}"#,
    ] {
      #expect(ShareRecord(try JSONValue.parse(text)) == nil, "\(text)")
    }
  }
}
