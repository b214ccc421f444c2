import CTokenizerKernels

/// A set of code points.
struct UnicodeSet: Sendable, Equatable {
  /// Where the set begins and ends in turn, ascending.
  private(set) var boundaries: [UInt32]
  /// The members below U+0080.
  private let ascii: [Bool]

  /// Makes a set from the places where it begins and ends.
  init(boundaries: [UInt32]) {
    self.boundaries = boundaries
    ascii = (0..<128).map { Self.holds($0, boundaries) }
  }

  /// Whether the set holds a code point.
  ///
  /// - Complexity: O(log *n*) for the number of ranges.
  func contains(_ scalar: UInt32) -> Bool {
    scalar < 128 ? ascii[Int(scalar)] : Self.holds(scalar, boundaries)
  }

  private static func holds(_ scalar: UInt32, _ boundaries: [UInt32]) -> Bool {
    var (low, high) = (0, boundaries.count)
    while low < high {
      let middle = (low + high) / 2
      if boundaries[middle] <= scalar { low = middle + 1 } else { high = middle }
    }
    return !low.isMultiple(of: 2)
  }

  /// The ranges of the set.
  var ranges: [ClosedRange<UInt32>] {
    stride(from: 0, to: boundaries.count - 1, by: 2).map { boundaries[$0]...(boundaries[$0 + 1] - 1) }
  }
}

/// The character sets and mappings of the reference, which mixes several versions of Unicode.
///
/// Written by Scripts/generate_property_tables.py from what the reference does with each code point.
enum PropertyTables {
  /// `\w` of the reference's second engine, which `Whitespace` and `single_word` use.
  static let word = rule("word")
  /// What `Punctuation` and `BertPreTokenizer` cut at.
  static let punctuation = rule("punctuation")
  /// What `Digits` cuts at.
  static let numeric = rule("numeric")
  /// What `StripAccents` removes.
  static let combiningMarks = rule("combining_marks")
  /// What `BertNormalizer` removes as accents.
  static let nonspacingMarks = rule("nonspacing_marks")
  /// What `BertNormalizer` removes to clean text.
  static let controls = rule("controls")
  /// White space, of which all of the reference thinks the same.
  static let whiteSpace = rule("white_space")

  /// The class of each run of code points for `UnicodeScripts`; 0 joins any.
  static let pretokenizerScripts = Partition(table: 2)

  /// What borders of grapheme clusters depend on, a raw value of `GraphemeClass` for each code point.
  static let graphemeClasses = Partition(table: 6)

  /// The code points that have a lower case, with its first code point.
  static let lowercase: [UInt32: UInt32] = {
    var reader = TableReader(table: 4)
    var mapping: [UInt32: UInt32] = [:]
    var scalar: UInt32 = 0
    while !reader.isAtEnd {
      scalar += reader.next()
      mapping[scalar] = reader.next()
    }
    return mapping
  }()

  /// NFKD of the code points for which it differs from NFD.
  static let compatibility: [UInt32: [UInt32]] = {
    var reader = TableReader(table: 5)
    var mapping: [UInt32: [UInt32]] = [:]
    var scalar: UInt32 = 0
    while !reader.isAtEnd {
      scalar += reader.next()
      let count = reader.next()
      mapping[scalar] = (0..<count).map { _ in reader.next() }
    }
    return mapping
  }()

  /// The set that the reference's engine knows by a name, as in `\p{name}`; case, spaces, `-` and `_` do not matter.
  ///
  /// - Returns: nil for a name that is not known.
  static func property(_ name: [UInt8]) -> UnicodeSet? {
    names[normalized(name)].map(set)
  }

  /// The set of a class in brackets, `[:name:]`, or of an escape such as `\w`.
  static func set(named name: String) -> UnicodeSet? { names[normalized(Array(name.utf8))].map(set) }

  private static func rule(_ name: String) -> UnicodeSet {
    set(named: "rule " + name) ?? UnicodeSet(boundaries: [])
  }

  private enum Source {
    case categories(mask: UInt32)
    case script(UInt32)
    case set(Int)
  }

  private static func normalized(_ name: [UInt8]) -> [UInt8] {
    name.filter { ![0x20, UInt8(ascii: "-"), UInt8(ascii: "_")].contains($0) }
      .map { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) ? $0 | 0x20 : $0 }
  }

  private static let names: [[UInt8]: Source] = {
    var names: [[UInt8]: Source] = [:]
    for line in String(cString: unicode_names()).utf8.split(separator: UInt8(ascii: "\n")) {
      let parts = line.split(separator: UInt8(ascii: " "))
      guard parts.count == 3, let number = Int(String(decoding: parts[2], as: UTF8.self)) else { continue }
      let source: Source =
        switch parts[1].first {
        case UInt8(ascii: "c"): .categories(mask: UInt32(truncatingIfNeeded: number))
        case UInt8(ascii: "s"): .script(UInt32(truncatingIfNeeded: number))
        default: .set(number)
        }
      names[normalized(Array(parts[0]))] = source
    }
    return names
  }()

  private static func set(_ source: Source) -> UnicodeSet {
    switch source {
    case .categories(let mask): Partition(table: 0).members { mask >> $0 & 1 == 1 }
    case .script(let script): Partition(table: 1).members { $0 == script }
    case .set(let position): storedSet(position)
    }
  }

  private static func storedSet(_ position: Int) -> UnicodeSet {
    var reader = TableReader(table: 3)
    for _ in 0..<position { reader.skip(Int(reader.next())) }
    let end = Int(reader.next()) + reader.offset
    var boundaries: [UInt32] = []
    while reader.offset < end { boundaries.append((boundaries.last ?? 0) + reader.next()) }
    return UnicodeSet(boundaries: boundaries)
  }
}

/// A division of all code points into classes.
struct Partition: Sendable {
  private var starts: [UInt32] = []
  private var classes: [UInt32] = []

  fileprivate init(table: Int32) {
    var reader = TableReader(table: table)
    var start: UInt32 = 0
    while !reader.isAtEnd {
      starts.append(start)
      start += reader.next()
      classes.append(reader.nextByte())
    }
  }

  /// The class of a code point.
  func callAsFunction(_ scalar: UInt32) -> UInt32 {
    var (low, high) = (0, starts.count)
    while low < high {
      let middle = (low + high) / 2
      if starts[middle] <= scalar { low = middle + 1 } else { high = middle }
    }
    return low == 0 ? 0 : classes[low - 1]
  }

  /// The code points whose class is among some.
  fileprivate func members(_ includes: (UInt32) -> Bool) -> UnicodeSet {
    var boundaries: [UInt32] = []
    for (start, value) in zip(starts, classes) where includes(value) != !boundaries.count.isMultiple(of: 2) {
      boundaries.append(start)
    }
    if !boundaries.count.isMultiple(of: 2) { boundaries.append(0x11_0000) }
    return UnicodeSet(boundaries: boundaries)
  }
}

/// Reads a table of variable-length integers.
private struct TableReader {
  private let bytes: UnsafeBufferPointer<UInt8>
  private(set) var offset = 0

  init(table: Int32) {
    var size = 0
    let start = unicode_table(table, &size)
    bytes = UnsafeBufferPointer(start: start, count: size)
  }

  var isAtEnd: Bool { offset >= bytes.count }

  mutating func nextByte() -> UInt32 {
    guard offset < bytes.count else { return 0 }
    defer { offset += 1 }
    return UInt32(bytes[offset])
  }

  mutating func next() -> UInt32 {
    var value: UInt32 = 0
    var shift: UInt32 = 0
    while true {
      let byte = nextByte()
      value |= (byte & 0x7F) << shift
      if byte < 0x80 || shift > 21 { return value }
      shift += 7
    }
  }

  mutating func skip(_ count: Int) { offset += count }
}
