/// The outcome of looking for a vocabulary file.
public struct VocabularySearch: Sendable {
  /// A file that was passed over.
  public struct Notice: Sendable, Hashable, CustomStringConvertible {
    /// The path of the file.
    public let path: String
    /// Why it is not used.
    public let reason: String

    /// One line for a person.
    public var description: String { "passed over \(path): \(reason)" }
  }

  /// The file that is there; nil where none is.
  public internal(set) var location: VocabularyLocation?

  /// Files that looked like it and are not used.
  public internal(set) var notices: [Notice] = []

  mutating func pass(_ path: String, _ reason: String) {
    notices.append(Notice(path: path, reason: reason))
  }
}
