/// The settings of a counting run that its statistics document records.
public struct RunSettings: Sendable, Hashable {
  /// The version of tokenstats.
  public var toolVersion: String
  /// How conversations are turned into text.
  public var countMode: CountMode
  /// The length limits in tokens, ascending.
  public var limits: [Int]
  /// What each model's conversations are rendered and tokenised with, by model name.
  public var tokenizers: [String: TokenizerRecord]

  /// Makes settings from their parts; limits are sorted and repeats dropped.
  public init(toolVersion: String, countMode: CountMode, limits: [Int], tokenizers: [String: TokenizerRecord]) {
    self.toolVersion = toolVersion
    self.countMode = countMode
    self.limits = Set(limits).sorted()
    self.tokenizers = tokenizers
  }
}
