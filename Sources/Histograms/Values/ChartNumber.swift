/// How numbers are written on pictures.
///
/// No locale takes part: the same number is the same text everywhere.
enum ChartNumber {
  /// What stands where a number would mean nothing, such as a p99 of twelve values.
  static let missing = "–"

  /// A number with a comma between groups of three digits: `1,234`.
  static func grouped(_ number: Int) -> String {
    var groups: [Substring] = []
    var digits = String(number.magnitude)[...]
    while digits.count > 3 {
      groups.append(digits.suffix(3))
      digits = digits.dropLast(3)
    }
    groups.append(digits)
    return (number < 0 ? "-" : "") + groups.reversed().joined(separator: ",")
  }

  /// A number of tokens: grouped, from 10,000 with three digits and a unit.
  static func tokens(_ number: Int) -> String {
    number < 10_000 ? grouped(number) : abbreviated(number)
  }

  /// A length or count in a table or on an axis: grouped, from 100,000 with three digits and a unit.
  static func length(_ number: Int) -> String {
    number < 100_000 ? grouped(number) : abbreviated(number)
  }

  /// A length, or a dash where there is none.
  static func length(_ number: Int?) -> String {
    number.map { length($0) } ?? missing
  }

  /// A mean length: whole tokens, below 100 with one decimal.
  static func mean(_ value: Double?) -> String {
    guard let value else { return missing }
    guard value < 99.95 else { return grouped(Int(value.rounded())) }
    let tenths = Int((value * 10).rounded())
    return "\(tenths / 10).\(tenths % 10)"
  }

  /// Three digits and a unit of a thousand: `12.3 k`, `1.64 M`, `120 M`, `1.10 G`.
  static func abbreviated(_ number: Int) -> String {
    var unit = 1_000
    for name in ["k", "M", "G", "T"] {
      for decimals in [2, 1, 0] {
        let digits = rounded(number, unit: unit, decimals: decimals)
        if digits < 1_000 { return decimal(digits, decimals: decimals) + " " + name }
      }
      unit *= 1_000
    }
    return grouped(rounded(number, unit: unit / 1_000, decimals: 0)) + " T"
  }

  /// A share in percent with one decimal and no sign: `70.4`, `<0.1`, `>99.9`, `0`, `100`.
  static func percent(_ part: Int, of whole: Int) -> String {
    guard part > 0, whole > 0 else { return "0" }
    guard part < whole else { return "100" }
    let share = Double(part) / Double(whole)
    if share < 0.001 { return "<0.1" }
    if share > 0.999 { return ">99.9" }
    return decimal(Int((share * 1_000).rounded()), decimals: 1)
  }

  /// ``percent(_:of:)`` with its sign; a plain `0` needs none.
  static func percentSigned(_ part: Int, of whole: Int) -> String {
    let text = percent(part, of: whole)
    return text == "0" ? text : text + " %"
  }

  /// A share over a limit: like ``percentSigned(_:of:)``, below 0.1 % with two decimals.
  static func percentOver(_ part: Int, of whole: Int) -> String {
    guard part > 0, whole > 0, part < whole else { return percentSigned(part, of: whole) }
    let share = Double(part) / Double(whole)
    guard share < 0.001 else { return percentSigned(part, of: whole) }
    return share < 0.0001 ? "<0.01 %" : decimal(min(Int((share * 10_000).rounded()), 9), decimals: 2) + " %"
  }

  /// `number / unit` times ten to the power of `decimals`, rounded half up.
  private static func rounded(_ number: Int, unit: Int, decimals: Int) -> Int {
    let divisor = decimals == 2 ? unit / 100 : decimals == 1 ? unit / 10 : unit
    return number / divisor + (number % divisor >= divisor - divisor / 2 ? 1 : 0)
  }

  /// A number with two decimals, or a dash where there is none.
  static func hundredths(_ value: Double?) -> String {
    guard let value, value.isFinite, value.magnitude < 1e12 else { return missing }
    let text = decimal(Int((value.magnitude * 100).rounded()), decimals: 2)
    return value < 0 && text != "0.00" ? "−" + text : text
  }

  /// A number with two decimals and its sign, or a dash where there is none.
  static func signed(_ value: Double?) -> String {
    let text = hundredths(value)
    return (value ?? 0) > 0 && text != "0.00" && text != missing ? "+" + text : text
  }

  /// The digits of a number with its last `decimals` behind a point.
  static func decimal(_ digits: Int, decimals: Int) -> String {
    guard decimals > 0 else { return String(digits) }
    let text = String(digits)
    let padded = String(repeating: "0", count: max(0, decimals + 1 - text.count)) + text
    return padded.dropLast(decimals) + "." + padded.suffix(decimals)
  }
}
