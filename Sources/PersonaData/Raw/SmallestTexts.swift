import Datasets
/// Counts texts and keeps the first few in their order.
struct SmallestTexts {
  /// The first texts, ascending.
  private(set) var texts: [String] = []
  /// Number of all texts.
  private(set) var count = 0
  private let limit: Int

  init(limit: Int) { self.limit = limit }

  /// Counts a text and keeps it where it is among the first.
  ///
  /// - Complexity: O(`limit`).
  mutating func add(_ text: String) {
    count += 1
    if texts.count == limit, let last = texts.last, !Self.precedes(text, last) { return }
    texts.insert(text, at: texts.firstIndex { Self.precedes(text, $0) } ?? texts.count)
    if texts.count > limit { texts.removeLast() }
  }

  /// The order of Swift's texts; what is the same to it stands in the order of its bytes.
  private static func precedes(_ left: String, _ right: String) -> Bool {
    left == right ? left.utf8.lexicographicallyPrecedes(right.utf8) : left < right
  }
}
