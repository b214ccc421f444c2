/// Where a dataset's numbers come from, so that a picture can be traced and repeated.
public struct Provenance: Sendable, Hashable {
  /// The tokenizer's repository on the Hugging Face hub, such as `google/gemma-2-27b-it`.
  public var tokenizer: String
  /// The revision of that repository.
  public var revision: String
  /// The SHA-256 of the official chat template, in hexadecimal.
  public var templateHash: String
  /// How conversations were turned into text.
  public var countMode: CountMode
  /// The SHA-256 of the dataset's file, in hexadecimal.
  public var dataHash: String
  /// The version of tokenstats that counted.
  public var toolVersion: String

  /// Makes a provenance from its parts.
  public init(
    tokenizer: String, revision: String, templateHash: String, countMode: CountMode, dataHash: String,
    toolVersion: String
  ) {
    self.tokenizer = tokenizer
    self.revision = revision
    self.templateHash = templateHash
    self.countMode = countMode
    self.dataHash = dataHash
    self.toolVersion = toolVersion
  }
}
