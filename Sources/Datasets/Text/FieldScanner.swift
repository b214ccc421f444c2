/// Whether a quoted field is open at the end of a line.
struct QuoteState {
  private static let quote = UInt8(ascii: "\"")

  private let delimiter: UInt8
  private(set) var isOpen = false
  private var isStart = true

  /// Begins a row.
  init(delimiter: UInt8) { self.delimiter = delimiter }

  /// Passes a line with its line feed.
  mutating func pass(_ line: RawSpan) {
    line.withUnsafeBytes { line in
      var index = 0
      while index < line.count {
        let byte = line[index]
        if isOpen {
          if byte == Self.quote {
            if index + 1 < line.count, line[index + 1] == Self.quote { index += 1 } else { isOpen = false }
          }
        } else if byte == Self.quote, isStart {
          isOpen = true
        }
        isStart = !isOpen && byte == delimiter
        index += 1
      }
    }
  }
}

/// Reads the fields of a row between delimiters, with quotes as RFC 4180 has them.
enum FieldScanner {
  /// A field: its text, and whether it was in quotes.
  struct Value: Sendable, Equatable {
    var text: [UInt8]
    var isQuoted: Bool
  }

  private static let quote = UInt8(ascii: "\"")

  /// The fields of a row without its line feed.
  static func fields(of row: RawSpan, delimiter: UInt8) -> [Value] {
    row.withUnsafeBytes { row in
      var fields: [Value] = []
      var field = Value(text: [], isQuoted: false)
      var isInQuotes = false
      var isStart = true
      // A line may end with a carriage return before its line feed.
      let end = row.last == 0x0D ? row.count - 1 : row.count
      var index = 0
      while index < end {
        let byte = row[index]
        if isInQuotes {
          if byte == quote {
            if index + 1 < end, row[index + 1] == quote {
              field.text.append(quote)
              index += 1
            } else {
              isInQuotes = false
            }
          } else {
            field.text.append(byte)
          }
        } else if byte == quote, isStart {
          isInQuotes = true
          field.isQuoted = true
        } else if byte == delimiter {
          fields.append(field)
          field = Value(text: [], isQuoted: false)
          isStart = true
          index += 1
          continue
        } else {
          field.text.append(byte)
        }
        isStart = false
        index += 1
      }
      fields.append(field)
      return fields
    }
  }
}
