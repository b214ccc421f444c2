import Support

extension InputError {
  /// The most names of columns in a message, and the most characters of one.
  private static let namedColumns = (count: 50, length: 80)

  /// There is no column of a name among those that there are.
  static func missingColumn(_ name: String, among names: [String]) -> InputError {
    let known = columnNames(names)
    return .unreadable(
      "column \(name) is missing; \(known)\(CloseNames.question(CloseNames.of(name, in: names)))")
  }

  /// No column holds conversations or texts.
  static func noRows(among names: [String]) -> InputError {
    guard !names.isEmpty else { return .unreadable("no row holds a conversation or a text") }
    return .unreadable(
      "no column holds conversations or texts; \(columnNames(names)); name one with --messages-column or --text-column")
  }

  /// The columns that there are, in words; a damaged header may have thousands of them, or very long ones.
  static func columnNames(_ names: [String]) -> String {
    guard !names.isEmpty else { return "there are no columns" }
    let shown = names.prefix(namedColumns.count).map { name in
      name.utf8.count > 4 * namedColumns.length || name.count > namedColumns.length
        ? String(name.unicodeScalars.prefix(namedColumns.length)) + "…" : name
    }
    let others = names.count - shown.count
    return "the columns are \(shown.joined(separator: ", "))\(others > 0 ? " and \(others) more" : "")"
  }
}
