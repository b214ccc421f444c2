import ColumnarFiles

/// The columns of a dataset that are read, and the types they may have.
enum DatasetColumns {
  static let messages = "messages"
  static let score = "extract_score"
  static let label = "label"

  /// The names of the columns to read from a table.
  ///
  /// Scores and labels may be missing; then no row has one. So may optional columns.
  ///
  /// - Throws: `InputError` where `messages` or an extra column is missing, or a column is of a type that cannot be what
  ///   its name says.
  static func names(
    in schema: Schema, of dataset: String, extra: [String], optional: [String]
  ) throws(InputError) -> [String] {
    for name in [messages] + extra where schema[name] == nil {
      let known = schema.fields.map(\.name).joined(separator: ", ")
      throw InputError(.unreadable, dataset: dataset, "column \(name) is missing; the columns are \(known)")
    }
    for field in schema.fields {
      let expected: String? =
        switch field.name {
        case let name where extra.contains(name) && !isSimple(field.type): "text or numbers"
        case messages: isMessages(field.type) ? nil : "a list of role and content, both text"
        case score: isScore(field.type) ? nil : "whole numbers"
        case label: isText(field.type) ? nil : "text"
        default: nil
        }
      guard let expected else { continue }
      throw InputError(
        .unreadable, dataset: dataset, "column \(field.name) is of type \(field.type); expected \(expected)")
    }
    let readable = optional.filter { schema[$0].map { isSimple($0.type) } ?? false }
    return [messages] + [score, label].filter { schema[$0] != nil } + extra + readable
  }

  private static func isMessages(_ type: ColumnType) -> Bool {
    switch type {
    case .null: return true
    case .list(let element):
      guard case .struct(let fields) = element.type else { return element.type == .null }
      return ["role", "content"].allSatisfy { name in
        fields.contains { $0.name == name && isText($0.type) }
      }
    default: return false
    }
  }

  private static func isScore(_ type: ColumnType) -> Bool { isText(type) || type == .int64 || type == .double }

  private static func isText(_ type: ColumnType) -> Bool { type == .utf8 || type == .null }

  private static func isSimple(_ type: ColumnType) -> Bool { isScore(type) || type == .bool }
}
