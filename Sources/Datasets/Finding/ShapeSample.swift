import ColumnarFiles
import JSON
import Support

/// What the first rows of a file show: which columns there are, and what is in them.
struct ShapeSample {
  /// The rows that are looked at.
  private static let rows = 64

  /// The names of the columns or members.
  private(set) var columns: [String] = []
  /// The same names, to find them.
  private var seen: Set<TextKey> = []
  /// What columns hold, by their names.
  private var contents: [String: ColumnContent] = [:]
  /// Columns of which only empty lists were seen, which do not tell of what.
  private var emptyLists: Set<String> = []
  /// Whether the first row is a text without a name.
  private(set) var holdsTexts = false
  /// Whether rows were looked at, and all of them are objects, numbers or the like, which by themselves are no rows.
  private(set) var needsColumn = false
  /// Whether rows that were not looked at may have further columns.
  private var isOpen = false
  /// Members of messages that nothing reads.
  private(set) var unknownMembers: [String] = []

  /// Looks at the first rows of a file.
  ///
  /// - Throws: `InputError` without a dataset if it cannot be read.
  init(of path: String, kind: StoredKind, limits: Limits) throws(InputError) {
    guard let layout = kind.layout else {
      try readTable(path, limits)
      return
    }
    do throws(FileError) {
      var records = RecordReader(try TextWindow.open(path, limits: limits), layout: layout)
      switch kind.format {
      case .csv, .tsv:
        guard case .fields(let delimiter) = layout, try records.next() else { return }
        columns = FieldScanner.fields(of: records.record, delimiter: delimiter)
          .map { String(decoding: $0.text, as: UTF8.self) }
        for column in columns { contents[column] = .text }
      case .jsonLines, .json:
        isOpen = true
        var kinds: Set<JSONOutline.Kind> = []
        for index in 0..<Self.rows {
          guard try records.next() else { break }
          // What is wrong with a row is said when it is read.
          guard let row = try? JSONOutline(records.record, limits: limits) else { continue }
          note(row)
          kinds.insert(row.kind)
          if index == 0, row.kind == .string { holdsTexts = true }
        }
        needsColumn = !kinds.isEmpty && kinds.isDisjoint(with: [.string, .array])
      case .text, .arrow, .arrowStream, .arrowFile, .parquet: break
      }
    } catch { throw .unreadable(error.description) }
  }

  private mutating func readTable(_ path: String, _ limits: Limits) throws(InputError) {
    do throws(FileError) {
      let schema = try TableReader(path: path, limits: limits).schema
      columns = schema.fields.map(\.name)
      for field in schema.fields {
        contents[field.name] = ColumnContent(field.type)
        if case .list(let element) = field.type, case .struct(let parts) = element.type { note(parts.map(\.name)) }
      }
    } catch { throw .unreadable(error.description) }
  }

  private mutating func note(_ row: JSONOutline) {
    for member in row.members {
      if seen.insert(TextKey(member.name)).inserted { columns.append(member.name) }
      note(member)
      // What is null is missing.
      for members in member.listed { note(members.filter { !$0.isNull }.map(\.name)) }
    }
  }

  /// Notes what a member holds; lists and objects stand above texts, because texts may hold them as JSON.
  private mutating func note(_ member: JSONOutline.Member) {
    let name = member.name
    let content: ColumnContent? =
      switch member.kind {
      case .array: member.beginsWithText ? .texts : .list
      case .object: .object
      case .string: .text
      case .other: nil
      }
    guard let content else { return }
    let isUntold = contents[name] == nil || contents[name] == .text || emptyLists.contains(name) && content != .text
    guard isUntold else { return }
    contents[name] = content
    if member.isEmptyList { emptyLists.insert(name) } else { emptyLists.remove(name) }
  }

  /// Notes the members of what may be a message.
  private mutating func note(_ names: [String]) {
    guard names.contains("role") || names.contains("from") else { return }
    let readsParts = !names.contains("content") && !names.contains("value")
    for name in names where !RowTurns.knownMembers.contains(name) && !unknownMembers.contains(name) {
      if name == "parts", readsParts { continue }
      unknownMembers.append(name)
    }
  }

  /// The shapes of the rows, one for each conversation of a row.
  func guesses(_ options: ShapeOptions) -> [(side: SourceSide?, shape: RowShape)] {
    let shapes = RowShape.guesses(columns: columns, options: options) { contents[$0] ?? .other }
    guard isOpen, options.messagesColumn == nil, options.textColumn == nil else { return shapes }
    return shapes.map { side, shape in
      var shape = shape
      shape.lateColumns = shape.optionalColumns.filter { !seen.contains(TextKey($0)) }
      return (side, shape)
    }
  }

  /// Whether conversations are lists of texts.
  private func holdsTurns(_ shape: RowShape) -> Bool {
    if case .messages(let column) = shape.form { contents[column] == .texts } else { false }
  }

  /// What is said of shapes that were guessed; nil where nothing was.
  func words(on shapes: [(side: SourceSide?, shape: RowShape)]) -> String? {
    let texts = shapes.map { shape in
      shape.shape.guessText.map { $0 + (holdsTurns(shape.shape) ? ", texts of a user and an assistant in turn" : "") }
    }
    guard let first = texts.first, case let last?? = texts.last else { return nil }
    guard shapes.count > 1 else { return last }
    let isAlike = shapes[0].shape.isLike(shapes[1].shape)
    var words =
      (first ?? "rows are read as conversations of messages") + (isAlike ? ", and the same with rejected" : "")
    if !isAlike { words += ", and for rejected, " + last }
    let read = shapes.flatMap(\.shape.contentColumns)
    if let other = ["messages", "conversations"].first(where: { columns.contains($0) && !read.contains($0) }) {
      words += "; \(other) is passed over: --messages-column \(other) reads it"
    }
    return words
  }
}
