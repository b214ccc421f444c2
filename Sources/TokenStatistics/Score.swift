/// A grader's score of one conversation, or its absence.
///
/// Scores order numerically, and a missing score comes after every number, as in the statistics document.
public enum Score: Hashable, Sendable {
  /// A score that was given.
  case value(Int)
  /// No score was given.
  case none

  /// The score's key in the statistics document: `"3"`, or `"null"` for a missing score.
  public var key: String {
    switch self {
    case .value(let value): String(value)
    case .none: "null"
    }
  }

  /// Reads a key of the statistics document; nil where it is neither a canonical integer nor `"null"`.
  public init?(key: String) {
    if key == "null" {
      self = .none
      return
    }
    guard let value = Int(key), String(value) == key else { return nil }
    self = .value(value)
  }
}

extension Score: Comparable {
  /// Whether `left` comes first: numerically, a missing score last.
  public static func < (left: Score, right: Score) -> Bool {
    switch (left, right) {
    case (.value(let low), .value(let high)): low < high
    case (.value, .none): true
    case (.none, _): false
    }
  }
}
