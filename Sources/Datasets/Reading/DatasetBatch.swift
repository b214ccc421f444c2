public import ChatTemplates
import ColumnarFiles
public import JSON
public import Support
public import TokenStatistics

/// Some consecutive rows of a dataset: conversations or texts, and what else is read of them.
///
/// Messages of a table are views of its columns; other rows were read into memory of the batch.
public struct DatasetBatch: Sendable {
  /// Where the rows' conversations and texts are; in one place, because asking for a row would copy all of it otherwise.
  private indirect enum Content: Sendable {
    /// Nil if the column's type says that there are no messages at all.
    case messages(MessageColumns?, name: String)
    case texts(UTF8Column?, name: String)
    case decoded(DecodedRows)
  }

  /// Number of rows.
  public let count: Int
  /// Number in the dataset of the first row, counted from 0.
  public let firstRow: Int
  private let content: Content
  private let shape: RowShape
  private let values: [String: ValueColumn]
  private let scores: ValueColumn?
  private let labels: ValueColumn?
  /// The columns that hold arguments of the template.
  private let argumentNames: [String]
  /// Further columns of a table, which are no arguments because nobody named them.
  public let otherColumns: [String]
  /// Whether the values are fields of CSV, which have no types.
  var holdsFields = false
  /// All members of the rows; none where they are not kept.
  private let members: [JSONObject]
  /// Numbers of the lines in which rows begin; none where rows have no lines.
  private let lines: [Int]

  /// Makes a batch of a table.
  init(_ batch: RecordBatch, plan: TablePlan, rowsBefore: Int) {
    count = batch.rowCount
    firstRow = rowsBefore + batch.firstRow
    shape = plan.shape
    lines = []
    members = []
    var values: [String: ValueColumn] = [:]
    for name in plan.names { values[name] = plan.values(name, in: batch) }
    self.values = values
    scores = values[plan.shape.scoreColumn]
    labels = values[plan.shape.labelColumn]
    argumentNames = plan.argumentNames
    otherColumns = plan.otherNames
    content =
      switch plan.route {
      case .messages(let name):
        Self.content(
          batch[name].flatMap { MessageColumns($0, renamesRoles: plan.shape.renamesRoles) }, name, of: batch, plan: plan
        )
      case .texts(let name): .texts(batch[name]?.utf8, name: name)
      case .rows(let fields): .decoded(Self.decoded(batch, fields: fields, plan: plan))
      }
  }

  /// Makes a batch of rows that were read one by one.
  init(
    _ rows: DecodedRows, values: [String: ValueColumn], arguments: [String], members: [JSONObject], shape: RowShape,
    firstRow: Int, lines: [Int], otherColumns: [String] = []
  ) {
    count = rows.count
    self.firstRow = firstRow
    content = .decoded(rows)
    self.values = values
    scores = values[shape.scoreColumn]
    labels = values[shape.labelColumn]
    argumentNames = arguments
    self.otherColumns = otherColumns
    self.members = members
    self.shape = shape
    self.lines = lines
  }

  /// Messages stay where they are, unless there may be images among them.
  private static func content(
    _ messages: MessageColumns?, _ name: String, of batch: RecordBatch, plan: TablePlan
  ) -> Content {
    guard let messages, messages.mayHoldMedia(rows: batch.rowCount), let field = batch.schema[name] else {
      return .messages(messages, name: name)
    }
    return .decoded(decoded(batch, fields: [field], plan: plan))
  }

  private static func decoded(_ batch: RecordBatch, fields: [Field], plan: TablePlan) -> DecodedRows {
    let interpreter = RowInterpreter(shape: plan.shape, images: plan.images)
    var rows = DecodedRows()
    for row in 0..<batch.rowCount {
      do throws(InputError) {
        var values = ColumnJSON(measuring: plan.images)
        var members: [(String, JSONValue)] = []
        for field in fields {
          guard let column = batch[field.name] else { continue }
          members.append((field.name, try values.value(row, of: column, field)))
        }
        let images = plan.imageColumns.flatMap { name in
          batch[name].flatMap { plan.images?.images(row, of: $0) } ?? []
        }
        interpreter.append(
          .object(JSONObject(members)), to: &rows, images: RowImages(plan.images, images, measured: values.images))
      } catch { rows.fail(error.message) }
    }
    return rows
  }

  /// The text that the messages' ranges point into.
  ///
  /// It may be the file's own memory, which changes if another program writes into the file: copy what must stay the
  /// same while it is worked on.
  public var text: RawSpan {
    @_lifetime(borrow self)
    get {
      switch content {
      case .messages(let messages, _):
        guard let messages else { return RawSpan() }
        // The copy shares the columns' memory, which `self` keeps alive.
        return _overrideLifetime(messages.text, borrowing: self)
      case .texts(let column, _):
        guard let column else { return RawSpan() }
        return _overrideLifetime(column.data, borrowing: self)
      case .decoded(let rows):
        return _overrideLifetime(rows.text.span.bytes, borrowing: self)
      }
    }
  }

  /// Whether rows may be the same text at the same place in ``text``, which need not be counted twice.
  public var mayShareTexts: Bool {
    if case .texts(let column?, _) = content { column.mayShareBytes } else { false }
  }

  /// Where a row's text is in ``text``, if the row is a text and not a conversation; nil otherwise.
  ///
  /// - Throws: `InputError` if there is a text missing.
  public func rowText(_ row: Int) throws(InputError) -> Range<Int>? {
    precondition(row >= 0 && row < count)
    switch content {
    case .messages: return nil
    case .texts(let column, let name):
      guard let column, !column.isNull(row) else { throw isNull(name) }
      return column.range(row)
    case .decoded(let rows):
      if case .text(let range) = rows.rows[row] { return range }
      return nil
    }
  }

  /// Reads a row's messages; their ranges point into ``text``.
  ///
  /// - Parameters:
  ///   - row: a row of this batch, from 0; another is a programming error.
  ///   - list: receives the messages; its storage is kept. A row that is a text is one message of role `text`.
  /// - Throws: `InputError` of kind ``InputError/Kind/messages`` if there are no messages, or one lacks its role.
  public func readMessages(of row: Int, into list: inout [ChatMessage]) throws(InputError) {
    list.removeAll(keepingCapacity: true)
    precondition(row >= 0 && row < count)
    if let range = try rowText(row) {
      list.append(ChatMessage(role: .other("text"), content: range))
      return
    }
    switch content {
    case .texts: return
    case .messages(let messages, let name):
      guard let messages, let range = messages.range(row) else { throw isNull(name) }
      guard !range.isEmpty else { throw InputError(.messages, dataset: "", "\(name) is empty") }
      for element in range {
        if let fault = messages.fault(element) {
          throw InputError(.messages, dataset: "", "message \(element - range.lowerBound + 1)\(fault)")
        }
        list.append(messages[element])
      }
    case .decoded(let rows):
      switch rows.rows[row] {
      case .conversation(let range): list.append(contentsOf: rows.messages[range])
      case .text: return
      case .failed(let reason): throw InputError(.messages, dataset: "", reason)
      }
    }
  }

  private func isNull(_ name: String) -> InputError {
    InputError(
      .messages, dataset: "", shape.passedOverShapes.first.map(shape.nullReason(beside:)) ?? "\(name) is null")
  }

  /// How many images, sounds and films a row holds, none of which are text.
  public func media(of row: Int) -> Int {
    if case .decoded(let rows) = content { rows.media[row] ?? 0 } else { 0 }
  }

  /// Where the contents of a row's messages are not UTF-8, which Python cannot read; nil if they are.
  ///
  /// - Complexity: O(bytes of the contents).
  public func encodingFault(of messages: [ChatMessage]) -> String? {
    for (index, message) in messages.enumerated() {
      if let offset = text.extracting(message.content).malformedOffset {
        return "message \(index + 1): content is not UTF-8 from byte \(offset) on"
      }
    }
    return nil
  }

  /// What a row tells the template beside the messages: `tools`, `documents`, `chat_template_kwargs`,
  /// `add_generation_prompt`, `continue_final_message`, and the further columns that were asked for.
  ///
  /// Members that are null are left out. Tools and the like may be JSON as text.
  ///
  /// - Throws: `InputError` if one of them cannot be read.
  public func arguments(of row: Int) throws(InputError) -> JSONObject {
    var arguments = JSONObject()
    do throws(InputError) {
      if members.indices.contains(row) {
        let own = shape.ownColumns
        for member in members[row].members where !own.contains(member.key) {
          try add(member.value, of: member.key, to: &arguments)
        }
      }
      for name in argumentNames {
        if let value = try values[name]?.json(row) { try add(value, of: name, to: &arguments) }
      }
    } catch { throw InputError(.messages, dataset: "", error.message) }
    return arguments
  }

  private func add(_ value: JSONValue, of column: String, to arguments: inout JSONObject) throws(InputError) {
    let name = column == shape.toolsColumn ? "tools" : column
    do throws(TemplateError) {
      if let value = try RowArguments.value(value, named: name, isField: holdsFields) { arguments[name] = value }
    } catch { throw .unreadable(error.message) }
  }

  /// Reads a row's score.
  ///
  /// - Throws: `InputError` if the score is no number.
  public func score(of row: Int) throws(InputError) -> Score {
    guard let value = try exactScore(of: row) else { return .none }
    guard let score = Score(value) else {
      throw InputError(.score, dataset: "", "\(shape.scoreColumn) is \(value), which is beyond all scales")
    }
    return score
  }

  /// Reads a row's score as a number; nil if there is none.
  ///
  /// - Throws: `InputError` if the score is no number.
  public func exactScore(of row: Int) throws(InputError) -> Double? {
    if let kind = scores?.compound(row) {
      throw InputError(.score, dataset: "", "\(shape.scoreColumn) is \(kind), no number")
    }
    switch scores?.scalar(row) {
    case nil, .null?: return nil
    case .integer(let number)?: return Double(number)
    case .bool(let flag)?: return flag ? 1 : 0
    // pandas writes a missing number as NaN.
    case .double(let number)?: return number.isNaN ? nil : number
    case .string(let text)?:
      if let number = Double(text), number.isFinite { return number }
      throw InputError(.score, dataset: "", "\(shape.scoreColumn) is \"\(text.prefix(40))\", no number")
    case .bigInteger(let digits)?:
      throw InputError(.score, dataset: "", "\(shape.scoreColumn) is \(digits.prefix(40)), which is beyond all scales")
    case .array?, .object?: return nil
    }
  }

  /// Makes sure that nothing that a row is grouped or chosen by is longer than any label.
  ///
  /// - Parameter columns: the extra columns that rows are grouped by.
  /// - Throws: `InputError` if something is: short files could hold many rows of that kind, as entries of a dictionary.
  public func checkLabels(of row: Int, columns: [String] = [], limits: Limits) throws(InputError) {
    try Self.check(labels, shape.labelColumn, row, limits)
    try Self.check(scores, shape.scoreColumn, row, limits)
    for column in columns {
      try Self.check(values[column], column, row, limits)
      if let kind = values[column]?.compound(row) {
        throw InputError(.messages, dataset: "", "\(column) is \(kind), by which rows cannot be grouped")
      }
    }
  }

  private static func check(
    _ column: ValueColumn?, _ name: String, _ row: Int, _ limits: Limits
  ) throws(InputError) {
    guard let bytes = column?.textBytes(row), bytes > limits.labelBytes else { return }
    throw InputError(
      .messages, dataset: "", "\(name) has \(bytes) bytes; at most \(limits.labelBytes) are taken")
  }

  /// A row's label; nil if there is none.
  public func label(of row: Int) -> String? { labels?.text(row) }

  /// The value of an extra column as text; nil if it is null.
  public func text(of column: String, row: Int) -> String? { values[column]?.text(row) }

  /// The value of an extra column as a whole number; nil if it is null or no such number.
  public func integer(of column: String, row: Int) -> Int64? { values[column]?.integer(row) }

  /// The line of the file in which a row begins, from 1; nil where rows have no lines.
  public func line(of row: Int) -> Int? { lines.indices.contains(row) ? lines[row] : nil }

  /// Where a row is in its source, for messages.
  public func place(of row: Int) -> RowPlace {
    lines.indices.contains(row) ? .line(lines[row]) : .row(firstRow + row)
  }
}

/// Where a row is in its source.
public enum RowPlace: Sendable, Hashable, CustomStringConvertible {
  /// The line of a text on which it begins, from 1.
  case line(Int)
  /// Its number in a table, from 0.
  case row(Int)

  /// "line 7", or "row 6".
  public var description: String {
    switch self {
    case .line(let number): "line \(number)"
    case .row(let number): "row \(number)"
    }
  }
}

extension RowFailure {
  /// Makes the failure of a row whose messages or score cannot be read.
  public init(row: Int, _ error: InputError) {
    self.init(row: row, kind: error.kind == .score ? .score : .messages, message: error.message)
  }
}
