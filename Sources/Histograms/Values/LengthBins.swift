import Glibc
import TokenStatistics

/// The bins of a length domain: an eighth of an octave each, over whole lengths.
///
/// Bin *i* holds the lengths from `edges[i]` up to, but without, `edges[i + 1]`. Edges are `round(2^(k/8))` without
/// repeats, so short lengths get a bin each, and a bin is drawn from `log2(edge - 0.5)`: no comb at small lengths.
struct LengthBins: Sendable, Equatable {
  /// The edges, ascending, from the domain's lower to its upper bound.
  let edges: [Int]
  /// The bins' widths in octaves.
  let widths: [Double]

  init(_ domain: LengthDomain) {
    var edges: [Int] = []
    for step in 8 * domain.lowerOctave...8 * domain.upperOctave {
      let edge = Int(exp2(Double(step) / 8).rounded())
      if edges.last != edge { edges.append(edge) }
    }
    self.edges = edges
    widths = zip(edges, edges.dropFirst()).map { log2(Double($1) - 0.5) - log2(Double($0) - 0.5) }
  }

  var count: Int { widths.count }

  /// How many conversations of `lengths` fall into each bin, and how many below and above all bins.
  ///
  /// - Complexity: O(*d* + *b*) for *d* distinct lengths and *b* bins.
  func counts(of lengths: LengthDistribution) -> BinCounts {
    var counts = BinCounts(bins: count)
    var bin = -1
    for entry in lengths.entries {
      while bin < count, entry.length >= edges[bin + 1] { bin += 1 }
      if bin < 0 {
        counts.less += entry.count
      } else if bin < count {
        counts.bins[bin] += entry.count
      } else {
        counts.more += entry.count
      }
    }
    return counts
  }

  /// The height of bin `index` in percent of `whole` conversations per eighth of an octave.
  func height(_ count: Int, bin index: Int, of whole: Int) -> Double {
    100 * Double(count) / (Double(whole) * 8 * widths[index])
  }

  /// The highest bin of `lengths` in percent per eighth of an octave; 0 without conversations.
  func highest(of lengths: LengthDistribution) -> Double {
    let counts = counts(of: lengths)
    return counts.bins.indices.reduce(0) { max($0, height(counts.bins[$1], bin: $1, of: max(lengths.count, 1))) }
  }
}

/// The conversations of each bin and outside all bins.
struct BinCounts: Sendable, Equatable {
  var less = 0
  var bins: [Int]
  var more = 0

  init(bins: Int) {
    self.bins = [Int](repeating: 0, count: bins)
  }

  /// The conversations that no bin holds.
  var outside: Int { less + more }
}
