/// The moment that `strftime_now` sees, as local time without a zone.
public struct TemplateClock: Sendable, Hashable {
  /// The parts of date and time; month and day count from 1.
  public let year, month, day, hour, minute, second, microsecond: Int

  /// Makes a moment; nil where a part is out of its range.
  public init?(
    year: Int, month: Int, day: Int, hour: Int = 0, minute: Int = 0, second: Int = 0, microsecond: Int = 0
  ) {
    guard (1...9999).contains(year), (1...12).contains(month), day >= 1, day <= Self.days(inMonth: month, of: year),
      (0...23).contains(hour), (0...59).contains(minute), (0...59).contains(second),
      (0...999_999).contains(microsecond)
    else { return nil }
    self.year = year
    self.month = month
    self.day = day
    self.hour = hour
    self.minute = minute
    self.second = second
    self.microsecond = microsecond
  }

  /// The moment a number of seconds after 1970-01-01T00:00:00; nil beyond the year 9999.
  public init?(secondsSince1970 seconds: Int) {
    let day = Self.floor(seconds, 86_400)
    guard (-719_162...2_932_896).contains(day) else { return nil }
    let rest = seconds - day * 86_400
    // Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", civil_from_days.
    let shifted = day + 719_468
    let era = Self.floor(shifted, 146_097)
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    self.init(
      year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month: month,
      day: dayOfYear - (153 * shiftedMonth + 2) / 5 + 1, hour: rest / 3600, minute: rest / 60 % 60, second: rest % 60)
  }

  /// Reads `YYYY-MM-DD`, optionally with `Thh:mm`, `:ss` and `.ffffff`; nil for any other text.
  public init?(_ text: String) {
    let halves = text.split(separator: text.contains("T") ? "T" : " ", omittingEmptySubsequences: false)
    let date = halves[0].split(separator: "-", omittingEmptySubsequences: false).map { Self.number($0) }
    guard halves.count <= 2, date.count == 3, let year = date[0], let month = date[1], let day = date[2] else {
      return nil
    }
    var time = [0, 0, 0]
    var microsecond = 0
    if halves.count == 2 {
      let parts = halves[1].split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
      let fields = parts[0].split(separator: ":", omittingEmptySubsequences: false).map { Self.number($0) }
      guard (2...3).contains(fields.count), !fields.contains(nil) else { return nil }
      for (index, field) in fields.enumerated() { time[index] = field ?? 0 }
      if parts.count == 2 {
        guard (1...6).contains(parts[1].utf8.count), let fraction = Self.number(parts[1]) else { return nil }
        microsecond = (0..<6 - parts[1].utf8.count).reduce(fraction) { value, _ in value * 10 }
      }
    }
    self.init(
      year: year, month: month, day: day, hour: time[0], minute: time[1], second: time[2], microsecond: microsecond)
  }

  private static func number(_ text: Substring) -> Int? {
    guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    return Int(text)
  }

  private static func floor(_ value: Int, _ divisor: Int) -> Int {
    value / divisor - (value % divisor < 0 ? 1 : 0)
  }

  private static func isLeap(_ year: Int) -> Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }

  private static func days(inMonth month: Int, of year: Int) -> Int {
    [31, isLeap(year) ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]
  }

  /// Day of the year, from 1 on.
  var dayOfYear: Int { (1..<month).reduce(day) { $0 + Self.days(inMonth: $1, of: year) } }

  private static func daysBefore(_ year: Int) -> Int {
    let past = year - 1
    return past * 365 + past / 4 - past / 100 + past / 400
  }

  /// Sunday is 0.
  var weekday: Int { (Self.daysBefore(year) + dayOfYear) % 7 }

  static let dayNames = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]
  static let monthNames = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
  ]

  /// Year and week of ISO 8601.
  var isoWeek: (year: Int, week: Int) {
    let monday = (weekday + 6) % 7
    let week = (dayOfYear - monday + 9) / 7
    if week < 1 {
      let last = Self.daysBefore(year) - Self.daysBefore(year - 1)
      return (year - 1, (dayOfYear + last - monday + 9) / 7)
    }
    let length = Self.isLeap(year) ? 366 : 365
    if week == 53, dayOfYear - monday + 3 > length { return (year + 1, 1) }
    return (year, week)
  }
}
