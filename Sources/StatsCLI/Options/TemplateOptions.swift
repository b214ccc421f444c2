import ArgumentParser
import ChatTemplates
import Glibc
import Support

/// The moment that templates see.
struct ClockOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      What time it is for templates that ask (strftime_now), as in 2025-03-09T14:05:07; default: SOURCE_DATE_EPOCH, \
      else what updated statistics were counted with, else the start of the run.
      """, valueName: "time"))
  var now: String?

  /// Whether the user says what time it is.
  var isSet: Bool { now != nil || Files.environment("SOURCE_DATE_EPOCH") != nil }

  /// The moment as local time: `--now` as it stands, else `SOURCE_DATE_EPOCH` in UTC, else the present in the system's
  /// zone.
  func clock() throws(CommandFailure) -> TemplateClock {
    if let now {
      if let clock = TemplateClock(now) { return clock }
      throw CommandFailure(
        "--now \(now): a time such as 2025-03-09 or 2025-03-09T14:05:07 is expected", status: .usage)
    }
    if let epoch = Files.environment("SOURCE_DATE_EPOCH") {
      if let seconds = Int(epoch), let clock = TemplateClock(secondsSince1970: seconds) { return clock }
      throw CommandFailure(
        "SOURCE_DATE_EPOCH is \"\(epoch)\"; seconds since 1970 are expected", status: .usage)
    }
    guard let present = Self.present else {
      throw CommandFailure("the system's clock stands beyond the year 9999; name a time with --now", status: .usage)
    }
    return present
  }

  private static var present: TemplateClock? {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    var parts = tm()
    localtime_r(&time.tv_sec, &parts)
    // A leap second has no place among the times that Python knows.
    return TemplateClock(
      year: Int(parts.tm_year) + 1900, month: Int(parts.tm_mon) + 1, day: Int(parts.tm_mday),
      hour: Int(parts.tm_hour), minute: Int(parts.tm_min), second: min(59, Int(parts.tm_sec)),
      microsecond: time.tv_nsec / 1000)
  }
}

/// How much a template may do.
struct TemplateLimitOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Stop a template after this many steps: statements, iterations, calls, and 64 bytes each of text that is made.",
      valueName: "n"))
  var templateSteps = TemplateLimits().steps

  @Option(
    help: ArgumentHelp(
      "Stop a template that prints, or makes on the way, a text of more than this many bytes.", valueName: "bytes"))
  var templateOutput = TemplateLimits().outputBytes

  @Option(
    help: ArgumentHelp("Stop a template whose macros and loops call each other deeper than this.", valueName: "n"))
  var templateDepth = TemplateLimits().depth

  /// Above this the stack of a thread could be too small.
  private static let deepest = 1000

  func validate() throws {
    if templateSteps < 1 { throw ValidationError("--template-steps must be 1 or more, not \(templateSteps).") }
    if !(1...Int(Int32.max)).contains(templateOutput) {
      throw ValidationError("--template-output must be 1 to \(Int32.max), not \(templateOutput).")
    }
    if !(1...Self.deepest).contains(templateDepth) {
      throw ValidationError("--template-depth must be 1 to \(Self.deepest), not \(templateDepth).")
    }
  }

  var limits: TemplateLimits {
    TemplateLimits(steps: templateSteps, outputBytes: templateOutput, depth: templateDepth)
  }
}
