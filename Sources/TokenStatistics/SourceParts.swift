import JSON
public import Support

/// What is known of a source of which different runs count different parts, until all are together.
///
/// Parts add up in the order of their rows to exactly what one run would have counted. Merging is associative and
/// commutative, and a part that both sides have counts once.
///
///     var parts = SourceParts(first, part: 0, of: 2)
///     try parts.merge(SourceParts(second, part: 1, of: 2))
///     parts.whole  // what one run would have found
public struct SourceParts: Sendable, Equatable {
  /// How many parts the source has.
  public let count: Int
  /// The results of the parts that are there, by number; the digest of the source is in the first one alone.
  public private(set) var parts: [Int: Checkpoint]

  /// Makes the beginning of a source from one of its parts.
  ///
  /// - Parameters:
  ///   - checkpoint: What was counted in the part.
  ///   - part: The part's number, from 0.
  ///   - count: How many parts the source has.
  public init(_ checkpoint: Checkpoint, part: Int, of count: Int) {
    self.count = count
    parts = [part: checkpoint]
  }

  /// The parts that are missing.
  public var missing: [Int] { (0..<count).filter { parts[$0] == nil } }

  /// Adds the parts of `other`.
  ///
  /// - Throws: `FileError` if they are of other data or settings, or the same part has other numbers.
  public mutating func merge(_ other: SourceParts) throws(FileError) {
    guard let known = parts.values.first, let new = other.parts.values.first else { return }
    guard count == other.count else {
      throw FileError(.conflict, "it is divided into \(count) parts in one file and into \(other.count) in the other")
    }
    var (one, two) = (known.fingerprint, new.fingerprint)
    (one.source.sha256, two.source.sha256) = ("", "")
    guard one.source == two.source else {
      throw FileError(
        .conflict, "the data changed between the runs: count all parts of the same files, whose times copies must keep")
    }
    guard one == two, known.identity == new.identity else {
      throw FileError(.conflict, "its parts were counted with different settings")
    }
    for (number, part) in other.parts {
      guard let present = parts[number] else {
        parts[number] = part
        continue
      }
      guard present.tally == part.tally, present.source == part.source else {
        throw FileError(.conflict, "part \(number + 1) of \(count) has different numbers")
      }
    }
  }

  /// The result of the whole source; nil while parts are missing.
  public var whole: Checkpoint? {
    guard missing.isEmpty, var whole = parts[0] else { return nil }
    for number in 1..<max(1, count) {
      guard let part = parts[number] else { return nil }
      whole.tally.merge(part.tally)
      whole.source.rows += part.source.rows
    }
    return whole
  }
}

extension SourceParts {
  private static let most = 1 << 24

  var json: JSONValue {
    .fields([
      ("of", .number(count)),
      ("counted", .fields(parts.sorted { $0.key < $1.key }) { (String($0.key), $0.value.json) }),
    ])
  }

  init(_ fields: FieldReader) throws(FileError) {
    count = try fields.count("of")
    parts = [:]
    for (key, part) in try fields.object("counted").objects() {
      guard let number = Int(key), 0..<min(count, Self.most) ~= number else {
        throw FileError(field: "counted.\(key)", reason: "it is no number of one of \(count) parts")
      }
      parts[number] = try Checkpoint(part)
    }
    guard !parts.isEmpty else { throw FileError(field: "counted", reason: "no part is there") }
  }
}

extension StatisticsDocument {
  /// The member that holds the parts of sources that are not complete.
  static let partsKey = "parts"

  /// The sources of which parts were counted, sorted by name.
  ///
  /// - Throws: `FileError` that names the member if one is damaged.
  public func parts() throws(FileError) -> [(dataset: String, parts: SourceParts)] {
    var found: [(String, SourceParts)] = []
    do {
      for (name, fields) in try FieldReader(.object(root), place: "").optionalObject(Self.partsKey)?.objects() ?? [] {
        found.append((name, try SourceParts(fields)))
      }
    } catch { throw .damaged(path: path, reason: error.description) }
    return found.sorted { $0.0.utf8.lexicographicallyPrecedes($1.0.utf8) }
  }

  /// Sets what is known of the parts of a source; nil for none.
  public mutating func setParts(_ parts: SourceParts?, of dataset: String) throws(FileError) {
    var all = root[Self.partsKey]?.objectValue ?? JSONObject()
    all[dataset] = parts?.json
    root[Self.partsKey] = all.isEmpty ? nil : .object(all)
  }
}
