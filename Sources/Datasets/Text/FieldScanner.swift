import Glibc

/// Looks for the line feed that ends a row of fields, in a text that comes piece by piece: quoted fields may hold others.
struct FieldRowScan {
  private static let quote = UInt8(ascii: "\"")

  private let delimiter: UInt8
  /// Whether a quoted field is open.
  private var isOpen = false
  /// Whether there is a quoted field, which may hold line feeds.
  private(set) var hasQuotedFields = false
  /// The first byte that was not looked at.
  private var position = 0
  /// A line feed after all quoted fields so far; -1 where none is known.
  private var lineFeed = -1

  /// Begins a row.
  init(delimiter: UInt8) { self.delimiter = delimiter }

  /// The index of the line feed; nil if it is not among these bytes, which begin with the row.
  mutating func end(in bytes: UnsafeRawBufferPointer) -> Int? {
    while position < bytes.count {
      if isOpen {
        let quote = Self.find(Self.quote, in: bytes, position..<bytes.count)
        // The byte after a quote tells whether it is one of the text.
        guard let quote, quote + 1 < bytes.count else {
          position = quote ?? bytes.count
          return nil
        }
        isOpen = bytes[quote + 1] == Self.quote
        position = quote + (isOpen ? 2 : 1)
        continue
      }
      if lineFeed < position { lineFeed = Self.find(0x0A, in: bytes, position..<bytes.count) ?? -1 }
      let limit = lineFeed < 0 ? bytes.count : lineFeed
      guard let quote = Self.find(Self.quote, in: bytes, position..<limit) else {
        position = limit
        return lineFeed < 0 ? nil : lineFeed
      }
      // Only a quote at the start of a field opens it.
      isOpen = quote == 0 || bytes[quote - 1] == delimiter
      if isOpen { hasQuotedFields = true }
      position = quote + 1
    }
    return nil
  }

  /// Whether the row may end where these bytes do: a quote that is the last of them closes its field.
  func mayEnd(in bytes: UnsafeRawBufferPointer) -> Bool { !isOpen || position + 1 == bytes.count }

  /// The index of a byte; nil if it is not in the range.
  static func find(_ byte: UInt8, in bytes: UnsafeRawBufferPointer, _ range: Range<Int>) -> Int? {
    guard let base = bytes.baseAddress, !range.isEmpty else { return nil }
    return memchr(base + range.lowerBound, Int32(byte), range.count).map { UnsafeRawPointer($0) - base }
  }
}

/// Where a field is in its row.
struct FieldPlace: Sendable {
  /// Whether the field begins with a quote.
  var isQuoted = false
  /// The bytes between its quotes.
  var quoted = 0..<0
  /// Whether two quotes stand for one among them.
  var hasDoubled = false
  /// The bytes that are not between quotes.
  var rest = 0..<0

  /// Whether there is nothing in the field, not even quotes.
  var isNull: Bool { !isQuoted && rest.isEmpty }
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
      var places: [FieldPlace] = []
      find(in: row, delimiter: delimiter, into: &places)
      return places.map { place in
        var text: [UInt8] = []
        append(place, of: row, to: &text)
        return Value(text: text, isQuoted: place.isQuoted)
      }
    }
  }

  /// Finds the fields of a row without its line feed.
  static func find(in row: UnsafeRawBufferPointer, delimiter: UInt8, into places: inout [FieldPlace]) {
    places.removeAll(keepingCapacity: true)
    // A line may end with a carriage return before its line feed.
    let end = row.last == 0x0D ? row.count - 1 : row.count
    var start = 0
    while true {
      var place = FieldPlace()
      var next = start
      if start < end, row[start] == quote {
        place.isQuoted = true
        (place.quoted, place.hasDoubled) = quoted(in: row, start + 1..<end)
        next = min(place.quoted.upperBound + 1, end)
      }
      let stop = FieldRowScan.find(delimiter, in: row, next..<end) ?? end
      place.rest = next..<stop
      places.append(place)
      guard stop < end else { return }
      start = stop + 1
    }
  }

  /// The bytes up to the quote that closes a field, and whether there are doubled ones among them.
  private static func quoted(in row: UnsafeRawBufferPointer, _ range: Range<Int>) -> (Range<Int>, Bool) {
    var hasDoubled = false
    var index = range.lowerBound
    while let found = FieldRowScan.find(quote, in: row, index..<range.upperBound) {
      guard found + 1 < range.upperBound, row[found + 1] == quote else {
        return (range.lowerBound..<found, hasDoubled)
      }
      hasDoubled = true
      index = found + 2
    }
    return (range, hasDoubled)
  }

  /// Adds the text of a field.
  static func append(_ place: FieldPlace, of row: UnsafeRawBufferPointer, to text: inout [UInt8]) {
    if place.hasDoubled {
      var index = place.quoted.lowerBound
      while let found = FieldRowScan.find(quote, in: row, index..<place.quoted.upperBound) {
        text.append(contentsOf: row[index...found])
        index = found + 2
      }
      text.append(contentsOf: row[index..<place.quoted.upperBound])
    } else {
      text.append(contentsOf: row[place.quoted])
    }
    text.append(contentsOf: row[place.rest])
  }
}
