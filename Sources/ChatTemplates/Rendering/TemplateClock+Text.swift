extension TemplateClock: CustomStringConvertible {
  /// The moment as ``init(_:)-(String)`` reads it: `2026-01-31T12:00:00`, with a fraction where it has one.
  public var description: String {
    func padded(_ number: Int, _ width: Int) -> String {
      let digits = String(number)
      return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }
    let date = "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
    let time = "\(padded(hour, 2)):\(padded(minute, 2)):\(padded(second, 2))"
    return "\(date)T\(time)" + (microsecond == 0 ? "" : ".\(padded(microsecond, 6))")
  }
}
