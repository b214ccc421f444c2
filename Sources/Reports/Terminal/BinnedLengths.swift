import Glibc

/// Lengths known only by the bins of a histogram.
///
/// Bin 0 holds the lengths below the first edge, bin *i* those from edge *i - 1* up to but not including edge *i*, the
/// last bin all others. Bins are placed on a logarithmic axis, an integer edge half a token before itself.
struct BinnedLengths {
  let edges: [Int]
  /// The conversations of each bin: one more than there are edges.
  let counts: [Int]

  /// The number of conversations. A damaged file's counts may be too large to add up as integers.
  var total: Double { counts.reduce(0.0) { $0 + Double(max(0, $1)) } }

  /// Where a bin begins, in octaves.
  func left(_ bin: Int) -> Double {
    bin == 0 || edges.isEmpty ? 0 : Self.position(edges[min(bin, edges.count) - 1])
  }

  /// Where a bin ends, in octaves.
  func right(_ bin: Int) -> Double {
    bin < edges.count ? Self.position(edges[bin]) : Self.position(edges.last ?? 1) + 1
  }

  /// A percentile read off the bins, as close as they are narrow; nil without conversations.
  func percentile(_ percent: Double) -> Int? {
    let wanted = total * percent / 100
    var seen = 0.0
    for (bin, count) in counts.enumerated() where count > 0 {
      if seen + Double(count) >= wanted {
        let part = (wanted - seen) / Double(count)
        return Int(min(exp2(left(bin) + part * (right(bin) - left(bin))).rounded(), 1e15))
      }
      seen += Double(count)
    }
    return nil
  }

  private static func position(_ edge: Int) -> Double { log2(max(Double(edge) - 0.5, 0.5)) }
}
