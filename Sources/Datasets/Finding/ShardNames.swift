import Support

/// Files that make up one dataset, as their names say.
struct ShardGroup: Sendable, Equatable {
  /// What the names have in common; empty where they have nothing.
  var base: String
  /// The split that the names say; nil if they say none.
  var split: String?
  /// The files in the order of their rows.
  var files: [String]
}

/// Reads what names of files say about shards and splits: `train-00000-of-00008.parquet`, `part-00000`.
enum ShardNames {
  /// Names that splits have.
  static let splits = [
    "train", "training", "test", "testing", "validation", "valid", "val", "dev", "eval", "evaluation",
  ]

  /// A file's place among the shards that its name tells of.
  private struct Shard {
    /// What all shards of a table have in common.
    struct Table: Hashable {
      let base: String
      let count: Int?
    }

    let base: String
    let number: Int
    let count: Int?

    var table: Table { Table(base: base, count: count) }
  }

  /// Sorts files into groups of shards, in the order of their names; files whose names tell nothing are left over.
  ///
  /// - Throws: `InputError` without a dataset if shards are missing.
  static func groups(of files: [String]) throws(InputError) -> (groups: [ShardGroup], others: [String]) {
    var groups: [(base: String, shards: [(shard: Shard, file: String)])] = []
    var places: [Shard.Table: Int] = [:]
    var others: [String] = []
    for file in files {
      guard let shard = shard(SourceNaming.stem(of: file)) else {
        others.append(file)
        continue
      }
      if let index = places[shard.table] {
        groups[index].shards.append((shard, file))
      } else {
        places[shard.table] = groups.count
        groups.append((shard.base, [(shard, file)]))
      }
    }
    var result: [ShardGroup] = []
    for group in groups {
      let sorted = group.shards.sorted { ($0.shard.number, $0.file) < ($1.shard.number, $1.file) }
      if let count = sorted[0].shard.count { try check(sorted.map(\.shard.number), count: count, base: group.base) }
      result.append(ShardGroup(base: group.base, split: split(group.base), files: sorted.map(\.file)))
    }
    return (result, others)
  }

  /// Makes sure that all shards are there; their number is whatever a name says, so only those that are there are counted.
  private static func check(_ numbers: [Int], count: Int, base: String) throws(InputError) {
    var first = 0
    var present = 0
    var last: Int?
    // The numbers are sorted, and one may be there twice.
    for number in numbers where number != last {
      if number == first { first += 1 }
      present += 1
      last = number
    }
    let missing = count - present
    guard missing > 0 else { return }
    let name = base.isEmpty ? "the dataset" : base
    throw .unreadable(
      "shard \(first) of \(count) of \(name) is missing"
        + (missing > 1 ? ", and \(missing - 1) more \(missing == 2 ? "is" : "are")" : ""))
  }

  /// The split that a name is, or ends or begins with: `train`, `json-train`, `train_sft`; nil if it is none.
  static func split(_ name: String) -> String? {
    if splits.contains(name) { return name }
    let words = name.split { $0 == "-" || $0 == "." }.map(String.init)
    if let last = words.last, splits.contains(last) { return last }
    // Splits of one kind: `train_sft`, `test_gen`.
    if let last = words.last, let first = last.split(separator: "_").first, splits.contains(String(first)) {
      return last
    }
    return nil
  }

  private static func shard(_ stem: String) -> Shard? {
    let words = stem.split(separator: "-", omittingEmptySubsequences: false).map(String.init)
    // NAME-00000-of-00008, and on the hub a hash after it.
    if let of = words.lastIndex(of: "of"), of > 0, of + 1 < words.count, let number = number(words[of - 1]),
      let count = plainNumber(words[of + 1]), count > 0, number < count, words.count - of <= 3
    {
      return Shard(base: words[..<(of - 1)].joined(separator: "-"), number: number, count: count)
    }
    // part-00000-…, as Spark writes them.
    if words.count >= 2, words[0] == "part", let number = number(words[1]) {
      return Shard(base: "", number: number, count: nil)
    }
    return nil
  }

  private static func number(_ digits: String) -> Int? {
    let digits = digits.split(separator: ".").first.map(String.init) ?? digits
    return digits.utf8.count >= 4 ? plainNumber(digits) : nil
  }

  private static func plainNumber(_ digits: String) -> Int? {
    digits.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int(digits) : nil
  }
}
