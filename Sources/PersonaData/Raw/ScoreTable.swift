import Datasets
import JSON
import Support
import TokenStatistics

/// The scores that a judge gave to a persona's records, and the lines on which records were seen.
struct ScoreTable: ~Copyable {
  /// What is known about a record when it is read.
  struct Sighting {
    /// The label's number.
    let label: Int
    /// Nil if there is none.
    let score: Int?
    /// The first line with a record of this key: the record's own if it is the first.
    let firstLine: Int
  }

  /// The labels of scores and records.
  private(set) var labels = LabelTable()
  /// Number of scores that are whole numbers.
  private(set) var scoreCount = 0
  /// Number of entries that are null.
  private(set) var nullCount = 0
  /// Number of entries that are the text `"REFUSAL"`.
  private(set) var refusalCount = 0
  /// Number of entries that are neither a whole number nor null nor a refusal.
  private(set) var unreadableCount = 0
  /// The first of those, as `name = value`.
  private(set) var unreadableExamples: [String] = []
  /// Number of entries for which no record was seen so far.
  private(set) var unusedCount = 0
  /// SHA-256 of the file; of nothing if there is none.
  private(set) var digest = SHA256Digest.of(RawSpan())

  private var records = RecordTable()
  private let dataset: String
  /// The smallest and the largest score.
  private var (lowest, highest) = (Int.max, Int.min)
  /// The first names that no record can have.
  private var oddNames = SmallestTexts(limit: RawReport.exampleLimit)

  /// Makes a table without scores: the personas of the default assistant have none.
  ///
  /// - Parameter dataset: whose records they are, for errors.
  init(dataset: String) { self.dataset = dataset }

  /// Takes the scores of a file, a JSON object from names to numbers. If a name occurs twice the later value counts, as
  /// in Python.
  ///
  /// - Throws: `InputError` if the file cannot be read or is no JSON object, or there are too many labels.
  mutating func read(_ path: String) throws(InputError) {
    let text: [UInt8]
    do throws(FileError) { text = try Files.read(path) } catch {
      throw InputError(.unreadable, dataset: dataset, error.description)
    }
    digest = SHA256Digest.of(text.span.bytes)
    do {
      var reader = try ScoreReader(text.span.bytes)
      var isRepeated = false
      while let value = try reader.next() {
        isRepeated = try add(reader.name.span.bytes, value, of: path) || isRepeated
      }
      // A duplicate name is listed where it first occurs, with its last value.
      if isRepeated, unreadableCount > 0 { try findExamples(text.span.bytes, of: path) }
    } catch let error as InputError {
      throw error
    } catch { throw InputError(.unreadable, dataset: dataset, "\(path)\(Self.fault(error, of: text))") }
  }

  /// Why a text is not an object of scores, to be appended to its path.
  private static func fault(_ error: any Error, of text: [UInt8]) -> String {
    guard let value = try? JSONValue.parse(text), value.objectValue == nil else { return ": \(error)" }
    return " is \(value.kindName); an object of scores is expected"
  }

  /// Notes a record and returns what is known about its key.
  ///
  /// - Parameter label: in UTF-8.
  /// - Throws: `InputError` as ``read(_:)``.
  mutating func note(
    label: RawSpan, promptIndex: Int, questionIndex: Int, line: Int, of path: String
  ) throws(InputError) -> Sighting {
    let number: Int
    do throws(FileError) { number = try labels.number(of: label) } catch {
      throw InputError(.unreadable, dataset: dataset, "\(path), line \(line): \(error.reason)")
    }
    let key = RecordKey(label: number, promptIndex: promptIndex, questionIndex: questionIndex)
    let before = records.update(key) { if $0.line == 0 { $0.line = line } }
    if before.line == 0, before.kind != .none { unusedCount -= 1 }
    return Sighting(label: number, score: before.score, firstLine: before.line == 0 ? line : before.line)
  }

  /// Forgets the records that were noted, to note them again.
  mutating func forgetRecords() {
    records.forgetLines()
    unusedCount = scoreCount + nullCount + refusalCount + unreadableCount + oddNames.count
  }

  /// Finds the scores outside a range, as `name = value`, and the names that no record has.
  ///
  /// - Complexity: O(1) if there are none, else O(number of keys).
  func survey(_ range: ClosedRange<Int>) -> (outside: SmallestTexts, unused: SmallestTexts) {
    var (outside, unused) = (SmallestTexts(limit: RawReport.exampleLimit), oddNames)
    guard unusedCount > 0 || (scoreCount > 0 && !(range.contains(lowest) && range.contains(highest))) else {
      return (outside, unused)
    }
    let labels = labels.labels
    records.forEach { entry in
      guard entry.kind != .odd, entry.kind != .none else { return }
      let name = Self.name(entry.key, labels)
      if let score = entry.score, !range.contains(score) { outside.add("\(name) = \(score)") }
      if entry.line == 0 { unused.add(name) }
    }
    return (outside, unused)
  }

  /// What the file of scores calls a record.
  static func name(_ key: RecordKey, _ labels: [String]) -> String {
    "\(labels[key.label])_p\(key.promptIndex)_q\(key.questionIndex)"
  }

  /// Takes one entry; says whether its name was there before.
  private mutating func add(_ name: RawSpan, _ value: ScoreValue, of path: String) throws(InputError) -> Bool {
    let (key, isOdd) = try self.key(name, of: path)
    let score: Int? = if case .number(let number) = value, !isOdd { number } else { nil }
    let kind = isOdd ? .odd : value.kind
    let before = records.update(key) { $0.set(kind, score: score ?? 0) }
    count(before.kind, -1)
    count(kind, 1)
    if let score { (lowest, highest) = (min(lowest, score), max(highest, score)) }
    let isRepeated = before.kind != .none
    if !isRepeated { unusedCount += 1 }
    if isOdd, !isRepeated { oddNames.add(Self.text(name)) }
    if case .unreadable(let found) = value, !isOdd, unreadableExamples.count < RawReport.exampleLimit {
      unreadableExamples.append("\(Self.text(name)) = \(found)")
    }
    return isRepeated
  }

  private mutating func count(_ kind: RecordEntry.Kind, _ change: Int) {
    switch kind {
    case .number: scoreCount += change
    case .null: nullCount += change
    case .refusal: refusalCount += change
    case .unreadable: unreadableCount += change
    case .none, .odd: break
    }
  }

  /// The key of a name; for a name that no record can have, the beginning of its digest.
  private mutating func key(_ name: RawSpan, of path: String) throws(InputError) -> (RecordKey, isOdd: Bool) {
    guard let parsed = ScoreName(name) else {
      let digest = SHA256Digest.of(name).bytes
      let halves = [digest[..<8], digest[8..<16]].map { $0.reduce(0) { $0 << 8 | Int($1) } }
      return (RecordKey(label: RecordEntry.oddLabel, promptIndex: halves[0], questionIndex: halves[1]), true)
    }
    do throws(FileError) {
      let label = try labels.number(of: name.extracting(0..<parsed.labelLength))
      return (RecordKey(label: label, promptIndex: parsed.promptIndex, questionIndex: parsed.questionIndex), false)
    } catch { throw InputError(.unreadable, dataset: dataset, "\(path), name \(Self.text(name)): \(error.reason)") }
  }

  /// Finds the first unreadable entries of a text in which names are repeated.
  private mutating func findExamples(_ bytes: RawSpan, of path: String) throws {
    var reader = try ScoreReader(bytes)
    var found: [(name: String, value: ScoreValue)] = []
    while let value = try reader.next() {
      let (key, _) = try self.key(reader.name.span.bytes, of: path)
      guard records.entry(key)?.kind == .unreadable else { continue }
      let name = Self.text(reader.name.span.bytes)
      if let place = found.firstIndex(where: { $0.name.hasSameBytes(as: name) }) {
        found[place].value = value
      } else if found.count < RawReport.exampleLimit {
        found.append((name, value))
      }
    }
    unreadableExamples = found.compactMap { name, value in
      if case .unreadable(let text) = value { "\(name) = \(text)" } else { nil }
    }
  }

  private static func text(_ bytes: RawSpan) -> String { bytes.withUnsafeBytes { String(decoding: $0, as: UTF8.self) } }
}

/// Counts texts and keeps the first few in ascending order.
struct SmallestTexts {
  /// The first texts, ascending.
  private(set) var texts: [String] = []
  /// The number of texts.
  private(set) var count = 0
  private let limit: Int

  init(limit: Int) { self.limit = limit }

  /// Counts a text and keeps it if it is among the first.
  ///
  /// - Complexity: O(`limit`).
  mutating func add(_ text: String) {
    count += 1
    if texts.count == limit, let last = texts.last, !Self.precedes(text, last) { return }
    texts.insert(text, at: texts.firstIndex { Self.precedes(text, $0) } ?? texts.count)
    if texts.count > limit { texts.removeLast() }
  }

  /// Swift's order of strings; strings that are equal in it are ordered by their bytes.
  private static func precedes(_ left: String, _ right: String) -> Bool {
    left == right ? left.utf8.lexicographicallyPrecedes(right.utf8) : left < right
  }
}
