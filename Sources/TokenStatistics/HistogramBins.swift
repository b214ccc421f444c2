import Glibc

/// The bins of the stored histograms: integer lengths on a logarithmic scale, eight bins an octave.
public enum HistogramBins {
  /// The largest edge, 2^17 tokens: the longest context of the supported models.
  public static let largestEdge = 1 << 17

  /// The edges, ascending: `round(2^(k/8))` without repeats.
  ///
  /// Bin 0 holds the lengths below the first edge, bin *i* those from edge *i - 1* up to but not including edge *i*,
  /// and the last bin all from the last edge on.
  public static let edges: [Int] = {
    var edges: [Int] = []
    for step in 0... {
      let edge = Int(exp2(Double(step) / 8).rounded())
      if edge > largestEdge { break }
      if edges.last != edge { edges.append(edge) }
    }
    return edges
  }()

  /// The number of conversations in each bin: one more than there are edges.
  ///
  /// - Complexity: O(*d* + *e*) for *d* distinct lengths and *e* edges.
  public static func counts(of lengths: LengthDistribution, edges: [Int] = edges) -> [Int] {
    var counts = [Int](repeating: 0, count: edges.count + 1)
    var bin = 0
    for entry in lengths.entries {
      while bin < edges.count, edges[bin] <= entry.length { bin += 1 }
      counts[bin] += entry.count
    }
    return counts
  }
}
