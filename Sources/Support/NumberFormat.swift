/// Numbers as plots, pages and terminals write them.
///
/// Independent of the locale: the same number is the same text everywhere.
public enum NumberFormat {
  /// Shown for a number that is unknown or meaningless, such as a p99 of twelve values.
  public static let missing = "–"

  /// All digits with a comma between groups of three: `1,234,567`.
  public static func grouped(_ number: Int) -> String {
    let digits = Array(String(number.magnitude).utf8)
    var text: [UInt8] = number < 0 ? [UInt8(ascii: "-")] : []
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { text.append(UInt8(ascii: ",")) }
      text.append(digit)
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// All digits below `threshold`, else three digits and a unit: `12.3 k`, `1.64 M`, `2.10 G`, `7.00 T`.
  public static func short(_ number: Int, from threshold: Int = 10_000) -> String {
    guard number >= threshold else { return grouped(number) }
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

  /// A length or count in a table or on an axis: grouped, from 100,000 on with three digits and a unit; a dash for nil.
  public static func length(_ number: Int?) -> String {
    number.map { short($0, from: 100_000) } ?? missing
  }

  /// A mean length: whole tokens, below 100 with one decimal; a dash for nil.
  public static func mean(_ value: Double?) -> String {
    guard let value else { return missing }
    return fixed(value, digits: value < 99.95 ? 1 : 0)
  }

  /// A share in percent with one decimal and no sign: `70.4`, `<0.1`, `>99.9`, `0`, `100`.
  public static func percent(_ part: Int, of whole: Int) -> String {
    guard part > 0, whole > 0 else { return "0" }
    guard part < whole else { return "100" }
    let share = Double(part) / Double(whole)
    if share < 0.001 { return "<0.1" }
    if share > 0.999 { return ">99.9" }
    return decimal(Int((share * 1_000).rounded()), decimals: 1)
  }

  /// A share in a sentence: ``percent(_:of:)`` with its sign: `70.4 %`, `0 %`.
  public static func share(_ part: Int, of whole: Int) -> String { percent(part, of: whole) + " %" }

  /// A share on a plot: ``percent(_:of:)`` with its sign, which a plain `0` does not need.
  public static func percentSigned(_ part: Int, of whole: Int) -> String {
    let text = percent(part, of: whole)
    return text == "0" ? text : text + " %"
  }

  /// A share over a limit: like ``share(_:of:)``, below 0.1 % with two decimals.
  public static func shareOver(_ part: Int, of whole: Int) -> String {
    guard part > 0, whole > 0, part < whole else { return share(part, of: whole) }
    let fraction = Double(part) / Double(whole)
    guard fraction < 0.001 else { return share(part, of: whole) }
    return fraction < 0.0001 ? "<0.01 %" : decimal(min(Int((fraction * 10_000).rounded()), 9), decimals: 2) + " %"
  }

  /// A number with that many decimals, halves away from zero: `1,234.50`.
  public static func fixed(_ value: Double, digits: Int) -> String {
    var scale = 1.0
    for _ in 0..<digits { scale *= 10 }
    let scaled = (value.magnitude * scale).rounded()
    guard scaled < 1e15 else { return "\(value)" }
    let number = Int(scaled)
    let unit = Int(scale)
    let sign = value < 0 && number > 0 ? "-" : ""
    guard digits > 0 else { return sign + grouped(number) }
    let fraction = String(number % unit)
    return sign + grouped(number / unit) + "." + String(repeating: "0", count: digits - fraction.utf8.count) + fraction
  }

  /// A number on a plot with two decimals and a minus sign as long as a digit, or a dash if there is none.
  public static func hundredths(_ value: Double?) -> String {
    guard let value, value.isFinite, value.magnitude < 1e12 else { return missing }
    let text = decimal(Int((value.magnitude * 100).rounded()), decimals: 2)
    return value < 0 && text != "0.00" ? "−" + text : text
  }

  /// A difference on a plot: ``hundredths(_:)`` with its sign.
  public static func signed(_ value: Double?) -> String {
    let text = hundredths(value)
    return (value ?? 0) > 0 && text != "0.00" && text != missing ? "+" + text : text
  }

  /// A duration: `8 s`, `3:05`, `1:02:03`.
  public static func duration(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds.magnitude < 1e9 else { return "?" }
    func twoDigits(_ value: Int) -> String { value < 10 ? "0\(value)" : String(value) }
    let whole = Int(seconds.rounded())
    let (hours, minutes, rest) = (whole / 3600, whole / 60 % 60, whole % 60)
    if whole < 60 { return "\(whole) s" }
    return hours > 0 ? "\(hours):\(twoDigits(minutes)):\(twoDigits(rest))" : "\(minutes):\(twoDigits(rest))"
  }

  /// The digits of a number with its last `decimals` after a point, not grouped: 12345 with two is `123.45`.
  public static func decimal(_ digits: Int, decimals: Int) -> String {
    guard decimals > 0 else { return String(digits) }
    let text = String(digits)
    let padded = String(repeating: "0", count: max(0, decimals + 1 - text.count)) + text
    return padded.dropLast(decimals) + "." + padded.suffix(decimals)
  }

  /// `number / unit` times ten to the power of `decimals`, rounded half up.
  private static func rounded(_ number: Int, unit: Int, decimals: Int) -> Int {
    let divisor = decimals == 2 ? unit / 100 : decimals == 1 ? unit / 10 : unit
    return number / divisor + (number % divisor >= divisor - divisor / 2 ? 1 : 0)
  }
}
