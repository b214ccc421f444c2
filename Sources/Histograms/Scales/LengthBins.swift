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
}

/// Places lengths on a logarithmic axis of whole pixels.
struct LengthAxis: Sendable, Equatable {
  let domain: LengthDomain
  /// The pixel column where the domain begins.
  let left: Int
  /// The width of the domain in pixels.
  let width: Int
  /// How far outside the axis the lengths beyond it are shown: the distance to the middle of their slot.
  let slotDistance: (less: Int, more: Int)
  /// The least pixels between two labeled lengths.
  let closestLabels: Int

  init(
    domain: LengthDomain, left: Int = 116, width: Int = 640, slotDistance: (less: Int, more: Int) = (26, 28),
    closestLabels: Int = 60
  ) {
    self.domain = domain
    self.left = left
    self.width = width
    self.slotDistance = slotDistance
    self.closestLabels = closestLabels
  }

  var right: Int { left + width }

  /// The pixel column where the bin that begins at `edge` begins.
  func x(edge: Int) -> Int {
    x(position: log2(Double(edge) - 0.5))
  }

  /// The pixel column of `length`; the middle of a slot for a length outside the domain.
  func x(length: Int) -> Int {
    if length < domain.lower { return left - slotDistance.less }
    if length >= domain.upper { return right + slotDistance.more }
    return x(position: log2(Double(length) - 0.5))
  }

  /// Where `length`, which lies in the domain, is on the axis, in pixels and not rounded.
  func exactX(length: Int) -> Double {
    let position = log2(Double(length) - 0.5) - Double(domain.lowerOctave)
    return Double(left) + min(max(Double(width) * position / Double(domain.octaves), 0), Double(width))
  }

  /// The pixel column of the power of two with the exponent `octave`.
  func x(octave: Int) -> Int {
    x(position: Double(octave))
  }

  /// The exponents of the grid lines: every one, or every second, fourth … where they come too close.
  var gridOctaves: [Int] {
    var step = 1
    while width * step < closestLabels * domain.octaves { step *= 2 }
    return Array(stride(from: domain.lowerOctave, through: domain.upperOctave, by: step))
  }

  private func x(position: Double) -> Int {
    let offset = Double(width) * (position - Double(domain.lowerOctave)) / Double(domain.octaves)
    return left + min(max(Int(offset.rounded()), 0), width)
  }

  static func == (left: LengthAxis, right: LengthAxis) -> Bool {
    left.domain == right.domain && left.left == right.left && left.width == right.width
      && left.slotDistance == right.slotDistance && left.closestLabels == right.closestLabels
  }
}
