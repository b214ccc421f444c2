import ArgumentParser
import Support

/// A length in tokens as the command line spells it: `2048`, `2,048`, `2_048` or `2k`.
///
/// Lengths are those of contexts, so `k` is 1,024: `2k`, `2,048` and `2048` are the same.
struct TokenLength: ExpressibleByArgument {
  /// No context is longer, and sums of less never overflow.
  private static let highest = 1 << 31

  let tokens: Int

  init(_ tokens: Int) { self.tokens = tokens }

  init?(argument: String) {
    let factors: [Character: Int] = ["k": 1 << 10, "K": 1 << 10, "m": 1 << 20, "M": 1 << 20]
    let factor = argument.last.flatMap { factors[$0] }
    guard let number = GroupedNumber(factor == nil ? argument[...] : argument.dropLast()) else { return nil }
    let (tokens, overflows) = number.value.multipliedReportingOverflow(by: factor ?? 1)
    guard !overflows, tokens <= Self.highest else { return nil }
    self.tokens = tokens
  }

  var defaultValueDescription: String { NumberFormat.grouped(tokens) }
}

/// A whole number as the command line spells it: `2048`, `2,048`, `2_048` or `2k`, which is 2,000 where nothing is said
/// of lengths.
struct WholeNumber: ExpressibleByArgument {
  let value: Int

  init(_ value: Int) { self.value = value }

  init?(argument: String) {
    guard let amount = TokenAmount(argument: argument) else { return nil }
    value = amount.tokens
  }

  var defaultValueDescription: String { String(value) }
}

/// Digits that may stand in groups of three, so that `1,5` is no number.
struct GroupedNumber {
  let value: Int

  init?(_ digits: Substring) {
    let groups = digits.split(omittingEmptySubsequences: false) { $0 == "," || $0 == "_" }
    guard let first = groups.first, !first.isEmpty, groups.count == 1 || first.count <= 3,
      groups.dropFirst().allSatisfy({ $0.count == 3 })
    else { return nil }
    let all = groups.joined()
    guard all.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let value = Int(all) else { return nil }
    self.value = value
  }
}

/// Limits that statistics were not counted with.
struct LimitOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Other length limits in tokens, as in 2048,4k; nothing is counted again.", valueName: "list"))
  var limits: String?

  /// The limits, ascending; nil for those of the statistics.
  func lengths() throws(CommandFailure) -> [Int]? {
    try limits.map { (text) throws(CommandFailure) in try TokenLengths(text, option: "--limits").lengths }
  }
}

/// Lengths in one argument, separated by commas or blanks: `2048,4096,8k`.
///
/// A comma separates lengths here, so `1,024` would be two of them: a length that begins with 0 or is under 16 is refused,
/// with the spelling that was probably meant.
struct TokenLengths {
  /// Shorter limits are no one's intention.
  static let lowest = 16

  let lengths: [Int]

  /// Reads the value of an option.
  ///
  /// - Throws: `CommandFailure` with the status of usage errors, which names the option.
  init(_ argument: String, option: String) throws(CommandFailure) {
    let elements = argument.split { $0 == "," || $0 == " " || $0 == "\t" }.map(String.init)
    let isSeparated = argument.split(separator: ",", omittingEmptySubsequences: false).allSatisfy { part in
      part.contains { $0 != " " && $0 != "\t" }
    }
    guard isSeparated else {
      throw CommandFailure(
        "\(option) \(argument): a number is missing; separate lengths by one comma each", status: .usage)
    }
    var lengths: [Int] = []
    for element in elements {
      // Groups of digits cannot be told from elements of a list.
      guard element.utf8.allSatisfy({ $0 != 0x5F }), let length = TokenLength(argument: element)?.tokens else {
        throw CommandFailure("\(option) \(argument): \"\(element)\" is no number of tokens", status: .usage)
      }
      guard length >= Self.lowest, element.utf8.first != UInt8(ascii: "0") else {
        throw CommandFailure(Self.refusal(element, of: elements, in: "\(option) \(argument)"), status: .usage)
      }
      lengths.append(length)
    }
    self.lengths = Set(lengths).sorted()
  }

  private static func refusal(_ element: String, of elements: [String], in place: String) -> String {
    let meant = joined(elements)
    guard meant != elements.joined(separator: ",") else {
      return "\(place): \"\(element)\" is no limit; a limit is \(lowest) tokens or more and does not begin with 0"
    }
    return
      "\(place): \"\(element)\" is no limit; a comma separates limits, so write \(meant) without separators in numbers"
  }

  /// The spelling that was probably meant: elements of three digits belong to the one before them.
  private static func joined(_ elements: [String]) -> String {
    var numbers: [String] = []
    for element in elements {
      let isGroup = element.utf8.count == 3 && element.utf8.allSatisfy { (0x30...0x39).contains($0) }
      if isGroup, let last = numbers.last, last.utf8.count <= 3 {
        numbers[numbers.count - 1] = last + element
      } else {
        numbers.append(element)
      }
    }
    return numbers.joined(separator: ",")
  }
}
