public import Support
public import TokenStatistics

/// A dataset and a choice among its rows: `DATASET` or `DATASET:label=pos,min_score=3,max_score=3`.
public struct DatasetSelection: Sendable, Hashable {
  /// The dataset's name or path, as given.
  public let dataset: String
  /// The rows that are chosen; empty for all.
  public let filters: ScoreFilters

  /// Makes a selection.
  public init(dataset: String, filters: ScoreFilters = ScoreFilters()) {
    self.dataset = dataset
    self.filters = filters
  }

  /// Reads a selection.
  ///
  /// The text after the last colon is a filter if it holds a `=`; a colon before that belongs to the name, and so does
  /// that of an address such as `hf://datasets/OWNER/NAME/a=b`.
  ///
  /// - Throws: `InputError` naming the filter that does not fit and the known ones.
  public init(parsing text: String) throws(InputError) {
    guard let colon = text.lastIndex(of: ":"), text[colon...].contains("="), !text[colon...].hasPrefix("://") else {
      self.init(dataset: text)
      guard !text.isEmpty else { throw .name("a dataset's name is missing") }
      return
    }
    guard colon > text.startIndex else { throw .name("\"\(text)\": the dataset's name is missing") }
    do throws(InputError) {
      try self.init(
        dataset: String(text[..<colon]), filters: Self.filters(String(text[text.index(after: colon)...])))
    } catch {
      throw .name("\"\(text)\": \(error)")
    }
  }

  /// Reads filters such as `label=pos,min_score=3`.
  ///
  /// - Throws: `InputError` naming the filter that does not fit and the known ones.
  public static func filters(_ text: String) throws(InputError) -> ScoreFilters {
    var filters = ScoreFilters()
    for pair in text.split(separator: ",", omittingEmptySubsequences: false) {
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      guard parts.count == 2 else { throw .name("the filter \"\(pair)\" is not of the form name=value") }
      switch parts[0] {
      case "label":
        guard filters.label == nil else { throw .repeated("label") }
        guard !parts[1].isEmpty else { throw .name("the label is empty") }
        filters.label = parts[1]
      case "min_score":
        guard filters.minimumScore == nil else { throw .repeated("min_score") }
        filters.minimumScore = try score(parts[1], of: "min_score")
      case "max_score":
        guard filters.maximumScore == nil else { throw .repeated("max_score") }
        filters.maximumScore = try score(parts[1], of: "max_score")
      default: throw .name("the filter \"\(parts[0])\" is not one of label, min_score, max_score")
      }
    }
    return filters
  }

  private static func score(_ text: String, of name: String) throws(InputError) -> Double {
    guard let score = Score(text: text)?.number else {
      throw .name("\(name) is \"\(text)\"; a number such as 3 or 0.5 is expected")
    }
    return score
  }

  /// Reads a file of selections, one on each line; blank lines and comments after `#` are skipped.
  ///
  /// A `#` begins a comment at the start of a line and after white space.
  ///
  /// - Throws: `InputError` with file and line.
  public static func list(inFile path: String) throws(InputError) -> [DatasetSelection] {
    let text: String
    do throws(FileError) { text = String(decoding: try Files.readInput(path), as: UTF8.self) } catch {
      throw .name(error.description)
    }
    var selections: [DatasetSelection] = []
    let lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    for (index, line) in lines.enumerated() {
      let entry = trimmed(withoutComment(line))
      if entry.isEmpty { continue }
      do throws(InputError) {
        selections.append(try DatasetSelection(parsing: entry))
      } catch { throw .name("\(path), line \(index + 1): \(error)") }
    }
    return selections
  }

  private static func withoutComment(_ line: Substring.UTF8View) -> Substring.UTF8View {
    var previous = UInt8(ascii: " ")
    for index in line.indices {
      if line[index] == UInt8(ascii: "#") && isSpace(previous) { return line[..<index] }
      previous = line[index]
    }
    return line
  }

  private static func trimmed(_ line: Substring.UTF8View) -> String {
    let start = line.drop(while: isSpace)
    let end = start.lastIndex { !isSpace($0) }
    return end.map { String(Substring(start[...$0])) } ?? ""
  }

  private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
}

extension InputError {
  fileprivate static func repeated(_ name: String) -> InputError { .name("\(name) is given twice") }
}

extension ScoreFilters {
  /// The labels that can be in names.
  public static let knownLabels = ["pos", "neg", "default"]

  /// Whether every row passes.
  public var isEmpty: Bool { minimumScore == nil && maximumScore == nil && label == nil }

  /// Whether a row passes; a missing score passes no filter by score, a missing label none by label.
  public func includes(score: Score, label: String?) -> Bool {
    if let required = self.label, !(label?.hasSameBytes(as: required) ?? false) { return false }
    guard minimumScore != nil || maximumScore != nil else { return true }
    guard let value = score.number else { return false }
    return value >= minimumScore ?? -.infinity && value <= maximumScore ?? .infinity
  }

  /// The filters as a selection writes them, such as `label=pos,min_score=3`; empty for none.
  public var selectionText: String {
    let parts = [
      label.map { "label=\($0)" }, minimumText.map { "min_score=\($0)" }, maximumText.map { "max_score=\($0)" },
    ]
    return parts.compactMap { $0 }.joined(separator: ",")
  }
}
