import Glibc

extension TemplateClock {
  /// A specification such as `%_10d`: flags, a width, a modifier and a code.
  private struct Field {
    var pad: UInt8?
    var isUpper = false
    var changesCase = false
    var width = 0

    /// A text in its width.
    func text(_ text: String) -> String {
      let text = isUpper ? text.uppercased() : text
      let missing = max(0, width - text.unicodeScalars.count)
      return String(repeating: pad == UInt8(ascii: "0") ? "0" : " ", count: missing) + text
    }

    func number(_ value: Int, _ digits: Int) -> String {
      let text = String(value)
      guard pad != UInt8(ascii: "-") else { return self.text(text) }
      let missing = max(0, max(width, digits) - text.utf8.count)
      return String(repeating: pad == UInt8(ascii: "_") ? " " : "0", count: missing) + text
    }

    func spaced(_ value: Int) -> String {
      var field = self
      if pad == nil { field.pad = UInt8(ascii: "_") }
      return field.number(value, 2)
    }
  }

  /// The codes that the modifiers E and O change nothing of in the C locale; others are unknown with them.
  private static let modifiable: [UInt8: [UInt8]] = [
    UInt8(ascii: "E"): Array("%CPRTXYZcnprstuxyz".utf8),
    UInt8(ascii: "O"): Array("%BCGHIMPRSTUVWZbdeghjklmnprstuwyz".utf8),
  ]

  /// The longest text that is made.
  private static let longest = 64 << 20

  /// Python's `strftime` for a time without a zone, as glibc 2.36 has it in the C locale.
  func format(_ format: String) throws(TemplateError) -> String {
    // Python writes these itself, before the C library sees the format.
    var bytes: [UInt8] = []
    var source = Array(format.utf8.prefix { $0 != 0 })[...]
    while let byte = source.popFirst() {
      bytes.append(byte)
      guard byte == UInt8(ascii: "%"), let code = source.popFirst() else { continue }
      switch code {
      case UInt8(ascii: "f"):
        bytes.removeLast()
        bytes += Array(Field().number(microsecond, 6).utf8)
      case UInt8(ascii: "z"), UInt8(ascii: "Z"): bytes.removeLast()
      default: bytes.append(code)
      }
    }
    // Python gives up on a text that is much longer than its format.
    var limit = 1024
    let length = bytes.count { $0 & 0xC0 != 0x80 }
    while limit < 256 * length { limit *= 2 }
    let text = try expanded(bytes[...], widest: limit)
    return text.unicodeScalars.count < limit ? text : ""
  }

  private func expanded(_ format: ArraySlice<UInt8>, widest: Int) throws(TemplateError) -> String {
    var result: [UInt8] = []
    var rest = format
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "%") else {
        result.append(byte)
        continue
      }
      let start = rest.startIndex - 1
      var field = Field()
      while let flag = rest.first, Array("_-0^#".utf8).contains(flag) {
        switch flag {
        case UInt8(ascii: "^"): field.isUpper = true
        case UInt8(ascii: "#"): field.changesCase = true
        default: field.pad = flag
        }
        rest.removeFirst()
      }
      while let digit = rest.first, (0x30...0x39).contains(digit) {
        field.width = min(field.width * 10 + Int(digit - 0x30), widest)
        rest.removeFirst()
      }
      var modifier: UInt8?
      if let next = rest.first, Self.modifiable[next] != nil { modifier = rest.removeFirst() }
      let isKnown = rest.first.map { code in modifier.flatMap { Self.modifiable[$0] }?.contains(code) ?? true } ?? false
      if isKnown, let code = rest.first, let text = try text(of: code, field) {
        rest.removeFirst()
        result += Array(text.utf8)
      } else {
        // What is unknown stands as it is, up to its whole last character.
        _ = rest.popFirst()
        while let next = rest.first, next & 0xC0 == 0x80 { rest.removeFirst() }
        result += Array(field.text(String(decoding: format[start..<rest.startIndex], as: UTF8.self)).utf8)
      }
      if result.count > Self.longest { throw .limit("it makes a text of more than \(Self.longest) bytes") }
    }
    return String(decoding: result, as: UTF8.self)
  }

  /// What stands for a code; nil where it is unknown.
  private func text(of code: UInt8, _ field: Field) throws(TemplateError) -> String? {
    func named(_ name: String) -> String {
      var field = field
      if field.changesCase { field.isUpper = true }
      return field.text(name)
    }
    func made(_ format: StaticString) throws(TemplateError) -> String {
      field.text(try expanded(Array("\(format)".utf8)[...], widest: 0))
    }
    func halfDay(isLower: Bool) -> String {
      var lower = field
      lower.isUpper = false
      return isLower ? lower.text(hour < 12 ? "am" : "pm") : field.text(hour < 12 ? "AM" : "PM")
    }
    let hour12 = (hour + 11) % 12 + 1
    switch Character(Unicode.Scalar(code)) {
    case "a": return named(String(Self.dayNames[weekday].prefix(3)))
    case "A": return named(Self.dayNames[weekday])
    case "b", "h": return named(String(Self.monthNames[month - 1].prefix(3)))
    case "B": return named(Self.monthNames[month - 1])
    case "c": return try made("%a %b %e %H:%M:%S %Y")
    case "C": return field.number(year / 100, 1)
    case "d": return field.number(day, 2)
    case "D", "x": return try made("%m/%d/%y")
    case "e": return field.spaced(day)
    case "F": return try made("%Y-%m-%d")
    case "g": return field.number(isoWeek.year % 100, 2)
    case "G": return field.number(isoWeek.year, 1)
    case "H": return field.number(hour, 2)
    case "I": return field.number(hour12, 2)
    case "j": return field.number(dayOfYear, 3)
    case "k": return field.spaced(hour)
    case "l": return field.spaced(hour12)
    case "m": return field.number(month, 2)
    case "M": return field.number(minute, 2)
    case "n": return field.text("\n")
    case "p": return halfDay(isLower: field.changesCase)
    case "P": return halfDay(isLower: true)
    case "r": return try made("%I:%M:%S %p")
    case "R": return try made("%H:%M")
    case "s": return field.text(String(localSeconds))
    case "S": return field.number(second, 2)
    case "t": return field.text("\t")
    case "T", "X": return try made("%H:%M:%S")
    case "u": return field.number((weekday + 6) % 7 + 1, 1)
    case "U": return field.number((dayOfYear + 6 - weekday) / 7, 2)
    case "V": return field.number(isoWeek.week, 2)
    case "w": return field.number(weekday, 1)
    case "W": return field.number((dayOfYear + 6 - (weekday + 6) % 7) / 7, 2)
    case "y": return field.number(year % 100, 2)
    case "Y": return field.number(year, 1)
    case "z": return ""
    case "Z": return field.text("")
    case "%": return field.text("%")
    default: return nil
    }
  }

  /// Seconds since 1970, for which the time is one of the system's zone, as Python takes it.
  private var localSeconds: Int {
    var parts = tm()
    parts.tm_year = Int32(year - 1900)
    parts.tm_mon = Int32(month - 1)
    parts.tm_mday = Int32(day)
    parts.tm_hour = Int32(hour)
    parts.tm_min = Int32(minute)
    parts.tm_sec = Int32(second)
    parts.tm_isdst = -1
    return mktime(&parts)
  }
}
