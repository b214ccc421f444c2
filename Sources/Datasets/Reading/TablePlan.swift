import ColumnarFiles
import Support

/// How the rows of a table become conversations and texts: what is read of which columns.
struct TablePlan: Sendable {
  /// The way from columns to rows.
  enum Route: Sendable {
    /// Messages of role and content, which stay where they are.
    case messages(column: String)
    /// Texts, which stay where they are.
    case texts(column: String)
    /// Rows one by one, by ``RowInterpreter``.
    case rows([Field])
  }

  /// The shape of the rows.
  let shape: RowShape
  /// The way from columns to rows.
  let route: Route
  /// The names of all columns that are read.
  let names: [String]
  /// The columns that hold arguments of the template.
  let argumentNames: [String]
  /// The columns that nothing is read of unless they are named.
  let otherNames: [String]
  /// What reads the images of rows; nil where nobody asks for their sizes.
  let images: ImageReading?
  /// The columns that hold images.
  let imageColumns: [String]
  private let schema: Schema
  private let marks: FeatureMarks

  /// Decides how a table is read.
  ///
  /// - Parameters:
  ///   - schema: the columns of the table.
  ///   - shape: the shape of its rows; nil where the columns tell it.
  ///   - columns: what else is read.
  ///   - images: what reads the images of rows; nil where nobody asks for their sizes.
  /// - Throws: `InputError` if a column that must be there is missing, of a type that cannot be what its name says, or
  ///   there twice.
  init(
    _ schema: Schema, shape: RowShape?, columns: FurtherColumns, images: ImageReading? = nil
  ) throws(InputError) {
    self.images = images
    marks = FeatureMarks(schema)
    self.schema = schema
    var shape = if let shape { shape } else { try Self.guess(schema) }
    shape.passedOverShapes = shape.others(among: schema.fields.map(\.name))
    self.shape = shape
    try Self.check(schema, shape: shape, columns: columns)
    let content = shape.contentColumns.filter { schema[$0] != nil }
    let marks = marks
    let imageColumns = (images == nil ? [] : ImageReading.columns).filter { name in
      !content.contains(name) && schema[name].map { ImageReading.mayHold($0.type) } ?? false
    }
    self.imageColumns = imageColumns
    let fields = content.compactMap { schema[$0].map(marks.marked) }
    route = imageColumns.isEmpty ? Self.route(shape, fields: fields) : .rows(fields)
    let own = shape.ownColumns
    let named = columns.arguments + columns.demanded + [shape.toolsColumn].compactMap(\.self)
    let kept = columns.keepsAll ? schema.fields.map(\.name) : named
    argumentNames = kept.filter { name in
      !own.contains(name) && schema[name].map { Self.isReadable($0.type) } ?? false
    }
    let read = argumentNames + own + columns.redundant
    otherNames = schema.fields.map(\.name).filter { !read.contains($0) }
    // Scores and labels that nobody asked for may be of any type; none are read then.
    let usual = [shape.scoreColumn, shape.labelColumn].filter { schema[$0].map { Self.isSimple($0.type) } ?? false }
    let others = usual + columns.required + argumentNames
    let optional = columns.optional.filter { schema[$0].map { Self.isSimple($0.type) } ?? false }
    var names: [String] = []
    for name in content + others.filter({ schema[$0] != nil }) + optional + imageColumns where !names.contains(name) {
      names.append(name)
    }
    self.names = names
  }

  private static func guess(_ schema: Schema) throws(InputError) -> RowShape {
    let names = schema.fields.map(\.name)
    let content = { (name: String) in ColumnContent(schema[name]?.type) }
    guard let shape = RowShape.guesses(columns: names, content: content).first?.shape else {
      throw .noRows(among: names)
    }
    return shape
  }

  private static func check(_ schema: Schema, shape: RowShape, columns: FurtherColumns) throws(InputError) {
    for name in shape.demandedColumns + columns.required + columns.demanded where schema[name] == nil {
      throw .missingColumn(name, among: schema.fields.map(\.name))
    }
    let read = shape.contentColumns + [shape.scoreColumn, shape.labelColumn] + columns.required + columns.arguments
    for name in read {
      guard schema.fields.filter({ $0.name.utf8.elementsEqual(name.utf8) }).count < 2 else {
        throw .unreadable("there are two columns \(name); remove one, or name the other with an option")
      }
      if let field = schema[name] { try checkParts(of: field, in: name) }
    }
    for field in schema.fields {
      let expected: String? =
        switch field.name {
        case let name where columns.required.contains(name) && !isSimple(field.type): "text or numbers"
        case shape.scoreColumn where shape.scoreColumn != DatasetColumns.score: isSimple(field.type) ? nil : "numbers"
        case shape.labelColumn where shape.labelColumn != DatasetColumns.label: isSimple(field.type) ? nil : "text"
        case let name where shape.systemColumns.contains(name): systemExpectation(of: field.type)
        case let name where shape.contentColumns.contains(name): expectation(of: field.type, shape: shape)
        default: nil
        }
      guard let expected else { continue }
      throw .unreadable("column \(field.name) is of type \(field.type); expected \(expected)")
    }
  }

  /// Refuses a struct with two parts of one name.
  private static func checkParts(of field: Field, in column: String) throws(InputError) {
    switch field.type {
    case .list(let element): try checkParts(of: element, in: column)
    case .struct(let fields):
      for (index, part) in fields.enumerated() {
        guard !fields[..<index].contains(where: { $0.name.utf8.elementsEqual(part.name.utf8) }) else {
          throw .unreadable("column \(column) has two parts \(part.name); remove one")
        }
        try checkParts(of: part, in: column)
      }
    case .null, .bool, .int64, .double, .utf8, .unsupported: break
    }
  }

  /// What a column of a conversation or a text should hold; nil if it may hold that.
  private static func expectation(of type: ColumnType, shape: RowShape) -> String? {
    if case .text = shape.form { return isText(type) ? nil : "text" }
    switch type {
    case .null, .utf8: return nil
    case .list(let element):
      guard case .struct(let fields) = element.type else { return nil }
      let names = [shape.roleKey, "role", "from"].compactMap { $0 } + RowTurns.askers
      return fields.contains { names.contains($0.name) } ? nil : "a list of role and content, both text"
    case .struct: return nil
    case .bool, .int64, .double, .unsupported:
      if case .messages = shape.form { return "a list of role and content, both text" }
      return "text, or a list of role and content"
    }
  }

  /// The same of a system message, which may be an object with parts.
  private static func systemExpectation(of type: ColumnType) -> String? {
    if case .struct(let fields) = type, fields.contains(where: { $0.name == "parts" }) { return nil }
    return isText(type) ? nil : "text"
  }

  private static func route(_ shape: RowShape, fields: [Field]) -> Route {
    switch shape.form {
    case .text(let column):
      if let field = fields.first, field.type == .utf8 { return .texts(column: column) }
    case .messages(let column):
      guard fields.count == 1, let field = fields.first, shape.roleKey == nil, shape.contentKey == nil else { break }
      if field.type == .null || isPlain(field.type) { return .messages(column: column) }
    case .answer, .continued, .replaced, .instruction: break
    }
    return .rows(fields)
  }

  /// Whether a type is a list of messages whose contents are plain text.
  private static func isPlain(_ type: ColumnType) -> Bool {
    guard case .list(let element) = type else { return false }
    guard case .struct(let fields) = element.type else { return element.type == .null }
    let isText = { (name: String) in
      fields.contains { $0.name == name && Self.isText($0.type) && !$0.holdsJSON }
    }
    // Each message tells which of these it holds.
    let isUsual = !fields.contains { ["from", "value", "parts"].contains($0.name) || $0.holdsJSON }
    return isText("role") && isText("content") && isUsual
  }

  private static func isText(_ type: ColumnType) -> Bool { type == .utf8 || type == .null }

  private static func isSimple(_ type: ColumnType) -> Bool {
    switch type {
    case .null, .bool, .int64, .double, .utf8: true
    case .list, .struct, .unsupported: false
    }
  }

  /// Whether the values of a type can be read, those within it included.
  private static func isReadable(_ type: ColumnType) -> Bool {
    switch type {
    case .null, .bool, .int64, .double, .utf8: true
    case .list(let element): isReadable(element.type)
    case .struct(let fields): fields.allSatisfy { isReadable($0.type) }
    case .unsupported: false
    }
  }

  /// The values of a column in a batch; nil if it is not read.
  func values(_ name: String, in batch: RecordBatch) -> ValueColumn? {
    guard let column = batch[name], let field = schema[name] else { return nil }
    return .column(column, field: marks.marked(field), names: marks.classNames(of: name))
  }
}

/// Columns that are read beside those of conversations, scores and labels.
struct FurtherColumns: Sendable {
  /// They must be there.
  var required: [String] = []
  /// They are null throughout where they are missing or hold neither text nor numbers.
  var optional: [String] = []
  /// They become arguments of the template.
  var arguments: [String] = []
  /// They become arguments of the template, and must be there.
  var demanded: [String] = []
  /// Whether all others become arguments too.
  var keepsAll = false
  /// They are known to hold nothing that is not in the messages, so that they need not be told of.
  var redundant: [String] = []

  /// All names.
  var all: [String] { required + optional + arguments + demanded }
}

/// The usual names of columns.
enum DatasetColumns {
  static let messages = "messages"
  static let score = "extract_score"
  static let label = "label"
}

extension ColumnContent {
  /// What a column of a type holds.
  init(_ type: ColumnType?) {
    switch type {
    case .list(let element)?: self = element.type == .utf8 ? .texts : .list
    case .struct?: self = .object
    case .utf8?: self = .text
    case .null?, .bool?, .int64?, .double?, .unsupported?, nil: self = .other
    }
  }
}
