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
    do { try scan(bytes) } catch {
      let digest = digest
      self = ScoreTable()
      self.digest = digest
      try parse(bytes, path: path, dataset: dataset)
    }
  }

  /// Reads what nearly all files are: an object of whole numbers, texts and nulls, no name twice. Throws at anything else.
  private mutating func scan(_ bytes: [UInt8]) throws(RecordFault) {
    let count = try bytes.span.bytes.withUnsafeBytes { (bytes) throws(RecordFault) in try scanMembers(of: bytes) }
    let isUnique = scores.count + scoreless.count + Set(oddKeys).count == count
    guard isUnique, scoreless.allSatisfy({ scores[$0] == nil }) else { throw RecordFault("a name is there twice") }
  }

  private mutating func scanMembers(of bytes: UnsafeRawBufferPointer) throws(RecordFault) -> Int {
    var scanner = JSONScanner(bytes)
    var text = RecordText()
    var count = 0
    try scanner.expect(UInt8(ascii: "{"), "an object")
    if try !scanner.closes(UInt8(ascii: "}")) {
      repeat {
        text.removeAll(from: 0)
        let key = try scanner.string(into: &text)
        try scanner.expect(UInt8(ascii: ":"), "\":\"")
        let value = try Self.value(&scanner, &text)
        add(text[key], value)
        count += 1
      } while try scanner.continues(until: UInt8(ascii: "}"))
    }
    try scanner.finish()
    return count
  }

  private static func value(_ scanner: inout JSONScanner, _ text: inout RecordText) throws(RecordFault) -> JSONValue {
    let first = scanner.peek()
    guard first == UInt8(ascii: "\"") || first == UInt8(ascii: "n") else {
      return .integer(Int64(try scanner.integer()))
    }
    guard let range = try scanner.nullableString(into: &text) else { return .null }
    return .string(String(decoding: text[range], as: UTF8.self))
  }

  /// Reads a file of any form.
  private mutating func parse(_ bytes: [UInt8], path: String, dataset: String) throws(DatasetError) {
    let value: JSONValue
    do { value = try JSONValue.parse(bytes) } catch {
      throw DatasetError(.unreadable, dataset: dataset, "\(path): \(error)")
    }
    guard let object = value.objectValue else {
      throw DatasetError(.unreadable, dataset: dataset, "\(path) is \(value.kindName); an object of scores is expected")
    }
    for member in object.members { add(Array(member.key.utf8)[...], member.value) }
  }

  private mutating func add(_ text: ArraySlice<UInt8>, _ value: JSONValue) {
    guard let key = RecordKey(utf8: text) else {
      oddKeys.append(String(decoding: text, as: UTF8.self))
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
    default:
      let found = String(decoding: value.serialized(), as: UTF8.self)
      unreadable.append("\(String(decoding: text, as: UTF8.self)) = \(found)")
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
