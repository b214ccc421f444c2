import TokenStatistics

extension DatasetName {
  /// What a name looks like, for messages.
  public static let grammar = "MODEL__role|trait|dataset__NAME[__minSCORE][__maxSCORE][__pos|__neg|__default]"

  /// Reads a full name.
  ///
  /// - Throws: `DatasetNameError` naming the part that does not fit and what was expected.
  public init(parsing text: String) throws(DatasetNameError) {
    do throws(DatasetNameError) {
      try self.init(parts: Self.split(text))
    } catch {
      throw DatasetNameError("\"\(text)\" is no dataset name: \(error); expected \(Self.grammar)")
    }
  }

  private init(parts: [String]) throws(DatasetNameError) {
    guard parts.count >= 3 else {
      throw DatasetNameError(parts.count == 1 ? "there is no \"__\" in it" : "the name after the kind is missing")
    }
    guard let kind = DatasetKind(rawValue: parts[1]) else {
      throw DatasetNameError("the kind \"\(parts[1])\" is none of role, trait, dataset")
    }
    try self.init(model: parts[0], kind: kind, subject: parts[2], filters: Self.filters(parts.dropFirst(3)))
  }

  /// The parts between double underscores; of three underscores the first two separate.
  private static func split(_ text: String) -> [String] {
    var parts: [[UInt8]] = [[]]
    var bytes = Array(text.utf8)[...]
    while let byte = bytes.popFirst() {
      if byte == UInt8(ascii: "_") && bytes.first == UInt8(ascii: "_") {
        bytes.removeFirst()
        parts.append([])
      } else {
        parts[parts.count - 1].append(byte)
      }
    }
    return parts.map { String(decoding: $0, as: UTF8.self) }
  }

  /// The filters of a name's last parts: lowest score, highest score, label; each at most once and in this order.
  private static func filters(_ parts: ArraySlice<String>) throws(DatasetNameError) -> ScoreFilters {
    var filters = ScoreFilters()
    var rest = parts
    if let score = rest.first.flatMap({ score($0, behind: "min") }) {
      filters.minimumScore = score
      rest.removeFirst()
    }
    if let score = rest.first.flatMap({ score($0, behind: "max") }) {
      filters.maximumScore = score
      rest.removeFirst()
    }
    if let label = rest.first, ScoreFilters.knownLabels.contains(label) {
      filters.label = label
      rest.removeFirst()
    }
    guard let odd = rest.first else { return filters }
    throw DatasetNameError("\"\(odd)\" is no filter, or not in its place")
  }

  private static func score(_ part: String, behind prefix: String) -> Int? {
    guard part.hasPrefix(prefix) else { return nil }
    let digits = part.dropFirst(prefix.count)
    // Only the one way of writing a number, so that names stay unique.
    guard let score = Int(digits), score >= 0, String(score) == digits else { return nil }
    return score
  }
}
