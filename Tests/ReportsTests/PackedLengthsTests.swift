import JSON
import Support
import TestSupport
import Testing
import TokenStatistics

@testable import Reports

@Suite("Exact lengths in the page's data")
struct PackedLengthsTests {
  private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

  /// The integers of a text, as the page's script reads them.
  private func unpack(_ text: String) throws -> [Int] {
    var integers: [Int] = []
    var (value, shift) = (0, 0)
    for byte in text.utf8 {
      let bits = try #require(Self.alphabet.firstIndex(of: byte))
      value += (bits & 31) << shift
      shift += 5
      if bits & 32 == 0 {
        integers.append(value)
        (value, shift) = (0, 0)
      }
    }
    return integers
  }

  private func profile(_ scores: [Score: [TextKey: LabelTally]], limits: [Int]) -> DatasetProfile {
    DatasetProfile(
      dataset: "m__role__a", model: "m", kind: .role, subject: "a", scores: scores.mapValues { ScoreTally(labels: $0) },
      provenance: Provenance(
        tokenizer: "", revision: "", templateHash: "", countMode: .template, dataHash: "", toolVersion: ""),
      limits: limits)
  }

  @Test("groups are in the order of scores and labels, lengths are differences, and zero says how often one recurs")
  func lengths() throws {
    let profile = profile(
      [
        .value(-2): [
          TextKey("b"): LabelTally(lengths: LengthDistribution([0, 5, 5, 5, 40])),
          TextKey("a"): LabelTally(lengths: LengthDistribution([7])),
        ],
        .none: [TextKey("a"): LabelTally(lengths: LengthDistribution([3, 3]))],
      ], limits: [4])
    var labels = NameTable()
    let packed = PackedLengths(profile, limits: [4], labels: &labels)
    #expect(
      try unpack(packed.lengths) == [
        2 + 3, 0, 1, 8,
        2 + 3, 1, 3, 1, 5, 0, 1, 35,
        1, 0, 1, 4, 0, 0,
      ])
    #expect(labels.json == .array([.string("a"), .string("b")]))
    // Without places of training nobody knows what limits cost a group.
    #expect(packed.faults.isEmpty)
    let packing = LengthDistribution([0, 3, 3, 5, 5, 5, 7, 40]).packed(4, .bfd)
    #expect(try unpack(packed.packing) == [packing.sequences, packing.tokens])
  }

  @Test(
    "tokens by kind are what groups differ in from the average, and nothing where one group is all or one is unknown")
  func kinds() throws {
    func group(_ lengths: [Int], user: Int, overhead: Int) -> LabelTally {
      var kinds = TokensByKind()
      kinds.user = user
      kinds.overhead = overhead
      kinds.assistant = lengths.reduce(0, +) - user - overhead
      return LabelTally(lengths: LengthDistribution(lengths), kinds: kinds)
    }
    let (first, second) = (group([20, 30], user: 9, overhead: 10), group([40], user: 2, overhead: 5))
    var labels = NameTable()
    func packed(_ scores: [Score: [TextKey: LabelTally]]) -> String {
      PackedLengths(profile(scores, limits: [8]), limits: [8], labels: &labels).kinds
    }
    // No system messages; 3 tokens of users and 5 of overhead a conversation; no thinking, tools and others.
    #expect(
      try unpack(packed([.value(0): ["a": first], .value(1): ["a": second]])) == [0, 4, 6, 1, 0, 0, 0, 6, 0, 0])
    #expect(packed([.value(0): ["a": first]]).isEmpty)
    let unknown = LabelTally(lengths: LengthDistribution([4]))
    #expect(packed([.value(0): ["a": first], .value(1): ["a": unknown]]).isEmpty)
  }

  @Test("what limits cost is there for the groups that it costs something")
  func faults() throws {
    var training = TrainingTally()
    training.firstTargets = LengthDistribution([1, 9])
    training.turnEnds = LengthDistribution([2, 19])
    let long = LabelTally(lengths: LengthDistribution([3, 20]), training: training)
    var harmless = TrainingTally()
    harmless.firstTargets = LengthDistribution([1])
    harmless.turnEnds = LengthDistribution([2])
    let short = LabelTally(lengths: LengthDistribution([3]), training: harmless)
    var labels = NameTable()
    let packed = PackedLengths(
      profile([.value(0): [TextKey("a"): short], .value(1): [TextKey("a"): long]], limits: [8]), limits: [8],
      labels: &labels)
    let values = try unpack(packed.faults)
    #expect(values.prefix(2) == [0, 1])
    // No target within 8 tokens, and the end of the turn lost, of one conversation each.
    #expect(Array(values.dropFirst(4).prefix(2)) == [1, 1])
  }

  @Test("lengths of other data than the entry's are not taken for its own")
  func otherData() throws {
    try withTemporaryFolder { folder in
      let source = Files.join(folder, "stats.json")
      try AtomicFile.write(StatisticsSample.document(personas: ["pirate"]), to: source)
      var run = try StatisticsRun.load(source)
      #expect(run.readLengths(jobs: 2).map(\.dataset) == ["gemma-2-27b__role__pirate"])
      #expect(run.exact.isEmpty)
    }
  }
}
