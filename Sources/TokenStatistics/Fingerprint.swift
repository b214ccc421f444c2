/// What a dataset's numbers depend on: they are still valid exactly while this stays the same.
public struct Fingerprint: Sendable, Hashable {
  /// The source as it was when it was counted.
  public struct Source: Sendable, Hashable {
    /// The size of the data files in bytes.
    public var size: Int
    /// The latest change of a data file, in nanoseconds since 1970.
    public var modified: Int
    /// The SHA-256 of the data files, one after another, in hexadecimal.
    public var sha256: String

    /// Makes a source from its parts.
    public init(size: Int, modified: Int, sha256: String) {
      self.size = size
      self.modified = modified
      self.sha256 = sha256
    }
  }

  /// The settings that change what is counted.
  public struct Options: Sendable, Hashable {
    /// How conversations are turned into text.
    public var countMode: CountMode
    /// The length limits in tokens, ascending.
    public var limits: [Int]
    /// What conversations are rendered and tokenised with.
    public var tokenizer: TokenizerRecord
    /// What happens to a row whose template raises.
    public var onError: String
    /// The columns that conversations are grouped by.
    public var groupColumns: [String]
    /// The rows that are selected, such as `label=pos,min_score=3`; empty for all.
    public var selection: String

    /// Makes options from their parts.
    public init(
      countMode: CountMode, limits: [Int], tokenizer: TokenizerRecord, onError: String, groupColumns: [String] = [],
      selection: String = ""
    ) {
      self.countMode = countMode
      self.limits = limits
      self.tokenizer = tokenizer
      self.onError = onError
      self.groupColumns = groupColumns
      self.selection = selection
    }
  }

  /// The source as it was when it was counted.
  public var source: Source
  /// The settings it was counted with.
  public var options: Options

  /// Makes a fingerprint from its parts.
  public init(source: Source, options: Options) {
    self.source = source
    self.options = options
  }
}
