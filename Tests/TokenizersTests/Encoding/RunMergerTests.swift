import TestSupport
import Testing

@testable import Tokenizers

/// Merging run by run gives what merging by definition gives.
@Suite struct RunMergerTests {
  /// Random merges of few symbols, so that many of them meet in runs.
  ///
  /// - Parameter isOrdered: whether tokens merge only after the merge that makes them, as in trained vocabularies.
  private static func merges(_ count: Int, isOrdered: Bool, _ random: inout SplitMix) -> [BytePairPlan.Merge] {
    let symbols = UInt32(3)
    var merges: [BytePairPlan.Merge] = []
    var pairs: Set<UInt64> = []
    for rank in 0..<UInt32(count) {
      // Some pairs make the same token, and then have its rank.
      let same = merges.last.flatMap { rank % 5 == 4 ? $0.rank : nil } ?? rank
      let known = symbols + (isOrdered ? same : UInt32(count))
      // Mostly tokens with themselves or the last ones, which is how long runs get their tokens.
      let left = UInt32.random(in: 0..<known, using: &random)
      let right = Bool.random(using: &random) ? left : UInt32.random(in: 0..<known, using: &random)
      guard pairs.insert(UInt64(left) << 32 | UInt64(right)).inserted else { continue }
      merges.append(BytePairPlan.Merge(left: left, right: right, result: symbols + same, rank: same))
    }
    return merges
  }

  private static func withTable(_ merges: [BytePairPlan.Merge], _ count: Int, _ body: (MergeTable) -> Void) {
    var results = [UInt32](repeating: 0, count: count)
    for merge in merges { results[Int(merge.rank)] = merge.result }
    MergeTable.slots(for: merges).withUnsafeBufferPointer { slots in
      results.withUnsafeBufferPointer { results in
        MergeTable.filter(for: merges).withUnsafeBufferPointer { filter in
          body(MergeTable(slots: slots, results: results, filter: filter))
        }
      }
    }
  }

  @Test("Random runs and merges give the tokens of merging by definition", arguments: [true, false])
  func equalsMerging(isOrdered: Bool) {
    var random = SplitMix(state: 11)
    var (followed, wholes) = (0, 0)
    for _ in 0..<400 {
      let count = Int.random(in: 1...24, using: &random)
      Self.withTable(Self.merges(count, isOrdered: isOrdered, &random), count) { table in
        var runMerger = RunMerger(merges: table)
        var merger = BytePairMerger(merges: table)
        for _ in 0..<20 {
          runMerger.removeAll()
          merger.removeAll()
          for _ in 0..<Int.random(in: 1...8, using: &random) {
            let symbol = UInt32.random(in: 0..<3, using: &random)
            let length = Int.random(in: 1...90, using: &random)
            runMerger.append(symbol, count: length)
            for _ in 0..<length { merger.append(symbol) }
          }
          let text = merger.tokens
          merger.merge()
          wholes += 1
          guard runMerger.merge() else { continue }
          followed += 1
          let tokens = runMerger.runs.flatMap { [UInt32](repeating: $0.token, count: $0.count) }
          #expect(tokens == merger.tokens, "\(text)")
        }
      }
    }
    // In the order of training nothing has to be merged one by one.
    #expect(isOrdered ? followed == wholes : followed > wholes / 8, "\(followed) of \(wholes)")
  }
}
