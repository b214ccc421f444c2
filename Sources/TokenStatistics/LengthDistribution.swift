/// An exact distribution of conversation lengths in tokens: how many conversations have each length.
///
/// The distribution is a value of sparse integer counts, so parts merge into exactly what counting the whole would
/// have given, in any order. Memory is proportional to the number of distinct lengths.
///
///     var lengths = LengthDistribution([439, 423, 455, 77])
///     lengths.add(679)
///     lengths.percentile(50)  // 439
///
/// Lengths up to ``maximumLength`` and sums up to ``maximumTotal`` are exact; every derived integer is exact too.
public struct LengthDistribution: Sendable, Equatable {
  /// The number of conversations that have one length.
  public struct Entry: Sendable, Hashable {
    /// The length in tokens.
    public let length: Int
    /// The number of conversations of that length, never 0.
    public internal(set) var count: Int

    /// Makes an entry of `count` conversations with `length` tokens.
    public init(length: Int, count: Int) {
      self.length = length
      self.count = count
    }
  }

  /// The largest length accepted from a file, in tokens.
  public static let maximumLength = 1 << 31
  /// The largest number of conversations, and of tokens, accepted from one file.
  public static let maximumTotal = 1 << 44

  /// The distinct lengths with their counts, ascending.
  public private(set) var entries: [Entry]
  /// The number of conversations.
  public private(set) var count: Int
  /// The sum of all lengths, in tokens.
  public private(set) var total: Int

  /// Makes an empty distribution.
  public init() {
    entries = []
    count = 0
    total = 0
  }

  /// Makes the distribution of `lengths`, which may come in any order.
  ///
  /// - Complexity: O(*n* log *n*), and O(*n*) where the lengths lie close together.
  public init(_ lengths: some Sequence<Int>) {
    let lengths = Array(lengths)
    guard let lowest = lengths.min(), let highest = lengths.max(), lowest >= 0 else {
      precondition(lengths.isEmpty, "a length is never negative")
      self.init()
      return
    }
    // Lengths close together are counted in a table, which is several times as fast as sorting them.
    if highest - lowest < Self.widestTable(for: lengths.count) {
      self.init(counting: lengths, from: lowest, to: highest)
    } else {
      self.init(ascending: lengths.sorted())
    }
  }

  private static func widestTable(for count: Int) -> Int { 8 * count }

  private init(counting lengths: [Int], from lowest: Int, to highest: Int) {
    self.init()
    var table = [Int](repeating: 0, count: highest - lowest + 1)
    for length in lengths {
      table[length - lowest] += 1
      total += length
    }
    for (offset, count) in table.enumerated() where count > 0 {
      entries.append(Entry(length: lowest + offset, count: count))
    }
    count = lengths.count
  }

  /// Makes the sum of `parts`: what merging them one after another gives.
  ///
  /// - Complexity: O(*d*) for *d* lengths in all parts where these lie close together, else O(*d* log *p*) for *p* parts.
  public init(merging parts: [LengthDistribution]) {
    let parts = parts.filter { !$0.isEmpty }
    guard parts.count > 2 else {
      self = parts.first ?? LengthDistribution()
      if let second = parts.dropFirst().first { merge(second) }
      return
    }
    let lowest = parts.reduce(Int.max) { min($0, $1.entries[0].length) }
    let highest = parts.reduce(0) { max($0, $1.entries[$1.entries.count - 1].length) }
    guard highest - lowest < Self.widestTable(for: parts.reduce(0) { $0 + $1.entries.count }) else {
      let half = parts.count / 2
      self.init(merging: Array(parts[..<half]))
      merge(LengthDistribution(merging: Array(parts[half...])))
      return
    }
    self.init()
    var table = [Int](repeating: 0, count: highest - lowest + 1)
    for part in parts {
      for entry in part.entries { table[entry.length - lowest] += entry.count }
      count += part.count
      total += part.total
    }
    for (offset, count) in table.enumerated() where count > 0 {
      entries.append(Entry(length: lowest + offset, count: count))
    }
  }

  private init(ascending lengths: [Int]) {
    self.init()
    for length in lengths {
      if let last = entries.indices.last, entries[last].length == length {
        entries[last].count += 1
      } else {
        entries.append(Entry(length: length, count: 1))
      }
      total += length
    }
    count = lengths.count
  }

  /// Makes a distribution of stored entries.
  ///
  /// Nil if lengths are negative or not ascending, a count is not positive, or a limit is exceeded, so that no later
  /// arithmetic on a distribution read from a file can overflow.
  public init?(entries: [Entry]) {
    self.init()
    var previous = -1
    for entry in entries {
      guard previous < entry.length, entry.length <= Self.maximumLength, entry.count > 0 else { return nil }
      let (tokens, overflow) = entry.length.multipliedReportingOverflow(by: entry.count)
      guard !overflow, entry.count <= Self.maximumTotal - count, tokens <= Self.maximumTotal - total else { return nil }
      count += entry.count
      total += tokens
      previous = entry.length
    }
    self.entries = entries
  }

  /// Whether it holds no conversations.
  public var isEmpty: Bool { entries.isEmpty }

  /// Adds `count` conversations of `length` tokens.
  ///
  /// To add many lengths at once, merge a distribution made of them: that sorts once instead of inserting each.
  ///
  /// - Parameters:
  ///   - length: The length in tokens, not negative.
  ///   - count: The number of conversations; 0 changes nothing.
  /// - Complexity: O(log *d*) to find the length and O(*d*) to insert a new one, for *d* distinct lengths.
  public mutating func add(_ length: Int, count: Int = 1) {
    precondition(length >= 0 && count >= 0, "a length and a count are never negative")
    guard count > 0 else { return }
    let index = firstIndex(ofLengthAtLeast: length)
    if index < entries.count, entries[index].length == length {
      entries[index].count += count
    } else {
      entries.insert(Entry(length: length, count: count), at: index)
    }
    self.count += count
    total += length * count
  }

  /// Adds every conversation of `other`.
  ///
  /// - Complexity: O(*d* + *e*) for *d* and *e* distinct lengths.
  public mutating func merge(_ other: LengthDistribution) {
    guard !other.isEmpty else { return }
    guard !isEmpty else {
      self = other
      return
    }
    var merged: [Entry] = []
    merged.reserveCapacity(entries.count + other.entries.count)
    var left = entries[...]
    var right = other.entries[...]
    while let a = left.first, let b = right.first {
      if a.length == b.length {
        merged.append(Entry(length: a.length, count: a.count + b.count))
      } else {
        merged.append(a.length < b.length ? a : b)
      }
      if a.length <= b.length { left.removeFirst() }
      if b.length <= a.length { right.removeFirst() }
    }
    merged.append(contentsOf: left)
    merged.append(contentsOf: right)
    entries = merged
    count += other.count
    total += other.total
  }

  /// The index of the first entry whose length is not below `length`; `entries.count` if there is none.
  func firstIndex(ofLengthAtLeast length: Int) -> Int {
    var low = 0
    var high = entries.count
    while low < high {
      let middle = (low + high) / 2
      if entries[middle].length < length {
        low = middle + 1
      } else {
        high = middle
      }
    }
    return low
  }
}

extension LengthDistribution {
  /// The shortest length in tokens; nil without conversations.
  public var minimum: Int? { entries.first?.length }

  /// The longest length in tokens; nil without conversations.
  public var maximum: Int? { entries.last?.length }

  /// The mean length in tokens; nil without conversations.
  public var mean: Double? {
    isEmpty ? nil : Double(total) / Double(count)
  }

  /// The standard deviation of the lengths as a whole population, in tokens; nil without conversations.
  ///
  /// The squared deviations are summed in ascending order, one conversation after another, so the value depends
  /// neither on the order of adding nor on how parts were merged.
  public var standardDeviation: Double? {
    guard let mean else { return nil }
    var sum = 0.0
    for entry in entries {
      let deviation = Double(entry.length) - mean
      let square = deviation * deviation
      if entry.count <= Self.longestRepeatedSum {
        for _ in 0..<entry.count { sum += square }
      } else {
        sum += square * Double(entry.count)
      }
    }
    return (sum / Double(count)).squareRoot()
  }

  /// The nearest-rank percentile: the smallest length that at least `percent` % of the conversations do not exceed.
  ///
  /// - Parameter percent: The percentage, honored to a thousandth; 0 and below give the minimum.
  /// - Returns: A length that occurs, or nil without conversations.
  /// - Complexity: O(*d*) for *d* distinct lengths.
  public func percentile(_ percent: Double) -> Int? {
    guard percent > 0 else { return minimum }
    guard percent < 100 else { return maximum }
    let thousandths = Int((percent * 1_000).rounded())
    let rank = max(1, (count * thousandths + 99_999) / 100_000)
    var seen = 0
    for entry in entries {
      seen += entry.count
      if seen >= rank { return entry.length }
    }
    return nil
  }

  /// The number of conversations longer than `limit` tokens.
  public func count(above limit: Int) -> Int {
    guard limit < Int.max else { return 0 }
    return entries[firstIndex(ofLengthAtLeast: limit + 1)...].reduce(0) { $0 + $1.count }
  }

  /// The tokens beyond `limit`, summed over all conversations that are longer.
  public func tokensLost(above limit: Int) -> Int {
    guard limit < Int.max else { return 0 }
    return entries[firstIndex(ofLengthAtLeast: limit + 1)...].reduce(0) { $0 + ($1.length - limit) * $1.count }
  }

  /// The largest count whose terms are summed one by one, as the reference does, instead of multiplied.
  private static let longestRepeatedSum = 1 << 16
}
