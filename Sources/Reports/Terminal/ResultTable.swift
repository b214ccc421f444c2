import JSON
import Support
import TokenStatistics

/// A table of results, shown on a terminal or passed to other programs as TSV or JSON.
///
///     var table = ResultTable([
///       .text("dataset"), .number("conversations", title: "conv."), .number("p95", importance: .low),
///     ])
///     table.add([.text("pirate"), .integer(1200), .integer(1013)])
///     for line in table.lines(width: 80) { print(line) }
public struct ResultTable: Sendable {
  /// A column: its name for programs, its heading for people, and whether it may be left out.
  public struct Column: Sendable {
    /// How early a column is dropped if a terminal is too narrow.
    public enum Importance: Int, Sendable, Comparable {
      /// Dropped first.
      case low
      /// Dropped when all of low importance are gone.
      case medium
      /// Never dropped.
      case high

      /// Whether `left` is dropped before `right`.
      public static func < (left: Importance, right: Importance) -> Bool { left.rawValue < right.rawValue }
    }

    /// The name in TSV and JSON.
    public let name: String
    /// The heading on a terminal.
    public let title: String
    /// Whether it holds numbers, which are aligned right.
    public let isNumeric: Bool
    /// How early it is dropped if there is no room.
    public let importance: Importance
    /// The columns of the terminal that are enough for parts of texts; nil where all of them count.
    public var shortest: Int?

    /// A column of texts; the first of a table holds names, which are cut in the middle if nothing else helps.
    ///
    /// - Parameter shortest: The columns of the terminal that are enough for parts of texts; nil where all of them
    ///   count.
    public static func text(
      _ name: String, title: String? = nil, importance: Importance = .high, shortest: Int? = nil
    ) -> Column {
      Column(name: name, title: title ?? name, isNumeric: false, importance: importance, shortest: shortest)
    }

    /// A column of numbers.
    public static func number(_ name: String, title: String? = nil, importance: Importance = .high) -> Column {
      Column(name: name, title: title ?? name, isNumeric: true, importance: importance)
    }
  }

  /// One cell.
  public enum Value: Sendable, Hashable {
    /// A text, shown with controls made visible.
    case text(String)
    /// An integer, shown with commas.
    case integer(Int)
    /// A number, shown with that many decimals and passed on in full.
    case decimal(Double, digits: Int)
    /// An integer that tells people nothing, such as a p99 of twelve values: shown as `–` and passed on in full.
    case withheld(Int)
    /// A missing value, shown as `–` and passed on as null or an empty field.
    case missing

    /// An integer, or ``missing``.
    public static func integer(_ value: Int?) -> Value { value.map(Value.integer) ?? .missing }

    /// A number, or ``missing``.
    public static func decimal(_ value: Double?, digits: Int) -> Value {
      value.map { .decimal($0, digits: digits) } ?? .missing
    }

    /// A percentile of the lengths of so many conversations, which of too few tells people nothing.
    public static func percentile(_ percent: Int, _ value: Int?, of conversations: Int) -> Value {
      guard let value else { return .missing }
      let isShown = conversations >= LengthSummary.fewestConversations(forPercent: percent)
      return isShown ? .integer(value) : .withheld(value)
    }
  }

  private let columns: [Column]
  private var rows: [[Value]] = []

  /// Makes an empty table.
  public init(_ columns: [Column]) { self.columns = columns }

  /// Appends a row; missing cells at its end are ``Value/missing``.
  public mutating func add(_ values: [Value]) {
    rows.append(columns.indices.map { $0 < values.count ? values[$0] : .missing })
  }

  /// The number of rows.
  public var count: Int { rows.count }

  /// The table as lines of at most `width` columns, without trailing spaces; as wide as needed if `width` is nil.
  ///
  /// Columns that are empty in all rows are left out first, then those of low importance; then the first column is cut.
  public func lines(width: Int?) -> [String] { fitted(width: width).lines }

  /// The same lines, and the headings of the columns that are not in them.
  public func fitted(width: Int?) -> (lines: [String], omitted: [String]) {
    let cells = rows.map { $0.map(Self.shown) }
    var widths = columns.map { TerminalText.width($0.title) }
    for row in cells {
      for index in widths.indices { widths[index] = max(widths[index], TerminalText.width(row[index])) }
    }
    let kept = width.map { fitting(&widths, width: $0) } ?? Array(columns.indices)
    var lines = [line(columns.map(\.title), kept, widths)]
    lines.reserveCapacity(cells.count + 1)
    for row in cells { lines.append(line(row, kept, widths)) }
    let omitted = columns.indices.filter { !kept.contains($0) }.map { columns[$0] }
    return (lines, omitted.map { $0.title.isEmpty ? $0.name : $0.title })
  }

  /// A row without trailing spaces: there may be a hundred thousand, so no text is made of each cell.
  private func line(_ row: [String], _ kept: [Int], _ widths: [Int]) -> String {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(kept.reduce(16) { $0 + widths[$1] + Self.gap })
    func space(_ count: Int) { bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: count)) }
    for (position, index) in kept.enumerated() {
      if position > 0 { space(Self.gap) }
      var text = row[index]
      var width = TerminalText.width(text)
      if width > widths[index] {
        let isName = position == 0
        text = isName ? TerminalText.cutInside(text, to: widths[index]) : TerminalText.cut(text, to: widths[index])
        width = TerminalText.width(text)
      }
      if columns[index].isNumeric { space(max(0, widths[index] - width)) }
      bytes.append(contentsOf: text.utf8)
      if !columns[index].isNumeric { space(max(0, widths[index] - width)) }
    }
    let end = (bytes.lastIndex { $0 != UInt8(ascii: " ") } ?? -1) + 1
    return String(decoding: bytes[..<end], as: UTF8.self)
  }

  /// The table as tab-separated values with a line of names; an empty field is missing.
  ///
  /// A tab, line feed, carriage return or backslash in a text is written as `\t`, `\n`, `\r`, `\\`, and a text that
  /// begins as formulas do has an apostrophe before it.
  public var tabSeparated: [UInt8] {
    var text = Array((columns.map(\.name).joined(separator: "\t") + "\n").utf8)
    for row in rows {
      for (index, value) in row.enumerated() {
        if index > 0 { text.append(UInt8(ascii: "\t")) }
        switch value {
        case .text(let value): TabSeparated.append(value, to: &text)
        case .missing: break
        default: Self.value(value).append(to: &text)
        }
      }
      text.append(UInt8(ascii: "\n"))
    }
    return text
  }

  /// The table as a JSON array of objects, one a line, with a final line feed.
  public var json: [UInt8] {
    var text: [UInt8] = Array("[".utf8)
    for (index, row) in rows.enumerated() {
      let members = zip(columns, row).map { ($0.name, Self.value($1)) }
      text.append(contentsOf: (index == 0 ? "\n" : ",\n").utf8)
      JSONValue.object(JSONObject(members)).append(to: &text)
    }
    text.append(contentsOf: "\n]\n".utf8)
    return text
  }

  private static let gap = 2
  private static let narrowest = 8

  /// The columns that stay, whose widths become those that fit.
  private func fitting(_ widths: inout [Int], width: Int) -> [Int] {
    let whole = widths
    for (index, column) in columns.enumerated() {
      guard let shortest = column.shortest else { continue }
      widths[index] = min(widths[index], max(shortest, TerminalText.width(column.title)))
    }
    let kept = chosen(widths, width: width)
    var room = width - Self.total(of: kept, widths)
    for index in kept where widths[index] < whole[index] && room > 0 {
      let more = min(room, whole[index] - widths[index])
      widths[index] += more
      room -= more
    }
    if let first = kept.first { widths[first] = min(widths[first], max(Self.narrowest, widths[first] + room)) }
    return kept
  }

  /// The columns that stay: those without a value are dropped one by one from the right until the rest fits, then the
  /// less important. A narrow one that was dropped before a wide one comes back where there is room for it after all.
  private func chosen(_ widths: [Int], width: Int) -> [Int] {
    let order = columns.indices.reversed()
    guard Self.total(of: Array(columns.indices), widths) > width else { return Array(columns.indices) }
    let empty = order.filter { index in
      index > 0 && rows.allSatisfy { $0[index] == .missing || $0[index] == .text("") }
    }
    let lesser = [Column.Importance.low, .medium].flatMap { importance in
      order.filter { columns[$0].importance == importance }
    }
    var kept = Array(columns.indices)
    for index in empty + lesser where Self.total(of: kept, widths) > width { kept.removeAll { $0 == index } }
    for index in lesser.reversed() where !kept.contains(index) && !empty.contains(index) {
      let more = (kept + [index]).sorted()
      if Self.total(of: more, widths) <= width { kept = more }
    }
    return kept
  }

  private static func total(of kept: [Int], _ widths: [Int]) -> Int {
    kept.reduce(-gap) { $0 + widths[$1] + gap }
  }

  private static func shown(_ value: Value) -> String {
    switch value {
    case .text(let text): TerminalText.visible(text)
    case .integer(let integer): NumberFormat.grouped(integer)
    case .decimal(let number, let digits): NumberFormat.fixed(number, digits: digits)
    case .withheld, .missing: NumberFormat.missing
    }
  }

  private static func value(_ value: Value) -> JSONValue {
    switch value {
    case .text(let text): .string(text)
    case .integer(let integer), .withheld(let integer): .number(integer)
    case .decimal(let number, _): .double(number)
    case .missing: .null
    }
  }
}
