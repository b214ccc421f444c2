public import Analysis
public import ArgumentParser
import Datasets
public import Histograms
import PersonaData
import Support
public import TokenStatistics

// Values that options take by their raw names; all names stand in the help.

extension PlotFormat: ExpressibleByArgument {}
extension PlotLayout: ExpressibleByArgument {}
extension PlotStyle: ExpressibleByArgument {}
extension CountMode: ExpressibleByArgument {}
extension Mixture.Measure: ExpressibleByArgument {}
extension ErrorPolicy: ExpressibleByArgument {}
extension SplitSettings.Group: ExpressibleByArgument {}
extension TrainPolicy.TurnEnds: ExpressibleByArgument {}

extension SplitSettings.Stratum: ExpressibleByArgument {
  /// Reads the word of the command line, where what a dataset is about is a persona; any other word is a column.
  public init?(argument: String) {
    switch argument {
    case "": return nil
    case PersonaNames.attribute: self = .subject
    case "score": self = .score
    default: self = .column(argument)
    }
  }
}

/// A number of tokens such as `100k`, `1.5M`, `250_000` or `40,000`.
struct TokenAmount: ExpressibleByArgument {
  /// More would be of no use, and less than this never overflows a sum.
  private static let highest = 1_000_000_000_000_000

  let tokens: Int

  init(tokens: Int) { self.tokens = tokens }

  init?(argument: String) {
    let factors: [Character: Int] = ["k": 1_000, "K": 1_000, "m": 1_000_000, "M": 1_000_000, "G": 1_000_000_000]
    let factor = argument.last.flatMap { factors[$0] }
    let digits = factor == nil ? argument[...] : argument.dropLast()
    let parts = digits.split(separator: ".", omittingEmptySubsequences: false)
    guard let first = parts.first, let whole = GroupedNumber(first)?.value, parts.count <= 2 else { return nil }
    guard let scaled = Self.product(whole, factor ?? 1) else { return nil }
    var tokens = scaled
    if parts.count == 2 {
      // A fraction must come out at whole tokens.
      let fraction = parts[1]
      guard let factor, fraction.count <= 9, let number = Self.number(fraction) else { return nil }
      let unit = (0..<fraction.count).reduce(1) { power, _ in power * 10 }
      let (whole, rest) = (number * factor).quotientAndRemainder(dividingBy: unit)
      guard rest == 0 else { return nil }
      tokens += whole
    }
    guard tokens <= Self.highest else { return nil }
    self.tokens = tokens
  }

  var defaultValueDescription: String { NumberFormat.grouped(tokens) }

  private static func number(_ digits: some StringProtocol) -> Int? {
    guard !digits.isEmpty, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    return Int(digits)
  }

  private static func product(_ left: Int, _ right: Int) -> Int? {
    let (product, overflows) = left.multipliedReportingOverflow(by: right)
    return overflows || product > highest ? nil : product
  }
}

/// A number of bytes such as `500M`, `4G` or `1073741824`; the letters stand for powers of 1,024.
struct MemoryAmount: ExpressibleByArgument {
  /// The program itself needs more than less.
  private static let lowest = 32 << 20
  private static let highest = 1 << 50

  let bytes: Int

  init?(argument: String) {
    let shifts: [Character: Int] = ["k": 10, "K": 10, "m": 20, "M": 20, "g": 30, "G": 30, "t": 40, "T": 40]
    let shift = argument.last.flatMap { shifts[$0] }
    let digits = shift == nil ? argument[...] : argument.dropLast()
    guard let number = GroupedNumber(digits)?.value, number <= Self.highest >> (shift ?? 0) else { return nil }
    bytes = number << (shift ?? 0)
    guard bytes >= Self.lowest else { return nil }
  }
}

/// The lowest score that is taken, or `none` for rows of any score and without one.
struct ScoreThreshold: ExpressibleByArgument {
  let score: Double?

  init(_ score: Double?) { self.score = score }

  init?(argument: String) {
    if argument == "none" {
      score = nil
      return
    }
    guard let score = Score(text: argument)?.number else { return nil }
    self.score = score
  }

  var defaultValueDescription: String { score.map(Score.text) ?? "none" }
}

/// The label that is taken, or `any`; data other than personas may have labels of their own.
struct LabelChoice: ExpressibleByArgument {
  let label: String?

  init(_ label: String?) { self.label = label }

  init?(argument: String) {
    guard !argument.isEmpty else { return nil }
    label = argument == "any" ? nil : argument
  }

  var defaultValueDescription: String { label ?? "any" }

  static var allValueStrings: [String] { ScoreFilters.knownLabels + ["any"] }
}

/// The lowest and the highest score that can be given: `1-10`.
struct ScoreRange: ExpressibleByArgument {
  let scale: ScoreScale

  init?(argument: String) {
    // A dash before a number is its sign.
    guard let dash = argument.dropFirst().firstIndex(of: "-"), let low = Int(argument[..<dash]),
      let high = Int(argument[argument.index(after: dash)...]), low < high,
      let scale = ScoreScale(dividing: low...high)
    else { return nil }
    self.scale = scale
  }
}
