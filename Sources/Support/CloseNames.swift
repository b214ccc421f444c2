/// Finds the names that a misspelled one may have meant.
public enum CloseNames {
  /// The names nearest to a text, nearest first: those that a few changed, missing or swapped letters lead to, else those
  /// that begin with it.
  ///
  /// Case does not matter, nor do other signs than letters and digits in what is the beginning of a name. At most three
  /// names are given.
  ///
  /// - Complexity: O(number of names x length of the text x length of a name).
  public static func of(_ text: String, in names: [String]) -> [String] {
    let near = near(text, names)
    guard near.isEmpty else { return Array(near.prefix(most)) }
    let beginning = letters(of: text)
    guard beginning.count >= shortestBeginning else { return [] }
    return Array(names.filter { $0 != text && letters(of: $0).starts(with: beginning) }.sorted().prefix(most))
  }

  /// The names that a text may be a slip of the pen for, which may well be right itself, nearest first: those that a few
  /// letters lead to.
  ///
  /// Names with other numbers, such as Qwen3-8B and Qwen3-32B, are those of other things.
  public static func slips(of text: String, in names: [String]) -> [String] {
    let numbers = text.filter(\.isNumber)
    return Array(near(text, names).filter { $0.filter(\.isNumber) == numbers }.prefix(most))
  }

  /// The names that a few changed, missing or swapped letters lead to, nearest first.
  private static func near(_ text: String, _ names: [String]) -> [String] {
    let wanted = Array(text.lowercased().utf8)
    let limit = max(1, min(4, wanted.count / 4))
    var found: [(distance: Int, name: String)] = []
    for name in names where name != text {
      let candidate = Array(name.lowercased().utf8)
      guard abs(candidate.count - wanted.count) <= limit else { continue }
      let distance = distance(wanted, candidate)
      // What has no letter in common is not near, however short it is.
      if distance <= limit, distance < max(wanted.count, candidate.count) { found.append((distance, name)) }
    }
    return found.sorted { ($0.distance, $0.name) < ($1.distance, $1.name) }.map(\.name)
  }

  /// At most so many names are given.
  private static let most = 3
  /// Fewer letters are the beginning of anything.
  private static let shortestBeginning = 3

  /// The letters and digits of a text, in small letters.
  private static func letters(of text: String) -> [Character] {
    Array(text.lowercased().filter { $0.isLetter || $0.isNumber })
  }

  /// Names for a message, separated by commas; of very many, the first ones and how many more there are.
  public static func listed(_ names: [String]) -> String {
    let shown = names.count > 40 ? names.prefix(30) : names[...]
    let list = shown.joined(separator: ", ")
    return shown.count == names.count ? list : "\(list) and \(names.count - shown.count) more"
  }

  /// The end of a message: `; did you mean a or b?`, or nothing where there is no name.
  public static func question(_ names: [String]) -> String {
    names.isEmpty ? "" : "; \(sentence(names))"
  }

  /// What stands behind a name within a message: ` (did you mean a or b?)`, or nothing where there is no name.
  public static func remark(_ names: [String]) -> String {
    names.isEmpty ? "" : " (\(sentence(names)))"
  }

  private static func sentence(_ names: [String]) -> String {
    let others = names.dropLast().joined(separator: ", ")
    return "did you mean \(others.isEmpty ? "" : "\(others) or ")\(names.last ?? "")?"
  }

  /// How many bytes must be put in, taken out, changed or swapped with the next one (optimal string alignment).
  private static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
    var beforeLast: [Int] = []
    var last = Array(0...right.count)
    for row in 1..<(left.count + 1) {
      var current = [row]
      for column in 1..<(right.count + 1) {
        let isSame = left[row - 1] == right[column - 1]
        var best = min(last[column] + 1, current[column - 1] + 1, last[column - 1] + (isSame ? 0 : 1))
        if row > 1, column > 1, left[row - 1] == right[column - 2], left[row - 2] == right[column - 1] {
          best = min(best, beforeLast[column - 2] + 1)
        }
        current.append(best)
      }
      beforeLast = last
      last = current
    }
    return last[right.count]
  }
}
