/// A row as trainers that pack look at it.
public struct PackingRow: Sendable, Hashable {
  /// Its tokens.
  public let length: Int
  /// Whether any of them is trained.
  public let isTrained: Bool
  /// Whether it is a text, which no chat template has rendered.
  public let isText: Bool

  /// Makes a row from its parts.
  public init(length: Int, isTrained: Bool = true, isText: Bool = false) {
    self.length = length
    self.isTrained = isTrained
    self.isText = isText
  }
}
