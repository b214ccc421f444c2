import Support

/// A stored result that cannot be read, so that its source is counted again.
struct UnusableResult: Sendable {
  private let dataset: String
  private let path: String
  private let reason: String

  init(_ dataset: String, _ error: FileError) {
    self.dataset = dataset
    path = error.path
    // The sentence about a file that cannot be opened names it.
    reason = error.kind == .damaged ? error.reason : error.description
  }

  private var place: String { reason.contains(bytesOf: path) ? reason : "\(path): \(reason)" }

  /// A line for each reason, however many results it is the reason of; sorted.
  static func notices(of results: [UnusableResult]) -> [String] {
    let sorted = results.sorted { TextKey($0.dataset) < TextKey($1.dataset) }
    var lines: [String] = []
    for (index, result) in sorted.enumerated() {
      guard !sorted[..<index].contains(where: { $0.reason == result.reason }) else { continue }
      let others = sorted[index...].filter { $0.reason == result.reason }
      lines.append(
        others.count == 1
          ? "\(result.dataset) is counted again, its stored result cannot be used: \(result.place)"
          : "\(NameList.short(others.map(\.dataset))) are counted again, their stored results cannot be used, the first "
            + "because of \(result.place)")
    }
    return lines.sorted()
  }
}
