/// A setting that differs between a statistics document and the run that would update it.
public struct SettingConflict: Sendable, Hashable, CustomStringConvertible {
  /// The setting's key in the document, such as `limits` or `tokenizers.gemma-2-27b.template_sha256`.
  public var setting: String
  /// The document's value.
  public var stored: String
  /// The run's value.
  public var requested: String

  /// Makes a conflict from its parts.
  public init(setting: String, stored: String, requested: String) {
    self.setting = setting
    self.stored = stored
    self.requested = requested
  }

  /// One clause that names both values.
  public var description: String { "\(setting) is \(stored) there and \(requested) here" }
}
