import JSON
public import Support

/// Which of the runs that share the same sources are in a document, so that a share that is missing is told of.
///
/// A run knows nothing of the results of others, but all of them find the same datasets.
public struct ShareRecord: Sendable, Hashable {
  /// Runs that share sources.
  struct Runs: Sendable, Hashable {
    /// How many there are.
    let count: Int
    /// A digest of the names of the datasets that all of them find.
    let datasets: TextKey
  }

  let runs: Runs
  /// The numbers of the runs, from 1.
  public private(set) var numbers: Set<Int>

  /// Makes the record of one run.
  ///
  /// - Parameters:
  ///   - number: the run's number, from 1.
  ///   - count: how many runs there are.
  ///   - datasets: the datasets that all of them find.
  public init(_ number: Int, of count: Int, datasets: [String]) {
    numbers = [number]
    runs = Runs(count: count, datasets: Self.digest(of: datasets))
  }

  /// A digest of names of datasets, whatever their order.
  static func digest(of datasets: [String]) -> TextKey {
    var hash = SHA256()
    for name in datasets.sorted(by: { $0.utf8.lexicographicallyPrecedes($1.utf8) }) {
      hash.update(Array("\(name)\n".utf8).span.bytes)
    }
    return TextKey(String("\(hash.finalize())".prefix(16)))
  }

  /// How many runs share the sources.
  public var count: Int { runs.count }

  /// The runs that are missing, in order.
  public var missing: [Int] { (1...max(1, count)).filter { !numbers.contains($0) } }

  /// Adds the runs of another record of the same sources.
  mutating func merge(_ other: ShareRecord) { numbers.formUnion(other.numbers) }
}

extension ShareRecord {
  private static let most = 1_000_000

  var json: JSONValue {
    .fields([
      ("of", .number(count)), ("datasets", .string(runs.datasets.text)),
      ("ranges", .array(ranges.map { .numbers([$0.lowerBound, $0.upperBound]) })),
    ])
  }

  /// The numbers as few ranges: there may be thousands.
  private var ranges: [ClosedRange<Int>] {
    var ranges: [ClosedRange<Int>] = []
    for number in numbers.sorted() {
      if let last = ranges.last, last.upperBound == number - 1 {
        ranges[ranges.count - 1] = last.lowerBound...number
      } else {
        ranges.append(number...number)
      }
    }
    return ranges
  }

  /// Reads a record; nil where it is none.
  init?(_ value: JSONValue) {
    guard let count = value["of"]?.integerValue, 1...Self.most ~= count, let datasets = value["datasets"]?.stringValue,
      let ranges = value["ranges"]?.arrayValue
    else { return nil }
    (runs, numbers) = (Runs(count: count, datasets: TextKey(datasets)), [])
    for range in ranges {
      let ends = range.arrayValue?.compactMap(\.integerValue) ?? []
      guard ends.count == 2, ends[0] >= 1, ends[0] <= ends[1], ends[1] <= count else { return nil }
      numbers.formUnion(ends[0]...ends[1])
    }
  }
}

extension StatisticsDocument {
  /// The member of the metadata that holds the records of shares.
  static let sharesKey = "shares"

  /// The shares that are in the document.
  ///
  /// - Throws: `FileError` if the member is damaged.
  public func shares() throws(FileError) -> [ShareRecord] {
    guard let value = metadata[Self.sharesKey] else { return [] }
    let records = value.arrayValue?.map { ShareRecord($0) } ?? [nil]
    guard !records.contains(nil) else {
      throw .damaged(path: path, reason: "metadata.\(Self.sharesKey) is no list of shares")
    }
    return records.compactMap { $0 }
  }

  /// Adds shares.
  ///
  /// - Throws: `FileError` if those that are there are damaged.
  public mutating func add(_ shares: [ShareRecord]) throws(FileError) {
    if shares.isEmpty { return }
    var all = try self.shares()
    for share in shares {
      if let place = all.firstIndex(where: { $0.runs == share.runs }) {
        all[place].merge(share)
      } else {
        all.append(share)
      }
    }
    all.sort { ($0.count, $0.runs.datasets) < ($1.count, $1.runs.datasets) }
    metadata[Self.sharesKey] = .array(all.map(\.json))
  }
}
