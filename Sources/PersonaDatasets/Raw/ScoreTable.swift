internal import FileStore
internal import JSONDocuments

/// The scores that a judge gave to a persona's records.
struct ScoreTable {
  /// Scores that are whole numbers, by record.
  private(set) var scores: [RecordKey: Int] = [:]
  /// Records whose entry is null.
  private(set) var nullCount = 0
  /// Records whose entry is the text `"REFUSAL"`.
  private(set) var refusalCount = 0
  /// Entries that are neither a whole number nor null nor a refusal, as `key = value`.
  private(set) var unreadable: [String] = []
  /// Keys that name no record: not of the form `{label}_p{n}_q{n}`.
  private(set) var oddKeys: [String] = []
  /// Records that have an entry without a number.
  private(set) var scoreless: Set<RecordKey> = []
  /// SHA-256 of the file; of nothing where there is none.
  private(set) var digest = SHA256Digest.of(RawSpan())

  /// A table without scores: the personas of the default assistant have none.
  init() {}

  /// Reads a file of scores, a JSON object from keys to numbers.
  ///
  /// - Throws: `DatasetError` where the file cannot be read or is no JSON object.
  init(path: String, dataset: String) throws(DatasetError) {
    let bytes: [UInt8]
    do { bytes = try Files.read(path) } catch { throw DatasetError(.unreadable, dataset: dataset, error.description) }
    digest = SHA256Digest.of(bytes.span.bytes)
    let value: JSONValue
    do { value = try JSONValue.parse(bytes) } catch {
      throw DatasetError(.unreadable, dataset: dataset, "\(path): \(error)")
    }
    guard let object = value.objectValue else {
      throw DatasetError(.unreadable, dataset: dataset, "\(path) is \(value.kindName); an object of scores is expected")
    }
    scores.reserveCapacity(object.count)
    for member in object.members { add(member.key, member.value) }
  }

  private mutating func add(_ text: String, _ value: JSONValue) {
    guard let key = RecordKey(text) else {
      oddKeys.append(text)
      return
    }
    if let score = Self.number(value) {
      scores[key] = score
      return
    }
    scoreless.insert(key)
    switch value {
    case .null: nullCount += 1
    case .string("REFUSAL"): refusalCount += 1
    default: unreadable.append("\(text) = \(String(decoding: value.serialized(), as: UTF8.self))")
    }
  }

  /// A whole number, as number or as text.
  private static func number(_ value: JSONValue) -> Int? {
    switch value {
    case .integer(let number): Int(number)
    case .double(let number): Int(exactly: number)
    case .string(let text): Int(text)
    default: nil
    }
  }
}
