/// Numbers as the pictures, the page and the terminal write them.
enum NumberFormat {
  /// All digits with commas: `1,234,567`.
  static func grouped(_ value: Int) -> String {
    let digits = Array(String(value.magnitude).utf8)
    var text: [UInt8] = value < 0 ? [UInt8(ascii: "-")] : []
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { text.append(UInt8(ascii: ",")) }
      text.append(digit)
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// All digits below `threshold`, else three digits and a unit: `12.3 k`, `1.64 M`, `2.10 G`.
  static func short(_ value: Int, from threshold: Int = 10_000) -> String {
    guard value >= threshold else { return grouped(value) }
    var scaled = Double(value)
    for unit in ["k", "M", "G", "T"] {
      scaled /= 1_000
      // 999.5 would round to four digits: it is the next unit's 1.00.
      if scaled < 999.5 || unit == "T" {
        return fixed(scaled, digits: scaled < 9.995 ? 2 : scaled < 99.95 ? 1 : 0) + " " + unit
      }
    }
    return grouped(value)
  }

  /// A share in percent with one decimal: `12.3`, `<0.1`, `>99.9`, `0`, `100`; `–` where there is nothing to share.
  static func percent(_ part: Int, of whole: Int) -> String {
    guard whole > 0 else { return missing }
    if part == 0 { return "0" }
    if part == whole { return "100" }
    let percent = Double(part) / Double(whole) * 100
    if percent < 0.1 { return "<0.1" }
    if percent > 99.9 { return ">99.9" }
    return fixed(percent, digits: 1)
  }

  /// A number with that many decimals, halves away from zero.
  static func fixed(_ value: Double, digits: Int) -> String {
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

  /// Stands for a number that is not known or means nothing.
  static let missing = "–"
}
