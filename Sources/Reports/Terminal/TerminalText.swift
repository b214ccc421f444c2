import Support

/// Text as a terminal lays it out: in columns, of which some characters take none and some two.
public enum TerminalText {
  /// The columns that a text takes.
  static func width(_ text: String) -> Int {
    isPlain(text) ? text.utf8.count : text.unicodeScalars.reduce(0) { $0 + width($1) }
  }

  /// Whether a text has nothing but visible ASCII, as most have: each byte takes a column and means no harm.
  private static func isPlain(_ text: String) -> Bool {
    text.utf8.withContiguousStorageIfAvailable { bytes in bytes.allSatisfy { $0 >= 0x20 && $0 < 0x7F } } ?? false
  }

  /// A text whose every character is visible and leaves line and direction alone: others become `\u{XXXX}`, and bytes of
  /// paths that are no characters `\xXX`.
  ///
  /// - Parameter keepsLines: whether line feeds and tabs stay.
  public static func visible(_ text: String, keepsLines: Bool = false) -> String {
    if isPlain(text) { return text }
    var shown = ""
    shown.reserveCapacity(text.utf8.count)
    for scalar in text.unicodeScalars {
      if let byte = Files.byte(of: scalar) {
        shown += "\\x\(String(byte, radix: 16, uppercase: true))"
      } else if isHidden(scalar), !keepsLines || (scalar != "\n" && scalar != "\t") {
        let digits = String(scalar.value, radix: 16, uppercase: true)
        let padding = String(repeating: "0", count: max(0, 4 - digits.utf8.count))
        shown += "\\u{\(padding)\(digits)}"
      } else {
        shown.unicodeScalars.append(scalar)
      }
    }
    return shown
  }

  /// A text cut to at most `columns` columns, with `…` where something is missing.
  public static func cut(_ text: String, to columns: Int) -> String {
    let width = width(text)
    guard width > columns else { return text }
    if width == text.utf8.count, isPlain(text) { return columns > 0 ? String(text.prefix(columns - 1)) + "…" : "" }
    var kept = String.UnicodeScalarView()
    var taken = 0
    for scalar in text.unicodeScalars {
      let next = Self.width(scalar)
      guard taken + next < columns else { break }
      kept.append(scalar)
      taken += next
    }
    return columns > 0 ? String(kept) + "…" : ""
  }

  /// A name cut to at most `columns` columns, with `…` in its middle: the ends tell names apart.
  public static func cutInside(_ name: String, to columns: Int) -> String {
    guard width(name) > columns else { return name }
    let tail = max(0, columns - 1) / 2
    var kept = String.UnicodeScalarView()
    var taken = 0
    for scalar in name.unicodeScalars.reversed() {
      taken += width(scalar)
      guard taken <= tail else { break }
      kept.append(scalar)
    }
    // A character that takes no column belongs to the one before it, which is not here.
    while let last = kept.last, width(last) == 0 { kept.removeLast() }
    return cut(name, to: columns - tail) + String(String.UnicodeScalarView(kept.reversed()))
  }

  /// A text with spaces after it, or before it, up to `columns` columns.
  static func pad(_ text: String, to columns: Int, right: Bool = false) -> String {
    let spaces = String(repeating: " ", count: max(0, columns - width(text)))
    return right ? spaces + text : text + spaces
  }

  /// Two texts at both ends of a line; the second goes if there is no room for both.
  static func ends(_ left: String, _ right: String, width columns: Int) -> String {
    let gap = columns - width(left) - width(right)
    guard gap >= 2 else { return cut(left, to: columns) }
    return left + String(repeating: " ", count: gap) + right
  }

  /// Parts wrapped to lines of at most `columns` columns, three spaces apart, with a heading before the first.
  ///
  /// Nothing is cut: a part that needs more is wrapped at its words, or broken where a word alone does.
  static func flow(_ heading: String, _ parts: [String], indent: Int, width columns: Int) -> [String] {
    var lines: [String] = []
    var line = pad(heading, to: indent)
    var isEmpty = true
    let room = max(1, columns - indent)
    for part in parts {
      var pieces = [part]
      if width(part) > room {
        pieces = wrapped(part, width: room)
        if pieces.contains(where: { width($0) > room }) { pieces = broken(part, to: room) }
      }
      for piece in pieces {
        if !isEmpty, pieces.count > 1 || width(line) + 3 + width(piece) > columns {
          lines.append(line)
          line = String(repeating: " ", count: indent)
          isEmpty = true
        }
        line += (isEmpty ? "" : "   ") + piece
        isEmpty = false
      }
    }
    return parts.isEmpty ? [] : lines + [line]
  }

  /// A text in lines of at most `columns` columns, wherever that breaks it.
  static func broken(_ text: String, to columns: Int) -> [String] {
    var lines: [String] = []
    var line = String.UnicodeScalarView()
    var taken = 0
    for scalar in text.unicodeScalars {
      if taken > 0, taken + width(scalar) > columns {
        lines.append(String(line))
        (line, taken) = (String.UnicodeScalarView(), 0)
      }
      line.append(scalar)
      taken += width(scalar)
    }
    return lines + [String(line)]
  }

  /// A sentence in lines of at most `columns` columns where its words allow; further lines are indented.
  public static func wrapped(_ sentence: String, width columns: Int) -> [String] {
    var lines: [String] = []
    var line = ""
    for word in sentence.split(separator: " ", omittingEmptySubsequences: false) {
      if line.isEmpty {
        line = String(word)
      } else if width(line) + 1 + width(String(word)) > columns {
        lines.append(line)
        line = "  " + word
      } else {
        line += " " + word
      }
    }
    return line.isEmpty ? lines : lines + [line]
  }

  /// Lines of which those that are longer than `columns` are wrapped at words; unchanged where that is nil.
  public static func folded(_ lines: String, width columns: Int?) -> String {
    guard let columns else { return lines }
    return lines.split(separator: "\n", omittingEmptySubsequences: false).flatMap { line in
      width(String(line)) > columns ? wrapped(String(line), width: columns) : [String(line)]
    }.joined(separator: "\n")
  }

  private static func width(_ scalar: Unicode.Scalar) -> Int {
    if scalar.value < 0x300 { return 1 }
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format: return 0
    default: return wide.contains { $0.contains(scalar.value) } ? 2 : 1
    }
  }

  /// Control characters, and those that change the direction of the text around them.
  private static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x00...0x1F, 0x7F...0x9F, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069: true
    default: false
    }
  }

  /// Blocks of wide characters (East Asian Width W and F), from Unicode Standard Annex #11.
  private static let wide: [ClosedRange<UInt32>] = [
    0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF,
    0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F680...0x1F6FF, 0x1F900...0x1F9FF,
    0x20000...0x3FFFD,
  ]
}
