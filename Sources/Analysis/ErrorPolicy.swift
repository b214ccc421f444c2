/// What happens to a row whose chat template raises.
public enum ErrorPolicy: String, Sendable, Hashable, CaseIterable {
  /// The row is left out and listed.
  case skip
  /// The whole dataset fails.
  case fail
  /// The row is counted as the original script did: its contents joined by a space, with special tokens.
  case fallback
}
