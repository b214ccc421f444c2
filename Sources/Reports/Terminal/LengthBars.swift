import Glibc
import Support
import TokenStatistics

/// A histogram of lengths as a row of block characters on a logarithmic axis.
struct LengthBars {
  /// The axis in octaves: from log2 of the smallest length to log2 of the largest.
  let domain: ClosedRange<Int>
  /// The number of characters.
  let columns: Int

  private static let blocks = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]
  private static let fewestOctaves = 3

  /// An axis for `lengths`: from p0.1 to p99.9, widened to whole octaves.
  init(_ lengths: BinnedLengths, columns: Int) {
    self.columns = max(1, columns)
    let total = lengths.total
    var seen = 0.0
    var low: Int?
    var high = 0
    for (bin, count) in lengths.counts.enumerated() where count > 0 {
      if seen < total * 0.999 { high = bin }
      seen += Double(count)
      if low == nil, seen > total * 0.001 { low = bin }
    }
    let first = Int(lengths.left(low ?? 0).rounded(.down))
    let last = Int(lengths.right(high).rounded(.up))
    domain = max(0, first)...max(last, max(0, first) + Self.fewestOctaves)
  }

  /// The bars of `lengths`, the highest of them a full block; any conversation shows.
  func row(_ lengths: BinnedLengths) -> String {
    let heights = masses(lengths)
    guard let highest = heights.max(), highest > 0 else { return String(repeating: " ", count: columns) }
    return heights.map { height in
      guard height > 0 else { return " " }
      let eighths = Int((height / highest * 8).rounded())
      return Self.blocks[min(max(eighths, 1), 8) - 1]
    }.joined()
  }

  /// The axis: a label at each power of two that has room.
  var axis: String {
    var line = ""
    for power in domain {
      let place = Int((Double(power - domain.lowerBound) / octaves * Double(columns)).rounded(.down))
      let label = NumberFormat.grouped(1 << min(power, 40))
      let isLast = power == domain.upperBound
      let start = isLast ? columns - label.utf8.count : place
      let needed = line.utf8.count + (line.isEmpty ? 0 : 1)
      guard start >= needed, isLast || start + label.utf8.count < columns - lastLabelWidth else { continue }
      line += String(repeating: " ", count: start - line.utf8.count) + label
    }
    return TerminalText.pad(line, to: columns)
  }

  /// How many conversations lie below and above the axis, by bins.
  func outside(_ lengths: BinnedLengths) -> (below: Int, above: Int) {
    var outside = (below: 0, above: 0)
    for (bin, count) in lengths.counts.enumerated() where 0...LengthDistribution.maximumTotal ~= count {
      if lengths.right(bin) <= Double(domain.lowerBound) { outside.below += count }
      if lengths.left(bin) >= Double(domain.upperBound) { outside.above += count }
    }
    return outside
  }

  private var octaves: Double { Double(domain.upperBound - domain.lowerBound) }
  private var lastLabelWidth: Int { NumberFormat.grouped(1 << min(domain.upperBound, 40)).utf8.count }

  /// Each bin's conversations spread evenly over its place on the axis.
  private func masses(_ lengths: BinnedLengths) -> [Double] {
    var masses = [Double](repeating: 0, count: columns)
    let scale = Double(columns) / octaves
    for (bin, count) in lengths.counts.enumerated() where count > 0 {
      let left = (max(lengths.left(bin), 0) - Double(domain.lowerBound)) * scale
      let right = (lengths.right(bin) - Double(domain.lowerBound)) * scale
      guard right > 0, left < Double(columns), right > left else { continue }
      for column in max(0, Int(left))...min(columns - 1, Int(right)) {
        let overlap = min(right, Double(column + 1)) - max(left, Double(column))
        if overlap > 0 { masses[column] += Double(count) * overlap / (right - left) }
      }
    }
    return masses
  }
}

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

  private static func position(_ edge: Int) -> Double { log2(max(Double(edge) - 0.5, 0.5)) }
}
