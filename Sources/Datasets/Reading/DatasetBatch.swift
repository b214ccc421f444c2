public import ChatTemplates
import ColumnarFiles
public import Support
public import TokenStatistics

/// Some consecutive rows of a dataset, as views of the file's columns.
public struct DatasetBatch: Sendable {
  /// Number of rows.
  public let count: Int
  /// Number in the dataset of the first row, counted from 0.
  public let firstRow: Int
  private let kind: DatasetKind
  /// Nil if the column's type says that there are no messages at all.
  private let messages: MessageColumns?
  private let scores: Column?
  private let labels: UTF8Column?
  private let extras: [String: Column]

  init(_ batch: RecordBatch, kind: DatasetKind, rowsBefore: Int, extraColumns: [String]) {
    count = batch.rowCount
    firstRow = rowsBefore + batch.firstRow
    self.kind = kind
    messages = batch[DatasetColumns.messages].flatMap(MessageColumns.init)
    scores = batch[DatasetColumns.score]
    labels = batch[DatasetColumns.label]?.utf8
    extras = Dictionary(
      extraColumns.compactMap { name in batch[name].map { (name, $0) } }, uniquingKeysWith: { first, _ in first })
  }

  /// The text that the messages' ranges point into.
  ///
  /// It may be the file's own memory, which changes if another program writes into the file: copy what must stay the
  /// same while it is worked on.
  public var text: RawSpan {
    @_lifetime(borrow self)
    get {
      guard let messages else { return RawSpan() }
      // The copy shares the columns' memory, which `self` keeps alive.
      return _overrideLifetime(messages.text, borrowing: self)
    }
  }

  /// Reads a row's messages; their ranges point into ``text``.
  ///
  /// - Parameters:
  ///   - row: a row of this batch, from 0; another is a programming error.
  ///   - list: receives the messages; its storage is kept.
  /// - Throws: `InputError` of kind ``InputError/Kind/messages`` if there are no messages, or one lacks its role or
  ///   content.
  public func readMessages(of row: Int, into list: inout [ChatMessage]) throws(InputError) {
    list.removeAll(keepingCapacity: true)
    precondition(row >= 0 && row < count)
    guard let messages, let range = messages.range(row) else {
      throw InputError(.messages, dataset: "", "messages is null")
    }
    guard !range.isEmpty else { throw InputError(.messages, dataset: "", "messages is empty") }
    for element in range {
      if let fault = messages.fault(element) {
        throw InputError(.messages, dataset: "", "message \(element - range.lowerBound + 1)\(fault)")
      }
      list.append(messages[element])
    }
  }

  /// Where the contents of a row's messages are not UTF-8, which Python cannot read; nil if they are.
  ///
  /// - Complexity: O(bytes of the contents).
  public func encodingFault(of messages: [ChatMessage]) -> String? {
    for (index, message) in messages.enumerated() {
      let content = text.extracting(message.content).withUnsafeBytes { Array($0) }
      do { _ = try UTF8Span(validating: content.span) } catch {
        return "message \(index + 1): content is not UTF-8 from byte \(error.byteOffsets.lowerBound) on"
      }
    }
    return nil
  }

  /// Reads a row's score.
  ///
  /// - Throws: `InputError` of kind ``InputError/Kind/score`` if the score is no whole number or outside the scale of the dataset's kind.
  public func score(of row: Int) throws(InputError) -> Score {
    guard let value = try number(row) else { return .none }
    if let scale = kind.scoreScale, !scale.range.contains(value) {
      let range = "\(scale.range.lowerBound) to \(scale.range.upperBound)"
      throw InputError(.score, dataset: "", "extract_score is \(value); a \(kind.rawValue) has scores from \(range)")
    }
    return .value(value)
  }

  /// A row's label; nil if there is none.
  public func label(of row: Int) -> String? { labels?.string(row) }

  /// The value of an extra column as text; nil if it is null.
  public func text(of column: String, row: Int) -> String? {
    switch extras[column] {
    case .utf8(let column): column.string(row)
    case .int64(let column): column[row].map { String($0) }
    case .double(let column): column[row].map { String($0) }
    case .bool(let column): column[row].map { $0 ? "true" : "false" }
    case nil, .null, .list, .struct: nil
    }
  }

  /// The value of an extra column as a whole number; nil if it is null or no such number.
  public func integer(of column: String, row: Int) -> Int64? {
    switch extras[column] {
    case .int64(let column): column[row]
    case .double(let column): column[row].flatMap { Int64(exactly: $0) }
    case .utf8(let column): column.string(row).flatMap { Int64($0) }
    case nil, .null, .bool, .list, .struct: nil
    }
  }

  private func number(_ row: Int) throws(InputError) -> Int? {
    switch scores {
    case .int64(let column): return column[row].map { Int($0) }
    case .double(let column):
      // pandas writes a missing number as NaN.
      guard let value = column[row], !value.isNaN else { return nil }
      guard let number = Int(exactly: value) else {
        throw InputError(.score, dataset: "", "extract_score is \(value), no whole number")
      }
      return number
    case .utf8(let column):
      guard let text = column.string(row) else { return nil }
      guard let number = Int(text) else {
        throw InputError(.score, dataset: "", "extract_score is \"\(text.prefix(40))\", no whole number")
      }
      return number
    case nil, .null, .bool, .list, .struct: return nil
    }
  }
}

extension RowFailure {
  /// Makes the failure of a row whose messages or score cannot be read.
  public init(row: Int, _ error: InputError) {
    self.init(row: row, kind: error.kind == .score ? .score : .messages, message: error.message)
  }
}
