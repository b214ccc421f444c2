/// What one model's conversations were rendered and tokenised with.
public struct TokenizerRecord: Sendable, Hashable {
  /// The repository on the Hugging Face hub.
  public var hubID: String
  /// The revision of the repository.
  public var revision: String
  /// The SHA-256 of the vocabulary file, in hexadecimal.
  public var tokenizerSHA256: String
  /// The SHA-256 of the official chat template, in hexadecimal.
  public var templateSHA256: String
  /// The template's arguments by name.
  public var templateArguments: [String: String]
  /// How the beginning-of-text token comes about, such as `template` or `none`.
  public var bosPolicy: String

  /// Makes a record from its parts.
  public init(
    hubID: String, revision: String, tokenizerSHA256: String, templateSHA256: String,
    templateArguments: [String: String], bosPolicy: String
  ) {
    self.hubID = hubID
    self.revision = revision
    self.tokenizerSHA256 = tokenizerSHA256
    self.templateSHA256 = templateSHA256
    self.templateArguments = templateArguments
    self.bosPolicy = bosPolicy
  }
}
