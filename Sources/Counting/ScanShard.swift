/// One of several runs that share the sources of a scan, each in a process of its own, perhaps on another machine.
///
/// All runs find the same sources and divide large ones in the same way, and each takes its share: nothing has to be
/// agreed upon while they run.
public struct ScanShard: Sendable, Hashable, CustomStringConvertible {
  /// The most runs that share sources.
  public static let most = 1_000_000

  /// The number of this run, from 1.
  public let number: Int
  /// How many runs there are.
  public let count: Int

  /// Reads text of the form `3/8`: the third of eight runs; nil where it is none.
  public init?(_ text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
    guard parts.count == 2, let number = parts[0], let count = parts[1], 1...Self.most ~= count, 1...count ~= number
    else { return nil }
    self.number = number
    self.count = count
  }

  /// The shard as it is written.
  public var description: String { "\(number)/\(count)" }

  /// Which of the units of work belong to this run: consecutive ones, about as many bytes for each run.
  ///
  /// - Parameter sizes: The units' sizes in bytes; even an empty one takes some time.
  func units(ofBytes sizes: [Int]) -> Range<Int> {
    let weights = sizes.map { Int128(max(1, $0)) }
    let total = weights.reduce(0, +)
    var sum: Int128 = 0
    var range = 0..<0
    for (unit, weight) in weights.enumerated() {
      // A unit belongs to the run that its middle falls to.
      let run = Int((2 * sum + weight) * Int128(count) / (2 * total))
      sum += weight
      guard run == number - 1 else { continue }
      range = range.isEmpty ? unit..<unit + 1 : range.lowerBound..<unit + 1
    }
    return range
  }
}

/// Which part of a source a run counted, whose other parts belong to other runs.
public struct SharedPart: Sendable, Hashable {
  /// The part's number in the source, from 0.
  public let number: Int
  /// How many parts the source has.
  public let count: Int

  /// Makes a part of its numbers.
  public init(number: Int, count: Int) {
    self.number = number
    self.count = count
  }
}
