import JSON
import TestSupport
import Testing

@testable import TokenStatistics

@Suite("Packing")
struct PackingTests {
  /// The trainers' results, and the lengths they are of.
  private static func reference() throws -> (samples: [String: [Int]], results: [JSONValue]) {
    let root = try Fixtures.json("packing.json")
    var samples: [String: [Int]] = [:]
    for member in root["samples"]?.objectValue?.members ?? [] {
      samples[member.key] = member.value.arrayValue?.compactMap(\.integerValue)
    }
    return (samples, root["results"]?.arrayValue ?? [])
  }

  private static func rows(_ lengths: [Int]) -> [PackingRow] { lengths.map { PackingRow(length: $0) } }

  private static func check(_ result: PackingResult, _ expected: JSONValue?, _ comment: String) throws {
    #expect(result.sequences == (try #require(expected?["sequences"]?.integerValue)), "\(comment)")
    #expect(result.tokens == (try #require(expected?["tokens"]?.integerValue)), "\(comment)")
  }

  @Test("Packing comes to what the trainers' own code comes to, window by window and all at once")
  func trainers() throws {
    let (samples, results) = try Self.reference()
    #expect(samples.count == 3 && results.count == 12)
    for expected in results {
      let name = try #require(expected["sample"]?.stringValue)
      let lengths = try #require(samples[name])
      let rows = Self.rows(lengths)
      let limit = try #require(expected["limit"]?.integerValue)
      let comment = "\(name) at \(limit)"
      for strategy in [PackingStrategy.bfd, .bfdSplit, .wrapped] {
        let key = strategy.rawValue
        let whole = LengthDistribution(lengths).packed(limit, strategy)
        try Self.check(whole, expected["trl"]?["\(key) all"], "\(comment), \(key)")
        for workers in [1, 4] {
          let packed = TrainerPacking.trl(strategy, workers: workers).pack(rows, limit: limit)
          try Self.check(packed, expected["trl"]?["\(key) \(workers)"], "\(comment), \(key), \(workers) workers")
          #expect(packed.tokens + packed.tokensLost == lengths.reduce(0, +))
        }
      }
      try Self.check(TrainerPacking.axolotl.pack(rows, limit: limit), expected["axolotl"], "\(comment), axolotl")
      try Self.check(TrainerPacking.swift.pack(rows, limit: limit), expected["swift"], "\(comment), ms-swift")
    }
  }

  @Test("Padding takes a sequence a conversation and loses what is beyond the limit")
  func padding() {
    let result = LengthDistribution([0, 10, 30, 50]).packed(32, .padding)
    #expect(result.sequences == 3 && result.tokens == 72 && result.tokensLost == 18 && result.cutConversations == 1)
    #expect(result.utilization == 0.75)
    #expect(result.steps(batch: 2) == 2 && result.steps(batch: 3) == 1 && result.steps(batch: 8) == 1)
    #expect(PackingResult(limit: 32).utilization == nil && PackingResult(limit: 32).steps(batch: 4) == 0)
  }

  @Test("Where sequences are filled without regard to rows, those are cut that cross a border")
  func wrapped() {
    // 0..<3, 3..<11, 11..<16 and 16..<20 in sequences of 8.
    let lengths = [3, 8, 5, 4]
    let result = TrainerPacking.trl(.wrapped, workers: 1).pack(Self.rows(lengths), limit: 8)
    #expect(result.sequences == 3 && result.tokensLost == 0 && result.cutConversations == 1)
    #expect(LengthDistribution(lengths).packed(8, .wrapped).cutConversations == nil)
  }

  @Test("axolotl leaves out rows without a trained token and cuts texts; the others pack what there is")
  func axolotlRows() {
    let rows = [
      PackingRow(length: 6), PackingRow(length: 4, isTrained: false), PackingRow(length: 4), PackingRow(length: 11),
      PackingRow(length: 1),
    ]
    let result = TrainerPacking.axolotl.pack(rows, limit: 10)
    #expect(result.sequences == 1 && result.tokens == 10)
    #expect(result.tokensLost == 16 && result.droppedConversations == 3)
    let swift = TrainerPacking.swift.pack(rows, limit: 10)
    #expect(swift.tokens == 15 && swift.tokensLost == 11 && swift.droppedConversations == 1)
    // The same from counts, where only lengths are known.
    let tally = TrainingTally(untrained: LengthDistribution([4]))
    let chats = TrainingNumbers(
      lengths: LengthDistribution(rows.map(\.length)), training: tally, assistantMaskTokens: nil)
    #expect(chats.axolotlLengths(upTo: 10) == LengthDistribution([4, 6]))
    let unknown = TrainingNumbers(lengths: chats.lengths, training: nil, assistantMaskTokens: nil)
    #expect(unknown.axolotlLengths(upTo: 10) == nil)
  }

  @Test("A text becomes as many sequences as axolotl's type completion makes of it")
  func axolotlTexts() {
    // Pieces of 10, 10 and 5; of 10 and 1, which is too short; and 64 pieces of the last, of which 10 tokens are lost.
    let lengths = [25, 11, 650]
    let rows = lengths.map { PackingRow(length: $0, isText: true) }
    let result = TrainerPacking.axolotl.pack(rows, limit: 10)
    #expect(result.sequences == 68 && result.tokens == 675 && result.tokensLost == 11)
    let texts = TrainingNumbers(
      lengths: LengthDistribution(lengths), training: TrainingTally(), assistantMaskTokens: nil, areTexts: true)
    let kept = texts.axolotlLengths(upTo: 10)
    #expect(kept?.total == 675 && kept?.count == 68)
  }

  @Test("A million conversations are packed from their counts at once")
  func manyConversations() {
    var lengths = LengthDistribution()
    for length in 1...1_000 { lengths.add(length, count: 1_000) }
    let result = lengths.packed(1_024, .bfd)
    #expect(result.tokens == lengths.total && result.sequences >= (lengths.total + 1_023) / 1_024)
    #expect((result.utilization ?? 0) > 0.99)
  }

  @Test("The longest sequences take no more memory than what is packed into them")
  func longSequences() {
    let limit = 2_147_483_648
    let lengths: [Int] = [1_048_576, 5, 1_073_741_824]
    let result = LengthDistribution(lengths).packed(limit, .bfd)
    #expect(result.sequences == 1 && result.tokensLost == 0)
    let order: [[Int]] = [[2, 0, 1]]
    #expect(SequencePacking.bestFitDecreasing(lengths, limit: limit) == order)
  }

  @Test("The smallest space that is large enough is found wherever it is")
  func spaces() {
    let highest = 3 * 4_096 + 100
    var table = SpaceTable(upTo: highest)
    var present: [Int: Int] = [:]
    var random = SplitMix(state: 1)
    for _ in 0..<4_000 {
      // Mostly few spaces, so that whole blocks are empty between them.
      let space = Int.random(in: 0...highest, using: &random)
      if present.count < 6 {
        table.add(2, space)
        present[space, default: 0] += 2
      } else if let taken = present.keys.sorted().randomElement(using: &random), let count = present[taken] {
        table.add(-count, taken)
        present[taken] = nil
      }
      let length = Int.random(in: 0...highest + 70, using: &random)
      let smallest = present.keys.filter { $0 >= length }.min()
      #expect(table.smallest(atLeast: length) == smallest)
      let count = present[space] ?? 0
      #expect(table.count(space) == count)
    }
  }
}
