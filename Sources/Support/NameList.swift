/// Names in a message, where there may be many.
public enum NameList {
  /// The first names, and how many more there are: `a, b, c and 12 more`.
  ///
  /// - Parameter most: as many are named; one more is not worth a count of its own.
  public static func short(_ names: [String], most: Int = 3) -> String {
    guard names.count > most + 1 else { return names.joined(separator: ", ") }
    return "\(names.prefix(most).joined(separator: ", ")) and \(NumberFormat.grouped(names.count - most)) more"
  }

  /// Lines such as `NAME: what is said of it` with one line for all names of which the same is said, in the order of the
  /// first of them; others as they are.
  public static func grouped(_ lines: [String]) -> [String] {
    var order: [TextKey] = []
    var names: [TextKey: [String]] = [:]
    for line in lines {
      guard let mark = line.firstRange(ofBytes: ": ") else {
        order.append(TextKey(line))
        continue
      }
      let words = TextKey(String(line[mark.upperBound...]))
      if names[words, default: []].isEmpty { order.append(words) }
      names[words, default: []].append(String(line[..<mark.lowerBound]))
    }
    return order.map { words in
      guard let subjects = names[words] else { return "\(words)" }
      return "\(short(subjects)): \(words)"
    }
  }
}
