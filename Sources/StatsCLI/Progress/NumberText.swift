/// Numbers as people read them.
enum NumberText {
  /// `1,234,567`
  static func grouped(_ value: Int) -> String {
    let digits = String(value.magnitude)
    var text = ""
    for (offset, digit) in digits.enumerated() {
      if offset > 0 && (digits.count - offset) % 3 == 0 { text.append(",") }
      text.append(digit)
    }
    return value < 0 ? "-" + text : text
  }

  /// Three digits and a unit: `12.3 k`, `1.64 M`.
  static func short(_ value: Double) -> String {
    let units = ["", " k", " M", " G", " T"]
    var (rest, unit) = (value, 0)
    while rest >= 999.5 && unit < units.count - 1 { (rest, unit) = (rest / 1000, unit + 1) }
    let digits = unit == 0 || rest >= 99.95 ? 0 : rest >= 9.995 ? 1 : 2
    return fixed(rest, digits) + units[unit]
  }

  /// A share as percent: `12.3 %`, `<0.1 %`, `>99.9 %`, `0 %`, `100 %`.
  static func percent(_ part: Int, of whole: Int) -> String {
    if part == 0 || whole == 0 { return "0 %" }
    if part == whole { return "100 %" }
    let share = Double(part) / Double(whole) * 100
    if share < 0.1 { return "<0.1 %" }
    if share > 99.9 { return ">99.9 %" }
    return fixed(share, 1) + " %"
  }

  /// A duration: `8 s`, `3:05`, `1:02:03`.
  static func duration(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds < 1e9 else { return "?" }
    let whole = Int(seconds.rounded())
    let (hours, minutes, rest) = (whole / 3600, whole / 60 % 60, whole % 60)
    if whole < 60 { return "\(whole) s" }
    return hours > 0 ? "\(hours):\(twoDigits(minutes)):\(twoDigits(rest))" : "\(minutes):\(twoDigits(rest))"
  }

  /// A number with this many decimals.
  static func fixed(_ value: Double, _ decimals: Int) -> String {
    var scale = 1
    for _ in 0..<decimals { scale *= 10 }
    let scaled = Int((value * Double(scale)).rounded())
    guard decimals > 0 else { return String(scaled) }
    let fraction = String(scaled.magnitude % UInt(scale))
    let zeros = String(repeating: "0", count: decimals - fraction.count)
    return (scaled < 0 ? "-" : "") + "\(scaled.magnitude / UInt(scale)).\(zeros)\(fraction)"
  }

  private static func twoDigits(_ value: Int) -> String {
    value < 10 ? "0\(value)" : String(value)
  }
}
